package bot

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

// posting is a job as a source brings it.
func posting(title, text string, posted time.Time) alerts.Job {
	return alerts.Job{
		ExternalID: title, Title: title, Company: "Acme", Places: []string{"Pune, India"}, Text: text, Posted: posted,
		Apply: "https://jobs.example/" + strings.ReplaceAll(title, " ", "-"),
	}
}

// titlesOf are the titles of the jobs of a page, in order.
func titlesOf(m discordsim.Message) []string {
	var list []string
	for _, e := range m.Embeds {
		list = append(list, e.Title)
	}
	return list
}

// What is saved is found by the very next search, whatever was searched before,
// and what is gone is not.
func TestJobsAreFoundAtOnce(t *testing.T) {
	st := setBureau(t)
	src, all := st.source(st.guild.ID), st.source("")
	now := st.bot.now()
	find := func() []string {
		return titlesOf(st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "developer"}))
	}
	wants(t, st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "developer"}).Text(), "No jobs are held here yet")
	edited := posting("Go developer", "Now with four days a week.", now)
	for _, step := range []struct {
		name string
		does func()
		want []string
	}{
		{"the operator's", func() { st.fetched(all, store.FetchResult{Jobs: []alerts.Job{posting("C developer", "", now)}}) }, []string{"C developer"}},
		{"the server's", func() {
			st.fetched(src, store.FetchResult{Jobs: []alerts.Job{posting("Go developer", "", now.Add(-time.Hour))}})
		}, []string{"C developer", "Go developer"}},
		{"one of them edited, and another", func() {
			st.fetched(src, store.FetchResult{Jobs: []alerts.Job{edited, posting("Java developer", "", now.Add(-2*time.Hour))}})
		}, []string{"C developer", "Go developer", "Java developer"}},
		{"one closed", func() {
			st.pass(time.Second)
			st.fetched(src, store.FetchResult{Jobs: []alerts.Job{edited}, Whole: true})
		}, []string{"C developer", "Go developer"}},
		{"a source removed", func() { st.must(st.kept.RemoveSource(st.ctx, st.guild.ID, src.ID, "1")) }, []string{"C developer"}},
	} {
		step.does()
		if got := find(); !slices.Equal(got, step.want) {
			t.Errorf("%s: found %q, want %q", step.name, got, step.want)
		}
	}
	t.Log("and what a source is called is what it is called now")
	wants(t, st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "developer"}).Text(), "on Acme")
	_, err := st.kept.AddSource(st.ctx, store.Source{Kind: all.Kind, URL: all.URL, Name: "Acme of Pune"})
	st.must(err)
	wants(t, st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "developer"}).Text(), "on Acme of Pune")
}

// A job that is called what is looked for comes before one that mentions it,
// and of two alike the newer; of an old one that is called so there is little
// left.
func TestJobsBestFirst(t *testing.T) {
	st := setBureau(t)
	now := st.bot.now()
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	st.fetched(st.source(st.guild.ID), store.FetchResult{Jobs: []alerts.Job{
		posting("Cook", "Our developers like Go and good food.", ago(0)),
		posting("Go developer, trains", "You write services.", ago(9)),
		posting("Go developer, ships", "You write services.", ago(1)),
		posting("Developer", "You write services in Go.", ago(1)),
		posting("Go developer of old", "You wrote services.", ago(200)),
		posting("Rust developer", "You write services.", ago(1)),
	}})
	m := st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "go developer"})
	if got, want := titlesOf(m), []string{"Go developer, ships", "Developer", "Go developer, trains", "Cook", "Go developer of old"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	t.Log("what it finds is what an alert would have brought")
	proposed := st.click(st.asha, m, "Tell me of new ones")
	wants(t, proposed.Text(), "**4 jobs**") // of the last 30 days
}

