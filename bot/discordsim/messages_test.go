package discordsim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

func TestTextIsWithheld(t *testing.T) {
	w := newWorld(t, discordsim.Options{Privileged: 1 << 15})
	c := w.connect()
	bot := w.sim.Bot().Mention()
	text := func(c *client) string {
		var m struct{ Content string }
		w.must(json.Unmarshal(c.next(0, "MESSAGE_CREATE").Data, &m))
		return m.Content
	}
	say := func(ch *discordsim.Channel, s string) {
		_, err := w.asha.Say(ch, s)
		w.must(err)
	}
	for _, s := range []struct {
		channel   *discordsim.Channel
		say, want string
	}{
		{w.general, "secret", ""},
		{w.general, "hey " + bot, "hey " + bot},
		{w.general, "hey " + w.ravi.Mention(), ""},
		{w.asha.DM(), "private", "private"},
	} {
		say(s.channel, s.say)
		if got := text(c); got != s.want {
			t.Errorf("%q: the bot reads %q", s.say, got)
		}
	}
	posted := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "mine"})
	if got := text(c); got != "mine" {
		t.Errorf("the bot reads %q of its own", got)
	}
	own := discordsim.Message{ID: posted["id"].(string), ChannelID: w.general.ID}
	reply := func(m discordsim.Message, ping discordsim.Ping) string {
		_, err := w.asha.ReplyTo(m, "reply", ping)
		w.must(err)
		return text(c)
	}
	if got := reply(own, discordsim.WithPing); got != "reply" {
		t.Errorf("of a reply with a ping the bot reads %q", got)
	}
	if got := reply(own, discordsim.WithoutPing); got != "" {
		t.Errorf("of a reply without a ping the bot reads %q", got)
	}
	it, callback, _ := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 4, "data": obj{"content": "answer"}})
	answer, err := it.Reply(w.ctx)
	w.must(err)
	text(c)
	if got := reply(answer, discordsim.WithPing); got != "" {
		t.Errorf("of a reply to an interaction's answer the bot reads %q", got)
	}
	all := w.identify(intents | 1<<15)
	all.next(0, "READY")
	say(w.general, "secret")
	if got := text(all); got != "secret" {
		t.Errorf("with the intent the bot reads %q", got)
	}
}

func TestPings(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	role := w.guild.Role("mods", 0)
	all := "@everyone " + w.ravi.Mention() + " <@&" + role.ID + ">"
	question, err := w.asha.Say(w.general, "?")
	w.must(err)
	for _, s := range []struct {
		allowed any
		want    string // everyone, then how many users, how many roles
	}{
		{nil, "true 2 1"},
		{obj{"parse": []string{}}, "false 0 0"},
		{obj{"parse": []string{"users"}}, "false 1 0"},
		{obj{"parse": []string{"everyone"}, "users": []string{w.ravi.ID}}, "true 1 0"},
		{obj{"parse": []string{"roles"}, "replied_user": true}, "false 1 1"},
	} {
		w.clock.pass(time.Minute) // for the limits
		body := obj{"content": all, "message_reference": obj{"message_id": question.ID}}
		if s.allowed != nil {
			body["allowed_mentions"] = s.allowed
		}
		sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", body)
		for _, m := range w.asha.Read(w.general) {
			if m.ID != sent["id"] {
				continue
			}
			if got := fmt.Sprint(m.Pings.Everyone, len(m.Pings.Users), len(m.Pings.Roles)); got != s.want {
				t.Errorf("%v pings %s (%+v), not %s", s.allowed, got, m.Pings, s.want)
			}
		}
	}
	// What answers an interaction pings users only, unless it says otherwise.
	it, callback, _ := w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 4, "data": obj{"content": all}})
	m, err := it.Reply(w.ctx)
	w.must(err)
	if m.Pings.Everyone || len(m.Pings.Users) != 1 || len(m.Pings.Roles) != 0 {
		t.Errorf("an answer pings %+v", m.Pings)
	}
}

func TestNonce(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	dm := "/channels/" + w.asha.DM().ID + "/messages"
	path := "/channels/" + w.general.ID + "/messages"
	send := func(path, nonce string, enforce bool) string {
		t.Helper()
		sent := w.taken("POST", path, obj{"content": "x", "nonce": nonce, "enforce_nonce": enforce})
		if sent["nonce"] != nonce {
			t.Errorf("the answer has the nonce %v", sent["nonce"])
		}
		return sent["id"].(string)
	}
	first := send(path, "n", true)
	for _, s := range []struct {
		after time.Duration
		path  string
		nonce string
		same  bool
	}{
		{0, path, "n", true},
		{0, dm, "n", true}, // whatever the channel
		{0, path, "m", false},
		{3*time.Minute - time.Second, path, "n", true},
		{time.Second, path, "n", false},
	} {
		w.clock.pass(s.after)
		if id := send(s.path, s.nonce, true); (id == first) != s.same {
			t.Errorf("%v: message %s, the first was %s", s, id, first)
		}
	}
	if one, two := send(path, "o", false), send(path, "o", false); one == two {
		t.Error("a nonce is enforced that was not to be")
	}
	c := w.connect()
	w.clock.pass(time.Minute)
	send(path, "told", true)
	if got := c.event("MESSAGE_CREATE"); got["nonce"] != "told" || got["channel_type"] != 0.0 {
		t.Errorf("MESSAGE_CREATE %v", got)
	}
}

func TestHistory(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	var ids []string
	for range 105 {
		m, err := w.asha.Say(w.general, "x")
		w.must(err)
		ids = append(ids, m.ID)
	}
	for name, s := range map[string]struct {
		query    string
		from, to int // of the messages, in the order in which they were written
	}{
		"latest":       {"", 55, 105},
		"three":        {"?limit=3", 102, 105},
		"before":       {"?limit=3&before=" + ids[50], 47, 50},
		"after":        {"?limit=3&after=" + ids[50], 51, 54},
		"after all":    {"?after=" + ids[104], 105, 105},
		"most":         {"?limit=100", 5, 105},
		"before first": {"?before=" + ids[0], 0, 0},
	} {
		w.clock.pass(10 * time.Second)
		var want []string
		for i := s.to - 1; i >= s.from; i-- {
			want = append(want, ids[i])
		}
		if got := w.get("/channels/"+w.general.ID+"/messages"+s.query, "id"); !slices.Equal(got, want) {
			t.Errorf("%s: %d messages: %v", name, len(got), got)
		}
	}
	w.refused(50035, "GET", "/channels/"+w.general.ID+"/messages?limit=101", nil)
}
