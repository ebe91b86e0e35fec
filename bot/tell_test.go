package bot

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// holidayEntry answers the question of holidays.
var holidayEntry = knowledge.Entry{
	EntryKey: knowledge.EntryKey{Article: "back-end-developer", Kind: knowledge.FAQEntry, ID: "holidays"},
	FAQ: &knowledge.FAQ{
		ID: "holidays", Question: "How many holidays do back-end developers get?", Answer: "Most firms in this community give 24 days a year.", Topic: knowledge.Workplace,
	},
}

// clocked is a moderated stage whose clocks go forward by passed. The question
// of holidays is open, and two people wait to be told: one asked openly, one
// privately.
type clocked struct {
	moderated
	passed *atomic.Int64
	setup  setting
	openly discordsim.Message // the answer to who asked openly
}

const holidays = "how many holidays do back-end developers get?"

func setWaiting(t *testing.T) *clocked {
	t.Helper()
	c, dir := &clocked{passed: &atomic.Int64{}}, t.TempDir()
	now := func() time.Time { return time.Now().Add(time.Duration(c.passed.Load())) }
	c.setup = shipped
	c.setup.sim = func(o *discordsim.Options) { o.Now = now }
	c.setup.bot = func(b *Bot) {
		shipped.bot(b)
		b.now = now
	}
	c.setup.cfg = func(cfg *Config) {
		cfg.Open = func(ctx context.Context) (*store.Store, error) {
			return store.Open(ctx, store.Options{Dir: dir, Now: now})
		}
	}
	c.moderated = setModerated(t, c.setup)
	c.dir = dir
	c.openly = c.ask(c.asha, holidays)
	c.click(c.asha, c.openly, "Tell me when you know")
	c.click(c.ravi, c.slash(c.ravi, c.general, "ask", discordsim.Opts{"question": holidays, "private": true}), "Tell me when you know")
	return c
}

// again starts the bot anew, some time later.
func (c *clocked) again(after time.Duration) {
	c.t.Helper()
	c.end()
	c.passed.Add(int64(after))
	n := len(c.sim.Identifies())
	c.start(c.setup)
	c.must(c.sim.Wait(c.ctx, func() bool { return len(c.sim.Identifies()) > n }))
	c.running()
}

// publish answers the question of holidays.
func (c *clocked) publish() {
	c.t.Helper()
	dialog := c.reopened(c.meera, c.slash(c.meera, c.general, "kb queue", nil), "Answer")
	preview := c.sent(c.meera, dialog, map[string]string{"answer": "Most firms in this community give 24 days a year."})
	wants(c.t, c.click(c.meera, preview, "Publish").Text(), "Published", "I tell 2 people")
}

// settled waits until nobody waits to be told, and checks how often each was.
func (c *clocked) settled(openly, privately int) {
	c.t.Helper()
	s := c.kept(store.Options{})
	for {
		var waits []string
		for _, u := range []*discordsim.User{c.asha, c.ravi} {
			p, err := s.Person(c.ctx, u.ID)
			c.must(err)
			for _, w := range p.Waiting {
				if w.Told.IsZero() {
					waits = append(waits, u.Name)
				}
			}
		}
		if waits == nil {
			break
		}
		if sleep(c.ctx, 20*time.Millisecond) != nil {
			c.t.Fatalf("%q still wait", waits)
		}
	}
	if a, r := telling(c.asha, c.general), telling(c.ravi, c.ravi.DM()); a != openly || r != privately {
		c.t.Errorf("told %d and %d times, not %d and %d", a, r, openly, privately)
	}
}

