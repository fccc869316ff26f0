// Package highlight colours code for a page: every token that has a meaning is
// an element. Keywords are b, comments i and the names of functions span, which
// are most of a program and shorter than a class; all others are a span with a
// class of one letter. Go is read by the standard library's own
// scanner, which is some 90 times faster than a general highlighter; other
// languages are read by chroma.
package highlight

import (
	"bytes"
	"strconv"
)

// Classes are the CSS classes of tokens, one for each kind that a page colours.
const (
	Keyword  = 'k'
	Type     = 't' // predeclared and built-in types
	Builtin  = 'b' // predeclared functions, constants, commands of a shell
	String   = 's'
	Number   = 'm'
	Comment  = 'c'
	Function = 'f'
	Name     = 'n' // keys, attributes, tags
	Prompt   = 'p'
	Inserted = 'i'
	Deleted  = 'd'
	Plain    = 0
)

// Options say how lines are wrapped. The zero value wraps none.
type Options struct {
	// First is the number of the first line. Zero means 1.
	First int
	// Marked tells which lines, from 1, stand out.
	Marked func(line int) bool
	// Numbers asks for the number of each line, as data-n.
	Numbers bool
	// Lines asks for an element around each line.
	Lines bool
}

// Append appends the HTML of code in the language lang to dst. A language that
// is not known is not coloured.
func Append(dst []byte, lang string, code []byte, opt Options) []byte {
	w := &writer{dst: dst, opt: opt, lines: opt.Lines || opt.Numbers || opt.Marked != nil}
	w.line = 1
	w.begin()
	code = bytes.TrimSuffix(code, []byte("\n"))
	switch lang {
	case "go", "golang":
		scanGo(w, code)
	default:
		scanOther(w, lang, code)
	}
	w.finish()
	return w.dst
}

// writer writes tokens. A span never crosses the end of a line, so that each
// line can have an element of its own.
type writer struct {
	dst   []byte
	opt   Options
	lines bool
	line  int // from 1
}

func (w *writer) begin() {
	if !w.lines {
		return
	}
	w.dst = append(w.dst, `<span class="l`...)
	if w.opt.Marked != nil && w.opt.Marked(w.line) {
		w.dst = append(w.dst, ` hl`...)
	}
	w.dst = append(w.dst, '"')
	number := int64(w.line + max(w.opt.First, 1) - 1)
	if w.opt.Numbers {
		w.dst = append(w.dst, ` data-n="`...)
		w.dst = strconv.AppendInt(w.dst, number, 10)
		w.dst = append(w.dst, '"')
	}
	w.dst = append(w.dst, '>')
}

func (w *writer) finish() {
	w.dst = append(w.dst, '\n')
	if w.lines {
		w.dst = append(w.dst, "</span>"...)
	}
}

// token writes one token, which may hold ends of lines.
func (w *writer) token(class byte, text []byte) {
	for {
		i := bytes.IndexByte(text, '\n')
		part := text
		if i >= 0 {
			part = text[:i]
		}
		if class == Plain || len(part) == 0 {
			w.escape(part)
		} else {
			w.element(class, part)
		}
		if i < 0 {
			return
		}
		w.newline()
		text = text[i+1:]
	}
}

func (w *writer) element(class byte, text []byte) {
	name := "span"
	switch class {
	case Keyword:
		name = "b"
	case Comment:
		name = "i"
	}
	w.dst = append(append(w.dst, '<'), name...)
	if name == "span" && class != Function {
		w.dst = append(append(w.dst, ` class="`...), class, '"')
	}
	w.dst = append(w.dst, '>')
	w.escape(text)
	w.dst = append(append(append(w.dst, "</"...), name...), '>')
}

func (w *writer) newline() {
	w.dst = append(w.dst, '\n')
	w.line++
	if w.lines {
		w.dst = append(w.dst, "</span>"...)
		w.begin()
	}
}

func (w *writer) escape(text []byte) { w.dst = AppendEscaped(w.dst, text) }

// AppendEscaped appends text as it stands between the tags of HTML. In an
// attribute, quotation marks would have to be escaped too.
func AppendEscaped(dst, text []byte) []byte {
	last := 0
	for i, c := range text {
		var with string
		switch c {
		case '&':
			with = "&amp;"
		case '<':
			with = "&lt;"
		case '>':
			with = "&gt;"
		default:
			continue
		}
		dst = append(dst, text[last:i]...)
		dst = append(dst, with...)
		last = i + 1
	}
	return append(dst, text[last:]...)
}
