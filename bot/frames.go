package bot

import (
	"bytes"
	"encoding/binary"
)

// frames reads along with what a server sends on a websocket: the HTTP answer
// that opens it, then frames. It understands as much of RFC 6455 as it takes to
// find the short ones.
type frames struct {
	open bool   // the HTTP answer has passed
	head []byte // of the frame that is being read, or the end of the HTTP answer
	in   bool   // the head is whole, and the payload is being read
	left uint64 // bytes of payload to come
	body []byte // the payload so far, but for what is beyond maxBody
}

// maxBody is how much of a payload is kept. All that a gateway says about the
// connection itself is far shorter.
const maxBody = 4096

// The kinds of frames that are of interest.
const (
	textFrame  = 1
	closeFrame = 8
)

// feed reads p, and calls each for every frame that ends in it, until that
// returns false. It returns how much of p came before the frame at which it was
// stopped, or all.
func (f *frames) feed(p []byte, each func(kind byte, body []byte, whole bool) bool) int {
	start := 0 // where the present frame begins in p
	for i := 0; i < len(p); {
		switch {
		case !f.open:
			f.head = append(f.head, p[i])
			i++
			if bytes.HasSuffix(f.head, []byte("\r\n\r\n")) {
				f.open, f.head = true, f.head[:0]
			}
			start = i
			continue
		case !f.in:
			f.head = append(f.head, p[i])
			i++
			if f.left, f.in = payloadLength(f.head); !f.in {
				continue
			}
			f.body = f.body[:0]
		default:
			n := int(min(f.left, uint64(len(p)-i)))
			f.body = append(f.body, p[i:i+min(n, maxBody-len(f.body))]...)
			f.left -= uint64(n)
			i += n
		}
		if f.left > 0 {
			continue
		}
		size, _ := payloadLength(f.head)
		kind, final := f.head[0]&0x0F, f.head[0]&0x80 != 0
		f.in, f.head = false, f.head[:0]
		if !each(kind, f.body, final && size == uint64(len(f.body))) {
			return start
		}
		start = i
	}
	return len(p)
}

// payloadLength reads how long the payload of a frame is, once its head is
// whole. A server does not mask what it sends.
func payloadLength(head []byte) (n uint64, whole bool) {
	if len(head) < 2 {
		return 0, false
	}
	switch short := head[1] & 0x7F; {
	case short == 126 && len(head) == 4:
		return uint64(binary.BigEndian.Uint16(head[2:])), true
	case short == 127 && len(head) == 10:
		return binary.BigEndian.Uint64(head[2:]), true
	case short < 126:
		return uint64(short), true
	}
	return 0, false
}
