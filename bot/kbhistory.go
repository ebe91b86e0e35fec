package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// What became of entries, and who did it.

// The buttons of histories.
const (
	kbUndo    = "kb.undo"    // entry, number of the revision
	kbUndoAll = "kb.undoall" // the ID of the line of the audit with which entries were changed
	kbHistory = "kb.history" // entry, how many to skip
	kbAudit   = "kb.audit"   // the ID of the line before which to go on
)

// The lengths of pages.
const (
	historyPage = 4
	auditPage   = 15
	maxRevision = 1200 // characters of one
	maxAction   = 20   // characters of a line of the audit
	maxTarget   = 90
	maxDetail   = 60
)

// person names somebody without a ping: nothing that the bot sends can ping.
func person(id string) string {
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return "somebody who has had their name deleted"
	}
	return "<@" + id + ">"
}

// at writes a time as each reader's Discord shows it.
func at(t time.Time) string { return fmt.Sprintf("<t:%d:f>", t.Unix()) }

// undoButtons take a revision back, and show what there was before.
func undoButtons(rev store.Revision) []discordgo.MessageComponent {
	list := undoButton(rev)
	if id, ok := historyID(rev.EntryKey, 0); ok {
		list = append(list, discordgo.Button{Label: "History", Style: discordgo.SecondaryButton, CustomID: id})
	}
	return list
}

// undoButton is none if its ID would be too long.
func undoButton(rev store.Revision) []discordgo.MessageComponent {
	id, ok := customID(append(append([]string{kbUndo}, packKey(rev.EntryKey)...), packID(rev.Number))...)
	if !ok {
		return nil
	}
	return []discordgo.MessageComponent{discordgo.Button{Label: "Undo", Style: discordgo.SecondaryButton, CustomID: id}}
}

func historyID(key knowledge.EntryKey, skip int) (string, bool) {
	return customID(append(append([]string{kbHistory}, packKey(key)...), strconv.Itoa(skip))...)
}

// kbUndoLast undoes the newest revision of an entry.
func (b *Bot) kbUndoLast(ctx context.Context, r *request) (response, error) {
	l, err := b.entryNamed(ctx, r)
	if err != nil {
		return response{}, err
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	rev, err := s.Revision(ctx, r.home, l.EntryKey)
	if err != nil {
		return response{}, b.keeping(err)
	}
	if rev.Number == 0 {
		return response{}, refusal("There is nothing to undo: that entry is as it was shipped.")
	}
	return b.undo(ctx, r, l.EntryKey, rev.Number)
}

// kbUndo undoes a revision, if it is the newest still.
func (b *Bot) kbUndo(ctx context.Context, r *request) (response, error) {
	key, err := readKey(r.args)
	if err != nil {
		return response{}, err
	}
	number, err := readID(r.args[3:])
	if err != nil {
		return response{}, err
	}
	return b.undo(ctx, r, key, number)
}

func (b *Bot) undo(ctx context.Context, r *request, key knowledge.EntryKey, number int64) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	rev, err := s.Undo(ctx, r.home, key, number, r.person)
	if stale, ok := errors.AsType[*store.StaleError](err); ok {
		now := stale.Now[0]
		return response{}, refusal(fmt.Sprintf("It was %s by %s %s, after that. Look at it with /kb history, and undo the newest change if you want.", actions[now.Action], person(now.Author), at(now.At)))
	}
	if err != nil {
		return response{}, b.keeping(gone(err, "That change is no longer kept, so that it cannot be undone."))
	}
	live := b.live(ctx, r, s)
	return response{message: renderUndone(b.cfg.Answerer().Base(""), rev, live), note: "undone"}, nil
}

// undoAllButton takes back all that was changed by a deed.
func undoAllButton(deed int64) []discordgo.MessageComponent {
	return []discordgo.MessageComponent{discordgo.Button{Label: "Undo", Style: discordgo.SecondaryButton, CustomID: kbUndoAll + ":" + packID(deed)}}
}

