package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	setup  setting
}

func setBureau(t *testing.T, with ...func(*setting)) *bureau {
	t.Helper()
	bu := &bureau{passed: &atomic.Int64{}}
	begun := time.Now()
	now := func() time.Time { return begun.Add(time.Duration(bu.passed.Load())) }
	dir := t.TempDir()
	bu.setup = setting{
		sim: func(o *discordsim.Options) {
			o.Now = func() time.Time { return time.Now().Add(time.Duration(bu.passed.Load())) }
		},
		cfg: func(c *Config) {
			c.Open = func(ctx context.Context) (*store.Store, error) {
				return store.Open(ctx, store.Options{Dir: dir, Now: now})
			}
		},
	}
	for _, f := range with {
		f(&bu.setup)
	}
	bu.library = stock(t, bu.setup)
	bu.bot.now = now
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
	_, err := bu.kept.Match(bu.ctx, bu.bot.CareerNames)
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
			Careers: bu.bot.CareerNames,
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

func TestAlertOfClosedConversation(t *testing.T) {
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
	if sub := st.only(st.asha); sub.State != alerts.Active || sub.Channel == "" {
		t.Errorf("it is %s in %q", sub.State, sub.Channel)
	}

	t.Log("closed later, it is paused, and told at the next occasion, once")
	src := st.source(st.guild.ID)
	st.posts(src, "Go developer")
	st.asha.CloseDMs()
	st.delivers()
	if sub := st.only(st.asha); sub.State != alerts.Paused {
		t.Errorf("it is %s", sub.State)
	}
	tells := func(m discordsim.Message) bool { return strings.Contains(m.Text(), "paused job alerts") }
	st.slash(st.asha, st.general, "help", nil)
	further, err := st.asha.Await(st.ctx, st.general, tells)
	st.must(err)
	wants(t, further.Text(), "Privacy Settings")
	if !further.Ephemeral {
		t.Error("everybody sees it")
	}
	if untold, err := st.kept.ClaimUntold(st.ctx, st.asha.ID); err != nil || len(untold) != 0 {
		t.Errorf("to be told still: %v, %v", untold, err)
	}
	st.asha.OpenDMs()
	wants(t, st.click(st.asha, further, "Resume 1").Text(), "Saved")
	st.delivers()
	wants(t, st.asha.Read(st.asha.DM())[len(st.asha.Read(st.asha.DM()))-1].Text(), "1 new job", "Go developer")
}

func TestAlertOfWhoHasLeft(t *testing.T) {
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
