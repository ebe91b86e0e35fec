package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/chart"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// /kb insights: how many questions were answered, missed and voted on, by the
// week, and what they were about. Questions are counted, not kept: a number for
// each server, week and topic.

// counts are how many questions came to what, since it was last kept.
type counts struct {
	mu  sync.Mutex
	new map[store.Tally]store.Tally // by what they have in common
}

// add counts what is said in t.
func (c *counts) add(t store.Tally) {
	same := t
	same.Answered, same.Missed = 0, 0
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.new == nil {
		c.new = map[store.Tally]store.Tally{}
	}
	sum := c.new[same]
	t.Answered += sum.Answered
	t.Missed += sum.Missed
	c.new[same] = t
}

// take gives what was counted, and begins anew.
func (c *counts) take() []store.Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []store.Tally
	for _, t := range c.new {
		list = append(list, t)
	}
	c.new = nil
	return list
}

// count counts a question that was asked in a server: of those that were
// answered, or of those that nothing answers. What was talk, or was asked back,
// is neither.
func (b *Bot) count(r *request, a answer.Answer) {
	t := store.Tally{Guild: r.home, Week: store.Week(b.now())}
	switch {
	case b.cfg.Open == nil || r.home == "":
		return
	case a.Outcome == answer.Answered:
		t.Topic, t.Answered = a.Topic, 1
	case a.Missing:
		t.Missed = 1
	default:
		return
	}
	b.counts.add(t)
}

// keepCounts keeps what was counted. What cannot be kept now is counted in the
// next time.
func (b *Bot) keepCounts(ctx context.Context, s *store.Store) error {
	list := b.counts.take()
	if list == nil {
		return nil
	}
	err := s.Count(ctx, list)
	if err != nil {
		for _, t := range list {
			b.counts.add(t)
		}
	}
	return err
}

// keepLastCounts is keepCounts for when the bot ends, which ctx has.
func (b *Bot) keepLastCounts(ctx context.Context, s *store.Store) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countingTime)
	defer cancel()
	if err := b.keepCounts(ctx, s); err != nil {
		b.log.Warn("how many questions were asked of late could not be kept", "err", b.keeping(err))
	}
}

// insightWeeks is how many weeks are looked back on, with the one that is not
// over.
const insightWeeks = 12

// kbInsights tells how many questions were asked in a server, and what became of
// them.
func (b *Bot) kbInsights(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	if err := b.keepCounts(ctx, s); err != nil {
		return response{}, b.keeping(err)
	}
	since := store.Week(b.now()).AddDate(0, 0, -7*(insightWeeks-1))
	tallies, err := s.Tallies(ctx, r.home, since)
	if err != nil {
		return response{}, b.keeping(err)
	}
	votes, err := s.WeeklyVotes(ctx, r.home, since)
	if err != nil {
		return response{}, b.keeping(err)
	}
	m, pictures := renderInsights(insightsOf(since, tallies, votes))
	return response{message: b.illustrate(m, pictures...), note: "insights"}, nil
}

// weekly is what is counted of a week.
type weekly struct {
	answered, missed    int64
	helpful, notHelpful int64
}

// insights is what was counted of a server.
type insights struct {
	since  time.Time // when the first week began
	weeks  [insightWeeks]weekly
	all    weekly
	topics []askedAbout // those asked most first
}

// askedAbout is how often a topic was asked for.
type askedAbout struct {
	topic knowledge.Topic
	times int64
}

func insightsOf(since time.Time, tallies []store.Tally, votes []store.WeekVotes) insights {
	in := insights{since: since}
	add := func(at time.Time, w weekly) {
		for _, to := range []*weekly{&in.weeks[min(max(0, int(at.Sub(since)/(7*24*time.Hour))), insightWeeks-1)], &in.all} {
			to.answered += w.answered
			to.missed += w.missed
			to.helpful += w.helpful
			to.notHelpful += w.notHelpful
		}
	}
	topics := map[knowledge.Topic]int64{}
	for _, t := range tallies {
		add(t.Week, weekly{answered: t.Answered, missed: t.Missed})
		topics[t.Topic] += t.Answered
	}
	for _, v := range votes {
		add(v.Week, weekly{helpful: v.Helpful, notHelpful: v.NotHelpful})
	}
	for _, t := range knowledge.Topics {
		if topics[t] > 0 {
			in.topics = append(in.topics, askedAbout{t, topics[t]})
		}
	}
	slices.SortStableFunc(in.topics, func(x, y askedAbout) int { return cmp.Compare(y.times, x.times) })
	return in
}

