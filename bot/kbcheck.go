package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// Questions that are kept to be asked again: does each still reach its answer?

// kbDrop deletes a check question: its ID, and how many the page skips.
const (
	kbDrop   = "kb.drop"
	kbChecks = "kb.checks" // how many to skip
)

// checksPage is how many check questions are listed at once, each with a button.
const checksPage = 10

// maxMisses is how much is said of the questions that miss, in characters.
const maxMisses = 3800

// kbCheck asks all questions that are kept of what is live.
func (b *Bot) kbCheck(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	stored, err := b.stored(ctx, s, r.home)
	if err != nil {
		return response{}, err
	}
	live, err := s.Entries(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	trial, err := b.cfg.Answerer().Try(r.home, live)
	if err != nil {
		return response{}, err
	}
	missed, asked := trial.Check(stored)
	return response{message: renderMisses(b.cfg.Answerer().Base(r.home), missed, asked), note: "check"}, nil
}

// renderMisses lists the questions that do not reach their answer in a base.
func renderMisses(here *knowledge.Base, missed []answer.Miss, asked int) message {
	if len(missed) == 0 {
		return message{Embeds: []*discordgo.MessageEmbed{{
			Title: "All is well", Color: styles[answer.Answered].colour,
			Description: fmt.Sprintf("I asked all %d questions that are kept (ways to ask, voted helpful, check questions). Each reaches its answer.", asked),
		}}}
	}
	var lines []string
	for _, kind := range kindOrder {
		for _, m := range missed {
			if m.Kind == kind {
				lines = append(lines, fmt.Sprintf("❌ “%s” (%s) should reach %s, and gets %s\n", escape(m.Text, maxLabel), storedKinds[kind], passageName(here, m.Want), outcomeOf(here, m.Got)))
			}
		}
	}
	return message{Embeds: []*discordgo.MessageEmbed{{
		Title: fmt.Sprintf("%d of %d questions miss", len(missed), asked), Color: faultColour, Description: listing(lines, maxMisses),
	}}}
}

// kbKeep keeps a question to be checked.
func (b *Bot) kbKeep(ctx context.Context, r *request) (response, error) {
	l, err := b.entryNamed(ctx, r)
	if err != nil {
		return response{}, err
	}
	if l.Kind == knowledge.CareerEntry {
		return response{}, refusal("The names and the source of a career answer no question. Pick a question or a section.")
	}
	text := strings.TrimSpace(r.option(optionQuestion))
	if knowledge.Words(text) == "" {
		return response{}, refusal("There are no words in that question.")
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	if _, err := s.SaveCheck(ctx, store.Check{Guild: r.home, Text: text, Occupation: l.Article, Want: l.EntryKey, Author: r.person}); err != nil {
		return response{}, b.keeping(err)
	}
	a := b.cfg.Answerer().Answer(answer.Question{Text: text, Guild: r.home, Occupation: l.Article})
	return response{message: renderKept(b.cfg.Answerer().Base(r.home), text, l.EntryKey, a), note: "kept"}, nil
}

// renderKept says that a question is kept, and how it is answered now.
func renderKept(here *knowledge.Base, text string, want knowledge.EntryKey, a answer.Answer) message {
	now := "It is so now."
	if !a.Has(passageOf(want)) {
		now = "It is not so now: it gets " + outcomeOf(here, a) + ". /kb edit adds it to the other ways to ask."
	}
	return say(fmt.Sprintf("Kept: “%s” should be answered by %s. %s Every preview tells if that changes, and /kb check too.", escape(text, knowledge.MaxQuestion), passageName(here, passageOf(want)), now))
}

// kbListChecks lists the questions that are kept to be checked.
func (b *Bot) kbListChecks(ctx context.Context, r *request) (response, error) {
	skip := 0
	if len(r.args) > 0 {
		skip, _ = strconv.Atoi(r.args[len(r.args)-1])
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	list, err := s.Checks(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderChecks(b.cfg.Answerer().Base(r.home), list, skip), note: "checks"}, nil
}

// kbDropCheck deletes a question that was kept.
func (b *Bot) kbDropCheck(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	id, err := readID(r.args)
	if err != nil {
		return response{}, err
	}
	if err := s.DeleteCheck(ctx, r.home, id, r.person); err != nil {
		return response{}, b.keeping(gone(err, "That question is no longer kept: somebody has deleted it. /kb checks lists what is."))
	}
	return b.kbListChecks(ctx, r)
}

// renderChecks shows a page of check questions, with a button to delete each.
func renderChecks(here *knowledge.Base, list []store.Check, skip int) message {
	if len(list) == 0 {
		return say("No questions are kept to be checked. /kb keep keeps one.")
	}
	if skip < 0 || skip >= len(list) {
		skip = 0
	}
	page := list[skip:min(skip+checksPage, len(list))]
	var lines []string
	var buttons []discordgo.MessageComponent
	for i, c := range page {
		e, _ := entryIn(here, c.Want)
		lines = append(lines, fmt.Sprintf("**%d.** “%s” → “%s”, by %s\n", skip+i+1, escape(c.Text, knowledge.MaxQuestion), escape(named(e), maxNamed), person(c.Author)))
		buttons = append(buttons, discordgo.Button{Label: fmt.Sprintf("Delete %d", skip+i+1), Style: discordgo.SecondaryButton, CustomID: kbDrop + ":" + packID(c.ID) + ":" + strconv.Itoa(skip)})
	}
	rows := rowsOf(buttons)
	var turn []discordgo.MessageComponent
	if skip > 0 {
		turn = append(turn, discordgo.Button{Label: "Before", Style: discordgo.SecondaryButton, CustomID: kbChecks + ":" + strconv.Itoa(max(0, skip-checksPage))})
	}
	if skip+checksPage < len(list) {
		turn = append(turn, discordgo.Button{Label: "Further", Style: discordgo.SecondaryButton, CustomID: kbChecks + ":" + strconv.Itoa(skip+checksPage)})
	}
	return message{
		Embeds:     []*discordgo.MessageEmbed{{Title: plural(len(list), "question is", "questions are") + " kept to be checked", Color: draftColour, Description: strings.Join(lines, "")}},
		Components: append(rows, rowsOf(turn)...),
	}
}
