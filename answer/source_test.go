package answer

import (
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

// An answer with a source of its own tells that one, and not its article's.
func TestSourceOfAnAnswer(t *testing.T) {
	own := faqEntry(backend, "remote", knowledge.Workplace, "Most firms allow two days.", "Is there remote work?")
	own.FAQ.Source = &knowledge.Source{Name: "A survey", URL: "https://example.org"}
	a := overlaid(t, own, faqEntry(backend, "buses", knowledge.Workplace, "Take line 5.", "Which bus goes to the office park?"))
	for _, test := range []struct{ text, want string }{
		{"Is there remote work?", "A survey"},
		{"Which bus goes to the office park?", knowledge.Shipped().Article(backend).Source.Name},
	} {
		if got := a.Answer(Question{Text: test.text, Guild: "ours", Occupation: backend}); got.Outcome != Answered || got.Source.Name != test.want {
			t.Errorf("%s: %s from %q, want %q", test.text, got.Outcome, got.Source.Name, test.want)
		}
	}
	in := func(text string) Answer {
		return a.Answer(Question{Text: text, Guild: "ours", Occupation: backend, Conversation: "c"})
	}
	in("Is there remote work?")
	if got := in("says who?"); got.Source.Name != "A survey" || got.Text != "That is what A survey says." {
		t.Errorf("asked for the source: %q, %+v", got.Text, got.Source)
	}
}
