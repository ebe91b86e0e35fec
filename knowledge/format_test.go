package knowledge

import (
	"reflect"
	"testing"
)

const small = `---
id: back-end-developer
title: Back-end developer
aliases: [backend developer, back end engineer, server-side developer]
region: India
source: {name: "A guide", url: "", published: "", read: 2026-11-23}
facts:
  - {kind: average, amount: 486091, currency: INR, per: year, source: Payscale, sentence: "Payscale puts the average at ₹4,86,091 a year."}
---

## What is a back-end developer? <!-- topic: overview -->

A paragraph
is a passage.

- **Apprenticeship:** a bullet is a passage; the bold words
  are its lead.
- Another.

## Questions and answers <!-- topic: faq -->

### Do I need a master's degree? <!-- id: masters-needed, topic: education, says: no -->

It is not essential.

Also asked:

- do i need masters for this
- is m tech compulsory
`

func TestParse(t *testing.T) {
	got, faults := Parse("a.md", []byte(small))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := &Article{
		ID:      "back-end-developer",
		Title:   "Back-end developer",
		Aliases: []string{"backend developer", "back end engineer", "server-side developer"},
		Region:  "India",
		Source:  Source{Name: "A guide", Read: "2026-11-23"},
		Facts: []Fact{{Kind: Average, Amount: 486091, Currency: "INR", Per: "year", Source: "Payscale",
			Sentence: "Payscale puts the average at ₹4,86,091 a year."}},
		Sections: []Section{{
			Heading: "What is a back-end developer?",
			Topic:   Overview,
			Passages: []Passage{
				{Text: "A paragraph is a passage."},
				{Bullet: true, Lead: "Apprenticeship", Text: "a bullet is a passage; the bold words are its lead."},
				{Bullet: true, Text: "Another."},
			},
		}},
		FAQs: []FAQ{{
			ID:        "masters-needed",
			Question:  "Do I need a master's degree?",
			Phrasings: []string{"do i need masters for this", "is m tech compulsory"},
			Answer:    "It is not essential.",
			Topic:     Education,
			Says:      SaysNo,
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v", got)
	}
	again, faults := Parse("b.md", Format(got))
	if len(faults) > 0 || !reflect.DeepEqual(again, want) {
		t.Errorf("after Format: %v\n%s", faults, Format(got))
	}
}
