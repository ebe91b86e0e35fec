package discordsim_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
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
		patience = 20 * time.Second
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

func TestHandshake(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	c.send(1, 1)
	c.next(11, "")
	w.must(w.sim.Ready(w.ctx))
	if v := w.sim.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

func TestRefusedHandshakes(t *testing.T) {
	w := newWorld(t, discordsim.Options{Privileged: 1 << 1})
	for _, c := range []struct {
		op   int
		data obj
		want int
	}{
		{2, obj{"token": "wrong", "intents": intents}, 4004},
		{2, obj{"token": w.sim.Token(), "intents": 1 << 15}, 4014},
		{2, obj{"token": w.sim.Token(), "intents": 1 << 30}, 4013},
		{6, obj{"token": "wrong", "session_id": "x", "seq": 1}, 4004},
		{3, obj{}, 4003},
		{77, obj{}, 4001},
		{2, obj{"token": strings.Repeat("x", 5000)}, 4002},
	} {
		conn := w.dial()
		conn.next(10, "")
		conn.send(c.op, c.data)
		if code := conn.closed(); code != c.want {
			t.Errorf("%d %.60v: closed with %d, not %d", c.op, c.data, code, c.want)
		}
	}
	conn := w.identify(1 << 1) // granted
	conn.next(0, "READY")
	conn.send(2, obj{"token": w.sim.Token()})
	if code := conn.closed(); code != 4005 {
		t.Errorf("identified twice: closed with %d", code)
	}
}

func TestResume(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.identify(intents)
	c.next(0, "READY")
	c.ws.NetConn().Close()
	w.must(w.sim.Wait(w.ctx, func() bool { return w.sim.Live() == 0 }))
	_, err := w.asha.Say(w.general, "meanwhile")
	w.must(err)

	again := c.resume(1)
	again.next(0, "GUILD_CREATE") // missed as well
	message := again.next(0, "MESSAGE_CREATE")
	resumed := again.next(0, "RESUMED")
	if *message.Seq+1 != *resumed.Seq {
		t.Errorf("sequence %d, then %d", *message.Seq, *resumed.Seq)
	}

	// A client that says goodbye has no session any more.
	w.must(again.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")))
	w.must(w.sim.Wait(w.ctx, func() bool { return w.sim.Connections() == 0 }))
	c = c.resume(1)
	if p := c.next(9, ""); string(p.Data) != "false" {
		t.Errorf("op 9 with %s", p.Data)
	}
	c.send(2, obj{"token": w.sim.Token(), "intents": intents})
	c.next(0, "READY")
}

func TestTextIsWithheld(t *testing.T) {
	w := newWorld(t, discordsim.Options{Privileged: 1 << 15})
	c := w.connect()
	bot := w.sim.Bot().Mention()
	text := func(c *client) string {
		var m struct{ Content string }
		w.must(json.Unmarshal(c.next(0, "MESSAGE_CREATE").Data, &m))
		return m.Content
	}
	say := func(ch *discordsim.Channel, s string) {
		_, err := w.asha.Say(ch, s)
		w.must(err)
	}
	for _, s := range []struct {
		channel   *discordsim.Channel
		say, want string
	}{
		{w.general, "secret", ""},
		{w.general, "hey " + bot, "hey " + bot},
		{w.general, "hey " + w.ravi.Mention(), ""},
		{w.asha.DM(), "private", "private"},
	} {
		say(s.channel, s.say)
		if got := text(c); got != s.want {
			t.Errorf("%q: the bot reads %q", s.say, got)
		}
	}
	posted := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "mine"})
	if got := text(c); got != "mine" {
		t.Errorf("the bot reads %q of its own", got)
	}
	own := discordsim.Message{ID: posted["id"].(string), ChannelID: w.general.ID}
	reply := func(m discordsim.Message, ping discordsim.Ping) string {
		_, err := w.asha.ReplyTo(m, "reply", ping)
		w.must(err)
		return text(c)
	}
	if got := reply(own, discordsim.WithPing); got != "reply" {
		t.Errorf("of a reply with a ping the bot reads %q", got)
	}
	if got := reply(own, discordsim.WithoutPing); got != "" {
		t.Errorf("of a reply without a ping the bot reads %q", got)
	}
	it, callback, _ := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 4, "data": obj{"content": "answer"}})
	answer, err := it.Reply(w.ctx)
	w.must(err)
	text(c)
	if got := reply(answer, discordsim.WithPing); got != "" {
		t.Errorf("of a reply to an interaction's answer the bot reads %q", got)
	}
	all := w.identify(intents | 1<<15)
	all.next(0, "READY")
	say(w.general, "secret")
	if got := text(all); got != "secret" {
		t.Errorf("with the intent the bot reads %q", got)
	}
}

