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
	case line < len(c.begins):
		return b.pos(c.begins[line].line, c.begins[line].col+col)
	case c.each():
		return b.start()
	}
	return b.pos(c.first+line, 0)
}

// start is the position of the fence or of the comment that holds the text.
func (b body) start() Pos {
	if b.comment != nil {
		return b.pos(b.comment.spots[0].line, b.comment.spots[0].slashes)
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
	if c.each() {
		return b.editEach(text), true
	}
	at := c.spots[0]
	head, _ := b.place.at(at.line, 0)
	last, _ := b.place.at(max(c.end-1, at.line), 0)
	prefix := string(b.src.raw[b.src.lines[head].raw:b.raw(at.line, at.slashes)]) + "//"
	eol := b.src.eol(head)

	// The line of "Output:" stays, with what stands behind it where the
	// output does not begin there.
	e.to = b.src.lines[last].end
	inline := c.inline && !strings.HasPrefix(text, " ")
	if e.from = b.src.lines[head].end; c.inline {
		e.from = b.raw(at.line, at.head)
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

// raw is the byte of the file where a place in the text is.
func (p place) raw(line, col int) int {
	line, col = p.at(line, col)
	return p.src.lines[line].raw + col
}

// editEach edits comments each of which has a line of the output. A single one
// behind code moves below where it gets more: the next line would begin another
// comment.
func (b body) editEach(text string) edit {
	spots := b.comment.spots
	end := func(s spot) int {
		line, _ := b.place.at(s.line, 0)
		return b.src.lines[line].end
	}
	first, last := spots[0], spots[len(spots)-1]
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) > 1 && len(spots) == 1 {
		return edit{from: b.raw(first.line, first.code), to: end(first), new: b.below(first, lines)}
	}
	e := edit{from: b.raw(first.line, first.head), to: end(last)}
	for i, s := range spots {
		if i > 0 {
			e.new = append(e.new, b.src.raw[end(spots[i-1]):b.raw(s.line, s.head)]...)
		}
		if i < len(lines) && lines[i] != "" {
			e.new = append(e.new, " "+strings.TrimSuffix(lines[i], "\n")...)
		}
	}
	return e
}

// below is the comment at s, with these lines, below the code that it stands
// behind.
func (b body) below(s spot, lines []string) []byte {
	line, _ := b.place.at(s.line, 0)
	code := string(b.src.raw[b.raw(s.line, 0):b.raw(s.line, s.code)])
	indent := code[:len(code)-len(strings.TrimLeft(code, " \t"))]
	prefix := b.src.eol(line) + string(b.src.raw[b.src.lines[line].raw:b.raw(s.line, 0)]) + indent + "//"
	below := append([]byte(prefix), b.src.raw[b.raw(s.line, s.slashes)+len("//"):b.raw(s.line, s.head)]...)
	for _, l := range lines {
		below = append(below, prefix...)
		if l = strings.TrimSuffix(l, "\n"); l != "" {
			below = append(below, " "+l...)
		}
	}
	return below
}