func TestJobsSpeltWrong(t *testing.T) {
	st := setBureau(t)
	st.posts(st.source(st.guild.ID), "Go developer", "Cook")
	m := st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "go AND devloper NOT cok", "where": "India"})
	wants(t, m.Text(), "None of the 2 jobs held now", "Did you mean **go AND developer AND NOT cok**?")
	if got := labels(m); !slices.Equal(got, []string{"Search for go AND developer AND NOT cok", "Tell me of new ones"}) {
		t.Errorf("offers %q", got)
	}
	found := st.click(st.asha, m, "Search for go AND developer AND NOT cok")
	wants(t, found.Text(), "**1 job** for **go AND developer AND NOT cok in India**", "Go developer")
	wants(t, st.click(st.asha, found, "Tell me of new ones").Text(), "**Words** go AND developer AND NOT cok")

	t.Log("a hyphen in titles is no matter, and a place that is not known is told")
	st.posts(st.source(st.guild.ID), "Back-end Developer (Go)")
	m = st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "bakend develper"})
	wants(t, m.Text(), "Did you mean **backend AND developer**?")
	wants(t, st.click(st.asha, m, "Search for backend AND developer").Text(), "**1 job**", "Back-end Developer (Go)")
	m = st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "developer", "where": "bangalor"})
	wants(t, m.Text(), "None of the", "“bangalor” is not in the list of places", "Did you mean Bengaluru, India?")
	t.Log("nothing is suggested that would find nothing, or in the place of what is spelt well")
	for _, what := range []string{"zookeeper", "cook AND developer", "devloper AND zookeeper"} {
		m := st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": what})
		if strings.Contains(m.Text(), "Did you mean") {
			t.Errorf("%s: %s", what, m.Text())
		}
	}
}

// An answer about a career leads to its jobs, whichever way it was asked for, and
// they are shown to nobody but who presses the button.
func TestAnswersLeadToJobs(t *testing.T) {
	st := setBureau(t)
	question := "what does a back-end developer earn?"
	if m := st.ask(st.asha, question); slices.Contains(labels(m), "Jobs") {
		t.Error("an answer leads to jobs where none are seen")
	}
	st.posts(st.source(""), "Back-end developer", "Cook")
	for name, m := range map[string]discordsim.Message{
		"/ask":            st.ask(st.asha, question),
		"a mention":       st.say(st.asha, st.general, st.sim.Bot().Mention()+" "+question),
		"in direct":       st.say(st.asha, st.asha.DM(), question),
		"a topic":         st.click(st.asha, st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "back-end-developer"}), "Pay"),
		"a career":        st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "back-end-developer"}),
		"what goes on":    st.follow(st.asha, st.ask(st.asha, question), "and for freshers?"),
		"a suggested FAQ": st.click(st.asha, st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "back-end-developer"}), "Skills"),
	} {
		if !slices.Contains(labels(m), "Jobs") {
			t.Errorf("%s: no button leads to jobs: %q", name, labels(m))
			continue
		}
		by := st.ravi
		if name == "in direct" {
			by = st.asha
		}
		found := st.click(by, m, "Jobs")
		wants(t, found.Text(), "**1 job** for **Back-end developer**")
		if !found.Ephemeral && name != "in direct" {
			t.Errorf("%s: everybody sees the jobs", name)
		}
		wants(t, st.click(by, found, "Tell me of new ones").Text(), "not saved yet", "**Career** Back-end developer")
	}
	for _, other := range []string{"what does a zookeeper earn?", "hello", "how do I get a visa as a back-end developer?"} {
		if m := st.ask(st.asha, other); slices.Contains(labels(m), "Jobs") {
			t.Errorf("%s: %s", other, m.Text())
		}
	}
}

