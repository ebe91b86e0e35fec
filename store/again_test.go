package store

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

var usualKeep = Keep{Jobs: 60 * 24 * time.Hour, Past: alerts.KnownFor, Hits: 90 * 24 * time.Hour}

// A job that comes back is told of to nobody who was told of it, however long it
// was away, whichever way: only what nobody listed for the window, and then has
// another ID, is a new opening.
func TestNeverToldAgain(t *testing.T) {
	const day = 24 * time.Hour
	again, edited, elsewhere := posting("1"), posting("1"), posting("1")
	again.ExternalID = "1b"
	edited.Title = "Baker, nights"
	elsewhere.Company, elsewhere.Title = "Acme 1 Holding", "Baker one" // only the address is the same
	type step func(t *testing.T, l *lasting)
	wait := func(d time.Duration) step { return func(_ *testing.T, l *lasting) { l.pass(d) } }
	lists := func(source string, jobs ...alerts.Job) step {
		return func(t *testing.T, l *lasting) { l.lists(t, source, FetchResult{Jobs: jobs, Whole: true}) }
	}
	listing := func(source string, days int, jobs ...alerts.Job) step { // day after day
		return func(t *testing.T, l *lasting) {
			for range days {
				l.lists(t, source, FetchResult{Jobs: jobs, Whole: true})
				l.pass(day)
			}
		}
	}
	removed := func(source string) step { return func(t *testing.T, l *lasting) { l.remove(t, source) } }
	for _, test := range []struct {
		name  string
		steps []step
		told  int
	}{
		{"listed all the time", []step{listing("g", 110, posting("1"))}, 1},
		{"the source was down until the job was forgotten", []step{listing("g", 1, posting("1")), wait(61 * day), lists("g", posting("1"))}, 1},
		{"and what was found as well", []step{listing("g", 1, posting("1")), wait(100 * day), lists("g", posting("1"))}, 1},
		{"and the job was edited meanwhile", []step{listing("g", 1, posting("1")), wait(100 * day), lists("g", edited)}, 1},
		{"and all IDs are others now", []step{listing("g", 1, posting("1")), wait(100 * day), lists("g", again)}, 1},
		{"the source was empty meanwhile", []step{listing("g", 1, posting("1")), listing("g", 100), lists("g", posting("1"))}, 1},
		{"the source was removed and added again", []step{listing("g", 1, posting("1")), removed("g"), lists("g"), wait(100 * day), lists("g", posting("1"))}, 1},
		{"another source has it after the first was removed", []step{lists("g2"), listing("g", 100, posting("1")), removed("g"), wait(day), lists("g2", again)}, 1},
		{"the operator's has it after weeks", []step{listing("g", 50, posting("1")), lists("", again)}, 1},
		{"the operator's has it after months", []step{listing("g", 100, posting("1")), lists("", again)}, 1},
		{"the operator's has its address after months", []step{listing("g", 100, posting("1")), lists("", elsewhere)}, 1},
		{"the operator's has it after the server's was removed", []step{listing("g", 100, posting("1")), removed("g"), wait(day), lists("", again)}, 1},
		{"the operator's has its address after the server's was removed", []step{listing("g", 100, posting("1")), removed("g"), wait(day), lists("", elsewhere)}, 1},
		{"a new opening", []step{listing("g", 1, posting("1")), listing("g", 46), lists("g", again)}, 2},
		{"a new opening after months", []step{listing("g", 1, posting("1")), listing("g", 100), lists("g", again)}, 2},
		{"a new opening at the operator's", []step{listing("g", 1, posting("1")), listing("g", 46), lists("", again)}, 2},
		{"of two, each once", []step{listing("g", 1, posting("1")), wait(61 * day), lists("g", posting("1"), posting("2"))}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, o Options) {
				l := newLasting(t, o, "g", "g2", "")
				subscribe(t, l.Store, looking("p", "g"))
				l.pass(time.Second)
				for _, step := range test.steps {
					step(t, l)
					l.tell(t)
				}
				l.pass(day)
				l.tell(t)
				equal(t, "told", len(l.told), test.told)
			})
		})
	}
}

