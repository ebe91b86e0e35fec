package bot

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// dial connects to the gateway, through the proxy that the environment names if
// it does. The websocket library could do both, but then what it hands over is
// encrypted, and a link has to read along.
func dial(ctx context.Context, scheme, addr string, secure *tls.Config) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 10 * time.Second}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: scheme, Host: addr}})
	if err != nil {
		return nil, err
	}
	to := addr
	if proxy != nil {
		to = proxy.Host
		if proxy.Port() == "" {
			to = net.JoinHostPort(proxy.Hostname(), "80")
		}
	}
	c, err := dialer.DialContext(ctx, "tcp", to)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	ready, err := prepare(ctx, c, scheme, addr, proxy, secure)
	if err != nil {
		c.Close()
		return nil, err
	}
	return ready, nil
}

// prepare takes a connection through the proxy, and encrypts it.
func prepare(ctx context.Context, c net.Conn, scheme, addr string, proxy *url.URL, secure *tls.Config) (net.Conn, error) {
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return nil, err
	}
	if proxy != nil {
		if err := tunnel(c, proxy, addr); err != nil {
			return nil, fmt.Errorf("proxy %s: %w", proxy.Host, err)
		}
	}
	if scheme == "https" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		secure = secure.Clone()
		secure.ServerName = host
		encrypted := tls.Client(c, secure)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		c = encrypted
	}
	return c, c.SetDeadline(time.Time{})
}

// tunnel asks a proxy to connect c to an address.
func tunnel(c net.Conn, proxy *url.URL, addr string) error {
	if proxy.Scheme != "http" {
		return errors.New("only http:// proxies are supported")
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if u := proxy.User; u != nil {
		password, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := req.Write(c); err != nil {
		return err
	}
	// The other side says nothing before it is spoken to, so nothing of it can be
	// lost in this buffer.
	resp, err := http.ReadResponse(bufio.NewReader(c), req)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
