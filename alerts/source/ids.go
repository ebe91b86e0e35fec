package source

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// rungs are what a posting can be known by, the best first. Below the ID that
// the feed gives it, each is made of what is shown of it.
var rungs = [...]func(alerts.Job) string{
	func(j alerts.Job) string { return first(j.ExternalID, j.URLKey()) },
	func(j alerts.Job) string { return sum(j.ExternalID, j.URLKey()) },
	func(j alerts.Job) string { return sum(j.Title, date(j.Posted)) },
	func(j alerts.Job) string { return sum(j.Title, j.Company, strings.Join(j.Places, "|")) },
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// sum is a short name for texts.
func sum(texts ...string) string {
	s := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(s[:16])
}

// mark is what a posting was known by, rung for rung, when it was fetched last.
type mark [len(rungs)]string

// mostMarks is how many postings are remembered to see whether IDs last.
const mostMarks = 20

// identify gives each posting an ID that is its own and lasts. Where those of
// the feed repeat within it, or where a posting bears another one than when it
// was fetched last, the next rung is taken, and kept to from then on: from is
// the rung so far. It returns the postings without those that stand there twice.
func identify(jobs []alerts.Job, from int, last []mark) (kept []alerts.Job, rung int, marks []mark) {
	jobs = distinct(jobs)
	all := make([]mark, len(jobs))
	for i, j := range jobs {
		for r, name := range rungs {
			all[i][r] = name(j)
		}
	}
	for rung = max(from, 0); rung < len(rungs)-1; rung++ {
		if unique(all, rung) && lasting(all, rung, last) {
			break
		}
	}
	rung = min(rung, len(rungs)-1)
	seen := map[string]bool{}
	for i, j := range jobs {
		if id := all[i][rung]; !seen[id] {
			seen[id] = true
			j.ExternalID = id
			kept = append(kept, j)
			if len(marks) < mostMarks {
				m := all[i]
				for r := range m { // whatever their length, IDs are remembered short
					m[r] = sum(m[r])[:12]
				}
				marks = append(marks, m)
			}
		}
	}
	return kept, rung, marks
}

// distinct leaves out postings that are in all that is shown like one before.
func distinct(jobs []alerts.Job) []alerts.Job {
	seen := map[string]bool{}
	var kept []alerts.Job
	for _, j := range jobs {
		key := sum(j.ExternalID, j.Apply, j.Title, j.Company, date(j.Posted), strings.Join(j.Places, "|"))
		if !seen[key] {
			seen[key] = true
			kept = append(kept, j)
		}
	}
	return kept
}

func unique(all []mark, rung int) bool {
	seen := map[string]bool{}
	for _, m := range all {
		if seen[m[rung]] {
			return false
		}
		seen[m[rung]] = true
	}
	return true
}

// lasting says whether most postings that look as one did are still called what
// it was called. A single one may have been posted anew.
func lasting(all []mark, rung int, last []mark) bool {
	looks := len(rungs) - 1
	before := map[string]string{}
	for _, m := range last {
		if _, twice := before[m[looks]]; twice {
			before[m[looks]] = "" // not to be told apart
		} else {
			before[m[looks]] = m[rung]
		}
	}
	same, other := 0, 0
	for _, m := range all {
		switch name := before[sum(m[looks])[:12]]; name {
		case "":
		case sum(m[rung])[:12]:
			same++
		default:
			other++
		}
	}
	return other < 2 || other <= same
}
