// Package bot is the Discord edge of Careerbot: it connects, takes in what
// people ask through any door, and shows what the answerer says. It is the only
// package, with the program itself, that knows Discord or discordgo.
//
// A request goes one way: the gateway hands an event over, serve finds its row
// in the table, checks who may, runs the handler, defers if that takes long, and
// shows the response. A handler takes a request and returns a response; it never
// sends. Nothing that the bot shows can ping anybody.
package bot

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/store"
)

// Config is what a bot needs.
type Config struct {
	Token   string       // the bot's, without "Bot "
	Version string       // of the program
	Log     *slog.Logger // secrets are kept out of it
	API     string       // where Discord is; https://discord.com if empty
	Pace    int          // how much one person may ask a minute, beyond a burst; 0 for any number

	Now func() time.Time // the clock of notices, of claims and of alerts; nil for time.Now

	Answerer func() *answer.Answerer // what answers; when first called it may take a while

	Open func(context.Context) (*store.Store, error) // opens what is kept; the bot closes it. Without it nothing is kept
	Keep store.Keep                                  // for how long

	Alerts int // how many job alerts a person may have; 0 for five

	Fetch *fetch.Client // gets what moderators attach or link to; nil: nothing is imported
	Feeds *feeds.Reader // reads sources of jobs; nil: moderators cannot add any

	// Work is done on what is kept, from when it is open until the bot ends; if
	// it ends before, it is begun again. Nil is none.
	Work func(context.Context, *store.Store) error
}

// Bot is a connection to Discord that answers questions.
type Bot struct {
	cfg    Config
	log    *slog.Logger
	rows   []row
	client *http.Client
	rest   *discordgo.Session // for requests only; it is never opened
	health *health
	access access

	answer func(answer.Question) answer.Answer                             // the answerer's
	choose func(guild, conversation string, c answer.Choice) answer.Answer // the answerer's

	now             func() time.Time // the configured one
	deferAfter      time.Duration    // see the constant
	patience        time.Duration    // see gatewayPatience
	steady          time.Duration    // see the constant
	noticesEvery    time.Duration    // see the constant
	inspectionPause time.Duration    // see the constant
	secure          *tls.Config      // of the connection to the gateway

	working    context.Context // of the handlers; outlives the one that Run is given
	self       atomic.Pointer[identity]
	resumeAt   atomic.Pointer[string] // where Discord wants the session to be resumed
	registered atomic.Bool
	untold     atomic.Bool // some moderators were to be told of their queue, and could not be
	queue      turns
	seen       recent
	pace       *pace
	kept       kept
	boards     *boards
	reloading  sync.Mutex
	asked      *lru.Cache[string, asked]  // by the ID of the request
	pictures   *lru.Cache[string, []byte] // by what is to be seen
	counts     counts
	servers    servers
	silent     map[string]permission // what the bot lacks in channels of settings; of keep alone
	telling    *rate.Limiter         // of those who are told
	joined     chan string           // servers to be inspected
	inspected  recent
	told       recent // of the channel in which their question cannot be answered

	mu      sync.Mutex
	closing bool           // nothing more is taken in
	serving sync.WaitGroup // requests
}

// identity is who the bot is, as Discord told it.
type identity struct {
	user string
	app  string
}

// discordAPI is where Discord is.
const discordAPI = "https://discord.com"

// shutdownTime is how long replies in flight may take when the bot ends.
const shutdownTime = 10 * time.Second

