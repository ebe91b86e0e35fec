package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/joho/godotenv"

	"github.com/careerbot/careerbot/store"
)

// config is what the settings say.
type config struct {
	token        string
	knowledgeDir string // empty for the articles shipped
	dataDir      string
	databaseURL  string // empty for SQLite in dataDir
	logLevel     slog.Level
	logFormat    string // text or json
	pace         int    // questions a minute; 0 for any number
	keep         store.Keep
	alerts       int    // that a person may have
	sourcesFile  string // empty for sources.yaml in dataDir, if there is one
	adzunaID     string // empty for none
	adzunaKey    string
	discordAPI   string         // empty for Discord itself
	sourcesHost  netip.AddrPort // where sources may be read though it is private; none but in tests
	ahead        time.Duration  // of the time that it is; 0 but in tests
}

// now is the time by which the program does what is due.
func (c config) now() time.Time { return time.Now().Add(c.ahead) }

// setting is a row of the table of settings. README.md, .env.example and
// `careerbot run --help` say the same; tests hold them to it.
type setting struct {
	name     string
	what     string   // what it is, for people
	fallback string   // its value where none is given
	missing  string   // what to do where a value is needed and none is given
	usedBy   []string // the subcommands that read it
	purpose  purpose
	set      func(c *config, value string) error // says what to put there
}

// describe says what a setting is and what it is if it is not set.
func (s setting) describe() string {
	if s.fallback == "" {
		return s.what
	}
	return s.what + " Without it: " + s.fallback + "."
}

// purpose tells for whom a setting is.
type purpose int

const (
	forOperators purpose = iota
	forTests             // documented in CONTRIBUTING.md alone
)

var settings = []setting{
	{
		name:    "DISCORD_TOKEN",
		what:    "The bot's token, from the Discord developer portal. Keep it secret.",
		missing: "put the bot's token there, in the environment or in a file named .env",
		usedBy:  []string{"run"},
		set: func(c *config, value string) error {
			c.token = strings.TrimPrefix(value, "Bot ")
			if strings.ContainsFunc(c.token, func(r rune) bool { return r <= ' ' || r > '~' }) {
				return errors.New("put the token there just as the developer portal shows it: it holds no spaces and no accents")
			}
			return nil
		},
	},
	{
		name:   "KNOWLEDGE_DIR",
		what:   "A folder of articles (*.md) to answer from, in place of those shipped; what is saved there is live within two seconds. Or a zip of them. The flag --knowledge overrides it.",
		usedBy: []string{"run", "ask", "chat", "check", "import", "export", "jobs"},
		set: func(c *config, value string) error {
			c.knowledgeDir = value
			return nil
		},
	},
	{
		name:     "DATA_DIR",
		what:     "The folder of the database, careerbot.db; it is made if it is not there.",
		fallback: "data",
		usedBy:   []string{"run", "db", "sources", "jobs"},
		set: func(c *config, value string) error {
			c.dataDir = value
			return nil
		},
	},
	{
		name:   "DATABASE_URL",
		what:   "A PostgreSQL database in place of the one in DATA_DIR: postgres://user:password@host:5432/database. Keep it secret.",
		usedBy: []string{"run", "db", "sources", "jobs"},
		set: func(c *config, value string) error {
			c.databaseURL = value
			u, err := url.Parse(value)
			if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
				return errors.New("put a URL like postgres://user:password@host:5432/database there, or leave it out")
			}
			return nil
		},
	},
	{
		name:     "LOG_LEVEL",
		what:     "What to log at least: debug, info, warn or error.",
		fallback: "info",
		usedBy:   []string{"run"},
		set: func(c *config, value string) error {
			switch strings.ToLower(value) {
			case "debug", "info", "warn", "error":
				return c.logLevel.UnmarshalText([]byte(value))
			}
			return errors.New("put debug, info, warn or error there")
		},
	},
	{
		name:     "LOG_FORMAT",
		what:     "How to log: text for people, json for programs.",
		fallback: "text",
		usedBy:   []string{"run"},
		set: func(c *config, value string) error {
			c.logFormat = strings.ToLower(value)
			if c.logFormat != "text" && c.logFormat != "json" {
				return errors.New("put text or json there")
			}
			return nil
		},
	},
	{
		name:     "QUESTIONS_PER_MINUTE",
		what:     "How much one person may ask of the bot a minute, beyond a few things at once; 0 for any number.",
		fallback: "15",
		usedBy:   []string{"run"},
		set: func(c *config, value string) error {
			var err error
			if c.pace, err = strconv.Atoi(value); err != nil || c.pace < 0 {
				return errors.New("put a whole number there, 0 or more")
			}
			return nil
		},
	},
	{
		name:     "ALERTS_PER_PERSON",
		what:     "How many job alerts one person may have.",
		fallback: "5",
		usedBy:   []string{"run"},
		set: func(c *config, value string) error {
			var err error
			if c.alerts, err = strconv.Atoi(value); err != nil || c.alerts < 1 || c.alerts > 25 {
				return errors.New("put a whole number from 1 to 25 there")
			}
			return nil
		},
	},
	{
		name:     "KEEP_QUESTIONS_DAYS",
		what:     "For how many days a question without an answer is kept after it was last asked; 0 for ever.",
		fallback: "90",
		usedBy:   []string{"run"},
		set:      func(c *config, value string) error { return days(&c.keep.Questions, value) },
	},
	{
		name:     "KEEP_LEFT_DAYS",
		what:     "For how many days the data of a server is kept from which the bot was removed; 0 for ever.",
		fallback: "30",
		usedBy:   []string{"run"},
		set:      func(c *config, value string) error { return days(&c.keep.Guilds, value) },
	},
	{
		name:   "SOURCES_FILE",
		what:   "A file of sources of jobs that are read for all servers; see docs/operating.md. Without it, sources.yaml in DATA_DIR counts, if it is there.",
		usedBy: []string{"run"},
		set: func(c *config, value string) error {
			c.sourcesFile = value
			return nil
		},
	},
	{
		name:   "ADZUNA_APP_ID",
		what:   "What Adzuna knows you by, from developer.adzuna.com: only searches there need it.",
		usedBy: []string{"run", "sources", "jobs"},
		set:    func(c *config, value string) error { return key(&c.adzunaID, value) },
	},
	{
		name:   "ADZUNA_APP_KEY",
		what:   "The key that belongs to it. Keep it secret.",
		usedBy: []string{"run", "sources", "jobs"},
		set:    func(c *config, value string) error { return key(&c.adzunaKey, value) },
	},
	{
		name:    "DISCORD_API",
		what:    "The address of a simulated Discord to connect to, in place of the real one.",
		usedBy:  []string{"run"},
		purpose: forTests,
		set: func(c *config, value string) error {
			c.discordAPI = value
			u, err := url.Parse(value)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
				return errors.New("put a base URL like http://127.0.0.1:8080 there, or leave it out")
			}
			return nil
		},
	},
	{
		name:    "SOURCES_HOST",
		what:    "The address and port of a server of a private network from which sources may be read all the same.",
		usedBy:  []string{"run", "sources", "jobs"},
		purpose: forTests,
		set: func(c *config, value string) (err error) {
			if c.sourcesHost, err = netip.ParseAddrPort(value); err != nil {
				return errors.New("put an address and a port like 127.0.0.1:8080 there, or leave it out")
			}
			return nil
		},
	},
	{
		name:    "CLOCK_AHEAD",
		what:    "How far the clock of the program is ahead of the time that it is.",
		usedBy:  []string{"run"},
		purpose: forTests,
		set: func(c *config, value string) (err error) {
			if c.ahead, err = time.ParseDuration(value); err != nil {
				return errors.New("put a time like 26h there, or leave it out")
			}
			return nil
		},
	},
}

