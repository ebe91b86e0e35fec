package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// Telling people that their question has been answered: once each, those who
// asked for it, and nobody else is pinged.

const (
	// tellAtOnce is how many of those who wait are claimed at a time.
	tellAtOnce = 50
	// tellEvery is the pace at which people are told, after the first tellBurst.
	// Whoever opens many direct conversations at once looks like spam to Discord.
	tellEvery = time.Second / 2
	tellBurst = 10
	// nonceLife is how long Discord surely knows a nonce. After it, what was sent
	// has to be looked for before it is sent again.
	nonceLife = 2 * time.Minute
)

// tell tells those who wait that their questions are answered. Whoever cannot
// be told now stays claimed for a while, and is tried again.
func (b *Bot) tell(ctx context.Context, s *store.Store, waiting []store.Waiting) {
	ctx, cancel := context.WithTimeout(ctx, store.Lease)
	defer cancel()
	for _, w := range waiting {
		if b.telling.Wait(ctx) != nil {
			return // what is left is claimed again
		}
		err := b.tellOne(ctx, w)
		switch {
		case err == nil:
		case errors.Is(err, errUnanswered):
			b.log.Info("a question is no longer answered: nobody is told", "question", w.Question.ID)
		case unreachable(err):
			b.log.Info("somebody who waited for an answer cannot be told", "question", w.Question.ID, "err", err)
		default:
			b.log.Warn("somebody who waits for an answer could not be told; it is tried again", "question", w.Question.ID, "err", err)
			continue
		}
		if err := s.Told(ctx, w.ID); err != nil {
			b.keeping(err) //nolint:errcheck // it is noted there; the nonce keeps it from being said twice
		}
	}
}

// tellRest tells those who wait and have not been told, as after the end of a
// process that was about to.
func (b *Bot) tellRest(ctx context.Context, s *store.Store) {
	if b.self.Load() == nil {
		return // nor could it tell what it has said itself
	}
	waiting, err := s.ClaimWaiting(ctx, tellAtOnce)
	if err != nil {
		b.keeping(err) //nolint:errcheck // it is noted there, and tried again
		return
	}
	if len(waiting) > 0 {
		b.begin(func() { b.tell(b.working, s, waiting) })
	}
}

// unreachable reports whether an error says that a person or a channel cannot be
// written to, now and later.
func unreachable(err error) bool {
	return slices.Contains([]int{
		discordgo.ErrCodeUnknownChannel, discordgo.ErrCodeUnknownUser, discordgo.ErrCodeUnknownMember, discordgo.ErrCodeUnknownGuild, discordgo.ErrCodeMissingAccess, discordgo.ErrCodeMissingPermissions,
		discordgo.ErrCodeCannotSendMessagesToThisUser, codeNoMutualGuild,
	}, code(err))
}

// codeNoMutualGuild is Discord's refusal to write to somebody with whom the bot
// shares no server.
const codeNoMutualGuild = 50278

// errUnanswered is of a question whose answer has been taken away again.
var errUnanswered = errors.New("the question has no answer any more")

// tellOne tells a person what answers their question: by a reply where they
// asked, which names them alone, or by a direct message if they asked privately.
func (b *Bot) tellOne(ctx context.Context, w store.Waiting) error {
	q := w.Question
	choice := answer.Choice{Label: q.Text, Occupation: q.Answer.Article, Entry: passageOf(q.Answer)}
	if q.Answer.Kind == knowledge.SectionEntry {
		choice.Topic = knowledge.Topic(q.Answer.ID)
	}
	a := b.cfg.Answerer().Choose(q.Guild, "", choice)
	if a.Outcome != answer.Answered || len(a.Passages) == 0 {
		return errUnanswered
	}
	career, _ := b.cfg.Answerer().Career(q.Guild, a.Occupation)
	// Who has left the server is no longer told what it knows.
	if err := b.isMember(ctx, q.Guild, w.Person); err != nil {
		return err
	}
	m := renderTold(w, a, career)
	p := m.payload()
	p.Nonce, p.EnforceNonce = "t"+packID(w.ID), true
	channel := w.Channel
	if w.Private {
		var err error
		if channel, err = b.directChannel(ctx, w.Person); err != nil {
			return err
		}
	} else {
		p.AllowedMentions.Users = []string{w.Person}
		if w.Message != "" {
			missing := false
			p.Reference = &discordgo.MessageReference{MessageID: w.Message, ChannelID: w.Channel, GuildID: q.Guild, FailIfNotExists: &missing}
		}
		p = b.without(q.Guild, channel, p)
	}
	if !w.Tried.IsZero() && b.now().Sub(w.Tried) > nonceLife {
		if said, err := b.saidThere(ctx, channel, toldMark(w)); said != "" || err != nil {
			return err
		}
	}
	_, err := b.call(ctx, mayRepeat, http.MethodPost, "channels/"+channel+"/messages", p, p.files...)
	return err
}

// toldMark is what the custom IDs of a message hold that tells somebody of an
// answer, so that it can be found again.
func toldMark(w store.Waiting) string { return ":" + toldPrefix + packID(w.ID) }

// toldPrefix begins what stands for the request in the buttons of such a
// message.
const toldPrefix = "t."

// saidThere gives the ID of the one of the last messages of a channel, by the bot
// itself, that holds a mark in a custom ID; empty if there is none.
func (b *Bot) saidThere(ctx context.Context, channel, mark string) (string, error) {
	raw, err := b.call(ctx, mayRepeat, http.MethodGet, "channels/"+channel+"/messages?limit=100", nil)
	if err != nil {
		return "", err
	}
	var list []inMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return "", err
	}
	me := b.self.Load()
	for _, m := range list {
		if me == nil || m.Author == nil || m.Author.ID != me.user {
			continue
		}
		for c := range within(m.Components) {
			if strings.HasSuffix(c.CustomID, mark) || strings.Contains(c.CustomID, mark+":") {
				return m.ID, nil
			}
		}
	}
	return "", nil
}

// renderTold shows somebody what answers their question.
func renderTold(w store.Waiting, a answer.Answer, career answer.Career) message {
	m := renderAnswer(a, career, &request{id: toldPrefix + packID(w.ID), person: w.Person}, 0)
	m.Content = fmt.Sprintf("Your question has been answered: “%s”", escape(w.Question.Text, maxQuestion))
	if !w.Private {
		m.Content = fmt.Sprintf("<@%s> your question has been answered: “%s”", w.Person, escape(w.Question.Text, maxQuestion))
	}
	return m
}
