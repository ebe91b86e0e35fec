package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
)

// The faults of REST.

func TestFaultServerErrorOnReply(t *testing.T) {
	t.Parallel()
	for _, status := range []int{500, 502, 503, 504} {
		st := &stage{}
		t.Run(http.StatusText(status), func(t *testing.T) {
			st = set(t, setting{}).ready()
			fault := st.sim.Fail("POST /interactions/*/*/callback", discordsim.Fault{Times: 2, Status: status, Body: "<html>oops</html>"})
			st.works()
			if n := st.sim.Met(fault); n != 2 {
				t.Errorf("%d requests met the fault", n)
			}
		})
	}
}

func TestFaultCutInTheMiddleOfReply(t *testing.T) {
	st := set(t, setting{}).ready()
	st.violations = true // it acknowledges twice, and has to
	st.sim.Fail("POST /interactions/*/*/callback", discordsim.Fault{Times: 1, Status: 500, After: true})
	st.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Drop: true, After: true})
	st.works()
	wants(t, st.say(st.asha, st.general, st.sim.Bot().Mention()+" pay?").Text(), "₹4,86,091")
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Calls("POST /channels/*/messages")) == 2 }))
	st.end()
	if n := len(st.ravi.Read(st.general)); n != 3 {
		t.Errorf("%d messages in place of two answers and a question", n)
	}
	if strings.Contains(st.log.String(), "ERROR") {
		t.Error("that was no error")
	}
}

func TestFaultServerErrorOnEdit(t *testing.T) {
	hold := make(chan struct{})
	st := set(t, setting{
		bot: func(b *Bot) {
			b.answer = func(answer.Question) answer.Answer { <-hold; return paid }
			b.deferAfter = time.Millisecond
		},
	}).ready()
	fault := st.sim.Fail("PATCH /webhooks/*/*/messages/*", discordsim.Fault{Times: 2, Status: 503})
	it, err := st.asha.Slash(st.general, "ask", discordsim.Opts{"question": "slow"})
	st.must(err)
	st.must(it.Acknowledged(st.ctx))
	close(hold)
	m, err := it.Reply(st.ctx)
	st.must(err)
	wants(t, m.Text(), "₹4,86,091")
	if n := st.sim.Met(fault); n != 2 {
		t.Errorf("%d requests met the fault", n)
	}
}

func TestFaultEditsInParallel(t *testing.T) {
	const people = 10
	hold := make(chan struct{})
	st := set(t, setting{
		bot: func(b *Bot) {
			b.answer = func(answer.Question) answer.Answer { <-hold; return paid }
			b.deferAfter = time.Millisecond
		},
	}).ready()
	fault := st.sim.Fail("PATCH /webhooks/*/*/messages/*", discordsim.Fault{Hold: true})
	var asked []*discordsim.Interaction
	for range people {
		it, err := st.guild.Member("somebody").Slash(st.general, "ask", discordsim.Opts{"question": "slow"})
		st.must(err)
		st.must(it.Acknowledged(st.ctx))
		asked = append(asked, it)
	}
	close(hold)
	// All of them are under way before one of them is answered.
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Met(fault) == people }))
	fault.Release()
	for _, it := range asked {
		_, err := it.Reply(st.ctx)
		st.must(err)
	}
}

func TestFaultHTML429(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Fail("POST /interactions/*/*/callback", discordsim.Fault{
		Times: 1, Status: 429, Body: "<html>1015: you are being rate limited</html>", Header: map[string]string{"Retry-After": "0.1", "Content-Type": "text/html"},
	})
	st.works()
}

func TestFaultGlobal429(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Fail("POST /channels/*/messages", discordsim.Fault{
		Times: 2, Status: 429, Body: `{"message": "You are being rate limited.", "retry_after": 0.1, "global": true}`,
		Header: map[string]string{"Retry-After": "0.1", "X-RateLimit-Global": "true"},
	})
	wants(t, st.say(st.asha, st.general, st.sim.Bot().Mention()+" pay?").Text(), "₹4,86,091")
}

