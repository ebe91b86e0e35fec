package knowledge

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// importer makes an article of the pieces of a file.
type importer struct {
	opts       ImportOptions
	name       string
	title      string // that the file gives itself
	pieces     []piece
	occupation string
	asked      string // the heading of the questions
	sections   []importedSection
	dropped    []Dropped
	listed     map[Dropped]bool
}

// importedSection is a section with the pieces under its heading.
type importedSection struct {
	topic   Topic
	heading string
	level   int
	pieces  []piece
}

func (im *importer) drop(text, why string) {
	d := Dropped{text, why}
	if im.listed == nil {
		im.listed = make(map[Dropped]bool)
	}
	if text == "" || im.listed[d] {
		return
	}
	im.listed[d] = true
	im.dropped = append(im.dropped, d)
}

func (im *importer) draft() (*Imported, error) {
	im.dropFurniture()
	im.dropRepeated()
	im.findHeadings()
	im.dropEmpty()
	im.nameOccupation()
	im.gather()
	if len(im.sections) == 0 {
		return nil, noArticle("none of its headings tells of an occupation's work, pay, education or skills",
			"Give it headings such as “What is a nurse?”, “Salary” and “Skills”, each on a line of its own")
	}
	if im.occupation == "" {
		return nil, noArticle("it does not say which occupation it is about", "Give it a heading such as “What is a nurse?”, or name the career")
	}
	id := cmp.Or(im.opts.Career, joinID(idWords(im.occupation), MaxID))
	if id == "" {
		return nil, noArticle("the name of the occupation has no Latin letters", "Name the career")
	}
	found := &Article{ID: id, Title: im.occupation, Source: im.opts.Source}
	if found.Source.Name == "" {
		found.Source.Name = im.sourceName()
	}
	im.fill(found)
	draft := im.house(found)
	if len(draft.Sections)+len(draft.FAQs) == 0 {
		return nil, noArticle("nothing is left of it", "Look at what was dropped: "+im.firstDropped())
	}
	return &Imported{Article: draft, Found: found, Dropped: im.dropped, asked: im.asked}, nil
}

// sourceName is what the file calls itself, or what it is called.
func (im *importer) sourceName() string {
	for _, name := range []string{im.title, path.Base(im.name)} {
		name = fold(strings.Map(func(r rune) rune {
			if isControl(r) || r == utf8.RuneError {
				return ' '
			}
			return r
		}, name))
		if Words(name) != "" {
			return cutLength(name, MaxQuestion)[0]
		}
	}
	return "an imported file"
}

func (im *importer) firstDropped() string {
	var list []string
	for _, d := range im.dropped[:min(len(im.dropped), 5)] {
		list = append(list, fmt.Sprintf("%s (%s)", quoted(d.Text), d.Why))
	}
	return strings.Join(list, ", ")
}

// dropFurniture takes out what is no knowledge by itself, and the sentences
// that speak of the page.
func (im *importer) dropFurniture() {
	under := 0 // the level of a heading of which nothing is knowledge
	keep := im.pieces[:0:0]
	for _, p := range im.pieces {
		if p.kind == titled {
			if under > 0 && p.level <= under {
				under = 0
			}
			if p.level > 0 && p.level < 6 && furnitureHeading().MatchString(p.text) && topicOf(p.text) != General {
				under = p.level
			}
		}
		why := p.why
		switch {
		case why != "":
		case under > 0:
			why = "under a heading that is no part of the article"
		case Words(p.text) == "" && Words(p.lead) == "":
			why = "no words"
		case p.kind != titled && p.lead == "":
			why = furnitureOf(Plain(p.text), p.kind == bulleted)
			if why == "a caption" && headingLike(p.text) && topicOf(p.text) != "" {
				why = ""
			}
		}
		if why != "" {
			im.drop(p.String(), why)
			continue
		}
		if p.kind != titled {
			if p = im.dropPageTalk(p); p.text == "" {
				continue
			}
		}
		keep = append(keep, p)
	}
	im.pieces = keep
}

// dropPageTalk takes the sentences that speak of the page out of a piece.
func (im *importer) dropPageTalk(p piece) piece {
	if !pageTalk().MatchString(p.text) {
		return p
	}
	p.text = strings.Join(slices.DeleteFunc(sentences(p.text), func(s string) bool {
		if !pageTalk().MatchString(s) || len(FindMoney(s)) > 0 {
			return false
		}
		im.drop(s, "it speaks of the page")
		return true
	}), " ")
	if p.text == "" && p.lead != "" {
		im.drop(p.lead, "it speaks of the page")
	}
	return p
}

