package discordsim_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// FuzzRequests sends whatever there is to every endpoint that takes a body. Each
// answers, with JSON and a status of Discord's, and what it took can be read.
func FuzzRequests(f *testing.F) {
	const form = "multipart/form-data; boundary=b"
	for _, seed := range []struct{ kind, body string }{
		{"application/json", `{"content": "x", "nonce": 1, "enforce_nonce": true, "allowed_mentions": {"parse": ["users"]}}`},
		{"application/json", `{"type": 4, "data": {"content": "x", "flags": 64, "embeds": [{"title": "x", "image": {"url": "attachment://x.png"}}]}}`},
		{"application/json", `{"type": 7, "data": {"components": [{"type": 1, "components": [{"type": 3, "custom_id": "x", "options": [{"label": "x", "value": "x"}]}]}]}}`},
		{"application/json", `{"type": 9, "data": {"title": "x", "custom_id": "x", "components": [{"type": 18, "label": "x", "component": {"type": 19, "custom_id": "y", "max_values": 3}}]}}`},
		{"application/json", `{"content": "", "attachments": [{"id": 0, "filename": null}], "message_reference": {"message_id": "1"}, "flags": 32768}`},
		{"application/json", `[{"name": "x", "description": "x", "options": [{"type": 4, "name": "n", "description": "x", "choices": [{"name": "x", "value": 1}]}]}]`},
		{"application/json", `{"recipient_id": "1"}`},
		{form, "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"attachments\": [{\"id\": \"0\", \"description\": \"x\"}]}\r\n--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"../x.png\"\r\n\r\nx\r\n--b--\r\n"},
	} {
		f.Add(seed.kind, seed.body)
	}
	w := newWorld(f, discordsim.Options{Keep: 10})
	c := w.connect()
	app := w.app()
	f.Fuzz(func(t *testing.T, kind, body string) {
		w.t = t
		w.clock.pass(time.Hour)
		if len(w.asha.Commands(w.general)) == 0 {
			w.taken("PUT", "/applications/"+app+"/commands", []obj{{"name": "ask", "description": "x"}})
		}
		sent := w.taken("POST", "/channels/"+w.general.ID+"/messages", obj{"content": "x", "components": []obj{
			{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "x", "custom_id": "x"}}},
		}})
		id := sent["id"].(string)
		callbacks := []string{}
		for range 2 {
			_, err := w.asha.Click(id, "x")
			w.must(err)
			callback, webhook, _ := c.interaction()
			callbacks = append(callbacks, callback, webhook)
		}
		w.taken("POST", callbacks[0], obj{"type": 5})
		for _, to := range []struct{ method, path string }{
			{"POST", "/channels/" + w.general.ID + "/messages"},
			{"PATCH", "/channels/" + w.general.ID + "/messages/" + id},
			{"PATCH", callbacks[1] + "/messages/@original"},
			{"POST", callbacks[1]},
			{"POST", callbacks[2]},
			{"PUT", "/applications/" + app + "/commands"},
			{"POST", "/users/@me/channels"},
		} {
			req, err := http.NewRequestWithContext(w.ctx, to.method, w.sim.URL()+"/api/v10"+to.path, strings.NewReader(body))
			w.must(err)
			req.Header = http.Header{"Authorization": {"Bot " + w.sim.Token()}, "Content-Type": {strings.Map(printable, kind)}}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatalf("%s %s: %v", to.method, to.path, err)
			}
			var answer any
			if resp.StatusCode != 204 && json.NewDecoder(resp.Body).Decode(&answer) != nil {
				t.Errorf("%s %s: %d without JSON", to.method, to.path, resp.StatusCode)
			}
			resp.Body.Close()
			if !slices.Contains([]int{200, 204, 400, 401, 403, 404, 413}, resp.StatusCode) {
				t.Errorf("%s %s: %d %v", to.method, to.path, resp.StatusCode, answer)
			}
		}
		for _, m := range w.asha.Read(w.general) {
			m.Text()
			m.Buttons()
		}
	})
}

// printable keeps what may stand in a header.
func printable(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}
