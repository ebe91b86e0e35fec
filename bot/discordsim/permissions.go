package discordsim

import (
	"slices"
	"strconv"
)

// Permission is a set of Discord's permission bits.
type Permission int64

// The permissions that are simulated.
const (
	Administrator   Permission = 1 << 3
	ManageGuild     Permission = 1 << 5
	ViewChannel     Permission = 1 << 10
	SendMessages    Permission = 1 << 11
	ManageMessages  Permission = 1 << 13
	EmbedLinks      Permission = 1 << 14
	AttachFiles     Permission = 1 << 15
	ReadHistory     Permission = 1 << 16
	MentionEveryone Permission = 1 << 17
	UseCommands     Permission = 1 << 31
	SendInThreads   Permission = 1 << 38
	UseExternalApps Permission = 1 << 50
)

const (
	everyday              = ViewChannel | SendMessages | SendInThreads | EmbedLinks | AttachFiles | ReadHistory | MentionEveryone | UseCommands | UseExternalApps
	everything            = Permission(1<<53 - 1)
	inDMs                 = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadHistory | UseCommands
	none       Permission = 0
)

// String is how Discord writes a permission: as a decimal number in a string.
func (p Permission) String() string { return strconv.FormatInt(int64(p), 10) }

// may returns what u is permitted in c. The caller holds mu.
func (c *Channel) may(u *User) Permission {
	if c.guild != nil && c.guild.unavailable {
		return none
	}
	if c.guild == nil {
		if slices.Contains(c.between, u) {
			return inDMs
		}
		return none
	}
	m := c.guild.members[u.ID]
	p := c.guild.base(u)
	if p == everything || m == nil {
		return p
	}
	// Overwrites of everyone come first, then those of roles, then the member's.
	apply := func(wanted func(wireOverwrite) bool) {
		for _, o := range c.overwrites {
			if wanted(o) {
				p = p&^permission(o.Deny) | permission(o.Allow)
			}
		}
	}
	apply(func(o wireOverwrite) bool { return o.ID == c.guild.ID })
	apply(func(o wireOverwrite) bool { return o.Type == 0 && slices.Contains(m.roles, o.ID) })
	apply(func(o wireOverwrite) bool { return o.Type == 1 && o.ID == u.ID })
	if p&ViewChannel == 0 {
		return none
	}
	return p
}

// base returns what u is permitted in the guild as a whole. The caller holds mu.
func (g *Guild) base(u *User) Permission {
	m := g.members[u.ID]
	if m == nil {
		return none
	}
	p := g.roles[0].permissions
	for _, id := range m.roles {
		p |= g.role(id).permissions
	}
	if p&Administrator != 0 || g.owner == u.ID {
		return everything
	}
	return p
}

// app returns what the application is permitted where it is used: what its bot
// is, and without a bot what everyone is. The caller holds mu.
func (c *Channel) app() Permission {
	switch {
	case c.guild == nil:
		return EmbedLinks | AttachFiles | MentionEveryone
	case c.guild.hosts():
		return c.may(c.sim.bot)
	}
	return c.guild.roles[0].permissions & (EmbedLinks | AttachFiles | MentionEveryone)
}

// permission reads a permission as Discord writes it.
func permission(s string) Permission {
	n, _ := strconv.ParseInt(s, 10, 64)
	return Permission(n)
}
