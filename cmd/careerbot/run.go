package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// endSignals ask the program to end: a person's Ctrl-C, and what service
// managers send.
var endSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// For how long what nobody has chosen a time for is kept: drafts that were never
// published, who has been told of an answer, jobs since a source last listed them,
// and what alerts have found and sent. Jobs and what was found of them are kept for
// longer than it takes until one that is posted again is a new one. What was found
// of a job is kept for as long as it is known, at least.
const (
	draftsKept = 30 * 24 * time.Hour
	toldKept   = 7 * 24 * time.Hour
	jobsKept   = alerts.RepostWindow + 15*24*time.Hour
	hitsKept   = 2 * alerts.RepostWindow
)

func (p *program) runCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Answer on a Discord server",
		Long: `Run connects to Discord and answers there until it is interrupted. Its settings
come from the environment, and from a file named .env in the current folder
where the environment does not have them:

` + settingsHelp("run"),
		Args: cobra.NoArgs,
		RunE: p.run,
	}
	p.addKnowledgeFlag(cmd)
	return cmd
}

// settingsHelp describes the settings that a subcommand uses.
func settingsHelp(command string) string {
	var lines []string
	for _, s := range settings {
		if s.purpose == forOperators && slices.Contains(s.usedBy, command) {
			const lead = "                 "
			lines = append(lines, wrap(fmt.Sprintf("  %-*s", len(lead)-2, s.name), s.describe(), plainWidth))
		}
	}
	return strings.Join(lines, "\n")
}

func (p *program) run(cmd *cobra.Command, _ []string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
	defer stop()
	// A second signal ends the program at once.
	defer context.AfterFunc(ctx, stop)()
	cfg, err := p.config("run")
	if err != nil {
		if faults, ok := errors.AsType[settingFaults](err); ok && cfg.token == "" && faults.of("DISCORD_TOKEN") {
			err = fmt.Errorf("%w\nWithout Discord, try it here: careerbot demo", err)
		}
		return err
	}
	listed, fromFile, err := listedSources(cfg)
	if err != nil {
		return err
	}
	return serve(ctx, service{config: cfg, log: newLog(p.stderr, cfg), now: cfg.now, declare: fromFile, sources: listed})
}

// service is a bot as it is run, with all that it needs.
type service struct {
	config
	log     *slog.Logger
	declare bool // the operator's sources become those below
	sources []store.Source
	now     func() time.Time // the clock
	offline bool             // nothing is fetched but from where a setting allows it
	// before is done before the work in the background begins, with what is kept
	// and how sources are read and careers called; nil for nothing.
	before func(context.Context, *store.Store, *feeds.Reader, careers) error
}

// careers gives the names of a career as a guild knows it.
type careers func(guild, id string) []string

// serve connects to Discord and answers until the context ends.
func serve(ctx context.Context, cfg service) error {
	log := cfg.log
	slog.SetDefault(log) // for libraries that take no logger
	base, err := loadKnowledge(cfg.knowledgeDir, func(f knowledge.Fault) {
		log.Warn("part of the knowledge is left out", "file", f.File, "line", f.Line, "fault", f.What, "mend", f.Mend)
	})
	if err != nil {
		return err
	}
	cfg.keep.Drafts, cfg.keep.Told, cfg.keep.Jobs, cfg.keep.Past, cfg.keep.Hits = draftsKept, toldKept, jobsKept, alerts.KnownFor, hitsKept
	// To train the answerer takes a third of a second, to connect to Discord about
	// as long: they happen side by side, and whoever asks meanwhile waits.
	var training sync.WaitGroup
	defer training.Wait()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	train := sync.OnceValues(func() (*answer.Answerer, error) { return answer.New(base) })
	answerer := func() *answer.Answerer {
		a, err := train()
		if err != nil {
			fail(err)
			panic(err) // the bot tells the person, and ends
		}
		return a
	}
	training.Go(func() {
		a, err := train()
		if err != nil {
			fail(err)
			return
		}
		debug.FreeOSMemory() // training takes twice what is kept
		followKnowledge(ctx, cfg.knowledgeDir, base, a, func(b *knowledge.Base) {
			debug.FreeOSMemory()
			log.Info("the knowledge has changed", "articles", len(b.Articles))
		}, func(f knowledge.Fault) {
			log.Warn("a change of the knowledge is not sound: what was before stays", "file", f.File, "line", f.Line, "fault", f.What, "mend", f.Mend)
		})
	})
	terms := func(guild, id string) []string { return answerer().Terms(guild, id) }
	reader := newReader(cfg, log)
	var b *bot.Bot
	b, err = bot.New(bot.Config{
		Token:   cfg.token,
		Version: release(),
		Log:     log,
		API:     cfg.discordAPI,
		Now:     cfg.now,
		Pace:    cfg.pace,
		Open: func(ctx context.Context) (*store.Store, error) {
			s, err := store.Open(ctx, store.Options{Dir: cfg.dataDir, URL: cfg.databaseURL, Log: log, Now: cfg.now})
			if err == nil {
				reader.CountIn(s)
			}
			return s, err
		},
		Keep:     cfg.keep,
		Alerts:   cfg.alerts,
		Answerer: answerer,
		Fetch:    fetch.New(fetch.Config{UserAgent: userAgent(), Allow: attachments(cfg.discordAPI), Only: cfg.offline}),
		Feeds:    reader,
		Work: func(ctx context.Context, s *store.Store) error {
			if cfg.declare {
				added, removed, err := feeds.Declare(ctx, s, cfg.sources)
				if err != nil {
					return err
				}
				log.Info("read the file of sources", "sources", len(cfg.sources), "added", added, "removed", removed)
			}
			if cfg.before != nil {
				if err := cfg.before(ctx, s, reader, terms); err != nil {
					return err
				}
			}
			return s.Start(ctx, store.Work{
				Fetch: func(work context.Context, src store.Source) store.FetchResult {
					// A source is fetched for minutes: it is not waited for when the
					// program ends, but fetched again by the next.
					work, cancel := context.WithCancel(work)
					defer cancel()
					defer context.AfterFunc(ctx, cancel)()
					return reader.Read(work, src)
				},
				Careers: terms,
				Deliver: b.Deliver,
			})
		},
	})
	if err != nil {
		return err
	}
	log.Info("starting", "version", release(), "articles", len(base.Articles))
	if err := b.Run(ctx); err != nil {
		return err
	}
	if _, err := train(); err != nil {
		return err
	}
	log.Info("ended")
	return nil
}

// attachments is where a simulated Discord keeps what people attach, which lies
// in a private network; nothing of Discord itself.
func attachments(api string) []netip.AddrPort {
	u, err := url.Parse(api)
	if err != nil {
		return nil
	}
	at, err := netip.ParseAddrPort(u.Host)
	if err != nil {
		return nil
	}
	return []netip.AddrPort{at}
}

// newLog makes the log of the program.
func newLog(w io.Writer, cfg config) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.logLevel}
	if cfg.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
