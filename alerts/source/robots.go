package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/careerbot/careerbot/fetch"
)

// robots are the rules of a site for us, by RFC 9309.
type robots struct {
	rules []rule
	delay time.Duration // between two requests; 0 if not said
}

type rule struct {
	path  string
	allow bool
}

// agent is our name in robots.txt.
const agent = "careerbot"

// mostRobots is what must be read of robots.txt at least.
const mostRobots = 512 << 10

// robots fetches the rules of a site. A site without rules allows all; one that
// cannot say its rules allows nothing.
func (f *Fetcher) robots(ctx context.Context, u *url.URL) (robots, error) {
	at := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	resp, err := f.client.Get(ctx, at.String(), mostRobots, nil)
	if status, ok := errors.AsType[*fetch.StatusError](err); ok && status.Status >= 400 && status.Status < 500 && status.Status != http.StatusTooManyRequests {
		return robots{}, nil
	}
	if errors.Is(err, fetch.ErrTooLarge) {
		return robots{}, fmt.Errorf("robots.txt of the site cannot be read: %w", err)
	}
	if err != nil {
		return robots{}, err
	}
	return readRobots(resp.Body), nil
}

// readRobots reads the groups for our name, or else those for all.
func readRobots(body []byte) robots {
	var ours, all robots
	named := false // there is a group for us
	var groups []*robots
	inRules := true
	lines := bufio.NewScanner(bytes.NewReader(body))
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		key, value, found := strings.Cut(text, ":")
		if !found {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "user-agent":
			if inRules {
				groups, inRules = nil, false
			}
			switch strings.ToLower(value) {
			case "*":
				groups = append(groups, &all)
			case agent:
				groups, named = append(groups, &ours), true
			}
		case "allow", "disallow":
			inRules = true
			for _, g := range groups {
				if value != "" {
					g.rules = append(g.rules, rule{value, strings.EqualFold(strings.TrimSpace(key), "allow")})
				}
			}
		case "crawl-delay":
			inRules = true
			if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 && seconds < 1e6 {
				for _, g := range groups {
					g.delay = time.Duration(seconds * float64(time.Second))
				}
			}
		}
	}
	if named {
		return ours
	}
	return all
}

// allows says whether a path, with its query, may be fetched: the longest rule
// that fits decides, and of two as long the one that allows.
func (r robots) allows(path string) bool {
	longest, allowed := -1, true
	for _, rule := range r.rules {
		if fits(rule.path, path) && (len(rule.path) > longest || len(rule.path) == longest && rule.allow) {
			longest, allowed = len(rule.path), rule.allow
		}
	}
	return allowed
}

// fits says whether a path begins as a rule says, in which * is any text and a
// $ at the end is the path's end.
func fits(rule, path string) bool {
	rule, whole := strings.CutSuffix(rule, "$")
	parts := strings.Split(rule, "*")
	if !strings.HasPrefix(path, parts[0]) {
		return false
	}
	rest := path[len(parts[0]):]
	for i, part := range parts[1:] {
		if whole && i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return !whole || rest == ""
}
