package bot

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// Entries as dialogs hold them. What is typed is a text for each field; it
// becomes entries only if nothing is wrong with it.

// inputs are what stands in the fields of a dialog by their names, and what was
// chosen before it opened.
type inputs = map[string]string

// The fields of the dialogs.
const (
	fieldQuestion  = "question"
	fieldPhrasings = "phrasings"
	fieldAnswer    = "answer"
	fieldSource    = "source"
	fieldLink      = "link"
	fieldHeading   = "heading"
	fieldText      = "text"
	fieldTitle     = "title"
	fieldAliases   = "aliases"
	fieldRegion    = "region"
	fieldTopic     = "topic" // chosen before
	fieldSays      = "says"  // chosen before
)

// sheet is a kind of dialog.
type sheet struct {
	title  string
	fields func(inputs) []field
	write  func([]knowledge.Entry) inputs                                                          // what a dialog of entries is filled with
	read   func(knowledge.EntryKey, inputs, *knowledge.Base) ([]knowledge.Entry, knowledge.Faults) // the base is what the server sees
}

// newCareer is the sheet of a head together with its overview. The other sheets
// are named as the kinds of entries.
const newCareer = "new"

var sheets = map[string]sheet{
	string(knowledge.FAQEntry):     {"A question and its answer", faqFields, writeFAQ, readFAQ},
	string(knowledge.SectionEntry): {"A section", sectionFields, writeSection, readSection},
	string(knowledge.CareerEntry):  {"The names and the source of a career", headFields, writeHead, readHead},
	newCareer:                      {"A new career", newFields, writeNew, readNew},
}

// sheetOf names the sheet that a draft fits; empty if no dialog holds it.
func sheetOf(d store.Draft) string {
	first := d.Changes[0]
	_, withText := d.Typed[fieldText]
	switch {
	case first.Kind == knowledge.CareerEntry && first.Action == store.Add && (withText || len(d.Changes) == 2 && d.Changes[1].EntryKey == overviewOf(first.Article)):
		return newCareer
	case len(d.Changes) > 1, d.Typed == nil && first.FAQ == nil && first.Section == nil && first.Head == nil:
		return ""
	}
	return string(first.Kind)
}

// inputsOf is what the dialog of a draft is filled with.
func inputsOf(d store.Draft) inputs {
	if d.Typed != nil {
		return d.Typed
	}
	var entries []knowledge.Entry
	for _, c := range d.Changes {
		entries = append(entries, c.Entry)
	}
	return sheets[sheetOf(d)].write(entries)
}

// dialogOf opens a sheet filled with values. It refuses values that do not fit
// whole, since saving them would lose the rest.
func dialogOf(name, id string, values inputs) (*form, error) {
	s := sheets[name]
	f := &form{id: id, title: s.title, fields: s.fields(values)}
	for i, in := range f.fields {
		f.fields[i].value = values[in.id]
		if characters(values[in.id]) > in.max {
			return nil, tooLong
		}
	}
	if _, more := values[textField(maxTexts)]; more {
		return nil, tooLong
	}
	return f, nil
}

// tooLong is said of what no dialog of Discord's holds.
const tooLong = refusal("That is longer than a dialog of Discord's holds, and saving it from there would cut it. Use /kb export, change the file, and /kb import it.")

// settled reads sheets strictly: what is given back is what the store gives
// back, and what is wrong is told in the order in which it was typed.
func settled(base *knowledge.Base, entries []knowledge.Entry) ([]knowledge.Entry, knowledge.Faults) {
	var faults knowledge.Faults
	for i, e := range entries {
		found := base.With(entries[:i]).CheckEntry(e)
		if found == nil {
			var err error
			if entries[i], err = knowledge.ParseEntry(e.EntryKey, knowledge.FormatEntry(e)); err != nil {
				found, _ = err.(knowledge.Faults) //nolint:errorlint // it documents that it is
			}
		}
		faults = append(faults, found...)
	}
	return entries, faults
}

func faqFields(inputs) []field {
	return []field{
		{id: fieldQuestion, label: "Question", hint: "As most people would ask it", max: knowledge.MaxQuestion, required: true},
		{id: fieldPhrasings, label: "Other ways to ask it", hint: "One a line. With eight or more it is found well", max: maxFieldValue, long: true},
		{id: fieldAnswer, label: "Answer", hint: "Lead with the fact. A yes or no is told beside it: see the option says", max: knowledge.MaxAnswer, long: true, required: true},
		{id: fieldSource, label: "Source", hint: "Who says so, if it is not the source of the career", max: knowledge.MaxQuestion},
		{id: fieldLink, label: "Link", placeholder: "https://", max: maxURL},
	}
}

