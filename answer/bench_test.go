package answer

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/knowledge"
)

// generated makes a base of n occupations with 20 passages each and, if faqs
// is true, 20 FAQs of 4 phrasings each. Passages are random English words;
// FAQs are asked as those of the shipped article are, about another
// occupation.
func generated(n int, faqs bool) *knowledge.Base {
	rng := rand.New(rand.NewPCG(1, 2))
	words := everyTenth(dictionary()) // 6,000: about the vocabulary of so many job descriptions
	pick := func(n int) string {
		out := make([]string, n)
		for i := range out {
			out[i] = words[rng.IntN(len(words))]
		}
		return strings.Join(out, " ")
	}
	shipped := knowledge.Shipped().Articles[0]
	topics := knowledge.Topics[:len(knowledge.Topics)-1]
	b := &knowledge.Base{}
	for i := range n {
		name := fmt.Sprintf("%s tender %d", pick(1), i)
		a := &knowledge.Article{ID: fmt.Sprintf("occupation-%05d", i), Title: name, Region: "India", Source: knowledge.Source{Name: "Generated"}}
		for t, topic := range topics {
			s := knowledge.Section{Heading: pick(4), Topic: topic}
			for p := t; p < 20; p += len(topics) {
				s.Passages = append(s.Passages, knowledge.Passage{Bullet: p%2 == 0, Lead: pick(1), Text: pick(20 + rng.IntN(15))})
			}
			a.Sections = append(a.Sections, s)
		}
		if faqs {
			about := strings.NewReplacer("back-end developer", name, "backend developer", name, "backend dev", name, "back end developer", name)
			for _, f := range rng.Perm(len(shipped.FAQs))[:20] {
				from := &shipped.FAQs[f]
				faq := knowledge.FAQ{ID: from.ID, Question: about.Replace(from.Question), Answer: pick(30), Topic: from.Topic}
				for _, p := range rng.Perm(len(from.Phrasings))[:4] {
					faq.Phrasings = append(faq.Phrasings, about.Replace(from.Phrasings[p]))
				}
				a.FAQs = append(a.FAQs, faq)
			}
		}
		b.Articles = append(b.Articles, a)
	}
	return b
}

func everyTenth(words []string) []string {
	var out []string
	for i := 0; i < len(words); i += 10 {
		out = append(out, words[i])
	}
	return out
}

