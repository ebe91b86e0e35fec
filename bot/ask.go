package bot

import (
	"context"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
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

// Where a command for everyone can be used, and by whose installation.
var (
	everywhere = &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel}
	anyInstall = &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall, discordgo.ApplicationIntegrationUserInstall}
)

// askCommand defines /ask.
func askCommand() *discordgo.ApplicationCommand {
	return &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: "ask", Contexts: everywhere, IntegrationTypes: anyInstall,
		Description: "Ask about a career: what one does, what it pays, how to get in, what it takes",
		Options: []*discordgo.ApplicationCommandOption{
			{
				Type: discordgo.ApplicationCommandOptionString, Name: optionQuestion, Required: true, MaxLength: maxQuestion, Autocomplete: true,
				Description: "Your question, in your own words",
			},
			{
				Type: discordgo.ApplicationCommandOptionString, Name: optionCareer, MaxLength: maxLabel, Autocomplete: true,
				Description: "The career that you ask about, if the question does not name it",
			},
			privateOption(),
		},
	}
}

func privateOption() *discordgo.ApplicationCommandOption {
	return &discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionBoolean, Name: optionPrivate,
		Description: "Show the answer to nobody but you",
	}
}

// menuCommand defines a command of a message's context menu for everyone.
func menuCommand(name string) *discordgo.ApplicationCommand {
	return &discordgo.ApplicationCommand{Type: discordgo.MessageApplicationCommand, Name: name, Contexts: everywhere, IntegrationTypes: anyInstall}
}

// ask answers a question that was typed.
func (b *Bot) ask(_ context.Context, r *request) (response, error) {
	q := answer.Question{Text: r.text, Conversation: r.conversation(), Guild: r.guild}
	switch {
	case r.door == slash:
		q.Text = r.option(optionQuestion)
		if c, ok := readSuggested(q.Text); ok {
			return b.show(b.choose(r.guild, r.conversation(), c), r), nil
		}
		if named := r.option(optionCareer); named != "" {
			career, err := b.careerNamed(r.guild, named)
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
	return b.show(b.answer(q), r), nil
}

// askAbout answers what somebody's message asks.
func (b *Bot) askAbout(_ context.Context, r *request) (response, error) {
	if r.text == "" {
		return response{}, refusal("There is no text in that message. Use this on a message that asks something, or ask in your own words with /ask.")
	}
	return b.show(b.answer(answer.Question{Text: r.text, Conversation: r.conversation(), Guild: r.guild}), r), nil
}

// pick answers what a pressed choice stands for.
func (b *Bot) pick(_ context.Context, r *request) (response, error) {
	c, ok := choiceOf(r.args[1:], r.label)
	if !ok {
		return response{}, fmt.Errorf("no choice in the button %q", strings.Join(r.args, ":"))
	}
	return b.show(b.choose(r.guild, r.conversation(), c), r), nil
}

// askLabel answers the question that stands on a pressed button.
func (b *Bot) askLabel(_ context.Context, r *request) (response, error) {
	if r.label == "" {
		return response{}, fmt.Errorf("no label on the button %q", strings.Join(r.args, ":"))
	}
	return b.show(b.answer(answer.Question{Text: r.label, Conversation: r.conversation(), Guild: r.guild}), r), nil
}

// show makes the response of an answer.
func (b *Bot) show(a answer.Answer, r *request) response {
	career, _ := b.cfg.Answerer().Career(r.guild, a.Occupation)
	return response{message: renderAnswer(a, career, r), note: string(a.Outcome)}
}

// maxSuggestions is how many completions Discord takes.
const maxSuggestions = 25

// completeAsk completes the options of /ask: questions that have an answer, and
// careers.
func (b *Bot) completeAsk(ctx context.Context, r *request) (response, error) {
	if r.focused == optionCareer {
		return b.completeCareer(ctx, r)
	}
	career, err := b.careerNamed(r.guild, r.option(optionCareer))
	if err != nil {
		career = answer.Career{} // it is still being typed: offer what there is for any
	}
	var list []suggestion
	for _, c := range b.cfg.Answerer().Questions(r.guild, r.option(optionQuestion), career.ID, maxSuggestions) {
		list = append(list, suggestion{plain(c.Label, maxSuggestion), suggested(c)})
	}
	return response{offers: list}, nil
}
