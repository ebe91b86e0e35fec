package answer

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// neighbours finds the examples nearest to a question, by the words and
// concepts that they share (letters say too little about meaning here).
type neighbours struct {
	model   *model
	known   []*aside    // all asides that have examples
	asides  []int32     // of each example: its aside in known; -1 for one of a topic
	groups  []int32     // of each example: which FAQ or aside it is one of, numbered in their order
	uses    [][]posting // by feature
	scratch sync.Pool   // *[]float32 by example
}

// posting says how much a feature weighs in an example.
type posting struct {
	example uint32
	weight  float32
}

func newNeighbours(m *model, rows []blocks, asides []*aside, groups []int32) *neighbours {
	n := &neighbours{model: m, groups: groups, asides: make([]int32, len(rows)), uses: make([][]posting, len(m.idf))}
	at := map[*aside]int32{}
	for i, e := range asides {
		n.asides[i] = -1
		if e == nil {
			continue
		}
		k, ok := at[e]
		if !ok {
			k = int32(len(n.known))
			at[e] = k
			n.known = append(n.known, e)
		}
		n.asides[i] = k
	}
	vectors := make([]sparse, len(rows))
	inParallel(len(rows), func(i int) { vectors[i] = m.vector(wordsOnly(rows[i])) })
	for i, v := range vectors {
		for k, id := range v.ids {
			n.uses[id] = append(n.uses[id], posting{uint32(i), v.values[k]})
		}
	}
	n.scratch.New = func() any {
		s := make([]float32, len(rows))
		return &s
	}
	return n
}

func wordsOnly(b blocks) blocks {
	b[letterBlock] = nil
	return b
}

// nearest is what lies around a question.
type nearest struct {
	topic, aside float64 // the likeness of the nearest example of a topic and of an aside
	byKind       [asideKinds]*aside
}

// fewNearest is how many examples of an aside count in telling which is meant:
// the nearest fully, the second by half, and so on.
const fewNearest = 3

// likenesses returns how like each example is to a question, in a scratch that
// is to be zeroed and put back.
func (n *neighbours) likenesses(b blocks) *[]float32 {
	p := n.scratch.Get().(*[]float32)
	likeness := *p
	v := n.model.vector(wordsOnly(b))
	for i, id := range v.ids {
		for _, u := range n.uses[id] {
			likeness[u.example] += v.values[i] * u.weight
		}
	}
	return p
}

// find looks around a question.
func (n *neighbours) find(b blocks) nearest {
	p := n.likenesses(b)
	likeness := *p
	var out nearest
	best := make([][fewNearest]float32, len(n.known))
	for i, x := range likeness {
		likeness[i] = 0
		if x == 0 {
			continue
		}
		e := n.asides[i]
		if e < 0 {
			out.topic = max(out.topic, float64(x))
			continue
		}
		out.aside = max(out.aside, float64(x))
		t := &best[e]
		for k := range t {
			if x > t[k] {
				x, t[k] = t[k], x
			}
		}
	}
	n.scratch.Put(p)
	var most [asideKinds]float32
	for i, t := range best {
		var sum float32
		for k, x := range t {
			sum += x / float32(k+1)
		}
		if e := n.known[i]; sum > most[e.kind] {
			most[e.kind], out.byKind[e.kind] = sum, e
		}
	}
	return out
}

// unitRow is a row of unit length, sorted by what its weights are of. The product
// of two is their cosine.
type unitRow []weightOf

// weightOf is the weight of a feature, or of a group of examples.
type weightOf struct {
	of     uint32
	weight float32
}

// maxProfile is how many groups a profile has at most: the nearest.
const maxProfile = 8

// profile tells near to which groups of examples a question is. The weight of a
// group is the square of the likeness of its nearest examples, so that the
// nearest groups count most.
func (n *neighbours) profile(b blocks) unitRow {
	p := n.likenesses(b)
	out := make(unitRow, 0, maxProfile+1)
	var best [fewNearest]float32 // of the examples of a group, which stand together
	end := func(group int32) {
		if best[0] == 0 {
			return
		}
		var sum float32
		for k, x := range best {
			sum += x / float32(k+1)
		}
		best = [fewNearest]float32{}
		x := weightOf{uint32(group), sum * sum}
		if len(out) == maxProfile && x.weight <= out[maxProfile-1].weight {
			return
		}
		at := len(out)
		for at > 0 && out[at-1].weight < x.weight {
			at--
		}
		out = slices.Insert(out, at, x)
		out = out[:min(len(out), maxProfile)]
	}
	group := int32(0)
	for i, x := range *p {
		if x == 0 {
			continue
		}
		(*p)[i] = 0
		if n.groups[i] != group {
			end(group)
			group = n.groups[i]
		}
		if x <= best[fewNearest-1] {
			continue
		}
		for k := range best {
			if x > best[k] {
				x, best[k] = best[k], x
			}
		}
	}
	end(group)
	n.scratch.Put(p)
	slices.SortFunc(out, func(x, y weightOf) int { return cmp.Compare(x.of, y.of) })
	out.scale()
	return out
}

// scale brings a row to unit length.
func (r unitRow) scale() {
	var sum float64
	for _, x := range r {
		sum += float64(x.weight * x.weight)
	}
	for i := range r {
		r[i].weight /= float32(math.Sqrt(sum))
	}
}

// times returns the cosine of two rows.
func (r unitRow) times(q unitRow) float64 {
	var sum float32
	for len(r) > 0 && len(q) > 0 {
		switch {
		case r[0].of < q[0].of:
			r = r[1:]
		case r[0].of > q[0].of:
			q = q[1:]
		default:
			sum += r[0].weight * q[0].weight
			r, q = r[1:], q[1:]
		}
	}
	return float64(sum)
}
