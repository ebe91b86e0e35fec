package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

// bureau is a library with a clock of its own, and sources of jobs that are
// handed over by the test.
type bureau struct {
	*library
	passed *atomic.Int64
}

func setBureau(t *testing.T, with ...func(*setting)) *bureau {
	t.Helper()
	bu := &bureau{passed: &atomic.Int64{}}
	begun := time.Now()
	now := func() time.Time { return begun.Add(time.Duration(bu.passed.Load())) }
	dir := t.TempDir()
	s := setting{
		sim: func(o *discordsim.Options) {
			o.Now = func() time.Time { return time.Now().Add(time.Duration(bu.passed.Load())) }
		},
		cfg: func(c *Config) {
			c.Now = now
			c.Open = func(ctx context.Context) (*store.Store, error) {
				return store.Open(ctx, store.Options{Dir: dir, Now: now})
			}
		},
	}
	for _, f := range with {
		f(&s)
	}
	bu.library = stock(t, s)
	return bu
}

// source adds a source of a server, or with "" the operator's, that was fetched
// for the first time and had nothing.
func (bu *bureau) source(guild string) store.Source {
	bu.t.Helper()
	src, err := bu.kept.AddSource(bu.ctx, store.Source{Guild: guild, Kind: "greenhouse", URL: "https://boards.greenhouse.io/acme" + guild, Name: "Acme" + guild})
	bu.must(err)
	bu.fetched(src, store.FetchResult{Baseline: true})
	return src
}

// fetched saves what the fetch of a source has brought.
func (bu *bureau) fetched(src store.Source, r store.FetchResult) {
	bu.t.Helper()
	now := bu.bot.now()
	r.Fetched = store.Fetched{Next: now.Add(time.Hour), Seeded: now, Worked: now}
	_, err := bu.kept.SaveFetched(bu.ctx, src.ID, r)
	bu.must(err)
}

// posts has a source bring jobs, some time after what was done before.
func (bu *bureau) posts(src store.Source, titles ...string) {
	bu.t.Helper()
	bu.pass(2 * time.Minute)
	var jobs []alerts.Job
	for i, title := range titles {
		jobs = append(jobs, alerts.Job{
			ExternalID: title, Title: title, Company: fmt.Sprintf("Company %d", i), Places: []string{"Pune, India"}, Kind: alerts.FullTime,
			Apply: "https://jobs.example/" + strings.ReplaceAll(title, " ", "-"), Posted: bu.bot.now().Add(-time.Hour).Truncate(time.Second),
		})
	}
	bu.fetched(src, store.FetchResult{Jobs: jobs})
}

func (bu *bureau) pass(d time.Duration) { bu.passed.Add(int64(d)) }

// delivers does the background work until every message that is due by then has
// been dealt with.
func (bu *bureau) delivers() {
	bu.t.Helper()
	_, err := bu.kept.Match(bu.ctx, bu.bot.terms)
	bu.must(err)
	bu.pass(25 * time.Hour)
	_, n, err := bu.kept.FreezeDue(bu.ctx)
	bu.must(err)
	if n == 0 {
		return
	}
	ctx, stop := context.WithCancel(bu.ctx)
	defer stop()
	done := make(chan store.Outcome, 100)
	ended := make(chan error, 1)
	go func() {
		ended <- bu.kept.Start(ctx, store.Work{
			Careers: bu.bot.terms,
			Fetch: func(_ context.Context, src store.Source) store.FetchResult {
				return store.FetchResult{Fetched: src.Fetched, Unchanged: true}
			},
			Deliver: func(ctx context.Context, d store.Delivery) store.Outcome {
				o := bu.bot.Deliver(ctx, d)
				done <- o
				return o
			},
		})
	}()
	for range n {
		select {
		case o := <-done:
			if o.Err != nil {
				bu.t.Error(o.Err)
			}
		case <-bu.ctx.Done():
			bu.t.Fatal("it was not delivered")
		}
	}
	stop()
	bu.must(<-ended)
}

// subscribes makes an alert and returns what says that it is saved.
func (bu *bureau) subscribes(u *discordsim.User, c *discordsim.Channel, opts discordsim.Opts) discordsim.Message {
	bu.t.Helper()
	return bu.click(u, bu.slash(u, c, "subscribe", opts), "Save")
}

// only gives the only alert of a person.
func (bu *bureau) only(u *discordsim.User) store.Subscription {
	bu.t.Helper()
	list, err := bu.kept.Subscriptions(bu.ctx, u.ID)
	bu.must(err)
	if len(list) != 1 {
		bu.t.Fatalf("%d alerts", len(list))
	}
	return list[0]
}

var goInPune = discordsim.Opts{"words": "go AND developer", "place": "Pune", "zone": "Asia/Kolkata", "hour": 8}

func TestSubscribe(t *testing.T) {
	st := setBureau(t)
	src := st.source(st.guild.ID)
	st.posts(src, "Go developer", "Cook", "Go developer with Docker", "Go tester")
	m := st.slash(st.asha, st.general, "subscribe", goInPune)
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
	wants(t, m.Text(), "not saved yet", "go AND developer", "Pune, remote or not", "Every day around 08:00 (Asia/Kolkata, UTC+05:30)", "**2 jobs**", "Go developer with Docker")
	m = st.click(st.asha, m, "Without “developer”: 3 jobs")
	wants(t, m.Text(), "**Words** go\n", "**3 jobs**")
}

