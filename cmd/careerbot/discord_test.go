package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// discordCommands are the commands by which a script acts on Discord, one for
// each role, and what it needs besides. What a person gets to read becomes stdout, with "(only you see
// this)" before what nobody else sees, each picture as (picture: what is said of
// it), each button as [its label], and each
// field of a dialog as {its name} with what it is filled with.
var discordCommands = map[string]func(*testscript.TestScript, bool, []string){
	"discord":   begin,               // start a simulated Discord and point the settings at it
	"ready":     ready,               // wait until the bot is connected and has its commands
	"member":    person("member"),    // member [until PATTERN] ACT ARGUMENTS, see acts: somebody of the server
	"second":    person("second"),    // another member
	"moderator": person("moderator"), // who may manage the server
	"colleague": person("colleague"), // another moderator
	"outsider":  person("outsider"),  // somebody who is not of the server
	"attacker":  person("attacker"),  // a member who means harm
	"foreigner": person("foreigner"), // who moderates another server
	"long":      long,                // long FILE N: write a text of N characters
	"pings":     pings,               // pings N: the bot has notified so many people
	"interrupt": interrupt,           // interrupt QUESTION: send SIGTERM while the replies to it are under way
	"postgres":  database,            // postgres VARIABLE: make an empty database, and put its URL there
	"port":      port,                // port VARIABLE: put a free address of loopback there
	"page":      awaitPage,           // page ADDRESS: wait until the demo is served there, with the bot
	"terminate": terminate,           // send SIGTERM to what runs in the background
	"feeds":     serveFeeds,          // feeds DIR: serve the files of a folder on loopback, let sources be read from there, and put the address into FEEDS
}

// patience is how long a script waits for what is bound to happen.
const patience = 30 * time.Second

// scene is the simulated Discord of one script.
type scene struct {
	t      *testing.T
	sim    *discordsim.Sim
	guild  *discordsim.Guild
	people map[string]*discordsim.User
	places map[*discordsim.User]*discordsim.Channel // where they write, if not on the server
	file   func(name string) string                 // where a file of the script is
	said   discordsim.Message                       // what a person wrote last
	shown  discordsim.Message                       // what somebody read last
	dialog discordsim.Modal                         // that was opened last
}

// sceneKey is the key under which a script keeps its scene.
type sceneKey struct{}

// begin makes a server with a member.
func begin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: discord")
	}
	opts := discordsim.Options{Token: "secret-token"}
	if name := os.Getenv("DISCORD_OPENAPI"); name != "" {
		var err error
		opts.Spec, err = discordsim.LoadSpec(name)
		ts.Check(err)
	}
	sim, err := discordsim.New(opts)
	ts.Check(err)
	s := ts.Value(sceneKey{}).(*scene)
	s.sim, s.guild = sim, sim.Guild("Careers")
	s.people = map[string]*discordsim.User{
		"member": s.guild.Member("asha"), "second": s.guild.Member("ravi"), "outsider": sim.User("omar"),
	}
	moderators := s.guild.Role("moderators", discordsim.ManageGuild)
	s.people["moderator"], s.people["colleague"] = s.guild.Member("meera", moderators), s.guild.Member("dev", moderators)
	elsewhere := sim.Guild("Elsewhere")
	foreigner := elsewhere.Member("omar", elsewhere.Role("moderators", discordsim.ManageGuild))
	s.people["attacker"], s.people["foreigner"] = s.guild.Member("mallory"), foreigner
	s.places = map[*discordsim.User]*discordsim.Channel{foreigner: elsewhere.General()}
	s.file = ts.MkAbs
	ts.Setenv("DISCORD_API", sim.URL())
	ts.Setenv("DISCORD_TOKEN", sim.Token())
	ts.Defer(func() {
		sim.Close()
		for _, v := range sim.Violations() {
			s.t.Errorf("%s: the bot broke a rule of Discord: %s", ts.Name(), v)
		}
	})
}

// ready waits for the bot.
func ready(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: ready")
	}
	s, ctx, cancel := stage(ts)
	defer cancel()
	ts.Check(s.sim.Ready(ctx))
}

