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

// Held is jobs, indexed, so that one query after another can be tried on them.
// It is not changed by that and may be used from several goroutines.
type Held struct {
	now     time.Time
	since   time.Time // see Preview
	jobs    []Job     // the newest first
	batches []*batch
	recent  []set // by batch: the jobs since then
}

// Hold indexes jobs that are held at time now. Copies of one job are one, and
// jobs without a date are as good as new. It is the slow part: some seconds for
// tens of thousands of jobs.
func Hold(now time.Time, jobs []Job) *Held {
	h := &Held{now: now, since: now.AddDate(0, 0, -PreviewDays), jobs: Merge(jobs)}
	oldest := now
	for part := range slices.Chunk(h.jobs, batchSize) {
		var recent set
		for i, j := range part {
			if !j.Posted.IsZero() && j.Posted.Before(oldest) {
				oldest = j.Posted
			}
			if j.Posted.IsZero() || !j.Posted.Before(h.since) {
				recent.add(i)
			}
		}
		h.batches, h.recent = append(h.batches, newBatch(now, part)), append(h.recent, recent)
	}
	if oldest.After(h.since) {
		h.since = oldest
	}
	return h
}

// Jobs are the jobs that are held, the newest first, copies of one as one.
func (h *Held) Jobs() []Job { return h.jobs }

// Find gives the jobs that a query asks for and that are open, as places in
// [Held.Jobs], and so the newest first. careers is that of [Match].
func (h *Held) Find(q Query, careers func(id string) []string) []int {
	var found []int
	first := 0
	for _, b := range h.batches {
		matching := newSearch(b, careers).find(&q)
		for j := range matching.each {
			found = append(found, first+j)
		}
		first += len(b.jobs)
	}
	return found
}

// Preview tries a query on the jobs, and each single change of it. Told are the
// changes that bring more, most first, and then those that bring less but
// something, most first. careers is that of [Match].
func (h *Held) Preview(q Query, careers func(id string) []string) Preview {
	p := Preview{Since: h.since}
	changes := variants(q)
	var matching []Job
	for i, b := range h.batches {
		s, recent := newSearch(b, careers), &h.recent[i]
		found := s.find(&q)
		found.and(recent)
		for j := range found.each {
			matching = append(matching, b.jobs[j])
		}
		for i := range changes {
			found := s.find(&changes[i].Query)
			found.and(recent)
			changes[i].Count += found.len()
		}
	}
	p.Count = len(matching)
	if days := h.now.Sub(h.since).Hours() / 24; days >= 7 {
		p.PerWeek = float64(p.Count) * 7 / days
	}
	p.Examples = examples(matching, 3)
	var looser, tighter []Change
	for _, c := range changes {
		switch {
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
		change("Any career", func(c *Query) { c.Career = "" })
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
