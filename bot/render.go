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
	"github.com/careerbot/careerbot/knowledge"
)

// What an answer looks like in Discord. Pure, and the only place that knows the
// limits of a message; every message it makes keeps them, whatever it is given.

// Discord's limits, in characters.
const (
	maxTitle       = 256
	maxDescription = 4096
	maxFooter      = 2048
	maxFieldText   = 1024
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
	heading func(answer.Answer, answer.Career) string
	footer  func(answer.Answer) string
}

// aboutColour is that of what the bot says of itself.
const aboutColour = 0x4A78B5

var styles = map[answer.Outcome]style{
	answer.Answered:  {0x2E8B57, "I found the place, but nothing stands there.", continuing, heading, footer},
	answer.Clarify:   {0xC9A227, "Which of these do you mean?", completing, heading, noFooter},
	answer.Abstain:   {0x8A8F98, "I do not know that.", completing, noHeading, noFooter},
	answer.SmallTalk: {aboutColour, "Ask me what a career involves, what it pays, or how to get into it.", continuing, noHeading, noFooter},
}

// What does not answer has nothing to head it with, and no source.
func noHeading(answer.Answer, answer.Career) string { return "" }
func noFooter(answer.Answer) string                 { return "" }

// topicNames are the topics as people read them.
var topicNames = map[knowledge.Topic]string{
	knowledge.Overview:   "Overview",
	knowledge.Duties:     "Duties",
	knowledge.Pay:        "Pay",
	knowledge.PayFactors: "What changes pay",
	knowledge.Types:      "Kinds",
	knowledge.Workplace:  "Workplace",
	knowledge.Education:  "Education",
	knowledge.Skills:     "Skills",
	knowledge.General:    "Questions",
}

// renderAnswer shows the answer to a request, of a career that is held or of
// none, with at most one button given beside its own. A question that is missing
// an answer has an ID; else that is 0.
func renderAnswer(a answer.Answer, career answer.Career, r *request, missing int64, beside ...discordgo.MessageComponent) message {
	look, known := styles[a.Outcome]
	if !known {
		look = styles[answer.Abstain]
	}
	embed := &discordgo.MessageEmbed{Color: look.colour, Description: escape(a.Text, maxDescription)}
	if !visible(embed.Description) {
		embed.Description = look.say
	}
	if title := escape(look.heading(a, career), maxTitle); visible(title) {
		embed.Title = title
		embed.URL = webLink(a.Source.URL, maxURL)
	}
	if text := plain(look.footer(a), maxFooter); visible(text) {
		embed.Footer = &discordgo.MessageEmbedFooter{Text: text}
	}
	return message{Embeds: []*discordgo.MessageEmbed{embed}, Components: answerButtons(a, career, r, missing, look.choices, beside)}
}

// maxChoiceRows leaves room for topics and for what is said of the answer.
const maxChoiceRows = maxRows - 2

// maxNextTopics is how many further topics are offered below an answer.
const maxNextTopics = 3

// answerButtons are what a person can do with an answer: take one of its
// choices, go on to another topic, say whether it helped, and go on from it.
func answerButtons(a answer.Answer, career answer.Career, r *request, missing int64, as choiceRows, beside []discordgo.MessageComponent) []discordgo.MessageComponent {
	used := map[string]bool{}
	choices := a.Choices[:min(len(a.Choices), maxChoiceRows*buttonsPerRow)]
	rows := rowsOf(choiceButtons(choices, as, discordgo.SecondaryButton, r.person, used))
	var about answer.Choice
	if a.Outcome == answer.Answered && len(a.Passages) > 0 {
		about = answer.Choice{Occupation: a.Occupation, Topic: a.Topic, Entry: a.Passages[0].ID}
		next := topicChoices(career, topicsBut(mainTopics, topicsOf(a)))
		next = next[:min(len(next), maxNextTopics)]
		rows = append(rows, rowsOf(choiceButtons(next, continuing, discordgo.SecondaryButton, anyone, used))...)
	}
	var last []discordgo.MessageComponent
	if about.Entry != "" {
		last = append(last,
			discordgo.Button{Label: "Helpful", Style: discordgo.SecondaryButton, CustomID: withChoice(about, helpful, packOwner(r.id))},
			discordgo.Button{Label: "Not helpful", Style: discordgo.SecondaryButton, CustomID: withChoice(about, notHelpful, packOwner(r.id))})
	}
	if missing != 0 {
		last = append(last, discordgo.Button{Label: "Tell me when you know", Style: discordgo.SecondaryButton, CustomID: tellMe + ":" + packID(missing)})
	}
	if r.token != "" {
		last = append(last, discordgo.Button{Label: "Follow up", Style: discordgo.SecondaryButton, CustomID: withChoice(about, followUp)})
	}
	return append(rows, rowsOf(append(last, beside...))...)
}