func TestPings(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	role := w.guild.Role("mods", 0)
	all := "@everyone " + w.ravi.Mention() + " <@&" + role.ID + ">"
	question, err := w.asha.Say(w.general, "?")
	w.must(err)
	for _, s := range []struct {
		allowed any
		want    string // everyone, then how many users, how many roles
	}{
		{nil, "true 2 1"},
		{obj{"parse": []string{}}, "false 0 0"},
		{obj{"parse": []string{"users"}}, "false 1 0"},
		{obj{"parse": []string{"everyone"}, "users": []string{w.ravi.ID}}, "true 1 0"},
		{obj{"parse": []string{"roles"}, "replied_user": true}, "false 1 1"},
	} {
		w.clock.pass(time.Minute) // for the limits
		body := obj{"content": all, "message_reference": obj{"message_id": question.ID}}
		if s.allowed != nil {
			body["allowed_mentions"] = s.allowed
		}
		sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", body)
		for _, m := range w.asha.Read(w.general) {
			if m.ID != sent["id"] {
				continue
			}
			if got := fmt.Sprint(m.Pings.Everyone, len(m.Pings.Users), len(m.Pings.Roles)); got != s.want {
				t.Errorf("%v pings %s (%+v), not %s", s.allowed, got, m.Pings, s.want)
			}
		}
	}
	// What answers an interaction pings users only, unless it says otherwise.
	it, callback, _ := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 4, "data": obj{"content": all}})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.Pings.Everyone || len(m.Pings.Users) != 1 || len(m.Pings.Roles) != 0 {
		t.Errorf("an answer pings %+v", m.Pings)
	}
}

func TestDeadlines(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	_, callback, webhook := w.slash(c, w.asha)
	w.refused(10015, "POST", webhook, obj{"content": "before the answer"})
	w.clock.pass(4 * time.Second)
	w.refused(10062, "POST", callback, obj{"type": 4, "data": obj{"content": "late"}})

	_, callback, webhook = w.slash(c, w.asha)
	parts := strings.Split(callback, "/")
	parts[2] = "1" // another interaction's ID with this one's token
	w.refused(10062, "POST", strings.Join(parts, "/"), obj{"type": 5})
	w.taken("POST", callback, obj{"type": 5})
	w.refused(40060, "POST", callback, obj{"type": 5})
	w.clock.pass(14 * time.Minute)
	w.taken("PATCH", webhook+"/messages/@original", obj{"content": "here"})
	w.clock.pass(2 * time.Minute)
	w.refused(50027, "PATCH", webhook+"/messages/@original", obj{"content": "gone"})
	if n := len(w.sim.Violations()); n == 0 {
		t.Error("nothing was noted")
	}
}

func TestDeferredReplyAndFollowUps(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	it, callback, webhook := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 5, "data": obj{"flags": 64}})
	w.must(it.Acknowledged(w.ctx))
	if m := w.asha.Read(w.general); len(m) != 1 || !m[0].Thinking {
		t.Errorf("asha sees %+v", m)
	}
	if m := w.ravi.Read(w.general); len(m) != 0 {
		t.Errorf("ravi sees %+v", m)
	}
	// The first follow-up is the deferred reply, and as private as that.
	w.taken("POST", webhook, obj{"content": "first"})
	more := w.taken("POST", webhook, obj{"content": "second"})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.Content != "first" || !m.Ephemeral || m.Edited {
		t.Errorf("reply %+v", m)
	}
	w.taken("PATCH", webhook+"/messages/"+more["id"].(string), obj{"content": "second, edited"})
	if m := w.ravi.Read(w.general); len(m) != 1 || m[0].Content != "second, edited" {
		t.Errorf("ravi sees %+v", m)
	}
	w.taken("DELETE", webhook+"/messages/"+more["id"].(string), nil)
	if m := w.ravi.Read(w.general); len(m) != 0 {
		t.Errorf("ravi sees %+v", m)
	}
	w.refused(10008, "GET", "/channels/"+w.general.ID+"/messages/"+m.ID, nil) // an ephemeral message is nowhere
}

