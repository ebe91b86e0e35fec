package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/careerbot/careerbot/store"
)

// What the bot keeps: the work of moderators, settings, votes, questions without
// an answer. It answers from what it has loaded when the database is gone, and
// says what does not work then.

const (
	// pollEvery is how often other processes' changes are looked for.
	pollEvery = time.Second
	// openAgainAfter is how long the bot waits before it tries to open a database
	// again, at first and at most.
	openAgainAfter = time.Second
	openAgainMost  = time.Minute
	// claimEvery is how often those are looked for who wait for an answer and were
	// not told when it was published.
	claimEvery = 10 * time.Second
	// openingTime is how long it may take to open a database, before what needs it
	// is refused.
	openingTime = 5 * time.Second
	// countEvery is how often the numbers of questions are kept, at the end once
	// more within countingTime; what was counted since is lost if the program is
	// killed.
	countEvery   = 10 * time.Second
	countingTime = 5 * time.Second
	// purgeEvery is how often what was kept for long enough is deleted.
	purgeEvery = time.Hour
)

// kept is the database and what has been loaded from it.
type kept struct {
	tried    chan struct{} // closed once it was tried to open it
	mu       sync.RWMutex
	store    *store.Store // nil while it has not been opened
	fault    error        // why it cannot be used now; nil if it can
	settings map[string]store.Settings
	loaded   time.Time // when entries were last loaded
}

// opened gives the database, or a refusal that says that nothing is kept now.
// At the start it waits until it is known which.
func (k *kept) opened() (*store.Store, error) {
	timer := time.NewTimer(openingTime)
	defer timer.Stop()
	select {
	case <-k.tried:
	case <-timer.C:
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.store == nil {
		return nil, errOff
	}
	return k.store, nil
}

// now gives the database if it is open and works, else nil. It waits for nothing.
func (k *kept) now() *store.Store {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.fault != nil {
		return nil
	}
	return k.store
}

// errOff is said when nothing can be kept.
const errOff = refusal("I cannot save anything right now, since my database does not work. Nothing of what you did is lost from it. Whoever runs me can read in the log what to do; /kb status tells when it works again.")

// of gives the settings of a server.
func (k *kept) of(guild string) store.Settings {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.settings[guild]
}

// set notes the settings of a server.
func (k *kept) set(guild string, s store.Settings) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.settings[guild] = s
}

// all gives the settings of all servers.
func (k *kept) all() map[string]store.Settings {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return maps.Clone(k.settings)
}

// fails notes whether the database works, and reports whether that is new.
func (k *kept) fails(err error) (changed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	changed = (err == nil) != (k.fault == nil)
	k.fault = err
	return changed
}

// faulty are the errors that mean that the database does not work, and not that
// something was asked of it that cannot be.
var faulty = []error{store.ErrUnavailable, store.ErrFull, store.ErrReadOnly, store.ErrCorrupt, store.ErrNewer}

// keeping makes of an error of the store one that a person can be shown.
func (b *Bot) keeping(err error) error {
	if slices.ContainsFunc(faulty, func(f error) bool { return errors.Is(err, f) }) {
		if b.kept.fails(err) {
			b.log.Error("the database does not work: the bot answers from what it has loaded", "err", err)
			b.noticeAll(databaseBroken)
		}
		return errOff
	}
	return err
}

// gone makes a refusal of an error that says that something is not there.
func gone(err error, what string) error {
	if errors.Is(err, store.ErrNotFound) {
		return refusal(what)
	}
	return err
}

// keep opens the database, again and again if it has to, loads what is in it,
// and follows what others change there, until ctx ends. The work on it begins
// nothing more once working has ended, which is before.
func (b *Bot) keep(ctx, working context.Context) {
	if b.cfg.Open == nil {
		close(b.kept.tried)
		return
	}
	s, ok := b.openStore(ctx)
	if !ok {
		return
	}
	defer s.Close()
	defer b.keepLastCounts(ctx, s)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { b.work(working, s) })
	var newest int64
	var claimed, counted, purged, looked, noticed, told time.Time
	for {
		seq, err := b.follow(ctx, s, newest)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			b.keeping(err) //nolint:errcheck // it is noted there, and tried again
		default:
			newest = seq
			if b.kept.fails(nil) {
				b.log.Info("the database works again")
				b.noticeAll(databaseMended)
			}
			if err := b.noticeChannels(ctx, s); err != nil {
				b.keeping(err) //nolint:errcheck // it is noted there, and tried again
			}
		}
		if time.Since(claimed) > claimEvery && err == nil {
			claimed = time.Now()
			b.tellRest(ctx, s)
		}
		if time.Since(counted) > countEvery && err == nil {
			counted = time.Now()
			if err := b.keepCounts(ctx, s); err != nil {
				b.keeping(err) //nolint:errcheck // it is noted there, and tried again
			}
		}
		if time.Since(purged) > purgeEvery && err == nil {
			purged = time.Now()
			b.purge(ctx, s)
		}
		if due := lastNotice(b.now()); time.Since(looked) > b.noticesEvery && (due.After(noticed) || b.untold.Load()) && err == nil && b.self.Load() != nil {
			looked = time.Now()
			b.untold.Store(false)
			if err := b.noticeQueues(ctx, s, due); err != nil {
				b.keeping(err) //nolint:errcheck // it is noted there, and tried again
			} else {
				noticed = due
			}
		}
		if time.Since(told) > noticesEvery && err == nil {
			told = time.Now()
			if err := b.noticeDisabled(ctx, s); err != nil {
				b.keeping(err) //nolint:errcheck // it is noted there, and tried again
			}
		}
		if sleep(ctx, pollEvery) != nil {
			return
		}
	}
}

