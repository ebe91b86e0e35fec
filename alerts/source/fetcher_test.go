package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/fetch"
)

// site is a web site on loopback, and a fetcher that may dial it and nothing
// else that is private. Its clock stands.
type site struct {
	*httptest.Server
	*Fetcher
	clock time.Time
}

func newSite(t *testing.T, routes map[string]http.HandlerFunc) *site {
	t.Helper()
	mux := http.NewServeMux()
	for path, serve := range routes {
		mux.HandleFunc(path, serve)
	}
	s := &site{Server: httptest.NewServer(mux), clock: today}
	t.Cleanup(s.Close)
	s.Fetcher = s.fetcher(Keys{}, 0)
	return s
}

func (s *site) fetcher(keys Keys, timeout time.Duration) *Fetcher {
	return New(Config{
		Client: fetch.New(fetch.Config{
			UserAgent: "Careerbot/1 (+https://careerbot.example)",
			Allow:     []netip.AddrPort{netip.MustParseAddrPort(s.Listener.Addr().String())},
			Timeout:   timeout,
		}),
		Keys:  keys,
		Now:   func() time.Time { return s.clock },
		Pause: time.Nanosecond,
	})
}

// serve answers with a text.
func serve(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
}

// items is an RSS feed of items, each "guid|title|path|date".
func items(each ...string) string {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Jobs</title>`)
	for _, item := range each {
		p := strings.Split(item, "|")
		fmt.Fprintf(&b, "<item><guid>%s</guid><title>%s</title><link>https://jobs.example/%s</link><pubDate>%s</pubDate></item>", p[0], p[1], p[2], p[3])
	}
	return b.String() + "</channel></rss>"
}

const monday = "Mon, 23 Nov 2026 08:00:00 GMT"

// within says whether a time is so far away, or up to a tenth further.
func within(t *testing.T, what string, from, at time.Time, wait time.Duration) {
	t.Helper()
	if got := at.Sub(from); got < wait || got > wait+wait/10 {
		t.Errorf("%s: in %v, want %v and up to a tenth more", what, got, wait)
	}
}

func titles(jobs []alerts.Job) string {
	var all []string
	for _, j := range jobs {
		all = append(all, j.Title)
	}
	return strings.Join(all, ", ")
}

// A feed that could not be read for long is read whole, though it says that nothing
// has changed; after so long that its postings are no longer known, all of them
// were there before.
func TestFetchAfterSilence(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/feed": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(items("1|Baker|a|" + monday)))
	}})
	src := Source{Kind: "feed", URL: s.URL + "/feed"}
	src.State = s.Fetch(t.Context(), src).State
	start := s.clock
	for _, test := range []struct {
		silent              time.Duration
		unchanged, baseline bool
	}{
		{alerts.RepostWindow - time.Second, true, false},
		{alerts.RepostWindow, false, false},
		{alerts.KnownFor - alerts.RepostWindow - time.Second, false, false},
		{alerts.KnownFor - alerts.RepostWindow, false, true},
	} {
		s.clock = start.Add(test.silent)
		res := s.Fetch(t.Context(), src)
		seeded := start
		if test.baseline {
			seeded = s.clock
		}
		if res.Err != nil || res.Unchanged != test.unchanged || res.Baseline != test.baseline || !res.State.Seeded.Equal(seeded) {
			t.Errorf("after %v: %+v", test.silent, res)
		}
	}
}

// The jobs of the first fetch were there before the source; those that appear
// later are new. A feed that has not changed is not sent again.
func TestFetch(t *testing.T) {
	body, etag, asked := items("1|Baker|a|"+monday), `"1"`, []http.Header{}
	s := newSite(t, map[string]http.HandlerFunc{"/feed": func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Clone())
		w.Header().Set("ETag", etag)
		w.Header().Set("Last-Modified", monday)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(body))
	}})
	src := Source{ID: "s1", Kind: "feed", URL: s.URL + "/feed"}

	res := s.Fetch(t.Context(), src)
	if res.Err != nil || !res.Baseline || res.Unchanged || titles(res.Jobs) != "Baker" || res.Jobs[0].Source != "s1" {
		t.Fatalf("first: %+v", res)
	}
	within(t, "first", s.clock, res.State.Next, time.Hour)
	if asked[0].Get("If-None-Match") != "" || asked[0].Get("User-Agent") != "Careerbot/1 (+https://careerbot.example)" {
		t.Errorf("asked first with %v", asked[0])
	}

	src.State = res.State
	s.clock = s.clock.Add(time.Hour)
	res = s.Fetch(t.Context(), src)
	if res.Err != nil || !res.Unchanged || len(res.Jobs) > 0 || !res.State.Worked.Equal(s.clock) {
		t.Errorf("not modified: %+v", res)
	}
	if asked[1].Get("If-None-Match") != `"1"` || asked[1].Get("If-Modified-Since") != monday {
		t.Errorf("asked again with %v", asked[1])
	}

	// Another ETag, the same bytes.
	src.State, etag = res.State, `"2"`
	res = s.Fetch(t.Context(), src)
	if res.Err != nil || !res.Unchanged || len(res.Jobs) > 0 {
		t.Errorf("the same bytes: %+v", res)
	}

	src.State, etag, body = res.State, `"3"`, items("2|Miller|b|"+monday, "1|Baker|a|"+monday)
	res = s.Fetch(t.Context(), src)
	if res.Err != nil || res.Baseline || titles(res.Jobs) != "Miller, Baker" || res.State.ETag != `"3"` {
		t.Errorf("changed: %+v", res)
	}
}

// When a source is fetched again is the longest of what its terms, its row, the
// feed and the server want, but no server may ask for more than a day.
func TestNext(t *testing.T) {
	for _, test := range []struct {
		name     string
		header   map[string]string
		ttl      string
		interval time.Duration
		want     time.Duration
	}{
		{"terms", nil, "", 0, time.Hour},
		{"row", nil, "", 3 * time.Hour, 3 * time.Hour},
		{"row, shorter than the terms", nil, "", time.Minute, time.Hour},
		{"ttl", nil, "240", 0, 4 * time.Hour},
		{"ttl of a month", nil, "43200", 0, 24 * time.Hour},
		{"ttl of nonsense", nil, "-7", 0, time.Hour},
		{"max-age", map[string]string{"Cache-Control": "public, max-age=7200"}, "", 0, 2 * time.Hour},
		{"max-age and ttl", map[string]string{"Cache-Control": "max-age=7200"}, "180", 0, 3 * time.Hour},
		{"max-age beats Expires", map[string]string{"Cache-Control": "max-age=7200", "Expires": "Fri, 27 Nov 2026 12:00:00 GMT"}, "", 0, 2 * time.Hour},
		{"Expires", map[string]string{"Date": "Thu, 26 Nov 2026 12:00:00 GMT", "Expires": "Thu, 26 Nov 2026 17:00:00 GMT"}, "", 0, 5 * time.Hour},
		{"Expires of 0", map[string]string{"Expires": "0"}, "", 0, time.Hour},
		{"no-cache", map[string]string{"Cache-Control": "no-cache, max-age=7200"}, "", 0, time.Hour},
		{"max-age of ten years", map[string]string{"Cache-Control": "max-age=315360000"}, "", 0, 24 * time.Hour},
		{"a row of a week", nil, "", 7 * 24 * time.Hour, 7 * 24 * time.Hour},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range test.header {
				w.Header().Set(name, value)
			}
			_, _ = w.Write([]byte(strings.Replace(items("1|Baker|a|"+monday), "<title>", "<ttl>"+test.ttl+"</ttl><title>", 1)))
		}})
		res := s.Fetch(t.Context(), Source{Kind: "feed", URL: s.URL, Interval: test.interval})
		if res.Err != nil {
			t.Errorf("%s: %v", test.name, res.Err)
		}
		within(t, test.name, s.clock, res.State.Next, test.want)
	}
}

// A source that fails is tried again ever later, then no more; one success
// forgets all that.
func TestBackOff(t *testing.T) {
	fails := true
	s := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
		if fails {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = w.Write([]byte(items("1|Baker|a|" + monday)))
	}})
	src := Source{Kind: "feed", URL: s.URL}
	for n := range mostFailures {
		if src.Disabled != "" {
			t.Fatalf("disabled after %d failures: %s", n, src.Disabled)
		}
		res := s.Fetch(t.Context(), src)
		if res.Err == nil || res.State.Failures != n+1 || !res.State.Failing.Equal(today) {
			t.Fatalf("failure %d: %+v", n+1, res)
		}
		within(t, "failure "+strconv.Itoa(n+1), s.clock, res.State.Next, min(5*time.Minute<<n, 24*time.Hour))
		src.State = res.State
		s.clock = res.State.Next
	}
	if want := "It has failed 11 times since 26 November 2026, the last time because the server answers 500 Internal Server Error"; !strings.HasPrefix(src.Disabled, want) {
		t.Errorf("disabled: %q", src.Disabled)
	}
	fails = false
	if res := s.Fetch(t.Context(), src); res.Err != nil || res.State.Failures != 0 || res.State.Disabled != "" || res.State.Fault != "" || !res.State.Failing.IsZero() {
		t.Errorf("mended: %+v", res)
	}
}

// A server that says when to come back is asked then.
func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		value string
		want  time.Duration
	}{
		{"1800", 30 * time.Minute},
		{"Thu, 26 Nov 2026 14:00:00 GMT", 2 * time.Hour},
		{"1", 5 * time.Minute},
		{"soon", 5 * time.Minute},
		{"-5", 5 * time.Minute},
		{"99999999999", 24 * time.Hour},
		{"99999999999999999999999", 5 * time.Minute},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", test.value)
			w.WriteHeader(http.StatusTooManyRequests)
		}})
		res := s.Fetch(t.Context(), Source{Kind: "feed", URL: s.URL})
		if res.Err == nil || res.State.Failures != 1 {
			t.Errorf("%s: %+v", test.value, res)
		}
		within(t, test.value, s.clock, res.State.Next, test.want)
	}
}

// A source whose owner counts how often it is read is not tried again sooner than
// that allows, whether or not it worked.
func TestCountedFetches(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }})
	for kind, waits := range map[string][]time.Duration{
		"remotive": {6 * time.Hour, 6 * time.Hour, 6 * time.Hour},
		"adzuna":   {6 * time.Hour, 6 * time.Hour, 6 * time.Hour},
		"remoteok": {5 * time.Minute, 10 * time.Minute, 20 * time.Minute},
	} {
		src := Source{Kind: kind, URL: s.URL}
		for _, wait := range waits {
			res := s.Fetch(t.Context(), src)
			if res.Err == nil {
				t.Fatalf("%s: %+v", kind, res)
			}
			within(t, kind, s.clock, res.State.Next, wait)
			src.State = res.State
		}
	}
}

func TestGone(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }})
	if res := s.Fetch(t.Context(), Source{Kind: "feed", URL: s.URL}); res.State.Disabled == "" {
		t.Errorf("%+v", res)
	}
}

// Whatever a server does, the source fails with words that say what to do, in
// bounded time and memory, and what was known of it is kept.
func TestBadInput(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 64 {
		_, _ = z.Write(zeros)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var sent atomic.Int64
	chunk := bytes.Repeat([]byte("x"), 1<<20)
	s := newSite(t, map[string]http.HandlerFunc{
		"/robots.txt": http.NotFound,
		"/gigabyte": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<rss><channel><title>"))
			for range 1 << 10 {
				n, err := w.Write(chunk)
				sent.Add(int64(n))
				if err != nil {
					return
				}
			}
		},
		"/bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		},
		"/packed": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bomb.Bytes()) },
		"/drip": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("<rss>"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"/loop": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) },
		"/private": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
		},
		"/page":      serve("<!-- made by hand --><!DOCTYPE html><html><body>Jobs</body></html>"),
		"/empty":     serve(""),
		"/text":      serve("There are no jobs today."),
		"/cut":       serve(items("1|Baker|a|" + monday)[:120]),
		"/entities":  serve(`<!DOCTYPE lolz [<!ENTITY a "` + strings.Repeat("x", 1000) + `"><!ENTITY b "` + strings.Repeat("&a;", 1000) + `"><!ENTITY c "` + strings.Repeat("&b;", 1000) + `">]><rss><channel><item><title>&c;</title><link>https://a.example</link></item></channel></rss>`),
		"/nested":    serve("<rss><channel>" + strings.Repeat("<a>", 200_000)),
		"/deep.json": serve(strings.Repeat("[", 200_000)),
		"/deep.html": serve(`<html><script type="application/ld+json">` + strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000) + "</script>"),
		"/circle":    serve(`<html><script type="application/ld+json">[{"@id":"#a","address":{"@id":"#a"},"name":{"@id":"#a"}},{"@type":"JobPosting","title":{"@id":"#a"},"jobLocation":{"@id":"#a"},"hiringOrganization":{"@id":"#a"},"baseSalary":{"@id":"#a"}}]</script>`),
		"/broken":    serve(`<html><script type="application/ld+json">{"@type":"JobPosting",</script>`),
		"/object":    serve(`{"error":"no such board"}`),
		"/null":      serve("null"),
		"/map":       serve("<urlset><url><loc>https://a.exa"),
	})
	hasty := s.fetcher(Keys{}, 100*time.Millisecond)
	for _, test := range []struct {
		kind, path string
		fetcher    *Fetcher
		want       string
	}{
		{"feed", "/gigabyte", s.Fetcher, "too large"},
		{"feed", "/bomb", s.Fetcher, "too large"},
		{"web", "/bomb", s.Fetcher, "too large"},
		{"web", "/packed", s.Fetcher, "too large"},
		{"feed", "/drip", hasty, "takes too long"},
		{"feed", "/loop", s.Fetcher, "leads on more than 3 times"},
		{"feed", "/private", s.Fetcher, "private network"},
		{"feed", "/page", s.Fetcher, "a web page and no feed: look on it for a link named RSS"},
		{"feed", "/empty", s.Fetcher, "empty"},
		{"feed", "/text", s.Fetcher, "no RSS, Atom or JSON Feed"},
		{"feed", "/cut", s.Fetcher, "broken or cut off"},
		{"feed", "/nested", s.Fetcher, "broken or cut off"},
		{"feed", "/deep.json", s.Fetcher, "no RSS, Atom or JSON Feed"},
		{"feed", "/missing", s.Fetcher, "404"},
		{"greenhouse", "/page", s.Fetcher, "a web page in place of a list of jobs"},
		{"greenhouse", "/empty", s.Fetcher, "empty"},
		{"greenhouse", "/object", s.Fetcher, "whether the board still exists"},
		{"greenhouse", "/null", s.Fetcher, "whether the board still exists"},
		{"lever", "/object", s.Fetcher, "another form than it should"},
		{"lever", "/deep.json", s.Fetcher, "another form than it should"},
		{"remoteok", "/text", s.Fetcher, "another form than it should"},
		{"remotive", "/object", s.Fetcher, "may have changed"},
		{"web", "/page", s.Fetcher, "no JobPosting data"},
		{"web", "/deep.html", s.Fetcher, "no JobPosting data"},
		{"web", "/broken", s.Fetcher, "broken JSON"},
		{"web", "/map", s.Fetcher, "broken or cut off"},
		{"adzuna", "/", s.Fetcher, "ADZUNA_APP_KEY"},
		{"fax", "/", s.Fetcher, `no kind of feed "fax"`},
	} {
		src := Source{Kind: test.kind, URL: s.URL + test.path, State: State{ETag: `"kept"`, Hash: "kept", Seeded: today}}
		res := test.fetcher.Fetch(t.Context(), src)
		if res.Err == nil || !strings.Contains(res.Err.Error(), test.want) {
			t.Errorf("%s %s: %v, want %q", test.kind, test.path, res.Err, test.want)
			continue
		}
		if res.State.Fault != res.Err.Error() || res.State.ETag != `"kept"` || res.State.Hash != "kept" || res.State.Failures != 1 || len(res.Jobs) > 0 {
			t.Errorf("%s %s: %+v", test.kind, test.path, res)
		}
		if _, fault := errors.AsType[*Fault](res.Err); fault {
			t.Errorf("%s %s: a panic", test.kind, test.path)
		}
	}
	// What stands in the buffers of both ends is sent beyond what is read.
	if most := int64(64 * mb); sent.Load() > most {
		t.Errorf("%d bytes of a gigabyte were taken", sent.Load())
	}
	// Entities of a document's own are not expanded.
	res := s.Fetch(t.Context(), Source{Kind: "feed", URL: s.URL + "/entities"})
	for _, j := range res.Jobs {
		if len(j.Title) > 10 {
			t.Errorf("an entity became %d bytes", len(j.Title))
		}
	}
	// Objects may refer to themselves.
	if res := s.Fetch(t.Context(), Source{Kind: "web", URL: s.URL + "/circle"}); res.Err != nil || len(res.Jobs) > 0 || len(res.Skipped) != 1 {
		t.Errorf("a circle: %+v", res)
	}
	// An empty feed is a feed.
	empty := newSite(t, map[string]http.HandlerFunc{"/": serve(items())})
	if res := empty.Fetch(t.Context(), Source{Kind: "feed", URL: empty.URL}); res.Err != nil || len(res.Jobs) > 0 {
		t.Errorf("an empty feed: %+v", res)
	}
}

