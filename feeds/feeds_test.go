package feeds

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/store"
)

// place is a store, a clock, and a server of feeds whose jobs are bodies.
type place struct {
	*store.Store
	*Reader
	url   string
	now   time.Time
	serve http.HandlerFunc
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{now: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.serve(w, r) }))
	t.Cleanup(server.Close)
	p.url = server.URL
	clock := func() time.Time { return p.now }
	p.Reader = NewReader(source.Config{
		Client: fetch.New(fetch.Config{Allow: []netip.AddrPort{netip.MustParseAddrPort(server.Listener.Addr().String())}}), Now: clock,
	}, nil)
	var err error
	if p.Store, err = store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data"), Now: clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// jobs serves a feed of jobs with those titles.
func jobs(titles ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>Jobs</title>`)
		for _, title := range titles {
			fmt.Fprintf(w, "<item><title>%s</title><guid>%[1]s</guid><link>https://acme.example/%[1]s</link></item>", title)
		}
		fmt.Fprint(w, "</channel></rss>")
	}
}

// step fetches what is due and gives the number of new jobs.
func (p *place) step(ctx context.Context, t *testing.T) (store.Source, int) {
	t.Helper()
	list, err := p.ClaimSources(ctx, 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d sources are due, %v", len(list), err)
	}
	added, err := p.SaveFetched(ctx, list[0].ID, p.Read(ctx, list[0]))
	if err != nil {
		t.Fatal(err)
	}
	list, err = p.AllSources(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return list[0], added
}

// What was there when a source is added is not new, what comes later is; what is
// known of a source goes into the store and comes back from it.
func TestAddAndRead(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t), t.Context()
	p.serve = jobs("Baker", "Cook")
	found, err := p.Look(ctx, p.url+"/jobs.rss", "Acme")
	if err != nil || len(found.Jobs) != 2 || found.Source.Kind != "feed" {
		t.Fatalf("%+v, %v", found, err)
	}
	if list, _ := p.AllSources(ctx); len(list) > 0 {
		t.Error("to look keeps something")
	}
	if _, err := found.Add(ctx, p.Store, "g", "meera"); err != nil {
		t.Fatal(err)
	}
	if list, _ := p.ClaimSources(ctx, 10); len(list) > 0 {
		t.Error("it is read twice at once")
	}
	p.now = p.now.Add(2 * time.Hour)
	p.serve = jobs("Baker", "Cook", "Driver")
	if src, added := p.step(ctx, t); added != 1 || src.Fault != "" || !src.Worked.Equal(p.now) {
		t.Errorf("%d new, %+v", added, src)
	}

	t.Log("added again, it is the same, and what came meanwhile is new still")
	p.serve = jobs("Baker", "Cook", "Driver", "Farmer")
	if found, err = p.Look(ctx, p.url+"/jobs.rss", "Acme Ltd"); err != nil {
		t.Fatal(err)
	}
	if src, err := found.Add(ctx, p.Store, "g", "ravi"); err != nil || src.Name != "Acme Ltd" {
		t.Fatalf("%+v, %v", src, err)
	}
	p.now = p.now.Add(2 * time.Hour)
	if _, added := p.step(ctx, t); added != 1 {
		t.Errorf("%d new", added)
	}
}

// A source that fails for long is read no more, without a word of the network in
// the reason, until somebody adds it again.
func TestFailing(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t), t.Context()
	p.serve = jobs("Baker")
	found, err := p.Look(ctx, p.url+"/jobs.rss", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := found.Add(ctx, p.Store, "", ""); err != nil {
		t.Fatal(err)
	}
	p.serve = func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	var src store.Source
	for n := 1; src.Disabled == ""; n++ {
		if n > 20 {
			t.Fatal("it is read for ever")
		}
		p.now = p.now.Add(48 * time.Hour)
		src, _ = p.step(ctx, t)
		if host := strings.TrimPrefix(p.url, "http://"); src.Failures != n || src.Fault == "" || strings.Contains(src.Fault+src.Disabled, host[:9]) {
			t.Fatalf("failure %d: %+v", n, src)
		}
	}
	for _, want := range []int{1, 0} {
		if told, err := p.ClaimDisabled(ctx); err != nil || len(told) != want {
			t.Errorf("told of %d, %v, want %d", len(told), err, want)
		}
	}
	if list, _ := p.Jobs(ctx, ""); len(list) != 1 {
		t.Errorf("%d jobs are left", len(list))
	}
	p.serve = jobs("Baker", "Cook")
	if found, err = p.Look(ctx, p.url+"/jobs.rss", ""); err != nil {
		t.Fatal(err)
	}
	if src, err := found.Add(ctx, p.Store, "", ""); err != nil || src.Disabled != "" {
		t.Fatalf("%+v, %v", src, err)
	}
	if src, added := p.step(ctx, t); added != 1 || src.Failures != 0 {
		t.Errorf("%d new, %+v", added, src)
	}
}

func TestAddLimits(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t), t.Context()
	p.serve = jobs("Baker")
	add := func(path, guild string) error {
		found, err := p.Look(ctx, p.url+path, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = found.Add(ctx, p.Store, guild, "meera")
		return err
	}
	if err := add("/all.rss", ""); err != nil {
		t.Fatal(err)
	}
	if err := add("/all.rss", "g"); !errors.Is(err, ErrShared) {
		t.Errorf("what all have: %v", err)
	}
	for n := range MostPerServer {
		if err := add(fmt.Sprintf("/%d.rss", n), "g"); err != nil {
			t.Fatal(err)
		}
	}
	if err := add("/more.rss", "g"); !errors.Is(err, ErrFull) {
		t.Errorf("one too many: %v", err)
	}
	if err := add("/0.rss", "g"); err != nil {
		t.Errorf("one that is there: %v", err)
	}
	if err := add("/more.rss", "h"); err != nil {
		t.Errorf("another server: %v", err)
	}
}

// A file of sources counts for what came of it, and for nothing else.
func TestDeclare(t *testing.T) {
	t.Parallel()
	p, ctx := newPlace(t), t.Context()
	own, err := p.AddSource(ctx, store.Source{Kind: "feed", URL: "https://own.example/jobs.rss"})
	if err != nil {
		t.Fatal(err)
	}
	a, b := store.Source{Kind: "feed", URL: "https://a.example/jobs.rss"}, store.Source{Kind: "feed", URL: "https://b.example/jobs.rss"}
	renamed := a
	renamed.Name = "A"
	for _, test := range []struct {
		list           []store.Source
		added, removed int
		left           string
	}{
		{[]store.Source{a, b}, 2, 0, "own a b"},
		{[]store.Source{a, b}, 0, 0, "own a b"},
		{[]store.Source{renamed, {Kind: own.Kind, URL: own.URL}}, 0, 1, "own a"},
		{nil, 0, 1, "own"},
	} {
		added, removed, err := Declare(ctx, p.Store, test.list)
		if err != nil || added != test.added || removed != test.removed {
			t.Errorf("%d added, %d removed, %v, want %d and %d", added, removed, err, test.added, test.removed)
		}
		var left []string
		list, err := p.Sources(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, src := range list {
			left = append(left, strings.TrimSuffix(strings.TrimPrefix(src.URL, "https://"), ".example/jobs.rss"))
		}
		if got := strings.Join(left, " "); got != test.left {
			t.Errorf("left are %s, want %s", got, test.left)
		}
	}
}

// A source without a name is called by where it is, without what may be secret.
func TestTitle(t *testing.T) {
	for address, want := range map[string]string{
		"https://boards.greenhouse.io/acme":         "boards.greenhouse.io/acme",
		"https://www.jobs.example/":                 "jobs.example",
		"http://me:secret@jobs.example/rss?key=abc": "jobs.example/rss",
		"nonsense": "an address that cannot be read",
	} {
		if got := Title(store.Source{URL: address}); got != want {
			t.Errorf("%s is called %q, not %q", address, got, want)
		}
	}
	if got := Title(store.Source{URL: "https://jobs.example", Name: "Acme"}); got != "Acme" {
		t.Errorf("it is called %q", got)
	}
}
