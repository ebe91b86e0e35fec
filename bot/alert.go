package bot

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store"
)

// The alerts that a person has: /alerts, and the buttons below every message
// that they bring.

// The options of /alerts.
const (
	optionAlert = "alert"
	optionDays  = "days"
	optionJob   = "job"
)

// weekPause is how long Pause a week pauses.
const weekPause = 7 * 24 * time.Hour

// alertsCommand defines /alerts.
func alertsCommand() *discordgo.ApplicationCommand {
	one := func() *discordgo.ApplicationCommandOption {
		return required(completed(optionAlert, "Which of your alerts", maxSuggestion))
	}
	first := 1.0
	c := forEveryone("alerts", "Your job alerts: see, change, pause and delete them, and find out why one is silent")
	c.Options = []*discordgo.ApplicationCommandOption{
		{Name: "list", Description: "All of your alerts"},
		{Name: "edit", Description: "Change an alert: what you give is changed, the rest stays", Options: append([]*discordgo.ApplicationCommandOption{one()}, wishOptions()...)},
		{Name: "pause", Description: "Pause an alert", Options: []*discordgo.ApplicationCommandOption{one(), {
			Type: discordgo.ApplicationCommandOptionInteger, Name: optionDays, Description: "For how many days; until you resume it if you leave it out", MinValue: &first, MaxValue: 365,
		}}},
		{Name: "resume", Description: "Resume an alert", Options: []*discordgo.ApplicationCommandOption{one()}},
		{Name: "delete", Description: "Delete an alert", Options: []*discordgo.ApplicationCommandOption{one()}},
		{Name: "preview", Description: "What an alert would have brought in the last 30 days", Options: []*discordgo.ApplicationCommandOption{one()}},
		{Name: "why", Description: "Why an alert told you of a job or did not, or why it is silent", Options: []*discordgo.ApplicationCommandOption{
			one(), completed(optionJob, "A job, by its title; leave it out to ask why it is silent", maxSuggestion),
		}},
	}
	for _, sub := range c.Options {
		sub.Type = discordgo.ApplicationCommandOptionSubCommand
	}
	return c
}

// alertGone is said of an alert that is not there, or not the person's.
const alertGone = "You have no such alert, or no longer. /alerts list shows those that you have."

// alert gives the store and the alert that a request is about: by the option, as
// pickAlert reads it, or the ID in a button.
func (b *Bot) alert(ctx context.Context, r *request) (*store.Store, store.Subscription, error) {
	s, err := b.kept.opened()
	if err != nil {
		return nil, store.Subscription{}, err
	}
	if r.door == slash || r.door == complete {
		list, err := s.Subscriptions(ctx, r.person)
		if err != nil {
			return nil, store.Subscription{}, b.keeping(err)
		}
		sub, err := pickAlert(list, b.title, b.now(), r.option(optionAlert))
		return s, sub, err
	}
	id, err := readID(r.args)
	if err != nil {
		return nil, store.Subscription{}, err
	}
	sub, err := s.Subscription(ctx, r.person, id)
	return s, sub, b.keeping(gone(err, alertGone))
}

// pickAlert gives that of a person's alerts which the text of an option means:
// the ID that is offered, its number in the list, or a part of its name that no
// other has.
func pickAlert(list []store.Subscription, title titler, now time.Time, text string) (store.Subscription, error) {
	if len(list) == 0 {
		return store.Subscription{}, refusal(alertGone)
	}
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	var same, like []store.Subscription
	for i, sub := range list {
		name := strings.ToLower(nameOf(sub.Subscription, title))
		switch {
		case text == packID(sub.ID) || strings.TrimSuffix(text, ".") == strconv.Itoa(i+1):
			return sub, nil
		case text == name:
			same = append(same, sub)
		case text != "" && strings.Contains(strings.ToLower(offeredAs(i, sub, title, now)), text):
			like = append(like, sub)
		}
	}
	switch {
	case len(same) == 1:
		return same[0], nil
	case len(same) == 0 && len(like) == 1:
		return like[0], nil
	}
	return store.Subscription{}, refusal("Pick one of your alerts from the list that is shown while you type. /alerts list shows them, too.")
}

