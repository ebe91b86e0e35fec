package alerts

import (
	"cmp"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Hit is a job that a subscription asks for, by their places in what was given
// to [Match].
type Hit struct{ Subscription, Job int32 }

// Match finds which of the jobs each subscription asks for, at time now. It
// keeps nothing: the jobs are indexed, word by word, as sets of bits, and a
// subscription is a few operations on such sets, so that there is nothing to
// keep in step with what members change. careers gives the names of a career by
// its ID; it is called from several goroutines. Hits are in the order of the
// subscriptions and, within one, of the jobs. Paused subscriptions and closed
// jobs have none. Whether a hit was sent before is for the caller to know.
func Match(now time.Time, jobs []Job, subs []Subscription, careers func(id string) []string) []Hit {
	var hits []Hit
	kept := make([]set, len(subs)) // counted before they are written out: there may be millions
	for start := 0; start < len(jobs); start += batchSize {
		b := newBatch(now, jobs[start:min(start+batchSize, len(jobs))])
		workers := min(runtime.GOMAXPROCS(0), len(subs)/256+1)
		counts := make([]int, workers)
		var wg sync.WaitGroup
		for w := range workers {
			first, end := len(subs)*w/workers, len(subs)*(w+1)/workers
			wg.Go(func() {
				s := newSearch(b, careers)
				for i := first; i < end; i++ {
					kept[i] = set{}
					if subs[i].ActiveAt(now) {
						kept[i] = s.find(&subs[i].Query)
						counts[w] += kept[i].len()
					}
				}
			})
		}
		wg.Wait()
		n := 0
		for _, count := range counts {
			n += count
		}
		hits = slices.Grow(hits, n)
		for i := range kept {
			for j := range kept[i].each {
				hits = append(hits, Hit{int32(i), int32(start + j)})
			}
		}
	}
	if len(jobs) > batchSize {
		slices.SortFunc(hits, func(a, b Hit) int {
			return cmp.Or(cmp.Compare(a.Subscription, b.Subscription), cmp.Compare(a.Job, b.Job))
		})
	}
	return hits
}

// Rule is what may decide on a job for a subscription.
type Rule string

// The rules in the order in which they are asked. The first that leaves a job
// out is the one that is told.
const (
	RulePaused  Rule = "paused"  // the subscription is paused
	RuleEarlier Rule = "earlier" // the job was there before the subscription
	RuleSent    Rule = "sent"    // the member was told of it
	RuleClosed  Rule = "closed"  // no applications any more
	RuleCareer  Rule = "career"  // the title names another career
	RuleWords   Rule = "words"   // a word is missing
	RuleNot     Rule = "not"     // a word is there that is not wanted
	RuleRemote  Rule = "remote"
	RulePlace   Rule = "place"
	RuleKind    Rule = "kind"
	RuleLevel   Rule = "level"
	RulePay     Rule = "pay"
	RuleNone    Rule = "" // nothing leaves it out
)

// rules are what a query asks of a job. Each leaves in a set the jobs that
// fulfil it.
var rules = []struct {
	rule Rule
	keep func(*search, *Query, *set)
}{
	{RuleClosed, func(s *search, _ *Query, keep *set) { keep.and(&s.open) }},
	{RuleCareer, (*search).keepCareer},
	{RuleWords, func(s *search, q *Query, keep *set) { *keep = s.matching(&q.Words, *keep, granted) }},
	{RuleNot, func(s *search, q *Query, keep *set) { *keep = s.matching(&q.Words, *keep, applied) }},
	{RuleRemote, (*search).keepRemote},
	{RulePlace, (*search).keepPlaces},
	{RuleKind, (*search).keepKinds},
	{RuleLevel, (*search).keepLevels},
	{RulePay, (*search).keepPay},
}

// batchSize is how many jobs are matched at once: a set of them is 128 bytes.
const batchSize = 1024

// set is a set of the jobs of a batch.
type set [batchSize / 64]uint64

func (s *set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s *set) has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

func (s *set) and(t *set) {
	for i := range s {
		s[i] &= t[i]
	}
}

func (s *set) or(t *set) {
	for i := range s {
		s[i] |= t[i]
	}
}

func (s *set) without(t *set) {
	for i := range s {
		s[i] &^= t[i]
	}
}

func (s *set) len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

func (s *set) empty() bool { return *s == set{} }

// each gives the members in order. Members may be taken out meanwhile.
func (s *set) each(yield func(int) bool) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			if !yield(i*64 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

// batch is jobs, indexed.
type batch struct {
	jobs      []Job
	all, open set
	words     *dictionary
	anywhere  []set           // by number of a word: the jobs that have it
	title     map[int32]*set  // the jobs that have it in the title
	text      [][]int32       // by job: the words in order, with a gap between fields
	where     [][]int32       // by job: the words of the places, the same way
	within    map[*place]*set // the jobs that are somewhere in it
	exactly   map[*place]*set // the jobs that name it
	placeless set             // the jobs that name no place that is known
	remote    map[Remote]*set
	kinds     map[Kind]*set
	levels    map[Level]*set
}

// gap stands between two fields: no phrase goes over it.
const gap int32 = -1

func newBatch(now time.Time, jobs []Job) *batch {
	b := &batch{
		jobs: jobs, words: newDictionary(),
		text: make([][]int32, len(jobs)), where: make([][]int32, len(jobs)),
		title:  map[int32]*set{},
		within: map[*place]*set{}, exactly: map[*place]*set{},
		remote: map[Remote]*set{}, kinds: map[Kind]*set{}, levels: map[Level]*set{},
	}
	located := map[string]where{}
	for i := range jobs {
		j := &jobs[i]
		b.all.add(i)
		if j.Closes.IsZero() || j.Closes.After(now) {
			b.open.add(i)
		}
		b.text[i] = b.read(i, make([]int32, 0, len(j.Text)/6+16), j.Title, func(n int32) { put(b.title, n, i) })
		b.text[i] = b.read(i, b.text[i], j.Company, nil)
		for _, p := range j.Places {
			start := len(b.text[i])
			b.text[i] = b.read(i, b.text[i], p, nil)
			b.where[i] = append(b.where[i], b.text[i][start:]...)
		}
		b.text[i] = b.read(i, b.text[i], j.Text, nil)
		b.place(i, located)
		put(b.remote, j.Remote, i)
		put(b.kinds, cmp.Or(j.Kind, usualKind), i)
		put(b.levels, cmp.Or(j.Level, usualLevel), i)
	}
	return b
}

// read indexes a field of a job and appends its words, and a gap, to text. also
// is called for every word.
func (b *batch) read(job int, text []int32, field string, also func(int32)) []int32 {
	enter := func(word []byte) int32 {
		n := b.words.add(word)
		if int(n) == len(b.anywhere) {
			b.anywhere = append(b.anywhere, set{})
		}
		b.anywhere[n].add(job)
		if also != nil {
			also(n)
		}
		return n
	}
	var before, joined []byte
	tokens(fold(field), func(word []byte, hyphen bool) {
		if hyphen {
			joined = append(append(joined[:0], before...), word...)
			enter(joined)
		}
		text = append(text, enter(word))
		before = append(before[:0], word...)
	})
	return append(text, gap)
}

func (b *batch) place(job int, located map[string]where) {
	known := false
	for _, written := range b.jobs[job].Places {
		w, ok := located[written]
		if !ok {
			w = locate(written)
			located[written] = w
		}
		for _, p := range w.known {
			known = true
			put(b.exactly, p, job)
			put(b.within, p, job)
			for _, outer := range p.within {
				put(b.within, outer, job)
			}
		}
	}
	if !known {
		b.placeless.add(job)
	}
}

func put[K comparable](sets map[K]*set, key K, job int) {
	s := sets[key]
	if s == nil {
		s = new(set)
		sets[key] = s
	}
	s.add(job)
}

// search looks for queries in a batch, and remembers what many of them ask for.
type search struct {
	*batch
	left    set // what the rules have left in
	names   func(career string) []string
	leaves  map[string]*set // by text of a leaf
	careers map[string]*set
	at      map[string]*set // by place: the jobs there
	reach   map[string]*set // by place: the jobs that can be done from there, if remote
}

func newSearch(b *batch, careers func(id string) []string) *search {
	return &search{
		batch: b, names: careers,
		leaves: map[string]*set{}, careers: map[string]*set{}, at: map[string]*set{}, reach: map[string]*set{},
	}
}

// find gives the jobs that fulfil all rules.
func (s *search) find(q *Query) set {
	s.left = s.all
	for i := range rules {
		if rules[i].rule == RuleWords {
			continue // RuleNot leaves in no more
		}
		if rules[i].keep(s, q, &s.left); s.left.empty() {
			break
		}
	}
	return s.left
}

// remember computes a set once.
func remember(sets map[string]*set, key string, compute func(*set)) *set {
	s := sets[key]
	if s == nil {
		s = new(set)
		compute(s)
		sets[key] = s
	}
	return s
}

// keepCareer keeps jobs whose title has all words of a name of the career, in
// any order: "Engineer, Backend" is a back-end engineer. The text of a posting
// names careers of colleagues, too.
func (s *search) keepCareer(q *Query, keep *set) {
	if q.Career == "" {
		return
	}
	keep.and(remember(s.careers, q.Career, func(found *set) {
		for _, name := range s.names(q.Career) {
			found.or(s.titled(name))
		}
	}))
}

// titled are the jobs with all words of a name in the title. What has a hyphen
// in the name may be one word there.
func (s *search) titled(name string) *set {
	found := new(set)
	for _, spelling := range []string{name, strings.ReplaceAll(name, "-", "")} {
		words, _ := wordsOf(spelling)
		if len(words) == 0 {
			continue
		}
		all := s.all
		for _, w := range words {
			in := s.title[s.words.find(w)]
			if in == nil {
				in = new(set)
			}
			all.and(in)
		}
		found.or(&all)
	}
	return found
}

// exclusion is what becomes of what is not wanted: applied, or granted to be
// absent so that it shows whether the other words are there.
type exclusion int

const (
	applied exclusion = iota
	granted
)

// matching gives those of the jobs that fulfil words. Sets go by value: they
// stay off the heap.
func (s *search) matching(w *Words, jobs set, exclude exclusion) set {
	switch w.op {
	case leaf:
		jobs.and(s.leaf(w.text))
	case and:
		for i := range w.of {
			jobs = s.matching(&w.of[i], jobs, exclude)
		}
	case or:
		var any set
		for i := range w.of {
			some := s.matching(&w.of[i], jobs, exclude)
			any.or(&some)
		}
		return any
	case not:
		if exclude == applied {
			some := s.matching(&w.of[0], jobs, exclude)
			jobs.without(&some)
		}
	}
	return jobs
}

// leaf are the jobs that have a word, or words that follow each other. A word
// with a hyphen may be written as one, and as two.
func (s *search) leaf(text string) *set {
	return remember(s.leaves, text, func(found *set) {
		words, joined := wordsOf(text)
		if len(words) == 1 {
			joined = words
		} else {
			s.follow(words, s.text, found)
		}
		if len(joined) == 1 && len(words) <= 2 {
			if n := s.words.find(joined[0]); n >= 0 {
				found.or(&s.anywhere[n])
			}
		}
	})
}

// follow adds the jobs in whose texts words follow each other.
func (s *search) follow(words []string, texts [][]int32, found *set) {
	numbers := make([]int32, len(words))
	some := s.all
	for i, w := range words {
		n := s.words.find(w)
		if n < 0 {
			return
		}
		numbers[i] = n
		some.and(&s.anywhere[n])
	}
	for job := range some.each {
		if len(words) > 0 && containsRun(texts[job], numbers) {
			found.add(job)
		}
	}
}

func containsRun(text, run []int32) bool {
	for i := 0; i+len(run) <= len(text); i++ {
		if text[i] == run[0] && slices.Equal(text[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

func (s *search) keepRemote(q *Query, keep *set) {
	yes := s.remote[RemoteYes]
	if yes == nil {
		yes = new(set)
	}
	switch q.Remote {
	case RemoteYes:
		keep.and(yes)
	case RemoteNo:
		keep.without(yes)
	}
}

// keepPlaces keeps the jobs at one of the places, and if remote is wanted those
// remote ones that can be done from there.
func (s *search) keepPlaces(q *Query, keep *set) {
	if len(q.Places) == 0 {
		return
	}
	var any set
	for _, p := range q.Places {
		if q.Remote != RemoteYes {
			any.or(s.atPlace(p))
		}
		if yes := s.remote[RemoteYes]; yes != nil && q.Remote != RemoteNo {
			reach := *s.reachable(p)
			reach.and(yes)
			any.or(&reach)
		}
	}
	keep.and(&any)
}

// atPlace are the jobs in a place that is known or, if it is not, those that
// name it by its words.
func (s *search) atPlace(p string) *set {
	return remember(s.at, p, func(found *set) {
		w := locate(p)
		if w.unknown != nil || len(w.known) == 0 {
			words := w.unknown
			if words == nil {
				words, _ = wordsOf(p)
			}
			s.follow(words, s.where, found)
			if len(w.known) > 0 {
				found.and(s.inside(w.known))
			}
			return
		}
		*found = *s.inside(w.known)
	})
}

func (s *search) inside(known []*place) *set {
	found := new(set)
	for _, p := range known {
		if in := s.within[p]; in != nil {
			found.or(in)
		}
	}
	return found
}

// reachable are the jobs that, if they are remote, can be done from a place:
// those that are in the same country, name a part of the world it lies in, or
// name no place that is known.
func (s *search) reachable(p string) *set {
	return remember(s.reach, p, func(found *set) {
		*found = s.placeless
		found.or(s.atPlace(p))
		for _, p := range locate(p).known {
			p = cmp.Or(p.country, p)
			if in := s.within[p]; in != nil {
				found.or(in)
			}
			for _, outer := range p.within {
				if named := s.exactly[outer]; named != nil {
					found.or(named)
				}
			}
		}
	})
}

func (s *search) keepKinds(q *Query, keep *set)  { keepAny(s.kinds, q.Kinds, keep) }
func (s *search) keepLevels(q *Query, keep *set) { keepAny(s.levels, q.Levels, keep) }

func keepAny[K comparable](sets map[K]*set, wanted []K, keep *set) {
	if len(wanted) == 0 {
		return
	}
	var any set
	for _, w := range wanted {
		if in := sets[w]; in != nil {
			any.or(in)
		}
	}
	keep.and(&any)
}

func (s *search) keepPay(q *Query, keep *set) {
	if q.Floor == nil {
		return
	}
	for job := range keep.each {
		if !q.Floor.letsIn(s.jobs[job].Pay) {
			keep[job/64] &^= 1 << (job % 64)
		}
	}
}

func (f *Floor) letsIn(p *Pay) bool {
	if !f.compares(p) {
		return f.Unknown
	}
	return Yearly(p.upper(), p.Period) >= Yearly(f.Amount, f.Period)
}

// compares says whether pay can be set against the floor.
func (f *Floor) compares(p *Pay) bool {
	return p != nil && p.upper() > 0 && p.Currency == f.Currency && perYear[p.Period] > 0
}

// Explanation is why a job is, or is not, for a subscription.
type Explanation struct {
	Rule  Rule     // the first that leaves the job out; RuleNone if it is for the subscription
	Terms []string // the words that decided: those of the query that the job has or, if a word is missing, lacks
	Why   string   // a sentence for the member; it may quote the posting, so escape it
}

// Past is what happened with a job before; what is not known is zero.
type Past struct {
	Seen time.Time // when the job was first held
	Sent time.Time // when the member was told of it
}

// Explain tells which rule decided on a job for a subscription, by the same
// rules as [Match]: with no past, RuleNone is told where Match gives a hit.
func Explain(now time.Time, job Job, sub Subscription, careers func(id string) []string, past Past) Explanation {
	s := newSearch(newBatch(now, []Job{job}), careers)
	q := &sub.Query
	rule := RuleNone
	switch {
	case !sub.ActiveAt(now):
		rule = RulePaused
	case !past.Seen.IsZero() && past.Seen.Before(sub.Created):
		rule = RuleEarlier
	case !past.Sent.IsZero():
		rule = RuleSent
	default:
		keep := s.all
		for i := range rules {
			if rules[i].keep(s, q, &keep); keep.empty() {
				rule = rules[i].rule
				break
			}
		}
	}
	e := Explanation{Rule: rule, Terms: s.decisive(q, rule)}
	e.Why = reason(rule, job, &sub, past, e.Terms)
	return e
}

// decisive are the words by which a rule decided on the one job of a batch.
func (s *search) decisive(q *Query, rule Rule) []string {
	var terms []string
	if rule == RuleNone && q.Career != "" {
		name := "" // of most words, which says most, and of these the one that is named first
		for _, n := range s.names(q.Career) {
			if s.titled(n).has(0) && len(strings.Fields(n)) > len(strings.Fields(name)) {
				name = n
			}
		}
		terms = append(terms, name)
	}
	q.Words.visit(true, func(text string, wanted bool) {
		has := s.leaf(text).has(0)
		decides := rule == RuleNone && wanted && has || rule == RuleWords && wanted && !has || rule == RuleNot && !wanted && has
		if decides && !slices.Contains(terms, text) {
			terms = append(terms, text)
		}
	})
	return terms
}

// visit calls leaf for every word, and says whether it is wanted.
func (w Words) visit(wanted bool, call func(text string, wanted bool)) {
	switch w.op {
	case leaf:
		call(w.text, wanted)
	case not:
		w.of[0].visit(!wanted, call)
	default:
		for _, side := range w.of {
			side.visit(wanted, call)
		}
	}
}

// quoted writes words for people: “go”, “docker”.
func quoted(terms []string) string { return "“" + strings.Join(terms, "”, “") + "”" }
