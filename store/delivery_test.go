package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// due makes a subscription of a person with one job to tell, which has fallen
// due, and gives it and the id of its delivery.
func due(t testing.TB, s *Store, c *clock, src Source, person string) (Subscription, int64) {
	t.Helper()
	sub := subscribe(t, s, looking(person, src.Guild))
	c.add(time.Second)
	fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("for-" + person)}})
	match(t, s)
	if _, err := s.write.ExecContext(t.Context(), `UPDATE subscription SET next_due = 1 WHERE id = $1`, sub.ID); err != nil {
		t.Fatal(err)
	}
	if _, n, err := s.FreezeDue(t.Context()); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	return sub, last(t, s, sub).ID
}

// last is the last delivery of a subscription.
func last(t testing.TB, s *Store, sub Subscription) Delivered {
	t.Helper()
	return must(s.Why(t.Context(), sub.Person, sub.ID))(t).Last
}

// noted notes what became of a try.
func noted(t testing.TB, s *Store, d Delivery, o Outcome) time.Duration {
	t.Helper()
	if d.pace == nil {
		d.pace = newPace(s.now)
	}
	var again time.Duration
	err := s.update(t.Context(), func(q *query.Queries) (err error) {
		again, err = s.note(t.Context(), q, d, o)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// What becomes of a try decides on what is done next, and nothing is lost of
// what was certainly not sent.
func TestOutcomes(t *testing.T) {
	for _, test := range []struct {
		outcome Outcome
		again   time.Duration
		state   string       // of the delivery
		sub     alerts.State // of the subscription
		waiting int64        // hits
	}{
		{Outcome{Result: Sent, Message: "m"}, 0, "sent", alerts.Active, 0},
		{Outcome{Result: Later, After: 3 * time.Second}, 3 * time.Second, "frozen", alerts.Active, 0},
		{Outcome{Result: Hold, After: time.Minute}, time.Minute, "frozen", alerts.Active, 0},
		{Outcome{Result: Closed, Reason: "Your messages are closed."}, 0, "failed", alerts.Paused, 1},
		{Outcome{Result: Left, Reason: "You have left."}, 0, "failed", alerts.Paused, 1},
		{Outcome{Result: Refused, Reason: "Too long."}, 0, "failed", alerts.Active, 0},
		{Outcome{Result: Unauthorized}, time.Second, "frozen", alerts.Active, 0},
		{Outcome{Result: Unknown}, 5 * time.Second, "sending", alerts.Active, 0},
		{Outcome{}, 5 * time.Second, "sending", alerts.Active, 0},
	} {
		t.Run(string("result "+test.outcome.Result), func(t *testing.T) {
			onBoth(t, func(t *testing.T, o Options) {
				c := newClock()
				o.Now = c.Now
				ctx, s := t.Context(), open(t, o)
				sub, id := due(t, s, c, source(t, s, "g"), "p")
				other := subscribe(t, s, looking("p", "h"))
				d := must(s.try(ctx, id))(t)
				equal(t, "first try", []any{d.Nonce, d.Check, d.Try, titles(d.Jobs)}, []any{fmt.Sprintf("%d-0", id), false, 1, "for-p"})
				if len(d.Nonce) > 25 {
					t.Errorf("the nonce %q is longer than Discord allows", d.Nonce)
				}
				equal(t, "again", noted(t, s, d, test.outcome), test.again)
				why := must(s.Why(ctx, "p", sub.ID))(t)
				equal(t, "then", []any{why.Last.State, why.Last.Message, why.Last.Reason, why.Subscription.State, why.Subscription.Reason, why.Waiting},
					[]any{test.state, test.outcome.Message, test.outcome.Reason, test.sub, map[bool]string{true: test.outcome.Reason}[test.sub == alerts.Paused], test.waiting})
				wantOther := alerts.Active
				if test.outcome.Result == Closed {
					wantOther = alerts.Paused
				}
				equal(t, "the other subscription", must(s.Subscription(ctx, "p", other.ID))(t).State, wantOther)
				_, err := s.try(ctx, id)
				equal(t, "there is more to do", !errors.Is(err, errDone), test.again > 0)
			})
		})
	}
}

// A message that may have been sent is sent with the same nonce as long as
// Discord knows it. After that it is looked for first, until it is found or sent.
func TestNonceAges(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		_, id := due(t, s, c, source(t, s, "g"), "p")
		try := func() string {
			t.Helper()
			d := must(s.try(ctx, id))(t)
			return fmt.Sprintf("%s %v %d", d.Nonce[len(d.Nonce)-2:], d.Check, d.Try)
		}
		equal(t, "first", try(), "-0 false 1")
		c.add(usualWaits.nonce - time.Second)
		equal(t, "soon", try(), "-0 false 2")
		c.add(time.Second)
		equal(t, "late", try(), "-1 true 3")
		c.add(time.Second) // the process was killed before it could look
		equal(t, "again", try(), "-1 true 4")
		c.add(7 * 24 * time.Hour)
		equal(t, "after a week", try(), "-2 true 5")
	})
}

// How old a nonce is that was sent at a time that is still to come, nobody knows.
func TestNonceOfClockSetBack(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		_, id := due(t, s, c, source(t, s, "g"), "p")
		equal(t, "first", must(s.try(ctx, id))(t).Check, false)
		c.add(-time.Hour)
		equal(t, "an hour before", must(s.try(ctx, id))(t).Check, true)
	})
}

