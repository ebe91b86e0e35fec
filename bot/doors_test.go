package bot

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
)

// The doors by which a member asks, one after another, with the knowledge as it
// is shipped.

// shipped answers from the shipped articles, however fast one asks.
var shipped = setting{bot: func(b *Bot) {
	b.answer, b.choose = answerer().Answer, answerer().Choose
}}

// slash uses a command and returns the reply.
func (st *stage) slash(u *discordsim.User, c *discordsim.Channel, name string, opts discordsim.Opts) discordsim.Message {
	st.t.Helper()
	it, err := u.Slash(c, name, opts)
	st.must(err)
	m, err := it.Reply(st.ctx)
	st.must(err)
	return m
}

// offered returns the names and values that complete an option.
func (st *stage) offered(u *discordsim.User, name string, opts discordsim.Opts, focused string) []string {
	st.t.Helper()
	it, err := u.Type(st.general, name, opts, focused)
	st.must(err)
	choices, err := it.Choices(st.ctx)
	st.must(err)
	var list []string
	for _, c := range choices {
		list = append(list, fmt.Sprintf("%s=%v", c.Name, c.Value))
	}
	return list
}

// follow presses Follow up and sends what is typed there.
func (st *stage) follow(u *discordsim.User, m discordsim.Message, text string) discordsim.Message {
	st.t.Helper()
	it, err := u.Click(m.ID, "Follow up")
	st.must(err)
	opened, err := it.Modal(st.ctx)
	st.must(err)
	sent, err := u.Submit(opened, map[string]string{optionQuestion: text})
	st.must(err)
	reply, err := sent.Reply(st.ctx)
	st.must(err)
	return reply
}

// labels are the buttons of a message.
func labels(m discordsim.Message) []string {
	var list []string
	for _, b := range m.Buttons() {
		list = append(list, b.Label)
	}
	return list
}

func TestAskOfACareer(t *testing.T) {
	st := set(t, shipped).ready()
	m := st.slash(st.asha, st.general, "ask", discordsim.Opts{"question": "average pay?", "career": "back-end-developer"})
	wants(t, m.Text(), "₹4,86,091", "Back-end developer · Pay", "Source: ")

	t.Log("a name that was typed and not picked")
	wants(t, st.slash(st.asha, st.general, "ask", discordsim.Opts{"question": "average pay?", "career": "Backend Devloper"}).Text(), "₹4,86,091")

	t.Log("a career that is not held")
	told := st.slash(st.asha, st.general, "ask", discordsim.Opts{"question": "average pay?", "career": "zookeeper @everyone"})
	if !told.Ephemeral || !told.Pings.None() {
		t.Errorf("told %+v", told)
	}
	wants(t, told.Text(), "nothing on “zookeeper", "Pick one while you type", "Back-end developer")
}

func TestAskPrivately(t *testing.T) {
	st := set(t, shipped).ready()
	m := st.slash(st.asha, st.general, "ask", discordsim.Opts{"question": "what do back-end developers earn?", "private": true})
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
	if n := len(st.ravi.Read(st.general)); n != 0 {
		t.Errorf("somebody else sees %d messages", n)
	}
	t.Log("and so is all that goes on from it")
	for _, next := range []discordsim.Message{st.click(st.asha, m, "Skills"), st.follow(st.asha, m, "and freshers?")} {
		if !next.Ephemeral || next.Text() == "" {
			t.Errorf("shown to everybody: %s", next.Text())
		}
	}
}

func TestAskAboutAMessage(t *testing.T) {
	st := set(t, shipped).ready()
	said, err := st.ravi.Say(st.general, "does anybody know what a back-end developer earns on average?")
	st.must(err)
	it, err := st.asha.Menu(said, "Ask about this")
	st.must(err)
	m, err := it.Reply(st.ctx)
	st.must(err)
	wants(t, m.Text(), "₹4,86,091")
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
	t.Log("a message without words")
	card := st.slash(st.ravi, st.general, "career", discordsim.Opts{"name": "back-end-developer"})
	it, err = st.asha.Menu(card, "Ask about this")
	st.must(err)
	m, err = it.Reply(st.ctx)
	st.must(err)
	wants(t, m.Text(), "no text in that message", "/ask")
}

