package discordsim

import (
	"maps"
	"time"
)

// What is remembered. By default that is everything, so that a test can look at
// it afterwards; with Options.Keep a simulated Discord runs as long as one
// likes. What is over the number is dropped in one go when there is twice as
// much, which makes the cost of a drop that of a step.

// trim drops the oldest of a list when there are twice as many as are kept, and
// hands each to forget. The caller holds mu.
func trim[T any](s *Sim, list []T, forget func(T)) []T {
	keep := s.opts.Keep
	if keep == 0 || len(list) < 2*keep {
		return list
	}
	old := list[:len(list)-keep]
	if forget != nil {
		for _, v := range old {
			forget(v)
		}
	}
	return append(make([]T, 0, 2*keep), list[len(old):]...)
}

// forgetMessage drops a message as though nobody could scroll up to it any more.
// What it answered goes too: an answer to an answer would else hold on to the
// first of them all. The caller holds mu.
func (s *Sim) forgetMessage(m *Message) {
	m.deleted, m.interaction = true, nil
	delete(s.messages, m.ID)
	for _, a := range m.Attachments {
		delete(s.files, a.ID)
	}
}

// forgetInteraction drops an interaction: its token is unknown from then on. The
// caller holds mu.
func (s *Sim) forgetInteraction(it *Interaction) {
	delete(s.tokens, it.token)
	for _, id := range it.files {
		delete(s.files, id)
	}
}

// forgetSession ends a session that no connection has. The caller holds mu.
func (s *Sim) forgetSession(ses *session) {
	for c := range s.conns {
		if c.session == ses {
			return
		}
	}
	s.end(ses)
}

// end makes a session one that cannot be resumed. The caller holds mu.
func (s *Sim) end(ses *session) {
	delete(s.sessions, ses.id)
	ses.log = nil
}

// sweep drops the nonces and buckets whose time is over, when there are twice as
// many as the last time left. The caller holds mu.
func (s *Sim) sweep(now time.Time) {
	if s.opts.Keep == 0 || len(s.nonces)+len(s.buckets) < s.sweepAt {
		return
	}
	maps.DeleteFunc(s.nonces, func(_ string, use nonceUse) bool { return now.Sub(use.at) >= nonceWindow })
	maps.DeleteFunc(s.buckets, func(_ string, b *bucket) bool { return !now.Before(b.reset) })
	s.sweepAt = 2*(len(s.nonces)+len(s.buckets)) + s.opts.Keep
}

// Kept counts what is remembered, of every kind.
func (s *Sim) Kept() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.calls) + len(s.messages) + len(s.tokens) + len(s.nonces) + len(s.buckets) +
		len(s.violations) + len(s.identifies) + len(s.files) + len(s.sessions)
	for _, ses := range s.sessions {
		n += len(ses.log)
	}
	for _, c := range s.channels {
		n += len(c.messages)
	}
	return n
}
