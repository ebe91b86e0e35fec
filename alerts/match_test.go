package alerts

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func words(t testing.TB, s string) Words {
	t.Helper()
	w, err := ParseWords(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return w
}

var careerNames = map[string][]string{
	"back-end-developer": {"back-end developer", "backend developer", "backend engineer", "server-side developer"},
	"data-analyst":       {"data analyst", "BI analyst"},
}

func careers(id string) []string { return careerNames[id] }

func TestMatch(t *testing.T) {
	job := Job{
		Source: "acme", ExternalID: "1", Title: "Senior Engineer (Backend), Payments", Company: "Acme GmbH",
		Places: []string{"Bangalore, India"}, Kind: FullTime, Level: Senior,
		Pay:    &Pay{Min: 4_000_000, Max: 6_000_000, Currency: "INR", Period: Year},
		Posted: now.Add(-time.Hour), Apply: "https://acme.example/1",
		Text: "You will run Kubernetes and PostgreSQL.\nC++ or C# helps. The front-end team is next door. Node.js is not used, .NET is.",
	}
	remote := job
	remote.Remote, remote.Places = RemoteYes, []string{"United States"}
	worldwide := remote
	worldwide.Places = nil
	emea := remote
	emea.Places = []string{"EMEA"}
	silent := job
	silent.Places, silent.Kind, silent.Level, silent.Pay = nil, "", "", nil
	village := job
	village.Places = []string{"Upper Xyzville, Ruritania"}
	closed := job
	closed.Closes = now
	usd := job
	usd.Pay = &Pay{Max: 50, Currency: "USD", Period: Hour}

	w := func(s string) Query { return Query{Words: words(t, s)} }
	in := func(remote Remote, places ...string) Query {
		return Query{Words: words(t, "engineer"), Places: places, Remote: remote}
	}
	floor := func(amount float64, currency string, per Period) Query {
		return Query{Words: words(t, "engineer"), Floor: &Floor{Amount: amount, Currency: currency, Period: per}}
	}
	unknownIn := floor(1, "INR", Year)
	unknownIn.Floor.Unknown = true

	for _, test := range []struct {
		name  string
		job   Job
		query Query
		rule  Rule
		terms string
	}{
		{"a word", job, w("kubernetes"), RuleNone, "kubernetes"},
		{"another form of it", job, w("engineering"), RuleNone, "engineering"},
		{"a word of the company", job, w("acme"), RuleNone, "acme"},
		{"a word of the place as written", job, w("bangalore"), RuleNone, "bangalore"},
		{"a missing word", job, w("kubernetes AND haskell"), RuleWords, "haskell"},
		{"one of two", job, w("haskell OR kubernetes"), RuleNone, "kubernetes"},
		{"a word not wanted", job, w("kubernetes NOT senior"), RuleNot, "senior"},
		{"a missing word before one not wanted", job, w("haskell NOT senior"), RuleWords, "haskell"},
		{"a phrase", job, w(`"kubernetes and postgresql"`), RuleNone, "kubernetes and postgresql"},
		{"a phrase in another order", job, w(`"postgresql kubernetes"`), RuleWords, "postgresql kubernetes"},
		{"no phrase over two fields", job, w(`"payments acme"`), RuleWords, "payments acme"},
		{"signs", job, w("c++ c# .net node.js"), RuleNone, "c++, c#, .net, node.js"},
		{"C is not C++", job, w("c"), RuleWords, "c"},
		{"one word for a hyphen", job, w("frontend"), RuleNone, "frontend"},
		{"a hyphen for two words", job, w(`front-end`), RuleNone, "front-end"},
		{"a hyphen for one word", job, w("back-end"), RuleNone, "back-end"},

		{"a career by its title", job, Query{Career: "back-end-developer"}, RuleNone, "backend engineer"},
		{"a career with a hyphen, by one word", Job{Title: "Serverside developer", Apply: "https://a.example"}, Query{Career: "back-end-developer"}, RuleNone, "server-side developer"},
		{"another career", job, Query{Career: "data-analyst"}, RuleCareer, ""},
		{"a career that is not held", job, Query{Career: "astronaut"}, RuleCareer, ""},

		{"its town by another name", job, in("", "Bengaluru"), RuleNone, "engineer"},
		{"its state", job, in("", "Karnataka"), RuleNone, "engineer"},
		{"its country by code", job, in("", "IN"), RuleNone, "engineer"},
		{"its part of the world", job, in("", "APAC"), RuleNone, "engineer"},
		{"another town", job, in("", "Pune"), RulePlace, ""},
		{"either of two", job, in("", "Pune", "Bengaluru"), RuleNone, "engineer"},
		{"no place", silent, in("", "Pune"), RulePlace, ""},
		{"a place nobody knows, by its words", village, in("", "xyzville"), RuleNone, "engineer"},
		{"another place nobody knows", village, in("", "Strelsau"), RulePlace, ""},
		{"remote from anywhere", worldwide, in("", "Pune"), RuleNone, "engineer"},
		{"remote from another country", remote, in("", "Pune"), RulePlace, ""},
		{"remote from the same country", remote, in(RemoteYes, "New York"), RuleNone, "engineer"},
		{"remote from a part of the world", emea, in(RemoteYes, "Berlin"), RuleNone, "engineer"},
		{"remote from another part", emea, in(RemoteYes, "Pune"), RulePlace, ""},
		{"not remote", job, in(RemoteYes), RuleRemote, ""},
		{"remote and not wanted", remote, in(RemoteNo), RuleRemote, ""},
		{"at the place, remote only wanted", job, in(RemoteYes, "Bengaluru"), RuleRemote, ""},

		{"a kind", job, Query{Words: words(t, "engineer"), Kinds: []Kind{Contract, FullTime}}, RuleNone, "engineer"},
		{"another kind", job, Query{Words: words(t, "engineer"), Kinds: []Kind{Contract}}, RuleKind, ""},
		{"no kind is full-time", silent, Query{Words: words(t, "engineer"), Kinds: []Kind{FullTime}}, RuleNone, "engineer"},
		{"another level", job, Query{Words: words(t, "engineer"), Levels: []Level{Junior, Mid}}, RuleLevel, ""},
		{"no level is mid", silent, Query{Words: words(t, "engineer"), Levels: []Level{Junior, Mid}}, RuleNone, "engineer"},

		{"pay up to the floor", job, floor(500_000, "INR", Month), RuleNone, "engineer"},
		{"pay below the floor", job, floor(500_001, "INR", Month), RulePay, ""},
		{"pay by the hour", usd, floor(104_000, "USD", Year), RuleNone, "engineer"},
		{"pay in another currency", usd, floor(1, "INR", Year), RulePay, ""},
		{"pay not known", silent, floor(1, "INR", Year), RulePay, ""},
		{"pay not known, let in", silent, unknownIn, RuleNone, "engineer"},
		{"pay in another currency, let in", usd, unknownIn, RuleNone, "engineer"},

		{"closed", closed, w("kubernetes"), RuleClosed, ""},
		{"the first rule is told", remote, Query{Words: words(t, "haskell"), Places: []string{"Pune"}, Remote: RemoteNo}, RuleWords, "haskell"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sub := Subscription{State: Active, Query: test.query}
			e := Explain(now, test.job, sub, careers, Past{})
			if got := strings.Join(e.Terms, ", "); e.Rule != test.rule || got != test.terms {
				t.Errorf("the rule is %q by %q, want %q by %q (%s)", e.Rule, got, test.rule, test.terms, e.Why)
			}
			if e.Why == "" {
				t.Error("no reason is given")
			}
			if hits := Match(now, []Job{test.job}, []Subscription{sub}, careers); (len(hits) == 1) != (test.rule == RuleNone) {
				t.Errorf("hits are %v", hits)
			}
		})
	}
}

