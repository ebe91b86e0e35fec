// Command careerbot answers questions on careers, in the terminal and on a
// Discord server.
//
// One file holds one subcommand. What several share stands in config.go (the
// settings), knowledge.go (the articles), lines.go (input) and screen.go
// (output).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

// What the program ends with.
const (
	exitFault = 1 // something did not work, or `check` found faults
	exitUsage = 2 // the command line asks for what there is not
)

func main() {
	err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv)
	os.Exit(report(err, os.Stderr))
}

// run is the whole program: what is asked of it comes in as arguments, what it
// reads and writes too.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, lookup func(string) (string, bool)) error {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, lookup: lookup}
	root := p.rootCommand()
	root.SetArgs(append([]string{}, args...))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !p.begun {
		return &usageError{cmd.CommandPath(), err}
	}
	return err
}

// report tells the person what went wrong and gives the exit status.
func report(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if !errors.Is(err, errTold) {
		fmt.Fprintf(stderr, "careerbot: %v\n", err)
	}
	if usage, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(stderr, "See %s --help.\n", usage.command)
		return exitUsage
	}
	return exitFault
}

// errTold is a failure of which the person has read already.
var errTold = errors.New("told already")

// usageError is a command line that cannot be followed.
type usageError struct {
	command string // whose help tells how to write it
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// program is what the subcommands share.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	lookup         func(string) (string, bool) // a variable of the environment

	begun        bool   // a command was found, its flags and arguments understood
	knowledgeDir string // of the flag --knowledge
}

func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "careerbot",
		Short: "A career counsellor for a Discord community, and for your terminal",
		Long: `Careerbot answers what a career involves, what it pays, how to get into it and
what it takes, from articles that people have reviewed. It shows where each
answer comes from and says so when it does not know.

Without a command it does what "careerbot run" does.`,
		Example: `  careerbot demo                             try it in your browser
  careerbot chat                             try it here and now
  careerbot ask "how much do freshers get?"  one question, one answer
  careerbot run                              answer on a Discord server`,
		RunE:             p.run,
		PersistentPreRun: func(*cobra.Command, []string) { p.begun = true },
		SilenceErrors:    true,
		SilenceUsage:     true,
		Version:          version(),
	}
	root.SetVersionTemplate("{{.Version}}\n")
	p.addKnowledgeFlag(root)
	root.AddCommand(p.runCommand(), p.askCommand(), p.chatCommand(), p.demoCommand(), p.checkCommand(), p.importCommand(), p.exportCommand(), p.dbCommand(), p.sourcesCommand(), p.jobsCommand(), p.versionCommand())
	return root
}