// What is said when the work in the background has ended by itself, and once it
// lasts again.
const (
	workBroken = "Job alerts stand still: something is wrong with what reads and sends them. I try again until it works; nothing is lost meanwhile. Whoever runs me can read in the log what to do."
	workMended = "Job alerts work again. What was due meanwhile is sent now, once."
)

// work does the work on the database until ctx ends. Whatever becomes of it, the
// bot goes on.
func (b *Bot) work(ctx context.Context, s *store.Store) {
	if b.cfg.Work == nil {
		return
	}
	told := false
	for wait := openAgainAfter; ; wait = min(2*wait, openAgainMost) {
		ended := make(chan error, 1)
		go func() { ended <- b.cfg.Work(ctx, s) }()
		timer := time.NewTimer(b.steady)
		var err error
		select {
		case err = <-ended:
		case <-timer.C: // it lasts
			if told {
				told = false
				b.log.Info("job alerts work again")
				b.noticeAll(workMended)
			}
			wait = openAgainAfter
			err = <-ended
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, store.ErrUnauthorized) {
			b.log.Error("job alerts have ended", "err", err)
			return
		}
		b.log.Error("job alerts stand still, and are tried again", "after", wait, "err", err)
		if !told {
			told = true
			b.noticeAll(workBroken)
		}
		if sleep(ctx, wait) != nil {
			return
		}
	}
}

// openStore opens the database, however often that takes, and loads from it; ok
// unless ctx ends before.
func (b *Bot) openStore(ctx context.Context) (*store.Store, bool) {
	tried := sync.OnceFunc(func() { close(b.kept.tried) })
	defer tried()
	for wait := openAgainAfter; ; wait = min(2*wait, openAgainMost) {
		s, err := b.cfg.Open(ctx)
		if err == nil {
			if err = b.load(ctx, s); err == nil {
				b.kept.mu.Lock()
				b.kept.store = s
				b.kept.fault = nil
				b.kept.mu.Unlock()
				b.log.Info("the database is open")
				b.settle()
				return s, true
			}
			s.Close()
		}
		if b.kept.fails(err) {
			b.log.Error("the database cannot be opened: the bot answers from the articles alone, and tries again", "err", err)
		}
		tried()
		if sleep(ctx, wait) != nil {
			return nil, false
		}
	}
}

// load loads the entries and settings of all servers.
func (b *Bot) load(ctx context.Context, s *store.Store) error {
	b.reloading.Lock()
	defer b.reloading.Unlock()
	guilds, err := s.Guilds(ctx)
	if err != nil {
		return err
	}
	entries, err := s.AllEntries(ctx)
	if err != nil {
		return err
	}
	settings := map[string]store.Settings{}
	for _, g := range guilds {
		settings[g.ID] = g.Settings
	}
	for guild, list := range entries {
		if err := b.cfg.Answerer().Overlay(guild, list); err != nil {
			return fmt.Errorf("the entries of server %s: %w", guild, err)
		}
	}
	b.kept.mu.Lock()
	defer b.kept.mu.Unlock()
	for guild := range b.kept.settings {
		if _, has := entries[guild]; !has {
			if err := b.cfg.Answerer().Overlay(guild, nil); err != nil {
				return err
			}
		}
	}
	b.kept.settings, b.kept.loaded = settings, time.Now()
	return nil
}

// follow loads what has changed since seq, by whatever process, and returns
// where to go on.
func (b *Bot) follow(ctx context.Context, s *store.Store, seq int64) (int64, error) {
	guilds, newest, err := s.Changes(ctx, seq)
	if err != nil {
		return seq, err
	}
	for _, guild := range guilds {
		if err := b.reload(ctx, s, guild); err != nil {
			return seq, err
		}
	}
	return newest, nil
}

// reload loads the entries and settings of a server, which are in the very next
// answer there.
func (b *Bot) reload(ctx context.Context, s *store.Store, guild string) error {
	// One after the other, so that what was read first is not laid over what was
	// read later.
	b.reloading.Lock()
	defer b.reloading.Unlock()
	entries, err := s.Entries(ctx, guild)
	if err != nil {
		return err
	}
	settings, err := s.Settings(ctx, guild)
	if err != nil {
		return err
	}
	if err := b.cfg.Answerer().Overlay(guild, entries); err != nil {
		return err
	}
	b.kept.set(guild, settings)
	return nil
}

// purge deletes what has been kept for long enough.
func (b *Bot) purge(ctx context.Context, s *store.Store) {
	p, err := s.Purge(ctx, b.cfg.Keep)
	if err != nil {
		b.keeping(err) //nolint:errcheck // it is noted there, and tried again
		return
	}
	if p != (store.Purged{}) {
		b.log.Info("deleted what was kept for long enough", "guilds", p.Guilds, "questions", p.Questions, "tallies", p.Tallies, "drafts", p.Drafts, "proposals", p.Proposals, "told", p.Told, "jobs", p.Jobs, "past", p.Past, "hits", p.Hits)
	}
	if p.Guilds > 0 { // a server that adds the bot again begins anew
		if err := b.load(ctx, s); err != nil {
			b.keeping(err) //nolint:errcheck // it is noted there, and read anew at the next start
		}
	}
}
