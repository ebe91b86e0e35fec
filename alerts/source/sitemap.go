package source

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/fetch"
)

// page is an entry of a sitemap.
type page struct {
	address string
	changed string // as written: an ISO date, which sorts; may be empty
}

// What a sitemap may hold, by its own standard.
const (
	mostPages   = 50_000
	mostAddress = 2048 // bytes
)

func readSitemap(body []byte) (list, error) {
	var l list
	x := xml.NewDecoder(bytes.NewReader(body))
	x.Strict = false
	x.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded already
	var entry page
	field, depth := "", 0
	for {
		token, err := x.RawToken()
		if errors.Is(err, io.EOF) && depth <= 0 {
			return l, nil
		}
		if err != nil {
			return list{}, errors.New("the sitemap is broken or cut off: open it in a browser, and tell whoever makes it")
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "url", "sitemap":
				entry = page{}
			}
			field = t.Name.Local
			if t.Name.Space != "" && t.Name.Space != "sm" { // image:loc is no page
				field = ""
			}
		case xml.CharData:
			switch field {
			case "loc":
				entry.address += strings.TrimSpace(string(t))
			case "lastmod":
				entry.changed += strings.TrimSpace(string(t))
			}
		case xml.EndElement:
			depth--
			field = ""
			if entry.address == "" || len(entry.address) > mostAddress || len(l.pages)+len(l.maps) >= mostPages {
				continue
			}
			switch t.Name.Local {
			case "url":
				l.pages = append(l.pages, entry)
				entry = page{}
			case "sitemap":
				l.maps = append(l.maps, entry)
				entry = page{}
			}
		}
	}
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
	if dated && len(pages) > 0 {
		// More pages may be added on the day of the last.
		last := pages[len(pages)-1].changed
		c.cursor = last[:min(len(last), len(time.DateOnly))]
	} else {
		c.cursor = "" // what is new may stand anywhere
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

var aboutJobs = regexp.MustCompile(`(?i)job|career|position|vacan|vacat|opening|role|stelle|emploi|offre|empleo|trabaj|lavor|praca`)
