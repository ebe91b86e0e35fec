package bot

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
	"github.com/careerbot/careerbot/fetch"
	"github.com/careerbot/careerbot/knowledge"
	"github.com/careerbot/careerbot/store"
)

// plumber is a text as people save it from a page.
const plumber = `what is a plumber?

A plumber puts in pipes and mends them.

find your plumbing jobs

average plumber salary

According to the Guild of Plumbers, the average annual salary of a plumber is ₹360,000. Freshers start at ₹150,000 per year.

plumber skills and competencies

  • dexterity: you work where there is little room.
`

// importing is a library whose moderators can import files, and a web server
// that it may reach besides.
type importing struct {
	*library
	meera *discordsim.User // a moderator
	web   *httptest.Server
}

func setImporting(t *testing.T, pages map[string]http.HandlerFunc) importing {
	t.Helper()
	mux := http.NewServeMux()
	for path, serve := range pages {
		mux.HandleFunc(path, serve)
	}
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	l := stock(t, setting{patience: 5 * time.Minute, cfg: func(c *Config) { // each preview asks thousands of questions
		allow := []netip.AddrPort{netip.MustParseAddrPort(web.Listener.Addr().String())}
		if api, err := url.Parse(c.API); err == nil {
			allow = append(allow, netip.MustParseAddrPort(api.Host))
		}
		c.Fetch = fetch.New(fetch.Config{UserAgent: "tester", Allow: allow})
	}})
	meera := l.guild.Member("meera", l.guild.Role("moderators", discordsim.ManageGuild))
	return importing{l, meera, web}
}

// imports uses /kb import and returns what that came to.
func (l *library) imports(u *discordsim.User, c *discordsim.Channel, opts discordsim.Opts) discordsim.Message {
	l.t.Helper()
	it, err := u.Slash(c, "kb import", opts)
	l.must(err)
	m, err := it.ReplyThat(l.ctx, func(m discordsim.Message) bool {
		return !strings.HasSuffix(m.Content, "…") || len(m.Embeds)+len(m.Attachments) > 0 // which is how far it is
	})
	l.must(err)
	return m
}

// text is a file of text.
func text(name, content string) discordsim.File {
	return discordsim.File{Name: name, Data: []byte(content)}
}

func TestImportFile(t *testing.T) {
	st := setImporting(t, nil)
	m := st.imports(st.meera, st.general, discordsim.Opts{"file": text("plumber.txt", plumber)})
	if !m.Ephemeral {
		t.Error("everybody sees it")
	}
	wants(t, m.Text(), "Import of plumber.txt", "**Plumber** (`plumber`)", "- Pay, “Average plumber salary”: 1 passage", "average: ₹3,60,000 a year",
		"“According to the Guild of Plumbers", "Dropped** 1 line", "find your plumbing jobs", "Nothing of this is live")
	name, report := st.download(m)
	if name != "import.txt" {
		t.Errorf("attached %s", name)
	}
	wants(t, string(report), "Import of plumber.txt", "- find your plumbing jobs (a button)")

	t.Log("nothing is live before it is published")
	if got := st.ask(st.asha, "what does a plumber earn?").Text(); strings.Contains(got, "3,60,000") {
		t.Errorf("it is live: %s", got)
	}
	wants(t, st.click(st.meera, m, "Publish").Text(), "Published")
	wants(t, st.ask(st.asha, "what does a plumber earn?").Text(), "3,60,000")

	t.Log("the same again changes nothing, and leaves no draft")
	wants(t, st.imports(st.meera, st.general, discordsim.Opts{"file": text("plumber.txt", plumber)}).Text(), "nothing in it to change", "4 entries are the same")
	drafts, err := st.kept.Drafts(st.ctx, st.guild.ID)
	st.must(err)
	if len(drafts) != 0 {
		t.Errorf("%d drafts", len(drafts))
	}

	t.Log("of a text that says more, only that becomes a change; the names and the other figures stay")
	more := strings.Replace(plumber, "pipes and mends them.", "pipes, taps and boilers.", 1)
	m = st.imports(st.meera, st.general, discordsim.Opts{"file": text("again.txt", more)})
	wants(t, m.Text(), "3 entries are the same", "1 change", "boilers")
	checkMentions(t, st.sim)
}

