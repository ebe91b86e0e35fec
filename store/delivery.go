package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Delivery is a message that is to be sent. What is in it was fixed when it fell
// due, so that each try is of the same.
type Delivery struct {
	ID           int64 // put it into the message, for Check
	Subscription Subscription
	Jobs         []HeldJob // at least one, newest first; at the first try all are open
	More         int       // that wait for the next message
	Nonce        string    // of the message, to be enforced: Discord then sends it once
	// Check is set if an earlier try may have sent the message so long ago that
	// Discord has forgotten its nonce: look for the ID among the last messages
	// of the channel first.
	Check bool
	Try   int // from 1

	unsent bool // no earlier try can have sent it
	pace   *pace
}

// Wait returns when one more request to Discord may be made for deliveries. The
// first of each has been waited for.
func (d Delivery) Wait(ctx context.Context) error { return d.pace.wait(ctx) }

// Outcome is what became of a try to send a delivery.
type Outcome struct {
	Result  Result
	Message string        // Sent: the id of the message
	After   time.Duration // Later and Hold: try again then
	Reason  string        // Closed, Left and Refused: why, for the person
	Err     error         // Unknown and Unauthorized: for the log
	Looked  bool          // a message of an earlier try was looked for, and there is none
	Unsent  bool          // Unknown: this try has sent nothing
}

// Result is the kind of an Outcome.
type Result string

// What may become of a try.
const (
	Sent         Result = "sent"         // the message is there
	Later        Result = "later"        // Discord wants a pause (429) in this channel; the message was not sent
	Hold         Result = "hold"         // Discord wants a pause of us in all (a global 429); the message was not sent
	Closed       Result = "closed"       // the person takes no messages (50007, 50278): all their subscriptions are paused
	Left         Result = "left"         // the person has left the server: the subscription is paused
	Refused      Result = "refused"      // Discord will never take this message
	Unauthorized Result = "unauthorized" // the token is not valid (401): all work ends
	Unknown      Result = "unknown"      // anything else, such as no answer: it may have been sent, and is tried again
)

// States of a delivery.
const (
	deliveryFrozen  = "frozen"  // not tried
	deliverySending = "sending" // tried, and perhaps sent
	deliverySent    = "sent"
	deliveryDropped = "dropped" // not to be sent any more
	deliveryFailed  = "failed"
)

const (
	mostTries = 200 // the last some days after the first
	freezeAt  = 100 // subscriptions that are looked at in one transaction
)

// InstantPerDay is how many messages an instant subscription brings within 24
// hours. What comes after that waits.
const InstantPerDay = 12

