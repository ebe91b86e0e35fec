package answer

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/careerbot/careerbot/index"
	"github.com/careerbot/careerbot/knowledge"
)

// state is all that is derived from one knowledge base, or from one with the
// entries of a server laid over it; that one holds what the entries bring and
// shares the rest with the one below. It does not change once built, but for
// the models of entries, which are trained when an article is first asked
// about.
type state struct {
	base     *knowledge.Base
	offer    string          // what can be asked, as it is told
	careers  phrases[string] // the names of articles → ID
	taught   phrases[string] // the names of careers that only teach → their people, in the plural
	stems    map[string]bool // of all words that articles and those who ask use
	told     map[string]bool // of those that articles use
	speller  *speller
	exact    map[string][]found          // question without the career's name → what answers it
	asked    map[*knowledge.FAQ][]blocks // the ways in which an FAQ is asked
	names    *names
	holds    map[int][]string     // an occupation of the table → the careers of it, by ID
	wordings map[string][]wording // of articles, by ID

	said   map[string]*aside // an example of an aside, in its very words
	alone  map[string]*aside // what asks for an aside if it is all that is asked; see subject
	topics *model            // which topic or aside a question is about
	near   *neighbours       // the examples of topics and asides, to find the nearest
	models *lru.Cache[topicOf, func() *model]
	index  *index.Index

	overlay // of a server; empty for the base itself
}

// topicOf names the FAQs of an article on one topic.
type topicOf struct {
	article *knowledge.Article
	topic   knowledge.Topic
}

// maxTopicExamples bounds the examples from which one topic is learnt, so that
// a base of many articles starts as fast as one of a few.
const maxTopicExamples = 1300

func newState(base *knowledge.Base) *state {
	return &state{
		base: base, stems: map[string]bool{}, told: map[string]bool{},
		exact: map[string][]found{}, asked: map[*knowledge.FAQ][]blocks{}, wordings: map[string][]wording{}, holds: map[int][]string{},
	}
}

func (a *Answerer) build(base *knowledge.Base) (*state, error) {
	s := newState(base)
	s.offer = a.offer(base.Articles)
	s.said, s.alone = map[string]*aside{}, map[string]*aside{}
	s.names = namesIn(base.Articles)
	var err error
	if s.models, err = lru.New[topicOf, func() *model](maxModels); err != nil {
		return nil, err
	}
	g := a.gather(s)
	a.lang.vocabulary(g.vocabulary)
	a.aside.vocabulary(g.vocabulary)
	teachers := teachers(base)
	for _, art := range teachers {
		if base.Article(art.ID) == nil {
			s.teach(a.lang, art)
		}
	}
	a.heads(g, base.Articles)
	for _, art := range base.Articles {
		for i := range art.Sections {
			g.section(&art.Sections[i])
		}
		for i := range art.FAQs {
			g.faq(&art.FAQs[i])
			s.word(found{article: art, faq: &art.FAQs[i]}, foldedAsked(&art.FAQs[i]))
		}
	}
	s.speller = newSpeller(g.vocabulary, a.aside.words, nil, nil)
	inParallel(2, func(i int) {
		if i == 0 {
			a.learn(s, teachers)
		} else {
			err = a.index(s)
		}
	})
	if err != nil {
		return nil, err
	}
	// Answers may be under way when another base takes its place.
	runtime.AddCleanup(s, func(x *index.Index) { _ = x.Close() }, s.index)
	return s, nil
}

// teach notes the names of a career that is not held.
func (s *state) teach(l *language, art *knowledge.Article) {
	for _, n := range l.namesOf(art) {
		s.taught.add(n, lowerFirst(plural(art.Title)))
	}
}

// gatherer gathers the words of entries.
type gatherer struct {
	lang           *language
	s              *state
	vocabulary     map[string]int
	seen, seenTold map[string]bool
}

func (a *Answerer) gather(s *state) *gatherer {
	return &gatherer{lang: a.lang, s: s, vocabulary: map[string]int{}, seen: map[string]bool{}, seenTold: map[string]bool{}}
}

// heads gathers the names of careers. It returns all of them.
func (a *Answerer) heads(g *gatherer, list []*knowledge.Article) []string {
	for _, art := range list {
		for _, o := range a.occupationsOf(art) {
			g.s.holds[o] = append(g.s.holds[o], art.ID)
		}
	}
	var all []string
	for _, art := range list {
		names := append(a.lang.namesOf(art), a.alsoCalled(g.s, art)...)
		g.head(art, names)
		all = append(all, names...)
	}
	return all
}

