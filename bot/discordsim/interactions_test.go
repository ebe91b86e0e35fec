package discordsim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

func TestDeadlines(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	_, callback, webhook := w.slash(c, w.asha)
	w.refused(10015, "POST", webhook, obj{"content": "before the answer"})
	w.clock.pass(4 * time.Second)
	w.refused(10062, "POST", callback, obj{"type": 4, "data": obj{"content": "late"}})

	_, callback, webhook = w.slash(c, w.asha)
	parts := strings.Split(callback, "/")
	parts[2] = "1" // another interaction's ID with this one's token
	w.refused(10062, "POST", strings.Join(parts, "/"), obj{"type": 5})
	w.taken("POST", callback, obj{"type": 5})
	w.refused(40060, "POST", callback, obj{"type": 5})
	w.clock.pass(14 * time.Minute)
	w.taken("PATCH", webhook+"/messages/@original", obj{"content": "here"})
	w.clock.pass(2 * time.Minute)
	w.refused(50027, "PATCH", webhook+"/messages/@original", obj{"content": "gone"})
	if n := len(w.sim.Violations()); n == 0 {
		t.Error("nothing was noted")
	}
}

func TestDeferredReplyAndFollowUps(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	it, callback, webhook := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 5, "data": obj{"flags": 64}})
	w.must(it.Acknowledged(w.ctx))
	if m := w.asha.Read(w.general); len(m) != 1 || !m[0].Thinking {
		t.Errorf("asha sees %+v", m)
	}
	if m := w.ravi.Read(w.general); len(m) != 0 {
		t.Errorf("ravi sees %+v", m)
	}
	// The first follow-up is the deferred reply, and as private as that.
	w.taken("POST", webhook, obj{"content": "first"})
	more := w.taken("POST", webhook, obj{"content": "second"})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.Content != "first" || !m.Ephemeral || m.Edited {
		t.Errorf("reply %+v", m)
	}
	w.taken("PATCH", webhook+"/messages/"+more["id"].(string), obj{"content": "second, edited"})
	if m := w.ravi.Read(w.general); len(m) != 1 || m[0].Content != "second, edited" {
		t.Errorf("ravi sees %+v", m)
	}
	w.taken("DELETE", webhook+"/messages/"+more["id"].(string), nil)
	if m := w.ravi.Read(w.general); len(m) != 0 {
		t.Errorf("ravi sees %+v", m)
	}
	w.refused(10008, "GET", "/channels/"+w.general.ID+"/messages/"+m.ID, nil) // an ephemeral message is nowhere
}

func TestComponentsAndModals(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "choose", "components": []obj{
		{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "Edit", "custom_id": "edit"}, {"type": 2, "style": 5, "label": "Site", "url": "https://example.com"}, {"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": true}}},
		{"type": 1, "components": []obj{{"type": 3, "custom_id": "menu", "options": []obj{{"label": "A", "value": "a"}}}}},
	}})
	id := sent["id"].(string)
	for _, no := range []string{"Site", "Off", "Nothing"} {
		if _, err := w.asha.Click(id, no); err == nil {
			t.Errorf("%s can be pressed", no)
		}
	}
	it, err := w.asha.Click(id, "Edit")
	w.must(err)
	callback, _, data := c.interaction()
	if data["custom_id"] != "edit" {
		t.Errorf("data %v", data)
	}
	w.taken("POST", callback, obj{"type": 9, "data": obj{"title": "Edit", "custom_id": "form", "components": []obj{
		{"type": 18, "label": "Text", "component": obj{"type": 4, "custom_id": "text", "style": 2, "max_length": 10}},
		{"type": 1, "components": []obj{{"type": 4, "custom_id": "old", "style": 1, "label": "Old", "required": false}}},
	}}})
	modal, err := it.Modal(w.ctx)
	w.must(err)
	if _, err := w.ravi.Submit(modal, map[string]string{"text": "x"}); err == nil {
		t.Error("somebody else can send the form")
	}
	if _, err := w.asha.Submit(modal, map[string]string{"text": "far too long"}); err == nil {
		t.Error("a field takes more than it may")
	}
	it, err = w.asha.Submit(modal, map[string]string{"text": "short"})
	w.must(err)
	callback, _, data = c.interaction()
	if raw, _ := json.Marshal(data); !strings.Contains(string(raw), `"value":"short"`) {
		t.Errorf("data %s", raw)
	}
	w.taken("POST", callback, obj{"type": 7, "data": obj{"content": "saved", "components": []obj{}}})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.ID != id || m.Content != "saved" || len(m.Buttons()) != 0 || !m.Edited {
		t.Errorf("the message is %+v", m)
	}
}

func TestSelectDefersAnUpdate(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "choose", "components": []obj{
		{"type": 1, "components": []obj{{"type": 3, "custom_id": "menu", "options": []obj{{"label": "A", "value": "a"}}}}},
	}})
	it, err := w.asha.Select(sent["id"].(string), "menu", "a")
	w.must(err)
	callback, webhook, data := c.interaction()
	if fmt.Sprint(data["values"]) != "[a]" {
		t.Errorf("data %v", data)
	}
	w.taken("POST", callback, obj{"type": 6})
	w.taken("PATCH", webhook+"/messages/@original", obj{"content": "chosen", "components": []obj{}})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.ID != sent["id"] || m.Content != "chosen" {
		t.Errorf("the message is %+v", m)
	}
}

func TestAutocomplete(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	it, err := w.asha.Type(w.general, "ask", discordsim.Opts{"question": "ba"}, "question")
	w.must(err)
	callback, _, _ := c.interaction()
	w.refused(50035, "POST", callback, obj{"type": 4, "data": obj{"content": "x"}})
	many := make([]obj, 26)
	for i := range many {
		many[i] = obj{"name": "x", "value": "x"}
	}
	w.refused(50035, "POST", callback, obj{"type": 8, "data": obj{"choices": many}})
	w.taken("POST", callback, obj{"type": 8, "data": obj{"choices": []obj{{"name": "Back-end", "value": "b"}}}})
	choices, err := it.Choices(w.ctx)
	w.must(err)
	if len(choices) != 1 || choices[0].Name != "Back-end" {
		t.Errorf("choices %v", choices)
	}
}

func TestNoAnswer(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	it, _, _ := w.slash(c, w.asha)
	w.clock.pass(3 * time.Second)
	if err := it.Acknowledged(w.ctx); !errors.Is(err, discordsim.ErrNoResponse) {
		t.Errorf("the person is told %v", err)
	}
}
