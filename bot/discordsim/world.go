package discordsim

import (
	"slices"
	"strconv"
	"time"
)

// Guild is a server.
type Guild struct {
	sim      *Sim
	ID, Name string
	joined   time.Time // when the bot did
	owner    string
	roles    []*Role // the first is @everyone
	channels []*Channel
	members  map[string]*member
}

// Role is a role of a guild.
type Role struct {
	guild       *Guild
	ID, Name    string
	permissions Permission
}

// Channel is a text channel of a guild, or a direct conversation.
type Channel struct {
	sim        *Sim
	ID, Name   string
	guild      *Guild  // nil for a direct conversation
	between    []*User // the two of a direct conversation
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

// member is a user's place in a guild.
type member struct {
	user   *User
	joined time.Time
	roles  []string
}

// Guild makes a guild with one channel named general, and the bot in it. Until
// it is told otherwise everyone there may read and write.
func (s *Sim) Guild(name string) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Guild{sim: s, ID: s.newID(), Name: name, members: map[string]*member{}, joined: s.opts.Now()}
	g.owner = s.newID()
	g.roles = []*Role{{guild: g, ID: g.ID, Name: "@everyone", permissions: everyday}}
	s.guilds[g.ID] = g
	s.guildOrder = append(s.guildOrder, g)
	g.members[s.bot.ID] = &member{user: s.bot, joined: s.opts.Now()}
	g.channel("general")
	s.dispatch(g.ID, "GUILD_CREATE", intentGuilds, func() any { return g.wire() })
	s.touch()
	return g
}

// General is the guild's first channel.
func (g *Guild) General() *Channel {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	return g.channels[0]
}

// Channel makes a text channel.
func (g *Guild) Channel(name string) *Channel {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	c := g.channel(name)
	g.sim.dispatch(g.ID, "CHANNEL_CREATE", intentGuilds, func() any { return c.wire() })
	return c
}

func (g *Guild) channel(name string) *Channel {
	c := &Channel{sim: g.sim, ID: g.sim.newID(), Name: name, guild: g}
	g.channels = append(g.channels, c)
	g.sim.channels[c.ID] = c
	return c
}

// Role makes a role with those permissions.
func (g *Guild) Role(name string, p Permission) *Role {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	r := &Role{guild: g, ID: g.sim.newID(), Name: name, permissions: p}
	g.roles = append(g.roles, r)
	return r
}

// Everyone changes what every member of the guild may do.
func (g *Guild) Everyone(p Permission) {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	g.roles[0].permissions = p
}

// Join makes u a member with those roles.
func (g *Guild) Join(u *User, roles ...*Role) {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	m := &member{user: u, joined: g.sim.opts.Now()}
	for _, r := range roles {
		m.roles = append(m.roles, r.ID)
	}
	g.members[u.ID] = m
	g.sim.touch()
}

// Member makes a person who is a member of the guild with those roles.
func (g *Guild) Member(name string, roles ...*Role) *User {
	u := g.sim.User(name)
	g.Join(u, roles...)
	return u
}

// Deny takes permissions in this channel from a role (the guild's ID for
// everyone) or a member.
func (c *Channel) Deny(id string, p Permission) {
	c.sim.mu.Lock()
	defer c.sim.mu.Unlock()
	kind := 1
	if c.guild != nil && c.guild.role(id) != nil {
		kind = 0
	}
	c.overwrites = append(c.overwrites, wireOverwrite{ID: id, Type: kind, Allow: "0", Deny: p.String()})
}

// User makes a person who is in no guild.
func (s *Sim) User(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := &User{sim: s, ID: s.newID(), Name: name, locale: "en-GB"}
	s.users[u.ID] = u
	return u
}

// Install makes the person install the application for themselves, so that its
// commands can be used where the bot is not a member.
func (u *User) Install() {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	u.installed = true
}

// CloseDMs makes the person refuse direct messages: opening a conversation
// succeeds, sending to it fails.
func (u *User) CloseDMs() {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	u.closedDMs = true
}

// Speak sets the language of the person's Discord: "hi", "en-GB".
func (u *User) Speak(locale string) {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	u.locale = locale
}

