package alerts

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// zone is a time zone that is offered.
type zone struct {
	name    string
	country string // its words
	terms   []zoneTerm
}

// zoneTerm is what a zone may be found by, and how much that says: the town
// before other towns before the country.
type zoneTerm struct {
	text string
	rank int
}

var zones = sync.OnceValue(func() []zone {
	var all []zone
	section := ""
	for _, l := range dataLines("data/zones.txt", &section) {
		columns := append(strings.Split(l, "|"), "", "")
		name := strings.TrimSpace(columns[0])
		country, _ := wordsOf(columns[1])
		z := zone{name: name, country: strings.Join(country, " ")}
		add := func(rank int, s string) {
			if words, _ := wordsOf(strings.ReplaceAll(s, "_", " ")); len(words) > 0 {
				z.terms = append(z.terms, zoneTerm{strings.Join(words, " "), rank})
			}
		}
		add(0, name[strings.LastIndexByte(name, '/')+1:])
		add(0, name)
		for _, other := range commas(columns[2]) {
			add(1, other)
		}
		add(2, columns[1])
		all = append(all, z)
	}
	return all
})

// populous are the zones most people live in, first among equals.
var populous = []string{
	"Asia/Kolkata", "America/New_York", "Europe/London", "America/Los_Angeles", "America/Chicago", "Europe/Berlin", "Europe/Paris",
	"Asia/Shanghai", "Asia/Tokyo", "Asia/Dubai", "Asia/Singapore", "America/Sao_Paulo", "Australia/Sydney", "Africa/Lagos",
	"Africa/Nairobi", "Africa/Johannesburg", "Africa/Cairo", "Asia/Karachi", "Asia/Dhaka", "Asia/Jakarta", "Asia/Manila", "America/Toronto",
	"America/Mexico_City", "America/Denver", "Europe/Madrid", "Europe/Istanbul", "Europe/Moscow", "UTC",
}

var offset = regexp.MustCompile(`^(?:utc|gmt)?\s*([+−-])\s*(\d{1,2})(?::?([0-5]\d))?$`)

// zonesOf are the zones of a place: that which has the town among its own, else
// those of the country.
func zonesOf(p *place) []string {
	if p.country == nil {
		return nil
	}
	words, _ := wordsOf(p.name)
	within, _ := wordsOf(p.country.name)
	name, country := strings.Join(words, " "), strings.Join(within, " ")
	var names []string
	for _, z := range zones() {
		if !strings.HasPrefix(z.country+" ", country+" ") {
			continue
		}
		if p.town && slices.ContainsFunc(z.terms, func(t zoneTerm) bool { return t.text == name }) {
			return []string{z.name}
		}
		names = append(names, z.name)
	}
	return names
}

// Zones are the time zones that what somebody typed may mean, best first: by
// town, by country, by abbreviation ("IST"), by the place where one that has
// another name or is smaller lies ("Bombay"), or by what the clocks there are
// off from UTC today ("+5:30"). Nothing typed gives those most people live in.
func Zones(typed string, most int) []string {
	return zonesAt(typed, most, time.Now())
}

func zonesAt(typed string, most int, now time.Time) []string {
	typed = strings.TrimSpace(line(typed, mostPlace))
	if typed == "" {
		return populous[:min(most, len(populous))]
	}
	type found struct {
		name string
		rank int
	}
	var all []found
	if m := offset.FindStringSubmatch(strings.ToLower(typed)); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(cmp.Or(m[3], "0"))
		seconds := hours*3600 + minutes*60
		if m[1] != "+" {
			seconds = -seconds
		}
		for _, z := range zones() {
			location, err := time.LoadLocation(z.name)
			if err != nil {
				continue
			}
			if _, off := now.In(location).Zone(); off == seconds {
				all = append(all, found{z.name, 0})
			}
		}
	} else {
		words, _ := wordsOf(strings.NewReplacer("_", " ", "/", " ").Replace(typed))
		key := strings.Join(words, " ")
		for _, z := range zones() {
			best := -1
			for _, t := range z.terms {
				if rank := likeness(key, t); rank >= 0 && (best < 0 || rank < best) {
					best = rank
				}
			}
			if best >= 0 && key != "" {
				all = append(all, found{z.name, best})
			}
		}
		if all == nil {
			for _, p := range locate(typed).known {
				for _, name := range zonesOf(p) {
					all = append(all, found{name, 0})
				}
			}
		}
	}
	place := func(name string) int {
		if i := slices.Index(populous, name); i >= 0 {
			return i
		}
		return len(populous)
	}
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(place(a.name), place(b.name)), cmp.Compare(a.name, b.name))
	})
	all = slices.Compact(all)
	names := make([]string, 0, most)
	for _, f := range all[:min(most, len(all))] {
		names = append(names, f.name)
	}
	return names
}

// likeness ranks how a term fits what was typed, 0 for best and -1 for not: the
// same, begins so, has a word that begins so, is one letter off.
func likeness(typed string, t zoneTerm) int {
	switch {
	case t.text == typed:
		return t.rank
	case strings.HasPrefix(t.text, typed):
		return 3 + t.rank
	case strings.Contains(" "+t.text, " "+typed):
		return 6 + t.rank
	case len(typed) >= 5 && oneOff(typed, t.text):
		return 9 + t.rank
	}
	return -1
}

// oneOff says whether two words differ by one letter that is missing, put in,
// another, or swapped with its neighbour.
func oneOff(a, b string) bool {
	x, y := []rune(a), []rune(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return len(x) <= 1 && len(y) <= 1 || len(x) == 2 && len(y) == 2 && x[0] == y[1] && x[1] == y[0]
}

// Offset writes what the clocks of a zone are off from UTC at a time:
// "UTC+05:30".
func Offset(zone *time.Location, now time.Time) string {
	_, seconds := now.In(zone).Zone()
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}