// What an import has brought is taken back in one tap, all but what somebody has
// changed since, which is named; and done again in another.
func TestImportIsTakenBackInOneTap(t *testing.T) {
	st := setImporting(t, nil)
	earns := func(want bool) {
		t.Helper()
		if got := st.ask(st.asha, "what does a plumber earn?").Text(); strings.Contains(got, "3,60,000") != want {
			t.Errorf("want %t: %s", want, got)
		}
	}
	published := st.click(st.meera, st.imports(st.meera, st.general, discordsim.Opts{"file": text("plumber.txt", plumber)}), "Publish")
	wants(t, published.Text(), "Undo takes all of it back; /kb undo takes back one entry.")
	earns(true)

	t.Log("not by a member, nor from another server")
	if got := st.forge(st.asha, st.general, button, discordsim.Forgery{On: &published, CustomID: published.Buttons()[0].CustomID}); !strings.Contains(got, "for the moderators of this server") {
		t.Errorf("a member is told %s", got)
	}
	other := st.sim.Guild("Elsewhere")
	omar := other.Member("omar", other.Role("moderators", discordsim.ManageGuild))
	on := st.slash(omar, other.General(), "help", nil)
	wants(t, st.forge(omar, other.General(), button, discordsim.Forgery{On: &on, CustomID: published.Buttons()[0].CustomID}), "no longer kept")
	earns(true)

	undone := st.click(st.meera, published, "Undo")
	wants(t, undone.Text(), "Undone", "4 entries are as before", "**Plumber**", "Average plumber salary")
	if strings.Contains(undone.Text(), "Left as they are") {
		t.Errorf("it says\n%s", undone.Text())
	}
	earns(false)
	wants(t, st.slash(st.meera, st.general, "kb audit", nil).Text(), "undo plumber/career and 3 more (import of plumber.txt)")

	t.Log("and done again")
	again := st.click(st.meera, undone, "Undo")
	wants(t, again.Text(), "Undone", "4 entries are as before")
	earns(true)
	wants(t, st.slash(st.meera, st.general, "kb history", discordsim.Opts{"career": "plumber", "entry": "section/pay"}).Text(), "taken back by "+st.meera.Mention(), "imported by "+st.meera.Mention())

	t.Log("what was changed since is left, and with it the head of its career")
	key := knowledge.EntryKey{Article: "plumber", Kind: knowledge.SectionEntry, ID: "skills"}
	rev, err := st.kept.Revision(st.ctx, st.guild.ID, key)
	st.must(err)
	rev.Section.Passages[0].Lead = "Dexterity in the dark"
	st.publish(st.guild.ID, st.meera.ID, store.Change{Entry: rev.Entry, Action: store.Edit, Base: rev.Number})
	undone = st.click(st.meera, again, "Undo")
	wants(t, undone.Text(), "2 entries are as before", "Left as they are", "changed by "+st.meera.Mention(), "there is more of this career")
	earns(false)
	wants(t, st.slash(st.asha, st.general, "career", discordsim.Opts{"name": "plumber"}).Text(), "Plumber")
	wants(t, st.ask(st.asha, "which skills does a plumber need?").Text(), "Dexterity in the dark")

	t.Log("once more there is nothing left of it to take back")
	stale := st.forge(st.meera, st.general, button, discordsim.Forgery{On: &published, CustomID: published.Buttons()[0].CustomID})
	wants(t, stale, "All of it was changed after that", "/kb history")
	checkMentions(t, st.sim)
}

