package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/store"
)

// moderator is a member who may manage the server.
func (st *stage) moderator(g *discordsim.Guild) *discordsim.User {
	return g.Member("meera", g.Role("moderators", discordsim.ManageGuild))
}

// kept opens the database of the bot beside it.
func (st *stage) kept(o store.Options) *store.Store {
	st.t.Helper()
	o.Dir = st.dir
	s, err := store.Open(st.ctx, o)
	st.must(err)
	st.t.Cleanup(func() { s.Close() })
	return s
}

// running waits until the bot is connected and has its database, after each of
// its starts.
func (st *stage) running() {
	st.t.Helper()
	st.ready()
	st.loggedTimes(`msg="the database is open"`, len(st.sim.Identifies()))
}

// loggedTimes waits until the log holds a text so many times.
func (st *stage) loggedTimes(text string, n int) {
	st.t.Helper()
	for {
		changed := st.log.change()
		if strings.Count(st.log.String(), text) >= n {
			return
		}
		select {
		case <-changed:
		case <-st.ctx.Done():
			st.t.Fatalf("%q was not logged %d times", text, n)
		}
	}
}

// What members ask in vain waits for moderators: alike together, most asked
// first, and for nobody else.
func TestQueue(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	wants(t, st.slash(meera, st.general, "kb queue", nil).Text(), "Nothing waits")

	other := st.guild.Channel("other")
	for _, ask := range []struct {
		by   *discordsim.User
		in   *discordsim.Channel
		text string
		opts discordsim.Opts
	}{
		{st.asha, st.general, "what does a dentist earn?", nil},
		{st.ravi, other, "what do dentists earn?", nil},
		{st.asha, st.general, "how do I become a pilot?", nil},
		{st.ravi, st.general, "what does a dentist earn?", discordsim.Opts{"private": true}},
	} {
		opts := discordsim.Opts{"question": ask.text}
		for name, value := range ask.opts {
			opts[name] = value
		}
		st.slash(ask.by, ask.in, "ask", opts)
	}
	t.Log("an answer that did not help")
	st.click(st.ravi, st.ask(st.ravi, "what does a back-end developer earn?"), "Not helpful")
	t.Log("somebody wants to be told")
	st.click(st.asha, st.ask(st.asha, "what does a dentist earn?"), "Tell me when you know")

	m := st.slash(meera, st.general, "kb queue", nil)
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
	wants(t, m.Text(), "**what does a dentist earn?**", "Also asked as\n• what do dentists earn?", "4 times: 2 in <#"+st.general.ID+">, 1 in <#"+other.ID+">, 1 privately",
		"I had no answer", "Wait to be told\n1", "1 of 3")
	m = st.click(meera, m, "Next")
	wants(t, m.Text(), "become a pilot", "2 of 3")
	m = st.click(meera, m, "Next")
	wants(t, m.Text(), "**what does a back-end developer earn?**", "About\nBack-end developer", "did not help", "3 of 3")

	t.Log("a moderator of another server sees nothing of it, and cannot touch it")
	elsewhere := st.sim.Foreign("Elsewhere")
	elsewhere.Install(discordsim.ScopeBot, discordsim.ScopeCommands)
	omar := st.moderator(elsewhere)
	wants(t, st.slash(omar, elsewhere.General(), "kb queue", nil).Text(), "Nothing waits")

	t.Log("what is dismissed is gone, with all that is alike, and stays so")
	m = st.click(meera, st.slash(meera, st.general, "kb queue", nil), "Dismiss")
	wants(t, m.Text(), "Dismissed.", "become a pilot", "1 of 2")
	st.ask(st.asha, "what does a dentist earn?")
	wants(t, st.slash(meera, st.general, "kb queue", nil).Text(), "1 of 2")

	t.Log("a button of before")
	old := st.slash(meera, st.general, "kb queue", nil)
	st.click(meera, old, "Dismiss")
	second := st.moderator(st.guild)
	stale := st.slash(second, st.general, "kb queue", nil)
	st.click(meera, st.slash(meera, st.general, "kb queue", nil), "Dismiss")
	wants(t, st.click(second, stale, "Dismiss").Text(), "no longer in the queue")
	wants(t, st.slash(meera, st.general, "kb queue", nil).Text(), "Nothing waits")
	checkMentions(t, st.sim)
}

// What was asked while a moderator was reading is not dismissed unseen.
func TestNothingIsDismissedUnseen(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	st.ask(st.asha, "what does a dentist earn?")
	m := st.slash(meera, st.general, "kb queue", nil)
	st.ask(st.ravi, "what do dentists earn?")
	m = st.click(meera, m, "Dismiss")
	wants(t, m.Text(), "Have another look", "what do dentists earn?")
	wants(t, st.click(meera, m, "Dismiss").Text(), "Dismissed", "Nothing waits")
}