func TestDigestArrivesOnce(t *testing.T) {
	st := setBureau(t)
	src := st.source(st.guild.ID)
	saved := st.subscribes(st.asha, st.general, goInPune)
	wants(t, saved.Text(), "Saved", "by direct message", "The first comes <t:")
	welcome, err := st.asha.Await(st.ctx, st.asha.DM(), func(m discordsim.Message) bool { return strings.Contains(m.Text(), "Thank you for subscribing") })
	st.must(err)
	wants(t, welcome.Text(), "Thank you for subscribing to your personalised job alerts", "go AND developer", "<t:")

	st.posts(src, "Go developer", "Cook", "Senior Go developer of @everyone")
	st.delivers()
	st.delivers()
	var digests []discordsim.Message
	for _, m := range st.asha.Read(st.asha.DM()) {
		if strings.Contains(m.Text(), "for your alert") {
			digests = append(digests, m)
		}
	}
	if len(digests) != 1 {
		t.Fatalf("%d messages of jobs", len(digests))
	}
	d := digests[0]
	wants(t, d.Text(), "2 new jobs", "Go developer", "It has “go”, “developer”", "Company", "Pune, India", "Full-time", "Posted <t:", "on Acme")
	if strings.Contains(d.Text(), "Cook") || !d.Pings.None() {
		t.Errorf("it tells\n%s", d.Text())
	}
	if got := labels(d); !slices.Equal(got, []string{"Stop", "Pause a week", "Edit"}) {
		t.Errorf("offers %q", got)
	}

	t.Log("its buttons work after a restart, and for nobody else")
	forged, err := st.ravi.Forge(st.ravi.DM(), discordsim.Forgery{CustomID: d.Buttons()[0].CustomID, On: &d})
	st.must(err)
	told, err := forged.Reply(st.ctx)
	st.must(err)
	wants(t, told.Text(), "no such alert")
	wants(t, st.click(st.asha, d, "Pause a week").Text(), "Paused for a week", "Paused until <t:")
	if sub := st.only(st.asha); sub.State != alerts.Paused || sub.Until.IsZero() {
		t.Errorf("it is %s until %s", sub.State, sub.Until)
	}
	wants(t, st.click(st.asha, d, "Stop").Text(), "Stopped")
	st.posts(src, "Go developer of another kind")
	st.delivers()
	if n := len(st.asha.Read(st.asha.DM())); n > 4 {
		t.Errorf("%d messages", n)
	}
	checkMentions(t, st.sim)
}

// Whoever takes no direct messages has their alert saved, paused, with what to do
// and a button to try again.
func TestFaultClosedWhenSubscribing(t *testing.T) {
	st := setBureau(t)
	st.asha.CloseDMs()
	m := st.subscribes(st.asha, st.general, goInPune)
	wants(t, m.Text(), "Saved, but paused", "Privacy Settings", "Retry")
	if sub := st.only(st.asha); sub.State != alerts.Paused || sub.Reason == "" {
		t.Errorf("it is %s: %s", sub.State, sub.Reason)
	}
	wants(t, st.click(st.asha, m, "Retry").Text(), "Saved, but paused")
	st.asha.OpenDMs()
	wants(t, st.click(st.asha, m, "Retry").Text(), "I have sent you a confirmation")
	sub := st.only(st.asha)
	if sub.State != alerts.Active || sub.Channel == "" {
		t.Errorf("it is %s in %q", sub.State, sub.Channel)
	}

	t.Log("an old button does not resume what its person has stopped since")
	retry := func() discordsim.Message {
		it, err := st.asha.Forge(st.general, discordsim.Forgery{On: &m, CustomID: alertRetry + ":" + packID(sub.ID)})
		st.must(err)
		told, err := it.Reply(st.ctx)
		st.must(err)
		return told
	}
	wants(t, retry().Text(), "It goes on already", "Next <t:")
	st.slash(st.asha, st.general, "alerts pause", discordsim.Opts{"alert": packID(sub.ID)})
	told := retry()
	wants(t, told.Text(), "You have paused it since", "Paused")
	if sub := st.only(st.asha); sub.State != alerts.Paused {
		t.Errorf("it is %s", sub.State)
	}
	if !slices.Contains(labels(told), "Resume") {
		t.Errorf("offers %q", labels(told))
	}
}

