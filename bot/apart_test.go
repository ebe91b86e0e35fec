package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// What one server has is seen nowhere else, whatever a client makes up.

// secret is a word that stands in everything that one server has.
const secret = "Xylothorpe"

// apart is a library with a server that has something of everything, and one
// that has nothing, with a moderator each.
type apart struct {
	*library
	other *discordsim.Guild
	omar  *discordsim.User // who moderates it, and is no member of the first
	meera *discordsim.User // who moderates the first
	draft store.Draft      // of the first server
	asked store.Question   // in its queue
	check int64

	source store.Source
}

func setApart(t *testing.T) *apart {
	t.Helper()
	l := stock(t, setting{patience: 5 * time.Minute})
	st := &apart{library: l, other: l.sim.Guild("Elsewhere")}
	meera := l.guild.Member("meera", l.guild.Role("moderators", discordsim.ManageGuild))
	st.omar = st.other.Member("omar", st.other.Role("moderators", discordsim.ManageGuild))
	l.must(st.omar.Install())
	st.meera = meera
	long := strings.Repeat("at which time of the day does the office of ", 3)
	head := &knowledge.Article{ID: "house-keeper", Title: secret + "r", Aliases: []string{secret + " keeper"}}
	career := knowledge.EntryKey{Article: "house-keeper", Kind: knowledge.CareerEntry}
	l.publish(l.guild.ID, meera.ID,
		faqOf("office", "Where is the "+secret+" office?", "The "+secret+" office is on the first floor."),
		faqOf("long", long+secret+" open?", secret+" opens at nine."),
		store.Change{Action: store.Import, Entry: knowledge.Entry{EntryKey: career, Head: head}})
	var err error
	st.draft, err = l.kept.SaveDraft(l.ctx, store.Draft{Guild: l.guild.ID, Author: meera.ID, Note: secret, Changes: []store.Change{faqOf("draft", "Is there a "+secret+" draft?", secret+" says so.")}})
	l.must(err)
	st.asked, err = l.kept.Ask(l.ctx, store.Asking{Guild: l.guild.ID, Channel: l.general.ID, Text: "what of " + secret + "?", Key: secret, Reason: store.Abstained})
	l.must(err)
	st.check, err = l.kept.SaveCheck(l.ctx, store.Check{Guild: l.guild.ID, Text: "where is " + secret + "?", Author: meera.ID})
	l.must(err)
	st.source, err = l.kept.AddSource(l.ctx, store.Source{Guild: l.guild.ID, Kind: "feed", URL: "https://" + secret + ".example/jobs.rss", Name: secret + " jobs", AddedBy: meera.ID})
	l.must(err)
	_, err = l.kept.ChangeSettings(l.ctx, l.guild.ID, meera.ID, func(s *store.Settings) { s.ModeratorRole = secret })
	l.must(err)
	return st
}

// state is all that is kept, to see whether something has changed.
func (st *apart) state(guild string) string {
	st.t.Helper()
	var all []any
	add := func(v any, err error) {
		st.must(err)
		all = append(all, v)
	}
	entries, err := st.kept.Entries(st.ctx, guild)
	add(entries, err)
	drafts, err := st.kept.Drafts(st.ctx, guild)
	add(drafts, err)
	questions, n, err := st.kept.Queue(st.ctx, guild, 0, 100)
	add(questions, err)
	checks, err := st.kept.Checks(st.ctx, guild)
	add(checks, err)
	deeds, err := st.kept.Audit(st.ctx, guild, 0, 100)
	add(deeds, err)
	settings, err := st.kept.Settings(st.ctx, guild)
	add(settings, err)
	sources, err := st.kept.Sources(st.ctx, guild)
	add(sources, err)
	raw, err := json.Marshal(append(all, n))
	st.must(err)
	return string(raw)
}

// forge sends a forgery and gives all that the person gets to see of it: the
// message, the dialog or the suggestions.
func (st *library) forge(u *discordsim.User, c *discordsim.Channel, door door, f discordsim.Forgery) string {
	st.t.Helper()
	it, err := u.Forge(c, f)
	st.must(err)
	if door == complete {
		choices, err := it.Choices(st.ctx)
		st.must(err)
		return fmt.Sprint(choices)
	}
	st.must(it.Acknowledged(st.ctx))
	if modal, opened := it.Opened(); opened {
		return fmt.Sprintf("%+v", modal.Components)
	}
	m, err := it.Reply(st.ctx)
	st.must(err)
	return fmt.Sprintf("%s %+v", m.Text(), m.Components)
}

