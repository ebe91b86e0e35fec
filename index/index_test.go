package index

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
)

var docs = []Doc{
	{ID: "dev/skills/1", Occupation: "dev", Scope: Everyone, Heading: "Skills", Lead: "Databases", Body: "Developers know SQL and C++ and Node.js."},
	{ID: "dev/pay/1", Occupation: "dev", Scope: Everyone, Heading: "Pay", Body: "Developers earn a salary of ₹4,86,091."},
	{ID: "cook/pay/1", Occupation: "cook", Scope: Everyone, Heading: "Pay", Body: "Cooks earn a salary too."},
	{ID: "dev/faq/guild", Occupation: "dev", Scope: "guild:1", Heading: "Salary here", Body: "What our members earn.", Terms: "@pay salary"},
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
		"a guild sees its own":              {Query{Text: "salary", Occupation: "dev", Scopes: []string{"guild:1"}}, []string{"dev/pay/1", "dev/faq/guild"}},
		"another guild does not":            {Query{Text: "salary", Occupation: "dev", Scopes: []string{"guild:2"}}, []string{"dev/pay/1"}},
		"by analysed terms":                 {Query{Terms: "@pay", Scopes: []string{"guild:1"}}, []string{"dev/faq/guild"}},
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

func TestEditsAreSeenByTheNextSearch(t *testing.T) {
	x, err := New(docs)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	q := Query{Text: "honey", Occupation: "bee"}
	for i := range 2*rebuildAfter + 10 { // past two rebuilds
		d := Doc{ID: fmt.Sprintf("bee/%d", i%7), Occupation: "bee", Scope: Everyone, Body: "honey"}
		if err := x.Put(d); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(search(t, x, q), d.ID) {
			t.Fatalf("edit %d is not seen", i)
		}
	}
	if got := len(search(t, x, q)); got != 7 || x.Len() != len(docs)+7 {
		t.Errorf("%d documents on honey of %d in all, want 7 of %d", got, x.Len(), len(docs)+7)
	}
	if err := x.Delete("bee/1", "never was"); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(search(t, x, q), "bee/1") {
		t.Error("found after it was deleted")
	}
	if err := x.Put(Doc{ID: "bee/2", Occupation: "bee", Scope: Everyone, Body: "wax"}); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(search(t, x, q), "bee/2") {
		t.Error("found by its old words after it was replaced")
	}
}

func TestSearchWhileEditing(t *testing.T) {
	x, err := New(docs)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				hits, err := x.Search(context.Background(), Query{Text: "salary", Occupation: "dev", Size: 5})
				if err != nil || len(hits) == 0 {
					t.Errorf("%d hits: %v", len(hits), err)
					return
				}
			}
		})
	}
	for i := range rebuildAfter + 20 {
		if err := x.Put(Doc{ID: fmt.Sprint("x", i), Occupation: "x", Scope: Everyone, Body: "x"}); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
}
