package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// bakery is what moderators see, with what other people have put in: a base, a
// draft, and all that can be said of it.
type bakery struct {
	shipped, here *knowledge.Base
	draft, faulty store.Draft
	faults        knowledge.Faults
	view          view
	revisions     []store.Revision
	deeds         []store.Deed
	checks        []store.Check
	misses        []answer.Miss
}

const (
	baker = "175928847299117063"
	bread = int64(1574501734728859650)
)

var baked = time.Unix(1764150000, 0)

// newBakery puts texts wherever somebody could have typed them, n times.
func newBakery(article, id, title, text, link string, topic knowledge.Topic, n int) bakery {
	faq := func(answer string) knowledge.Entry {
		return knowledge.Entry{
			EntryKey: knowledge.EntryKey{Article: article, Kind: knowledge.FAQEntry, ID: id},
			FAQ:      &knowledge.FAQ{ID: id, Question: title, Phrasings: []string{text, title + "?"}, Answer: answer, Topic: topic, Source: &knowledge.Source{Name: title, URL: link}},
		}
	}
	section := knowledge.Entry{
		EntryKey: knowledge.EntryKey{Article: article, Kind: knowledge.SectionEntry, ID: string(topic)},
		Section:  &knowledge.Section{Heading: title, Topic: topic, Passages: []knowledge.Passage{{Text: text}, {Bullet: true, Lead: title, Text: text}}},
	}
	head := knowledge.Entry{
		EntryKey: knowledge.EntryKey{Article: article, Kind: knowledge.CareerEntry},
		Head:     &knowledge.Article{ID: article, Title: title, Aliases: []string{text}, Source: knowledge.Source{Name: text, URL: link}},
	}
	before, after := faq(text), faq(text+"\n"+title)
	k := bakery{
		shipped: (&knowledge.Base{}).With([]knowledge.Entry{head, section}),
		draft:   store.Draft{ID: bread, Author: baker, Created: baked, Changes: []store.Change{{Entry: after, Action: store.Edit, Base: 1}}},
		faulty: store.Draft{
			ID: bread + 1, Author: baker, Created: baked, Changes: []store.Change{{Entry: knowledge.Entry{EntryKey: before.EntryKey}, Action: store.Add}},
			Typed: inputs{fieldQuestion: title, fieldAnswer: text, fieldPhrasings: text, fieldLink: link},
		},
		faults: knowledge.Faults{{What: title, Mend: text}},
		revisions: []store.Revision{
			{Entry: after, Number: 2, Action: store.Edit, Author: baker, At: baked},
			{Entry: before, Number: 1, Action: store.Add, Author: store.Deleted, At: baked},
		},
	}
	k.here = k.shipped.With([]knowledge.Entry{before})
	told := answer.Answer{
		Outcome: answer.Answered, Occupation: article, Topic: topic, Text: text, Source: knowledge.Source{Name: title, URL: link},
		Passages: []answer.Passage{{ID: article + "/faq/" + id, Heading: title, Topic: topic}},
	}
	silent := answer.Answer{Outcome: answer.Abstain}
	k.view = view{now: k.here, then: k.here.With([]knowledge.Entry{after}), asked: n, answer: told}
	for i := range n {
		stored := answer.Stored{Text: text + string(rune('a'+i%26)), Occupation: article, Want: article + "/faq/" + id, Kind: kindOrder[i%3]}
		k.view.changed = append(k.view.changed, answer.Change{Stored: stored, Before: silent, After: told}, answer.Change{Stored: stored, Before: told, After: silent})
		k.misses = append(k.misses, answer.Miss{Stored: stored, Got: silent})
		k.deeds = append(k.deeds, store.Deed{ID: bread + int64(i), Person: baker, Action: string(store.Edit), Target: article + "/faq/" + id, Detail: text, At: baked})
		k.checks = append(k.checks, store.Check{ID: bread + int64(i), Text: text, Occupation: article, Want: before.EntryKey, Author: baker, At: baked})
		k.faults = append(k.faults, k.faults[0])
		k.draft.Changes = append(k.draft.Changes, store.Change{Entry: knowledge.Entry{EntryKey: knowledge.EntryKey{Article: article, Kind: knowledge.FAQEntry, ID: id + string(rune('a'+i))}, Hidden: true}, Action: store.Remove})
		k.revisions = append(k.revisions, store.Revision{Entry: knowledge.Entry{EntryKey: before.EntryKey, Hidden: true}, Number: int64(-i), Action: store.Remove, Author: baker, At: baked})
	}
	return k
}