// What a person stops, or what is closed, before it was sent is not sent.
func TestNotSentAnyMore(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := source(t, s, "g")
		pause := func(sub *Subscription) { sub.State, sub.Reason = alerts.Paused, "You paused it." }

		paused, id := due(t, s, c, src, "paused")
		must(s.ChangeSubscription(ctx, "paused", paused.ID, noCareers, pause))(t)
		_, err := s.try(ctx, id)
		equal(t, "paused", err, errDone)
		equal(t, "its delivery", last(t, s, paused).State, "dropped")
		equal(t, "waits", must(s.Why(ctx, "paused", paused.ID))(t).Waiting, int64(1))
		resumed := must(s.ChangeSubscription(ctx, "paused", paused.ID, noCareers, func(sub *Subscription) { sub.State = alerts.Active }))(t)
		equal(t, "resumed", []any{resumed.Reason, resumed.Due.IsZero()}, []any{"", false})

		deleted, id := due(t, s, c, src, "deleted")
		if err := s.DeleteSubscription(ctx, "deleted", deleted.ID); err != nil {
			t.Fatal(err)
		}
		_, err = s.try(ctx, id)
		equal(t, "deleted", err, errDone)

		closed, id := due(t, s, c, src, "closed")
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Whole: true})
		_, err = s.try(ctx, id)
		equal(t, "closed", err, errDone)
		equal(t, "its delivery", last(t, s, closed).State, "dropped")
	})
}

// What may have been sent is not told of again: neither when its person stops the
// alert before that is known, however much later, nor when they cannot be written
// to any more. Only if it was looked for in vain it waits.
func TestNeverTwice(t *testing.T) {
	for _, test := range []struct {
		name    string
		paused  bool
		unsent  []bool  // of the tries before: nothing was sent
		outcome Outcome // of the last try, if it comes to that
		waiting int64   // hits
	}{
		{"stopped", true, []bool{false}, Outcome{}, 0},
		{"left", false, []bool{false}, Outcome{Result: Left}, 0},
		{"closed", false, []bool{false}, Outcome{Result: Closed}, 0},
		{"closed, and looked for", false, []bool{false}, Outcome{Result: Closed, Looked: true}, 1},
		{"stopped before it was sent", true, []bool{true}, Outcome{}, 1},
		{"stopped after many tries, of which none has sent it", true, []bool{true, true, true}, Outcome{}, 1},
		{"left before it was sent", false, []bool{true, true}, Outcome{Result: Left}, 1},
		{"stopped when the first may have sent it", true, []bool{false, true}, Outcome{}, 0},
		{"stopped when the second may have sent it", true, []bool{true, false, true}, Outcome{}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, o Options) {
				c := newClock()
				o.Now = c.Now
				ctx, s := t.Context(), open(t, o)
				sub, id := due(t, s, c, source(t, s, "g"), "p")
				sent := false
				for n, unsent := range test.unsent {
					d := must(s.try(ctx, id))(t)
					equal(t, "try", []any{d.Try, d.Check}, []any{n + 1, sent})
					equal(t, "again", noted(t, s, d, Outcome{Result: Unknown, Unsent: unsent}), backOff(n+1))
					sent = sent || !unsent
					c.add(usualWaits.nonce + time.Second)
				}
				if test.paused {
					must(s.ChangeSubscription(ctx, "p", sub.ID, noCareers, pauseNow))(t)
					_, err := s.try(ctx, id)
					equal(t, "tried again", err, errDone)
				} else {
					d := must(s.try(ctx, id))(t)
					equal(t, "to be looked for", d.Check, sent)
					noted(t, s, d, test.outcome)
				}
				equal(t, "waiting", must(s.Why(ctx, "p", sub.ID))(t).Waiting, test.waiting)
			})
		})
	}
}

