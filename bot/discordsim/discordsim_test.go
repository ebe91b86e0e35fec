package discordsim_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// The simulated Discord, driven by the plainest of clients: it knows JSON, HTTP
// and websockets, and no library for bots.

var spec = sync.OnceValues(func() (*discordsim.Spec, error) {
	if name := os.Getenv("DISCORD_OPENAPI"); name != "" {
		return discordsim.LoadSpec(name)
	}
	return nil, nil
})

// world is a simulated Discord with a guild and two people.
type world struct {
	t          testing.TB
	ctx        context.Context
	sim        *discordsim.Sim
	guild      *discordsim.Guild
	general    *discordsim.Channel
	asha, ravi *discordsim.User
	clock      *clock
}

// clock is a clock that a test sets.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func newWorld(t testing.TB, opts discordsim.Options) *world {
	t.Helper()
	patience := 10 * time.Minute // of a benchmark
	if t, ok := t.(*testing.T); ok {
		t.Parallel()
		patience = time.Minute
	}
	var err error
	if opts.Spec, err = spec(); err != nil {
		t.Fatal(err)
	}
	c := &clock{t: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	if opts.Now == nil {
		opts.Now = c.now
	}
	sim, err := discordsim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		sim.Close()
		for _, v := range sim.Violations() {
			if strings.Contains(v, "the simulation answers") {
				t.Error(v)
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	w := &world{t: t, ctx: ctx, sim: sim, clock: c}
	w.guild = sim.Guild("Careers")
	w.general = w.guild.General()
	w.asha, w.ravi = w.guild.Member("asha"), w.guild.Member("ravi")
	return w
}

// call makes a request as the bot.
func (w *world) call(method, path string, body any) (status int, answer map[string]any) {
	w.t.Helper()
	status, _, raw := w.do(method, path, body, w.sim.Token())
	if len(raw) > 0 && json.Unmarshal(raw, &answer) != nil && raw[0] == '{' {
		w.t.Errorf("%s %s: no JSON: %s", method, path, raw)
	}
	return status, answer
}

func (w *world) do(method, path string, body any, token string) (int, http.Header, []byte) {
	w.t.Helper()
	var r io.Reader
	if body != nil {
		raw, ok := body.(string)
		if !ok {
			b, err := json.Marshal(body)
			w.must(err)
			raw = string(b)
		}
		r = strings.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(w.ctx, method, w.sim.URL()+"/api/v10"+path, r)
	w.must(err)
	req.Header.Set("Authorization", "Bot "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	return resp.StatusCode, resp.Header, raw
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// obj is a JSON object.
type obj = map[string]any

// client is a connection to the gateway.
type client struct {
	w       *world
	ws      *websocket.Conn
	session string // as READY named it
	seq     int    // of the last event
}

type packet struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int            `json:"s,omitempty"`
	Type string          `json:"t,omitempty"`
}

const intents = 1 | 1<<9 | 1<<12

const second = time.Second

func (w *world) dial() *client {
	w.t.Helper()
	_, answer := w.call("GET", "/gateway", nil)
	ws, _, err := websocket.DefaultDialer.DialContext(w.ctx, answer["url"].(string)+"/?v=10&encoding=json", nil)
	w.must(err)
	w.t.Cleanup(func() { ws.Close() })
	return &client{w: w, ws: ws}
}

func (c *client) send(op int, data any) {
	c.w.t.Helper()
	c.w.must(c.ws.WriteJSON(obj{"op": op, "d": data}))
}

// next returns the next packet with that op and, for events, that type.
func (c *client) next(op int, event string) packet {
	c.w.t.Helper()
	for {
		if p := c.packet(op, event); p.Op == op && (p.Type == event || event == "*") {
			return p
		}
	}
}

// packet reads a packet, and notes where in its session the client is.
func (c *client) packet(op int, event string) packet {
	c.w.t.Helper()
	var p packet
	if err := c.ws.ReadJSON(&p); err != nil {
		c.w.t.Fatalf("waiting for %d %s: %v", op, event, err)
	}
	if p.Seq != nil {
		c.seq = *p.Seq
	}
	if p.Type == "READY" {
		var ready struct {
			Session string `json:"session_id"`
		}
		c.w.must(json.Unmarshal(p.Data, &ready))
		c.session = ready.Session
	}
	return p
}

// resume opens a connection that goes on with the session of c after the event
// with the number seq.
func (c *client) resume(seq int) *client {
	c.w.t.Helper()
	next := c.w.dial()
	next.next(10, "")
	next.send(6, obj{"token": c.w.sim.Token(), "session_id": c.session, "seq": seq})
	return next
}

func (c *client) closed() int {
	c.w.t.Helper()
	for {
		if _, _, err := c.ws.ReadMessage(); err != nil {
			if e, ok := errors.AsType[*websocket.CloseError](err); ok {
				return e.Code
			}
			c.w.t.Fatal(err)
		}
	}
}

func (w *world) identify(intents int) *client {
	w.t.Helper()
	c := w.dial()
	c.next(10, "")
	c.send(2, obj{"token": w.sim.Token(), "intents": intents, "properties": obj{}})
	return c
}

// connect connects and registers commands.
func (w *world) connect() *client {
	w.t.Helper()
	c := w.identify(intents)
	c.next(0, "READY")
	c.next(0, "GUILD_CREATE")
	status, answer := w.call("PUT", "/applications/"+w.app()+"/commands", []obj{
		{"name": "ask", "description": "Ask", "options": []obj{{"type": 3, "name": "question", "description": "It", "required": true, "autocomplete": true, "max_length": 20}}},
		{"name": "kb", "description": "Edit", "default_member_permissions": "32", "options": []obj{{"type": 1, "name": "add", "description": "Add", "options": []obj{{"type": 5, "name": "now", "description": "x"}}}}},
		{"name": "Ask about this", "type": 3},
		{"name": "anywhere", "description": "User install", "contexts": []int{0, 1, 2}, "integration_types": []int{0, 1}},
	})
	if status != 200 {
		w.t.Fatalf("commands: %d %v", status, answer)
	}
	return c
}

func (w *world) app() string {
	_, answer := w.call("GET", "/applications/@me", nil)
	return answer["id"].(string)
}

// interaction reads the next interaction, and returns its callback's path and
// its webhook's.
func (c *client) interaction() (callback, webhook string, data obj) {
	c.w.t.Helper()
	var it struct {
		ID, Token string
		App       string `json:"application_id"`
		Data      obj
	}
	c.w.must(json.Unmarshal(c.next(0, "INTERACTION_CREATE").Data, &it))
	return "/interactions/" + it.ID + "/" + it.Token + "/callback", "/webhooks/" + it.App + "/" + it.Token, it.Data
}

// slash uses /ask and returns the paths to answer it.
func (w *world) slash(c *client, u *discordsim.User) (it *discordsim.Interaction, callback, webhook string) {
	w.t.Helper()
	it, err := u.Slash(w.general, "ask", discordsim.Opts{"question": "pay?"})
	w.must(err)
	callback, webhook, _ = c.interaction()
	return it, callback, webhook
}

// refused fails the test unless a request is refused with that code.
func (w *world) refused(code int, method, path string, body any) obj {
	w.t.Helper()
	status, answer := w.call(method, path, body)
	if status < 400 || answer["code"] != float64(code) {
		w.t.Errorf("%s %s %.200v: %d %v, not %d", method, path, body, status, answer, code)
	}
	return answer
}

// taken fails the test unless a request is taken.
func (w *world) taken(method, path string, body any) obj {
	w.t.Helper()
	status, answer := w.call(method, path, body)
	if status >= 300 {
		w.t.Errorf("%s %s %v: %d %v", method, path, body, status, answer)
	}
	return answer
}

// TestServedByAnother: who has a server already serves the simulated Discord
// there.
func TestServedByAnother(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	at := server.Listener.Addr().String()
	sim, err := discordsim.New(discordsim.Options{URL: "http://" + at})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = sim.Handler()
	server.Start()
	defer server.Close()
	defer sim.Close()
	resp, err := http.Get(sim.URL() + "/api/v10/gateway")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ URL string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.URL != "ws://"+at+"/gateway" {
		t.Fatalf("the gateway is at %q, %v", answer.URL, err)
	}
	ws, _, err := websocket.DefaultDialer.Dial(answer.URL+"/?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if _, hello, err := ws.ReadMessage(); err != nil || !strings.Contains(string(hello), `"op":10`) {
		t.Errorf("it says %s, %v", hello, err)
	}
}

// TestForetoldIDs: with a clock that stands still and a worker of one's own the
// same things have the same IDs.
func TestForetoldIDs(t *testing.T) {
	t.Parallel()
	ids := func() string {
		sim, err := discordsim.New(discordsim.Options{Worker: 7, Now: (&clock{t: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}).now})
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close()
		g := sim.Guild("Careers")
		return sim.Bot().ID + " " + g.ID + " " + g.Member("asha").DM().ID
	}
	if first, second := ids(), ids(); first != second {
		t.Errorf("first %s, then %s", first, second)
	}
}

// TestChanged: whoever watches is told of what happens after they asked.
func TestChanged(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	changed := w.sim.Changed()
	select {
	case <-changed:
		t.Error("something has changed already")
	default:
	}
	_, err := w.asha.Say(w.general, "hello")
	w.must(err)
	<-changed
	if w.sim.Changed() == changed {
		t.Error("the next change would not be told of")
	}
}
