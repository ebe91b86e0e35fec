package bot

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/answer"
	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/chart"
	"github.com/careerbot/careerbot/knowledge"
)

// inWords is what the picture of the shipped article's pay says.
const inWords = "Number line: what a career pays a year, in INR. Back-end developer in India: " +
	"entry ₹1,23,000, average ₹4,86,091, top ₹10,00,000. Source: Payscale, read 23 November 2026."

// pictured fails the test unless a message shows a picture of a name in its nth
// embed, and gives what is said of it.
func (st *stage) pictured(m discordsim.Message, n int, name string) string {
	st.t.Helper()
	if len(m.Embeds) <= n || len(m.Attachments) <= n || m.Embeds[n].Image == nil {
		st.t.Fatalf("no picture: %+v", m)
	}
	a := m.Attachments[n]
	if a.Name != name || m.Embeds[n].Image.URL != a.URL {
		st.t.Errorf("%s is attached, and %s is shown", a.Name, m.Embeds[n].Image.URL)
	}
	_, data := st.download(discordsim.Message{Attachments: m.Attachments[n : n+1]})
	img, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || img.Width != chart.Width {
		st.t.Errorf("%s is no picture of the width %d: %+v, %v", name, chart.Width, img, err)
	}
	return a.Description
}

// Whoever asks what a career pays sees it, through whichever door they ask.
func TestPayIsPictured(t *testing.T) {
	st := set(t, shipped).ready()
	const question = "what does a back-end developer earn?"
	card := st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "back-end-developer"})
	written, err := st.ravi.Say(st.general, question)
	st.must(err)
	pick, err := st.asha.Menu(written, askAbout)
	st.must(err)
	menu, err := pick.Reply(st.ctx)
	st.must(err)
	for door, m := range map[string]discordsim.Message{
		"/ask":           st.ask(st.asha, question),
		"/ask privately": st.slash(st.asha, st.general, "ask", discordsim.Opts{"question": question, "private": true}),
		"a mention":      st.say(st.asha, st.general, st.sim.Bot().Mention()+" "+question),
		"a message":      st.say(st.asha, st.asha.DM(), question),
		"the card":       st.click(st.asha, card, "Pay"),
		"the menu":       menu,
	} {
		wants(t, m.Text(), "Back-end developer · Pay", "₹4,86,091")
		if got := st.pictured(m, 0, "pay.png"); got != inWords {
			t.Errorf("%s: %s", door, got)
		}
	}
	for _, m := range []discordsim.Message{card, st.ask(st.asha, "which skills does a back-end developer need?"), st.ask(st.asha, "what does a dentist earn?")} {
		if len(m.Attachments) > 0 {
			t.Errorf("a picture of what nobody asked: %s", m.Text())
		}
	}
	for _, c := range st.sim.Calls("POST /interactions/*/*/callback") {
		if bytes.Contains(c.Body, []byte(`"type":5`)) {
			t.Error("an answer with a picture was put off")
		}
	}
}

// A choice that turns into its answer turns into one with a picture.
func TestChosenPayIsPictured(t *testing.T) {
	st := set(t, setting{}).ready()
	asked := st.ask(st.asha, "which one?")
	answered := st.click(st.asha, asked, "Pay")
	if answered.ID != asked.ID {
		t.Error("it is another message")
	}
	st.pictured(answered, 0, "pay.png")
}

// Where the bot may not attach files, it answers without the picture.
func TestFaultNoAttachFiles(t *testing.T) {
	const question = "what does a back-end developer earn?"
	st := set(t, shipped).ready()
	st.general.Deny(st.guild.ID, discordsim.AttachFiles)
	for _, m := range []discordsim.Message{st.ask(st.asha, question), st.say(st.asha, st.general, st.sim.Bot().Mention()+" "+question)} {
		if len(m.Embeds) != 1 || m.Embeds[0].Image != nil || len(m.Attachments) > 0 {
			t.Errorf("embeds %+v, files %+v", m.Embeds, m.Attachments)
		}
		wants(t, m.Text(), "₹4,86,091")
	}
	t.Log("and in plain text where it may not embed, either")
	st.general.Deny(st.guild.ID, discordsim.EmbedLinks)
	m := st.say(st.asha, st.general, st.sim.Bot().Mention()+" "+question)
	wants(t, m.Content, "₹4,86,091")
	if len(m.Embeds)+len(m.Attachments) > 0 {
		t.Errorf("embeds %+v, files %+v", m.Embeds, m.Attachments)
	}
	t.Log("and so where nobody said so before")
	other := st.guild.Channel("unknown")
	fault := st.sim.Fail("POST /channels/*/messages", discordsim.Fault{Times: 1, Status: 403, Body: `{"message": "Missing Permissions", "code": 50013}`})
	m = st.say(st.asha, other, st.sim.Bot().Mention()+" "+question)
	wants(t, m.Content, "₹4,86,091")
	if len(m.Attachments) > 0 || st.sim.Met(fault) != 1 {
		t.Errorf("files %+v", m.Attachments)
	}
}

// A file that is no picture of an embed is what a message is about, and stays.
func TestWithoutPictures(t *testing.T) {
	m := message{Embeds: nil, Files: []file{{name: "kept.zip"}}}
	m.Embeds = append(m.Embeds, renderAnswer(paid, answer.Career{}, &request{}, 0).Embeds...)
	m = (&Bot{}).illustrate(m, picture{name: "pay.png", description: "a line", draw: blank})
	p := without(m.payload(), attachFiles)
	if len(p.files) != 1 || p.files[0].name != "kept.zip" || len(p.Attachments) != 1 || p.Attachments[0] != (attachment{0, "kept.zip", ""}) || p.Embeds[0].Image != nil {
		t.Errorf("%+v", p)
	}
	if m.Embeds[0].Image == nil || len(m.payload().files) != 2 {
		t.Error("the message itself has changed")
	}
}

