package source

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/fetch"
)

// Source is a feed that is read, as it is kept.
type Source struct {
	ID       string        // becomes the Source of its jobs
	Kind     string        // a name of [Kinds]
	URL      string        // as [Recognise] gives it
	Name     string        // what it is called here; the company, where a feed is one company's. May be empty
	Interval time.Duration // between two fetches, if longer than the terms want
	State
}

// State is what is learnt about a source when it is fetched, and kept until the
// next time. It is the zero State for a source that is new or has another URL.
type State struct {
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	Hash         string    `json:"hash,omitempty"`   // SHA-256 of the body, in hex
	Cursor       string    `json:"cursor,omitempty"` // of a sitemap: the page that was read last
	Rung         int       `json:"rung,omitempty"`   // what its jobs are known by
	Marks        []mark    `json:"marks,omitempty"`  // what some of them were known by
	Seeded       time.Time `json:"seeded,omitzero"`  // since when jobs that appear in it are new; until then they were there before us
	Worked       time.Time `json:"worked,omitzero"`  // when it was last fetched without a fault
	Next         time.Time `json:"next,omitzero"`    // when to fetch it again
	Failures     int       `json:"failures,omitempty"`
	Failing      time.Time `json:"failing,omitzero"`   // since when
	Fault        string    `json:"fault,omitempty"`    // of the last fetch, for people
	Disabled     string    `json:"disabled,omitempty"` // why it is fetched no more, for people
}

// Result is what one fetch brings.
type Result struct {
	Jobs  []alerts.Job // clean, each with an ID of its own
	State State        // to be kept in place of the one before
	// Baseline: the jobs were there before the source was added. They are kept
	// and can be found, but nobody is told of them.
	Baseline bool
	// Unchanged: the feed is as it was, and so are its jobs. There are none in
	// Jobs.
	Unchanged bool
	// Whole: the jobs are all that are open there. One that was there and is
	// not among them is closed.
	Whole   bool
	Skipped []Skipped
	Err     error // for people: what is wrong and what to do. Nothing in it is secret
}

// Skipped is a posting or a page that was left out.
type Skipped struct {
	What string // the title of the posting, or the address of the page
	Why  string
}

// Config is how to fetch.
type Config struct {
	Client *fetch.Client
	Keys   Keys
	Now    func() time.Time
	Pause  time.Duration // between two pages of a site, unless it wants more; 1 s if 0
}

// Fetcher fetches sources. It is safe for concurrent use and keeps nothing.
type Fetcher struct {
	client *fetch.Client
	keys   Keys
	now    func() time.Time
	pause  time.Duration
}

// New returns a fetcher.
func New(cfg Config) *Fetcher {
	now := cfg.Now
	if now == nil {
		now = time.Now
	}
	return &Fetcher{cfg.Client, cfg.Keys, now, cmp.Or(cfg.Pause, time.Second)}
}

const (
	firstRetry   = 5 * time.Minute
	longestWait  = 24 * time.Hour // whatever a server asks for, or after however many failures
	mostFailures = 11             // the last some two days and a half after the first
	mostJobs     = 5000           // of one fetch
	roundPages   = 50             // that are read of a sitemap in one fetch
	roundMaps    = 5              // sitemaps that are read of an index
	roundTime    = 3 * time.Minute
	longestPause = 30 * time.Second // that a site may ask for between two pages
)

// Fault is a mistake of the program that a feed brought to light.
type Fault struct {
	Value any
	Stack []byte // for the log
}

func (f *Fault) Error() string {
	return "the program made a mistake in reading this: tell whoever runs it"
}

// Fetch fetches a source once, whether or not it is due, and says what is to be
// kept. It never panics, and takes a bounded time. If the context ends, nothing
// is held against the source.
func (f *Fetcher) Fetch(ctx context.Context, src Source) (res Result) {
	now := f.now().UTC().Truncate(time.Second)
	defer func() {
		if p := recover(); p != nil {
			res = f.failed(src, now, &Fault{p, debug.Stack()})
		}
	}()
	res, err := f.fetch(ctx, src, now)
	if err != nil {
		if ctx.Err() != nil {
			return Result{State: src.State, Err: ctx.Err()}
		}
		return f.failed(src, now, err)
	}
	return res
}

