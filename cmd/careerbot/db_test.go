package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/careerbot/careerbot/store/pgtest"
)

// postgreses is the PostgreSQL of all scripts.
var postgreses pgtest.Shared

// closing is the tests, after which PostgreSQL is ended.
type closing struct{ *testing.M }

func (c closing) Run() int {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	// The scripts wait as much as they work.
	if !given["test.parallel"] {
		if err := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
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

// A bar grows on one line, which it ends. Where there is no terminal it is
// silent.
func TestBar(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := &bar{w: &out, what: "Copying", shown: -1}
	for done := int64(1000); done <= 4000; done += 1000 {
		b.show(done, 4000)
	}
	want := "\rCopying [#######.......................]  25 %" +
		"\rCopying [###############...............]  50 %" +
		"\rCopying [######################........]  75 %" +
		"\rCopying [##############################] 100 %\n"
	if out.String() != want {
		t.Errorf("got %q", &out)
	}
	out.Reset()
	newBar(&out, "Copying").show(1, 1)
	if out.Len() > 0 {
		t.Errorf("without a terminal: %q", &out)
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 180224: "180.2 kB", 5_400_000_000: "5.4 GB"} {
		if got := size(bytes); got != want {
			t.Errorf("%d is %q, want %q", bytes, got, want)
		}
	}
}
