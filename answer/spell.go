package answer

import (
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"
)

// speller corrects words that are neither known to the bot nor plain English
// towards the words that it knows. It holds each known word under all its
// forms with one letter left out (and two, for long words), so that a look-up
// costs the same however many words there are (the SymSpell method,
// W. Garbe 2012).
type speller struct {
	known   map[string]int  // word → how often it is used
	names   map[string]bool // words of names, which are neither corrected nor corrected towards
	words   []string        // towards which others are corrected
	deletes []deleted       // sorted by form
	below   *speller        // knows words too; or nil
}

// deleted tells that a word with letters left out is a form. Forms are hashed:
// two that share a number only make a word be looked at in vain.
type deleted struct {
	form uint32
	word int32 // in words
}

// The lengths, in characters, from which on a word is corrected at all, and
// with two letters wrong.
const (
	minCorrected = 3
	minTwoEdits  = 8
)

// minFrequent is how often a word has to be used before three letters are
// corrected towards it.
const minFrequent = 40

// minUsed is how often a word that is not plain English has to be used before
// others are corrected towards it.
const minUsed = 5

// minEnglish is the same for a word that is.
const minEnglish = 2

// newSpeller returns a speller that knows words, and those that the one below
// knows. What there was before, over the same one below, saves work; it may be
// nil.
func newSpeller(known map[string]int, names map[string]bool, below, before *speller) *speller {
	s := &speller{known: known, names: names, below: below}
	if before == nil {
		before = &speller{}
	}
	was := make(map[string]bool, len(before.words))
	for _, w := range before.words {
		was[w] = true
	}
	at := make(map[string]int32, len(before.words)) // of those kept
	var fresh []deleted
	for w, n := range known {
		holds := was[w]
		if before.known[w] != n {
			holds = s.towards(w) && (below == nil || !below.towards(w))
		}
		if !holds {
			continue
		}
		k := int32(len(s.words))
		s.words = append(s.words, w)
		if was[w] {
			at[w] = k
			continue
		}
		for _, d := range deletions(w) {
			fresh = append(fresh, deleted{uint32(hashStart.add(d)), k})
		}
	}
	slices.SortFunc(fresh, func(x, y deleted) int { return cmp.Compare(x.form, y.form) })
	s.deletes = make([]deleted, 0, len(fresh)+len(before.deletes))
	for _, d := range before.deletes {
		k, ok := at[before.words[d.word]]
		if !ok {
			continue
		}
		for len(fresh) > 0 && fresh[0].form <= d.form {
			s.deletes, fresh = append(s.deletes, fresh[0]), fresh[1:]
		}
		s.deletes = append(s.deletes, deleted{d.form, k})
	}
	s.deletes = slices.Clip(append(s.deletes, fresh...))
	return s
}

// towards reports whether others are corrected towards a word. It takes more
// than one use: people misspell in phrasings too.
func (s *speller) towards(w string) bool {
	n := s.uses(w)
	return n >= minEnglish && (n >= minUsed || isEnglish(w)) && utf8.RuneCountInString(w) >= minCorrected-1
}

// with returns the words of which a form is made by leaving letters out, and
// perhaps others.
func (s *speller) with(form string) []string {
	h := uint32(hashStart.add(form))
	var out []string
	i, _ := slices.BinarySearchFunc(s.deletes, h, func(d deleted, h uint32) int { return cmp.Compare(d.form, h) })
	for ; i < len(s.deletes) && s.deletes[i].form == h; i++ {
		out = append(out, s.words[s.deletes[i].word])
	}
	return out
}

// uses tells how often a word is used; 0 if it is not known.
func (s *speller) uses(w string) int {
	n := s.known[w]
	if s.below != nil {
		n += s.below.uses(w)
	}
	return n
}

// deletions lists w and its forms with one letter left out, or up to two if it
// is long.
func deletions(w string) []string {
	seen := map[string]bool{w: true}
	out := []string{w}
	level := []string{w}
	for range edits(w) {
		var next []string
		for _, x := range level {
			r := []rune(x)
			for i := range r {
				d := string(r[:i]) + string(r[i+1:])
				if !seen[d] {
					seen[d] = true
					next = append(next, d)
				}
			}
		}
		out = append(out, next...)
		level = next
	}
	return out
}

func edits(w string) int {
	if utf8.RuneCountInString(w) >= minTwoEdits {
		return 2
	}
	return 1
}

// settled reports whether a word is left as it is, whatever else is known.
func (s *speller) settled(w string) bool {
	return utf8.RuneCountInString(w) < minCorrected || s.uses(w) >= minUsed || s.names[w] || isEnglish(w)
}

// correct returns the known word that w was meant to be, or w itself when it
// is known, plain English, a number or too far from all.
func (s *speller) correct(w string) string {
	if s.settled(w) {
		return w
	}
	for _, r := range w {
		if !unicode.IsLetter(r) {
			return w
		}
	}
	best, bestCost := w, 1e9
	tried := map[string]bool{}
	for _, d := range deletions(w) {
		for at := s; at != nil; at = at.below {
			for _, c := range at.with(d) {
				if tried[c] {
					continue
				}
				tried[c] = true
				n, used := distance(w, c), s.uses(c)
				if n > edits(w) || n > edits(c) || len(w) == minCorrected && (used < minFrequent || c[0] != w[0]) {
					continue
				}
				cost := float64(n) - float64(min(used, 1000))/2000
				if c[0] != w[0] {
					cost += 0.6 // people rarely mistype the first letter
				}
				if cost < bestCost || cost == bestCost && c < best {
					best, bestCost = c, cost
				}
			}
		}
	}
	return best
}

// distance counts the letters to insert, leave out, replace or swap with their
// neighbour to make a into b (optimal string alignment).
func distance(a, b string) int {
	row := editRow([]rune(a), []rune(b))
	return row[len(row)-1]
}

// editRow returns the distances from x to the beginnings of y, the empty one
// first.
func editRow(x, y []rune) []int {
	prev2 := make([]int, len(y)+1)
	prev := make([]int, len(y)+1)
	cur := make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev
}

// parted splits a word that is two known words run together ("howmuch"), the
// rarer of the two as frequent as can be. It returns nil if w is no such word.
func (s *speller) parted(w string) []string {
	if utf8.RuneCountInString(w) < 6 || s.uses(w) > 0 || s.names[w] || isEnglish(w) {
		return nil
	}
	best := 0
	var parts []string
	for i := 2; i <= len(w)-2; i++ {
		if !utf8.RuneStart(w[i]) {
			continue
		}
		a, b := s.uses(w[:i]), s.uses(w[i:])
		if n := min(a, b); n > best {
			best, parts = n, []string{w[:i], w[i:]}
		}
	}
	return parts
}

// correctAll corrects words and parts those that were run together.
func (s *speller) correctAll(words []word) []word {
	out := make([]word, 0, len(words))
	for _, w := range words {
		if c := s.correct(w.text); c != w.text {
			w.text = c
		} else if parts := s.parted(w.text); parts != nil {
			for _, p := range parts {
				out = append(out, word{text: p})
			}
			continue
		}
		out = append(out, w)
	}
	return out
}