func (f *Fetcher) fetch(ctx context.Context, src Source, now time.Time) (Result, error) {
	kind, known := KindOf(src.Kind)
	if !known {
		return Result{}, fmt.Errorf("there is no kind of feed %q", src.Kind)
	}
	u, err := url.Parse(src.URL)
	if err != nil {
		return Result{}, fetch.ErrAddress
	}
	var rules robots
	if kind.crawls {
		if rules, err = f.robots(ctx, u); err != nil {
			return Result{}, err
		}
		if !rules.allows(u.RequestURI()) {
			return Result{}, errRobots
		}
	}
	header := http.Header{}
	if src.ETag != "" {
		header.Set("If-None-Match", src.ETag)
	}
	if src.LastModified != "" {
		header.Set("If-Modified-Since", src.LastModified)
	}
	resp, err := f.get(ctx, kind, src.URL, header)
	if err != nil {
		return Result{}, err
	}
	state := src.State
	state.Worked, state.Failures, state.Failing, state.Fault, state.Disabled = now, 0, time.Time{}, "", ""
	state.Next = f.next(now, max(kind.TermsOf(src.URL).Interval, src.Interval), min(resp.Fresh(now), longestWait))
	hash := sha256.Sum256(resp.Body)
	if resp.Status == http.StatusNotModified || hex.EncodeToString(hash[:]) == src.Hash {
		return Result{State: state, Unchanged: true}, nil
	}
	state.ETag, state.LastModified, state.Hash = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified"), hex.EncodeToString(hash[:])
	l, err := kind.read(document{u, src.Name, resp.Header.Get("Content-Type"), resp.Body})
	if err != nil {
		return Result{}, err
	}
	if l.ttl > 0 {
		state.Next = f.next(now, state.Next.Sub(now), min(l.ttl, longestWait))
	}
	res := Result{Baseline: src.Seeded.IsZero(), Whole: kind.whole && len(l.skipped) == 0, Skipped: l.skipped}
	all := true // nothing is left for another time
	if len(l.pages)+len(l.maps) > 0 {
		var c crawl
		if c, err = f.crawl(ctx, kind, src, rules, l); err != nil {
			return Result{}, err
		}
		l.jobs, res.Skipped, state.Cursor, all = c.jobs, append(res.Skipped, c.skipped...), c.cursor, c.done
	}
	delay := kind.TermsOf(src.URL).Delay
	l.jobs = slices.DeleteFunc(l.jobs, func(j alerts.Job) bool {
		early := delay > 0 && j.Posted.After(now.Add(-delay))
		all = all && !early
		return early
	})
	if all {
		state.Seeded = cmp.Or(src.Seeded, now)
	} else {
		// The rest must come with the next fetch, though nothing will have
		// changed until then.
		state.ETag, state.LastModified, state.Hash = "", "", ""
		res.Whole = false
		if delay > 0 {
			state.Seeded = cmp.Or(src.Seeded, now)
		}
	}
	l.jobs, state.Rung, state.Marks = identify(l.jobs, src.Rung, src.Marks)
	for _, j := range l.jobs {
		j, err := f.finish(j, src, now)
		switch {
		case err != nil:
			res.Skipped = append(res.Skipped, Skipped{cmp.Or(j.Title, Redact(j.Apply)), err.Error()})
			res.Whole = false
		case len(res.Jobs) == mostJobs:
			res.Whole = false
		default:
			res.Jobs = append(res.Jobs, j)
		}
	}
	res.State = state
	return res, nil
}

