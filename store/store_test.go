package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store/pgtest"
)

// postgreses is the PostgreSQL of all tests.
var postgreses pgtest.Shared

func TestMain(m *testing.M) {
	if name := os.Getenv(childKey); name != "" {
		if err := children[name](); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	status := m.Run()
	if err := postgreses.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// children are what this program does, other than tests, where a test needs
// another process. childKey is the variable of the environment that names one;
// what else they are told are variables, too.
var children = map[string]func() error{
	"open":    openInChild,
	"publish": publishInChild,
}

const childKey = "CAREERBOT_STORE_CHILD"

// child is a process that does one of children.
func child(t testing.TB, name string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), append(env, childKey+"="+name)...)
	return cmd
}

// where tells a child which database is meant, and optionsFrom reads that.
func where(o Options) []string { return []string{"DIR=" + o.Dir, "URL=" + o.URL} }

func optionsFrom(getenv func(string) string) Options {
	return Options{Dir: getenv("DIR"), URL: getenv("URL")}
}

// openInChild opens a database and closes it.
func openInChild() error {
	s, err := Open(context.Background(), optionsFrom(os.Getenv))
	if err != nil {
		return err
	}
	return s.Close()
}

// onBoth runs a test on SQLite and on PostgreSQL, with an empty database each.
func onBoth(t *testing.T, test func(t *testing.T, o Options)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, Options{Dir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Options{URL: postgres(t)})
	})
}

// postgres gives the URL of an empty database.
func postgres(t testing.TB) string {
	t.Helper()
	url, err := postgreses.Database(t.Context())
	if errors.Is(err, pgtest.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// open opens a database for the time of the test.
func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// clock is a time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// faq is an entry of the article baker.
func faq(id, answer string) knowledge.Entry {
	return knowledge.Entry{
		EntryKey: knowledge.EntryKey{Article: "baker", Kind: knowledge.FAQEntry, ID: id},
		FAQ:      &knowledge.FAQ{ID: id, Question: "What about " + id + "?", Phrasings: []string{"tell me of " + id}, Answer: answer, Topic: knowledge.Duties},
	}
}

// save keeps a draft of ann's in the guild.
func save(t testing.TB, s *Store, guild string, question int64, changes ...Change) int64 {
	t.Helper()
	d, err := s.SaveDraft(t.Context(), Draft{Guild: guild, Author: "ann", Questions: slices.DeleteFunc([]int64{question}, func(id int64) bool { return id == 0 }), Changes: changes})
	if err != nil {
		t.Fatal(err)
	}
	return d.ID
}

// publish makes changes in a guild.
func publish(t testing.TB, s *Store, guild string, changes ...Change) Published {
	t.Helper()
	p, err := s.Publish(t.Context(), guild, save(t, s, guild, 0, changes...), "ann")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// equal compares what a test got with what it wants.
func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %+v\nwant %+v", what, got, want)
	}
}

// must gives a value that there is no error about.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// answers shows entries as "id: answer", and hidden ones as "id hidden".
func answers(entries []knowledge.Entry) string {
	var list []string
	for _, e := range entries {
		switch {
		case e.Hidden:
			list = append(list, e.ID+" hidden")
		case e.FAQ != nil:
			list = append(list, e.ID+": "+e.FAQ.Answer)
		default:
			list = append(list, e.ID+" shipped")
		}
	}
	return strings.Join(list, ", ")
}

func TestIDs(t *testing.T) {
	t.Parallel()
	var g ids
	now := newClock().Now()
	last := int64(0)
	for i := range 10_000 {
		id := g.next(now.Add(time.Duration(i/100) * time.Millisecond))
		if id <= last {
			t.Fatalf("%d comes after %d", id, last)
		}
		last = id
	}
	if earlier := g.next(now.Add(-time.Hour)); earlier <= last {
		t.Errorf("%d comes after %d when the clock was set back", earlier, last)
	}
	if (&ids{}).next(now.AddDate(50, 0, 0)) < 0 {
		t.Error("ids end within 50 years")
	}
}
