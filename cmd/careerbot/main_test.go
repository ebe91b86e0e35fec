package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what the scripts, .env.example and README.md expect")

func TestMain(m *testing.M) {
	testscript.Main(closing{m}, map[string]func(){"careerbot": main})
}

// TestScripts runs the whole program as its users do: testdata/script has a
// file for each scene. discord_test.go has the commands of those on Discord.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[sceneKey{}] = &scene{t: t}
			return nil
		},
		Cmds: discordCommands,
		Condition: func(name string) (bool, error) {
			switch name {
			case "root": // who may read everything
				return os.Getuid() == 0, nil
			case "postgres":
				return hasPostgres()
			}
			return false, fmt.Errorf("no condition %s", name)
		},
	})
}
