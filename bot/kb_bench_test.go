package bot

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// measured is a bot with a database, without a Discord.
func measured(b *testing.B) (*Bot, *store.Store) {
	b.Helper()
	s, err := store.Open(b.Context(), store.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	a, err := answer.New(knowledge.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	bot, err := New(Config{Token: "x", Log: slog.New(slog.DiscardHandler), Answerer: func() *answer.Answerer { return a }})
	if err != nil {
		b.Fatal(err)
	}
	bot.working = b.Context()
	for _, f := range knowledge.Shipped().Articles[0].FAQs { // models are trained when they are first asked
		a.Answer(answer.Question{Text: f.Question, Occupation: "back-end-developer"})
	}
	bot.kept.store, bot.kept.fault = s, nil
	if err := bot.load(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	return bot, s
}

// remoteWorkOf is an FAQ that a server adds.
func remoteWorkOf(n int) knowledge.Entry {
	id := fmt.Sprintf("own-%d", n)
	return knowledge.Entry{
		EntryKey: knowledge.EntryKey{Article: "back-end-developer", Kind: knowledge.FAQEntry, ID: id},
		FAQ: &knowledge.FAQ{
			ID: id, Question: fmt.Sprintf("Is bus %d on the way to the office?", n), Topic: knowledge.Workplace,
			Phrasings: []string{fmt.Sprintf("does line %d go there", n), fmt.Sprintf("can I take the %d", n)}, Answer: fmt.Sprintf("Bus %d stops there.", n),
		},
	}
}

// BenchmarkPreview previews a new entry with 1,000 questions that are kept: 500
// check questions and 500 that were voted helpful, beside all ways to ask of the
// shipped article.
func BenchmarkPreview(b *testing.B) {
	bot, s := measured(b)
	ctx, r := b.Context(), &request{home: "1", guild: "1", person: "2"}
	asked := slices.Collect(func(yield func(string) bool) {
		for _, f := range knowledge.Shipped().Article("back-end-developer").FAQs {
			for _, q := range f.Asked() {
				if !yield(q) {
					return
				}
			}
		}
	})
	want := knowledge.EntryKey{Article: "back-end-developer", Kind: knowledge.FAQEntry, ID: "masters-needed"}
	for i := range 500 {
		check := store.Check{Guild: r.home, Text: asked[i] + " please", Occupation: want.Article, Want: want, Author: "2"}
		vote := store.Vote{Guild: r.home, Answer: fmt.Sprint(i), Person: "3", Helpful: true, Entry: want, Question: asked[500+i] + " again"}
		if _, err := s.SaveCheck(ctx, check); err != nil {
			b.Fatal(err)
		}
		if err := s.Vote(ctx, vote); err != nil {
			b.Fatal(err)
		}
	}
	d, err := s.SaveDraft(ctx, store.Draft{Guild: r.home, Author: r.person, Changes: []store.Change{{Entry: remoteWorkOf(1), Action: store.Add}}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		res, err := bot.preview(ctx, r, d)
		if err != nil || res.note != "preview" {
			b.Fatal(res.note, err)
		}
	}
}

// BenchmarkPublishToVisible publishes a draft by its button in one of 100
// servers with 100 entries each, and asks the question: the time between the two
// is that of the store, the overlay and the answer.
func BenchmarkPublishToVisible(b *testing.B) {
	bot, s := measured(b)
	ctx := b.Context()
	const servers, entries = 100, 100
	for g := range servers {
		var changes []store.Change
		for n := range entries {
			changes = append(changes, store.Change{Entry: remoteWorkOf(n), Action: store.Import})
		}
		guild := fmt.Sprint(g + 1)
		d, err := s.SaveDraft(ctx, store.Draft{Guild: guild, Author: "2", Changes: changes})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Publish(ctx, guild, d.ID, "2"); err != nil {
			b.Fatal(err)
		}
		if err := bot.reload(ctx, s, guild); err != nil {
			b.Fatal(err)
		}
	}
	var took []time.Duration
	n := entries
	for b.Loop() {
		n++
		guild := fmt.Sprint(n%servers + 1)
		e := remoteWorkOf(n)
		d, err := s.SaveDraft(ctx, store.Draft{Guild: guild, Author: "2", Changes: []store.Change{{Entry: e, Action: store.Add}}})
		if err != nil {
			b.Fatal(err)
		}
		pressed := &request{home: guild, guild: guild, person: "2", args: []string{packID(d.ID), fingerprint(d)}}
		begun := time.Now()
		res, err := bot.kbPublish(context.WithoutCancel(ctx), pressed)
		if err != nil || res.note != "published" {
			b.Fatal(res.note, err)
		}
		a := bot.answer(answer.Question{Text: e.FAQ.Question, Guild: guild, Occupation: e.Article})
		took = append(took, time.Since(begun))
		if !a.Has(passageOf(e.EntryKey)) {
			b.Fatalf("%s: %s", e.FAQ.Question, a.Text)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
