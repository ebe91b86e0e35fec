package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// What moderators see of a draft before it is published: what changes, what an
// answer will look like, and which stored questions it touches.

// The shares of a preview, in characters. Discord takes 6,000 in all embeds of a
// message.
const (
	maxDiff    = 2200
	maxShown   = 1700 // of the answer
	maxEffects = 1700
	maxNamed   = 60 // of an entry that is named in passing
	maxHelpful = 1000
	maxFaults  = 3500
	maxVersion = 1800 // of each of two versions side by side
)

// The colours of what moderators see.
const (
	draftColour = 0x9B6BC2
	faultColour = 0xC0392B
)

// actions tell what a change does.
var actions = map[store.Action]string{
	store.Add: "added", store.Edit: "changed", store.Remove: "hidden in this server", store.Reset: "as it is shipped again",
	store.Undo: "taken back", store.Import: "imported",
}

// preview shows what a draft would do. Nothing of it is live.
func (b *Bot) preview(ctx context.Context, r *request, d store.Draft) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	if d.Typed != nil {
		_, faults := sheets[sheetOf(d)].read(d.Changes[0].EntryKey, d.Typed, b.cfg.Answerer().Base(r.home))
		return response{message: renderFaulty(d, faults), note: "faulty"}, nil
	}
	var stale []store.Revision
	for _, c := range d.Changes {
		rev, err := s.Revision(ctx, r.home, c.EntryKey)
		if err != nil {
			return response{}, b.keeping(err)
		}
		if rev.Number != c.Base {
			stale = append(stale, rev)
		}
	}
	if stale != nil {
		return response{message: renderStale(b.cfg.Answerer().Base(""), d, stale), note: "stale"}, nil
	}
	stored, err := b.stored(ctx, s, r.home)
	if err != nil {
		return response{}, err
	}
	live, err := s.Entries(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	v := view{now: b.cfg.Answerer().Base(r.home), then: b.cfg.Answerer().Base("").With(with(live, d.Changes))}
	trial, err := b.cfg.Answerer().Try(r.home, with(live, d.Changes))
	if err != nil {
		return response{}, err
	}
	v.changed, v.asked = trial.Replay(stored), trial.Questions()+len(stored)
	v.answer, v.reached = tried(trial, v, d.Changes)
	return response{message: renderPreview(d, v), note: "preview"}, nil
}

// with is what the entries of a server are with changes made to them.
func with(entries []knowledge.Entry, changes []store.Change) []knowledge.Entry {
	changed := func(k knowledge.EntryKey) bool {
		return slices.ContainsFunc(changes, func(c store.Change) bool { return c.EntryKey == k })
	}
	next := slices.DeleteFunc(slices.Clone(entries), func(e knowledge.Entry) bool { return changed(e.EntryKey) })
	for _, c := range changes {
		if c.Action != store.Reset {
			next = append(next, c.Entry)
		}
	}
	return next
}

// kindOrder puts first what people did ask, or want to stay as it is.
var kindOrder = []string{kindCheck, kindHelpful, answer.AskedSo}

// The kinds of stored questions, as moderators read them.
var storedKinds = map[string]string{
	answer.AskedSo: "ways to ask",
	kindHelpful:    "voted helpful",
	kindCheck:      "check question",
}

const (
	kindHelpful = "helpful"
	kindCheck   = "check"
)

// stored lists the questions of a server that are replayed beside those of FAQs.
func (b *Bot) stored(ctx context.Context, s *store.Store, guild string) ([]answer.Stored, error) {
	helpful, err := s.HelpfulQuestions(ctx, guild, maxHelpful)
	if err != nil {
		return nil, b.keeping(err)
	}
	checks, err := s.Checks(ctx, guild)
	if err != nil {
		return nil, b.keeping(err)
	}
	var list []answer.Stored
	for _, c := range checks {
		list = append(list, answer.Stored{Text: c.Text, Occupation: c.Occupation, Want: passageOf(c.Want), Kind: kindCheck})
	}
	for _, h := range helpful {
		list = append(list, answer.Stored{Text: h.Question, Occupation: h.Entry.Article, Want: passageOf(h.Entry), Kind: kindHelpful})
	}
	return list, nil
}

// view is what a preview shows besides the draft.
type view struct {
	now, then *knowledge.Base
	asked     int             // questions that were replayed
	changed   []answer.Change // those that are answered differently
	answer    answer.Answer   // to the question of the entry
	reached   bool            // that is the entry
}

