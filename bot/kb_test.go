package bot

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
)

// The work of moderators, step by step, with the knowledge as it is shipped.

// moderated is a stage with a moderator and a second one.
type moderated struct {
	*stage
	meera, dev *discordsim.User // moderators
}

// brief is the shipped article with fewer ways to ask, so that a preview, which
// asks them all, takes little time.
var brief = sync.OnceValue(func() *answer.Answerer {
	article := *knowledge.Shipped().Articles[0]
	article.FAQs = slices.Clone(article.FAQs)
	for i, f := range article.FAQs {
		article.FAQs[i].Phrasings = f.Phrasings[:min(len(f.Phrasings), 8)]
	}
	a, err := answer.New(&knowledge.Base{Articles: []*knowledge.Article{&article}})
	if err != nil {
		panic(err)
	}
	return a
})

// briefly answers from it.
var briefly = setting{
	cfg: func(c *Config) { c.Answerer = brief },
	bot: func(b *Bot) { b.answer, b.choose = brief().Answer, brief().Choose },
}

func setModerated(t *testing.T, s setting) moderated {
	t.Helper()
	brief() // is trained before the test's time begins
	st := set(t, s).ready()
	st.logged("msg=\"the database is open\"")
	role := st.guild.Role("moderators", discordsim.ManageGuild)
	return moderated{st, st.guild.Member("meera", role), st.guild.Member("dev", role)}
}

// opened opens the dialog of a command.
func (m moderated) opened(u *discordsim.User, name string, opts discordsim.Opts) discordsim.Modal {
	m.t.Helper()
	it, err := u.Slash(m.general, name, opts)
	m.must(err)
	modal, err := it.Modal(m.ctx)
	m.must(err)
	return modal
}

// reopened opens the dialog of a button.
func (m moderated) reopened(u *discordsim.User, on discordsim.Message, label string) discordsim.Modal {
	m.t.Helper()
	it, err := u.Click(on.ID, label)
	m.must(err)
	modal, err := it.Modal(m.ctx)
	m.must(err)
	return modal
}

// sent sends a dialog and returns what answers that.
func (m moderated) sent(u *discordsim.User, d discordsim.Modal, fields map[string]string) discordsim.Message {
	m.t.Helper()
	it, err := u.Submit(d, fields)
	m.must(err)
	reply, err := it.Reply(m.ctx)
	m.must(err)
	if !reply.Ephemeral {
		m.t.Errorf("everybody sees %s", reply.Text())
	}
	return reply
}

var remoteWork = map[string]string{
	"question":  "Can I work from home as a back-end developer?",
	"phrasings": "is remote work possible\nwfh allowed?\n- do they let you work from home",
	"answer":    "Most firms in this community allow two days a week from home.",
	"source":    "A survey of this community",
	"link":      "https://example.org/survey",
}

func remote() discordsim.Opts {
	return discordsim.Opts{"career": "back-end-developer", "topic": "workplace"}
}

