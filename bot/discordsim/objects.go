package discordsim

import "slices"

// How guilds, channels and people are written on the wire.

func (u *User) wire() wireUser {
	name := u.Name
	return wireUser{ID: u.ID, Username: u.Name, Discriminator: "0", GlobalName: &name, Bot: u.bot}
}

func (r *Role) wire() wireRole {
	return wireRole{
		ID: r.ID, Name: r.Name, Position: slices.Index(r.guild.roles, r), Permissions: r.permissions.String(),
		Colors: map[string]any{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
	}
}

func (g *Guild) wireMember(u *User) *wireMember {
	m := g.members[u.ID]
	if m == nil {
		return nil
	}
	return &wireMember{Roles: append([]string{}, m.roles...), JoinedAt: stamp(m.joined)}
}

// properties is the guild itself, without what is in it.
func (g *Guild) properties() guildProperties {
	w := guildProperties{
		ID: g.ID, Name: g.Name, OwnerID: g.owner, Region: "deprecated", AFKTimeout: 300, Locale: "en-US", MaxMembers: 25000000,
		MaxStage: 50, MaxVideo: 25, Features: []string{}, Emojis: []any{}, Stickers: []any{},
	}
	for _, r := range g.roles {
		w.Roles = append(w.Roles, r.wire())
	}
	if g.system != nil {
		w.SystemChannelID = &g.system.ID
	}
	return w
}

// wire is the guild as GUILD_CREATE sends it.
func (g *Guild) wire() wireGuild {
	w := wireGuild{
		guildProperties: g.properties(), MemberCount: len(g.members), JoinedAt: stamp(g.joined),
		Channels: []wireChannel{}, Threads: []wireChannel{}, Members: []wireMember{},
		Presences: []any{}, VoiceStates: []any{}, Stages: []any{}, Events: []any{}, Sounds: []any{},
	}
	for _, c := range g.channels {
		w.Channels = append(w.Channels, c.shown())
	}
	// Without the privileged intent on members, only the bot itself is listed.
	bot := g.wireMember(g.sim.bot)
	user := g.sim.bot.wire()
	bot.User = &user
	w.Members = append(w.Members, *bot)
	return w
}

// kind is Discord's number for the type of the channel: of a guild, a direct
// conversation, or one of several people.
func (c *Channel) kind() int {
	switch {
	case c.guild != nil:
		return 0
	case len(c.between) == 2:
		return 1
	}
	return 3
}

func (c *Channel) wire() wireChannel {
	w := wireChannel{ID: c.ID, Type: c.kind(), Name: c.Name, Overwrites: c.overwrites}
	if n := len(c.messages); n > 0 {
		w.LastMessageID = &c.messages[n-1].ID
	}
	if c.guild == nil {
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

// channelObfuscated is the flag of a channel that an application may not view.
const channelObfuscated = 1 << 17

// shown is the channel of a guild as the gateway shows it: of one that the bot
// may not view there is little more than that it exists.
func (c *Channel) shown() wireChannel {
	w := c.wire()
	if c.may(c.sim.bot)&ViewChannel != 0 {
		return w
	}
	return wireChannel{
		ID: c.ID, GuildID: w.GuildID, Position: w.Position, Name: "___hidden___", Flags: channelObfuscated,
		Overwrites: []wireOverwrite{{ID: c.guild.ID, Allow: "0", Deny: ViewChannel.String()}},
	}
}
