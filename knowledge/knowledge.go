package knowledge

import (
	"slices"
	"strings"
)

// Topic names what a section or an FAQ is about. The list is closed: the same
// names stand in content files, in JSON and in code.
type Topic string

// The topics, in the order in which an article tells them.
const (
	Overview   Topic = "overview"
	Duties     Topic = "duties"
	Pay        Topic = "pay"
	PayFactors Topic = "pay-factors"
	Types      Topic = "types"
	Workplace  Topic = "workplace"
	Education  Topic = "education"
	Skills     Topic = "skills"
	General    Topic = "faq" // an FAQ that fits none of the others
)

// Topics lists every topic in the order in which an article tells them.
var Topics = []Topic{Overview, Duties, Pay, PayFactors, Types, Workplace, Education, Skills, General}

// Valid reports whether t is one of Topics.
func (t Topic) Valid() bool { return slices.Contains(Topics, t) }

// Base is a set of articles with unique IDs, ordered by ID.
type Base struct {
	Articles []*Article
}

// Article returns the article with that ID, or nil.
func (b *Base) Article(id string) *Article {
	i, found := slices.BinarySearchFunc(b.Articles, id, func(a *Article, id string) int { return strings.Compare(a.ID, id) })
	if !found {
		return nil
	}
	return b.Articles[i]
}

// Article is all that is known of one occupation.
type Article struct {
	ID       string   // lower-case words joined by hyphens: "back-end-developer"
	Title    string   // as shown to people: "Back-end developer"
	Aliases  []string // other names by which people ask for it
	Region   string   // the country that pay and education speak of: "India"; empty if unknown
	Source   Source
	Facts    []Fact
	Sections []Section
	FAQs     []FAQ
}

// Section returns the first section on topic t, or nil.
func (a *Article) Section(t Topic) *Section {
	for i := range a.Sections {
		if a.Sections[i].Topic == t {
			return &a.Sections[i]
		}
	}
	return nil
}

// FAQ returns the FAQ with that ID, or nil.
func (a *Article) FAQ(id string) *FAQ {
	for i := range a.FAQs {
		if a.FAQs[i].ID == id {
			return &a.FAQs[i]
		}
	}
	return nil
}

// Source tells where an article comes from. What is unknown is empty.
type Source struct {
	Name      string `json:"name" yaml:"name"`
	URL       string `json:"url" yaml:"url"`
	Published string `json:"-" yaml:"published"` // a date, 2006-01-02, or empty
	Read      string `json:"-" yaml:"read"`      // the date on which it was read for the article
}

// FactKind tells what a figure states.
type FactKind string

// The kinds of figures.
const (
	EntryPay   FactKind = "entry"   // what a beginner earns, at least
	LowPay     FactKind = "low"     // the lower end
	AveragePay FactKind = "average" // the mean
	HighPay    FactKind = "high"    // the upper end
	PayRange   FactKind = "range"   // Amount to Upper
)

// FactKinds lists every kind of figure, from low to high.
var FactKinds = []FactKind{EntryPay, LowPay, AveragePay, HighPay, PayRange}

// Fact is a typed figure with the sentence that states it.
type Fact struct {
	Kind     FactKind `yaml:"kind"`
	Amount   int64    `yaml:"amount"`          // whole units of Currency
	Upper    int64    `yaml:"upper,omitempty"` // the upper end of a range
	Currency string   `yaml:"currency"`        // ISO 4217: "INR"
	Per      string   `yaml:"per"`             // hour, day, week, month or year
	Source   string   `yaml:"source"`          // who states it: "Payscale"
	Date     string   `yaml:"date,omitempty"`  // of the figure, where known
	Sentence string   `yaml:"sentence"`        // a sentence of ours that states it
}

// Section is a heading with what stands under it.
type Section struct {
	Heading  string
	Topic    Topic
	Passages []Passage
}

// Passage is a paragraph or a bullet. A bullet may lead with the words it is
// about: Lead "Apprenticeship" of "**Apprenticeship:** learn on the job".
type Passage struct {
	Bullet bool
	Lead   string // without the colon; empty if there is none
	Text   string // without the lead; inline Markdown as written
}

// Says is a plain yes or no that an FAQ states, or neither.
type Says string

// What an FAQ can say.
const (
	SaysNothing Says = ""
	SaysYes     Says = "yes"
	SaysNo      Says = "no"
)

// FAQ is a question that people ask, the other ways in which they put it, and
// the answer.
type FAQ struct {
	ID        string // unique in its article: "masters-needed"
	Question  string
	Phrasings []string // other ways to ask it
	Answer    string   // at most MaxAnswer characters; leads with the fact, never with a bare yes or no
	Topic     Topic
	Says      Says
	Source    *Source // its own, of which the name and the URL are kept; nil if it is the article's
}

// The limits of what an entry may hold, in characters.
const (
	MaxAnswer   = 600 // an FAQ's answer: what a chat message shows without scrolling
	MaxQuestion = 200
	MaxPassage  = 1000
	MaxTitle    = 80 // a title, an alias, a heading: what a button shows
	MaxID       = 40 // so that the ids of an article and an entry fit a button's
)

// Asked lists every way in which the FAQ is asked: the question, then its
// phrasings.
func (f *FAQ) Asked() []string {
	return append([]string{f.Question}, f.Phrasings...)
}
