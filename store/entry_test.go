package store

import (
	"errors"
	"sync"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

// An entry is what its newest revision says, and what it was before is kept.
func TestLifeOfAnEntry(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		key := faq("dough", "").EntryKey
		for _, step := range []struct {
			action Action
			entry  knowledge.Entry
			want   string
		}{
			{Add, faq("dough", "Knead it."), "dough: Knead it."},
			{Edit, faq("dough", "Knead it well."), "dough: Knead it well."},
			{Remove, knowledge.Entry{EntryKey: key, Hidden: true}, "dough hidden"},
			{Reset, knowledge.Entry{EntryKey: key}, ""},
			{Import, faq("dough", "Let it rest."), "dough: Let it rest."},
		} {
			base := must(s.Revision(ctx, "g", key))(t).Number
			p := publish(t, s, "g", Change{Entry: step.entry, Action: step.action, Base: base})
			equal(t, string(step.action)+" publishes", answers([]knowledge.Entry{p.Revisions[0].Entry}), answers([]knowledge.Entry{step.entry}))
			equal(t, string(step.action), answers(must(s.Entries(ctx, "g"))(t)), step.want)
			equal(t, string(step.action)+" for all", answers(must(s.AllEntries(ctx))(t)["g"]), step.want)
		}
		for _, want := range []string{"", "dough hidden", "dough: Knead it well.", "dough: Knead it.", ""} {
			newest := must(s.Revision(ctx, "g", key))(t)
			if newest.Action == Undo { // what came before an undo is what it undid
				break
			}
			must(s.Undo(ctx, "g", key, newest.Number, "ben"))(t)
			equal(t, "after undo", answers(must(s.Entries(ctx, "g"))(t)), want)
		}
		newest := must(s.Revision(ctx, "g", key))(t)
		must(s.Undo(ctx, "g", key, newest.Number, "ben"))(t)
		equal(t, "after the undo of an undo", answers(must(s.Entries(ctx, "g"))(t)), "dough: Let it rest.")

		history := must(s.History(ctx, "g", key, 100))(t)
		var acts []Action
		for i, r := range history {
			acts = append(acts, r.Action)
			equal(t, "number", r.Number, int64(len(history)-i))
		}
		equal(t, "history", acts, []Action{Undo, Undo, Import, Reset, Remove, Edit, Add})
		equal(t, "author", [2]string{history[0].Author, history[6].Author}, [2]string{"ben", "ann"})
		equal(t, "content of the first", answers([]knowledge.Entry{history[6].Entry}), "dough: Knead it.")
		equal(t, "most", len(must(s.History(ctx, "g", key, 2))(t)), 2)

		deeds := must(s.Audit(ctx, "g", 0, 3))(t)
		equal(t, "audit", [3]string{deeds[0].Person, deeds[0].Action, deeds[0].Target}, [3]string{"ben", "undo", "baker/faq/dough"})
		equal(t, "audit before that", must(s.Audit(ctx, "g", deeds[0].ID, 2))(t), deeds[1:])
	})
}

// Every kind of entry comes back as it was, and lies over the base.
func TestEntriesOfTheShippedArticles(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		base := knowledge.Shipped()
		var changes []Change
		for _, a := range base.Articles {
			for _, e := range a.Entries() {
				changes = append(changes, Change{Entry: e, Action: Import, Base: 0})
			}
		}
		publish(t, s, "g", changes...)
		entries := must(s.Entries(t.Context(), "g"))(t)
		equal(t, "number of entries", len(entries), len(changes))
		laid := (&knowledge.Base{}).With(entries)
		for _, a := range base.Articles {
			got := laid.Article(a.ID)
			want := *a
			if got == nil {
				t.Fatalf("no article %s", a.ID)
			}
			for _, f := range want.FAQs { // they have the order of their keys now
				equal(t, f.ID, got.FAQ(f.ID), &f)
			}
			equal(t, "number of FAQs", len(got.FAQs), len(want.FAQs))
			head := *got
			head.FAQs, want.FAQs = nil, nil
			equal(t, "the rest", head, want)
		}
	})
}

