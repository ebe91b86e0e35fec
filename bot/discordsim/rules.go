package discordsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits that Discord documents, and what it answers to those who pass
// them: code 50035 with a tree that names each field at fault.

// faultyForm gathers the faults of a request's body.
type faultyForm struct {
	tree  map[string]any
	names []string // of the files to which embeds may point
}

// add notes a fault of the field at a path as in "embeds.0.title".
func (f *faultyForm) add(path, code, format string, args ...any) {
	if f.tree == nil {
		f.tree = map[string]any{}
	}
	node := f.tree
	for _, name := range strings.Split(path, ".") {
		next, ok := node[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			node[name] = next
		}
		node = next
	}
	list, _ := node["_errors"].([]map[string]string)
	node["_errors"] = append(list, map[string]string{"code": code, "message": fmt.Sprintf(format, args...)})
}

// length notes a fault if s has fewer than low or more than high characters.
func (f *faultyForm) length(path, s string, low, high int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(s)); {
	case n < low && n == 0:
		f.add(path, "BASE_TYPE_REQUIRED", "This field is required")
	case n < low || utf8.RuneCountInString(s) > high:
		f.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", low, high)
	}
}

// count notes a fault if a list has too many entries.
func (f *faultyForm) count(path string, n, low, high int) {
	if n < low || n > high {
		f.add(path, "BASE_TYPE_BAD_LENGTH", "Must be between %d and %d in length.", low, high)
	}
}

// choice notes a fault if v is none of the values.
func (f *faultyForm) choice(path string, v any, values ...any) {
	if !slices.Contains(values, v) {
		f.add(path, "BASE_TYPE_CHOICES", "Value must be one of %v.", values)
	}
}

func (f *faultyForm) link(path, link string) {
	if link == "" {
		return
	}
	if u, err := url.Parse(link); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		f.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	}
}

// image notes a fault if a picture is neither on the web nor a file of the
// message.
func (f *faultyForm) image(path, link string) {
	name, own := strings.CutPrefix(link, attached)
	if !own {
		f.link(path, link)
	} else if !slices.Contains(f.names, name) {
		f.add(path, "ATTACHMENT_NOT_FOUND", "Attachment data not found: %q", name)
	}
}

// failure is the answer to a body with faults; ok if it has none.
func (f *faultyForm) failure() (fail failure, ok bool) {
	if f.tree == nil {
		return failure{}, true
	}
	return failure{Message: "Invalid Form Body", Code: 50035, Errors: f.tree}, false
}

// decode reads the JSON of a request into v. What has the wrong type is a fault
// of the form.
func decode(raw []byte, v any) (failure, bool) {
	if len(raw) == 0 {
		raw = []byte("{}")
	}
	err := json.Unmarshal(raw, v)
	if err == nil {
		return failure{}, true
	}
	var form faultyForm
	path := "body"
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		path = wrong.Field
	}
	form.add(path, "BASE_TYPE_BAD_TYPE", "%v", err)
	return form.failure()
}

// embeds checks the embeds of a message.
func (f *faultyForm) embeds(embeds []Embed) {
	f.count("embeds", len(embeds), 0, 10)
	total := 0
	for i, e := range embeds {
		at := func(field string) string { return fmt.Sprintf("embeds.%d.%s", i, field) }
		text := func(field, s string, low, high int) {
			f.length(at(field), s, low, high)
			total += utf8.RuneCountInString(s)
		}
		text("title", e.Title, 0, 256)
		text("description", e.Description, 0, 4096)
		f.link(at("url"), e.URL)
		f.count(at("fields"), len(e.Fields), 0, 25)
		for j, field := range e.Fields {
			text(fmt.Sprintf("fields.%d.name", j), field.Name, 1, 256)
			text(fmt.Sprintf("fields.%d.value", j), field.Value, 1, 1024)
		}
		if e.Footer != nil {
			text("footer.text", e.Footer.Text, 1, 2048)
			f.image(at("footer.icon_url"), e.Footer.IconURL)
		}
		if e.Author != nil {
			text("author.name", e.Author.Name, 1, 256)
			f.link(at("author.url"), e.Author.URL)
		}
		for name, image := range map[string]*EmbedImage{"image": e.Image, "thumbnail": e.Thumbnail} {
			if image != nil {
				f.image(at(name+".url"), image.URL)
			}
		}
		if e.Color < 0 || e.Color > 0xFFFFFF {
			f.add(at("color"), "NUMBER_TYPE_MAX", "int value should be between 0 and 16777215.")
		}
		if e.Timestamp != "" {
			if _, err := time.Parse(time.RFC3339, e.Timestamp); err != nil {
				f.add(at("timestamp"), "DATETIME_TYPE_PARSE", "Could not parse %q.", e.Timestamp)
			}
		}
		empty := strings.TrimSpace(e.Title+e.Description) == "" && len(e.Fields) == 0 && e.Footer == nil && e.Author == nil && e.Image == nil && e.Thumbnail == nil
		if empty {
			f.add(at("description"), "BASE_TYPE_REQUIRED", "This field is required")
		}
	}
	if total > 6000 {
		f.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
	}
}

