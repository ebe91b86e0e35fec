package alerts

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words says which words a posting has to have: words and "phrases in quotes"
// with AND, OR, NOT and brackets. Words side by side are all wanted, NOT may be
// a minus sign, and the operators may be in small letters; in quotes they are
// words. The zero value asks for nothing. As text, and so in JSON, it is what
// [ParseWords] reads.
type Words struct {
	op   operator
	of   []Words // two or more of AND and OR, one of NOT
	text string  // a word, or several that have to follow each other
}

type operator byte

const (
	none operator = iota
	leaf
	and
	or
	not
)

// The most that is read of what somebody looks for.
const (
	mostTyped     = 300   // characters
	mostWordsText = 1_000 // with every operator spelt out
	mostLeaves    = 40
	mostDepth     = 12 // brackets in brackets
)

// SyntaxError says where words cannot be read and what to do about it.
type SyntaxError struct {
	At   int // character, from 1
	Text string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("at character %d: %s", e.At, e.Text) }

// said are words that are in nearly every posting, or say only that a job is
// looked for. Outside quotes they are passed over, as if not typed.
var said = []string{
	"a", "an", "are", "as", "at", "be", "by", "for", "from", "i", "in", "is", "me", "my", "of", "on", "the", "to", "want", "with",
	"job", "jobs", "opening", "openings", "vacancy", "vacancies",
}

// ParseWords reads what somebody looks for. The error is a [*SyntaxError].
func ParseWords(s string) (Words, error) { return parseWords(s, mostTyped) }

func parseWords(s string, most int) (Words, error) {
	if n := utf8.RuneCountInString(s); n > most {
		return Words{}, &SyntaxError{most + 1, fmt.Sprintf("at most %d characters are read and this has %d; leave some words out", most, n)}
	}
	tokens, err := lex(s)
	if err != nil {
		return Words{}, err
	}
	p := &parser{tokens: tokens}
	end := p.tokens[len(p.tokens)-1]
	if len(p.tokens) == 1 {
		if strings.TrimSpace(s) == "" {
			return Words{}, nil
		}
		return Words{}, &SyntaxError{1, "these words are in nearly every posting; add one that tells the jobs you want from others, or put them in quotes"}
	}
	w, err := p.or()
	if err != nil {
		return Words{}, err
	}
	if t := p.next(); t.kind != "end" { // only a bracket stops the parser before the end
		return Words{}, &SyntaxError{t.at, "this bracket closes none; take it out or add ( before"}
	}
	if n := w.leaves(); n > mostLeaves {
		return Words{}, &SyntaxError{end.at, fmt.Sprintf("at most %d words are looked for and these are %d; leave some out", mostLeaves, n)}
	}
	return w, nil
}

// token is a word or sign of what was typed. Its kind is "(", ")", "AND", "OR",
// "NOT", "word" or "end".
type token struct {
	kind string
	text string
	at   int // character, from 1
}

func lex(s string) ([]token, error) {
	var out []token
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	for i := 0; i < len(runes); {
		r := runes[i]
		at := i + 1
		switch {
		case r == '(' || r == ')':
			out = append(out, token{string(r), "", at})
			i++
		case isQuote(r):
			end := i + 1
			for end < len(runes) && !isQuote(runes[end]) {
				end++
			}
			if end == len(runes) {
				return nil, &SyntaxError{at, "the quote is not closed; add \" at the end of the phrase"}
			}
			text := line(string(runes[i+1:end]), mostWordsText)
			if words, _ := wordsOf(text); len(words) == 0 {
				return nil, &SyntaxError{at, "there is no word between the quotes; write one or take them out"}
			}
			out = append(out, token{"word", text, at})
			i = end + 1
		case r == '-' && i+1 < len(runes) && !breaks(runes[i+1]) && (i == 0 || breaks(runes[i-1])),
			r == '-' && i+1 < len(runes) && (runes[i+1] == '(' || isQuote(runes[i+1])) && (i == 0 || breaks(runes[i-1])):
			out = append(out, token{"NOT", "", at})
			i++
		case breaks(r):
			i++
		default:
			end := i
			for end < len(runes) && !breaks(runes[end]) {
				end++
			}
			text := line(string(runes[i:end]), mostWordsText)
			i = end
			if op := strings.ToUpper(text); op == "AND" || op == "OR" || op == "NOT" {
				out = append(out, token{op, "", at})
				continue
			}
			text = strings.TrimFunc(text, func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune("+#.", r)
			})
			text = strings.TrimRight(text, ".")
			if words, _ := wordsOf(text); len(words) == 0 || len(words) == 1 && slices.Contains(said, words[0]) {
				continue
			}
			out = append(out, token{"word", text, at})
		}
	}
	return append(out, token{"end", "", len(runes) + 1}), nil
}

// isQuote takes the quotes that phones type, too.
func isQuote(r rune) bool { return strings.ContainsRune("\"“”„«»", r) }

// breaks says whether a character ends a word.
func breaks(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("(),;|", r) || isQuote(r)
}

