package answer

import (
	"context"
	"runtime"
	"slices"
	"strings"

	"github.com/careerbot/careerbot/index"
	"github.com/careerbot/careerbot/knowledge"
)

// factsFor tells which figures a question about pay asks for, by the concept
// that it names. Without any it is the average, or whatever there is.
var factsFor = []struct {
	concept string
	kinds   []knowledge.FactKind
}{
	{"@range", []knowledge.FactKind{knowledge.PayRange}},
	{"@entry", []knowledge.FactKind{knowledge.EntryPay, knowledge.LowPay}},
	{"@top", []knowledge.FactKind{knowledge.HighPay}},
	{"@average", []knowledge.FactKind{knowledge.AveragePay}},
}

// instead names the topic whose section tells of another one where that has
// none of its own: what an occupation is says what its people do.
var instead = map[knowledge.Topic]knowledge.Topic{
	knowledge.Duties:     knowledge.Overview,
	knowledge.Overview:   knowledge.Duties,
	knowledge.Types:      knowledge.Overview,
	knowledge.PayFactors: knowledge.Pay,
}

// fromSections answers from the sections of an article, for one that has no
// FAQs on a topic: by topic, and within it by the passage that fits best.
func (a *Answerer) fromSections(s *state, c considered, v *verdict) {
	v.unsure = true
	sec := a.headed(s, v.article, c)
	if list := s.ownOn(v.article, c.topic); sec == nil && len(list) > 0 {
		v.outcome, v.text, v.related = Clarify, a.say.WhichTopic, list
		if f := a.general(s, c, list); f.faq != nil && c.evidence.held() >= heldFrom {
			v.outcome, v.text, v.answers = Answered, "", []found{f}
			v.related = slices.DeleteFunc(list, func(g found) bool { return g.faq == f.faq })
		}
		return
	}
	if sec == nil {
		if sec = v.article.Section(instead[c.topic]); sec != nil {
			v.text = fill(a.say.Nearby, "topic", a.say.Topics[c.topic], "heading", sec.Heading)
		}
	}
	if sec == nil {
		v.text, v.offers = fill(a.say.NotHeld, "career", v.careers()), true
		return
	}
	v.outcome, v.related = Answered, nil
	v.answers = []found{{article: v.article, section: sec, at: a.passage(s, v.article, sec, c.words)}}
	if c.topic == knowledge.Pay {
		if f := a.fact(v.article, c.words); f != nil {
			v.answers[0].fact = f
			if month, ok := f.Monthly(); ok && f.Upper == 0 && a.names(c.words, "@monthly") {
				v.answers[0].note = fill(a.say.Monthly, "monthly", knowledge.Money(month, f.Currency), "amount", f.Amounts())
			}
		}
	}
	for i := range v.article.Sections {
		if other := &v.article.Sections[i]; other != sec {
			v.related = append(v.related, found{article: v.article, section: other})
		}
	}
}

// headed returns the section of an article that a question asks for: the one on
// its topic, but another if that one's heading says nearly all that is asked and
// more than that of the former. It returns nil if there is neither.
func (a *Answerer) headed(s *state, art *knowledge.Article, c considered) *knowledge.Section {
	best := art.Section(c.topic)
	asked := a.telling(s, c.words)
	most := headedFrom
	if best != nil {
		most = max(most, covers(a.tellingOf(s, best.Heading), asked))
	}
	for i := range art.Sections {
		if share := covers(a.tellingOf(s, art.Sections[i].Heading), asked); share > most {
			best, most = &art.Sections[i], share
		}
	}
	return best
}

// toldBeside looks for a passage that says what is asked, where a question is
// taken to ask for what no article holds, in sections on topics without FAQs. It
// fills in v and reports true if one has all the words that are asked for, at
// least two, or has the one in its heading or its lead.
func (a *Answerer) toldBeside(s *state, c considered, v *verdict) bool {
	asked := a.rare(c.words)
	if len(asked) == 0 {
		return false
	}
	for i := range v.article.Sections {
		sec := &v.article.Sections[i]
		if slices.ContainsFunc(v.article.FAQs, func(f knowledge.FAQ) bool { return f.Topic == sec.Topic }) {
			continue
		}
		for k, p := range sec.Passages {
			head := stems(flat(a.read(s, sec.Heading+" "+p.Lead)))
			all := append(stems(flat(a.read(s, p.Text))), head...)
			if contains(head, asked) || len(asked) > 1 && !slices.ContainsFunc(asked, func(stem string) bool { return !slices.Contains(all, stem) }) {
				v.outcome, v.answers, v.related = Answered, []found{{article: v.article, section: sec, at: k + 1}}, nil
				v.text, v.offers, v.away = "", false, ""
				return true
			}
		}
	}
	return false
}

