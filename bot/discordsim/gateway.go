package discordsim

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The gateway: connections come and go, sessions outlive them. A session keeps
// every event that it was sent, so RESUME replays what a connection missed.

// The intents that decide what a session is sent.
const (
	intentGuilds         = 1 << 0
	intentGuildMembers   = 1 << 1
	intentPresences      = 1 << 8
	intentGuildMessages  = 1 << 9
	intentDirectMessages = 1 << 12
	intentMessageContent = 1 << 15

	privilegedIntents = intentGuildMembers | intentPresences | intentMessageContent
	knownIntents      = 1<<26 - 1
)

// The operations of the gateway.
const (
	opDispatch     = 0
	opHeartbeat    = 1
	opIdentify     = 2
	opPresence     = 3
	opResume       = 6
	opReconnect    = 7
	opInvalid      = 9
	opHello        = 10
	opHeartbeatACK = 11
)

// The codes with which the gateway closes a connection.
const (
	closeUnknownOp         = 4001
	closeDecodeError       = 4002
	closeNotAuthenticated  = 4003
	closeAuthFailed        = 4004
	closeAlreadyAuth       = 4005
	closeRateLimited       = 4008
	closeInvalidShard      = 4010
	closeInvalidVersion    = 4012
	closeInvalidIntents    = 4013
	closeDisallowedIntents = 4014
)

// maxPayload is the longest payload that a client may send, in bytes.
const maxPayload = 4096

// payload is what goes over the gateway.
type payload struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int            `json:"s"`
	Type *string         `json:"t"`
}

// Identify is what a client said of itself.
type Identify struct {
	Token    string  `json:"token"`
	Intents  int     `json:"intents"`
	Compress bool    `json:"compress"`
	Shard    *[2]int `json:"shard"`
}

// session is what a client identified as, with all that it was sent.
type session struct {
	id       string
	identify Identify
	seq      int      // of the last event
	log      [][]byte // the latest payloads; the last has the number seq
}

// conn is a websocket connection.
type conn struct {
	sim     *Sim
	ws      *websocket.Conn
	session *session // nil until identified or resumed; guarded by sim.mu
	out     chan []byte
	dead    chan struct{}
	once    sync.Once
	muted   bool // answers nothing and sends nothing; guarded by sim.mu
}

// Greeting is how the next connection is received; see Greet.
type Greeting func(*conn) (goOn bool)

// Silent accepts a connection and never sends HELLO.
func Silent(*conn) bool { return true }

// ReconnectFirst sends op 7 in place of HELLO.
func ReconnectFirst(c *conn) bool { c.send(payload{Op: opReconnect}); return true }

// ReconnectBeforeReady sends HELLO, and op 7 before READY or RESUMED.
func ReconnectBeforeReady(c *conn) bool {
	c.hello()
	c.send(payload{Op: opReconnect})
	return true
}

// CloseWith closes the connection with that code at once.
func CloseWith(code int) Greeting {
	return func(c *conn) bool { c.close(code, "scripted"); return true }
}

// Greet scripts how the next connections are received, one each; those after
// them are received as usual.
func (s *Sim) Greet(greetings ...Greeting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.greetings = append(s.greetings, greetings...)
}

// Identifies lists what clients identified with, in order.
func (s *Sim) Identifies() []Identify {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Identify(nil), s.identifies...)
}

// Resumes counts the sessions that were resumed.
func (s *Sim) Resumes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resumes
}

// Live counts the connections that have a session.
func (s *Sim) Live() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for c := range s.conns {
		if c.session != nil {
			n++
		}
	}
	return n
}

// Reconnect asks every connection to reconnect (op 7).
func (s *Sim) Reconnect() { s.each(func(c *conn) { c.send(payload{Op: opReconnect}) }) }

// Invalidate tells every connection that its session is invalid (op 9). Unless
// it is resumable the session is forgotten.
func (s *Sim) Invalidate(resumable bool) {
	s.each(func(c *conn) {
		if c.session != nil && !resumable {
			s.end(c.session)
			c.session = nil
		}
		data, _ := json.Marshal(resumable)
		c.send(payload{Op: opInvalid, Data: data})
	})
}

// Cut breaks every connection without a word, as a failing network does. The
// sessions live on.
func (s *Sim) Cut() { s.each(func(c *conn) { c.cut() }) }

// Disconnect closes every connection with that code.
func (s *Sim) Disconnect(code int) { s.each(func(c *conn) { c.close(code, "scripted") }) }

// Mute makes zombies of the connections: they stay open and say nothing more.
func (s *Sim) Mute() { s.each(func(c *conn) { c.muted = true }) }

// Emit sends every session an event as it is given, however odd.
func (s *Sim) Emit(event string, data json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch("", event, 0, func() any { return data })
}

func (s *Sim) each(do func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		do(c)
	}
	s.touch()
}

