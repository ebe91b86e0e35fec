package discordsim_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// soak uses the simulated Discord n times as a bot does that runs for long: a
// question is answered by a command and by a message with a nonce.
func (w *world) soak(c *client, n int) {
	for i := range n {
		w.clock.pass(time.Second)
		_, callback, webhook := w.slash(c, w.asha)
		w.taken("POST", callback, obj{"type": 5})
		w.taken("PATCH", webhook+"/messages/@original", obj{"content": "answer"})
		w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "notice", "nonce": fmt.Sprint(i), "enforce_nonce": true})
	}
}

func TestNothingGrows(t *testing.T) {
	const rounds = 200
	w := newWorld(t, discordsim.Options{Keep: 20})
	c := w.connect()
	w.soak(c, rounds)
	after := w.sim.Kept()
	w.soak(c, rounds)
	// Of each kind there is at most twice what is to be kept, or what is still
	// in force: nonces for three minutes.
	if more := w.sim.Kept(); after > 700 || more > 700 {
		t.Errorf("%d things are remembered after %d rounds, %d after twice as many", after, rounds, more)
	}
	if n := len(w.sim.Calls("*")); n < 20 || n >= 40 {
		t.Errorf("%d calls are remembered, not 20 to 39", n)
	}
	if list := w.asha.Read(w.general); len(list) < 20 || list[len(list)-1].Content != "notice" {
		t.Errorf("of the latest messages, %d are remembered", len(list))
	}
	if v := w.sim.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

func TestEverythingIsKeptUnlessToldOtherwise(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	w.soak(w.connect(), 50)
	if n := len(w.asha.Read(w.general)); n != 100 {
		t.Errorf("%d of 100 messages are remembered", n)
	}
	if n := len(w.sim.Calls("POST /interactions/*/*/callback")); n != 50 {
		t.Errorf("%d of 50 callbacks are remembered", n)
	}
}

// What the bot still owes an answer is not forgotten, however much comes after.
func TestWhatIsOwedIsKept(t *testing.T) {
	w := newWorld(t, discordsim.Options{Keep: 5})
	c := w.connect()
	owed, callback, webhook := w.slash(c, w.ravi)
	w.taken("POST", callback, obj{"type": 5})
	w.soak(c, 50)
	w.taken("PATCH", webhook+"/messages/@original", obj{"content": "at last"})
	m, err := owed.Reply(w.ctx)
	w.must(err)
	if m.Content != "at last" {
		t.Errorf("the reply is %+v", m)
	}
	w.soak(c, 50)
	w.refused(10015, "PATCH", webhook+"/messages/@original", obj{"content": "again"})
}

// A session that is cut replays what is remembered of it; one that missed more
// is invalid, as one that was away for long is with Discord.
func TestResumeBeyondWhatIsRemembered(t *testing.T) {
	w := newWorld(t, discordsim.Options{Keep: 20})
	c := w.connect()
	began := c.seq
	w.soak(c, 100)
	c.resume(began+1).next(9, "")
	// What comes after the last events that are remembered is no more there than
	// what came before them.
	c.resume(c.seq+1000).next(9, "")
	last := c.seq - 19
	again := c.resume(last)
	for again.seq < c.seq {
		if p := again.next(0, "*"); *p.Seq != last+1 {
			t.Fatalf("event %d comes after %d", *p.Seq, last)
		}
		last++
	}
	again.next(0, "RESUMED")
}

// BenchmarkInteraction measures a command, its answer, and the bytes of memory
// that are kept of it.
func BenchmarkInteraction(b *testing.B) {
	w := newWorld(b, discordsim.Options{Keep: 100})
	c := w.connect()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	w.soak(c, 500)
	before := heap()
	b.ResetTimer()
	w.soak(c, b.N)
	b.StopTimer()
	b.ReportMetric(float64(int64(heap())-int64(before))/float64(b.N), "kept-B/op")
}
