package answer

import (
	"slices"
	"strings"
)

// text is what was read of a text of a server's entries. It does not change,
// and stays with what the server sees, so that a change reads no more than it
// changed.
type text struct {
	plain   string   // its words, as they are written
	joined  string   // and with the joins
	stems   []string // of its words that the base below does not use, or tell if the text is an answer
	clauses []string // of a way to ask: its clauses with joins and slang, not yet spelled
	folded  string   // of a way to ask: as it is completed, with a space before each word
	settled bool     // no words of a server would change how it is spelled
	heard   *heard   // of a way to ask
}

// textKey names a text of an entry: it is told by it, or it is asked so.
type textKey struct {
	text  string
	asked bool
}

// heard is a way to ask for an FAQ of a server, without the names of careers.
type heard struct {
	words   string
	key     string // see exactKey
	telling []weighed
	sum     float32 // of the weights of its terms
	spelt   unitRow
	among   unitRow
}

// newText reads a text for a server whose entries are laid over a base. What
// was read before, with whatever base, saves work; it may be nil.
func (a *Answerer) newText(below *state, key textKey, before *text) *text {
	t := &text{}
	if before != nil {
		t.plain, t.joined, t.clauses, t.folded = before.plain, before.joined, before.clauses, before.folded
	} else {
		a.parse(t, key)
	}
	known := below.told
	if key.asked {
		known = below.stems
	}
	for w := range strings.FieldsSeq(t.joined) {
		if x := stem(w); !known[x] && !slices.Contains(t.stems, x) {
			t.stems = append(t.stems, x)
		}
	}
	t.settled = !slices.ContainsFunc(t.clauses, func(c string) bool {
		for w := range strings.FieldsSeq(c) {
			if !below.speller.settled(w) {
				return true
			}
		}
		return false
	})
	return t
}

// parse fills in what is read of a text whatever the base.
func (a *Answerer) parse(t *text, key textKey) {
	var plain, joined []string
	clauses := split(clean(key.text))
	for _, c := range clauses {
		plain = append(plain, c.texts()...)
		c.words = a.lang.replace(c.words, &a.lang.joins)
		joined = append(joined, c.texts()...)
		if key.asked {
			c.words = a.lang.replace(c.words, &a.lang.slang)
			t.clauses = append(t.clauses, strings.Join(c.texts(), " "))
		}
	}
	t.plain = strings.Join(plain, " ")
	t.joined = strings.Join(joined, " ")
	if t.joined == t.plain {
		t.joined = t.plain // held once
	}
	if len(t.clauses) == 1 && t.clauses[0] == t.joined {
		t.clauses[0] = t.joined
	}
	if key.asked {
		t.folded = " " + folded(key.text)
	}
}

// spelled returns the words of a way to ask, as a question of them is read.
func (t *text) spelled(a *Answerer, sp *speller) []string {
	var clauses []clause
	for _, c := range t.clauses {
		var words []word
		for w := range strings.FieldsSeq(c) {
			words = append(words, word{text: w})
		}
		clauses = append(clauses, clause{words: words})
	}
	return flat(a.lang.spell(clauses, sp))
}

// hear reads a way to ask for an FAQ of a server. Known is what was heard with
// the same base, by its words.
func (a *Answerer) hear(s *state, t *text, known func() map[string]*heard) *heard {
	words := s.unnamed(t.spelled(a, s.speller))
	joined := strings.Join(words, " ")
	if t.heard != nil && t.heard.words == joined {
		return t.heard
	}
	if h := known()[joined]; h != nil {
		return h
	}
	b := a.blocksOf(words)
	h := &heard{words: joined, key: exactKey(words), telling: slices.Clip(a.telling(s, words)), spelt: s.spelt(b), among: slices.Clip(s.near.profile(b))}
	for _, t := range h.telling {
		h.sum += t.weight
	}
	return h
}

// told gathers the words of a text that a server's entry tells.
func (g *gatherer) told(t *text) {
	for _, x := range t.stems {
		g.s.told[x], g.s.stems[x] = true, true
	}
}

// asked gathers the words of a way in which a server's entry is asked.
func (g *gatherer) asked(t *text) {
	for w := range strings.FieldsSeq(t.joined) {
		g.vocabulary[w]++
	}
	for _, x := range t.stems {
		g.s.stems[x] = true
	}
}
