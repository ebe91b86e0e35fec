package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Why is what explains what a subscription brings, or its silence.
type Why struct {
	Subscription Subscription
	Matched      time.Time // when new jobs were last matched, of whomever; zero if never
	Hits         int64     // jobs found since it was made, as far back as is kept
	Waiting      int64     // of them, those that are open and have not been sent
	LastHit      time.Time // zero if nothing was found
	Last         Delivered // the last message; its ID is 0 if there was none
	Sources      []Source  // that it sees, the operator's first
}

// Delivered is a message that was to be sent.
type Delivered struct {
	ID      int64
	State   string // frozen, sending, sent, dropped or failed
	Reason  string // why it was not sent
	Tries   int
	Message string // its id
	Frozen  time.Time
	Done    time.Time // zero while it is on its way
}

// Why explains a subscription of a person.
func (s *Store) Why(ctx context.Context, person string, id int64) (Why, error) {
	var why Why
	var err error
	if why.Subscription, err = s.Subscription(ctx, person, id); err != nil {
		return Why{}, err
	}
	last, err := s.lastWork(ctx)
	if err != nil {
		return Why{}, err
	}
	why.Matched = last[matchWork]
	q := s.reading()
	hits, err := q.CountHits(ctx, query.CountHitsParams{SubscriptionID: id, At: millis(s.now())})
	if err != nil {
		return Why{}, s.fault(err)
	}
	why.Hits, why.Waiting, why.LastHit = hits.Total, hits.Waiting, instant(hits.LastAt)
	row, err := q.LastDelivery(ctx, id)
	if err == nil {
		why.Last = deliveredOf(row)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return Why{}, s.fault(err)
	}
	for _, guild := range distinct("", why.Subscription.Guild) {
		sources, err := s.Sources(ctx, guild)
		if err != nil {
			return Why{}, err
		}
		why.Sources = append(why.Sources, sources...)
	}
	return why, nil
}

func distinct(a, b string) []string {
	if a == b {
		return []string{a}
	}
	return []string{a, b}
}

// WhyJob is what explains why somebody was told of a job, or not.
type WhyJob struct {
	Job         HeldJob
	Explanation alerts.Explanation
	Hit         time.Time // when it was found for the subscription; zero if it was not
	Delivery    Delivered // with which it was told, or is to be; its ID is 0 if there is none
}

// WhyJob explains a job that the guild of a subscription sees, by the rules of
// today. careers is as for Match.
func (s *Store) WhyJob(ctx context.Context, person string, id, job int64, careers func(guild, id string) []string) (WhyJob, error) {
	sub, err := s.Subscription(ctx, person, id)
	if err != nil {
		return WhyJob{}, err
	}
	q := s.reading()
	row, err := q.VisibleJob(ctx, query.VisibleJobParams{GuildID: sub.Guild, ID: job})
	if err != nil {
		return WhyJob{}, s.fault(err)
	}
	why := WhyJob{}
	if why.Job, err = heldJob(row); err != nil {
		return WhyJob{}, err
	}
	past := alerts.Past{Seen: why.Job.First}
	hit, err := q.HitOf(ctx, query.HitOfParams{SubscriptionID: id, Fingerprint: row.Fingerprint})
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return WhyJob{}, s.fault(err)
	default:
		why.Hit = instant(hit.At)
		d, err := q.Delivery(ctx, hit.DeliveryID)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return WhyJob{}, s.fault(err)
		}
		if err == nil {
			why.Delivery = deliveredOf(d)
			if d.State == deliverySent {
				past.Sent = why.Delivery.Done
			}
		}
	}
	names := func(id string) []string { return careers(sub.Guild, id) }
	why.Explanation = alerts.Explain(s.now(), why.Job.Job, sub.Subscription, names, past)
	return why, nil
}

func deliveredOf(row query.SubscriptionDelivery) Delivered {
	return Delivered{
		ID: row.ID, State: row.State, Reason: row.Reason, Tries: int(row.Tries), Message: row.MessageID,
		Frozen: instant(row.FrozenAt), Done: instant(row.DoneAt),
	}
}