// Sources that are fetched at once do not disturb each other: while one hangs,
// others fail or work.
func TestAtOnce(t *testing.T) {
	good := newSite(t, map[string]http.HandlerFunc{"/": serve(items("1|Baker|a|" + monday))})
	hangs := make(chan struct{})
	bad := newSite(t, map[string]http.HandlerFunc{
		"/nested": serve("<rss><channel>" + strings.Repeat("<a>", 200_000)),
	})
	drip := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		close(hangs)
		<-r.Context().Done()
	}})
	var allow []netip.AddrPort
	for _, s := range []*site{good, bad, drip} {
		allow = append(allow, netip.MustParseAddrPort(s.Listener.Addr().String()))
	}
	f := New(Config{Client: fetch.New(fetch.Config{Allow: allow})})

	hanging, stop := context.WithCancel(t.Context())
	var hung, rest sync.WaitGroup
	hung.Go(func() {
		if res := f.Fetch(hanging, Source{Kind: "feed", URL: drip.URL}); !errors.Is(res.Err, context.Canceled) {
			t.Errorf("the one that hangs: %+v", res)
		}
	})
	<-hangs
	for src, works := range map[*Source]bool{
		{Kind: "feed", URL: good.URL}:            true,
		{Kind: "feed", URL: good.URL + "/?2"}:    true,
		{Kind: "feed", URL: bad.URL + "/nested"}: false,
		{Kind: "fax", URL: good.URL}:             false,
		{Kind: "feed", URL: "http://10.0.0.1"}:   false,
	} {
		rest.Go(func() {
			if res := f.Fetch(t.Context(), *src); works != (res.Err == nil) || works != (len(res.Jobs) == 1) {
				t.Errorf("%s %s: %+v", src.Kind, src.URL, res)
			}
		})
	}
	rest.Wait()
	stop()
	hung.Wait()
}

