package knowledge

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// headingWords are the words by which a heading tells its topic. The first row
// that matches wins; of rows with the same rank, the one whose words come
// first in the heading.
var headingWords = []struct {
	rank  int
	topic Topic
	words func() *regexp.Regexp
}{
	{0, General, words(`faqs?|frequently asked|common(?:ly asked)? questions|questions and answers|q ?& ?a|q and a`)},
	{1, PayFactors, words(`factors?|(?:affect|influenc|determin|impact|chang|decid|driv|increas|boost|rais)\w* .*(?:pay|salar\w*|earn\w*|wages?|income|compensation|remuneration)|` +
		`(?:pay|salar\w*|earn\w*|wages?|income|compensation) .*(?:depends?|affect\w*|influenc\w*|var(?:y|ies)|differ\w*)|why .*(?:pay|salar\w*) .*`)},
	{2, Pay, words(`salar\w+|pay|pays|paid|payscale|earn\w*|wages?|incomes?|compensation|remuneration|how much|stipends?|make per (?:year|month|hour)`)},
	{3, Types, words(`types?|kinds?|speciali[sz]\w*|special(?:i?ty|i?ties)|branches|categories|sub-?fields|disciplines|variants?|career options|job titles|areas of (?:work|practice)|fields of`)},
	{4, Duties, words(`what (?:does|do|will|would) .* do|dut(?:y|ies)|responsibilit\w+|responsible|tasks?|job description|roles? and|role of|the role|day[- ]to[- ]day|typical day|daily work|what you(?:'|’)?(?:ll| will)? do|main activities|functions? of`)},
	{5, Workplace, words(`working (?:as|in|conditions|environment|hours|life)|work (?:environment|settings?|conditions|schedule|culture)|work[- ]life|workplaces?|where (?:do|does|can|will)|environments?|hours|(?:what is it|what's it|what it is|what it's) like|day in the life|life (?:as|of)|job satisfaction|pros and cons|pros|advantages|disadvantages|challenges|perks|benefits of (?:being|working|becoming)|rewards|conditions`)},
	{6, Education, words(`educat\w*|qualif\w+|degrees?|becom\w+|train\w*|courses?|certificat\w+|certified|licen[cs]\w*|study|studies|studying|academic|eligib\w*|entry requirements|requirements|pathways?|steps to|get(?:ting)? (?:started|into)|apprentice\w*|school\w*|how to be`)},
	{6, Skills, words(`skills?|competenc\w+|qualit(?:y|ies)|attributes?|traits?|abilit(?:y|ies)|strengths?|aptitude|what it takes|knowledge|technologies|tools|personality|characteristics`)},
	{7, Overview, words(`what (?:is|are|'s)|what’s|what's|who (?:is|are)|overview|about|introduction|introducing|definition|meaning|profile|summary|at a glance|career as|job of|understanding|describ\w+|background|basics`)},
}

