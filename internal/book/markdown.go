package book

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// document is what goldmark finds in a chapter, in the order of the lines.
type document struct {
	src    *source
	base   int // offset in src.text at which the Markdown begins
	fences []*fence
	title  string // of the first heading
	report *report

	includes    []include
	predictions []*predictionMark
	exercises   []*exerciseMark

	marks   map[ast.Node]*fenceMark
	heading string // the last one above
	inline  parser.Parser

	exercise *exerciseMark // whose section this is
	details  *detailsMark  // that is open
	answers  *predictionMark
}

// fence is a fenced code block. Its body is the lines from open+1 up to end.
type fence struct {
	open, col  int    // where its first back-quote or tilde stands
	info       string // all that stands behind the opening marks
	infoCol    int
	body       []span // of each line behind what quotes and lists put before it
	end        int    // line of the closing marks
	closed     bool
	marks      string // the opening ones
	prefix     string // what has to stand in front of a new line of the body
	directives []directive
	heading    string // the nearest one above
	exercise   *exerciseMark
}

// span is where a line of a body begins. pad is how many columns of a tab
// belong to it that the quote or list before it has begun.
type span struct {
	col, pad int
}

// parseDocument has goldmark parse the lines from first on. It needs blocks
// only: what stands inside a paragraph is parsed where it matters.
func parseDocument(src *source, first int, report *report) *document {
	d := &document{src: src, report: report, marks: map[ast.Node]*fenceMark{}}
	if first >= len(src.lines) {
		return d
	}
	d.base = src.lines[first].start
	blocks := parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithBlockParsers(src.notation.Containers()...),
		parser.WithBlockParsers(util.Prioritized(&fenceParser{parser.NewFencedCodeBlockParser(), d.marks}, 650)),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithParagraphTransformers(util.Prioritized(extension.NewTableParagraphTransformer(), 200)),
	)
	d.walk(blocks.Parse(text.NewReader(src.text[d.base:])))
	d.endSection(len(src.lines))
	d.marks = nil // which would keep the whole tree
	return d
}

// walk goes through the children of a block. Directives wait for the fence
// that they stand above.
func (d *document) walk(parent ast.Node) {
	var waiting []directive
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			d.fence(n, waiting)
			waiting = nil
			continue
		case *ast.HTMLBlock:
			if n.HTMLBlockType == ast.HTMLBlockType2 {
				found, alone := d.comments(n)
				waiting = append(waiting, found...)
				if alone {
					continue
				}
			} else {
				d.hidden(n)
				d.fold(n)
			}
		case *ast.Heading:
			d.heading = d.plain(n)
			if d.title == "" {
				d.title = d.heading
			}
			waiting = d.section(n, waiting)
		case *ast.List:
			waiting = d.choices(n, waiting)
			d.block(n)
		case *ast.CodeBlock:
			d.hidden(n)
		default:
			if n.Type() == ast.TypeBlock {
				d.block(n)
			}
		}
		d.orphans(waiting)
		waiting = nil
	}
	d.orphans(waiting)
}

func (d *document) block(n ast.Node) {
	if c := n.FirstChild(); c != nil && c.Type() == ast.TypeBlock {
		d.walk(n)
		return
	}
	lines := n.Lines()
	if lines.Len() == 0 || !d.checkMarks(lines) {
		return
	}
	raw := d.src.text[d.base+lines.At(0).Start : d.base+lines.At(lines.Len()-1).Stop]
	if bytes.Contains(raw, []byte("<!--")) {
		d.misplaced(d.passage(lines))
	}
	for i := range lines.Len() {
		seg := lines.At(i)
		if text := d.src.text[d.base+seg.Start : d.base+seg.Stop]; isInclude(text) {
			line, col := d.at(seg.Start)
			file, _ := IncludeOf(text)
			d.includes = append(d.includes, include{line, col, file})
		}
	}
}

// isInclude tells whether a text is an include line of MkDocs' snippets.
func isInclude(text []byte) bool {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || text[0] != '-' { // most are not; a copy of each would cost
		return false
	}
	rest, ok := scissors(string(text))
	return ok && strings.HasPrefix(rest, "\"")
}

// orphans reports directives that stand above no fence.
func (d *document) orphans(waiting []directive) {
	for _, dir := range waiting {
		d.report.problem(dir.line, dir.col, "%s", dir.orphan())
	}
}

