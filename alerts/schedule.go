package alerts

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones on machines that have none, as in containers
)

// Schedule is when somebody wants to be told. Daily and weekly are at a local
// time of day; instant is as jobs come, gathered for [Gather].
type Schedule struct {
	Every  Every    `json:"every"`
	Hour   int      `json:"hour"`
	Minute int      `json:"minute"`
	Days   Weekdays `json:"days,omitempty"` // none is all; one for weekly
	Zone   string   `json:"zone"`           // IANA, "Asia/Kolkata"
}

// Every is how often.
type Every string

const (
	Daily   Every = "daily"
	Weekly  Every = "weekly"
	Instant Every = "instant"
)

// Gather is how long jobs are gathered before an instant alert.
const Gather = 10 * time.Minute

// Weekdays is a set of days of the week: bit 0 is Sunday.
type Weekdays uint8

// On is a set of weekdays.
func On(days ...time.Weekday) Weekdays {
	var set Weekdays
	for _, d := range days {
		set |= 1 << d
	}
	return set
}

const everyDay Weekdays = 1<<7 - 1

// Has says whether a day is in the set. The empty set is every day.
func (w Weekdays) Has(d time.Weekday) bool { return w&everyDay == 0 || w>>d&1 == 1 }

// Check says what is wrong with a schedule, all of it at once, and what to do.
func (s Schedule) Check() error {
	var errs []error
	if s.Every != Daily && s.Every != Weekly && s.Every != Instant {
		errs = append(errs, fmt.Errorf("%q is not how often; choose daily, weekly or instant", s.Every))
	}
	if s.Hour < 0 || s.Hour > 23 || s.Minute < 0 || s.Minute > 59 {
		errs = append(errs, fmt.Errorf("%d:%02d is no time of day; give one from 0:00 to 23:59", s.Hour, s.Minute))
	}
	if s.Days&^everyDay != 0 {
		errs = append(errs, errors.New("there are seven days in a week"))
	}
	if s.Every == Weekly && (s.Days == 0 || s.Days&(s.Days-1) != 0) {
		errs = append(errs, errors.New("a weekly alert comes on one day; choose it"))
	}
	_, err := LoadZone(s.Zone)
	return errors.Join(append(errs, err)...)
}

// LoadZone gives a time zone by its IANA name. The error for one that there is
// not suggests others. "Local" is refused: it is the zone of this machine.
func LoadZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" {
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	like := Zones(name, 3)
	switch {
	case strings.TrimSpace(name) == "":
	case len(like) > 1 && offset.MatchString(strings.ToLower(strings.TrimSpace(name))):
		return nil, fmt.Errorf("%q is the offset of more than one time zone; choose one from the list that is shown while you type, such as %s, or give a large town", name, like[0])
	case len(like) > 0:
		return nil, fmt.Errorf("there is no time zone %q; did you mean %s?", name, strings.Join(like, ", "))
	}
	return nil, fmt.Errorf("there is no time zone %q; give one such as Asia/Kolkata or Europe/London, or the name of a large town", name)
}

// Next is the first time after another at which a schedule falls due. It falls
// due once on every local date that it names: where the clocks skip its time of
// day, as much later as they skip; where they show it twice, the first time. A
// date that a zone never had has no alert. The error is that of [LoadZone].
func (s Schedule) Next(after time.Time) (time.Time, error) {
	if s.Every == Instant {
		return after.Add(Gather).UTC(), nil
	}
	zone, err := LoadZone(s.Zone)
	if err != nil {
		return time.Time{}, err
	}
	return s.next(after, zone), nil
}

func (s Schedule) next(after time.Time, zone *time.Location) time.Time {
	y, m, d := after.In(zone).Date()
	// From the day before, because clocks that are put back over midnight show
	// that date again. A week and a skipped date away is a day that is named.
	for i := -1; i <= 15; i++ {
		date := time.Date(y, m, d+i, 12, 0, 0, 0, time.UTC)
		if !s.Days.Has(date.Weekday()) {
			continue
		}
		if t, ok := at(date, s.Hour, s.Minute, zone); ok && t.After(after) {
			return t.UTC()
		}
	}
	panic("no weekday in two weeks") // Has names at least one of seven
}

// at is when the clocks of a zone show a time of day on a date, or when they
// have passed it without showing it; false if the zone never had the date.
func at(date time.Time, hour, minute int, zone *time.Location) (time.Time, bool) {
	y, m, d := date.Date()
	wall := time.Date(y, m, d, hour, minute, 0, 0, time.UTC)
	// Offsets of a day before and after are those on both sides of a change.
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, later := wall.Add(24 * time.Hour).In(zone).Zone()
	first := wall.Add(-time.Duration(max(before, later)) * time.Second)
	second := wall.Add(-time.Duration(min(before, later)) * time.Second)
	for _, t := range []time.Time{first, second} {
		if shows(t.In(zone), wall) {
			return t, true
		}
	}
	// The clocks skip it. By the old offset it is as much later as they skip; if
	// that is tomorrow already, by the new one as much earlier.
	for _, offset := range []int{before, later} {
		t := wall.Add(-time.Duration(offset) * time.Second)
		if ty, tm, td := t.In(zone).Date(); ty == y && tm == m && td == d {
			return t, true
		}
	}
	return time.Time{}, false
}

func shows(t, wall time.Time) bool {
	y, m, d := t.Date()
	wy, wm, wd := wall.Date()
	return y == wy && m == wm && d == wd && t.Hour() == wall.Hour() && t.Minute() == wall.Minute()
}
