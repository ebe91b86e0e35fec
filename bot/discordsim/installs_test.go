package discordsim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

func TestWhoIsOfferedWhat(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	mod := w.guild.Member("meera", w.guild.Role("mods", discordsim.ManageGuild))
	outsider := w.sim.User("omar")
	for _, s := range []struct {
		who   *discordsim.User
		where *discordsim.Channel
		want  string
	}{
		{w.asha, w.general, "ask Ask about this anywhere"}, {mod, w.general, "ask kb Ask about this anywhere"},
		{w.asha, w.asha.DM(), "ask kb Ask about this anywhere"}, {outsider, w.general, ""}, {w.asha, w.asha.Converse(w.ravi), ""},
	} {
		var names []string
		for _, cmd := range s.who.Commands(s.where) {
			names = append(names, cmd.Name)
		}
		if got := strings.Join(names, " "); got != s.want {
			t.Errorf("%s is offered %q, not %q", s.who.Name, got, s.want)
		}
	}
	if _, err := w.asha.Slash(w.general, "kb add", nil); err == nil {
		t.Error("a member is offered what moderators are")
	}
	_, err := mod.Slash(w.general, "kb add", discordsim.Opts{"now": true})
	w.must(err)
	_, _, data := c.interaction()
	if raw, _ := json.Marshal(data["options"]); string(raw) != `[{"name":"add","options":[{"name":"now","type":5,"value":true}],"type":1}]` {
		t.Errorf("options %s", raw)
	}
	for _, bad := range []discordsim.Opts{nil, {"question": ""}, {"question": strings.Repeat("x", 21)}, {"question": "x", "other": 1}} {
		if _, err := w.asha.Slash(w.general, "ask", bad); err == nil {
			t.Errorf("Discord sends %v", bad)
		}
	}
	if _, err := outsider.Slash(w.general, "ask", discordsim.Opts{"question": "x"}); err == nil {
		t.Error("an outsider is offered a command")
	}
	// Installed for oneself, a command comes along into other places.
	other := w.sim.User("lina")
	if _, err := outsider.Slash(outsider.DM(), "anywhere", nil); err != nil {
		t.Error(err)
	}
	w.must(other.Install())
	_, err = other.Slash(other.DM(), "anywhere", nil)
	w.must(err)
	m, err := w.asha.Say(w.general, "how do I start?")
	w.must(err)
	_, err = w.ravi.Menu(m, "Ask about this")
	w.must(err)
	c.interaction()
	c.interaction()
	_, _, data = c.interaction()
	if raw, _ := json.Marshal(data); !strings.Contains(string(raw), "how do I start?") {
		t.Errorf("the message's text is not in %s", raw)
	}
}

func TestGuildWithoutCommands(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	w.connect()
	bare := w.sim.Foreign("Bare")
	bare.Install(discordsim.ScopeBot)
	bare.Join(w.asha)
	if _, err := w.asha.Slash(bare.General(), "ask", discordsim.Opts{"question": "x"}); err == nil {
		t.Error("a command is offered where the application was installed without")
	}
	path := "/applications/" + w.app() + "/guilds/" + bare.ID + "/commands"
	w.refused(50001, "GET", path, nil)
	w.refused(50001, "PUT", path, []obj{})
	w.taken("POST", "/channels/"+bare.General().ID+"/messages", obj{"content": "the bot is there"})
	bare.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	w.taken("PUT", path, []obj{{"name": "x", "description": "x"}})
	_, err := w.asha.Slash(bare.General(), "x", nil)
	w.must(err)
}

func TestNotForOneself(t *testing.T) {
	w := newWorld(t, discordsim.Options{Installs: []int{discordsim.GuildInstall}})
	if _, both := w.taken("GET", "/applications/@me", nil)["integration_types_config"].(obj)["1"]; both {
		t.Error("the application says that it can be installed for oneself")
	}
	if err := w.asha.Install(); err == nil {
		t.Error("it is installed for oneself")
	}
	path := "/applications/" + w.app() + "/commands"
	w.refused(50035, "PUT", path, []obj{{"name": "x", "description": "x", "integration_types": []int{0, 1}}})
	w.taken("PUT", path, []obj{{"name": "x", "description": "x", "integration_types": []int{0}}})
}

