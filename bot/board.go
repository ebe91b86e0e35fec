package bot

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/index"
	"github.com/careerbot/careerbot/store"
)

// The jobs that are held, as far as people look at them: for previews, for
// /jobs and for why.

const (
	// maxBoards is how many servers' jobs are kept indexed. Each has those of the
	// operator, too; servers with no jobs of their own share one.
	maxBoards = 8
	// boardLife is for how long an index is used if no jobs have changed: they
	// close by themselves, and what is recent is not for ever.
	boardLife = time.Hour
)

// board is the jobs that a server sees, indexed.
type board struct {
	held *alerts.Held
	jobs map[string]store.HeldJob // by their source key
	mark store.JobsMark           // of the jobs when they were read
	at   time.Time                // when that was

	// ranks ranks what is found, and is made when something first is: previews
	// need none. It has held.Jobs().
	ranks   *index.Postings
	ranking *semaphore.Weighted // one at a time makes it
}

// shelf is where the jobs of a server are kept indexed.
type shelf struct {
	using *semaphore.Weighted // one at a time makes a board, and others of the server wait for it
	board *board              // the last one; nil at first
}

// boards are the shelves, by server.
type boards struct {
	cache *lru.Cache[string, *shelf]
}

func newBoards() *boards {
	c, err := lru.New[string, *shelf](maxBoards)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &boards{c}
}

// of gives the shelf of a server.
func (bs *boards) of(guild string) *shelf {
	if old, ok := bs.cache.Get(guild); ok {
		return old
	}
	made := &shelf{using: semaphore.NewWeighted(1)}
	if old, ok, _ := bs.cache.PeekOrAdd(guild, made); ok {
		return old
	}
	return made
}

// board gives the jobs that a server sees; with no server, those of the operator.
// Only who asks for those of the same server waits until they are indexed.
func (b *Bot) board(ctx context.Context, s *store.Store, guild string) (*board, error) {
	mark, err := s.JobsMark(ctx, guild)
	if err != nil {
		return nil, b.keeping(err)
	}
	if mark.Own == 0 {
		guild = ""
	}
	shelf := b.boards.of(guild)
	if err := shelf.using.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer shelf.using.Release(1)
	if shelf.board.isOf(mark, b.now()) {
		return shelf.board, nil
	}
	// Again, since others may have made one meanwhile; and before the jobs: what
	// changes while they are read makes the next mark differ.
	if mark, err = s.JobsMark(ctx, guild); err != nil {
		return nil, b.keeping(err)
	}
	if shelf.board.isOf(mark, b.now()) {
		return shelf.board, nil
	}
	held, err := s.Jobs(ctx, guild)
	if err != nil {
		return nil, b.keeping(err)
	}
	shelf.board = newBoard(held, mark, b.now())
	return shelf.board, nil
}

// isOf reports whether a board, or none, has the jobs of a mark.
func (bd *board) isOf(mark store.JobsMark, now time.Time) bool {
	return bd != nil && bd.mark == mark && now.Sub(bd.at) < boardLife
}

// newBoard indexes jobs.
func newBoard(held []store.HeldJob, mark store.JobsMark, now time.Time) *board {
	bd := &board{jobs: map[string]store.HeldJob{}, mark: mark, at: now, ranking: semaphore.NewWeighted(1)}
	jobs := make([]alerts.Job, len(held))
	for i, h := range held {
		jobs[i], bd.jobs[h.Job.SourceKey()] = h.Job, h
	}
	bd.held = alerts.Hold(now, jobs)
	return bd
}

// postings gives what ranks the jobs.
func (bd *board) postings(ctx context.Context) (*index.Postings, error) {
	if err := bd.ranking.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer bd.ranking.Release(1)
	if bd.ranks != nil {
		return bd.ranks, nil
	}
	list := make([]index.Posting, len(bd.held.Jobs()))
	for i, j := range bd.held.Jobs() {
		list[i] = index.Posting{Title: j.Title, Company: j.Company, Text: strings.Join(append(slices.Clone(j.Places), j.Text), "\n")}
	}
	var err error
	bd.ranks, err = index.NewPostings(list)
	return bd.ranks, err
}

// halfLife is the age at which a job counts half of what it does when it is new.
// Jobs are open for some weeks.
const halfLife = 14 * 24 * time.Hour

// find gives the jobs that a query asks for, best first. Which they are is
// decided by the rules of alerts alone, so that an alert brings the same; Bleve
// says how well each fits. That, multiplied by a prior that halves with every
// halfLife of a job's age, is the order: the exponential recency prior of Li and
// Croft, "Time-based language models", CIKM 2003
// (https://doi.org/10.1145/956863.956951).
func (bd *board) find(ctx context.Context, q alerts.Query, careers func(id string) []string) ([]alerts.Job, error) {
	found := bd.held.Find(q, careers)
	if len(found) == 0 {
		return nil, nil
	}
	postings, err := bd.postings(ctx)
	if err != nil {
		return nil, err
	}
	fits, err := postings.Scores(ctx, q.Terms(careers)...)
	if err != nil {
		return nil, err
	}
	all := bd.held.Jobs()
	for _, i := range found {
		since := all[i].Posted
		if since.IsZero() {
			since = bd.jobs[all[i].SourceKey()].First
		}
		fits[i] *= math.Exp2(-max(0, bd.at.Sub(since).Hours()) / halfLife.Hours())
	}
	slices.SortStableFunc(found, func(a, b int) int { return cmp.Compare(fits[b], fits[a]) })
	jobs := make([]alerts.Job, len(found))
	for n, i := range found {
		jobs[n] = all[i]
	}
	return jobs, nil
}

// meant gives a query that finds nothing with the words that no job has spelt as
// titles spell them; ok if that finds something.
func (bd *board) meant(ctx context.Context, q alerts.Query, careers func(id string) []string) (meant alerts.Query, ok bool, err error) {
	if q.Words.IsZero() || len(bd.held.Jobs()) == 0 {
		return q, false, nil
	}
	postings, err := bd.postings(ctx)
	if err != nil {
		return q, false, err
	}
	meant = q
	meant.Words = q.Words.Respell(func(word string) string {
		if w, e := alerts.ParseWords(`"` + word + `"`); e != nil || len(bd.held.Find(alerts.Query{Words: w}, careers)) > 0 {
			return word
		}
		near, e := postings.Near(word)
		err = errors.Join(err, e)
		return cmp.Or(near, word)
	})
	return meant, err == nil && meant.Check() == nil && len(bd.held.Find(meant, careers)) > 0, err
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
		terms := feeds.Terms(src)
		list[src.JobSource()] = credit{feeds.Title(src), terms.Credit, terms.CreditURL}
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
