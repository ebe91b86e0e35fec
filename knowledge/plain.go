package knowledge

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// String gives the passage as one text: "Apprenticeship: learn on the job".
func (p Passage) String() string {
	if p.Lead == "" {
		return p.Text
	}
	return p.Lead + ": " + p.Text
}

var (
	linkForm     = regexp.MustCompile(`^!?\[((?:[^\[\]\\]|\\.)*)\]\((?:[^()\s\\]|\\.|\([^()\s]*\))*(?:\s+"[^"]*")?\)`)
	autolinkForm = regexp.MustCompile(`^<((?:https?://|mailto:)[^<>\s]*)>`)
)

// delimiters open and close emphasis; the longer ones come first.
var delimiters = []string{"***", "___", "**", "__", "~~", "*", "_"}

// Plain takes the Markdown out of a text and leaves the words: emphasis, links
// (their words stay), code marks and backslashes. What is no pair, such as the
// stars of "2 * 3" or the underscore of snake_case, stays.
func Plain(md string) string {
	p := plainer{md: md, dead: make(map[string]bool)}
	var b strings.Builder
	for i := 0; i < len(md); {
		text, size := p.at(i)
		b.WriteString(text)
		i += size
	}
	return b.String()
}

// plainer reads Markdown from left to right. It keeps the marks that close
// nowhere in the rest, so as not to look for each of them again.
type plainer struct {
	md   string
	dead map[string]bool
}

// at reads what stands at md[i:] and gives its plain text and its size.
func (p plainer) at(i int) (text string, size int) {
	s := p.md[i:]
	switch s[0] {
	case '\\':
		if len(s) > 1 && s[1] < utf8.RuneSelf && (unicode.IsPunct(rune(s[1])) || unicode.IsSymbol(rune(s[1]))) {
			return s[1:2], 2
		}
	case '`':
		fence := s[:len(s)-len(strings.TrimLeft(s, "`"))]
		if end := p.closingCode(s[len(fence):], fence); end >= 0 {
			return strings.TrimSpace(s[len(fence) : len(fence)+end]), 2*len(fence) + end
		}
		return fence, len(fence)
	case '!', '[':
		if m := linkForm.FindStringSubmatch(s); m != nil {
			return Plain(m[1]), len(m[0])
		}
	case '<':
		if m := autolinkForm.FindStringSubmatch(s); m != nil {
			return strings.TrimPrefix(m[1], "mailto:"), len(m[0])
		}
	case '*', '_', '~':
		if inner, size := p.emphasis(i); size > 0 {
			return Plain(inner), size
		}
		run := len(s) - len(strings.TrimLeft(s, s[:1]))
		return s[:run], run
	}
	_, size = utf8.DecodeRuneInString(s)
	return s[:size], size
}

// closingCode finds a run of back quotes that is exactly the fence.
func (p plainer) closingCode(s, fence string) int {
	if p.dead[fence] {
		return -1
	}
	for from := 0; ; {
		i := strings.Index(s[from:], fence)
		if i < 0 {
			p.dead[fence] = true
			return -1
		}
		i += from
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == len(fence) {
			return i
		}
		from = i + run
	}
}

// emphasis reads the emphasis that opens at md[i:]; size is 0 if none does. As
// in Markdown, words stand directly inside of the marks, and underscores
// within a word are none.
func (p plainer) emphasis(i int) (inner string, size int) {
	s := p.md[i:]
	for _, d := range delimiters {
		if !strings.HasPrefix(s, d) || p.dead[d] {
			continue
		}
		if d[0] == '_' && endsInWord(p.md[:i]) || spaceAt(s[len(d):]) {
			return "", 0
		}
		for from := len(d) + 1; from < len(s); {
			j := strings.Index(s[from:], d)
			if j < 0 {
				break
			}
			j += from
			run := len(s[j:]) - len(strings.TrimLeft(s[j:], d[:1]))
			after := s[j+len(d):]
			last, _ := utf8.DecodeLastRuneInString(s[:j])
			if (run == len(d) || run == 3) && !unicode.IsSpace(last) && last != '\\' && (d[0] != '_' || !beginsWord(after)) {
				return s[len(d):j], j + len(d)
			}
			from = j + run
		}
		p.dead[d] = true
	}
	return "", 0
}

func endsInWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return isWordRune(r)
}

func beginsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isWordRune(r)
}

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// spaceAt reports whether s is empty or begins with a space.
func spaceAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || unicode.IsSpace(r)
}
