package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/careerbot/careerbot/store/internal/query"
)

// Settings is what the moderators of a guild have chosen. Roles and channels
// are Discord's ids.
type Settings struct {
	ModeratorRole   string   `json:"moderator_role,omitempty"`   // beside those who manage the server; empty for nobody
	MentionChannels []string `json:"mention_channels,omitempty"` // where mentions are answered; none for everywhere
	PrivateChannels []string `json:"private_channels,omitempty"` // where answers are shown to the asker alone
	NoticesChannel  string   `json:"notices_channel,omitempty"`  // for the daily queue and what has stopped working; empty for none
}

// Guild is what is known of a server of Discord's.
type Guild struct {
	ID       string
	Settings Settings
	Joined   time.Time
	Left     time.Time // zero while the bot is there
	Greeted  time.Time // zero if it was not
}

// JoinGuild notes that the bot is on a server, which may be known already.
func (s *Store) JoinGuild(ctx context.Context, guild string) error {
	return s.update(ctx, func(q *query.Queries) error {
		return q.JoinGuild(ctx, query.JoinGuildParams{ID: guild, At: millis(s.now())})
	})
}

// LeaveGuild notes that the bot is no longer on a server. Purge deletes what
// is kept of it in time.
func (s *Store) LeaveGuild(ctx context.Context, guild string) error {
	return s.update(ctx, func(q *query.Queries) error {
		_, err := q.LeaveGuild(ctx, query.LeaveGuildParams{ID: guild, At: millis(s.now())})
		return err
	})
}

// ClaimGreeting reports whether the caller is to greet a server: true for one
// caller, ever. The server must have been joined.
func (s *Store) ClaimGreeting(ctx context.Context, guild string) (bool, error) {
	return s.first(ctx, func(q *query.Queries) (int64, error) {
		return q.ClaimGreeting(ctx, query.ClaimGreetingParams{ID: guild, At: millis(s.now())})
	})
}

// ClaimNotice reports whether the caller is to tell the moderators of a server
// of their queue: ok for one caller, once since a time. The server must have been
// joined. If they could not be told, ReturnNotice takes the claim.
func (s *Store) ClaimNotice(ctx context.Context, guild string, since time.Time) (claim time.Time, ok bool, err error) {
	at := millis(s.now())
	ok, err = s.first(ctx, func(q *query.Queries) (int64, error) {
		return q.ClaimNotice(ctx, query.ClaimNoticeParams{ID: guild, At: at, Since: millis(since)})
	})
	return instant(at), ok, err
}

// ReturnNotice gives back a claim, so that the next caller of ClaimNotice has it,
// unless somebody has claimed a later notice since.
func (s *Store) ReturnNotice(ctx context.Context, guild string, claim time.Time) error {
	return s.update(ctx, func(q *query.Queries) error {
		_, err := q.ReturnNotice(ctx, query.ReturnNoticeParams{ID: guild, At: millis(claim)})
		return err
	})
}

// Guilds lists all servers, those that the bot has left included, by id.
func (s *Store) Guilds(ctx context.Context) ([]Guild, error) {
	rows, err := s.reading().Guilds(ctx)
	if err != nil {
		return nil, s.fault(err)
	}
	list := make([]Guild, len(rows))
	for i, row := range rows {
		list[i] = Guild{ID: row.ID, Joined: instant(row.JoinedAt), Left: instant(row.LeftAt), Greeted: instant(row.GreetedAt)}
		if list[i].Settings, err = parseSettings(row.ID, row.Settings); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Settings gives the settings of a guild: the zero ones if it has none.
func (s *Store) Settings(ctx context.Context, guild string) (Settings, error) {
	text, err := s.reading().GuildSettings(ctx, guild)
	if err = s.fault(err); err != nil {
		if errors.Is(err, ErrNotFound) {
			err = nil
		}
		return Settings{}, err
	}
	return parseSettings(guild, text)
}

// ChangeSettings applies change to the settings of a guild, for person, and
// gives what they are then. It calls change again if somebody else has changed
// them meanwhile.
func (s *Store) ChangeSettings(ctx context.Context, guild, person string, change func(*Settings)) (Settings, error) {
	for {
		var settings Settings
		swapped := false
		err := s.update(ctx, func(q *query.Queries) error {
			at := millis(s.now())
			old, err := q.GuildSettings(ctx, guild)
			if errors.Is(s.fault(err), ErrNotFound) {
				old = "{}"
				err = q.JoinGuild(ctx, query.JoinGuildParams{ID: guild, At: at})
			}
			if err != nil {
				return err
			}
			if settings, err = parseSettings(guild, old); err != nil {
				return err
			}
			change(&settings)
			text, err := json.Marshal(settings)
			if err != nil {
				return err
			}
			n, err := q.SwapGuildSettings(ctx, query.SwapGuildSettingsParams{ID: guild, OldSettings: old, NewSettings: string(text)})
			if err != nil || n == 0 {
				return err
			}
			swapped = true
			if err := s.audit(ctx, q, Deed{Guild: guild, Person: person, Action: "settings", Detail: string(text)}); err != nil {
				return err
			}
			return changed(ctx, q, guild)
		})
		if err != nil {
			return Settings{}, err
		}
		if swapped {
			return settings, nil
		}
	}
}

func parseSettings(guild, text string) (Settings, error) {
	var settings Settings
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		return Settings{}, fmt.Errorf("the settings of guild %s in the database make no sense: %w", guild, err)
	}
	return settings, nil
}