// person does what a person of that name does; with until PATTERN before it
// again and again, beginning with what was read before, until what it leads to
// matches.
func person(name string) func(ts *testscript.TestScript, neg bool, args []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		until := regexp.MustCompile("")
		if len(args) > 2 && args[0] == "until" {
			var err error
			until, err = regexp.Compile("(?m)" + args[1])
			ts.Check(err)
			args = args[2:]
		}
		if len(args) == 0 || acts[args[0]] == nil {
			ts.Fatalf("usage: %s [until PATTERN] %s", name, strings.Join(slices.Sorted(maps.Keys(acts)), "|"))
		}
		s, ctx, cancel := stage(ts)
		defer cancel()
		text, err := s.until(ctx, until, s.people[name], args[0], args[1:]...)
		if neg {
			if err == nil {
				ts.Fatalf("%s could %s and read: %s", name, args[0], text)
			}
			fmt.Fprintln(ts.Stderr(), err)
			return
		}
		ts.Check(err)
		fmt.Fprint(ts.Stdout(), text)
	}
}

// until has somebody do something, again and again from what was read before,
// until what they read matches.
func (s *scene) until(ctx context.Context, pattern *regexp.Regexp, u *discordsim.User, act string, args ...string) (string, error) {
	shown := s.shown
	for {
		text, err := acts[act](s, ctx, u, args)
		if err != nil || pattern.MatchString(text) {
			return text, err
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%w, and what is read is still: %s", ctx.Err(), text)
		case <-time.After(20 * time.Millisecond): // nobody tells of what is done in the background
		}
		s.shown = shown
	}
}

// acts are what a person can do. Each waits for what it leads to and returns
// what the person reads.
var acts = map[string]func(*scene, context.Context, *discordsim.User, []string) (string, error){
	"slash":    (*scene).slash,    // slash COMMAND [OPTION=VALUE …]
	"complete": (*scene).complete, // complete COMMAND OPTION=TYPED …: the last is being typed into
	"say":      (*scene).say,      // say TEXT, to nobody in particular
	"mention":  (*scene).mention,  // mention TEXT, after the bot's name
	"dm":       (*scene).dm,       // dm TEXT
	"reply":    (*scene).reply,    // reply TEXT, to what was read last, with a ping
	"menu":     (*scene).menu,     // menu COMMAND, on what was said last
	"click":    (*scene).click,    // click LABEL, on what was read last
	"await":    (*scene).await,    // await TEXT: what somebody writes that holds it
	"receive":  (*scene).receive,  // receive TEXT: a direct message that holds it
	"count":    (*scene).count,    // count TEXT: the direct messages that hold it
	"pick":     (*scene).pick,     // pick COMMAND, on what was said last: a dialog
	"open":     (*scene).open,     // open LABEL, on what was read last: a dialog
	"fill":     (*scene).fill,     // fill FIELD=TEXT …, and send the dialog
	"begin":    (*scene).begin,    // begin COMMAND [OPTION=VALUE …]: a command that opens a dialog
	"save":     (*scene).save,     // save FILE: the file of what was read last
	"forge":    (*scene).forge,    // forge COMMAND [OPTION=VALUE …], offered or not
	"steal":    (*scene).steal,    // steal LABEL: press a button of what somebody else read last
	"send":     (*scene).send,     // send CUSTOM-ID FIELD=TEXT …: a dialog that nobody opened
}

// read notes what somebody reads, and writes it down.
func (s *scene) read(m discordsim.Message, err error) (string, error) {
	if err != nil {
		return "", err
	}
	s.shown = m
	var b strings.Builder
	if m.Ephemeral {
		b.WriteString("(only you see this)\n")
	}
	fmt.Fprintln(&b, m.Text())
	for _, a := range m.Attachments {
		if a.Description != "" {
			fmt.Fprintf(&b, "(picture: %s)\n", a.Description)
		}
	}
	for _, button := range m.Buttons() {
		fmt.Fprintf(&b, "[%s]\n", button.Label)
	}
	return b.String(), nil
}

