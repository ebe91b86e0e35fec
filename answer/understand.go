package answer

import (
	"cmp"
	"slices"
	"strings"
)

// understanding is what is gathered from the words of a question before it is
// known what is asked.
type understanding struct {
	clauses   []clause // the names of careers held are replaced by roleMark
	careers   []string // IDs of the careers that are named, the one most likely asked about first
	others    []other  // occupations that are named and not held
	unknown   string   // what stands where an occupation is asked about, and is not known at all
	points    bool     // "they", "this job": at a career spoken of before
	compares  bool     // two careers are set against each other
	rivals    []string // IDs of the careers held that are
	wordCount int
}

// other is an occupation named in a question.
type other struct {
	name       string // its people, in the plural: "dentists"
	background bool   // it tells of who is asking
	words      []string
}

// named is where a question names a career that is held.
type named struct {
	career     string // its ID
	background bool   // it tells of who is asking
	asks       bool   // the sentence asks
}

// rank is how unlikely the career is the one asked about: "I was a nurse. I am
// bored. Would back-end development suit me?"
func (n named) rank() int {
	switch {
	case n.background:
		return 2
	case !n.asks:
		return 1
	}
	return 0
}

// understand reads a question for a knowledge base.
func (a *Answerer) understand(s *state, text string) understanding {
	u := understanding{clauses: a.read(s, text)}
	var all []named
	for i, c := range u.clauses {
		var of []named
		u.clauses[i].words, of = a.name(s, &u, c.words)
		asks := c.asks || a.asks(u.clauses[i].texts())
		for _, n := range of {
			n.asks = asks
			all = append(all, n)
		}
		if a.comparesIn(c.texts()) {
			u.compares = true
			u.rivals = rivalsOf(u.rivals, of)
		}
	}
	slices.SortStableFunc(all, func(x, y named) int { return cmp.Compare(x.rank(), y.rank()) })
	for _, n := range all {
		if !slices.Contains(u.careers, n.career) {
			u.careers = append(u.careers, n.career)
		}
	}
	for _, c := range u.clauses {
		words := c.texts()
		u.wordCount += len(words)
		if len(u.others) == 0 && u.unknown == "" && len(u.careers) == 0 {
			u.unknown = a.slot(s, words)
		}
	}
	return u
}

// comparesIn reports whether words set two things against each other.
func (a *Answerer) comparesIn(words []string) bool {
	for i := range words {
		if _, n := a.lang.comparing.longest(words[i:]); n > 0 {
			return true
		}
	}
	return false
}

// rivalsOf adds to some careers those of a sentence that compares, if they are
// several.
func rivalsOf(before []string, sentence []named) []string {
	var ids []string
	for _, n := range sentence {
		if !n.background && !slices.Contains(ids, n.career) {
			ids = append(ids, n.career)
		}
	}
	if len(ids) < 2 {
		return before
	}
	for _, id := range ids {
		if !slices.Contains(before, id) {
			before = append(before, id)
		}
	}
	return before
}

// first returns what a table says of the first of its phrases among words, or
// nothing.
func first(table *phrases[string], words []string) string {
	for i := range words {
		if v, n := table.longest(words[i:]); n > 0 {
			return v[0]
		}
	}
	return ""
}

// name finds the occupations in a clause: those held become roleMark, others
// are noted. The longer name wins, so that "database developer" is not taken
// for the database of a developer.
func (a *Answerer) name(s *state, u *understanding, in []word) (out []word, held []named) {
	texts := clause{words: in}.texts()
	out = make([]word, 0, len(in))
	for i := 0; i < len(in); {
		ids, n := s.careerAt(texts[i:])
		names, m := a.aside.occupations.longest(texts[i:])
		if taught, l := s.taughtAt(texts[i:]); l > m {
			names, m = taught, l
		}
		switch {
		case n > 0 && n >= m:
			held = append(held, named{career: ids[0], background: a.isBackground(texts[:i])})
			out = append(out, word{text: roleMark})
			i += n
		case m > 0:
			o := other{name: names[0], background: a.isBackground(texts[:i]), words: texts[i : i+m]}
			if c, ok := a.aside.calls[strings.Join(o.words, " ")]; ok && s.holdsOther(c.occupation, "") {
				o.name = c.people // "chefs" would name what is held, too
			}
			u.others = append(u.others, o)
			out = append(out, in[i:i+m]...)
			i += m
		default:
			if _, n := a.lang.pointers.longest(texts[i:]); n > 0 {
				u.points = true
			}
			out = append(out, in[i])
			i++
		}
	}
	return out, held
}

// isBackground reports whether the words before an occupation say that
// somebody has it ("I am a …", "my mother was a …").
func (a *Answerer) isBackground(before []string) bool {
	for len(before) > 0 && slices.Contains([]string{"a", "an", "the", ","}, before[len(before)-1]) {
		before = before[:len(before)-1]
	}
	for n := 1; n <= 5 && n <= len(before); n++ {
		if _, m := a.lang.background.longest(before[len(before)-n:]); m == n {
			return true
		}
	}
	return false
}

