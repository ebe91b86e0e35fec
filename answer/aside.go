package answer

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// asides holds what is known of questions that no article answers.
type asides struct {
	entries     []aside
	cues        phrases[string] // by itself shows an aside: its ID
	occupations phrases[string] // a name → its people, in the plural
	names       []string        // of occupations, the usual one of each
	places      phrases[string] // a name → as it is shown
	companies   phrases[string]
	colleges    phrases[string]
	heard       phrases[int]   // has a reply wherever it stands in a message: its place in replies
	alone       map[string]int // has it if it is all that is said
	replies     []string
	words       map[string]bool // of all these names and cues
	called      [][]string      // what each occupation is called
	calls       map[string]calling
}

// calling is a name of an occupation.
type calling struct {
	occupation int    // in called
	people     string // the name in the plural
}

// reply is what is said to a message that holds one of certain phrases, whatever
// else it says; of several the first of the data file counts. It is empty for
// others. The words are those that were typed and those that were read, since
// reading takes away what says nothing about careers.
func (a *asides) reply(typed, read []string) string {
	found := len(a.replies)
	for _, words := range [][]string{typed, read} {
		if k, alone := a.alone[strings.Join(words, " ")]; alone {
			found = min(found, k)
		}
		for i := range words {
			if list, n := a.heard.longest(words[i:]); n > 0 {
				found = min(found, list[0])
			}
		}
	}
	if found == len(a.replies) {
		return ""
	}
	return a.replies[found]
}

// asideKind tells how to reply to what no article answers.
type asideKind int

const (
	unsupported asideKind = iota // a topic that the knowledge base is known to lack
	smallTalk
	abuse
	offTopic
	otherCareer // what is held, asked about an occupation that is not
	asideKinds  // how many there are
)

// aside is something that is said and that no article answers.
type aside struct {
	kind  asideKind
	id    string
	name  string   // unsupported: completes "I have nothing on …"
	reply string   // small talk and abuse
	asked []string // examples
	alone []string // unsupported: subjects that ask for it if they are all that is asked
	jobs  bool     // unsupported: what is asked for is jobs that are open
}

// plainTables are the data files of names, `shown | name, name` a line.
func (a *asides) plainTables() map[string]*phrases[string] {
	return map[string]*phrases[string]{
		"data/occupations.txt": &a.occupations,
		"data/places.txt":      &a.places,
		"data/companies.txt":   &a.companies,
		"data/colleges.txt":    &a.colleges,
	}
}

func (l *language) readAsides(fsys fs.FS) (*asides, error) {
	a := &asides{words: map[string]bool{}, alone: map[string]int{}, calls: map[string]calling{}}
	var topics []struct {
		ID    string
		Name  string
		Cues  []string
		Asked []string
		Alone []string
		Jobs  bool
	}
	if err := readYAML(fsys, "data/unsupported.yaml", &topics); err != nil {
		return nil, err
	}
	for _, t := range topics {
		a.entries = append(a.entries, aside{kind: unsupported, id: t.ID, name: t.Name, asked: t.Asked, alone: t.Alone, jobs: t.Jobs})
		for _, c := range t.Cues {
			a.cues.add(l.joined(c), t.ID)
		}
	}
	var talk []struct {
		ID    string
		Kind  string
		Asked []string
		Reply string
	}
	if err := readYAML(fsys, "data/smalltalk.yaml", &talk); err != nil {
		return nil, err
	}
	for _, t := range talk {
		kind, ok := map[string]asideKind{"smalltalk": smallTalk, "abuse": abuse}[t.Kind]
		if !ok {
			return nil, fmt.Errorf("data/smalltalk.yaml: %s: kind %q is neither smalltalk nor abuse", t.ID, t.Kind)
		}
		a.entries = append(a.entries, aside{kind: kind, id: t.ID, reply: t.Reply, asked: t.Asked})
	}
	var heard []struct {
		ID    string
		Reply string
		Heard []string
		Alone []string
	}
	if err := readYAML(fsys, "data/heard.yaml", &heard); err != nil {
		return nil, err
	}
	for i, h := range heard {
		a.replies = append(a.replies, h.Reply)
		for _, phrase := range h.Heard {
			a.heard.add(phrase, i)
			a.heard.add(l.joined(phrase), i)
		}
		for _, phrase := range h.Alone {
			a.alone[phrase] = i
		}
	}
	off := aside{kind: offTopic, id: "off-topic"}
	err := readLines(fsys, "data/offtopic.txt", func(line string) error {
		off.asked = append(off.asked, line)
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.entries = append(a.entries, off)
	for file, table := range a.plainTables() {
		err := readLines(fsys, file, func(line string) error {
			shown, names, ok := strings.Cut(line, "|")
			if !ok {
				return fmt.Errorf("want `shown | name, name`, have %q", line)
			}
			shown = strings.TrimSpace(shown)
			if table == &a.occupations {
				usual, _, _ := strings.Cut(names, ",")
				a.names = append(a.names, l.joined(usual))
			}
			var called []string
			for n := range strings.SplitSeq(names, ",") {
				n = l.joined(n)
				if n == "" {
					continue
				}
				table.add(n, shown)
				if table == &a.occupations {
					table.add(plural(n), shown)
					a.calls[n] = calling{len(a.called), plural(n)}
					a.calls[plural(n)] = calling{len(a.called), plural(n)}
					called = append(called, n)
				}
			}
			if called != nil {
				a.called = append(a.called, called)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, table := range a.plainTables() {
		table.words(func(w string) { a.words[w] = true })
	}
	a.cues.words(func(w string) { a.words[w] = true })
	return a, nil
}

// minNamed is how many letters a word of an occupation has that others are
// corrected towards: shorter ones are a letter away from too much.
const minNamed = 6

// vocabulary adds the words of occupations to known, so that "denstist" is
// read as one, and refused by its name.
func (a *asides) vocabulary(known map[string]int) {
	a.occupations.words(func(w string) {
		if len(w) >= minNamed && known[w] < minEnglish {
			known[w] = minEnglish
		}
	})
}

// plural makes the last word of an occupation's name plural ("nurse" →
// "nurses"), well enough to recognise it.
func plural(name string) string {
	switch {
	case strings.HasSuffix(name, "man"):
		return strings.TrimSuffix(name, "man") + "men"
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "ch"), strings.HasSuffix(name, "sh"), strings.HasSuffix(name, "x"):
		return name + "es"
	case strings.HasSuffix(name, "y") && len(name) > 2 && !strings.ContainsRune("aeiou", rune(name[len(name)-2])):
		return name[:len(name)-1] + "ies"
	}
	return name + "s"
}

// marks tells what the data files know of the phrase with which words begins.
func (a *asides) marks(words []string) []string {
	marks, _ := a.cues.longest(words)
	for _, named := range []struct {
		mark  string
		table *phrases[string]
	}{
		{"occupation", &a.occupations}, {"place", &a.places}, {"company", &a.companies}, {"college", &a.colleges},
	} {
		if _, n := named.table.longest(words); n > 0 {
			marks = append(slices.Clip(marks), named.mark)
		}
	}
	return marks
}
