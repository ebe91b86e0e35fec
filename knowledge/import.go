package knowledge

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// MaxImport is the largest file that is imported, in bytes.
const MaxImport = maxFile

// ImportOptions are what the person who imports knows better than the file.
type ImportOptions struct {
	Career string // the ID of the article; empty to make it from the occupation
	Source Source // where the file comes from; its name stands for that of the file
}

// Imported is an article drafted from a file, and what of the file is not in
// it.
type Imported struct {
	// Article is the draft: its texts are those of the file but for money,
	// which is written in the one way.
	Article *Article
	// Found is the same in the file's own words, and with every figure that it
	// states. Article leaves out those that the format has no place for.
	Found *Article
	// Dropped are the lines of the file that are not in Article, or not as
	// what they are in the file.
	Dropped []Dropped

	asked string // the heading of the questions
}

// Dropped is a line of an imported file that is no knowledge.
type Dropped struct {
	Text string
	Why  string // "a button"
}

// Import drafts an article from a plain text, a Markdown file or a web page.
// Headings become topics, paragraphs and bullets passages, money typed figures
// with the sentences that state them. What is left of a page is dropped and
// listed: no word of it is lost. A file in the format of an article is read as
// that; its faults are the error then. Other errors say why the file is none
// that an article can be drafted from. The name is the file's, and tells
// between a web page and a text.
func Import(name string, src []byte, opts ImportOptions) (*Imported, error) {
	text, err := decode(name, src)
	if err != nil {
		return nil, err
	}
	if opts.Career != "" && (!idForm.MatchString(opts.Career) || len(opts.Career) > MaxID) {
		return nil, fmt.Errorf("%s is not the ID of a career: %s", quoted(opts.Career), idMend)
	}
	p := newParser("")
	if p.checkSource(noLine, opts.Source); len(p.faults) > 0 {
		return nil, p.faults
	}
	if isOurs(text) {
		a, faults := Parse(name, []byte(text))
		if len(faults) > 0 {
			return nil, faults
		}
		if opts.Career != "" {
			a.ID = opts.Career
		}
		return &Imported{Article: a, Found: a}, nil
	}
	im := &importer{opts: opts, name: name}
	if isHTML(name, text) {
		p, err := readHTML(text)
		if err != nil {
			return nil, err
		}
		im.title, im.pieces = p.title, p.pieces
	} else {
		im.title, text = cutFront(text)
		im.pieces = readText(text)
	}
	return im.draft()
}

// ErrNoArticle says that a file holds nothing that an article can be drafted
// from.
var ErrNoArticle = errors.New("no article can be drafted from this file")

func noArticle(why, mend string) error { return fmt.Errorf("%w: %s. %s", ErrNoArticle, why, mend) }

// magic tells files that are no text by how they begin.
var magic = []struct{ begins, what string }{
	{"%PDF", "a PDF"}, {"PK\x03\x04", "a zip or an office document"}, {"\xd0\xcf\x11\xe0", "an office document"},
	{"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"}, {"GIF8", "a picture"}, {"{\\rtf", "a rich text"}, {"\x1f\x8b", "a packed file"},
}

// decode gives the text of a file in whatever encoding it is.
func decode(name string, src []byte) (string, error) {
	const mend = "Save it as a text, Markdown or HTML file"
	switch {
	case len(src) > MaxImport:
		return "", noArticle("it is larger than 1 MB", "Take out what is no article, or split it: one occupation is one file")
	case len(bytes.TrimSpace(src)) == 0:
		return "", noArticle("it is empty", "Choose another")
	}
	for _, m := range magic {
		if bytes.HasPrefix(src, []byte(m.begins)) {
			return "", noArticle("it is "+m.what, mend)
		}
	}
	if !utf8.Valid(src) {
		encoding, _, _ := charset.DetermineEncoding(src, "")
		decoded, err := encoding.NewDecoder().Bytes(src)
		if err != nil {
			return "", noArticle("its characters cannot be read", "Save it as UTF-8")
		}
		src = decoded
	}
	text := strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(string(src), "\uFEFF"), "\r\n", "\n"), "\r", "\n")
	odd := 0
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == utf8.RuneError || r < ' ' || r >= 0x7f && r < 0xa0:
			odd++
			return ' '
		case r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case isControl(r):
			return -1
		}
		return r
	}, text)
	if odd*50 > len(text) {
		return "", noArticle("it is no text", mend)
	}
	return text, nil
}

var (
	htmlForm  = form(`(?i)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype html|html|head|body|div|main|article|section|h1|p)\b`)
	oursForm  = form(`(?s)^---[ \t]*\n(?:[^\n]*\n)*?id:[^\n]*\n`)
	titleForm = form(`(?m)^title:\s*["']?(.*?)["']?\s*$`)
)

func isHTML(name, text string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".html" || ext == ".htm" || ext == ".xhtml" || htmlForm().MatchString(text)
}

// isOurs reports whether a text begins as an article in our format does.
func isOurs(text string) bool {
	front, _, ok := strings.Cut(strings.TrimPrefix(text, "---"), "\n---")
	return ok && oursForm().MatchString(text) && strings.Contains(front, "\ntitle:")
}

// cutFront takes the front matter off a Markdown file, and gives its title.
func cutFront(text string) (title, rest string) {
	if !strings.HasPrefix(text, "---\n") {
		return "", text
	}
	front, rest, ok := strings.Cut(text[len("---\n"):], "\n---\n")
	if !ok || !titleForm().MatchString(front) {
		return "", text
	}
	// What else stands in it is told as dropped.
	return titleForm().FindStringSubmatch(front)[1], "<!-- " + fold(front) + " -->\n" + rest
}

// MarshalJSON gives what was found in the file's own words: the occupation's
// ID, the sections, the figures and what was dropped.
func (im *Imported) MarshalJSON() ([]byte, error) {
	type section struct {
		Topic    Topic    `json:"topic"`
		Heading  string   `json:"heading"`
		Passages []string `json:"passages"`
	}
	type fact struct {
		Kind     FactKind `json:"kind"`
		Amount   int64    `json:"amount"`
		Upper    int64    `json:"upper,omitempty"` // of a range
		Currency string   `json:"currency"`
		Per      string   `json:"per"`
		Sentence string   `json:"sentence"`
	}
	out := struct {
		Occupation string    `json:"occupation"`
		Sections   []section `json:"sections"`
		Facts      []fact    `json:"facts"`
		Dropped    []string  `json:"dropped"`
	}{im.Found.ID, []section{}, []fact{}, []string{}}
	for _, s := range im.Found.Sections {
		passages := make([]string, len(s.Passages))
		for i, p := range s.Passages {
			passages[i] = p.String()
		}
		out.Sections = append(out.Sections, section{s.Topic, s.Heading, passages})
	}
	if len(im.Found.FAQs) > 0 {
		s := section{General, cmp.Or(im.asked, faqHeading), nil}
		for _, q := range im.Found.FAQs {
			s.Passages = append(s.Passages, q.Question+" "+fold(q.Answer))
		}
		out.Sections = append(out.Sections, s)
	}
	for _, f := range im.Found.Facts {
		out.Facts = append(out.Facts, fact{f.Kind, f.Amount, f.Upper, f.Currency, f.Per, f.Sentence})
	}
	for _, d := range im.Dropped {
		out.Dropped = append(out.Dropped, d.Text)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(out)
	return b.Bytes(), err
}
