package answer

import "strings"

// roleMark stands for the name of the occupation in a row of words, so that
// what is learnt of one career serves for all.
const roleMark = "ROLE"

// The features of a text, by kind.
const (
	conceptBlock = iota // concepts and stems, and pairs of them
	wordBlock           // words and pairs of words
	letterBlock         // 3 to 5 neighbouring letters of a word
	blockCount
)

// blocks are the features of a text, as hashes. Each kind is brought to unit
// length on its own, so that the many letters do not outweigh the few concepts.
type blocks [blockCount][]uint32

// hash is a feature's number: FNV-1a of its parts. That two features of some
// ten thousand share one is so rare, and harms so little, that no list of them
// is kept.
type hash uint32

const hashStart hash = 2166136261

func (h hash) add(s string) hash {
	for i := range len(s) {
		h = (h ^ hash(s[i])) * 16777619
	}
	return (h ^ 0xff) * 16777619
}

// The kinds of features that hashes begin with.
var (
	termHash    = hashStart.add("term")
	surfaceHash = hashStart.add("surface")
	pairHash    = hashStart.add("pair")
	markHash    = hashStart.add("mark")
	wordHash    = hashStart.add("word")
	wordsHash   = hashStart.add("words")
	letterHash  = hashStart.add("letters")
	alikeHash   = hashStart.add("alike")
)

// The sizes of the groups of letters that are looked at.
const (
	minLetters = 4
	maxLetters = 5
)

// blocksOf lists the features of a row of words. What the data files know of a
// phrase, that it is a cue or a name, is a feature too: how much it says is
// learnt from the examples.
func (a *Answerer) blocksOf(words []string) blocks {
	var b blocks
	add := func(block int, h hash) { b[block] = append(b[block], uint32(h)) }
	words = a.lang.point(words)
	for i := range words {
		for _, mark := range a.aside.marks(words[i:]) {
			add(conceptBlock, markHash.add(mark))
		}
	}
	for i, t := range a.lang.terms(words) {
		add(conceptBlock, termHash.add(t.term))
		if t.surface != "" {
			add(conceptBlock, surfaceHash.add(t.surface))
		}
		if i > 0 {
			add(conceptBlock, pairHash.add(t.before).add(t.term))
		}
	}
	before := ""
	for _, w := range words {
		if w == "," {
			continue
		}
		add(wordBlock, wordHash.add(w))
		add(wordBlock, wordsHash.add(before).add(w))
		before = w
		if w == roleMark {
			continue
		}
		padded := " " + w + " "
		for n := minLetters; n <= maxLetters; n++ {
			for i := 0; i+n <= len(padded); i++ {
				add(letterBlock, letterHash.add(padded[i:i+n]))
			}
		}
	}
	return b
}

// term is what a word or phrase of a question comes down to.
type term struct {
	term    string // the concept ("@pay"), or the stem of a word that belongs to none
	surface string // the words themselves, where the term is a concept
	before  string // the term before it
}

// terms reduces a row of words: concepts for what the lexicon knows, stems for
// the rest; fillers, commas and the name of the occupation go.
func (l *language) terms(words []string) []term {
	out := make([]term, 0, len(words))
	before := ""
	for i := 0; i < len(words); {
		names, n := l.concepts.longest(words[i:])
		if n == 0 {
			w := words[i]
			i++
			if w == roleMark || w == "," || l.fillers[w] {
				continue
			}
			t := stem(w)
			out = append(out, term{term: t, before: before})
			before = t
			continue
		}
		surface := strings.Join(words[i:i+n], " ")
		for _, name := range names {
			out = append(out, term{term: "@" + name, surface: surface, before: before})
		}
		before = "@" + names[0]
		i += n
	}
	return out
}