func TestFollowUp(t *testing.T) {
	st := set(t, shipped).ready()
	m := st.ask(st.asha, "what does a back-end developer earn on average?")
	st.ask(st.asha, "which skills does a back-end developer need?")
	wants(t, st.follow(st.asha, m, "and freshers?").Text(), "₹1,23,000")
	t.Log("somebody else goes on from it, who has asked nothing before")
	wants(t, st.follow(st.ravi, m, "and freshers?").Text(), "₹1,23,000")
	t.Log("a message is answered as a reply, which can be replied to: it needs no button")
	if m := st.say(st.asha, st.general, st.sim.Bot().Mention()+" what do back-end developers earn?"); slices.Contains(labels(m), "Follow up") {
		t.Error("there is one")
	}
}

func TestConversationCarriesAcrossDoors(t *testing.T) {
	st := set(t, shipped).ready()
	st.ask(st.asha, "what does a back-end developer earn on average?")
	m := st.say(st.asha, st.general, st.sim.Bot().Mention()+" and freshers?")
	wants(t, m.Text(), "₹1,23,000")
	reply, err := st.asha.ReplyTo(m, "and at the top?", discordsim.WithPing)
	st.must(err)
	m, err = st.asha.Await(st.ctx, st.general, discordsim.InReplyTo(reply))
	st.must(err)
	wants(t, m.Text(), "₹10,00,000")
}

func TestNextTopics(t *testing.T) {
	st := set(t, shipped).ready()
	m := st.ask(st.asha, "what does a back-end developer earn on average?")
	if got := labels(m); !slices.Contains(got, "Skills") || slices.Contains(got, "Pay") {
		t.Errorf("offers %q", got)
	}
	wants(t, st.click(st.ravi, m, "Skills").Text(), "Back-end developer · Skills", "Source: ")
}

func TestCareerCard(t *testing.T) {
	st := set(t, shipped).ready()
	card := st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "back-end-developer"})
	wants(t, card.Text(), "Back-end developer", "Source: ")
	if got, want := labels(card), []string{"Duties", "Pay", "Education", "Skills", "More"}; !slices.Equal(got, want) {
		t.Errorf("offers %q", got)
	}
	for _, topic := range []string{"Duties", "Pay", "Education", "Skills"} {
		wants(t, st.click(st.ravi, card, topic).Text(), "Back-end developer · "+topic)
	}
	more := st.click(st.ravi, card, "More")
	if !more.Ephemeral {
		t.Error("what else there is, is for whoever asked")
	}
	if n := len(more.Buttons()); n < 10 {
		t.Errorf("%d more", n)
	}
	for _, label := range labels(more) {
		if m := st.click(st.ravi, more, label); m.Text() == "" || !m.Ephemeral {
			t.Errorf("%s: %q", label, m.Text())
		}
	}
	wants(t, st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "zookeeper"}).Text(), "nothing on “zookeeper”")
}

func TestCompletion(t *testing.T) {
	st := set(t, shipped).ready()
	backEnd := []string{"Back-end developer=back-end-developer"}
	for _, typed := range []string{"", "back", "BACKEND", "server-side", "bakcend"} {
		if got := st.offered(st.asha, "career", discordsim.Opts{"name": typed}, "name"); !slices.Equal(got, backEnd) {
			t.Errorf("%q is completed by %q", typed, got)
		}
		if got := st.offered(st.asha, "ask", discordsim.Opts{"question": "x", "career": typed}, "career"); !slices.Equal(got, backEnd) {
			t.Errorf("%q is completed by %q", typed, got)
		}
	}
	if got := st.offered(st.asha, "career", discordsim.Opts{"name": "zzzz"}, "name"); len(got) != 0 {
		t.Errorf("zzzz is completed by %q", got)
	}
	all := st.offered(st.asha, "ask", discordsim.Opts{"question": ""}, "question")
	if len(all) == 0 || len(all) > 25 {
		t.Errorf("%d questions are offered", len(all))
	}
	t.Log("what is offered can be asked")
	for _, choice := range st.offered(st.asha, "ask", discordsim.Opts{"question": "master", "career": "back-end-developer"}, "question") {
		_, value, _ := strings.Cut(choice, "=")
		m := st.slash(st.asha, st.general, "ask", discordsim.Opts{"question": value})
		wants(t, m.Text(), "Back-end developer · ")
	}
	t.Log("so can a question that is longer than a suggestion")
	c := answer.Choice{Label: "Do I…", Occupation: "back-end-developer", Topic: "education", Entry: "back-end-developer/faq/masters-needed"}
	wants(t, st.slash(st.asha, st.general, "ask", discordsim.Opts{"question": suggested(c)}).Text(), "Education", "master")
}

func TestVotes(t *testing.T) {
	st := set(t, shipped).ready()
	m := st.ask(st.asha, "what does a back-end developer earn?")
	for _, step := range []struct {
		by          *discordsim.User
		press, want string
	}{
		{st.asha, "Helpful", "noted as helpful"},
		{st.asha, "Helpful", "noted as helpful"},
		{st.ravi, "Not helpful", "noted as not helpful"},
		{st.asha, "Not helpful", "noted as not helpful"},
	} {
		told := st.click(step.by, m, step.press)
		wants(t, told.Text(), step.want)
		if !told.Ephemeral {
			t.Error("everybody sees who voted")
		}
	}
	t.Log("there is nothing to vote on where nothing was answered")
	for _, question := range []string{"what does a dentist earn?", "hello"} {
		if got := labels(st.ask(st.asha, question)); slices.Contains(got, "Helpful") {
			t.Errorf("%s: %q", question, got)
		}
	}
}

func TestHelp(t *testing.T) {
	st := set(t, shipped).ready()
	m := st.slash(st.asha, st.general, "help", nil)
	wants(t, m.Text(), "/ask", "/career", "Ask about this", "Mention me", "Back-end developer")
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
}

func TestStatus(t *testing.T) {
	st := set(t, shipped).ready()
	st.ask(st.asha, "what does a back-end developer earn?")
	st.logged("msg=served")
	meera := st.guild.Member("meera", st.guild.Role("moderators", discordsim.ManageGuild))
	m := st.slash(meera, st.general, "status", nil)
	wants(t, m.Text(), "connected <t:", "99 % within", "1 served", "loaded <t:", "test")
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
	t.Log("Discord does not offer it to others, and the bot does not believe that alone")
	if _, err := st.asha.Slash(st.general, "status", nil); err == nil {
		t.Error("it is offered to a member")
	}
	told := st.forged(st.asha, "status")
	wants(t, told, "Manage Server")
	wants(t, st.slash(meera, st.general, "help", nil).Text(), "/status")
	if m := st.slash(st.asha, st.general, "help", nil); strings.Contains(m.Text(), "/status") {
		t.Error("help offers what may not be used")
	}
}

// All times of the status are by the bot's clock, as is whoever reads them.
func TestStatusClock(t *testing.T) {
	ahead := 72 * time.Hour
	s := shipped
	s.cfg = func(c *Config) { c.Now = func() time.Time { return time.Now().Add(ahead) } }
	st := set(t, s).ready()
	meera := st.guild.Member("meera", st.guild.Role("moderators", discordsim.ManageGuild))
	times := regexp.MustCompile(`<t:(\d+):R>`).FindAllStringSubmatch(st.slash(meera, st.general, "status", nil).Text(), -1)
	if len(times) < 3 {
		t.Fatalf("it tells of %v", times)
	}
	for _, m := range times {
		at, err := strconv.ParseInt(m[1], 10, 64)
		st.must(err)
		if time.Unix(at, 0).Before(time.Now().Add(ahead - time.Hour)) {
			t.Errorf("since %v, an hour and more before the start", time.Unix(at, 0))
		}
	}
}

