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
		spelt   unitRow
		among   unitRow
	}
	list := make([]asked, len(texts))
	inParallel(len(texts), func(i int) {
		u := a.understand(s, texts[i][:min(len(texts[i]), maxGrouped)])
		words := flat(u.clauses)
		b := a.blocksOf(words)
		x := asked{telling: a.telling(s, words), spelt: s.spelt(b), among: s.near.profile(b), away: a.decide(s, Question{Text: texts[i]}, nil).away}
		if len(u.careers) > 0 {
			x.career = u.careers[0]
		}
		x.key = strings.Join([]string{x.career, x.away, exactKey(words)}, "|")
		for _, t := range x.telling {
			x.sum += t.weight
		}
		list[i] = x
	})
	var groups [][]int
	same := map[string]int{}             // key → group
	uses := map[uint32][]int32{}         // term → groups whose first text has it
	common := make([]float32, len(list)) // of the weights of the terms of a text and the first of each group
	for i, x := range list {
		best, ok := same[x.key]
		if !ok {
			best = -1
			most := groupFrom
			// The profiles alone would not do: only what shares a term is compared.
			var near []int32
			for _, t := range x.telling {
				for _, g := range uses[t.term] {
					if common[g] == 0 {
						near = append(near, g)
					}
					common[g] += t.weight
				}
			}
			slices.Sort(near)
			for _, g := range near {
				y, both := list[groups[g][0]], float64(common[g])
				common[g] = 0
				if x.away != y.away || x.career != y.career && x.career != "" && y.career != "" {
					continue
				}
				k := kin{
					asked: both / float64(x.sum), way: both / float64(y.sum), both: both / math.Sqrt(float64(x.sum*y.sum)),
					spelt: x.spelt.times(y.spelt), among: mostAmong,
				}
				if k.chance() < most {
					continue
				}
				k.among = x.among.times(y.among)
				if c := k.chance(); c >= most {
					best, most = int(g), c
				}
			}
		}
		if best < 0 {
			best = len(groups)
			groups = append(groups, nil)
			for _, t := range x.telling {
				uses[t.term] = append(uses[t.term], int32(best))
			}
		}
		groups[best] = append(groups[best], i)
		same[x.key] = best
	}
	slices.SortStableFunc(groups, func(x, y []int) int { return cmp.Compare(len(y), len(x)) })
	return groups
}

// groupFrom is the chance of kinship from which on two questions are one in the
// queue: what answers one is sent to whoever asked the other.
const groupFrom = 0.8

// maxGrouped is how many bytes of a text are read to group it: the point of a
// longer one cannot be told from its words alone.
const maxGrouped = 600