// Whoever takes no direct messages any more, or shares no server with the bot
// any more, has their alert paused, and is told at the next occasion, once.
// Nothing of what it had found is lost.
func TestFaultClosedWhenDelivering(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		close, open func(*bureau)
	}{
		"50007: they take none":      {func(st *bureau) { st.asha.CloseDMs() }, func(st *bureau) { st.asha.OpenDMs() }},
		"50278: no server in common": {func(st *bureau) { st.guild.Leave(st.asha) }, func(st *bureau) { st.guild.Join(st.asha) }},
	} {
		t.Run(name, func(t *testing.T) {
			st := setBureau(t)
			src := st.source("")
			st.subscribes(st.asha, st.asha.DM(), goInPune)
			st.posts(src, "Go developer")
			c.close(st)
			st.delivers()
			if sub := st.only(st.asha); sub.State != alerts.Paused || sub.Reason == "" {
				t.Errorf("it is %s: %s", sub.State, sub.Reason)
			}
			c.open(st)
			st.slash(st.asha, st.general, "help", nil)
			further, err := st.asha.Await(st.ctx, st.general, func(m discordsim.Message) bool { return strings.Contains(m.Text(), "paused job alerts") })
			st.must(err)
			wants(t, further.Text(), "Privacy Settings")
			if !further.Ephemeral {
				t.Error("everybody sees it")
			}
			if untold, err := st.kept.ClaimUntold(st.ctx, st.asha.ID); err != nil || len(untold) != 0 {
				t.Errorf("to be told still: %v, %v", untold, err)
			}
			wants(t, st.click(st.asha, further, "Resume 1").Text(), "Saved")
			st.delivers()
			if n := st.told(st.asha); n != 1 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

// A career is taken out of an alert by its option, by its dialog or by a button
// of the preview. With no words left, nothing is changed, and both can be typed.
func TestCareerIsTakenOutOfAnAlert(t *testing.T) {
	st := setBureau(t)
	st.posts(st.source(st.guild.ID), "Back-end developer, Go", "Cook who can Go")
	edit := func(opts discordsim.Opts) discordsim.Message {
		opts["alert"] = packID(st.only(st.asha).ID)
		return st.slash(st.asha, st.general, "alerts edit", opts)
	}
	has := func(career, words string) {
		t.Helper()
		if q := st.only(st.asha).Query; q.Career != career || q.Words.String() != words {
			t.Errorf("it is for career %q and words %q, want %q and %q", q.Career, q.Words.String(), career, words)
		}
	}
	const career = "back-end-developer"
	st.click(st.asha, st.slash(st.asha, st.general, "subscribe", discordsim.Opts{"career": career, "words": "go"}), "Save")
	has(career, "go")
	if got := st.offered(st.asha, "alerts edit", discordsim.Opts{"alert": packID(st.only(st.asha).ID), "career": ""}, "career"); len(got) < 2 || got[0] != "Any: go by the words alone=any" {
		t.Errorf("offers %q", got)
	}

	t.Log("by the option")
	m := edit(discordsim.Opts{"career": "Any"})
	wants(t, m.Text(), "Changed.", "**Words** go\n", "**2 jobs**")
	has("", "go")

	t.Log("by the dialog, which can bring it back")
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Career"), discordsim.Fields{"career": {"back-end developer"}, "words": {"go"}})
	wants(t, m.Text(), "Changed.", "**Career** Back-end developer\n", "**1 job**")
	has(career, "go")
	opened := st.opensDialog(st.asha, m, "Career")
	if f := opened.Fields(); f[0].Value != "Back-end developer" || f[1].Value != "go" {
		t.Errorf("the dialog holds %+v", f)
	}
	st.fills(st.asha, opened, discordsim.Fields{"career": {"Back-end developer"}, "words": {"go"}})
	has(career, "go")
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Career"), discordsim.Fields{"career": {""}, "words": {"go"}})
	wants(t, m.Text(), "Changed.", "**2 jobs**")
	has("", "go")

	t.Log("by the preview, which says what that would bring")
	m = edit(discordsim.Opts{"career": career})
	st.click(st.asha, m, "Any career: 2 jobs")
	has("", "go")

	t.Log("nothing would be left")
	m = edit(discordsim.Opts{"career": career})
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Career"), discordsim.Fields{"career": {"Back-end developer"}, "words": {""}})
	has(career, "")
	for name, refused := range map[string]discordsim.Message{
		"by the option":               edit(discordsim.Opts{"career": "any"}),
		"by the dialog":               st.fills(st.asha, st.opensDialog(st.asha, m, "Career"), discordsim.Fields{"career": {" any "}, "words": {""}}),
		"by what is not wanted alone": st.fills(st.asha, st.opensDialog(st.asha, m, "Career"), discordsim.Fields{"career": {""}, "words": {"NOT cook"}}),
	} {
		t.Log(name)
		if !strings.Contains(refused.Text(), "A career or words to look for are missing; give one of them") && !strings.Contains(refused.Text(), "only what you do not want") {
			t.Errorf("it says\n%s", refused.Text())
		}
		wants(t, refused.Text(), "Nothing is saved yet.")
		if got := labels(refused); !slices.Equal(got, []string{"Edit", "Career"}) {
			t.Errorf("offers %q", got)
		}
		has(career, "")
		kept := st.opensDialog(st.asha, refused, "Career")
		saved := st.fills(st.asha, kept, discordsim.Fields{"career": {"Back-end developer"}, "words": {""}})
		wants(t, saved.Text(), "Changed.", "**Career** Back-end developer\n")
		has(career, "")
	}
	m = st.fills(st.asha, st.opensDialog(st.asha, edit(discordsim.Opts{"career": "any"}), "Edit"), discordsim.Fields{"words": {"go AND cook"}})
	wants(t, m.Text(), "Changed.", "**Words** go AND cook\n", "**1 job**")
	has("", "go AND cook")

	t.Log("a career that is not known is told, and can be mended where it was typed")
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Career"), discordsim.Fields{"career": {"zookeeper"}, "words": {"go"}})
	wants(t, m.Text(), "nothing on “zookeeper”")
	if got := labels(m); !slices.Equal(got, []string{"Career"}) {
		t.Errorf("offers %q", got)
	}
	opened = st.opensDialog(st.asha, m, "Career")
	if f := opened.Fields(); f[0].Value != "zookeeper" || f[1].Value != "go" {
		t.Errorf("the dialog holds %+v", f)
	}
	has("", "go AND cook")
	st.fills(st.asha, opened, discordsim.Fields{"career": {""}})
	has("", "go")

	t.Log("of an alert that is not saved yet, too")
	m = st.slash(st.asha, st.general, "subscribe", discordsim.Opts{"career": career, "words": "cook"})
	m = st.fills(st.asha, st.opensDialog(st.asha, m, "Career"), discordsim.Fields{"career": {""}})
	wants(t, m.Text(), "not saved yet", "**Words** cook\n")
	if strings.Contains(m.Text(), "**Career**") {
		t.Errorf("it says\n%s", m.Text())
	}
}

// Whoever has left the server of an alert is sent nothing of it: it is paused.
func TestFaultMemberHasLeft(t *testing.T) {
	st := setBureau(t)
	src := st.source(st.guild.ID)
	st.subscribes(st.asha, st.general, goInPune)
	st.posts(src, "Go developer")
	elsewhere := st.sim.Guild("Elsewhere")
	elsewhere.Join(st.asha)
	st.guild.Leave(st.asha)
	st.delivers()
	for _, m := range st.asha.Read(st.asha.DM()) {
		if strings.Contains(m.Text(), "for your alert") {
			t.Error("who has left is told")
		}
	}
	sub := st.only(st.asha)
	if sub.State != alerts.Paused || !strings.Contains(sub.Reason, "left the server") {
		t.Errorf("it is %s: %s", sub.State, sub.Reason)
	}
	id := packID(sub.ID)
	for _, cmd := range []string{"alerts preview", "alerts why", "alerts edit", "alerts resume"} {
		wants(t, st.slash(st.asha, elsewhere.General(), cmd, discordsim.Opts{"alert": id}).Text(), "no longer in")
	}
	wants(t, st.slash(st.asha, elsewhere.General(), "alerts delete", discordsim.Opts{"alert": id}).Text(), "Deleted")
}

// Nor does what somebody has looked at, or deleted, and kept the button of show
// jobs of a server that they have left.
func TestForgeriesReachNoServerThatWasLeft(t *testing.T) {
	st := setBureau(t)
	st.posts(st.source(st.guild.ID), "Go developer, secret")
	st.subscribes(st.asha, st.general, goInPune)
	deleted := st.slash(st.asha, st.asha.DM(), "alerts delete", discordsim.Opts{"alert": packID(st.only(st.asha).ID)})
	found := st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "go"})
	wants(t, found.Text(), "secret")
	elsewhere := st.sim.Guild("Elsewhere")
	elsewhere.Join(st.asha)
	st.guild.Leave(st.asha)
	for _, m := range []discordsim.Message{deleted, found} {
		id := strings.Split(m.Buttons()[0].CustomID, ":")[1]
		for _, row := range st.bot.rows {
			if row.door != button && row.door != dialog || !strings.HasPrefix(row.name, "sub.") && !strings.HasPrefix(row.name, "jobs.") || row.name == proposalDrop || row.name == jobsOf {
				continue
			}
			for _, in := range []*discordsim.Channel{st.asha.DM(), elsewhere.General()} {
				f := discordsim.Forgery{On: &deleted, CustomID: row.name + ":" + id + ":0"}
				if row.door == dialog {
					f.Fields = map[string]string{"words": "go", "place": "", "often": "daily", "hour": "9", "zone": "UTC", "kind": "", "level": "", "remote": "", "pay": ""}
				}
				if got := st.forge(st.asha, in, row.door, f); !strings.Contains(got, "no longer in") {
					t.Errorf("%s in %s: %s", row.name, in.Name, got)
				}
			}
		}
	}
	if list, err := st.kept.Subscriptions(st.ctx, st.asha.ID); err != nil || len(list) != 0 {
		t.Errorf("saved: %v, %v", list, err)
	}
}

// One server's jobs are seen there, with those of the operator, and nowhere else.
func TestJobsOfEachServer(t *testing.T) {
	st := setBureau(t)
	other := st.sim.Guild("Elsewhere")
	other.Join(st.asha)
	st.must(st.asha.Install())
	st.posts(st.source(st.guild.ID), "Go developer of here")
	st.posts(st.source(other.ID), "Go developer of elsewhere")
	st.posts(st.source(""), "Go developer for all")
	for _, c := range []struct {
		in   *discordsim.Channel
		sees []string
	}{
		{st.general, []string{"of here", "for all"}},
		{other.General(), []string{"of elsewhere", "for all"}},
		{st.asha.DM(), []string{"for all"}},
	} {
		found := st.slash(st.asha, c.in, "jobs", discordsim.Opts{"what": "go"})
		proposed := st.slash(st.asha, c.in, "subscribe", discordsim.Opts{"words": "go"})
		saved := st.subscribes(st.asha, c.in, discordsim.Opts{"words": "go"})
		wants(t, saved.Text(), "Saved")
		for _, title := range []string{"of here", "of elsewhere", "for all"} {
			for _, m := range []discordsim.Message{found, proposed} {
				if got, want := strings.Contains(m.Text(), title), slices.Contains(c.sees, title); got != want {
					t.Errorf("in %s, “%s” is seen: %v\n%s", c.in.Name, title, got, m.Text())
				}
			}
		}
	}
	t.Log("and each alert brings what its server sees")
	st.posts(st.source(st.guild.ID), "Go tester of here")
	st.posts(st.source(other.ID), "Go tester of elsewhere")
	st.posts(st.source(""), "Go tester for all")
	st.delivers()
	told := map[string]int{}
	for _, m := range st.asha.Read(st.asha.DM()) {
		if !strings.Contains(m.Text(), "for your alert") {
			continue
		}
		for _, title := range []string{"tester of here", "tester of elsewhere", "tester for all"} {
			told[title] += strings.Count(m.Text(), title)
		}
		if strings.Contains(m.Text(), "of here") && strings.Contains(m.Text(), "of elsewhere") {
			t.Errorf("one message tells of two servers\n%s", m.Text())
		}
	}
	if told["tester of here"] != 1 || told["tester of elsewhere"] != 1 || told["tester for all"] != 3 {
		t.Errorf("told %v", told)
	}
}

// While the jobs of a server are indexed, whoever searches there waits, for no
// longer than they can; whoever searches elsewhere does not.
func TestServersDoNotWaitForEachOther(t *testing.T) {
	st := setBureau(t)
	other := st.sim.Guild("Elsewhere")
	other.Join(st.asha)
	st.posts(st.source(st.guild.ID), "Go developer of here")
	st.posts(st.source(other.ID), "Go developer of elsewhere")
	st.must(st.bot.boards.of(st.guild.ID).using.Acquire(st.ctx, 1)) // it is indexed
	wants(t, st.slash(st.asha, other.General(), "jobs", discordsim.Opts{"what": "go"}).Text(), "of elsewhere")
	wants(t, st.slash(st.asha, other.General(), "subscribe", discordsim.Opts{"words": "go"}).Text(), "of elsewhere")
	gone, leave := context.WithCancel(st.ctx)
	leave()
	if _, err := st.bot.board(gone, st.kept, st.guild.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever waits no longer gets %v", err)
	}
	it, err := st.ravi.Slash(st.general, "jobs", discordsim.Opts{"what": "go"})
	st.must(err)
	st.bot.boards.of(st.guild.ID).using.Release(1)
	found, err := it.Reply(st.ctx)
	st.must(err)
	wants(t, found.Text(), "of here")
	if a, b := st.boardOf(st.guild.ID), st.boardOf(st.guild.ID); a != b || a == st.boardOf(other.ID) {
		t.Error("what was indexed once is indexed again, or is that of another server")
	}
}

// boardOf gives the jobs that a server sees, as the bot has indexed them.
func (bu *bureau) boardOf(guild string) *board {
	bu.t.Helper()
	bd, err := bu.bot.board(bu.ctx, bu.kept, guild)
	bu.must(err)
	return bd
}

// Who asks for work rather than of it is led to the jobs that are held, and
// moderators are not asked; where none are, the question waits for them.
func TestWhoLooksForWork(t *testing.T) {
	st := setBureau(t)
	src := st.source(st.guild.ID)
	const question = "show me current backend openings"
	m := st.ask(st.asha, question)
	wants(t, m.Text(), "I have nothing on job vacancies")
	if slices.Contains(labels(m), "Jobs") {
		t.Error("it leads to jobs that there are none of")
	}
	st.posts(src, "Back-end developer")
	m = st.ask(st.asha, question)
	wants(t, m.Text(), "I read job boards")
	wants(t, st.click(st.asha, m, "Jobs").Text(), "**1 job** for **Back-end developer**")
	waiting, _, err := st.kept.Queue(st.ctx, st.guild.ID, 0, 10)
	st.must(err)
	if len(waiting) != 1 || waiting[0].Asked != 1 {
		t.Errorf("there wait %+v", waiting)
	}
}

func TestJobs(t *testing.T) {
	st := setBureau(t)
	src := st.source(st.guild.ID)
	wants(t, st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "go"}).Text(), "No jobs are held here yet")
	card := st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "back-end-developer"})
	if slices.Contains(labels(card), "Jobs") {
		t.Error("the card leads to jobs that there are none of")
	}
	var titles []string
	for i := range 7 {
		titles = append(titles, fmt.Sprintf("Back-end developer %d", i))
	}
	st.posts(src, append(titles, "Cook")...)
	m := st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "Back-end developer", "where": "India"})
	wants(t, m.Text(), "**7 jobs** for **Back-end developer in India**, 1 to 5", "It has “")
	if !m.Ephemeral || strings.Contains(m.Text(), "Cook") {
		t.Errorf("found\n%s", m.Text())
	}
	m = st.click(st.asha, m, "Further")
	wants(t, m.Text(), "6 to 7")
	m = st.click(st.asha, m, "Before")
	proposed := st.click(st.asha, m, "Tell me of new ones")
	wants(t, proposed.Text(), "not saved yet", "**Career** Back-end developer", "India", "**7 jobs**", "UTC")
	wants(t, st.click(st.asha, proposed, "Save").Text(), "Saved")
	wants(t, st.click(st.asha, m, "Further").Text(), "6 to 7")

	card = st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "back-end-developer"})
	wants(t, st.click(st.ravi, card, "Jobs").Text(), "**7 jobs**")

	t.Log("what cannot be read")
	wants(t, st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "go AND ("}).Text(), "at character", "They were: go AND (")
	wants(t, st.slash(st.asha, st.general, "jobs", discordsim.Opts{"what": "job"}).Text(), "nearly every posting")
}