func TestFaultUnboundedRetry(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]discordsim.Fault{
		"429": {Status: 429, Body: `{"retry_after": 0.01, "global": false}`, Header: map[string]string{"Retry-After": "0.01", "X-RateLimit-Scope": "user"}},
		"502": {Status: 502},
		"cut": {Drop: true},
	} {
		t.Run(name, func(t *testing.T) {
			st := set(t, setting{}).ready()
			fault := st.sim.Fail("POST /channels/*/messages", f)
			_, err := st.asha.Say(st.general, st.sim.Bot().Mention()+" pay?")
			st.must(err)
			st.logged("could not tell a person what went wrong")
			if n := st.sim.Met(fault); n != 2*attempts {
				t.Errorf("%d requests in place of %d for the answer and for the excuse", n, 2*attempts)
			}
			st.works()
		})
	}
}

func TestFaultFollowUpIsNotRepeated(t *testing.T) {
	st := set(t, setting{}).ready()
	fault := st.sim.Fail("POST /webhooks/*/*", discordsim.Fault{Status: 502})
	b, err := New(Config{Token: st.sim.Token(), API: st.sim.URL(), Answerer: answerer})
	st.must(err)
	err = b.sendFurther(st.ctx, &request{app: "1", token: "t"}, say("x").payload())
	if err == nil || st.sim.Met(fault) != 1 {
		t.Errorf("%d requests, error %v", st.sim.Met(fault), err)
	}
	b.client.CloseIdleConnections()
}

func TestFaultReplyTooLate(t *testing.T) {
	st := set(t, setting{}).ready()
	st.violations = true
	st.sim.Fail("POST /interactions/*/*/callback", discordsim.Fault{Status: 404, Body: `{"message": "Unknown interaction", "code": 10062}`})
	_, err := st.asha.Slash(st.general, "ask", discordsim.Opts{"question": "pay?"})
	st.must(err)
	st.logged("a reply came too late")
}

func TestLimits(t *testing.T) {
	answered := func(status int, header ...string) *http.Response {
		h := http.Header{}
		for i := 0; i < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return &http.Response{StatusCode: status, Header: h}
	}
	const messages, other, hook = "POST /channels/1/messages", "POST /channels/2/messages", "PATCH /webhooks/1/token/messages/@original"
	waits := func(l *limits) string {
		waiting := ""
		for i, route := range []string{messages, other, hook} {
			if wait, err := l.take(time.Now(), route, false); wait > 0 || err != nil {
				waiting += "abc"[i : i+1]
			}
		}
		return waiting
	}
	for _, c := range []struct {
		name string
		resp *http.Response
		want string
	}{
		{"nothing left", answered(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "60"), "a"},
		{"something left", answered(200, "X-RateLimit-Remaining", "1", "X-RateLimit-Reset-After", "60"), ""},
		{"reset already", answered(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "0"), ""},
		{"no headers", answered(200), ""},
		{"429", answered(429, "Retry-After", "60", "X-RateLimit-Scope", "user"), "a"},
		{"shared 429", answered(429, "Retry-After", "60", "X-RateLimit-Scope", "shared", "X-RateLimit-Remaining", "5"), "a"},
	} {
		var l limits
		l.learn(messages, c.resp)
		if got := waits(&l); got != c.want {
			t.Errorf("%s: %q wait, not %q", c.name, got, c.want)
		}
	}
	var global, closed limits
	global.learn(messages, answered(429, "Retry-After", "60", "X-RateLimit-Global", "true"))
	if got := waits(&global); got != "ab" {
		t.Errorf("a global 429 holds for all but interactions, not for %q", got)
	}
	closed.learn(messages, answered(429, "Retry-After", "60"))
	if got := waits(&closed); got != "abc" {
		t.Errorf("a 429 from before the API holds for all, not for %q", got)
	}
}

func TestLimitBeyondTheDeadlineIsSaidAtOnce(t *testing.T) {
	var l limits
	l.learn("GET /x", &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {"3600"}, "X-Ratelimit-Scope": {"user"}}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := l.wait(ctx, "GET /x"); !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		t.Errorf("error %v", err)
	}
}

