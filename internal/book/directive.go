package book

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"

	"example/workbook/internal/near"
)

// directive is a comment <!-- workbook: key=value flag key="quoted" --> above
// a fence.
type directive struct {
	line, col int // of the comment
	settings  []setting
}

// setting is one key of a directive, with its value if it has one.
type setting struct {
	key, value          string
	hasValue            bool
	line, col           int // of the key
	valueLine, valueCol int
}

const directiveName = "workbook"

// comments returns the directives in a block of HTML comments, and whether
// there is nothing but comments in it.
func (d *document) comments(n *ast.HTMLBlock) (found []directive, alone bool) {
	p := d.passage(n.Lines())
	if n.HasClosure() {
		p = d.add(p, n.ClosureLine)
	}
	alone = true
	for at := 0; at < len(p.text); {
		rest := p.text[at:]
		start := bytes.Index(rest, []byte("<!--"))
		if start < 0 {
			start = len(rest)
		}
		if len(bytes.TrimSpace(rest[:start])) > 0 {
			alone = false
		}
		if at += start; at >= len(p.text) {
			break
		}
		// goldmark ends the block at the first -->, even in <!--> itself.
		length := bytes.Index(p.text[at+2:], []byte("-->"))
		if length < 0 {
			line, col := p.at(at)
			d.report.problem(line, col, "comment opened at line %d is never closed: end it with -->, or all that follows is hidden", line+1)
			return found, alone
		}
		end := at + 2 + length
		if body := at + len("<!--"); body <= end && isDirective(string(p.text[body:end])) {
			if dir, ok := d.directive(p, body, end); ok {
				dir.line, dir.col = p.at(at)
				found = append(found, dir)
			}
		}
		at = end + len("-->")
	}
	return found, alone
}

// isDirective tells whether a comment is a directive, or looks like one that
// somebody got wrong.
func isDirective(comment string) bool {
	word, rest := directiveWord(comment)
	if word == "" {
		return false
	}
	if strings.HasPrefix(rest, ":") {
		return near.Distance(strings.ToLower(word), directiveName) <= 1
	}
	key, _, isPair := strings.Cut(strings.TrimSpace(rest), "=")
	return strings.EqualFold(word, directiveName) && isPair && isKnownKey(key)
}

// directiveWord cuts the first word off a comment.
func directiveWord(comment string) (word, rest string) {
	s := strings.TrimLeft(comment, " \t\n")
	n := 0
	for n < len(s) && n < 2*len(directiveName) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return s[:n], s[n:]
}

// directive parses the comment p.text[from:to] and reports what it cannot read.
func (d *document) directive(p passage, from, to int) (directive, bool) {
	s := string(p.text[from:to])
	word, rest := directiveWord(s)
	at := from + len(s) - len(rest)
	if word != directiveName || !strings.HasPrefix(rest, ":") {
		line, col := p.at(at - len(word))
		d.report.problem(line, col, "unknown directive %q: write <!-- workbook: key=value -->", word)
		return directive{}, false
	}
	l := &lexer{p: p, at: at + 1, end: to, report: d.report}
	var dir directive
	for {
		st, ok := l.next()
		if !ok {
			break
		}
		dir.settings = append(dir.settings, st)
	}
	if len(dir.settings) == 0 && !l.failed {
		line, col := p.at(at - len(word))
		d.report.problem(line, col, "empty directive: write key=value behind the colon, or remove the comment")
	}
	return dir, true
}

// lexer cuts a directive into settings.
type lexer struct {
	p       passage
	at, end int
	report  *report
	failed  bool
}

func (l *lexer) problem(at int, format string, args ...any) {
	line, col := l.p.at(at)
	l.report.problem(line, col, format, args...)
	l.failed = true
}

// next returns the next setting that can be read.
func (l *lexer) next() (setting, bool) {
	for {
		l.blanks()
		if l.at >= l.end {
			return setting{}, false
		}
		start := l.at
		for l.at < l.end && isKeyByte(l.p.text[l.at]) {
			l.at++
		}
		st := setting{key: string(l.p.text[start:l.at])}
		st.line, st.col = l.p.at(start)
		if st.key == "" {
			l.problem(start, "%q is no key: write key=value or key=\"several words\"", l.word())
			continue
		}
		behind := l.at
		l.blanks()
		if l.at >= l.end || l.p.text[l.at] != '=' {
			if behind == l.at && l.at < l.end {
				l.problem(l.at, "%q behind the key %s: write %s=value", l.p.text[l.at], st.key, st.key)
				l.word()
				if behind+1 == l.at { // key: value
					l.blanks()
					l.value()
				}
				continue
			}
			return st, true
		}
		equals := l.at
		l.at++
		if behind != equals || l.at < l.end && isBlank(l.p.text[l.at]) {
			l.problem(equals, "blanks beside the equals sign: write %s=value without them", st.key)
			l.blanks()
			l.value()
			continue
		}
		st.hasValue = true
		st.valueLine, st.valueCol = l.p.at(l.at)
		var ok bool
		if st.value, ok = l.value(); ok {
			return st, true
		}
	}
}

func (l *lexer) blanks() {
	for l.at < l.end && isBlank(l.p.text[l.at]) {
		l.at++
	}
}

// word takes everything up to the next blank.
func (l *lexer) word() string {
	start := l.at
	for l.at < l.end && !isBlank(l.p.text[l.at]) {
		l.at++
	}
	return string(l.p.text[start:l.at])
}

// value takes what stands behind the equals sign.
func (l *lexer) value() (string, bool) {
	if l.at >= l.end {
		return "", true
	}
	switch r, _ := utf8.DecodeRune(l.p.text[l.at:l.end]); r {
	case '"', '\'':
		return l.quoted(byte(r))
	case '“', '”', '„', '‘', '’', '«', '»':
		l.problem(l.at, "%c is not a quotation mark that counts here: write \"", r)
		l.word()
		return "", false
	}
	return l.word(), true
}

func (l *lexer) quoted(mark byte) (string, bool) {
	start := l.at
	var b strings.Builder
	for l.at++; l.at < l.end; l.at++ {
		c := l.p.text[l.at]
		switch {
		case c == mark:
			l.at++
			if l.at < l.end && !isBlank(l.p.text[l.at]) {
				l.problem(l.at, "%q right behind a quoted value: put a blank between", l.word())
				return "", false
			}
			return b.String(), true
		case c == '\\' && l.at+1 < l.end && (l.p.text[l.at+1] == mark || l.p.text[l.at+1] == '\\'):
			l.at++
			b.WriteByte(l.p.text[l.at])
		case c == '\n':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	l.problem(start, "the quotation opened here is not closed: end it with %c", mark)
	return "", false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isKeyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