// tried asks for the entry that a draft is about, as it would be.
func tried(trial *answer.Trial, v view, changes []store.Change) (a answer.Answer, reached bool) {
	shown := changes[0]
	for _, c := range changes {
		if c.FAQ != nil || c.Section != nil && shown.FAQ == nil {
			shown = c
		}
		if c.FAQ != nil {
			break
		}
	}
	e := shown.Entry
	then, held := entryIn(v.then, e.EntryKey)
	if !held {
		then, _ = entryIn(v.now, e.EntryKey)
	}
	c := choiceFor(then)
	if then.FAQ == nil && held {
		a = trial.Choose(c)
		return a, true
	}
	a = trial.Answer(answer.Question{Text: c.Label, Occupation: c.Occupation})
	return a, !held || a.Has(passageOf(e.EntryKey))
}

// renderPreview shows a draft.
func renderPreview(d store.Draft, v view) message {
	first := &discordgo.MessageEmbed{
		Title: "Preview", Color: draftColour,
		Description: plural(len(d.Changes), "change", "changes") + ". Nothing of this is live until somebody presses Publish.\n" + differences(v, d.Changes, maxDiff),
	}
	shown := renderAnswer(v.answer, answer.Career{Title: careerTitle(v.answer.Occupation, v.then)}, &request{}, 0).Embeds[0]
	shown = shortened(shown, maxShown)
	effects := &discordgo.MessageEmbed{Title: "Stored questions", Color: draftColour, Description: renderEffects(v)}
	return message{
		Content: "", Embeds: []*discordgo.MessageEmbed{first, shown, effects},
		Components: rowsOf(draftButtons(d)),
	}
}

// draftButtons are what can be done with a draft that is sound.
func draftButtons(d store.Draft) []discordgo.MessageComponent {
	list := []discordgo.MessageComponent{discordgo.Button{Label: "Publish", Style: discordgo.SuccessButton, CustomID: kbPublish + ":" + packID(d.ID) + ":" + fingerprint(d)}}
	return append(list, changeButtons(d)...)
}

// changeButtons are what can be done with any draft.
func changeButtons(d store.Draft) []discordgo.MessageComponent {
	var list []discordgo.MessageComponent
	if sheetOf(d) != "" {
		list = append(list, discordgo.Button{Label: "Change", Style: discordgo.SecondaryButton, CustomID: kbChange + ":" + packID(d.ID)})
	}
	return append(list, discordgo.Button{Label: "Discard", Style: discordgo.DangerButton, CustomID: kbDiscard + ":" + packID(d.ID)})
}

// differences shows what changes, entry by entry, in at most limit characters.
func differences(v view, changes []store.Change, limit int) string {
	var lines strings.Builder
	var heads []string
	for _, c := range changes {
		now, _ := entryIn(v.now, c.EntryKey)
		then, _ := entryIn(v.then, c.EntryKey)
		heads = append(heads, fmt.Sprintf("**%s** · %s: %s\n", escape(careerTitle(c.Article, v.then, v.now), maxLabel), escape(named(then, now), knowledge.MaxQuestion), actions[c.Action]))
		diff := knowledge.Diff(knowledge.FormatEntry(now), knowledge.FormatEntry(then))
		if len(changes) > 1 {
			lines.WriteString("  ## " + refOf(c.EntryKey) + "\n")
		}
		lines.WriteString(diff)
	}
	const mostHeads = 3
	text := strings.Join(heads[:min(len(heads), mostHeads)], "")
	if more := len(heads) - mostHeads; more > 0 {
		text += fmt.Sprintf("and %s\n", plural(more, "further change", "further changes"))
	}
	if lines.Len() == 0 {
		return text + "Nothing of it differs from what is live."
	}
	return text + fenced("diff", lines.String(), limit-characters(text))
}

// effectOrder puts first what moderators should look at first.
var effectOrder = []answer.Effect{answer.Loses, answer.Differs, answer.Reaches}

var effectNames = map[answer.Effect]string{
	answer.Loses:   "lose the answer that they should have",
	answer.Differs: "are answered in another way",
	answer.Reaches: "reach the answer that they should have, and did not",
}

var effectMarks = map[answer.Effect]string{answer.Loses: "❌", answer.Differs: "🔀", answer.Reaches: "✅"}

// renderEffects tells which stored questions would be answered differently.
func renderEffects(v view) string {
	var head []string
	if !v.reached {
		head = append(head, "⚠️ Asked in its own words, this entry is not what answers: above is what does. Another phrasing of it may help.\n")
	}
	if len(v.changed) == 0 {
		return strings.Join(append(head, fmt.Sprintf("None of the %d questions that are kept (ways to ask, voted helpful, check questions) would be answered differently.", v.asked)), "")
	}
	counts := map[answer.Effect]int{}
	for _, c := range v.changed {
		counts[c.Effect()]++
	}
	head = append(head, fmt.Sprintf("Of the %d questions that are kept:\n", v.asked))
	for _, e := range effectOrder {
		if counts[e] > 0 {
			head = append(head, fmt.Sprintf("%s **%d** %s\n", effectMarks[e], counts[e], effectNames[e]))
		}
	}
	return strings.Join(head, "") + "\n" + listing(v.grouped(), maxEffects)
}

