package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Source is where jobs are read.
type Source struct {
	ID       int64
	Guild    string // empty for the operator's, which all see
	Kind     string
	URL      string // together with the guild it is unique
	Name     string
	Interval time.Duration // between two fetches, if longer than its terms want
	AddedBy  string        // a person; empty for the operator
	Added    time.Time
	Fetched
}

// Fetched is what is known of a source since it was last fetched.
type Fetched struct {
	State    string    // what whoever fetches it keeps for the next time, in its own form
	Next     time.Time // when it is fetched next
	Seeded   time.Time // since when jobs that appear in it are new; zero until its first fetch
	Worked   time.Time // when it last worked
	Failures int       // since then
	Fault    string    // of the last fetch, for people; empty if there was none
	Disabled string    // why it is fetched no more, for people; empty while it is
}

// JobSource is what alerts.Job calls a source.
func (s Source) JobSource() string { return strconv.FormatInt(s.ID, 10) }

// FetchResult is what the fetch of a source has brought.
type FetchResult struct {
	Fetched
	Jobs      []alerts.Job // clean, of this source, each with an ID of its own
	Baseline  bool         // they were there before the source was added: nobody is told of them
	Unchanged bool         // all is as it was, and Jobs is empty
	Whole     bool         // Jobs are all that are open there
}

const (
	sourceLease = 6 * time.Minute // for so long a claimed source is given to nobody else
	saveBatch   = 250             // jobs that are saved in one transaction
)

// AddSource adds a source of a guild, or changes the kind, name and interval of
// the one with its URL; one that was disabled is fetched again. ID and what is
// Fetched are set by the store.
func (s *Store) AddSource(ctx context.Context, src Source) (Source, error) {
	var row query.Source
	err := s.update(ctx, func(q *query.Queries) (err error) {
		now := s.now()
		row, err = q.AddSource(ctx, query.AddSourceParams{
			ID: s.ids.next(now), GuildID: src.Guild, Kind: src.Kind, Url: src.URL, Name: src.Name,
			IntervalMs: src.Interval.Milliseconds(), AddedBy: src.AddedBy, At: millis(now),
		})
		if err != nil || src.Guild == "" {
			return err
		}
		return s.audit(ctx, q, Deed{Guild: src.Guild, Person: src.AddedBy, Action: "add source", Target: src.URL})
	})
	return sourceOf(row), err
}

// Sources lists the sources of a guild, or with "" the operator's.
func (s *Store) Sources(ctx context.Context, guild string) ([]Source, error) {
	rows, err := s.reading().Sources(ctx, guild)
	return convert(rows, sourceOf), s.fault(err)
}

// AllSources lists the sources of all, the operator's first.
func (s *Store) AllSources(ctx context.Context) ([]Source, error) {
	rows, err := s.reading().AllSources(ctx)
	return convert(rows, sourceOf), s.fault(err)
}

// RemoveSource removes a source of a guild, for person, and the jobs that no
// other source of the guild has.
func (s *Store) RemoveSource(ctx context.Context, guild string, id int64, person string) error {
	return s.update(ctx, func(q *query.Queries) error {
		ids, err := dropCopies(ctx, q, id, forever)
		if err != nil {
			return err
		}
		row, err := q.TakeSource(ctx, query.TakeSourceParams{GuildID: guild, ID: id})
		if err != nil { // it is not the guild's: nothing is done
			return err
		}
		for _, job := range ids {
			left, err := s.withoutSource(ctx, q, job, sourceOf(row))
			if err != nil {
				return err
			}
			if left == 0 {
				if err := q.DeleteJob(ctx, job); err != nil {
					return err
				}
			}
		}
		if guild == "" {
			return nil
		}
		return s.audit(ctx, q, Deed{Guild: guild, Person: person, Action: "remove source", Target: row.Url})
	})
}

// ClaimSources gives at most most sources that are to be fetched now, but none of
// servers that the bot has left. Each is
// given to one caller: SaveFetched ends that and says when it is due next.
// Whoever dies in between leaves it to others after six minutes.
func (s *Store) ClaimSources(ctx context.Context, most int) ([]Source, error) {
	var rows []query.Source
	err := s.update(ctx, func(q *query.Queries) (err error) {
		rows, err = s.claimSources(ctx, q, most)
		return err
	})
	return convert(rows, sourceOf), err
}

func (s *Store) claimSources(ctx context.Context, q *query.Queries, most int) ([]query.Source, error) {
	now := s.now()
	return q.ClaimSources(ctx, query.ClaimSourcesParams{At: millis(now), Until: millis(now.Add(sourceLease)), Most: int32(most)})
}

// leaseSource gives a source that was claimed some time ago, for which it begins
// the time anew. The error is ErrNotFound if it is not to be fetched any more: it
// was removed or disabled, or others have fetched it meanwhile.
func (s *Store) leaseSource(ctx context.Context, id int64) (Source, error) {
	var row query.Source
	err := s.update(ctx, func(q *query.Queries) (err error) {
		row, err = q.LeaseSource(ctx, query.LeaseSourceParams{ID: id, Until: millis(s.now().Add(sourceLease))})
		return err
	})
	return sourceOf(row), err
}

