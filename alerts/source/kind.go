package source

import (
	"net/url"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// Kind is a kind of feed.
type Kind struct {
	Name   string  // as it is kept and typed: "greenhouse"
	Title  string  // as people read it
	terms  Terms   // see [Source.Terms]
	limits []Limit // of requests with the operator's key, by all sources together
	most   int64   // bytes of a file, unpacked
	// whole is set if a file lists all that is open: what is no longer in it
	// is closed. Other feeds show the latest only.
	whole bool
	// crawls is set if pages are read that were made for people: robots.txt is
	// asked first.
	crawls bool
	// recognise gives the address to fetch for one that somebody pasted, or
	// nothing if it is not of this kind.
	recognise func(u *url.URL) (string, error)
	// sign adds what the owner of the feed gave the operator to be known by.
	// What it gives is never kept, logged or shown. Nil where nothing is asked.
	sign func(address string, keys Keys) (string, error)
	read func(d document) (list, error)
}

// Limits are how many requests the owner of the feeds allows with one key.
func (k Kind) Limits() []Limit { return k.limits }

// Keys are what operators get from the owners of feeds to be known by.
type Keys struct {
	AdzunaID  string
	AdzunaKey string
}

// document is a file that was fetched.
type document struct {
	url    *url.URL // where it was fetched, as it is kept: without keys
	name   string   // what the source is called here, if it has a name
	header string   // its Content-Type
	body   []byte
}

// list is what a file holds: jobs as they stand in it, or pages that may.
type list struct {
	jobs  []alerts.Job
	ttl   time.Duration // how long it asks not to be fetched again; 0 if it does not say
	pages []page
	maps  []page // further lists of pages
	// skipped are postings that are written otherwise than they should be.
	skipped []Skipped
}

// kinds are all kinds of feeds, the ones that know their addresses first: the
// first that recognises an address has it.
var kinds = []*Kind{&greenhouse, &lever, &remoteOK, &remotive, &adzuna, &feed, &web}

// Kinds gives all kinds of feeds.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i, k := range kinds {
		all[i] = *k
	}
	return all
}

// KindOf gives the kind of that name.
func KindOf(name string) (Kind, bool) {
	for _, k := range kinds {
		if k.Name == name {
			return *k, true
		}
	}
	return Kind{}, false
}

// mb is a megabyte.
const mb = 1 << 20
