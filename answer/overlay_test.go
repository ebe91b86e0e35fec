package answer

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// newCareers are those that moderators made, with nothing but their FAQs.
var newCareers = []*knowledge.Article{
	{ID: "data-analyst", Title: "Data analyst", Aliases: []string{"data analytics"}},
	{ID: "electrician", Title: "Electrician", Aliases: []string{"electrical technician"}},
	{ID: "teacher", Title: "Teacher", Aliases: []string{"school teacher", "teaching"}},
	{ID: "chef", Title: "Chef", Aliases: []string{"cook", "cooking"}},
}

func entriesOf(list []added) []knowledge.Entry {
	out := nurse()
	for _, art := range newCareers {
		if slices.ContainsFunc(list, func(e added) bool { return e.Article == art.ID }) {
			out = append(out, art.Entries()...)
		}
	}
	for _, e := range list {
		out = append(out, faqEntry(e.Article, e.ID, knowledge.Topic(e.Topic), "The answer of "+e.ID+".", append([]string{e.Question}, e.Phrasings...)...))
	}
	return out
}

// overlaid returns the Answerer of the shipped knowledge with entries laid over
// it for the server "ours", until the test is over.
func overlaid(t testing.TB, entries ...knowledge.Entry) *Answerer {
	t.Helper()
	a := shipped(t)
	if err := a.Overlay("ours", entries); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, guild := range []string{"ours", "theirs"} {
			if err := a.Overlay(guild, nil); err != nil {
				t.Error(err)
			}
		}
	})
	return a
}

const backend = "back-end-developer"

func passages(a Answer) string {
	var ids []string
	for _, p := range a.Passages {
		ids = append(ids, p.ID)
	}
	return strings.TrimSpace(string(a.Outcome) + " " + strings.Join(ids, " "))
}

