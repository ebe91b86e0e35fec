package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/bwmarrin/discordgo"
)

// What moderators do: /kb and its subcommands. Each is a row of the table that
// permits moderators alone, whatever Discord's application shows.

// kbCommand defines /kb.
func kbCommand() *discordgo.ApplicationCommand {
	c := forModerators("kb", "Keep what I know about careers right")
	for _, sub := range kbSubcommands {
		sub.Type = discordgo.ApplicationCommandOptionSubCommand
		c.Options = append(c.Options, &sub)
	}
	return c
}

// kbSubcommands are the subcommands of /kb, in the order in which they are
// shown.
var kbSubcommands = []discordgo.ApplicationCommandOption{
	{Name: "queue", Description: "What members asked and I could not answer"},
	{Name: "status", Description: "Whether edits work, and what there is"},
}

// forModerators defines a command that Discord's application shows to those who
// may manage the server. Whether they may use it is decided by the bot.
func forModerators(name, description string) *discordgo.ApplicationCommand {
	manage := int64(discordgo.PermissionManageGuild)
	return &discordgo.ApplicationCommand{
		Type: discordgo.ChatApplicationCommand, Name: name, Description: description, DefaultMemberPermissions: &manage,
		Contexts:         &[]discordgo.InteractionContextType{discordgo.InteractionContextGuild},
		IntegrationTypes: &[]discordgo.ApplicationIntegrationType{discordgo.ApplicationIntegrationGuildInstall},
	}
}

// kbStatus tells whether edits work, and what there is.
func (b *Bot) kbStatus(ctx context.Context, r *request) (response, error) {
	k := kbHealth{built: b.cfg.Answerer().Built()}
	s, err := b.kept.opened()
	if err == nil {
		err = s.Health(ctx)
	}
	if err == nil {
		var entries int
		if list, e := s.Entries(ctx, r.home); e == nil {
			entries = len(list)
		} else {
			err = e
		}
		k.entries = entries
		_, k.queue, _ = s.Queue(ctx, r.home, 0, 1)
	}
	k.works = err == nil
	if err != nil {
		b.log.Warn("the database does not work", "id", r.id, "err", b.keeping(err))
	}
	return response{message: renderKBStatus(k), note: "status"}, nil
}

// kbHealth is how the knowledge of a server is.
type kbHealth struct {
	works   bool // edits can be saved
	entries int  // of the server's own
	queue   int64
	built   time.Time
}

func renderKBStatus(k kbHealth) message {
	edits := "on"
	if !k.works {
		edits = "**off**: my database does not work. I answer from what I have loaded. Whoever runs me can read in the log what to do."
	}
	return message{Embeds: []*discordgo.MessageEmbed{{Title: "Knowledge of this server", Color: aboutColour, Fields: []*discordgo.MessageEmbedField{
		{Name: "Edits", Value: edits},
		{Name: "Entries of your own", Value: fmt.Sprint(k.entries)},
		{Name: "Questions in the queue", Value: fmt.Sprint(k.queue)},
		{Name: "Last published", Value: fmt.Sprintf("loaded <t:%d:R>", k.built.Unix())},
	}}}}
}
