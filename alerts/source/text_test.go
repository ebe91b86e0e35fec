package source

import (
	"fmt"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

func TestDates(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"2026-11-20T09:59:18Z", "2026-11-20T09:59:18Z"},
		{"2026-11-20T09:59:18.123456+05:30", "2026-11-20T04:29:18Z"},
		{"2026-11-20T09:59:18+0530", "2026-11-20T04:29:18Z"},
		{"2026-11-20T09:59:18", "2026-11-20T09:59:18Z"},
		{"2026-11-20 09:59:18.19", "2026-11-20T09:59:18Z"},
		{"2026-11-20", "2026-11-20T00:00:00Z"},
		{"2026/11/20", "2026-11-20T00:00:00Z"},
		{"20261120", "2026-11-20T00:00:00Z"},
		{"Fri, 20 Nov 2026 09:59:18 +0000", "2026-11-20T09:59:18Z"},
		{"Fri, 20 Nov 2026 09:59:18 GMT", "2026-11-20T09:59:18Z"},
		{"Fri, 20 Nov 2026 04:59:18 EST", "2026-11-20T09:59:18Z"},
		{"Fri, 20 Nov 2026 09:59:18 IST", "2026-11-20T04:29:18Z"},
		{" Fri,  20 Nov 2026\n09:59:18 ", "2026-11-20T09:59:18Z"},
		{"Fri, 20 Nov 2026", "2026-11-20T00:00:00Z"},
		{"20 November 2026", "2026-11-20T00:00:00Z"},
		{"Nov 20, 2026", "2026-11-20T00:00:00Z"},
		{"Friday, November 20, 2026", "2026-11-20T00:00:00Z"},
		{"20/11/2026", "2026-11-20T00:00:00Z"},
		{"11/20/2026", "2026-11-20T00:00:00Z"},
		{"11/11/2026", "2026-11-11T00:00:00Z"},
		{"03/02/2026", ""}, // in March or in February
		{"1795168758", "2026-11-20T09:59:18Z"},
		{"1795168758000", "2026-11-20T09:59:18Z"},
		{"0", ""}, {"-1", ""}, {"42", ""}, {"1e300", ""}, {"NaN", ""},
		{"", ""}, {"Continuous", ""}, {"Invalid Date", ""}, {"yesterday", ""}, {"2026-13-45", ""},
	} {
		got := ""
		if at := when(test.text); !at.IsZero() {
			got = at.Format(time.RFC3339)
		}
		if got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
	// What closes on a day can be applied for on that day.
	if got := until("2026-12-31"); !got.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("closes %v", got)
	}
	if got := until("2026-12-31T17:00:00Z"); !got.Equal(time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("closes %v", got)
	}
}

