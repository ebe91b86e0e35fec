package bot

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// TestEncrypted runs the bot against a Discord that is reached by https and
// wss, as the real one is.
func TestEncrypted(t *testing.T) {
	sim, err := discordsim.New(discordsim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	plain, err := url.Parse(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	var front *httptest.Server
	proxy := httputil.NewSingleHostReverseProxy(plain)
	proxy.ModifyResponse = func(r *http.Response) error {
		if !strings.HasSuffix(r.Request.URL.Path, "/gateway/bot") {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		body = bytes.ReplaceAll(body, []byte("ws://"+plain.Host), []byte("wss://"+front.Listener.Addr().String()))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Del("Content-Length")
		return err
	}
	front = httptest.NewTLSServer(proxy)
	defer front.Close()

	trusted := front.Client().Transport.(*http.Transport).TLSClientConfig
	st := set(t, setting{
		cfg: func(c *Config) { c.API, c.Token = front.URL, sim.Token() },
		bot: func(b *Bot) {
			b.secure = trusted
			b.client.Transport.(*transport).base.(*http.Transport).TLSClientConfig = trusted.Clone()
		},
	})
	if err := sim.Ready(st.ctx); err != nil {
		t.Fatal(err)
	}
	guild := sim.Guild("Encrypted")
	it, err := guild.Member("asha").Slash(guild.General(), "ask", discordsim.Opts{"question": "pay?"})
	st.must(err)
	m, err := it.Reply(st.ctx)
	st.must(err)
	wants(t, m.Text(), "₹4,86,091")
	st.end()
}

func TestTunnel(t *testing.T) {
	for answer, want := range map[string]string{
		"HTTP/1.1 200 OK\r\n\r\n":                            "",
		"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n": "407",
		"nonsense\r\n\r\n":                                   "malformed",
	} {
		ours, theirs := net.Pipe()
		asked := make(chan *http.Request, 1)
		go func() {
			defer theirs.Close()
			r, _ := http.ReadRequest(bufio.NewReader(theirs))
			asked <- r
			_, _ = io.WriteString(theirs, answer)
		}()
		err := tunnel(ours, &url.URL{Scheme: "http", Host: "proxy:80", User: url.UserPassword("u", "p")}, "gateway.discord.gg:443")
		r := <-asked
		if r.Method != "CONNECT" || r.Host != "gateway.discord.gg:443" || r.Header.Get("Proxy-Authorization") != "Basic dTpw" {
			t.Errorf("asked %+v", r)
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v", answer, err)
		}
		ours.Close()
	}
	if err := tunnel(nil, &url.URL{Scheme: "socks5"}, "x:1"); err == nil {
		t.Error("a proxy of another kind is taken")
	}
}
