package answer

import (
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/careerbot/careerbot/knowledge"
)

// Answerer answers questions from a knowledge base. It is safe for concurrent
// use.
type Answerer struct {
	lang  *language
	aside *asides
	state atomic.Pointer[state]
}

// state is all that is derived from one knowledge base. It does not change.
type state struct {
	base    *knowledge.Base
	careers phrases[string] // the names of articles → ID
	speller *speller
	entries []entry
	model   *model
}

// New returns an Answerer for base.
func New(base *knowledge.Base) (*Answerer, error) {
	a := &Answerer{lang: shippedLanguage()}
	var err error
	if a.aside, err = a.lang.readAsides(dataFS); err != nil {
		return nil, err
	}
	return a, a.Replace(base)
}

// Replace answers from base from the next question on.
func (a *Answerer) Replace(base *knowledge.Base) error {
	s := &state{base: base}
	vocabulary := map[string]int{}
	a.lang.vocabulary(vocabulary)
	for _, art := range base.Articles {
		for _, name := range append([]string{art.Title, strings.ReplaceAll(art.ID, "-", " ")}, art.Aliases...) {
			n := a.lang.joined(strings.ToLower(name))
			s.careers.add(n, art.ID)
			s.careers.add(plural(n), art.ID)
			for _, w := range strings.Fields(n) {
				vocabulary[w] += 20
			}
		}
	}
	s.speller = newSpeller(vocabulary)
	for _, art := range base.Articles {
		var rows []blocks
		var class []int
		for i, f := range art.FAQs {
			for _, p := range append([]string{f.Question}, f.Phrasings...) {
				rows = append(rows, a.lang.blocksOf(s.unnamed(flat(a.read(s, p)))))
				class = append(class, i)
			}
		}
		s.model = train(rows, class, len(art.FAQs))
	}
	a.state.Store(s)
	return nil
}

func flat(cs []clause) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.texts()...)
	}
	return out
}

// unnamed puts roleMark in the place of the names of the careers held.
func (s *state) unnamed(words []string) []string {
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); {
		if _, n := s.careers.longest(words[i:]); n > 0 {
			out = append(out, roleMark)
			i += n
			continue
		}
		out = append(out, words[i])
		i++
	}
	return out
}

func (a *Answerer) read(s *state, text string) []clause {
	return a.lang.read(text, s.speller)
}

func (e entry) String() string { return fmt.Sprintf("%d:%s", e.kind, e.id) }
