package alerts

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

func posting(source, id, company, title string, age time.Duration) Job {
	return Job{Source: source, ExternalID: id, Company: company, Title: title, Posted: now.Add(-age), Apply: "https://" + source + ".example/" + id}
}

func titles(jobs []Job) []string {
	var out []string
	for _, j := range jobs {
		out = append(out, j.Title)
	}
	return out
}

func TestMerge(t *testing.T) {
	board := posting("board", "1", "Acme", "Cook", time.Hour)
	employer := posting("acme", "77", "Acme Ltd", "Cook (m/f/d)", 2*time.Hour)
	employer.Apply = "https://boards.greenhouse.io/acme/jobs/77"
	aggregator := posting("feed", "9", "ACME Group", "Kitchen cook", 3*time.Hour)
	aggregator.Apply = "https://job-boards.greenhouse.io/acme/jobs/77?gh_src=feed"
	baker := posting("board", "2", "Acme", "Baker", 0)
	undated := posting("board", "3", "Acme", "Waiter", 0)
	undated.Posted = time.Time{}

	got := Merge([]Job{undated, board, aggregator, baker, employer})
	want := employer
	want.Posted = aggregator.Posted
	want.AlsoOn = []Copy{{"feed", "9", aggregator.Apply}, {"board", "1", board.Apply}}
	if !reflect.DeepEqual(got, []Job{baker, want, undated}) {
		t.Errorf("merged into\n%+v", got)
	}
	if again := Merge(got); !reflect.DeepEqual(again, got) {
		t.Errorf("merged again into\n%+v", again)
	}
}

// In whatever order copies come, they are merged into the same jobs, and none is
// lost.
func TestMergeAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var jobs []Job
		for i := range 1 + r.IntN(12) {
			j := posting(pick(r, "a", "b", "c"), fmt.Sprint(i), pick(r, "", "Acme", "Ajax"), pick(r, "Cook", "Baker"), time.Duration(r.IntN(5))*time.Hour)
			j.Apply = fmt.Sprint("https://x.example/", r.IntN(8))
			jobs = append(jobs, j)
		}
		want := Merge(jobs)
		n := 0
		for _, j := range want {
			n += 1 + len(j.AlsoOn)
		}
		if n != len(jobs) {
			t.Fatalf("of %d jobs %d are left:\n%+v", len(jobs), n, want)
		}
		r.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })
		if got := Merge(jobs); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order\n%+v\nnot\n%+v", got, want)
		}
	}
}

// Where all jobs of a source are applied for on one page, they are several all the
// same; copies of each in another source are found by what else they have in common.
func TestMergeOfOneAddress(t *testing.T) {
	var jobs []Job
	for _, source := range []string{"a", "b"} {
		for _, title := range []string{"Baker", "Cook"} {
			job := posting(source, title, "Acme", title, 0)
			job.Apply = "https://acme.example/careers"
			jobs = append(jobs, job)
		}
	}
	merged := Merge(jobs)
	if got := titles(merged); !slices.Equal(got, []string{"Baker", "Cook"}) || len(merged[0].AlsoOn) != 1 || len(merged[1].AlsoOn) != 1 {
		t.Errorf("they are %+v", merged)
	}
}

func TestNewDigest(t *testing.T) {
	var jobs []Job
	for i := range 4 {
		jobs = append(jobs, posting("a", fmt.Sprint("acme", i), pick(rand.New(rand.NewPCG(0, uint64(i))), "Acme", "ACME Ltd."), fmt.Sprint("Acme ", i), time.Duration(i)*time.Minute))
	}
	for i := range 12 {
		jobs = append(jobs, posting("a", fmt.Sprint(i), fmt.Sprint("Company ", i), fmt.Sprint("Job ", i), time.Hour+time.Duration(i)*time.Minute))
	}
	copied := jobs[0]
	copied.Source = "b"
	slices.Reverse(jobs)
	d := NewDigest(append(jobs, copied))
	if got, want := titles(d.Jobs), []string{"Acme 0", "Acme 1", "Job 0", "Job 1", "Job 2", "Job 3", "Job 4", "Job 5", "Job 6", "Job 7"}; !slices.Equal(got, want) {
		t.Errorf("told of %q", got)
	}
	if got, want := titles(d.Left), []string{"Acme 2", "Acme 3", "Job 8", "Job 9", "Job 10", "Job 11"}; !slices.Equal(got, want) {
		t.Errorf("left over %q", got)
	}
	if len(d.Jobs[0].AlsoOn) != 1 {
		t.Errorf("the copy is told as %v", d.Jobs[0].AlsoOn)
	}
	// Nobody is kept from all of two jobs because no company is named.
	var nameless []Job
	for i := range 3 {
		nameless = append(nameless, posting("a", fmt.Sprint(i), "", "Cook", 0))
	}
	if d := NewDigest(nameless); len(d.Jobs) != 3 {
		t.Errorf("told of %d", len(d.Jobs))
	}
	if d := NewDigest(nil); d.Jobs != nil || d.Left != nil {
		t.Error("a digest of nothing holds something")
	}
}
