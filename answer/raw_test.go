package answer

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/knowledge"
)

type asking struct {
	Q       string     `json:"q"`
	Kind    string     `json:"kind"`
	Entries []string   `json:"entries"`
	Topics  []string   `json:"topics"`
	Both    [][]string `json:"both"`
}

func loadAsking(t *testing.T, f string) []asking {
	b, err := os.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var out []asking
	s := bufio.NewScanner(b)
	for s.Scan() {
		var a asking
		if err := json.Unmarshal(s.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

func TestRaw(t *testing.T) {
	base, err := knowledge.LoadDir(os.Getenv("KB"))
	if base == nil {
		t.Fatal(err)
	}
	if err != nil {
		fmt.Println(len(strings.Split(err.Error(), "\n")), "faults")
	}
	t0 := time.Now()
	a, err := New(base)
	fmt.Println("new", time.Since(t0))
	if err != nil {
		t.Fatal(err)
	}
	s := a.state.Load()
	dump, _ := os.Create("/tmp/plan/dump.jsonl")
	defer dump.Close()
	enc := json.NewEncoder(dump)
	row := func(set, kind string, entries []string, text string) []term {
		toks := a.lang.terms(s.unnamed(flat(a.read(s, text))))
		f := a.lang.blocksOf(s.unnamed(flat(a.read(s, text))))
		enc.Encode(map[string]any{"set": set, "kind": kind, "entries": entries, "f": f, "q": text, "t": strings.ReplaceAll(strings.Join(s.unnamed(flat(a.read(s, text))), " "), roleMark, "ROLE")})
		return toks
	}
	for _, art := range base.Articles {
		for _, f := range art.FAQs {
			for _, p := range append([]string{f.Question}, f.Phrasings...) {
				row("train", "answerable", []string{f.ID}, p)
			}
		}
	}
	for _, set := range strings.Fields(os.Getenv("SETS")) {
		n, right, r3 := 0, 0, 0
		for _, q := range loadAsking(t, "testdata/questions/"+set+".jsonl") {
			toks := row(set, q.Kind, q.Entries, q.Q)
			if q.Kind != "answerable" || len(q.Both) > 0 {
				continue
			}
			n++
			sc := s.model.scores(a.lang.blocksOf(s.unnamed(flat(a.read(s, q.Q)))))
			order := make([]int, len(sc))
			for i := range order {
				order[i] = i
			}
			slices.SortFunc(order, func(a, b int) int { return cmp.Compare(sc[b], sc[a]) })
			var got []string
			for i := range 3 {
				got = append(got, base.Articles[0].FAQs[order[i]].ID)
			}
			if len(got) > 0 && slices.Contains(q.Entries, got[0]) {
				right++
			} else if os.Getenv("V") != "" {
				var tt []string
				for _, x := range toks {
					tt = append(tt, x.term)
				}
				fmt.Printf("%s\n   %v\n   got %v %.2f %.2f want %v\n", q.Q, tt, got, sc[order[0]], sc[order[1]], q.Entries)
			}
			for _, g := range got {
				if slices.Contains(q.Entries, g) {
					r3++
					break
				}
			}
		}
		fmt.Printf("%s: n=%d top1=%.3f top3=%.3f\n", set, n, float64(right)/float64(n), float64(r3)/float64(n))
	}
}

func TestFaults(t *testing.T) {
	_, err := knowledge.LoadDir(os.Getenv("KB"))
	fmt.Println(err)
}