// Its whole life, in this server alone.
func TestLifeOfAnEntry(t *testing.T) {
	m := setModerated(t, briefly)
	elsewhere := m.sim.Guild("Elsewhere")
	elsewhere.Join(m.ravi)
	const question = "is remote work possible for a back-end developer?"
	entry := discordsim.Opts{"career": "back-end-developer", "entry": "faq/work-from-home-back-end-developer"}
	answers := func(u *discordsim.User, c *discordsim.Channel) string {
		t.Helper()
		return m.slash(u, c, "ask", discordsim.Opts{"question": question}).Text()
	}
	unanswered := answers(m.asha, m.general)

	t.Log("add: nothing is live before it is published")
	preview := m.sent(m.meera, m.opened(m.meera, "kb add", remote()), remoteWork)
	wants(t, preview.Text(), "Nothing of this is live", "+ ### Can I work from home", "two days a week", "Source: A survey", "✅ **4** reach the answer", "“is remote work possible”", "no answer → “Can I work from home")
	if got := answers(m.asha, m.general); got != unanswered {
		t.Errorf("it is live already: %s", got)
	}
	published := m.click(m.meera, preview, "Publish")
	wants(t, published.Text(), "Published", "very next answer")
	wants(t, answers(m.asha, m.general), "two days a week", "A survey of this community")
	if got := answers(m.ravi, elsewhere.General()); strings.Contains(got, "two days") {
		t.Errorf("another server sees it: %s", got)
	}

	t.Log("edit: the dialog has what there is, topic and source stay")
	dialog := m.opened(m.dev, "kb edit", entry)
	if got := filled(dialog); got["question"] != remoteWork["question"] || got["answer"] != remoteWork["answer"] || got["link"] != remoteWork["link"] || got["phrasings"] != "is remote work possible\nwfh allowed?\ndo they let you work from home" {
		t.Errorf("the dialog is filled with %q", got)
	}
	preview = m.sent(m.dev, dialog, map[string]string{"answer": "Most firms in this community allow three days a week from home."})
	wants(t, preview.Text(), "- Most firms", "+ Most firms", "None of the", "would be answered differently")
	m.click(m.dev, preview, "Publish")
	wants(t, answers(m.asha, m.general), "three days a week", "A survey of this community")

	t.Log("history: who, and what was different")
	history := m.slash(m.meera, m.general, "kb history", entry)
	wants(t, history.Text(), "revision 2", "changed by "+m.dev.Mention(), "- Most firms in this community allow two", "+ Most firms in this community allow three", "revision 1", "added by "+m.meera.Mention())
	if !history.Pings.None() {
		t.Error("somebody is pinged")
	}

	t.Log("undo, and undo of that")
	undone := m.click(m.meera, history, "Undo")
	wants(t, undone.Text(), "Undone", "two days a week")
	wants(t, answers(m.asha, m.general), "two days a week")
	wants(t, m.click(m.meera, undone, "Undo").Text(), "Undone", "three days a week")
	wants(t, answers(m.asha, m.general), "three days a week")
	wants(t, m.slash(m.dev, m.general, "kb undo", entry).Text(), "two days a week")

	t.Log("remove")
	preview = m.slash(m.meera, m.general, "kb remove", entry)
	wants(t, preview.Text(), "hidden in this server", "❌ **4** lose the answer", "→ no answer")
	wants(t, m.click(m.meera, preview, "Publish").Text(), "Published")
	if got := answers(m.asha, m.general); got != unanswered {
		t.Errorf("it is still there: %s", got)
	}

	t.Log("audit")
	audit := m.slash(m.dev, m.general, "kb audit", nil)
	wants(t, audit.Text(), m.meera.Mention()+": add back-end-developer/faq/work-from-home-back-end-developer", m.dev.Mention()+": edit", "undo", m.meera.Mention()+": remove")
	checkMentions(t, m.sim)
}

// filled is what the fields of a dialog hold.
func filled(d discordsim.Modal) map[string]string {
	values := map[string]string{}
	for _, f := range d.Fields() {
		values[f.CustomID] = fmt.Sprint(f.Value)
	}
	return values
}

