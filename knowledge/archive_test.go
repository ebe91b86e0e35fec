package knowledge

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A base that is exported is read back as it was, by each of those who read.
func TestExport(t *testing.T) {
	base := Shipped()
	for _, id := range []string{"actor", "zoo-keeper"} {
		a, faults := Parse("a.md", []byte(article(id, id)))
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		base = base.With(a.Entries())
	}
	var b, again bytes.Buffer
	if err := errors.Join(Export(&b, base), Export(&again, base)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same base gives other bytes")
	}
	file := filepath.Join(t.TempDir(), "knowledge.zip")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadDir(file)
	if err != nil || !reflect.DeepEqual(loaded, base) {
		t.Errorf("loaded: %v, %v", loaded, err)
	}
	var names []string
	imported, err := ImportAll("knowledge.zip", b.Bytes(), ImportOptions{}, func(n, all int) { names = append(names, fmt.Sprint(n, "/", all)) })
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names, " "); got != "1/3 2/3 3/3" {
		t.Errorf("progress: %s", got)
	}
	for i, im := range imported {
		if !reflect.DeepEqual(im.Article, base.Articles[i]) {
			t.Errorf("imported %s is not what it was", im.Article.ID)
		}
	}
}

// What was removed is told beside the articles, and hinders nobody who reads
// them.
func TestRemoved(t *testing.T) {
	want := []EntryKey{{"actor", CareerEntry, ""}, {"baker", FAQEntry, "early"}, {"baker", SectionEntry, "pay"}}
	for name, base := range map[string]*Base{"with articles": Shipped(), "alone": {}} {
		var b bytes.Buffer
		if err := Export(&b, base, want...); err != nil {
			t.Fatal(err)
		}
		got, err := Removed(b.Bytes())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		list, err := ImportAll("x.zip", b.Bytes(), ImportOptions{}, func(int, int) {})
		if err != nil || len(list) != len(base.Articles) {
			t.Errorf("%s: imported %d, %v", name, len(list), err)
		}
	}
	for name, src := range map[string][]byte{"a text": []byte("baker/faq/early"), "a zip without": zipOf(t, zip.FileHeader{Name: "a.md", Comment: "x"})} {
		if got, err := Removed(src); got != nil || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, line := range []string{"baker", "baker/faq", "baker/faq/", "baker/faq/early/late", "baker/career/x", "Baker/faq/x", "baker/section/soup", "../faq/x", ""} {
		if got, err := Removed(zipOf(t, zip.FileHeader{Name: removedFile, Comment: line + "\n"})); err == nil {
			t.Errorf("%q is %v", line, got)
		}
	}
}

// zipOf makes a zip by hand, of what no program of ours would write.
func zipOf(t *testing.T, headers ...zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, h := range headers {
		text := h.Comment
		h.Comment = ""
		if h.UncompressedSize64 > 0 { // a lie
			h.CompressedSize64, h.CRC32 = uint64(len(text)), crc32.ChecksumIEEE([]byte(text))
			w, err := z.CreateRaw(&h)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = w.Write([]byte(text))
			continue
		}
		w, err := z.CreateHeader(&h)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A zip that would reach out of itself, or unpack without end, is refused.
func TestHostileArchives(t *testing.T) {
	link := zip.FileHeader{Name: "a.md", Comment: "/etc/passwd"}
	link.SetMode(os.ModeSymlink | 0o777)
	many := make([]zip.FileHeader, maxArchived+1)
	for i := range many {
		many[i].Name = fmt.Sprintf("%d.md", i)
	}
	for _, test := range []struct {
		name string
		src  []byte
		want string
	}{
		{"a path up", zipOf(t, zip.FileHeader{Name: "../a.md"}), "without folders"},
		{"an absolute path", zipOf(t, zip.FileHeader{Name: "/etc/a.md"}), "without folders"},
		{"a path of Windows", zipOf(t, zip.FileHeader{Name: `..\a.md`}), "without folders"},
		{"a drive", zipOf(t, zip.FileHeader{Name: `c:a.md`}), "without folders"},
		{"a folder", zipOf(t, zip.FileHeader{Name: `sub/a.md`}), "without folders"},
		{"twice", zipOf(t, zip.FileHeader{Name: "a.md"}, zip.FileHeader{Name: "A.md"}), "twice"},
		{"a link", zipOf(t, link), "is not a file"},
		{"a bomb", zipOf(t, zip.FileHeader{Name: "a.md", Method: zip.Deflate, Comment: strings.Repeat("\x00", maxArchive+1)}), "larger than 64 MB when it is unpacked"},
		{"a large file", zipOf(t, zip.FileHeader{Name: "a.md", Method: zip.Deflate, Comment: strings.Repeat("x", 5<<20)}), "larger than 1 MB"},
		{"a lie", zipOf(t, zip.FileHeader{Name: "a.md", UncompressedSize64: 5 << 20, Comment: "x"}), "cannot be read"},
		{"many files", zipOf(t, many...), "holds 10001 files"},
		{"half a zip", zipOf(t, zip.FileHeader{Name: "a.md", Comment: "x"})[:30], "the zip cannot be read"},
		{"no article", zipOf(t, zip.FileHeader{Name: "word/document.xml", Comment: "x"}), "without folders"},
		{"pictures alone", zipOf(t, zip.FileHeader{Name: "a.png", Comment: "x"}), "holds no"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ImportAll("a.zip", test.src, ImportOptions{}, func(int, int) {}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("imported: %.300v, want %s", err, test.want)
			}
			file := filepath.Join(t.TempDir(), "a.zip")
			if err := os.WriteFile(file, test.src, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := LoadDir(file); err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), file) {
				t.Errorf("loaded: %.300v, want %s", err, test.want)
			}
		})
	}
}

func FuzzArchive(f *testing.F) {
	var b bytes.Buffer
	if err := Export(&b, Shipped()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, src []byte) {
		fsys, err := openArchive(src)
		if err != nil {
			return
		}
		base, err := Load(fsys)
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Export(&b, base); err != nil {
			t.Fatal(err)
		}
		if fsys, err = openArchive(b.Bytes()); err != nil {
			t.Fatal(err)
		}
		if again, err := Load(fsys); err != nil || !reflect.DeepEqual(again, base) {
			t.Errorf("got %+v, %v, want %+v", again, err, base)
		}
	})
}
