package store

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// perSecond is how many requests a second deliveries may make of the 50 that Discord
// allows a bot
// (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit).
// The rest is for people who wait for a reply.
const perSecond = 40

// pace spaces the requests that deliveries make.
type pace struct {
	limit *rate.Limiter
	now   func() time.Time
	mu    sync.Mutex
	until time.Time // nothing before then
}

// newPace makes a pace. There is no more in reserve than is used in a tenth of a
// second, so that no second has many more.
func newPace(now func() time.Time) *pace {
	return &pace{limit: rate.NewLimiter(perSecond, perSecond/10), now: now}
}

// reserve takes a place and says how long it is until it comes.
func (p *pace) reserve() time.Duration {
	now := p.now()
	p.mu.Lock()
	held := p.until.Sub(now)
	p.mu.Unlock()
	return max(p.limit.ReserveN(now, 1).DelayFrom(now), held)
}

func (p *pace) wait(ctx context.Context) error {
	delay := p.reserve()
	if delay <= 0 {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(delay):
		return nil
	}
}

// hold lets nothing through for a time.
func (p *pace) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := p.now().Add(d); until.After(p.until) {
		p.until = until
	}
}

// held says how long nothing is let through.
func (p *pace) held() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(p.now())
}
