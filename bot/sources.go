package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/feeds"
	"github.com/careerbot/careerbot/store"
)

// Where a server's jobs come from: /sources and its subcommands.

// The option of /sources beside those of other commands.
const optionSource = "source"

// sourcesPage is the button of another page of the list; how many to skip.
const sourcesPage = "sources"

const (
	mostListed  = 8 // sources on a page
	mostExample = 3 // jobs that a test shows
	// inSources is for what a page says of a source that whoever made its feed
	// wrote, in characters.
	inSources = 150
)

// sourcesCommand defines /sources.
func sourcesCommand() *discordgo.ApplicationCommand {
	link := discordgo.ApplicationCommandOption{
		Type: discordgo.ApplicationCommandOptionString, Name: optionLink, Required: true, MaxLength: maxURL,
		Description: "A board on Greenhouse or Lever, a feed, a search at Adzuna, or a page with jobs",
	}
	c := forModerators("sources", "Choose where the jobs of this server's alerts come from")
	c.Options = []*discordgo.ApplicationCommandOption{
		{
			Name: "add", Description: "Read the jobs behind a link from now on",
			Options: options(link, discordgo.ApplicationCommandOption{
				Type: discordgo.ApplicationCommandOptionString, Name: optionName, MaxLength: feeds.MostName, Description: "What to call it: the company, if it is one company's",
			}),
		},
		{Name: "list", Description: "What is read here, when it last worked, and what is wrong with it"},
		{
			Name: "remove", Description: "Read a source no more, and forget its jobs",
			Options: []*discordgo.ApplicationCommandOption{{
				Type: discordgo.ApplicationCommandOptionString, Name: optionSource, Required: true, Autocomplete: true, MaxLength: maxURL, Description: "The source",
			}},
		},
		{Name: "test", Description: "Look at the jobs behind a link, and keep nothing", Options: options(link)},
	}
	for _, sub := range c.Options {
		sub.Type = discordgo.ApplicationCommandOptionSubCommand
	}
	return c
}

// look looks at what is behind the link of a request.
func (b *Bot) look(ctx context.Context, r *request) (feeds.Found, error) {
	if b.cfg.Feeds == nil {
		return feeds.Found{}, refusal("I read no jobs here.")
	}
	r.step("Looking at what is there…")
	found, err := b.cfg.Feeds.Look(ctx, r.option(optionLink), strings.TrimSpace(r.option(optionName)))
	if refused, ok := errors.AsType[*feeds.Refusal](err); ok {
		return feeds.Found{}, refusal("I cannot read that as a source of jobs: " + escape(refused.Why, maxContent-100) + ".")
	}
	return found, err
}

// sourcesTest shows what is behind a link.
func (b *Bot) sourcesTest(ctx context.Context, r *request) (response, error) {
	found, err := b.look(ctx, r)
	if err != nil {
		return response{}, err
	}
	return response{message: renderFoundJobs(found, "Nothing is kept. /sources add reads it from now on."), note: "source tested"}, nil
}

// sourcesAdd adds the source behind a link.
func (b *Bot) sourcesAdd(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	found, err := b.look(ctx, r)
	if err != nil {
		return response{}, err
	}
	_, err = found.Add(ctx, s, r.home, r.person)
	if errors.Is(err, feeds.ErrFull) || errors.Is(err, feeds.ErrShared) {
		return response{}, refusal("I did not add it: " + err.Error() + ".")
	}
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderFoundJobs(found, "I read it from now on. What is there already can be found; of what comes I tell those who look for it."), note: "source added"}, nil
}

// renderFoundJobs shows what is behind a link, after what is said of it.
func renderFoundJobs(f feeds.Found, said string) message {
	kind, _ := source.KindOf(f.Source.Kind)
	text := fmt.Sprintf("%s, %s", kind.Title, plural(len(f.Jobs), "job", "jobs"))
	if n := len(f.Skipped); n > 0 {
		text += fmt.Sprintf("; %d more left out, the first because %s", n, escape(strings.TrimSuffix(f.Skipped[0].Why, "."), inSources))
	}
	text += ".\n"
	newest := slices.SortedStableFunc(slices.Values(f.Jobs), func(x, y alerts.Job) int { return y.Posted.Compare(x.Posted) })
	for _, j := range newest[:min(len(newest), mostExample)] {
		text += "• " + exampleOf(j) + "\n"
	}
	return message{Content: said, Embeds: []*discordgo.MessageEmbed{{
		Title: cmp.Or(plain(feeds.Title(f.Source), maxLabel), "A source"), Color: aboutColour, Description: text,
		Fields: []*discordgo.MessageEmbedField{{Name: "What its owner asks for", Value: termsText(f.Terms)}},
	}}}
}

// exampleOf is a job in a line.
func exampleOf(j alerts.Job) string {
	parts := []string{"**" + escape(j.Title, inSources) + "**"}
	if j.Company != "" {
		parts = append(parts, escape(j.Company, maxLabel))
	}
	if len(j.Places) > 0 {
		parts = append(parts, escape(strings.Join(j.Places, "; "), maxLabel))
	}
	if j.Remote == alerts.RemoteYes {
		parts = append(parts, "remote")
	}
	return strings.Join(parts, " · ")
}

// termsText says what the owner of a source asks for.
func termsText(t source.Terms) string {
	list := []string{"read every " + hours(t.Interval) + " at most"}
	if t.Delay > 0 {
		list = append(list, "jobs are told of "+hours(t.Delay)+" after they were posted")
	}
	if t.Credit != "" {
		list = append(list, "each job names **"+escape(t.Credit, maxLabel)+"**")
	}
	if t.Excerpt > 0 {
		list = append(list, fmt.Sprintf("%d characters of a text are shown", t.Excerpt))
	}
	text := strings.Join(list, "; ") + "."
	if t.Read != "" {
		text += " [Its terms](<" + t.Read + ">)"
	}
	return text
}

