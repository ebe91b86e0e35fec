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
		c, err := s.undoing(ctx, q, guild, key, number)
		if err != nil {
			return err
		}
		_, list, err := s.takeBack(ctx, q, guild, person, fmt.Sprintf("revision %d", number), []change{c})
		if err == nil {
			r = list[0]
		}
		return err
	})
	if err != nil {
		return Revision{}, err
	}
	return r, nil
}

// Undone is what came of taking back all that was published together.
type Undone struct {
	Deed      int64      // the line of the audit, by which UndoAll does it again
	Revisions []Revision // what the entries are again
	Left      []Revision // the newest of those that were changed since, which stay
	Kept      []Revision // heads of new careers that stay, since there is more of them
}

// UndoAll takes back, for person, what was published in a guild by the deed with
// an ID, as Undo does with each entry, in one transaction. What was changed since
// is left as it is; if nothing else is there, the error is a *StaleError. The head
// of a career that came with it is kept while the guild has more of that career,
// which nobody could reach without: unless the career stands without it, as stands
// tells of its article.
func (s *Store) UndoAll(ctx context.Context, guild string, deed int64, person string, stands func(article string) bool) (Undone, error) {
	for {
		var u Undone
		err := s.update(ctx, func(q *query.Queries) (err error) {
			u, err = s.undoAll(ctx, q, guild, deed, person, stands)
			return err
		})
		if !errors.Is(err, errChanged) { // else that is left the next time
			return u, err
		}
	}
}

// errChanged is of an entry that was changed while it was looked at.
var errChanged = errors.New("an entry was changed meanwhile")

func (s *Store) undoAll(ctx context.Context, q *query.Queries, guild string, deed int64, person string, stands func(article string) bool) (Undone, error) {
	was, err := q.Deed(ctx, query.DeedParams{GuildID: guild, ID: deed})
	if err != nil {
		return Undone{}, err
	}
	rows, err := q.DeedRevisions(ctx, query.DeedRevisionsParams{GuildID: guild, DeedID: deed})
	if err != nil {
		return Undone{}, err
	}
	if len(rows) == 0 {
		return Undone{}, ErrNotFound
	}
	var u Undone
	var back []change
	for _, row := range rows {
		now, err := s.newest(ctx, q, guild, keyOf(row.Article, row.Kind, row.EntryID))
		if err != nil {
			return Undone{}, err
		}
		if now.Number != row.Number {
			u.Left = append(u.Left, now)
			continue
		}
		c, err := s.undoing(ctx, q, guild, now.EntryKey, now.Number)
		if err != nil {
			return Undone{}, err
		}
		back = append(back, c)
	}
	if back, err = s.keepHeads(ctx, q, guild, back, stands, &u); err != nil {
		return Undone{}, err
	}
	if len(back) == 0 {
		return Undone{}, &StaleError{u.Left}
	}
	detail := was.Detail
	if left := len(rows) - len(back); left > 0 {
		detail = strings.TrimPrefix(fmt.Sprintf("%s, %d left", detail, left), ", ")
	}
	u.Deed, u.Revisions, err = s.takeBack(ctx, q, guild, person, detail, back)
	if errors.Is(err, ErrStale) {
		err = errChanged
	}
	return u, err
}

// keepHeads takes out of what is taken back the heads of careers of which there
// would be more without them, and notes them in u.
func (s *Store) keepHeads(ctx context.Context, q *query.Queries, guild string, back []change, stands func(article string) bool, u *Undone) ([]change, error) {
	ends := func(c change) bool {
		return c.Kind == string(knowledge.CareerEntry) && c.Body == "" && !c.Hidden && !stands(c.Article)
	}
	if !slices.ContainsFunc(back, ends) {
		return back, nil
	}
	rows, err := q.Entries(ctx, guild)
	if err != nil {
		return nil, err
	}
	bodies := map[knowledge.EntryKey]string{} // as they will be
	for _, row := range rows {
		bodies[keyOf(row.Article, row.Kind, row.EntryID)] = row.Body
	}
	for _, c := range back {
		bodies[c.key()] = c.Body
	}
	more := map[string]bool{}
	for key, body := range bodies {
		more[key.Article] = more[key.Article] || body != ""
	}
	var rest []change
	for _, c := range back {
		if !ends(c) || !more[c.Article] {
			rest = append(rest, c)
			continue
		}
		head, err := s.newest(ctx, q, guild, c.key())
		if err != nil {
			return nil, err
		}
		u.Kept = append(u.Kept, head)
	}
	return rest, nil
}

// undoing is the change that takes back a revision of an entry.
func (s *Store) undoing(ctx context.Context, q *query.Queries, guild string, key knowledge.EntryKey, number int64) (change, error) {
	c := change{Article: key.Article, Kind: string(key.Kind), ID: key.ID, Base: number, Action: Undo}
	if number <= 1 { // there was none before
		return c, nil
	}
	before, err := q.Revision(ctx, query.RevisionParams{GuildID: guild, Article: key.Article, Kind: string(key.Kind), EntryID: key.ID, Number: number - 1})
	c.Body, c.Hidden = before.Body, before.Hidden
	return c, err
}

// takeBack makes changes that undo something, as one deed.
func (s *Store) takeBack(ctx context.Context, q *query.Queries, guild, person, detail string, changes []change) (deed int64, list []Revision, err error) {
	deed = s.ids.next(s.now())
	if list, err = s.lay(ctx, q, guild, person, deed, changes); err != nil {
		return 0, nil, err
	}
	for _, c := range changes {
		if c.Base > 1 && !c.Hidden {
			continue
		}
		// Nothing answers them any more.
		err := q.ReopenQuestions(ctx, query.ReopenQuestionsParams{GuildID: guild, Article: c.Article, Kind: c.Kind, EntryID: c.ID})
		if err != nil {
			return 0, nil, err
		}
	}
	action, target := summary(changes)
	if err := s.audit(ctx, q, Deed{ID: deed, Guild: guild, Person: person, Action: action, Target: target, Detail: detail}); err != nil {
		return 0, nil, err
	}
	return deed, list, changed(ctx, q, guild)
}

// lay makes changes to the entries of a guild by a deed, all or none. If any of them is
// based on a revision that is no longer the newest, the error is a *StaleError
// of all those. Rows are taken in the order of their keys, so that two
// processes cannot wait for each other.
func (s *Store) lay(ctx context.Context, q *query.Queries, guild, author string, deed int64, changes []change) ([]Revision, error) {
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
			Action: string(c.Action), Body: c.Body, Hidden: c.Hidden, AuthorID: author, At: millis(s.now()), DeedID: deed,
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
