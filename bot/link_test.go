package bot

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"testing/iotest"
	"time"

	"github.com/gorilla/websocket"
)

// frame makes a websocket frame as a server sends it.
func frame(kind byte, body string) []byte {
	f := []byte{0x80 | kind}
	switch n := len(body); {
	case n < 126:
		f = append(f, byte(n))
	case n < 1<<16:
		f = append(f, 126, byte(n>>8), byte(n))
	default:
		f = append(f, 127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(f, body...)
}

const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// FuzzFrames checks that frames are found however the network cuts them.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("one"), []byte("two"), uint16(0), uint8(1))
	f.Add([]byte("{}"), bytes.Repeat([]byte("x"), 300), uint16(5000), uint8(7))
	f.Add([]byte(""), []byte(""), uint16(65535), uint8(255))
	f.Fuzz(func(t *testing.T, one, two []byte, long uint16, step uint8) {
		bodies := []string{string(one), string(bytes.Repeat([]byte("l"), int(long))), string(two)}
		stream := []byte(upgrade)
		for _, b := range bodies {
			stream = append(stream, frame(textFrame, b)...)
		}
		var fr frames
		var got []string
		for rest := stream; len(rest) > 0; {
			n := min(len(rest), int(step)+1)
			if took := fr.feed(rest[:n], func(kind byte, body []byte, whole bool) bool {
				want := bodies[len(got)]
				if kind != textFrame || whole != (len(want) <= maxBody) || string(body) != want[:len(body)] || whole && len(body) != len(want) {
					t.Errorf("frame %d: kind %d, whole %v, %d bytes of %d", len(got), kind, whole, len(body), len(want))
				}
				got = append(got, string(body))
				return true
			}); took != n {
				t.Fatalf("took %d of %d bytes", took, n)
			}
			rest = rest[n:]
		}
		if len(got) != len(bodies) {
			t.Errorf("%d frames of %d", len(got), len(bodies))
		}
	})
}

// script is a connection on which a server has already said everything.
type script struct {
	net.Conn
	io.Reader
	closed bool
}

func (s *script) Read(p []byte) (int, error)      { return s.Reader.Read(p) }
func (s *script) SetReadDeadline(time.Time) error { return nil }
func (s *script) Close() error                    { s.closed = true; return nil }

func TestLink(t *testing.T) {
	hello := frame(textFrame, `{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}`)
	ready := frame(textFrame, `{"t":"READY","s":1,"op":0,"d":{}}`)
	fatal := frame(closeFrame, string(websocket.FormatCloseMessage(4014, "no")))
	for _, c := range []struct {
		name   string
		frames [][]byte
		after  [][]byte // what must not be passed on
		want   error
		ready  bool
	}{
		{"op 7 first", nil, [][]byte{frame(textFrame, `{"op":7,"d":null}`), hello}, errReconnect, false},
		{"op 7 after READY", [][]byte{hello, ready}, [][]byte{frame(textFrame, `{"op":7}`), ready}, errReconnect, true},
		{"op 9", [][]byte{hello}, [][]byte{frame(textFrame, `{"op":9,"d":false}`)}, errInvalid, false},
		{"op 9, resumable", [][]byte{hello}, [][]byte{frame(textFrame, `{"op":9,"d":true}`)}, errResumable, false},
		{"null", [][]byte{hello}, [][]byte{frame(textFrame, `null`)}, errGarbled, false},
		{"no JSON", [][]byte{hello}, [][]byte{frame(textFrame, `{`)}, errGarbled, false},
		{"nothing", [][]byte{hello}, [][]byte{frame(textFrame, ``)}, errGarbled, false},
		{"hollow guild", [][]byte{hello, ready}, [][]byte{frame(textFrame, `{"op":0,"t":"GUILD_CREATE","d":null}`)}, errGarbled, true},
		{"closed", [][]byte{hello, ready, fatal}, nil, closeError(4014), true},
		{"cut", [][]byte{hello, ready}, nil, io.EOF, true},
	} {
		want := []byte(upgrade)
		for _, f := range c.frames {
			want = append(want, f...)
		}
		stream := bytes.Clone(want)
		for _, f := range c.after {
			stream = append(stream, f...)
		}
		for name, r := range map[string]io.Reader{"at once": bytes.NewReader(stream), "byte by byte": iotest.OneByteReader(bytes.NewReader(stream))} {
			conn := &script{Reader: r}
			l := newLink(conn, time.Minute)
			got, err := io.ReadAll(l)
			if !errors.Is(l.cause(), c.want) || err == nil && !errors.Is(c.want, io.EOF) && !isClose(c.want) {
				t.Errorf("%s, %s: ended with %v (%v), not %v", c.name, name, l.cause(), err, c.want)
			}
			// Byte by byte, the beginning of a frame is passed on before its end is known.
			if name == "at once" && !bytes.Equal(got, want) || !bytes.HasPrefix(got, want) {
				t.Errorf("%s, %s: passed on %q", c.name, name, got[len(upgrade):])
			}
			if l.ready.Load() != c.ready || !conn.closed {
				t.Errorf("%s, %s: ready %v, closed %v", c.name, name, l.ready.Load(), conn.closed)
			}
		}
	}
}
