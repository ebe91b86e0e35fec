package discordsim

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message as a reader sees it.
type Message struct {
	ID          string
	ChannelID   string
	Author      string // a user's ID
	AuthorName  string
	Content     string
	Embeds      []Embed
	Components  []Component
	Attachments []Attachment
	ReplyTo     string // the ID of the message that it replies to
	Ephemeral   bool   // seen by one person only
	Thinking    bool   // a deferred reply that has not arrived
	Silent      bool   // sent without a notification
	Edited      bool
	Pings       Pings // whom it notified when it was sent
	Nonce       string
	Sent        time.Time
	Command     string // that it answers, as Slash and Menu take it; empty if it answers none
	AskedBy     string // the ID of who gave that command

	flags       int
	edited      time.Time
	channel     *Channel
	author      *User
	seenBy      *User // of an ephemeral message
	interaction *Interaction
	mentions    []*User // as the message lists them
	roles       []string
	everyone    bool
	reference   *reference
	deleted     bool
}

// Pings are those whom a message notified.
type Pings struct {
	Everyone bool
	Users    []string // IDs
	Roles    []string
}

// None reports whether nobody was notified.
func (p Pings) None() bool { return !p.Everyone && len(p.Users) == 0 && len(p.Roles) == 0 }

// Buttons lists the buttons of a message, in order.
func (m Message) Buttons() []Component {
	var buttons []Component
	for _, row := range m.Components {
		for _, c := range row.all() {
			if c.Type == Button {
				buttons = append(buttons, c)
			}
		}
	}
	return buttons
}

// Text is what a reader reads: the content, and the embeds line by line.
func (m Message) Text() string {
	parts := []string{m.Content}
	for _, e := range m.Embeds {
		if e.Author != nil {
			parts = append(parts, e.Author.Name)
		}
		parts = append(parts, e.Title, e.Description)
		for _, f := range e.Fields {
			parts = append(parts, f.Name, f.Value)
		}
		if e.Footer != nil {
			parts = append(parts, e.Footer.Text)
		}
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "\n")
}

// nonceUse is a nonce that was enforced, and the message that it made.
type nonceUse struct {
	message *Message
	at      time.Time
}

// nonceWindow is how long an enforced nonce holds: Discord says a few minutes.
const nonceWindow = 3 * time.Minute

var (
	userMention = regexp.MustCompile(`<@!?(\d+)>`)
	roleMention = regexp.MustCompile(`<@&(\d+)>`)
	allMention  = regexp.MustCompile(`@(everyone|here)`)
)

