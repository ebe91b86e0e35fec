package alerts

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// The words of postings and of queries are found in the one way that is in this
// file: in small letters, without accents, by their English stem. Bleve's
// analyser would do as much and more; its stop words are left in here, because
// phrases are made of them ("head of design").

// fold is text in small letters without accents: Latin letters lose them,
// Indian vowel signs are no accents.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s)))
}

// tokens calls yield for every word of folded text. Letters and digits make a
// word, as do the signs that tell C from C++ and C#, and the stop of .NET;
// apostrophes are passed over. hyphen says that the word hangs on to the one
// before, as in "back-end". The word is good until the next call.
func tokens(text string, yield func(word []byte, hyphen bool)) {
	var buf [64]byte
	word := buf[:0]
	hyphen := false // before the word that is being read
	before := ' '
	end := func(next rune) {
		if len(word) > 0 && word[len(word)-1] != '.' {
			yield(word, hyphen)
			hyphen = next == '-'
		} else {
			hyphen = false
		}
		word = word[:0]
	}
	for i, r := range text {
		switch {
		case r < 0x80 && ('a' <= r && r <= 'z' || '0' <= r && r <= '9'):
			word = append(word, byte(r))
		case r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			word = append(word, text[i:i+len(string(r))]...)
		case (r == '+' || r == '#') && len(word) > 0:
			word = append(word, byte(r))
		case (r == '\'' || r == '’') && len(word) > 0:
		case r == '.' && len(word) == 0 && (before == ' ' || before == '\n' || before == '('):
			word = append(word, '.')
		default:
			end(r)
		}
		before = r
	}
	end(' ')
}

// wordsOf are the words of text, as they stand there, and the words that are
// written with a hyphen, joined: "back", "end" and "backend".
func wordsOf(text string) (words, joined []string) {
	tokens(fold(text), func(word []byte, hyphen bool) {
		if hyphen && len(words) > 0 {
			joined = append(joined, words[len(words)-1]+string(word))
		}
		words = append(words, string(word))
	})
	return words, joined
}

// stem is the stem of an English word ("engineering" → "engin"). A word that is
// not of plain letters stays as it is.
func stem(w string) string {
	for i := range len(w) {
		if w[i] < 'a' || w[i] > 'z' {
			return w
		}
	}
	env := snowballstem.NewEnv(w)
	english.Stem(env)
	return env.Current()
}

// plainName is text as words, less those to be left out.
func plainName(s string, without map[string]bool) string {
	words, _ := wordsOf(s)
	words = slices.DeleteFunc(words, func(w string) bool { return without[w] })
	return strings.Join(words, " ")
}

// dictionary numbers the words of some postings.
type dictionary struct {
	words map[string]int32 // a word as written
	stems map[string]int32
}

func newDictionary() *dictionary {
	return &dictionary{words: map[string]int32{}, stems: map[string]int32{}}
}

// add numbers a word by its stem.
func (d *dictionary) add(word []byte) int32 {
	if n, ok := d.words[string(word)]; ok {
		return n
	}
	w := string(word)
	s := stem(w)
	n, ok := d.stems[s]
	if !ok {
		n = int32(len(d.stems))
		d.stems[s] = n
	}
	d.words[w] = n
	return n
}

// find gives the number of a word, or -1 if no posting has it.
func (d *dictionary) find(word string) int32 {
	if n, ok := d.words[word]; ok {
		return n
	}
	if n, ok := d.stems[stem(word)]; ok {
		return n
	}
	return -1
}
