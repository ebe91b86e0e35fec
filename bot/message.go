package bot

import (
	"slices"

	"github.com/bwmarrin/discordgo"
)

// message is what the bot shows. Whom it pings is not a part of it: nobody. See
// payload.
type message struct {
	Content    string
	Embeds     []*discordgo.MessageEmbed
	Components []discordgo.MessageComponent
	Files      []file
}

// file is a file that a message carries. An embed shows one that is a picture
// by the URL "attachment://" and its name.
type file struct {
	name        string // letters, digits, "-", "_" and one "."
	description string // what is to be seen, for those who cannot see it
	data        []byte
}

// Discord's limits of files.
const (
	maxFile            = 10 << 20 // bytes
	maxFiles           = 10
	maxFileDescription = 1024 // characters
)

// attached begins the URL of a file of the message itself.
const attached = "attachment://"

// heavy reports whether the files of a message may take longer to send than
// Discord waits for a first answer.
func (m message) heavy() bool {
	const light = 128 << 10 // bytes
	size := 0
	for _, f := range m.Files {
		size += len(f.data)
	}
	return size > light
}

// payload is a message as it is sent, in every request that sends or changes
// one.
type payload struct {
	Content         string                       `json:"content"`
	Embeds          []*discordgo.MessageEmbed    `json:"embeds"`
	Components      []discordgo.MessageComponent `json:"components"`
	Attachments     []attachment                 `json:"attachments,omitzero"` // which files the message has; empty takes those away that it had
	AllowedMentions allowedMentions              `json:"allowed_mentions"`
	Flags           discordgo.MessageFlags       `json:"flags,omitempty"`
	Reference       *discordgo.MessageReference  `json:"message_reference,omitempty"`
	Nonce           string                       `json:"nonce,omitempty"`
	EnforceNonce    bool                         `json:"enforce_nonce,omitempty"`

	files []file // sent beside the JSON
}

// attachment is what a payload says of a file that is sent with it.
type attachment struct {
	ID          int    `json:"id"` // its place among the files
	Name        string `json:"filename"`
	Description string `json:"description,omitempty"`
}

// allowedMentions says whom a message may ping. discordgo's own type writes
// null for an empty list, where Discord documents [] for nobody.
type allowedMentions struct {
	Parse []string `json:"parse"`
	Users []string `json:"users,omitempty"` // IDs
}

// payload is m as it is sent: it pings nobody, and lists that are empty are
// written as such, for an edit to empty them.
func (m message) payload() payload {
	p := payload{
		Content: m.Content, Embeds: m.Embeds, Components: m.Components,
		AllowedMentions: allowedMentions{Parse: []string{}},
		files:           m.Files,
	}
	p.describeFiles()
	if p.Embeds == nil {
		p.Embeds = []*discordgo.MessageEmbed{}
	}
	if p.Components == nil {
		p.Components = []discordgo.MessageComponent{}
	}
	return p
}

// describeFiles says what is sent beside the JSON.
func (p *payload) describeFiles() {
	p.Attachments = nil
	for i, f := range p.files {
		p.Attachments = append(p.Attachments, attachment{i, f.name, plain(f.description, maxFileDescription)})
	}
}

// withoutPictures is p without the files that its embeds show.
func (p payload) withoutPictures() payload {
	p.Embeds, p.files = slices.Clone(p.Embeds), slices.Clone(p.files)
	for i, e := range p.Embeds {
		if e.Image == nil {
			continue
		}
		bare := *e
		bare.Image, p.Embeds[i] = nil, &bare
		p.files = slices.DeleteFunc(p.files, func(f file) bool { return attached+f.name == e.Image.URL })
	}
	p.describeFiles()
	return p
}

// instead is p as it is sent in the place of what a message was, with files of
// its own and none of the former.
func (p payload) instead() payload {
	if p.Attachments == nil {
		p.Attachments = []attachment{}
	}
	return p
}

// say is a message of one short text of our own.
func say(text string) message { return message{Content: text} }