// forgeries are all that a client can make up of the table: each command,
// button and dialog, with what of another server may stand in it.
func (st *apart) forgeries() map[*row][]discordsim.Forgery {
	ids := []string{packID(st.draft.ID), packID(st.asked.ID), packID(st.check)}
	entry := []string{"faq", "back-end-developer", "office"}
	all := map[*row][]discordsim.Forgery{}
	for i := range st.bot.rows {
		row := &st.bot.rows[i]
		var list []discordsim.Forgery
		switch row.door {
		case slash, complete:
			for _, career := range []string{"back-end-developer", "house-keeper"} {
				f := discordsim.Forgery{Command: row.name, Opts: map[string]any{
					"career": career, "name": career, "entry": "faq/office", "question": "~" + career + "/faq/office", "topic": "faq", "what": "all",
					"source": packID(st.source.ID), "link": st.source.URL,
				}}
				if row.door == slash {
					list = append(list, f)
					continue
				}
				for _, focused := range []string{"career", "name", "entry", "question", "source"} {
					f.Focused = focused
					for _, typed := range []string{"", "o"} {
						f.Opts = maps.Clone(f.Opts)
						f.Opts[focused] = typed
						list = append(list, f)
					}
				}
			}
		case menu:
			list = append(list, discordsim.Forgery{Menu: row.name})
		case button, dialog:
			var args [][]string
			for _, id := range ids {
				args = append(args, []string{id}, []string{id, "0"}, []string{id, "1", "2"}, []string{"0", id}, []string{"-", id})
			}
			args = append(args, entry, append(slices.Clone(entry), "1"), append(slices.Clone(entry), "2", "0"),
				[]string{"faq", "back-end-developer", "office", "8", "", "1"}, []string{"-", "house-keeper", "overview", ""},
				[]string{"-", "back-end-developer", "faq", "~/faq/office"}, []string{"house-keeper"}, []string{"0"}, nil)
			for _, a := range args {
				f := discordsim.Forgery{CustomID: strings.Join(append([]string{row.name}, a...), ":")}
				if row.door == dialog {
					f.Fields = map[string]string{"question": "x", "answer": "x", "text": "x", "title": "x", "heading": "x"}
				}
				list = append(list, f)
			}
		}
		all[row] = list
	}
	return all
}

// A moderator of another server, and the same person where the bot is installed
// for them alone, get to see nothing and change nothing by anything that can be
// made up.
func TestForgeriesReachNoOtherServer(t *testing.T) {
	st := setApart(t)
	foreign := st.sim.Foreign("Foreign")
	foreign.Join(st.omar)
	before := st.state(st.guild.ID)
	n := 0
	for _, c := range []*discordsim.Channel{st.other.General(), foreign.General(), st.omar.DM()} {
		on := st.slash(st.omar, c, "ask", discordsim.Opts{"question": "hello"})
		for row, list := range st.forgeries() {
			for _, f := range list {
				f.On = &on
				n++
				if got := st.forge(st.omar, c, row.door, f); strings.Contains(got, secret) {
					t.Errorf("%s %q, by %+v: %s", row.door, row.name, f, got)
				}
			}
		}
	}
	if after := st.state(st.guild.ID); after != before {
		t.Errorf("the other server is no longer what it was:\n%s\n%s", before, after)
	}
	t.Log("to a moderator of the server itself, the same shows much of it")
	seen := 0
	on := st.slash(st.meera, st.general, "ask", discordsim.Opts{"question": "hello"})
	for row, list := range st.forgeries() {
		for _, f := range list {
			f.On = &on
			if strings.Contains(st.forge(st.meera, st.general, row.door, f), secret) {
				seen++
			}
		}
	}
	t.Logf("%d forgeries elsewhere show nothing, %d here show it", n, seen)
	if seen < 10 {
		t.Error("the forgeries reach nothing where they should")
	}
	checkMentions(t, st.sim)
}

// Members get nowhere with what is for moderators.
func TestForgeriesOfMembersAreRefused(t *testing.T) {
	st := setApart(t)
	before := st.state(st.guild.ID)
	on := st.ask(st.asha, "what does a back-end developer earn?")
	for row, list := range st.forgeries() {
		moderate := row.permits != nil && row.permits(&Bot{}, &request{guild: "1", home: "1", person: "1", args: []string{packOwner("1")}}) != nil
		if name, _, _ := strings.Cut(row.name, " "); !moderate && (name == "kb" || name == "config" || name == "sources" || strings.HasPrefix(row.name, "kb.")) {
			t.Errorf("%s %q permits everyone", row.door, row.name)
		}
		for _, f := range list {
			if !moderate {
				break
			}
			f.On = &on
			got := st.forge(st.asha, st.general, row.door, f)
			if row.door == complete && got != "[]" || row.door != complete && !strings.Contains(got, "for the moderators of this server") && !strings.Contains(got, "for those who may manage this server") {
				t.Errorf("%s %q, by %+v: %s", row.door, row.name, f, got)
			}
		}
	}
	if after := st.state(st.guild.ID); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
}

