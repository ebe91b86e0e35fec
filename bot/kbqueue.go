package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/store"
)

// /kb queue: what members asked and the bot could not answer, or not well. One
// question is shown at a time, as it is read on a phone, with all that was asked
// alike; its buttons say what to do with it.

// The buttons of a question in the queue. Each but the first carries the ID of
// a question, which stands for those alike.
const (
	queuePage    = "queue"   // queue:number of the page
	queueDismiss = "dismiss" // dismiss:question:how many were shown
)

// maxQueued is how many open questions are looked at, those asked most.
const maxQueued = 500

// group are questions that ask the same, the one asked most first.
type group []store.Question

func (g group) asked() (n int64) {
	for _, q := range g {
		n += q.Asked
	}
	return n
}

func (g group) waiting() (n int64) {
	for _, q := range g {
		n += q.Waiting
	}
	return n
}

// ids are those of its questions.
func (g group) ids() []int64 {
	var ids []int64
	for _, q := range g {
		ids = append(ids, q.ID)
	}
	return ids
}

// occupation is the ID of the career that it is about, if that is known.
func (g group) occupation() string {
	for _, q := range g {
		if q.Occupation != "" {
			return q.Occupation
		}
	}
	return ""
}

// channels are where it was asked openly, those with most first.
func (g group) channels() []store.Channel {
	var list []store.Channel
	for _, q := range g {
		for _, c := range q.Channels {
			i := slices.IndexFunc(list, func(x store.Channel) bool { return x.ID == c.ID })
			if i < 0 {
				list = append(list, c)
			} else {
				list[i].Asked += c.Asked
			}
		}
	}
	slices.SortStableFunc(list, func(x, y store.Channel) int { return cmp.Compare(y.Asked, x.Asked) })
	return list
}

// span is when it was first and last asked.
func (g group) span() (first, last time.Time) {
	for i, q := range g {
		if i == 0 || q.First.Before(first) {
			first = q.First
		}
		if q.Last.After(last) {
			last = q.Last
		}
	}
	return first, last
}

// queueOf is the queue of a server: questions that ask the same together, those
// asked most first; and how many open questions there are.
func (b *Bot) queueOf(ctx context.Context, s *store.Store, guild string) ([]group, int64, error) {
	list, all, err := s.Queue(ctx, guild, 0, maxQueued)
	if err != nil {
		return nil, 0, err
	}
	texts := make([]string, len(list))
	for i, q := range list {
		texts[i] = q.Text
	}
	var groups []group
	for _, members := range b.cfg.Answerer().Group(guild, texts) {
		var g group
		for _, i := range members {
			g = append(g, list[i])
		}
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(x, y group) int {
		return cmp.Or(cmp.Compare(y.asked(), x.asked()), cmp.Compare(x[0].ID, y[0].ID))
	})
	return groups, all, nil
}

// queued finds in the queue of the server where a request was made the question
// that a button is about, and its page.
func (b *Bot) queued(ctx context.Context, r *request) ([]group, int, error) {
	s, err := b.kept.opened()
	if err != nil {
		return nil, 0, err
	}
	id, err := readID(r.args)
	if err != nil {
		return nil, 0, err
	}
	groups, _, err := b.queueOf(ctx, s, r.home)
	if err != nil {
		return nil, 0, b.keeping(err)
	}
	page := slices.IndexFunc(groups, func(g group) bool { return slices.Contains(g.ids(), id) })
	if page < 0 {
		return groups, 0, errUnqueued
	}
	return groups, page, nil
}

// errUnqueued is said of a question that somebody else has seen to.
const errUnqueued = refusal("That question is no longer in the queue: somebody has answered or dismissed it. /kb queue shows what is left.")

// kbQueue shows a page of the queue: the first, or the one that a button says.
func (b *Bot) kbQueue(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	page := 0
	if r.name == queuePage && len(r.args) > 0 {
		page, _ = strconv.Atoi(r.args[0]) // the first, of what makes no sense
	}
	groups, _, err := b.queueOf(ctx, s, r.home)
	if err != nil {
		return response{}, b.keeping(err)
	}
	return response{message: renderQueue(groups, page, b.careerTitle(r.home), ""), note: "queue"}, nil
}

// careerTitle gives the titles of careers by their IDs.
func (b *Bot) careerTitle(guild string) func(string) string {
	return func(id string) string {
		c, _ := b.cfg.Answerer().Career(guild, id)
		return cmp.Or(c.Title, titleOf(id))
	}
}

