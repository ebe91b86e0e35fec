package bot

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

// A source that is read no more is told of to the moderators of the server whose
// it is, once, with the reason; one of the operator's stands in the log alone.
func TestDisabledSourceIsToldOf(t *testing.T) {
	l := stock(t, setting{})
	meera := l.moderator(l.guild)
	mods := l.guild.Channel("mods")
	l.slash(meera, l.general, "config notices", discordsim.Opts{"channel": mods})
	for guild, name := range map[string]string{l.guild.ID: "Acme @everyone", "": "Globex"} {
		src, err := l.kept.AddSource(l.ctx, store.Source{Guild: guild, Kind: "feed", URL: "https://jobs.example/" + guild + ".rss?key=secret", Name: name})
		l.must(err)
		_, err = l.kept.SaveFetched(l.ctx, src.ID, store.FetchResult{Fetched: store.Fetched{Disabled: "The server says that this is gone for good."}})
		l.must(err)
	}
	for range 2 {
		l.must(l.bot.noticeDisabled(l.ctx, l.kept))
	}
	l.slash(meera, l.general, "status", nil) // what was begun before is done
	m, err := meera.Await(l.ctx, mods, func(m discordsim.Message) bool { return strings.Contains(m.Text(), "read the jobs of") })
	l.must(err)
	wants(t, m.Text(), "Acme", "no more", "this is gone for good", "/sources add")
	if !m.Pings.None() {
		t.Error("it pings somebody")
	}
	l.end()
	if n := len(meera.Read(mods)); n != 1 {
		t.Errorf("moderators are told of %d things", n)
	}
	log := l.log.String()
	if n := strings.Count(log, "a source of jobs is read no more"); n != 2 {
		t.Errorf("%d sources are in the log:\n%s", n, log)
	}
	if strings.Contains(log, "secret") {
		t.Error("the log has what is in the address")
	}
	wants(t, renderSources([]store.Source{{Kind: "feed", URL: "https://jobs.example/a?key=hidden", Fetched: store.Fetched{Disabled: "It is gone."}}}, 0).Embeds[0].Description,
		"jobs.example/a", "read no more", "It is gone")
}

// A source that waits for the quota of its key says so, to moderators and to
// whoever wonders why their alert is silent.
func TestWaitingSourceIsToldOf(t *testing.T) {
	t.Parallel()
	list := []store.Source{{Kind: "adzuna", URL: "https://api.adzuna.com/v1/api/jobs/gb/search/1?what=baker", Fetched: store.Fetched{
		State: `{"waits":"what its owner allows is used up, 250 requests a day"}`, Next: time.Unix(1_800_000_000, 0),
	}}}
	wants(t, renderSources(list, 0).Embeds[0].Description, "next <t:1800000000:R>", "> It waits: what its owner allows is used up, 250 requests a day.")
	wants(t, sourcesOf(list), "waits until <t:1800000000:f>: what its owner allows is used up, 250 requests a day")
}

// Work in the background that ends by itself is begun again, and leaves the bot
// as it was; it ends with the bot, before the database is closed. Moderators are
// told that it stands still, and when it lasts again, once each.
func TestFaultWorkEnds(t *testing.T) {
	var begun atomic.Int32
	chosen, ended := make(chan struct{}), make(chan error, 1)
	l := stock(t, setting{
		bot: func(b *Bot) { b.steady = time.Millisecond },
		cfg: func(c *Config) {
			c.Work = func(ctx context.Context, s *store.Store) error {
				<-chosen
				if begun.Add(1) == 1 {
					return errors.New("the queue is broken")
				}
				<-ctx.Done()
				_, err := s.AllSources(context.WithoutCancel(ctx))
				ended <- err
				return err
			}
		},
	})
	meera := l.moderator(l.guild)
	mods := l.guild.Channel("mods")
	l.slash(meera, l.general, "config notices", discordsim.Opts{"channel": mods})
	close(chosen)
	l.logged("job alerts stand still, and are tried again")
	l.logged("job alerts work again")
	for _, want := range []string{workBroken, workMended} {
		m, err := meera.Await(l.ctx, mods, func(m discordsim.Message) bool { return m.Content == want })
		l.must(err)
		if !m.Pings.None() {
			t.Error("it pings somebody")
		}
	}
	wants(t, l.ask(l.asha, "what does a back-end developer earn on average?").Text(), "₹4,86,091")
	l.end()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := len(meera.Read(mods)); n != 2 {
		t.Errorf("moderators are told of %d things", n)
	}
}

// A token that Discord does not accept ends the work for good.
func TestFaultWorkIsRefused(t *testing.T) {
	var begun atomic.Int32
	l := stock(t, setting{cfg: func(c *Config) {
		c.Work = func(context.Context, *store.Store) error {
			begun.Add(1)
			return store.ErrUnauthorized
		}
	}})
	l.logged("job alerts have ended")
	l.end()
	if n := begun.Load(); n != 1 {
		t.Errorf("begun %d times", n)
	}
}
