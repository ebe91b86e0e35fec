package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts, .env.example and README.md expect")

func TestMain(m *testing.M) {
	testscript.Main(closing{m}, map[string]func(){"careerbot": main})
}

// TestScripts runs the whole program as its users do: testdata/script has a
// file for each scene. discord_test.go has the commands of those on Discord.
// Those that keep something run once more with PostgreSQL in the place of SQLite,
// if slow tests are wanted: what is kept is tested on both in store, too.
func TestScripts(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, setup func(*testscript.Env) error, files ...string) {
		testscript.Run(t, testscript.Params{
			Files:               files,
			UpdateScripts:       *update,
			RequireExplicitExec: true,
			RequireUniqueNames:  true,
			Setup: func(env *testscript.Env) error {
				env.Values[sceneKey{}] = &scene{t: t}
				return setup(env)
			},
			Cmds:      discordCommands,
			Condition: condition,
		})
	}
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	run(t, func(*testscript.Env) error { return nil }, files...)
	t.Run("postgres", func(t *testing.T) {
		if os.Getenv("LONG") == "" {
			t.Skip("slow: set LONG=1")
		}
		run(t, func(env *testscript.Env) error {
			url, err := postgreses.Database(t.Context())
			env.Setenv("DATABASE_URL", url)
			return err
		}, withDatabase(t, files)...)
	})
}

// withDatabase are the scripts that run the bot, or read sources of jobs.
func withDatabase(t *testing.T, files []string) []string {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(files), func(name string) bool {
		text := read(t, name)
		return !strings.Contains(text, "\ndiscord\n") && !strings.Contains(text, "\nfeeds ")
	})
}

func condition(name string) (bool, error) {
	switch name {
	case "root": // who may read everything
		return os.Getuid() == 0, nil
	case "postgres":
		return hasPostgres()
	}
	return false, fmt.Errorf("no condition %s", name)
}
