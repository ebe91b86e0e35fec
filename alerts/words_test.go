package alerts

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseWords(t *testing.T) {
	for _, test := range []struct{ typed, read string }{
		{"", ""},
		{"go", "go"},
		{"go kubernetes", "go AND kubernetes"},
		{"go, kubernetes", "go AND kubernetes"},
		{"go and kubernetes or rust", "go AND kubernetes OR rust"},
		{"go AND (kubernetes OR docker) NOT senior", "go AND (kubernetes OR docker) AND NOT senior"},
		{"go -senior", "go AND NOT senior"},
		{`go -"team lead" -(a1 or b1)`, `go AND NOT "team lead" AND NOT (a1 OR b1)`},
		{"back-end", "back-end"},
		{"front - end", "front AND end"},
		{`"back end" developer`, `"back end" AND developer`},
		{"“back end”", `"back end"`},
		{`"and"`, `"and"`},
		{`"the"`, `"the"`},
		{"a job in Pune", "Pune"},
		{"R&D", "R&D"},
		{"c++ c# .net node.js!", "c++ AND c# AND .net AND node.js"},
		{"((go))", "go"},
		{"NOT NOT go", "go"},
		{"(go kubernetes) docker", "go AND kubernetes AND docker"},
		{"कार्य développeur", "कार्य AND développeur"},
	} {
		w, err := ParseWords(test.typed)
		if err != nil || w.String() != test.read {
			t.Errorf("%q is read as %q, %v; want %q", test.typed, w, err, test.read)
		}
	}
}

func TestParseWordsRefuses(t *testing.T) {
	for _, test := range []struct {
		typed string
		at    int
		want  string
	}{
		{"go AND", 7, "a word is missing at the end"},
		{"OR go", 1, "a word is missing before OR"},
		{"go AND OR docker", 8, "a word is missing before OR"},
		{"go (docker", 4, "the bracket is not closed; add )"},
		{"go docker)", 10, "this bracket closes none"},
		{"go ()", 4, "there is no word between the brackets"},
		{"(go OR )", 8, "a word is missing before this bracket"},
		{`go "back end`, 4, "the quote is not closed"},
		{`go ""`, 4, "there is no word between the quotes"},
		{`"!!"`, 1, "there is no word between the quotes"},
		{"the job in", 1, "these words are in nearly every posting"},
		{"NOT", 4, "a word is missing at the end"},
		{strings.Repeat("x", 301), 301, "at most 300 characters are read and this has 301"},
		{strings.Repeat("(", 20) + "go", 13, "this is nested too deep"},
		{strings.Repeat("NOT ", 20) + "go", 49, "this is nested too deep"},
		{strings.Repeat("go ", 41), 124, "at most 40 words are looked for and these are 41"},
	} {
		_, err := ParseWords(test.typed)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.At != test.at || !strings.HasPrefix(syntax.Text, test.want) {
			t.Errorf("%q: %v; want %q at %d", test.typed, err, test.want, test.at)
		}
	}
}

// Whatever is typed is refused at a place in it, or read, and what was read is
// read again from how it is written.
func FuzzParseWords(f *testing.F) {
	for _, s := range []string{"go AND (kubernetes OR docker) NOT senior", `-"a b" -(c d)`, "“x” ''.", "NOT(NOT a)", "a\x00b", ".net -.net", "e\u0301 -", `"'"`, "ﬀ ¼ Ⅷ"} {
		f.Add(s)
	}
	f.Add(strings.Repeat(`-(a b)`, 20))
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWords(s)
		if err != nil {
			var syntax *SyntaxError
			if n := len([]rune(s)); !errors.As(err, &syntax) || syntax.At < 1 || syntax.At > n+1 {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		var again Words
		if err := again.UnmarshalText([]byte(w.String())); err != nil || !reflect.DeepEqual(again, w) {
			t.Fatalf("%q is read as %q, and that as %q, %v", s, w, again, err)
		}
	})
}

