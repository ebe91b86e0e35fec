package answer

import "sync"

// neighbours finds the examples nearest to a question, by the words and
// concepts that they share (letters say too little about meaning here).
type neighbours struct {
	model   *model
	known   []*aside    // all asides that have examples
	asides  []int32     // of each example: its aside in known; -1 for one of a topic
	uses    [][]posting // by feature
	scratch sync.Pool   // *[]float32 by example
}

// posting says how much a feature weighs in an example.
type posting struct {
	example uint32
	weight  float32
}

func newNeighbours(m *model, rows []blocks, asides []*aside) *neighbours {
	n := &neighbours{model: m, asides: make([]int32, len(rows)), uses: make([][]posting, len(m.idf))}
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

// find looks around a question.
func (n *neighbours) find(b blocks) nearest {
	p := n.scratch.Get().(*[]float32)
	likeness := *p
	v := n.model.vector(wordsOnly(b))
	for i, id := range v.ids {
		for _, u := range n.uses[id] {
			likeness[u.example] += v.values[i] * u.weight
		}
	}
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