// Several kinds and levels are typed with commas, or chosen in a dialog.
func TestSeveralKinds(t *testing.T) {
	st := setBureau(t)
	src := st.source(st.guild.ID)
	var jobs []alerts.Job
	for _, k := range []alerts.Kind{alerts.FullTime, alerts.PartTime, alerts.Contract, alerts.Internship} {
		j := posting("Go developer, "+string(k), "", st.bot.now())
		j.Kind, j.Level = k, alerts.Junior
		jobs = append(jobs, j)
	}
	st.fetched(src, store.FetchResult{Jobs: jobs})
	m := st.slash(st.asha, st.general, "subscribe", discordsim.Opts{"words": "go", "kind": "Internship, contractor; part time", "level": "junior,senior"})
	wants(t, m.Text(), "**Kind** part-time or contract or internship", "**Level** junior or senior", "**3 jobs**")

	opened := st.opensDialog(st.asha, m, "Kind, level, pay")
	chosen := map[string][]string{}
	for _, f := range opened.Fields() {
		for _, o := range f.Options {
			if o.Default {
				chosen[f.CustomID] = append(chosen[f.CustomID], o.Value)
			}
		}
	}
	if !slices.Equal(chosen["kind"], []string{"part-time", "contract", "internship"}) || !slices.Equal(chosen["level"], []string{"junior", "senior"}) {
		t.Errorf("the dialog is filled with %v", chosen)
	}
	m = st.fills(st.asha, opened, discordsim.Fields{"kind": {"full-time", "contract"}, "level": {}, "remote": {"no"}, "pay": {"₹8,00,000"}, "unknown_pay": {"yes"}})
	wants(t, m.Text(), "not saved yet", "**Kind** full-time or contract", "anywhere, at the place only", "at least INR 800,000 a year, or unknown", "**2 jobs**")
	if strings.Contains(m.Text(), "**Level**") {
		t.Errorf("any level is\n%s", m.Text())
	}
	st.click(st.asha, m, "Save")
	if sub := st.only(st.asha); !slices.Equal(sub.Query.Kinds, []alerts.Kind{alerts.FullTime, alerts.Contract}) || sub.Query.Levels != nil || sub.Query.Remote != alerts.RemoteNo {
		t.Errorf("saved is %+v", sub.Query)
	}
	t.Log("and of what is saved they are changed the same way")
	shown := st.slash(st.asha, st.general, "alerts preview", discordsim.Opts{"alert": packID(st.only(st.asha).ID)})
	m = st.fills(st.asha, st.opensDialog(st.asha, shown, "Kind, level, pay"), discordsim.Fields{"kind": {}, "level": {}, "remote": {"any"}, "pay": {""}, "unknown_pay": {"no"}})
	wants(t, m.Text(), "Changed.", "**4 jobs**")
	if q := st.only(st.asha).Query; q.Kinds != nil || q.Floor != nil || q.Remote != alerts.RemoteUnknown {
		t.Errorf("saved is %+v", q)
	}

	for option, cases := range map[string]map[string][]string{
		"kind": {
			"":                       {"full-time", "part-time", "contract", "temporary", "internship", "apprenticeship", "volunteer"},
			"Con":                    {"contract"},
			"contract":               {"contract", "contract, full-time", "contract, part-time", "contract, temporary", "contract, internship", "contract, apprenticeship", "contract, volunteer"},
			"full-time, contract, t": {"full-time, contract, temporary"},
			"zookeeper":              nil,
		},
		"level": {"junior, s": {"junior, senior"}},
		"place": {"Mumbai; pun": {"Mumbai; Pune, India", "Mumbai; Punjab, India"}, "Blefuscu": nil, "an": {"Any"}},
	} {
		for typed, want := range cases {
			got := st.offered(st.asha, "subscribe", discordsim.Opts{option: typed}, option)
			for i := range got {
				got[i], _, _ = strings.Cut(got[i], "=")
			}
			if option == "place" && len(got) > len(want) {
				got = got[:len(want)]
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s %q: offers %q, want %q", option, typed, got, want)
			}
		}
	}
	if got := st.offered(st.asha, "jobs", discordsim.Opts{"what": "go", "where": "re"}, "where"); len(got) == 0 || got[0] != "Remote=Remote" {
		t.Errorf("offers %q", got)
	}
	wants(t, st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "go", "where": "Pune, India"}).Text(), "**4 jobs**")
}

// opensDialog presses a button and gives the dialog that it opens.
func (st *stage) opensDialog(u *discordsim.User, m discordsim.Message, label string) discordsim.Modal {
	st.t.Helper()
	it, err := u.Click(m.ID, label)
	st.must(err)
	opened, err := it.Modal(st.ctx)
	st.must(err)
	return opened
}

// fills sends a dialog and gives what answers that.
func (st *stage) fills(u *discordsim.User, opened discordsim.Modal, fields discordsim.Fields) discordsim.Message {
	st.t.Helper()
	it, err := u.Fill(opened, fields)
	st.must(err)
	m, err := it.Reply(st.ctx)
	st.must(err)
	return m
}

