package main

import (
	"context"
	"fmt"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
)

func (p *program) chatCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "chat",
		Short: "Talk with the bot here in the terminal",
		Long: `Chat answers here as the bot does on Discord. Later questions may build on
earlier ones ("and freshers?"); the numbers of what is offered choose it. The
word exit, Ctrl-D or Ctrl-C end it.

Questions may also come from a file: careerbot chat < questions.txt`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := p.config("chat")
			if err != nil {
				return err
			}
			base, err := loadKnowledge(cfg.knowledgeDir, p.warnOf)
			if err != nil {
				return err
			}
			answerer, err := answer.New(base)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), endSignals...)
			defer stop()
			c := &chat{
				answerer: answerer,
				screen:   newScreen(p.stdout, p.lookup),
				echo:     !isTerminal(p.stdin),
			}
			c.welcome(base)
			ctx, leave := context.WithCancel(ctx)
			var following sync.WaitGroup
			defer following.Wait()
			defer leave()
			following.Go(func() {
				followKnowledge(ctx, cfg.knowledgeDir, base, answerer, func(b *knowledge.Base) {
					fmt.Fprintf(p.stderr, "careerbot: the articles have changed: now %s\n", describeBase(b))
				}, func(f knowledge.Fault) {
					fmt.Fprintf(p.stderr, "careerbot: %v (what was sound before stays)\n", f)
				})
			})
			return c.run(ctx, p.lines(ctx))
		},
	}
	p.addKnowledgeFlag(cmd)
	return cmd
}

// lineOrError is a line of input, or why there is none.
type lineOrError struct {
	line
	err error
}

// lines reads standard input aside, so that a signal ends the chat while it
// waits for a line. Nothing can end the reading itself: it lasts until there is
// another line, or until the program ends.
func (p *program) lines(ctx context.Context) <-chan lineOrError {
	lines := make(chan lineOrError)
	go func() {
		defer close(lines)
		for l, err := range readLines(p.stdin) {
			select {
			case lines <- lineOrError{l, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

// chat is a conversation in the terminal.
type chat struct {
	answerer *answer.Answerer
	screen   *screen
	echo     bool // the terminal does not show what is typed
	choices  []answer.Choice
}

// conversation is the name of the one conversation there is.
const conversation = "terminal"

// welcome says what one can ask.
func (c *chat) welcome(base *knowledge.Base) {
	c.screen.say("Ask me about careers: what the work is like, what it pays, how to get into it, which skills it takes. " +
		"So far I know: " + titles(base) + ".")
	c.screen.dim("Type a question, the number of what I offer, or exit.")
}

// titles names the careers of a base: "Back-end developer, Nurse and 12 more".
func titles(base *knowledge.Base) string {
	const most = 5
	var names []string
	for _, a := range base.Articles[:min(most, len(base.Articles))] {
		names = append(names, a.Title)
	}
	if more := len(base.Articles) - len(names); more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	return strings.Join(names, ", ")
}

// run answers line after line until there is no more, the person has had
// enough, or ctx ends.
func (c *chat) run(ctx context.Context, lines <-chan lineOrError) error {
	for {
		fmt.Fprint(c.screen.w, "\n> ")
		select {
		case <-ctx.Done():
			c.goodbye()
			return nil
		case l, ok := <-lines:
			if !ok {
				c.goodbye()
				return nil
			}
			if l.err != nil {
				return fmt.Errorf("read the question: %w", l.err)
			}
			typed := strings.TrimSpace(printable(l.text))
			if c.echo {
				fmt.Fprintln(c.screen.w, typed)
			}
			switch strings.ToLower(typed) {
			case "exit", "quit":
				c.screen.say("Goodbye.")
				return nil
			case "":
				continue
			}
			c.screen.blank()
			c.reply(typed)
		}
	}
}

// goodbye ends a chat while its prompt stands there.
func (c *chat) goodbye() {
	c.screen.blank()
	c.screen.say("Goodbye.")
}

// reply answers what was typed: a question, or the number of a choice.
func (c *chat) reply(typed string) {
	var a answer.Answer
	if n, err := strconv.Atoi(typed); err == nil && len(c.choices) > 0 {
		if n < 1 || n > len(c.choices) {
			c.screen.say(fmt.Sprintf("Choose a number from 1 to %d, or ask something else.", len(c.choices)))
			return
		}
		a = c.answerer.Choose("", conversation, c.choices[n-1])
	} else {
		a = c.answerer.Answer(answer.Question{Text: typed, Conversation: conversation})
	}
	c.choices = a.Choices
	c.screen.answer(a, func(n int) string { return fmt.Sprintf("  %d  ", n) })
}

// printable leaves out the characters that a terminal acts upon.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}
