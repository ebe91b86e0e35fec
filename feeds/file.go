package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/careerbot/careerbot/alerts/source"
	"github.com/careerbot/careerbot/store"
)

// sources.yaml is a list of the operator's sources:
//
//   - url: https://boards.greenhouse.io/acme
//     name: Acme
//   - url: https://jobs.example/list
//     kind: feed
//     interval: 6h
//
// Name, kind and interval may be left out.

const (
	mostFile     = 1 << 20 // bytes
	mostInterval = 30 * 24 * time.Hour
)

// fromFile is who has added a source that stands in the file. Sources that were
// added otherwise stay when they are not in it.
const fromFile = "sources.yaml"

// Fault is what is wrong with a line of a file of sources.
type Fault struct {
	Line int
	What string // and what to do
}

// Faults is all that is wrong with a file of sources.
type Faults struct {
	File string
	List []Fault
}

func (f *Faults) Error() string {
	lines := make([]string, len(f.List))
	for i, fault := range f.List {
		lines[i] = fmt.Sprintf("%s:%d: %s", f.File, fault.Line, fault.What)
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return fmt.Sprintf("%d things are wrong with the sources:\n  %s", len(lines), strings.Join(lines, "\n  "))
}

// ReadFile reads a file of sources. The error is fs.ErrNotExist if there is
// none, or *Faults with all that is wrong.
func ReadFile(name string) ([]store.Source, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > mostFile {
		return nil, fmt.Errorf("%s is too large: a list of sources has at most %d kB", name, mostFile>>10)
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	list, faults := parse(src)
	if len(faults) > 0 {
		return nil, &Faults{name, faults}
	}
	return list, nil
}

// parse reads sources, and lists what is wrong with them.
func parse(src []byte) (list []store.Source, faults []Fault) {
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return nil, []Fault{syntax(err)}
	}
	if len(doc.Content) == 0 { // nothing but remarks
		return nil, nil
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.SequenceNode {
		return nil, []Fault{{root.Line, "this is no list: begin each source with \"- url: \" and its address"}}
	}
	lines := map[string]int{} // of each address
	for _, item := range root.Content {
		s, wrong := parseSource(item)
		faults = append(faults, wrong...)
		if len(wrong) > 0 {
			continue
		}
		if first := lines[s.URL]; first > 0 {
			faults = append(faults, Fault{item.Line, fmt.Sprintf("the source of line %d has the same address: take one of them out", first)})
			continue
		}
		lines[s.URL] = item.Line
		list = append(list, s)
	}
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return list, faults
}

// syntax is what a parser of YAML says, with the line in its place.
func syntax(err error) Fault {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if n, rest, found := strings.Cut(strings.TrimPrefix(text, "line "), ": "); found {
		if _, err := fmt.Sscanf(n, "%d", &line); err == nil {
			text = rest
		}
	}
	return Fault{max(line, 1), "this is not YAML (" + text + "): begin each source with \"- url: \" and its address, and indent what belongs to it by two spaces"}
}

// fields are what can be said of a source in the file.
var fields = map[string]func(s *store.Source, value string) error{
	"url": func(s *store.Source, value string) (err error) {
		s.Kind, s.URL, err = source.Recognise(value)
		return err
	},
	"name": func(s *store.Source, value string) error {
		s.Name = value
		return CheckName(value)
	},
	"kind": func(*store.Source, string) error { return nil }, // see withKind
	"interval": func(s *store.Source, value string) (err error) {
		s.Interval, err = time.ParseDuration(value)
		if err != nil || s.Interval < time.Minute || s.Interval > mostInterval {
			return errors.New("give a time from 1m to 720h, such as 6h")
		}
		return nil
	},
}

// CheckName says what is wrong with the name of a source.
func CheckName(name string) error {
	if utf8.RuneCountInString(name) > MostName {
		return fmt.Errorf("a name has at most %d characters: shorten it", MostName)
	}
	return nil
}

func parseSource(item *yaml.Node) (s store.Source, faults []Fault) {
	if item.Kind != yaml.MappingNode {
		return s, []Fault{{item.Line, "this is no source: begin it with \"- url: \" and its address"}}
	}
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(item.Content); i += 2 {
		key, value := item.Content[i], item.Content[i+1]
		set := fields[key.Value]
		switch {
		case set == nil:
			faults = append(faults, Fault{key.Line, fmt.Sprintf("%q cannot be said of a source: it has url, name, kind and interval", key.Value)})
			continue
		case seen[key.Value] != nil:
			faults = append(faults, Fault{key.Line, key.Value + " stands there twice: take one of them out"})
			continue
		case value.Kind != yaml.ScalarNode:
			faults = append(faults, Fault{value.Line, key.Value + " has to be a text on one line"})
		default:
			if err := set(&s, strings.TrimSpace(value.Value)); err != nil {
				faults = append(faults, Fault{value.Line, key.Value + ": " + err.Error()})
			}
		}
		seen[key.Value] = value
	}
	if seen["url"] == nil {
		faults = append(faults, Fault{item.Line, "the source has no url: add one"})
	}
	if kind := seen["kind"]; kind != nil && s.Kind != "" {
		if err := withKind(&s, strings.TrimSpace(kind.Value)); err != nil {
			faults = append(faults, Fault{kind.Line, "kind: " + err.Error()})
		}
	}
	return s, faults
}

// withKind gives a source the kind that somebody says it has, where its address
// does not tell.
func withKind(s *store.Source, kind string) error {
	if _, known := source.KindOf(kind); !known {
		var names []string
		for _, k := range source.Kinds() {
			names = append(names, k.Name)
		}
		return fmt.Errorf("there is no kind %q: give one of %s, or leave it out", kind, strings.Join(names, ", "))
	}
	tells := func(kind string) bool { return kind != "feed" && kind != "web" }
	if kind != s.Kind && (tells(kind) || tells(s.Kind)) {
		return fmt.Errorf("the address is of the kind %s: leave the kind out", s.Kind)
	}
	s.Kind = kind
	return nil
}

// Declare makes the operator's sources those of a list: what is missing is
// added, what has changed is changed, and what was in the list before and no
// longer is removed. It tells how many were added and removed.
func Declare(ctx context.Context, s *store.Store, list []store.Source) (added, removed int, err error) {
	has, err := s.Sources(ctx, "")
	if err != nil {
		return 0, 0, err
	}
	held := map[string]store.Source{}
	for _, src := range has {
		held[src.URL] = src
	}
	for _, src := range list {
		old, is := held[src.URL]
		delete(held, src.URL)
		if is && old.Kind == src.Kind && old.Name == src.Name && old.Interval == src.Interval {
			continue // one that was disabled stays so over a restart
		}
		src.AddedBy = fromFile
		if _, err := s.AddSource(ctx, src); err != nil {
			return added, removed, err
		}
		if !is {
			added++
		}
	}
	for _, src := range slices.SortedFunc(maps.Values(held), func(a, b store.Source) int { return cmp.Compare(a.ID, b.ID) }) {
		if src.AddedBy != fromFile {
			continue
		}
		if err := s.RemoveSource(ctx, "", src.ID, ""); err != nil && !errors.Is(err, store.ErrNotFound) {
			return added, removed, err
		}
		removed++
	}
	return added, removed, nil
}
