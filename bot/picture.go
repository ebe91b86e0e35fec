package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/careerbot/careerbot/chart"
	"github.com/careerbot/careerbot/knowledge"
)

// What pay looks like: figures on a number line, with all of them in words for
// those who cannot see it.

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

// origin says who states the figures, and of when they are: by themselves, or
// by the article that has them.
func (e earnings) origin(a *knowledge.Article) string {
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
	return strings.Join(list, " · ")
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

// payPicture draws what a career pays; ok if there are two figures that can
// stand on one line.
func (b *Bot) payPicture(a *knowledge.Article) (f file, ok bool) {
	if a == nil {
		return file{}, false
	}
	list := earningsOf(a)
	if len(list) == 0 || len(list[0].points) < 2 {
		return file{}, false
	}
	e := list[0]
	scale := e.scale()
	if a.Region != "" && chart.Writes(a.Region) {
		scale += " · " + a.Region
	}
	origin := e.origin(a)
	return file{
		name:        "pay.png",
		description: fmt.Sprintf("Number line: what a career pays %s, in %s. %s: %s. Source: %s.", e.period, e.currency, whose(a), e.words(), origin),
		data:        b.numberLines([]chart.Scale{{Name: scale, Lines: []chart.Line{{Points: e.points}}}}, origin),
	}, true
}

// whose names the career that figures are of, and where they hold.
func whose(a *knowledge.Article) string {
	if a.Region == "" {
		return a.Title
	}
	return a.Title + " in " + a.Region
}

// maxPictures is how many pictures of pay are remembered: some megabytes.
const maxPictures = 256

func newPictures() *lru.Cache[string, []byte] {
	c, err := lru.New[string, []byte](maxPictures)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return c
}

// numberLines draws number lines, or remembers how they look.
func (b *Bot) numberLines(scales []chart.Scale, origin string) []byte {
	if !chart.Writes(origin) {
		origin = ""
	}
	key := fmt.Sprintf("%#v %#v", scales, origin)
	if data, ok := b.pictures.Get(key); ok {
		return data
	}
	data := chart.NumberLines(scales, origin)
	b.pictures.Add(key, data)
	return data
}
