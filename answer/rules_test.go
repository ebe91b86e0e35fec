package answer

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/careerbot/careerbot/knowledge"
)

// ruleFile is the form of testdata/rules.yaml.
type ruleFile struct {
	Concepts, Topics, Ordinals, Phrases map[string]rule // by their names

	Joins, Fillers, Pointers, Distant, Background, Comparing, Askers, Closers, Turners, Frames, Leads, Joints, Slots rule

	Slang, Spelling, Occupations, Places, Companies, Colleges rule

	Known knownFaults
}

// knownFaults are what is wrong in the data files and not mended yet.
type knownFaults struct {
	Unread, Twice, Few, Answered []string
}

// rule holds the questions of a rule.
type rule struct {
	Bare               bool // of phrases: they are asked of bareBase
	Fires, Not, Faults ruleRows
}

// ruleRows are questions with what a rule makes of each.
type ruleRows []ruleRow

type ruleRow struct {
	asked, gives string
	any          bool // what it gives is not said
}

// UnmarshalYAML reads a list of questions, or questions with what each gives.
func (r *ruleRows) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		var asked []string
		err := n.Decode(&asked)
		for _, q := range asked {
			*r = append(*r, ruleRow{asked: q, any: true})
		}
		return err
	}
	if err := n.Decode(&map[string]string{}); err != nil {
		return err // a question twice, or no text
	}
	for i := 0; i < len(n.Content); i += 2 {
		*r = append(*r, ruleRow{asked: n.Content[i].Value, gives: n.Content[i+1].Value})
	}
	return nil
}

// minRuleRows is how many questions of either sort a rule has at least.
const minRuleRows = 2

// check asks the questions of a rule. gives returns what the rule makes of a
// question, and nothing if it does not fire.
func (r rule) check(t *testing.T, gives func(asked string) string) {
	t.Helper()
	if len(r.Faults) == 0 && (len(r.Fires) < minRuleRows || len(r.Not) < minRuleRows) {
		t.Errorf("it has %d questions that must fire it and %d that must not: want %d of each", len(r.Fires), len(r.Not), minRuleRows)
	}
	seen := map[string]bool{}
	for _, row := range slices.Concat(r.Fires, r.Not, r.Faults) {
		if seen[row.asked] {
			t.Errorf("%q stands twice", row.asked)
		}
		seen[row.asked] = true
	}
	for _, row := range r.Fires {
		switch got := gives(row.asked); {
		case got == "" && (row.any || row.gives != ""):
			t.Errorf("%q does not fire it", row.asked)
		case !row.any && got != row.gives:
			t.Errorf("%q gives %q, want %q", row.asked, got, row.gives)
		}
	}
	for _, row := range r.Not {
		if got := gives(row.asked); got != "" {
			t.Errorf("%q fires it and should not: it gives %q", row.asked, got)
		}
	}
	for _, row := range r.Faults {
		if got := gives(row.asked); row.any && got == "" || !row.any && got != row.gives {
			t.Errorf("%q is no fault any more: move it to `not` or `fires` (it gives %q now)", row.asked, got)
		}
	}
}

// sameFaults fails on faults found that are not known, and on known ones that
// are no more.
func sameFaults(t *testing.T, list string, found, known []string) {
	t.Helper()
	for _, f := range found {
		if !slices.Contains(known, f) {
			t.Error(f)
		}
	}
	for _, f := range known {
		if !slices.Contains(found, f) {
			t.Errorf("%q is no fault any more: take it out of known/%s in testdata/rules.yaml", f, list)
		}
	}
}

func readRules(t *testing.T) ruleFile {
	t.Helper()
	var rules ruleFile
	if err := readYAML(os.DirFS("."), "testdata/rules.yaml", &rules); err != nil {
		t.Fatal(err)
	}
	return rules
}

// shippedForRules and bareForRules are made once for all tests of this file.
var (
	shippedForRules = sync.OnceValues(func() (*Answerer, error) { return New(knowledge.Shipped()) })
	bareForRules    = sync.OnceValues(func() (*Answerer, error) { return New(bareBase()) })
)

