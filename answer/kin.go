package answer

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/careerbot/careerbot/knowledge"
)

// kinship tells which FAQ of a server a question asks for. A model cannot: one
// or two ways in which a moderator puts a question are too few to learn from.
// So it looks at what the two have in common: their telling words, the rarer
// the more, and words that say about the same; their letters; and which of the
// many examples of the base they are near to, for two questions that are near
// to the same examples ask the same though they share no word.
type kinship struct {
	faqs  []found
	ways  []way      // in which they are asked, those of one FAQ together
	first []int32    // of each FAQ: its first way; and how many ways there are
	uses  []termIn   // of terms in ways, sorted by term, then way
	spelt []spelling // of groups of letters in ways, sorted by group
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

// spelling is a group of letters of a way.
type spelling struct {
	weightOf
	way int32
}

// kin is an FAQ with what is in common between it and a question.
type kin struct {
	found
	asked float64 // the share of what the question's terms tell that the FAQ's have, from 0 to 1
	way   float64 // the share of what the terms of the nearest way tell that the question has
	both  float64 // the two for one way: the cosine
	spelt float64 // the cosine of their letters: "burned out" is near to "burnout"
	among float64 // the cosine of their profiles
}

// chance is the chance that the question asks for the FAQ. The weights are
// those of a logistic regression on entries.yaml and more.yaml of
// testdata/overlay, against the questions of the question sets, which ask for
// something else.
func (k kin) chance() float64 {
	return logistic(-6.1 + 1.5*k.asked + 3.9*k.way + 3.2*k.both + 3.3*k.among + 2.2*k.spelt)
}

// The chances from which on an FAQ of a server answers unless the base is surer,
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
			n.ways = append(n.ways, way{int32(i), h})
		}
	}
	n.first = append(n.first, int32(len(n.ways)))
	n.relate()
	return n
}

// relate notes the terms in the ways of a kinship.
func (n *kinship) relate() {
	for i, w := range n.ways {
		for _, t := range w.telling {
			n.uses = append(n.uses, termIn{t.term, int32(i)})
		}
		for _, g := range w.spelt {
			n.spelt = append(n.spelt, spelling{g, int32(i)})
		}
	}
	slices.SortFunc(n.spelt, func(x, y spelling) int { return cmp.Or(cmp.Compare(x.of, y.of), cmp.Compare(x.way, y.way)) })
	slices.SortFunc(n.uses, func(x, y termIn) int { return cmp.Or(cmp.Compare(x.term, y.term), cmp.Compare(x.way, y.way)) })
}

// of returns the ways in which an FAQ is asked, by its index.
func (n *kinship) of(faq int) []way { return n.ways[n.first[faq]:n.first[faq+1]] }

// only returns the kinship of some of the FAQs, by their indices.
func (n *kinship) only(faqs []int) *kinship {
	out := &kinship{first: []int32{0}}
	for i, faq := range faqs {
		out.faqs = append(out.faqs, n.faqs[faq])
		for _, w := range n.of(faq) {
			out.ways = append(out.ways, way{int32(i), w.heard})
		}
		out.first = append(out.first, int32(len(out.ways)))
	}
	out.relate()
	return out
}

// telling lists the terms of a row of words, each once: what the words come
// down to, the words themselves, and the groups of like words that they are of.
func (a *Answerer) telling(s *state, words []string) []weighed {
	var out []weighed
	add := func(h hash, idf float32) {
		if !slices.ContainsFunc(out, func(w weighed) bool { return w.term == uint32(h) }) {
			out = append(out, weighed{uint32(h), idf * idf})
		}
	}
	words = a.lang.point(words)
	for _, t := range a.lang.terms(words) {
		add(termHash.add(t.term), s.topics.idfOf(termHash.add(t.term)))
		if t.surface != "" {
			add(surfaceHash.add(t.surface), s.topics.idfOf(surfaceHash.add(t.surface)))
		}
	}
	row := stems(words)
	for i := 0; i < len(row); i++ {
		groups, n := a.lang.alike.longest(row[i:])
		for _, g := range groups {
			// A group is as rare as the word of it that is most used.
			idf := float32(math.Inf(1))
			for _, h := range a.lang.kindred[g] {
				idf = min(idf, s.topics.idfOf(h))
			}
			add(alikeHash.add(strconv.Itoa(g)), idf)
		}
		i += max(n-1, 0)
	}
	return out
}

// spelt lists the groups of letters of a text, given its features.
func (s *state) spelt(b blocks) unitRow {
	seen := slices.Clone(b[letterBlock])
	slices.Sort(seen)
	seen = slices.Compact(seen)
	out := make(unitRow, len(seen))
	for i, h := range seen {
		out[i] = weightOf{h, s.topics.idfOf(hash(h))}
	}
	out.scale()
	return out
}

// kin returns the FAQs of a server that a question may ask for, given its words
// and their features, of an article or of all if it is nil, the most likely
// first.
func (a *Answerer) kin(s *state, words []string, b blocks, art *knowledge.Article) []kin {
	return a.kinIn(s, s.own, words, b, art)
}

// kinIn is kin among the FAQs of a kinship, which may be nil.
func (a *Answerer) kinIn(s *state, n *kinship, words []string, b blocks, art *knowledge.Article) []kin {
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
	spelt := make([]float32, len(n.ways))
	for _, g := range s.spelt(b) {
		i, _ := slices.BinarySearchFunc(n.spelt, g.of, func(x spelling, of uint32) int { return cmp.Compare(x.of, of) })
		for ; i < len(n.spelt) && n.spelt[i].of == g.of; i++ {
			spelt[n.spelt[i].way] += g.weight * n.spelt[i].weight
		}
	}
	of := make([]kin, len(n.faqs))
	for i, w := range n.ways {
		k := &of[w.faq]
		k.spelt = max(k.spelt, float64(spelt[i]))
		if common[i] > 0 {
			k.way = max(k.way, float64(common[i]/w.sum))
			k.both = max(k.both, float64(common[i])/math.Sqrt(float64(w.sum*sum)))
		}
	}
	var out []kin
	var among unitRow
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
		for _, w := range n.of(i) {
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