// A shipped entry is reworded, returned to, and hidden, in this server alone.
func TestShippedEntries(t *testing.T) {
	m := setModerated(t, briefly)
	const question = "do I need a master's degree to be a back-end developer?"
	masters := discordsim.Opts{"career": "back-end-developer", "entry": "faq/masters-needed"}
	shippedAnswer := m.ask(m.asha, question).Text()
	preview := m.sent(m.meera, m.opened(m.meera, "kb edit", masters), map[string]string{"answer": "In this community nobody has asked for one yet."})
	wants(t, preview.Text(), "+ In this community", "changed")
	m.click(m.meera, preview, "Publish")
	wants(t, m.ask(m.asha, question).Text(), "nobody has asked for one")
	if got := m.offered(m.meera, "kb reset", discordsim.Opts{"career": "back-end-developer", "entry": ""}, "entry"); len(got) != 1 || !strings.HasSuffix(got[0], "(reworded here)=faq/masters-needed") {
		t.Errorf("to be reset: %q", got)
	}
	preview = m.slash(m.dev, m.general, "kb reset", masters)
	wants(t, preview.Text(), "as it is shipped again", "- In this community")
	m.click(m.dev, preview, "Publish")
	if got := m.ask(m.asha, question).Text(); got != shippedAnswer {
		t.Errorf("it is not the shipped one again: %s", got)
	}

	t.Log("hidden, and brought back")
	preview = m.slash(m.meera, m.general, "kb remove", masters)
	wants(t, preview.Text(), "lose the answer")
	m.click(m.meera, preview, "Publish")
	if got := m.ask(m.asha, question).Text(); got == shippedAnswer {
		t.Error("it is still there")
	}
	if got := m.offered(m.meera, "kb edit", discordsim.Opts{"career": "back-end-developer", "entry": "master"}, "entry"); slices.ContainsFunc(got, func(s string) bool { return strings.HasSuffix(s, "=faq/masters-needed") }) {
		t.Errorf("what is hidden can be edited: %q", got)
	}
	if got := m.offered(m.meera, "kb reset", discordsim.Opts{"career": "back-end-developer", "entry": "do i need"}, "entry"); len(got) != 1 || !strings.Contains(got[0], "(hidden here)") {
		t.Errorf("to be brought back: %q", got)
	}
	m.click(m.meera, m.slash(m.meera, m.general, "kb reset", masters), "Publish")
	if got := m.ask(m.asha, question).Text(); got != shippedAnswer {
		t.Errorf("it is not the shipped one again: %s", got)
	}

	t.Log("a section, whose text is kept as it is")
	section := discordsim.Opts{"career": "back-end-developer", "entry": "section/workplace"}
	dialog := m.opened(m.meera, "kb edit", section)
	preview = m.sent(m.meera, dialog, nil)
	wants(t, preview.Text(), "Nothing of it differs from what is live", "None of the")
	preview = m.sent(m.meera, m.reopened(m.meera, preview, "Change"), map[string]string{"text": filled(dialog)["text"] + "\n\n- **Kitchen:** there is one on each floor."})
	wants(t, preview.Text(), "+ - **Kitchen:** there is one")
	wants(t, m.click(m.meera, preview, "Publish").Text(), "Published")

	t.Log("the names of a career keep its figures")
	preview = m.sent(m.meera, m.opened(m.meera, "kb edit", discordsim.Opts{"career": "back-end-developer", "entry": "career"}), map[string]string{"aliases": "backend developer\nplumber of the web"})
	wants(t, preview.Text(), "plumber of the web")
	m.click(m.meera, preview, "Publish")
	wants(t, m.ask(m.asha, "what does a plumber of the web earn on average?").Text(), "₹4,86,091")
}

func TestNewCareer(t *testing.T) {
	m := setModerated(t, briefly)
	m.sent(m.meera, m.opened(m.meera, "kb new", nil), map[string]string{"title": "Bee keeper", "text": "x"})
	preview := m.sent(m.meera, m.opened(m.meera, "kb new", nil), map[string]string{
		"title": "Bee keeper", "aliases": "beekeeper\napiarist", "source": "The guild https://example.org/bees", "region": "India",
		"text": "A bee keeper looks after hives.\n\n- **Honey:** is taken in May.",
	})
	wants(t, preview.Text(), "2 changes", "+ title: Bee keeper", "https://example.org/bees", "looks after hives")
	t.Log("the dialog of its draft has all that was typed")
	if got := filled(m.reopened(m.meera, preview, "Change")); got["source"] != "The guild https://example.org/bees" || got["text"] != "A bee keeper looks after hives.\n\n- **Honey:** is taken in May." {
		t.Errorf("filled with %q", got)
	}
	published := m.click(m.meera, preview, "Publish")
	wants(t, published.Text(), "Published", "Bee keeper")
	wants(t, m.slash(m.asha, m.general, "career", discordsim.Opts{"name": "apiarist"}).Text(), "Bee keeper", "looks after hives", "The guild")

	t.Log("it takes questions")
	preview = m.sent(m.dev, m.opened(m.dev, "kb add", discordsim.Opts{"career": "bee-keeper", "topic": "workplace", "says": "yes"}), map[string]string{"question": "Do bee keepers get stung?", "answer": "Most are stung once a week."})
	m.click(m.dev, preview, "Publish")
	wants(t, m.ask(m.asha, "do bee keepers get stung?").Text(), "Yes. Most are stung once a week.")

	t.Log("one tap takes it back")
	wants(t, m.click(m.meera, published, "Undo").Text(), "Undone")
	wants(t, m.slash(m.asha, m.general, "career", discordsim.Opts{"name": "apiarist"}).Text(), "nothing on “apiarist”")
}

