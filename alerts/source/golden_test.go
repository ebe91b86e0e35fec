package source

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// today is when the files in testdata are read.
var today = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// addresses are where the files of each kind in testdata come from.
var addresses = map[string]string{
	"greenhouse": "https://boards-api.greenhouse.io/v1/boards/lumenworks/jobs?content=true",
	"lever":      "https://api.eu.lever.co/v0/postings/spanline?mode=json",
	"remoteok":   "https://remoteok.com/api",
	"remotive":   "https://remotive.com/api/remote-jobs",
	"adzuna":     "https://api.adzuna.com/v1/api/jobs/gb/search/1?what=thatcher",
	"feed":       "https://jobs.example/feed",
	"web":        "https://site.example/jobs",
}

// Each file in testdata becomes the jobs of its golden file.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") || strings.HasPrefix(file, "testdata/fuzz/") {
			continue
		}
		kind := filepath.Base(filepath.Dir(file))
		seen[kind] = true
		t.Run(kind+"/"+filepath.Base(file), func(t *testing.T) {
			got := asJSON(t, kind, file)
			golden := file + ".golden"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	for _, k := range kinds {
		if !seen[k.Name] {
			t.Errorf("there is no file of the kind %s in testdata", k.Name)
		}
	}
}

// asJSON reads a file as a fetch does, and shows all that it holds.
func asJSON(t *testing.T, name, file string) []byte {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(addresses[name])
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := KindOf(name)
	l, err := kind.read(document{url: u, body: body})
	var shown struct {
		Error   string       `json:",omitempty"`
		TTL     string       `json:",omitempty"`
		Rung    int          `json:",omitempty"`
		Jobs    []alerts.Job `json:",omitempty"`
		Pages   []string     `json:",omitempty"`
		Skipped []Skipped    `json:",omitempty"`
	}
	if err != nil {
		shown.Error = err.Error()
	}
	if l.ttl > 0 {
		shown.TTL = l.ttl.String()
	}
	shown.Skipped = l.skipped
	for _, p := range l.pages {
		shown.Pages = append(shown.Pages, p.place())
	}
	l.jobs, shown.Rung, _ = identify(l.jobs, 0, nil)
	for _, j := range l.jobs {
		clean, err := New(Config{}).finish(j, Source{ID: name}, today)
		if err != nil {
			shown.Skipped = append(shown.Skipped, Skipped{Redact(j.Apply), err.Error()})
			continue
		}
		shown.Jobs = append(shown.Jobs, clean)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(shown); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
