package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

// moderator is a member who may manage the server.
func (st *stage) moderator(g *discordsim.Guild) *discordsim.User {
	return g.Member("meera", g.Role("moderators", discordsim.ManageGuild))
}

// kept opens the database of the bot beside it.
func (st *stage) kept(o store.Options) *store.Store {
	st.t.Helper()
	o.Dir = st.dir
	s, err := store.Open(st.ctx, o)
	st.must(err)
	st.t.Cleanup(func() { s.Close() })
	return s
}

// running waits until the bot is connected and has its database, after each of
// its starts.
func (st *stage) running() {
	st.t.Helper()
	st.ready()
	st.loggedTimes(`msg="the database is open"`, len(st.sim.Identifies()))
}

// loggedTimes waits until the log holds a text so many times.
func (st *stage) loggedTimes(text string, n int) {
	st.t.Helper()
	for {
		changed := st.log.change()
		if strings.Count(st.log.String(), text) >= n {
			return
		}
		select {
		case <-changed:
		case <-st.ctx.Done():
			st.t.Fatalf("%q was not logged %d times", text, n)
		}
	}
}

// What members ask in vain waits for moderators: alike together, most asked
// first, and for nobody else.
func TestQueue(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	wants(t, st.slash(meera, st.general, "kb queue", nil).Text(), "Nothing waits")

	other := st.guild.Channel("other")
	for _, ask := range []struct {
		by   *discordsim.User
		in   *discordsim.Channel
		text string
		opts discordsim.Opts
	}{
		{st.asha, st.general, "what does a dentist earn?", nil},
		{st.ravi, other, "what do dentists earn?", nil},
		{st.asha, st.general, "how do I become a pilot?", nil},
		{st.ravi, st.general, "what does a dentist earn?", discordsim.Opts{"private": true}},
	} {
		opts := discordsim.Opts{"question": ask.text}
		for name, value := range ask.opts {
			opts[name] = value
		}
		st.slash(ask.by, ask.in, "ask", opts)
	}
	t.Log("an answer that did not help")
	st.click(st.ravi, st.ask(st.ravi, "what does a back-end developer earn?"), "Not helpful")
	t.Log("somebody wants to be told")
	st.click(st.asha, st.ask(st.asha, "what does a dentist earn?"), "Tell me when you know")

	m := st.slash(meera, st.general, "kb queue", nil)
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
	wants(t, m.Text(), "**what does a dentist earn?**", "Also asked as\n• what do dentists earn?", "4 times: 2 in <#"+st.general.ID+">, 1 in <#"+other.ID+">, 1 privately",
		"I had no answer", "Wait to be told\n1", "1 of 3")
	m = st.click(meera, m, "Next")
	wants(t, m.Text(), "become a pilot", "2 of 3")
	m = st.click(meera, m, "Next")
	wants(t, m.Text(), "**what does a back-end developer earn?**", "About\nBack-end developer", "did not help", "3 of 3")

	t.Log("a moderator of another server sees nothing of it, and cannot touch it")
	elsewhere := st.sim.Foreign("Elsewhere")
	elsewhere.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	omar := st.moderator(elsewhere)
	wants(t, st.slash(omar, elsewhere.General(), "kb queue", nil).Text(), "Nothing waits")

	t.Log("what is dismissed is gone, with all that is alike, and stays so")
	m = st.click(meera, st.slash(meera, st.general, "kb queue", nil), "Dismiss")
	wants(t, m.Text(), "Dismissed.", "become a pilot", "1 of 2")
	st.ask(st.asha, "what does a dentist earn?")
	wants(t, st.slash(meera, st.general, "kb queue", nil).Text(), "1 of 2")

	t.Log("a button of before")
	old := st.slash(meera, st.general, "kb queue", nil)
	st.click(meera, old, "Dismiss")
	second := st.moderator(st.guild)
	stale := st.slash(second, st.general, "kb queue", nil)
	st.click(meera, st.slash(meera, st.general, "kb queue", nil), "Dismiss")
	wants(t, st.click(second, stale, "Dismiss").Text(), "no longer in the queue")
	wants(t, st.slash(meera, st.general, "kb queue", nil).Text(), "Nothing waits")
	checkMentions(t, st.sim)
}

// What was asked while a moderator was reading is not dismissed unseen.
func TestNothingIsDismissedUnseen(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	st.ask(st.asha, "what does a dentist earn?")
	m := st.slash(meera, st.general, "kb queue", nil)
	st.ask(st.ravi, "what do dentists earn?")
	m = st.click(meera, m, "Dismiss")
	wants(t, m.Text(), "Have another look", "what do dentists earn?")
	wants(t, st.click(meera, m, "Dismiss").Text(), "Dismissed", "Nothing waits")
}

// The queue is in the database: its buttons work after a restart.
func TestQueueAfterARestart(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	st.ask(st.asha, "what does a dentist earn?")
	st.ask(st.asha, "how do I become a pilot?")
	m := st.slash(meera, st.general, "kb queue", nil)
	st.end()
	st.start(shipped)
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) == 2 }))
	st.running()
	m = st.click(meera, m, "Next")
	wants(t, m.Text(), "pilot", "2 of 2")
	wants(t, st.click(meera, m, "Dismiss").Text(), "Dismissed", "1 of 1")
}

// Every row for moderators and for those who manage the server refuses everyone
// else, whatever their client sends.
func TestModeratorsAlone(t *testing.T) {
	b := &Bot{kept: kept{settings: map[string]store.Settings{"home": {ModeratorRole: "mods"}}}}
	member := &request{guild: "home", home: "home", person: "1", rights: sendMessages, roles: []string{"others"}}
	byRole := &request{guild: "home", home: "home", person: "1", rights: sendMessages, roles: []string{"mods"}}
	manager := &request{guild: "home", home: "home", person: "1", rights: permission(discordsim.ManageGuild)}
	elsewhere := &request{guild: "elsewhere", person: "1", rights: permission(discordsim.ManageGuild), roles: []string{"mods"}}
	open := []string{ // to everyone
		"ask", "career", "help", askAbout, completing.choice, completing.label, continuing.choice, continuing.label,
		followUp, helpful, notHelpful, tellMe, moreOf, "",
	}
	seen := 0
	for _, row := range table() {
		name := fmt.Sprintf("%s %s", row.door, row.name)
		if slices.Contains(open, row.name) {
			continue
		}
		seen++
		if row.permits == nil {
			t.Errorf("%s is open to everyone", name)
			continue
		}
		for who, r := range map[string]*request{"a member": member, "a moderator of another server": elsewhere} {
			if row.permits(b, r) == nil {
				t.Errorf("%s is open to %s", name, who)
			}
		}
		if row.permits(b, manager) != nil {
			t.Errorf("%s is closed to who manages the server", name)
		}
		if isConfig := strings.HasPrefix(row.name, "config "); (row.permits(b, byRole) == nil) == isConfig {
			t.Errorf("%s and the role: %v", name, row.permits(b, byRole))
		}
	}
	if seen < 8 {
		t.Errorf("%d rows", seen)
	}
}