// What is wrong is told, and what was typed is not lost.
func TestInvalidInput(t *testing.T) {
	m := setModerated(t, briefly)
	wrong := map[string]string{
		"question": "Can I work from home?", "phrasings": "Do I need a master's degree?\nwfh\nWFH?", "answer": "Yes, for ₹77,77,777 @everyone <@1>",
		"link": "javascript:alert(1)",
	}
	told := m.sent(m.meera, m.opened(m.meera, "kb add", remote()), wrong)
	wants(t, told.Text(), "cannot be published yet", "Nothing is lost", "begins with a bare yes or no", "is not the address of a page", "source has no name", `"WFH?" again`)
	if slices.Contains(labels(told), "Publish") {
		t.Error("it can be published")
	}
	drafts := m.slash(m.dev, m.general, "kb drafts", nil)
	wants(t, drafts.Text(), "Can I work from home?", "added, by "+m.meera.Mention())
	t.Log("another moderator goes on, after a look")
	look := m.click(m.dev, drafts, "1")
	wants(t, look.Text(), "cannot be published yet")
	dialog := m.reopened(m.dev, look, "Change")
	for name, want := range wrong {
		if got := filled(dialog)[name]; got != want {
			t.Errorf("%s was lost: %q", name, got)
		}
	}
	told = m.sent(m.dev, dialog, map[string]string{"answer": "Most firms allow it, and pay ₹77,77,777.", "phrasings": "wfh", "link": ""})
	wants(t, told.Text(), "stands in no fact of the article", "name the source of this answer")
	preview := m.sent(m.dev, m.reopened(m.dev, told, "Change"), map[string]string{"answer": "Most firms allow it."})
	wants(t, preview.Text(), "Preview", "+ Most firms allow it.", "topic: workplace")
	wants(t, m.click(m.dev, preview, "Discard").Text(), "Discarded")
	wants(t, m.slash(m.dev, m.general, "kb drafts", nil).Text(), "no drafts")
	wants(t, m.click(m.dev, drafts, "1").Text(), "no longer there")

	t.Log("the lines of a section's text are named")
	told = m.sent(m.meera, m.opened(m.meera, "kb section", discordsim.Opts{"career": "back-end-developer", "topic": "types"}), map[string]string{"heading": "Kinds", "text": "One.\n\n| a | table |"})
	wants(t, told.Text(), "line 3 of the text", "table")
}

