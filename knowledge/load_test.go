package knowledge

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// article is a sound article under another id and title.
func article(id, title string) string {
	s := strings.Replace(small, "id: back-end-developer", "id: "+id, 1)
	s = strings.Replace(s, "title: Back-end developer", "title: "+title, 1)
	return strings.Replace(s, "aliases: [backend developer, back end engineer, server-side developer]\n", "", 1)
}

func TestLoad(t *testing.T) {
	tests := []struct {
		name   string
		files  map[string]string
		want   string // the ids
		faults []string
	}{
		{"sorted by id", map[string]string{"1.md": article("z", "Zoo keeper"), "2.MD": article("a", "Actor")}, "a z", nil},
		{"other files", map[string]string{
			"a.md": article("a", "Actor"), "README.md": "# Hello", "readme.MD": "", ".b.md": "", "notes.txt": "", "md": "", "sub/c.md": "",
		}, "a", nil},
		{"nothing", map[string]string{"README.md": ""}, "", []string{
			"the folder holds no article: put articles (*.md) into it, or use those shipped",
		}},
		{"half broken", map[string]string{
			"a.md": strings.Replace(article("a", "Actor"), "topic: overview", "topic: what", 1),
			"b.md": article("b", "Baker"),
			"c.md": strings.Replace(strings.Replace(article("c", "Clerk"), "says: no", "says: so", 1), "2026-11-23", "2026", 1),
		}, "b", []string{
			`a.md:10: unknown topic "what": write one of overview, duties, pay, pay-factors, types, workplace, education, skills, faq`,
			`c.md:5: read "2026" is not a date: write it as 2006-01-02, or leave it empty if it is unknown`,
			`c.md:19: says "so": write says: yes or says: no, or leave it out if the answer is neither`,
		}},
		{"two of an id", map[string]string{"a.md": article("x", "Actor"), "b.md": article("x", "Baker")}, "x", []string{
			`b.md:2: id "x" again: choose another: it is that of a.md`,
		}},
		{"two of a title", map[string]string{"a.md": article("a", "Movie actor"), "b.md": article("b", "movie-ACTOR")}, "a", []string{
			`b.md:3: "movie-ACTOR" also names the article of a.md:3: keep it in one of them, so that people who ask by it get that one`,
		}},
		{"alias and title", map[string]string{
			"a.md": strings.Replace(article("a", "Actor"), "region:", "aliases: [player, baker]\nregion:", 1),
			"b.md": article("b", "Baker"),
		}, "a", []string{
			`b.md:3: "Baker" also names the article of a.md:4: keep it in one of them, so that people who ask by it get that one`,
		}},
		{"a folder of that name", map[string]string{"a.md": article("a", "Actor"), "b.md/c.txt": ""}, "a", []string{
			"b.md: this is not a file: give it a name that does not end in .md",
		}},
		{"a large file", map[string]string{"a.md": article("a", "Actor"), "b.md": strings.Repeat("b", 5<<20)}, "a", []string{
			"b.md: the file is larger than 1 MB: split it: one occupation is one file",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fsys := make(fstest.MapFS)
			for name, text := range test.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			base, err := Load(fsys)
			if got := ids(base); got != test.want {
				t.Errorf("articles %q, want %q", got, test.want)
			}
			checkFaults(t, err, test.faults...)
		})
	}
}

// brokenFS fails where it is told to.
type brokenFS struct {
	fs.FS
	name string
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == b.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.FS.Open(name)
}

func TestLoadUnreadable(t *testing.T) {
	fsys := fstest.MapFS{"a.md": {Data: []byte(article("a", "Actor"))}, "b.md": {Data: []byte(article("b", "Baker"))}}
	base, err := Load(brokenFS{fsys, "b.md"})
	if got := ids(base); got != "a" {
		t.Errorf("articles %q", got)
	}
	checkFaults(t, err, "b.md: the file cannot be read: permission denied: let the program read it, or delete it")

	base, err = Load(brokenFS{fsys, "."})
	if base == nil || len(base.Articles) > 0 {
		t.Errorf("base %v", base)
	}
	checkFaults(t, err, "the folder cannot be read: permission denied: let the program read it")
}

func TestLoadDir(t *testing.T) {
	dir := t.TempDir()
	base, err := LoadDir(dir)
	if base == nil {
		t.Error("no base")
	}
	checkFaults(t, err, dir+": the folder holds no article: put articles (*.md) into it, or use those shipped")

	_, err = LoadDir(filepath.Join(dir, "missing"))
	checkFaults(t, err, filepath.Join(dir, "missing")+": the folder does not exist: make it and put articles (*.md) into it, or use those shipped")

	_, err = LoadDir(strings.Repeat("x", 5000))
	if faults, ok := errors.AsType[Faults](err); !ok || !strings.HasPrefix(faults[0].What, "the folder cannot be read: ") {
		t.Errorf("a name too long: %v", err)
	}

	file := filepath.Join(dir, "a.md")
	if err := os.WriteFile(file, []byte(article("a", "Actor")), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = LoadDir(file)
	checkFaults(t, err, file+": this is a file: name the folder that it lies in")

	base, err = LoadDir(dir)
	if got := ids(base); err != nil || got != "a" {
		t.Errorf("articles %q, %v", got, err)
	}
	checkFaults(t, CheckDir(dir), file+":19: the question has 2 other phrasings: write 8 or more: it is by them that it is found")

	// What a dead link names cannot be read.
	link := filepath.Join(dir, "b.md")
	if err := os.Symlink(filepath.Join(dir, "missing"), link); err != nil {
		t.Fatal(err)
	}
	base, err = LoadDir(dir)
	if got := ids(base); got != "a" {
		t.Errorf("articles %q", got)
	}
	checkFaults(t, err, link+": the file cannot be read: no such file or directory: let the program read it, or delete it")
}

// TestShipped lists every fault of the articles that are part of the program.
func TestShipped(t *testing.T) {
	if err := CheckDir("content"); err != nil {
		t.Error(err)
	}
	base := Shipped()
	if len(base.Articles) == 0 {
		t.Fatal("no article")
	}
	for _, a := range base.Articles {
		if base.Article(a.ID) != a {
			t.Errorf("article %s is not found", a.ID)
		}
		checkRoundTrip(t, a)
	}
}

func ids(base *Base) string {
	var ids []string
	for _, a := range base.Articles {
		ids = append(ids, a.ID)
	}
	return strings.Join(ids, " ")
}

func checkFaults(t *testing.T, err error, want ...string) {
	t.Helper()
	if err == nil {
		err = Faults(nil)
	}
	faults, ok := errors.AsType[Faults](err)
	if !ok {
		t.Fatalf("%v is no Faults", err)
	}
	if got := faults.Error(); got != strings.Join(want, "\n") {
		t.Errorf("faults\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func BenchmarkShipped(b *testing.B) {
	for b.Loop() {
		Shipped()
	}
}
