package answer

import (
	"reflect"
	"slices"

	"github.com/careerbot/careerbot/knowledge"
)

// difference is what a trial changes of all that decides on a question. Where
// nothing of it touches a question, that need not be asked.
type difference struct {
	all           bool            // it cannot be told apart: every question is touched
	stems         map[string]bool // of words that are used, or told, in one of the two alone
	articles      map[string]bool // by ID: otherwise scored, or with other sections
	before, after *kinship        // the FAQs of the server that are asked otherwise, or in one of the two alone
}

// difference compares the states of a trial.
func (t *Trial) difference() *difference {
	d := &difference{stems: map[string]bool{}, articles: map[string]bool{}}
	if t.before.bottom() != t.after.bottom() || len(t.before.base.Articles) != len(t.after.base.Articles) {
		d.all = true
		return d
	}
	for _, s := range []*state{t.before, t.after} {
		if s.below == nil {
			continue // whatever it uses, the other does too
		}
		for stem := range s.stems {
			if t.before.uses(stem) != t.after.uses(stem) || t.before.isTold(stem) != t.after.isTold(stem) {
				d.stems[stem] = true
			}
		}
	}
	for i, art := range t.before.base.Articles {
		now := t.after.base.Articles[i]
		if art.ID != now.ID {
			d.all = true
			return d
		}
		d.articles[art.ID] = art != now && !reflect.DeepEqual(t.before.decisive(art), t.after.decisive(now))
	}
	d.before, d.after = t.before.own, t.after.own
	if d.before == nil {
		d.before = &kinship{first: []int32{0}}
	}
	if d.after == nil {
		d.after = &kinship{first: []int32{0}}
	}
	gone, came, ordered := apart(d.before, d.after)
	d.all = !ordered
	d.before, d.after = d.before.only(gone), d.after.only(came)
	return d
}

// bottom is the state of the base.
func (s *state) bottom() *state {
	if s.below != nil {
		return s.below
	}
	return s
}

// apart lists the FAQs that are in one of two kinships alone, or asked
// otherwise. The others are ordered if they stand in the same order in both.
func apart(x, y *kinship) (inX, inY []int, ordered bool) {
	at := map[knowledge.EntryKey]int{}
	for j, f := range y.faqs {
		at[faqKey(f.article.ID, f.faq.ID)] = j
	}
	last, ordered := -1, true
	same := map[int]bool{}
	for i, f := range x.faqs {
		j, ok := at[faqKey(f.article.ID, f.faq.ID)]
		if !ok || !slices.EqualFunc(x.of(i), y.of(j), func(v, w way) bool { return v.words == w.words }) || !slices.Equal(f.faq.Asked(), y.faqs[j].faq.Asked()) {
			inX = append(inX, i)
			continue
		}
		same[j] = true
		ordered = ordered && j > last
		last = j
	}
	for j := range y.faqs {
		if !same[j] {
			inY = append(inY, j)
		}
	}
	return inX, inY, ordered
}

// decisive is what of an article counts when a question on it is decided, but
// for the server's FAQs themselves.
type decisive struct {
	region   string
	facts    []knowledge.Fact
	sections []knowledge.Section
	own      []knowledge.Topic // of the server's own sections
	asked    []string          // of its FAQs where there is no section: the topic, the ID and the question
	heirs    []string          // of the FAQs below
	scored   []string          // FAQs that the models tell of, and their topics, in order
}

func (s *state) decisive(art *knowledge.Article) decisive {
	d := decisive{region: art.Region, facts: art.Facts, sections: art.Sections}
	for _, topic := range knowledge.Topics {
		if s.laid[knowledge.EntryKey{Article: art.ID, Kind: knowledge.SectionEntry, ID: string(topic)}] {
			d.own = append(d.own, topic)
		}
		if art.Section(topic) == nil {
			for _, f := range s.ownOn(art, topic) {
				d.asked = append(d.asked, string(topic), f.faq.ID, f.faq.Question)
			}
		}
	}
	under := s.bottom().base.Article(art.ID)
	if under == nil {
		return d
	}
	told := map[string]bool{}
	for i := range under.FAQs {
		id := under.FAQs[i].ID
		if heirs, ok := s.heirs[art]; ok && heirs[i] < 0 {
			id = ""
		}
		d.heirs = append(d.heirs, id)
		told[id] = true
	}
	for i := range art.FAQs {
		if f := &art.FAQs[i]; told[f.ID] {
			d.scored = append(d.scored, f.ID, string(f.Topic))
		}
	}
	return d
}

// touches reports whether a question may be decided otherwise. What it is not
// touched by, it is not: it is read the same, it is on an article that is
// scored the same, its words are used the same, and of the server's FAQs that
// are asked otherwise it could be offered none.
func (t *Trial) touches(d *difference, q Question) bool {
	a := t.answerer
	if d.all {
		return true
	}
	u := a.understand(t.after, q.Text)
	if !reflect.DeepEqual(u, a.understand(t.before, q.Text)) {
		return true
	}
	words := flat(u.clauses)
	art := a.career(t.after, q, u, nil)
	if art != nil && d.articles[art.ID] || d.articles[q.Occupation] {
		return true
	}
	if len(d.stems) > 0 && slices.ContainsFunc(words, func(w string) bool { return d.stems[stem(w)] }) {
		return true
	}
	key := exactKey(words)
	before, after := t.before.exactly(key), t.after.exactly(key)
	if !slices.EqualFunc(before, after, func(f, g found) bool { return f.passage().ID == g.passage().ID }) {
		return true
	}
	if art != nil && slices.ContainsFunc(after, func(f found) bool { return f.article == art || f.article.ID == q.Occupation }) {
		return false // it is asked in those very words
	}
	if len(u.others) > 0 {
		return true // what FAQs of the server say of another occupation may be spelled otherwise
	}
	for _, r := range a.readings(u) {
		b := a.blocksOf(r.words)
		if len(a.kinIn(t.before, d.before, r.words, b, nil)) > 0 || len(a.kinIn(t.after, d.after, r.words, b, nil)) > 0 {
			return true
		}
	}
	return false
}
