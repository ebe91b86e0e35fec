package demo

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Where the made-up jobs are served.
const (
	feedPath    = "/jobs.rss"
	postingPath = "/jobs/"
)

// opening is a job that a company could post.
type opening struct {
	title, kind, level, place, pay, text string
}

// openings are posted in turn. Every other one is for the career that the
// shipped knowledge is about.
var openings = []opening{
	{"Back-end Developer (Go)", "full-time", "mid", "Bengaluru, India", "₹12,00,000 – ₹18,00,000 a year", "Build and run the services behind our booking site, in Go and PostgreSQL. You own what you ship, with a team that reviews kindly."},
	{"Front-end Developer", "full-time", "mid", "Pune, India", "₹9,00,000 – ₹14,00,000 a year", "Make our shop quick and accessible, in plain TypeScript. You work next to design and test with real people."},
	{"Junior Back-end Developer", "full-time", "junior", "Remote, India", "₹4,00,000 – ₹6,00,000 a year", "A first job with a mentor: small features in Python and Django, tests, and code review from the first week."},
	{"Data Analyst", "full-time", "junior", "Hyderabad, India", "₹6,00,000 – ₹9,00,000 a year", "Answer questions of the whole company with SQL, and make the answers easy to see."},
	{"Back-end Developer Intern", "internship", "intern", "Chennai, India", "", "Six months with the payments team: an API of your own, from the first sketch to production."},
	{"Support Engineer", "full-time", "mid", "Remote, India", "₹7,00,000 – ₹10,00,000 a year", "Help customers who are stuck, and mend what made them so."},
	{"Senior Back-end Developer (Java)", "full-time", "senior", "Mumbai, India", "₹24,00,000 – ₹34,00,000 a year", "Take a ledger that has grown for ten years apart into parts that can be changed, without a lost rupee."},
	{"Product Designer", "contract", "mid", "Delhi, India", "", "Redesign the app of a clinic together with those who use it each day."},
	{"Back-end Developer (Node.js)", "contract", "mid", "Remote, India", "₹90,000 – ₹1,30,000 a month", "Four months on the server side of a learning platform: queues, notifications, reports."},
	{"Site Reliability Engineer", "full-time", "senior", "Bengaluru, India", "₹22,00,000 – ₹30,00,000 a year", "Keep a hundred services up, and make it so that nobody has to be woken for it."},
}

// The names of companies are made of two parts, so that none posts the same job
// twice: that would be no new one.
var (
	firsts  = []string{"Banyan", "Kite", "Monsoon", "Saffron", "Tuktuk", "Lotus", "Paperboat", "Peepal", "Chai", "Neem", "Marigold", "Southwind", "Jasmine", "Lantern", "Mango", "Rickshaw"}
	seconds = []string{"Rail", "Loom", "Maps", "Ledger", "Labs", "Clinic", "Learning", "Energy", "Robotics", "Health", "Books", "Travel", "Foods", "Water", "Cargo", "Music"}
)

// job is an opening that was posted. All that it tells follows from its number,
// so that 1280 in a row are all different.
type job struct {
	Number int       `json:"number"`
	Posted time.Time `json:"posted"`
}

func (j job) id() string { return strconv.Itoa(j.Number) }

func (j job) opening() opening { return openings[j.Number%len(openings)] }

// company is the name of who posted it; those of 256 in a row are all different.
func (j job) company() string {
	return firsts[j.Number%len(firsts)] + " " + seconds[(j.Number+j.Number/len(firsts))%len(seconds)]
}

// feed is the feed of made-up jobs.
type feed struct {
	url  string
	file string // that keeps the jobs; empty for none
	now  func() time.Time

	mu   sync.Mutex
	jobs []job // newest last, never none
}

// heldBefore is how many jobs are there when the demo is started for the first
// time, posted over the days before. The first that is posted then is the first
// of the openings.
const heldBefore = 14

// mostPostings is how many jobs the feed has, as feeds have.
const mostPostings = 50

// newFeed returns a feed with the jobs that a file has; with no such file there
// are some of the last days.
func newFeed(url, file string, now func() time.Time) (*feed, error) {
	f := &feed{url: url, file: file, now: now}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		for i := range heldBefore {
			f.jobs = append(f.jobs, job{2*len(openings) - heldBefore + i, now().Add(-time.Duration(heldBefore-i) * 37 * time.Hour)})
		}
		return f, keep(file, encode(f.jobs))
	}
	if err == nil {
		err = json.Unmarshal(raw, &f.jobs)
	}
	if err == nil && len(f.jobs) == 0 {
		err = errors.New("there are none")
	}
	if err != nil {
		return nil, fmt.Errorf("the jobs of the demo cannot be read in %s: %w: give another folder, or delete this one", file, err)
	}
	return f, nil
}

// post posts a job now. It is kept first, so that none is posted again when the
// program is started again.
func (f *feed) post() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	jobs := append(slices.Clone(f.jobs), job{f.jobs[len(f.jobs)-1].Number + 1, f.now()})
	jobs = jobs[max(0, len(jobs)-mostPostings):]
	if err := keep(f.file, encode(jobs)); err != nil {
		return err
	}
	f.jobs = jobs
	return nil
}

// The feed as it is written.
type (
	rss struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		JobNS   string   `xml:"xmlns:job,attr"`
		Title   string   `xml:"channel>title"`
		Link    string   `xml:"channel>link"`
		About   string   `xml:"channel>description"`
		Items   []item   `xml:"channel>item"`
	}
	item struct {
		Title   string `xml:"title"`
		Link    string `xml:"link"`
		GUID    guid   `xml:"guid"`
		Date    string `xml:"pubDate"`
		Text    string `xml:"description"`
		Company string `xml:"job:company"`
		Place   string `xml:"job:location"`
		Kind    string `xml:"job:job_type"`
		Level   string `xml:"job:level"`
		Pay     string `xml:"job:salary,omitempty"`
	}
	guid struct {
		PermaLink bool   `xml:"isPermaLink,attr"`
		ID        string `xml:",chardata"`
	}
)

func (f *feed) serve(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	doc := rss{Version: "2.0", JobNS: "https://example.org/jobs", Title: "Sample jobs", Link: f.url, About: "Jobs that are made up for the demo"}
	for _, j := range slices.Backward(f.jobs) {
		o := j.opening()
		doc.Items = append(doc.Items, item{
			o.title, f.url + postingPath + j.id(), guid{ID: j.id()}, j.Posted.UTC().Format(time.RFC1123Z), o.text, j.company(), o.place, o.kind, o.level, o.pay,
		})
	}
	f.mu.Unlock()
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprint(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(doc) // who asked may have left
}

// posting is the page of a job, where its link leads.
var posting = template.Must(template.New("posting").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Title}} · sample job</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="/icon.svg">
<main class="posting">
<p class="made-up">A job that is made up for the demo. Nobody can apply for it.</p>
<h1>{{.Title}}</h1>
<p>{{.Company}} · {{.Place}}{{with .Pay}} · {{.}}{{end}}</p>
<p>{{.Text}}</p>
<p><a href="/">Back to the chat</a></p>
</main>
`))

func (f *feed) servePosting(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	i := slices.IndexFunc(f.jobs, func(j job) bool { return j.id() == r.PathValue("id") })
	var j job
	if i >= 0 {
		j = f.jobs[i]
	}
	f.mu.Unlock()
	if i < 0 {
		http.Error(w, "This job is no longer there.", http.StatusNotFound)
		return
	}
	o := j.opening()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = posting.Execute(w, map[string]string{"Title": o.title, "Company": j.company(), "Place": o.place, "Pay": o.pay, "Text": o.text})
}
