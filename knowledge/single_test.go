package knowledge

import (
	"reflect"
	"strings"
	"testing"
)

// TestFormatEntry holds how an entry by itself looks.
func TestFormatEntry(t *testing.T) {
	early := &FAQ{
		ID: "early", Question: "Do bakers rise early?", Answer: "Most begin at three.\n\n- Some later.", Topic: Workplace, Says: SaysYes,
		Phrasings: []string{"when do bakers get up"}, Source: &Source{Name: "Bakers' guild", URL: "https://example.org/hours"},
	}
	duties := &Section{Heading: "What bakers do", Topic: Duties, Passages: []Passage{{Text: "They bake."}, {Bullet: true, Lead: "Bread", Text: "loaves."}, {Bullet: true, Text: "Rolls."}}}
	for _, test := range []struct {
		entry Entry
		want  string
	}{
		{Entry{EntryKey: EntryKey{"baker", FAQEntry, "early"}, FAQ: early}, `### Do bakers rise early? <!-- id: early, topic: workplace, says: yes -->

Most begin at three.

- Some later.

Source: Bakers' guild <https://example.org/hours>

Also asked:

- when do bakers get up
`},
		{Entry{EntryKey: EntryKey{"baker", SectionEntry, "duties"}, Section: duties}, `## What bakers do <!-- topic: duties -->

They bake.

- **Bread:** loaves.
- Rolls.
`},
		{Entry{EntryKey: EntryKey{"baker", CareerEntry, ""}, Head: &Article{ID: "baker", Title: "Baker", Aliases: []string{"bread maker"}}}, `---
id: baker
title: Baker
aliases: [bread maker]
---
`},
		{Entry{EntryKey: EntryKey{"baker", FAQEntry, "late"}, Hidden: true}, ""},
	} {
		src := FormatEntry(test.entry)
		if string(src) != test.want {
			t.Errorf("%v is written as:\n%s", test.entry.EntryKey, src)
		}
		if got, err := ParseEntry(test.entry.EntryKey, src); err != nil || !reflect.DeepEqual(got, test.entry) {
			t.Errorf("%v is read as %+v, %v", test.entry.EntryKey, got, err)
		}
	}
}

// What is not the one entry asked for is refused.
func TestParseEntryFaults(t *testing.T) {
	faq, section, career := EntryKey{"baker", FAQEntry, "early"}, EntryKey{"baker", SectionEntry, "duties"}, EntryKey{"baker", CareerEntry, ""}
	const sound = "### Early? <!-- id: early, topic: workplace -->\n\nThey do.\n"
	for _, test := range []struct {
		key       EntryKey
		src, want string
	}{
		{faq, strings.Replace(sound, "id: early", "id: late", 1), `this is the faq "late"`},
		{faq, "Hello", "text outside any question"},
		{faq, sound + "\n### Late? <!-- id: late, topic: workplace -->\n\nNo.\n", "there are 2 entries here"},
		{faq, "## Duties <!-- topic: duties -->\n\nThey bake.\n", `this is the section "duties"`},
		{faq, sound + "\nSource: <https://example.org>\n", "the answer's source has no name"},
		{faq, sound + "\nSource: Guild <guild>\n", `url "guild" is not the address of a page`},
		{faq, sound + "\nSource: Guild\nSource: Guild\n", `a second "Source:"`},
		{section, sound, "a question outside the questions and answers"},
		{section, "## Duties <!-- topic: duties -->\n", "the section is empty"},
		{section, "## Duties <!-- topic: duties -->\n\n| a | table |\n", "a table"},
		{career, "---\nid: cook\ntitle: Cook\n---\n", `this is the career "cook"`},
		{career, "Hello", "the front matter is missing"},
		{faq, strings.Repeat("x", maxFile+1), "larger than 1 MB"},
		{faq, "\xff", "not UTF-8"},
	} {
		if _, err := ParseEntry(test.key, []byte(test.src)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v of %.60q: %v, want %s", test.key, test.src, err, test.want)
		}
	}
}

func FuzzParseEntry(f *testing.F) {
	for _, e := range Shipped().Articles[0].Entries() {
		f.Add(e.Article, string(e.Kind), e.ID, FormatEntry(e))
	}
	f.Add("a", "faq", "b", []byte("### Q <!-- id: b, topic: pay -->\n\nA.\n\nSource: x <https://example.org>\n"))
	f.Fuzz(func(t *testing.T, article, kind, id string, src []byte) {
		key := EntryKey{article, EntryKind(kind), id}
		e, err := ParseEntry(key, src)
		if e.EntryKey != key {
			t.Fatalf("the key %v became %v", key, e.EntryKey)
		}
		if err != nil {
			return
		}
		if again, err := ParseEntry(key, FormatEntry(e)); err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("got  %+v, %v\nwant %+v", again, err, e)
		}
	})
}