// occupationsOf lists the occupations of the table that a career is one of.
func (a *Answerer) occupationsOf(art *knowledge.Article) []int {
	var out []int
	for _, n := range a.lang.calls(art) {
		if c, ok := a.aside.calls[n]; ok && !slices.Contains(out, c.occupation) {
			out = append(out, c.occupation)
		}
	}
	return out
}

// alsoCalled lists the further names of an occupation for the one career held
// of it: "nurse" and "nursing officer" for a registered nurse. Those of its like are
// none of its own: a pastry chef is no sous chef.
func (a *Answerer) alsoCalled(s *state, art *knowledge.Article) []string {
	var out []string
	own := a.lang.calls(art)
	for _, o := range a.occupationsOf(art) {
		if s.holdsOther(o, art.ID) {
			continue
		}
		for _, n := range a.aside.called[o] {
			if !apartFrom(own, n) {
				out = append(out, n, plural(n))
			}
		}
	}
	return out
}

// apartFrom reports whether a name is of another kind of what some names are of:
// "sous chef" for "pastry chef", but neither "chef" nor "rasoiya".
func apartFrom(own []string, name string) bool {
	apart := false
	for _, t := range own {
		if strings.HasSuffix(" "+name, " "+t) || strings.HasSuffix(" "+t, " "+name) {
			return false
		}
		apart = apart || lastWord(name) == lastWord(t)
	}
	return apart
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

// holdsOther reports whether a career of an occupation is held, but for the one
// with that ID.
func (s *state) holdsOther(occupation int, id string) bool {
	other := func(x string) bool { return x != id && s.base.Article(x) != nil }
	return slices.ContainsFunc(s.holds[occupation], other) || s.below != nil && slices.ContainsFunc(s.below.holds[occupation], other)
}

func (g *gatherer) head(art *knowledge.Article, names []string) {
	for _, n := range names {
		g.s.careers.add(n, art.ID)
		for w := range strings.FieldsSeq(n) {
			g.vocabulary[w] += 20
		}
	}
}

func (g *gatherer) section(sec *knowledge.Section) {
	g.use(sec.Heading, false)
	for _, p := range sec.Passages {
		g.use(p.String(), false)
	}
}

func (g *gatherer) faq(f *knowledge.FAQ) {
	g.use(f.Question, true)
	g.use(f.Answer, false)
	for _, p := range f.Phrasings {
		g.use(p, true)
	}
}

// use gathers the words of a text with which people ask, or which an article
// tells.
func (g *gatherer) use(text string, asked bool) {
	for _, c := range split(clean(text)) {
		for _, w := range g.lang.replace(c.words, &g.lang.joins) {
			if asked {
				// Only words that people ask with are worth correcting towards.
				g.vocabulary[w.text]++
			} else if !g.seenTold[w.text] {
				g.seenTold[w.text] = true
				g.s.told[stem(w.text)] = true
			}
			if !g.seen[w.text] {
				g.seen[w.text] = true
				g.s.stems[stem(w.text)] = true
			}
		}
	}
}

// teachers returns the shipped articles with those FAQs that a base does not
// hold. How people ask about a topic is learnt from them all the same: a base
// of sections alone, or of a few FAQs, has too few examples of its own.
func teachers(base *knowledge.Base) []*knowledge.Article {
	var out []*knowledge.Article
	for _, art := range knowledge.Shipped().Articles {
		if held := base.Article(art.ID); held != nil {
			art.FAQs = slices.DeleteFunc(art.FAQs, func(f knowledge.FAQ) bool { return held.FAQ(f.ID) != nil })
		}
		out = append(out, art)
	}
	return out
}

// namesOf lists the names of an article's career, as questions are read.
func (l *language) namesOf(art *knowledge.Article) []string {
	var out []string
	for _, n := range l.calls(art) {
		out = append(out, n, plural(n))
	}
	return out
}

// calls lists what a career calls one of its people.
func (l *language) calls(art *knowledge.Article) []string {
	var out []string
	for _, name := range append([]string{art.Title, strings.ReplaceAll(art.ID, "-", " ")}, art.Aliases...) {
		out = append(out, l.joined(strings.ToLower(name)))
	}
	return out
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// learn reads the questions and phrasings, and trains the topic model.
func (a *Answerer) learn(s *state, teachers []*knowledge.Article) {
	type read struct {
		found
		held   bool // in the base; else it only teaches how topics are asked about
		words  [][]string
		blocks []blocks
	}
	var faqs []read
	held := len(s.base.Articles)
	for n, art := range slices.Concat(s.base.Articles, teachers) {
		for i := range art.FAQs {
			faqs = append(faqs, read{found: found{article: art, faq: &art.FAQs[i]}, held: n < held})
		}
	}
	// What teaches may call a career that is held by names of its own.
	var names phrases[string]
	for _, art := range teachers {
		for _, n := range a.lang.namesOf(art) {
			names.add(n, art.ID)
		}
	}
	inParallel(len(faqs), func(i int) {
		f := &faqs[i]
		for _, text := range f.faq.Asked() {
			words := s.unnamed(flat(a.read(s, text)))
			if !f.held {
				words = marked(words, &names)
			}
			f.words = append(f.words, words)
			f.blocks = append(f.blocks, a.blocksOf(words))
		}
	})

	var rows []blocks
	var labels []int
	var groups []int32 // of each row: which FAQ or aside it is an example of
	learnt := map[knowledge.Topic]int{}
	var named [][]string // questions that name the career
	for group, f := range faqs {
		if f.held {
			s.asked[f.faq] = f.blocks
		}
		for n, words := range f.words {
			if f.held {
				key := exactKey(words)
				s.exact[key] = append(s.exact[key], f.found)
			}
			if learnt[f.faq.Topic]++; learnt[f.faq.Topic] > maxTopicExamples {
				continue
			}
			rows = append(rows, f.blocks[n])
			groups = append(groups, int32(group))
			labels = append(labels, slices.Index(knowledge.Topics, f.faq.Topic))
			if slices.Contains(words, roleMark) {
				named = append(named, words)
			}
		}
	}
	kinds := len(knowledge.Topics)
	asides := make([]*aside, len(rows)) // of each row; nil for a topic
	var texts []string
	for i := range a.aside.entries {
		e := &a.aside.entries[i]
		for _, text := range e.asked {
			texts = append(texts, text)
			asides = append(asides, e)
			groups = append(groups, int32(len(faqs)+i))
			labels = append(labels, kinds+int(e.kind))
		}
		for _, text := range e.alone {
			s.alone[a.lang.subject(flat(a.read(s, text)))] = e
		}
	}
	aside := make([]blocks, len(texts))
	keys := make([]string, len(texts))
	inParallel(len(texts), func(i int) {
		words := s.unnamed(flat(a.read(s, texts[i])))
		keys[i], aside[i] = exactKey(words), a.blocksOf(words)
	})
	for i, key := range keys {
		s.said[key] = asides[len(rows)+i]
	}
	rows = append(rows, aside...)
	// What is asked of the careers held, put to others.
	for n := 0; n < len(named); n += otherCareerEvery {
		rows = append(rows, a.blocksOf(replaced(named[n], roleMark, a.aside.names[n*7919%len(a.aside.names)])))
		labels = append(labels, kinds+int(otherCareer))
	}
	s.topics = train(rows, labels, kinds+int(asideKinds))
	s.near = newNeighbours(s.topics, rows[:len(asides)], asides, groups)
}

// inParallel calls f with 0 to n-1, on all processors.
func inParallel(n int, f func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// maxModels is how many models of entries are kept: one of a thousand
// articles takes a millisecond to train and a quarter of a megabyte.
const maxModels = 256

// model returns the model that tells the FAQs of an article on one topic
// apart; it is trained when first asked for.
func (s *state) model(art *knowledge.Article, topic knowledge.Topic) *model {
	key := topicOf{art, topic}
	trained, ok := s.models.Get(key)
	if !ok {
		fresh := sync.OnceValue(func() *model {
			var rows []blocks
			var labels []int
			n := 0
			for i := range art.FAQs {
				if art.FAQs[i].Topic != topic {
					continue
				}
				for _, b := range s.asked[&art.FAQs[i]] {
					rows = append(rows, b)
					labels = append(labels, n)
				}
				n++
			}
			return train(rows, labels, n)
		})
		// Whoever comes first decides, so that two askers train it once.
		if old, there, _ := s.models.PeekOrAdd(key, fresh); there {
			trained = old
		} else {
			trained = fresh
		}
	}
	return trained()
}

// topicShare is how much the topic counts in the score of an FAQ against how
// it does among those on its topic. Measured: 0.5 to 0.7 make no difference.
const topicShare = 0.62

// topicWithin is how far a topic may lie behind the best for its FAQs to be
// told apart: none of those farther off can win.
const topicWithin = 0.7

// modelled returns how well each FAQ of an article fits a question: how well its
// topic does, and how well it does among those on that topic.
func (s *state) modelled(art *knowledge.Article, b blocks, topics []float32) []float32 {
	out := make([]float32, len(art.FAQs))
	best := topics[argmax(topics[:len(knowledge.Topics)])]
	for t, topic := range knowledge.Topics {
		var within []float32
		for i := range art.FAQs {
			if art.FAQs[i].Topic != topic {
				continue
			}
			if topics[t] < best-topicWithin {
				out[i] = topicShare*topics[t] - (1 - topicShare)
				continue
			}
			if within == nil {
				within = s.within(art, topic, b)
			}
			out[i] = topicShare*topics[t] + (1-topicShare)*within[0]
			within = within[1:]
		}
	}
	return out
}

// within returns how well the FAQs of an article on one topic fit a question,
// against each other; for a single one there is nothing to tell apart.
func (s *state) within(art *knowledge.Article, topic knowledge.Topic, b blocks) []float32 {
	n := 0
	for i := range art.FAQs {
		if art.FAQs[i].Topic == topic {
			n++
		}
	}
	if n == 1 {
		return make([]float32, 1)
	}
	return s.model(art, topic).scores(b)
}

// saidSo returns the aside that has all that was written among its examples, or
// nil.
func (a *Answerer) saidSo(s *state, u understanding) *aside {
	words := flat(u.clauses)
	return cmp.Or(s.said[exactKey(words)], s.alone[a.lang.subject(words)])
}

// exactKey is a question without commas, by which its very words are found.
func exactKey(words []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "," }), " ")
}

