package bot

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
)

// The faults of handlers, of the program, and of how the bot is installed. Those
// of the gateway are in gateway_test.go, those of REST in transport_test.go.

func TestFaultHandlersOutOfOrder(t *testing.T) {
	hold, asked := make(chan struct{}), make(chan string, 10)
	st := set(t, setting{bot: func(b *Bot) {
		b.answer = func(q answer.Question) answer.Answer {
			if q.Text == "first" {
				<-hold
			}
			asked <- q.Text
			return paid
		}
	}}).ready()
	for _, q := range []string{"first", "second", "third"} {
		_, err := st.asha.Say(st.general, st.sim.Bot().Mention()+" "+q)
		st.must(err)
	}
	wants(t, st.ask(st.ravi, "somebody else").Text(), "₹")
	close(hold)
	var got []string
	for range 4 {
		got = append(got, <-asked)
	}
	if want := []string{"somebody else", "first", "second", "third"}; !slices.Equal(got, want) {
		t.Errorf("asked %q", got)
	}
}

func TestFaultEndWithReplyInFlight(t *testing.T) {
	hold, started := make(chan struct{}), make(chan struct{})
	st := set(t, setting{bot: func(b *Bot) {
		b.answer = func(answer.Question) answer.Answer {
			close(started)
			<-hold
			return paid
		}
	}}).ready()
	it, err := st.asha.Slash(st.general, "ask", discordsim.Opts{"question": "slow"})
	st.must(err)
	<-started
	st.stop()
	close(hold)
	m, err := it.Reply(st.ctx)
	st.must(err)
	wants(t, m.Text(), "₹4,86,091")
	<-st.ended
	if st.err != nil {
		t.Errorf("Run: %v", st.err)
	}
}

func TestFaultPanicInHandler(t *testing.T) {
	st := set(t, setting{bot: func(b *Bot) {
		b.answer = func(q answer.Question) answer.Answer {
			if q.Text == "boom" {
				panic("secret of " + q.Text)
			}
			return paid
		}
	}}).ready()
	m := st.ask(st.asha, "boom")
	if !m.Ephemeral {
		t.Error("everybody is told")
	}
	number := strings.Trim(m.Content[strings.Index(m.Content, "`"):], "`")
	wants(t, st.log.String(), number, "panic: secret")
	wants(t, st.say(st.asha, st.general, st.sim.Bot().Mention()+" boom").Text(), "Something went wrong")
	wants(t, st.ask(st.asha, "and now?").Text(), "₹4,86,091")
}

func TestFaultWrongToken(t *testing.T) {
	st := set(t, setting{cfg: func(c *Config) { c.Token = "not-the-token" }})
	<-st.ended
	if st.err == nil {
		t.Fatal("Run returned nil")
	}
	wants(t, st.err.Error(), "refused the token", "DISCORD_TOKEN", "Developer Portal")
	if strings.Contains(st.err.Error()+st.log.String(), "not-the-token") {
		t.Error("the token is in the log")
	}
}

