package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// server serves routes on loopback; its client may dial that one listener.
func server(t *testing.T, timeout time.Duration, routes map[string]http.HandlerFunc) (*httptest.Server, *Client) {
	t.Helper()
	mux := http.NewServeMux()
	for path, serve := range routes {
		mux.HandleFunc(path, serve)
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s, New(Config{
		UserAgent: "tester (+https://example.org)",
		Allow:     []netip.AddrPort{netip.MustParseAddrPort(s.Listener.Addr().String())},
		Timeout:   timeout,
	})
}

func TestGet(t *testing.T) {
	s, c := server(t, 0, map[string]http.HandlerFunc{
		"/page": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte(r.UserAgent()))
		},
		"/moved": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/page", http.StatusFound) },
		"/gone":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
	})
	got, err := c.Get(t.Context(), s.URL+"/moved", 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.URL != s.URL+"/page" || got.Status != 200 || got.Header.Get("Content-Type") != "text/plain" || string(got.Body) != "tester (+https://example.org)" {
		t.Errorf("got %+v, %s", got, got.Body)
	}
	got, err = c.Get(t.Context(), s.URL+"/page", 1000, http.Header{"If-None-Match": {`"1"`}})
	if err != nil || got.Status != http.StatusNotModified || len(got.Body) > 0 {
		t.Errorf("not modified: %+v, %v", got, err)
	}
	_, err = c.Get(t.Context(), s.URL+"/gone", 1000, nil)
	if status, ok := errors.AsType[*StatusError](err); !ok || status.Status != http.StatusGone {
		t.Errorf("gone: %v", err)
	}
}

// Whatever leads into a private network is refused, by whatever way.
func TestPrivate(t *testing.T) {
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a private server was asked")
	}))
	defer secret.Close()
	port := secret.URL[strings.LastIndex(secret.URL, ":"):]
	lead := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	}
	s, c := server(t, 0, map[string]http.HandlerFunc{
		"/loopback": lead(secret.URL), "/localhost": lead("http://localhost" + port), "/mapped": lead("http://[::ffff:127.0.0.1]" + port),
		"/file": lead("file:///etc/passwd"), "/gopher": lead("gopher://example.org/"), "/user": lead("https://a:b@example.org/"),
	})
	for _, test := range []struct {
		address string
		want    error
	}{
		{secret.URL, ErrPrivate},
		{"http://localhost" + port, ErrPrivate},
		{"http://[::1]" + port, ErrPrivate},
		{"http://[::ffff:127.0.0.1]" + port, ErrPrivate},
		{"http://[::ffff:7f00:1]/", ErrPrivate},
		{"http://0.0.0.0" + port, ErrPrivate},
		{"http://127.0.0.1/", ErrPrivate},
		{"http://10.0.0.1/", ErrPrivate},
		{"http://169.254.169.254/latest/meta-data", ErrPrivate},
		{"http://192.168.1.1/", ErrPrivate},
		{"http://[64:ff9b::7f00:1]/", ErrPrivate},
		{"http://[2002:7f00:1::]/", ErrPrivate},
		{"http://[fd00::1]/", ErrPrivate},
		{"https://93.184.215.14:22/", ErrPrivate},
		{s.URL + "/loopback", ErrPrivate},
		{s.URL + "/localhost", ErrPrivate},
		{s.URL + "/mapped", ErrPrivate},
		{s.URL + "/file", ErrAddress},
		{s.URL + "/gopher", ErrAddress},
		{s.URL + "/user", ErrAddress},
		{"file:///etc/passwd", ErrAddress},
		{"ftp://example.org/", ErrAddress},
		{"https://a:b@example.org/", ErrAddress},
		{"https:///page", ErrAddress},
		{"example.org", ErrAddress},
		{"http://[::1", ErrAddress},
		{"", ErrAddress},
	} {
		if _, err := c.Get(t.Context(), test.address, 1000, nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.address, err, test.want)
		}
	}
}

// With Only nothing is dialled but what is allowed, and no name is looked up.
func TestOnly(t *testing.T) {
	s, _ := server(t, 0, map[string]http.HandlerFunc{"/page": func(http.ResponseWriter, *http.Request) {}})
	c := New(Config{Allow: []netip.AddrPort{netip.MustParseAddrPort(s.Listener.Addr().String())}, Only: true})
	if _, err := c.Get(t.Context(), s.URL+"/page", 1000, nil); err != nil {
		t.Errorf("what is allowed: %v", err)
	}
	for _, address := range []string{"https://example.org/", "https://93.184.215.14/", strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "/page"} {
		if _, err := c.Get(t.Context(), address, 1000, nil); !errors.Is(err, ErrOffline) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The proxy of the environment would dial what the guard does not see.
func TestNoProxy(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the proxy was asked")
	}))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	c := New(Config{Allow: []netip.AddrPort{netip.MustParseAddrPort(proxy.Listener.Addr().String())}})
	if _, err := c.Get(t.Context(), "http://10.0.0.1/", 1000, nil); !errors.Is(err, ErrPrivate) {
		t.Error(err)
	}
}

// A server cannot keep the program busy, nor fill its memory.
func TestHostileServers(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 64 {
		_, _ = z.Write(zeros)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s, patient := server(t, 0, map[string]http.HandlerFunc{
		"/bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		},
		"/loop": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) },
		"/drip": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("."))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"/silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"/header": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 2*maxHeader)) },
		"/cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("short"))
		},
	})
	const most = 1 << 20
	hasty := New(Config{Allow: []netip.AddrPort{netip.MustParseAddrPort(s.Listener.Addr().String())}, Timeout: 100 * time.Millisecond})
	for _, test := range []struct {
		path   string
		client *Client
		want   string
	}{
		{"/bomb", patient, "too large"},
		{"/loop", patient, "leads on more than 3 times"},
		{"/header", patient, "cannot be fetched"},
		{"/cut", patient, "cannot be fetched"},
		{"/drip", hasty, "takes too long"},
		{"/silent", hasty, "takes too long"},
	} {
		got, err := test.client.Get(t.Context(), s.URL+test.path, most, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v, want %s", test.path, got, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), s.URL) {
			t.Errorf("%s tells the address: %v", test.path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := patient.Get(ctx, s.URL+"/silent", most, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
