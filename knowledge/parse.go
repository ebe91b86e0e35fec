package knowledge

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFile is the longest file that is read, in bytes.
const maxFile = 1 << 20

// Parse reads an article and lists everything that is wrong with it. The
// article holds what could be read, and is sound only if there are no faults.
// The name is the file's, for the faults.
func Parse(name string, src []byte) (*Article, Faults) {
	p := parse(name, src)
	return p.article, p.faults
}

// place is where in an article the parser is.
type place int

const (
	outside   place = iota // before the first section
	inSection              // passages
	inFAQs                 // in the section of questions, before the first
	inAnswer
	inPhrasings
	unsure // below a heading that does not tell whether passages or questions follow
)

// block is a paragraph or a bullet that is being read.
type block struct {
	line   int
	bullet bool
	lines  []string
}

func (b block) text() string { return strings.Join(b.lines, " ") }

type parser struct {
	file    string
	article *Article
	faults  Faults
	advice  Faults // what a reviewer wants to know, though the article is sound

	place       place
	block       block // empty between blocks
	section     *Section
	sectionLine int
	faq         *FAQ
	faqLine     int
	answer      strings.Builder
	answerLine  int   // on which the answer begins
	askedLine   int   // of its "Also asked:"
	lastBlock   block // the block of the answer before the present one
	amounts     amounts

	// Where things were found first, to tell of repetition.
	topics  map[Topic]int
	ids     map[string]int
	phrases map[string]string // and where each is asked first
	names   []name            // the title and aliases
	idLine  int
}

// name is a title or alias and its line.
type name struct {
	text string
	line int
}

func (p *parser) fault(line int, what, mend string) {
	p.faults = append(p.faults, Fault{p.file, line, what, mend})
}

func newParser(file string) *parser {
	return &parser{
		file:    file,
		article: new(Article),
		topics:  make(map[Topic]int),
		ids:     make(map[string]int),
		phrases: make(map[string]string),
	}
}

func parse(file string, src []byte) *parser {
	p := newParser(file)
	if len(src) > maxFile {
		p.fault(0, "the file is larger than 1 MB", "split it: one occupation is one file")
		return p
	}
	lines := p.split(src)
	body := p.front(lines)
	for i := body; i < len(lines); i++ {
		p.line(i+1, lines[i])
	}
	p.endHeading()
	if p.place == outside {
		p.fault(len(lines), "the article has no section", "add one: ## Heading <!-- topic: overview -->")
	}
	p.faults.sort()
	p.advice.sort()
	return p
}

// split gives the lines of a file.
func (p *parser) split(src []byte) []string {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	lines := strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = p.characters(i+1, line)
	}
	return lines
}

// characters complains of bytes that are no text and takes them out.
func (p *parser) characters(n int, line string) string {
	if !utf8.ValidString(line) {
		p.fault(n, "the line is not UTF-8", "save the file as UTF-8")
		line = strings.ToValidUTF8(line, "\uFFFD")
	}
	if r, found := controlIn(line); found {
		p.fault(n, fmt.Sprintf("control character %U", r), "delete it")
		line = strings.Map(func(r rune) rune {
			if isControl(r) {
				return -1
			}
			return r
		}, line)
	}
	return line
}

func controlIn(s string) (rune, bool) {
	if i := strings.IndexFunc(s, isControl); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return r, true
	}
	return 0, false
}

// isControl holds for characters that show nothing and change how the text
// around them is read or shown. Joiners are none: several scripts need them.
func isControl(r rune) bool {
	switch {
	case r == '\t':
		return false
	case unicode.IsControl(r), r == '\uFEFF', r == '\u2028', r == '\u2029':
		return true
	}
	return unicode.Is(unicode.Bidi_Control, r) && r != '\u200E' && r != '\u200F' && r != '\u061C'
}

// line reads one line of the body.
func (p *parser) line(n int, line string) {
	indented := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
	line = strings.TrimSpace(line)
	m := markOf(line)
	switch m {
	case noMark:
		if p.block.lines == nil {
			p.block = block{line: n, lines: []string{line}}
		} else {
			p.block.lines = append(p.block.lines, unescape(line, opensBlock))
		}
		return
	case bulletMark:
		if indented && p.block.bullet {
			p.fault(n, "a bullet below a bullet", "write both on one level")
		}
	}
	p.endBlock()
	switch m {
	case bulletMark:
		_, size := utf8.DecodeRuneInString(line)
		content := strings.TrimSpace(line[size:])
		if content == "" {
			p.fault(n, "an empty bullet", "write something after it, or delete it")
			return
		}
		p.block = block{line: n, bullet: true, lines: []string{content}}
	case headingMark:
		p.readHeading(n, line)
	case sourceMark:
		p.readOwnSource(n, line)
	case askedMark:
		p.readAlsoAsked(n, line)
	case commentMark:
		p.fault(n, "a comment that belongs to no heading", "delete it: comments are lost when the article is written anew")
	case ruleMark:
		p.fault(n, "a line across the text", "delete it")
	case numberMark:
		p.fault(n, "a numbered list", `write bullets, "- ", or a backslash before the number if it is text`)
	case quoteMark:
		p.fault(n, "a block quote", `write a paragraph, or a backslash before ">" if it is text`)
	case fenceMark:
		p.fault(n, "a code block", "write a paragraph: an article is read in chat")
	case tableMark:
		p.fault(n, "a table", `write bullets, or a backslash before "|" if it is text`)
	}
}

