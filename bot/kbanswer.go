package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// What becomes of a question in the queue: a new answer, or another way to ask
// for one that there is. And what a member has answered well becomes an answer
// of the bot's. Each is a draft like those of /kb add and /kb edit.

// The rows of it. Each but saveAs carries the ID of a question.
const (
	queueAnswer = "kb.answer" // a button, and the dialog that it opens
	queueMatch  = "kb.match"  // a button that offers entries, and the menu of these
	saveAs      = "kb.save"   // the dialog of saveAsFAQ
)

// saveAsFAQ is the command of a message's context menu.
const saveAsFAQ = "Save as FAQ"

// saveAsCommand defines it.
func saveAsCommand() *discordgo.ApplicationCommand {
	c := forModerators(saveAsFAQ, "")
	c.Type = discordgo.MessageApplicationCommand
	return c
}

// answerForm is the dialog of a new question, as /kb add opens it, with the
// choice of the career in the place of the link.
func (b *Bot) answerForm(guild, id, career string, values inputs) *form {
	f := &form{id: id, title: "A question and its answer", fields: faqFields(values)}
	for i := range f.fields {
		in := &f.fields[i]
		in.value = values[in.id]
		switch in.id {
		case fieldSource:
			in.hint = "Who says so, and a link if there is one: Payscale https://…"
			in.max += maxURL
		case fieldLink:
			*in = b.careerField(guild, career)
		}
	}
	return f
}

// careerField chooses a career, or takes the name of one where there are more
// than a menu holds.
func (b *Bot) careerField(guild, career string) field {
	in := field{id: optionCareer, label: "Career", required: true, max: maxLabel}
	careers := b.cfg.Answerer().Careers(guild, "", maxSuggestions+1)
	if len(careers) > maxSuggestions {
		if c, ok := b.cfg.Answerer().Career(guild, career); ok {
			in.value = c.Title
		}
		in.hint = "Its name"
		return in
	}
	for _, c := range careers {
		in.choices = append(in.choices, suggestion{orDash(plain(c.Title, maxSuggestion)), c.ID})
	}
	in.value = career
	if len(careers) == 1 {
		in.value = careers[0].ID
	}
	return in
}

// openAnswer opens the dialog that answers a question of the queue, filled with
// the ways in which it was asked.
func (b *Bot) openAnswer(ctx context.Context, r *request) (response, error) {
	groups, page, err := b.queued(ctx, r)
	if err != nil {
		return response{}, err
	}
	asked := groups[page].texts()
	values := inputs{}
	if len(asked) > 0 {
		values[fieldQuestion], values[fieldPhrasings] = asked[0], strings.Join(asked[1:], "\n")
	}
	return response{opens: b.answerForm(r.home, queueAnswer+":"+r.args[0], groups[page].occupation(), values), note: queueAnswer}, nil
}

// texts are the ways in which it was asked, as an entry takes them: each on one
// line, and none that is too long for one.
func (g group) texts() []string {
	var list []string
	for _, q := range g {
		text := strings.Join(strings.Fields(string(clean(q.Text))), " ")
		if characters(text) <= knowledge.MaxQuestion && !hasFold(list, text) && visible(text) {
			list = append(list, text)
		}
	}
	return list
}

func hasFold(list []string, text string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, text) })
}

// answered makes a draft of what answers a question of the queue. What was typed
// is kept even if somebody has seen to the question meanwhile.
func (b *Bot) answered(ctx context.Context, r *request) (response, error) {
	groups, page, err := b.queued(ctx, r)
	switch {
	case errors.Is(err, errUnqueued):
		res, err := b.saved(ctx, r)
		res.Content = "Somebody has seen to that question meanwhile. This would be an entry beside theirs."
		return res, err
	case err != nil:
		return notKept(err, r.fields)
	}
	return b.newEntry(ctx, r, groups[page])
}

// saved makes a draft of what a member has said.
func (b *Bot) saved(ctx context.Context, r *request) (response, error) {
	return b.newEntry(ctx, r, nil)
}

