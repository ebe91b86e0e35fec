package answer

import (
	"sync"
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
	views atomic.Pointer[views]

	changes sync.Mutex // held by whoever makes new views
}

// views is what each server sees.
type views struct {
	base   *state
	guilds map[string]*state // of servers that have entries of their own, by ID
	built  time.Time
}

// view returns what a server sees.
func (a *Answerer) view(guild string) *state {
	return a.views.Load().of(guild)
}

// of returns what a server sees.
func (v *views) of(guild string) *state {
	if s, ok := v.guilds[guild]; ok {
		return s
	}
	return v.base
}

// Base is what a server sees: the base with its own entries over it. It must not
// be changed.
func (a *Answerer) Base(guild string) *knowledge.Base { return a.view(guild).base }

// Built is when what is answered from was last built.
func (a *Answerer) Built() time.Time { return a.views.Load().built }

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

// Replace lets the Answerer answer from base, from the next question on. The
// entries of servers are laid over it. Answers under way finish with the base
// they began with.
func (a *Answerer) Replace(base *knowledge.Base) error {
	a.changes.Lock()
	defer a.changes.Unlock()
	s, err := a.build(base)
	if err != nil {
		return err
	}
	next := &views{base: s, guilds: map[string]*state{}, built: time.Now()}
	if old := a.views.Load(); old != nil {
		for id, g := range old.guilds {
			next.guilds[id] = a.over(s, g.entries, g)
		}
	}
	a.views.Store(next)
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
	s := a.view("")
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
