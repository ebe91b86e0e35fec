package knowledge

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// enoughPhrasings is how many other phrasings a question should have for it to
// be found well.
const enoughPhrasings = 8

// Periods lists what a figure can be counted by.
var Periods = []string{"hour", "day", "week", "month", "year"}

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

const idMend = "write lower-case words joined by hyphens: back-end-developer"

func (p *parser) checkArticleID(n int, id string) {
	switch {
	case id == "":
		p.fault(n, "the id is missing", "write one, for example id: back-end-developer")
	case !idForm.MatchString(id):
		p.fault(n, fmt.Sprintf("id %s is not in the form of one", quoted(id)), idMend)
	default:
		p.checkLength(n, "the id", id, MaxID)
	}
}

func (p *parser) checkTitle(n int, title string) {
	if Words(title) == "" {
		p.fault(n, "the title is missing", "write one, for example title: Back-end developer")
		return
	}
	p.checkLength(n, "the title", title, MaxTitle)
	p.names = append(p.names, name{title, n})
}

func (p *parser) checkAlias(n int, alias string) {
	if Words(alias) == "" {
		p.fault(n, "an empty alias", "delete it")
		return
	}
	p.checkLength(n, "the alias", alias, MaxTitle)
	for _, other := range p.names {
		if strings.EqualFold(other.text, alias) {
			p.fault(n, fmt.Sprintf("alias %s again", quoted(alias)), "delete it: "+standsOn(other.line)+", and case makes no difference")
			return
		}
	}
	p.names = append(p.names, name{alias, n})
}

// checkSource checks an article's source; line gives the line of a key.
func (p *parser) checkSource(line func(key string) int, s Source) {
	p.checkLength(line("name"), "the source's name", s.Name, MaxQuestion)
	p.checkURL(line("url"), s.URL)
	p.checkDate(line("published"), "published", s.Published)
	p.checkDate(line("read"), "read", s.Read)
}

func (p *parser) checkURL(n int, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(s, " <>") {
		p.fault(n, fmt.Sprintf("url %s is not the address of a page", quoted(s)), "write one that begins with https://, or leave it empty")
	}
	p.checkLength(n, "the url", s, MaxPassage)
}

func (p *parser) checkDate(n int, key, date string) {
	if date == "" {
		return
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		p.fault(n, fmt.Sprintf("%s %s is not a date", key, quoted(date)), "write it as 2006-01-02, or leave it empty if it is unknown")
	}
}

// checkFact checks one figure by itself; line gives the line of a key.
func (p *parser) checkFact(line func(key string) int, f Fact) {
	if !slices.Contains(FactKinds, f.Kind) {
		p.fault(line("kind"), fmt.Sprintf("unknown kind %s", quoted(f.Kind)), "write one of "+list(FactKinds))
	}
	switch {
	case f.Kind == PayRange && f.Upper <= f.Amount:
		p.fault(line("upper"), "the range does not go up", "write upper: above amount:")
	case f.Kind != PayRange && f.Upper != 0:
		p.fault(line("upper"), "upper belongs to a range only", "write kind: range, or delete it")
	}
	if !validCurrency(f.Currency) {
		p.fault(line("currency"), fmt.Sprintf("unknown currency %s", quoted(f.Currency)), "write its three letters of ISO 4217: INR")
	}
	if !slices.Contains(Periods, f.Per) {
		p.fault(line("per"), fmt.Sprintf("unknown period %s", quoted(f.Per)), "write per: and one of "+list(Periods))
	}
	if Words(f.Source) == "" {
		p.fault(line("source"), "the figure has no source", "write who states it: a figure is never shown without")
	}
	p.checkLength(line("source"), "the source", f.Source, MaxQuestion)
	p.checkDate(line("date"), "date", f.Date)
	if Words(f.Sentence) == "" {
		p.fault(line("sentence"), "the figure has no sentence", "write the sentence that states it")
		return
	}
	p.checkLength(line("sentence"), "the sentence", f.Sentence, MaxAnswer)
}

