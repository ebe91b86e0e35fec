package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// mostProposals is how many proposals of a person are kept: the newest.
const mostProposals = 10

// Proposal is a subscription, or a search, that its person is looking at and has
// not saved.
type Proposal struct {
	alerts.Subscription
	// Typed is what was typed and cannot be read, by names that the caller gives.
	// While there is any, the query need not be sound, and the proposal cannot be
	// saved.
	Typed map[string]string
}

// Propose keeps what somebody is looking at, under an ID of its own, so that it
// can be gone on with after a restart. Its query has to be sound if nothing is
// Typed; the schedule may be empty, as that of a search is. Of a person the
// newest ten are kept.
func (s *Store) Propose(ctx context.Context, p Proposal) (Proposal, error) {
	now := s.now()
	p.ID, p.Created, p.State = s.ids.next(now), instant(millis(now)), alerts.Active
	text, schedule, typed, err := p.format()
	if err != nil {
		return Proposal{}, err
	}
	err = s.update(ctx, func(q *query.Queries) error {
		err := q.AddSubscriptionDraft(ctx, query.AddSubscriptionDraftParams{
			ID: p.ID, PersonID: p.Person, GuildID: p.Guild, Query: text, Schedule: schedule, Typed: typed, CreatedAt: millis(now),
		})
		if err != nil {
			return err
		}
		return q.TrimSubscriptionDrafts(ctx, query.TrimSubscriptionDraftsParams{PersonID: p.Person, Most: mostProposals})
	})
	return p, err
}

// format checks a proposal and writes it as it is kept.
func (p Proposal) format() (text, schedule, typed string, err error) {
	if len(p.Typed) == 0 {
		if err := p.Query.Check(); err != nil {
			return "", "", "", err
		}
	} else {
		raw, err := json.Marshal(p.Typed)
		if err != nil {
			return "", "", "", err
		}
		typed = string(raw)
	}
	text, schedule, err = formatSubscription(Subscription{Subscription: p.Subscription})
	return text, schedule, typed, err
}

// Proposal gives what a person was looking at.
func (s *Store) Proposal(ctx context.Context, person string, id int64) (Proposal, error) {
	row, err := s.reading().SubscriptionDraft(ctx, query.SubscriptionDraftParams{PersonID: person, ID: id})
	if err != nil {
		return Proposal{}, s.fault(err)
	}
	return proposalOf(row)
}

// ChangeProposal changes the query, the schedule and what is Typed of what a
// person is looking at.
func (s *Store) ChangeProposal(ctx context.Context, person string, id int64, change func(*Proposal)) (Proposal, error) {
	var p Proposal
	err := s.update(ctx, func(q *query.Queries) error {
		row, err := q.SubscriptionDraft(ctx, query.SubscriptionDraftParams{PersonID: person, ID: id})
		if err != nil {
			return err
		}
		if p, err = proposalOf(row); err != nil {
			return err
		}
		change(&p)
		text, schedule, typed, err := p.format()
		if err != nil {
			return err
		}
		_, err = q.ChangeSubscriptionDraft(ctx, query.ChangeSubscriptionDraftParams{PersonID: person, ID: id, Query: text, Schedule: schedule, Typed: typed})
		return err
	})
	return p, err
}

// Subscribe makes a subscription of a proposal, of which a person may have most.
// The proposal is gone then, so that a second attempt finds none: ErrNotFound,
// as of one that has something Typed. With ErrTooMany it is kept.
func (s *Store) Subscribe(ctx context.Context, person string, id int64, most int) (Subscription, error) {
	var sub Subscription
	err := s.update(ctx, func(q *query.Queries) error {
		row, err := q.TakeSubscriptionDraft(ctx, query.TakeSubscriptionDraftParams{PersonID: person, ID: id})
		if err != nil {
			return err
		}
		proposed, err := proposalOf(row)
		if err != nil {
			return err
		}
		sub, err = s.add(ctx, q, Subscription{Subscription: proposed.Subscription}, most)
		return err
	})
	if err != nil {
		return Subscription{}, err
	}
	return sub, nil
}

func proposalOf(row query.SubscriptionDraft) (Proposal, error) {
	p := Proposal{Subscription: alerts.Subscription{ID: row.ID, Person: row.PersonID, Guild: row.GuildID, State: alerts.Active, Created: instant(row.CreatedAt)}}
	if row.Typed != "" {
		if err := json.Unmarshal([]byte(row.Typed), &p.Typed); err != nil {
			return p, fmt.Errorf("the proposal %d in the database makes no sense: %w", row.ID, err)
		}
	}
	return p, parseSubscription(&p.Subscription, row.Query, row.Schedule)
}

func personProposals(ctx context.Context, q *query.Queries, person string) ([]PersonProposal, error) {
	rows, err := q.PersonSubscriptionDrafts(ctx, person)
	return convert(rows, func(r query.SubscriptionDraft) PersonProposal {
		return PersonProposal{r.GuildID, json.RawMessage(r.Query), json.RawMessage(r.Schedule), json.RawMessage(r.Typed), instant(r.CreatedAt)}
	}), err
}
