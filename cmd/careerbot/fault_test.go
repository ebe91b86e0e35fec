package main

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// interrupt has a member ask by a command and by the bot's name, and tells the
// program to end while Discord keeps both of its replies back. Only then do they
// get through. They become stdout.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: interrupt QUESTION")
	}
	s, ctx, cancel := stage(ts)
	defer cancel()
	u, general := s.people["member"], s.guild.General()
	byCommand := s.sim.Fail("POST /interactions/*/*/callback", discordsim.Fault{Hold: true})
	byName := s.sim.Fail("POST /channels/*/messages", discordsim.Fault{Hold: true})
	it, err := u.Slash(general, "ask", discordsim.Opts{"question": args[0]})
	ts.Check(err)
	said, err := u.Say(general, s.sim.Bot().Mention()+" "+args[0])
	ts.Check(err)
	ts.Check(s.sim.Wait(ctx, func() bool { return s.sim.Met(byCommand) > 0 && s.sim.Met(byName) > 0 }))
	terminate(ts, false, nil)
	byCommand.Release()
	byName.Release()
	m, err := it.Reply(ctx)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), "by command:", m.Text())
	m, err = u.Await(ctx, general, discordsim.InReplyTo(said))
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), "by name:", m.Text())
}
