package answer

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/careerbot/careerbot/knowledge"
)

// maxChoices is how many choices are offered at once.
const maxChoices = 3

// Answer answers a question. Whatever is asked, there is an answer: it may be
// that nothing is known.
func (a *Answerer) Answer(q Question) Answer {
	s := a.view(q.Guild)
	key := talkKey(q.Guild, q.Conversation)
	t := a.talks.get(key, s)
	v := a.decide(s, q, t)
	a.talks.remember(key, t, v)
	return a.settle(s, q, v)
}

// settle puts what was decided on a question into words.
func (a *Answerer) settle(s *state, q Question, v verdict) Answer {
	if v.exact {
		v.related = a.neighbours(s, v.answers[0], v.words)
	}
	ans := a.compose(s, v)
	ans.Question = q.Text
	return ans
}

// Choose answers what a choice stands for that was pressed in a server, in a
// conversation (see Question). A choice that no longer exists is answered as a
// question of its label.
func (a *Answerer) Choose(guild, conversation string, c Choice) Answer {
	s := a.view(guild)
	v, ok := a.chosen(s, c)
	if !ok {
		return a.Answer(Question{Text: c.Label, Guild: guild, Conversation: conversation, Occupation: c.Occupation})
	}
	key := talkKey(guild, conversation)
	a.talks.remember(key, a.talks.get(key, s), v)
	ans := a.compose(s, v)
	ans.Question = c.Label
	return ans
}

// chosen decides for what a choice stands for; ok if that is held.
func (a *Answerer) chosen(s *state, c Choice) (v verdict, ok bool) {
	v = verdict{outcome: Answered, article: s.base.Article(c.Occupation), confidence: 1}
	if v.article != nil {
		if id, ok := strings.CutPrefix(c.Entry, faqPrefix(v.article)); ok {
			if f := v.article.FAQ(id); f != nil {
				v.answers = []found{{article: v.article, faq: f}}
			}
		} else if sec := v.article.Section(c.Topic); sec != nil {
			v.answers = []found{{article: v.article, section: sec}}
		}
	}
	if v.answers == nil {
		return v, false
	}
	v.words = s.unnamed(flat(a.read(s, c.Label)))
	v.related = a.neighbours(s, v.answers[0], v.words)
	return v, true
}

// neighbours returns the FAQs nearest to a question, without the one that
// answers it.
func (a *Answerer) neighbours(s *state, f found, words []string) []found {
	c := a.consider(s, f.article, understanding{}, reading{words: words})
	var out []found
	for _, g := range c.nearest(f.article, maxChoices+1) {
		if g.faq != f.faq {
			out = append(out, g)
		}
	}
	return out
}

// compose puts a verdict into words.
func (a *Answerer) compose(s *state, v verdict) Answer {
	ans := Answer{Outcome: v.outcome, Confidence: v.confidence, Text: v.text, Passages: []Passage{}, Choices: []Choice{}}
	for _, f := range v.related[:min(len(v.related), maxChoices)] {
		c := f.choice()
		if v.article == nil && !strings.Contains(strings.ToLower(c.Label), strings.ToLower(f.article.Title)) {
			c.Label = shortened(f.article.Title+": "+lowerFirst(c.Label), maxLabel) // "Training" tells of no career
		}
		ans.Choices = append(ans.Choices, c)
	}
	if v.article != nil {
		ans.Occupation = v.article.ID
	}
	if v.outcome != Answered {
		if v.outcome == Abstain && v.offers {
			ans.Jobs = v.jobs
			ans.Missing = ans.Text != a.say.OffTopic
			ans.Text = strings.TrimSpace(ans.Text + " " + a.offers(s, v.article))
		}
		return ans
	}
	ans.Source = v.answers[0].source()
	var parts []string
	for _, f := range v.answers {
		ans.Passages = append(ans.Passages, f.passage())
		if !v.bare {
			parts = append(parts, f.text())
		}
	}
	ans.Topic = ans.Passages[0].Topic
	if len(parts) > 1 {
		for i := range parts {
			parts[i] = sentences(parts[i], MaxText/len(parts)-2)
		}
	}
	if v.plain && v.answers[0].faq != nil {
		switch v.answers[0].faq.Says {
		case knowledge.SaysYes:
			parts[0] = a.say.Yes + " " + parts[0]
		case knowledge.SaysNo:
			parts[0] = a.say.No + " " + parts[0]
		}
	}
	if ans.Text != "" {
		parts = append([]string{ans.Text}, parts...)
	}
	ans.Text = sentences(strings.Join(parts, "\n\n"), MaxText)
	return ans
}

