package source

import (
	"bytes"
	"errors"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	extensions "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"github.com/careerbot/careerbot/alerts"
)

// feed reads RSS, Atom and JSON Feed, with the elements that job boards add to
// them: those of We Work Remotely, of NEOGOV, of WordPress's job boards.
var feed = Kind{
	Name: "feed", Title: "RSS, Atom or JSON Feed",
	terms:     Terms{Interval: time.Hour},
	most:      5 * mb,
	recognise: recogniseFeed, read: readFeed,
}

func recogniseFeed(u *url.URL) (string, error) {
	switch parts := pathOf(u); {
	case isFeedPath(u):
		return u.String(), nil
	case strings.TrimPrefix(u.Hostname(), "www.") != "weworkremotely.com":
		return "", nil
	// Its pages are closed to programs, its feeds are not.
	case len(parts) == 0 || len(parts) == 1 && parts[0] == "remote-jobs":
		return "https://weworkremotely.com/remote-jobs.rss", nil
	case len(parts) == 2 && parts[0] == "categories" && plainToken(parts[1]):
		return "https://weworkremotely.com/categories/" + parts[1] + ".rss", nil
	}
	return "", errors.New("this is no list of jobs on We Work Remotely: give https://weworkremotely.com, or the page of a category")
}

// isFeedPath says whether an address looks like that of a feed. Those that do
// not may be one all the same: what is fetched tells.
func isFeedPath(u *url.URL) bool {
	name := strings.ToLower(path.Base(u.Path))
	switch {
	case strings.Contains(name, "sitemap"):
		return false
	case slices.Contains([]string{".rss", ".atom", ".rdf", ".xml"}, path.Ext(name)):
		return true
	case slices.Contains([]string{"feed", "feeds", "rss", "atom", "feed.json", "jobs.feed"}, name):
		return true
	}
	for _, key := range []string{"format", "output", "feed"} {
		if value := strings.ToLower(u.Query().Get(key)); strings.Contains(value, "rss") || strings.Contains(value, "atom") || value == "xml" || key == "feed" && value != "" {
			return true
		}
	}
	return false
}

// errPage is what is told of a page that was given as a feed.
var errPage = errors.New("this is a web page and no feed: look on it for a link named RSS, or give the address of its jobs on Greenhouse or Lever")

func readFeed(d document) (list, error) {
	body := decode(d.body, d.header)
	switch {
	case len(body) == 0:
		return list{}, errors.New("the file is empty: see whether the address is right")
	case isHTML(body):
		return list{}, errPage
	}
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true // for ttl
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	f, err := parser.Parse(bytes.NewReader(body))
	switch {
	case errors.Is(err, gofeed.ErrFeedTypeNotDetected):
		return list{}, errors.New("this is no RSS, Atom or JSON Feed: open the address in a browser to see what it is")
	case err != nil:
		return list{}, errors.New("the feed is broken or cut off: open it in a feed reader, and tell whoever makes it")
	}
	var l list
	if r, ok := f.OriginalFeed().(*rss.Feed); ok {
		if minutes, err := strconv.Atoi(strings.TrimSpace(r.TTL)); err == nil && minutes > 0 {
			l.ttl = time.Duration(min(minutes, 7*24*60)) * time.Minute
		}
	}
	for _, item := range f.Items {
		l.jobs = append(l.jobs, jobOfItem(d, f, item))
	}
	return l, nil
}

