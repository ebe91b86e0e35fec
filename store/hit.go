package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

const (
	matchJobs   = 1000    // that are matched at once
	matchSubs   = 100_000 // with so many subscriptions
	writeHits   = 1000    // in one transaction
	insertHits  = 100     // in one statement: SQLite's driver looks each argument up among all of them
	mostPending = 500     // hits of one subscription that are read at once, and a digest is chosen from
)

// hit is a row to be written.
type hit struct {
	sub         *alerts.Subscription
	fingerprint string
	job         int64
}

// Match finds who is to be told of the jobs that nobody has been matched with
// yet, and notes it: a subscription sees the jobs of its guild and the
// operator's, if they were first seen after it was made. careers gives the names
// of a career as a guild knows it. Several processes may do that at once, and
// one that dies leaves the rest to the next. It gives the number of hits that
// are new.
func (s *Store) Match(ctx context.Context, careers func(guild, id string) []string) (hits int64, err error) {
	for {
		rows, err := s.reading().NewJobs(ctx, matchJobs)
		if err != nil {
			return hits, s.fault(err)
		}
		if len(rows) == 0 {
			return hits, s.update(ctx, func(q *query.Queries) error {
				return q.WorkDone(ctx, query.WorkDoneParams{Name: matchWork, At: millis(s.now())})
			})
		}
		n, err := s.matchBatch(ctx, rows, careers)
		hits += n
		if err != nil {
			return hits, err
		}
	}
}

