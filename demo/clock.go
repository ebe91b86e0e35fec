package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Clock is the time of a demo. It goes as any other, and can be set forward.
type Clock struct {
	file     string // that keeps how far it is ahead; empty for none
	mu       sync.Mutex
	ahead    time.Duration
	standing bool
	changed  chan struct{} // closed and replaced when it is set
}

// founded is when the server was made.
var founded = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// newClock returns a clock that stands still until it is started, and is then as
// far ahead as a file says; with no such file it is not.
func newClock(file string) (*Clock, error) {
	c := &Clock{file: file, standing: true, changed: make(chan struct{})}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		c.ahead, err = time.ParseDuration(string(text))
	}
	if err != nil {
		return nil, fmt.Errorf("how far the clock is ahead cannot be read in %s: %w: give another folder, or delete this one", file, err)
	}
	return c, nil
}

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

// Set sets the clock to a time that is yet to come. What is kept of that time is
// then not of the future when the program is started again: how far the clock is
// ahead is kept first.
func (c *Clock) Set(to time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := max(c.ahead, time.Until(to))
	if err := keep(c.file, []byte(ahead.String())); err != nil {
		return err
	}
	c.ahead = ahead
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

// moved returns how far the clock is ahead, and a channel that is closed when
// that changes.
func (c *Clock) moved() (time.Duration, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead, c.changed
}

// keep writes a file; without a name it does nothing. The file is whole whenever
// the program is killed.
func keep(file string, data []byte) error {
	if file == "" {
		return nil
	}
	if err := os.WriteFile(file+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
