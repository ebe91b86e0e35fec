package bot

import (
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

const (
	// burst is what one person may ask at once, before it counts how fast.
	burst = 8
	// maxPaced is how many people are remembered; whoever is forgotten begins
	// anew.
	maxPaced = 10_000
)

// tooFast is what is said to who asks too fast.
const tooFast = "That was fast. Please ask again <t:%d:R>."

// errUnsaid ends a request about which the person has been told already.
var errUnsaid = errors.New("told before")

// pace keeps one person from keeping the bot from all others: a token bucket
// for each.
type pace struct {
	mu     sync.Mutex
	people *lru.Cache[string, *walker]
	rate   rate.Limit // tokens a second
}

// walker is how fast one person goes.
type walker struct {
	bucket *rate.Limiter
	told   time.Time // until when the person knows to wait with messages
}

// newPace lets everybody ask so much a minute; any number for 0.
func newPace(perMinute int) *pace {
	people, err := lru.New[string, *walker](maxPaced)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	limit := rate.Limit(float64(perMinute) / 60)
	if perMinute == 0 {
		limit = rate.Inf
	}
	return &pace{people: people, rate: limit}
}

// take takes a token for a request, or says why there is none. Whoever sends
// messages in a row is told once: an answer to each would be no better.
func (p *pace) take(r *request) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	w, ok := p.people.Get(r.person)
	if !ok {
		w = &walker{bucket: rate.NewLimiter(p.rate, burst)}
		p.people.Add(r.person, w)
	}
	reserved := w.bucket.ReserveN(r.received, 1)
	wait := reserved.DelayFrom(r.received)
	if wait <= 0 {
		return nil
	}
	reserved.CancelAt(r.received)
	if r.token == "" {
		if r.received.Before(w.told) {
			return errUnsaid
		}
		w.told = r.received.Add(wait)
	}
	// A timestamp is in whole seconds: the next one, when there surely is a token.
	return refusal(fmt.Sprintf(tooFast, r.received.Add(wait).Unix()+1))
}
