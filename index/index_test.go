package index

import (
	"context"
	"slices"
	"testing"
)

var docs = []Doc{
	{ID: "dev/skills/1", Occupation: "dev", Heading: "Skills", Lead: "Databases", Body: "Developers know SQL and C++ and Node.js."},
	{ID: "dev/pay/1", Occupation: "dev", Heading: "Pay", Body: "Developers earn a salary of ₹4,86,091."},
	{ID: "cook/pay/1", Occupation: "cook", Heading: "Pay", Body: "Cooks earn a salary too."},
	{ID: "dev/faq/1", Occupation: "dev", Heading: "Earnings", Body: "What people take home.", Terms: "@pay salary"},
}

func search(t testing.TB, x *Index, q Query) []string {
	t.Helper()
	if q.Size == 0 {
		q.Size = 10
	}
	hits, err := x.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func TestSearch(t *testing.T) {
	x, err := New(docs)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for name, c := range map[string]struct {
		q    Query
		want []string // as a set; nil for nothing
	}{
		"stems and cases":                   {Query{Text: "SALARIES", Occupation: "cook"}, []string{"cook/pay/1"}},
		"one occupation only":               {Query{Text: "salary", Occupation: "dev"}, []string{"dev/pay/1"}},
		"all occupations":                   {Query{Text: "salary"}, []string{"dev/pay/1", "cook/pay/1"}},
		"by analysed terms":                 {Query{Terms: "@pay"}, []string{"dev/faq/1"}},
		"technologies are kept whole":       {Query{Text: "c++"}, []string{"dev/skills/1"}},
		"a lead is searched":                {Query{Text: "database"}, []string{"dev/skills/1"}},
		"no words":                          {Query{Occupation: "dev"}, nil},
		"query syntax is nothing special":   {Query{Text: `"unterminated +salary~9 /(/`, Occupation: "cook"}, []string{"cook/pay/1"}},
		"stop words find nothing":           {Query{Text: "the of a"}, nil},
		"nothing that fits":                 {Query{Text: "zebra"}, nil},
		"an occupation that does not exist": {Query{Text: "salary", Occupation: "pilot"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := search(t, x, c.q)
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v", got, c.want)
			}
		})
	}
}

func TestIDsAreUnique(t *testing.T) {
	if _, err := New([]Doc{{ID: "a"}, {ID: "a"}}); err == nil {
		t.Error("two documents with one ID are taken")
	}
}