// offeredAs names the alert that stands at an index of its person's.
func offeredAs(i int, sub store.Subscription, title titler, now time.Time) string {
	paused := ""
	if !sub.ActiveAt(now) {
		paused = "(paused) "
	}
	return strconv.Itoa(i+1) + ". " + paused + nameOf(sub.Subscription, title)
}

// insider refuses a person who looks at what is found in a server that they have
// left.
func (b *Bot) insider(ctx context.Context, r *request, guild string) error {
	if guild == "" || guild == r.home {
		return nil
	}
	err := b.isMember(ctx, guild, r.person)
	if err != nil && unreachable(err) {
		return refusal("That is of a server that you, or I, are no longer in. If it is an alert, /alerts delete deletes it.")
	}
	return err
}

// isMember gives an error unless a person is a member of a server.
func (b *Bot) isMember(ctx context.Context, guild, person string) error {
	_, err := b.call(ctx, mayRepeat, http.MethodGet, "guilds/"+guild+"/members/"+person, nil)
	return err
}

// changeAlert changes an alert of a person.
func (b *Bot) changeAlert(ctx context.Context, s *store.Store, person string, id int64, change func(*store.Subscription)) (store.Subscription, error) {
	sub, err := s.ChangeSubscription(ctx, person, id, b.terms, change)
	return sub, b.keeping(gone(err, alertGone))
}

// listAlerts lists a person's alerts.
func (b *Bot) listAlerts(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	list, err := s.Subscriptions(ctx, r.person)
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderAlerts(list, b.title, b.maxAlerts(), b.now()), note: "alerts"}, nil
}

// editAlert changes what the options say of an alert.
func (b *Bot) editAlert(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	said := "Changed."
	if len(r.options) == 1 {
		said = "Nothing is changed yet: give /alerts edit what is to be changed, or press a button."
	}
	unread, wrong := b.wish(r, &sub.Subscription)
	return b.edited(ctx, s, sub, unread, wrong, said)
}

// edited saves the query and schedule of an alert, and shows what it brings;
// or keeps what cannot be read, with what is wrong with it.
func (b *Bot) edited(ctx context.Context, s *store.Store, sub store.Subscription, unread map[string]string, wrong error, said string) (response, error) {
	if wrong != nil {
		unread[ofAlert] = packID(sub.ID)
		return b.unread(ctx, s, store.Proposal{Subscription: sub.Subscription}, unread, wrong)
	}
	now, err := b.changeAlert(ctx, s, sub.Person, sub.ID, func(old *store.Subscription) { old.Query, old.Schedule = sub.Query, sub.Schedule })
	if err != nil {
		return response{}, err
	}
	return b.previewOf(ctx, s, now.Subscription, true, said)
}

// openAlert opens a dialog of an alert.
func (b *Bot) openAlert(ctx context.Context, r *request) (response, error) {
	_, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	return response{opens: dialogOfRow(r.name).form(r.name+":"+packID(sub.ID), sub.Subscription, b.title, nil), note: "dialog"}, nil
}

// alertFilled takes in a dialog of an alert.
func (b *Bot) alertFilled(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	unread, wrong := b.apply(&sub.Subscription, r.fields)
	return b.edited(ctx, s, sub, unread, wrong, "Changed.")
}

// changedAlert changes an alert, whose ID is given as it is in a button, as a
// proposal says that could not be read before.
func (b *Bot) changedAlert(ctx context.Context, r *request, proposed alerts.Subscription, id string) (response, error) {
	of := *r
	of.args = []string{id}
	s, sub, err := b.alert(ctx, &of)
	if err != nil {
		return response{}, err
	}
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	sub.Query, sub.Schedule = proposed.Query, proposed.Schedule
	return b.edited(ctx, s, sub, nil, nil, "Changed.")
}

// alertWith applies to an alert the change that a button stands for.
func (b *Bot) alertWith(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	c, err := b.changeOf(ctx, s, sub.Subscription, r)
	if err != nil {
		return response{}, err
	}
	sub.Query = c.Query
	return b.edited(ctx, s, sub, nil, nil, "Changed.")
}

