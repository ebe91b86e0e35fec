package answer

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func readWords(t testing.TB, text string) string {
	t.Helper()
	a := shipped(t)
	return strings.Join(flat(a.read(a.view(""), text)), " ")
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"What's the back-end developer's salary?":     "what is the backend developer salary",
		"Don't they need a B.Tech?":                   "do not they need a bachelors degree",
		"node.js vs Express.js":                       "nodejs vs express",
		"C++ and C# and .NET":                         "cplusplus and csharp and dotnet",
		"₹4,86,091 a year":                            "rupees 486091 yearly",
		"salary:12 lpa/yr":                            "salary , 12 lakh yearly year",
		"full–stack and server side":                  "full , stack and serverside", // a dash is not a hyphen
		"[salary](https://example.com) of <@42> devs": "salary of developers",
		"```code``` salary":                           "salary",
		"howmuch salry do tehy get":                   "how much salary do they get", //nolint:misspell // typos are what is tested
	} {
		if got := readWords(t, text); got != want {
			t.Errorf("%q\n  is read as %q\n  want       %q", text, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]string{
		"I am 20. What now? Tell me":   "i am 20|what now?|tell me",
		"4.86 lakh, really":            "4.86 lakh , really",
		"one;two\nthree":               "one|two|three",
		"is it true...? yes":           "is it true?|yes",
		"can't won't isn't it's let's": "can not will not is not it is let is",
	} {
		var parts []string
		for _, c := range split(clean(text)) {
			p := strings.Join(c.texts(), " ")
			if c.asks {
				p += "?"
			}
			parts = append(parts, p)
		}
		if got := strings.Join(parts, "|"); got != want {
			t.Errorf("%q\n  splits into %q\n  want        %q", text, got, want)
		}
	}
}

func TestPoint(t *testing.T) {
	for text, want := range map[string]string{
		"hello sir, can you tell me what skills they need": "what skills they need",
		"hi there":                 "hi there",
		"please explain me python": "explain me python", // three words at least are left
	} {
		if got := strings.Join(shipped(t).lang.point(strings.Fields(strings.ReplaceAll(text, ",", " ,"))), " "); got != want {
			t.Errorf("%q comes to %q, want %q", text, got, want)
		}
	}
}

// The distance counts as people mistype: one for a letter too many, too few,
// wrong, or two swapped. It is checked against a search through all edits.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"salary", "salary", 0}, {"salry", "salary", 1}, {"saalry", "salary", 1}, {"slaary", "salary", 1},
		{"salery", "salary", 1}, {"", "abc", 3}, {"developer", "devloper", 1}, {"abcd", "badc", 2}, {"ünï", "uni", 2}, //nolint:misspell // typos are what is tested
	} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// The speller finds what a search through all known words finds.
func TestSpellerAgainstAllWords(t *testing.T) {
	known := map[string]int{"salary": 90, "skill": 60, "skills": 70, "developer": 80, "degree": 50, "database": 40, "python": 30, "apprenticeship": 20}
	s := newSpeller(known, map[string]bool{"puna": true}, nil, nil)
	for w := range known {
		for i := range w {
			for _, typo := range []string{w[:i] + w[i+1:], w[:i] + "z" + w[i:], w[:i] + "z" + w[i+1:]} {
				if utf8.RuneCountInString(typo) < minCorrected || isEnglish(typo) || known[typo] > 0 {
					continue
				}
				got := s.correct(typo)
				nearest := 99
				for k := range known {
					nearest = min(nearest, distance(typo, k))
				}
				if d := distance(typo, got); got == typo && utf8.RuneCountInString(typo) > 3 || got != typo && d != nearest {
					t.Errorf("%q becomes %q at %d, the nearest word is at %d", typo, got, d, nearest)
				}
			}
		}
	}
	for _, w := range []string{"pure", "puna", "4lakh", "ab", "zzzzzz", "salary"} {
		if got := s.correct(w); got != w {
			t.Errorf("%q becomes %q, want it left alone", w, got)
		}
	}
}

