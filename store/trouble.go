package store

import (
	"context"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Break notes that something has stopped working for a guild. It reports
// whether that is new, to one caller until it is mended.
func (s *Store) Break(ctx context.Context, guild, what string) (bool, error) {
	return s.first(ctx, func(q *query.Queries) (int64, error) {
		return q.AddTrouble(ctx, query.AddTroubleParams{GuildID: guild, What: what, Since: millis(s.now())})
	})
}

// Mend notes that something works again. It reports whether that is new.
func (s *Store) Mend(ctx context.Context, guild, what string) (bool, error) {
	return s.first(ctx, func(q *query.Queries) (int64, error) {
		return q.EndTrouble(ctx, query.EndTroubleParams{GuildID: guild, What: what})
	})
}

// first reports whether a change found its row as it has to be, which it does
// for one caller.
func (s *Store) first(ctx context.Context, change func(*query.Queries) (int64, error)) (bool, error) {
	var n int64
	err := s.update(ctx, func(q *query.Queries) (err error) {
		n, err = change(q)
		return err
	})
	return n == 1 && err == nil, err
}
