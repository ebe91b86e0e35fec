package bot

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// library is a stage whose bot keeps things in its database, and answers from
// the shipped articles and from what servers have of their own.
type library struct {
	*stage
	bot   *Bot
	kept  *store.Store
	setup setting // of its bots
}

// stock builds a library.
func stock(t *testing.T, s setting) *library {
	t.Helper()
	own, err := answer.New(knowledge.Shipped()) // no other test's servers are in it
	if err != nil {
		t.Fatal(err)
	}
	l := &library{}
	inner, prepare := s.cfg, s.bot
	s.cfg = func(c *Config) {
		c.Answerer = func() *answer.Answerer { return own }
		if inner != nil {
			inner(c)
		}
	}
	s.bot = func(b *Bot) {
		if l.bot, b.answer, b.choose = b, own.Answer, own.Choose; prepare != nil {
			prepare(b)
		}
	}
	l.setup, l.stage = s, set(t, s).ready()
	l.opens()
	return l
}

// opens waits until the bot has its database open.
func (l *library) opens() {
	l.t.Helper()
	for {
		var err error
		if l.kept, err = l.bot.kept.opened(); err == nil {
			return
		}
		l.must(l.ctx.Err())
		runtime.Gosched()
	}
}

// restarts starts another bot, after the end of the one before.
func (l *library) restarts() {
	l.t.Helper()
	l.start(l.setup)
	l.ready()
	l.opens()
	l.slash(l.asha, l.general, "help", nil) // so that it knows that it is connected
}

// download gives the only file of a message.
func (st *stage) download(m discordsim.Message) (name string, data []byte) {
	st.t.Helper()
	if len(m.Attachments) != 1 {
		st.t.Fatalf("%d files: %s", len(m.Attachments), m.Text())
	}
	req, err := http.NewRequestWithContext(st.ctx, http.MethodGet, m.Attachments[0].URL, nil)
	st.must(err)
	resp, err := http.DefaultClient.Do(req)
	st.must(err)
	defer resp.Body.Close()
	data, err = io.ReadAll(resp.Body)
	st.must(err)
	return m.Attachments[0].Name, data
}

// faqOf is an FAQ of the shipped career, as a change of it.
func faqOf(id, question, answer string) store.Change {
	key := knowledge.EntryKey{Article: "back-end-developer", Kind: knowledge.FAQEntry, ID: id}
	return store.Change{Action: store.Add, Entry: knowledge.Entry{EntryKey: key, FAQ: &knowledge.FAQ{
		ID: id, Question: question, Answer: answer, Topic: knowledge.General,
	}}}
}

// publish makes changes of a server, for a person.
func (l *library) publish(guild, person string, changes ...store.Change) {
	l.t.Helper()
	d, err := l.kept.SaveDraft(l.ctx, store.Draft{Guild: guild, Author: person, Changes: changes})
	l.must(err)
	_, err = l.kept.Publish(l.ctx, guild, d.ID, person)
	l.must(err)
	l.must(l.bot.reload(l.ctx, l.kept, guild))
}

func TestPrivacy(t *testing.T) {
	st := stock(t, setting{})
	other := st.sim.Guild("Elsewhere")
	other.Join(st.asha)
	st.publish(other.ID, st.asha.ID, faqOf("remote", "Can one work from home?", "Many do so for some days of the week."))
	_, err := st.kept.SaveDraft(st.ctx, store.Draft{Guild: st.guild.ID, Author: st.asha.ID, Changes: []store.Change{faqOf("visa", "Does one get a visa?", "That depends on the country.")}})
	st.must(err)
	answered := st.ask(st.asha, "what does a back-end developer earn?")
	st.click(st.asha, answered, "Helpful")
	st.click(st.ravi, answered, "Not helpful")
	st.click(st.asha, st.ask(st.asha, "what does a dentist earn?"), "Tell me when you know")

	t.Log("everywhere the same, and for nobody else to see")
	st.must(st.asha.Install())
	for _, c := range []*discordsim.Channel{st.general, other.General(), st.asha.DM()} {
		m := st.slash(st.asha, c, "privacy show", nil)
		wants(t, m.Text(), "1 vote on an answer", "1 question of whose answer you are told", "1 draft", "1 published change", "1 line of who did what", "/privacy delete")
		if c != st.asha.DM() && !m.Ephemeral {
			t.Error("everybody sees it")
		}
	}
	wants(t, st.slash(st.ravi, st.general, "privacy show", nil).Text(), "1 vote on an answer\n")

	m := st.slash(st.asha, st.general, "privacy export", nil)
	name, raw := st.download(m)
	if name != "careerbot-privacy.json" || !m.Ephemeral {
		t.Errorf("%s, seen by all: %v", name, !m.Ephemeral)
	}
	var p store.Person
	st.must(json.Unmarshal(raw, &p))
	if p.ID != st.asha.ID || len(p.Votes) != 1 || len(p.Waiting) != 1 || len(p.Drafts) != 1 || len(p.Revisions) != 1 {
		t.Errorf("%+v", p)
	}
	if strings.Contains(string(raw), st.ravi.ID) {
		t.Error("it holds somebody else")
	}

	t.Log("it is deleted when they say so twice, and not by somebody else")
	confirm := st.slash(st.asha, st.general, "privacy delete", nil)
	wants(t, confirm.Text(), "Delete what I keep of you?", "This goes", "This stays")
	button := confirm.Buttons()[0].CustomID
	it, err := st.ravi.Forge(st.general, discordsim.Forgery{CustomID: button, On: &answered})
	st.must(err)
	told, err := it.Reply(st.ctx)
	st.must(err)
	wants(t, told.Text(), "belong to the person")
	done := st.click(st.asha, confirm, "Delete")
	wants(t, done.Text(), "Deleted", "1 vote", "stays, without your name", "1 published change")
	if len(done.Buttons()) > 0 {
		t.Errorf("offers %q", labels(done))
	}
	now, err := st.kept.Person(st.ctx, st.asha.ID)
	st.must(err)
	if n := len(now.Votes) + len(now.Waiting) + len(now.Drafts) + len(now.Revisions) + len(now.Checks) + len(now.Deeds); n != 0 {
		t.Errorf("%d things are left: %+v", n, now)
	}
	t.Log("what was published goes on answering; the votes of others count")
	wants(t, st.slash(st.asha, other.General(), "ask", discordsim.Opts{"question": "Can one work from home?"}).Text(), "Many do so")
	wants(t, st.slash(st.ravi, st.general, "privacy show", nil).Text(), "1 vote on an answer\n")
	checkMentions(t, st.sim)
}

// importedChanges are entries as changes of an import.
func importedChanges(entries ...knowledge.Entry) []store.Change {
	var changes []store.Change
	for _, e := range entries {
		c := store.Change{Entry: e, Action: store.Import}
		if e.Hidden {
			c.Action = store.Remove
		}
		changes = append(changes, c)
	}
	return changes
}

// unzipped is all that a zip holds, with the names of its files.
func unzipped(t *testing.T, src []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(src), int64(len(src)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	all.WriteString(z.Comment)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(f.Name + f.Comment)
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return all.Bytes()
}