// A change that was made from an older revision is refused, with what there is
// now, and the draft is kept.
func TestStale(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add, Base: 0})
		late := save(t, s, "g", 0, Change{Entry: faq("oven", "Hot."), Action: Add, Base: 0}, Change{Entry: faq("dough", "Two."), Action: Edit, Base: 1})
		publish(t, s, "g", Change{Entry: faq("dough", "Three."), Action: Edit, Base: 1})

		_, err := s.Publish(ctx, "g", late, "ben")
		stale, ok := errors.AsType[*StaleError](err)
		if !ok || !errors.Is(err, ErrStale) {
			t.Fatalf("got %v", err)
		}
		equal(t, "stale", len(stale.Now), 1)
		equal(t, "now", answers([]knowledge.Entry{stale.Now[0].Entry}), "dough: Three.")
		equal(t, "nothing of it is there", answers(must(s.Entries(ctx, "g"))(t)), "dough: Three.")
		equal(t, "its text", must(s.Draft(ctx, "g", late))(t).Changes[1].FAQ.Answer, "Two.")
		if _, err := s.Undo(ctx, "g", faq("dough", "").EntryKey, 1, "ben"); !errors.Is(err, ErrStale) {
			t.Errorf("undo of what is not the newest: %v", err)
		}

		d := must(s.Draft(ctx, "g", late))(t)
		d.Changes[1].Base = stale.Now[0].Number
		must(s.SaveDraft(ctx, d))(t)
		must(s.Publish(ctx, "g", late, "ben"))(t)
		equal(t, "made anew", answers(must(s.Entries(ctx, "g"))(t)), "dough: Two., oven: Hot.")
		if _, err := s.Publish(ctx, "g", late, "ben"); !errors.Is(err, ErrNotFound) {
			t.Errorf("published twice: %v", err)
		}
	})
}

// What was published together is taken back together, and done again; what was
// changed since is left, and named.
func TestUndoAll(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		shipped := func(string) bool { return true }
		now := func(want string) {
			t.Helper()
			equal(t, "entries", answers(must(s.Entries(ctx, "g"))(t)), want)
		}
		publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add}, Change{Entry: faq("yeast", "One."), Action: Add})
		d := must(s.SaveDraft(ctx, Draft{Guild: "g", Author: "ann", Note: "import of bread.md", Changes: []Change{
			{Entry: faq("oven", "Two."), Action: Import}, {Entry: faq("dough", "Two."), Action: Import, Base: 1},
			{Entry: knowledge.Entry{EntryKey: faq("yeast", "").EntryKey, Hidden: true}, Action: Remove, Base: 1},
		}}))(t)
		p := must(s.Publish(ctx, "g", d.ID, "ann"))(t)
		now("dough: Two., oven: Two., yeast hidden")

		_, err := s.UndoAll(ctx, "other", p.Deed, "eve", shipped)
		equal(t, "in another guild", err, ErrNotFound)
		u := must(s.UndoAll(ctx, "g", p.Deed, "ben", shipped))(t)
		now("dough: One., yeast: One.")
		equal(t, "taken back", [3]int{len(u.Revisions), len(u.Left), len(u.Kept)}, [3]int{3, 0, 0})
		for _, id := range []string{"oven", "dough", "yeast"} {
			r := must(s.Revision(ctx, "g", faq(id, "").EntryKey))(t)
			equal(t, "newest of "+id, [2]string{string(r.Action), r.Author}, [2]string{"undo", "ben"})
		}
		deeds := must(s.Audit(ctx, "g", 0, 9))(t)
		equal(t, "audit", len(deeds), 3)
		equal(t, "line of the audit", [5]string{deeds[0].Person, deeds[0].Action, deeds[0].Target, deeds[0].Detail}, [5]string{"ben", "undo", "baker/faq/dough and 2 more", "import of bread.md"})
		equal(t, "its ID", deeds[0].ID, u.Deed)

		var stale *StaleError
		if _, err := s.UndoAll(ctx, "g", p.Deed, "ben", shipped); !errors.As(err, &stale) || len(stale.Now) != 3 {
			t.Errorf("again: %v", err)
		}
		again := must(s.UndoAll(ctx, "g", u.Deed, "ben", shipped))(t)
		now("dough: Two., oven: Two., yeast hidden")

		publish(t, s, "g", Change{Entry: faq("oven", "Three."), Action: Edit, Base: 3})
		u = must(s.UndoAll(ctx, "g", again.Deed, "ben", shipped))(t)
		now("dough: One., oven: Three., yeast: One.")
		equal(t, "left", answers([]knowledge.Entry{u.Left[0].Entry}), "oven: Three.")
		equal(t, "line of the audit", must(s.Audit(ctx, "g", 0, 1))(t)[0].Detail, "import of bread.md, 1 left")

		settings := must(s.ChangeSettings(ctx, "g", "ann", func(s *Settings) { s.ModeratorRole = "r" }))(t)
		_, err = s.UndoAll(ctx, "g", must(s.Audit(ctx, "g", 0, 1))(t)[0].ID, "ben", shipped)
		equal(t, "what changed no entry: "+settings.ModeratorRole, err, ErrNotFound)
	})
}

