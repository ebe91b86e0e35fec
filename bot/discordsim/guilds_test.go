package discordsim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// get makes a request whose answer is a list, and returns what each entry has
// under a key.
func (w *world) get(path, key string) (values []string) {
	w.t.Helper()
	status, _, raw := w.do("GET", path, nil, w.sim.Token())
	var list []obj
	if status != 200 || json.Unmarshal(raw, &list) != nil {
		w.t.Errorf("GET %s: %d %s", path, status, raw)
	}
	for _, entry := range list {
		values = append(values, fmt.Sprint(entry[key]))
	}
	return values
}

// event reads the next event of that type.
func (c *client) event(kind string) (data obj) {
	c.w.t.Helper()
	c.w.must(json.Unmarshal(c.next(0, kind).Data, &data))
	return data
}

func TestGuildIsLeftAndJoined(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	w.taken("PUT", "/applications/"+w.app()+"/guilds/"+w.guild.ID+"/commands", []obj{{"name": "here", "description": "x"}})
	w.guild.Uninstall()
	gone := c.event("GUILD_DELETE")
	if _, outage := gone["unavailable"]; outage || gone["id"] != w.guild.ID {
		t.Errorf("GUILD_DELETE %v", gone)
	}
	w.refused(50001, "POST", "/channels/"+w.general.ID+"/messages", obj{"content": "x"})
	w.refused(10004, "GET", "/guilds/"+w.guild.ID, nil)
	if _, err := w.asha.Slash(w.general, "ask", discordsim.Opts{"question": "x"}); err == nil {
		t.Error("a command is offered where the application is not installed")
	}
	if _, err := w.asha.Say(w.general, "nobody hears"); err != nil {
		t.Error(err)
	}
	if len(w.sim.Commands(w.guild.ID)) > 0 {
		t.Error("the commands of the guild outlived the application there")
	}
	w.guild.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	if back := c.event("GUILD_CREATE"); back["id"] != w.guild.ID {
		t.Errorf("GUILD_CREATE %v", back)
	}
	other := w.sim.Guild("Later")
	if joined := c.event("GUILD_CREATE"); joined["name"] != "Later" {
		t.Errorf("GUILD_CREATE %v", joined)
	}
	w.sim.Foreign("Elsewhere")
	if got := w.get("/users/@me/guilds", "id"); fmt.Sprint(got) != fmt.Sprint([]string{w.guild.ID, other.ID}) {
		t.Errorf("the bot is in %v", got)
	}
	w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "x"})
	if posted := c.event("MESSAGE_CREATE"); posted["content"] != "x" {
		t.Errorf("the bot was told %v of while it was away", posted)
	}
}

func TestOutage(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	w.guild.Outage()
	if gone := c.event("GUILD_DELETE"); gone["unavailable"] != true {
		t.Errorf("GUILD_DELETE %v", gone)
	}
	w.refused(50001, "GET", "/guilds/"+w.guild.ID, nil)
	if _, err := w.asha.Say(w.general, "hello?"); err == nil {
		t.Error("somebody writes during an outage")
	}
	// Who connects now is told that the guild exists, and no more.
	late := w.identify(intents)
	var ready struct{ Guilds []obj }
	w.must(json.Unmarshal(late.next(0, "READY").Data, &ready))
	if len(ready.Guilds) != 1 || ready.Guilds[0]["unavailable"] != true {
		t.Errorf("READY with %v", ready.Guilds)
	}
	w.guild.Restore()
	for _, c := range []*client{c, late} {
		if back := c.event("GUILD_CREATE"); back["id"] != w.guild.ID {
			t.Errorf("GUILD_CREATE %v", back)
		}
	}
	_, err := w.asha.Say(w.general, "hello again")
	w.must(err)
	c.event("MESSAGE_CREATE")
}