// The ID of a question is of no use to whoever sends it from another server, by
// whatever button or dialog.
func TestQueueOfAnotherServer(t *testing.T) {
	var bot *Bot
	captured := shipped
	captured.bot = func(b *Bot) {
		shipped.bot(b)
		bot = b
	}
	m := setModerated(t, captured)
	m.ask(m.asha, "what does a dentist earn?")
	s := m.kept(store.Options{})
	list, _, err := s.Queue(m.ctx, m.guild.ID, 0, 9)
	m.must(err)
	id := packID(list[0].ID)
	for name, do := range map[string]func(*Bot, context.Context, *request) (response, error){
		"dismiss": (*Bot).dismiss, "open the answer": (*Bot).openAnswer, "offer": (*Bot).match, "match": func(b *Bot, ctx context.Context, r *request) (response, error) {
			r.values = []string{"back-end-developer/faq/average-pay"}
			return b.match(ctx, r)
		},
	} {
		if res, err := do(bot, m.ctx, &request{guild: "2", home: "2", person: "3", args: []string{id, "1"}}); !errors.Is(err, errUnqueued) {
			t.Errorf("%s: %+v, %v", name, res, err)
		}
	}
	t.Log("a dialog that was forged is an entry of the other server, and answers nothing of this one")
	res, err := bot.answered(m.ctx, &request{guild: "2", home: "2", person: "3", args: []string{id}, fields: map[string]string{
		optionCareer: "back-end-developer", fieldQuestion: "What is it?", fieldAnswer: "It is this.",
	}})
	m.must(err)
	wants(t, res.Content, "Somebody has seen to that question")
	drafts, err := s.Drafts(m.ctx, "2")
	m.must(err)
	if len(drafts) != 1 || len(drafts[0].Questions) > 0 {
		t.Errorf("drafts %+v", drafts)
	}
	if drafts, err := s.Drafts(m.ctx, m.guild.ID); err != nil || len(drafts) > 0 {
		t.Errorf("drafts %+v, %v", drafts, err)
	}
	wants(t, m.slash(m.meera, m.general, "kb queue", nil).Text(), "dentist", "1 of 1")
}

// The queue is in the database: its buttons work after a restart.
func TestQueueAfterARestart(t *testing.T) {
	st := set(t, shipped)
	st.running()
	meera := st.moderator(st.guild)
	st.ask(st.asha, "what does a dentist earn?")
	st.ask(st.asha, "how do I become a pilot?")
	m := st.slash(meera, st.general, "kb queue", nil)
	st.end()
	st.start(shipped)
	st.must(st.sim.Wait(st.ctx, func() bool { return len(st.sim.Identifies()) == 2 }))
	st.running()
	m = st.click(meera, m, "Next")
	wants(t, m.Text(), "pilot", "2 of 2")
	wants(t, st.click(meera, m, "Dismiss").Text(), "Dismissed", "1 of 1")
}

// Every row for moderators and for those who manage the server refuses everyone
// else, whatever their client sends.
func TestModeratorsAlone(t *testing.T) {
	b := &Bot{kept: kept{settings: map[string]store.Settings{"home": {ModeratorRole: "mods"}}}}
	member := &request{guild: "home", home: "home", person: "1", rights: sendMessages, roles: []string{"others"}}
	byRole := &request{guild: "home", home: "home", person: "1", rights: sendMessages, roles: []string{"mods"}}
	manager := &request{guild: "home", home: "home", person: "1", rights: permission(discordsim.ManageGuild)}
	elsewhere := &request{guild: "elsewhere", person: "1", rights: permission(discordsim.ManageGuild), roles: []string{"mods"}}
	open := []string{ // to everyone
		"ask", "career", "compare", "help", askAbout, completing.choice, completing.label, continuing.choice, continuing.label,
		followUp, helpful, notHelpful, tellMe, moreOf, "", "privacy show", "privacy export", "privacy delete", forgetMe,
		"jobs", jobsOf, jobsPage, jobsTell, jobsMeant, jobsChange, "subscribe", proposalSave, proposalWith, proposalEdit, proposalFilter, proposalCareer, proposalDrop,
		"alerts list", "alerts edit", "alerts pause", "alerts resume", "alerts delete", "alerts preview", "alerts why",
		alertStop, alertWeek, alertEdit, alertFilter, alertCareer, alertResume, alertRetry, alertDelete, alertWith, alertWhy, alertShow,
	}
	seen := 0
	for _, row := range table() {
		name := fmt.Sprintf("%s %s", row.door, row.name)
		if slices.Contains(open, row.name) {
			continue
		}
		seen++
		if row.permits == nil {
			t.Errorf("%s is open to everyone", name)
			continue
		}
		for who, r := range map[string]*request{"a member": member, "a moderator of another server": elsewhere} {
			if row.permits(b, r) == nil {
				t.Errorf("%s is open to %s", name, who)
			}
		}
		if row.permits(b, manager) != nil {
			t.Errorf("%s is closed to who manages the server", name)
		}
		if isConfig := strings.HasPrefix(row.name, "config "); (row.permits(b, byRole) == nil) == isConfig {
			t.Errorf("%s and the role: %v", name, row.permits(b, byRole))
		}
	}
	if seen < 8 {
		t.Errorf("%d rows", seen)
	}
}

