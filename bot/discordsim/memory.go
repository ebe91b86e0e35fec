package discordsim

import (
	"maps"
	"time"
)

// What is remembered. By default that is everything, so that a test can look at
// it afterwards; with Options.Keep a simulated Discord runs as long as one
// likes. What is over the number is dropped in one go when there is twice as
// much, which makes the cost of a drop that of a step.

// trim drops the oldest of a list when there are twice as many as are kept, but
// for those that forget refuses to: what is still in use. The caller holds mu.
func trim[T any](s *Sim, list []T, forget func(T) bool) []T {
	keep := s.opts.Keep
	if keep == 0 || len(list) < 2*keep {
		return list
	}
	old := len(list) - keep
	left := make([]T, 0, 2*keep)
	for _, v := range list[:old] {
		if !forget(v) {
			left = append(left, v)
		}
	}
	return append(left, list[old:]...)
}

// done is what trim asks of lists whose entries nobody uses.
func done[T any](T) bool { return true }

// forgetMessage drops a message as though nobody could scroll up to it any more,
// unless it waits for what was promised in it. The caller holds mu.
func (s *Sim) forgetMessage(m *Message) bool {
	if m.Thinking && m.interaction != nil && !m.interaction.over() {
		return false
	}
	s.dropMessage(m)
	return true
}

// dropMessage drops what is held of a message. What it answered goes too: an
// answer to an answer would else hold on to the first of them all. The caller
// holds mu.
func (s *Sim) dropMessage(m *Message) {
	m.deleted, m.interaction = true, nil
	delete(s.messages, m.ID)
	for _, a := range m.Attachments {
		delete(s.files, a.ID)
	}
}

// forgetInteraction drops an interaction whose answer has come: its token is
// unknown from then on, so that nothing can follow up on it. The caller holds mu.
func (s *Sim) forgetInteraction(it *Interaction) bool {
	if !it.over() {
		return false
	}
	delete(s.tokens, it.token)
	for _, id := range it.files {
		delete(s.files, id)
	}
	return true
}

// over reports whether the bot owes no answer to an interaction any more: it
// has arrived, or it would come too late. The caller holds mu.
func (it *Interaction) over() bool {
	age := it.sim.opts.Now().Sub(it.at)
	switch {
	case age > tokenLife:
		return true
	case it.callback == 0:
		return age > answerWithin
	case it.callback == callbackDeferUpdate:
		return false
	}
	return it.reply == nil || !it.reply.Thinking
}

// forgetSession ends a session that no connection has. The caller holds mu.
func (s *Sim) forgetSession(ses *session) bool {
	for c := range s.conns {
		if c.session == ses {
			return false
		}
	}
	s.end(ses)
	return true
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
