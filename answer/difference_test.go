package answer

import (
	"math/rand/v2"
	"testing"
)

// A question that a trial does not touch is decided as before it.
func TestUntouchedQuestionsAreDecidedAsBefore(t *testing.T) {
	a := overlaid(t)
	base := a.view("")
	var questions []Question
	for _, set := range []string{"students", "adults", "blind", "final"} {
		for _, q := range readAskings(t, set) {
			questions = append(questions, Question{Text: q.Q}, Question{Text: q.Q, Occupation: backend})
		}
	}
	for _, f := range base.base.Article(backend).FAQs {
		for _, text := range f.Asked() {
			questions = append(questions, Question{Text: text, Occupation: backend})
		}
	}
	for seed := range uint64(2) {
		rng := rand.New(rand.NewPCG(seed, 3))
		entries, asked := someEntries(t, rng, "ours")
		others, more := someEntries(t, rng, "theirs")
		trial := &Trial{answerer: a, before: base, after: a.over(base, entries, nil)}
		untouched, differ := 0, 0
		for range 12 {
			var list []Question
			for range 60 {
				list = append(list, questions[rng.IntN(len(questions))])
			}
			for _, text := range append(asked, more...) {
				if rng.IntN(4) == 0 {
					list = append(list, Question{Text: text}, Question{Text: text, Occupation: backend})
				}
			}
			d := trial.difference()
			for _, q := range list {
				before, after := a.decide(trial.before, q, nil), a.decide(trial.after, q, nil)
				switch {
				case trial.touches(d, q):
				case before.same(after):
					untouched++
				default:
					t.Errorf("seed %d: %+v is not touched, yet before it is %+v and after %+v", seed, q, before, after)
				}
				if !before.same(after) {
					differ++
				}
			}
			entries = edited(rng, entries, others)
			trial = &Trial{answerer: a, before: trial.after, after: a.over(base, entries, trial.after)}
		}
		if untouched < 100 || differ < 20 {
			t.Errorf("seed %d: %d questions are untouched and %d decided otherwise: too few to tell", seed, untouched, differ)
		}
	}
}
