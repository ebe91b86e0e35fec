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

	"github.com/careerbot/careerbot/store"
)

// limits keeps requests within Discord's rate limits, as the headers of its
// answers tell them. Requests run side by side as far as their limit lets them.
type limits struct {
	mu      sync.Mutex
	all     time.Time // nothing may be sent before, but for interactions
	door    time.Time // nothing at all may be sent before
	routes  map[string]*allowance
	refused refusals
	sent    window
}

// window remembers when the last requests are sent of those that count towards
// the limit on all: 50 a second
// (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit).
type window struct {
	at   [perSecond]time.Time // in order; those to come wait
	last int                  // where in it
}

// perSecond is how many requests are sent in a second, deliveries and replies
// together. It leaves some room for what draws nearer on its way.
const perSecond = 48

// place takes a place for a request that somebody waits for, and says how long it
// is until it comes. Nobody who comes later is before it.
func (w *window) place(now time.Time) time.Duration {
	at := now
	if free := w.at[(w.last+1)%perSecond].Add(time.Second); free.After(at) {
		at = free
	}
	w.last = (w.last + 1) % perSecond
	w.at[w.last] = at
	return at.Sub(now)
}

// leftover takes a place for a request that gives way, if there are fewer than
// so many in the last second and none waits; else it says how long to wait
// before that can be.
func (w *window) leftover(now time.Time, most int) time.Duration {
	free := w.at[(w.last+1+perSecond-most)%perSecond].Add(time.Second)
	if w.at[w.last].After(free) {
		free = w.at[w.last]
	}
	if free.After(now) {
		return free.Sub(now)
	}
	w.place(now)
	return 0
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
		wait, taken, err := l.take(time.Now(), route, patient)
		if err != nil {
			return err
		}
		if wait > 0 && !fits(ctx, wait) {
			return limited(wait)
		}
		if wait > 0 {
			if err := sleep(ctx, wait); err != nil {
				return err
			}
		}
		if taken {
			return nil
		}
	}
}

// take counts a request, which may then be sent after the time that it returns;
// or says how long to wait before it is asked again. A patient one gives way to
// others.
func (l *limits) take(now time.Time, route string, patient bool) (wait time.Duration, taken bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused.full(now) {
		return 0, false, errRefusals
	}
	until, counts := l.door, !ofInteraction(route)
	if counts && l.all.After(until) {
		until = l.all
	}
	if wait := until.Sub(now); wait > 0 {
		return wait, false, nil
	}
	a := l.routes[route]
	known := a != nil && a.reset.After(now) // else nothing is known of the time from now on
	if known && a.left <= 0 {
		return a.reset.Sub(now), false, nil
	}
	switch {
	case counts && patient:
		if wait := l.sent.leftover(now, store.Rate); wait > 0 {
			return wait, false, nil
		}
	case counts:
		wait = l.sent.place(now)
	}
	if known {
		a.left--
	}
	return wait, true, nil
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
