package store

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Whoever asks, however often, after whatever restarts: in no time of a limit's
// length are there more requests than it allows, and there are as many as it
// allows. Each key has its own.
func TestTakeRequest(t *testing.T) {
	limits := []Limit{{3, time.Minute}, {10, 24 * time.Hour}, {25, 7 * 24 * time.Hour}, {60, 31 * 24 * time.Hour}}
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, stores := t.Context(), []*Store{open(t, o), open(t, o)}
		chance := rand.New(rand.NewPCG(1, 0))
		var taken []time.Time
		used := map[Limit]int{}
		for range 1500 {
			if chance.IntN(3) == 0 {
				c.add(time.Duration(chance.IntN(int(2 * time.Hour))))
			}
			until, by, err := stores[chance.IntN(2)].TakeRequest(ctx, "a key", limits)
			if err != nil {
				t.Fatal(err)
			}
			now := c.Now().Truncate(time.Millisecond)
			var free time.Time // by counting
			for _, l := range limits {
				if n := len(taken) - l.Most; n >= 0 && taken[n].Add(l.Per).After(c.Now()) && taken[n].Add(l.Per).After(free) {
					free = taken[n].Add(l.Per)
				}
			}
			if !until.Equal(free) {
				t.Fatalf("after %d until %v, want %v", len(taken), until, free)
			}
			if until.IsZero() {
				taken = append(taken, now)
			} else {
				used[by]++
				if chance.IntN(4) == 0 {
					c.add(until.Sub(c.Now()))
				}
			}
		}
		for _, l := range limits {
			if used[l] == 0 {
				t.Errorf("the limit of %d is never used up", l.Most)
			}
		}
		until, _, err := open(t, o).TakeRequest(ctx, "another key", limits)
		equal(t, "another key", []any{until.IsZero(), err}, []any{true, nil})
		equal(t, "kept", rowsOf(t, stores[0])["request"], int64(61))
	})
}

// Processes that ask at once have together what is allowed.
func TestTakeRequestAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		stores := []*Store{open(t, o), open(t, o)}
		taken := make(chan bool)
		for i := range 30 {
			go func() {
				until, _, err := stores[i%2].TakeRequest(t.Context(), "a key", []Limit{{7, 24 * time.Hour}})
				if err != nil {
					t.Error(err)
				}
				taken <- until.IsZero()
			}()
		}
		var all []bool
		for range 30 {
			all = append(all, <-taken)
		}
		equal(t, "taken", len(slices.DeleteFunc(all, func(is bool) bool { return !is })), 7)
	})
}
