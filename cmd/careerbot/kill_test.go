package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

// The program has been down for four days, in which 5,000 people were due three
// times. It is started, and killed six times while it tells them, by a Discord
// that answers late, loses one answer in a hundred, fails now and then and
// refuses one person in twenty; before one of the starts it is down for longer
// than a nonce is remembered. Everybody is told once, of all of it.
func TestKilledWhileDelivering(t *testing.T) {
	if os.Getenv("LONG") == "" {
		t.Skip("takes minutes: set LONG=1")
	}
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		runKilled(t, store.Options{Dir: dir}, "DATA_DIR="+dir)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url, err := postgreses.Database(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		runKilled(t, store.Options{URL: url}, "DATABASE_URL="+url)
	})
}

// The proof's size, and what is told.
const (
	subscribers = 5000
	kills       = 6
	sending     = "POST /channels/*/messages"
)

var bakers = []string{"Baker of bread", "Baker of rolls", "Baker of cakes"} // one came each day

// killing is a program that is killed, and those whom it tells.
type killing struct {
	*testing.T
	ctx    context.Context
	sim    *discordsim.Sim
	kept   *store.Store
	passed atomic.Int64 // of the time that everybody goes by
	people []subscriber
	home   string // of the program
	log    *os.File
}

// subscriber is one of those who are to be told.
type subscriber struct {
	user   *discordsim.User
	place  *discordsim.Channel // where they use commands
	closed bool                // to direct messages
	sub    store.Subscription
}

func (c *killing) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *killing) now() time.Time { return time.Now().Add(time.Duration(c.passed.Load())) }

func runKilled(t *testing.T, o store.Options, where string) {
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	defer cancel()
	c := &killing{T: t, ctx: ctx, home: t.TempDir()}
	var err error
	c.sim, err = discordsim.New(discordsim.Options{Now: c.now})
	c.must(err)
	defer c.sim.Close()
	o.Now = c.now
	c.kept, err = store.Open(ctx, o)
	c.must(err)
	defer c.kept.Close()
	c.log, err = os.Create(filepath.Join(c.home, "log"))
	c.must(err)
	defer c.log.Close()
	t.Cleanup(func() {
		if text, err := os.ReadFile(c.log.Name()); t.Failed() && err == nil {
			t.Logf("log, at the end:\n%s", text[max(0, len(text)-20_000):])
		}
	})
	c.happened()

	lost := c.sim.Fail(sending, discordsim.Fault{Every: 97, After: true, Drop: true})
	failed := c.sim.Fail(sending, discordsim.Fault{Every: 193, Status: 500})
	taken := c.sim.Fail(sending, discordsim.Fault{After: true, Delay: 150 * time.Millisecond})
	begun := time.Now()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range kills {
		cmd := c.start(where)
		until := c.sim.Met(taken) + 1 // the first time while it is still found out who is due
		if i > 0 {
			until += 200 + random.IntN(400)
		}
		c.must(c.sim.Wait(ctx, func() bool { return c.sim.Met(taken) >= until }))
		c.must(cmd.Process.Kill())
		died, isExit := errors.AsType[*exec.ExitError](cmd.Wait())
		if !isExit || died.ExitCode() != -1 {
			t.Fatalf("start %d ended by itself", i+1)
		}
		if i == kills/2 { // nobody knows a nonce any more
			c.passed.Store(int64(10 * time.Minute))
		}
	}
	last := c.start(where)
	// Not for all: what a lost answer was about is found where it was said.
	c.must(c.sim.Wait(ctx, func() bool { return c.sim.Met(taken) >= subscribers*9/10 }))
	became := c.became()
	took := time.Since(begun)
	never, twice := c.told(became)
	again, limited, nonces := 0, 0, map[string]bool{}
	for _, call := range c.sim.Calls("*") {
		if call.Status == http.StatusTooManyRequests {
			limited++
		}
	}
	for _, call := range c.sim.Calls(sending) {
		var body struct {
			Nonce string `json:"nonce"`
		}
		if json.Unmarshal(call.Body, &body) == nil && nonces[body.Nonce] {
			again++
		}
		nonces[body.Nonce] = true
	}
	looked := len(c.sim.Calls("GET /channels/*/messages"))
	t.Logf("%d deliveries, %d kills: %d lost, %d twice; in %.0f s; %d answers lost, %d failures, %d sent again with the same nonce, %d looked for, %d refused for the rate",
		subscribers, kills, never, twice, took.Seconds(), c.sim.Met(lost), c.sim.Met(failed), again, looked, limited)
	if never > 0 || twice > 0 || limited > 0 {
		t.Error("it should be none")
	}
	if again < kills || looked < kills {
		t.Error("it was never killed at a moment that matters")
	}

	c.explained()
	c.must(last.Process.Signal(syscall.SIGTERM))
	c.must(last.Wait())
	tries, err := c.kept.DeliverAll(ctx, func(context.Context, store.Delivery) store.Outcome { return store.Outcome{} })
	if c.must(err); tries > 0 {
		t.Errorf("%d deliveries are still to be made", tries)
	}
	if text, err := os.ReadFile(c.log.Name()); err != nil || bytes.Contains(text, []byte("level=ERROR")) {
		t.Errorf("there are errors in the log (%v)", err)
	}
	for _, v := range c.sim.Violations() {
		t.Errorf("the bot broke a rule of Discord: %s", v)
	}
}