func TestImportLink(t *testing.T) {
	sent := make(chan http.Header, 10)
	st := setImporting(t, map[string]http.HandlerFunc{
		"/plumber": func(w http.ResponseWriter, r *http.Request) {
			sent <- r.Header
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte(plumber))
		},
	})
	m := st.imports(st.meera, st.general, discordsim.Opts{"link": st.web.URL + "/plumber"})
	wants(t, m.Text(), "**Plumber**")
	if h := <-sent; h.Get("Authorization") != "" || strings.Contains(fmt.Sprint(h), st.sim.Token()) {
		t.Errorf("sent along %v", h)
	}
	st.click(st.meera, m, "Publish")
	entries, err := st.kept.Entries(st.ctx, st.guild.ID)
	st.must(err)
	if head := entries[0].Head; head == nil || head.Source.URL != st.web.URL+"/plumber" {
		t.Errorf("the source is not the link: %+v", entries[0])
	}

	t.Log("under the name of a career that there is, by whatever name")
	m = st.imports(st.meera, st.general, discordsim.Opts{"link": st.web.URL + "/plumber", "career": "Pipe Fitter"})
	wants(t, m.Text(), "`pipe-fitter`")
	if got := st.offered(st.meera, "kb import", discordsim.Opts{"career": "plu"}, "career"); fmt.Sprint(got) != "[Plumber=plumber]" {
		t.Errorf("offered %q", got)
	}
}

// Whoever waits sees what for.
func TestImportShowsHowFarItIs(t *testing.T) {
	seen := make(chan struct{})
	st := setImporting(t, map[string]http.HandlerFunc{
		"/slow": func(w http.ResponseWriter, _ *http.Request) {
			<-seen
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte(plumber))
		},
	})
	defer close(seen)
	it, err := st.meera.Slash(st.general, "kb import", discordsim.Opts{"link": st.web.URL + "/slow"})
	st.must(err)
	m, err := it.Reply(st.ctx)
	st.must(err)
	if !m.Ephemeral || m.Content != "Fetching the file…" {
		t.Errorf("shown %q", m.Content)
	}
	seen <- struct{}{}
	_, err = st.meera.Await(st.ctx, st.general, func(now discordsim.Message) bool {
		return now.ID == m.ID && strings.Contains(now.Text(), "**Plumber**")
	})
	st.must(err)
}

func TestImportRefuses(t *testing.T) {
	st := setImporting(t, map[string]http.HandlerFunc{
		"/gone": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
		"/large": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte("a\n"), knowledge.MaxImport))
		},
		"/pdf": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/pdf")
			_, _ = w.Write([]byte("%PDF-1.7"))
		},
		"/home": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:22/", http.StatusFound)
		},
	})
	for name, test := range map[string]struct {
		opts discordsim.Opts
		want string
	}{
		"nothing":      {nil, "Give me a file or a link"},
		"both":         {discordsim.Opts{"file": text("a.txt", plumber), "link": st.web.URL + "/gone"}, "one of the two"},
		"too large":    {discordsim.Opts{"file": text("a.txt", strings.Repeat("a\n", knowledge.MaxImport))}, "a.txt is too large: it may have 1 MB"},
		"a PDF":        {discordsim.Opts{"file": text("a.txt", "%PDF-1.7")}, "it is a PDF. Save it as"},
		"no text":      {discordsim.Opts{"file": text("a.txt", "a\x00\x01\x02\x03\x04\x05\x06\x07")}, "it is no text"},
		"empty":        {discordsim.Opts{"file": text("a.txt", " ")}, "it is empty"},
		"no article":   {discordsim.Opts{"file": text("a.txt", "Dear all, the meeting is on Monday.")}, "no article can be drafted"},
		"a bad zip":    {discordsim.Opts{"file": text("a.zip", "PK\x03\x04")}, "the zip cannot be read"},
		"faults":       {discordsim.Opts{"file": text("a.md", "---\nid: x\ntitle: X\n---\n\n## <@1> <!-- topic: soup -->\n\n@everyone\n")}, "soup"},
		"no address":   {discordsim.Opts{"link": "ftp://example.org/"}, "begins with https://"},
		"private":      {discordsim.Opts{"link": "http://127.0.0.1:9/"}, "private network"},
		"metadata":     {discordsim.Opts{"link": "http://169.254.169.254/latest/"}, "private network"},
		"leads home":   {discordsim.Opts{"link": st.web.URL + "/home"}, "private network"},
		"gone":         {discordsim.Opts{"link": st.web.URL + "/gone"}, "410 Gone"},
		"large link":   {discordsim.Opts{"link": st.web.URL + "/large"}, "too large: it may have 1024 kB"},
		"another kind": {discordsim.Opts{"link": st.web.URL + "/pdf"}, "of the kind application/pdf"},
		"no host":      {discordsim.Opts{"link": "https://no-such-host.invalid/"}, "I could not get that: "},
	} {
		m := st.imports(st.meera, st.general, test.opts)
		if !m.Ephemeral || !strings.Contains(m.Text(), test.want) {
			t.Errorf("%s: told %q, not of %q", name, m.Text(), test.want)
		}
		checkText(t, name, m.Content, 1, maxContent)
	}
	drafts, err := st.kept.Drafts(st.ctx, st.guild.ID)
	st.must(err)
	if len(drafts) != 0 {
		t.Errorf("%d drafts are left", len(drafts))
	}
}

