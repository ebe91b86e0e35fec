package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
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
		killedWhileDelivering(t, store.Options{Dir: dir}, "DATA_DIR="+dir)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url, err := postgreses.Database(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		killedWhileDelivering(t, store.Options{URL: url}, "DATABASE_URL="+url)
	})
}

// subscriber is one of those who are to be told.
type subscriber struct {
	user   *discordsim.User
	place  *discordsim.Channel // where they use commands
	closed bool                // to direct messages
	sub    store.Subscription
}

func killedWhileDelivering(t *testing.T, o store.Options, where string) {
	const (
		people = 5000
		kills  = 6
		send   = "POST /channels/*/messages"
		day    = 24 * time.Hour
	)
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Minute)
	defer cancel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	// What happened before: people subscribed, and jobs came on each of three days.
	var passed atomic.Int64 // of the time that everybody goes by
	now := func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	sim, err := discordsim.New(discordsim.Options{Now: now})
	must(err)
	defer sim.Close()
	passed.Store(-int64(4 * day))
	o.Now = now
	s, err := store.Open(ctx, o)
	must(err)
	defer s.Close()
	src, err := s.AddSource(ctx, store.Source{Kind: "greenhouse", URL: "https://boards.greenhouse.io/acme", Name: "Acme"})
	must(err)
	fetched := func(r store.FetchResult) {
		t.Helper()
		r.Fetched = store.Fetched{Next: time.Now().Add(40 * time.Hour), Seeded: now(), Worked: now()}
		_, err := s.SaveFetched(ctx, src.ID, r)
		must(err)
	}
	fetched(store.FetchResult{Baseline: true})
	words, err := alerts.ParseWords("baker")
	must(err)
	guild := sim.Guild("Careers")
	subscribers := make([]subscriber, people)
	for i := range subscribers {
		u := sim.User(fmt.Sprint("person ", i))
		p := subscriber{user: u, place: u.DM(), closed: i%20 == 0}
		sub := store.Subscription{Subscription: alerts.Subscription{
			Person: u.ID, Query: alerts.Query{Words: words}, Schedule: alerts.Schedule{Every: alerts.Daily, Hour: 9, Zone: "Asia/Kolkata"},
		}}
		if i%11 == 0 { // on a server, of which they have to be a member still
			p.place, sub.Guild = guild.General(), guild.ID
			guild.Join(u)
		} else {
			must(u.Install())
		}
		if i%25 != 0 { // else the conversation has to be opened
			sub.Channel = u.DM().ID
		}
		if p.closed {
			u.CloseDMs()
		}
		p.sub, err = s.AddSubscription(ctx, sub, 1)
		must(err)
		subscribers[i] = p
	}
	titles := []string{"Baker of bread", "Baker of rolls", "Baker of cakes"}
	for i, title := range titles {
		passed.Store(-int64(time.Duration(len(titles)-i) * day))
		fetched(store.FetchResult{Jobs: []alerts.Job{{ExternalID: title, Title: title, Company: fmt.Sprint("Acme ", i), Apply: fmt.Sprint("https://acme.example/", i), Posted: now()}}})
		n, err := s.Match(ctx, func(string, string) []string { return nil })
		must(err)
		if n != people {
			t.Fatalf("%d are to be told of %s", n, title)
		}
	}
	passed.Store(0)

	// What Discord does to messages. Most are taken, and answered late.
	lost := sim.Fail(send, discordsim.Fault{Every: 97, After: true, Drop: true})
	failed := sim.Fail(send, discordsim.Fault{Every: 193, Status: 500})
	taken := sim.Fail(send, discordsim.Fault{After: true, Delay: 300 * time.Millisecond})

	home := t.TempDir()
	logged, err := os.Create(filepath.Join(home, "log"))
	must(err)
	defer logged.Close()
	t.Cleanup(func() {
		if text, err := os.ReadFile(logged.Name()); t.Failed() && err == nil {
			t.Logf("log, at the end:\n%s", text[max(0, len(text)-20_000):])
		}
	})
	start := func() *exec.Cmd {
		t.Helper()
		cmd := exec.CommandContext(ctx, "careerbot", "run")
		cmd.Dir, cmd.Stderr = home, logged
		cmd.Env = []string{
			"DISCORD_API=" + sim.URL(), "DISCORD_TOKEN=" + sim.Token(), "QUESTIONS_PER_MINUTE=0", where,
			"CLOCK_AHEAD=" + time.Duration(passed.Load()).String(),
		}
		must(cmd.Start())
		return cmd
	}
	begun := time.Now()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range kills {
		cmd := start()
		until := sim.Met(taken) + 1 // the first time while it is still found out who is due
		if i > 0 {
			until += 200 + random.IntN(400)
		}
		must(sim.Wait(ctx, func() bool { return sim.Met(taken) >= until }))
		must(cmd.Process.Kill())
		died, isExit := errors.AsType[*exec.ExitError](cmd.Wait())
		if !isExit || died.ExitCode() != -1 {
			t.Fatalf("start %d ended by itself", i+1)
		}
		if i == kills/2 {
			passed.Store(int64(10 * time.Minute))
		}
	}
	last := start()
	must(sim.Wait(ctx, func() bool { return sim.Met(taken) >= people }))
	became := make([]store.Delivered, people) // of each delivery
	for open := len(became); open > 0; {
		open = 0
		for i, p := range subscribers {
			if became[i].Done.IsZero() {
				why, err := s.Why(ctx, p.user.ID, p.sub.ID)
				must(err)
				became[i] = why.Last
			}
			if became[i].Done.IsZero() {
				open++
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d messages were not sent in the time of the test", open)
		case <-time.After(time.Second): // nobody tells of what another program has written
		}
	}
	took := time.Since(begun)

	never, twice, refused := 0, 0, 0
	for i, p := range subscribers {
		var digests []discordsim.Message
		for _, m := range p.user.Read(p.user.DM()) {
			if strings.Contains(m.Text(), "for your alert") {
				digests = append(digests, m)
			}
		}
		sub, err := s.Subscription(ctx, p.user.ID, p.sub.ID)
		must(err)
		d := became[i]
		switch {
		case p.closed:
			refused++
			if len(digests) > 0 || sub.State != alerts.Paused || sub.Reason == "" || d.State != "failed" {
				t.Errorf("%s takes no messages: %d arrived, the alert is %s (%q), the delivery %s (%s)", p.user.Name, len(digests), sub.State, sub.Reason, d.State, d.Reason)
			}
		case len(digests) == 0:
			never++
		case len(digests) > 1:
			twice++
		default:
			m := digests[0]
			if id, _, _ := strings.Cut(m.Nonce, "-"); id != fmt.Sprint(d.ID) || m.ID != d.Message || d.State != "sent" {
				t.Errorf("%s has message %s of delivery %s; what is noted is %+v", p.user.Name, m.ID, id, d)
			}
			if slices.ContainsFunc(titles, func(title string) bool { return !strings.Contains(m.Text(), title) }) {
				t.Errorf("%s is told\n%s", p.user.Name, m.Text())
			}
			if sub.State != alerts.Active || !sub.Due.After(now()) {
				t.Errorf("the alert of %s is %s, and due again at %v", p.user.Name, sub.State, sub.Due)
			}
		}
	}
	again, limited, nonces := 0, 0, map[string]bool{}
	for _, call := range sim.Calls(send) {
		var body struct {
			Nonce string `json:"nonce"`
		}
		if json.Unmarshal(call.Body, &body) == nil && nonces[body.Nonce] {
			again++
		}
		nonces[body.Nonce] = true
	}
	for _, call := range sim.Calls("*") {
		if call.Status == 429 {
			limited++
		}
	}
	lookedFor := len(sim.Calls("GET /channels/*/messages"))
	t.Logf("%d deliveries, %d kills: %d lost, %d twice, %d to people who take none; in %.0f s; %d answers lost, %d failures, %d sent again with the same nonce, %d looked for, %d refused for the rate",
		people, kills, never, twice, refused, took.Seconds(), sim.Met(lost), sim.Met(failed), again, lookedFor, limited)
	if never > 0 || twice > 0 || limited > 0 {
		t.Error("it should be none")
	}
	if again < kills || lookedFor < kills {
		t.Error("it was never killed at a moment that matters")
	}

	// Whoever takes no messages reads why nothing comes, when they next do anything.
	must(sim.Ready(ctx))
	for _, i := range []int{0, 20, 220, 240} {
		p := subscribers[i]
		it, err := p.user.Slash(p.place, "help", nil)
		must(err)
		_, err = it.Reply(ctx)
		must(err)
		_, err = p.user.Await(ctx, p.place, func(m discordsim.Message) bool {
			return m.Ephemeral && strings.Contains(m.Text(), "paused job alerts")
		})
		must(err)
	}
	must(last.Process.Signal(syscall.SIGTERM))
	must(last.Wait())
	tries, err := s.DeliverAll(ctx, func(context.Context, store.Delivery) store.Outcome { return store.Outcome{} })
	if must(err); tries > 0 {
		t.Errorf("%d deliveries are still to be made", tries)
	}
	if text, err := os.ReadFile(logged.Name()); err != nil || bytes.Contains(text, []byte("level=ERROR")) {
		t.Errorf("there are errors in the log (%v)", err)
	}
	for _, v := range sim.Violations() {
		t.Errorf("the bot broke a rule of Discord: %s", v)
	}
}
