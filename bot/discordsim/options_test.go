package discordsim_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// register replaces the global commands by one with those options.
func (w *world) register(options ...obj) *client {
	w.t.Helper()
	c := w.identify(intents)
	c.next(0, "READY")
	for _, o := range options {
		o["description"] = "x"
	}
	w.taken("PUT", "/applications/"+w.app()+"/commands", []obj{{"name": "x", "description": "x", "options": options}})
	return c
}

func TestOptionsStandForThings(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.register(
		obj{"name": "who", "type": 6}, obj{"name": "where", "type": 7}, obj{"name": "role", "type": 8},
		obj{"name": "any", "type": 9}, obj{"name": "file", "type": 11},
	)
	mods := w.guild.Role("mods", discordsim.ManageGuild)
	w.guild.Join(w.ravi, mods)
	notices := w.guild.Channel("notices")
	notices.Deny(w.sim.Bot().ID, discordsim.SendMessages)
	_, err := w.asha.Slash(w.general, "x", discordsim.Opts{
		"who": w.ravi, "where": notices, "role": mods, "any": mods, "file": discordsim.File{Name: "faq.md", Data: []byte("# FAQ")},
	})
	w.must(err)
	var data struct {
		Options []struct {
			Name  string
			Value any
		}
		Resolved struct {
			Users, Members, Roles, Channels map[string]obj
			Attachments                     map[string]discordsim.Attachment
		}
	}
	raw, err := json.Marshal(c.invoked().Data)
	w.must(err)
	w.must(json.Unmarshal(raw, &data))
	value := map[string]string{}
	for _, o := range data.Options {
		value[o.Name] = fmt.Sprint(o.Value)
	}
	r := data.Resolved
	if value["who"] != w.ravi.ID || r.Users[w.ravi.ID]["username"] != "ravi" {
		t.Errorf("the person: %s", raw)
	}
	if m := r.Members[w.ravi.ID]; m == nil || m["user"] != nil || fmt.Sprint(m["roles"]) != "["+mods.ID+"]" {
		t.Errorf("the member: %v", m)
	}
	channel := r.Channels[notices.ID]
	var mine, bots discordsim.Permission
	if _, err := fmt.Sscan(fmt.Sprint(channel["permissions"], " ", channel["app_permissions"]), &mine, &bots); err != nil {
		t.Fatalf("%v: %v", channel, err)
	}
	if mine&discordsim.SendMessages == 0 || bots&discordsim.SendMessages != 0 || bots&discordsim.ViewChannel == 0 {
		t.Errorf("in the channel the person may %b, the application %b", mine, bots)
	}
	if value["role"] != mods.ID || value["any"] != mods.ID || r.Roles[mods.ID]["name"] != "mods" {
		t.Errorf("the role: %s", raw)
	}
	file := r.Attachments[value["file"]]
	if _, _, content := w.fetch(file.URL); content != "# FAQ" || file.Name != "faq.md" || !file.Ephemeral {
		t.Errorf("the file %+v holds %q", file, content)
	}
}

