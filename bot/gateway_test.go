package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
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

func TestFaultResumeWithReplay(t *testing.T) {
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

func TestFaultReconnect(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Reconnect()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.works()
	if n := len(st.sim.Identifies()); n != 1 {
		t.Errorf("identified %d times", n)
	}
}

func TestFaultReconnectBeforeReady(t *testing.T) {
	t.Parallel()
	for name, greeting := range map[string]discordsim.Greeting{
		"op 7 for HELLO": discordsim.ReconnectFirst, "op 7 before READY": discordsim.ReconnectBeforeReady,
	} {
		t.Run(name, func(t *testing.T) {
			st := set(t, setting{begin: func(s *discordsim.Sim) { s.Greet(greeting) }})
			st.ready().works()
		})
	}
}

func TestFaultReconnectBeforeResumed(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Greet(discordsim.ReconnectBeforeReady)
	st.sim.Cut()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() > 0 }))
	st.works()
}

func TestFaultSilentGateway(t *testing.T) {
	st := set(t, setting{
		begin: func(s *discordsim.Sim) { s.Greet(discordsim.Silent) },
		bot:   func(b *Bot) { b.patience = 100 * time.Millisecond },
	})
	st.ready().works()
	wants(t, st.log.String(), errSilent.Error())
}

func TestFaultZombieConnection(t *testing.T) {
	st := set(t, setting{sim: func(o *discordsim.Options) { o.Heartbeat = time.Second }}).ready()
	st.sim.Mute()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() > 0 }))
	st.works()
	wants(t, st.log.String(), errSilent.Error())
}

func TestFaultInvalidSession(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Invalidate(false)
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) == 2 }))
	st.ready().works()
}

func TestFaultInvalidSessionResumable(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Invalidate(true)
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.works()
}

func TestFaultFatalClose(t *testing.T) {
	t.Parallel()
	for code, advice := range fatal {
		t.Run(fmt.Sprint(code, " while connected"), func(t *testing.T) {
			st := set(t, setting{}).ready()
			st.sim.Disconnect(code)
			st.fails(advice, fmt.Sprint(code))
		})
		t.Run(fmt.Sprint(code, " at once"), func(t *testing.T) {
			set(t, setting{begin: func(s *discordsim.Sim) { s.Greet(discordsim.CloseWith(code)) }}).fails(advice, fmt.Sprint(code))
		})
	}
}

// fails fails the test unless Run returns an error that holds every one of the
// parts.
func (st *stage) fails(parts ...string) {
	st.t.Helper()
	select {
	case <-st.ended:
	case <-st.ctx.Done():
		st.t.Fatal("the bot goes on")
	}
	if st.err == nil {
		st.t.Fatal("Run returned nil")
	}
	wants(st.t, st.err.Error(), parts...)
}

func TestFaultOtherClose(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Disconnect(4000)
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.works()
}

func TestFaultEndWhileConnecting(t *testing.T) {
	st := set(t, setting{begin: func(s *discordsim.Sim) { s.Greet(discordsim.Silent, discordsim.Silent) }})
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Connections() == 1 }))
	st.stop()
	<-st.ended
	if st.err != nil {
		t.Errorf("Run: %v", st.err)
	}
}

func TestFaultEndWhileGatewayIsUnknown(t *testing.T) {
	var held *discordsim.Fault
	st := set(t, setting{begin: func(s *discordsim.Sim) { held = s.Fail("GET /gateway/bot", discordsim.Fault{Hold: true}) }})
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Met(held) == 1 }))
	st.stop()
	<-st.ended
	if st.err != nil {
		t.Errorf("Run: %v", st.err)
	}
}

func TestFaultEventWithoutAuthor(t *testing.T) {
	st := set(t, setting{}).ready()
	mentions := `"mentions": [{"id": "` + st.sim.Bot().ID + `", "username": "x"}]`
	for event, list := range map[string][]string{
		"MESSAGE_CREATE": {
			`{}`, `null`, `[]`, `"text"`,
			`{"id": "1", "channel_id": "2", "guild_id": "3", "content": "no author", ` + mentions + `}`,
			`{"id": "1", "channel_id": "2", "guild_id": "3", "author": null, "content": "no author", ` + mentions + `}`,
			`{"id": 1, "channel_id": {}, "author": []}`,
		},
		"INTERACTION_CREATE":  {`{}`, `null`, `{"type": 3}`, `{"id": "1", "token": "t", "type": 77, "user": {"id": "3"}}`, `{"id": "1", "token": "t", "type": 2, "data": 4, "user": {"id": "3"}}`},
		"GUILD_CREATE":        {`{"id": "9"}`, `{"id": "9", "roles": [{"permissions": 8}]}`},
		"GUILD_ROLE_UPDATE":   {`{"guild_id": "9"}`, `{"guild_id": "8", "role": null}`},
		"GUILD_MEMBER_UPDATE": {`{"guild_id": "9"}`},
		"CHANNEL_UPDATE":      {`{}`, `{"id": "1", "guild_id": "9", "permission_overwrites": [{"allow": "-1"}]}`},
		"SOMETHING_NEW":       {`{"id": "9"}`},
	} {
		for _, raw := range list {
			st.sim.Emit(event, json.RawMessage(raw))
		}
	}
	st.works()
	if n := len(st.sim.Identifies()); n != 1 {
		t.Errorf("identified %d times", n)
	}
}

