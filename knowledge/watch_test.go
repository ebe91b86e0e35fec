package knowledge

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// folder is a watched folder whose clock the test turns.
type folder struct {
	t   *testing.T
	dir string
	w   watcher
	now time.Time
}

func watched(t *testing.T, files map[string]string) *folder {
	t.Helper()
	f := &folder{t: t, dir: filepath.Join(t.TempDir(), "articles"), now: time.Now()}
	if err := os.Mkdir(f.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		f.write(name, text)
	}
	base, _ := LoadDir(f.dir)
	f.w = watcher{dir: f.dir, base: base}
	if f.settle() {
		t.Fatal("the folder as it was loaded counts as a change")
	}
	return f
}

func (f *folder) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) rename(from, to string) {
	f.t.Helper()
	if err := os.Rename(filepath.Join(f.dir, from), filepath.Join(f.dir, to)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) poll() bool {
	f.now = f.now.Add(pollEvery)
	return f.w.poll(f.now)
}

// settle looks as often as fits into the time within which a change is live.
func (f *folder) settle() bool {
	changed := false
	for range int(2*time.Second/pollEvery) - 1 {
		changed = f.poll() || changed
	}
	return changed
}

// expect holds which articles are answered from, and what is told.
func (f *folder) expect(changed bool, titles string, faults ...string) {
	f.t.Helper()
	if got := f.settle(); got != changed {
		f.t.Errorf("changed: %v", got)
	}
	var list []string
	for _, a := range f.w.base.Articles {
		list = append(list, a.ID+"="+a.Title)
	}
	if got := strings.Join(list, " "); got != titles {
		f.t.Errorf("articles %s, want %s", got, titles)
	}
	if len(f.w.faults) != len(faults) {
		f.t.Errorf("faults: %v", f.w.faults)
		return
	}
	for i, want := range faults {
		if got := f.w.faults[i].String(); !strings.Contains(got, want) || !strings.HasPrefix(got, f.dir) {
			f.t.Errorf("fault %s, want %s", got, want)
		}
	}
}

func TestWatcher(t *testing.T) {
	actor, baker := article("actor", "Actor"), article("baker", "Baker")
	broken := strings.Replace(article("actor", "Player"), "topic: overview", "topic: what", 1)
	start := map[string]string{"a.md": actor}
	for _, test := range []struct {
		name string
		do   func(t *testing.T, f *folder)
	}{
		{"nothing", func(t *testing.T, f *folder) { f.expect(false, "actor=Actor") }},
		{"saved", func(t *testing.T, f *folder) {
			f.write("a.md", article("actor", "Player"))
			f.expect(true, "actor=Player")
		}},
		{"saved as it was", func(t *testing.T, f *folder) {
			f.write("a.md", actor)
			f.expect(false, "actor=Actor")
		}},
		{"the same size at the same time", func(t *testing.T, f *folder) {
			info, err := os.Stat(filepath.Join(f.dir, "a.md"))
			if err != nil {
				t.Fatal(err)
			}
			f.write("a.md", article("actor", "Actes"))
			if err := os.Chtimes(filepath.Join(f.dir, "a.md"), info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
			f.expect(true, "actor=Actes")
		}},
		{"added", func(t *testing.T, f *folder) {
			f.write("b.md", baker)
			f.expect(true, "actor=Actor baker=Baker")
		}},
		{"other files", func(t *testing.T, f *folder) {
			f.write("README.md", "hello")
			f.write(".a.md.swp", "x")
			f.write("a.md~", "x")
			f.expect(false, "actor=Actor")
		}},
		{"removed", func(t *testing.T, f *folder) {
			f.write("b.md", baker)
			f.expect(true, "actor=Actor baker=Baker")
			if err := os.Remove(filepath.Join(f.dir, "a.md")); err != nil {
				t.Fatal(err)
			}
			f.expect(true, "baker=Baker")
		}},
		{"renamed", func(t *testing.T, f *folder) {
			f.rename("a.md", "z.md")
			f.expect(false, "actor=Actor")
		}},
		{"written beside and renamed", func(t *testing.T, f *folder) {
			f.write(".a.md.tmp", article("actor", "Player"))
			f.rename(".a.md.tmp", "a.md")
			f.expect(true, "actor=Player")
		}},
		{"moved away and written anew", func(t *testing.T, f *folder) {
			f.rename("a.md", "a.md~")
			f.write("a.md", article("actor", "Player"))
			f.expect(true, "actor=Player")
		}},
		{"half written", func(t *testing.T, f *folder) {
			whole := article("actor", "Player")
			f.write("a.md", whole[:20])
			if f.poll() {
				t.Error("a file is taken while it is being written")
			}
			f.write("a.md", whole)
			f.expect(true, "actor=Player")
		}},
		{"never at rest", func(t *testing.T, f *folder) {
			changed := false
			for i := range patience + 1 {
				f.write("a.md", article("actor", "Player"+strings.Repeat("x", i)))
				changed = f.poll() || changed
			}
			if !changed {
				t.Error("a folder that changes all the time is never read")
			}
		}},
		{"broken, and mended", func(t *testing.T, f *folder) {
			f.write("b.md", baker)
			f.expect(true, "actor=Actor baker=Baker")
			f.write("a.md", broken)
			f.expect(true, "actor=Actor baker=Baker", `unknown topic "what"`)
			f.write("b.md", article("baker", "Bread maker"))
			f.expect(true, "actor=Actor baker=Bread maker", `unknown topic "what"`)
			f.write("a.md", article("actor", "Player"))
			f.expect(true, "actor=Player baker=Bread maker")
		}},
		{"broken from the beginning", func(t *testing.T, f *folder) {
			f.write("b.md", broken)
			f.expect(true, "actor=Actor", `id "actor" again`, `unknown topic "what"`)
			f.write("b.md", baker)
			f.expect(true, "actor=Actor baker=Baker")
		}},
		{"the id of another", func(t *testing.T, f *folder) {
			f.write("b.md", article("actor", "Baker"))
			f.expect(true, "actor=Actor", `id "actor" again`)
		}},
		{"emptied", func(t *testing.T, f *folder) {
			if err := os.Remove(filepath.Join(f.dir, "a.md")); err != nil {
				t.Fatal(err)
			}
			f.expect(true, "actor=Actor", "the folder holds no article")
			f.write("b.md", baker)
			f.expect(true, "baker=Baker")
		}},
		{"vanished, and back", func(t *testing.T, f *folder) {
			away := f.dir + "-away"
			if err := os.Rename(f.dir, away); err != nil {
				t.Fatal(err)
			}
			f.expect(true, "actor=Actor", "the folder does not exist")
			f.expect(false, "actor=Actor", "the folder does not exist")
			if err := os.Rename(away, f.dir); err != nil {
				t.Fatal(err)
			}
			f.expect(true, "actor=Actor")
			f.write("a.md", article("actor", "Player"))
			f.expect(true, "actor=Player")
		}},
		{"a link that leads elsewhere now", func(t *testing.T, f *folder) {
			f.write("one.txt", baker)
			f.write("two.txt", article("baker", "Bread maker"))
			link := filepath.Join(f.dir, "b.md")
			if err := os.Symlink("one.txt", link); err != nil {
				t.Fatal(err)
			}
			f.expect(true, "actor=Actor baker=Baker")
			if err := os.Remove(link); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("two.txt", link); err != nil {
				t.Fatal(err)
			}
			f.expect(true, "actor=Actor baker=Bread maker")
		}},
	} {
		t.Run(test.name, func(t *testing.T) { test.do(t, watched(t, start)) })
	}
}

// Watch itself, on the real clock.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.md")
	if err := os.WriteFile(file, []byte(article("actor", "Actor")), 0o644); err != nil {
		t.Fatal(err)
	}
	base, err := LoadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan string)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Watch(ctx, dir, base, func(b *Base, faults Faults) { got <- b.Articles[0].Title + faults.Error() })
	}()
	if err := os.WriteFile(file, []byte(article("actor", "Player")), 0o644); err != nil {
		t.Fatal(err)
	}
	if title := <-got; title != "Player" {
		t.Errorf("changed to %s", title)
	}
	cancel()
	<-ended
}
