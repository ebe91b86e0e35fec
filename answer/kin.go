package answer

import (
	"cmp"
	"math"
	"slices"

	"github.com/careerbot/careerbot/knowledge"
)

// kinship tells which FAQ of a server a question asks for. A model cannot: one
// or two ways in which a moderator puts a question are too few to learn from.
// So it looks at what the two have in common: their telling words, the rarer
// the more, and which of the many examples of the base they are near to, for
// two questions that are near to the same examples ask the same though they
// share no word.
type kinship struct {
	faqs  []found
	ways  []way    // in which they are asked, those of one FAQ together
	first []int32  // of each FAQ: its first way; and how many ways there are
	uses  []termIn // of terms in ways, sorted by term, then way
}

type way struct {
	faq int32
	*heard
}

type termIn struct {
	term uint32
	way  int32
}

// weighed is a term and how much it tells: the square of its idf.
type weighed struct {
	term   uint32
	weight float32
}

// kin is an FAQ with what is in common between it and a question.
type kin struct {
	found
	asked float64 // the share of what the question's terms tell that the FAQ's have, from 0 to 1
	way   float64 // the share of what the terms of the nearest way tell that the question has
	both  float64 // the two for one way: the cosine
	among float64 // the cosine of their profiles
}

// chance is the chance that the question asks for the FAQ. The weights are
// those of a logistic regression on testdata/overlay, against the questions of
// the question sets, which ask for something else.
func (k kin) chance() float64 {
	return logistic(-5.2 + 2.3*k.asked + 2.0*k.way + 2.4*k.both + 2.4*k.among)
}

// The chances from which on an FAQ of a server answers whatever the base has,
// answers where the base has nothing sure, and is offered.
const (
	kinFrom        = 0.5
	kinInsteadFrom = 0.3
	kinOfferedFrom = 0.06
)

// mostAmong is more than any cosine of two profiles.
const mostAmong = 1.001

// newKinship relates a server's FAQs by the ways in which they are asked, and
// notes these as exact.
func newKinship(s *state, faqs []asked) *kinship {
	n := &kinship{}
	for i, f := range faqs {
		n.faqs = append(n.faqs, f.found)
		n.first = append(n.first, int32(len(n.ways)))
		for _, key := range f.texts {
			h := s.texts[key].heard
			s.exact[h.key] = append(s.exact[h.key], f.found)
			for _, t := range h.telling {
				n.uses = append(n.uses, termIn{t.term, int32(len(n.ways))})
			}
			n.ways = append(n.ways, way{int32(i), h})
		}
	}
	n.first = append(n.first, int32(len(n.ways)))
	slices.SortFunc(n.uses, func(x, y termIn) int { return cmp.Or(cmp.Compare(x.term, y.term), cmp.Compare(x.way, y.way)) })
	return n
}

// telling lists the terms of a row of words, each once.
func (a *Answerer) telling(s *state, words []string) []weighed {
	var out []weighed
	unseen := float32(math.Log(float64(len(s.topics.idf) + 2))) // about the idf of a term seen once
	add := func(h hash) {
		if slices.ContainsFunc(out, func(w weighed) bool { return w.term == uint32(h) }) {
			return
		}
		idf := unseen
		if id, ok := s.topics.features[uint32(h)]; ok {
			idf = s.topics.idf[id]
		}
		out = append(out, weighed{uint32(h), idf * idf})
	}
	for _, t := range a.lang.terms(a.lang.point(words)) {
		add(termHash.add(t.term))
		if t.surface != "" {
			add(surfaceHash.add(t.surface))
		}
	}
	return out
}

// kin returns the FAQs of a server that a question may ask for, given its words
// and their features, of an article or of all if it is nil, the most likely
// first.
func (a *Answerer) kin(s *state, words []string, b blocks, art *knowledge.Article) []kin {
	n := s.own
	if n == nil || !slices.ContainsFunc(n.faqs, func(f found) bool { return art == nil || f.article == art }) {
		return nil
	}
	var sum float32
	common := make([]float32, len(n.ways)) // of the terms of each way and the question
	asked := make([]float32, len(n.faqs))
	for _, t := range a.telling(s, words) {
		sum += t.weight
		i, _ := slices.BinarySearchFunc(n.uses, t.term, func(u termIn, term uint32) int { return cmp.Compare(u.term, term) })
		for last := int32(-1); i < len(n.uses) && n.uses[i].term == t.term; i++ {
			w := n.uses[i].way
			common[w] += t.weight
			if faq := n.ways[w].faq; faq != last {
				asked[faq] += t.weight
				last = faq
			}
		}
	}
	of := make([]kin, len(n.faqs))
	for i, w := range n.ways {
		if k := &of[w.faq]; common[i] > 0 {
			k.way = max(k.way, float64(common[i]/w.sum))
			k.both = max(k.both, float64(common[i])/math.Sqrt(float64(w.sum*sum)))
		}
	}
	var out []kin
	var among profile
	for i, k := range of {
		if k.found = n.faqs[i]; art != nil && k.article != art {
			continue
		}
		if sum > 0 {
			k.asked = float64(asked[i] / sum)
		}
		if k.among = mostAmong; k.chance() < kinOfferedFrom {
			continue // to look around would not help
		}
		if among == nil {
			among = s.near.profile(b)
		}
		k.among = 0
		for _, w := range n.ways[n.first[i]:n.first[i+1]] {
			k.among = max(k.among, among.times(w.among))
		}
		if k.chance() >= kinOfferedFrom {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(x, y kin) int { return cmp.Compare(y.chance(), x.chance()) })
	return out
}

// ownOn lists the FAQs of a server on a topic of an article.
func (s *state) ownOn(art *knowledge.Article, topic knowledge.Topic) []found {
	if s.own == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.own.faqs), func(f found) bool { return f.article != art || f.faq.Topic != topic })
}
