package bot

import (
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// How fast one person may ask: so many at once, and then one in so long. It is
// more than people type and less than a script sends.
const (
	burst     = 8
	oneIn     = 4 * time.Second
	maxPaced  = 10_000 // people remembered; whoever is forgotten begins anew
	paceTaken = "That was fast. Please ask again <t:%d:R>."
)

// errUnsaid ends a request about which the person has been told already.
var errUnsaid = errors.New("told before")

// pace keeps one person from keeping the bot from all others: a token bucket
// for each.
type pace struct {
	mu     sync.Mutex
	people *lru.Cache[string, *walker]
	every  time.Duration // between tokens
}

// walker is how fast one person goes.
type walker struct {
	bucket *rate.Limiter
	told   time.Time // until when the person knows to wait with messages
}

func newPace() *pace {
	people, err := lru.New[string, *walker](maxPaced)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &pace{people: people, every: oneIn}
}

// take takes a token for a request, or says why there is none. Whoever sends
// messages in a row is told once: an answer to each would be no better.
func (p *pace) take(r *request) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	w, ok := p.people.Get(r.person)
	if !ok {
		w = &walker{bucket: rate.NewLimiter(rate.Every(p.every), burst)}
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
	return refusal(fmt.Sprintf(paceTaken, r.received.Add(wait).Unix()+1))
}