func TestHiddenChannels(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	staff := w.guild.Channel("staff")
	staff.Deny(w.guild.ID, discordsim.ViewChannel)
	c := w.identify(intents)
	c.next(0, "READY")
	var guild struct{ Channels []obj }
	w.must(json.Unmarshal(c.next(0, "GUILD_CREATE").Data, &guild))
	hidden := guild.Channels[1]
	if hidden["id"] != staff.ID || hidden["name"] != "___hidden___" || hidden["flags"] != float64(1<<17) {
		t.Errorf("the gateway shows %v", hidden)
	}
	path := "/guilds/" + w.guild.ID + "/channels"
	if got := w.get(path, "name"); fmt.Sprint(got) != "[general]" {
		t.Errorf("the bot lists %v", got)
	}
	w.refused(50001, "GET", "/channels/"+staff.ID, nil)

	// Each way to let the bot in, and to shut it out again.
	role := w.guild.Role("bots", 0)
	for name, s := range map[string]struct{ in, out func() }{
		"overwrite": {func() { staff.Allow(w.sim.Bot().ID, discordsim.ViewChannel) }, func() { staff.Deny(w.sim.Bot().ID, discordsim.ViewChannel) }},
		"role":      {func() { w.guild.Join(w.sim.Bot(), w.guild.Role("admin", discordsim.Administrator)) }, func() { w.guild.Join(w.sim.Bot()) }},
		"permission": {func() {
			w.guild.Join(w.sim.Bot(), role)
			role.Permit(discordsim.Administrator)
		}, func() { role.Permit(0) }},
	} {
		s.in()
		if got := c.event("CHANNEL_UPDATE"); got["name"] != "staff" || got["flags"] != float64(0) {
			t.Errorf("%s: let in, the bot is shown %v", name, got)
		}
		if got := w.get(path, "name"); fmt.Sprint(got) != "[general staff]" {
			t.Errorf("%s: let in, the bot lists %v", name, got)
		}
		s.out()
		if got := c.event("CHANNEL_UPDATE"); got["name"] != "___hidden___" {
			t.Errorf("%s: shut out, the bot is shown %v", name, got)
		}
	}
}

func TestPermissionsChange(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	w.guild.Everyone(discordsim.ViewChannel)
	if got := c.event("GUILD_ROLE_UPDATE"); got["role"].(obj)["permissions"] != "1024" || got["guild_id"] != w.guild.ID {
		t.Errorf("GUILD_ROLE_UPDATE %v", got)
	}
	w.refused(50013, "POST", "/channels/"+w.general.ID+"/messages", obj{"content": "x"})
	w.general.Allow(w.sim.Bot().ID, discordsim.SendMessages)
	if got := fmt.Sprint(c.event("CHANNEL_UPDATE")["permission_overwrites"]); !strings.Contains(got, "allow:2048") {
		t.Errorf("CHANNEL_UPDATE with %s", got)
	}
	w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "x"})
	w.guild.Join(w.sim.Bot(), w.guild.Role("helpers", 0))
	if got := c.event("GUILD_MEMBER_UPDATE"); len(got["roles"].([]any)) != 1 {
		t.Errorf("GUILD_MEMBER_UPDATE %v", got)
	}
}

func TestGuildIsRead(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	path := "/guilds/" + w.guild.ID
	if got := w.taken("GET", path, nil); got["name"] != "Careers" || got["system_channel_id"] != nil {
		t.Errorf("the guild is %v", got)
	}
	w.guild.Welcome(w.general)
	if got := c.event("GUILD_UPDATE"); got["system_channel_id"] != w.general.ID {
		t.Errorf("GUILD_UPDATE %v", got)
	}
	if got := w.taken("GET", path, nil); got["system_channel_id"] != w.general.ID {
		t.Errorf("the guild is %v", got)
	}
	mod := w.guild.Role("mods", discordsim.ManageGuild)
	w.guild.Join(w.asha, mod)
	member := w.taken("GET", path+"/members/"+w.asha.ID, nil)
	if fmt.Sprint(member["roles"]) != "["+mod.ID+"]" || member["user"].(obj)["username"] != "asha" {
		t.Errorf("the member is %v", member)
	}
	w.guild.Leave(w.asha)
	w.refused(10007, "GET", path+"/members/"+w.asha.ID, nil)
	w.refused(10013, "GET", path+"/members/1", nil)
	w.refused(10004, "GET", "/guilds/1", nil)
}