func TestOptionsTakeOnlyWhatDiscordLetsThrough(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	w.register(
		obj{"name": "text", "type": 3, "min_length": 2, "max_length": 3}, obj{"name": "n", "type": 4, "min_value": 1, "max_value": 5},
		obj{"name": "f", "type": 10, "max_value": 1.5}, obj{"name": "flag", "type": 5}, obj{"name": "where", "type": 7, "channel_types": []int{0}},
		obj{"name": "who", "type": 6}, obj{"name": "role", "type": 8}, obj{"name": "file", "type": 11},
		obj{"name": "pick", "type": 4, "choices": []obj{{"name": "one", "value": 1}, {"name": "two", "value": 2}}},
	)
	elsewhere := w.sim.Guild("Elsewhere")
	hidden := w.guild.Channel("hidden")
	hidden.Deny(w.guild.ID, discordsim.ViewChannel)
	for name, good := range map[string]discordsim.Opts{
		"text": {"text": "abc"}, "number": {"n": 5}, "fraction": {"f": 1.5}, "whole fraction": {"f": 1}, "flag": {"flag": false},
		"choice": {"pick": 2}, "channel": {"where": w.general}, "stranger": {"who": w.sim.User("omar")},
	} {
		if _, err := w.asha.Slash(w.general, "x", good); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, bad := range map[string]discordsim.Opts{
		"short": {"text": "a"}, "long": {"text": "abcd"}, "number for text": {"text": 1}, "text for number": {"n": "1"},
		"low": {"n": 0}, "high": {"n": 6}, "fraction for number": {"n": 1.5}, "beyond 2^53": {"n": 1 << 54}, "high fraction": {"f": 1.6},
		"no choice": {"pick": 3}, "text for flag": {"flag": "true"}, "hidden channel": {"where": hidden},
		"foreign channel": {"where": elsewhere.General()}, "conversation": {"where": w.asha.DM()}, "role for person": {"who": w.guild.Role("r", 0)},
		"foreign role": {"role": elsewhere.Role("r", 0)}, "large file": {"file": discordsim.File{Name: "x", Data: make([]byte, 10<<20+1)}},
		"unknown": {"other": "x"},
	} {
		if _, err := w.asha.Slash(w.general, "x", bad); err == nil {
			t.Errorf("%s: Discord lets it through", name)
		}
	}
}

// menu posts a message with one menu, and returns its ID.
func (w *world) menu(over obj) (messageID string) {
	w.t.Helper()
	menu := obj{"custom_id": "menu"}
	for k, v := range over {
		menu[k] = v
	}
	w.clock.pass(10 * second)
	sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "choose", "components": []obj{{"type": 1, "components": []obj{menu}}}})
	return sent["id"].(string)
}

func TestMenus(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	mods := w.guild.Role("mods", 0)
	two := []obj{{"label": "A", "value": "a"}, {"label": "B", "value": "b"}}
	for name, s := range map[string]struct {
		menu     obj
		good     []string
		resolved string
		bad      [][]string
	}{
		"text":    {obj{"type": 3, "options": two}, []string{"b"}, "", [][]string{{"c"}, {}, {"a", "b"}}},
		"texts":   {obj{"type": 3, "options": two, "min_values": 0, "max_values": 2}, []string{"a", "b"}, "", [][]string{{"a", "a"}}},
		"person":  {obj{"type": 5}, []string{w.ravi.ID}, "users", [][]string{{mods.ID}, {w.general.ID}, {"1"}}},
		"role":    {obj{"type": 6}, []string{mods.ID}, "roles", [][]string{{w.ravi.ID}}},
		"both":    {obj{"type": 7, "max_values": 2}, []string{mods.ID, w.ravi.ID}, "roles", [][]string{{w.general.ID}}},
		"channel": {obj{"type": 8}, []string{w.general.ID}, "channels", [][]string{{w.ravi.ID}}},
	} {
		id := w.menu(s.menu)
		for _, bad := range s.bad {
			if _, err := w.asha.Select(id, "menu", bad...); err == nil {
				t.Errorf("%s: %v can be chosen", name, bad)
			}
		}
		_, err := w.asha.Select(id, "menu", s.good...)
		w.must(err)
		data := c.invoked().Data
		if got := fmt.Sprint(data["values"]); got != fmt.Sprint(s.good) {
			t.Errorf("%s: values %s", name, got)
		}
		r, _ := data["resolved"].(obj)
		if things, _ := r[s.resolved].(obj); s.resolved != "" && things[s.good[0]] == nil || s.resolved == "" && r != nil {
			t.Errorf("%s: resolved %v", name, r)
		}
	}
	if v := w.sim.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

// open has the bot answer a command with a modal of those components.
func (w *world) open(c *client, components ...obj) discordsim.Modal {
	w.t.Helper()
	it, callback, _ := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 9, "data": obj{"title": "Form", "custom_id": "form", "components": components}})
	modal, err := it.Modal(w.ctx)
	w.must(err)
	return modal
}

