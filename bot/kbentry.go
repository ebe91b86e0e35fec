package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// The entries of a career as moderators find them: while they type, by what is
// asked or headed so, whether it is shipped, reworded, added or hidden.

// listed is an entry that can be picked.
type listed struct {
	knowledge.EntryKey
	label  string   // as moderators read it
	texts  []string // by which it is found, as knowledge.Words gives them
	hidden bool     // it is not seen in this server
	own    bool     // the server has something in its place
}

// The marks of entries that are not as they are shipped.
const (
	markOwn    = " (reworded here)"
	markAdded  = " (added here)"
	markHidden = " (hidden here)"
)

// entriesOf lists the entries of an article as a server has them, those that it
// hides last.
func (b *Bot) entriesOf(ctx context.Context, s *store.Store, guild, article string) ([]listed, error) {
	laid, err := s.Entries(ctx, guild)
	if err != nil {
		return nil, b.keeping(err)
	}
	var list []listed
	own := map[knowledge.EntryKey]bool{}
	for _, e := range laid {
		own[e.EntryKey] = true
	}
	shipped, here := entriesIn(b.cfg.Answerer().Base(""), article), entriesIn(b.cfg.Answerer().Base(guild), article)
	seen, below := map[knowledge.EntryKey]bool{}, map[knowledge.EntryKey]bool{}
	for _, e := range shipped {
		below[e.EntryKey] = true
	}
	for _, e := range here {
		seen[e.EntryKey] = true
		l := asListed(e)
		if l.own = own[e.EntryKey]; l.own {
			l.label += cmp.Or(map[bool]string{true: markOwn}[below[e.EntryKey]], markAdded)
		}
		list = append(list, l)
	}
	for _, e := range shipped {
		if !seen[e.EntryKey] {
			l := asListed(e)
			l.label += markHidden
			l.hidden, l.own = true, own[e.EntryKey]
			list = append(list, l)
		}
	}
	for _, e := range laid { // added, and hidden again
		if e.Article == article && !seen[e.EntryKey] && !below[e.EntryKey] {
			list = append(list, listed{EntryKey: e.EntryKey, label: refOf(e.EntryKey) + markHidden, texts: []string{knowledge.Words(e.ID)}, hidden: true, own: true})
		}
	}
	return list, nil
}

// entriesIn takes an article of a base apart; none if the base has none.
func entriesIn(base *knowledge.Base, article string) []knowledge.Entry {
	if a := base.Article(article); a != nil {
		return a.Entries()
	}
	return nil
}

// entryIn finds an entry in a base: the key alone if it has none.
func entryIn(base *knowledge.Base, key knowledge.EntryKey) (knowledge.Entry, bool) {
	for _, e := range entriesIn(base, key.Article) {
		if e.EntryKey == key {
			return e, true
		}
	}
	return knowledge.Entry{EntryKey: key}, false
}

func asListed(e knowledge.Entry) listed {
	l := listed{EntryKey: e.EntryKey, label: entryLabel(e)}
	texts := []string{l.label, e.ID}
	switch {
	case e.FAQ != nil:
		texts = append(texts, e.FAQ.Asked()...)
	case e.Section != nil:
		texts = append(texts, e.Section.Heading)
	case e.Head != nil:
		texts = append(texts, e.Head.Title)
	}
	for _, text := range texts {
		l.texts = append(l.texts, knowledge.Words(text))
	}
	return l
}

// entryLabel names an entry for people.
func entryLabel(e knowledge.Entry) string {
	switch {
	case e.FAQ != nil:
		return e.FAQ.Question
	case e.Section != nil:
		return "Section: " + e.Section.Heading
	case e.Head != nil:
		return "Career: names and source of " + e.Head.Title
	}
	return refOf(e.EntryKey)
}

// named names the entry that several are versions of, by the first that says
// something.
func named(versions ...knowledge.Entry) string {
	for _, e := range versions {
		if e.Head != nil || e.Section != nil || e.FAQ != nil {
			return entryLabel(e)
		}
	}
	return refOf(versions[0].EntryKey)
}

// refOf is what stands for an entry in an option of a command, beside its
// career's.
func refOf(k knowledge.EntryKey) string {
	return strings.TrimSuffix(string(k.Kind)+"/"+k.ID, "/")
}

// packKey gives the parts of a custom ID that stand for an entry, and readKey
// reads them.
func packKey(k knowledge.EntryKey) []string { return []string{string(k.Kind), k.Article, k.ID} }

func readKey(parts []string) (knowledge.EntryKey, error) {
	if len(parts) < 3 {
		return knowledge.EntryKey{}, fmt.Errorf("no entry in a button")
	}
	return knowledge.EntryKey{Kind: knowledge.EntryKind(parts[0]), Article: parts[1], ID: parts[2]}, nil
}

// search lists the entries that somebody may mean who typed so far: those that
// begin so, then those that have words that begin so. Nothing typed lists all.
func search(list []listed, typed string) []listed {
	typed = knowledge.Words(typed)
	if typed == "" {
		return list
	}
	words := strings.Fields(typed)
	var begin, have []listed
	for _, l := range list {
		switch {
		case strings.HasPrefix(l.texts[0], typed):
			begin = append(begin, l)
		case slices.ContainsFunc(l.texts, func(text string) bool { return hasBeginnings(text, words) }):
			have = append(have, l)
		}
	}
	return append(begin, have...)
}