// A change is checked as Load would check the article that it makes, in words
// that name no file and no line.
func TestCheckEntry(t *testing.T) {
	base := &Base{Articles: []*Article{
		{
			ID: "baker", Title: "Baker", Aliases: []string{"bread maker"},
			Facts:    []Fact{{Kind: AveragePay, Amount: 300000, Currency: "INR", Per: "year", Source: "Guild", Sentence: "Bakers make ₹3,00,000 a year."}},
			Sections: []Section{{Heading: "Pay", Topic: Pay, Passages: []Passage{{Text: "About ₹3,00,000."}}}},
			FAQs: []FAQ{
				{ID: "early", Question: "Do bakers rise early?", Phrasings: []string{"when do bakers get up"}, Answer: "They do.", Topic: Workplace},
				{ID: "paid", Question: "What do bakers earn?", Answer: "₹3,00,000 a year.", Topic: Pay},
			},
		},
		{ID: "cook", Title: "Cook", Aliases: []string{"chef"}},
	}}
	faq := func(change func(*FAQ)) Entry {
		q := FAQ{ID: "late", Question: "May bakers sleep in?", Phrasings: []string{"sleeping in"}, Answer: "On Mondays.", Topic: Workplace}
		change(&q)
		return Entry{EntryKey: EntryKey{"baker", FAQEntry, "late"}, FAQ: &q}
	}
	section := func(change func(*Section)) Entry {
		s := Section{Heading: "Duties", Topic: Duties, Passages: []Passage{{Text: "They bake."}}}
		change(&s)
		return Entry{EntryKey: EntryKey{"baker", SectionEntry, "duties"}, Section: &s}
	}
	head := func(change func(*Article)) Entry {
		a := *base.Articles[0]
		a.Sections, a.FAQs = nil, nil
		change(&a)
		return Entry{EntryKey: EntryKey{"baker", CareerEntry, ""}, Head: &a}
	}
	long := strings.Repeat("x ", 1000)
	for _, test := range []struct {
		name  string
		entry Entry
		want  string // a part of the one fault; nothing if all is well
	}{
		{"sound FAQ", faq(func(*FAQ) {}), ""},
		{"no question", faq(func(q *FAQ) { q.Question = " " }), "the question is empty: write one"},
		{"long question", faq(func(q *FAQ) { q.Question = long }), "shorten it to 200"},
		{"no answer", faq(func(q *FAQ) { q.Answer = "" }), "the question has no answer: write one"},
		{"long answer", faq(func(q *FAQ) { q.Answer = long }), "shorten it to 600"},
		{"bare answer", faq(func(q *FAQ) { q.Answer = "No, never." }), "begins with a bare yes or no"},
		{"topic", faq(func(q *FAQ) { q.Topic = "hours" }), `unknown topic "hours": write one of overview`},
		{"no topic", faq(func(q *FAQ) { q.Topic = "" }), "the topic is missing: write one of"},
		{"says", faq(func(q *FAQ) { q.Says = "maybe" }), `says "maybe"`},
		{"another's question", faq(func(q *FAQ) { q.Question = "do bakers rise early" }), `again: delete it: it stands with the question "Do bakers rise early?"`},
		{"another's phrasing", faq(func(q *FAQ) { q.Phrasings = []string{"When do bakers get up?"} }), `it stands with the question "Do bakers rise early?"`},
		{"a phrasing twice", faq(func(q *FAQ) { q.Phrasings = []string{"a b", "A, b"} }), "it stands there already"},
		{"money of a figure", faq(func(q *FAQ) { q.Answer = "About ₹3,00,000, or ₹25,000 a month." }), ""},
		{"money of none", faq(func(q *FAQ) { q.Answer = "About ₹4,00,000." }), "or name the source of this answer"},
		{"money of its own source", faq(func(q *FAQ) { q.Answer, q.Source = "About ₹4,00,000.", &Source{Name: "Guild"} }), ""},
		{"money in another form", faq(func(q *FAQ) { q.Answer, q.Source = "About 4 LPA.", &Source{Name: "Guild"} }), "write ₹4,00,000"},
		{"source without a name", faq(func(q *FAQ) { q.Source = &Source{URL: "https://example.org"} }), "the answer's source has no name"},
		{"address that is none", faq(func(q *FAQ) { q.Source = &Source{Name: "Guild", URL: "javascript:alert(1)"} }), "is not the address of a page"},
		{"another id", faq(func(q *FAQ) { q.ID = "later" }), "cannot change"},
		{"no such career", Entry{EntryKey: EntryKey{"nurse", FAQEntry, "x"}, FAQ: &FAQ{}}, `there is no career "nurse"`},
		{"nothing", Entry{EntryKey: EntryKey{"baker", FAQEntry, "x"}}, "the entry is empty"},
		{"hidden", Entry{EntryKey: EntryKey{"baker", FAQEntry, "x"}, Hidden: true}, ""},
		{"sound section", section(func(*Section) {}), ""},
		{"empty section", section(func(s *Section) { s.Passages = nil }), "the section is empty"},
		{"long passage", section(func(s *Section) { s.Passages[0].Text = long }), "shorten it to 1000"},
		{"no heading", section(func(s *Section) { s.Heading = "" }), "the heading is empty"},
		{"another topic", section(func(s *Section) { s.Topic = Pay }), "on the topic pay, not on duties"},
		{"sound head", head(func(a *Article) { a.Aliases = append(a.Aliases, "pastry maker") }), ""},
		{"a name of another", head(func(a *Article) { a.Aliases = []string{"Chef"} }), `"Chef" also names the career "Cook"`},
		{"a name twice", head(func(a *Article) { a.Aliases = []string{"baker"} }), "it stands there already"},
		{"no title", head(func(a *Article) { a.Title = "" }), "the title is missing"},
		{"a figure without a source", head(func(a *Article) { a.Facts = []Fact{a.Facts[0]}; a.Facts[0].Source = "" }), "the figure has no source"},
		{"a sentence of another figure", head(func(a *Article) { a.Facts = []Fact{a.Facts[0]}; a.Facts[0].Amount = 300001 }), "the sentence does not tell its amount"},
		{"a figure that is still told", head(func(a *Article) { a.Facts = nil }), `the section "Pay": "₹3,00,000" stands in no fact`},
		{"the same in an answer", head(func(a *Article) { a.Facts = nil }), `the answer of "What do bakers earn?": "₹3,00,000" stands in no fact`},
	} {
		t.Run(test.name, func(t *testing.T) {
			faults := base.CheckEntry(test.entry)
			switch {
			case test.want == "" && len(faults) > 0:
				t.Fatal(faults)
			case test.want != "" && !strings.Contains(faults.Error(), test.want):
				t.Fatalf("faults %q, want %s", faults.Error(), test.want)
			}
			for _, f := range faults {
				if f.Line != 0 || f.File != "" || f.What == "" || f.Mend == "" || strings.Contains(f.String(), "line ") {
					t.Errorf("fault %+v", f)
				}
			}
			if test.want == "" && !test.entry.Hidden {
				a := base.With([]Entry{test.entry}).Article("baker")
				if _, faults := Parse("baker.md", Format(a)); len(faults) > 0 {
					t.Errorf("Load complains of what CheckEntry let pass: %v", faults)
				}
			}
		})
	}
}

