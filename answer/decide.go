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
	text       string  // a phrase to begin with: a refusal, small talk
	offers     bool    // after which it is said what can be asked
	confidence float64
	words      []string // what was taken to be asked
	exact      bool     // it is asked in the very words of what answers it; related is not filled in yet
	jobs       bool     // jobs that are open are asked for
	unsure     bool     // a likely FAQ of the server may answer instead
	bare       bool     // text is all there is to say: the answers are not repeated
	plain      bool     // a plain yes or no may be said
	beside     string   // an occupation not held that the question speaks of
	away       string   // one that it is about
	asked      []string // what was asked about it, with roleMark in its place
}

// evidence is what speaks for and against an answer.
type evidence struct {
	Top     float64 // the score of the best FAQ
	Lead    float64 // its lead over the next FAQ
	Gap     float64 // its lead over the best FAQ of another topic
	Career  float64 // the lead of the best topic over the best aside
	Strange float64 // share of telling words that mean nothing to the bot
	Named   float64 // 1 if the career is named
	Topic   float64 // the likeness of the nearest example of a topic
	Aside   float64 // and of an aside
}

// held is the chance that the question is about what an article holds. The
// weights are those of a logistic regression on the question sets of testdata.
func (e evidence) held() float64 {
	return logistic(1.9 + 2.8*e.Top + 5.6*e.Lead - 1.4*e.Gap + 2.7*e.Career - 2.5*e.Strange + 1.2*e.Named + 1.2*e.Topic - 5.9*e.Aside)
}