// A job that a guild's source and the operator's both have is told of once, and
// never again.
func TestOneJobOfTwoSources(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		mine, operators := source(t, s, "g"), source(t, s, "")
		sub := subscribe(t, s, looking("p", "g"))
		c.add(time.Second)
		own, other := posting("1"), posting("1")
		other.Company, other.Title = "Acme 1 Holding", "Baker one" // only the address is the same
		fetched(t, s, mine, FetchResult{Jobs: []alerts.Job{own}})
		fetched(t, s, operators, FetchResult{Jobs: []alerts.Job{other}})
		equal(t, "hits", match(t, s), int64(2))
		c.add(24 * time.Hour)
		if _, n, err := s.FreezeDue(ctx); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		d := must(s.try(ctx, last(t, s, sub).ID))(t)
		equal(t, "jobs", len(d.Jobs), 1)
		equal(t, "also on", len(d.Jobs[0].Job.AlsoOn), 1)
		noted(t, s, d, Outcome{Result: Sent, Message: "m"})
		equal(t, "waiting", must(s.Why(ctx, "p", sub.ID))(t).Waiting, int64(0))
		c.add(24 * time.Hour)
		_, n, err := s.FreezeDue(ctx)
		equal(t, "the next day", []any{n, err}, []any{0, nil})
	})
}

// Nor is it told of again when the second of them finds it on a later day, by the
// address or by company, title and place. After the window it is a new opening.
func TestOneJobOfTwoSourcesOnTwoDays(t *testing.T) {
	byAddress, byFingerprint := posting("1"), posting("1")
	byAddress.Company, byAddress.Title = "Acme 1 Holding", "Baker one"
	byFingerprint.Apply = "https://elsewhere.example/1"
	for _, test := range []struct {
		name  string
		copy  alerts.Job
		later time.Duration
		told  int
	}{
		{"the address", byAddress, 24 * time.Hour, 1},
		{"company, title and place", byFingerprint, 24 * time.Hour, 1},
		{"after the window", byAddress, alerts.RepostWindow + 24*time.Hour, 2},
		{"another", posting("2"), 24 * time.Hour, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, o Options) {
				c := newClock()
				o.Now = c.Now
				ctx, s := t.Context(), open(t, o)
				mine, operators := source(t, s, "g"), source(t, s, "")
				sub := subscribe(t, s, looking("p", "g"))
				told := 0
				finds := func(src Source, job alerts.Job) {
					t.Helper()
					c.add(time.Second)
					fetched(t, s, src, FetchResult{Jobs: []alerts.Job{job}})
					match(t, s)
					c.add(24 * time.Hour)
					if _, _, err := s.FreezeDue(ctx); err != nil {
						t.Fatal(err)
					}
					must(s.DeliverAll(ctx, func(_ context.Context, d Delivery) Outcome {
						told += len(d.Jobs)
						return Outcome{Result: Sent, Message: "m"}
					}))(t)
				}
				finds(operators, posting("1"))
				c.add(test.later)
				finds(mine, test.copy)
				equal(t, "told", told, test.told)
				equal(t, "waiting", must(s.Why(ctx, "p", sub.ID))(t).Waiting, int64(0))
				jobs := must(s.Jobs(ctx, "g"))(t)
				why := must(s.WhyJob(ctx, "p", sub.ID, jobs[len(jobs)-1].ID, noCareers))(t)
				equal(t, "why not", why.Explanation.Rule, alerts.RuleSent)
			})
		})
	}
}

