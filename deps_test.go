package careerbot

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/careerbot/careerbot"

// rooms are the packages of the project and which others of it each may
// import: one way, from the program down to what it knows. A new package needs
// a row here and in docs/architecture.md.
var rooms = map[string][]string{
	".":                    {},
	"cmd/careerbot":        {"bot", "store", "bot/discordsim", "answer", "index", "knowledge", "fetch", "alerts", "alerts/source", "feeds", "demo"},
	"demo":                 {"bot/discordsim"},
	"bot":                  {"answer", "chart", "index", "knowledge", "store", "fetch", "feeds", "alerts", "alerts/source"},
	"bot/discordsim":       {},
	"chart":                {},
	"answer":               {"index", "knowledge"},
	"index":                {"knowledge"},
	"alerts":               {},
	"alerts/source":        {"alerts", "fetch"},
	"feeds":                {"store", "alerts", "alerts/source"},
	"store":                {"store/internal/query", "knowledge", "alerts"},
	"store/internal/query": {},
	"store/pgtest":         {},
	"knowledge":            {},
	"fetch":                {},
}

// testRooms are what the tests of a package may import beyond that.
var testRooms = map[string][]string{
	"bot":           {"bot/discordsim"},
	"store":         {"store/pgtest"},
	"feeds":         {"fetch"},
	"cmd/careerbot": {"store/pgtest"},
}

// keepers are the packages in which alone a module may be imported, so that
// what it brings stays behind one door.
var keepers = map[string][]string{
	"github.com/bwmarrin/discordgo":         {"bot", "cmd/careerbot"},
	"github.com/gorilla/websocket":          {"bot", "bot/discordsim"},
	"github.com/blevesearch/bleve":          {"index"},
	"modernc.org/sqlite":                    {"store"},
	"github.com/jackc/pgx":                  {"store", "store/pgtest"},
	"github.com/pressly/goose":              {"store"},
	"github.com/riverqueue/river":           {"store"},
	"code.dny.dev/ssrf":                     {"fetch"},
	"gonum.org/v1/plot":                     {"chart"},
	"codeberg.org/go-fonts/dejavu":          {"chart"},
	"golang.org/x/image":                    {"chart"},
	"github.com/spf13/cobra":                {"cmd/careerbot"},
	"github.com/joho/godotenv":              {"cmd/careerbot"},
	"github.com/mmcdole/gofeed":             {"alerts/source"},
	"golang.org/x/net":                      {"knowledge", "alerts/source"},
	"golang.org/x/term":                     {"cmd/careerbot"},
	"github.com/rogpeppe/go-internal":       {"cmd/careerbot"},
	"github.com/santhosh-tekuri/jsonschema": {"bot/discordsim"},
	"github.com/chromedp":                   {"cmd/careerbot"},
}

// The files are parsed here rather than listed with the go command, whose
// answer the test cache would not see change.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() != "." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		room := path.Dir(filepath.ToSlash(name))
		seen[room] = true
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(room, imported, strings.HasSuffix(name, "_test.go")); why != "" {
				t.Errorf("%s imports %s: %s", name, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("there is no package %s: take it out of the table", room)
		}
	}
}

// forbidden says why a package may not import another, or nothing.
func forbidden(room, imported string, inTest bool) string {
	allowed, known := rooms[room]
	if !known {
		return room + " is not in the table of rooms"
	}
	if inTest {
		allowed = append(slices.Clone(allowed), testRooms[room]...)
		allowed = append(allowed, room) // an external test
	}
	if imported == module || strings.HasPrefix(imported, module+"/") {
		other := strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")
		if !slices.Contains(allowed, other) {
			return room + " may import of the project only: " + strings.Join(allowed, ", ")
		}
	}
	if imported == "testing" && !inTest {
		return "only tests import testing"
	}
	for kept, in := range keepers {
		if (imported == kept || strings.HasPrefix(imported, kept+"/")) && !slices.Contains(in, room) {
			return "only " + strings.Join(in, " and ") + " may"
		}
	}
	return ""
}

func TestForbidden(t *testing.T) {
	for _, test := range []struct {
		room, imported string
		inTest, want   bool
	}{
		{"knowledge", module + "/answer", false, true},
		{"index", module + "/answer", false, true},
		{"answer", module + "/bot", false, true},
		{"answer", module + "/knowledge", false, false},
		{"bot", module + "/bot/discordsim", false, true},
		{"bot", module + "/bot/discordsim", true, false},
		{"bot/discordsim", "testing", false, true},
		{"bot/discordsim", "github.com/bwmarrin/discordgo", false, true},
		{"answer", "github.com/blevesearch/bleve/v2/search", false, true},
		{"answer", "github.com/blevesearch/snowballstem/english", false, false},
		{"cmd/careerbot", "github.com/bwmarrin/discordgo", false, false},
		{"util", "strings", false, true},
	} {
		if got := forbidden(test.room, test.imported, test.inTest); (got != "") != test.want {
			t.Errorf("forbidden(%q, %q, %v) = %q", test.room, test.imported, test.inTest, got)
		}
	}
}
