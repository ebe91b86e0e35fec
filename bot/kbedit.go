package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// The way of a change: a command opens a dialog, what is typed there becomes a
// draft, the draft is previewed, and only what was previewed is published. The
// draft is in the store, and its ID in the buttons, so that each step can be
// taken after a restart and by any moderator.

// The rows of the way of a change. Those of a draft have its ID as their first
// argument.
const (
	kbPut     = "kb.put"     // a dialog that a command opened: sheet, entry, topic, says, base
	kbChange  = "kb.change"  // a button that opens the dialog of a draft, and that dialog
	kbPublish = "kb.publish" // with what was previewed
	kbDiscard = "kb.discard"
	kbRebase  = "kb.rebase" // puts a draft on top of what was published meanwhile
	kbLook    = "kb.look"   // previews a draft
)

// add opens the dialog of a new question.
func (b *Bot) kbAdd(ctx context.Context, r *request) (response, error) {
	article, err := b.articleSeen(ctx, r)
	if err != nil {
		return response{}, err
	}
	key := knowledge.EntryKey{Article: article, Kind: knowledge.FAQEntry}
	return b.openSheet(string(knowledge.FAQEntry), key, 0, inputs{fieldTopic: r.option(fieldTopic), fieldSays: readSays(r.option(fieldSays), "")})
}

// articleSeen is articleNamed for a career that is not hidden.
func (b *Bot) articleSeen(ctx context.Context, r *request) (string, error) {
	article, err := b.articleNamed(ctx, r)
	if err == nil && b.cfg.Answerer().Base(r.home).Article(article) == nil {
		return "", refusal("That career is hidden in this server. /kb reset brings it back.")
	}
	return article, err
}

// kbSection opens the dialog of a section, which may be there or not.
func (b *Bot) kbSection(ctx context.Context, r *request) (response, error) {
	article, err := b.articleSeen(ctx, r)
	if err != nil {
		return response{}, err
	}
	return b.openEntry(ctx, r, knowledge.EntryKey{Article: article, Kind: knowledge.SectionEntry, ID: r.option(fieldTopic)})
}

// kbNew opens the dialog of a new career.
func (b *Bot) kbNew(context.Context, *request) (response, error) {
	return b.openSheet(newCareer, knowledge.EntryKey{Kind: knowledge.CareerEntry}, 0, inputs{})
}

// kbEdit opens the dialog of an entry.
func (b *Bot) kbEdit(ctx context.Context, r *request) (response, error) {
	l, err := b.entryNamed(ctx, r)
	if err != nil {
		return response{}, err
	}
	return b.openEntry(ctx, r, l.EntryKey)
}

// openEntry opens the dialog of an entry, filled with what the server sees.
func (b *Bot) openEntry(ctx context.Context, r *request, key knowledge.EntryKey) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	rev, err := s.Revision(ctx, r.home, key)
	if err != nil {
		return response{}, b.keeping(err)
	}
	values := inputs{}
	if e, ok := entryIn(b.cfg.Answerer().Base(r.home), key); ok {
		values = sheets[string(key.Kind)].write([]knowledge.Entry{e})
	}
	if key.Kind == knowledge.FAQEntry {
		values[fieldTopic] = firstOf(r.option(fieldTopic), values[fieldTopic])
		values[fieldSays] = readSays(r.option(fieldSays), values[fieldSays])
	}
	return b.openSheet(string(key.Kind), key, rev.Number, values)
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// neither is the choice of an answer that says neither yes nor no.
const neither = "neither"

// readSays reads the choice of what an answer says; without one it says what it
// said.
func readSays(chosen, was string) string {
	switch chosen {
	case "":
		return was
	case neither:
		return ""
	}
	return chosen
}

// openSheet opens the dialog of a sheet. Its ID holds all that is not typed.
func (b *Bot) openSheet(sheet string, key knowledge.EntryKey, base int64, values inputs) (response, error) {
	says := values[fieldSays]
	topic := slices.Index(knowledge.Topics, knowledge.Topic(values[fieldTopic]))
	id, ok := customID(kbPut, sheet, key.Article, key.ID, strconv.Itoa(topic), says[:min(len(says), 1)], strconv.FormatInt(base, 36))
	if !ok {
		return response{}, tooLong
	}
	f, err := dialogOf(sheet, id, values)
	return response{opens: f, note: sheet}, err
}