func TestExplainPast(t *testing.T) {
	job := Job{Title: "Cook", Apply: "https://a.example"}
	sub := Subscription{State: Active, Created: now, Query: Query{Words: words(t, "cook")}}
	paused := sub
	paused.State, paused.Reason, paused.Until = Paused, "your direct messages are closed", now.AddDate(0, 0, 7)
	for _, test := range []struct {
		sub  Subscription
		past Past
		rule Rule
		why  string
	}{
		{sub, Past{}, RuleNone, "It has “cook”."},
		{sub, Past{Seen: now}, RuleNone, "It has “cook”."},
		{sub, Past{Seen: now.AddDate(0, 0, -1)}, RuleEarlier, "It was held on 25 November 2026, before the alert was made on 26 November 2026."},
		{sub, Past{Seen: now, Sent: now}, RuleSent, "You were told of it on 26 November 2026."},
		{paused, Past{}, RulePaused, "The alert is paused until 3 December 2026: your direct messages are closed."},
	} {
		if e := Explain(now, job, test.sub, careers, test.past); e.Rule != test.rule || e.Why != test.why {
			t.Errorf("%+v: %q, %q", test.past, e.Rule, e.Why)
		}
	}
	if e := Explain(now.AddDate(0, 0, 7), job, paused, careers, Past{}); e.Rule != RuleNone {
		t.Errorf("the pause has run out, yet %q", e.Why)
	}
}

