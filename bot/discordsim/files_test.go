package discordsim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// part is a file of a multipart request.
type part struct {
	name string
	data []byte
}

// upload makes a multipart request as the bot: its JSON, and the files as
// files[0], files[1] and so on.
func (w *world) upload(method, path string, body obj, parts ...part) (status int, answer obj) {
	w.t.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	if body != nil {
		raw, err := json.Marshal(body)
		w.must(err)
		w.must(form.WriteField("payload_json", string(raw)))
	}
	for i, p := range parts {
		out, err := form.CreateFormFile(fmt.Sprintf("files[%d]", i), p.name)
		w.must(err)
		_, err = out.Write(p.data)
		w.must(err)
	}
	w.must(form.Close())
	req, err := http.NewRequestWithContext(w.ctx, method, w.sim.URL()+"/api/v10"+path, &buf)
	w.must(err)
	req.Header.Set("Authorization", "Bot "+w.sim.Token())
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	if len(raw) > 0 {
		w.must(json.Unmarshal(raw, &answer))
	}
	return resp.StatusCode, answer
}

// fetch reads what a URL serves.
func (w *world) fetch(url string) (status int, kind, data string) {
	w.t.Helper()
	resp, err := http.Get(url)
	w.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(raw)
}

func TestBotSendsFiles(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	chart, table := part{"pay chart.png", []byte("a picture")}, part{"table.csv", []byte("a,b")}
	said := obj{
		"attachments": []obj{{"id": "0", "description": "pay by experience"}, {"id": 1, "filename": "pay.csv"}},
		"embeds":      []obj{{"title": "Pay", "image": obj{"url": "attachment://pay_chart.png"}}},
	}
	path := "/channels/" + w.general.ID + "/messages"
	message := func(u *discordsim.User) discordsim.Message {
		list := u.Read(w.general)
		return list[len(list)-1]
	}
	check := func(name string, m discordsim.Message) {
		t.Helper()
		if len(m.Attachments) != 2 {
			t.Fatalf("%s: %+v", name, m.Attachments)
		}
		a, b := m.Attachments[0], m.Attachments[1]
		if a.Name != "pay_chart.png" || a.Type != "image/png" || a.Size != 9 || a.Description != "pay by experience" || b.Name != "pay.csv" {
			t.Errorf("%s: %+v", name, m.Attachments)
		}
		if m.Embeds[0].Image.URL != a.URL {
			t.Errorf("%s: the embed shows %s", name, m.Embeds[0].Image.URL)
		}
		if status, kind, data := w.fetch(a.URL); status != 200 || kind != "image/png" || data != "a picture" {
			t.Errorf("%s: %s serves %d %s %q", name, a.URL, status, kind, data)
		}
		if status, _, _ := w.fetch(strings.Replace(a.URL, "pay_chart", "other", 1)); status != 404 {
			t.Errorf("%s: a file is served under another name: %d", name, status)
		}
	}
	if status, answer := w.upload("POST", path, said, chart, table); status != 200 {
		t.Fatalf("%d %v", status, answer)
	}
	sent := message(w.ravi)
	check("message", sent)

	it, callback, webhook := w.slash(c, w.asha)
	if status, answer := w.upload("POST", callback, obj{"type": 4, "data": said}, chart, table); status != 204 {
		t.Fatalf("%d %v", status, answer)
	}
	m, err := it.Reply(w.ctx)
	w.must(err)
	check("callback", m)
	if status, answer := w.upload("POST", webhook, said, chart, table); status != 200 {
		t.Fatalf("%d %v", status, answer)
	}
	check("follow-up", message(w.asha))

	it, callback, webhook = w.slash(c, w.asha)
	w.taken("POST", callback, obj{"type": 5, "data": obj{"flags": 64}})
	if status, answer := w.upload("PATCH", webhook+"/messages/@original", said, chart, table); status != 200 {
		t.Fatalf("%d %v", status, answer)
	}
	m, err = it.Reply(w.ctx)
	w.must(err)
	check("deferred reply", m)
	if !m.Attachments[0].Ephemeral {
		t.Error("a file of an ephemeral message is not ephemeral")
	}

	// An edit keeps the files that it names, and all if it names none.
	w.clock.pass(10 * second)
	w.taken("PATCH", path+"/"+sent.ID, obj{"content": "edited"})
	check("edited", w.seenAs(w.asha, sent.ID))
	w.taken("PATCH", path+"/"+sent.ID, obj{"attachments": []obj{{"id": sent.Attachments[1].ID}}})
	if m := w.seenAs(w.asha, sent.ID); len(m.Attachments) != 1 || m.Attachments[0].Name != "pay.csv" {
		t.Errorf("kept %+v", m.Attachments)
	}
	if status, answer := w.upload("PATCH", path+"/"+sent.ID, nil, chart); status != 200 {
		t.Fatalf("%d %v", status, answer)
	}
	if m := w.seenAs(w.asha, sent.ID); len(m.Attachments) != 2 {
		t.Errorf("with one more: %+v", m.Attachments)
	}
	w.refused(50006, "PATCH", path+"/"+sent.ID, obj{"content": "", "embeds": []obj{}, "attachments": []obj{}})
}