// rare lists the stems of what is asked that belong to no concept.
func (a *Answerer) rare(words []string) []string {
	var out []string
	for _, t := range a.lang.terms(a.lang.point(words)) {
		if t.surface == "" {
			out = append(out, t.term)
		}
	}
	return out
}

// tellingOf is telling of a text of an article.
func (a *Answerer) tellingOf(s *state, text string) []weighed {
	return a.telling(s, s.unnamed(flat(a.read(s, text))))
}

// headedFrom is the share of what the terms of a question tell from which on a
// heading says what is asked.
const headedFrom = 0.8

// covers returns the share of what the terms of a question tell that a text has.
func covers(text, asked []weighed) float64 {
	var all, both float32
	for _, t := range asked {
		all += t.weight
		if slices.ContainsFunc(text, func(w weighed) bool { return w.term == t.term }) {
			both += t.weight
		}
	}
	if all == 0 {
		return 0
	}
	return float64(both / all)
}

// general returns the FAQ of a server that asks for a topic as a whole, if the
// question does so too and there is just one: "what are a nurse's duties" is
// "what does a nurse do all day", though they share no word.
func (a *Answerer) general(s *state, c considered, list []found) found {
	var out found
	if !a.plainOn(s, c.words, c.topic) {
		return out
	}
	for _, f := range list {
		if !a.plainOn(s, s.unnamed(flat(a.read(s, f.faq.Question))), c.topic) {
			continue
		}
		if out.faq != nil {
			return found{}
		}
		out = f
	}
	return out
}

// plainOn reports whether words ask for a topic, and hold nothing that the
// base does not speak of.
func (a *Answerer) plainOn(s *state, words []string, topic knowledge.Topic) bool {
	base := s.bottom()
	return !slices.ContainsFunc(a.lang.terms(words), func(t term) bool { return t.surface == "" && !base.uses(t.term) }) &&
		argmax(s.topics.scores(a.blocksOf(words))) == slices.Index(knowledge.Topics, topic)
}

// fact returns the figure that a question about pay asks for, or nil.
func (a *Answerer) fact(art *knowledge.Article, words []string) *knowledge.Fact {
	pick := func(kinds []knowledge.FactKind) *knowledge.Fact {
		for i := range art.Facts {
			if slices.Contains(kinds, art.Facts[i].Kind) {
				return &art.Facts[i]
			}
		}
		return nil
	}
	for _, want := range factsFor {
		if a.names(words, want.concept) {
			if f := pick(want.kinds); f != nil {
				return f
			}
		}
	}
	if f := pick([]knowledge.FactKind{knowledge.AveragePay, knowledge.PayRange}); f != nil {
		return f
	}
	return pick(knowledge.FactKinds)
}

// names reports whether a question names a concept.
func (a *Answerer) names(words []string, concept string) bool {
	return slices.ContainsFunc(a.lang.terms(words), func(t term) bool { return t.term == concept })
}

// passage returns 1 + the index of the passage of a section that a question
// asks for by name, or 0 for the section as a whole.
func (a *Answerer) passage(s *state, art *knowledge.Article, sec *knowledge.Section, words []string) int {
	asked := map[string]bool{}
	for _, w := range words {
		if !a.lang.fillers[w] {
			asked[stem(w)] = true
		}
	}
	search := s.index
	if s.laid[knowledge.EntryKey{Article: art.ID, Kind: knowledge.SectionEntry, ID: string(sec.Topic)}] {
		// A few passages are indexed in a millisecond, and never seen elsewhere.
		own, err := index.New(docs(art, sec))
		if err != nil {
			return 0
		}
		defer func() { _ = own.Close() }() // it is in memory: there is nothing to lose
		search = own
	}
	hits, err := search.Search(context.Background(), index.Query{
		Occupation: art.ID,
		Text:       strings.ReplaceAll(strings.Join(words, " "), roleMark, ""),
		Size:       10,
	})
	if err != nil {
		return 0 // the section as a whole answers less sharply, but answers
	}
	runtime.KeepAlive(s) // it closes its index when it is no more
	for _, h := range hits {
		for i, p := range sec.Passages {
			if h.ID != passageID(art, sec, i+1) {
				continue
			}
			for _, w := range flat(split(clean(p.Lead))) {
				if asked[stem(w)] {
					return i + 1
				}
			}
		}
	}
	return 0
}
