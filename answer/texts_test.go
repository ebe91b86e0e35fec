package answer

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

// edited returns entries after one edit of a moderator, at random: an entry
// more or less, hidden, or one with other words.
func edited(rng *rand.Rand, entries, others []knowledge.Entry) []knowledge.Entry {
	entries = slices.Clone(entries)
	i := rng.IntN(len(entries))
	e := &entries[i]
	other := others[rng.IntN(len(others))]
	switch n := rng.IntN(8); {
	case n < 2 && !slices.ContainsFunc(entries, func(e knowledge.Entry) bool { return e.EntryKey == other.EntryKey }):
		return append(entries, other)
	case n < 3 && len(entries) > 1:
		return slices.Delete(entries, i, i+1)
	case n < 4:
		*e = knowledge.Entry{EntryKey: e.EntryKey, Hidden: true}
	case n < 5 && e.Head != nil:
		head := *e.Head
		head.Aliases = append(slices.Clone(head.Aliases), "night wacher")
		e.Head = &head
	case e.FAQ != nil:
		f := *e.FAQ
		words := []string{"wrokplace", "frobnicator", "hospitl ward", "night wacher", "remote", "frobnication", "frobnicatoin"}
		switch rng.IntN(3) {
		case 0:
			f.Answer += " Ask in the ward."
		case 1:
			f.Question += " " + words[rng.IntN(len(words))]
		default:
			f.Phrasings = append(slices.Clone(f.Phrasings), f.Question+" "+words[rng.IntN(len(words))])
		}
		e.FAQ = &f
	}
	return entries
}

// What a server sees after any edits is what it would see if all were read for
// the first time.
func TestEditsAreReadAsAllAnew(t *testing.T) {
	a := shipped(t)
	bare, err := bareForRules()
	if err != nil {
		t.Fatal(err)
	}
	bases := []*state{a.view(""), bare.view("")}
	for seed := range uint64(2) {
		rng := rand.New(rand.NewPCG(seed, 2))
		entries, asked := someEntries(t, rng, "ours")
		others, more := someEntries(t, rng, "theirs")
		asked = append(asked, more...)
		var now *state
		reused := 0
		for range 15 {
			below := bases[0]
			if rng.IntN(6) == 0 {
				below = bases[1]
			}
			before := now
			entries = edited(rng, entries, others)
			now = a.over(below, entries, before)
			fresh := a.over(below, entries, nil)
			for name, pair := range map[string][2]any{
				"stems": {now.stems, fresh.stems}, "told": {now.told, fresh.told},
				"exact": {now.exact, fresh.exact}, "wordings": {now.wordings, fresh.wordings},
				"careers": {now.careers, fresh.careers}, "taught": {now.taught, fresh.taught}, "names": {now.names, fresh.names},
				"kinship": {now.own, fresh.own}, "known words": {now.speller.known, fresh.speller.known},
				"words corrected towards": {slices.Sorted(slices.Values(now.speller.words)), slices.Sorted(slices.Values(fresh.speller.words))},
				"forms":                   {formsOf(t, now.speller), formsOf(t, fresh.speller)},
				"texts held":              {len(now.texts), len(fresh.texts)},
			} {
				if !reflect.DeepEqual(pair[0], pair[1]) {
					t.Fatalf("seed %d: %s differ", seed, name)
				}
			}
			for range 8 {
				q := Question{Text: asked[rng.IntN(len(asked))], Occupation: backend}
				x, y := a.decide(now, q, nil), a.decide(fresh, q, nil)
				if !x.same(y) || x.confidence != y.confidence || x.text != y.text {
					t.Fatalf("seed %d: %q is answered otherwise: %+v, want %+v", seed, q.Text, x, y)
				}
			}
			if before != nil && before.below == below {
				for key, text := range now.texts {
					if before.texts[key] == text {
						reused++
					}
				}
			}
		}
		if reused == 0 {
			t.Errorf("seed %d: nothing was taken over", seed)
		}
	}
}

// formsOf lists the words that a form may stand for.
func formsOf(t *testing.T, s *speller) map[uint32][]string {
	out := map[uint32][]string{}
	for _, d := range s.deletes {
		out[d.form] = append(out[d.form], s.words[d.word])
	}
	for list := range maps.Values(out) {
		slices.Sort(list)
	}
	if !slices.IsSortedFunc(s.deletes, func(x, y deleted) int { return cmp.Compare(x.form, y.form) }) {
		t.Error("the forms are not sorted")
	}
	return out
}
