package store

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

// publishInChild publishes a draft of guild g, and kills its process at the
// step of that number.
func publishInChild() error {
	ctx := context.Background()
	s, err := Open(ctx, optionsFrom(os.Getenv))
	if err != nil {
		return err
	}
	draft, err := strconv.ParseInt(os.Getenv("DRAFT"), 10, 64)
	if err != nil {
		return err
	}
	last, err := strconv.Atoi(os.Getenv("STEP"))
	if err != nil {
		return err
	}
	step := 0
	s.step = func() {
		if step++; step == last {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err != nil {
				panic(err)
			}
			select {} // until it takes effect
		}
	}
	if _, err := s.Publish(ctx, "g", draft, "ann"); err != nil {
		return err
	}
	return s.Close()
}

// Wherever the program is killed in publishing, all of it is there afterwards
// or nothing.
func TestKilledInPublish(t *testing.T) {
	if os.Getenv("LONG") == "" {
		t.Skip("slow: set LONG=1")
	}
	onBoth(t, func(t *testing.T, o Options) {
		ctx, s := t.Context(), open(t, o)
		question := ask(t, s, "oven", "general")
		if err := s.Wait(ctx, "g", question.ID, Waiting{Person: "p", Channel: "general"}); err != nil {
			t.Fatal(err)
		}
		publish(t, s, "g", Change{Entry: faq("dough", "One."), Action: Add, Base: 0})
		draft := save(t, s, "g", question.ID, Change{Entry: faq("dough", "Two."), Action: Edit, Base: 1}, Change{Entry: faq("oven", "Two."), Action: Add, Base: 0})
		before := rowsOf(t, s)
		after := map[string]int64{}
		for table, n := range before {
			after[table] = n
		}
		after["entry"]++
		after["revision"] += 2
		after["audit"]++
		after["draft"]--

		published := false
		killed := 0
		for step := 1; !published; step++ {
			cmd := child(t, "publish", append(where(o), "DRAFT="+strconv.FormatInt(draft, 10), "STEP="+strconv.Itoa(step))...)
			out, err := cmd.CombinedOutput()
			died, isExit := errors.AsType[*exec.ExitError](err)
			switch {
			case err == nil:
				t.Fatalf("step %d was never reached, and nothing was published before", step)
			case !isExit || died.ExitCode() != -1: // it was not a signal
				t.Fatalf("step %d: %v: %s", step, err, out)
			}
			killed++

			again := open(t, o) // as the program that is started next does
			st := must(again.Status(ctx))(t)
			if err := st.Err(); err != nil {
				t.Fatal(err)
			}
			state := must(again.Question(ctx, "g", question.ID))(t).State
			entries := answers(must(again.Entries(ctx, "g"))(t))
			switch rows := rowsOf(t, again); entries {
			case "dough: One.":
				equal(t, "rows while nothing is published", rows, before)
				equal(t, "question", state, QuestionOpen)
			case "dough: Two., oven: Two.":
				published = true
				equal(t, "rows once all is published", rows, after)
				equal(t, "question", state, QuestionAnswered)
			default:
				t.Fatalf("killed at step %d: %s", step, entries)
			}
		}
		// The draft, twice an entry and a revision, the question, the claim and
		// what of, the audit, two for the changes, before and after the commit.
		equal(t, "places in which it was killed", killed, 13)
	})
}
