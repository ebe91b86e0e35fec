package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed content/*.md
var content embed.FS

// Shipped gives the articles that are part of the program.
func Shipped() *Base {
	sub, err := fs.Sub(content, "content")
	if err != nil {
		return new(Base)
	}
	base, _ := Load(sub) // a test holds that nothing is wrong with them
	return base
}

// Load reads the articles of a folder: all *.md of its root but README.md.
// What is wrong with them is returned as Faults, those of every file together;
// the base then holds the sound articles, and the caller decides whether they
// are enough.
func Load(fsys fs.FS) (*Base, error) {
	base, faults, _ := load(fsys)
	if len(faults) > 0 {
		return base, faults
	}
	return base, nil
}

// LoadDir is Load for a folder on disk, or for a zip of one.
func LoadDir(dir string) (*Base, error) {
	fsys, err := openDir(dir)
	if err != nil {
		return new(Base), in(dir, err)
	}
	base, faults, _ := load(fsys)
	if len(faults) > 0 {
		return base, faults.in(dir)
	}
	return base, nil
}

// CheckDir lists, as Faults, all that is wrong with the articles of a folder, or of a zip,
// and, beyond what LoadDir complains of, what a reviewer should mend:
// questions with few phrasings.
func CheckDir(dir string) error {
	fsys, err := openDir(dir)
	if err != nil {
		return in(dir, err)
	}
	if faults := check(fsys); len(faults) > 0 {
		return faults.in(dir)
	}
	return nil
}

// in puts the folder before the faults of opening it.
func in(dir string, err error) error {
	if faults, ok := errors.AsType[Faults](err); ok {
		return faults.in(dir)
	}
	return err
}

// CheckShipped is CheckDir for the articles that are part of the program.
func CheckShipped() error {
	sub, err := fs.Sub(content, "content")
	if err != nil {
		return err
	}
	if faults := check(sub); len(faults) > 0 {
		return faults.in("knowledge/content")
	}
	return nil
}

// check lists all that is wrong with a folder and what a reviewer should mend.
func check(fsys fs.FS) Faults {
	_, faults, advice := load(fsys)
	faults = append(faults, advice...)
	faults.sort()
	return faults
}

// in puts the folder before the names of the files.
func (fs Faults) in(dir string) Faults {
	for i := range fs {
		fs[i].File = filepath.Join(dir, fs[i].File)
	}
	return fs
}

// checkDir tells what is wrong with a folder as such.
func checkDir(dir string) error {
	fault := func(what, mend string) error { return Faults{{What: what, Mend: mend}} }
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault("the folder does not exist", "make it and put articles (*.md) into it, or use those shipped")
	case err != nil:
		return fault("the folder cannot be read: "+reason(err), "let the program read it")
	case !info.IsDir():
		return fault("this is a file", "name the folder that it lies in")
	}
	return nil
}

// sourceFile is a file of a folder of articles.
type sourceFile struct {
	name  string
	src   []byte
	fault *Fault // why it could not be read
}

func load(fsys fs.FS) (base *Base, faults, advice Faults) {
	files, err := readFiles(fsys)
	if err != nil {
		return new(Base), unreadable(err), nil
	}
	return build(files)
}

func unreadable(err error) Faults {
	return Faults{{What: "the folder cannot be read: " + reason(err), Mend: "let the program read it"}}
}

// readFiles reads the articles of a folder, in the order of their names.
func readFiles(fsys fs.FS) ([]sourceFile, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var files []sourceFile
	for _, e := range entries {
		if isArticle(e.Name()) {
			src, fault := read(fsys, e.Name())
			files = append(files, sourceFile{e.Name(), src, fault})
		}
	}
	return files, nil
}

// build makes a base of files in the order of their names.
func build(files []sourceFile) (base *Base, faults, advice Faults) {
	base = new(Base)
	taken := make(map[string]taker)
	for _, f := range files {
		if f.fault != nil {
			faults = append(faults, *f.fault)
			continue
		}
		p := parse(f.name, f.src)
		p.checkTaken(taken)
		faults = append(faults, p.faults...)
		advice = append(advice, p.advice...)
		if len(p.faults) == 0 {
			base.Articles = append(base.Articles, p.article)
		}
	}
	if len(files) == 0 {
		faults = append(faults, Fault{What: "the folder holds no article", Mend: "put articles (*.md) into it, or use those shipped"})
	}
	slices.SortFunc(base.Articles, func(a, b *Article) int { return strings.Compare(a.ID, b.ID) })
	faults.sort()
	advice.sort()
	return base, faults, advice
}

// isArticle tells articles from other files by their names. Editors keep
// hidden files beside those they write.
func isArticle(file string) bool {
	return strings.EqualFold(path.Ext(file), ".md") && !strings.EqualFold(file, "README.md") && !strings.HasPrefix(file, ".")
}

// read reads one file, at most a little more than an article may hold.
func read(fsys fs.FS, file string) ([]byte, *Fault) {
	info, err := fs.Stat(fsys, file)
	if err != nil {
		return nil, &Fault{file, 0, "the file cannot be read: " + reason(err), "let the program read it, or delete it"}
	}
	if !info.Mode().IsRegular() {
		return nil, &Fault{file, 0, "this is not a file", "give it a name that does not end in .md"}
	}
	f, err := fsys.Open(file)
	if err != nil {
		return nil, &Fault{file, 0, "the file cannot be read: " + reason(err), "let the program read it, or delete it"}
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, &Fault{file, 0, "the file cannot be read: " + reason(err), "let the program read it, or delete it"}
	}
	return src, nil
}

// reason is an error without the name of the file, which the fault tells.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// taker is who uses an id or a name first.
type taker struct {
	file string
	line int
}

// checkTaken complains of the ids and names that an article of another file
// uses, and takes the others for this one.
func (p *parser) checkTaken(taken map[string]taker) {
	if p.article.ID != "" {
		if by, found := taken["id "+p.article.ID]; found {
			p.fault(p.idLine, fmt.Sprintf("id %s again", quoted(p.article.ID)), "choose another: it is that of "+by.file)
		} else {
			taken["id "+p.article.ID] = taker{p.file, p.idLine}
		}
	}
	for _, n := range p.names {
		key := "name " + Words(n.text)
		if by, found := taken[key]; found && by.file != p.file {
			p.fault(n.line, fmt.Sprintf("%s also names the article of %s:%d", quoted(n.text), by.file, by.line),
				"keep it in one of them, so that people who ask by it get that one")
		} else {
			taken[key] = taker{p.file, n.line}
		}
	}
	p.faults.sort()
}