// What was removed with its guild is gone whole, and what is older than a posting
// is known for is forgotten.
func TestPastIsDeleted(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		l := newLasting(t, o, "g", "")
		for _, guild := range []string{"g", ""} {
			l.lists(t, guild, FetchResult{Jobs: []alerts.Job{posting("1")}, Whole: true})
		}
		if err := l.JoinGuild(t.Context(), "g"); err != nil {
			t.Fatal(err)
		}
		if err := l.LeaveGuild(t.Context(), "g"); err != nil {
			t.Fatal(err)
		}
		l.pass(61 * 24 * time.Hour)
		must(l.Purge(t.Context(), usualKeep))(t)
		equal(t, "known", rowsOf(t, l.Store)["job_past"], int64(2))
		must(l.Purge(t.Context(), Keep{Guilds: time.Hour}))(t)
		equal(t, "of the one that is left", rowsOf(t, l.Store)["job_past"], int64(1))
		l.pass(alerts.KnownFor)
		equal(t, "forgotten", must(l.Purge(t.Context(), usualKeep))(t), Purged{Past: 1})
	})
}

// lasting is a store over a long time, in which sources come and go.
type lasting struct {
	*Store
	clock   *clock
	sources map[string]Source // by their guild, which may have a number behind it
	told    []string          // addresses and titles of jobs, as often as they were told of
}

func newLasting(t *testing.T, o Options, sources ...string) *lasting {
	t.Helper()
	l := &lasting{clock: newClock(), sources: map[string]Source{}}
	o.Now = l.clock.Now
	l.Store = open(t, o)
	for _, name := range sources {
		l.add(t, name)
	}
	l.pass(time.Second)
	return l
}

func (l *lasting) pass(d time.Duration) { l.clock.add(d) }

// add adds a source that has nothing.
func (l *lasting) add(t *testing.T, name string) {
	t.Helper()
	l.sources[name] = must(l.AddSource(t.Context(), Source{Guild: strings.TrimRight(name, "0123456789"), Kind: "feed", URL: "https://jobs.example/" + name, AddedBy: "ann"}))(t)
	l.lists(t, name, FetchResult{Baseline: true})
}

// lists reads a source, which is added first if it is not there: what it has then
// was there before.
func (l *lasting) lists(t *testing.T, name string, r FetchResult) {
	t.Helper()
	if _, ok := l.sources[name]; !ok {
		l.add(t, name)
	}
	fetched(t, l.Store, l.sources[name], r)
	l.pass(time.Second)
}

func (l *lasting) remove(t *testing.T, name string) {
	t.Helper()
	if err := l.RemoveSource(t.Context(), l.sources[name].Guild, l.sources[name].ID, "ann"); err != nil {
		t.Fatal(err)
	}
	delete(l.sources, name)
}

// tell tells what is new to whoever is due, and deletes what has been kept for
// long enough.
func (l *lasting) tell(t *testing.T) {
	t.Helper()
	match(t, l.Store)
	for due := 1; due > 0; {
		var err error
		if due, _, err = l.FreezeDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	must(l.DeliverAll(t.Context(), func(_ context.Context, d Delivery) Outcome {
		for _, j := range d.Jobs {
			l.told = append(l.told, j.Job.Title+" "+j.Job.Apply)
		}
		return Outcome{Result: Sent, Message: "m"}
	}))(t)
	must(l.Purge(t.Context(), usualKeep))(t)
}

var (
	worlds    = flag.Int("worlds", 2, "how many worlds TestNeverToldTwiceInAnyWorld makes")
	worldSeed = flag.Uint64("worldseed", 1, "the seed of its first world")
)

// In worlds in which jobs are posted, copied, closed and posted again by chance,
// and sources fail, are removed and added again, nobody is told twice of what was
// listed all the while, as far as could be read, and everybody once of what is new.
func TestNeverToldTwiceInAnyWorld(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		dir := o.Dir
		for n := range uint64(*worlds) {
			if dir != "" {
				o.Dir = fmt.Sprintf("%s/%d", dir, n)
			} else {
				o.URL = postgres(t)
			}
			newWorld(t, o, *worldSeed+n).run(t)
		}
	})
}

