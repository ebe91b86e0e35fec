package bot

import (
	"slices"
	"sync"
	"time"
)

// How the bot is doing, for those who look after it.

// health gathers what /status shows. It takes little room, however long the bot
// runs.
type health struct {
	version string
	started time.Time

	mu       sync.Mutex
	line     *link     // to the gateway; nil while there is none
	since    time.Time // when the line became ready; zero while it is not
	sessions int       // that were begun
	resumed  int       // how often one was taken up again
	counts   map[fate]int
	took     [lastAcknowledged]time.Duration // a ring
	acks     int
}

// lastAcknowledged is over how many acknowledgements their times are reckoned.
const lastAcknowledged = 1024

// fate is what became of a request.
type fate string

// The fates.
const (
	served   fate = "served"
	declined fate = "declined" // with words that say why
	failed   fate = "failed"
)

// vitals is health at one moment.
type vitals struct {
	Version string
	Uptime  time.Duration

	Connected time.Duration // for how long now; 0 while there is no connection
	Heartbeat time.Duration // since Discord last answered one; 0 if it never did
	Sessions  int           // begun with Discord; more than one means that something was lost
	Resumed   int           // connections taken up again, with nothing lost

	Acknowledged int // of the last requests, at most lastAcknowledged: how many times there are
	P50, P99     time.Duration
	Served       int
	Declined     int
	Failed       int
}

func newHealth(version string) *health {
	return &health{version: version, started: time.Now(), counts: map[fate]int{}}
}

// acknowledged notes how long it took from a request's arrival until Discord
// had confirmed the first answer to it.
func (h *health) acknowledged(took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.took[h.acks%lastAcknowledged] = took
	h.acks++
}

// count notes what became of a request.
func (h *health) count(f fate) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts[f]++
}

// dialled notes that a connection was made. It is not ready yet.
func (h *health) dialled(l *link) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line = l
}

// hungUp notes that the connection is lost.
func (h *health) hungUp() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.line, h.since = nil, time.Time{}
}

// connected notes that a session was begun.
func (h *health) connected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since = time.Now()
	h.sessions++
}

// reconnected notes that a session was resumed.
func (h *health) reconnected() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.since = time.Now()
	h.resumed++
}

// snapshot returns how things are now.
func (h *health) snapshot() vitals {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := vitals{
		Version: h.version, Uptime: time.Since(h.started), Sessions: h.sessions, Resumed: h.resumed,
		Served: h.counts[served], Declined: h.counts[declined], Failed: h.counts[failed],
	}
	if !h.since.IsZero() {
		v.Connected = time.Since(h.since)
	}
	if h.line != nil {
		if at := h.line.answered(); !at.IsZero() {
			v.Heartbeat = time.Since(at)
		}
	}
	times := slices.Sorted(slices.Values(h.took[:min(h.acks, lastAcknowledged)]))
	v.Acknowledged = len(times)
	v.P50, v.P99 = quantile(times, 50), quantile(times, 99)
	return v
}

// quantile is the smallest of the sorted times that is not exceeded by so many
// per cent of them; 0 of none.
func quantile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*percent+99)/100-1]
}
