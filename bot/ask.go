package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
)

// maxQuestion is the longest question that /ask takes, in characters.
const maxQuestion = 1000

// bareMention is what a person asks who only says the bot's name.
const bareMention = "help"

// The options of commands.
const (
	optionQuestion = "question"
	optionCareer   = "career"
	optionName     = "name"
	optionPrivate  = "private"
)

// askAbout is the command of a message's context menu.
const askAbout = "Ask about this"

// forEveryone defines a command that anybody can use anywhere, in a server and
// out of it, whoever has installed the bot.
func forEveryone(name, description string, options ...*discordgo.ApplicationCommandOption) *discordgo.ApplicationCommand {
	return &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: name, Description: description, Options: options,
		Contexts:         &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel},
		IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall, discordgo.ApplicationIntegrationUserInstall},
	}
}

// menuForEveryone defines such a command of a message's context menu.
func menuForEveryone(name string) *discordgo.ApplicationCommand {
	c := forEveryone(name, "")
	c.Type = discordgo.MessageApplicationCommand
	return c
}

// completed is an option that takes text, and is completed while it is typed.
func completed(name, description string, most int) *discordgo.ApplicationCommandOption {
	return &discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: name, Description: description, MaxLength: most, Autocomplete: true,
	}
}

// required is an option without which a command cannot be sent.
func required(o *discordgo.ApplicationCommandOption) *discordgo.ApplicationCommandOption {
	o.Required = true
	return o
}

// askCommand defines /ask.
func askCommand() *discordgo.ApplicationCommand {
	return forEveryone("ask", "Ask about a career: what one does, what it pays, how to get in, what it takes",
		required(completed(optionQuestion, "Your question, in your own words", maxQuestion)),
		completed(optionCareer, "The career that you ask about, if the question does not name it", maxLabel),
		privately())
}

// privately is the option by which a person keeps an answer to themselves.
func privately() *discordgo.ApplicationCommandOption {
	return &discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionBoolean, Name: optionPrivate, Description: "Show the answer to nobody but you",
	}
}

// ask answers a question that was typed.
func (b *Bot) ask(ctx context.Context, r *request) (response, error) {
	if r.door == mention {
		if err := b.answersHere(r); err != nil {
			return response{}, err
		}
	}
	q := answer.Question{Text: r.text, Conversation: r.conversation(), Guild: r.home}
	switch {
	case r.door == slash:
		q.Text = r.option(optionQuestion)
		if c, ok := readSuggested(q.Text); ok {
			return b.chosen(ctx, r, c), nil
		}
		if named := r.option(optionCareer); named != "" {
			career, err := b.careerNamed(r.home, named)
			if err != nil {
				return response{}, err
			}
			q.Occupation = career.ID
		}
	case r.unread && r.door == mention:
		// A reply to a slash answer pings the bot, and Discord keeps back its text.
		return response{message: say("Discord does not let me read that reply. Please press Follow up below my answer, name me in your message, or use /ask."), note: "unread"}, nil
	case r.text == "":
		q.Text = bareMention
	}
	return b.reach(ctx, r, q), nil
}

// reach answers a question and makes the response of the answer.
func (b *Bot) reach(ctx context.Context, r *request, q answer.Question) response {
	return b.show(ctx, r, q.Text, b.answer(q))
}

// askAbout answers what somebody's message asks.
func (b *Bot) askAbout(ctx context.Context, r *request) (response, error) {
	if r.text == "" {
		return response{}, refusal("There is no text in that message. Use this on a message that asks something, or ask in your own words with /ask.")
	}
	return b.reach(ctx, r, answer.Question{Text: r.text, Conversation: r.conversation(), Guild: r.home}), nil
}

// pick answers what a pressed choice stands for.
func (b *Bot) pick(ctx context.Context, r *request) (response, error) {
	c, ok := choiceOf(r.args[1:], r.label)
	if !ok {
		return response{}, fmt.Errorf("no choice in the button %q", strings.Join(r.args, ":"))
	}
	return b.chosen(ctx, r, c), nil
}

// chosen answers a choice and makes the response of the answer.
func (b *Bot) chosen(ctx context.Context, r *request, c answer.Choice) response {
	a := b.choose(r.home, r.conversation(), c)
	return b.show(ctx, r, a.Question, a)
}

// askLabel answers the question that stands on a pressed button.
func (b *Bot) askLabel(ctx context.Context, r *request) (response, error) {
	if r.label == "" {
		return response{}, fmt.Errorf("no label on the button %q", strings.Join(r.args, ":"))
	}
	return b.reach(ctx, r, answer.Question{Text: r.label, Conversation: r.conversation(), Guild: r.home}), nil
}

// jobsHeld is said in place of a refusal to who looks for work, where jobs are
// held: no moderator has to answer that.
const jobsHeld = "No article of mine tells who is hiring, but I read job boards. Press Jobs below to see what is open now, and to be told of new jobs; or look for others with /jobs."

// show makes the response of the answer to a question, and puts one that is
// missing an answer into the queue.
func (b *Bot) show(ctx context.Context, r *request, question string, a answer.Answer) response {
	career, _ := b.cfg.Answerer().Career(r.home, a.Occupation)
	var jobs []discordgo.MessageComponent
	if a.Outcome == answer.Answered || a.Jobs {
		jobs = b.jobsButton(ctx, r, career.ID)
	}
	if a.Jobs && jobs != nil {
		a.Text, a.Missing = jobsHeld, false
	}
	m := renderAnswer(a, career, r, b.note(ctx, r, question, a), jobs...)
	if a.Outcome == answer.Answered && slices.Contains(topicsOf(a), knowledge.Pay) {
		if pay, ok := payPicture(b.cfg.Answerer().Base(r.home).Article(a.Occupation)); ok {
			m = b.illustrate(m, pay)
		}
	}
	return response{message: m, note: string(a.Outcome)}
}

// answersHere refuses where the moderators of a server do not want a mention to
// be answered, or not for all to see.
func (b *Bot) answersHere(r *request) error {
	settings := b.kept.of(r.home)
	switch {
	case b.among(r, settings.PrivateChannels):
		return refusal("In this channel I answer privately. Please use /ask: only you will see the answer.")
	case len(settings.MentionChannels) > 0 && !b.among(r, settings.MentionChannels):
		return refusal(fmt.Sprintf("In this channel I answer /ask. Mention me in <#%s>, or send me a direct message.", settings.MentionChannels[0]))
	}
	return nil
}

// among reports whether a request was made in one of some channels, or in a
// thread of one.
func (b *Bot) among(r *request, channels []string) bool {
	return slices.Contains(channels, r.channel) || slices.Contains(channels, b.access.parent(r.guild, r.channel))
}

// maxSuggestions is how many completions Discord takes.
const maxSuggestions = 25

// completeAsk completes the options of /ask: questions that have an answer, and
// careers.
func (b *Bot) completeAsk(ctx context.Context, r *request) (response, error) {
	if r.focused == optionCareer {
		return b.completeCareer(ctx, r)
	}
	career, err := b.careerNamed(r.home, r.option(optionCareer))
	if err != nil {
		career = answer.Career{} // it is still being typed: offer what there is for any
	}
	var list []suggestion
	for _, c := range b.cfg.Answerer().Questions(r.home, r.option(optionQuestion), career.ID, maxSuggestions) {
		list = append(list, suggestion{plain(c.Label, maxSuggestion), suggested(c)})
	}
	return response{offers: list}, nil
}
