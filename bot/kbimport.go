package bot

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// /kb import: what stands in a file becomes a draft of what it would change.
// Nothing is live until the draft is published.

// The options of /kb import.
const (
	optionFile = "file"
	optionLink = "link"
)

// importCommand defines /kb import.
func importCommand() discordgo.ApplicationCommandOption {
	return discordgo.ApplicationCommandOption{
		Name: "import", Description: "Draft articles from a text, Markdown or HTML file, or from what /kb export gave",
		Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionAttachment, Name: optionFile, Description: "The file: at most 1 MB, or a zip of such files"},
			{Type: discordgo.ApplicationCommandOptionString, Name: optionLink, Description: "Or a link to it", MaxLength: maxURL},
			{
				Type: discordgo.ApplicationCommandOptionString, Name: optionCareer, Autocomplete: true, MaxLength: maxLabel,
				Description: "The career that it is about, if the file does not say so or there is one by another name",
			},
		},
	}
}

// kbImport drafts what a file would change.
func (b *Bot) kbImport(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	in, err := b.given(ctx, r)
	if err != nil {
		return response{}, err
	}
	base := b.cfg.Answerer().Base(r.home)
	opts := knowledge.ImportOptions{Career: careerID(base, r.option(optionCareer)), Source: in.source}
	r.step("Reading " + escape(in.name, maxLabel) + "…")
	list, err := knowledge.ImportAll(in.name, in.data, opts, func(n, all int) {
		if all > 1 {
			r.step(fmt.Sprintf("Reading %s: %d of %d files…", escape(in.name, maxLabel), n, all))
		}
	})
	if err != nil {
		return response{}, unreadable(err)
	}
	removed, err := knowledge.Removed(in.data)
	if err != nil {
		return response{}, unreadable(err)
	}
	r.step("Comparing it with what I know here…")
	got := compare(base, list, removed, opts.Career)
	if len(got.entries) == 0 {
		return response{message: renderNothingNew(in.name, got), note: "nothing new"}, nil
	}
	d := store.Draft{Guild: r.home, Author: r.person, Note: "import of " + plain(in.name, maxLabel)}
	for _, e := range got.entries {
		rev, err := s.Revision(ctx, r.home, e.EntryKey)
		if err != nil {
			return response{}, b.keeping(err)
		}
		c := store.Change{Entry: e, Action: store.Import, Base: rev.Number}
		if e.Hidden {
			c.Action = store.Remove
		}
		d.Changes = append(d.Changes, c)
	}
	if d, err = s.SaveDraft(ctx, d); err != nil {
		return response{}, b.keeping(err)
	}
	r.step("Asking the questions that are kept…")
	res, err := b.preview(ctx, r, d)
	if err != nil {
		return response{}, err
	}
	found := renderFound(in.name, got)
	res.Content, res.Files, res.note = found.Content, found.Files, "import"
	return res, nil
}

// given is a file that was handed to a command.
type given struct {
	name   string // with the ending of its kind
	data   []byte
	source knowledge.Source // empty of a file
}

// given fetches the file that a moderator attached or linked to.
func (b *Bot) given(ctx context.Context, r *request) (given, error) {
	link := strings.TrimSpace(r.option(optionLink))
	file, attached := r.file(optionFile)
	switch {
	case b.cfg.Fetch == nil:
		return given{}, refusal("I cannot fetch files here. Whoever runs me can import them with careerbot import.")
	case attached == (link != ""):
		return given{}, refusal("Give me a file or a link: one of the two.")
	case attached && file.Size > most(file.Name):
		return given{}, refusal(fmt.Sprintf("%s is too large: it may have %d MB. Take out what is no article, or split it: one occupation is one file.", escape(file.Name, maxLabel), most(file.Name)>>20))
	case attached && !b.isAttachment(file.URL):
		return given{}, fmt.Errorf("the attachment is not where Discord keeps them: %q", file.URL)
	}
	r.step("Fetching the file…")
	if attached {
		got, err := b.cfg.Fetch.Get(ctx, file.URL, most(file.Name), nil)
		if err != nil {
			return given{}, b.unfetched(r, err)
		}
		return given{name: file.Name, data: got.Body}, nil
	}
	u, err := url.Parse(link)
	if err != nil {
		return given{}, refusal(fetch.ErrAddress.Error())
	}
	got, err := b.cfg.Fetch.Get(ctx, link, most(u.Path), nil)
	if err != nil {
		return given{}, b.unfetched(r, err)
	}
	name, err := got.Name()
	if err != nil {
		return given{}, refusal(escape(err.Error(), maxContent))
	}
	return given{name, got.Body, knowledge.Source{Name: u.Hostname(), URL: link}}, nil
}

