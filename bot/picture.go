package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/careerbot/careerbot/chart"
	"github.com/careerbot/careerbot/knowledge"
)

// Pictures of figures: what they show, in words as well for those who cannot see
// it, and what pay looks like on a number line.

// picture is what a message can show. It is drawn when it is shown.
type picture struct {
	name        string // of the file
	description string // all that is to be seen
	draw        func() []byte
	key         string // the same for those that look the same; empty for one that is not to be remembered
}

// illustrate adds pictures to a message, one to each of its embeds as far as
// there are pictures. Without the permission to attach them the message goes
// without, so it has to say what they show.
func (b *Bot) illustrate(m message, pictures ...picture) message {
	for i, p := range pictures {
		m.Embeds[i].Image = &discordgo.MessageEmbedImage{URL: attached + p.name}
		m.Files = append(m.Files, file{p.name, p.description, b.drawn(p)})
	}
	return m
}

// maxPictures is how many pictures are remembered: some megabytes.
const maxPictures = 256

func newPictures() *lru.Cache[string, []byte] {
	c, err := lru.New[string, []byte](maxPictures)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return c
}

// drawn draws a picture, or remembers how it looks.
func (b *Bot) drawn(p picture) []byte {
	if p.key == "" {
		return p.draw()
	}
	if data, ok := b.pictures.Get(p.key); ok {
		return data
	}
	data := p.draw()
	b.pictures.Add(p.key, data)
	return data
}

// earnings are the figures of an article that can stand on one scale.
type earnings struct {
	currency string // ISO 4217
	period   string // "a year"
	facts    []knowledge.Fact
	points   []chart.Point // from low to high
}

// scale names what the figures are measured in.
func (e earnings) scale() string { return fmt.Sprintf("Pay %s (%s)", e.period, e.currency) }

// words says the figures: "entry ₹1,23,000, average ₹4,86,091".
func (e earnings) words() string {
	var list []string
	for _, p := range e.points {
		list = append(list, p.Name+" "+p.Label)
	}
	return strings.Join(list, ", ")
}

// origins say who states the figures, and of when they are: by themselves, or
// by the article that has them.
func (e earnings) origins(a *knowledge.Article) []string {
	var list []string
	for _, f := range e.facts {
		said := f.Source
		switch {
		case f.Date != "":
			said += ", " + date(f.Date)
		case a.Source.Published != "":
			said += ", " + date(a.Source.Published)
		case a.Source.Read != "":
			said += ", read " + date(a.Source.Read)
		}
		if !slices.Contains(list, said) {
			list = append(list, said)
		}
	}
	return list
}

// marks are the kinds of figures as a number line names them.
var marks = []struct {
	kind knowledge.FactKind
	name string
}{
	{knowledge.LowPay, "low end"},
	{knowledge.EntryPay, "entry"},
	{knowledge.AveragePay, "average"},
	{knowledge.HighPay, "top"},
}

// earningsOf sorts the figures of an article by what they are measured in: first
// that of which there are most.
func earningsOf(a *knowledge.Article) []earnings {
	var list []earnings
	for _, f := range a.Facts {
		i := slices.IndexFunc(list, func(e earnings) bool { return e.currency == f.Currency && e.period == f.Period() })
		if i < 0 {
			i, list = len(list), append(list, earnings{currency: f.Currency, period: f.Period()})
		}
		list[i].facts = append(list[i].facts, f)
	}
	for i := range list {
		list[i].points = pointsOf(list[i].facts)
	}
	slices.SortStableFunc(list, func(x, y earnings) int { return cmp.Compare(len(y.points), len(x.points)) })
	return list
}

// pointsOf gives the first figure of each kind. The ends of a range stand for
// those that are not there.
func pointsOf(facts []knowledge.Fact) []chart.Point {
	first := map[knowledge.FactKind]knowledge.Fact{}
	for _, f := range slices.Backward(facts) {
		first[f.Kind] = f
	}
	if r, ok := first[knowledge.PayRange]; ok {
		_, low := first[knowledge.LowPay]
		_, entry := first[knowledge.EntryPay]
		if !low && !entry {
			first[knowledge.LowPay] = r
		}
		if _, high := first[knowledge.HighPay]; !high {
			r.Amount = r.Upper
			first[knowledge.HighPay] = r
		}
	}
	var points []chart.Point
	for _, m := range marks {
		if f, ok := first[m.kind]; ok {
			points = append(points, chart.Point{Value: f.Amount, Label: knowledge.Money(f.Amount, f.Currency), Name: m.name})
		}
	}
	slices.SortStableFunc(points, func(x, y chart.Point) int { return cmp.Compare(x.Value, y.Value) })
	return points
}

// payPicture is a picture of what a career pays; ok if there are two figures that
// can stand on one line.
func payPicture(a *knowledge.Article) (p picture, ok bool) {
	if a == nil {
		return picture{}, false
	}
	list := earningsOf(a)
	if len(list) == 0 || len(list[0].points) < 2 {
		return picture{}, false
	}
	e := list[0]
	scale := e.scale()
	if a.Region != "" && chart.Writes(a.Region) {
		scale += " · " + a.Region
	}
	return numberLines("pay.png",
		fmt.Sprintf("Number line: what a career pays %s, in %s. %s: %s.", e.period, e.currency, whose(a), e.words()),
		[]chart.Scale{{Name: scale, Lines: []chart.Line{{Points: e.points}}}}, e.origins(a)), true
}

// whose names the career that figures are of, and where they hold.
func whose(a *knowledge.Article) string {
	if a.Region == "" {
		return a.Title
	}
	return a.Title + " in " + a.Region
}

// numberLines is a picture of number lines, which are described but for where
// the figures are from.
func numberLines(name, description string, scales []chart.Scale, origins []string) picture {
	drawn := slices.DeleteFunc(slices.Clone(origins), func(s string) bool { return !chart.Writes(s) })
	return picture{
		name, description + " Source: " + strings.Join(origins, " · ") + ".",
		func() []byte { return chart.NumberLines(scales, drawn) }, fmt.Sprintf("%#v %#v", scales, drawn),
	}
}
