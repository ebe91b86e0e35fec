package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Work is what is done in the background, given by those who know how.
type Work struct {
	// Fetch fetches a source, within five minutes.
	Fetch func(ctx context.Context, source Source) FetchResult
	// Careers gives the names of a career as a guild knows it. It is called from
	// several goroutines.
	Careers func(guild, id string) []string
	// Deliver tries to send a message, within 30 seconds, and says what became of
	// it. It makes one request; before each further one it calls the Wait of the
	// delivery.
	Deliver func(ctx context.Context, d Delivery) Outcome
}

// ErrUnauthorized means that Discord does not accept the token.
var ErrUnauthorized = errors.New("the token is not accepted by Discord: nothing is sent until the program is started with a valid one")

// Names of what is done at times that nobody waits for.
const (
	tickWork  = "tick"
	matchWork = "match"
)

// queueTables is how the names of River's tables begin. They hold nothing that
// could not be made anew from ours.
const queueTables = "river_"

// Queues of the background work.
const (
	tickQueue    = "tick" // its own, so that no tick waits for fetches that take minutes
	fetchQueue   = river.QueueDefault
	matchQueue   = "match"
	deliverQueue = "deliver"
)

const (
	fetchTimeout = 5 * time.Minute
	matchTimeout = 5 * time.Minute
	tickTimeout  = 25 * time.Second // the next one goes on
	deliverers   = 32               // tries at once: 40 a second, of which none should take a second
	fetchers     = 4
	claimSources = 20 // in one transaction
)

// waits are how long things are waited for.
type waits struct {
	job    time.Duration // a job may take, if it does not say otherwise
	rescue time.Duration // what a process that was killed was at is done again after that
	nonce  time.Duration // Discord is trusted to know one: "the past few minutes", it says
}

var usualWaits = waits{job: 30 * time.Second, rescue: time.Minute, nonce: 2 * time.Minute}

// Ids are text in the queue: as numbers of JSON they would lose digits.
type (
	tickArgs  struct{}
	fetchArgs struct {
		ID int64 `json:"id,string"`
	}
	matchArgs   struct{}
	deliverArgs struct {
		ID int64 `json:"id,string" river:"unique"`
	}
)

func (tickArgs) Kind() string    { return "tick" }
func (fetchArgs) Kind() string   { return "fetch" }
func (matchArgs) Kind() string   { return "match" }
func (deliverArgs) Kind() string { return "deliver" }

// Of the processes that share a database one ticks at a time. A tick that is over
// is in nobody's way: a program that is started anew catches up at once, and a
// clock that is set back does not make the same minutes wait.
func (tickArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: tickQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: time.Minute, ByState: notOver}}
}

// What a fetch that failed has not done is due again. One that has to wait for so
// long that its source is claimed again is not put into the queue twice.
func (fetchArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: notOver}}
}

// notOver are the states of jobs that wait or are being worked at.
var notOver = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// Not unique: one that is enqueued while another is at work has jobs of its own.
func (matchArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: matchQueue} }

