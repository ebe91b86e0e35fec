package knowledge

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const faqHeading = "Questions and answers"

// Format writes the article as Markdown. There is one way to write each
// article, and Parse reads it back as it was.
func Format(a *Article) []byte {
	var b strings.Builder
	formatFront(&b, a)
	for _, s := range a.Sections {
		b.WriteByte('\n')
		formatSection(&b, s)
	}
	if len(a.FAQs) > 0 {
		fmt.Fprintf(&b, "\n## %s <!-- topic: %s -->\n", faqHeading, General)
	}
	for _, q := range a.FAQs {
		b.WriteByte('\n')
		formatFAQ(&b, q)
	}
	return []byte(b.String())
}

func formatSection(b *strings.Builder, s Section) {
	fmt.Fprintf(b, "## %s <!-- topic: %s -->\n", fold(s.Heading), fold(string(s.Topic)))
	for i, passage := range s.Passages {
		if !passage.Bullet || i == 0 || !s.Passages[i-1].Bullet {
			b.WriteByte('\n')
		}
		b.WriteString(formatPassage(passage) + "\n")
	}
}

func formatPassage(p Passage) string {
	s := fold(p.Text)
	if p.Lead != "" {
		s = "**" + escapeLead(fold(p.Lead)) + ":** " + s
	} else {
		s = escape(s, opensPassage)
	}
	if p.Bullet {
		s = "- " + s
	}
	return s
}

func formatFAQ(b *strings.Builder, q FAQ) {
	fmt.Fprintf(b, "### %s <!-- id: %s, topic: %s", fold(q.Question), fold(q.ID), fold(string(q.Topic)))
	if q.Says != SaysNothing {
		fmt.Fprintf(b, ", says: %s", fold(string(q.Says)))
	}
	b.WriteString(" -->\n")
	bullet := false
	for line := range strings.SplitSeq(q.Answer, "\n") {
		line = fold(line)
		if line == "" {
			continue
		}
		text, isBullet := strings.CutPrefix(line, "- ")
		if !isBullet || !bullet {
			b.WriteByte('\n')
		}
		bullet = isBullet
		if isBullet {
			b.WriteString("- ")
		}
		b.WriteString(escape(text, opensBlock) + "\n")
	}
	if s := q.Source; s != nil {
		fmt.Fprintf(b, "\n%s %s <%s>\n", ownSource, fold(s.Name), fold(s.URL))
	}
	if len(q.Phrasings) == 0 {
		return
	}
	b.WriteString("\n" + alsoAsked + "\n\n")
	for _, s := range q.Phrasings {
		b.WriteString("- " + escape(fold(s), opensBlock) + "\n")
	}
}

func formatFront(b *strings.Builder, a *Article) {
	b.WriteString("---\n")
	fmt.Fprintf(b, "id: %s\n", yamlString(a.ID))
	fmt.Fprintf(b, "title: %s\n", yamlString(a.Title))
	formatAliases(b, a.Aliases)
	if a.Region != "" {
		fmt.Fprintf(b, "region: %s\n", yamlString(a.Region))
	}
	if s := a.Source; s != (Source{}) {
		fmt.Fprintf(b, "source: {name: %s, url: %s, published: %s, read: %s}\n",
			yamlString(s.Name), yamlString(s.URL), yamlString(s.Published), yamlString(s.Read))
	}
	if len(a.Facts) > 0 {
		b.WriteString("facts:\n")
	}
	for _, f := range a.Facts {
		fmt.Fprintf(b, "  - {kind: %s, amount: %d, ", yamlString(string(f.Kind)), f.Amount)
		if f.Upper != 0 {
			fmt.Fprintf(b, "upper: %d, ", f.Upper)
		}
		fmt.Fprintf(b, "currency: %s, per: %s, source: %s, ", yamlString(f.Currency), yamlString(f.Per), yamlString(f.Source))
		if f.Date != "" {
			fmt.Fprintf(b, "date: %s, ", yamlString(f.Date))
		}
		fmt.Fprintf(b, "sentence: %s}\n", yamlString(f.Sentence))
	}
	b.WriteString("---\n")
}