// monday names the week that is i weeks after the first: "23 Nov".
func (in insights) monday(i int) string { return in.since.AddDate(0, 0, 7*i).Format("2 Jan") }

// maxInsightTopics is how many topics are listed.
const maxInsightTopics = 6

// renderInsights shows what was counted, and a picture for each of its embeds.
func renderInsights(in insights) (message, []picture) {
	embed := &discordgo.MessageEmbed{
		Title: "What members asked", Color: aboutColour,
		Footer: &discordgo.MessageEmbedFooter{Text: "Weeks begin on Monday, in UTC. I count questions; what was asked and by whom is not kept for this."},
	}
	m := message{Embeds: []*discordgo.MessageEmbed{embed}}
	if in.all == (weekly{}) {
		embed.Description = fmt.Sprintf("Nothing was asked here in the last %d weeks, or since I count. Come back once members have used `/ask` or mentioned me.", insightWeeks)
		return m, nil
	}
	embed.Description = fmt.Sprintf("The last %d weeks, this one included.", insightWeeks)
	embed.Fields = []*discordgo.MessageEmbedField{
		{Name: "In all", Value: in.all.String()},
		{Name: "This week", Value: in.weeks[insightWeeks-1].String()},
		{Name: "Last week", Value: in.weeks[insightWeeks-2].String()},
	}
	if in.all.missed > 0 {
		embed.Fields[0].Value += "\n`/kb queue` lists what I missed."
	}
	pictures := []picture{in.weeksPicture()}
	if len(in.topics) > 0 {
		var lines []string
		for _, t := range in.topics[:min(len(in.topics), maxInsightTopics)] {
			lines = append(lines, fmt.Sprintf("%s: %d", topicNames[t.topic], t.times))
		}
		m.Embeds = append(m.Embeds, &discordgo.MessageEmbed{Title: "Most asked", Color: aboutColour, Description: strings.Join(lines, "\n")})
		pictures = append(pictures, in.topicsPicture())
	}
	return m, pictures
}

func (w weekly) String() string {
	asked := fmt.Sprintf("%d answered, %d missed", w.answered, w.missed)
	if all := w.answered + w.missed; w.missed > 0 && all > 0 {
		asked += fmt.Sprintf(" (%d %% of %d)", (100*w.missed+all/2)/all, all)
	}
	return asked + fmt.Sprintf("\n%d voted helpful, %d not helpful", w.helpful, w.notHelpful)
}

// weeksPicture is a picture of the weeks, as columns.
func (in insights) weeksPicture() picture {
	var names, words []string
	series := map[string]*chart.Series{}
	for _, name := range []string{"answered", "missed", "helpful", "not helpful"} {
		series[name] = &chart.Series{Name: name}
	}
	for i, w := range in.weeks {
		names = append(names, in.monday(i))
		var said []string
		for _, c := range []struct {
			name  string
			count int64
		}{{"answered", w.answered}, {"missed", w.missed}, {"helpful", w.helpful}, {"not helpful", w.notHelpful}} {
			series[c.name].Counts = append(series[c.name].Counts, c.count)
			if c.count > 0 {
				said = append(said, fmt.Sprintf("%d %s", c.count, c.name))
			}
		}
		if said != nil {
			words = append(words, in.monday(i)+": "+strings.Join(said, ", "))
		}
	}
	panels := []chart.Panel{{Name: "Questions a week", Series: []chart.Series{*series["answered"], *series["missed"]}}}
	if in.all.helpful+in.all.notHelpful > 0 {
		panels = append(panels, chart.Panel{Name: "Votes a week", Series: []chart.Series{*series["helpful"], *series["not helpful"]}})
	}
	return picture{
		name: "weeks.png", draw: func() []byte { return chart.Columns(names, panels) },
		description: "Columns, one for each week: questions that were answered and missed, and votes. Weeks that began on " + strings.Join(words, "; ") + ". None in the others.",
	}
}

// topicsPicture is a picture of the topics asked most, as bars.
func (in insights) topicsPicture() picture {
	var names, words []string
	var times []int64
	for _, t := range in.topics[:min(len(in.topics), maxInsightTopics)] {
		names, times = append(names, topicNames[t.topic]), append(times, t.times)
		words = append(words, fmt.Sprintf("%s %d", topicNames[t.topic], t.times))
	}
	return picture{
		name: "topics.png", draw: func() []byte { return chart.Bars("Most asked", names, times) },
		description: "Bars: how often each topic was asked for and answered. " + strings.Join(words, ", ") + ".",
	}
}
