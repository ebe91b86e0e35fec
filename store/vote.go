package store

import (
	"context"
	"time"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Vote is what a person thinks of an answer.
type Vote struct {
	Guild    string
	Answer   string // names the answer: the id of its message
	Person   string
	Helpful  bool
	Entry    knowledge.EntryKey // what was shown
	Question string             // as it was asked
	At       time.Time          // set by the store
}

// Helpful is a question whose answer was voted helpful.
type Helpful struct {
	Question string
	Entry    knowledge.EntryKey
	Votes    int64
}

// Vote keeps a vote in the place of any that the person has given to the same
// answer.
func (s *Store) Vote(ctx context.Context, v Vote) error {
	return s.update(ctx, func(q *query.Queries) error {
		return q.Vote(ctx, query.VoteParams{
			GuildID: v.Guild, AnswerID: v.Answer, PersonID: v.Person, Helpful: v.Helpful,
			Article: v.Entry.Article, Kind: string(v.Entry.Kind), EntryID: v.Entry.ID, Question: v.Question, At: millis(s.now()),
		})
	})
}

// HelpfulQuestions lists at most most questions of a guild whose answers were
// voted helpful, those with most votes first.
func (s *Store) HelpfulQuestions(ctx context.Context, guild string, most int) ([]Helpful, error) {
	rows, err := s.reading().HelpfulQuestions(ctx, query.HelpfulQuestionsParams{GuildID: guild, Most: int32(most)})
	return convert(rows, func(row query.HelpfulQuestionsRow) Helpful {
		return Helpful{row.Question, keyOf(row.Article, row.Kind, row.EntryID), row.Votes}
	}), s.fault(err)
}
