package answer

import (
	"slices"
	"strings"

	"github.com/careerbot/careerbot/knowledge"
)

// Stored is a question that is kept to be replayed.
type Stored struct {
	Text       string
	Occupation string // the ID of the article it is about; empty if it has to tell itself
	Want       string // the ID of the passage or the section that should answer it; empty if that is unknown
	Kind       string // what it is kept as; AskedSo for a question or phrasing of an FAQ
}

// AskedSo is the Kind of the questions and phrasings of FAQs.
const AskedSo = "asked"

// Effect tells what a change does to a stored question.
type Effect string

// The effects.
const (
	Reaches Effect = "reaches" // what should answer it does so now
	Loses   Effect = "loses"   // what should answer it did so, and does no more
	Differs Effect = "differs" // it is answered, or refused, in another way
)

// Change is a stored question that is answered differently.
type Change struct {
	Stored
	Before, After Answer
}

// Effect tells what the change does to the question.
func (c Change) Effect() Effect {
	before, after := c.Want != "" && c.Before.Has(c.Want), c.Want != "" && c.After.Has(c.Want)
	switch {
	case after && !before:
		return Reaches
	case before && !after:
		return Loses
	}
	return Differs
}

// Has reports whether a passage is among those that answer, or one of the
// section with that ID.
func (a Answer) Has(passage string) bool {
	return slices.ContainsFunc(a.Passages, func(p Passage) bool { return p.ID == passage || strings.HasPrefix(p.ID, passage+"/") })
}

// Trial answers from entries of a server that are not live.
type Trial struct {
	answerer      *Answerer
	before, after *state
}

// Try lays entries over the base as Overlay does, for nobody but the Trial.
// What it is compared with is what the server sees now.
func (a *Answerer) Try(guild string, entries []knowledge.Entry) (*Trial, error) {
	if err := whole(entries); err != nil {
		return nil, err
	}
	v := a.views.Load()
	return &Trial{answerer: a, before: v.of(guild), after: a.over(v.base, entries, v.guilds[guild])}, nil
}

// Answer answers a question as it would be if the entries were live. It has no
// conversation.
func (t *Trial) Answer(q Question) Answer {
	return t.answerer.settle(t.after, q, t.answerer.decide(t.after, q, nil))
}

// Choose answers a choice as it would be if the entries were live.
func (t *Trial) Choose(c Choice) Answer {
	v, ok := t.answerer.chosen(t.after, c)
	if !ok {
		return t.Answer(Question{Text: c.Label, Occupation: c.Occupation})
	}
	ans := t.answerer.compose(t.after, v)
	ans.Question = c.Label
	return ans
}

// Replay asks every question and phrasing of the FAQs that the server sees, now
// or on trial, and extra ones. It returns those that would be answered with
// other passages or with another outcome, in the order of articles, entries and
// extra.
func (t *Trial) Replay(extra []Stored) []Change {
	stored := slices.Concat(t.asked(), extra)
	changes := make([]*Change, len(stored))
	d := t.difference()
	inParallel(len(stored), func(i int) {
		q := Question{Text: stored[i].Text, Occupation: stored[i].Occupation}
		if !t.touches(d, q) {
			return
		}
		before, after := t.answerer.decide(t.before, q, nil), t.answerer.decide(t.after, q, nil)
		if before.same(after) {
			return
		}
		changes[i] = &Change{stored[i], t.answerer.settle(t.before, q, before), t.answerer.settle(t.after, q, after)}
	})
	var out []Change
	for _, c := range changes {
		if c != nil {
			out = append(out, *c)
		}
	}
	return out
}

// asked lists the questions and phrasings of all FAQs: as they are on trial,
// then those that are only asked now. One that an FAQ is asked no more is
// wanted by none, unless the FAQ itself is gone.
func (t *Trial) asked() []Stored {
	var out []Stored
	seen := map[Stored]bool{}
	add := func(art *knowledge.Article, f *knowledge.FAQ, want string) {
		for _, text := range f.Asked() {
			q := Stored{Text: text, Occupation: art.ID, Want: want, Kind: AskedSo}
			any := q
			any.Want = ""
			if !seen[q] && (want != "" || !seen[any]) {
				seen[q], seen[any] = true, true
				out = append(out, q)
			}
		}
	}
	for _, art := range t.after.base.Articles {
		for i := range art.FAQs {
			add(art, &art.FAQs[i], faqPrefix(art)+art.FAQs[i].ID)
		}
	}
	for _, art := range t.before.base.Articles {
		held := t.after.base.Article(art.ID)
		if held == art {
			continue
		}
		for i := range art.FAQs {
			want := faqPrefix(art) + art.FAQs[i].ID
			if held != nil && held.FAQ(art.FAQs[i].ID) != nil {
				want = ""
			}
			add(art, &art.FAQs[i], want)
		}
	}
	return out
}

// same reports whether two verdicts choose the same passages and outcome.
func (v verdict) same(w verdict) bool {
	return v.outcome == w.outcome && slices.EqualFunc(v.answers, w.answers, func(f, g found) bool { return f.passage().ID == g.passage().ID })
}

// Miss is a stored question that what should answer it does not.
type Miss struct {
	Stored
	Got Answer
}

// Check asks every question and phrasing of the FAQs as they are on trial, and
// extra ones, and returns those that do not reach what they want, and how many
// it asked.
func (t *Trial) Check(extra []Stored) (missed []Miss, asked int) {
	stored := slices.Concat(t.asked(), extra)
	misses := make([]*Miss, len(stored))
	inParallel(len(stored), func(i int) {
		q := Question{Text: stored[i].Text, Occupation: stored[i].Occupation}
		if stored[i].Want == "" {
			return
		}
		if a := t.Answer(q); !a.Has(stored[i].Want) {
			misses[i] = &Miss{stored[i], a}
		}
	})
	for _, m := range misses {
		if m != nil {
			missed = append(missed, *m)
		}
	}
	return missed, len(stored)
}

// Questions is how many questions and phrasings of FAQs Replay asks.
func (t *Trial) Questions() int { return len(t.asked()) }
