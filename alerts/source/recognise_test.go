package source

import (
	"net/http"
	"strings"
	"testing"
)

func TestRecognise(t *testing.T) {
	for _, test := range []struct{ pasted, kind, address string }{
		{"https://boards.greenhouse.io/lumenworks", "greenhouse", "https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs?content=true"},
		{"https://job-boards.greenhouse.io/LumenWorks/jobs/4011001?gh_src=x#app", "greenhouse", "https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs?content=true"},
		{"boards.greenhouse.io/embed/job_board/js?for=lumenworks", "greenhouse", "https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs?content=true"},
		{"https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs", "greenhouse", "https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs?content=true"},
		{" <https://jobs.lever.co/spanline> ", "lever", "https://api.lever.co/v0/postings/spanline?mode=json"},
		{"https://jobs.eu.lever.co/spanline/0f3c1a52/apply", "lever", "https://api.eu.lever.co/v0/postings/spanline?mode=json"},
		{"https://api.lever.co/v0/postings/spanline?mode=html&skip=10", "lever", "https://api.lever.co/v0/postings/spanline?mode=json"},
		{"remoteok.com", "remoteok", "https://remoteok.com/api"},
		{"https://remoteOK.com/remote-golang-jobs", "remoteok", "https://remoteok.com/api?tags=golang"},
		{"https://remoteok.io/api?tags=dev,go", "remoteok", "https://remoteok.com/api?tags=dev%2Cgo"},
		{"https://remotive.com/remote-jobs/design", "remotive", "https://remotive.com/api/remote-jobs?category=design"},
		{"https://remotive.com/api/remote-jobs?search=go&limit=5", "remotive", "https://remotive.com/api/remote-jobs?search=go"},
		{"https://remotive.com/feed", "feed", "https://remotive.com/feed"},
		{"https://www.adzuna.co.uk/search?q=nurse&w=leeds", "adzuna", "https://api.adzuna.com/v1/api/jobs/gb/search/1?results_per_page=50&sort_by=date&what=nurse&where=leeds"},
		{"https://api.adzuna.com/v1/api/jobs/in/search/2?app_id=secret&app_key=secret&what=go", "adzuna", "https://api.adzuna.com/v1/api/jobs/in/search/1?results_per_page=50&sort_by=date&what=go"},
		{"https://weworkremotely.com/categories/remote-design-jobs.rss", "feed", "https://weworkremotely.com/categories/remote-design-jobs.rss"},
		{"https://weworkremotely.com", "feed", "https://weworkremotely.com/remote-jobs.rss"},
		{"https://weworkremotely.com/categories/remote-design-jobs#x", "feed", "https://weworkremotely.com/categories/remote-design-jobs.rss"},
		{"https://monster.tidal.example/jobs", "web", "https://monster.tidal.example/jobs"},
		{"http://agency.example/default.cfm?format=xml", "feed", "http://agency.example/default.cfm?format=xml"},
		{"https://Jobs.Example/?feed=job_feed", "feed", "https://jobs.example/?feed=job_feed"},
		{"https://moss.example/feed.json", "feed", "https://moss.example/feed.json"},
		{"https://tidal.example/sitemap-jobs.xml", "web", "https://tidal.example/sitemap-jobs.xml"},
		{"tidal.example/careers#open", "web", "https://tidal.example/careers"},
	} {
		kind, address, err := Recognise(test.pasted)
		if kind != test.kind || address != test.address || err != nil {
			t.Errorf("%s: %s %s %v, want %s %s", test.pasted, kind, address, err, test.kind, test.address)
			continue
		}
		if again, same, err := Recognise(address); again != kind || same != address || err != nil {
			t.Errorf("%s is not recognised again: %s %s %v", address, again, same, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for pasted, want := range map[string]string{
		"":                                  "begins with https://",
		"lumenworks":                        "begins with https://",
		"ftp://jobs.example/feed":           "begins with https://",
		"http://localhost/feed":             "begins with https://",
		"file:///etc/passwd":                "begins with https://",
		"https://me:pass@jobs.example/feed": "begins with https://",
		"javascript:alert(1)":               "begins with https://",
		"https://a.example/" + strings.Repeat("a", 3000):        "begins with https://",
		"https://boards.greenhouse.io/":                         "https://boards.greenhouse.io/company",
		"https://boards.greenhouse.io/%3Cb%3E":                  "https://boards.greenhouse.io/company",
		"https://jobs.lever.co":                                 "https://jobs.lever.co/company",
		"https://jobs.lever.co/../x?y":                          "https://jobs.lever.co/company",
		"https://remoteok.com/remote-jobs/baker-700001":         "no list of jobs on Remote OK",
		"https://remotive.com/blog":                             "no list of jobs on Remotive",
		"https://www.adzuna.co.uk/details/1":                    "no search at Adzuna",
		"https://api.adzuna.com/v1/api/jobs/xx/search/1?what=a": "no search at Adzuna",
		"https://www.linkedin.com/jobs/search?keywords=go":      "LinkedIn does not let programs read its jobs",
		"https://weworkremotely.com/remote-jobs/tidal-baker":    "no list of jobs on We Work Remotely",
		"https://uk.indeed.co.uk/jobs?q=go":                     "Indeed does not",
		"https://in.indeed.com/jobs?q=go":                       "Indeed does not",
		"https://www.glassdoor.co.in/Job":                       "Glassdoor does not",
	} {
		kind, address, err := Recognise(pasted)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s %s %v, want %q", pasted, kind, address, err, want)
		}
	}
}

// What is behind an address tells more than the address.
func TestFind(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/jobs":       serve(items("1|Baker|a|" + monday)),
		"/posting":    serve(posting("Baker")),
		"/sitemap":    serve("<urlset><url><loc>https://a.example/jobs/1</loc></url></urlset>"),
		"/greenhouse": serve(`<html><div id="grnhse_app"></div><script src="https://boards.greenhouse.io/embed/job_board/js?for=lumenworks&amp;b=1"></script></html>`),
		"/lever":      serve(`<html><a href='https://jobs.lever.co/spanline/1'>Work here</a></html>`),
		"/linked":     serve(`<html><link rel="alternate" type="application/rss+xml" href="/careers/jobs.rss"></html>`),
		"/blog":       serve(`<html><link rel="alternate" type="application/rss+xml" title="News" href="/news.rss"></html>`),
		"/nothing":    serve(`<html>Write to us.</html>`),
		"/text.rss":   serve(`Not found`),
	})
	for _, test := range []struct{ path, kind, address, err string }{
		{"/jobs", "feed", s.URL + "/jobs", ""},
		{"/posting", "web", s.URL + "/posting", ""},
		{"/sitemap", "web", s.URL + "/sitemap", ""},
		{"/greenhouse", "greenhouse", "https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs?content=true", ""},
		{"/lever", "lever", "https://api.lever.co/v0/postings/spanline?mode=json", ""},
		{"/linked", "feed", s.URL + "/careers/jobs.rss", ""},
		{"/nothing", "", "", "no JobPosting data"},
		{"/blog", "", "", "no JobPosting data"},
		{"/text.rss", "", "", "no RSS, Atom or JSON Feed"},
		{"/missing", "", "", "404"},
	} {
		kind, address, err := s.Find(t.Context(), s.URL+test.path)
		if kind != test.kind || address != test.address || (test.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: %s %s %v", test.path, kind, address, err)
		}
	}
	if _, _, err := s.Find(t.Context(), "http://10.0.0.1/feed"); err == nil || !strings.Contains(err.Error(), "private network") {
		t.Errorf("a private address: %v", err)
	}
}

