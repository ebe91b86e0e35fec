package source

import (
	"net/url"
	"strings"
	"time"
)

// Terms are what the owner of a feed asks of those who read it.
type Terms struct {
	Interval  time.Duration // the least time between two fetches
	Counted   bool          // the owner counts fetches: Interval holds after one that failed, too
	Delay     time.Duration // how long a job must have been public before it is passed on
	Credit    string        // the name to show beside each job, or nothing
	CreditURL string        // where that name leads
	Excerpt   int           // how many characters of the text may be shown; 0 is all
	Read      string        // where the terms stand
}

// hosts are sites whose feeds have terms beyond those of their kind.
var hosts = map[string]Terms{
	"weworkremotely.com": {Interval: time.Hour, Credit: "We Work Remotely", CreditURL: "https://weworkremotely.com", Excerpt: 300, Read: "https://weworkremotely.com/terms"},
	"remotive.com":       remotive.terms,
	"remotive.io":        remotive.terms,
	"remoteok.com":       remoteOK.terms,
	"remoteok.io":        remoteOK.terms,
}

// Terms gives what the owner of a source asks for: those of the site, or else
// those of the kind.
func (s Source) Terms() Terms {
	if u, err := url.Parse(s.URL); err == nil {
		if terms, ok := hosts[strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")]; ok {
			return terms
		}
	}
	kind, _ := KindOf(s.Kind)
	return kind.terms
}
