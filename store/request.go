package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Limit is how many requests may be made within a time, whenever it begins.
type Limit struct {
	Most int
	Per  time.Duration
}

// TakeRequest counts one more request that is made with a key, before it is made.
// If that were more than a limit allows, it is not counted, and must not be made:
// it gives since when it may be, and which limit is used up. Whichever processes
// count, there are never more. Requests are counted by whatever name is given to
// the key, so that the key itself need not be known here.
func (s *Store) TakeRequest(ctx context.Context, key string, limits []Limit) (until time.Time, used Limit, err error) {
	err = s.update(ctx, func(q *query.Queries) error {
		for {
			now := s.now()
			until, used = time.Time{}, Limit{}
			last, err := q.LastRequest(ctx, key)
			if err != nil {
				return err
			}
			most := 0
			for _, l := range limits {
				most = max(most, l.Most)
				at, err := q.RequestAt(ctx, query.RequestAtParams{Key: key, Number: last + 1 - int64(l.Most)})
				if errors.Is(err, sql.ErrNoRows) { // there were fewer
					continue
				}
				if err != nil {
					return err
				}
				if free := instant(at).Add(l.Per); free.After(now) && free.After(until) {
					until, used = free, l
				}
			}
			if !until.IsZero() {
				return nil
			}
			n, err := q.AddRequest(ctx, query.AddRequestParams{Key: key, Number: last + 1, At: millis(now)})
			if err != nil {
				return err
			}
			if n == 1 {
				return q.ForgetRequests(ctx, query.ForgetRequestsParams{Key: key, Number: last + 1 - int64(most)})
			} // else another process has taken the number
		}
	})
	return until, used, err
}

// CountSources gives the number of sources of a kind that are read.
func (s *Store) CountSources(ctx context.Context, kind string) (int, error) {
	n, err := s.reading().CountSources(ctx, kind)
	return int(n), s.fault(err)
}
