package answer

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

// asking is a line of a question set: what a person asks, and which FAQs would
// satisfy them. Kinds other than "answerable" must not be answered.
type asking struct {
	Q       string     `json:"q"`
	Kind    string     `json:"kind"`
	Entries []string   `json:"entries"`
	Topics  []string   `json:"topics"`
	Both    [][]string `json:"both"`
	Turns   []asking   `json:"turns"`
}

func readAskings(t testing.TB, set string) []asking {
	t.Helper()
	f, err := os.Open("testdata/questions/" + set + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []asking
	for s := bufio.NewScanner(f); s.Scan(); {
		var a asking
		if err := json.Unmarshal(s.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return out
}

func TestDev(t *testing.T) {
	base := knowledge.Shipped()
	if kb := os.Getenv("KB"); kb != "" {
		base, _ = knowledge.LoadDir(kb)
	}
	a, err := New(base)
	if err != nil {
		t.Fatal(err)
	}
	s := a.state.Load()
	dump, _ := os.Create("/tmp/plan/evidence.jsonl")
	defer dump.Close()
	enc := json.NewEncoder(dump)
	for _, set := range strings.Fields(os.Getenv("SETS")) {
		counts := map[string]map[string]int{}
		n := 0
		one := func(q asking, id string) {
			v := a.decide(s, Question{Text: q.Q}, nil)
			got := ""
			if len(v.related) > 0 {
				got = v.related[0].faq.ID
			}
			if len(v.answers) > 0 {
				got = v.answers[0].faq.ID
			}
			r := "refused"
			if len(q.Both) > 0 {
				hit := 0
				for _, part := range q.Both {
					for _, f := range v.answers {
						if slices.Contains(part, f.faq.ID) {
							hit++
							break
						}
					}
				}
				if counts["both"] == nil {
					counts["both"] = map[string]int{}
				}
				counts["both"][fmt.Sprint(hit)]++
				if hit < 2 && os.Getenv("V") != "" {
					fmt.Println("BOTH", q.Q, v.answers, q.Both)
				}
			} else if len(v.answers) > 1 {
				counts["needless two"] = map[string]int{}
				if os.Getenv("V") != "" {
					fmt.Println("TWO", q.Q, v.answers[0].faq.ID, v.answers[1].faq.ID)
				}
			}
			if v.outcome == Answered {
				r = "wrong"
				if slices.Contains(q.Entries, got) {
					r = "right"
				}
			}
			if counts[q.Kind] == nil {
				counts[q.Kind] = map[string]int{}
			}
			counts[q.Kind][r]++
			n++
			enc.Encode(map[string]any{"set": set, "kind": q.Kind, "ok": slices.Contains(q.Entries, got), "e": v.evidence, "q": q.Q, "out": r, "by": v.text, "c": v.confidence, "away": v.away})
			if os.Getenv("V") != "" && (q.Kind == "answerable") != (r == "right") || os.Getenv("V") != "" && r == "wrong" {
				fmt.Printf("%s %s: %s\n    [%s] got %s want %v conf %.2f %+v\n    %s\n", r, q.Kind, q.Q, strings.Join(v.words, " "), got, q.Entries, v.confidence, v.evidence, v.text)
			}
		}
		for i, q := range readAskings(t, set) {
			if len(q.Turns) == 0 {
				one(q, fmt.Sprint(i))
			}
			var k *talk
			ts := newTalks()
			for n, turn := range q.Turns {
				k = ts.get("x")
				v := a.decide(s, Question{Text: turn.Q, Conversation: "x"}, k)
				ts.remember("x", k, v)
				got := ""
				if len(v.answers) > 0 {
					got = v.answers[0].faq.ID
				}
				r := "refused"
				if v.outcome == Answered {
					r = "wrong"
					if slices.Contains(turn.Entries, got) {
						r = "right"
					}
				}
				if counts[turn.Kind] == nil {
					counts[turn.Kind] = map[string]int{}
				}
				counts[turn.Kind][r]++
				if os.Getenv("V") != "" && ((turn.Kind == "answerable") != (r == "right") || r == "wrong") {
					prev := ""
					if n > 0 {
						prev = q.Turns[n-1].Q
					}
					fmt.Printf("CONV %s %s: [%s] %s\n    [%s] got %s want %v conf %.2f %+v\n    %s\n", r, turn.Kind, prev, turn.Q, strings.Join(v.words, " "), got, turn.Entries, v.confidence, v.evidence, v.text)
				}
			}
		}
		fmt.Println(set, counts)
	}
}
