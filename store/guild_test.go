package store

import (
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// Changes of settings that happen at once are all made.
func TestSettings(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s, other := t.Context(), open(t, o), open(t, o)
		equal(t, "at first", must(s.Settings(ctx, "g"))(t), Settings{})
		var wg sync.WaitGroup
		for i, channel := range []string{"a", "b", "c", "d"} {
			wg.Go(func() {
				_, err := []*Store{s, other}[i%2].ChangeSettings(ctx, "g", "ann", func(s *Settings) { s.MentionChannels = append(s.MentionChannels, channel) })
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		equal(t, "channels", len(must(s.Settings(ctx, "g"))(t).MentionChannels), 4)
		want := Settings{ModeratorRole: "r", PrivateChannels: []string{"p"}, NoticesChannel: "n"}
		equal(t, "given back", must(s.ChangeSettings(ctx, "g", "ann", func(s *Settings) { *s = want }))(t), want)
		equal(t, "read", must(other.Settings(ctx, "g"))(t), want)
		equal(t, "audit", must(s.Audit(ctx, "g", 0, 1))(t)[0].Action, "settings")
	})
}

// A server is greeted once, even if several processes want to, and even if the
// bot comes back.
func TestGreeting(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s, other := t.Context(), open(t, o), open(t, o)
		join := func() {
			t.Helper()
			if err := s.JoinGuild(ctx, "g"); err != nil {
				t.Fatal(err)
			}
		}
		join()
		var greeters atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				claimed, err := []*Store{s, other}[i%2].ClaimGreeting(ctx, "g")
				if err != nil {
					t.Error(err)
				}
				if claimed {
					greeters.Add(1)
				}
			})
		}
		wg.Wait()
		equal(t, "greeters", greeters.Load(), int64(1))
		if err := s.LeaveGuild(ctx, "g"); err != nil {
			t.Fatal(err)
		}
		join()
		equal(t, "greeted when it came back", must(s.ClaimGreeting(ctx, "g"))(t), false)
		equal(t, "left", must(s.Guilds(ctx))(t)[0].Left, time.Time{})
	})
}

// rowsOf counts all rows of a database.
func rowsOf(t testing.TB, s *Store) map[string]int64 {
	t.Helper()
	rows := map[string]int64{}
	for _, table := range must(s.Status(t.Context()))(t).Tables {
		rows[table.Name] = table.Rows
	}
	return rows
}

// fill puts something of a person into every table, in a guild.
func fill(t testing.TB, s *Store, guild, person string) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.JoinGuild(ctx, guild))
	q := must(s.Ask(ctx, Asking{Guild: guild, Channel: "general", Text: "pay?", Key: "pay", Reason: Abstained}))(t)
	check(s.Wait(ctx, guild, q.ID, Waiting{Person: person, Channel: "general"}))
	check(s.Vote(ctx, Vote{Guild: guild, Answer: "m", Person: person, Helpful: true, Question: "hours?", Entry: faq("hours", "").EntryKey}))
	check(s.Count(ctx, []Tally{{Guild: guild, Week: Week(s.now()), Topic: "pay", Answered: 2}}))
	must(s.SaveCheck(ctx, Check{Guild: guild, Text: "oven?", Author: person, Want: faq("oven", "").EntryKey}))(t)
	for range 2 { // one is published, one stays
		d := must(s.SaveDraft(ctx, Draft{Guild: guild, Author: person, Changes: []Change{{Entry: faq("dough", "Knead it."), Action: Add, Base: 0}}}))(t)
		if d.ID != 0 && len(must(s.Entries(ctx, guild))(t)) == 0 {
			must(s.Publish(ctx, guild, d.ID, person))(t)
		}
	}
	src := must(s.AddSource(ctx, Source{Guild: guild, Kind: "feed", URL: "https://feed.example", AddedBy: person}))(t)
	subscribe(t, s, looking(person, guild))
	fetched(t, s, src, FetchResult{Jobs: []alerts.Job{posting(guild)}})
	match(t, s)
	if _, err := s.write.ExecContext(ctx, `UPDATE subscription SET next_due = 1 WHERE guild_id = $1`, guild); err != nil {
		t.Fatal(err)
	}
	if _, n, err := s.FreezeDue(ctx); err != nil || n != 1 {
		t.Fatal(n, err)
	}
}

// A person gets to see all that is kept of them, and after they have it deleted
// there is no trace of them, and nothing less of others.
func TestPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		fill(t, s, "g1", "person-a")
		fill(t, s, "g2", "person-a")
		fill(t, s, "g3", "person-b")
		p := must(s.Person(ctx, "person-a"))(t)
		equal(t, "numbers", []int{len(p.Votes), len(p.Waiting), len(p.Drafts), len(p.Revisions), len(p.Checks), len(p.Deeds), len(p.Subscriptions), len(p.Sources)}, []int{2, 2, 2, 2, 2, 6, 2, 2})
		equal(t, "of a subscription", []int{len(p.Subscriptions[0].Found), len(p.Subscriptions[0].Messages)}, []int{1, 1})
		text := string(must(json.Marshal(p))(t))
		for _, part := range []string{"person-a", "hours?", "pay?", "oven?", "Knead it.", "baker/faq/dough", "general", "add check", "dm-person-a", "Asia/Kolkata", "https://feed.example"} {
			if !strings.Contains(text, part) {
				t.Errorf("there is no %q in %s", part, text)
			}
		}
		if strings.Contains(text, "person-b") {
			t.Errorf("somebody else is in %s", text)
		}

		before := rowsOf(t, s)
		equal(t, "rows", must(s.DeletePerson(ctx, "person-a"))(t), int64(20))
		after := rowsOf(t, s)
		for _, table := range []string{"vote", "waiting", "draft", "subscription", "subscription_hit", "subscription_delivery"} {
			before[table] -= 2
		}
		equal(t, "rows that stay", after, before)
		p = must(s.Person(ctx, "person-a"))(t)
		equal(t, "nothing is left", p, Person{"person-a", []PersonVote{}, []PersonWaiting{}, []PersonDraft{}, []PersonRevision{}, []PersonCheck{}, []Deed{}, []PersonSubscription{}, []PersonProposal{}, []PersonSource{}})
		equal(t, "author", must(s.Revision(ctx, "g1", faq("dough", "").EntryKey))(t).Author, Deleted)
		equal(t, "of somebody else", must(s.Revision(ctx, "g3", faq("dough", "").EntryKey))(t).Author, "person-b")
	})
}