// kbPut takes what was typed into a dialog that a command opened.
func (b *Bot) kbPut(ctx context.Context, r *request) (response, error) {
	if len(r.args) != 6 {
		return response{}, fmt.Errorf("no entry in a dialog")
	}
	sheet := r.args[0]
	if _, known := sheets[sheet]; !known {
		return response{}, fmt.Errorf("no dialog %q", sheet)
	}
	base, err := strconv.ParseInt(r.args[5], 36, 64)
	if err != nil {
		return response{}, err
	}
	c := store.Change{Action: store.Edit, Base: base}
	c.EntryKey = knowledge.EntryKey{Article: r.args[1], Kind: knowledge.EntryKind(sheet), ID: r.args[2]}
	values := maps.Clone(r.fields)
	switch {
	case sheet == newCareer:
		c.Kind, c.Action = knowledge.CareerEntry, store.Add
	case c.Kind == knowledge.FAQEntry:
		if n, err := strconv.Atoi(r.args[3]); err == nil && n >= 0 && n < len(knowledge.Topics) {
			values[fieldTopic] = string(knowledge.Topics[n])
		}
		values[fieldSays] = map[string]string{"y": string(knowledge.SaysYes), "n": string(knowledge.SaysNo)}[r.args[4]]
		if c.ID == "" {
			c.Action = store.Add
		}
	case c.Kind == knowledge.SectionEntry:
		if _, held := entryIn(b.cfg.Answerer().Base(r.home), c.EntryKey); !held {
			c.Action = store.Add
		}
	}
	return b.put(ctx, r, store.Draft{Guild: r.home, Author: r.person, Changes: []store.Change{c}}, values)
}

// put keeps what was typed as a draft, in the place of what the draft held, and
// previews it. What is wrong with it is told, and it is kept as it was typed.
func (b *Bot) put(ctx context.Context, r *request, d store.Draft, values inputs) (response, error) {
	kept, err := b.keepDraft(ctx, r, d, values)
	if err != nil {
		why, ok := errors.AsType[refusal](b.keeping(err))
		if !ok {
			b.log.Error("what a moderator typed could not be kept", "id", r.id, "err", err)
			why = refusal(renderProblem(r.id).Content)
		}
		return response{message: renderGivenBack(string(why), values), note: "given back"}, nil
	}
	return b.preview(ctx, r, kept)
}

func (b *Bot) keepDraft(ctx context.Context, r *request, d store.Draft, values inputs) (store.Draft, error) {
	s, err := b.kept.opened()
	if err != nil {
		return d, err
	}
	first := d.Changes[0]
	if first.Action == store.Add && first.Base == 0 {
		if first.EntryKey, err = b.newKey(ctx, s, r.home, first.EntryKey, values); err != nil {
			return d, err
		}
	}
	d.Typed = values
	d.Changes = []store.Change{{Entry: knowledge.Entry{EntryKey: first.EntryKey}, Action: first.Action, Base: first.Base}}
	entries, faults := sheets[sheetOf(d)].read(first.EntryKey, values, b.cfg.Answerer().Base(r.home))
	if len(faults) == 0 {
		d.Changes, d.Typed = nil, nil
		for _, e := range entries {
			c := store.Change{Entry: e, Action: first.Action, Base: first.Base}
			if e.EntryKey != first.EntryKey {
				rev, err := s.Revision(ctx, r.home, e.EntryKey)
				if err != nil {
					return d, err
				}
				c.Base = rev.Number
			}
			d.Changes = append(d.Changes, c)
		}
	}
	kept, err := s.SaveDraft(ctx, d)
	if errors.Is(err, store.ErrNotFound) {
		d.ID = 0 // somebody has published or discarded it: what was typed becomes another
		return s.SaveDraft(ctx, d)
	}
	return kept, err
}