func TestComponentsAndModals(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "choose", "components": []obj{
		{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "Edit", "custom_id": "edit"}, {"type": 2, "style": 5, "label": "Site", "url": "https://example.com"}, {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": true}}},
		{"type": 1, "components": []obj{{"type": 3, "custom_id": "menu", "options": []obj{{"label": "A", "value": "a"}}}}},
	}})
	id := sent["id"].(string)
	for _, no := range []string{"Site", "Off", "Nothing"} {
		if _, err := w.asha.Click(id, no); err == nil {
			t.Errorf("%s can be pressed", no)
		}
	}
	it, err := w.asha.Click(id, "Edit")
	w.must(err)
	callback, _, data := c.interaction()
	if data["custom_id"] != "edit" {
		t.Errorf("data %v", data)
	}
	w.taken("POST", callback, obj{"type": 9, "data": obj{"title": "Edit", "custom_id": "form", "components": []obj{
		{"type": 18, "label": "Text", "component": obj{"type": 4, "custom_id": "text", "style": 2, "max_length": 10}},
		{"type": 1, "components": []obj{{"type": 4, "custom_id": "old", "style": 1, "label": "Old", "required": false}}},
	}}})
	modal, err := it.Modal(w.ctx)
	w.must(err)
	if _, err := w.ravi.Submit(modal, map[string]string{"text": "x"}); err == nil {
		t.Error("somebody else can send the form")
	}
	if _, err := w.asha.Submit(modal, map[string]string{"text": "far too long"}); err == nil {
		t.Error("a field takes more than it may")
	}
	it, err = w.asha.Submit(modal, map[string]string{"text": "short"})
	w.must(err)
	callback, _, data = c.interaction()
	if raw, _ := json.Marshal(data); !strings.Contains(string(raw), `"value":"short"`) {
		t.Errorf("data %s", raw)
	}
	w.taken("POST", callback, obj{"type": 7, "data": obj{"content": "saved", "components": []obj{}}})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.ID != id || m.Content != "saved" || len(m.Buttons()) != 0 || !m.Edited {
		t.Errorf("the message is %+v", m)
	}
}

func TestSelectDefersAnUpdate(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "choose", "components": []obj{
		{"type": 1, "components": []obj{{"type": 3, "custom_id": "menu", "options": []obj{{"label": "A", "value": "a"}}}}},
	}})
	it, err := w.asha.Select(sent["id"].(string), "menu", "a")
	w.must(err)
	callback, webhook, data := c.interaction()
	if fmt.Sprint(data["values"]) != "[a]" {
		t.Errorf("data %v", data)
	}
	w.taken("POST", callback, obj{"type": 6})
	w.taken("PATCH", webhook+"/messages/@original", obj{"content": "chosen", "components": []obj{}})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.ID != sent["id"] || m.Content != "chosen" {
		t.Errorf("the message is %+v", m)
	}
}

func TestAutocomplete(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	it, err := w.asha.Type(w.general, "ask", discordsim.Opts{"question": "ba"}, "question")
	w.must(err)
	callback, _, _ := c.interaction()
	w.refused(50035, "POST", callback, obj{"type": 4, "data": obj{"content": "x"}})
	many := make([]obj, 26)
	for i := range many {
		many[i] = obj{"name": "x", "value": "x"}
	}
	w.refused(50035, "POST", callback, obj{"type": 8, "data": obj{"choices": many}})
	w.taken("POST", callback, obj{"type": 8, "data": obj{"choices": []obj{{"name": "Back-end", "value": "b"}}}})
	choices, err := it.Choices(w.ctx)
	w.must(err)
	if len(choices) != 1 || choices[0].Name != "Back-end" {
		t.Errorf("choices %v", choices)
	}
}

