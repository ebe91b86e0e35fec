package discordsim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"
)

// How long an interaction may stay unanswered, and how long its token lives.
const (
	answerWithin = 3 * time.Second
	tokenLife    = 15 * time.Minute
)

// maxExternalFollowUps is how many follow-ups an application may send where it
// is installed for a person only.
const maxExternalFollowUps = 5

// The kinds of interactions.
const (
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

// The kinds of callbacks.
const (
	callbackMessage     = 4
	callbackDefer       = 5
	callbackDeferUpdate = 6
	callbackUpdate      = 7
	callbackChoices     = 8
	callbackModal       = 9
)

// callbacks says which callbacks answer which kind of interaction.
var callbacks = map[int][]int{
	kindCommand:      {callbackMessage, callbackDefer, callbackModal},
	kindComponent:    {callbackMessage, callbackDefer, callbackDeferUpdate, callbackUpdate, callbackModal},
	kindAutocomplete: {callbackChoices},
	kindModal:        {callbackMessage, callbackDefer, callbackDeferUpdate, callbackUpdate},
}

// Interaction is something that a person asked of the bot by a command, a
// component or a modal.
type Interaction struct {
	sim     *Sim
	ID      string
	token   string
	kind    int
	by      *User
	channel *Channel
	command *Command     // of a command
	given   string       // the command as the person gave it, with its subcommand
	source  *Message     // that a component stands on; nil for a command
	opener  *Interaction // of a modal: what it was opened in answer to
	files   []string     // the IDs of the files that it brought
	at      time.Time

	// Guarded by sim.mu.
	callback  int // the kind that it was answered with; 0 while it was not
	answer    []byte
	reply     *Message
	modal     *Modal
	choices   []Choice
	followUps int
}

// Modal is a dialog that the bot opened.
type Modal struct {
	Title      string
	CustomID   string
	Components []Component

	opened *Interaction
}

// Fields lists the inputs of a modal, in order.
func (m Modal) Fields() []Component {
	var fields []Component
	for _, c := range m.Components {
		for _, inner := range c.all() {
			if inner.CustomID != "" {
				fields = append(fields, inner)
			}
		}
	}
	return fields
}

// ErrNoResponse is what Discord tells a person when the bot did not answer
// within three seconds.
var ErrNoResponse = errors.New("The application did not respond") //nolint:staticcheck // the words are Discord's

// wait waits until ok, or until it is too late for a first answer.
func (it *Interaction) wait(ctx context.Context, ok func() bool) error {
	late, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.AfterFunc(answerWithin-it.sim.opts.Now().Sub(it.at), func() {
		it.sim.mu.Lock()
		defer it.sim.mu.Unlock()
		if it.callback == 0 {
			cancel()
		}
	})
	defer timer.Stop()
	err := it.sim.Wait(late, func() bool {
		it.sim.mu.Lock()
		defer it.sim.mu.Unlock()
		return ok()
	})
	if err != nil && ctx.Err() == nil {
		return ErrNoResponse
	}
	return err
}

// Acknowledged waits until the bot answered at all, if only to say that it is
// thinking.
func (it *Interaction) Acknowledged(ctx context.Context) error {
	return it.wait(ctx, func() bool { return it.callback != 0 })
}

// Reply waits for the message that answers: a new one, or the one that a
// component stands on after the bot changed it.
func (it *Interaction) Reply(ctx context.Context) (Message, error) {
	return it.ReplyThat(ctx, func(Message) bool { return true })
}

// ReplyThat waits for Reply to be as wanted: a bot may show first how far it is.
func (it *Interaction) ReplyThat(ctx context.Context, wanted func(Message) bool) (Message, error) {
	var m Message
	err := it.wait(ctx, func() bool {
		if it.reply == nil || it.reply.Thinking || it.callback == callbackDeferUpdate {
			return false
		}
		m = *it.reply
		return wanted(m)
	})
	return m, err
}

// Modal waits for the dialog that the bot opens.
func (it *Interaction) Modal(ctx context.Context) (Modal, error) {
	var m Modal
	err := it.wait(ctx, func() bool {
		if it.modal == nil {
			return false
		}
		m = *it.modal
		return true
	})
	return m, err
}

// Opened gives the dialog that the bot has opened, if that is how it answered.
func (it *Interaction) Opened() (Modal, bool) {
	it.sim.mu.Lock()
	defer it.sim.mu.Unlock()
	if it.modal == nil {
		return Modal{}, false
	}
	return *it.modal, true
}

// Choices waits for what autocompletion offers.
func (it *Interaction) Choices(ctx context.Context) ([]Choice, error) {
	var list []Choice
	err := it.wait(ctx, func() bool {
		list = it.choices
		return it.callback == callbackChoices
	})
	return list, err
}

// begin makes an interaction and sends it to the bot. The caller holds mu.
func (s *Sim) begin(it *Interaction, data map[string]any) *Interaction {
	it.sim, it.ID, it.at = s, s.newID(), s.opts.Now()
	it.token = "interaction-token-" + s.newID()
	s.tokens[it.token] = it
	s.asked = trim(s, append(s.asked, it), s.forgetInteraction)
	c, u := it.channel, it.by
	w := map[string]any{
		"id": it.ID, "application_id": s.appID, "type": it.kind, "token": it.token, "version": 1, "data": data,
		"channel_id": c.ID, "locale": u.locale, "entitlements": []any{}, "context": c.context(),
		"app_permissions": c.app().String(), "attachment_size_limit": 10 << 20,
		"authorizing_integration_owners": it.owners(),
	}
	channel := c.wire()
	channel.Permissions = c.may(u).String()
	w["channel"] = channel
	guild := ""
	if c.guild != nil {
		guild = c.guild.ID
		m := c.guild.wireMember(u)
		user := u.wire()
		m.User, m.Permissions = &user, c.may(u).String()
		w["guild_id"], w["guild_locale"], w["member"] = guild, "en-US", m
	} else {
		w["user"] = u.wire()
	}
	if it.source != nil {
		w["message"] = it.source.basic() // without what it replies to
	}
	s.dispatch(guild, "INTERACTION_CREATE", 0, func() any { return w })
	s.touch()
	return it
}

// owners are those who installed the application where it is used.
func (it *Interaction) owners() map[string]string {
	owners := map[string]string{}
	if !it.external() {
		owners["0"] = "0"
		if it.channel.guild != nil {
			owners["0"] = it.channel.guild.ID
		}
	}
	if it.by.installed {
		owners["1"] = it.by.ID
	}
	return owners
}

// external reports whether the application is used where it is installed for
// the person only.
func (it *Interaction) external() bool {
	if g := it.channel.guild; g != nil {
		return len(g.scopes) == 0
	}
	return !slices.Contains(it.channel.between, it.sim.bot)
}

// metadata is what a message says of the interaction that it answers.
func (it *Interaction) metadata() map[string]any {
	w := map[string]any{"id": it.ID, "type": it.kind, "user": it.by.wire(), "authorizing_integration_owners": it.owners()}
	if it.kind == kindComponent {
		w["interacted_message_id"] = it.source.ID
	}
	if it.kind == kindModal {
		w["triggering_interaction_metadata"] = it.opener.metadata()
	}
	return w
}

// callback is the first answer to an interaction.
func (s *Sim) callback(r *request) (int, any) {
	var body struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if fail, ok := decode(r.body, &body); !ok {
		return badForm(fail)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.tokens[r.PathValue("token")]
	switch {
	case it == nil || it.ID != r.PathValue("interaction"):
		return http.StatusNotFound, errUnknownInter
	case it.callback != 0:
		again := errAlreadyAcked
		again.forced = bytes.Equal(it.answer, r.body) // sent anew, since the first confirmation was slow or lost
		return http.StatusBadRequest, again
	case s.opts.Now().Sub(it.at) > answerWithin:
		return http.StatusNotFound, errUnknownInter
	}
	var form faultyForm
	if !slices.Contains(callbacks[it.kind], body.Type) || it.source == nil && (body.Type == callbackUpdate || body.Type == callbackDeferUpdate) {
		form.add("type", "BASE_TYPE_CHOICES", "Value must be one of %v.", callbacks[it.kind])
	}
	var data messageBody
	if fail, ok := decode(body.Data, &data); !ok {
		return badForm(fail)
	}
	data.uploads = r.uploads
	it.check(&form, body.Type, data)
	if fail, ok := form.failure(); !ok {
		return badForm(fail)
	}
	if body.Type == callbackMessage && data.empty() {
		return http.StatusBadRequest, errEmptyMessage
	}
	it.callback, it.answer = body.Type, r.body
	it.do(data)
	s.touch()
	if r.URL.Query().Get("with_response") != "true" {
		return http.StatusNoContent, nil
	}
	answer := map[string]any{"interaction": map[string]any{"id": it.ID, "type": it.kind}}
	if it.callback == callbackMessage || it.callback == callbackUpdate {
		answer["resource"] = map[string]any{"type": it.callback, "message": it.reply.wire()}
	}
	return http.StatusOK, answer
}

// check checks the data of a callback.
func (it *Interaction) check(form *faultyForm, kind int, data messageBody) {
	switch kind {
	case callbackMessage:
		form.message(data, nil, flagSuppressEmbeds|flagEphemeral|flagSilent|flagComponentsV2)
	case callbackUpdate:
		var had []Attachment
		if it.source != nil {
			had = it.source.Attachments
		}
		form.message(data, had, flagSuppressEmbeds|flagComponentsV2)
	case callbackDefer:
		form.message(data, nil, flagEphemeral)
	case callbackChoices:
		form.choices("data.choices", data.Choices)
	case callbackModal:
		form.modal(data)
	}
}

// do is what a callback brings about. The caller holds mu.
func (it *Interaction) do(data messageBody) {
	s := it.sim
	switch it.callback {
	case callbackMessage:
		it.reply = it.newMessage(data.Flags)
		s.apply(it.reply, data)
		s.post(it.reply)
	case callbackDefer:
		it.reply = it.newMessage(data.Flags)
		it.reply.Thinking = true
		it.reply.flags |= flagLoading
		s.post(it.reply)
	case callbackDeferUpdate:
		it.reply = it.source
	case callbackUpdate:
		it.reply = it.source
		it.reply.edited, it.reply.Edited = s.opts.Now(), true
		s.apply(it.reply, data)
		s.announce("MESSAGE_UPDATE", it.reply)
	case callbackChoices:
		it.choices = data.Choices
	case callbackModal:
		if data.Components != nil {
			complete(*data.Components, new(int))
		}
		it.modal = &Modal{Title: data.Title, CustomID: data.CustomID, opened: it}
		if data.Components != nil {
			it.modal.Components = *data.Components
		}
	}
}

// newMessage begins a message that answers the interaction.
func (it *Interaction) newMessage(flags int) *Message {
	m := &Message{channel: it.channel, author: it.sim.bot, interaction: it, flags: flags}
	if it.given != "" {
		m.Command, m.AskedBy = it.given, it.by.ID
	}
	// Where the application is installed for the person only, others see what it
	// says only if the server permits it.
	hidden := it.external() && it.channel.guild != nil && it.channel.may(it.by)&UseExternalApps == 0
	if flags&flagEphemeral != 0 || hidden {
		m.Ephemeral, m.seenBy = true, it.by
		m.flags |= flagEphemeral
	}
	if it.kind == kindComponent && it.source != nil {
		m.reference = &reference{MessageID: it.source.ID, ChannelID: it.channel.ID}
		m.ReplyTo = it.source.ID
	}
	return m
}

// answerable finds the interaction whose token a request holds. The caller
// holds mu.
func (s *Sim) answerable(r *request) (*Interaction, int, any) {
	it := s.tokens[r.PathValue("token")]
	switch {
	case it == nil || r.PathValue("app") != s.appID:
		return nil, http.StatusNotFound, errUnknownWebhook
	case s.opts.Now().Sub(it.at) > tokenLife:
		return nil, http.StatusUnauthorized, errWebhookToken
	case it.callback == 0:
		return nil, http.StatusNotFound, errUnknownWebhook
	}
	return it, 0, nil
}

func (s *Sim) followUp(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, status, fail := s.answerable(r)
	if it == nil {
		return status, fail
	}
	// The first follow-up to a deferred reply is that reply.
	if it.callback == callbackDefer && it.reply.Thinking {
		return s.edit(it.reply, withoutEphemeral(r.body), r.uploads)
	}
	var body messageBody
	if fail, ok := decode(r.body, &body); !ok {
		return badForm(fail)
	}
	body.uploads = r.uploads
	var form faultyForm
	form.message(body, nil, flagSuppressEmbeds|flagEphemeral|flagSilent|flagComponentsV2)
	if fail, ok := form.failure(); !ok {
		return badForm(fail)
	}
	if body.empty() {
		return http.StatusBadRequest, errEmptyMessage
	}
	if it.followUps++; it.external() && it.followUps > maxExternalFollowUps {
		return http.StatusBadRequest, errTooManyFollows
	}
	m := it.newMessage(body.Flags)
	if it.reply != nil && it.reply != it.source {
		m.reference = &reference{MessageID: it.reply.ID, ChannelID: it.channel.ID}
	}
	s.apply(m, body)
	s.post(m)
	return http.StatusOK, m.wire()
}

// withoutEphemeral drops the ephemeral flag from a body: a deferred reply keeps
// the visibility that it was deferred with.
func withoutEphemeral(raw []byte) []byte {
	var body map[string]any
	if json.Unmarshal(raw, &body) != nil {
		return raw
	}
	if flags, ok := body["flags"].(float64); ok {
		body["flags"] = int(flags) &^ flagEphemeral
	}
	raw, _ = json.Marshal(body)
	return raw
}

// replyOf finds the message of an interaction that a request names. The caller
// holds mu.
func (s *Sim) replyOf(r *request) (m *Message, it *Interaction, status int, fail any) {
	it, status, fail = s.answerable(r)
	if it == nil {
		return nil, nil, status, fail
	}
	if id := r.PathValue("message"); id == "@original" {
		m = it.reply
	} else if m = s.messages[id]; m != nil && m.interaction != it {
		m = nil
	}
	if m == nil || m.deleted {
		return nil, nil, http.StatusNotFound, errUnknownMessage
	}
	return m, it, 0, nil
}

func (s *Sim) getReply(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, _, status, fail := s.replyOf(r)
	if m == nil {
		return status, fail
	}
	return http.StatusOK, m.wire()
}

func (s *Sim) editReply(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, it, status, fail := s.replyOf(r)
	if m == nil {
		return status, fail
	}
	status, answer := s.edit(m, r.body, r.uploads)
	if status == http.StatusOK && it.callback == callbackDeferUpdate {
		it.callback = callbackUpdate // the promised change has come
	}
	return status, answer
}

func (s *Sim) deleteReply(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, _, status, fail := s.replyOf(r)
	if m == nil {
		return status, fail
	}
	s.remove(m)
	return http.StatusNoContent, nil
}
