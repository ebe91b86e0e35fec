package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

func (p *program) replayCommand() *cobra.Command {
	var subs string
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Tell what recorded jobs would have brought to whom, and when",
		Long: `Replay sends recorded jobs through all that job alerts do, each at the time when
it was posted by a clock that is simulated: it is held, matched, and told of when
somebody is due. It sends nothing, and leaves your database alone.

FILE has one job a line as JSON, as "jobs list --json" writes them; --alerts
names a file with one alert a line:

  {"person":"asha","query":{"words":"golang"},"schedule":{"every":"daily","hour":9,"zone":"Asia/Kolkata"}}

A query has career (an ID), words, places, remote, kinds, levels and floor. The
alerts are made a minute before the first job, and the clock stops eight days
after the last.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.config("jobs")
			if err != nil {
				return err
			}
			base, err := loadKnowledge(cfg.knowledgeDir, func(f knowledge.Fault) {
				fmt.Fprintf(p.stderr, "%v\n", f)
			})
			if err != nil {
				return err
			}
			jobs, err := readRecorded(args[0], alerts.ReadJobs)
			if err != nil {
				return err
			}
			list, err := readRecorded(subs, readAlerts)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
			defer stop()
			return replay(ctx, p.stdout, jobs, list, func(_, id string) []string {
				if a := base.Article(id); a != nil {
					return append([]string{a.Title}, a.Aliases...)
				}
				return nil
			})
		},
	}
	p.addKnowledgeFlag(cmd)
	cmd.Flags().StringVar(&subs, "alerts", "", "the `FILE` of alerts, one a line as JSON")
	if err := cmd.MarkFlagRequired("alerts"); err != nil {
		panic(err) // the flag is that of the line above
	}
	return cmd
}

func readRecorded[T any](name string, read func(io.Reader) ([]T, error)) ([]T, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// readAlerts reads alerts, one a line. The error names the lines that are wrong.
func readAlerts(r io.Reader) (list []alerts.Subscription, err error) {
	var errs []error
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var a struct {
			Person   string          `json:"person"`
			Server   string          `json:"server"`
			Query    alerts.Query    `json:"query"`
			Schedule alerts.Schedule `json:"schedule"`
		}
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		err := d.Decode(&a)
		if err == nil {
			err = errors.Join(a.Query.Check(), a.Schedule.Check())
		}
		if err == nil && a.Person == "" {
			err = errors.New("person is missing: give whose alert it is")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d: %w", n, err))
			continue
		}
		list = append(list, alerts.Subscription{Person: a.Person, Guild: a.Server, Query: a.Query, Schedule: a.Schedule})
	}
	return list, errors.Join(append(errs, lines.Err())...)
}

// After the last job the clock goes on for so long that a weekly alert is told
// of it.
const replayedAfter = 8 * 24 * time.Hour

// mostReplayed is how many alerts one person may have in a replay.
const mostReplayed = 1000

// replay sends jobs through a store of its own, whose clock is theirs, and
// writes what would have been sent.
func replay(ctx context.Context, w io.Writer, jobs []alerts.Job, subs []alerts.Subscription, careers func(guild, id string) []string) error {
	if len(jobs) == 0 {
		return errors.New("there are no jobs in the file")
	}
	var errs []error
	for i, j := range jobs {
		clean, err := j.Clean(j.Posted)
		if err == nil && j.Posted.IsZero() {
			err = errors.New("it does not say when it was posted: give the time")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("job %d cannot be replayed: %w", i+1, err))
		}
		jobs[i] = clean
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	slices.SortStableFunc(jobs, func(x, y alerts.Job) int {
		return cmp.Or(x.Posted.Compare(y.Posted), strings.Compare(x.Source, y.Source))
	})
	dir, err := os.MkdirTemp("", "careerbot-replay-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &replaying{w: w, clock: jobs[0].Posted.Add(-time.Minute), careers: careers, sources: map[string]int64{}}
	if r.store, err = store.Open(ctx, store.Options{Dir: dir, Now: func() time.Time { return r.clock }}); err != nil {
		return err
	}
	defer r.store.Close()
	for _, sub := range subs {
		if _, err := r.store.AddSubscription(ctx, store.Subscription{Subscription: sub}, mostReplayed); err != nil {
			return fmt.Errorf("the alert of %s: %w", sub.Person, err)
		}
		if !slices.Contains(r.people, sub.Person) {
			r.people = append(r.people, sub.Person)
		}
	}
	for len(jobs) > 0 {
		n := 1
		for n < len(jobs) && jobs[n].Posted.Equal(jobs[0].Posted) && jobs[n].Source == jobs[0].Source {
			n++
		}
		if err := r.until(ctx, jobs[0].Posted); err != nil {
			return err
		}
		if err := r.hold(ctx, jobs[:n]); err != nil {
			return err
		}
		jobs = jobs[n:]
	}
	if err := r.until(ctx, r.clock.Add(replayedAfter)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s held, %d of them new; %s\n", count(r.held, "job"), r.added, count(r.sent, "message"))
	return err
}

// replaying is a replay under way.
type replaying struct {
	w       io.Writer
	store   *store.Store
	clock   time.Time
	careers func(guild, id string) []string
	people  []string
	sources map[string]int64 // by the name that the jobs have for it

	held, added, sent int
}

// until lets the clock run to a time, and tells who is due before.
func (r *replaying) until(ctx context.Context, end time.Time) error {
	for {
		due, err := r.nextDue(ctx)
		if err != nil {
			return err
		}
		if due.IsZero() || due.After(end) {
			r.clock = end
			return nil
		}
		if due.After(r.clock) {
			r.clock = due
		}
		if _, _, err := r.store.FreezeDue(ctx); err != nil {
			return err
		}
		if _, err := r.store.DeliverAll(ctx, r.tell); err != nil {
			return err
		}
	}
}

// nextDue is when the next alert falls due; zero if none does.
func (r *replaying) nextDue(ctx context.Context) (next time.Time, err error) {
	for _, person := range r.people {
		subs, err := r.store.Subscriptions(ctx, person)
		if err != nil {
			return next, err
		}
		for _, sub := range subs {
			if !sub.Due.IsZero() && (next.IsZero() || sub.Due.Before(next)) {
				next = sub.Due
			}
		}
	}
	return next, nil
}

// hold holds jobs of one source and matches them.
func (r *replaying) hold(ctx context.Context, jobs []alerts.Job) error {
	name := jobs[0].Source
	id, known := r.sources[name]
	if !known {
		src, err := r.store.AddSource(ctx, store.Source{Kind: "replay", URL: name, Name: name})
		if err != nil {
			return err
		}
		id = src.ID
		r.sources[name] = id
	}
	added, err := r.store.SaveFetched(ctx, id, store.FetchResult{
		Fetched: store.Fetched{Seeded: r.clock, Worked: r.clock}, Jobs: jobs,
	})
	if err != nil {
		return err
	}
	r.held, r.added = r.held+len(jobs), r.added+added
	_, err = r.store.Match(ctx, r.careers)
	return err
}

// tell writes what would be sent.
func (r *replaying) tell(_ context.Context, d store.Delivery) store.Outcome {
	r.sent++
	zone, err := alerts.LoadZone(d.Subscription.Schedule.Zone)
	if err != nil {
		zone = time.UTC
	}
	fmt.Fprintf(r.w, "%s  %s: %s", r.clock.In(zone).Format("2006-01-02 15:04 -0700"), d.Subscription.Person, count(len(d.Jobs), "job"))
	if d.More > 0 {
		fmt.Fprintf(r.w, ", %d more next time", d.More)
	}
	fmt.Fprintln(r.w)
	names := func(id string) []string { return r.careers(d.Subscription.Guild, id) }
	for _, h := range d.Jobs {
		why := alerts.Explain(r.clock, h.Job, d.Subscription.Subscription, names, alerts.Past{}).Why
		fmt.Fprintf(r.w, "    %s\n      %s", jobLine(h.Job), why)
		if n := len(h.Job.AlsoOn); n > 0 {
			fmt.Fprintf(r.w, " Also on %s.", count(n, "other source"))
		}
		fmt.Fprintln(r.w)
	}
	return store.Outcome{Result: store.Sent, Message: "replayed"}
}