// formatAliases writes them on one line as long as that can be read.
func formatAliases(b *strings.Builder, aliases []string) {
	if len(aliases) == 0 {
		return
	}
	quoted := make([]string, len(aliases))
	for i, alias := range aliases {
		quoted[i] = yamlString(alias)
	}
	line := strings.Join(quoted, ", ")
	if utf8.RuneCountInString(line) <= 100 {
		fmt.Fprintf(b, "aliases: [%s]\n", line)
		return
	}
	b.WriteString("aliases:\n")
	for _, alias := range quoted {
		fmt.Fprintf(b, "  - %s\n", alias)
	}
}

// plainYAML are the strings that need no quotes anywhere in YAML, read as text
// or not: Parse takes every scalar as it is written.
var plainYAML = regexp.MustCompile(`^(\d{4}-\d\d-\d\d|\pL[\pL\pM\d '/().+-]*)$`)

// yamlString quotes s for YAML if it has to be.
func yamlString(s string) string {
	s = fold(s)
	if plainYAML.MatchString(s) && s != "null" && s != "Null" && s != "NULL" {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r <= 0xFFFF && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// fold makes all white space of s single spaces, and none at its ends.
func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// escape puts a backslash before a text that would else be read as a mark.
// Backslashes that stand before such a beginning count with it, so that
// unescape finds what was there.
func escape(s string, opens func(string) bool) string {
	if opens(strings.TrimLeft(s, `\`)) {
		return `\` + s
	}
	return s
}

func unescape(s string, opens func(string) bool) string {
	if rest := strings.TrimLeft(s, `\`); len(rest) < len(s) && opens(rest) {
		return s[1:]
	}
	return s
}

// opensBlock reports whether s begins with a mark of the format.
func opensBlock(s string) bool { return markOf(s) != noMark }

// opensPassage also holds for a lead.
func opensPassage(s string) bool {
	_, _, ok := cutLead(s)
	return ok || opensBlock(s)
}

// mark tells what a line opens.
type mark int

const (
	noMark mark = iota // it is text, or goes on with it
	blankMark
	headingMark
	bulletMark
	sourceMark // Source:
	askedMark  // Also asked:
	commentMark
	ruleMark
	numberMark
	quoteMark
	fenceMark
	tableMark
)

const (
	ownSource = "Source:"
	alsoAsked = "Also asked:"
)

var marks = []struct {
	mark mark
	re   *regexp.Regexp
}{
	{headingMark, regexp.MustCompile(`^#{1,6}(\s|$)`)},
	{ruleMark, regexp.MustCompile(`^(-{3,}|\*{3,}|_{3,}|={3,})$`)},
	{bulletMark, regexp.MustCompile(`^[-*+•](\s|$)`)},
	{sourceMark, regexp.MustCompile(`^(?i)source:`)},
	{askedMark, regexp.MustCompile(`^(?i)also asked:`)},
	{commentMark, regexp.MustCompile(`^<!--`)},
	{numberMark, regexp.MustCompile(`^\d{1,9}[.)](\s|$)`)},
	{quoteMark, regexp.MustCompile(`^>`)},
	{fenceMark, regexp.MustCompile("^(```|~~~)")},
	{tableMark, regexp.MustCompile(`^\|`)},
}

// markOf tells what a line without white space at its ends opens.
func markOf(s string) mark {
	if s == "" {
		return blankMark
	}
	for _, m := range marks {
		if m.re.MatchString(s) {
			return m.mark
		}
	}
	return noMark
}

// cutLead splits "**Lead:** text" and "**Lead**: text".
func cutLead(s string) (lead, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, "**")
	if !ok {
		return "", "", false
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '*' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case strings.HasPrefix(s[i:], ":**"), strings.HasPrefix(s[i:], "**:"):
			lead, rest = fold(b.String()), s[i+3:]
			if lead == "" || rest != "" && rest[0] != ' ' {
				return "", "", false
			}
			return lead, fold(rest), true
		case strings.HasPrefix(s[i:], "**"):
			return "", "", false
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

var leadEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`)

func escapeLead(s string) string { return leadEscaper.Replace(s) }
