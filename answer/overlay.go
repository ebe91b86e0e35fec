package answer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careerbot/careerbot/knowledge"
)

// overlay is what a server's own entries are over the base. All that is learnt
// from the base serves them as it is: they are found by their very words and
// by kinship, so that a change costs no training.
type overlay struct {
	below   *state
	entries []knowledge.Entry
	laid    map[knowledge.EntryKey]bool
	kept    map[knowledge.EntryKey]bool  // FAQs laid over ones below and still asked in all their ways
	heirs   map[*knowledge.Article][]int // of articles changed: which FAQ stands in the place of each FAQ below; -1 for none
	own     *kinship                     // to FAQs as the server's entries ask them
	texts   map[textKey]*text            // of the entries
	called  []string                     // the names of careers that the entries bring, or take away
}

// Overlay lays a server's entries over the base, in the place of those that it
// had, from the next question in that server on. Without any it sees the base
// as it is.
func (a *Answerer) Overlay(guild string, entries []knowledge.Entry) error {
	if guild == "" {
		return errors.New("entries of no server: name its ID")
	}
	if err := whole(entries); err != nil {
		return err
	}
	a.changes.Lock()
	defer a.changes.Unlock()
	now := a.views.Load()
	next := &views{base: now.base, guilds: map[string]*state{}, built: time.Now()}
	for id, s := range now.guilds {
		if id != guild {
			next.guilds[id] = s
		}
	}
	if len(entries) > 0 {
		next.guilds[guild] = a.over(now.base, entries, now.guilds[guild])
	}
	a.views.Store(next)
	return nil
}

// whole reports an entry that lacks what its key names, or stands twice.
func whole(entries []knowledge.Entry) error {
	seen := map[knowledge.EntryKey]bool{}
	for _, e := range entries {
		if seen[e.EntryKey] {
			return fmt.Errorf("the entry %s %s %q stands twice", e.Article, e.Kind, e.ID)
		}
		seen[e.EntryKey] = true
		if e.Hidden || e.Head != nil && e.Kind == knowledge.CareerEntry && e.Head.ID == e.Article ||
			e.Section != nil && e.Kind == knowledge.SectionEntry && string(e.Section.Topic) == e.ID ||
			e.FAQ != nil && e.Kind == knowledge.FAQEntry && e.FAQ.ID == e.ID {
			continue
		}
		return fmt.Errorf("the entry %s %s %q is neither hidden nor holds one of that name", e.Article, e.Kind, e.ID)
	}
	return nil
}

// over builds what a server sees whose entries are laid over a base. What it saw
// before saves work; it may be nil.
func (a *Answerer) over(below *state, entries []knowledge.Entry, old *state) *state {
	if old == nil || old.below == nil {
		old = newState(nil)
	}
	base := below.base.With(entries)
	s := newState(base)
	s.offer = a.offer(base.Articles)
	s.said, s.alone, s.topics, s.near, s.models, s.index = below.said, below.alone, below.topics, below.near, below.models, below.index
	s.overlay = overlay{
		below: below, entries: entries, texts: make(map[textKey]*text, len(old.texts)),
		laid: map[knowledge.EntryKey]bool{}, kept: map[knowledge.EntryKey]bool{}, heirs: map[*knowledge.Article][]int{},
	}

	var heads []*knowledge.Article
	var faqs []asked
	var told []string
	for _, e := range entries {
		s.laid[e.EntryKey] = true
		art := base.Article(e.Article)
		if art == nil || e.Hidden {
			continue
		}
		switch {
		case e.Head != nil:
			heads = append(heads, art)
		case e.Section != nil:
			told = append(told, e.Section.Heading)
			for _, p := range e.Section.Passages {
				told = append(told, p.String())
			}
		case e.FAQ != nil:
			f := found{article: art, faq: art.FAQ(e.ID)}
			told = append(told, f.faq.Answer)
			faqs = append(faqs, asked{f, s.fresh(f)})
		}
	}
	a.readTexts(s, told, faqs, old)
	g := a.gather(s)
	for _, text := range told {
		g.told(s.texts[textKey{text: text}])
	}
	for _, f := range faqs {
		for _, key := range f.texts {
			g.asked(s.texts[key])
		}
		// A moderator's question is written with care: its words are right.
		for w := range strings.FieldsSeq(s.texts[textKey{f.faq.Question, true}].plain) {
			g.vocabulary[w] += minUsed
		}
	}
	s.called = a.heads(g, heads)
	for _, art := range below.base.Articles {
		if base.Article(art.ID) == nil {
			s.teach(a.lang, art) // so that a question on it is known to be on another career
			s.called = append(s.called, a.lang.namesOf(art)...)
		}
	}
	s.names = namesIn(heads)
	var spelled *speller
	if old.below == below {
		spelled = old.speller
	}
	s.speller = newSpeller(g.vocabulary, a.aside.words, below.speller, spelled)
	a.hearTexts(s, faqs, old)
	for _, f := range faqs {
		s.word(f.found, s.foldedOf(f.found))
	}

	for _, art := range base.Articles {
		under := below.base.Article(art.ID)
		if under == nil || under == art {
			continue
		}
		heirs := make([]int, len(under.FAQs))
		for i := range under.FAQs {
			heirs[i] = s.heir(art, &under.FAQs[i])
		}
		s.heirs[art] = heirs
	}
	s.own = newKinship(s, faqs)
	return s
}

