package discordsim_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/careerbot/careerbot/bot/discordsim"
)

func TestHandshake(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	c.send(1, 1)
	c.next(11, "")
	w.must(w.sim.Ready(w.ctx))
	if v := w.sim.Violations(); len(v) > 0 {
		t.Error(v)
	}
}

func TestRefusedHandshakes(t *testing.T) {
	w := newWorld(t, discordsim.Options{Privileged: 1 << 1})
	for _, c := range []struct {
		op   int
		data obj
		want int
	}{
		{2, obj{"token": "wrong", "intents": intents}, 4004},
		{2, obj{"token": w.sim.Token(), "intents": 1 << 15}, 4014},
		{2, obj{"token": w.sim.Token(), "intents": 1 << 30}, 4013},
		{2, obj{"token": w.sim.Token(), "shard": []int{2, 2}}, 4010},
		{6, obj{"token": "wrong", "session_id": "x", "seq": 1}, 4004},
		{3, obj{}, 4003},
		{77, obj{}, 4001},
		{2, obj{"token": strings.Repeat("x", 5000)}, 4002},
	} {
		conn := w.dial()
		conn.next(10, "")
		conn.send(c.op, c.data)
		if code := conn.closed(); code != c.want {
			t.Errorf("%d %.60v: closed with %d, not %d", c.op, c.data, code, c.want)
		}
	}
	conn := w.identify(1 << 1) // granted
	conn.next(0, "READY")
	conn.send(2, obj{"token": w.sim.Token()})
	if code := conn.closed(); code != 4005 {
		t.Errorf("identified twice: closed with %d", code)
	}
}

func TestResume(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.identify(intents)
	c.next(0, "READY")
	c.ws.NetConn().Close()
	w.must(w.sim.Wait(w.ctx, func() bool { return w.sim.Live() == 0 }))
	_, err := w.asha.Say(w.general, "meanwhile")
	w.must(err)

	again := c.resume(1)
	again.next(0, "GUILD_CREATE") // missed as well
	message := again.next(0, "MESSAGE_CREATE")
	resumed := again.next(0, "RESUMED")
	if *message.Seq+1 != *resumed.Seq {
		t.Errorf("sequence %d, then %d", *message.Seq, *resumed.Seq)
	}

	// A client that says goodbye has no session any more.
	w.must(again.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")))
	w.must(w.sim.Wait(w.ctx, func() bool { return w.sim.Connections() == 0 }))
	c = c.resume(1)
	if p := c.next(9, ""); string(p.Data) != "false" {
		t.Errorf("op 9 with %s", p.Data)
	}
	c.send(2, obj{"token": w.sim.Token(), "intents": intents})
	c.next(0, "READY")
}

func TestCompressedShards(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	var shards []*client
	for i := range 2 {
		c := w.dial()
		c.next(10, "")
		c.send(2, obj{"token": w.sim.Token(), "intents": intents, "compress": true, "shard": [2]int{i, 2}})
		shards = append(shards, c)
	}
	// The guild's ID says which shard it belongs to; direct messages go to the first.
	var id uint64
	if _, err := fmt.Sscan(w.guild.ID, &id); err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		channel *discordsim.Channel
		shard   int
	}{{w.general, int(id>>22) % 2}, {w.asha.DM(), 0}} {
		m, err := w.asha.Say(s.channel, "hello")
		w.must(err)
		for {
			kind, frame, err := shards[s.shard].ws.ReadMessage()
			w.must(err)
			if kind != websocket.BinaryMessage {
				t.Fatalf("a frame of kind %d: %s", kind, frame)
			}
			z, err := zlib.NewReader(bytes.NewReader(frame))
			w.must(err)
			raw, err := io.ReadAll(z)
			w.must(err)
			if bytes.Contains(raw, []byte("MESSAGE_CREATE")) {
				if !bytes.Contains(raw, []byte(m.ID)) {
					t.Errorf("another message: %s", raw)
				}
				break
			}
		}
	}
}
