package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Deleted stands for people who have had what is stored of them deleted, where
// what they did has to stay.
const Deleted = "deleted"

// Person is all that is stored of a person, on all servers. It is made to be
// written as JSON.
type Person struct {
	ID        string           `json:"id"`
	Votes     []PersonVote     `json:"votes"`
	Waiting   []PersonWaiting  `json:"waiting"`
	Drafts    []PersonDraft    `json:"drafts"`
	Revisions []PersonRevision `json:"revisions"`
	Checks    []PersonCheck    `json:"checks"`
	Deeds     []Deed           `json:"deeds"`

	Subscriptions []PersonSubscription `json:"subscriptions"`
	Proposals     []PersonProposal     `json:"proposals"`
	Sources       []PersonSource       `json:"sources"`
}

// PersonProposal is a search of the person, or a subscription that they have not
// saved.
type PersonProposal struct {
	Guild    string          `json:"guild"`
	Query    json.RawMessage `json:"query"`
	Schedule json.RawMessage `json:"schedule"`
	Typed    json.RawMessage `json:"typed,omitempty"`
	Created  time.Time       `json:"created"`
}

// PersonSubscription is what the person looks for, and what they were told of.
type PersonSubscription struct {
	Guild    string           `json:"guild"`
	Query    alerts.Query     `json:"query"`
	Schedule alerts.Schedule  `json:"schedule"`
	Channel  string           `json:"channel"`
	State    alerts.State     `json:"state"`
	Reason   string           `json:"reason,omitempty"`
	Until    time.Time        `json:"until,omitzero"`
	Created  time.Time        `json:"created"`
	Found    []PersonHit      `json:"found"`
	Messages []PersonDelivery `json:"messages"`
}

// PersonHit is a job that was found for the person.
type PersonHit struct {
	Job     int64     `json:"job"`
	At      time.Time `json:"at"`
	Message int64     `json:"message,omitempty"` // with which they were told
}

