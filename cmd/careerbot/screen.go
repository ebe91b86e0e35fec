package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/careerbot/careerbot/answer"
)

// Lines are wrapped to the terminal, or to plainWidth where there is none;
// wider than maxWidth they are hard to read.
const (
	plainWidth = 80
	maxWidth   = 100
	minWidth   = 20
)

// screen writes answers for people: wrapped, and in colour where that helps.
type screen struct {
	w      io.Writer
	colour bool
}

// newScreen returns the screen that w is. There is colour on terminals alone,
// and none where NO_COLOR is set (https://no-color.org).
func newScreen(w io.Writer, lookup func(string) (string, bool)) *screen {
	noColour, _ := lookup("NO_COLOR")
	terminal, _ := lookup("TERM")
	return &screen{w: w, colour: isTerminal(w) && noColour == "" && terminal != "dumb"}
}

// isTerminal reports whether v, a reader or a writer, is a terminal.
func isTerminal(v any) bool {
	f, ok := v.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// width is that of a line. It is asked for anew with every answer, since
// people change the size of their windows.
func (s *screen) width() int {
	f, ok := s.w.(interface{ Fd() uintptr })
	if !ok {
		return plainWidth
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return plainWidth
	}
	return max(minWidth, min(width, maxWidth))
}

// say writes a paragraph, or several.
func (s *screen) say(text string) {
	fmt.Fprintln(s.w, wrap("", text, s.width()))
}

// blank writes an empty line.
func (s *screen) blank() { fmt.Fprintln(s.w) }

// dim writes what is less important than the rest.
func (s *screen) dim(text string) {
	text = wrap("", text, s.width())
	if s.colour {
		text = "\x1b[2m" + strings.ReplaceAll(text, "\n", "\x1b[0m\n\x1b[2m") + "\x1b[0m"
	}
	fmt.Fprintln(s.w, text)
}

// answer writes an answer, where it comes from, and its choices, each behind
// the label of its number, from 1.
func (s *screen) answer(a answer.Answer, label func(n int) string) {
	s.say(a.Text)
	if source := sourceLine(a); source != "" {
		s.dim(source)
	}
	if len(a.Choices) > 0 {
		s.blank()
	}
	for i, c := range a.Choices {
		fmt.Fprintln(s.w, wrap(label(i+1), c.Label, s.width()))
	}
}

// sourceLine says where an answer comes from: "Source: name, “section”".
func sourceLine(a answer.Answer) string {
	if a.Outcome != answer.Answered || a.Source.Name == "" {
		return ""
	}
	line := "Source: " + a.Source.Name
	var headings []string
	for _, p := range a.Passages {
		if quoted := "“" + p.Heading + "”"; p.Heading != "" && !strings.Contains(strings.Join(headings, " "), quoted) {
			headings = append(headings, quoted)
		}
	}
	if len(headings) > 0 {
		line += ", " + strings.Join(headings, ", ")
	}
	if a.Source.URL != "" {
		line += ", " + a.Source.URL
	}
	return line
}

// wrap breaks text into lines of at most width columns where words allow it. It
// keeps the breaks that the text has. The first line begins with lead, the
// others are indented as far; what belongs to a bullet is indented with it.
func wrap(lead, text string, width int) string {
	indent := strings.Repeat(" ", columns(lead))
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		bullet := ""
		for _, b := range []string{"- ", "• "} {
			if rest, found := strings.CutPrefix(paragraph, b); found {
				bullet, paragraph = b, rest
			}
		}
		line := lead + bullet
		lead = indent
		hanging := indent + strings.Repeat(" ", columns(bullet))
		for i, word := range strings.Fields(paragraph) {
			switch {
			case i == 0:
				line += word
			case columns(line)+1+columns(word) > width:
				lines = append(lines, line)
				line = hanging + word
			default:
				line += " " + word
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// columns is how wide text is on a screen, near enough: marks that sit on the
// letter before take no column.
func columns(text string) int {
	n := 0
	for _, r := range text {
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			n++
		}
	}
	return n
}
