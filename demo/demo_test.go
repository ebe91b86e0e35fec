package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// serve starts a demo without a bot.
func serve(t *testing.T, hurry func(context.Context) error) (*Demo, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	if hurry == nil {
		hurry = func(context.Context) error { return nil }
	}
	d, err := New(Config{URL: address, Read: hurry, Send: hurry})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = d.Handler()
	server.Start()
	t.Cleanup(func() {
		d.Close()
		server.Close()
	})
	return d, address
}

// ask sends a request with headers, and gives the answer and its text.
func ask(t *testing.T, method, address string, body io.Reader, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

// do does something in the name of a person, with a file or without, and gives
// why it was not done.
func do(t *testing.T, address, person, act string, what map[string]any, files ...discordsim.File) string {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("act", string(encode(what))); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		part, err := form.CreateFormFile("file", f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.Data); err != nil {
			t.Fatal(err)
		}
	}
	form.Close()
	_, text := ask(t, http.MethodPost, address+"/chat/"+person+"/"+act, &body, "Content-Type", form.FormDataContentType())
	var why failure
	if err := json.Unmarshal([]byte(text), &why); err != nil {
		t.Fatalf("%s answered %s", act, text)
	}
	return why.Error
}

// The page and all that is below it are for this address alone, and load nothing
// from elsewhere.
func TestGuard(t *testing.T) {
	_, address := serve(t, nil)
	resp, text := ask(t, http.MethodGet, address+"/", nil)
	if resp.StatusCode != http.StatusOK || !strings.Contains(text, "not Discord") {
		t.Errorf("the page: %s, %.200s", resp.Status, text)
	}
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || strings.Contains(policy, "http") || strings.Contains(policy, "unsafe") {
		t.Errorf("its policy: %s", policy)
	}
	if resp, _ := ask(t, http.MethodGet, address+"/", nil, "Host", "rebound.example"); resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("under another name: %s", resp.Status)
	}
	for _, header := range [][]string{{"Origin", "https://elsewhere.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		if resp, _ := ask(t, http.MethodPost, address+"/post-job", nil, header...); resp.StatusCode != http.StatusForbidden {
			t.Errorf("a page with %v: %s", header, resp.Status)
		}
	}
	if resp, _ := ask(t, http.MethodGet, address+"/api/v10/users/@me", nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("the simulated Discord without the token: %s", resp.Status)
	}
	for _, path := range []string{"/chat/nobody/events", "/chat/asha/nothing", "/none.js", "/jobs/1"} {
		method := http.MethodGet
		if path == "/chat/asha/nothing" {
			method = http.MethodPost
		}
		if resp, _ := ask(t, method, address+path, nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
}

// At the usual port browsers leave it out.
func TestGuardAtTheUsualPort(t *testing.T) {
	yes := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for _, c := range []struct {
		address, host string
		want          int
	}{
		{"http://127.0.0.1:80", "127.0.0.1", http.StatusNoContent},
		{"http://127.0.0.1:80", "127.0.0.1:80", http.StatusNoContent},
		{"http://127.0.0.1:80", "localhost", http.StatusNoContent},
		{"http://[::1]:80", "[::1]", http.StatusNoContent},
		{"http://127.0.0.1:80", "rebound.example", http.StatusMisdirectedRequest},
		{"http://127.0.0.1:8080", "127.0.0.1", http.StatusMisdirectedRequest},
		{"http://127.0.0.1:8080", "localhost", http.StatusMisdirectedRequest},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = c.host
		guard(c.address, yes).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s at %s: %d", c.host, c.address, w.Code)
		}
	}
}

// Whenever it is made, the server has the same IDs: what was kept of it is true.
func TestSameServer(t *testing.T) {
	ids := func() (list []string) {
		d, _ := serve(t, nil)
		for _, p := range d.people {
			list = append(list, p.ID, p.DM().ID)
		}
		for _, c := range d.channels {
			list = append(list, c.ID)
		}
		return append(list, d.roles[0].ID, d.Sim.Bot().ID)
	}
	first, second := ids(), ids()
	if strings.Join(first, " ") != strings.Join(second, " ") {
		t.Errorf("first %v, then %v", first, second)
	}
}