// ClaimDisabled gives sources that have been disabled and of which nobody has
// been told: each to one caller, once.
func (s *Store) ClaimDisabled(ctx context.Context) ([]Source, error) {
	var rows []query.Source
	err := s.update(ctx, func(q *query.Queries) (err error) {
		rows, err = q.ClaimDisabled(ctx, millis(s.now()))
		return err
	})
	return convert(rows, sourceOf), err
}

// SaveFetched keeps what a fetch has brought: the jobs, in transactions of 250,
// and with the last of them what is now known of the source. A process that
// dies before that fetches the source again, and finds the jobs held. It gives
// the number of jobs that are new, the baseline not counted. The error is
// ErrNotFound if the source has been removed meanwhile.
func (s *Store) SaveFetched(ctx context.Context, id int64, r FetchResult) (added int, err error) {
	now := s.now()
	jobs, shared := r.Jobs, alerts.SharedURLs(r.Jobs)
	for last := false; !last; {
		part := jobs[:min(len(jobs), saveBatch)]
		jobs = jobs[len(part):]
		last = len(jobs) == 0
		var n int
		err := s.updateTx(ctx, func(tx *sql.Tx, q *query.Queries) error {
			n = 0
			row, err := q.Source(ctx, id)
			if err != nil {
				return err
			}
			src := sourceOf(row)
			for _, job := range part {
				is, err := s.hold(ctx, q, src, job, shared[job.URLKey()], !r.Baseline, now)
				if err != nil {
					return err
				}
				if is {
					n++
				}
			}
			if !last {
				return nil
			}
			return s.endFetch(ctx, tx, q, src, r, now)
		})
		if err != nil {
			return added, err
		}
		if !r.Baseline {
			added += n
		}
	}
	return added, nil
}

// endFetch keeps what is now known of a source.
func (s *Store) endFetch(ctx context.Context, tx *sql.Tx, q *query.Queries, src Source, r FetchResult, now time.Time) error {
	if r.Unchanged {
		if err := q.SeenCopies(ctx, query.SeenCopiesParams{SourceID: src.ID, At: millis(now)}); err != nil {
			return err
		}
		if err := q.SeenJobs(ctx, query.SeenJobsParams{SourceID: src.ID, At: millis(now)}); err != nil {
			return err
		}
	}
	if r.Whole && !r.Unchanged {
		if err := s.closeUnseen(ctx, q, src, now); err != nil {
			return err
		}
	}
	next := r.Next
	if r.Disabled != "" {
		next = time.Time{}
	}
	_, err := q.SourceFetched(ctx, query.SourceFetchedParams{
		ID: src.ID, State: r.State, NextAt: millis(next), SeededAt: millis(r.Seeded), WorkedAt: millis(r.Worked),
		Failures: int64(r.Failures), Fault: r.Fault, Disabled: r.Disabled,
	})
	if err != nil {
		return err
	}
	return s.enqueueMatch(ctx, tx)
}