// asked is an FAQ of a server and the ways in which it is asked that are to be
// read.
type asked struct {
	found
	texts []textKey
}

// readTexts reads the texts of a server's entries, as far as they were not read
// before. The question of an FAQ is among them in any case.
func (a *Answerer) readTexts(s *state, told []string, faqs []asked, old *state) {
	var keys []textKey
	for _, text := range told {
		keys = append(keys, textKey{text: text})
	}
	for _, f := range faqs {
		keys = append(append(keys, textKey{f.faq.Question, true}), f.texts...)
	}
	var fresh []textKey
	for _, key := range keys {
		t, ok := old.texts[key]
		if _, there := s.texts[key]; there {
			continue
		}
		if !ok || old.below != s.below {
			fresh = append(fresh, key)
		}
		s.texts[key] = t
	}
	read := make([]*text, len(fresh))
	inParallel(len(fresh), func(i int) { read[i] = a.newText(s.below, fresh[i], old.texts[fresh[i]]) })
	for i, key := range fresh {
		s.texts[key] = read[i]
	}
}

// hearTexts reads the ways in which FAQs of a server are asked as questions are
// read. Those heard before are heard so again, unless careers are called
// otherwise or a word may be spelled otherwise.
func (a *Answerer) hearTexts(s *state, faqs []asked, old *state) {
	same := old.below == s.below && slices.Equal(old.called, s.called)
	var keys []textKey
	for _, f := range faqs {
		for _, key := range f.texts {
			if t := s.texts[key]; !same || !t.settled || t.heard == nil {
				keys = append(keys, key)
			}
		}
	}
	known := sync.OnceValue(func() map[string]*heard {
		out := map[string]*heard{}
		if old.below == s.below {
			for _, w := range old.own.ways {
				out[w.words] = w.heard
			}
		}
		return out
	})
	now := make([]*heard, len(keys))
	inParallel(len(keys), func(i int) { now[i] = a.hear(s, s.texts[keys[i]], known) })
	for i, key := range keys {
		if t := *s.texts[key]; t.heard != now[i] {
			t.heard = now[i]
			s.texts[key] = &t // the one before may still be seen
		}
	}
}

// foldedOf lists the ways in which an FAQ of a server is asked, folded.
func (s *state) foldedOf(f found) []string {
	asked := f.faq.Asked()
	out := make([]string, len(asked))
	for i, text := range asked {
		if t, ok := s.texts[textKey{text, true}]; ok {
			out[i] = t.folded
		}
	}
	if !s.kept[faqKey(f.article.ID, f.faq.ID)] {
		return out
	}
	for _, w := range s.below.wordings[f.article.ID] {
		if w.faq.ID != f.faq.ID {
			continue
		}
		for k, text := range w.faq.Asked() {
			for i := range asked {
				if asked[i] == text {
					out[i] = w.texts[k]
				}
			}
		}
	}
	return out
}

// fresh lists the ways in which an FAQ of a server is asked. If all those of
// the one in whose place it stands are among them, these are left out: the base
// below knows them.
func (s *state) fresh(f found) []textKey {
	now := f.faq.Asked()
	var before []string
	if art := s.below.base.Article(f.article.ID); art != nil {
		if under := art.FAQ(f.faq.ID); under != nil {
			before = under.Asked()
		}
	}
	if before != nil && !slices.ContainsFunc(before, func(text string) bool { return !slices.Contains(now, text) }) {
		s.kept[faqKey(f.article.ID, f.faq.ID)] = true
	} else {
		before = nil
	}
	var out []textKey
	for _, text := range now {
		if !slices.Contains(before, text) {
			out = append(out, textKey{text, true})
		}
	}
	return out
}

// heir returns the index of the FAQ of an article that stands in the place of
// one below, or -1 if none does. One that is no longer asked in half of the
// ways is about something else.
func (s *state) heir(art *knowledge.Article, under *knowledge.FAQ) int {
	i := slices.IndexFunc(art.FAQs, func(f knowledge.FAQ) bool { return f.ID == under.ID })
	if i < 0 || !s.laid[faqKey(art.ID, under.ID)] {
		return i
	}
	kept, now := 0, art.FAQs[i].Asked()
	for _, text := range under.Asked() {
		if slices.Contains(now, text) {
			kept++
		}
	}
	if 2*kept < len(under.Asked()) {
		return -1
	}
	return i
}

