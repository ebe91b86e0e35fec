// Package feeds keeps sources of jobs: it brings together what store keeps of a
// source and how alerts/source reads one, for the bot, for moderators and for
// whoever runs the program. Its errors are for people, and tell neither of keys
// nor of the network that the program stands in.
package feeds

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/store"
)

// MostPerServer is how many sources a server may have of its own.
const MostPerServer = 25

// MostName is how long the name of a source may be, in characters.
const MostName = 80

// Reader reads sources. It is safe for concurrent use.
type Reader struct {
	fetcher *source.Fetcher
	counter *counter
	log     *slog.Logger
}

// NewReader returns a reader that fetches as cfg says; the Quota is its own. A nil
// log is none.
func NewReader(cfg source.Config, log *slog.Logger) *Reader {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := new(counter)
	cfg.Quota = c
	return &Reader{source.New(cfg), c, log}
}

// Read fetches a source that is kept once, whether or not it is due. It is the
// Fetch of store.Work.
func (r *Reader) Read(ctx context.Context, src store.Source) store.FetchResult {
	res := r.fetcher.Fetch(ctx, rowOf(src))
	kept, err := fetched(res)
	attrs := []any{"source", src.ID, "guild", src.Guild, "address", source.Redact(src.URL)}
	_, waits := errors.AsType[*source.Waiting](res.Err)
	switch fault, mistake := errors.AsType[*source.Fault](res.Err); {
	case err != nil:
		r.log.ErrorContext(ctx, "what is known of a source cannot be kept", append(attrs, "err", err)...)
	case ctx.Err() != nil: // nothing is held against the source
	case waits:
		r.log.InfoContext(ctx, "a source waits", append(attrs, "next", res.State.Next, "why", res.State.Waits)...)
	case mistake:
		r.log.ErrorContext(ctx, "the program made a mistake in reading a source", append(attrs, "value", fault.Value, "stack", string(fault.Stack))...)
	case res.Err != nil:
		r.log.WarnContext(ctx, "a source could not be read; it is tried again", append(attrs, "failures", res.State.Failures, "next", res.State.Next, "err", res.Err)...)
	default:
		r.log.InfoContext(ctx, "read a source", append(attrs, "jobs", len(res.Jobs), "left_out", len(res.Skipped), "unchanged", res.Unchanged, "next", res.State.Next)...)
	}
	return kept
}

// rowOf is a source as alerts/source takes it. What the store says of it wins,
// since it may have been changed there since the last fetch.
func rowOf(src store.Source) source.Source {
	row := source.Source{ID: src.JobSource(), Kind: src.Kind, URL: src.URL, Name: src.Name, Interval: src.Interval}
	// What cannot be read was written by another version: the source is read
	// whole, and is no newer than it was.
	if err := json.Unmarshal([]byte(src.State), &row.State); err != nil {
		row.State = source.State{}
	}
	row.Next, row.Seeded, row.Worked = src.Next, src.Seeded, src.Worked
	row.Failures, row.Fault, row.Disabled = src.Failures, src.Fault, src.Disabled
	return row
}

// fetched is a result as the store keeps it.
func fetched(res source.Result) (store.FetchResult, error) {
	state := res.State
	if res.Err != nil && state.Fault != "" {
		said := Explain(res.Err)
		state.Disabled = strings.Replace(state.Disabled, state.Fault, said, 1)
		state.Fault = said
	}
	raw, err := json.Marshal(state)
	return store.FetchResult{
		Fetched: store.Fetched{
			State: string(raw), Next: state.Next, Seeded: state.Seeded, Worked: state.Worked,
			Failures: state.Failures, Fault: state.Fault, Disabled: state.Disabled,
		},
		Jobs: res.Jobs, Baseline: res.Baseline, Unchanged: res.Unchanged, Whole: res.Whole,
	}, err
}

