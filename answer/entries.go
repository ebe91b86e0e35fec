package answer

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/careerbot/careerbot/knowledge"
)

// The groups of entries that belong to no article: what is asked and not held,
// what is said in passing, and what has nothing to do with careers. They
// compete with the entries of an article for a question.
const groupAside = "\x00aside"

// kind tells what an entry is.
type kind int

const (
	faqEntry         kind = iota
	unsupportedEntry      // a topic that the knowledge base is known to lack
	smalltalkEntry
	abuseEntry
	offTopicEntry
)

// entry is something that a question can be about.
type entry struct {
	kind    kind
	id      string // of the passage, or of the row of the data file
	article *knowledge.Article
	faq     *knowledge.FAQ
	name    string // unsupported: completes "I have nothing on …"
	reply   string // small talk
}

// unsupportedTopic is a row of data/unsupported.yaml.
type unsupportedTopic struct {
	ID    string
	Name  string
	Cues  []string // by themselves show that the topic is asked
	Asked []string // whole questions
}

// smalltalkRow is a row of data/smalltalk.yaml.
type smalltalkRow struct {
	ID    string
	Kind  string // smalltalk or abuse
	Asked []string
	Reply string
}

// asides holds what the data files say of questions that no article answers.
type asides struct {
	unsupported []unsupportedTopic
	smalltalk   []smalltalkRow
	offTopic    []string
	occupations phrases[string] // a name → how its people are shown, in the plural
	places      phrases[string]
	companies   phrases[string]
	colleges    phrases[string]
	cues        phrases[string] // → the ID of an unsupported topic
}

func (l *language) readAsides(fsys fs.FS) (*asides, error) {
	a := &asides{}
	if err := readYAML(fsys, "data/unsupported.yaml", &a.unsupported); err != nil {
		return nil, err
	}
	if err := readYAML(fsys, "data/smalltalk.yaml", &a.smalltalk); err != nil {
		return nil, err
	}
	for _, u := range a.unsupported {
		for _, c := range u.Cues {
			a.cues.add(l.joined(c), u.ID)
		}
	}
	err := readLines(fsys, "data/offtopic.txt", func(line string) error {
		a.offTopic = append(a.offTopic, line)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for name, table := range map[string]*phrases[string]{
		"data/occupations.txt": &a.occupations,
		"data/places.txt":      &a.places,
		"data/companies.txt":   &a.companies,
		"data/colleges.txt":    &a.colleges,
	} {
		err := readLines(fsys, name, func(line string) error {
			shown, names, ok := strings.Cut(line, "|")
			if !ok {
				return fmt.Errorf("want `shown | name, name`, have %q", line)
			}
			shown = strings.TrimSpace(shown)
			for n := range strings.SplitSeq(names, ",") {
				n = l.joined(n)
				if n == "" {
					continue
				}
				table.add(n, shown)
				if table == &a.occupations {
					table.add(plural(n), shown)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return a, nil
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