func TestWhoIsOfferedWhat(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	mod := w.guild.Member("meera", w.guild.Role("mods", discordsim.ManageGuild))
	outsider := w.sim.User("omar")
	if _, err := w.asha.Slash(w.general, "kb add", nil); err == nil {
		t.Error("a member is offered what moderators are")
	}
	_, err := mod.Slash(w.general, "kb add", discordsim.Opts{"now": true})
	w.must(err)
	_, _, data := c.interaction()
	if raw, _ := json.Marshal(data["options"]); string(raw) != `[{"name":"add","options":[{"name":"now","type":5,"value":true}],"type":1}]` {
		t.Errorf("options %s", raw)
	}
	for _, bad := range []discordsim.Opts{nil, {"question": ""}, {"question": strings.Repeat("x", 21)}, {"question": "x", "other": 1}} {
		if _, err := w.asha.Slash(w.general, "ask", bad); err == nil {
			t.Errorf("Discord sends %v", bad)
		}
	}
	if _, err := outsider.Slash(w.general, "ask", discordsim.Opts{"question": "x"}); err == nil {
		t.Error("an outsider is offered a command")
	}
	// Installed for oneself, a command comes along into other places.
	other := w.sim.User("lina")
	if _, err := outsider.Slash(outsider.DM(), "anywhere", nil); err != nil {
		t.Error(err)
	}
	other.Install()
	_, err = other.Slash(other.DM(), "anywhere", nil)
	w.must(err)
	m, err := w.asha.Say(w.general, "how do I start?")
	w.must(err)
	_, err = w.ravi.Menu(m, "Ask about this")
	w.must(err)
	c.interaction()
	c.interaction()
	_, _, data = c.interaction()
	if raw, _ := json.Marshal(data); !strings.Contains(string(raw), "how do I start?") {
		t.Errorf("the message's text is not in %s", raw)
	}
}

func TestPermissions(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	hidden, mute, bare := w.guild.Channel("hidden"), w.guild.Channel("mute"), w.guild.Channel("bare")
	hidden.Deny(w.guild.ID, discordsim.ViewChannel)
	mute.Deny(w.sim.Bot().ID, discordsim.SendMessages)
	bare.Deny(w.sim.Bot().ID, discordsim.EmbedLinks)
	w.refused(50001, "POST", "/channels/"+hidden.ID+"/messages", obj{"content": "x"})
	w.refused(50013, "POST", "/channels/"+mute.ID+"/messages", obj{"content": "x"})
	w.refused(50013, "POST", "/channels/"+bare.ID+"/messages", obj{"embeds": []obj{{"title": "x"}}})
	w.taken("POST", "/channels/"+bare.ID+"/messages", obj{"content": "x"})
	w.refused(10003, "POST", "/channels/1/messages", obj{"content": "x"})
	m, err := w.asha.Say(w.general, "mine")
	w.must(err)
	w.refused(50005, "PATCH", "/channels/"+w.general.ID+"/messages/"+m.ID, obj{"content": "x"})
	w.refused(50013, "DELETE", "/channels/"+w.general.ID+"/messages/"+m.ID, nil)
	if _, err := w.asha.Say(hidden, "x"); err == nil {
		t.Error("a person writes where they see nothing")
	}
	if status, _, _ := w.do("GET", "/users/@me", nil, "wrong"); status != 401 {
		t.Errorf("a wrong token is answered %d", status)
	}
	if status, _ := w.call("GET", "/nothing/here", nil); status != 404 {
		t.Errorf("an unknown path is answered %d", status)
	}

	dm := w.taken("POST", "/users/@me/channels", obj{"recipient_id": w.asha.ID})
	w.taken("POST", "/channels/"+dm["id"].(string)+"/messages", obj{"content": "x"})
	w.asha.CloseDMs()
	dm = w.taken("POST", "/users/@me/channels", obj{"recipient_id": w.asha.ID})
	w.refused(50007, "POST", "/channels/"+dm["id"].(string)+"/messages", obj{"content": "x"})
}

