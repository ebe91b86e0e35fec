package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// What people read about the program is held to what the program does. With
// -update the parts that it can write itself are written.

func read(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// same holds text, which stands in a file, to what it should be.
func same(t *testing.T, name, text, want string) {
	t.Helper()
	if text == want {
		return
	}
	if !*update {
		t.Errorf("%s has\n%s\nbut it should have\n%s\n(go test ./cmd/careerbot -update writes that)", name, text, want)
		return
	}
	if err := os.WriteFile(name, []byte(strings.Replace(read(t, name), text, want, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestEnvExample(t *testing.T) {
	const name = "../../.env.example"
	var b strings.Builder
	b.WriteString("# Settings of Careerbot. Copy this file to .env and fill in what you need; take\n" +
		"# the # away before a setting to change it. The environment wins over this file.\n")
	for _, s := range settings {
		if s.purpose != forOperators {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", wrap("# ", s.describe(), plainWidth))
		if s.missing == "" {
			b.WriteString("#")
		}
		fmt.Fprintf(&b, "%s=%s\n", s.name, s.fallback)
	}
	want := regexp.MustCompile(`(?m)^  `).ReplaceAllString(b.String(), "# ")
	same(t, name, read(t, name), want)

	env, ok := parseDotEnv([]byte(read(t, name)))
	if !ok {
		t.Fatalf("%s:%d is no setting", name, faultyLine([]byte(read(t, name))))
	}
	_, err := parseConfig("run", func(name string) string { return env[name] })
	if err == nil || !strings.HasPrefix(err.Error(), "DISCORD_TOKEN is not set: ") {
		t.Errorf("as it stands it leads to: %v", err)
	}
}

func TestSettingsInReadme(t *testing.T) {
	const name = "../../README.md"
	var b strings.Builder
	b.WriteString("| Setting | What it is | Without it | Used by |\n|---|---|---|---|\n")
	for _, s := range settings {
		if s.purpose != forOperators {
			continue
		}
		without := "—"
		switch {
		case s.missing != "":
			without = "it does not start"
		case s.fallback != "":
			without = "`" + s.fallback + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", s.name, s.what, without, strings.Join(s.usedBy, "`, `"))
	}
	table := regexp.MustCompile(`(?m)^\| Setting \|.*\n(\|.*\n)+`).FindString(read(t, name))
	same(t, name, table, b.String())

	for _, s := range settings {
		if s.purpose == forTests && !strings.Contains(read(t, "../../CONTRIBUTING.md"), "`"+s.name+"`") {
			t.Errorf("CONTRIBUTING.md does not tell of %s", s.name)
		}
	}
}

// The link asks for what the bot needs to see a question and to answer it.
func TestInviteLink(t *testing.T) {
	t.Parallel()
	const permissions = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionSendMessagesInThreads |
		discordgo.PermissionEmbedLinks | discordgo.PermissionAttachFiles | discordgo.PermissionReadMessageHistory
	link := fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=APPLICATION_ID&scope=bot+applications.commands&permissions=%d", permissions)
	if !strings.Contains(read(t, "../../README.md"), link) {
		t.Errorf("README.md does not have %s", link)
	}
}

// What README.md tells people to run is what is run for every change.
func TestCommandsInReadme(t *testing.T) {
	t.Parallel()
	readme := read(t, "../../README.md")
	for _, command := range []string{"go run ./cmd/careerbot demo", "go test ./..."} {
		if !strings.Contains(readme, "\n"+command+"\n") {
			t.Errorf("README.md does not have the line %q", command)
		}
	}
	if ci := read(t, "../../.ci/run"); !strings.Contains(ci, "README.md") {
		t.Error(".ci/run does not take the test command from README.md")
	}
}

// transcript is what somebody does on a simulated Discord and reads there.
type transcript struct {
	*scene
	env  map[string]string
	asha *discordsim.User
	text strings.Builder
}

func newTranscript(t *testing.T) *transcript {
	t.Helper()
	sim, err := discordsim.New(discordsim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sim.Close)
	guild := sim.Guild("Careers")
	return &transcript{
		scene: &scene{t: t, sim: sim, guild: guild}, asha: guild.Member("asha"),
		env: map[string]string{"DISCORD_TOKEN": sim.Token(), "DISCORD_API": sim.URL(), "DATA_DIR": t.TempDir(), "QUESTIONS_PER_MINUTE": "0"},
	}
}

// during runs the program while something is done.
func (s *transcript) during(does func(ctx context.Context)) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), patience)
	defer stop()
	ended, identified := make(chan error, 1), len(s.sim.Identifies())
	go func() {
		ended <- run(ctx, []string{"run"}, strings.NewReader(""), io.Discard, io.Discard, func(name string) (string, bool) {
			value, ok := s.env[name]
			return value, ok
		})
	}()
	s.check(s.sim.Wait(ctx, func() bool { return len(s.sim.Identifies()) > identified }))
	s.check(s.sim.Ready(ctx))
	does(ctx)
	stop()
	s.check(<-ended)
}

func (s *transcript) check(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// shows writes down what asha types, or what happens, and what she reads then.
func (s *transcript) shows(typed, read string) {
	if s.text.Len() > 0 {
		s.text.WriteString("\n")
	}
	fmt.Fprintln(&s.text, typed)
	for line := range strings.Lines(strings.ReplaceAll(read, "]\n[", "] [")) {
		fmt.Fprintln(&s.text, strings.TrimRight(wrap("      ", strings.TrimSuffix(line, "\n"), plainWidth), " "))
	}
}

// does has asha do something, and shows it.
func (s *transcript) does(ctx context.Context, typed, act string, args ...string) {
	s.t.Helper()
	text, err := acts[act](s.scene, ctx, s.asha, args)
	s.check(err)
	s.shows("asha: "+typed, text)
}

// What README.md shows of a Discord server is what a member reads there.
func TestDiscordInReadme(t *testing.T) {
	const name = "../../README.md"
	shown := regexp.MustCompile("(?s)\n```text\n(asha: /ask.*?)```\n").FindStringSubmatch(read(t, name))
	if shown == nil {
		t.Fatal("README.md shows nothing of Discord")
	}
	s := newTranscript(t)
	s.during(func(ctx context.Context) {
		s.does(ctx, "/ask how much do freshers get as a back-end dev?", "slash", "ask", "question=how much do freshers get as a back-end dev?")
		s.does(ctx, "@Careerbot do i need a masters?", "mention", "do i need a masters?")
		s.does(ctx, "(presses Helpful)", "click", "Helpful")
		s.does(ctx, "/ask what does a dentist earn?", "slash", "ask", "question=what does a dentist earn?")
		s.does(ctx, "/career Back-end developer", "slash", "career", "name=back-end-developer")
	})
	same(t, name, shown[1], s.text.String())
}

// feedOf is an RSS feed of jobs that were all posted at one time: the company,
// the title, the pay and what they are about.
func feedOf(posted time.Time, jobs ...[4]string) []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>Jobs of Pune</title>`)
	for _, j := range jobs {
		fmt.Fprintf(&b, "<item><company>%s</company><title>%s</title><salary>%s</salary><description>%s</description>", j[0], j[1], j[2], j[3])
		fmt.Fprintf(&b, "<link>https://jobs.example/%s</link><location>Pune, India</location><job_type>full-time</job_type><pubDate>%s</pubDate></item>",
			strings.ReplaceAll(j[1], " ", "-"), posted.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return b.Bytes()
}

// shownTimes are Discord's timestamps, which each reader sees in their own zone.
var shownTimes = regexp.MustCompile(`<t:(\d+):(\w)>`)

// What README.md shows of job alerts is what a member goes through. It is noon in
// India when she asks for them; then the clock of the program is set ahead.
func TestAlertInReadme(t *testing.T) {
	const name = "../../README.md"
	shown := regexp.MustCompile("(?s)\n```text\n(asha: /subscribe.*?)```\n").FindStringSubmatch(read(t, name))
	if shown == nil {
		t.Fatal("README.md shows nothing of job alerts")
	}
	india, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	y, m, d := time.Now().In(india).Date()
	noon := time.Date(y, m, d+1, 12, 0, 0, 0, india)
	var feed atomic.Pointer[[]byte]
	serves := func(posted time.Time, jobs ...[4]string) {
		data := feedOf(posted, jobs...)
		feed.Store(&data)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write(*feed.Load())
	}))
	defer server.Close()
	s := newTranscript(t)
	s.env["SOURCES_HOST"] = server.Listener.Addr().String()
	s.env["SOURCES_FILE"] = filepath.Join(t.TempDir(), "sources.yaml")
	s.check(os.WriteFile(s.env["SOURCES_FILE"], fmt.Appendf(nil, "- url: %s/jobs.rss\n  name: Jobs of Pune\n", server.URL), 0o600))
	var clock time.Time
	at := func(now time.Time) { clock, s.env["CLOCK_AHEAD"] = now, time.Until(now).String() }
	// As a reader in India sees it.
	local := func(text string) string {
		return shownTimes.ReplaceAllStringFunc(text, func(stamp string) string {
			part := shownTimes.FindStringSubmatch(stamp)
			unix, err := strconv.ParseInt(part[1], 10, 64)
			s.check(err)
			when := time.Unix(unix, 0).In(india)
			if part[2] == "R" {
				return fmt.Sprintf("%.0f hours ago", clock.Sub(when).Hours())
			}
			if ago := clock.Sub(when).Hours() / 24; ago >= 1 {
				return fmt.Sprintf("%.0f days ago", ago)
			}
			return map[bool]string{true: "today", false: "tomorrow"}[when.Day() == noon.Day()] + when.Format(" at 15:04")
		})
	}
	does := func(ctx context.Context, typed, act string, args ...string) {
		t.Helper()
		text, err := acts[act](s.scene, ctx, s.asha, args)
		s.check(err)
		s.shows(typed, local(text))
	}

	old := [][4]string{{"Acme", "Back-end developer", "INR 900,000 a year", "You build APIs in Go."}, {"Globex", "Pastry cook", "", "You bake."}}
	at(noon)
	serves(noon.AddDate(0, 0, -3), old...)
	s.during(func(ctx context.Context) {
		_, err := s.until(ctx, regexp.MustCompile("1 job"), s.asha, "slash", "jobs", "what=Back-end developer")
		s.check(err)
		does(ctx, "asha: /subscribe career: Back-end developer, place: India", "slash",
			"subscribe", "career=back-end-developer", "place=India", "zone=Asia/Kolkata")
		does(ctx, "asha: (presses Save)", "click", "Save")
		does(ctx, "Careerbot, by direct message:", "receive", "Thank you for subscribing")
	})

	evening := noon.Add(6 * time.Hour)
	at(evening)
	serves(evening.Add(-2*time.Hour), append(old, [4]string{"Initech", "Senior backend engineer", "INR 1,800,000-2,400,000 a year", "You lead a team."},
		[4]string{"Hooli", "Junior back-end developer", "", "You write PHP."}, [4]string{"Hooli", "Driver", "", "You drive."})...)
	s.during(func(ctx context.Context) {
		_, err := s.until(ctx, regexp.MustCompile("Why 1"), s.asha, "slash", "alerts list")
		s.check(err)
		_, err = s.until(ctx, regexp.MustCompile("It has found 2 jobs"), s.asha, "click", "Why 1")
		s.check(err)
	})

	at(noon.Add(21*time.Hour + time.Minute))
	s.during(func(ctx context.Context) {
		does(ctx, "Careerbot, by direct message, at nine the next morning:", "receive", "for your alert")
	})
	same(t, name, shown[1], s.text.String())
}
