package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/knowledge"
)

// told waits for the message in a channel that tells somebody of an answer.
func (st *stage) told(u *discordsim.User, c *discordsim.Channel) discordsim.Message {
	st.t.Helper()
	m, err := u.Await(st.ctx, c, func(m discordsim.Message) bool { return strings.Contains(m.Content, "has been answered") })
	st.must(err)
	return m
}

// telling counts the messages in a channel that tell of an answer.
func telling(u *discordsim.User, c *discordsim.Channel) (n int) {
	for _, m := range u.Read(c) {
		if strings.Contains(m.Content, "has been answered") {
			n++
		}
	}
	return n
}

// A question that had no answer is answered once, and all who wanted to be told
// are told once: by a reply that names just them, or by direct message.
func TestAnswerFromTheQueue(t *testing.T) {
	m := setModerated(t, shipped)
	const question = "how many holidays do back-end developers get?"
	openly := m.ask(m.asha, question)
	wants(t, m.click(m.asha, openly, "Tell me when you know").Text(), "by a reply in this channel that names you")
	privately := m.slash(m.ravi, m.general, "ask", discordsim.Opts{"question": "holidays of back-end developers?", "private": true})
	wants(t, m.click(m.ravi, privately, "Tell me when you know").Text(), "by direct message")
	omar := m.guild.Member("omar")
	_, err := omar.Say(omar.DM(), question) // of no server's queue
	m.must(err)

	card := m.slash(m.meera, m.general, "kb queue", nil)
	wants(t, card.Text(), question, "holidays of back-end developers?", "Wait to be told\n2", "1 of 1")
	dialog := m.reopened(m.meera, card, "Answer")
	for _, f := range dialog.Fields() {
		switch f.CustomID {
		case fieldQuestion:
			wants(t, f.Value, question)
		case fieldPhrasings:
			wants(t, f.Value, "holidays of back-end developers?")
		case optionCareer:
			if len(f.Options) != 1 || !f.Options[0].Default {
				t.Errorf("the careers: %+v", f.Options)
			}
		}
	}
	preview := m.sent(m.meera, dialog, map[string]string{
		"question": "How much paid leave do back-end developers get?", "answer": "Most firms in this community give 24 days a year.",
		"source": "Our survey https://example.org/leave",
	})
	wants(t, preview.Text(), "Preview", "24 days a year", "+ "+"- "+question)
	if telling(m.asha, m.general) > 0 {
		t.Error("told before it is published")
	}
	wants(t, m.click(m.meera, preview, "Publish").Text(), "Published", "I tell 2 people")

	reply := m.told(m.asha, m.general)
	wants(t, reply.Text(), m.asha.Mention(), question, "24 days a year", "Our survey")
	if reply.ReplyTo != openly.ID || fmt.Sprint(reply.Pings.Users) != fmt.Sprint([]string{m.asha.ID}) || reply.Pings.Everyone || len(reply.Pings.Roles) > 0 {
		t.Errorf("replies to %s, pings %+v", reply.ReplyTo, reply.Pings)
	}
	wants(t, m.told(m.ravi, m.ravi.DM()).Text(), "holidays of back-end developers?", "24 days a year")
	wants(t, m.slash(m.meera, m.general, "kb queue", nil).Text(), "Nothing waits")
	for _, q := range []string{question, "holidays of back-end developers?"} {
		wants(t, m.ask(m.ravi, q).Text(), "24 days a year")
	}
	if n := telling(m.asha, m.general) + telling(m.ravi, m.ravi.DM()); n != 2 {
		t.Errorf("%d were told", n)
	}
	if n := telling(omar, omar.DM()); n != 0 {
		t.Error("somebody was told who asked elsewhere")
	}
}

// A question that is asked of an entry in another way becomes a way to ask for
// it.
func TestMatchFromTheQueue(t *testing.T) {
	m := setModerated(t, shipped)
	const question = "how many holidays do back-end developers get?"
	asked := m.ask(m.asha, question)
	m.click(m.asha, asked, "Tell me when you know")
	card := m.slash(m.meera, m.general, "kb queue", nil)
	wants(t, card.Text(), question)
	offered := m.click(m.meera, card, "It is this one")
	wants(t, offered.Text(), "Which entry answers it?")
	wants(t, m.click(m.meera, offered, "Back").Text(), "1 of 1")
	offered = m.click(m.meera, m.slash(m.meera, m.general, "kb queue", nil), "It is this one")
	var menu discordsim.Component
	for _, row := range offered.Components {
		for _, c := range row.Components {
			if c.Type == discordsim.StringSelect {
				menu = c
			}
		}
	}
	if len(menu.Options) < 5 {
		t.Fatalf("%d entries are offered", len(menu.Options))
	}

	t.Log("by what is completed while it is typed")
	var queued string
	for _, o := range m.offered(m.meera, "kb match", discordsim.Opts{"question": "holi", "career": "back-end-developer", "entry": "x"}, "question") {
		_, queued, _ = strings.Cut(o, "=")
	}
	preview := m.slash(m.meera, m.general, "kb match", discordsim.Opts{"question": queued, "career": "back-end-developer", "entry": "faq/average-pay"})
	wants(t, preview.Text(), "Preview", question)
	m.click(m.meera, preview, "Discard")

	t.Log("by the menu")
	it, err := m.meera.Select(offered.ID, menu.CustomID, menu.Options[0].Value)
	m.must(err)
	preview, err = it.Reply(m.ctx)
	m.must(err)
	wants(t, preview.Text(), "Preview", "+ - "+question)
	wants(t, m.click(m.meera, preview, "Publish").Text(), "Published", "I tell 1 person")
	m.told(m.asha, m.general)
	wants(t, m.slash(m.meera, m.general, "kb queue", nil).Text(), "Nothing waits")

	t.Log("what was seen to meanwhile")
	it, err = m.dev.Slash(m.general, "kb match", discordsim.Opts{"question": queued, "career": "back-end-developer", "entry": "faq/average-pay"})
	m.must(err)
	late, err := it.Reply(m.ctx)
	m.must(err)
	wants(t, late.Text(), "no longer in the queue")
}

