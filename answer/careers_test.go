package answer

import (
	"slices"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

// severalCareers holds the shipped article and careers as they are imported:
// sections without FAQs.
func severalCareers(t *testing.T) *Answerer {
	t.Helper()
	section := func(topic knowledge.Topic, heading string, texts ...string) knowledge.Section {
		sec := knowledge.Section{Heading: heading, Topic: topic}
		for _, text := range texts {
			sec.Passages = append(sec.Passages, knowledge.Passage{Text: text})
		}
		return sec
	}
	a, err := New(&knowledge.Base{Articles: []*knowledge.Article{
		{
			ID: "airline-pilot", Title: "Airline pilot", Source: knowledge.Source{Name: "Guide to pilots"},
			Sections: []knowledge.Section{
				section(knowledge.Duties, "What they do", "They fly people from town to town."),
				section(knowledge.Pay, "Pay", "They are paid by the hour in the air."),
				section(knowledge.Workplace, "Working hours", "They fly early, late and on holidays."),
			},
		},
		knowledge.Shipped().Article(backend),
		{
			ID: "pastry-chef", Title: "Pastry chef", Source: knowledge.Source{Name: "Guide to chefs"},
			Sections: []knowledge.Section{
				section(knowledge.Duties, "Duties", "They bake cakes."),
				section(knowledge.Pay, "Money", "They are paid well in hotels."),
				section(knowledge.Workplace, "Where do pastry chefs work?", "In hotels, and in shops of their own.", "The night shift in a hotel begins at two."),
			},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSeveralCareers(t *testing.T) {
	a := severalCareers(t)
	for _, test := range []struct{ name, q, want string }{
		{"the general name of the one that is held", "what does a pilot do", "answer airline-pilot: They fly people"},
		{"in the plural", "duties of chefs", "answer pastry-chef: They bake cakes."},
		{"one of its kind that is not held, by its own name", "what does a sous chef earn", "abstain : I have nothing on sous chefs yet."},
		{"one that is not held", "what does a dentist do", "abstain : I have nothing on dentists yet."},
		{"a heading says what is asked", "where do chefs work", "answer pastry-chef: In hotels, and in shops of their own."},
		{"a heading tells of what is seldom held", "how many hours does a pilot work", "answer airline-pilot: They fly early, late and on holidays."},
		{"a passage does", "are there night shifts for chefs", "answer pastry-chef: The night shift in a hotel begins at two."},
		{"a passage that has but one of the words", "is a hotel for chefs open on sundays", "abstain pastry-chef: "},
		{"two that are compared", "who is paid more, a pilot or a chef", "clarify : I tell of one career at a time."},
		{"a place, where the article has no region", "pilot salary in delhi", "abstain airline-pilot: I have nothing on Delhi yet. What"},
	} {
		got := a.Answer(Question{Text: test.q})
		if text := string(got.Outcome) + " " + got.Occupation + ": " + got.Text; !strings.HasPrefix(text, test.want) {
			t.Errorf("%s: %q: %s\nwant %s", test.name, test.q, text, test.want)
		}
	}
}

// A choice between careers names them, though its heading does not.
func TestChoicesNameTheirCareer(t *testing.T) {
	got := severalCareers(t).Answer(Question{Text: "what do they earn"})
	var labels []string
	for _, c := range got.Choices {
		labels = append(labels, c.Label)
	}
	want := []string{"Airline pilot: pay", "What does a back-end developer earn?", "Pastry chef: money"}
	if got.Outcome != Clarify || !slices.Equal(labels, want) {
		t.Errorf("%s with %q, want %q", got.Outcome, labels, want)
	}
}

// Two careers that are compared twice are offered once each.
func TestComparedCareersAreOfferedOnce(t *testing.T) {
	got := severalCareers(t).Answer(Question{Text: "Is a pilot or a chef paid more? Does a chef earn less than a pilot?"})
	var careers []string
	for _, c := range got.Choices {
		careers = append(careers, c.Occupation)
	}
	slices.Sort(careers)
	if want := []string{"airline-pilot", "pastry-chef"}; got.Outcome != Clarify || !slices.Equal(careers, want) {
		t.Errorf("%s with %q, want %q", got.Outcome, careers, want)
	}
}

// Of two careers of one occupation neither has its further names.
func TestTwoOfAnOccupation(t *testing.T) {
	entries := nurse()
	entries = append(entries, (&knowledge.Article{ID: "hospital-nurse", Title: "Hospital nurse", Source: knowledge.Source{Name: "x"}}).Entries()...)
	a := overlaid(t, entries...)
	s := a.view("ours")
	if got := a.alsoCalled(s, s.base.Article("hospital-nurse")); got != nil {
		t.Errorf("a hospital nurse is also called %q", got)
	}
	a = overlaid(t, nurse()...)
	s = a.view("ours")
	if got := a.alsoCalled(s, s.base.Article("nurse")); !slices.Contains(got, "registered nurses") || slices.Contains(got, "midwife") {
		t.Errorf("a nurse is also called %q", got)
	}
}
