package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
)

// The answers that the scripted answerer gives.
var (
	payscale = knowledge.Source{Name: "Payscale", URL: "https://example.com/pay", Read: "2026-11-23"}

	paid = answer.Answer{
		Outcome: answer.Answered, Occupation: "back-end-developer", Topic: "pay", Confidence: 0.9,
		Text:     "The average is ₹4,86,091 a year.",
		Passages: []answer.Passage{{ID: "back-end-developer/pay/1", Heading: "What does a back-end developer earn?", Topic: "pay"}},
		Choices:  []answer.Choice{}, Source: payscale,
	}
	clarification = answer.Answer{
		Outcome: answer.Clarify, Occupation: "back-end-developer", Text: "What do you mean?", Passages: []answer.Passage{},
		Choices: []answer.Choice{
			{Label: "Pay", Occupation: "back-end-developer", Topic: "pay"},
			{Label: "Is a master's needed?", Occupation: "back-end-developer", Topic: "education", Entry: "back-end-developer/faq/masters-needed"},
			{Label: "A question whose identifier is far too long", Occupation: "back-end-developer", Topic: "education", Entry: "back-end-developer/faq/" + strings.Repeat("long-", 20)},
		},
	}
	abstention = answer.Answer{
		Outcome: answer.Abstain, Text: "I have nothing on dentists yet.", Passages: []answer.Passage{},
		Choices: []answer.Choice{{Label: "Back-end developer: pay", Occupation: "back-end-developer", Topic: "pay"}},
	}
)

func TestSlashAsk(t *testing.T) {
	st := set(t, setting{}).ready()
	m := st.ask(st.asha, "what does a back-end developer earn?")
	if len(m.Embeds) != 1 || m.Content != "" || m.Ephemeral {
		t.Fatalf("reply: %+v", m)
	}
	wants(t, m.Text(), "Back-end developer · Pay", "₹4,86,091", "Payscale", "23 November 2026", "“What does a back-end developer earn?”")
	if e := m.Embeds[0]; e.URL != payscale.URL {
		t.Errorf("the title links to %q", e.URL)
	}
	if !m.Pings.None() {
		t.Errorf("pinged %+v", m.Pings)
	}
	if others := st.ravi.Read(st.general); len(others) != 1 {
		t.Errorf("others see %d messages", len(others))
	}
}

func TestMentionIsAnsweredAsReply(t *testing.T) {
	st := set(t, setting{}).ready()
	m := st.say(st.asha, st.general, st.sim.Bot().Mention()+" what do they earn?")
	wants(t, m.Text(), "₹4,86,091", "Payscale")
	if !m.Pings.None() {
		t.Errorf("pinged %+v", m.Pings)
	}
	// What does not name the bot is none of its business, and neither are bots.
	quiet, err := st.asha.Say(st.general, "what do they earn?")
	st.must(err)
	st.say(st.asha, st.general, "and again "+st.sim.Bot().Mention())
	for _, m := range st.asha.Read(st.general) {
		if m.ReplyTo == quiet.ID {
			t.Errorf("answered what was not asked of it")
		}
	}
}

func TestMentionAlone(t *testing.T) {
	st := set(t, setting{}).ready()
	wants(t, st.say(st.asha, st.general, st.sim.Bot().Mention()).Text(), "Ask me about careers")
}

func TestDirectMessage(t *testing.T) {
	st := set(t, setting{}).ready()
	wants(t, st.say(st.asha, st.asha.DM(), "what do they earn?").Text(), "₹4,86,091")
}

func TestReplies(t *testing.T) {
	st := set(t, setting{}).ready()
	// Discord lets the bot read a reply to a message of its own...
	first := st.say(st.asha, st.general, st.sim.Bot().Mention()+" what do they earn?")
	follow, err := st.asha.ReplyTo(first, "which?", discordsim.WithPing)
	st.must(err)
	m, err := st.asha.Await(st.ctx, st.general, discordsim.InReplyTo(follow))
	st.must(err)
	wants(t, m.Text(), "What do you mean?")
	// ...but not to a slash answer: the person is told what to do.
	slash := st.ask(st.asha, "what do they earn?")
	follow, err = st.asha.ReplyTo(slash, "which?", discordsim.WithPing)
	st.must(err)
	m, err = st.asha.Await(st.ctx, st.general, discordsim.InReplyTo(follow))
	st.must(err)
	wants(t, m.Text(), "does not let me read", "/ask")
}

