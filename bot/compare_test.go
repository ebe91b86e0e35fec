package bot

import (
	"slices"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
)

// manyCareers are careers of which one has all, one other figures, one none, and
// one a name that the picture cannot write.
func manyCareers() *knowledge.Base {
	section := func(t knowledge.Topic, leads ...string) knowledge.Section {
		s := knowledge.Section{Heading: "How?", Topic: t}
		for _, l := range leads {
			s.Passages = append(s.Passages, knowledge.Passage{Bullet: true, Lead: l, Text: "It helps."})
		}
		return s
	}
	return &knowledge.Base{Articles: []*knowledge.Article{
		knowledge.Shipped().Articles[0],
		{
			ID: "data-analyst", Title: "Data analyst", Region: "India", Source: knowledge.Source{Name: "A guide", URL: "https://example.org/analyst", Published: "2026-05-01"},
			Facts: []knowledge.Fact{fact("average", 6_20_000, 0, "INR", "year"), fact("range", 3_00_000, 14_50_000, "INR", "year")},
			Sections: []knowledge.Section{
				section(knowledge.Education, "Bachelor's degree", "Bootcamp"),
				section(knowledge.Skills, "SQL", "Statistics", "Telling what figures mean"),
			},
		},
		{
			ID: "gardener", Title: "Gardener", Source: knowledge.Source{Name: "A guide"},
			FAQs: []knowledge.FAQ{{ID: "skills", Question: "What does it take?", Topic: knowledge.Skills, Answer: "Patience, above all."}},
		},
		{
			ID: "nurse", Title: "परिचारिका", Aliases: []string{"nurse"}, Region: "United States", Source: knowledge.Source{Name: "BLS", Published: "2025-05-01"},
			Facts: []knowledge.Fact{fact("average", 86_000, 0, "USD", "year")},
		},
	}}
}

func comparing(t *testing.T, base *knowledge.Base) *stage {
	t.Helper()
	a, err := answer.New(base)
	if err != nil {
		t.Fatal(err)
	}
	return set(t, setting{cfg: func(c *Config) { c.Answerer = func() *answer.Answerer { return a } }}).ready()
}

func TestCompareGolden(t *testing.T) {
	b := &Bot{pictures: newPictures()}
	list := manyCareers().Articles
	for name, careers := range map[string][]*knowledge.Article{"compare": list[:2], "compare-apart": list, "compare-nothing": list[2:3]} {
		m, pictures := renderCompared(careers)
		golden(t, name, b.illustrate(m, pictures...).payload())
	}
}

// Careers stand side by side, with what is known of each and what is not.
func TestCompare(t *testing.T) {
	st := comparing(t, manyCareers())
	m := st.slash(st.asha, st.general, "compare", discordsim.Opts{"first": "back-end-developer", "second": "Data analyst", "third": "gardener"})
	wants(t, m.Text(), "Back-end developer · Data analyst · Gardener", "average ₹4,86,091", "low end ₹3,00,000", "a year (Payscale)", "(A survey)",
		"Bachelor's degree, Bootcamp", "SQL, Statistics", "Patience, above all.", "**Pay:** I do not know yet.", "Source: A guide, 1 May 2026")
	wants(t, st.pictured(m, 0, "compare.png"), "Back-end developer in India: entry ₹1,23,000, average ₹4,86,091, top ₹10,00,000.", "Data analyst in India: low end ₹3,00,000", "Payscale, read 23 November 2026 · A survey, 1 May 2026")
	if strings.Contains(m.Text(), "convert") {
		t.Errorf("a warning of figures that can be compared: %s", m.Text())
	}
	m = st.slash(st.asha, st.general, "compare", discordsim.Opts{"first": "nurse", "second": "data-analyst", "private": true})
	wants(t, m.Text(), "different currencies", "I convert nothing", "different countries: United States, India", "$86,000", "₹6,20,000")
	if !m.Ephemeral {
		t.Error("everyone sees it")
	}
	m = st.slash(st.asha, st.general, "compare", discordsim.Opts{"first": "back-end-developer", "second": "back-end developer"})
	wants(t, m.Text(), "twice")
	m = st.slash(st.asha, st.general, "compare", discordsim.Opts{"first": "back-end-developer", "second": "astronaut"})
	wants(t, m.Text(), "I have nothing on “astronaut” yet", "Pick one while you type")

	t.Log("who is chosen is not offered again")
	offered := st.offered(st.asha, "compare", discordsim.Opts{"first": "data-analyst", "second": ""}, "second")
	if all := strings.Join(offered, " "); len(offered) == 0 || strings.Contains(all, "data-analyst") || !strings.Contains(all, "gardener") {
		t.Errorf("offered: %v", offered)
	}
}

// With nothing to compare a career with, that is said.
func TestCompareOneCareer(t *testing.T) {
	st := set(t, shipped).ready()
	m := st.slash(st.asha, st.general, "compare", discordsim.Opts{"first": "back-end-developer", "second": "nurse"})
	wants(t, m.Text(), "I know only one career here, **Back-end developer**", "/career")
}

// Careers stand on the scale that most of them share.
func TestScalesAreShared(t *testing.T) {
	list := []*knowledge.Article{
		{Title: "A", Facts: []knowledge.Fact{fact("entry", 1, 0, "EUR", "year"), fact("high", 2, 0, "EUR", "year"), fact("average", 3, 0, "USD", "year")}},
		{Title: "B", Facts: []knowledge.Fact{fact("average", 4, 0, "USD", "year")}},
	}
	scales := scalesOf(list)
	if len(scales) != 1 || scales[0].name != "Pay a year (USD)" || !slices.Equal(scales[0].of, []int{0, 1}) {
		t.Errorf("%+v", scales)
	}
}
