package bot

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/store"
)

// What alerts and jobs look like in Discord. Like all that is rendered, it keeps
// Discord's limits whatever it is given; titles, companies and places are
// others' and escaped.

// Discord's limits of embeds in one message.
const (
	maxEmbeds     = 10
	maxEmbedTotal = 6000 // characters of all of them
	maxJobURL     = 2048
)

// alertColour is that of alerts and of jobs.
const alertColour = 0x7A5BA6

// titler gives the title of a career, to be shown.
type titler func(guild, id string) string

// title is the title of a career as a server knows it; of one that is gone, its
// ID in words.
func (b *Bot) title(guild, id string) string {
	if c, ok := b.cfg.Answerer().Career(guild, id); ok {
		return c.Title
	}
	return titleOf(id)
}

// alertName names what is looked for, in at most limit characters.
func alertName(sub alerts.Subscription, title titler, limit int) string {
	return escape(nameOf(sub, title), limit)
}

// nameOf names what is looked for, as it was written, in one line.
func nameOf(sub alerts.Subscription, title titler) string {
	var parts []string
	if sub.Query.Career != "" {
		parts = append(parts, title(sub.Guild, sub.Query.Career))
	}
	if !sub.Query.Words.IsZero() {
		parts = append(parts, sub.Query.Words.String())
	}
	name := strings.Join(parts, ", ")
	if len(sub.Query.Places) > 0 {
		name += " in " + strings.Join(sub.Query.Places, " or ")
	}
	return strings.Join(strings.Fields(name), " ")
}

// remoteNames say what is asked for of where one works.
var remoteNames = map[alerts.Remote]string{
	alerts.RemoteUnknown: "remote or not", alerts.RemoteYes: "remote only", alerts.RemoteNo: "at the place only",
}

// describe lists what is looked for, one thing a line, in at most 2,200
// characters.
func describe(sub alerts.Subscription, title titler) string {
	var lines []string
	line := func(name, value string, limit int) {
		if value != "" {
			lines = append(lines, "**"+name+"** "+escape(value, limit))
		}
	}
	q := sub.Query
	if q.Career != "" {
		line("Career", title(sub.Guild, q.Career), maxTitle)
	}
	line("Words", q.Words.String(), 1000)
	where := cmp.Or(strings.Join(q.Places, " or "), "anywhere")
	line("Where", where+", "+remoteNames[q.Remote], 500)
	line("Kind", joinedBy(q.Kinds, " or "), 100)
	line("Level", joinedBy(q.Levels, " or "), 100)
	if f := q.Floor; f != nil {
		unknown := "only if the pay is known"
		if f.Unknown {
			unknown = "or unknown"
		}
		line("Pay", fmt.Sprintf("at least %s, %s", money(alerts.Pay{Min: f.Amount, Currency: f.Currency, Period: f.Period}), unknown), 150)
	}
	return strings.Join(lines, "\n")
}

func joinedBy[T ~string](list []T, separator string) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = string(v)
	}
	return strings.Join(parts, separator)
}

// money writes what is paid: "INR 800,000–1,200,000 a year".
func money(p alerts.Pay) string {
	amount := figure(cmp.Or(p.Min, p.Max))
	if p.Min > 0 && p.Max > 0 && p.Min != p.Max {
		amount = figure(p.Min) + "–" + figure(p.Max)
	} else if p.Min == 0 {
		amount = "up to " + amount
	}
	text := p.Currency + " " + amount
	switch p.Period {
	case "":
	case alerts.Hour:
		text += " an hour"
	default:
		text += " a " + string(p.Period)
	}
	return text
}

// figure writes a number with its thousands parted.
func figure(n float64) string {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + (fraction + "0")[:2]
	}
	return whole
}

