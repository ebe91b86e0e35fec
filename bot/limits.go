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
	mu     sync.Mutex
	all    time.Time // nothing may be sent before, but for interactions
	door   time.Time // nothing at all may be sent before
	routes map[string]*allowance
}

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

// wait waits until a request may be sent. When that would be after the
// context's end it says so at once.
func (l *limits) wait(ctx context.Context, route string) error {
	for {
		wait := l.take(route)
		if wait <= 0 {
			return nil
		}
		if !fits(ctx, wait) {
			return fmt.Errorf("rate limited for %v: %w", wait.Round(time.Millisecond), context.DeadlineExceeded)
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// take counts a request, or returns how long it has to wait.
func (l *limits) take(route string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	until := l.door
	if !ofInteraction(route) && l.all.After(until) {
		until = l.all
	}
	if wait := until.Sub(now); wait > 0 {
		return wait
	}
	a := l.routes[route]
	if a == nil || !a.reset.After(now) {
		return 0 // nothing is known of the time from now on
	}
	if a.left <= 0 {
		return a.reset.Sub(now)
	}
	a.left--
	return 0
}

// learn takes in what an answer says of the limits.
func (l *limits) learn(route string, resp *http.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, h := time.Now(), resp.Header
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
		return
	}
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	seconds, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || err2 != nil {
		return
	}
	l.set(route, left, now.Add(time.Duration(seconds*float64(time.Second))))
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
