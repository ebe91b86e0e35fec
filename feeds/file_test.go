package feeds

import (
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/store"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, src string
		want      []store.Source
		faults    string
	}{
		{name: "nothing"},
		{name: "remarks", src: "# none yet\n"},
		{name: "an empty list", src: "[]\n"},
		{
			name: "all that can be said", src: "- url: https://jobs.example/list\n  name: Example\n  kind: feed\n  interval: 6h\n",
			want: []store.Source{{Kind: "feed", URL: "https://jobs.example/list", Name: "Example", Interval: 6 * time.Hour}},
		},
		{
			name: "what its address tells", src: "- url: https://boards.greenhouse.io/acme\n- url: https://jobs.example/jobs.rss\n",
			want: []store.Source{
				{Kind: "greenhouse", URL: "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true"},
				{Kind: "feed", URL: "https://jobs.example/jobs.rss"},
			},
		},
		{name: "no YAML", src: "- url: https://jobs.example/\n - name\n", faults: "1: this is not YAML"},
		{name: "no list", src: "url: https://jobs.example/\n", faults: "1: this is no list"},
		{name: "the same twice", src: "- url: https://jobs.example/a\n\n- url: HTTPS://JOBS.example/a\n", faults: "3: the source of line 1 has the same address"},
		{name: "said twice", src: "- url: https://jobs.example/a\n  name: A\n  name: B\n", faults: "3: "},
		{name: "no text", src: "- url: [https://jobs.example/a]\n", faults: "1: url has to be a text"},
		{name: "a place that leads in a circle", src: "- &a\n  url: *a\n", faults: "2: url has to be a text"},
		{name: "no such kind", src: "- url: https://jobs.example/a\n  kind: rss\n", faults: `2: kind: there is no kind "rss": give one of greenhouse, lever`},
		{name: "another kind", src: "- url: https://remoteok.com\n  kind: feed\n", faults: "2: kind: the address is of the kind remoteok"},
		{name: "a long name", src: "- url: https://jobs.example/a\n  name: " + strings.Repeat("é", MostName+1) + "\n", faults: "2: name: a name has at most 80 characters"},
		{name: "no time", src: "- url: https://jobs.example/a\n  interval: 6\n", faults: "2: interval: give a time"},
		{name: "never", src: "- url: https://jobs.example/a\n  interval: -6h\n", faults: "2: interval: give a time"},
		{name: "a site that forbids it", src: "- url: https://www.linkedin.com/jobs\n", faults: "1: url: LinkedIn does not let programs read its jobs"},
		{name: "all at once, in order", src: "- name: x\n- url: nonsense\n  colour: red\n", faults: "1: the source has no url\n2: url: \n3: \"colour\" cannot be said"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list, faults := parse([]byte(test.src))
			if got := len(faults); got != len(strings.FieldsFunc(test.faults, func(r rune) bool { return r == '\n' })) {
				t.Fatalf("%d faults: %+v", got, faults)
			}
			for i, want := range strings.Split(test.faults, "\n") {
				if want == "" {
					continue
				}
				if got := (&Faults{"f", faults[i : i+1]}).Error(); !strings.HasPrefix(got, "f:"+want) {
					t.Errorf("got %s, want f:%s", got, want)
				}
			}
			if test.faults != "" {
				return
			}
			if len(list) != len(test.want) {
				t.Fatalf("got %+v, want %+v", list, test.want)
			}
			for i := range list {
				if list[i] != test.want[i] {
					t.Errorf("got %+v, want %+v", list[i], test.want[i])
				}
			}
		})
	}
}

// Whatever stands in a file, faults lie in it, and what is read can be kept.
func FuzzParse(f *testing.F) {
	f.Add("- url: https://jobs.example/list\n  name: Example\n  kind: feed\n  interval: 6h\n")
	f.Add("- &a [*a, {b: c}]\n- url: x\n  url: y\n")
	f.Add("a: b\n--- \n- c")
	f.Add("\r\rU")
	f.Fuzz(func(t *testing.T, src string) {
		list, faults := parse([]byte(src))
		lines := 1
		for _, r := range src {
			if strings.ContainsRune("\n\r\u0085\u2028\u2029", r) { // what ends a line in YAML
				lines++
			}
		}
		for _, fault := range faults {
			if fault.What == "" || fault.Line < 1 || fault.Line > lines+1 {
				t.Errorf("fault %+v in %d lines", fault, lines)
			}
		}
		seen := map[string]bool{}
		for _, s := range list {
			if s.Kind == "" || s.URL == "" || seen[s.URL] || s.Interval < 0 {
				t.Errorf("a source %+v", s)
			}
			seen[s.URL] = true
		}
	})
}
