package store

import (
	"context"
	"encoding/json"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// mostProposals is how many proposals of a person are kept: the newest.
const mostProposals = 10

// Propose keeps a subscription that its person is looking at and has not saved,
// under an ID of its own, so that it can be gone on with after a restart. Its
// query has to be sound; the schedule may be empty, as that of a search is. Of a
// person the newest ten are kept.
func (s *Store) Propose(ctx context.Context, sub alerts.Subscription) (alerts.Subscription, error) {
	if err := sub.Query.Check(); err != nil {
		return alerts.Subscription{}, err
	}
	now := s.now()
	sub.ID, sub.Created, sub.State = s.ids.next(now), instant(millis(now)), alerts.Active
	text, schedule, err := formatSubscription(Subscription{Subscription: sub})
	if err != nil {
		return alerts.Subscription{}, err
	}
	err = s.update(ctx, func(q *query.Queries) error {
		err := q.AddSubscriptionDraft(ctx, query.AddSubscriptionDraftParams{
			ID: sub.ID, PersonID: sub.Person, GuildID: sub.Guild, Query: text, Schedule: schedule, CreatedAt: millis(now),
		})
		if err != nil {
			return err
		}
		return q.TrimSubscriptionDrafts(ctx, query.TrimSubscriptionDraftsParams{PersonID: sub.Person, Most: mostProposals})
	})
	return sub, err
}

// Proposal gives what a person was looking at.
func (s *Store) Proposal(ctx context.Context, person string, id int64) (alerts.Subscription, error) {
	row, err := s.reading().SubscriptionDraft(ctx, query.SubscriptionDraftParams{PersonID: person, ID: id})
	if err != nil {
		return alerts.Subscription{}, s.fault(err)
	}
	return proposalOf(row)
}

// ChangeProposal changes the query and schedule of what a person is looking at.
func (s *Store) ChangeProposal(ctx context.Context, person string, id int64, change func(*alerts.Subscription)) (alerts.Subscription, error) {
	var sub alerts.Subscription
	err := s.update(ctx, func(q *query.Queries) error {
		row, err := q.SubscriptionDraft(ctx, query.SubscriptionDraftParams{PersonID: person, ID: id})
		if err != nil {
			return err
		}
		if sub, err = proposalOf(row); err != nil {
			return err
		}
		change(&sub)
		if err := sub.Query.Check(); err != nil {
			return err
		}
		text, schedule, err := formatSubscription(Subscription{Subscription: sub})
		if err != nil {
			return err
		}
		_, err = q.ChangeSubscriptionDraft(ctx, query.ChangeSubscriptionDraftParams{PersonID: person, ID: id, Query: text, Schedule: schedule})
		return err
	})
	return sub, err
}

// Subscribe makes a subscription of a proposal, of which a person may have most.
// The proposal is gone then, so that a second attempt finds none: ErrNotFound.
// With ErrTooMany it is kept.
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
		sub, err = s.add(ctx, q, Subscription{Subscription: proposed}, most)
		return err
	})
	if err != nil {
		return Subscription{}, err
	}
	return sub, nil
}

func proposalOf(row query.SubscriptionDraft) (alerts.Subscription, error) {
	sub := alerts.Subscription{ID: row.ID, Person: row.PersonID, Guild: row.GuildID, State: alerts.Active, Created: instant(row.CreatedAt)}
	return sub, parseSubscription(&sub, row.Query, row.Schedule)
}

func personProposals(ctx context.Context, q *query.Queries, person string) ([]PersonProposal, error) {
	rows, err := q.PersonSubscriptionDrafts(ctx, person)
	return convert(rows, func(r query.SubscriptionDraft) PersonProposal {
		return PersonProposal{r.GuildID, json.RawMessage(r.Query), json.RawMessage(r.Schedule), instant(r.CreatedAt)}
	}), err
}