// A process that ends after it has published, and before it has told anybody,
// leaves that to the next.
func TestFaultEndBeforeTelling(t *testing.T) {
	c := setWaiting(t)
	c.end()
	t.Log("published by a process that dies")
	s := c.kept(store.Options{})
	list, _, err := s.Queue(c.ctx, c.guild.ID, 0, 9)
	c.must(err)
	d, err := s.SaveDraft(c.ctx, store.Draft{
		Guild: c.guild.ID, Author: c.meera.ID, Questions: []int64{list[0].ID}, Changes: []store.Change{{Entry: holidayEntry, Action: store.Add}},
	})
	c.must(err)
	p, err := s.Publish(c.ctx, c.guild.ID, d.ID, c.meera.ID)
	c.must(err)
	if len(p.Tell) != 2 {
		t.Fatalf("%d wait", len(p.Tell))
	}
	c.again(2 * store.Lease)
	m := c.told(c.asha, c.general)
	if m.ReplyTo != c.openly.ID || fmt.Sprint(m.Pings.Users) != fmt.Sprint([]string{c.asha.ID}) {
		t.Errorf("replies to %q, pings %+v", m.ReplyTo, m.Pings)
	}
	c.told(c.ravi, c.ravi.DM())
	c.settled(1, 1)
	c.again(2 * store.Lease)
	c.settled(1, 1)
}

// A lost response is no reason to say it twice.
func TestFaultResponseLostWhenTelling(t *testing.T) {
	c := setWaiting(t)
	f := c.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, After: true, Drop: true})
	c.publish()
	c.settled(1, 1)
	if c.sim.Met(f) != 1 {
		t.Error("no response was lost")
	}
}

// A process that ends after somebody was told, before it has noted that: when
// Discord no longer knows the nonce, what was said is found where it was said.
func TestFaultEndAfterTelling(t *testing.T) {
	c := setWaiting(t)
	f := c.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 2 * attempts, After: true, Drop: true})
	c.publish()
	c.loggedTimes("it is tried again", 2)
	if c.sim.Met(f) != 2*attempts {
		t.Errorf("%d responses were lost", c.sim.Met(f))
	}
	for range 2 {
		c.again(10 * time.Minute)
		c.settled(1, 1)
	}
}

// Who cannot be told is given up: once, and not tried for ever.
func TestFaultNobodyToTell(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before            func(*clocked)
		openly, privately int
	}{
		"closed direct messages": {func(c *clocked) { c.ravi.CloseDMs() }, 1, 0},
		"a channel where the bot may no longer write": {func(c *clocked) {
			c.general.Deny(c.guild.ID, discordsim.SendMessages)
		}, 0, 1},
		"a channel that the bot no longer sees": {func(c *clocked) { c.general.Deny(c.sim.Bot().ID, discordsim.ViewChannel) }, 0, 1},
		"people who have left":                  {func(c *clocked) { c.guild.Leave(c.asha); c.guild.Leave(c.ravi) }, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := setWaiting(t)
			dialog := c.reopened(c.meera, c.slash(c.meera, c.general, "kb queue", nil), "Answer")
			preview := c.sent(c.meera, dialog, map[string]string{"answer": "Most firms in this community give 24 days a year."})
			test.before(c)
			seen := func() int { return len(c.sim.Calls("POST /channels/*/messages")) }
			it, err := c.meera.Click(preview.ID, "Publish")
			c.must(err)
			c.must(it.Acknowledged(c.ctx))
			c.logged("cannot be told")
			s := c.kept(store.Options{})
			for _, u := range []*discordsim.User{c.asha, c.ravi} {
				for {
					p, err := s.Person(c.ctx, u.ID)
					c.must(err)
					if !p.Waiting[0].Told.IsZero() {
						break
					}
					if sleep(c.ctx, 20*time.Millisecond) != nil {
						t.Fatalf("%s still waits", u.Name)
					}
				}
			}
			n := seen()
			c.again(10 * time.Minute)
			if got := strings.Count(c.log.String(), "cannot be told"); got != 2-test.openly-test.privately {
				t.Errorf("%d could not be told", got)
			}
			if seen() != n {
				t.Error("it was tried again")
			}
		})
	}
}