// Whatever cannot be read of an alert stands in the dialog that a button opens,
// with all the rest, until it can be.
func TestNothingTypedIsLost(t *testing.T) {
	st := setBureau(t)
	st.posts(st.source(st.guild.ID), "Go developer", "Zookeeper")
	holds := func(opened discordsim.Modal, want map[string]string) {
		t.Helper()
		for _, f := range opened.Fields() {
			value := f.Value
			for _, o := range f.Options {
				if o.Default {
					value += o.Value
				}
			}
			if w, asked := want[f.CustomID]; asked && value != w {
				t.Errorf("%s holds %q, want %q", f.CustomID, value, w)
			}
		}
	}
	m := st.slash(st.asha, st.general, "subscribe", discordsim.Opts{
		"words": "go AND (", "place": "Pune; Mumbai", "kind": "contract, gardening", "pay": "much", "often": "weekly", "day": "Friday", "hour": 18, "zone": "Nowhere/Land",
	})
	wants(t, m.Text(), "The words cannot be read, at character", "“gardening” is no kind of job", "The least pay “much” has no figure", "There is no time zone", "Nothing is saved yet")
	if got := labels(m); !m.Ephemeral || !slices.Equal(got, []string{"Edit", "Kind, level, pay"}) {
		t.Fatalf("offers %q", got)
	}
	opened := st.opensDialog(st.asha, m, "Edit")
	holds(opened, map[string]string{"words": "go AND (", "place": "Pune; Mumbai", "often": "Friday", "hour": "18", "zone": "Nowhere/Land"})
	t.Log("what is still wrong is told, and what is mended is kept")
	m = st.fills(st.asha, opened, discordsim.Fields{"words": {"go AND ("}, "place": {"Pune"}, "often": {"Friday"}, "hour": {"18"}, "zone": {"Asia/Kolkata"}})
	wants(t, m.Text(), "The words cannot be read", "“gardening”", "“much”")
	if strings.Contains(m.Text(), "time zone") {
		t.Errorf("a zone that can be read is told of\n%s", m.Text())
	}
	opened = st.opensDialog(st.asha, m, "Edit")
	holds(opened, map[string]string{"words": "go AND (", "place": "Pune", "zone": "Asia/Kolkata"})
	m = st.fills(st.asha, opened, discordsim.Fields{"words": {"go AND developer"}, "place": {"Pune"}, "often": {"Friday"}, "hour": {"18"}, "zone": {"Asia/Kolkata"}})
	if got := labels(m); !slices.Equal(got, []string{"Kind, level, pay"}) {
		t.Fatalf("offers %q with\n%s", got, m.Text())
	}
	opened = st.opensDialog(st.asha, m, "Kind, level, pay")
	holds(opened, map[string]string{"pay": "much"})
	m = st.fills(st.asha, opened, discordsim.Fields{"kind": {"contract", "full-time"}, "level": {}, "remote": {"any"}, "pay": {""}, "unknown_pay": {"yes"}})
	wants(t, m.Text(), "not saved yet", "**Words** go AND developer\n", "Pune, remote or not", "**Kind** full-time or contract", "Every Friday around 18:00 (Asia/Kolkata", "**1 job**")
	wants(t, st.click(st.asha, m, "Save").Text(), "Saved")

	t.Log("a career that is not known can be looked for as words")
	m = st.slash(st.asha, st.general, "subscribe", discordsim.Opts{"career": "zookeeper", "zone": "Asia/Kolkata"})
	wants(t, m.Text(), "nothing on “zookeeper”")
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Edit"), discordsim.Fields{})
	wants(t, m.Text(), "**Words** zookeeper\n", "**1 job**", "Asia/Kolkata")

	t.Log("a dialog of a proposal that was sound")
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Edit"), discordsim.Fields{"words": {"zookeeper AND"}, "place": {""}, "often": {"daily"}, "hour": {"7"}, "zone": {"Europe/London"}})
	wants(t, m.Text(), "The words cannot be read")
	opened = st.opensDialog(st.asha, m, "Edit")
	holds(opened, map[string]string{"words": "zookeeper AND", "hour": "7", "zone": "Europe/London"})

	t.Log("and of an alert that is saved, which stays as it is meanwhile")
	sub := st.only(st.asha)
	one := packID(sub.ID)
	m = st.slash(st.asha, st.general, "alerts edit", discordsim.Opts{"alert": one, "words": "NOT go", "hour": 6})
	wants(t, m.Text(), "only what you do not want", "Nothing is saved yet")
	if now := st.only(st.asha); now.Query.Words.String() != "go AND developer" || now.Schedule.Hour != 18 {
		t.Errorf("it is %+v", now)
	}
	opened = st.opensDialog(st.asha, m, "Edit")
	holds(opened, map[string]string{"words": "NOT go", "hour": "6", "place": "Pune"})
	m = st.fills(st.asha, opened, discordsim.Fields{"words": {"go"}})
	wants(t, m.Text(), "Changed.", "Your alert\n", "**Words** go\n", "around 06:00")
	if now := st.only(st.asha); now.ID != sub.ID || now.Query.Words.String() != "go" || now.Schedule.Hour != 6 {
		t.Errorf("it is %+v", now)
	}
	list := st.slash(st.asha, st.general, "alerts list", nil)
	m = st.fills(st.asha, st.opensDialog(st.asha, list, "Edit 1"), discordsim.Fields{"zone": {"Nowhere/Land"}, "words": {"go OR rust"}})
	wants(t, m.Text(), "There is no time zone")
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Edit"), discordsim.Fields{"zone": {"UTC"}})
	wants(t, m.Text(), "Changed.", "**Words** go OR rust\n", "(UTC)")
}