func TestPhrases(t *testing.T) {
	var p phrases[string]
	p.add("web server", "webserver")
	p.add("web server technolog*", "webserver technology")
	p.add("server", "server")
	p.add("serv*", "serving")
	for text, want := range map[string]string{
		"web server":                "webserver 2",
		"web server technology now": "webserver technology 3",
		"web site":                  " 0",
		"server":                    "server 1",
		"serves":                    "serving 1",
		"":                          " 0",
	} {
		values, n := p.longest(strings.Fields(text))
		got := ""
		if n > 0 {
			got = values[0]
		}
		if got += " " + string(rune('0'+n)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestModel(t *testing.T) {
	a := shipped(t)
	var rows []blocks
	var class []int
	for i, texts := range [][]string{
		{"red apples are sweet", "a sweet red fruit", "apples and pears"},
		{"the train leaves at noon", "buses and trains", "when does the bus go"},
		{"rain tomorrow", "will it be sunny and warm", "cloudy with rain"},
	} {
		for _, text := range texts {
			rows = append(rows, a.blocksOf(strings.Fields(text)))
			class = append(class, i)
		}
	}
	m := train(rows, class, 3)
	for text, want := range map[string]int{"sweet pears": 0, "the next bus or train": 1, "is it going to rain": 2} {
		if got := argmax(m.scores(a.blocksOf(strings.Fields(text)))); got != want {
			t.Errorf("%q is of class %d, want %d", text, got, want)
		}
	}
	for i, r := range rows {
		if got := argmax(m.scores(r)); got != class[i] {
			t.Errorf("example %d is of class %d, want %d", i, got, class[i])
		}
	}
	if s := m.scores(blocks{}); len(s) != 3 {
		t.Errorf("%d scores for nothing, want 3", len(s))
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "back-end dev's C++ pay?", "₹4,86,091", "```", "[a](b)", "@everyone <@1>", "\x00\xff", "۱۲۳ नमस्ते", "e.g. node.js", strings.Repeat("a", 100)} {
		f.Add(s)
	}
	a := shipped(f)
	s := a.view("")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		for _, c := range a.read(s, text) {
			for _, w := range c.words {
				n++
				if w.text != "," && (w.text == "" || strings.ContainsAny(w.text, " \n\t@<>`") || !utf8.ValidString(w.text)) {
					t.Errorf("%q is read with the word %q", text, w.text)
				}
			}
		}
		if n > 8*maxWords {
			t.Errorf("%d words are read of %d bytes", n, len(text))
		}
	})
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{"", "backend salary", "and freshers?", "the second one?", "what does a dentist earn", "hi", "@everyone", "\x00", "is it? and what? or why?", strings.Repeat("why ", 500)} {
		f.Add(s, s)
	}
	a := shipped(f)
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, text := range []string{first, second} {
			got := a.Answer(Question{Text: text, Conversation: first})
			switch {
			case got.Text == "":
				t.Errorf("%q: nothing is said", text)
			case utf8.RuneCountInString(got.Text) > MaxText:
				t.Errorf("%q: %d characters", text, utf8.RuneCountInString(got.Text))
			case !utf8.ValidString(got.Text):
				t.Errorf("%q: broken text", text)
			case got.Confidence < 0 || got.Confidence > 1:
				t.Errorf("%q: confidence %f", text, got.Confidence)
			case got.Outcome == Answered && (len(got.Passages) == 0 || got.Topic == "" || got.Source.Name == ""):
				t.Errorf("%q: an answer without source: %+v", text, got)
			case strings.Contains(got.Text, "@everyone"):
				t.Errorf("%q: %s", text, got.Text)
			}
			for _, c := range got.Choices {
				if c.Label == "" || utf8.RuneCountInString(c.Label) > maxLabel {
					t.Errorf("%q: label %q", text, c.Label)
				}
			}
		}
	})
}
