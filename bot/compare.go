package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/chart"
	"github.com/careerbot/careerbot/knowledge"
)

// /compare: careers side by side, as far as the articles go. Nothing is worked
// out that does not stand there, and no currency is made another.

// compareOptions are the careers that are compared; two at least.
var compareOptions = []string{"first", "second", "third", "fourth"}

// compareCommand defines /compare.
func compareCommand() *discordgo.ApplicationCommand {
	var options []*discordgo.ApplicationCommandOption
	for i, name := range compareOptions {
		o := completed(name, "The "+name+" career", maxLabel)
		o.Required = i < 2
		options = append(options, o)
	}
	return forEveryone("compare", "Set two to four careers side by side: pay, education, skills", append(options, privately())...)
}

// completeCompare completes the name of a career, of those that are not chosen
// yet.
func (b *Bot) completeCompare(ctx context.Context, r *request) (response, error) {
	res, err := b.completeCareer(ctx, r)
	res.offers = slices.DeleteFunc(res.offers, func(s suggestion) bool {
		return slices.ContainsFunc(compareOptions, func(o string) bool { return o != r.focused && r.option(o) == s.Value })
	})
	return res, err
}

// compare sets careers side by side.
func (b *Bot) compare(_ context.Context, r *request) (response, error) {
	base := b.cfg.Answerer().Base(r.home)
	switch len(base.Articles) {
	case 0:
		return response{}, refusal("I know no career here yet, so there is nothing to compare.")
	case 1:
		return response{}, refusal(fmt.Sprintf("I know only one career here, **%s**, so there is nothing to compare it with yet. /career shows what I know of it.", escape(base.Articles[0].Title, maxLabel)))
	}
	var list []*knowledge.Article
	for _, option := range compareOptions {
		named := r.option(option)
		if named == "" {
			continue
		}
		c, err := b.careerNamed(r.home, named)
		if err != nil {
			return response{}, err
		}
		a := base.Article(c.ID)
		if a == nil { // it was taken out at this moment
			return response{}, refusal("I no longer know anything about that career. /help lists those that I know.")
		}
		if slices.Contains(list, a) {
			return response{}, refusal(fmt.Sprintf("You named **%s** twice. Please choose different careers.", escape(a.Title, maxLabel)))
		}
		list = append(list, a)
	}
	if len(list) < 2 {
		return response{}, refusal("Please name two careers at least.")
	}
	m, pictures := renderCompared(list)
	return response{message: b.illustrate(m, pictures...), note: "compared"}, nil
}

// The room for what is told of a career, in characters.
const (
	maxComparedPay    = 330
	maxCompared       = 250
	maxComparedOrigin = 120
)

// renderCompared shows each career in a column of its own, which a phone puts
// below each other, and a picture if there are figures.
func renderCompared(list []*knowledge.Article) (message, []picture) {
	embed := &discordgo.MessageEmbed{Color: styles[answer.Answered].colour}
	var names []string
	for i, a := range list {
		name := a.Title
		if !chart.Writes(name) {
			name = ordinal(i) + " " + name // by which the picture calls it
		}
		names = append(names, a.Title)
		pay := "Pay"
		if a.Region != "" {
			pay += " (" + escape(a.Region, maxLabel) + ")"
		}
		lines := []string{
			fmt.Sprintf("**%s:** %s", pay, escape(comparedPay(a), maxComparedPay)),
			fmt.Sprintf("**Education:** %s", escape(told(a, knowledge.Education), maxCompared)),
			fmt.Sprintf("**Skills:** %s", escape(told(a, knowledge.Skills), maxCompared)),
		}
		if from := sourceLine(a.Source); from != "" {
			lines = append(lines, escape(from, maxComparedOrigin))
		}
		embed.Fields = append(embed.Fields, &discordgo.MessageEmbedField{
			Name: orDash(escape(name, maxLabel)), Value: cut(strings.Join(lines, "\n"), maxFieldText), Inline: true,
		})
	}
	embed.Title = escape(strings.Join(names, " · "), maxTitle)
	scales := scalesOf(list)
	embed.Description = caution(list, scales)
	var pictures []picture
	if len(scales) > 0 {
		pictures = append(pictures, comparedPicture(list, scales))
	}
	return message{Embeds: []*discordgo.MessageEmbed{embed}}, pictures
}

