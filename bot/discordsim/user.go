package discordsim

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What a person does in Discord's own application. Each returns an error where
// that application would not let them.

// Opts are the options of a slash command by name: strings, numbers, truth
// values, or a *User or *Channel.
type Opts map[string]any

// Mention is how a message names the user.
func (u *User) Mention() string { return "<@" + u.ID + ">" }

// Say writes a message.
func (u *User) Say(c *Channel, text string) (Message, error) { return u.say(c, text, nil, false) }

// ReplyTo writes a message in reply to another, with a ping to its author or
// without.
func (u *User) ReplyTo(m Message, text string, ping Ping) (Message, error) {
	u.sim.mu.Lock()
	c := u.sim.channels[m.ChannelID]
	u.sim.mu.Unlock()
	return u.say(c, text, &reference{MessageID: m.ID, ChannelID: m.ChannelID}, ping == WithPing)
}

// Ping says whether a reply notifies whom it replies to.
type Ping int

// What a reply does.
const (
	WithPing Ping = iota
	WithoutPing
)

func (u *User) say(c *Channel, text string, ref *reference, ping bool) (Message, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.may(u)&SendMessages == 0 {
		return Message{}, fmt.Errorf("%s may not write in %s", u.Name, c.Name)
	}
	if n := utf8.RuneCountInString(text); n == 0 || n > 2000 {
		return Message{}, fmt.Errorf("a message has 1 to 2000 characters, not %d", n)
	}
	m := &Message{channel: c, author: u, Content: text, reference: ref}
	if ref != nil {
		m.ReplyTo = ref.MessageID
		if c.guild != nil {
			ref.GuildID = c.guild.ID
		}
	}
	s.address(m, &allowedMentions{Parse: []string{"users", "roles", "everyone"}, RepliedUser: &ping})
	s.post(m)
	return *m, nil
}

// Slash uses a slash command; a subcommand follows its command after a space.
func (u *User) Slash(c *Channel, name string, opts Opts) (*Interaction, error) {
	return u.use(c, name, opts, "")
}

// Type is what Discord does while the person types into an option that
// completes itself: focused names it.
func (u *User) Type(c *Channel, name string, opts Opts, focused string) (*Interaction, error) {
	return u.use(c, name, opts, focused)
}

func (u *User) use(c *Channel, name string, opts Opts, focused string) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	words := strings.Fields(name)
	cmd := s.command(u, c, 1, words[0])
	if cmd == nil {
		return nil, fmt.Errorf("%s is offered no /%s here", u.Name, words[0])
	}
	options, err := choose(cmd.Options, words[1:], opts, focused)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", name, err)
	}
	kind := kindCommand
	if focused != "" {
		kind = kindAutocomplete
	}
	data := map[string]any{"id": cmd.ID, "name": cmd.Name, "type": 1}
	if len(options) > 0 {
		data["options"] = options
	}
	return s.begin(&Interaction{kind: kind, by: u, channel: c, command: cmd}, data), nil
}

// choose turns options into what an interaction holds, as far as the command
// lets a person.
func choose(defined []CommandOption, path []string, opts Opts, focused string) ([]map[string]any, error) {
	if len(path) > 0 {
		for _, d := range defined {
			if d.Name == path[0] && d.Type <= 2 {
				inner, err := choose(d.Options, path[1:], opts, focused)
				return []map[string]any{{"name": d.Name, "type": d.Type, "options": nonNil(inner)}}, err
			}
		}
		return nil, fmt.Errorf("no subcommand %q", path[0])
	}
	var list []map[string]any
	left := len(opts)
	for _, d := range defined {
		v, given := opts[d.Name]
		if !given {
			if d.Required && focused == "" {
				return nil, fmt.Errorf("option %s is required", d.Name)
			}
			continue
		}
		left--
		w := map[string]any{"name": d.Name, "type": d.Type, "value": v}
		switch v := v.(type) {
		case *User:
			w["value"] = v.ID
		case *Channel:
			w["value"] = v.ID
		case string:
			if err := d.takes(v); err != nil && focused == "" {
				return nil, err
			}
		}
		if d.Name == focused {
			w["focused"] = true
			w["value"] = fmt.Sprint(v)
		}
		list = append(list, w)
	}
	if left > 0 {
		return nil, fmt.Errorf("options are given that it does not have: %v", opts)
	}
	return list, nil
}

// takes reports why Discord would not let a person send v for the option.
func (d CommandOption) takes(v string) error {
	n, most := utf8.RuneCountInString(v), 6000
	if d.MaxLength != nil {
		most = *d.MaxLength
	}
	if n > most || d.MinLength != nil && n < *d.MinLength || d.Required && n == 0 {
		return fmt.Errorf("option %s does not take %d characters", d.Name, n)
	}
	for _, c := range d.Choices {
		if c.Value == v {
			return nil
		}
	}
	if len(d.Choices) > 0 {
		return fmt.Errorf("option %s has no choice %q", d.Name, v)
	}
	return nil
}

