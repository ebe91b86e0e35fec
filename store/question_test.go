package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/careerbot/careerbot/knowledge"
)

// ask asks a question in a channel of guild g.
func ask(t testing.TB, s *Store, key, channel string) Question {
	t.Helper()
	return must(s.Ask(t.Context(), Asking{Guild: "g", Channel: channel, Text: key + "?", Key: key, Reason: Abstained}))(t)
}

// The queue shows what was asked most first, how often, where and since when.
func TestQueue(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		first := c.Now()
		ask(t, s, "pay", "general")
		ask(t, s, "hours", "general")
		c.add(time.Hour)
		ask(t, s, "pay", "random")
		ask(t, s, "pay", "general")
		must(s.Ask(ctx, Asking{Guild: "g", Text: "and the pay?", Key: "pay", Occupation: "baker", Reason: NotHelpful}))(t)

		queue, all, err := s.Queue(ctx, "g", 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		want := Question{
			ID: queue[0].ID, Guild: "g", Text: "pay?", Reason: NotHelpful, State: QuestionOpen, Asked: 4, First: first, Last: c.Now(),
			Channels: []Channel{{"general", 2}, {"random", 1}},
		}
		equal(t, "most asked", queue, []Question{want})
		equal(t, "all", all, int64(2))
		equal(t, "by its id", must(s.Question(ctx, "g", want.ID))(t), want)
		next, _, err := s.Queue(ctx, "g", 1, 9)
		if err != nil || len(next) != 1 || next[0].Text != "hours?" {
			t.Errorf("the next: %v, %v", next, err)
		}

		if err := s.Dismiss(ctx, "g", []int64{want.ID}, "ann"); err != nil {
			t.Fatal(err)
		}
		ask(t, s, "pay", "general")
		equal(t, "dismissed, and asked again", must(s.Question(ctx, "g", want.ID))(t).State, QuestionDismissed)
		if err := s.Dismiss(ctx, "g", []int64{want.ID}, "ann"); !errors.Is(err, ErrNotFound) {
			t.Errorf("dismissed twice: %v", err)
		}

		hours := next[0].ID
		draft := save(t, s, "g", hours, Change{Entry: faq("hours", "Early ones."), Action: Add, Base: 0})
		must(s.Publish(ctx, "g", draft, "ann"))(t)
		answered := must(s.Question(ctx, "g", hours))(t)
		equal(t, "answered", answered.State, QuestionAnswered)
		equal(t, "by", answered.Answer, faq("hours", "").EntryKey)
		ask(t, s, "hours", "general")
		again := must(s.Question(ctx, "g", hours))(t)
		equal(t, "asked again", again.State, QuestionOpen)
		equal(t, "its answer", again.Answer, knowledge.EntryKey{})
	})
}

// Questions that ask the same are answered together, and dismissed together.
// Who waits for several of them is told once.
func TestQuestionsTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		one, two, other := ask(t, s, "pay", "general"), ask(t, s, "wages", "general"), ask(t, s, "hours", "general")
		for _, w := range []struct {
			question int64
			person   string
		}{{one.ID, "p1"}, {two.ID, "p1"}, {two.ID, "p2"}, {other.ID, "p1"}} {
			if err := s.Wait(ctx, "g", w.question, Waiting{Person: w.person, Channel: "general"}); err != nil {
				t.Fatal(err)
			}
		}
		d := must(s.SaveDraft(ctx, Draft{Guild: "g", Author: "ann", Questions: []int64{one.ID, two.ID}, Changes: []Change{{faq("pay", "Enough."), Add, 0}}}))(t)
		equal(t, "kept", must(s.Draft(ctx, "g", d.ID))(t).Questions, []int64{one.ID, two.ID})
		var told []string
		for _, w := range must(s.Publish(ctx, "g", d.ID, "ann"))(t).Tell {
			told = append(told, w.Person+" of "+w.Question.Text)
		}
		equal(t, "told", told, []string{"p1 of pay?", "p2 of wages?"})
		equal(t, "answered", must(s.Question(ctx, "g", two.ID))(t).State, QuestionAnswered)
		equal(t, "nobody waits for it", must(s.Question(ctx, "g", two.ID))(t).Waiting, int64(1))

		more := ask(t, s, "breaks", "general")
		if err := s.Dismiss(ctx, "g", []int64{two.ID, more.ID, other.ID}, "ann"); err != nil {
			t.Fatal(err)
		}
		equal(t, "one that was answered", must(s.Question(ctx, "g", two.ID))(t).State, QuestionAnswered)
		equal(t, "dismissed", must(s.Question(ctx, "g", other.ID))(t).State, QuestionDismissed)
		deed := must(s.Audit(ctx, "g", 0, 1))(t)[0]
		equal(t, "audit", deed.Target, fmt.Sprintf("question %d and 2 more", two.ID))
	})
}