func (s *Store) matchBatch(ctx context.Context, rows []query.Job, careers func(guild, id string) []string) (hits int64, err error) {
	jobs := make([]alerts.Job, len(rows))
	guild, one := rows[0].GuildID, rows[0].GuildID != ""
	for i, row := range rows {
		if jobs[i], err = parseJob(row); err != nil {
			return 0, err
		}
		one = one && row.GuildID == guild
	}
	// A career may be called otherwise in each guild, so its guild goes with it.
	names := func(career string) []string {
		guild, id, _ := strings.Cut(career, "\x00")
		return careers(guild, id)
	}
	now := s.now()
	for after := int64(0); ; {
		subs, err := s.matchable(ctx, guild, one, now, after)
		if err != nil {
			return hits, err
		}
		var found []hit
		for _, h := range alerts.Match(now, jobs, subs, names) {
			sub, job := &subs[h.Subscription], &rows[h.Job]
			if job.GuildID != "" && job.GuildID != sub.Guild || instant(job.FirstAt).Before(sub.Created) {
				continue
			}
			found = append(found, hit{sub, job.Fingerprint, job.ID})
		}
		for len(found) > 0 {
			part := found[:min(len(found), writeHits)]
			found = found[len(part):]
			n, err := s.addHits(ctx, part, now)
			if err != nil {
				return hits, err
			}
			hits += n
		}
		if len(subs) < matchSubs {
			break
		}
		after = subs[len(subs)-1].ID
	}
	return hits, s.update(ctx, func(q *query.Queries) error {
		for _, row := range rows {
			if err := q.Matched(ctx, row.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// matchable gives the subscriptions that are at work, those of one guild or of
// all, ready for alerts.Match.
func (s *Store) matchable(ctx context.Context, guild string, one bool, now time.Time, after int64) ([]alerts.Subscription, error) {
	var rows []query.MatchableRow
	var err error
	if one {
		var of []query.MatchableOfGuildRow
		of, err = s.reading().MatchableOfGuild(ctx, query.MatchableOfGuildParams{GuildID: guild, At: millis(now), After: after, Most: matchSubs})
		rows = convert(of, func(r query.MatchableOfGuildRow) query.MatchableRow { return query.MatchableRow(r) })
	} else {
		rows, err = s.reading().Matchable(ctx, query.MatchableParams{At: millis(now), After: after, Most: matchSubs})
	}
	if err != nil {
		return nil, s.fault(err)
	}
	subs := make([]alerts.Subscription, len(rows))
	for i, r := range rows {
		sub := alerts.Subscription{ID: r.ID, Guild: r.GuildID, State: alerts.State(r.State), Until: instant(r.UntilAt), Created: instant(r.CreatedAt)}
		if err := parseSubscription(&sub, r.Query, r.Schedule); err != nil {
			return nil, err
		}
		if sub.Query.Career != "" {
			sub.Query.Career = r.GuildID + "\x00" + sub.Query.Career
		}
		subs[i] = sub
	}
	return subs, nil
}

// addHits writes hits, and sets the time for instant subscriptions that have
// nothing to tell yet. It gives the number of those that were not there.
func (s *Store) addHits(ctx context.Context, hits []hit, now time.Time) (n int64, err error) {
	type key struct {
		sub         int64
		fingerprint string
	}
	seen := map[key]bool{}
	instants := map[int64]time.Time{}
	distinct := make([]hit, 0, len(hits))
	for _, h := range hits {
		k := key{h.sub.ID, h.fingerprint}
		if seen[k] {
			continue
		}
		seen[k] = true
		distinct = append(distinct, h)
		if h.sub.Schedule.Every == alerts.Instant {
			if instants[h.sub.ID], err = h.sub.Schedule.Next(now); err != nil {
				return 0, err
			}
		}
	}
	err = s.updateTx(ctx, func(tx *sql.Tx, q *query.Queries) error {
		n = 0
		// Also those that are told nothing yet: what was found for them would wait
		// for who deletes one.
		if err := s.holdAll(ctx, tx, subscriptionsOf(distinct)); err != nil {
			return err
		}
		for part := range slices.Chunk(distinct, insertHits) {
			statement, args := insertOf(part, now)
			result, err := tx.ExecContext(ctx, statement, args...)
			if err != nil {
				return err
			}
			added, err := result.RowsAffected()
			if err != nil {
				return err
			}
			n += added
		}
		// Each is written, even if it is due, so that this waits for a FreezeDue
		// that is at it and has not seen these hits.
		for _, id := range slices.Sorted(maps.Keys(instants)) {
			if err := q.Gather(ctx, query.GatherParams{ID: id, NextDue: millis(instants[id])}); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// insertOf is the statement that writes hits, of subscriptions that are still
// there, and its arguments. One that was found before is found again if it is a
// new opening: if that is long ago, and no older job that the subscription sees
// was listed since with the same fingerprint or address. Rows are written many at once, since there may be a
// million; in the SQL of both engines only a list of values does that, of
// whatever length.
func insertOf(hits []hit, now time.Time) (statement string, args []any) {
	args = []any{millis(now), millis(now.Add(-alerts.RepostWindow))}
	values := make([]string, len(hits))
	for i, h := range hits {
		n := len(args)
		values[i] = "(CAST(" + place(n+1) + " AS BIGINT), CAST(" + place(n+2) + " AS TEXT), CAST(" + place(n+3) + " AS BIGINT))"
		args = append(args, h.sub.ID, h.fingerprint, h.job)
	}
	return `INSERT INTO subscription_hit (subscription_id, fingerprint, job_id, at, delivery_id)
SELECT s.id, v.column2, v.column3, CAST($1 AS BIGINT), 0 FROM (VALUES ` + strings.Join(values, ", ") + `) AS v CROSS JOIN subscription s
WHERE s.id = v.column1
ON CONFLICT (subscription_id, fingerprint) DO UPDATE SET job_id = excluded.job_id, at = excluded.at, delivery_id = 0
WHERE subscription_hit.at <= CAST($2 AS BIGINT)
AND NOT EXISTS (
	SELECT 1 FROM subscription s CROSS JOIN job j CROSS JOIN job k
	WHERE s.id = subscription_hit.subscription_id AND j.id = excluded.job_id AND k.guild_id IN (s.guild_id, '')
	AND (k.fingerprint = j.fingerprint OR k.url_key = j.url_key AND j.url_key <> '') AND k.first_at < j.first_at AND k.last_at > CAST($2 AS BIGINT))
AND NOT EXISTS (
	SELECT 1 FROM subscription s CROSS JOIN job j CROSS JOIN job_past k
	WHERE s.id = subscription_hit.subscription_id AND j.id = excluded.job_id AND k.guild_id IN (s.guild_id, '')
	AND (k.fingerprint = j.fingerprint OR k.url_key = j.url_key AND j.url_key <> '') AND k.first_at < j.first_at AND k.last_at > CAST($2 AS BIGINT))`, args
}
