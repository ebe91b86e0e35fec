package knowledge

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// front reads the front matter and returns the index of the first line after
// it. It walks the YAML by hand, so that every fault is found and has its line.
func (p *parser) front(lines []string) (body int) {
	p.amounts.unread = true
	const mend = "begin the file with ---, id: and title:, and --- after them"
	if strings.TrimRight(lines[0], " \t") != "---" {
		p.fault(1, "the front matter is missing", mend)
		return 0
	}
	end := slices.IndexFunc(lines[1:], func(s string) bool { return strings.TrimRight(s, " \t") == "---" })
	if end < 0 {
		p.fault(1, "the front matter does not end", "write --- on a line of its own after it")
		return len(lines)
	}
	body = end + 2
	// The opening line stays, and so YAML counts lines as the file does.
	decoder := yaml.NewDecoder(strings.NewReader(strings.Join(lines[:end+1], "\n") + "\n"))
	var doc, more yaml.Node
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		p.yamlFault(err)
		return body
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		p.fault(max(more.Line, 1), "the front matter holds several documents", "keep one")
	}
	if len(doc.Content) == 0 {
		p.fault(1, "the front matter is empty", mend)
		return body
	}
	p.readFront(doc.Content[0])
	return body
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

func (p *parser) yamlFault(err error) {
	line, what := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		what = m[2]
	}
	p.fault(line, "the front matter is not YAML: "+what, "mend this line or the one before; put texts with : # [ ] { } , in double quotes")
}

func (p *parser) readFront(root *yaml.Node) {
	a := p.article
	keys := p.mapping(root, "the front matter", "id", "title", "aliases", "region", "source", "facts")
	if keys == nil {
		return
	}
	a.ID = p.scalar(keys["id"], "id")
	p.idLine = lineOf(keys["id"])
	p.checkArticleID(p.idLine, a.ID)
	a.Title = p.scalar(keys["title"], "title")
	p.checkTitle(lineOf(keys["title"]), a.Title)
	for _, n := range p.sequence(keys["aliases"], "aliases") {
		alias := p.scalar(n, "an alias")
		a.Aliases = append(a.Aliases, alias)
		p.checkAlias(n.Line, alias)
	}
	a.Region = p.scalar(keys["region"], "region")
	p.checkLength(lineOf(keys["region"]), "the region", a.Region, MaxTitle)
	p.readSource(keys["source"])
	p.readFacts(keys["facts"])
}

func (p *parser) readSource(n *yaml.Node) {
	keys := p.mapping(n, "source", "name", "url", "published", "read")
	s := Source{
		Name:      p.scalar(keys["name"], "name"),
		URL:       p.scalar(keys["url"], "url"),
		Published: p.scalar(keys["published"], "published"),
		Read:      p.scalar(keys["read"], "read"),
	}
	p.article.Source = s
	p.checkLength(lineOf(keys["name"]), "the source's name", s.Name, MaxQuestion)
	p.checkURL(lineOf(keys["url"]), s.URL)
	p.checkDate(lineOf(keys["published"]), "published", s.Published)
	p.checkDate(lineOf(keys["read"]), "read", s.Read)
}

func (p *parser) readFacts(facts *yaml.Node) {
	var lines []int
	p.amounts.unread = facts != nil && facts.Kind != yaml.SequenceNode && !isNull(facts)
	for _, n := range p.sequence(facts, "facts") {
		keys := p.mapping(n, "a fact", "kind", "amount", "upper", "currency", "per", "source", "date", "sentence")
		if keys == nil {
			p.amounts.unread = true
			continue
		}
		f := Fact{
			Kind:     FactKind(p.scalar(keys["kind"], "kind")),
			Amount:   p.amount(keys["amount"], "amount"),
			Upper:    p.amount(keys["upper"], "upper"),
			Currency: p.scalar(keys["currency"], "currency"),
			Per:      p.scalar(keys["per"], "per"),
			Source:   p.scalar(keys["source"], "source"),
			Date:     p.scalar(keys["date"], "date"),
			Sentence: p.scalar(keys["sentence"], "sentence"),
		}
		p.article.Facts = append(p.article.Facts, f)
		line := func(key string) int {
			if v := keys[key]; v != nil {
				return v.Line
			}
			return n.Line
		}
		lines = append(lines, line("sentence"))
		if v := keys["amount"]; v == nil || isNull(v) {
			p.fault(n.Line, "the figure has no amount", "write amount: in whole units of the currency: 486091")
		}
		p.checkFact(line, f)
	}
	p.checkFacts(lines)
}

// mapping gives the values of a mapping by their keys; nil, with the fault
// told, if n is none.
func (p *parser) mapping(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if n == nil || isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		p.fault(n.Line, what+" is not written as keys and values", "write key: value for each of "+list(known))
		return nil
	}
	values := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || !slices.Contains(known, key.Value):
			p.fault(key.Line, fmt.Sprintf("unknown key %s in %s", quoted(key.Value), what), "known are "+list(known))
		case values[key.Value] != nil:
			p.fault(key.Line, fmt.Sprintf("%s twice in %s", key.Value, what), "keep one")
		default:
			values[key.Value] = n.Content[i+1]
		}
	}
	return values
}

func (p *parser) sequence(n *yaml.Node, what string) []*yaml.Node {
	if n == nil || isNull(n) {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		p.fault(n.Line, what+" is not written as a list", "write "+what+": [one, another]")
		return nil
	}
	return n.Content
}

// scalar gives the text of a value as it is written, whatever YAML takes it
// for: a date stays a date as written, and "no" stays "no".
func (p *parser) scalar(n *yaml.Node, what string) string {
	switch {
	case n == nil || isNull(n):
		return ""
	case n.Kind != yaml.ScalarNode:
		p.fault(n.Line, what+" is not a plain value", "write one text or number")
		return ""
	}
	if r, found := controlIn(fold(n.Value)); found {
		p.fault(n.Line, fmt.Sprintf("control character %U in %s", r, what), "delete it")
	}
	return fold(n.Value)
}

// amount reads a whole number above 0; 0, with the fault told, if n is none.
func (p *parser) amount(n *yaml.Node, what string) int64 {
	s := p.scalar(n, what)
	if n == nil || isNull(n) || n.Kind != yaml.ScalarNode {
		return 0
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v <= 0 {
		p.fault(n.Line, fmt.Sprintf("%s %s is not a whole number above 0", what, quoted(s)), "write digits only: 486091")
		return 0
	}
	return v
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// lineOf gives the line of a value; the first, where the front matter begins,
// if there is none.
func lineOf(n *yaml.Node) int {
	if n == nil {
		return 1
	}
	return n.Line
}