// PersonDelivery is a message to the person.
type PersonDelivery struct {
	ID      int64     `json:"id"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Message string    `json:"message,omitempty"` // Discord's id of it
	Made    time.Time `json:"made"`
	Done    time.Time `json:"done,omitzero"`
}

// PersonSource is a source of jobs that the person has added.
type PersonSource struct {
	Guild string    `json:"guild"`
	URL   string    `json:"url"`
	At    time.Time `json:"at"`
}

// PersonVote is a vote that the person has given.
type PersonVote struct {
	Guild    string    `json:"guild"`
	Answer   string    `json:"answer"`
	Helpful  bool      `json:"helpful"`
	Entry    string    `json:"entry"`
	Question string    `json:"question"`
	At       time.Time `json:"at"`
}

// PersonWaiting is an answer of which the person wants, or wanted, to be told.
type PersonWaiting struct {
	Guild    string    `json:"guild"`
	Question string    `json:"question"`
	Channel  string    `json:"channel"`
	Message  string    `json:"message"`
	Private  bool      `json:"private"`
	Since    time.Time `json:"since"`
	Told     time.Time `json:"told,omitzero"`
}

// PersonDraft is what the person has prepared and nobody has published.
type PersonDraft struct {
	Guild   string    `json:"guild"`
	Note    string    `json:"note"`
	Changes []change  `json:"changes"`
	Created time.Time `json:"created"`
}

// PersonRevision is what the person has made of an entry.
type PersonRevision struct {
	Guild  string    `json:"guild"`
	Entry  string    `json:"entry"`
	Number int64     `json:"number"`
	Action Action    `json:"action"`
	Body   string    `json:"body"`
	At     time.Time `json:"at"`
}

// PersonCheck is a check question that the person has stored.
type PersonCheck struct {
	Guild string    `json:"guild"`
	Text  string    `json:"text"`
	Want  string    `json:"want"`
	At    time.Time `json:"at"`
}

// Person gives all that is stored of a person.
func (s *Store) Person(ctx context.Context, person string) (Person, error) {
	p := Person{ID: person}
	q := s.reading()
	for _, read := range []func() error{
		func() error {
			rows, err := q.PersonVotes(ctx, person)
			p.Votes = convert(rows, func(r query.Vote) PersonVote {
				return PersonVote{r.GuildID, r.AnswerID, r.Helpful, keyString(keyOf(r.Article, r.Kind, r.EntryID)), r.Question, instant(r.At)}
			})
			return err
		},
		func() error {
			rows, err := q.PersonWaiting(ctx, person)
			p.Waiting = convert(rows, func(r query.PersonWaitingRow) PersonWaiting {
				return PersonWaiting{r.GuildID, r.Text, r.ChannelID, r.MessageID, r.Private, instant(r.Since), instant(r.ToldAt)}
			})
			return err
		},
		func() error {
			rows, err := q.PersonDrafts(ctx, person)
			p.Drafts = convert(rows, func(r query.Draft) PersonDraft {
				changes, _ := changesOf(r) // what makes no sense shows nothing
				return PersonDraft{r.GuildID, r.Note, changes, instant(r.CreatedAt)}
			})
			return err
		},
		func() error {
			rows, err := q.PersonRevisions(ctx, person)
			p.Revisions = convert(rows, func(r query.Revision) PersonRevision {
				return PersonRevision{r.GuildID, keyString(keyOf(r.Article, r.Kind, r.EntryID)), r.Number, Action(r.Action), r.Body, instant(r.At)}
			})
			return err
		},
		func() error {
			rows, err := q.PersonChecks(ctx, person)
			p.Checks = convert(rows, func(r query.CheckQuestion) PersonCheck {
				return PersonCheck{r.GuildID, r.Text, keyString(keyOf(r.WantArticle, r.WantKind, r.WantID)), instant(r.At)}
			})
			return err
		},
		func() error {
			rows, err := q.PersonAudit(ctx, person)
			p.Deeds = convert(rows, deedOf)
			return err
		},
		func() (err error) {
			p.Subscriptions, err = personSubscriptions(ctx, q, person)
			return err
		},
		func() (err error) {
			p.Proposals, err = personProposals(ctx, q, person)
			return err
		},
		func() error {
			rows, err := q.PersonSources(ctx, person)
			p.Sources = convert(rows, func(r query.Source) PersonSource { return PersonSource{r.GuildID, r.Url, instant(r.AddedAt)} })
			return err
		},
	} {
		if err := read(); err != nil {
			return Person{}, s.fault(err)
		}
	}
	return p, nil
}

func personSubscriptions(ctx context.Context, q *query.Queries, person string) ([]PersonSubscription, error) {
	rows, err := q.PersonSubscriptions(ctx, person)
	if err != nil {
		return nil, err
	}
	hits, err := q.PersonHits(ctx, person)
	if err != nil {
		return nil, err
	}
	deliveries, err := q.PersonDeliveries(ctx, person)
	if err != nil {
		return nil, err
	}
	list := make([]PersonSubscription, len(rows))
	for i, row := range rows {
		sub, err := subscriptionOf(row)
		if err != nil {
			return nil, err
		}
		list[i] = PersonSubscription{
			Guild: sub.Guild, Query: sub.Query, Schedule: sub.Schedule, Channel: sub.Channel, State: sub.State,
			Reason: sub.Reason, Until: sub.Until, Created: sub.Created, Found: []PersonHit{}, Messages: []PersonDelivery{},
		}
		for _, h := range hits {
			if h.SubscriptionID == row.ID {
				list[i].Found = append(list[i].Found, PersonHit{h.JobID, instant(h.At), h.DeliveryID})
			}
		}
		for _, d := range deliveries {
			if d.SubscriptionID == row.ID {
				list[i].Messages = append(list[i].Messages, PersonDelivery{d.ID, d.State, d.Reason, d.MessageID, instant(d.FrozenAt), instant(d.DoneAt)})
			}
		}
	}
	return list, nil
}

// DeletePerson deletes the votes, the waiting, the drafts, the searches and the
// subscriptions of a person with all that belongs to these, and puts Deleted in
// their place where they are the author of something that stays. It gives the
// number of rows that this took.
func (s *Store) DeletePerson(ctx context.Context, person string) (int64, error) {
	var rows int64
	err := s.update(ctx, func(q *query.Queries) error {
		rows = 0
		for _, do := range []func() (int64, error){
			func() (int64, error) { return q.DeletePersonVotes(ctx, person) },
			func() (int64, error) { return q.DeletePersonWaiting(ctx, person) },
			func() (int64, error) { return q.DeletePersonDrafts(ctx, person) },
			func() (n int64, err error) {
				err = each(ctx, q, person, func(row query.Subscription) error {
					n++
					return drop(ctx, q, row)
				})
				return n, err
			},
			func() (int64, error) { return q.DeletePersonSubscriptionDrafts(ctx, person) },
			func() (int64, error) {
				return q.ForgetSourceAuthor(ctx, query.ForgetSourceAuthorParams{PersonID: person, StandIn: Deleted})
			},
			func() (int64, error) {
				return q.ForgetRevisionAuthor(ctx, query.ForgetRevisionAuthorParams{PersonID: person, StandIn: Deleted})
			},
			func() (int64, error) {
				return q.ForgetCheckAuthor(ctx, query.ForgetCheckAuthorParams{PersonID: person, StandIn: Deleted})
			},
			func() (int64, error) {
				return q.ForgetAuditPerson(ctx, query.ForgetAuditPersonParams{PersonID: person, StandIn: Deleted})
			},
		} {
			n, err := do()
			if err != nil {
				return err
			}
			rows += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return rows, nil
}