func TestNonce(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/channels/" + w.general.ID + "/messages"
	one := w.taken("POST", path, obj{"content": "a", "nonce": "n", "enforce_nonce": true})
	two := w.taken("POST", path, obj{"content": "b", "nonce": "n", "enforce_nonce": true})
	three := w.taken("POST", path, obj{"content": "c", "nonce": "n"})
	w.clock.pass(time.Hour)
	four := w.taken("POST", path, obj{"content": "d", "nonce": "n", "enforce_nonce": true})
	if one["id"] != two["id"] || one["id"] == three["id"] || one["id"] == four["id"] {
		t.Errorf("messages %v %v %v %v", one["id"], two["id"], three["id"], four["id"])
	}
}

func TestRateLimits(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/channels/" + w.general.ID + "/messages"
	for i := range 5 {
		_, h, _ := w.do("POST", path, obj{"content": "x"}, w.sim.Token())
		if got := h.Get("X-RateLimit-Remaining"); got != fmt.Sprint(4-i) {
			t.Errorf("remaining %q after %d", got, i+1)
		}
	}
	status, h, raw := w.do("POST", path, obj{"content": "x"}, w.sim.Token())
	if status != 429 || h.Get("Retry-After") == "" || !bytes.Contains(raw, []byte(`"global":false`)) {
		t.Errorf("%d %v %s", status, h, raw)
	}
	other := w.guild.Channel("other")
	w.taken("POST", "/channels/"+other.ID+"/messages", obj{"content": "x"})
	w.clock.pass(5 * time.Second)
	w.taken("POST", path, obj{"content": "x"})
	w.clock.pass(time.Minute)
	for range 100 {
		status, h, _ = w.do("GET", "/channels/"+w.general.ID, nil, w.sim.Token())
	}
	if status != 429 || h.Get("X-RateLimit-Global") != "true" {
		t.Errorf("%d %v", status, h)
	}
}

// TestBadMessages sends what passes each limit by one.
func TestBadMessages(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	long := func(n int) string { return strings.Repeat("x", n) }
	button := func(over obj) obj {
		b := obj{"type": 2, "style": 1, "label": "x", "custom_id": "x"}
		for k, v := range over {
			b[k] = v
		}
		return obj{"content": "x", "components": []obj{{"type": 1, "components": []obj{b}}}}
	}
	rows := func(n int) (list []obj) {
		for i := range n {
			list = append(list, obj{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "x", "custom_id": fmt.Sprint(i)}}})
		}
		return list
	}
	embed := func(e obj) obj { return obj{"embeds": []obj{e}} }
	fields := func(n int) (list []obj) {
		for range n {
			list = append(list, obj{"name": "x", "value": "x"})
		}
		return list
	}
	six := rows(1)
	for i := range 5 {
		buttons := six[0]["components"].([]obj)
		six[0]["components"] = append(buttons, obj{"type": 2, "style": 1, "label": "x", "custom_id": fmt.Sprint("y", i)})
	}
	for name, c := range map[string]struct {
		body any
		at   string // where the fault is said to be; the official description has its own words
	}{
		"content":          {obj{"content": long(2001)}, "content"},
		"title":            {embed(obj{"title": long(257)}), "title"},
		"description":      {embed(obj{"description": long(4097)}), "description"},
		"fields":           {embed(obj{"fields": fields(26)}), "fields"},
		"field value":      {embed(obj{"fields": []obj{{"name": "x", "value": long(1025)}}}), "value"},
		"field name empty": {embed(obj{"fields": []obj{{"name": " ", "value": "x"}}}), "name"},
		"footer":           {embed(obj{"footer": obj{"text": long(2049)}}), "footer"},
		"author":           {embed(obj{"author": obj{"name": long(257)}}), "author"},
		"URL":              {embed(obj{"title": "x", "url": "javascript:alert(1)"}), "url"},
		"empty embed":      {embed(obj{}), "description"},
		"colour":           {embed(obj{"title": "x", "color": 1 << 24}), "color"},
		"total":            {obj{"embeds": []obj{{"description": long(4000)}, {"description": long(2001)}}}, "6000"},
		"rows":             {obj{"content": "x", "components": rows(6)}, "components"},
		"buttons":          {obj{"content": "x", "components": six}, "components"},
		"empty row":        {obj{"content": "x", "components": []obj{{"type": 1, "components": []obj{}}}}, "components"},
		"label":            {button(obj{"label": long(81)}), "label"},
		"no label":         {button(obj{"label": ""}), "LABEL"},
		"custom ID":        {button(obj{"custom_id": long(101)}), "custom_id"},
		"no custom ID":     {button(obj{"custom_id": ""}), "custom_id"},
		"link":             {button(obj{"style": 5}), "URL"},
		"same custom ID":   {obj{"content": "x", "components": append(rows(1), rows(1)...)}, "custom_id"},
		"nonce":            {obj{"content": "x", "nonce": long(26)}, "nonce"},
		"flags":            {obj{"content": "x", "flags": 64}, "flags"},
		"mentions":         {obj{"content": "x", "allowed_mentions": obj{"parse": []string{"users"}, "users": []string{"1"}}}, "allowed_mentions"},
		"text without V2":  {obj{"content": "x", "components": []obj{{"type": 10, "content": "x"}}}, "components"},
		"content with V2":  {obj{"content": "x", "flags": 1 << 15, "components": []obj{{"type": 10, "content": "x"}}}, "content"},
		"reply to nothing": {obj{"content": "x", "message_reference": obj{"message_id": "1"}}, "message_reference"},
		"wrong type":       {obj{"content": 7}, "content"},
	} {
		w.clock.pass(time.Minute)
		answer := w.refused(50035, "POST", "/channels/"+w.general.ID+"/messages", c.body)
		raw, _ := json.Marshal(answer)
		if described := strings.Contains(string(raw), `"SPEC"`); !described && !strings.Contains(string(raw), c.at) {
			t.Errorf("%s: the fault is not said to be at %s: %s", name, c.at, raw)
		}
	}
	w.clock.pass(time.Minute)
	path := "/channels/" + w.general.ID + "/messages"
	w.refused(50006, "POST", path, obj{"content": " "})
	w.refused(50006, "POST", path, obj{})
	w.refused(50109, "POST", path, "{")
	w.taken("POST", path, obj{"content": "x", "message_reference": obj{"message_id": "1", "fail_if_not_exists": false}})
	w.clock.pass(time.Minute)
	w.taken("POST", path, obj{"content": long(2000), "embeds": []obj{{"title": long(256), "description": long(4096)}}, "components": rows(5)})
	if n := len(w.sim.Violations()); n < 28 {
		t.Errorf("%d violations were noted", n)
	}
}

