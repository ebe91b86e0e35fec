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
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
}
