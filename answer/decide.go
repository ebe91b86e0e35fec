package answer

import (
	"cmp"
	"math"
	"slices"

	"github.com/careerbot/careerbot/knowledge"
)

// verdict is what is to be said to a question, before it is put into words.
type verdict struct {
	outcome    Outcome
	article    *knowledge.Article
	answers    []found // one, or two when two things were asked
	related    []found // what else could have been meant, best first
	refusal    string  // why there is no answer, or small talk
	confidence float64
	words      []string // what was taken to be asked
	plain      bool     // a plain yes or no may be said
	evidence   evidence
}

// evidence is what speaks for and against an answer. Confidence is computed
// from it.
type evidence struct {
	Top     float64 // the score of the best FAQ
	Gap     float64 // its lead over the best FAQ of another topic
	Career  float64 // the lead of the best topic over the best aside
	Strange float64 // share of telling words that mean nothing to the bot
	Named   float64 // the career is named
	Pointed float64 // "they", "this job", or a conversation under way
	Terms   float64 // how many telling words there are, as 1-1/(1+n)
}

// considered is a reading with what the models say of it.
type considered struct {
	reading
	order    []int // FAQs of the article, best first
	scores   []float32
	topic    knowledge.Topic // the best topic
	aside    *aside          // the best aside
	asideBy  float64         // its lead over the best topic
	evidence evidence
	weight   float64 // by which readings are chosen
}

// consider scores a reading against the FAQs of an article and against topics.
func (a *Answerer) consider(s *state, art *knowledge.Article, u understanding, r reading, pointed bool) considered {
	c := considered{reading: r}
	b := a.lang.blocksOf(r.words)
	ts := s.topics.scores(b)
	topic, side := -1, -1
	for i, x := range ts {
		if s.classes[i].aside == nil {
			if topic < 0 || x > ts[topic] {
				topic = i
			}
		} else if side < 0 || x > ts[side] {
			side = i
		}
	}
	c.topic = s.classes[topic].topic
	c.aside = s.classes[side].aside
	c.asideBy = float64(ts[side] - ts[topic])

	c.scores = a.model(s, art).scores(b)
	c.order = make([]int, len(c.scores))
	for i := range c.order {
		c.order[i] = i
	}
	slices.SortStableFunc(c.order, func(i, j int) int { return cmp.Compare(c.scores[j], c.scores[i]) })
	e := &c.evidence
	e.Career = -c.asideBy
	if len(c.order) > 0 {
		best := c.order[0]
		e.Top = float64(c.scores[best])
		e.Gap = e.Top + 1
		for _, i := range c.order[1:] {
			if art.FAQs[i].Topic != art.FAQs[best].Topic {
				e.Gap = float64(c.scores[best] - c.scores[i])
				break
			}
		}
	}
	terms, strange := 0, 0
	for _, t := range a.lang.terms(r.words) {
		terms++
		if t.surface == "" && !s.stems[t.term] {
			strange++
		}
	}
	e.Terms = 1 - 1/float64(1+terms)
	e.Strange = float64(strange) / float64(max(terms, 1))
	if slices.Contains(r.words, roleMark) || len(u.careers) > 0 {
		e.Named = 1
	}
	if pointed || u.points {
		e.Pointed = 1
	}
	c.weight = max(e.Top, float64(ts[side])) + r.prior
	return c
}

// confidence is the chance that an answer by this evidence is right. The
// weights are those of a logistic regression on the question sets of testdata.
func (e evidence) confidence() float64 {
	x := 0.5 + 2*e.Top + 1*e.Gap + 2*e.Career - 3*e.Strange + 1*e.Named + 0.5*e.Pointed
	return 1 / (1 + math.Exp(-x))
}

// decide finds out what is asked and what to say to it.
func (a *Answerer) decide(s *state, q Question, t *talk) verdict {
	u := a.understand(s, q.Text)
	v := verdict{outcome: Abstain}
	if u.wordCount == 0 {
		v.refusal = a.say.Empty
		return v
	}
	v.article = a.career(s, q, u, t)
	if v.article == nil {
		v.refusal = a.say.WhichCareer
		return v
	}
	art := v.article
	if fs := s.exact[exactKey(flat(u.clauses))]; len(fs) > 0 {
		for _, f := range fs {
			if f.article == art {
				v.outcome, v.answers, v.confidence, v.words, v.plain = Answered, []found{f}, 1, flat(u.clauses), true
				return v
			}
		}
	}
	var all []considered
	for _, r := range a.readings(u) {
		all = append(all, a.consider(s, art, u, r, t != nil))
	}
	best := slices.MaxFunc(all, func(x, y considered) int { return cmp.Compare(x.weight, y.weight) })
	v.words, v.evidence = best.words, best.evidence
	v.confidence = best.evidence.confidence()
	for _, i := range best.order[:min(4, len(best.order))] {
		v.related = append(v.related, found{art, &art.FAQs[i]})
	}
	if v.refusal = a.refuse(s, u, best, v.confidence); v.refusal != "" {
		if best.asideBy > 0 && best.aside.kind == smallTalk {
			v.outcome = SmallTalk
		}
		return v
	}
	v.outcome = Answered
	v.answers = v.related[:1]
	v.related = v.related[1:]
	return v
}

// career returns the article that a question is about: the one named, chosen,
// or spoken of before, or the only one. It returns nil if there is no telling.
func (a *Answerer) career(s *state, q Question, u understanding, t *talk) *knowledge.Article {
	for _, id := range u.careers {
		return s.base.Article(id)
	}
	if art := s.base.Article(q.Occupation); art != nil {
		return art
	}
	if t != nil {
		if art := s.base.Article(t.occupation); art != nil {
			return art
		}
	}
	if len(s.base.Articles) == 1 {
		return s.base.Articles[0]
	}
	return nil
}

// refuse returns what to say when a question is not to be answered, or nothing.
func (a *Answerer) refuse(s *state, u understanding, c considered, confidence float64) string {
	if len(u.careers) == 0 {
		for _, o := range u.others {
			if !o.background {
				return fill(a.say.OtherCareer, "name", o.name)
			}
		}
		if u.unknown != "" {
			return fill(a.say.UnknownCareer, "name", u.unknown)
		}
	}
	if c.asideBy > 0 {
		switch c.aside.kind {
		case unsupported:
			return fill(a.say.Unsupported, "name", c.aside.name)
		case smallTalk, abuse:
			return c.aside.reply
		case offTopic:
			return a.say.OffTopic
		}
	}
	if confidence < 0.5 {
		return a.say.Unsure
	}
	return ""
}