// dispatch sends an event to every session that asked for its kind: intent is
// the bit that it needs, guild the guild it happened in, or empty. The caller
// holds mu.
func (s *Sim) dispatch(guild, event string, intent int, data func() any) {
	if g := s.guilds[guild]; g != nil && intent != 0 && (g.unavailable || !g.hosts()) {
		return
	}
	for _, ses := range s.sessions {
		if intent != 0 && ses.identify.Intents&intent == 0 || !ses.serves(guild) {
			continue
		}
		s.append(ses, event, data())
	}
}

// append puts an event into a session's log, and sends it where the session is
// connected. The caller holds mu.
func (s *Sim) append(ses *session, event string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(fmt.Sprintf("discordsim: %s: %v", event, err))
	}
	ses.seq++
	packed, _ := json.Marshal(payload{Op: opDispatch, Data: raw, Seq: &ses.seq, Type: &event})
	ses.log = trim(s, append(ses.log, packed), done)
	for c := range s.conns {
		if c.session == ses {
			c.push(packed)
		}
	}
}

// serves reports whether events of a guild belong to the session's shard. Those
// of no guild belong to the first.
func (ses *session) serves(guild string) bool {
	shard := ses.identify.Shard
	if shard == nil {
		return true
	}
	id, _ := strconv.ParseUint(guild, 10, 64)
	return (id>>22)%uint64(shard[1]) == uint64(shard[0])
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

// serveGateway is the life of one connection.
func (s *Sim) serveGateway(w http.ResponseWriter, r *http.Request) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &conn{sim: s, ws: ws, out: make(chan []byte, 1<<14), dead: make(chan struct{})}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		ws.Close()
		return
	}
	s.conns[c] = true
	var greet Greeting
	if len(s.greetings) > 0 {
		greet, s.greetings = s.greetings[0], s.greetings[1:]
	}
	s.touch()
	s.running.Add(2)
	s.mu.Unlock()

	go c.write()
	defer s.running.Done()
	defer c.gone()
	if v := r.URL.Query().Get("v"); v != "10" && v != "9" {
		c.close(closeInvalidVersion, "Invalid API version.")
		return
	}
	if greet == nil {
		c.hello()
	} else if !greet(c) {
		return
	}
	c.read()
}

func (c *conn) hello() {
	data, _ := json.Marshal(map[string]any{"heartbeat_interval": c.sim.opts.Heartbeat.Milliseconds(), "_trace": []string{"simulated"}})
	c.send(payload{Op: opHello, Data: data})
}

// gone forgets the connection. Its session stays, unless the client ended it.
func (c *conn) gone() {
	c.cut()
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	delete(c.sim.conns, c)
	c.sim.touch()
}

func (c *conn) cut() {
	c.once.Do(func() { close(c.dead); c.ws.Close() })
}

func (c *conn) close(code int, reason string) {
	// What was sent before the close frame is to arrive before it.
	c.push(websocket.FormatCloseMessage(code, reason))
}

func (c *conn) send(p payload) {
	raw, err := json.Marshal(p)
	if err != nil {
		panic(fmt.Sprintf("discordsim: op %d: %v", p.Op, err))
	}
	c.push(raw)
}

// push queues a frame. A client that does not read is cut off.
func (c *conn) push(frame []byte) {
	select {
	case c.out <- frame:
	default:
		c.cut()
	}
}

// write sends what is queued, until the connection is dead.
func (c *conn) write() {
	defer c.sim.running.Done()
	for {
		select {
		case <-c.dead:
			return
		case frame := <-c.out:
			c.sim.mu.Lock()
			muted, compress := c.muted, c.session != nil && c.session.identify.Compress
			c.sim.mu.Unlock()
			if muted {
				continue
			}
			c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
			kind := websocket.TextMessage
			switch {
			case frame[0] != '{': // a close frame begins with its code
				kind = websocket.CloseMessage
			case compress:
				kind, frame = websocket.BinaryMessage, deflate(frame)
			}
			if err := c.ws.WriteMessage(kind, frame); err != nil {
				c.cut()
				return
			}
			if kind == websocket.CloseMessage {
				// The client is left a moment to hang up: closing under what it
				// still sends could destroy the close frame on its way.
				c.ws.SetReadDeadline(time.Now().Add(3 * time.Second))
				c.sim.mu.Lock()
				c.session = nil
				c.sim.touch()
				c.sim.mu.Unlock()
				return
			}
		}
	}
}

func deflate(b []byte) []byte {
	var buf bytes.Buffer
	z := zlib.NewWriter(&buf)
	_, _ = z.Write(b) // a buffer takes everything
	z.Close()
	return buf.Bytes()
}

