package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Change is what an entry shall be. The entry holds nothing but its key to be
// reset, and is hidden to be removed.
type Change struct {
	knowledge.Entry
	Action Action // Add, Edit, Remove, Reset or Import
	Base   int64  // the number of the revision that it was made from; 0 if there was none
}

// Draft is a set of changes that somebody has prepared: nobody but moderators
// sees it until it is published.
type Draft struct {
	ID        int64 // set by the store
	Guild     string
	Author    string
	Changes   []Change // of one entry or several, no entry twice
	Questions []int64  // those that they answer; none if they answer none
	Note      string   // what it is for, for the audit
	Created   time.Time

	// Typed is what somebody has put in, by the names of fields, and what is not
	// sound yet: it is kept so that it is not lost, and cannot be published. The
	// one change is an entry's key alone then. Nil of a draft that is sound.
	Typed map[string]string
}

// Published is what came of publishing a draft.
type Published struct {
	Guild     string
	Deed      int64      // the line of the audit, by which UndoAll takes all of it back
	Revisions []Revision // what was laid over the guild's base
	Tell      []Waiting  // who waits for the answer, claimed as by ClaimWaiting
}

// change is a Change as it is stored.
type change struct {
	Article string `json:"article"`
	Kind    string `json:"kind"`
	ID      string `json:"id,omitempty"`
	Action  Action `json:"action"`
	Base    int64  `json:"base"`
	Body    string `json:"body,omitempty"`
	Hidden  bool   `json:"hidden,omitempty"`

	Typed map[string]string `json:"typed,omitempty"`
}

func (c change) key() knowledge.EntryKey { return keyOf(c.Article, c.Kind, c.ID) }

// SaveDraft keeps a draft: a new one if its ID is 0, else in the place of the
// one with that ID, whose author and time stay. The error is knowledge.Faults
// if an entry could not be read back.
func (s *Store) SaveDraft(ctx context.Context, d Draft) (Draft, error) {
	changes := make([]change, len(d.Changes))
	seen := map[knowledge.EntryKey]bool{}
	for i, c := range d.Changes {
		content := checkContent
		if d.Typed != nil {
			content = checkUnsound
		}
		if err := content(c.Entry, c.Action); err != nil {
			return Draft{}, err
		}
		if seen[c.EntryKey] {
			return Draft{}, errors.New("the draft changes " + keyString(c.EntryKey) + " twice")
		}
		seen[c.EntryKey] = true
		body := formatBody(c.Entry)
		if body != "" {
			if _, err := knowledge.ParseEntry(c.EntryKey, []byte(body)); err != nil {
				return Draft{}, err
			}
		}
		changes[i] = change{c.Article, string(c.Kind), c.ID, c.Action, c.Base, body, c.Hidden, d.Typed}
	}
	if len(changes) == 0 {
		return Draft{}, errors.New("the draft changes nothing")
	}
	text, err := json.Marshal(changes)
	if err != nil {
		return Draft{}, err
	}
	questions, err := json.Marshal(append([]int64{}, d.Questions...))
	if err != nil {
		return Draft{}, err
	}
	var row query.Draft
	err = s.update(ctx, func(q *query.Queries) error {
		if d.ID == 0 {
			now := s.now()
			row = query.Draft{
				ID: s.ids.next(now), GuildID: d.Guild, AuthorID: d.Author, Questions: string(questions), Note: d.Note, Changes: string(text), CreatedAt: millis(now),
			}
			return q.AddDraft(ctx, query.AddDraftParams(row))
		}
		row, err = q.ChangeDraft(ctx, query.ChangeDraftParams{
			GuildID: d.Guild, ID: d.ID, Questions: string(questions), Note: d.Note, Changes: string(text),
		})
		return err
	})
	if err != nil {
		return Draft{}, err
	}
	return draftOf(row)
}

// Draft gives a draft of a guild.
func (s *Store) Draft(ctx context.Context, guild string, id int64) (Draft, error) {
	row, err := s.reading().Draft(ctx, query.DraftParams{GuildID: guild, ID: id})
	if err != nil {
		return Draft{}, s.fault(err)
	}
	return draftOf(row)
}

