package knowledge

import (
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	for _, test := range []struct{ name, before, after, want string }{
		{"nothing", "a\nb\n", "a\nb\n", ""},
		{"all new", "", "a\nb\n", "+ a\n+ b\n"},
		{"all gone", "a\n", "", "- a\n"},
		{"a line in the middle", "1\n2\n3\nold\n5\n6\n7\n", "1\n2\n3\nnew\n5\n6\n7\n", "…\n  2\n  3\n- old\n+ new\n  5\n  6\n…\n"},
		{"two places", "x\n1\n2\n3\n4\n5\ny\n", "X\n1\n2\n3\n4\n5\nY\n", "- x\n+ X\n  1\n  2\n…\n  4\n  5\n- y\n+ Y\n"},
		{"too much", strings.Repeat("a\nb\n", 1100), strings.Repeat("b\nc\n", 1100), strings.Repeat("- a\n- b\n", 1100) + strings.Repeat("+ b\n+ c\n", 1100)},
		{"moved", "a\nb\nc\n", "b\nc\na\n", "- a\n  b\n  c\n+ a\n"},
	} {
		if got := Diff([]byte(test.before), []byte(test.after)); got != test.want {
			t.Errorf("%s:\n%.1000s", test.name, got)
		}
	}
}

// Whatever differs, the lines that stay and go are the one text, and those that
// stay and come the other.
func FuzzDiff(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Add("", "\n\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		a, b := splitLines([]byte(before)), splitLines([]byte(after))
		var gone, come []string
		for _, l := range diffLines(a, b) {
			if l[0] != '+' {
				gone = append(gone, l[2:])
			}
			if l[0] != '-' {
				come = append(come, l[2:])
			}
		}
		if strings.Join(gone, "\n") != strings.Join(a, "\n") || strings.Join(come, "\n") != strings.Join(b, "\n") {
			t.Errorf("%q to %q", before, after)
		}
	})
}
