package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store/internal/query"
)

// Action is what became of an entry.
type Action string

// What can become of an entry.
const (
	Add    Action = "add"
	Edit   Action = "edit"
	Remove Action = "remove" // it is hidden
	Reset  Action = "reset"  // the guild has none of its own; the shipped one stands
	Undo   Action = "undo"   // it is as it was before its newest revision
	Import Action = "import" // it came with a file
)

// Revision is what an entry was from a moment on. Where it was reset, or not
// there before, it is the key alone.
type Revision struct {
	knowledge.Entry
	Number int64 // from 1; 0 for what is not in the store
	Action Action
	Author string // Deleted if they have asked for that
	At     time.Time
}

// StaleError is an ErrStale that knows what the entries are now.
type StaleError struct {
	Now []Revision // of each entry that was changed meanwhile, the newest revision
}

func (e *StaleError) Error() string {
	keys := make([]string, len(e.Now))
	for i, r := range e.Now {
		keys[i] = keyString(r.EntryKey)
	}
	return fmt.Sprintf("%v: %s", ErrStale, strings.Join(keys, ", "))
}

// Unwrap makes it an ErrStale.
func (e *StaleError) Unwrap() error { return ErrStale }

// Entries lists what a guild has in the place of the shipped entries or beside
// them, ordered by key: what (*knowledge.Base).With takes. An entry that cannot
// be read is left out and logged.
func (s *Store) Entries(ctx context.Context, guild string) ([]knowledge.Entry, error) {
	rows, err := s.reading().Entries(ctx, guild)
	if err != nil {
		return nil, s.fault(err)
	}
	return s.entriesOf(rows)[guild], nil
}

// AllEntries gives the entries of every guild that has any, as Entries does.
func (s *Store) AllEntries(ctx context.Context) (map[string][]knowledge.Entry, error) {
	rows, err := s.reading().AllEntries(ctx)
	if err != nil {
		return nil, s.fault(err)
	}
	return s.entriesOf(rows), nil
}

func (s *Store) entriesOf(rows []query.Entry) map[string][]knowledge.Entry {
	guilds := map[string][]knowledge.Entry{}
	for _, row := range rows {
		key := keyOf(row.Article, row.Kind, row.EntryID)
		e, err := parseBody(key, row.Body, row.Hidden)
		if err != nil {
			s.log.Error("an entry in the database makes no sense: it is left out", "guild", row.GuildID, "entry", keyString(key), "error", err)
			continue
		}
		guilds[row.GuildID] = append(guilds[row.GuildID], e)
	}
	return guilds
}

// History gives at most most revisions of an entry of a guild, the newest
// first.
func (s *Store) History(ctx context.Context, guild string, key knowledge.EntryKey, most int) ([]Revision, error) {
	return s.history(ctx, s.reading(), guild, key, most)
}