// dismiss takes a question out of the queue, and those alike. Had more been
// asked since they were shown, they are shown again before.
func (b *Bot) dismiss(ctx context.Context, r *request) (response, error) {
	groups, page, err := b.queued(ctx, r)
	if err != nil {
		return response{}, err
	}
	if len(r.args) < 2 || r.args[1] != strconv.Itoa(len(groups[page])) {
		return response{message: renderQueue(groups, page, b.careerTitle(r.home), "It has been asked in other words meanwhile. Have another look."), note: "queue"}, nil
	}
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	if err := s.Dismiss(ctx, r.home, groups[page].ids(), r.person); err != nil {
		return response{}, b.keeping(gone(err, string(errUnqueued)))
	}
	groups = slices.Delete(groups, page, page+1)
	return response{message: renderQueue(groups, page, b.careerTitle(r.home), "Dismissed. You will not see it again."), note: "dismissed"}, nil
}

// reasons say why a question is in the queue.
var reasons = map[store.Reason]string{
	store.Abstained:  "I had no answer",
	store.NotHelpful: "My answer did not help",
}

// maxWordings is how many other wordings of a question are shown.
const maxWordings = 8

// renderQueue shows a page of the queue, with what is said of what was just
// done.
func renderQueue(groups []group, page int, title func(string) string, said string) message {
	if len(groups) == 0 {
		return message{Content: said, Embeds: []*discordgo.MessageEmbed{{
			Title: "Nothing waits for an answer", Color: aboutColour,
			Description: "What members ask and I cannot answer, or not well, will be here.",
		}}}
	}
	page = min(max(page, 0), len(groups)-1)
	g := groups[page]
	first, last := g.span()
	embed := &discordgo.MessageEmbed{
		Title: "Waiting for an answer", Color: styles[answer.Abstain].colour, Description: "**" + escape(g[0].Text, maxQuestion) + "**",
		Footer: &discordgo.MessageEmbedFooter{Text: fmt.Sprintf("%d of %d", page+1, len(groups))},
	}
	add := func(name, value string) {
		embed.Fields = append(embed.Fields, &discordgo.MessageEmbedField{Name: name, Value: value})
	}
	if wordings := g.wordings(); len(wordings) > 0 {
		add("Also asked as", clip(wordings, maxFieldText))
	}
	if id := g.occupation(); id != "" {
		add("About", orDash(escape(title(id), maxLabel)))
	}
	add("Asked", fmt.Sprintf("%s: %s\nfirst <t:%d:R>, last <t:%d:R>", times(g.asked()), g.places(), first.Unix(), last.Unix()))
	var why []string
	for _, q := range g {
		if reason := reasons[q.Reason]; reason != "" && !slices.Contains(why, reason) {
			why = append(why, reason)
		}
	}
	add("Why it is here", orDash(strings.Join(why, "; ")))
	if n := g.waiting(); n > 0 {
		add("Wait to be told", fmt.Sprint(n))
	}
	return message{Content: said, Embeds: []*discordgo.MessageEmbed{embed}, Components: queueButtons(g, page, len(groups))}
}

// wordings are the other ways in which it was asked, line by line.
func (g group) wordings() []string {
	var list []string
	for _, q := range g[1:min(len(g), maxWordings+1)] {
		list = append(list, "• "+escape(q.Text, maxLabel*2)+"\n")
	}
	if more := len(g) - 1 - len(list); more > 0 {
		list = append(list, fmt.Sprintf("and in %d more ways", more))
	}
	return list
}

// maxPlaces is how many channels are named where a question was asked.
const maxPlaces = 5

// places tell where it was asked.
func (g group) places() string {
	openly := int64(0)
	var list []string
	channels := g.channels()
	for i, c := range channels {
		openly += c.Asked
		if i < maxPlaces {
			list = append(list, fmt.Sprintf("%d in <#%s>", c.Asked, c.ID))
		}
	}
	if more := len(channels) - maxPlaces; more > 0 {
		list = append(list, counted(int64(more), "more channel"))
	}
	if n := g.asked() - openly; n > 0 {
		list = append(list, fmt.Sprintf("%d privately", n))
	}
	return strings.Join(list, ", ")
}

// queueButtons are what a moderator can do with a question, and with the queue.
func queueButtons(g group, page, pages int) []discordgo.MessageComponent {
	id := packID(g[0].ID)
	rows := rowsOf([]discordgo.MessageComponent{
		discordgo.Button{Label: "Answer", Style: discordgo.PrimaryButton, CustomID: queueAnswer + ":" + id},
		discordgo.Button{Label: "It is this one", Style: discordgo.SecondaryButton, CustomID: queueMatch + ":" + id},
		discordgo.Button{Label: "Dismiss", Style: discordgo.SecondaryButton, CustomID: strings.Join([]string{queueDismiss, id, strconv.Itoa(len(g))}, ":")},
	})
	if pages > 1 {
		rows = append(rows, rowsOf([]discordgo.MessageComponent{
			discordgo.Button{Label: "Previous", Style: discordgo.SecondaryButton, CustomID: queuePage + ":" + strconv.Itoa(page-1), Disabled: page == 0},
			discordgo.Button{Label: "Next", Style: discordgo.SecondaryButton, CustomID: queuePage + ":" + strconv.Itoa(page+1), Disabled: page == pages-1},
		})...)
	}
	return rows
}