// A component that discordgo does not know is no reason not to answer.
func TestFaultUnknownComponent(t *testing.T) {
	st := set(t, setting{}).ready()
	bot := st.sim.Bot().ID
	st.sim.Emit("MESSAGE_CREATE", json.RawMessage(`{"id": "77", "type": 0, "channel_id": "`+st.general.ID+`", "guild_id": "`+st.guild.ID+`",
		"author": {"id": "`+st.asha.ID+`"}, "content": "<@`+bot+`> pay?", "components": [{"type": 99}], "mentions": [{"id": "`+bot+`"}]}`))
	_, err := st.asha.Await(st.ctx, st.general, func(m discordsim.Message) bool { return strings.Contains(m.Text(), "₹4,86,091") })
	st.must(err)
}

func TestFaultHollowGuild(t *testing.T) {
	st := set(t, setting{}).ready()
	st.sim.Emit("GUILD_CREATE", json.RawMessage(`null`))
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) == 2 }))
	st.ready().works()
}

func TestFaultDuplicateMessage(t *testing.T) {
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

func TestFaultDuplicateInteraction(t *testing.T) {
	st := set(t, setting{}).ready()
	raw := json.RawMessage(`{"id": "77", "type": 2, "token": "t", "application_id": "1", "channel_id": "` + st.general.ID + `", "guild_id": "` + st.guild.ID + `",
		"member": {"user": {"id": "` + st.asha.ID + `"}}, "data": {"type": 1, "name": "ask", "options": [{"name": "question", "value": "pay?"}]}}`)
	st.violations = true // Discord knows no such interaction
	st.sim.Emit("INTERACTION_CREATE", raw)
	st.sim.Emit("INTERACTION_CREATE", raw)
	st.works()
	st.logged("a reply came too late")
	if n := len(st.sim.Calls("POST /interactions/77/t/callback")); n != 1 {
		t.Errorf("answered %d times", n)
	}
}

// A connection on which nobody answers is given up two heartbeats after the last
// answer. The time is that of the test's own clock.
func TestFaultZombieConnectionWithinTwoHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const beat = 41250 * time.Millisecond
		ours, theirs := net.Pipe()
		defer theirs.Close()
		answered := make(chan time.Time, 1)
		go func() {
			for _, f := range [][]byte{
				[]byte(upgrade), frame(textFrame, `{"op":10,"d":{"heartbeat_interval":41250}}`), frame(textFrame, `{"op":0,"t":"READY","d":{}}`),
			} {
				_, _ = theirs.Write(f)
			}
			for range 3 {
				time.Sleep(beat)
				_, _ = theirs.Write(frame(textFrame, `{"op":11}`))
			}
			answered <- time.Now()
		}()
		l := newLink(ours, gatewayPatience)
		buf := make([]byte, 1024)
		var err error
		for err == nil {
			_, err = l.Read(buf)
		}
		if silence := time.Since(<-answered); !errors.Is(err, errSilent) || silence != 2*beat {
			t.Errorf("%v after %v", err, silence)
		}
	})
}