func jobOfItem(d document, f *gofeed.Feed, item *gofeed.Item) alerts.Job {
	more := fieldsOf(item)
	j := alerts.Job{
		ExternalID: strings.TrimSpace(item.GUID),
		Title:      lineOf(item.Title),
		Company:    lineOf(more.get("company", "company_name", "employer", "hiringorganization")),
		Kind:       alerts.ParseKind(more.get("job_type", "jobtype", "type", "employmenttype", "employment_type", "contract")),
		Level:      alerts.ParseLevel(more.get("level", "seniority", "experience_level", "career_level")),
		Posted:     when(first(item.Published, more.get("advertisefromdateutc", "date"), item.Updated)),
		Closes:     until(more.get("expires_at", "advertisetodatetimeutc", "validthrough", "expires", "expirationdate", "closingdate", "closing_date")),
		Apply:      absolute(d.url, linkOf(item)),
		Text:       plain(longer(item.Content, item.Description)),
	}
	places := first(more.get("location", "job_location", "region", "candidate_required_location"), more.get("city"))
	if state := more.get("state"); places != "" && state != "" && !strings.Contains(places, state) && more.get("region") == "" {
		places += ", " + state
	}
	if country := more.get("country"); places == "" || isRemote.MatchString(places) && country != "" && !worldwide.MatchString(places) {
		places = strings.ReplaceAll(country, ",", ";")
	}
	j.Places = placesOf(flags.ReplaceAllString(places, ""))
	j.Remote = remoteOf(more.get("remote", "jobtype_remote", "workplacetype", "job_location_type"), more.get("region"), more.get("location"))
	if yes, err := strconv.ParseBool(more.get("remote")); err == nil && yes {
		j.Remote = alerts.RemoteYes
	}
	j.Pay = payOfFields(more)

	_, neogov := more["advertisefromdateutc"]
	switch {
	case more.get("expires_at") != "" && more.get("region") != "":
		// We Work Remotely: "Company: Title", and all is remote.
		if company, title, found := strings.Cut(j.Title, ": "); found && j.Company == "" {
			j.Company, j.Title = strings.TrimSpace(company), strings.TrimSpace(title)
		}
		j.Remote = alerts.RemoteYes
	case neogov:
		// The feed is one employer's. The department within it is not
		// who employs.
		j.Company = first(j.Company, d.name, lineOf(f.Title))
	}
	if j.Company == "" {
		j.Company = d.name
	}
	return j
}

var (
	worldwide = regexp.MustCompile(`(?i)anywhere|worldwide`)
	flags     = regexp.MustCompile("[\U0001F1E6-\U0001F1FF]+ *")
)

// payOfFields reads pay from the fields meant for it, and from no text.
func payOfFields(more fields) *alerts.Pay {
	currency := more.get("salarycurrency", "salary_currency", "currency")
	low, high := more.get("minimumsalary", "salary_min", "minsalary"), more.get("maximumsalary", "salary_max", "maxsalary")
	if low == "" && high == "" {
		return payOf(more.get("salary", "job_salary", "compensation", "pay"), currency)
	}
	pay := &alerts.Pay{Currency: currency, Period: alerts.ParsePeriod(more.get("salaryinterval", "salary_unit", "salaryperiod", "job_salary_unit"))}
	pay.Min, pay.Max = amountOf(low, currency), amountOf(high, currency) // "Not Displayed" is none
	return pay
}

// fields are the elements of an item beyond those of all feeds, by name in
// lower case, without the prefix of their namespace.
type fields map[string]string

func fieldsOf(item *gofeed.Item) fields {
	more := fields{}
	for name, value := range item.Custom {
		more[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	// In order, so that of two prefixes the same always counts.
	for _, prefix := range sortedKeys(item.Extensions) {
		if prefix == "media" || prefix == "dc" || prefix == "content" {
			continue
		}
		for _, name := range sortedKeys(item.Extensions[prefix]) {
			if key := strings.ToLower(name); more[key] == "" {
				more[key] = valueOf(item.Extensions[prefix][name])
			}
		}
	}
	return more
}

func valueOf(elements []extensions.Extension) string {
	var values []string
	for _, e := range elements {
		if v := strings.TrimSpace(e.Value); v != "" {
			values = append(values, v)
		}
	}
	return strings.Join(values, "; ")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// get gives the first of the named fields that says something.
func (f fields) get(names ...string) string {
	for _, n := range names {
		if v := f[n]; v != "" && !strings.EqualFold(v, "n/a") && !strings.EqualFold(v, "invalid date") {
			return v
		}
	}
	return ""
}

// linkOf gives the link of an item: feeds that leave it out may have it as the
// GUID.
func linkOf(item *gofeed.Item) string {
	if item.Link == "" && len(item.Links) == 0 && strings.HasPrefix(item.GUID, "http") {
		return item.GUID
	}
	if item.Link == "" && len(item.Links) > 0 {
		return item.Links[0]
	}
	return item.Link
}

// absolute gives a link in full.
func absolute(base *url.URL, link string) string {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || link == "" {
		return link
	}
	return base.ResolveReference(u).String()
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}
