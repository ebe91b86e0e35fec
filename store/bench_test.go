package store

import (
	"fmt"
	"testing"
)

// benchmark runs a benchmark on SQLite and on PostgreSQL.
func benchmark(b *testing.B, run func(b *testing.B, s *Store)) {
	b.Run("sqlite", func(b *testing.B) { run(b, open(b, Options{Dir: b.TempDir()})) })
	b.Run("postgres", func(b *testing.B) { run(b, open(b, Options{URL: postgres(b)})) })
}

// A draft of one change is saved and published.
func BenchmarkPublish(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		publish(b, s, "g", Change{Entry: faq("dough", "Knead it."), Action: Add, Base: 0})
		for base := int64(1); b.Loop(); base++ {
			publish(b, s, "g", Change{Entry: faq("dough", "Knead it."), Action: Edit, Base: base})
		}
	})
}

// All entries of 100 guilds with 100 entries each are read, as at the start.
func BenchmarkAllEntries(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		for guild := range 100 {
			changes := make([]Change, 100)
			for i := range changes {
				changes[i] = Change{Entry: faq(fmt.Sprintf("faq-%d", i), "Knead the dough well, then let it rest for an hour in a warm place."), Action: Import, Base: 0}
			}
			publish(b, s, fmt.Sprint(guild), changes...)
		}
		b.ReportAllocs()
		for b.Loop() {
			if n := len(must(s.AllEntries(b.Context()))(b)); n != 100 {
				b.Fatalf("%d guilds", n)
			}
		}
	})
}

func BenchmarkVote(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		for i := 0; b.Loop(); i++ {
			v := Vote{Guild: "g", Answer: fmt.Sprint(i), Person: "p", Helpful: true, Question: "pay?", Entry: faq("pay", "").EntryKey}
			if err := s.Vote(b.Context(), v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAsk(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		for i := 0; b.Loop(); i++ {
			if _, err := s.Ask(b.Context(), Asking{Guild: "g", Channel: "c", Text: "pay?", Key: fmt.Sprint(i % 1000), Reason: Abstained}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkChanges(b *testing.B) {
	benchmark(b, func(b *testing.B, s *Store) {
		publish(b, s, "g", Change{Entry: faq("dough", "Knead it."), Action: Add, Base: 0})
		for b.Loop() {
			if _, _, err := s.Changes(b.Context(), 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}
