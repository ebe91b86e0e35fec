package knowledge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with an article, and what to do about it.
type Fault struct {
	File string
	Line int    // from 1; 0 if it belongs to no line
	What string // what is wrong
	Mend string // what to do about it
}

// String gives "file:line: what: mend", the form that editors can jump to.
func (f Fault) String() string {
	s := f.What + ": " + f.Mend
	switch {
	case f.File == "":
		return s
	case f.Line == 0:
		return f.File + ": " + s
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, s)
}

// Faults are all that is wrong, ordered by file and line.
type Faults []Fault

// Error lists the faults, one a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// sort orders the faults by file and line; those of one line stay in the order
// in which they were found.
func (fs Faults) sort() {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}
