package bot

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// limits keeps requests within Discord's rate limits, as the headers of its
// answers tell them. Requests run side by side as far as their limit lets them.
type limits struct {
	mu      sync.Mutex
	all     time.Time // nothing may be sent before, but for interactions
	door    time.Time // nothing at all may be sent before
	routes  map[string]*allowance
	refused refusals
	traffic traffic
}

// traffic are the requests that count towards the limit on all: 50 a second
// (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit). One
// counts from when it is sent until a second after it was answered, because it
// may arrive at any time between.
type traffic struct {
	flying  int
	ended   []time.Time // when those were answered that count still, in order
	crowded time.Time   // until when others give way to a reply
}

const (
	// perSecond is how many requests count at a time.
	perSecond = 50
	// perSecondPatient is how many may count for one that gives way to be sent.
	perSecondPatient = 45
	// lookAgain is how long to wait when it cannot be known how long.
	lookAgain = 20 * time.Millisecond
)

// take counts a request, or says how long it has to wait.
func (t *traffic) take(now time.Time, patient bool) time.Duration {
	most := perSecond
	if patient {
		if wait := t.crowded.Sub(now); wait > 0 {
			return wait
		}
		most = perSecondPatient
	}
	for len(t.ended) > 0 && now.Sub(t.ended[0]) >= time.Second {
		t.ended = t.ended[1:]
	}
	over := t.flying + len(t.ended) - most
	if over < 0 {
		t.flying++
		return 0
	}
	wait := lookAgain
	if over < len(t.ended) {
		wait = t.ended[over].Add(time.Second).Sub(now)
	}
	if !patient {
		t.crowded = now.Add(wait + lookAgain) // so that the reply is the first
	}
	return wait
}

// land notes that a request was answered, or will never be.
func (t *traffic) land(now time.Time) {
	t.flying--
	t.ended = append(t.ended, now)
}

// patientKey is the key in a context of a request that gives way to others.
type patientKey struct{}

// patient makes requests give way to those that people wait for.
func patient(ctx context.Context) context.Context {
	return context.WithValue(ctx, patientKey{}, true)
}

// refusals counts the answers that Discord holds against whoever sends from this
// address: refused for the token, the permissions or the rate. It blocks an
// address with 10,000 of them within ten minutes.
type refusals [refusalWindow]struct {
	minute int64 // since the start of the program
	n      int
}

const (
	// refusalWindow is how many minutes refusals count.
	refusalWindow = 10
	// maxRefusals is at how many of them nothing more is sent. Other programs may
	// share the address.
	maxRefusals = 5000
)

// started is from when minutes are counted, whatever the wall clock does.
var started = time.Now()

// add counts a refusal, and reports whether it is the one too many.
func (r *refusals) add(now time.Time) bool {
	minute := int64(now.Sub(started) / time.Minute)
	slot := &r[minute%refusalWindow]
	if slot.minute != minute {
		slot.minute, slot.n = minute, 0
	}
	slot.n++
	return r.count(minute) == maxRefusals
}

// full reports whether nothing more may be sent.
func (r *refusals) full(now time.Time) bool {
	return r.count(int64(now.Sub(started)/time.Minute)) >= maxRefusals
}

func (r *refusals) count(minute int64) (total int) {
	for _, slot := range r {
		if minute-slot.minute < refusalWindow {
			total += slot.n
		}
	}
	return total
}

// isRefusal reports whether Discord counts an answer as one. What others used
// up is not held against the bot.
func isRefusal(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusTooManyRequests:
		return resp.Header.Get("X-RateLimit-Scope") != "shared"
	}
	return false
}

// errRefusals is why nothing is sent.
var errRefusals = fmt.Errorf("Discord refused %d requests within %d minutes and would soon block this address, so nothing is sent for some minutes; what it refused stands in the log", maxRefusals, refusalWindow) //nolint:staticcheck // Discord is a name

// allowance is what is left of a route's limit.
type allowance struct {
	left  int
	reset time.Time
}

// maxRoutes is how many routes are kept before those that no longer matter are
// forgotten. Each interaction brings routes of its own.
const maxRoutes = 512

