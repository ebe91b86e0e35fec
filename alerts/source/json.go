package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// readJSON reads a file of JSON, and says what it is if it is none.
func readJSON(d document, into any) error {
	body := decode(d.body, d.header)
	if isHTML(body) {
		return errors.New("the server answers with a web page in place of a list of jobs: see whether the address is right")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the file is empty: see whether the address is right")
	}
	if json.Unmarshal(body, into) != nil {
		return errors.New("the list of jobs has another form than it should, or is cut off: see whether the address is right")
	}
	return nil
}

// each reads the postings of a list one by one: one that is written otherwise
// than it should be costs no other.
func each[P any](l *list, postings []json.RawMessage, add func(P)) {
	for i, raw := range postings {
		var p P
		if json.Unmarshal(raw, &p) != nil {
			l.skipped = append(l.skipped, Skipped{fmt.Sprintf("posting %d", i+1), "it has another form than it should"})
			continue
		}
		add(p)
	}
}

// text is a field that some write as text, some as a number, and some leave
// null.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*t = text(v)
	case float64:
		*t = text(strconv.FormatFloat(v, 'f', -1, 64))
	}
	return nil
}

// figure is a number that some write as text; what is none is 0.
type figure float64

func (f *figure) UnmarshalJSON(data []byte) error {
	var t text
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	n, _ := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(string(t)), ",", ""), 64)
	*f = figure(n)
	return nil
}
