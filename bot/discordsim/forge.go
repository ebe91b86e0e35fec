package discordsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Forgery is an interaction as a client of one's own could make it up: a
// command that is not offered, a button that stands on no message, a dialog
// that nobody opened. One of Command, Menu and CustomID says what it is.
type Forgery struct {
	Command string // a slash command, as for Slash
	Opts    map[string]any
	Focused string // the option that is being typed into, if one is

	Menu string // a command of a message's context menu, on On

	CustomID string            // of a button
	Fields   map[string]string // makes it a dialog, with texts by custom ID
	On       *Message          // that the button stands on; the last message in the channel if nil
}

// Forge sends an interaction that Discord's own application would not let the
// person make. Who the person is, where they are and what they may do is
// Discord's to say, and true. Options and texts are sent as they are given.
func (u *User) Forge(c *Channel, f Forgery) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.may(u)&ViewChannel == 0 {
		return nil, fmt.Errorf("%s cannot see %s", u.Name, c.Name)
	}
	it := &Interaction{by: u, channel: c, source: f.On}
	if it.source == nil && len(c.messages) > 0 {
		it.source = c.messages[len(c.messages)-1]
	}
	var data map[string]any
	switch {
	case f.Fields != nil:
		it.kind, it.opener = kindModal, &Interaction{sim: s, ID: s.newID(), kind: kindComponent, by: u, channel: c, source: it.source}
		var rows []map[string]any
		for _, id := range slices.Sorted(maps.Keys(f.Fields)) {
			rows = append(rows, map[string]any{"type": Label, "component": map[string]any{"type": TextInput, "custom_id": id, "value": f.Fields[id]}})
		}
		data = map[string]any{"custom_id": f.CustomID, "components": nonNil(rows)}
	case f.CustomID != "":
		if it.kind = kindComponent; it.source == nil {
			return nil, fmt.Errorf("there is no message in %s for a button to stand on", c.Name)
		}
		data = map[string]any{"custom_id": f.CustomID, "component_type": Button, "id": 1}
	case f.Menu != "":
		if it.kind = kindCommand; it.source == nil {
			return nil, fmt.Errorf("there is no message in %s for a menu to be opened on", c.Name)
		}
		r := resolved{}
		r.add("messages", it.source.ID, it.source.basic())
		data = map[string]any{"id": s.newID(), "name": f.Menu, "type": 3, "target_id": it.source.ID, "resolved": r}
		it.source = nil
	default:
		it.kind, it.source = kindCommand, nil
		if f.Focused != "" {
			it.kind = kindAutocomplete
		}
		words := strings.Fields(f.Command)
		data = map[string]any{"id": s.newID(), "name": words[0], "type": 1, "options": forgedOptions(words[1:], f)}
	}
	return s.begin(it, data), nil
}

// forgedOptions writes options as they are given, inside of the subcommands of
// a path.
func forgedOptions(path []string, f Forgery) []map[string]any {
	if len(path) > 0 {
		return []map[string]any{{"name": path[0], "type": 1, "options": forgedOptions(path[1:], f)}}
	}
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(f.Opts)) {
		w := map[string]any{"name": name, "type": optionString, "value": f.Opts[name]}
		if _, truth := f.Opts[name].(bool); truth {
			w["type"] = optionBool
		}
		if name == f.Focused {
			w["focused"] = true
		}
		list = append(list, w)
	}
	return list
}
