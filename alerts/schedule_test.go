package alerts

import (
	"strings"
	"testing"
	"time"
)

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func TestNext(t *testing.T) {
	daily := func(hour, minute int, zone string) Schedule {
		return Schedule{Every: Daily, Hour: hour, Minute: minute, Zone: zone}
	}
	for _, test := range []struct {
		name        string
		schedule    Schedule
		after, want string // as clocks in the zone show them
	}{
		{"later today", daily(9, 0, "Asia/Kolkata"), "2026-11-26 08:59 +0530", "2026-11-26 09:00 +0530"},
		{"not at the time itself", daily(9, 0, "Asia/Kolkata"), "2026-11-26 09:00 +0530", "2026-11-27 09:00 +0530"},
		{"over the end of a year", daily(9, 0, "UTC"), "2026-12-31 10:00 +0000", "2027-01-01 09:00 +0000"},
		{"on weekdays", Schedule{Every: Daily, Hour: 9, Days: On(time.Monday, time.Friday), Zone: "UTC"}, "2026-11-27 09:00 +0000", "2026-11-30 09:00 +0000"},
		{"weekly", Schedule{Every: Weekly, Hour: 9, Days: On(time.Thursday), Zone: "UTC"}, "2026-11-26 09:00 +0000", "2026-12-03 09:00 +0000"},
		{"a skipped hour", daily(2, 30, "America/New_York"), "2026-03-07 03:00 -0500", "2026-03-08 03:30 -0400"},
		{"the day after a skipped hour", daily(2, 30, "America/New_York"), "2026-03-08 03:30 -0400", "2026-03-09 02:30 -0400"},
		{"an hour shown twice, the first time", daily(1, 30, "America/New_York"), "2026-10-31 02:00 -0400", "2026-11-01 01:30 -0400"},
		{"and not the second", daily(1, 30, "America/New_York"), "2026-11-01 01:30 -0400", "2026-11-02 01:30 -0500"},
		{"from between the two", daily(1, 30, "America/New_York"), "2026-11-01 01:10 -0500", "2026-11-02 01:30 -0500"},
		{"half an hour skipped", daily(2, 10, "Australia/Lord_Howe"), "2026-10-03 03:00 +1030", "2026-10-04 02:40 +1100"},
		{"half an hour shown twice", daily(1, 40, "Australia/Lord_Howe"), "2026-04-04 03:00 +1100", "2026-04-05 01:40 +1100"},
		{"a skipped midnight", daily(0, 0, "America/Santiago"), "2026-09-05 00:00 -0400", "2026-09-06 01:00 -0300"},
		{"the midnight after", daily(0, 0, "America/Santiago"), "2026-09-06 01:00 -0300", "2026-09-07 00:00 -0300"},
		{"a date that never was", daily(9, 0, "Pacific/Apia"), "2011-12-29 09:00 -1000", "2011-12-31 09:00 +1400"},
		{"a skipped hour over midnight", daily(23, 45, "America/Toronto"), "1919-03-29 23:45 -0500", "1919-03-30 22:45 -0500"},
		{"a quarter year of one weekday", Schedule{Every: Weekly, Hour: 9, Days: On(time.Friday), Zone: "Pacific/Apia"}, "2011-12-23 09:00 -1000", "2012-01-06 09:00 +1400"},
	} {
		t.Run(test.name, func(t *testing.T) {
			const clock = "2006-01-02 15:04 -0700"
			after, err := time.Parse(clock, test.after)
			if err != nil {
				t.Fatal(err)
			}
			zone, err := LoadZone(test.schedule.Zone)
			if err != nil {
				t.Fatal(err)
			}
			next, err := test.schedule.Next(after)
			if got := next.In(zone).Format(clock); err != nil || got != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
			if next.Location() != time.UTC {
				t.Error("the time is not in UTC")
			}
		})
	}
	if got, err := (Schedule{Every: Instant}).Next(now); err != nil || got != now.Add(Gather) {
		t.Errorf("instant alerts are due at %v, %v", got, err)
	}
}

// In every zone there is, through a year, at hours where clocks change and where
// they do not: an alert on every date, none on any date twice.
func TestNextEveryZone(t *testing.T) {
	for _, z := range zones() {
		zone, err := LoadZone(z.name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, clock := range [][2]int{{0, 0}, {0, 30}, {1, 30}, {2, 30}, {9, 0}, {23, 59}} {
			s := Schedule{Every: Daily, Hour: clock[0], Minute: clock[1], Zone: z.name}
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, zone).Add(-time.Second)
			for d := range 365 {
				at = s.next(at, zone)
				want := date(2026, 1, 1+d).Format(time.DateOnly)
				if got := at.In(zone).Format(time.DateOnly); got != want {
					t.Fatalf("%s at %d:%02d: the alert of %s is on %s", z.name, clock[0], clock[1], want, at.In(zone))
				}
			}
		}
	}
}

