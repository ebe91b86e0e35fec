package answer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

// told lists changes, one a line: the effect, what was asked, what it wants,
// and how it was and would be answered.
func told(changes []Change) string {
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s: %s [%s] %s -> %s\n", c.Effect(), c.Text, c.Want, passages(c.Before), passages(c.After))
	}
	return b.String()
}

func TestReplay(t *testing.T) {
	const remote = "back-end-developer/faq/remote"
	remoteWork := faqEntry(backend, "remote", knowledge.Workplace, "Yes.", "Is there remote work?", "wfh?")
	base := knowledge.Shipped().Article(backend)
	masters := base.FAQ("masters-needed")
	taken := func(effect, wanted string) string {
		return fmt.Sprintf("%s: %s [%s/faq/%s] answer %[3]s/faq/masters-needed -> answer %[3]s/faq/mtech\n", effect, masters.Phrasings[0], backend, wanted)
	}
	for _, test := range []struct {
		name      string
		now, then []knowledge.Entry
		extra     []Stored
		want      string // what is told, but for what the base asks; "" for nothing
	}{
		{"nothing is changed", nil, nil, []Stored{{Text: "is a master's needed", Occupation: backend}, {Text: "what is love"}}, ""},
		{"another text of the same answer", []knowledge.Entry{remoteWork},
			[]knowledge.Entry{faqEntry(backend, "remote", knowledge.Workplace, "No.", "Is there remote work?", "wfh?")}, nil, ""},
		{"a new FAQ reaches its questions and what could not be answered", nil, []knowledge.Entry{remoteWork},
			[]Stored{
				{Text: "do backend devs get to work remotely", Occupation: backend, Want: remote, Kind: "check"},
				{Text: "how much does a dentist earn", Occupation: backend, Kind: "check"},
			},
			"reaches: Is there remote work? [" + remote + "] abstain -> answer " + remote + "\n" +
				"reaches: wfh? [" + remote + "] abstain -> answer " + remote + "\n" +
				"reaches: do backend devs get to work remotely [" + remote + "] abstain -> answer " + remote + "\n"},
		{"an FAQ that is gone loses its questions", []knowledge.Entry{remoteWork}, nil, nil,
			"loses: Is there remote work? [" + remote + "] answer " + remote + " -> abstain\n" +
				"loses: wfh? [" + remote + "] answer " + remote + " -> abstain\n"},
		{"a phrasing taken from another FAQ", nil,
			[]knowledge.Entry{faqEntry(backend, "mtech", knowledge.General, "Ask the moderators.", masters.Phrasings[0])},
			[]Stored{{Text: masters.Phrasings[0], Occupation: backend, Want: "back-end-developer/faq/masters-needed", Kind: "helpful"}},
			taken("loses", "masters-needed") + taken("reaches", "mtech") + taken("loses", "masters-needed")},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := overlaid(t, test.now...)
			trial, err := a.Try("ours", test.then)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(trial.Replay(test.extra)); got != test.want {
				t.Errorf("told\n%swant\n%s", got, test.want)
			}
		})
	}
}

// A trial is seen by nobody, and answers as the server will.
func TestTrialAnswersAsOverlay(t *testing.T) {
	list := readAdded(t, "entries.yaml")
	a := overlaid(t)
	trial, err := a.Try("ours", entriesOf(list))
	if err != nil {
		t.Fatal(err)
	}
	var before []string
	ask := func(q Question) string {
		ans := a.Answer(q)
		return fmt.Sprint(passages(ans), ans.Text, ans.Choices)
	}
	for _, e := range list {
		before = append(before, ask(Question{Text: e.Asked[0], Guild: "ours", Occupation: e.Article}))
	}
	if err := a.Overlay("ours", entriesOf(list)); err != nil {
		t.Fatal(err)
	}
	differ := 0
	for i, e := range list {
		q := Question{Text: e.Asked[0], Guild: "ours", Occupation: e.Article}
		live, tried := ask(q), trial.Answer(q)
		if got := fmt.Sprint(passages(tried), tried.Text, tried.Choices); got != live {
			t.Errorf("%q: tried %s, live %s", q.Text, got, live)
		}
		if live != before[i] {
			differ++
		}
	}
	if differ < len(list)/2 {
		t.Errorf("only %d of %d questions are answered otherwise once the entries are live", differ, len(list))
	}
}

func TestGroup(t *testing.T) {
	texts := []string{
		"do you guys offer internships?", // 0
		"is there remote work",           // 1
		"any internship for backend",     // 2
		"what is the meaning of life",    // 3
		"is there remote worrk??",        // 4
		"internships please",             // 5
		"remote backend work possible?",  // 6
		"",                               // 7
		"remote work?",                   // 8
		"how do i get a visa for canada", // 9
		"canada visa how",                // 10
		"🤷",                              // 11
	}
	want := [][]int{{1, 4, 6, 8}, {0, 2, 5}, {7, 11}, {9, 10}, {3}}
	if got := shipped(t).Group("", texts); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("groups %v, want %v", got, want)
	}
	t.Run("of other occupations each is apart", func(t *testing.T) {
		texts := []string{
			"what does a dentist earn?", "what does a back-end developer earn?", "what does a pilot earn?", "what do dentists earn?",
			"how many holidays do I get?", "do dentists get holidays?",
		}
		want := [][]int{{0, 3}, {1}, {2}, {4}, {5}}
		if got := shipped(t).Group("", texts); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("groups %v, want %v", got, want)
		}
	})
	t.Run("every text is in one group", func(t *testing.T) {
		var all []int
		for _, g := range shipped(t).Group("", texts) {
			all = append(all, g...)
		}
		slices.Sort(all)
		if len(all) != len(texts) || all[0] != 0 || all[len(all)-1] != len(texts)-1 {
			t.Errorf("%v", all)
		}
	})
	if got := shipped(t).Group("", nil); len(got) != 0 {
		t.Errorf("nothing makes the groups %v", got)
	}
}