// invoked is what the tests look at of an interaction.
type invoked struct {
	ID, Token string
	App       string            `json:"application_id"`
	Guild     string            `json:"guild_id"`
	Context   int               `json:"context"`
	Owners    map[string]string `json:"authorizing_integration_owners"`
	Channel   struct{ Type int }
	User      obj
	Member    obj
	Message   obj
	Data      obj
}

func (c *client) invoked() (it invoked) {
	c.w.t.Helper()
	c.w.must(json.Unmarshal(c.next(0, "INTERACTION_CREATE").Data, &it))
	return it
}

// TestForOneself uses what a person installed for themselves where the bot is
// not: in another guild and in the conversations of people.
func TestForOneself(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	lina, meera := w.sim.User("lina"), w.sim.User("meera")
	elsewhere := w.sim.Foreign("Elsewhere")
	elsewhere.Join(lina)
	elsewhere.Join(meera)
	places := map[string]struct {
		channel       *discordsim.Channel
		context, kind int
		guild         string
	}{
		"guild":        {elsewhere.General(), 0, 0, elsewhere.ID},
		"conversation": {lina.Converse(meera), 2, 1, ""},
		"group":        {lina.Converse(meera, w.asha), 2, 3, ""},
	}
	for name, p := range places {
		if _, err := lina.Slash(p.channel, "anywhere", nil); err == nil {
			t.Errorf("%s: the command is offered to one who did not install it", name)
		}
	}
	w.must(lina.Install())
	for name, p := range places {
		it, err := lina.Slash(p.channel, "anywhere", nil)
		w.must(err)
		got := c.invoked()
		if got.Context != p.context || got.Guild != p.guild || got.Channel.Type != p.kind || (got.User == nil) != (p.guild != "") {
			t.Errorf("%s: %+v", name, got)
		}
		if len(got.Owners) != 1 || got.Owners["1"] != lina.ID {
			t.Errorf("%s: on behalf of %v", name, got.Owners)
		}
		callback, webhook := "/interactions/"+got.ID+"/"+got.Token+"/callback", "/webhooks/"+got.App+"/"+got.Token
		w.taken("POST", callback, obj{"type": 4, "data": obj{"content": "answer"}})
		m, err := it.Reply(w.ctx)
		w.must(err)
		if seen := meera.Read(p.channel); len(seen) != 1 || seen[0].ID != m.ID {
			t.Errorf("%s: meera sees %+v", name, seen)
		}
		// The bot itself has no way into the channel.
		w.refused(50001, "POST", "/channels/"+p.channel.ID+"/messages", obj{"content": "x"})
		for range 5 {
			w.clock.pass(second)
			w.taken("POST", webhook, obj{"content": "more"})
		}
		w.clock.pass(second)
		w.refused(40094, "POST", webhook, obj{"content": "too much"})
	}
	// A guild can have what is said there on behalf of a person hidden.
	elsewhere.Everyone(discordsim.ViewChannel | discordsim.SendMessages | discordsim.UseCommands)
	it, err := lina.Slash(elsewhere.General(), "anywhere", nil)
	w.must(err)
	got := c.invoked()
	w.taken("POST", "/interactions/"+got.ID+"/"+got.Token+"/callback", obj{"type": 4, "data": obj{"content": "hidden"}})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if !m.Ephemeral {
		t.Error("it is shown to all without the permission")
	}
}

func TestDirectMessagesAreRefused(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	stranger := w.sim.User("omar")
	send := func(u *discordsim.User) string {
		dm := w.taken("POST", "/users/@me/channels", obj{"recipient_id": u.ID})
		return "/channels/" + dm["id"].(string) + "/messages"
	}
	w.refused(50278, "POST", send(stranger), obj{"content": "x"})
	if _, err := stranger.Say(stranger.DM(), "hi"); err == nil {
		t.Error("somebody without a guild in common writes to the bot")
	}
	w.must(stranger.Install())
	w.taken("POST", send(stranger), obj{"content": "x"})

	w.taken("POST", send(w.asha), obj{"content": "x"})
	w.asha.CloseDMs()
	w.refused(50007, "POST", send(w.asha), obj{"content": "x"})
	w.asha.OpenDMs()
	w.taken("POST", send(w.asha), obj{"content": "x"})
	w.guild.Leave(w.asha)
	w.refused(50278, "POST", send(w.asha), obj{"content": "x"})
}
