package fetch

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// hosts are those that are asked now, and who waits for them. The zero value is
// ready.
type hosts struct {
	mu   sync.Mutex
	busy map[string]*host
}

type host struct {
	turn  chan struct{} // holds one if nobody asks
	using int           // who asks and who waits
}

// take waits until nobody asks a host. It is to be released.
func (h *hosts) take(ctx context.Context, name string) (release func(), err error) {
	name = strings.ToLower(name)
	h.mu.Lock()
	if h.busy == nil {
		h.busy = map[string]*host{}
	}
	one := h.busy[name]
	if one == nil {
		one = &host{turn: make(chan struct{}, 1)}
		one.turn <- struct{}{}
		h.busy[name] = one
	}
	one.using++
	h.mu.Unlock()
	leave := func() {
		h.mu.Lock()
		if one.using--; one.using == 0 {
			delete(h.busy, name)
		}
		h.mu.Unlock()
	}
	select {
	case <-one.turn:
		return func() { one.turn <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// RetryAfter is how long a server asks not to be asked, by its Retry-After: a
// number of seconds or a date. 0 if it does not say.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, ok := seconds(value); ok {
		return seconds
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// Fresh is how long a file stays what it is, by its Cache-Control or else its
// Expires, as RFC 9111 has it, or how long the server asks not to be asked, if
// that is longer. 0 if it does not say.
func (r *Response) Fresh(now time.Time) time.Duration {
	return max(fresh(r.Header, now), RetryAfter(r.Header, now))
}

func fresh(h http.Header, now time.Time) time.Duration {
	for _, line := range h.Values("Cache-Control") {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(name) {
			case "no-cache", "no-store":
				return 0
			case "max-age":
				age, _ := seconds(h.Get("Age"))
				most, _ := seconds(strings.Trim(value, `"`))
				return max(most-age, 0)
			}
		}
	}
	// A date that is none, often 0, has passed.
	if at, err := http.ParseTime(h.Get("Expires")); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date // the server's clock may differ from ours
		}
		return max(at.Sub(now), 0)
	}
	return 0
}

// seconds reads a number of seconds; ten years is as good as more.
func seconds(s string) (time.Duration, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0, false
	}
	return time.Duration(min(n, 10*365*24*3600)) * time.Second, true
}
