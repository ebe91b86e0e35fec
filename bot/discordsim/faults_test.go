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
