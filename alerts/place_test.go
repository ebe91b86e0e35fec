package alerts

import "testing"

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
