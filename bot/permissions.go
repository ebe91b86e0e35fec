package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/bwmarrin/discordgo"
)

// What the bot may do where, and what becomes of an answer that it may not
// give.

// permission is a set of Discord's permission bits.
type permission uint64

// UnmarshalJSON reads a set as Discord writes it: a number in a string.
func (p *permission) UnmarshalJSON(raw []byte) error {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	n, err := strconv.ParseUint(s, 10, 64)
	*p = permission(n)
	return err
}

// The permissions of which the bot does something else when it lacks them.
const (
	viewChannel   permission = discordgo.PermissionViewChannel
	sendMessages  permission = discordgo.PermissionSendMessages
	sendInThreads permission = discordgo.PermissionSendMessagesInThreads
	embedLinks    permission = discordgo.PermissionEmbedLinks
	attachFiles   permission = discordgo.PermissionAttachFiles
	readHistory   permission = discordgo.PermissionReadMessageHistory
)

// needed are the permissions that the bot asks for, with Discord's names.
var needed = []struct {
	permission
	name string
}{
	{viewChannel, "View Channels"},
	{sendMessages, "Send Messages"},
	{sendInThreads, "Send Messages in Threads"},
	{embedLinks, "Embed Links"},
	{attachFiles, "Attach Files"},
	{readHistory, "Read Message History"},
}

// allNeeded are the bits of all of them.
const allNeeded = viewChannel | sendMessages | sendInThreads | embedLinks | attachFiles | readHistory

// names lists the needed permissions that are in a set, as Discord calls them.
func (p permission) names() string {
	var list []string
	for _, n := range needed {
		if p&n.permission != 0 {
			list = append(list, n.name)
		}
	}
	return strings.Join(list, ", ")
}

// access knows what the bot may do, as the gateway tells it.
type access struct {
	mu     sync.Mutex
	guilds map[string]*guildAccess
}

// guildAccess is what decides on permissions in a server.
type guildAccess struct {
	name     string
	owner    string
	roles    map[string]permission
	mine     []string // the bot's roles
	channels map[string]channelAccess
	lacks    permission // what was last said to be lacking
}

// channelAccess is what decides on permissions in a channel beyond its server's.
type channelAccess struct {
	Type       int    `json:"type"`
	Parent     string `json:"parent_id"`
	Overwrites []struct {
		ID    string     `json:"id"` // of a role or a member; the server's for everyone
		Allow permission `json:"allow"`
		Deny  permission `json:"deny"`
	} `json:"permission_overwrites"`
}

// thread reports whether a channel is one. It has its parent's permissions.
func (c channelAccess) thread() bool { return c.Type >= 10 && c.Type <= 12 }

// The events that tell of permissions, as much of them as matters.
type (
	inRole struct {
		ID          string     `json:"id"`
		Permissions permission `json:"permissions"`
	}
	inChannel struct {
		ID      string `json:"id"`
		GuildID string `json:"guild_id"`
		channelAccess
		Thread struct {
			Archived bool `json:"archived"`
		} `json:"thread_metadata"`
	}
	inMember struct {
		GuildID string   `json:"guild_id"`
		User    inUser   `json:"user"`
		Roles   []string `json:"roles"`
	}
	inGuild struct {
		ID       string      `json:"id"`
		Name     string      `json:"name"`
		Owner    string      `json:"owner_id"`
		Roles    []inRole    `json:"roles"`
		Members  []inMember  `json:"members"`
		Channels []inChannel `json:"channels"`
		Threads  []inChannel `json:"threads"`
	}
	inRoleEvent struct {
		GuildID string `json:"guild_id"`
		Role    inRole `json:"role"`
		RoleID  string `json:"role_id"` // of one that is no more
	}
)

