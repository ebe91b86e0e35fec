package store

import (
	"sync"
	"testing"
	"time"
)

func TestWeek(t *testing.T) {
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{monday, monday.Add(time.Millisecond), monday.Add(week - 1), monday.Add(time.Hour).In(time.FixedZone("", -5*3600))} {
		equal(t, at.String(), Week(at), monday)
	}
	equal(t, "before", Week(monday.Add(-1)), monday.AddDate(0, 0, -7))
}

// What several processes count at once is added up, apart for each guild, week
// and topic.
func TestTallies(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s, other := t.Context(), open(t, o), open(t, o)
		now := Week(c.Now())
		before := now.AddDate(0, 0, -7)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				err := []*Store{s, other}[i%2].Count(ctx, []Tally{{"g", now, "pay", 2, 0}, {"g", now, "", 0, 1}, {"other", now, "pay", 5, 5}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := s.Count(ctx, []Tally{{"g", before, "skills", 1, 0}}); err != nil {
			t.Fatal(err)
		}
		all := []Tally{{"g", before, "skills", 1, 0}, {"g", now, "", 0, 8}, {"g", now, "pay", 16, 0}}
		equal(t, "all", must(other.Tallies(ctx, "g", before))(t), all)
		equal(t, "of this week", must(other.Tallies(ctx, "g", now))(t), all[1:])

		c.add(week)
		p := must(s.Purge(ctx, Keep{Questions: 2 * week}))(t)
		equal(t, "purged", p, Purged{Tallies: 1})
		equal(t, "left", must(s.Tallies(ctx, "g", before))(t), all[1:])
	})
}

// Votes are counted by the week in which they were given or changed.
func TestWeeklyVotes(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		vote := func(guild, person, answer string, helpful bool) {
			t.Helper()
			if err := s.Vote(ctx, Vote{Guild: guild, Answer: answer, Person: person, Helpful: helpful}); err != nil {
				t.Fatal(err)
			}
		}
		first := Week(c.Now())
		vote("g", "ann", "1", true)
		vote("g", "bob", "1", false)
		vote("g", "bob", "2", true)
		vote("other", "ann", "3", true)
		c.add(2 * week)
		vote("g", "bob", "2", false) // changed
		third := Week(c.Now())
		equal(t, "votes", must(s.WeeklyVotes(ctx, "g", first))(t), []WeekVotes{{first, 1, 1}, {third, 0, 1}})
		equal(t, "of late", must(s.WeeklyVotes(ctx, "g", third))(t), []WeekVotes{{third, 0, 1}})
		must(s.DeletePerson(ctx, "bob"))(t)
		equal(t, "without who deleted theirs", must(s.WeeklyVotes(ctx, "g", first))(t), []WeekVotes{{first, 1, 0}})
	})
}