func TestManageAlerts(t *testing.T) {
	st := setBureau(t)
	wants(t, st.slash(st.asha, st.general, "alerts list", nil).Text(), "You have no job alerts")
	src := st.source(st.guild.ID)
	st.posts(src, "Go developer", "Cook", "Go tester")
	st.pass(time.Minute)
	st.subscribes(st.asha, st.general, goInPune)
	id := packID(st.only(st.asha).ID)
	one := discordsim.Opts{"alert": id}

	t.Log("what was wrong is told, and nothing is changed")
	for _, c := range []struct {
		opts discordsim.Opts
		want string
	}{
		{discordsim.Opts{"words": "go AND"}, "at character 7"},
		{discordsim.Opts{"words": "go", "zone": "Kolkatta"}, ""},
		{discordsim.Opts{"words": "go", "zone": "Nowhere/Land"}, "There is no time zone"},
		{discordsim.Opts{"words": "go", "zone": "+5:30"}, "choose one from the list"},
		{discordsim.Opts{"words": "go", "zone": "bombay"}, "(Asia/Kolkata, UTC+05:30)"},
		{discordsim.Opts{"words": "NOT go"}, "only what you do not want"},
		{discordsim.Opts{}, "A career or words"},
		{discordsim.Opts{"words": "go", "pay": "much"}, "800000 INR a year"},
		{discordsim.Opts{"words": "go", "career": "zookeeper"}, "nothing on “zookeeper”"},
		{discordsim.Opts{"words": "go", "unknown_pay": true}, "least pay"},
		{discordsim.Opts{"words": "go", "place": "Blefuscu"}, "is not in the list of places"},
	} {
		wants(t, st.slash(st.asha, st.general, "subscribe", c.opts).Text(), c.want)
	}

	t.Log("they are completed by name")
	if got := st.offered(st.asha, "alerts pause", discordsim.Opts{"alert": ""}, "alert"); !slices.Equal(got, []string{"1. go AND developer in Pune=" + id}) {
		t.Errorf("offers %q", got)
	}
	if got := st.offered(st.asha, "subscribe", discordsim.Opts{"zone": "mumb"}, "zone"); len(got) != 1 || !strings.HasSuffix(got[0], "=Asia/Kolkata") {
		t.Errorf("offers %q", got)
	}

	t.Log("they are changed by a command, by a button and by a dialog")
	m := st.slash(st.asha, st.general, "alerts edit", discordsim.Opts{"alert": id, "words": "go tester", "often": "weekly", "day": "Friday", "pay": "₹8,00,000", "unknown_pay": true})
	wants(t, m.Text(), "Changed.", "**Words** go AND tester\n", "Every Friday around 08:00", "at least INR 800,000 a year, or unknown", "**1 job**")
	wants(t, st.click(st.asha, m, "Without “tester”: 2 jobs").Text(), "Changed.", "**Words** go\n")
	wants(t, st.slash(st.asha, st.general, "alerts preview", one).Text(), "**2 jobs**")
	list := st.slash(st.asha, st.general, "alerts list", nil)
	wants(t, list.Text(), "Your job alerts (1 of 5)", "go in Pune", "Next <t:")
	it, err := st.asha.Click(list.ID, "Edit 1")
	st.must(err)
	opened, err := it.Modal(st.ctx)
	st.must(err)
	sent, err := st.asha.Fill(opened, discordsim.Fields{"words": {"go OR cook"}, "place": {""}, "often": {"daily"}, "hour": {"21"}, "zone": {"Europe/London"}})
	st.must(err)
	edited, err := sent.Reply(st.ctx)
	st.must(err)
	wants(t, edited.Text(), "go OR cook", "anywhere", "Every day around 21:00 (Europe/London", "**3 jobs**")

	t.Log("paused for some days, and resumed")
	wants(t, st.slash(st.asha, st.general, "alerts pause", discordsim.Opts{"alert": id, "days": 3}).Text(), "Paused until <t:")
	wants(t, st.slash(st.asha, st.general, "alerts resume", discordsim.Opts{"alert": "cook"}).Text(), "Resumed", "Next <t:")

	t.Log("why it tells, and why it does not")
	why := st.slash(st.asha, st.general, "alerts why", one)
	wants(t, why.Text(), "3 jobs: It was held on", "no new job was for it", "Acme", "last worked <t:")
	jobs := st.offered(st.asha, "alerts why", discordsim.Opts{"alert": id, "job": "cook"}, "job")
	if len(jobs) != 1 {
		t.Fatalf("offers %q", jobs)
	}
	_, job, _ := strings.Cut(jobs[0], "=")
	wants(t, st.slash(st.asha, st.general, "alerts why", discordsim.Opts{"alert": id, "job": job}).Text(), "Cook", "Not for this alert", "before the alert was made")

	t.Log("deleted, and brought back")
	gone := st.slash(st.asha, st.general, "alerts delete", one)
	wants(t, gone.Text(), "Deleted", "go OR cook")
	wants(t, st.slash(st.asha, st.general, "alerts pause", one).Text(), "no such alert")
	wants(t, st.click(st.asha, gone, "Bring it back").Text(), "Saved")
	if sub := st.only(st.asha); sub.Query.Words.String() != "go OR cook" || sub.Schedule.Hour != 21 {
		t.Errorf("it is %+v", sub)
	}
}

