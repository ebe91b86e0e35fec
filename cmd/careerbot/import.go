package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/knowledge"
)

// importing is what the flags of import say.
type importing struct {
	dryRun bool
	json   bool
	force  bool
	career string
}

func (p *program) importCommand() *cobra.Command {
	var how importing
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Draft an article from a text, a Markdown file or a web page",
		Long: `Import reads a text, a Markdown file or a web page on an occupation, of at most
1 MB, and drafts an article from it: headings become topics, paragraphs and
bullets passages, money typed figures with the sentences that state them. What
is left of a page, such as buttons, captions and repeated lines, is dropped and
listed: look at it before you keep the draft.

FILE is a file, a zip of several, - for standard input, or a link that begins
with https://. The draft goes into the folder of articles of KNOWLEDGE_DIR or
--knowledge, as ID.md; with --dry-run it goes nowhere.`,
		Example: `  careerbot import nurse.txt --dry-run
  careerbot import nurse.html --knowledge ./articles
  careerbot import https://example.org/nurse --career nurse --dry-run --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.config("import")
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
			defer stop()
			return p.importFile(ctx, args[0], cfg.knowledgeDir, how)
		},
	}
	cmd.Flags().BoolVar(&how.dryRun, "dry-run", false, "show what would be imported, and keep nothing")
	cmd.Flags().BoolVar(&how.json, "json", false, "show it as JSON: the occupation, sections, facts and what is dropped; one object a line")
	cmd.Flags().BoolVar(&how.force, "force", false, "put the draft in the place of the article that has its ID")
	cmd.Flags().StringVar(&how.career, "career", "", "the `ID` of the article, for example back-end-developer; without it, it is made from the occupation")
	p.addKnowledgeFlag(cmd)
	return cmd
}

func (p *program) importFile(ctx context.Context, file, dir string, how importing) error {
	if !how.dryRun && dir == "" {
		return errors.New("there is no folder to put the draft into: name one with --knowledge or KNOWLEDGE_DIR, or look at it with --dry-run")
	}
	name, src, err := p.readImport(ctx, file)
	if err != nil {
		return err
	}
	opts := knowledge.ImportOptions{Career: how.career}
	if isLink(file) {
		u, _ := url.Parse(file) // it has been fetched
		opts.Source = knowledge.Source{Name: u.Hostname(), URL: file}
	}
	progress := newBar(p.stderr, "Importing")
	list, err := knowledge.ImportAll(name, src, opts, func(n, all int) {
		if all > 1 {
			progress.show(int64(n), int64(all))
		}
	})
	if err != nil {
		return err
	}
	if !how.dryRun {
		if err := keepDrafts(dir, list, how.force); err != nil {
			return err
		}
	}
	for _, im := range list {
		if how.json {
			e := json.NewEncoder(p.stdout)
			e.SetEscapeHTML(false)
			err = e.Encode(im)
		} else {
			err = describeImport(p.stdout, im)
		}
		if err != nil {
			return err
		}
		if !how.dryRun && !how.json {
			fmt.Fprintf(p.stdout, "Kept as %s. Read it through: careerbot check %s tells what is still to mend.\n\n", filepath.Join(dir, im.Article.ID+".md"), dir)
		}
	}
	return nil
}

func isLink(file string) bool {
	return strings.HasPrefix(file, "https://") || strings.HasPrefix(file, "http://")
}

// userAgent says who fetches, and where to find out more.
func userAgent() string {
	return "careerbot/" + release() + " (+https://github.com/careerbot/careerbot)"
}

// readImport reads a file, standard input or a link, and gives a name that
// tells what kind of file it is.
func (p *program) readImport(ctx context.Context, file string) (name string, src []byte, err error) {
	const most = 64 << 20 // of a zip; a single file may have knowledge.MaxImport
	switch {
	case file == "-":
		src, err = io.ReadAll(io.LimitReader(p.stdin, most+1))
		return "standard input", src, err
	case isLink(file):
		got, err := fetch.New(fetch.Config{UserAgent: userAgent()}).Get(ctx, file, knowledge.MaxImport, nil)
		if err != nil {
			return "", nil, fmt.Errorf("fetch the link: %w", err)
		}
		name, err := got.Name()
		return name, got.Body, err
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("there is no file %s: name one that exists, or - for standard input", file)
	}
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return "", nil, fmt.Errorf("%s is a folder: name a file in it", file)
	}
	src, err = io.ReadAll(io.LimitReader(f, most+1))
	return filepath.Base(file), src, err
}

// keepDrafts writes drafts into a folder of articles, all of them or none.
func keepDrafts(dir string, list []*knowledge.Imported, force bool) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no folder %s: make it, or name another", dir)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is a file: name a folder of articles", dir)
	}
	base, _ := knowledge.LoadDir(dir) // what is broken in it hinders nobody
	seen := map[string]bool{}
	for _, im := range list {
		a := im.Article
		_, err := os.Stat(filepath.Join(dir, a.ID+".md"))
		switch there := err == nil; {
		case seen[a.ID]:
			return fmt.Errorf("two of the files are on the occupation %s: import them one by one, with --career", a.ID)
		case there && !force:
			return fmt.Errorf("there is an article %s already: name another ID with --career, or replace it with --force", filepath.Join(dir, a.ID+".md"))
		case !there && base.Article(a.ID) != nil:
			return fmt.Errorf("another file of %s holds the article %s: name another ID with --career", dir, a.ID)
		}
		seen[a.ID] = true
		if faults := base.CheckEntry(a.Entries()[0]); !force && len(faults) > 0 {
			return fmt.Errorf("the draft %s does not go with the other articles:\n%w", a.ID, faults)
		}
		base = base.With(a.Entries())
	}
	for _, im := range list {
		if err := writeFile(filepath.Join(dir, im.Article.ID+".md"), func(w io.Writer) error {
			_, err := w.Write(knowledge.Format(im.Article))
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file whole or not at all: beside it first, and then in
// its place.
func writeFile(file string, write func(io.Writer) error) (err error) {
	// The name begins with a dot: such files are no articles.
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync() // some systems cannot: the file is there all the same
	return nil
}

// describeImport tells a person what was found and what was dropped.
func describeImport(w io.Writer, im *knowledge.Imported) error {
	a := im.Article
	fmt.Fprintf(w, "%s (%s)\n\n", a.Title, a.ID)
	for _, s := range a.Sections {
		fmt.Fprintf(w, "  %-12s %s: %s\n", s.Topic, s.Heading, count(len(s.Passages), "passage"))
	}
	if n := len(a.FAQs); n > 0 {
		fmt.Fprintf(w, "  %-12s %s\n", knowledge.General, count(n, "question"))
	}
	for _, f := range a.Facts {
		fmt.Fprintf(w, "  %-12s %s, by %s\n", f.Kind, f.Amounts(), f.Source)
	}
	if len(im.Dropped) > 0 {
		fmt.Fprintf(w, "\nDropped:\n")
	}
	for _, d := range im.Dropped {
		text := []rune(d.Text)
		if len(text) > 100 {
			text = append(text[:99], '…')
		}
		fmt.Fprintf(w, "  %s (%s)\n", string(text), d.Why)
	}
	_, err := fmt.Fprintln(w)
	return err
}