// finish fills in what follows from the rest.
func (f *Fetcher) finish(j alerts.Job, src Source, now time.Time) (alerts.Job, error) {
	j.Source = src.ID
	if j.Level == "" {
		j.Level = alerts.ParseLevel(j.Title)
	}
	if j.Remote == alerts.RemoteUnknown && titleRemote.MatchString(j.Title) {
		j.Remote = alerts.RemoteYes
	}
	clean, err := j.Clean(now)
	if err != nil {
		return j, err
	}
	// Without a date it is as old as our knowledge of it. Who keeps it keeps
	// the first.
	clean.Posted = cmp.Or(clean.Posted, now)
	return clean, nil
}

// titleRemote finds what is added to a title, and not "Remote Sensing".
var titleRemote = regexp.MustCompile(`(?i)[(\[,:/|–-]\s*(?:\d+ ?% ?|fully )?remote\s*(?:$|[)\],:/|–-])|^\s*\[?remote\]?\s*[:|–-]`)

// get fetches a file of a kind.
func (f *Fetcher) get(ctx context.Context, kind Kind, address string, header http.Header) (*fetch.Response, error) {
	if kind.sign != nil {
		signed, err := kind.sign(address, f.keys)
		if err != nil {
			return nil, err
		}
		address = signed
	}
	resp, err := f.client.Get(ctx, address, kind.most, header)
	if status, ok := errors.AsType[*fetch.StatusError](err); ok && kind.sign != nil && (status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden) {
		return nil, fmt.Errorf("%s does not accept the ID and the key that the operator has set: see whether they are right", kind.Title)
	}
	return resp, err
}

// next is when to fetch again: after the longest of the waits and up to a tenth
// more, so that sources do not all come at once.
func (f *Fetcher) next(now time.Time, waits ...time.Duration) time.Time {
	wait := slices.Max(waits)
	return now.Add(wait + rand.N(wait/10+1)).Truncate(time.Second)
}

// failed is the result of a fetch that went wrong.
func (f *Fetcher) failed(src Source, now time.Time, err error) Result {
	state := src.State
	state.Failures++
	state.Failing = cmp.Or(state.Failing, now)
	state.Fault = err.Error()
	wait := firstRetry << min(state.Failures-1, 20)
	status, answered := errors.AsType[*fetch.StatusError](err)
	if answered {
		wait = max(wait, fetch.RetryAfter(status.Header, now))
	}
	state.Next = f.next(now, min(wait, longestWait))
	switch {
	case answered && status.Status == http.StatusGone:
		state.Disabled = "The server says that this is gone for good."
	case state.Failures >= mostFailures:
		state.Disabled = fmt.Sprintf("It has failed %d times since %s, the last time because %s", state.Failures, state.Failing.Format("2 January 2006"), state.Fault)
	}
	return Result{State: state, Err: err}
}

var errRobots = errors.New("the site does not allow programs to read this (robots.txt): ask its owner for a feed")

// robots fetches the rules of a site. A site without rules allows all; one that
// cannot say its rules allows nothing.
func (f *Fetcher) robots(ctx context.Context, u *url.URL) (robots, error) {
	at := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	resp, err := f.client.Get(ctx, at.String(), mostRobots, nil)
	if status, ok := errors.AsType[*fetch.StatusError](err); ok && status.Status >= 400 && status.Status < 500 && status.Status != http.StatusTooManyRequests {
		return robots{}, nil
	}
	if errors.Is(err, fetch.ErrTooLarge) {
		return robots{}, fmt.Errorf("robots.txt of the site cannot be read: %w", err)
	}
	if err != nil {
		return robots{}, err
	}
	return readRobots(resp.Body), nil
}

// crawl is what a round through a sitemap brings.
type crawl struct {
	jobs    []alerts.Job
	skipped []Skipped
	cursor  string
	done    bool // no page is left
}