// What has been kept for long enough is deleted, and nothing else.
func TestPurge(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		const day = 24 * time.Hour
		ctx, s := t.Context(), open(t, o)
		fill(t, s, "stays", "p")
		one := rowsOf(t, s)
		fill(t, s, "leaves", "p")
		fill(t, s, "returns", "p")
		for _, guild := range []string{"leaves", "returns"} {
			if err := s.LeaveGuild(ctx, guild); err != nil {
				t.Fatal(err)
			}
		}
		keep := Keep{Guilds: 30 * day}
		c.add(30*day - time.Second)
		equal(t, "too early", must(s.Purge(ctx, keep))(t), Purged{})
		if err := s.JoinGuild(ctx, "returns"); err != nil {
			t.Fatal(err)
		}
		c.add(time.Second)
		equal(t, "guilds", must(s.Purge(ctx, keep))(t), Purged{Guilds: 1})
		equal(t, "entries of the one that returned", len(must(s.Entries(ctx, "returns"))(t)), 1)
		rows := rowsOf(t, s)
		for table, n := range one {
			if table != "change_counter" && table != "work_done" && rows[table] != 2*n {
				t.Errorf("%s has %d rows for two guilds, and %d for one", table, rows[table], n)
			}
		}

		questions, _, err := s.Queue(ctx, "stays", 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		draft := save(t, s, "stays", questions[0].ID, Change{Entry: faq("pay", "Enough."), Action: Add, Base: 0})
		for _, w := range must(s.Publish(ctx, "stays", draft, "p"))(t).Tell {
			if err := s.Told(ctx, w.ID); err != nil {
				t.Fatal(err)
			}
		}
		c.add(day)
		equal(t, "told", must(s.Purge(ctx, Keep{Told: day}))(t), Purged{Told: 1})
		c.add(60 * day)
		equal(t, "questions and drafts", must(s.Purge(ctx, Keep{Questions: 90 * day, Drafts: 90 * day}))(t), Purged{Questions: 2, Tallies: 2, Drafts: 2})
		equal(t, "waiting for a question that is gone", rowsOf(t, s)["waiting"], int64(0))
		equal(t, "jobs and hits", must(s.Purge(ctx, Keep{Jobs: 60 * day, Past: 60 * day, Hits: 60 * day}))(t), Purged{Jobs: 2, Past: 2, Hits: 2})
		equal(t, "what sources call jobs that are gone", rowsOf(t, s)["job_copy"], int64(0))
		equal(t, "messages that were not sent yet", rowsOf(t, s)["subscription_delivery"], int64(2))
	})
}

// Of all processes one tells moderators of the queue, once in a while, and of
// what has stopped working, once until it works again.
func TestNoticesAreClaimed(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s, other := t.Context(), open(t, o), open(t, o)
		if err := s.JoinGuild(ctx, "g"); err != nil {
			t.Fatal(err)
		}
		claims := func(name string, s *Store, guild string, want bool) time.Time {
			t.Helper()
			claim, ok, err := s.ClaimNotice(ctx, guild, c.Now())
			equal(t, name, err, nil)
			equal(t, name, ok, want)
			return claim
		}
		claims("a server that was never joined", s, "h", false)
		first := claims("first", s, "g", true)
		claims("again", other, "g", false)
		equal(t, "given back", s.ReturnNotice(ctx, "g", first), nil)
		c.add(time.Millisecond)
		claims("after it was given back", other, "g", true)
		claims("once", s, "g", false)
		equal(t, "given back by who no longer has it", s.ReturnNotice(ctx, "g", first), nil)
		_, ok, err := s.ClaimNotice(ctx, "g", first)
		equal(t, "is claimed still", ok, false)
		equal(t, "is claimed still", err, nil)
		c.add(time.Hour)
		claims("since an hour later", other, "g", true)

		equal(t, "breaks", must(s.Break(ctx, "g", "channel 1"))(t), true)
		equal(t, "is known to", must(other.Break(ctx, "g", "channel 1"))(t), false)
		equal(t, "elsewhere", must(s.Break(ctx, "h", "channel 1"))(t), true)
		equal(t, "mended", must(other.Mend(ctx, "g", "channel 1"))(t), true)
		equal(t, "mended again", must(s.Mend(ctx, "g", "channel 1"))(t), false)
		equal(t, "breaks anew", must(s.Break(ctx, "g", "channel 1"))(t), true)
	})
}
