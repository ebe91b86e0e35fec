package store

import (
	"context"
	"math"
	"time"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Deed is a line of the audit: who did what.
type Deed struct {
	ID     int64     `json:"id"`
	Guild  string    `json:"guild"`
	Person string    `json:"person"` // Deleted if they have asked for that
	Action string    `json:"action"`
	Target string    `json:"target"` // to what
	Detail string    `json:"detail"`
	At     time.Time `json:"at"`
}

// AddDeed adds a line to the audit of a guild, for what the store does not
// note itself. ID and At are set by the store.
func (s *Store) AddDeed(ctx context.Context, d Deed) error {
	return s.update(ctx, func(q *query.Queries) error { return s.audit(ctx, q, d) })
}

// Audit gives at most most lines of the audit of a guild, the newest first,
// before the one with an id; 0 begins with the newest.
func (s *Store) Audit(ctx context.Context, guild string, before int64, most int) ([]Deed, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	rows, err := s.reading().Audit(ctx, query.AuditParams{GuildID: guild, Before: before, Most: int32(most)})
	return convert(rows, deedOf), s.fault(err)
}

// audit notes a deed, under an ID of its own unless it has one.
func (s *Store) audit(ctx context.Context, q *query.Queries, d Deed) error {
	now := s.now()
	if d.ID == 0 {
		d.ID = s.ids.next(now)
	}
	return q.AddAudit(ctx, query.AddAuditParams{
		ID: d.ID, GuildID: d.Guild, PersonID: d.Person, Action: d.Action, Target: d.Target, Detail: d.Detail, At: millis(now),
	})
}

func deedOf(row query.Audit) Deed {
	return Deed{ID: row.ID, Guild: row.GuildID, Person: row.PersonID, Action: row.Action, Target: row.Target, Detail: row.Detail, At: instant(row.At)}
}

// convert makes a list of ours of the rows of a query.
func convert[R, T any](rows []R, one func(R) T) []T {
	list := make([]T, len(rows))
	for i, row := range rows {
		list[i] = one(row)
	}
	return list
}