func TestNoMoreAlertsThanAllowed(t *testing.T) {
	st := setBureau(t, func(s *setting) {
		open := s.cfg
		s.cfg = func(c *Config) { open(c); c.Alerts = 2 }
	})
	for range 2 {
		st.subscribes(st.asha, st.general, goInPune)
	}
	m := st.slash(st.asha, st.general, "subscribe", goInPune)
	wants(t, st.click(st.asha, m, "Save").Text(), "2 alerts already", "press Save again")
	list := st.slash(st.asha, st.general, "alerts list", nil)
	st.click(st.asha, list, "Delete 1")
	wants(t, st.click(st.asha, m, "Save").Text(), "Saved")
	wants(t, st.click(st.ravi, st.slash(st.ravi, st.general, "subscribe", goInPune), "Save").Text(), "Saved")
}

// An alert is picked from the list, or typed as a number or as a name that only
// one has.
func TestPickAlert(t *testing.T) {
	var list []store.Subscription
	for i, words := range []string{"developer", "go developer", "cook"} {
		sub := store.Subscription{Subscription: goAlert}
		sub.ID += int64(i)
		sub.Query = alerts.Query{Places: []string{"Pune"}}
		if i == 0 {
			sub.Query.Places = nil
		}
		sub.Query.Words, _ = alerts.ParseWords(words)
		list = append(list, sub)
	}
	list[2].State = alerts.Paused
	for text, want := range map[string]int{
		packID(list[1].ID): 2, "1": 1, "2.": 2, "developer": 1, "Developer": 1, "go AND developer in Pune": 2, "GO": 2, "cook": 3,
		"3. (paused) cook in Pune": 3, "paused": 3,
		"pune": 0, "0": 0, "4": 0, "nothing": 0, "": 0, packID(goAlert.ID - 1): 0,
	} {
		got, err := pickAlert(list, goTitle, alertTime, text)
		if want == 0 {
			if err == nil || !strings.Contains(err.Error(), "Pick one of your alerts from the list") {
				t.Errorf("%q is %q, %v", text, nameOf(got.Subscription, goTitle), err)
			}
		} else if err != nil || got.ID != list[want-1].ID {
			t.Errorf("%q is %q, %v; want alert %d", text, nameOf(got.Subscription, goTitle), err, want)
		}
	}
	if _, err := pickAlert(nil, goTitle, alertTime, "developer"); err == nil || err.Error() != alertGone {
		t.Errorf("with no alerts: %v", err)
	}
}

