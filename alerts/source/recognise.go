package source

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"

	"github.com/careerbot/careerbot/fetch"
)

// refusals are sites that do not let their jobs be read by programs.
var refusals = map[string]string{
	"linkedin": "LinkedIn", "indeed": "Indeed", "glassdoor": "Glassdoor", "ziprecruiter": "ZipRecruiter", "naukri": "Naukri",
	"monster": "Monster", "foundit": "Foundit", "dice": "Dice", "stepstone": "StepStone", "xing": "XING", "facebook": "Facebook",
}

// Recognise tells of what kind a feed is from the address that somebody pasted,
// and the address to fetch, which holds no key. It asks nobody: whether
// something is there, [Fetcher.Find] tells. The error says what to give instead.
func Recognise(pasted string) (kind, address string, err error) {
	u, err := url.Parse(trim(pasted))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHost(u.Hostname()) || u.User != nil || len(pasted) > 2000 {
		return "", "", fetch.ErrAddress
	}
	u.Host, u.Fragment, u.RawFragment = strings.ToLower(u.Host), "", ""
	if name := refusals[owner(u.Hostname())]; name != "" {
		return "", "", fmt.Errorf("%s does not let programs read its jobs: give the company's own careers page, on Greenhouse or Lever for example, or a feed", name)
	}
	for _, k := range kinds {
		address, err := k.recognise(u)
		if err != nil {
			return "", "", err
		}
		if address != "" {
			return k.Name, address, nil
		}
	}
	return "", "", fetch.ErrAddress
}

// owner gives the part of a host's name that says whose it is: "indeed" of
// in.indeed.com and of indeed.co.uk.
func owner(host string) string {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	at := len(labels) - 2
	if at > 0 && len(labels[at]) <= 3 && len(labels[at+1]) == 2 {
		at--
	}
	return labels[max(at, 0)]
}

// trim makes an address of what somebody pasted: Discord takes <…> for a link
// without a preview.
func trim(pasted string) string {
	s := strings.TrimSpace(pasted)
	if inner, found := strings.CutPrefix(s, "<"); found {
		s = strings.TrimSpace(strings.TrimSuffix(inner, ">"))
	}
	if !strings.Contains(s, "://") && strings.Contains(s, ".") {
		s = "https://" + s
	}
	return s
}

// plainToken says whether a name can be that of a board: nothing that would
// lead to another address.
func plainToken(s string) bool {
	return s != "" && len(s) <= 100 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-_.") == "" && strings.Trim(s, ".") != ""
}

// pathOf gives the parts of an address's path.
func pathOf(u *url.URL) []string {
	return strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
}

var hostName = regexp.MustCompile(`^(?:[\pL\pN_-]+\.)+[\pL\pN_-]+\.?$`)

// isHost says whether a name can be that of a server, or is an address.
func isHost(name string) bool {
	_, err := netip.ParseAddr(name)
	return err == nil || hostName.MatchString(name)
}

// Find looks at what is behind the address that somebody pasted, and gives the
// kind and the address of the feed: the address itself, a feed that the page
// names, or the board at Greenhouse or Lever that it shows.
func (f *Fetcher) Find(ctx context.Context, pasted string) (kind, address string, err error) {
	kind, address, err = Recognise(pasted)
	if err != nil || kind != feed.Name && kind != web.Name {
		return kind, address, err
	}
	resp, err := f.client.Get(ctx, address, web.most, nil)
	if err != nil {
		return "", "", err
	}
	at, err := url.Parse(resp.URL)
	if err != nil {
		return "", "", fetch.ErrAddress
	}
	d := document{url: at, header: resp.Header.Get("Content-Type"), body: resp.Body}
	if _, err := readFeed(d); err == nil {
		return feed.Name, address, nil
	}
	if _, err := readWeb(d); err == nil {
		rules, err := f.robots(ctx, at)
		if err == nil && !rules.allows(at.RequestURI()) {
			err = errRobots
		}
		if err != nil {
			return "", "", err
		}
		return web.Name, address, nil
	} else if !isHTML(decode(d.body, d.header)) {
		_, err := readFeed(d)
		return "", "", err
	}
	for _, link := range feedLinks(d) {
		if kind, address, err := Recognise(link); err == nil && kind != web.Name {
			return kind, address, nil
		}
	}
	return "", "", errNoPosting
}

// feedLinks gives the boards that a page shows and the feeds it names, boards
// first, for they hold nothing but jobs.
func feedLinks(d document) []string {
	body := decode(d.body, d.header)
	var links []string
	for _, m := range boards.FindAll(body, 5) {
		links = append(links, html.UnescapeString(string(m)))
	}
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		next := z.Next()
		if next == html.ErrorToken {
			return links
		}
		if next != html.StartTagToken && next != html.SelfClosingTagToken {
			continue
		}
		if token := z.Token(); token.Data == "link" {
			attr := map[string]string{}
			for _, a := range token.Attr {
				attr[a.Key] = a.Val
			}
			// Most pages name the feed of a blog, too.
			if strings.Contains(attr["rel"], "alternate") && feedType.MatchString(attr["type"]) && aboutJobs.MatchString(attr["href"]+" "+attr["title"]) {
				links = append(links, absolute(d.url, attr["href"]))
			}
		}
	}
}

var (
	boards   = regexp.MustCompile(`https?://(?:(?:job-)?boards(?:-api)?(?:\.eu)?\.greenhouse\.io|jobs(?:\.eu)?\.lever\.co|api(?:\.eu)?\.lever\.co)/[^\s"'<>\\]+`)
	feedType = regexp.MustCompile(`(?i)^application/(?:rss\+xml|atom\+xml|feed\+json)`)
)
