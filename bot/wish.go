package bot

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/alerts"
)

// What a person says of the jobs that they look for and of when they want to
// hear of them, as options of a command and as fields of a dialog.

// The options of /subscribe, of /alerts edit and, as far as they go, the fields
// of the dialog.
const (
	optionWords   = "words"
	optionPlace   = "place"
	optionRemote  = "remote"
	optionKind    = "kind"
	optionLevel   = "level"
	optionPay     = "pay"
	optionUnknown = "unknown_pay"
	optionOften   = "often"
	optionHour    = "hour"
	optionDay     = "day"
	optionZone    = "zone"
)

// The longest that is typed, in characters.
const (
	maxWords      = 300  // what alerts reads
	maxWordsSpelt = 1000 // with every operator spelt out, as it is shown in a dialog
	maxPlace      = 200
	maxPay        = 60
	maxZone       = 60
)

// any is chosen where nothing particular is wanted.
const anyChoice = "any"

// usualHour is when alerts come if nobody says.
const usualHour = 9

// weekdays are the days as they are offered: people's weeks begin with Monday.
var weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// frequencies are how often, as it is offered.
var frequencies = []suggestion{
	{"Daily", string(alerts.Daily)}, {"Weekly", string(alerts.Weekly)}, {"As they come, gathered for some minutes", string(alerts.Instant)},
}

// wishOptions are the options that say what a person looks for and when they
// want to hear of it.
func wishOptions() []*discordgo.ApplicationCommandOption {
	kinds, levels, days := []suggestion{{"Any", anyChoice}}, []suggestion{{"Any", anyChoice}}, []suggestion{}
	for _, k := range alerts.Kinds {
		kinds = append(kinds, suggestion{upperFirst(string(k)), string(k)})
	}
	for _, l := range alerts.Levels {
		levels = append(levels, suggestion{upperFirst(string(l)), string(l)})
	}
	for _, d := range weekdays {
		days = append(days, suggestion{d.String(), d.String()})
	}
	first := 0.0
	return []*discordgo.ApplicationCommandOption{
		completed(optionCareer, "A career: its names are looked for in titles", maxLabel),
		typed(optionWords, "Words with AND, OR, NOT and \"phrases\": backend AND (go OR rust) NOT senior", maxWords),
		typed(optionPlace, "Where: a town, a country or several: Pune; Mumbai. “any” for anywhere", maxPlace),
		chosenFrom(optionRemote, "Remote or at the place; either if you leave it out", []suggestion{{"Remote only", "yes"}, {"At the place only", "no"}, {"Either", anyChoice}}),
		chosenFrom(optionKind, "The kind of job", kinds),
		chosenFrom(optionLevel, "The level", levels),
		typed(optionPay, "The least pay: 800000 INR a year, 20 USD an hour. “any” for any", maxPay),
		{Type: discordgo.ApplicationCommandOptionBoolean, Name: optionUnknown, Description: "With a least pay: also jobs that do not say what they pay"},
		chosenFrom(optionOften, "How often; daily if you leave it out", frequencies),
		{Type: discordgo.ApplicationCommandOptionInteger, Name: optionHour, Description: "At which hour of your day, 0 to 23; 9 if you leave it out", MinValue: &first, MaxValue: 23},
		chosenFrom(optionDay, "On which day, if weekly", days),
		completed(optionZone, "Your time zone: type your town, your country or your offset, as +5:30", maxZone),
	}
}

// typed is an option that takes text.
func typed(name, description string, most int) *discordgo.ApplicationCommandOption {
	return &discordgo.ApplicationCommandOption{Type: discordgo.ApplicationCommandOptionString, Name: name, Description: description, MaxLength: most}
}

// chosenFrom is an option that takes one of some values.
func chosenFrom(name, description string, from []suggestion) *discordgo.ApplicationCommandOption {
	o := &discordgo.ApplicationCommandOption{Type: discordgo.ApplicationCommandOptionString, Name: name, Description: description}
	for _, c := range from {
		o.Choices = append(o.Choices, &discordgo.ApplicationCommandOptionChoice{Name: c.Name, Value: c.Value})
	}
	return o
}

// whole returns an option of a command that holds a whole number.
func (r *request) whole(name string) (n int, given bool) {
	return n, json.Unmarshal(r.options[name], &n) == nil && r.options[name] != nil
}