// What somebody typed is kept when another moderator was faster.
func TestAnsweredMeanwhile(t *testing.T) {
	m := setModerated(t, shipped)
	m.ask(m.asha, "how many holidays do back-end developers get?")
	dialog := m.reopened(m.meera, m.slash(m.meera, m.general, "kb queue", nil), "Answer")
	m.click(m.dev, m.slash(m.dev, m.general, "kb queue", nil), "Dismiss")
	late := m.sent(m.meera, dialog, map[string]string{"answer": "Most firms give 24 days a year."})
	wants(t, late.Text(), "Somebody has seen to that question meanwhile", "Preview", "24 days")
	wants(t, m.click(m.meera, late, "Publish").Text(), "Published")
}

// A good answer of a member's becomes one of the bot's.
func TestSaveAsFAQ(t *testing.T) {
	m := setModerated(t, shipped)
	said, err := m.ravi.Say(m.general, "On-call at my back-end job is one week in six, and the day after is off. Ask @everyone")
	m.must(err)
	if _, err := m.asha.Menu(said, saveAsFAQ); err == nil {
		t.Error("it is offered to a member")
	}
	it, err := m.meera.Menu(said, saveAsFAQ)
	m.must(err)
	dialog, err := it.Modal(m.ctx)
	m.must(err)
	for _, f := range dialog.Fields() {
		if f.CustomID == fieldAnswer {
			wants(t, f.Value, "one week in six")
		}
	}
	preview := m.sent(m.meera, dialog, map[string]string{"question": "How often are back-end developers on call?", "answer": "At one firm it is one week in six, and the day after is off."})
	wants(t, preview.Text(), "Preview", "one week in six", "A member of this server")
	wants(t, m.click(m.meera, preview, "Publish").Text(), "Published")
	wants(t, m.ask(m.asha, "How often are back-end developers on call?").Text(), "one week in six", "Source: A member of this server")

	t.Log("a long one is cut at a sentence, which is said")
	long, err := m.ravi.Say(m.general, strings.Repeat("Fourteen words make a sentence of this kind, and there are very many of them. ", 12))
	m.must(err)
	it, err = m.meera.Menu(long, saveAsFAQ)
	m.must(err)
	if dialog, err = it.Modal(m.ctx); err != nil {
		t.Fatal(err)
	}
	for i, f := range dialog.Fields() {
		if f.CustomID == fieldAnswer && (!strings.HasSuffix(f.Value, "of them.") || len(f.Value) > knowledge.MaxAnswer || !strings.Contains(dialog.Components[i].Description, "beginning")) {
			t.Errorf("%q, %q", f.Value, dialog.Components[i].Description)
		}
	}

	t.Log("what the bot says is its own already")
	it, err = m.meera.Menu(m.ask(m.asha, "what does a back-end developer earn?"), saveAsFAQ)
	m.must(err)
	refused, err := it.Reply(m.ctx)
	m.must(err)
	wants(t, refused.Text(), "That is an answer of my own")
	checkMentions(t, m.sim)
}

// If Discord sends what a message replies to, that is the question.
func TestSaveAsFAQTakesTheQuestion(t *testing.T) {
	raw, err := json.Marshal(map[string]any{
		"id": "1", "token": "t", "type": 2, "guild_id": "g", "channel_id": "c", "user": map[string]any{"id": "2"},
		"authorizing_integration_owners": map[string]any{"0": "g"},
		"data": map[string]any{"type": 3, "name": saveAsFAQ, "target_id": "5", "resolved": map[string]any{"messages": map[string]any{"5": map[string]any{
			"id": "5", "content": "One week in six.", "referenced_message": map[string]any{"id": "4", "content": "<@2> how often\nare you on call?"},
		}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := readInteraction(raw)
	if err != nil {
		t.Fatal(err)
	}
	b := &Bot{cfg: Config{Answerer: answerer}}
	res, err := b.openSaveAs(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	checkForm(t, res.opens.payload())
	got := map[string]string{}
	for _, f := range res.opens.fields {
		got[f.id] = f.value
	}
	if got[fieldQuestion] != "how often are you on call?" || got[fieldAnswer] != "One week in six." || !strings.HasSuffix(got[fieldSource], "https://discord.com/channels/g/c/5") {
		t.Errorf("filled with %q", got)
	}
}

func TestUpToSentence(t *testing.T) {
	for _, test := range []struct {
		text  string
		limit int
		want  string
		whole bool
	}{
		{"All of it.", 20, "All of it.", true},
		{"One. Two three.", 10, "One.", false},
		{"One. Two. Three.", 10, "One. Two.", false},
		{"One two three", 8, "One two", false},
		{"Onetwothree", 5, "Onetw", false},
		{"one\ntwo three", 9, "one", false},
		{"😀😀😀😀", 5, "😀😀", false},
	} {
		if got, whole := upToSentence(test.text, test.limit); got != test.want || whole != test.whole {
			t.Errorf("%q in %d: %q, %v", test.text, test.limit, got, whole)
		}
	}
}