func TestPay(t *testing.T) {
	for _, test := range []struct{ text, currency, want string }{
		{"$40,000 - $50,000", "", "40000-50000 USD "},
		{"$40k-50k per year", "", "40000-50000 USD year"},
		{"40-50k", "EUR", "40000-50000 EUR "},
		{"£18.50/hour", "", "18.5-18.5 GBP hour"},
		{"18,50 € pro hour", "", "18.5-18.5 EUR hour"},
		{"€2.400 per month", "", "2400-2400 EUR month"},
		{"CHF 95'000 annually", "", "95000-95000 CHF year"},
		{"INR 12 LPA", "", "1200000-1200000 INR year"},
		{"₹6-8 LPA", "", "600000-800000 INR year"},
		{"₹1,20,000 p.a.", "", "120000-120000 INR year"},
		{"Rs. 4,00,000 to 6,00,000 per annum", "", "400000-600000 INR year"},
		{"4 to 6 lakh", "INR", "400000-600000 INR "},
		{"30 000 - 40 000 PLN / month", "", "30000-40000 PLN month"},
		{"Hours: all, £12,50 per hour", "", "12.5-12.5 GBP hour"},
		{"€50,000 (USD 55,000)", "", ""},
		{"CA$90,000", "", "90000-90000 CAD "},
		{"up to $120,000", "", "0-120000 USD "},
		{"from £30,000", "", "30000-0 GBP "},
		{"$90,000+", "", "90000-0 USD "},
		{"USD 100000", "", "100000-100000 USD "},
		{"100000", "USD", "100000-100000 USD "},
		{"100000", "", ""},
		{"Negotiable", "USD", ""},
		{"Competitive", "USD", ""},
		{"competitive salary + bonus", "USD", ""},
		{"DOE", "USD", ""},
		{"$", "", ""},
		{"", "USD", ""},
		{"401k, $40,000 to $50,000", "", ""},
	} {
		got := ""
		if p := payOf(test.text, test.currency); p != nil {
			got = fmt.Sprintf("%.7g-%.7g %s %s", p.Min, p.Max, p.Currency, p.Period)
		}
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, test := range []struct{ html, want string }{
		{"no tags", "no tags"},
		{"<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree"},
		{"<ul><li>a</li><li> </li><li>b</li></ul>", "- a\n- b"},
		{"&lt;p&gt;once&lt;/p&gt;", "once"},
		{"&amp;lt;p&amp;gt;twice &amp;amp;amp; more&amp;lt;/p&amp;gt;", "twice & more"},
		{"a &lt; b &amp; c", "a < b & c"},
		{"x<script>alert('<p>')</script>y<style>p{}</style>", "xy"},
		{"<p>unclosed <b>bold", "unclosed bold"},
		{"<script>never closed <p>text", ""},
		{"<table><tr><td>a</td><td>b</td></tr></table>", "a b"},
		{"5 < 6 and <3", "5 < 6 and <3"},
		{"SÃ£o Paulo", "São Paulo"},
		{"São Paulo", "São Paulo"},
		{"naïve — dash", "naïve — dash"},
		{"", ""},
	} {
		if got := plain(test.html); got != test.want {
			t.Errorf("%q: %q, want %q", test.html, got, test.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		text   string
		want   string
		remote alerts.Remote
	}{
		{"Pune, India", `["Pune, India"]`, ""},
		{"Remote", `[]`, alerts.RemoteYes},
		{"Remote, Canada", `["Canada"]`, alerts.RemoteYes},
		{"Remote - US/Canada", `["US/Canada"]`, alerts.RemoteYes},
		{"United States (Remote)", `["United States"]`, alerts.RemoteYes},
		{"Lithuania - Remote", `["Lithuania"]`, alerts.RemoteYes},
		{"New York / Remote", `["New York"]`, alerts.RemoteYes},
		{"London; Leeds | York", `["London" "Leeds" "York"]`, ""},
		{"Berlin or Munich", `["Berlin" "Munich"]`, ""},
		{"Hybrid - Leeds", `["Leeds"]`, alerts.RemoteNo},
		{"Anywhere in the World", `[]`, alerts.RemoteYes},
		{"On-site, Oslo", `["On-site, Oslo"]`, alerts.RemoteNo},
		{"Orlando, FL", `["Orlando, FL"]`, ""},
		{"", `[]`, ""},
	} {
		if got := fmt.Sprintf("%q", placesOf(test.text)); got != test.want || remoteOf(test.text) != test.remote {
			t.Errorf("%q: %s %q, want %s %q", test.text, got, remoteOf(test.text), test.want, test.remote)
		}
	}
}

func TestTitleRemote(t *testing.T) {
	for title, want := range map[string]bool{
		"Baker (Remote)": true, "Baker - Remote": true, "Remote: Baker": true, "[Remote] Baker": true, "Baker (100% remote)": true, "Baker, Remote, EU": true,
		"Remote Sensing Analyst": false, "Baker": false, "Head of remote culture": false, "Analyst, Remote Sensing": false,
	} {
		if got := titleRemote.MatchString(title); got != want {
			t.Errorf("%q: %v", title, got)
		}
	}
}

func TestRedact(t *testing.T) {
	for address, want := range map[string]string{
		"https://me:secret@jobs.example/feed?key=secret#x": "https://jobs.example/feed",
		"https://jobs.example":                             "https://jobs.example",
		"://":                                              "an address that cannot be read",
		"secret":                                           "an address that cannot be read",
	} {
		if got := Redact(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}
