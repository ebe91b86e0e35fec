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
	unsure // below a heading that does not tell its topic: nothing is complained of twice
)

// block is a paragraph or a bullet that is being read.
type block struct {
	line   int
	bullet bool
	text   string
}

type parser struct {
	file    string
	article *Article
	faults  Faults
	advice  Faults // what a reviewer wants to know, though the article is sound

	place     place
	block     block // text is empty between blocks
	section   *Section
	faq       *FAQ
	answer    int   // the line on which the answer begins
	lastBlock block // the block of the answer before the present one
	heading   int   // the line of the last heading
	asked     int   // the line of the last "Also asked:"
	amounts   amounts

	// Where things were found first, to tell of repetition.
	topics  map[Topic]int
	ids     map[string]int
	phrases map[string]int
	names   []name // the title and aliases
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

func parse(file string, src []byte) *parser {
	p := &parser{
		file:    file,
		article: new(Article),
		topics:  make(map[Topic]int),
		ids:     make(map[string]int),
		phrases: make(map[string]int),
	}
	if len(src) > maxFile {
		p.fault(0, fmt.Sprintf("the file holds %d bytes, more than 1 MB", len(src)), "split it: one occupation is one file")
		return p
	}
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	lines := strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = p.characters(i+1, line)
	}
	body := p.front(lines)
	for i := body; i < len(lines); i++ {
		p.line(i+1, lines[i])
	}
	p.endHeading()
	if len(p.article.Sections) == 0 && len(p.article.FAQs) == 0 && len(p.faults) == 0 {
		p.fault(len(lines), "the article has no section", "add one: ## Heading <!-- topic: overview -->")
	}
	p.faults.sort()
	p.advice.sort()
	return p
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
	case text:
		if p.block.text == "" {
			p.block = block{line: n, text: line}
		} else {
			p.block.text += " " + unescape(line, opensBlock)
		}
		return
	case bullet:
		if indented && p.block.bullet {
			p.fault(n, "a bullet below a bullet", "write both on one level")
		}
	}
	p.endBlock()
	switch m {
	case bullet:
		_, size := utf8.DecodeRuneInString(line)
		content := strings.TrimSpace(line[size:])
		if content == "" {
			p.fault(n, "an empty bullet", "write something after it, or delete it")
			return
		}
		p.block = block{line: n, bullet: true, text: content}
	case heading:
		p.readHeading(n, line)
	case phrasings:
		p.readAlsoAsked(n, line)
	case comment:
		p.fault(n, "a comment that belongs to no heading", "delete it: comments are lost when the article is written anew")
	case rule:
		p.fault(n, "a line across the text", "delete it")
	case number:
		p.fault(n, "a numbered list", `write bullets, "- ", or a backslash before the number if it is text`)
	case quote:
		p.fault(n, "a block quote", `write a paragraph, or a backslash before ">" if it is text`)
	case fence:
		p.fault(n, "a code block", "write a paragraph: an article is read in chat")
	case table:
		p.fault(n, "a table", `write bullets, or a backslash before "|" if it is text`)
	}
}

// endBlock files the block that has been read under what is open.
func (p *parser) endBlock() {
	b := p.block
	p.block = block{}
	if b.text == "" {
		return
	}
	switch p.place {
	case outside:
		p.fault(b.line, "text outside any section", "put it under a heading: ## Heading <!-- topic: overview -->")
		p.place = unsure
	case inFAQs:
		p.fault(b.line, "text outside any question", "put it under a question: ### Question? <!-- id: …, topic: … -->")
	case inSection:
		p.addPassage(b)
	case inAnswer:
		p.addAnswer(b)
	case inPhrasings:
		p.addPhrasing(b)
	}
}

func (p *parser) addPassage(b block) {
	passage := Passage{Bullet: b.bullet}
	if lead, rest, ok := cutLead(b.text); ok {
		passage.Lead, passage.Text = lead, rest
	} else {
		passage.Text = fold(unescape(b.text, opensPassage))
	}
	p.section.Passages = append(p.section.Passages, passage)
	p.checkPassage(b.line, passage)
}

func (p *parser) addAnswer(b block) {
	s := fold(unescape(b.text, opensBlock))
	if b.bullet {
		s = "- " + s
	}
	switch {
	case p.faq.Answer == "":
		p.answer = b.line
	case b.bullet && p.lastBlock.bullet:
		p.faq.Answer += "\n"
	default:
		p.faq.Answer += "\n\n"
	}
	p.faq.Answer += s
	p.lastBlock = b
}

