package discordsim_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// outsider is a running bot on discord.js.
type outsider struct {
	w    *world
	told chan told
}

// told is a line that it writes.
type told struct {
	What, Text string
	Replayed   int
}

// outside starts the bot in testdata/discordjs against the simulated Discord.
func (w *world) outside(t *testing.T) *outsider {
	t.Helper()
	const folder = "testdata/discordjs"
	if os.Getenv("LONG") == "" {
		t.Skip("set LONG=1 to try a client from outside")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
		t.Skipf("its modules are not there: run npm ci --prefix bot/discordsim/%s", folder)
	}
	// The context of the test ends before the bot is told to.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, node, "client.js")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "SIM_API="+w.sim.URL()+"/api", "SIM_TOKEN="+w.sim.Token())
	var faults strings.Builder
	cmd.Stderr = &faults
	in, err := cmd.StdinPipe()
	w.must(err)
	out, err := cmd.StdoutPipe()
	w.must(err)
	w.must(cmd.Start())
	o := &outsider{w, make(chan told, 100)}
	go func() {
		defer close(o.told)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var line told
			if json.Unmarshal(lines.Bytes(), &line) != nil {
				line = told{What: "error", Text: lines.Text()}
			}
			o.told <- line
		}
	}()
	t.Cleanup(func() {
		in.Close()
		for line := range o.told {
			t.Logf("told at the end: %+v", line)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("node: %v\n%s", err, faults.String())
		}
	})
	return o
}

// tells reads on until the bot tells of that.
func (o *outsider) tells(what string) told {
	o.w.t.Helper()
	for {
		select {
		case line, ok := <-o.told:
			switch {
			case !ok || line.What == "error":
				o.w.t.Fatalf("waiting for %q: %+v", what, line)
			case line.What == what:
				return line
			}
		case <-o.w.ctx.Done():
			o.w.t.Fatalf("nothing is told of %q", what)
		}
	}
}

// TestOutsideClient runs a bot on discord.js, which was written against
// Discord itself, against the simulation.
func TestOutsideClient(t *testing.T) {
	w := newWorld(t, discordsim.Options{Now: time.Now})
	hidden := w.guild.Channel("staff")
	hidden.Deny(w.guild.ID, discordsim.ViewChannel)
	o := w.outside(t)
	if got := o.tells("ready").Text; got != "Careers: general,___hidden___" {
		t.Errorf("it is ready in %s", got)
	}
	w.must(w.sim.Ready(w.ctx))
	hear := func(m discordsim.Message) discordsim.Message {
		t.Helper()
		reply, err := w.asha.Await(w.ctx, w.channel(m), discordsim.InReplyTo(m))
		w.must(err)
		return reply
	}
	reply := func(it *discordsim.Interaction, err error) discordsim.Message {
		t.Helper()
		w.must(err)
		m, err := it.Reply(w.ctx)
		w.must(err)
		return m
	}

	// Messages: a mention and a direct one, answered by replies with a button.
	mention := w.sim.Bot().Mention() + " hello"
	said, err := w.asha.Say(w.general, mention)
	w.must(err)
	answer := hear(said)
	if answer.Content != "asha said "+mention {
		t.Errorf("it replies %q", answer.Content)
	}
	if m := reply(w.ravi.Click(answer.ID, "More")); m.Content != "pressed on: "+answer.Content || len(m.Buttons()) > 0 {
		t.Errorf("pressed, the message is %+v", m)
	}
	private, err := w.asha.Say(w.asha.DM(), "in private")
	w.must(err)
	if got := hear(private).Content; got != "asha said in private" {
		t.Errorf("it replies %q", got)
	}

	// Commands: completion, a deferred reply that is edited, a follow-up with a
	// picture, a form, a message's menu.
	it, err := w.asha.Type(w.general, "ask", discordsim.Opts{"question": "sal"}, "question")
	w.must(err)
	choices, err := it.Choices(w.ctx)
	w.must(err)
	if len(choices) != 1 || choices[0].Name != "about sal" {
		t.Errorf("it offers %v", choices)
	}
	m := reply(w.asha.Slash(w.general, "ask", discordsim.Opts{
		"question": "pay", "where": w.general, "file": discordsim.File{Name: "a.txt", Data: []byte("text of a file")},
	}))
	if m.Content != "answer to pay\na.txt: text of a file\nin general" || !m.Ephemeral || m.Edited {
		t.Errorf("it answers %+v", m)
	}
	chart, err := w.asha.Await(w.ctx, w.general, func(m discordsim.Message) bool { return m.Content == "chart" })
	w.must(err)
	if a := chart.Attachments; len(a) != 1 || a[0].Description != "pay by experience" || chart.Embeds[0].Image.URL != a[0].URL {
		t.Errorf("the chart is %+v", chart)
	}
	it, err = w.asha.Slash(w.general, "form", nil)
	w.must(err)
	modal, err := it.Modal(w.ctx)
	w.must(err)
	if m := reply(w.asha.Submit(modal, map[string]string{"text": "words", "topic": "pay"})); m.Content != "words about pay" {
		t.Errorf("the form says %q", m.Content)
	}
	if m := reply(w.asha.Menu(said, "Quote")); m.Content != "quoted: "+said.Content {
		t.Errorf("the menu says %q", m.Content)
	}

	// What was said while the connection was cut is replayed, and answered once.
	w.sim.Cut()
	missed, err := w.ravi.Say(w.general, mention)
	w.must(err)
	if got := o.tells("resumed").Replayed; got < 1 {
		t.Errorf("resumed, it was replayed %d events", got)
	}
	hear(missed)
	w.sim.Reconnect()
	o.tells("resumed")
	after, err := w.ravi.Say(w.general, mention)
	w.must(err)
	hear(after)
	if n := w.sim.Resumes(); n != 2 {
		t.Errorf("resumed %d times", n)
	}
	replies := map[string]int{}
	for _, m := range w.ravi.Read(w.general) {
		replies[m.ReplyTo]++
	}
	if replies[missed.ID] != 1 || replies[after.ID] != 1 {
		t.Errorf("replies: %d and %d", replies[missed.ID], replies[after.ID])
	}

	// The life of guilds.
	w.guild.Outage()
	o.tells("unavailable")
	w.guild.Restore()
	other := w.sim.Guild("Other")
	if got := o.tells("joined").Text; got != "Other" {
		t.Errorf("it joined %s", got)
	}
	other.Uninstall()
	o.tells("left")
	hidden.Allow(w.sim.Bot().ID, discordsim.ViewChannel)
	if got := o.tells("channel").Text; got != "staff" {
		t.Errorf("it sees %s", got)
	}
	if v := w.sim.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// channel is where a message stands.
func (w *world) channel(m discordsim.Message) *discordsim.Channel {
	if m.ChannelID == w.general.ID {
		return w.general
	}
	return w.asha.DM()
}
