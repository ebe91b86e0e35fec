package bot

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// helpCommand defines /help.
func helpCommand() *discordgo.ApplicationCommand {
	return forEveryone("help", "What I can do, and how to ask me")
}

// help tells a person what they can do here.
func (b *Bot) help(_ context.Context, r *request) (response, error) {
	return response{message: b.renderHelp(r, b.careersKnown(r.home)), note: "help"}, nil
}

// promise is what the bot is, wherever it introduces itself.
const promise = "I answer from articles that people have reviewed. I show where each answer comes from, and when I do not know, I say so."

// ways are how one asks without a command.
const ways = `Mention me with a question, or reply to a message of mine.
Send me a direct message.
Press **Follow up** below an answer to go on from it; I remember what you asked last in a channel for ten minutes.
Press **Helpful** or **Not helpful**: it tells what should be better.`

// menuUses tell what the commands of a message's context menu are for. Discord
// has no place for it.
var menuUses = map[string]string{
	askAbout:  "answers what the message asks, for your eyes only",
	saveAsFAQ: "makes an answer of mine of what the message says",
}

// whatIsKept is the short of docs/privacy.md.
const whatIsKept = "Questions that I could not answer, without who asked them; your votes; your ID if you want to be told; and your job alerts with what they found. `/privacy show` tells what that is of you, and [this page](" + aboutPrivacy + ") why and for how long."

// renderHelp lists what a person can do. The commands are those of the table,
// as far as the person may use them, so that none is forgotten.
func (b *Bot) renderHelp(r *request, careers string) message {
	var commands, moderating []string
	for _, row := range b.rows {
		if row.define == nil || row.permits != nil && row.permits(b, r) != nil {
			continue
		}
		line := fmt.Sprintf("**/%s** %s%s\n", row.define.Name, lowerFirst(row.define.Description), subcommands(row.define))
		if row.door == menu {
			line = fmt.Sprintf("**%s** (long press or right click on a message, then Apps): %s\n", row.name, menuUses[row.name])
		}
		if row.permits == nil {
			commands = append(commands, line)
		} else {
			moderating = append(moderating, line)
		}
	}
	fields := []*discordgo.MessageEmbedField{{Name: "Commands", Value: clip(commands, maxFieldText)}}
	if moderating != nil {
		fields = append(fields, &discordgo.MessageEmbedField{Name: "Commands for moderators", Value: clip(moderating, maxFieldText)})
	}
	return message{Embeds: []*discordgo.MessageEmbed{{
		Title: "Ask me about careers", Color: aboutColour, Description: promise,
		Fields: append(fields, []*discordgo.MessageEmbedField{
			{Name: "Without a command", Value: ways},
			{Name: "What I keep", Value: whatIsKept},
			{Name: "Careers I know", Value: cmp.Or(escape(careers, maxFieldText), "None yet.")},
		}...),
	}}}
}

// subcommands lists the subcommands of a command.
func subcommands(c *discordgo.ApplicationCommand) string {
	var names []string
	for _, o := range c.Options {
		if o.Type == discordgo.ApplicationCommandOptionSubCommand {
			names = append(names, o.Name)
		}
	}
	if names == nil {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// maxNamedCareers is how many careers are listed by name.
const maxNamedCareers = 15

// careersKnown lists the careers that can be asked about.
func (b *Bot) careersKnown(guild string) string {
	careers := b.cfg.Answerer().Careers(guild, "", maxNamedCareers+1)
	text := strings.Join(titles(careers[:min(len(careers), maxNamedCareers)]), ", ")
	if len(careers) > maxNamedCareers {
		text += " and more: /career completes what you type"
	}
	return text
}
