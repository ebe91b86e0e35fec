package bot

import (
	"context"
	"fmt"
	"time"

	"github.com/bwmarrin/discordgo"
)

// statusCommand defines /status.
func statusCommand() *discordgo.ApplicationCommand {
	return forModerators("status", "How I am doing: how fast I answer, and whether anything is wrong")
}

// moderators permits those who may manage the server.
func moderators(b *Bot, r *request) error {
	if b.moderates(r) {
		return nil
	}
	return refusal("That is for the moderators of this server: those who may manage it (the permission Manage Server), and the role that they have chosen with /config moderators.")
}

// status tells how the bot is doing.
func (b *Bot) status(_ context.Context, r *request) (response, error) {
	return response{message: renderStatus(b.health.snapshot(), time.Since(b.cfg.Answerer().Built()), b.access.lacking(r.guild), b.now()), note: "status"}, nil
}

// renderStatus shows how the bot is doing: what lives since when, how old its
// knowledge is, and what it lacks in this server. All ages are those of a real
// clock; now is the bot's.
func renderStatus(v vitals, knowledge time.Duration, lacks permission, now time.Time) message {
	since := func(d time.Duration) string { return fmt.Sprintf("<t:%d:R>", now.Add(-d).Unix()) }
	gateway := "not connected"
	if v.Connected > 0 {
		gateway = "connected " + since(v.Connected)
		if v.Heartbeat > 0 {
			gateway += ", last sign of life " + since(v.Heartbeat)
		}
	}
	if lost := v.Sessions + v.Resumed - 1; lost > 0 {
		gateway += fmt.Sprintf("\n%d connections were lost since the start, %d of them resumed with nothing missed", lost, v.Resumed)
	}
	speed := "nothing was asked yet"
	if v.Acknowledged > 0 {
		speed = fmt.Sprintf("half within %s, 99 %% within %s (of the last %d)", milliseconds(v.P50), milliseconds(v.P99), v.Acknowledged)
	}
	fields := []*discordgo.MessageEmbedField{
		{Name: "Gateway", Value: gateway},
		{Name: "Acknowledgements", Value: speed},
		{Name: "Since the start", Value: fmt.Sprintf("%s: %d served, %d declined, %d failed", since(v.Uptime), v.Served, v.Declined, v.Failed)},
		{Name: "Knowledge", Value: "loaded " + since(knowledge)},
		{Name: "Version", Value: orDash(plain(v.Version, maxLabel))},
	}
	if lacks != 0 {
		fields = append(fields, &discordgo.MessageEmbedField{Name: "Permissions I lack here", Value: lacks.names()})
	}
	return message{Embeds: []*discordgo.MessageEmbed{{Title: "Status", Color: aboutColour, Fields: fields}}}
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
}