// forged is what the bot would show a member whose client sends a command that
// it is not offered.
func (st *stage) forged(u *discordsim.User, name string) string {
	row, err := find(table(), &request{door: slash, name: name})
	st.must(err)
	return row.permits(&Bot{}, &request{guild: st.guild.ID, home: st.guild.ID, person: u.ID, rights: sendMessages}).Error()
}

func TestGreeting(t *testing.T) {
	st := set(t, shipped).ready()
	t.Log("the servers that it was in before are not greeted")
	if n := len(st.asha.Read(st.general)); n != 0 {
		t.Errorf("%d messages", n)
	}
	t.Log("a server that it joins is: once")
	joined := st.sim.Guild("New")
	meera := joined.Member("meera")
	m, err := meera.Await(st.ctx, joined.General(), func(discordsim.Message) bool { return true })
	st.must(err)
	wants(t, m.Text(), "Ask me about careers", "/ask", "/help", "Back-end developer")
	st.sim.Cut()
	st.must(st.sim.Wait(st.ctx, func() bool { return st.sim.Resumes() == 1 }))
	st.sim.Invalidate(false)
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) == 2 }))
	st.ready()
	wants(t, st.say(meera, joined.General(), st.sim.Bot().Mention()+" what does a back-end developer earn?").Text(), "₹4,86,091")
	if n := len(meera.Read(joined.General())); n != 3 {
		t.Errorf("%d messages", n)
	}
	checkMentions(t, st.sim)
}

func TestGreetingIsWhereTheBotMaySpeak(t *testing.T) {
	var passed atomic.Int64 // of the simulation's time
	later := shipped
	later.sim = func(o *discordsim.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	}
	st := set(t, later).ready()
	greeted := func(c *discordsim.Channel, u *discordsim.User) {
		t.Helper()
		m, err := u.Await(st.ctx, c, func(discordsim.Message) bool { return true })
		st.must(err)
		wants(t, m.Text(), "Ask me about careers")
	}

	t.Log("not in the first channel, if it may not write there")
	g := st.sim.Foreign("Rules first")
	meera := g.Member("meera")
	g.General().Deny(g.ID, discordsim.SendMessages)
	chat := g.Channel("chat")
	g.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	greeted(chat, meera)

	t.Log("in the channel that the server has for this")
	g = st.sim.Foreign("With a hall")
	g.Join(meera)
	hall := g.Channel("hall")
	g.Welcome(hall)
	g.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	greeted(hall, meera)

	t.Log("nowhere, if it may speak nowhere; after an outage nobody is greeted again")
	g.Outage()
	g.Restore()
	silent := st.sim.Foreign("Silent")
	silent.Join(meera)
	silent.General().Deny(silent.ID, discordsim.SendMessages)
	silent.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	st.logged("no channel where a server can be greeted")
	st.ask(st.asha, "what does a back-end developer earn?")
	for _, c := range []*discordsim.Channel{silent.General(), g.General(), hall} {
		want := 0
		if c == hall {
			want = 1
		}
		if n := len(meera.Read(c)); n != want {
			t.Errorf("%d messages in %s", n, c.Name)
		}
	}

	t.Log("a server that the bot left and joins again, another day, is greeted again")
	g.Uninstall()
	passed.Store(int64(24 * time.Hour))
	g.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	st.must(st.sim.Wait(st.ctx, func() bool { return len(meera.Read(hall)) == 2 }))
}

