package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// posting is a job of acme's for which somebody who looks for bakers is wanted.
func posting(id string) alerts.Job {
	return alerts.Job{
		ExternalID: id, Title: "Baker " + id, Company: "Acme " + id, Places: []string{"Pune, India"},
		Apply: "https://acme.example/" + id, Posted: newClock().Now().Add(-time.Hour),
	}
}

// looking is a subscription of a person to bakers, each day at nine in Pune.
func looking(person, guild string) Subscription {
	words, err := alerts.ParseWords("baker")
	if err != nil {
		panic(err)
	}
	return Subscription{Channel: "dm-" + person, Subscription: alerts.Subscription{
		Person: person, Guild: guild, Query: alerts.Query{Words: words},
		Schedule: alerts.Schedule{Every: alerts.Daily, Hour: 9, Zone: "Asia/Kolkata"},
	}}
}

// source adds a source whose first fetch has been made.
func source(t testing.TB, s *Store, guild string) Source {
	t.Helper()
	src := must(s.AddSource(t.Context(), Source{Guild: guild, Kind: "greenhouse", URL: "https://boards.example/" + guild, Name: "acme", AddedBy: "ann"}))(t)
	fetched(t, s, src, FetchResult{Baseline: true, Whole: true})
	return src
}

// fetched saves what a fetch has brought, which is due again in an hour.
func fetched(t testing.TB, s *Store, src Source, r FetchResult) int {
	t.Helper()
	now := s.now()
	r.Fetched = Fetched{State: `{"etag":"x"}`, Next: now.Add(time.Hour), Seeded: now, Worked: now}
	return must(s.SaveFetched(t.Context(), src.ID, r))(t)
}

func subscribe(t testing.TB, s *Store, sub Subscription) Subscription {
	t.Helper()
	return must(s.AddSubscription(t.Context(), sub, 5))(t)
}

func noCareers(string, string) []string { return nil }

func match(t testing.TB, s *Store) int64 {
	t.Helper()
	return must(s.Match(t.Context(), noCareers))(t)
}

// titles lists jobs as their IDs are in their sources.
func titles(jobs []HeldJob) string {
	var list []string
	for _, j := range jobs {
		list = append(list, j.Job.ExternalID)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// The first fetch of a source floods nobody, a job that is edited or posted
// again is not new, and one that is no longer listed is closed.
func TestJobs(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		subscribe(t, s, looking("p", "g"))
		c.add(time.Minute)
		src := must(s.AddSource(ctx, Source{Guild: "g", Kind: "greenhouse", URL: "u", AddedBy: "ann"}))(t)
		equal(t, "new at first", fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1"), posting("2")}, Baseline: true, Whole: true}), 0)
		equal(t, "hits at first", match(t, s), int64(0))

		c.add(time.Hour)
		edited := posting("1")
		edited.Text = "Now with more dough."
		again := posting("2")
		again.ExternalID = "2b"
		equal(t, "new then", fetched(t, s, src, FetchResult{Jobs: []alerts.Job{edited, again, posting("3")}, Whole: true}), 1)
		equal(t, "hits then", match(t, s), int64(1))
		equal(t, "once more", match(t, s), int64(0))
		jobs := must(s.Jobs(ctx, "g"))(t)
		equal(t, "held", titles(jobs), "1 2b 3")
		equal(t, "edited", jobs[0].Job.Text, edited.Text)
		equal(t, "first seen", jobs[1].First, jobs[0].First)

		c.add(time.Hour)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{edited}, Whole: true})
		equal(t, "open", titles(must(s.Jobs(ctx, "g"))(t)), "1")
		c.add(alerts.RepostWindow - time.Hour)
		equal(t, "listed again", fetched(t, s, src, FetchResult{Jobs: []alerts.Job{edited, posting("3")}, Whole: true}), 0)
		equal(t, "open again", titles(must(s.Jobs(ctx, "g"))(t)), "1 3")
		c.add(time.Hour)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{edited}, Whole: true})
		c.add(alerts.RepostWindow)
		fetched(t, s, src, FetchResult{Unchanged: true})
		equal(t, "the same posting", fetched(t, s, src, FetchResult{Jobs: []alerts.Job{edited, posting("3")}, Whole: true}), 0)
		equal(t, "of which nobody is told", match(t, s), int64(0))
		c.add(time.Hour)
		fetched(t, s, src, FetchResult{Jobs: []alerts.Job{edited}, Whole: true})
		c.add(alerts.RepostWindow)
		fetched(t, s, src, FetchResult{Unchanged: true})
		opening := posting("3")
		opening.ExternalID = "3b"
		equal(t, "a new opening", fetched(t, s, src, FetchResult{Jobs: []alerts.Job{edited, opening}, Whole: true}), 1)
		equal(t, "of which is told", match(t, s), int64(1))
	})
}

