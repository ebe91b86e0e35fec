package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Status tells how a database is.
type Status struct {
	Engine string // SQLite or PostgreSQL
	Where  string // the file, or host and database
	Schema int64  // its number in the database; 0 if there is none
	Latest int64  // the number that the program knows
	Bytes  int64
	Tables []Table
	Damage string // what SQLite finds damaged, or empty
}

// Table is a table and how many rows it has.
type Table struct {
	Name string
	Rows int64
}

// Health reports whether the database can be read and written now, without
// writing anything.
func (s *Store) Health(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return s.fault(err)
	}
	if _, err := s.reading().ChangesAfter(ctx, 0); err != nil {
		return s.fault(err)
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return s.fault(err)
	}
	defer tx.Rollback() //nolint:errcheck // that is the point of it
	_, err = tx.ExecContext(ctx, `UPDATE change_counter SET seq = seq + 1`)
	return s.fault(err)
}

// Status looks a database over, whatever its schema. It reads all of an SQLite
// file.
func (s *Store) Status(ctx context.Context) (Status, error) {
	st := Status{Engine: s.engine.name, Where: s.where}
	if err := s.read.QueryRowContext(ctx, s.engine.size).Scan(&st.Bytes); err != nil {
		return st, s.fault(err)
	}
	if s.engine.check != "" {
		var found string
		if err := s.read.QueryRowContext(ctx, s.engine.check).Scan(&found); err != nil {
			return st, s.fault(err)
		}
		if found != "ok" {
			st.Damage = found
		}
	}
	var err error
	if st.Schema, st.Latest, err = s.schema(ctx); err != nil {
		return st, err
	}
	names, err := s.tables(ctx)
	if err != nil {
		return st, err
	}
	for _, name := range names {
		t := Table{Name: name}
		if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM `+name).Scan(&t.Rows); err != nil {
			return st, s.fault(err)
		}
		st.Tables = append(st.Tables, t)
	}
	return st, nil
}

// Err tells what has to be done before the database can be used, or nil.
func (st Status) Err() error {
	switch {
	case st.Damage != "":
		return faultAt(ErrCorrupt, st.Where, errors.New(st.Damage))
	case st.Schema > st.Latest:
		return newer(st.Where, st.Schema, st.Latest)
	case st.Schema < st.Latest:
		return fmt.Errorf("the schema of the database (%s) has number %d, and this program needs %d: run careerbot db migrate", st.Where, st.Schema, st.Latest)
	}
	return nil
}

// tables lists the names of the tables that hold something of ours.
func (s *Store) tables(ctx context.Context) ([]string, error) {
	names, err := s.allTables(ctx)
	return slices.DeleteFunc(names, func(name string) bool {
		return name == versionTable || strings.HasPrefix(name, "sqlite_") || strings.HasPrefix(name, queueTables)
	}), err
}

func (s *Store) allTables(ctx context.Context) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, s.engine.tables)
	if err != nil {
		return nil, s.fault(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, s.fault(err)
		}
		names = append(names, name)
	}
	return names, s.fault(rows.Err())
}