// Nobody reaches what another person looks for, whatever their client sends.
func TestForgeriesReachNoOtherAlert(t *testing.T) {
	st := setBureau(t)
	st.posts(st.source(st.guild.ID), "Go developer")
	proposed := st.slash(st.asha, st.general, "subscribe", discordsim.Opts{"words": "go AND secret"})
	st.subscribes(st.asha, st.general, discordsim.Opts{"words": "go OR secret"})
	before := st.only(st.asha)
	ids := []string{packID(before.ID), strings.Split(proposed.Buttons()[0].CustomID, ":")[1]}
	on := st.ask(st.ravi, "help")
	n := 0
	for _, row := range st.bot.rows {
		for _, id := range ids {
			f := discordsim.Forgery{On: &on, CustomID: row.name + ":" + id + ":0"}
			switch {
			case !strings.HasPrefix(row.name, "alert") && !strings.HasPrefix(row.name, "sub.") && !strings.HasPrefix(row.name, "jobs."):
				continue
			case row.door == slash || row.door == complete:
				f = discordsim.Forgery{Command: row.name, Opts: map[string]any{"alert": id, "words": "x", "job": "x"}, Focused: map[bool]string{true: "job"}[row.door == complete]}
			case row.door == dialog:
				f.Fields = map[string]string{"words": "x", "place": "", "often": "daily", "hour": "9", "zone": "UTC"}
			}
			n++
			if got := st.forge(st.ravi, st.general, row.door, f); strings.Contains(got, "secret") {
				t.Errorf("%s %q: %s", row.door, row.name, got)
			}
		}
	}
	if n < 40 {
		t.Errorf("only %d forgeries", n)
	}
	after := st.only(st.asha)
	if fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("it was %+v and is %+v", before, after)
	}
	wants(t, st.click(st.asha, proposed, "Save").Text(), "Saved")
}

// due has so many alerts, that were made before, find a job and fall due.
func (bu *bureau) due(job string, alerts int) {
	bu.t.Helper()
	bu.posts(bu.source(""), job)
	_, err := bu.kept.Match(bu.ctx, bu.bot.terms)
	bu.must(err)
	bu.pass(25 * time.Hour)
	_, n, err := bu.kept.FreezeDue(bu.ctx)
	bu.must(err)
	if n != alerts {
		bu.t.Fatalf("%d messages are due", n)
	}
}

// try tries to send what is open, and gives what became of it.
func (bu *bureau) try() store.Outcome {
	bu.t.Helper()
	var last store.Outcome
	_, err := bu.kept.DeliverAll(bu.ctx, func(ctx context.Context, d store.Delivery) store.Outcome {
		last = bu.bot.Deliver(ctx, d)
		return last
	})
	bu.must(err)
	return last
}

// told counts the messages of jobs that a person has.
func (bu *bureau) told(u *discordsim.User) int {
	n := 0
	for _, m := range u.Read(u.DM()) {
		if strings.Contains(m.Text(), "for your alert") {
			n++
		}
	}
	return n
}