// lessons are the events from which access learns. Each gives the ID of the
// server that it is about.
var lessons = map[string]func(*access, json.RawMessage, string) (string, error){
	"GUILD_CREATE":        lesson((*access).setGuild),
	"GUILD_UPDATE":        lesson((*access).setGuild),
	"GUILD_DELETE":        lesson((*access).dropGuild),
	"GUILD_ROLE_CREATE":   lesson((*access).setRole),
	"GUILD_ROLE_UPDATE":   lesson((*access).setRole),
	"GUILD_ROLE_DELETE":   lesson((*access).dropRole),
	"GUILD_MEMBER_UPDATE": lesson((*access).setMember),
	"CHANNEL_CREATE":      lesson((*access).setChannel),
	"CHANNEL_UPDATE":      lesson((*access).setChannel),
	"CHANNEL_DELETE":      lesson((*access).dropChannel),
	"THREAD_CREATE":       lesson((*access).setChannel),
	"THREAD_UPDATE":       lesson((*access).setChannel),
	"THREAD_DELETE":       lesson((*access).dropChannel),
}

// lesson makes a lesson of what to do with an event, given the bot's user ID.
func lesson[E any](do func(*access, E, string) string) func(*access, json.RawMessage, string) (string, error) {
	return func(a *access, raw json.RawMessage, self string) (string, error) {
		var e E
		if err := json.Unmarshal(raw, &e); err != nil {
			return "", err
		}
		return do(a, e, self), nil
	}
}

