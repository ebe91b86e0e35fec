package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

// How the application is installed, and what to do where that is not as it has
// to be.

// invitation is the address at which somebody who manages a server gives the
// bot all that it needs there.
func invitation(app, guild string) string {
	return "https://discord.com/oauth2/authorize?" + url.Values{
		"client_id": {app}, "scope": {"bot applications.commands"}, "permissions": {strconv.FormatUint(uint64(allNeeded), 10)},
		"guild_id": {guild}, "disable_guild_select": {"true"},
	}.Encode()
}

const (
	// inspectionPause is the time between two servers that are inspected. A bot
	// starts in all of its servers at once, and Discord counts what it refuses.
	inspectionPause = time.Second
	// maxJoined is how many servers can wait to be inspected: more than one
	// connection may have.
	maxJoined = 4096
)

// join has a server inspected, once.
func (b *Bot) join(raw json.RawMessage) {
	var guild struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &guild) != nil || b.inspected.again(guild.ID) {
		return
	}
	select {
	case b.joined <- guild.ID:
	default: // the next start has another chance
	}
}

// inspect looks at the servers that the bot is in, one after the other, until
// ctx ends.
func (b *Bot) inspect(ctx context.Context) {
	for {
		select {
		case guild := <-b.joined:
			b.inspectScope(ctx, guild)
		case <-ctx.Done():
			return
		}
		if sleep(ctx, b.inspectionPause) != nil {
			return
		}
	}
}

// inspectScope says in the log when a server has not granted the bot commands:
// Discord does not show the bot its own list there.
func (b *Bot) inspectScope(ctx context.Context, guild string) {
	me := b.self.Load()
	_, err := b.call(ctx, mayRepeat, http.MethodGet, "applications/"+me.app+"/guilds/"+guild+"/commands", nil)
	switch {
	case err == nil || ctx.Err() != nil:
	case code(err) == codeMissingAccess:
		b.log.Warn("a server does not let the bot have slash commands (the scope applications.commands is missing); somebody who manages it can open the link",
			"guild", guild, "link", invitation(me.app, guild))
	default:
		b.log.Debug("a server could not be inspected", "guild", guild, "err", err)
	}
}

// installable returns commands as Discord takes them from this application:
// those for people's own installation only if its owner allows that.
func (b *Bot) installable(ctx context.Context, app string, commands []*discordgo.ApplicationCommand) ([]*discordgo.ApplicationCommand, error) {
	raw, err := b.call(ctx, mayRepeat, http.MethodGet, "applications/@me", nil)
	if err != nil {
		return nil, fmt.Errorf("read how the application may be installed: %w", err)
	}
	var application struct {
		Ways map[string]json.RawMessage `json:"integration_types_config"`
	}
	if err := json.Unmarshal(raw, &application); err != nil {
		return nil, fmt.Errorf("read how the application may be installed: %w", err)
	}
	const byPerson = discordgo.ApplicationIntegrationUserInstall
	if _, allowed := application.Ways[strconv.Itoa(int(byPerson))]; allowed || application.Ways == nil {
		return commands, nil
	}
	b.log.Info("people cannot install the bot for themselves; to allow it, tick User Install at the link and start again",
		"link", "https://discord.com/developers/applications/"+app+"/installation")
	list := make([]*discordgo.ApplicationCommand, len(commands))
	for i, c := range commands {
		own := *c
		own.IntegrationTypes = except(c.IntegrationTypes, byPerson)
		own.Contexts = except(c.Contexts, discordgo.InteractionContextPrivateChannel)
		list[i] = &own
	}
	return list, nil
}

// except is a list without an element, or nil for none.
func except[T comparable](list *[]T, element T) *[]T {
	if list == nil {
		return nil
	}
	rest := slices.DeleteFunc(slices.Clone(*list), func(x T) bool { return x == element })
	return &rest
}