func topicsBut(list, taken []knowledge.Topic) []knowledge.Topic {
	return slices.DeleteFunc(slices.Clone(list), func(t knowledge.Topic) bool { return slices.Contains(taken, t) })
}

// heading names the occupation and the topics of an answer.
func heading(a answer.Answer, career answer.Career) string {
	var parts []string
	if a.Occupation != "" {
		parts = append(parts, cmp.Or(career.Title, titleOf(a.Occupation)))
	}
	for _, t := range topicsOf(a) {
		if name := topicNames[t]; name != "" {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, " · ")
}

// topicsOf lists the topics of an answer, each once.
func topicsOf(a answer.Answer) []knowledge.Topic {
	topics := []knowledge.Topic{a.Topic}
	for _, p := range a.Passages {
		if !slices.Contains(topics, p.Topic) {
			topics = append(topics, p.Topic)
		}
	}
	return topics
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
	if from := sourceLine(a.Source); from != "" {
		parts = append(parts, from)
	}
	return strings.Join(parts, " · ")
}

// sourceLine says where something comes from and when that was.
func sourceLine(s knowledge.Source) string {
	name := s.Name
	if u, err := url.Parse(webLink(s.URL, maxURL)); name == "" && err == nil {
		name = u.Host
	}
	switch {
	case name == "":
		return ""
	case s.Published != "":
		name += ", " + date(s.Published)
	case s.Read != "":
		name += ", read " + date(s.Read)
	}
	return "Source: " + name
}

// date writes a date for people; what is no date is left as it is.
func date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return t.Format("2 January 2006")
}

// webLink is an address of at most so many bytes that Discord takes, or empty.
func webLink(s string, most int) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(u.String()) > most {
		return ""
	}
	return u.String()
}

// choiceButtons offers choices as buttons. Choices that cannot be told apart
// are offered once; used holds the custom IDs that the message has.
func choiceButtons(choices []answer.Choice, as choiceRows, style discordgo.ButtonStyle, asker string, used map[string]bool) []discordgo.MessageComponent {
	var buttons []discordgo.MessageComponent
	for _, c := range choices {
		label := plain(cmp.Or(strings.TrimSpace(c.Label), topicNames[c.Topic]), maxLabel)
		id := choiceID(c, as, asker, len(used))
		if !visible(label) || used[id] || len(buttons) == buttonsPerRow*maxRows {
			continue
		}
		used[id] = true
		buttons = append(buttons, discordgo.Button{Label: label, Style: style, CustomID: id})
	}
	return buttons
}

// topicChoices are the topics that a career tells, of those given.
func topicChoices(c answer.Career, topics []knowledge.Topic) []answer.Choice {
	var choices []answer.Choice
	for _, t := range topics {
		if topicNames[t] != "" && slices.Contains(c.Topics, t) {
			choices = append(choices, answer.Choice{Label: topicNames[t], Occupation: c.ID, Topic: t})
		}
	}
	return choices
}

// rowsOf puts buttons into rows.
func rowsOf(buttons []discordgo.MessageComponent) []discordgo.MessageComponent {
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
