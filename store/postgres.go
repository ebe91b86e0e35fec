package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// What a process takes of PostgreSQL.
const (
	connections    = 10
	connectTimeout = 5 * time.Second // unless the URL says otherwise
)

// postgresEngine is PostgreSQL, in a server that several processes share.
var postgresEngine = &engine{
	name:    "PostgreSQL",
	dialect: goose.DialectPostgres,
	size:    `SELECT pg_database_size(current_database())`,
	tables:  `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name`,
	hold:    `FOR NO KEY UPDATE`,
}

// openPostgres sets the pool. Nobody is called yet.
func (s *Store) openPostgres(o Options) error {
	c, err := pgx.ParseConfig(o.URL)
	if err != nil { // which quotes the URL
		return errors.New("the URL of the database is malformed: write postgres://user:password@host:5432/database")
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	s.engine, s.where = postgresEngine, fmt.Sprintf("%s:%d/%s", c.Host, c.Port, c.Database)
	s.write = stdlib.OpenDB(*c)
	s.write.SetMaxOpenConns(connections)
	s.write.SetMaxIdleConns(connections)
	s.write.SetConnMaxIdleTime(5 * time.Minute)
	s.read = s.write
	return nil
}
