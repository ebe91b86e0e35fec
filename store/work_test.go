package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
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
	c := s.config(working{})
	if wait := c.RescueStuckJobsAfter; wait == 0 || wait > time.Minute || wait < c.JobTimeout || wait > s.waits.nonce {
		t.Errorf("what is killed waits %v; a try may take %v, and its nonce is known for %v", wait, c.JobTimeout, s.waits.nonce)
	}
}

// River takes no kind of one letter, and so none of ours is: each can be put into
// the queue by a client that works, which refuses such a kind.
func TestTrapKindsOfOneLetter(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		client := must(river.NewClient(s.driver(nil), s.config(working{})))(t)
		for _, args := range []river.JobArgs{tickArgs{}, fetchArgs{}, matchArgs{}, deliverArgs{}} {
			must(client.Insert(t.Context(), args, nil))(t)
		}
		c := s.config(working{})
		river.AddWorker(c.Workers, river.WorkFunc(func(context.Context, *river.Job[letterArgs]) error { return nil }))
		if _, err := river.NewClient(s.driver(nil), c); err == nil {
			t.Error("a kind of one letter is taken: leave River its check of them")
		}
	})
}

type letterArgs struct{}

func (letterArgs) Kind() string { return "x" }

// River limits how many jobs are worked at and not how many a second. So all who
// deliver keep one pace, in which each request has its place.
func TestTrapNoRateForAll(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		const people, requests = 10, 2
		c := newClock()
		o.Now = c.Now
		s := open(t, o)
		src := source(t, s, "g")
		for i := range people {
			due(t, s, c, src, fmt.Sprint(i))
		}
		p, told := newPace(c.Now), make(chan error, people)
		client := must(river.NewClient(s.driver(nil), s.config(working{store: s, pace: p, work: Work{
			Careers: noCareers, Fetch: asBefore,
			Deliver: func(ctx context.Context, d Delivery) Outcome {
				told <- d.Wait(ctx)
				return Outcome{Result: Sent, Message: "m"}
			},
		}})))(t)
		if err := client.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range people {
			if err := <-told; err != nil {
				t.Error(err)
			}
		}
		if err := client.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		// Its clock stands still: of what was taken nothing has been given back.
		equal(t, "the next request waits", p.reserve(), time.Second*(people*requests+1-perSecond/10)/perSecond)
	})
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

