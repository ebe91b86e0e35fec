package discordsim

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"
)

// What a person does in Discord's own application. Each returns an error where
// that application would not let them.

// Mention is how a message names the user.
func (u *User) Mention() string { return "<@" + u.ID + ">" }

// Say writes a message, with files or without.
func (u *User) Say(c *Channel, text string, files ...File) (Message, error) {
	return u.say(c, text, files, nil, WithoutPing)
}

// ReplyTo writes a message in reply to another, with a ping to its author or
// without.
func (u *User) ReplyTo(m Message, text string, ping Ping) (Message, error) {
	u.sim.mu.Lock()
	c := u.sim.channels[m.ChannelID]
	u.sim.mu.Unlock()
	return u.say(c, text, nil, &reference{MessageID: m.ID, ChannelID: m.ChannelID}, ping)
}

// Ping says whether a reply notifies whom it replies to.
type Ping int

// What a reply does.
const (
	WithPing Ping = iota
	WithoutPing
)

func (u *User) say(c *Channel, text string, files []File, ref *reference, ping Ping) (Message, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	needs := SendMessages
	if len(files) > 0 {
		needs |= AttachFiles
	}
	if c.may(u)&needs != needs {
		return Message{}, fmt.Errorf("%s may not write that in %s", u.Name, c.Name)
	}
	if c.guild == nil && slices.Contains(c.between, s.bot) && !u.meets() {
		return Message{}, fmt.Errorf("%s shares no guild with the bot", u.Name)
	}
	if err := writable(text, len(files)); err != nil {
		return Message{}, err
	}
	if err := attachable(files); err != nil {
		return Message{}, err
	}
	m := &Message{channel: c, author: u, Content: text, reference: ref}
	for _, f := range files {
		m.Attachments = append(m.Attachments, s.attach(c, f))
	}
	if ref != nil {
		if _, err := s.seen(u, ref.MessageID); err != nil {
			return Message{}, err
		}
		m.ReplyTo = ref.MessageID
		if c.guild != nil {
			ref.GuildID = c.guild.ID
		}
	}
	s.address(m, asTyped(ping))
	s.post(m)
	return *m, nil
}

// writable says why a person could not write a message, or nil.
func writable(text string, files int) error {
	if n := utf8.RuneCountInString(text); n == 0 && files == 0 || n > 2000 {
		return fmt.Errorf("a message has 1 to 2000 characters, not %d", n)
	}
	return nil
}

// asTyped is what a person's message pings: whatever it names.
func asTyped(ping Ping) *allowedMentions {
	replied := ping == WithPing
	return &allowedMentions{Parse: []string{"users", "roles", "everyone"}, RepliedUser: &replied}
}

// Edit changes the text of a message of the person's own.
func (u *User) Edit(m Message, text string) (Message, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	own, err := s.own(u, m)
	if err != nil {
		return Message{}, err
	}
	if err := writable(text, len(own.Attachments)); err != nil {
		return Message{}, err
	}
	ping := WithoutPing
	if target := s.messages[own.ReplyTo]; target != nil && slices.Contains(own.mentions, target.author) {
		ping = WithPing
	}
	own.Content, own.edited, own.Edited = text, s.opts.Now(), true
	s.address(own, asTyped(ping))
	s.announce("MESSAGE_UPDATE", own)
	return *own, nil
}

// Delete takes back a message of the person's own.
func (u *User) Delete(m Message) error {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	own, err := s.own(u, m)
	if err != nil {
		return err
	}
	s.remove(own)
	return nil
}

// own finds a message that u wrote. The caller holds mu.
func (s *Sim) own(u *User, m Message) (*Message, error) {
	found, err := s.seen(u, m.ID)
	if err == nil && found.author != u {
		err = fmt.Errorf("the message %s is not by %s", m.ID, u.Name)
	}
	return found, err
}

// Menu uses a command of a message's context menu.
func (u *User) Menu(m Message, name string) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	target, err := s.seen(u, m.ID)
	if err != nil {
		return nil, err
	}
	r := resolved{}
	r.add("messages", target.ID, target.basic())
	return s.menu(u, target.channel, 3, name, target.ID, r)
}

// MenuOf uses a command of the context menu of a person, met in c.
func (u *User) MenuOf(c *Channel, target *User, name string) (*Interaction, error) {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	f := form{by: u, in: c, resolved: resolved{}}
	if err := f.thing(target); err != nil {
		return nil, err
	}
	return s.menu(u, c, 2, name, target.ID, f.resolved)
}

func (s *Sim) menu(u *User, c *Channel, kind int, name, target string, r resolved) (*Interaction, error) {
	cmd := s.command(u, c, kind, name)
	if cmd == nil {
		return nil, fmt.Errorf("%s is offered no %q here", u.Name, name)
	}
	data := map[string]any{"id": cmd.ID, "name": cmd.Name, "type": kind, "target_id": target, "resolved": r}
	if cmd.GuildID != "" {
		data["guild_id"] = cmd.GuildID
	}
	return s.begin(&Interaction{kind: kindCommand, by: u, channel: c, command: cmd, given: name}, data), nil
}

// seen finds a message that u can see. The caller holds mu.
func (s *Sim) seen(u *User, id string) (*Message, error) {
	m := s.messages[id]
	if m == nil || m.deleted || !m.visible(u) {
		return nil, fmt.Errorf("%s sees no message %s", u.Name, id)
	}
	return m, nil
}

// visible reports whether u can see m.
func (m *Message) visible(u *User) bool {
	return m.channel.may(u)&ViewChannel != 0 && (m.seenBy == nil || m.seenBy == u)
}

// Sees reports whether the person sees a channel.
func (u *User) Sees(c *Channel) bool {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	return c.may(u)&ViewChannel != 0
}

// Read returns the messages of a channel that the person can see, oldest first.
func (u *User) Read(c *Channel) []Message {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range c.messages {
		if m.visible(u) && !m.deleted {
			list = append(list, *m)
		}
	}
	return list
}

// Await waits until the person can see a message in c that is as wanted, and
// returns the first such.
func (u *User) Await(ctx context.Context, c *Channel, wanted func(Message) bool) (Message, error) {
	var found Message
	err := u.sim.Wait(ctx, func() bool {
		for _, m := range u.Read(c) {
			if wanted(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found, err
}

// InReplyTo is what Await wants of the bot's reply to a message.
func InReplyTo(m Message) func(Message) bool {
	return func(other Message) bool { return other.ReplyTo == m.ID }
}