// Menu uses a command of a message's context menu.
func (u *User) Menu(m Message, name string) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	target, err := s.seen(u, m.ID)
	if err != nil {
		return nil, err
	}
	cmd := s.command(u, target.channel, 3, name)
	if cmd == nil {
		return nil, fmt.Errorf("%s is offered no %q on messages here", u.Name, name)
	}
	return s.begin(&Interaction{kind: kindCommand, by: u, channel: target.channel, command: cmd}, map[string]any{
		"id": cmd.ID, "name": cmd.Name, "type": 3, "target_id": target.ID,
		"resolved": map[string]any{"messages": map[string]any{target.ID: target.wire()}},
	}), nil
}

// seen finds a message that u can see. The caller holds mu.
func (s *Sim) seen(u *User, id string) (*Message, error) {
	m := s.messages[id]
	if m == nil || m.deleted || !m.visible(u) {
		return nil, fmt.Errorf("%s sees no message %s", u.Name, id)
	}
	return m, nil
}

// visible reports whether u can see m.
func (m *Message) visible(u *User) bool {
	return m.channel.may(u)&ViewChannel != 0 && (m.seenBy == nil || m.seenBy == u)
}

// Click presses a button, named by its label or its custom ID.
func (u *User) Click(messageID, button string) (*Interaction, error) {
	return u.press(messageID, nil, func(c Component) bool { return c.Type == Button && (c.Label == button || c.CustomID == button) })
}

// Select chooses values of a select menu, named by its custom ID.
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
			if c.Disabled || c.Style == 5 {
				return nil, fmt.Errorf("%q is disabled, or is a link", c.Label)
			}
			data := map[string]any{"custom_id": c.CustomID, "component_type": c.Type, "id": c.ID}
			if values != nil {
				data["values"] = values
			}
			return s.begin(&Interaction{kind: kindComponent, by: u, channel: m.channel, source: m}, data), nil
		}
	}
	return nil, errors.New("the message has no such component")
}

// Submit sends a modal that the bot opened, with what the person typed into
// its fields by custom ID.
func (u *User) Submit(m Modal, fields map[string]string) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.opened == nil || m.opened.by != u {
		return nil, fmt.Errorf("no such dialog is open for %s", u.Name)
	}
	var rows []map[string]any
	for _, row := range m.Components {
		inner := row.Component
		if row.Type == ActionRow {
			inner = &row.Components[0]
		}
		if inner == nil {
			continue
		}
		value := inner.Value
		if v, typed := fields[inner.CustomID]; typed {
			value = v
		}
		n := utf8.RuneCountInString(value)
		if inner.MaxLength != nil && n > *inner.MaxLength || inner.MinLength != nil && n < *inner.MinLength && n > 0 ||
			n == 0 && (inner.Required == nil || *inner.Required) {
			return nil, fmt.Errorf("the field %s does not take %d characters", inner.CustomID, n)
		}
		field := map[string]any{"type": inner.Type, "id": 2, "custom_id": inner.CustomID, "value": value}
		if inner.Type != TextInput {
			delete(field, "value")
			field["values"] = []string{value}
		}
		if row.Type == Label {
			rows = append(rows, map[string]any{"type": Label, "id": 1, "component": field})
		} else {
			rows = append(rows, map[string]any{"type": ActionRow, "id": 1, "components": []any{field}})
		}
	}
	it := &Interaction{kind: kindModal, by: u, channel: m.opened.channel, source: m.opened.source}
	return s.begin(it, map[string]any{"custom_id": m.CustomID, "components": rows}), nil
}

// Read returns the messages of a channel that the person can see, oldest first.
func (u *User) Read(c *Channel) []Message {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range c.messages {
		if m.visible(u) && !m.deleted {
			list = append(list, *m)
		}
	}
	return list
}

// Await waits until the person can see a message in c that is as wanted, and
// returns the first such.
func (u *User) Await(ctx context.Context, c *Channel, wanted func(Message) bool) (Message, error) {
	var found Message
	err := u.sim.Wait(ctx, func() bool {
		for _, m := range u.Read(c) {
			if wanted(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found, err
}

// InReplyTo is what Await wants of the bot's reply to a message.
func InReplyTo(m Message) func(Message) bool {
	return func(other Message) bool { return other.ReplyTo == m.ID }
}

// permission reads a permission as Discord writes it.
func permission(s string) Permission {
	n, _ := strconv.ParseInt(s, 10, 64)
	return Permission(n)
}
