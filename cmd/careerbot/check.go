package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
)

func (p *program) checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [DIR|FILE.zip]",
		Short: "List everything that is wrong with a folder of articles",
		Long: `Check reads the articles (*.md) of DIR, of a zip of them, or those shipped, and
lists all that is wrong with them: the file, the line, what is wrong and how to
mend it. Then it asks every question of every article, in each of its phrasings,
and lists those that do not get the answer that they belong to.

The exit status is 0 if all is well and 1 if there is something to mend.`,
		Example: `  careerbot check
  careerbot check ./articles`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := p.config("check")
			if err != nil {
				return err
			}
			if len(args) == 1 {
				if p.knowledgeDir != "" {
					return &usageError{cmd.CommandPath(), errors.New("name the folder once: as DIR or with --knowledge")}
				}
				cfg.knowledgeDir = args[0]
			}
			return check(cfg.knowledgeDir, p.stdout)
		},
	}
	p.addKnowledgeFlag(cmd)
	return cmd
}

// check writes what is wrong with the articles of a folder, or with those
// shipped if dir is empty. It fails if there is anything.
func check(dir string, w io.Writer) error {
	base, faults, err := faultsOf(dir)
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintln(w, f)
	}
	unreached, err := unreachedOf(base)
	if err != nil {
		return err
	}
	for _, u := range unreached {
		fmt.Fprintln(w, describeUnreached(u))
	}
	if n := len(faults) + len(unreached); n > 0 {
		fmt.Fprintf(w, "%s to mend; sound: %s\n", count(n, "fault"), describeBase(base))
		return errTold
	}
	_, err = fmt.Fprintf(w, "All is well: %s\n", describeBase(base))
	return err
}

// faultsOf gives the sound articles of a folder and what is wrong with it.
func faultsOf(dir string) (*knowledge.Base, knowledge.Faults, error) {
	check, load := knowledge.CheckShipped, knowledge.Shipped
	if dir != "" {
		check = func() error { return knowledge.CheckDir(dir) }
		load = func() *knowledge.Base {
			base, _ := knowledge.LoadDir(dir) // its faults are among those of CheckDir
			return base
		}
	}
	var faults knowledge.Faults
	if err := check(); err != nil {
		var ok bool
		if faults, ok = errors.AsType[knowledge.Faults](err); !ok {
			return nil, nil, err
		}
	}
	return load(), faults, nil
}

// unreachedOf gives the questions that do not get the answers written for them.
func unreachedOf(base *knowledge.Base) ([]answer.Unreached, error) {
	if len(base.Articles) == 0 {
		return nil, nil
	}
	a, err := answer.New(base)
	if err != nil {
		return nil, err
	}
	return a.Unreached(), nil
}

// describeUnreached says what is wrong with a question, and how to mend it.
func describeUnreached(u answer.Unreached) string {
	got := "gets the answer of " + u.Got
	switch answer.Outcome(u.Got) {
	case answer.Answered:
		got = "gets a passage of the article, not this answer"
	case answer.Clarify:
		got = "is asked back about"
	case answer.Abstain, answer.SmallTalk:
		got = "gets no answer"
	}
	return fmt.Sprintf("%s: %s: %q %s: put it in other words, or move it to the entry that answers it", u.Article, u.FAQ, u.Asked, got)
}

// describeBase counts what a base holds.
func describeBase(base *knowledge.Base) string {
	if len(base.Articles) == 0 {
		return "nothing"
	}
	var sections, figures, faqs, phrasings int
	for _, a := range base.Articles {
		sections += len(a.Sections)
		figures += len(a.Facts)
		faqs += len(a.FAQs)
		for _, f := range a.FAQs {
			phrasings += len(f.Phrasings)
		}
	}
	return fmt.Sprintf("%s with %s, %s, %s and %s", count(len(base.Articles), "article"), count(sections, "section"),
		count(figures, "figure"), count(faqs, "question"), count(phrasings, "other phrasing"))
}