func TestLimitsForget(t *testing.T) {
	var l limits
	for i := range 10 * maxRoutes {
		l.set(routeOf("PATCH", fmt.Sprintf("/webhooks/1/token%d/messages/@original", i)), 4, time.Now())
	}
	if len(l.routes) > maxRoutes {
		t.Errorf("%d routes are kept", len(l.routes))
	}
}

func TestRouteOf(t *testing.T) {
	for path, want := range map[string]string{
		"/channels/1/messages/2":             "GET /channels/1/messages/*",
		"/guilds/1/members/2":                "GET /guilds/1/members/*",
		"/webhooks/1/tok/messages/3":         "GET /webhooks/1/tok/messages/*",
		"/applications/1/commands":           "GET /applications/*/commands",
		"/interactions/1/tok/callback":       "GET /interactions/1/tok/callback",
		"/webhooks/1/tok/messages/@original": "GET /webhooks/1/tok/messages/@original",
	} {
		if got := routeOf("GET", path); got != want {
			t.Errorf("%s is %q, not %q", path, got, want)
		}
	}
}

// 100,000 alerts of servers are due at one hour, of which each takes two requests,
// whether its person is a member still and the message, while people write in
// crowds: up to 40 messages at once. However long requests are on their way, no second sees more
// of them arrive than Discord allows, and nobody who writes waits for long.
func TestRepliesComeFirst(t *testing.T) {
	const due, each, workers, crowd = 100_000, 2, 32, 40
	type flight struct {
		lands    time.Time
		delivery bool
	}
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	var l limits
	var flying []flight
	var waiting []time.Time // since when people wait for replies
	arrived := map[int64]int{}
	send := func(now time.Time, patient bool) bool {
		wait, err := l.take(now, "POST /channels/1/messages", patient)
		if err != nil {
			t.Fatal(err)
		}
		if wait > 0 {
			return false
		}
		way := time.Duration(50+random.IntN(300)) * time.Millisecond
		flying = append(flying, flight{now.Add(way), patient})
		arrived[now.Add(time.Duration(random.Int64N(int64(way)))).Unix()]++
		return true
	}
	begun, busy, replies, longest, now, next := 0, 0, 0, time.Duration(0), start, start
	for ; begun < each*due; now = now.Add(time.Millisecond) {
		flying = slices.DeleteFunc(flying, func(f flight) bool {
			if f.lands.After(now) {
				return false
			}
			if f.delivery {
				busy--
			}
			l.land(now, "POST /channels/1/messages")
			return true
		})
		for begun < each*due && busy < workers && send(now, true) {
			begun, busy = begun+1, busy+1
		}
		if now.Equal(next) {
			for range random.IntN(crowd + 1) {
				waiting = append(waiting, now)
			}
			next = now.Add(time.Second + time.Duration(random.IntN(10_000))*time.Millisecond)
		}
		for len(waiting) > 0 && send(now, false) {
			longest = max(longest, now.Sub(waiting[0]))
			waiting, replies = waiting[1:], replies+1
		}
	}
	worst := slices.Max(slices.Collect(maps.Values(arrived)))
	t.Logf("%d deliveries and %d replies in %.1f minutes, at most %d in a second; nobody waited for more than %v", begun/each, replies, now.Sub(start).Minutes(), worst, longest)
	if worst > 50 || longest > 2*time.Second {
		t.Errorf("%d arrive in one second, and somebody waited for %v", worst, longest)
	}
	if took := now.Sub(start); took > 2*time.Hour {
		t.Errorf("it takes %v", took)
	}
}

func TestRedactor(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(redactor{Handler: slog.NewTextHandler(&b, nil), token: "sec.ret"})
	log.With("a", "x sec.ret").WithGroup("g").Error("is sec.ret", "err", errors.New("Post https://discord.com/api/v10/webhooks/12/aW50/messages/@original: EOF"),
		slog.Group("h", "b", "sec.ret"), "n", 3)
	if got := b.String(); strings.Contains(got, "sec.ret") || strings.Contains(got, "aW50") {
		t.Errorf("logged %s", got)
	}
	wants(t, b.String(), `webhooks/12/[token]/messages/@original`, "g.h.b=[token]", "g.n=3")
}

