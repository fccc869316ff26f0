package cli

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible returns what a program printed in a form that a terminal shows and
// does not obey: line ends and tabs stay, any other control character, bidi
// control or invalid byte becomes text such as <x1b> or <U+202E>.
func visible(s string) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case !hidden(r):
			b.WriteString(s[:n])
		case n == 1:
			b.WriteString("<x" + strings.ToLower(string([]byte{hex[s[0]>>4], hex[s[0]&15]})) + ">")
		default:
			b.WriteString("<U+")
			for shift := 12; shift >= 0; shift -= 4 {
				b.WriteByte(hex[r>>shift&15])
			}
			b.WriteString(">")
		}
		s = s[n:]
	}
	return b.String()
}

func hidden(r rune) bool {
	return r != '\n' && r != '\t' && !unicode.IsPrint(r)
}

// lines yields the lines of s without their ends.
func lines(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(s) {
			if !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
		}
	}
}