// Match is equal to asking every job and subscription in turn, in the plainest
// way, and Explain agrees with both.
func TestMatchIsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	decided := map[Rule]int{}
	for round := range 40 {
		jobs := make([]Job, pick(r, 0, 1, 40, 60))
		subs := make([]Subscription, 40)
		if round == 0 { // more than one batch, more than one worker
			jobs, subs = make([]Job, batchSize+1), make([]Subscription, 260)
		}
		for i := range jobs {
			jobs[i] = randomJob(r)
		}
		for i := range subs {
			subs[i] = randomSubscription(r)
		}
		var want []Hit
		for i := range subs {
			for j := range jobs {
				if oracle(jobs[j], subs[i]) {
					want = append(want, Hit{int32(i), int32(j)})
				}
			}
		}
		got := Match(now, jobs, subs, careers)
		if !slices.Equal(got, want) {
			for i := range subs {
				for j := range jobs {
					if h := (Hit{int32(i), int32(j)}); slices.Contains(got, h) != slices.Contains(want, h) {
						t.Fatalf("round %d: the match is %v for\n%+v\n%s %+v", round, slices.Contains(got, h), jobs[j], subs[i].Query.Words, subs[i])
					}
				}
			}
			t.Fatalf("round %d: %d hits, want %d", round, len(got), len(want))
		}
		for range 400 * min(len(jobs), 1) {
			h := Hit{r.Int32N(int32(len(subs))), r.Int32N(int32(len(jobs)))}
			e := Explain(now, jobs[h.Job], subs[h.Subscription], careers, Past{})
			decided[e.Rule]++
			if _, hit := slices.BinarySearchFunc(got, h, func(a, b Hit) int {
				return int(cmp.Or(a.Subscription-b.Subscription, a.Job-b.Job))
			}); hit != (e.Rule == RuleNone) {
				t.Fatalf("round %d: hit %v, but %q: %s\n%+v\n%+v", round, hit, e.Rule, e.Why, jobs[h.Job], subs[h.Subscription])
			}
		}
	}
	for _, rule := range []Rule{RuleNone, RulePaused, RuleClosed, RuleCareer, RuleWords, RuleNot, RuleRemote, RulePlace, RuleKind, RuleLevel, RulePay} {
		if decided[rule] == 0 {
			t.Errorf("the rule %q never decided: the random data are poor", rule)
		}
	}
}

