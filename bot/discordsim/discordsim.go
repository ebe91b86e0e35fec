// Package discordsim is a simulated Discord: an HTTP server on loopback that
// speaks the REST protocol (v9 and v10) and the websocket gateway as Discord
// documents them, with guilds, channels and people whose side of the
// conversation a caller plays. A bot connects to it as it would to Discord,
// with its own HTTP and websocket code.
//
// It keeps Discord's rules where a bot can break them: deadlines of
// interactions, limits of messages, who sees what, who is pinged, whose text an
// application may read, rate limits, and sessions that resume. What a bot does
// wrong is refused as Discord refuses it and kept in [Sim.Violations].
//
// It holds no bot's code and no test's: the tests run against it, and so can a
// demonstration.
package discordsim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say what kind of Discord to simulate. The zero value is a good one.
type Options struct {
	Token      string           // the bot's token; "simulated-token" if empty
	Name       string           // the bot's name; "Careerbot" if empty
	Heartbeat  time.Duration    // the interval that HELLO asks for; 41.25 s if zero
	Installs   []int            // how the application can be installed: GuildInstall, UserInstall; both if nil
	Privileged int              // the privileged intents that the application was granted
	Spec       *Spec            // Discord's description of its API; requests are checked against it too
	Now        func() time.Time // the clock of deadlines and limits; time.Now if nil
	Keep       int              // how many are remembered at least, of each kind of thing that is over; all if zero
	URL        string           // where [Sim.Handler] is served by somebody else; it listens on loopback if empty
	Worker     uint64           // 1 to 1023, a part of all IDs; by chance if zero. With it and a clock that stands still IDs can be foretold
}

// Sim is a running simulated Discord.
type Sim struct {
	opts   Options
	url    string
	server *http.Server // nil where another serves
	bot    *User
	appID  string

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced whenever anything changes
	worker     uint64        // of its IDs, so that two simulations have none in common
	lastID     uint64
	users      map[string]*User
	guilds     map[string]*Guild
	guildOrder []*Guild
	channels   map[string]*Channel
	directs    map[[2]string]*Channel // conversations of two, by their IDs
	messages   map[string]*Message
	commands   map[string][]Command // by guild ID; global ones under ""
	tokens     map[string]*Interaction
	nonces     map[string]nonceUse
	buckets    map[string]*bucket
	faults     []*Fault
	calls      []*Call
	violations []string
	asked      []*Interaction   // in order
	files      map[string]*File // what is attached, by ID
	sweepAt    int              // how many nonces and buckets make a sweep due

	sessions   map[string]*session
	begun      []*session // in order
	conns      map[*conn]bool
	identifies []Identify
	resumes    int
	greetings  []Greeting
	closed     bool
	running    sync.WaitGroup // the connections' goroutines
}

// epoch is the first second of 2015, from which Discord's IDs count.
const epoch = 1420070400000

// New starts a simulated Discord. Close ends it.
func New(opts Options) (*Sim, error) {
	if opts.Token == "" {
		opts.Token = "simulated-token"
	}
	if opts.Name == "" {
		opts.Name = "Careerbot"
	}
	if opts.Heartbeat == 0 {
		opts.Heartbeat = 41250 * time.Millisecond
	}
	if opts.Installs == nil {
		opts.Installs = []int{GuildInstall, UserInstall}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Sim{
		opts:     opts,
		changed:  make(chan struct{}),
		users:    map[string]*User{},
		guilds:   map[string]*Guild{},
		channels: map[string]*Channel{},
		directs:  map[[2]string]*Channel{},
		messages: map[string]*Message{},
		commands: map[string][]Command{},
		tokens:   map[string]*Interaction{},
		nonces:   map[string]nonceUse{},
		buckets:  map[string]*bucket{},
		files:    map[string]*File{},
		sessions: map[string]*session{},
		conns:    map[*conn]bool{},
	}
	s.worker = cmp.Or(opts.Worker, rand.Uint64N(1<<10))
	s.appID = s.newID()
	s.bot = &User{sim: s, ID: s.newID(), Name: opts.Name, bot: true}
	s.users[s.bot.ID] = s.bot
	if s.url = opts.URL; s.url != "" {
		return s, nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("discordsim: %w", err)
	}
	s.url = "http://" + listener.Addr().String()
	s.server = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	s.running.Go(func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.violate("the simulation ended: %v", err)
		}
	})
	return s, nil
}

// Close cuts every connection and ends the server.
func (s *Sim) Close() {
	s.mu.Lock()
	s.closed = true
	for c := range s.conns {
		c.cut()
	}
	for _, f := range s.faults {
		f.release()
	}
	s.mu.Unlock()
	if s.server != nil {
		s.server.Close()
	}
	s.running.Wait()
}

// URL is where the simulated Discord is served: "http://127.0.0.1:1234".
func (s *Sim) URL() string { return s.url }

// Token is the bot's token.
func (s *Sim) Token() string { return s.opts.Token }

// Bot is the user that the bot under test is.
func (s *Sim) Bot() *User { return s.bot }

// gatewayURL is where the websocket listens.
func (s *Sim) gatewayURL() string {
	return "ws" + strings.TrimPrefix(s.url, "http") + "/gateway"
}

// newID makes a snowflake. IDs rise strictly. The caller holds mu, but for New.
func (s *Sim) newID() string {
	id := uint64(s.opts.Now().UnixMilli()-epoch)<<22 | s.worker<<12
	if id <= s.lastID {
		id = s.lastID + 1
	}
	s.lastID = id
	return strconv.FormatUint(id, 10)
}

// touch tells whoever waits that something changed. The caller holds mu.
func (s *Sim) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Changed returns a channel that is closed when anything in the simulated
// Discord changes next.
func (s *Sim) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Wait returns once ok reports true. It asks again whenever anything in the
// simulated Discord changes; ok may call any method of it.
func (s *Sim) Wait(ctx context.Context, ok func() bool) error {
	for {
		changed := s.Changed()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("discordsim: what was waited for did not happen: %w", ctx.Err())
		}
	}
}

// Ready waits until the bot has a live session and has registered its commands.
func (s *Sim) Ready(ctx context.Context) error {
	return s.Wait(ctx, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, registered := s.commands[""]
		return registered && s.live()
	})
}

// live reports whether a connection can take events. The caller holds mu.
func (s *Sim) live() bool {
	for c := range s.conns {
		if c.session != nil {
			return true
		}
	}
	return false
}

// Call is a request that the simulated Discord was sent.
type Call struct {
	Method, Path string // the path without /api/v10
	Version      string // "v10"
	Body         []byte
	Header       http.Header
	Status       int // that it was answered with; 0 if it was not
}

// Calls returns the requests so far that match a pattern as in "POST
// /channels/*/messages", in order of arrival; all for "*".
func (s *Sim) Calls(pattern string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	match := matcher(pattern)
	var calls []Call
	for _, c := range s.calls {
		if match(c.Method, c.Path) {
			calls = append(calls, *c)
		}
	}
	return calls
}

// Violations lists what the bot did that Discord forbids: requests refused as
// malformed, answers that came too late or twice, gateway payloads refused.
func (s *Sim) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// violate notes what the bot did wrong. The caller holds mu.
func (s *Sim) violate(format string, args ...any) {
	s.violations = trim(s, append(s.violations, fmt.Sprintf(format, args...)), done)
	s.touch()
}