// One job in two sources of a guild is one, and what one guild reads changes
// nothing for another.
func TestCopies(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		board, aggregator, other := source(t, s, "g"), source(t, s, ""), source(t, s, "h")
		second := must(s.AddSource(ctx, Source{Guild: "g", Kind: "feed", URL: "second", AddedBy: "ann"}))(t)
		job := posting("1")
		fetched(t, s, second, FetchResult{Jobs: []alerts.Job{job}})
		employer := job
		employer.ExternalID, employer.Apply = "gh1", "https://boards.greenhouse.io/acme/jobs/1"
		equal(t, "a copy is new", fetched(t, s, board, FetchResult{Jobs: []alerts.Job{employer}}), 0)
		forged := job
		forged.Apply = "https://evil.example/"
		fetched(t, s, other, FetchResult{Jobs: []alerts.Job{forged}})
		fetched(t, s, aggregator, FetchResult{Jobs: []alerts.Job{job}})

		own := func() []alerts.Job { // of g
			var list []alerts.Job
			for _, j := range must(s.Jobs(ctx, "g"))(t) {
				if j.Guild == "g" {
					list = append(list, j.Job)
				} else {
					equal(t, "whose", j.Guild, "")
				}
			}
			return list
		}
		jobs := must(s.Jobs(ctx, "g"))(t)
		equal(t, "jobs that g sees", len(jobs), 2)
		mine := own()[0]
		equal(t, "the employer's", mine.Apply, employer.Apply)
		equal(t, "also on", mine.AlsoOn, []alerts.Copy{{Source: second.JobSource(), ExternalID: "1", Apply: job.Apply}})
		equal(t, "merged with the operator's", len(alerts.Merge([]alerts.Job{jobs[0].Job, jobs[1].Job})), 1)

		if err := s.RemoveSource(ctx, "g", board.ID, "ann"); err != nil {
			t.Fatal(err)
		}
		left := own()[0]
		equal(t, "without the employer's board", fmt.Sprint(left.Source, left.Apply, left.AlsoOn), fmt.Sprint(second.JobSource(), job.Apply, []alerts.Copy{}))
		if err := s.RemoveSource(ctx, "g", second.ID, "ann"); err != nil {
			t.Fatal(err)
		}
		equal(t, "without both", len(own()), 0)
		equal(t, "remove what is another's", s.RemoveSource(ctx, "g", other.ID, "ann"), ErrNotFound)
	})
}

// Jobs of which all have the same address are told apart, and those that fill
// several transactions are all kept.
func TestManyJobsWithOneAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		src := source(t, s, "")
		jobs := make([]alerts.Job, 2*saveBatch+1)
		for i := range jobs {
			jobs[i] = posting(fmt.Sprint(i))
			jobs[i].Apply = "https://acme.example/careers"
		}
		equal(t, "new", fetched(t, s, src, FetchResult{Jobs: jobs, Whole: true}), len(jobs))
		equal(t, "again", fetched(t, s, src, FetchResult{Jobs: jobs, Whole: true}), 0)
		equal(t, "held", len(must(s.Jobs(t.Context(), "any"))(t)), len(jobs))
	})
}

