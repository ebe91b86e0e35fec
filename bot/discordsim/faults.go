package discordsim

import (
	"bytes"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is how requests are made to fail. See Fail.
type Fault struct {
	Times  int               // how many requests meet it; 0 for all
	Every  int               // of those that match each so-manyth meets it; 0 for all
	Status int               // the status that they are answered with
	Header map[string]string // headers of that answer
	Body   string            // its body
	Delay  time.Duration     // how long the answer takes
	Hold   bool              // the answer waits until Release
	Drop   bool              // the connection is cut in place of an answer
	After  bool              // what the request asks for is done first

	match   func(method, path string) bool
	matched int // guarded by sim.mu, like met
	met     int
	held    chan struct{}
	release func()
}

// Fail makes the requests that match a pattern as in "POST
// /channels/*/messages" fail. With neither a status nor Drop they are only
// delayed or held, and then served; with After it is the answer alone that comes
// late.
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
		if !f.match(method, path) || f.Times > 0 && f.met == f.Times {
			continue
		}
		if f.matched++; f.Every == 0 || f.matched%f.Every == 0 {
			f.met++
			return f
		}
	}
	return nil
}

// written is an answer that has not been sent.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is that of the answer.
func (w *written) Header() http.Header { return w.header }

// WriteHeader notes the status.
func (w *written) WriteHeader(status int) { w.status = status }

// Write adds to the body.
func (w *written) Write(b []byte) (int, error) { return w.body.Write(b) }

// send sends the answer.
func (w *written) send(to http.ResponseWriter) {
	maps.Copy(to.Header(), w.header)
	to.WriteHeader(w.status)
	to.Write(w.body.Bytes())
}

// meet does to a request what the fault says.
func (f *Fault) meet(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := &written{header: http.Header{}, status: http.StatusOK}
	if f.After {
		next.ServeHTTP(answer, r)
	}
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-f.held:
		case <-r.Context().Done():
			return // whoever asked has given up
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
	case f.After:
		answer.send(w)
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