// form is a regular expression that is compiled when it is first used: a
// program that imports nothing starts without them.
func form(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// words matches words as a whole.
func words(w string) func() *regexp.Regexp {
	return form(`(?i)(?:^|[^\pL\pN])(?:` + w + `)(?:$|[^\pL\pN])`)
}

// topicOf tells the topic that a heading names; empty if it names none.
func topicOf(heading string) Topic {
	var topic Topic
	rank, at := 0, 0
	for _, h := range headingWords {
		if topic != "" && h.rank > rank {
			break
		}
		if m := h.words().FindStringIndex(heading); m != nil && (topic == "" || m[0] < at) {
			topic, rank, at = h.topic, h.rank, m[0]
		}
	}
	return topic
}

// occupationForms find the name of an occupation in a heading, the surest
// first.
var occupationForms = []func() *regexp.Regexp{
	form(`(?i)^what (?:is|are|does|do) (?:an? |the )?(?:role of an? |job of an? )?(.+?)(?: do| earn| make)?(?: for a living)?\s*\?*$`),
	form(`(?i)\b(?:becom\w+|work\w*(?: \w+)? as|careers? as|job as|life as|being|life of|role of|duties of|job of|need to be) an? (.+?)(?: in (?:\pL+ ?){1,3})?[?:!]*$`),
	form(`(?i)^(?:the )?average (?:annual |yearly |monthly )?(?:salary|pay|earnings) (?:of|for) (?:an? |the )?(.+?)[?:]*$`),
	form(`(?i)^(?:the )?average (.+?)(?:'s|’s|s'|s’)? (?:annual )?(?:salary|salaries|pay|earnings)\b.*$`),
	form(`(?i)\baffect(?:s|ing)? (?:an? |the )?(.+?)(?:'s|’s|s'|s’)? (?:salary|salaries|pay|earnings|income)\b.*$`),
	form(`(?i)^(?:different |main |common )?(?:types|kinds) of (.+?)[?:]*$`),
	form(`(?i)\b(?:skills|qualities|qualifications|education|competencies|responsibilities|duties|salary|salaries) (?:\w+ )?(?:of|for|needed by|required by) (?:an? |the )?(.+?)[?:]*$`),
	form(`(?i)^(.+?)(?:'s|’s|s'|s’)? (?:job description|career guide|career profile|career overview|job profile|salary|salaries|skills|duties|responsibilities|qualifications|education|competencies|roles)\b.*$`),
}

// notOccupations are what the forms find that names no occupation.
var notOccupations = words(`you|your|it|this|that|they|salary|salaries|pay|skills?|career|job|work|qualifications?|education|degrees?|the|what|how|is|are|of|and|or|need|needed|required|there|key|important|essential|technical|soft|academic|average|profession|role|faqs?`)

// findOccupation gives the name of the occupation that the titles and headings
// of a text are about, in the letters in which its prose has it; empty if none
// is named.
func findOccupation(headings []string, prose string) string {
	type candidate struct {
		name         string
		count, worst int
	}
	var found []candidate
	for _, h := range headings {
		for rank, form := range occupationForms {
			m := form().FindStringSubmatch(fold(h))
			if m == nil {
				continue
			}
			name := singular(strings.Trim(fold(m[1]), " ?:.,!\"“”"))
			if name == "" || len(strings.Fields(name)) > 5 || len(name) > MaxTitle || notOccupations().MatchString(name) {
				continue
			}
			i := 0
			for i < len(found) && !strings.EqualFold(found[i].name, name) {
				i++
			}
			if i == len(found) {
				found = append(found, candidate{name: name, worst: rank})
			}
			found[i].count++
			found[i].worst = min(found[i].worst, rank)
			break
		}
	}
	best := candidate{}
	for _, c := range found {
		if best.name == "" || c.count-c.worst > best.count-best.worst {
			best = c
		}
	}
	return inProse(best.name, prose)
}

// singular takes the plural's ending off the last word.
func singular(name string) string {
	lower := strings.ToLower(name)
	for _, end := range []struct{ plural, singular string }{
		{"ies", "y"}, {"sses", "ss"}, {"ches", "ch"}, {"shes", "sh"}, {"men", "man"}, {"ss", "ss"}, {"us", "us"}, {"is", "is"}, {"s", ""},
	} {
		if strings.HasSuffix(lower, end.plural) && len(name) > len(end.plural)+1 {
			return name[:len(name)-len(end.plural)] + end.singular
		}
	}
	return name
}

// inProse gives a name in the letters in which the prose has it most often,
// with a capital first: headings are often written in capitals, or without.
func inProse(name, prose string) string {
	if name == "" {
		return ""
	}
	seen := map[string]int{}
	most := ""
	for _, as := range regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(name)).FindAllString(prose, -1) {
		as = capitalised(as)
		seen[as]++
		if most == "" || seen[as] > seen[most] {
			most = as
		}
	}
	if most != "" {
		return most
	}
	fields := strings.Fields(name)
	for i, w := range fields {
		if w != strings.ToUpper(w) || len(w) > 4 {
			fields[i] = strings.ToLower(w)
		}
	}
	return capitalised(strings.Join(fields, " "))
}

// capitalised writes the first letter as a capital.
func capitalised(s string) string {
	for i, r := range s {
		return s[:i] + string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}