// What a server has not permitted is said once, with the link that mends it, and
// again when it changes.
func TestFaultMissingPermissions(t *testing.T) {
	st := set(t, setting{begin: func(s *discordsim.Sim) {
		s.Guild("Quiet").Everyone(discordsim.ViewChannel | discordsim.SendMessages | discordsim.UseCommands)
	}}).ready()
	st.logged(`name=Quiet lacks="Send Messages in Threads, Embed Links, Attach Files, Read Message History" link="https://discord.com/oauth2/authorize?client_id=`)
	if log := st.log.String(); strings.Contains(log, "name=Careers") {
		t.Error("what is permitted is said to be lacking")
	}
	st.sim.Cut()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.guild.Everyone(discordsim.SendMessages)
	st.logged(`name=Careers lacks="View Channels, Send Messages in Threads, Embed Links, Attach Files, Read Message History"`)
	st.guild.Join(st.sim.Bot(), st.guild.Role("bots", discordsim.SendMessages|discordsim.ViewChannel))
	st.logged(`name=Careers lacks="Send Messages in Threads, Embed Links, Attach Files, Read Message History"`)
	if n := strings.Count(st.log.String(), "name=Quiet"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// A question in a channel where the bot may not write is answered by a direct
// message that says what is lacking, once.
func TestFaultChannelForbidden(t *testing.T) {
	st := set(t, setting{}).ready()
	st.general.Deny(st.guild.ID, discordsim.SendMessages)
	st.general.Allow(st.asha.ID, discordsim.SendMessages)
	st.general.Allow(st.ravi.ID, discordsim.SendMessages)
	st.ravi.CloseDMs()
	ask := func(u *discordsim.User) {
		_, err := u.Say(st.general, st.sim.Bot().Mention()+" pay?")
		st.must(err)
	}
	ask(st.asha)
	told, err := st.asha.Await(st.ctx, st.asha.DM(), func(m discordsim.Message) bool { return m.Author == st.sim.Bot().ID })
	st.must(err)
	wants(t, told.Content, "<#"+st.general.ID+">", "**Send Messages**", "somebody who manages that server")
	ask(st.asha)
	st.logged(`lacks="Send Messages" told=before`)
	if n := len(st.asha.Read(st.asha.DM())); n != 1 {
		t.Errorf("told %d times", n)
	}
	ask(st.ravi)
	st.logged("told=\"not: ")
	if n := len(st.sim.Calls("POST /channels/" + st.general.ID + "/messages")); n > 3 {
		t.Errorf("tried %d times", n)
	}
	// A slash command is answered all the same.
	st.works()
}

// Where the bot may not embed it answers in plain text, with the source.
func TestFaultNoEmbedLinks(t *testing.T) {
	for name, deny := range map[string]func(*stage){
		"in the server": func(st *stage) {
			st.guild.Everyone(discordsim.ViewChannel | discordsim.SendMessages | discordsim.ReadHistory | discordsim.UseCommands)
		},
		"in the channel": func(st *stage) { st.general.Deny(st.guild.ID, discordsim.EmbedLinks) },
	} {
		t.Run(name, func(t *testing.T) {
			st := set(t, setting{}).ready()
			deny(st)
			for _, m := range []discordsim.Message{
				st.ask(st.asha, "what do they earn?"),
				st.say(st.asha, st.general, st.sim.Bot().Mention()+" what do they earn?"),
			} {
				if len(m.Embeds) > 0 {
					t.Errorf("embeds %+v", m.Embeds)
				}
				wants(t, m.Content, "**Back-end developer · Pay**", "₹4,86,091", "-# ", "Payscale", "<"+payscale.URL+">")
			}
			for _, c := range st.sim.Calls("POST /channels/*/messages") {
				if c.Status >= 400 { // 0 is an answer still under way
					t.Errorf("refused with %d", c.Status)
				}
			}
		})
	}
	t.Run("without a word before", func(t *testing.T) {
		st := set(t, setting{}).ready()
		fault := st.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Status: 403, Body: `{"message": "Missing Permissions", "code": 50013}`})
		m := st.say(st.asha, st.general, st.sim.Bot().Mention()+" pay?")
		if len(m.Embeds) > 0 || st.sim.Met(fault) != 1 {
			t.Errorf("embeds %+v", m.Embeds)
		}
	})
}

// Where the bot may not read what was said before, it cannot reply; it answers
// without.
func TestFaultNoReadHistory(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Status: 400, Body: `{"message": "Cannot reply without permission to read message history", "code": 160002}`})
	_, err := st.asha.Say(st.general, st.sim.Bot().Mention()+" pay?")
	st.must(err)
	m, err := st.asha.Await(st.ctx, st.general, func(m discordsim.Message) bool { return strings.Contains(m.Text(), "₹4,86,091") })
	st.must(err)
	if m.ReplyTo != "" {
		t.Error("it is a reply")
	}
}