// CheckEntry lets pass whatever is shipped.
func TestCheckShippedEntries(t *testing.T) {
	base := Shipped()
	for _, a := range base.Articles {
		for _, e := range a.Entries() {
			if faults := base.CheckEntry(e); len(faults) > 0 {
				t.Errorf("%v: %v", e.EntryKey, faults)
			}
		}
	}
}

func TestNewID(t *testing.T) {
	taken := map[string]bool{"degree-needed": true, "pay": true, "pay-2": true}
	for _, test := range []struct{ question, want string }{
		{"Do I need a master's degree?", "need-masters-degree"},
		{"Is a degree needed?", "degree-needed-2"},
		{"pay", "pay-3"},
		{"What is it?", "what-is-it"},
		{"Où est le café?", "ou-est-le-cafe"},
		{"क्या वेतन है?", "question"},
		{"", "question"},
		{"How do back-end developers integrate databases with their web applications?", "back-end-developers-integrate-databases"},
		{strings.Repeat("x", 90), strings.Repeat("x", MaxID)},
	} {
		if got := NewID(test.question, func(id string) bool { return taken[id] }); got != test.want {
			t.Errorf("NewID(%q) = %q, want %q", test.question, got, test.want)
		}
	}
}

func FuzzNewID(f *testing.F) {
	f.Add("Do I need a master's degree?")
	f.Add(strings.Repeat("long ", 20))
	f.Fuzz(func(t *testing.T, question string) {
		taken := map[string]bool{}
		for range 12 {
			id := NewID(question, func(id string) bool { return taken[id] })
			if taken[id] || len(id) > MaxID || !idForm.MatchString(id) {
				t.Fatalf("NewID(%q) = %q", question, id)
			}
			taken[id] = true
		}
	})
}
