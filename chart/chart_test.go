package chart

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a picture with a golden file, by what is to be seen: how it
// is packed may differ between versions of Go, and how edges are smoothed by a
// little between processors.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".png")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, is := decode(t, raw), decode(t, got)
	if want.Bounds() != is.Bounds() {
		t.Fatalf("%s has the size %v, and should have %v (go test ./chart -update if it should)", name, is.Bounds(), want.Bounds())
	}
	for y := range want.Bounds().Dy() {
		for x := range want.Bounds().Dx() {
			if far(want.At(x, y), is.At(x, y)) {
				t.Fatalf("%s differs at %d,%d (go test ./chart -update if it should)", name, x, y)
			}
		}
	}
}

func decode(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func far(a, b color.Color) bool {
	const little = 8 << 8
	r1, g1, b1, a1 := a.RGBA()
	r2, g2, b2, a2 := b.RGBA()
	for _, d := range [][2]uint32{{r1, r2}, {g1, g2}, {b1, b2}, {a1, a2}} {
		if math.Abs(float64(d[0])-float64(d[1])) > little {
			return true
		}
	}
	return false
}

// pay is what the shipped article says.
var pay = Line{Points: []Point{{123_000, "₹1,23,000", "entry"}, {486_091, "₹4,86,091", "average"}, {1_000_000, "₹10,00,000", "top"}}}

func named(name string, l Line) Line {
	l.Name = name
	return l
}

func line(name string, values ...Point) Line { return Line{name, values} }

// pictures are one of every kind, and those for which there is little room.
var pictures = map[string]func() []byte{
	"pay": func() []byte {
		return NumberLines([]Scale{{"Pay a year (INR) · India", []Line{pay}}}, []string{"Payscale, read 23 November 2026"})
	},
	"pay-close": func() []byte {
		return NumberLines([]Scale{{"Pay a year (AUD)", []Line{line("", Point{110_000, "AUD 110,000", "low end"}, Point{112_000, "AUD 112,000", "entry"}, Point{115_500, "AUD 115,500", "average"}, Point{120_000, "AUD 120,000", "top"})}}},
			[]string{"An institute whose name is far too long to be written in one line of a picture, 2 January 2026"})
	},
	"compare": func() []byte {
		return NumberLines([]Scale{{"Pay a year (INR)", []Line{
			named("Back-end developer · India", pay),
			line("Data analyst · India", Point{300_000, "₹3,00,000", "entry"}, Point{620_000, "₹6,20,000", "average"}, Point{1_450_000, "₹14,50,000", "top"}),
		}}}, []string{"Payscale, read 23 November 2026"})
	},
	"compare-apart": func() []byte {
		return NumberLines([]Scale{
			{"Pay a year (INR)", []Line{named("Back-end developer · India", pay), line("2", Point{620_000, "₹6,20,000", "average"})}},
			{"Pay a year (USD)", []Line{line("Nurse · United States", Point{61_000, "$61,000", "entry"}, Point{86_000, "$86,000", "average"})}},
			{"Pay an hour (EUR)", []Line{line("Baker", Point{13, "€13", "entry"}, Point{21, "€21", "top"})}},
		}, []string{"Payscale, read 23 November 2026", "BLS, May 2025", "The guild of bakers, 1 January 2026"})
	},
	"weeks": func() []byte {
		return Columns(
			[]string{"7 Sep", "14 Sep", "21 Sep", "28 Sep", "5 Oct", "12 Oct", "19 Oct", "26 Oct", "2 Nov", "9 Nov", "16 Nov", "23 Nov"},
			[]Panel{
				{"Questions a week", []Series{{"answered", []int64{0, 3, 12, 18, 31, 25, 28, 40, 36, 52, 47, 21}}, {"missed", []int64{0, 2, 6, 4, 9, 3, 5, 4, 2, 6, 3, 1}}}},
				{"Votes a week", []Series{{"helpful", []int64{0, 0, 2, 3, 5, 4, 9, 8, 7, 11, 9, 4}}, {"not helpful", []int64{0, 1, 1, 0, 2, 0, 1, 1, 0, 1, 0, 0}}}},
			})
	},
	"weeks-many": func() []byte {
		return Columns([]string{"16 Nov", "23 Nov"}, []Panel{{"Questions a week", []Series{{"answered", []int64{1_234_567, 900}}, {"missed", []int64{4}}}}})
	},
	"topics": func() []byte {
		return Bars("Most asked", []string{"Pay", "Education", "Skills", "What changes pay", "Duties"}, []int64{1240, 96, 71, 22, 5})
	},
}

func TestPictures(t *testing.T) {
	for name, draw := range pictures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := draw()
			golden(t, name, first)
			if !bytes.Equal(first, draw()) {
				t.Error("the same figures give another picture")
			}
			if most := 48 << 10; len(first) > most {
				t.Errorf("it has %d bytes, and should have at most %d", len(first), most)
			}
		})
	}
}