// Instant subscriptions tell what has come within ten minutes, and no more often
// than is good for anybody.
func TestInstant(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src, sub := source(t, s, "g"), looking("p", "g")
		sub.Schedule = alerts.Schedule{Every: alerts.Instant, Zone: "Asia/Kolkata"}
		sub = subscribe(t, s, sub)
		equal(t, "due without anything to tell", sub.Due, time.Time{})
		for i := range InstantPerDay + 1 {
			for j := range 2 { // one is found, and another soon after
				c.add(time.Minute)
				fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting(fmt.Sprint(i, "-", j))}})
				equal(t, "hits", match(t, s), int64(1))
			}
			sub = must(s.Subscription(ctx, "p", sub.ID))(t)
			equal(t, "due", sub.Due, c.Now().Add(alerts.Gather-time.Minute))
			c.add(alerts.Gather)
			want := 1
			if i == InstantPerDay {
				want = 0
			}
			due, n, err := s.FreezeDue(ctx)
			equal(t, "frozen", []any{due, n, err}, []any{1, want, nil})
			if want == 1 {
				d := must(s.try(ctx, last(t, s, sub).ID))(t)
				equal(t, "gathered", len(d.Jobs), 2)
				noted(t, s, d, Outcome{Result: Sent, Message: "m"})
			}
		}
		c.add(24 * time.Hour)
		_, n, err := s.FreezeDue(ctx)
		equal(t, "the next day", []any{n, err}, []any{1, nil})
	})
}

// What is found for an instant subscription while another process looks what it is
// to be told sets a time for it: it is never left silent.
func TestFoundWhileFrozen(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s, other := t.Context(), open(t, o), open(t, o)
		src, sub := source(t, s, "g"), looking("p", "g")
		sub.Schedule = alerts.Schedule{Every: alerts.Instant, Zone: "Asia/Kolkata"}
		sub = subscribe(t, s, sub)
		c.add(time.Minute)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
		equal(t, "hits", match(t, s), int64(1))
		c.add(alerts.Gather)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("2")}})
		matched := make(chan error, 1)
		err := s.update(ctx, func(q *query.Queries) error {
			rows, err := claimDue(ctx, q, c.Now(), freezeAt)
			if err != nil {
				return err
			}
			if _, err := s.freeze(ctx, q, rows[0], c.Now()); err != nil {
				return err
			}
			go func() {
				_, err := other.Match(ctx, noCareers)
				matched <- err
			}()
			if s.engine == sqliteEngine { // where it cannot write before this has ended
				return nil
			}
			for waiting := 0; waiting == 0 && len(matched) == 0; {
				const waits = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
				if err := s.read.QueryRowContext(ctx, waits).Scan(&waiting); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(err, <-matched); err != nil {
			t.Fatal(err)
		}
		equal(t, "due", must(s.Subscription(ctx, "p", sub.ID))(t).Due, c.Now().Add(alerts.Gather))
	})
}

