package source

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// remoteOK reads the latest hundred jobs of Remote OK. Its first element is its
// terms: to link back to the address on Remote OK and to name it.
var remoteOK = Kind{
	Name: "remoteok", Title: "Remote OK",
	terms:     Terms{Interval: time.Hour, Credit: "Remote OK", CreditURL: "https://remoteok.com", Read: "https://remoteok.com/api"},
	most:      16 * mb,
	recognise: recogniseRemoteOK, read: readRemoteOK,
}

func recogniseRemoteOK(u *url.URL) (string, error) {
	if host := strings.TrimPrefix(u.Hostname(), "www."); host != "remoteok.com" && host != "remoteok.io" {
		return "", nil
	}
	const all = "https://remoteok.com/api"
	parts := pathOf(u)
	switch {
	case len(parts) == 0 || len(parts) == 1 && (parts[0] == "api" || parts[0] == "remote-jobs" || parts[0] == "remote-jobs.rss"):
		if tags := first(u.Query().Get("tags"), u.Query().Get("tag")); tags != "" {
			return all + "?" + url.Values{"tags": {tags}}.Encode(), nil
		}
		return all, nil
	case len(parts) == 1 && remoteOKTag.MatchString(parts[0]):
		tag := remoteOKTag.FindStringSubmatch(parts[0])[1]
		return all + "?" + url.Values{"tags": {tag}}.Encode(), nil
	}
	return "", errors.New("this is no list of jobs on Remote OK: give https://remoteok.com, or the page of one kind, like https://remoteok.com/remote-golang-jobs")
}

var remoteOKTag = regexp.MustCompile(`^remote-([a-z0-9-]+)-jobs(?:\.rss|\.json)?$`)

func readRemoteOK(d document) (list, error) {
	var elements []json.RawMessage
	if err := readJSON(d, &elements); err != nil {
		return list{}, err
	}
	var l list
	each(&l, elements, func(p remoteOKPosting) {
		if p.Legal != "" {
			return // the notice
		}
		j := alerts.Job{
			ExternalID: string(p.ID),
			Title:      lineOf(p.Position),
			Company:    lineOf(p.Company),
			Places:     placesOf(p.Location),
			Remote:     alerts.RemoteYes, // it lists nothing else, whatever the place
			Kind:       remoteOKKind(p.Tags),
			Posted:     when(string(p.Date)),
			Apply:      p.link(),
			Text:       withoutBeacon(plain(strings.ReplaceAll(p.Description, `\n`, "\n"))),
		}
		if j.Posted.IsZero() {
			j.Posted = epoch(float64(p.Epoch))
		}
		if p.SalaryMin > 0 || p.SalaryMax > 0 { // 0 is unknown
			j.Pay = &alerts.Pay{Min: float64(p.SalaryMin), Max: float64(p.SalaryMax), Currency: "USD", Period: alerts.Year}
		}
		l.jobs = append(l.jobs, j)
	})
	return l, nil
}

type remoteOKPosting struct {
	Legal       string
	ID          text
	Slug        string
	Epoch       figure
	Date        text
	Company     string
	Position    string
	Tags        []string
	Location    string
	SalaryMin   figure `json:"salary_min"`
	SalaryMax   figure `json:"salary_max"`
	URL         string
	ApplyURL    string `json:"apply_url"`
	Description string
}

// link gives the page on Remote OK: its terms want that one, and some postings
// name the employer's instead.
func (p remoteOKPosting) link() string {
	for _, address := range []string{p.URL, p.ApplyURL} {
		if u, err := url.Parse(address); err == nil && strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") == "remoteok.com" {
			return address
		}
	}
	if p.Slug != "" {
		return "https://remoteok.com/remote-jobs/" + url.PathEscape(p.Slug)
	}
	return first(p.URL, p.ApplyURL)
}

// remoteOKKind reads the kind from the tags, where only some kinds stand. Other
// tags are the words of the trade: "contract" is as well one in law.
func remoteOKKind(tags []string) alerts.Kind {
	for _, tag := range tags {
		switch k := alerts.ParseKind(tag); k {
		case alerts.PartTime, alerts.FullTime, alerts.Internship:
			return k
		}
	}
	return ""
}

// withoutBeacon takes out the words at the end that ask the reader to mention
// one: they are made for whoever fetched the list, hold the address of that
// machine, and change each time.
func withoutBeacon(s string) string {
	if i := strings.LastIndex(s, "Please mention the word"); i >= 0 && strings.Contains(s[i:], "when applying") {
		return strings.TrimSpace(s[:i])
	}
	return s
}
