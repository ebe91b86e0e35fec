package answer

import (
	"sync/atomic"
	"time"

	"github.com/careerbot/careerbot/knowledge"
)

// Answerer answers questions from a knowledge base. It is safe for concurrent
// use.
type Answerer struct {
	lang  *language
	aside *asides
	say   *phrasebook
	talks *talks
	state atomic.Pointer[state]
	built atomic.Pointer[time.Time]
}

// Built is when what is answered from was last built.
func (a *Answerer) Built() time.Time { return *a.built.Load() }

// New returns an Answerer for base.
func New(base *knowledge.Base) (*Answerer, error) {
	a := &Answerer{lang: shippedLanguage(), talks: newTalks()}
	var err error
	if a.aside, err = a.lang.readAsides(dataFS); err != nil {
		return nil, err
	}
	if a.say, err = readPhrasebook(dataFS); err != nil {
		return nil, err
	}
	return a, a.Replace(base)
}

// Replace lets the Answerer answer from base, from the next question on.
// Answers under way finish with the base they began with.
func (a *Answerer) Replace(base *knowledge.Base) error {
	s, err := a.build(base)
	if err != nil {
		return err
	}
	a.state.Store(s)
	now := time.Now()
	a.built.Store(&now)
	return nil
}

// Unreached is a question or phrasing of an FAQ that is answered with another.
type Unreached struct {
	Article string // its ID
	FAQ     string // the ID of the FAQ that asks so
	Asked   string // the question or phrasing
	Got     string // the ID of the FAQ that answers, or the outcome if none does
}

// Unreached asks every question and phrasing of the base and returns those
// that do not reach their FAQ.
func (a *Answerer) Unreached() []Unreached {
	s := a.state.Load()
	var out []Unreached
	for _, art := range s.base.Articles {
		for i := range art.FAQs {
			f := &art.FAQs[i]
			for _, asked := range f.Asked() {
				v := a.decide(s, Question{Text: asked, Occupation: art.ID}, nil)
				got := string(v.outcome)
				if len(v.answers) > 0 && v.answers[0].faq != nil {
					got = v.answers[0].faq.ID
				}
				if got != f.ID {
					out = append(out, Unreached{art.ID, f.ID, asked, got})
				}
			}
		}
	}
	return out
}
