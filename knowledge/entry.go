package knowledge

import (
	"slices"
	"strings"
)

// EntryKind tells which part of an article an entry is.
type EntryKind string

// The parts of an article that can be changed by themselves.
const (
	CareerEntry  EntryKind = "career"  // the head: title, aliases, region, source and figures
	SectionEntry EntryKind = "section" // the section on a topic
	FAQEntry     EntryKind = "faq"
)

// EntryKey names an entry: unique in a base.
type EntryKey struct {
	Article string
	Kind    EntryKind
	ID      string // a section's topic, or an FAQ's ID; empty for the head
}

// String writes a key as article/kind/id; the head has no id.
func (k EntryKey) String() string {
	return strings.TrimSuffix(strings.Join([]string{k.Article, string(k.Kind), k.ID}, "/"), "/")
}

// parseKey reads what String wrote; ok if it is a key.
func parseKey(s string) (k EntryKey, ok bool) {
	parts := strings.Split(s+"/", "/")
	if len(parts) < 3 {
		return k, false
	}
	k = EntryKey{parts[0], EntryKind(parts[1]), parts[2]}
	switch k.Kind {
	case CareerEntry:
		ok = k.ID == ""
	case SectionEntry:
		ok = Topic(k.ID).Valid()
	case FAQEntry:
		ok = idForm.MatchString(k.ID)
	}
	return k, ok && idForm.MatchString(k.Article) && k.String() == s
}

// Entry is a part of an article as a community's moderators want it: in the
// place of the shipped one, beside it, or gone.
type Entry struct {
	EntryKey
	Hidden  bool     // the community does not want it; the rest is nil then
	Head    *Article // of a CareerEntry, without sections and FAQs
	Section *Section // of a SectionEntry
	FAQ     *FAQ     // of an FAQEntry
}

// With returns the base with entries laid over it. The base does not change,
// and shares with the new one what no entry touches. An entry of an article
// that neither the base nor a head among the entries has is left out.
func (b *Base) With(entries []Entry) *Base {
	articles := slices.Clone(b.Articles)
	at := func(id string) (int, bool) {
		return slices.BinarySearchFunc(articles, id, func(a *Article, id string) int { return strings.Compare(a.ID, id) })
	}
	own := map[string]bool{} // articles that are copies
	change := func(id string) *Article {
		i, found := at(id)
		if !found {
			return nil
		}
		if !own[id] {
			fresh := *articles[i]
			fresh.Sections, fresh.FAQs = slices.Clone(fresh.Sections), slices.Clone(fresh.FAQs)
			articles[i], own[id] = &fresh, true
		}
		return articles[i]
	}
	hidden := map[string]bool{}
	for _, e := range entries {
		switch {
		case e.Kind != CareerEntry:
		case e.Hidden:
			hidden[e.Article] = true
		case e.Head != nil:
			if a := change(e.Article); a != nil {
				a.Title, a.Aliases, a.Region, a.Source, a.Facts = e.Head.Title, e.Head.Aliases, e.Head.Region, e.Head.Source, e.Head.Facts
				continue
			}
			i, _ := at(e.Article)
			head := *e.Head
			head.Sections, head.FAQs = nil, nil
			articles, own[e.Article] = slices.Insert(articles, i, &head), true
		}
	}
	for _, e := range entries {
		if e.Kind == CareerEntry {
			continue
		}
		if a := change(e.Article); a != nil {
			a.lay(e)
		}
	}
	for _, a := range articles {
		if own[a.ID] {
			slices.SortStableFunc(a.Sections, func(x, y Section) int {
				return slices.Index(Topics, x.Topic) - slices.Index(Topics, y.Topic)
			})
		}
	}
	return &Base{Articles: slices.DeleteFunc(articles, func(a *Article) bool { return hidden[a.ID] })}
}

// lay puts an entry into the article: in the place of the one with its key, at
// the end if there is none, or takes that one out.
func (a *Article) lay(e Entry) {
	switch e.Kind {
	case SectionEntry:
		a.Sections = laid(a.Sections, e.Section, e.Hidden, func(s Section) bool { return string(s.Topic) == e.ID })
	case FAQEntry:
		a.FAQs = laid(a.FAQs, e.FAQ, e.Hidden, func(f FAQ) bool { return f.ID == e.ID })
	}
}

func laid[T any](list []T, item *T, hidden bool, same func(T) bool) []T {
	i := slices.IndexFunc(list, same)
	switch {
	case hidden:
		return slices.DeleteFunc(list, same)
	case item == nil:
		return list
	case i < 0:
		return append(list, *item)
	}
	list[i] = *item
	return list
}

// Entries takes an article apart into its entries: the head, the sections, the
// FAQs.
func (a *Article) Entries() []Entry {
	head := *a
	head.Sections, head.FAQs = nil, nil
	list := []Entry{{EntryKey: EntryKey{a.ID, CareerEntry, ""}, Head: &head}}
	for i := range a.Sections {
		s := &a.Sections[i]
		list = append(list, Entry{EntryKey: EntryKey{a.ID, SectionEntry, string(s.Topic)}, Section: s})
	}
	for i := range a.FAQs {
		f := &a.FAQs[i]
		list = append(list, Entry{EntryKey: EntryKey{a.ID, FAQEntry, f.ID}, FAQ: f})
	}
	return list
}
