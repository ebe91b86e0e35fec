package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/store"
)

// newReader returns what reads sources, within the public network alone but in
// tests.
func newReader(cfg service, log *slog.Logger) *feeds.Reader {
	var allow []netip.AddrPort
	if cfg.sourcesHost.IsValid() {
		allow = append(allow, cfg.sourcesHost)
	}
	return feeds.NewReader(source.Config{
		Client: fetch.New(fetch.Config{UserAgent: userAgent(), Allow: allow, Only: cfg.offline}),
		Keys:   source.Keys{AdzunaID: cfg.adzunaID, AdzunaKey: cfg.adzunaKey},
		Now:    cfg.now,
	}, log)
}

// listedSources reads the file of sources; ok if there is one.
func listedSources(cfg config) (list []store.Source, ok bool, err error) {
	name := cmp.Or(cfg.sourcesFile, filepath.Join(cfg.dataDir, "sources.yaml"))
	list, err = feeds.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && cfg.sourcesFile == "":
		return nil, false, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, fmt.Errorf("there is no file %s of sources: make it, or leave SOURCES_FILE out", name)
	}
	return list, err == nil, err
}

func (p *program) sourcesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "Choose where jobs are read for all servers: list, add, remove, test",
		Long: `Sources looks after the sources of jobs that all servers see. Moderators have
their own with /sources. What stands in sources.yaml is added when the bot
starts, and removed when it is no longer there. Settings come from the
environment or from a file named .env:

` + settingsHelp("sources"),
		Example: `  careerbot sources test https://boards.greenhouse.io/acme
  careerbot sources add https://boards.greenhouse.io/acme --name Acme
  careerbot sources list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return &usageError{cmd.CommandPath(), errors.New("say what to do: list, add, remove or test")}
		},
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List the sources, when each last worked, and what is wrong with it",
		Args:  cobra.NoArgs,
		RunE:  p.withStore("sources", p.listSources),
	}
	var adding store.Source
	add := &cobra.Command{
		Use:   "add URL",
		Short: "Read the jobs behind a link from now on",
		Long: `Add looks at what is behind a link, as "sources test" does, and keeps it. Of the
