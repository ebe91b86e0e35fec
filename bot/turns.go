package bot

import "sync"

// turns lets what belongs together happen in the order in which it came: two
// questions of one person in one channel share a conversation, and the second
// may be about the first.
type turns struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed when whoever came last has left
}

// turn is a place in the queue of a key.
type turn struct {
	come  <-chan struct{} // closed when it is one's turn
	leave func()
}

// enter joins the queue of a key.
func (t *turns) enter(key string) turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		t.last = map[string]chan struct{}{}
	}
	come, left := t.last[key], make(chan struct{})
	t.last[key] = left
	if come == nil {
		done := make(chan struct{})
		close(done)
		come = done
	}
	return turn{come: come, leave: func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		close(left)
		if t.last[key] == left {
			delete(t.last, key)
		}
	}}
}

// recent remembers the last IDs that it was shown, to notice one that comes
// again.
type recent struct {
	mu   sync.Mutex
	seen map[string]bool
	ring []string
	next int
}

// recentIDs is how many IDs are remembered: what a resumed session may repeat.
const recentIDs = 4096

// again reports whether id was shown before.
func (r *recent) again(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen, r.ring = map[string]bool{}, make([]string, recentIDs)
	}
	if r.seen[id] {
		return true
	}
	delete(r.seen, r.ring[r.next])
	r.seen[id], r.ring[r.next] = true, id
	r.next = (r.next + 1) % len(r.ring)
	return false
}
