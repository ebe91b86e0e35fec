package index

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var postings = []Posting{
	{Title: "Cook", Company: "Bistro", Text: "We look for somebody who likes to work with developers of recipes."},
	{Title: "Go developer", Company: "Acme", Text: "You write services."},
	{Title: "Head of sales", Company: "Developer Tools Ltd", Text: "You sell."},
	{Title: "Engineer, C++", Company: "Acme", Text: "You write services in Go. " + strings.Repeat("We offer much. ", 200)},
}

func newPostings(t testing.TB, list []Posting) *Postings {
	t.Helper()
	x, err := NewPostings(list)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestScores(t *testing.T) {
	x := newPostings(t, postings)
	for name, c := range map[string]struct {
		words []string
		want  []int // best first; those that score nothing left out
	}{
		"a title before a company before a text": {[]string{"developers"}, []int{1, 2, 0}},
		"a long text has it, too":                {[]string{"go"}, []int{1, 3}},
		"technologies are kept whole":            {[]string{"c++"}, []int{3}},
		"both words before one":                  {[]string{"go", "developer"}, []int{1, 2, 0, 3}},
		"a word given again counts once":         {[]string{"engineer", "go developer", "Go engineer"}, []int{1, 3, 2, 0}},
		"nothing":                                {[]string{"zebra"}, nil},
		"small words":                            {[]string{"the", ""}, nil},
		"no words":                               {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			scores, err := x.Scores(t.Context(), c.words...)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for i, score := range scores {
				if score > 0 {
					got = append(got, i)
				}
			}
			slices.SortFunc(got, func(a, b int) int {
				if scores[a] > scores[b] {
					return -1
				}
				return 1
			})
			if !slices.Equal(got, c.want) || len(scores) != len(postings) {
				t.Errorf("best first %v of %v, want %v", got, scores, c.want)
			}
			if len(got) > 0 && scores[got[0]] != 1 {
				t.Errorf("the best scores %v", scores[got[0]])
			}
		})
	}
}

func TestNear(t *testing.T) {
	x := newPostings(t, append(postings, Posting{Title: "Cooks and Engineers"}, Posting{Title: "Engineer"}, Posting{Title: "Back-end Engineer"}))
	for word, want := range map[string]string{
		"devloper":  "developer",
		"Enginere":  "engineer", // and not engineers, which fewer titles have
		"coook":     "cook",
		"bakend":    "backend", // as people write back-end
		"developer": "",        // is there
		"xeveloper": "",        // nobody gets the first letter wrong
		"goo":       "",        // too short to tell
		"zebra":     "",
		"recipe":    "", // no title has it
		"":          "",
		"two words": "",
	} {
		got, err := x.Near(word)
		if err != nil || got != want {
			t.Errorf("near %q is %q (%v), want %q", word, got, err, want)
		}
	}
}

func TestNoPostings(t *testing.T) {
	x := newPostings(t, nil)
	if scores, err := x.Scores(t.Context(), "go"); err != nil || len(scores) != 0 {
		t.Errorf("%v, %v", scores, err)
	}
	if near, err := x.Near("developer"); err != nil || near != "" {
		t.Errorf("%q, %v", near, err)
	}
}

// spelt is a number in letters.
func spelt(word string, n uint64) string {
	for n += 26; n > 0; n /= 26 {
		word += string(rune('a' + n%26))
	}
	return word
}

// manyPostings are postings of 360 words out of 30,000.
func manyPostings(n int) []Posting {
	r := rand.New(rand.NewPCG(7, 7))
	common, rare := rand.NewZipf(r, 1.05, 60, 30_000), rand.NewZipf(r, 1.2, 3, 39)
	list := make([]Posting, n)
	for i := range list {
		var text strings.Builder
		for range 360 {
			text.WriteString(spelt("w", common.Uint64()) + " ")
		}
		list[i] = Posting{Title: spelt("Senior r", rare.Uint64()) + " Engineer", Company: fmt.Sprint("Company ", i%300), Text: text.String()}
	}
	return list
}

// index-MB is what the index of 10,000 postings takes on the heap, the postings
// themselves not counted.
func BenchmarkNewPostings10k(b *testing.B) {
	list := manyPostings(10_000)
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	before := heap()
	var x *Postings
	for b.Loop() {
		var err error
		if x, err = NewPostings(list); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(heap()-before, "index-MB")
	runtime.KeepAlive(list)
	runtime.KeepAlive(x)
}

func BenchmarkScores10kPostings(b *testing.B) {
	x := newPostings(b, manyPostings(10_000))
	for b.Loop() {
		if _, err := x.Scores(b.Context(), spelt("r", 1)+" engineer", spelt("w", 100)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNear10kPostings(b *testing.B) {
	x := newPostings(b, manyPostings(10_000))
	for b.Loop() {
		if near, err := x.Near("enginere"); err != nil || near != "engineer" {
			b.Fatal(near, err)
		}
	}
}
