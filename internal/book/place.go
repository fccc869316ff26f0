package book

import (
	"bytes"
	"strings"
)

// place is where a text of the book comes from: the body of a fence in src, or
// without a fence the whole of src. Lines and columns count from 0.
type place struct {
	src   *source
	fence *fence
}

// at turns a place in the text into one in the file.
func (p place) at(line, col int) (int, int) {
	if p.fence == nil {
		return line, col
	}
	return p.fence.at(line, col)
}

func (p place) pos(line, col int) Pos { return p.src.pos(p.at(line, col)) }

// at turns a place in the text of the body into one in the file.
func (f *fence) at(line, col int) (int, int) {
	if line >= len(f.body) {
		return f.open + 1 + line, f.indent() + col
	}
	s := f.body[line]
	return f.open + 1 + line, s.col + max(col-s.pad, 0)
}

// indent is how many bytes stand before the lines of the body in general.
// Blank lines may have fewer.
func (f *fence) indent() int {
	for _, s := range f.body {
		if s.col > 0 {
			return s.col
		}
	}
	return len(f.prefix)
}

// text is the body without what quotes and lists put before its lines. A line
// ends like the opening one, so that a CR in front of a LF is part of the text
// in a fence that opens with a LF alone; keepCR asks for it.
func (f *fence) text(src *source, keepCR bool) string {
	keepCR = keepCR && src.eol(f.open) != "\r\n"
	var b strings.Builder
	for i, s := range f.body {
		line := f.open + 1 + i
		for range s.pad {
			b.WriteByte(' ')
		}
		b.Write(src.rawLine(line)[s.col:])
		if keepCR && src.eol(line) == "\r\n" {
			b.WriteByte('\r')
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// body is a text that can be rewritten: the body of a fence, or the output
// comment of a program.
type body struct {
	place
	comment *outputComment
}

// at is the position of a place in the text.
func (b body) at(line, col int) Pos {
	c := b.comment
	switch {
	case c == nil && b.fence != nil && len(b.fence.body) == 0:
		return b.src.pos(b.fence.open+1, 0)
	case c == nil:
		return b.pos(line, col)
	case line < len(c.cols):
		return b.pos(c.first+line, c.cols[line]+col)
	}
	return b.pos(c.first+line, 0)
}

// start is the position of the fence or of the comment that holds the text.
func (b body) start() Pos {
	if b.comment != nil {
		return b.pos(b.comment.line, b.comment.slashes)
	}
	return b.src.pos(b.fence.open, b.fence.col)
}

// edit is a replacement of bytes of a file.
type edit struct {
	from, to int // in source.raw
	new      []byte
}

// edit makes the edit after which the text is the given one. ok is false where
// nothing has to change.
func (b body) edit(text string) (e edit, ok bool) {
	if b.comment != nil {
		return b.editComment(text)
	}
	f := b.fence
	if text == f.text(b.src, true) {
		return edit{}, false
	}
	e = edit{from: b.src.lines[f.open+1].raw, to: b.src.lines[f.end].raw}
	eol := b.src.eol(f.open)
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if l == "" {
			e.new = append(e.new, strings.TrimRight(f.prefix, " \t")...)
		} else {
			e.new = append(append(e.new, f.prefix...), l...)
		}
		e.new = append(e.new, eol...)
	}
	return e, true
}

func (b body) editComment(text string) (e edit, ok bool) {
	c := b.comment
	if text == c.text {
		return edit{}, false
	}
	raw := func(line, col int) int {
		line, col = b.place.at(line, col)
		return b.src.lines[line].raw + col
	}
	head, _ := b.place.at(c.line, 0)
	last, _ := b.place.at(max(c.end-1, c.line), 0)
	first := raw(c.line, c.slashes)
	prefix := string(b.src.raw[b.src.lines[head].raw:first]) + "//"
	eol := b.src.eol(head)
	if c.code > 0 {
		return b.editCommentBehindCode(text), true
	}

	// The line of "Output:" stays, with what stands behind it where the
	// output does not begin there.
	e.to = b.src.lines[last].end
	inline := c.inline && !strings.HasPrefix(text, " ")
	if e.from = b.src.lines[head].end; c.inline {
		e.from = raw(c.line, c.head)
	} else if c.first < c.end {
		// Blank lines between it and the output stay, too.
		before, _ := b.place.at(c.first-1, 0)
		e.from = b.src.lines[before].end
	}
	var out bytes.Buffer
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if !inline {
			out.WriteString(eol + prefix)
		}
		if inline = false; l != "" {
			out.WriteString(" " + l)
		}
	}
	e.new = out.Bytes()
	return e, true
}

// editCommentBehindCode keeps a comment there where one line is enough. Otherwise
// it moves below: the next line would begin another comment.
func (b body) editCommentBehindCode(text string) edit {
	c := b.comment
	line, _ := b.place.at(c.line, 0)
	raw := func(col int) int {
		_, col = b.place.at(c.line, col)
		return b.src.lines[line].raw + col
	}
	e := edit{from: raw(c.head), to: b.src.lines[line].end}
	if only := strings.TrimSuffix(text, "\n"); !strings.Contains(only, "\n") {
		if only != "" {
			e.new = []byte(" " + only)
		}
		return e
	}
	e.from = raw(c.code)
	code := string(b.src.raw[raw(0):e.from])
	indent := code[:len(code)-len(strings.TrimLeft(code, " \t"))]
	prefix := b.src.eol(line) + string(b.src.raw[b.src.lines[line].raw:raw(0)]) + indent + "//"
	e.new = append([]byte(prefix), b.src.raw[raw(c.slashes)+len("//"):raw(c.head)]...)
	for l := range strings.Lines(text) {
		e.new = append(e.new, prefix...)
		if l = strings.TrimSuffix(l, "\n"); l != "" {
			e.new = append(e.new, " "+l...)
		}
	}
	return e
}