// read takes what the client sends, until it leaves.
func (c *conn) read() {
	handle := map[int]func(json.RawMessage){
		opHeartbeat: c.heartbeat,
		opIdentify:  c.identify,
		opResume:    c.resume,
		opPresence:  c.presence,
	}
	var sent bucket
	for {
		_, raw, err := c.ws.ReadMessage()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
			// With these two codes a client ends its session.
			c.sim.mu.Lock()
			if c.session != nil {
				c.sim.end(c.session)
			}
			c.sim.mu.Unlock()
		}
		if err != nil {
			return
		}
		var p payload
		if len(raw) > maxPayload || json.Unmarshal(raw, &p) != nil {
			c.refuse(closeDecodeError, "payload too long, or no JSON")
		} else if sent.take(ofGateway, c.sim.opts.Now()) > 0 {
			c.refuse(closeRateLimited, "You are being rate limited.")
		} else if do := handle[p.Op]; do == nil {
			c.refuse(closeUnknownOp, fmt.Sprintf("unknown opcode %d", p.Op))
		} else {
			do(p.Data)
		}
	}
}

// refuse closes the connection for something that the client did wrong.
func (c *conn) refuse(code int, why string) {
	c.sim.mu.Lock()
	c.sim.violate("gateway: %d %s", code, why)
	c.sim.mu.Unlock()
	c.close(code, why)
}

func (c *conn) heartbeat(json.RawMessage) { c.send(payload{Op: opHeartbeatACK}) }

func (c *conn) presence(json.RawMessage) {
	c.sim.mu.Lock()
	known := c.session != nil
	c.sim.mu.Unlock()
	if !known {
		c.refuse(closeNotAuthenticated, "Not authenticated.")
	}
}

// unprefixed is a token without the "Bot " that clients may send with it.
func unprefixed(token string) string {
	if len(token) > 4 && token[:4] == "Bot " {
		return token[4:]
	}
	return token
}

func (c *conn) identify(data json.RawMessage) {
	s := c.sim
	var id Identify
	if json.Unmarshal(data, &id) != nil {
		c.refuse(closeDecodeError, "malformed identify")
		return
	}
	s.mu.Lock()
	s.identifies = trim(s, append(s.identifies, id), done)
	already := c.session != nil
	s.mu.Unlock()
	switch {
	case already:
		c.refuse(closeAlreadyAuth, "Already authenticated.")
		return
	case unprefixed(id.Token) != s.opts.Token:
		c.close(closeAuthFailed, "Authentication failed.")
		return
	case id.Shard != nil && (id.Shard[0] < 0 || id.Shard[0] >= id.Shard[1]):
		c.refuse(closeInvalidShard, "Invalid shard.")
		return
	case id.Intents&^knownIntents != 0:
		c.refuse(closeInvalidIntents, "Invalid intent(s).")
		return
	case id.Intents&privilegedIntents&^s.opts.Privileged != 0:
		c.refuse(closeDisallowedIntents, "Disallowed intent(s).")
		return
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	ses := &session{id: "session-" + s.newID(), identify: id}
	s.sessions[ses.id] = ses
	s.begun = trim(s, append(s.begun, ses), s.forgetSession)
	c.session = ses
	guilds := []map[string]any{}
	for _, g := range s.guildOrder {
		if g.hosts() && ses.serves(g.ID) {
			guilds = append(guilds, map[string]any{"id": g.ID, "unavailable": true})
		}
	}
	s.append(ses, "READY", map[string]any{
		"v": 10, "user": s.bot.wire(), "guilds": guilds, "session_id": ses.id, "resume_gateway_url": s.gatewayURL(),
		"session_type": "normal", "private_channels": []any{}, "relationships": []any{}, "shard": id.Shard,
		"application": map[string]any{"id": s.appID, "flags": 0},
	})
	if id.Intents&intentGuilds != 0 {
		for _, g := range s.guildOrder {
			if g.hosts() && !g.unavailable && ses.serves(g.ID) {
				s.append(ses, "GUILD_CREATE", g.wire())
			}
		}
	}
	s.touch()
}

func (c *conn) resume(data json.RawMessage) {
	s := c.sim
	var r struct {
		Token   string `json:"token"`
		Session string `json:"session_id"`
		Seq     int    `json:"seq"`
	}
	if json.Unmarshal(data, &r) != nil {
		c.refuse(closeDecodeError, "malformed resume")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ses := s.sessions[r.Session]
	switch {
	case unprefixed(r.Token) != s.opts.Token:
		c.close(closeAuthFailed, "Authentication failed.")
		return
	case ses == nil || r.Seq < ses.seq-len(ses.log) || r.Seq > ses.seq:
		c.send(payload{Op: opInvalid, Data: json.RawMessage("false")})
		return
	}
	for other := range s.conns {
		if other.session == ses {
			other.cut() // a session has one connection
			other.session = nil
		}
	}
	for _, missed := range ses.log[len(ses.log)-(ses.seq-r.Seq):] {
		c.push(missed)
	}
	c.session = ses
	s.resumes++
	s.append(ses, "RESUMED", map[string]any{"_trace": []string{"simulated"}})
	s.touch()
}

// Connections counts the open connections, with a session or without.
func (s *Sim) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}