// learn takes in an event; self is the bot's user ID. When what the bot lacks
// in the event's server is now other than it was, it returns that server.
func (a *access) learn(event string, raw json.RawMessage, self string) (*lack, error) {
	take := lessons[event]
	if take == nil {
		return nil, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	id, err := take(a, raw, self)
	g := a.guilds[id]
	if err != nil || g == nil {
		return nil, err
	}
	lacks := allNeeded &^ g.permissions(id, self)
	if lacks == g.lacks {
		return nil, nil
	}
	g.lacks = lacks
	return &lack{guild: id, name: g.name, what: lacks}, nil
}

// parent returns the channel to which a thread belongs, or nothing.
func (a *access) parent(guild, channel string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if g := a.guilds[guild]; g != nil && g.channels[channel].thread() {
		return g.channels[channel].Parent
	}
	return ""
}

// has reports whether a server has a channel or a role of that ID, as far as it
// is known.
func (a *access) has(guild, id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.guilds[guild]
	if g == nil || g.channels == nil {
		return true
	}
	_, channel := g.channels[id]
	_, role := g.roles[id]
	return channel || role
}

// knows reports whether Discord has told of a server.
func (a *access) knows(guild string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.guilds[guild]
	return g != nil && g.channels != nil
}

// lacking returns what the bot lacks in a server.
func (a *access) lacking(guild string) permission {
	a.mu.Lock()
	defer a.mu.Unlock()
	if g := a.guilds[guild]; g != nil {
		return g.lacks
	}
	return 0
}

// lack is what the bot lacks in a server.
type lack struct {
	guild, name string
	what        permission
}

// may returns what the bot may do in a channel, and whether that is known.
func (a *access) may(guild, channel, self string) (permission, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.guilds[guild]
	if g == nil {
		return 0, false
	}
	c, known := g.channels[channel]
	if !known {
		return 0, false
	}
	in := c
	if c.thread() {
		if in, known = g.channels[c.Parent]; !known {
			return 0, false
		}
	}
	p := g.permissionsIn(in, guild, self)
	if c.thread() {
		// There, another permission stands for this one.
		if p &^= sendMessages; p&sendInThreads != 0 {
			p |= sendMessages
		}
	}
	return p, true
}

// permissions returns what the bot may do in a server, where its channels do
// not say otherwise. What is permitted to everyone is the role that has the
// server's ID.
func (g *guildAccess) permissions(id, self string) permission {
	p := g.roles[id]
	for _, role := range g.mine {
		p |= g.roles[role]
	}
	if p&discordgo.PermissionAdministrator != 0 || g.owner == self {
		return ^permission(0)
	}
	return p
}

// permissionsIn returns what the bot may do in a channel: first what is said
// there of everyone counts, then of roles, then of the bot.
func (g *guildAccess) permissionsIn(c channelAccess, id, self string) permission {
	p := g.permissions(id, self)
	if p == ^permission(0) {
		return p
	}
	for _, of := range [][]string{{id}, g.mine, {self}} {
		var allow, deny permission
		for _, o := range c.Overwrites {
			if slices.Contains(of, o.ID) {
				allow, deny = allow|o.Allow, deny|o.Deny
			}
		}
		p = p&^deny | allow
	}
	if p&viewChannel == 0 {
		return 0
	}
	return p
}

// setGuild learns a server. An update says nothing of its channels and members.
func (a *access) setGuild(e inGuild, self string) string {
	if a.guilds == nil {
		a.guilds = map[string]*guildAccess{}
	}
	g := a.guilds[e.ID]
	if g == nil {
		g = &guildAccess{}
		a.guilds[e.ID] = g
	}
	if e.Channels != nil {
		g.channels = map[string]channelAccess{}
	}
	g.name, g.owner, g.roles = e.Name, e.Owner, map[string]permission{}
	for _, r := range e.Roles {
		g.roles[r.ID] = r.Permissions
	}
	for _, m := range e.Members {
		if m.User.ID == self {
			g.mine = m.Roles
		}
	}
	for _, c := range slices.Concat(e.Channels, e.Threads) {
		g.channels[c.ID] = c.channelAccess
	}
	return e.ID
}

func (a *access) dropGuild(e inGuild, _ string) string {
	delete(a.guilds, e.ID)
	return e.ID
}

func (a *access) setRole(e inRoleEvent, _ string) string {
	if g := a.guilds[e.GuildID]; g != nil {
		g.roles[e.Role.ID] = e.Role.Permissions
	}
	return e.GuildID
}

func (a *access) dropRole(e inRoleEvent, _ string) string {
	if g := a.guilds[e.GuildID]; g != nil {
		delete(g.roles, e.RoleID)
	}
	return e.GuildID
}

// setMember learns the bot's own roles. Without a privileged intent Discord
// tells of nobody else.
func (a *access) setMember(e inMember, self string) string {
	if g := a.guilds[e.GuildID]; g != nil && e.User.ID == self {
		g.mine = e.Roles
	}
	return e.GuildID
}

// setChannel learns a channel. A thread that is put away is forgotten: before
// somebody writes there again, Discord tells of it again.
func (a *access) setChannel(e inChannel, self string) string {
	if e.Thread.Archived {
		return a.dropChannel(e, self)
	}
	if g := a.guilds[e.GuildID]; g != nil && g.channels != nil {
		g.channels[e.ID] = e.channelAccess
	}
	return e.GuildID
}

func (a *access) dropChannel(e inChannel, _ string) string {
	if g := a.guilds[e.GuildID]; g != nil {
		delete(g.channels, e.ID)
	}
	return e.GuildID
}

// observe learns from an event, and says in the log what the bot lacks in its
// server: once, until that changes.
func (b *Bot) observe(event string, raw json.RawMessage) {
	me := b.self.Load()
	if me == nil {
		return
	}
	l, err := b.access.learn(event, raw, me.user)
	if err != nil {
		b.log.Warn("an event on permissions could not be read", "event", event, "err", err)
	}
	if event == "GUILD_CREATE" {
		b.join(raw)
	}
	if l != nil && l.what != 0 {
		b.log.Warn("the bot lacks permissions in a server; somebody who manages it can open the link",
			"guild", l.guild, "name", l.name, "lacks", l.what.names(), "link", invitation(me.app, l.guild))
	}
}

// lacks returns which permissions the bot lacks where a request was made, as
// far as that is known.
func (b *Bot) lacks(r *request) permission {
	switch me := b.self.Load(); {
	case r.guild == "" || me == nil:
	case r.may != nil:
		return allNeeded &^ *r.may
	case r.token == "":
		if may, known := b.access.may(r.guild, r.channel, me.user); known {
			return allNeeded &^ may
		}
	}
	return 0
}

// lacksIn returns which permissions the bot lacks in a channel: all, if it knows
// no such channel.
func (b *Bot) lacksIn(guild, channel string) permission {
	me := b.self.Load()
	if me == nil {
		return 0
	}
	may, _ := b.access.may(guild, channel, me.user)
	return allNeeded &^ may
}

// without is a payload as the bot may send it in a channel, as far as that is
// known.
func (b *Bot) without(guild, channel string, p payload) payload {
	me := b.self.Load()
	if me == nil {
		return p
	}
	if may, known := b.access.may(guild, channel, me.user); known {
		p = without(p, ^may)
	}
	return p
}

// permitted is a payload as the bot may send it in reply to a request: text in
// place of embeds where it may not embed, and no pictures where it may not
// attach.
func (b *Bot) permitted(r *request, p payload) payload { return without(p, b.lacks(r)) }

// without is a payload without what takes a permission that is lacking.
func without(p payload, lacks permission) payload {
	if lacks&(embedLinks|attachFiles) != 0 {
		p = p.withoutPictures()
	}
	if lacks&embedLinks != 0 && len(p.Embeds) > 0 {
		p.Content, p.Embeds = plainText(p.Content, p.Embeds), []*discordgo.MessageEmbed{}
	}
	if lacks&readHistory != 0 {
		p.Reference = nil // a reply is refused to who cannot read what it is to
	}
	return p
}

// The codes with which Discord refuses what takes a permission.
const (
	codeMissingAccess     = discordgo.ErrCodeMissingAccess
	codeMissingPermission = discordgo.ErrCodeMissingPermissions
	codeUnreadable        = 160002 // a reply to what the bot may not read
)

// suspects are the permissions without which a message could be sent all the
// same, and the code that would tell of it.
var suspects = map[int]permission{codeMissingPermission: embedLinks | attachFiles, codeUnreadable: readHistory}

// errBarred is an answer that may not be given where it was asked for. The log
// has the particulars, and the person was told where that is possible.
var errBarred = errors.New("the bot may not write there")

// write sends a message in reply to another, as far as the bot's permissions go.
// Where they do not suffice it tells the person who asked, and returns
// errBarred.
func (b *Bot) write(ctx context.Context, r *request, p payload) error {
	lacks := b.lacks(r)
	for {
		permitted := without(p, lacks)
		_, err := b.call(ctx, mayRepeat, http.MethodPost, "channels/"+r.channel+"/messages", permitted, permitted.files...)
		refusal := code(err)
		if suspect := suspects[refusal]; suspect&^lacks != 0 && lacks&sendMessages == 0 {
			lacks |= suspect
			continue
		}
		if r.guild != "" && (refusal == codeMissingAccess || refusal == codeMissingPermission) {
			b.barred(ctx, r, lacks, refusal)
			return errBarred
		}
		return err
	}
}

// barred tells a person, in a direct message and once for a channel, why their
// question there gets no answer.
func (b *Bot) barred(ctx context.Context, r *request, lacks permission, refusal int) {
	lacks &= viewChannel | sendMessages
	switch {
	case lacks != 0:
	case refusal == codeMissingAccess:
		lacks = viewChannel
	default:
		lacks = sendMessages
	}
	told := "before"
	if !b.told.again(r.channel + "/" + r.person) {
		told = "by direct message"
		if err := b.direct(ctx, r, renderBarred(r.channel, lacks).payload()); err != nil {
			told = fmt.Sprintf("not: %v", err)
		}
	}
	b.log.Warn("the bot may not answer in a channel; somebody who manages it can permit that in its settings",
		"id", r.id, "guild", r.guild, "channel", r.channel, "lacks", lacks.names(), "told", told)
}

// renderBarred tells a person that the bot may not write in a channel.
func renderBarred(channel string, lacks permission) message {
	return say(fmt.Sprintf("You asked me something in <#%s>, but I may not answer there: I lack the permission **%s**. "+
		"Please ask somebody who manages that server to permit it in the settings of the channel. Until then, ask me here.", channel, lacks.names()))
}

// direct sends a direct message to the person who made a request.
func (b *Bot) direct(ctx context.Context, r *request, p payload) error {
	channel, err := b.directChannel(ctx, r.person)
	if err != nil {
		return err
	}
	p.Nonce, p.EnforceNonce = "d"+r.id, true
	_, err = b.call(ctx, mayRepeat, http.MethodPost, "channels/"+channel+"/messages", p, p.files...)
	return err
}

// directChannel opens the direct conversation with a person and gives its ID.
func (b *Bot) directChannel(ctx context.Context, person string) (string, error) {
	raw, err := b.call(ctx, mayRepeat, http.MethodPost, "users/@me/channels", map[string]string{"recipient_id": person})
	if err != nil {
		return "", err
	}
	var channel struct {
		ID string `json:"id"`
	}
	return channel.ID, json.Unmarshal(raw, &channel)
}
