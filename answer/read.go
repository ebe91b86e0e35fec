package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxQuestion is the longest question that is read, in characters: a Discord
// message's limit.
const MaxQuestion = 2000

// maxWords is how many words of a question are looked at.
const maxWords = 400

// word is a word of a question after reading.
type word struct {
	text string // lower case, spelled, slang and joins replaced
}

// clause is a sentence of a question, or a part of one.
type clause struct {
	words []word
	asks  bool // ended with a question mark
}

func (c clause) texts() []string {
	t := make([]string, len(c.words))
	for i, w := range c.words {
		t[i] = w.text
	}
	return t
}

var (
	codeFence  = regexp.MustCompile("(?s)```.*?(```|$)")
	link       = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	address    = regexp.MustCompile(`(?i)\b(?:https?://|www\.)\S+`)
	mention    = regexp.MustCompile(`<(?:[@#][!&]?|a?:\w+:|t:|/[^>]*:)[^>]*>|@(?:everyone|here)\b`)
	quotedLine = regexp.MustCompile(`(?m)^\s*>+ ?`)
)

// clean takes out of a text what is not words: markup, mentions, links,
// invisible characters, broken bytes.
func clean(text string) string {
	text = strings.ToValidUTF8(text, " ")
	if strings.ContainsAny(text, "`[<@>") || strings.Contains(text, "://") || strings.Contains(text, "www.") {
		text = codeFence.ReplaceAllString(text, " ")
		text = link.ReplaceAllString(text, "$1")
		text = address.ReplaceAllString(text, " ")
		text = mention.ReplaceAllString(text, " ")
		text = quotedLine.ReplaceAllString(text, "")
	}
	text = norm.NFKC.String(text)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == '’', r == '‘', r == '`', r == '´':
			return '\''
		case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Mn, r):
			return -1 // zero-width and direction marks, accents left over
		case unicode.IsControl(r):
			return ' '
		}
		return unicode.ToLower(r)
	}, text)
}

// split cuts a cleaned text into clauses of raw words. A sentence ends with
// . ! ? ; or a line break; a full stop inside a word (b.tech, 4.86) does not end one.
func split(text string) []clause {
	var out []clause
	var c clause
	end := func(asks bool) {
		if len(c.words) > 0 {
			c.asks = asks
			out = append(out, c)
		} else if asks && len(out) > 0 {
			out[len(out)-1].asks = true
		}
		c = clause{}
	}
	total := 0
	var w []rune
	flush := func() {
		s := strings.Trim(string(w), ".'+#&")
		// The trim must not eat what makes C++ and C# languages.
		if t := strings.TrimRight(string(w), ".'&"); t == "c++" || t == "c#" || t == ".net" {
			s = t
		}
		if s != "" && total < maxWords {
			for _, part := range strings.FieldsFunc(expand(s), unicode.IsSpace) {
				c.words = append(c.words, word{text: part})
				total++
			}
		}
		w = w[:0]
	}
	runes := []rune(text)
	for i, r := range runes {
		inner := i+1 < len(runes) && (unicode.IsLetter(runes[i+1]) || unicode.IsDigit(runes[i+1]))
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			w = append(w, r)
		case r == '\'' || r == '+' || r == '#':
			if len(w) > 0 {
				w = append(w, r)
			}
		case r == '.' && inner && (len(w) > 0 || unicode.IsLetter(runes[i+1])):
			w = append(w, r)
		case r == ',' && inner && len(w) > 0 && unicode.IsDigit(w[len(w)-1]) && unicode.IsDigit(runes[i+1]):
			// 4,86,091 is one number
		case r == '₹' || r == '$':
			flush()
			c.words = append(c.words, word{text: "rupees"})
		case r == '?' || r == '!' || r == '.' || r == ';' || r == '\n' || r == '…':
			flush()
			end(r == '?')
		case r == ',' || r == ':' || r == '(' || r == ')' || r == '—' || r == '–':
			flush()
			if len(c.words) > 0 {
				c.words = append(c.words, word{text: ","})
			}
		default:
			flush()
		}
	}
	flush()
	end(false)
	return out
}

var contractions = strings.NewReplacer("n't", " not", "'re", " are", "'ve", " have", "'ll", " will", "'m", " am", "'d", " would", "'s", " is")

// expand writes a contraction out ("don't" → "do not") and takes the
// apostrophes away.
func expand(w string) string {
	switch w {
	case "can't":
		return "can not"
	case "won't":
		return "will not"
	}
	if strings.Contains(w, "'") {
		if base, ok := strings.CutSuffix(w, "'s"); ok && !questionWord[base] {
			return base // a possessive: "developer's"
		}
		w = contractions.Replace(w)
		w = strings.ReplaceAll(w, "'", "")
	}
	if strings.Count(w, ".") > 0 && !strings.ContainsFunc(w, unicode.IsDigit) && w != "node.js" && w != "express.js" && w != ".net" {
		// b.tech, m.tech, u.s.
		parts := strings.Split(w, ".")
		short := true
		for _, p := range parts[:len(parts)-1] {
			short = short && utf8.RuneCountInString(p) <= 2
		}
		if short {
			return strings.Join(parts, "")
		}
		return strings.Join(parts, " ")
	}
	return w
}

var questionWord = map[string]bool{
	"what": true, "who": true, "how": true, "where": true, "when": true, "why": true, "that": true,
	"there": true, "here": true, "it": true, "he": true, "she": true, "let": true,
}

// read turns a question into clauses of known words.
func (l *language) read(text string, sp *speller) []clause {
	clauses := split(clean(text))
	for i, c := range clauses {
		clauses[i].words = l.replace(l.replace(c.words, &l.joins), &l.slang)
	}
	return l.spell(clauses, sp)
}

// spell corrects the words of clauses in which joins and slang are replaced.
func (l *language) spell(clauses []clause, sp *speller) []clause {
	for i, c := range clauses {
		clauses[i].words = l.replace(sp.correctAll(c.words), &l.joins)
	}
	// Slang that says nothing may have left nothing.
	return slices.DeleteFunc(clauses, func(c clause) bool {
		return !slices.ContainsFunc(c.words, func(w word) bool { return w.text != "," })
	})
}

// replace puts what a table says in the place of words and phrases.
func (l *language) replace(words []word, table *phrases[string]) []word {
	texts := clause{words: words}.texts()
	out := make([]word, 0, len(words))
	for i := 0; i < len(words); {
		to, n := table.longest(texts[i:])
		if n == 0 {
			out = append(out, words[i])
			i++
			continue
		}
		for _, t := range strings.Fields(to[0]) {
			out = append(out, word{text: t})
		}
		i += n
	}
	return out
}
