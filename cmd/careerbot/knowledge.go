package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
)

// addKnowledgeFlag gives a command the flag --knowledge.
func (p *program) addKnowledgeFlag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&p.knowledgeDir, "knowledge", "k", "", "answer from the articles (*.md) of `DIR`, not from those shipped")
	if err := cmd.MarkFlagDirname("knowledge"); err != nil {
		panic(err) // the flag is that of the line above
	}
}

// loadKnowledge gives the articles of a folder, or those shipped if dir is
// empty. Where some are broken, warn is told of each fault and the sound ones
// are used; where none is sound, that is an error.
func loadKnowledge(dir string, warn func(knowledge.Fault)) (*knowledge.Base, error) {
	if dir == "" {
		return knowledge.Shipped(), nil
	}
	base, err := knowledge.LoadDir(dir)
	if err == nil {
		return base, nil
	}
	faults, ok := errors.AsType[knowledge.Faults](err)
	if !ok || len(base.Articles) == 0 {
		return nil, fmt.Errorf("there is nothing to answer from:\n%w\nGive another folder with --knowledge or KNOWLEDGE_DIR, or neither of them for the articles shipped", err)
	}
	for _, f := range faults {
		warn(f)
	}
	return base, nil
}

// followKnowledge lets an answerer answer from a folder as it changes, until
// ctx ends. Base is what has been loaded from it. It tells changed of every
// base that it goes over to, and warn of the faults that there are then.
func followKnowledge(ctx context.Context, dir string, base *knowledge.Base, answerer *answer.Answerer, changed func(*knowledge.Base), warn func(knowledge.Fault)) {
	if dir == "" {
		return
	}
	knowledge.Watch(ctx, dir, base, func(next *knowledge.Base, faults knowledge.Faults) {
		for _, f := range faults {
			warn(f)
		}
		if next == base {
			return
		}
		if err := answerer.Replace(next); err != nil {
			warn(knowledge.Fault{File: dir, What: err.Error(), Mend: "nothing has changed: save the files again"})
			return
		}
		base = next
		changed(base)
	})
}

// warnOf writes a fault for a person at a terminal.
func (p *program) warnOf(f knowledge.Fault) {
	fmt.Fprintf(p.stderr, "careerbot: %v (left out)\n", f)
}

// count writes a number of things: "1 article", "2 articles".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
