package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What a caller can do nothing about but tell: each error that wraps one of
// these says where the database is and what to do there. Nothing was written.
var (
	ErrUnavailable = errors.New("the database does not answer")
	ErrFull        = errors.New("the disk of the database is full")
	ErrReadOnly    = errors.New("the database cannot be written")
	ErrCorrupt     = errors.New("the database is damaged")
	ErrNewer       = errors.New("the database is of a newer version of Careerbot")
	ErrNone        = errors.New("there is no database")
)

// What a caller can do something about.
var (
	ErrNotFound = errors.New("it is not there, or not any more")
	ErrUnsound  = errors.New("the draft is not sound yet")
	ErrStale    = errors.New("somebody has changed it meanwhile") // a *StaleError has what it is now
)

// mends says what to do about a fault.
var mends = map[error]string{
	ErrUnavailable: "see that it runs and can be reached",
	ErrFull:        "make room there",
	ErrReadOnly:    "let the user that runs the program write the file and its folder, or the role the database",
	ErrCorrupt:     "put it away and restore a backup (careerbot db backup makes one)",
	ErrNewer:       "update the program, or restore a backup from before",
	ErrNone:        "careerbot db migrate makes one",
}

// sqliteFaults sorts SQLite's primary result codes (https://sqlite.org/rescode.html).
var sqliteFaults = map[int]error{
	sqlite3.SQLITE_BUSY:     ErrUnavailable,
	sqlite3.SQLITE_IOERR:    ErrUnavailable,
	sqlite3.SQLITE_CANTOPEN: ErrUnavailable,
	sqlite3.SQLITE_FULL:     ErrFull,
	sqlite3.SQLITE_READONLY: ErrReadOnly,
	sqlite3.SQLITE_PERM:     ErrReadOnly,
	sqlite3.SQLITE_CORRUPT:  ErrCorrupt,
	sqlite3.SQLITE_NOTADB:   ErrCorrupt,
}

// postgresFaults sorts PostgreSQL's codes, whole or by their first two
// characters (https://www.postgresql.org/docs/current/errcodes-appendix.html).
var postgresFaults = map[string]error{
	"08":    ErrUnavailable, // connection
	"28":    ErrUnavailable, // who we are is not accepted
	"3D":    ErrUnavailable, // no database of that name
	"40":    ErrUnavailable, // rolled back for the sake of another transaction
	"53":    ErrUnavailable, // out of something
	"53100": ErrFull,
	"55P03": ErrUnavailable, // a lock is not to be had
	"57":    ErrUnavailable, // shutting down, starting up, cancelled
	"58":    ErrUnavailable, // system error
	"25006": ErrReadOnly,
	"42501": ErrReadOnly, // insufficient privilege
	"XX001": ErrCorrupt,
	"XX002": ErrCorrupt,
}

// fault says of an error of the engine what to do about it, as one of the
// errors above. Other errors it returns as they are.
func (s *Store) fault(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	kind := kindOf(err)
	if kind == nil {
		return err
	}
	return faultAt(kind, s.where, err)
}

// faultAt is a fault of the database at a place. The cause may be nil.
func faultAt(kind error, where string, cause error) error {
	if cause == nil {
		return fmt.Errorf("%w (%s): %s", kind, where, mends[kind])
	}
	return fmt.Errorf("%w (%s): %s: %w", kind, where, mends[kind], cause)
}

// kindOf tells which of our errors an error of an engine is, or nil if none.
func kindOf(err error) error {
	if err == nil || mended(err) || errors.Is(err, context.Canceled) {
		return nil
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteFaults[e.Code()&0xff]
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if kind := postgresFaults[e.Code]; kind != nil {
			return kind
		}
		return postgresFaults[e.Code[:min(2, len(e.Code))]]
	}
	for _, lost := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, context.DeadlineExceeded} {
		if errors.Is(err, lost) {
			return ErrUnavailable
		}
	}
	_, refused := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	if refused || network || pgconn.SafeToRetry(err) {
		return ErrUnavailable
	}
	return nil
}

// isBusy reports whether SQLite was refused a lock.
func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// mended reports whether the error says already what to do.
func mended(err error) bool {
	for kind := range mends {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