func TestOverlayAnswers(t *testing.T) {
	shippedFAQ := knowledge.Shipped().Article(backend).FAQ("masters-needed")
	changed := *shippedFAQ
	changed.Answer = "Our own answer on the master's degree."
	changed.Phrasings = append(changed.Phrasings[:len(changed.Phrasings):len(changed.Phrasings)], "is an mtech a must in this server")
	a := overlaid(t, append(nurse(),
		faqEntry(backend, "remote", knowledge.Workplace, "Yes, most firms allow two days.", "Is there remote work?"),
		knowledge.Entry{EntryKey: faqKey(backend, "masters-needed"), FAQ: &changed},
		knowledge.Entry{EntryKey: faqKey(backend, "monthly-pay"), Hidden: true},
		knowledge.Entry{EntryKey: knowledge.EntryKey{Article: "nurse", Kind: knowledge.SectionEntry, ID: "education"}, Section: &knowledge.Section{
			Heading: "Becoming one", Topic: knowledge.Education, Passages: []knowledge.Passage{
				{Bullet: true, Lead: "GNM", Text: "A diploma of three years."}, {Bullet: true, Lead: "University", Text: "A degree of four years."},
			}}},
		faqEntry("nurse", "nights", knowledge.Workplace, "Yes, in turns.", "Do nurses have to work night shifts?", "shift duty"),
	)...)
	for _, test := range []struct{ name, text, want string }{
		{"what was known to be lacking", "Is there remote work?", "answer back-end-developer/faq/remote"},
		{"in other words", "do back-end devs get to work remotely", "answer back-end-developer/faq/remote"},
		{"a new phrasing of a shipped FAQ", "is an mtech a must in this server", "answer back-end-developer/faq/masters-needed"},
		{"an old phrasing of it", shippedFAQ.Phrasings[0], "answer back-end-developer/faq/masters-needed"},
		{"a paraphrase of it", "is a postgraduate degree necessary for backend developers?", "answer back-end-developer/faq/masters-needed"},
		{"a new career's FAQ", "shift duty of a nurse", "answer nurse/faq/nights"},
		{"in other words", "do nurses work at night", "answer nurse/faq/nights"},
		{"misspelt", "do nusres have to work nihgt shifts", "answer nurse/faq/nights"},
		{"a passage of its section", "what is GNM in nursing education", "answer nurse/education/1"},
		{"another passage", "can I study nursing at a university", "answer nurse/education/2"},
		{"another career", "how much does a dentist earn", "abstain"},
	} {
		if got := passages(a.Answer(Question{Text: test.text, Guild: "ours"})); got != test.want {
			t.Errorf("%s: %q gives %s, want %s", test.name, test.text, got, test.want)
		}
	}
	hidden := knowledge.Shipped().Article(backend).FAQ("monthly-pay")
	for _, text := range hidden.Asked() {
		got := a.Answer(Question{Text: text, Guild: "ours", Occupation: backend})
		for _, c := range got.Choices {
			if strings.HasSuffix(c.Entry, "/monthly-pay") {
				t.Errorf("%q offers what is hidden", text)
			}
		}
		if strings.Contains(passages(got), "monthly-pay") {
			t.Errorf("%q is answered with what is hidden", text)
		}
	}
	if got := a.Answer(Question{Text: "is an mtech a must in this server", Guild: "ours", Occupation: backend}); !strings.Contains(got.Text, "Our own answer") {
		t.Errorf("the shipped answer is given: %s", got.Text)
	}
	for _, guild := range []string{"", "theirs"} {
		if got := passages(a.Answer(Question{Text: "Is there remote work?", Guild: guild, Occupation: backend})); got != "abstain" {
			t.Errorf("the server %q sees it: %s", guild, got)
		}
	}
	t.Run("a pressed choice", func(t *testing.T) {
		c := a.Questions("ours", "is there remote", backend, 1)
		if len(c) != 1 || c[0].Entry != "back-end-developer/faq/remote" {
			t.Fatalf("it is not listed: %+v", c)
		}
		if got := a.Choose("ours", "channel/person", c[0]); got.Text != "Yes, most firms allow two days." {
			t.Errorf("its answer: %s", got.Text)
		}
		if got := a.Choose("theirs", "channel/person", c[0]); got.Outcome == Answered {
			t.Errorf("in another server: %+v", got)
		}
	})
	t.Run("no entries any more", func(t *testing.T) {
		if err := a.Overlay("ours", nil); err != nil {
			t.Fatal(err)
		}
		if got := passages(a.Answer(Question{Text: "Is there remote work?", Guild: "ours"})); got != "abstain" {
			t.Errorf("still answered: %s", got)
		}
	})
}

func TestHiddenCareer(t *testing.T) {
	a := overlaid(t, append(nurse(), knowledge.Entry{EntryKey: headKey(backend), Hidden: true})...)
	got := a.Answer(Question{Text: "how much does a backend developer earn", Guild: "ours"})
	if got.Outcome == Answered || strings.Contains(got.Text, "486") {
		t.Errorf("answered: %+v", got)
	}
	if list := careerIDs(a.Careers("ours", "", 25)); list != "nurse" {
		t.Errorf("careers: %s", list)
	}
	if list := a.Questions("ours", "what", "", 25); len(list) > 0 {
		t.Errorf("questions: %+v", list)
	}
	if _, ok := a.Career("ours", backend); ok {
		t.Error("it can be looked up")
	}
}

