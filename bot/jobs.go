package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/alerts"
	"github.com/careerbot/careerbot/store"
)

// /jobs finds among the jobs that are held now, and goes over into an alert.

// The options of /jobs.
const (
	optionSought = "what"
	optionWhere  = "where"
)

// jobsCommand defines /jobs.
func jobsCommand() *discordgo.ApplicationCommand {
	return forEveryone("jobs", "Find jobs that are open now, and be told of new ones",
		required(completed(optionSought, "A career, or words with AND, OR, NOT and \"phrases\"", maxWords)),
		completed(optionWhere, "A town or a country, or several: Pune; Mumbai. “remote” for remote jobs", maxPlace))
}

// findJobs finds jobs by what the options say.
func (b *Bot) findJobs(ctx context.Context, r *request) (response, error) {
	search := alerts.Subscription{Person: r.person, Guild: r.home}
	query, typed, wrong := b.sought(r.home, r.option(optionSought), r.option(optionWhere))
	if search.Query = query; wrong == nil {
		return b.search(ctx, search)
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	return b.unread(ctx, s, store.Proposal{Subscription: search}, typed, wrong)
}

// sought reads a search. If it cannot be read, it is given back as it was typed,
// by the names of the options and of the fields of the dialog.
func (b *Bot) sought(guild, what, where string) (q alerts.Query, typed map[string]string, err error) {
	what, where = strings.TrimSpace(what), strings.TrimSpace(where)
	var search alerts.Subscription
	var unread error
	if c, ok := b.cfg.Answerer().Career(guild, what); ok {
		search.Query.Career, what = c.ID, c.Title
	} else if near := b.cfg.Answerer().Careers(guild, what, 1); len(near) == 1 && strings.EqualFold(near[0].Title, what) {
		search.Query.Career = near[0].ID
	} else {
		unread = setWords(&search, what)
	}
	if strings.EqualFold(where, "remote") {
		search.Query.Remote = alerts.RemoteYes
	} else {
		unread = errors.Join(unread, setPlace(&search, where))
	}
	if unread == nil {
		unread = search.Query.Check()
	}
	if unread != nil {
		typed = map[string]string{optionSought: what, optionWhere: where}
	}
	return search.Query, typed, refused(unread)
}

// changeSearch takes in the dialog of a search that could not be read. It has all
// that a search says.
func (b *Bot) changeSearch(ctx context.Context, r *request) (response, error) {
	s, p, err := b.proposal(ctx, r)
	if err == nil {
		err = foundHere(r, p.Guild)
	}
	if err != nil {
		return response{}, err
	}
	query, typed, wrong := b.sought(p.Guild, r.fields[optionSought], r.fields[optionWhere])
	p, err = s.ChangeProposal(ctx, r.person, p.ID, func(p *store.Proposal) { p.Query, p.Typed = query, typed })
	if err != nil {
		return response{}, b.keeping(gone(err, proposalGone))
	}
	if wrong != nil {
		return response{message: renderUnread(p, wrong.Error()), note: "not read"}, nil
	}
	return b.foundPage(ctx, s, p.Subscription, 0)
}

// searchFields are the fields of the dialog of a search, which is opened with
// what was typed.
func searchFields(alerts.Subscription, titler) []field {
	return []field{
		{id: optionSought, label: "What", hint: "A career, or words with AND, OR, NOT, brackets and \"phrases\"", max: maxWords, required: true},
		{id: optionWhere, label: "Where", hint: "Parted by semicolons; “remote” for remote jobs, empty for anywhere", max: maxPlace},
	}
}

// jobsOfCareer finds the jobs of a career whose button was pressed.
func (b *Bot) jobsOfCareer(ctx context.Context, r *request) (response, error) {
	if len(r.args) == 0 {
		return response{}, fmt.Errorf("no career in a button")
	}
	return b.search(ctx, alerts.Subscription{Person: r.person, Guild: r.home, Query: alerts.Query{Career: r.args[0]}})
}

// search keeps a search, so that it can be paged, and shows its first page.
func (b *Bot) search(ctx context.Context, search alerts.Subscription) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	if err := search.Query.Check(); err != nil {
		return response{}, refused(err)
	}
	p, err := s.Propose(ctx, store.Proposal{Subscription: search})
	if err != nil {
		return response{}, b.keeping(err)
	}
	return b.foundPage(ctx, s, p.Subscription, 0)
}

