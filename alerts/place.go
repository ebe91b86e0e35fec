package alerts

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed data
var data embed.FS

// gazetteer is the table of places: data/places.txt.
type gazetteer struct {
	places  []*place
	names   map[string][]*place // by folded words; the likeliest first
	codes   map[string][]*place // by two capital letters
	longest int                 // words of the longest name
}

// place is a place that is known, and all that it lies in.
type place struct {
	name    string
	country *place // itself, if it is one; nil for parts of the world
	within  []*place
	town    bool
}

var places = sync.OnceValue(func() *gazetteer {
	g := &gazetteer{names: map[string][]*place{}, codes: map[string][]*place{}}
	section := ""
	last := map[string][]*place{} // names that more likely mean another place
	for n, l := range dataLines("data/places.txt", &section) {
		columns := append(strings.Split(l, "|"), "", "")
		p := &place{name: strings.TrimSpace(columns[0]), town: section == "Towns"}
		for _, name := range commas(columns[1]) {
			outer := g.outer(name)
			if outer == nil {
				panic(fmt.Sprintf("data/places.txt:%d: %s is not above", n, name))
			}
			p.within = append(p.within, outer)
			p.within = append(p.within, outer.within...)
			if p.country == nil {
				p.country = outer.country
			}
		}
		if section == "Countries" {
			p.country = p
		}
		g.places = append(g.places, p)
		for _, name := range append(commas(columns[2]), p.name) {
			if len(name) == 2 && name == strings.ToUpper(name) {
				g.codes[name] = append(g.codes[name], p)
				continue
			}
			words, _ := wordsOf(name)
			g.longest = max(g.longest, len(words))
			key := strings.Join(words, " ")
			if strings.HasSuffix(name, "?") {
				last[key] = append(last[key], p)
				continue
			}
			if !slices.Contains(g.names[key], p) {
				g.names[key] = append(g.names[key], p)
			}
		}
	}
	for key, less := range last {
		g.names[key] = append(g.names[key], less...)
	}
	return g
})

// outer finds a place that others lie in: "Georgia", or "Georgia (United
// States)" if that is not the first of the name.
func (g *gazetteer) outer(name string) *place {
	name, in, _ := strings.Cut(strings.TrimSuffix(name, ")"), " (")
	for _, p := range g.places {
		if p.name == name && (in == "" || slices.ContainsFunc(p.within, func(o *place) bool { return o.name == in })) {
			return p
		}
	}
	return nil
}

// dataLines gives the lines of a data file that are neither empty nor comments,
// with their numbers, and sets section to the last comment.
func dataLines(name string, section *string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		b, err := data.ReadFile(name)
		if err != nil {
			panic(err)
		}
		n := 0
		for l := range strings.Lines(string(b)) {
			n++
			l = strings.TrimSpace(l)
			if comment, ok := strings.CutPrefix(l, "#"); ok {
				*section = strings.TrimSpace(comment)
			} else if l != "" && !yield(n, l) {
				return
			}
		}
	}
}

func commas(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// related says whether one place lies in the other.
func (p *place) related(q *place) bool {
	return p == q || slices.Contains(p.within, q) || slices.Contains(q.within, p)
}

// where is a place as somebody wrote it: the places that are known in it, and
// the words of its first part if that is none of them ("Fairfield" of
// "Fairfield, Iowa").
type where struct {
	known   []*place // the narrowest: not Karnataka if Bengaluru is there
	unknown []string
}

// locate reads a place. "A / B" are two places, "A, B" is one.
func locate(s string) where {
	var w where
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("/;|•\n", r) }) {
		found := places().find(part)
		w.known = append(w.known, found...)
		first, _, _ := strings.Cut(part, ",")
		if words := placeWords(first); len(words) > 0 && len(places().find(first)) == 0 {
			w.unknown = words
		}
	}
	return w
}

// placeWords are the words of a place that name it.
func placeWords(s string) []string {
	words, _ := wordsOf(s)
	return slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains([]string{"remote", "hybrid", "anywhere", "worldwide", "global", "world", "in", "the", "only", "based", "office", "onsite", "home"}, w)
	})
}

