package answer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/careerbot/careerbot/knowledge"
)

// Career is an article as people look it up.
type Career struct {
	ID, Title string
	Summary   string            // the beginning of its overview: whole sentences, at most MaxSummary characters
	Topics    []knowledge.Topic // those that it answers, in the order of knowledge.Topics
	Source    knowledge.Source
}

// MaxSummary is the longest Career.Summary, in characters.
const MaxSummary = 300

// Career returns the article with that ID as a server sees it. A guild is the
// ID of a Discord server; the empty one is of no server.
func (a *Answerer) Career(guild, id string) (Career, bool) {
	art := a.view(guild).base.Article(id)
	if art == nil {
		return Career{}, false
	}
	return careerOf(art), true
}

// Terms gives what a career is called as a server sees it, its title first;
// nothing if there is no article with that ID.
func (a *Answerer) Terms(guild, id string) []string {
	art := a.view(guild).base.Article(id)
	if art == nil {
		return nil
	}
	return append([]string{art.Title}, art.Aliases...)
}

func careerOf(art *knowledge.Article) Career {
	c := Career{ID: art.ID, Title: art.Title, Source: art.Source}
	for _, t := range knowledge.Topics {
		if art.Section(t) != nil || slices.ContainsFunc(art.FAQs, func(f knowledge.FAQ) bool { return f.Topic == t }) {
			c.Topics = append(c.Topics, t)
		}
	}
	if sec := art.Section(knowledge.Overview); sec != nil {
		c.Summary = strings.ReplaceAll(found{article: art, section: sec}.text(), "\n", " ")
	} else if i := slices.IndexFunc(art.FAQs, func(f knowledge.FAQ) bool { return f.Topic == knowledge.Overview }); i >= 0 {
		c.Summary = knowledge.Plain(art.FAQs[i].Answer)
	}
	c.Summary = sentences(c.Summary, MaxSummary)
	return c
}

// The ways in which a career's name can begin with what was typed, best first.
const (
	titleBegins = iota
	aliasBegins
	titleHas // at a word within
	aliasHas
	wordsBegin // every word typed begins one of the name, in any order
	misspelt   // with one letter wrong; two wrong are worse by one, and so on
)

// name is a career's name from one of its words on, without spaces, so that
// "back end", "back-end" and "backend" are one.
type name struct {
	text    string
	article *knowledge.Article
	way     int
}

// names lists the names of careers, sorted for look-up by how they begin.
type names struct {
	rests  []name
	wholes []name // with spaces, one before each word
}

func namesIn(articles []*knowledge.Article) *names {
	n := &names{}
	for _, art := range articles {
		for i, text := range append([]string{art.Title}, art.Aliases...) {
			words := strings.Fields(folded(text))
			way := titleBegins
			if i > 0 {
				way = aliasBegins
			}
			n.wholes = append(n.wholes, name{" " + strings.Join(words, " "), art, wordsBegin})
			for k := range words {
				if k == 1 {
					way += titleHas - titleBegins
				}
				n.rests = append(n.rests, name{strings.Join(words[k:], ""), art, way})
			}
		}
	}
	slices.SortFunc(n.rests, func(x, y name) int { return strings.Compare(x.text, y.text) })
	return n
}

// hit is told of a career whose name begins with what was typed, and how it
// does.
type hit func(art *knowledge.Article, way int)

// find calls hit with each career whose name begins with what was typed. It may do so more than once for a career.
func (n *names) find(typed string, hit hit) {
	joined := strings.ReplaceAll(typed, " ", "")
	from, _ := slices.BinarySearchFunc(n.rests, joined, func(x name, to string) int { return strings.Compare(x.text, to) })
	for _, x := range n.rests[from:] {
		if !strings.HasPrefix(x.text, joined) {
			break
		}
		hit(x.article, x.way)
	}
	words := beginnings(typed)
	for _, x := range n.wholes {
		if begins(x.text, words) {
			hit(x.article, x.way)
		}
	}
}

// findMisspelt is find for what was typed with a letter wrong, or two if it is
// long.
func (n *names) findMisspelt(typed string, hit hit) {
	joined := []rune(strings.ReplaceAll(typed, " ", ""))
	if len(joined) < minCompleted {
		return
	}
	most := edits(string(joined))
	for _, x := range n.rests {
		text := []rune(x.text)
		text = text[:min(len(text), len(joined)+most)]
		if len(text)+most < len(joined) {
			continue
		}
		if d := slices.Min(editRow(joined, text)); d <= most {
			hit(x.article, misspelt+d)
		}
	}
}

// minCompleted is the length, in characters, from which on what was typed is
// taken for misspelt if no name begins so.
const minCompleted = 4

// beginnings lists the words of what was typed, folded, with a space before
// each.
func beginnings(typed string) []string {
	words := strings.Fields(typed)
	for i, w := range words {
		words[i] = " " + w
	}
	return words
}

