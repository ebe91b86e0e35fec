package bot

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// What comes in, read from the JSON as Discord sent it. discordgo's own types
// are not used here: one component of a kind that it does not know, and it
// passes on an empty event; a field read in the wrong kind of interaction, and
// it panics.

// door is a way by which a person reaches the bot.
type door string

// The doors.
const (
	slash   door = "slash"   // a slash command
	button  door = "button"  // a button of one of the bot's messages
	mention door = "mention" // a message that names the bot
	direct  door = "direct"  // a direct message
)

// request is one thing that a person asked of the bot.
type request struct {
	door     door
	name     string   // of the command, or the first part of a custom ID; empty for a message
	args     []string // the other parts of a custom ID
	id       string   // the interaction's, or the message's
	token    string   // of an interaction; empty for a message
	app      string   // the application's ID, of an interaction
	guild    string   // empty outside of servers
	channel  string
	person   string     // who asks
	may      permission // what the bot may do there, as an interaction says; 0 if nothing does
	received time.Time

	text    string                     // what a message says, without the bot's name
	unread  bool                       // the message says something, and Discord withheld it
	options map[string]json.RawMessage // of a command
	label   string                     // of the button that was pressed
}

// conversation is the key of what one person says in one channel.
func (r *request) conversation() string { return r.channel + "/" + r.person }

// option returns an option of a command that holds text.
func (r *request) option(name string) string {
	var s string
	if json.Unmarshal(r.options[name], &s) != nil {
		return ""
	}
	return s
}

// inUser is a user object.
type inUser struct {
	ID  string `json:"id"`
	Bot bool   `json:"bot"`
}

// inMessage is a message object.
type inMessage struct {
	ID         string        `json:"id"`
	Type       int           `json:"type"`
	ChannelID  string        `json:"channel_id"`
	GuildID    string        `json:"guild_id"`
	WebhookID  string        `json:"webhook_id"`
	Author     *inUser       `json:"author"`
	Content    string        `json:"content"`
	Mentions   []inUser      `json:"mentions"`
	Components []inComponent `json:"components"`
}

// inComponent is a component of a message, of whatever type.
type inComponent struct {
	CustomID   string        `json:"custom_id"`
	Label      string        `json:"label"`
	Components []inComponent `json:"components"`
}

// inInteraction is an interaction object.
type inInteraction struct {
	ID        string                    `json:"id"`
	Type      discordgo.InteractionType `json:"type"`
	AppID     string                    `json:"application_id"`
	Token     string                    `json:"token"`
	GuildID   string                    `json:"guild_id"`
	ChannelID string                    `json:"channel_id"`
	May       permission                `json:"app_permissions"`
	User      *inUser                   `json:"user"`
	Member    *struct {
		User *inUser `json:"user"`
	} `json:"member"`
	Message *inMessage `json:"message"`
	Data    struct {
		Type     int    `json:"type"`
		Name     string `json:"name"`
		CustomID string `json:"custom_id"`
		Options  []struct {
			Name  string          `json:"name"`
			Value json.RawMessage `json:"value"`
		} `json:"options"`
	} `json:"data"`
}

// reference finds what a message names: users, roles, channels and emoji.
var reference = regexp.MustCompile(`<(@[!&]?|#|a?:\w+:)\d+>`)

// The types of messages that people write.
const (
	typeDefault = 0
	typeReply   = 19
)

// readMessage makes a request of a message, or nil if it is not for the bot,
// whose user's ID is self.
func readMessage(raw json.RawMessage, self string) (*request, error) {
	var m inMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("read a message: %w", err)
	}
	if m.ID == "" || m.ChannelID == "" || m.Author == nil || m.Author.ID == "" {
		return nil, fmt.Errorf("read a message: it has no ID, no channel or no author")
	}
	if m.Author.Bot || m.Author.ID == self || m.WebhookID != "" || m.Type != typeDefault && m.Type != typeReply {
		return nil, nil
	}
	r := &request{
		id: m.ID, guild: m.GuildID, channel: m.ChannelID, person: m.Author.ID, received: time.Now(),
		text:   strings.TrimSpace(reference.ReplaceAllString(m.Content, " ")),
		unread: m.Content == "",
	}
	switch {
	case m.GuildID == "":
		r.door = direct
	case slices.ContainsFunc(m.Mentions, func(u inUser) bool { return u.ID == self }):
		r.door = mention
	default:
		return nil, nil
	}
	return r, nil
}

// readInteraction makes a request of an interaction.
func readInteraction(raw json.RawMessage) (*request, error) {
	var it inInteraction
	if err := json.Unmarshal(raw, &it); err != nil {
		return nil, fmt.Errorf("read an interaction: %w", err)
	}
	person := it.User
	if it.Member != nil && it.Member.User != nil {
		person = it.Member.User
	}
	if it.ID == "" || it.Token == "" || person == nil || person.ID == "" {
		return nil, fmt.Errorf("read an interaction: it has no ID, no token or no person")
	}
	r := &request{
		id: it.ID, token: it.Token, app: it.AppID, guild: it.GuildID, channel: it.ChannelID, may: it.May, person: person.ID, received: time.Now(),
	}
	switch it.Type {
	case discordgo.InteractionApplicationCommand:
		r.door, r.name, r.options = slash, it.Data.Name, map[string]json.RawMessage{}
		for _, o := range it.Data.Options {
			r.options[o.Name] = o.Value
		}
	case discordgo.InteractionMessageComponent:
		parts := strings.Split(it.Data.CustomID, ":")
		r.door, r.name, r.args = button, parts[0], parts[1:]
		if it.Message != nil {
			r.label = labelOf(it.Message.Components, it.Data.CustomID)
		}
	default:
		return nil, fmt.Errorf("an interaction of type %d, which nothing here offers", it.Type)
	}
	return r, nil
}

// labelOf finds the label of the button with a custom ID.
func labelOf(components []inComponent, id string) string {
	for _, c := range components {
		if c.CustomID == id {
			return c.Label
		}
		if label := labelOf(c.Components, id); label != "" {
			return label
		}
	}
	return ""
}
