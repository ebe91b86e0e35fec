package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// startDemo runs the demo until the test ends, or end is called, and gives its
// address.
func startDemo(t *testing.T, args ...string) (address string, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	shown, stdout := io.Pipe()
	var stderr bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append([]string{"demo", "--addr", "127.0.0.1:0"}, args...), nil, stdout, &stderr, noEnv)
		stdout.Close()
	}()
	over := false
	end = func() {
		if over {
			return
		}
		over = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo ended with: %v", err)
		}
		if stderr.Len() > 0 {
			t.Errorf("the demo warned of: %s", &stderr)
		}
	}
	t.Cleanup(end)
	lines := bufio.NewReader(shown)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the demo did not tell where it is: %v", err)
		}
		if m := regexp.MustCompile(`http://\S+`).FindString(line); m != "" {
			go io.Copy(io.Discard, lines) //nolint:errcheck // so that nothing waits for a reader
			return m, end
		}
	}
}

// visitor is a person of the demo without the page: it is sent what that person
// sees, and acts in their name.
type visitor struct {
	t       *testing.T
	address string
	seen    map[string]string // messages, as JSON, by ID
	channel map[string]string // IDs by name
	events  *bufio.Reader
}

// visit opens the stream of a person.
func visit(t *testing.T, address, person string) *visitor {
	t.Helper()
	v := &visitor{t: t, address: address + "/chat/" + person, seen: map[string]string{}, channel: map[string]string{}}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.address+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	v.events = bufio.NewReader(resp.Body)
	v.until(func() bool { return len(v.channel) > 0 })
	return v
}

// until takes in events until ok.
func (v *visitor) until(ok func() bool) {
	v.t.Helper()
	for !ok() {
		line, err := v.events.ReadString('\n')
		if err != nil {
			v.t.Fatalf("what was waited for did not come: %v; there is: %v", err, v.seen)
		}
		data, is := strings.CutPrefix(line, "data: ")
		if !is {
			continue
		}
		var event struct {
			Channels []struct {
				ID, Name string
			}
			Put []json.RawMessage
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			v.t.Fatal(err)
		}
		for _, c := range event.Channels {
			v.channel[c.Name] = c.ID
		}
		for _, raw := range event.Put {
			var m struct{ ID string }
			if err := json.Unmarshal(raw, &m); err != nil {
				v.t.Fatal(err)
			}
			v.seen[m.ID] = string(raw)
		}
	}
}

// shown is a message, as far as tests look at it.
type shown struct {
	ID         string
	Author     string
	At         int64 // milliseconds since 1970
	Ephemeral  bool
	Pings      bool
	Components []discordsim.Component
	text       string
}

// read waits for a message that holds a text.
func (v *visitor) read(text string) (m shown) {
	v.t.Helper()
	v.until(func() bool {
		for _, raw := range v.seen {
			if strings.Contains(raw, text) {
				if err := json.Unmarshal([]byte(raw), &m); err != nil {
					v.t.Fatal(err)
				}
				m.text = raw
				return true
			}
		}
		return false
	})
	return m
}

// modal is a dialog, as far as tests look at it.
type modal struct{ ID string }

