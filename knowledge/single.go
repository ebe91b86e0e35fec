package knowledge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FormatEntry writes an entry by itself, as it stands in its article: a head as
// front matter, a section or an FAQ from its heading on. A hidden entry is
// empty.
func FormatEntry(e Entry) []byte {
	var b strings.Builder
	switch {
	case e.Head != nil:
		formatFront(&b, e.Head)
	case e.Section != nil:
		formatSection(&b, *e.Section)
	case e.FAQ != nil:
		formatFAQ(&b, *e.FAQ)
	}
	return []byte(b.String())
}

// ParseEntry reads what FormatEntry wrote. The error, if there is one, is
// Faults: all that is wrong with src as the one entry of that key; the entry
// then holds what could be read. Money is not held against the figures of the
// article, which stand elsewhere: CheckEntry does that. Nothing at all is a
// hidden entry.
func ParseEntry(key EntryKey, src []byte) (Entry, error) {
	e := Entry{EntryKey: key}
	if strings.TrimSpace(string(src)) == "" {
		e.Hidden = true
		return e, nil
	}
	p := newParser("")
	if len(src) > maxFile {
		return e, Faults{{What: "the entry is larger than 1 MB", Mend: "shorten it"}}
	}
	lines := p.split(src)
	p.amounts.unread = true
	body := 0
	switch key.Kind {
	case CareerEntry:
		body = p.front(lines)
	case FAQEntry:
		p.place = inFAQs
	}
	for i := body; i < len(lines); i++ {
		p.line(i+1, lines[i])
	}
	p.endHeading()
	got := p.article.Entries()
	if key.Kind != CareerEntry {
		got = got[1:]
		for i := range got {
			got[i].Article = key.Article
		}
	}
	switch {
	case len(got) != 1:
		p.fault(0, fmt.Sprintf("there are %d entries here", len(got)), "write one "+string(key.Kind))
	case got[0].EntryKey != key:
		p.fault(0, fmt.Sprintf("this is the %s %s", got[0].Kind, quoted(got[0].name())),
			fmt.Sprintf("write the %s %s", key.Kind, quoted(Entry{EntryKey: key}.name())))
	default:
		e = got[0]
	}
	p.faults.sort()
	if len(p.faults) > 0 {
		return e, p.faults
	}
	return e, nil
}

// name is what tells an entry from others of its kind.
func (e Entry) name() string {
	if e.Kind == CareerEntry {
		return e.Article
	}
	return e.ID
}

// CheckEntry lists all that is wrong with an entry that is to be laid over the
// base, as Load would: how long its texts are, its topic, money that no figure
// states, names and questions that are taken by other entries. The faults have
// no file and no line.
func (b *Base) CheckEntry(e Entry) Faults {
	if e.Hidden {
		return nil
	}
	p := newParser("")
	a := b.Article(e.Article)
	if a == nil {
		a = &Article{ID: e.Article}
	}
	switch {
	case e.Kind == CareerEntry && e.Head != nil:
		p.checkHeadEntry(b, a, e.Head)
	case a.Title == "":
		p.fault(0, "there is no career "+quoted(e.Article), "add it first, or choose another")
	case e.Kind == SectionEntry && e.Section != nil:
		p.checkSectionEntry(a, e)
	case e.Kind == FAQEntry && e.FAQ != nil:
		p.checkFAQEntry(a, e)
	default:
		p.fault(0, "the entry is empty", "write something, or remove it")
	}
	return p.faults
}

func noLine(string) int { return 0 }

func (p *parser) checkHeadEntry(b *Base, a, head *Article) {
	if head.ID != a.ID {
		p.fault(0, fmt.Sprintf("the id %s cannot change to %s", quoted(a.ID), quoted(head.ID)), "keep it")
	}
	p.checkArticleID(0, head.ID)
	p.checkTitle(0, head.Title)
	for _, alias := range head.Aliases {
		p.checkAlias(0, alias)
	}
	p.checkTakenNames(b, a.ID)
	p.checkLength(0, "the region", head.Region, MaxTitle)
	p.checkSource(noLine, head.Source)
	p.article.Facts = head.Facts
	for _, f := range head.Facts {
		if f.Amount <= 0 {
			p.fault(0, "the figure has no amount", "write one above 0, in whole units of the currency")
		}
		p.checkFact(noLine, f)
	}
	p.checkFacts(make([]int, len(head.Facts)))
	// What the article says has to stand in its figures still.
	for _, s := range a.Sections {
		for _, passage := range s.Passages {
			p.within("the section "+quoted(s.Heading), func() { p.checkMoney(0, passage.String()) })
		}
	}
	for i := range a.FAQs {
		if q := &a.FAQs[i]; q.Source == nil {
			p.within("the answer of "+quoted(q.Question), func() { p.checkMoney(0, q.Answer) })
		}
	}
}