// most is how large a file of that name may be.
func most(name string) int64 {
	if strings.EqualFold(path.Ext(name), ".zip") {
		return maxFile // as large as what /kb export gives
	}
	return knowledge.MaxImport
}

// attachmentHosts are where Discord keeps what people attach.
var attachmentHosts = []string{"cdn.discordapp.com", "media.discordapp.net"}

// isAttachment reports whether an address is that of an attachment: Discord's,
// or that of the Discord that is simulated.
func (b *Bot) isAttachment(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && slices.Contains(attachmentHosts, u.Host) ||
		b.cfg.API != discordAPI && strings.HasPrefix(address, b.cfg.API+"/attachments/")
}

// shownFaults are those of a fetch that tell the person what to do. Others may
// tell of the network that the bot stands in.
var shownFaults = []error{fetch.ErrAddress, fetch.ErrPrivate, fetch.ErrRedirects, fetch.ErrTooLarge, fetch.ErrTooSlow}

// unfetched makes a refusal of an error of a fetch.
func (b *Bot) unfetched(r *request, err error) error {
	_, answered := errors.AsType[*fetch.StatusError](err)
	if answered || slices.ContainsFunc(shownFaults, func(f error) bool { return errors.Is(err, f) }) {
		return refusal("I could not get that: " + escape(err.Error(), maxLabel*5) + ".")
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	b.log.Warn("a file could not be fetched", "id", r.id, "err", err)
	return refusal("I could not get that: its server cannot be reached. See whether the address is right and opens in a browser, or save the file and attach it.")
}

// unreadable makes a refusal of what is wrong with a file.
func unreadable(err error) error {
	return refusal("That cannot be imported:\n" + escape(err.Error(), maxContent-100))
}

// careerID is the ID of the career that somebody names: one that there is, or a
// new one made of the name. It is empty for no name.
func careerID(base *knowledge.Base, named string) string {
	if a := called(base, named); a != nil {
		return a.ID
	}
	return strings.ReplaceAll(knowledge.Words(named), " ", "-")
}

// called finds the article that somebody calls so: by its ID, its title or an
// alias; nil if there is none, or no name.
func called(base *knowledge.Base, name string) *knowledge.Article {
	words := knowledge.Words(name)
	is := func(other string) bool { return words != "" && knowledge.Words(other) == words }
	for _, a := range base.Articles {
		if a.ID == name || is(a.ID) || is(a.Title) || slices.ContainsFunc(a.Aliases, is) {
			return a
		}
	}
	return nil
}

// compared is what a file would change.
type compared struct {
	found   []*knowledge.Imported
	entries []knowledge.Entry // that differ from what there is
	same    int               // entries that do not
	wrong   []wrongEntry      // that do not go with what there is, and are left out
}

// wrongEntry is an entry with what is wrong with it.
type wrongEntry struct {
	key    knowledge.EntryKey
	faults knowledge.Faults
}

// compare compares files with what a server knows. Where one was drafted, and
// is not in the format of an article, it adds to the article that there is, or
// takes the place of what is on the same topic or asks the same. A career that
// was named is the one.
func compare(base *knowledge.Base, list []*knowledge.Imported, removed []knowledge.EntryKey, career string) compared {
	got := compared{found: list}
	then := base
	seen := map[knowledge.EntryKey]bool{}
	for _, im := range list {
		a := *im.Article
		drafted := im.Article != im.Found
		if known := called(base, a.Title); drafted && career == "" && known != nil {
			a.ID = known.ID
		}
		if there := base.Article(a.ID); drafted && there != nil {
			a = into(there, &a)
		}
		im.Article = &a
		for _, e := range a.Entries() {
			now, held := entryIn(base, e.EntryKey)
			if held && bytes.Equal(knowledge.FormatEntry(now), knowledge.FormatEntry(e)) {
				got.same++
				continue
			}
			faults := then.CheckEntry(e)
			if seen[e.EntryKey] {
				faults = knowledge.Faults{{What: "more than one of the files has it", Mend: "keep it in one"}}
			}
			seen[e.EntryKey] = true
			if len(faults) > 0 {
				got.wrong = append(got.wrong, wrongEntry{e.EntryKey, faults})
				continue
			}
			then = then.With([]knowledge.Entry{e})
			got.entries = append(got.entries, e)
		}
	}
	for _, k := range removed {
		if _, held := entryIn(base, k); held && !seen[k] {
			seen[k] = true
			got.entries = append(got.entries, knowledge.Entry{EntryKey: k, Hidden: true})
		}
	}
	return got
}

// into is a draft as what it makes of an article that there is: the names stay,
// and with them the figures of which it says nothing; what asks the same keeps
// its ID and its phrasings.
func into(there, draft *knowledge.Article) knowledge.Article {
	a := *draft
	a.Title, a.Aliases, a.Region = there.Title, there.Aliases, cmp.Or(draft.Region, there.Region)
	if draft.Source.URL == "" {
		a.Source = there.Source // the name of a file is no better
	}
	a.Facts = slices.Clone(draft.Facts)
	for _, f := range there.Facts {
		if !slices.ContainsFunc(draft.Facts, func(g knowledge.Fact) bool {
			return g.Kind == f.Kind && g.Currency == f.Currency && g.Per == f.Per
		}) {
			a.Facts = append(a.Facts, f)
		}
	}
	a.FAQs = slices.Clone(draft.FAQs)
	for i := range a.FAQs {
		f := &a.FAQs[i]
		words := knowledge.Words(f.Question)
		asksSame := func(q knowledge.FAQ) bool {
			return slices.ContainsFunc(q.Asked(), func(text string) bool { return knowledge.Words(text) == words })
		}
		if j := slices.IndexFunc(there.FAQs, asksSame); j >= 0 {
			same := there.FAQs[j]
			f.ID, f.Question, f.Phrasings, f.Topic = same.ID, same.Question, same.Phrasings, same.Topic
			if f.Answer == same.Answer {
				*f = same
			}
			continue
		}
		f.ID = freeID(f.ID, func(id string) bool {
			return there.FAQ(id) != nil || slices.ContainsFunc(a.FAQs[:i], func(q knowledge.FAQ) bool { return q.ID == id })
		})
	}
	return a
}

// freeID is an ID that is not taken, made of one that may be.
func freeID(id string, taken func(string) bool) string {
	free := id
	for n := 2; taken(free); n++ {
		end := fmt.Sprint("-", n)
		free = id[:min(len(id), knowledge.MaxID-len(end))] + end
	}
	return free
}

// The shares of what is told of an import, in characters. All of it is in the
// file.
const (
	maxFound   = 1000
	maxDropped = 600
)

// renderFound tells what was found in a file and what was dropped.
func renderFound(name string, got compared) message {
	found, dropped, wrong := foundLines(got), droppedLines(got), wrongLines(got)
	parts := []string{fmt.Sprintf("**Import of %s**\n", escape(name, maxLabel)), clip(found, maxFound)}
	if got.same > 0 {
		parts = append(parts, fmt.Sprintf("%s the same as here already.\n", plural(got.same, "entry is", "entries are")))
	}
	if len(wrong) > 0 {
		parts = append(parts, fmt.Sprintf("**Left out**, since %s with what is here: ", plural(len(got.wrong), "entry does not go", "entries do not go")), clip(wrong, maxDropped/2), "\n")
	}
	if len(dropped) > 0 {
		parts = append(parts, fmt.Sprintf("**Dropped** %s: ", plural(len(dropped), "line", "lines")), clip(dropped, maxDropped/2))
	}
	m := message{Content: clip(parts, maxContent)}
	if report := report(name, got); len(got.found) > 0 {
		m.Files = []file{{name: "import.txt", data: report[:min(len(report), maxFile)]}}
	}
	return m
}

func renderNothingNew(name string, got compared) message {
	m := renderFound(name, got)
	m.Content = clip([]string{"There is nothing in it to change: ", m.Content}, maxContent)
	return m
}

// foundLines tell what was found: topics with how much stands under them, and
// figures with the sentences that state them.
func foundLines(got compared) []string {
	var lines []string
	for _, im := range got.found {
		lines = append(lines, fmt.Sprintf("**%s** (`%s`)\n", escape(im.Article.Title, knowledge.MaxTitle), plain(im.Article.ID, knowledge.MaxID)))
		for _, s := range im.Found.Sections {
			lines = append(lines, fmt.Sprintf("- %s, “%s”: %s\n", topicNames[s.Topic], escape(s.Heading, knowledge.MaxTitle), plural(len(s.Passages), "passage", "passages")))
		}
		if n := len(im.Found.FAQs); n > 0 {
			lines = append(lines, fmt.Sprintf("- %s\n", plural(n, "question", "questions")))
		}
		for _, f := range im.Found.Facts {
			lines = append(lines, fmt.Sprintf("- %s: %s, by %s: “%s”\n", plain(string(f.Kind), maxLabel), escape(f.Amounts(), maxLabel), escape(f.Source, maxLabel), escape(f.Sentence, knowledge.MaxAnswer)))
		}
	}
	return lines
}

func droppedLines(got compared) []string {
	var lines []string
	for _, im := range got.found {
		for _, d := range im.Dropped {
			lines = append(lines, fmt.Sprintf("“%s” (%s) ", escape(d.Text, maxLabel), escape(d.Why, maxLabel)))
		}
	}
	return lines
}

func wrongLines(got compared) []string {
	var lines []string
	for _, w := range got.wrong {
		lines = append(lines, fmt.Sprintf("`%s`: %s ", plain(w.key.String(), 3*knowledge.MaxID), escape(w.faults[0].String(), maxLabel*2)))
	}
	return lines
}

// report is all that is told of an import, as a text file.
func report(name string, got compared) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Import of %s\n", name)
	for _, im := range got.found {
		fmt.Fprintf(&b, "\n%s (%s)\n", im.Article.Title, im.Article.ID)
		for _, s := range im.Found.Sections {
			fmt.Fprintf(&b, "  %s, %q: %s\n", s.Topic, s.Heading, plural(len(s.Passages), "passage", "passages"))
		}
		for _, f := range im.Found.FAQs {
			fmt.Fprintf(&b, "  asked: %s\n", f.Question)
		}
		for _, f := range im.Found.Facts {
			fmt.Fprintf(&b, "  %s: %s, by %s: %s\n", f.Kind, f.Amounts(), f.Source, f.Sentence)
		}
		if len(im.Dropped) > 0 {
			fmt.Fprintln(&b, "\n  Dropped:")
		}
		for _, d := range im.Dropped {
			fmt.Fprintf(&b, "  - %s (%s)\n", d.Text, d.Why)
		}
	}
	for _, w := range got.wrong {
		fmt.Fprintf(&b, "\nLeft out: %s\n", w.key)
		for _, f := range w.faults {
			fmt.Fprintf(&b, "  %s: %s\n", f.What, f.Mend)
		}
	}
	return b.Bytes()
}
