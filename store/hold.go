package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Transactions of PostgreSQL hold the rows that they have written until they end,
// and wait for those that others hold. So that no two wait for each other, whoever
// writes subscriptions, or what was found for them, holds the subscriptions first,
// in the order of their ids, and then writes deliveries before hits. With SQLite
// one writes at a time.

// each holds the subscriptions of a person, one after the other, and hands each
// over.
func each(ctx context.Context, q *query.Queries, person string, do func(query.Subscription) error) error {
	rows, err := q.PersonSubscriptions(ctx, person) // in the order of their ids
	if err != nil {
		return err
	}
	return holdEach(ctx, q, convert(rows, func(r query.Subscription) int64 { return r.ID }), do)
}

// holdEach holds subscriptions by their ids, which are in order, and hands over
// each that is still there.
func holdEach(ctx context.Context, q *query.Queries, ids []int64, do func(query.Subscription) error) error {
	for _, id := range ids {
		row, err := q.HoldSubscription(ctx, id)
		if errors.Is(err, sql.ErrNoRows) { // it was deleted meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes a subscription that is held, and all that belongs to it.
func drop(ctx context.Context, q *query.Queries, row query.Subscription) error {
	if err := q.DeleteDeliveriesOf(ctx, row.ID); err != nil { // before its hits, which go with it
		return err
	}
	_, err := q.DeleteSubscription(ctx, query.DeleteSubscriptionParams{PersonID: row.PersonID, ID: row.ID})
	return err
}

// holdAll holds many subscriptions at once.
func (s *Store) holdAll(ctx context.Context, tx *sql.Tx, ids []int64) error {
	if s.engine.hold == "" || len(ids) == 0 {
		return nil
	}
	places, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		places[i], args[i] = place(i+1), id
	}
	_, err := tx.ExecContext(ctx, `SELECT id FROM subscription WHERE id IN (`+strings.Join(places, ", ")+`) ORDER BY id `+s.engine.hold, args...)
	return err
}

// subscriptionsOf are those of hits, each once.
func subscriptionsOf(hits []hit) []int64 {
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.sub.ID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
