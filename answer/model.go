package answer

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// model is a linear classifier: it tells which of a number of classes a
// question belongs to, having seen examples of each. There is one for the
// entries of every article and one for topics. It is trained on the questions
// and phrasings of the knowledge base in some ten milliseconds, so it is
// trained anew whenever they change and never stored.
type model struct {
	features map[uint32]uint32 // hash → ID
	idf      []float32         // by feature
	classes  int
	weights  []float32 // by feature, then class; the last row is the bias
}

// What each block counts for, and how many examples must have a feature of it.
// Measured on the question sets in testdata: see docs/architecture.md.
var (
	blockWeight  = [blockCount]float32{0.6, 0.7, 0.9}
	blockMinimum = [blockCount]int{1, 1, 2}
)

const (
	penalty   = 1.0  // C of the support vector machine
	maxRounds = 6    // over the examples
	tolerance = 0.05 // of the projected gradient
)

// sparse is a row of feature values.
type sparse struct {
	ids    []uint32
	values []float32
}

// train returns a model of the classes 0 to classes-1 given example texts and
// their classes.
func train(rows []blocks, class []int, classes int) *model {
	m := &model{classes: classes}
	m.count(rows)
	vectors := make([]sparse, len(rows))
	inParallel(len(rows), func(i int) { vectors[i] = m.vector(rows[i]) })
	m.weights = make([]float32, (len(m.idf)+1)*classes)
	inParallel((classes+lanes-1)/lanes, func(i int) { m.fit(vectors, class, i*lanes) })
	return m
}

// count numbers the features that enough rows have and weighs them by how few
// rows have them.
func (m *model) count(rows []blocks) {
	type tally struct {
		hash    uint32
		last, n int32
		block   int8
	}
	var tallies []tally
	at := make(map[uint32]int32, 8*len(rows))
	for i, r := range rows {
		for b, hashes := range r {
			for _, h := range hashes {
				k, ok := at[h]
				if !ok {
					k = int32(len(tallies))
					at[h] = k
					tallies = append(tallies, tally{hash: h, last: -1, block: int8(b)})
				}
				if t := &tallies[k]; t.last != int32(i) {
					t.last = int32(i)
					t.n++
				}
			}
		}
	}
	// The most used first: what is fetched often then lies together.
	slices.SortStableFunc(tallies, func(a, b tally) int { return cmp.Compare(b.n, a.n) })
	m.features = make(map[uint32]uint32, len(tallies))
	for _, t := range tallies {
		if int(t.n) >= blockMinimum[t.block] {
			m.features[t.hash] = uint32(len(m.idf))
			m.idf = append(m.idf, float32(math.Log(float64(1+len(rows))/float64(1+t.n)))+1)
		}
	}
}

// idfOf is how rare a feature is; one that is not seen as one seen once.
func (m *model) idfOf(h hash) float32 {
	if id, ok := m.features[uint32(h)]; ok {
		return m.idf[id]
	}
	return m.unseen()
}

// unseen is about the idf of a feature seen once.
func (m *model) unseen() float32 { return float32(math.Log(float64(len(m.idf) + 2))) }

// vector returns the row of a text. Features that the model has not seen are
// left out; unseen words and concepts still count towards the length.
func (m *model) vector(r blocks) sparse {
	total := 0
	for _, hashes := range r {
		total += len(hashes)
	}
	out := sparse{ids: make([]uint32, 0, total), values: make([]float32, 0, total)}
	unseen := m.unseen()
	for b, hashes := range r {
		start := len(out.ids)
		var length float32
		for _, h := range hashes {
			if id, ok := m.features[h]; ok {
				out.ids = append(out.ids, id)
			} else if b == conceptBlock {
				length += unseen * unseen
			}
		}
		slices.Sort(out.ids[start:])
		kept := out.ids[:start]
		for i := start; i < len(out.ids); {
			id, n := out.ids[i], 0
			for i < len(out.ids) && out.ids[i] == id {
				n++
				i++
			}
			x := m.idf[id]
			if n > 1 {
				x *= 1 + float32(math.Log(float64(n)))
			}
			kept = append(kept, id)
			out.values = append(out.values, x)
			length += x * x
		}
		out.ids = kept
		if length == 0 {
			continue
		}
		scale := blockWeight[b] / float32(math.Sqrt(float64(length)))
		for i := start; i < len(out.values); i++ {
			out.values[i] *= scale
		}
	}
	return out
}

