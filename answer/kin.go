package answer

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/careerbot/careerbot/knowledge"
)

// kinship tells which FAQ of a server a question asks for. A model cannot: one
// or two ways in which a moderator puts a question are too few to learn from.
// So it looks at what the two have in common: their telling words, the rarer
// the more, and which of the many examples of the base they are near to, for
// two questions that are near to the same examples ask the same though they
// share no word.
type kinship struct {
	faqs []found
	ways []way    // in which they are asked, those of one FAQ together
	uses []termIn // of terms in ways, sorted by term, then way
}

type way struct {
	faq   int32
	words string
	sum   float32 // of the weights of its terms
	among profile
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

// newKinship reads the ways in which FAQs of a server are asked, and notes them
// as exact. What the kinship before says of the same words, with the same base,
// is taken over.
func (a *Answerer) newKinship(s *state, faqs []asked, before *kinship) *kinship {
	known := map[string]profile{}
	if before != nil {
		for _, w := range before.ways {
			known[w.words] = w.among
		}
	}
	type read struct {
		key     string
		way     way
		telling []weighed
	}
	reads := make([][]read, len(faqs))
	inParallel(len(faqs), func(i int) {
		for _, text := range faqs[i].texts {
			words := s.unnamed(flat(a.read(s, text)))
			w := way{faq: int32(i), words: strings.Join(words, " ")}
			var ok bool
			if w.among, ok = known[w.words]; !ok {
				w.among = s.near.profile(a.blocksOf(words))
			}
			reads[i] = append(reads[i], read{exactKey(words), w, a.telling(s, words)})
		}
	})
	n := &kinship{}
	for i, list := range reads {
		n.faqs = append(n.faqs, faqs[i].found)
		for _, r := range list {
			s.exact[r.key] = append(s.exact[r.key], faqs[i].found)
			for _, t := range r.telling {
				n.uses = append(n.uses, termIn{t.term, int32(len(n.ways))})
				r.way.sum += t.weight
			}
			n.ways = append(n.ways, r.way)
		}
	}
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
	among := s.near.profile(b)
	of := make([]kin, len(n.faqs))
	for i, w := range n.ways {
		k := &of[w.faq]
		k.among = max(k.among, among.times(w.among))
		if common[i] > 0 {
			k.way = max(k.way, float64(common[i]/w.sum))
			k.both = max(k.both, float64(common[i])/math.Sqrt(float64(w.sum*sum)))
		}
	}
	var out []kin
	for i, k := range of {
		if k.found = n.faqs[i]; art != nil && k.article != art {
			continue
		}
		if sum > 0 {
			k.asked = float64(asked[i] / sum)
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