// New makes a bot.
func New(cfg Config) (*Bot, error) {
	cfg.Token = strings.TrimPrefix(strings.TrimSpace(cfg.Token), "Bot ")
	switch {
	case cfg.Token == "":
		return nil, errors.New("bot: there is no token")
	case cfg.Answerer == nil:
		return nil, errors.New("bot: there is nothing to answer with")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.API == "" {
		cfg.API = discordAPI
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	api, err := url.Parse(strings.TrimSuffix(cfg.API, "/"))
	if err != nil || api.Host == "" {
		return nil, fmt.Errorf("bot: %q is no address", cfg.API)
	}
	b := &Bot{
		cfg: cfg, rows: table(), pace: newPace(cfg.Pace), asked: newAsked(), pictures: newPictures(), kept: kept{tried: make(chan struct{})}, boards: newBoards(), health: newHealth(cfg.Version), joined: make(chan string, maxJoined),
		answer: func(q answer.Question) answer.Answer { return cfg.Answerer().Answer(q) },
		choose: func(guild, conversation string, c answer.Choice) answer.Answer {
			return cfg.Answerer().Choose(guild, conversation, c)
		},
		now: cfg.Now, silent: map[string]permission{}, telling: rate.NewLimiter(rate.Every(tellEvery), tellBurst),
		deferAfter: deferAfter, patience: gatewayPatience, steady: steady, noticesEvery: noticesEvery, inspectionPause: inspectionPause, secure: &tls.Config{},
		log: slog.New(redactor{Handler: cfg.Log.Handler(), token: cfg.Token}),
	}
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxIdleConnsPerHost = 32
	b.client = &http.Client{Transport: &transport{base: base, api: api, pause: 250 * time.Millisecond, log: b.log}}
	if b.rest, err = discordgo.New("Bot " + cfg.Token); err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	b.rest.Client = b.client
	b.rest.UserAgent = "DiscordBot (https://github.com/careerbot/careerbot, " + cfg.Version + ")"
	return b, nil
}

// Run connects to Discord and serves until ctx ends; then it lets the replies
// in flight arrive, disconnects, and returns nil. It returns an error that says
// what to do when Discord will not have the bot. It is called once.
func (b *Bot) Run(ctx context.Context) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	b.working = working
	var background sync.WaitGroup
	inspection, endInspection := context.WithCancel(ctx)
	background.Go(func() { b.inspect(inspection) })
	keeping, endKeeping := context.WithCancel(working)
	background.Go(func() { b.keep(keeping, inspection) })
	session, err := b.keepOpen(ctx)
	endInspection()

	b.mu.Lock()
	b.closing = true
	b.mu.Unlock()
	served := make(chan struct{})
	go func() {
		b.serving.Wait()
		close(served)
	}()
	timer := time.NewTimer(shutdownTime)
	defer timer.Stop()
	select {
	case <-served:
	case <-timer.C:
		b.log.Warn("some replies took too long to wait for")
		stop()
		<-served
	}
	endKeeping()
	background.Wait()
	if session != nil {
		session.Close()
	}
	b.client.CloseIdleConnections()
	return err
}

// CloseIdleConnections closes the connections that no request uses.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// begin runs do on a goroutine that Run waits for, unless the bot is ending.
func (b *Bot) begin(do func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return false
	}
	b.serving.Go(do)
	return true
}

// accept has a request served, once.
func (b *Bot) accept(r *request) {
	if r == nil || b.seen.again(r.id) {
		return
	}
	queue := b.queue.enter(r.lane())
	if !b.begin(func() { b.serve(r, queue) }) {
		queue.leave()
	}
}

// onReady learns who the bot is, and makes sure that Discord has its commands.
func (b *Bot) onReady(raw json.RawMessage) error {
	var ready struct {
		User        inUser        `json:"user"`
		Application inUser        `json:"application"`
		Guilds      []joinedGuild `json:"guilds"`
		ResumeAt    string        `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(raw, &ready); err != nil {
		return err
	}
	me := &identity{user: ready.User.ID, app: ready.Application.ID}
	b.self.Store(me)
	for _, g := range ready.Guilds {
		b.servers.add(g.ID)
	}
	b.resumeAt.Store(&ready.ResumeAt)
	b.health.connected()
	b.log.Info("connected to Discord", "guilds", len(ready.Guilds), "user", me.user)
	b.settle()
	if b.registered.Load() {
		return nil
	}
	b.begin(func() {
		ctx, cancel := context.WithTimeout(b.working, handlerTime)
		defer cancel()
		if err := b.register(ctx, me.app); err != nil {
			b.log.Error("slash commands may be missing; they are tried again at the next connection", "err", err)
			return
		}
		b.registered.Store(true)
	})
	return nil
}

func (b *Bot) onResumed(json.RawMessage) error {
	b.health.reconnected()
	b.log.Info("connected to Discord again", "resumed", true)
	return nil
}

func (b *Bot) onMessage(raw json.RawMessage) error {
	me := b.self.Load()
	if me == nil {
		return errors.New("a message before READY")
	}
	r, err := readMessage(raw, me.user)
	if err != nil {
		return err
	}
	b.accept(r)
	return nil
}

func (b *Bot) onInteraction(raw json.RawMessage) error {
	r, err := readInteraction(raw)
	if err != nil {
		return err
	}
	b.accept(r)
	return nil
}