// happened is what the program has to catch up with: four days ago people
// subscribed, on a server or by direct message, and one job came each day since.
func (c *killing) happened() {
	const day = 24 * time.Hour
	c.passed.Store(-int64(4 * day))
	src, err := c.kept.AddSource(c.ctx, store.Source{Kind: "greenhouse", URL: "https://boards.greenhouse.io/acme", Name: "Acme"})
	c.must(err)
	fetched := func(r store.FetchResult) {
		c.Helper()
		r.Fetched = store.Fetched{Next: time.Now().Add(40 * time.Hour), Seeded: c.now(), Worked: c.now()}
		_, err := c.kept.SaveFetched(c.ctx, src.ID, r)
		c.must(err)
	}
	fetched(store.FetchResult{Baseline: true})
	words, err := alerts.ParseWords("baker")
	c.must(err)
	guild := c.sim.Guild("Careers")
	for i := range subscribers {
		u := c.sim.User(fmt.Sprint("person ", i))
		v := subscriber{user: u, place: u.DM(), closed: i%20 == 0}
		sub := store.Subscription{Subscription: alerts.Subscription{
			Person: u.ID, Query: alerts.Query{Words: words}, Schedule: alerts.Schedule{Every: alerts.Daily, Hour: 9, Zone: "Asia/Kolkata"},
		}}
		if i%11 == 0 { // on a server, of which they have to be a member still
			v.place, sub.Guild = guild.General(), guild.ID
			guild.Join(u)
		} else {
			c.must(u.Install())
		}
		if i%25 != 0 { // else the conversation has to be opened
			sub.Channel = u.DM().ID
		}
		if v.closed {
			u.CloseDMs()
		}
		v.sub, err = c.kept.AddSubscription(c.ctx, sub, 1)
		c.must(err)
		c.people = append(c.people, v)
	}
	for i, title := range bakers {
		c.passed.Store(-int64(time.Duration(len(bakers)-i) * day))
		fetched(store.FetchResult{Jobs: []alerts.Job{{ExternalID: title, Title: title, Company: fmt.Sprint("Acme ", i), Apply: fmt.Sprint("https://acme.example/", i), Posted: c.now()}}})
		n, err := c.kept.Match(c.ctx, func(string, string) []string { return nil })
		if c.must(err); n != subscribers {
			c.Fatalf("%d are to be told of %s", n, title)
		}
	}
	c.passed.Store(0)
}

// start starts the program.
func (c *killing) start(where string) *exec.Cmd {
	c.Helper()
	cmd := exec.CommandContext(c.ctx, "careerbot", "run")
	cmd.Dir, cmd.Stderr = c.home, c.log
	cmd.Env = []string{
		"DISCORD_API=" + c.sim.URL(), "DISCORD_TOKEN=" + c.sim.Token(), "QUESTIONS_PER_MINUTE=0", where,
		"CLOCK_AHEAD=" + time.Duration(c.passed.Load()).String(),
	}
	c.must(cmd.Start())
	return cmd
}

// became waits until nothing is to be sent any more, and tells what is noted of
// each delivery.
func (c *killing) became() []store.Delivered {
	list := make([]store.Delivered, len(c.people))
	for open := len(list); open > 0; {
		open = 0
		for i, v := range c.people {
			if list[i].Done.IsZero() {
				why, err := c.kept.Why(c.ctx, v.user.ID, v.sub.ID)
				c.must(err)
				list[i] = why.Last
			}
			if list[i].Done.IsZero() {
				open++
			}
		}
		select {
		case <-c.ctx.Done():
			c.Fatalf("%d messages were not sent in the time of the test", open)
		case <-time.After(time.Second): // nobody tells of what another program has written
		}
	}
	return list
}

// told counts those who were not told, and those who were more than once. It
// compares what people have with what is noted: each who takes messages has one,
// of all jobs, and is due again; each who does not is paused.
func (c *killing) told(became []store.Delivered) (never, twice int) {
	for i, v := range c.people {
		var digests []discordsim.Message
		for _, m := range v.user.Read(v.user.DM()) {
			if strings.Contains(m.Text(), "for your alert") {
				digests = append(digests, m)
			}
		}
		sub, err := c.kept.Subscription(c.ctx, v.user.ID, v.sub.ID)
		c.must(err)
		d := became[i]
		switch {
		case v.closed:
			if len(digests) > 0 || sub.State != alerts.Paused || sub.Reason == "" || d.State != "failed" {
				c.Errorf("%s takes no messages: %d arrived, the alert is %s (%q), the delivery %s (%s)", v.user.Name, len(digests), sub.State, sub.Reason, d.State, d.Reason)
			}
		case len(digests) == 0:
			never++
		case len(digests) > 1:
			twice++
		default:
			m := digests[0]
			if id, _, _ := strings.Cut(m.Nonce, "-"); id != fmt.Sprint(d.ID) || m.ID != d.Message || d.State != "sent" {
				c.Errorf("%s has message %s of delivery %s; what is noted is %+v", v.user.Name, m.ID, id, d)
			}
			if slices.ContainsFunc(bakers, func(title string) bool { return !strings.Contains(m.Text(), title) }) {
				c.Errorf("%s is told\n%s", v.user.Name, m.Text())
			}
			if sub.State != alerts.Active || !sub.Due.After(c.now()) {
				c.Errorf("the alert of %s is %s, and due again at %v", v.user.Name, sub.State, sub.Due)
			}
		}
	}
	return never, twice
}

// explained has some of those who take no messages do something, at which they
// read why nothing comes.
func (c *killing) explained() {
	c.must(c.sim.Ready(c.ctx))
	for _, i := range []int{0, 20, 220, 240} {
		v := c.people[i]
		it, err := v.user.Slash(v.place, "help", nil)
		c.must(err)
		_, err = it.Reply(c.ctx)
		c.must(err)
		_, err = v.user.Await(c.ctx, v.place, func(m discordsim.Message) bool {
			return m.Ephemeral && strings.Contains(m.Text(), "paused job alerts")
		})
		c.must(err)
	}
}
