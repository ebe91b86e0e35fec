package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/demo"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/store"
)

func (p *program) demoCommand() *cobra.Command {
	var addr, dir string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot in your browser, with no Discord and no token",
		Long: `Demo runs the bot on a simulated Discord and serves a page where you can talk to
it, as a member or as a moderator. There are jobs that are made up, and the clock
can be moved on to see them arrive. Nothing leaves this machine, and nothing is
read from the environment or from .env.`,
		Example: `  careerbot demo
  careerbot demo --addr 127.0.0.1:9090 --data demo-data`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
			defer stop()
			defer context.AfterFunc(ctx, stop)()
			return p.demo(ctx, addr, dir)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "the `ADDRESS` of this machine to serve the page at")
	cmd.Flags().StringVar(&dir, "data", "", "the `DIR` in which to keep what the bot learns, the jobs and the time, but no messages of the chat; without it, nothing is kept")
	p.addKnowledgeFlag(cmd)
	return cmd
}

// demo serves the page and runs the bot until the context ends.
func (p *program) demo(ctx context.Context, addr, dir string) error {
	listener, err := listen(ctx, addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	ending := fmt.Sprintf("Ctrl-C ends it: what the bot has learnt stays in %s, the messages of the chat do not stay.", dir)
	if dir == "" {
		ending = "Ctrl-C ends it, and nothing is kept."
		if dir, err = os.MkdirTemp("", "careerbot-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	at := listener.Addr().String()
	h := hurry{begun: make(chan struct{})}
	d, err := demo.New(demo.Config{URL: "http://" + at, Dir: dir, Read: h.read, Send: h.send})
	if err != nil {
		return err
	}
	cfg, err := demoConfig(d, at, dir)
	if err != nil {
		return err
	}
	cfg.knowledgeDir = p.knowledgeDir
	kind, address, err := source.Recognise(d.FeedURL())
	if err != nil {
		return err
	}
	serving, end := context.WithCancel(ctx)
	server := &http.Server{
		Handler: d.Handler(), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return serving }, // which ends what the pages listen to
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer server.Close()
	defer d.Close()
	defer end()
	running.Go(func() { _ = server.Serve(listener) }) // until it is closed
	running.Go(func() {
		select {
		case <-h.begun:
		case <-serving.Done():
			return
		}
		if d.Sim.Ready(serving) == nil {
			fmt.Fprintf(p.stdout, "Careerbot is at http://%s\nOpen that in a browser. It is a simulated chat: nothing leaves this machine.\n%s\n", at, ending)
		}
	})
	return serve(ctx, service{
		config: cfg, log: newLog(p.stderr, cfg), now: d.Clock.Now, offline: true, before: h.begin,
		declare: true, sources: []store.Source{{Kind: kind, URL: address, Name: "Sample jobs"}},
	})
}

// demoConfig is the settings of a demo, whatever the environment says.
func demoConfig(d *demo.Demo, at, dir string) (config, error) {
	cfg, err := parseConfig("run", func(name string) string {
		return map[string]string{
			"DISCORD_TOKEN": d.Sim.Token(), "DISCORD_API": d.Sim.URL(), "DATA_DIR": dir, "SOURCES_HOST": at,
			"QUESTIONS_PER_MINUTE": "0",
		}[name]
	})
	cfg.logLevel = slog.LevelWarn
	return cfg, err
}

// listen listens at an address of this machine, and says what to do where that
// cannot be.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil || !at.Addr().IsLoopback() {
		return nil, fmt.Errorf("--addr %s is no address and port of this machine alone: give one like 127.0.0.1:8080. The demo knows no passwords", addr)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use, perhaps by another demo: end that, or give a free port: careerbot demo --addr %s", addr, netip.AddrPortFrom(at.Addr(), at.Port()+1))
	case err != nil:
		return nil, fmt.Errorf("the demo cannot be served: %w: choose another address with --addr", err)
	}
	return listener, nil
}

var errStarting = errors.New("the bot is still starting: try again in a moment")

// hurry does at once what a bot does in the background within the hour.
type hurry struct {
	begun chan struct{} // closed when the sources have been read once

	mu     sync.Mutex
	store  *store.Store // nil while there is none
	reader *feeds.Reader
	terms  careers
}

// begin reads the sources for the first time: what is there then is no news.
func (h *hurry) begin(ctx context.Context, s *store.Store, r *feeds.Reader, terms careers) error {
	h.mu.Lock()
	h.store, h.reader, h.terms = s, r, terms
	h.mu.Unlock()
	if err := h.read(ctx); err != nil {
		return err
	}
	select {
	case <-h.begun: // the work was begun again
	default:
		close(h.begun)
	}
	return nil
}

// read reads the sources and matches what is new.
func (h *hurry) read(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.store == nil {
		return errStarting
	}
	sources, err := h.store.Sources(ctx, "")
	if err != nil {
		return err
	}
	for _, src := range sources {
		if _, err := h.store.SaveFetched(ctx, src.ID, h.reader.Read(ctx, src)); err != nil {
			return err
		}
	}
	_, err = h.store.Match(ctx, h.terms)
	return err
}

// send puts what is due into the queue, and waits until that has sent it.
func (h *hurry) send(ctx context.Context) error {
	h.mu.Lock()
	s := h.store
	h.mu.Unlock()
	if s == nil {
		return errStarting
	}
	if err := s.Tick(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		open, err := s.Undelivered(ctx)
		if err != nil || !open {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.New("the bot has not sent all alerts yet: try again in a moment")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
