package discordsim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// TestBadMessages sends what passes each limit by one.
func TestBadMessages(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	long := func(n int) string { return strings.Repeat("x", n) }
	button := func(over obj) obj {
		b := obj{"type": 2, "style": 1, "label": "x", "custom_id": "x"}
		for k, v := range over {
			b[k] = v
		}
		return obj{"content": "x", "components": []obj{{"type": 1, "components": []obj{b}}}}
	}
	rows := func(n int) (list []obj) {
		for i := range n {
			list = append(list, obj{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "x", "custom_id": fmt.Sprint(i)}}})
		}
		return list
	}
	embed := func(e obj) obj { return obj{"embeds": []obj{e}} }
	fields := func(n int) (list []obj) {
		for range n {
			list = append(list, obj{"name": "x", "value": "x"})
		}
		return list
	}
	six := rows(1)
	for i := range 5 {
		buttons := six[0]["components"].([]obj)
		six[0]["components"] = append(buttons, obj{"type": 2, "style": 1, "label": "x", "custom_id": fmt.Sprint("y", i)})
	}
	for name, c := range map[string]struct {
		body any
		at   string // where the fault is said to be; the official description has its own words
	}{
		"content":          {obj{"content": long(2001)}, "content"},
		"title":            {embed(obj{"title": long(257)}), "title"},
		"description":      {embed(obj{"description": long(4097)}), "description"},
		"fields":           {embed(obj{"fields": fields(26)}), "fields"},
		"field value":      {embed(obj{"fields": []obj{{"name": "x", "value": long(1025)}}}), "value"},
		"field name empty": {embed(obj{"fields": []obj{{"name": " ", "value": "x"}}}), "name"},
		"footer":           {embed(obj{"footer": obj{"text": long(2049)}}), "footer"},
		"author":           {embed(obj{"author": obj{"name": long(257)}}), "author"},
		"URL":              {embed(obj{"title": "x", "url": "javascript:alert(1)"}), "url"},
		"empty embed":      {embed(obj{}), "description"},
		"colour":           {embed(obj{"title": "x", "color": 1 << 24}), "color"},
		"total":            {obj{"embeds": []obj{{"description": long(4000)}, {"description": long(2001)}}}, "6000"},
		"rows":             {obj{"content": "x", "components": rows(6)}, "components"},
		"buttons":          {obj{"content": "x", "components": six}, "components"},
		"empty row":        {obj{"content": "x", "components": []obj{{"type": 1, "components": []obj{}}}}, "components"},
		"label":            {button(obj{"label": long(81)}), "label"},
		"no label":         {button(obj{"label": ""}), "LABEL"},
		"custom ID":        {button(obj{"custom_id": long(101)}), "custom_id"},
		"no custom ID":     {button(obj{"custom_id": ""}), "custom_id"},
		"link":             {button(obj{"style": 5}), "URL"},
		"same custom ID":   {obj{"content": "x", "components": append(rows(1), rows(1)...)}, "custom_id"},
		"nonce":            {obj{"content": "x", "nonce": long(26)}, "nonce"},
		"flags":            {obj{"content": "x", "flags": 64}, "flags"},
		"mentions":         {obj{"content": "x", "allowed_mentions": obj{"parse": []string{"users"}, "users": []string{"1"}}}, "allowed_mentions"},
		"text without V2":  {obj{"content": "x", "components": []obj{{"type": 10, "content": "x"}}}, "components"},
		"content with V2":  {obj{"content": "x", "flags": 1 << 15, "components": []obj{{"type": 10, "content": "x"}}}, "content"},
		"reply to nothing": {obj{"content": "x", "message_reference": obj{"message_id": "1"}}, "message_reference"},
		"wrong type":       {obj{"content": 7}, "content"},
	} {
		w.clock.pass(time.Minute)
		answer := w.refused(50035, "POST", "/channels/"+w.general.ID+"/messages", c.body)
		raw, _ := json.Marshal(answer)
		if described := strings.Contains(string(raw), `"SPEC"`); !described && !strings.Contains(string(raw), c.at) {
			t.Errorf("%s: the fault is not said to be at %s: %s", name, c.at, raw)
		}
	}
	w.clock.pass(time.Minute)
	path := "/channels/" + w.general.ID + "/messages"
	w.refused(50006, "POST", path, obj{"content": " "})
	w.refused(50006, "POST", path, obj{})
	w.refused(50109, "POST", path, "{")
	w.taken("POST", path, obj{"content": "x", "message_reference": obj{"message_id": "1", "fail_if_not_exists": false}})
	w.clock.pass(time.Minute)
	w.taken("POST", path, obj{"content": long(2000), "embeds": []obj{{"title": long(256), "description": long(4096)}}, "components": rows(5)})
	if n := len(w.sim.Violations()); n < 28 {
		t.Errorf("%d violations were noted", n)
	}
}

func TestBadCommands(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/applications/" + w.app() + "/commands"
	option := func(over obj) []obj {
		o := obj{"type": 3, "name": "x", "description": "x"}
		for k, v := range over {
			o[k] = v
		}
		return []obj{{"name": "x", "description": "x", "options": []obj{o}}}
	}
	for name, body := range map[string][]obj{
		"upper case":           {{"name": "Ask", "description": "x"}},
		"space":                {{"name": "a b", "description": "x"}},
		"long name":            {{"name": strings.Repeat("x", 33), "description": "x"}},
		"no description":       {{"name": "x", "description": ""}},
		"long description":     {{"name": "x", "description": strings.Repeat("x", 101)}},
		"twice":                {{"name": "x", "description": "x"}, {"name": "x", "description": "x"}},
		"menu with text":       {{"name": "X", "type": 3, "description": "x"}},
		"option":               option(obj{"name": "A B"}),
		"choices of a flag":    option(obj{"type": 5, "choices": []obj{{"name": "x", "value": "x"}}}),
		"options of two kinds": {{"name": "x", "description": "x", "options": []obj{{"type": 1, "name": "a", "description": "x"}, {"type": 3, "name": "b", "description": "x"}}}},
		"complete and choices": option(obj{"autocomplete": true, "choices": []obj{{"name": "x", "value": "x"}}}),
		"too large": {{"name": "x", "description": "x", "options": func() (o []obj) {
			for i := range 25 {
				o = append(o, obj{"type": 3, "name": fmt.Sprint("o", i), "description": strings.Repeat("x", 100), "choices": []obj{
					{"name": strings.Repeat("y", 100), "value": strings.Repeat("z", 100)}, {"name": strings.Repeat("w", 100), "value": strings.Repeat("v", 100)}}})
			}
			return o
		}()}},
		"required last": {{"name": "x", "description": "x", "options": []obj{
			{"type": 3, "name": "a", "description": "x"}, {"type": 3, "name": "b", "description": "x", "required": true}}}},
	} {
		if answer := w.refused(50035, "PUT", path, body); t.Failed() {
			t.Fatalf("%s: %v", name, answer)
		}
	}
	w.taken("PUT", path, option(nil))
	if got := w.sim.Commands("")["x"]; got.Options[0].Name != "x" {
		t.Errorf("registered %+v", got)
	}
}
