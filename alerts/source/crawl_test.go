package source

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// posting is a page with one job.
func posting(title string) string {
	return `<html><script type="application/ld+json">{"@type":"JobPosting","title":"` + title + `","datePosted":"2026-11-20"}</script></html>`
}

// A sitemap's pages are read some at a time, those that changed last; what the
// first rounds bring was there before, and a page that fails costs no other.
func TestSitemap(t *testing.T) {
	var base string
	pages, asked := map[string]string{}, []string{}
	for i := range roundPages + 5 {
		pages[fmt.Sprintf("/jobs/%03d", i)] = fmt.Sprintf("2026-11-%02d", i%20+1)
	}
	s := newSite(t, map[string]http.HandlerFunc{
		"/robots.txt": serve("User-agent: *\nDisallow: /jobs/001\n"),
		"/sitemap.xml": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, "<urlset>")
			for _, path := range slices.Sorted(maps.Keys(pages)) {
				_, _ = fmt.Fprintf(w, "<url><loc>%s%s</loc><lastmod>%s</lastmod></url>", base, path, pages[path])
			}
			_, _ = fmt.Fprintf(w, "<url><loc>%s/about</loc><lastmod>2026-11-01</lastmod></url><url><loc>https://other.example/jobs/1</loc><lastmod>2026-01-01</lastmod></url></urlset>", base)
		},
		"/jobs/": func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.Path)
			switch r.URL.Path {
			case "/jobs/002":
				w.WriteHeader(http.StatusInternalServerError)
			case "/jobs/003":
				_, _ = w.Write([]byte("<html>It has been filled.</html>"))
			default:
				_, _ = w.Write([]byte(posting("Job " + r.URL.Path)))
			}
		},
	})
	base = s.URL
	src := Source{Kind: "web", URL: s.URL + "/sitemap.xml"}

	first := s.Fetch(t.Context(), src)
	if first.Err != nil || !first.Baseline || first.Whole || !first.State.Seeded.IsZero() {
		t.Fatalf("first round: %+v", first)
	}
	src.State = first.State
	second := s.Fetch(t.Context(), src)
	if second.Err != nil || !second.Baseline || second.Unchanged || second.State.Seeded.IsZero() {
		t.Fatalf("second round: %+v", second)
	}
	if got, want := len(first.Jobs)+len(second.Jobs), len(pages)-3; got != want {
		t.Errorf("%d jobs, want %d", got, want)
	}
	if slices.Contains(asked, "/jobs/001") || slices.Contains(asked, "/about") {
		t.Errorf("pages were read that should not: %v", asked)
	}
	if again := slices.Compact(slices.Sorted(slices.Values(asked))); len(again) != len(asked) {
		t.Errorf("pages were read twice: %v", asked)
	}
	var why []string
	for _, skipped := range append(first.Skipped, second.Skipped...) {
		why = append(why, strings.TrimPrefix(skipped.What, base)+": "+skipped.Why)
	}
	slices.Sort(why)
	for i, want := range []string{"/jobs/001: the site does not allow", "/jobs/002: the server answers 500", "https://other.example/jobs/1: it lies on another site"} {
		if i >= len(why) || !strings.HasPrefix(why[i], want) {
			t.Errorf("skipped %q, want %q", why, want)
		}
	}

	// From now on only what changes is read, and what is new on the last day
	// that was read.
	asked, pages["/jobs/900"], pages["/jobs/000"] = nil, "2026-11-20", "2026-11-25"
	src.State = second.State
	third := s.Fetch(t.Context(), src)
	if want := "/jobs/019 /jobs/039 /jobs/900 /jobs/000"; third.Err != nil || third.Baseline || strings.Join(asked, " ") != want || len(third.Jobs) != 4 {
		t.Errorf("third round: %+v, asked for %v, want %s", third, asked, want)
	}
	src.State = third.State
	if fourth := s.Fetch(t.Context(), src); fourth.Err != nil || !fourth.Unchanged {
		t.Errorf("fourth round: %+v", fourth)
	}
}