// Only what Discord keeps is fetched as an attachment.
func TestAttachmentsAreDiscords(t *testing.T) {
	discord, simulated := &Bot{cfg: Config{API: discordAPI}}, &Bot{cfg: Config{API: "http://127.0.0.1:8080"}}
	for _, test := range []struct {
		bot  *Bot
		url  string
		want bool
	}{
		{discord, "https://cdn.discordapp.com/ephemeral-attachments/1/2/a.txt?ex=1&is=2&hm=3", true},
		{discord, "https://media.discordapp.net/attachments/1/2/a.txt", true},
		{discord, "http://cdn.discordapp.com/attachments/1/2/a.txt", false},
		{discord, "https://cdn.discordapp.com.example.org/a.txt", false},
		{discord, "https://cdn.discordapp.com@example.org/a.txt", false},
		{discord, "https://cdn.discordapp.com:444/a.txt", false},
		{discord, "https://discord.com/attachments/1/2/a.txt", false},
		{discord, "http://169.254.169.254/", false},
		{discord, "", false},
		{simulated, "http://127.0.0.1:8080/attachments/1/2/a.txt", true},
		{simulated, "http://127.0.0.1:8080/api/v10/users/@me", false},
		{simulated, "http://127.0.0.1:80801/attachments/", false},
	} {
		if got := test.bot.isAttachment(test.url); got != test.want {
			t.Errorf("%q: %v", test.url, got)
		}
	}
}

