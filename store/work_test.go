package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/careerbot/careerbot/alerts"
)

// Each test of this kind bears the name of a trap that the queue sets.

// River's default leaves what a killed process was at for an hour.
func TestTrapKilledJobsWaitAnHour(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Dir: t.TempDir()})
	if w := s.waits; w.rescue > time.Minute || w.rescue < w.job || w.rescue > w.nonce {
		t.Errorf("what is killed waits %v; a try may take %v, and its nonce is known for %v", w.rescue, w.job, w.nonce)
	}
}

// A job is done at least once, so what it did and that it is done are committed
// together: of a worker that dies between the two, the next finds nothing to do.
func TestTrapJobsAreDoneTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		s := open(t, o)
		sub, id := due(t, s, c, source(t, s, "g"), "p")
		ctx, stop := context.WithCancel(t.Context())
		err := s.Start(ctx, Work{Careers: noCareers, Fetch: asBefore, Deliver: func(context.Context, Delivery) Outcome {
			stop()
			return Outcome{Result: Sent, Message: "m"}
		}})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "delivery", last(t, s, sub).State, "sent")
		jobs := must(s.queue.JobList(t.Context(), river.NewJobListParams().Kinds("deliver").States(rivertype.JobStateCompleted)))(t)
		equal(t, "completed", len(jobs.Jobs), 1)
		_, err = s.try(t.Context(), id)
		equal(t, "done again", err, errDone)
	})
}

// asBefore fetches nothing.
func asBefore(_ context.Context, src Source) FetchResult {
	src.Next = src.Next.Add(time.Hour)
	return FetchResult{Fetched: src.Fetched, Unchanged: true}
}

// River's own migrations take no lock and fail when two programs are started at
// once; TestMigrateAtOnce starts them. The tables are the ones that the library
// wants.
func TestTrapMigrationsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		m := must(rivermigrate.New(s.driver(nil), &rivermigrate.Config{Logger: s.log}))(t)
		found := must(m.Validate(t.Context(), nil))(t)
		if !found.OK {
			t.Errorf("River has newer tables: add a migration to queueMigrations: %v", found.Messages)
		}
	})
}

// Periodic jobs live in the memory of one process: a weekly one never runs if
// the program is started anew each day. So there is one, each minute, and the
// weeks are in our table: a week after the last start all who are due are told.
func TestTrapPeriodicJobsAreForgotten(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		s := open(t, o)
		src, sub := source(t, s, "g"), looking("p", "g")
		sub.Schedule = alerts.Schedule{Every: alerts.Weekly, Days: alerts.On(time.Monday), Hour: 9, Zone: "Asia/Kolkata"}
		sub = subscribe(t, s, sub)
		c.add(time.Minute)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
		match(t, s)
		c.add(3 * 7 * 24 * time.Hour) // three Mondays, of which the program ran on none
		ctx, stop := context.WithCancel(t.Context())
		sent := 0
		err := s.Start(ctx, Work{Careers: noCareers, Fetch: asBefore, Deliver: func(context.Context, Delivery) Outcome {
			sent++
			stop()
			return Outcome{Result: Sent, Message: "m"}
		}})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "sent", sent, 1)
		next := must(s.Subscription(t.Context(), "p", sub.ID))(t).Due
		equal(t, "next", next, time.Date(2026, 12, 28, 3, 30, 0, 0, time.UTC))
	})
}

// Two ticks of one minute that nobody has begun are one. One that is over keeps
// no other from beginning: neither at a start soon after nor when the clock is
// set back.
func TestTrapTicksAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		minute := time.Now().Truncate(time.Minute)
		for i := range 3 {
			r := must(s.queue.Insert(t.Context(), tickArgs{}, &river.InsertOpts{ScheduledAt: minute.Add(time.Duration(i) * time.Second)}))(t)
			equal(t, "skipped", r.UniqueSkippedAsDuplicate, i > 0)
		}
		r := must(s.queue.Insert(t.Context(), tickArgs{}, &river.InsertOpts{ScheduledAt: minute.Add(time.Minute)}))(t)
		equal(t, "the next minute", r.UniqueSkippedAsDuplicate, false)
		if _, err := s.write.ExecContext(t.Context(), `UPDATE river_job SET state = 'completed', finalized_at = scheduled_at`); err != nil {
			t.Fatal(err)
		}
		r = must(s.queue.Insert(t.Context(), tickArgs{}, &river.InsertOpts{ScheduledAt: minute}))(t)
		equal(t, "a minute that is over", r.UniqueSkippedAsDuplicate, false)
	})
}