func TestModalFields(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	modal := w.open(c,
		obj{"type": 10, "content": "Tell us"},
		obj{"type": 18, "label": "Topic", "component": obj{"type": 3, "custom_id": "topic", "options": []obj{{"label": "Pay", "value": "pay"}, {"label": "Skills", "value": "skills"}}}},
		obj{"type": 18, "label": "Who", "component": obj{"type": 5, "custom_id": "who", "max_values": 2}},
		obj{"type": 18, "label": "Files", "component": obj{"type": 19, "custom_id": "files", "max_values": 2, "required": false}},
		obj{"type": 18, "label": "Text", "component": obj{"type": 4, "custom_id": "text", "style": 1, "value": "as it was", "max_length": 10}},
	)
	file := discordsim.File{Name: "a.txt", Data: []byte("a")}
	fields := func(over discordsim.Fields) discordsim.Fields {
		f := discordsim.Fields{"topic": {"pay"}, "who": {w.ravi.ID}}
		for k, v := range over {
			f[k] = v
		}
		return f
	}
	for name, bad := range map[string]discordsim.Fields{
		"not offered": {"topic": {"jobs"}}, "nobody": {"who": {}}, "too many": {"who": {w.ravi.ID, w.asha.ID, w.sim.Bot().ID}},
		"three files": {"files": {file, file, file}}, "text for file": {"files": {"a.txt"}}, "file for text": {"text": {file}},
		"long": {"text": {"far too long for it"}}, "unknown": {"other": {"x"}},
	} {
		if _, err := w.asha.Fill(modal, fields(bad)); err == nil {
			t.Errorf("%s: it is sent", name)
		}
	}
	_, err := w.asha.Fill(modal, fields(discordsim.Fields{"files": {file, file}}))
	w.must(err)
	var data struct {
		Components []struct {
			Type, ID  int
			Component struct {
				Type, ID int
				CustomID string `json:"custom_id"`
				Values   []string
				Value    string
			}
		}
		Resolved struct {
			Users       obj
			Attachments map[string]discordsim.Attachment
		}
	}
	raw, err := json.Marshal(c.invoked().Data)
	w.must(err)
	w.must(json.Unmarshal(raw, &data))
	rows := data.Components
	if len(rows) != 5 || rows[0].Type != 10 || rows[1].Component.Values[0] != "pay" || rows[2].Component.Values[0] != w.ravi.ID ||
		rows[4].Component.Value != "as it was" || rows[1].ID == 0 || rows[1].ID == rows[1].Component.ID {
		t.Errorf("sent %s", raw)
	}
	if data.Resolved.Users[w.ravi.ID] == nil || len(data.Resolved.Attachments) != 2 || data.Resolved.Attachments[rows[3].Component.Values[0]].Name != "a.txt" {
		t.Errorf("resolved in %s", raw)
	}
	_, err = w.asha.Submit(modal, map[string]string{"topic": "skills", "who": w.asha.ID, "text": "new"})
	w.must(err)
}

func TestBadModals(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	label := func(component obj) obj { return obj{"type": 18, "label": "x", "component": component} }
	text := func(id string) obj { return obj{"type": 4, "custom_id": id, "style": 1} }
	var six []obj
	for i := range 6 {
		six = append(six, label(text(fmt.Sprint(i))))
	}
	menu := obj{"type": 3, "custom_id": "m", "options": []obj{{"label": "A", "value": "a"}}}
	disabled := obj{"type": 5, "custom_id": "m", "disabled": true}
	for name, bad := range map[string][]obj{
		"six rows":         six,
		"none":             {},
		"same custom ID":   {label(text("a")), label(text("a"))},
		"menu in a row":    {{"type": 1, "components": []obj{menu}}},
		"disabled menu":    {label(disabled)},
		"button":           {label(obj{"type": 2, "custom_id": "b", "style": 1, "label": "x"})},
		"long label":       {{"type": 18, "label": fmt.Sprintf("%046d", 1), "component": text("a")}},
		"eleven files":     {label(obj{"type": 19, "custom_id": "f", "max_values": 11})},
		"more than it has": {label(obj{"type": 3, "custom_id": "m", "max_values": 2, "options": menu["options"]})},
		"no custom ID":     {label(obj{"type": 4, "style": 1})},
		"long text":        {label(obj{"type": 4, "custom_id": "a", "style": 1, "max_length": 4001})},
	} {
		_, callback, _ := w.slash(c, w.asha)
		if w.refused(50035, "POST", callback, obj{"type": 9, "data": obj{"title": "x", "custom_id": "x", "components": bad}}); t.Failed() {
			t.Fatal(name)
		}
	}
}
