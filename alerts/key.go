package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// RepostWindow is how long a fingerprint is remembered: the same company
// seeking for the same job in the same place after that is a new opening.
const RepostWindow = 45 * 24 * time.Hour

// KnownFor is how long it is remembered what a source called a job that it no
// longer lists: under the same ID it is the same posting, and no new opening.
const KnownFor = 4 * RepostWindow

// Two postings are the same job if any of three keys agree. Each key is blind
// to what another sees: an ID to other sources, an address to aggregators that
// link to themselves, a fingerprint to a changed title.

// SourceKey is the job's name in its source.
func (j Job) SourceKey() string { return j.Source + "\x00" + j.ExternalID }

// URLKey is the address to apply at without what differs between links to the
// same page: letter case, tracking parameters, their order. Addresses of known
// applicant tracking systems become "greenhouse:board:id", so that the page and
// the form are one.
func (j Job) URLKey() string {
	u, err := url.Parse(j.Apply)
	if err != nil || u.Host == "" {
		return j.Apply
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	query := u.Query()
	for name := range query {
		if tracking(strings.ToLower(name)) {
			query.Del(name)
		}
	}
	address := host + strings.TrimRight(u.EscapedPath(), "/")
	if host == "boards.greenhouse.io" && query.Get("for") != "" && query.Get("token") != "" {
		address = host + "/" + query.Get("for") + "/jobs/" + query.Get("token")
	}
	for _, system := range trackingSystems {
		if m := system.page.FindStringSubmatch(address); m != nil {
			return system.name + ":" + strings.ToLower(m[1]) + ":" + m[2]
		}
	}
	if len(query) > 0 {
		address += "?" + query.Encode() // sorted
	}
	return address
}

// SharedURLs are the keys of addresses that several jobs of one source have, as
// where all are applied for on one page: there it does not tell them apart.
func SharedURLs(jobs []Job) map[string]bool {
	shared, seen := map[string]bool{}, map[[2]string]string{}
	for _, j := range jobs {
		key, print := j.URLKey(), j.Fingerprint()
		of := [2]string{j.Source, key}
		if other, ok := seen[of]; ok && other != print {
			shared[key] = true
		}
		seen[of] = print
	}
	return shared
}

// trackingSystems are the pages of applicant tracking systems: a board and the
// ID of a posting on it.
var trackingSystems = []struct {
	name string
	page *regexp.Regexp
}{
	{"greenhouse", regexp.MustCompile(`^(?:job-)?boards(?:\.eu)?\.greenhouse\.io/([^/]+)/jobs/(\d+)$`)},
	{"lever", regexp.MustCompile(`^jobs(?:\.eu)?\.lever\.co/([^/]+)/([0-9a-f-]+)(?:/apply)?$`)},
	{"ashby", regexp.MustCompile(`^jobs\.ashbyhq\.com/([^/]+)/([0-9a-f-]+)(?:/application)?$`)},
	{"workable", regexp.MustCompile(`^apply\.workable\.com/([^/]+)/j/([0-9A-Za-z]+)(?:/apply)?$`)},
	{"smartrecruiters", regexp.MustCompile(`^jobs\.smartrecruiters\.com/([^/]+)/(\d+)(?:-[^/]*)?$`)},
	{"adzuna", regexp.MustCompile(`^adzuna\.([a-z.]+)/(?:jobs/)?(?:land/ad|details)/(\d+)$`)},
	{"recruitee", regexp.MustCompile(`^([^./]+)\.recruitee\.com/o/([^/]+?)(?:/c/new)?$`)},
}

// tracking says whether a parameter tells only where the reader came from.
func tracking(name string) bool {
	return strings.HasPrefix(name, "utm_") || slices.Contains(trackingNames, name)
}

var trackingNames = []string{
	"ref", "referer", "referrer", "source", "src", "gh_src", "lever-source", "lever-origin", "lever-via", "ashby_source",
	"trk", "trackingid", "fbclid", "gclid", "gclsrc", "msclkid", "mc_cid", "mc_eid", "igshid", "_hsenc", "_hsmi",
}

// Fingerprint is the same for postings by the same company of the same title
// in the same places, or to be done from elsewhere. A posting that names no
// company is like no other.
func (j Job) Fingerprint() string {
	company := plainName(j.Company, companyForms)
	if company == "" {
		return digest("posting", j.Source, j.ExternalID)
	}
	where := []string{"remote"}
	if j.Remote != RemoteYes {
		where = nil
		for _, p := range j.Places {
			where = append(where, placeKey(p))
		}
		slices.Sort(where)
		where = slices.Compact(where)
	}
	return digest("job", company, cmp.Or(plainName(j.Title, titleForms), j.Title), strings.Join(where, "|"))
}

// companyForms are left out of names of companies, and titleForms of titles:
// copies of a posting differ in them.
var (
	companyForms = map[string]bool{
		"inc": true, "incorporated": true, "ltd": true, "limited": true, "llc": true, "llp": true, "gmbh": true, "ag": true, "se": true,
		"plc": true, "corp": true, "corporation": true, "pvt": true, "private": true, "bv": true, "co": true, "company": true, "the": true,
		"sa": true, "sas": true, "srl": true, "oy": true, "ab": true, "pty": true, "pte": true,
	}
	titleForms = map[string]bool{"remote": true, "hybrid": true, "m": true, "f": true, "d": true, "w": true, "x": true, "hiring": true, "urgent": true}
)

// digest is a short name for parts: 128 bits of their SHA-256, in hex.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