// previewAlert shows what an alert would have brought.
func (b *Bot) previewAlert(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	return b.previewOf(ctx, s, sub.Subscription, true, "")
}

// pauseAlert pauses an alert, for as many days as the option says.
func (b *Bot) pauseAlert(ctx context.Context, r *request) (response, error) {
	var until time.Time
	if days, given := r.whole(optionDays); given {
		until = b.now().AddDate(0, 0, days)
	}
	return b.pause(ctx, r, "Paused", until)
}

// stopAlert ends what an alert sends, in one press. It is kept.
func (b *Bot) stopAlert(ctx context.Context, r *request) (response, error) {
	return b.pause(ctx, r, "Stopped: nothing more comes of it", time.Time{})
}

// pauseWeek pauses an alert for a week.
func (b *Bot) pauseWeek(ctx context.Context, r *request) (response, error) {
	return b.pause(ctx, r, "Paused for a week", b.now().Add(weekPause))
}

func (b *Bot) pause(ctx context.Context, r *request, heading string, until time.Time) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	sub, err = b.changeAlert(ctx, s, r.person, sub.ID, func(sub *store.Subscription) {
		sub.State, sub.Reason, sub.Until = alerts.Paused, "", until
	})
	return response{message: renderChanged(heading, sub, b.title, b.now()), note: "paused"}, err
}

// resumeAlert resumes an alert.
func (b *Bot) resumeAlert(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	if sub.Reason != "" { // it was paused without them: see whether that is over
		return b.retry(ctx, r, s, sub)
	}
	sub, err = b.changeAlert(ctx, s, r.person, sub.ID, func(sub *store.Subscription) { sub.State = alerts.Active })
	return response{message: renderChanged("Resumed", sub, b.title, b.now()), note: "resumed"}, err
}

// retryAlert resumes an alert that was paused because its person could not be
// written to, if they can be now. One that they have paused or resumed since stays
// as it is.
func (b *Bot) retryAlert(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	switch {
	case err != nil:
		return response{}, err
	case sub.Reason != "":
		return b.retry(ctx, r, s, sub)
	case sub.ActiveAt(b.now()):
		return response{message: renderChanged("It goes on already", sub, b.title, b.now()), note: "resumed before"}, nil
	}
	return response{message: renderChanged("You have paused it since, so nothing is changed", sub, b.title, b.now()), note: "paused since"}, nil
}

func (b *Bot) retry(ctx context.Context, r *request, s *store.Store, sub store.Subscription) (response, error) {
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	sub, err := b.changeAlert(ctx, s, r.person, sub.ID, func(sub *store.Subscription) { sub.State = alerts.Active })
	if err != nil {
		return response{}, err
	}
	return b.confirm(ctx, s, sub)
}

// deleteAlert deletes an alert, and offers to bring it back.
func (b *Bot) deleteAlert(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	again, err := s.Propose(ctx, store.Proposal{Subscription: sub.Subscription})
	if err != nil {
		return response{}, b.keeping(err)
	}
	if err := s.DeleteSubscription(ctx, r.person, sub.ID); err != nil {
		return response{}, b.keeping(gone(err, alertGone))
	}
	return response{message: renderGone(again.Subscription, b.title), note: "deleted"}, nil
}