// newEntry makes a draft of what was typed into an answerForm, which answers the
// questions of a group.
func (b *Bot) newEntry(ctx context.Context, r *request, g group) (response, error) {
	values := maps.Clone(r.fields)
	career, err := b.careerNamed(r.home, values[optionCareer])
	if err != nil {
		return notKept(err, values)
	}
	delete(values, optionCareer)
	values[fieldSource], values[fieldLink] = sourceOf(values[fieldSource])
	values[fieldTopic] = string(b.topicFor(r.home, values[fieldQuestion], career.ID))
	// As it was asked it has to reach the answer, however it was reworded.
	if texts := g.texts(); len(texts) > 0 {
		values[fieldPhrasings] = withPhrasings(values, texts[:1])
	}
	key := knowledge.EntryKey{Article: career.ID, Kind: knowledge.FAQEntry}
	return b.put(ctx, r, store.Draft{
		Guild: r.home, Author: r.person, Questions: g.ids(), Changes: []store.Change{{Entry: knowledge.Entry{EntryKey: key}, Action: store.Add}},
	}, values)
}

// withPhrasings are the phrasings that were typed, and texts that are not among
// them.
func withPhrasings(values inputs, texts []string) string {
	phrasings := linesOf(values[fieldPhrasings])
	for _, text := range texts {
		if !strings.EqualFold(text, values[fieldQuestion]) && !hasFold(phrasings, text) {
			phrasings = append(phrasings, text)
		}
	}
	return strings.Join(phrasings, "\n")
}

// notKept gives back what was typed with a refusal; other errors stay as they
// are.
func notKept(err error, values inputs) (response, error) {
	if why, ok := errors.AsType[refusal](err); ok {
		return response{message: renderGivenBack(string(why), values), note: "given back"}, nil
	}
	return response{}, err
}

// topicFor is the topic of what is asked nearest.
func (b *Bot) topicFor(guild, text, career string) knowledge.Topic {
	for _, c := range b.cfg.Answerer().Nearest(guild, text, career, 1) {
		return c.Topic
	}
	return knowledge.General
}

// openMatch offers the entries that a question of the queue may be another way
// to ask for.
func (b *Bot) openMatch(ctx context.Context, r *request) (response, error) {
	groups, page, err := b.queued(ctx, r)
	if err != nil {
		return response{}, err
	}
	return response{message: renderMatch(groups[page], page, b.nearest(r.home, groups[page])), note: queueMatch}, nil
}

// nearest lists the FAQs that a question of the queue may ask for, the likeliest
// first.
func (b *Bot) nearest(guild string, g group) []answer.Choice {
	var list []answer.Choice
	text, a := g[0].Text, b.cfg.Answerer()
	for _, c := range slices.Concat(a.Nearest(guild, text, g.occupation(), maxSuggestions), a.Questions(guild, text, g.occupation(), maxSuggestions)) {
		known := slices.ContainsFunc(list, func(x answer.Choice) bool { return x.Entry == c.Entry })
		if !known && len(list) < maxSuggestions && entryKey(c.Entry).Kind == knowledge.FAQEntry && characters(c.Entry) <= maxSuggestion {
			list = append(list, c)
		}
	}
	return list
}

// renderMatch offers entries for a question of the queue.
func renderMatch(g group, page int, choices []answer.Choice) message {
	text := "**" + escape(g[0].Text, maxQuestion) + "**\n\nWhich entry answers it? What was asked becomes another way to ask for it. If it is not offered below, use /kb match, which completes what you type."
	m := message{Embeds: []*discordgo.MessageEmbed{{Title: "It is this one", Color: draftColour, Description: text}}}
	menu := discordgo.SelectMenu{MenuType: discordgo.StringSelectMenu, CustomID: queueMatch + ":" + packID(g[0].ID), Placeholder: "The entry that answers it"}
	for _, c := range choices {
		menu.Options = append(menu.Options, discordgo.SelectMenuOption{
			Label: orDash(plain(c.Label, maxSuggestion)), Value: c.Entry, Description: plain(topicNames[c.Topic], maxSuggestion),
		})
	}
	if len(menu.Options) > 0 {
		m.Components = append(m.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{menu}})
	}
	m.Components = append(m.Components, rowsOf([]discordgo.MessageComponent{
		discordgo.Button{Label: "Back", Style: discordgo.SecondaryButton, CustomID: fmt.Sprintf("%s:%d", queuePage, page)},
	})...)
	return m
}

// match takes a button that offers entries, or an entry that was chosen.
func (b *Bot) match(ctx context.Context, r *request) (response, error) {
	if len(r.values) == 0 {
		return b.openMatch(ctx, r)
	}
	return b.matched(ctx, r, entryKey(r.values[0]))
}