// One for each delivery, so that none is dropped for another of the same person.
func (deliverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: deliverQueue, MaxAttempts: 10 * mostTries, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// driver is River's way into the database, for inserts and work; with a pool it
// is woken by PostgreSQL rather than asking.
func (s *Store) driver(listen *pgxpool.Pool) riverdriver.Driver[*sql.Tx] {
	if s.engine == sqliteEngine {
		return riversqlite.New(s.write)
	}
	if listen == nil {
		return riverdatabasesql.New(s.write)
	}
	return riverdatabasesql.NewWithPgxListener(s.write, listen)
}

// openQueue makes the client that puts work into the queue.
func (s *Store) openQueue() (err error) {
	s.queue, err = river.NewClient(s.driver(nil), &river.Config{Logger: slog.New(warnings{s.log.Handler()})})
	return err
}

// warnings lets through what is worth a look. River also tells every five
// seconds how much it has done.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }

func (s *Store) enqueueMatch(ctx context.Context, tx *sql.Tx) error {
	_, err := s.queue.InsertTx(ctx, tx, matchArgs{}, nil)
	return err
}

// Start does the background work until the context ends, and then waits for
// what is being done: sources are fetched when they are due, new jobs matched,
// and each minute those told who are due. It gives ErrUnauthorized if Discord
// does not accept the token, and otherwise nil at the end. Several processes may
// share the work of one PostgreSQL.
func (s *Store) Start(ctx context.Context, w Work) error {
	if err := s.Reschedule(ctx); err != nil {
		return err
	}
	if err := s.requeue(ctx); err != nil {
		return err
	}
	var listen *pgxpool.Pool
	if s.engine == postgresEngine {
		c, err := pgxpool.ParseConfig(s.url)
		if err != nil {
			return errors.New("the URL of the database is malformed")
		}
		c.MinConns, c.MaxConns = 0, 1
		if listen, err = pgxpool.NewWithConfig(ctx, c); err != nil {
			return s.fault(err)
		}
		defer listen.Close()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client, err := river.NewClient(s.driver(listen), s.config(working{s, w, newPace(time.Now), cancel}))
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		return s.fault(err)
	}
	<-client.Stopped()
	if cause := context.Cause(ctx); errors.Is(cause, ErrUnauthorized) {
		return cause
	}
	return nil
}

// config says how the background work is done.
func (s *Store) config(at working) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &tickWorker{working: at})
	river.AddWorker(workers, &fetchWorker{working: at})
	river.AddWorker(workers, &matchWorker{working: at})
	river.AddWorker(workers, &deliverWorker{working: at})
	return &river.Config{
		Logger:               slog.New(warnings{s.log.Handler()}),
		Workers:              workers,
		JobTimeout:           s.waits.job,
		RescueStuckJobsAfter: s.waits.rescue,
		SoftStopTimeout:      s.waits.job,
		Queues: map[string]river.QueueConfig{
			tickQueue: {MaxWorkers: 1}, fetchQueue: {MaxWorkers: fetchers}, matchQueue: {MaxWorkers: 1}, deliverQueue: {MaxWorkers: deliverers},
		},
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(minutes{}, func() (river.JobArgs, *river.InsertOpts) {
			return tickArgs{}, nil
		}, &river.PeriodicJobOpts{RunOnStart: true})},
	}
}

// minutes is the schedule of the tick: at the beginning of each minute.
type minutes struct{}

func (minutes) Next(now time.Time) time.Time { return now.Truncate(time.Minute).Add(time.Minute) }