// A subscription that is changed forgets what it no longer asks for.
func TestChangeSubscription(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src, sub := source(t, s, "g"), subscribe(t, s, looking("p", "g"))
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1"), posting("2")}})
		equal(t, "hits", match(t, s), int64(2))
		until := c.Now().Add(7 * 24 * time.Hour)
		changed := must(s.ChangeSubscription(ctx, "p", sub.ID, noCareers, func(sub *Subscription) {
			words, err := alerts.ParseWords("baker 2")
			if err != nil {
				t.Fatal(err)
			}
			sub.Query.Words, sub.State, sub.Until = words, alerts.Paused, until
		}))(t)
		equal(t, "waiting", must(s.Why(ctx, "p", sub.ID))(t).Waiting, int64(1))
		equal(t, "read", must(s.Subscription(ctx, "p", sub.ID))(t), changed)
		if changed.Due.Before(until) {
			t.Errorf("due %v, and paused until %v", changed.Due, until)
		}
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("2 more")}})
		equal(t, "hits while it is paused", match(t, s), int64(0))
		c.add(9 * 24 * time.Hour)
		_, n, err := s.FreezeDue(ctx)
		equal(t, "the pause has run out", []any{n, err}, []any{1, nil})
		equal(t, "state", must(s.Subscription(ctx, "p", sub.ID))(t).State, alerts.Active)
		_, err = s.ChangeSubscription(ctx, "p", sub.ID, noCareers, func(sub *Subscription) { sub.Schedule.Zone = "Mars/Olympus" })
		if err == nil {
			t.Error("a zone that there is not was taken")
		}
		_, err = s.ChangeSubscription(ctx, "q", sub.ID, noCareers, pauseNow)
		equal(t, "of somebody else", err, ErrNotFound)
	})
}

// Whoever changes an alert that has fallen due, and that nobody has looked at yet,
// is told today all the same. What is still to fall due does so by the new schedule.
func TestChangeOfWhatIsDue(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src, sub := source(t, s, "g"), subscribe(t, s, looking("p", "g"))
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
		match(t, s)
		at := func(hour int) time.Time {
			t.Helper()
			return must(s.ChangeSubscription(ctx, "p", sub.ID, noCareers, func(sub *Subscription) { sub.Schedule.Hour = hour }))(t).Due
		}
		equal(t, "moved before it is due", at(10), sub.Due.Add(time.Hour))
		c.add(sub.Due.Add(time.Hour).Sub(c.Now()))
		equal(t, "moved when it is due", at(12), c.Now())
		_, n, err := s.FreezeDue(ctx)
		equal(t, "told", []any{n, err}, []any{1, nil})
		equal(t, "next", must(s.Subscription(ctx, "p", sub.ID))(t).Due, sub.Due.Add(3*time.Hour))
		equal(t, "paused", must(s.ChangeSubscription(ctx, "p", sub.ID, noCareers, pauseNow))(t).Due, time.Time{})
	})
}

// However much waits, what is no longer asked for is forgotten, even of what is
// closed and may open again.
func TestChangeReachesAllThatWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src, sub := source(t, s, "g"), subscribe(t, s, looking("p", "g"))
		c.add(time.Second)
		jobs := make([]alerts.Job, 2*mostPending+2)
		for i := range jobs {
			jobs[i] = posting(fmt.Sprint(i))
		}
		fetched(t, s, src, FetchResult{Jobs: jobs})
		equal(t, "hits", match(t, s), int64(len(jobs)))
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Jobs: jobs[1:], Whole: true}) // the first is closed
		must(s.ChangeSubscription(ctx, "p", sub.ID, noCareers, func(sub *Subscription) {
			words, err := alerts.ParseWords("baker 1")
			if err != nil {
				t.Fatal(err)
			}
			sub.Query.Words = words
		}))(t)
		fetched(t, s, src, FetchResult{Jobs: jobs, Whole: true})
		left := must(s.reading().PendingHits(ctx, query.PendingHitsParams{SubscriptionID: sub.ID, Before: forever, Most: int32(len(jobs))}))(t)
		equal(t, "left", len(left), 1)
		equal(t, "of which", must(parseJob(left[0].Job))(t).Title, "Baker 1")
	})
}

func pauseNow(sub *Subscription) { sub.State = alerts.Paused }

// Whoever was paused without doing it themselves is told once.
func TestUntold(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		sub, id := due(t, s, c, source(t, s, "g"), "p")
		noted(t, s, must(s.try(ctx, id))(t), Outcome{Result: Closed, Reason: "Closed."})
		untold := must(s.ClaimUntold(ctx, "p"))(t)
		equal(t, "untold", []any{len(untold), untold[0].ID, untold[0].Reason}, []any{1, sub.ID, "Closed."})
		equal(t, "again", len(must(s.ClaimUntold(ctx, "p"))(t)), 0)
	})
}

