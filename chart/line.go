package chart

import (
	"image/color"
	"slices"
)

// Scale is what is measured alike, and can be compared.
type Scale struct {
	Name  string // of what, and in which unit: "Pay a year (INR)"
	Lines []Line
}

// Line is figures on a number line, all drawn to the scale.
type Line struct {
	Name   string // whose figures these are; empty if the picture is of nothing else
	Points []Point
}

// Point is a figure.
type Point struct {
	Value int64  // 0 or more
	Label string // as it is written: "₹4,86,091"
	Name  string // what it is: "average"
}

// The height of what a number line is made of, in pixels.
const (
	scaleName  = 46
	lineName   = 40
	lineHeight = 154 // without its name
	originLine = 36
	trackAt    = 30
	trackWidth = 16
	labelAt    = 96 // the baselines, below the top of a line
	nameAt     = 128
	gap        = 22 // between labels
)

// NumberLines draws number lines, from low to high on scales that begin at 0,
// and below them where the figures are from.
func NumberLines(scales []Scale, sources []string) []byte {
	origin := wrapped(sources)
	height := 24.0
	for _, s := range scales {
		height += scaleName
		for _, l := range s.Lines {
			height += lineHeight
			if l.Name != "" {
				height += lineName
			}
		}
	}
	if len(origin) > 0 {
		height += 10 + originLine*float64(len(origin))
	}
	c := newCanvas(height)
	y := 20.0
	for _, s := range scales {
		c.write(regular().fit(clean(s.Name), small, right-left), left, y+small, fromLeft, regular(), small, muted)
		y += scaleName
		top := s.top()
		for _, l := range s.Lines {
			if l.Name != "" {
				c.write(bold().fit(clean(l.Name), usual, right-left), left, y+usual, fromLeft, bold(), usual, text)
				y += lineName
			}
			c.line(l, y, top)
			y += lineHeight
		}
	}
	for i, line := range origin {
		c.write(line, left, height-24-originLine*float64(len(origin)-1-i), fromLeft, regular(), small, muted)
	}
	return c.png()
}

// wrapped puts as many texts into each line as there is room for.
func wrapped(list []string) []string {
	var lines []string
	for _, s := range list {
		s = regular().fit(clean(s), small, right-left)
		if n := len(lines) - 1; n >= 0 && regular().width(lines[n]+" · "+s, small) <= right-left {
			lines[n] += " · " + s
		} else if s != "" {
			lines = append(lines, s)
		}
	}
	return lines
}

// top is the highest figure, to which the scale goes.
func (s Scale) top() int64 {
	var top int64 = 1
	for _, l := range s.Lines {
		for _, p := range l.Points {
			top = max(top, p.Value)
		}
	}
	return top
}

// The ends of a number line.
const (
	trackFrom = left + 34
	trackTo   = right - 98 // leaves room for half of the highest figure's label
)

// place is where a figure stands on a number line that goes up to top.
func place(v, top int64) float64 {
	return trackFrom + (trackTo-trackFrom)*float64(max(0, min(v, top)))/float64(top)
}

// line draws a number line with its figures.
func (c canvas) line(l Line, y float64, top int64) {
	if len(l.Points) == 0 {
		return
	}
	track := y + trackAt
	place := func(v int64) float64 { return place(v, top) }
	c.write("0", left, track+9, fromLeft, regular(), small, muted)
	c.box(trackFrom, track-trackWidth/2, trackTo-trackFrom, trackWidth, trackWidth/2, faint)
	first, last := l.Points[0].Value, l.Points[0].Value
	for _, p := range l.Points {
		first, last = min(first, p.Value), max(last, p.Value)
	}
	c.box(place(first), track-trackWidth/2, place(last)-place(first), trackWidth, 0, span)

	labels, size := c.labels(l.Points, place)
	for i, p := range l.Points {
		x, at := place(p.Value), labels[i]
		c.stroke(3, muted, [2]float64{x, track + 15}, [2]float64{at, track + 34})
		c.write(clean(p.Label), at, y+labelAt, centred, bold(), size, text)
		c.write(clean(p.Name), at, y+nameAt, centred, regular(), min(size, small), muted)
	}
	for _, p := range l.Points {
		c.disc(place(p.Value), track, 17, card)
		c.disc(place(p.Value), track, 13, accent)
	}
}

// span is the colour of the part of a number line that lies between figures.
var span = color.RGBA{0x2F, 0x7D, 0x5B, 0xFF}

// labels finds the middle of each point's label, as near to the point as the
// others leave room, and the size of type in which all of them fit.
func (c canvas) labels(points []Point, place func(int64) float64) ([]float64, float64) {
	size := float64(large)
	var widths []float64
	for ; ; size -= 2 {
		widths = widths[:0]
		all := -float64(gap)
		for _, p := range points {
			w := max(bold().width(clean(p.Label), size), regular().width(clean(p.Name), min(size, small)))
			widths = append(widths, w)
			all += w + gap
		}
		if all <= right-left || size <= 8 {
			break
		}
	}
	// One way pushes them to the right, the other to the left, and between two
	// ways that leave room there is room.
	at := make([]float64, len(points))
	for i, x := range pushed(points, place, widths) {
		at[i] += x / 2
	}
	points = slices.Clone(points)
	slices.Reverse(points)
	slices.Reverse(widths)
	mirrored := pushed(points, func(v int64) float64 { return left + right - place(v) }, widths)
	for i, x := range mirrored {
		at[len(at)-1-i] += (left + right - x) / 2
	}
	return at, size
}

// pushed finds the middle of each label if one pushes the next to the right, and
// all of them back from the edge.
func pushed(points []Point, place func(int64) float64, widths []float64) []float64 {
	at := make([]float64, len(points)) // where each begins, at first
	end := float64(left)
	for i, p := range points {
		at[i] = max(end, place(p.Value)-widths[i]/2)
		end = at[i] + widths[i] + gap
	}
	end = right
	for i := len(points) - 1; i >= 0; i-- {
		at[i] = min(at[i], end-widths[i])
		end = at[i] - gap
	}
	for i := range at {
		at[i] += widths[i] / 2
	}
	return at
}