// index puts the passages of every article into a new index.
func (a *Answerer) index(s *state) error {
	var all []index.Doc
	for _, art := range s.base.Articles {
		for i := range art.Sections {
			all = append(all, docs(art, &art.Sections[i])...)
		}
	}
	var err error
	s.index, err = index.New(all)
	return err
}

// docs lists the passages of a section as the index sees them.
func docs(art *knowledge.Article, sec *knowledge.Section) []index.Doc {
	var out []index.Doc
	for n, p := range sec.Passages {
		out = append(out, index.Doc{
			ID:         passageID(art, sec, n+1),
			Occupation: art.ID,
			Heading:    sec.Heading,
			Lead:       p.Lead,
			Body:       knowledge.Plain(p.Text),
		})
	}
	return out
}

// unnamed puts roleMark in the place of the names of careers that examples are
// about.
func (s *state) unnamed(words []string) []string {
	tables := []*phrases[string]{&s.careers, &s.taught}
	if s.below != nil {
		tables = append(tables, &s.below.careers, &s.below.taught)
	}
	return marked(words, tables...)
}

// marked puts roleMark in the place of the names that tables hold, the longest
// first.
func marked(words []string, tables ...*phrases[string]) []string {
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); {
		length := 0
		for _, t := range tables {
			_, n := t.longest(words[i:])
			length = max(length, n)
		}
		if length > 0 {
			out = append(out, roleMark)
			i += length
			continue
		}
		out = append(out, words[i])
		i++
	}
	return out
}

func flat(cs []clause) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.texts()...)
	}
	return out
}

// read turns a question into clauses, with the vocabulary of the base.
func (a *Answerer) read(s *state, text string) []clause {
	return a.lang.read(text, s.speller)
}

// otherCareerEvery is how many of the questions that name a career there are
// to each that is put to another occupation.
const otherCareerEvery = 3

// replaced puts the words of a phrase in the place of a word.
func replaced(words []string, word, phrase string) []string {
	var out []string
	for _, w := range words {
		if w == word {
			out = append(out, strings.Fields(phrase)...)
		} else {
			out = append(out, w)
		}
	}
	return out
}
