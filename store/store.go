package store

import (
	"context"
	"database/sql"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"github.com/careerbot/careerbot/store/internal/query"
)

//go:generate env CGO_ENABLED=1 go run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 generate

// Options says where a database is.
type Options struct {
	Dir string           // the folder of SQLite's file, careerbot.db
	URL string           // PostgreSQL's, postgres://…; where it is set, Dir is not used
	Log *slog.Logger     // nil for none
	Now func() time.Time // nil for time.Now
}

// Store is a database. Its methods may be called from many goroutines, and
// several processes may have the same PostgreSQL open.
type Store struct {
	engine *engine
	where  string  // the file, or host and database; no secret
	write  *sql.DB // of one connection with SQLite, which has one writer
	read   *sql.DB // the same as write with PostgreSQL
	log    *slog.Logger
	now    func() time.Time
	ids    ids
	url    string                 // of PostgreSQL
	queue  *river.Client[*sql.Tx] // to put background work into; nil before the schema is up to date
	waits  waits                  // usualWaits but in tests
	step   func()                 // called before each write, and before and after each commit; nil but in tests
}

// Open opens a database and brings its schema up to date. An SQLite file that
// is not there is made.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.URL == "" {
		if err := makeFile(o.Dir); err != nil {
			return nil, err
		}
	}
	s, err := Connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.openQueue(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Connect opens a database as it is, for Status, Backup and Copy; the rest
// needs a schema that is up to date. The error is ErrNone if there is none.
func Connect(ctx context.Context, o Options) (*Store, error) {
	s := &Store{log: o.Log, now: o.Now, url: o.URL, waits: usualWaits}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	open := s.openSQLite
	if o.URL != "" {
		open = s.openPostgres
	}
	if err := open(o); err != nil {
		return nil, err
	}
	for _, db := range []*sql.DB{s.write, s.read} { // the writer makes what SQLite's readers need
		if err := s.ping(ctx, db); err != nil {
			s.Close()
			return nil, s.fault(err)
		}
	}
	return s, nil
}

// ping makes a first connection. Of two programs that do that with a new file
// of SQLite's at once, one is refused the change to its write-ahead log, for
// which SQLite does not wait whatever its timeout, and tries again for two
// seconds.
func (s *Store) ping(ctx context.Context, db *sql.DB) error {
	for wait := 10 * time.Millisecond; ; wait *= 2 {
		err := db.PingContext(ctx)
		if !isBusy(err) || wait > time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// Where tells where the database is: the file, or host, port and name.
func (s *Store) Where() string { return s.where }

// Close waits for what is being done and closes the database.
func (s *Store) Close() error {
	err := s.read.Close()
	if s.write == s.read {
		return err
	}
	if e := s.write.Close(); e != nil { // last, so that SQLite can clear its log away
		err = e
	}
	return err
}

// reading gives the queries outside of any transaction.
func (s *Store) reading() *query.Queries { return query.New(s.read) }

// update runs f in a transaction: all of what f writes is there afterwards, or,
// with an error, nothing.
func (s *Store) update(ctx context.Context, f func(q *query.Queries) error) error {
	return s.updateTx(ctx, func(_ *sql.Tx, q *query.Queries) error { return f(q) })
}

// updateTx is update for those who write into the queue of the background work,
// too, in the same transaction.
func (s *Store) updateTx(ctx context.Context, f func(tx *sql.Tx, q *query.Queries) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.fault(err)
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to roll back, and else f's error counts
	if err := f(tx, query.New(writer{tx, s.stepped})); err != nil {
		return s.fault(err)
	}
	s.stepped()
	if err := tx.Commit(); err != nil {
		return s.fault(err)
	}
	s.stepped()
	return nil
}

// stepped lets a test end the program at this point.
func (s *Store) stepped() {
	if s.step != nil {
		s.step()
	}
}

// writer is a transaction that takes the same text whatever the engine:
// PostgreSQL refuses what is not UTF-8, and the character 0.
type writer struct {
	*sql.Tx
	stepped func()
}

func (w writer) prepare(args []any) {
	for i, arg := range args {
		if s, ok := arg.(string); ok {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	w.stepped()
}

func (w writer) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	w.prepare(args)
	return w.Tx.ExecContext(ctx, q, args...)
}

func (w writer) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	w.prepare(args)
	return w.Tx.QueryContext(ctx, q, args...)
}

func (w writer) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	w.prepare(args)
	return w.Tx.QueryRowContext(ctx, q, args...)
}

// millis and instant convert times: 0 is never, the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// place is the place of an argument in a statement, from 1.
func place(n int) string { return "$" + strconv.Itoa(n) }
