package answer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/careerbot/careerbot/knowledge"
)

// titled makes a base of careers with nothing but names, "Title, alias, alias"
// each.
func titled(names ...string) *knowledge.Base {
	b := &knowledge.Base{}
	for _, n := range names {
		list := strings.Split(n, ", ")
		b.Articles = append(b.Articles, &knowledge.Article{
			ID:    strings.ReplaceAll(folded(list[0]), " ", "-"),
			Title: list[0], Aliases: list[1:],
		})
	}
	slices.SortFunc(b.Articles, func(x, y *knowledge.Article) int { return strings.Compare(x.ID, y.ID) })
	return b
}

func careerIDs(list []Career) string {
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return strings.Join(ids, " ")
}

func TestCareers(t *testing.T) {
	a, err := New(titled(
		"Back-end developer, server-side developer, API engineer",
		"Front-end developer, web designer",
		"Nurse, ward sister",
		"Développeur Ünïcode, кодер",
		"C++ programmer",
		"Engine driver",
		"Baker",
	))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ typed, want string }{
		{"", "back-end-developer baker c++-programmer developpeur-unicode engine-driver front-end-developer nurse"},
		{"  ", "back-end-developer baker c++-programmer developpeur-unicode engine-driver front-end-developer nurse"},
		// By the beginning of the title, however it is joined.
		{"b", "back-end-developer baker"},
		{"back", "back-end-developer"},
		{"Back-End", "back-end-developer"},
		{"back end d", "back-end-developer"},
		{"backend", "back-end-developer"},
		{"backend developer", "back-end-developer"},
		// By a word within it, after those that begin so.
		{"developer", "back-end-developer front-end-developer"},
		{"d", "developpeur-unicode back-end-developer engine-driver front-end-developer"},
		{"dev back", "back-end-developer"},
		// By an alias, after the titles.
		{"server", "back-end-developer"},
		{"ward", "nurse"},
		{"sister", "nurse"},
		{"engine", "engine-driver back-end-developer"},
		// With a letter wrong, left out, too many or swapped.
		{"devloper", "back-end-developer front-end-developer"},
		{"nures", "nurse"},
		{"bakcend", "back-end-developer"},
		{"nuurse", "nurse"},
		{"frontned devloper", "front-end-developer"},
		// Accents, other scripts, marks.
		{"developpeur", "developpeur-unicode"},
		{"DÉVELOPPEUR ÜNÏ", "developpeur-unicode"},
		{"код", "developpeur-unicode"},
		{"c++", "c++-programmer"},
		// Nothing silly.
		{"zzzz", ""},
		{"?!", ""},
		{"\xff\xfe", ""},
		{"x", ""},
		{"nurse zzzz", ""},
		{strings.Repeat("nurse x ", 500), ""},
	} {
		if got := careerIDs(a.Careers("", test.typed, 25)); got != test.want {
			t.Errorf("%q lists %q, want %q", test.typed, got, test.want)
		}
	}
	if got := careerIDs(a.Careers("", "", 2)); got != "back-end-developer baker" {
		t.Errorf("at most two: %s", got)
	}
}

func TestCareer(t *testing.T) {
	a := shipped(t)
	c, ok := a.Career("", "back-end-developer")
	if !ok || c.Title != "Back-end developer" || c.Source.Name == "" {
		t.Fatalf("%+v, %v", c, ok)
	}
	if n := utf8.RuneCountInString(c.Summary); n == 0 || n > MaxSummary || !strings.HasSuffix(c.Summary, ".") {
		t.Errorf("a summary of %d characters: %s", n, c.Summary)
	}
	if !slices.Equal(c.Topics, knowledge.Topics[:len(knowledge.Topics)-1]) {
		t.Errorf("topics %v", c.Topics)
	}
	if c, ok := a.Career("", "falconer"); ok {
		t.Errorf("there is a %+v", c)
	}
}

