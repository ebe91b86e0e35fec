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
	prefix []prefixNode[V] // words ending in *
	values []V
}

type prefixNode[V any] struct {
	prefix string
	node   *phraseNode[V]
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
	if stem, ok := strings.CutSuffix(w, "*"); ok && stem != "" {
		for _, p := range n.prefix {
			if p.prefix == stem {
				return p.node
			}
		}
		c := &phraseNode[V]{}
		n.prefix = append(n.prefix, prefixNode[V]{stem, c})
		return c
	}
	if n.next == nil {
		n.next = map[string]*phraseNode[V]{}
	}
	c := n.next[w]
	if c == nil {
		c = &phraseNode[V]{}
		n.next[w] = c
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
	for _, p := range n.prefix {
		if strings.HasPrefix(words[0], p.prefix) {
			try(p.node)
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
		c.node.words(f)
	}
}
