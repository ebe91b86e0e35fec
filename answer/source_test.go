package answer

import (
	"strings"
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

// A conversation goes on after what was answered last is gone.
func TestConversationAfterItsAnswerIsGone(t *testing.T) {
	a := overlaid(t, faqEntry(backend, "buses", knowledge.Workplace, "Take line 5.", "Which bus goes to the office park?"))
	in := func(text string) Answer {
		return a.Answer(Question{Text: text, Guild: "ours", Occupation: backend, Conversation: "c"})
	}
	if got := in("Which bus goes to the office park?"); got.Text != "Take line 5." {
		t.Fatalf("answered %q", got.Text)
	}
	if err := a.Overlay("ours", []knowledge.Entry{{EntryKey: faqKey(backend, "buses"), Hidden: true}}); err != nil {
		t.Fatal(err)
	}
	if got := in("and at night?"); strings.Contains(got.Text, "line 5") {
		t.Errorf("what is gone is told: %q", got.Text)
	}
}