// wish applies the options of a command to what somebody looks for. The error
// tells all that is wrong, and what to do.
func (b *Bot) wish(r *request, sub *alerts.Subscription) error {
	var errs []error
	if named := r.option(optionCareer); named != "" {
		c, err := b.careerNamed(r.home, named)
		sub.Query.Career = c.ID
		errs = append(errs, err)
	}
	for _, o := range []struct {
		name string
		set  func(*alerts.Subscription, string) error
	}{
		{optionWords, setWords}, {optionPlace, setPlace}, {optionRemote, setRemote}, {optionKind, setKind}, {optionLevel, setLevel}, {optionPay, setPay},
		{optionDay, setDay}, {optionOften, setOften}, {optionZone, setZone},
	} {
		if text := strings.TrimSpace(r.option(o.name)); text != "" {
			errs = append(errs, o.set(sub, text))
		}
	}
	if f := sub.Query.Floor; f != nil && r.options[optionUnknown] != nil {
		f.Unknown = r.truth(optionUnknown)
	}
	if hour, given := r.whole(optionHour); given {
		sub.Schedule.Hour, sub.Schedule.Minute = hour, 0
	}
	return refused(errors.Join(errs...))
}

// check says what is wrong with a subscription, to the person who made it.
func check(sub alerts.Subscription) error {
	return refused(errors.Join(sub.Query.Check(), sub.Schedule.Check()))
}

// refused is an error in what a person has typed, which may be quoted in it, as
// they are shown it; refusals are as they should be.
func refused(err error) error {
	if err == nil {
		return nil
	}
	if r, ok := errors.AsType[refusal](err); ok && r.Error() == err.Error() {
		return r
	}
	return refusal(escape(upperFirst(err.Error()), maxDescription/4) + "\nNothing was changed.")
}

func setWords(sub *alerts.Subscription, text string) error {
	words, err := alerts.ParseWords(text)
	if err != nil {
		return fmt.Errorf("the words cannot be read, %w\nThey were: %s", err, text)
	}
	sub.Query.Words = words
	return nil
}

// setPlace reads places, parted by semicolons.
func setPlace(sub *alerts.Subscription, text string) error {
	sub.Query.Places = nil
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.Join(strings.Fields(part), " "); part != "" && !strings.EqualFold(part, anyChoice) {
			sub.Query.Places = append(sub.Query.Places, part)
		}
	}
	return nil
}

func setRemote(sub *alerts.Subscription, text string) error {
	sub.Query.Remote = alerts.RemoteUnknown
	if text != anyChoice {
		sub.Query.Remote = alerts.Remote(text)
	}
	return nil
}

func setKind(sub *alerts.Subscription, text string) error {
	sub.Query.Kinds = nil
	if text != anyChoice {
		sub.Query.Kinds = []alerts.Kind{alerts.Kind(text)}
	}
	return nil
}

func setLevel(sub *alerts.Subscription, text string) error {
	sub.Query.Levels = nil
	if text != anyChoice {
		sub.Query.Levels = []alerts.Level{alerts.Level(text)}
	}
	return nil
}

func setPay(sub *alerts.Subscription, text string) error {
	if strings.EqualFold(text, anyChoice) {
		sub.Query.Floor = nil
		return nil
	}
	f, err := readFloor(text)
	if err != nil {
		return err
	}
	if old := sub.Query.Floor; old != nil {
		f.Unknown = old.Unknown
	}
	sub.Query.Floor = &f
	return nil
}

// setOften reads how often. What is weekly comes on Monday if no day is known.
func setOften(sub *alerts.Subscription, text string) error {
	sub.Schedule.Every = alerts.Every(text)
	switch {
	case sub.Schedule.Every != alerts.Weekly:
		sub.Schedule.Days = 0
	case sub.Schedule.Days == 0:
		sub.Schedule.Days = alerts.On(time.Monday)
	}
	return nil
}

// setDay reads a day of the week, which makes a schedule weekly.
func setDay(sub *alerts.Subscription, text string) error {
	for _, d := range weekdays {
		if d.String() == text {
			sub.Schedule.Every, sub.Schedule.Days = alerts.Weekly, alerts.On(d)
			return nil
		}
	}
	return fmt.Errorf("%q is no day of the week", text)
}

// setZone reads a time zone: one of those that are offered, or what only one of
// them can be meant by.
func setZone(sub *alerts.Subscription, text string) error {
	if _, err := alerts.LoadZone(text); err != nil {
		near := alerts.Zones(text, 2)
		if len(near) != 1 {
			return err
		}
		text = near[0]
	}
	sub.Schedule.Zone = text
	return nil
}

// payText is the least pay as it is typed: a figure with a currency before or
// after it, and for which time.
var payText = regexp.MustCompile(`^\s*(\p{Sc}|[A-Za-z]{3}\b)?\s*([0-9][0-9,.]*)\s*([kK]\b)?\s*(\p{Sc}|[A-Za-z]{3}\b)?\s*(.*)$`)

