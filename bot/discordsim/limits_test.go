package discordsim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

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

// TestRateLimitHeaders: each answer says how much is left of its bucket; what
// goes too fast for all buckets together is told no more than to wait.
func TestRateLimitHeaders(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/channels/" + w.general.ID + "/messages"
	ask := func(path string) http.Header {
		_, h, _ := w.do("GET", path, nil, w.sim.Token())
		return h
	}
	h := ask(path)
	for name, want := range map[string]string{
		"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "5.000",
		"X-RateLimit-Reset": fmt.Sprintf("%d.000", w.clock.now().Unix()+5),
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	other := ask("/channels/" + w.guild.Channel("other").ID + "/messages")
	if h.Get("X-RateLimit-Bucket") != other.Get("X-RateLimit-Bucket") || other.Get("X-RateLimit-Remaining") != "4" {
		t.Errorf("the buckets of two channels: %v and %v", h, other)
	}
	w.clock.pass(2 * time.Second)
	if got := ask(path).Get("X-RateLimit-Reset-After"); got != "3.000" {
		t.Errorf("after two seconds it is reset in %q", got)
	}
	for range 3 {
		ask(path)
	}
	if h := ask(path); h.Get("Retry-After") != "4" || h.Get("X-RateLimit-Scope") != "user" || h.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("one too many is answered with %v", h)
	}
	w.clock.pass(time.Minute)
	for range 50 {
		ask("/users/@me")
	}
	h = ask("/users/@me")
	if h.Get("X-RateLimit-Scope") != "global" || h.Get("Retry-After") == "" || h.Get("X-RateLimit-Remaining") != "" {
		t.Errorf("what goes too fast altogether is answered with %v", h)
	}
}

// TestInteractionsAreNotLimitedGlobally: what answers people is not held up by
// what else the bot does.
func TestInteractionsAreNotLimitedGlobally(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	_, callback, webhook := w.slash(c, w.asha)
	for range 60 {
		w.call("GET", "/users/@me", nil)
	}
	w.refusedWith(429, "GET", "/users/@me", nil)
	w.taken("POST", callback, obj{"type": 5})
	for range 5 {
		w.taken("PATCH", webhook+"/messages/@original", obj{"content": "x"})
	}
	w.refusedWith(429, "PATCH", webhook+"/messages/@original", obj{"content": "x"})
	w.clock.pass(2 * time.Second)
	w.taken("PATCH", webhook+"/messages/@original", obj{"content": "x"})
}

// refusedWith fails the test unless a request is answered with that status.
func (w *world) refusedWith(status int, method, path string, body any) {
	w.t.Helper()
	if got, answer := w.call(method, path, body); got != status {
		w.t.Errorf("%s %s: %d %v, not %d", method, path, got, answer, status)
	}
}

func TestGatewayIsLimited(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.identify(intents)
	for i := range 119 {
		c.send(1, i)
		c.next(11, "")
	}
	w.clock.pass(time.Minute)
	for i := range 121 {
		c.send(1, i)
	}
	if code := c.closed(); code != 4008 {
		t.Errorf("closed with %d", code)
	}
}

func TestCommandsADay(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/applications/" + w.app() + "/commands"
	table := func(from int) (list []obj) {
		for i := range 100 {
			list = append(list, obj{"name": fmt.Sprint("c", from+i), "description": "x"})
		}
		return list
	}
	w.taken("PUT", path, table(0))
	w.taken("PUT", path, table(100))
	w.refused(30034, "PUT", path, table(101))
	w.taken("PUT", path, table(100)) // nothing in it is new
	w.clock.pass(24 * time.Hour)
	w.taken("PUT", path, table(101))
}