var (
	vocabulary = strings.Fields("backend back-end back end developer developers engineer engineering data analyst BI go c c++ cloud the of senior")
	// What each place lies in, and its country.
	oraclePlaces = map[string][]string{
		"Bangalore": {"Bengaluru", "Karnataka", "India", "Asia", "APAC"}, "Pune, India": {"Pune", "Maharashtra", "India", "Asia", "APAC"},
		"India": {"India", "Asia", "APAC"}, "Berlin": {"Berlin", "Germany", "European Union", "Europe", "EMEA", "DACH"},
		"EMEA": {"EMEA"}, "New York, NY": {"New York City", "New York State", "United States", "North America", "Americas"},
	}
	oracleCountry = map[string]string{"Bangalore": "India", "Pune, India": "India", "India": "India", "Berlin": "Germany", "New York, NY": "United States"}
	oracleName    = map[string]string{"Bangalore": "Bengaluru", "Pune, India": "Pune", "India": "India", "Berlin": "Berlin", "EMEA": "EMEA", "New York, NY": "New York City"}
)

func oracle(job Job, sub Subscription) bool {
	q := sub.Query
	if sub.State != Active || !job.Closes.IsZero() && !job.Closes.After(now) {
		return false
	}
	var names []string
	for _, name := range careerNames[q.Career] {
		names = append(names, name, strings.ReplaceAll(name, "-", ""))
	}
	if q.Career != "" && !slices.ContainsFunc(names, func(name string) bool {
		return !slices.ContainsFunc(oracleStems(name), func(w string) bool {
			return !slices.Contains(oracleStems(job.Title), w) && !slices.Contains(oracleJoined(job.Title), w)
		})
	}) {
		return false
	}
	if !oracleWords(q.Words, append([]string{job.Title, job.Company, job.Text}, job.Places...)) {
		return false
	}
	if q.Remote == RemoteYes && job.Remote != RemoteYes || q.Remote == RemoteNo && job.Remote == RemoteYes {
		return false
	}
	if len(q.Places) > 0 && !slices.ContainsFunc(q.Places, func(p string) bool {
		at := slices.ContainsFunc(job.Places, func(jp string) bool { return slices.Contains(oraclePlaces[jp], oracleName[p]) })
		reach := len(job.Places) == 0 || slices.ContainsFunc(job.Places, func(jp string) bool {
			return oracleCountry[p] != "" && oracleCountry[p] == oracleCountry[jp] || slices.Contains(oraclePlaces[p], oracleName[jp]) && oracleCountry[jp] == ""
		})
		return at && q.Remote != RemoteYes || job.Remote == RemoteYes && q.Remote != RemoteNo && (at || reach)
	}) {
		return false
	}
	if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, cmp.Or(job.Kind, FullTime)) || len(q.Levels) > 0 && !slices.Contains(q.Levels, cmp.Or(job.Level, Mid)) {
		return false
	}
	if f := q.Floor; f != nil {
		year := map[Period]float64{Hour: 2080, Day: 260, Week: 52, Month: 12, Year: 1}
		if job.Pay == nil || job.Pay.Currency != f.Currency || job.Pay.Period == "" {
			return f.Unknown
		}
		return max(job.Pay.Min, job.Pay.Max)*year[job.Pay.Period] >= f.Amount*year[f.Period]
	}
	return true
}

// oracleStemmed remembers: the race detector makes stemming slow.
var oracleStemmed = map[string][]string{}

func oracleStems(s string) []string {
	if out, ok := oracleStemmed[s]; ok {
		return out
	}
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" -,", r) }) {
		out = append(out, stem(w))
	}
	oracleStemmed[s] = out
	return out
}

func oracleJoined(s string) []string {
	var out []string
	for _, w := range strings.Fields(strings.ToLower(s)) {
		if strings.Contains(w, "-") {
			out = append(out, stem(strings.ReplaceAll(w, "-", "")))
		}
	}
	return out
}

