package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Limit is how many requests the owner of a feed allows with one key within a time,
// whenever it begins.
type Limit struct {
	Most int
	Per  time.Duration
}

// Quota counts the requests that are made with keys of the operator's, over all
// sources, and for longer than the program runs.
type Quota interface {
	// Take counts one more request with a key, which is given by another name. If
	// that were more than a limit allows, it is not counted: Take says since when
	// it may be made, and which limit is used up.
	Take(ctx context.Context, key string, limits []Limit) (until time.Time, used Limit, err error)
	// Sharing is how many sources of a kind are read.
	Sharing(ctx context.Context, kind string) (int, error)
}

// Waiting is why a source is not read yet though nothing is wrong with it: what its
// owner allows is used up.
type Waiting struct {
	Until time.Time
	Why   string // a sentence for people
}

func (w *Waiting) Error() string {
	return fmt.Sprintf("%s: try again after %s", w.Why, w.Until.UTC().Format("2 January 2006, 15:04 UTC"))
}

// name is by what requests with the keys are counted. It does not tell them.
func (k Keys) name(kind string) string {
	h := sha256.Sum256([]byte(kind + "\x00" + k.AdzunaID + "\x00" + k.AdzunaKey))
	return kind + " " + hex.EncodeToString(h[:8])
}

// take counts a request of a kind whose owner counts them, or says that there can be
// none yet.
func (f *Fetcher) take(ctx context.Context, kind Kind) error {
	if len(kind.limits) == 0 || f.quota == nil {
		return nil
	}
	until, used, err := f.quota.Take(ctx, f.keys.name(kind.Name), kind.limits)
	if err != nil {
		return err
	}
	if until.IsZero() {
		return nil
	}
	return &Waiting{until, fmt.Sprintf("what its owner allows with the operator's key is used up, %d requests %s for all sources together", used.Most, periods[used.Per])}
}

// share is how long a source has to wait between two fetches so that all that share
// its quota have as much of it.
func (f *Fetcher) share(ctx context.Context, src Source) (wait time.Duration, err error) {
	kind, _ := KindOf(src.Kind)
	if len(kind.limits) == 0 || f.quota == nil {
		return 0, nil
	}
	n, err := f.quota.Sharing(ctx, kind.Name)
	for _, l := range kind.limits {
		wait = max(wait, time.Duration(n)*l.Per/time.Duration(l.Most))
	}
	return wait, err
}

const (
	day   = 24 * time.Hour
	week  = 7 * day
	month = 31 * day // the longest
)

// periods are what people call the times of limits.
var periods = map[time.Duration]string{time.Minute: "a minute", day: "a day", week: "a week", month: "a month"}