func TestChoices(t *testing.T) {
	st := set(t, setting{}).ready()
	m := st.ask(st.asha, "which?")
	wants(t, m.Text(), "What do you mean?")
	if n := len(m.Buttons()); n != 4 { // and Follow up
		t.Fatalf("%d buttons", n)
	}

	t.Log("somebody else presses")
	told := st.click(st.ravi, m, "Pay")
	if !told.Ephemeral {
		t.Error("everybody is told")
	}
	wants(t, told.Text(), "belong to the person who asked")

	t.Log("the asker presses")
	m = st.click(st.asha, m, "Is a master's needed?")
	wants(t, m.Text(), "chose Is a master's needed? back-end-developer education back-end-developer/faq/masters-needed in "+st.general.ID+"/"+st.asha.ID)
	for _, b := range m.Buttons() {
		if strings.HasPrefix(b.CustomID, completing.choice+":") {
			t.Errorf("%q is still there", b.Label)
		}
	}
	if n := len(st.asha.Read(st.general)); n != 1 {
		t.Errorf("%d messages", n)
	}

	t.Log("a choice whose ID does not fit into a button is asked by its label")
	m = st.click(st.asha, st.ask(st.asha, "which?"), "A question whose identifier is far too long")
	wants(t, m.Text(), "₹4,86,091")

	t.Log("what could be asked next is for everyone, and answered below")
	m = st.ask(st.asha, "and next?")
	below := st.click(st.ravi, m, "Pay")
	wants(t, below.Text(), "chose Pay", st.general.ID+"/"+st.ravi.ID)
	if below.ID == m.ID || below.ReplyTo != m.ID || below.Ephemeral {
		t.Errorf("not answered below: %+v", below)
	}
	wants(t, st.click(st.ravi, m, "A question whose identifier is far too long").Text(), "₹4,86,091")

	t.Log("choices of an abstention")
	m = st.click(st.asha, st.ask(st.asha, "dentist?"), "Back-end developer: pay")
	wants(t, m.Text(), "chose")
}

func TestChoiceAfterRestart(t *testing.T) {
	st := set(t, setting{}).ready()
	m := st.ask(st.asha, "which?")
	st.end()
	st.start(setting{})
	st.ready()
	wants(t, st.click(st.asha, m, "Pay").Text(), "chose Pay")
	if n := len(st.sim.Calls("PUT /applications/*/commands")); n != 1 {
		t.Errorf("the commands were written %d times, though they had not changed", n)
	}
}

func TestUnknownButton(t *testing.T) {
	st := set(t, setting{}).ready()
	m := st.ask(st.asha, "which?")
	st.end()
	st.start(setting{bot: func(b *Bot) { b.rows = b.rows[:1] }})
	st.ready()
	told := st.click(st.asha, m, "Pay")
	wants(t, told.Text(), "earlier version")
	if !told.Ephemeral {
		t.Error("everybody is told")
	}
}

func TestNothingPings(t *testing.T) {
	everything := "@everyone @here <@1> <@&2> <#3> **bold** [x](https://example.com)"
	st := set(t, setting{bot: func(b *Bot) {
		b.answer = func(q answer.Question) answer.Answer {
			a := clarification
			a.Outcome, a.Text, a.Source.Name = answer.Answered, everything+" "+q.Text, everything
			a.Choices = []answer.Choice{{Label: everything, Topic: "pay"}}
			return a
		}
	}}).ready()
	question := everything + " " + st.ravi.Mention()
	for _, m := range []discordsim.Message{
		st.ask(st.asha, question),
		st.say(st.asha, st.general, st.sim.Bot().Mention()+" "+question),
		st.say(st.asha, st.asha.DM(), question),
		st.click(st.asha, st.ask(st.asha, question), "@\u200beveryone @\u200bhere <\u200b@1> <\u200b@&2> <\u200b#3> **bold** [x](https://example.com)"),
	} {
		if !m.Pings.None() {
			t.Errorf("pinged %+v", m.Pings)
		}
		wants(t, m.Text()+m.Embeds[0].Description, "@\u200beveryone", `\*\*bold\*\*`)
	}
	checkMentions(t, st.sim)
}

