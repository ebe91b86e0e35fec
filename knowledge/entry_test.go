package knowledge

import (
	"reflect"
	"testing"
)

func sample() *Base {
	return &Base{Articles: []*Article{{
		ID: "baker", Title: "Baker",
		Sections: []Section{{Heading: "Pay", Topic: Pay}, {Heading: "Skills", Topic: Skills}},
		FAQs:     []FAQ{{ID: "early", Question: "Do bakers rise early?", Answer: "They do.", Topic: Workplace}},
	}}}
}

func TestWith(t *testing.T) {
	base := sample()
	got := base.With([]Entry{
		{EntryKey: EntryKey{"baker", FAQEntry, "early"}, FAQ: &FAQ{ID: "early", Question: "When do bakers rise?", Answer: "At three.", Topic: Workplace}},
		{EntryKey: EntryKey{"baker", FAQEntry, "late"}, FAQ: &FAQ{ID: "late", Question: "May bakers sleep in?", Answer: "On Mondays.", Topic: Workplace}},
		{EntryKey: EntryKey{"baker", SectionEntry, "skills"}, Hidden: true},
		{EntryKey: EntryKey{"baker", SectionEntry, "duties"}, Section: &Section{Heading: "Duties", Topic: Duties}},
		{EntryKey: EntryKey{"cook", CareerEntry, ""}, Head: &Article{ID: "cook", Title: "Cook"}},
		{EntryKey: EntryKey{"cook", FAQEntry, "hot"}, FAQ: &FAQ{ID: "hot", Question: "Is it hot?", Answer: "It is.", Topic: Workplace}},
		{EntryKey: EntryKey{"nobody", FAQEntry, "x"}, FAQ: &FAQ{ID: "x"}},
	})
	baker, cook := got.Article("baker"), got.Article("cook")
	if len(got.Articles) != 2 || baker == nil || cook == nil {
		t.Fatalf("articles: %+v", got.Articles)
	}
	if baker.Title != "Baker" || len(baker.FAQs) != 2 || baker.FAQ("early").Answer != "At three." || baker.FAQ("late") == nil {
		t.Errorf("baker: %+v", baker)
	}
	if len(baker.Sections) != 2 || baker.Sections[0].Topic != Duties || baker.Section(Skills) != nil {
		t.Errorf("its sections: %+v", baker.Sections)
	}
	if cook.FAQ("hot") == nil {
		t.Errorf("cook: %+v", cook)
	}
	if !reflect.DeepEqual(base, sample()) {
		t.Error("the base below has changed")
	}
	if left := got.With([]Entry{{EntryKey: EntryKey{"cook", CareerEntry, ""}, Hidden: true}}); left.Article("cook") != nil || left.Article("baker") == nil {
		t.Errorf("after hiding a career: %+v", left.Articles)
	}
}

// An article taken apart and laid over nothing is the article.
func TestEntriesOfShippedArticles(t *testing.T) {
	for _, a := range Shipped().Articles {
		got := (&Base{}).With(a.Entries()).Article(a.ID)
		if !reflect.DeepEqual(got, a) {
			t.Errorf("%s is not what it was", a.ID)
		}
	}
}
