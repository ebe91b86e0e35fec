package knowledge

import (
	"strings"
	"testing"
)

func TestPassageString(t *testing.T) {
	for want, p := range map[string]Passage{
		"Apprenticeship: learn on the job": {Bullet: true, Lead: "Apprenticeship", Text: "learn on the job"},
		"learn on the job":                 {Text: "learn on the job"},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPlain(t *testing.T) {
	tests := []struct{ md, want string }{
		{"", ""},
		{"plain text", "plain text"},
		{"**bold** and *italic* and __both__ and _these_", "bold and italic and both and these"},
		{"***very*** ~~old~~ **bold *and* more**", "very old bold and more"},
		{"un*believ*able", "unbelievable"},
		{"2 * 3 * 4, a*b, 5 *", "2 * 3 * 4, a*b, 5 *"},
		{"snake_case_name and __init__", "snake_case_name and init"},
		{"**not closed, *nor this", "**not closed, *nor this"},
		{"`code`, ``a ` b``, `**as is**`, `open", "code, a ` b, **as is**, `open"},
		{"[a *link*](https://example.org/a_b(c)_d \"title\")!", "a link!"},
		{"![alt](x.png) [no link] [no](link", "alt [no link] [no](link"},
		{"<https://example.org/a_b_c> <mailto:a@b.org> a < b > c", "https://example.org/a_b_c a@b.org a < b > c"},
		{`\*not bold\* \# 50\% C:\dir \\`, `*not bold* # 50% C:\dir \`},
		{"₹4,86,091 **a year** (4.86 lakh)", "₹4,86,091 a year (4.86 lakh)"},
		{"*नमस्ते* 👩‍💻", "नमस्ते 👩‍💻"},
		{"First.\n\n- **one**\n- two", "First.\n\n- one\n- two"},
		{"\xff*a*\xff", "\xffa\xff"},
		{"**", "**"},
		{"* a *", "* a *"},
		{"----- ~~~ ~~ ___", "----- ~~~ ~~ ___"},
	}
	for _, test := range tests {
		if got := Plain(test.md); got != test.want {
			t.Errorf("Plain(%q) = %q, want %q", test.md, got, test.want)
		}
	}
}

// FuzzPlain holds that nothing is made up: what is left stands in the text, in
// the same order, and letters are lost with the addresses of links only.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		"**bold** *it* _u_", "[a](b)", "![a](b \"c\")", "`a` ``b``", "<https://a>", `\*\\`, "***a **b *c", "_a __b ___c_ d__ e___", "~~~a~~ b~", "a*b*c_d_",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, md string) {
		got := Plain(md)
		rest := md
		for i := range len(got) {
			j := strings.IndexByte(rest, got[i])
			if j < 0 {
				t.Fatalf("Plain(%q) = %q: byte %d is made up", md, got, i)
			}
			rest = rest[j+1:]
		}
		if !strings.ContainsAny(md, "\\`*_~[]<>!") && got != md {
			t.Errorf("Plain(%q) = %q, though there is no Markdown", md, got)
		}
	})
}
