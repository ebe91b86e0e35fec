package main

import (
	"compress/gzip"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/careerbot/careerbot/store"
)

// serveFeeds serves the files of a folder on loopback, as they are when they are
// asked for. There are no times of theirs, so that a change within a second is
// seen. Beside them it has what nobody should serve:
//
//	/bomb.rss     64 MB, packed into 64 kB
//	/inward.rss   leads to an address of the private network
//	/broken.rss   answers 500
//	/gone.rss     answers 410
func serveFeeds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: feeds DIR")
	}
	dir := ts.MkAbs(args[0])
	mux := http.NewServeMux()
	mux.HandleFunc("/bomb.rss", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		zeros := make([]byte, 1<<20)
		for range 64 {
			if _, err := z.Write(zeros); err != nil {
				return // the reader has had enough
			}
		}
	})
	mux.Handle("/inward.rss", http.RedirectHandler("http://10.0.0.1/jobs.rss", http.StatusFound))
	mux.HandleFunc("/broken.rss", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("/gone.rss", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		data, err := http.Dir(dir).Open(path.Clean(r.URL.Path))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer data.Close()
		kind := mime.TypeByExtension(filepath.Ext(r.URL.Path))
		if strings.HasSuffix(r.URL.Path, ".rss") {
			kind = "application/rss+xml"
		}
		w.Header().Set("Content-Type", kind)
		_, _ = io.Copy(w, data)
	})
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	ts.Setenv("FEEDS", server.URL)
	ts.Setenv("SOURCES_HOST", server.Listener.Addr().String())
}

// A source that waits for the quota of its key says until when, and why.
func TestWaitingSource(t *testing.T) {
	src := store.Source{Kind: "adzuna", Fetched: store.Fetched{
		State: `{"waits":"what its owner allows is used up, 250 requests a day"}`, Next: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC),
	}}
	for _, line := range []string{sourceState(src), fetchedLine(src, store.FetchResult{Fetched: src.Fetched}, 0)} {
		if !strings.Contains(line, "waits until 2026-11-27 12:00:00: what its owner allows is used up, 250 requests a day") {
			t.Errorf("it says %q", line)
		}
	}
}
