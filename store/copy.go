package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
)

// ErrNotEmpty means that something would be mixed with what is copied.
var ErrNotEmpty = errors.New("the database to copy to is not empty")

// copied is how often Copy tells of its progress: every so many rows.
const copied = 1000

// Copy copies all rows to a database of the same schema that has none, as they
// are at this moment. It is one transaction there, which is committed once
// every table has been counted and compared. It gives the number of rows, and
// calls progress, if not nil, with how many of them have been copied.
func (s *Store) Copy(ctx context.Context, to *Store, progress func(done, all int64)) (int64, error) {
	for _, db := range []*Store{s, to} {
		st, err := db.Status(ctx)
		if err == nil {
			err = st.Err()
		}
		if err != nil {
			return 0, err
		}
	}
	source, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return 0, s.fault(err)
	}
	defer source.Rollback() //nolint:errcheck // it only reads
	target, err := to.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, to.fault(err)
	}
	defer target.Rollback() //nolint:errcheck // after the commit there is nothing to roll back
	c := copying{s, to, source, target, progress, 0, 0}
	if err := c.run(ctx); err != nil {
		return 0, err
	}
	return c.done, to.fault(target.Commit())
}

// copying is a Copy under way.
type copying struct {
	from, to       *Store
	source, target *sql.Tx
	progress       func(done, all int64)
	done, all      int64
}

func (c *copying) run(ctx context.Context) error {
	names, err := c.from.tables(ctx) // each after those that it refers to
	if err != nil {
		return err
	}
	for _, name := range names {
		var rows, there int64
		if err := c.source.QueryRowContext(ctx, `SELECT count(*) FROM `+name).Scan(&rows); err != nil {
			return c.from.fault(err)
		}
		if err := c.target.QueryRowContext(ctx, `SELECT count(*) FROM `+name).Scan(&there); err != nil {
			return c.to.fault(err)
		}
		if there > 0 {
			return fmt.Errorf("%w (%s): its table %s has %d rows: make a new one", ErrNotEmpty, c.to.where, name, there)
		}
		c.all += rows
	}
	for _, name := range names {
		sent, err := c.table(ctx, name)
		if err != nil {
			return err
		}
		arrived, err := sumOf(ctx, c.target, name, nil)
		if err != nil {
			return c.to.fault(err)
		}
		if arrived != sent {
			return fmt.Errorf("table %s is not in %s as it was in %s: nothing was copied", name, c.to.where, c.from.where)
		}
	}
	return nil
}

// table copies the rows of a table.
func (c *copying) table(ctx context.Context, name string) (sum, error) {
	var insert *sql.Stmt
	defer func() {
		if insert != nil {
			insert.Close()
		}
	}()
	var broken error // what went wrong with the target rather than the source
	sent, err := sumOf(ctx, c.source, name, func(columns []string, values []any) error {
		if insert == nil {
			places := make([]string, len(columns))
			for i := range places {
				places[i] = fmt.Sprintf("$%d", i+1)
			}
			insert, broken = c.target.PrepareContext(ctx, `INSERT INTO `+name+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(places, ", ")+`)`)
			if broken != nil {
				return broken
			}
		}
		if _, broken = insert.ExecContext(ctx, values...); broken != nil {
			return broken
		}
		c.done++
		if c.progress != nil && (c.done%copied == 0 || c.done == c.all) {
			c.progress(c.done, c.all)
		}
		return nil
	})
	if broken != nil {
		return sent, c.to.fault(broken)
	}
	return sent, c.from.fault(err)
}

// sum tells whether two tables hold the same rows, in whatever order: their
// number and the sum of their hashes.
type sum struct {
	rows   int64
	hashes uint64
}

// sumOf reads a table, and hands each row to each, if not nil.
func sumOf(ctx context.Context, tx *sql.Tx, table string, each func(columns []string, values []any) error) (sum, error) {
	var total sum
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return total, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return total, err
	}
	columns, values, places := make([]string, len(types)), make([]any, len(types)), make([]any, len(types))
	for i := range values {
		columns[i], places[i] = types[i].Name(), &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return total, err
		}
		hash := fnv.New64a()
		for i, v := range values {
			if n, ok := v.(int64); ok && types[i].DatabaseTypeName() == "BOOLEAN" { // which SQLite keeps as a number
				v = n != 0
				values[i] = v
			}
			fmt.Fprintf(hash, "%s %T %d %v\n", columns[i], v, len(fmt.Sprint(v)), v)
		}
		total.rows++
		total.hashes += hash.Sum64()
		if each != nil {
			if err := each(columns, values); err != nil {
				return total, err
			}
		}
	}
	return total, rows.Err()
}