// checkFacts checks the figures against one another and their sentences
// against all of them, and keeps the amounts for the texts that follow. The
// lines are those of the sentences.
func (p *parser) checkFacts(lines []int) {
	type figure struct {
		kind                        FactKind
		currency, per, source, date string
	}
	figures := make(map[figure]bool)
	for i, f := range p.article.Facts {
		key := figure{f.Kind, f.Currency, f.Per, f.Source, f.Date}
		if figures[key] {
			p.fault(lines[i], fmt.Sprintf("a second figure of the kind %s by %s", f.Kind, f.Source), "keep the right one, or write their dates")
		}
		figures[key] = true
		p.amounts.unread = p.amounts.unread || f.Amount <= 0 || !validCurrency(f.Currency)
		p.amounts.add(f)
	}
	for i, f := range p.article.Facts {
		if f.Sentence == "" || f.Amount <= 0 || !validCurrency(f.Currency) {
			continue
		}
		amounts := []int64{f.Amount}
		if f.Upper > 0 {
			amounts = append(amounts, f.Upper)
		}
		for _, amount := range amounts {
			if written := Money(amount, f.Currency); !tells(f.Sentence, written) {
				p.fault(lines[i], fmt.Sprintf("the sentence does not tell its amount, %s", written), "write it in that way")
			}
		}
		p.checkMoney(lines[i], f.Sentence)
	}
}

// tells reports whether an amount stands in s, and not as a part of another.
func tells(s, amount string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], amount)
		if i < 0 {
			return false
		}
		from += i + len(amount)
		if !goesOn.MatchString(s[from:]) {
			return true
		}
	}
}

// goesOn is what follows the digits of a number that is longer.
var goesOn = regexp.MustCompile(`^[,.]?\d`)

// amounts are those that a text may tell.
type amounts struct {
	unread  bool             // some facts could not be read
	written []string         // as the one way has them, in the order of the facts
	allowed map[string]bool  // these and the twelfths of yearly ones
	rounded map[int64]string // from what "4.86 lakh" counts to how it is written in full
}

func (a *amounts) add(f Fact) {
	if a.allowed == nil {
		a.allowed, a.rounded = make(map[string]bool), make(map[int64]string)
	}
	for _, v := range []int64{f.Amount, f.Upper} {
		if v <= 0 {
			continue
		}
		s := Money(v, f.Currency)
		if !a.allowed[s] {
			a.written = append(a.written, s)
		}
		a.allowed[s] = true
		if f.Per == "year" {
			a.allowed[Money(twelfth(v), f.Currency)] = true
		}
		if f.Currency == "INR" {
			unit := int64(lakh)
			if v >= crore {
				unit = crore
			}
			a.rounded[hundredths(v, unit)*unit/100] = s
		}
	}
}

// mend tells what to do about an amount that stands in no figure.
func (a *amounts) mend() string {
	const add = "add a fact that states it, with its source"
	if len(a.written) == 0 {
		return add
	}
	return add + ", or write one that is there: " + list(a.written)
}

// checkTopic reports whether a topic is one, and complains if not.
func (p *parser) checkTopic(n int, topic Topic) bool {
	switch {
	case topic == "":
		p.fault(n, "the topic is missing", "write one of "+topicList())
	case !topic.Valid():
		p.fault(n, fmt.Sprintf("unknown topic %s", quoted(topic)), "write one of "+topicList())
	}
	return topic.Valid()
}

func (p *parser) checkHeading(n int, heading string) {
	if Words(heading) == "" {
		p.fault(n, "the heading is empty", "write what the section is about")
		return
	}
	p.checkLength(n, "the heading", heading, MaxTitle)
	p.checkMoney(n, heading)
}

func (p *parser) checkPassage(n int, passage Passage) {
	if Words(passage.Text) == "" {
		p.fault(n, "a passage without words", "write something, or delete it")
	}
	p.checkLength(n, "the passage", passage.String(), MaxPassage)
	p.checkMoney(n, passage.String())
}

func (p *parser) checkFAQHead(n int, q *FAQ) {
	switch first, found := p.ids[q.ID]; {
	case q.ID == "":
		p.fault(n, "the question has no id", "write id: and some words joined by hyphens")
	case !idForm.MatchString(q.ID):
		p.fault(n, fmt.Sprintf("id %s is not in the form of one", quoted(q.ID)), idMend)
	case found:
		p.fault(n, fmt.Sprintf("id %s again", quoted(q.ID)), fmt.Sprintf("choose another: it is that of line %d", first))
	default:
		p.ids[q.ID] = n
		p.checkLength(n, "the id", q.ID, MaxID)
	}
	p.checkTopic(n, q.Topic)
	if q.Says != SaysNothing && q.Says != SaysYes && q.Says != SaysNo {
		p.fault(n, fmt.Sprintf("says %s", quoted(q.Says)), "write says: yes or says: no, or leave it out if the answer is neither")
	}
}

