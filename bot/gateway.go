package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// The gateway: one session of discordgo's, held open by us.

// intents are what the bot asks to be sent: servers, and messages there and in
// direct conversations. None is privileged, so nobody has to grant it anything;
// the price is that Discord withholds the text of messages that do not name it.
const intents = discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages

// gatewayPatience is how long the gateway may take from the connection until
// the session is ready.
const gatewayPatience = 30 * time.Second

// fatal says what to do about the codes of which Discord says that connecting
// again is of no use.
var fatal = map[int]string{
	4004: "Discord refused the token. Copy it again from the Developer Portal (your application, Bot, Reset Token) into DISCORD_TOKEN",
	4010: "Discord refused the shard number. This is a fault of the program: please report it",
	4011: "the bot is in so many servers that Discord wants it split into shards, which this version cannot do",
	4012: "Discord no longer speaks this version of its protocol. Please update the program",
	4013: "Discord does not know the intents that were asked for. This is a fault of the program: please report it",
	4014: "Discord does not grant the intents that were asked for. Look in the Developer Portal (your application, Bot, Privileged Gateway Intents)",
}

func init() {
	// discordgo puts the version into the gateway's address from this variable,
	// and offers no other place to say it.
	discordgo.APIVersion = "10"
	// What it logs goes where everything goes, and carries no token: the bot
	// itself says, and better, what a reader of the log has to know.
	discordgo.Logger = func(level, _ int, format string, args ...any) {
		slog.New(redactor{Handler: slog.Default().Handler()}).Debug("discordgo: "+fmt.Sprintf(format, args...), "level", level)
	}
}

// newSession makes a session that has not been opened. discordgo resumes a
// session that is opened again; one that cannot be resumed is given up for a new
// one.
func (b *Bot) newSession() (*discordgo.Session, error) {
	s, err := discordgo.New("Bot " + b.cfg.Token)
	if err != nil {
		return nil, fmt.Errorf("make a session: %w", err)
	}
	s.UserAgent = b.rest.UserAgent
	s.Identify.Intents = intents
	s.Compress, s.Identify.Compress = false, false // a link reads along
	s.ShouldReconnectOnError = false               // keepOpen does
	s.StateEnabled = false
	s.LogLevel = discordgo.LogWarning
	// In order, and on the goroutine that reads: what is done here has to be
	// short, and must not call the session.
	s.SyncEvents = true
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { b.receive(e.Type, e.RawData) })
	return s, nil
}

// keepOpen connects to the gateway, and again whenever the connection is lost,
// until ctx ends (it returns nil) or Discord will not have the bot. The session
// that it returns may still be open.
func (b *Bot) keepOpen(ctx context.Context) (*discordgo.Session, error) {
	var session *discordgo.Session
	for failures := 0; ; failures++ {
		if session == nil {
			var err error
			if session, err = b.newSession(); err != nil {
				return nil, err
			}
			b.resumeAt.Store(nil)
		}
		began := time.Now()
		why := b.connect(ctx, session)
		if ctx.Err() != nil {
			return session, nil
		}
		if advice := advise(why); advice != "" {
			return session, fmt.Errorf("%s (%w)", advice, why)
		}
		b.health.hungUp()
		if time.Since(began) > b.steady {
			failures = 0
		}
		wait := reconnectWait(failures, why)
		if lost(why) {
			session = nil
		}
		b.log.Warn("not connected to Discord; trying again", "why", why, "wait", wait.Round(time.Millisecond))
		if sleep(ctx, wait) != nil {
			return session, nil
		}
	}
}

// advise says what to do about an error after which connecting again is of no
// use; of others it says nothing.
func advise(why error) string {
	if closed, ok := errors.AsType[closeError](why); ok {
		return fatal[int(closed)]
	}
	if status(why) == http.StatusUnauthorized {
		return fatal[4004]
	}
	return ""
}

// lost reports whether a connection ended in a way after which its session
// cannot be resumed.
func lost(why error) bool {
	return slices.ContainsFunc([]error{errInvalid, errGarbled, closeError(4007), closeError(4009)}, func(err error) bool { return errors.Is(why, err) })
}

// steady is how long a connection has to last for the one after it to be made
// at once. Discord takes a thousand new sessions a day, and withdraws the token
// of a bot that wants more.
const steady = time.Minute

// reconnectWait is how long to wait before connecting again, after so many
// connections in a row that did not last.
func reconnectWait(failures int, why error) time.Duration {
	var wait time.Duration
	if failures > 0 {
		wait = time.Second << min(failures-1, 6)
		wait += rand.N(wait / 2)
	}
	if full, ok := errors.AsType[errNoSessions](why); ok {
		return max(wait, time.Duration(full))
	}
	if errors.Is(why, errInvalid) || errors.Is(why, errResumable) {
		// Discord asks for a random time between one and five seconds.
		return max(wait, time.Second+rand.N(4*time.Second))
	}
	return wait
}