// A site that is overloaded in the middle of a round is left alone, and what was
// read is kept.
func TestSitemapOverload(t *testing.T) {
	var base string
	calm := false
	s := newSite(t, map[string]http.HandlerFunc{
		"/map": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, "<urlset><url><loc>%s/1</loc></url><url><loc>%s/2</loc></url></urlset>", base, base)
		},
		"/1": serve(posting("One")),
		"/2": func(w http.ResponseWriter, _ *http.Request) {
			if !calm {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			_, _ = w.Write([]byte(posting("Two")))
		},
	})
	base = s.URL
	src := Source{Kind: "web", URL: s.URL + "/map"}
	res := s.Fetch(t.Context(), src)
	if res.Err != nil || titles(res.Jobs) != "One" || !res.State.Seeded.IsZero() {
		t.Fatalf("%+v", res)
	}
	src.State, calm = res.State, true
	if res = s.Fetch(t.Context(), src); res.Err != nil || titles(res.Jobs) != "Two" || !res.Baseline || res.State.Seeded.IsZero() {
		t.Errorf("the rest: %+v", res)
	}
}

// An index of sitemaps leads to those that speak of jobs.
func TestSitemapIndex(t *testing.T) {
	base, more := "", "/baker"
	s := newSite(t, map[string]http.HandlerFunc{
		"/sitemap.xml": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, "<sitemapindex><sitemap><loc>%s/blog.xml</loc></sitemap><sitemap><loc>%s/careers.xml</loc></sitemap></sitemapindex>", base, base)
		},
		"/blog.xml": func(http.ResponseWriter, *http.Request) { t.Error("the blog was asked for") },
		"/careers.xml": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, "<urlset><url><loc>%s/baker</loc></url><url><loc>%s%s</loc></url></urlset>", base, base, more)
		},
		"/baker":  serve(posting("Baker")),
		"/miller": serve(posting("Miller")),
	})
	base = s.URL
	src := Source{Kind: "web", URL: s.URL + "/sitemap.xml"}
	res := s.Fetch(t.Context(), src)
	if res.Err != nil || titles(res.Jobs) != "Baker" {
		t.Errorf("%+v", res)
	}
	// The index stays as it is while what it leads to changes.
	src.State, more = res.State, "/miller"
	if res = s.Fetch(t.Context(), src); res.Err != nil || titles(res.Jobs) != "Baker, Miller" || res.Baseline {
		t.Errorf("%+v", res)
	}
}

// robots.txt is asked before a page: one that cannot be had forbids, one that is
// not there allows.
func TestRobots(t *testing.T) {
	for _, test := range []struct {
		name   string
		robots http.HandlerFunc
		want   string // the error
	}{
		{"none", http.NotFound, ""},
		{"allowed", serve("User-agent: *\nDisallow: /private\n"), ""},
		{"forbidden", serve("User-agent: *\nDisallow: /\n"), "robots.txt"},
		{"forbidden to us", serve("User-agent: *\nAllow: /\n\nUser-agent: Careerbot\nDisallow: /jobs\n"), "robots.txt"},
		{"down", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, "503"},
		{"endless", serve(strings.Repeat("#", mostRobots+1)), "too large"},
	} {
		asked := false
		s := newSite(t, map[string]http.HandlerFunc{"/robots.txt": test.robots, "/jobs": func(w http.ResponseWriter, _ *http.Request) {
			asked = true
			_, _ = w.Write([]byte(posting("Baker")))
		}})
		res := s.Fetch(t.Context(), Source{Kind: "web", URL: s.URL + "/jobs"})
		if (test.want == "") != (res.Err == nil) || res.Err != nil && !strings.Contains(res.Err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, res.Err, test.want)
		}
		if asked != (test.want == "") {
			t.Errorf("%s: the page was asked for: %v", test.name, asked)
		}
	}
}

func TestReadRobots(t *testing.T) {
	r := readRobots([]byte(`
# for all
User-agent: *
Disallow: /

user-agent: somebot
User-Agent: CareerBot # us
Crawl-delay: 2.5
Disallow: /private/   # not here
Allow: /private/jobs
Disallow: /*.pdf$
Disallow: /*?sort=
Disallow:
nonsense
Disallow: /a*b*c$
`))
	if r.delay != 2500*time.Millisecond {
		t.Errorf("delay %v", r.delay)
	}
	for path, want := range map[string]bool{
		"/": true, "/private/": false, "/private": true, "/private/x": false, "/private/jobs/1": true, "/cv.pdf": false, "/cv.pdf?x": true,
		"/jobs?sort=new": false, "/jobs?page=1": true, "/abc": false, "/axbxc": false, "/axbxcx": true, "/ac": true,
	} {
		if got := r.allows(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
