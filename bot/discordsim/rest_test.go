package discordsim_test

import (
	"bytes"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

func TestPermissions(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	hidden, mute, bare := w.guild.Channel("hidden"), w.guild.Channel("mute"), w.guild.Channel("bare")
	hidden.Deny(w.guild.ID, discordsim.ViewChannel)
	mute.Deny(w.sim.Bot().ID, discordsim.SendMessages)
	bare.Deny(w.sim.Bot().ID, discordsim.EmbedLinks)
	w.refused(50001, "POST", "/channels/"+hidden.ID+"/messages", obj{"content": "x"})
	w.refused(50013, "POST", "/channels/"+mute.ID+"/messages", obj{"content": "x"})
	w.refused(50013, "POST", "/channels/"+bare.ID+"/messages", obj{"embeds": []obj{{"title": "x"}}})
	w.taken("POST", "/channels/"+bare.ID+"/messages", obj{"content": "x"})
	w.refused(10003, "POST", "/channels/1/messages", obj{"content": "x"})
	m, err := w.asha.Say(w.general, "mine")
	w.must(err)
	w.refused(50005, "PATCH", "/channels/"+w.general.ID+"/messages/"+m.ID, obj{"content": "x"})
	w.refused(50013, "DELETE", "/channels/"+w.general.ID+"/messages/"+m.ID, nil)
	if _, err := w.asha.Say(hidden, "x"); err == nil {
		t.Error("a person writes where they see nothing")
	}
	if status, _, _ := w.do("GET", "/users/@me", nil, "wrong"); status != 401 {
		t.Errorf("a wrong token is answered %d", status)
	}
	if status, _ := w.call("GET", "/nothing/here", nil); status != 404 {
		t.Errorf("an unknown path is answered %d", status)
	}

	dm := w.taken("POST", "/users/@me/channels", obj{"recipient_id": w.asha.ID})
	w.taken("POST", "/channels/"+dm["id"].(string)+"/messages", obj{"content": "x"})
	w.asha.CloseDMs()
	dm = w.taken("POST", "/users/@me/channels", obj{"recipient_id": w.asha.ID})
	w.refused(50007, "POST", "/channels/"+dm["id"].(string)+"/messages", obj{"content": "x"})
}

func TestSmallEndpoints(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	m, err := w.asha.Say(w.general, "hello")
	w.must(err)
	channel := "/channels/" + w.general.ID
	w.taken("POST", channel+"/typing", nil)
	w.taken("GET", channel, nil)
	w.taken("GET", "/gateway/bot", nil)
	w.taken("GET", channel+"/messages/"+m.ID, nil)
	if status, _, raw := w.do("GET", channel+"/messages", nil, w.sim.Token()); status != 200 || !bytes.Contains(raw, []byte("hello")) {
		t.Errorf("%d %s", status, raw)
	}
	if me := w.taken("GET", "/users/@me", nil); me["id"] != w.sim.Bot().ID {
		t.Errorf("the bot is %v", me)
	}
	_, callback, webhook := w.slash(c, w.asha)
	shown := w.taken("POST", callback+"?with_response=true", obj{"type": 4, "data": obj{"content": "x"}})
	if shown["resource"] == nil {
		t.Errorf("no message in %v", shown)
	}
	w.taken("GET", webhook+"/messages/@original", nil)
	w.taken("DELETE", webhook+"/messages/@original", nil)
	w.refused(10008, "PATCH", webhook+"/messages/@original", obj{"content": "x"})
}