// mentioned are the IDs that a pattern finds in a text, each once.
func mentioned(pattern *regexp.Regexp, text string) []string {
	var ids []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(ids, m[1]) {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// address works out whom m mentions and pings: those whom its text names, as
// far as allowed says. The caller holds mu.
func (s *Sim) address(m *Message, allowed *allowedMentions) {
	users, roles := mentioned(userMention, m.Content), mentioned(roleMention, m.Content)
	everyone := allMention.MatchString(m.Content) && m.channel.may(m.author)&MentionEveryone != 0
	repliedTo := ""
	if m.reference != nil {
		if target := s.messages[m.reference.MessageID]; target != nil {
			repliedTo = target.author.ID
		}
	}
	if allowed != nil {
		in := func(kind string, list []string) func(string) bool {
			return func(id string) bool { return !slices.Contains(allowed.Parse, kind) && !slices.Contains(list, id) }
		}
		users = slices.DeleteFunc(users, in("users", allowed.Users))
		roles = slices.DeleteFunc(roles, in("roles", allowed.Roles))
		everyone = everyone && slices.Contains(allowed.Parse, "everyone")
		if allowed.RepliedUser == nil || !*allowed.RepliedUser {
			repliedTo = ""
		}
	}
	if repliedTo != "" && !slices.Contains(users, repliedTo) {
		users = append(users, repliedTo)
	}
	users = slices.DeleteFunc(users, func(id string) bool { return s.users[id] == nil })
	m.mentions = nil
	for _, id := range users {
		m.mentions = append(m.mentions, s.users[id])
	}
	m.roles, m.everyone = roles, everyone
	// Nobody is notified of an edit, nor of a message that only they can see.
	if m.edited.IsZero() && m.seenBy == nil {
		m.Pings = Pings{Everyone: everyone, Users: users, Roles: roles}
	}
}

// usersOnly is what interactions and webhooks may ping unless they say
// otherwise.
var usersOnly = &allowedMentions{Parse: []string{"users"}}

// apply sets what a request says of a message. The caller holds mu.
func (s *Sim) apply(m *Message, b messageBody) {
	if b.Content != nil {
		m.Content = *b.Content
	}
	if b.Embeds != nil {
		m.Embeds = *b.Embeds
		for i := range m.Embeds {
			m.Embeds[i].Type = "rich"
		}
	}
	s.setFiles(m, b)
	m.showFiles()
	if b.Components != nil {
		m.Components = *b.Components
		complete(m.Components, new(int))
	}
	allowed := b.AllowedMentions
	if allowed == nil && m.interaction != nil {
		allowed = usersOnly
	}
	s.address(m, allowed)
}

// complete fills in what Discord does where nothing is said: the IDs of
// components, and how many values a menu takes.
func complete(components []Component, last *int) {
	for i := range components {
		c := &components[i]
		*last++
		c.ID = *last
		if one := 1; c.isMenu() || c.Type == FileUpload {
			if c.MinValues == nil {
				c.MinValues = &one
			}
			if c.MaxValues == nil {
				c.MaxValues = &one
			}
		}
		complete(c.Components, last)
		if c.Component != nil {
			inner := []Component{*c.Component}
			complete(inner, last)
			c.Component = &inner[0]
		}
	}
}

// post puts m into its channel and tells the sessions. The caller holds mu and
// has set everything but the ID and the time.
func (s *Sim) post(m *Message) {
	m.ID = s.newID()
	m.ChannelID, m.Author, m.AuthorName = m.channel.ID, m.author.ID, m.author.Name
	m.Sent = s.opts.Now()
	s.messages[m.ID] = m
	m.channel.messages = trim(s, append(m.channel.messages, m), s.forgetMessage)
	s.announce("MESSAGE_CREATE", m)
}

// announce tells the sessions of m, but for what only one person sees. The
// caller holds mu.
func (s *Sim) announce(event string, m *Message) {
	s.touch()
	if m.seenBy != nil || m.channel.may(s.bot)&ViewChannel == 0 {
		return
	}
	intent, guild := intentDirectMessages, ""
	if g := m.channel.guild; g != nil {
		intent, guild = intentGuildMessages, g.ID
	}
	for _, ses := range s.sessions {
		if ses.identify.Intents&intent == 0 || !ses.serves(guild) {
			continue
		}
		w := m.wire()
		if event == "MESSAGE_CREATE" {
			w = m.sentAs()
		}
		w["channel_type"] = m.channel.kind()
		if ses.identify.Intents&intentMessageContent == 0 && !m.readable() {
			w["content"], w["embeds"], w["components"], w["attachments"] = "", []any{}, []any{}, []any{}
		}
		if guild != "" {
			w["guild_id"] = guild
			w["member"] = m.channel.guild.wireMember(m.author)
		}
		s.append(ses, event, w)
	}
}

// readable reports whether an application may read m without the intent on
// message content: its own messages, direct ones, those that mention it by
// name, and replies that ping it on a message of its own which was not the
// response to an interaction.
func (m *Message) readable() bool {
	bot := m.channel.sim.bot
	if m.author == bot || m.channel.guild == nil {
		return true
	}
	if slices.Contains(mentioned(userMention, m.Content), bot.ID) {
		return true
	}
	if m.reference == nil || !slices.Contains(m.mentions, bot) {
		return false
	}
	target := m.channel.sim.messages[m.reference.MessageID]
	return target != nil && target.interaction == nil
}

// wire is the message object.
func (m *Message) wire() map[string]any {
	w := m.basic()
	if m.reference != nil {
		w["message_reference"] = m.reference
		w["referenced_message"] = nil
		if target := m.channel.sim.messages[m.reference.MessageID]; target != nil && !target.deleted {
			w["referenced_message"] = target.basic()
		}
	}
	return w
}

// basic is the message object without the message that it replies to.
func (m *Message) basic() map[string]any {
	mentions := []wireUser{}
	for _, u := range m.mentions {
		mentions = append(mentions, u.wire())
	}
	kind := 0
	if m.reference != nil {
		kind = 19
	}
	w := map[string]any{
		"id": m.ID, "channel_id": m.ChannelID, "type": kind, "content": m.Content, "author": m.author.wire(),
		"embeds": nonNil(m.Embeds), "components": nonNil(m.Components), "attachments": nonNil(m.Attachments), "mentions": mentions,
		"mention_roles": nonNil(m.roles), "mention_everyone": m.everyone, "pinned": false, "tts": false, "flags": m.flags,
		"timestamp": stamp(m.Sent), "edited_timestamp": nil,
	}
	if m.reference != nil {
		w["message_reference"] = m.reference
	}
	if !m.edited.IsZero() {
		w["edited_timestamp"] = stamp(m.edited)
	}
	if it := m.interaction; it != nil {
		w["application_id"], w["webhook_id"] = m.channel.sim.appID, m.channel.sim.appID
		w["interaction_metadata"] = it.metadata()
		if it.command != nil {
			w["type"] = 20
			if it.command.Type != 1 {
				w["type"] = 23
			}
			w["interaction"] = map[string]any{"id": it.ID, "type": it.kind, "name": it.command.Name, "user": it.by.wire()}
		}
	}
	return w
}

// nonNil makes a list that is written as [] and not as null when it is empty.
func nonNil[T any](list []T) []T { return append([]T{}, list...) }

// messageOf finds the message of a request. The caller holds mu.
func (s *Sim) messageOf(r *request, c *Channel) *Message {
	m := s.messages[r.PathValue("message")]
	if m == nil || m.channel != c || m.deleted || m.seenBy != nil {
		return nil
	}
	return m
}

func (s *Sim) listMessages(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, status, fail := s.channelOf(r, ReadHistory)
	if c == nil {
		return status, fail
	}
	q := r.URL.Query()
	limit, err := strconv.Atoi(cmp.Or(q.Get("limit"), "50"))
	if err != nil || limit < 1 || limit > 100 {
		var form faultyForm
		form.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
		fail, _ := form.failure()
		return badForm(fail)
	}
	before, after := snowflake(q.Get("before")), snowflake(q.Get("after"))
	page := slices.DeleteFunc(slices.Clone(c.messages), func(m *Message) bool {
		id := snowflake(m.ID)
		return m.seenBy != nil || m.deleted || before > 0 && id >= before || id <= after
	})
	switch {
	case len(page) <= limit:
	case after > 0: // the first after it; else the last
		page = page[:limit]
	default:
		page = page[len(page)-limit:]
	}
	list := []map[string]any{}
	for _, m := range slices.Backward(page) { // the latest comes first
		list = append(list, m.wire())
	}
	return http.StatusOK, list
}

// snowflake reads an ID; 0 is none.
func snowflake(id string) uint64 {
	n, _ := strconv.ParseUint(id, 10, 64)
	return n
}

func (s *Sim) getMessage(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, status, fail := s.channelOf(r, ReadHistory)
	if c == nil {
		return status, fail
	}
	m := s.messageOf(r, c)
	if m == nil {
		return http.StatusNotFound, errUnknownMessage
	}
	return http.StatusOK, m.wire()
}

func (s *Sim) createMessage(r *request) (int, any) {
	var body messageBody
	if fail, ok := decode(r.body, &body); !ok {
		return badForm(fail)
	}
	var form faultyForm
	body.uploads = r.uploads
	form.message(body, nil, flagSuppressEmbeds|flagSilent|flagComponentsV2)

	s.mu.Lock()
	defer s.mu.Unlock()
	needs := SendMessages
	if body.Embeds != nil && len(*body.Embeds) > 0 {
		needs |= EmbedLinks
	}
	if len(body.uploads) > 0 {
		needs |= AttachFiles
	}
	c, status, denied := s.channelOf(r, needs)
	if c == nil {
		return status, denied
	}
	if ref := body.Reference; ref != nil {
		target := s.messages[ref.MessageID]
		gone := target == nil || target.channel != c || target.deleted
		if gone && (ref.FailIfNotExists == nil || *ref.FailIfNotExists) {
			form.add("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
		}
		body.Reference = &reference{MessageID: ref.MessageID, ChannelID: c.ID}
		if c.guild != nil {
			body.Reference.GuildID = c.guild.ID
		}
		if gone {
			body.Reference = nil
		}
	}
	if fail, ok := form.failure(); !ok {
		return badForm(fail)
	}
	if body.empty() {
		return http.StatusBadRequest, errEmptyMessage
	}
	if c.guild == nil {
		for _, u := range c.between {
			switch {
			case u.closedDMs:
				return http.StatusForbidden, errCannotDM
			case u != s.bot && !u.meets():
				return http.StatusForbidden, errNoMutualGuild
			}
		}
	}
	nonce := nonceOf(body.Nonce)
	if body.EnforceNonce && nonce != "" {
		if use, used := s.nonces[nonce]; used && s.opts.Now().Sub(use.at) < nonceWindow {
			return http.StatusOK, use.message.sentAs()
		}
	}
	m := &Message{channel: c, author: s.bot, reference: body.Reference, flags: body.Flags, Silent: body.Flags&flagSilent != 0, Nonce: nonce}
	if m.reference != nil {
		m.ReplyTo = m.reference.MessageID
	}
	s.apply(m, body)
	s.post(m)
	if body.EnforceNonce && nonce != "" {
		s.nonces[nonce] = nonceUse{m, s.opts.Now()}
		s.sweep(s.opts.Now())
	}
	return http.StatusOK, m.sentAs()
}

// sentAs is the message as its sender is shown it once: with its nonce.
func (m *Message) sentAs() map[string]any {
	w := m.wire()
	if m.Nonce != "" {
		w["nonce"] = m.Nonce
	}
	return w
}

// nonceOf reads a nonce, which may be a number or a string.
func nonceOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

func (s *Sim) editMessage(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, status, denied := s.channelOf(r, none)
	if c == nil {
		return status, denied
	}
	m := s.messageOf(r, c)
	switch {
	case m == nil:
		return http.StatusNotFound, errUnknownMessage
	case m.author != s.bot:
		return http.StatusForbidden, errNotAuthor
	}
	return s.edit(m, r.body, r.uploads)
}

// edit changes a message of the bot. The caller holds mu.
func (s *Sim) edit(m *Message, raw []byte, uploads []upload) (int, any) {
	var body messageBody
	if fail, ok := decode(raw, &body); !ok {
		return badForm(fail)
	}
	body.uploads = uploads
	var form faultyForm
	form.message(body, m.Attachments, flagSuppressEmbeds|flagComponentsV2)
	if fail, ok := form.failure(); !ok {
		return badForm(fail)
	}
	shown := body
	if shown.Content == nil {
		shown.Content = &m.Content
	}
	if shown.Embeds == nil {
		shown.Embeds = &m.Embeds
	}
	if shown.Components == nil {
		shown.Components = &m.Components
	}
	files := body.Attachments == nil && len(m.Attachments) > 0
	if shown.Flags |= m.flags; shown.empty() && !files {
		return http.StatusBadRequest, errEmptyMessage
	}
	// What a deferred reply becomes is its first form, not an edit of it.
	if !m.Thinking {
		m.edited, m.Edited = s.opts.Now(), true
	}
	m.Thinking = false
	m.flags = m.flags&^flagLoading | body.Flags
	s.apply(m, body)
	s.announce("MESSAGE_UPDATE", m)
	return http.StatusOK, m.wire()
}

func (s *Sim) deleteMessage(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, status, denied := s.channelOf(r, none)
	if c == nil {
		return status, denied
	}
	m := s.messageOf(r, c)
	if m == nil {
		return http.StatusNotFound, errUnknownMessage
	}
	if m.author != s.bot && c.may(s.bot)&ManageMessages == 0 {
		return http.StatusForbidden, errNotPermitted
	}
	s.remove(m)
	return http.StatusNoContent, nil
}

// remove deletes m. The caller holds mu.
func (s *Sim) remove(m *Message) {
	s.dropMessage(m)
	m.channel.messages = slices.DeleteFunc(m.channel.messages, func(other *Message) bool { return other == m })
	s.touch()
	if m.seenBy != nil || m.channel.may(s.bot)&ViewChannel == 0 {
		return
	}
	w := map[string]any{"id": m.ID, "channel_id": m.ChannelID}
	guild, intent := "", intentDirectMessages
	if m.channel.guild != nil {
		guild, intent = m.channel.guild.ID, intentGuildMessages
		w["guild_id"] = guild
	}
	s.dispatch(guild, "MESSAGE_DELETE", intent, func() any { return w })
}
