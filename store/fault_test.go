package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/store/pgtest"
)

// isFault holds an error to one of our faults, which says what to do.
func isFault(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(err.Error(), mends[want]) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// Where there is no room, nothing half is written; with room it goes on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), open(t, Options{Dir: t.TempDir()})
	publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add, Base: 0})
	changes := []Change{{Entry: faq("dough", "Two."), Action: Edit, Base: 1}}
	for i := range 40 { // more than fits into what the file has
		changes = append(changes, Change{Entry: faq(fmt.Sprintf("oven-%d", i), strings.Repeat("Hot. ", 100)), Action: Add, Base: 0})
	}
	draft := save(t, s, "g", 0, changes...)
	limit := func(pages int) {
		t.Helper()
		var got int
		if err := s.write.QueryRowContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)).Scan(&got); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes that for what the file has
	var err error
	for i := 0; err == nil; i++ { // until the pages that it has are full
		_, err = s.Ask(ctx, Asking{Guild: "g", Text: strings.Repeat("long ", 100), Key: fmt.Sprint(i), Reason: Abstained})
	}
	isFault(t, "ask", err, ErrFull)
	before := rowsOf(t, s)
	_, err = s.Publish(ctx, "g", draft, "ann")
	isFault(t, "publish", err, ErrFull)
	equal(t, "entries", answers(must(s.Entries(ctx, "g"))(t)), "dough: One.")
	equal(t, "rows", rowsOf(t, s), before)

	limit(1 << 20)
	must(s.Publish(ctx, "g", draft, "ann"))(t)
	equal(t, "entries", len(must(s.Entries(ctx, "g"))(t)), len(changes))
}

// While another program has the file locked, it is said so, and then it goes on.
func TestLockedFile(t *testing.T) {
	t.Parallel()
	ctx, o := t.Context(), Options{Dir: t.TempDir()}
	s, other := open(t, o), open(t, o)
	if _, err := s.write.ExecContext(ctx, `PRAGMA busy_timeout = 1`); err != nil {
		t.Fatal(err)
	}
	tx := must(other.write.BeginTx(ctx, nil))(t)
	isFault(t, "write", s.JoinGuild(ctx, "g"), ErrUnavailable)
	equal(t, "guilds, which can be read", len(must(s.Guilds(ctx))(t)), 0)
	if err := errors.Join(tx.Rollback(), s.JoinGuild(ctx, "g")); err != nil {
		t.Error(err)
	}
}

// A database that takes no writes goes on being read.
func TestReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	ctx, o := t.Context(), Options{URL: postgres(t)}
	s := open(t, o)
	publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add, Base: 0})
	draft := save(t, s, "g", 0, Change{Entry: faq("dough", "Two."), Action: Edit, Base: 1})
	var name string
	if err := s.read.QueryRowContext(ctx, `SELECT current_database()`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(ctx, `ALTER DATABASE `+name+` SET default_transaction_read_only = on`); err != nil {
		t.Fatal(err)
	}
	readOnly := open(t, o)
	_, err := readOnly.Publish(ctx, "g", draft, "ann")
	isFault(t, "publish", err, ErrReadOnly)
	isFault(t, "health", readOnly.Health(ctx), ErrReadOnly)
	equal(t, "entries", answers(must(readOnly.Entries(ctx, "g"))(t)), "dough: One.")
}

// Damage is told, and the file is left as it is.
func TestDamagedFile(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(file []byte){
		"head": func(file []byte) { copy(file, "no database") },
		"rest": func(file []byte) {
			for i := range file[4096:] {
				file[4096+i] = byte(i * 7)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, o := t.Context(), Options{Dir: t.TempDir()}
			s, err := Open(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add, Base: 0})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(o.Dir, fileName)
			file := must(os.ReadFile(path))(t)
			damage(file)
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err = Open(ctx, o)
			if err == nil {
				defer s.Close()
				_, err = s.AllEntries(ctx)
				isFault(t, "write", s.JoinGuild(ctx, "g"), ErrCorrupt)
			}
			isFault(t, "open or read", err, ErrCorrupt)
			if string(must(os.ReadFile(path))(t)) != string(file) {
				t.Error("the file was changed")
			}
		})
	}
}

// A server that is away is told of, and needs no new start when it is back.
func TestServerAway(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c, err := pgtest.Start(ctx)
	if errors.Is(err, pgtest.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	o := Options{URL: must(c.Database(ctx))(t)}
	down, up := c.Down, func() error { return c.Up(ctx) }
	do := func(what func() error) {
		t.Helper()
		if err := what(); err != nil {
			t.Fatal(err)
		}
	}
	do(down)
	_, err = Open(ctx, o)
	isFault(t, "open", err, ErrUnavailable)
	do(up)
	s := open(t, o)
	publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add, Base: 0})
	draft := save(t, s, "g", 0, Change{Entry: faq("dough", "Two."), Action: Edit, Base: 1})
	for range 2 {
		do(down)
		for range 3 {
			_, err = s.Entries(ctx, "g")
			isFault(t, "read", err, ErrUnavailable)
			_, err = s.Publish(ctx, "g", draft, "ann")
			isFault(t, "publish", err, ErrUnavailable)
			isFault(t, "health", s.Health(ctx), ErrUnavailable)
		}
		do(up)
		equal(t, "entries", answers(must(s.Entries(ctx, "g"))(t)), "dough: One.")
		if err := s.Health(ctx); err != nil {
			t.Error(err)
		}
	}
	must(s.Publish(ctx, "g", draft, "ann"))(t)

	// It goes away in the middle of a transaction.
	draft = save(t, s, "g", 0, Change{Entry: faq("dough", "Three."), Action: Edit, Base: 2})
	steps := 0
	s.step = func() {
		if steps++; steps == 4 {
			do(down)
		}
	}
	_, err = s.Publish(ctx, "g", draft, "ann")
	isFault(t, "publish half way", err, ErrUnavailable)
	s.step = nil
	do(up)
	equal(t, "nothing of it", answers(must(s.Entries(ctx, "g"))(t)), "dough: Two.")
	must(s.Publish(ctx, "g", draft, "ann"))(t)
	equal(t, "all of it", answers(must(s.Entries(ctx, "g"))(t)), "dough: Three.")
}

// PostgreSQL's codes are taken for what they mean.
func TestPostgresFaults(t *testing.T) {
	t.Parallel()
	s := open(t, Options{URL: postgres(t)})
	for code, want := range map[string]error{
		"53100": ErrFull, "53200": ErrUnavailable, "57P01": ErrUnavailable, "40P01": ErrUnavailable, "XX001": ErrCorrupt, "25006": ErrReadOnly,
	} {
		_, err := s.write.ExecContext(t.Context(), `DO $$ BEGIN RAISE EXCEPTION 'test' USING ERRCODE = '`+code+`'; END $$`)
		isFault(t, code, s.fault(err), want)
	}
	_, err := s.write.ExecContext(t.Context(), `SELECT nonsense`)
	equal(t, "what is nobody's fault but ours", s.fault(err), err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Entries(ctx, "g"); !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnavailable) {
		t.Errorf("cancelled: %v", err)
	}
}
