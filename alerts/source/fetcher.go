package source

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	Waits        string    `json:"waits,omitempty"`    // why it was not fetched when it was due, for people
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
	What string // its address, or which of the list it is
	Why  string
}

// Config is how to fetch.
type Config struct {
	Client *fetch.Client
	Keys   Keys
	Quota  Quota // of the keys; nil if nobody counts
	Now    func() time.Time
	Pause  time.Duration // between two pages of a site, unless it wants more; 1 s if 0
}

// Fetcher fetches sources. It is safe for concurrent use and keeps nothing.
type Fetcher struct {
	client *fetch.Client
	keys   Keys
	quota  Quota
	now    func() time.Time
	pause  time.Duration
}

// New returns a fetcher.
func New(cfg Config) *Fetcher {
	now := cfg.Now
	if now == nil {
		now = time.Now
	}
	return &Fetcher{cfg.Client, cfg.Keys, cfg.Quota, now, cmp.Or(cfg.Pause, time.Second)}
}

const (
	firstRetry   = 5 * time.Minute
	longestWait  = 24 * time.Hour // whatever a server asks for, or after however many failures
	mostFailures = 11             // the last some two days and a half after the first
	mostJobs     = 5000           // of one fetch
	mostSkipped  = 100            // that are told of
	roundPages   = 50             // that are read of a sitemap in one fetch
	roundMaps    = 5              // sitemaps that are read of an index
	roundTime    = 3 * time.Minute
	longestPause = 30 * time.Second // that a site may ask for between two pages
	// A source that could not be read for so long is read as if it had been added
	// now: what it called its jobs may be forgotten, and none is to be told of again.
	forgotten = alerts.KnownFor - alerts.RepostWindow
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
// kept. It never panics, and takes a bounded time, beside that in which it waits
// for others that ask the same host. If the context ends, nothing is held
// against the source; nor if the quota of its key is used up, of which Err is a
// [Waiting] then.
func (f *Fetcher) Fetch(ctx context.Context, src Source) (res Result) {
	now := f.now().UTC().Truncate(time.Second)
	defer func() {
		if p := recover(); p != nil {
			res = f.failed(src, now, &Fault{p, debug.Stack()})
		}
	}()
	share, err := f.share(ctx, src)
	src.Interval = max(src.Interval, share)
	if err == nil {
		res, err = f.fetch(ctx, src, now)
	}
	if err != nil {
		if ctx.Err() != nil {
			return Result{State: src.State, Err: ctx.Err()}
		}
		if w, ok := errors.AsType[*Waiting](err); ok {
			state := src.State
			state.Waits, state.Next = w.Why, w.Until.Add(time.Second).Truncate(time.Second)
			return Result{State: state, Err: w}
		}
		return f.failed(src, now, err)
	}
	return res
}

func (f *Fetcher) fetch(ctx context.Context, src Source, now time.Time) (Result, error) {
	if silent := now.Sub(src.Worked); !src.Worked.IsZero() && silent >= alerts.RepostWindow {
		src.ETag, src.LastModified, src.Hash = "", "", "" // its jobs may be held no more
		if silent >= forgotten {
			src.Seeded = time.Time{}
		}
	}
	kind, found := KindOf(src.Kind)
	if !found {
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
	state.Waits = ""
	terms := src.Terms()
	wait := max(terms.Interval, src.Interval, min(resp.Fresh(now), longestWait))
	hash := sha256.Sum256(resp.Body)
	if resp.Status == http.StatusNotModified || hex.EncodeToString(hash[:]) == src.Hash {
		state.Next = after(now, wait)
		return Result{State: state, Unchanged: true}, nil
	}
	l, err := kind.read(document{u, src.Name, resp.Header.Get("Content-Type"), resp.Body})
	if err != nil {
		return Result{}, err
	}
	state.Next = after(now, max(wait, min(l.ttl, longestWait)))
	res := Result{Baseline: src.Seeded.IsZero(), Whole: kind.whole && len(l.skipped) == 0, Skipped: l.skipped}
	done := true // no page is left for the next time
	if len(l.pages)+len(l.maps) > 0 {
		c, err := f.crawl(ctx, kind, src, rules, l)
		if err != nil {
			return Result{}, err
		}
		l.jobs, res.Skipped, state.Cursor, done = c.jobs, append(res.Skipped, c.skipped...), c.cursor, c.done
	}
	if done {
		state.Seeded = cmp.Or(src.Seeded, now)
	}
	all := len(l.jobs)
	l.jobs = slices.DeleteFunc(l.jobs, func(j alerts.Job) bool { return terms.Delay > 0 && j.Posted.After(now.Add(-terms.Delay)) })
	// An index of sitemaps stays the same while they change.
	if held := all > len(l.jobs); done && !held && len(l.maps) == 0 {
		state.ETag, state.LastModified, state.Hash = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified"), hex.EncodeToString(hash[:])
	} else {
		// The rest must come with the next fetch, though nothing will have
		// changed until then.
		state.ETag, state.LastModified, state.Hash, res.Whole = "", "", "", false
	}
	l.jobs, state.Rung, state.Marks = identify(l.jobs, src.Rung, src.Marks)
	for _, j := range l.jobs {
		j, err := f.finish(j, src, now)
		switch {
		case err != nil:
			res.Skipped = append(res.Skipped, Skipped{Redact(j.Apply), err.Error()})
			res.Whole = false
		case len(res.Jobs) == mostJobs:
			res.Whole = false
		default:
			res.Jobs = append(res.Jobs, j)
		}
	}
	res.Skipped = res.Skipped[:min(len(res.Skipped), mostSkipped)]
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
	if err := f.take(ctx, kind); err != nil {
		return nil, err
	}
	resp, err := f.client.Get(ctx, address, kind.most, header)
	if status, ok := errors.AsType[*fetch.StatusError](err); ok && kind.sign != nil && (status.Status == http.StatusUnauthorized || status.Status == http.StatusForbidden) {
		return nil, fmt.Errorf("%s does not accept the ID and the key that the operator has set: see whether they are right", kind.Title)
	}
	return resp, err
}

// after is when to fetch again: after the wait and up to a tenth more, so that
// sources do not all come at once.
func after(now time.Time, wait time.Duration) time.Time {
	return now.Add(wait + rand.N(wait/10+1)).Truncate(time.Second)
}

// failed is the result of a fetch that went wrong.
func (f *Fetcher) failed(src Source, now time.Time, err error) Result {
	state := src.State
	state.Failures++
	state.Failing = cmp.Or(state.Failing, now)
	state.Fault, state.Waits = err.Error(), ""
	wait := firstRetry << min(state.Failures-1, 20)
	status, answered := errors.AsType[*fetch.StatusError](err)
	if answered {
		wait = max(wait, fetch.RetryAfter(status.Header, now))
	}
	wait = min(wait, longestWait)
	if terms := src.Terms(); terms.Counted {
		wait = max(wait, terms.Interval, src.Interval)
	}
	state.Next = after(now, wait)
	switch {
	case answered && status.Status == http.StatusGone:
		state.Disabled = "The server says that this is gone for good."
	case state.Failures >= mostFailures:
		state.Disabled = fmt.Sprintf("It has failed %d times since %s, the last time because %s", state.Failures, state.Failing.Format("2 January 2006"), state.Fault)
	}
	return Result{State: state, Err: err}
}

var errRobots = errors.New("the site does not allow programs to read this (robots.txt): ask its owner for a feed")

// Redact gives an address without what may be secret in it: its query and its
// user.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || len(address) > mostAddress {
		return "an address that cannot be read"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
