package source

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"mime"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"github.com/careerbot/careerbot/alerts"
)

// decode gives a file in UTF-8, whatever it is written in and whatever it says
// it is written in: bytes that are UTF-8 are taken as such, for a declaration
// is wrong more often than that happens by chance. The declaration of XML is
// taken off, so that nobody decodes it twice.
func decode(body []byte, contentType string) []byte {
	declared := ""
	if m := xmlEncoding.FindSubmatch(body[:min(len(body), 1024)]); m != nil {
		declared = string(m[1])
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		declared = cmp.Or(params["charset"], declared)
	}
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		body = body[3:]
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		body = fromUTF16(body[2:], binary.LittleEndian)
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		body = fromUTF16(body[2:], binary.BigEndian)
	case utf8.Valid(body) && !strings.EqualFold(declared, "iso-2022-jp"):
	default:
		encoding, name := charset.Lookup(declared)
		if encoding == nil || name == "utf-8" {
			encoding, _, _ = charset.DetermineEncoding(body, "")
		}
		if decoded, err := encoding.NewDecoder().Bytes(body); err == nil {
			body = decoded
		}
	}
	body = bytes.TrimLeft(bytes.ToValidUTF8(body, []byte("\uFFFD")), " \t\r\n\uFEFF")
	if bytes.HasPrefix(body, []byte("<?xml")) {
		if end := bytes.Index(body, []byte("?>")); end >= 0 {
			body = bytes.TrimLeft(body[end+2:], " \t\r\n")
		}
	}
	return body
}

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._:-]+)["']`)

func fromUTF16(body []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = order.Uint16(body[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// isHTML says whether a file is a web page.
func isHTML(body []byte) bool {
	start := bytes.ToLower(body[:min(len(body), 1024)])
	for bytes.HasPrefix(start, []byte("<!--")) {
		_, after, found := bytes.Cut(start, []byte("-->"))
		if !found {
			return false
		}
		start = bytes.TrimSpace(after)
	}
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html")) ||
		bytes.HasPrefix(start, []byte("<head")) || bytes.HasPrefix(start, []byte("<body"))
}

// plain gives HTML as plain text, a paragraph or an item of a list a line. Some
// feeds escape their HTML once or twice too often; text that still looks like
// HTML is read again.
func plain(src string) string {
	text := unmangle(src)
	for range 3 {
		text = strip(text)
		if !strings.ContainsAny(text, "<&") || !stillHTML.MatchString(text) {
			break
		}
	}
	return text
}

// lineOf gives HTML as one line of plain text, as for titles.
func lineOf(src string) string { return strings.Join(strings.Fields(plain(src)), " ") }

var stillHTML = regexp.MustCompile(`(?i)</?(?:p|br|div|span|ul|ol|li|h[1-6]|b|strong|i|em|u|a|table|tr|td|img|script|style)(?:\s[^<>]*)?/?>|&(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|bull|#\d{1,7}|#x[0-9a-f]{1,6});`)

// closed are elements whose content nobody reads.
var closed = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Iframe: true, atom.Object: true,
	atom.Svg: true, atom.Select: true, atom.Textarea: true, atom.Title: true,
}

// breaks are elements that begin and end a line.
var breaks = map[atom.Atom]bool{
	atom.P: true, atom.Br: true, atom.Div: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.H1: true, atom.H2: true, atom.H3: true,
	atom.H4: true, atom.H5: true, atom.H6: true, atom.Table: true, atom.Tr: true, atom.Section: true, atom.Article: true, atom.Header: true,
	atom.Footer: true, atom.Blockquote: true, atom.Pre: true, atom.Hr: true, atom.Dl: true, atom.Dt: true, atom.Dd: true,
}

// strip takes the tags out of HTML. It reads tokens and builds no tree, so that
// no depth of nesting costs anything.
func strip(src string) string {
	if !strings.ContainsAny(src, "<&") {
		return src
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(src))
	within := atom.Atom(0) // a closed element
	for {
		switch z.Next() {
		case html.ErrorToken:
			return lines(b.String())
		case html.TextToken:
			if within == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case within != 0:
			case closed[tag]:
				within = tag
			case tag == atom.Li:
				b.WriteString("\n- ")
			case breaks[tag]:
				b.WriteByte('\n')
			case tag == atom.Td || tag == atom.Th:
				b.WriteByte(' ')
			}
		case html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case tag == within:
				within = 0
			case within == 0 && breaks[tag]:
				b.WriteByte('\n')
			}
		}
	}
}

// lines takes out empty lines, those of empty items and needless space.
func lines(s string) string {
	var kept []string
	for l := range strings.Lines(s) {
		if l = strings.Join(strings.Fields(l), " "); l != "" && l != "-" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// unmangle mends text whose UTF-8 was taken for Latin-1 and encoded once more:
// "SÃ£o Paulo". Text that is not wholly so is left as it is.
func unmangle(s string) string {
	foreign := false
	for _, r := range s {
		if r > 0xff {
			return s
		}
		foreign = foreign || r >= 0x80
	}
	if !foreign {
		return s
	}
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		raw = append(raw, byte(r))
	}
	if !utf8.Valid(raw) {
		return s
	}
	return string(raw)
}

// when reads a date in any of the forms that feeds use, the zero time if it is
// none. A date without a zone is in UTC, one of digits alone is seconds or
// milliseconds since 1970.
func when(s string) time.Time {
	t, _ := readDate(s)
	return t
}

// until reads the date on which something closes: one without a time is that
// day's end.
func until(s string) time.Time {
	t, whole := readDate(s)
	if whole && !t.IsZero() {
		return t.AddDate(0, 0, 1)
	}
	return t
}

// readDate also tells whether the date names a whole day.
func readDate(s string) (t time.Time, day bool) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || len(s) > 64 {
		return time.Time{}, false
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && len(s) != len("20060102") {
		return epoch(n), false
	}
	// Go makes up an offset of zero for the names of zones that it does not
	// know; those of RFC 822 are known.
	if space := strings.LastIndexByte(s, ' '); space > 0 {
		if offset, known := zones[strings.ToUpper(s[space+1:])]; known {
			s = s[:space+1] + offset
		}
	}
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC(), !strings.Contains(form, "15") && !strings.Contains(form, "3:04")
		}
	}
	// 13/02/2026 can only be one day, 03/02/2026 may be two.
	for _, forms := range [][2]string{{"2/1/2006", "1/2/2006"}, {"2-1-2006", "1-2-2006"}} {
		t, err := time.Parse(forms[0], s)
		u, other := time.Parse(forms[1], s)
		switch {
		case err == nil && (other != nil || t.Equal(u)):
			return t, true
		case err != nil && other == nil:
			return u, true
		}
	}
	return time.Time{}, false
}