func TestFaultMissingScope(t *testing.T) {
	st := set(t, setting{begin: func(s *discordsim.Sim) { s.Guild("Bare").Install(discordsim.ScopeBot) }}).ready()
	st.logged("the scope applications.commands is missing")
	st.sim.Guild("Late").Install(discordsim.ScopeBot)
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Calls("GET /applications/*/guilds/*/commands")) == 3 }))
	wants(t, st.log.String(), "https://discord.com/oauth2/authorize?", "scope=bot+applications.commands")
}

func TestFaultNoUserInstall(t *testing.T) {
	st := set(t, setting{sim: func(o *discordsim.Options) { o.Installs = []int{0} }}).ready()
	for name, c := range st.sim.Commands("") {
		if slices.Contains(c.IntegrationTypes, 1) {
			t.Errorf("/%s is for people's own installation", name)
		}
	}
	st.works()
	wants(t, st.log.String(), "tick User Install", "https://discord.com/developers/applications/")
}

// TestPermissions holds what the bot believes it may do to what Discord permits.
func TestPermissions(t *testing.T) {
	const guild, self, role, other = "1", "2", "3", "4"
	member := func(g string) string {
		return `{"id": "1", "name": "G", "owner_id": "9", "roles": [{"id": "1", "permissions": "1024"}, {"id": "3", "permissions": "2048"}, {"id": "4", "permissions": "8"}],
			"members": [{"user": {"id": "8"}, "roles": ["4"]}, {"user": {"id": "2"}, "roles": ["3"]}], "threads": [{"id": "7", "type": 11, "parent_id": "6"}], "channels": [` + g + `]}`
	}
	channel := func(overwrites string) string {
		return `{"id": "6", "type": 0, "permission_overwrites": [` + overwrites + `]}`
	}
	const view, send, threads = viewChannel, sendMessages, sendInThreads
	for _, c := range []struct {
		name    string
		events  []string // by turns a name and its data
		channel string
		want    permission
		known   bool
	}{
		{"as in the server", []string{"GUILD_CREATE", member(channel(""))}, "6", view | send, true},
		{"of another server", []string{"GUILD_CREATE", member("")}, "66", 0, false},
		{"denied to everyone", []string{"GUILD_CREATE", member(channel(`{"id": "1", "deny": "2048", "allow": "0"}`))}, "6", view, true},
		{"denied to everyone, allowed to a role", []string{"GUILD_CREATE", member(channel(`{"id": "3", "allow": "2048", "deny": "0"}, {"id": "1", "deny": "2048", "allow": "0"}`))}, "6", view | send, true},
		{"denied to a role, allowed to the bot", []string{"GUILD_CREATE", member(channel(`{"id": "2", "allow": "2048", "deny": "0"}, {"id": "3", "deny": "2048", "allow": "0"}`))}, "6", view | send, true},
		{"denied to another", []string{"GUILD_CREATE", member(channel(`{"id": "4", "allow": "0", "deny": "2048"}`))}, "6", view | send, true},
		{"hidden", []string{"GUILD_CREATE", member(channel(`{"id": "1", "deny": "1024", "allow": "0"}`))}, "6", 0, true},
		{"thread", []string{"GUILD_CREATE", member(channel(""))}, "7", view, true},
		{"thread in which it may write", []string{"GUILD_CREATE", member(channel(`{"id": "1", "allow": "274877906944", "deny": "2048"}`))}, "7", view | send | threads, true},
		{"new thread", []string{"GUILD_CREATE", member(channel("")), "THREAD_CREATE", `{"id": "77", "guild_id": "1", "type": 11, "parent_id": "6"}`}, "77", view, true},
		{"thread put away", []string{"GUILD_CREATE", member(channel("")), "THREAD_UPDATE", `{"id": "7", "guild_id": "1", "type": 11, "parent_id": "6", "thread_metadata": {"archived": true}}`}, "7", 0, false},
		{"channel changed", []string{"GUILD_CREATE", member(channel("")), "CHANNEL_UPDATE", `{"id": "6", "guild_id": "1", "permission_overwrites": [{"id": "2", "deny": "2048", "allow": "0"}]}`}, "6", view, true},
		{"channel deleted", []string{"GUILD_CREATE", member(channel("")), "CHANNEL_DELETE", `{"id": "6", "guild_id": "1"}`}, "6", 0, false},
		{"role changed", []string{"GUILD_CREATE", member(channel("")), "GUILD_ROLE_UPDATE", `{"guild_id": "1", "role": {"id": "3", "permissions": "0"}}`}, "6", view, true},
		{"role deleted", []string{"GUILD_CREATE", member(channel("")), "GUILD_ROLE_DELETE", `{"guild_id": "1", "role_id": "3"}`}, "6", view, true},
		{"roles taken", []string{"GUILD_CREATE", member(channel("")), "GUILD_MEMBER_UPDATE", `{"guild_id": "1", "user": {"id": "2"}, "roles": []}`}, "6", view, true},
		{"roles of somebody else", []string{"GUILD_CREATE", member(channel("")), "GUILD_MEMBER_UPDATE", `{"guild_id": "1", "user": {"id": "5"}, "roles": []}`}, "6", view | send, true},
		{"administrator", []string{"GUILD_CREATE", member(channel(`{"id": "1", "deny": "3072", "allow": "0"}`)), "GUILD_MEMBER_UPDATE", `{"guild_id": "1", "user": {"id": "2"}, "roles": ["4"]}`}, "6", allNeeded, true},
		{"left", []string{"GUILD_CREATE", member(channel("")), "GUILD_DELETE", `{"id": "1"}`}, "6", 0, false},
	} {
		var a access
		for e := range slices.Chunk(c.events, 2) {
			if _, err := a.learn(e[0], json.RawMessage(e[1]), self); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if got, known := a.may(guild, c.channel, self); got&allNeeded != c.want || known != c.known {
			t.Errorf("%s: may %q (known: %v)", c.name, (got & allNeeded).names(), known)
		}
	}
}

// TestNeededPermissionsAreThoseOfREADME holds the link by which people invite the
// bot to the permissions that it says it lacks without them.
func TestNeededPermissionsAreThoseOfREADME(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var all permission
	for _, n := range needed {
		all |= n.permission
		wants(t, string(readme), n.name)
	}
	if all != allNeeded {
		t.Errorf("the table has %d, the constant %d", all, allNeeded)
	}
	wants(t, string(readme), fmt.Sprintf("&permissions=%d`", all))
	wants(t, invitation("1", "2"), fmt.Sprintf("permissions=%d", all))
}

// FuzzPlainText checks that what stands in for embeds keeps Discord's limits,
// pings nobody, and keeps the source.
func FuzzPlainText(f *testing.F) {
	f.Add("text", "title", "a *description*", "name", "value", "footer", uint16(0))
	f.Add("@everyone", "<@1>", "😀", "", "", "source", uint16(4000))
	f.Fuzz(func(t *testing.T, content, title, description, name, value, from string, long uint16) {
		e := &discordgo.MessageEmbed{
			Title: escape(title, maxTitle), Description: escape(description+strings.Repeat("*", int(long)), maxDescription), URL: webLink("https://example.com/"+name, maxURL),
			Fields: []*discordgo.MessageEmbedField{{Name: escape(name, 256), Value: escape(value, 1024)}},
			Footer: &discordgo.MessageEmbedFooter{Text: plain(from, maxFooter)},
		}
		got := plainText(escape(content, maxContent), []*discordgo.MessageEmbed{e})
		if n := len(utf16.Encode([]rune(got))); n > maxContent {
			t.Errorf("%d characters", n)
		}
		if reference.MatchString(got) || strings.Contains(got, "@everyone") || strings.Contains(got, "@here") {
			t.Errorf("%q can ping", got)
		}
		if e.URL != "" && !strings.HasSuffix(got, "<"+e.URL+">") {
			t.Errorf("no source in %q", got)
		}
	})
}

func TestHealth(t *testing.T) {
	hold := make(chan struct{})
	var bot *Bot
	st := set(t, setting{
		bot: func(b *Bot) {
			bot, b.deferAfter = b, 100*time.Millisecond
			b.answer = func(q answer.Question) answer.Answer {
				switch q.Text {
				case "boom":
					panic("boom")
				case "slow":
					<-hold
				}
				return scripted(q)
			}
		},
	})
	if v := bot.health.snapshot(); v.Sessions != 0 || v.P99 != 0 || v.Acknowledged != 0 {
		t.Errorf("before anything: %+v", v)
	}
	st.ready()
	m := st.ask(st.asha, "which?")
	st.say(st.asha, st.general, st.sim.Bot().Mention()+" pay?")
	st.click(st.ravi, m, "Pay")
	st.ask(st.asha, "boom")
	it, err := st.asha.Slash(st.general, "ask", discordsim.Opts{"question": "slow"})
	st.must(err)
	st.must(it.Acknowledged(st.ctx))
	if v := bot.health.snapshot(); v.Acknowledged < 4 {
		t.Errorf("%+v", v)
	}
	close(hold)
	_, err = it.Reply(st.ctx)
	st.must(err)
	st.sim.Cut()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.works()
	st.end()
	v := bot.health.snapshot()
	if v.Version != "test" || v.Sessions != 1 || v.Resumed != 1 || v.Served != 4 || v.Declined != 1 || v.Failed != 1 || v.Acknowledged != 6 {
		t.Errorf("%+v", v)
	}
	if v.Uptime <= 0 || v.Heartbeat <= 0 || v.P50 <= 0 || v.P99 < v.P50 {
		t.Errorf("%+v", v)
	}
}

func TestQuantile(t *testing.T) {
	var h health
	for i := range 3 * lastAcknowledged {
		h.acknowledged(time.Duration(i) * time.Millisecond)
	}
	v := h.snapshot()
	if first := 2 * lastAcknowledged * time.Millisecond; v.P50 != first+511*time.Millisecond || v.P99 != first+1013*time.Millisecond || v.Acknowledged != lastAcknowledged {
		t.Errorf("%+v", v)
	}
}

// A hundred thousand interactions leave nothing behind. The simulated Discord
// forgets as well, so what both hold together has to stay as it was.
func TestFaultMemoryGrowth(t *testing.T) {
	if os.Getenv("LONG") == "" {
		t.Skip("takes a minute: set LONG=1")
	}
	const atOnce = 16
	before, after := 20_000, 100_000
	if underRace { // fewer, but from when all that is remembered is full
		before, after = 12_000, 20_000
	}
	st := set(t, setting{
		sim: func(o *discordsim.Options) { o.Keep = 200 }, cfg: func(c *Config) { c.Log = nil }, patience: 20 * patience,
	}).ready()
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	people := make([]*discordsim.User, atOnce)
	for i := range people {
		people[i] = st.guild.Member(fmt.Sprint("member ", i))
	}
	ask := func(total int) {
		var asking sync.WaitGroup
		for _, u := range people {
			asking.Go(func() {
				for range total / atOnce {
					it, err := u.Slash(st.general, "ask", discordsim.Opts{"question": "what do they earn?"})
					if err == nil {
						_, err = it.Reply(st.ctx)
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		asking.Wait()
	}
	ask(before)
	early := held()
	ask(after - before)
	late := held()
	t.Logf("%.1f MB after %d, %.1f MB after %d", float64(early)/1e6, before, float64(late)/1e6, after)
	// What discordgo's limiter would keep of them is 36 MB.
	if late > early+1<<20 {
		t.Errorf("held %d bytes after %d interactions, and %d after %d", early, before, late, after)
	}
}
