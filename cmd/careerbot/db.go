package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/store"
)

func (p *program) dbCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "db",
		Short: "Look after the database: migrate, status, backup, copy",
		Long: `Db looks after the database, which holds what moderators and members have put
in. Its settings come from the environment or from a file named .env:

` + settingsHelp("db"),
		Example: `  careerbot db status
  careerbot db backup careerbot-2026-12-01.db
  careerbot db copy --to postgres://careerbot@localhost/careerbot`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return &usageError{cmd.CommandPath(), errors.New("say what to do: migrate, status, backup or copy")}
		},
	}
	migrate := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema up to date; make the database if there is none",
		Long: `Migrate brings the schema of the database up to date, and makes an SQLite
database if there is none. "careerbot run" does the same when it starts.`,
		Args: cobra.NoArgs,
		RunE: p.withDatabase(p.migrate),
	}
	status := &cobra.Command{
		Use:   "status",
		Short: "Tell where the database is, what it holds and how it is",
		Long: `Status tells where the database is, which schema it has, how much it holds and
whether it is whole and can be written. It changes nothing.

The exit status is 0 if all is well and 1 if something has to be done.`,
		Args: cobra.NoArgs,
		RunE: p.withDatabase(p.status),
	}
	backup := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write the database into a new file, while it is used",
		Long: `Backup writes an SQLite database, as it is at this moment, into a new file. The
bot may be running. To use a backup, stop the bot and put it in the place of
careerbot.db, without the files careerbot.db-wal and careerbot.db-shm.

PostgreSQL has a program for that: pg_dump.`,
		Args: cobra.ExactArgs(1),
		RunE: p.withDatabase(p.backup),
	}
	var to string
	copy := &cobra.Command{
		Use:   "copy --to URL",
		Short: "Copy an SQLite database to an empty PostgreSQL one",
		Long: `Copy copies everything to a PostgreSQL database that holds nothing yet, and
compares the two before it ends: either all of it is there, or none.

Stop the bot before, or it goes on writing into the old database; then set
DATABASE_URL and start it.`,
		Args: cobra.NoArgs,
		RunE: p.withDatabase(func(ctx context.Context, from store.Options, _ []string) error { return p.copy(ctx, from, to) }),
	}
	copy.Flags().StringVar(&to, "to", "", "the PostgreSQL database to copy to, as a `URL`")
	if err := copy.MarkFlagRequired("to"); err != nil {
		panic(err) // the flag is that of the line above
	}
	cmd.AddCommand(migrate, status, backup, copy)
	return cmd
}

// withDatabase makes a command of something to do with the database of the
// settings. It may be interrupted.
func (p *program) withDatabase(do func(ctx context.Context, o store.Options, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		cfg, err := p.config("db")
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
		defer stop()
		return do(ctx, store.Options{Dir: cfg.dataDir, URL: cfg.databaseURL}, args)
	}
}

func (p *program) migrate(ctx context.Context, o store.Options, _ []string) error {
	var before store.Status
	old, err := store.Connect(ctx, o)
	if err == nil {
		before, err = old.Status(ctx)
		old.Close()
	}
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	after, err := s.Status(ctx)
	if err != nil {
		return err
	}
	if before.Schema == after.Schema {
		_, err = fmt.Fprintf(p.stdout, "%s, %s: schema %d is up to date\n", after.Engine, after.Where, after.Schema)
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s, %s: schema %d became %d\n", after.Engine, after.Where, before.Schema, after.Schema)
	return err
}

func (p *program) status(ctx context.Context, o store.Options, _ []string) error {
	s, err := store.Connect(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	st, err := s.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s, %s\nschema %d of %d, %s\n", st.Engine, st.Where, st.Schema, st.Latest, size(st.Bytes))
	for _, table := range st.Tables {
		fmt.Fprintf(p.stdout, "  %-22s%9d\n", table.Name, table.Rows)
	}
	if err := st.Err(); err != nil {
		return err
	}
	if err := s.Health(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, "All is well: it is whole, and can be read and written")
	return err
}

func (p *program) backup(ctx context.Context, o store.Options, args []string) error {
	s, err := store.Connect(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Backup(ctx, args[0]); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s is a backup of %s\n", args[0], s.Where())
	return err
}

func (p *program) copy(ctx context.Context, o store.Options, url string) error {
	if o.URL != "" {
		return errors.New("DATABASE_URL is set, and so the database is PostgreSQL's already: take the setting away to copy the one in DATA_DIR")
	}
	from, err := store.Connect(ctx, o)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		return err
	}
	defer to.Close()
	rows, err := from.Copy(ctx, to, newBar(p.stderr, "Copying").show)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s copied from %s to %s, and compared\n", count(int(rows), "row"), from.Where(), to.Where())
	return err
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	const kilo = 1000
	value, units := float64(bytes), []string{"bytes", "kB", "MB", "GB", "TB"}
	for len(units) > 1 && value >= kilo {
		value, units = value/kilo, units[1:]
	}
	if units[0] == "bytes" {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", value, units[0])
}