// answered is what a person reads in answer to an interaction.
func (s *scene) answered(ctx context.Context, it *discordsim.Interaction, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return s.read(it.ReplyThat(ctx, func(m discordsim.Message) bool {
		return !strings.HasSuffix(m.Content, "…") || len(m.Embeds)+len(m.Attachments) > 0 // which is how far the bot is
	}))
}

// options reads NAME=VALUE; true and false are truth values, @FILE is a file to
// attach and <FILE a text that stands in one.
func (s *scene) options(args []string) (discordsim.Opts, error) {
	opts := discordsim.Opts{}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		opts[name] = value
		if truth, err := strconv.ParseBool(value); err == nil {
			opts[name] = truth
		}
		if file, ok := strings.CutPrefix(value, "@"); ok && name == "file" {
			data, err := os.ReadFile(s.file(file))
			if err != nil {
				return nil, err
			}
			opts[name] = discordsim.File{Name: file, Data: data}
		}
		if file, ok := strings.CutPrefix(value, "<"); ok {
			data, err := os.ReadFile(s.file(file))
			if err != nil {
				return nil, err
			}
			opts[name] = strings.TrimSuffix(string(data), "\n")
		}
	}
	return opts, nil
}

// texts reads NAME=TEXT as options does.
func (s *scene) texts(args []string) (map[string]string, error) {
	opts, err := s.options(args)
	fields := map[string]string{}
	for name, value := range opts {
		fields[name] = fmt.Sprint(value)
	}
	return fields, err
}

// place is where a person writes.
func (s *scene) place(u *discordsim.User) *discordsim.Channel {
	if c := s.places[u]; c != nil {
		return c
	}
	return s.guild.General()
}

func (s *scene) slash(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	opts, err := s.options(args[1:])
	if err != nil {
		return "", err
	}
	it, err := u.Slash(s.place(u), args[0], opts)
	return s.answered(ctx, it, err)
}

func (s *scene) complete(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	focused, _, _ := strings.Cut(args[len(args)-1], "=")
	opts, err := s.options(args[1:])
	if err != nil {
		return "", err
	}
	it, err := u.Type(s.place(u), args[0], opts, focused)
	if err != nil {
		return "", err
	}
	choices, err := it.Choices(ctx)
	var b strings.Builder
	for _, c := range choices {
		fmt.Fprintln(&b, c.Name)
	}
	return b.String(), err
}

func (s *scene) say(_ context.Context, u *discordsim.User, args []string) (string, error) {
	m, err := u.Say(s.place(u), args[0])
	s.said = m
	return "", err
}

// told is what a person reads in reply to a message.
func (s *scene) told(ctx context.Context, u *discordsim.User, c *discordsim.Channel, said discordsim.Message, err error) (string, error) {
	if err != nil {
		return "", err
	}
	s.said = said
	return s.read(u.Await(ctx, c, discordsim.InReplyTo(said)))
}

func (s *scene) mention(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	m, err := u.Say(s.place(u), s.sim.Bot().Mention()+" "+args[0])
	return s.told(ctx, u, s.place(u), m, err)
}

func (s *scene) dm(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	m, err := u.Say(u.DM(), args[0])
	return s.told(ctx, u, u.DM(), m, err)
}

func (s *scene) reply(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	m, err := u.ReplyTo(s.shown, args[0], discordsim.WithPing)
	return s.told(ctx, u, s.place(u), m, err)
}

func (s *scene) menu(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	it, err := u.Menu(s.said, args[0])
	return s.answered(ctx, it, err)
}

func (s *scene) click(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	it, err := u.Click(s.shown.ID, args[0])
	return s.answered(ctx, it, err)
}

func (s *scene) await(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	return s.read(u.Await(ctx, s.guild.General(), func(m discordsim.Message) bool { return strings.Contains(m.Text(), args[0]) }))
}

func (s *scene) receive(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	return s.read(u.Await(ctx, u.DM(), func(m discordsim.Message) bool { return strings.Contains(m.Text(), args[0]) }))
}

