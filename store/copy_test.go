package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A copy has all that the original had, and goes on from there.
func TestCopy(t *testing.T) {
	t.Parallel()
	ctx, from, to := t.Context(), open(t, Options{Dir: t.TempDir()}), open(t, Options{URL: postgres(t)})
	for _, guild := range []string{"g1", "g2", "g3"} {
		fill(t, from, guild, "ann")
	}
	var shown [][2]int64
	rows := must(from.Copy(ctx, to, func(done, all int64) { shown = append(shown, [2]int64{done, all}) }))(t)
	equal(t, "progress", shown, [][2]int64{{rows, rows}})
	equal(t, "rows", rowsOf(t, to), rowsOf(t, from))
	equal(t, "entries", must(to.AllEntries(ctx))(t), must(from.AllEntries(ctx))(t))
	equal(t, "person", must(to.Person(ctx, "ann"))(t), must(from.Person(ctx, "ann"))(t))
	guilds, newest, err := from.Changes(ctx, 0)
	copied, as, copyErr := to.Changes(ctx, 0)
	equal(t, "changes", []any{copied, as, copyErr}, []any{guilds, newest, err})
	publish(t, to, "g1", Change{Entry: faq("oven", "Hot."), Action: Add, Base: 0})

	_, err = from.Copy(ctx, to, nil)
	if !errors.Is(err, ErrNotEmpty) {
		t.Errorf("copied twice: %v", err)
	}
}

// A copy that goes wrong half way leaves nothing.
func TestCopyGoesWrong(t *testing.T) {
	t.Parallel()
	ctx, from, o := t.Context(), open(t, Options{Dir: t.TempDir()}), Options{URL: postgres(t)}
	fill(t, from, "g", "ann")
	to := open(t, o)
	if _, err := to.write.ExecContext(ctx, `ALTER TABLE vote ADD CHECK (NOT helpful)`); err != nil {
		t.Fatal(err)
	}
	if rows, err := from.Copy(ctx, to, nil); err == nil || rows != 0 {
		t.Errorf("copied %d rows: %v", rows, err)
	}
	if _, err := to.write.ExecContext(ctx, `ALTER TABLE vote DROP CONSTRAINT vote_helpful_check`); err != nil {
		t.Fatal(err)
	}

	// A database that changes what it is given is found out.
	if _, err := to.write.ExecContext(ctx, `
		CREATE FUNCTION louder() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.question = upper(NEW.question); RETURN NEW; END $$;
		CREATE TRIGGER louder BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION louder()`); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Copy(ctx, to, nil); err == nil || !strings.Contains(err.Error(), "table vote is not in") {
		t.Errorf("not found out: %v", err)
	}
	for table, rows := range rowsOf(t, to) {
		if rows > 0 {
			t.Errorf("%s has %d rows", table, rows)
		}
	}
}

// A backup is the database as it is, made while it is used.
func TestBackup(t *testing.T) {
	t.Parallel()
	ctx, s, dir := t.Context(), open(t, Options{Dir: t.TempDir()}), t.TempDir()
	fill(t, s, "g", "ann")
	file := filepath.Join(dir, fileName)
	if err := s.Backup(ctx, file); err != nil {
		t.Fatal(err)
	}
	want := rowsOf(t, s)
	fill(t, s, "later", "ann")
	if err := s.Backup(ctx, file); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("written over: %v", err)
	}
	files := must(os.ReadDir(dir))(t)
	if len(files) != 1 || must(files[0].Info())(t).Mode().Perm() != 0o600 {
		t.Errorf("files: %v", files)
	}
	equal(t, "rows", rowsOf(t, open(t, Options{Dir: dir})), want)
	if err := s.Backup(ctx, filepath.Join(dir, "none", "x")); err == nil {
		t.Error("written to where nothing is")
	}
}
