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

// askCommand defines /ask.
func askCommand() *discordgo.ApplicationCommand {
	return &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: "ask",
		Description:      "Ask about a career: what one does, what it pays, how to get in, what it takes",
		Contexts:         &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild, discordgo.InteractionContextBotDM, discordgo.InteractionContextPrivateChannel},
		IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall, discordgo.ApplicationIntegrationUserInstall},
		Options: []*discordgo.ApplicationCommandOption{{
			Type: discordgo.ApplicationCommandOptionString, Name: "question", Required: true, MaxLength: maxQuestion,
			Description: "Your question, in your own words",
		}},
	}
}

// ask answers a question that was typed.
func (b *Bot) ask(_ context.Context, r *request) (response, error) {
	text := r.text
	switch {
	case r.door == slash:
		text = r.option("question")
	case r.unread && r.door == mention:
		// A reply to a slash answer pings the bot, and Discord keeps back its text.
		return response{message: say("Discord does not let me read that reply. Please name me in it, or use /ask."), note: "unread"}, nil
	case text == "":
		text = bareMention
	}
	return b.show(b.cfg.Answer(answer.Question{Text: text, Guild: r.guild, Conversation: r.conversation()}), r), nil
}

// pick answers what a pressed choice stands for.
func (b *Bot) pick(_ context.Context, r *request) (response, error) {
	c, ok := choiceOf(r.args[1:], r.label)
	if !ok {
		return response{}, fmt.Errorf("no choice in the button %q", strings.Join(r.args, ":"))
	}
	return b.show(b.cfg.Choose(r.guild, r.conversation(), c), r), nil
}

// askLabel answers the question that stands on a pressed button.
func (b *Bot) askLabel(_ context.Context, r *request) (response, error) {
	if r.label == "" {
		return response{}, fmt.Errorf("no label on the button %q", strings.Join(r.args, ":"))
	}
	return b.show(b.cfg.Answer(answer.Question{Text: r.label, Guild: r.guild, Conversation: r.conversation()}), r), nil
}

func (b *Bot) show(a answer.Answer, r *request) response {
	return response{message: renderAnswer(a, r.person, b.cfg.Title), note: string(a.Outcome)}
}
