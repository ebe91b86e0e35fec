package alerts

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestPreview(t *testing.T) {
	job := func(id, company, title, place string, age int, with func(*Job)) Job {
		j := posting("a", id, company, title, time.Duration(age)*24*time.Hour)
		j.Places = []string{place}
		if with != nil {
			with(&j)
		}
		return j
	}
	held := []Job{
		job("1", "Acme", "Go developer", "Pune", 1, nil),
		job("2", "Acme", "Senior Go developer", "Pune", 2, func(j *Job) { j.Level = Senior }),
		job("3", "Ajax", "Go developer", "Pune", 3, func(j *Job) { j.Pay = &Pay{Max: 2e6, Currency: "INR", Period: Year} }),
		job("4", "Ajax", "Go developer with Docker", "Mumbai", 4, nil),
		job("5", "Ajax", "Go developer", "Berlin", 5, nil),
		job("6", "Ajax", "Go developer from anywhere", "Remote", 6, func(j *Job) { j.Remote = RemoteYes }),
		job("7", "Acme", "Go developer then", "Pune", 31, nil),
		job("8", "Acme", "Rust developer", "Pune", 1, nil),
	}
	q := Query{Words: words(t, "go NOT senior"), Places: []string{"Pune"}, Remote: RemoteNo}
	h := Hold(now, held)
	p := h.Preview(q, careers)
	if p.Count != 2 || !slices.Equal(titles(p.Examples), []string{"Go developer", "Go developer"}) || p.PerWeek != 2*7/30.0 || !p.Since.Equal(now.AddDate(0, 0, -30)) {
		t.Errorf("%d since %s, %.2f a week, for example %q", p.Count, p.Since, p.PerWeek, titles(p.Examples))
	}
	var got []string
	for _, c := range p.Changes {
		got = append(got, fmt.Sprint(c.Label, " ", c.Count))
	}
	if want := []string{"Anywhere 4", "Allow “senior” 3", "All of India 3", "Remote or not 3", "Remote only 1"}; !slices.Equal(got, want) {
		t.Errorf("changes are %q", got)
	}
	// Each change brings what it says.
	for _, c := range p.Changes {
		if n := h.Preview(c.Query, careers).Count; n != c.Count {
			t.Errorf("%s brings %d, not %d", c.Label, n, c.Count)
		}
	}
	if q.Words.String() != "go AND NOT senior" || q.Places[0] != "Pune" {
		t.Error("the query was changed")
	}
	// Jobs held for less than a week tell nothing of a week.
	if p := Hold(now, held[:3]).Preview(q, careers); p.PerWeek != 0 || p.Count != 2 {
		t.Errorf("%d, %.2f a week", p.Count, p.PerWeek)
	}
	if p := Hold(now, nil).Preview(q, careers); p.Count != 0 || p.Changes != nil {
		t.Errorf("of nothing comes %+v", p)
	}
}

func BenchmarkHold10kJobs(b *testing.B) {
	jobs, _ := synthetic(b, 10_000, 0)
	for b.Loop() {
		Hold(now, jobs)
	}
}

func BenchmarkPreview10kJobs(b *testing.B) {
	jobs, subs := synthetic(b, 10_000, 100)
	h := Hold(now, jobs)
	i := 0
	for b.Loop() {
		h.Preview(subs[i%len(subs)].Query, careers)
		i++
	}
}

// Found are all that are open, however old, the newest first.
func TestFind(t *testing.T) {
	job := func(id, title, text string, age int) Job {
		j := posting("a", id, "Company "+id, title, time.Duration(age)*24*time.Hour)
		j.Text = text
		return j
	}
	closed := job("6", "Go developer of yesterday", "", 3)
	closed.Closes = now.Add(-time.Hour)
	h := Hold(now, []Job{
		job("1", "Cook", "Go and fetch Docker the dog.", 1),
		job("2", "Developer", "Go with Docker.", 2),
		job("3", "Go developer", "With Docker.", 400),
		job("4", "Go and Docker developer", "", 90),
		job("5", "Go developer", "Without.", 1),
		closed,
	})
	var got []string
	for _, i := range h.Find(Query{Words: words(t, "go docker")}, careers) {
		got = append(got, h.Jobs()[i].ExternalID)
	}
	if want := []string{"1", "2", "4", "3"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if p := h.Preview(Query{Words: words(t, "go docker")}, careers); p.Count != 2 {
		t.Errorf("%d of the last %d days", p.Count, PreviewDays)
	}
	if n := len(h.Jobs()); n != 6 {
		t.Errorf("%d jobs are held", n)
	}
}

// To index the jobs that a server sees, and to try a query on them with all of
// its changes, as for a preview.
func BenchmarkHeld(b *testing.B) {
	terms := []string{"go", "rust", "docker", "backend", "frontend", "nurse", "cook", "senior", "junior", "remote", "cloud", "data"}
	jobs := make([]Job, 10_000)
	for i := range jobs {
		text := ""
		for k := range 300 {
			text += terms[(i*7+k*k*13+k)%len(terms)] + fmt.Sprint((i*31+k*17)%1500) + " "
		}
		jobs[i] = Job{
			Source: "1", ExternalID: fmt.Sprint(i), Title: terms[i%len(terms)] + " developer", Company: fmt.Sprintf("Company %d", i), Places: []string{"Pune, India"},
			Apply: fmt.Sprintf("https://jobs.example/%d", i), Text: text, Posted: now,
		}
	}
	parsed, err := ParseWords("go AND developer NOT senior")
	if err != nil {
		b.Fatal(err)
	}
	q := Query{Words: parsed, Places: []string{"Pune"}}
	none := func(string) []string { return nil }
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			Hold(now, jobs)
		}
	})
	held := Hold(now, jobs)
	b.Run("preview", func(b *testing.B) {
		for b.Loop() {
			held.Preview(q, none)
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			held.Find(q, none)
		}
	})
}
