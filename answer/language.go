package answer

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"go.yaml.in/yaml/v3"
)

//go:embed data
var dataFS embed.FS

// language is what the bot knows of words, whatever the career. It is read
// from data files and does not change, but for the vocabulary, which is that
// of a knowledge base.
type language struct {
	joins    phrases[string] // "back end" → "backend"
	slang    phrases[string] // "kitna" → "how much"
	concepts phrases[string] // "take home" → "pay"
	fillers  map[string]bool
	alike    phrases[int] // stems of words that say about the same → their group in kindred
	kindred  [][]hash     // of each group: its words, as terms and as surfaces

	pointers   phrases[string] // at the career that is spoken of
	background phrases[string] // before the occupation of who is asking
	distant    phrases[string] // at another occupation just spoken of
	comparing  phrases[string] // sets careers against each other
	askers     phrases[string] // begins a question
	closers    phrases[string] // begins a question that yes or no can answer
	turners    phrases[string] // turns a question round
	frames     phrases[string] // said before coming to the point
	leads      phrases[string] // said before a subject that is all that is asked
	ordinals   phrases[int]    // points at an item of a list, by its number; 0 is the last
	joints     map[string]bool // where a long sentence can be cut
	slots      [][]string      // how an unknown occupation is asked about
}

// lexicon is the form of data/lexicon.yaml.
type lexicon struct {
	Joins    map[string]string
	Concepts map[string][]string
	Fillers  []string

	Pointers, Distant, Background, Comparing, Askers, Closers, Turners, Frames, Leads, Joints, Slots []string
	Ordinals                                                                                         map[int][]string
}

// shippedLanguage reads the data files once: they are part of the program, so
// a fault in them is a fault of the program and is found by its tests.
var shippedLanguage = sync.OnceValue(func() *language {
	l, err := readLanguage(dataFS)
	if err != nil {
		panic(err)
	}
	return l
})

func readLanguage(fsys fs.FS) (*language, error) {
	var lex lexicon
	if err := readYAML(fsys, "data/lexicon.yaml", &lex); err != nil {
		return nil, err
	}
	l := &language{fillers: map[string]bool{}, joints: map[string]bool{}}
	for from, to := range lex.Joins {
		l.joins.add(from, to)
	}
	for _, name := range slices.Sorted(maps.Keys(lex.Concepts)) {
		for _, w := range lex.Concepts[name] {
			l.concepts.add(l.joined(w), name)
		}
	}
	for _, w := range lex.Fillers {
		l.fillers[w] = true
	}
	for _, w := range lex.Joints {
		l.joints[w] = true
	}
	for table, words := range map[*phrases[string]][]string{
		&l.pointers: lex.Pointers, &l.distant: lex.Distant, &l.background: lex.Background, &l.comparing: lex.Comparing, &l.askers: lex.Askers,
		&l.closers: lex.Closers, &l.turners: lex.Turners, &l.frames: lex.Frames, &l.leads: lex.Leads,
	} {
		for _, w := range words {
			table.add(l.joined(w), w)
		}
	}
	for n, words := range lex.Ordinals {
		for _, w := range words {
			l.ordinals.add(w, n)
		}
	}
	for _, s := range lex.Slots {
		l.slots = append(l.slots, strings.Fields(s))
	}
	var alike [][]string
	if err := readYAML(fsys, "data/alike.yaml", &alike); err != nil {
		return nil, err
	}
	for i, group := range alike {
		var of []hash
		for _, w := range group {
			w = l.joined(w)
			of = append(of, termHash.add(stem(w)), surfaceHash.add(w))
			l.alike.add(strings.Join(stems(strings.Fields(w)), " "), i)
		}
		l.kindred = append(l.kindred, of)
	}
	err := readLines(fsys, "data/slang.txt", func(line string) error {
		from, to, ok := strings.Cut(line, "=>")
		if !ok || strings.TrimSpace(from) == "" {
			return fmt.Errorf("want `from => to`, have %q", line)
		}
		l.slang.add(strings.TrimSpace(from), strings.TrimSpace(to))
		return nil
	})
	return l, err
}

// joined applies the joins to a phrase of a data file, so that it is written as
// questions are after reading.
func (l *language) joined(phrase string) string {
	var words []word
	for _, w := range strings.Fields(strings.ReplaceAll(phrase, "-", " ")) {
		words = append(words, word{text: w})
	}
	return strings.Join(clause{words: l.replace(words, &l.joins)}.texts(), " ")
}

// dictionary is the sorted list of plain English words, one a line.
var dictionary = sync.OnceValue(func() []string {
	b, err := dataFS.ReadFile("data/words.txt")
	if err != nil {
		panic(err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n")
})

// english reports whether w is a plain English word.
func isEnglish(w string) bool {
	_, found := slices.BinarySearch(dictionary(), w)
	return found
}

// stem returns the stem of an English word ("salaries" → "salari").
func stem(w string) string {
	env := snowballstem.NewEnv(w)
	english.Stem(env)
	return env.Current()
}

// stems returns the stems of words.
func stems(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = stem(w)
	}
	return out
}

// readYAML decodes a data file, refusing keys that v does not have.
func readYAML(fsys fs.FS, name string, v any) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// readLines calls line for every line of a data file that is neither empty nor
// a comment.
func readLines(fsys fs.FS, name string, line func(string) error) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for n := 1; s.Scan(); n++ {
		text := strings.TrimSpace(s.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := line(text); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return s.Err()
}

// vocabulary adds the words of the lexicon to known, with how often they are
// thought to be used.
func (l *language) vocabulary(known map[string]int) {
	l.concepts.words(func(w string) { known[w] += 5 })
	l.slang.words(func(w string) { known[w]++ })
	for w := range l.fillers {
		known[w] += 5
	}
}

// point takes away what is said before the point: greetings, "can you tell
// me". What is left has at least three words, else all is the point.
func (l *language) point(words []string) []string {
	rest := words
	for len(rest) > 0 {
		_, n := l.frames.longest(rest)
		if n == 0 && rest[0] == "," {
			n = 1
		}
		if n == 0 || len(rest)-n < 3 {
			break
		}
		rest = rest[n:]
	}
	return rest
}

// subject is what is left of a question without what leads to its subject,
// without commas: "and what about the hours" is "hours".
func (l *language) subject(words []string) string {
	for len(words) > 1 {
		_, n := l.leads.longest(words)
		if n == 0 && words[0] == "," {
			n = 1
		}
		if n == 0 || n == len(words) {
			break
		}
		words = words[n:]
	}
	return exactKey(words)
}