// seenAs is a message as somebody sees it.
func (w *world) seenAs(u *discordsim.User, id string) discordsim.Message {
	w.t.Helper()
	for _, m := range u.Read(w.general) {
		if m.ID == id {
			return m
		}
	}
	w.t.Fatalf("%s sees no %s", u.Name, id)
	return discordsim.Message{}
}

func TestFilesBeyondTheLimits(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	path := "/channels/" + w.general.ID + "/messages"
	small := part{"x.txt", []byte("x")}
	big := func(n int) part { return part{"big.bin", make([]byte, n)} }
	var eleven []part
	for range 11 {
		eleven = append(eleven, small)
	}
	for name, c := range map[string]struct {
		body   obj
		parts  []part
		status int
		code   float64
	}{
		"ten":                 {obj{}, eleven[:10], 200, 0},
		"eleven":              {obj{}, eleven, 400, 50035},
		"as large as may be":  {obj{}, []part{big(10 << 20)}, 200, 0},
		"too large":           {obj{}, []part{big(10<<20 + 1)}, 413, 40005},
		"too large together":  {obj{}, []part{big(9 << 20), big(9 << 20), big(9 << 20)}, 413, 40005},
		"said of no file":     {obj{"content": "x", "attachments": []obj{{"id": "1"}}}, []part{small}, 400, 50035},
		"long description":    {obj{"attachments": []obj{{"id": "0", "description": strings.Repeat("x", 1025)}}}, []part{small}, 400, 50035},
		"embed without file":  {obj{"embeds": []obj{{"image": obj{"url": "attachment://y.png"}}}}, []part{small}, 400, 50035},
		"file in an embed":    {obj{"embeds": []obj{{"image": obj{"url": "attachment://x.txt"}}}}, []part{small}, 200, 0},
		"nothing at all":      {nil, nil, 400, 50006},
		"nothing but a file":  {nil, []part{small}, 200, 0},
		"web picture":         {obj{"embeds": []obj{{"image": obj{"url": "ftp://x/y.png"}}}}, nil, 400, 50035},
		"thumbnail of a file": {obj{"embeds": []obj{{"thumbnail": obj{"url": "attachment://x.txt"}}}}, []part{small}, 200, 0},
	} {
		w.clock.pass(10 * second)
		status, answer := w.upload("POST", path, c.body, c.parts...)
		if code, _ := answer["code"].(float64); status != c.status || code != c.code {
			t.Errorf("%s: %d %v, not %d %v", name, status, answer, c.status, c.code)
		}
	}
	w.clock.pass(10 * second)
	w.general.Deny(w.sim.Bot().ID, discordsim.AttachFiles)
	if status, answer := w.upload("POST", path, nil, small); status != 403 || answer["code"] != 50013.0 {
		t.Errorf("without the permission: %d %v", status, answer)
	}
}

func TestPeopleAttachFiles(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	c := w.connect()
	file := discordsim.File{Name: "back end.md", Type: "text/markdown", Data: []byte("# Back end")}
	if _, err := w.asha.Say(w.general, w.sim.Bot().Mention(), file); err != nil {
		t.Fatal(err)
	}
	read := func(v any) (a discordsim.Attachment) {
		raw, err := json.Marshal(v)
		w.must(err)
		w.must(json.Unmarshal(raw, &a))
		return a
	}
	got := read(c.event("MESSAGE_CREATE")["attachments"].([]any)[0])
	if got.Name != "back_end.md" || got.Size != 10 || got.Type != "text/markdown" {
		t.Errorf("the bot is told of %+v", got)
	}
	if _, _, data := w.fetch(got.URL); data != "# Back end" {
		t.Errorf("%s serves %q", got.URL, data)
	}
	// What nobody addressed to the bot, it does not get.
	_, err := w.asha.Say(w.general, "", file)
	w.must(err)
	if got := c.event("MESSAGE_CREATE")["attachments"].([]any); len(got) != 0 {
		t.Errorf("the bot is told of %v", got)
	}
	for name, files := range map[string][]discordsim.File{
		"eleven":    make([]discordsim.File, 11),
		"too large": {{Name: "x", Data: make([]byte, 10<<20+1)}},
		"nameless":  {{}},
	} {
		if _, err := w.asha.Say(w.general, "x", files...); err == nil {
			t.Errorf("%s: it is sent", name)
		}
	}
	w.general.Deny(w.asha.ID, discordsim.AttachFiles)
	if _, err := w.asha.Say(w.general, "x", file); err == nil {
		t.Error("it is sent without the permission")
	}
}

// TestPicturesHaveASize: as Discord does, an attachment tells how large a picture
// is, if it is one.
func TestPicturesHaveASize(t *testing.T) {
	w := newWorld(t, discordsim.Options{})
	var picture bytes.Buffer
	w.must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 20))))
	m, err := w.asha.Say(w.general, "", discordsim.File{Name: "a.png", Data: picture.Bytes()}, discordsim.File{Name: "b.png", Data: []byte("no picture")})
	w.must(err)
	for i, want := range [][2]int{{30, 20}, {0, 0}} {
		if a := m.Attachments[i]; a.Width != want[0] || a.Height != want[1] {
			t.Errorf("%s has %d × %d, not %v", a.Name, a.Width, a.Height, want)
		}
	}
}