// What somebody writes others read, edited and deleted as they left it, where
// they see the channel.
func TestChat(t *testing.T) {
	d, address := serve(t, nil)
	general, mods := d.channels[0], d.channels[2]
	asha, ravi, meera := d.people[0], d.people[1], d.people[2]
	say := func(person string, what map[string]any) {
		t.Helper()
		if why := do(t, address, person, "say", what); why != "" {
			t.Fatal(why)
		}
	}
	say("asha", map[string]any{"channel": general.ID, "text": "hello"})
	hello := d.messages(ravi, general)[0]
	if hello.Content != "hello" || hello.Author != asha.ID || hello.Edited {
		t.Errorf("ravi reads %+v", hello)
	}
	say("ravi", map[string]any{"channel": general.ID, "text": "good morning", "message": hello.ID, "ping": true})
	if m := d.messages(asha, general)[1]; !m.Pings || m.Answers == nil || m.Answers.Text != "hello" || m.Answers.Author != asha.ID {
		t.Errorf("asha reads %+v", m)
	}
	if why := do(t, address, "ravi", "edit", map[string]any{"message": hello.ID, "text": "mine"}); why == "" {
		t.Error("somebody else could edit it")
	}
	if why := do(t, address, "asha", "edit", map[string]any{"message": hello.ID, "text": "hello, all"}); why != "" {
		t.Error(why)
	}
	if m := d.messages(ravi, general)[0]; m.Content != "hello, all" || !m.Edited {
		t.Errorf("ravi reads %+v", m)
	}
	if why := do(t, address, "asha", "delete", map[string]any{"message": hello.ID}); why != "" {
		t.Error(why)
	}
	if list := d.messages(ravi, general); len(list) != 1 || list[0].Answers.Text != "" {
		t.Errorf("ravi reads %+v", list)
	}

	say("meera", map[string]any{"channel": mods.ID, "text": "between us"})
	if why := do(t, address, "asha", "say", map[string]any{"channel": mods.ID, "text": "hello"}); why != "you see no such channel" {
		t.Errorf("asha writes to the moderators: %q", why)
	}
	if d.sees(meera)[2].ID != mods.ID || d.sees(asha)[2].ID == mods.ID {
		t.Error("the moderators' channel is not theirs alone")
	}
}

// A page is sent what its person sees, and then what changes.
func TestEvents(t *testing.T) {
	d, address := serve(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/chat/asha/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	events := bufio.NewReader(resp.Body)
	await := func(what string) string {
		t.Helper()
		for {
			line, err := events.ReadString('\n')
			if err != nil {
				t.Fatalf("%q did not come: %v", what, err)
			}
			if strings.Contains(line, what) {
				return line
			}
		}
	}
	if world := await(`"me":`); strings.Contains(world, `"mods"`) || !strings.Contains(world, `"careers"`) || !strings.Contains(world, `"ahead":0}`) {
		t.Errorf("asha sees %s", world)
	}
	do(t, address, "meera", "say", map[string]any{"channel": d.channels[2].ID, "text": "between us"})
	do(t, address, "ravi", "say", map[string]any{"channel": d.channels[0].ID, "text": "for all"})
	if line := await(`"put"`); !strings.Contains(line, "for all") {
		t.Errorf("asha is sent %s", line)
	}
	id := d.messages(d.people[1], d.channels[0])[0].ID
	do(t, address, "ravi", "delete", map[string]any{"message": id})
	if line := await(`"gone"`); !strings.Contains(line, id) {
		t.Errorf("asha is sent %s", line)
	}
	if err := d.Clock.Set(d.Clock.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if line := await(`"ahead"`); strings.Contains(line, `"ahead":0}`) {
		t.Errorf("asha is sent %s", line)
	}
}

// A file that somebody attaches is shown if it is a picture, and else saved: it
// never runs here.
func TestAttachments(t *testing.T) {
	d, address := serve(t, nil)
	for name, want := range map[string]string{"harm.html": "attachment", "picture.png": ""} {
		if why := do(t, address, "asha", "say", map[string]any{"channel": d.channels[0].ID}, discordsim.File{Name: name, Data: []byte("<script>alert(1)</script>")}); why != "" {
			t.Fatal(why)
		}
		list := d.messages(d.people[1], d.channels[0])
		file := list[len(list)-1].Attachments[0]
		if !strings.HasPrefix(file.URL, "/attachments/") {
			t.Errorf("%s is at %s", name, file.URL)
		}
		resp, _ := ask(t, http.MethodGet, address+file.URL, nil)
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Disposition") != want || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %s %v", name, resp.Status, resp.Header)
		}
	}
}

// held gives the jobs of the feed.
func (f *feed) held() []job {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.jobs)
}

