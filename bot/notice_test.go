package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

func TestLastNotice(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for now, want := range map[string]string{
		"2026-11-26T09:00:00Z":      "2026-11-26T09:00:00Z",
		"2026-11-26T08:59:59Z":      "2026-11-25T09:00:00Z",
		"2026-11-26T23:59:59Z":      "2026-11-26T09:00:00Z",
		"2026-03-01T01:00:00Z":      "2026-02-28T09:00:00Z",
		"2026-11-26T14:29:00+05:30": "2026-11-25T09:00:00Z",
		"2026-11-26T14:30:00+05:30": "2026-11-26T09:00:00Z",
	} {
		if got := lastNotice(at(now)); !got.Equal(at(want)) {
			t.Errorf("at %s: %v", now, got)
		}
	}
}

// The queue is told of when the channel for that is chosen and then once a day,
// however often the bot is started, and not when it is empty.
func TestQueueNoticeIsDaily(t *testing.T) {
	noon := time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour))
	dir := t.TempDir()
	day := func(days int) setting {
		now := func() time.Time { return time.Now().Add(noon).AddDate(0, 0, days) }
		s := shipped
		s.bot = func(b *Bot) {
			shipped.bot(b)
			b.now = now
		}
		s.cfg = func(c *Config) {
			c.Open = func(ctx context.Context) (*store.Store, error) {
				return store.Open(ctx, store.Options{Dir: dir, Now: now})
			}
		}
		return s
	}
	st := set(t, day(0)).ready()
	starts := 1
	looked := func() {
		t.Helper()
		st.loggedTimes("looked at the queues of all servers", starts)
	}
	again := func(days int) {
		t.Helper()
		st.end()
		st.start(day(days))
		starts++
		looked()
	}
	looked()
	for _, q := range []string{"what does a dentist earn?", "how do I become a pilot?", "what does a dentist earn?"} {
		st.ask(st.asha, q)
	}
	meera := st.moderator(st.guild)
	mods := st.guild.Channel("mods")
	st.slash(meera, st.general, "config notices", discordsim.Opts{"channel": mods})
	m, err := meera.Await(st.ctx, mods, func(discordsim.Message) bool { return true })
	st.must(err)
	wants(t, m.Text(), "2 questions have no good answer yet.", "• “what does a dentist earn?” (asked 2 times)\n• “how do I become a pilot?” (asked once)")
	notices := func(want int) {
		t.Helper()
		if n := len(meera.Read(mods)); n != want {
			t.Fatalf("%d notices, want %d", n, want)
		}
	}
	again(0)
	notices(1)
	again(2)
	notices(2)
	m = st.click(meera, st.slash(meera, st.general, "kb queue", nil), "Dismiss")
	st.click(meera, m, "Dismiss")
	again(4)
	notices(2)
}

// Moderators are told once when the bot can no longer speak where it should,
// and once when it can again.
func TestNoticeOfAChannel(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	mods, careers := st.guild.Channel("mods"), st.guild.Channel("careers")
	st.slash(meera, st.general, "config notices", discordsim.Opts{"channel": mods})
	st.slash(meera, st.general, "config channels", discordsim.Opts{"answers": "mentions", "change": "add", "channel": careers})
	told := func(n int) discordsim.Message {
		t.Helper()
		st.must(st.sim.Wait(st.ctx, func() bool { return len(meera.Read(mods)) == n }))
		return meera.Read(mods)[n-1]
	}
	careers.Deny(st.guild.ID, discordsim.SendMessages)
	m := told(1)
	wants(t, m.Text(), "mentions in <#"+careers.ID+">", "**Send Messages**")
	if !m.Pings.None() {
		t.Error("it pings")
	}
	careers.Allow(st.sim.Bot().ID, discordsim.SendMessages)
	wants(t, told(2).Text(), "speak in <#"+careers.ID+"> again")
}