// endBlock files the block that has been read under what is open.
func (p *parser) endBlock() {
	b := p.block
	p.block = block{}
	if b.lines == nil {
		return
	}
	switch p.place {
	case outside:
		p.fault(b.line, "text outside any section", "put it under a heading: ## Heading <!-- topic: overview -->")
		p.place, p.section = unsure, new(Section)
		p.addPassage(b)
	case inFAQs:
		p.fault(b.line, "text outside any question", "put it under a question: ### Question? <!-- id: …, topic: … -->")
	case inSection, unsure:
		p.addPassage(b)
	case inAnswer:
		p.addAnswer(b)
	case inPhrasings:
		p.addPhrasing(b)
	}
}

func (p *parser) addPassage(b block) {
	passage := Passage{Bullet: b.bullet}
	if lead, rest, ok := cutLead(b.text()); ok {
		passage.Lead, passage.Text = lead, rest
	} else {
		passage.Text = fold(unescape(b.text(), opensPassage))
	}
	p.section.Passages = append(p.section.Passages, passage)
	p.checkPassage(b.line, passage)
}

func (p *parser) addAnswer(b block) {
	s := fold(unescape(b.text(), opensBlock))
	if b.bullet {
		s = "- " + s
	}
	switch {
	case p.answer.Len() == 0:
		p.answerLine = b.line
	case b.bullet && p.lastBlock.bullet:
		p.answer.WriteString("\n")
	default:
		p.answer.WriteString("\n\n")
	}
	p.answer.WriteString(s)
	p.lastBlock = b
}

func (p *parser) addPhrasing(b block) {
	if !b.bullet {
		p.fault(b.line, `text after "Also asked:"`, `write each phrasing as a bullet, "- …", and the answer before them`)
		return
	}
	s := fold(unescape(b.text(), opensBlock))
	p.faq.Phrasings = append(p.faq.Phrasings, s)
	p.checkPhrasing(b.line, s)
}

func (p *parser) readAlsoAsked(n int, line string) {
	switch p.place {
	case inAnswer:
		if rest := strings.TrimSpace(line[len(alsoAsked):]); rest != "" {
			p.fault(n, `text after "Also asked:"`, `write each phrasing as a bullet below, "- …"`)
		}
		p.place = inPhrasings
		p.askedLine = n
	case inPhrasings:
		p.fault(n, `a second "Also asked:"`, "make one list of both")
	case unsure:
	default:
		p.fault(n, `"Also asked:" outside a question`, "put it under a question, or a backslash before it if it is text")
	}
}

// readOwnSource reads "Source: name <address>" below an answer.
func (p *parser) readOwnSource(n int, line string) {
	switch {
	case p.place == unsure:
		return
	case p.faq == nil:
		p.fault(n, `"Source:" outside a question`, "put it under the answer that it belongs to, or a backslash before it if it is text")
		return
	case p.faq.Source != nil:
		p.fault(n, `a second "Source:"`, "keep the one that states the answer")
		return
	}
	s := &Source{Name: fold(line[len(ownSource):])}
	if name, address, ok := cutAddress(s.Name); ok {
		s.Name, s.URL = name, address
	}
	p.faq.Source = s
	p.checkOwnSource(n, s)
}

// cutAddress splits "name <address>".
func cutAddress(s string) (name, address string, ok bool) {
	start := strings.LastIndex(s, "<")
	if start < 0 || !strings.HasSuffix(s, ">") {
		return "", "", false
	}
	return fold(s[:start]), fold(s[start+1 : len(s)-1]), true
}