// What happened while the bot was not running is not lost, and nothing is said
// twice.
func TestGreetingAfterRestart(t *testing.T) {
	st := set(t, shipped).ready()
	st.logged("msg=\"the database is open\"")
	st.end()
	joined := st.sim.Guild("Meanwhile")
	meera := joined.Member("meera")
	st.start(shipped)
	m, err := meera.Await(st.ctx, joined.General(), func(discordsim.Message) bool { return true })
	st.must(err)
	wants(t, m.Text(), "Ask me about careers")
	st.end()
	st.start(shipped)
	st.ready()
	wants(t, st.slash(meera, joined.General(), "ask", discordsim.Opts{"question": "what does a back-end developer earn?"}).Text(), "₹4,86,091")
	if n := len(meera.Read(joined.General())); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// Where the application is installed for a person only, every command is there.
func TestUserInstall(t *testing.T) {
	st := set(t, shipped).ready()
	elsewhere := st.sim.Foreign("Elsewhere")
	meera := st.sim.User("meera")
	elsewhere.Join(meera)
	st.must(meera.Install())
	for _, c := range []*discordsim.Channel{elsewhere.General(), meera.DM()} {
		wants(t, st.slash(meera, c, "ask", discordsim.Opts{"question": "what does a back-end developer earn?"}).Text(), "₹4,86,091")
		wants(t, st.slash(meera, c, "career", discordsim.Opts{"name": "back-end-developer"}).Text(), "Back-end developer")
		wants(t, st.slash(meera, c, "help", nil).Text(), "/ask")
	}
}

func TestWhoAsksTooFastIsToldWhenToAskAgain(t *testing.T) {
	st := set(t, setting{cfg: func(c *Config) { c.Pace = 1 }}).ready()
	for range burst {
		wants(t, st.ask(st.asha, "pay?").Text(), "₹4,86,091")
	}
	told := st.ask(st.asha, "pay?")
	if !told.Ephemeral {
		t.Error("everybody is told")
	}
	var at int64
	if _, err := fmt.Sscanf(told.Content, "That was fast. Please ask again <t:%d:R>.", &at); err != nil || !time.Unix(at, 0).After(time.Now()) {
		t.Errorf("told %q", told.Content)
	}
	t.Log("messages are told once, and not one by one")
	wants(t, st.say(st.asha, st.general, st.sim.Bot().Mention()+" pay?").Text(), "Please ask again")
	_, err := st.asha.Say(st.general, st.sim.Bot().Mention()+" pay??")
	st.must(err)
	t.Log("others are served, and completion is never held back")
	wants(t, st.ask(st.ravi, "pay?").Text(), "₹4,86,091")
	if got := st.offered(st.asha, "career", discordsim.Opts{"name": "back"}, "name"); len(got) != 1 {
		t.Errorf("offered %q", got)
	}
	if n := len(st.sim.Calls("POST /channels/*/messages")); n != 1 {
		t.Errorf("%d messages were sent", n)
	}
}

func TestPace(t *testing.T) {
	const oneIn = 4 * time.Second
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		token string // of interactions
		steps []error
	}{
		{"interactions are told each time", "t", []error{refusal(fmt.Sprintf(tooFast, now.Add(oneIn).Unix()+1)), refusal(fmt.Sprintf(tooFast, now.Add(oneIn).Unix()+1)), nil, refusal(fmt.Sprintf(tooFast, now.Add(2*oneIn).Unix()+1)), nil}},
		{"messages once", "", []error{refusal(fmt.Sprintf(tooFast, now.Add(oneIn).Unix()+1)), errUnsaid, nil, refusal(fmt.Sprintf(tooFast, now.Add(2*oneIn).Unix()+1)), nil}},
	} {
		p := newPace(int(time.Minute / oneIn))
		take := func(after time.Duration) error {
			return p.take(&request{person: "1", token: test.token, received: now.Add(after)})
		}
		for range burst {
			if err := take(0); err != nil {
				t.Fatal(err)
			}
		}
		for i, after := range []time.Duration{0, time.Second, oneIn, oneIn, 2 * oneIn} {
			if got := take(after); !errors.Is(got, test.steps[i]) {
				t.Errorf("%s: after %v: %v, not %v", test.name, after, got, test.steps[i])
			}
		}
	}
	anyNumber := newPace(0)
	for range 10 * burst {
		if err := anyNumber.take(&request{person: "1", received: now}); err != nil {
			t.Fatal(err)
		}
	}
}
