package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/answer"
)

func (p *program) askCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "ask QUESTION...",
		Short: "Answer one question, or a file of them as JSON",
		Long: `Ask prints the answer to a question.

With --json it reads a question a line from FILE, or from standard input if FILE
is -, and prints an answer a line, in order and at once, as a JSON object. A
line is the question itself or an object like
  {"q": "what about freshers?", "conversation": "c01"}
where the questions of one conversation are understood one after the other.`,
		Example: `  careerbot ask how much do freshers get
  echo "is a degree a must?" | careerbot ask --json -
  careerbot ask --json questions.txt`,
		RunE: func(cmd *cobra.Command, args []string) error {
			asJSON := cmd.Flags().Changed("json")
			switch {
			case asJSON && len(args) > 0:
				return &usageError{cmd.CommandPath(), errors.New("with --json the questions stand in a file, one a line; use --json - for standard input")}
			case !asJSON && len(args) == 0:
				return &usageError{cmd.CommandPath(), errors.New("what is the question?")}
			}
			answerer, err := p.answerer("ask")
			if err != nil {
				return err
			}
			if !asJSON {
				a := answerer.Answer(answer.Question{Text: strings.Join(args, " ")})
				newScreen(p.stdout, p.lookup).answer(a, func(int) string { return "- " })
				return nil
			}
			in := p.stdin
			if file != "-" {
				f, err := os.Open(file)
				if err != nil {
					return fmt.Errorf("%w: --json takes a file of questions, or - for standard input", err)
				}
				defer f.Close()
				in = f
			}
			return askLines(answerer, in, p.stdout)
		},
	}
	cmd.Flags().StringVar(&file, "json", "", "answer each line of `FILE` with a JSON object; - is standard input")
	p.addKnowledgeFlag(cmd)
	return cmd
}

// answerer is what answers the questions of a subcommand.
func (p *program) answerer(command string) (*answer.Answerer, error) {
	cfg, err := p.config(command)
	if err != nil {
		return nil, err
	}
	base, err := loadKnowledge(cfg.knowledgeDir, p.warnOf)
	if err != nil {
		return nil, err
	}
	// Getting ready makes little garbage, and this process may answer but one
	// question: collecting it takes longer than it is worth.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	return answer.New(base)
}

// askLines answers a question a line with a JSON object a line. Each is written
// as soon as its question was read, so that a program can ask, read and ask
// again.
func askLines(answerer *answer.Answerer, in io.Reader, out io.Writer) error {
	enc := json.NewEncoder(out) // writes each object in one go
	enc.SetEscapeHTML(false)
	first := true
	for l, err := range readLines(in) {
		if err != nil {
			return fmt.Errorf("read the questions: %w", err)
		}
		if first {
			l.text = strings.TrimPrefix(l.text, "\ufeff")
			first = false
		}
		if err := enc.Encode(askLine(answerer, l)); err != nil {
			return fmt.Errorf("write the answer: %w", err)
		}
	}
	return nil
}

// saysNotJSON is said of a line that holds no question.
const saysNotJSON = `This line begins like a JSON object but is not one of the form {"q": "the question", "conversation": "a name for it"}.`

// askLine answers one line.
func askLine(answerer *answer.Answerer, l line) answer.Answer {
	if l.cut {
		// What is left of it is still far longer than any question.
		a := answerer.Answer(answer.Question{Text: l.text})
		a.Question = echo(a.Question)
		return a
	}
	if !strings.HasPrefix(strings.TrimSpace(l.text), "{") {
		return answerer.Answer(answer.Question{Text: l.text})
	}
	var q struct {
		Text         *string `json:"q"`
		Conversation string  `json:"conversation"`
	}
	if err := json.Unmarshal([]byte(l.text), &q); err != nil || q.Text == nil {
		return answer.Answer{Question: echo(l.text), Outcome: answer.Abstain, Text: saysNotJSON, Passages: []answer.Passage{}, Choices: []answer.Choice{}}
	}
	return answerer.Answer(answer.Question{Text: *q.Text, Conversation: q.Conversation})
}

// echo is how a line that was not understood begins.
func echo(text string) string {
	const most = 200 // characters
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
