package knowledge

import (
	"strings"
	"testing"
)

// TestFaultOf changes one thing of a sound article and holds which faults that
// gives, on which line.
func TestFaultOf(t *testing.T) {
	long := func(n int) string { return strings.TrimSpace(strings.Repeat("long ", n/5+1)) + "er" }
	const sentence = `sentence: "Payscale puts the average at ₹4,86,091 a year."`
	tests := []struct {
		name     string
		old, new string
		want     []string
	}{
		{"nothing", "", "", nil},
		{"no id", "id: back-end-developer\n", "", []string{
			"a.md:1: the id is missing: write one, for example id: back-end-developer",
		}},
		{"long id", "id: back-end-developer", "id: " + strings.Repeat("ab-", 14) + "a", []string{
			"a.md:2: the id has 43 characters: shorten it to 40",
		}},
		{"repeated key", "region: India\n", "region: India\nregion: Peru\n", []string{
			"a.md:6: region twice in the front matter: keep one",
		}},
		{"tab", "region: India", "\tregion: India", []string{
			"a.md:5: the front matter is not YAML: found character that cannot start any token: " + yamlMend,
		}},
		{"colon", "title: Back-end developer", "title: Back-end: developer", []string{
			"a.md:3: the front matter is not YAML: mapping values are not allowed in this context: " + yamlMend,
		}},
		{"open quote", "title: Back-end developer", `title: "Back-end developer`, []string{
			"a.md:3: the front matter is not YAML: found unexpected end of stream: " + yamlMend,
		}},
		{"open list", "server-side developer]", "server-side developer", []string{
			"a.md:4: the front matter is not YAML: did not find expected ',' or ']': " + yamlMend,
		}},
		{"open fact", sentence + "}", sentence, []string{
			"a.md:8: the front matter is not YAML: did not find expected ',' or '}': " + yamlMend,
		}},
		{"several that are not YAML", "title: Back-end developer\naliases: [", "title: a: b\nalias: [}\naliases: [b, \"\", ", []string{
			"a.md:3: the front matter is not YAML: mapping values are not allowed in this context: " + yamlMend,
			"a.md:4: the front matter is not YAML: did not find expected node content: " + yamlMend,
			"a.md:5: an empty alias: delete it",
		}},
		{"anchor", "region: India", "region: *x", []string{
			"a.md:5: the front matter is not YAML: unknown anchor 'x' referenced: " + yamlMend,
		}},
		{"escaped control character", "region: India", `region: "In\adia"`, []string{
			"a.md:5: control character U+0007 in region: delete it",
		}},
		{"two documents", "region: India\n", "--- {}\nregion: India\n", []string{
			"a.md:5: the front matter holds several documents: keep one",
		}},
		{"no end", "---\n\n## What", "\n## What", []string{
			"a.md:1: the front matter does not end: write --- on a line of its own after it",
			"a.md:27: the article has no section: add one: ## Heading <!-- topic: overview -->",
		}},
		{"aliases no list", "[backend developer, back end engineer, server-side developer]", "backend developer", []string{
			"a.md:4: aliases is not written as a list: write aliases: [one, another]",
		}},
		{"amount with separators", "486091", `"4,86,091"`, []string{
			`a.md:8: amount "4,86,091" is not a whole number above 0: write digits only: 486091`,
		}},
		{"amount 0", "486091", "0", []string{
			`a.md:8: amount "0" is not a whole number above 0: write digits only: 486091`,
		}},
		{"no amount", "amount: 486091, ", "", []string{
			"a.md:8: the figure has no amount: write amount: in whole units of the currency: 486091",
		}},
		{"range without upper", "kind: average", "kind: range", []string{
			"a.md:8: the range does not go up: write upper: above amount:",
		}},
		{"currency", "INR", "XYZ", []string{
			`a.md:8: unknown currency "XYZ": write its three letters of ISO 4217: INR`,
		}},
		{"no sentence", ", " + sentence, "", []string{
			"a.md:8: the figure has no sentence: write the sentence that states it",
		}},
		{"amount within another", "₹4,86,091 a", "₹4,86,091,000 a", []string{
			"a.md:8: the sentence does not tell its amount, ₹4,86,091: write it in that way",
			`a.md:8: "₹4,86,091,000" is not how money is written: write ₹48,60,91,000`,
			`a.md:8: "₹4,86,091,000" stands in no fact of the article: add a fact that states it, with its source, or write one that is there: ₹4,86,091`,
		}},
		{"other grouping", "₹4,86,091", "₹486,091", []string{
			"a.md:8: the sentence does not tell its amount, ₹4,86,091: write it in that way",
			`a.md:8: "₹486,091" is not how money is written: write ₹4,86,091`,
		}},
		{"two figures of a kind", "facts:\n", "facts:\n  - {kind: average, amount: 500000, currency: INR, per: year, source: Payscale, sentence: \"₹5,00,000.\"}\n", []string{
			"a.md:9: a second figure of the kind average by Payscale: keep the right one, or write their dates",
		}},
		{"money of a fact", "Another.", "About ₹4,86,091 a year (4.86 lakh), or ₹40,508 a month.", nil},
		{"money of none", "Another.", "About ₹4,86,092, ₹40,507 or 5 lakh.", []string{
			`a.md:16: "₹4,86,092" stands in no fact of the article: add a fact that states it, with its source, or write one that is there: ₹4,86,091`,
			`a.md:16: "₹40,507" stands in no fact of the article: add a fact that states it, with its source, or write one that is there: ₹4,86,091`,
			`a.md:16: "5 lakh" stands in no fact of the article: add a fact that states it, with its source, or write one that is there: ₹4,86,091, or write digits only if it is not money`,
		}},
		{"money in other ways", "It is not essential.", "Some get Rs. 4.86 lakh, which is ₹486,091.", []string{
			`a.md:22: "Rs. 4.86 lakh" is not how money is written: write ₹4,86,091`,
			`a.md:22: "₹486,091" is not how money is written: write ₹4,86,091`,
		}},
		{"money in a question", "a master's degree?", "₹50,00,000 or Rs 500?", []string{
			`a.md:20: "Rs 500" is not how money is written: write ₹500`,
		}},
		{"money in a phrasing", "is m tech compulsory", "can i get Rs 500 or 50 LPA", nil},
		{"money in a heading", "## What is a back-end developer?", "## Who gets ₹1?", []string{
			`a.md:11: "₹1" stands in no fact of the article: add a fact that states it, with its source, or write one that is there: ₹4,86,091`,
		}},
		{"broken fact", "kind: average", "kind: average}\n  - {kind: high", []string{
			"a.md:8: the figure has no amount: write amount: in whole units of the currency: 486091",
			`a.md:8: unknown currency "": write its three letters of ISO 4217: INR`,
			`a.md:8: unknown period "": write per: and one of hour, day, week, month, year`,
			"a.md:8: the figure has no source: write who states it: a figure is never shown without",
			"a.md:8: the figure has no sentence: write the sentence that states it",
		}},
		{"bare yes", "It is not", "**Yes**, it is not", []string{
			"a.md:22: the answer begins with a bare yes or no: " + bareMend,
		}},
		{"bare no", "It is not", "No - it is not", []string{
			"a.md:22: the answer begins with a bare yes or no: " + bareMend,
		}},
		{"bare no alone", "It is not essential.", "No.", []string{
			"a.md:22: the answer begins with a bare yes or no: " + bareMend,
		}},
		{"no that is not bare", "It is not", "No degree is", nil},
		{"yes within a word", "It is not", "Yesterday it was", nil},
		{"long answer", "It is not essential.", long(600), []string{
			"a.md:22: the answer has 606 characters: shorten it to 600",
		}},
		{"long question", "Do I need a master's degree?", long(200), []string{
			"a.md:20: the question has 206 characters: shorten it to 200",
		}},
		{"long phrasing", "is m tech compulsory", long(200), []string{
			"a.md:27: the phrasing has 206 characters: shorten it to 200",
		}},
		{"long passage", "Another.", long(1000), []string{
			"a.md:16: the passage has 1006 characters: shorten it to 1000",
		}},
		{"long heading", "What is a back-end developer?", long(80), []string{
			"a.md:11: the heading has 86 characters: shorten it to 80",
		}},
		{"repeated phrasing", "is m tech compulsory", "Do I need masters -- for this?", []string{
			`a.md:27: phrasing "Do I need masters -- for this?" again: delete it: it stands on line 26, and case and punctuation make no difference`,
		}},
		{"phrasing of the question", "is m tech compulsory", "do i need a master’s degree", []string{
			`a.md:27: phrasing "do i need a master’s degree" again: delete it: it stands on line 20, and case and punctuation make no difference`,
		}},
		{"C++ is not C#", "- is m tech compulsory", "- do i need C++\n- do i need c#\n- do i need c", nil},
		{"lead alone", "a bullet is a passage; the bold words are its lead.", "", []string{
			"a.md:15: a passage without words: write something, or delete it",
		}},
		{"says", "says: no", "says: perhaps", []string{
			`a.md:20: says "perhaps": write says: yes or says: no, or leave it out if the answer is neither`,
		}},
		{"empty says", "says: no", "says:", []string{
			"a.md:20: says is empty: write a value after it, or delete it",
		}},
		{"question in a section", "<!-- topic: faq -->", "<!-- topic: skills -->\n\nSome.", []string{
			"a.md:22: a question outside the questions and answers: put it into the section <!-- topic: faq -->",
		}},
		{"empty section", "A paragraph is a passage.\n\n- **Apprenticeship:** a bullet is a passage; the bold words are its lead.\n- Another.\n", "", []string{
			"a.md:11: the section is empty: write something under the heading, or delete it",
		}},
		{"empty questions", small[strings.Index(small, "### Do"):], "", []string{
			"a.md:18: the section is empty: write a question under the heading, or delete it",
		}},
		{"no sections", small[strings.Index(small, "\n## What"):], "", []string{
			"a.md:10: the article has no section: add one: ## Heading <!-- topic: overview -->",
		}},
		{"not UTF-8", "Another.", "An\xffother.", []string{
			"a.md:16: the line is not UTF-8: save the file as UTF-8",
		}},
		{"control character", "Another.", "An\x00other.", []string{
			"a.md:16: control character U+0000: delete it",
		}},
		{"text turned around", "Another.", "An\u202eother.", []string{
			"a.md:16: control character U+202E: delete it",
		}},
		{"joined emoji", "Another.", "Another 👩‍💻.", nil},
		{"large file", "Another.", strings.Repeat("Another.", 1<<17), []string{
			"a.md: the file is larger than 1 MB: split it: one occupation is one file",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(small, test.old) {
				t.Fatalf("%q is not in the article", test.old)
			}
			_, faults := Parse("a.md", []byte(strings.Replace(small, test.old, test.new, 1)))
			if got, want := faults.Error(), strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

const (
	yamlMend = "mend this line, or the one before; put texts with : # [ ] { } , in double quotes"
	bareMend = "lead with the fact instead; yes or no is told beside the question (says: yes)"
)

func TestParseEmpty(t *testing.T) {
	for _, src := range []string{"", "\n", "---", "---\n---", "---\n---\n", "---\n~\n---\n", "---\n[]\n---\n", "---\ntext\n---\n", "# Title\n"} {
		if _, faults := Parse("a.md", []byte(src)); len(faults) == 0 {
			t.Errorf("no faults in %q", src)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		"?!":                   "",
		"  Do I --  need\tit?": "do i need it",
		"C++ / C#, .NET":       "c++ c# net",
		"Back-end":             "back end",
		"क्या डिग्री ज़रूरी है?": "क्या डिग्री ज़रूरी है",
	} {
		if got := Words(in); got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
}
