package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
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
func (b *Bot) newSession(ctx context.Context) (*discordgo.Session, error) {
	s, err := discordgo.New("Bot " + b.cfg.Token)
	if err != nil {
		return nil, fmt.Errorf("make a session: %w", err)
	}
	s.Client = &http.Client{Transport: bound{b.client.Transport, ctx}}
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

// bound is a transport whose requests end with a context. discordgo asks for
// the gateway's address without one.
type bound struct {
	http.RoundTripper
	ctx context.Context
}

// RoundTrip makes a request.
func (t bound) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.RoundTripper.RoundTrip(req.WithContext(t.ctx))
}

// keepOpen connects to the gateway, and again whenever the connection is lost,
// until ctx ends (it returns nil) or Discord will not have the bot. The session
// that it returns may still be open.
func (b *Bot) keepOpen(ctx context.Context) (*discordgo.Session, error) {
	var session *discordgo.Session
	for failures := 0; ; {
		if session == nil {
			var err error
			if session, err = b.newSession(ctx); err != nil {
				return nil, err
			}
		}
		ready, why := b.connect(ctx, session)
		if ctx.Err() != nil {
			return session, nil
		}
		if code, closed := errors.AsType[closeError](why); closed && fatal[int(code)] != "" {
			return session, fmt.Errorf("%s (%w)", fatal[int(code)], why)
		}
		if ready {
			failures = 0
		}
		wait := reconnectWait(failures, why)
		failures++
		if lost(why) {
			session = nil
		}
		b.log.Warn("lost the connection to Discord", "why", why, "wait", wait.Round(time.Millisecond))
		if sleep(ctx, wait) != nil {
			return session, nil
		}
	}
}

// lost reports whether a connection ended in a way after which its session
// cannot be resumed.
func lost(why error) bool {
	return slices.ContainsFunc([]error{errInvalid, errGarbled, closeError(4007), closeError(4009)}, func(err error) bool { return errors.Is(why, err) })
}

// reconnectWait is how long to wait before connecting again, after so many
// failures in a row.
func reconnectWait(failures int, why error) time.Duration {
	switch {
	case errors.Is(why, errInvalid), errors.Is(why, errResumable):
		// Discord asks for a random time between one and five seconds.
		return time.Second + rand.N(4*time.Second)
	case failures == 0:
		return 0
	}
	wait := time.Second << min(failures-1, 6)
	return wait + rand.N(wait/2)
}

// connect opens a session and returns when its connection is lost: whether it
// had become ready, and why it was lost. It returns as well when ctx ends; the
// session then stays open if it was.
func (b *Bot) connect(ctx context.Context, s *discordgo.Session) (ready bool, why error) {
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
			line, letGo = l, context.AfterFunc(ctx, func() { l.end(ctx.Err()) })
			return l, nil
		}
	}
	s.Dialer = &websocket.Dialer{NetDialContext: open("http"), NetDialTLSContext: open("https"), HandshakeTimeout: 20 * time.Second}

	// Whatever the gateway does or fails to do, the link ends Open in time.
	err := s.Open()
	if line == nil {
		return false, err
	}
	letGo()
	if err != nil {
		if cause := line.cause(); !errors.Is(cause, errClosed) {
			err = cause
		}
		return line.ready.Load(), err
	}
	select {
	case <-line.closed:
		return line.ready.Load(), line.cause()
	case <-ctx.Done():
		return true, nil
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
	"MESSAGE_CREATE":     (*Bot).onMessage,
	"INTERACTION_CREATE": (*Bot).onInteraction,
}