// completeAlert completes the options of /alerts and of /subscribe: the person's
// alerts, careers, places, kinds, levels, time zones, jobs that are held.
func (b *Bot) completeAlert(ctx context.Context, r *request) (response, error) {
	switch r.focused {
	case optionCareer:
		return b.completeWishedCareer(ctx, r)
	case optionZone:
		return response{offers: completeZone(b.now(), r.option(optionZone))}, nil
	case optionPlace:
		return response{offers: completePlaces(r.option(optionPlace), upperFirst(anyChoice))}, nil
	case optionKind:
		return response{offers: completeChoices(r.option(optionKind), alerts.Kinds)}, nil
	case optionLevel:
		return response{offers: completeChoices(r.option(optionLevel), alerts.Levels)}, nil
	case optionJob:
		return b.completeJob(ctx, r)
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	list, err := s.Subscriptions(ctx, r.person)
	if err != nil {
		return response{}, b.keeping(err)
	}
	var offers []suggestion
	for i, sub := range list {
		offers = append(offers, suggestion{plain(offeredAs(i, sub, b.title, b.now()), maxSuggestion), packID(sub.ID)})
	}
	return response{offers: offers[:min(len(offers), maxSuggestions)]}, nil
}

// completeWishedCareer completes the career of an alert, which may be none.
func (b *Bot) completeWishedCareer(ctx context.Context, r *request) (response, error) {
	found, err := b.completeCareer(ctx, r)
	if typed := strings.ToLower(strings.TrimSpace(r.option(optionCareer))); err == nil && r.name == "alerts edit" && strings.HasPrefix(anyChoice, typed) {
		none := suggestion{"Any: go by the words alone", anyChoice}
		found.offers = append([]suggestion{none}, found.offers[:min(len(found.offers), maxSuggestions-1)]...)
	}
	return found, err
}

// tellPaused tells a person, once, that alerts of theirs were paused without
// them: a direct message could not.
func (b *Bot) tellPaused(ctx context.Context, row row, r *request) {
	if r.token == "" || row.manner.deferred == 0 || row.name == alertRetry {
		return
	}
	s := b.kept.now()
	if s == nil {
		return
	}
	list, err := s.Subscriptions(ctx, r.person)
	if err != nil || !anyPausedWithout(list) {
		return
	}
	if list, err = s.ClaimUntold(ctx, r.person); err != nil || len(list) == 0 {
		return
	}
	p := renderPaused(list, b.title).payload()
	p.Flags = discordgo.MessageFlagsEphemeral
	if err := b.sendFurther(ctx, r, p); err != nil {
		b.log.Warn("a person could not be told that their alerts are paused; /alerts list tells it", "id", r.id, "err", err)
	}
}

// anyPausedWithout reports whether an alert was paused for a reason, rather than
// by its person.
func anyPausedWithout(list []store.Subscription) bool {
	for _, sub := range list {
		if sub.State == alerts.Paused && sub.Reason != "" {
			return true
		}
	}
	return false
}

// Deliver tries to send the jobs of an alert by direct message, for store.Work.
// The person has to be a member still of the server where the alert was made. Its
// requests give way to those that people wait for.
func (b *Bot) Deliver(ctx context.Context, d store.Delivery) store.Outcome {
	s, err := b.kept.opened()
	if err != nil || b.self.Load() == nil { // nothing is sent yet
		return store.Outcome{Result: store.Later, After: untilConnected}
	}
	p, err := b.digestOf(ctx, s, d)
	if err != nil {
		return store.Outcome{Result: store.Unknown, Err: err, Unsent: true}
	}
	ctx = patient(ctx)
	// unsent is what becomes of it after an error before the message was sent.
	unsent := func(err error) store.Outcome {
		o := b.outcome(err)
		o.Unsent = true
		return o
	}
	requests := 0
	call := func(again repeat, method, path string, body any) ([]byte, error) {
		if requests++; requests > 1 {
			if err := d.Wait(ctx); err != nil {
				return nil, err
			}
		}
		return b.call(ctx, again, method, path, body)
	}
	sub, looked := d.Subscription, false
	if sub.Guild != "" {
		requests++
		if err := b.isMember(ctx, sub.Guild, sub.Person); err != nil {
			if unreachable(err) {
				return store.Outcome{Result: store.Left, Reason: leftReason}
			}
			return unsent(err)
		}
	}
	for {
		channel := sub.Channel
		if channel == "" {
			raw, err := call(mayRepeat, http.MethodPost, "users/@me/channels", map[string]string{"recipient_id": sub.Person})
			if err != nil {
				return unsent(err)
			}
			var opened inUser
			if err := json.Unmarshal(raw, &opened); err != nil {
				return unsent(err)
			}
			channel = opened.ID
			if err := s.SetChannel(ctx, sub.Person, channel); err != nil {
				b.keeping(err) //nolint:errcheck // it is noted there; the channel is opened again the next time
			}
		}
		if d.Check {
			if err := d.Wait(ctx); err != nil {
				return unsent(err)
			}
			id, err := b.saidThere(ctx, channel, deliveryMark(d.ID))
			if err == nil && id != "" {
				return store.Outcome{Result: store.Sent, Message: id}
			}
			if err != nil && code(err) != discordgo.ErrCodeUnknownChannel {
				return unsent(err)
			}
			looked = err == nil
		}
		// Not again by itself when it is not known whether it arrived: the store
		// counts tries, so that it knows when the nonce is too old.
		raw, err := call(onlyOnce, http.MethodPost, "channels/"+channel+"/messages", p)
		if code(err) == discordgo.ErrCodeUnknownChannel && sub.Channel != "" {
			sub.Channel = ""
			continue
		}
		if err != nil {
			o := b.outcome(err)
			o.Looked, o.Unsent = looked, neverArrived(err)
			return o
		}
		var sent inMessage
		if err := json.Unmarshal(raw, &sent); err != nil {
			return store.Outcome{Result: store.Unknown, Err: err}
		}
		return store.Outcome{Result: store.Sent, Message: sent.ID}
	}
}

// neverArrived says whether a request that failed has certainly done nothing:
// Discord has refused it, or could not be reached at all. Of its own failures that
// is not known.
func neverArrived(err error) bool {
	network, ok := errors.AsType[*net.OpError](err)
	return ok && network.Op == "dial" || status(err) >= 400 && status(err) < 500
}

// untilConnected is how long a delivery waits for a bot that is not connected
// yet.
const untilConnected = 2 * time.Second

// leftReason is why an alert is paused whose person has left.
const leftReason = "You, or I, have left the server where this alert was made. Resume it when you are back."

// refusedReason is why a message was given up.
const refusedReason = "Discord did not take the message."

// outcome tells what an error of a request means for a delivery.
func (b *Bot) outcome(err error) store.Outcome {
	pause, waits := errors.AsType[limited](err)
	told, refused := errors.AsType[*discordgo.RateLimitError](err)
	switch {
	case waits || refused:
		after := time.Duration(pause)
		if refused {
			after = told.RetryAfter
		}
		if all := b.client.Transport.(*transport).limits.pause(); all > 0 {
			return store.Outcome{Result: store.Hold, After: max(all, after)}
		}
		return store.Outcome{Result: store.Later, After: after}
	case closed(err):
		return store.Outcome{Result: store.Closed, Reason: closedReason}
	case status(err) == http.StatusUnauthorized:
		return store.Outcome{Result: store.Unauthorized, Err: err}
	case status(err) == http.StatusBadRequest:
		b.log.Error("Discord does not take a message of an alert", "err", err)
		return store.Outcome{Result: store.Refused, Reason: refusedReason}
	}
	return store.Outcome{Result: store.Unknown, Err: err}
}

// digestOf is the message of a delivery. It is made of what the delivery holds,
// so that each try sends the same.
func (b *Bot) digestOf(ctx context.Context, s *store.Store, d store.Delivery) (payload, error) {
	from, err := creditsOf(ctx, s, d.Subscription.Guild)
	if err != nil {
		return payload{}, b.keeping(err)
	}
	jobs := make([]alerts.Job, len(d.Jobs))
	for i, h := range d.Jobs {
		jobs[i] = h.Job
	}
	m := renderDigest(digest{id: d.ID, sub: d.Subscription.Subscription, jobs: jobs, more: d.More, why: b.whyFor(d.Subscription.Subscription), from: from}, b.title)
	p := m.payload()
	p.Nonce, p.EnforceNonce = d.Nonce, true
	return p, nil
}

// whyFor tells of a job why it is for a subscription; empty if it is not by the
// rules of today.
func (b *Bot) whyFor(sub alerts.Subscription) func(alerts.Job) string {
	now := b.now()
	sub.State = alerts.Active
	return func(j alerts.Job) string {
		e := alerts.Explain(now, j, sub, b.names(sub.Guild), alerts.Past{})
		if e.Rule != alerts.RuleNone {
			return ""
		}
		return e.Why
	}
}
