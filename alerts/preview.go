package alerts

import (
	"slices"
	"strings"
	"time"
)

// PreviewDays is how far a preview looks back.
const PreviewDays = 30

// Preview is what a query would have brought in the last days.
type Preview struct {
	Count    int       // of jobs; copies of one count once
	Since    time.Time // the day it looks back to: 30 days ago, or the oldest posting
	PerWeek  float64   // 0 if less than a week is looked back on
	Examples []Job     // at most three, the newest, of different companies where there are
	Changes  []Change
}

// Change is a query with one thing changed, and what that brings.
type Change struct {
	Label string // "Anywhere", "Without “docker”"
	Query Query
	Count int
}

// NewPreview tries a query, and each single change of it that brings more or
// fewer, on the jobs that are held at time now: those that ask less, most first,
// then those that ask more and still bring something, most first. Jobs without a
// date count as new.
func NewPreview(now time.Time, held []Job, q Query, careers func(id string) []string) Preview {
	since := now.AddDate(0, 0, -PreviewDays)
	oldest := now
	var jobs []Job
	for _, j := range Merge(held) {
		if !j.Posted.IsZero() && j.Posted.Before(oldest) {
			oldest = j.Posted
		}
		if j.Posted.IsZero() || !j.Posted.Before(since) {
			jobs = append(jobs, j)
		}
	}
	if oldest.After(since) {
		since = oldest
	}
	p := Preview{Since: since}
	changes := variants(q)
	subs := make([]Subscription, 1+len(changes))
	subs[0] = Subscription{State: Active, Query: q}
	for i, c := range changes {
		subs[i+1] = Subscription{State: Active, Query: c.Query}
	}
	counts := make([]int, len(subs))
	var matching []Job
	for _, h := range Match(now, jobs, subs, careers) {
		counts[h.Subscription]++
		if h.Subscription == 0 {
			matching = append(matching, jobs[h.Job])
		}
	}
	p.Count = counts[0]
	if days := now.Sub(since).Hours() / 24; days >= 7 {
		p.PerWeek = float64(p.Count) * 7 / days
	}
	p.Examples = examples(matching, 3)
	var looser, tighter []Change
	for i, c := range changes {
		switch c.Count = counts[i+1]; {
		case c.Count > p.Count:
			looser = append(looser, c)
		case c.Count < p.Count && c.Count > 0:
			tighter = append(tighter, c)
		}
	}
	most := func(a, b Change) int { return b.Count - a.Count }
	slices.SortStableFunc(looser, most)
	slices.SortStableFunc(tighter, most)
	p.Changes = append(looser, tighter...)
	return p
}

// examples are the first jobs of each company, then others.
func examples(jobs []Job, most int) []Job {
	var chosen, rest []Job
	seen := map[string]bool{}
	for _, j := range jobs {
		if company := plainName(j.Company, companyForms); !seen[company] {
			seen[company] = true
			chosen = append(chosen, j)
		} else {
			rest = append(rest, j)
		}
	}
	chosen = append(chosen, rest...)
	return chosen[:min(most, len(chosen))]
}

// variants are the queries that differ in one thing and are sound.
func variants(q Query) []Change {
	var all []Change
	change := func(label string, with func(*Query)) {
		c := q
		with(&c)
		if c.Check() == nil {
			all = append(all, Change{Label: label, Query: c})
		}
	}
	for i, side := range q.Words.sides() {
		label := "Without " + side.label()
		if side.op == not {
			label = "Allow " + side.of[0].label()
		}
		change(label, func(c *Query) { c.Words = q.Words.drop(i) })
	}
	if q.Career != "" && !q.Words.IsZero() {
		change("Any words", func(c *Query) { c.Words = Words{} })
	}
	for i, p := range q.Places {
		if len(q.Places) > 1 {
			change("Not in “"+p+"”", func(c *Query) { c.Places = slices.Delete(slices.Clone(q.Places), i, i+1) })
		}
		if w := locate(p); len(w.known) == 1 && w.unknown == nil && w.known[0].country != nil && w.known[0].country != w.known[0] {
			country := w.known[0].country.name
			change("All of "+country, func(c *Query) {
				c.Places = slices.Clone(q.Places)
				c.Places[i] = country
			})
		}
	}
	if len(q.Places) > 0 {
		change("Anywhere", func(c *Query) { c.Places = nil })
	}
	for _, r := range []struct {
		remote Remote
		label  string
	}{{RemoteUnknown, "Remote or not"}, {RemoteYes, "Remote only"}, {RemoteNo, "Not remote"}} {
		if r.remote != q.Remote {
			change(r.label, func(c *Query) { c.Remote = r.remote })
		}
	}
	if len(q.Kinds) > 0 {
		change("Any kind of job", func(c *Query) { c.Kinds = nil })
	} else {
		for _, k := range Kinds {
			change("Only "+string(k), func(c *Query) { c.Kinds = []Kind{k} })
		}
	}
	if len(q.Levels) > 0 {
		change("Any level", func(c *Query) { c.Levels = nil })
	} else {
		for _, l := range Levels {
			change("Only level "+string(l), func(c *Query) { c.Levels = []Level{l} })
		}
	}
	if f := q.Floor; f != nil {
		change("Any pay", func(c *Query) { c.Floor = nil })
		other := *f
		other.Unknown = !f.Unknown
		label := "Also if the pay is not known"
		if f.Unknown {
			label = "Only if the pay is known"
		}
		change(label, func(c *Query) { c.Floor = &other })
	}
	return all
}

// sides are what all has to be fulfilled.
func (w Words) sides() []Words {
	if w.op == and {
		return w.of
	}
	return nil
}

// drop is the words without one of their sides.
func (w Words) drop(i int) Words {
	of := slices.Delete(slices.Clone(w.of), i, i+1)
	if len(of) == 1 {
		return of[0]
	}
	return Words{op: and, of: of}
}

func (w Words) label() string {
	if w.op == leaf {
		return "“" + w.text + "”"
	}
	return strings.TrimSpace(w.String())
}
