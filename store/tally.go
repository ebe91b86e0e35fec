package store

import (
	"context"
	"time"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Tally is how many questions of a guild were answered in a week, and how many
// missed. It tells neither what was asked nor who asked.
type Tally struct {
	Guild    string
	Week     time.Time       // see Week
	Topic    knowledge.Topic // of the answers; empty for questions that were missed
	Answered int64
	Missed   int64 // that nothing answers, and something should
}

// week is as long as a week is.
const week = 7 * 24 * time.Hour

// Week gives the beginning of the week of a time: Monday, 0:00 UTC.
func Week(t time.Time) time.Time {
	const monday = 4 * 24 * time.Hour // after the epoch of 1970, a Thursday
	return time.UnixMilli(0).UTC().Add(monday + t.Sub(time.UnixMilli(0).Add(monday)).Truncate(week))
}

// Count adds to what is counted already.
func (s *Store) Count(ctx context.Context, list []Tally) error {
	return s.update(ctx, func(q *query.Queries) error {
		for _, t := range list {
			err := q.Count(ctx, query.CountParams{GuildID: t.Guild, Week: millis(t.Week), Topic: string(t.Topic), Answered: t.Answered, Missed: t.Missed})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Tallies lists what was counted for a guild in the weeks since one, by week.
func (s *Store) Tallies(ctx context.Context, guild string, since time.Time) ([]Tally, error) {
	rows, err := s.reading().Tallies(ctx, query.TalliesParams{GuildID: guild, Since: millis(since)})
	return convert(rows, func(row query.Tally) Tally {
		return Tally{row.GuildID, instant(row.Week), knowledge.Topic(row.Topic), row.Answered, row.Missed}
	}), s.fault(err)
}

// WeekVotes is how many votes of a guild were given in a week.
type WeekVotes struct {
	Week                time.Time // see Week
	Helpful, NotHelpful int64
}

// WeeklyVotes lists the votes of a guild since the beginning of a week, by week;
// no week in which there were none. Who deletes a vote takes it out.
func (s *Store) WeeklyVotes(ctx context.Context, guild string, since time.Time) ([]WeekVotes, error) {
	rows, err := s.reading().WeeklyVotes(ctx, query.WeeklyVotesParams{GuildID: guild, Since: millis(since)})
	var list []WeekVotes
	for _, row := range rows {
		at := since.Add(time.Duration(row.Week) * week)
		if len(list) == 0 || !list[len(list)-1].Week.Equal(at) {
			list = append(list, WeekVotes{Week: at})
		}
		last := &list[len(list)-1]
		if row.Helpful {
			last.Helpful = row.Votes
		} else {
			last.NotHelpful = row.Votes
		}
	}
	return list, s.fault(err)
}
