package bot

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

func TestInsightsGolden(t *testing.T) {
	since := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	at := func(weeks int) time.Time { return since.AddDate(0, 0, 7*weeks) }
	for name, in := range map[string]insights{
		"kb-insights-none":        insightsOf(since, nil, nil),
		"kb-insights-missed-only": insightsOf(since, []store.Tally{{Week: at(11), Missed: 1}}, nil),
		"kb-insights": insightsOf(since,
			[]store.Tally{
				{Week: at(0), Topic: "pay", Answered: 3}, {Week: at(10), Topic: "pay", Answered: 20}, {Week: at(10), Topic: "skills", Answered: 4},
				{Week: at(10), Missed: 2}, {Week: at(11), Topic: "education", Answered: 9}, {Week: at(11), Missed: 1},
			},
			[]store.WeekVotes{{Week: at(10), Helpful: 5, NotHelpful: 1}, {Week: at(11), Helpful: 2}}),
	} {
		m, pictures := renderInsights(in)
		golden(t, name, (&Bot{}).illustrate(m, pictures...).payload())
	}
}

// Moderators see how many questions were answered, missed and voted on in their
// server, week by week, and nobody else does.
func TestInsights(t *testing.T) {
	var passed atomic.Int64 // since now
	s := shipped
	inner := s.bot
	s.bot = func(b *Bot) {
		inner(b)
		b.now = func() time.Time { return time.Now().Add(time.Duration(passed.Load())) }
	}
	m := setModerated(t, s)
	ask := func(question string) discordsim.Message { return m.ask(m.asha, question) }
	wants(t, m.slash(m.meera, m.general, "kb insights", nil).Text(), "Nothing was asked here")

	answered := ask("what does a back-end developer earn?")
	m.click(m.asha, answered, "Helpful")
	m.click(m.ravi, answered, "Not helpful")
	m.click(m.asha, answered, "Skills")
	ask("how many holidays do back-end developers get?")
	ask("hello")
	m.say(m.asha, m.asha.DM(), "what does a back-end developer earn?") // which is of no server
	wants(t, m.slash(m.meera, m.general, "kb insights", nil).Text(),
		"In all\n2 answered, 1 missed (33 % of 3)\n1 voted helpful, 1 not helpful", "`/kb queue`", "This week\n2 answered, 1 missed", "Last week\n0 answered, 0 missed", "Pay: 1\nSkills: 1")

	passed.Store(int64(7 * 24 * time.Hour))
	m.say(m.asha, m.general, m.sim.Bot().Mention()+" what do freshers get as a back-end developer?")
	got := m.slash(m.meera, m.general, "kb insights", nil)
	wants(t, got.Text(), "In all\n3 answered, 1 missed", "This week\n1 answered, 0 missed", "Last week\n2 answered, 1 missed", "Pay: 2\nSkills: 1")
	if !got.Ephemeral {
		t.Error("everyone sees it")
	}
	wants(t, m.pictured(got, 0, "weeks.png"), "2 answered, 1 missed, 1 helpful, 1 not helpful; ", ": 1 answered. None in the others.")
	wants(t, m.pictured(got, 1, "topics.png"), "Pay 2, Skills 1.")

	t.Log("a member is refused")
	it, err := m.asha.Forge(m.general, discordsim.Forgery{Command: "kb insights"})
	m.must(err)
	refused, err := it.Reply(m.ctx)
	m.must(err)
	wants(t, refused.Text(), "for the moderators of this server")

	t.Log("another server has its own")
	other := m.sim.Guild("Elsewhere")
	omar := other.Member("omar", other.Role("moderators", discordsim.ManageGuild))
	wants(t, m.slash(omar, other.General(), "kb insights", nil).Text(), "Nothing was asked here")
}

// What was counted when the bot ends is kept, as numbers alone.
func TestCountsAreKept(t *testing.T) {
	st := set(t, shipped).ready()
	st.logged("msg=\"the database is open\"")
	const question = "what does a back-end developer earn?"
	st.ask(st.asha, question)
	st.ask(st.asha, question)
	st.end()
	s, err := store.Open(t.Context(), store.Options{Dir: st.dir})
	st.must(err)
	defer s.Close()
	week := store.Week(time.Now())
	list, err := s.Tallies(t.Context(), st.guild.ID, week.AddDate(0, 0, -7))
	st.must(err)
	var pay int64
	for _, tally := range list {
		if tally.Topic != "pay" || tally.Missed != 0 {
			t.Errorf("%+v", tally)
		}
		pay += tally.Answered
	}
	if pay != 2 {
		t.Errorf("%d are kept", pay)
	}
}

// What cannot be kept is counted in later.
func TestCountsOutlastADatabase(t *testing.T) {
	b := &Bot{}
	broken, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	broken.Close()
	tally := store.Tally{Guild: "g", Week: store.Week(time.Now()), Topic: "pay", Answered: 1}
	b.counts.add(tally)
	if err := b.keepCounts(t.Context(), broken); err == nil {
		t.Fatal("kept in a database that is closed")
	}
	b.counts.add(tally)
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 { // the second has nothing to keep
		if err := b.keepCounts(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	tally.Answered = 2
	if list, err := s.Tallies(t.Context(), "g", tally.Week); err != nil || len(list) != 1 || list[0] != tally {
		t.Errorf("%+v, %v", list, err)
	}
}

// Whatever was counted, Discord takes what is shown.
func FuzzInsights(f *testing.F) {
	f.Add("pay", int64(3), int64(1), int64(2), uint8(3))
	f.Add(strings.Repeat("@everyone", 100), int64(1<<62), int64(1<<62), int64(-5), uint8(200))
	f.Fuzz(func(t *testing.T, topic string, answered, missed, votes int64, weeks uint8) {
		since := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
		var tallies []store.Tally
		var voted []store.WeekVotes
		for i := range int(weeks) {
			at := since.AddDate(0, 0, 7*(i-2))
			tallies = append(tallies, store.Tally{Week: at, Topic: knowledge.Topic(topic), Answered: answered, Missed: missed})
			for _, topic := range append(topicsBut(sectionTopics, nil), "faq") {
				tallies = append(tallies, store.Tally{Week: at, Topic: topic, Answered: answered % 1_000_000})
			}
			voted = append(voted, store.WeekVotes{Week: at, Helpful: votes, NotHelpful: missed})
		}
		checkPictures(renderInsights(insightsOf(since, tallies, voted)))(t)
	})
}