// searchHere gives the search whose ID is in a button, in the server where it was
// made.
func (b *Bot) searchHere(ctx context.Context, r *request) (*store.Store, alerts.Subscription, error) {
	s, p, err := b.sound(ctx, r)
	if err == nil {
		err = foundHere(r, p.Guild)
	}
	return s, p.Subscription, err
}

// foundHere refuses a search that was made in another server.
func foundHere(r *request, guild string) error {
	if guild != "" && guild != r.home {
		return refusal("That search was made in another server. Please search again here with /jobs.")
	}
	return nil
}

// pageJobs shows another page of a search.
func (b *Bot) pageJobs(ctx context.Context, r *request) (response, error) {
	s, search, err := b.searchHere(ctx, r)
	if err != nil {
		return response{}, err
	}
	skip := 0
	if len(r.args) > 1 {
		skip, _ = strconv.Atoi(r.args[1])
	}
	return b.foundPage(ctx, s, search, skip)
}

// searchMeant searches for what a search that found nothing seems to have meant.
func (b *Bot) searchMeant(ctx context.Context, r *request) (response, error) {
	s, search, err := b.searchHere(ctx, r)
	if err != nil {
		return response{}, err
	}
	bd, err := b.board(ctx, s, search.Guild)
	if err != nil {
		return response{}, err
	}
	if meant, ok, err := bd.meant(ctx, search.Query, b.names(search.Guild)); err != nil {
		return response{}, err
	} else if ok {
		search.Query = meant
	}
	return b.search(ctx, search)
}

func (b *Bot) foundPage(ctx context.Context, s *store.Store, search alerts.Subscription, skip int) (response, error) {
	bd, err := b.board(ctx, s, search.Guild)
	if err != nil {
		return response{}, err
	}
	from, err := creditsOf(ctx, s, search.Guild)
	if err != nil {
		return response{}, b.keeping(err)
	}
	f := finding{search: search, held: len(bd.held.Jobs()), skip: skip, notes: search.Query.PlaceNotes(), from: from, why: b.whyFor(search)}
	if f.jobs, err = bd.find(ctx, search.Query, b.names(search.Guild)); err != nil {
		return response{}, err
	}
	if len(f.jobs) == 0 {
		meant, ok, err := bd.meant(ctx, search.Query, b.names(search.Guild))
		if err != nil {
			return response{}, err
		}
		if ok {
			f.meant = meant.Words.String()
		}
	}
	return response{message: renderJobs(f, b.title), note: "jobs"}, nil
}

// completeJobs completes what /jobs looks for, careers, and where.
func (b *Bot) completeJobs(_ context.Context, r *request) (response, error) {
	if r.focused == optionWhere {
		return response{offers: completePlaces(r.option(optionWhere), "Remote")}, nil
	}
	var list []suggestion
	for _, c := range b.cfg.Answerer().Careers(r.home, r.option(optionSought), maxSuggestions) {
		list = append(list, suggestion{plain(c.Title, maxSuggestion), c.ID})
	}
	return response{offers: list}, nil
}

// completeJob completes a job for why: of those that the alert sees, the newest
// whose title or company holds what is typed.
func (b *Bot) completeJob(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	bd, err := b.board(ctx, s, sub.Guild)
	if err != nil {
		return response{}, err
	}
	typed := strings.ToLower(strings.TrimSpace(r.option(optionJob)))
	var list []suggestion
	for _, j := range bd.held.Jobs() {
		name := j.Title + ofJob(" · ", j.Company, strings.Join(j.Places, ", "))
		if len(list) == maxSuggestions {
			break
		}
		if strings.Contains(strings.ToLower(name), typed) {
			list = append(list, suggestion{orDash(plain(name, maxSuggestion)), packID(bd.jobs[j.SourceKey()].ID)})
		}
	}
	return response{offers: list}, nil
}

