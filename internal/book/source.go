package book

import (
	"bytes"
	"sort"

	"example/workbook/site/markdown"
)

// source is the text of a file, line by line. raw is the file as it is; text
// is what the parsers see: no byte order mark, and LF where the file has CRLF.
// Line numbers in here count from 0, columns in bytes from 0; a column is the
// same in raw and text.
type source struct {
	file  string
	raw   []byte
	text  []byte
	lines []line

	notation markdown.Features // of the blocks that hold other blocks
}

type line struct {
	start int // in text
	raw   int // in raw, of the first byte
	end   int // in raw, behind the last byte that is not the line end
}

const byteOrderMark = "\ufeff"

func newSource(file string, raw []byte) *source {
	s := &source{file: file, raw: raw}
	bom := 0
	if bytes.HasPrefix(raw, []byte(byteOrderMark)) {
		bom = len(byteOrderMark)
	}
	s.text = raw[bom:]
	if bytes.Contains(raw, []byte("\r\n")) {
		s.text = bytes.ReplaceAll(raw[bom:], []byte("\r\n"), []byte("\n"))
	}
	s.lines = make([]line, 0, bytes.Count(s.text, []byte("\n"))+1)
	start := 0
	for at := bom; at < len(raw); {
		l := line{start: start, raw: at, end: len(raw)}
		next := len(raw)
		if i := bytes.IndexByte(raw[at:], '\n'); i >= 0 {
			l.end, next = at+i, at+i+1
			if i > 0 && raw[l.end-1] == '\r' {
				l.end--
			}
			start += l.end - l.raw + 1
		}
		s.lines = append(s.lines, l)
		at = next
	}
	return s
}

// at returns the line and column of an offset in text.
func (s *source) at(offset int) (line, col int) {
	line = sort.Search(len(s.lines), func(i int) bool { return s.lines[i].start > offset }) - 1
	if line < 0 {
		return 0, offset
	}
	return line, offset - s.lines[line].start
}

// pos makes the position of a message. YAML knows more line ends than files
// have lines, so that its lines may lie behind the last one.
func (s *source) pos(line, col int) Pos {
	return Pos{s.file, min(line, max(len(s.lines)-1, 0)) + 1, col + 1}
}

// rawLine returns the bytes of a line without its end.
func (s *source) rawLine(i int) []byte {
	l := s.lines[i]
	return s.raw[l.raw:l.end]
}

// rawAfter is where the line behind line i begins in raw.
func (s *source) rawAfter(i int) int {
	if i+1 < len(s.lines) {
		return s.lines[i+1].raw
	}
	return len(s.raw)
}

// eol is how line i ends: "\n", "\r\n", or "" for the last one.
func (s *source) eol(i int) string {
	return string(s.raw[s.lines[i].end:s.rawAfter(i)])
}
