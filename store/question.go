package store

import (
	"context"
	"fmt"
	"time"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Reason is why a question is in the queue.
type Reason string

// Why a question is in the queue.
const (
	Abstained  Reason = "abstained"   // the bot had no answer
	NotHelpful Reason = "not-helpful" // it had one that did not help
)

// State is how far a question has come.
type State string

// How far a question has come.
const (
	QuestionOpen      State = "open"
	QuestionAnswered  State = "answered"
	QuestionDismissed State = "dismissed" // moderators do not want to see it again
)

// Asking is one time that a question was asked without success. It does not
// tell who asked.
type Asking struct {
	Guild      string
	Channel    string // where; empty if it was asked privately, since that names a person
	Text       string
	Key        string // the same for questions that are alike
	Occupation string // the id of the article that it is about, or empty
	Reason     Reason
}

// Question is what was asked, once or often.
type Question struct {
	ID          int64
	Guild       string
	Text        string // as it was first asked
	Occupation  string
	Reason      Reason // of the last time
	State       State
	Asked       int64 // how often
	First, Last time.Time
	Answer      knowledge.EntryKey // of one that is answered
	Channels    []Channel          // where it was asked openly, most often first
	Waiting     int64              // how many people wait to be told
}

// Channel is where a question was asked, and how often.
type Channel struct {
	ID    string
	Asked int64
}

// Ask counts a question in. One that was answered is open again, since the
// answer was not found or did not help; one that was dismissed stays so.
func (s *Store) Ask(ctx context.Context, a Asking) (Question, error) {
	var row query.Question
	err := s.update(ctx, func(q *query.Queries) (err error) {
		now := s.now()
		row, err = q.Ask(ctx, query.AskParams{
			ID: s.ids.next(now), GuildID: a.Guild, TextKey: a.Key, Text: a.Text, Reason: string(a.Reason), Occupation: a.Occupation, At: millis(now),
		})
		if err != nil || a.Channel == "" {
			return err
		}
		return q.AskInChannel(ctx, query.AskInChannelParams{QuestionID: row.ID, ChannelID: a.Channel})
	})
	return questionOf(row), err
}

// Queue gives at most most open questions of a guild, those asked most first,
// after the first skip ones, and how many there are in all.
func (s *Store) Queue(ctx context.Context, guild string, skip, most int) (list []Question, all int64, err error) {
	q := s.reading()
	rows, err := q.OpenQuestions(ctx, query.OpenQuestionsParams{GuildID: guild, Skip: int32(skip), Most: int32(most)})
	if err == nil {
		all, err = q.CountOpenQuestions(ctx, guild)
	}
	for _, row := range rows {
		if err != nil {
			break
		}
		var question Question
		question, err = fullQuestion(ctx, q, row)
		list = append(list, question)
	}
	if err != nil {
		return nil, 0, s.fault(err)
	}
	return list, all, nil
}

// Question gives a question of a guild.
func (s *Store) Question(ctx context.Context, guild string, id int64) (Question, error) {
	q := s.reading()
	row, err := q.Question(ctx, query.QuestionParams{GuildID: guild, ID: id})
	if err != nil {
		return Question{}, s.fault(err)
	}
	question, err := fullQuestion(ctx, q, row)
	return question, s.fault(err)
}

// Dismiss takes questions of a guild out of the queue, for person: those that
// are still open. It is ErrNotFound if none is.
func (s *Store) Dismiss(ctx context.Context, guild string, ids []int64, person string) error {
	return s.update(ctx, func(q *query.Queries) error {
		var open int64
		for _, id := range ids {
			n, err := q.DismissQuestion(ctx, query.DismissQuestionParams{GuildID: guild, ID: id})
			if err != nil {
				return err
			}
			open += n
		}
		if open == 0 {
			return ErrNotFound
		}
		// Not their texts: the audit is kept longer than questions are.
		target := fmt.Sprintf("question %d", ids[0])
		if n := len(ids); n > 1 {
			target = fmt.Sprintf("%s and %d more", target, n-1)
		}
		return s.audit(ctx, q, Deed{Guild: guild, Person: person, Action: "dismiss", Target: target})
	})
}

// answer marks questions of a guild as answered and claims who waits for them:
// each person once, whichever of them they wait for. A question may be gone,
// since it is kept for a time only.
func (s *Store) answer(ctx context.Context, q *query.Queries, guild string, ids []int64, by knowledge.EntryKey) ([]Waiting, error) {
	var list []Waiting
	told := map[string]bool{}
	for _, id := range ids {
		n, err := q.AnswerQuestion(ctx, query.AnswerQuestionParams{
			GuildID: guild, ID: id, Article: by.Article, Kind: string(by.Kind), EntryID: by.ID,
		})
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		claimed, err := s.claim(ctx, q, id, maxClaim)
		if err != nil {
			return nil, err
		}
		for _, w := range claimed {
			if !told[w.Person] {
				told[w.Person] = true
				list = append(list, w)
			} else if _, err := q.Told(ctx, query.ToldParams{ID: w.ID, At: millis(s.now())}); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// fullQuestion adds to a question where it was asked and how many wait.
func fullQuestion(ctx context.Context, q *query.Queries, row query.Question) (Question, error) {
	question := questionOf(row)
	channels, err := q.QuestionChannels(ctx, row.ID)
	if err != nil {
		return Question{}, err
	}
	for _, c := range channels {
		question.Channels = append(question.Channels, Channel{c.ChannelID, c.Asked})
	}
	question.Waiting, err = q.CountWaiting(ctx, row.ID)
	return question, err
}

func questionOf(row query.Question) Question {
	return Question{
		ID: row.ID, Guild: row.GuildID, Text: row.Text, Occupation: row.Occupation, Reason: Reason(row.Reason), State: State(row.State),
		Asked: row.Asked, First: instant(row.FirstAt), Last: instant(row.LastAt), Answer: keyOf(row.AnswerArticle, row.AnswerKind, row.AnswerID),
	}
}
