package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/store"
)

// What the bot says when it joins a server: what it can do, once, in one channel
// where it may speak.

// servers are those that the bot is in, as far as Discord has told. The first
// word of any other is that the bot has joined it.
type servers struct {
	mu    sync.Mutex
	known map[string]bool
}

// add notes a server and reports whether it is new.
func (s *servers) add(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]bool{}
	}
	fresh := !s.known[id]
	s.known[id] = true
	return fresh
}

// all lists the servers.
func (s *servers) all() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.known)
}

// drop forgets a server that the bot has left.
func (s *servers) drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, id)
}

// joinedGuild is a server as GUILD_CREATE tells of it.
type joinedGuild struct {
	ID       string          `json:"id"`
	System   string          `json:"system_channel_id"` // where the server has such messages
	Joined   time.Time       `json:"joined_at"`         // when the bot did
	Channels []joinedChannel `json:"channels"`
}

// joinedChannel is a channel of it.
type joinedChannel struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	Position int    `json:"position"`
}

// typeText is the type of a text channel.
const typeText = 0

// lately is how long ago a server may have been joined, while the bot was not
// running, and still be greeted.
const lately = 24 * time.Hour

// onGuild greets a server that the bot has joined, now or while it was not
// running.
func (b *Bot) onGuild(raw json.RawMessage) error {
	var g joinedGuild
	if err := json.Unmarshal(raw, &g); err != nil {
		return err
	}
	now := b.servers.add(g.ID)
	b.begin(func() {
		ctx, cancel := context.WithTimeout(b.working, handlerTime)
		defer cancel()
		first := b.keepJoined(ctx, g.ID)
		if now || first && time.Since(g.Joined) < lately {
			b.greet(ctx, g)
		}
	})
	return nil
}

// keepJoined keeps that the bot is in a server, and reports whether it was never
// greeted before, as far as that is known.
func (b *Bot) keepJoined(ctx context.Context, guild string) bool {
	s, err := b.kept.opened()
	if err != nil {
		return false
	}
	if err = s.JoinGuild(ctx, guild); err == nil {
		var first bool
		if first, err = s.ClaimGreeting(ctx, guild); err == nil {
			return first
		}
	}
	b.log.Warn("that the bot is in a server could not be kept", "guild", guild, "err", b.keeping(err))
	return false
}

// greet introduces the bot in a server, where it may speak.
func (b *Bot) greet(ctx context.Context, g joinedGuild) {
	b.log.Info("joined a server", "guild", g.ID)
	channel := b.greetingPlace(g)
	if channel == "" {
		b.log.Info("there is no channel where a server can be greeted", "guild", g.ID)
		return
	}
	p := renderGreeting(b.careersKnown(g.ID)).payload()
	p.Nonce, p.EnforceNonce = "g"+g.ID, true
	if _, err := b.call(ctx, mayRepeat, http.MethodPost, "channels/"+channel+"/messages", p); err != nil {
		b.log.Warn("a server could not be greeted", "guild", g.ID, "channel", channel, "err", err)
	}
}

// onGuildGone forgets a server, unless Discord only cannot reach it now.
func (b *Bot) onGuildGone(raw json.RawMessage) error {
	var g struct {
		ID          string `json:"id"`
		Unavailable bool   `json:"unavailable"`
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return err
	}
	if !g.Unavailable {
		b.servers.drop(g.ID)
		b.keepLeft(g.ID)
		b.log.Info("left a server", "guild", g.ID)
	}
	return nil
}

// settle keeps which servers the bot is in, as Discord told when it connected.
// It does nothing until the database is open and Discord has told.
func (b *Bot) settle() {
	b.begin(func() {
		s, err := b.kept.opened()
		if err != nil || b.self.Load() == nil {
			return
		}
		if err := b.keepGuilds(b.working, s); err != nil {
			b.log.Warn("which servers the bot is in could not be kept", "err", b.keeping(err))
		}
	})
}

func (b *Bot) keepGuilds(ctx context.Context, s *store.Store) error {
	guilds, err := s.Guilds(ctx)
	if err != nil {
		return err
	}
	in := b.servers.all()
	for _, g := range guilds {
		if _, still := in[g.ID]; !still && g.Left.IsZero() {
			if err := s.LeaveGuild(ctx, g.ID); err != nil {
				return err
			}
		} else if still && g.Left.IsZero() {
			delete(in, g.ID)
		}
	}
	for id := range in {
		if err := s.JoinGuild(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// keepLeft keeps that the bot is no longer in a server, if anything is kept now;
// settle makes up for what was not.
func (b *Bot) keepLeft(guild string) {
	b.begin(func() {
		s, err := b.kept.opened()
		if err != nil {
			return
		}
		if err := s.LeaveGuild(b.working, guild); err != nil {
			b.log.Warn("that the bot left a server could not be kept", "guild", guild, "err", b.keeping(err))
			return
		}
		b.log.Debug("that the bot left a server is kept", "guild", guild)
	})
}

// greetingPlace is the channel where a server is greeted: the one that it has
// for such messages, else the first, of those where the bot may speak. It is
// empty if there is none.
func (b *Bot) greetingPlace(g joinedGuild) string {
	me := b.self.Load()
	if me == nil {
		return ""
	}
	slices.SortFunc(g.Channels, func(x, y joinedChannel) int {
		return cmp.Or(cmp.Compare(rank(x, g), rank(y, g)), cmp.Compare(x.Position, y.Position), cmp.Compare(x.ID, y.ID))
	})
	const speak = viewChannel | sendMessages | embedLinks
	for _, c := range g.Channels {
		if may, known := b.access.may(g.ID, c.ID, me.user); c.Type == typeText && known && may&speak == speak {
			return c.ID
		}
	}
	return ""
}

// rank puts the channel for such messages first.
func rank(c joinedChannel, g joinedGuild) int {
	if c.ID == g.System {
		return 0
	}
	return 1
}

// renderGreeting introduces the bot.
func renderGreeting(careers string) message {
	return message{Embeds: []*discordgo.MessageEmbed{{
		Title: "Hello! Ask me about careers", Color: aboutColour,
		Description: promise + "\n\n" +
			"**Try** `/ask` with a question in your own words, or mention me with one. `/career` looks a career up, and `/help` tells the rest.\n" +
			fmt.Sprintf("**I know about** %s.", cmp.Or(escape(careers, maxFieldText), "no career yet")),
	}}}
}