// Whoever is due is told what was found, once, in one message of at most ten
// jobs; if there is nothing, nothing is sent.
func TestFreezeDue(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := source(t, s, "g")
		p, elsewhere := subscribe(t, s, looking("p", "g")), subscribe(t, s, looking("q", "h"))
		equal(t, "first due", p.Due, time.Date(2026, 12, 2, 3, 30, 0, 0, time.UTC))
		c.add(time.Hour)
		var jobs []alerts.Job
		for i := range 12 {
			jobs = append(jobs, posting(fmt.Sprint(i)))
		}
		fetched(t, s, src, FetchResult{Jobs: jobs})
		equal(t, "hits", match(t, s), int64(12))
		freeze := func() [2]int {
			due, deliveries, err := s.FreezeDue(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return [2]int{due, deliveries}
		}
		equal(t, "too early", freeze(), [2]int{0, 0})
		c.add(7 * 24 * time.Hour) // for a week nobody was there to do it
		equal(t, "due", freeze(), [2]int{2, 1})
		equal(t, "again", freeze(), [2]int{0, 0})
		d := must(s.try(ctx, must(s.reading().LastDelivery(ctx, p.ID))(t).ID))(t)
		equal(t, "jobs", [2]int{len(d.Jobs), d.More}, [2]int{10, 2})
		equal(t, "due next", must(s.Subscription(ctx, "p", p.ID))(t).Due, time.Date(2026, 12, 9, 3, 30, 0, 0, time.UTC))
		equal(t, "the other, with nothing to tell", must(s.Subscription(ctx, "q", elsewhere.ID))(t).LastDue, c.Now())

		c.add(24 * time.Hour)
		equal(t, "while the first is on its way", freeze(), [2]int{2, 0})
	})
}

// A person has five subscriptions, whichever processes add them.
func TestTooMany(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		stores := []*Store{open(t, o), open(t, o)}
		errs := make(chan error)
		for i := range 12 {
			go func() {
				_, err := stores[i%2].AddSubscription(t.Context(), looking("p", ""), 5)
				errs <- err
			}()
		}
		refused := 0
		for range 12 {
			err := <-errs
			switch {
			case errors.Is(err, ErrTooMany):
				refused++
			case err != nil:
				t.Error(err)
			}
		}
		equal(t, "refused", refused, 7)
		subs := must(stores[0].Subscriptions(t.Context(), "p"))(t)
		equal(t, "made", len(subs), 5)
		if err := stores[0].DeleteSubscription(t.Context(), "p", subs[2].ID); err != nil {
			t.Fatal(err)
		}
		subscribe(t, stores[1], looking("p", ""))
		equal(t, "of somebody else", stores[0].DeleteSubscription(t.Context(), "q", subs[0].ID), ErrNotFound)
		text := string(must(json.Marshal(subs[0]))(t))
		if !strings.Contains(text, "baker") {
			t.Errorf("without its query: %s", text)
		}
	})
}

// The mark of what a guild sees differs once that has changed, and only then.
func TestJobsMark(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		own, all, other := source(t, s, "g"), source(t, s, ""), source(t, s, "h")
		seen := must(s.JobsMark(ctx, "g"))(t)
		if must(s.SeesJobs(ctx, "g"))(t) {
			t.Error("a guild without jobs sees some")
		}
		edited := posting("1")
		edited.Text = "Now with more dough."
		for _, step := range []struct {
			name string
			does func()
			want bool
			own  int64
		}{
			{"a job of another guild", func() { fetched(t, s, other, FetchResult{Jobs: []alerts.Job{posting("1")}}) }, false, 0},
			{"a job for all", func() { fetched(t, s, all, FetchResult{Jobs: []alerts.Job{posting("2")}}) }, true, 0},
			{"a job of its own", func() { fetched(t, s, own, FetchResult{Jobs: []alerts.Job{posting("1")}}) }, true, 1},
			{"the same again", func() { fetched(t, s, own, FetchResult{Jobs: []alerts.Job{posting("1")}}) }, false, 1},
			{"nothing new", func() { fetched(t, s, own, FetchResult{Unchanged: true}) }, false, 1},
			{"an edited job", func() { fetched(t, s, own, FetchResult{Jobs: []alerts.Job{edited}}) }, true, 1},
			{"one for another", func() { fetched(t, s, own, FetchResult{Jobs: []alerts.Job{posting("3")}, Whole: true}) }, true, 2},
			{"its source is gone", func() { _ = must(0, s.RemoveSource(ctx, "g", own.ID, "m"))(t) }, true, 1}, // one was closed before
		} {
			c.add(time.Minute)
			step.does()
			now := must(s.JobsMark(ctx, "g"))(t)
			equal(t, step.name+": it differs", now != seen, step.want)
			equal(t, step.name+": its own", now.Own, step.own)
			seen = now
		}
		equal(t, "sees jobs", must(s.SeesJobs(ctx, "g"))(t), true)
		equal(t, "so does everybody", must(s.SeesJobs(ctx, ""))(t), true)
	})
}