func TestQueryJSON(t *testing.T) {
	q := Query{Words: words(t, `go "back end" -php`), Places: []string{"Pune"}, Remote: RemoteNo, Kinds: []Kind{Contract}, Floor: &Floor{Amount: 18.5, Currency: "USD", Period: Hour, Unknown: true}}
	b, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"words":"go AND \"back end\" AND NOT php","places":["Pune"],"remote":"no","kinds":["contract"],"floor":{"amount":18.5,"currency":"USD","period":"hour","unknown":true}}`; string(b) != want {
		t.Errorf("written as %s", b)
	}
	var read Query
	if err := json.Unmarshal(b, &read); err != nil || !reflect.DeepEqual(read, q) {
		t.Errorf("read as %+v, %v", read, err)
	}
	if b, _ := json.Marshal(Query{Career: "cook"}); string(b) != `{"career":"cook"}` {
		t.Errorf("written as %s", b)
	}
}

func TestQueryCheck(t *testing.T) {
	for _, test := range []struct {
		query Query
		want  string // the beginning of each line
	}{
		{Query{Career: "cook"}, ""},
		{Query{Words: words(t, "go OR rust")}, ""},
		{Query{Career: "cook", Words: words(t, "NOT senior")}, ""},
		{Query{}, "a career or words to look for are missing"},
		{Query{Words: words(t, "NOT senior")}, "the words say only what you do not want"},
		{Query{Words: words(t, "go OR NOT senior")}, "the words say only what you do not want"},
		{Query{Career: "cook", Kinds: []Kind{"odd"}, Levels: []Level{"high"}, Remote: "maybe"}, "remote is \"maybe\"\n\"odd\" is no kind of job\n\"high\" is no level"},
		{Query{Career: "cook", Floor: &Floor{Amount: -1, Currency: "rs", Period: "shift"}}, "the least pay has to be more than 0\nthe currency \"rs\" is no code\nthe period \"shift\""},
	} {
		err := test.query.Check()
		if test.want == "" {
			if err != nil {
				t.Errorf("%+v: %v", test.query, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%+v is sound", test.query)
			continue
		}
		got, want := strings.Split(err.Error(), "\n"), strings.Split(test.want, "\n")
		for i := range want {
			if len(got) != len(want) || !strings.HasPrefix(got[i], want[i]) {
				t.Errorf("%+v: %v", test.query, err)
				break
			}
		}
	}
}

func TestNotes(t *testing.T) {
	q := Query{Career: "cook", Places: []string{"Pune", "Xyzville", "banglore, India"}, Kinds: []Kind{FullTime}}
	want := []string{"“Xyzville” is not in the list of places, so only postings that name it in these words are found.",
		"“banglore, India” is not in the list of places, so only postings that name it in these words are found. Did you mean Bengaluru, India?",
		"A posting that names no kind of job counts as full-time."}
	if got := q.Notes(); !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

// What a posting is looked for by leaves out what is not wanted; only that is
// spelt anew.
func TestTermsAndRespell(t *testing.T) {
	w := words(t, `go AND (dokcer OR "site relaiblity") NOT (senoir -junior)`)
	q := Query{Career: "baker", Words: w}
	if got := strings.Join(q.Terms(func(id string) []string { return []string{id, "pastry cook"} }), "; "); got != "baker; pastry cook; go; dokcer; site relaiblity; junior" {
		t.Errorf("looked for by %s", got)
	}
	right := map[string]string{"dokcer": "docker", "relaiblity": "reliability", "senoir": "senior"}
	got := w.Respell(func(word string) string { return cmp.Or(right[word], word) })
	if want := `go AND (docker OR "site reliability") AND NOT (senoir AND NOT junior)`; got.String() != want {
		t.Errorf("%s, want %s", got, want)
	}
	if strings.Contains(w.String(), "docker") {
		t.Error("the words were changed")
	}
}
