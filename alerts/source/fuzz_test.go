package source

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/careerbot/careerbot/alerts"
)

// fuzz reads whatever as a file of a kind. Nothing panics; what comes out is
// clean, each job is called differently, and errors are short and for people.
func fuzz(f *testing.F, name string) {
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") || strings.HasPrefix(file, "testdata/fuzz/") {
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	u, err := url.Parse(addresses[name])
	if err != nil {
		f.Fatal(err)
	}
	kind, _ := KindOf(name)
	fetcher := New(Config{})
	f.Fuzz(func(t *testing.T, body []byte) {
		l, err := kind.read(document{url: u, body: body})
		if err != nil && (len(err.Error()) > 300 || !utf8.ValidString(err.Error())) {
			t.Errorf("error %q", err)
		}
		if err != nil && len(l.jobs)+len(l.pages) > 0 {
			t.Errorf("jobs beside the error %v", err)
		}
		jobs, rung, marks := identify(l.jobs, 0, nil)
		if again, same, _ := identify(l.jobs, rung, marks); same != rung || len(again) != len(jobs) {
			t.Errorf("rung %d, read again %d; %d jobs, read again %d", rung, same, len(jobs), len(again))
		}
		for _, j := range jobs {
			clean, err := fetcher.finish(j, Source{ID: "s"}, today)
			if err != nil {
				continue
			}
			if again, err := clean.Clean(today); err != nil || !equal(t, again, clean) {
				t.Errorf("not clean: %+v, %v", clean, err)
			}
			if clean.Posted.IsZero() || clean.Posted.After(today) || !utf8.ValidString(clean.Title+clean.Text) {
				t.Errorf("%+v", clean)
			}
		}
	})
}

func equal(t *testing.T, a, b alerts.Job) bool {
	x, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(x) == string(y)
}

func FuzzGreenhouse(f *testing.F) { fuzz(f, "greenhouse") }
func FuzzLever(f *testing.F)      { fuzz(f, "lever") }
func FuzzRemoteOK(f *testing.F)   { fuzz(f, "remoteok") }
func FuzzRemotive(f *testing.F)   { fuzz(f, "remotive") }
func FuzzAdzuna(f *testing.F)     { fuzz(f, "adzuna") }
func FuzzFeed(f *testing.F)       { fuzz(f, "feed") }
func FuzzWeb(f *testing.F)        { fuzz(f, "web") }

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nCrawl-delay: 1"), "/ab")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		r := readRobots(body)
		if len(r.rules) == 0 && !r.allows(path) {
			t.Errorf("%q is forbidden by no rule", path)
		}
		if r.delay < 0 {
			t.Errorf("delay %v", r.delay)
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add("&amp;lt;p&amp;gt;a&amp;lt;/p&amp;gt;")
	f.Add("SÃ£o <script>x")
	f.Fuzz(func(t *testing.T, src string) {
		plain(src)
		for _, p := range placesOf(src) {
			if strings.TrimSpace(p) == "" {
				t.Errorf("an empty place in %q", src)
			}
		}
		if p := payOf(src, "USD"); p != nil && (p.Min < 0 || p.Max < 0) {
			t.Errorf("%q pays %+v", src, p)
		}
		if at, _ := readDate(src); !at.IsZero() && at.Location().String() != "UTC" {
			t.Errorf("%q is in %v", src, at.Location())
		}
	})
}

// Whatever is recognised is an address that can be asked, without keys, and is
// recognised as the same again.
func FuzzRecognise(f *testing.F) {
	f.Add("https://boards.greenhouse.io/embed/job_board?for=x")
	f.Add("https://api.adzuna.com/v1/api/jobs/gb/search/1?app_key=k&what=a")
	f.Add("remoteok.com/remote-go-jobs")
	f.Fuzz(func(t *testing.T, pasted string) {
		kind, address, err := Recognise(pasted)
		if err != nil {
			return
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
			t.Fatalf("%q is %q: %v", pasted, address, err)
		}
		if kind == "adzuna" && (u.Query().Has("app_key") || u.Query().Has("app_id")) {
			t.Errorf("%q keeps a key: %s", pasted, address)
		}
		if again, same, err := Recognise(address); again != kind || same != address || err != nil {
			t.Errorf("%q is %s %q, and that %s %q %v", pasted, kind, address, again, same, err)
		}
	})
}
