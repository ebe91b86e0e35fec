package bot

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// patience is how long a test waits for what is bound to happen.
const patience = time.Minute

// spec is Discord's description of its API, if DISCORD_OPENAPI says where it is.
var spec = sync.OnceValues(func() (*discordsim.Spec, error) {
	name := os.Getenv("DISCORD_OPENAPI")
	if name == "" {
		return nil, nil
	}
	return discordsim.LoadSpec(name)
})

// answerer is what the careers and questions of the shipped articles are looked
// up in.
var answerer = sync.OnceValue(func() *answer.Answerer {
	a, err := answer.New(knowledge.Shipped())
	if err != nil {
		panic(err)
	}
	return a
})

// stage is a simulated Discord with a guild, two people, and a bot that runs
// against it.
type stage struct {
	t          *testing.T
	ctx        context.Context
	sim        *discordsim.Sim
	guild      *discordsim.Guild
	general    *discordsim.Channel
	asha, ravi *discordsim.User
	log        *lockedBuffer
	dir        string // of the database
	violations bool   // are expected

	stop  context.CancelFunc
	ended chan struct{}
	err   error // that Run returned; after ended
}

// setting changes what a stage is made of.
type setting struct {
	sim   func(*discordsim.Options)
	begin func(*discordsim.Sim) // before the bot starts
	cfg   func(*Config)
	bot   func(*Bot)

	patience time.Duration // of a long test, which runs alone; that of others if zero
}

// fresh is a folder with a database in which nothing is kept. Each stage begins
// with a copy: to make one takes the race detector half a second.
var fresh = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "careerbot")
	if err != nil {
		panic(err)
	}
	s, err := store.Open(context.Background(), store.Options{Dir: dir})
	if err != nil {
		panic(err)
	}
	if err := s.Close(); err != nil {
		panic(err)
	}
	return dir
})

// set builds a stage, and starts the bot unless its token is made wrong.
func set(t *testing.T, s setting) *stage {
	t.Helper()
	if s.patience == 0 {
		t.Parallel()
	}
	answerer() // is trained before the test's time begins
	ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(s.patience, patience))
	t.Cleanup(cancel)
	description, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	opts := discordsim.Options{Spec: description}
	if s.sim != nil {
		s.sim(&opts)
	}
	sim, err := discordsim.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	st := &stage{t: t, ctx: ctx, sim: sim, log: newLog(), dir: t.TempDir()}
	st.must(os.CopyFS(st.dir, os.DirFS(fresh())))
	st.guild = sim.Guild("Careers")
	st.guild.Since(time.Now().AddDate(0, 0, -7))
	st.general = st.guild.General()
	st.asha, st.ravi = st.guild.Member("asha"), st.guild.Member("ravi")
	if s.begin != nil {
		s.begin(sim)
	}
	t.Cleanup(func() {
		sim.Close()
		if list := sim.Violations(); len(list) > 0 && !st.violations {
			t.Errorf("Discord would have objected:\n%s", strings.Join(list, "\n"))
		}
		if t.Failed() {
			t.Logf("log:\n%s", st.log)
		}
	})
	st.start(s)
	return st
}

