package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// What was asked and not answered, or not well: noted for the moderators of the
// server, and for nobody else. Who asked is not noted, unless they want to be
// told.

// The buttons by which people say what became of their question.
const (
	helpful    = "up"
	notHelpful = "down"
	tellMe     = "tell"
)

// maxAsked is how many of the last questions are remembered, for when somebody
// says that the answer did or did not help.
const maxAsked = 10_000

// asked is a question that was answered.
type asked struct {
	text, occupation string
	private          bool
}

func newAsked() *lru.Cache[string, asked] {
	c, err := lru.New[string, asked](maxAsked)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return c
}

// notingTime is how long it may take to note a question: nobody's answer waits
// longer for it.
const notingTime = 5 * time.Second

// note remembers a question with its answer, and counts it. If nothing answers it, it goes into
// the queue of the server: its ID there, or 0 if it is not kept.
func (b *Bot) note(ctx context.Context, r *request, text string, a answer.Answer) int64 {
	b.count(r, a)
	q := asked{text, a.Occupation, r.private}
	if a.Outcome == answer.Answered {
		b.asked.Add(packOwner(r.id), q)
	}
	if !a.Missing || r.home == "" {
		return 0
	}
	return b.enqueue(ctx, r, q, store.Abstained)
}

// enqueue puts a question into the queue of the server where a request was made
// and gives its ID there; 0 if that cannot be kept now.
func (b *Bot) enqueue(ctx context.Context, r *request, q asked, why store.Reason) int64 {
	s, err := b.kept.opened()
	if err != nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, notingTime)
	defer cancel()
	asking := store.Asking{Guild: r.home, Channel: r.channel, Text: q.text, Key: b.cfg.Answerer().Key(q.text), Occupation: q.occupation, Reason: why}
	if q.private {
		asking.Channel = ""
	}
	question, err := s.Ask(ctx, asking)
	if err != nil {
		b.log.Warn("a question could not be put into the queue", "id", r.id, "err", b.keeping(err))
		return 0
	}
	return question.ID
}

// thanks is what is said to a vote.
var thanks = map[string]string{
	helpful:    "Thank you: noted as helpful. To change your mind, press the other button.",
	notHelpful: "Thank you: noted as not helpful. You may get further if you ask in other words. To change your mind, press the other button.",
}

// vote notes whether an answer helped: one vote a person, the last one counts.
func (b *Bot) vote(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	if len(r.args) == 0 {
		return response{}, fmt.Errorf("no answer in a button")
	}
	v := store.Vote{Guild: r.home, Answer: r.on, Person: r.person, Helpful: r.name == helpful}
	if c, ok := choiceOf(r.args[1:], ""); ok {
		v.Entry = entryKey(c.Entry)
	}
	q, known := b.asked.Get(r.args[0])
	v.Question = q.text
	if err := s.Vote(ctx, v); err != nil {
		return response{}, b.keeping(err)
	}
	if known && r.name == notHelpful && r.home != "" {
		b.enqueue(ctx, r, q, store.NotHelpful)
	}
	return response{message: say(thanks[r.name]), note: r.name}, nil
}

// tellMe notes that a person wants to be told once a question is answered.
func (b *Bot) tellMe(ctx context.Context, r *request) (response, error) {
	s, err := b.kept.opened()
	if err != nil {
		return response{}, err
	}
	id, err := readID(r.args)
	if err != nil {
		return response{}, err
	}
	w := store.Waiting{Person: r.person, Channel: r.channel, Message: r.on, Private: r.hidden || r.guild == ""}
	if err := s.Wait(ctx, r.home, id, w); err != nil {
		return response{}, b.keeping(gone(err, "That question is no longer in the queue of this server. Please ask it again."))
	}
	how := "by a reply in this channel that names you"
	if w.Private {
		how = "by direct message"
	}
	return response{message: say("I will tell you once, " + how + ", when somebody has answered it. /privacy shows and deletes what I keep for that."), note: tellMe}, nil
}

// entryKey names the entry that a passage belongs to, by the passage's ID:
// "baker/faq/early", "baker/pay/2".
func entryKey(passage string) knowledge.EntryKey {
	parts := strings.Split(passage, "/")
	switch {
	case len(parts) < 2:
		return knowledge.EntryKey{}
	case len(parts) == 3 && parts[1] == string(knowledge.FAQEntry):
		return knowledge.EntryKey{Article: parts[0], Kind: knowledge.FAQEntry, ID: parts[2]}
	}
	return knowledge.EntryKey{Article: parts[0], Kind: knowledge.SectionEntry, ID: parts[1]}
}

// passageOf is the ID of what an entry is as a passage.
func passageOf(k knowledge.EntryKey) string {
	if k.Kind == knowledge.FAQEntry {
		return strings.Join([]string{k.Article, string(k.Kind), k.ID}, "/")
	}
	return k.Article + "/" + k.ID
}

// packID writes an ID of the store for a button, and readID reads it from the
// arguments of one.
func packID(id int64) string { return strconv.FormatInt(id, 36) }

func readID(args []string) (int64, error) {
	if len(args) == 0 {
		return 0, fmt.Errorf("no ID in a button")
	}
	return strconv.ParseInt(args[0], 36, 64)
}