// Terms that owners ask for hold for whatever of theirs is read.
func TestTerms(t *testing.T) {
	for _, test := range []struct{ kind, address, credit string }{
		{"remoteok", "https://remoteok.com/api", "Remote OK"},
		{"feed", "https://remoteok.com/remote-jobs.rss", "Remote OK"},
		{"remotive", "https://remotive.com/api/remote-jobs", "Remotive"},
		{"feed", "https://remotive.com/feed", "Remotive"},
		{"feed", "https://www.weworkremotely.com/remote-jobs.rss", "We Work Remotely"},
		{"adzuna", "https://api.adzuna.com/v1/api/jobs/gb/search/1?what=a", "Jobs by Adzuna"},
		{"feed", "https://notremoteok.com/feed", ""},
		{"greenhouse", "https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs", ""},
	} {
		terms := Source{Kind: test.kind, URL: test.address}.Terms()
		if terms.Credit != test.credit || (terms.CreditURL == "") != (terms.Credit == "") {
			t.Errorf("%s %s: %+v", test.kind, test.address, terms)
		}
	}
	for _, k := range Kinds() {
		if (Source{Kind: k.Name}).Terms().Interval <= 0 || k.Name == "" || k.Title == "" {
			t.Errorf("%+v", k)
		}
	}
}
