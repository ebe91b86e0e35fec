// Package pgtest runs a private PostgreSQL for tests, from the machine's own
// programs: a cluster in a temporary folder, reached by a socket in it and by
// nothing else.
package pgtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// ErrMissing means that this machine has no PostgreSQL to run.
var ErrMissing = errors.New("PostgreSQL is not installed: its initdb and postgres are not found")

// superuser is the role that the tests are.
const superuser = "careerbot"

// Cluster is a PostgreSQL server with its data.
type Cluster struct {
	dir       string // holds the data and the socket
	bin       string // the folder of the programs
	server    *server
	databases atomic.Int64
}

// Start makes a cluster and starts its server. The error is ErrMissing if the
// programs are not there.
func Start(ctx context.Context) (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest-") // short: the path of a socket is limited
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, bin: bin}
	if err := c.start(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context) error {
	if err := giveAway(c.dir); err != nil {
		return err
	}
	init := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), "--pgdata", c.data(), "--username", superuser,
		"--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	if out, err := asUser(init).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return c.Up(ctx)
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// Up starts the server after Down and waits until it takes connections. What it
// writes survives its own end, but not that of the machine.
func (c *Cluster) Up(ctx context.Context) error {
	s, err := serve(exec.Command(filepath.Join(c.bin, "postgres"), "-D", c.data(), "-k", c.dir,
		"-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=32MB", "-c", "fsync=off"))
	if err != nil {
		return err
	}
	c.server = s
	for {
		err := c.exec(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("postgres ended: %w: %s", s.err, s.out.String())
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err, c.Down())
		case <-time.After(20 * time.Millisecond): // it is starting up
		}
	}
}

// Down stops the server at once; what was being done in it is lost, as in a
// crash.
func (c *Cluster) Down() error { return c.server.stop() }

// Close stops the server and deletes all it had.
func (c *Cluster) Close() error {
	return errors.Join(c.Down(), os.RemoveAll(c.dir))
}

// Database makes an empty database and gives its URL.
func (c *Cluster) Database(ctx context.Context) (string, error) {
	name := fmt.Sprintf("test%d", c.databases.Add(1))
	if err := c.exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return c.url(name), nil
}

// exec runs a statement in the database that every cluster has.
func (c *Cluster) exec(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", c.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// url is that of a database.
func (c *Cluster) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: url.Values{"host": {c.dir}}.Encode()}
	return u.String()
}

// Installed reports whether this machine has a PostgreSQL to run.
func Installed() bool {
	_, err := programs()
	return err == nil
}

// programs finds the folder of PostgreSQL's programs: where they are on the
// path, or where Debian puts them, the newest version first.
func programs() (string, error) {
	var dirs []string
	if file, err := exec.LookPath("initdb"); err == nil {
		if file, err = filepath.EvalSymlinks(file); err == nil {
			dirs = append(dirs, filepath.Dir(file))
		}
	}
	debian, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(debian, func(a, b string) int { // 9 comes before 15
		return -compareLength(a, b)
	})
	for _, dir := range append(dirs, debian...) {
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			return dir, nil
		}
	}
	return "", ErrMissing
}

func compareLength(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// Shared is a cluster for all tests of a program: it is started when the first
// of them needs it. The zero value is ready.
type Shared struct {
	once sync.Once
	c    *Cluster
	err  error
}

// Database makes an empty database and gives its URL.
func (s *Shared) Database(ctx context.Context) (string, error) {
	s.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		s.c, s.err = Start(ctx)
	})
	if s.err != nil {
		return "", s.err
	}
	return s.c.Database(ctx)
}

// Close ends the cluster if it was ever started.
func (s *Shared) Close() error {
	s.once.Do(func() {})
	if s.c == nil {
		return nil
	}
	return s.c.Close()
}

// server is a running postgres.
type server struct {
	cmd   *exec.Cmd
	out   *bytes.Buffer // to be read once it has ended
	ended chan struct{}
	err   error // set when ended is closed
}