// glance is how long a card or an answer waits to know whether there are jobs.
const glance = 500 * time.Millisecond

// jobsButton is the button of a career's card, and of an answer about it, that
// shows its jobs: where any jobs are seen, of whatever career, since who finds
// none wants to hear of new ones.
func (b *Bot) jobsButton(ctx context.Context, r *request, career string) []discordgo.MessageComponent {
	s := b.kept.now()
	id, fits := customID(jobsOf, career)
	if s == nil || career == "" || !fits {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	if sees, err := s.SeesJobs(ctx, r.home); err != nil || !sees {
		return nil
	}
	return []discordgo.MessageComponent{discordgo.Button{Label: "Jobs", Style: discordgo.SecondaryButton, CustomID: id}}
}

// whyAlert tells which rule decided on a job, or why an alert is silent.
func (b *Bot) whyAlert(ctx context.Context, r *request) (response, error) {
	s, sub, err := b.alert(ctx, r)
	if err != nil {
		return response{}, err
	}
	if err := b.insider(ctx, r, sub.Guild); err != nil {
		return response{}, err
	}
	if r.option(optionJob) != "" {
		return b.whyJob(ctx, r, s, sub)
	}
	why, err := s.Why(ctx, r.person, sub.ID)
	if err != nil {
		return response{}, b.keeping(gone(err, alertGone))
	}
	bd, err := b.board(ctx, s, sub.Guild)
	if err != nil {
		return response{}, err
	}
	return response{message: renderWhy(why, b.leftOut(bd, sub.Subscription), b.title, b.now()), note: "why"}, nil
}

// whyJob tells why a job was told of, or was not.
func (b *Bot) whyJob(ctx context.Context, r *request, s *store.Store, sub store.Subscription) (response, error) {
	id, err := readID([]string{r.option(optionJob)})
	if err != nil {
		return response{}, refusal("Pick a job from the list that is shown while you type a part of its title.")
	}
	why, err := s.WhyJob(ctx, r.person, sub.ID, id, b.terms)
	if err != nil {
		return response{}, b.keeping(gone(err, "That job is no longer held, or this alert does not see it. Pick one from the list that is shown while you type a part of its title."))
	}
	from, err := creditsOf(ctx, s, sub.Guild)
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderWhyJob(why, from), note: "why"}, nil
}

// maxExplained is how many jobs are looked at to tell why an alert is silent:
// the newest. Each is explained by itself.
const maxExplained = 500

// ruling is how many jobs a rule leaves out, or brings, and an example.
type ruling struct {
	count   int
	title   string
	because string
}

// leftOut tells which rules decide on the newest jobs that are held, most jobs
// first.
func (b *Bot) leftOut(bd *board, sub alerts.Subscription) []ruling {
	sub.State = alerts.Active // what a pause leaves out is told by itself
	byRule := map[alerts.Rule]*ruling{}
	now := b.now()
	for _, j := range bd.held.Jobs()[:min(len(bd.held.Jobs()), maxExplained)] {
		past := alerts.Past{Seen: bd.jobs[j.SourceKey()].First}
		// Whether it would be for them is told first: that it was there before they
		// asked is true of all jobs at first.
		e := alerts.Explain(now, j, sub, b.names(sub.Guild), alerts.Past{})
		if e.Rule == alerts.RuleNone {
			e = alerts.Explain(now, j, sub, b.names(sub.Guild), past)
		}
		if byRule[e.Rule] == nil {
			byRule[e.Rule] = &ruling{title: j.Title, because: e.Why}
		}
		byRule[e.Rule].count++
	}
	var list []ruling
	for _, rule := range []alerts.Rule{
		alerts.RuleNone, alerts.RuleEarlier, alerts.RuleClosed, alerts.RuleCareer, alerts.RuleWords, alerts.RuleNot, alerts.RuleRemote,
		alerts.RulePlace, alerts.RuleKind, alerts.RuleLevel, alerts.RulePay,
	} {
		if found := byRule[rule]; found != nil {
			list = append(list, *found)
		}
	}
	slices.SortStableFunc(list, func(a, b ruling) int { return b.count - a.count })
	return list
}
