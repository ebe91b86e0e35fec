package store

import (
	"math/rand/v2"
	"sync"
	"time"
)

// idEpoch is when our ids begin, so that they stay short: 2026-01-01 in
// milliseconds since 1970.
const idEpoch = 1767225600000

// ids makes numbers that grow with time, as Discord's do: milliseconds since
// idEpoch, then 22 bits by chance, so that two processes need not agree on
// anything. Within a process no two are the same.
type ids struct {
	mu   sync.Mutex
	last int64
}

func (g *ids) next(now time.Time) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last+1, (now.UnixMilli()-idEpoch)<<22|int64(rand.Uint32()>>10))
	return g.last
}
