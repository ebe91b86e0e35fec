package alerts

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Job is one posting. As JSON it is one object with the names below, one a
// line in a file of recorded jobs; times are RFC 3339, what is unknown is left
// out. A source fills in what it is told and calls [Job.Clean].
type Job struct {
	Source     string    `json:"source"`            // ID of the source it was read from
	ExternalID string    `json:"id"`                // what that source calls it
	Title      string    `json:"title"`             // plain text, as are company, places and text
	Company    string    `json:"company,omitempty"` //
	Places     []string  `json:"places,omitempty"`  // as written: "Pune, India"
	Remote     Remote    `json:"remote,omitempty"`  // yes, no; hybrid is no
	Kind       Kind      `json:"kind,omitempty"`    // full-time, …
	Level      Level     `json:"level,omitempty"`   // junior, …
	Pay        *Pay      `json:"pay,omitempty"`     // nil if the posting states none
	Posted     time.Time `json:"posted,omitzero"`   // first published, not last edited
	Closes     time.Time `json:"closes,omitzero"`   // no applications from then on
	Apply      string    `json:"apply"`             // http or https
	Text       string    `json:"text,omitempty"`    // paragraphs parted by a newline
	AlsoOn     []Copy    `json:"also_on,omitempty"` // the same job in other sources
}

// Copy is where else a job was found.
type Copy struct {
	Source     string `json:"source"`
	ExternalID string `json:"id"`
	Apply      string `json:"apply"`
}

// Remote says whether a job can be done from elsewhere.
type Remote string

const (
	RemoteUnknown Remote = ""
	RemoteYes     Remote = "yes"
	RemoteNo      Remote = "no"
)

// Kind is the kind of contract. Empty is unknown.
type Kind string

const (
	FullTime       Kind = "full-time"
	PartTime       Kind = "part-time"
	Contract       Kind = "contract"
	Temporary      Kind = "temporary"
	Internship     Kind = "internship"
	Apprenticeship Kind = "apprenticeship"
	Volunteer      Kind = "volunteer"
)

// Kinds are all kinds, in the order in which they are offered.
var Kinds = []Kind{FullTime, PartTime, Contract, Temporary, Internship, Apprenticeship, Volunteer}

// Level is how far along in a career a job is. Empty is unknown.
type Level string

const (
	Intern    Level = "intern"
	Junior    Level = "junior"
	Mid       Level = "mid"
	Senior    Level = "senior"
	Lead      Level = "lead"
	Executive Level = "executive"
)

// Levels are all levels, lowest first.
var Levels = []Level{Intern, Junior, Mid, Senior, Lead, Executive}

// Pay is what a posting says it pays, in whole units of the currency and
// fractions of them (an hour may be paid 18.50). It is compared, never added
// up. If one figure is stated, Min and Max are equal; if only one end is,
// the other is 0.
type Pay struct {
	Min      float64 `json:"min,omitempty"`
	Max      float64 `json:"max,omitempty"`
	Currency string  `json:"currency"`         // ISO 4217
	Period   Period  `json:"period,omitempty"` // empty if the posting does not say
}

// Period is the time for which an amount is paid.
type Period string

const (
	Hour  Period = "hour"
	Day   Period = "day"
	Week  Period = "week"
	Month Period = "month"
	Year  Period = "year"
)

// The most that is kept of a posting, in characters. What feeds carry in
// earnest stays well below; the rest is cut, with "…" where people read it.
const (
	mostTitle   = 200
	mostCompany = 120
	mostPlace   = 100
	mostPlaces  = 50
	mostText    = 20_000
	mostID      = 250
	mostURL     = 2_000
	mostCopies  = 20
)

// mostPay is beyond any pay in any currency: a figure above it is a fault of
// the feed.
const mostPay = 1e12