type parser struct {
	tokens []token
	depth  int
}

func (p *parser) peek() token { return p.tokens[0] }

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != "end" {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) or() (Words, error) {
	w, err := p.and()
	for err == nil && p.peek().kind == "OR" {
		p.next()
		var right Words
		right, err = p.and()
		w = join(or, w, right)
	}
	return w, err
}

func (p *parser) and() (Words, error) {
	w, err := p.unary()
	for err == nil {
		switch p.peek().kind {
		case "AND":
			p.next()
		case "OR", ")", "end":
			return w, nil
		}
		var right Words
		right, err = p.unary()
		w = join(and, w, right)
	}
	return w, err
}

func (p *parser) unary() (Words, error) {
	switch t := p.next(); t.kind {
	case "word":
		return Words{op: leaf, text: t.text}, nil
	case "NOT":
		if p.depth++; p.depth > mostDepth {
			return Words{}, &SyntaxError{t.at, "this is nested too deep; write it with fewer brackets"}
		}
		w, err := p.unary()
		p.depth--
		if w.op == not {
			return w.of[0], err
		}
		return Words{op: not, of: []Words{w}}, err
	case "(":
		if p.depth++; p.depth > mostDepth {
			return Words{}, &SyntaxError{t.at, "this is nested too deep; write it with fewer brackets"}
		}
		if p.peek().kind == ")" {
			return Words{}, &SyntaxError{t.at, "there is no word between the brackets; write one or take them out"}
		}
		w, err := p.or()
		p.depth--
		if err == nil && p.next().kind != ")" {
			err = &SyntaxError{t.at, "the bracket is not closed; add ) where it ends"}
		}
		return w, err
	case "end":
		return Words{}, &SyntaxError{t.at, "a word is missing at the end; add one, or take out the AND, OR or NOT before it"}
	case ")":
		return Words{}, &SyntaxError{t.at, "a word is missing before this bracket; add one, or take the bracket out"}
	default:
		return Words{}, &SyntaxError{t.at, fmt.Sprintf("a word is missing before %s; add one, take %[1]s out, or put it in quotes if it is a word", t.kind)}
	}
}

// join puts two sides under an operator, and sides of the same kind beside each
// other.
func join(op operator, left, right Words) Words {
	w := Words{op: op}
	for _, side := range []Words{left, right} {
		if side.op == op {
			w.of = append(w.of, side.of...)
		} else {
			w.of = append(w.of, side)
		}
	}
	return w
}

// Respell gives the words with each one that is wanted as respell has it.
func (w Words) Respell(respell func(word string) string) Words {
	return w.respell(true, respell)
}

func (w Words) respell(wanted bool, respell func(word string) string) Words {
	if w.op == leaf {
		if wanted {
			parts := strings.Fields(w.text)
			for i, part := range parts {
				parts[i] = respell(part)
			}
			w.text = strings.Join(parts, " ")
		}
		return w
	}
	w.of = slices.Clone(w.of)
	for i := range w.of {
		w.of[i] = w.of[i].respell(wanted != (w.op == not), respell)
	}
	return w
}

// IsZero says whether nothing is asked for.
func (w Words) IsZero() bool { return w.op == none }

// String writes the words as they are read, every operator spelt out.
func (w Words) String() string {
	switch w.op {
	case none:
		return ""
	case leaf:
		if strings.ContainsFunc(w.text, unicode.IsSpace) || !readsAsWord(w.text) {
			return `"` + w.text + `"`
		}
		return w.text
	case not:
		return "NOT " + w.of[0].inBrackets()
	}
	sides := make([]string, len(w.of))
	for i, side := range w.of {
		sides[i] = side.String()
		if w.op == and && side.op == or {
			sides[i] = side.inBrackets()
		}
	}
	return strings.Join(sides, map[operator]string{and: " AND ", or: " OR "}[w.op])
}

func (w Words) inBrackets() string {
	if w.op == leaf {
		return w.String()
	}
	return "(" + w.String() + ")"
}

// readsAsWord says whether text without quotes is read as that word.
func readsAsWord(text string) bool {
	tokens, err := lex(text)
	return err == nil && len(tokens) == 2 && tokens[0].kind == "word" && tokens[0].text == text
}

// MarshalText writes the words as [ParseWords] reads them.
func (w Words) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText writes, which may be longer than what may
// be typed.
func (w *Words) UnmarshalText(text []byte) error {
	read, err := parseWords(string(text), mostWordsText)
	if err == nil {
		*w = read
	}
	return err
}

func (w Words) leaves() int {
	if w.op == leaf {
		return 1
	}
	n := 0
	for _, side := range w.of {
		n += side.leaves()
	}
	return n
}

// asks says whether a posting has to have some word, rather than only not to
// have others.
func (w Words) asks() bool {
	switch w.op {
	case leaf:
		return true
	case and:
		return slices.ContainsFunc(w.of, Words.asks)
	case or:
		return !slices.ContainsFunc(w.of, func(side Words) bool { return !side.asks() })
	}
	return false
}
