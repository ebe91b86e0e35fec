package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/store"
)

// listing is what the flags of jobs list say.
type listing struct {
	server string
	source string
	json   bool
}

func (p *program) jobsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "Run job alerts by hand: fetch, list, replay",
		Long: `Jobs reads sources now, lists the jobs that are held, and tells what recorded
jobs would have brought to whom. Its settings come from the environment or from
a file named .env:

` + settingsHelp("jobs"),
		Example: `  careerbot jobs fetch
  careerbot jobs list engineer --json > recorded.jsonl
  careerbot jobs replay recorded.jsonl --alerts alerts.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return &usageError{cmd.CommandPath(), errors.New("say what to do: fetch, list or replay")}
		},
	}
	fetchDue := &cobra.Command{
		Use:   "fetch",
		Short: "Read the sources that are due, once",
		Long: `Fetch reads the sources that are due, of all servers, one after the other, and
keeps what they have. The bot does that by itself; it tells members of what is
new when it runs.

The exit status is 1 if one could not be read.`,
		Args: cobra.NoArgs,
		RunE: p.withStore("jobs", p.fetchDue),
	}
	var which listing
	list := &cobra.Command{
		Use:   "list [WORD…]",
		Short: "List the open jobs that are held, the newest first",
		Long: `List lists the open jobs that are held, the newest first: those of the sources
for all servers, and with --server those of that server, too. With words, those
whose title or company has all of them.`,
		RunE: p.withStore("jobs", func(ctx context.Context, _ config, s *store.Store, args []string) error {
			return p.listJobs(ctx, s, args, which)
		}),
	}
	list.Flags().StringVar(&which.server, "server", "", "the `ID` of a server whose sources count, too")
	list.Flags().StringVar(&which.source, "source", "", "only of the source with that `ID`")
	list.Flags().BoolVar(&which.json, "json", false, "as JSON, one job a line, which jobs replay reads")
	cmd.AddCommand(fetchDue, list, p.replayCommand())
	return cmd
}

// claimed is how many sources are taken at once: a source that was taken is
// given to nobody else for some minutes.
const claimed = 1

func (p *program) fetchDue(ctx context.Context, cfg config, s *store.Store, _ []string) error {
	reader := newReader(service{config: cfg, now: cfg.now}, nil)
	reader.CountIn(s)
	read, failed := 0, 0
	for {
		list, err := s.ClaimSources(ctx, claimed)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		for _, src := range list {
			res := reader.Read(ctx, src)
			added, err := s.SaveFetched(context.WithoutCancel(ctx), src.ID, res)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
			read++
			fmt.Fprintf(p.stdout, "%s: %s\n", feeds.Title(src), fetchedLine(src, res, added))
			if res.Fault != "" {
				failed++
			}
		}
	}
	if read == 0 {
		_, err := fmt.Fprintln(p.stdout, "No source is due: careerbot sources list tells when each is")
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s could not be read: what was known of them stays", failed, count(read, "source"))
	}
	return nil
}

// fetchedLine says what a fetch has brought.
func fetchedLine(src store.Source, res store.FetchResult, added int) string {
	src.Fetched = res.Fetched
	switch {
	case feeds.Waits(src) != "":
		return fmt.Sprintf("waits until %s: %s", res.Next.Format(time.DateTime), feeds.Waits(src))
	case res.Fault != "":
		return res.Fault
	case res.Unchanged:
		return "nothing has changed"
	case res.Baseline:
		return count(len(res.Jobs), "job") + ", which were there before"
	}
	return fmt.Sprintf("%s, %d of them new", count(len(res.Jobs), "job"), added)
}

func (p *program) listJobs(ctx context.Context, s *store.Store, words []string, which listing) error {
	held, err := s.Jobs(ctx, which.server)
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(h store.HeldJob) bool { return !which.has(h, words) })
	slices.SortStableFunc(held, func(x, y store.HeldJob) int { return y.Job.Posted.Compare(x.Job.Posted) })
	if which.json {
		jobs := make([]alerts.Job, len(held))
		for i, h := range held {
			jobs[i] = h.Job
		}
		return alerts.WriteJobs(p.stdout, jobs)
	}
	for _, h := range held {
		if _, err := fmt.Fprintf(p.stdout, "%s  %s\n", h.Job.Posted.Format("2006-01-02"), jobLine(h.Job)); err != nil {
			return err
		}
	}
	if len(held) == 0 {
		_, err = fmt.Fprintln(p.stdout, "No such job is held")
	}
	return err
}

// has reports whether a job is to be listed.
func (l listing) has(h store.HeldJob, words []string) bool {
	if l.source != "" && h.Job.Source != l.source {
		return false
	}
	text := strings.ToLower(h.Job.Title + " " + h.Job.Company)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, strings.ToLower(w)) })
}