// currencySigns are the signs that stand for one currency more than for others.
var currencySigns = map[string]string{"₹": "INR", "$": "USD", "€": "EUR", "£": "GBP"}

// readFloor reads the least pay: "800000 INR a year", "$20 an hour", "₹8,00,000".
// Without a time it is for a year.
func readFloor(text string) (alerts.Floor, error) {
	wrong := func(what string) (alerts.Floor, error) {
		return alerts.Floor{}, fmt.Errorf("the least pay “%s” %s; write it like 800000 INR a year, or 20 USD an hour", text, what)
	}
	m := payText.FindStringSubmatch(text)
	if m == nil {
		return wrong("has no figure")
	}
	figure := m[2]
	// A comma parts thousands or, in India, lakhs; a point the fraction.
	amount, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimRight(figure, ",."), ",", ""), 64)
	if err != nil {
		return wrong("has a figure that cannot be read")
	}
	if m[3] != "" {
		amount *= 1000
	}
	before, after := m[1], m[4]
	rest := m[5]
	if before != "" && after != "" { // "INR 20 per hour": what follows is no currency
		after, rest = "", after+" "+rest
	}
	currency := strings.ToUpper(cmp.Or(before, after))
	if code := currencySigns[currency]; code != "" {
		currency = code
	}
	if currency == "" {
		return wrong("names no currency")
	}
	period := alerts.Year
	if strings.TrimSpace(rest) != "" {
		if period = alerts.ParsePeriod(rest); period == "" {
			return wrong("does not say for which time: hour, day, week, month or year")
		}
	}
	return alerts.Floor{Amount: amount, Currency: currency, Period: period}, nil
}

// wishFields are the fields of the dialog, filled with a subscription.
func wishFields(sub alerts.Subscription) []field {
	var often, hours []suggestion
	often = append(often, frequencies[0])
	for _, d := range weekdays {
		often = append(often, suggestion{"Weekly, on " + d.String(), d.String()})
	}
	often = append(often, frequencies[2])
	for h := range 24 {
		hours = append(hours, suggestion{fmt.Sprintf("%02d:00", h), strconv.Itoa(h)})
	}
	every := string(sub.Schedule.Every)
	for _, d := range weekdays {
		if sub.Schedule.Every == alerts.Weekly && sub.Schedule.Days == alerts.On(d) {
			every = d.String()
		}
	}
	return []field{
		{id: optionWords, label: "Words", hint: "With AND, OR, NOT, brackets and \"phrases\"", value: sub.Query.Words.String(), max: maxWordsSpelt, required: sub.Query.Career == ""},
		{id: optionPlace, label: "Places", hint: "Parted by semicolons; empty for anywhere", value: strings.Join(sub.Query.Places, "; "), max: maxWordsSpelt},
		{id: optionOften, label: "How often", value: every, choices: often, required: true},
		{id: optionHour, label: "At which hour of your day", value: strconv.Itoa(sub.Schedule.Hour), choices: hours, required: true},
		{id: optionZone, label: "Your time zone", hint: "As Asia/Kolkata, or a large town", value: sub.Schedule.Zone, max: maxZone, required: true},
	}
}

// wishForm is the dialog in which a subscription is changed.
func wishForm(id string, sub alerts.Subscription) *form {
	return &form{id: id, title: "Change this alert", fields: wishFields(sub)}
}

// fill applies the fields of the dialog to a subscription.
func fill(sub *alerts.Subscription, fields map[string]string) error {
	var errs []error
	if text := fields[optionWords]; text != sub.Query.Words.String() { // else it is longer than what may be typed
		errs = append(errs, setWords(sub, text))
	}
	errs = append(errs, setPlace(sub, fields[optionPlace]))
	often := fields[optionOften]
	if slices.ContainsFunc(weekdays, func(d time.Weekday) bool { return d.String() == often }) {
		errs = append(errs, setDay(sub, often))
	} else {
		errs = append(errs, setOften(sub, often))
	}
	if hour, err := strconv.Atoi(fields[optionHour]); err == nil && hour != sub.Schedule.Hour {
		sub.Schedule.Hour, sub.Schedule.Minute = hour, 0
	}
	return refused(errors.Join(append(errs, setZone(sub, fields[optionZone]))...))
}

// completeZone completes a time zone, with what the clocks show there.
func completeZone(now time.Time, typed string) []suggestion {
	var list []suggestion
	for _, name := range alerts.Zones(typed, maxSuggestions) {
		zone, err := alerts.LoadZone(name)
		if err != nil {
			continue
		}
		list = append(list, suggestion{plain(fmt.Sprintf("%s (%s, now %s)", name, alerts.Offset(zone, now), now.In(zone).Format("15:04")), maxSuggestion), name})
	}
	return list
}