// Where no server has it, only what is shipped answers.
func TestOnlyTheServerItselfIsAnsweredWithItsOwn(t *testing.T) {
	st := setApart(t)
	st.guild.Join(st.omar)
	foreign := st.sim.Foreign("Foreign")
	foreign.Join(st.omar)
	questions := []string{
		"where is the " + secret + " office?", "~back-end-developer/faq/office", "~back-end-developer/faq/long",
	}
	for _, c := range []*discordsim.Channel{st.general, st.other.General(), foreign.General(), st.omar.DM()} {
		own := c == st.general
		for _, q := range questions {
			got := st.slash(st.omar, c, "ask", discordsim.Opts{"question": q}).Text()
			if told := strings.Contains(got, "first floor") || strings.Contains(got, "opens at nine"); told != own {
				t.Errorf("%s in %s: %s", q, c.Name, got)
			}
		}
		it, err := st.omar.Type(c, "career", discordsim.Opts{"name": secret[:4]}, "name")
		st.must(err)
		choices, err := it.Choices(st.ctx)
		st.must(err)
		if (len(choices) > 0) != own {
			t.Errorf("offered in %s: %v", c.Name, choices)
		}
		wants(t, st.slash(st.omar, c, "ask", discordsim.Opts{"question": "what does a back-end developer earn on average?"}).Text(), "₹4,86,091")
	}
	t.Log("what was asked in one server is not gone on from in another")
	st.slash(st.omar, st.general, "ask", discordsim.Opts{"question": questions[0]})
	if got := st.slash(st.omar, st.other.General(), "ask", discordsim.Opts{"question": "and when does it open?"}).Text(); strings.Contains(got, secret) {
		t.Errorf("carried over: %s", got)
	}
	t.Log("an export holds what the server has, and no other's")
	_, zip := st.download(st.slash(st.omar, st.other.General(), "kb export", nil))
	if strings.Contains(string(unzipped(t, zip)), secret) {
		t.Error("it holds another server's")
	}
}

// The data of a server that has removed the bot is kept for a time, in which it
// may be added again, and then deleted whole.
func TestRemovedServerIsKeptForATime(t *testing.T) {
	t.Parallel()
	const days = 24 * time.Hour
	for _, test := range []struct {
		name string
		away time.Duration
		kept bool
	}{
		{"added again in time", 29 * days, true},
		{"too late", 31 * days, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var passed atomic.Int64 // of the database's time
			dir := t.TempDir()
			l := stock(t, setting{cfg: func(c *Config) {
				c.Keep = store.Keep{Guilds: 30 * days}
				c.Open = func(ctx context.Context) (*store.Store, error) {
					return store.Open(ctx, store.Options{Dir: dir, Now: func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }})
				}
			}})
			meera := l.guild.Member("meera", l.guild.Role("moderators", discordsim.ManageGuild))
			other := l.sim.Guild("Elsewhere")
			for _, g := range []*discordsim.Guild{l.guild, other} {
				l.must(l.kept.JoinGuild(l.ctx, g.ID))
				l.publish(g.ID, meera.ID, faqOf("remote", "Can one work from home?", "Many do so for some days of the week."))
			}
			left := func() bool {
				guilds, err := l.kept.Guilds(l.ctx)
				l.must(err)
				return slices.ContainsFunc(guilds, func(g store.Guild) bool { return g.ID == l.guild.ID && !g.Left.IsZero() })
			}
			l.guild.Uninstall()
			l.logged("that the bot left a server is kept")
			if !left() {
				t.Error("the server is not noted as left")
			}
			passed.Store(int64(test.away))
			l.bot.purge(l.ctx, l.kept)
			entries, err := l.kept.Entries(l.ctx, l.guild.ID)
			l.must(err)
			person, err := l.kept.Person(l.ctx, meera.ID)
			l.must(err)
			if (len(entries) == 1) != test.kept || (len(person.Deeds) == 2) != test.kept {
				t.Errorf("%d entries and %d deeds are kept", len(entries), len(person.Deeds))
			}
			if list, err := l.kept.Entries(l.ctx, other.ID); err != nil || len(list) != 1 {
				t.Errorf("the other server has %d entries, %v", len(list), err)
			}
			l.guild.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
			l.must(l.sim.Wait(l.ctx, func() bool { return !left() }))
			got := l.slash(l.asha, l.general, "ask", discordsim.Opts{"question": "Can one work from home?"}).Text()
			if strings.Contains(got, "Many do so") != test.kept {
				t.Errorf("answered: %s", got)
			}
		})
	}
}