// slot returns the words that stand where an occupation is asked about, if
// none of them means anything to the bot: "falconer" in "how much does a
// falconer earn".
func (a *Answerer) slot(s *state, words []string) string {
	for _, pattern := range a.lang.slots {
		hole := slices.Index(pattern, "_")
		for at := 0; at+len(pattern) <= len(words); at++ {
			if !slices.Equal(pattern[:hole], words[at:at+hole]) {
				continue
			}
			tail := pattern[hole+1:]
			for n := 1; n <= 3 && at+hole+n+len(tail) <= len(words); n++ {
				end := at + hole + n
				if !slices.Equal(tail, words[end:end+len(tail)]) {
					continue
				}
				if len(tail) == 0 && end < len(words) && n < 3 && a.strange(s, words[end]) {
					continue // take all of the name
				}
				name := words[at+hole : end]
				if !slices.ContainsFunc(name, func(w string) bool { return !a.strange(s, w) }) {
					return strings.Join(name, " ")
				}
			}
		}
	}
	return ""
}

// strange reports whether a word means nothing to the bot: neither filler nor
// concept nor used in any article.
func (a *Answerer) strange(s *state, w string) bool {
	if w == roleMark || w == "," || a.lang.fillers[w] || s.uses(stem(w)) {
		return false
	}
	_, n := a.lang.concepts.longest([]string{w})
	return n == 0
}

// reading is a stretch of a question that may be what is asked.
type reading struct {
	words   []string
	context []string // what stands around it, or nil
	whole   bool     // it is all that was written
	follows []string // what was written, if it is read with the question before
	known   found    // what that was answered with: not what is asked now
	part    bool     // one of several parts of what is asked
	prior   float64  // how likely it is to be what is asked, before its words are looked at
}

// The sizes, in words, up to which a question is read as a whole, and from
// which on a sentence is cut at its joints.
const (
	maxWhole = 26
	minCut   = 9
)

// The priors of readings, in the scale of the models' scores.
const (
	priorWhole   = 0.25  // all that was written
	priorMarked  = 0.35  // a sentence with a question mark
	priorAsking  = 0.2   // a sentence that begins as questions do
	priorPair    = -0.05 // a sentence and the one before it, added to its own
	priorPart    = -0.35 // a part of a sentence, added to its own
	priorTelling = -0.2  // a sentence that does not ask
	priorAside   = -0.4  // one that does not ask where others do, added to that
	priorOneTerm = -0.25 // a single telling word, where more was written
)

// readings lists the stretches of a question that may be what is asked: the
// whole if it is short, its sentences alone and with the one before, and the
// parts of long sentences.
func (a *Answerer) readings(u understanding) []reading {
	var out []reading
	var whole []string
	if u.wordCount <= maxWhole {
		whole = flat(u.clauses)
	}
	add := func(words, context []string, prior float64, part bool) {
		for len(words) > 0 && words[0] == "," {
			words = words[1:]
		}
		if len(words) == 0 || slices.ContainsFunc(out, func(r reading) bool { return slices.Equal(r.words, words) }) {
			return
		}
		if len(out) > 0 && len(a.lang.terms(words)) < 2 {
			prior += priorOneTerm
		}
		if slices.Equal(words, context) {
			context = nil
		}
		out = append(out, reading{words: words, context: context, part: part, prior: prior})
	}
	if whole != nil {
		add(whole, nil, priorWhole, false)
		out[0].whole = true
	}
	asking := slices.ContainsFunc(u.clauses, func(c clause) bool { return c.asks })
	prior := func(c clause) float64 {
		switch {
		case c.asks:
			return priorMarked
		case a.asks(c.texts()):
			return priorAsking
		case asking:
			return priorTelling + priorAside
		}
		return priorTelling
	}
	for i, c := range u.clauses {
		around := whole
		if around == nil {
			around = flat(u.clauses[max(0, i-1) : i+1])
		}
		add(c.texts(), around, prior(c), c.asks || prior(c) >= 0)
		if i > 0 {
			add(flat(u.clauses[i-1:i+1]), nil, prior(c)+priorPair, false)
		}
	}
	for _, c := range u.clauses {
		words := c.texts()
		if len(words) < minCut {
			continue
		}
		for _, part := range a.cut(words) {
			if len(part) > 2 {
				p := clause{asks: c.asks && !a.asks(words)}
				for _, w := range part {
					p.words = append(p.words, word{text: w})
				}
				add(part, words, prior(p)+priorPart, c.asks || a.asks(words))
			}
		}
	}
	return out
}

// cut parts a sentence at commas and at words that join clauses.
func (a *Answerer) cut(words []string) [][]string {
	var out [][]string
	start := 0
	for i, w := range words {
		if w == "," || a.lang.joints[w] {
			if i > start {
				out = append(out, words[start:i])
			}
			start = i + 1
		}
	}
	if start == 0 {
		return nil
	}
	if start < len(words) {
		out = append(out, words[start:])
	}
	return out
}

// asks reports whether a row of words looks like a question or a request.
func (a *Answerer) asks(words []string) bool {
	for i := range words {
		if i > 2 {
			break
		}
		if _, n := a.lang.askers.longest(words[i:]); n > 0 {
			return true
		}
	}
	return false
}
