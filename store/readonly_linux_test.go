package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A file that may only be read is told of at the start.
func TestReadOnlyFile(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "store-") // which others can get to, unlike that of the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(os.Chmod(dir, 0o700), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), os.Chmod(filepath.Join(dir, fileName), 0o444), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	cmd := child(t, "open", where(Options{Dir: dir})...)
	cmd.Path = "/proc/self/exe" // whose folder others cannot get to
	if os.Getuid() == 0 {       // who may write everything
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), ErrReadOnly.Error()) || !strings.Contains(string(out), mends[ErrReadOnly]) {
		t.Errorf("opened with %v: %s", err, out)
	}
}