// renderGivenBack gives what was typed back to whoever typed it, where it cannot
// be kept.
func renderGivenBack(why string, values inputs) message {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if values[name] != "" && name != fieldTopic && name != fieldSays {
			all = append(all, values[name])
		}
	}
	text := strings.Join(all, "\n\n")
	m := message{Content: clip(strings.Split(why, ""), maxContent)}
	for n, part := range []string{"This is what you typed: copy it, and put it in again later", "The rest of it"} {
		shown := text
		if n == 0 {
			shown = text[:len(text)-len(beyond(text, maxGivenBack))]
		}
		if text = text[len(shown):]; visible(shown) {
			m.Embeds = append(m.Embeds, &discordgo.MessageEmbed{Title: part, Color: faultColour, Description: fenced("", shown, maxGivenBack+fence)})
		}
	}
	return m
}

// What is given back is as much as two embeds hold, and so all of a question and
// its answer.
const (
	maxGivenBack = 2800
	fence        = 100 // what is around it
)

// beyond is what of a text is beyond so many characters.
func beyond(text string, limit int) string {
	for i, r := range text {
		if limit -= utf16.RuneLen(r); limit < 0 {
			return text[i:]
		}
	}
	return ""
}

// newKey makes the key of what is added, which nothing in the server has or ever
// had.
func (b *Bot) newKey(ctx context.Context, s *store.Store, guild string, key knowledge.EntryKey, values inputs) (knowledge.EntryKey, error) {
	if key.Kind == knowledge.SectionEntry {
		return key, nil
	}
	named := func(id string) knowledge.EntryKey {
		if key.Kind == knowledge.CareerEntry {
			return knowledge.EntryKey{Article: id, Kind: knowledge.CareerEntry}
		}
		return knowledge.EntryKey{Article: key.Article, Kind: key.Kind, ID: id}
	}
	var fault error
	id := knowledge.NewID(values[fieldQuestion]+values[fieldTitle], func(id string) bool {
		if _, held := entryIn(b.cfg.Answerer().Base(""), named(id)); held {
			return true
		}
		rev, err := s.Revision(ctx, guild, named(id))
		if err != nil {
			fault = b.keeping(err)
			return false
		}
		return rev.Number > 0
	})
	return named(id), fault
}

// draft gives the draft that a button or a dialog is of.
func (b *Bot) draft(ctx context.Context, r *request) (*store.Store, store.Draft, error) {
	s, err := b.kept.opened()
	if err != nil {
		return nil, store.Draft{}, err
	}
	id, err := readID(r.args)
	if err != nil {
		return nil, store.Draft{}, err
	}
	d, err := s.Draft(ctx, r.home, id)
	return s, d, b.keeping(gone(err, draftGone))
}

// draftGone is said of a draft that is no more.
const draftGone = "That draft is no longer there: somebody has published or discarded it. /kb audit tells who, and /kb drafts what is left."

// kbLook previews a draft.
func (b *Bot) kbLook(ctx context.Context, r *request) (response, error) {
	_, d, err := b.draft(ctx, r)
	if err != nil {
		return response{}, err
	}
	return b.preview(ctx, r, d)
}

// openChange opens the dialog of a draft.
func (b *Bot) kbOpenChange(ctx context.Context, r *request) (response, error) {
	_, d, err := b.draft(ctx, r)
	if err != nil {
		return response{}, err
	}
	sheet := sheetOf(d)
	if sheet == "" {
		return response{}, refusal("That draft has no text that a dialog could hold. Publish it, or discard it.")
	}
	f, err := dialogOf(sheet, kbChange+":"+packID(d.ID), inputsOf(d))
	return response{opens: f, note: sheet}, err
}

// kbChange takes what was typed into the dialog of a draft.
func (b *Bot) kbChange(ctx context.Context, r *request) (response, error) {
	_, d, err := b.draft(ctx, r)
	if why, ok := errors.AsType[refusal](err); ok {
		return response{message: renderGivenBack(string(why), r.fields), note: "given back"}, nil
	}
	if err != nil {
		return response{}, err
	}
	values := maps.Clone(r.fields)
	for name, was := range inputsOf(d) {
		if name == fieldTopic || name == fieldSays {
			values[name] = was
		}
	}
	return b.put(ctx, r, d, values)
}