// when tells how often and at which time an alert comes.
func when(s alerts.Schedule, now time.Time) string {
	if s.Every == alerts.Instant {
		return fmt.Sprintf("As they come, gathered for %d minutes, at most %d messages a day", int(alerts.Gather.Minutes()), store.InstantPerDay)
	}
	day := "Every day"
	if s.Every == alerts.Weekly {
		for _, d := range weekdays {
			if s.Days == alerts.On(d) {
				day = "Every " + d.String()
			}
		}
	}
	zone := s.Zone
	if z, err := alerts.LoadZone(zone); err == nil && zone != "UTC" {
		zone += ", " + alerts.Offset(z, now)
	}
	return fmt.Sprintf("%s around %02d:%02d (%s)", day, s.Hour, s.Minute, escape(zone, 100))
}

// firstTime tells when an alert first comes, in the reader's own time.
func firstTime(s alerts.Schedule, now time.Time) string {
	if s.Every == alerts.Instant {
		return "The first comes with the first job."
	}
	next, err := s.Next(now)
	if err != nil {
		return ""
	}
	return "The first comes " + at(next) + ", if there is a job to tell."
}

// The buttons of a proposal; the first argument is its ID.
const (
	proposalSave = "sub.save"
	proposalWith = "sub.with" // with what a change is called, hashed
	proposalEdit = "sub.edit" // and the dialog
	proposalDrop = "sub.drop"

	proposalFilter = "sub.filter" // and the dialog
	proposalCareer = "sub.career" // and the dialog
)

// The buttons of an alert; the first argument is its ID. In a message of jobs
// the second is that of the delivery.
const (
	alertStop   = "alert.stop"
	alertWeek   = "alert.week"
	alertEdit   = "alert.edit" // and the dialog
	alertResume = "alert.on"
	alertRetry  = "alert.retry"
	alertDelete = "alert.del"
	alertWith   = "alert.with"
	alertWhy    = "alert.why"
	alertShow   = "alert.show"
	alertFilter = "alert.filter" // and the dialog
	alertCareer = "alert.career" // and the dialog
)

// maxChanges is how many loosening, and how many tightening changes are offered.
const maxChanges = buttonsPerRow

// prospect is what a query would have brought, ready to be shown.
type prospect struct {
	sub     alerts.Subscription
	saved   bool // as an alert; else it is a proposal
	now     time.Time
	held    int // jobs
	preview alerts.Preview
	said    string // before it
	notes   []string
}

// renderProspect shows what an alert would have brought, and what a change of it
// would bring.
func renderProspect(p prospect, title titler) message {
	heading, change := "Your alert, not saved yet", proposalWith
	id := packID(p.sub.ID)
	first := []discordgo.MessageComponent{discordgo.Button{Label: "Save", Style: discordgo.SuccessButton, CustomID: proposalSave + ":" + id}}
	if p.saved {
		heading, change, first = "Your alert", alertWith, nil
	}
	for _, d := range wishDialogs {
		row := d.proposal
		if p.saved {
			row = d.alert
		}
		first = append(first, discordgo.Button{Label: d.label, Style: discordgo.SecondaryButton, CustomID: row + ":" + id})
	}
	if !p.saved {
		first = append(first, discordgo.Button{Label: "Discard", Style: discordgo.SecondaryButton, CustomID: proposalDrop + ":" + id})
	}
	text := when(p.sub.Schedule, p.now)
	if !p.saved {
		text += "\n" + firstTime(p.sub.Schedule, p.now)
	}
	embed := &discordgo.MessageEmbed{
		Title: heading, Color: alertColour, Description: describe(p.sub, title),
		Fields: []*discordgo.MessageEmbedField{
			{Name: "When", Value: clipped(text, maxFieldText)},
			{Name: heldSince(p), Value: clipped(wouldHave(p), maxFieldText)},
		},
	}
	if notes := strings.Join(p.notes, "\n"); visible(notes) {
		embed.Fields = append(embed.Fields, &discordgo.MessageEmbedField{Name: "Note", Value: clipped(notes, maxFieldText)})
	}
	rows := rowsOf(first)
	var looser, tighter []discordgo.MessageComponent
	used := map[string]bool{}
	for _, c := range p.preview.Changes {
		button := discordgo.Button{Style: discordgo.SecondaryButton, CustomID: change + ":" + id + ":" + changeKey(c), Label: plain(c.Label, maxLabel-15) + ": " + counted(int64(c.Count), "job")}
		if used[button.CustomID] {
			continue
		}
		used[button.CustomID] = true
		if c.Count > p.preview.Count {
			looser = append(looser, button)
		} else {
			tighter = append(tighter, button)
		}
	}
	rows = append(rows, rowsOf(looser[:min(len(looser), maxChanges)])...)
	rows = append(rows, rowsOf(tighter[:min(len(tighter), maxChanges)])...)
	return message{Content: p.said, Embeds: []*discordgo.MessageEmbed{embed}, Components: rows}
}

// renderUnread tells what of an alert or of a search cannot be read, and opens
// the dialogs in which it stands as it was typed.
func renderUnread(p store.Proposal, why string) message {
	var buttons []discordgo.MessageComponent
	for _, d := range dialogsFor(p.Typed) {
		buttons = append(buttons, discordgo.Button{Label: d.label, Style: discordgo.PrimaryButton, CustomID: d.proposal + ":" + packID(p.ID)})
	}
	do := "Nothing is saved yet. Press a button to change it: what you typed stands there."
	if searchDialog.holds(p.Typed) {
		do = "Press Change: what you typed stands there."
	}
	return message{Content: why + "\n" + do, Components: rowsOf(buttons)}
}

// changeKey stands for a change in a button.
func changeKey(c alerts.Change) string {
	h := fnv.New32a()
	h.Write([]byte(c.Label))
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

// clipped cuts a text of ours that holds others' words, escaped already.
func clipped(s string, limit int) string {
	if characters(s) <= limit {
		return s
	}
	pieces := []string{}
	for line := range strings.Lines(s) {
		pieces = append(pieces, line)
	}
	return cmp.Or(clip(pieces, limit), "…")
}

func heldSince(p prospect) string {
	days := int(p.now.Sub(p.preview.Since).Hours() / 24)
	if days >= alerts.PreviewDays {
		return fmt.Sprintf("In the last %d days it would have brought", alerts.PreviewDays)
	}
	return "It would have brought, as far back as jobs are held"
}

func wouldHave(p prospect) string {
	switch {
	case p.held == 0:
		return "No jobs are held here yet, so that nothing can be tried. It is told of what comes from now on."
	case p.preview.Count == 0:
		text := fmt.Sprintf("Nothing of %s. ", counted(int64(p.held), "job"))
		if len(p.preview.Changes) > 0 { // all of which bring something
			return text + "A button below makes it wider."
		}
		return text + "It is told of what comes from now on. Press Edit to look for something else."
	}
	text := "**" + counted(int64(p.preview.Count), "job") + "**"
	if days := int(p.now.Sub(p.preview.Since).Hours() / 24); days < alerts.PreviewDays {
		text += fmt.Sprintf(" since %s", day(p.preview.Since))
	}
	if p.preview.PerWeek > 0 {
		text += fmt.Sprintf(", about %s a week", rounded(p.preview.PerWeek))
	}
	text += ". For example:\n"
	for _, j := range p.preview.Examples {
		text += "- " + escape(j.Title, 100) + ofJob(" · ", escape(j.Company, 60), escape(strings.Join(j.Places, ", "), 60)) + "\n"
	}
	return text
}

// rounded writes a rate for people: whole above three.
func rounded(n float64) string {
	if n >= 3 {
		return strconv.Itoa(int(n + 0.5))
	}
	return strconv.FormatFloat(n, 'f', 1, 64)
}

// day writes a date as each reader's Discord shows it.
func day(t time.Time) string { return fmt.Sprintf("<t:%d:D>", t.Unix()) }

// ofJob joins what is known, each part after a separator.
func ofJob(separator string, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if visible(p) {
			b.WriteString(separator + p)
		}
	}
	return b.String()
}

// jobEmbed shows a job in at most limit characters, 350 or more: what it is,
// why it is shown, where it is found. The credit that its source asks for is
// there in any case.
func jobEmbed(j alerts.Job, why string, from credits, limit int) *discordgo.MessageEmbed {
	embed := &discordgo.MessageEmbed{Title: orDash(escape(j.Title, 120)), URL: webLink(j.Apply, maxJobURL), Color: alertColour}
	facts := []string{escape(j.Company, 60), escape(strings.Join(j.Places, ", "), 60)}
	if j.Remote == alerts.RemoteYes {
		facts = append(facts, "Remote")
	}
	facts = append(facts, upperFirst(escape(string(j.Kind), 20)), upperFirst(escape(string(j.Level), 20)))
	if j.Pay != nil {
		facts = append(facts, escape(money(*j.Pay), 60))
	}
	facts = slices.DeleteFunc(facts, func(s string) bool { return !visible(s) })
	if len(facts) > 0 && visible(j.Company) {
		facts[0] = "**" + facts[0] + "**"
	}
	lines := []string{strings.Join(facts, " · ")}
	last := ""
	if !j.Posted.IsZero() {
		last = fmt.Sprintf("Posted <t:%d:R>", j.Posted.Unix())
	}
	c := from[j.Source]
	source := escape(c.name, 50)
	if c.line != "" {
		source = fmt.Sprintf("[%s](%s)", escape(c.line, 40), c.url)
	}
	if visible(source) {
		last = upperFirst(strings.TrimSpace(last + " on " + source))
	}
	var also []string
	for _, other := range j.AlsoOn {
		name := escape(cmp.Or(from[other.Source].line, from[other.Source].name, hostOf(other.Apply)), 40)
		if visible(name) && !slices.Contains(also, name) {
			also = append(also, name)
		}
	}
	limit -= characters(embed.Title) + characters(lines[0]) + characters(last) + 2
	for _, extra := range []string{escape(why, min(200, max(limit, 1))), "Also on " + strings.Join(also, ", ")} {
		if extra == "Also on " || characters(extra)+1 > limit {
			continue
		}
		limit -= characters(extra) + 1
		lines = append(lines, extra)
	}
	lines = slices.DeleteFunc(append(lines, last), func(s string) bool { return !visible(s) })
	embed.Description = orDash(strings.Join(lines, "\n"))
	return embed
}

// jobEmbeds shows jobs, at most ten, each with why.
func jobEmbeds(jobs []alerts.Job, why func(alerts.Job) string, from credits) []*discordgo.MessageEmbed {
	jobs = jobs[:min(len(jobs), maxEmbeds)]
	var embeds []*discordgo.MessageEmbed
	for _, j := range jobs {
		embeds = append(embeds, jobEmbed(j, why(j), from, maxEmbedTotal/len(jobs)))
	}
	return embeds
}

// digest is a message of jobs, ready to be shown.
type digest struct {
	id   int64 // of the delivery
	sub  alerts.Subscription
	jobs []alerts.Job
	more int
	why  func(alerts.Job) string
	from credits
}

// renderDigest shows the jobs that an alert brings.
func renderDigest(d digest, title titler) message {
	text := fmt.Sprintf("**%s** for your alert **%s**", plural(len(d.jobs), "new job", "new jobs"), orDash(alertName(d.sub, title, 300)))
	if d.more > 0 {
		text += fmt.Sprintf("\n%s for the next message.", plural(d.more, "more waits", "more wait"))
	}
	return message{Content: text, Embeds: jobEmbeds(d.jobs, d.why, d.from), Components: rowsOf(digestButtons(d.sub.ID, d.id))}
}

// digestButtons are what can be done with an alert, below every message of it.
func digestButtons(sub, delivery int64) []discordgo.MessageComponent {
	rest := ":" + packID(sub) + ":" + packID(delivery)
	return []discordgo.MessageComponent{
		discordgo.Button{Label: "Stop", Style: discordgo.SecondaryButton, CustomID: alertStop + rest},
		discordgo.Button{Label: "Pause a week", Style: discordgo.SecondaryButton, CustomID: alertWeek + rest},
		discordgo.Button{Label: "Edit", Style: discordgo.SecondaryButton, CustomID: alertEdit + rest},
	}
}

// deliveryMark is what the custom IDs of such a message hold, so that it can be
// found again.
func deliveryMark(delivery int64) string { return ":" + packID(delivery) }

// renderWelcome confirms an alert by direct message.
func renderWelcome(sub alerts.Subscription, title titler, now time.Time) message {
	return message{
		Content: "Thank you for subscribing to your personalised job alerts",
		Embeds: []*discordgo.MessageEmbed{{
			Title: "Your alert", Color: alertColour, Description: describe(sub, title),
			Fields: []*discordgo.MessageEmbedField{{Name: "When", Value: clipped(when(sub.Schedule, now)+"\n"+firstTime(sub.Schedule, now)+"\nNothing is sent when there is nothing to tell.", maxFieldText)}},
		}},
		Components: rowsOf(digestButtons(sub.ID, sub.ID)),
	}
}

// renderSaved says where a subscription was made that it is saved.
func renderSaved(sub alerts.Subscription, title titler, now time.Time, confirmed bool) message {
	text := "I have sent you a confirmation by direct message, and alerts come there."
	if !confirmed {
		text = "I could not send you the confirmation just now, but that is all: alerts come by direct message."
	}
	return message{Embeds: []*discordgo.MessageEmbed{{
		Title: "Saved", Color: alertColour,
		Description: describe(sub, title) + "\n\n" + firstTime(sub.Schedule, now) + "\n" + text + " /alerts lists, changes, pauses and deletes what you have.",
	}}}
}

// closedReason is why an alert is paused whose person takes no messages.
const closedReason = "Your direct messages are closed to me. To open them: the name of the server, Privacy Settings, Direct Messages."

// renderClosed says that a subscription is saved, but that its person cannot be
// written to.
func renderClosed(sub alerts.Subscription) message {
	return message{
		Embeds: []*discordgo.MessageEmbed{{
			Title: "Saved, but paused", Color: faultColour,
			Description: "I cannot send you direct messages, and alerts come by direct message.\n" + closedReason + "\nThen press Retry.",
		}},
		Components: rowsOf([]discordgo.MessageComponent{discordgo.Button{Label: "Retry", Style: discordgo.SuccessButton, CustomID: alertRetry + ":" + packID(sub.ID)}}),
	}
}

// state tells how an alert is.
func state(sub store.Subscription, now time.Time) string {
	switch {
	case !sub.ActiveAt(now) && !sub.Until.IsZero():
		return "⏸ Paused until " + at(sub.Until) + ofJob(": ", escape(sub.Reason, 200))
	case !sub.ActiveAt(now):
		return "⏸ Paused" + ofJob(": ", escape(sub.Reason, 200))
	case sub.Due.IsZero():
		return "Comes with the next job"
	}
	return "Next " + at(sub.Due)
}

// renderAlerts lists the alerts of a person, the first five with buttons.
func renderAlerts(list []store.Subscription, title titler, most int, now time.Time) message {
	if len(list) == 0 {
		return say("You have no job alerts. /subscribe makes one.")
	}
	embed := &discordgo.MessageEmbed{Title: fmt.Sprintf("Your job alerts (%d of %d)", len(list), most), Color: alertColour}
	var rows []discordgo.MessageComponent
	for i, sub := range list[:min(len(list), maxRows)] {
		where := "the operator's sources"
		if sub.Guild != "" {
			where = "a server's sources and the operator's"
		}
		embed.Fields = append(embed.Fields, &discordgo.MessageEmbedField{
			Name:  fmt.Sprintf("%d. %s", i+1, orDash(alertName(sub.Subscription, title, 200))),
			Value: when(sub.Schedule, now) + "\n" + state(sub, now) + "\nFrom " + where,
		})
		n, id := " "+strconv.Itoa(i+1), ":"+packID(sub.ID)
		pause := discordgo.Button{Label: "Pause" + n, Style: discordgo.SecondaryButton, CustomID: alertStop + id}
		if !sub.ActiveAt(now) {
			pause = discordgo.Button{Label: "Resume" + n, Style: discordgo.SuccessButton, CustomID: alertResume + id}
		}
		rows = append(rows, discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			pause,
			discordgo.Button{Label: "Edit" + n, Style: discordgo.SecondaryButton, CustomID: alertEdit + id},
			discordgo.Button{Label: "Preview" + n, Style: discordgo.SecondaryButton, CustomID: alertShow + id},
			discordgo.Button{Label: "Why" + n, Style: discordgo.SecondaryButton, CustomID: alertWhy + id},
			discordgo.Button{Label: "Delete" + n, Style: discordgo.DangerButton, CustomID: alertDelete + id},
		}})
	}
	var rest []string
	for i, sub := range list[min(len(list), maxRows):] {
		sub.Reason = ""
		rest = append(rest, fmt.Sprintf("%d. **%s** %s\n", maxRows+i+1, orDash(alertName(sub.Subscription, title, 60)), state(sub, now)))
	}
	return message{Embeds: withFurther(embed, rest, "There are no buttons for these: /alerts edit, pause, resume, preview, why and delete take any alert of yours."), Components: rows}
}

// withFurther adds to what is shown of the first alerts of a list, in at most
// 4,000 characters, the lines of the rest, and what to do about them.
func withFurther(first *discordgo.MessageEmbed, lines []string, do string) []*discordgo.MessageEmbed {
	if len(lines) == 0 {
		return []*discordgo.MessageEmbed{first}
	}
	return []*discordgo.MessageEmbed{first, {Title: "Further alerts", Color: first.Color, Description: listing(lines, maxEmbedTotal-4000-200) + "\n" + do}}
}

// renderChanged tells how an alert is now, after what was done with it.
func renderChanged(heading string, sub store.Subscription, title titler, now time.Time) message {
	id := ":" + packID(sub.ID)
	buttons := []discordgo.MessageComponent{discordgo.Button{Label: "Pause", Style: discordgo.SecondaryButton, CustomID: alertStop + id}}
	if !sub.ActiveAt(now) {
		buttons = []discordgo.MessageComponent{
			discordgo.Button{Label: "Resume", Style: discordgo.SuccessButton, CustomID: alertResume + id},
			discordgo.Button{Label: "Delete", Style: discordgo.DangerButton, CustomID: alertDelete + id},
		}
	}
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: heading, Color: alertColour, Description: describe(sub.Subscription, title) + "\n\n" + state(sub, now)}},
		Components: rowsOf(buttons),
	}
}

// renderGone says that an alert is deleted, and offers it again.
func renderGone(again alerts.Subscription, title titler) message {
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: "Deleted", Color: alertColour, Description: describe(again, title)}},
		Components: rowsOf([]discordgo.MessageComponent{discordgo.Button{Label: "Bring it back", Style: discordgo.SecondaryButton, CustomID: proposalSave + ":" + packID(again.ID)}}),
	}
}

// renderPaused tells a person that alerts of theirs were paused.
func renderPaused(list []store.Subscription, title titler) message {
	var lines []string
	var buttons []discordgo.MessageComponent
	for i, sub := range list[:min(len(list), buttonsPerRow)] {
		lines = append(lines, fmt.Sprintf("**%d. %s**: %s", i+1, orDash(alertName(sub.Subscription, title, 150)), escape(sub.Reason, 400)))
		buttons = append(buttons, discordgo.Button{Label: "Resume " + strconv.Itoa(i+1), Style: discordgo.SuccessButton, CustomID: alertRetry + ":" + packID(sub.ID)})
	}
	var rest []string
	for _, sub := range list[min(len(list), buttonsPerRow):] {
		rest = append(rest, "- **"+orDash(alertName(sub.Subscription, title, 60))+"**\n")
	}
	embed := &discordgo.MessageEmbed{Title: "I have paused job alerts of yours", Color: faultColour, Description: strings.Join(lines, "\n")}
	return message{
		Embeds:     withFurther(embed, rest, "These are paused, too. /alerts why tells why, and /alerts resume goes on with one."),
		Components: rowsOf(buttons),
	}
}

// The buttons of what was found.
const (
	jobsPage  = "jobs.page"  // the proposal with the query, how many to skip
	jobsTell  = "jobs.tell"  // the proposal
	jobsMeant = "jobs.meant" // the proposal
	jobsOf    = "jobs.of"    // a career

	jobsChange = "jobs.change" // the proposal with what was typed
)

// pageOfJobs is how many jobs a page has.
const pageOfJobs = 5

// finding is what a search has found, ready to be shown.
type finding struct {
	search alerts.Subscription
	jobs   []alerts.Job // best first
	held   int
	skip   int      // how many are on the pages before
	meant  string   // other words, if they would find something where these find nothing
	notes  []string // of places that are not known
	from   credits
	why    func(alerts.Job) string
}

// renderJobs shows a page of the jobs that were found.
func renderJobs(f finding, title titler) message {
	name, id := orDash(alertName(f.search, title, 300)), packID(f.search.ID)
	tell := discordgo.Button{Label: "Tell me of new ones", Style: discordgo.SuccessButton, CustomID: jobsTell + ":" + id}
	if len(f.jobs) == 0 {
		text := fmt.Sprintf("None of the %s held now is for **%s**.", plural(f.held, "job", "jobs"), name)
		if f.held == 0 {
			text = fmt.Sprintf("No jobs are held here yet, and so none for **%s**.", name)
		}
		buttons := []discordgo.MessageComponent{tell}
		if f.meant != "" {
			text += fmt.Sprintf(" Did you mean **%s**?", orDash(escape(f.meant, 300)))
			buttons = []discordgo.MessageComponent{
				discordgo.Button{Label: plain("Search for "+f.meant, maxLabel), Style: discordgo.PrimaryButton, CustomID: jobsMeant + ":" + id}, tell,
			}
		}
		notes := ""
		for _, n := range f.notes {
			notes += "\n" + escape(n, 300)
		}
		m := say(text + clipped(notes, 1000))
		m.Components = rowsOf(buttons)
		return m
	}
	skip := f.skip
	if skip < 0 || skip >= len(f.jobs) {
		skip = 0
	}
	page := f.jobs[skip:min(skip+pageOfJobs, len(f.jobs))]
	buttons := []discordgo.MessageComponent{tell}
	if skip > 0 {
		buttons = append(buttons, discordgo.Button{Label: "Before", Style: discordgo.SecondaryButton, CustomID: jobsPage + ":" + id + ":" + strconv.Itoa(max(0, skip-pageOfJobs))})
	}
	if skip+pageOfJobs < len(f.jobs) {
		buttons = append(buttons, discordgo.Button{Label: "Further", Style: discordgo.SecondaryButton, CustomID: jobsPage + ":" + id + ":" + strconv.Itoa(skip+pageOfJobs)})
	}
	return message{
		Content:    fmt.Sprintf("**%s** for **%s**, %d to %d", plural(len(f.jobs), "job", "jobs"), name, skip+1, skip+len(page)),
		Embeds:     jobEmbeds(page, f.why, f.from),
		Components: rowsOf(buttons),
	}
}

// renderWhy tells why an alert is silent, or what it brings: its state, what was
// found, which rule decided on the newest jobs, and how its sources do.
func renderWhy(why store.Why, rulings []ruling, title titler, now time.Time) message {
	sub := why.Subscription
	lines := []string{state(sub, now)}
	if why.Hits == 0 {
		lines = append(lines, "Since it was made "+at(sub.Created)+" no new job was for it.")
	} else {
		lines = append(lines, fmt.Sprintf("It has found %s, the last %s; %s to be sent.", counted(why.Hits, "job"), at(why.LastHit), plural(int(why.Waiting), "waits", "wait")))
	}
	switch last := why.Last; {
	case last.ID == 0:
		lines = append(lines, "No message was due yet.")
	case last.State == "sent":
		lines = append(lines, "The last message was sent "+at(last.Done)+".")
	case last.Done.IsZero():
		lines = append(lines, "A message is on its way since "+at(last.Frozen)+".")
	default:
		lines = append(lines, "The last message was not sent: "+escape(cmp.Or(last.Reason, last.State), 200))
	}
	lines = append(lines, "New jobs were last looked through "+ever(why.Matched)+".")
	embed := &discordgo.MessageEmbed{
		Title: "Why: " + orDash(alertName(sub.Subscription, title, 200)), Color: alertColour, Description: strings.Join(lines, "\n"),
	}
	var decided []string
	for _, r := range rulings {
		decided = append(decided, fmt.Sprintf("- %s: %s (“%s”)\n", counted(int64(r.count), "job"), escape(r.because, 150), escape(r.title, 80)))
	}
	embed.Fields = append(embed.Fields,
		&discordgo.MessageEmbedField{Name: "Which rule decided on the newest jobs that are held", Value: cmp.Or(listing(decided, maxFieldText), "No jobs are held.")},
		&discordgo.MessageEmbedField{Name: "Its sources", Value: sourcesOf(why.Sources)},
	)
	return message{Embeds: []*discordgo.MessageEmbed{embed}}
}

// ever is when something was last done.
func ever(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return at(t)
}

// sourcesOf tells when each source last worked, and what is wrong with it.
func sourcesOf(list []store.Source) string {
	var lines []string
	for _, src := range list {
		line := "- **" + orDash(escape(feeds.Title(src), 60)) + "** last worked " + ever(src.Worked)
		switch {
		case src.Disabled != "":
			line += ", and is read no more: " + escape(src.Disabled, 150)
		case feeds.Waits(src) != "":
			line += ", and waits until " + at(src.Next) + ": " + escape(feeds.Waits(src), 150)
		case src.Fault != "":
			line += ", and fails: " + escape(src.Fault, 150)
		}
		lines = append(lines, line+"\n")
	}
	return cmp.Or(listing(lines, maxFieldText), "None. Moderators add them with /sources.")
}

// renderWhyJob tells why somebody was told of a job, or not.
func renderWhyJob(why store.WhyJob, from credits) message {
	text := "**Not for this alert.** "
	switch {
	case why.Explanation.Rule == alerts.RuleSent:
		text = "**Told.** "
	case why.Explanation.Rule == alerts.RuleNone && !why.Hit.IsZero():
		text = "**For this alert.** "
	case why.Explanation.Rule == alerts.RuleNone:
		text = "**For this alert**, by what it asks for now. "
	}
	text += escape(why.Explanation.Why, 500)
	if !why.Hit.IsZero() {
		text += "\nIt was found " + at(why.Hit) + "."
	}
	switch d := why.Delivery; {
	case d.ID == 0:
		if !why.Hit.IsZero() {
			text += " It waits for the next message."
		}
	case d.State == "sent":
		text += " It was sent " + at(d.Done) + "."
	case d.Done.IsZero():
		text += " It is on its way."
	default:
		text += " It was not sent: " + escape(cmp.Or(d.Reason, d.State), 200)
	}
	embed := jobEmbed(why.Job.Job, "", from, 600)
	embed.Fields = []*discordgo.MessageEmbedField{{Name: "Why", Value: clipped(text+"\nIt is held since "+at(why.Job.First)+".", maxFieldText)}}
	return message{Embeds: []*discordgo.MessageEmbed{embed}}
}