// grouped tells what becomes of questions, a line for those to which the same
// happens: what is worst first, and of that what people did ask.
func (v view) grouped() []string {
	type group struct {
		effect           answer.Effect
		kind, from, into string
	}
	asked := map[group][]string{}
	var order []group
	for _, c := range v.changed {
		g := group{c.Effect(), c.Kind, outcomeOf(v.now, c.Before), outcomeOf(v.then, c.After)}
		if asked[g] == nil {
			order = append(order, g)
		}
		asked[g] = append(asked[g], "“"+escape(c.Text, maxLabel)+"”")
	}
	slices.SortStableFunc(order, func(x, y group) int {
		return cmp.Or(
			cmp.Compare(slices.Index(effectOrder, x.effect), slices.Index(effectOrder, y.effect)),
			cmp.Compare(slices.Index(kindOrder, x.kind), slices.Index(kindOrder, y.kind)),
			cmp.Compare(len(asked[y]), len(asked[x])))
	})
	var lines []string
	for _, g := range order {
		texts := asked[g]
		line := fmt.Sprintf("%s %s → %s (%s): %s", effectMarks[g.effect], g.from, g.into, storedKinds[g.kind], strings.Join(texts[:min(len(texts), maxExamples)], ", "))
		if more := len(texts) - maxExamples; more > 0 {
			line += fmt.Sprintf(" and %d more", more)
		}
		lines = append(lines, line+"\n")
	}
	return lines
}

// maxExamples is how many questions are told of those to which the same happens.
const maxExamples = 5

// outcomeNames are what becomes of a question that is not answered.
var outcomeNames = map[answer.Outcome]string{
	answer.Clarify: "asks back", answer.Abstain: "no answer", answer.SmallTalk: "small talk",
}

// outcomeOf tells in a few words how a question is answered from a base.
func outcomeOf(base *knowledge.Base, a answer.Answer) string {
	if name := outcomeNames[a.Outcome]; name != "" {
		return name
	}
	if len(a.Passages) == 0 {
		return "an answer"
	}
	return passageName(base, a.Passages[0].ID)
}

// passageName names the entry of a base that a passage, by its ID, stands in.
func passageName(base *knowledge.Base, id string) string {
	e, _ := entryIn(base, entryKey(id))
	return "“" + escape(named(e), maxNamed) + "”"
}

// listing joins lines in at most limit characters, and says how many were left
// out.
func listing(lines []string, limit int) string {
	const rest = len("…and 1000000 more")
	var b strings.Builder
	left := limit - rest
	for i, l := range lines {
		if left -= characters(l); left < 0 {
			return b.String() + fmt.Sprintf("…and %d more", len(lines)-i)
		}
		b.WriteString(l)
	}
	return b.String()
}

// plural counts something.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// shortened cuts an embed to at most limit characters. Answers are shorter: it
// is the guard.
func shortened(e *discordgo.MessageEmbed, limit int) *discordgo.MessageEmbed {
	e.Title = plain(e.Title, maxTitle)
	limit -= characters(e.Title)
	if e.Footer != nil {
		e.Footer.Text = plain(e.Footer.Text, limit/3)
		limit -= characters(e.Footer.Text)
	}
	if characters(e.Description) > limit {
		e.Description = clip(strings.Split(e.Description, ""), limit)
	}
	return e
}

// fenced is text in a block of code, whole, or as much of it as fits into limit
// characters with a word on how much is left out.
func fenced(language, text string, limit int) string {
	open, end := "```"+language+"\n", "\n```"
	var runes []rune
	for line := range strings.Lines(text) {
		shown := strings.TrimLeft(line, " ")
		runes = append(runes, []rune(strings.Repeat(" ", len(line)-len(shown)))...)
		runes = append(append(runes, clean(shown)...), '\n')
	}
	runes = []rune(strings.TrimRight(string(runes), "\n"))
	const note = len("\n1000000 more characters are not shown here.")
	left := limit - len(open) - len(end) - note
	var b strings.Builder
	for i := range runes {
		piece := harmless(runes, i)
		if runes[i] == '`' {
			piece += zeroWidth
		}
		if left -= characters(piece); left < 0 {
			if b.Len() == 0 {
				return fmt.Sprintf("%d characters are not shown here.", len(runes))
			}
			return open + b.String() + end + fmt.Sprintf("\n%d more characters are not shown here.", len(runes)-i)
		}
		b.WriteString(piece)
	}
	return open + b.String() + end
}