// Clean makes a posting fit to be kept, matched and shown, at time now. Control
// characters, formatting characters and needless space are taken out, what is
// too long is cut, values that mean nothing become unknown: a posting from the
// future was posted now, a currency of four letters is no pay. A posting
// without an ID of its own gets one made of its address. Mentions and Markdown
// are left as they are: they are text here, and whoever shows it escapes it.
// The error says why a posting cannot be used at all.
func (j Job) Clean(now time.Time) (Job, error) {
	j.Source = line(j.Source, mostID)
	j.Title = line(j.Title, mostTitle)
	j.Company = line(j.Company, mostCompany)
	j.Text = paragraphs(j.Text, mostText)
	j.Apply = link(j.Apply)
	if j.Title == "" {
		return Job{}, errors.New("the posting has no title")
	}
	if j.Apply == "" {
		return Job{}, fmt.Errorf("the posting %q has no http or https link to apply at", j.Title)
	}
	// An ID is cut where others are, but its end may be what tells two apart.
	if id := line(j.ExternalID, math.MaxInt); utf8.RuneCountInString(id) <= mostID {
		j.ExternalID = id
	} else {
		j.ExternalID = digest(id)
	}
	if j.ExternalID == "" {
		j.ExternalID = digest(j.URLKey())
	}
	j.Places = cleanPlaces(j.Places)
	if j.Remote != RemoteYes && j.Remote != RemoteNo {
		j.Remote = RemoteUnknown
		if slices.ContainsFunc(j.Places, saysRemote) {
			j.Remote = RemoteYes
		}
	}
	j.Kind = ParseKind(string(j.Kind))
	j.Level = ParseLevel(string(j.Level))
	j.Pay = j.Pay.clean()
	j.Posted = j.Posted.UTC().Truncate(time.Second)
	j.Closes = j.Closes.UTC().Truncate(time.Second)
	if j.Posted.After(now) {
		j.Posted = now.UTC().Truncate(time.Second)
	}
	// Feeds write an unknown date as 1970, and one that never comes as 9999.
	if j.Posted.Year() < 2000 {
		j.Posted = time.Time{}
	}
	if j.Closes.Year() < 2000 || j.Closes.After(now.AddDate(5, 0, 0)) {
		j.Closes = time.Time{}
	}
	copies := make([]Copy, 0, min(len(j.AlsoOn), mostCopies))
	for _, c := range j.AlsoOn {
		c = Copy{line(c.Source, mostID), line(c.ExternalID, mostID), link(c.Apply)}
		if c.Apply != "" && len(copies) < mostCopies {
			copies = append(copies, c)
		}
	}
	j.AlsoOn = copies
	if len(copies) == 0 {
		j.AlsoOn = nil
	}
	return j, nil
}

// clean gives the pay with what means nothing taken out, or nil.
func (p *Pay) clean() *Pay {
	if p == nil {
		return nil
	}
	c := *p
	for _, end := range []*float64{&c.Min, &c.Max} {
		if !(*end > 0 && *end <= mostPay) { // NaN, too
			*end = 0
		}
	}
	if c.Min > c.Max && c.Max > 0 {
		c.Min, c.Max = c.Max, c.Min
	}
	c.Currency = strings.ToUpper(strings.TrimSpace(c.Currency))
	if c.Min == 0 && c.Max == 0 || !isCurrency(c.Currency) {
		return nil
	}
	c.Period = ParsePeriod(string(c.Period))
	return &c
}

// isCurrency says whether a code has the form of ISO 4217. Which codes are in
// use is not asked: amounts are compared only where the codes are equal.
func isCurrency(code string) bool {
	if len(code) != 3 {
		return false
	}
	for i := range 3 {
		if code[i] < 'A' || code[i] > 'Z' {
			return false
		}
	}
	return true
}

func cleanPlaces(places []string) []string {
	var clean []string
	seen := map[string]bool{}
	for _, p := range places {
		p = line(p, mostPlace)
		if key := strings.ToLower(p); p != "" && !seen[key] && len(clean) < mostPlaces {
			seen[key] = true
			clean = append(clean, p)
		}
	}
	return clean
}

// saysRemote finds the place "Remote - US", and "Anywhere".
func saysRemote(place string) bool {
	words, _ := wordsOf(place)
	return slices.ContainsFunc(words, func(w string) bool { return w == "remote" || w == "anywhere" || w == "worldwide" }) &&
		!slices.Contains(words, "hybrid")
}

// link gives an address as it is kept, or nothing if it cannot be followed.
// An address with a name and password in it may be made to look like another.
func link(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > mostURL || !utf8.ValidString(s) {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return ""
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	s = u.String()
	if len(s) > mostURL || strings.ContainsFunc(s, func(r rune) bool { return r == ' ' || unicode.IsControl(r) || invisible(r) }) {
		return ""
	}
	return s
}

// line is text as one line of at most so many characters.
func line(s string, most int) string {
	return cut(strings.Join(strings.Fields(visible(s)), " "), most)
}

// paragraphs is text as lines that are not empty.
func paragraphs(s string, most int) string {
	// What is beyond this is cut in any case, and need not be looked at.
	if len(s) > 16*most {
		s = s[:16*most]
	}
	var b strings.Builder
	for l := range strings.Lines(visible(s)) {
		if l = strings.Join(strings.Fields(l), " "); l == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l)
	}
	return cut(b.String(), most)
}

// visible is text in normal form without control characters and without those
// that only change how others look, such as the direction of writing. The
// joiners stay: Indian scripts and emoji are written with them.
func visible(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r):
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, s))
}

func invisible(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// cut shortens text to so many characters, the last an ellipsis.
func cut(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most-1 {
			return strings.TrimRightFunc(s[:i], unicode.IsSpace) + "…"
		}
		n++
	}
	return s
}

// ParseKind reads the kind of a job as feeds write it: "FULL_TIME", "Full-Time",
// "Contractor". Of several the first counts that is not full-time: that is said
// of internships and contracts, too. Empty if none is known.
func ParseKind(s string) Kind {
	var kind Kind
	for found := range spellings(s, kindWords) {
		if kind = Kind(found); kind != usualKind {
			break
		}
	}
	return kind
}

