package discordsim

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// Channel is a text channel of a guild, a direct conversation, or one of
// several people.
type Channel struct {
	sim        *Sim
	ID, Name   string
	guild      *Guild  // nil for a conversation
	between    []*User // those of a conversation
	overwrites []wireOverwrite
	messages   []*Message // in order
}

// User is a person, or a bot. Its methods are what that person does.
type User struct {
	sim       *Sim
	ID, Name  string
	bot       bool
	installed bool // has the application installed for itself
	closedDMs bool
	locale    string
}

// Deny takes permissions in this channel from a role (the guild's ID for
// everyone) or a member.
func (c *Channel) Deny(id string, p Permission) { c.overwrite(id, none, p) }

// Allow gives permissions in this channel to a role (the guild's ID for
// everyone) or a member.
func (c *Channel) Allow(id string, p Permission) { c.overwrite(id, p, none) }

func (c *Channel) overwrite(id string, allow, deny Permission) {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	kind := 1
	if c.guild.role(id) != nil {
		kind = 0
	}
	i := slices.IndexFunc(c.overwrites, func(o wireOverwrite) bool { return o.ID == id })
	if i < 0 {
		i = len(c.overwrites)
		c.overwrites = append(c.overwrites, wireOverwrite{ID: id, Type: kind, Allow: "0", Deny: "0"})
	}
	o := &c.overwrites[i]
	o.Allow = (permission(o.Allow)&^deny | allow).String()
	o.Deny = (permission(o.Deny)&^allow | deny).String()
	c.sim.dispatch(c.guild.ID, "CHANNEL_UPDATE", intentGuilds, func() any { return c.shown() })
	c.sim.touch()
}

// User makes a person who is in no guild.
func (s *Sim) User(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &User{sim: s, ID: s.newID(), Name: name, locale: "en-GB"}
	s.users[u.ID] = u
	return u
}

// The ways to install an application: in a guild, or for oneself.
const (
	GuildInstall = 0
	UserInstall  = 1
)

// Install makes the person install the application for themselves, so that its
// commands can be used where the bot is not a member.
func (u *User) Install() error {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	if !slices.Contains(u.sim.opts.Installs, UserInstall) {
		return errors.New("the application cannot be installed for oneself")
	}
	u.installed = true
	return nil
}

// CloseDMs makes the person refuse direct messages: opening a conversation
// succeeds, sending to it fails.
func (u *User) CloseDMs() { u.direct(true) }

// OpenDMs makes the person take direct messages again.
func (u *User) OpenDMs() { u.direct(false) }

func (u *User) direct(closed bool) {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	u.closedDMs = closed
}

// Speak sets the language of the person's Discord: "hi", "en-GB".
func (u *User) Speak(locale string) {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	u.locale = locale
}

// DM is the direct conversation of the person with the bot.
func (u *User) DM() *Channel { return u.Converse(u.sim.bot) }

// Converse is the conversation of the person with others: with one it is their
// direct conversation, with several a new group. A bot can be in no group.
func (u *User) Converse(others ...*User) *Channel {
	s := u.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(others) == 1 {
		return s.direct(u, others[0])
	}
	c := &Channel{sim: s, ID: s.newID(), between: append([]*User{u}, others...)}
	var names []string
	for _, other := range others {
		names = append(names, other.Name)
	}
	c.Name = strings.Join(names, ", ")
	s.channels[c.ID] = c
	return c
}

// direct finds or opens the conversation of two people. The caller holds mu.
func (s *Sim) direct(a, b *User) *Channel {
	pair := [2]string{min(a.ID, b.ID), max(a.ID, b.ID)}
	c := s.directs[pair]
	if c == nil {
		c = &Channel{sim: s, ID: s.newID(), between: []*User{a, b}}
		s.channels[c.ID], s.directs[pair] = c, c
	}
	return c
}

// meets reports whether the person and the bot share a guild, or the person has
// the application: without either, neither can write to the other. The caller
// holds mu.
func (u *User) meets() bool {
	return u.installed || slices.ContainsFunc(u.sim.guildOrder, func(g *Guild) bool { return g.hosts() && g.members[u.ID] != nil })
}

// stamp writes a time as Discord does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }
