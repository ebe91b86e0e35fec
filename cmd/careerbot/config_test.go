package main

import (
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/store"
)

const day = 24 * time.Hour

func TestParseConfig(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		command string
		env     map[string]string
		want    config
		wantErr string
	}{
		{
			name: "what need not be set", command: "run", env: map[string]string{"DISCORD_TOKEN": "abc.def.ghi"},
			want: config{token: "abc.def.ghi", dataDir: "data", logLevel: slog.LevelInfo, logFormat: "text", pace: 15, alerts: 5, keep: store.Keep{Guilds: 30 * day, Questions: 90 * day}},
		},
		{
			name: "everything", command: "run",
			env: map[string]string{
				"DISCORD_TOKEN": " Bot abc ", "KNOWLEDGE_DIR": "./articles", "LOG_LEVEL": "Debug", "LOG_FORMAT": "JSON",
				"DISCORD_API": "http://127.0.0.1:8080", "QUESTIONS_PER_MINUTE": "0", "KEEP_QUESTIONS_DAYS": "7", "KEEP_LEFT_DAYS": "0",
				"ALERTS_PER_PERSON": "9", "SOURCES_FILE": "list.yaml", "ADZUNA_APP_ID": "me", "ADZUNA_APP_KEY": "key", "SOURCES_HOST": "127.0.0.1:80",
				"DATA_DIR": "/var/lib/careerbot", "DATABASE_URL": "postgres://localhost/careerbot",
			},
			want: config{
				token: "abc", knowledgeDir: "./articles", dataDir: "/var/lib/careerbot", databaseURL: "postgres://localhost/careerbot",
				logLevel: slog.LevelDebug, logFormat: "json", discordAPI: "http://127.0.0.1:8080",
				alerts: 9, sourcesFile: "list.yaml", adzunaID: "me", adzunaKey: "key", sourcesHost: netip.MustParseAddrPort("127.0.0.1:80"), keep: store.Keep{Questions: 7 * day},
			},
		},
		{
			name: "only what the command uses", command: "ask",
			env:  map[string]string{"LOG_LEVEL": "loud", "KNOWLEDGE_DIR": "x"},
			want: config{knowledgeDir: "x"},
		},
		{
			name: "a database of its own", command: "db",
			want: config{dataDir: "data"},
		},
		{
			name: "a database elsewhere", command: "db", env: map[string]string{"DATA_DIR": "/srv/bot", "DATABASE_URL": "postgresql://me:pw@db/bot"},
			want: config{dataDir: "/srv/bot", databaseURL: "postgresql://me:pw@db/bot"},
		},
		{
			name: "a database of a kind that there is not", command: "db", env: map[string]string{"DATABASE_URL": "mysql://me:pw@db/bot"},
			wantErr: "DATABASE_URL is malformed: put a URL like postgres://user:password@host:5432/database there, or leave it out",
		},
		{
			name: "one fault", command: "run", env: map[string]string{"DISCORD_TOKEN": "a", "LOG_LEVEL": "loud"},
			wantErr: "LOG_LEVEL is malformed: put debug, info, warn or error there",
		},
		{
			name: "all faults", command: "run", env: map[string]string{"LOG_LEVEL": "INFO+2", "LOG_FORMAT": "xml", "DISCORD_API": "discord"},
			wantErr: `4 settings are wrong:
  DISCORD_TOKEN is not set: put the bot's token there, in the environment or in a file named .env
  LOG_LEVEL is malformed: put debug, info, warn or error there
  LOG_FORMAT is malformed: put text or json there
  DISCORD_API is malformed: put a base URL like http://127.0.0.1:8080 there, or leave it out`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := parseConfig(test.command, func(name string) string { return test.env[name] })
			switch {
			case test.wantErr == "" && err != nil:
				t.Fatal(err)
			case test.wantErr == "" && got != test.want:
				t.Errorf("got %+v, want %+v", got, test.want)
			case test.wantErr != "" && err == nil:
				t.Errorf("no error, want %s", test.wantErr)
			case test.wantErr != "" && err.Error() != test.wantErr:
				t.Errorf("got %s, want %s", err, test.wantErr)
			}
		})
	}
}

func TestReadDotEnv(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, src string
		want      map[string]string
		wantErr   string // how it ends
	}{
		{name: "empty"},
		{name: "plain", src: "A=1\nexport B='two words' # remark\n\n# C=3\nD=\n", want: map[string]string{"A": "1", "B": "two words", "D": ""}},
		{name: "Windows", src: "\ufeffA=1\r\nB=2\r\n", want: map[string]string{"A": "1", "B": "2"}},
		{name: "value of two lines", src: "A=\"1\n2\"\nB=3", want: map[string]string{"A": "1\n2", "B": "3"}},
		{name: "no sign", src: "A=1\nB=2\nSECRET\nC=3\n", wantErr: ".env:3: this is not a setting: write NAME=value, and # before a remark"},
		{name: "no sign at the end", src: "SECRET", wantErr: ".env:1: this is not a setting: write NAME=value, and # before a remark"},
		{name: "no name", src: "A=1\n=SECRET\n", wantErr: ".env:2: this is not a setting: write NAME=value, and # before a remark"},
		{name: "open quote", src: "A=1\nB=\"SECRET\nC=2\n", wantErr: ".env:2: this is not a setting: write NAME=value, and # before a remark"},
		{name: "UTF-16", src: "\xff\xfeA\x00=\x001\x00", wantErr: ".env: the file is in UTF-16: save it as UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), ".env")
			if err := os.WriteFile(name, []byte(test.src), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := readDotEnv(name)
			if test.wantErr != "" {
				if err == nil || !strings.HasSuffix(err.Error(), test.wantErr) {
					t.Errorf("got error %v, want one that ends in %q", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			for k, v := range test.want {
				if got[k] != v {
					t.Errorf("%s is %q, want %q", k, got[k], v)
				}
			}
		})
	}
	if got, err := readDotEnv(filepath.Join(t.TempDir(), "none")); err != nil || len(got) > 0 {
		t.Errorf("without a file: %q, %v", got, err)
	}
}

// The fault is at the line that it is reported at, and nothing of a file of
// settings gets into an error.
func FuzzReadDotEnv(f *testing.F) {
	f.Add("A=1\nSECRET\n")
	f.Add("A='1\n")
	f.Add("export A=$B\nB: c\n=x")
	f.Fuzz(func(t *testing.T, src string) {
		if _, ok := parseDotEnv([]byte(src)); ok {
			return
		}
		n := faultyLine([]byte(src))
		lines := strings.SplitAfter(src, "\n")
		if n < 1 || n > len(lines) {
			t.Fatalf("line %d of %d", n, len(lines))
		}
		if _, ok := parseDotEnv([]byte(strings.Join(lines[:n-1], ""))); !ok {
			t.Errorf("something is wrong before line %d, too", n)
		}
	})
}
