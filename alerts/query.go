package alerts

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Query is what somebody looks for: a career, or words, or both. What is left
// empty is not asked for.
type Query struct {
	Career string   `json:"career,omitempty"` // its ID
	Words  Words    `json:"words,omitzero"`
	Places []string `json:"places,omitempty"` // any of them
	// Remote is yes for remote jobs only, of which those count that are open
	// to the places; no for jobs at the places only; empty for both.
	Remote Remote  `json:"remote,omitempty"`
	Kinds  []Kind  `json:"kinds,omitempty"`  // any of them
	Levels []Level `json:"levels,omitempty"` // any of them
	Floor  *Floor  `json:"floor,omitempty"`
}

// Floor is the least that a job has to pay: the upper end of what it says.
type Floor struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"` // ISO 4217
	Period   Period  `json:"period"`
	// Unknown lets in jobs that do not say what they pay, or say it in
	// another currency or for no known period.
	Unknown bool `json:"unknown,omitempty"`
}

// What an amount by the hour, day, week or month comes to in a year of full-time
// work: 40 hours in each of 52 weeks, five days a week. The hours are those of
// the Occupational Employment and Wage Statistics of the United States, "a
// year-round, full-time hours figure of 2,080 hours"
// (https://www.bls.gov/oes/oes_ques.htm).
const (
	HoursPerYear  = 2080
	DaysPerYear   = 260
	WeeksPerYear  = 52
	MonthsPerYear = 12
)

var perYear = map[Period]float64{Hour: HoursPerYear, Day: DaysPerYear, Week: WeeksPerYear, Month: MonthsPerYear, Year: 1}

// Yearly is what an amount for a period comes to in a year of full-time work, or
// 0 if the period is not known.
func Yearly(amount float64, per Period) float64 { return amount * perYear[per] }

// upper is the most that a posting says it pays.
func (p *Pay) upper() float64 {
	if p == nil {
		return 0
	}
	return max(p.Min, p.Max)
}

// What a posting that does not say is taken for. Few feeds name kinds and
// levels, and most jobs are full-time and want some experience; to leave all of
// them out would be silence without a reason.
const (
	usualKind  = FullTime
	usualLevel = Mid
)

// Check says what is wrong with a query, all of it at once, and what to do.
func (q Query) Check() error {
	var errs []error
	switch {
	case q.Career == "" && q.Words.IsZero():
		errs = append(errs, errors.New("a career or words to look for are missing; give one of them"))
	case q.Career == "" && !q.Words.asks():
		errs = append(errs, errors.New("the words say only what you do not want; add one that the jobs you want have"))
	}
	if len(q.Places) > mostPlaces {
		errs = append(errs, fmt.Errorf("at most %d places can be looked in; leave some out", mostPlaces))
	}
	if q.Remote != RemoteUnknown && q.Remote != RemoteYes && q.Remote != RemoteNo {
		errs = append(errs, fmt.Errorf("remote is %q; it can be yes, no or empty", q.Remote))
	}
	for _, k := range q.Kinds {
		if !slices.Contains(Kinds, k) {
			errs = append(errs, fmt.Errorf("%q is no kind of job; choose from %v", k, Kinds))
		}
	}
	for _, l := range q.Levels {
		if !slices.Contains(Levels, l) {
			errs = append(errs, fmt.Errorf("%q is no level; choose from %v", l, Levels))
		}
	}
	if f := q.Floor; f != nil {
		if !(f.Amount > 0 && f.Amount <= mostPay) || math.IsInf(f.Amount, 0) {
			errs = append(errs, errors.New("the least pay has to be more than 0; leave it out to hear of all"))
		}
		if !isCurrency(f.Currency) {
			errs = append(errs, fmt.Errorf("the currency %q is no code of three capital letters such as INR or USD", f.Currency))
		}
		if perYear[f.Period] == 0 {
			errs = append(errs, fmt.Errorf("the period %q of the least pay is not known; it can be hour, day, week, month or year", f.Period))
		}
	}
	return errors.Join(errs...)
}

// Terms are what a posting is looked for by: the words that are wanted, and what
// the career is called. careers is that of [Match].
func (q Query) Terms(careers func(id string) []string) []string {
	var terms []string
	if q.Career != "" {
		terms = append(terms, careers(q.Career)...)
	}
	q.Words.visit(true, func(text string, wanted bool) {
		if wanted {
			terms = append(terms, text)
		}
	})
	return terms
}

// Notes are what somebody should know of how their query will be read.
func (q Query) Notes() []string {
	notes := q.PlaceNotes()
	if len(q.Kinds) > 0 && slices.Contains(q.Kinds, usualKind) {
		notes = append(notes, "A posting that names no kind of job counts as full-time.")
	}
	if len(q.Levels) > 0 && slices.Contains(q.Levels, usualLevel) {
		notes = append(notes, "A posting that names no level counts as mid.")
	}
	if q.Floor != nil && q.Floor.Period != Year {
		notes = append(notes, fmt.Sprintf("Pay is compared by the year of full-time work: %d hours, %d days, %d weeks.", HoursPerYear, DaysPerYear, WeeksPerYear))
	}
	return notes
}

// PlaceNotes are those of [Query.Notes] that are of places: which of them are not
// known, and which may have been meant.
func (q Query) PlaceNotes() []string {
	var notes []string
	for _, p := range q.Places {
		if _, known := KnownPlace(p); known {
			continue
		}
		note := fmt.Sprintf("“%s” is not in the list of places, so only postings that name it in these words are found.", cut(p, 80))
		first, _, _ := strings.Cut(p, ",")
		if near := Places(first, 1); len(near) > 0 {
			note += fmt.Sprintf(" Did you mean %s?", near[0])
		}
		notes = append(notes, note)
	}
	return notes
}

// Subscription is a query of a member and when they want to hear of what it
// finds.
type Subscription struct {
	ID       int64
	Person   string // Discord's ID
	Guild    string // the server where it was made; empty if in a direct message
	Query    Query
	Schedule Schedule
	State    State
	Reason   string    // why it is paused, for the member
	Until    time.Time // paused until then; zero if until resumed
	Created  time.Time
}

// State is whether a subscription is at work.
type State string

const (
	Active State = "active"
	Paused State = "paused"
)

// ActiveAt says whether a subscription is at work at a time: a pause that has
// run out is none.
func (s *Subscription) ActiveAt(now time.Time) bool {
	return s.State == Active || s.State == Paused && !s.Until.IsZero() && !s.Until.After(now)
}