// dropRepeated takes out short lines that stand there more than once, as
// captions and the names of advertisers do, and all but the first of others.
func (im *importer) dropRepeated() {
	times := make(map[string]int)
	headings := make(map[string]bool)
	twice := make(map[string]bool) // in a row
	for i, p := range im.pieces {
		key := Words(p.String())
		times[key]++
		if i > 0 && len(strings.Fields(p.text)) <= 14 && Words(im.pieces[i-1].String()) == key {
			twice[key] = true
		}
		if p.kind == titled {
			headings[key] = true
		}
	}
	seen := make(map[string]bool)
	im.pieces = slices.DeleteFunc(im.pieces, func(p piece) bool {
		key := Words(p.String())
		first := !seen[key]
		seen[key] = true
		switch {
		case p.kind == titled:
			return false
		case headings[key]:
			im.drop(p.String(), "a table of contents")
			return true
		case times[key] < 2 || p.kind == paragraph && headingLike(p.text) && topicOf(p.text) != "" && !twice[key]:
			return false
		case p.kind == paragraph && twice[key]:
		case first && (p.kind == bulleted || len(strings.Fields(p.text)) > 14):
			return false
		}
		im.drop(p.String(), "it stands there more than once")
		return true
	})
}

// findHeadings finds the headings of a text that does not mark them: short
// lines by themselves with something under them.
func (im *importer) findHeadings() {
	for _, p := range im.pieces {
		if p.kind == titled && p.level < 6 {
			return
		}
	}
	var keep []piece
	list := -1 // the block that is one
	for i, p := range im.pieces {
		if p.kind != paragraph || p.lead != "" || !headingLike(p.text) {
			keep = append(keep, p)
			continue
		}
		below := i+1 < len(im.pieces) && (im.pieces[i+1].kind != paragraph || !headingLike(im.pieces[i+1].text))
		// Short lines in a block of their own, under a heading, are a list.
		if list != p.block && len(keep) > 0 && i+1 < len(im.pieces) {
			above, next := keep[len(keep)-1], im.pieces[i+1]
			if above.kind == titled && above.block != p.block && topicOf(above.text) != General && next.block == p.block && headingLike(next.text) {
				list = p.block
			}
		}
		switch {
		case list == p.block:
			p.kind = bulleted
			keep = append(keep, p)
		case topicOf(p.text) != "" || below:
			p.kind, p.text = titled, strings.TrimRight(p.text, ": ")
			keep = append(keep, p)
		case strings.HasSuffix(p.text, "?") && isQuestion(p.text):
			keep = append(keep, p)
		case len(keep) == 0:
			if im.title == "" {
				im.title = p.text
			}
			im.drop(p.text, "the title")
		default:
			im.drop(p.text, "a caption with nothing under it")
		}
	}
	im.pieces = keep
}

// isQuestion holds for a question that is more than a label.
func isQuestion(s string) bool { return finiteVerb().MatchString(s) && len(strings.Fields(s)) > 4 }

// headingLike holds for a line that may be a heading.
func headingLike(s string) bool {
	if utf8.RuneCountInString(s) > MaxTitle || len(strings.Fields(s)) > 12 {
		return false
	}
	if strings.HasSuffix(s, ":") {
		return len(strings.Fields(s)) <= 4
	}
	return !strings.ContainsAny(s[len(s)-1:], ".,;!") && !strings.HasSuffix(s, "…") && len(FindMoney(s)) == 0
}

// dropEmpty takes out headings with nothing under them. What stands under a
// lower heading stands under the higher one, too.
func (im *importer) dropEmpty() {
	used := make([]bool, len(im.pieces))
	var open []int
	for i, p := range im.pieces {
		if p.kind == titled {
			for len(open) > 0 && !isBelow(p, im.pieces[open[len(open)-1]]) {
				open = open[:len(open)-1]
			}
			open = append(open, i)
			continue
		}
		for _, j := range open {
			used[j] = true
		}
	}
	var keep []piece
	first := true
	for i, p := range im.pieces {
		if p.kind != titled || used[i] {
			keep = append(keep, p)
			first = first && p.kind == titled
			continue
		}
		if first && im.title == "" {
			im.title = p.text
		}
		im.drop(p.text, "a heading with nothing under it")
	}
	im.pieces = keep
}