// errNoSessions is for how long Discord takes no new session.
type errNoSessions time.Duration

func (e errNoSessions) Error() string {
	return fmt.Sprintf("all new sessions that Discord allows a day are used up; the next is allowed in %v", time.Duration(e).Round(time.Second))
}

// address finds where to connect: where Discord wants the session resumed, or
// where it says that the gateway is.
func (b *Bot) address(ctx context.Context) (string, error) {
	resume := b.resumeAt.Load()
	if resume != nil && *resume != "" {
		return *resume, nil
	}
	raw, err := b.call(ctx, mayRepeat, http.MethodGet, "gateway/bot", nil)
	if err != nil {
		return "", fmt.Errorf("ask for the gateway's address: %w", err)
	}
	var gateway struct {
		URL      string `json:"url"`
		Sessions *struct {
			Remaining  int   `json:"remaining"`
			ResetAfter int64 `json:"reset_after"` // in milliseconds
		} `json:"session_start_limit"`
	}
	if err := json.Unmarshal(raw, &gateway); err != nil {
		return "", fmt.Errorf("ask for the gateway's address: %w", err)
	}
	if left := gateway.Sessions; resume == nil && left != nil && left.Remaining <= 0 {
		return "", errNoSessions(time.Duration(left.ResetAfter) * time.Millisecond)
	}
	return gateway.URL, nil
}

// directory answers discordgo, which asks for the gateway's address, and for
// nothing else in a session. It would ask without a context, and without heed to
// where a session is to be resumed.
type directory struct{ address string }

// RoundTrip tells the address, whatever is asked.
func (d directory) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := json.Marshal(map[string]string{"url": d.address})
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: req}, nil
}

// connect opens a session and returns when its connection is lost, with the
// reason. It returns as well when ctx ends; the session then stays open if it
// was.
func (b *Bot) connect(ctx context.Context, s *discordgo.Session) error {
	address, err := b.address(ctx)
	if err != nil {
		return err
	}
	s.Client = &http.Client{Transport: directory{address}}
	// discordgo asks for the address once, and again only after it could not
	// connect.
	s.Dialer = &websocket.Dialer{Proxy: func(*http.Request) (*url.URL, error) { return nil, errors.New("to forget the address") }}
	_ = s.Open()

	var line *link
	var letGo func() bool
	open := func(scheme string) func(context.Context, string, string) (net.Conn, error) {
		return func(during context.Context, _, addr string) (net.Conn, error) {
			during, cancel := context.WithCancel(during)
			defer cancel()
			defer context.AfterFunc(ctx, cancel)()
			c, err := dial(during, scheme, addr, b.secure)
			if err != nil {
				return nil, err
			}
			l := newLink(c, b.patience)
			b.health.dialled(l)
			line, letGo = l, context.AfterFunc(ctx, func() { l.end(ctx.Err()) })
			return l, nil
		}
	}
	s.Dialer = &websocket.Dialer{NetDialContext: open("http"), NetDialTLSContext: open("https"), HandshakeTimeout: 20 * time.Second}

	// Whatever the gateway does or fails to do, the link ends Open in time.
	err = s.Open()
	if line == nil || !line.ready.Load() {
		// A session that could not be resumed there may be elsewhere.
		if b.resumeAt.Load() != nil {
			b.resumeAt.Store(new(string))
		}
	}
	if line == nil {
		return err
	}
	letGo()
	if err != nil {
		if cause := line.cause(); !errors.Is(cause, errClosed) {
			err = cause
		}
		return err
	}
	select {
	case <-line.closed:
		return line.cause()
	case <-ctx.Done():
		return nil
	}
}

// receive is called with every event, in order. It returns at once.
func (b *Bot) receive(event string, raw json.RawMessage) {
	defer func() {
		// Nothing that Discord sends may end the program.
		if p := recover(); p != nil {
			b.log.Error("an event could not be taken in", "event", event, "panic", p)
		}
	}()
	b.observe(event, raw)
	if take := takes[event]; take != nil {
		if err := take(b, raw); err != nil {
			b.log.Warn("an event was dropped", "event", event, "err", err)
		}
	}
}

// takes are the events that matter.
var takes = map[string]func(*Bot, json.RawMessage) error{
	"READY":              (*Bot).onReady,
	"RESUMED":            (*Bot).onResumed,
	"GUILD_CREATE":       (*Bot).onGuild,
	"GUILD_DELETE":       (*Bot).onGuildGone,
	"MESSAGE_CREATE":     (*Bot).onMessage,
	"INTERACTION_CREATE": (*Bot).onInteraction,
}
