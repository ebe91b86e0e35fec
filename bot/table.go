package bot

import (
	"context"

	"github.com/bwmarrin/discordgo"
)

// Everything that the bot does for people is a row of one table. To add a
// command is to add a row and to write its handler.

// row is one thing that the bot does.
type row struct {
	door    door
	name    string                        // of the command, or the first part of the custom IDs; empty for a message
	define  *discordgo.ApplicationCommand // what Discord is told of a command; nil for what is no command
	permits func(*request) error          // why a person may not; nil for everyone
	sight   func(*request) sight          // who sees the reply; nil for everyone
	manner  manner
	do      func(*Bot, context.Context, *request) (response, error)
}

// response is what a handler wants to be shown. A handler never sends.
type response struct {
	message
	note string // what kind of reply it is, for the log
}

// sight is who sees a reply. It is settled before the handler runs, since
// Discord keeps to what was said when a reply was deferred.
type sight discordgo.MessageFlags

// Who can see a reply.
const (
	everyone sight = 0
	asker    sight = sight(discordgo.MessageFlagsEphemeral)
)

// manner is how a row replies to an interaction: at once, and when it takes
// too long to reply at once.
type manner struct {
	atOnce   discordgo.InteractionResponseType
	deferred discordgo.InteractionResponseType
}

// The manners.
var (
	replies = manner{discordgo.InteractionResponseChannelMessageWithSource, discordgo.InteractionResponseDeferredChannelMessageWithSource}
	updates = manner{discordgo.InteractionResponseUpdateMessage, discordgo.InteractionResponseDeferredMessageUpdate} // changes the message that the button stands on
)

// refusal is an error that is shown as it is to the person who asked: what is
// wrong, and what to do. Any other error is shown as a number, and logged.
type refusal string

func (r refusal) Error() string { return string(r) }

// table returns all rows.
func table() []row {
	return []row{
		{door: slash, name: "ask", define: askCommand(), manner: replies, do: (*Bot).ask},
		{door: mention, do: (*Bot).ask},
		{door: direct, do: (*Bot).ask},
		{door: button, name: completing.choice, permits: ownButton, manner: updates, do: (*Bot).pick},
		{door: button, name: completing.label, permits: ownButton, manner: updates, do: (*Bot).askLabel},
		{door: button, name: continuing.choice, manner: replies, do: (*Bot).pick},
		{door: button, name: continuing.label, manner: replies, do: (*Bot).askLabel},
	}
}

// find returns the row that serves a request.
func find(rows []row, r *request) (row, error) {
	for _, row := range rows {
		if row.door == r.door && row.name == r.name {
			return row, nil
		}
	}
	return row{manner: replies}, refusal("That was made by an earlier version of me, and I no longer know it. Please ask again with /ask.")
}

// sees returns who sees the reply to a request.
func (row row) sees(r *request) sight {
	if row.sight == nil {
		return everyone
	}
	return row.sight(r)
}

// ownButton permits a button to the person whose question it belongs to, who
// is the first argument of its custom ID.
func ownButton(r *request) error {
	if len(r.args) > 0 && r.args[0] == packOwner(r.person) {
		return nil
	}
	return refusal("These buttons belong to the person who asked. Ask a question of your own with /ask, and you get your own.")
}