// The head of a career that was imported goes last: not while there is more of
// the career, unless it stands without.
func TestUndoAllKeepsHeads(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		head := knowledge.Entry{EntryKey: knowledge.EntryKey{Article: "baker", Kind: knowledge.CareerEntry}, Head: &knowledge.Article{ID: "baker", Title: "Baker"}}
		p := publish(t, s, "g", Change{Entry: head, Action: Import}, Change{Entry: faq("oven", "Two."), Action: Import})
		publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add})
		alone, stands := func(string) bool { return false }, func(string) bool { return true }
		kinds := func() (list []string) {
			for _, e := range must(s.Entries(ctx, "g"))(t) {
				list = append(list, keyString(e.EntryKey))
			}
			return list
		}
		u := must(s.UndoAll(ctx, "g", p.Deed, "ben", alone))(t)
		equal(t, "entries", kinds(), []string{"baker/career", "baker/faq/dough"})
		equal(t, "taken back, left, kept", [3]int{len(u.Revisions), len(u.Left), len(u.Kept)}, [3]int{1, 0, 1})
		must(s.Undo(ctx, "g", faq("dough", "").EntryKey, 1, "ben"))(t)
		must(s.UndoAll(ctx, "g", p.Deed, "ben", alone))(t)
		equal(t, "entries", len(kinds()), 0)

		p = publish(t, s, "h", Change{Entry: head, Action: Import}, Change{Entry: faq("oven", "Two."), Action: Import})
		publish(t, s, "h", Change{Entry: faq("oven", "Three."), Action: Edit, Base: 1})
		u = must(s.UndoAll(ctx, "h", p.Deed, "ben", stands))(t)
		equal(t, "of a career that stands", [3]int{len(u.Revisions), len(u.Left), len(u.Kept)}, [3]int{1, 1, 0})
	})
}

// Of many who take back the same at once, from two processes, one can.
func TestUndoAllAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, one, other := t.Context(), open(t, o), open(t, o)
		p := publish(t, one, "g", Change{Entry: faq("dough", "One."), Action: Import}, Change{Entry: faq("oven", "One."), Action: Import})
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = []*Store{one, other}[i%2].UndoAll(ctx, "g", p.Deed, "ann", func(string) bool { return true })
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !errors.Is(err, ErrStale):
				t.Error(err)
			}
		}
		equal(t, "taken back", done, 1)
		equal(t, "revisions", len(must(one.History(ctx, "g", faq("oven", "").EntryKey, 9))(t)), 2)
	})
}

// Of many who publish a change of one entry at once, from two processes, one
// can.
func TestPublishAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, one, other := t.Context(), open(t, o), open(t, o)
		publish(t, one, "g", Change{Entry: faq("dough", "One."), Action: Add, Base: 0}, Change{Entry: faq("oven", "One."), Action: Add, Base: 0})
		const people = 8
		drafts := make([]int64, people)
		for i := range drafts {
			changes := []Change{{Entry: faq("dough", "Two."), Action: Edit, Base: 1}, {Entry: faq("oven", "Two."), Action: Edit, Base: 1}}
			drafts[i] = save(t, one, "g", 0, changes[i%2], changes[1-i%2])
		}
		errs := make([]error, people)
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() { _, errs[i] = []*Store{one, other}[i%2].Publish(ctx, "g", drafts[i], "ann") })
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !errors.Is(err, ErrStale):
				t.Error(err)
			}
		}
		equal(t, "published", done, 1)
		equal(t, "drafts kept", len(must(one.Drafts(ctx, "g"))(t)), people-1)
	})
}

