package knowledge

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what a web page holds.
type page struct {
	title  string
	pieces []piece
}

// closedElements are no knowledge, whatever stands in them.
var closedElements = map[atom.Atom]string{
	atom.Script: "a script", atom.Style: "a style", atom.Noscript: "a note on scripts", atom.Template: "a template",
	atom.Nav: "navigation", atom.Footer: "the foot of the page", atom.Aside: "beside the text", atom.Form: "a form",
	atom.Button: "a button", atom.Select: "a form", atom.Textarea: "a form", atom.Iframe: "another page", atom.Object: "another page",
	atom.Svg: "a picture", atom.Math: "a formula", atom.Canvas: "a picture", atom.Video: "a video", atom.Audio: "a recording",
	atom.Figcaption: "a caption", atom.Dialog: "a dialog", atom.Menu: "a menu", atom.Pre: "code",
}

// closedRoles are those of elements that are no knowledge.
var closedRoles = map[string]string{
	"navigation": "navigation", "contentinfo": "the foot of the page", "complementary": "beside the text", "search": "a form",
	"dialog": "a dialog", "alertdialog": "a dialog", "alert": "an alert", "button": "a button", "menu": "a menu",
}

// inlineElements stand within a line.
var inlineElements = []atom.Atom{
	atom.A, atom.Abbr, atom.B, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I, atom.Ins,
	atom.Kbd, atom.Label, atom.Mark, atom.Q, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.Time,
	atom.Tt, atom.U, atom.Var, atom.Wbr, atom.Button,
}

// readHTML takes a web page apart.
func readHTML(src string) (page, error) {
	root, err := html.Parse(strings.NewReader(src))
	if err != nil {
		return page{}, fmt.Errorf("the page cannot be read: %w", err)
	}
	r := &htmlReader{}
	r.walk(root)
	r.flush()
	return r.page, nil
}

type htmlReader struct {
	page
	kind   pieceKind // of the piece that is being read
	level  int
	text   strings.Builder
	lead   string // its first words, where they are bold
	links  int    // how many letters of it are links
	inLink bool
}

// flush ends the piece that is being read.
func (r *htmlReader) flush() {
	text, lead, links := fold(r.text.String()), fold(r.lead), r.links
	r.text.Reset()
	r.lead, r.links = "", 0
	if text == "" {
		return
	}
	p := piece{kind: r.kind, level: r.level, text: text}
	rest := fold(strings.TrimPrefix(text, lead))
	switch {
	case p.kind == titled || lead == "":
	case rest == "" && len(text) <= MaxTitle && p.kind == paragraph: // bold, and nothing else
		p.kind, p.level = titled, 6
	case rest != "" && len(lead) <= MaxTitle && (strings.HasSuffix(lead, ":") || strings.ContainsAny(rest[:1], ":-") || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "—")):
		p.lead, p.text = fold(strings.TrimRight(lead, ": ")), fold(strings.TrimLeft(rest, " :–—-"))
		if p.lead == "" || p.text == "" {
			p.lead, p.text = "", text
		}
	}
	if p.kind != titled && links >= len(strings.Join(strings.Fields(text), "")) {
		p.kind, p.lead, p.text, p.why = closed, "", text, "a link"
	}
	r.pieces = append(r.pieces, p)
}

func (r *htmlReader) walk(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		r.text.WriteString(n.Data)
		if r.inLink {
			r.links += len(strings.Join(strings.Fields(n.Data), ""))
		}
		return
	case html.CommentNode, html.DoctypeNode:
		return
	case html.ElementNode:
	default:
		r.children(n)
		return
	}
	if why := r.closes(n); why != "" {
		r.flush()
		text := fold(allText(n))
		if n.DataAtom == atom.Script || n.DataAtom == atom.Style || text == "" {
			text = "<" + n.Data + ">"
		}
		r.pieces = append(r.pieces, piece{kind: closed, text: text, why: why})
		return
	}
	switch {
	case n.DataAtom == atom.Title:
		r.title = fold(allText(n))
	case n.DataAtom == atom.Head:
		r.head(n)
	case n.DataAtom == atom.Img:
		if alt := fold(attribute(n, "alt")); alt != "" {
			r.flush()
			r.pieces = append(r.pieces, piece{kind: closed, text: alt, why: "a picture"})
		}
	case n.DataAtom == atom.Br:
		if r.kind == titled {
			r.text.WriteByte(' ')
			return
		}
		r.flush()
	case n.DataAtom == atom.A:
		was := r.inLink
		r.inLink = attribute(n, "href") != ""
		r.children(n)
		r.inLink = was
	case (n.DataAtom == atom.Strong || n.DataAtom == atom.B) && fold(r.text.String()) == "":
		r.children(n)
		r.lead = r.text.String()
	case slices.Contains(inlineElements, n.DataAtom):
		r.children(n)
	case n.DataAtom == atom.Tr:
		r.row(n)
	default:
		r.block(n)
	}
}

// block reads an element that begins and ends a line.
func (r *htmlReader) block(n *html.Node) {
	kind, level := r.kind, r.level
	r.flush()
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		r.kind, r.level = titled, int(n.Data[1]-'0')
	case atom.Dt, atom.Summary:
		r.kind, r.level = titled, 6
	case atom.Li:
		r.kind, r.level = bulleted, 0
	case atom.Ul, atom.Ol, atom.Dd, atom.Details, atom.Table:
		r.kind, r.level = paragraph, 0
	}
	r.children(n)
	r.flush()
	r.kind, r.level = kind, level
}

// row makes one paragraph of the cells of a row.
func (r *htmlReader) row(n *html.Node) {
	r.flush()
	var cells []string
	head := true
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if text := fold(allText(c)); text != "" {
			cells = append(cells, text)
			head = head && c.DataAtom == atom.Th
		}
	}
	switch {
	case len(cells) == 0:
	case head && len(cells) > 1:
		r.pieces = append(r.pieces, piece{kind: closed, text: joinCells(cells), why: "the head of a table"})
	default:
		r.pieces = append(r.pieces, piece{text: joinCells(cells)})
	}
}

func (r *htmlReader) head(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			r.walk(c)
		}
	}
}

func (r *htmlReader) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c)
	}
}

// closes says why an element is no knowledge. The button of a heading that
// folds out is the heading.
func (r *htmlReader) closes(n *html.Node) string {
	if n.DataAtom == atom.Button && (r.kind == titled || n.Parent != nil && n.Parent.DataAtom == atom.Dt) {
		return ""
	}
	if why := closedElements[n.DataAtom]; why != "" {
		return why
	}
	for _, a := range n.Attr {
		switch {
		case a.Key == "role" && closedRoles[a.Val] != "":
			return closedRoles[a.Val]
		case a.Key == "hidden", a.Key == "aria-hidden" && a.Val == "true":
			return "hidden"
		}
	}
	return ""
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// allText gives the text of an element and of all in it.
func allText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		case n.Type == html.ElementNode && (n.DataAtom == atom.Script || n.DataAtom == atom.Style):
			return
		}
		block := n.Type == html.ElementNode && !slices.Contains(inlineElements, n.DataAtom)
		if block {
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if block {
			b.WriteByte(' ')
		}
	}
	walk(n)
	return b.String()
}