// Whoever was due while the program did not run is told once when it does again,
// of all that there is, however often they were due, and is due next when they
// would have been.
func TestWeekDown(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock() // Tuesday, 9:00 UTC
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := source(t, s, "g")
		people := map[string]alerts.Schedule{
			"daily":   {Every: alerts.Daily, Hour: 12, Zone: "UTC"},
			"weekly":  {Every: alerts.Weekly, Days: alerts.On(time.Thursday), Hour: 12, Zone: "UTC"},
			"instant": {Every: alerts.Instant, Zone: "UTC"},
		}
		subs := map[string]Subscription{}
		for person, schedule := range people {
			sub := looking(person, "g")
			sub.Schedule = schedule
			subs[person] = subscribe(t, s, sub)
		}
		c.add(time.Minute)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("before")}})
		equal(t, "hits", match(t, s), int64(3))
		c.add(7 * 24 * time.Hour)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("before"), posting("since")}})
		equal(t, "hits after a week", match(t, s), int64(3))
		told := map[string]string{}
		work := func() {
			t.Helper()
			if err := s.Tick(ctx); err != nil {
				t.Fatal(err)
			}
			must(s.DeliverAll(ctx, func(_ context.Context, d Delivery) Outcome {
				told[d.Subscription.Person] += titles(d.Jobs) + "; "
				return Outcome{Result: Sent, Message: "m"}
			}))(t)
		}
		work()
		work()
		for person := range people {
			equal(t, person, told[person], titles([]HeldJob{{Job: posting("since")}, {Job: posting("before")}})+"; ")
		}
		next := func(person string) time.Time { return must(s.Subscription(ctx, person, subs[person].ID))(t).Due }
		equal(t, "daily next", next("daily"), time.Date(2026, 12, 8, 12, 0, 0, 0, time.UTC))
		equal(t, "weekly next", next("weekly"), time.Date(2026, 12, 10, 12, 0, 0, 0, time.UTC))
		equal(t, "instant next", next("instant"), time.Time{})
	})
}

// A clock that runs ahead for an hour, a day or a year brings what is due by it,
// once, and nothing of that again when it is set right.
func TestClockAheadAndBack(t *testing.T) {
	for _, ahead := range []time.Duration{time.Hour, 24 * time.Hour, 365 * 24 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			onBoth(t, func(t *testing.T, o Options) {
				c := newClock()
				o.Now = c.Now
				ctx, s := t.Context(), open(t, o)
				src, sub := source(t, s, "g"), looking("p", "g")
				sub.Schedule = alerts.Schedule{Every: alerts.Daily, Hour: 9, Minute: 30, Zone: "UTC"}
				sub = subscribe(t, s, sub) // at 9:00
				right := sub.Due
				c.add(time.Minute)
				fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
				match(t, s)
				sent := 0
				work := func() {
					t.Helper()
					if err := s.Tick(ctx); err != nil {
						t.Fatal(err)
					}
					must(s.DeliverAll(ctx, func(context.Context, Delivery) Outcome {
						sent++
						return Outcome{Result: Sent, Message: "m"}
					}))(t)
				}
				c.add(ahead)
				work()
				equal(t, "sent", sent, 1)
				c.add(-ahead)
				work()
				equal(t, "due by the right clock", must(s.Subscription(ctx, "p", sub.ID))(t).Due, right)
				c.add(time.Hour)
				work()
				equal(t, "sent again", sent, 1)
				fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("2")}})
				equal(t, "found by the right clock", match(t, s), int64(1))
				c.add(24 * time.Hour)
				work()
				equal(t, "sent the next day", sent, 2)
			})
		})
	}
}

