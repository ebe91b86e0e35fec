package store

import (
	"context"
	"math"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// HeldJob is a job that is held: once, whichever of a guild's sources have it.
type HeldJob struct {
	ID    int64
	Guild string // of whose sources it is; empty for the operator's
	First time.Time
	Last  time.Time // when a source last listed it
	Job   alerts.Job
}

// forever is later than any time.
const forever = math.MaxInt64

// Jobs gives the open jobs that a guild sees, its own and the operator's, in
// the order in which they were first seen. The same job may be among both:
// alerts.Merge makes one of them.
func (s *Store) Jobs(ctx context.Context, guild string) ([]HeldJob, error) {
	rows, err := s.reading().OpenJobs(ctx, query.OpenJobsParams{GuildID: guild, At: millis(s.now())})
	if err != nil {
		return nil, s.fault(err)
	}
	return heldJobs(rows)
}

// JobsMark tells one state of the jobs that a guild sees from another: it differs
// once any of them has been added, changed, closed or deleted.
type JobsMark struct {
	Own     int64 // jobs of the guild's sources; if 0, it sees what everybody sees
	all     int64
	changed int64 // when each was, added up
}

// JobsMark gives the mark of the jobs that a guild sees. It reads an index and no
// job: a few milliseconds for tens of thousands.
func (s *Store) JobsMark(ctx context.Context, guild string) (JobsMark, error) {
	row, err := s.reading().JobsMark(ctx, guild)
	return JobsMark{row.Own, row.Held, row.Changed}, s.fault(err)
}

// SeesJobs says whether a guild sees any jobs, open or not.
func (s *Store) SeesJobs(ctx context.Context, guild string) (bool, error) {
	sees, err := s.reading().SeesJobs(ctx, guild)
	return sees, s.fault(err)
}

func heldJobs(rows []query.Job) ([]HeldJob, error) {
	jobs := make([]HeldJob, len(rows))
	for i, row := range rows {
		var err error
		if jobs[i], err = heldJob(row); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

func heldJob(row query.Job) (HeldJob, error) {
	job, err := parseJob(row)
	return HeldJob{ID: row.ID, Guild: row.GuildID, First: instant(row.FirstAt), Last: instant(row.LastAt), Job: job}, err
}
