package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Subscription is what somebody looks for, and how they are told.
type Subscription struct {
	alerts.Subscription
	Channel string    // of their direct messages; empty until it is known
	Due     time.Time // when it next falls due; zero if it does not: paused, or instant with nothing to tell
	LastDue time.Time // when it last did
}

// ErrTooMany means that a person has as many subscriptions as they may.
var ErrTooMany = errors.New("you have as many alerts as you can have: delete one of them first")

// AddSubscription adds a subscription of a person who may have most of them,
// from query, schedule, state and reason of what it is given; the rest is set
// by the store. The error is ErrTooMany if there is no room.
func (s *Store) AddSubscription(ctx context.Context, sub Subscription, most int) (Subscription, error) {
	err := s.update(ctx, func(q *query.Queries) (err error) {
		sub, err = s.add(ctx, q, sub, most)
		return err
	})
	if err != nil {
		return Subscription{}, err
	}
	return sub, nil
}

// add adds a subscription within a transaction; see AddSubscription.
func (s *Store) add(ctx context.Context, q *query.Queries, sub Subscription, most int) (Subscription, error) {
	now := s.now()
	sub.ID, sub.Created = s.ids.next(now), instant(millis(now))
	if sub.State == "" {
		sub.State = alerts.Active
	}
	err := errors.Join(sub.Query.Check(), sub.Schedule.Check())
	if err != nil {
		return Subscription{}, err
	}
	if sub.Due, err = firstDue(sub.Subscription, now); err != nil {
		return Subscription{}, err
	}
	text, schedule, err := formatSubscription(sub)
	if err != nil {
		return Subscription{}, err
	}
	for {
		rows, err := q.PersonSubscriptions(ctx, sub.Person)
		if err != nil {
			return Subscription{}, err
		}
		slot, ok := freeSlot(rows, most)
		if !ok {
			return Subscription{}, ErrTooMany
		}
		n, err := q.AddSubscription(ctx, query.AddSubscriptionParams{
			ID: sub.ID, PersonID: sub.Person, Slot: slot, GuildID: sub.Guild, Query: text, Schedule: schedule, ChannelID: sub.Channel,
			State: string(sub.State), Reason: sub.Reason, UntilAt: millis(sub.Until), NextDue: millis(sub.Due), At: millis(now),
		})
		if err != nil || n == 1 {
			return sub, err
		} // else another process has taken the slot
	}
}

// freeSlot gives the first slot that no subscription has. Slots are unique for
// a person, so that two processes cannot add one too many.
func freeSlot(rows []query.Subscription, most int) (int64, bool) {
	taken := map[int64]bool{}
	for _, row := range rows {
		taken[row.Slot] = true
	}
	for slot := range int64(most) {
		if !taken[slot] {
			return slot, len(rows) < most
		}
	}
	return 0, false
}

// firstDue says when a subscription that was changed now falls due next; zero
// if it does not.
func firstDue(sub alerts.Subscription, now time.Time) (time.Time, error) {
	from := now
	if sub.State == alerts.Paused {
		if sub.Until.IsZero() {
			return time.Time{}, nil
		}
		from = sub.Until
	} else if sub.Schedule.Every == alerts.Instant {
		return time.Time{}, nil // until it has something to tell
	}
	return sub.Schedule.Next(from)
}