// A job has so many attempts, and a pause that Discord wants is none: neither in
// the queue nor in what is known of the nonce. It holds for all that are due.
func TestTrapPausesAreNoAttempts(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		const people, pauses = 3, 4
		c := newClock()
		o.Now = c.Now
		s := open(t, o)
		src := source(t, s, "g")
		for i := range people {
			due(t, s, c, src, fmt.Sprint(i))
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var mu sync.Mutex
		held, sent := 0, 0
		err := s.Start(ctx, Work{Careers: noCareers, Fetch: asBefore, Deliver: func(_ context.Context, d Delivery) Outcome {
			mu.Lock()
			defer mu.Unlock()
			if d.Try != 1 || d.Check {
				t.Errorf("try %d, to be looked for: %v", d.Try, d.Check)
			}
			if held < pauses {
				held++
				return Outcome{Result: Hold, After: 1100 * time.Millisecond}
			}
			if sent++; sent == people {
				stop()
			}
			return Outcome{Result: Sent, Message: "m"}
		}})
		if err != nil {
			t.Fatal(err)
		}
		jobs := must(s.queue.JobList(t.Context(), river.NewJobListParams().Kinds("deliver").States(rivertype.JobStateCompleted)))(t)
		equal(t, "completed", len(jobs.Jobs), people)
		for _, job := range jobs.Jobs {
			equal(t, "attempt", job.Attempt, 1)
		}
	})
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
		const over = `UPDATE river_job SET state = 'completed', finalized_at = scheduled_at` //nolint:misspell // a column of River's
		if _, err := s.write.ExecContext(t.Context(), over); err != nil {
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

// However long fetches take, and however many wait, whoever is due is told.
func TestTicksDoNotWaitForFetches(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		s := open(t, o)
		src := source(t, s, "g")
		for i := range 2 * fetchers {
			must(s.AddSource(t.Context(), Source{Guild: "g", Kind: "page", URL: fmt.Sprint("slow", i), AddedBy: "ann"}))(t)
		}
		if err := s.Tick(t.Context()); err != nil { // so that the fetches are in the queue before the first tick is
			t.Fatal(err)
		}
		sub := subscribe(t, s, looking("p", "g"))
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
		match(t, s)
		c.add(24 * time.Hour)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		told := make(chan struct{})
		err := s.Start(ctx, Work{
			Careers: noCareers,
			Fetch: func(_ context.Context, src Source) FetchResult {
				select {
				case <-told:
				case <-ctx.Done():
				}
				return asBefore(ctx, src)
			},
			Deliver: func(context.Context, Delivery) Outcome {
				close(told)
				stop()
				return Outcome{Result: Sent, Message: "m"}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "delivery", last(t, s, sub).State, "sent")
	})
}

// A source of which the fetch has to wait until it is claimed again is in the
// queue once; while it is fetched nobody else gets it, and it is not fetched at
// all if that was done meanwhile.
func TestFetchesThatWait(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := must(s.AddSource(ctx, Source{Guild: "g", Kind: "page", URL: "slow", AddedBy: "ann"}))(t)
		queued := func() int {
			return len(must(s.queue.JobList(ctx, river.NewJobListParams().Kinds("fetch").States(notOver...)))(t).Jobs)
		}
		tick := func() {
			t.Helper()
			if err := s.Tick(ctx); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			tick()
			equal(t, "in the queue", queued(), 1)
			c.add(sourceLease - time.Second)
			must(s.leaseSource(ctx, src.ID))(t) // as when the fetch begins
			c.add(time.Second)
			equal(t, "claimed by another", len(must(s.ClaimSources(ctx, 9))(t)), 0)
			c.add(sourceLease)
		}
		fetched(t, s, src, FetchResult{})
		_, err := s.leaseSource(ctx, src.ID)
		equal(t, "fetched meanwhile", err, ErrNotFound)
		must(s.SaveFetched(ctx, src.ID, FetchResult{Fetched: Fetched{Disabled: "It is gone."}}))(t)
		_, err = s.leaseSource(ctx, src.ID)
		equal(t, "disabled", err, ErrNotFound)
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
				ended <- one.Start(ctx, Work{Careers: noCareers, Fetch: asBefore, Deliver: f.deliver})
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

// 100,000 people who are due at one hour are told at the rate that is set: in no
// second are there many more requests. An alert that was made in direct messages
// takes one, one of a server two: are they a member still, and the message. That
// they give way to replies is the bot's.
func TestPace(t *testing.T) {
	t.Parallel()
	const people = 100_000
	c := newClock()
	start := c.Now()
	for requests, minutes := range map[int]float64{1: 41.7, 2: 83.3} {
		p := newPace(c.Now)
		inSecond := map[int64]int{}
		var end time.Duration
		for range people * requests {
			end = p.reserve()
			inSecond[int64(end/time.Second)]++
		}
		if took := end.Minutes(); math.Abs(took-minutes) > 0.1 {
			t.Errorf("with %d requests each it takes %.1f minutes; at %d a second it is %.1f", requests, took, perSecond, minutes)
		}
		if worst := slices.Max(slices.Collect(maps.Values(inSecond))); worst > perSecond+perSecond/10 {
			t.Errorf("%d in one second", worst)
		}
	}
	p := newPace(c.Now)
	p.hold(time.Minute)
	equal(t, "held", p.reserve(), time.Minute)
	c.add(time.Minute)
	equal(t, "no longer held", p.reserve(), time.Duration(0))
	equal(t, "started", start.Add(time.Minute), c.Now())
}