// kbRemove previews that an entry is hidden.
func (b *Bot) kbRemove(ctx context.Context, r *request) (response, error) {
	return b.take(ctx, r, store.Remove)
}

// kbReset previews that an entry is as it was shipped.
func (b *Bot) kbReset(ctx context.Context, r *request) (response, error) {
	return b.take(ctx, r, store.Reset)
}

// take previews an action that takes what a server has of an entry away.
func (b *Bot) take(ctx context.Context, r *request, action store.Action) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	l, err := b.entryNamed(ctx, r)
	if err != nil {
		return response{}, err
	}
	rev, err := s.Revision(ctx, r.home, l.EntryKey)
	if err != nil {
		return response{}, b.keeping(err)
	}
	c := store.Change{Entry: knowledge.Entry{EntryKey: l.EntryKey, Hidden: action == store.Remove}, Action: action, Base: rev.Number}
	d, err := s.SaveDraft(ctx, store.Draft{Guild: r.home, Author: r.person, Changes: []store.Change{c}})
	if err != nil {
		return response{}, b.keeping(err)
	}
	return b.preview(ctx, r, d)
}

// fingerprint tells whether a draft is what was previewed.
func fingerprint(d store.Draft) string {
	h := fnv.New64a()
	for _, c := range d.Changes {
		fmt.Fprintf(h, "%q %s %d %t %q\n", c.EntryKey, c.Action, c.Base, c.Hidden, knowledge.FormatEntry(c.Entry))
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// kbPublish publishes a draft, if it is what was previewed.
func (b *Bot) kbPublish(ctx context.Context, r *request) (response, error) {
	s, d, err := b.draft(ctx, r)
	if err != nil {
		return response{}, err
	}
	if len(r.args) != 2 || r.args[1] != fingerprint(d) {
		res, err := b.preview(ctx, r, d)
		res.Content = "Somebody has changed this draft since you looked at it. This is what it is now."
		return res, err
	}
	p, err := s.Publish(ctx, r.home, d.ID, r.person)
	if stale, ok := errors.AsType[*store.StaleError](err); ok {
		return response{message: renderStale(b.cfg.Answerer().Base(""), d, stale.Now), note: "stale"}, nil
	}
	if err != nil {
		return response{}, b.keeping(gone(err, draftGone))
	}
	live := b.live(ctx, r, s)
	if live && len(p.Tell) > 0 { // else whoever waits is told once it is
		b.begin(func() { b.tell(b.working, s, p.Tell) })
	}
	return response{message: renderPublished(b.cfg.Answerer().Base(r.home), p, live), note: "published"}, nil
}

// live loads what a server has published, and reports whether it is in the next
// answer. If not it will be soon: what changed is looked for all the time.
func (b *Bot) live(ctx context.Context, r *request, s *store.Store) bool {
	err := b.reload(ctx, s, r.home)
	if err != nil {
		b.log.Warn("what was published is not loaded yet; it is tried again", "id", r.id, "guild", r.home, "err", b.keeping(err))
	}
	return err == nil
}

// kbDiscard deletes a draft.
func (b *Bot) kbDiscard(ctx context.Context, r *request) (response, error) {
	s, d, err := b.draft(ctx, r)
	if err != nil {
		return response{}, err
	}
	if err := s.Discard(ctx, r.home, d.ID); err != nil {
		return response{}, b.keeping(gone(err, draftGone))
	}
	return response{message: say("Discarded. Nothing has changed."), note: "discarded"}, nil
}

// kbRebase puts a draft on top of what was published since it was made.
func (b *Bot) kbRebase(ctx context.Context, r *request) (response, error) {
	s, d, err := b.draft(ctx, r)
	if err != nil {
		return response{}, err
	}
	for i, c := range d.Changes {
		rev, err := s.Revision(ctx, r.home, c.EntryKey)
		if err != nil {
			return response{}, b.keeping(err)
		}
		d.Changes[i].Base = rev.Number
	}
	if d, err = s.SaveDraft(ctx, d); err != nil {
		return response{}, b.keeping(gone(err, draftGone))
	}
	return b.preview(ctx, r, d)
}