// Nothing of a guild can be reached from another, even by its id.
func TestGuildsAreSeparate(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		ours := publish(t, s, "ours", Change{Entry: faq("dough", "Ours."), Action: Add, Base: 0})
		draft := save(t, s, "ours", 0, Change{Entry: faq("oven", "Ours."), Action: Add, Base: 0})
		question := must(s.Ask(ctx, Asking{Guild: "ours", Text: "q", Key: "q", Reason: Abstained}))(t)
		check := must(s.SaveCheck(ctx, Check{Guild: "ours", Text: "q"}))(t)
		if err := s.Vote(ctx, Vote{Guild: "ours", Answer: "a", Person: "p", Helpful: true, Question: "q"}); err != nil {
			t.Fatal(err)
		}

		equal(t, "entries", len(must(s.Entries(ctx, "theirs"))(t)), 0)
		equal(t, "history", len(must(s.History(ctx, "theirs", faq("dough", "").EntryKey, 9))(t)), 0)
		equal(t, "drafts", len(must(s.Drafts(ctx, "theirs"))(t)), 0)
		equal(t, "checks", len(must(s.Checks(ctx, "theirs"))(t)), 0)
		equal(t, "helpful", len(must(s.HelpfulQuestions(ctx, "theirs", 9))(t)), 0)
		equal(t, "audit", len(must(s.Audit(ctx, "theirs", 0, 9))(t)), 0)
		queue, all, err := s.Queue(ctx, "theirs", 0, 9)
		if len(queue) > 0 || all > 0 || err != nil {
			t.Errorf("queue: %v, %d, %v", queue, all, err)
		}
		d := must(s.Draft(ctx, "ours", draft))(t)
		d.Guild = "theirs"
		for what, do := range map[string]func() error{
			"draft":        func() error { _, err := s.Draft(ctx, "theirs", draft); return err },
			"change":       func() error { _, err := s.SaveDraft(ctx, d); return err },
			"discard":      func() error { return s.Discard(ctx, "theirs", draft) },
			"publish":      func() error { _, err := s.Publish(ctx, "theirs", draft, "eve"); return err },
			"question":     func() error { _, err := s.Question(ctx, "theirs", question.ID); return err },
			"dismiss":      func() error { return s.Dismiss(ctx, "theirs", []int64{question.ID}, "eve") },
			"wait":         func() error { return s.Wait(ctx, "theirs", question.ID, Waiting{Person: "eve"}) },
			"delete check": func() error { return s.DeleteCheck(ctx, "theirs", check, "eve") },
			"undo":         func() error { _, err := s.Undo(ctx, "theirs", faq("dough", "").EntryKey, 2, "eve"); return err },
			"undo all": func() error {
				_, err := s.UndoAll(ctx, "theirs", ours.Deed, "eve", func(string) bool { return true })
				return err
			},
		} {
			if err := do(); !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// A draft holds what an entry can be and what can be read back.
func TestDraftIsChecked(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Dir: t.TempDir()})
	dough := faq("dough", "Knead it.")
	key := knowledge.Entry{EntryKey: dough.EntryKey}
	both := dough
	both.Section = &knowledge.Section{Heading: "Dough", Topic: knowledge.Duties}
	for name, changes := range map[string][]Change{
		"nothing":              {},
		"twice":                {{Entry: dough, Action: Add, Base: 0}, {Entry: dough, Action: Edit, Base: 1}},
		"add of nothing":       {{Entry: key, Action: Add, Base: 0}},
		"reset to something":   {{Entry: dough, Action: Reset, Base: 0}},
		"remove of what shows": {{Entry: dough, Action: Remove, Base: 0}},
		"two in one":           {{Entry: both, Action: Add, Base: 0}},
		"undo":                 {{Entry: dough, Action: Undo, Base: 1}},
		"too long":             {{Entry: faq("dough", string(make([]byte, 700))), Action: Add, Base: 0}},
		"other id":             {{Entry: knowledge.Entry{EntryKey: faq("oven", "").EntryKey, FAQ: dough.FAQ}, Action: Add, Base: 0}},
	} {
		if d, err := s.SaveDraft(t.Context(), Draft{Guild: "g", Changes: changes}); err == nil {
			t.Errorf("%s: kept as %+v", name, d)
		}
	}
	equal(t, "drafts", len(must(s.Drafts(t.Context(), "g"))(t)), 0)
}

// What another process has published is seen by its number, in the order in
// which it came to be there.
func TestChanges(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s, other := t.Context(), open(t, o), open(t, o)
		guilds, newest, err := s.Changes(ctx, 0)
		if len(guilds) > 0 || newest != 0 || err != nil {
			t.Fatalf("at first: %v, %d, %v", guilds, newest, err)
		}
		var wg sync.WaitGroup
		for _, guild := range []string{"a", "b", "c"} {
			wg.Go(func() { publish(t, other, guild, Change{Entry: faq("dough", "One."), Action: Add, Base: 0}) })
		}
		seen := map[string]bool{}
		for len(seen) < 3 {
			if guilds, newest, err = s.Changes(ctx, newest); err != nil {
				t.Fatal(err)
			}
			for _, g := range guilds {
				seen[g] = true
				if len(must(s.Entries(ctx, g))(t)) == 0 {
					t.Errorf("what has changed in %s is not there", g)
				}
			}
		}
		wg.Wait()
		must(other.ChangeSettings(ctx, "b", "ann", func(s *Settings) { s.ModeratorRole = "r" }))(t)
		guilds, newer, err := s.Changes(ctx, newest)
		if err != nil || len(guilds) != 1 || guilds[0] != "b" || newer != newest+1 {
			t.Errorf("after settings: %v, %d after %d, %v", guilds, newer, newest, err)
		}
	})
}