// What Discord says to a message decides on what the store is told became of it,
// and whether it is known that nothing was sent.
func TestFaultsOfDeliveries(t *testing.T) {
	t.Parallel()
	const send, isMember = "POST /channels/*/messages", "GET /guilds/*/members/*"
	for _, c := range []struct {
		name  string
		at    string // the request
		fault discordsim.Fault
		want  store.Result
		told  int // messages of jobs that are there afterwards
		again int // and after another try
	}{
		{"all is well", send, discordsim.Fault{Times: 1, Delay: time.Millisecond}, store.Sent, 1, 1},
		{"the token is refused", send, discordsim.Fault{Times: 1, Status: 401}, store.Unauthorized, 0, 1},
		{"Discord does not take it", send, discordsim.Fault{Times: 1, Status: 400, Body: `{"message": "Invalid Form Body", "code": 50035}`}, store.Refused, 0, 0},
		{"Discord fails", send, discordsim.Fault{Times: 1, Status: 502}, store.Unknown, 0, 1},
		{"the answer is lost", send, discordsim.Fault{Times: 1, After: true, Drop: true}, store.Unknown, 1, 1},
		{"the conversation is gone", send, discordsim.Fault{Times: 1, Status: 404, Body: `{"message": "Unknown Channel", "code": 10003}`}, store.Sent, 1, 1},
		{"Discord wants a pause", send, discordsim.Fault{Times: 1, Status: 429, Header: map[string]string{"X-RateLimit-Bucket": "b", "Retry-After": "120"}, Body: `{"message": "You are being rate limited.", "retry_after": 120, "global": false}`}, store.Later, 0, 0},
		{"Discord does not take it now", send, discordsim.Fault{Times: 1, Status: 403, Body: `{"message": "You are opening direct messages too fast.", "code": 40003}`}, store.Unknown, 0, 1},
		{"it is not known whether they are a member", isMember, discordsim.Fault{Times: attempts, Status: 500}, store.Unknown, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := setBureau(t)
			st.subscribes(st.asha, st.general, goInPune)
			st.due("Go developer", 1)
			st.sim.Fail(c.at, c.fault)
			o := st.try()
			if o.Result != c.want || o.Unsent && c.told > 0 {
				t.Errorf("%+v", o)
			}
			if surely := c.at == isMember || c.fault.Status/100 == 4; o.Result == store.Unknown && o.Unsent != surely {
				t.Errorf("that nothing was sent is known: %v, want %v", o.Unsent, surely)
			}
			if n := st.told(st.asha); n != c.told {
				t.Errorf("%d messages", n)
			}
			st.try()
			if n := st.told(st.asha); n != c.again {
				t.Errorf("%d messages after another try", n)
			}
		})
	}
}

// What may have been sent so long ago that Discord has forgotten its nonce is
// looked for before it is sent again.
func TestFaultAnswerToDeliveryLost(t *testing.T) {
	t.Parallel()
	for name, arrived := range map[string]bool{"it had arrived": true, "it had not": false} {
		t.Run(name, func(t *testing.T) {
			st := setBureau(t)
			st.subscribes(st.asha, st.general, goInPune)
			st.due("Go developer", 1)
			st.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, After: arrived, Drop: true})
			if o := st.try(); o.Result != store.Unknown {
				t.Errorf("%+v", o)
			}
			st.pass(time.Hour)
			if o := st.try(); o.Result != store.Sent || o.Message == "" {
				t.Errorf("%+v", o)
			}
			if n := st.told(st.asha); n != 1 {
				t.Errorf("%d messages", n)
			}
		})
	}
}

// Whoever stops an alert below a message of which the bot does not know that it
// arrived is not sent the same jobs again when they resume it; if it was never
// sent, they come then. What was looked for and is not there comes once the
// conversation is open again.
func TestFaultStoppedWhileAnswerToDeliveryIsLost(t *testing.T) {
	t.Parallel()
	const send = "POST /channels/*/messages"
	resumes := func(st *bureau, told int) {
		t.Helper()
		st.slash(st.asha, st.general, "alerts resume", discordsim.Opts{"alert": packID(st.only(st.asha).ID)})
		st.pass(25 * time.Hour)
		_, _, err := st.kept.FreezeDue(st.ctx)
		st.must(err)
		st.try()
		if n := st.told(st.asha); n != told {
			t.Errorf("%d messages", n)
		}
	}
	t.Run("it had arrived", func(t *testing.T) {
		st := setBureau(t)
		st.subscribes(st.asha, st.general, goInPune)
		st.due("Go developer", 1)
		st.sim.Fail(send, discordsim.Fault{Times: 1, After: true, Drop: true})
		st.try()
		list := st.asha.Read(st.asha.DM())
		st.click(st.asha, list[len(list)-1], "Stop")
		st.pass(time.Hour)
		st.try()
		resumes(st, 1)
	})
	t.Run("it had never been sent", func(t *testing.T) {
		st := setBureau(t)
		st.subscribes(st.asha, st.general, goInPune)
		st.due("Go developer", 1)
		st.sim.Fail("GET /guilds/*/members/*", discordsim.Fault{Times: attempts, Status: 500})
		if o := st.try(); o.Result != store.Unknown {
			t.Errorf("%+v", o)
		}
		st.slash(st.asha, st.general, "alerts pause", discordsim.Opts{"alert": packID(st.only(st.asha).ID)})
		st.pass(time.Hour)
		st.try()
		resumes(st, 1)
	})
	t.Run("it had not, and then they take no messages", func(t *testing.T) {
		st := setBureau(t)
		st.subscribes(st.asha, st.general, goInPune)
		st.due("Go developer", 1)
		st.sim.Fail(send, discordsim.Fault{Times: 1, Drop: true})
		st.try()
		st.pass(time.Hour)
		st.asha.CloseDMs()
		if o := st.try(); o.Result != store.Closed {
			t.Errorf("%+v", o)
		}
		st.asha.OpenDMs()
		resumes(st, 1)
	})
}

// When Discord wants nothing of the bot for an hour, no message is tried, none is
// lost and none counts as tried; later all are sent.
func TestFaultGlobalLimitWhileDelivering(t *testing.T) {
	const send = "POST /channels/*/messages"
	st := setBureau(t)
	people := []*discordsim.User{st.asha, st.ravi, st.guild.Member("meera")}
	for _, u := range people {
		st.subscribes(u, st.general, goInPune)
	}
	st.due("Go developer", len(people))
	before := len(st.sim.Calls(send))
	st.sim.Fail(send, discordsim.Fault{
		Times: 1, Status: 429, Header: map[string]string{"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global", "Retry-After": "3600"},
		Body: `{"message": "You are being rate limited.", "retry_after": 3600, "global": true}`,
	})
	hold := func(want store.Result) {
		t.Helper()
		_, err := st.kept.DeliverAll(st.ctx, func(ctx context.Context, d store.Delivery) store.Outcome {
			o := st.bot.Deliver(ctx, d)
			if o.Result != want || d.Try != 1 || d.Check {
				t.Errorf("try %d: %+v", d.Try, o)
			}
			if o.Result == store.Hold && o.After < 59*time.Minute {
				t.Errorf("it is tried again after %v", o.After)
			}
			return o
		})
		st.must(err)
	}
	hold(store.Hold)
	hold(store.Hold)
	if n := len(st.sim.Calls(send)) - before; n != 1 {
		t.Errorf("%d messages were tried", n)
	}
	t.Log("a bot that is started later knows nothing of it")
	st.end()
	st.restarts()
	hold(store.Sent)
	for _, u := range people {
		if n := st.told(u); n != 1 {
			t.Errorf("%s has %d messages", u.Name, n)
		}
	}
}

