package knowledge

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
)

const (
	// pollEvery is how often a folder is looked at. A change is taken when it
	// has been the same twice, and so it is live after two of these and the
	// time that the base takes to build.
	pollEvery = 500 * time.Millisecond
	// patience is how many looks a folder may take to come to rest.
	patience = 3
	// young is how long after a file was written another write may bear the
	// same time: two seconds on the coarsest file systems.
	young = 3 * time.Second
)

// Watch tells of every change of a folder of articles until ctx ends. Base is
// what the caller has loaded from it. After a change, changed is given the base
// to answer from and all that is wrong with the folder. Of a file that is
// broken, the last version that was sound stays in the base; where no article
// is left, or no folder, the whole base stays. The base is the very one before
// where nothing of it changes. A zip is not watched.
//
// The folder is polled. The notices of the operating system would come an
// instant earlier, but there are none on network mounts and in many a
// container, and none for a folder that vanishes and returns.
func Watch(ctx context.Context, dir string, base *Base, changed func(*Base, Faults)) {
	if strings.EqualFold(filepath.Ext(dir), ".zip") {
		return
	}
	w := watcher{dir: dir, base: base}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if w.poll(now) {
				changed(w.base, w.faults)
			}
		}
	}
}

type watcher struct {
	dir    string
	base   *Base
	faults Faults

	seen     look // the last one
	taken    look // the one that base was made after
	restless int  // how many looks in a row have differed
	begun    bool // taken once: what was wrong before, the caller has told
	good     map[string][]byte
}

// look is what the files of a folder looked like from outside.
type look map[string]stamp

// stamp tells one version of a file from another.
type stamp struct {
	size    int64
	mode    fs.FileMode
	written time.Time
	sum     [sha256.Size]byte // of a young file alone
}

// poll looks at the folder, and reports whether base or faults have changed.
func (w *watcher) poll(now time.Time) bool {
	seen, err := w.look(now)
	switch {
	case err != nil:
		w.seen, w.taken, w.restless = nil, nil, 0
		return w.keep(w.base, err)
	case w.taken != nil && maps.Equal(seen, w.taken):
		w.seen, w.restless = seen, 0
		return false
	case !maps.Equal(seen, w.seen) && w.restless < patience:
		w.seen = seen
		w.restless++
		return false
	}
	w.seen, w.taken, w.restless = seen, seen, 0
	return w.take()
}

func (w *watcher) look(now time.Time) (look, Faults) {
	if err := checkDir(w.dir); err != nil {
		faults, _ := errors.AsType[Faults](err)
		return nil, faults
	}
	fsys := os.DirFS(w.dir)
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, unreadable(err)
	}
	seen := look{}
	for _, e := range entries {
		if !isArticle(e.Name()) {
			continue
		}
		info, err := fs.Stat(fsys, e.Name()) // of what a link leads to
		if err != nil {
			seen[e.Name()] = stamp{}
			continue
		}
		s := stamp{size: info.Size(), mode: info.Mode(), written: info.ModTime()}
		if now.Sub(s.written).Abs() < young {
			src, _ := read(fsys, e.Name())
			s.sum = sha256.Sum256(src)
		}
		seen[e.Name()] = s
	}
	return seen, nil
}

// take makes a base of the folder as it is.
func (w *watcher) take() bool {
	files, err := readFiles(os.DirFS(w.dir))
	if err != nil {
		return w.keep(w.base, unreadable(err))
	}
	base, faults, _ := build(files)
	broken := map[string]bool{}
	for _, f := range faults {
		broken[f.File] = true
	}
	good := map[string][]byte{}
	again := false
	for i, f := range files {
		if !broken[f.name] {
			good[f.name] = f.src
		} else if src, found := w.good[f.name]; found {
			good[f.name] = src
			files[i] = sourceFile{name: f.name, src: src}
			again = true
		}
	}
	w.good = good
	if again {
		base, _, _ = build(files)
	}
	if len(base.Articles) == 0 || reflect.DeepEqual(base, w.base) {
		base = w.base
	}
	return w.keep(base, faults)
}

// keep reports whether base or faults are others than before.
func (w *watcher) keep(base *Base, faults Faults) bool {
	faults = faults.in(w.dir)
	changed := base != w.base || !slices.Equal(faults, w.faults) && w.begun
	w.base, w.faults, w.begun = base, faults, true
	return changed
}
