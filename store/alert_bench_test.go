package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// addSubscriptions adds subscriptions in the numbers of benchmarks, 1,000 in a
// transaction.
func addSubscriptions(b *testing.B, s *Store, n int) {
	b.Helper()
	roles := []string{"baker", "cook AND night", "waiter OR host", "driver NOT truck", "nurse"}
	for start := 0; start < n; start += 1000 {
		err := s.update(b.Context(), func(q *query.Queries) error {
			for i := start; i < min(n, start+1000); i++ {
				sub := looking(fmt.Sprint(i), "g")
				words, err := alerts.ParseWords(roles[i%len(roles)])
				if err != nil {
					return err
				}
				sub.Query.Words, sub.Query.Places = words, []string{"Pune"}
				text, schedule, err := formatSubscription(sub)
				if err != nil {
					return err
				}
				_, err = q.AddSubscription(b.Context(), query.AddSubscriptionParams{
					ID: s.ids.next(s.now()), PersonID: sub.Person, GuildID: sub.Guild, Query: text, Schedule: schedule, ChannelID: sub.Channel,
					State: string(alerts.Active), NextDue: 1, At: millis(s.now()),
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// All of 100,000 subscriptions are read, ready to be matched.
func BenchmarkReadSubscriptions(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		addSubscriptions(b, s, 100_000)
		b.ReportAllocs()
		for b.Loop() {
			subs, err := s.matchable(b.Context(), "", false, s.now(), 0)
			if err != nil || len(subs) != 100_000 {
				b.Fatal(len(subs), err)
			}
		}
	})
}

// 1,000 hits are written in a transaction.
func BenchmarkAddHits(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		addSubscriptions(b, s, 1000)
		subs, err := s.matchable(b.Context(), "", false, s.now(), 0)
		if err != nil {
			b.Fatal(err)
		}
		hits := make([]hit, writeHits)
		for n := 0; b.Loop(); n++ {
			for i := range hits {
				hits[i] = hit{&subs[i], fmt.Sprint(n), int64(n)}
			}
			if added, err := s.addHits(b.Context(), hits, s.now()); err != nil || added != writeHits {
				b.Fatal(added, err)
			}
		}
		b.ReportMetric(float64(writeHits)*float64(b.N)/b.Elapsed().Seconds(), "hits/s")
	})
}

// 2,000 people are due, and each is to be told of one job: deliveries are frozen
// and put into the queue.
func BenchmarkFreezeDue(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		addSubscriptions(b, s, 2000)
		src := source(b, s, "g")
		fetched(b, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
		rows, err := s.reading().Matchable(b.Context(), query.MatchableParams{Most: 2000})
		if err != nil {
			b.Fatal(err)
		}
		jobs := must(s.Jobs(b.Context(), "g"))(b)
		for b.Loop() {
			b.StopTimer()
			for _, statement := range []string{`DELETE FROM subscription_delivery`, `DELETE FROM subscription_hit`, `UPDATE subscription SET next_due = 1`} {
				if _, err := s.write.ExecContext(b.Context(), statement); err != nil {
					b.Fatal(err)
				}
			}
			hits := make([]hit, len(rows))
			for i, row := range rows {
				hits[i] = hit{&alerts.Subscription{ID: row.ID}, jobs[0].Job.Fingerprint(), jobs[0].ID}
			}
			for start := 0; start < len(hits); start += writeHits {
				if _, err := s.addHits(b.Context(), hits[start:start+writeHits], s.now()); err != nil {
					b.Fatal(err)
				}
			}
			b.StartTimer()
			total := 0
			for due := 1; due > 0; {
				var n int
				var err error
				if due, n, err = s.FreezeDue(b.Context()); err != nil {
					b.Fatal(err)
				}
				total += n
			}
			if total != 2000 {
				b.Fatal(total)
			}
		}
	})
}

// A fetch brings 1,000 jobs, of which all are held.
func BenchmarkSaveFetched(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		src := source(b, s, "g")
		jobs := make([]alerts.Job, 1000)
		for i := range jobs {
			jobs[i] = posting(fmt.Sprint(i))
		}
		fetched(b, s, src, FetchResult{Jobs: jobs, Whole: true})
		for b.Loop() {
			if n := fetched(b, s, src, FetchResult{Jobs: jobs, Whole: true}); n != 0 {
				b.Fatal(n)
			}
		}
	})
}

// 2,000 who are due are claimed, without being told anything.
func BenchmarkClaimDue(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		addSubscriptions(b, s, 100_000)
		at := millis(s.now().Add(time.Hour))
		if _, err := s.write.ExecContext(b.Context(), `UPDATE subscription SET next_due = $1`, at+1); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			b.StopTimer()
			if _, err := s.write.ExecContext(b.Context(), `UPDATE subscription SET next_due = 1 WHERE id IN (SELECT id FROM subscription ORDER BY id LIMIT 2000)`); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			err := s.update(b.Context(), func(q *query.Queries) error {
				rows, err := claimDue(b.Context(), q, instant(at), 2000)
				if err == nil && len(rows) != 2000 {
					err = fmt.Errorf("%d were due", len(rows))
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Whether the 10,000 jobs that a guild sees have changed is asked.
func BenchmarkJobsMark(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		jobs := make([]alerts.Job, 10_000)
		for i := range jobs {
			jobs[i] = posting(fmt.Sprint(i))
			jobs[i].Text = strings.Repeat("We look for somebody who bakes bread. ", 60)
		}
		fetched(b, s, source(b, s, "g"), FetchResult{Jobs: jobs, Whole: true})
		for b.Loop() {
			if mark, err := s.JobsMark(b.Context(), "g"); err != nil || mark.Own != 10_000 {
				b.Fatal(mark, err)
			}
		}
	})
}
