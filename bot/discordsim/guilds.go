package discordsim

import (
	"net/http"
	"slices"
	"time"
)

// Guild is a server.
type Guild struct {
	sim         *Sim
	ID, Name    string
	scopes      []string  // with which the application is installed; none where it is not
	joined      time.Time // when the bot did
	owner       string
	roles       []*Role // the first is @everyone
	channels    []*Channel
	members     map[string]*member
	system      *Channel // where Discord writes who joined; may be nil
	unavailable bool
}

// The scopes with which a guild installs an application: to have its bot as a
// member, and to be offered its commands.
const (
	ScopeBot      = "bot"
	ScopeCommands = "applications.commands"
)

// Role is a role of a guild.
type Role struct {
	guild       *Guild
	ID, Name    string
	permissions Permission
}

// member is a user's place in a guild.
type member struct {
	user   *User
	joined time.Time
	roles  []string
}

// Guild makes a guild with one channel named general, in which the application
// is installed with its bot and its commands. Until it is told otherwise
// everyone there may read and write.
func (s *Sim) Guild(name string) *Guild {
	g := s.Foreign(name)
	g.Install(ScopeBot, ScopeCommands)
	return g
}

// Foreign makes a guild like another, but without the application.
func (s *Sim) Foreign(name string) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Guild{sim: s, ID: s.newID(), Name: name, members: map[string]*member{}}
	g.owner = s.newID()
	g.roles = []*Role{{guild: g, ID: g.ID, Name: "@everyone", permissions: everyday}}
	s.guilds[g.ID] = g
	s.guildOrder = append(s.guildOrder, g)
	g.channel("general")
	return g
}

// Install installs the application in the guild with those scopes. With
// ScopeBot its bot joins.
func (g *Guild) Install(scopes ...string) {
	s := g.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	g.scopes = scopes
	if !slices.Contains(scopes, ScopeBot) || g.members[s.bot.ID] != nil {
		return
	}
	g.joined = s.opts.Now()
	g.members[s.bot.ID] = &member{user: s.bot, joined: g.joined}
	s.dispatch(g.ID, "GUILD_CREATE", intentGuilds, func() any { return g.wire() })
	s.touch()
}

// Since sets when the bot joined the guild.
func (g *Guild) Since(t time.Time) {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	g.joined = t
}

// Uninstall removes the application from the guild, and with it the bot and the
// commands that it registered there.
func (g *Guild) Uninstall() {
	s := g.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(g.ID, "GUILD_DELETE", intentGuilds, func() any { return map[string]any{"id": g.ID} })
	g.scopes = nil
	delete(g.members, s.bot.ID)
	delete(s.commands, g.ID)
	s.touch()
}

// Outage takes the guild down, for everyone, until Restore.
func (g *Guild) Outage() {
	s := g.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dispatch(g.ID, "GUILD_DELETE", intentGuilds, func() any { return map[string]any{"id": g.ID, "unavailable": true} })
	g.unavailable = true
	s.touch()
}

// Restore ends an outage.
func (g *Guild) Restore() {
	s := g.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	g.unavailable = false
	s.dispatch(g.ID, "GUILD_CREATE", intentGuilds, func() any { return g.wire() })
	s.touch()
}

// hosts reports whether the bot is a member. The caller holds mu.
func (g *Guild) hosts() bool { return g.members[g.sim.bot.ID] != nil }

// General is the guild's first channel.
func (g *Guild) General() *Channel {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	return g.channels[0]
}

// Welcome makes c the channel in which Discord writes who joined.
func (g *Guild) Welcome(c *Channel) {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	g.system = c
	g.sim.dispatch(g.ID, "GUILD_UPDATE", intentGuilds, func() any { return g.wire().guildProperties })
}

// Channel makes a text channel.
func (g *Guild) Channel(name string) *Channel {
	g.sim.mu.Lock()
	defer g.sim.mu.Unlock()
	c := g.channel(name)
	g.sim.dispatch(g.ID, "CHANNEL_CREATE", intentGuilds, func() any { return c.shown() })
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
	r.announce("GUILD_ROLE_CREATE")
	return r
}

// Permit changes what those who have the role may do.
func (r *Role) Permit(p Permission) {
	r.guild.sim.mu.Lock()
	defer r.guild.sim.mu.Unlock()
	r.guild.change(func() {
		r.permissions = p
		r.announce("GUILD_ROLE_UPDATE")
	})
}