// scores returns how far a text lies on the side of each class: about 1 for an
// example of it, -1 for one of another.
func (m *model) scores(r blocks) []float32 {
	v := m.vector(r)
	out := make([]float32, m.classes)
	copy(out, m.weights[len(m.idf)*m.classes:])
	for i, id := range v.ids {
		x := v.values[i]
		row := m.weights[int(id)*m.classes : (int(id)+1)*m.classes]
		for c, w := range row {
			out[c] += x * w
		}
	}
	return out
}

// lanes is how many classes are fitted side by side, so that an example is
// fetched once for all of them.
const lanes = 8

// lane holds a number for each class that is fitted. Loops over it are written
// out where training spends its time: the compiler does not unroll them.
type lane [lanes]float32

// fit sets the weights of up to lanes classes, each against all others:
// support vector machines with squared hinge loss, by dual coordinate descent
// with shrinking (Hsieh et al., "A Dual Coordinate Descent Method for
// Large-scale Linear SVM", ICML 2008, algorithm 3).
func (m *model) fit(vectors []sparse, class []int, from int) {
	const diagonal = 1 / (2 * penalty)
	classes := min(lanes, m.classes-from)
	w := make([]lane, len(m.idf)+1) // the last is the bias
	bias := &w[len(m.idf)]
	alpha := make([]lane, len(vectors))
	norms := make([]float32, len(vectors))
	active := make([]int, len(vectors))
	for i, v := range vectors {
		active[i] = i
		norms[i] = 1 + diagonal // the bias feature is 1
		for _, x := range v.values {
			norms[i] += x * x
		}
	}
	rng := rand.New(rand.NewPCG(1, uint64(from)))
	infinity := float32(math.Inf(1))
	limit := infinity
	for range maxRounds {
		rng.Shuffle(len(active), func(i, j int) { active[i], active[j] = active[j], active[i] })
		worst, least := -infinity, infinity
		kept := active[:0]
		for _, i := range active {
			ids, values := vectors[i].ids, vectors[i].values
			dots := *bias
			for n, id := range ids {
				x, y := values[n], &w[id]
				dots[0] += x * y[0]
				dots[1] += x * y[1]
				dots[2] += x * y[2]
				dots[3] += x * y[3]
				dots[4] += x * y[4]
				dots[5] += x * y[5]
				dots[6] += x * y[6]
				dots[7] += x * y[7]
			}
			var steps lane
			changed, far := false, true
			own := &alpha[i]
			for c := range classes {
				y := float32(-1)
				if class[i] == from+c {
					y = 1
				}
				g := y*dots[c] - 1 + diagonal*own[c]
				pg := g
				if own[c] == 0 {
					if g > limit {
						continue // far on the right side
					}
					pg = min(g, 0)
				}
				far = false
				worst, least = max(worst, pg), min(least, pg)
				if pg > -1e-6 && pg < 1e-6 {
					continue
				}
				old := own[c]
				own[c] = max(old-g/norms[i], 0)
				steps[c] = (own[c] - old) * y
				changed = changed || steps[c] != 0
			}
			if far {
				continue // for every class: not looked at again
			}
			kept = append(kept, i)
			if !changed {
				continue
			}
			for c, d := range steps {
				bias[c] += d
			}
			for n, id := range ids {
				x, y := values[n], &w[id]
				y[0] += x * steps[0]
				y[1] += x * steps[1]
				y[2] += x * steps[2]
				y[3] += x * steps[3]
				y[4] += x * steps[4]
				y[5] += x * steps[5]
				y[6] += x * steps[6]
				y[7] += x * steps[7]
			}
		}
		active = kept
		if worst-least <= tolerance {
			break
		}
		if limit = worst; limit <= 0 {
			limit = infinity
		}
	}
	for f := range w {
		copy(m.weights[f*m.classes+from:], w[f][:classes])
	}
}