// A session is resumed where READY said, and elsewhere if nobody is there.
func TestFaultResumeElsewhere(t *testing.T) {
	t.Parallel()
	for name, resumable := range map[string]bool{"where Discord says": true, "where nobody answers": false} {
		t.Run(name, func(t *testing.T) {
			sim, err := discordsim.New(discordsim.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(sim.Close)
			// The front is where the gateway is said to be; READY, which passes it
			// unchanged, names the simulation itself for a resumption.
			target, err := url.Parse(sim.URL())
			if err != nil {
				t.Fatal(err)
			}
			var begun atomic.Int32
			proxy := httputil.NewSingleHostReverseProxy(target)
			var front *httptest.Server
			front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "/gateway/bot"):
					fmt.Fprintf(w, `{"url": %q}`, "ws"+strings.TrimPrefix(front.URL, "http")+"/gateway")
				default:
					if r.URL.Path == "/gateway/" {
						begun.Add(1)
					}
					proxy.ServeHTTP(w, r)
				}
			}))
			t.Cleanup(front.Close)
			var bot *Bot
			st := set(t, setting{
				cfg: func(c *Config) { c.API, c.Token = front.URL, sim.Token() },
				bot: func(b *Bot) { bot = b },
			})
			st.must(sim.Ready(st.ctx))
			want := int32(1)
			if !resumable {
				nowhere := "ws://127.0.0.1:1"
				bot.resumeAt.Store(&nowhere)
				want = 2
			}
			sim.Cut()
			st.must(sim.Wait(st.ctx, func() bool { return sim.Resumes() == 1 }))
			if n := begun.Load(); n != want || len(sim.Identifies()) != 1 {
				t.Errorf("connected %d times where new sessions begin, and began %d", n, len(sim.Identifies()))
			}
			st.end()
		})
	}
}

// When Discord allows no more new sessions, the bot waits for as long as it is
// told rather than lose its token.
func TestFaultNoSessionsLeft(t *testing.T) {
	t.Parallel()
	limit := func(s *discordsim.Sim, resetAfter int) {
		s.Fail("GET /gateway/bot", discordsim.Fault{Times: 1, Status: 200, Body: fmt.Sprintf(
			`{"url": "ws://127.0.0.1:1", "shards": 1, "session_start_limit": {"total": 1000, "remaining": 0, "reset_after": %d, "max_concurrency": 1}}`, resetAfter)})
	}
	t.Run("for a moment", func(t *testing.T) {
		st := set(t, setting{begin: func(s *discordsim.Sim) { limit(s, 20) }})
		st.ready().works()
		wants(t, st.log.String(), "used up")
	})
	t.Run("for hours", func(t *testing.T) {
		st := set(t, setting{begin: func(s *discordsim.Sim) { limit(s, 3600_000) }})
		st.logged("the next is allowed in 1h0m0s")
		st.logged("wait=1h0m0s")
		if n := st.sim.Connections(); n != 0 {
			t.Errorf("%d connections", n)
		}
	})
}

// Connections that become ready and do not last are made ever more slowly.
func TestFaultConnectionsThatDoNotLast(t *testing.T) {
	for failures, least := range []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second} {
		if wait := reconnectWait(failures, closeError(4009)); wait < least || wait > 2*least {
			t.Errorf("after %d failures it waits %v", failures, wait)
		}
	}
	day := time.Duration(0)
	for n := range 1000 {
		day += reconnectWait(n, closeError(4009))
	}
	if day < 16*time.Hour {
		t.Errorf("a thousand sessions are used up in %v", day)
	}
	st := set(t, setting{}).ready()
	for range 2 {
		sessions := len(st.sim.Identifies())
		st.sim.Disconnect(4009)
		st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) > sessions }))
		st.must(st.sim.Ready(st.ctx))
	}
	wants(t, st.log.String(), "wait=0s", "wait=1.")
}

// What cannot be reached at the start is tried again, and the log says so.
func TestFaultNoDNS(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]error{
		"no such host": &net.DNSError{Err: "no such host", Name: "discord.com", IsNotFound: true},
		"no network":   &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ENETUNREACH},
	} {
		t.Run(name, func(t *testing.T) {
			var tries atomic.Int32
			st := set(t, setting{bot: func(b *Bot) {
				rest := b.client.Transport.(*transport)
				rest.pause = time.Millisecond
				rest.base.(*http.Transport).DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
					if tries.Add(1) <= attempts {
						return nil, broken
					}
					return (&net.Dialer{}).DialContext(ctx, network, addr)
				}
			}})
			st.ready().works()
			wants(t, st.log.String(), "not connected to Discord; trying again", broken.Error())
		})
	}
}

// The clock of this machine and that of Discord need not agree, and either may
// jump.
func TestFaultClocksDisagree(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{-40 * time.Hour, 40 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			var jump atomic.Int64
			st := set(t, setting{sim: func(o *discordsim.Options) {
				o.Now = func() time.Time { return time.Now().Add(ahead + time.Duration(jump.Load())) }
			}}).ready()
			st.works()
			wants(t, st.say(st.asha, st.general, st.sim.Bot().Mention()+" pay?").Text(), "₹4,86,091")
			jump.Store(int64(time.Hour))
			wants(t, st.say(st.ravi, st.general, st.sim.Bot().Mention()+" pay?").Text(), "₹4,86,091")
			st.works()
		})
	}
}