// chosen is the chance that the best FAQ is the right one, if the question is
// about what the article holds; from the same regression.
func (e evidence) chosen() float64 {
	return logistic(-0.5 + 6.2*e.Lead + 1.8*e.Gap)
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// The chances from which on a question is answered, and from which on the
// person is asked what was meant.
const (
	heldFrom   = 0.55
	doubtFrom  = 0.4
	chosenFrom = 0.5
)

// considered is a reading with what the models say of it.
type considered struct {
	reading
	blocks   blocks          // of its words
	order    []int           // FAQs of the article, best first
	scores   []float32       // of those, and then of those that a server took out
	gone     bool            // one of the latter fits best
	byFAQ    bool            // an FAQ is on the best topic
	topics   []float32       // the scores of topics
	topic    knowledge.Topic // the best of them
	aside    asideKind       // the best kind of aside
	asideBy  float64         // its lead over the best topic
	evidence evidence
	weight   float64 // by which readings are chosen
	around   nearest // set for the reading that is chosen
	said     *aside  // the aside that has all that was written among its examples
}

// contextShare is how much what stands around a reading counts beside it: a
// short question often leans on the sentence before.
const contextShare = 0.35

// consider scores a reading against the FAQs of an article and against topics.
func (a *Answerer) consider(s *state, art *knowledge.Article, u understanding, r reading) considered {
	b := a.blocksOf(r.words)
	c := considered{reading: r, blocks: b}
	ts := s.topics.scores(b)
	c.scores = s.scores(art, b, ts)
	if r.context != nil {
		b := a.blocksOf(r.context)
		around := s.topics.scores(b)
		mix(c.scores, s.scores(art, b, around))
		mix(ts, around)
	}
	kinds := len(knowledge.Topics)
	topic, side := argmax(ts[:kinds]), argmax(ts[kinds:])
	c.topics, c.topic, c.aside = ts[:kinds], knowledge.Topics[topic], asideKind(side)
	side += kinds
	c.asideBy = float64(ts[side] - ts[topic])

	e := &c.evidence
	e.Career = -c.asideBy
	e.Top = float64(ts[topic])
	for i := range art.FAQs {
		if c.scores[i] > unlike && &art.FAQs[i] != r.known.faq {
			c.order = append(c.order, i)
		}
	}
	slices.SortStableFunc(c.order, func(i, j int) int { return cmp.Compare(c.scores[j], c.scores[i]) })
	for _, x := range c.scores[len(art.FAQs):] {
		c.gone = c.gone || len(c.order) == 0 || x > c.scores[c.order[0]]
	}
	// Where no FAQ is on the topic, its section has to answer.
	c.byFAQ = slices.ContainsFunc(c.order, func(i int) bool { return art.FAQs[i].Topic == c.topic })
	if c.byFAQ {
		best := c.order[0]
		e.Top = float64(c.scores[best])
		e.Gap = e.Top + 1
		e.Lead = e.Gap
		if len(c.order) > 1 {
			e.Lead = float64(c.scores[best] - c.scores[c.order[1]])
		}
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
		if t.surface == "" && !s.uses(t.term) {
			strange++
		}
	}
	e.Strange = float64(strange) / float64(max(terms, 1))
	if len(u.careers) > 0 {
		e.Named = 1
	}
	c.weight = e.Top + r.prior
	if r.whole || r.prior >= 0 && c.aside == unsupported {
		// What is said beside a question is not what is asked.
		c.weight = max(e.Top, float64(ts[side])) + r.prior
	}
	return c
}

// argmax returns the index of the greatest.
func argmax(xs []float32) int {
	best := 0
	for i, x := range xs {
		if x > xs[best] {
			best = i
		}
	}
	return best
}

// mix adds the scores of the context to those of a reading.
func mix(scores, context []float32) {
	for i := range scores {
		scores[i] = (1-contextShare)*scores[i] + contextShare*context[i]
	}
}

// relatedWithin is how far the topic of an FAQ may lie behind the best and the
// FAQ still be offered.
const relatedWithin = 0.5

// nearest returns the best FAQs on the topics that fit, best first, at most
// that many.
func (c considered) nearest(art *knowledge.Article, most int) []found {
	var out []found
	for _, i := range c.order {
		f := &art.FAQs[i]
		if len(out) > 0 && c.topics[slices.Index(knowledge.Topics, f.Topic)] < c.topics[slices.Index(knowledge.Topics, c.topic)]-relatedWithin {
			continue
		}
		if out = append(out, found{article: art, faq: f}); len(out) == most {
			break
		}
	}
	return out
}

// decide finds out what is asked and what to say to it.
func (a *Answerer) decide(s *state, q Question, t *talk) verdict {
	v := verdict{outcome: Abstain}
	if len([]rune(q.Text)) > MaxQuestion {
		v.text = a.say.TooLong
		return v
	}
	u := a.understand(s, q.Text)
	if u.wordCount == 0 {
		v.text = a.say.Empty
		return v
	}
	if reply := a.aside.reply(flat(split(clean(q.Text))), flat(u.clauses)); reply != "" {
		v.outcome, v.text, v.confidence = SmallTalk, reply, 1
		return v
	}
	if t != nil && t.beside != "" && len(u.careers) == 0 && first(&a.lang.distant, flat(u.clauses)) != "" {
		v.text, v.offers, v.away = fill(a.say.OtherCareer, "name", t.beside), true, t.beside
		return v
	}
	if t != nil && t.away != "" && u.points && len(u.careers) == 0 && len(u.others) == 0 {
		v.text, v.offers, v.away = fill(a.say.OtherCareer, "name", t.away), true, t.away
		return v
	}
	if len(u.others) > 0 {
		v.beside = u.others[0].name
	}
	v.article = a.career(s, q, u, t)
	art := v.article
	if art == nil {
		return a.whichCareer(s, u, v)
	}
	if t != nil && a.asksSource(u) && t.answer.article == art && t.answer.passage().Topic != knowledge.Pay {
		v.outcome, v.text, v.bare, v.confidence = Answered, a.sourceOf(t.answer), true, 1
		v.answers = []found{t.answer}
		return v
	}
	for _, f := range s.exactly(exactKey(flat(u.clauses))) {
		if f.article == art || f.article.ID == q.Occupation {
			v.outcome, v.article, v.answers, v.confidence, v.words, v.exact = Answered, f.article, []found{f}, 1, flat(u.clauses), true
			v.plain = a.closed(v.words)
			return v
		}
	}

	var all []considered
	for _, r := range a.readings(u) {
		all = append(all, a.consider(s, art, u, r))
	}
	own, ownAs := a.own(s, u, all, art)
	for _, r := range a.followUps(s, u, t, all[0]) {
		all = append(all, a.consider(s, art, u, r))
	}
	a.choose(s, u, art, all, &v)
	if own.faq != nil {
		a.orOwn(own, ownAs, &v)
	}
	return v
}

// orOwn lets an FAQ of the server answer instead of what the base says, if that
// is less sure, or offers it.
func (a *Answerer) orOwn(own kin, as considered, v *verdict) {
	switch chance := own.chance(); {
	case v.unsure && chance >= kinInsteadFrom,
		chance >= kinFrom && (v.outcome != Answered || chance >= v.confidence):
		a.answeredBy(own, as, v)
	case v.unsure && v.outcome != Answered:
		v.related = slices.Insert(v.related, 0, own.found)
	}
}

// choose fills in what the base says to the best of the readings of a question.
func (a *Answerer) choose(s *state, u understanding, art *knowledge.Article, all []considered, v *verdict) {
	best := slices.MaxFunc(all, func(x, y considered) int { return cmp.Compare(x.weight, y.weight) })
	around := s.near.find(best.blocks)
	best.around = around
	best.said = a.saidSo(s, u)
	best.evidence.Topic, best.evidence.Aside = around.topic, around.aside
	v.words = best.words
	held := best.evidence.held()
	v.confidence = held * best.evidence.chosen()
	v.related = best.nearest(art, maxChoices+1)
	if a.refuse(s, u, best, v) {
		if v.unsure && !best.byFAQ {
			a.toldBeside(s, best, v)
		}
		return
	}
	if best.gone {
		v.text, v.offers, v.unsure = a.say.Unsure, true, true
		return
	}
	if !best.byFAQ {
		a.fromSections(s, best, v)
		return
	}
	if held < heldFrom || best.evidence.chosen() < chosenFrom {
		v.outcome, v.text, v.unsure = Clarify, a.say.WhichTopic, true
		return
	}
	v.outcome = Answered
	v.answers = []found{v.related[0]}
	if two := a.two(all, art); two != nil {
		v.answers = two
	}
	v.related = slices.DeleteFunc(v.related, func(f found) bool {
		return slices.ContainsFunc(v.answers, func(g found) bool { return f.faq == g.faq })
	})
	v.plain = len(v.answers) == 1 && v.confidence > 0.8 && a.closed(v.words) && a.sameSide(v.words, v.answers[0].faq)
}

// own returns the FAQ of a server that a question asks for most likely, how
// likely, and how the question is read then. Parts of sentences are too short
// to tell.
func (a *Answerer) own(s *state, u understanding, all []considered, art *knowledge.Article) (kin, considered) {
	var best kin
	var as considered
	for _, c := range all {
		if c.part && c.context != nil {
			continue
		}
		if ks := a.kin(s, c.words, c.blocks, art); len(ks) > 0 && (best.faq == nil || ks[0].chance() > best.chance()) {
			best, as = ks[0], c
		}
	}
	if best.faq != nil && len(u.careers) == 0 && slices.ContainsFunc(u.others, func(o other) bool {
		return !o.background && !slices.ContainsFunc(best.faq.Asked(), func(text string) bool { return contains(flat(a.read(s, text)), o.words) })
	}) {
		return kin{}, considered{} // it is asked of another occupation
	}
	return best, as
}

// answeredBy fills in that an FAQ of the server answers.
func (a *Answerer) answeredBy(k kin, c considered, v *verdict) {
	v.outcome, v.answers, v.confidence, v.words = Answered, []found{k.found}, k.chance(), c.words
	v.text, v.offers, v.bare = "", false, false
	v.beside, v.away, v.asked = "", "", nil
	v.plain = v.confidence > 0.8 && a.closed(v.words) && a.sameSide(v.words, k.faq)
	v.related = slices.DeleteFunc(c.nearest(k.article, maxChoices+1), func(f found) bool { return f.faq == k.faq })
}

// sourceOf tells where an answer stands.
func (a *Answerer) sourceOf(f found) string {
	if own := f.source(); own != f.article.Source {
		return fill(a.say.OwnSource, "source", own.Name)
	}
	return fill(a.say.SourceOf, "source", f.article.Source.Name)
}

// asksSource reports whether a question asks for nothing but where something
// is from. For pay, whose figures have a source of their own, an FAQ answers.
func (a *Answerer) asksSource(u understanding) bool {
	terms := a.lang.terms(flat(u.clauses))
	return len(terms) > 0 && !slices.ContainsFunc(terms, func(t term) bool { return t.term != "@sayso" })
}

// career returns the article that a question is about: the one named, chosen,
// or spoken of before, or the only one. It returns nil if there is no telling, or
// careers are compared.
func (a *Answerer) career(s *state, q Question, u understanding, t *talk) *knowledge.Article {
	if len(u.rivals) > 0 {
		return nil
	}
	if len(u.careers) > 0 && !slices.Contains(u.careers, q.Occupation) {
		return s.base.Article(u.careers[0])
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

// whichCareer asks back when it is not clear which of some careers is meant, or
// more than one is.
func (a *Answerer) whichCareer(s *state, u understanding, v verdict) verdict {
	ask, careers := a.say.WhichCareer, s.base.Articles
	if len(u.rivals) > 0 {
		ask, careers = a.say.Compare, nil
		for _, id := range u.rivals {
			careers = append(careers, s.base.Article(id))
		}
	}
	c := considered{}
	for _, r := range a.readings(u) {
		x := a.consider(s, &knowledge.Article{}, u, r)
		if c.words == nil || x.weight > c.weight {
			c = x
		}
	}
	c.around = s.near.find(c.blocks)
	c.said = a.saidSo(s, u)
	c.evidence.Topic, c.evidence.Aside = c.around.topic, c.around.aside
	v.confidence = c.evidence.held()
	// Of all careers, only one may have an FAQ of the server that is meant.
	own := a.kin(s, c.words, c.blocks, nil)
	sure := len(own) > 0 && own[0].chance() >= kinFrom && len(u.others) == 0
	if sure && (len(own) == 1 || own[1].article == own[0].article || own[1].chance() < kinFrom) {
		v.article = own[0].article
		a.answeredBy(own[0], c, &v)
		return v
	}
	if !sure && len(u.rivals) == 0 && a.refuse(s, u, c, &v) {
		return v
	}
	v.outcome, v.text = Clarify, ask
	for _, k := range own {
		if k.chance() >= kinFrom {
			v.related = append(v.related, k.found)
		}
	}
	for _, art := range careers {
		if sec := cmp.Or(art.Section(c.topic), art.Section(instead[c.topic])); sec != nil {
			v.related = append(v.related, found{article: art, section: sec})
		}
		if len(v.related) >= maxChoices {
			break
		}
	}
	return v
}

// refuse fills in v and reports true when a question is not to be answered.
func (a *Answerer) refuse(s *state, u understanding, c considered, v *verdict) bool {
	no := func(phrase, name string) bool {
		v.text, v.offers = fill(phrase, "name", name, "career", v.careers(), "region", v.region()), true
		return true
	}
	beside := c.evidence.held() < doubtFrom && c.asideBy > -asideMargin
	meant := c.around.byKind[c.aside]
	if c.said != nil {
		beside, meant = true, c.said
	}
	v.jobs = beside && meant != nil && meant.jobs
	if o := a.foreign(s, u, c, beside && c.said == nil && c.aside == otherCareer); o != "" {
		v.away, v.asked = o, marked(c.words, &a.aside.occupations)
		if len(u.careers) > 0 {
			return no(a.say.Comparison, o)
		}
		return no(a.say.OtherCareer, o)
	}
	if len(u.careers) == 0 && u.unknown != "" {
		v.away = u.unknown
		return no(a.say.UnknownCareer, u.unknown)
	}
	if beside && meant != nil {
		switch meant.kind {
		case smallTalk:
			v.outcome, v.text, v.related = SmallTalk, meant.reply, nil
			return true
		case abuse:
			v.text, v.related = meant.reply, nil
			return true
		case offTopic:
			v.related = nil
			return no(a.say.OffTopic, "")
		}
	}
	place := a.say.Place
	if v.region() == "" {
		place = a.say.OtherCareer
	}
	for _, named := range []struct {
		table  *phrases[string]
		phrase string
	}{
		{&a.aside.companies, a.say.Company},
		{&a.aside.colleges, a.say.College},
		{&a.aside.places, place},
	} {
		words, sure := c.words, c.evidence.Top >= sureOfName
		if c.follows != nil {
			words, sure = c.follows, false
		}
		if name := first(named.table, words); name != "" && !sure && (v.article == nil || name != v.article.Region) {
			v.unsure = true
			return no(named.phrase, name)
		}
	}
	if beside && meant != nil && meant.kind == unsupported {
		v.unsure = true
		return no(a.say.Unsupported, meant.name)
	}
	if c.evidence.held() < doubtFrom {
		v.unsure = true
		return no(a.say.Unsure, "")
	}
	return false
}

// asideMargin is how far an aside may lie behind the topics and still be taken
// for what was meant, when it is not what an article holds.
const asideMargin = 0.3

// asideFrom is the lead over the topics from which on a question in a
// conversation is taken to leave the subject.
const asideFrom = 0.2

// asideAloneFrom is that of a question of one telling word.
const asideAloneFrom = 0.5

// sureOfName is the score from which on an FAQ answers although an employer, a
// college or a place is named.
const sureOfName = 0.5

// foreign returns the occupation not held that a question is about, or
// nothing. One that only tells who is asking is not meant. One that the article
// itself speaks of, as those with whom its people work, is meant only if the
// question is put as questions on other careers are.
func (a *Answerer) foreign(s *state, u understanding, c considered, put bool) string {
	if len(u.careers) > 0 {
		for _, o := range u.others {
			if u.compares && !o.background && contains(c.words, o.words) && (put || !s.tells(o.words)) {
				return o.name
			}
		}
		return ""
	}
	for _, o := range u.others {
		if o.background {
			continue
		}
		if s.tells(o.words) && contains(c.words, o.words) && !put {
			continue
		}
		return o.name
	}
	return ""
}

// tells reports whether the articles speak of what these words name.
func (s *state) tells(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !s.isTold(stem(w)) })
}

func (v verdict) careers() string {
	if v.article == nil {
		return ""
	}
	return lowerFirst(plural(v.article.Title))
}

func (v verdict) region() string {
	if v.article == nil {
		return ""
	}
	return v.article.Region
}

// The scores from which on a part of a question is taken to ask for something
// of its own, and for something else on the same topic.
const (
	partFrom   = 0.05
	sisterFrom = 0.4
)

// two returns what answers a question that asks for two things, in the order in which they were asked, or nil if it asks for one.
func (a *Answerer) two(all []considered, art *knowledge.Article) []found {
	var out []found
	for _, c := range all {
		if !c.part || c.evidence.Top < partFrom || c.asideBy > 0 || !c.byFAQ {
			continue
		}
		f := c.nearest(art, 1)[0]
		if !slices.ContainsFunc(out, func(g found) bool {
			return g.faq == f.faq || g.faq.Topic == f.faq.Topic && c.evidence.Top < sisterFrom
		}) {
			out = append(out, f)
		}
	}
	if len(out) != 2 {
		return nil // one thing, or too many to tell
	}
	return out
}

// closed reports whether a question can be answered with yes or no.
func (a *Answerer) closed(words []string) bool {
	_, n := a.lang.closers.longest(a.lang.point(words))
	return n > 0
}

// sameSide reports whether a question is turned the same way as the FAQ that
// answers it: "can I skip a master's" is not "is a master's needed".
func (a *Answerer) sameSide(words []string, f *knowledge.FAQ) bool {
	turned := func(words []string) bool {
		n := 0
		for i := range words {
			if _, m := a.lang.turners.longest(words[i:]); m > 0 {
				n++
			}
		}
		return n%2 == 1
	}
	return turned(words) == turned(flat(split(clean(f.Question))))
}

// maxFollowUp is the longest question, in words, that is read as leaning on
// the one before.
const maxFollowUp = 12

// priorLeaning is that of a question too short to stand alone, read with the
// one before.
const priorLeaning = 0.6

// priorItem is that of an item of the list that was just given.
const priorItem = 1.0

// item returns the words of what "the second one" points at: the leading words
// of that item of the section that was spoken of. It returns nil if words
// point at no item.
func (a *Answerer) item(t *talk, words []string) []string {
	sec := t.answer.section
	if t.answer.faq != nil {
		sec = t.answer.article.Section(t.answer.faq.Topic)
	}
	if sec == nil {
		return nil
	}
	var leads []string
	for _, p := range sec.Passages {
		if p.Lead != "" {
			leads = append(leads, p.Lead)
		}
	}
	for i := range words {
		n, length := a.lang.ordinals.longest(words[i:])
		if length == 0 || n[0] > len(leads) {
			continue
		}
		lead := flat(split(clean(leads[(n[0]-1+len(leads))%len(leads)]))) // 0 is the last
		named := slices.Concat(words[:i], lead, words[i+length:])
		if len(a.lang.terms(named)) <= len(a.lang.terms(lead)) {
			return append([]string{"what", "is"}, lead...)
		}
		return named
	}
	return nil
}

// followUps lists readings of a question as a continuation of the one before.
func (a *Answerer) followUps(s *state, u understanding, t *talk, direct considered) []reading {
	if t == nil || u.wordCount > maxFollowUp {
		return nil
	}
	words := flat(u.clauses)
	terms := len(a.lang.terms(words))
	if t.asked != nil && len(u.careers) > 0 && terms == 0 {
		return []reading{{words: t.asked, prior: priorItem}} // "and a back-end developer?"
	}
	if t.answer.article == nil {
		return nil
	}
	if a.saidSo(s, u) != nil || a.leaves(s, direct, terms) {
		return nil
	}
	prior := priorWhole / 2
	if terms < 2 || u.points && terms < 4 {
		prior = priorLeaning
	}
	before := s.unnamed(flat(a.read(s, t.answer.choice().Label)))
	out := []reading{{words: append(before, words...), context: words, prior: prior, follows: words, known: t.answer}}
	if item := a.item(t, words); item != nil {
		out = append(out, reading{words: item, prior: priorItem})
	}
	return out
}

// leaves reports whether a question of so many telling words, read for itself,
// leaves the subject spoken of. Of a single word that has to be plain: "and the
// maximum?" leans, "stressful?" does not.
func (a *Answerer) leaves(s *state, direct considered, terms int) bool {
	if terms > 1 || direct.asideBy <= asideAloneFrom {
		return terms > 1 && direct.asideBy > asideFrom
	}
	around := s.near.find(direct.blocks)
	return around.aside > around.topic
}

// contains reports whether part stands in words, in one stretch.
func contains(words, part []string) bool {
	for i := 0; i+len(part) <= len(words); i++ {
		if slices.Equal(words[i:i+len(part)], part) {
			return true
		}
	}
	return false
}
