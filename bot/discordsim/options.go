package discordsim

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Opts are the options of a slash command by name: strings, numbers and truth
// values, or a *User, *Role, *Channel or File.
type Opts map[string]any

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
	f := form{by: u, in: c, focused: focused, resolved: resolved{}}
	options, err := f.options(cmd.Options, words[1:], opts)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", name, err)
	}
	kind := kindCommand
	if focused != "" {
		kind = kindAutocomplete
	}
	data := map[string]any{"id": cmd.ID, "name": cmd.Name, "type": 1}
	if cmd.GuildID != "" {
		data["guild_id"] = cmd.GuildID
	}
	if len(options) > 0 {
		data["options"] = options
	}
	if len(f.resolved) > 0 && focused == "" {
		data["resolved"] = f.resolved
	}
	return s.begin(&Interaction{kind: kind, by: u, channel: c, command: cmd, given: name, files: f.files}, data), nil
}

// The kinds of options that are not subcommands.
const (
	optionString      = 3
	optionInteger     = 4
	optionBool        = 5
	optionUser        = 6
	optionChannel     = 7
	optionRole        = 8
	optionMentionable = 9
	optionNumber      = 10
	optionAttachment  = 11
)

// form is what a person fills in: the options of a command, a menu, a modal.
type form struct {
	by       *User
	in       *Channel
	focused  string // the option that the person is typing into
	resolved resolved
	files    []string // the IDs of those that were handed in
}

// resolved are the things that IDs in an interaction stand for, by kind and ID.
type resolved map[string]map[string]any

func (r resolved) add(kind, id string, object any) {
	if r[kind] == nil {
		r[kind] = map[string]any{}
	}
	r[kind][id] = object
}

// options turns what was filled in into what an interaction holds, as far as
// the command lets a person. The caller holds mu, as of all methods of a form.
func (f *form) options(defined []CommandOption, path []string, opts Opts) ([]map[string]any, error) {
	if len(path) > 0 {
		for _, d := range defined {
			if d.Name == path[0] && d.Type <= 2 {
				inner, err := f.options(d.Options, path[1:], opts)
				return []map[string]any{{"name": d.Name, "type": d.Type, "options": nonNil(inner)}}, err
			}
		}
		return nil, fmt.Errorf("no subcommand %q", path[0])
	}
	if len(defined) > 0 && defined[0].Type <= 2 {
		return nil, fmt.Errorf("%q is one of several subcommands", defined[0].Name)
	}
	var list []map[string]any
	left := len(opts)
	for _, d := range defined {
		v, given := opts[d.Name]
		if !given {
			if d.Required && f.focused == "" {
				return nil, fmt.Errorf("option %s is required", d.Name)
			}
			continue
		}
		left--
		w := map[string]any{"name": d.Name, "type": d.Type}
		if d.Name == f.focused {
			if !d.Autocomplete {
				return nil, fmt.Errorf("option %s does not complete itself", d.Name)
			}
			w["focused"], w["value"] = true, fmt.Sprint(v)
		} else {
			value, err := f.value(d, v)
			if err != nil {
				return nil, fmt.Errorf("option %s: %w", d.Name, err)
			}
			w["value"] = value
		}
		list = append(list, w)
	}
	if left > 0 {
		return nil, fmt.Errorf("options are given that it does not have: %v", opts)
	}
	return list, nil
}