func forRules(t *testing.T, made func() (*Answerer, error)) (*Answerer, *state) {
	t.Helper()
	a, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return a, a.view("")
}

// bareBase holds the shipped article, with a few phrasings of each FAQ, and two
// careers without FAQs: a lamp lighter with the same sections, and a tea taster
// with that on pay alone.
func bareBase() *knowledge.Base {
	shipped := *knowledge.Shipped().Articles[0]
	shipped.FAQs = slices.Clone(shipped.FAQs)
	for i := range shipped.FAQs {
		f := &shipped.FAQs[i]
		f.Phrasings = f.Phrasings[:min(len(f.Phrasings), 8)]
	}
	lighter := &knowledge.Article{ID: "lamp-lighter", Title: "Lamp lighter", Region: shipped.Region, Source: shipped.Source, Sections: shipped.Sections}
	taster := &knowledge.Article{ID: "tea-taster", Title: "Tea taster", Region: shipped.Region, Source: shipped.Source}
	taster.Sections = []knowledge.Section{*shipped.Section(knowledge.Pay)}
	taster.FAQs = []knowledge.FAQ{{
		ID: "spit", Question: "Do tea tasters spit the tea out?", Phrasings: []string{"is the tea swallowed by tea tasters"},
		Answer: "Tea tasters spit out nearly all of what they taste.", Topic: knowledge.Workplace, Source: &knowledge.Source{Name: "Guild of tea tasters"},
	}}
	return &knowledge.Base{Articles: []*knowledge.Article{&shipped, lighter, taster}}
}