// start starts a bot on the stage.
func (st *stage) start(s setting) {
	st.t.Helper()
	cfg := Config{
		Token: st.sim.Token(), API: st.sim.URL(), Version: "test",
		Log:      slog.New(slog.NewTextHandler(st.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Answerer: answerer,
		Open: func(ctx context.Context) (*store.Store, error) {
			return store.Open(ctx, store.Options{Dir: st.dir})
		},
	}
	if s.cfg != nil {
		s.cfg(&cfg)
	}
	b, err := New(cfg)
	if err != nil {
		st.t.Fatal(err)
	}
	b.answer, b.choose = scripted, chosen
	if s.bot != nil {
		s.bot(b)
	}
	ctx, stop := context.WithCancel(st.ctx)
	st.stop, st.ended = stop, make(chan struct{})
	go func() {
		defer close(st.ended)
		st.err = b.Run(ctx)
	}()
	st.t.Cleanup(st.end)
}

// end stops the bot and waits for it.
func (st *stage) end() {
	st.stop()
	select {
	case <-st.ended:
	case <-time.After(patience):
		st.t.Error("the bot did not end")
	}
}

// ready waits until the bot is connected and its commands are registered.
func (st *stage) ready() *stage {
	st.t.Helper()
	st.must(st.sim.Ready(st.ctx))
	return st
}

func (st *stage) must(err error) {
	st.t.Helper()
	if err != nil {
		st.t.Fatal(err)
	}
}

// ask uses /ask and returns the reply.
func (st *stage) ask(u *discordsim.User, question string) discordsim.Message {
	st.t.Helper()
	it, err := u.Slash(st.general, "ask", discordsim.Opts{"question": question})
	st.must(err)
	m, err := it.Reply(st.ctx)
	st.must(err)
	return m
}

// click presses a button and returns what answers that.
func (st *stage) click(u *discordsim.User, m discordsim.Message, label string) discordsim.Message {
	st.t.Helper()
	it, err := u.Click(m.ID, label)
	st.must(err)
	reply, err := it.Reply(st.ctx)
	st.must(err)
	return reply
}

// say writes a message in a channel and returns the bot's reply.
func (st *stage) say(u *discordsim.User, c *discordsim.Channel, text string) discordsim.Message {
	st.t.Helper()
	m, err := u.Say(c, text)
	st.must(err)
	reply, err := u.Await(st.ctx, c, discordsim.InReplyTo(m))
	st.must(err)
	return reply
}

// wants fails the test unless a text holds every one of the parts.
func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("no %q in\n%s", p, text)
		}
	}
}

// scripted answers by what the question holds.
func scripted(q answer.Question) answer.Answer {
	switch {
	case strings.Contains(q.Text, "which"):
		return clarification
	case strings.Contains(q.Text, "next"):
		a := paid
		a.Choices = clarification.Choices
		return a
	case strings.Contains(q.Text, "dentist"):
		return abstention
	case q.Text == "help":
		return answer.Answer{Outcome: answer.SmallTalk, Text: "Ask me about careers."}
	}
	return paid
}

// chosen answers a choice by naming it.
func chosen(_, conversation string, c answer.Choice) answer.Answer {
	a := paid
	a.Text = fmt.Sprintf("chose %s %s %s %s in %s", c.Label, c.Occupation, c.Topic, c.Entry, conversation)
	a.Topic = c.Topic
	return a
}

// logged waits until the log holds a text.
func (st *stage) logged(text string) {
	st.t.Helper()
	for {
		changed := st.log.change()
		if strings.Contains(st.log.String(), text) {
			return
		}
		select {
		case <-changed:
		case <-st.ctx.Done():
			st.t.Fatalf("%q was never logged", text)
		}
	}
}

// lockedBuffer is a buffer that many may write to, and that can be watched.
type lockedBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{} // closed at the next write
}

func newLog() *lockedBuffer { return &lockedBuffer{changed: make(chan struct{})} }

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.b.Write(p)
}

func (l *lockedBuffer) change() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestMain fails when goroutines of the bot, of discordgo or of the simulated
// Discord are left over at the end.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	// The tests mostly wait: discordgo sleeps a second whenever it closes.
	if !given["test.parallel"] && !given["test.fuzz"] {
		if err := flag.Set("test.parallel", "12"); err != nil {
			panic(err)
		}
	}
	status := m.Run()
	os.RemoveAll(fresh())
	if err := leaks(); err != nil && status == 0 {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func leaks() error {
	// discordgo's goroutines end a moment after their session was closed.
	var left []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
		buf := make([]byte, 16<<20)
		left = nil
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			ours := strings.Contains(g, "careerbot/bot.") || strings.Contains(g, "discordgo.") || strings.Contains(g, "discordsim.")
			if ours && !strings.Contains(g, "careerbot/bot.leaks") {
				left = append(left, g)
			}
		}
		if left == nil {
			return nil
		}
	}
	return errors.New("goroutines are left over:\n" + strings.Join(left, "\n\n"))
}