// asking is a question of the queue.
func asking(id int64, text string) store.Question {
	at := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	return store.Question{
		ID: id, Text: text, Reason: store.Abstained, Occupation: "back-end-developer", Asked: 3, First: at, Last: at.Add(time.Hour),
		Channels: []store.Channel{{ID: "175928847299117063", Asked: 2}}, Waiting: 1,
	}
}

// TestQueueGolden shows every message about the queue and the settings.
func TestQueueGolden(t *testing.T) {
	title := func(string) string { return "Back-end developer" }
	worded, other := asking(2, "What about *holidays*?"), asking(3, "is there a canteen?")
	worded.Reason = store.NotHelpful
	groups := []group{{asking(1, "how many holidays do I get? @everyone"), worded}, {other}}
	golden(t, "queue", renderQueue(groups, 0, title, "").payload())
	golden(t, "queue-dismissed", renderQueue(groups[1:], 1, title, "Dismissed. You will not see it again.").payload())
	golden(t, "queue-empty", renderQueue(nil, 0, title, "").payload())
	golden(t, "queue-match", renderMatch(groups[0], 0, []answer.Choice{{Label: "How many hours?", Topic: "workplace", Entry: "back-end-developer/faq/hours"}}).payload())
	golden(t, "queue-notice", renderQueueNotice(groups, 3, alertTime).payload())
	golden(t, "queue-notice-one", renderQueueNotice(groups[1:], 1, alertTime).payload())
	golden(t, "settings", renderSettings(store.Settings{
		ModeratorRole: "175928847299117061", MentionChannels: []string{"175928847299117063", "175928847299117064"}, NoticesChannel: "175928847299117065",
	}, "Noted. It counts from now on.").payload())
	golden(t, "settings-none", renderSettings(store.Settings{}, "").payload())
	b := &Bot{cfg: Config{Answerer: answerer}}
	golden(t, "queue-answer", b.answerForm("", queueAnswer+":1", "", inputs{fieldQuestion: "how many holidays do I get?"}).payload())
	told, answers := &request{person: "1"}, paid
	for name, private := range map[string]bool{"told-openly": false, "told-privately": true} {
		golden(t, name, renderTold(store.Waiting{ID: 7, Person: told.person, Private: private, Question: asking(1, "how many *holidays*? @here")}, answers, answer.Career{}).payload())
	}
}

// ownMarks are the channels and times that FuzzQueue puts in.
var ownMarks = regexp.MustCompile(`<#115292150460684\d+>|<#18446744073709551615>|<t:-62135596800:R>`)

func FuzzQueue(f *testing.F) {
	f.Add("how many holidays?", "workplace", "abstained", int64(1), uint8(1))
	f.Add("@everyone <@123> <#1>", strings.Repeat("-a", 300), "x", int64(-1), uint8(255))
	f.Add(strings.Repeat("😀", 2000), "", "\xff", int64(1)<<62, uint8(30))
	f.Add("\x00\u200b\n\n", "a:b", "", int64(0), uint8(2))
	f.Fuzz(func(t *testing.T, text, career, reason string, n int64, many uint8) {
		g := group{}
		var choices []answer.Choice
		for i := range int(many) + 1 {
			q := store.Question{ID: n, Text: text, Reason: store.Reason(reason), Occupation: career, Asked: n, Waiting: n}
			for c := range i % 40 {
				q.Channels = append(q.Channels, store.Channel{ID: fmt.Sprint(1<<60 + c), Asked: n})
			}
			g = append(g, q)
			if i < maxSuggestions {
				choices = append(choices, answer.Choice{Label: text, Topic: "pay", Entry: fmt.Sprintf("x/faq/%d", i)})
			}
		}
		groups := slices.Repeat([]group{g}, 1+int(many)%5)
		title := func(id string) string { return id }
		for _, m := range []message{
			renderQueue(groups, int(n), title, "Dismissed."), renderMatch(g, int(many), choices), renderQueueNotice(groups, n, alertTime), renderQueueNotice(groups[:1], n, alertTime),
			renderSettings(store.Settings{MentionChannels: slices.Repeat([]string{"18446744073709551615"}, maxChosen)}, "Noted."),
		} {
			// The channels and times of our own are to be seen as such.
			for _, e := range m.Embeds {
				for _, f := range e.Fields {
					f.Value = "." + ownMarks.ReplaceAllString(f.Value, "")
				}
			}
			checkMessage(t, m.payload())
		}
		for _, in := range g.texts() {
			if characters(in) > 200 || strings.Contains(in, "\n") {
				t.Errorf("%q is no phrasing", in)
			}
		}
		cut, whole := upToSentence(text, 600)
		if characters(cut) > 600 || whole != (characters(text) <= 600) || !strings.HasPrefix(strings.TrimSpace(text), strings.TrimSpace(cut)) {
			t.Errorf("%q is cut to %q, %v", text, cut, whole)
		}
		checkForm(t, (&Bot{cfg: Config{Answerer: answerer}}).answerForm("", queueAnswer+":1", career, inputs{fieldQuestion: text, fieldAnswer: text, fieldPhrasings: text, fieldSource: text}).payload())
	})
}
