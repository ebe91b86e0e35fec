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
	root, more, err := decodeYAML(lines[:end+1])
	switch {
	case err != nil:
		found := len(p.faults)
		p.readBroken(lines[:end+1])
		if len(p.faults) == found { // the keys are sound one by one
			p.yamlFault(err, 0, end+1)
		}
		return body
	case more > 0:
		p.fault(more, "the front matter holds several documents", "keep one")
	}
	if root == nil || isNull(root) {
		p.fault(1, "the front matter is empty", mend)
		return body
	}
	keys := p.mapping(root, "the front matter", frontKeys...)
	if keys == nil {
		return body
	}
	p.readFront(keys)
	return body
}

var frontKeys = []string{"id", "title", "aliases", "region", "source", "facts"}

// decodeYAML reads one document; more is the line of a second one.
func decodeYAML(lines []string) (root *yaml.Node, more int, err error) {
	decoder := yaml.NewDecoder(strings.NewReader(strings.Join(lines, "\n") + "\n"))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	if len(doc.Content) > 0 {
		root = doc.Content[0]
	}
	if err := decoder.Decode(&second); err == nil {
		more = second.Line
	} else if !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	return root, more, nil
}

// readBroken reads front matter that is not YAML as a whole: each key by
// itself, so that the fault has its line and hides no other.
func (p *parser) readBroken(lines []string) {
	keys := make(map[string]*yaml.Node)
	for start := 1; start < len(lines); {
		end := start + 1
		for end < len(lines) && continues(lines[end]) {
			end++
		}
		root, _, err := decodeYAML(lines[start:end])
		moveLines(root, start)
		name, _, _ := strings.Cut(lines[start], ":")
		switch {
		case err != nil:
			p.yamlFault(err, start, end)
			keys[fold(name)] = nil
		case root != nil && !isNull(root):
			for key, value := range p.mapping(root, "the front matter", frontKeys...) {
				if _, found := keys[key]; found {
					p.fault(root.Line, key+" twice in the front matter", "keep one")
					continue
				}
				keys[key] = value
			}
		}
		start = end
	}
	p.readFront(keys)
}

// moveLines adds to the lines of a node and of all below it.
func moveLines(n *yaml.Node, by int) {
	if n == nil {
		return
	}
	n.Line += by
	for _, below := range n.Content {
		moveLines(below, by)
	}
}

// continues reports whether a line of front matter belongs to the key above.
func continues(line string) bool {
	return line == "" || strings.ContainsAny(line[:1], " \t-#]}")
}

// yamlLine matches YAML's errors. Its parser counts the lines of some from 0.
var (
	yamlLine  = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)
	fromZero  = regexp.MustCompile(`^did not find expected (<document start>|node content|key|',' or|'-')`)
	yamlNoise = regexp.MustCompile(`^yaml: `)
)

// yamlFault tells what is wrong with the YAML between two lines of the file.
func (p *parser) yamlFault(err error, after, last int) {
	line, what := 0, yamlNoise.ReplaceAllString(err.Error(), "")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		what = m[2]
		if fromZero.MatchString(what) {
			line++
		}
	}
	p.fault(min(max(line, 1)+after, last), "the front matter is not YAML: "+fold(what),
		"mend this line, or the one before; put texts with : # [ ] { } , in double quotes")
}

// readFront reads the values of the keys. A key that could not be read has
// nil, and its fault has been told.
func (p *parser) readFront(keys map[string]*yaml.Node) {
	a := p.article
	told := func(key string) bool { n, found := keys[key]; return found && n == nil }
	a.ID = p.scalar(keys["id"], "id")
	p.idLine = lineOf(keys["id"])
	if !told("id") {
		p.checkArticleID(p.idLine, a.ID)
	}
	a.Title = p.scalar(keys["title"], "title")
	if !told("title") {
		p.checkTitle(lineOf(keys["title"]), a.Title)
	}
	for _, n := range p.sequence(keys["aliases"], "aliases") {
		alias := p.scalar(n, "an alias")
		a.Aliases = append(a.Aliases, alias)
		p.checkAlias(n.Line, alias)
	}
	a.Region = p.scalar(keys["region"], "region")
	p.checkLength(lineOf(keys["region"]), "the region", a.Region, MaxTitle)
	p.readSource(keys["source"])
	p.amounts.unread = told("facts")
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
	p.checkSource(func(key string) int { return lineOf(keys[key]) }, s)
}

func (p *parser) readFacts(facts *yaml.Node) {
	var lines []int
	if facts != nil && facts.Kind != yaml.SequenceNode && !isNull(facts) {
		p.amounts.unread = true
	}
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
