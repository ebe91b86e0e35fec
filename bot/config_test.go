package bot

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

// Who manages a server chooses its moderators: in force at once, and not for
// them to choose.
func TestConfigModerators(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	helpers := st.guild.Role("helpers", 0)
	m := st.slash(meera, st.general, "config moderators", discordsim.Opts{"role": helpers})
	wants(t, m.Text(), "<@&"+helpers.ID+"> may use /kb", "Integrations")
	if !m.Ephemeral || !m.Pings.None() {
		t.Errorf("shown as %+v", m)
	}
	wants(t, st.slash(meera, st.general, "config show", nil).Text(), "Moderators\nThose who may manage the server, and <@&"+helpers.ID+">")
	m = st.slash(meera, st.general, "config moderators", nil)
	wants(t, m.Text(), "Nobody but those who manage the server")
	s := st.kept(store.Options{})
	deeds, err := s.Audit(st.ctx, st.guild.ID, 0, 9)
	st.must(err)
	if len(deeds) != 2 || deeds[0].Action != "settings" || deeds[0].Person != meera.ID {
		t.Errorf("the audit: %+v", deeds)
	}
}

// Where mentions are answered, and where answers are private.
func TestConfigChannels(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	careers, quiet := st.guild.Channel("careers"), st.guild.Channel("quiet")
	choose := func(answers, change string, c *discordsim.Channel) string {
		t.Helper()
		return st.slash(meera, st.general, "config channels", discordsim.Opts{"answers": answers, "change": change, "channel": c}).Text()
	}
	wants(t, choose("mentions", "add", careers), "from now on", "Mentions are answered in\n<#"+careers.ID+">")
	wants(t, choose("mentions", "add", careers), "Mentions are answered in\n<#"+careers.ID+">\n")
	wants(t, choose("privately", "add", quiet), "Answers are private in\n<#"+quiet.ID+">")

	question := st.sim.Bot().Mention() + " what does a back-end developer earn?"
	wants(t, st.say(st.asha, st.general, question).Text(), "I answer /ask", "<#"+careers.ID+">")
	wants(t, st.say(st.asha, careers, question).Text(), "₹4,86,091")
	if m := st.slash(st.asha, quiet, "ask", discordsim.Opts{"question": "what does a back-end developer earn?"}); !m.Ephemeral {
		t.Error("everybody sees it")
	}
	wants(t, choose("mentions", "remove", careers), "Mentions are answered in\nevery channel")
	wants(t, st.say(st.asha, st.general, question).Text(), "₹4,86,091")
}

// A thread counts as its channel, and is kept as that.
func TestThreadsCountAsTheirChannel(t *testing.T) {
	st := set(t, shipped)
	b := &Bot{}
	b.self.Store(&identity{user: st.sim.Bot().ID})
	learn := func(event string, v any) {
		t.Helper()
		raw, err := json.Marshal(v)
		st.must(err)
		_, err = b.access.learn(event, raw, st.sim.Bot().ID)
		st.must(err)
	}
	learn("GUILD_CREATE", map[string]any{
		"id": "g", "roles": []any{map[string]any{"id": "g", "permissions": "1024"}}, "channels": []any{map[string]any{"id": "c", "type": 0}},
		"threads": []any{map[string]any{"id": "t", "type": 11, "parent_id": "c"}},
	})
	b.kept.settings = map[string]store.Settings{"g": {PrivateChannels: []string{"c"}}}
	if asWished(b, &request{guild: "g", home: "g", channel: "t"}) != asker {
		t.Error("a thread of a private channel is public")
	}

	t.Log("what the server no longer has is dropped, and said")
	s := store.Settings{ModeratorRole: "r", MentionChannels: []string{"c", "d", "e"}, NoticesChannel: "f"}
	if dropped := fmt.Sprint(b.tidy("g", &s)); dropped != "[the role of moderators 2 channels of “Mentions are answered in” the channel for notices]" {
		t.Errorf("dropped %s", dropped)
	}
	if s.ModeratorRole != "" || len(s.MentionChannels) != 1 || s.NoticesChannel != "" {
		t.Errorf("kept %+v", s)
	}
	t.Log("nothing, of a server of which Discord has not told")
	if dropped := b.tidy("h", &store.Settings{NoticesChannel: "f"}); dropped != nil {
		t.Errorf("dropped %q", dropped)
	}
}

// A channel for notices is one where the bot may speak.
func TestConfigNotices(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	mods := st.guild.Channel("mods")
	mods.Deny(st.guild.ID, discordsim.SendMessages|discordsim.EmbedLinks)
	refused := func() string {
		return st.slash(meera, st.general, "config notices", discordsim.Opts{"channel": mods}).Text()
	}
	wants(t, refused(), "I cannot write in <#"+mods.ID+">", "**Send Messages, Embed Links**")
	mods.Allow(st.sim.Bot().ID, discordsim.SendMessages|discordsim.EmbedLinks)
	st.ask(st.asha, "what does a dentist earn?")
	wants(t, refused(), "I will tell you in <#"+mods.ID+">")
	t.Log("what waits already is told at once")
	m, err := meera.Await(st.ctx, mods, func(discordsim.Message) bool { return true })
	st.must(err)
	wants(t, m.Text(), "1 question has no good answer yet.", "“what does a dentist earn?” (asked once)")
	if !m.Pings.None() {
		t.Error("it pings")
	}
	opened := st.click(meera, m, "Open the queue")
	wants(t, opened.Text(), "**what does a dentist earn?**")
	if !opened.Ephemeral {
		t.Error("everybody sees the queue")
	}
	t.Log("the button is not for everyone who sees it")
	wants(t, st.click(st.asha, m, "Open the queue").Text(), "for the moderators")
	wants(t, st.slash(meera, st.general, "config notices", nil).Text(), "tell you of nothing", "Nowhere")
}