// Subscriptions lists the subscriptions of a person, the oldest first.
func (s *Store) Subscriptions(ctx context.Context, person string) ([]Subscription, error) {
	rows, err := s.reading().PersonSubscriptions(ctx, person)
	if err != nil {
		return nil, s.fault(err)
	}
	list := make([]Subscription, len(rows))
	for i, row := range rows {
		if list[i], err = subscriptionOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Subscription gives a subscription of a person.
func (s *Store) Subscription(ctx context.Context, person string, id int64) (Subscription, error) {
	row, err := s.reading().PersonSubscription(ctx, query.PersonSubscriptionParams{PersonID: person, ID: id})
	if err != nil {
		return Subscription{}, s.fault(err)
	}
	return subscriptionOf(row)
}

// ChangeSubscription applies change to a subscription of a person: query,
// schedule, channel, state, reason and until. What waits to be told and is not
// asked for any more is forgotten; careers is as for alerts.Match.
func (s *Store) ChangeSubscription(ctx context.Context, person string, id int64, careers func(guild, id string) []string, change func(*Subscription)) (Subscription, error) {
	var sub Subscription
	err := s.update(ctx, func(q *query.Queries) error {
		row, err := q.HoldSubscription(ctx, id)
		if err != nil {
			return err
		}
		if row.PersonID != person {
			return ErrNotFound
		}
		if sub, err = subscriptionOf(row); err != nil {
			return err
		}
		now := s.now()
		fallen := sub.ActiveAt(now) && !sub.Due.IsZero() && !sub.Due.After(now)
		change(&sub)
		if err := errors.Join(sub.Query.Check(), sub.Schedule.Check()); err != nil {
			return err
		}
		if sub.State == alerts.Active {
			sub.Reason, sub.Until = "", time.Time{}
		}
		kept, err := s.keepHits(ctx, q, sub.Subscription, careers, now)
		if err != nil {
			return err
		}
		if !fallen || sub.State != alerts.Active { // what has fallen due is not put off
			if sub.Due, err = firstDue(sub.Subscription, now); err != nil {
				return err
			}
		}
		if sub.State == alerts.Active && sub.Due.IsZero() && kept > 0 {
			if sub.Due, err = sub.Schedule.Next(now); err != nil {
				return err
			}
		}
		text, schedule, err := formatSubscription(sub)
		if err != nil {
			return err
		}
		_, err = q.ChangeSubscription(ctx, query.ChangeSubscriptionParams{
			ID: id, PersonID: person, Query: text, Schedule: schedule, ChannelID: sub.Channel, State: string(sub.State), Reason: sub.Reason,
			UntilAt: millis(sub.Until), Told: true, NextDue: millis(sub.Due),
		})
		return err
	})
	if err != nil {
		return Subscription{}, err
	}
	return sub, nil
}

// keepHits forgets of what waits what a subscription does not ask for, and
// gives the number of the rest. What is closed waits, too: it may open again.
func (s *Store) keepHits(ctx context.Context, q *query.Queries, sub alerts.Subscription, careers func(guild, id string) []string, now time.Time) (kept int, err error) {
	sub.State = alerts.Active // what a pause leaves waiting is for afterwards
	names := func(id string) []string { return careers(sub.Guild, id) }
	for before := int64(forever); ; {
		waiting, err := q.PendingHits(ctx, query.PendingHitsParams{SubscriptionID: sub.ID, Before: before, Most: mostPending})
		if err != nil || len(waiting) == 0 {
			return kept, err
		}
		jobs := make([]alerts.Job, len(waiting))
		for i, row := range waiting {
			if jobs[i], err = parseJob(row.Job); err != nil {
				return 0, err
			}
			jobs[i].Closes = time.Time{}
			before = row.Job.ID
		}
		keep := map[int32]bool{}
		for _, h := range alerts.Match(now, jobs, []alerts.Subscription{sub}, names) {
			keep[h.Job] = true
		}
		kept += len(keep)
		for i, row := range waiting {
			if keep[int32(i)] {
				continue
			}
			if err := q.DropHit(ctx, query.DropHitParams{SubscriptionID: sub.ID, Fingerprint: row.Fingerprint}); err != nil {
				return 0, err
			}
		}
	}
}

// DeleteSubscription deletes a subscription of a person and all that belongs to
// it.
func (s *Store) DeleteSubscription(ctx context.Context, person string, id int64) error {
	return s.update(ctx, func(q *query.Queries) error {
		row, err := q.HoldSubscription(ctx, id)
		if err != nil {
			return err
		}
		if row.PersonID != person {
			return ErrNotFound
		}
		return drop(ctx, q, row)
	})
}

// SetChannel notes where direct messages to a person go.
func (s *Store) SetChannel(ctx context.Context, person, channel string) error {
	return s.update(ctx, func(q *query.Queries) error {
		return each(ctx, q, person, func(row query.Subscription) error {
			return q.SetChannel(ctx, query.SetChannelParams{ID: row.ID, ChannelID: channel})
		})
	})
}

// ClaimUntold gives the subscriptions of a person that were paused without them
// and of which they have not been told why: each once.
func (s *Store) ClaimUntold(ctx context.Context, person string) ([]Subscription, error) {
	var list []Subscription
	err := s.update(ctx, func(q *query.Queries) error {
		list = nil
		return each(ctx, q, person, func(row query.Subscription) error {
			row, err := q.ClaimUntold(ctx, row.ID)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			sub, err := subscriptionOf(row)
			list = append(list, sub)
			return err
		})
	})
	return list, err
}

func formatSubscription(sub Subscription) (text, schedule string, err error) {
	t, err := json.Marshal(sub.Query)
	if err != nil {
		return "", "", err
	}
	sch, err := json.Marshal(sub.Schedule)
	return string(t), string(sch), err
}

func subscriptionOf(row query.Subscription) (Subscription, error) {
	sub := Subscription{Channel: row.ChannelID, Due: instant(row.NextDue), LastDue: instant(row.LastDue), Subscription: alerts.Subscription{
		ID: row.ID, Person: row.PersonID, Guild: row.GuildID, State: alerts.State(row.State), Reason: row.Reason,
		Until: instant(row.UntilAt), Created: instant(row.CreatedAt),
	}}
	return sub, parseSubscription(&sub.Subscription, row.Query, row.Schedule)
}

func parseSubscription(sub *alerts.Subscription, text, schedule string) error {
	err := json.Unmarshal([]byte(text), &sub.Query)
	if err == nil {
		err = json.Unmarshal([]byte(schedule), &sub.Schedule)
	}
	if err != nil {
		return fmt.Errorf("subscription %d in the database makes no sense: %w", sub.ID, err)
	}
	return nil
}