// kbMatch takes a question of the queue and an entry that were named.
func (b *Bot) kbMatch(ctx context.Context, r *request) (response, error) {
	l, err := b.entryNamed(ctx, r)
	if err != nil {
		return response{}, err
	}
	r.args = []string{r.option(optionQuestion)}
	if _, err := readID(r.args); err != nil {
		return response{}, refusal("Which question? Pick one of those that are offered while you type.")
	}
	return b.matched(ctx, r, l.EntryKey)
}

// matched makes a draft that adds a question of the queue to the ways to ask for
// an entry.
func (b *Bot) matched(ctx context.Context, r *request, key knowledge.EntryKey) (response, error) {
	groups, page, err := b.queued(ctx, r)
	if err != nil {
		return response{}, err
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	e, held := entryIn(b.cfg.Answerer().Base(r.home), key)
	if !held || e.FAQ == nil {
		return response{}, refusal("That entry is no longer there. Please choose another one.")
	}
	rev, err := s.Revision(ctx, r.home, key)
	if err != nil {
		return response{}, b.keeping(err)
	}
	values := sheets[string(key.Kind)].write([]knowledge.Entry{e})
	values[fieldPhrasings] = withPhrasings(values, groups[page].texts())
	return b.put(ctx, r, store.Draft{
		Guild: r.home, Author: r.person, Questions: groups[page].ids(),
		Changes: []store.Change{{Entry: knowledge.Entry{EntryKey: key}, Action: store.Edit, Base: rev.Number}},
	}, values)
}

// completeMatch completes the options of /kb match.
func (b *Bot) completeMatch(ctx context.Context, r *request) (response, error) {
	if r.focused != optionQuestion {
		return b.completeEntry(ctx, r)
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	groups, _, err := b.queueOf(ctx, s, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	words := strings.Fields(knowledge.Words(r.option(optionQuestion)))
	var res response
	for _, g := range groups {
		if len(res.offers) < maxSuggestions && hasBeginnings(knowledge.Words(g[0].Text), words) {
			res.offers = append(res.offers, suggestion{orDash(plain(g[0].Text, maxSuggestion)), packID(g[0].ID)})
		}
	}
	return res, nil
}

// openSaveAs opens the dialog that makes an answer of somebody's message.
func (b *Bot) openSaveAs(_ context.Context, r *request) (response, error) {
	if me := b.self.Load(); me != nil && r.author == me.user {
		return response{}, refusal("That is an answer of my own. Use this on a message of somebody else's that answers something; /kb edit changes what I answer.")
	}
	if r.text == "" {
		return response{}, refusal("There is no text in that message. Use this on a message that answers something.")
	}
	text, whole := upToSentence(r.text, knowledge.MaxAnswer)
	values := inputs{
		fieldAnswer: text, fieldQuestion: strings.Join(strings.Fields(r.answers), " "),
		fieldSource: fmt.Sprintf("A member of this server https://discord.com/channels/%s/%s/%s", r.home, r.channel, r.on),
	}
	f := b.answerForm(r.home, saveAs, b.careerIn(r.home, r.answers+"\n"+r.text), values)
	if !whole {
		for i := range f.fields {
			if f.fields[i].id == fieldAnswer {
				f.fields[i].hint = fmt.Sprintf("The message is longer than an answer may be (%d characters): this is its beginning", knowledge.MaxAnswer)
			}
		}
	}
	return response{opens: f, note: saveAs}, nil
}

// careerIn is the ID of the one career that a text names, or empty.
func (b *Bot) careerIn(guild, text string) string {
	list := b.cfg.Answerer().Nearest(guild, text, "", 1)
	if len(list) == 0 {
		return ""
	}
	return list[0].Occupation
}

// upToSentence is the beginning of a text in at most limit characters: whole
// sentences if there is one, else whole words. It reports whether that is all.
func upToSentence(text string, limit int) (string, bool) {
	if characters(text) <= limit {
		return text, true
	}
	n, sentence, word := 0, 0, 0
	var before rune
	for i, r := range text {
		if strings.ContainsRune(" \n", r) {
			word = i
			if strings.ContainsRune(".!?।", before) || r == '\n' {
				sentence = i
			}
		}
		if n += characters(string(r)); n > limit {
			if sentence == 0 {
				sentence = word
			}
			if sentence == 0 {
				sentence = i
			}
			return strings.TrimSpace(text[:sentence]), false
		}
		before = r
	}
	return text, true
}
