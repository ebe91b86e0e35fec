package discordsim

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Click presses a button, named by its label or its custom ID.
func (u *User) Click(messageID, button string) (*Interaction, error) {
	return u.press(messageID, nil, func(c Component) bool { return c.Type == Button && (c.Label == button || c.CustomID == button) })
}

// Select chooses values of a select menu, named by its custom ID: of what the
// bot offers, or IDs of people, roles and channels.
func (u *User) Select(messageID, customID string, values ...string) (*Interaction, error) {
	return u.press(messageID, values, func(c Component) bool { return c.Type != Button && c.CustomID == customID })
}

func (u *User) press(messageID string, values []string, wanted func(Component) bool) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.seen(u, messageID)
	if err != nil {
		return nil, err
	}
	for _, row := range m.Components {
		for _, c := range row.all() {
			if !wanted(c) {
				continue
			}
			if c.Disabled || c.Type == Button && c.Style == 5 {
				return nil, fmt.Errorf("%q is disabled, or is a link", c.Label)
			}
			data := map[string]any{"custom_id": c.CustomID, "component_type": c.Type, "id": c.ID}
			if c.Type != Button {
				f := form{by: u, in: m.channel, resolved: resolved{}}
				if err := f.menu(c, values); err != nil {
					return nil, fmt.Errorf("menu %s: %w", c.CustomID, err)
				}
				data["values"] = nonNil(values)
				if len(f.resolved) > 0 {
					data["resolved"] = f.resolved
				}
			}
			return s.begin(&Interaction{kind: kindComponent, by: u, channel: m.channel, source: m}, data), nil
		}
	}
	return nil, errors.New("the message has no such component")
}

// choosable says what may be chosen of a menu that is filled by Discord.
var choosable = map[int]func(any) bool{
	UserSelect:        func(v any) bool { _, ok := v.(*User); return ok },
	RoleSelect:        func(v any) bool { _, ok := v.(*Role); return ok },
	MentionableSelect: func(v any) bool { _, channel := v.(*Channel); return !channel },
	ChannelSelect:     func(v any) bool { _, ok := v.(*Channel); return ok },
}

// menu reports why a person cannot choose those values of a menu, and resolves
// them.
func (f *form) menu(c Component, values []string) error {
	least, most := 1, 1
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	optional := c.Required != nil && !*c.Required && len(values) == 0
	if (len(values) < least || len(values) > most) && !optional {
		return fmt.Errorf("it takes %d to %d values, not %d", least, most, len(values))
	}
	for i, v := range values {
		if slices.Contains(values[:i], v) {
			return fmt.Errorf("%q is chosen twice", v)
		}
		if c.Type == StringSelect {
			if !slices.ContainsFunc(c.Options, func(o SelectOption) bool { return o.Value == v }) {
				return fmt.Errorf("it does not offer %q", v)
			}
			continue
		}
		thing := f.by.sim.find(f.in, v)
		if fits := choosable[c.Type]; thing == nil || fits == nil || !fits(thing) {
			return fmt.Errorf("a menu of type %d does not offer %s", c.Type, v)
		}
		if err := f.thing(thing); err != nil {
			return err
		}
	}
	return nil
}

// Submit sends a modal that the bot opened, with what the person typed into
// its fields, or chose there, by custom ID.
func (u *User) Submit(m Modal, fields map[string]string) (*Interaction, error) {
	filled := Fields{}
	for id, value := range fields {
		filled[id] = []any{value}
	}
	return u.Fill(m, filled)
}

// Fields are the fields of a modal by custom ID: a text, the values or IDs that
// are chosen of a menu, or each File that is uploaded.
type Fields map[string][]any

// Fill sends a modal as Submit does, whatever its fields are.
func (u *User) Fill(m Modal, fields Fields) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.opened == nil || m.opened.by != u {
		return nil, fmt.Errorf("no such dialog is open for %s", u.Name)
	}
	f := form{by: u, in: m.opened.channel, resolved: resolved{}}
	known := map[string]bool{}
	var rows []map[string]any
	for _, row := range m.Components {
		w := map[string]any{"type": row.Type, "id": row.ID}
		inner := row.Component
		if row.Type == ActionRow {
			inner = &row.Components[0]
		}
		if inner != nil {
			values, given := fields[inner.CustomID]
			field, err := f.field(*inner, values, given)
			if err != nil {
				return nil, fmt.Errorf("the field %s: %w", inner.CustomID, err)
			}
			known[inner.CustomID] = true
			if row.Type == Label {
				w["component"] = field
			} else {
				w["components"] = []any{field}
			}
		}
		rows = append(rows, w)
	}
	for id := range fields {
		if !known[id] {
			return nil, fmt.Errorf("the dialog has no field %s", id)
		}
	}
	data := map[string]any{"custom_id": m.CustomID, "components": rows}
	if len(f.resolved) > 0 {
		data["resolved"] = f.resolved
	}
	it := &Interaction{kind: kindModal, by: u, channel: m.opened.channel, source: m.opened.source, opener: m.opened, files: f.files}
	return s.begin(it, data), nil
}

// field is a field as it is sent, if it takes the values. One that the person
// leaves alone is sent with what the bot put into it.
func (f *form) field(c Component, values []any, given bool) (map[string]any, error) {
	w := map[string]any{"type": c.Type, "id": c.ID, "custom_id": c.CustomID}
	if c.Type == FileUpload {
		ids := []string{}
		for _, v := range values {
			file, ok := v.(File)
			if !ok {
				return nil, fmt.Errorf("it takes files, not %v", v)
			}
			id, err := f.file(file)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
		w["values"] = ids
		return w, c.holds(len(ids))
	}
	var texts []string
	for _, v := range values {
		text, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("it takes text, or an ID, not %v", v)
		}
		texts = append(texts, text)
	}
	if c.Type != TextInput {
		for _, o := range c.Options {
			if o.Default && !given {
				texts = append(texts, o.Value)
			}
		}
		w["values"] = nonNil(texts)
		return w, f.menu(c, texts)
	}
	text := c.Value
	if given {
		if len(texts) != 1 {
			return nil, errors.New("it takes one text")
		}
		text = texts[0]
	}
	w["value"] = text
	n := utf8.RuneCountInString(text)
	if c.MaxLength != nil && n > *c.MaxLength || c.MinLength != nil && n < *c.MinLength && n > 0 ||
		n == 0 && (c.Required == nil || *c.Required) {
		return nil, fmt.Errorf("it does not take %d characters", n)
	}
	return w, nil
}

// holds reports why a field does not take n files.
func (c Component) holds(n int) error {
	least, most := 1, 1
	if c.MinValues != nil {
		least = *c.MinValues
	}
	if c.MaxValues != nil {
		most = *c.MaxValues
	}
	if c.Required != nil && !*c.Required && n == 0 {
		return nil
	}
	if n < least || n > most {
		return fmt.Errorf("it takes %d to %d files, not %d", least, most, n)
	}
	return nil
}
