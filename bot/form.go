package bot

import (
	"slices"
	"strings"
)

// Dialogs. discordgo does not know the components of which Discord makes them
// today, so they are written as Discord reads them.

// form is a dialog that a person fills in.
type form struct {
	id     string // the custom ID of what is sent
	title  string
	fields []field // 1 to 5
}

// field is a line or a box of a form.
type field struct {
	id, label   string
	hint        string       // below the label
	value       string       // that it is filled with; of a menu of many, parted by commas
	choices     []suggestion // of a menu, at most 25, in the place of a line
	many        bool         // of them may be chosen, or none
	placeholder string
	min, max    int // characters; a max of 0 is Discord's
	long        bool
	required    bool
}

// Discord's limits of dialogs, in characters.
const (
	maxFormTitle   = 45
	maxFieldLabel  = 45
	maxHint        = 100
	maxPlaceholder = 100
	maxFieldValue  = 4000
)

// The types of the components of a dialog, and the styles of a text input.
const (
	typeMenu      = 3
	typeTextInput = 4
	typeLabel     = 18

	styleLine = 1
	styleBox  = 2
)

// textInput is a text input as Discord reads it.
type textInput struct {
	Type        int    `json:"type"`
	CustomID    string `json:"custom_id"`
	Style       int    `json:"style"`
	MinLength   int    `json:"min_length"`
	MaxLength   int    `json:"max_length"`
	Required    bool   `json:"required"`
	Value       string `json:"value,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
}

// menuInput is a menu as Discord reads it.
type menuInput struct {
	Type      int          `json:"type"`
	CustomID  string       `json:"custom_id"`
	Required  bool         `json:"required"`
	MinValues *int         `json:"min_values,omitempty"` // 1 without
	MaxValues int          `json:"max_values,omitempty"`
	Options   []menuOption `json:"options"`
}

type menuOption struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// fieldLabel is the label around a field.
type fieldLabel struct {
	Type        int    `json:"type"`
	Label       string `json:"label"`
	Description string `json:"description,omitempty"`
	Component   any    `json:"component"`
}

// openForm is a dialog as Discord reads it.
type openForm struct {
	CustomID   string       `json:"custom_id"`
	Title      string       `json:"title"`
	Components []fieldLabel `json:"components"`
}

// payload is f as it is sent, within Discord's limits. What a field is filled
// with is never cut: a value that is too long is left out, so that nobody saves
// half of a text unawares.
func (f form) payload() openForm {
	p := openForm{CustomID: f.id, Title: orDash(plain(f.title, maxFormTitle))}
	for _, in := range f.fields {
		label := fieldLabel{Type: typeLabel, Label: orDash(plain(in.label, maxFieldLabel)), Description: plain(in.hint, maxHint)}
		if len(in.choices) > 0 {
			label.Component = in.menu()
			p.Components = append(p.Components, label)
			continue
		}
		most := in.max
		if most == 0 {
			most = maxFieldValue
		}
		input := textInput{
			Type: typeTextInput, CustomID: in.id, Style: styleLine, MinLength: in.min, MaxLength: most, Required: in.required,
			Placeholder: plain(in.placeholder, maxPlaceholder),
		}
		if in.long {
			input.Style = styleBox
		}
		if characters(in.value) <= most {
			input.Value = in.value
		}
		label.Component = input
		p.Components = append(p.Components, label)
	}
	return p
}

// menu is a field with choices as Discord reads it.
func (in field) menu() menuInput {
	m := menuInput{Type: typeMenu, CustomID: in.id, Required: in.required}
	filled := []string{in.value}
	if in.many {
		m.MinValues, m.MaxValues = new(0), len(in.choices)
		filled = strings.Split(in.value, ",")
	}
	for _, c := range in.choices[:min(len(in.choices), maxSuggestions)] {
		m.Options = append(m.Options, menuOption{orDash(plain(c.Name, maxSuggestion)), c.Value, slices.Contains(filled, c.Value)})
	}
	return m
}

// orDash is s, or a dash where Discord wants something to be seen and there is
// nothing.
func orDash(s string) string {
	if visible(s) {
		return s
	}
	return "–"
}