// A token that is withdrawn ends the work at the first message that is refused
// for it, and says what to do; with a valid one all are sent.
func TestFaultTokenWithdrawnWhileDelivering(t *testing.T) {
	const send = "POST /channels/*/messages"
	var bu atomic.Pointer[bureau]
	var first atomic.Int64 // the one delivery that is tried; the others are not ready yet
	var again atomic.Bool
	due := make(chan struct{})
	st := setBureau(t, func(s *setting) {
		open := s.cfg
		s.cfg = func(c *Config) {
			open(c)
			c.Work = func(ctx context.Context, s *store.Store) error {
				<-due
				bot := bu.Load().bot
				return s.Start(ctx, store.Work{
					Careers: bot.terms,
					Deliver: func(ctx context.Context, d store.Delivery) store.Outcome {
						if !first.CompareAndSwap(0, d.ID) && first.Load() != d.ID && !again.Load() {
							return store.Outcome{Result: store.Later}
						}
						return bot.Deliver(ctx, d)
					},
					Fetch: func(_ context.Context, src store.Source) store.FetchResult {
						return store.FetchResult{Fetched: src.Fetched, Unchanged: true}
					},
				})
			}
		}
	})
	bu.Store(st)
	people := []*discordsim.User{st.asha, st.ravi, st.guild.Member("meera")}
	for _, u := range people {
		st.subscribes(u, u.DM(), goInPune) // which makes one request of each delivery
	}
	st.due("Go developer", len(people))
	before := len(st.sim.Calls(send))
	st.sim.Fail(send, discordsim.Fault{Times: 1, Status: 401, Body: `{"message": "401: Unauthorized", "code": 0}`})
	close(due)
	st.logged("job alerts have ended")
	wants(t, st.log.String(), "the token is not accepted by Discord: nothing is sent until the program is started with a valid one")
	if n := len(st.sim.Calls(send)) - before; n != 1 {
		t.Errorf("%d messages were tried", n)
	}
	st.end()
	again.Store(true)
	st.restarts()
	for _, u := range people {
		_, err := u.Await(st.ctx, u.DM(), func(m discordsim.Message) bool { return strings.Contains(m.Text(), "for your alert") })
		st.must(err)
	}
	st.end()
	for _, u := range people {
		if n := st.told(u); n != 1 {
			t.Errorf("%s has %d messages", u.Name, n)
		}
	}
}

// Thousands are due at one hour, and people write in crowds meanwhile, by command
// and by direct message: all are answered in the time that Discord gives, while
// deliveries go on, and Discord never asks the bot to slow down.
func TestRepliesWhileThousandsAreDue(t *testing.T) {
	if os.Getenv("LONG") == "" {
		t.Skip("takes a quarter of a minute: set LONG=1")
	}
	const due, crowd, crowds = 2000, 20, 4
	st := setBureau(t, func(s *setting) { s.patience = 5 * time.Minute })
	words, err := alerts.ParseWords("go")
	st.must(err)
	for i := range due {
		u := st.sim.User(fmt.Sprint("subscriber ", i))
		st.must(u.Install())
		_, err := st.kept.AddSubscription(st.ctx, store.Subscription{Channel: u.DM().ID, Subscription: alerts.Subscription{
			Person: u.ID, Query: alerts.Query{Words: words}, Schedule: alerts.Schedule{Every: alerts.Daily, Hour: 9, Zone: "Asia/Kolkata"},
		}}, 1)
		st.must(err)
	}
	st.posts(st.source(""), "Go developer")
	_, err = st.kept.Match(st.ctx, st.bot.terms)
	st.must(err)
	st.pass(25 * time.Hour)

	ctx, stop := context.WithCancel(st.ctx)
	defer stop()
	var sent atomic.Int64
	ended := make(chan error, 1)
	go func() {
		ended <- st.kept.Start(ctx, store.Work{
			Careers: st.bot.terms,
			Fetch: func(_ context.Context, src store.Source) store.FetchResult {
				return store.FetchResult{Fetched: src.Fetched, Unchanged: true}
			},
			Deliver: func(ctx context.Context, d store.Delivery) store.Outcome {
				o := st.bot.Deliver(ctx, d)
				if o.Result == store.Sent {
					sent.Add(1)
				}
				return o
			},
		})
	}()
	for c := range crowds {
		before := sent.Load() // and the next comes when some have been sent since
		st.must(st.sim.Wait(st.ctx, func() bool { return sent.Load() >= before+50 }))
		var asking sync.WaitGroup
		for i := range crowd {
			u := st.guild.Member(fmt.Sprint("person ", c, " ", i))
			asking.Go(func() {
				it, err := u.Slash(st.general, "ask", discordsim.Opts{"question": "what does a back-end developer earn on average?"})
				if err == nil {
					_, err = it.Reply(st.ctx)
				}
				if err != nil {
					t.Error(err)
				}
			})
			asking.Go(func() {
				m, err := u.Say(u.DM(), "what does a back-end developer earn on average?")
				if err == nil {
					_, err = u.Await(st.ctx, u.DM(), discordsim.InReplyTo(m))
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		asking.Wait()
	}
	left := due - sent.Load()
	stop()
	st.must(<-ended)
	t.Logf("%d asked in two ways; %d messages were still to be sent when all were answered", crowd*crowds, left)
	if left < due/2 {
		t.Errorf("only %d were still to be sent when all were answered", left)
	}
	for _, call := range st.sim.Calls("*") {
		if call.Status == http.StatusTooManyRequests {
			t.Errorf("%s %s was too fast", call.Method, call.Path)
		}
	}
}

// A server that cannot be reached at all has been told nothing; of one that hangs up
// nobody knows.
func TestNeverArrived(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	for _, want := range []bool{false, true} {
		resp, err := http.Post(server.URL, "text/plain", nil) //nolint:noctx // it is on loopback
		if err == nil {
			resp.Body.Close()
			t.Fatal(resp.Status)
		}
		if neverArrived(err) != want {
			t.Errorf("%v: %v, want %v", err, !want, want)
		}
		server.Close()
	}
}