// What one server exports another imports, and exports as the same bytes; and
// nothing in it tells of the first.
func TestExportRoundTrip(t *testing.T) {
	st := setImporting(t, nil)
	other := st.sim.Guild("Elsewhere")
	omar := other.Member("omar", other.Role("moderators", discordsim.ManageGuild))
	drafted, err := knowledge.Import("plumber.txt", []byte(plumber), knowledge.ImportOptions{})
	st.must(err)
	changes := importedChanges(drafted.Article.Entries()...)
	shippedFAQ := knowledge.Shipped().Articles[0].FAQs[0]
	reworded, hidden := shippedFAQ, knowledge.Shipped().Articles[0].FAQs[1].ID
	reworded.Answer = "In this community we say it in another way."
	key := func(id string) knowledge.EntryKey {
		return knowledge.EntryKey{Article: "back-end-developer", Kind: knowledge.FAQEntry, ID: id}
	}
	changes = append(changes, importedChanges(knowledge.Entry{EntryKey: key(reworded.ID), FAQ: &reworded}, knowledge.Entry{EntryKey: key(hidden), Hidden: true})...)
	changes = append(changes, faqOf("remote", "Can one work from home?", "Many do so for some days of the week."))
	st.publish(st.guild.ID, st.meera.ID, changes...)

	for _, what := range []string{"own", "all"} {
		m := st.slash(st.meera, st.general, "kb export", discordsim.Opts{"what": what})
		if !m.Ephemeral {
			t.Error("everybody sees it")
		}
		name, zip := st.download(m)
		for _, id := range []string{st.guild.ID, st.meera.ID, st.general.ID, "Careers"} {
			if bytes.Contains(unzipped(t, zip), []byte(id)) {
				t.Errorf("%s holds %s", name, id)
			}
		}
		m = st.imports(omar, other.General(), discordsim.Opts{"file": discordsim.File{Name: name, Data: zip}})
		if what == "own" {
			wants(t, m.Text(), "7 changes")
			wants(t, st.click(omar, m, "Publish").Text(), "Published")
		} else {
			wants(t, m.Text(), "nothing in it to change")
		}
		_, again := st.download(st.slash(omar, other.General(), "kb export", discordsim.Opts{"what": what}))
		if !bytes.Equal(zip, again) {
			t.Errorf("%s: the round trip gives other bytes: %d, then %d", what, len(zip), len(again))
		}
	}
	t.Log("all of it in a server that has nothing gives the same as well")
	_, zip := st.download(st.slash(st.meera, st.general, "kb export", nil))
	third := st.sim.Guild("Third")
	nina := third.Member("nina", third.Role("moderators", discordsim.ManageGuild))
	wants(t, st.slash(nina, third.General(), "kb export", discordsim.Opts{"what": "own"}).Text(), "has changed nothing")
	m := st.imports(nina, third.General(), discordsim.Opts{"file": discordsim.File{Name: "all.zip", Data: zip}})
	st.click(nina, m, "Publish")
	if _, again := st.download(st.slash(nina, third.General(), "kb export", nil)); !bytes.Equal(zip, again) {
		t.Error("the round trip gives other bytes")
	}
	wants(t, st.slash(nina, third.General(), "ask", discordsim.Opts{"question": "what does a plumber earn?"}).Text(), "3,60,000")
}

// What two files of a zip say, or what is said and removed, is one change.
func TestCompareTwice(t *testing.T) {
	im := func() *knowledge.Imported {
		im, err := knowledge.Import("plumber.txt", []byte(plumber), knowledge.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return im
	}
	shipped := knowledge.Shipped()
	gone := shipped.Articles[0].Entries()[1].EntryKey
	got := compare(shipped, []*knowledge.Imported{im(), im()}, []knowledge.EntryKey{gone, gone, {Article: "plumber", Kind: knowledge.CareerEntry}}, "")
	if len(got.entries) != 5 || len(got.wrong) != 4 {
		t.Errorf("%d changes, %d left out", len(got.entries), len(got.wrong))
	}
}

// Far more changes than a message can show are one draft.
func TestImportOfMany(t *testing.T) {
	const n = 300
	var b strings.Builder
	b.WriteString("---\nid: baker\ntitle: Baker\n---\n\n## Questions and answers <!-- topic: faq -->\n")
	for i := range n {
		fmt.Fprintf(&b, "\n### What is loaf number %d like? <!-- id: loaf-%d, topic: faq -->\n\nLoaf number %d is %s\n", i, i, i, strings.Repeat("crusty ", 60)+"bread.")
	}
	st := setImporting(t, nil)
	m := st.imports(st.meera, st.general, discordsim.Opts{"file": text("baker.md", b.String())})
	wants(t, m.Text(), fmt.Sprintf("%d changes", n+1), fmt.Sprintf("%d questions", n), "further changes")
	wants(t, st.click(st.meera, m, "Publish").Text(), "Published")
	wants(t, st.ask(st.asha, "What is loaf number 7 like?").Text(), "Loaf number 7 is crusty")
}