// ParseLevel reads the level of a job from what a feed says of it, "Mid-Senior
// level", or from its title, "Sr. Backend Engineer". Empty if neither tells.
func ParseLevel(s string) Level {
	if l := Level(strings.ToLower(strings.TrimSpace(s))); slices.Contains(Levels, l) {
		return l
	}
	return Level(spelt(s, levelWords))
}

// ParsePeriod reads for which time an amount is paid: "per-year-salary",
// "HOUR", "annually", "p.a.". Empty if it is not known.
func ParsePeriod(s string) Period { return Period(spelt(s, periodWords)) }

// spelt finds the first word, or two words, of text in a table.
func spelt(s string, table map[string]string) string {
	for found := range spellings(s, table) {
		return found
	}
	return ""
}

// spellings finds words, or two words, of text in a table, in order.
func spellings(s string, table map[string]string) iter.Seq[string] {
	if len(s) > 4*mostTitle {
		s = s[:4*mostTitle]
	}
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return func(yield func(string) bool) {
		for i := 0; i < len(words); i++ {
			found := table[words[i]]
			if i+1 < len(words) {
				if two, ok := table[words[i]+" "+words[i+1]]; ok {
					found = two
					i++
				}
			}
			if found != "" && !yield(found) {
				return
			}
		}
	}
}

// How feeds spell kinds: Schema.org's employmentType, Adzuna's contract_time,
// Lever's commitment, We Work Remotely's type. "Permanent" and "regular" say how
// long, not how many hours, and are not here.
var kindWords = map[string]string{
	"full time": "full-time", "fulltime": "full-time",
	"part time": "part-time", "parttime": "part-time",
	"contract": "contract", "contractor": "contract", "freelance": "contract", "freelancer": "contract", "fixed term": "contract",
	"temporary": "temporary", "temp": "temporary", "seasonal": "temporary", "per diem": "temporary", "casual": "temporary",
	"internship": "internship", "intern": "internship", "working student": "internship",
	"apprenticeship": "apprenticeship", "apprentice": "apprenticeship", "trainee": "apprenticeship",
	"volunteer": "volunteer", "voluntary": "volunteer",
}

// The first word of a title that is here decides: "Senior Associate" is senior.
// Words that mean nothing of the kind where another follows stand here with
// nothing: a lead generation specialist leads nobody.
var levelWords = map[string]string{
	"intern": "intern", "internship": "intern", "trainee": "intern", "working student": "intern", "apprentice": "intern",
	"junior": "junior", "jr": "junior", "entry level": "junior", "graduate": "junior", "fresher": "junior", "freshers": "junior",
	"associate": "junior", "associate director": "executive", "associate professor": "",
	"mid": "mid", "mid level": "mid", "mid senior": "mid", "intermediate": "mid", "midlevel": "mid",
	"senior": "senior", "sr": "senior", "senior director": "executive",
	"lead": "lead", "lead generation": "", "lead gen": "", "principal": "lead", "staff engineer": "lead", "staff software": "lead",
	"director": "executive", "vp": "executive", "vice president": "executive",
	"chief": "executive", "cto": "executive", "ceo": "executive", "cfo": "executive", "coo": "executive",
	"executive": "", "executive director": "executive",
}

var periodWords = map[string]string{
	"hour": "hour", "hourly": "hour", "hr": "hour", "ph": "hour",
	"day": "day", "daily": "day", "pd": "day",
	"week": "week", "weekly": "week", "wk": "week",
	"month": "month", "monthly": "month", "mo": "month", "pm": "month", "p m": "month",
	"year": "year", "yearly": "year", "annual": "year", "annually": "year", "annum": "year", "yr": "year", "pa": "year", "p a": "year",
}

// mostLine is the longest line of a file of jobs, in bytes: room for the
// longest text with every character escaped.
const mostLine = 1 << 20

// ReadJobs reads jobs as JSON Lines, as they are; call [Job.Clean] on those
// that come from elsewhere. Empty lines are passed over. The error names the
// line; the jobs before it are returned with it.
func ReadJobs(r io.Reader) ([]Job, error) {
	var jobs []Job
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, mostLine)
	n := 0
	for lines.Scan() {
		n++
		data := bytes.TrimSpace(lines.Bytes())
		if len(data) == 0 {
			continue
		}
		var j Job
		if err := json.Unmarshal(data, &j); err != nil {
			return jobs, fmt.Errorf("line %d is no job in JSON: %w", n, err)
		}
		jobs = append(jobs, j)
	}
	if err := lines.Err(); err != nil {
		return jobs, fmt.Errorf("line %d: %w", n+1, err)
	}
	return jobs, nil
}

// WriteJobs writes jobs as [ReadJobs] reads them.
func WriteJobs(w io.Writer, jobs []Job) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, j := range jobs {
		if err := enc.Encode(j); err != nil {
			return err
		}
	}
	return nil
}

// Newer orders jobs newest first, those without a date last, and alike ones
// always the same way.
func Newer(a, b Job) int {
	return cmp.Or(
		b.Posted.Compare(a.Posted),
		cmp.Compare(a.Source, b.Source),
		cmp.Compare(a.ExternalID, b.ExternalID),
	)
}
