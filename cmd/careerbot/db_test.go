package main

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/careerbot/careerbot/store/pgtest"
)

// postgreses is the PostgreSQL of all scripts.
var postgreses pgtest.Shared

// closing is the tests, after which PostgreSQL is ended.
type closing struct{ *testing.M }

func (c closing) Run() int {
	status := c.M.Run()
	if err := postgreses.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return status
}

// hasPostgres is the condition [postgres]. On a machine without PostgreSQL what
// needs it is left out, but not where nothing may be.
func hasPostgres() (bool, error) {
	if os.Getenv("LONG") != "" {
		return true, nil
	}
	return pgtest.Installed(), nil
}

// database is the command postgres VARIABLE: it makes an empty database and
// puts its URL into the variable.
func database(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: postgres VARIABLE")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	url, err := postgreses.Database(ctx)
	ts.Check(err)
	ts.Setenv(args[0], url)
}
