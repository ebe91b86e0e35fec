// Package answer turns a question into an answer from the knowledge base: it
// reads the words, finds the occupation and the topic, chooses what answers,
// and says so when nothing does. Every sentence that it gives stands in the
// knowledge base or in one data file of fixed phrases. It knows nothing of
// Discord.
package answer

import (
	"github.com/careerbot/careerbot/knowledge"
)

// Outcome tells what kind of reply an Answer is.
type Outcome string

// The outcomes.
const (
	Answered  Outcome = "answer"    // the knowledge base answers
	Clarify   Outcome = "clarify"   // asks back: see Choices
	Abstain   Outcome = "abstain"   // says what it does not know; Choices hold what it does
	SmallTalk Outcome = "smalltalk" // greeting, thanks, help
)

// Question is what a person asked.
type Question struct {
	Text         string // as typed; any bytes
	Guild        string // the ID of the Discord server where it is asked, whose own knowledge counts; empty for none
	Conversation string // whose questions share context, "channel/person"; empty for none
	Occupation   string // the ID of an article, when the person chose one outright; else empty
}

// Answer is the reply to a Question. Its JSON form is the contract of
// `careerbot ask --json`.
type Answer struct {
	Question   string           `json:"question"`
	Outcome    Outcome          `json:"outcome"`
	Occupation string           `json:"occupation"` // the ID of the article, or empty
	Topic      knowledge.Topic  `json:"topic"`      // the first topic answered, or empty
	Confidence float64          `json:"confidence"` // 0 to 1
	Text       string           `json:"text"`       // at most MaxText characters, plain text
	Passages   []Passage        `json:"passages"`   // where the text stands; never nil
	Choices    []Choice         `json:"choices"`    // what to ask next; never nil
	Source     knowledge.Source `json:"source"`
	Missing    bool             `json:"-"` // nothing answers what was asked of a career: somebody should write it
	Jobs       bool             `json:"-"` // it abstains since jobs that are open now are asked for, which stand in no article
}

// MaxText is the longest Answer.Text, in characters.
const MaxText = 700

// Passage names a part of the knowledge base that an answer was taken from.
type Passage struct {
	ID      string          `json:"id"`      // "back-end-developer/faq/masters-needed", "back-end-developer/skills/3"
	Heading string          `json:"heading"` // of the section it belongs to
	Topic   knowledge.Topic `json:"topic"`
}

// Choice is a question that the person can ask by pressing a button or typing
// a number.
type Choice struct {
	Label      string          `json:"label"` // at most 80 characters
	Occupation string          `json:"occupation"`
	Topic      knowledge.Topic `json:"topic"`
	Entry      string          `json:"-"` // the passage's ID that answers it; empty for the topic as a whole
}