// closeUnseen marks the jobs as closed that a source no longer lists, unless
// another does.
func (s *Store) closeUnseen(ctx context.Context, q *query.Queries, src Source, now time.Time) error {
	gone, err := dropCopies(ctx, q, src.ID, millis(now))
	if err != nil {
		return err
	}
	for _, id := range gone {
		left, err := s.withoutSource(ctx, q, id, src)
		if err != nil {
			return err
		}
		if left > 0 {
			continue
		}
		row, err := q.JobByID(ctx, id)
		if err != nil {
			return err
		}
		job, err := parseJob(row)
		if err != nil {
			return err
		}
		if job.Closes.IsZero() || job.Closes.After(now) {
			job.Closes = now.UTC().Truncate(time.Second)
			if err := changeJob(ctx, q, row, job, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropCopies forgets that a source has jobs that it did not list since then, all
// but that it had them, and gives these.
func dropCopies(ctx context.Context, q *query.Queries, source, before int64) ([]int64, error) {
	if err := q.KeepPastOfSource(ctx, query.KeepPastOfSourceParams{SourceID: source, Before: before}); err != nil {
		return nil, err
	}
	ids, err := q.CopiedJobs(ctx, query.CopiedJobsParams{SourceID: source, Before: before})
	if err != nil {
		return nil, err
	}
	return ids, q.DropCopies(ctx, query.DropCopiesParams{SourceID: source, Before: before})
}

// withoutSource takes a source that no longer lists a job out of it, and gives
// the number of copies elsewhere. The first of those takes its place.
func (s *Store) withoutSource(ctx context.Context, q *query.Queries, id int64, src Source) (int64, error) {
	left, err := q.CountCopies(ctx, id)
	if err != nil || left == 0 {
		return left, err
	}
	row, err := q.JobByID(ctx, id)
	if err != nil {
		return left, err
	}
	job, err := parseJob(row)
	if err != nil {
		return left, err
	}
	name := src.JobSource()
	job.AlsoOn = slices.DeleteFunc(job.AlsoOn, func(c alerts.Copy) bool { return c.Source == name })
	if job.Source == name && len(job.AlsoOn) > 0 {
		other := job.AlsoOn[0]
		job.Source, job.ExternalID, job.Apply, job.AlsoOn = other.Source, other.ExternalID, other.Apply, job.AlsoOn[1:]
	}
	return left, changeJob(ctx, q, row, job, s.now())
}

// hold keeps a job of a source and reports whether it is new. It is not if any
// of its three keys is that of one that is or was held: by its ID it is the same
// posting, perhaps edited; by its address or fingerprint a copy, or the same
// posted again, unless nobody listed it for the time of alerts.RepostWindow, in
// which the time does not count when its source could not be read. Of what is not
// new and was no longer held nobody is told.
func (s *Store) hold(ctx context.Context, q *query.Queries, src Source, job alerts.Job, sharedURL, tell bool, now time.Time) (bool, error) {
	job.Source = src.JobSource()
	at, urlKey := millis(now), job.URLKey()
	if sharedURL {
		urlKey = ""
	}
	after := now
	if !src.Worked.IsZero() && src.Worked.Before(now) {
		after = src.Worked
	}
	after = after.Add(-alerts.RepostWindow)
	row, err := q.JobOfCopy(ctx, query.JobOfCopyParams{SourceID: src.ID, ExternalID: job.ExternalID})
	if errors.Is(err, sql.ErrNoRows) {
		row, err = q.JobLike(ctx, query.JobLikeParams{
			GuildID: src.Guild, Fingerprint: job.Fingerprint(), UrlKey: urlKey, After: millis(after),
		})
	}
	isNew := errors.Is(err, sql.ErrNoRows)
	switch {
	case isNew:
		body, err := json.Marshal(job)
		if err != nil {
			return false, err
		}
		// One that was held before goes on under its fingerprint, by which hits know it.
		past, err := q.PastJob(ctx, query.PastJobParams{
			GuildID: src.Guild, SourceUrl: src.URL, ExternalID: job.ExternalID, After: millis(after), Fingerprint: job.Fingerprint(), UrlKey: urlKey,
		})
		if errors.Is(err, sql.ErrNoRows) {
			past = query.JobPast{Fingerprint: job.Fingerprint(), FirstAt: at}
		} else if err != nil {
			return false, err
		} else {
			isNew = false
		}
		row.ID = s.ids.next(now)
		err = q.AddJob(ctx, query.AddJobParams{
			ID: row.ID, GuildID: src.Guild, Fingerprint: past.Fingerprint, UrlKey: urlKey, Body: string(body),
			FirstAt: past.FirstAt, At: at, ClosesAt: millis(job.Closes), Matched: !tell || !isNew,
		})
		if err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	default:
		held, err := parseJob(row)
		if err != nil {
			return false, err
		}
		row.UrlKey = urlKey
		if err := changeJob(ctx, q, row, together(held, job, now), now); err != nil {
			return false, err
		}
	}
	return isNew, q.SeenCopy(ctx, query.SeenCopyParams{SourceID: src.ID, ExternalID: job.ExternalID, JobID: row.ID, At: at})
}

// together is a job that is held and has been read again, from the same source
// or another. It is as old as it was.
func together(held, read alerts.Job, now time.Time) alerts.Job {
	if held.Source != read.Source {
		if merged := alerts.Merge([]alerts.Job{held, read}); len(merged) == 1 {
			job := merged[0]
			if !job.Closes.After(now) { // it is open where it was just read
				job.Closes = read.Closes
			}
			return job
		}
		return held
	}
	read.AlsoOn = held.AlsoOn
	if !held.Posted.IsZero() && (read.Posted.IsZero() || held.Posted.Before(read.Posted)) {
		read.Posted = held.Posted
	}
	return read
}

// changeJob writes what a job is now, if it is not that already.
func changeJob(ctx context.Context, q *query.Queries, row query.Job, job alerts.Job, now time.Time) error {
	body, err := json.Marshal(job)
	if err != nil {
		return err
	}
	if string(body) == row.Body {
		return q.SeenJob(ctx, query.SeenJobParams{ID: row.ID, At: millis(now)})
	}
	return q.ChangeJob(ctx, query.ChangeJobParams{ID: row.ID, Body: string(body), UrlKey: row.UrlKey, ClosesAt: millis(job.Closes), At: millis(now)})
}

func parseJob(row query.Job) (alerts.Job, error) {
	var job alerts.Job
	if err := json.Unmarshal([]byte(row.Body), &job); err != nil {
		return job, fmt.Errorf("job %d in the database makes no sense: %w", row.ID, err)
	}
	return job, nil
}

func sourceOf(row query.Source) Source {
	return Source{
		ID: row.ID, Guild: row.GuildID, Kind: row.Kind, URL: row.Url, Name: row.Name, Interval: time.Duration(row.IntervalMs) * time.Millisecond,
		AddedBy: row.AddedBy, Added: instant(row.AddedAt),
		Fetched: Fetched{
			State: row.State, Next: instant(row.NextAt), Seeded: instant(row.SeededAt), Worked: instant(row.WorkedAt),
			Failures: int(row.Failures), Fault: row.Fault, Disabled: row.Disabled,
		},
	}
}
