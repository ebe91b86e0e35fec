package bot

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
)

// What an answer looks like in Discord. Pure, and the only place that knows the
// limits of a message; every message it makes keeps them, whatever it is given.

// Discord's limits, in characters.
const (
	maxTitle       = 256
	maxDescription = 4096
	maxFooter      = 2048
	maxLabel       = 80
	maxURL         = 512 // Discord takes longer ones in places, but none needs them
	buttonsPerRow  = 5
	maxRows        = 5
)

// style is how an outcome looks.
type style struct {
	colour  int
	say     string // when the answer has no text
	choices choiceRows
	heading func(answer.Answer, func(string) string) string
	footer  func(answer.Answer) string
}

var styles = map[answer.Outcome]style{
	answer.Answered:  {0x2E8B57, "I found the place, but nothing stands there.", continuing, heading, footer},
	answer.Clarify:   {0xC9A227, "Which of these do you mean?", completing, heading, noFooter},
	answer.Abstain:   {0x8A8F98, "I do not know that.", completing, noHeading, noFooter},
	answer.SmallTalk: {0x4A78B5, "Ask me what a career involves, what it pays, or how to get into it.", continuing, noHeading, noFooter},
}

// What does not answer has nothing to head it with, and no source.
func noHeading(answer.Answer, func(string) string) string { return "" }
func noFooter(answer.Answer) string                       { return "" }

// topicNames are the topics as people read them.
var topicNames = map[string]string{
	"overview":    "Overview",
	"duties":      "Duties",
	"pay":         "Pay",
	"pay-factors": "What changes pay",
	"types":       "Kinds",
	"workplace":   "Workplace",
	"education":   "Education",
	"skills":      "Skills",
	"faq":         "Questions",
}

// renderAnswer shows an answer; asker is the ID of the person to whom its
// buttons belong. titles gives an occupation its name.
func renderAnswer(a answer.Answer, asker string, titles func(string) string) message {
	look, known := styles[a.Outcome]
	if !known {
		look = styles[answer.Abstain]
	}
	embed := &discordgo.MessageEmbed{Color: look.colour, Description: escape(a.Text, maxDescription)}
	if !visible(embed.Description) {
		embed.Description = look.say
	}
	if title := escape(look.heading(a, titles), maxTitle); visible(title) {
		embed.Title = title
		embed.URL = webLink(a.Source.URL)
	}
	if text := plain(look.footer(a), maxFooter); visible(text) {
		embed.Footer = &discordgo.MessageEmbedFooter{Text: text}
	}
	return message{Embeds: []*discordgo.MessageEmbed{embed}, Components: choiceButtons(a.Choices, look.choices, asker)}
}

// heading names the occupation and the topics of an answer.
func heading(a answer.Answer, titles func(string) string) string {
	var parts []string
	if a.Occupation != "" {
		parts = append(parts, titles(a.Occupation))
	}
	topics := []string{string(a.Topic)}
	for _, p := range a.Passages {
		topics = append(topics, string(p.Topic))
	}
	for i, t := range topics {
		if name := topicNames[t]; name != "" && !slices.Contains(topics[:i], t) {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, " · ")
}

// footer tells where an answer stands and where that comes from.
func footer(a answer.Answer) string {
	var parts []string
	for _, p := range a.Passages {
		if quoted := "“" + p.Heading + "”"; p.Heading != "" && !slices.Contains(parts, quoted) {
			parts = append(parts, quoted)
		}
	}
	// The whole list would be longer than the answer.
	parts = parts[:min(len(parts), 2)]
	source := a.Source.Name
	if u, err := url.Parse(webLink(a.Source.URL)); source == "" && err == nil {
		source = u.Host
	}
	if source != "" {
		source = "Source: " + source
		switch {
		case a.Source.Published != "":
			source += ", " + date(a.Source.Published)
		case a.Source.Read != "":
			source += ", read " + date(a.Source.Read)
		}
		parts = append(parts, source)
	}
	return strings.Join(parts, " · ")
}

// date writes a date for people; what is no date is left as it is.
func date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return t.Format("2 January 2006")
}

// webLink is an address that Discord takes, or empty.
func webLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(u.String()) > maxURL {
		return ""
	}
	return u.String()
}

// choiceButtons offers choices as rows of buttons. Choices that cannot be told
// apart are offered once.
func choiceButtons(choices []answer.Choice, as choiceRows, asker string) []discordgo.MessageComponent {
	var buttons []discordgo.MessageComponent
	used := map[string]bool{}
	for i, c := range choices {
		label := plain(cmp.Or(strings.TrimSpace(c.Label), topicNames[string(c.Topic)]), maxLabel)
		id := choiceID(c, as, asker, i)
		if !visible(label) || used[id] || len(buttons) == buttonsPerRow*maxRows {
			continue
		}
		used[id] = true
		buttons = append(buttons, discordgo.Button{Label: label, Style: discordgo.SecondaryButton, CustomID: id})
	}
	var rows []discordgo.MessageComponent
	for row := range slices.Chunk(buttons, buttonsPerRow) {
		rows = append(rows, discordgo.ActionsRow{Components: row})
	}
	return rows
}

// titleOf makes a name of an occupation's ID, when nobody knows a better one.
func titleOf(id string) string {
	words := strings.ReplaceAll(id, "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// renderProblem tells a person that something failed, with the ID under which
// the log has it.
func renderProblem(id string) message {
	return say(fmt.Sprintf("Something went wrong on my side. Please try again in a moment. If it happens again, give the moderators this number: `%s`", id))
}