var (
	snowflake = regexp.MustCompile(`/\d+`)
	majorPath = regexp.MustCompile(`^/(channels|guilds)/\d+|^/(webhooks|interactions)/\d+/[^/]+`)
)

// routeOf is what a limit is counted for: the method, the path, of its IDs the
// first only.
func routeOf(method, path string) string {
	major := majorPath.FindString(path)
	return method + " " + major + snowflake.ReplaceAllString(path[len(major):], "/*")
}

// ofInteraction reports whether the limit on all requests spares a route.
func ofInteraction(route string) bool {
	return strings.Contains(route, " /webhooks/") || strings.Contains(route, " /interactions/")
}

// limited is why a request was not sent: for how long it would have had to wait.
type limited time.Duration

func (l limited) Error() string {
	return fmt.Sprintf("rate limited for %v: %v", time.Duration(l).Round(time.Millisecond), l.Unwrap())
}

func (limited) Unwrap() error { return context.DeadlineExceeded }

// pause is for how long Discord wants nothing of the bot but replies to
// interactions; 0 if it does not.
func (l *limits) pause() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.all
	if l.door.After(until) {
		until = l.door
	}
	return max(0, time.Until(until))
}

// wait waits until a request may be sent. When that would be after the
// context's end it says so at once.
func (l *limits) wait(ctx context.Context, route string) error {
	patient := ctx.Value(patientKey{}) != nil
	for {
		wait, err := l.take(time.Now(), route, patient)
		if err != nil {
			return err
		}
		if wait <= 0 {
			return nil
		}
		if !fits(ctx, wait) {
			return limited(wait)
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// take counts a request, or returns how long it has to wait. A patient one gives
// way to others.
func (l *limits) take(now time.Time, route string, patient bool) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused.full(now) {
		return 0, errRefusals
	}
	until, counts := l.door, !ofInteraction(route)
	if counts && l.all.After(until) {
		until = l.all
	}
	if wait := until.Sub(now); wait > 0 {
		return wait, nil
	}
	a := l.routes[route]
	known := a != nil && a.reset.After(now) // else nothing is known of the time from now on
	if known && a.left <= 0 {
		return a.reset.Sub(now), nil
	}
	if counts {
		if wait := l.traffic.take(now, patient); wait > 0 {
			return wait, nil
		}
	}
	if known {
		a.left--
	}
	return 0, nil
}

// land notes that a request was answered that was taken, or will never be.
func (l *limits) land(now time.Time, route string) {
	if ofInteraction(route) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.traffic.land(now)
}

// learn takes in what an answer says of the limits. It reports whether that was
// one refusal too many.
func (l *limits) learn(route string, resp *http.Response) (enough bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, h := time.Now(), resp.Header
	if isRefusal(resp) {
		enough = l.refused.add(now)
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		until := now.Add(retryAfter(resp))
		switch {
		case h.Get("Via") == "" && h.Get("X-RateLimit-Scope") == "" && h.Get("X-RateLimit-Global") == "" && h.Get("X-RateLimit-Bucket") == "":
			l.door = until // not the API, but what stands before it
		case h.Get("X-RateLimit-Global") != "":
			l.all = until
		default:
			l.set(route, 0, until)
		}
		return enough
	}
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	seconds, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err == nil && err2 == nil {
		l.set(route, left, now.Add(time.Duration(seconds*float64(time.Second))))
	}
	return enough
}

// sameWindow is how far apart two tellings of the same reset may be.
const sameWindow = 500 * time.Millisecond

// set notes what is left of a route's limit. Answers may come in another order
// than their requests, so within one window the least that was heard holds.
func (l *limits) set(route string, left int, reset time.Time) {
	if a := l.routes[route]; a != nil && reset.Sub(a.reset).Abs() < sameWindow {
		left = min(left, a.left)
	}
	if l.routes == nil {
		l.routes = map[string]*allowance{}
	}
	if len(l.routes) >= maxRoutes {
		for key, a := range l.routes {
			if !a.reset.After(time.Now()) {
				delete(l.routes, key)
			}
		}
	}
	l.routes[route] = &allowance{left, reset}
}
