package knowledge

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// The limits of a zip of articles. What it says of itself is held against
// them; and no file is read beyond maxFile, whatever it says.
const (
	maxArchive  = 64 << 20 // bytes, packed, and unpacked as well
	maxArchived = 10_000   // files
)

// Export writes the articles of a base into a zip: one Markdown file each,
// named by its ID. LoadDir, CheckDir and ImportAll read it back as it was. The
// same base gives the same bytes. What a community has taken out of the base
// that others begin with may be listed beside the articles, for Removed.
func Export(w io.Writer, b *Base, removed ...EntryKey) error {
	z := zip.NewWriter(w)
	for _, a := range b.Articles {
		f, err := z.CreateHeader(&zip.FileHeader{Name: a.ID + ".md", Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("write the zip: %w", err)
		}
		if _, err := f.Write(Format(a)); err != nil {
			return fmt.Errorf("write the zip: %w", err)
		}
	}
	if len(removed) > 0 {
		f, err := z.CreateHeader(&zip.FileHeader{Name: removedFile, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("write the zip: %w", err)
		}
		for _, k := range removed {
			if _, err := fmt.Fprintln(f, k); err != nil {
				return fmt.Errorf("write the zip: %w", err)
			}
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write the zip: %w", err)
	}
	return nil
}

// removedFile is the file of a zip that lists the keys of removed entries, one a
// line.
const removedFile = "removed.list"

// Removed lists the entries that were removed where a file was exported: none
// of a file that is no zip.
func Removed(src []byte) ([]EntryKey, error) {
	if !IsArchive(src) {
		return nil, nil
	}
	fsys, err := openArchive(src)
	if err != nil {
		return nil, err
	}
	text, fault := read(fsys, removedFile)
	if _, err := fs.Stat(fsys, removedFile); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if fault != nil {
		return nil, Faults{*fault}
	}
	var keys []EntryKey
	var faults Faults
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		k, ok := parseKey(strings.TrimSpace(line))
		if !ok {
			faults = append(faults, Fault{removedFile, n, quoted(strings.TrimSpace(line)) + " is not the key of an entry", "write career/kind/id, or delete the line"})
			continue
		}
		keys = append(keys, k)
	}
	if faults != nil {
		return nil, faults
	}
	return keys, nil
}

// IsArchive reports whether a file is a zip.
func IsArchive(src []byte) bool {
	return bytes.HasPrefix(src, []byte("PK\x03\x04")) || bytes.HasPrefix(src, []byte("PK\x05\x06"))
}

// openArchive gives the files of a zip as a folder.
func openArchive(src []byte) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(src), int64(len(src)))
	if err != nil {
		return nil, Faults{{What: "the zip cannot be read: " + err.Error(), Mend: "export it again"}}
	}
	if len(z.File) > maxArchived {
		return nil, Faults{{What: fmt.Sprintf("the zip holds %d files", len(z.File)), Mend: fmt.Sprintf("split it: it may hold %d", maxArchived)}}
	}
	var size uint64
	names := map[string]bool{}
	for _, f := range z.File {
		switch name := f.Name; {
		case !fs.ValidPath(name) || strings.ContainsAny(name, `/\:`):
			return nil, Faults{{What: "the zip holds " + quoted(name), Mend: "put the articles into it by themselves, without folders"}}
		case names[strings.ToLower(name)]:
			return nil, Faults{{What: "the zip holds " + quoted(name) + " twice", Mend: "keep one"}}
		case !f.Mode().IsRegular():
			return nil, Faults{{What: quoted(name) + " in the zip is not a file", Mend: "delete it"}}
		}
		names[strings.ToLower(f.Name)] = true
		if f.UncompressedSize64 > maxArchive || size+f.UncompressedSize64 > maxArchive {
			return nil, Faults{{What: "the zip is larger than 64 MB when it is unpacked", Mend: "split it"}}
		}
		size += f.UncompressedSize64
	}
	return z, nil
}

// openDir opens a folder of articles on disk, or a zip of one.
func openDir(dir string) (fs.FS, error) {
	if !strings.EqualFold(filepath.Ext(dir), ".zip") {
		if err := checkDir(dir); err != nil {
			return nil, err
		}
		return os.DirFS(dir), nil
	}
	src, err := readArchive(dir)
	if err != nil {
		return nil, err
	}
	return openArchive(src)
}

func readArchive(file string) ([]byte, error) {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		if err := checkDir(file); err != nil {
			return nil, err
		}
		return nil, Faults{{What: "this is a folder", Mend: "give it a name that does not end in .zip"}}
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, Faults{{What: "the zip cannot be read: " + reason(err), Mend: "let the program read it"}}
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxArchive+1))
	switch {
	case err != nil:
		return nil, Faults{{What: "the zip cannot be read: " + reason(err), Mend: "let the program read it"}}
	case len(src) > maxArchive:
		return nil, Faults{{What: "the zip is larger than 64 MB", Mend: "split it"}}
	}
	return src, nil
}

// ImportAll is Import for a file that may be a zip of several, in the order of
// their names. What is wrong with one of them is told with its name. After each
// file, done is told how many of all are. A zip that only lists what was Removed
// holds none.
func ImportAll(name string, src []byte, opts ImportOptions, done func(n, all int)) ([]*Imported, error) {
	if !IsArchive(src) {
		im, err := Import(name, src, opts)
		if err != nil {
			return nil, err
		}
		done(1, 1)
		return []*Imported{im}, nil
	}
	fsys, err := openArchive(src)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("read the zip: %w", err)
	}
	var files []string
	removes := false
	for _, e := range entries {
		if isImportable(e.Name()) {
			files = append(files, e.Name())
		}
		removes = removes || e.Name() == removedFile
	}
	switch {
	case len(files) == 0 && removes:
		return nil, nil
	case len(files) == 0:
		return nil, noArticle("the zip holds no text, Markdown or HTML file", "Choose another, or save a document as one of these")
	case len(files) > 1 && opts.Career != "":
		return nil, errors.New("a career can be named for one file, and the zip holds several: import them one by one")
	}
	var list []*Imported
	var wrong []error
	for i, file := range files {
		src, fault := read(fsys, file)
		if fault != nil {
			wrong = append(wrong, Faults{*fault})
			continue
		}
		im, err := Import(file, src, opts)
		if _, told := errors.AsType[Faults](err); err != nil && !told {
			err = fmt.Errorf("%s: %w", file, err)
		}
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		list = append(list, im)
		done(i+1, len(files))
	}
	return list, errors.Join(wrong...)
}

// isImportable tells files to import by their names.
func isImportable(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".txt", ".html", ".htm":
		return !strings.HasPrefix(file, ".")
	}
	return isArticle(file)
}
