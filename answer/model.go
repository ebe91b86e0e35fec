package answer

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
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
	blockWeight  = [blockCount]float32{0.7, 0.7, 0.8}
	blockMinimum = [blockCount]int{1, 1, 2}
)

const (
	penalty   = 1.0  // C of the support vector machine
	maxRounds = 10   // over the examples, for one class
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
	m := &model{features: map[uint32]uint32{}, classes: classes}
	m.count(rows)
	vectors := make([]sparse, len(rows))
	for i, r := range rows {
		vectors[i] = m.vector(r)
	}
	n := len(m.idf) + 1 // with the bias
	m.weights = make([]float32, n*classes)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), classes) {
		wg.Go(func() {
			t := trainer{vectors: vectors, class: class, w: make([]float32, n), alpha: make([]float32, len(rows)), norms: make([]float32, len(rows))}
			for i, v := range vectors {
				t.norms[i] = 1 // the bias feature
				for _, x := range v.values {
					t.norms[i] += x * x
				}
			}
			for c := range next {
				t.fit(c)
				for f, w := range t.w {
					m.weights[f*classes+c] = w
				}
			}
		})
	}
	for c := range classes {
		next <- c
	}
	close(next)
	wg.Wait()
	return m
}

// count numbers the features that enough rows have and weighs them by how few
// rows have them.
func (m *model) count(rows []blocks) {
	type tally struct {
		last, n int
		block   int
	}
	tallies := map[uint32]*tally{}
	var order []uint32
	for i, r := range rows {
		for b, keys := range r {
			for _, k := range keys {
				t := tallies[k]
				if t == nil {
					t = &tally{last: -1, block: b}
					tallies[k] = t
					order = append(order, k)
				}
				if t.last != i {
					t.last = i
					t.n++
				}
			}
		}
	}
	for _, k := range order {
		if t := tallies[k]; t.n >= blockMinimum[t.block] {
			m.features[k] = uint32(len(m.idf))
			m.idf = append(m.idf, float32(math.Log(float64(1+len(rows))/float64(1+t.n)))+1)
		}
	}
}

// vector returns the row of a text; features that the model has not seen are
// left out but count towards the length of their block.
func (m *model) vector(r blocks) sparse {
	var out sparse
	unseen := float32(math.Log(float64(len(m.idf) + 2))) // about the idf of a feature seen once
	for b, keys := range r {
		counts := make(map[uint32]float32, len(keys))
		var length float32
		for _, k := range keys {
			id, ok := m.features[k]
			if !ok {
				if b == 0 {
					length += unseen * unseen
				}
				continue
			}
			counts[id]++
		}
		start := len(out.ids)
		for id := range counts {
			out.ids = append(out.ids, id)
		}
		slices.Sort(out.ids[start:])
		for _, id := range out.ids[start:] {
			x := (1 + float32(math.Log(float64(counts[id])))) * m.idf[id]
			out.values = append(out.values, x)
			length += x * x
		}
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

// trainer fits one class against the rest: a support vector machine with
// squared hinge loss, by dual coordinate descent with shrinking (Hsieh et al.,
// "A Dual Coordinate Descent Method for Large-scale Linear SVM", ICML 2008,
// algorithm 3).
type trainer struct {
	vectors []sparse
	class   []int
	norms   []float32
	w       []float32
	alpha   []float32
}

func (t *trainer) fit(c int) {
	clear(t.w)
	clear(t.alpha)
	const diagonal = 1 / (2 * penalty)
	bias := len(t.w) - 1
	active := make([]int, len(t.vectors))
	for i := range active {
		active[i] = i
	}
	rng := rand.New(rand.NewPCG(1, uint64(c)))
	limit := float32(math.Inf(1))
	for range maxRounds {
		rng.Shuffle(len(active), func(i, j int) { active[i], active[j] = active[j], active[i] })
		worst, least := float32(math.Inf(-1)), float32(math.Inf(1))
		kept := active[:0]
		for _, i := range active {
			v := t.vectors[i]
			y := float32(-1)
			if t.class[i] == c {
				y = 1
			}
			dot := t.w[bias]
			for k, id := range v.ids {
				dot += t.w[id] * v.values[k]
			}
			g := y*dot - 1 + diagonal*t.alpha[i]
			pg := g
			if t.alpha[i] == 0 {
				if g > limit {
					continue // far on the right side: not looked at again
				}
				pg = min(g, 0)
			}
			kept = append(kept, i)
			worst, least = max(worst, pg), min(least, pg)
			if pg > -1e-6 && pg < 1e-6 {
				continue
			}
			old := t.alpha[i]
			t.alpha[i] = max(old-g/(t.norms[i]+diagonal), 0)
			d := (t.alpha[i] - old) * y
			t.w[bias] += d
			for k, id := range v.ids {
				t.w[id] += d * v.values[k]
			}
		}
		active = kept
		if worst-least <= tolerance {
			break
		}
		limit = worst
		if limit <= 0 {
			limit = float32(math.Inf(1))
		}
	}
}
