package bot

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text that others wrote, made fit to be shown. It can neither ping, nor format,
// nor hide what it says, and it is as long as Discord takes it.

// zeroWidth is put inside of what would otherwise be a mention. A backslash is
// not enough: Discord looks for mentions before it looks at backslashes.
const zeroWidth = "\u200b"

// escape makes text show in a message as it is written, in at most limit
// characters.
func escape(s string, limit int) string {
	runes := clean(s)
	pieces := make([]string, len(runes))
	lineStart := true
	for i, r := range runes {
		pieces[i] = harmless(runes, i)
		switch {
		case strings.ContainsRune("\\*_~`|[]", r),
			lineStart && strings.ContainsRune(">#", r),
			lineStart && r == '-' && i+1 < len(runes) && runes[i+1] == '#':
			pieces[i] = "\\" + pieces[i]
		}
		lineStart = r == '\n' || lineStart && r == ' '
	}
	return clip(pieces, limit)
}

// plain is escape for places where Discord reads no Markdown, as buttons and
// footers.
func plain(s string, limit int) string {
	runes := clean(s)
	pieces := make([]string, len(runes))
	for i := range runes {
		pieces[i] = harmless(runes, i)
	}
	return clip(pieces, limit)
}

// harmless is the character at i, broken apart from what would make a mention
// of it together with the characters after it.
func harmless(runes []rune, i int) string {
	switch rest := runes[i+1:]; runes[i] {
	case '@':
		if begins(rest, "everyone") || begins(rest, "here") {
			return "@" + zeroWidth
		}
	case '<':
		// Users, roles, channels, emoji, commands, times and guild places.
		if len(rest) > 0 && strings.ContainsRune("@#:/", rest[0]) || begins(rest, "a:") || begins(rest, "t:") || begins(rest, "id:") {
			return "<" + zeroWidth
		}
	}
	return string(runes[i])
}

func begins(runes []rune, word string) bool {
	return len(runes) >= len(word) && strings.EqualFold(string(runes[:len(word)]), word)
}

// clean drops what is not to be seen: control characters, marks that turn the
// direction of writing, broken bytes; and white space around the text.
func clean(s string) []rune {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return []rune(strings.TrimSpace(s))
}

// characters counts as the stricter of the two ways in which Discord may: a
// character outside of the basic plane is two.
func characters(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// clip joins pieces to a text of at most limit characters, whole pieces only.
func clip(pieces []string, limit int) string {
	total := 0
	for _, p := range pieces {
		total += characters(p)
	}
	if total <= limit {
		return strings.Join(pieces, "")
	}
	var b strings.Builder
	left := limit - 1
	for _, p := range pieces {
		if left -= characters(p); left < 0 {
			break
		}
		b.WriteString(p)
	}
	return strings.TrimRight(b.String(), " \n") + "…"
}

// visible reports whether there is something to see in s. Discord refuses text
// that is white space only.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !unicode.Is(unicode.Mn, r)
	})
}

// lowerFirst writes the first letter small.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// upperFirst writes the first letter large.
func upperFirst(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