// readHeading opens a section or a question.
func (p *parser) readHeading(n int, line string) {
	level := len(line) - len(strings.TrimLeft(line, "#"))
	title, attributes, attributed := cutComment(line[level:])
	if level == 3 && (p.place != outside && p.place != inSection || attributed) {
		if p.place == outside || p.place == inSection {
			p.fault(n, "a question outside the questions and answers", "put it into the section <!-- topic: faq -->")
		}
		p.endFAQ()
		if p.section != nil && len(p.section.Passages) > 0 {
			p.endSection()
		}
		p.section = nil
		p.openFAQ(n, title, attributes, attributed)
		return
	}
	p.endHeading()
	p.place, p.section, p.sectionLine = unsure, &Section{Heading: title}, n
	switch level {
	case 2:
		p.openSection(n, attributes, attributed)
	case 1:
		p.fault(n, "a heading of the first level", "open a section with ##: the title of the article stands at the top of the file")
	default:
		p.fault(n, "a heading below the second level", "open a section with ##: only questions have ###")
	}
}

func (p *parser) openSection(n int, attributes string, attributed bool) {
	p.checkHeading(n, p.section.Heading)
	if !attributed {
		p.fault(n, "the heading does not tell its topic", "write it after the heading: <!-- topic: T -->, one of "+topicList())
		return
	}
	topic := Topic(p.attributes(n, attributes, "topic")["topic"])
	p.section.Topic = topic
	if !p.checkTopic(n, topic) {
		return
	}
	if first, found := p.topics[topic]; found {
		p.fault(n, fmt.Sprintf("a second section on the topic %s", topic), fmt.Sprintf("join it to the one on line %d", first))
	} else {
		p.topics[topic] = n
	}
	p.place = inSection
	if topic == General {
		p.place, p.section = inFAQs, nil
	}
}

func (p *parser) openFAQ(n int, question, attributes string, attributed bool) {
	p.place = inAnswer
	p.faq = &FAQ{Question: question}
	p.faqLine, p.answerLine, p.askedLine, p.lastBlock = n, n, 0, block{}
	p.checkQuestion(n, question)
	if !attributed {
		p.fault(n, "the question has no id and no topic", "write them after it: <!-- id: some-words, topic: T -->, the topic one of "+topicList())
		return
	}
	got := p.attributes(n, attributes, "id", "topic", "says")
	p.faq.ID, p.faq.Topic, p.faq.Says = got["id"], Topic(got["topic"]), Says(got["says"])
	p.checkFAQHead(n, p.faq)
}

// endHeading closes what the last heading opened.
func (p *parser) endHeading() {
	p.endBlock()
	p.endFAQ()
	p.endSection()
	if p.place == inFAQs {
		p.fault(p.sectionLine, "the section is empty", "write a question under the heading, or delete it")
	}
}

func (p *parser) endSection() {
	if p.section == nil {
		return
	}
	if len(p.section.Passages) == 0 {
		p.fault(p.sectionLine, "the section is empty", "write something under the heading, or delete it")
	}
	p.article.Sections = append(p.article.Sections, *p.section)
	p.section = nil
}

func (p *parser) endFAQ() {
	if p.faq == nil {
		return
	}
	if p.askedLine > 0 && len(p.faq.Phrasings) == 0 {
		p.fault(p.askedLine, `no phrasings after "Also asked:"`, `write them as bullets, "- …", or delete the line`)
	}
	p.faq.Answer = p.answer.String()
	p.answer.Reset()
	p.checkAnswer(p.answerLine, p.faq)
	if n := len(p.faq.Phrasings); n < enoughPhrasings {
		p.advice = append(p.advice, Fault{
			p.file, p.faqLine, fmt.Sprintf("the question has %d other phrasings", n),
			fmt.Sprintf("write %d or more: it is by them that it is found", enoughPhrasings),
		})
	}
	p.article.FAQs = append(p.article.FAQs, *p.faq)
	p.faq = nil
}

// cutComment splits "Heading <!-- attributes -->".
func cutComment(s string) (heading, attributes string, ok bool) {
	s = fold(s)
	start := strings.LastIndex(s, "<!--")
	if start < 0 || !strings.HasSuffix(s, "-->") || len(s)-start < len("<!---->") {
		return s, "", false
	}
	return fold(s[:start]), fold(s[start+len("<!--") : len(s)-len("-->")]), true
}

// attributes reads "id: masters-needed, topic: education".
func (p *parser) attributes(n int, s string, known ...string) map[string]string {
	got := make(map[string]string)
	for pair := range strings.SplitSeq(s, ",") {
		key, value, _ := strings.Cut(pair, ":")
		key, value = fold(key), fold(value)
		_, repeated := got[key]
		switch {
		case key == "" && value == "":
			continue
		case !slices.Contains(known, key):
			p.fault(n, fmt.Sprintf("unknown key %s after the heading", quoted(key)), "known are "+list(known))
		case repeated:
			p.fault(n, fmt.Sprintf("%s twice after the heading", key), "keep one")
		case value == "":
			p.fault(n, key+" is empty", "write a value after it, or delete it")
			got[key] = ""
		default:
			got[key] = value
		}
	}
	return got
}