// ordinal is the number of a career of those that are compared.
func ordinal(i int) string { return fmt.Sprintf("%d.", i+1) }

// unknown is said of what no article tells.
const unknown = "I do not know yet."

// comparedPay tells all figures of a career, or what is said of its pay.
func comparedPay(a *knowledge.Article) string {
	var parts []string
	for _, e := range earningsOf(a) {
		var from []string
		for _, f := range e.facts {
			if !slices.Contains(from, f.Source) {
				from = append(from, f.Source)
			}
		}
		parts = append(parts, fmt.Sprintf("%s %s (%s)", e.words(), e.period, strings.Join(from, ", ")))
	}
	if parts == nil {
		return told(a, knowledge.Pay)
	}
	return strings.Join(parts, "; ")
}

// told is the short of what an article tells on a topic: what its list is about,
// or how its section or its first answer begins.
func told(a *knowledge.Article, t knowledge.Topic) string {
	if s := a.Section(t); s != nil && len(s.Passages) > 0 {
		var leads []string
		for _, p := range s.Passages {
			if p.Lead != "" {
				leads = append(leads, p.Lead)
			}
		}
		if len(leads) > 1 {
			return strings.Join(leads, ", ")
		}
		return knowledge.Plain(s.Passages[0].String())
	}
	for _, f := range a.FAQs {
		if f.Topic == t {
			return knowledge.Plain(f.Answer)
		}
	}
	return unknown
}

// measuredIn is the figures of some careers on one scale.
type measuredIn struct {
	name string
	of   []int // their places among the careers
	pay  []earnings
}

// scalesOf puts each career on one scale, that of which there are figures of
// most careers, so that as many as can be stand on the same.
func scalesOf(list []*knowledge.Article) []measuredIn {
	on := map[string]int{}
	for _, a := range list {
		for _, e := range earningsOf(a) {
			on[e.scale()]++
		}
	}
	var scales []measuredIn
	for i, a := range list {
		all := earningsOf(a)
		if len(all) == 0 {
			continue
		}
		e := slices.MaxFunc(all, func(x, y earnings) int { return cmp.Compare(on[x.scale()], on[y.scale()]) })
		k := slices.IndexFunc(scales, func(m measuredIn) bool { return m.name == e.scale() })
		if k < 0 {
			k, scales = len(scales), append(scales, measuredIn{name: e.scale()})
		}
		scales[k].of, scales[k].pay = append(scales[k].of, i), append(scales[k].pay, e)
	}
	return scales
}

// caution says why figures cannot be compared as they stand.
func caution(list []*knowledge.Article, scales []measuredIn) string {
	var regions, said []string
	for _, a := range list {
		if a.Region != "" && !slices.Contains(regions, a.Region) {
			regions = append(regions, a.Region)
		}
	}
	if len(scales) > 1 {
		said = append(said, "The figures are in different currencies or for different times. I convert nothing: each stands as its source states it.")
	}
	if len(regions) > 1 {
		said = append(said, "They are of different countries: "+escape(strings.Join(regions, ", "), maxLabel*len(regions))+".")
	}
	return strings.Join(said, " ")
}

// comparedPicture is a picture of what careers pay.
func comparedPicture(list []*knowledge.Article, scales []measuredIn) picture {
	var drawn []chart.Scale
	var words, origins []string
	for _, m := range scales {
		s := chart.Scale{Name: m.name}
		words = append(words, m.name+".")
		for k, i := range m.of {
			a := list[i]
			name := a.Title
			if !chart.Writes(name) {
				name = ordinal(i)
			}
			if a.Region != "" && chart.Writes(a.Region) {
				name += " · " + a.Region
			}
			s.Lines = append(s.Lines, chart.Line{Name: name, Points: m.pay[k].points})
			words = append(words, fmt.Sprintf("%s: %s.", whose(a), m.pay[k].words()))
			for _, from := range m.pay[k].origins(a) {
				if !slices.Contains(origins, from) {
					origins = append(origins, from)
				}
			}
		}
		drawn = append(drawn, s)
	}
	return numberLines("compare.png", "Number lines: what careers pay. "+strings.Join(words, " "), drawn, origins)
}