// requeue puts deliveries into the queue that are not in it, as after Copy.
func (s *Store) requeue(ctx context.Context) error {
	for after := int64(0); ; {
		ids, err := s.reading().OpenDeliveries(ctx, query.OpenDeliveriesParams{After: after, Most: 1000})
		if err != nil {
			return s.fault(err)
		}
		if len(ids) == 0 {
			return nil
		}
		jobs := make([]river.InsertManyParams, len(ids))
		for i, id := range ids {
			jobs[i].Args = deliverArgs{ID: id}
		}
		err = s.updateTx(ctx, func(tx *sql.Tx, _ *query.Queries) error {
			_, err := s.queue.InsertManyTx(ctx, tx, jobs)
			return err
		})
		if err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}

// Reschedule sets anew when subscriptions fall due that do so later than they
// should: when the clock was wrong, or the rules of a zone have changed.
func (s *Store) Reschedule(ctx context.Context) error {
	now := s.now()
	for after := int64(0); ; {
		rows, err := s.reading().Scheduled(ctx, query.ScheduledParams{At: millis(now), After: after, Most: 1000})
		if err != nil {
			return s.fault(err)
		}
		if len(rows) == 0 {
			break
		}
		after = rows[len(rows)-1].ID
		err = s.update(ctx, func(q *query.Queries) error {
			for _, row := range rows {
				sub, err := subscriptionOf(row)
				if err != nil {
					return err
				}
				from := now
				if sub.Until.After(now) {
					from = sub.Until
				}
				next, err := sub.Schedule.Next(from)
				if err != nil || !next.Before(sub.Due) {
					continue // a zone that is no longer known is told of when it is due
				}
				if err := q.SetDue(ctx, query.SetDueParams{ID: row.ID, NextDue: millis(next)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.update(ctx, func(q *query.Queries) error {
		return q.HurrySources(ctx, query.HurrySourcesParams{At: millis(now), Latest: millis(now.Add(48 * time.Hour))})
	})
}

// Tick does what is due at this minute: it puts the fetches of sources
// into the queue, and freezes deliveries. Start calls it; others need it only to
// drive the clock themselves.
func (s *Store) Tick(ctx context.Context) error {
	now := s.now()
	last, err := s.lastWork(ctx)
	if err != nil {
		return err
	}
	if last[tickWork].After(now.Add(2 * time.Minute)) { // the clock was set back
		if err := s.Reschedule(ctx); err != nil {
			return err
		}
	}
	for due := 1; due > 0; { // first, since the others may be many
		err := s.updateTx(ctx, func(tx *sql.Tx, q *query.Queries) error {
			rows, err := s.claimSources(ctx, q, claimSources)
			due = len(rows)
			if err != nil || due == 0 {
				return err
			}
			jobs := make([]river.InsertManyParams, len(rows))
			for i, row := range rows {
				jobs[i].Args = fetchArgs{ID: row.ID}
			}
			_, err = s.queue.InsertManyTx(ctx, tx, jobs)
			return err
		})
		if err != nil {
			return err
		}
	}
	err = s.update(ctx, func(q *query.Queries) error {
		return q.WorkDone(ctx, query.WorkDoneParams{Name: tickWork, At: millis(now)})
	})
	if err != nil {
		return err
	}
	for due := 1; due > 0; {
		if due, _, err = s.FreezeDue(ctx); err != nil {
			return err
		}
	}
	return nil
}

// lastWork tells when the background work was last done, by its name.
func (s *Store) lastWork(ctx context.Context) (map[string]time.Time, error) {
	rows, err := s.reading().LastWork(ctx)
	if err != nil {
		return nil, s.fault(err)
	}
	last := map[string]time.Time{}
	for _, row := range rows {
		last[row.Name] = instant(row.At)
	}
	return last, nil
}

// working is what all workers have.
type working struct {
	store *Store
	work  Work
	pace  *pace
	stop  context.CancelCauseFunc
}

type tickWorker struct {
	river.WorkerDefaults[tickArgs]
	working
}

func (w *tickWorker) Work(ctx context.Context, _ *river.Job[tickArgs]) error {
	short, cancel := context.WithTimeout(ctx, tickTimeout)
	defer cancel()
	err := w.store.Tick(short)
	if short.Err() != nil && ctx.Err() == nil { // more are due than can be looked at: the next tick goes on
		return nil
	}
	return err
}

type fetchWorker struct {
	river.WorkerDefaults[fetchArgs]
	working
}

func (w *fetchWorker) Timeout(*river.Job[fetchArgs]) time.Duration { return fetchTimeout }

func (w *fetchWorker) Work(ctx context.Context, job *river.Job[fetchArgs]) error {
	src, err := w.store.leaseSource(ctx, job.Args.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	result := w.work.Fetch(ctx, src)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, err = w.store.SaveFetched(ctx, src.ID, result); errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

type matchWorker struct {
	river.WorkerDefaults[matchArgs]
	working
}

func (w *matchWorker) Timeout(*river.Job[matchArgs]) time.Duration { return matchTimeout }

func (w *matchWorker) Work(ctx context.Context, _ *river.Job[matchArgs]) error {
	_, err := w.store.Match(ctx, w.work.Careers)
	return err
}

type deliverWorker struct {
	river.WorkerDefaults[deliverArgs]
	working
}

func (w *deliverWorker) NextRetry(job *river.Job[deliverArgs]) time.Time {
	return time.Now().Add(backOff(job.Attempt))
}

func (w *deliverWorker) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	if held := w.pace.held(); held > time.Second {
		return river.JobSnooze(held)
	}
	// Before the try begins, so that its nonce is not older than its request.
	if err := w.pace.wait(ctx); err != nil {
		return err
	}
	d, err := w.store.try(ctx, job.Args.ID)
	if errors.Is(err, errDone) {
		return nil
	}
	if err != nil {
		return err
	}
	d.pace = w.pace
	o := w.work.Deliver(ctx, d)
	if o.Err != nil {
		w.store.log.WarnContext(ctx, "a delivery was not sent", "delivery", d.ID, "try", d.Try, "result", o.Result, "err", o.Err)
	}
	// What is known is kept even if the program is being stopped.
	ctx = context.WithoutCancel(ctx)
	var again time.Duration
	err = w.store.updateTx(ctx, func(tx *sql.Tx, q *query.Queries) (err error) {
		if again, err = w.store.note(ctx, q, d, o); err != nil || again > 0 {
			return err
		}
		_, err = river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](ctx, tx, job)
		if errors.Is(err, rivertype.ErrNotFound) { // it took so long that another was started, which finds it done
			err = nil
		}
		return err
	})
	if o.Result == Unauthorized {
		w.stop(ErrUnauthorized)
	}
	if err == nil && again > 0 {
		return river.JobSnooze(again)
	}
	return err
}