func (s *scene) count(_ context.Context, u *discordsim.User, args []string) (string, error) {
	n := 0
	for _, m := range u.Read(u.DM()) {
		if strings.Contains(m.Text(), args[0]) {
			n++
		}
	}
	return fmt.Sprintln(n), nil
}

func (s *scene) pick(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	it, err := u.Menu(s.said, args[0])
	if err != nil {
		return "", err
	}
	return s.see(it.Modal(ctx))
}

func (s *scene) open(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	it, err := u.Click(s.shown.ID, args[0])
	if err != nil {
		return "", err
	}
	return s.see(it.Modal(ctx))
}

// see notes the dialog that a person has before them, and writes it down.
func (s *scene) see(m discordsim.Modal, err error) (string, error) {
	if err != nil {
		return "", err
	}
	s.dialog = m
	var b strings.Builder
	fmt.Fprintln(&b, s.dialog.Title)
	for _, f := range s.dialog.Fields() {
		fmt.Fprintf(&b, "{%s} %s\n", f.CustomID, f.Value)
	}
	return b.String(), nil
}

func (s *scene) fill(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	fields, err := s.texts(args)
	if err != nil {
		return "", err
	}
	it, err := u.Submit(s.dialog, fields)
	return s.answered(ctx, it, err)
}

func (s *scene) begin(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	opts, err := s.options(args[1:])
	if err != nil {
		return "", err
	}
	it, err := u.Slash(s.place(u), args[0], opts)
	if err != nil {
		return "", err
	}
	return s.see(it.Modal(ctx))
}

func (s *scene) save(ctx context.Context, _ *discordsim.User, args []string) (string, error) {
	if len(s.shown.Attachments) != 1 {
		return "", fmt.Errorf("it has %d files", len(s.shown.Attachments))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.shown.Attachments[0].URL, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	return s.shown.Attachments[0].Name + "\n", os.WriteFile(s.file(args[0]), data, 0o600)
}

func (s *scene) forge(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	opts, err := s.options(args[1:])
	if err != nil {
		return "", err
	}
	it, err := u.Forge(s.place(u), discordsim.Forgery{Command: args[0], Opts: opts})
	return s.answered(ctx, it, err)
}

// steal leaves what was read last as it is, for more of it to be stolen.
func (s *scene) steal(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	shown := s.shown
	defer func() { s.shown = shown }()
	for _, b := range shown.Buttons() {
		if b.Label == args[0] {
			it, err := u.Forge(s.place(u), discordsim.Forgery{CustomID: b.CustomID, On: &shown})
			return s.answered(ctx, it, err)
		}
	}
	return "", fmt.Errorf("there is no button %q", args[0])
}

func (s *scene) send(ctx context.Context, u *discordsim.User, args []string) (string, error) {
	shown := s.shown
	defer func() { s.shown = shown }()
	fields, err := s.texts(args[1:])
	if err != nil {
		return "", err
	}
	id := args[0]
	if id == "-" {
		id = s.dialog.CustomID // that somebody else has opened
	}
	it, err := u.Forge(s.place(u), discordsim.Forgery{CustomID: id, Fields: fields, On: &shown})
	return s.answered(ctx, it, err)
}

// long writes a text of so many characters.
func long(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: long FILE N")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat("*", n)), 0o600))
}

// pings checks how many people the bot has notified. Discord counts a reply to
// somebody who is told of replies.
func pings(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: pings N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s, _, cancel := stage(ts)
	defer cancel()
	got := 0
	for _, m := range s.people["member"].Read(s.guild.General()) {
		if m.Author == s.sim.Bot().ID && !m.Pings.None() {
			got++
		}
	}
	if got != want {
		ts.Fatalf("%d messages of the bot notified somebody, not %d", got, want)
	}
}

// terminate asks the programs in the background to end, as a service manager
// does.
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: terminate")
	}
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}

// stage gives the scene of a script that has begun one.
func stage(ts *testscript.TestScript) (*scene, context.Context, context.CancelFunc) {
	s := ts.Value(sceneKey{}).(*scene)
	if s.sim == nil {
		ts.Fatalf("there is no Discord: use the command discord before")
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	return s, ctx, cancel
}