// What has to be read stands out from the card, and the card from both themes of
// Discord or by its own edge.
func TestContrast(t *testing.T) {
	for name, c := range map[string]color.RGBA{"text": text, "muted": muted, "accent": accent, "second": second} {
		if got := contrast(c, card); got < 4.5 {
			t.Errorf("%s has a contrast of %.1f", name, got)
		}
	}
}

// contrast is that of WCAG, from 1 to 21.
func contrast(a, b color.RGBA) float64 {
	light := func(c color.RGBA) float64 {
		channel := func(v uint8) float64 {
			if s := float64(v) / 255; s > 0.04045 {
				return math.Pow((s+0.055)/1.055, 2.4)
			}
			return float64(v) / 255 / 12.92
		}
		return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
	}
	high, low := max(light(a), light(b)), min(light(a), light(b))
	return (high + 0.05) / (low + 0.05)
}

func TestWrites(t *testing.T) {
	for s, want := range map[string]bool{"Back-end developer · India": true, "₹4,86,091 €1 £2 ₩3 ₽4": true, "Врач": true, "सर्वर": false, "护士": false, "🙂": false, "": true} {
		if Writes(s) != want {
			t.Errorf("Writes(%q) = %v", s, !want)
		}
	}
}

// Labels stand in the picture, in their order and apart, wherever the figures
// are. Nothing is drawn, which would take the fuzzer an age.
func FuzzLabels(f *testing.F) {
	f.Add(int64(123_000), int64(486_091), int64(1_000_000), "₹4,86,091", "average")
	f.Add(int64(-1), int64(0), int64(math.MaxInt64), strings.Repeat("W", 300), "\xff\n🙂")
	f.Fuzz(func(t *testing.T, a, b, c int64, label, name string) {
		points := []Point{{a, label, name}, {b, "$1", "average"}, {c, label, "top"}}
		s := Scale{name, []Line{{name, points}}}
		at, size := canvas{}.labels(points, func(v int64) float64 { return place(v, s.top()) })
		for i, x := range at {
			half := bold().width(clean(points[i].Label), size) / 2
			if size > 8 && (x-half < left-1 || x+half > right+1 || i > 0 && x <= at[i-1]) {
				t.Errorf("label %d is at %v of %v", i, x, at)
			}
		}
		if w := regular().width(regular().fit(clean(name), small, 300), small); w > 300 {
			t.Errorf("it is %v wide", w)
		}
	})
}

// Figures and texts of any size make a picture.
func TestOddPictures(t *testing.T) {
	for _, n := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
		for _, s := range []string{"", "\xff\n🙂", strings.Repeat("W", 300)} {
			t.Run(fmt.Sprintf("%d %.4q", n, s), func(t *testing.T) {
				t.Parallel()
				points := []Point{{n, s, s}, {3, s, s}, {n / 2, s, s}}
				panel := Panel{s, []Series{{s, []int64{n, n, 3}}, {s, []int64{n}}}}
				for _, picture := range [][]byte{
					NumberLines([]Scale{{s, []Line{{s, points}, {s, points[:1]}, {s, nil}}}, {s, nil}}, []string{s, s}), NumberLines(nil, nil),
					Columns([]string{s, s, s}, []Panel{panel, {}}), Columns(nil, nil),
					Bars(s, []string{s, s}, []int64{n, 2}), Bars(s, nil, nil),
				} {
					if img := decode(t, picture); img.Bounds().Dx() != Width {
						t.Errorf("it is %v", img.Bounds())
					}
				}
			})
		}
	}
}

func TestShort(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1k", 1290: "1.2k", 12_900: "12k", 1_234_567: "1.2m", 3_000_000_000: "3bn"} {
		if got := short(n); got != want {
			t.Errorf("short(%d) = %s, want %s", n, got, want)
		}
	}
}

func BenchmarkNumberLine(b *testing.B) {
	for b.Loop() {
		pictures["pay"]()
	}
}

func BenchmarkFourNumberLines(b *testing.B) {
	for b.Loop() {
		pictures["compare-apart"]()
	}
}

func BenchmarkColumns(b *testing.B) {
	for b.Loop() {
		pictures["weeks"]()
	}
}