// key reads what an owner of feeds has given the operator.
func key(to *string, value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("put it there just as the owner shows it: it holds no spaces and no accents")
	}
	*to = value
	return nil
}

// days reads a number of days.
func days(d *time.Duration, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 36500 {
		return errors.New("put a whole number of days there, 0 or more")
	}
	*d = time.Duration(n) * 24 * time.Hour
	return nil
}

// parseConfig reads the settings that a subcommand uses. Everything that is
// missing or malformed is reported at once, as settingFaults.
func parseConfig(command string, getenv func(string) string) (config, error) {
	var c config
	var faults settingFaults
	for _, s := range settings {
		if !slices.Contains(s.usedBy, command) {
			continue
		}
		value := strings.TrimSpace(getenv(s.name))
		if value == "" {
			value = s.fallback
		}
		if value == "" {
			if s.missing != "" {
				faults = append(faults, settingFault{s.name, "is not set", s.missing})
			}
			continue
		}
		if err := s.set(&c, value); err != nil {
			faults = append(faults, settingFault{s.name, "is malformed", err.Error()})
		}
	}
	if len(faults) > 0 {
		return c, faults
	}
	return c, nil
}

// settingFault is what is wrong with one setting. It never holds the value,
// which may be a secret in the wrong place.
type settingFault struct {
	name, what, mend string
}

func (f settingFault) String() string { return f.name + " " + f.what + ": " + f.mend }

// settingFaults is what is wrong with the settings, one a line.
type settingFaults []settingFault

func (fs settingFaults) Error() string {
	if len(fs) == 1 {
		return fs[0].String()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d settings are wrong:", len(fs))
	for _, f := range fs {
		fmt.Fprintf(&b, "\n  %v", f)
	}
	return b.String()
}

// of reports whether one of the faults is of that setting.
func (fs settingFaults) of(name string) bool {
	return slices.ContainsFunc(fs, func(f settingFault) bool { return f.name == name })
}

// config reads the settings of a subcommand from the environment and from
// .env, and the flag --knowledge.
func (p *program) config(command string) (config, error) {
	file, err := readDotEnv(".env")
	if err != nil {
		return config{}, err
	}
	c, err := parseConfig(command, func(name string) string {
		if value, ok := p.lookup(name); ok {
			return value
		}
		return file[name]
	})
	if p.knowledgeDir != "" {
		c.knowledgeDir = p.knowledgeDir
	}
	return c, err
}

// readDotEnv reads a file of settings. There need not be one.
func readDotEnv(name string) (map[string]string, error) {
	src, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: mend or delete this file of settings", err)
	}
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("%s: the file is in UTF-16: save it as UTF-8", name)
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	env, ok := parseDotEnv(src)
	if !ok {
		return nil, fmt.Errorf("%s:%d: this is not a setting: write NAME=value, and # before a remark", name, faultyLine(src))
	}
	return env, nil
}

// parseDotEnv reads settings. Errors of godotenv quote the rest of the file,
// tokens and all, so none is handed on.
func parseDotEnv(src []byte) (env map[string]string, ok bool) {
	env, err := godotenv.UnmarshalBytes(src)
	if err != nil {
		return nil, false
	}
	_, nameless := env[""] // godotenv takes a last line without = for a value
	return env, !nameless
}

// faultyLine gives the number of the first line that parseDotEnv refuses: the
// one after the last with which the file still made sense. A value in quotes
// may take several lines.
func faultyLine(src []byte) int {
	good := 0
	lines := bytes.SplitAfter(src, []byte("\n"))
	length := 0
	for i, line := range lines {
		length += len(line)
		if _, ok := parseDotEnv(src[:length]); ok {
			good = i + 1
		}
	}
	return min(good+1, len(lines))
}