func (d *document) fence(n *ast.FencedCodeBlock, directives []directive) {
	m := d.marks[n]
	f := &fence{directives: directives, heading: d.heading, closed: m.closed, marks: m.marks, exercise: d.exercise}
	f.open, f.col = d.at(m.open)
	if n.Info != nil {
		_, f.infoCol = d.at(n.Info.Segment.Start)
		f.info = string(n.Info.Segment.Value(d.src.text[d.base:]))
	}
	lines := n.Lines()
	f.body = make([]span, lines.Len())
	for i := range f.body {
		seg := lines.At(i)
		f.body[i] = span{d.base + seg.Start - d.src.lines[f.open+1+i].start, seg.Padding}
	}
	f.end = f.open + 1 + len(f.body)
	if m.closed {
		line, col := d.at(m.close.Start)
		f.prefix = newPrefix(d.src.rawLine(line)[:col], m.close.Padding) + strings.Repeat(" ", m.indent)
	} else if f.end >= len(d.src.lines) {
		d.report.problem(f.open, f.col, "code block opened at line %d is never closed: close it with %s", f.open+1, m.marks)
	} else {
		d.report.problem(f.open, f.col, "code block opened at line %d is not closed before its list item or quote ends at line %d: indent the closing %s like the opening ones", f.open+1, f.end, m.marks)
	}
	d.fences = append(d.fences, f)
}

// newPrefix is what stands before a new line of a body, made from what stands
// before the closing marks. Of a tab there the last pad columns belong to the
// body, so that spaces have to take its place.
func newPrefix(container []byte, pad int) string {
	s := string(container)
	if pad > 0 {
		var b strings.Builder
		col := 0
		for _, c := range s {
			n := 1
			if c == '\t' {
				n, c = 4-col%4, ' '
			}
			for range n {
				b.WriteRune(c)
			}
			col += n
		}
		s = b.String()
		s = s[:len(s)-min(pad, len(s))]
	}
	if strings.HasSuffix(s, ">") {
		s += " " // a quote mark swallows the blank behind it
	}
	return s
}

// at returns the line and column of an offset that goldmark gave.
func (d *document) at(offset int) (line, col int) { return d.src.at(d.base + offset) }

// hidden warns of go fences that are none: inside HTML without a blank line
// above, or indented by four columns.
func (d *document) hidden(n ast.Node) {
	lines := n.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		s := bytes.TrimLeft(d.src.text[d.base+seg.Start:d.base+seg.Stop], " \t")
		line, col := d.at(seg.Stop - len(s))
		html := n.Kind() == ast.KindHTMLBlock
		switch {
		case isGoOpening(s) && html:
			d.report.warn(line, col, "this does not open a fence, for it stands in a block of HTML: leave a blank line above it")
		case isGoOpening(s):
			d.report.warn(line, col, "this does not open a fence, for it is indented by four columns or more: indent it by fewer, or by as many as the text of its list item")
		case html && bytes.Contains(s, []byte("<!--")):
			at := bytes.Index(s, []byte("<!--"))
			if isDirective(string(s[at+len("<!--"):])) {
				d.report.problem(line, col+at, "directive inside a block of HTML: leave a blank line above it")
			}
		}
	}
}

// isGoOpening tells whether a line would open a go fence where fences can.
func isGoOpening(line []byte) bool {
	marks := len(line) - len(bytes.TrimLeft(line, "`"))
	if marks == 0 {
		marks = len(line) - len(bytes.TrimLeft(line, "~"))
	}
	if marks < 3 {
		return false
	}
	lang, _ := language(strings.TrimSpace(string(line[marks:])))
	return lang == "go"
}

// fenceParser is goldmark's parser of fences, which also remembers where the
// marks of a fence stand and whether it was closed: goldmark closes fences in
// silence at the end of the text.
type fenceParser struct {
	parser.BlockParser
	found map[ast.Node]*fenceMark
}

type fenceMark struct {
	open   int    // offset of the opening marks
	indent int    // columns before them inside their quote or list item
	marks  string // "```"
	closed bool
	close  text.Segment // the closing line behind what quotes and lists put before it
}

// Open implements [parser.BlockParser].
func (p *fenceParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := reader.PeekLine()
	at := pc.BlockOffset()
	node, state := p.BlockParser.Open(parent, reader, pc)
	if node != nil {
		n := at
		for n < len(line) && line[n] == line[at] {
			n++
		}
		p.found[node] = &fenceMark{open: seg.Start + at - seg.Padding, indent: at, marks: string(line[at:n])}
	}
	return node, state
}

// Continue implements [parser.BlockParser].
func (p *fenceParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	_, seg := reader.Position()
	state := p.BlockParser.Continue(node, reader, pc)
	if state&parser.Close != 0 {
		p.found[node].closed = true
		p.found[node].close = seg
	}
	return state
}
