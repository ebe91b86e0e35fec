package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// discordCommands are the commands by which a script acts on Discord. What a
// person gets to read becomes stdout, each button as [its label].
var discordCommands = map[string]func(*testscript.TestScript, bool, []string){
	"discord":   begin,              // start a simulated Discord and point the settings at it
	"ready":     ready,              // wait until the bot is connected and has its commands
	"member":    person("member"),   // member ask|mention|click TEXT: somebody of the server
	"outsider":  person("outsider"), // outsider ask|mention|click TEXT: somebody who is not
	"pings":     pings,              // pings N: the bot has notified so many people
	"interrupt": interrupt,          // interrupt QUESTION: send SIGTERM while the replies to it are under way
	"terminate": terminate,          // send SIGTERM to what runs in the background
}

// patience is how long a script waits for what is bound to happen.
const patience = 30 * time.Second

// scene is the simulated Discord of one script.
type scene struct {
	t      *testing.T
	sim    *discordsim.Sim
	guild  *discordsim.Guild
	people map[string]*discordsim.User
	shown  discordsim.Message // what somebody read last
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
	s.people = map[string]*discordsim.User{"member": s.guild.Member("asha"), "outsider": sim.User("ravi")}
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

// person does what a person of that name does.
func person(name string) func(ts *testscript.TestScript, neg bool, args []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if len(args) != 2 {
			ts.Fatalf("usage: %s ask|mention|click TEXT", name)
		}
		s, ctx, cancel := stage(ts)
		defer cancel()
		m, err := s.act(ctx, s.people[name], args[0], args[1])
		if neg {
			if err == nil {
				ts.Fatalf("%s could %s and read: %s", name, args[0], m.Text())
			}
			fmt.Fprintln(ts.Stderr(), err)
			return
		}
		ts.Check(err)
		s.shown = m
		fmt.Fprintln(ts.Stdout(), m.Text())
		for _, b := range m.Buttons() {
			fmt.Fprintf(ts.Stdout(), "[%s]\n", b.Label)
		}
	}
}

// act does one thing and waits for what it leads to.
func (s *scene) act(ctx context.Context, u *discordsim.User, what, text string) (discordsim.Message, error) {
	general := s.guild.General()
	switch what {
	case "ask":
		it, err := u.Slash(general, "ask", discordsim.Opts{"question": text})
		if err != nil {
			return discordsim.Message{}, err
		}
		return it.Reply(ctx)
	case "click":
		it, err := u.Click(s.shown.ID, text)
		if err != nil {
			return discordsim.Message{}, err
		}
		return it.Reply(ctx)
	case "mention":
		said, err := u.Say(general, s.sim.Bot().Mention()+" "+text)
		if err != nil {
			return discordsim.Message{}, err
		}
		return u.Await(ctx, general, discordsim.InReplyTo(said))
	}
	return discordsim.Message{}, fmt.Errorf("nobody can %s", what)
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
