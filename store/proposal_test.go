package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/careerbot/careerbot/alerts"
)

// What somebody looks at is theirs, becomes a subscription once, and is not lost
// where there is no room.
func TestProposals(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		c := newClock()
		o.Now = c.Now
		ctx, s := t.Context(), open(t, o)
		wanted := Proposal{Subscription: looking("p", "g").Subscription}
		search := wanted
		search.Schedule = alerts.Schedule{}
		p := must(s.Propose(ctx, search))(t)
		if _, err := s.Proposal(ctx, "q", p.ID); !errors.Is(err, ErrNotFound) {
			t.Errorf("somebody else sees it: %v", err)
		}
		if _, err := s.Subscribe(ctx, "p", p.ID, 1); err == nil {
			t.Error("a search is saved that says no when")
		}
		_ = must(s.ChangeProposal(ctx, "p", p.ID, func(p *Proposal) { p.Schedule = wanted.Schedule }))(t)
		_, err := s.Subscribe(ctx, "q", p.ID, 1)
		equal(t, "of somebody else", errors.Is(err, ErrNotFound), true)

		sub := must(s.Subscribe(ctx, "p", p.ID, 1))(t)
		equal(t, "saved", fmt.Sprint(sub.Person, sub.Guild, sub.Query.Words, sub.State, sub.Schedule), fmt.Sprint("p", "g", "baker", alerts.Active, wanted.Schedule))
		_, err = s.Subscribe(ctx, "p", p.ID, 1)
		equal(t, "a second time", errors.Is(err, ErrNotFound), true)

		more := must(s.Propose(ctx, wanted))(t)
		_, err = s.Subscribe(ctx, "p", more.ID, 1)
		equal(t, "one too many", errors.Is(err, ErrTooMany), true)
		equal(t, "is kept", must(s.Proposal(ctx, "p", more.ID))(t).ID, more.ID)
		equal(t, "is told", len(must(s.Person(ctx, "p"))(t).Proposals), 1)
		_ = must(s.DeletePerson(ctx, "p"))(t)
		equal(t, "is deleted", len(must(s.Person(ctx, "p"))(t).Proposals), 0)

		for range mostProposals + 2 {
			_ = must(s.Propose(ctx, wanted))(t)
		}
		equal(t, "no more than", len(must(s.Person(ctx, "p"))(t).Proposals), mostProposals)
		c.add(2 * time.Hour)
		equal(t, "deleted in time", must(s.Purge(ctx, Keep{Drafts: time.Hour}))(t).Proposals, int64(mostProposals))
	})
}

// What was typed and cannot be read is kept until it is mended, and is no
// subscription before.
func TestProposalThatCannotBeRead(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		wanted := looking("p", "g").Subscription
		broken := Proposal{Subscription: wanted}
		broken.Query = alerts.Query{}
		if _, err := s.Propose(ctx, broken); err == nil {
			t.Error("what asks for nothing is a proposal")
		}
		broken.Typed = map[string]string{"words": "go AND", "zone": "Nowhere/Land"}
		p := must(s.Propose(ctx, broken))(t)
		equal(t, "kept", fmt.Sprint(must(s.Proposal(ctx, "p", p.ID))(t).Typed), fmt.Sprint(broken.Typed))
		_, err := s.Subscribe(ctx, "p", p.ID, 1)
		equal(t, "it is saved", errors.Is(err, ErrNotFound), true)
		equal(t, "and told to its person", string(must(s.Person(ctx, "p"))(t).Proposals[0].Typed), `{"words":"go AND","zone":"Nowhere/Land"}`)
		_ = must(s.ChangeProposal(ctx, "p", p.ID, func(p *Proposal) { p.Query, p.Typed = wanted.Query, nil }))(t)
		equal(t, "mended", must(s.Subscribe(ctx, "p", p.ID, 1))(t).Query.Words.String(), "baker")
	})
}