func (s *Store) history(ctx context.Context, q *query.Queries, guild string, key knowledge.EntryKey, most int) ([]Revision, error) {
	rows, err := q.Revisions(ctx, query.RevisionsParams{
		GuildID: guild, Article: key.Article, Kind: string(key.Kind), EntryID: key.ID, Most: int32(most),
	})
	if err != nil {
		return nil, s.fault(err)
	}
	list := make([]Revision, len(rows))
	for i, row := range rows {
		if list[i], err = revisionOf(row); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Revision gives the newest revision of an entry of a guild. Its Number is 0
// if the guild never had one of its own: the base of a first change.
func (s *Store) Revision(ctx context.Context, guild string, key knowledge.EntryKey) (Revision, error) {
	return s.newest(ctx, s.reading(), guild, key)
}

func (s *Store) newest(ctx context.Context, q *query.Queries, guild string, key knowledge.EntryKey) (Revision, error) {
	list, err := s.history(ctx, q, guild, key, 1)
	if err != nil || len(list) == 0 {
		return Revision{Entry: knowledge.Entry{EntryKey: key}}, err
	}
	return list[0], nil
}

// Undo gives an entry of a guild what it was before its newest revision, which
// must be that of the number: else the error is a *StaleError. Undoing an undo
// does again what it undid. If it is gone then, the questions that it answered
// are in the queue again.
func (s *Store) Undo(ctx context.Context, guild string, key knowledge.EntryKey, number int64, person string) (Revision, error) {
	var r Revision
	err := s.update(ctx, func(q *query.Queries) error {
		before := query.Revision{} // there was none
		if number > 1 {
			var err error
			if before, err = q.Revision(ctx, query.RevisionParams{
				GuildID: guild, Article: key.Article, Kind: string(key.Kind), EntryID: key.ID, Number: number - 1,
			}); err != nil {
				return err
			}
		}
		c := change{Article: key.Article, Kind: string(key.Kind), ID: key.ID, Base: number, Action: Undo, Body: before.Body, Hidden: before.Hidden}
		list, err := s.lay(ctx, q, guild, person, []change{c})
		if err != nil {
			return err
		}
		r = list[0]
		if before.Number == 0 || before.Hidden { // nothing answers them any more
			err := q.ReopenQuestions(ctx, query.ReopenQuestionsParams{GuildID: guild, Article: key.Article, Kind: string(key.Kind), EntryID: key.ID})
			if err != nil {
				return err
			}
		}
		if err := s.audit(ctx, q, Deed{Guild: guild, Person: person, Action: string(Undo), Target: keyString(key), Detail: fmt.Sprintf("revision %d", number)}); err != nil {
			return err
		}
		return changed(ctx, q, guild)
	})
	if err != nil {
		return Revision{}, err
	}
	return r, nil
}

// lay makes changes to the entries of a guild, all or none. If any of them is
// based on a revision that is no longer the newest, the error is a *StaleError
// of all those. Rows are taken in the order of their keys, so that two
// processes cannot wait for each other.
func (s *Store) lay(ctx context.Context, q *query.Queries, guild, author string, changes []change) ([]Revision, error) {
	changes = slices.SortedFunc(slices.Values(changes), func(a, b change) int {
		return strings.Compare(keyString(a.key()), keyString(b.key()))
	})
	var laid, stale []Revision
	for _, c := range changes {
		var n int64
		var err error
		if c.Base == 0 {
			n, err = q.AddEntry(ctx, query.AddEntryParams{
				GuildID: guild, Article: c.Article, Kind: c.Kind, EntryID: c.ID, Body: c.Body, Hidden: c.Hidden,
			})
		} else {
			n, err = q.ChangeEntry(ctx, query.ChangeEntryParams{
				GuildID: guild, Article: c.Article, Kind: c.Kind, EntryID: c.ID, Body: c.Body, Hidden: c.Hidden, Base: c.Base,
			})
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			now, err := s.newest(ctx, q, guild, c.key())
			if err != nil {
				return nil, err
			}
			stale = append(stale, now)
			continue
		}
		row := query.Revision{
			GuildID: guild, Article: c.Article, Kind: c.Kind, EntryID: c.ID, Number: c.Base + 1,
			Action: string(c.Action), Body: c.Body, Hidden: c.Hidden, AuthorID: author, At: millis(s.now()),
		}
		if err := q.AddRevision(ctx, query.AddRevisionParams(row)); err != nil {
			return nil, err
		}
		r, err := revisionOf(row)
		if err != nil {
			return nil, err
		}
		laid = append(laid, r)
	}
	if len(stale) > 0 {
		return nil, &StaleError{stale}
	}
	return laid, nil
}

func revisionOf(row query.Revision) (Revision, error) {
	key := keyOf(row.Article, row.Kind, row.EntryID)
	e, err := parseBody(key, row.Body, row.Hidden)
	if err != nil {
		return Revision{}, fmt.Errorf("revision %d of %s in the database makes no sense: %w", row.Number, keyString(key), err)
	}
	return Revision{Entry: e, Number: row.Number, Action: Action(row.Action), Author: row.AuthorID, At: instant(row.At)}, nil
}

func keyOf(article, kind, id string) knowledge.EntryKey {
	return knowledge.EntryKey{Article: article, Kind: knowledge.EntryKind(kind), ID: id}
}

// keyString writes a key for people and for the audit: article/kind/id.
func keyString(k knowledge.EntryKey) string {
	return strings.TrimSuffix(strings.Join([]string{k.Article, string(k.Kind), k.ID}, "/"), "/")
}

// checkContent says what is wrong with an entry for an action.
func checkContent(e knowledge.Entry, a Action) error {
	holds := map[knowledge.EntryKind]bool{
		knowledge.CareerEntry: e.Head != nil, knowledge.SectionEntry: e.Section != nil, knowledge.FAQEntry: e.FAQ != nil,
	}
	held := 0
	for _, h := range holds {
		if h {
			held++
		}
	}
	switch a {
	case Remove:
		if e.Hidden && held == 0 {
			return nil
		}
	case Reset:
		if !e.Hidden && held == 0 {
			return nil
		}
	case Add, Edit, Import:
		if !e.Hidden && held == 1 && holds[e.Kind] {
			return nil
		}
	}
	return errors.New("the change of " + keyString(e.EntryKey) + " is not what an entry can " + string(a))
}

// checkUnsound says what is wrong with an entry that is not sound yet.
func checkUnsound(e knowledge.Entry, a Action) error {
	if (a == Add || a == Edit) && !e.Hidden && e.Head == nil && e.Section == nil && e.FAQ == nil {
		return nil
	}
	return errors.New("the change of " + keyString(e.EntryKey) + " holds both an entry and what is not sound yet")
}
