package bot

import (
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/bwmarrin/discordgo"
)

const (
	// maxContent is the longest text of a message, in characters.
	maxContent = 2000
	// maxOrigin is how much of it may go into where an answer comes from.
	maxOrigin = 1000
)

// piece is what must not be cut apart: a character, with the backslash before it.
var piece = regexp.MustCompile(`(?s)\\?.`)

// plainText says in the text of a message what embeds say, for where the bot may
// not embed. What is Markdown in an embed is Markdown there; a footer is none,
// and is escaped. Where there is too much, where it comes from is kept.
func plainText(content string, embeds []*discordgo.MessageEmbed) string {
	var said, origin []string
	add := func(to *[]string, before, text, after string) {
		if visible(text) {
			*to = append(*to, before+text+after)
		}
	}
	add(&said, "", content, "")
	for _, e := range embeds {
		add(&said, "**", e.Title, "**")
		add(&said, "", e.Description, "")
		for _, f := range e.Fields {
			add(&said, "**", f.Name, "**\n"+f.Value)
		}
		if e.Footer != nil {
			add(&origin, "-# ", escape(e.Footer.Text, maxOrigin/3), "")
		}
		add(&origin, "<", e.URL, ">") // in brackets, Discord shows nothing of what is there
	}
	end := cut(strings.Join(origin, "\n"), maxOrigin)
	if end != "" {
		end = "\n" + end
	}
	return cut(strings.Join(said, "\n"), maxContent-len(utf16.Encode([]rune(end)))) + end
}

// cut is text in at most limit characters, with no escape cut apart.
func cut(text string, limit int) string { return clip(piece.FindAllString(text, -1), limit) }
