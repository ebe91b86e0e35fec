package answer

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Group puts together the texts that ask the same, as a server's bot reads
// them: about the same career, with what tells most in common, however it is
// spelled. It returns the indices of texts by group, the largest group first
// and within it in the order of texts.
func (a *Answerer) Group(guild string, texts []string) [][]int {
	s := a.view(guild)
	type asked struct {
		key     string // the careers and the words
		career  string
		away    string // the occupation that is not held
		telling []weighed
		sum     float32
		among   profile
	}
	list := make([]asked, len(texts))
	inParallel(len(texts), func(i int) {
		u := a.understand(s, texts[i][:min(len(texts[i]), maxGrouped)])
		words := flat(u.clauses)
		x := asked{telling: a.telling(s, words), among: s.near.profile(a.blocksOf(words)), away: a.decide(s, Question{Text: texts[i]}, nil).away}
		if len(u.careers) > 0 {
			x.career = u.careers[0]
		}
		x.key = strings.Join([]string{x.career, x.away, exactKey(words)}, "|")
		slices.SortFunc(x.telling, func(v, w weighed) int { return cmp.Compare(v.term, w.term) })
		for _, t := range x.telling {
			x.sum += t.weight
		}
		list[i] = x
	})
	var groups [][]int
	same := map[string]int{} // key → group
	for i, x := range list {
		best, ok := same[x.key]
		if !ok {
			best = -1
			most := kinFrom
			for g, members := range groups {
				y := list[members[0]]
				if x.sum == 0 || y.sum == 0 || x.away != y.away || x.career != y.career && x.career != "" && y.career != "" {
					continue
				}
				both := float64(common(x.telling, y.telling))
				if both == 0 {
					continue // their profiles alone would not do
				}
				k := kin{
					asked: both / float64(x.sum), way: both / float64(y.sum), both: both / math.Sqrt(float64(x.sum*y.sum)),
					among: x.among.times(y.among),
				}
				if c := k.chance(); c >= most {
					best, most = g, c
				}
			}
		}
		if best < 0 {
			best = len(groups)
			groups = append(groups, nil)
		}
		groups[best] = append(groups[best], i)
		same[x.key] = best
	}
	slices.SortStableFunc(groups, func(x, y []int) int { return cmp.Compare(len(y), len(x)) })
	return groups
}

// maxGrouped is how many bytes of a text are read to group it: the point of a
// longer one cannot be told from its words alone.
const maxGrouped = 600

// common adds up the weights of the terms that two texts share, sorted by term.
func common(x, y []weighed) float32 {
	var sum float32
	for len(x) > 0 && len(y) > 0 {
		switch {
		case x[0].term < y[0].term:
			x = x[1:]
		case x[0].term > y[0].term:
			y = y[1:]
		default:
			sum += x[0].weight
			x, y = x[1:], y[1:]
		}
	}
	return sum
}
