package answer

import (
	"os"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

// added is an FAQ that a moderator adds, and how members ask for it.
type added struct {
	Article, ID, Topic, Question string
	Phrasings, Asked             []string
}

func readAdded(t testing.TB, name string) []added {
	t.Helper()
	var out []added
	if err := readYAML(os.DirFS("testdata/overlay"), name, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func faqEntry(article, id string, topic knowledge.Topic, answer string, asked ...string) knowledge.Entry {
	return knowledge.Entry{
		EntryKey: knowledge.EntryKey{Article: article, Kind: knowledge.FAQEntry, ID: id},
		FAQ:      &knowledge.FAQ{ID: id, Question: asked[0], Phrasings: asked[1:], Answer: answer, Topic: topic},
	}
}

// nurse is a wholly new career: a head and a section.
func nurse() []knowledge.Entry {
	return (&knowledge.Article{
		ID: "nurse", Title: "Nurse", Aliases: []string{"staff nurse", "nursing"}, Source: knowledge.Source{Name: "The moderators"},
		Sections: []knowledge.Section{{Heading: "What is a nurse?", Topic: knowledge.Overview, Passages: []knowledge.Passage{{Text: "A nurse cares for the sick."}}}},
	}).Entries()
}

func entriesOf(list []added) []knowledge.Entry {
	out := nurse()
	for _, e := range list {
		out = append(out, faqEntry(e.Article, e.ID, knowledge.Topic(e.Topic), "The answer of "+e.ID+".", append([]string{e.Question}, e.Phrasings...)...))
	}
	return out
}