// opening is a job of a world.
type opening struct {
	name  string
	same  string               // what is the same wherever it is listed: the address, the words or both
	at    map[string]time.Time // until when sources list it
	again map[string]int       // how often a source has given it another ID
	reads map[string][]reading // by source
	tells []time.Time          // when its jobs that were told of had been read first
}

// reading is an opening in a source as it was read.
type reading struct {
	at     time.Time
	before time.Time // when the source was read before that
	id     string
}

// world is a place where jobs are listed, beside which is noted what could be read.
type world struct {
	*lasting
	chance *rand.Rand
	seed   uint64
	down   map[string]time.Time // until when sources cannot be read
	read   map[string]time.Time // when each was read last
	all    []*opening
	sub    Subscription
}

func newWorld(t *testing.T, o Options, seed uint64) *world {
	t.Helper()
	w := &world{
		lasting: newLasting(t, o, "g", "g2", ""), chance: rand.New(rand.NewPCG(seed, 0)), seed: seed,
		down: map[string]time.Time{}, read: map[string]time.Time{},
	}
	w.sub = subscribe(t, w.Store, looking("p", "g"))
	w.pass(time.Second)
	return w
}

func (w *world) days(most int) time.Duration {
	return time.Duration(1+w.chance.IntN(most)) * 24 * time.Hour
}

func (w *world) run(t *testing.T) {
	t.Helper()
	places := []string{"g", "g2", ""}
	for start := w.clock.Now(); w.clock.Now().Sub(start) < 300*24*time.Hour; {
		now := w.clock.Now()
		if w.chance.IntN(3) == 0 && len(w.all) < 30 {
			o := &opening{name: fmt.Sprint(len(w.all)), same: []string{"all", "address", "words"}[w.chance.IntN(3)], at: map[string]time.Time{}, again: map[string]int{}, reads: map[string][]reading{}}
			w.all = append(w.all, o)
		}
		for _, o := range w.all { // it is listed somewhere for a while, or once more
			if w.chance.IntN(6) == 0 {
				place := places[w.chance.IntN(3)]
				if !o.at[place].After(now) && w.chance.IntN(2) == 0 {
					o.again[place]++
				}
				o.at[place] = now.Add(w.days(120))
			}
		}
		for _, place := range places {
			w.look(t, place)
		}
		w.tellOf(t)
		if w.chance.IntN(25) == 0 {
			w.pause(t)
		}
		w.pass(w.days(4))
	}
	w.check(t)
}

// look reads a source, if that is possible.
func (w *world) look(t *testing.T, place string) {
	t.Helper()
	now := w.clock.Now()
	switch {
	case w.down[place].After(now):
		return
	case w.chance.IntN(20) == 0:
		w.down[place] = now.Add(w.days(100))
		return
	case w.chance.IntN(30) == 0 && w.sources[place].ID != 0:
		w.remove(t, place)
		return
	}
	var jobs []alerts.Job
	var which []*opening
	for _, o := range w.all {
		if o.at[place].After(now) {
			jobs, which = append(jobs, o.posting(place)), append(which, o)
		}
	}
	if _, ok := w.sources[place]; !ok {
		w.sources[place] = must(w.AddSource(t.Context(), Source{Guild: strings.TrimRight(place, "0123456789"), Kind: "feed", URL: "https://jobs.example/" + place, AddedBy: "ann"}))(t)
		w.lists(t, place, FetchResult{Jobs: jobs, Baseline: true, Whole: true})
		delete(w.read, place) // what it had before is nothing that it has had all the while
	} else {
		w.lists(t, place, FetchResult{Jobs: jobs, Whole: w.chance.IntN(2) == 0})
	}
	for i, o := range which {
		o.reads[place] = append(o.reads[place], reading{now, w.read[place], jobs[i].ExternalID})
	}
	w.read[place] = now
}