// epoch is a time in seconds or milliseconds since 1970: in seconds, all dates
// of postings have ten digits.
func epoch(n float64) time.Time {
	switch {
	case n >= 1e11 && n < 1e14:
		return time.UnixMilli(int64(n)).UTC()
	case n >= 1e8 && n < 1e11:
		return time.Unix(int64(n), 0).UTC()
	}
	return time.Time{}
}

var zones = map[string]string{
	"UT": "+0000", "UTC": "+0000", "GMT": "+0000", "Z": "+0000", "EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500",
	"MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700", "CET": "+0100", "CEST": "+0200", "BST": "+0100", "IST": "+0530",
}

// dateForms are tried in turn. Go reads fractions of a second wherever seconds
// stand, and one digit of a day where the form has one.
var dateForms = []string{
	time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05 -07:00", "Mon, 2 Jan 2006 15:04:05", "Mon, 2 Jan 2006 15:04 -0700", "Mon, 2 Jan 2006",
	"Monday, 2 Jan 2006 15:04:05 -0700", "Monday, 2-Jan-06 15:04:05 -0700", "2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05", "2 Jan 2006",
	"Mon Jan 2 15:04:05 -0700 2006", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 2006",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02", "2006/01/02",
	"2 January 2006", "January 2, 2006", "Jan 2, 2006", "January 2, 2006 15:04:05", "January 2, 2006 3:04 PM", "Monday, January 2, 2006", "Monday, 2 January 2006",
	"20060102T150405Z", "20060102",
}

// remoteOf reads from a place or a workplace whether the job can be done from
// elsewhere. A choice of an office or remote can; a mix of both cannot.
func remoteOf(texts ...string) alerts.Remote {
	for _, s := range texts {
		switch {
		case notRemote.MatchString(s):
			return alerts.RemoteNo
		case isRemote.MatchString(s):
			return alerts.RemoteYes
		}
	}
	return alerts.RemoteUnknown
}

var (
	isRemote  = regexp.MustCompile(`(?i)\b(?:remote|remotely|anywhere|worldwide|work from home|only|wfh|telecommut\w*|telework|home[- ]based|distributed)\b`)
	notRemote = regexp.MustCompile(`(?i)\b(?:hybrid|on[- ]?site|in[- ]office|office[- ]based|not? remote|non[- ]remote)\b`)
)

// placesOf takes a list of places apart. Commas part a town from its country
// and not two towns.
func placesOf(s string) []string {
	var places []string
	for _, p := range placeBreak.Split(lineOf(s), -1) {
		// "Remote, Canada" lies in Canada; "Remote" is no place.
		p = strings.ReplaceAll(placeRemote.ReplaceAllString(p, ""), "()", "")
		if p = strings.Trim(p, " ,;:-–/"); p != "" {
			places = append(places, p)
		}
	}
	return places
}

var placeRemote = regexp.MustCompile(`(?i)\b(?:(?:100% |fully )?remote(?: only| in| from)?|anywhere in the world|anywhere|worldwide|work from home|only|hybrid(?: in)?)\b`)

var placeBreak = regexp.MustCompile(`\s*[;|\n]\s*|\s+(?:/|or|•|·)\s+`)

// payOf reads a field that holds pay in words: "$40,000 - $50,000",
// "€18.50/hour", "INR 12 LPA". Anything but one or two amounts of one known
// currency is no pay, and so are "negotiable" and "competitive".
func payOf(s, currency string) *alerts.Pay {
	s = lineOf(s)
	m, err := alerts.ReadMoney(s, currency)
	if err != nil || m.Currency == "" || len(m.Amounts) == 0 || len(m.Amounts) > 2 {
		return nil
	}
	pay := &alerts.Pay{Min: m.Amounts[0], Max: m.Amounts[len(m.Amounts)-1], Currency: m.Currency, Period: m.Period}
	if low := strings.ToLower(s); len(m.Amounts) == 2 {
		return pay
	} else if strings.Contains(low, "up to") || strings.Contains(low, "max") {
		pay.Min = 0
	} else if strings.Contains(low, "from ") || strings.Contains(low, "min") || strings.Contains(s, "+") {
		pay.Max = 0
	}
	return pay
}

// amountOf reads a field that holds one amount, 0 if it holds none.
func amountOf(s, currency string) float64 {
	m, err := alerts.ReadMoney(s, currency)
	if err != nil || len(m.Amounts) != 1 {
		return 0
	}
	return m.Amounts[0]
}

// first gives the first text that is not blank.
func first(texts ...string) string {
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}
