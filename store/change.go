package store

import (
	"context"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Changes lists the guilds whose entries or settings have changed since a
// number, which was the newest then, and gives the newest now. 0 is before all
// changes. It is cheap enough to be asked each second, which is how a process
// sees what another has published.
func (s *Store) Changes(ctx context.Context, after int64) (guilds []string, newest int64, err error) {
	rows, err := s.reading().ChangesAfter(ctx, after)
	if err != nil {
		return nil, after, s.fault(err)
	}
	newest = after
	for _, row := range rows {
		guilds = append(guilds, row.GuildID)
		newest = row.Seq
	}
	return guilds, newest, nil
}

// changed marks a guild for Changes. It comes last in a transaction, since it
// makes all others wait for the end of it.
func changed(ctx context.Context, q *query.Queries, guild string) error {
	seq, err := q.CountChange(ctx)
	if err != nil {
		return err
	}
	return q.MarkChange(ctx, query.MarkChangeParams{GuildID: guild, Seq: seq})
}
