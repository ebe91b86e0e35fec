// Package fetch gets what people link to from the web, and nothing from the
// network that the program itself stands in: a link may lead anywhere, also by
// way of a redirect or a name that resolves to a private address. It knows of
// what it gets no more than its kind.
package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const (
	maxRedirects = 3
	maxHeader    = 64 << 10 // bytes
	// allTime is what a request may take from the first name that is looked
	// up to the last byte of the body, its redirects included.
	allTime = 20 * time.Second
)

// Config is how to fetch.
type Config struct {
	UserAgent string           // who fetches, with an address where to complain
	Allow     []netip.AddrPort // addresses that may be dialled though they are private; none but in tests
	Only      bool             // nothing else than Allow is dialled, and no name looked up
	Timeout   time.Duration    // in place of 20 s
}

// Client fetches files, from each host one at a time. It is safe for concurrent
// use.
type Client struct {
	http      *http.Client
	userAgent string
	timeout   time.Duration
	hosts     hosts
}

// Response is what a server answered: 200 with a body, or 304 without one.
type Response struct {
	URL    string // where the body came from, after redirects
	Status int
	Header http.Header
	Body   []byte // unpacked
}

// What is wrong with a link or with what it leads to.
var (
	ErrAddress   = errors.New("this is no address of a public web page: give one that begins with https://")
	ErrPrivate   = errors.New("the address lies in a private network, or on another port than 80 and 443: give one that everybody can open")
	ErrOffline   = errors.New("nothing is fetched from the web here")
	ErrRedirects = fmt.Errorf("the address leads on more than %d times: give the one that it leads to", maxRedirects)
	ErrTooLarge  = errors.New("the file is too large")
	ErrTooSlow   = errors.New("the server takes too long: try again later, or save the file and give that")
)

// StatusError is an answer that is neither a file nor "not modified".
type StatusError struct {
	Status int
	Header http.Header // may say when to come back
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the server answers %d %s: open the address in a browser to see whether it is right", e.Status, http.StatusText(e.Status))
}

// New returns a client.
func New(cfg Config) *Client {
	guard := ssrf.New()
	allowed := func(to netip.AddrPort, err error) bool {
		return err == nil && slices.Contains(cfg.Allow, netip.AddrPortFrom(to.Addr().Unmap(), to.Port()))
	}
	dialer := &net.Dialer{
		// The guard sees the very address that is dialled, after names have
		// been looked up: a name cannot be checked and then lead elsewhere.
		Control: func(network, address string, c syscall.RawConn) error {
			if allowed(netip.ParseAddrPort(address)) {
				return nil
			}
			return guard.Safe(network, address, c)
		},
	}
	dial := dialer.DialContext
	if cfg.Only {
		dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if !allowed(netip.ParseAddrPort(address)) {
				return nil, ErrOffline
			}
			return dialer.DialContext(ctx, network, address)
		}
	}
	return &Client{
		userAgent: cfg.UserAgent,
		timeout:   cmp.Or(cfg.Timeout, allTime),
		http: &http.Client{
			Transport: &http.Transport{
				Proxy:                  nil, // what a proxy dials, the guard does not see
				DialContext:            dial,
				ForceAttemptHTTP2:      true,
				MaxResponseHeaderBytes: maxHeader,
				MaxIdleConnsPerHost:    1,
				IdleConnTimeout:        time.Minute,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Get fetches a file of at most that many bytes, unpacked. The header holds
// what is asked for beyond the file itself, such as If-None-Match; it may be
// nil. It is for the caller to see what kind of file has come. While another
// file is fetched from the same host it waits, and that time does not count.
func (c *Client) Get(ctx context.Context, address string, most int64, header http.Header) (*Response, error) {
	left := c.timeout
	for range maxRedirects + 1 {
		u, err := url.Parse(address)
		if err != nil {
			return nil, ErrAddress
		}
		if err := check(u); err != nil {
			return nil, err
		}
		resp, next, took, err := c.get(ctx, u, most, header, left)
		if err != nil || resp != nil {
			return resp, err
		}
		address, left = next, left-took
	}
	return nil, ErrRedirects
}

// get takes one step: it gives a file, or the address that leads on and the
// time it took.
func (c *Client) get(ctx context.Context, u *url.URL, most int64, header http.Header, left time.Duration) (_ *Response, next string, took time.Duration, _ error) {
	release, err := c.hosts.take(ctx, u.Host)
	if err != nil {
		return nil, "", 0, explain(err)
	}
	defer release()
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", 0, ErrAddress
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("User-Agent", c.userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, "", 0, explain(err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusNotModified:
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		to, err := resp.Location()
		if err != nil {
			return nil, "", 0, ErrAddress
		}
		return nil, to.String(), time.Since(start), nil
	default:
		return nil, "", 0, &StatusError{resp.StatusCode, resp.Header}
	}
	// The transport has unpacked the body: what counts is what comes out.
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, "", 0, explain(err)
	case int64(len(body)) > most:
		return nil, "", 0, fmt.Errorf("%w: it may have %d kB", ErrTooLarge, most>>10)
	}
	return &Response{URL: u.String(), Status: resp.StatusCode, Header: resp.Header, Body: body}, "", 0, nil
}

// check tells what is wrong with an address as such.
func check(u *url.URL) error {
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return ErrAddress
	}
	return nil
}

// explain says what an error means to the person who gave the link. The
// address is left out: it may hold what is theirs alone.
func explain(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	switch {
	case errors.Is(err, ErrRedirects), errors.Is(err, ErrAddress), errors.Is(err, ErrOffline):
		return err
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return ErrPrivate
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTooSlow
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return fmt.Errorf("there is no server %s: see whether the address is right", e.Name)
	}
	return fmt.Errorf("the file cannot be fetched: %w", err)
}

// Name gives what was fetched the name of a file with the ending of its kind,
// and an error for what is neither text nor a page nor a zip.
func (r *Response) Name() (string, error) {
	kind, _, _ := mime.ParseMediaType(cmp.Or(r.Header.Get("Content-Type"), "text/html"))
	endings := map[string]string{
		"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md", "text/x-markdown": ".md",
		"application/zip": ".zip", "application/octet-stream": "",
	}
	ending, known := endings[kind]
	if !known {
		return "", fmt.Errorf("the link leads to a file of the kind %s: give one to a text, Markdown or HTML file", kind)
	}
	name := "page"
	if u, err := url.Parse(r.URL); err == nil && path.Base(u.Path) != "/" && path.Base(u.Path) != "." {
		name = path.Base(u.Path)
	}
	markdown := ending == ".txt" && strings.HasSuffix(name, ".md") // as many servers send it
	if !strings.HasSuffix(strings.ToLower(name), ending) && !markdown {
		name += ending
	}
	return name, nil
}
