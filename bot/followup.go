package bot

import (
	"context"

	"github.com/careerbot/careerbot/answer"
)

// A reply to the response of an interaction reaches the bot without its text.
// So an answer to a slash command carries a button that opens a dialog.

// followUp is the button, and the dialog that it opens.
const followUp = "follow"

// openFollowUp opens the dialog.
func (b *Bot) openFollowUp(_ context.Context, r *request) (response, error) {
	id, ok := customID(append([]string{followUp}, r.args...)...)
	if !ok {
		id = followUp
	}
	return response{opens: &form{id: id, title: "Follow up", fields: []field{{
		id: optionQuestion, label: "What else would you like to know?", placeholder: "and for freshers?", max: maxQuestion, required: true,
	}}}, note: "follow-up"}, nil
}

// followUp answers what goes on from the answer on which the button stands,
// whoever pressed it and whatever they asked since.
func (b *Bot) followUp(ctx context.Context, r *request) (response, error) {
	if c, ok := choiceOf(r.args, ""); ok {
		b.choose(r.home, r.conversation(), c)
	}
	return b.reach(ctx, r, answer.Question{Text: r.fields[optionQuestion], Conversation: r.conversation(), Guild: r.home}), nil
}