// A request on which nothing comes back is made again, and holds nobody else up.
func TestFaultSlowREST(t *testing.T) {
	st := set(t, setting{}).ready()
	fault := st.sim.Fail("POST /interactions/*/*/callback", discordsim.Fault{Times: 1, Hold: true, Status: 504})
	it, err := st.asha.Slash(st.general, "ask", discordsim.Opts{"question": "pay?"})
	st.must(err)
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Met(fault) == 1 }))
	wants(t, st.ask(st.ravi, "and now?").Text(), "₹4,86,091")
	m, err := it.Reply(st.ctx)
	st.must(err)
	wants(t, m.Text(), "₹4,86,091")
	if n := len(st.sim.Calls("POST /interactions/*/*/callback")); n != 3 {
		t.Errorf("%d requests for two answers, one of them made again", n)
	}
}

// A wait that Discord asks for and that nobody has the time for is not begun.
func TestFaultRetryAfterBeyondDeadline(t *testing.T) {
	st := set(t, setting{}).ready()
	fault := st.sim.Fail("POST /channels/*/messages", discordsim.Fault{
		Times: 1, Status: 429, Body: `{"retry_after": 3600, "global": false}`, Header: map[string]string{"Retry-After": "3600", "X-RateLimit-Scope": "user"},
	})
	_, err := st.asha.Say(st.general, st.sim.Bot().Mention()+" pay?")
	st.must(err)
	st.logged("rate limited for 1h0m0s")
	if n := st.sim.Met(fault); n != 1 {
		t.Errorf("%d requests", n)
	}
	wants(t, st.say(st.asha, st.asha.DM(), "pay?").Text(), "₹4,86,091")
}

// Before Discord blocks the address for requests that it had to refuse, the bot
// stops by itself, and goes on when they are forgotten.
func TestFaultTooManyRefusals(t *testing.T) {
	var r refusals
	now := started
	for n := range maxRefusals {
		if r.full(now) {
			t.Fatalf("it stops after %d", n)
		}
		now = now.Add(refusalWindow * time.Minute / (maxRefusals + 600))
		if last := r.add(now); last != (n == maxRefusals-1) {
			t.Fatalf("the %dth is the last: %v", n, last)
		}
	}
	if !r.full(now) || r.full(now.Add(refusalWindow*time.Minute)) {
		t.Error("it does not stop, or does not go on")
	}

	var bot *Bot
	st := set(t, setting{bot: func(b *Bot) { bot = b }}).ready()
	limits := &bot.client.Transport.(*transport).limits
	limits.mu.Lock()
	for range maxRefusals - 1 {
		limits.refused.add(time.Now())
	}
	limits.mu.Unlock()
	fault := st.sim.Fail("POST /channels/*/messages", discordsim.Fault{Status: 403, Body: `{"message": "Missing Access", "code": 50001}`})
	_, err := st.asha.Say(st.general, st.sim.Bot().Mention()+" pay?")
	st.must(err)
	st.logged("sending is stopped")
	_, err = st.asha.Say(st.general, st.sim.Bot().Mention()+" pay?")
	st.must(err)
	st.logged("could not tell a person what went wrong")
	if n := st.sim.Met(fault); n != 1 {
		t.Errorf("%d requests were sent", n)
	}
}

// BenchmarkEditsInParallel measures ten edits of interactions at once, when each
// takes Discord a fifth of a second.
func BenchmarkEditsInParallel(b *testing.B) {
	const people, latency = 10, 200 * time.Millisecond
	sim, err := discordsim.New(discordsim.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer sim.Close()
	sim.Fail("PATCH /webhooks/*/*/messages/*", discordsim.Fault{Delay: latency, Status: 200, Body: "{}"})
	bot, err := New(Config{Token: sim.Token(), API: sim.URL(), Answerer: answerer})
	if err != nil {
		b.Fatal(err)
	}
	defer bot.client.CloseIdleConnections()
	n := 0
	for b.Loop() {
		var edits sync.WaitGroup
		for range people {
			n++
			r := &request{app: "1", token: fmt.Sprint("token", n)}
			edits.Go(func() {
				if err := bot.editReply(b.Context(), r, say("x").payload()); err != nil {
					b.Error(err)
				}
			})
		}
		edits.Wait()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/ten-edits")
}