// What is put into the queue while the same is at work is dropped if it has to
// be unique. So a delivery is unique by its own id, never by its person, and
// matching is not unique at all.
func TestTrapUniqueJobsAreNoMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		for i := range int64(3) {
			equal(t, "a delivery is skipped", must(s.queue.Insert(ctx, deliverArgs{ID: 1<<60 + i}, nil))(t).UniqueSkippedAsDuplicate, false)
			equal(t, "a match is skipped", must(s.queue.Insert(ctx, matchArgs{}, nil))(t).UniqueSkippedAsDuplicate, false)
		}
		again := must(s.queue.Insert(ctx, deliverArgs{ID: 1 << 60}, nil))(t)
		equal(t, "the same delivery", again.UniqueSkippedAsDuplicate, true)
	})
}

// Processes that share a database share the work, and do nothing of it twice.
func TestTwoAtWork(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		const people = 100
		c := newClock()
		o.Now = c.Now
		s, other := open(t, o), open(t, o)
		src := source(t, s, "")
		for i := range people {
			subscribe(t, s, looking(fmt.Sprint(i), ""))
		}
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
		match(t, s)
		c.add(24 * time.Hour)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		f := &fakeDiscord{nonces: map[string]int{}, sent: make(chan Delivery, 2*people)}
		ended := make(chan error)
		for _, one := range []*Store{s, other} {
			go func() {
				ended <- one.Start(ctx, Work{Careers: noCareers, Fetch: asBefore, Deliver: f.deliver, Rate: 500})
			}()
		}
		told := map[string]int{}
		for range people {
			told[(<-f.sent).Subscription.Person]++
		}
		stop()
		if err := errors.Join(<-ended, <-ended); err != nil {
			t.Fatal(err)
		}
		equal(t, "people told, nonces, and what was sent beyond", []int{len(told), len(f.nonces), len(f.sent)}, []int{people, people, 0})
	})
}

// A queue that was lost, or left behind by Copy, is made anew from what is to be
// sent.
func TestQueueIsMadeAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		s := open(t, o)
		sub, _ := due(t, s, c, source(t, s, "g"), "p")
		if _, err := s.write.ExecContext(t.Context(), `DELETE FROM river_job`); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.requeue(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		jobs := must(s.queue.JobList(t.Context(), river.NewJobListParams().Kinds("deliver")))(t)
		equal(t, "jobs", len(jobs.Jobs), 1)
		equal(t, "state", last(t, s, sub).State, "frozen")
	})
}

// 100,000 people who are due at one hour are told at the rate that is set, and
// leave to those who wait for a reply what Discord allows beyond that.
func TestPace(t *testing.T) {
	t.Parallel()
	const people, limit = 100_000, 50
	c := newClock()
	p := newPace(Rate, c.Now)
	start := c.Now()
	perSecond := map[int64]int{}
	var end time.Duration
	for range people {
		end = p.reserve()
		perSecond[int64(end/time.Second)]++
	}
	random := rand.New(rand.NewPCG(1, 2))
	worst := 0
	for second, sent := range perSecond {
		replies := random.IntN(limit - Rate - Rate/10)
		if worst = max(worst, sent); sent+replies > limit {
			t.Errorf("in second %d there are %d deliveries and %d replies", second, sent, replies)
		}
	}
	if minutes := end.Minutes(); minutes < 41 || minutes > 42 {
		t.Errorf("it takes %.1f minutes; 100,000 at 40 a second take 41.7", minutes)
	}
	if worst > Rate+Rate/10 {
		t.Errorf("%d in one second", worst)
	}
	p = newPace(Rate, c.Now)
	p.hold(time.Minute)
	equal(t, "held", p.reserve(), time.Minute)
	c.add(time.Minute)
	equal(t, "no longer held", p.reserve(), time.Duration(0))
	equal(t, "started", start.Add(time.Minute), c.Now())
}

// sender is a server that takes messages as Discord does: it sends those with
// one nonce once while it remembers it, can be asked for what it has sent,
// refuses people whose messages are closed, fails at times, and at times sends
// and does not answer.
type sender struct {
	window time.Duration // for how long nonces are remembered

	mu     sync.Mutex
	nonces map[string]time.Time
	sent   map[string][]string // ids of deliveries by channel, each time
	count  int
	random *rand.Rand
	reach  chan struct{} // a message was sent
}

// posted is a message to the sender.
type posted struct{ Channel, Nonce, Delivery string }