// renderFaulty tells what is wrong with what was typed.
func renderFaulty(d store.Draft, faults knowledge.Faults) message {
	var lines []string
	for _, f := range faults {
		lines = append(lines, "- "+escape(f.What, maxFieldText)+": "+escape(f.Mend, maxFieldText)+"\n")
	}
	text := "Nothing is lost: it is kept as a draft as you typed it. Press Change to go on.\n\n" + listing(lines, maxFaults)
	if len(faults) == 0 {
		text = "What was wrong with it no longer is. Press Change, and send it once more."
	}
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: "This cannot be published yet", Color: faultColour, Description: text}},
		Components: rowsOf(changeButtons(d)),
	}
}

// renderStale shows what entries are now that somebody has changed since a draft
// was made, and what the draft makes of them.
func renderStale(shipped *knowledge.Base, d store.Draft, now []store.Revision) message {
	rev := now[0]
	var mine knowledge.Entry
	for _, c := range d.Changes {
		if c.EntryKey == rev.EntryKey {
			mine = c.Entry
		}
	}
	text := fmt.Sprintf("**%s** was %s by %s %s, after you began. Nothing of yours is lost: it is still a draft.",
		escape(named(rev.Entry, mine), maxLabel), actions[rev.Action], person(rev.Author), at(rev.At))
	if more := len(now) - 1; more > 0 {
		text += fmt.Sprintf(" So were %s.", plural(more, "other entry of this draft", "other entries of this draft"))
	}
	buttons := []discordgo.MessageComponent{discordgo.Button{Label: "Put mine on top", Style: discordgo.PrimaryButton, CustomID: kbRebase + ":" + packID(d.ID)}}
	return message{
		Embeds: []*discordgo.MessageEmbed{
			{Title: "Somebody has changed it meanwhile", Color: faultColour, Description: text},
			{Title: "What it is now", Color: faultColour, Description: fenced("md", version(shipped, rev.Entry), maxVersion)},
			{Title: "What your draft makes of it", Color: draftColour, Description: fenced("md", version(shipped, mine), maxVersion)},
		},
		Components: rowsOf(append(buttons, changeButtons(d)...)),
	}
}

// version is the text of an entry as a server has it: the shipped one where it
// has none.
func version(shipped *knowledge.Base, e knowledge.Entry) string {
	if e.Hidden {
		return "(hidden in this server)"
	}
	if e.Head == nil && e.Section == nil && e.FAQ == nil {
		var held bool
		if e, held = entryIn(shipped, e.EntryKey); !held {
			return "(there is none)"
		}
	}
	return string(knowledge.FormatEntry(e))
}

// entryLine names an entry with its career, as it is or as it is in one of some
// bases.
func entryLine(e knowledge.Entry, bases ...*knowledge.Base) string {
	versions := []knowledge.Entry{e}
	for _, base := range bases {
		held, _ := entryIn(base, e.EntryKey)
		versions = append(versions, held)
	}
	return fmt.Sprintf("**%s** · %s", escape(careerTitle(e.Article, bases...), maxLabel), escape(named(versions...), knowledge.MaxQuestion))
}

// renderPublished says what is live.
func renderPublished(here *knowledge.Base, p store.Published, live bool) message {
	var lines []string
	for _, rev := range p.Revisions {
		lines = append(lines, fmt.Sprintf("%s: %s\n", entryLine(rev.Entry, here), actions[rev.Action]))
	}
	text := listing(lines, maxDiff)
	if live {
		text += "It is in the very next answer in this server."
	} else {
		text += "It is saved, and will be in answers as soon as I can load it."
	}
	if n := len(p.Tell); n > 0 {
		text += fmt.Sprintf("\nI tell %s who asked for it.", plural(n, "person", "people"))
	}
	buttons := undoAllButton(p.Deed)
	if i := undoable(p.Revisions); i >= 0 {
		buttons = undoButtons(p.Revisions[i])
	} else {
		text += "\nUndo takes all of it back; /kb undo takes back one entry."
	}
	return message{Embeds: []*discordgo.MessageEmbed{{Title: "Published", Color: styles[answer.Answered].colour, Description: text}}, Components: rowsOf(buttons)}
}

// undoable is which of the revisions of a publication takes it back whole if it
// is undone, or -1: a single one, or the head of a new career.
func undoable(list []store.Revision) int {
	if len(list) == 1 {
		return 0
	}
	return slices.IndexFunc(list, func(r store.Revision) bool {
		return r.Kind == knowledge.CareerEntry && r.Action == store.Add && !slices.ContainsFunc(list, func(o store.Revision) bool { return o.Article != r.Article })
	})
}
