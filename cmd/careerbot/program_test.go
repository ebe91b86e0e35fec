package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/answer"
)

// noEnv is an environment without variables.
func noEnv(string) (string, bool) { return "", false }

// A program can ask a question, read the answer and only then ask the next.
func TestAskAsCoprocess(t *testing.T) {
	t.Parallel()
	questions, ask := io.Pipe()
	read, answers := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(t.Context(), []string{"ask", "--json", "-"}, questions, answers, io.Discard, noEnv)
		answers.Close()
	}()
	in := bufio.NewReader(read)
	for _, q := range []string{"what does a back-end developer earn?", "which skills?"} {
		if _, err := io.WriteString(ask, q+"\n"); err != nil {
			t.Fatal(err)
		}
		text, err := in.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		var a answer.Answer
		if err := json.Unmarshal(text, &a); err != nil || a.Question != q || a.Outcome != answer.Answered {
			t.Errorf("%q got %s, %v", q, text, err)
		}
	}
	ask.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A line without an end is answered without being kept.
func TestAskEndlessLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	in := io.LimitReader(endless{}, 64<<20)
	if err := run(t.Context(), []string{"ask", "--json", "-"}, in, &out, io.Discard, noEnv); err != nil {
		t.Fatal(err)
	}
	var a answer.Answer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil || a.Outcome != answer.Abstain || len(out.Bytes()) > 2000 {
		t.Errorf("got %.300s, %v", out.Bytes(), err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "abc "[i%4]
	}
	return len(p), nil
}

// Ctrl-C and SIGTERM end a chat that waits for a question, politely.
func TestChatEndsWithContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stdin, typed := io.Pipe()
	defer typed.Close()
	shown, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"chat"}, stdin, stdout, io.Discard, noEnv)
		stdout.Close()
	}()
	in := bufio.NewReader(shown)
	if _, err := in.ReadString('>'); err != nil { // the prompt
		t.Fatal(err)
	}
	cancel()
	rest, err := io.ReadAll(in)
	if err != nil || !strings.HasSuffix(string(rest), "\nGoodbye.\n") {
		t.Errorf("ended with %q, %v", rest, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A chat answers from a folder as it is now: what is saved is live, and what is
// broken is told and changes nothing.
func TestChatFollowsFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	save := func(duty, topic string) {
		t.Helper()
		text := "---\nid: beekeeper\ntitle: Beekeeper\nsource: {name: A guide}\n---\n\n## What does a beekeeper do? <!-- topic: " + topic + " -->\n\n" + duty + "\n"
		if err := os.WriteFile(filepath.Join(dir, "beekeeper.md"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save("A beekeeper looks after bees.", "duties")
	stdin, typed := io.Pipe()
	shown, stdout := io.Pipe()
	told, stderr := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(t.Context(), []string{"chat", "--knowledge", dir}, stdin, stdout, stderr, noEnv)
		stdout.Close()
		stderr.Close()
	}()
	screen, notes := bufio.NewReader(shown), bufio.NewReader(told)
	prompt := func(want string) {
		t.Helper()
		text, err := screen.ReadString('>')
		if err != nil || !strings.Contains(text, want) {
			t.Fatalf("shown %q, %v, want %s", text, err, want)
		}
	}
	note := func(want string) {
		t.Helper()
		text, err := notes.ReadString('\n')
		if err != nil || !strings.Contains(text, want) {
			t.Fatalf("told %q, %v, want %s", text, err, want)
		}
	}
	ask := func() {
		t.Helper()
		if _, err := io.WriteString(typed, "what does a beekeeper do?\n"); err != nil {
			t.Fatal(err)
		}
	}
	prompt("Beekeeper")
	ask()
	prompt("looks after bees")
	save("A beekeeper harvests honey.", "duties")
	note("the articles have changed: now 1 article")
	ask()
	prompt("harvests honey")
	save("A beekeeper sells wax.", "what")
	note(`unknown topic "what"`)
	ask()
	prompt("harvests honey")
	typed.Close()
	if _, err := io.ReadAll(screen); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Whatever a person asks, the exit status tells how it went.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"version"}, 0},
		{[]string{"--help"}, 0},
		{[]string{"help", "ask"}, 0},
		{[]string{}, exitFault}, // there is no token
		{[]string{"run"}, exitFault},
		{[]string{"check", "testdata/none"}, exitFault},
		{[]string{"ask", "--json", "testdata/none"}, exitFault},
		{[]string{"ask"}, exitUsage},
		{[]string{"ask", "--json"}, exitUsage},
		{[]string{"nonsense"}, exitUsage},
		{[]string{"run", "fast"}, exitUsage},
		{[]string{"check", "one", "two"}, exitUsage},
		{[]string{"chat", "--nonsense"}, exitUsage},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			err := run(t.Context(), test.args, strings.NewReader(""), io.Discard, &stderr, noEnv)
			if got := report(err, &stderr); got != test.want {
				t.Errorf("exit status %d, want %d: %s", got, test.want, &stderr)
			}
			if told := errors.Is(err, errTold); (test.want == 0 || told) == (stderr.Len() > 0) {
				t.Errorf("stderr: %q", &stderr)
			}
		})
	}
}