// within puts the place before the faults that check finds.
func (p *parser) within(place string, check func()) {
	before := len(p.faults)
	check()
	for i := before; i < len(p.faults); i++ {
		p.faults[i].What = place + ": " + p.faults[i].What
	}
}

// checkTakenNames complains of names that other articles have.
func (p *parser) checkTakenNames(b *Base, id string) {
	taken := map[string]*Article{}
	for _, a := range b.Articles {
		if a.ID == id {
			continue
		}
		for _, n := range append([]string{a.Title}, a.Aliases...) {
			taken[Words(n)] = a
		}
	}
	for _, n := range p.names {
		if a := taken[Words(n.text)]; a != nil {
			p.fault(0, fmt.Sprintf("%s also names the career %s", quoted(n.text), quoted(a.Title)),
				"keep it in one of them, so that people who ask by it get that one")
		}
	}
}

func (p *parser) checkSectionEntry(a *Article, e Entry) {
	s := e.Section
	p.takeFacts(a)
	switch {
	case !p.checkTopic(0, s.Topic):
	case string(s.Topic) != e.ID:
		p.fault(0, fmt.Sprintf("the section is on the topic %s, not on %s", s.Topic, e.ID), "keep the topic")
	case s.Topic == General:
		p.fault(0, "a section cannot be on the topic faq", "choose another topic, or add a question")
	}
	p.checkHeading(0, s.Heading)
	if len(s.Passages) == 0 {
		p.fault(0, "the section is empty", "write something under the heading, or remove it")
	}
	for _, passage := range s.Passages {
		p.checkPassage(0, passage)
	}
}

func (p *parser) checkFAQEntry(a *Article, e Entry) {
	q := e.FAQ
	p.takeFacts(a)
	for i := range a.FAQs {
		if other := &a.FAQs[i]; other.ID != e.ID {
			for _, asked := range other.Asked() {
				p.phrases[Words(asked)] = "it stands with the question " + quoted(other.Question)
			}
		}
	}
	p.faq = q
	p.checkQuestion(0, q.Question)
	p.checkFAQHead(0, q)
	if q.ID != "" && q.ID != e.ID {
		p.fault(0, fmt.Sprintf("the id %s cannot change to %s", quoted(e.ID), quoted(q.ID)), "keep it")
	}
	p.checkAnswer(0, q)
	if q.Source != nil {
		p.checkOwnSource(0, q.Source)
	}
	for _, s := range q.Phrasings {
		p.checkPhrasing(0, s)
	}
}

// takeFacts keeps the amounts of an article for the texts of an entry.
func (p *parser) takeFacts(a *Article) {
	for _, f := range a.Facts {
		p.amounts.add(f)
	}
}

// filler are the words of a question that say little of what it asks.
const filler = " a an the is are am be do does did i you we they it its of to in on for as at by and or that this there " +
	"what whats which who how my me your can could would will should have has "

// NewID makes the ID of an FAQ from its question: its telling words, as many
// as fit, with a number behind them if the ID is taken.
func NewID(question string, taken func(string) bool) string {
	words := idWords(question)
	telling := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.Contains(filler, " "+w+" ") })
	if len(telling) == 0 {
		telling = words
	}
	id := joinID(telling, MaxID)
	if id == "" {
		id = "question"
	}
	if !taken(id) {
		return id
	}
	for n := 2; ; n++ {
		end := "-" + strconv.Itoa(n)
		if next := joinID(strings.Split(id, "-"), MaxID-len(end)) + end; !taken(next) {
			return next
		}
	}
}

// idWords gives the words of a text in the letters of an ID: accents go, and
// so do other scripts.
func idWords(s string) []string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsMark(r), r == '\'', r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

// joinID joins as many words as fit into an ID.
func joinID(words []string, most int) string {
	id := ""
	for _, w := range words {
		switch {
		case id == "":
			id = w[:min(len(w), most)]
		case len(id)+1+len(w) <= most:
			id += "-" + w
		default:
			return id
		}
	}
	return id
}