// Two moderators change the same entry: neither overwrites the other unawares.
func TestStaleEdit(t *testing.T) {
	m := setModerated(t, briefly)
	masters := discordsim.Opts{"career": "back-end-developer", "entry": "faq/masters-needed"}
	hers := m.sent(m.meera, m.opened(m.meera, "kb edit", masters), map[string]string{"answer": "Meera says so."})
	his := m.sent(m.dev, m.opened(m.dev, "kb edit", masters), map[string]string{"answer": "Dev says so."})
	late := m.opened(m.dev, "kb edit", masters) // opened before, sent after
	m.click(m.meera, hers, "Publish")
	refused := m.click(m.dev, his, "Publish")
	wants(t, refused.Text(), "Somebody has changed it meanwhile", "changed by "+m.meera.Mention(), "Meera says so.", "Dev says so.", "Nothing of yours is lost")
	wants(t, m.ask(m.asha, "do I need a master's degree?").Text(), "Meera says so.")
	wants(t, m.sent(m.dev, late, map[string]string{"answer": "Dev was late."}).Text(), "Somebody has changed it meanwhile", "Meera says so.", "Dev was late.")

	t.Log("his on top of hers")
	preview := m.click(m.dev, refused, "Put mine on top")
	wants(t, preview.Text(), "Preview", "- Meera says so.", "+ Dev says so.")
	wants(t, m.click(m.dev, preview, "Publish").Text(), "Published")
	wants(t, m.ask(m.asha, "do I need a master's degree?").Text(), "Dev says so.")

	t.Log("what was undone meanwhile cannot be undone again by an old button")
	old := m.slash(m.meera, m.general, "kb history", masters)
	m.slash(m.dev, m.general, "kb undo", masters)
	wants(t, m.click(m.meera, old, "Undo").Text(), "taken back by "+m.dev.Mention(), "/kb history")

	t.Log("only what was previewed is published")
	draft := m.sent(m.meera, m.opened(m.meera, "kb edit", masters), map[string]string{"answer": "What Meera saw."})
	looked := m.click(m.dev, m.slash(m.dev, m.general, "kb drafts", nil), "1")
	m.sent(m.dev, m.reopened(m.dev, looked, "Change"), map[string]string{"answer": "What she did not see."})
	again := m.click(m.meera, draft, "Publish")
	wants(t, again.Text(), "has changed this draft since", "What she did not see.", "Preview")
	if got := m.ask(m.asha, "do I need a master's degree?").Text(); strings.Contains(got, "did not see") {
		t.Errorf("it is live: %s", got)
	}
}

// Whoever does not moderate the server gets nowhere, whatever their client
// sends: every row of /kb says so itself.
func TestRowsOfKBAreForModerators(t *testing.T) {
	b := &Bot{}
	checked := 0
	for _, row := range table() {
		if !strings.HasPrefix(row.name, "kb") {
			continue
		}
		checked++
		for _, r := range []*request{
			{guild: "1", home: "1", person: "2", rights: sendMessages},
			{guild: "1", home: "", person: "2", rights: discordgo.PermissionManageGuild}, // the bot is not of that server
			{person: "2"}, // a direct message
		} {
			if row.permits == nil || row.permits(b, r) == nil {
				t.Errorf("%s %s is for everybody", row.door, row.name)
			}
		}
		if row.permits != nil && row.permits(b, &request{guild: "1", home: "1", rights: discordgo.PermissionManageGuild}) != nil {
			t.Errorf("%s %s is for no moderator", row.door, row.name)
		}
		if row.door != complete && b.sees(row, &request{}) != asker {
			t.Errorf("everybody sees %s %s", row.door, row.name)
		}
	}
	if checked < 30 {
		t.Errorf("only %d rows", checked)
	}
	t.Log("and every subcommand and button has its row")
	for _, sub := range kbSubcommands {
		if _, err := find(table(), &request{door: slash, name: "kb " + sub.Name}); err != nil {
			t.Errorf("/kb %s: %v", sub.Name, err)
		}
		for _, o := range sub.Options {
			if _, err := find(table(), &request{door: complete, name: "kb " + sub.Name}); o.Autocomplete && err != nil {
				t.Errorf("/kb %s is not completed: %v", sub.Name, err)
			}
		}
	}
}

