package bot

import (
	"github.com/bwmarrin/discordgo"
)

// message is what the bot shows. Whom it pings is not a part of it: nobody. See
// payload.
type message struct {
	Content    string
	Embeds     []*discordgo.MessageEmbed
	Components []discordgo.MessageComponent
}

// payload is a message as it is sent, in every request that sends or changes
// one.
type payload struct {
	Content         string                       `json:"content"`
	Embeds          []*discordgo.MessageEmbed    `json:"embeds"`
	Components      []discordgo.MessageComponent `json:"components"`
	AllowedMentions allowedMentions              `json:"allowed_mentions"`
	Flags           discordgo.MessageFlags       `json:"flags,omitempty"`
	Reference       *discordgo.MessageReference  `json:"message_reference,omitempty"`
	Nonce           string                       `json:"nonce,omitempty"`
	EnforceNonce    bool                         `json:"enforce_nonce,omitempty"`
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
	}
	if p.Embeds == nil {
		p.Embeds = []*discordgo.MessageEmbed{}
	}
	if p.Components == nil {
		p.Components = []discordgo.MessageComponent{}
	}
	return p
}

// say is a message of one short text of our own.
func say(text string) message { return message{Content: text} }