// A clock that was wrong leaves nobody waiting for the day that it showed.
func TestClockSetBack(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := source(t, s, "g")
		sub := subscribe(t, s, looking("p", "g"))
		c.add(365 * 24 * time.Hour)
		tick := func() {
			t.Helper()
			if err := s.Tick(ctx); err != nil {
				t.Fatal(err)
			}
		}
		tick()
		fetched(t, s, src, FetchResult{})
		c.add(-365 * 24 * time.Hour)
		tick()
		equal(t, "due", must(s.Subscription(ctx, "p", sub.ID))(t).Due, sub.Due)
		equal(t, "source", must(s.Sources(ctx, "g"))(t)[0].Next, c.Now().Add(sourceLease)) // it was claimed at once
	})
}

// why says of a job which rule decided, and when it was sent.
func TestWhyJob(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := source(t, s, "g")
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("early")}})
		match(t, s)
		c.add(time.Second)
		sub, id := due(t, s, c, src, "p")
		cook := posting("3")
		cook.Title = "Cook"
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{cook}})
		why := func(external string) string {
			t.Helper()
			jobs := must(s.Jobs(ctx, "g"))(t)
			i := slices.IndexFunc(jobs, func(j HeldJob) bool { return j.Job.ExternalID == external })
			w := must(s.WhyJob(ctx, "p", sub.ID, jobs[i].ID, noCareers))(t)
			return fmt.Sprint(w.Explanation.Rule, " ", !w.Hit.IsZero(), " ", w.Delivery.State)
		}
		equal(t, "held before", why("early"), fmt.Sprint(alerts.RuleEarlier, " false "))
		equal(t, "another job", why("3"), fmt.Sprint(alerts.RuleWords, " false "))
		equal(t, "on its way", why("for-p"), fmt.Sprint(alerts.RuleNone, " true frozen"))
		noted(t, s, must(s.try(ctx, id))(t), Outcome{Result: Sent, Message: "m"})
		equal(t, "sent", why("for-p"), fmt.Sprint(alerts.RuleSent, " true sent"))
		w := must(s.Why(ctx, "p", sub.ID))(t)
		equal(t, "why", []any{w.Hits, w.Waiting, w.Last.Message, len(w.Sources), w.Sources[0].Worked.IsZero(), w.Matched.IsZero()}, []any{int64(1), int64(0), "m", 1, false, false})
	})
}

// What waits to be sent is what can be: neither what is closed nor what is gone.
func TestWhyCountsWhatCanBeSent(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src, sub := source(t, s, "g"), subscribe(t, s, looking("p", "g"))
		second := must(s.AddSource(ctx, Source{Guild: "g", Kind: "feed", URL: "second", AddedBy: "ann"}))(t)
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1"), posting("2")}})
		fetched(t, s, second, FetchResult{Jobs: []alerts.Job{posting("3")}})
		equal(t, "hits", match(t, s), int64(3))
		counts := func() [2]int64 {
			w := must(s.Why(ctx, "p", sub.ID))(t)
			return [2]int64{w.Hits, w.Waiting}
		}
		equal(t, "found, and waiting", counts(), [2]int64{3, 3})
		c.add(time.Second)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}, Whole: true})
		equal(t, "one is closed", counts(), [2]int64{3, 2})
		if err := s.RemoveSource(ctx, "g", second.ID, "ann"); err != nil {
			t.Fatal(err)
		}
		equal(t, "one is gone", counts(), [2]int64{3, 1})
	})
}

// fakeDiscord takes deliveries as Discord takes messages: it sends one nonce
// once.
type fakeDiscord struct {
	mu     sync.Mutex
	nonces map[string]int
	sent   chan Delivery
}

func (f *fakeDiscord) deliver(ctx context.Context, d Delivery) Outcome {
	f.mu.Lock()
	f.nonces[d.Nonce]++
	f.mu.Unlock()
	f.sent <- d
	return Outcome{Result: Sent, Message: "m" + d.Nonce}
}

