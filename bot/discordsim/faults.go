package discordsim

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is how requests are made to fail. See Fail.
type Fault struct {
	Times  int               // how many requests meet it; 0 for all
	Status int               // the status that they are answered with
	Header map[string]string // headers of that answer
	Body   string            // its body
	Delay  time.Duration     // how long the answer takes
	Hold   bool              // the answer waits until Release
	Drop   bool              // the connection is cut in place of an answer
	After  bool              // what the request asks for is done first

	match   func(method, path string) bool
	met     int // guarded by sim.mu
	held    chan struct{}
	release func()
}

// Fail makes the requests that match a pattern as in "POST
// /channels/*/messages" fail. With neither a status nor Drop they are only
// delayed or held, and then served.
func (s *Sim) Fail(pattern string, f Fault) *Fault {
	f.match = matcher(pattern)
	f.held = make(chan struct{})
	f.release = sync.OnceFunc(func() { close(f.held) })
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return &f
}

// Release lets go of the requests that are held, and of those to come.
func (f *Fault) Release() { f.release() }

// Met counts the requests that met the fault.
func (s *Sim) Met(f *Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.met
}

// fault finds the fault that a request meets, or nil. The caller holds mu.
func (s *Sim) fault(method, path string) *Fault {
	for _, f := range s.faults {
		if f.match(method, path) && (f.Times == 0 || f.met < f.Times) {
			f.met++
			return f
		}
	}
	return nil
}

// discard is where an answer goes that nobody gets.
type discard struct{ header http.Header }

// Header is written to and read by nobody.
func (d discard) Header() http.Header { return d.header }

// WriteHeader does nothing.
func (discard) WriteHeader(int) {}

// Write loses b.
func (discard) Write(b []byte) (int, error) { return len(b), nil }

// meet does to a request what the fault says.
func (f *Fault) meet(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if f.After {
		next.ServeHTTP(discard{http.Header{}}, r)
	}
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-f.held:
		case <-r.Context().Done():
			return // whoever asked has given up before anything was done
		}
	}
	if f.Hold {
		select {
		case <-f.held:
		case <-r.Context().Done():
			return
		}
	}
	switch {
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Status != 0:
		for k, v := range f.Header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(f.Status)
		w.Write([]byte(f.Body))
	default:
		next.ServeHTTP(w, r)
	}
}

// matcher compiles a pattern: a method or *, and a path in which * stands for
// one segment. The pattern * matches everything.
func matcher(pattern string) func(method, path string) bool {
	if pattern == "*" {
		return func(string, string) bool { return true }
	}
	wantMethod, wantPath, _ := strings.Cut(pattern, " ")
	want := strings.Split(wantPath, "/")
	return func(method, path string) bool {
		got := strings.Split(path, "/")
		if wantMethod != "*" && wantMethod != method || len(got) != len(want) {
			return false
		}
		for i := range want {
			if want[i] != "*" && want[i] != got[i] {
				return false
			}
		}
		return true
	}
}
