package discordsim

import (
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"strconv"
	"time"
)

// limit is how many requests a bucket takes in a window of time.
type limit struct {
	n   int
	per time.Duration
}

// The limits. Discord publishes none of them; these are of the size that it was
// seen to use.
var (
	unlimited   = limit{}
	lenient     = limit{50, time.Second}
	perChannel  = limit{5, 5 * time.Second}
	perWebhook  = limit{5, 2 * time.Second}
	globally    = limit{50, time.Second}
	ofGateway   = limit{120, time.Minute}    // what a connection may send
	createsADay = limit{200, 24 * time.Hour} // of commands, in a guild or globally
)

// bucket counts the requests of a window.
type bucket struct {
	used  int
	reset time.Time
}

// take counts a request; it returns how long to wait if there are too many.
func (b *bucket) take(l limit, now time.Time) time.Duration {
	if !now.Before(b.reset) {
		b.used, b.reset = 0, now.Add(l.per)
	}
	if b.used == l.n {
		return b.reset.Sub(now)
	}
	b.used++
	return 0
}

// count charges a request to its bucket and to the global one, and writes the
// headers. It returns how long the bot has to wait, if it went too fast.
func (s *Sim) count(h http.Header, r *http.Request, rt route) (wait time.Duration, global bool) {
	if rt.limit == unlimited {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	// Requests with an interaction's token do not count against the global limit.
	if !rt.open {
		if wait := s.bucket("global").take(globally, now); wait > 0 {
			return wait, true
		}
	}
	// A limit holds for a route together with its first ID: a channel, a guild,
	// or the token of a webhook.
	key := rt.pattern + " " + r.PathValue("channel") + r.PathValue("guild") + r.PathValue("token")
	b := s.bucket(key)
	wait = b.take(rt.limit, now)
	after := b.reset.Sub(now).Seconds()
	sum := fnv.New64()
	sum.Write([]byte(rt.pattern))
	h.Set("X-RateLimit-Limit", strconv.Itoa(rt.limit.n))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(rt.limit.n-b.used))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.reset.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", math.Ceil(after*1000)/1000))
	h.Set("X-RateLimit-Bucket", fmt.Sprintf("%016x", sum.Sum64()))
	return wait, false
}

// bucket finds or makes a bucket. The caller holds mu.
func (s *Sim) bucket(key string) *bucket {
	b := s.buckets[key]
	if b == nil {
		s.sweep(s.opts.Now())
		b = &bucket{}
		s.buckets[key] = b
	}
	return b
}
