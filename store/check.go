package store

import (
	"context"
	"time"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Check is a question whose answer moderators want to stay as it is.
type Check struct {
	ID         int64 // set by the store
	Guild      string
	Text       string
	Occupation string             // what the conversation was about before, or empty
	Want       knowledge.EntryKey // the entry that answers it
	Author     string             // Deleted if they have asked for that
	At         time.Time          // set by the store
}

// SaveCheck keeps a check question and gives its id. One of the same text and
// occupation is replaced.
func (s *Store) SaveCheck(ctx context.Context, c Check) (int64, error) {
	var id int64
	err := s.update(ctx, func(q *query.Queries) (err error) {
		now := s.now()
		id, err = q.SaveCheck(ctx, query.SaveCheckParams{
			ID: s.ids.next(now), GuildID: c.Guild, Text: c.Text, Occupation: c.Occupation,
			WantArticle: c.Want.Article, WantKind: string(c.Want.Kind), WantID: c.Want.ID, AuthorID: c.Author, At: millis(now),
		})
		if err != nil {
			return err
		}
		return s.audit(ctx, q, Deed{Guild: c.Guild, Person: c.Author, Action: "add check", Target: keyString(c.Want), Detail: c.Text})
	})
	return id, err
}

// Checks lists the check questions of a guild, the oldest first.
func (s *Store) Checks(ctx context.Context, guild string) ([]Check, error) {
	rows, err := s.reading().Checks(ctx, guild)
	return convert(rows, checkOf), s.fault(err)
}

// DeleteCheck deletes a check question of a guild, for person.
func (s *Store) DeleteCheck(ctx context.Context, guild string, id int64, person string) error {
	return s.update(ctx, func(q *query.Queries) error {
		row, err := q.TakeCheck(ctx, query.TakeCheckParams{GuildID: guild, ID: id})
		if err != nil {
			return err
		}
		c := checkOf(row)
		return s.audit(ctx, q, Deed{Guild: guild, Person: person, Action: "delete check", Target: keyString(c.Want), Detail: c.Text})
	})
}

func checkOf(row query.CheckQuestion) Check {
	return Check{
		ID: row.ID, Guild: row.GuildID, Text: row.Text, Occupation: row.Occupation,
		Want: keyOf(row.WantArticle, row.WantKind, row.WantID), Author: row.AuthorID, At: instant(row.At),
	}
}
