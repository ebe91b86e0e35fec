package source

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/careerbot/careerbot/alerts"
)

// web reads pages with JobPostings of Schema.org in JSON-LD, as companies put
// them there for search engines, and sitemaps that list such pages. It is the
// last resort: a request for each job.
var web = Kind{
	Name: "web", Title: "page or sitemap with JobPosting data",
	terms: Terms{Interval: time.Hour, Excerpt: 300},
	most:  mostPage, crawls: true,
	recognise: func(u *url.URL) (string, error) { return u.String(), nil },
	read:      readWeb,
}

// mostPage is how large a page or a sitemap may be, in bytes.
const mostPage = 5 * mb

func readWeb(d document) (list, error) {
	if bytes.HasPrefix(d.body, []byte("\x1f\x8b")) { // sitemap.xml.gz
		unpacked, err := unpack(d.body, mostPage)
		if err != nil {
			return list{}, err
		}
		d.body = unpacked
	}
	d.body = decode(d.body, d.header)
	switch root(d.body) {
	case "urlset", "sitemapindex":
		return readSitemap(d.body)
	case "rss", "feed", "rdf", "RDF":
		return readFeed(d)
	}
	if bytes.HasPrefix(d.body, []byte("{")) {
		return readFeed(d)
	}
	return readPage(d)
}

func unpack(body []byte, most int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the packed file is broken")
	}
	unpacked, err := io.ReadAll(io.LimitReader(z, most+1))
	switch {
	case err != nil:
		return nil, errors.New("the packed file is broken or cut off")
	case int64(len(unpacked)) > most:
		return nil, fmt.Errorf("the file is too large: unpacked it may have %d kB", most>>10)
	}
	return unpacked, nil
}

// root gives the name of the outermost element of XML, without its prefix.
func root(body []byte) string {
	m := rootElement.FindSubmatch(body[:min(len(body), 4096)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

var rootElement = regexp.MustCompile(`^(?:\s|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>]*>)*<(?:[\w-]+:)?(\w+)`)

// errNoPosting is what is told of a page that holds no job.
var errNoPosting = errors.New("there is no JobPosting data on this page: give the address of its feed or sitemap, or of its jobs on Greenhouse or Lever")

func readPage(d document) (list, error) {
	objects, broken := linkedData(d.body)
	byID := map[string]map[string]any{}
	var postings []map[string]any
	for _, o := range objects {
		collect(o, byID, &postings)
	}
	if len(postings) == 0 {
		if broken > 0 {
			return list{}, errors.New("the JobPosting data on this page is broken JSON: tell whoever makes the page")
		}
		return list{}, errNoPosting
	}
	var l list
	for _, p := range postings {
		l.jobs = append(l.jobs, jobOfPosting(d, node{p, byID}, len(postings) == 1))
	}
	return l, nil
}

// linkedData gives the blocks of JSON-LD in a page, and how many are broken.
func linkedData(body []byte) (blocks []any, broken int) {
	z := html.NewTokenizer(bytes.NewReader(body))
	within := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return blocks, broken
		case html.StartTagToken:
			name, more := z.TagName()
			within = false
			for is := atom.Lookup(name) == atom.Script; is && more; {
				var key, value []byte
				key, value, more = z.TagAttr()
				kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(string(value))), ";")
				within = within || string(key) == "type" && strings.TrimSpace(kind) == "application/ld+json"
			}
		case html.TextToken:
			if !within {
				continue
			}
			var block any
			if json.Unmarshal(bareJSON(z.Raw()), &block) != nil {
				broken++
				continue
			}
			blocks = append(blocks, block)
		case html.EndTagToken:
			within = false
		}
	}
}

// bareJSON takes off what surrounds JSON in pages, and mends what strict JSON
// forbids and pages hold: line breaks within texts.
func bareJSON(raw []byte) []byte {
	s := bytes.TrimSpace(raw)
	for _, wrap := range [][2]string{{"<!--", "-->"}, {"//<![CDATA[", "//]]>"}, {"/*<![CDATA[*/", "/*]]>*/"}, {"<![CDATA[", "]]>"}} {
		if rest, found := bytes.CutPrefix(s, []byte(wrap[0])); found {
			s = bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(rest), []byte(wrap[1])))
		}
	}
	s = bytes.TrimSuffix(s, []byte(";"))
	return bytes.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
}

// collect finds the postings in linked data, however they are nested, and the
// objects that others refer to.
func collect(v any, byID map[string]map[string]any, postings *[]map[string]any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collect(e, byID, postings)
		}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && len(v) > 1 {
			byID[id] = v
		}
		if isPosting(v["@type"]) {
			*postings = append(*postings, v)
		}
		for _, key := range sortedKeys(v) {
			collect(v[key], byID, postings)
		}
	}
}

func isPosting(kind any) bool {
	switch kind := kind.(type) {
	case string:
		return kind[strings.LastIndexAny(kind, "/:")+1:] == "JobPosting"
	case []any:
		return slices.ContainsFunc(kind, isPosting)
	}
	return false
}

// node is an object of linked data, in which each field may be a text, a number,
// an object, a reference to one, or an array of these.
type node struct {
	fields map[string]any
	byID   map[string]map[string]any
}