func fact(kind knowledge.FactKind, amount, upper int64, currency, per string) knowledge.Fact {
	return knowledge.Fact{Kind: kind, Amount: amount, Upper: upper, Currency: currency, Per: per, Source: "A survey"}
}

// What is drawn is figures that an article states, in one currency and for one
// time.
func TestEarnings(t *testing.T) {
	for name, test := range map[string]struct {
		facts []knowledge.Fact
		want  string // in words; empty for no picture
	}{
		"none":                {nil, ""},
		"one":                 {[]knowledge.Fact{fact("average", 10, 0, "USD", "hour")}, ""},
		"a range is two":      {[]knowledge.Fact{fact("range", 10, 30, "USD", "hour")}, "low end $10, top $30"},
		"range and average":   {[]knowledge.Fact{fact("range", 10, 30, "USD", "hour"), fact("average", 20, 0, "USD", "hour")}, "low end $10, average $20, top $30"},
		"another currency":    {[]knowledge.Fact{fact("entry", 10, 0, "USD", "hour"), fact("high", 30, 0, "EUR", "hour")}, ""},
		"another time":        {[]knowledge.Fact{fact("entry", 10, 0, "USD", "hour"), fact("high", 30, 0, "USD", "day")}, ""},
		"most in one":         {[]knowledge.Fact{fact("entry", 9, 0, "EUR", "hour"), fact("entry", 10, 0, "USD", "hour"), fact("high", 30, 0, "USD", "hour")}, "entry $10, top $30"},
		"the first of a kind": {[]knowledge.Fact{fact("entry", 10, 0, "USD", "hour"), fact("entry", 11, 0, "USD", "hour"), fact("high", 30, 0, "USD", "hour")}, "entry $10, top $30"},
		"low and entry":       {[]knowledge.Fact{fact("high", 30, 0, "USD", "year"), fact("entry", 12, 0, "USD", "year"), fact("low", 10, 0, "USD", "year"), fact("range", 8, 40, "USD", "year")}, "low end $10, entry $12, top $30"},
	} {
		f, ok := payPicture(&knowledge.Article{Title: "Baker", Facts: test.facts})
		if ok != (test.want != "") || ok && !strings.Contains(f.description, "Baker: "+test.want+".") {
			t.Errorf("%s: %v, %s", name, ok, f.description)
		}
	}
}

// Whatever stands in articles, Discord takes what is said of a picture, and a
// comparison fits into a message.
func FuzzPictures(f *testing.F) {
	f.Add("Baker", "India", "Payscale", "INR", "year", "2026-11-23", int64(123_000), int64(1_000_000))
	f.Add("@everyone", "<@1>", strings.Repeat("😀", 3000), "", "hour", "\xff", int64(-1), int64(0))
	f.Add(strings.Repeat("*", 3000), "सर्वर", "\u202e", "USD", "", strings.Repeat("x", 2000), int64(1<<62), int64(1<<62))
	f.Fuzz(func(t *testing.T, title, region, source, currency, per, date string, low, high int64) {
		var list []*knowledge.Article
		for i := range len(compareOptions) {
			list = append(list, &knowledge.Article{
				Title: title, Region: region + strings.Repeat("i", i), Source: knowledge.Source{Name: source, Read: date},
				Facts: []knowledge.Fact{
					{Kind: knowledge.EntryPay, Amount: low, Currency: currency + strings.Repeat("x", i%2), Per: per, Source: source, Date: date},
					{Kind: knowledge.HighPay, Amount: high, Currency: currency + strings.Repeat("x", i%2), Per: per, Source: source},
				},
				Sections: []knowledge.Section{{Topic: knowledge.Skills, Passages: []knowledge.Passage{{Bullet: true, Lead: title, Text: source}, {Bullet: true, Lead: region, Text: source}}}},
				FAQs:     []knowledge.FAQ{{Topic: knowledge.Education, Answer: source}},
			})
		}
		checkPictures(renderCompared(list))(t)
		if pay, ok := payPicture(list[0]); ok {
			m := renderCard(answer.Career{Title: "x", Summary: "x"})
			checkPictures(m, []picture{pay})(t)
		}
	})
}

// blank draws nothing.
func blank() []byte { return nil }

// checkPictures fails the test unless Discord takes a message with pictures,
// which are not drawn.
func checkPictures(m message, pictures []picture) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		for i := range pictures {
			pictures[i].draw, pictures[i].key = blank, ""
		}
		checkMessage(t, (&Bot{}).illustrate(m, pictures...).payload())
	}
}

// BenchmarkPayAnswer makes the message of an answer on pay: with a picture that
// was drawn before, and with one that is new.
func BenchmarkPayAnswer(b *testing.B) {
	bot, _ := measured(b)
	r := &request{id: "1", person: "2", token: "t"}
	for _, known := range []bool{true, false} {
		b.Run(map[bool]string{true: "remembered", false: "new"}[known], func(b *testing.B) {
			for b.Loop() {
				if !known {
					bot.pictures.Purge()
				}
				if m := bot.show(b.Context(), r, paid.Question, paid); len(m.Files) != 1 {
					b.Fatal("no picture")
				}
			}
		})
	}
}
