package feeds

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/store"
)

// counting is a place whose reader has keys for Adzuna, and counts what it is asked.
type counting struct {
	*place
	dir   string
	asked []time.Time
}

func newCounting(t *testing.T) *counting {
	t.Helper()
	p := &counting{place: newPlace(t), dir: filepath.Join(t.TempDir(), "data")}
	p.serve = func(w http.ResponseWriter, _ *http.Request) {
		p.asked = append(p.asked, p.now)
		fmt.Fprintf(w, `{"results": [], "count": %d}`, len(p.asked)) // never as it was
	}
	p.restart(t)
	return p
}

// restart opens the database anew, with a reader that knows nothing.
func (p *counting) restart(t *testing.T) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if p.Store, err = store.Open(t.Context(), store.Options{Dir: p.dir, Now: func() time.Time { return p.now }}); err != nil {
		t.Fatal(err)
	}
	p.Reader = NewReader(source.Config{
		Client: fetch.New(fetch.Config{Allow: []netip.AddrPort{netip.MustParseAddrPort(strings.TrimPrefix(p.url, "http://"))}}),
		Keys:   source.Keys{AdzunaID: "id", AdzunaKey: "key"},
		Now:    func() time.Time { return p.now },
	}, nil)
	p.CountIn(p.Store)
}

// search adds a search for a server.
func (p *counting) search(t *testing.T, guild string, n int) store.Source {
	t.Helper()
	src, err := p.AddSource(t.Context(), store.Source{Guild: guild, Kind: "adzuna", URL: fmt.Sprintf("%s/v1/api/jobs/gb/search/1?what=%s%d", p.url, guild, n)})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// run reads what is due, for so long, and gives how often each source was read.
func (p *counting) run(t *testing.T, d time.Duration) map[int64]int {
	t.Helper()
	read := map[int64]int{}
	for end := p.now.Add(d); ; {
		list, err := p.ClaimSources(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range list {
			before := len(p.asked)
			res := p.Read(t.Context(), src)
			if _, err := p.SaveFetched(t.Context(), src.ID, res); err != nil {
				t.Fatal(err)
			}
			src.Fetched = res.Fetched
			read[src.ID] += len(p.asked) - before
			if waits := Waits(src) != ""; res.Fault != "" || waits != (len(p.asked) == before) || !res.Next.After(p.now) {
				t.Fatalf("%+v, asked %d times", res.Fetched, len(p.asked)-before)
			}
		}
		next := end
		all, err := p.AllSources(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range all {
			if src.Next.Before(next) {
				next = src.Next
			}
		}
		if p.now = next; !next.Before(end) {
			return read
		}
	}
}

// check looks whether more was asked than is allowed.
func (p *counting) check(t *testing.T) {
	t.Helper()
	kind, _ := source.KindOf("adzuna")
	for _, l := range kind.Limits() {
		for i := l.Most; i < len(p.asked); i++ {
			if p.asked[i].Sub(p.asked[i-l.Most]) < l.Per {
				t.Fatalf("more than %d within %v until %v", l.Most, l.Per, p.asked[i])
			}
		}
	}
}

// Searches of all servers share the quota of the operator's key, each with as
// much of it: that is never exceeded, though all are due at once, and after a
// restart. One that has to wait says why, and nothing is held against it.
func TestSearchesShareTheQuota(t *testing.T) {
	t.Parallel()
	p := newCounting(t)
	const searches = 40
	for n := range searches {
		p.search(t, []string{"", "g", "h"}[n%3], n)
	}
	read := p.run(t, 24*time.Hour)
	p.restart(t)
	for id, n := range p.run(t, 3*24*time.Hour) {
		read[id] += n
	}
	p.check(t)
	for id, n := range read {
		if n < 7 || n > 9 { // 2,500 in 31 days are 8.06 for each of 40 in four
			t.Errorf("source %d was read %d times", id, n)
		}
	}
	if len(read) != searches {
		t.Errorf("%d were read", len(read))
	}
}

// When it is used up, whoever looks at a search is told since when they can.
func TestQuotaUsedUp(t *testing.T) {
	t.Parallel()
	p, ctx := newCounting(t), t.Context()
	src := p.search(t, "g", 1)
	start := p.now
	for n := range 250 { // as moderators do who try links
		p.now = start.Add(time.Duration(n) * 3 * time.Second)
		if _, err := p.LookAt(ctx, src); err != nil {
			t.Fatal(n, err)
		}
	}
	_, err := p.LookAt(ctx, src)
	refused, ok := errors.AsType[*Refusal](err)
	if !ok || !strings.Contains(refused.Why, "250 requests a day") || !strings.Contains(refused.Why, "27 November 2026, 12:00 UTC") {
		t.Fatal(err)
	}
	list, err := p.ClaimSources(ctx, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	res := p.Read(ctx, list[0])
	src.Fetched = res.Fetched
	if !strings.Contains(Waits(src), "250 requests a day") || res.Failures != 0 || res.Fault != "" || !res.Next.Equal(start.Add(24*time.Hour+time.Second)) {
		t.Errorf("%+v", res)
	}
	p.now = res.Next
	src.Fetched = p.Read(ctx, src).Fetched
	if Waits(src) != "" || !src.Worked.Equal(p.now) {
		t.Errorf("then: %+v", src.Fetched)
	}
	p.check(t)
}

// Without a database to count in, nothing is asked with the key.
func TestNothingIsAskedUncounted(t *testing.T) {
	t.Parallel()
	p := newCounting(t)
	p.CountIn(nil)
	if _, err := p.LookAt(t.Context(), p.search(t, "g", 1)); !errors.Is(err, errUncounted) || len(p.asked) > 0 {
		t.Errorf("%v, asked %d times", err, len(p.asked))
	}
}
