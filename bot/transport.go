package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// transport carries discordgo's requests. It turns v9 into v10, keeps to
// Discord's rate limits, tries again where that is safe, and gives up in the
// end: discordgo does the first three badly, and the last not at all.
type transport struct {
	base   http.RoundTripper
	api    *url.URL // where Discord is
	limits limits
	pause  time.Duration // before the first new attempt
	log    *slog.Logger
}

const (
	// attempts is how often a request is made at most.
	attempts = 4
	// attemptTime is how long one attempt may take, but for half of what is left
	// of the request's time: that is for the next.
	attemptTime = 10 * time.Second
	// requestTime is how long a request takes at most, with all its attempts, if
	// its context says nothing less.
	requestTime = 30 * time.Second
	// unnamedWait is how long to wait when told to, but not how long.
	unnamedWait = 5 * time.Second
)

// repeat says whether a request may be made twice.
type repeat int

const (
	onlyOnce  repeat = iota // what arrives twice happens twice
	mayRepeat               // what arrives twice happens once
)

// repeatKey is the key of a repeat in a context.
type repeatKey struct{}

// RoundTrip makes a request, again where needed.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), requestTime)
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		req.Body.Close()
		if err != nil {
			cancel()
			return nil, err
		}
	}
	resp, err := t.attempts(ctx, req, body)
	cancel()
	return resp, err
}

func (t *transport) attempts(ctx context.Context, req *http.Request, body []byte) (*http.Response, error) {
	path := strings.TrimPrefix(req.URL.Path, "/api/v9")
	route := routeOf(req.Method, path)
	asked, _ := ctx.Value(repeatKey{}).(repeat)
	safe := asked == mayRepeat || req.Method == http.MethodGet
	for n := 1; ; n++ {
		if err := t.limits.wait(ctx, route); err != nil {
			return nil, err
		}
		resp, err := t.attempt(ctx, req, path, body)
		t.limits.land(time.Now(), route)
		if err == nil && t.limits.learn(route, resp) {
			t.log.Error("sending is stopped", "err", errRefusals)
		}
		wait, again := t.verdict(resp, err, n, safe)
		if !again || n == attempts || !fits(ctx, wait) {
			return resp, err
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// attempt makes a request once, and reads its answer whole.
func (t *transport) attempt(ctx context.Context, req *http.Request, path string, body []byte) (*http.Response, error) {
	limit := attemptTime
	if deadline, limited := ctx.Deadline(); limited {
		limit = min(limit, time.Until(deadline)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out := req.Clone(ctx)
	out.URL.Scheme, out.URL.Host, out.Host = t.api.Scheme, t.api.Host, t.api.Host
	out.URL.Path = t.api.Path + "/api/v10" + path
	out.URL.RawPath = "" // no path here holds what would be escaped
	out.Body = io.NopCloser(bytes.NewReader(body))
	if body == nil {
		out.Body = http.NoBody
	}
	out.ContentLength = int64(len(body))
	resp, err := t.base.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		raw = asJSON(resp, raw)
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
	resp.ContentLength = int64(len(raw))
	return resp, nil
}

// asJSON makes JSON of the page of HTML that stands before Discord's API when
// it is asked too much.
func asJSON(resp *http.Response, raw []byte) []byte {
	var object struct {
		RetryAfter float64 `json:"retry_after"`
	}
	if json.Unmarshal(raw, &object) == nil {
		if resp.Header.Get("Retry-After") == "" {
			resp.Header.Set("Retry-After", fmt.Sprint(object.RetryAfter))
		}
		return raw
	}
	if resp.Header.Get("Retry-After") == "" {
		resp.Header.Set("Retry-After", fmt.Sprint(unnamedWait.Seconds()))
	}
	resp.Header.Set("Content-Type", "application/json")
	return fmt.Appendf(nil, `{"message": "Discord's front door is closed to us", "retry_after": %f, "global": true}`, retryAfter(resp).Seconds())
}

// retryAfter is how long an answer asks to wait.
func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64)
	if err != nil || seconds < 0 {
		return unnamedWait
	}
	return time.Duration(seconds * float64(time.Second))
}

// verdict says whether to try again after the nth attempt, and when.
func (t *transport) verdict(resp *http.Response, err error, n int, safe bool) (wait time.Duration, again bool) {
	backOff := t.pause << (n - 1)
	backOff += rand.N(backOff/4 + 1)
	switch {
	case err != nil:
		return backOff, safe && !errors.Is(err, context.Canceled)
	case resp.StatusCode == http.StatusTooManyRequests:
		return 0, true // nothing was done; the limits say when
	case resp.StatusCode >= 500:
		return backOff, safe
	}
	return 0, false
}

// fits reports whether there is time left for a wait.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, limited := ctx.Deadline()
	return ctx.Err() == nil && (!limited || time.Until(deadline) > wait)
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
