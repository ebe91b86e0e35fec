package bot

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
	maxChoices    = 100
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
	var days []suggestion
	for _, d := range weekdays {
		days = append(days, suggestion{d.String(), d.String()})
	}
	first := 0.0
	return []*discordgo.ApplicationCommandOption{
		completed(optionCareer, "A career, whose names are looked for in titles. “any” for words alone", maxLabel),
		typed(optionWords, "Words with AND, OR, NOT and \"phrases\": backend AND (go OR rust) NOT senior", maxWords),
		completed(optionPlace, "Where: a town, a country or several: Pune; Mumbai. “any” for anywhere", maxPlace),
		chosenFrom(optionRemote, "Remote or at the place; either if you leave it out", remotes),
		completed(optionKind, "The kind of job, or several: full-time, contract. “any” for any", maxChoices),
		completed(optionLevel, "The level, or several: junior, mid. “any” for any", maxChoices),
		typed(optionPay, "The least pay: 800000 INR a year, 12 LPA, 20 USD an hour. “any” for any", maxPay),
		{Type: discordgo.ApplicationCommandOptionBoolean, Name: optionUnknown, Description: "With a least pay: also jobs that do not say what they pay"},
		chosenFrom(optionOften, "How often; daily if you leave it out", frequencies),
		{Type: discordgo.ApplicationCommandOptionInteger, Name: optionHour, Description: "At which hour of your day, 0 to 23; 9 if you leave it out", MinValue: &first, MaxValue: 23},
		chosenFrom(optionDay, "On which day, if weekly", days),
		completed(optionZone, "Your time zone: type your town, your country or your offset, as +5:30, and choose", maxZone),
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

// wishes are what a person can say of an alert, by the names of options and of
// fields of the dialogs, in the order in which they are read.
var wishes = []struct {
	name string
	set  func(*alerts.Subscription, string) error
}{
	{optionWords, setWords}, {optionPlace, setPlace}, {optionRemote, setRemote}, {optionKind, setKinds}, {optionLevel, setLevels},
	{optionPay, setPay}, {optionUnknown, setUnknown}, {optionDay, setDay}, {optionOften, setOften}, {optionHour, setHour}, {optionZone, setZone},
}

// apply applies what was typed, by the names of wishes, to what somebody looks
// for. What cannot be read is given back with what is wrong with it, all of it,
// and leaves as it was what it is about.
func (b *Bot) apply(sub *alerts.Subscription, texts map[string]string) (unread map[string]string, err error) {
	unread = map[string]string{}
	var errs []error
	career, chosen := texts[optionCareer]
	if chosen {
		if err := b.setCareer(sub, strings.TrimSpace(career)); err != nil {
			unread[optionCareer] = career
			errs = append(errs, err)
		}
	}
	for _, w := range wishes {
		text, given := texts[w.name]
		if !given {
			continue
		}
		if err := w.set(sub, strings.TrimSpace(text)); err != nil {
			unread[w.name] = text
			errs = append(errs, errors.New(upperFirst(err.Error())))
		}
	}
	if errs == nil {
		if err := errors.Join(sub.Query.Check(), sub.Schedule.Check()); err != nil { // what is wrong with the rest is found by its set
			unread[optionWords] = cmp.Or(texts[optionWords], sub.Query.Words.String())
			if chosen {
				unread[optionCareer] = career
			}
			errs = append(errs, err)
		}
	}
	return unread, refused(errors.Join(errs...))
}

// setCareer reads a career; nothing, or any, takes it out. That which is there
// already may be one that is no longer held.
func (b *Bot) setCareer(sub *alerts.Subscription, text string) error {
	old := sub.Query.Career
	if old != "" && text == b.title(sub.Guild, old) { // as the dialog wrote it
		return nil
	}
	if strings.EqualFold(text, anyChoice) {
		text = ""
	}
	career, err := b.careerNamed(sub.Guild, text)
	if err == nil {
		sub.Query.Career = career.ID
	}
	return err
}

// wish applies the options of a command to what somebody looks for, as apply
// does.
func (b *Bot) wish(r *request, sub *alerts.Subscription) (unread map[string]string, err error) {
	texts := map[string]string{}
	for _, w := range wishes {
		if text := strings.TrimSpace(r.option(w.name)); text != "" {
			texts[w.name] = text
		}
	}
	if hour, given := r.whole(optionHour); given {
		texts[optionHour] = strconv.Itoa(hour)
	}
	if r.options[optionUnknown] != nil {
		texts[optionUnknown] = knownOnly
		if r.truth(optionUnknown) {
			texts[optionUnknown] = unknownToo
		}
	}
	named := r.option(optionCareer)
	if strings.EqualFold(named, anyChoice) {
		texts[optionCareer], named = named, ""
	}
	career, missing := b.careerNamed(r.home, named)
	sub.Query.Career = cmp.Or(career.ID, sub.Query.Career)
	unread, err = b.apply(sub, texts)
	if missing != nil {
		// It is no career, but its words may be looked for.
		if unread[optionWords] = named; texts[optionWords] != "" {
			unread[optionWords] = named + " AND (" + texts[optionWords] + ")"
		}
		if len(unread) == 1 && texts[optionWords] == "" { // that nothing is looked for is no news
			err = nil
		}
		err = refused(errors.Join(missing, err))
	}
	return unread, err
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
	return refusal(escape(upperFirst(err.Error()), maxDescription/4))
}

// setWords reads words. Those that are there already may be longer than what may
// be typed.
func setWords(sub *alerts.Subscription, text string) error {
	if text == sub.Query.Words.String() {
		return nil
	}
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

// setKinds and setLevels read several, parted by commas.
func setKinds(sub *alerts.Subscription, text string) error {
	return setList(&sub.Query.Kinds, text, "kind of job", alerts.Kinds, alerts.ParseKind)
}

func setLevels(sub *alerts.Subscription, text string) error {
	return setList(&sub.Query.Levels, text, "level", alerts.Levels, alerts.ParseLevel)
}

func setList[T ~string](list *[]T, text, what string, all []T, parse func(string) T) error {
	var chosen []T
	for part := range strings.SplitSeq(strings.ReplaceAll(text, ";", ","), ",") {
		part = strings.TrimSpace(part)
		if part == "" || strings.EqualFold(part, anyChoice) {
			continue
		}
		v := parse(part)
		if v == "" {
			return fmt.Errorf("“%s” is no %s; choose from %s", part, what, joinedBy(all, ", "))
		}
		if !slices.Contains(chosen, v) {
			chosen = append(chosen, v)
		}
	}
	slices.SortFunc(chosen, func(a, b T) int { return slices.Index(all, a) - slices.Index(all, b) })
	*list = chosen
	return nil
}

// setPay reads the least pay; nothing, or any, takes it away.
func setPay(sub *alerts.Subscription, text string) error {
	if text == "" || strings.EqualFold(text, anyChoice) {
		sub.Query.Floor = nil
		return nil
	}
	old := sub.Query.Floor
	if old != nil && text == old.String() { // as the dialog wrote it
		return nil
	}
	f, err := alerts.ParseFloor(text)
	if err != nil {
		return err
	}
	if old != nil {
		f.Unknown = old.Unknown
	}
	sub.Query.Floor = &f
	return nil
}

// The choices of what becomes of jobs that do not say what they pay.
const (
	unknownToo = "yes"
	knownOnly  = "no"
)

// setUnknown says what becomes of jobs of unknown pay; with no least pay, nothing.
func setUnknown(sub *alerts.Subscription, text string) error {
	if f := sub.Query.Floor; f != nil {
		changed := *f
		changed.Unknown = text == unknownToo
		sub.Query.Floor = &changed
	}
	return nil
}

// setOften reads how often: as a frequency, or the day of a week. What is weekly
// comes on Monday if no day is known.
func setOften(sub *alerts.Subscription, text string) error {
	if setDay(sub, text) == nil {
		return nil
	}
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

func setHour(sub *alerts.Subscription, text string) error {
	hour, err := strconv.Atoi(text)
	if err != nil || hour < 0 || hour > 23 {
		return fmt.Errorf("“%s” is no hour of the day; it can be 0 to 23", text)
	}
	if hour != sub.Schedule.Hour {
		sub.Schedule.Hour, sub.Schedule.Minute = hour, 0
	}
	return nil
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

// wishFields are the fields of the dialog of what is looked for and when it is
// told, filled with a subscription.
func wishFields(sub alerts.Subscription, _ titler) []field {
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
	words := wordsField(sub)
	if words.required = sub.Query.Career == ""; !words.required {
		words.hint = "Beside the career; may be empty. " + words.hint
	}
	return []field{
		words,
		{id: optionPlace, label: "Places", hint: "Parted by semicolons; empty for anywhere", value: strings.Join(sub.Query.Places, "; "), max: maxWordsSpelt},
		{id: optionOften, label: "How often", value: every, choices: often, required: true},
		{id: optionHour, label: "At which hour of your day", value: strconv.Itoa(sub.Schedule.Hour), choices: hours, required: true},
		{id: optionZone, label: "Your time zone", hint: "As Asia/Kolkata, or a large town", value: sub.Schedule.Zone, max: maxZone, required: true},
	}
}

// wordsField is the field of words.
func wordsField(sub alerts.Subscription) field {
	return field{id: optionWords, label: "Words", hint: "With AND, OR, NOT, brackets and \"phrases\"", value: sub.Query.Words.String(), max: maxWordsSpelt}
}

// careerFields are the fields of the dialog of the career: the words, too, since
// with no career there have to be some.
func careerFields(sub alerts.Subscription, title titler) []field {
	career := field{id: optionCareer, label: "Career", hint: "Its names are looked for in titles; empty for words alone", max: maxLabel}
	if sub.Query.Career != "" {
		career.value = title(sub.Guild, sub.Query.Career)
	}
	return []field{career, wordsField(sub)}
}

// filterFields are the fields of the dialog of what else a job has to be.
func filterFields(sub alerts.Subscription, _ titler) []field {
	remote, unknown, pay := cmp.Or(string(sub.Query.Remote), anyChoice), knownOnly, ""
	if sub.Query.Floor == nil || sub.Query.Floor.Unknown {
		unknown = unknownToo
	}
	if sub.Query.Floor != nil {
		pay = sub.Query.Floor.String()
	}
	return []field{
		{id: optionKind, label: "Kinds of job", hint: "One or several; none chosen is any", value: joinedBy(sub.Query.Kinds, ","), choices: choicesOf(alerts.Kinds), many: true},
		{id: optionLevel, label: "Levels", hint: "One or several; none chosen is any", value: joinedBy(sub.Query.Levels, ","), choices: choicesOf(alerts.Levels), many: true},
		{id: optionRemote, label: "Remote", value: remote, choices: remotes, required: true},
		{id: optionPay, label: "The least pay", hint: "As 800000 INR a year, 12 LPA or 20 USD an hour; empty for any", value: pay, max: maxPay},
		{id: optionUnknown, label: "With a least pay: jobs that do not say", value: unknown, choices: []suggestion{{"Tell me of them, too", unknownToo}, {"Leave them out", knownOnly}}, required: true},
	}
}

// remotes are where one may work, as it is offered.
var remotes = []suggestion{{"Remote only", string(alerts.RemoteYes)}, {"At the place only", string(alerts.RemoteNo)}, {"Either", anyChoice}}

// choicesOf are values as they are offered.
func choicesOf[T ~string](list []T) []suggestion {
	var offered []suggestion
	for _, v := range list {
		offered = append(offered, suggestion{upperFirst(string(v)), string(v)})
	}
	return offered
}

// wishDialog is one of the dialogs of an alert: the buttons that open it, and
// what it asks for.
type wishDialog struct {
	label, title    string
	proposal, alert string // the rows of the button and of the dialog
	fields          func(alerts.Subscription, titler) []field
}

// wishDialogs are the dialogs: one holds no more than five fields.
var wishDialogs = []wishDialog{
	{"Edit", "Change this alert", proposalEdit, alertEdit, wishFields},
	{"Kind, level, pay", "Kind, level and pay", proposalFilter, alertFilter, filterFields},
	{"Career", "Career and words", proposalCareer, alertCareer, careerFields},
}

// searchDialog is that of a search of which something cannot be read.
var searchDialog = wishDialog{label: "Change", title: "Change this search", proposal: jobsChange, fields: searchFields}

// proposalDialogs are all that a proposal can be changed with.
var proposalDialogs = append(slices.Clone(wishDialogs), searchDialog)

// form is the dialog of a subscription. The career, for which most have no field,
// stands in its title. What was typed before and could not be read stands in its
// field.
func (d wishDialog) form(id string, sub alerts.Subscription, title titler, unread map[string]string) *form {
	f := &form{id: id, title: d.title, fields: d.fields(sub, title)}
	if sub.Query.Career != "" {
		f.title += ": " + title(sub.Guild, sub.Query.Career)
	}
	for i := range f.fields {
		if text, was := unread[f.fields[i].id]; was {
			f.fields[i].value = text
		}
	}
	return f
}

// dialogOfRow is the dialog that a row opens or takes in.
func dialogOfRow(row string) wishDialog {
	i := slices.IndexFunc(proposalDialogs, func(d wishDialog) bool { return d.proposal == row || d.alert == row })
	return proposalDialogs[i]
}

// holds reports whether one of the dialog's fields is among some.
func (d wishDialog) holds(names map[string]string) bool {
	return slices.ContainsFunc(d.fields(alerts.Subscription{}, nil), func(f field) bool { _, is := names[f.id]; return is })
}

// dialogsFor are the dialogs in which something that cannot be read stands: of
// two that have it, the first.
func dialogsFor(unread map[string]string) []wishDialog {
	unread = maps.Clone(unread)
	var list []wishDialog
	for _, d := range proposalDialogs {
		if d.holds(unread) {
			list = append(list, d)
		}
		for _, f := range d.fields(alerts.Subscription{}, nil) {
			delete(unread, f.id)
		}
	}
	return list
}

// completeList completes the last of several that are typed with a separator
// between them, by those that offer gives for it.
func completeList(typed, separator string, offer func(last string) []string) []suggestion {
	before, last := "", typed
	if i := strings.LastIndex(typed, separator); i >= 0 {
		before, last = strings.TrimSpace(typed[:i])+separator+" ", typed[i+len(separator):]
	}
	var list []suggestion
	for _, name := range offer(strings.TrimSpace(last)) {
		if text := before + name; characters(text) <= maxSuggestion && len(list) < maxSuggestions {
			list = append(list, suggestion{text, text})
		}
	}
	return list
}

// completePlaces completes places, and before them others that may stand there
// alone.
func completePlaces(typed string, alone ...string) []suggestion {
	return completeList(typed, ";", func(last string) []string {
		var list []string
		for _, name := range alone {
			if last == strings.TrimSpace(typed) && strings.HasPrefix(strings.ToLower(name), strings.ToLower(last)) {
				list = append(list, name)
			}
		}
		return append(list, alerts.Places(last, maxSuggestions)...)
	})
}

// completeChoices completes some of all, parted by commas. After one that is
// typed whole stand those that can follow it.
func completeChoices[T ~string](typed string, all []T) []suggestion {
	return completeList(typed, ",", func(last string) []string {
		var list []string
		for _, v := range all {
			if name := string(v); strings.HasPrefix(name, strings.ToLower(last)) && !strings.Contains(typed, name+",") {
				list = append(list, name)
			}
		}
		if slices.Contains(all, T(last)) {
			for _, v := range all {
				if name := string(v); name != last && !strings.Contains(typed, name+",") {
					list = append(list, last+", "+name)
				}
			}
		}
		return list
	})
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