// checkMentions fails unless every message that was sent says that it pings
// nobody, in so many words.
func checkMentions(t *testing.T, sim *discordsim.Sim) {
	t.Helper()
	n := 0
	for _, c := range sim.Calls("*") {
		if !strings.Contains(string(c.Body), `"embeds"`) && !strings.Contains(string(c.Body), `"content"`) {
			continue
		}
		n++
		if !strings.Contains(string(c.Body), `"allowed_mentions":{"parse":[]}`) {
			t.Errorf("%s %s does not say that it pings nobody: %s", c.Method, c.Path, c.Body)
		}
	}
	if n == 0 {
		t.Error("no message was sent")
	}
}

func TestSlowAnswerIsDeferred(t *testing.T) {
	hold := make(chan struct{})
	st := set(t, setting{bot: func(b *Bot) {
		slow, slowChoose := b.answer, b.choose
		b.answer = func(q answer.Question) answer.Answer {
			if strings.Contains(q.Text, "slow") {
				<-hold
			}
			return slow(q)
		}
		b.choose = func(guild, conversation string, choice answer.Choice) answer.Answer {
			<-hold
			return slowChoose(guild, conversation, choice)
		}
	}}).ready()
	m := st.ask(st.asha, "which?")
	it, err := st.asha.Slash(st.general, "ask", discordsim.Opts{"question": "slow"})
	st.must(err)
	pressed, err := st.ravi.Click(st.ask(st.ravi, "which?").ID, "Pay")
	st.must(err)
	st.must(it.Acknowledged(st.ctx))
	st.must(pressed.Acknowledged(st.ctx))
	thinking, err := st.asha.Await(st.ctx, st.general, func(m discordsim.Message) bool { return m.Thinking })
	st.must(err)

	t.Log("another channel is served meanwhile")
	wants(t, st.say(st.asha, st.asha.DM(), "quick").Text(), "₹4,86,091")

	close(hold)
	reply, err := it.Reply(st.ctx)
	st.must(err)
	if reply.ID != thinking.ID {
		t.Error("the answer is another message than the one that was thinking")
	}
	wants(t, reply.Text(), "₹4,86,091")
	reply, err = pressed.Reply(st.ctx)
	st.must(err)
	wants(t, reply.Text(), "chose Pay")
	_ = m
	checkMentions(t, st.sim)
}

func TestIntents(t *testing.T) {
	const privileged = 1<<1 | 1<<8 | 1<<15
	if intents&privileged != 0 {
		t.Errorf("intents %b hold a privileged one", intents)
	}
	st := set(t, setting{}).ready()
	for _, id := range st.sim.Identifies() {
		if id.Intents != int(intents) {
			t.Errorf("identified with intents %b", id.Intents)
		}
	}
}

func TestLogHoldsNoSecrets(t *testing.T) {
	st := set(t, setting{}).ready()
	// A reply that fails brings the interaction's address into an error.
	st.violations = true
	st.sim.Fail("POST /interactions/*/*/callback", discordsim.Fault{Drop: true})
	_, err := st.asha.Slash(st.general, "ask", discordsim.Opts{"question": "my own words"})
	st.must(err)
	st.logged("could not tell a person")
	log := st.log.String()
	for _, secret := range []string{st.sim.Token(), "interaction-token-", "my own words"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log:\n%s", secret, log)
		}
	}
	wants(t, log, "[token]")
}

func TestRequestsAreAsWanted(t *testing.T) {
	st := set(t, setting{}).ready()
	st.ask(st.asha, "what does a dentist earn?")
	for _, c := range st.sim.Calls("*") {
		if c.Version != "v10" {
			t.Errorf("%s %s went to %s", c.Method, c.Path, c.Version)
		}
		if ua := c.Header.Get("User-Agent"); !strings.HasPrefix(ua, "DiscordBot (https://github.com/careerbot/careerbot, test)") {
			t.Errorf("%s %s came from %q", c.Method, c.Path, ua)
		}
	}
	var body struct {
		Type int `json:"type"`
	}
	st.must(json.Unmarshal(st.sim.Calls("POST /interactions/*/*/callback")[0].Body, &body))
	if body.Type != 4 {
		t.Errorf("callback of type %d", body.Type)
	}
}
