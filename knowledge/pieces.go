package knowledge

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a heading, a paragraph or a bullet of a text that is imported.
type piece struct {
	kind  pieceKind
	level int    // of a heading that is marked as one, from 1
	lead  string // the words that a bullet or paragraph is about, where they are set apart
	text  string
	why   string // it is no knowledge; empty if it may be
	block int    // pieces with no empty line between them share a block
}

type pieceKind int

const (
	paragraph pieceKind = iota
	bulleted
	titled // a heading
	closed // a part of the page that is none of these
)

// String gives the piece as one text.
func (p piece) String() string { return Passage{Lead: p.lead, Text: p.text}.String() }

var (
	bulletForm    = form(`^(?:[-*+•–—·▪◦●‣∙○■□➢✓✔►]|o|\(?(?:\d{1,2}|[a-z])[.)])\s+`)
	atxForm       = form(`^(#{1,6})\s+(.*?)\s*#*$`)
	setextForm    = form(`^(=+|-{3,})$`)
	fenceForm     = form("^(```|~~~)")
	tableRule     = form(`^\|?(\s*:?-{2,}:?\s*\|?)+$`)
	imageForm     = form(`^!\[[^\]]*\]\([^)]*\)$`)
	linksForm     = form(`^(?:!?\[[^\]]*\]\([^)]*\)[\s|·•,]*)+$`)
	boldForm      = form(`^(?:\*\*([^*]+)\*\*|__([^_]+)__)$`)
	commentEnding = form(`\s*<!--.*?-->\s*$`)
	markedHeading = form(`(?m)^#{1,6}\s+\S`)
)

// readText takes a plain text or Markdown apart. In a text whose headings are
// marked, lines that follow one another are one paragraph; in others only
// those that are as long as if they had been wrapped.
func readText(src string) []piece {
	r := textReader{marked: markedHeading().MatchString(src)}
	lines := strings.Split(src, "\n")
	for i, line := range lines {
		r.next = ""
		if i+1 < len(lines) {
			r.next = lines[i+1]
		}
		r.line(line)
	}
	r.end()
	return r.pieces
}

type textReader struct {
	marked bool
	pieces []piece
	next   string // the line after the present one

	block   int
	open    bool // the last piece may go on
	last    string
	fenced  bool
	comment bool
}

func (r *textReader) end() { r.open = false }

func (r *textReader) add(p piece) {
	p.block = r.block
	r.pieces = append(r.pieces, p)
	r.open = p.why == "" && p.kind != titled
}

func (r *textReader) line(line string) {
	indented := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
	line = fold(line)
	switch {
	case r.fenced || fenceForm().MatchString(line):
		if fenceForm().MatchString(line) {
			r.fenced = !r.fenced
		}
		r.add(piece{kind: closed, text: line, why: "code"})
		return
	case r.comment || strings.HasPrefix(line, "<!--"):
		r.comment = !strings.HasSuffix(line, "-->")
		r.add(piece{kind: closed, text: line, why: "a comment"})
		return
	case line == "":
		r.block++
		r.end()
		return
	case tableRule().MatchString(line) && strings.Contains(line, "|"):
		r.end()
		return
	case setextForm().MatchString(line) && r.open && len(r.pieces) > 0 && r.pieces[len(r.pieces)-1].text == r.last:
		heading := &r.pieces[len(r.pieces)-1]
		if heading.kind == paragraph && utf8.RuneCountInString(heading.text) <= 2*MaxTitle {
			heading.kind, heading.level = titled, 1+strings.Count(line[:1], "-")
			r.marked = true
		}
		r.end()
		return
	case markOf(line) == ruleMark:
		r.end()
		return
	}
	if m := atxForm().FindStringSubmatch(line); m != nil {
		heading := commentEnding().ReplaceAllString(m[2], "")
		if rest := strings.TrimPrefix(m[2], heading); rest != "" {
			r.add(piece{kind: closed, text: fold(rest), why: "a comment"})
		}
		if heading != "" {
			r.add(piece{kind: titled, level: len(m[1]), text: unbold(heading)})
		}
		r.end()
		return
	}
	if strings.HasPrefix(line, ">") {
		line = fold(strings.TrimLeft(line, "> "))
		if line == "" {
			r.end()
			return
		}
	}
	if strings.HasPrefix(line, "|") {
		r.end()
		row := piece{text: tableRow(line)}
		if next := fold(r.next); tableRule().MatchString(next) && strings.Contains(next, "|") {
			row = piece{kind: closed, text: row.text, why: "the head of a table"}
		}
		r.add(row)
		r.end()
		return
	}
	switch {
	case imageForm().MatchString(line):
		r.add(piece{kind: closed, text: line, why: "a picture"})
	case linksForm().MatchString(line):
		r.add(piece{kind: closed, text: line, why: "links"})
	case bulletForm().MatchString(line) && bulletForm().FindString(line) != line:
		text := line[len(bulletForm().FindString(line)):]
		if linksForm().MatchString(text) {
			r.add(piece{kind: closed, text: text, why: "links"})
			return
		}
		r.add(piece{kind: bulleted, text: text})
	case r.open && (r.marked || indented && r.bulletGoesOn(line) || wrapped(r.last, line) || r.goesOn(line)):
		last := &r.pieces[len(r.pieces)-1]
		last.text += " " + line
	default:
		if m := boldForm().FindStringSubmatch(line); m != nil && utf8.RuneCountInString(line) <= MaxTitle {
			r.add(piece{kind: titled, level: 6, text: m[1] + m[2]})
			return
		}
		r.add(piece{text: line})
	}
	r.last = line
}

