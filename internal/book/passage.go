package book

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// passage is the text of a block without what quotes and lists put before its
// lines, and where each line of it comes from.
type passage struct {
	text   []byte
	pieces []piece
}

type piece struct {
	at        int // offset in the text of the passage
	line, col int // in the source
}

func (d *document) passage(lines *text.Segments) passage {
	var p passage
	for i := range lines.Len() {
		p = d.add(p, lines.At(i))
	}
	return p
}

func (d *document) add(p passage, seg text.Segment) passage {
	line, col := d.at(seg.Start)
	p.pieces = append(p.pieces, piece{len(p.text), line, col})
	p.text = append(p.text, d.src.text[d.base+seg.Start:d.base+seg.Stop]...)
	return p
}

// at returns the line and column of an offset in the text of the passage.
func (p passage) at(offset int) (line, col int) {
	if len(p.pieces) == 0 {
		return 0, 0
	}
	i := len(p.pieces) - 1
	for i > 0 && p.pieces[i].at > offset {
		i--
	}
	return p.pieces[i].line, p.pieces[i].col + offset - p.pieces[i].at
}

// checkMarks reports a paragraph with more marks than goldmark reads in
// reasonable time.
func (d *document) checkMarks(lines *text.Segments) bool {
	n := 0
	for i := range lines.Len() {
		seg := lines.At(i)
		for at := seg.Start; at < seg.Stop; at++ {
			switch d.src.text[d.base+at] {
			case '*', '_', '[', ']', '<', '`', '~':
				if n++; n > maxMarks {
					line, col := d.at(at)
					d.report.problem(line, col, "more than %d brackets, stars, underscores and back-quotes in one paragraph: break it up", maxMarks)
					return false
				}
			}
		}
	}
	return true
}

// misplaced reports directives in the middle of a paragraph.
func (d *document) misplaced(p passage) {
	_ = ast.Walk(d.parseInline(p.text), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		html, ok := n.(*ast.RawHTML)
		if !ok || !entering || html.Segments.Len() == 0 {
			return ast.WalkContinue, nil
		}
		at := html.Segments.At(0).Start - len(inlineLead)
		if comment, ok := bytes.CutPrefix(p.text[at:], []byte("<!--")); ok && isDirective(string(comment)) {
			line, col := p.at(at)
			d.report.problem(line, col, "directive in the middle of a paragraph: put it on a line of its own directly above the fence")
		}
		return ast.WalkContinue, nil
	})
}

// inlineLead makes any text a paragraph, whatever it begins with.
const inlineLead = "x "

// parseInline parses the text of one paragraph or heading. Offsets in the
// result are those of b plus the length of inlineLead.
func (d *document) parseInline(b []byte) ast.Node {
	if d.inline == nil {
		d.inline = goldmark.DefaultParser()
	}
	joined := append([]byte(inlineLead), bytes.ReplaceAll(b, []byte("\n"), []byte(" "))...)
	return d.inline.Parse(text.NewReader(joined))
}

// plain is a heading as a reader sees it, without marks and attributes.
func (d *document) plain(n *ast.Heading) string {
	if !d.checkMarks(n.Lines()) {
		return ""
	}
	p := d.passage(n.Lines())
	s := strings.TrimSpace(string(p.text))
	if i := strings.LastIndex(s, " {"); i > 0 && strings.HasSuffix(s, "}") && strings.ContainsAny(s[i:], "#.=") {
		s = strings.TrimSpace(s[:i])
	}
	if !strings.ContainsAny(s, "\\`*_[]<>&!\n") {
		return s
	}
	joined := []byte(inlineLead + strings.ReplaceAll(s, "\n", " "))
	var b strings.Builder
	_ = ast.Walk(d.parseInline([]byte(s)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(readable(n, joined))
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(joined))
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(strings.TrimPrefix(b.String(), inlineLead))
}

// readable resolves the escapes and entities of a text node.
func readable(n *ast.Text, source []byte) []byte {
	v := n.Segment.Value(source)
	if n.Parent().Kind() == ast.KindCodeSpan {
		return v
	}
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(v)))
}
