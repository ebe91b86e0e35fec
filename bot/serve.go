package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/bwmarrin/discordgo"
)

// The one path of every request: find its row, permit, run the handler, reply,
// log. Nothing but this file knows of deferral, of errors and of panics.

const (
	// deferAfter is how long a handler may take before Discord is told to wait.
	// Discord gives up after 3 s.
	deferAfter = 1500 * time.Millisecond
	// acknowledgeWithin is Discord's limit; a later acknowledgement is refused.
	acknowledgeWithin = 3 * time.Second
	// handlerTime is how long a handler may take at all.
	handlerTime = time.Minute
)

// result is what a handler came to.
type result struct {
	response
	err error
}

// serve serves a request. queue is its place among those of its conversation.
func (b *Bot) serve(r *request, queue turn) {
	ctx, cancel := context.WithTimeout(b.working, handlerTime)
	defer cancel()
	row, err := find(b.rows, r)
	done := make(chan result, 1)
	go func() {
		defer queue.leave()
		if err != nil {
			done <- result{err: err}
			return
		}
		done <- b.run(ctx, row, r, queue)
	}()

	var res result
	deferred := false
	step := "" // how far the handler is
	var late <-chan time.Time
	if row.manner.deferred != 0 && r.token != "" {
		timer := time.NewTimer(b.deferAfter)
		defer timer.Stop()
		late = timer.C
	}
	for waiting := true; waiting; {
		select {
		case res = <-done:
			waiting = false
		case <-late:
			late = nil
			if deferred = b.postpone(ctx, row, r); !deferred {
				b.health.count(failed)
				return
			}
			b.showStep(ctx, r, step, deferred)
		case step = <-r.steps:
			b.showStep(ctx, r, step, deferred)
		case <-ctx.Done():
			res.err = fmt.Errorf("the handler did not end: %w", ctx.Err())
			waiting = false
		}
	}
	if res.heavy() && res.err == nil && !deferred && row.manner.deferred != 0 && r.token != "" {
		if deferred = b.postpone(ctx, row, r); !deferred {
			b.health.count(failed)
			return
		}
	}
	if errors.Is(res.err, errUnsaid) {
		return
	}
	if res.err != nil {
		b.explain(ctx, row, r, res.err, deferred)
		return
	}
	if err := b.reply(ctx, row, r, res.response, deferred); err != nil {
		if errors.Is(err, errBarred) {
			b.health.count(failed) // the log has it, and the person was told elsewhere
			return
		}
		if tooLate(err) {
			b.health.count(failed)
			b.log.Warn("a reply came too late for Discord", "id", r.id, "door", r.door, "row", r.name, "ms", time.Since(r.received).Milliseconds())
			return
		}
		b.explain(ctx, row, r, fmt.Errorf("reply: %w", err), deferred)
		return
	}
	b.health.count(served)
	if res.opens == nil {
		b.tellPaused(ctx, row, r)
	}
	level := slog.LevelInfo
	if row.manner == offers {
		level = slog.LevelDebug // somebody is typing: there are many
	}
	b.log.Log(ctx, level, "served", "door", r.door, "row", r.name, "reply", res.note, "deferred", deferred, "ms", time.Since(r.received).Milliseconds(), "guild", r.guild, "channel", r.channel)
}

// run runs the handler of a row. A handler that panics has failed, and nothing
// more.
func (b *Bot) run(ctx context.Context, row row, r *request, queue turn) (res result) {
	defer func() {
		if p := recover(); p != nil {
			res = result{err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	if row.manner != offers {
		if err := b.pace.take(r); err != nil {
			return result{err: err}
		}
	}
	if row.permits != nil {
		if err := row.permits(b, r); err != nil {
			return result{err: err}
		}
	}
	select {
	case <-queue.come:
	case <-ctx.Done():
		return result{err: ctx.Err()}
	}
	r.private = r.guild == "" || b.sees(row, r) == asker
	res.response, res.err = row.do(b, ctx, r)
	return res
}

// postpone tells Discord that the reply takes longer. It reports whether a
// reply is still wanted.
func (b *Bot) postpone(ctx context.Context, row row, r *request) bool {
	err := b.acknowledge(ctx, r, row.manner.deferred, deferral{Flags: discordgo.MessageFlags(b.sees(row, r))})
	if err != nil {
		b.log.Error("could not defer a reply", "id", r.id, "door", r.door, "row", r.name, "err", err)
	}
	return err == nil
}

// showStep tells the person how far a request is that takes long enough to have
// been deferred.
func (b *Bot) showStep(ctx context.Context, r *request, step string, deferred bool) {
	if step == "" || !deferred {
		return
	}
	if err := b.editReply(ctx, r, say(step).payload()); err != nil {
		b.log.Warn("how far a request is could not be shown", "id", r.id, "err", err)
	}
}

// reply shows a response.
func (b *Bot) reply(ctx context.Context, row row, r *request, res response, deferred bool) error {
	p := b.permitted(r, res.payload())
	switch {
	case row.manner == offers:
		return b.acknowledge(ctx, r, offers.atOnce, offered(res.offers))
	case res.opens != nil:
		return b.acknowledge(ctx, r, opens.atOnce, res.opens.payload())
	case r.token == "":
		return b.answerMessage(ctx, r, p)
	case deferred:
		return b.editReply(ctx, r, p)
	}
	if row.manner == updates {
		return b.acknowledge(ctx, r, updates.atOnce, p.instead(), p.files...)
	}
	p.Flags = discordgo.MessageFlags(b.sees(row, r))
	return b.acknowledge(ctx, r, replies.atOnce, p, p.files...)
}

// explain tells a person why there is no reply: a refusal in its own words,
// anything else by a number that the log has too.
func (b *Bot) explain(ctx context.Context, row row, r *request, err error, deferred bool) {
	var m message
	if refused, ok := errors.AsType[refusal](err); ok {
		m = say(string(refused))
		b.health.count(declined)
		b.log.Info("refused", "door", r.door, "row", r.name, "id", r.id, "guild", r.guild, "channel", r.channel, "why", string(refused))
	} else {
		m = renderProblem(r.id)
		b.health.count(failed)
		b.log.Error("a request failed", "id", r.id, "door", r.door, "row", r.name, "guild", r.guild, "channel", r.channel, "err", err)
	}
	// The handler may have used up its time; the person is told all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), acknowledgeWithin)
	defer cancel()
	p := m.payload()
	switch {
	case row.manner == offers:
		err = b.acknowledge(ctx, r, offers.atOnce, offered(nil)) // there is no place for words
	case r.token == "":
		err = b.answerMessage(ctx, r, p)
	case deferred && row.manner == replies:
		err = b.editReply(ctx, r, p)
	case deferred:
		p.Flags = discordgo.MessageFlagsEphemeral
		err = b.sendFurther(ctx, r, p)
	default:
		p.Flags = discordgo.MessageFlagsEphemeral
		err = b.acknowledge(ctx, r, replies.atOnce, p)
	}
	if err != nil && !errors.Is(err, errBarred) {
		b.log.Error("could not tell a person what went wrong", "id", r.id, "err", err)
	}
}
