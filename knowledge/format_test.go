package knowledge

import (
	"bytes"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// small is an article with something of everything.
const small = `---
id: back-end-developer
title: Back-end developer
aliases: [backend developer, back end engineer, server-side developer]
region: India
source: {name: A guide, url: "", published: "", read: 2026-11-23}
facts:
  - {kind: average, amount: 486091, currency: INR, per: year, source: Payscale, sentence: "Payscale puts the average at ₹4,86,091 a year."}
---

## What is a back-end developer? <!-- topic: overview -->

A paragraph is a passage.

- **Apprenticeship:** a bullet is a passage; the bold words are its lead.
- Another.

## Questions and answers <!-- topic: faq -->

### Do I need a master's degree? <!-- id: masters-needed, topic: education, says: no -->

It is not essential.

Also asked:

- do i need masters for this
- is m tech compulsory
`

func TestParse(t *testing.T) {
	want := &Article{
		ID:      "back-end-developer",
		Title:   "Back-end developer",
		Aliases: []string{"backend developer", "back end engineer", "server-side developer"},
		Region:  "India",
		Source:  Source{Name: "A guide", Read: "2026-11-23"},
		Facts: []Fact{{
			Kind: AveragePay, Amount: 486091, Currency: "INR", Per: "year", Source: "Payscale",
			Sentence: "Payscale puts the average at ₹4,86,091 a year.",
		}},
		Sections: []Section{{
			Heading: "What is a back-end developer?",
			Topic:   Overview,
			Passages: []Passage{
				{Text: "A paragraph is a passage."},
				{Bullet: true, Lead: "Apprenticeship", Text: "a bullet is a passage; the bold words are its lead."},
				{Bullet: true, Text: "Another."},
			},
		}},
		FAQs: []FAQ{{
			ID:        "masters-needed",
			Question:  "Do I need a master's degree?",
			Phrasings: []string{"do i need masters for this", "is m tech compulsory"},
			Answer:    "It is not essential.",
			Topic:     Education,
			Says:      SaysNo,
		}},
	}
	for name, src := range map[string]string{
		"as is":       small,
		"CRLF":        strings.ReplaceAll(small, "\n", "\r\n"),
		"BOM":         "\uFEFF" + small,
		"no last end": strings.TrimSuffix(small, "\n"),
		"wrapped":     strings.ReplaceAll(small, " the ", "\n  the "),
	} {
		t.Run(name, func(t *testing.T) {
			got, faults := Parse("a.md", []byte(src))
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if formatted := Format(got); string(formatted) != small {
				t.Errorf("formatted:\n%s", formatted)
			}
		})
	}
}

// TestFormat writes articles that are laid out in other ways in the one way.
func TestFormat(t *testing.T) {
	for _, file := range glob(t, "testdata/format/*.md") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, faults := Parse(file, readFile(t, file))
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			golden(t, strings.TrimSuffix(file, ".md")+".golden", Format(a))
			checkRoundTrip(t, a)
		})
	}
}

// TestFaults holds which faults are found and how they are told.
func TestFaults(t *testing.T) {
	for _, file := range glob(t, "testdata/faults/*.md") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			_, faults := Parse(filepath.Base(file), readFile(t, file))
			golden(t, strings.TrimSuffix(file, ".md")+".golden", []byte(faults.Error()+"\n"))
		})
	}
}

