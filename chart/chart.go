// Package chart draws small charts as PNG pictures: figures on number lines,
// columns by the week, bars by name. They are made to be read in a chat, on a
// phone: few words in large type, on a card of their own colour that stands out
// from a dark page and from a light one. The fonts are compiled in, and the
// same figures give the same picture. What stands in a picture has to be said
// in words as well, which is up to whoever shows it. The package imports nothing
// of the project.
package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"

	"codeberg.org/go-fonts/dejavu/dejavusanscondensed"
	"codeberg.org/go-fonts/dejavu/dejavusanscondensedbold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// Width is that of every picture, in pixels. Discord shows it at some 360 on a
// phone, where the smallest type is still 11 pixels high.
const Width = 800

const (
	margin = 40
	left   = margin
	right  = Width - margin
)

// The sizes of type, in pixels.
const (
	large = 34
	usual = 30
	small = 26
)

// The colours. On the card each has a contrast of 4.5:1 or more, but for faint,
// which nothing depends on.
var (
	card   = color.RGBA{0x1E, 0x21, 0x28, 0xFF}
	text   = color.RGBA{0xF4, 0xF5, 0xF7, 0xFF}
	muted  = color.RGBA{0xB9, 0xC0, 0xCC, 0xFF}
	faint  = color.RGBA{0x45, 0x4B, 0x58, 0xFF}
	accent = color.RGBA{0x5C, 0xD1, 0x9A, 0xFF}
	second = color.RGBA{0xF5, 0xA9, 0x62, 0xFF}
)

// series are the colours of what stands beside another, in order.
var series = []color.Color{accent, second}

// typeface is a font that is compiled in.
type typeface struct {
	face *sfnt.Font
}

func parse(ttf []byte) typeface {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic(err) // the font is a part of the program
	}
	return typeface{f}
}

var (
	regular = sync.OnceValue(func() typeface { return parse(dejavusanscondensed.TTF) })
	bold    = sync.OnceValue(func() typeface { return parse(dejavusanscondensedbold.TTF) })
)

// at is the typeface in a size.
func (t typeface) at(size float64) font.Face {
	return font.Face{Font: font.Font{Size: vg.Length(size)}, Face: t.face}
}

// width is that of a text, in pixels.
func (t typeface) width(s string, size float64) float64 {
	f := t.at(size)
	return float64(f.Width(s))
}

// fit cuts a text so that it is at most so wide.
func (t typeface) fit(s string, size, most float64) string {
	if t.width(s, size) <= most {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && t.width(string(r)+"…", size) > most {
		r = r[:len(r)-1]
	}
	return strings.TrimSpace(string(r)) + "…"
}

// maxText is the longest text that is looked at, in characters: more never fits.
const maxText = 120

// Writes reports whether the fonts have all characters of a text. Those of
// Latin, Greek and Cyrillic are there, and the signs of currencies; those of
// Devanagari or Chinese are not.
func Writes(s string) bool {
	var b sfnt.Buffer
	for _, r := range s {
		if i, err := regular().face.GlyphIndex(&b, r); err != nil || i == 0 {
			return false
		}
	}
	return true
}

// canvas is what is drawn on. Its coordinates are pixels, from the top left.
type canvas struct {
	on     *vgimg.Canvas
	height float64
}

func newCanvas(height float64) canvas {
	// At 72 dots an inch a point is a pixel.
	return canvas{vgimg.NewWith(vgimg.UseWH(Width, vg.Length(height)), vgimg.UseDPI(72), vgimg.UseBackgroundColor(card)), height}
}

func (c canvas) point(x, y float64) vg.Point {
	return vg.Point{X: vg.Length(x), Y: vg.Length(c.height - y)}
}

// The sides of a point on which a text can stand.
const (
	fromLeft = 0.0
	centred  = 0.5
	toRight  = 1.0
)

// write writes a text of which the baseline is at y, on a side of x.
func (c canvas) write(s string, x, y, side float64, t typeface, size float64, colour color.Color) {
	c.on.SetColor(colour)
	c.on.FillString(t.at(size), c.point(x-side*t.width(s, size), y), s)
}

// box fills a rectangle with round corners.
func (c canvas) box(x, y, w, h, radius float64, colour color.Color) {
	radius = max(0, min(radius, w/2, h/2))
	var p vg.Path
	corner := func(x, y, start float64) {
		p.Arc(c.point(x, y), vg.Length(radius), start, quarter)
	}
	p.Move(c.point(x+w, y+h-radius))
	corner(x+w-radius, y+radius, 0)
	corner(x+radius, y+radius, quarter)
	corner(x+radius, y+h-radius, 2*quarter)
	corner(x+w-radius, y+h-radius, 3*quarter)
	p.Close()
	c.on.SetColor(colour)
	c.on.Fill(p)
}

// quarter is a quarter of a circle.
const quarter = 3.141592653589793 / 2

// disc fills a circle.
func (c canvas) disc(x, y, radius float64, colour color.Color) {
	c.box(x-radius, y-radius, 2*radius, 2*radius, radius, colour)
}

// stroke draws a line through points.
func (c canvas) stroke(width float64, colour color.Color, points ...[2]float64) {
	var p vg.Path
	for i, at := range points {
		if i == 0 {
			p.Move(c.point(at[0], at[1]))
		} else {
			p.Line(c.point(at[0], at[1]))
		}
	}
	c.on.SetColor(colour)
	c.on.SetLineWidth(vg.Length(width))
	c.on.Stroke(p)
}

// png is the picture. Its colours are few, if those that hardly differ count as
// one: it gets a palette, which makes it a third as large.
func (c canvas) png() []byte {
	drawn := c.on.Image().(*image.RGBA) // which is what vgimg draws on
	packed := image.NewPaletted(drawn.Bounds(), nil)
	places := map[color.RGBA]uint8{}
	var before color.RGBA
	for i := range packed.Pix {
		at := drawn.Pix[4*i : 4*i+4]
		colour := color.RGBA{at[0], at[1], at[2], at[3]}
		if colour == before { // as most are
			packed.Pix[i] = packed.Pix[i-1]
			continue
		}
		before = colour
		alike := color.RGBA{at[0] / shade, at[1] / shade, at[2] / shade, at[3]}
		place, known := places[alike]
		if !known {
			if len(packed.Palette) < 256 {
				packed.Palette = append(packed.Palette, colour)
			}
			place = uint8(packed.Palette.Index(colour))
			places[alike] = place
		}
		packed.Pix[i] = place
	}
	var b bytes.Buffer
	if err := png.Encode(&b, packed); err != nil {
		panic(err) // a picture has a size, and a buffer takes all
	}
	return b.Bytes()
}

// shade is how much two colours differ that count as one, in 255ths.
const shade = 10

// clean is a text as it can be written on a line.
func clean(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText])
	}
	return s
}