// isBelow reports whether a heading stands under another. The questions of
// people stand under theirs, marked as lower or not.
func isBelow(p, heading piece) bool {
	return p.level > heading.level || topicOf(heading.text) == General && topicOf(p.text) != General && strings.HasSuffix(p.text, "?")
}

// siteName is what pages put behind their title.
var siteName = form(`\s+(?:[|·»]|[-–—])\s+.*$`)

func (im *importer) nameOccupation() {
	title := siteName().ReplaceAllString(im.title, "")
	var headings []string
	var prose strings.Builder
	for _, p := range im.pieces {
		if p.kind == titled {
			headings = append(headings, p.text)
		} else {
			prose.WriteString(p.String() + "\n")
		}
	}
	im.occupation = findOccupation(append([]string{title}, headings...), prose.String())
	for _, name := range append([]string{title}, headings[:min(len(headings), 1)]...) {
		if im.occupation == "" && name != "" && len(strings.Fields(name)) <= 4 && topicOf(name) == "" && !strings.HasSuffix(name, "?") {
			im.occupation = inProse(name, prose.String())
		}
	}
	if im.occupation == "" && im.opts.Career != "" {
		im.occupation = capitalised(strings.ReplaceAll(im.opts.Career, "-", " "))
	}
	if utf8.RuneCountInString(im.occupation) > MaxTitle {
		im.occupation = cutLength(im.occupation, MaxTitle)[0]
	}
	if im.title != "" {
		im.drop(im.title, "the title")
	}
}

// gather puts the pieces under the topics that their headings tell.
func (im *importer) gather() {
	var lead string    // a heading that tells no topic, for what comes next
	var before []piece // what stands before the first heading that tells one
	current := -1
	open := func(p piece, topic Topic) {
		lead = ""
		for i := range im.sections {
			if im.sections[i].topic == topic {
				current = i
				im.sections[i].level = p.level
				if p.text != "" && Words(p.text) != Words(im.sections[i].heading) {
					im.drop(p.text, fmt.Sprintf("what stands under this heading is joined to “%s”", im.sections[i].heading))
				}
				return
			}
		}
		current = len(im.sections)
		im.sections = append(im.sections, importedSection{topic: topic, heading: p.text, level: p.level})
	}
	title := im.titleHeading()
	for i, p := range im.pieces {
		if i == title {
			continue
		}
		if p.kind == titled {
			topic := topicOf(p.text)
			if current >= 0 {
				s := &im.sections[current]
				deeper := p.level > s.level && s.level > 1
				question := s.topic == General && (deeper || strings.HasSuffix(p.text, "?"))
				if question || deeper {
					topic = ""
				}
			}
			if topic != "" {
				if lead != "" {
					im.drop(lead, "a heading with nothing under it")
				}
				open(p, topic)
				continue
			}
			if current >= 0 && im.sections[current].topic == General {
				im.sections[current].pieces = append(im.sections[current].pieces, p)
				continue
			}
			if lead != "" {
				im.drop(lead, "a heading with nothing under it")
			}
			lead = p.text
			continue
		}
		if current < 0 {
			if lead != "" && (im.title == "" || len(before) == 0) {
				im.drop(lead, "the title")
				lead = ""
			}
			before = append(before, headed(lead, p))
			lead = ""
			continue
		}
		im.sections[current].pieces = append(im.sections[current].pieces, headed(lead, p))
		lead = ""
	}
	if lead != "" {
		im.drop(lead, "a heading with nothing under it")
	}
	if len(before) == 0 {
		return
	}
	if len(im.sections) == 0 {
		for _, p := range before {
			im.drop(p.String(), "under no heading")
		}
		return
	}
	for i := range im.sections {
		if im.sections[i].topic == Overview {
			im.sections[i].pieces = append(before, im.sections[i].pieces...)
			return
		}
	}
	heading := "Overview"
	if title >= 0 && topicOf(im.pieces[title].text) == Overview {
		heading = im.pieces[title].text
	}
	im.sections = slices.Insert(im.sections, 0, importedSection{topic: Overview, heading: heading, pieces: before})
}

// titleHeading gives the index of the heading that is the title of the whole:
// the only one of its level, above all others; -1 if there is none.
func (im *importer) titleHeading() int {
	title, lower := -1, false
	for i, p := range im.pieces {
		switch {
		case p.kind != titled:
		case p.level == 1 && title >= 0:
			return -1
		case p.level == 1:
			title = i
		default:
			lower = lower || title >= 0
		}
	}
	if !lower {
		return -1
	}
	im.drop(im.pieces[title].text, "the title")
	return title
}

