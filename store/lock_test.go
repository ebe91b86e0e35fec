package store

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

var (
	rounds = flag.Int("rounds", 2, "how often TestMatchAndTickAtOnce has both at work")
	crowd  = flag.Int("crowd", 100, "how many are due then")
)

// Instant alerts that are due and hit at once, by several processes, are told all,
// and no transaction has to be rolled back for the sake of another.
func TestMatchAndTickAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		src := source(t, s, "g")
		for i := range *crowd {
			sub := looking(fmt.Sprint(i), "g")
			sub.Schedule = alerts.Schedule{Every: alerts.Instant, Zone: "Asia/Kolkata"}
			subscribe(t, s, sub)
		}
		failed := 0
		for round := range *rounds {
			c.add(24 * time.Hour)
			if _, err := s.write.ExecContext(ctx, `DELETE FROM subscription_delivery`); err != nil {
				t.Fatal(err)
			}
			for _, i := range rand.Perm(*crowd) { // so that they lie in the table in any order
				if _, err := s.write.ExecContext(ctx, `UPDATE subscription SET next_due = $1 WHERE person_id = $2`, 1+i%7, fmt.Sprint(i)); err != nil {
					t.Fatal(err)
				}
			}
			fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting(fmt.Sprint(round))}})
			ended := make(chan error)
			matching := func() error {
				_, err := s.Match(ctx, noCareers)
				return err
			}
			ticking := func() error {
				for due := 1; due > 0; {
					var err error
					if due, _, err = s.FreezeDue(ctx); err != nil {
						return err
					}
				}
				return nil
			}
			for _, at := range []func() error{matching, ticking, matching, ticking} {
				go func() { ended <- at() }()
			}
			var err error
			for range 4 {
				err = errors.Join(err, <-ended)
			}
			if err != nil {
				failed++
				t.Logf("round %d: %v", round, err)
			}
		}
		equal(t, "rounds that failed", failed, 0)
	})
}

// Whatever writes several subscriptions holds them in the order of their ids, and
// nothing of one that comes later: while somebody else holds the second of three,
// it holds the first and waits. Of two that do so, neither waits for the other.
func TestHeldInOrder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		does func(ctx context.Context, s *Store, subs []Subscription) error
	}{
		{"tick", func(ctx context.Context, s *Store, _ []Subscription) error {
			_, _, err := s.FreezeDue(ctx)
			return err
		}},
		{"match", func(ctx context.Context, s *Store, _ []Subscription) error {
			_, err := s.Match(ctx, noCareers)
			return err
		}},
		{"closed", func(ctx context.Context, s *Store, subs []Subscription) error {
			return s.update(ctx, func(q *query.Queries) error {
				_, err := s.note(ctx, q, Delivery{ID: 1, Try: 1, Subscription: subs[1]}, Outcome{Result: Closed})
				return err
			})
		}},
		{"channel", func(ctx context.Context, s *Store, _ []Subscription) error { return s.SetChannel(ctx, "p", "dm") }},
		{"delete", func(ctx context.Context, s *Store, _ []Subscription) error {
			_, err := s.DeletePerson(ctx, "p")
			return err
		}},
		{"delete the guild", func(ctx context.Context, s *Store, _ []Subscription) error {
			_, err := s.Purge(ctx, Keep{Guilds: time.Minute})
			return err
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			ctx, s := t.Context(), open(t, Options{URL: postgres(t), Now: c.Now})
			src := source(t, s, "g")
			var subs []Subscription
			for _, n := range []int64{2, 0, 1} { // neither the order of slots nor that of when they are due nor that in the table is that of ids
				sub := looking("p", "g")
				sub.Schedule = alerts.Schedule{Every: alerts.Instant, Zone: "Asia/Kolkata"}
				sub = subscribe(t, s, sub)
				subs = append(subs, sub)
				if _, err := s.write.ExecContext(ctx, `UPDATE subscription SET slot = $1 + 10, next_due = $1 + 1 WHERE id = $2`, n, sub.ID); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := s.write.ExecContext(ctx, `UPDATE subscription SET told = FALSE WHERE id = $1`, subs[0].ID); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(s.JoinGuild(ctx, "g"), s.LeaveGuild(ctx, "g")); err != nil {
				t.Fatal(err)
			}
			c.add(time.Hour)
			fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting("1")}})
			tx := must(s.write.BeginTx(ctx, nil))(t)
			if _, err := tx.ExecContext(ctx, `SELECT 1 FROM subscription WHERE id = $1 FOR UPDATE`, subs[1].ID); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- test.does(ctx, s, subs) }()
			for waiting := 0; waiting == 0 && len(ended) == 0; {
				const waits = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
				if err := s.read.QueryRowContext(ctx, waits).Scan(&waiting); err != nil {
					t.Fatal(err)
				}
			}
			free := must(s.read.BeginTx(ctx, nil))(t)
			rows := must(free.QueryContext(ctx, `SELECT id FROM subscription FOR UPDATE SKIP LOCKED`))(t)
			var ids []int64
			for rows.Next() {
				var id int64
				if err := rows.Scan(&id); err != nil {
					t.Fatal(err)
				}
				ids = append(ids, id)
			}
			if err := errors.Join(rows.Err(), free.Rollback(), tx.Rollback(), <-ended); err != nil {
				t.Fatal(err)
			}
			equal(t, "held by nobody", slices.Sorted(slices.Values(ids)), []int64{subs[2].ID})
		})
	}
}