// kbUndoAll undoes all that was changed by a deed, as the publication of an
// import, except for what was changed since.
func (b *Bot) kbUndoAll(ctx context.Context, r *request) (response, error) {
	deed, err := readID(r.args)
	if err != nil {
		return response{}, err
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	shipped, before := b.cfg.Answerer().Base(""), b.cfg.Answerer().Base(r.home)
	u, err := s.UndoAll(ctx, r.home, deed, r.person, func(article string) bool { return shipped.Article(article) != nil })
	if stale, ok := errors.AsType[*store.StaleError](err); ok {
		now := stale.Now[0]
		return response{}, refusal(fmt.Sprintf("All of it was changed after that: %s was %s by %s %s. Look at it with /kb history, and undo the newest change if you want.", entryLine(now.Entry, before), actions[now.Action], person(now.Author), at(now.At)))
	}
	if err != nil {
		return response{}, b.keeping(gone(err, "That change is no longer kept, so that it cannot be undone."))
	}
	live := b.live(ctx, r, s)
	return response{message: renderUndoneAll(b.cfg.Answerer().Base(r.home), before, u, live), note: "undone"}, nil
}

// The shares of what is told of what was taken back and of what was left.
const (
	maxTakenBack = 2000
	maxLeft      = 1500
)

// renderUndoneAll tells what was taken back together, and what was not. What is
// gone is named as it was before.
func renderUndoneAll(here, before *knowledge.Base, u store.Undone, live bool) message {
	var lines, left []string
	for _, rev := range u.Revisions {
		lines = append(lines, entryLine(rev.Entry, here, before)+"\n")
	}
	for _, rev := range u.Left {
		left = append(left, fmt.Sprintf("%s: %s by %s %s\n", entryLine(rev.Entry, here, before), actions[rev.Action], person(rev.Author), at(rev.At)))
	}
	for _, rev := range u.Kept {
		left = append(left, fmt.Sprintf("%s: there is more of this career\n", entryLine(rev.Entry, here, before)))
	}
	text := fmt.Sprintf("%s as before:\n", plural(len(u.Revisions), "entry is", "entries are")) + listing(lines, maxTakenBack)
	if left != nil {
		text += "\n**Left as they are:**\n" + listing(left, maxLeft)
	}
	if !live {
		text += "\nIt is saved, and will be in answers as soon as I can load it."
	}
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: "Undone", Color: draftColour, Description: text}},
		Components: rowsOf(undoAllButton(u.Deed)),
	}
}

// renderUndone shows what an entry is again.
func renderUndone(shipped *knowledge.Base, rev store.Revision, live bool) message {
	text := "It is as it was before:\n" + fenced("md", version(shipped, rev.Entry), maxDiff)
	e := rev.Entry
	if _, held := entryIn(shipped, e.EntryKey); e.Hidden || !held && e.Head == nil && e.Section == nil && e.FAQ == nil {
		text = "It is gone from this server's answers, as before. Questions that it answered are in the queue again."
	}
	if !live {
		text += "\nIt is saved, and will be in answers as soon as I can load it."
	}
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: "Undone", Color: draftColour, Description: text}},
		Components: rowsOf(undoButtons(rev)),
	}
}

// kbHistory shows the history of an entry that was named.
func (b *Bot) kbHistory(ctx context.Context, r *request) (response, error) {
	l, err := b.entryNamed(ctx, r)
	if err != nil {
		return response{}, err
	}
	return b.history(ctx, r, l.EntryKey, 0)
}

// kbHistoryPage shows a page of the history of an entry.
func (b *Bot) kbHistoryPage(ctx context.Context, r *request) (response, error) {
	key, err := readKey(r.args)
	if err != nil {
		return response{}, err
	}
	skip := 0
	if len(r.args) > 3 {
		if skip, err = strconv.Atoi(r.args[3]); err != nil || skip < 0 || skip > maxHistory {
			return response{}, refusal("There is no such page.")
		}
	}
	return b.history(ctx, r, key, skip)
}

// maxHistory is how far back a history is paged.
const maxHistory = 10_000

func (b *Bot) history(ctx context.Context, r *request, key knowledge.EntryKey, skip int) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	list, err := s.History(ctx, r.home, key, skip+historyPage+1)
	if err != nil {
		return response{}, b.keeping(err)
	}
	list = list[min(skip, len(list)):]
	return response{message: renderHistory(b.cfg.Answerer().Base(""), key, list, skip), note: "history"}, nil
}