// do acts, and gives the dialog that opens and the status of the answer.
func (v *visitor) do(act string, what map[string]any) (modal, int) {
	v.t.Helper()
	raw, err := json.Marshal(what)
	if err != nil {
		v.t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("act", string(raw)); err != nil {
		v.t.Fatal(err)
	}
	form.Close()
	var answer struct{ Modal *modal }
	status := post(v.t, v.address+"/"+act, form.FormDataContentType(), &body, &answer)
	if answer.Modal == nil {
		return modal{}, status
	}
	return *answer.Modal, status
}

func post(t *testing.T, address, kind string, body io.Reader, answer any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer != nil {
		if err := json.Unmarshal(raw, answer); err != nil {
			t.Fatalf("%s answered %s", address, raw)
		}
	}
	return resp.StatusCode
}

func (v *visitor) slash(channel, command string, options map[string]string) (modal, int) {
	v.t.Helper()
	return v.do("slash", map[string]any{"channel": v.channel[channel], "command": command, "options": options})
}

// click presses the button of that label.
func (v *visitor) click(m shown, label string) (modal, int) {
	v.t.Helper()
	for _, row := range m.Components {
		for _, b := range row.Components {
			if b.Label == label {
				return v.do("click", map[string]any{"message": m.ID, "custom_id": b.CustomID})
			}
		}
	}
	v.t.Fatalf("there is no button %q: %s", label, m.text)
	return modal{}, 0
}

// Jobs that are posted while somebody watches arrive when the clock is moved:
// at once for those who want that, in the morning for the others.
func TestDemoJobsArrive(t *testing.T) {
	t.Parallel()
	address, _ := startDemo(t)
	asha, ravi := visit(t, address, "asha"), visit(t, address, "ravi")
	for v, often := range map[*visitor]string{asha: "daily", ravi: "instant"} {
		v.slash("careers", "subscribe", map[string]string{"career": "back-end-developer", "often": often})
		v.click(v.read("not saved yet"), "Save")
		v.read("Thank you for subscribing")
	}
	if status := post(t, address+"/post-job", "", nil, nil); status != http.StatusOK {
		t.Fatalf("posting a job: %d", status)
	}
	ravi.read("**1 new job** for your alert")
	if status := post(t, address+"/nine", "", nil, nil); status != http.StatusOK {
		t.Fatalf("moving the clock: %d", status)
	}
	digest := asha.read("for your alert") // of one job, if it was nearly nine when that was posted
	if want := address + "/jobs/"; !strings.Contains(digest.text, want) {
		t.Errorf("the digest leads to no job of the demo: %s", digest.text)
	}
}

// However far the clock is moved, each alert comes at its own time: one that is
// wanted at nine in Kolkata half past three in UTC, one that is wanted at once
// soon after its job was posted.
func TestDemoJobsComeInTime(t *testing.T) {
	t.Parallel()
	address, _ := startDemo(t)
	asha, ravi := visit(t, address, "asha"), visit(t, address, "ravi")
	for v, options := range map[*visitor]map[string]string{
		asha: {"words": "developer", "often": "daily", "zone": "Asia/Kolkata"}, ravi: {"words": "developer", "often": "instant"},
	} {
		v.slash("careers", "subscribe", options)
		v.click(v.read("not saved yet"), "Save")
		v.read("Thank you for subscribing")
	}
	if status := post(t, address+"/nine", "", nil, nil); status != http.StatusOK {
		t.Fatalf("moving the clock: %d", status)
	}
	asha, ravi = visit(t, address, "asha"), visit(t, address, "ravi")
	if at := time.UnixMilli(asha.read("for your alert").At).UTC(); at.Hour() != 3 || at.Minute() != 30 {
		t.Errorf("asha is told at %v", at)
	}
	fresh := map[int64]bool{} // when ravi was told, in hours
	ravi.until(func() bool {
		for _, raw := range ravi.seen {
			if strings.Contains(raw, "for your alert") {
				var m shown
				if err := json.Unmarshal([]byte(raw), &m); err != nil {
					t.Fatal(err)
				}
				fresh[m.At/time.Hour.Milliseconds()] = true
			}
		}
		return len(fresh) >= 2
	})
}

// A dialog, a message that only one person sees and direct messages are theirs
// alone, whoever asks for them.
func TestDemoKeepsPeopleApart(t *testing.T) {
	t.Parallel()
	address, _ := startDemo(t)
	asha, meera := visit(t, address, "asha"), visit(t, address, "meera")
	asha.slash("general", "ask", map[string]string{"question": "what do freshers earn?", "private": "true"})
	private := asha.read("1,23,000")
	if !private.Ephemeral {
		t.Fatalf("asked in private, answered: %s", private.text)
	}
	dialog, _ := asha.click(private, "Follow up")
	asha.do("say", map[string]any{"channel": asha.channel["Careerbot"], "text": "do I need a masters?"})
	direct := asha.read("essential")

	for act, what := range map[string]map[string]any{
		"submit": {"modal": dialog.ID, "fields": map[string]any{}},
		"click":  {"message": private.ID, "custom_id": "any"},
		"menu":   {"message": direct.ID, "command": "Save as FAQ"},
		"edit":   {"message": direct.ID, "text": "mine"},
		"say":    {"channel": asha.channel["Careerbot"], "text": "hello"},
	} {
		if _, status := meera.do(act, what); status != http.StatusUnprocessableEntity {
			t.Errorf("somebody else could %s: %d", act, status)
		}
	}
	if asha.channel["mods"] != "" || meera.channel["mods"] == "" {
		t.Errorf("asha sees %v, meera sees %v", asha.channel, meera.channel)
	}
	meera.do("say", map[string]any{"channel": meera.channel["general"], "text": "the last word"})
	meera.read("the last word")
	for _, raw := range meera.seen {
		if strings.Contains(raw, "1,23,000") || strings.Contains(raw, "masters") {
			t.Errorf("meera sees %s", raw)
		}
	}
}

// What the bot has learnt is there when the demo is started again, for the same
// people, and so is the time that it was.
func TestDemoKeepsData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	address, end := startDemo(t, "--data", dir)
	post(t, address+"/nine", "", nil, nil)
	asha := visit(t, address, "asha")
	asha.slash("general", "subscribe", map[string]string{"words": "developer"})
	asha.click(asha.read("not saved yet"), "Save")
	asha.read("Thank you for subscribing")
	end()

	address, _ = startDemo(t, "--data", dir)
	asha = visit(t, address, "asha")
	asha.slash("general", "alerts list", nil)
	asha.read("developer")
	post(t, address+"/nine", "", nil, nil)
	asha.read("for your alert **developer**")
}