// find gives the narrowest places that are named in text.
func (g *gazetteer) find(text string) []*place {
	words, _ := wordsOf(text)
	// What each name may mean, and the codes apart: they need another's word.
	var names, codes [][]*place
	for i := 0; i < len(words); {
		n := min(g.longest, len(words)-i)
		for n > 0 && g.names[strings.Join(words[i:i+n], " ")] == nil {
			n--
		}
		if n > 0 {
			names = append(names, g.names[strings.Join(words[i:i+n], " ")])
		}
		i += max(n, 1)
	}
	trimmed := strings.TrimSpace(text)
	if len(trimmed) == 2 {
		trimmed = strings.ToUpper(trimmed)
	}
	for w := range strings.FieldsFuncSeq(trimmed, func(r rune) bool { return r != '.' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r < 0x80 }) {
		if meant := g.codes[w]; meant != nil {
			codes = append(codes, meant)
		}
	}
	all := slices.Concat(names, codes)
	var found []*place
	for i, meant := range all {
		var p *place
		for _, candidate := range meant {
			if slices.ContainsFunc(all[:i], candidate.relatedToAny) || slices.ContainsFunc(all[i+1:], candidate.relatedToAny) {
				p = candidate
				break
			}
		}
		switch {
		case p != nil:
		case i < len(names):
			p = meant[0]
		case len(names) > 0:
			continue // a code that does not go with the names: "OR" of "Pune OR Goa"
		case strings.Contains(text, ","):
			p = meant[len(meant)-1] // "Chevy Chase, MD": a state rather than a country
		case len(meant) == 1 || len(words) == 1 || len(placeWords(text)) == 1:
			p = meant[0] // "US East", "MD", but not "MD Chevy Chase"
		default:
			continue
		}
		found = append(found, p)
	}
	// "Paris, Texas" is not the Paris that is known.
	wider := slices.DeleteFunc(slices.Clone(found), func(p *place) bool { return p.town })
	narrow := slices.DeleteFunc(slices.Clone(found), func(p *place) bool {
		return p.town && len(wider) > 0 && !slices.ContainsFunc(wider, p.related) ||
			slices.ContainsFunc(found, func(q *place) bool { return slices.Contains(q.within, p) })
	})
	slices.SortFunc(narrow, func(a, b *place) int { return cmp.Compare(a.name, b.name) })
	return slices.Compact(narrow)
}

func (p *place) relatedToAny(meant []*place) bool {
	return slices.ContainsFunc(meant, func(q *place) bool { return p != q && p.related(q) })
}

// placeKey is the same for all ways to write a place.
func placeKey(s string) string {
	w := locate(s)
	if len(w.known) == 0 || w.unknown != nil {
		first, _, _ := strings.Cut(s, ",")
		return plainName(first, nil)
	}
	var names []string
	for _, p := range w.known {
		names = append(names, fold(p.name))
	}
	return strings.Join(names, " ")
}

// KnownPlace says whether a place is in the table of places, and under which
// name. A place that is not is looked for by its words.
func KnownPlace(s string) (name string, known bool) {
	w := locate(s)
	if len(w.known) == 0 || w.unknown != nil {
		return "", false
	}
	var names []string
	for _, p := range w.known {
		names = append(names, p.full())
	}
	return strings.Join(names, " / "), true
}

// Places are the places of the table that what somebody typed may mean, best
// first and towns before what they lie in, each as [KnownPlace] names it: by a
// name, or by a code ("UK").
func Places(typed string, most int) []string {
	words, _ := wordsOf(line(typed, mostPlace))
	key := strings.Join(words, " ")
	if key == "" {
		return nil
	}
	best := map[*place]int{}
	better := func(p *place, rank int) {
		if old, ok := best[p]; rank >= 0 && (!ok || rank < old) {
			best[p] = rank
		}
	}
	for name, meant := range places().names {
		rank := likeness(key, zoneTerm{text: name})
		for _, p := range meant {
			better(p, rank)
		}
	}
	for _, p := range slices.Concat(places().codes[strings.ToUpper(key)], locate(typed).known) {
		better(p, 0)
	}
	found := slices.DeleteFunc(slices.Clone(places().places), func(p *place) bool { _, ok := best[p]; return !ok })
	slices.SortStableFunc(found, func(a, b *place) int {
		if c := best[a] - best[b]; c != 0 || a.town == b.town {
			return c
		}
		if a.town {
			return -1
		}
		return 1
	})
	names := make([]string, 0, most)
	for _, p := range found[:min(most, len(found))] {
		names = append(names, p.full())
	}
	return names
}

// full is the name of a place with its country.
func (p *place) full() string {
	if p.country == nil || p.country == p {
		return p.name
	}
	return p.name + ", " + p.country.name
}
