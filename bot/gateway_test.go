package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
)

// The faults of the gateway. After each the bot answers as before.

// works fails the test unless the bot answers.
func (st *stage) works() {
	st.t.Helper()
	wants(st.t, st.ask(st.asha, "what do they earn?").Text(), "₹4,86,091")
}

func TestResumeReplaysWhatWasMissed(t *testing.T) {
	st := set(t, setting{}).ready()
	st.works()
	st.sim.Cut()
	missed, err := st.asha.Say(st.general, st.sim.Bot().Mention()+" said while nobody listened")
	st.must(err)
	reply, err := st.asha.Await(st.ctx, st.general, discordsim.InReplyTo(missed))
	st.must(err)
	wants(t, reply.Text(), "₹4,86,091")
	if n := st.sim.Resumes(); n != 1 {
		t.Errorf("%d sessions were resumed", n)
	}
	if n := len(st.sim.Identifies()); n != 1 {
		t.Errorf("identified %d times", n)
	}
	st.works()
	if n := len(st.sim.Calls("POST /channels/*/messages")); n != 1 {
		t.Errorf("%d messages were sent", n)
	}
}

func TestReconnectWhenAsked(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Reconnect()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.works()
	if n := len(st.sim.Identifies()); n != 1 {
		t.Errorf("identified %d times", n)
	}
}

func TestReconnectBeforeReady(t *testing.T) {
	for name, greeting := range map[string]discordsim.Greeting{
		"op 7 for HELLO": discordsim.ReconnectFirst, "op 7 before READY": discordsim.ReconnectBeforeReady,
	} {
		t.Run(name, func(t *testing.T) {
			st := set(t, setting{begin: func(s *discordsim.Sim) { s.Greet(greeting) }})
			st.ready().works()
		})
	}
}

func TestReconnectBeforeResumed(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Greet(discordsim.ReconnectBeforeReady)
	st.sim.Cut()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() > 0 }))
	st.works()
}

func TestSilentGateway(t *testing.T) {
	st := set(t, setting{
		begin: func(s *discordsim.Sim) { s.Greet(discordsim.Silent) },
		bot:   func(b *Bot) { b.patience = 100 * time.Millisecond },
	})
	st.ready().works()
	wants(t, st.log.String(), errSilent.Error())
}

func TestZombieConnection(t *testing.T) {
	st := set(t, setting{sim: func(o *discordsim.Options) { o.Heartbeat = time.Second }}).ready()
	st.sim.Mute()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() > 0 }))
	st.works()
	wants(t, st.log.String(), errSilent.Error())
}

func TestInvalidSession(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Invalidate(false)
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) == 2 }))
	st.ready().works()
}

func TestInvalidSessionThatCanBeResumed(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Invalidate(true)
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.works()
}

func TestFatalCloseWhileConnected(t *testing.T) {
	for code, say := range map[int]string{4004: "DISCORD_TOKEN", 4014: "Privileged Gateway Intents", 4011: "shards"} {
		t.Run(say, func(t *testing.T) {
			st := set(t, setting{}).ready()
			st.sim.Disconnect(code)
			<-st.ended
			if st.err == nil {
				t.Fatal("Run returned nil")
			}
			wants(t, st.err.Error(), say)
		})
	}
}

func TestOtherCloseCodes(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Disconnect(4000)
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.works()
}

func TestEndWhileConnecting(t *testing.T) {
	st := set(t, setting{begin: func(s *discordsim.Sim) { s.Greet(discordsim.Silent, discordsim.Silent) }})
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Connections() == 1 }))
	st.stop()
	<-st.ended
	if st.err != nil {
		t.Errorf("Run: %v", st.err)
	}
}

func TestEndWhileGatewayIsUnknown(t *testing.T) {
	var held *discordsim.Fault
	st := set(t, setting{begin: func(s *discordsim.Sim) { held = s.Fail("GET /gateway/bot", discordsim.Fault{Hold: true}) }})
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Met(held) == 1 }))
	st.stop()
	<-st.ended
	if st.err != nil {
		t.Errorf("Run: %v", st.err)
	}
}

func TestOddEvents(t *testing.T) {
	st := set(t, setting{}).ready()
	self := st.sim.Bot().ID
	mentions := `"mentions": [{"id": "` + self + `", "username": "x"}]`
	for event, list := range map[string][]string{
		"MESSAGE_CREATE": {
			`{}`, `null`, `[]`, `"text"`,
			`{"id": "1", "channel_id": "2", "guild_id": "3", "content": "no author", ` + mentions + `}`,
			`{"id": "1", "channel_id": "2", "guild_id": "3", "author": null, "content": "no author", ` + mentions + `}`,
			`{"id": 1, "channel_id": {}, "author": []}`,
		},
		"INTERACTION_CREATE": {`{}`, `null`, `{"type": 3}`, `{"id": "1", "token": "t", "type": 77, "user": {"id": "3"}}`, `{"id": "1", "token": "t", "type": 2, "data": 4, "user": {"id": "3"}}`},
		"GUILD_CREATE":       {`{"id": "9"}`},
		"SOMETHING_NEW":      {`{"id": "9"}`},
	} {
		for _, raw := range list {
			st.sim.Emit(event, json.RawMessage(raw))
		}
	}
	// A component that discordgo does not know is no reason not to answer.
	st.sim.Emit("MESSAGE_CREATE", json.RawMessage(`{"id": "77", "type": 0, "channel_id": "`+st.general.ID+`", "guild_id": "`+st.guild.ID+`",
		"author": {"id": "`+st.asha.ID+`"}, "content": "<@`+self+`> pay?", "components": [{"type": 99}], `+mentions+`}`))
	_, err := st.asha.Await(st.ctx, st.general, func(m discordsim.Message) bool { return strings.Contains(m.Text(), "₹4,86,091") })
	st.must(err)
	st.works()
	if n := len(st.sim.Identifies()); n != 1 {
		t.Errorf("identified %d times", n)
	}
}

func TestHollowGuildEndsTheConnectionAndNotTheProgram(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Emit("GUILD_CREATE", json.RawMessage(`null`))
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) == 2 }))
	st.ready().works()
}

func TestSameEventTwice(t *testing.T) {
	asked := make(chan string, 10)
	st := set(t, setting{bot: func(b *Bot) {
		b.answer = func(q answer.Question) answer.Answer {
			asked <- q.Text
			return paid
		}
	}}).ready()
	raw := json.RawMessage(`{"id": "77", "type": 0, "channel_id": "` + st.general.ID + `", "guild_id": "` + st.guild.ID + `",
		"author": {"id": "` + st.asha.ID + `"}, "content": "<@` + st.sim.Bot().ID + `> pay?", "mentions": [{"id": "` + st.sim.Bot().ID + `"}]}`)
	st.sim.Emit("MESSAGE_CREATE", raw)
	st.sim.Emit("MESSAGE_CREATE", raw)
	st.works()
	if n := len(asked); n != 2 {
		t.Errorf("%d questions were answered", n)
	}
}