func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// BenchmarkBuildThousandOccupations builds an Answerer for 1,000 occupations
// × 20 passages and 20 FAQs × 4 phrasings; heap-MB is what it holds then.
func BenchmarkBuildThousandOccupations(b *testing.B) {
	base := generated(1000, true)
	before := heapMB()
	var a *Answerer
	for b.Loop() {
		var err error
		if a, err = New(base); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(heapMB()-before, "heap-MB")
	runtime.KeepAlive(a)
}

// BenchmarkBuildTwentyThousandPassages builds an index of passages alone.
func BenchmarkBuildTwentyThousandPassages(b *testing.B) {
	a := &Answerer{lang: shippedLanguage()}
	s := &state{base: generated(1000, false)}
	before := heapMB()
	for b.Loop() {
		if err := a.index(s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(heapMB()-before, "heap-MB")
	runtime.KeepAlive(s.index)
}

// BenchmarkBuildShipped builds an Answerer for the shipped article.
func BenchmarkBuildShipped(b *testing.B) {
	base := knowledge.Shipped()
	for b.Loop() {
		if _, err := New(base); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAnswerShipped answers the questions of the test sets from the
// shipped article; p50-ms and p99-ms are for one question.
func BenchmarkAnswerShipped(b *testing.B) {
	a, err := New(knowledge.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	var qs []string
	for _, set := range []string{"students", "adults"} {
		for _, q := range readAskings(b, set) {
			qs = append(qs, q.Q)
		}
	}
	timed(b, a, qs)
}

// BenchmarkAnswerThousandOccupations answers questions on random occupations
// of a thousand, whose models are mostly not trained yet.
func BenchmarkAnswerThousandOccupations(b *testing.B) {
	base := generated(1000, true)
	a, err := New(base)
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	shipped := knowledge.Shipped().Articles[0]
	var qs []string
	for range 2000 {
		f := shipped.FAQs[rng.IntN(len(shipped.FAQs))]
		name := base.Articles[rng.IntN(len(base.Articles))].Title
		qs = append(qs, f.Phrasings[rng.IntN(len(f.Phrasings))]+" for a "+name)
	}
	timed(b, a, qs)
}

func timed(b *testing.B, a *Answerer, qs []string) {
	a.Answer(Question{Text: qs[0]})
	var took []time.Duration
	i := 0
	for b.Loop() {
		start := time.Now()
		a.Answer(Question{Text: qs[i%len(qs)]})
		took = append(took, time.Since(start))
		i++
	}
	spread(b, took)
}

// spread reports the median and the 99th percentile of times.
func spread(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
}

// moderated makes 100 entries for a server: a career with its sections, and
// FAQs of it and of careers of the base, some changed and some hidden.
func moderated(rng *rand.Rand, base *knowledge.Base, guild int) []knowledge.Entry {
	name := fmt.Sprintf("guide-%d", guild)
	entries := (&knowledge.Article{
		ID: name, Title: fmt.Sprintf("Guide %d", guild), Source: knowledge.Source{Name: "Moderators"},
		Sections: []knowledge.Section{
			{Heading: "What is a guide?", Topic: knowledge.Overview, Passages: []knowledge.Passage{{Text: "A guide shows the way."}}},
			{Heading: "What a guide earns", Topic: knowledge.Pay, Passages: []knowledge.Passage{{Text: "A guide lives on tips."}}},
		},
	}).Entries()
	from := knowledge.Shipped().Articles[0]
	words := everyTenth(dictionary())
	touched := map[knowledge.EntryKey]bool{}
	for len(entries) < 100 {
		art := base.Articles[rng.IntN(len(base.Articles))]
		f := art.FAQs[rng.IntN(len(art.FAQs))]
		key := faqKey(art.ID, f.ID)
		switch {
		case len(entries)%10 < 2 && touched[key]:
			continue
		case len(entries)%10 == 0:
			touched[key] = true
			entries = append(entries, knowledge.Entry{EntryKey: faqKey(art.ID, f.ID), Hidden: true})
			continue
		case len(entries)%10 == 1:
			touched[key] = true
			f.Answer = "As we see it."
			entries = append(entries, knowledge.Entry{EntryKey: faqKey(art.ID, f.ID), FAQ: &f})
			continue
		}
		id := art.ID
		if len(entries)%2 == 0 {
			id = name
		}
		like := from.FAQs[rng.IntN(len(from.FAQs))]
		entry := faqEntry(id, fmt.Sprintf("ours-%d", len(entries)), f.Topic, "Our answer.", like.Question+" "+words[rng.IntN(len(words))])
		for _, p := range rng.Perm(len(like.Phrasings))[:rng.IntN(9)] {
			entry.FAQ.Phrasings = append(entry.FAQ.Phrasings, like.Phrasings[p]+" "+words[rng.IntN(len(words))])
		}
		entries = append(entries, entry)
	}
	return entries
}

// BenchmarkPublish changes an entry of one of 100 servers with 100 entries
// each and asks for it: the time from the call to the answer with the new
// text. guild-KB is what a server holds.
func BenchmarkPublish(b *testing.B) {
	for name, base := range map[string]*knowledge.Base{"shipped": knowledge.Shipped(), "thousand-careers": generated(1000, true)} {
		b.Run(name, func(b *testing.B) {
			a, err := New(base)
			if err != nil {
				b.Fatal(err)
			}
			const servers = 100
			rng := rand.New(rand.NewPCG(5, 6))
			var all [][]knowledge.Entry
			for g := range servers {
				all = append(all, moderated(rng, base, g))
			}
			before := heapMB()
			for g, entries := range all {
				if err := a.Overlay(fmt.Sprint(g), entries); err != nil {
					b.Fatal(err)
				}
			}
			holds := (heapMB() - before) / servers * 1024
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				g := rng.IntN(servers)
				entries := slices.Clone(all[g])
				n := rng.IntN(len(entries))
				for entries[n].FAQ == nil || entries[n].ID[:4] != "ours" {
					n = rng.IntN(len(entries))
				}
				text := fmt.Sprintf("Change %d.", i)
				f := *entries[n].FAQ
				f.Answer, f.Question = text, fmt.Sprintf("%s %d", f.Question, i)
				entries[n].FAQ = &f
				start := time.Now()
				if err := a.Overlay(fmt.Sprint(g), entries); err != nil {
					b.Fatal(err)
				}
				got := a.Answer(Question{Text: f.Question, Guild: fmt.Sprint(g), Occupation: entries[n].Article})
				took = append(took, time.Since(start))
				if got.Text != text {
					b.Fatalf("%q is answered %q, want %q", f.Question, got.Text, text)
				}
			}
			spread(b, took)
			b.ReportMetric(holds, "guild-KB")
		})
	}
}

// BenchmarkReplay replays 1,000 stored questions, and all that FAQs are asked,
// on a trial of 100 entries.
func BenchmarkReplay(b *testing.B) {
	a, err := New(knowledge.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 8))
	entries := moderated(rng, knowledge.Shipped(), 1)
	if err := a.Overlay("1", entries); err != nil {
		b.Fatal(err)
	}
	var stored []Stored
	for _, set := range []string{"students", "adults", "blind", "final"} {
		for _, q := range readAskings(b, set) {
			if q.Turns == nil && len(stored) < 1000 {
				stored = append(stored, Stored{Text: q.Q, Occupation: "back-end-developer"})
			}
		}
	}
	entries = append(entries, faqEntry("back-end-developer", "remote", knowledge.Workplace, "Yes.", "Is there remote work?", "wfh?"))
	changed := 0
	for b.Loop() {
		trial, err := a.Try("1", entries)
		if err != nil {
			b.Fatal(err)
		}
		changed = len(trial.Replay(stored))
	}
	b.ReportMetric(float64(len(stored)), "stored")
	b.ReportMetric(float64(changed), "changed")
}

// BenchmarkGroup groups 2,000 questions by likeness.
func BenchmarkGroup(b *testing.B) {
	a, err := New(knowledge.Shipped())
	if err != nil {
		b.Fatal(err)
	}
	var texts []string
	for _, set := range []string{"students", "adults", "blind", "final"} {
		for _, q := range readAskings(b, set) {
			texts = append(texts, q.Q)
		}
	}
	for _, f := range knowledge.Shipped().Articles[0].FAQs {
		texts = append(texts, f.Phrasings[:min(12, len(f.Phrasings))]...)
	}
	texts = texts[:2000]
	groups := 0
	for b.Loop() {
		groups = len(a.Group("", texts))
	}
	b.ReportMetric(float64(groups), "groups")
}
