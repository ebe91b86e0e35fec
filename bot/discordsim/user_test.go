package discordsim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

func TestPeopleEditAndDelete(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	m, err := w.asha.Say(w.general, "hello")
	w.must(err)
	if _, err := w.ravi.Edit(m, "bye"); err == nil {
		t.Error("somebody changes another's message")
	}
	if _, err := w.asha.Edit(m, ""); err == nil {
		t.Error("a message becomes empty")
	}
	m, err = w.asha.Edit(m, "hello "+w.sim.Bot().Mention())
	w.must(err)
	if !m.Edited || !m.Pings.None() {
		t.Errorf("edited it is %+v", m)
	}
	// The bot may read it now, and is told that it is an edit.
	if got := c.event("MESSAGE_UPDATE"); got["content"] != m.Content || got["edited_timestamp"] == nil {
		t.Errorf("MESSAGE_UPDATE %v", got)
	}
	if err := w.ravi.Delete(m); err == nil {
		t.Error("somebody deletes another's message")
	}
	w.must(w.asha.Delete(m))
	if got := c.event("MESSAGE_DELETE"); got["id"] != m.ID || got["guild_id"] != w.guild.ID {
		t.Errorf("MESSAGE_DELETE %v", got)
	}
	if _, err := w.ravi.ReplyTo(m, "what?", discordsim.WithPing); err == nil {
		t.Error("somebody replies to what is gone")
	}
}

func TestPrivateMessagesAreNotAnnounced(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	_, callback, webhook := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 4, "data": obj{"content": "secret", "flags": 64}})
	w.taken("PATCH", webhook+"/messages/@original", obj{"content": "secret, edited"})
	w.taken("DELETE", webhook+"/messages/@original", nil)
	_, err := w.asha.Say(w.general, "next")
	w.must(err)
	for {
		p := c.next(0, "*")
		if strings.Contains(string(p.Data), "secret") || p.Type == "MESSAGE_DELETE" {
			t.Errorf("%s %s", p.Type, p.Data)
		}
		if p.Type == "MESSAGE_CREATE" {
			return
		}
	}
}

func TestMenusOfPeople(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.identify(intents)
	c.next(0, "READY")
	w.taken("PUT", "/applications/"+w.app()+"/commands", []obj{{"name": "Who is this", "type": 2}})
	if _, err := w.asha.MenuOf(w.general, w.ravi, "Something else"); err == nil {
		t.Error("an unknown command is offered")
	}
	_, err := w.asha.MenuOf(w.general, w.ravi, "Who is this")
	w.must(err)
	data := c.invoked().Data
	r := data["resolved"].(obj)
	if data["target_id"] != w.ravi.ID || data["type"] != 2.0 || r["users"].(obj)[w.ravi.ID] == nil || r["members"].(obj)[w.ravi.ID] == nil {
		t.Errorf("data %v", data)
	}
}

// TestComponentBringsItsMessage: the whole message comes with what is pressed on
// it, but, as with Discord, not the message that it replies to.
func TestComponentBringsItsMessage(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	question, err := w.asha.Say(w.general, "pay?")
	w.must(err)
	sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{
		"content": "choose", "message_reference": obj{"message_id": question.ID}, "embeds": []obj{{"title": "T"}},
		"components": []obj{{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}}}},
	})
	if sent["referenced_message"].(obj)["id"] != question.ID {
		t.Errorf("the reply is %v", sent)
	}
	_, err = w.asha.Click(sent["id"].(string), "Go")
	w.must(err)
	m := c.invoked().Message
	if m["content"] != "choose" || len(m["embeds"].([]any)) != 1 || len(m["components"].([]any)) != 1 || m["message_reference"].(obj)["message_id"] != question.ID {
		t.Errorf("the message is %v", m)
	}
	if _, there := m["referenced_message"]; there {
		t.Errorf("the question came along: %v", m["referenced_message"])
	}
}

// TestWhatPeopleSee plays one message of each kind and asks everybody.
func TestWhatPeopleSee(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	meera, omar := w.guild.Member("meera"), w.sim.User("omar")
	staff := w.guild.Channel("staff")
	staff.Deny(w.guild.ID, discordsim.ViewChannel)
	staff.Allow(meera.ID, discordsim.ViewChannel)
	group := w.asha.Converse(w.ravi, omar)
	dm := w.asha.DM()
	for _, s := range []struct {
		by      *discordsim.User
		channel *discordsim.Channel
	}{{w.asha, w.general}, {meera, staff}, {omar, group}, {w.asha, dm}} {
		_, err := s.by.Say(s.channel, "text")
		w.must(err)
	}
	_, callback, _ := w.slash(c, w.ravi)
	w.taken("POST", callback, obj{"type": 4, "data": obj{"content": "for ravi", "flags": 64}})
	for _, s := range []struct {
		who  *discordsim.User
		want string // how many in general, staff, the group and asha's conversation
	}{{w.asha, "1 0 1 1"}, {w.ravi, "2 0 1 0"}, {meera, "1 1 0 0"}, {omar, "0 0 1 0"}, {w.sim.Bot(), "1 0 0 1"}} {
		var got []int
		for _, channel := range []*discordsim.Channel{w.general, staff, group, dm} {
			got = append(got, len(s.who.Read(channel)))
			if s.who.Sees(channel) != (len(s.who.Read(channel)) > 0) {
				t.Errorf("%s sees %s: %v", s.who.Name, channel.Name, s.who.Sees(channel))
			}
		}
		if fmt.Sprint(got) != "["+s.want+"]" {
			t.Errorf("%s sees %v, not %s", s.who.Name, got, s.want)
		}
	}
	if _, err := omar.Say(w.general, "x"); err == nil {
		t.Error("an outsider writes")
	}
	if _, err := meera.Say(group, "x"); err == nil {
		t.Error("somebody writes in a group of others")
	}
}

// TestWhatAnswersACommand: a message that answers a command tells which and
// whose, and every message when it was sent.
func TestWhatAnswersACommand(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	_, callback, webhook := w.slash(c, w.asha)
	w.clock.pass(time.Second)
	w.taken("POST", callback, obj{"type": 4, "data": obj{"content": "an answer"}})
	w.taken("POST", webhook, obj{"content": "more of it"})
	_, err := w.ravi.Say(w.general, "thanks")
	w.must(err)
	list := w.ravi.Read(w.general)
	for _, m := range list[:2] {
		if m.Command != "ask" || m.AskedBy != w.asha.ID || !m.Sent.Equal(w.clock.now()) {
			t.Errorf("%q answers %q of %s, sent %v", m.Content, m.Command, m.AskedBy, m.Sent)
		}
	}
	if m := list[2]; m.Command != "" || m.AskedBy != "" {
		t.Errorf("%q answers %q of %s", m.Content, m.Command, m.AskedBy)
	}
}
