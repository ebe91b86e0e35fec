package main

import (
	"fmt"
	"io"
	"strings"
)

// barWidth is how many columns a bar takes, without what stands around it.
const barWidth = 30

// bar shows how far long work has come, on a terminal alone: elsewhere it would
// only be noise.
type bar struct {
	w     io.Writer
	what  string // what is being done: "Copying"
	shown int    // how much of the last line is filled, so that no line is drawn twice
}

// newBar returns a bar on w, which is nil if w is no terminal.
func newBar(w io.Writer, what string) *bar {
	if !isTerminal(w) {
		return nil
	}
	return &bar{w: w, what: what, shown: -1}
}

// show draws how far the work is. The last time is when done is all.
func (b *bar) show(done, all int64) {
	if b == nil || all <= 0 {
		return
	}
	percent := int(100 * done / all)
	if percent == b.shown {
		return
	}
	b.shown = percent
	full := barWidth * percent / 100
	fmt.Fprintf(b.w, "\r%s [%s%s] %3d %%", b.what, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), percent)
	if done == all {
		fmt.Fprintln(b.w)
	}
}
