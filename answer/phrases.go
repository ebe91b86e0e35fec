package answer

import "strings"

// phrases finds phrases in a row of words: a trie of words, in which a word
// written `word*` stands for every word that begins so. All tables of the
// data files are looked up through it.
type phrases[V any] struct {
	root phraseNode[V]
	n    int
}

type phraseNode[V any] struct {
	next   map[string]*phraseNode[V]
	prefix map[string]*phraseNode[V] // of words that end in *, without it
	values []V
}

// add lets phrase, words separated by spaces, stand for value.
func (p *phrases[V]) add(phrase string, value V) {
	n := &p.root
	for _, w := range strings.Fields(phrase) {
		n = n.child(w)
	}
	n.values = append(n.values, value)
	p.n++
}

func (n *phraseNode[V]) child(w string) *phraseNode[V] {
	to := &n.next
	if stem, ok := strings.CutSuffix(w, "*"); ok && stem != "" {
		to, w = &n.prefix, stem
	}
	if *to == nil {
		*to = map[string]*phraseNode[V]{}
	}
	c := (*to)[w]
	if c == nil {
		c = &phraseNode[V]{}
		(*to)[w] = c
	}
	return c
}

// longest returns the values of the longest phrase that begins at words[0],
// and how many words it has; 0 if none begins there.
func (p *phrases[V]) longest(words []string) ([]V, int) {
	return p.root.longest(words, 0)
}

func (n *phraseNode[V]) longest(words []string, depth int) ([]V, int) {
	best, length := n.values, depth
	if len(best) == 0 {
		length = 0
	}
	if len(words) == 0 {
		return best, length
	}
	try := func(c *phraseNode[V]) {
		if v, l := c.longest(words[1:], depth+1); l > length {
			best, length = v, l
		}
	}
	if c := n.next[words[0]]; c != nil {
		try(c)
	}
	if n.prefix != nil {
		for i := 1; i <= len(words[0]); i++ {
			if c := n.prefix[words[0][:i]]; c != nil {
				try(c)
			}
		}
	}
	return best, length
}

// words calls f with every word of the phrases, but for those ending in *.
func (p *phrases[V]) words(f func(string)) { p.root.words(f) }

func (n *phraseNode[V]) words(f func(string)) {
	for w, c := range n.next {
		f(w)
		c.words(f)
	}
	for _, c := range n.prefix {
		c.words(f)
	}
}