// messages are all that moderators can be shown of it, by the names of their
// golden files.
func (k bakery) messages() map[string]message {
	var drafts []store.Draft
	for range k.deeds {
		drafts = append(drafts, k.draft)
	}
	drafts = append(drafts, k.faulty)
	for i := range drafts {
		drafts[i].ID = bread + int64(i)
	}
	one := k.draft
	one.Changes = one.Changes[:1]
	published := store.Published{Revisions: k.revisions[:1], Tell: make([]store.Waiting, 2)}
	key, question := k.revisions[0].EntryKey, k.view.answer
	health := kbHealth{careers: 1, questions: 84, entries: 3, drafts: 1, queue: 7, built: baked}
	well := health
	well.last = store.Deed{Person: baker, Action: string(store.Edit), Target: passageOf(key), At: baked}
	health.fault = store.ErrFull.Error()
	seen := k.view
	seen.changed, seen.reached = nil, true
	return map[string]message{
		"kb-preview":           renderPreview(one, k.view),
		"kb-preview-many":      renderPreview(k.draft, k.view),
		"kb-preview-no-effect": renderPreview(one, seen),
		"kb-faulty":            renderFaulty(k.faulty, k.faults),
		"kb-faulty-no-more":    renderFaulty(k.faulty, nil),
		"kb-stale":             renderStale(k.shipped, k.draft, k.revisions),
		"kb-published":         renderPublished(k.here, published, true),
		"kb-published-many":    renderPublished(k.here, store.Published{Deed: bread, Revisions: k.revisions}, false),
		"kb-undone-all":        renderUndoneAll(k.here, k.shipped, store.Undone{Deed: bread, Revisions: k.revisions}, true),
		"kb-undone-some":       renderUndoneAll(k.here, k.shipped, store.Undone{Deed: bread, Revisions: k.revisions[:1], Left: k.revisions, Kept: k.revisions[:2]}, false),
		"kb-undone":            renderUndone(k.shipped, k.revisions[1], true),
		"kb-history":           renderHistory(k.shipped, key, k.revisions, 0),
		"kb-history-older":     renderHistory(k.shipped, key, k.revisions[1:], historyPage),
		"kb-history-none":      renderHistory(k.shipped, key, nil, 0),
		"kb-audit":             renderAudit(k.deeds),
		"kb-audit-none":        renderAudit(nil),
		"kb-drafts":            renderDrafts(k.here, drafts),
		"kb-drafts-none":       renderDrafts(k.here, nil),
		"kb-check":             renderMisses(k.here, k.misses, 100),
		"kb-check-well":        renderMisses(k.here, nil, 100),
		"kb-kept":              renderKept(k.here, question.Text, key, question),
		"kb-kept-misses":       renderKept(k.here, question.Text, key, answer.Answer{Outcome: answer.Clarify}),
		"kb-checks":            renderChecks(k.here, k.checks, 0),
		"kb-checks-further":    renderChecks(k.here, k.checks, checksPage),
		"kb-checks-none":       renderChecks(k.here, nil, 0),
		"kb-given-back":        renderGivenBack(string(errOff), k.faulty.Typed),
		"kb-status":            renderKBStatus(well),
		"kb-status-off":        renderKBStatus(health),
	}
}

// forms are all dialogs that moderators fill in, by the names of their golden
// files.
func (k bakery) forms() map[string]*form {
	list := map[string]*form{}
	for name, d := range map[string]store.Draft{
		"kb-form-faulty": k.faulty,
		"kb-form-faq":    {Changes: k.draft.Changes[:1]},
	} {
		if f, err := dialogOf(sheetOf(d), kbChange+":"+packID(d.ID), inputsOf(d)); err == nil {
			list[name] = f
		}
	}
	for _, a := range k.shipped.Articles {
		for _, e := range a.Entries() {
			if f, err := dialogOf(string(e.Kind), kbPut, sheets[string(e.Kind)].write([]knowledge.Entry{e})); err == nil {
				list["kb-form-"+string(e.Kind)] = f
			}
		}
		if entries := a.Entries(); len(entries) == 2 {
			if f, err := dialogOf(newCareer, kbPut, sheets[newCareer].write(entries)); err == nil {
				list["kb-form-new"] = f
			}
		}
	}
	return list
}

// TestKBGolden shows every message and dialog of moderators.
func TestKBGolden(t *testing.T) {
	k := newBakery("baker", "early", "Do bakers rise early?", "Most begin at *three*, says @everyone.", "https://example.org/hours", knowledge.Workplace, 17)
	for name, m := range k.messages() {
		golden(t, name, m.payload())
		checkMessage(t, ours(m).payload())
	}
	forms := k.forms()
	if len(forms) != 5 {
		t.Errorf("%d dialogs", len(forms))
	}
	for name, f := range forms {
		golden(t, name, f.payload())
		checkForm(t, f.payload())
		for _, in := range f.fields {
			if characters(in.hint) > maxHint {
				t.Errorf("the hint %q is cut", in.hint)
			}
		}
	}
}

// ours takes out of a message what the bot itself makes of people and times, so
// that what is left of that kind is forged.
func ours(m message) message {
	known := strings.NewReplacer(at(baked), "then", person(baker), "the baker", "<t:1764150000:R>", "then")
	for _, e := range m.Embeds {
		e.Description = known.Replace(e.Description)
		for _, f := range e.Fields {
			f.Value = known.Replace(f.Value)
		}
	}
	return m
}