func oracleWords(w Words, fields []string) bool {
	switch w.op {
	case none:
		return true
	case not:
		return !oracleWords(w.of[0], fields)
	case and:
		return !slices.ContainsFunc(w.of, func(w Words) bool { return !oracleWords(w, fields) })
	case or:
		return slices.ContainsFunc(w.of, func(w Words) bool { return oracleWords(w, fields) })
	}
	phrase := oracleStems(w.text)
	return slices.ContainsFunc(fields, func(f string) bool {
		if strings.Contains(" "+strings.Join(oracleStems(f), " ")+" ", " "+strings.Join(phrase, " ")+" ") {
			return true
		}
		one := phrase
		if joined := oracleJoined(w.text); len(phrase) == 2 && len(joined) == 1 {
			one = joined
			if slices.Contains(oracleStems(f), one[0]) {
				return true
			}
		}
		return len(one) == 1 && slices.Contains(oracleJoined(f), one[0])
	})
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func randomWords(r *rand.Rand, n int) string {
	var out []string
	for range n {
		out = append(out, pick(r, vocabulary...))
	}
	return strings.Join(out, " ")
}

func randomJob(r *rand.Rand) Job {
	j := Job{
		Title: randomWords(r, 1+r.IntN(4)), Company: randomWords(r, 1), Text: randomWords(r, r.IntN(12)),
		Remote: pick(r, RemoteUnknown, RemoteYes, RemoteNo), Kind: pick(r, "", FullTime, Contract), Level: pick(r, "", Junior, Senior),
		Closes: pick(r, time.Time{}, time.Time{}, now.Add(time.Hour), now),
	}
	for range r.IntN(3) {
		j.Places = append(j.Places, pick(r, "Bangalore", "Pune, India", "India", "Berlin", "EMEA", "New York, NY"))
	}
	if r.IntN(2) == 0 {
		j.Pay = &Pay{Max: float64(r.IntN(100)), Min: 1, Currency: pick(r, "INR", "USD"), Period: pick(r, Hour, Day, Week, Month, Year, "")}
	}
	return j
}

func randomSubscription(r *rand.Rand) Subscription {
	s := Subscription{State: pick(r, Active, Active, Active, Active, Paused)}
	q := &s.Query
	q.Career = pick(r, "", "", "back-end-developer", "data-analyst", "astronaut")
	if q.Career == "" || r.IntN(2) == 0 {
		q.Words = randomTree(r, 3)
	}
	for range r.IntN(2) * r.IntN(3) {
		q.Places = append(q.Places, pick(r, "Bangalore", "Pune, India", "India", "Berlin", "EMEA", "New York, NY"))
	}
	q.Remote = pick(r, RemoteUnknown, RemoteUnknown, RemoteYes, RemoteNo)
	if r.IntN(4) == 0 {
		q.Kinds = []Kind{pick(r, FullTime, Contract, Internship)}
	}
	if r.IntN(4) == 0 {
		q.Levels = []Level{pick(r, Junior, Mid), pick(r, Senior, Lead)}
	}
	if r.IntN(3) == 0 {
		q.Floor = &Floor{Amount: float64(1 + r.IntN(2000)), Currency: pick(r, "INR", "USD"), Period: pick(r, Hour, Month, Year), Unknown: r.IntN(2) == 0}
	}
	return s
}

func randomTree(r *rand.Rand, depth int) Words {
	switch n := r.IntN(10); {
	case depth == 0 || n < 4:
		return Words{op: leaf, text: pick(r, randomWords(r, 1), randomWords(r, 1), randomWords(r, 2))}
	case n < 6:
		return Words{op: not, of: []Words{randomTree(r, depth-1)}}
	default:
		w := Words{op: pick(r, and, or)}
		for range 2 + r.IntN(2) {
			w.of = append(w.of, randomTree(r, depth-1))
		}
		return w
	}
}

// Synthetic data after the shape of real ones: postings of some 365 words, of
// which 295 are different; 40 roles and 1,500 skills by Zipf's law.
// Subscriptions are one to four groups of words, joined by OR; 14 % exclude a
// word, half name a town, 40 % remote only, 40 % a least pay, a third a kind.
func synthetic(tb testing.TB, nJobs, nSubs int) ([]Job, []Subscription) {
	r := rand.New(rand.NewPCG(7, 7))
	word := func(prefix string, n uint64) string {
		s := prefix
		for n = n*2654435761%(1<<32) + 26; n > 0; n /= 26 {
			s += string(rune('a' + n%26))
		}
		return s
	}
	skill := rand.NewZipf(r, 1.1, 8, 1499)
	filler := rand.NewZipf(r, 1.05, 60, 30_000)
	role := rand.NewZipf(r, 1.2, 3, 39)
	towns := strings.Split("Bengaluru,Pune,Mumbai,Hyderabad,Chennai,New Delhi,London,Berlin,Paris,New York,San Francisco,Toronto,Singapore,Sydney,Dublin,Austin,Seattle,Warsaw,Lisbon,Madrid", ",")
	jobs := make([]Job, nJobs)
	for i := range jobs {
		var text strings.Builder
		for k := range 360 {
			if k%7 == 0 {
				text.WriteString(word("s", skill.Uint64()))
			} else {
				text.WriteString(word("", filler.Uint64()))
			}
			text.WriteString([]string{" ", " ", " ", " ", " ", ", ", ". "}[k%7])
		}
		jobs[i] = Job{
			Source: "x", ExternalID: fmt.Sprint(i), Title: "Senior " + word("r", role.Uint64()) + " Engineer", Company: fmt.Sprint("Company ", i%300),
			Places: []string{pick(r, towns...)}, Remote: pick(r, RemoteYes, RemoteNo, RemoteUnknown), Kind: pick(r, Kinds...),
			Posted: now, Text: text.String(), Apply: fmt.Sprint("https://x.example/", i),
		}
		if i%3 == 0 {
			jobs[i].Pay = &Pay{Min: 20_000, Max: float64(30_000 + r.IntN(150_000)), Currency: pick(r, "USD", "EUR", "INR"), Period: Year}
		}
	}
	subs := make([]Subscription, nSubs)
	for i := range subs {
		var groups []string
		for range 1 + r.IntN(4) {
			g := pick(r, word("r", role.Uint64()), word("s", skill.Uint64()))
			for range 1 + r.IntN(2) {
				g += " AND " + word("s", skill.Uint64())
			}
			groups = append(groups, g)
		}
		s := "(" + strings.Join(groups, " OR ") + ")"
		if r.IntN(100) < 14 {
			s += " NOT " + word("s", skill.Uint64())
		}
		if r.IntN(100) < 10 {
			s += ` OR "senior ` + word("r", role.Uint64()) + `"`
		}
		q := Query{Words: words(tb, s)}
		if r.IntN(2) == 0 {
			q.Places = []string{pick(r, towns...)}
		}
		if r.IntN(100) < 40 {
			q.Remote = RemoteYes
		}
		if r.IntN(100) < 40 {
			q.Floor = &Floor{Amount: float64(20_000 + r.IntN(100_000)), Currency: pick(r, "USD", "EUR", "INR"), Period: Year, Unknown: r.IntN(2) == 0}
		}
		if r.IntN(3) == 0 {
			q.Kinds = []Kind{pick(r, Kinds...)}
		}
		subs[i] = Subscription{ID: int64(i), State: Active, Query: q}
	}
	return jobs, subs
}

// From jobs and subscriptions in memory through analysis to hits in memory.
// heap-MB is the most that lies on the heap meanwhile, input-MB, the jobs and
// subscriptions, included.
func BenchmarkMatch100kSubscriptions1000Jobs(b *testing.B) {
	jobs, subs := synthetic(b, 1000, 100_000)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		for tick := time.NewTicker(10 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-tick.C:
			case <-stop:
				peak <- most
				return
			}
		}
	}()
	b.ReportAllocs()
	hits := 0
	for b.Loop() {
		hits = len(Match(now, jobs, subs, careers))
	}
	close(stop)
	b.ReportMetric(float64(<-peak)/1e6, "heap-MB")
	b.ReportMetric(float64(before.HeapAlloc)/1e6, "input-MB")
	b.ReportMetric(float64(hits), "hits")
}
