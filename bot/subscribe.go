package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store"
)

// The way of a subscription: a command, or a search, becomes a proposal, which
// is kept by the store and seen with what it would have brought; a button saves
// it. Its ID is in the buttons, so that each step can be taken after a restart;
// the store gives nobody the proposals or alerts of another.

// maxAlerts is how many alerts a person may have if the configuration says
// nothing else.
const maxAlerts = 5

// subscribeCommand defines /subscribe.
func subscribeCommand() *discordgo.ApplicationCommand {
	return forEveryone("subscribe", "Get new jobs by direct message: say what you look for, and see first what it would bring", wishOptions()...)
}

// subscribe proposes an alert of what the options say.
func (b *Bot) subscribe(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	p := store.Proposal{Subscription: alerts.Subscription{Person: r.person, Guild: r.home}}
	if p.Schedule, err = b.usualSchedule(ctx, s, r.person); err != nil {
		return response{}, err
	}
	unread, wrong := b.wish(r, &p.Subscription)
	if p.Query.Floor == nil && r.options[optionUnknown] != nil && wrong == nil {
		unread[optionPay] = ""
		wrong = refusal("You say what is to become of jobs of unknown pay, but not what the least pay is. Give that, too.")
	}
	if wrong != nil {
		return b.unread(ctx, s, p, unread, wrong)
	}
	if p, err = s.Propose(ctx, p); err != nil {
		return response{}, b.keeping(err)
	}
	return b.previewOf(ctx, s, p.Subscription, false, "")
}

// unread keeps what was typed of an alert, or of a search, and cannot be read, so
// that nobody has to type it again, and tells what is wrong with it.
func (b *Bot) unread(ctx context.Context, s *store.Store, p store.Proposal, typed map[string]string, wrong error) (response, error) {
	p.Typed = typed
	p, err := s.Propose(ctx, p)
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderUnread(p, wrong.Error()), note: "not read"}, nil
}

// usualSchedule is when somebody wants to hear of jobs who has not said: daily
// in the morning, in the zone of their last alert.
func (b *Bot) usualSchedule(ctx context.Context, s *store.Store, person string) (alerts.Schedule, error) {
	usual := alerts.Schedule{Every: alerts.Daily, Hour: usualHour, Zone: "UTC"}
	list, err := s.Subscriptions(ctx, person)
	if err != nil {
		return usual, b.keeping(err)
	}
	for _, sub := range list {
		usual.Zone = sub.Schedule.Zone
	}
	return usual, nil
}

// previewOf shows what a proposal, or an alert, would have brought.
func (b *Bot) previewOf(ctx context.Context, s *store.Store, sub alerts.Subscription, saved bool, said string) (response, error) {
	bd, err := b.board(ctx, s, sub.Guild)
	if err != nil {
		return response{}, err
	}
	p := prospect{
		sub: sub, saved: saved, now: b.now(), held: len(bd.held.Jobs()), said: said,
		preview: bd.held.Preview(sub.Query, b.names(sub.Guild)),
	}
	for _, n := range sub.Query.Notes() {
		p.notes = append(p.notes, escape(n, 300))
	}
	if sub.Schedule.Every != alerts.Instant && sub.Schedule.Zone == "UTC" {
		p.notes = append(p.notes, "The time is that of UTC. If that is not your zone, press Edit and give yours.")
	}
	return response{message: renderProspect(p, b.title), note: "preview"}, nil
}

// proposalGone is said of a proposal that is not there any more.
const proposalGone = "That is no longer there: it is saved already, or so old that I have dropped it. /alerts list shows what you have, and /subscribe makes a new one."

// proposal gives the store and the proposal whose ID is in a button, of a server
// that the person is in still.
func (b *Bot) proposal(ctx context.Context, r *request) (*store.Store, store.Proposal, error) {
	s, err := b.kept.opened()
	if err != nil {
		return nil, store.Proposal{}, err
	}
	id, err := readID(r.args)
	if err != nil {
		return nil, store.Proposal{}, err
	}
	p, err := s.Proposal(ctx, r.person, id)
	if err != nil {
		return nil, store.Proposal{}, b.keeping(gone(err, proposalGone))
	}
	return s, p, b.insider(ctx, r, p.Guild)
}

// sound is proposal for what nothing can be done with before it can be read.
func (b *Bot) sound(ctx context.Context, r *request) (*store.Store, store.Proposal, error) {
	s, p, err := b.proposal(ctx, r)
	if err == nil && p.Typed != nil {
		err = refusal("There is something in it that I cannot read. Press Edit to change that first.")
	}
	return s, p, err
}

// withChange applies to a proposal the change that a button stands for.
func (b *Bot) withChange(ctx context.Context, r *request) (response, error) {
	s, p, err := b.sound(ctx, r)
	if err != nil {
		return response{}, err
	}
	c, err := b.changeOf(ctx, s, p.Subscription, r)
	if err != nil {
		return response{}, err
	}
	p, err = s.ChangeProposal(ctx, r.person, p.ID, func(p *store.Proposal) { p.Query = c.Query })
	if err != nil {
		return response{}, b.keeping(gone(err, proposalGone))
	}
	return b.previewOf(ctx, s, p.Subscription, false, "")
}

