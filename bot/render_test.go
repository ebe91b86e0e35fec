package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares v as JSON with a golden file.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s is now (go test ./bot -update if it should be)\n%s", file, b.Bytes())
	}
}

// TestGolden shows every message that the bot can send.
func TestGolden(t *testing.T) {
	shown := answer.Career{
		ID: "back-end-developer", Title: "Back-end developer", Summary: "Builds what runs on servers.",
		Topics: knowledge.Topics, Source: payscale,
	}
	two := paid
	two.Text = "The average is ₹4,86,091 a year.\n- The steps: a degree, or an apprenticeship."
	two.Passages = append(two.Passages, answer.Passage{ID: "x", Heading: "How do you become one?", Topic: "education"})
	odd := paid
	odd.Text, odd.Occupation, odd.Source = "*stars* _lines_ `code` > not a quote\n# not a heading\n@everyone <@1> [a](https://example.com)", "", knowledge.Source{URL: "https://example.com/a"}
	next := paid
	next.Choices = clarification.Choices
	for name, a := range map[string]answer.Answer{
		"answer-with-next": next,
		"answer":           paid, "answer-two-topics": two, "answer-odd-text": odd, "clarify": clarification, "abstain": abstention,
		"smalltalk": {Outcome: answer.SmallTalk, Text: "Hello! Ask me what a career involves."},
		"nothing":   {},
	} {
		golden(t, name, renderAnswer(a, shown, &request{id: "1574501734728859648", person: "175928847299117063"}, 0).payload())
	}
	slashed := &request{id: "1574501734728859648", person: "175928847299117063", token: "t"}
	golden(t, "answer-to-command", renderAnswer(next, shown, slashed, 0).payload())
	golden(t, "abstain-to-command", renderAnswer(abstention, answer.Career{}, slashed, 1574501734728859650).payload())
	golden(t, "card", renderCard(shown).payload())
	golden(t, "card-more", renderMore(shown, clarification.Choices).payload())
	golden(t, "help", (&Bot{rows: table()}).renderHelp(&request{}, "Back-end developer").payload())
	golden(t, "help-for-moderators", (&Bot{rows: table()}).renderHelp(&request{home: "1", rights: discordgo.PermissionManageGuild}, "").payload())
	im, err := knowledge.Import("plumber.txt", []byte(plumber), knowledge.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	left := wrongEntry{knowledge.EntryKey{Article: "plumber", Kind: knowledge.FAQEntry, ID: "pay"}, knowledge.Faults{{What: "₹9 is stated by no figure", Mend: "add one"}}}
	got := compare(knowledge.Shipped(), []*knowledge.Imported{im}, nil, "")
	got.same, got.wrong = 1, []wrongEntry{left}
	golden(t, "import", renderFound("plumber.txt", got).payload())
	golden(t, "import-nothing-new", renderNothingNew("plumber.txt", compared{same: 12}).payload())
	golden(t, "import-refused", say(unreadable(knowledge.ErrNoArticle).Error()).payload())
	golden(t, "export", renderExport(knowledge.Shipped(), 1, "careerbot-knowledge.zip", nil).payload())
	one := store.Person{Votes: make([]store.PersonVote, 1), Waiting: make([]store.PersonWaiting, 2), Revisions: make([]store.PersonRevision, 1)}
	golden(t, "privacy", renderPrivacy(one).payload())
	golden(t, "privacy-of-nobody", renderPrivacy(store.Person{}).payload())
	golden(t, "privacy-delete", renderDelete(one, "175928847299117063").payload())
	golden(t, "privacy-deleted", renderDeleted(one).payload())
	golden(t, "greeting", renderGreeting("Back-end developer").payload())
	now := time.Unix(1764150000, 0)
	golden(t, "status", renderStatus(vitals{
		Version: "v1.2.3", Uptime: 26 * time.Hour, Connected: time.Hour, Heartbeat: 12 * time.Second, Sessions: 1, Resumed: 2,
		Acknowledged: 1024, P50: 1234567 * time.Nanosecond, P99: 34567890 * time.Nanosecond, Served: 4321, Declined: 12, Failed: 1,
	}, 26*time.Hour, embedLinks, now).payload())
	golden(t, "status-fresh", renderStatus(vitals{}, 0, 0, now).payload())
	opened, err := (*Bot)(nil).openFollowUp(t.Context(), &request{args: []string{"back-end-developer", "pay", ""}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "follow-up", opened.opens.payload())
	golden(t, "problem", renderProblem("1574501734728859649").payload())
	_, err = find(nil, &request{})
	golden(t, "refusal-old-button", say(err.Error()).payload())
	golden(t, "refusal-other-person", say(ownButton(nil, &request{}).Error()).payload())
	var commands []*discordgo.ApplicationCommand
	for _, row := range table() {
		if row.define != nil {
			commands = append(commands, row.define)
		}
	}
	golden(t, "commands", commands)
}

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"a *b* _c_ ~~d~~ `e` ||f||", `a \*b\* \_c\_ \~\~d\~\~ \` + "`e\\` " + `\|\|f\|\|`},
		{"[a](https://x.y)", `\[a\](https://x.y)`},
		{"> quote\n# head\n  # head\n-# small\n- list\na > b # c", "\\> quote\n\\# head\n  \\# head\n\\-# small\n- list\na > b # c"},
		{"@everyone @HERE <@1> <@!1> <@&1> <#1> <a:b:1> <:b:1> <t:1:R> </a:1> <id:home>",
			"@\u200beveryone @\u200bHERE <\u200b@1> <\u200b@!1> <\u200b@&1> <\u200b#1> <\u200ba:b:1> <\u200b:b:1> <\u200bt:1:R> <\u200b/a:1> <\u200bid:home>"},
		{"a < b, me@home.in", "a < b, me@home.in"},
		{"@\x00everyone", "@\u200beveryone"},
		{"a\x00b\xffc\u202ed\te\r\n", "abcd e"},
		{"@\u200beveryone", "@\u200beveryone"},
	} {
		if got := escape(c.in, 1000); got != c.want {
			t.Errorf("escape(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := escape("********", 6); got != `\*\*…` {
		t.Errorf("clipped to %q", got)
	}
	if got := plain("😀😀😀", 5); got != "😀😀…" {
		t.Errorf("clipped to %q", got)
	}
}

func TestChoiceIDsRoundTrip(t *testing.T) {
	for _, c := range []answer.Choice{
		{Label: "l", Occupation: "back-end-developer", Topic: "pay"},
		{Label: "l", Occupation: "back-end-developer", Topic: "education", Entry: "back-end-developer/faq/masters-needed"},
		{Label: "l", Occupation: "back-end-developer", Entry: "elsewhere/faq/x"},
		{Label: "l", Entry: "faq/x"},
	} {
		id := choiceID(c, completing, "175928847299117063", 0)
		parts := strings.Split(id, ":")
		if parts[0] != completing.choice || parts[1] != packOwner("175928847299117063") {
			t.Errorf("%+v: ID %q", c, id)
		}
		if got, ok := choiceOf(parts[2:], "l"); !ok || got != c {
			t.Errorf("%+v became %+v by %q", c, got, id)
		}
	}
	for _, c := range []answer.Choice{
		{Occupation: strings.Repeat("x", 100)}, {Entry: "a:b"}, {Entry: "~/x", Occupation: "y"}, {Entry: "\xff"},
	} {
		if id := choiceID(c, completing, "1", 7); id != "ask:1:7" {
			t.Errorf("%+v: ID %q", c, id)
		}
		if id := choiceID(c, continuing, "1", 7); id != "more:-:7" {
			t.Errorf("%+v: ID %q", c, id)
		}
	}
}

// liveMention is what Discord would make something of.
var liveMention = regexp.MustCompile(`(?i)@(everyone|here)|<(@[!&]?\d|#\d|a?:\w+:\d|t:-?\d|/[^:>]+:\d|id:\w)`)

func FuzzRender(f *testing.F) {
	f.Add("answer", "back-end-developer", "pay", "The average is ₹4,86,091 a year.", "Heading", "Payscale", "https://example.com", "2026-11-23", "Pay", "x/faq/y", uint8(3))
	f.Add("clarify", "", "faq", "@everyone <@123> <t:1:R>", "@here", "<@&1>", "javascript:alert(1)", "@everyone", "@everyone", ":::", uint8(200))
	f.Add("", "", "", "\x00\xff\u202e", " ", "\u200b", "https://\x7f", "", "\u200b", "", uint8(1))
	f.Add("abstain", strings.Repeat("-a", 300), "skills", strings.Repeat("*", 9000), strings.Repeat("h", 5000), strings.Repeat("😀", 4000), "https://x.y/"+strings.Repeat("z", 3000), "x", strings.Repeat("😀", 100), strings.Repeat("e", 300), uint8(255))
	f.Fuzz(func(t *testing.T, outcome, occupation, topic, text, heading, sourceName, sourceURL, read, label, entry string, n uint8) {
		a := answer.Answer{
			Outcome: answer.Outcome(outcome), Occupation: occupation, Text: text,
			Source: knowledge.Source{Name: sourceName, URL: sourceURL, Read: read, Published: read},
		}
		a.Topic = knowledge.Topic(topic)
		for i := range n {
			a.Passages = append(a.Passages, answer.Passage{Heading: heading + string(rune(i)), Topic: a.Topic})
			c := answer.Choice{Label: label, Occupation: occupation, Topic: a.Topic, Entry: entry}
			if i%2 == 0 {
				c.Entry += string(rune('a' + i%26))
			}
			a.Choices = append(a.Choices, c)
		}
		career := answer.Career{ID: occupation, Title: heading, Summary: text, Topics: append([]knowledge.Topic{a.Topic}, knowledge.Topics...), Source: a.Source}
		for _, token := range []string{"", "t"} {
			checkMessage(t, renderAnswer(a, career, &request{id: entry, person: "18446744073709551615", token: token}, int64(n)).payload())
		}
		checkMessage(t, renderCard(career).payload())
		checkMessage(t, renderMore(career, a.Choices).payload())
		found := compared{same: int(n)}
		for range n {
			art := &knowledge.Article{
				ID: occupation, Title: heading, Sections: []knowledge.Section{{Heading: label, Topic: a.Topic}},
				Facts: []knowledge.Fact{{Kind: knowledge.FactKind(topic), Currency: "INR", Source: sourceName, Sentence: text}},
			}
			found.found = append(found.found, &knowledge.Imported{Article: art, Found: art, Dropped: []knowledge.Dropped{{Text: text, Why: heading}}})
			found.wrong = append(found.wrong, wrongEntry{knowledge.EntryKey{Article: occupation, ID: entry}, knowledge.Faults{{What: text, Mend: heading}}})
		}
		checkMessage(t, renderFound(sourceName, found).payload())
		checkMessage(t, say(unreadable(errors.New(text)).Error()).payload())
		checkMessage(t, (&Bot{rows: table()}).renderHelp(&request{}, text).payload())
		checkForm(t, form{id: followUp, title: heading, fields: []field{{id: "x", label: label, hint: text, value: text, placeholder: heading, max: int(n)}}}.payload())
		checkMessage(t, say(plain(text, maxContent)).payload())
		k := newBakery(occupation, entry, label, text, sourceURL, a.Topic, int(n)%20)
		for name, m := range k.messages() {
			t.Log(name)
			checkMessage(t, ours(m).payload())
		}
		for _, f := range k.forms() {
			checkForm(t, f.payload())
		}
	})
}

// checkText fails the test unless Discord takes a text and makes nothing of it
// but what stands there.
func checkText(t *testing.T, what, s string, low, high int) {
	t.Helper()
	length := len(utf16.Encode([]rune(s)))
	if length < low || length > high || low > 0 && strings.TrimSpace(s) == "" {
		t.Errorf("%s has %d characters: %q", what, length, s)
	}
	if liveMention.MatchString(s) {
		t.Errorf("%s holds a live mention: %q", what, s)
	}
	if !utf8.ValidString(s) {
		t.Errorf("%s is broken: %q", what, s)
	}
}

// checkMessage fails the test unless Discord takes a message, and pings nobody.
func checkMessage(t *testing.T, p payload) {
	t.Helper()
	raw, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `"allowed_mentions":{"parse":[]}`) {
		t.Errorf("does not say that it pings nobody: %s", raw)
	}
	checkText(t, "the content", p.Content, 0, maxContent)
	total := 0
	text := func(what, s string, low, high int) {
		t.Helper()
		checkText(t, what, s, low, high)
		total += len([]rune(s))
	}
	for _, e := range p.Embeds {
		text("the title", e.Title, 0, 256)
		text("the description", e.Description, max(0, 1-len(e.Fields)), 4096)
		checkText(t, "the URL", e.URL, 0, 2048)
		if e.Footer != nil {
			text("the footer", e.Footer.Text, 1, 2048)
		}
		for _, f := range e.Fields {
			text("the name of a field", f.Name, 1, 256)
			text("a field", f.Value, 1, 1024)
		}
		if len(e.Fields) > 25 {
			t.Errorf("%d fields", len(e.Fields))
		}
		if e.URL != "" && !strings.HasPrefix(e.URL, "http") {
			t.Errorf("the title links to %q", e.URL)
		}
	}
	if len(p.Embeds) > 10 || total > 6000 {
		t.Errorf("%d embeds of %d characters", len(p.Embeds), total)
	}
	if len(p.Components) > 5 {
		t.Errorf("%d rows", len(p.Components))
	}
	pictures := 0
	for i, a := range p.Attachments {
		checkText(t, "what is said of a file", a.Description, 0, maxFileDescription)
		if a.ID != i || a.Name != p.files[i].name {
			t.Errorf("file %d is said to be %+v", i, a)
		}
		pictures += strings.Count(string(raw), `"image":{"url":"`+attached+a.Name+`"}`)
	}
	if shown := strings.Count(string(raw), attached); shown != pictures || len(p.files) != len(p.Attachments) {
		t.Errorf("%d pictures are shown of %d, %d files sent of %d", shown, pictures, len(p.files), len(p.Attachments))
	}
	ids := map[string]bool{}
	for _, row := range p.Components {
		buttons := row.(discordgo.ActionsRow).Components
		if len(buttons) < 1 || len(buttons) > 5 {
			t.Errorf("a row of %d buttons", len(buttons))
		}
		for _, c := range buttons {
			if menu, is := c.(discordgo.SelectMenu); is {
				checkMenu(t, menu)
				ids[menu.CustomID] = true
				continue
			}
			b := c.(discordgo.Button)
			checkText(t, "a label", b.Label, 1, 80)
			if n := len([]rune(b.CustomID)); n < 1 || n > 100 || ids[b.CustomID] {
				t.Errorf("custom ID %q", b.CustomID)
			}
			ids[b.CustomID] = true
		}
	}
}

// checkMenu fails the test unless Discord takes a menu.
func checkMenu(t *testing.T, m discordgo.SelectMenu) {
	t.Helper()
	checkText(t, "the ID of a menu", m.CustomID, 1, 100)
	checkText(t, "a placeholder", m.Placeholder, 0, 150)
	if n := len(m.Options); n < 1 || n > 25 {
		t.Errorf("%d choices", n)
	}
	seen := map[string]bool{}
	for _, o := range m.Options {
		checkText(t, "a choice", o.Label, 1, 100)
		checkText(t, "what tells of a choice", o.Description, 0, 100)
		if n := len([]rune(o.Value)); n < 1 || n > 100 || seen[o.Value] {
			t.Errorf("the value of a choice: %q", o.Value)
		}
		seen[o.Value] = true
	}
}

// checkForm fails the test unless Discord takes a dialog.
func checkForm(t *testing.T, f openForm) {
	t.Helper()
	checkText(t, "the title", f.Title, 1, 45)
	if n := len(f.Components); n < 1 || n > 5 {
		t.Errorf("%d fields", n)
	}
	for _, in := range f.Components {
		checkText(t, "a label", in.Label, 1, 45)
		checkText(t, "a hint", in.Description, 0, 100)
		switch c := in.Component.(type) {
		case textInput:
			checkText(t, "a placeholder", c.Placeholder, 0, 100)
			if n := len([]rune(c.Value)); n > c.MaxLength || c.MaxLength > 4000 {
				t.Errorf("a value of %d characters where %d are taken", n, c.MaxLength)
			}
		case menuInput:
			if n := len(c.Options); n < 1 || n > 25 {
				t.Errorf("%d choices", n)
			}
			for _, o := range c.Options {
				checkText(t, "a choice", o.Label, 1, 100)
				checkText(t, "the value of a choice", o.Value, 1, 100)
			}
		}
	}
}