// A search whose words or place cannot be read is changed in a dialog that holds
// them, until it can be, and found in the place of what was wrong with it.
func TestUnreadSearchIsChangedInADialog(t *testing.T) {
	st := setBureau(t)
	st.posts(st.source(st.guild.ID), "Go developer", "Cook", "Back-end developer")
	holds := func(opened discordsim.Modal, what, where string) {
		t.Helper()
		f := opened.Fields()
		if len(f) != 2 || f[0].Value != what || f[1].Value != where {
			t.Errorf("the dialog holds %+v, want %q and %q", f, what, where)
		}
	}
	many := strings.TrimSuffix(strings.Repeat("UK;", 60), ";")
	for _, test := range []struct{ what, where, shown, wrong string }{
		{"go AND (", "Pune", "go AND (", "The words cannot be read, at character"},
		{"NOT go", "", "NOT go", "only what you do not want"},
		{"go", many, "go", "places can be looked in"},
		{"back-end-developer", many, "Back-end developer", "places can be looked in"},
	} {
		opts := discordsim.Opts{"what": test.what}
		if test.where != "" {
			opts["where"] = test.where
		}
		m := st.slash(st.asha, st.general, "jobs", opts)
		wants(t, m.Text(), test.wrong, "Press Change: what you typed stands there.")
		if got := labels(m); !m.Ephemeral || !slices.Equal(got, []string{"Change"}) {
			t.Fatalf("%s in %s: offers %q", test.what, test.where, got)
		}
		opened := st.opensDialog(st.asha, m, "Change")
		holds(opened, test.shown, test.where)

		t.Log("what is still wrong is told in its place, and stands in the dialog again")
		again := st.fills(st.asha, opened, discordsim.Fields{"what": {"go OR"}, "where": {"Mumbai"}})
		wants(t, again.Text(), "The words cannot be read")
		if again.ID != m.ID {
			t.Error("what is wrong is told in another message")
		}
		opened = st.opensDialog(st.asha, again, "Change")
		holds(opened, "go OR", "Mumbai")
		found := st.fills(st.asha, opened, discordsim.Fields{"what": {test.shown + " "}, "where": {"India"}})
		if test.shown == test.what && test.what != "go" {
			wants(t, found.Text(), test.wrong)
			found = st.fills(st.asha, st.opensDialog(st.asha, found, "Change"), discordsim.Fields{"what": {"go"}})
		}
		wants(t, found.Text(), "**1 job** for **")
		if found.ID != m.ID {
			t.Error("what is found is shown in another message")
		}
		wants(t, st.click(st.asha, found, "Tell me of new ones").Text(), "not saved yet", "India")
	}
	t.Log("what one has typed is opened by nobody else")
	m := st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "go AND ("})
	wants(t, st.forge(st.ravi, st.general, button, discordsim.Forgery{On: &m, CustomID: m.Buttons()[0].CustomID}), "no longer there")
}

// What cannot be read yet can be mended, and nothing else be done with it,
// whatever a client sends.
func TestUnreadIsNoAlert(t *testing.T) {
	st := setBureau(t)
	m := st.slash(st.asha, st.general, "subscribe", discordsim.Opts{"words": "go AND"})
	_, id, _ := strings.Cut(m.Buttons()[0].CustomID, ":")
	for _, row := range []string{proposalSave, proposalWith, jobsTell, jobsPage, jobsMeant} {
		wants(t, st.forge(st.asha, st.general, button, discordsim.Forgery{On: &m, CustomID: row + ":" + id + ":0"}), "Press Edit")
	}
	if list, err := st.kept.Subscriptions(st.ctx, st.asha.ID); err != nil || len(list) != 0 {
		t.Errorf("%d alerts, %v", len(list), err)
	}
}