// crawl reads pages of a sitemap, from where the last round ended, slowly, and
// so many at most.
func (f *Fetcher) crawl(ctx context.Context, kind Kind, src Source, rules robots, l list) (crawl, error) {
	c := crawl{cursor: src.Cursor}
	round, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	wait := max(f.pause, min(rules.delay, longestPause))
	base, err := url.Parse(src.URL)
	if err != nil {
		return c, fetch.ErrAddress
	}
	visit := func(p page) (list, error) {
		u, err := url.Parse(p.address)
		if err != nil || u.Host != base.Host {
			return list{}, errors.New("it lies on another site than the sitemap")
		}
		if !rules.allows(u.RequestURI()) {
			return list{}, errRobots
		}
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-round.Done():
			return list{}, round.Err()
		case <-timer.C:
		}
		resp, err := f.get(round, kind, p.address, nil)
		if err != nil {
			return list{}, err
		}
		return kind.read(document{u, src.Name, resp.Header.Get("Content-Type"), resp.Body})
	}
	pages := l.pages
	for i, m := range likely(l.maps) {
		if i == roundMaps {
			break
		}
		more, err := visit(m)
		if round.Err() != nil {
			return c, cmp.Or(ctx.Err(), fetch.ErrTooSlow)
		}
		if err != nil {
			c.skipped = append(c.skipped, Skipped{Redact(m.address), err.Error()})
			continue
		}
		pages = append(pages, more.pages...)
		c.jobs = append(c.jobs, more.jobs...)
	}
	pages = likely(pages)
	slices.SortFunc(pages, func(a, b page) int { return cmp.Compare(a.place(), b.place()) })
	pages = slices.Compact(pages)
	dated := !slices.ContainsFunc(pages, func(p page) bool { return p.changed == "" })
	read := 0
	for _, p := range pages {
		if p.place() <= src.Cursor {
			continue
		}
		if read == roundPages {
			return c, nil
		}
		read++
		found, err := visit(p)
		status, answered := errors.AsType[*fetch.StatusError](err)
		switch {
		case round.Err() != nil:
			return c, ctx.Err() // what is left is read the next time
		case answered && (status.Status == http.StatusTooManyRequests || status.Status == http.StatusServiceUnavailable):
			if len(c.jobs) == 0 {
				return c, err
			}
			return c, nil
		case errors.Is(err, errNoPosting):
		case err != nil:
			c.skipped = append(c.skipped, Skipped{Redact(p.address), err.Error()})
		}
		c.jobs = append(c.jobs, found.jobs...)
		c.cursor = p.place()
	}
	c.done = true
	if !dated {
		c.cursor = "" // what is new in it may stand anywhere
	}
	return c, nil
}

// place is where a page stands in the order in which pages are read: those that
// changed last come last.
func (p page) place() string { return p.changed + " " + p.address }

// likely gives the pages whose address speaks of jobs, or all if none does.
func likely(pages []page) []page {
	var some []page
	for _, p := range pages {
		if u, err := url.Parse(p.address); err == nil && aboutJobs.MatchString(u.Path) {
			some = append(some, p)
		}
	}
	if len(some) == 0 {
		return slices.Clone(pages)
	}
	return some
}

var aboutJobs = regexp.MustCompile(`(?i)job|career|position|vacanc|opening|stelle|emploi|empleo`)

// Redact gives an address without what may be secret in it: its query and its
// user.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "an address that cannot be read"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// readJSON reads a file of JSON, and says what it is if it is none.
func readJSON(d document, into any) error {
	body := decode(d.body, d.header)
	if isHTML(body) {
		return errors.New("the server answers with a web page in place of a list of jobs: see whether the address is right")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the file is empty: see whether the address is right")
	}
	if json.Unmarshal(body, into) != nil {
		return errors.New("the list of jobs has another form than it should, or is cut off: see whether the address is right")
	}
	return nil
}

// each reads the postings of a list one by one: one that is written otherwise
// than it should be costs no other.
func each[P any](l *list, postings []json.RawMessage, add func(P)) {
	for i, raw := range postings {
		var p P
		if json.Unmarshal(raw, &p) != nil {
			l.skipped = append(l.skipped, Skipped{fmt.Sprintf("posting %d", i+1), "it has another form than it should"})
			continue
		}
		add(p)
	}
}
