package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// However many want something of a host, it is asked one thing at a time, also
// when a redirect of another host leads to it; hosts do not wait for each other.
func TestOneAtATime(t *testing.T) {
	const many = 40
	var c *Client
	var now, all, together atomic.Int32
	// waiting is how many ask a host or wait for it.
	waiting := func(name string) int {
		c.hosts.mu.Lock()
		defer c.hosts.mu.Unlock()
		if h := c.hosts.busy[name]; h != nil {
			return h.using
		}
		return 0
	}
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now.Add(1)
		defer now.Add(-1)
		// The first answer comes when all the others want one, too.
		first := all.Add(1) == 1
		if first {
			for all.Load() == 1 && waiting(r.Host) < many {
				runtime.Gosched()
			}
		}
		if now.Load() > 1 || first && all.Load() > 1 {
			together.Add(1)
		}
		_, _ = w.Write([]byte("."))
	}))
	defer busy.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, busy.URL, http.StatusFound) }))
	defer other.Close()
	c = New(Config{Allow: []netip.AddrPort{
		netip.MustParseAddrPort(busy.Listener.Addr().String()), netip.MustParseAddrPort(other.Listener.Addr().String()),
	}})
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			if _, err := c.Get(t.Context(), []string{busy.URL, other.URL}[i%2], 100, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if together.Load() > 0 || all.Load() != many {
		t.Errorf("%d requests, %d beside another", all.Load(), together.Load())
	}
	if len(c.hosts.busy) > 0 {
		t.Errorf("hosts are remembered: %v", c.hosts.busy)
	}
}

// Who waits for a host can give up, and one host that is slow holds up no other.
func TestWaiting(t *testing.T) {
	arrived := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	}))
	defer slow.Close()
	quick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(".")) }))
	defer quick.Close()
	c := New(Config{Allow: []netip.AddrPort{
		netip.MustParseAddrPort(slow.Listener.Addr().String()), netip.MustParseAddrPort(quick.Listener.Addr().String()),
	}})
	first, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := c.Get(first, slow.URL, 100, nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	<-arrived
	if _, err := c.Get(t.Context(), quick.URL, 100, nil); err != nil {
		t.Error(err)
	}
	waiting, giveUp := context.WithCancel(t.Context())
	giveUp()
	if _, err := c.Get(waiting, slow.URL, 100, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	stop()
	wg.Wait()
}

func TestFresh(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		header http.Header
		want   time.Duration
	}{
		{http.Header{}, 0},
		{http.Header{"Cache-Control": {"max-age=60"}}, time.Minute},
		{http.Header{"Cache-Control": {"public", `Max-Age="60"`}}, time.Minute},
		{http.Header{"Cache-Control": {"max-age=60"}, "Age": {"20"}}, 40 * time.Second},
		{http.Header{"Cache-Control": {"max-age=60"}, "Age": {"90"}}, 0},
		{http.Header{"Cache-Control": {"no-store"}, "Expires": {"Thu, 26 Nov 2026 13:00:00 GMT"}}, 0},
		{http.Header{"Cache-Control": {"max-age=-5"}}, 0},
		{http.Header{"Cache-Control": {"max-age=soon"}}, 0},
		{http.Header{"Expires": {"Thu, 26 Nov 2026 13:00:00 GMT"}}, time.Hour},
		{http.Header{"Expires": {"Thu, 26 Nov 2026 13:00:00 GMT"}, "Date": {"Thu, 26 Nov 2026 12:59:00 GMT"}}, time.Minute},
		{http.Header{"Expires": {"Thu, 26 Nov 2026 11:00:00 GMT"}}, 0},
		{http.Header{"Expires": {"-1"}}, 0},
		{http.Header{"Retry-After": {"90"}, "Cache-Control": {"max-age=60"}}, 90 * time.Second},
		{http.Header{"Retry-After": {"Thu, 26 Nov 2026 12:05:00 GMT"}}, 5 * time.Minute},
		{http.Header{"Retry-After": {"Thu, 26 Nov 2026 11:05:00 GMT"}}, 0},
		{http.Header{"Retry-After": {"9223372036854775807"}}, 10 * 365 * 24 * time.Hour},
	} {
		if got := (&Response{Header: test.header}).Fresh(now); got != test.want {
			t.Errorf("%v: %v, want %v", test.header, got, test.want)
		}
	}
}
