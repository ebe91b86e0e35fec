package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// What a visitor does in the name of a person. Whether that person may is for
// bot/discordsim to say.

// act is what the page asks for. What it holds depends on what is done.
type act struct {
	Channel  string                       `json:"channel"`
	Message  string                       `json:"message"`
	Text     string                       `json:"text"`
	Ping     bool                         `json:"ping"`
	Command  string                       `json:"command"`
	Options  map[string]string            `json:"options"`
	Focused  string                       `json:"focused"`
	CustomID string                       `json:"custom_id"`
	Values   []string                     `json:"values"`
	Modal    string                       `json:"modal"`
	Fields   map[string][]string          `json:"fields"`
	files    map[string][]discordsim.File // by the field or option
}

// did is what came of it: nothing that is not in the events, or one of these.
type did struct {
	Modal   *shownModal         `json:"modal,omitempty"`
	Choices []discordsim.Choice `json:"choices,omitempty"`
}

// shownModal is a dialog that the bot has opened.
type shownModal struct {
	ID         string                 `json:"id"`
	Title      string                 `json:"title"`
	Components []discordsim.Component `json:"components"`
}

// openModal is a dialog that waits to be sent.
type openModal struct {
	id string
	by *discordsim.User
	discordsim.Modal
}

// mostOpen is how many dialogs are remembered.
const mostOpen = 100

// failure is why something was not done, for the person.
type failure struct {
	Error string `json:"error"`
}

var acts = map[string]func(*Demo, context.Context, person, act) (did, error){
	"say":      (*Demo).say,
	"edit":     (*Demo).edit,
	"delete":   (*Demo).delete,
	"slash":    (*Demo).slash,
	"complete": (*Demo).complete,
	"menu":     (*Demo).menu,
	"click":    (*Demo).click,
	"select":   (*Demo).choose,
	"submit":   (*Demo).submit,
}

// maxAct is how large what the page sends may be, with its files.
const maxAct = 32 << 20

func (d *Demo) serveAct(w http.ResponseWriter, r *http.Request) {
	p, ok := d.find(r)
	do := acts[r.PathValue("act")]
	if !ok || do == nil {
		reply(w, http.StatusNotFound, failure{"There is no such thing to do."})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxAct)
	a, err := readAct(r)
	if err != nil {
		reply(w, http.StatusBadRequest, failure{"That could not be read: " + err.Error()})
		return
	}
	done, err := do(d, r.Context(), p, a)
	if err != nil {
		reply(w, http.StatusUnprocessableEntity, failure{err.Error()})
		return
	}
	reply(w, http.StatusOK, done)
}

// readAct reads an act: the JSON of the field named act, and files.
func readAct(r *http.Request) (a act, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return a, err
	}
	a.files = map[string][]discordsim.File{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return a, nil
		}
		if err != nil {
			return a, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return a, err
		}
		if part.FileName() == "" {
			if err := json.Unmarshal(data, &a); err != nil {
				return a, err
			}
			continue
		}
		kind := part.Header.Get("Content-Type")
		if kind == "application/octet-stream" {
			kind = "" // what is written of files whose kind is not known
		}
		a.files[part.FormName()] = append(a.files[part.FormName()], discordsim.File{Name: part.FileName(), Type: kind, Data: data})
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) // who asked may have left
}

// place finds a channel that the person sees.
func (d *Demo) place(p person, id string) (*discordsim.Channel, error) {
	for _, c := range d.sees(p) {
		if c.ID == id {
			return c.Channel, nil
		}
	}
	return nil, errors.New("you see no such channel")
}

// message finds a message that the person sees.
func (d *Demo) message(p person, id string) (discordsim.Message, error) {
	for _, c := range d.sees(p) {
		for _, m := range p.Read(c.Channel) {
			if m.ID == id {
				return m, nil
			}
		}
	}
	return discordsim.Message{}, errors.New("that message is no longer there")
}

func (d *Demo) say(_ context.Context, p person, a act) (did, error) {
	c, err := d.place(p, a.Channel)
	if err != nil {
		return did{}, err
	}
	if a.Message == "" {
		_, err = p.Say(c, a.Text, a.files["file"]...)
		return did{}, err
	}
	to, err := d.message(p, a.Message)
	if err != nil {
		return did{}, err
	}
	ping := discordsim.WithoutPing
	if a.Ping {
		ping = discordsim.WithPing
	}
	_, err = p.ReplyTo(to, a.Text, ping)
	return did{}, err
}

func (d *Demo) edit(_ context.Context, p person, a act) (did, error) {
	m, err := d.message(p, a.Message)
	if err == nil {
		_, err = p.Edit(m, a.Text)
	}
	return did{}, err
}

func (d *Demo) delete(_ context.Context, p person, a act) (did, error) {
	m, err := d.message(p, a.Message)
	if err == nil {
		err = p.Delete(m)
	}
	return did{}, err
}

