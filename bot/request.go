package bot

import (
	"encoding/json"
	"fmt"
	"iter"
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
	slash    door = "slash"    // a slash command
	complete door = "complete" // somebody is typing into an option of one
	menu     door = "menu"     // a command of a message's context menu
	button   door = "button"   // a button or a menu on one of the bot's messages
	dialog   door = "dialog"   // a dialog that the bot opened was filled in
	mention  door = "mention"  // a message that names the bot
	direct   door = "direct"   // a direct message
)

// request is one thing that a person asked of the bot.
type request struct {
	door     door
	name     string   // of the command with its subcommand, or the first part of a custom ID; empty for a message
	args     []string // the other parts of a custom ID
	id       string   // the interaction's, or the message's
	token    string   // of an interaction; empty for a message
	app      string   // the application's ID, of an interaction
	guild    string   // empty outside of servers
	home     string   // the server whose own knowledge counts: the guild if it has installed the bot, else empty
	channel  string
	person   string      // who asks
	roles    []string    // of the person, of an interaction in a server
	rights   permission  // the person's in the channel, of an interaction in a server
	may      *permission // what the bot may do there, of an interaction
	received time.Time

	text    string                     // what a message says, without the bot's name; of a menu, the message that it is used on
	unread  bool                       // the message says something, and Discord withheld it
	options map[string]json.RawMessage // of a command
	focused string                     // the option that is being typed into
	label   string                     // of the button that was pressed
	private bool                       // the reply is seen by the person alone
	on      string                     // the ID of the message that a button stands on
	hidden  bool                       // that message is seen by one person only
	fields  map[string]string          // of a dialog: what was typed, or chosen, several parted by commas
	values  []string                   // of a menu: what was chosen
	answers string                     // of a message that a menu is used on: what it replies to, if Discord sent that
	author  string                     // of a message that a menu is used on: who wrote it
	given   map[string]inAttachment    // files that were handed to a command, by ID
	steps   chan string                // how far the handler is, where it takes long; see step
}

// step tells the person how far their request is, if it takes long. A row whose
// handler calls it replies with a message of its own.
func (r *request) step(text string) {
	select {
	case <-r.steps:
	default:
	}
	select {
	case r.steps <- text:
	default:
	}
}

// inAttachment is a file that was handed to a command.
type inAttachment struct {
	Name string `json:"filename"`
	Size int64  `json:"size"` // in bytes
	URL  string `json:"url"`
}

// file returns an option of a command that holds a file.
func (r *request) file(name string) (inAttachment, bool) {
	f, ok := r.given[r.option(name)]
	return f, ok
}

// conversation is the key of what one person says in one channel.
func (r *request) conversation() string { return r.channel + "/" + r.person }

// lane is the key of the requests that are served one after another. What is
// offered while somebody types waits for nothing.
func (r *request) lane() string {
	if r.door == complete {
		return r.id
	}
	return r.conversation()
}

// moderates reports whether the person is a moderator of the server where they
// make a request: who may manage it, or has the role that was chosen for this.
func (b *Bot) moderates(r *request) bool {
	if r.home == "" {
		return false
	}
	role := b.kept.of(r.home).ModeratorRole
	return r.manages() || role != "" && slices.Contains(r.roles, role)
}

// manages reports whether the person may manage the server.
func (r *request) manages() bool {
	return r.home != "" && r.rights&(discordgo.PermissionManageGuild|discordgo.PermissionAdministrator) != 0
}

// option returns an option of a command that holds text.
func (r *request) option(name string) string {
	var s string
	if json.Unmarshal(r.options[name], &s) != nil {
		return ""
	}
	return s
}

// truth returns an option of a command that is true or false; false without it.
func (r *request) truth(name string) bool {
	var v bool
	return json.Unmarshal(r.options[name], &v) == nil && v
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
	Flags      int           `json:"flags"`
	Mentions   []inUser      `json:"mentions"`
	Components []inComponent `json:"components"`
	Replied    *inMessage    `json:"referenced_message"`
}

// inComponent is a component of a message or of a dialog, of whatever type.
type inComponent struct {
	CustomID   string          `json:"custom_id"`
	Label      string          `json:"label"`
	Value      json.RawMessage `json:"value"`
	Values     []string        `json:"values"` // of a menu
	Components []inComponent   `json:"components"`
	Component  *inComponent    `json:"component"` // what a label of a dialog is for
}

// inOption is an option of a command, or a subcommand with options of its own.
type inOption struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []inOption      `json:"options"`
}

// The types of options that are subcommands and groups of them.
const (
	optionSubcommand = 1
	optionGroup      = 2
)