// What comes next does not depend on where between two alerts it is asked.
func TestNextFromAnywhere(t *testing.T) {
	for _, name := range []string{"America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca", "America/Nuuk", "Africa/Cairo"} {
		zone, err := LoadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, clock := range [][2]int{{0, 15}, {1, 45}, {23, 30}} {
			s := Schedule{Every: Daily, Hour: clock[0], Minute: clock[1], Zone: name}
			next := s.next(date(2026, 1, 1), zone)
			for at := date(2026, 1, 1); at.Before(date(2027, 1, 1)); at = at.Add(20 * time.Minute) {
				if !next.After(at) {
					next = s.next(next, zone)
				}
				if got := s.next(at, zone); got != next {
					t.Fatalf("%s: after %s comes %s, want %s", name, at, got, next)
				}
			}
		}
	}
}

func TestScheduleCheck(t *testing.T) {
	for _, test := range []struct {
		schedule Schedule
		want     string
	}{
		{Schedule{Every: Daily, Zone: "UTC"}, ""},
		{Schedule{Every: Weekly, Days: On(time.Sunday), Zone: "Asia/Kolkata"}, ""},
		{Schedule{Every: Weekly, Zone: "UTC"}, "a weekly alert comes on one day; choose it"},
		{Schedule{Every: Weekly, Days: On(time.Sunday, time.Monday), Zone: "UTC"}, "a weekly alert comes on one day; choose it"},
		{Schedule{Every: "often", Hour: 24, Zone: "UTC"}, "\"often\" is not how often; choose daily, weekly or instant\n24:00 is no time of day; give one from 0:00 to 23:59"},
		{Schedule{Every: Daily, Zone: "Asia/Bangalore"}, `there is no time zone "Asia/Bangalore"; did you mean Asia/Kolkata?`},
		{Schedule{Every: Daily, Zone: "Asia/Blefuscu"}, `there is no time zone "Asia/Blefuscu"; give one such as Asia/Kolkata or Europe/London, or the name of a large town`},
		{Schedule{Every: Daily, Zone: "Asia/Kolkatta"}, `there is no time zone "Asia/Kolkatta"; did you mean Asia/Kolkata?`},
		{Schedule{Every: Daily, Zone: "Bangalore"}, `there is no time zone "Bangalore"; did you mean Asia/Kolkata?`},
		{Schedule{Every: Daily, Zone: "+5:30"}, `"+5:30" is the offset of more than one time zone; choose one from the list that is shown while you type, such as Asia/Kolkata, or give a large town`},
		{Schedule{Every: Daily, Zone: "Local"}, `there is no time zone "Local"; give one such as Asia/Kolkata or Europe/London, or the name of a large town`},
		{Schedule{Every: Daily, Zone: "../etc/passwd"}, `there is no time zone "../etc/passwd"; give one such as Asia/Kolkata or Europe/London, or the name of a large town`},
	} {
		err := test.schedule.Check()
		if got := errorText(err); got != test.want {
			t.Errorf("%+v: %s", test.schedule, got)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestZones(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"", "Asia/Kolkata America/New_York Europe/London"},
		{"mumbai", "Asia/Kolkata"},
		{"IST", "Asia/Kolkata Europe/Istanbul"},
		{"kolk", "Asia/Kolkata"},
		{"asia/kol", "Asia/Kolkata"},
		{"calcutta", "Asia/Kolkata"},
		{"new york", "America/New_York"},
		{"New_York", "America/New_York"},
		{"India", "Asia/Kolkata America/Indiana/Indianapolis Indian/Antananarivo"},
		{"united states", "America/New_York America/Los_Angeles America/Chicago"},
		{"germany", "Europe/Berlin Europe/Busingen"},
		{"+5:30", "Asia/Kolkata Asia/Colombo"},
		{"UTC+05:45", "Asia/Kathmandu"},
		{"gmt-3:30", "America/St_Johns"},
		{"utc", "UTC"},
		{"Londno", "Europe/London"},
		{"bombay", "Asia/Kolkata"},
		{"Madras", "Asia/Kolkata"},
		{"nagpur / Poona", "Asia/Kolkata"},
		{"Peking", "Asia/Shanghai"},
		{"Birmingham", "Europe/London"},
		{"San Jose", "America/New_York America/Los_Angeles America/Chicago"},
		{"Atlantis", ""},
		{"+99", ""},
		{"/", ""},
	} {
		if got := strings.Join(zonesAt(test.typed, 3, now), " "); got != test.want {
			t.Errorf("Zones(%q) = %s, want %s", test.typed, got, test.want)
		}
	}
}

// All that are offered are there, and Discord shows at most 25 of them.
func TestZonesAreZones(t *testing.T) {
	for _, z := range zones() {
		if _, err := LoadZone(z.name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range populous {
		if got := Zones(name, 1); len(got) != 1 || got[0] != name {
			t.Errorf("%s is found as %v", name, got)
		}
	}
	if n := len(Zones("a", 25)); n != 25 {
		t.Errorf("%d zones", n)
	}
}

func BenchmarkNext(b *testing.B) {
	zone, err := LoadZone("America/New_York")
	if err != nil {
		b.Fatal(err)
	}
	s := Schedule{Every: Daily, Hour: 9, Zone: "America/New_York"}
	for b.Loop() {
		s.next(now, zone)
	}
}

func BenchmarkZones(b *testing.B) {
	for b.Loop() {
		Zones("mumb", 25)
	}
}
