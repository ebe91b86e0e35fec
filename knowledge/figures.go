package knowledge

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kindWords are the words by which a text tells what a figure states, the
// surest first.
var kindWords = []struct {
	kind  FactKind
	words func() *regexp.Regexp
}{
	{EntryPay, words(`entry[- ]level|freshers?|starting|starts?|begin(?:s|ner|ners|ning)?|graduates?|juniors?|newly|trainees?|interns?|apprentices?|new hires?|early[- ]career|first jobs?|(?:no|little|less than (?:one|two|1|2) years?(?: of)?) experience`)},
	{HighPay, words(`high|highest|higher|up to|maximum|max|top|upper|seniors?|experienced|(?:more|years of|greater|much|extensive|some) experience|reach|exceeds?|late[- ]career|mid[- ]career|peak|most`)},
	{LowPay, words(`low|lower|lowest|minimum|min|at least|bottom|least`)},
	{AveragePay, words(`averages?|mean|median|typical(?:ly)?|usual(?:ly)?|around|about|approximately|roughly`)},
}

// periodWords are the words by which a text tells what a figure counts by.
var periodWords = []struct {
	per   string
	words func() *regexp.Regexp
}{
	{"hour", words(`hourly|(?:per|an|each|every) hour`)},
	{"day", words(`daily|(?:per|a|each|every) day`)},
	{"week", words(`weekly|(?:per|a|each|every) week`)},
	{"month", words(`monthly|(?:per|a|each|every) month`)},
	{"year", words(`yearly|annual(?:ly)?|annum|(?:per|a|each|every) year|p\.?a\.?|lpa|l\.p\.a\.?`)},
}

var slashed = form(`(?i)/ ?(hour|hr|h|day|week|wk|month|mo|year|yr|annum)\b`)

var slashedPeriods = map[string]string{"hour": "hour", "hr": "hour", "h": "hour", "day": "day", "week": "week", "wk": "week", "month": "month", "mo": "month", "year": "year", "yr": "year", "annum": "year"}

// payWords tell that a sentence speaks of pay, and not of other money.
var payWords = words(`salar\w+|earn\w*|pay|pays|paid|wages?|incomes?|compensation|remuneration|package|packages|stipends?|lpa|ctc|make|makes|take home|offered`)

// costWords tell that it speaks of other money.
var costWords = words(`spend\w*|costs?|fees?|budgets?|prices?|priced|loans?|invest\w*|turnover|revenues?|sales|funds?|funding|tuition|worth|buys?|equipment|fines?|savings|rent`)

// sourceForms find who states a figure.
var sourceForms = []func() *regexp.Regexp{
	form(`(?:[Aa]ccording to|[Gg]oing by|[Rr]eported by|[Pp]ublished by|[Ee]stimated by|[Dd]ata (?:from|by|of)|[Ff]igures (?:from|by|of)|[Ss]urveys? (?:from|by|of)|[Rr]eports? (?:from|by|of)|[Ss]tatistics (?:from|by|of)|[Ss]ource:) (?:data (?:from|by) |(?:a|the) (?:survey|report) (?:by|from) )?(?:the )?(` + nameForm + `)`),
	form(`^(?:The )?(` + nameForm + `) (?:reports?|estimates?|states?|puts|suggests?|lists?|shows?|says|notes|gives|records)\b`),
	form(`\(((?:www\.)?\pL[\pL\d-]*\.(?:com|org|net|in|co\.in|gov|io|edu))\)`),
}

const nameForm = `\p{Lu}[\pL\pN.&'’+-]*(?: (?:\p{Lu}[\pL\pN.&'’+-]*|of|and|for|&))*`

// notSources begin a sentence as a name does.
var notSources = []string{"It", "This", "That", "Data", "Research", "The", "A", "They", "He", "She", "We", "You", "Here", "There", "Experience", "Reports", "Studies"}

// sourceOf gives who states the figures of a sentence; empty if it does not
// tell.
func sourceOf(sentence string) string {
	for _, form := range sourceForms {
		if m := form().FindStringSubmatch(sentence); m != nil {
			name := fold(m[1])
			for {
				trimmed := strings.TrimRight(name, " .,'’&")
				for _, end := range []string{" of", " and", " for", "’s", "'s"} {
					trimmed = strings.TrimSuffix(trimmed, end)
				}
				if trimmed == name {
					break
				}
				name = trimmed
			}
			if name != "" && !slices.Contains(notSources, name) {
				return name
			}
		}
	}
	return ""
}

// surroundings are what a text says around the figures of a sentence.
type surroundings struct {
	heading  string
	lead     string
	passage  string
	isPay    bool   // the section is about pay
	source   string // who was named last
	currency string // what an amount without one counts
	per      string // the period told last in this section
}

