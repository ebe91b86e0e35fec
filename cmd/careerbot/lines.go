package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

// maxLine is how much of a line is read, in bytes: more than any question, and
// little enough for a line without an end.
const maxLine = 128 << 10

// line is a line of input, without its end.
type line struct {
	text string
	cut  bool // it was longer than maxLine; text is how it begins
}

// readLines gives the lines of r one by one, as soon as each is there, and the
// error that ended them if it was not the end of the input.
func readLines(r io.Reader) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		in := bufio.NewReader(r)
		for {
			l, err := readLine(in)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// readLine reads a line and keeps at most maxLine bytes of it. It gives io.EOF
// only where there is nothing more, not after a last line without an end.
func readLine(in *bufio.Reader) (line, error) {
	var text []byte
	var l line
	for read := false; ; read = true {
		chunk, err := in.ReadSlice('\n')
		ended := err == nil
		if errors.Is(err, io.EOF) && (read || len(chunk) > 0) {
			ended = true
		}
		if err != nil && !ended && !errors.Is(err, bufio.ErrBufferFull) {
			return line{}, err
		}
		chunk = bytes.TrimSuffix(chunk, []byte("\n"))
		if room := maxLine - len(text); len(chunk) > room {
			chunk, l.cut = chunk[:room], true
		}
		text = append(text, chunk...)
		if ended {
			l.text = string(bytes.TrimSuffix(text, []byte("\r")))
			return l, nil
		}
	}
}