// Nothing is fetched from anywhere but the demo itself.
func TestDemoStaysHere(t *testing.T) {
	t.Parallel()
	address, _ := startDemo(t)
	meera := visit(t, address, "meera")
	meera.slash("mods", "sources test", map[string]string{"link": "https://example.org/jobs.rss"})
	meera.read("nothing is fetched from the web here")
	meera.slash("mods", "sources test", map[string]string{"link": address + "/jobs.rss"})
	meera.read("RSS, Atom or JSON Feed, 14 jobs.")
}

// What is wrong with an address is told with what to do.
func TestDemoAddress(t *testing.T) {
	t.Parallel()
	taken, _ := startDemo(t)
	taken = strings.TrimPrefix(taken, "http://")
	for addr, want := range map[string]string{
		taken:            "is in use, perhaps by another demo: end that, or give a free port: careerbot demo --addr 127.0.0.1:",
		"0.0.0.0:8080":   "is no address and port of this machine alone: give one like 127.0.0.1:8080",
		"192.0.2.1:8080": "is no address and port of this machine alone",
		"8080":           "is no address and port of this machine alone",
	} {
		err := run(t.Context(), []string{"demo", "--addr", addr}, nil, io.Discard, io.Discard, noEnv)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("--addr %s: %v", addr, fmt.Sprint(err))
		}
	}
}

// port finds an address of loopback where nothing listens.
func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port VARIABLE")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Check(listener.Close())
	ts.Setenv(args[0], listener.Addr().String())
}

// awaitPage waits until a demo runs: somebody is offered the commands of the bot.
func awaitPage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: page ADDRESS")
	}
	ctx, cancel := context.WithTimeout(ts.Value(sceneKey{}).(*scene).t.Context(), patience)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+args[0]+"/chat/asha/events", nil)
		ts.Check(err)
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			defer resp.Body.Close()
			for lines := bufio.NewReader(resp.Body); ; {
				line, err := lines.ReadString('\n')
				ts.Check(err)
				if strings.Contains(line, `"name":"ask"`) {
					return
				}
			}
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("no demo is served at %s: %v", args[0], err)
		case <-time.After(20 * time.Millisecond): // nobody tells that another program listens
		}
	}
}
