package alerts

import (
	"strings"
	"testing"
)

func TestKnownPlace(t *testing.T) {
	for _, test := range []struct{ written, want string }{
		{"Bangalore", "Bengaluru, India"},
		{"Bengaluru, Karnataka, India", "Bengaluru, India"},
		{"NYC", "New York City, United States"},
		{"new york", "New York City, United States"},
		{"us", "United States"},
		{"U.S.A.", "United States"},
		{"IN", "India"},
		{"Indianapolis, IN", "Indianapolis, United States"},
		{"US, CA, Santa Clara", "Santa Clara, United States"},
		{"Toronto, ON, CA", "Toronto, Canada"},
		{"Chevy Chase, MD", ""},
		{"Bozeman, MT", "Bozeman, United States"},
		{"Madrid HQ, ES", "Madrid, Spain"},
		{"Charlotte,North Carolina", "Charlotte, United States"},
		{"Atlanta, Georgia", "Atlanta, United States"},
		{"Tbilisi, Georgia", "Tbilisi, Georgia"},
		{"Georgia", "Georgia"},
		{"London", "London, United Kingdom"},
		{"London, Ontario", "London, Canada"},
		{"Hyderabad, Pakistan", "Hyderabad, Pakistan"},
		{"São Paulo, SP", "São Paulo, Brazil"},
		{"Munchen", "Munich, Germany"},
		{"Lithuania - Remote", "Lithuania"},
		{"Remote EMEA", "EMEA"},
		{"Remote - US/Canada", "United States / Canada"},
		{"New York City / San Francisco / Remote", "New York City, United States / San Francisco, United States"},
		{"Paris, Texas", "Texas, United States"},
		{"Springfield, Illinois", ""},
		{"MD Chevy Chase (Office)", ""},
		{"US East", "United States"},
		{"Remote US", "United States"},
		{"DE", "Germany"},
		{"Berlin, DE", "Berlin, Germany"},
		{"Wilmington, DE", "Wilmington, United States"},
		{"Xyzville", ""},
		{"", ""},
		{"Remote", ""},
	} {
		if got, known := KnownPlace(test.written); got != test.want || known != (test.want != "") {
			t.Errorf("KnownPlace(%q) = %q, want %q", test.written, got, test.want)
		}
	}
}

// Every place of the table is found by its name and country, and by each of its
// other names as one of that name.
func TestPlacesAreFound(t *testing.T) {
	for _, p := range places().places {
		full := p.name
		if p.country != nil && p.country != p {
			full += ", " + p.country.name
		}
		if got, _ := KnownPlace(full); got != full {
			t.Errorf("%s is found as %q", full, got)
		}
	}
}

// A place is found in whatever a feed writes, or not, but nothing fails; and
// what it is called is found as the same.
func FuzzKnownPlace(f *testing.F) {
	for _, s := range []string{"Pune, IN", "US, CA, Santa Clara", "Remote / UK; a | b", "São Paulo,,", "MD", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, known := KnownPlace(s)
		if again, _ := KnownPlace(name); known && again != name {
			t.Errorf("%q is %q, and that is %q", s, name, again)
		}
		if job := (Job{Title: "x", Company: "y", Places: []string{s}}); known {
			sub := Subscription{State: Active, Query: Query{Words: Words{op: leaf, text: "x"}, Places: []string{s}}}
			if e := Explain(now, job, sub, careers, Past{}); e.Rule != RuleNone {
				t.Errorf("a job in %q is not there: %s", s, e.Why)
			}
		}
	})
}

// Places are completed by their names, old and short ones too.
func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		typed string
		want  string // the first, and how many at the most
		most  int
	}{
		{"pun", "Pune, India", 1}, {"Bangal", "Bengaluru, India", 1}, {"UK", "United Kingdom", 1}, {"in", "India", 1}, {"zurich", "Zurich, Switzerland", 1},
		{"new y", "New York City, United States", 1}, {"west b", "West Bengal, India", 1}, {"mumbia", "Mumbai, India", 1}, {"Pune, India", "Pune, India", 1},
		{"", "", 5}, {"Blefuscu", "", 5}, {"!", "", 5},
	} {
		got := Places(test.typed, test.most)
		if len(got) > test.most || strings.Join(got, "; ") != test.want {
			t.Errorf("%q: %q, want %q", test.typed, got, test.want)
		}
	}
	if got := Places("san", 3); len(got) != 3 {
		t.Errorf("offers %q", got)
	}
	t.Log("what is offered is read as the same place")
	for _, p := range places().places {
		if name, known := KnownPlace(p.full()); !known || name != p.full() {
			t.Errorf("%s is read as %s", p.full(), name)
		}
	}
}