// Drafts lists the drafts of a guild, the oldest first.
func (s *Store) Drafts(ctx context.Context, guild string) ([]Draft, error) {
	rows, err := s.reading().Drafts(ctx, guild)
	if err != nil {
		return nil, s.fault(err)
	}
	list := make([]Draft, len(rows))
	for i, row := range rows {
		if list[i], err = draftOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Discard deletes a draft of a guild.
func (s *Store) Discard(ctx context.Context, guild string, id int64) error {
	return s.update(ctx, func(q *query.Queries) error {
		_, err := q.TakeDraft(ctx, query.TakeDraftParams{GuildID: guild, ID: id})
		return err
	})
}

// Publish makes the changes of a draft, for person, and the questions that
// it answers are answered. It happens whole or not at all. If an entry was changed
// since the draft was made the error is a *StaleError, and the draft is kept.
// Of two who publish a draft at once, one gets ErrNotFound. What was typed and
// is not sound cannot be published: the error is ErrUnsound.
func (s *Store) Publish(ctx context.Context, guild string, id int64, person string) (Published, error) {
	p := Published{Guild: guild}
	err := s.update(ctx, func(q *query.Queries) error {
		row, err := q.TakeDraft(ctx, query.TakeDraftParams{GuildID: guild, ID: id})
		if err != nil {
			return err
		}
		changes, err := changesOf(row)
		if err != nil {
			return err
		}
		if changes[0].Typed != nil {
			return ErrUnsound
		}
		p.Deed = s.ids.next(s.now())
		if p.Revisions, err = s.lay(ctx, q, guild, row.AuthorID, p.Deed, changes); err != nil {
			return err
		}
		questions, err := questionsOf(row)
		if err != nil {
			return err
		}
		if p.Tell, err = s.answer(ctx, q, guild, questions, answering(changes)); err != nil {
			return err
		}
		action, target := summary(changes)
		if err := s.audit(ctx, q, Deed{ID: p.Deed, Guild: guild, Person: person, Action: action, Target: target, Detail: row.Note}); err != nil {
			return err
		}
		return changed(ctx, q, guild)
	})
	if err != nil {
		return Published{}, err
	}
	return p, nil
}

// answering tells which entry of some changes answers a question: the first
// that is not taken away.
func answering(changes []change) knowledge.EntryKey {
	for _, c := range changes {
		if c.Body != "" {
			return c.key()
		}
	}
	return changes[0].key()
}

// summary says in a line of the audit what changes do.
func summary(changes []change) (action, target string) {
	action, target = string(changes[0].Action), keyString(changes[0].key())
	for _, c := range changes {
		if string(c.Action) != action {
			action = "publish"
		}
	}
	if n := len(changes); n > 1 {
		target = fmt.Sprintf("%s and %d more", target, n-1)
	}
	return action, target
}

func changesOf(row query.Draft) ([]change, error) {
	var changes []change
	if err := json.Unmarshal([]byte(row.Changes), &changes); err != nil || len(changes) == 0 {
		return nil, fmt.Errorf("draft %d in the database makes no sense: discard it: %w", row.ID, err)
	}
	return changes, nil
}

func questionsOf(row query.Draft) (ids []int64, err error) {
	if err := json.Unmarshal([]byte(row.Questions), &ids); err != nil {
		return nil, fmt.Errorf("draft %d in the database makes no sense: discard it: %w", row.ID, err)
	}
	return ids, nil
}

func draftOf(row query.Draft) (Draft, error) {
	changes, err := changesOf(row)
	if err != nil {
		return Draft{}, err
	}
	questions, err := questionsOf(row)
	if err != nil {
		return Draft{}, err
	}
	d := Draft{ID: row.ID, Guild: row.GuildID, Author: row.AuthorID, Questions: questions, Note: row.Note, Created: instant(row.CreatedAt)}
	d.Typed = changes[0].Typed
	for _, c := range changes {
		e, err := parseBody(c.key(), c.Body, c.Hidden)
		if err != nil {
			return Draft{}, fmt.Errorf("draft %d in the database makes no sense: discard it: %w", row.ID, err)
		}
		d.Changes = append(d.Changes, Change{Entry: e, Action: c.Action, Base: c.Base})
	}
	return d, nil
}