func TestBadCommands(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/applications/" + w.app() + "/commands"
	option := func(over obj) []obj {
		o := obj{"type": 3, "name": "x", "description": "x"}
		for k, v := range over {
			o[k] = v
		}
		return []obj{{"name": "x", "description": "x", "options": []obj{o}}}
	}
	for name, body := range map[string][]obj{
		"upper case":           {{"name": "Ask", "description": "x"}},
		"space":                {{"name": "a b", "description": "x"}},
		"long name":            {{"name": strings.Repeat("x", 33), "description": "x"}},
		"no description":       {{"name": "x", "description": ""}},
		"long description":     {{"name": "x", "description": strings.Repeat("x", 101)}},
		"twice":                {{"name": "x", "description": "x"}, {"name": "x", "description": "x"}},
		"menu with text":       {{"name": "X", "type": 3, "description": "x"}},
		"option":               option(obj{"name": "A B"}),
		"complete and choices": option(obj{"autocomplete": true, "choices": []obj{{"name": "x", "value": "x"}}}),
		"too large": {{"name": "x", "description": "x", "options": func() (o []obj) {
			for i := range 25 {
				o = append(o, obj{"type": 3, "name": fmt.Sprint("o", i), "description": strings.Repeat("x", 100), "choices": []obj{
					{"name": strings.Repeat("y", 100), "value": strings.Repeat("z", 100)}, {"name": strings.Repeat("w", 100), "value": strings.Repeat("v", 100)}}})
			}
			return o
		}()}},
		"required last": {{"name": "x", "description": "x", "options": []obj{
			{"type": 3, "name": "a", "description": "x"}, {"type": 3, "name": "b", "description": "x", "required": true}}}},
	} {
		if answer := w.refused(50035, "PUT", path, body); t.Failed() {
			t.Fatalf("%s: %v", name, answer)
		}
	}
	w.taken("PUT", path, option(nil))
	if got := w.sim.Commands("")["x"]; got.Options[0].Name != "x" {
		t.Errorf("registered %+v", got)
	}
}