// changeOf finds the change of a query that a button stands for.
func (b *Bot) changeOf(ctx context.Context, s *store.Store, sub alerts.Subscription, r *request) (alerts.Change, error) {
	bd, err := b.board(ctx, s, sub.Guild)
	if err != nil {
		return alerts.Change{}, err
	}
	if len(r.args) > 1 {
		for _, c := range bd.held.Preview(sub.Query, b.names(sub.Guild)).Changes {
			if changeKey(c) == r.args[1] {
				return c, nil
			}
		}
	}
	return alerts.Change{}, refusal("The jobs that are held have changed, and that would make no difference any more. Press Edit to change it yourself.")
}

// openProposal opens a dialog of a proposal.
func (b *Bot) openProposal(ctx context.Context, r *request) (response, error) {
	_, p, err := b.proposal(ctx, r)
	if err != nil {
		return response{}, err
	}
	return response{opens: dialogOfRow(r.name).form(r.name+":"+packID(p.ID), p.Subscription, b.title, p.Typed), note: "dialog"}, nil
}

// ofAlert stands, beside what was typed and cannot be read, for the alert that is
// changed by it.
const ofAlert = "alert"

// changeProposal takes in a dialog of a proposal. What could not be read before
// is read again, unless the dialog has it.
func (b *Bot) changeProposal(ctx context.Context, r *request) (response, error) {
	s, p, err := b.proposal(ctx, r)
	if err != nil {
		return response{}, err
	}
	texts := maps.Clone(p.Typed)
	if texts == nil {
		texts = map[string]string{}
	}
	maps.Copy(texts, r.fields)
	alert, changes := texts[ofAlert]
	unread, wrong := b.apply(&p.Subscription, texts)
	if wrong == nil && changes {
		return b.changedAlert(ctx, r, p.Subscription, alert)
	}
	if wrong == nil {
		unread = nil
	} else if changes {
		unread[ofAlert] = alert
	}
	changed, err := s.ChangeProposal(ctx, r.person, p.ID, func(old *store.Proposal) { old.Query, old.Schedule, old.Typed = p.Query, p.Schedule, unread })
	if err != nil {
		return response{}, b.keeping(gone(err, proposalGone))
	}
	if wrong != nil {
		return response{message: renderUnread(changed, wrong.Error()), note: "not read"}, nil
	}
	return b.previewOf(ctx, s, changed.Subscription, false, "")
}

// dropProposal discards a proposal: it is left to be deleted in time, and
// nothing comes of it.
func (b *Bot) dropProposal(context.Context, *request) (response, error) {
	return response{message: say("Discarded: nothing was saved."), note: "discarded"}, nil
}

// tellOfNew makes a proposal of an alert of a search.
func (b *Bot) tellOfNew(ctx context.Context, r *request) (response, error) {
	s, p, err := b.sound(ctx, r)
	if err != nil {
		return response{}, err
	}
	p.Guild = r.home
	if p.Schedule, err = b.usualSchedule(ctx, s, r.person); err != nil {
		return response{}, err
	}
	if p, err = s.Propose(ctx, p); err != nil { // of its own, so that the search can be paged on
		return response{}, b.keeping(err)
	}
	return b.previewOf(ctx, s, p.Subscription, false, "")
}

// saveProposal makes an alert of a proposal, and confirms it by direct message.
func (b *Bot) saveProposal(ctx context.Context, r *request) (response, error) {
	s, proposed, err := b.sound(ctx, r)
	if err != nil {
		return response{}, err
	}
	sub, err := s.Subscribe(ctx, r.person, proposed.ID, b.maxAlerts())
	if errors.Is(err, store.ErrTooMany) {
		return response{}, refusal(fmt.Sprintf("You have %s already, which is as many as you can have. Delete one with /alerts delete, then press Save again.", plural(b.maxAlerts(), "alert", "alerts")))
	}
	if err != nil {
		return response{}, b.keeping(gone(err, proposalGone))
	}
	return b.confirm(ctx, s, sub)
}

func (b *Bot) maxAlerts() int {
	if b.cfg.Alerts > 0 {
		return b.cfg.Alerts
	}
	return maxAlerts
}

// confirm confirms an alert by direct message, which opens the conversation that
// alerts come by. If the person takes none, the alert is paused.
func (b *Bot) confirm(ctx context.Context, s *store.Store, sub store.Subscription) (response, error) {
	channel, err := b.directChannel(ctx, sub.Person)
	if err == nil {
		p := renderWelcome(sub.Subscription, b.title, b.now()).payload()
		p.Nonce, p.EnforceNonce = "s"+packID(sub.ID), true
		_, err = b.call(ctx, mayRepeat, http.MethodPost, "channels/"+channel+"/messages", p)
	}
	if closed(err) {
		sub, err = b.changeAlert(ctx, s, sub.Person, sub.ID, func(sub *store.Subscription) {
			sub.State, sub.Reason = alerts.Paused, closedReason
		})
		return response{message: renderClosed(sub.Subscription), note: "saved, paused"}, err
	}
	if err != nil {
		b.log.Warn("a subscription is saved, but could not be confirmed", "err", err)
		return response{message: renderSaved(sub.Subscription, b.title, b.now(), false), note: "saved, not confirmed"}, nil
	}
	if err := s.SetChannel(ctx, sub.Person, channel); err != nil {
		b.keeping(err) //nolint:errcheck // it is noted there; the channel is opened again when it is needed
	}
	return response{message: renderSaved(sub.Subscription, b.title, b.now(), true), note: "saved"}, nil
}

// closed reports whether an error says that a person takes no direct messages
// of the bot.
func closed(err error) bool {
	c := code(err)
	return c == discordgo.ErrCodeCannotSendMessagesToThisUser || c == codeNoMutualGuild
}