// Whoever is no moderator any more can do nothing with what is still on the
// screen, and a moderator of another server nothing here.
func TestButtonsOfSomebodyElse(t *testing.T) {
	m := setModerated(t, briefly)
	outgoing := m.guild.Role("outgoing", discordsim.ManageGuild)
	uma := m.guild.Member("uma", outgoing)
	preview := m.sent(uma, m.opened(uma, "kb add", remote()), remoteWork)
	dialog := m.reopened(uma, preview, "Change")
	outgoing.Permit(0)
	for _, label := range []string{"Publish", "Discard", "Change"} {
		told := m.click(uma, preview, label)
		wants(t, told.Text(), "for the moderators of this server")
	}
	wants(t, m.sent(uma, dialog, remoteWork).Text(), "for the moderators of this server")
	if _, err := uma.Slash(m.general, "kb drafts", nil); err == nil {
		t.Error("it is offered to a member")
	}
	wants(t, m.slash(m.meera, m.general, "kb drafts", nil).Text(), "Can I work from home")

	t.Log("a moderator of another server sees none of it")
	elsewhere := m.sim.Guild("Elsewhere")
	tara := elsewhere.Member("tara", elsewhere.Role("moderators", discordsim.ManageGuild))
	wants(t, m.slash(tara, elsewhere.General(), "kb drafts", nil).Text(), "no drafts")
	wants(t, m.slash(tara, elsewhere.General(), "kb audit", nil).Text(), "Nobody has done anything")
}

// A bot that was started anew knows what it showed.
func TestRestartBetweenPreviewAndPublish(t *testing.T) {
	m := setModerated(t, briefly)
	preview := m.sent(m.meera, m.opened(m.meera, "kb add", remote()), remoteWork)
	m.end()
	m.start(briefly)
	m.must(m.sim.Wait(m.ctx, func() bool { return len(m.sim.Identifies()) == 2 }))
	m.ready()
	published := m.clickWhenOpen(m.meera, preview, "Publish")
	wants(t, published.Text(), "Published")
	wants(t, m.ask(m.asha, "is remote work possible for a back-end developer?").Text(), "two days a week")
	m.end()
	m.start(briefly)
	m.must(m.sim.Wait(m.ctx, func() bool { return len(m.sim.Identifies()) == 3 }))
	m.ready()
	wants(t, m.clickWhenOpen(m.meera, published, "Undo").Text(), "Undone")
}

// clickWhenOpen presses a button of a bot that has just started, and again
// while its database is being opened.
func (m moderated) clickWhenOpen(u *discordsim.User, on discordsim.Message, label string) discordsim.Message {
	m.t.Helper()
	for {
		if got := m.click(u, on, label); !strings.Contains(got.Text(), "cannot save anything") {
			return got
		}
		m.must(m.ctx.Err())
	}
}

// When the database is gone edits are off and answers go on.
func TestDatabaseIsGone(t *testing.T) {
	m := setModerated(t, briefly)
	preview := m.sent(m.meera, m.opened(m.meera, "kb add", remote()), remoteWork)
	m.click(m.meera, preview, "Publish")
	second := m.sent(m.dev, m.opened(m.dev, "kb edit", discordsim.Opts{"career": "back-end-developer", "entry": "faq/work-from-home-back-end-developer"}), map[string]string{"answer": "One day."})
	dialog := m.opened(m.meera, "kb add", remote())
	wants(t, m.slash(m.meera, m.general, "kb status", nil).Text(), "on: the database can be read and written", "1, and 1 draft", "by "+m.meera.Mention()+": add")
	m.damage()

	told := m.click(m.dev, second, "Publish")
	wants(t, told.Text(), "cannot save anything", "database does not work")
	told = m.sent(m.meera, dialog, map[string]string{"question": "Is there lunch at the office?", "answer": "In most of them."})
	wants(t, told.Text(), "cannot save anything", "This is what you typed", "Is there lunch at the office?", "In most of them.")
	for _, name := range []string{"kb drafts", "kb audit", "kb check", "kb checks"} {
		wants(t, m.slash(m.meera, m.general, name, nil).Text(), "cannot save anything")
	}
	status := m.slash(m.meera, m.general, "kb status", nil)
	wants(t, status.Text(), "**off**", "the database is damaged", "I answer from what I have loaded")
	wants(t, m.ask(m.asha, "is remote work possible for a back-end developer?").Text(), "two days a week")
}

