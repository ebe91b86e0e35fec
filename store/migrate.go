package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// engine is what differs between SQLite and PostgreSQL, apart from how they are
// opened.
type engine struct {
	name    string
	dialect goose.Dialect
	size    string // a query for the bytes that the database takes
	check   string // a query that answers ok if the database is whole; empty if there is none
	tables  string // a query for the names of all tables
	hold    string // after a query, it holds the rows for the transaction; empty if only one writes
}

// provider is goose, set up for the database.
func (s *Store) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	var opts []goose.ProviderOption
	if s.engine == postgresEngine {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // asks each second, for a minute
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	for version, to := range queueMigrations {
		opts = append(opts, goose.WithGoMigrations(goose.NewGoMigration(version, &goose.GoFunc{RunTx: s.migrateQueue(to)}, nil)))
	}
	return goose.NewProvider(s.engine.dialect, s.write, files, opts...)
}

// queueMigrations are those of ours that bring the tables of the queue, which
// are River's, to a version of River's. They are ours because River takes no
// lock: of two programs that are started at once one would fail. They are two
// because PostgreSQL does not let a transaction use what the fourth of River's
// adds to a type.
var queueMigrations = map[int64]int{7: 5, 8: 8}

func (s *Store) migrateQueue(to int) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		m, err := rivermigrate.New(s.driver(nil), &rivermigrate.Config{Logger: slog.New(warnings{s.log.Handler()})})
		if err != nil {
			return err
		}
		_, err = m.MigrateTx(ctx, tx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{TargetVersion: to}) //nolint:staticcheck // it is deprecated because not all of them go into one transaction, and these do
		return err
	}
}

// versionTable is where goose notes what has been done.
const versionTable = goose.DefaultTablename

// schema gives the number of the schema in the database, 0 if there is none,
// and the number that the program knows. It changes nothing.
func (s *Store) schema(ctx context.Context) (is, latest int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	sources := p.ListSources()
	latest = sources[len(sources)-1].Version
	names, err := s.allTables(ctx)
	if err != nil || !slices.Contains(names, versionTable) {
		return 0, latest, err
	}
	err = s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+versionTable+` WHERE is_applied`).Scan(&is)
	return is, latest, s.fault(err)
}

// migrate brings the schema up to date, whoever else is at it.
func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	for last := int64(-1); ; {
		is, latest, err := s.schema(ctx)
		switch {
		case err != nil:
			return err
		case is > latest:
			return newer(s.where, is, latest)
		case is == latest:
			return nil
		}
		done, err := p.Up(ctx)
		for _, m := range done {
			s.log.InfoContext(ctx, "migrated the database", "to", m.Source.Version, "took", m.Duration)
		}
		// SQLite has no lock for the whole of it. Each step is a transaction
		// that takes the writer's lock, so of two programs one finds the step
		// done; it goes on from there.
		if err != nil && is == last {
			return s.fault(err)
		}
		last = is
	}
}

// newer is the fault of a schema that is newer than the program.
func newer(where string, is, latest int64) error {
	return faultAt(ErrNewer, where, fmt.Errorf("its schema has number %d, and this program knows %d", is, latest))
}