// dataKeys returns the keys of a data file, or of a mapping in it.
func dataKeys(t *testing.T, file, in string) []string {
	t.Helper()
	var all map[string]yaml.Node
	if err := readYAML(dataFS, "data/"+file, &all); err != nil {
		t.Fatal(err)
	}
	if in != "" {
		n, ok := all[in]
		if !ok {
			return nil
		}
		all = nil
		if err := n.Decode(&all); err != nil {
			t.Fatal(err)
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// dataLines calls line for every line of a data file.
func dataLines(t *testing.T, file string, line func(string)) {
	t.Helper()
	err := readLines(dataFS, "data/"+file, func(s string) error {
		line(s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sameRules fails if the rules with questions are not those of the data file.
func sameRules(t *testing.T, what, file string, have, want []string) {
	t.Helper()
	for _, name := range want {
		if !slices.Contains(have, name) {
			t.Errorf("%s %q of data/%s has no questions in testdata/rules.yaml", what, name, file)
		}
	}
	for _, name := range have {
		if !slices.Contains(want, name) {
			t.Errorf("testdata/rules.yaml has questions for %s %q, which data/%s does not hold", what, name, file)
		}
	}
}

func fired(yes bool) string {
	if yes {
		return "it fires"
	}
	return ""
}

// TestRules asks the questions of testdata/rules.yaml of the rules of reading.
func TestRules(t *testing.T) {
	rules := readRules(t)
	a, s := forRules(t, shippedForRules)

	read := func(q string) []string { return flat(a.read(s, q)) }
	named := func(table *phrases[string]) func(string) string {
		return func(q string) string { return first(table, read(q)) }
	}
	join := func(w []word) []word { return a.lang.replace(w, &a.lang.joins) }
	slang := func(w []word) []word { return a.lang.replace(w, &a.lang.slang) }
	// changes returns how a question is read, if the last of the steps changes it.
	changes := func(steps ...func([]word) []word) func(string) string {
		return func(q string) string {
			for _, c := range split(clean(q)) {
				var before []word
				for _, step := range steps {
					before = c.words
					c.words = step(before)
				}
				if !slices.Equal((clause{words: before}).texts(), c.texts()) {
					return strings.Join(read(q), " ")
				}
			}
			return ""
		}
	}

	type single struct {
		rule  rule
		gives func(asked string) string
	}
	lists := map[string]single{
		"joins":     {rules.Joins, changes(join)},
		"fillers":   {rules.Fillers, func(q string) string { return fired(len(a.lang.terms(read(q))) == 0) }},
		"pointers":  {rules.Pointers, func(q string) string { return fired(a.understand(s, q).points) }},
		"distant":   {rules.Distant, named(&a.lang.distant)},
		"comparing": {rules.Comparing, func(q string) string { return fired(a.understand(s, q).compares) }},
		"closers":   {rules.Closers, func(q string) string { return fired(a.closed(read(q))) }},
		"turners":   {rules.Turners, func(q string) string { return fired(!a.sameSide(read(q), &knowledge.FAQ{})) }},
		"slots":     {rules.Slots, func(q string) string { return a.understand(s, q).unknown }},
		"background": {rules.Background, func(q string) string {
			for _, o := range a.understand(s, q).others {
				if o.background {
					return o.name
				}
			}
			return ""
		}},
		"askers": {rules.Askers, func(q string) string {
			return fired(slices.ContainsFunc(a.read(s, q), func(c clause) bool { return a.asks(c.texts()) }))
		}},
		"frames": {rules.Frames, func(q string) string {
			words := read(q)
			if rest := a.lang.point(words); len(rest) < len(words) {
				return strings.Join(rest, " ")
			}
			return ""
		}},
		"leads": {rules.Leads, func(q string) string {
			words := read(q)
			if rest := a.lang.subject(words); rest != exactKey(words) {
				return rest
			}
			return ""
		}},
		"joints": {rules.Joints, func(q string) string {
			var parts []string
			for _, p := range a.cut(read(q)) {
				parts = append(parts, strings.Join(p, " "))
			}
			return strings.Join(parts, " | ")
		}},
	}
	names := map[string]single{
		"slang":    {rules.Slang, changes(join, slang)},
		"spelling": {rules.Spelling, changes(join, slang, s.speller.correctAll)},
		"occupations": {rules.Occupations, func(q string) string {
			for _, o := range a.understand(s, q).others {
				return o.name
			}
			return ""
		}},
		"places":    {rules.Places, named(&a.aside.places)},
		"companies": {rules.Companies, named(&a.aside.companies)},
		"colleges":  {rules.Colleges, named(&a.aside.colleges)},
	}

	groups := map[string]struct {
		rules map[string]rule
		gives func(name, asked string) string
	}{
		"concepts": {rules.Concepts, func(name, q string) string {
			// What a question is about is told from these words.
			for _, x := range a.lang.terms(a.lang.point(s.unnamed(read(q)))) {
				if x.term == "@"+name {
					return x.surface
				}
			}
			return ""
		}},
		"ordinals": {rules.Ordinals, func(name, q string) string {
			words := read(q)
			for i := range words {
				if n, length := a.lang.ordinals.longest(words[i:]); length > 0 && strconv.Itoa(n[0]) == name {
					return strings.Join(words[i:i+length], " ")
				}
			}
			return ""
		}},
		"topics": {rules.Topics, func(name, q string) string {
			best := argmax(s.topics.scores(a.blocksOf(s.unnamed(read(q)))))
			if best >= len(knowledge.Topics) || string(knowledge.Topics[best]) != name {
				return ""
			}
			return "it fires"
		}},
	}

	known := append(dataKeys(t, "lexicon.yaml", ""), "topics") // learnt, not listed
	sameRules(t, "the list", "lexicon.yaml", slices.Concat(slices.Collect(maps.Keys(lists)), slices.Collect(maps.Keys(groups))), known)
	for _, table := range []map[string]single{lists, names} {
		for name, one := range table {
			t.Run(name, func(t *testing.T) { one.rule.check(t, one.gives) })
		}
	}
	for list, group := range groups {
		if list == "topics" {
			sameRules(t, "topic", "the list of topics", slices.Collect(maps.Keys(group.rules)), topicNames())
		} else {
			sameRules(t, strings.TrimSuffix(list, "s"), "lexicon.yaml", slices.Collect(maps.Keys(group.rules)), dataKeys(t, "lexicon.yaml", list))
		}
		for name, rule := range group.rules {
			t.Run(list+"/"+name, func(t *testing.T) {
				rule.check(t, func(q string) string { return group.gives(name, q) })
			})
		}
	}

	t.Run("every join", func(t *testing.T) {
		for _, from := range dataKeys(t, "lexicon.yaml", "joins") {
			if !slices.ContainsFunc(slices.Concat(rules.Joins.Fires, rules.Joins.Faults), func(row ruleRow) bool {
				return strings.Contains(" "+row.asked+" ", " "+from+" ")
			}) {
				t.Errorf("the join %q has no question in testdata/rules.yaml", from)
			}
		}
	})
}

// TestSaid asks what brings each sentence of data/phrases.yaml.
func TestSaid(t *testing.T) {
	rules := readRules(t).Phrases
	var all map[string]yaml.Node
	if err := readYAML(dataFS, "data/phrases.yaml", &all); err != nil {
		t.Fatal(err)
	}
	sameRules(t, "the phrase", "phrases.yaml", slices.Collect(maps.Keys(rules)), slices.Collect(maps.Keys(all)))

	inBraces := regexp.MustCompile(`\{\w+\}`)
	literal := func(name string) int { return len(inBraces.ReplaceAllString(all[name].Value, "")) }
	said := map[string]*regexp.Regexp{}
	for name, phrase := range all {
		parts := inBraces.Split(phrase.Value, -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		said[name] = regexp.MustCompile(strings.Join(parts, "(.+?)"))
	}
	// begins returns the phrase that a text begins with: where several fit, the
	// one of which most stands in the text.
	begins := func(text string) string {
		best := ""
		for name, re := range said {
			if at := re.FindStringIndex(text); at != nil && at[0] == 0 && all[name].Kind == yaml.ScalarNode && (best == "" || literal(name) > literal(best)) {
				best = name
			}
		}
		return best
	}
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			made := shippedForRules
			if rule.Bare {
				made = bareForRules
			}
			a, _ := forRules(t, made)
			rule.check(t, func(q string) string {
				var text string
				for turn := range strings.SplitSeq(q, " >> ") {
					text = a.Answer(Question{Text: turn, Conversation: name + q}).Text
				}
				switch name {
				case "offer", "monthly": // they follow on another
					return said[name].FindString(text)
				case "topics": // in the offer
					for topic, n := range a.say.Topics {
						if topic != knowledge.General && !strings.Contains(text, n) {
							return ""
						}
					}
					return text
				}
				return fired(begins(text) == name)
			})
		})
	}
}

// The least shares of examples that are taken for what they are, rather than
// only refused.
const (
	minOwnTopic  = 0.90 // of unsupported.yaml, by the name of their own topic
	minSmallTalk = 0.95 // of smalltalk.yaml, as small talk
)

// TestExamples asks every example of what no article answers.
func TestExamples(t *testing.T) {
	a, _ := forRules(t, shippedForRules)
	var mu sync.Mutex
	asked := map[asideKind]int{}
	own := map[asideKind]int{}
	var answered []string
	t.Run("examples", func(t *testing.T) {
		for _, e := range a.aside.entries {
			t.Run(e.id, func(t *testing.T) {
				t.Parallel()
				taken := 0 // for what they are
				var refused, wrong []string
				for _, q := range e.asked {
					ans := a.Answer(Question{Text: q})
					if ans.Outcome == Answered {
						wrong = append(wrong, fmt.Sprintf("%s: %s", e.id, q))
						continue
					}
					ok := false
					switch e.kind {
					case unsupported:
						ok = strings.HasPrefix(ans.Text, fill(a.say.Unsupported, "name", e.name))
					case smallTalk:
						ok = ans.Outcome == SmallTalk
						if ans.Text == e.reply {
							taken++
						}
					case abuse:
						ok = ans.Outcome == Abstain
						if ans.Text == e.reply {
							taken++
						}
						if !ok {
							t.Errorf("%q: %s, want %s: %s", q, ans.Outcome, Abstain, ans.Text)
						}
					case offTopic:
						ok = strings.HasPrefix(ans.Text, a.say.OffTopic)
					}
					if !ok {
						refused = append(refused, fmt.Sprintf("%q: %s", q, ans.Text))
						continue
					}
					if e.kind == unsupported || e.kind == offTopic {
						taken++
					}
				}
				if taken == 0 {
					t.Errorf("none of its examples is replied to as it should be")
				}
				for _, r := range refused {
					t.Logf("taken for something else: %s", r)
				}
				mu.Lock()
				defer mu.Unlock()
				answered = append(answered, wrong...)
				asked[e.kind] += len(e.asked)
				own[e.kind] += len(e.asked) - len(refused) - len(wrong)
			})
		}
	})
	known := readRules(t).Known.Answered
	for _, q := range answered {
		if !slices.Contains(known, q) {
			t.Errorf("answered, though nothing is held on it: %s", q)
		}
	}
	for _, q := range known {
		if !slices.Contains(answered, q) {
			t.Logf("%s: it is refused now: take it out of known/answered in testdata/rules.yaml", q)
		}
	}
	for kind, least := range map[asideKind]float64{unsupported: minOwnTopic, smallTalk: minSmallTalk} {
		if share := float64(own[kind]) / float64(asked[kind]); share < least {
			t.Errorf("%.3f of the examples of %s are taken for what they are, want %.2f", share,
				map[asideKind]string{unsupported: "unsupported.yaml", smallTalk: "smalltalk.yaml"}[kind], least)
		}
	}
}

// TestPhrasings asks every question and phrasing of the shipped
// articles: none is refused.
func TestPhrasings(t *testing.T) {
	a, s := forRules(t, shippedForRules)
	for _, art := range s.base.Articles {
		for i := range art.FAQs {
			f := &art.FAQs[i]
			t.Run(f.ID, func(t *testing.T) {
				t.Parallel()
				for _, q := range f.Asked() {
					if ans := a.Answer(Question{Text: q, Occupation: art.ID}); ans.Outcome != Answered {
						t.Errorf("%q: %s, want %s: %s", q, ans.Outcome, Answered, ans.Text)
					}
				}
			})
		}
	}
}

// minRead is the least share of names and cues that can be found in a
// question, rather than being lost to spelling.
const minRead = 0.90

// TestFound asks whether the phrases of the data files can be found in a
// question at all: reading changes words, and a phrase of a changed word never
// fires. Phrases with words of any ending (*) are left out.
func TestFound(t *testing.T) {
	a, s := forRules(t, shippedForRules)
	var lex lexicon
	if err := readYAML(dataFS, "data/lexicon.yaml", &lex); err != nil {
		t.Fatal(err)
	}
	read := func(phrase string) []string { return flat(a.read(s, phrase)) }
	var found []string
	in := func(list, phrase string, holds func(words []string) bool) {
		if strings.Contains(phrase, "*") || strings.Contains(phrase, "backend") {
			return // where a career is named, its name is taken out before
		}
		if words := read(phrase); !holds(words) {
			found = append(found, fmt.Sprintf("%s: %s: is read as %q", list, phrase, strings.Join(words, " ")))
		}
	}
	for name, phrases := range lex.Concepts {
		for _, p := range phrases {
			in(name, p, func(words []string) bool {
				return slices.ContainsFunc(a.lang.terms(s.unnamed(words)), func(x term) bool { return x.term == "@"+name })
			})
		}
	}
	for name, list := range map[string]struct {
		table *phrases[string]
		words []string
	}{
		"pointers": {&a.lang.pointers, lex.Pointers}, "distant": {&a.lang.distant, lex.Distant},
		"background": {&a.lang.background, lex.Background}, "comparing": {&a.lang.comparing, lex.Comparing},
		"askers": {&a.lang.askers, lex.Askers}, "closers": {&a.lang.closers, lex.Closers},
		"turners": {&a.lang.turners, lex.Turners}, "frames": {&a.lang.frames, lex.Frames},
		"leads": {&a.lang.leads, lex.Leads},
	} {
		for _, p := range list.words {
			in(name, p, func(words []string) bool {
				_, n := list.table.longest(words)
				return n > 0 && n == len(words)
			})
		}
	}
	for n, phrases := range lex.Ordinals {
		for _, p := range phrases {
			in("ordinals", p, func(words []string) bool {
				got, length := a.lang.ordinals.longest(words)
				return length == len(words) && slices.Contains(got, n)
			})
		}
	}
	for _, w := range lex.Joints {
		in("joints", w, func(words []string) bool { return slices.Equal(words, []string{w}) })
	}
	const stranger = "zorbist" // who is not known
	for _, p := range lex.Slots {
		in("slots", strings.ReplaceAll(p, "_", stranger), func(words []string) bool { return a.slot(s, words) == stranger })
	}
	sameFaults(t, "unread", found, readRules(t).Known.Unread)

	lost := func(t *testing.T, what string, n int, lost []string) {
		for _, l := range lost {
			t.Logf("lost: %s", l)
		}
		if n == 0 || float64(len(lost)) > (1-minRead)*float64(n) {
			t.Errorf("%d of %d %s are not found in a question that holds them:\n%s", len(lost), n, what, strings.Join(lost, "\n"))
		}
	}
	for file, table := range a.aside.plainTables() {
		t.Run(file, func(t *testing.T) {
			var bad []string
			n := 0
			dataNames(t, file, func(shown, name string) {
				n++
				if words := read("a " + name); first(table, words) != shown {
					bad = append(bad, fmt.Sprintf("%s, read as %q", name, strings.Join(words[min(1, len(words)):], " ")))
				}
			})
			lost(t, "names of "+file, n, bad)
		})
	}
	t.Run("cues", func(t *testing.T) {
		var bad []string
		n := 0
		for _, topic := range dataTopics(t) {
			for _, cue := range topic.Cues {
				if strings.Contains(cue, "*") {
					continue
				}
				n++
				words := read(cue)
				if ids, _ := a.aside.cues.longest(words); !slices.Contains(ids, topic.ID) {
					bad = append(bad, fmt.Sprintf("%s: %s, read as %q", topic.ID, cue, strings.Join(words, " ")))
				}
			}
		}
		lost(t, "cues of unsupported.yaml", n, bad)
	})
	t.Run("subjects alone", func(t *testing.T) {
		for _, topic := range dataTopics(t) {
			for _, subject := range topic.Alone {
				for _, q := range []string{subject, "and " + subject + "?"} {
					if got := a.saidSo(s, a.understand(s, q)); got == nil || got.id != topic.ID {
						t.Errorf("%s: %q, read as %q, asks for %v", topic.ID, q, strings.Join(read(q), " "), got)
					}
				}
			}
		}
	})
	t.Run("alike", func(t *testing.T) {
		var bad []string
		n := 0
		var groups [][]string
		if err := readYAML(dataFS, "data/alike.yaml", &groups); err != nil {
			t.Fatal(err)
		}
		for i, group := range groups {
			for _, w := range group {
				n++
				words := stems(read(w))
				if of, length := a.lang.alike.longest(words); length < len(words) || !slices.Contains(of, i) {
					bad = append(bad, fmt.Sprintf("%s, read as %q", w, strings.Join(words, " ")))
				}
			}
		}
		lost(t, "words of alike.yaml", n, bad)
	})
}

type dataTopic struct {
	ID, Name    string
	Cues, Alone []string
	Asked       []string
	Jobs        bool
}

func dataTopics(t *testing.T) []dataTopic {
	t.Helper()
	var topics []dataTopic
	if err := readYAML(dataFS, "data/unsupported.yaml", &topics); err != nil {
		t.Fatal(err)
	}
	return topics
}

// dataNames calls name for every name of a file of names.
func dataNames(t *testing.T, file string, name func(shown, name string)) {
	t.Helper()
	dataLines(t, strings.TrimPrefix(file, "data/"), func(line string) {
		shown, names, _ := strings.Cut(line, "|")
		for n := range strings.SplitSeq(names, ",") {
			name(strings.TrimSpace(shown), strings.TrimSpace(n))
		}
	})
}

// The bounds of what an aside holds.
const (
	minExamples = 15
	maxReply    = 300 // characters
)

// TestDataFiles checks what the heads of the data files ask for.
func TestDataFiles(t *testing.T) {
	known := readRules(t).Known
	a, _ := forRules(t, shippedForRules)

	// plain fails on what a question after reading never holds.
	plain := func(t *testing.T, where, phrase, not string) {
		t.Helper()
		switch {
		case phrase == "" || phrase != strings.Join(strings.Fields(phrase), " "):
			t.Errorf("%s: %q is empty or has needless spaces", where, phrase)
		case phrase != strings.ToLower(phrase):
			t.Errorf("%s: %q has capital letters", where, phrase)
		case strings.ContainsAny(phrase, not):
			t.Errorf("%s: %q holds one of %s", where, phrase, not)
		}
	}

	t.Run("lexicon", func(t *testing.T) {
		var twice []string
		one := func(list string, words []string) {
			seen := map[string]bool{}
			for _, w := range words {
				plain(t, list, w, "'’?!,;:")
				if seen[w] {
					twice = append(twice, fmt.Sprintf("%s: %s", list, w))
				}
				seen[w] = true
			}
		}
		var lex lexicon
		if err := readYAML(dataFS, "data/lexicon.yaml", &lex); err != nil {
			t.Fatal(err)
		}
		concept := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(lex.Concepts)) {
			one(name, lex.Concepts[name])
			for _, w := range lex.Concepts[name] {
				w = a.lang.joined(w)
				if other := concept[w]; other != "" && other != name {
					twice = append(twice, fmt.Sprintf("%s and %s: %s", other, name, w))
				}
				concept[w] = name
			}
		}
		for list, words := range map[string][]string{
			"fillers": lex.Fillers, "pointers": lex.Pointers, "distant": lex.Distant, "background": lex.Background,
			"comparing": lex.Comparing, "askers": lex.Askers, "closers": lex.Closers, "turners": lex.Turners,
			"frames": lex.Frames, "leads": lex.Leads, "joints": lex.Joints, "slots": lex.Slots,
			"ordinals": slices.Concat(slices.Collect(maps.Values(lex.Ordinals))...),
		} {
			one(list, words)
		}
		for _, s := range lex.Slots {
			if strings.Count(" "+s+" ", " _ ") != 1 {
				t.Errorf("slots: %q does not have one _", s)
			}
		}
		sameFaults(t, "twice", twice, known.Twice)
	})

	t.Run("slang", func(t *testing.T) {
		seen := map[string]bool{}
		dataLines(t, "slang.txt", func(line string) {
			from, to, _ := strings.Cut(line, "=>")
			from, to = strings.TrimSpace(from), strings.TrimSpace(to)
			plain(t, "slang.txt", from, "'’.?!,;:-*")
			if to != "" {
				plain(t, "slang.txt", to, "'’.?!,;:-*")
			}
			if seen[from] {
				t.Errorf("slang.txt: %q stands twice", from)
			}
			seen[from] = true
		})
	})

	for file := range a.aside.plainTables() {
		t.Run(file, func(t *testing.T) {
			lines := map[string]int{}
			dataLines(t, strings.TrimPrefix(file, "data/"), func(line string) {
				shown, _, _ := strings.Cut(line, "|")
				if shown = strings.TrimSpace(shown); lines[shown] > 0 {
					t.Errorf("%q has two lines", shown)
				}
				lines[shown]++
			})
			shownAs := map[string]string{}
			dataNames(t, file, func(shown, name string) {
				plain(t, shown, name, "'’.?!;:-*")
				forms := []string{a.lang.joined(name)}
				if file == "data/occupations.txt" {
					forms = append(forms, plural(forms[0]))
				}
				for _, form := range forms {
					if other, ok := shownAs[form]; ok && other != shown {
						t.Errorf("%q stands for %s and for %s", form, other, shown)
					}
					shownAs[form] = shown
				}
			})
		})
	}

	t.Run("asides", func(t *testing.T) {
		var few []string
		ids := map[string]bool{}
		under := map[string]string{}
		for _, e := range a.aside.entries {
			if ids[e.id] {
				t.Errorf("%s stands twice", e.id)
			}
			ids[e.id] = true
			if len(e.asked) < minExamples {
				few = append(few, e.id)
			}
			if n := utf8.RuneCountInString(e.reply); n > maxReply {
				t.Errorf("%s: the reply has %d characters, want at most %d", e.id, n, maxReply)
			}
			if (e.kind == smallTalk || e.kind == abuse) == (e.reply == "") {
				t.Errorf("%s: it has a reply and should not, or none and should", e.id)
			}
			if (e.kind == unsupported) == (e.name == "") {
				t.Errorf("%s: it has a name and should not, or none and should", e.id)
			}
			for _, q := range e.asked {
				if e.kind != unsupported {
					plain(t, e.id, q, "?!;")
				}
				if other, ok := under[strings.ToLower(q)]; ok {
					t.Errorf("%q stands under %s and %s", q, other, e.id)
				}
				under[strings.ToLower(q)] = e.id
			}
		}
		sameFaults(t, "few", few, known.Few)
	})

	t.Run("cues", func(t *testing.T) {
		under := map[string]string{}
		for _, topic := range dataTopics(t) {
			seen := map[string]bool{}
			for _, cue := range topic.Cues {
				plain(t, topic.ID, cue, "'’?!;:-")
				if seen[cue] {
					t.Errorf("%s: the cue %q stands twice", topic.ID, cue)
				}
				seen[cue] = true
				cue = a.lang.joined(cue)
				if other, ok := under[cue]; ok && other != topic.ID {
					t.Errorf("the cue %q stands under %s and %s", cue, other, topic.ID)
				}
				under[cue] = topic.ID
			}
		}
	})

	t.Run("alike", func(t *testing.T) {
		var groups [][]string
		if err := readYAML(dataFS, "data/alike.yaml", &groups); err != nil {
			t.Fatal(err)
		}
		in := map[string]int{}
		for _, group := range groups {
			if len(group) < 2 {
				t.Errorf("%q is alone", group)
			}
			seen := map[string]bool{}
			for _, w := range group {
				plain(t, "alike.yaml", w, "'’?!;:-*")
				if seen[w] {
					t.Errorf("%q stands twice in a group", w)
				}
				seen[w] = true
				if in[w]++; in[w] > 2 {
					t.Errorf("%q stands in more than two groups, and says too little", w)
				}
			}
		}
	})

	t.Run("words", func(t *testing.T) {
		words := dictionary()
		for i, w := range words {
			if w != strings.ToLower(w) || i > 0 && words[i-1] >= w {
				t.Fatalf("words.txt: %q has capital letters, stands twice or out of order", w)
			}
		}
	})

	t.Run("phrases", func(t *testing.T) {
		for _, name := range dataKeys(t, "phrases.yaml", "topics") {
			if !slices.Contains(knowledge.Topics, knowledge.Topic(name)) {
				t.Errorf("topics: there is no topic %q", name)
			}
		}
	})
}

// topicNames lists the topics that articles have sections on.
func topicNames() []string {
	var out []string
	for _, t := range knowledge.Topics {
		if t != knowledge.General {
			out = append(out, string(t))
		}
	}
	return out
}