// hasBeginnings reports whether each of the words begins one of a text.
func hasBeginnings(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(" "+text, " "+w) })
}

// offer picks the entries that a command is for; without a row, those that are
// seen in the server.
var offer = map[string]func(listed) bool{
	"kb reset":   func(l listed) bool { return l.own },
	"kb match":   func(l listed) bool { return !l.hidden && l.Kind == knowledge.FAQEntry },
	"kb history": func(listed) bool { return true },
	"kb undo":    func(l listed) bool { return l.own },
}

// foundFor gives the entries of a career that a command is for and that somebody
// may mean who typed so far. What is misspelt is left to the answerer, which
// knows the words of questions.
func (b *Bot) foundFor(ctx context.Context, r *request, article, typed string) ([]listed, error) {
	s, err := b.kept.opened()
	if err != nil {
		return nil, err
	}
	all, err := b.entriesOf(ctx, s, r.home, article)
	if err != nil {
		return nil, err
	}
	wanted := offer[r.name]
	if wanted == nil {
		wanted = func(l listed) bool { return !l.hidden }
	}
	all = slices.DeleteFunc(all, func(l listed) bool { return !wanted(l) })
	list := search(all, typed)
	if len(list) > 0 {
		return list, nil
	}
	for _, c := range b.cfg.Answerer().Questions(r.home, typed, article, maxSuggestions) {
		key := entryKey(c.Entry)
		if i := slices.IndexFunc(all, func(l listed) bool { return l.EntryKey == key }); i >= 0 {
			list = append(list, all[i])
		}
	}
	return list, nil
}

// completeEntry completes the options of the commands on entries: careers, and
// the entries of one.
func (b *Bot) completeEntry(ctx context.Context, r *request) (response, error) {
	if r.focused == optionCareer {
		return b.completeHeld(r), nil
	}
	article, err := b.articleNamed(ctx, r)
	if err != nil {
		return response{}, err
	}
	list, err := b.foundFor(ctx, r, article, r.option(optionEntry))
	if err != nil {
		return response{}, err
	}
	var res response
	for _, l := range list[:min(len(list), maxSuggestions)] {
		if ref := refOf(l.EntryKey); characters(ref) <= maxSuggestion {
			res.offers = append(res.offers, suggestion{orDash(plain(l.label, maxSuggestion)), ref})
		}
	}
	return res, nil
}

// completeHeld completes the name of a career that the server sees, then of one
// that it hides.
func (b *Bot) completeHeld(r *request) response {
	var res response
	seen := map[string]bool{}
	typed := r.option(optionCareer)
	for _, c := range slices.Concat(b.cfg.Answerer().Careers(r.home, typed, maxSuggestions), b.cfg.Answerer().Careers("", typed, maxSuggestions)) {
		if !seen[c.ID] && len(res.offers) < maxSuggestions {
			seen[c.ID] = true
			res.offers = append(res.offers, suggestion{plain(c.Title, maxSuggestion), c.ID})
		}
	}
	return res
}

// articleNamed gives the ID of the career that a moderator means: one that the
// server sees, or has hidden.
func (b *Bot) articleNamed(ctx context.Context, r *request) (string, error) {
	named := r.option(optionCareer)
	if b.cfg.Answerer().Base("").Article(named) != nil {
		return named, nil
	}
	c, err := b.careerNamed(r.home, named)
	if err == nil && c.ID != "" {
		return c.ID, nil
	}
	s, e := b.kept.opened()
	if e != nil {
		return "", e
	}
	laid, e := s.Entries(ctx, r.home)
	if e != nil {
		return "", b.keeping(e)
	}
	if slices.ContainsFunc(laid, func(e knowledge.Entry) bool { return e.Article == named }) {
		return named, nil
	}
	return "", cmp.Or(err, error(refusal("Which career? Pick one while you type.")))
}

// entryNamed gives the entry that a moderator means, who may have picked one
// that was offered or typed some of it.
func (b *Bot) entryNamed(ctx context.Context, r *request) (listed, error) {
	article, err := b.articleNamed(ctx, r)
	if err != nil {
		return listed{}, err
	}
	typed := r.option(optionEntry)
	all, err := b.foundFor(ctx, r, article, "")
	if err != nil {
		return listed{}, err
	}
	for _, l := range all {
		if refOf(l.EntryKey) == typed {
			return l, nil
		}
	}
	found, err := b.foundFor(ctx, r, article, typed)
	if err != nil {
		return listed{}, err
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return listed{}, refusal(fmt.Sprintf("I do not know which entry you mean by “%s”. Pick one of those that are offered while you type.", escape(typed, maxLabel)))
}

// careerTitle names a career for people, by the first of the bases that has it.
func careerTitle(article string, bases ...*knowledge.Base) string {
	for _, base := range bases {
		if a := base.Article(article); a != nil {
			return a.Title
		}
	}
	return titleOf(article)
}

// choiceFor is the choice that leads to an entry.
func choiceFor(e knowledge.Entry) answer.Choice {
	c := answer.Choice{Label: entryLabel(e), Occupation: e.Article}
	switch {
	case e.FAQ != nil:
		c.Topic, c.Entry = e.FAQ.Topic, passageOf(e.EntryKey)
	case e.Section != nil:
		c.Topic = e.Section.Topic
	default:
		c.Topic = knowledge.Overview
	}
	return c
}
