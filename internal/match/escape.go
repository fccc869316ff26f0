package match

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escapeLine returns the pattern line that takes s and nothing else.
func escapeLine(s string) string {
	if s == ellipsis || isEscapedEllipsis(s) {
		return `\` + s
	}
	return escape(s)
}

// escape returns pattern text that takes s, for use inside a line.
func escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		if t, ok := readTag(s[i:]); ok && Visible(t.src) == t.src {
			doubleBackslashes(&b)
			b.WriteString(`\` + t.src)
			i += len(t.src)
			continue
		}
		text, n := showCharacter(s[i:])
		if n > 0 && text != s[i:i+n] {
			doubleBackslashes(&b)
		}
		b.WriteString(text)
		i += n
	}
	return b.String()
}

// doubleBackslashes keeps the backslashes at the end of b text although a tag
// follows.
func doubleBackslashes(b *strings.Builder) {
	b.WriteString(strings.Repeat(`\`, backslashes(b.String())))
}

// Visible returns s with everything that a terminal would act on or not show
// written as the tag for it. Tabs stay.
func Visible(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = ' ' <= s[i] && s[i] < 0x7f
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		text, n := showCharacter(s[i:])
		b.WriteString(text)
		i += n
	}
	return b.String()
}

// brief is visible for text inside a sentence, which it cuts after 60 bytes.
func brief(s string) string {
	const most = 60
	if len(s) <= most {
		return Visible(s)
	}
	n := most
	for n > most-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return Visible(s[:n]) + "…"
}

// showCharacter returns the first character of s, or the tag for it, and its
// length in s.
func showCharacter(s string) (string, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1, r < ' ' && r != '\t', r == 0x7f:
		return fmt.Sprintf("<x%02x>", s[0]), 1
	case r != '\t' && !unicode.IsPrint(r):
		return fmt.Sprintf("<U+%04X>", r), n
	}
	return s[:n], n
}