// damage overwrites the files of the database.
func (st *stage) damage() {
	st.t.Helper()
	files, err := filepath.Glob(filepath.Join(st.dir, "careerbot.db*"))
	st.must(err)
	for _, name := range files {
		st.must(os.WriteFile(name, bytes.Repeat([]byte("no database "), 10_000), 0o600))
	}
}

func TestCheckQuestions(t *testing.T) {
	m := setModerated(t, briefly)
	masters := discordsim.Opts{"career": "back-end-developer", "entry": "faq/masters-needed", "question": "do i really need a master's degree for back end work"}
	wants(t, m.slash(m.meera, m.general, "kb keep", masters).Text(), "Kept: “do i really need a master's degree for back end work”", "Do I need a master's degree?")
	wants(t, m.slash(m.meera, m.general, "kb checks", nil).Text(), "1 question is kept", "do i really need", "by "+m.meera.Mention())

	t.Log("a preview replays it, and what was voted helpful")
	helped := m.ask(m.asha, "does a back-end developer need a master's degree these days?")
	m.click(m.asha, helped, "Helpful")
	preview := m.slash(m.meera, m.general, "kb remove", discordsim.Opts{"career": "back-end-developer", "entry": "faq/masters-needed"})
	wants(t, preview.Text(), "(check question)", "(voted helpful)")
	m.click(m.meera, preview, "Publish")

	t.Log("and so does a check of what is live")
	missed := m.slash(m.dev, m.general, "kb check", nil)
	wants(t, missed.Text(), "questions miss", "❌ “do i really need a master's degree for back end work” (check question)")

	his, hers := m.slash(m.dev, m.general, "kb checks", nil), m.slash(m.meera, m.general, "kb checks", nil)
	wants(t, m.click(m.dev, his, "Delete 1").Text(), "No questions are kept")
	wants(t, m.click(m.meera, hers, "Delete 1").Text(), "no longer kept")
}

func TestCompletionOfEntries(t *testing.T) {
	m := setModerated(t, briefly)
	complete := func(typed string) []string {
		return m.offered(m.meera, "kb edit", discordsim.Opts{"career": "back-end-developer", "entry": typed}, "entry")
	}
	if got := complete(""); len(got) != maxSuggestions || !strings.HasSuffix(got[0], "=career") {
		t.Errorf("nothing typed: %q", got)
	}
	for typed, want := range map[string]string{
		"do i need a mas":     "=faq/masters-needed",
		"degree master":       "=faq/masters-needed",
		"section: ":           "=section/overview",
		"masters-needed":      "=faq/masters-needed",
		"msater's degre need": "=faq/masters-needed",
	} {
		if got := complete(typed); len(got) == 0 || !slices.ContainsFunc(got[:min(3, len(got))], func(s string) bool { return strings.HasSuffix(s, want) }) {
			t.Errorf("%q is completed by %q, not %s", typed, got, want)
		}
	}
	if got := m.offered(m.meera, "kb edit", discordsim.Opts{"career": "bakcend"}, "career"); !slices.Equal(got, []string{"Back-end developer=back-end-developer"}) {
		t.Errorf("careers: %q", got)
	}
	t.Log("what is typed and not picked is found if it is clear")
	if d := m.opened(m.meera, "kb edit", discordsim.Opts{"career": "back-end developer", "entry": "do i need a master's degree?"}); filled(d)["question"] != "Do I need a master's degree?" {
		t.Errorf("opened %q", filled(d))
	}
	wants(t, m.slash(m.meera, m.general, "kb edit", discordsim.Opts{"career": "back-end-developer", "entry": "zzzz"}).Text(), "do not know which entry")
	wants(t, m.slash(m.meera, m.general, "kb history", discordsim.Opts{"career": "zookeeper", "entry": "x"}).Text(), "nothing on “zookeeper”")
}