// headed puts a heading that tells no topic before the piece under it.
func headed(heading string, p piece) piece {
	switch {
	case heading == "":
	case p.lead == "" && !strings.ContainsAny(heading[len(heading)-1:], "?!.") && utf8.RuneCountInString(heading) <= MaxTitle:
		p.lead = heading
	default:
		p.lead, p.text = "", heading+" "+p.String()
	}
	return p
}

// lakhCurrencies are those that are counted in lakh and crore. An amount that
// is counted so and names none is in the one that the text names elsewhere, or
// in the first.
var lakhCurrencies = []string{"INR", "PKR", "BDT", "NPR", "LKR"}

// fill makes the sections, figures and questions of the article, in the words
// of the file.
func (im *importer) fill(a *Article) {
	ctx := &surroundings{}
	for _, s := range im.sections {
		for _, p := range s.pieces {
			for _, m := range FindMoney(p.String()) {
				if ctx.currency == "" && slices.Contains(lakhCurrencies, m.Currency) {
					ctx.currency = m.Currency
				}
			}
		}
	}
	ctx.currency = cmp.Or(ctx.currency, lakhCurrencies[0])
	for _, s := range im.sections {
		ctx.heading, ctx.isPay, ctx.per = s.heading, s.topic == Pay || s.topic == PayFactors, ""
		if s.topic == General {
			im.fillFAQs(a, s, ctx)
			continue
		}
		section := Section{Heading: im.heading(s), Topic: s.topic}
		for _, p := range s.pieces {
			if p.kind == bulleted && p.lead == "" {
				if lead, text, ok := cutWords(p.text); ok {
					p.lead, p.text = lead, text
				}
			} else if lead, text, ok := cutLead(p.text); ok && p.lead == "" && text != "" {
				p.lead, p.text = lead, text
			}
			p.text = im.readMoney(a, ctx, p.lead, p.text)
			if Words(p.text) == "" {
				im.drop(p.lead, "what stood behind it is left out")
				continue
			}
			section.Passages = append(section.Passages, split(Passage{Bullet: p.kind == bulleted, Lead: p.lead, Text: p.text})...)
		}
		if len(section.Passages) == 0 {
			im.drop(s.heading, "a heading with nothing under it")
			continue
		}
		a.Sections = append(a.Sections, section)
	}
}

// heading gives the heading of a section as an article can have it.
func (im *importer) heading(s importedSection) string {
	heading := capitalised(s.heading)
	if len(FindMoney(heading)) > 0 {
		im.drop(s.heading, "money in a heading")
		heading = string(s.topic)
	}
	if utf8.RuneCountInString(heading) <= MaxTitle {
		return heading
	}
	im.drop(s.heading, "a long heading, shortened")
	parts := cutLength(heading, MaxTitle)
	return parts[0]
}

// readMoney adds the figures that a text states to those of the article, and
// gives the text without the sentences whose money is no figure.
func (im *importer) readMoney(a *Article, ctx *surroundings, lead, text string) string {
	if len(FindMoney(lead+": "+text)) == 0 {
		return text
	}
	ctx.lead, ctx.passage = lead, text
	var keep []string
	for i, s := range sentences(text) {
		whole := s
		if i == 0 && lead != "" {
			whole = lead + ": " + s
		}
		facts, why := ctx.figures(whole)
		if why == "" && len(facts) > 0 && utf8.RuneCountInString(whole) > MaxAnswer {
			facts, why = nil, "a sentence with a figure that is too long to be told in chat"
		}
		if why != "" {
			im.drop(whole, why)
			continue
		}
		for _, f := range facts {
			f.Source = cmp.Or(f.Source, a.Source.Name)
			if !slices.ContainsFunc(a.Facts, func(g Fact) bool {
				g.Sentence = f.Sentence
				return f == g
			}) {
				a.Facts = append(a.Facts, f)
			}
		}
		keep = append(keep, s)
	}
	return strings.Join(keep, " ")
}

