package bot

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// link is a connection to the gateway that reads along, for the sake of what
// discordgo does not get right. Told to reconnect before it is ready, discordgo
// waits for itself for ever; told nothing at all, for ever too; a heartbeat that
// nobody answers it notices after five; it does not tell why a connection was
// closed. A link breaks off with an error that says why, before discordgo sees
// what it cannot take, and breaks off so that the session can be resumed: without
// a close frame.
type link struct {
	net.Conn
	patience time.Duration // how long the gateway may take until the session is ready
	frames   frames
	beat     time.Duration // between heartbeats; 0 before HELLO
	ready    atomic.Bool   // the session is: something was dispatched
	deadline time.Time     // for the next sign of life; zero before the first frame

	closed chan struct{} // closed when discordgo has closed the connection
	once   sync.Once

	mu    sync.Mutex
	why   error     // the connection ended; the first reason holds
	acked time.Time // when a heartbeat was last answered
}

// What the gateway can say to end a connection.
var (
	errReconnect = errors.New("the gateway asked to reconnect")
	errInvalid   = errors.New("the gateway no longer knows the session")
	errResumable = errors.New("the gateway cannot serve the session now")
	errSilent    = errors.New("the gateway fell silent")
	errGarbled   = errors.New("the gateway sent what discordgo cannot read")
	errClosed    = errors.New("the connection was closed")
)

// closeError is the code with which the gateway closed a connection.
type closeError int

func (e closeError) Error() string {
	return fmt.Sprintf("the gateway closed the connection (%d)", int(e))
}

// The operations that a link knows.
const (
	opDispatch  = 0
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opHeartbeat = 11 // acknowledged
)

// missedBeats is after how many heartbeats without an answer nobody is there.
const missedBeats = 2

// packet is what the gateway sends.
type packet struct {
	Op   int             `json:"op"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

// hollow reports an event on a server that names none. discordgo does not look
// before it reads on.
func (p packet) hollow() bool {
	if p.Op != opDispatch || !strings.HasPrefix(p.Type, "GUILD_") {
		return false
	}
	var guild struct {
		ID      string `json:"id"`
		GuildID string `json:"guild_id"`
	}
	return json.Unmarshal(p.Data, &guild) != nil || guild.ID+guild.GuildID == ""
}

func newLink(c net.Conn, patience time.Duration) *link {
	return &link{Conn: c, patience: patience, closed: make(chan struct{})}
}

// Read reads from the gateway.
func (l *link) Read(p []byte) (int, error) {
	if err := l.cause(); err != nil && !isClose(err) {
		return 0, err
	}
	if !l.deadline.IsZero() {
		if err := l.SetReadDeadline(l.deadline); err != nil {
			l.end(err)
			return 0, l.cause()
		}
	}
	n, err := l.Conn.Read(p)
	if n > 0 {
		wasOpen := l.frames.open
		n = l.frames.feed(p[:n], l.watch)
		if l.frames.open && !wasOpen && l.deadline.IsZero() {
			l.deadline = time.Now().Add(l.patience)
		}
		if cause := l.cause(); n == 0 && cause != nil && !isClose(cause) {
			return 0, cause
		}
		return n, nil
	}
	if err == nil {
		return 0, nil
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() && l.frames.open {
		err = errSilent
	}
	l.end(err)
	return 0, l.cause()
}

func isClose(err error) bool {
	_, ok := errors.AsType[closeError](err)
	return ok
}

// watch looks at a frame. It returns false for one that ends the connection.
func (l *link) watch(kind byte, body []byte, whole bool) bool {
	if kind == closeFrame && len(body) >= 2 {
		l.note(closeError(binary.BigEndian.Uint16(body)))
		return true // discordgo reads it as well, and answers it
	}
	if kind != textFrame {
		return true
	}
	var p packet
	if whole && (json.Unmarshal(body, &p) != nil || body[0] != '{') || p.hollow() {
		l.end(errGarbled) // it would end the program
		return false
	}
	switch p.Op { // what is too long to be kept is an event: op stays 0
	case opDispatch:
		if l.ready.CompareAndSwap(false, true) {
			l.alive()
		}
	case opHello:
		var hello struct {
			Interval int `json:"heartbeat_interval"`
		}
		if json.Unmarshal(p.Data, &hello) == nil {
			l.beat = time.Duration(hello.Interval) * time.Millisecond
		}
	case opHeartbeat:
		l.alive()
		l.mu.Lock()
		l.acked = time.Now()
		l.mu.Unlock()
	case opReconnect:
		l.end(errReconnect)
		return false
	case opInvalid:
		if string(p.Data) == "true" {
			l.end(errResumable)
		} else {
			l.end(errInvalid)
		}
		return false
	}
	return true
}

// alive moves the deadline: within two heartbeats there is another sign of life.
func (l *link) alive() {
	l.deadline = time.Now().Add(missedBeats * l.beat)
}

// note records why the connection ends.
func (l *link) note(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		l.why = why
	}
}

// end breaks the connection off.
func (l *link) end(why error) {
	l.note(why)
	l.Conn.Close()
}

// cause is why the connection ended, or nil.
func (l *link) cause() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}

// answered is when a heartbeat was last answered, or zero.
func (l *link) answered() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

// Close is called by discordgo once it is done with the connection.
func (l *link) Close() error {
	l.note(errClosed)
	err := l.Conn.Close()
	l.once.Do(func() { close(l.closed) })
	return err
}