// A context that ends is no fault of the source.
func TestCancelled(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/": serve(items())})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	src := Source{Kind: "feed", URL: s.URL, State: State{Failures: 2}}
	if res := s.Fetch(ctx, src); !errors.Is(res.Err, context.Canceled) || res.State.Failures != 2 {
		t.Errorf("%+v", res)
	}
}

// A mistake of the program in reading one source is that source's failure.
func TestPanic(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/": serve(items())})
	s.now = func() time.Time { return today }
	s.client = nil // whatever uses it panics
	res := s.Fetch(t.Context(), Source{Kind: "feed", URL: s.URL})
	fault, ok := errors.AsType[*Fault](res.Err)
	if !ok || len(fault.Stack) == 0 || res.State.Failures != 1 {
		t.Errorf("%+v", res)
	}
}

// The operator's key is sent to Adzuna, and stands nowhere else.
func TestKeys(t *testing.T) {
	answer, err := os.ReadFile("testdata/adzuna/search.json")
	if err != nil {
		t.Fatal(err)
	}
	status, asked := http.StatusOK, ""
	s := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RawQuery
		w.WriteHeader(status)
		_, _ = w.Write(answer)
	}})
	f := s.fetcher(Keys{"operator-id", "operator-key"}, 0)
	src := Source{Kind: "adzuna", URL: s.URL + "/v1/api/jobs/gb/search/1?what=thatcher"}
	for _, status = range []int{200, 401, 403, 404, 500, 302} {
		res := f.Fetch(t.Context(), src)
		if want := "app_id=operator-id&app_key=operator-key&what=thatcher"; asked != want {
			t.Errorf("%d: asked with %s, want %s", status, asked, want)
		}
		told, err := json.Marshal(res)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(told), fmt.Sprint(res.Err), fmt.Sprintf("%+v", res)} {
			if strings.Contains(text, "operator-") {
				t.Errorf("%d: a secret in %s", status, text)
			}
		}
		if status == 401 && !strings.Contains(res.Err.Error(), "does not accept the ID and the key") {
			t.Error(res.Err)
		}
	}
}

