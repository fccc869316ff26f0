package book

import (
	"go/scanner"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// suspects warns of characters that make a program read otherwise than it
// looks: letters of two alphabets in one identifier, controls of the writing
// direction, characters without width.
func suspects(program []byte, p place, warnings *Problems) {
	if isASCII(program) {
		return
	}
	lines := strings.Split(string(program), "\n")
	for i, l := range lines {
		for at, r := range l {
			if what := invisible(l, at, r); what != "" {
				warnings.add(p.pos(i, at), "%s U+%04X: remove it, or write it as \\u%04x in a string", what, r, r)
			}
		}
	}
	mixedIdentifiers(program, p, warnings)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// invisible says what kind of unseen character r is, "" for all others. The
// joiners belong into emoji and some scripts; beside ASCII they are a trick.
func invisible(line string, at int, r rune) string {
	switch {
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return "invisible control of the writing direction"
	case r == 0x200b, r == 0x2060, r == 0xfeff, r == 0x00ad:
		return "character without width"
	case r == 0x200c, r == 0x200d:
		before, _ := utf8.DecodeLastRuneInString(line[:at])
		after, _ := utf8.DecodeRuneInString(line[at+utf8.RuneLen(r):])
		if before < utf8.RuneSelf || after < utf8.RuneSelf {
			return "character without width"
		}
	}
	return ""
}

// mixedIdentifiers warns of identifiers with Latin letters and such that look
// like them.
func mixedIdentifiers(program []byte, p place, warnings *Problems) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(program))
	var s scanner.Scanner
	s.Init(file, program, func(token.Position, string) {}, 0)
	seen := map[string]bool{}
	for {
		pos, tok, name := s.Scan()
		if tok == token.EOF {
			return
		}
		if tok != token.IDENT || seen[name] {
			continue
		}
		seen[name] = true
		latin := strings.IndexFunc(name, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
		other := strings.IndexFunc(name, looksLatin)
		if latin < 0 || other < 0 {
			continue
		}
		at := file.PositionFor(pos, false)
		r, _ := utf8.DecodeRuneInString(name[other:])
		warnings.add(p.pos(at.Line-1, at.Column-1), "identifier %s mixes alphabets: %c is U+%04X, not the Latin letter it looks like", name, r, r)
	}
}

// looksLatin tells whether a letter of another alphabet can be taken for a
// Latin one. Greek is usual in formulas: only its doubles count.
func looksLatin(r rune) bool {
	const greek = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοντ"
	return unicode.In(r, unicode.Cyrillic, unicode.Armenian, unicode.Cherokee) || strings.ContainsRune(greek, r)
}