func TestFaults(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/channels/" + w.general.ID + "/messages"
	f := w.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Status: 503, Header: map[string]string{"X-A": "b"}, Body: "no", After: true})
	status, h, raw := w.do("POST", path, obj{"content": "x"}, w.sim.Token())
	if status != 503 || h.Get("X-A") != "b" || string(raw) != "no" || w.sim.Met(f) != 1 {
		t.Errorf("%d %v %s", status, h, raw)
	}
	if n := len(w.asha.Read(w.general)); n != 1 {
		t.Errorf("%d messages: the request was to be done all the same", n)
	}
	w.taken("POST", path, obj{"content": "x"})

	held := w.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Hold: true})
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.taken("POST", path, obj{"content": "held"})
	}()
	w.must(w.sim.Wait(w.ctx, func() bool { return w.sim.Met(held) == 1 }))
	if n := len(w.asha.Read(w.general)); n != 2 {
		t.Errorf("%d messages", n)
	}
	held.Release()
	<-done
	if calls := w.sim.Calls("POST /channels/*/messages"); len(calls) != 3 || calls[0].Status != 503 || calls[2].Status != 200 {
		t.Errorf("calls %+v", calls)
	}
}

func TestNoAnswer(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	it, _, _ := w.slash(c, w.asha)
	w.clock.pass(3 * time.Second)
	if err := it.Acknowledged(w.ctx); !errors.Is(err, discordsim.ErrNoResponse) {
		t.Errorf("the person is told %v", err)
	}
}

func TestSmallEndpoints(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	m, err := w.asha.Say(w.general, "hello")
	w.must(err)
	channel := "/channels/" + w.general.ID
	w.taken("POST", channel+"/typing", nil)
	w.taken("GET", channel, nil)
	w.taken("GET", "/gateway/bot", nil)
	w.taken("GET", channel+"/messages/"+m.ID, nil)
	if status, _, raw := w.do("GET", channel+"/messages", nil, w.sim.Token()); status != 200 || !bytes.Contains(raw, []byte("hello")) {
		t.Errorf("%d %s", status, raw)
	}
	if me := w.taken("GET", "/users/@me", nil); me["id"] != w.sim.Bot().ID {
		t.Errorf("the bot is %v", me)
	}
	_, callback, webhook := w.slash(c, w.asha)
	shown := w.taken("POST", callback+"?with_response=true", obj{"type": 4, "data": obj{"content": "x"}})
	if shown["resource"] == nil {
		t.Errorf("no message in %v", shown)
	}
	w.taken("GET", webhook+"/messages/@original", nil)
	w.taken("DELETE", webhook+"/messages/@original", nil)
	w.refused(10008, "PATCH", webhook+"/messages/@original", obj{"content": "x"})
}

func TestCompressedShards(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	var shards []*client
	for i := range 2 {
		c := w.dial()
		c.next(10, "")
		c.send(2, obj{"token": w.sim.Token(), "intents": intents, "compress": true, "shard": [2]int{i, 2}})
		shards = append(shards, c)
	}
	// The guild's ID says which shard it belongs to; direct messages go to the first.
	var id uint64
	if _, err := fmt.Sscan(w.guild.ID, &id); err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		channel *discordsim.Channel
		shard   int
	}{{w.general, int(id>>22) % 2}, {w.asha.DM(), 0}} {
		m, err := w.asha.Say(s.channel, "hello")
		w.must(err)
		for {
			kind, frame, err := shards[s.shard].ws.ReadMessage()
			w.must(err)
			if kind != websocket.BinaryMessage {
				t.Fatalf("a frame of kind %d: %s", kind, frame)
			}
			z, err := zlib.NewReader(bytes.NewReader(frame))
			w.must(err)
			raw, err := io.ReadAll(z)
			w.must(err)
			if bytes.Contains(raw, []byte("MESSAGE_CREATE")) {
				if !bytes.Contains(raw, []byte(m.ID)) {
					t.Errorf("another message: %s", raw)
				}
				break
			}
		}
	}
}
