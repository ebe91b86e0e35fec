package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// fileName is the name of SQLite's file in its folder.
const fileName = "careerbot.db"

// readers is how many connections read SQLite at once.
const readers = 4

// sqliteEngine is SQLite, in a file of its own.
var sqliteEngine = &engine{
	name:    "SQLite",
	dialect: goose.DialectSQLite3,
	size:    `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`,
	check:   `PRAGMA integrity_check(1)`,
	tables:  `SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`,
}

// makeFile makes the folder and an empty file in it, for nobody else to read,
// unless they are there.
func makeFile(dir string) error {
	file := filepath.Join(dir, fileName)
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600); err == nil {
			err = f.Close()
		}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return faultAt(ErrReadOnly, file, err)
	}
	return fmt.Errorf("%w: name a folder for the database that can be made and written", err)
}

// openSQLite sets the pools. One connection writes, so that no two transactions
// can get in each other's way; it takes the lock when it begins. Every commit
// is on the disk before it is reported (synchronous FULL).
func (s *Store) openSQLite(o Options) error {
	file, err := filepath.Abs(filepath.Join(o.Dir, fileName))
	if err != nil {
		return err
	}
	s.engine, s.where = sqliteEngine, file
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return faultAt(ErrNone, file, nil)
	}
	pool := func(most int, settings url.Values) (*sql.DB, error) {
		settings.Add("_pragma", "busy_timeout(5000)")
		settings.Add("_pragma", "foreign_keys(1)")
		path := &url.URL{Path: filepath.ToSlash(file)}
		db, err := sql.Open("sqlite", "file:"+path.EscapedPath()+"?"+settings.Encode())
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(most)
		db.SetMaxIdleConns(most)
		return db, nil
	}
	if s.write, err = pool(1, url.Values{"mode": {"rw"}, "_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}}); err != nil {
		return err
	}
	s.read, err = pool(readers, url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)"}})
	return err
}
