package fetch

import (
	"net/http"
	"testing"
)

// What is fetched gets the name of its kind, whatever its address looks like;
// what is neither a text nor a page is refused.
func TestName(t *testing.T) {
	for _, test := range []struct{ url, kind, want string }{
		{"https://example.org/nurse", "text/html; charset=utf-8", "nurse.html"},
		{"https://example.org/nurse.html?a=b", "text/html", "nurse.html"},
		{"https://example.org/", "text/html", "page.html"},
		{"https://example.org", "", "page.html"},
		{"https://example.org/nurse.md", "text/plain", "nurse.md"},
		{"https://example.org/nurse.md", "text/markdown", "nurse.md"},
		{"https://example.org/nurse", "text/plain", "nurse.txt"},
		{"https://example.org/all.zip", "application/octet-stream", "all.zip"},
		{"https://example.org/nurse.pdf", "application/pdf", ""},
		{"https://example.org/a.png", "image/png", ""},
	} {
		header := http.Header{}
		if test.kind != "" {
			header.Set("Content-Type", test.kind)
		}
		name, err := (&Response{URL: test.url, Header: header}).Name()
		if name != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s of %s: %q, %v, want %q", test.url, test.kind, name, err, test.want)
		}
	}
}