func (d *Demo) slash(ctx context.Context, p person, a act) (did, error) {
	c, opts, err := d.options(p, a)
	if err != nil {
		return did{}, err
	}
	it, err := p.Slash(c, a.Command, opts)
	return d.asked(ctx, p, it, err)
}

func (d *Demo) complete(ctx context.Context, p person, a act) (did, error) {
	c, opts, err := d.options(p, a)
	if err != nil {
		return did{}, err
	}
	it, err := p.Type(c, a.Command, opts, a.Focused)
	if err != nil {
		return did{}, err
	}
	choices, err := it.Choices(ctx)
	return did{Choices: choices}, err
}

func (d *Demo) menu(ctx context.Context, p person, a act) (did, error) {
	m, err := d.message(p, a.Message)
	if err != nil {
		return did{}, err
	}
	it, err := p.Menu(m, a.Command)
	return d.asked(ctx, p, it, err)
}

func (d *Demo) click(ctx context.Context, p person, a act) (did, error) {
	it, err := p.Click(a.Message, a.CustomID)
	return d.asked(ctx, p, it, err)
}

func (d *Demo) choose(ctx context.Context, p person, a act) (did, error) {
	it, err := p.Select(a.Message, a.CustomID, a.Values...)
	return d.asked(ctx, p, it, err)
}

func (d *Demo) submit(ctx context.Context, p person, a act) (did, error) {
	d.mu.Lock()
	i := slices.IndexFunc(d.opened, func(m openModal) bool { return m.id == a.Modal && m.by == p.User })
	var modal discordsim.Modal
	if i >= 0 {
		modal = d.opened[i].Modal
	}
	d.mu.Unlock()
	if i < 0 {
		return did{}, errors.New("this dialog is no longer open: open it again")
	}
	fields := discordsim.Fields{}
	for id, values := range a.Fields {
		fields[id] = []any{}
		for _, v := range values {
			fields[id] = append(fields[id], v)
		}
	}
	for id, files := range a.files {
		for _, f := range files {
			fields[id] = append(fields[id], f)
		}
	}
	it, err := p.Fill(modal, fields)
	return d.asked(ctx, p, it, err)
}

// asked waits for the bot's first answer. What it says comes with the events; a
// dialog is for this person alone.
func (d *Demo) asked(ctx context.Context, p person, it *discordsim.Interaction, err error) (did, error) {
	if err != nil {
		return did{}, err
	}
	if err := it.Acknowledged(ctx); err != nil {
		return did{}, err
	}
	m, opened := it.Opened()
	if !opened {
		return did{}, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = append(d.opened, openModal{it.ID, p.User, m})
	d.opened = d.opened[max(0, len(d.opened)-mostOpen):]
	return did{Modal: &shownModal{it.ID, m.Title, m.Components}}, nil
}

// options reads what was put into the options of a command, where it is given.
func (d *Demo) options(p person, a act) (*discordsim.Channel, discordsim.Opts, error) {
	c, err := d.place(p, a.Channel)
	if err != nil {
		return nil, nil, err
	}
	opts := discordsim.Opts{}
	for _, o := range optionsOf(p.Commands(c), a.Command) {
		if files := a.files[o.Name]; len(files) > 0 {
			opts[o.Name] = files[0]
			continue
		}
		text, given := a.Options[o.Name]
		if !given {
			continue
		}
		if o.Name == a.Focused {
			opts[o.Name] = text
			continue
		}
		v, err := d.value(o, text)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", o.Name, err)
		}
		opts[o.Name] = v
	}
	return c, opts, nil
}

// optionsOf gives the options of a command, or of its subcommand.
func optionsOf(commands []discordsim.Command, name string) []discordsim.CommandOption {
	words := strings.Fields(name)
	var options []discordsim.CommandOption
	for _, c := range commands {
		if len(words) > 0 && c.Type == 1 && c.Name == words[0] {
			options = c.Options
		}
	}
	for _, word := range words[min(1, len(words)):] {
		i := slices.IndexFunc(options, func(o discordsim.CommandOption) bool { return o.Name == word })
		if i < 0 {
			return nil
		}
		options = options[i].Options
	}
	return options
}

// value reads what was put into an option.
func (d *Demo) value(o discordsim.CommandOption, text string) (any, error) {
	switch o.Type {
	case 4:
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, errors.New("give a whole number")
		}
		return n, nil
	case 5:
		truth, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("choose yes or no")
		}
		return truth, nil
	case 6, 7, 8, 9:
		if thing := d.thing(text); thing != nil {
			return thing, nil
		}
		return nil, errors.New("choose one of the list")
	case 10:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errors.New("give a number")
		}
		return n, nil
	}
	return text, nil
}

// thing finds a person, a channel or a role by its ID.
func (d *Demo) thing(id string) any {
	for _, p := range d.people {
		if p.ID == id {
			return p.User
		}
	}
	for _, c := range d.channels {
		if c.ID == id {
			return c.Channel
		}
	}
	for _, r := range d.roles {
		if r.ID == id {
			return r.Role
		}
	}
	return nil
}