// checkRoundTrip holds that an article is read as it was written.
func checkRoundTrip(t *testing.T, a *Article) {
	t.Helper()
	src := Format(a)
	got, faults := Parse("again.md", src)
	if len(faults) > 0 {
		t.Errorf("faults of what was written: %v", faults)
	}
	if !reflect.DeepEqual(got, a) {
		t.Errorf("got  %+v\nwant %+v\nwritten as:\n%s", got, a, src)
	}
	if again := Format(got); !bytes.Equal(again, src) {
		t.Errorf("written as:\n%s\nand then as:\n%s", src, again)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(strings.ReplaceAll(small, "\n", "\r\n")))
	for _, pattern := range []string{"testdata/format/*.md", "testdata/faults/*.md"} {
		for _, file := range glob(f, pattern) {
			f.Add(readFile(f, file))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		a, faults := Parse("fuzz.md", src)
		if len(faults) == 0 {
			checkRoundTrip(t, a)
		}
		for _, fault := range faults {
			if fault.What == "" || fault.Mend == "" || strings.ContainsAny(fault.String(), "\n\r") {
				t.Errorf("fault %q", fault)
			}
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{
		"plain", "# leading", "- hyphen", "\\# backslash", "\\\\- two", "Also asked:", "also asked: x", "Source: x", "source:", "x <y>", "<>", "-->", "<!-- x -->",
		"---", "**", "**a:** b", "**a**: b", "\\**a:** b", "a: b", `"quoted" 'too'`, "null", "~", "yes", "1. one", "> q", "| t |",
		"```", "नमस्ते 👩‍💻", "a\u2060b", "[x]{y}", "%", "@a", "`", "!b", "&c", "*d", "- - e", "a #b", "\u00a0x", "U+FFFF \uFFFF", "• dot", "===", "\\",
	} {
		f.Add(s, s, s, s+"\n"+s, true)
		f.Add("Title", "Lead", "Text", s+"\n\n- "+s+"\n- "+s+"\r\n"+s, false)
	}
	f.Fuzz(func(t *testing.T, name, lead, text, answer string, bullet bool) {
		name, lead, text = writable(name), writable(lead), writable(text)
		a := &Article{
			ID:      "some-id",
			Title:   name,
			Aliases: []string{text, lead},
			Region:  lead,
			Source:  Source{Name: name, URL: text, Published: lead, Read: text},
			Facts:   []Fact{{Kind: PayRange, Amount: 1, Upper: 2, Currency: "INR", Per: "year", Source: name, Date: lead, Sentence: text}},
			Sections: []Section{{Heading: name, Topic: Pay, Passages: []Passage{
				{Bullet: bullet, Lead: lead, Text: text},
				{Bullet: bullet, Text: text},
				{Bullet: !bullet, Text: name},
				{Bullet: !bullet, Lead: name, Text: lead},
			}}},
			FAQs: []FAQ{
				{ID: "a", Question: name, Phrasings: []string{text, lead}, Answer: writableAnswer(answer), Topic: General},
				{ID: "b", Question: text, Answer: text, Topic: Skills, Says: SaysYes, Source: &Source{Name: name}},
				{ID: "c", Question: text, Phrasings: []string{lead}, Answer: text, Topic: Skills, Source: &Source{Name: text, URL: "https://example.org/?a=" + url.QueryEscape(lead)}},
			},
		}
		// The texts may have faults, such as too many characters. They are read
		// as they were written all the same.
		src := Format(a)
		got, faults := Parse("fuzz.md", src)
		if !reflect.DeepEqual(got, a) {
			t.Errorf("got  %+v\nwant %+v\nfaults: %v\nwritten as:\n%s", got, a, faults, src)
		}
		if again := Format(got); !bytes.Equal(again, src) {
			t.Errorf("written as:\n%s\nand then as:\n%s", src, again)
		}
		for _, e := range a.Entries() {
			src := FormatEntry(e)
			got, err := ParseEntry(e.EntryKey, src)
			if !reflect.DeepEqual(got, e) {
				t.Errorf("got  %+v\nwant %+v\nfaults: %v\nwritten as:\n%s", got, e, err, src)
			}
		}
	})
}

// writable makes a text as an article can hold it.
func writable(s string) string {
	s = fold(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || isControl(r) {
			return ' '
		}
		return r
	}, s))
	if s == "" {
		return "empty"
	}
	return s
}

// writableAnswer makes an answer of paragraphs and bullets.
func writableAnswer(s string) string {
	var b strings.Builder
	bullet := false
	for line := range strings.Lines(s) {
		line = writable(line)
		isBullet := strings.HasPrefix(line, "- ")
		switch {
		case b.Len() == 0:
		case isBullet && bullet:
			b.WriteString("\n")
		default:
			b.WriteString("\n\n")
		}
		b.WriteString(line)
		bullet = isBullet
	}
	if b.Len() == 0 {
		return "empty"
	}
	return b.String()
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return files
}

func readFile(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden compares with a file, or writes it under -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := readFile(t, file); !bytes.Equal(got, want) {
		t.Errorf("%s differs; if that is meant, run with -update\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}