func (p *parser) checkQuestion(n int, question string) {
	if Words(question) == "" {
		p.fault(n, "the question is empty", "write one")
		return
	}
	p.checkLength(n, "the question", question, MaxQuestion)
	p.checkRepeated(n, "question", question)
	p.checkMoneyForm(n, question) // it may ask for any amount
}

func (p *parser) checkPhrasing(n int, phrasing string) {
	if Words(phrasing) == "" {
		p.fault(n, "a phrasing without words", "write something, or delete it")
		return
	}
	p.checkLength(n, "the phrasing", phrasing, MaxQuestion)
	p.checkRepeated(n, "phrasing", phrasing)
}

func (p *parser) checkRepeated(n int, what, question string) {
	key := Words(question)
	if first, found := p.phrases[key]; found {
		p.fault(n, fmt.Sprintf("%s %s again", what, quoted(question)),
			"delete it: "+first+", and case and punctuation make no difference")
		return
	}
	p.phrases[key] = standsOn(n)
}

// standsOn says where something stands; an entry by itself has no lines.
func standsOn(n int) string {
	if n == 0 {
		return "it stands there already"
	}
	return fmt.Sprintf("it stands on line %d", n)
}

// bare matches a text that begins with a plain yes or no.
var bare = regexp.MustCompile(`(?i)^[^\pL\pN]*(yes\b|no\s*([,.:;!?–—]|\s-|$))`)

func (p *parser) checkAnswer(n int, q *FAQ) {
	answer := q.Answer
	if Words(answer) == "" {
		p.fault(n, "the question has no answer", "write one")
		return
	}
	p.checkLength(n, "the answer", answer, MaxAnswer)
	if bare.MatchString(answer) {
		p.fault(n, "the answer begins with a bare yes or no", "lead with the fact instead; yes or no is told beside the question (says: yes)")
	}
	if q.Source != nil {
		p.checkMoneyForm(n, answer) // its figures are shown with that source
		return
	}
	p.checkMoney(n, answer)
}

func (p *parser) checkOwnSource(n int, s *Source) {
	if Words(s.Name) == "" {
		p.fault(n, "the answer's source has no name", "write who states it, or leave the source out")
	}
	p.checkLength(n, "the source's name", s.Name, MaxQuestion)
	p.checkURL(n, s.URL)
}

// checkMoney holds a text to the one way of writing money and to the amounts
// that are typed facts, with their source.
func (p *parser) checkMoney(n int, s string) {
	p.checkMoneyForm(n, s)
	if p.amounts.unread {
		return // every amount would be complained of
	}
	for _, m := range FindMoney(s) {
		_, rounded := p.amounts.rounded[m.Value]
		switch {
		case p.amounts.allowed[Money(m.Value, m.Currency)]:
		case rounded && (m.Currency == "" || m.Currency == "INR"):
		default:
			mend := p.amounts.mend()
			if p.faq != nil {
				mend += ", or name the source of this answer"
			}
			if m.Currency == "" {
				mend += ", or write digits only if it is not money"
			}
			p.fault(n, fmt.Sprintf("%q stands in no fact of the article", s[m.Start:m.End]), mend)
		}
	}
}

// checkMoneyForm lets "4.86 lakh" stand beside an amount; where a currency is
// told the amount is written in full.
func (p *parser) checkMoneyForm(n int, s string) {
	for _, m := range FindMoney(s) {
		written := s[m.Start:m.End]
		want := Money(m.Value, m.Currency)
		if m.Currency == "" || written == want {
			continue
		}
		if full, found := p.amounts.rounded[m.Value]; found && m.Currency == "INR" {
			want = full
		}
		p.fault(n, fmt.Sprintf("%q is not how money is written", written), "write "+want)
	}
}

func (p *parser) checkLength(n int, what, s string, most int) {
	if got := utf8.RuneCountInString(s); got > most {
		p.fault(n, fmt.Sprintf("%s has %d characters", what, got), fmt.Sprintf("shorten it to %d", most))
	}
}

// quoted quotes a text in a fault, shortened so that a line of it can be read.
func quoted[S ~string](s S) string {
	const most = 60
	if runes := []rune(string(s)); len(runes) > most {
		s = S(runes[:most]) + "…"
	}
	return strconv.Quote(string(s))
}

// Words gives what two ways to write the same words have in common: lower
// case, and a space for all that stands between words. The signs that tell
// C++ from C# stay.
func Words(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) && r != '+' && r != '#'
	}), " ")
}

func topicList() string { return list(Topics) }

// list joins values as in "hour, day, week".
func list[S ~string](values []S) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}
