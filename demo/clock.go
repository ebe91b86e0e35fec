package demo

import (
	"sync"
	"time"
)

// Clock is the time of a demo. It goes as any other, and can be set forward.
type Clock struct {
	mu       sync.Mutex
	ahead    time.Duration
	standing bool
	changed  chan struct{} // closed and replaced when it is set
}

// founded is when the server was made.
var founded = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// newClock returns a clock that stands still until it is started.
func newClock() *Clock { return &Clock{standing: true, changed: make(chan struct{})} }

func (c *Clock) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.standing = false
}

// Now is the time that it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.standing {
		return founded
	}
	return time.Now().Add(c.ahead)
}

// Set sets the clock to a time that is yet to come.
func (c *Clock) Set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = max(c.ahead, time.Until(to))
	close(c.changed)
	c.changed = make(chan struct{})
}

// moved returns how far the clock is ahead, and a channel that is closed when
// that changes.
func (c *Clock) moved() (time.Duration, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead, c.changed
}
