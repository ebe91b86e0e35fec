package store

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"testing"
)

// A schema from a newer program is left alone.
func TestNewerSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		if _, err := s.write.ExecContext(ctx, `INSERT INTO `+versionTable+` (version_id, is_applied) VALUES (99, TRUE)`); err != nil {
			t.Fatal(err)
		}
		_, err := Open(ctx, o)
		isFault(t, "open", err, ErrNewer)
		st := must(s.Status(ctx))(t)
		equal(t, "schema", [2]int64{st.Schema, st.Latest}, [2]int64{99, 12})
		isFault(t, "status", st.Err(), ErrNewer)
	})
}

// Programs that are started at once make the schema once.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			for range 5 {
				o := Options{Dir: t.TempDir()}
				if engine == "postgres" {
					o = Options{URL: postgres(t)}
				}
				one, other := child(t, "open", where(o)...), child(t, "open", where(o)...)
				one.Stderr, other.Stderr = new(bytes.Buffer), new(bytes.Buffer)
				if err := errors.Join(one.Start(), other.Start()); err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(one.Wait(), other.Wait()); err != nil {
					t.Fatalf("%v: %s%s", err, one.Stderr, other.Stderr)
				}
				if err := must(open(t, o).Status(t.Context()))(t).Err(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Connect changes nothing and makes nothing.
func TestConnect(t *testing.T) {
	t.Parallel()
	ctx, o := t.Context(), Options{Dir: filepath.Join(t.TempDir(), "data")}
	_, err := Connect(ctx, o)
	isFault(t, "before there is a database", err, ErrNone)
	if err := makeFile(o.Dir); err != nil {
		t.Fatal(err)
	}
	s, err := Connect(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	st := must(s.Status(ctx))(t)
	equal(t, "schema", [2]int64{st.Schema, st.Latest}, [2]int64{0, 12})
	equal(t, "tables", len(st.Tables), 0)
	if st.Err() == nil {
		t.Error("a database without a schema is said to be well")
	}
}

// Both engines have the same tables, with the same columns in the same order.
func TestSameSchema(t *testing.T) {
	t.Parallel()
	columns := func(s *Store) map[string][]string {
		all := map[string][]string{}
		for _, table := range must(s.tables(t.Context()))(t) {
			rows, err := s.read.QueryContext(t.Context(), `SELECT * FROM `+table)
			if err != nil {
				t.Fatal(err)
			}
			all[table] = must(rows.Columns())(t)
			if err := rows.Close(); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	lite := open(t, Options{Dir: t.TempDir()})
	equal(t, "columns", columns(open(t, Options{URL: postgres(t)})), columns(lite))

	// Copy goes through the tables by name.
	names := must(lite.tables(t.Context()))(t)
	for i, name := range names {
		rows, err := lite.read.QueryContext(t.Context(), `SELECT "table" FROM pragma_foreign_key_list($1)`, name)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var parent string
			if err := rows.Scan(&parent); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(names[:i], parent) {
				t.Errorf("%s refers to %s, which comes after it by name", name, parent)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