// Moderators are told once that the database has stopped working, and once that
// it works again.
func TestNoticeOfTheDatabase(t *testing.T) {
	var bot *Bot
	captured := shipped
	captured.bot = func(b *Bot) {
		shipped.bot(b)
		bot = b
	}
	m := setModerated(t, captured)
	mods := m.guild.Channel("mods")
	m.slash(m.meera, m.general, "config notices", discordsim.Opts{"channel": mods})
	told := func(text string) int {
		n := 0
		for _, said := range m.meera.Read(mods) {
			if strings.Contains(said.Text(), text) {
				n++
			}
			if !said.Pings.None() {
				t.Error("it pings")
			}
		}
		return n
	}
	t.Log("for a moment")
	bot.keeping(fmt.Errorf("read: %w", store.ErrUnavailable)) //nolint:errcheck // it is what was handed to it
	m.must(m.sim.Wait(m.ctx, func() bool { return told("stopped working") == 1 && told("works again") == 1 }))

	t.Log("for good")
	m.damage()
	for range 3 {
		wants(t, m.slash(m.meera, m.general, "kb queue", nil).Text(), "cannot save anything")
	}
	m.must(m.sim.Wait(m.ctx, func() bool { return told("stopped working") == 2 }))
	if told("works again") != 1 {
		t.Error("it works again")
	}
}

// setUntold is a stage at noon, with a question in the queue and no channel for
// notices yet.
func setUntold(t *testing.T, every time.Duration) (*clocked, *discordsim.Channel) {
	t.Helper()
	c := setWaiting(t)
	noon := time.Now().UTC().Truncate(24 * time.Hour).Add(36 * time.Hour) // never back
	c.passed.Store(int64(time.Until(noon)))
	was := c.setup.bot
	c.setup.bot = func(b *Bot) {
		was(b)
		b.noticesEvery = every
	}
	c.again(0)
	return c, c.guild.Channel("mods")
}

// looksAgain starts the bot anew, some time later, and waits until it has looked
// at the queues.
func (c *clocked) looksAgain(after time.Duration) {
	c.t.Helper()
	const looked = "looked at the queues of all servers"
	c.end() // so that what it has logged is all that it will
	before := strings.Count(c.log.String(), looked)
	c.again(after)
	c.loggedTimes(looked, before+1)
}

// A notice of the queue that Discord does not take is tried again by itself, the
// same day, and comes once.
func TestFaultQueueNoticeIsTriedAgain(t *testing.T) {
	c, mods := setUntold(t, time.Millisecond)
	f := c.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 2 * attempts, Status: 503})
	c.slash(c.meera, c.general, "config notices", discordsim.Opts{"channel": mods})
	m, err := c.meera.Await(c.ctx, mods, func(discordsim.Message) bool { return true })
	c.must(err)
	wants(t, m.Text(), "1 question has no good answer yet.")
	if n := c.sim.Met(f); n != 2*attempts {
		t.Errorf("%d requests failed", n)
	}
	c.loggedTimes("could not be told of their queue; it is tried again", 2)
	t.Log("after a restart it is known to have come, and the next day brings the next")
	looked := func(after time.Duration, want int) {
		t.Helper()
		c.looksAgain(after)
		if n := len(c.meera.Read(mods)); n != want {
			t.Errorf("%d notices, want %d", n, want)
		}
	}
	looked(time.Minute, 1)
	looked(24*time.Hour, 2)
	wants(t, c.click(c.meera, m, "Open the queue").Text(), "how many holidays")
}

// A notice that came, although Discord said that it had failed, is not sent
// again: neither while Discord knows the nonce nor later.
func TestFaultResponseLostOfQueueNotice(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{"at once": 0, "later": 10 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			c, mods := setUntold(t, time.Hour)
			f := c.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: attempts, Status: 502, After: true})
			c.slash(c.meera, c.general, "config notices", discordsim.Opts{"channel": mods})
			c.logged("could not be told of their queue; it is tried again")
			c.looksAgain(after)
			if n := len(c.meera.Read(mods)); n != 1 || c.sim.Met(f) != attempts {
				t.Errorf("%d notices, %d responses were lost", n, c.sim.Met(f))
			}
			if n := strings.Count(c.log.String(), "could not be told of their queue"); n != 1 {
				t.Errorf("it failed %d times", n)
			}
		})
	}
}

// A channel that the bot may not write in is tried once a day.
func TestFaultNobodyToNotice(t *testing.T) {
	c, mods := setUntold(t, time.Millisecond)
	c.slash(c.meera, c.general, "config notices", discordsim.Opts{"channel": mods})
	_, err := c.meera.Await(c.ctx, mods, func(discordsim.Message) bool { return true })
	c.must(err)
	mods.Deny(c.guild.ID, discordsim.ViewChannel|discordsim.SendMessages)
	c.again(24 * time.Hour)
	c.logged("somebody who manages the server can choose another channel")
	c.looksAgain(time.Minute)
	if n := strings.Count(c.log.String(), "moderators could not be told"); n != 1 {
		t.Errorf("it is tried %d times", n)
	}
}
