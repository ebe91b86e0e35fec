package store

import (
	"context"
	"errors"
	"time"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Waiting is somebody who wants to be told once a question is answered.
type Waiting struct {
	ID       int64     `json:"id"`      // also the nonce of what they are told
	Question Question  `json:"-"`       // without Channels and Waiting
	Person   string    `json:"person"`  // who
	Channel  string    `json:"channel"` // where they asked
	Message  string    `json:"message"` // what to reply to; empty if there is none
	Private  bool      `json:"private"` // they asked privately, and are told by direct message
	Since    time.Time `json:"since"`
	Tried    time.Time `json:"-"` // when it was first claimed: long ago, and Discord no longer knows the nonce
}

// Claims of those who wait.
const (
	Lease    = time.Minute // for so long nobody else is given a claim
	maxClaim = 100
)

// Wait notes that a person wants to be told of the answer to a question of a
// guild: ID, Question and times are set by the store. Who waits already goes on
// doing so; who was told and finds the question open again waits anew.
func (s *Store) Wait(ctx context.Context, guild string, question int64, w Waiting) error {
	return s.update(ctx, func(q *query.Queries) error {
		if _, err := q.Question(ctx, query.QuestionParams{GuildID: guild, ID: question}); err != nil {
			return err
		}
		if err := q.EndOldWait(ctx, query.EndOldWaitParams{QuestionID: question, PersonID: w.Person}); err != nil {
			return err
		}
		now := s.now()
		return q.Wait(ctx, query.WaitParams{
			ID: s.ids.next(now), QuestionID: question, PersonID: w.Person, ChannelID: w.Channel, MessageID: w.Message, Private: w.Private, At: millis(now),
		})
	})
}

// ClaimWaiting gives at most most of those whose question is answered and who
// have not been told. Each is given to one caller, for the time of a Lease:
// tell them, with the ID as nonce, then call Told. Whoever dies in between
// leaves them to the next caller, to whom Tried says how old the nonce is.
func (s *Store) ClaimWaiting(ctx context.Context, most int) ([]Waiting, error) {
	var list []Waiting
	err := s.update(ctx, func(q *query.Queries) (err error) {
		list, err = s.claim(ctx, q, 0, most)
		return err
	})
	return list, err
}

// Told notes that somebody who waited has been told, or cannot be.
func (s *Store) Told(ctx context.Context, id int64) error {
	return s.update(ctx, func(q *query.Queries) error {
		_, err := q.Told(ctx, query.ToldParams{ID: id, At: millis(s.now())})
		return err
	})
}

// claim claims those who wait for a question, or for any if it is 0.
func (s *Store) claim(ctx context.Context, q *query.Queries, question int64, most int) ([]Waiting, error) {
	now := s.now()
	rows, err := q.ClaimWaiting(ctx, query.ClaimWaitingParams{QuestionID: question, At: millis(now), Until: millis(now.Add(Lease)), Most: int32(most)})
	if err != nil {
		return nil, err
	}
	list := make([]Waiting, len(rows))
	for i, row := range rows {
		answered, err := q.QuestionByID(ctx, row.QuestionID)
		if err != nil && !errors.Is(s.fault(err), ErrNotFound) {
			return nil, err
		}
		list[i] = waitingOf(row)
		list[i].Question = questionOf(answered)
	}
	return list, nil
}

func waitingOf(row query.Waiting) Waiting {
	return Waiting{
		ID: row.ID, Person: row.PersonID, Channel: row.ChannelID, Message: row.MessageID, Private: row.Private,
		Since: instant(row.Since), Tried: instant(row.TriedAt),
	}
}
