package discordsim_test

import (
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

func TestFaults(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/channels/" + w.general.ID + "/messages"
	f := w.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Status: 503, Header: map[string]string{"X-A": "b"}, Body: "no", After: true})
	status, h, raw := w.do("POST", path, obj{"content": "x"}, w.sim.Token())
	if status != 503 || h.Get("X-A") != "b" || string(raw) != "no" || w.sim.Met(f) != 1 {
		t.Errorf("%d %v %s", status, h, raw)
	}
	if n := len(w.asha.Read(w.general)); n != 1 {
		t.Errorf("%d messages: the request was to be done all the same", n)
	}
	w.taken("POST", path, obj{"content": "x"})

	held := w.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Hold: true})
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.taken("POST", path, obj{"content": "held"})
	}()
	w.must(w.sim.Wait(w.ctx, func() bool { return w.sim.Met(held) == 1 }))
	if n := len(w.asha.Read(w.general)); n != 2 {
		t.Errorf("%d messages", n)
	}
	held.Release()
	<-done
	if calls := w.sim.Calls("POST /channels/*/messages"); len(calls) != 3 || calls[0].Status != 503 || calls[2].Status != 200 {
		t.Errorf("calls %+v", calls)
	}
}

// An answer can be late about what has been done already, and a fault can meet
// one request of several.
func TestLateAnswers(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/channels/" + w.general.ID + "/messages"
	late := w.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Hold: true, After: true})
	lost := w.sim.Fail("POST /channels/*/messages", discordsim.Fault{Every: 2, Status: 500})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if got := w.taken("POST", path, obj{"content": "one"}); got["content"] != "one" {
			t.Errorf("answered %v", got)
		}
	}()
	_, err := w.asha.Await(w.ctx, w.general, func(m discordsim.Message) bool { return m.Content == "one" })
	w.must(err)
	late.Release()
	<-done
	for _, want := range []int{200, 500, 200, 500} {
		if status, _, _ := w.do("POST", path, obj{"content": "more"}, w.sim.Token()); status != want {
			t.Errorf("%d, want %d", status, want)
		}
	}
	if w.sim.Met(lost) != 2 || len(w.asha.Read(w.general)) != 3 {
		t.Errorf("%d failed, and there are %d messages", w.sim.Met(lost), len(w.asha.Read(w.general)))
	}
}
