package chart

import "strconv"

// Series is what is counted, for each column or bar of a chart.
type Series struct {
	Name   string
	Counts []int64 // 0 or more
}

// Panel is a chart of columns, in which the counts of each series stand on
// those of the one before. It has at most two series.
type Panel struct {
	Name   string
	Series []Series
}

// The height of what a panel is made of, in pixels.
const (
	panelName   = 50
	legendLine  = 44
	columnsHigh = 190
	belowAxis   = 64
)

// Columns draws panels one below the other, with a column for each name: those
// of weeks, say. As many of the names are written as there is room for.
func Columns(names []string, panels []Panel) []byte {
	const panelHeight = panelName + legendLine + columnsHigh + belowAxis
	c := newCanvas(16 + panelHeight*float64(max(1, len(panels))))
	for i, p := range panels {
		c.panel(p, names, 16+panelHeight*float64(i))
	}
	return c.png()
}

func (c canvas) panel(p Panel, names []string, y float64) {
	c.write(bold().fit(clean(p.Name), large, right-left), left, y+large, fromLeft, bold(), large, text)
	y += panelName
	x := float64(left)
	for i, s := range p.Series {
		name := clean(s.Name)
		c.box(x, y+8, 24, 24, 6, series[i%len(series)])
		c.write(name, x+34, y+29, fromLeft, regular(), small, muted)
		x += 34 + regular().width(name, small) + 36
	}
	y += legendLine
	if len(names) == 0 {
		return
	}
	const number = 30 // that stands on a column
	axis := y + columnsHigh
	top := totals(p.Series, len(names))
	step := float64(right-left) / float64(len(names))
	unit := (columnsHigh - number - 6) / float64(max(1, maximum(top)))
	for i := range names {
		at, wide := left+step*(float64(i)+.5), min(step*.72, 70)
		from := axis
		for k, s := range p.Series {
			if n := count(s, i); n > 0 {
				high := max(3, unit*float64(n))
				c.box(at-wide/2, from-high, wide, high, 3, series[k%len(series)])
				from -= high
			}
		}
		if top[i] > 0 {
			c.write(short(top[i]), at, from-8, centred, bold(), small, text)
		}
	}
	c.box(left, axis, right-left, 3, 0, faint)
	c.axis(names, axis+36, step)
}

// axis writes the names of columns below them, the last one first, and leaves
// out what there is no room for.
func (c canvas) axis(names []string, y, step float64) {
	widest := 0.0
	for _, n := range names {
		widest = max(widest, regular().width(clean(n), small))
	}
	every := 1 + int((widest+14)/step)
	for i := len(names) - 1; i >= 0; i -= every {
		name := clean(names[i])
		half := regular().width(name, small) / 2
		x := max(left+half, min(left+step*(float64(i)+.5), right-half))
		c.write(name, x, y, centred, regular(), small, muted)
	}
}

// Bars draws a bar for each name, as it comes.
func Bars(title string, names []string, counts []int64) []byte {
	const row, bar = 58.0, 34.0
	counted := totals([]Series{{Counts: counts}}, len(names))
	c := newCanvas(16 + panelName + 20 + row*float64(len(names)))
	c.write(bold().fit(clean(title), large, right-left), left, 16+large, fromLeft, bold(), large, text)
	longest, wide := 0.0, 0.0
	for i, n := range names {
		longest = max(longest, regular().width(clean(n), usual))
		wide = max(wide, bold().width(short(counted[i]), usual))
	}
	longest = min(longest, (right-left)/2)
	from := left + longest + 22
	unit := (right - from - wide - 14) / float64(max(1, maximum(counted)))
	for i, n := range names {
		y := 16 + panelName + 14 + row*float64(i)
		c.write(regular().fit(clean(n), usual, longest), left, y+27, fromLeft, regular(), usual, text)
		long := max(4, unit*float64(counted[i]))
		c.box(from, y, long, bar, 6, accent)
		c.write(short(counted[i]), from+long+14, y+27, fromLeft, bold(), usual, text)
	}
	return c.png()
}

// most is the highest count that is told apart from higher ones.
const most = 1_000_000_000_000

// count is the ith count of a series.
func count(s Series, i int) int64 {
	if i >= len(s.Counts) {
		return 0
	}
	return max(0, min(s.Counts[i], most))
}

// totals adds the series up.
func totals(list []Series, n int) []int64 {
	sums := make([]int64, n)
	for i := range sums {
		for _, s := range list {
			sums[i] += count(s, i)
		}
	}
	return sums
}

func maximum(list []int64) int64 {
	var m int64
	for _, n := range list {
		m = max(m, n)
	}
	return m
}

// short writes a count in at most four characters: 950, 1.2k, 12k.
func short(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1_000_000_000, "bn"}, {1_000_000, "m"}, {1_000, "k"}} {
		switch {
		case n >= 10*unit.size:
			return strconv.FormatInt(n/unit.size, 10) + unit.name
		case n >= unit.size:
			return strconv.FormatFloat(float64(n*10/unit.size)/10, 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatInt(n, 10)
}