jobs that are there already nobody is told.`,
		Args: cobra.ExactArgs(1),
		RunE: p.withStore("sources", func(ctx context.Context, cfg config, s *store.Store, args []string) error {
			return p.addSource(ctx, cfg, s, args[0], adding)
		}),
	}
	add.Flags().StringVar(&adding.Name, "name", "", "what to call it: the company, if it is one company's")
	add.Flags().DurationVar(&adding.Interval, "interval", 0, "the `TIME` between two fetches, such as 6h, if it is to be longer than the source's owner wants")
	remove := &cobra.Command{
		Use:   "remove ID|URL",
		Short: "Read a source no more, and forget its jobs",
		Args:  cobra.ExactArgs(1),
		RunE:  p.withStore("sources", p.removeSource),
	}
	test := &cobra.Command{
		Use:   "test URL",
		Short: "Look at the jobs behind a link, and keep nothing",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.config("sources")
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
			defer stop()
			reader := newReader(service{config: cfg, now: cfg.now}, nil)
			if kind, _, err := source.Recognise(args[0]); err == nil && feeds.Counted(kind) && cfg.adzunaKey != "" {
				s, err := store.Open(ctx, store.Options{Dir: cfg.dataDir, URL: cfg.databaseURL})
				if err != nil {
					return err
				}
				defer s.Close()
				reader.CountIn(s)
			}
			found, err := reader.Look(ctx, args[0], "")
			if err != nil {
				return err
			}
			describeFound(p.stdout, found)
			return nil
		},
	}
	cmd.AddCommand(list, add, remove, test)
	return cmd
}

// withStore makes a command of something to do with what is kept, which a bot
// may have open as well. It may be interrupted.
func (p *program) withStore(command string, do func(context.Context, config, *store.Store, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		cfg, err := p.config(command)
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
		defer stop()
		s, err := store.Open(ctx, store.Options{Dir: cfg.dataDir, URL: cfg.databaseURL})
		if err != nil {
			return err
		}
		defer s.Close()
		return do(ctx, cfg, s, args)
	}
}

func (p *program) listSources(ctx context.Context, _ config, s *store.Store, _ []string) error {
	list, err := s.AllSources(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(p.stdout, "There are no sources: careerbot sources add URL adds one")
		return err
	}
	for _, src := range list {
		whose := "all servers"
		if src.Guild != "" {
			whose = "server " + src.Guild
		}
		fmt.Fprintf(p.stdout, "%s  %s (%s, %s)\n    %s\n    %s\n", src.JobSource(), feeds.Title(src), src.Kind, whose, source.Redact(src.URL), sourceState(src))
		if credit := feeds.Terms(src).Credit; credit != "" {
			fmt.Fprintf(p.stdout, "    credit: %s\n", credit)
		}
	}
	return nil
}

// sourceState says when a source was and will be read, and what is wrong with
// it.
func sourceState(src store.Source) string {
	worked := "has not worked yet"
	if !src.Worked.IsZero() {
		worked = "worked " + src.Worked.Format(time.DateTime)
	}
	switch {
	case src.Disabled != "":
		return worked + "; read no more: " + src.Disabled
	case feeds.Waits(src) != "":
		return fmt.Sprintf("%s; waits until %s: %s", worked, src.Next.Format(time.DateTime), feeds.Waits(src))
	case src.Fault != "":
		return fmt.Sprintf("%s; failed %s, tried again %s: %s", worked, count(src.Failures, "time"), src.Next.Format(time.DateTime), src.Fault)
	}
	return worked + ", next " + src.Next.Format(time.DateTime)
}

func (p *program) addSource(ctx context.Context, cfg config, s *store.Store, address string, with store.Source) error {
	if err := feeds.CheckName(with.Name); err != nil {
		return err
	}
	reader := newReader(service{config: cfg, now: cfg.now}, nil)
	reader.CountIn(s)
	found, err := reader.Look(ctx, address, with.Name)
	if err != nil {
		return err
	}
	found.Source.Interval = max(0, with.Interval)
	src, err := found.Add(ctx, s, "", "")
	if err != nil {
		return err
	}
	describeFound(p.stdout, found)
	_, err = fmt.Fprintf(p.stdout, "Added as source %s. What is there already can be found; of what comes members are told\n", src.JobSource())
	return err
}

func (p *program) removeSource(ctx context.Context, _ config, s *store.Store, args []string) error {
	list, err := s.Sources(ctx, "")
	if err != nil {
		return err
	}
	for _, src := range list {
		if src.JobSource() != args[0] && src.URL != args[0] {
			continue
		}
		if err := s.RemoveSource(ctx, "", src.ID, ""); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "Removed %s and its jobs\n", feeds.Title(src))
		return err
	}
	return fmt.Errorf("there is no source %s for all servers: careerbot sources list shows them", args[0])
}

// mostExamples is how many jobs of a source are shown.
const mostExamples = 5

// describeFound writes what is behind a link.
func describeFound(w io.Writer, f feeds.Found) {
	kind, _ := source.KindOf(f.Source.Kind)
	fmt.Fprintf(w, "%s (%s), %s\n", kind.Title, kind.Name, count(len(f.Jobs), "job"))
	for _, j := range f.Jobs[:min(len(f.Jobs), mostExamples)] {
		fmt.Fprintf(w, "  %s\n", jobLine(j))
	}
	for _, s := range f.Skipped[:min(len(f.Skipped), mostExamples)] {
		fmt.Fprintf(w, "  left out %s: %s\n", s.What, s.Why)
	}
	if more := len(f.Skipped) - mostExamples; more > 0 {
		fmt.Fprintf(w, "  and %d more left out\n", more)
	}
	t := f.Terms
	fmt.Fprintf(w, "Read every %s at most", short(t.Interval))
	if t.Delay > 0 {
		fmt.Fprintf(w, "; told of after %s", short(t.Delay))
	}
	if t.Credit != "" {
		fmt.Fprintf(w, "; credit %s (%s)", t.Credit, t.CreditURL)
	}
	if t.Excerpt > 0 {
		fmt.Fprintf(w, "; %d characters of a text are shown", t.Excerpt)
	}
	if t.Read != "" {
		fmt.Fprintf(w, "; terms: %s", t.Read)
	}
	fmt.Fprintln(w)
}

// short writes a time without parts that are 0: 1h.
func short(d time.Duration) string {
	text := d.String()
	if rest, found := strings.CutSuffix(text, "m0s"); found {
		text = rest + "m"
	}
	if rest, found := strings.CutSuffix(text, "h0m"); found {
		text = rest + "h"
	}
	return text
}

// jobLine is a job in a line: title, company, places, and where to apply.
func jobLine(j alerts.Job) string {
	parts := []string{j.Title}
	if j.Company != "" {
		parts = append(parts, j.Company)
	}
	parts = append(parts, j.Places...)
	if j.Remote == alerts.RemoteYes {
		parts = append(parts, "remote")
	}
	return strings.Join(append(parts, j.Apply), " · ")
}