func (p *parser) addPhrasing(b block) {
	if !b.bullet {
		p.fault(b.line, "text after "+alsoAsked, `write each phrasing as a bullet, "- …", and the answer before them`)
		return
	}
	s := fold(unescape(b.text, opensBlock))
	p.faq.Phrasings = append(p.faq.Phrasings, s)
	p.checkPhrasing(b.line, s)
}

func (p *parser) readAlsoAsked(n int, line string) {
	switch p.place {
	case inAnswer:
		if rest := strings.TrimSpace(line[len(alsoAsked):]); rest != "" {
			p.fault(n, "text after "+alsoAsked, `write each phrasing as a bullet below, "- …"`)
		}
		p.place = inPhrasings
		p.asked = n
	case inPhrasings:
		p.fault(n, "a second "+alsoAsked, "make one list of both")
	case unsure:
	default:
		p.fault(n, alsoAsked+" outside a question", "put it under a question, or a backslash before it if it is text")
	}
}

// readHeading opens a section or a question.
func (p *parser) readHeading(n int, line string) {
	level := len(line) - len(strings.TrimLeft(line, "#"))
	title, attributes, attributed := cutComment(line[level:])
	if level == 3 && (p.place == inFAQs || p.place == inAnswer || p.place == inPhrasings || p.place == unsure) {
		p.endFAQ()
		p.heading = n
		p.openFAQ(n, title, attributes, attributed)
		return
	}
	p.endHeading()
	p.heading = n
	p.place = unsure
	switch {
	case level == 2:
		p.openSection(n, title, attributes, attributed)
	case level == 3:
		p.fault(n, "a question outside the questions and answers", "put it into the section <!-- topic: faq -->, or open a section with ##")
	case level == 1:
		p.fault(n, "a heading of the first level", "delete it: the title stands at the top of the file")
	default:
		p.fault(n, "a heading below the third level", "open a section with ## or a question with ###")
	}
}

func (p *parser) openSection(n int, title, attributes string, attributed bool) {
	p.checkHeading(n, title)
	if !attributed {
		p.fault(n, "the heading does not tell its topic", "write it after the heading: <!-- topic: T -->, one of "+topicList())
		return
	}
	got := p.attributes(n, attributes, "topic")
	topic := Topic(got["topic"])
	if !p.checkTopic(n, topic) {
		return
	}
	if first, found := p.topics[topic]; found {
		p.fault(n, fmt.Sprintf("a second section on the topic %s", topic), fmt.Sprintf("join it to the one on line %d", first))
	} else {
		p.topics[topic] = n
	}
	if topic == General {
		p.place = inFAQs
		return
	}
	p.place = inSection
	p.section = &Section{Heading: title, Topic: topic}
}

func (p *parser) openFAQ(n int, question, attributes string, attributed bool) {
	p.place = inAnswer
	p.faq = &FAQ{Question: question}
	p.answer = n
	if !attributed {
		p.fault(n, "the question has no id and no topic", "write them after it: <!-- id: some-words, topic: T -->, the topic one of "+topicList())
	} else {
		got := p.attributes(n, attributes, "id", "topic", "says")
		p.faq.ID, p.faq.Topic, p.faq.Says = got["id"], Topic(got["topic"]), Says(got["says"])
		p.checkFAQHead(n, p.faq)
	}
	p.checkQuestion(n, question)
}

// endHeading closes what the last heading opened.
func (p *parser) endHeading() {
	p.endBlock()
	p.endFAQ()
	if p.section != nil {
		if len(p.section.Passages) == 0 {
			p.fault(p.heading, "the section is empty", "write something under the heading, or delete it")
		}
		p.article.Sections = append(p.article.Sections, *p.section)
		p.section = nil
	}
	if p.place == inFAQs {
		p.fault(p.heading, "the section is empty", "write a question under the heading, or delete it")
	}
}

func (p *parser) endFAQ() {
	if p.faq == nil {
		return
	}
	if p.place == inPhrasings && len(p.faq.Phrasings) == 0 {
		p.fault(p.asked, "no phrasings after "+alsoAsked, `write them as bullets, "- …", or delete the line`)
	}
	p.checkAnswer(p.answer, p.faq.Answer)
	if n := len(p.faq.Phrasings); n < enoughPhrasings {
		p.advice = append(p.advice, Fault{p.file, p.heading, fmt.Sprintf("the question has %d other phrasings", n),
			fmt.Sprintf("add some, to %d at least: it is by them that it is found", enoughPhrasings)})
	}
	p.article.FAQs = append(p.article.FAQs, *p.faq)
	p.faq = nil
	p.lastBlock = block{}
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
			p.fault(n, fmt.Sprintf("unknown key %q after the heading", key), "known are "+list(known))
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