// hours writes a time for people.
func hours(d time.Duration) string {
	if d%time.Hour != 0 {
		return plural(int(d/time.Minute), "minute", "minutes")
	}
	if d == time.Hour {
		return "hour"
	}
	return plural(int(d/time.Hour), "hour", "hours")
}

// sourcesList lists what is read for a server: its own sources, then the
// operator's.
func (b *Bot) sourcesList(ctx context.Context, r *request) (response, error) {
	skip := 0
	if len(r.args) > 0 {
		skip, _ = strconv.Atoi(r.args[0])
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	list, err := s.Sources(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	shared, err := s.Sources(ctx, "")
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderSources(slices.Concat(list, shared), skip), note: "sources"}, nil
}

// renderSources shows a page of sources.
func renderSources(list []store.Source, skip int) message {
	if len(list) == 0 {
		return say("No jobs are read here. /sources test looks at a link, /sources add reads it from then on.")
	}
	skip = max(0, min(skip, (len(list)-1)/mostListed*mostListed))
	shown := list[skip:min(len(list), skip+mostListed)]
	var text strings.Builder
	for _, src := range shown {
		fmt.Fprintf(&text, "**%s** · %s\n", escape(feeds.Title(src), feeds.MostName), statusOf(src))
		if fault := cmp.Or(src.Disabled, waits(src), src.Fault); fault != "" {
			fmt.Fprintf(&text, "> %s\n", escape(fault, inSources))
		}
	}
	var buttons []discordgo.MessageComponent
	if skip > 0 {
		buttons = append(buttons, discordgo.Button{Label: "Back", Style: discordgo.SecondaryButton, CustomID: sourcesPage + ":" + strconv.Itoa(skip-mostListed)})
	}
	if skip+mostListed < len(list) {
		buttons = append(buttons, discordgo.Button{Label: "More", Style: discordgo.SecondaryButton, CustomID: sourcesPage + ":" + strconv.Itoa(skip+mostListed)})
	}
	return message{
		Embeds: []*discordgo.MessageEmbed{{
			Title: plural(len(list), "source", "sources") + " of jobs", Color: aboutColour, Description: text.String(),
		}},
		Components: rowsOf(buttons),
	}
}

// waits says what a source waits for, if it does, as a sentence.
func waits(src store.Source) string {
	why := feeds.Waits(src)
	if why == "" {
		return ""
	}
	return "It waits: " + why + "."
}

// statusOf says how a source is.
func statusOf(src store.Source) string {
	kind, _ := source.KindOf(src.Kind)
	parts := []string{kind.Title}
	if src.Guild == "" {
		parts = append(parts, "for every server")
	}
	if t := feeds.Terms(src); t.Credit != "" {
		parts = append(parts, "credit: "+escape(t.Credit, maxLabel))
	}
	worked := "has not been read yet"
	if !src.Worked.IsZero() {
		worked = fmt.Sprintf("worked <t:%d:R>", src.Worked.Unix())
	}
	parts = append(parts, worked)
	switch {
	case src.Disabled != "":
		parts = append(parts, "**read no more**: /sources add reads it again")
	case !src.Next.IsZero():
		parts = append(parts, fmt.Sprintf("next <t:%d:R>", src.Next.Unix()))
	}
	return strings.Join(parts, " · ")
}

// sourcesRemove removes a source of a server.
func (b *Bot) sourcesRemove(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	list, err := s.Sources(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	named := strings.TrimSpace(r.option(optionSource))
	i := slices.IndexFunc(list, func(src store.Source) bool {
		return packID(src.ID) == named || src.URL == named || strings.EqualFold(src.Name, named) && named != ""
	})
	if i < 0 {
		return response{}, refusal("This server has no such source. Pick one while you type; /sources list shows them. Those for every server are for whoever runs me to remove.")
	}
	if err := s.RemoveSource(ctx, r.home, list[i].ID, r.person); err != nil {
		return response{}, b.keeping(gone(err, "Somebody else has removed it already."))
	}
	return response{message: say(fmt.Sprintf("I no longer read **%s**, and have forgotten its jobs.", escape(feeds.Title(list[i]), feeds.MostName))), note: "source removed"}, nil
}

// completeSource offers the sources of a server.
func (b *Bot) completeSource(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, nil //nolint:nilerr // there is nothing to offer
	}
	list, err := s.Sources(ctx, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	typed := strings.ToLower(strings.TrimSpace(r.option(optionSource)))
	var res response
	for _, src := range list {
		if title := feeds.Title(src); strings.Contains(strings.ToLower(title+" "+src.URL), typed) && len(res.offers) < maxSuggestions {
			res.offers = append(res.offers, suggestion{orDash(plain(title, maxSuggestion)), packID(src.ID)})
		}
	}
	return res, nil
}

// noticeDisabled tells of sources that are read no more: the moderators of the
// server whose they are, and the operator in the log.
func (b *Bot) noticeDisabled(ctx context.Context, s *store.Store) error {
	list, err := s.ClaimDisabled(ctx)
	if err != nil {
		return err
	}
	for _, src := range list {
		b.log.Error("a source of jobs is read no more; once it is mended, add it again", "source", src.ID, "guild", src.Guild, "address", source.Redact(src.URL), "why", src.Disabled)
		if src.Guild == "" {
			continue
		}
		text := fmt.Sprintf("I read the jobs of **%s** no more. %s\nOnce it is mended, /sources add reads it again; /sources remove forgets it.", escape(feeds.Title(src), feeds.MostName), escape(src.Disabled, inSources*3))
		b.begin(func() { b.notice(b.working, src.Guild, say(text)) })
	}
	return nil
}