// FreezeDue looks at subscriptions that are due now, at most 100: it fixes what
// each is to be told and puts that into the queue, or nothing if there is
// nothing, and sets when it is due next, all in one transaction. A time that was
// missed is made up for once. It gives the number of subscriptions looked at and
// of deliveries.
func (s *Store) FreezeDue(ctx context.Context) (due, deliveries int, err error) {
	err = s.updateTx(ctx, func(tx *sql.Tx, q *query.Queries) error {
		now := s.now()
		rows, err := claimDue(ctx, q, now, freezeAt)
		if err != nil {
			return err
		}
		var jobs []river.InsertManyParams
		for _, row := range rows {
			id, err := s.freeze(ctx, q, row, now)
			if err != nil {
				return err
			}
			if id != 0 {
				jobs = append(jobs, river.InsertManyParams{Args: deliverArgs{ID: id}})
			}
		}
		due, deliveries = len(rows), len(jobs)
		if len(jobs) == 0 {
			return nil
		}
		_, err = s.queue.InsertManyTx(ctx, tx, jobs)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return due, deliveries, nil
}

// claimDue claims at most most subscriptions that are due, those first that are for
// the longest time.
func claimDue(ctx context.Context, q *query.Queries, now time.Time, most int32) ([]query.Subscription, error) {
	ids, err := q.Due(ctx, query.DueParams{At: millis(now), Most: most})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids) // see hold.go
	var rows []query.Subscription
	for _, id := range ids {
		row, err := q.ClaimDue(ctx, query.ClaimDueParams{ID: id, At: millis(now)})
		if errors.Is(err, sql.ErrNoRows) { // others have it
			continue
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// freeze fixes what a subscription that is due is to be told, sets when it is
// due next and gives the id of the delivery, or 0 if there is none.
func (s *Store) freeze(ctx context.Context, q *query.Queries, row query.Subscription, now time.Time) (int64, error) {
	sub, err := subscriptionOf(row)
	if err != nil {
		return 0, err
	}
	next, err := sub.Schedule.Next(now)
	if err != nil { // a zone that is no longer known
		return 0, q.PauseDue(ctx, query.PauseDueParams{ID: row.ID, Reason: err.Error()})
	}
	open, err := q.CountOpenOf(ctx, row.ID)
	if err != nil {
		return 0, err
	}
	if open > 0 { // one at a time: what was found since comes with the next
		return 0, q.SetDue(ctx, query.SetDueParams{ID: row.ID, NextDue: millis(next)})
	}
	every := sub.Schedule.Every
	if every == alerts.Instant {
		sent, err := q.CountSent(ctx, query.CountSentParams{SubscriptionID: row.ID, After: millis(now.Add(-24 * time.Hour))})
		if err != nil {
			return 0, err
		}
		if sent.Total >= InstantPerDay {
			return 0, q.SetDue(ctx, query.SetDueParams{ID: row.ID, NextDue: sent.FirstAt + (24 * time.Hour).Milliseconds()})
		}
	}
	if err := s.followTold(ctx, q, sub); err != nil {
		return 0, err
	}
	pending, err := q.PendingHits(ctx, query.PendingHitsParams{SubscriptionID: row.ID, At: millis(now), Before: forever, Most: mostPending})
	if err != nil {
		return 0, err
	}
	hits, more, err := choose(pending)
	if err != nil {
		return 0, err
	}
	if every == alerts.Instant && more == 0 {
		next = time.Time{} // until something is found
	}
	if err := q.SetDue(ctx, query.SetDueParams{ID: row.ID, NextDue: millis(next)}); err != nil || len(hits) == 0 {
		return 0, err
	}
	id := s.ids.next(now)
	if err := q.AddDelivery(ctx, query.AddDeliveryParams{ID: id, SubscriptionID: row.ID, More: int64(more), At: millis(now)}); err != nil {
		return 0, err
	}
	for _, fingerprint := range hits {
		if err := q.FreezeHit(ctx, query.FreezeHitParams{DeliveryID: id, SubscriptionID: row.ID, Fingerprint: fingerprint}); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// followTold notes of what waits that it was told of before, where that was a copy
// at the same address: one of the guild's sources and one of the operator's are
// jobs of their own, and may be found on different days, however far apart while
// one of them is listed. A copy with the same fingerprint is the same hit.
func (s *Store) followTold(ctx context.Context, q *query.Queries, sub Subscription) error {
	of := query.ToldHitsParams{SubscriptionID: sub.ID, GuildID: sub.Guild, Within: alerts.RepostWindow.Milliseconds()}
	told, err := q.ToldHits(ctx, of)
	if err != nil {
		return err
	}
	past, err := q.ToldPast(ctx, query.ToldPastParams(of))
	if err != nil {
		return err
	}
	for _, row := range append(told, convert(past, func(r query.ToldPastRow) query.ToldHitsRow { return query.ToldHitsRow(r) })...) {
		if err := q.FreezeHit(ctx, query.FreezeHitParams{DeliveryID: row.DeliveryID, SubscriptionID: sub.ID, Fingerprint: row.Fingerprint}); err != nil {
			return err
		}
	}
	return nil
}

// choose makes a digest of hits: the fingerprints of those that it tells of, of
// which several may be one job, and how many jobs it leaves over.
func choose(pending []query.PendingHitsRow) (hits []string, more int, err error) {
	jobs := make([]alerts.Job, len(pending))
	fingerprints := map[string]string{}
	for i, row := range pending {
		if jobs[i], err = parseJob(row.Job); err != nil {
			return nil, 0, err
		}
		fingerprints[jobs[i].SourceKey()] = row.Fingerprint
	}
	d := alerts.NewDigest(jobs)
	for _, job := range d.Jobs {
		for _, c := range append([]alerts.Copy{{Source: job.Source, ExternalID: job.ExternalID}}, job.AlsoOn...) {
			if hit, ok := fingerprints[alerts.Job{Source: c.Source, ExternalID: c.ExternalID}.SourceKey()]; ok {
				hits = append(hits, hit)
			}
		}
	}
	return hits, len(d.Left), nil
}

// frozen gives the jobs that a delivery tells of and that are open at a time, at
// the zero time all, newest first; those that are one, of the guild and the
// operator, as one.
func (s *Store) frozen(ctx context.Context, q *query.Queries, d Delivery, at time.Time) ([]HeldJob, error) {
	rows, err := q.FrozenJobs(ctx, query.FrozenJobsParams{SubscriptionID: d.Subscription.ID, DeliveryID: d.ID, At: millis(at)})
	if err != nil {
		return nil, err
	}
	held, err := heldJobs(rows)
	if err != nil {
		return nil, err
	}
	jobs, of := make([]alerts.Job, len(held)), map[string]HeldJob{}
	for i, h := range held {
		jobs[i] = h.Job
		of[h.Job.SourceKey()] = h
	}
	merged := alerts.Merge(jobs)
	list := make([]HeldJob, len(merged))
	for i, job := range merged {
		list[i] = of[job.SourceKey()]
		list[i].Job = job
	}
	return list, nil
}

// errDone means that there is nothing to be sent.
var errDone = errors.New("there is nothing to send")

// try begins a try of a delivery. The error is errDone if there is nothing to be
// sent any more, and the queue is to forget it.
func (s *Store) try(ctx context.Context, id int64) (Delivery, error) {
	var d Delivery
	done := false
	err := s.update(ctx, func(q *query.Queries) error {
		done = false
		now := s.now()
		is, err := q.Delivery(ctx, id)
		if errors.Is(err, sql.ErrNoRows) { // it has been deleted with its subscription
			done = true
			return nil
		}
		if err != nil {
			return err
		}
		of, err := q.HoldSubscription(ctx, is.SubscriptionID)
		if errors.Is(err, sql.ErrNoRows) {
			done = true
			return nil
		}
		if err != nil {
			return err
		}
		if is, err = q.Delivery(ctx, id); err != nil { // as it is while nobody else tries it
			return err
		}
		row, err := q.TryDelivery(ctx, query.TryDeliveryParams{ID: id, At: millis(now), Stale: millis(now.Add(-s.waits.nonce))})
		if errors.Is(err, sql.ErrNoRows) { // it has been sent
			done = true
			return nil
		}
		if err != nil {
			return err
		}
		sub, err := subscriptionOf(of)
		if err != nil {
			return err
		}
		d = Delivery{ID: id, Subscription: sub, More: int(row.More), Nonce: fmt.Sprintf("%d-%d", id, row.Epoch), Check: row.Epoch > 0, Try: int(row.Tries), unsent: is.FirstTry == 0}
		if !sub.ActiveAt(now) {
			done = true
			return s.end(ctx, q, d, deliveryDropped, Outcome{Reason: "The alert was paused before this was sent."})
		}
		open := now
		if !d.unsent { // it may have been sent with those that are closed now
			open = time.Time{}
		}
		if d.Jobs, err = s.frozen(ctx, q, d, open); err != nil {
			return err
		}
		if len(d.Jobs) == 0 {
			done = true
			return s.end(ctx, q, d, deliveryDropped, Outcome{Reason: "All of its jobs were closed before this was sent."})
		}
		return nil
	})
	if err == nil && done {
		err = errDone
	}
	return d, err
}

// DeliverAll tries each delivery that is open once, one after the other, without
// the queue: for programs that drive the clock. It gives the number of tries.
func (s *Store) DeliverAll(ctx context.Context, deliver func(ctx context.Context, d Delivery) Outcome) (tries int, err error) {
	pace := newPace(time.Now)
	for after := int64(0); ; {
		ids, err := s.reading().OpenDeliveries(ctx, query.OpenDeliveriesParams{After: after, Most: 1000})
		if err != nil {
			return tries, s.fault(err)
		}
		if len(ids) == 0 {
			return tries, nil
		}
		for _, id := range ids {
			after = id
			d, err := s.try(ctx, id)
			if errors.Is(err, errDone) {
				continue
			}
			if err != nil {
				return tries, err
			}
			tries++
			d.pace = pace
			o := deliver(ctx, d)
			err = s.update(ctx, func(q *query.Queries) error {
				_, err := s.note(ctx, q, d, o)
				return err
			})
			if err != nil {
				return tries, err
			}
		}
	}
}

// Undelivered tells whether deliveries are open, for programs that drive the
// clock.
func (s *Store) Undelivered(ctx context.Context) (bool, error) {
	ids, err := s.reading().OpenDeliveries(ctx, query.OpenDeliveriesParams{Most: 1})
	return len(ids) > 0, s.fault(err)
}

// end ends a delivery that is not sent any more. What it would have told of waits
// again, but only if no try has sent it: rather never than twice.
func (s *Store) end(ctx context.Context, q *query.Queries, d Delivery, state string, o Outcome) error {
	n, err := q.EndDelivery(ctx, query.EndDeliveryParams{ID: d.ID, State: state, Reason: o.Reason, At: millis(s.now())})
	if err != nil || n == 0 || !d.unsent && !o.Looked {
		return err
	}
	return q.ThawHits(ctx, query.ThawHitsParams{SubscriptionID: d.Subscription.ID, DeliveryID: d.ID})
}

// untry notes that a try has sent nothing, and how many tries count now. If none
// before it can have sent the message, it is as if it had not been tried.
func untry(ctx context.Context, q *query.Queries, d Delivery, tries int) error {
	if !d.unsent {
		return nil
	}
	return q.UntryDelivery(ctx, query.UntryDeliveryParams{ID: d.ID, Tries: int64(d.Try), Counted: int64(tries)})
}

// outcomes are what is noted of each result.
var outcomes = map[Result]func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (again time.Duration, err error){
	Sent: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		_, err := q.EndDelivery(ctx, query.EndDeliveryParams{ID: d.ID, State: deliverySent, MessageID: o.Message, At: millis(s.now())})
		return 0, err
	},
	Later: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		return max(o.After, time.Second), untry(ctx, q, d, d.Try-1)
	},
	Hold: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		d.pace.hold(o.After)
		return max(o.After, time.Second), untry(ctx, q, d, d.Try-1)
	},
	Closed: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		err := each(ctx, q, d.Subscription.Person, func(row query.Subscription) error {
			if row.State != string(alerts.Active) {
				return nil
			}
			return q.PauseDue(ctx, query.PauseDueParams{ID: row.ID, Reason: o.Reason})
		})
		if err != nil {
			return 0, err
		}
		return 0, s.end(ctx, q, d, deliveryFailed, o)
	},
	Left: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		if err := q.PauseDue(ctx, query.PauseDueParams{ID: d.Subscription.ID, Reason: o.Reason}); err != nil {
			return 0, err
		}
		return 0, s.end(ctx, q, d, deliveryFailed, o)
	},
	Refused: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		_, err := q.EndDelivery(ctx, query.EndDeliveryParams{ID: d.ID, State: deliveryFailed, Reason: o.Reason, At: millis(s.now())})
		return 0, err
	},
	Unauthorized: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		return time.Second, untry(ctx, q, d, d.Try-1) // by the program that is started next
	},
	Unknown: func(ctx context.Context, s *Store, q *query.Queries, d Delivery, o Outcome) (time.Duration, error) {
		if o.Unsent {
			if err := untry(ctx, q, d, d.Try); err != nil {
				return 0, err
			}
		}
		if d.Try < mostTries {
			return backOff(d.Try), nil
		}
		_, err := q.EndDelivery(ctx, query.EndDeliveryParams{ID: d.ID, State: deliveryFailed, Reason: "Discord did not take it for days.", At: millis(s.now())})
		return 0, err
	},
}

// note notes what became of a try. A duration above 0 leaves the delivery open,
// to be tried again after it.
func (s *Store) note(ctx context.Context, q *query.Queries, d Delivery, o Outcome) (again time.Duration, err error) {
	of, known := outcomes[o.Result]
	if !known {
		of = outcomes[Unknown]
	}
	return of(ctx, s, q, d, o)
}

// backOff is the time before the next try after so many: 5 seconds, doubled each
// time, at most 20 minutes.
func backOff(tries int) time.Duration {
	return min(5*time.Second<<min(tries-1, 10), 20*time.Minute)
}