// Start does all of it: a source that is due is fetched, its jobs are matched,
// who is due is told, and what is left is done when it is started again.
func TestStart(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		sub, id := due(t, s, c, source(t, s, "g"), "p")
		c.add(2 * time.Hour) // so that the source is due
		f := &fakeDiscord{nonces: map[string]int{}, sent: make(chan Delivery, 10)}
		fetches := make(chan Source, 10)
		ctx, stop := context.WithCancel(ctx)
		ended := make(chan error)
		go func() {
			ended <- s.Start(ctx, Work{
				Careers: noCareers, Deliver: f.deliver,
				Fetch: func(_ context.Context, src Source) FetchResult {
					fetches <- src
					src.Next = c.Now().Add(time.Hour)
					return FetchResult{Fetched: src.Fetched, Jobs: []alerts.Job{posting("new")}}
				},
			})
		}()
		equal(t, "sent", (<-f.sent).ID, id)
		equal(t, "fetched", (<-fetches).State, `{"etag":"x"}`)
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		equal(t, "state", last(t, s, sub).State, "sent")
		equal(t, "times", f.nonces, map[string]int{fmt.Sprintf("%d-0", id): 1})
	})
}

// A program that drives the clock does without the queue.
func TestDeliverAll(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := source(t, s, "g")
		due(t, s, c, src, "p")
		due(t, s, c, src, "q")
		tries := 0
		deliver := func(_ context.Context, d Delivery) Outcome {
			if tries++; tries == 1 {
				return Outcome{Result: Later, After: time.Second}
			}
			return Outcome{Result: Sent, Message: "m"}
		}
		for i, want := range []int{2, 1, 0} {
			n, err := s.DeliverAll(ctx, deliver)
			equal(t, fmt.Sprint("tries in round ", i), []any{n, err}, []any{want, nil})
			equal(t, fmt.Sprint("undelivered after round ", i), must(s.Undelivered(ctx))(t), i == 0)
		}
	})
}

// The sources of a server that the bot has left are not fetched until it is
// back; one that was disabled is told of once, and fetched again when it is
// added again.
func TestSourcesAtRest(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		if err := s.JoinGuild(ctx, "g"); err != nil {
			t.Fatal(err)
		}
		src := source(t, s, "g")
		c.add(2 * time.Hour)
		if err := s.LeaveGuild(ctx, "g"); err != nil {
			t.Fatal(err)
		}
		equal(t, "claimed of a server that was left", len(must(s.ClaimSources(ctx, 9))(t)), 0)
		if err := s.JoinGuild(ctx, "g"); err != nil {
			t.Fatal(err)
		}
		equal(t, "claimed", len(must(s.ClaimSources(ctx, 9))(t)), 1)
		equal(t, "claimed again", len(must(s.ClaimSources(ctx, 9))(t)), 0)
		c.add(sourceLease)
		equal(t, "claimed when the lease is over", len(must(s.ClaimSources(ctx, 9))(t)), 1)

		must(s.SaveFetched(ctx, src.ID, FetchResult{Fetched: Fetched{Failures: 11, Disabled: "It is gone.", Next: c.Now()}}))(t)
		c.add(48 * time.Hour)
		equal(t, "claimed when it is disabled", len(must(s.ClaimSources(ctx, 9))(t)), 0)
		disabled := must(s.ClaimDisabled(ctx))(t)
		equal(t, "disabled", []any{len(disabled), disabled[0].Disabled}, []any{1, "It is gone."})
		equal(t, "told again", len(must(s.ClaimDisabled(ctx))(t)), 0)
		again := must(s.AddSource(ctx, src))(t)
		equal(t, "added again", []any{again.ID, again.Disabled, again.Failures}, []any{src.ID, "", 0})
		equal(t, "claimed", len(must(s.ClaimSources(ctx, 9))(t)), 1)
	})
}

// A token that Discord does not accept ends the work, and loses nothing.
func TestUnauthorized(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		s := open(t, o)
		sub, _ := due(t, s, c, source(t, s, "g"), "p")
		err := s.Start(t.Context(), Work{
			Careers: noCareers, Fetch: func(_ context.Context, src Source) FetchResult { return FetchResult{Fetched: src.Fetched} },
			Deliver: func(context.Context, Delivery) Outcome { return Outcome{Result: Unauthorized} },
		})
		if !errors.Is(err, ErrUnauthorized) {
			t.Errorf("ended with %v", err)
		}
		equal(t, "state", last(t, s, sub).State, "frozen")
	})
}