// A feed that gives its items other IDs each time, or other dates as well, does
// not make them new: what they are known by moves to what lasts.
func TestChangingIDs(t *testing.T) {
	n := 0
	jobs := []string{"Baker|a", "Miller|b", "Cook|c"}
	ids := func(format string) (ids []string) {
		n = 0
		s := newSite(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
			n++
			var all []string
			for i, j := range jobs {
				title, path, _ := strings.Cut(j, "|")
				all = append(all, strings.NewReplacer("N", strconv.Itoa(n), "I", strconv.Itoa(i), "TITLE", title, "PATH", path).Replace(format))
			}
			_, _ = w.Write([]byte(items(all...)))
		}})
		src := Source{Kind: "feed", URL: s.URL}
		for range 4 {
			res := s.Fetch(t.Context(), src)
			if res.Err != nil || len(res.Jobs) != len(jobs) {
				t.Fatalf("%+v", res)
			}
			var all []string
			for _, j := range res.Jobs {
				all = append(all, j.ExternalID)
			}
			ids = append(ids, strings.Join(all, " "))
			// The state is kept as JSON.
			kept, err := json.Marshal(res.State)
			if err != nil {
				t.Fatal(err)
			}
			src.State = State{}
			if err := json.Unmarshal(kept, &src.State); err != nil {
				t.Fatal(err)
			}
		}
		return ids
	}
	for _, test := range []struct {
		name, item string
		from       int // the fetch from which on IDs last
	}{
		{"stable", "I|TITLE|PATH?N|" + monday, 0},
		{"other IDs", "N-I|TITLE|PATH|" + monday, 1},
		{"other IDs and links", "N-I|TITLE|PATH?s=N|" + monday, 1},
		{"other IDs, links and dates", "N-I|TITLE|PATH?s=N|Mon, 2N Nov 2026 08:00:00 GMT", 1},
		{"all called one, with links", "job|TITLE|PATH|" + monday, 0},
		{"all called one, at one address", "job|TITLE|all|" + monday, 0},
	} {
		got := ids(test.item)
		for i := test.from + 1; i < len(got); i++ {
			if got[i] != got[test.from] {
				t.Errorf("%s: fetch %d gives %s, fetch %d gave %s", test.name, i, got[i], test.from, got[test.from])
			}
		}
	}
}

