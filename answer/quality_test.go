package answer

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

var update = flag.Bool("update", false, "write the golden files anew")

// asking is a line of a question set: what a person asks, and which FAQs would
// satisfy them. Kinds other than "answerable" must not be answered.
type asking struct {
	Q       string     `json:"q"`
	Kind    string     `json:"kind"`
	Entries []string   `json:"entries"`
	Both    [][]string `json:"both"` // where two things are asked: what would satisfy each
	Turns   []asking   `json:"turns"`
}

func readAskings(t testing.TB, set string) []asking {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "questions", set+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []asking
	s := bufio.NewScanner(f)
	for s.Scan() {
		var a asking
		if err := json.Unmarshal(s.Bytes(), &a); err != nil {
			t.Fatalf("%s: %v", set, err)
		}
		out = append(out, a)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// tally counts how a question set went.
type tally struct {
	lines                             []string
	answerable, right, wrong, offered int
	recall1, recall3, both, bothRight int
	reciprocal                        float64
	others, refused                   int
	byKind                            map[string][2]int
}

// judge asks one question and notes how it went: right if an FAQ that would
// satisfy the asker answers, offered if one is among the choices.
func (c *tally) judge(a *Answerer, id string, q asking, k *talk) verdict {
	v := a.decide(a.view(""), Question{Text: q.Q}, k)
	var ranked []string
	for _, f := range slices.Concat(v.answers, v.related) {
		if f.faq != nil {
			ranked = append(ranked, f.faq.ID)
		}
	}
	rank := 1 + slices.IndexFunc(ranked, func(id string) bool { return slices.Contains(q.Entries, id) })
	result := "missed"
	if q.Kind != "answerable" {
		c.others++
		result = "ANSWERED"
		if v.outcome != Answered {
			c.refused++
			result = "refused"
		}
		n := c.byKind[q.Kind]
		n[1]++
		if result == "refused" {
			n[0]++
		}
		c.byKind[q.Kind] = n
	} else {
		c.answerable++
		if rank == 1 {
			c.recall1++
		}
		if rank > 0 && rank <= 3 {
			c.recall3++
		}
		if rank > 0 {
			c.reciprocal += 1 / float64(rank)
		}
		switch {
		case v.outcome == Answered && rank > 0 && rank <= len(v.answers):
			result = "right"
			c.right++
		case v.outcome == Answered:
			result = "WRONG"
			c.wrong++
		case rank > 0:
			result = "offered"
			c.offered++
		}
		if len(q.Both) > 0 {
			c.both++
			if !slices.ContainsFunc(q.Both, func(part []string) bool {
				return !slices.ContainsFunc(v.answers, func(f found) bool { return slices.Contains(part, f.faq.ID) })
			}) {
				c.bothRight++
			}
		}
	}
	got := string(v.outcome)
	if len(v.answers) > 0 {
		got = ranked[0]
		if len(v.answers) > 1 {
			got += "+" + ranked[1]
		}
	}
	c.lines = append(c.lines, fmt.Sprintf("%-8s %-2d %-28s %s %s", result, rank, got, id, q.Q))
	return v
}

func (c *tally) summary() string {
	percent := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	var b strings.Builder
	fmt.Fprintf(&b, "answerable %d: right %.1f %%, offered %.1f %%, wrong %.1f %%; recall@1 %.3f, recall@3 %.3f, MRR %.3f\n",
		c.answerable, percent(c.right, c.answerable), percent(c.offered, c.answerable), percent(c.wrong, c.answerable),
		float64(c.recall1)/float64(max(c.answerable, 1)), float64(c.recall3)/float64(max(c.answerable, 1)), c.reciprocal/float64(max(c.answerable, 1)))
	if c.both > 0 {
		fmt.Fprintf(&b, "of %d that ask two things, both answered %d\n", c.both, c.bothRight)
	}
	fmt.Fprintf(&b, "others %d: refused %.1f %%", c.others, percent(c.refused, c.others))
	for _, kind := range []string{"unanswerable", "other-career", "off-topic", "small-talk", "abuse"} {
		if n := c.byKind[kind]; n[1] > 0 {
			fmt.Fprintf(&b, ", %s %d/%d", kind, n[0], n[1])
		}
	}
	return b.String() + "\n"
}

// TestQuality asks the questions of every set and compares how each went with
// what is known: a change of wording or ranking is a difference that a
// reviewer reads. Run with -update to accept it.
func TestQuality(t *testing.T) {
	a := shipped(t)
	files, err := filepath.Glob("testdata/questions/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no question sets: %v", err)
	}
	for _, file := range files {
		set := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		t.Run(set, func(t *testing.T) {
			c := &tally{byKind: map[string][2]int{}}
			for n, q := range readAskings(t, set) {
				if q.Turns == nil {
					c.judge(a, fmt.Sprint(n+1), q, nil)
				}
				talks := newTalks()
				for turn, q := range q.Turns {
					k := talks.get("c", a.view(""))
					v := c.judge(a, fmt.Sprintf("%d.%d", n+1, turn+1), q, k)
					talks.remember("c", k, v)
				}
			}
			got := c.summary() + "\n" + strings.Join(c.lines, "\n") + "\n"
			t.Log(c.summary())
			golden(t, filepath.Join("testdata", "quality", set+".txt"), got)
			if c.answerable > 0 && c.right*100 < c.answerable*70 || c.others >= 50 && c.refused*100 < c.others*90 {
				t.Errorf("the answers have become bad:\n%s", c.summary())
			}
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	shown := 0
	for i := range max(len(w), len(g)) {
		var x, y string
		if i < len(w) {
			x = w[i]
		}
		if i < len(g) {
			y = g[i]
		}
		if x != y && shown < 10 {
			t.Errorf("%s:%d\n was %s\n now %s", file, i+1, x, y)
			shown++
		}
	}
	t.Error("run go test ./answer -update to accept this")
}

var shippedAnswerer *Answerer

// shipped returns an Answerer of the shipped knowledge, made once.
func shipped(t testing.TB) *Answerer {
	t.Helper()
	if shippedAnswerer == nil {
		a, err := New(knowledge.Shipped())
		if err != nil {
			t.Fatal(err)
		}
		shippedAnswerer = a
	}
	return shippedAnswerer
}