// offers tells what can be asked of a career, or of all.
func (a *Answerer) offers(s *state, of *knowledge.Article) string {
	if of == nil || len(s.base.Articles) < 2 {
		return s.offer
	}
	return a.offer([]*knowledge.Article{of})
}

// offer tells what can be asked of each of some careers; it is empty if that is
// nothing.
func (a *Answerer) offer(of []*knowledge.Article) string {
	var careers []string
	tell := map[knowledge.Topic]int{} // how many careers
	for _, art := range of {
		if len(careers) < 5 {
			careers = append(careers, lowerFirst(plural(art.Title)))
		}
		for _, t := range careerOf(art).Topics {
			tell[t]++
		}
	}
	if n := len(of) - len(careers); n > 0 {
		careers = append(careers, fmt.Sprintf("%d more", n))
	}
	var names []string
	for _, t := range knowledge.Topics {
		if tell[t] == len(of) && t != knowledge.General {
			names = append(names, a.say.Topics[t])
		}
	}
	if names == nil { // they have none in common, or there are none
		return ""
	}
	return fill(a.say.Offer, "careers", list(careers), "topics", list(names))
}

// list writes items as prose: "a, b and c".
func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// sentences cuts a text at the end of a sentence so that it has at most limit
// characters. A first sentence that is too long is cut at a word.
func sentences(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	r := []rune(text)[:limit]
	for i := len(r) - 1; i > 0; i-- {
		if (r[i] == ' ' || r[i] == '\n') && strings.ContainsRune(".!?", r[i-1]) {
			return strings.TrimSpace(string(r[:i]))
		}
	}
	return shortened(text, limit)
}

// shortened cuts a text at a word so that it has at most limit characters.
func shortened(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	cut := string([]rune(text)[:limit-1])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}

// found is what answers: an FAQ, or a section of an article with, where one
// fits best, its passage or a figure.
type found struct {
	article *knowledge.Article
	faq     *knowledge.FAQ
	section *knowledge.Section
	fact    *knowledge.Fact
	note    string // said after the figure
	at      int    // 1 + the index of the passage; 0 for the section as a whole
}

func faqPrefix(art *knowledge.Article) string { return art.ID + "/faq/" }

func passageID(art *knowledge.Article, sec *knowledge.Section, at int) string {
	if at == 0 {
		return art.ID + "/" + string(sec.Topic)
	}
	return fmt.Sprintf("%s/%s/%d", art.ID, sec.Topic, at)
}

// passage names where the answer stands: the heading is that of the section
// on its topic.
func (f found) passage() Passage {
	if f.faq == nil {
		return Passage{ID: passageID(f.article, f.section, f.at), Heading: f.section.Heading, Topic: f.section.Topic}
	}
	p := Passage{ID: faqPrefix(f.article) + f.faq.ID, Heading: f.faq.Question, Topic: f.faq.Topic}
	if sec := f.article.Section(f.faq.Topic); sec != nil {
		p.Heading = sec.Heading
	}
	return p
}

// source is where it comes from: the FAQ's own source, or the article's.
func (f found) source() knowledge.Source {
	if f.faq != nil && f.faq.Source != nil {
		return *f.faq.Source
	}
	return f.article.Source
}

func (f found) choice() Choice {
	p := f.passage()
	c := Choice{Label: p.Heading, Occupation: f.article.ID, Topic: p.Topic, Entry: p.ID}
	if f.faq != nil {
		c.Label = f.faq.Question
	}
	c.Label = shortened(c.Label, maxLabel)
	return c
}

// maxLabel is the longest Choice.Label, in characters: that of a button.
const maxLabel = 80

// text is what the answer says.
func (f found) text() string {
	switch {
	case f.faq != nil:
		return knowledge.Plain(f.faq.Answer)
	case f.fact != nil:
		return strings.TrimSpace(f.fact.Sentence + " " + f.note)
	case f.at > 0:
		return knowledge.Plain(f.section.Passages[f.at-1].String())
	}
	// The section as a whole: its paragraphs, and of a list what its items are about.
	var out, leads []string
	for _, p := range f.section.Passages {
		if p.Bullet && p.Lead != "" {
			leads = append(leads, p.Lead)
		} else {
			out = append(out, knowledge.Plain(p.Text))
		}
	}
	if len(leads) > 0 {
		out = slices.Insert(out, min(1, len(out)), strings.Join(leads, "; ")+".")
	}
	return strings.Join(out, "\n")
}
