package book

import (
	"bytes"
	"io"
	"io/fs"
	"unicode/utf8"
)

// Limits of a chapter. goldmark takes quadratic time for some texts (64 KB of
// ">" are 5 s, 100,000 link references 25 s); a chapter within these limits
// takes well under a second, and none that a person wrote comes near them.
const (
	maxFile       = 1 << 20  // bytes of a chapter or a Go file
	maxLine       = 64 << 10 // bytes of a line
	maxNesting    = 100      // quotes and lists inside each other
	maxMarks      = 2000     // brackets, emphasis and code marks of a paragraph
	maxReferences = 2000     // link reference definitions
	maxCells      = 300_000  // cells of a table: each row gets as many as the first has
)

// readFile reads a regular file of at most max bytes. It does not open
// anything else: a named pipe would wait for ever.
func readFile(fsys fs.FS, name string, max int) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	if info.Size() > int64(max) {
		return nil, errTooLarge
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead)) // as it says it is, and what ReadFrom wants free
	_, err = b.ReadFrom(io.LimitReader(f, int64(max)+1))
	if err == nil && b.Len() > max {
		err = errTooLarge
	}
	return b.Bytes(), err
}

// checkText reports what is not text: UTF-16, NUL bytes, bytes that are not
// UTF-8, line ends of old Macs, endless lines.
func checkText(src *source, report *report) bool {
	raw := src.raw
	if bytes.HasPrefix(raw, []byte{0xff, 0xfe}) || bytes.HasPrefix(raw, []byte{0xfe, 0xff}) {
		report.problem(0, 0, "this looks like UTF-16: save the file as UTF-8")
		return false
	}
	ok := true
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		report.problem(0, bytes.IndexByte(raw, '\r'), "lines end in CR alone: save the file with LF or CRLF line ends")
		ok = false
	}
	if i := bytes.IndexByte(src.text, 0); i >= 0 {
		line, col := src.at(i)
		report.problem(line, col, "NUL byte: a chapter and a program are text")
		ok = false
	}
	if i := invalidUTF8(src.text); i >= 0 {
		line, col := src.at(i)
		report.problem(line, col, "not UTF-8 (byte 0x%02x): save the file as UTF-8", src.text[i])
		ok = false
	}
	for i, l := range src.lines {
		if l.end-l.raw > maxLine {
			report.problem(i, 0, "line of %d bytes is longer than the limit (%d): break it", l.end-l.raw, maxLine)
			ok = false
		}
	}
	return ok
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// checkShape reports, before goldmark sees the text, nesting and link
// references beyond the limits. It reads each line once, and may count too much
// in code that looks like lists a hundred deep.
func checkShape(src *source, first, maxReferences int, report *report) bool {
	references := 0
	blank := true
	columns, cells := 0, 0 // of the table that the lines are in, if they are in one
	var items []int        // columns at which the contents of open list items begin
	for i := first; i < len(src.lines); i++ {
		start := parseLineStart(src.rawLine(i))
		if len(start.rest) == 0 && len(start.items) == 0 && start.quotes <= maxNesting {
			blank = true
			columns, cells = 0, 0
			continue
		}
		if n := tableColumns(start.rest); n > 1 && n > columns {
			columns = n
		}
		if cells += columns; cells > maxCells {
			report.problem(i, 0, "a table of more than %d cells, for each row gets as many as the first has: split it", maxCells)
			return false
		}
		// Without a blank line above, plain text continues a paragraph,
		// however little it is indented.
		if blank || len(start.items) > 0 {
			for len(items) > 0 && items[len(items)-1] > start.indent {
				items = items[:len(items)-1]
			}
		}
		blank = false
		items = append(items, start.items...)
		if start.quotes+len(items) > maxNesting {
			report.problem(i, 0, "quotes and lists nest deeper than %d: the limit keeps Markdown parsers from taking for ever", maxNesting)
			return false
		}
		if start.note || len(start.rest) > 0 && start.rest[0] == '[' && bytes.Contains(start.rest, []byte("]:")) {
			if references++; references > maxReferences {
				report.problem(i, 0, "more than %d link references: split the chapter", maxReferences)
				return false
			}
		}
	}
	return true
}

// CheckShape returns the line of a Markdown text, from 0, at which quotes and lists
// nest too deep or link references are too many for a parser to be done soon, and
// what is wrong there; "" if nothing is. It allows as many references as take a
// second: pages are made of texts whose programs concern nobody.
func CheckShape(text []byte) (line int, why string) {
	src := newSource("", text)
	r := &report{src: src}
	if checkShape(src, 0, 10*maxReferences, r) {
		return 0, ""
	}
	return r.problems[0].Line - 1, r.problems[0].Msg
}

// lineStart is what a line has in front of its text.
type lineStart struct {
	quotes int    // marks of quotes
	indent int    // columns of blanks and quote marks in front of the first list marker
	items  []int  // columns at which the contents of the list items begin
	note   bool   // one of the items is a footnote, which other parsers read as a link reference
	rest   []byte // the text
}

func parseLineStart(line []byte) lineStart {
	var start lineStart
	col, at := 0, 0
	blanks := func() {
		for at < len(line) && (line[at] == ' ' || line[at] == '\t') {
			if line[at] == '\t' {
				col += 4 - col%4
			} else {
				col++
			}
			at++
		}
	}
	for blanks(); at < len(line) && !isRule(line[at:]); blanks() {
		n := markerLength(line[at:])
		if n == 0 {
			break
		}
		contents := col + n + 1
		if line[at] == '[' {
			contents, start.note = col+4, true
		}
		if line[at] == '>' {
			start.quotes++
		} else {
			if len(start.items) == 0 {
				start.indent = col
			}
			start.items = append(start.items, contents)
		}
		at, col = at+n, col+n
	}
	if len(start.items) == 0 {
		start.indent = col
	}
	start.rest = line[at:]
	return start
}

// markerLength is the length of the marker that b begins with: of a quote, an item
// of a list, a footnote, or a definition.
func markerLength(b []byte) int {
	if b[0] == '>' {
		return 1
	}
	if bytes.HasPrefix(b, []byte("[^")) {
		if end := bytes.IndexByte(b, ']'); end > 2 && end+1 < len(b) && b[end+1] == ':' {
			return end + 2
		}
		return 0
	}
	n := 0
	for n < len(b) && n < 9 && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	if n == 0 && (b[0] == '-' || b[0] == '+' || b[0] == '*' || b[0] == ':') || n > 0 && n < len(b) && (b[n] == '.' || b[n] == ')') {
		n++
	} else {
		return 0
	}
	if n < len(b) && b[n] != ' ' && b[n] != '\t' {
		return 0
	}
	return n
}

// tableColumns is how many columns a line under the head of a table announces,
// such as |---|:-:|. It is 0 for other lines.
func tableColumns(line []byte) int {
	n, dashes := 1, false
	for _, c := range line {
		switch c {
		case '|':
			n++
		case '-':
			dashes = true
		case ':', ' ', '\t':
		default:
			return 0
		}
	}
	if !dashes {
		return 0
	}
	return n
}

// isRule tells whether the line is a thematic break such as "* * *", whose
// characters also look like list markers.
func isRule(line []byte) bool {
	if len(line) == 0 || line[0] != '-' && line[0] != '*' {
		return false
	}
	n := 0
	for _, c := range line {
		switch c {
		case line[0]:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3
}
