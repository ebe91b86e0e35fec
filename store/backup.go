package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes the database as it is at this moment into a new file, which
// can be used in the place of the first one. It overwrites nothing, and there
// is no file unless it is complete. PostgreSQL has a program for that, which
// the error then names.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.engine != sqliteEngine {
		return fmt.Errorf(`the database (%s) is PostgreSQL's, which has a program for backups: pg_dump --format=custom --file %s "$DATABASE_URL"`, s.where, file)
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s is there already: name a new file", file)
	}
	// The file gets its name once it is whole. It holds what is nobody else's
	// business, and SQLite would make it for all to read.
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	defer part.Close()
	if _, err := s.write.ExecContext(ctx, `VACUUM INTO $1`, part.Name()); err != nil {
		return fmt.Errorf("%s was not written: %w", file, s.fault(err))
	}
	if err := part.Sync(); err != nil {
		return fmt.Errorf("%s was not written: %w", file, err)
	}
	err = os.Link(part.Name(), file) // which, other than Rename, overwrites nothing
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: name a new file", file)
	}
	return err
}