// DM is the direct conversation of the person with the bot.
func (u *User) DM() *Channel {
	u.sim.mu.Lock()
	defer u.sim.mu.Unlock()
	return u.sim.direct(u, u.sim.bot)
}

// direct finds or opens the conversation of two people. The caller holds mu.
func (s *Sim) direct(a, b *User) *Channel {
	for _, c := range s.channels {
		if c.guild == nil && slices.Contains(c.between, a) && slices.Contains(c.between, b) {
			return c
		}
	}
	c := &Channel{sim: s, ID: s.newID(), between: []*User{a, b}}
	s.channels[c.ID] = c
	return c
}

func (g *Guild) role(id string) *Role {
	for _, r := range g.roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}

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
	ReadHistory     Permission = 1 << 16
	MentionEveryone Permission = 1 << 17
	UseCommands     Permission = 1 << 31
	UseExternalApps Permission = 1 << 50
)

const (
	everyday              = ViewChannel | SendMessages | EmbedLinks | ReadHistory | MentionEveryone | UseCommands | UseExternalApps
	everything            = Permission(1<<53 - 1)
	inDMs                 = ViewChannel | SendMessages | EmbedLinks | ReadHistory | UseCommands
	none       Permission = 0
)

// String is how Discord writes a permission: as a decimal number in a string.
func (p Permission) String() string { return strconv.FormatInt(int64(p), 10) }

// may returns what u is permitted in c. The caller holds mu.
func (c *Channel) may(u *User) Permission {
	if c.guild == nil {
		if slices.Contains(c.between, u) {
			return inDMs
		}
		return none
	}
	m := c.guild.members[u.ID]
	if m == nil {
		return none
	}
	if c.guild.owner == u.ID {
		return everything
	}
	p := c.guild.roles[0].permissions
	for _, id := range m.roles {
		p |= c.guild.role(id).permissions
	}
	if p&Administrator != 0 {
		return everything
	}
	// Overwrites of everyone come first, then those of roles, then the member's.
	apply := func(wanted func(wireOverwrite) bool) {
		for _, o := range c.overwrites {
			if wanted(o) {
				deny, _ := strconv.ParseInt(o.Deny, 10, 64)
				allow, _ := strconv.ParseInt(o.Allow, 10, 64)
				p = p&^Permission(deny) | Permission(allow)
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

func (u *User) wire() wireUser {
	name := u.Name
	return wireUser{ID: u.ID, Username: u.Name, Discriminator: "0", GlobalName: &name, Bot: u.bot}
}

func (g *Guild) wireMember(u *User) *wireMember {
	m := g.members[u.ID]
	if m == nil {
		return nil
	}
	return &wireMember{Roles: append([]string{}, m.roles...), JoinedAt: stamp(m.joined)}
}

func (g *Guild) wire() wireGuild {
	w := wireGuild{
		ID: g.ID, Name: g.Name, OwnerID: g.owner, MemberCount: len(g.members), JoinedAt: stamp(g.joined), Locale: "en-US",
		Channels: []wireChannel{}, Threads: []wireChannel{}, Members: []wireMember{},
	}
	for i, r := range g.roles {
		w.Roles = append(w.Roles, wireRole{ID: r.ID, Name: r.Name, Position: i, Permissions: r.permissions.String()})
	}
	for _, c := range g.channels {
		w.Channels = append(w.Channels, c.wire())
	}
	// Without the privileged intent on members, only the bot itself is listed.
	bot := g.wireMember(g.sim.bot)
	user := g.sim.bot.wire()
	bot.User = &user
	w.Members = append(w.Members, *bot)
	return w
}

func (c *Channel) wire() wireChannel {
	w := wireChannel{ID: c.ID, Name: c.Name, Overwrites: c.overwrites}
	if c.guild == nil {
		w.Type = 1
		for _, u := range c.between {
			if u != c.sim.bot {
				w.Recipients = append(w.Recipients, u.wire())
			}
		}
		return w
	}
	w.GuildID = c.guild.ID
	w.Position = slices.Index(c.guild.channels, c)
	return w
}

// stamp writes a time as Discord does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }
