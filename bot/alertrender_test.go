package bot

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store"
)

// Somebody's alert, and jobs for it.
var (
	alertTime  = time.Unix(1764150000, 0).UTC()
	goAlert    = alerts.Subscription{ID: 1574501734728859650, Person: "175928847299117063", Guild: "1", Created: alertTime, State: alerts.Active}
	goSchedule = alerts.Schedule{Every: alerts.Daily, Hour: 9, Zone: "Asia/Kolkata"}
	boardJobs  = []alerts.Job{
		{
			Source: "7", ExternalID: "1", Title: "Senior Go developer *remote* @everyone", Company: "Acme [x](https://evil.example)", Places: []string{"Pune, India", "Berlin"}, Remote: alerts.RemoteYes,
			Kind: alerts.FullTime, Level: alerts.Senior, Pay: &alerts.Pay{Min: 1_200_000, Max: 1_800_000, Currency: "INR", Period: alerts.Year}, Posted: alertTime.Add(-3 * time.Hour), Apply: "https://jobs.example/1",
			AlsoOn: []alerts.Copy{{Source: "8", ExternalID: "9", Apply: "https://board.example/9"}, {Source: "9", ExternalID: "9", Apply: "https://other.example/9"}},
		},
		{Source: "8", ExternalID: "2", Title: "Developer", Apply: "https://jobs.example/2"},
	}
	boardCredits = credits{"7": {"Acme", "", ""}, "8": {"Remote board", "Remote OK", "https://remoteok.com"}}
)

// ownTime is a time that the bot itself writes, of those in these tests.
var ownTime = regexp.MustCompile(`<t:(176[34]\d{6}|1766\d{6}|-62135596800):[fDR]>`)

// checkAlert is checkMessage of a message in which the bot writes times.
func checkAlert(t *testing.T, p payload) {
	t.Helper()
	for _, e := range p.Embeds {
		e.Description = ownTime.ReplaceAllString(e.Description, "a time")
		for _, f := range e.Fields {
			f.Value = ownTime.ReplaceAllString(f.Value, "a time")
		}
	}
	checkMessage(t, p)
}

func goTitle(_, id string) string { return titleOf(id) }

func goFull(t *testing.T) alerts.Subscription {
	t.Helper()
	sub := goAlert
	words, err := alerts.ParseWords(`go AND (docker OR "site reliability") NOT senior`)
	if err != nil {
		t.Fatal(err)
	}
	sub.Query = alerts.Query{
		Career: "back-end-developer", Words: words, Places: []string{"Pune", "Mumbai"}, Kinds: []alerts.Kind{alerts.FullTime}, Levels: []alerts.Level{alerts.Mid},
		Floor: &alerts.Floor{Amount: 800000, Currency: "INR", Period: alerts.Year, Unknown: true},
	}
	sub.Schedule = goSchedule
	return sub
}

func goWhy(alerts.Job) string { return "It has “go”." }

// TestGoldenAlerts shows every message of alerts and jobs.
func TestGoldenAlerts(t *testing.T) {
	sub := goFull(t)
	weekly := sub
	weekly.Schedule = alerts.Schedule{Every: alerts.Weekly, Hour: 18, Days: alerts.On(time.Friday), Zone: "UTC"}
	instant := sub
	instant.Schedule = alerts.Schedule{Every: alerts.Instant, Zone: "UTC"}
	seen := alerts.Preview{
		Count: 14, Since: alertTime.AddDate(0, 0, -30), PerWeek: 3.27, Examples: boardJobs,
		Changes: []alerts.Change{{Label: "Anywhere", Count: 40}, {Label: "Without “docker”", Count: 20}, {Label: "Remote only", Count: 2}, {Label: "Only part-time", Count: 1}},
	}
	few := seen
	few.Since, few.PerWeek, few.Count = alertTime.AddDate(0, 0, -5), 0, 1
	kept := store.Subscription{Subscription: sub, Due: alertTime.Add(time.Hour)}
	paused := store.Subscription{Subscription: weekly}
	paused.ID, paused.State, paused.Reason = paused.ID+1, alerts.Paused, closedReason
	week := store.Subscription{Subscription: instant}
	week.ID, week.State, week.Until = week.ID+2, alerts.Paused, alertTime.Add(weekPause)
	many := slices.Repeat([]store.Subscription{kept, paused, week}, 3)
	shut := slices.Repeat([]store.Subscription{paused}, len(many))
	for i := range many {
		many[i].ID += int64(i)
		shut[i].ID += int64(i)
	}
	sources := []store.Source{
		{ID: 7, Name: "Acme", Fetched: store.Fetched{Worked: alertTime}},
		{ID: 8, URL: "https://www.board.example/rss", Fetched: store.Fetched{Fault: "It has *no* jobs."}},
		{ID: 9, Name: "old", Fetched: store.Fetched{Worked: alertTime, Disabled: "It failed for a week."}},
	}
	_, unread := (&Bot{}).apply(&alerts.Subscription{}, map[string]string{"words": "go AND", "pay": "much"})
	held := store.HeldJob{ID: 3, First: alertTime, Job: boardJobs[0]}
	for name, m := range map[string]message{
		"alert-preview":         renderProspect(prospect{sub: sub, now: alertTime, held: 900, preview: seen, notes: []string{"A posting that names no level counts as mid."}}, goTitle),
		"alert-preview-saved":   renderProspect(prospect{sub: weekly, saved: true, now: alertTime, held: 3, preview: few, said: "Changed."}, goTitle),
		"alert-preview-nothing": renderProspect(prospect{sub: instant, now: alertTime, held: 3, preview: alerts.Preview{Since: alertTime.AddDate(0, 0, -5)}}, goTitle),
		"alert-preview-no-jobs": renderProspect(prospect{sub: sub, now: alertTime, preview: alerts.Preview{Since: alertTime}}, goTitle),
		"alert-welcome":         renderWelcome(sub, goTitle, alertTime),
		"alert-welcome-instant": renderWelcome(instant, goTitle, alertTime),
		"alert-saved":           renderSaved(sub, goTitle, alertTime, true),
		"alert-saved-untold":    renderSaved(sub, goTitle, alertTime, false),
		"alert-closed":          renderClosed(sub),
		"alert-digest":          renderDigest(digest{id: 1574501734728859651, sub: sub, jobs: boardJobs, more: 3, why: goWhy, from: boardCredits}, goTitle),
		"alert-list":            renderAlerts([]store.Subscription{kept, paused, week}, goTitle, 5, alertTime),
		"alert-list-many":       renderAlerts(many, goTitle, 25, alertTime),
		"alert-list-none":       renderAlerts(nil, goTitle, 5, alertTime),
		"alert-resumed":         renderChanged("Resumed", kept, goTitle, alertTime),
		"alert-stopped":         renderChanged("Stopped: nothing more comes of it", week, goTitle, alertTime),
		"alert-deleted":         renderGone(sub, goTitle),
		"alert-paused-many":     renderPaused(shut, goTitle),
		"alert-paused":          renderPaused([]store.Subscription{paused}, goTitle),
		"alert-why": renderWhy(store.Why{
			Subscription: kept, Matched: alertTime, Hits: 3, Waiting: 1, LastHit: alertTime, Sources: sources,
			Last: store.Delivered{ID: 1, State: "failed", Reason: "Discord did not take the message.", Done: alertTime},
		}, []ruling{{12, "Cook", "It lacks “go”."}, {1, "Go developer", "It has “go”."}}, goTitle, alertTime),
		"alert-why-new": renderWhy(store.Why{Subscription: kept}, nil, goTitle, alertTime),
		"alert-why-job": renderWhyJob(store.WhyJob{Job: held, Explanation: alerts.Explanation{Rule: alerts.RulePlace, Why: "It names “Berlin” rather than “Pune”."}}, boardCredits),
		"alert-why-job-sent": renderWhyJob(store.WhyJob{
			Job: held, Explanation: alerts.Explanation{Rule: alerts.RuleSent, Why: "You were told of it on 1 November 2026."}, Hit: alertTime, Delivery: store.Delivered{ID: 1, State: "sent", Done: alertTime},
		}, boardCredits),
		"jobs":          renderJobs(finding{search: sub, jobs: boardJobs, held: 900, from: boardCredits, why: goWhy}, goTitle),
		"jobs-page":     renderJobs(finding{search: sub, jobs: append(make([]alerts.Job, 6), boardJobs...), held: 900, skip: 5, from: boardCredits, why: goWhy}, goTitle),
		"jobs-none":     renderJobs(finding{search: sub, held: 900}, goTitle),
		"jobs-unplaced": renderJobs(finding{search: sub, held: 900, notes: alerts.Query{Places: []string{"banglore", "Atlantis *"}}.PlaceNotes()}, goTitle),
		"jobs-meant":    renderJobs(finding{search: sub, held: 900, meant: `go AND "site reliability"`}, goTitle),
		"jobs-held":     renderJobs(finding{search: sub}, goTitle),
		"jobs-unread":   renderUnread(store.Proposal{Subscription: sub, Typed: map[string]string{"what": "go AND", "where": "Pune"}}, refused(unread).Error()),
		"alert-unread":  renderUnread(store.Proposal{Subscription: sub, Typed: map[string]string{"words": "go AND", "pay": "much"}}, refused(unread).Error()),
	} {
		golden(t, name, m.payload())
		checkAlert(t, m.payload())
	}
	golden(t, "alert-form", wishDialogs[0].form("alert.edit:1", weekly, goTitle, nil).payload())
	golden(t, "alert-form-unread", wishDialogs[0].form("sub.edit:1", weekly, goTitle, map[string]string{"words": "go AND", "zone": "Kolkatta"}).payload())
	golden(t, "jobs-form", searchDialog.form("jobs.change:1", alerts.Subscription{}, goTitle, map[string]string{"what": "go AND", "where": "Pune"}).payload())
	golden(t, "alert-form-career", wishDialogs[2].form("alert.career:1", weekly, goTitle, nil).payload())
	golden(t, "alert-form-filter", wishDialogs[1].form("alert.filter:1", weekly, goTitle, nil).payload())
}

// Whatever postings and people say, Discord takes the message, nothing in it
// pings, and the credit that a source asks for is there.
func FuzzRenderJobs(f *testing.F) {
	f.Add("Go developer", "Acme", "Pune", "It has “go”.", "https://x.example/1", "Remote OK", "INR", 12.5, uint8(3))
	f.Add("@everyone <@1> [a](https://b.c)", "**", "<#1>", "`", "javascript:alert(1)", "<t:1:R>", "", 1e300, uint8(20))
	f.Add(strings.Repeat("*", 9000), strings.Repeat("😀", 3000), strings.Repeat("_", 500), strings.Repeat("|", 4000), "https://x.y/"+strings.Repeat("z", 3000), "", "\x00", -1.0, uint8(255))
	f.Add("x", "two\nlines", "P", "Q", "https://\x8d\fexample/1", "Remote OK", "INR", 12.5, uint8(20))
	f.Add("\u200b", " ", "\u202e", "\xff", "", "\u200b", "XXX", 0.0, uint8(1))
	f.Fuzz(func(t *testing.T, name, company, place, why, link, from, currency string, pay float64, n uint8) {
		job := alerts.Job{
			Source: "1", ExternalID: "1", Title: name, Company: company, Places: []string{place, company}, Remote: alerts.RemoteYes, Kind: alerts.Kind(place), Level: alerts.Level(why),
			Pay: &alerts.Pay{Min: pay, Max: pay * 2, Currency: currency, Period: alerts.Period(from)}, Posted: alertTime, Apply: link, AlsoOn: []alerts.Copy{{Source: "2", Apply: link}, {Source: "3", Apply: "https://z.example"}},
		}
		jobs := make([]alerts.Job, min(n, maxEmbeds))
		for i := range jobs {
			jobs[i] = job
		}
		list := credits{"1": {from, "Remote OK", "https://remoteok.com"}, "2": {from, from, ""}}
		words, _ := alerts.ParseWords(name)
		sub := goAlert
		sub.Query = alerts.Query{Career: company, Words: words, Places: []string{place, why}, Kinds: alerts.Kinds, Levels: alerts.Levels, Floor: &alerts.Floor{Amount: pay, Currency: currency, Period: alerts.Period(from)}}
		sub.Schedule = alerts.Schedule{Every: alerts.Every(name), Zone: place}
		saying := func(alerts.Job) string { return why }
		title := func(string, string) string { return company }
		d := renderDigest(digest{id: 1, sub: sub, jobs: jobs, more: int(n), why: saying, from: list}, title)
		for i, e := range d.Embeds {
			if !strings.Contains(e.Description, "[Remote OK](https://remoteok.com)") {
				t.Errorf("job %d has no credit: %q", i, e.Description)
			}
		}
		checkAlert(t, d.payload())
		checkAlert(t, renderJobs(finding{search: sub, jobs: jobs, held: int(n), meant: name, notes: []string{why, why, why, why, why}, from: list, why: saying}, title).payload())
		unread := store.Proposal{Subscription: sub, Typed: map[string]string{optionWords: name, optionPlace: place, optionPay: why, optionZone: from}}
		checkAlert(t, renderUnread(unread, refused(errors.New(name+why)).Error()).payload())
		unread.Typed = map[string]string{optionSought: name, optionWhere: why}
		checkAlert(t, renderUnread(unread, refused(errors.New(name+why)).Error()).payload())
		for _, d := range proposalDialogs {
			d.form(d.alert+":1", sub, title, unread.Typed).payload()
		}
		p := alerts.Preview{Count: int(n), Since: alertTime, Examples: jobs[:min(len(jobs), 3)]}
		for i := range n {
			p.Changes = append(p.Changes, alerts.Change{Label: name + string(rune('a'+i%26)), Count: int(i)})
		}
		checkAlert(t, renderProspect(prospect{sub: sub, saved: n%2 == 0, now: alertTime, held: int(n), preview: p, notes: []string{escape(why, 300)}}, title).payload())
		kept := store.Subscription{Subscription: sub}
		kept.State, kept.Reason = alerts.Paused, why
		most := slices.Repeat([]store.Subscription{kept}, 25)
		for i := range most {
			most[i].ID += int64(i)
		}
		for _, list := range [][]store.Subscription{most[:5], most} {
			listed, told := renderAlerts(list, title, 25, alertTime).payload(), renderPaused(list, title).payload()
			checkAlert(t, listed)
			checkAlert(t, told)
			for _, p := range []payload{listed, told} {
				if last := p.Embeds[len(p.Embeds)-1].Description; len(list) > 5 && (strings.Count(last, "\n") != 21 || strings.Contains(last, "…and")) {
					t.Errorf("of %d alerts not all are shown: %q", len(list), last)
				}
			}
		}
		checkAlert(t, renderWelcome(sub, title, alertTime).payload())
		checkAlert(t, renderWhy(store.Why{Subscription: kept, Sources: []store.Source{{Name: name, Fetched: store.Fetched{Fault: why}}, {URL: link}}, Last: store.Delivered{ID: 1, Reason: why, Done: alertTime}}, []ruling{{1, name, why}, {2, company, place}}, title, alertTime).payload())
		checkAlert(t, renderWhyJob(store.WhyJob{Job: store.HeldJob{Job: job}, Explanation: alerts.Explanation{Why: why}}, list).payload())
	})
}