// announce tells the sessions of a role. The caller holds mu.
func (r *Role) announce(event string) {
	g := r.guild
	g.sim.dispatch(g.ID, event, intentGuilds, func() any { return map[string]any{"guild_id": g.ID, "role": r.wire()} })
}

// Everyone changes what every member of the guild may do.
func (g *Guild) Everyone(p Permission) { g.roles[0].Permit(p) }

// change does what changes permissions, and then tells the sessions of the
// channels that the bot sees more or less of. The caller holds mu.
func (g *Guild) change(do func()) {
	bot := g.sim.bot
	var saw []bool
	for _, c := range g.channels {
		saw = append(saw, c.may(bot)&ViewChannel != 0)
	}
	do()
	for i, c := range g.channels {
		if saw[i] != (c.may(bot)&ViewChannel != 0) {
			g.sim.dispatch(g.ID, "CHANNEL_UPDATE", intentGuilds, func() any { return c.shown() })
		}
	}
	g.sim.touch()
}

// Join makes u a member with those roles; of one who is a member already it
// changes the roles.
func (g *Guild) Join(u *User, roles ...*Role) {
	s := g.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	m, event := g.members[u.ID], "GUILD_MEMBER_UPDATE"
	if m == nil {
		m, event = &member{user: u, joined: s.opts.Now()}, "GUILD_MEMBER_ADD"
	}
	var ids []string
	for _, r := range roles {
		ids = append(ids, r.ID)
	}
	g.change(func() {
		m.roles = ids
		g.members[u.ID] = m
		g.announce(event, u)
	})
}

// Leave ends the membership of u.
func (g *Guild) Leave(u *User) {
	s := g.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	g.announce("GUILD_MEMBER_REMOVE", u)
	delete(g.members, u.ID)
	s.touch()
}

// announce tells the sessions of a member. Of the bot itself they are told
// without the intent on members. The caller holds mu.
func (g *Guild) announce(event string, u *User) {
	intent := intentGuildMembers
	if u == g.sim.bot {
		intent = intentGuilds
	}
	g.sim.dispatch(g.ID, event, intent, func() any {
		m, user := g.wireMember(u), u.wire()
		m.User = &user
		return struct {
			wireMember
			GuildID string `json:"guild_id"`
		}{*m, g.ID}
	})
}

// Member makes a person who is a member of the guild with those roles.
func (g *Guild) Member(name string, roles ...*Role) *User {
	u := g.sim.User(name)
	g.Join(u, roles...)
	return u
}

func (g *Guild) role(id string) *Role {
	for _, r := range g.roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// guildOf finds the guild of a request, if the bot is in it. The caller holds
// mu.
func (s *Sim) guildOf(r *request) (*Guild, int, any) {
	g := s.guilds[r.PathValue("guild")]
	switch {
	case g == nil || !g.hosts():
		return nil, http.StatusNotFound, errUnknownGuild
	case g.unavailable:
		return nil, http.StatusForbidden, errMissingAccess
	}
	return g, 0, nil
}

func (s *Sim) listGuilds(*request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []map[string]any{}
	for _, g := range s.guildOrder {
		if g.hosts() {
			list = append(list, map[string]any{
				"id": g.ID, "name": g.Name, "icon": nil, "banner": nil, "owner": false, "features": []string{},
				"permissions": g.base(s.bot).String(),
			})
		}
	}
	return http.StatusOK, list
}

func (s *Sim) getGuild(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, status, fail := s.guildOf(r)
	if g == nil {
		return status, fail
	}
	return http.StatusOK, g.properties()
}

func (s *Sim) listChannels(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, status, fail := s.guildOf(r)
	if g == nil {
		return status, fail
	}
	list := []wireChannel{}
	for _, c := range g.channels {
		if c.may(s.bot)&ViewChannel != 0 {
			list = append(list, c.wire())
		}
	}
	return http.StatusOK, list
}

func (s *Sim) getMember(r *request) (int, any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, status, fail := s.guildOf(r)
	if g == nil {
		return status, fail
	}
	u := s.users[r.PathValue("user")]
	if u == nil {
		return http.StatusNotFound, errUnknownUser
	}
	m := g.wireMember(u)
	if m == nil {
		return http.StatusNotFound, errUnknownMember
	}
	user := u.wire()
	m.User = &user
	return http.StatusOK, m
}