// figures gives the figures that a sentence states. Ok is false if it tells of
// money and not all of it can be told as figures of pay; why says what is
// missing.
func (c *surroundings) figures(sentence string) (facts []Fact, why string) {
	amounts := FindMoney(sentence)
	if len(amounts) == 0 {
		return nil, ""
	}
	if (!c.isPay || costWords().MatchString(sentence)) && !payWords().MatchString(sentence) && !payWords().MatchString(c.lead) {
		return nil, "an amount of money that is no pay"
	}
	if s := sourceOf(sentence); s != "" {
		c.source = s
	}
	taken := 0 // up to here the words belong to the amounts before
	for i := 0; i < len(amounts); i++ {
		a := amounts[i]
		f := Fact{Amount: a.Value, Currency: cmp.Or(a.Currency, c.currency), Source: c.source, Sentence: sentence}
		end := a.End
		if i+1 < len(amounts) && isRange(sentence, a, amounts[i+1]) {
			f.Kind, f.Upper, end = PayRange, amounts[i+1].Value, amounts[i+1].End
			i++
		}
		next := len(sentence)
		if i+1 < len(amounts) {
			next = amounts[i+1].Start
		}
		before, after := sentence[taken:a.Start], sentence[end:next]
		taken = end
		if f.Kind == "" {
			f.Kind = kindOf(before)
			if f.Kind == "" {
				if f.Kind = kindOf(after); f.Kind != "" {
					taken = next
				}
			}
			f.Kind = cmp.Or(f.Kind, kindOf(c.lead), kindOf(c.heading), AveragePay)
		}
		f.Per = cmp.Or(periodOf(sentence[a.Start:end]+after), periodOf(before), periodOf(sentence), periodOf(c.lead), periodOf(c.passage), periodOf(c.heading), c.per)
		switch {
		case f.Amount <= 0:
			return nil, "an amount of nothing"
		case f.Per == "":
			return nil, "a figure whose period the text does not tell"
		}
		c.per = f.Per
		facts = append(facts, f)
	}
	return facts, ""
}

var (
	rangeBetween = form(`^\s*(?:-|–|—|to|and)\s*$`)
	rangeBefore  = form(`(?i)\b(?:between|from|range of|ranges?|ranging)\b[^.]{0,60}$`)
)

// isRange reports whether two amounts that follow one another are the ends of
// a range.
func isRange(s string, a, b Amount) bool {
	between := s[a.End:b.Start]
	if b.Value <= a.Value || a.Currency != "" && b.Currency != "" && a.Currency != b.Currency || !rangeBetween().MatchString(between) {
		return false
	}
	return fold(between) != "and" || rangeBefore().MatchString(s[:a.Start])
}

func kindOf(s string) FactKind {
	for _, k := range kindWords {
		if k.words().MatchString(s) {
			return k.kind
		}
	}
	return ""
}

// periodOf gives the period that s tells first.
func periodOf(s string) string {
	per, at := "", len(s)
	for _, p := range periodWords {
		if m := p.words().FindStringIndex(s); m != nil && m[0] < at {
			per, at = p.per, m[0]
		}
	}
	if m := slashed().FindStringSubmatchIndex(s); m != nil && m[0] < at {
		per = slashedPeriods[strings.ToLower(s[m[2]:m[3]])]
	}
	return per
}

// inHouse writes the money of a text in the one way in which it is written.
// An amount without a currency counts what currency says.
func inHouse(s, currency string) string {
	var b strings.Builder
	end := 0
	for _, m := range FindMoney(s) {
		b.WriteString(s[end:m.Start])
		b.WriteString(Money(m.Value, cmp.Or(m.Currency, currency)))
		end = m.End
	}
	return b.String() + s[end:]
}

// sentences takes a text apart after each full stop, question mark and
// exclamation mark that ends a sentence.
func sentences(s string) []string {
	var list []string
	start := 0
	for i := 0; i < len(s); i++ {
		if !strings.ContainsRune(".?!", rune(s[i])) {
			continue
		}
		end := i + 1
		for end < len(s) {
			r, size := utf8.DecodeRuneInString(s[end:])
			if !strings.ContainsRune(`.?!"'”’)]*_`, r) {
				break
			}
			end += size
		}
		if end >= len(s) || s[end] != ' ' || s[i] == '.' && isAbbreviation(s[start:i]) {
			i = end - 1
			continue
		}
		if r, _ := utf8.DecodeRuneInString(s[end+1:]); unicode.IsLower(r) {
			i = end - 1
			continue
		}
		list = append(list, s[start:end])
		start = end + 1
		i = end
	}
	if start < len(s) {
		list = append(list, s[start:])
	}
	return list
}

var abbreviation = form(`(?:^|[ (])(?:(?i:rs|e\.g|i\.e|approx|p\.a|vs|etc|dr|mr|mrs|ms|prof|no|st|inc|ltd|co|u\.s|u\.k)|\p{Lu})$`)

func isAbbreviation(s string) bool {
	if len(s) > 12 {
		s = s[len(s)-12:]
	}
	return abbreviation().MatchString(s)
}