// posting is an opening as a source lists it.
func (o *opening) posting(place string) alerts.Job {
	j := posting(o.name)
	j.ExternalID = fmt.Sprintf("%s-%s-%d", o.name, place, o.again[place])
	if o.same == "words" {
		j.Apply += "/" + strings.Trim(place, "g")
		if place == "" {
			j.Apply += "all"
		}
	}
	if o.same == "address" {
		j.Title += " at " + place
	}
	return j
}

// tellOf tells what is new, and notes of which openings that was.
func (w *world) tellOf(t *testing.T) {
	t.Helper()
	match(t, w.Store)
	for due := 1; due > 0; {
		var err error
		if due, _, err = w.FreezeDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	must(w.DeliverAll(t.Context(), func(_ context.Context, d Delivery) Outcome {
		for _, j := range d.Jobs {
			name, _, _ := strings.Cut(strings.TrimPrefix(j.Job.Title, "Baker "), " ")
			i := slices.IndexFunc(w.all, func(o *opening) bool { return o.name == name })
			w.all[i].tells = append(w.all[i].tells, j.First)
		}
		return Outcome{Result: Sent, Message: "m"}
	}))(t)
	must(w.Purge(t.Context(), usualKeep))(t)
}

// pause pauses the alert, or goes on with it.
func (w *world) pause(t *testing.T) {
	t.Helper()
	w.sub = must(w.ChangeSubscription(t.Context(), "p", w.sub.ID, noCareers, func(sub *Subscription) {
		sub.State = map[alerts.State]alerts.State{alerts.Active: alerts.Paused, alerts.Paused: alerts.Active}[sub.State]
	}))(t)
}

// check looks at each two tells of an opening: by what had been read until the
// second, it was another opening.
func (w *world) check(t *testing.T) {
	t.Helper()
	told := 0
	for _, o := range w.all {
		told += len(o.tells)
		for i, second := range o.tells {
			for _, first := range o.tells[:i] {
				for _, run := range o.runs(second) {
					if !first.Before(run[0]) && !second.After(run[1].Add(time.Second)) {
						t.Errorf("world %d: opening %s (%s) was told of as read on %v and %v, and was listed from %v to %v", w.seed, o.name, o.same, first, second, run[0], run[1])
					}
				}
			}
		}
	}
	if told == 0 {
		t.Errorf("world %d: nobody was told of anything", w.seed)
	}
}

// runs are the times, from and until, in which an opening was listed as far as
// could be read until then: between readings with the same ID, or of a source that
// was not read in between, and those that are no further apart than the window.
func (o *opening) runs(until time.Time) [][2]time.Time {
	var parts [][2]time.Time
	for _, list := range o.reads {
		for i, r := range list {
			if r.at.After(until) {
				break
			}
			from := r.at
			for _, other := range list[:i] {
				if other.id == r.id || !other.at.Before(r.before) && !r.before.IsZero() {
					from = other.at
					break
				}
			}
			parts = append(parts, [2]time.Time{from, r.at})
		}
	}
	slices.SortFunc(parts, func(a, b [2]time.Time) int { return a[0].Compare(b[0]) })
	var runs [][2]time.Time
	for _, p := range parts {
		if n := len(runs) - 1; n >= 0 && p[0].Sub(runs[n][1]) < alerts.RepostWindow {
			if p[1].After(runs[n][1]) {
				runs[n][1] = p[1]
			}
			continue
		}
		runs = append(runs, p)
	}
	return runs
}
