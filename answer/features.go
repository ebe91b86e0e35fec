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

// blocks are the features of a text. Each kind is brought to unit length on
// its own, so that the many letters do not outweigh the few concepts.
type blocks [blockCount][]string

// blocksOf lists the features of a row of words. What the data files know of a
// phrase, that it is a cue or a name, is a feature too: how much it says is
// learnt from the examples.
func (a *Answerer) blocksOf(words []string) blocks {
	l := a.lang
	words = l.point(words)
	var b blocks
	for i := range words {
		for _, mark := range a.aside.marks(words[i:]) {
			b[conceptBlock] = append(b[conceptBlock], "!"+mark)
		}
	}
	for i, t := range l.terms(words) {
		b[conceptBlock] = append(b[conceptBlock], t.term)
		if t.surface != "" {
			b[conceptBlock] = append(b[conceptBlock], "="+t.surface)
		}
		if i > 0 {
			b[conceptBlock] = append(b[conceptBlock], t.before+"+"+t.term)
		}
	}
	before := "^"
	for _, w := range words {
		if w == "," {
			continue
		}
		b[wordBlock] = append(b[wordBlock], "w "+w, "w "+before+" "+w)
		before = w
		if w == roleMark {
			continue
		}
		padded := []rune(" " + w + " ")
		for n := 3; n <= 5; n++ {
			for i := 0; i+n <= len(padded); i++ {
				b[letterBlock] = append(b[letterBlock], string(padded[i:i+n]))
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