func (s *sender) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodGet {
		_ = json.NewEncoder(w).Encode(s.sent[r.URL.Query().Get("channel")])
		return
	}
	var p posted
	if err := json.NewDecoder(r.Body).Decode(&p); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if strings.HasSuffix(p.Channel, "-closed") {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	chance := s.random.IntN(1000)
	if chance < 5 {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if at, known := s.nonces[p.Nonce]; !known || time.Since(at) > s.window {
		s.nonces[p.Nonce] = time.Now()
		s.sent[p.Channel] = append(s.sent[p.Channel], p.Delivery)
		s.count++
		select {
		case s.reach <- struct{}{}:
		default:
		}
	}
	if chance < 15 { // sent, and no answer
		panic(http.ErrAbortHandler)
	}
	fmt.Fprint(w, "m"+p.Nonce)
}

// deliverInChild does the background work with the sender at an address until
// there is nothing left, or the process is killed.
func deliverInChild() error {
	s, err := Open(context.Background(), optionsFrom(os.Getenv))
	if err != nil {
		return err
	}
	s.waits = waits{job: 5 * time.Second, rescue: 5 * time.Second, nonce: time.Second}
	return s.Start(context.Background(), Work{
		Careers: noCareers, Fetch: asBefore, Rate: 500,
		Deliver: func(ctx context.Context, d Delivery) Outcome { return deliverOver(ctx, os.Getenv("SENDER"), d) },
	})
}

// deliverOver delivers as the bot does.
func deliverOver(ctx context.Context, address string, d Delivery) Outcome {
	id := fmt.Sprint(d.ID)
	if d.Check {
		r, err := http.Get(address + "?channel=" + d.Subscription.Channel)
		if err != nil {
			return Outcome{Result: Unknown, Err: err}
		}
		defer r.Body.Close()
		var sent []string
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			return Outcome{Result: Unknown, Err: err}
		}
		for _, other := range sent {
			if other == id {
				return Outcome{Result: Sent, Message: "found"}
			}
		}
		if err := d.Wait(ctx); err != nil {
			return Outcome{Result: Unknown, Err: err}
		}
	}
	body, err := json.Marshal(posted{d.Subscription.Channel, d.Nonce, id})
	if err != nil {
		return Outcome{Result: Unknown, Err: err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(string(body)))
	if err != nil {
		return Outcome{Result: Unknown, Err: err}
	}
	r, err := http.DefaultClient.Do(request)
	if err != nil {
		return Outcome{Result: Unknown, Err: err}
	}
	defer r.Body.Close()
	message, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return Outcome{Result: Unknown, Err: err}
	case r.StatusCode == http.StatusForbidden:
		return Outcome{Result: Closed, Reason: "Your messages are closed."}
	case r.StatusCode != http.StatusOK:
		return Outcome{Result: Unknown, Err: errors.New(r.Status)}
	}
	return Outcome{Result: Sent, Message: string(message)}
}

// Whenever the program is killed while it delivers, each message is sent once.
func TestKilledWhileDelivering(t *testing.T) {
	if os.Getenv("LONG") == "" {
		t.Skip("slow: set LONG=1")
	}
	const people, kills = 5000, 6
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		s.now = func() time.Time { return time.Now().Add(-24 * time.Hour) }
		src := source(t, s, "")
		closed := 0
		for i := range people {
			sub := looking(fmt.Sprint(i), "")
			if i%20 == 0 {
				sub.Channel += "-closed"
				closed++
			}
			subscribe(t, s, sub)
		}
		time.Sleep(2 * time.Millisecond) // so that the job is newer than the last of them
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
		equal(t, "hits", match(t, s), int64(people))
		if _, err := s.write.ExecContext(t.Context(), `UPDATE subscription SET next_due = 1`); err != nil {
			t.Fatal(err)
		}
		sender := &sender{
			window: 3 * time.Second, nonces: map[string]time.Time{}, sent: map[string][]string{}, random: rand.New(rand.NewPCG(1, 2)), reach: make(chan struct{}, 2*people),
		}
		server := httptest.NewServer(sender)
		defer server.Close()
		start := func() *exec.Cmd {
			cmd := child(t, "deliver", append(where(o), "SENDER="+server.URL)...)
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			return cmd
		}
		random := rand.New(rand.NewPCG(3, 4))
		for range kills {
			cmd := start()
			for range 200 + random.IntN(500) {
				<-sender.reach
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // it was killed
		}
		cmd := start()
		for {
			var done int
			if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM subscription_delivery WHERE done_at > 0`).Scan(&done); err != nil {
				t.Fatal(err)
			}
			if done == people {
				break
			}
			time.Sleep(100 * time.Millisecond) // another process is at it
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		sender.mu.Lock()
		defer sender.mu.Unlock()
		lost, twice := 0, 0
		for i := range people {
			switch n := len(sender.sent[fmt.Sprintf("dm-%d", i)]); {
			case i%20 == 0:
			case n == 0:
				lost++
			case n > 1:
				twice++
			}
		}
		equal(t, "lost and sent twice", []int{lost, twice}, []int{0, 0})
		equal(t, "sent", sender.count, people-closed)
	})
}
