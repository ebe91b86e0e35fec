package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

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
	for _, command := range []string{"go run ./cmd/careerbot chat", "go test ./..."} {
		if !strings.Contains(readme, "\n"+command+"\n") {
			t.Errorf("README.md does not have the line %q", command)
		}
	}
	if ci := read(t, "../../.ci/run"); !strings.Contains(ci, "README.md") {
		t.Error(".ci/run does not take the test command from README.md")
	}
}

// The conversation in README.md is one that the program has.
func TestTranscriptInReadme(t *testing.T) {
	const name = "../../README.md"
	shown := regexp.MustCompile("(?s)\n```\n\\$ go run ./cmd/careerbot chat\n(.*?)```\n").FindStringSubmatch(read(t, name))
	if shown == nil {
		t.Fatal("README.md has no transcript")
	}
	var typed strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^> (.*)$`).FindAllStringSubmatch(shown[1], -1) {
		typed.WriteString(m[1] + "\n")
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"chat"}, strings.NewReader(typed.String()), &out, &out, noEnv); err != nil {
		t.Fatal(err)
	}
	same(t, name, shown[1], out.String())
}

// What README.md shows of a Discord server is what a member reads there.
func TestDiscordInReadme(t *testing.T) {
	const name = "../../README.md"
	shown := regexp.MustCompile("(?s)\n```text\n(asha: .*?)```\n").FindStringSubmatch(read(t, name))
	if shown == nil {
		t.Fatal("README.md shows nothing of Discord")
	}
	sim, err := discordsim.New(discordsim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	guild := sim.Guild("Careers")
	s := &scene{t: t, sim: sim, guild: guild}
	asha := guild.Member("asha")
	env := map[string]string{"DISCORD_TOKEN": sim.Token(), "DISCORD_API": sim.URL(), "DATA_DIR": t.TempDir()}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, []string{"run"}, strings.NewReader(""), io.Discard, io.Discard, func(name string) (string, bool) {
			value, ok := env[name]
			return value, ok
		})
	}()
	if err := sim.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, step := range []struct {
		typed, act string
		args       []string
	}{
		{"/ask how much do freshers get as a back-end dev?", "slash", []string{"ask", "question=how much do freshers get as a back-end dev?"}},
		{"@Careerbot do i need a masters?", "mention", []string{"do i need a masters?"}},
		{"(presses Helpful)", "click", []string{"Helpful"}},
		{"/ask what does a dentist earn?", "slash", []string{"ask", "question=what does a dentist earn?"}},
		{"/career Back-end developer", "slash", []string{"career", "name=back-end-developer"}},
	} {
		text, err := acts[step.act](s, ctx, asha, step.args)
		if err != nil {
			t.Fatal(err)
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "asha: %s\n", step.typed)
		for line := range strings.Lines(strings.ReplaceAll(text, "]\n[", "] [")) {
			fmt.Fprintln(&b, wrap("      ", strings.TrimSuffix(line, "\n"), plainWidth))
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	same(t, name, shown[1], b.String())
}
