package alerts

import (
	"strings"
	"testing"
)

// The least pay is read as people write it.
func TestParseFloor(t *testing.T) {
	for text, want := range map[string]string{
		"800000 INR a year":           "800000 INR a year",
		"₹8,00,000":                   "800000 INR a year",
		"₹12 lakh a year":             "1200000 INR a year",
		"12 LPA":                      "1200000 INR a year",
		"12 l.p.a.":                   "1200000 INR a year",
		"8.2 LPA":                     "820000 INR a year",
		"8L INR":                      "800000 INR a year",
		"Rs. 12,00,000 per annum":     "1200000 INR a year",
		"Rs12,00,000/- p.a.":          "1200000 INR a year",
		"1.2 crore INR a year":        "12000000 INR a year",
		"1.250 crore rupees":          "12500000 INR a year",
		"INR 20000 per month":         "20000 INR a month",
		"$20 an hour":                 "20 USD an hour",
		"20 USD/hr":                   "20 USD an hour",
		"18.50 usd hourly":            "18.5 USD an hour",
		"$20,000 MXN a month":         "20000 MXN a month",
		"60k EUR":                     "60000 EUR a year",
		"60kEUR":                      "60000 EUR a year",
		"20.000 EUR a year":           "20000 EUR a year",
		"20 000 € a year":             "20000 EUR a year",
		"1.234.567,89 EUR":            "1234567.89 EUR a year",
		"12,50 EUR an hour":           "12.5 EUR an hour",
		"0.750 EUR an hour":           "0.75 EUR an hour",
		"95’000 CHF":                  "95000 CHF a year",
		"1,200 KWD a month":           "1200 KWD a month",
		"2.5 million JPY":             "2500000 JPY a year",
		"a pound is 12 GBP, per hour": "12 GBP an hour",
	} {
		f, err := ParseFloor(text)
		if err != nil || f.String() != want {
			t.Errorf("%q is %q (%v), want %q", text, f, err, want)
			continue
		}
		if again, err := ParseFloor(f.String()); err != nil || again != f {
			t.Errorf("%q, written %q, is %q (%v)", text, f, again, err)
		}
	}
}

// Whatever is read is a floor that can be kept, and is written as it is read.
func FuzzParseFloor(f *testing.F) {
	for _, s := range []string{"₹8,00,000", "12.345 LPA", "0.123456k USD", "20.000 EUR/h", "1.200 KWD", "US$5", "٣ USD", "1’000 CHF", "5\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		floor, err := ParseFloor(s)
		if err != nil {
			return
		}
		if again, err := ParseFloor(floor.String()); err != nil || again != floor {
			t.Errorf("%q is %+v; written %q it is %+v (%v)", s, floor, floor, again, err)
		}
	})
}

// What cannot be read, or could mean two things, is told with what to write.
func TestParseFloorRefuses(t *testing.T) {
	for text, why := range map[string]string{
		"much":               "has no figure",
		"20":                 "names no currency that is known",
		"12 lakh a year":     "names no currency that is known",
		"100 XYZ":            "names no currency that is known",
		"RD$ 100":            "names no currency that is known",
		"20 USD a fortnight": "does not say for which time",
		"10-12 LPA":          "has more than one figure",
		"20 USD or 18 EUR":   "names more than one currency: EUR, USD",
		"1.2.3 USD":          "1.2.3, which cannot be read",
		"12,5000 EUR":        "12,5000, which cannot be read",
		"1,20,00 INR":        "1,20,00, which cannot be read",
		"1.200 KWD a month":  "can be 1.200 or 1200",
		"0 USD":              "has to be more than 0",
	} {
		f, err := ParseFloor(text)
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q is %q, %v; want %q", text, f, err, why)
		}
		if err != nil && why != "has to be more than 0" && !strings.HasSuffix(err.Error(), "write it like 800000 INR a year, 12 LPA or 20 USD an hour") {
			t.Errorf("%q: %v does not say what to write", text, err)
		}
	}
}