// Explain says what is wrong with a source. What the network says of itself is
// left out: it may name what lies in it.
func Explain(err error) string {
	if _, ok := errors.AsType[net.Error](err); ok {
		return "its server cannot be reached: see whether the address opens in a browser"
	}
	return err.Error()
}

// Terms are what the owner of a source asks for.
func Terms(src store.Source) source.Terms { return rowOf(src).Terms() }

// Found is what is behind an address.
type Found struct {
	Source  store.Source // as it would be kept, with Kind, URL and Name
	Terms   source.Terms
	Jobs    []alerts.Job
	Skipped []source.Skipped
	result  store.FetchResult
}

// Look looks at what is behind an address that somebody pasted, and reads it
// once. Nothing is kept. The name may be empty.
func (r *Reader) Look(ctx context.Context, pasted, name string) (Found, error) {
	kind, address, err := r.fetcher.Find(ctx, pasted)
	if err != nil {
		return Found{}, r.told(ctx, pasted, err)
	}
	return r.LookAt(ctx, store.Source{Kind: kind, URL: address, Name: name})
}

// LookAt reads a source once that need not be kept. Nothing is kept.
func (r *Reader) LookAt(ctx context.Context, src store.Source) (Found, error) {
	src.Fetched = store.Fetched{}
	res := r.fetcher.Fetch(ctx, rowOf(src))
	if res.Err != nil {
		return Found{}, r.told(ctx, src.URL, res.Err)
	}
	kept, err := fetched(res)
	if err != nil {
		return Found{}, err
	}
	return Found{Source: src, Terms: Terms(src), Jobs: res.Jobs, Skipped: res.Skipped, result: kept}, nil
}

// told makes an error for people, and notes what it leaves out.
func (r *Reader) told(ctx context.Context, address string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.log.InfoContext(ctx, "somebody gave an address that is no source", "address", source.Redact(address), "err", err)
	return &Refusal{Explain(err), err}
}

// Refusal is why an address is no source, for whoever gave it.
type Refusal struct {
	Why   string
	cause error
}

func (e *Refusal) Error() string { return e.Why }
func (e *Refusal) Unwrap() error { return e.cause }

// Why a source is not added.
var (
	ErrFull   = fmt.Errorf("there are %d sources already, which is all that a server can have: remove one of them first", MostPerServer)
	ErrShared = errors.New("that is read for every server already")
)

// Add keeps what was found as a source of a guild, added by a person, or with ""
// as one of the operator's. Of the jobs that are there now nobody is told. If
// the guild has it already, its name and interval change, and if it was
// disabled it is read again.
func (f Found) Add(ctx context.Context, s *store.Store, guild, person string) (store.Source, error) {
	has, err := s.Sources(ctx, guild)
	if err != nil {
		return store.Source{}, err
	}
	same := func(other store.Source) bool { return other.URL == f.Source.URL }
	known := slices.ContainsFunc(has, same)
	if guild != "" && !known {
		shared, err := s.Sources(ctx, "")
		if err != nil {
			return store.Source{}, err
		}
		switch {
		case slices.ContainsFunc(shared, same):
			return store.Source{}, ErrShared
		case len(has) >= MostPerServer:
			return store.Source{}, ErrFull
		}
	}
	src := f.Source
	src.Guild, src.AddedBy = guild, person
	if src, err = s.AddSource(ctx, src); err != nil || known {
		// What was found counts as there before it was added, which does not
		// go for a source that has been read before.
		return src, err
	}
	_, err = s.SaveFetched(ctx, src.ID, f.result)
	return src, err
}

// Title is what people call a source: its name, or else its address as one says
// it, "boards.greenhouse.io/acme".
func Title(src store.Source) string {
	if src.Name != "" {
		return src.Name
	}
	_, address, found := strings.Cut(source.Redact(src.URL), "://")
	if !found {
		return source.Redact(src.URL)
	}
	return strings.TrimRight(strings.TrimPrefix(address, "www."), "/")
}