func writeFAQ(entries []knowledge.Entry) inputs {
	f := entries[0].FAQ
	v := inputs{
		fieldQuestion: f.Question, fieldPhrasings: strings.Join(f.Phrasings, "\n"), fieldAnswer: f.Answer,
		fieldTopic: string(f.Topic), fieldSays: string(f.Says),
	}
	if f.Source != nil {
		v[fieldSource], v[fieldLink] = f.Source.Name, f.Source.URL
	}
	return v
}

func readFAQ(key knowledge.EntryKey, v inputs, base *knowledge.Base) ([]knowledge.Entry, knowledge.Faults) {
	f := &knowledge.FAQ{
		ID: key.ID, Question: v[fieldQuestion], Phrasings: linesOf(v[fieldPhrasings]), Answer: v[fieldAnswer],
		Topic: knowledge.Topic(v[fieldTopic]), Says: knowledge.Says(v[fieldSays]),
	}
	if v[fieldSource] != "" || v[fieldLink] != "" {
		f.Source = &knowledge.Source{Name: v[fieldSource], URL: v[fieldLink]}
	}
	return settled(base, []knowledge.Entry{{EntryKey: key, FAQ: f}})
}

// linesOf lists the lines of a text that hold something, without the hyphens
// that people put before them.
func linesOf(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "- ")); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// maxTexts is how many boxes a text is spread over: five fields are what a
// dialog takes, and one is the heading.
const maxTexts = 4

// roomLeft is below how much room in the last box another one is added, in
// characters.
const roomLeft = 1000

// textField names the nth box of a text.
func textField(n int) string {
	if n == 0 {
		return fieldText
	}
	return fieldText + strconv.Itoa(n)
}

func sectionFields(v inputs) []field {
	fields := []field{
		{id: fieldHeading, label: "Heading", max: knowledge.MaxTitle, required: true},
		{id: fieldText, label: "Text", hint: "Paragraphs and bullets, an empty line between. “- **Words:** …” is a bullet found by these words", max: maxFieldValue, long: true, required: true},
	}
	for n := 1; n < maxTexts && characters(v[textField(n-1)]) > maxFieldValue-roomLeft; n++ {
		fields = append(fields, field{id: textField(n), label: "Text, continued", max: maxFieldValue, long: true})
	}
	return fields
}

func writeSection(entries []knowledge.Entry) inputs {
	e := entries[0]
	_, body, _ := strings.Cut(string(knowledge.FormatEntry(e)), "\n")
	v := inputs{fieldHeading: e.Section.Heading}
	maps.Copy(v, spread(strings.TrimSpace(body)))
	return v
}

// spread puts a text into boxes, broken between lines.
func spread(text string) inputs {
	v := inputs{}
	n := 0
	for line := range strings.Lines(text) {
		if box := textField(n); characters(v[box])+characters(line) > maxFieldValue && v[box] != "" {
			n++
		}
		v[textField(n)] += line
	}
	for box := range v {
		v[box] = strings.TrimRight(v[box], "\n")
	}
	return v
}