// bulletGoesOn reports whether an indented line goes on with the bullet above,
// as all do but captions.
func (r *textReader) bulletGoesOn(next string) bool {
	caption := strings.HasSuffix(r.last, ".") && isCaption(next)
	return r.pieces[len(r.pieces)-1].kind == bulleted && !caption
}

// goesOn reports whether a line goes on in the middle of a sentence of a
// paragraph that is wrapped.
func (r *textReader) goesOn(next string) bool {
	first, _ := utf8.DecodeRuneInString(next)
	return len(r.pieces[len(r.pieces)-1].text) > len(r.last) && unicode.IsLower(first) && !strings.ContainsAny(r.last[len(r.last)-1:], ".?!:;")
}

// wrapped reports whether a line goes on in the next, as it does where a
// paragraph is broken at a width.
func wrapped(line, next string) bool {
	n := utf8.RuneCountInString(line)
	const narrow, wide = 50, 130
	if n < narrow || n > wide {
		return false
	}
	heading := topicOf(line) != "" && !strings.ContainsAny(line[len(line)-1:], ".,;:") && n <= MaxTitle && utf8.RuneCountInString(next) > wide
	return !heading
}

func unbold(s string) string {
	if m := boldForm().FindStringSubmatch(s); m != nil {
		return m[1] + m[2]
	}
	return s
}

// tableRow makes a sentence-like text of the cells of a row.
func tableRow(line string) string {
	var cells []string
	for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
		if cell = fold(cell); cell != "" {
			cells = append(cells, cell)
		}
	}
	return joinCells(cells)
}

func joinCells(cells []string) string {
	if len(cells) < 2 {
		return strings.Join(cells, "")
	}
	return cells[0] + ": " + strings.Join(cells[1:], ", ")
}

// cutWords splits "lead: text" where the lead is short enough to be one.
func cutWords(s string) (lead, text string, ok bool) {
	if lead, text, ok = cutLead(s); ok && text != "" {
		return lead, text, true
	}
	for _, bold := range []string{"**", "__"} {
		if rest, found := strings.CutPrefix(s, bold); found {
			lead, text, ok = strings.Cut(rest, bold)
			lead = fold(strings.Trim(lead, " :.–—-"))
			text = fold(strings.TrimLeft(text, " :.–—-"))
			if ok && lead != "" && text != "" && !strings.Contains(lead, "*") {
				return lead, text, true
			}
		}
	}
	lead, text, ok = strings.Cut(s, ": ")
	if !ok || len(strings.Fields(lead)) > 7 || utf8.RuneCountInString(lead) > MaxTitle || strings.ContainsAny(lead, ".?!;*_`[]\\") || fold(text) == "" {
		return "", "", false
	}
	return fold(lead), fold(text), true
}