func TestQuestions(t *testing.T) {
	a := shipped(t)
	faq := func(c Choice) *knowledge.FAQ {
		art := a.view("").base.Article(c.Occupation)
		f := art.FAQ(strings.TrimPrefix(c.Entry, faqPrefix(art)))
		if f == nil {
			t.Fatalf("%+v is no FAQ", c)
		}
		return f
	}
	for _, test := range []struct{ typed, first string }{
		{"do i need a master", "masters-needed"},
		{"Do I need a MASTER'S", "masters-needed"},
		{"master's need", "masters-needed"},                      // its words in another order
		{"is a postgraduate degree necessary", "masters-needed"}, // in meaning
		{"do i ned a mastres degree", "masters-needed"},
	} {
		got := a.Questions("", test.typed, "back-end-developer", 25)
		if len(got) == 0 || faq(got[0]).ID != test.first {
			t.Errorf("%q lists %+v, want %s first", test.typed, got, test.first)
		}
	}
	t.Run("those that begin so come first, each once, at most so many", func(t *testing.T) {
		for _, typed := range []string{"", "w", "what", "how much", "is it", "salary", "do you"} {
			got := a.Questions("", typed, "", 25)
			if len(got) == 0 || len(got) > 25 {
				t.Errorf("%q lists %d", typed, len(got))
			}
			seen := map[string]bool{}
			begun := true
			for _, c := range got {
				if seen[c.Entry] {
					t.Errorf("%q lists %s twice", typed, c.Entry)
				}
				seen[c.Entry] = true
				begins := strings.HasPrefix(folded(faq(c).Question), folded(typed))
				if begins && !begun {
					t.Errorf("%q lists %q after those that do not begin so", typed, c.Label)
				}
				begun = begins
			}
		}
	})
	t.Run("nothing typed lists one of each topic first", func(t *testing.T) {
		topics := map[knowledge.Topic]bool{}
		for _, c := range a.Questions("", "", "back-end-developer", 8) {
			topics[c.Topic] = true
		}
		if len(topics) != 8 { // the shipped article has no FAQ that fits none
			t.Errorf("topics %v", topics)
		}
	})
	for _, typed := range []string{"zzzz", "?!", "\xff", "asdf qwer", strings.Repeat("x", 5000)} {
		if got := a.Questions("", typed, "", 25); len(got) > 0 {
			t.Errorf("%q lists %+v", typed, got)
		}
	}
	if got := a.Questions("", "what", "falconer", 25); len(got) > 0 {
		t.Errorf("a career not held has %+v", got)
	}
}

func TestLabelsAreCutAtAWord(t *testing.T) {
	long := &knowledge.FAQ{ID: "long", Question: strings.Repeat("häuser ", 20) + "?", Topic: knowledge.General}
	c := found{article: &knowledge.Article{ID: "a"}, faq: long}.choice()
	if n := utf8.RuneCountInString(c.Label); n > maxLabel || !strings.HasSuffix(c.Label, "häuser…") {
		t.Errorf("%d characters: %s", n, c.Label)
	}
}

// BenchmarkComplete completes what is typed, a character at a time, among
// 1,000 careers with 20 FAQs of 4 phrasings each; max-ms is the slowest.
func BenchmarkComplete(b *testing.B) {
	base := generated(1000, true)
	a, err := New(base)
	if err != nil {
		b.Fatal(err)
	}
	title := base.Articles[500].Title
	misspelt := "qx" + title[1:]
	question := "how much does a " + title + " earn in india"
	for _, bench := range []struct {
		name, typed string
		complete    func(typed string)
	}{
		{"careers", title, func(typed string) { a.Careers("", typed, 25) }},
		{"careers misspelt", misspelt, func(typed string) { a.Careers("", typed, 25) }},
		{"questions of a career", question, func(typed string) { a.Questions("", typed, base.Articles[500].ID, 25) }},
		{"questions of all", question, func(typed string) { a.Questions("", typed, "", 25) }},
	} {
		b.Run(strings.ReplaceAll(bench.name, " ", "-"), func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				bench.complete(bench.typed[:i%(len(bench.typed)+1)])
				took = append(took, time.Since(start))
			}
			spread(b, took)
			b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
		})
	}
	if got := fmt.Sprint(len(a.Careers("", "", 25))); got != "25" {
		b.Errorf("%s careers", got)
	}
}
