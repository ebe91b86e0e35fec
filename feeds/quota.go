package feeds

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/store"
)

// counter counts in the database what is asked with keys of the operator's, so
// that a restart forgets nothing of it. It is the Quota of the fetcher.
type counter struct{ store atomic.Pointer[store.Store] }

// errUncounted is why nothing is asked with a key.
var errUncounted = errors.New("what is asked with the operator's key is counted in the database, which is not open: try again in a minute")

func (c *counter) Take(ctx context.Context, key string, limits []source.Limit) (time.Time, source.Limit, error) {
	s := c.store.Load()
	if s == nil {
		return time.Time{}, source.Limit{}, errUncounted
	}
	of := make([]store.Limit, len(limits))
	for i, l := range limits {
		of[i] = store.Limit(l)
	}
	until, used, err := s.TakeRequest(ctx, key, of)
	return until, source.Limit(used), err
}

func (c *counter) Sharing(ctx context.Context, kind string) (int, error) {
	s := c.store.Load()
	if s == nil { // nothing is asked: what is missing beside it is told first
		return 0, nil
	}
	return s.CountSources(ctx, kind)
}

// CountIn says in which database is counted what is asked with keys of the
// operator's. Before that, nothing is asked with them.
func (r *Reader) CountIn(s *store.Store) { r.counter.store.Store(s) }

// Counted says whether what is asked of a kind of feed is counted.
func Counted(kind string) bool {
	k, _ := source.KindOf(kind)
	return len(k.Limits()) > 0
}

// Waits says what a source waits for that is due and cannot be read yet, as a
// sentence; empty if it waits for nothing.
func Waits(src store.Source) string { return rowOf(src).Waits }
