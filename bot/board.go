package bot

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/careerbot/careerbot/alerts"
	feed "github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/store"
)

// The jobs that are held, as far as people look at them: for previews, for
// /jobs and for why.

const (
	// maxBoards is how many servers' jobs are kept indexed. Each has those of the
	// operator, too.
	maxBoards = 8
	// boardSteady is for how long an index is used without a look whether jobs
	// have changed: to index takes long.
	boardSteady = time.Minute
	// boardLife is for how long it is used if none have: what is recent is not for
	// ever, and of those that are deleted nothing is told.
	boardLife = time.Hour
)

// board is the jobs that a server sees, indexed.
type board struct {
	held    *alerts.Held
	jobs    map[string]store.HeldJob // by their source key
	credits credits
	at      time.Time // as of when they were read
	looked  time.Time // when it was last looked whether they have changed
}

// boards are the indexes, by server.
type boards struct {
	mu    sync.Mutex // one is made at a time
	cache *lru.Cache[string, *board]
}

func newBoards() *boards {
	c, err := lru.New[string, *board](maxBoards)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &boards{cache: c}
}

// board gives the jobs that a server sees; with no server, those of the operator.
func (b *Bot) board(ctx context.Context, s *store.Store, guild string) (*board, error) {
	b.boards.mu.Lock()
	defer b.boards.mu.Unlock()
	now := b.now()
	if old, ok := b.boards.cache.Get(guild); ok && now.Sub(old.at) < boardLife {
		if now.Sub(old.looked) < boardSteady {
			return old, nil
		}
		changed, err := s.ChangedJobs(ctx, guild, old.at.Add(-time.Second))
		if err != nil {
			return nil, b.keeping(err)
		}
		if len(changed) == 0 {
			old.looked = now
			return old, nil
		}
	}
	held, err := s.Jobs(ctx, guild)
	if err != nil {
		return nil, b.keeping(err)
	}
	from, err := creditsOf(ctx, s, guild)
	if err != nil {
		return nil, b.keeping(err)
	}
	bd := &board{jobs: map[string]store.HeldJob{}, credits: from, at: now, looked: now}
	jobs := make([]alerts.Job, len(held))
	for i, h := range held {
		jobs[i], bd.jobs[h.Job.SourceKey()] = h.Job, h
	}
	bd.held = alerts.Hold(now, jobs)
	b.boards.cache.Add(guild, bd)
	return bd, nil
}

// terms gives what a career is called in a server, for matching.
func (b *Bot) terms(guild, id string) []string { return b.cfg.Answerer().Terms(guild, id) }

// names is terms for one server.
func (b *Bot) names(guild string) func(id string) []string {
	return func(id string) []string { return b.terms(guild, id) }
}

// credits tell where jobs come from, by what a job calls its source.
type credits map[string]credit

// credit is what is said of a source beside a job of its.
type credit struct {
	name string // of the source
	line string // what its owner wants to be shown; empty if nothing
	url  string // where that leads
}

// creditsOf reads the sources that a server sees.
func creditsOf(ctx context.Context, s *store.Store, guild string) (credits, error) {
	all, err := s.Sources(ctx, "")
	if err != nil {
		return nil, err
	}
	if guild != "" {
		own, err := s.Sources(ctx, guild)
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	list := credits{}
	for _, src := range all {
		terms := feed.Source{Kind: src.Kind, URL: src.URL}.Terms()
		list[src.JobSource()] = credit{cmp.Or(src.Name, hostOf(src.URL)), terms.Credit, terms.CreditURL}
	}
	return list, nil
}

// hostOf is the host of an address without "www.".
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}