// A question whose answer is taken back is in the queue again; what it was before
// a later change answers it still.
func TestAnswerTakenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		question := ask(t, s, "pay", "general")
		publish := func(c Change) Revision {
			t.Helper()
			return must(s.Publish(ctx, "g", save(t, s, "g", question.ID, c), "ann"))(t).Revisions[0]
		}
		undo := func(r Revision) State {
			t.Helper()
			must(s.Undo(ctx, "g", r.EntryKey, r.Number, "ann"))(t)
			return must(s.Question(ctx, "g", question.ID))(t).State
		}
		first := publish(Change{Entry: faq("pay", "Enough."), Action: Add})
		second := publish(Change{Entry: faq("pay", "More than enough."), Action: Edit, Base: first.Number})
		equal(t, "after the change is taken back", undo(second), QuestionAnswered)
		third := must(s.Revision(ctx, "g", first.EntryKey))(t)
		removed := publish(Change{Entry: knowledge.Entry{EntryKey: first.EntryKey, Hidden: true}, Action: Remove, Base: third.Number})
		equal(t, "after its removal is taken back", undo(removed), QuestionAnswered)

		other := publish(Change{Entry: faq("pay-again", "Enough."), Action: Add})
		equal(t, "after the answer is taken back", undo(other), QuestionOpen)
		_, waiting, err := s.Queue(ctx, "g", 0, 10)
		if err != nil || waiting != 1 {
			t.Errorf("in the queue: %d, %v", waiting, err)
		}
	})
}