// gathered is the text of the boxes. What was broken between two bullets is
// one list again: an empty line between them makes no difference.
func gathered(v inputs) string {
	var parts []string
	for n := range maxTexts {
		if text := v[textField(n)]; text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n\n")
}

func readSection(key knowledge.EntryKey, v inputs, base *knowledge.Base) ([]knowledge.Entry, knowledge.Faults) {
	passages, faults := passagesOf(key, gathered(v))
	if faults != nil {
		return nil, faults
	}
	return settled(base, []knowledge.Entry{{EntryKey: key, Section: &knowledge.Section{
		Heading: v[fieldHeading], Topic: knowledge.Topic(key.ID), Passages: passages,
	}}})
}

// passagesOf reads the text of a section. Faults name its lines.
func passagesOf(key knowledge.EntryKey, text string) ([]knowledge.Passage, knowledge.Faults) {
	const above = 2 // lines
	e, err := knowledge.ParseEntry(key, fmt.Appendf(nil, "## Heading <!-- topic: %s -->\n\n%s\n", key.ID, text))
	if faults, ok := err.(knowledge.Faults); ok { //nolint:errorlint // it documents that it is
		for i := range faults {
			if n := faults[i].Line - above; n > 0 {
				faults[i].What = fmt.Sprintf("line %d of the text: %s", n, faults[i].What)
			}
		}
		return nil, faults
	}
	if e.Section == nil {
		return nil, knowledge.Faults{{What: "the text is empty", Mend: "write something"}}
	}
	return e.Section.Passages, nil
}

func headFields(inputs) []field {
	return []field{
		{id: fieldTitle, label: "Title", placeholder: "Back-end developer", max: knowledge.MaxTitle, required: true},
		{id: fieldAliases, label: "Other names", hint: "One a line: what people also call it", max: maxFieldValue, long: true},
		{id: fieldRegion, label: "Region", hint: "The country that pay and education speak of", max: knowledge.MaxTitle},
		{id: fieldSource, label: "Source", hint: "Who says what the article tells", max: knowledge.MaxQuestion},
		{id: fieldLink, label: "Link", placeholder: "https://", max: maxURL},
	}
}

func writeHead(entries []knowledge.Entry) inputs {
	h := entries[0].Head
	return inputs{
		fieldTitle: h.Title, fieldAliases: strings.Join(h.Aliases, "\n"), fieldRegion: h.Region,
		fieldSource: h.Source.Name, fieldLink: h.Source.URL,
	}
}

func readHead(key knowledge.EntryKey, v inputs, base *knowledge.Base) ([]knowledge.Entry, knowledge.Faults) {
	return settled(base, []knowledge.Entry{headOf(key, v, base)})
}

// headOf is the head that was typed, with the figures of the one that there is.
func headOf(key knowledge.EntryKey, v inputs, base *knowledge.Base) knowledge.Entry {
	head := knowledge.Article{ID: key.Article}
	if was, ok := entryIn(base, key); ok {
		head = *was.Head
	}
	head.Title, head.Aliases, head.Region = v[fieldTitle], linesOf(v[fieldAliases]), v[fieldRegion]
	if head.Source.Name != v[fieldSource] || head.Source.URL != v[fieldLink] {
		head.Source = knowledge.Source{Name: v[fieldSource], URL: v[fieldLink]} // its dates were those of the other
	}
	return knowledge.Entry{EntryKey: key, Head: &head}
}

// overviewOf is the key of the section that tells what a career is.
func overviewOf(article string) knowledge.EntryKey {
	return knowledge.EntryKey{Article: article, Kind: knowledge.SectionEntry, ID: string(knowledge.Overview)}
}

func newFields(inputs) []field {
	fields := headFields(nil)
	fields[3].hint = "Who says so, and a link if there is one: Payscale https://…"
	fields[3].max += maxURL
	fields[4] = field{id: fieldText, label: "What it is", hint: "Paragraphs and bullets, an empty line between them", max: maxFieldValue, long: true, required: true}
	return fields
}

func writeNew(entries []knowledge.Entry) inputs {
	v, text := writeHead(entries[:1]), writeSection(entries[1:])
	v[fieldSource] = strings.TrimSpace(v[fieldSource] + " " + v[fieldLink])
	v[fieldText] = text[fieldText]
	delete(v, fieldLink)
	return v
}

// sourceOf takes the name of a source and a link apart that were typed together.
func sourceOf(text string) (name, link string) {
	words := strings.Fields(text)
	if i := slices.IndexFunc(words, func(w string) bool { return webLink(w, maxURL) != "" }); i >= 0 {
		return strings.Join(slices.Delete(slices.Clone(words), i, i+1), " "), words[i]
	}
	return text, ""
}

func readNew(key knowledge.EntryKey, v inputs, base *knowledge.Base) ([]knowledge.Entry, knowledge.Faults) {
	head := maps.Clone(v)
	head[fieldSource], head[fieldLink] = sourceOf(v[fieldSource])
	passages, faults := passagesOf(overviewOf(key.Article), v[fieldText])
	entries, more := settled(base, []knowledge.Entry{headOf(key, head, base), {EntryKey: overviewOf(key.Article), Section: &knowledge.Section{
		Heading: topicNames[knowledge.Overview], Topic: knowledge.Overview, Passages: passages,
	}}})
	if faults != nil {
		return nil, append(faults, more...)
	}
	return entries, more
}