// Remotive's jobs are passed on a day late, and none is lost by it.
func TestDelay(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/": serve(`{"jobs":[
		{"id":1,"url":"https://remotive.com/1","title":"Old","publication_date":"2026-11-25T11:00:00"},
		{"id":2,"url":"https://remotive.com/2","title":"New","publication_date":"2026-11-26T11:00:00"}]}`)})
	src := Source{Kind: "remotive", URL: s.URL}
	res := s.Fetch(t.Context(), src)
	if res.Err != nil || titles(res.Jobs) != "Old" || !res.Baseline {
		t.Fatalf("%+v", res)
	}
	within(t, "Remotive", s.clock, res.State.Next, 6*time.Hour)
	src.State, s.clock = res.State, s.clock.Add(24*time.Hour)
	if res = s.Fetch(t.Context(), src); res.Err != nil || titles(res.Jobs) != "Old, New" || res.Baseline {
		t.Errorf("a day later: %+v", res)
	}
}

// A board tells that it is all there is; a feed does not, nor does a board of
// which something could not be read.
func TestWhole(t *testing.T) {
	const job = `{"id":1,"internal_job_id":1,"title":"Baker","absolute_url":"https://a.example/1"}`
	for _, test := range []struct {
		kind, body string
		want       bool
	}{
		{"greenhouse", `{"jobs":[` + job + `]}`, true},
		{"greenhouse", `{"jobs":[]}`, true},
		{"greenhouse", `{"jobs":[` + job + `,{"id":2,"internal_job_id":2,"title":7}]}`, false},
		{"greenhouse", `{"jobs":[` + job + `,{"id":2,"internal_job_id":2,"title":"No link"}]}`, false},
		{"lever", `[{"id":"1","text":"Baker","hostedUrl":"https://a.example/1"}]`, true},
		{"feed", items("1|Baker|a|" + monday), false},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/": serve(test.body)})
		if res := s.Fetch(t.Context(), Source{Kind: test.kind, URL: s.URL}); res.Err != nil || res.Whole != test.want {
			t.Errorf("%s %s: %v, %v", test.kind, test.body, res.Whole, res.Err)
		}
	}
}

// BenchmarkRead is a feed of a thousand jobs, from its bytes to jobs that are
// clean.
func BenchmarkRead(b *testing.B) {
	var all []string
	for i := range 1000 {
		all = append(all, fmt.Sprintf("%d|Baker %d|%d|%s", i, i, i, monday))
	}
	text := "<description>" + strings.Repeat("&lt;p&gt;Knead the dough and wait for it to rise.&lt;/p&gt;", 60) + "</description></item>"
	d := document{url: &url.URL{Scheme: "https", Host: "jobs.example"}, body: []byte(strings.ReplaceAll(items(all...), "</item>", text))}
	f := New(Config{})
	b.SetBytes(int64(len(d.body)))
	b.ReportAllocs()
	for b.Loop() {
		l, err := readFeed(d)
		if err != nil || len(l.jobs) != 1000 {
			b.Fatal(len(l.jobs), err)
		}
		jobs, _, _ := identify(l.jobs, 0, nil)
		for _, j := range jobs {
			if _, err := f.finish(j, Source{ID: "s"}, today); err != nil {
				b.Fatal(err)
			}
		}
	}
}
