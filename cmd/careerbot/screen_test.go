package main

import (
	"strings"
	"testing"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		lead, text string
		width      int
		want       string
	}{
		{"", "", 10, ""},
		{"", "one two three", 9, "one two\nthree"},
		{"", "one two three", 7, "one two\nthree"},
		{"", "one two three", 6, "one\ntwo\nthree"},
		{"", "unbreakable word", 5, "unbreakable\nword"},
		{"", "a line\n\nand  another", 80, "a line\n\nand another"},
		{"", "- one two three\n- four", 9, "- one two\n  three\n- four"},
		{"  1  ", "one two three", 12, "  1  one two\n     three"},
		{"", "₹₹ ₹₹ ₹₹", 5, "₹₹ ₹₹\n₹₹"},
		{"", "हिंदी हिंदी", 9, "हिंदी हिंदी"}, // a mark above a letter takes no column
	} {
		if got := wrap(test.lead, test.text, test.width); got != test.want {
			t.Errorf("wrap(%q, %q, %d) = %q, want %q", test.lead, test.text, test.width, got, test.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("  1  ", "what a member reads\n- and reads on", 20)
	f.Fuzz(func(t *testing.T, lead, text string, width int) {
		got := wrap(lead, text, width)
		// Nothing is lost and nothing put in but breaks and indents.
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if bare(got) != bare(lead+text) {
			t.Errorf("wrap(%q, %q, %d) = %q", lead, text, width, got)
		}
	})
}

func TestScreen(t *testing.T) {
	t.Parallel()
	a := answer.Answer{
		Outcome: answer.Answered,
		Text:    "Beekeepers keep bees.",
		Passages: []answer.Passage{
			{ID: "beekeeper/faq/bees", Heading: "Duties", Topic: knowledge.Duties},
			{ID: "beekeeper/faq/hives", Heading: "Duties", Topic: knowledge.Duties},
			{ID: "beekeeper/faq/pay", Heading: "Pay", Topic: knowledge.Pay},
		},
		Choices: []answer.Choice{{Label: "What of honey?"}, {Label: "What of wax?"}},
		Source:  knowledge.Source{Name: "Guide", URL: "https://example.org"},
	}
	var b strings.Builder
	newScreen(&b, func(string) (string, bool) { return "", false }).answer(a, func(int) string { return "- " })
	want := `Beekeepers keep bees.
Source: Guide, “Duties”, “Pay”, https://example.org

- What of honey?
- What of wax?
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}

	b.Reset()
	(&screen{w: &b, colour: true}).dim("one\ntwo")
	if want := "\x1b[2mone\x1b[0m\n\x1b[2mtwo\x1b[0m\n"; b.String() != want {
		t.Errorf("dim: got %q, want %q", b.String(), want)
	}
}