// value is what an interaction holds for an option, if it takes v.
func (f *form) value(d CommandOption, v any) (any, error) {
	switch v := v.(type) {
	case string:
		if d.Type != optionString {
			break
		}
		return v, d.takesText(v)
	case int, int64, float64:
		n, whole := number(v)
		if d.Type != optionNumber && (d.Type != optionInteger || !whole) {
			break
		}
		return v, d.takesNumber(n)
	case bool:
		if d.Type == optionBool {
			return v, nil
		}
	case *User:
		if d.Type == optionUser || d.Type == optionMentionable {
			return v.ID, f.thing(v)
		}
	case *Role:
		if d.Type == optionRole || d.Type == optionMentionable {
			return v.ID, f.thing(v)
		}
	case *Channel:
		if d.Type == optionChannel {
			if kind := v.kind(); len(d.ChannelTypes) > 0 && !slices.Contains(d.ChannelTypes, kind) {
				return nil, fmt.Errorf("it takes channels of type %v, not %d", d.ChannelTypes, kind)
			}
			return v.ID, f.thing(v)
		}
	case File:
		if d.Type == optionAttachment {
			return f.file(v)
		}
	}
	return nil, fmt.Errorf("an option of type %d takes no %T %v", d.Type, v, v)
}

// number returns a number, and whether it is a whole one that every client can
// hold.
func number(v any) (n float64, whole bool) {
	switch v := v.(type) {
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	case float64:
		n = v
	}
	return n, n == float64(int64(n)) && n >= -1<<53 && n <= 1<<53
}

// takesText reports why Discord would not let a person send s for the option.
func (d CommandOption) takesText(s string) error {
	n, most := utf8.RuneCountInString(s), 6000
	if d.MaxLength != nil {
		most = *d.MaxLength
	}
	if n > most || d.MinLength != nil && n < *d.MinLength || d.Required && n == 0 {
		return fmt.Errorf("it does not take %d characters", n)
	}
	if len(d.Choices) > 0 && !slices.ContainsFunc(d.Choices, func(c Choice) bool { return c.Value == s }) {
		return fmt.Errorf("it has no choice %q", s)
	}
	return nil
}

// takesNumber reports why Discord would not let a person send n for the option.
func (d CommandOption) takesNumber(n float64) error {
	if d.MinValue != nil && n < *d.MinValue || d.MaxValue != nil && n > *d.MaxValue {
		return fmt.Errorf("it does not take %v", n)
	}
	if len(d.Choices) > 0 && !slices.ContainsFunc(d.Choices, func(c Choice) bool { return c.Value == n }) {
		return fmt.Errorf("it has no choice %v", n)
	}
	return nil
}

// thing adds a person, role or channel to what is resolved, if whoever fills in
// the form can choose it.
func (f *form) thing(v any) error {
	g := f.in.guild
	switch v := v.(type) {
	case *User:
		f.resolved.add("users", v.ID, v.wire())
		if g != nil && g.members[v.ID] != nil {
			m := g.wireMember(v)
			m.Permissions = f.in.may(v).String()
			f.resolved.add("members", v.ID, m)
		}
	case *Role:
		if g == nil || v.guild != g {
			return fmt.Errorf("there is no role %s here", v.Name)
		}
		f.resolved.add("roles", v.ID, v.wire())
	case *Channel:
		if g == nil || v.guild != g || v.may(f.by)&ViewChannel == 0 {
			return fmt.Errorf("%s sees no channel %s here", f.by.Name, v.Name)
		}
		w := v.wire()
		w.Permissions, w.AppPermissions = v.may(f.by).String(), v.app().String()
		f.resolved.add("channels", v.ID, w)
	}
	return nil
}

// file takes in a file, and returns its ID.
func (f *form) file(v File) (string, error) {
	if err := attachable([]File{v}); err != nil {
		return "", err
	}
	a := f.by.sim.attach(f.in, v)
	a.Ephemeral = true // the file is nowhere to be seen
	f.resolved.add("attachments", a.ID, a)
	f.files = append(f.files, a.ID)
	return a.ID, nil
}

// find returns the person, role or channel of that ID, or nil.
func (s *Sim) find(in *Channel, id string) any {
	if u := s.users[id]; u != nil {
		return u
	}
	if c := s.channels[id]; c != nil {
		return c
	}
	if in.guild != nil {
		if r := in.guild.role(id); r != nil {
			return r
		}
	}
	return nil
}
