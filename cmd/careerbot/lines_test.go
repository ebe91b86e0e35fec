package main

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxLine)
	for _, test := range []struct {
		name, in string
		want     []line
	}{
		{"nothing", "", nil},
		{"one line", "a\n", []line{{text: "a"}}},
		{"a last line without an end", "a\nb", []line{{text: "a"}, {text: "b"}}},
		{"empty lines", "\n\n", []line{{}, {}}},
		{"Windows", "a\r\nb\r\n", []line{{text: "a"}, {text: "b"}}},
		{"control characters and broken UTF-8", "\x00\xff\r\r\n", []line{{text: "\x00\xff\r"}}},
		{"as long as may be", long + "\nb", []line{{text: long}, {text: "b"}}},
		{"longer", long + "y\nb", []line{{text: long, cut: true}, {text: "b"}}},
		{"far longer, without an end", strings.Repeat(long, 3), []line{{text: long, cut: true}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, in := range []io.Reader{strings.NewReader(test.in), iotest.DataErrReader(strings.NewReader(test.in))} {
				var got []line
				for l, err := range readLines(in) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, l)
				}
				if len(got) != len(test.want) {
					t.Fatalf("%d lines, want %d", len(got), len(test.want))
				}
				for i := range got {
					if got[i] != test.want[i] {
						t.Errorf("line %d is %.40q (%d bytes, cut %v), want %.40q (%d bytes, cut %v)", i+1,
							got[i].text, len(got[i].text), got[i].cut, test.want[i].text, len(test.want[i].text), test.want[i].cut)
					}
				}
			}
		})
	}
}

func TestReadLinesError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var got []string
	var last error
	for l, err := range readLines(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken))) {
		if last = err; err == nil {
			got = append(got, l.text)
		}
	}
	if len(got) != 1 || got[0] != "a" || !errors.Is(last, broken) {
		t.Errorf("got %q and %v, want the line a and then the error", got, last)
	}
}