// The controls post jobs and move the clock, never back, and have the bot look
// before and after.
func TestControls(t *testing.T) {
	var d *Demo
	var looks []time.Time
	d, address := serve(t, func(context.Context) error {
		looks = append(looks, d.Clock.Now().UTC())
		return nil
	})
	before := len(d.feed.held())
	began := d.Clock.Now()
	ask(t, http.MethodPost, address+"/post-job", nil)
	if first, last := looks[0], looks[len(looks)-1]; last.Sub(first) < gathered || len(d.feed.held()) != before+1 {
		t.Errorf("%d jobs after %d, looked at %v", len(d.feed.held()), before, looks)
	}
	looks = nil
	ask(t, http.MethodPost, address+"/nine", nil)
	list := d.feed.held()
	last := looks[len(looks)-1]
	if last.Hour() != 9 || last.Minute() != 0 || last.Sub(began) > 34*time.Hour || len(list) != before+1+overnight {
		t.Errorf("it is %v, after %v, with %d jobs", last, began, len(list))
	}
	for i, at := range looks[1:] {
		if pause := at.Sub(looks[i]); pause < 0 || pause > stride+time.Minute {
			t.Errorf("nobody looked between %v and %v", looks[i], at)
		}
	}
	for i, j := range list[before+1:] {
		if since := j.Posted.Sub(list[before+i].Posted); since < 2*time.Hour || last.Sub(j.Posted) < 2*time.Hour {
			t.Errorf("posted at %v, %v after the one before", j.Posted, since)
		}
	}
	if _, text := ask(t, http.MethodGet, address+feedPath, nil); strings.Count(text, "<item>") != len(list) {
		t.Errorf("the feed has %d jobs, not %d", strings.Count(text, "<item>"), len(list))
	}
	newest := list[len(list)-1]
	if _, text := ask(t, http.MethodGet, address+postingPath+newest.id(), nil); !strings.Contains(text, newest.opening().title) || !strings.Contains(text, "made up") {
		t.Errorf("the posting: %s", text)
	}
	for range mostPostings {
		if err := d.feed.post(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(d.feed.held()); n != mostPostings {
		t.Errorf("the feed has %d jobs", n)
	}
}

// What goes wrong is told to whoever pressed the control.
func TestControlFails(t *testing.T) {
	_, address := serve(t, func(context.Context) error { return errors.New("no database") })
	for _, control := range []string{"/post-job", "/nine"} {
		resp, text := ask(t, http.MethodPost, address+control, nil)
		if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(text, "no database") {
			t.Errorf("%s: %s %s", control, resp.Status, text)
		}
	}
}

// The clock stands until it is started, and is never set back, not even by
// another start.
func TestClock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	c, err := newClock(file)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Now().Equal(founded) {
		t.Errorf("before it is started it shows %v", c.Now())
	}
	c.start()
	_, moved := c.moved()
	later := time.Now().Add(3 * time.Hour)
	if err := c.Set(later); err != nil {
		t.Fatal(err)
	}
	<-moved
	if c.Now().Before(later) {
		t.Errorf("set to %v it shows %v", later, c.Now())
	}
	if err := c.Set(time.Now()); err != nil || c.Now().Before(later) {
		t.Errorf("it was set back to %v, %v", c.Now(), err)
	}
	again, err := newClock(file)
	if err != nil {
		t.Fatal(err)
	}
	again.start()
	if again.Now().Before(later) {
		t.Errorf("started again it shows %v", again.Now())
	}
	if err := os.WriteFile(file, []byte("soon"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newClock(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// No company posts a job twice, so that each is a new one, also when the demo is
// started again, and what was posted is still there then.
func TestJobsDiffer(t *testing.T) {
	file := filepath.Join(t.TempDir(), "jobs.json")
	seen := map[string]bool{}
	var before []job
	for range 10 {
		f, err := newFeed("http://127.0.0.1", file, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		for i, j := range before {
			if f.jobs[i].Number != j.Number || !f.jobs[i].Posted.Equal(j.Posted) {
				t.Errorf("%s is no longer there", j.company())
			}
		}
		for range 100 {
			if err := f.post(); err != nil {
				t.Fatal(err)
			}
			j := f.jobs[len(f.jobs)-1]
			if name := j.company() + ": " + j.opening().title; seen[name] {
				t.Errorf("%s was posted twice", name)
			} else {
				seen[name] = true
			}
		}
		before = f.jobs
	}
	if err := os.WriteFile(file, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newFeed("http://127.0.0.1", file, time.Now); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}