// renderHistory shows a page of revisions of an entry, the newest first. One
// more than is shown says that there are more, and what the last one replaced.
func renderHistory(shipped *knowledge.Base, key knowledge.EntryKey, list []store.Revision, skip int) message {
	if len(list) == 0 {
		return say("Nobody has changed that entry in this server: it is as it was shipped.")
	}
	m := message{}
	for i, rev := range list[:min(len(list), historyPage)] {
		before := store.Revision{Entry: knowledge.Entry{EntryKey: key}} // as shipped
		if i+1 < len(list) {
			before = list[i+1]
		}
		diff := knowledge.Diff([]byte(version(shipped, before.Entry)), []byte(version(shipped, rev.Entry)))
		text := fmt.Sprintf("%s by %s, %s\n", actions[rev.Action], person(rev.Author), at(rev.At))
		if diff == "" {
			text += "Nothing of it differs from the one before."
		} else {
			text += fenced("diff", diff, maxRevision)
		}
		m.Embeds = append(m.Embeds, &discordgo.MessageEmbed{
			Title: fmt.Sprintf("%s · revision %d", plain(named(rev.Entry, before.Entry), maxLabel), rev.Number), Color: draftColour, Description: text,
		})
	}
	var buttons []discordgo.MessageComponent
	if skip == 0 {
		buttons = undoButton(list[0])
	}
	if id, ok := historyID(key, skip+historyPage); ok && len(list) > historyPage {
		buttons = append(buttons, discordgo.Button{Label: "Older", Style: discordgo.SecondaryButton, CustomID: id})
	}
	if id, ok := historyID(key, max(0, skip-historyPage)); ok && skip > 0 {
		buttons = append(buttons, discordgo.Button{Label: "Newer", Style: discordgo.SecondaryButton, CustomID: id})
	}
	m.Components = rowsOf(buttons)
	return m
}

// kbAudit shows who did what, the newest first.
func (b *Bot) kbAudit(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	var before int64
	if len(r.args) > 0 {
		if before, err = readID(r.args); err != nil {
			return response{}, err
		}
	}
	list, err := s.Audit(ctx, r.home, before, auditPage+1)
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderAudit(list), note: "audit"}, nil
}

// renderAudit shows a page of the audit; one more than is shown says that there
// are more.
func renderAudit(list []store.Deed) message {
	if len(list) == 0 {
		return say("Nobody has done anything here that is noted.")
	}
	shown := list[:min(len(list), auditPage)]
	var lines []string
	for _, d := range shown {
		line := fmt.Sprintf("%s %s: %s %s", at(d.At), person(d.Person), escape(d.Action, maxAction), escape(d.Target, maxTarget))
		if d.Detail != "" {
			line += " (" + escape(d.Detail, maxDetail) + ")"
		}
		lines = append(lines, line+"\n")
	}
	m := message{Embeds: []*discordgo.MessageEmbed{{Title: "Who did what", Color: draftColour, Description: strings.Join(lines, "")}}}
	if len(list) > auditPage {
		m.Components = rowsOf([]discordgo.MessageComponent{discordgo.Button{Label: "Older", Style: discordgo.SecondaryButton, CustomID: kbAudit + ":" + packID(shown[len(shown)-1].ID)}})
	}
	return m
}

// kbDrafts lists the drafts of a server.
func (b *Bot) kbDrafts(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	list, err := s.Drafts(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	slices.Reverse(list)
	return response{message: renderDrafts(b.cfg.Answerer().Base(r.home), list), note: "drafts"}, nil
}

// maxDrafts is how many drafts are listed, each with a button.
const maxDrafts = 15

// renderDrafts lists drafts, the newest first, with a button for each.
func renderDrafts(here *knowledge.Base, list []store.Draft) message {
	if len(list) == 0 {
		return say("There are no drafts. /kb add begins one.")
	}
	var lines []string
	var buttons []discordgo.MessageComponent
	for i, d := range list[:min(len(list), maxDrafts)] {
		c := d.Changes[0]
		now, _ := entryIn(here, c.EntryKey)
		label := cmp.Or(d.Typed[fieldQuestion], d.Typed[fieldTitle], d.Typed[fieldHeading], named(c.Entry, now))
		line := fmt.Sprintf("**%d.** %s · %s: %s, by %s %s", i+1, escape(careerTitle(c.Article, here), 40), escape(label, 60), actions[c.Action], person(d.Author), at(d.Created))
		if more := len(d.Changes) - 1; more > 0 {
			line += fmt.Sprintf(", and %s", plural(more, "further change", "further changes"))
		}
		lines = append(lines, line+"\n")
		buttons = append(buttons, discordgo.Button{Label: strconv.Itoa(i + 1), Style: discordgo.SecondaryButton, CustomID: kbLook + ":" + packID(d.ID)})
	}
	if more := len(list) - maxDrafts; more > 0 {
		lines = append(lines, fmt.Sprintf("…and %d more, which are older", more))
	}
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: "Drafts: press a number to look at one", Color: draftColour, Description: strings.Join(lines, "")}},
		Components: rowsOf(buttons),
	}
}