// inInteraction is an interaction object.
type inInteraction struct {
	ID        string                    `json:"id"`
	Type      discordgo.InteractionType `json:"type"`
	AppID     string                    `json:"application_id"`
	Token     string                    `json:"token"`
	GuildID   string                    `json:"guild_id"`
	ChannelID string                    `json:"channel_id"`
	May       *permission               `json:"app_permissions"`
	User      *inUser                   `json:"user"`
	Member    *struct {
		User        *inUser    `json:"user"`
		Roles       []string   `json:"roles"`
		Permissions permission `json:"permissions"`
	} `json:"member"`
	Message *inMessage        `json:"message"`
	Owners  map[string]string `json:"authorizing_integration_owners"` // by the kind of installation
	Data    struct {
		Type       discordgo.ApplicationCommandType `json:"type"`
		Name       string                           `json:"name"`
		CustomID   string                           `json:"custom_id"`
		TargetID   string                           `json:"target_id"`
		Values     []string                         `json:"values"`
		Options    []inOption                       `json:"options"`
		Components []inComponent                    `json:"components"`
		Resolved   struct {
			Messages    map[string]inMessage    `json:"messages"`
			Attachments map[string]inAttachment `json:"attachments"`
		} `json:"resolved"`
	} `json:"data"`
}

// reference finds what a message names: users, roles, channels and emoji.
var reference = regexp.MustCompile(`<(@[!&]?|#|a?:\w+:)\d+>`)

// byServer is the kind of installation that a server makes.
const byServer = "0"

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
		id: m.ID, guild: m.GuildID, home: m.GuildID, channel: m.ChannelID, person: m.Author.ID, received: time.Now(),
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
		steps: make(chan string, 1),
	}
	if it.Member != nil {
		r.rights, r.roles = it.Member.Permissions, it.Member.Roles
	}
	if it.GuildID != "" && it.Owners[byServer] == it.GuildID {
		r.home = it.GuildID
	}
	if it.Message != nil {
		r.on, r.hidden = it.Message.ID, it.Message.Flags&int(discordgo.MessageFlagsEphemeral) != 0
	}
	read := reads[it.Type]
	if read == nil {
		return nil, fmt.Errorf("an interaction of type %d, which nothing here offers", it.Type)
	}
	read(r, &it)
	return r, nil
}

// reads fill in what is particular to a kind of interaction.
var reads = map[discordgo.InteractionType]func(*request, *inInteraction){
	discordgo.InteractionApplicationCommand:             (*request).readCommand,
	discordgo.InteractionApplicationCommandAutocomplete: (*request).readTyping,
	discordgo.InteractionMessageComponent:               (*request).readComponent,
	discordgo.InteractionModalSubmit:                    (*request).readDialog,
}

func (r *request) readCommand(it *inInteraction) {
	r.door, r.name, r.options, r.given = slash, it.Data.Name, map[string]json.RawMessage{}, it.Data.Resolved.Attachments
	if it.Data.Type == discordgo.MessageApplicationCommand {
		m := it.Data.Resolved.Messages[it.Data.TargetID]
		r.door, r.text, r.on = menu, strings.TrimSpace(reference.ReplaceAllString(m.Content, " ")), m.ID
		if m.Author != nil {
			r.author = m.Author.ID
		}
		if m.Replied != nil {
			r.answers = strings.TrimSpace(reference.ReplaceAllString(m.Replied.Content, " "))
		}
		return
	}
	options := it.Data.Options
	for len(options) == 1 && (options[0].Type == optionSubcommand || options[0].Type == optionGroup) {
		r.name += " " + options[0].Name
		options = options[0].Options
	}
	for _, o := range options {
		r.options[o.Name] = o.Value
		if o.Focused {
			r.focused = o.Name
		}
	}
}

func (r *request) readTyping(it *inInteraction) {
	r.readCommand(it)
	r.door = complete
}

func (r *request) readComponent(it *inInteraction) {
	r.door, r.values = button, it.Data.Values
	r.readID(it.Data.CustomID)
	if it.Message != nil {
		r.label = labelOf(it.Message.Components, it.Data.CustomID)
	}
}

func (r *request) readDialog(it *inInteraction) {
	r.door, r.fields = dialog, map[string]string{}
	r.readID(it.Data.CustomID)
	for c := range within(it.Data.Components) {
		var text string
		if c.CustomID != "" && json.Unmarshal(c.Value, &text) == nil {
			r.fields[c.CustomID] = strings.TrimSpace(text)
		} else if c.CustomID != "" && c.Values != nil {
			r.fields[c.CustomID] = strings.Join(c.Values, ",")
		}
	}
}

// readID takes a custom ID apart.
func (r *request) readID(id string) {
	parts := strings.Split(id, ":")
	r.name, r.args = parts[0], parts[1:]
}

// labelOf finds the label of the button with a custom ID.
func labelOf(components []inComponent, id string) string {
	for c := range within(components) {
		if c.CustomID == id {
			return c.Label
		}
	}
	return ""
}

// within lists components and all that they hold.
func within(components []inComponent) iter.Seq[inComponent] {
	return func(yield func(inComponent) bool) {
		for _, c := range components {
			inner := c.Components
			if c.Component != nil {
				inner = append(slices.Clone(inner), *c.Component)
			}
			if !yield(c) {
				return
			}
			for i := range within(inner) {
				if !yield(i) {
					return
				}
			}
		}
	}
}