// split makes passages of one that is too long, between sentences if it can.
func split(p Passage) []Passage {
	if utf8.RuneCountInString(p.String()) <= MaxPassage {
		return []Passage{p}
	}
	var list []Passage
	next := Passage{Bullet: p.Bullet, Lead: p.Lead}
	room := func(s string) bool {
		return utf8.RuneCountInString(next.String())+1+utf8.RuneCountInString(s) <= MaxPassage
	}
	for _, s := range sentences(p.Text) {
		if next.Text != "" && !room(s) {
			list = append(list, next)
			next = Passage{Bullet: p.Bullet}
		}
		for _, part := range cutLength(s, MaxPassage-MaxTitle-2) {
			if next.Text != "" && !room(part) {
				list = append(list, next)
				next = Passage{Bullet: p.Bullet}
			}
			next.Text = fold(next.Text + " " + part)
		}
	}
	return append(list, next)
}

// cutLength cuts a text between words, and words that are longer, into parts
// of at most that many characters.
func cutLength(s string, most int) []string {
	var parts []string
	part, n := "", 0
	for w := range strings.FieldsSeq(s) {
		for {
			size := utf8.RuneCountInString(w)
			if n > 0 && n+1+size > most {
				parts = append(parts, part)
				part, n = "", 0
			}
			if size <= most {
				break
			}
			runes := []rune(w)
			parts = append(parts, string(runes[:most]))
			w = string(runes[most:])
		}
		if n > 0 {
			part, n = part+" ", n+1
		}
		part, n = part+w, n+utf8.RuneCountInString(w)
	}
	if n > 0 {
		parts = append(parts, part)
	}
	return parts
}

var (
	questionMark = form(`^(?i:q(?:uestion)?\s*\d*\s*[:.)]\s*)`)
	answerMark   = form(`^(?i:a(?:nswer)?\s*[:.)]\s*)`)
	leans        = form(`^(?i:if|but|not|because|when|unless|although|though|provided|as|and|or|so|only|depending|except)\b`)
	opensPlainly = form(`^(?i)(yes|no)\s*[,.:;!–—-]+\s*`)
)

// fillFAQs makes questions and answers of a section that holds them.
func (im *importer) fillFAQs(a *Article, s importedSection, ctx *surroundings) {
	heading := true
	close := func(question string, answer []string) {
		if question == "" {
			return
		}
		heading = false
		im.addFAQ(a, question, answer, ctx)
	}
	var question string
	var answer []string
	for _, p := range s.pieces {
		if p.lead != "" && strings.HasSuffix(p.lead, "?") {
			close(question, answer)
			question, answer = p.lead, []string{p.text}
			continue
		}
		text := p.String()
		asked := strings.TrimSpace(questionMark().ReplaceAllString(text, ""))
		first := asked
		if list := sentences(asked); len(list) > 0 {
			first = list[0]
		}
		switch {
		case p.kind == titled, strings.HasSuffix(asked, "?") && first == asked && utf8.RuneCountInString(asked) <= MaxQuestion:
			close(question, answer)
			question, answer = asked, nil
		case strings.HasSuffix(first, "?") && (asked != text || question == "") && utf8.RuneCountInString(first) <= MaxQuestion:
			close(question, answer)
			question, answer = first, []string{fold(asked[len(first):])}
		case question == "":
			im.drop(text, "it stands among the questions and answers nothing")
		case p.kind == bulleted:
			answer = append(answer, "- "+text)
		default:
			answer = append(answer, answerMark().ReplaceAllString(text, ""))
		}
	}
	close(question, answer)
	if heading {
		im.drop(s.heading, "a heading with nothing under it")
	} else {
		im.asked = s.heading
	}
}

// addFAQ adds a question with its answer, shortened to what an answer holds.
func (im *importer) addFAQ(a *Article, question string, paragraphs []string, ctx *surroundings) {
	faq := FAQ{Question: fold(question), Topic: topicOf(question)}
	if faq.Topic == "" {
		faq.Topic = General
	}
	if utf8.RuneCountInString(faq.Question) > MaxQuestion || slices.ContainsFunc(a.FAQs, func(q FAQ) bool { return Words(q.Question) == Words(faq.Question) }) {
		im.drop(fold(question+" "+strings.Join(paragraphs, " ")), "a question that is there already, or too long")
		return
	}
	ctx.isPay, ctx.heading = faq.Topic == Pay || faq.Topic == PayFactors, question
	said := ""
	var b strings.Builder
	full := false
	for i, text := range paragraphs {
		bullet := strings.HasPrefix(text, "- ")
		text = strings.TrimPrefix(text, "- ")
		if m := opensPlainly().FindStringSubmatch(text); m != nil && i == 0 {
			faq.Says = Says(strings.ToLower(m[1]))
			if rest := text[len(m[0]):]; leans().MatchString(rest) {
				first := sentences(text)[0]
				im.drop(first, "an answer leads with the fact, not with yes or no")
				text = fold(text[len(first):])
			} else {
				said, text = m[0], capitalised(rest)
			}
		}
		text = im.readMoney(a, ctx, "", text)
		var keep []string
		for _, s := range sentences(text) {
			full = full || utf8.RuneCountInString(b.String()+strings.Join(keep, " ")+s)+8 > MaxAnswer
			if full {
				im.drop(s, fmt.Sprintf("an answer holds %d characters", MaxAnswer))
				continue
			}
			keep = append(keep, s)
		}
		if len(keep) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		if bullet {
			b.WriteString("- ")
		}
		b.WriteString(strings.Join(keep, " "))
	}
	faq.Answer = b.String()
	if Words(faq.Answer) == "" || bare.MatchString(faq.Answer) {
		im.drop(fold(question+" "+said+faq.Answer), "a question without an answer")
		return
	}
	if said != "" {
		im.drop(fold(said), "told as what the answer says")
	}
	faq.ID = NewID(question, func(id string) bool { return a.FAQ(id) != nil })
	a.FAQs = append(a.FAQs, faq)
}