// components checks the components of a message.
func (f *faultyForm) components(rows []Component, v2 bool) {
	ids := map[string]bool{}
	if v2 {
		n := 0
		for _, c := range rows {
			n += len(c.all())
		}
		f.count("components", n, 1, 40)
	} else {
		f.count("components", len(rows), 0, 5)
	}
	for i, row := range rows {
		at := fmt.Sprintf("components.%d", i)
		if row.Type != ActionRow {
			if !v2 || row.Type < 9 {
				f.add(at+".type", "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1,).")
			}
			continue
		}
		f.row(at, row, ids)
	}
}

// row checks an action row and what is in it.
func (f *faultyForm) row(at string, row Component, ids map[string]bool) {
	f.count(at+".components", len(row.Components), 1, 5)
	for j, c := range row.Components {
		at := fmt.Sprintf("%s.components.%d", at, j)
		switch {
		case c.Type == Button:
			f.button(at, c, ids)
		case c.isMenu():
			f.menu(at, c, ids)
			f.count(at, len(row.Components), 1, 1)
		default:
			f.add(at+".type", "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).")
		}
	}
}

func (f *faultyForm) customID(at, id string, ids map[string]bool) {
	f.length(at+".custom_id", id, 1, 100)
	if ids[id] {
		f.add(at+".custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	ids[id] = true
}

func (f *faultyForm) button(at string, c Component, ids map[string]bool) {
	f.choice(at+".style", c.Style, 1, 2, 3, 4, 5, 6)
	f.length(at+".label", c.Label, 0, 80)
	if strings.TrimSpace(c.Label) == "" && c.Emoji == nil {
		f.add(at, "BUTTON_COMPONENT_INVALID_LABEL_OR_EMOJI", "A button needs a label or an emoji")
	}
	if c.Style != 5 {
		f.customID(at, c.CustomID, ids)
		return
	}
	f.link(at+".url", c.URL)
	if c.URL == "" || c.CustomID != "" {
		f.add(at, "BUTTON_COMPONENT_INVALID_URL", "A link button has a url and no custom id")
	}
}

func (f *faultyForm) menu(at string, c Component, ids map[string]bool) {
	f.customID(at, c.CustomID, ids)
	f.length(at+".placeholder", c.Placeholder, 0, 150)
	most := 25
	if c.Type == StringSelect {
		f.count(at+".options", len(c.Options), 1, 25)
		most = min(most, len(c.Options))
	}
	f.values(at, c, most)
	values := map[string]bool{}
	for i, o := range c.Options {
		at := fmt.Sprintf("%s.options.%d", at, i)
		f.length(at+".label", o.Label, 1, 100)
		f.length(at+".value", o.Value, 1, 100)
		f.length(at+".description", o.Description, 0, 100)
		if values[o.Value] {
			f.add(at+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[o.Value] = true
	}
}

// message checks what creates or edits a message; had are the files that it has
// already, flags those that may be set there.
func (f *faultyForm) message(b messageBody, had []Attachment, flags int) {
	f.names = b.names(had)
	f.files(b, had)
	if b.Content != nil {
		f.length("content", *b.Content, 0, 2000)
	}
	if b.Embeds != nil {
		f.embeds(*b.Embeds)
	}
	v2 := b.Flags&flagComponentsV2 != 0
	if b.Components != nil {
		f.components(*b.Components, v2)
	}
	if v2 && (b.Content != nil && *b.Content != "" || b.Embeds != nil && len(*b.Embeds) > 0) {
		f.add("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	if b.Flags&^flags != 0 {
		f.add("flags", "INVALID_FLAGS", "These flags cannot be set here: %d", b.Flags&^flags)
	}
	f.mentions(b.AllowedMentions)
	if len(b.Nonce) > 0 {
		var s string
		if json.Unmarshal(b.Nonce, &s) != nil {
			s = string(b.Nonce)
		}
		f.length("nonce", s, 0, 25)
	}
}

func (f *faultyForm) mentions(a *allowedMentions) {
	if a == nil {
		return
	}
	for _, kind := range a.Parse {
		f.choice("allowed_mentions.parse", kind, "users", "roles", "everyone")
	}
	f.count("allowed_mentions.users", len(a.Users), 0, 100)
	f.count("allowed_mentions.roles", len(a.Roles), 0, 100)
	if slices.Contains(a.Parse, "users") && len(a.Users) > 0 || slices.Contains(a.Parse, "roles") && len(a.Roles) > 0 {
		f.add("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse and a list of the same kind are mutually exclusive.")
	}
}

// empty reports whether a message would show nothing.
func (b messageBody) empty() bool {
	content := b.Content == nil || strings.TrimSpace(*b.Content) == ""
	embeds := b.Embeds == nil || len(*b.Embeds) == 0
	components := b.Components == nil || len(*b.Components) == 0 || b.Flags&flagComponentsV2 == 0
	files := len(b.uploads) == 0 && (b.Attachments == nil || len(*b.Attachments) == 0)
	return content && embeds && components && files
}

// modal checks a modal.
func (f *faultyForm) modal(b messageBody) {
	f.length("data.title", b.Title, 1, 45)
	f.length("data.custom_id", b.CustomID, 1, 100)
	var rows []Component
	if b.Components != nil {
		rows = *b.Components
	}
	f.count("data.components", len(rows), 1, 5)
	ids := map[string]bool{}
	for i, row := range rows {
		at := fmt.Sprintf("data.components.%d", i)
		switch {
		case row.Type == Label && row.Component != nil:
			f.length(at+".label", row.Label, 1, 45)
			f.length(at+".description", row.Description, 0, 100)
			f.field(at+".component", *row.Component, ids)
		case row.Type == ActionRow && len(row.Components) == 1:
			f.length(at+".components.0.label", row.Components[0].Label, 1, 45)
			f.input(at+".components.0", row.Components[0], ids)
		case row.Type == TextDisplay:
			f.length(at+".content", row.Content, 1, 4000)
		default:
			f.add(at+".type", "UNION_TYPE_CHOICES", "A modal holds labels, texts, and action rows of one text input.")
		}
	}
}

// values checks how many values a menu or an upload takes: most at most.
func (f *faultyForm) values(at string, c Component, most int) {
	if c.MinValues != nil && (*c.MinValues < 0 || *c.MinValues > most || c.MaxValues != nil && *c.MinValues > *c.MaxValues) {
		f.add(at+".min_values", "NUMBER_TYPE_MAX", "int value should be between 0 and %d, and not above max_values.", most)
	}
	if c.MaxValues != nil && (*c.MaxValues < 1 || *c.MaxValues > most) {
		f.add(at+".max_values", "NUMBER_TYPE_MAX", "int value should be between 1 and %d.", most)
	}
}

// field checks what a label of a modal is for.
func (f *faultyForm) field(at string, c Component, ids map[string]bool) {
	switch {
	case c.isMenu():
		f.menu(at, c, ids)
		if c.Disabled {
			f.add(at+".disabled", "COMPONENT_DISABLED_IN_MODAL", "A menu of a modal cannot be disabled")
		}
	case c.Type == FileUpload:
		f.customID(at, c.CustomID, ids)
		f.values(at, c, maxFiles)
	default:
		f.input(at, c, ids)
	}
}

// input checks a text input of a modal: all that an action row holds there.
func (f *faultyForm) input(at string, c Component, ids map[string]bool) {
	if c.Type != TextInput {
		f.add(at+".type", "UNION_TYPE_CHOICES", "A label is for a text input, a menu or a file upload, an action row for a text input.")
		return
	}
	f.customID(at, c.CustomID, ids)
	f.choice(at+".style", c.Style, 1, 2)
	f.length(at+".placeholder", c.Placeholder, 0, 100)
	f.length(at+".value", c.Value, 0, 4000)
	if c.MaxLength != nil && (*c.MaxLength < 1 || *c.MaxLength > 4000) {
		f.add(at+".max_length", "NUMBER_TYPE_MAX", "int value should be between 1 and 4000.")
	}
}

// choices checks what autocompletion offers.
func (f *faultyForm) choices(at string, choices []Choice) {
	f.count(at, len(choices), 0, 25)
	for i, c := range choices {
		f.length(fmt.Sprintf("%s.%d.name", at, i), c.Name, 1, 100)
		if s, ok := c.Value.(string); ok {
			f.length(fmt.Sprintf("%s.%d.value", at, i), s, 1, 100)
		}
	}
}

// slashName is what a slash command and its options may be called.
var slashName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// overwrite checks a whole table of commands; installs are the ways to install
// the application.
func (f *faultyForm) overwrite(commands []Command, installs []int) {
	seen, kinds := map[string]bool{}, map[int]int{}
	for i, c := range commands {
		at := strconv.Itoa(i)
		kinds[c.Type]++
		key := fmt.Sprint(c.Type, c.Name)
		if seen[key] {
			f.add(at+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[key] = true
		f.choice(at+".type", c.Type, 1, 2, 3)
		if c.Type == 1 {
			f.slash(at, c.Name, c.Description)
			f.options(at, c.Options)
		} else {
			f.length(at+".name", c.Name, 1, 32)
			if c.Description != "" || len(c.Options) > 0 {
				f.add(at+".description", "APPLICATION_COMMAND_CONTEXT_MENU", "Context menu commands cannot have description or options")
			}
		}
		for _, v := range c.Contexts {
			f.choice(at+".contexts", v, 0, 1, 2)
		}
		for _, v := range c.IntegrationTypes {
			if !slices.Contains(installs, v) {
				f.add(at+".integration_types", "APPLICATION_COMMAND_INTEGRATION_TYPE_INVALID", "The application cannot be installed in this way: %d", v)
			}
		}
		if p := c.DefaultMemberPermissions; p != nil {
			if _, err := strconv.ParseUint(*p, 10, 64); err != nil {
				f.add(at+".default_member_permissions", "BASE_TYPE_BAD_TYPE", "not a number: %q", *p)
			}
		}
		if c.size() > 8000 {
			f.add(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
		}
	}
	for kind, most := range map[int]int{1: 100, 2: 15, 3: 15} {
		if kinds[kind] > most {
			f.add("commands", "APPLICATION_COMMANDS_MAX", "Maximum number of application commands reached (%d)", most)
		}
	}
}

func (f *faultyForm) slash(at, name, description string) {
	if !slashName.MatchString(name) || strings.ToLower(name) != name {
		f.add(at+".name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
	f.length(at+".description", description, 1, 100)
}

func (f *faultyForm) options(at string, options []CommandOption) {
	f.count(at+".options", len(options), 0, 25)
	seen, optional := map[string]bool{}, false
	for i, o := range options {
		if (o.Type <= 2) != (options[0].Type <= 2) {
			f.add(at+".options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
		}
		at := fmt.Sprintf("%s.options.%d", at, i)
		f.slash(at, o.Name, o.Description)
		if seen[o.Name] {
			f.add(at+".name", "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME", "Option names must be unique")
		}
		seen[o.Name] = true
		if o.Type < 1 || o.Type > 11 {
			f.add(at+".type", "BASE_TYPE_CHOICES", "Value must be between 1 and 11.")
		}
		if o.Required && optional {
			f.add(at+".required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !o.Required && o.Type > 2
		if o.Autocomplete && len(o.Choices) > 0 {
			f.add(at+".choices", "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Autocomplete and choices are mutually exclusive")
		}
		f.choices(at+".choices", o.Choices)
		if (o.Autocomplete || len(o.Choices) > 0) && o.Type != optionString && o.Type != optionInteger && o.Type != optionNumber {
			f.add(at+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only texts and numbers have choices or autocompletion")
		}
		if o.MaxLength != nil && (*o.MaxLength < 1 || *o.MaxLength > 6000) {
			f.add(at+".max_length", "NUMBER_TYPE_MAX", "int value should be between 1 and 6000.")
		}
		f.options(at, o.Options)
	}
}

// badForm is the answer to a body with faults.
func badForm(fail failure) (int, any) { return http.StatusBadRequest, fail }
