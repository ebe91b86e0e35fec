package alerts

import (
	"cmp"
	"slices"
)

// The most that one message tells of.
const (
	MostJobs       = 10
	MostPerCompany = 2
)

// Digest is what one message tells of, newest first, and what it leaves over,
// in the same order.
type Digest struct {
	Jobs []Job
	Left []Job
}

// NewDigest chooses from the jobs that somebody is to be told of. Copies of one
// job are told as one, see [Merge].
func NewDigest(jobs []Job) Digest {
	var d Digest
	companies := map[string]int{}
	for _, j := range Merge(jobs) {
		company := plainName(j.Company, companyForms)
		if len(d.Jobs) == MostJobs || company != "" && companies[company] == MostPerCompany {
			d.Left = append(d.Left, j)
			continue
		}
		companies[company]++
		d.Jobs = append(d.Jobs, j)
	}
	return d
}

// Merge makes one of jobs that are the same by any of their three keys, and
// gives them newest first. The copy from the employer's own applicant tracking
// system is kept, else the one that says most; the others become its AlsoOn, and
// fill in nothing else. It is dated as the first of them, so that a job which is
// posted again is no newer.
func Merge(jobs []Job) []Job {
	// Jobs that share a key are one, and so are those that share a key with one
	// of them: a forest of which every tree is a job.
	parent := make([]int, len(jobs))
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first, shared := map[string]int{}, SharedURLs(jobs)
	for i, j := range jobs {
		parent[i] = i
		keys := []string{"id\x00" + j.SourceKey(), "fingerprint\x00" + j.Fingerprint()}
		if url := j.URLKey(); url != "" && !shared[url] {
			keys = append(keys, "url\x00"+url)
		}
		for _, key := range keys {
			if other, ok := first[key]; ok {
				parent[root(i)] = root(other)
			} else {
				first[key] = i
			}
		}
	}
	groups := map[int][]Job{}
	for i, j := range jobs {
		groups[root(i)] = append(groups[root(i)], j)
	}
	merged := make([]Job, 0, len(groups))
	for _, copies := range groups {
		merged = append(merged, mergeCopies(copies))
	}
	slices.SortFunc(merged, Newer)
	return merged
}

func mergeCopies(copies []Job) Job {
	slices.SortStableFunc(copies, func(a, b Job) int {
		return cmp.Or(
			cmp.Compare(b.byEmployer(), a.byEmployer()),
			cmp.Compare(b.says(), a.says()),
			cmp.Compare(a.SourceKey(), b.SourceKey()),
		)
	})
	job := copies[0]
	seen := map[string]bool{job.SourceKey(): true}
	also := slices.Clone(job.AlsoOn)
	for _, c := range copies[1:] {
		if !c.Posted.IsZero() && (job.Posted.IsZero() || c.Posted.Before(job.Posted)) {
			job.Posted = c.Posted
		}
		also = append(append(also, Copy{c.Source, c.ExternalID, c.Apply}), c.AlsoOn...)
	}
	job.AlsoOn = nil
	for _, c := range also {
		if key := (Job{Source: c.Source, ExternalID: c.ExternalID}).SourceKey(); !seen[key] && len(job.AlsoOn) < mostCopies {
			seen[key] = true
			job.AlsoOn = append(job.AlsoOn, c)
		}
	}
	return job
}

// byEmployer is 1 if the address is that of an applicant tracking system.
func (j Job) byEmployer() int {
	key := j.URLKey()
	for _, system := range trackingSystems {
		if system.name != "adzuna" && len(key) > len(system.name) && key[:len(system.name)+1] == system.name+":" {
			return 1
		}
	}
	return 0
}

// says counts what a posting tells.
func (j Job) says() int {
	n := 0
	for _, told := range []bool{j.Pay != nil, j.Kind != "", j.Level != "", j.Remote != "", len(j.Places) > 0, !j.Closes.IsZero(), j.Text != ""} {
		if told {
			n++
		}
	}
	return n
}