// A new base keeps what servers laid over the old one.
func TestReplaceKeepsOverlays(t *testing.T) {
	a, err := New(knowledge.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Overlay("ours", []knowledge.Entry{faqEntry(backend, "remote", knowledge.Workplace, "Yes.", "Is there remote work?")}); err != nil {
		t.Fatal(err)
	}
	if err := a.Replace(knowledge.Shipped()); err != nil {
		t.Fatal(err)
	}
	if got := passages(a.Answer(Question{Text: "is there remote work", Guild: "ours"})); got != "answer back-end-developer/faq/remote" {
		t.Error(got)
	}
}

func TestOverlayRefuses(t *testing.T) {
	a := shipped(t)
	faq := faqEntry(backend, "x", knowledge.Pay, "X.", "X?")
	if a.Overlay("", []knowledge.Entry{faq}) == nil {
		t.Error("entries of no server are taken")
	}
	faq.ID = "y"
	if _, err := a.Try("ours", []knowledge.Entry{faq}); err == nil {
		t.Error("an entry is taken whose key names another")
	}
	if a.Overlay("ours", []knowledge.Entry{{EntryKey: faqKey(backend, "x")}}) == nil {
		t.Error("an entry without anything is taken")
	}
	faq.ID = "x"
	if a.Overlay("ours", []knowledge.Entry{faq, {EntryKey: faq.EntryKey, Hidden: true}}) == nil {
		t.Error("an entry is taken that stands twice")
	}
}

// TestOverlayQuality asks for FAQs as moderators add them in the words of
// others, and all questions of the question sets from under those FAQs. What
// came of each is a golden file, as in TestQuality.
func TestOverlayQuality(t *testing.T) {
	for _, set := range []string{"entries", "blind", "more", "fresh"} {
		t.Run(set, func(t *testing.T) {
			list := readAdded(t, set+".yaml")
			a := overlaid(t, entriesOf(list)...)
			var lines []string
			asked, right, offered, wrong := 0, 0, 0, 0
			for _, e := range list {
				want := e.Article + "/faq/" + e.ID
				for _, text := range append([]string{e.Question}, e.Phrasings...) {
					if got := passages(a.Answer(Question{Text: text, Guild: "ours", Occupation: e.Article})); got != "answer "+want {
						t.Errorf("its very words %q give %s, want %s", text, got, want)
					}
				}
				for _, text := range e.Asked {
					asked++
					got := a.Answer(Question{Text: text, Guild: "ours", Occupation: e.Article})
					result := "missed"
					switch {
					case passages(got) == "answer "+want:
						result = "right"
						right++
					case got.Outcome == Answered:
						result = "WRONG"
						wrong++
					case slices.ContainsFunc(got.Choices, func(c Choice) bool { return c.Entry == want }):
						result = "offered"
						offered++
					}
					lines = append(lines, fmt.Sprintf("%-8s %-28s %s | %s", result, want, text, passages(got)))
				}
			}
			summary := fmt.Sprintf("%d entries asked for in %d other ways: right %d, offered %d, wrong %d\n", len(list), asked, right, offered, wrong)
			others, changed := 0, 0
			lines = append(lines, "")
			for _, questions := range []string{"students", "adults", "blind", "final"} {
				for _, q := range readAskings(t, questions) {
					if q.Turns != nil {
						continue
					}
					others++
					before := passages(a.Answer(Question{Text: q.Q, Occupation: backend}))
					after := passages(a.Answer(Question{Text: q.Q, Occupation: backend, Guild: "ours"}))
					if before != after {
						changed++
						lines = append(lines, fmt.Sprintf("%-12s %s -> %s | %s", q.Kind, before, after, q.Q))
					}
				}
			}
			summary += fmt.Sprintf("%d questions of the sets: answered otherwise %d\n", others, changed)
			t.Log(summary)
			golden(t, filepath.Join("testdata", "overlay", set+".txt"), summary+"\n"+strings.Join(lines, "\n")+"\n")
			if right*2 < asked || wrong*10 > asked || changed*20 > others {
				t.Errorf("the answers have become bad:\n%s", summary)
			}
		})
	}
}

// someEntries makes what moderators of a server may have entered: FAQs of
// their own, changed and hidden ones, careers.
func someEntries(t testing.TB, rng *rand.Rand, guild string) ([]knowledge.Entry, []string) {
	list := readAdded(t, "entries.yaml")
	var entries []knowledge.Entry
	var asked []string
	mark := "Only in " + guild + "."
	if rng.IntN(2) == 0 {
		entries = append(entries, nurse()...)
	}
	if rng.IntN(2) == 0 {
		entries = append(entries, (&knowledge.Article{ID: "keeper-" + guild, Title: "Keeper of " + guild, Aliases: []string{guild + " keeper"}, Source: knowledge.Source{Name: mark}}).Entries()...)
		asked = append(asked, "what does a keeper of "+guild+" do", guild+" keeper")
	}
	for _, e := range list {
		if rng.IntN(3) == 0 {
			entries = append(entries, faqEntry(e.Article, e.ID, knowledge.Topic(e.Topic), mark, append([]string{e.Question}, e.Phrasings...)...))
		}
		asked = append(asked, e.Question, e.Asked[rng.IntN(len(e.Asked))])
	}
	art := knowledge.Shipped().Article(backend)
	for i := range art.FAQs {
		f := art.FAQs[i]
		switch rng.IntN(8) {
		case 0:
			entries = append(entries, knowledge.Entry{EntryKey: faqKey(backend, f.ID), Hidden: true})
		case 1:
			f.Answer = mark
			f.Phrasings = f.Phrasings[:rng.IntN(len(f.Phrasings)+1)]
			entries = append(entries, knowledge.Entry{EntryKey: faqKey(backend, f.ID), FAQ: &f})
		default:
			continue
		}
		asked = append(asked, f.Question)
	}
	for i := range art.Sections {
		sec := art.Sections[i]
		if rng.IntN(4) == 0 {
			sec.Heading = mark
			entries = append(entries, knowledge.Entry{EntryKey: knowledge.EntryKey{Article: backend, Kind: knowledge.SectionEntry, ID: string(sec.Topic)}, Section: &sec})
		}
	}
	return entries, asked
}

// What one server's moderators enter changes nothing that another server, or
// nobody's, sees: with it and without it all is the same.
func TestOverlaysAreSeparate(t *testing.T) {
	a := overlaid(t)
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 1))
		ours, asked := someEntries(t, rng, "ours")
		theirs, more := someEntries(t, rng, "theirs")
		asked = append(asked, more...)
		rng.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
		asked = asked[:50]
		seen := func(guild string) string {
			var b strings.Builder
			note := func(v any) {
				j, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				b.Write(append(j, '\n'))
			}
			a.talks = newTalks()
			for i, text := range asked {
				conversation := ""
				if i%3 == 0 {
					// The same channel and person: only the server tells them apart.
					conversation = "channel/person"
					a.Answer(Question{Text: "and " + text, Guild: "theirs", Conversation: conversation})
				}
				note(a.Answer(Question{Text: text, Guild: guild, Conversation: conversation}))
				note(a.Nearest(guild, text, backend, 5))
				note(a.Questions(guild, text[:len(text)/2], "", 25))
			}
			note(a.Careers(guild, "", 25))
			note(a.Careers(guild, "keeper", 25))
			note(a.Group(guild, asked))
			for _, id := range []string{backend, "nurse", "keeper-ours", "keeper-theirs"} {
				c, ok := a.Career(guild, id)
				note([]any{c, ok})
			}
			return b.String()
		}
		for guild, entries := range map[string][]knowledge.Entry{"": nil, "ours": ours} {
			for g, e := range map[string][]knowledge.Entry{"ours": nil, "theirs": nil, guild: entries} {
				if g != "" {
					if err := a.Overlay(g, e); err != nil {
						t.Fatal(err)
					}
				}
			}
			alone := seen(guild)
			for g, e := range map[string][]knowledge.Entry{"ours": ours, "theirs": theirs} {
				if err := a.Overlay(g, e); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := a.Try("theirs", ours); err != nil {
				t.Fatal(err)
			}
			beside := seen(guild)
			if alone != beside {
				x, y := strings.Split(alone, "\n"), strings.Split(beside, "\n")
				for i := range x {
					if x[i] != y[i] {
						t.Fatalf("seed %d: the server %q sees\n%s\nwhere alone it sees\n%s", seed, guild, y[i], x[i])
					}
				}
			}
			if strings.Contains(beside, "Only in theirs") || guild == "" && strings.Contains(beside, "Only in ours") {
				t.Errorf("seed %d: the server %q sees what is another's", seed, guild)
			}
			if guild == "ours" && !strings.Contains(beside, "Only in ours") {
				t.Errorf("seed %d: the server %q does not see its own", seed, guild)
			}
		}
	}
}