func faqKey(article, id string) knowledge.EntryKey {
	return knowledge.EntryKey{Article: article, Kind: knowledge.FAQEntry, ID: id}
}

func headKey(article string) knowledge.EntryKey {
	return knowledge.EntryKey{Article: article, Kind: knowledge.CareerEntry}
}

// now returns what was found in another state as it is in this one, and false
// if it is no more.
func (s *state) now(f found) (found, bool) {
	if f.article == nil {
		return found{}, false
	}
	art := s.base.Article(f.article.ID)
	switch {
	case art == f.article:
		return f, true
	case art == nil:
		return found{}, false
	case f.faq != nil:
		if q := art.FAQ(f.faq.ID); q != nil {
			return found{article: art, faq: q}, true
		}
	default:
		if sec := art.Section(f.section.Topic); sec != nil {
			return found{article: art, section: sec}, true
		}
	}
	return found{}, false
}

// isOwn reports whether an FAQ is of the server's own entries.
func (s *state) isOwn(f found) bool { return s.laid[faqKey(f.article.ID, f.faq.ID)] }

// inherited is now for an FAQ of the base below that is asked in the server as
// it is there.
func (s *state) inherited(f found) (found, bool) {
	if s.isOwn(f) && !s.kept[faqKey(f.article.ID, f.faq.ID)] {
		return found{}, false
	}
	return s.now(f)
}

// exactly returns the FAQs that are asked in these very words.
func (s *state) exactly(key string) []found {
	out := s.exact[key]
	if s.below != nil {
		out = slices.Clip(out)
		for _, f := range s.below.exact[key] {
			if f, ok := s.inherited(f); ok {
				out = append(out, f)
			}
		}
	}
	return out
}

// careerAt returns the careers with the longest name with which words begin,
// and how many words that has.
func (s *state) careerAt(words []string) ([]string, int) {
	ids, n := s.careers.longest(words)
	if s.below == nil {
		return ids, n
	}
	if under, m := s.below.careers.longest(words); m > n {
		under = slices.DeleteFunc(slices.Clone(under), func(id string) bool {
			return s.laid[headKey(id)] || s.base.Article(id) == nil
		})
		if len(under) > 0 {
			return under, m
		}
	}
	return ids, n
}

// taughtAt is careerAt for careers that are not held.
func (s *state) taughtAt(words []string) ([]string, int) {
	names, n := s.taught.longest(words)
	if s.below != nil {
		if under, m := s.below.taught.longest(words); m > n {
			return under, m
		}
	}
	return names, n
}

// uses reports whether articles or those who ask use a word with that stem.
func (s *state) uses(stem string) bool {
	return s.stems[stem] || s.below != nil && s.below.stems[stem]
}

// isTold reports whether articles use a word with that stem.
func (s *state) isTold(stem string) bool {
	return s.told[stem] || s.below != nil && s.below.told[stem]
}

// wordingsOf lists the FAQs of an article with the ways in which they are
// asked.
func (s *state) wordingsOf(art *knowledge.Article) []wording {
	out := s.wordings[art.ID]
	if s.below == nil {
		return out
	}
	if s.below.base.Article(art.ID) == art {
		return s.below.wordings[art.ID]
	}
	out = slices.Clip(out)
	for _, w := range s.below.wordings[art.ID] {
		if f, ok := s.now(w.found); ok && !s.isOwn(f) {
			out = append(out, wording{f, w.texts})
		}
	}
	return out
}

// named calls find on the names of careers that the server has and then on
// those below that it sees.
func (s *state) named(find func(n *names, hit hit), hit hit) {
	find(s.names, hit)
	if s.below == nil {
		return
	}
	find(s.below.names, func(art *knowledge.Article, way int) {
		if art := s.base.Article(art.ID); art != nil && !s.laid[headKey(art.ID)] {
			hit(art, way)
		}
	})
}

// unlike is the score of an FAQ of which no model tells: less than any that one
// gives.
const unlike = -5

// scores returns how well each FAQ of an article fits a question by the models,
// and after them how well those do that a server took out of it.
func (s *state) scores(art *knowledge.Article, b blocks, topics []float32) []float32 {
	if s.below == nil {
		return s.modelled(art, b, topics)
	}
	under := s.below.base.Article(art.ID)
	if under == art {
		return s.below.modelled(art, b, topics)
	}
	out := make([]float32, len(art.FAQs))
	for i := range out {
		out[i] = unlike
	}
	if under == nil {
		return out
	}
	for j, x := range s.below.modelled(under, b, topics) {
		if i := s.heirs[art][j]; i >= 0 {
			out[i] = x
		} else {
			out = append(out, x)
		}
	}
	return out
}
