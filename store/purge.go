package store

import (
	"context"
	"time"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Keep says for how long things are kept; 0 is for ever.
type Keep struct {
	Guilds    time.Duration // all of a server that the bot has left
	Questions time.Duration // since they were last asked; and how many there were in a week
	Drafts    time.Duration // and proposals of subscriptions
	Told      time.Duration // who has been told of an answer
	Jobs      time.Duration // since a source last listed them
	Past      time.Duration // what sources called them, since then; less than alerts.RepostWindow makes new ones of those posted again
	Hits      time.Duration // what was found for subscriptions, and messages that were sent; of jobs that are held or known, as long as these
}

// Purged counts what Purge has deleted.
type Purged struct {
	Guilds, Questions, Tallies, Drafts, Proposals, Told, Jobs, Past, Hits int64
}

// Purge deletes what has been kept for long enough. Each server is deleted as
// a whole.
func (s *Store) Purge(ctx context.Context, keep Keep) (Purged, error) {
	var p Purged
	now := s.now()
	for _, row := range []struct {
		keep    time.Duration
		deleted *int64
		delete  func(q *query.Queries, before int64) (int64, error)
	}{
		{keep.Questions, &p.Questions, func(q *query.Queries, before int64) (int64, error) { return q.DeleteQuestionsBefore(ctx, before) }},
		{keep.Questions, &p.Tallies, func(q *query.Queries, before int64) (int64, error) { return q.DeleteTalliesBefore(ctx, before) }},
		{keep.Drafts, &p.Drafts, func(q *query.Queries, before int64) (int64, error) { return q.DeleteDraftsBefore(ctx, before) }},
		{keep.Drafts, &p.Proposals, func(q *query.Queries, before int64) (int64, error) {
			return q.DeleteSubscriptionDraftsBefore(ctx, before)
		}},
		{keep.Told, &p.Told, func(q *query.Queries, before int64) (int64, error) { return q.DeleteToldBefore(ctx, before) }},
		{keep.Jobs, &p.Jobs, func(q *query.Queries, before int64) (int64, error) {
			if err := q.KeepPastBefore(ctx, before); err != nil {
				return 0, err
			}
			return q.DeleteJobsBefore(ctx, before)
		}},
		{keep.Past, &p.Past, func(q *query.Queries, before int64) (int64, error) { return q.DeletePastBefore(ctx, before) }},
		{keep.Hits, &p.Hits, func(q *query.Queries, before int64) (int64, error) {
			n, err := q.DeleteHitsBefore(ctx, before)
			if err != nil {
				return 0, err
			}
			_, err = q.DeleteDeliveriesBefore(ctx, before)
			return n, err
		}},
	} {
		if row.keep == 0 {
			continue
		}
		err := s.update(ctx, func(q *query.Queries) (err error) {
			*row.deleted, err = row.delete(q, millis(now.Add(-row.keep)))
			return err
		})
		if err != nil {
			return p, err
		}
	}
	if keep.Guilds == 0 {
		return p, nil
	}
	before := millis(now.Add(-keep.Guilds))
	guilds, err := s.reading().GuildsLeftBefore(ctx, before)
	if err != nil {
		return p, s.fault(err)
	}
	for _, guild := range guilds {
		n, err := s.deleteGuild(ctx, guild, before)
		if err != nil {
			return p, err
		}
		p.Guilds += n
	}
	return p, nil
}

// deleteGuild deletes all of a server, unless the bot has been added again
// meanwhile.
func (s *Store) deleteGuild(ctx context.Context, guild string, before int64) (n int64, err error) {
	err = s.update(ctx, func(q *query.Queries) (err error) {
		n, err = q.DeleteGuild(ctx, query.DeleteGuildParams{ID: guild, Before: before})
		if err != nil || n == 0 {
			return err
		}
		for _, of := range []func(context.Context, string) error{
			q.DeleteGuildEntries, q.DeleteGuildRevisions, q.DeleteGuildDrafts, q.DeleteGuildQuestions,
			q.DeleteGuildChecks, q.DeleteGuildVotes, q.DeleteGuildTallies, q.DeleteGuildAudit, q.DeleteGuildChange, q.DeleteGuildTrouble,
			func(ctx context.Context, guild string) error { return dropGuild(ctx, q, guild) }, q.DeleteGuildSubscriptionDrafts, q.DeleteGuildJobs, q.DeleteGuildPast, q.DeleteGuildSources,
		} {
			if err := of(ctx, guild); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// dropGuild deletes the subscriptions of a guild.
func dropGuild(ctx context.Context, q *query.Queries, guild string) error {
	ids, err := q.GuildSubscriptions(ctx, guild) // in their order
	if err != nil {
		return err
	}
	return holdEach(ctx, q, ids, func(row query.Subscription) error { return drop(ctx, q, row) })
}