// house gives the article in the one way of writing, without what the format
// has no place for.
func (im *importer) house(found *Article) *Article {
	a := *found
	a.Facts, a.Sections, a.FAQs = nil, nil, nil
	for _, f := range found.Facts {
		f.Sentence = plainSentence(inHouse(f.Sentence, f.Currency))
		same := slices.ContainsFunc(a.Facts, func(g Fact) bool {
			return f.Kind == g.Kind && f.Currency == g.Currency && f.Per == g.Per && f.Source == g.Source
		})
		if !same {
			a.Facts = append(a.Facts, f)
		}
	}
	currency := lakhCurrencies[0]
	for _, f := range found.Facts {
		if slices.Contains(lakhCurrencies, f.Currency) {
			currency = f.Currency
			break
		}
	}
	p := newParser("")
	p.article = &a
	p.takeFacts(&a)
	sound := func(s string) bool {
		p.faults = nil
		p.checkMoney(0, s)
		return len(p.faults) == 0
	}
	// A figure whose sentence tells of another that has no place goes with it.
	if a.Facts = slices.DeleteFunc(a.Facts, func(f Fact) bool { return !sound(f.Sentence) }); len(a.Facts) == 0 {
		a.Facts = nil
	}
	p.amounts = amounts{}
	p.takeFacts(&a)
	clean := func(lead, text string) string {
		var keep []string
		for i, s := range sentences(inHouse(text, currency)) {
			whole := s
			if i == 0 && lead != "" {
				whole = inHouse(lead+": "+s, currency)
			}
			if !sound(whole) {
				im.drop(whole, "a second figure of its kind: a draft holds one by each source")
				continue
			}
			keep = append(keep, s)
		}
		return strings.Join(keep, " ")
	}
	for _, s := range found.Sections {
		section := Section{Heading: s.Heading, Topic: s.Topic}
		for _, passage := range s.Passages {
			if text := clean(passage.Lead, passage.Text); Words(text) != "" {
				passage.Lead, passage.Text = capitalised(inHouse(passage.Lead, currency)), text
				section.Passages = append(section.Passages, split(passage)...)
			} else {
				im.drop(passage.Lead, "what stood behind it is left out")
			}
		}
		if len(section.Passages) > 0 {
			a.Sections = append(a.Sections, section)
		} else {
			im.drop(s.Heading, "a heading with nothing under it")
		}
	}
	for _, q := range found.FAQs {
		var lines []string
		for line := range strings.SplitSeq(q.Answer, "\n") {
			text, bullet := strings.CutPrefix(line, "- ")
			text = clean("", text)
			if bullet && text != "" {
				text = "- " + text
			}
			lines = append(lines, text)
		}
		q.Question = inHouse(q.Question, currency)
		q.Answer = strings.TrimSpace(strings.Join(lines, "\n"))
		e := Entry{EntryKey: EntryKey{a.ID, FAQEntry, q.ID}, FAQ: &q}
		if again, err := ParseEntry(e.EntryKey, FormatEntry(e)); err == nil {
			a.FAQs = append(a.FAQs, *again.FAQ)
		} else {
			im.drop(fold(q.Question+" "+q.Answer), "a question that "+err.Error())
		}
	}
	return &a
}

// plainSentence is a sentence without Markdown: figures are told by themselves.
func plainSentence(s string) string { return fold(Plain(s)) }