// all gives the values of a field, references followed.
func (n node) all(name string) []any {
	values, ok := n.fields[name].([]any)
	if !ok {
		values = []any{n.fields[name]}
	}
	var all []any
	for _, v := range values {
		if m, ok := v.(map[string]any); ok {
			if id, ok := m["@id"].(string); ok && len(m) == 1 && n.byID[id] != nil {
				v = n.byID[id]
			}
		}
		if v != nil {
			all = append(all, v)
		}
	}
	return all
}

// texts gives a field as texts; of an object, the first of the named fields.
func (n node) texts(name string, of ...string) []string {
	var texts []string
	for _, v := range n.all(name) {
		switch v := v.(type) {
		case string:
			texts = append(texts, lineOf(v))
		case float64:
			texts = append(texts, strconv.FormatFloat(v, 'f', -1, 64))
		case bool:
			texts = append(texts, strconv.FormatBool(v))
		case map[string]any:
			for _, key := range of {
				if s := first((node{v, n.byID}).texts(key)...); s != "" {
					texts = append(texts, s)
					break
				}
			}
		}
	}
	return texts
}

func (n node) text(name string, of ...string) string { return first(n.texts(name, of...)...) }

func jobOfPosting(d document, p node, alone bool) alerts.Job {
	j := alerts.Job{
		Title:   first(p.text("title"), p.text("name")),
		Company: first(p.text("hiringOrganization", "name", "legalName"), d.name),
		Kind:    alerts.ParseKind(strings.Join(p.texts("employmentType"), " ")),
		Posted:  when(p.text("datePosted")),
		Closes:  until(p.text("validThrough")),
		Apply:   absolute(d.url, first(p.text("url", "@id"), p.text("sameAs"))),
		Pay:     payOfPosting(p),
	}
	if j.Apply == "" || !strings.HasPrefix(j.Apply, "http") || !alone && j.Apply == d.url.String() {
		j.Apply = d.url.String()
	}
	// A page's address is a better name than an identifier, which may be the
	// same on all pages, unless several postings share the page.
	if !alone {
		j.ExternalID = p.text("identifier", "value", "@id")
	}
	for _, v := range p.all("description") {
		if s, ok := v.(string); ok {
			j.Text = plain(s)
			break
		}
	}
	for _, v := range p.all("jobLocation") {
		j.Places = append(j.Places, placeOf(v, p.byID))
	}
	if slices.ContainsFunc(p.texts("jobLocationType"), func(s string) bool { return strings.EqualFold(s, "TELECOMMUTE") }) {
		j.Remote = alerts.RemoteYes
		for _, v := range p.all("applicantLocationRequirements") {
			j.Places = append(j.Places, placeOf(v, p.byID))
		}
	} else {
		j.Remote = remoteOf(j.Places...)
	}
	return j
}

// placeOf reads a Place, a PostalAddress, a Country or a text.
func placeOf(v any, byID map[string]map[string]any) string {
	m, ok := v.(map[string]any)
	if !ok {
		s, _ := v.(string)
		return lineOf(s)
	}
	n := node{m, byID}
	for _, a := range n.all("address") {
		if s, ok := a.(string); ok {
			return lineOf(s)
		}
		if m, ok := a.(map[string]any); ok {
			n = node{m, byID}
			break
		}
	}
	var parts []string
	for _, s := range []string{n.text("addressLocality", "name"), n.text("addressRegion", "name"), n.text("addressCountry", "name")} {
		if s != "" && !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return first(strings.Join(parts, ", "), n.text("name"))
}

// payOfPosting reads baseSalary, which may be a number, a text, an amount, a
// range, or an array of these. What a site estimates, estimatedSalary, nobody
// has offered.
func payOfPosting(p node) *alerts.Pay {
	currency := p.text("salaryCurrency")
	for _, v := range p.all("baseSalary") {
		switch v := v.(type) {
		case float64:
			return &alerts.Pay{Min: v, Max: v, Currency: currency}
		case string:
			if pay := payOf(v, currency); pay != nil {
				return pay
			}
		case map[string]any:
			if pay := payOfAmount(node{v, p.byID}, currency); pay != nil {
				return pay
			}
		}
	}
	return nil
}

func payOfAmount(n node, currency string) *alerts.Pay {
	currency = first(n.text("currency"), currency)
	low, high, one, unit := n.text("minValue"), n.text("maxValue"), n.text("value"), n.text("unitText", "name")
	for _, v := range n.all("value") {
		if m, ok := v.(map[string]any); ok {
			value := node{m, n.byID}
			low, high, one = value.text("minValue"), value.text("maxValue"), value.text("value")
			unit = first(value.text("unitText"), unit, value.text("unitCode"))
		}
	}
	period := alerts.ParsePeriod(unit)
	if low == "" && high == "" {
		pay := payOf(one, currency)
		if pay != nil && pay.Period == "" {
			pay.Period = period
		}
		return pay
	}
	pay := &alerts.Pay{Currency: currency, Period: period}
	pay.Min, pay.Max = amountOf(low, currency), amountOf(high, currency)
	return pay
}
