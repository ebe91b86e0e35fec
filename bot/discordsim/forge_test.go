package discordsim_test

import (
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// What a client makes up arrives as it was made up, and is answered as anything.
func TestForge(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	said, err := w.ravi.Say(w.general, "hello")
	w.must(err)
	for _, test := range []struct {
		name  string
		forge discordsim.Forgery
		want  func(data obj) bool
	}{
		{"a command that nobody has registered", discordsim.Forgery{Command: "kb secret", Opts: map[string]any{"a": "b"}}, func(data obj) bool {
			sub := data["options"].([]any)[0].(obj)
			return data["name"] == "kb" && sub["name"] == "secret" && sub["options"].([]any)[0].(obj)["value"] == "b"
		}},
		{"typing", discordsim.Forgery{Command: "x", Opts: map[string]any{"a": "b"}, Focused: "a"}, func(data obj) bool {
			return data["options"].([]any)[0].(obj)["focused"] == true
		}},
		{"a button that stands nowhere", discordsim.Forgery{CustomID: "kb.publish:1", On: &said}, func(data obj) bool { return data["custom_id"] == "kb.publish:1" }},
		{"a dialog that nobody opened", discordsim.Forgery{CustomID: "kb.put", Fields: map[string]string{"a": "b"}}, func(data obj) bool {
			return data["components"].([]any)[0].(obj)["component"].(obj)["value"] == "b"
		}},
		{"a menu", discordsim.Forgery{Menu: "Steal", On: &said}, func(data obj) bool { return data["target_id"] == said.ID }},
	} {
		it, err := w.asha.Forge(w.general, test.forge)
		w.must(err)
		callback, _, data := c.interaction()
		if !test.want(data) {
			t.Errorf("%s: %v", test.name, data)
		}
		if test.forge.Focused != "" {
			w.taken("POST", callback, obj{"type": 8, "data": obj{"choices": []obj{}}})
			continue
		}
		w.taken("POST", callback, obj{"type": 4, "data": obj{"content": "no"}})
		m, err := it.Reply(w.ctx)
		w.must(err)
		if _, opened := it.Opened(); m.Content != "no" || opened {
			t.Errorf("%s: replied %+v, a dialog: %v", test.name, m, opened)
		}
	}
	if _, err := w.sim.User("omar").Forge(w.general, discordsim.Forgery{Command: "x"}); err == nil {
		t.Error("somebody who is not there sends an interaction from there")
	}
}