// Who waits is told once, whoever tells them and whatever happens to the
// teller.
func TestTell(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s, other := t.Context(), open(t, o), open(t, o)
		question := ask(t, s, "pay", "general")
		wait := func(person string) {
			t.Helper()
			if err := s.Wait(ctx, "g", question.ID, Waiting{Person: person, Channel: "general", Message: "m-" + person}); err != nil {
				t.Fatal(err)
			}
		}
		claim := func(s *Store) []Waiting { t.Helper(); return must(s.ClaimWaiting(ctx, 100))(t) }
		told := func(list []Waiting) {
			t.Helper()
			for _, w := range list {
				if err := s.Told(ctx, w.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		people := []string{"p1", "p2", "p3"}
		for _, p := range people {
			wait(p)
			wait(p) // pressed twice
		}
		equal(t, "waiting", must(s.Question(ctx, "g", question.ID))(t).Waiting, int64(3))
		equal(t, "before there is an answer", claim(s), []Waiting{})

		// Publishing claims them. Its process dies before it has told p2 and p3.
		published := c.Now()
		draft := save(t, s, "g", question.ID, Change{Entry: faq("pay", "Enough."), Action: Add, Base: 0})
		tell := must(s.Publish(ctx, "g", draft, "ann"))(t).Tell
		equal(t, "claimed", len(tell), 3)
		w := tell[0]
		equal(t, "the first", [3]string{w.Person, w.Channel, w.Message}, [3]string{"p1", "general", "m-p1"})
		equal(t, "what of", [2]string{w.Question.Text, w.Question.Answer.ID}, [2]string{"pay?", "pay"})
		told(tell[:1])
		equal(t, "claimed at once by another", claim(other), []Waiting{})

		// When the lease is over, another process takes them up: each goes to one.
		c.add(Lease)
		var mu sync.Mutex
		var got []Waiting
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				list, err := []*Store{s, other}[i%2].ClaimWaiting(ctx, 1)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				got = append(got, list...)
			})
		}
		wg.Wait()
		got = append(got, claim(s)...) // who is beaten to one gets none that time
		if len(got) != 2 || got[0].Person == got[1].Person {
			t.Fatalf("claimed anew: %+v", got)
		}
		equal(t, "how old the nonce is", got[0].Tried, published)
		told(got)
		c.add(Lease)
		equal(t, "all are told", claim(s), []Waiting{})

		// Pressing again leads to nothing, unless the answer did not help.
		wait("p1")
		equal(t, "told and pressed again", claim(s), []Waiting{})
		ask(t, s, "pay", "general")
		wait("p1")
		equal(t, "waits for a better answer", must(s.Question(ctx, "g", question.ID))(t).Waiting, int64(1))

		// Who presses while it is being answered is told of it, too.
		draft = save(t, s, "g", question.ID, Change{Entry: faq("pay", "More than enough."), Action: Edit, Base: 1})
		told(must(s.Publish(ctx, "g", draft, "ann"))(t).Tell)
		wait("late")
		late := claim(s)
		if len(late) != 1 || late[0].Person != "late" {
			t.Errorf("the late one: %+v", late)
		}
	})
}

// A person has one vote on an answer, and may change it.
func TestVotes(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		for _, v := range []Vote{
			{Answer: "m1", Person: "p1", Helpful: true, Question: "pay?"},
			{Answer: "m1", Person: "p1", Helpful: true, Question: "pay?"},
			{Answer: "m2", Person: "p2", Helpful: true, Question: "pay?"},
			{Answer: "m3", Person: "p1", Helpful: true, Question: "hours?"},
			{Answer: "m4", Person: "p1", Helpful: true, Question: "dough?"},
			{Answer: "m4", Person: "p1", Helpful: false, Question: "dough?"},
			{Answer: "m5", Person: "p3", Helpful: false, Question: "oven?"},
		} {
			v.Guild, v.Entry = "g", faq("pay", "").EntryKey
			if err := s.Vote(ctx, v); err != nil {
				t.Fatal(err)
			}
		}
		key := faq("pay", "").EntryKey
		equal(t, "helpful", must(s.HelpfulQuestions(ctx, "g", 9))(t), []Helpful{{"pay?", key, 2}, {"hours?", key, 1}})
		equal(t, "most", len(must(s.HelpfulQuestions(ctx, "g", 1))(t)), 1)
	})
}

// A check question is kept once, with what was last wanted.
func TestChecks(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		check := Check{Guild: "g", Text: "pay?", Occupation: "baker", Want: faq("pay", "").EntryKey, Author: "ann", At: c.Now()}
		check.ID = must(s.SaveCheck(ctx, check))(t)
		check.Want.ID = "wage"
		equal(t, "id of the same", must(s.SaveCheck(ctx, check))(t), check.ID)
		equal(t, "checks", must(s.Checks(ctx, "g"))(t), []Check{check})
		if err := s.DeleteCheck(ctx, "g", check.ID, "ann"); err != nil {
			t.Fatal(err)
		}
		equal(t, "after delete", len(must(s.Checks(ctx, "g"))(t)), 0)
	})
}

// What PostgreSQL would refuse is kept by both, as near as can be.
func TestOddText(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		q := must(s.Ask(t.Context(), Asking{Guild: "g", Text: "a\x00b\xffc 🥐 ' \" \\", Key: "k\x00", Reason: Abstained}))(t)
		equal(t, "text", q.Text, "a\uFFFDb\uFFFDc 🥐 ' \" \\")
	})
}