// begins reports whether all of words, with a space before each, begin a word
// of text, which has a space before each.
func begins(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// folded brings a text to the form in which what is typed is compared: words in
// small letters without accents, marks and apostrophes.
func folded(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(clean(text)) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '+', r == '#':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'':
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Careers lists those that a person may mean who typed so far: by the
// beginning of a word of the title or of an alias and, if none begins so, with
// letters wrong. The best come first, at most that many; nothing typed lists
// all by title.
func (a *Answerer) Careers(guild, typed string, most int) []Career {
	s := a.view(guild)
	ways := map[*knowledge.Article]int{}
	note := func(art *knowledge.Article, way int) {
		if old, ok := ways[art]; !ok || way < old {
			ways[art] = way
		}
	}
	blank := strings.TrimSpace(typed) == ""
	switch typed := folded(typed); {
	case blank:
		for _, art := range s.base.Articles {
			ways[art] = 0
		}
	case typed != "":
		s.named(func(n *names, hit hit) { n.find(typed, hit) }, note)
		if len(ways) == 0 {
			s.named(func(n *names, hit hit) { n.findMisspelt(typed, hit) }, note)
		}
	}
	var arts []*knowledge.Article
	for art := range ways {
		arts = append(arts, art)
	}
	slices.SortFunc(arts, func(x, y *knowledge.Article) int {
		return cmp.Or(cmp.Compare(ways[x], ways[y]), strings.Compare(x.Title, y.Title), strings.Compare(x.ID, y.ID))
	})
	var out []Career
	for _, art := range arts[:min(len(arts), most)] {
		out = append(out, careerOf(art))
	}
	return out
}

// wording is an FAQ with the ways in which it is asked, folded, with a space
// before each word.
type wording struct {
	found
	texts []string
}

// word notes the ways in which an FAQ is asked, folded.
func (s *state) word(f found, texts []string) {
	s.wordings[f.article.ID] = append(s.wordings[f.article.ID], wording{f, texts})
}

// foldedAsked lists the ways in which an FAQ is asked, folded.
func foldedAsked(f *knowledge.FAQ) []string {
	var out []string
	for _, text := range f.Asked() {
		out = append(out, " "+folded(text))
	}
	return out
}

// The ways in which an FAQ completes what was typed, best first.
const (
	questionBegins = iota
	phrasingBegins
	questionHas // every word typed begins one of it
	phrasingHas
	asksNot
)

// completes tells how an FAQ completes what was typed, folded, and its words.
func (x wording) completes(typed string, words []string) int {
	best := asksNot
	for i, text := range x.texts {
		var way int
		switch {
		case strings.HasPrefix(text[1:], typed):
			way = questionBegins
		case begins(text, words):
			way = questionHas
		default:
			continue
		}
		if i > 0 {
			way++
		}
		if best = min(best, way); best <= phrasingBegins {
			break
		}
	}
	return best
}

// Questions lists the FAQs that complete what was typed: those that begin so,
// then those that have its words, then those nearest to it in meaning. They are
// of the career with the ID occupation, or of every one if that is empty. The
// best come first, at most that many; nothing typed lists the first of each
// topic, then the second, and so on.
func (a *Answerer) Questions(guild, typed, occupation string, most int) []Choice {
	s := a.view(guild)
	articles := s.base.Articles
	if occupation != "" {
		articles = nil
		if art := s.base.Article(occupation); art != nil {
			articles = []*knowledge.Article{art}
		}
	}
	var ways [asksNot][]found
	blank := strings.TrimSpace(typed) == ""
	switch typed := folded(typed); {
	case blank:
		return choices(firstOfEach(articles, most), most)
	case typed == "":
		return nil
	default:
		words := beginnings(typed)
		for _, art := range articles {
			for _, x := range s.wordingsOf(art) {
				if way := x.completes(typed, words); way < asksNot {
					ways[way] = append(ways[way], x.found)
				}
			}
			if len(ways[questionBegins]) >= most {
				break
			}
		}
	}
	list := slices.Concat(ways[:]...)
	if len(list) < most {
		near, e := a.meant(s, typed, occupation, most)
		if e.held() < doubtFrom {
			near = slices.DeleteFunc(near, func(f found) bool { return !s.isOwn(f) })
		}
		list = append(list, near...)
	}
	return choices(list, most)
}

// firstOfEach lists the first FAQ on each topic of each article, then the
// second, and so on, until there are enough.
func firstOfEach(articles []*knowledge.Article, most int) []found {
	var out []found
	for round := 0; ; round++ {
		before := len(out)
		for _, art := range articles {
			for _, t := range knowledge.Topics {
				n := 0
				for i := range art.FAQs {
					if art.FAQs[i].Topic != t {
						continue
					}
					if n == round {
						out = append(out, found{article: art, faq: &art.FAQs[i]})
						break
					}
					n++
				}
			}
			if len(out) >= most {
				return out
			}
		}
		if len(out) == before {
			return out
		}
	}
}

// meant lists the FAQs nearest to a question, best first: those of the server
// that it may ask for, then by the models those of the career that it names or
// that is given. The evidence is of whether it is
// a question that the career's article answers.
func (a *Answerer) meant(s *state, text, occupation string, most int) ([]found, evidence) {
	u := a.understand(s, text)
	if u.wordCount == 0 {
		return nil, evidence{}
	}
	art := a.career(s, Question{Occupation: occupation}, u, nil)
	words := flat(u.clauses)
	var out []found
	for _, k := range a.kin(s, words, a.blocksOf(words), art) {
		out = append(out, k.found)
	}
	if art == nil {
		return out, evidence{}
	}
	c := a.consider(s, art, u, reading{words: words, whole: true})
	near := s.near.find(c.blocks)
	c.evidence.Topic, c.evidence.Aside = near.topic, near.aside
	return append(out, c.nearest(art, most)...), c.evidence
}

// Nearest lists the FAQs that a question may mean, best first, at most that
// many, whether or not it would be answered with one of them.
func (a *Answerer) Nearest(guild, text, occupation string, most int) []Choice {
	list, _ := a.meant(a.view(guild), text, occupation, most)
	return choices(list, most)
}

// choices makes choices of what was found, each once.
func choices(list []found, most int) []Choice {
	var out []Choice
	seen := map[*knowledge.FAQ]bool{}
	for _, f := range list {
		if len(out) == most {
			break
		}
		if !seen[f.faq] {
			seen[f.faq] = true
			out = append(out, f.choice())
		}
	}
	return out
}
