// Package terminal renders the Markdown of chapters as text for a terminal.
package terminal

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"example/workbook/internal/match"
)

// Style says how to render. The zero value makes plain text 80 columns wide.
type Style struct {
	Width int  // columns; code and what cannot be broken may be wider
	Color bool // whether to use terminal escapes
}

// maxWidth is where longer lines of prose stop being easy to read, in columns.
const maxWidth = 96

func (st Style) width() int {
	return min(max(cmp.Or(st.Width, 80), 20), maxWidth)
}

// Document is a parsed text.
type Document struct {
	source []byte
	root   ast.Node
}

// Parse reads Markdown.
func Parse(source []byte) *Document {
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	source = bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n"))
	source = withoutFrontMatter(source)
	md := goldmark.New(goldmark.WithExtensions(extension.Table))
	return &Document{source, md.Parser().Parse(text.NewReader(source))}
}

// withoutFrontMatter blanks the front matter, so that line numbers stay.
func withoutFrontMatter(source []byte) []byte {
	if !bytes.HasPrefix(source, []byte("---\n")) {
		return source
	}
	end := bytes.Index(source, []byte("\n---\n"))
	if end < 0 {
		return source
	}
	end += len("\n---\n")
	blank := bytes.Repeat([]byte("\n"), bytes.Count(source[:end], []byte("\n")))
	return append(blank, source[end:]...)
}

// Render renders Markdown whole.
func Render(source string, st Style) string {
	var parts []string
	for _, b := range Parse([]byte(source)).Blocks() {
		if s := b.Render(st); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n")
}

// Block is one block at the top level of a document.
type Block struct {
	// Line is the first line of its text, from 1: of a fence the opening one.
	Line int
	// Level is that of a heading, 0 for other blocks.
	Level int
	// Text is that of a heading, without marks, the language of a fence, and
	// the lines of raw HTML.
	Text string
	Kind Kind

	doc  *Document
	node ast.Node
}

// Kind is what a block is.
type Kind int

// The kinds that readers of a document treat in their own ways.
const (
	Other Kind = iota
	Heading
	Fence
	HTML
	List
)

// Blocks returns the blocks of the document in their order.
func (d *Document) Blocks() []Block {
	var blocks []Block
	line := 1
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		b := Block{doc: d, node: n, Line: line}
		if at, ok := d.lineOf(n); ok {
			b.Line = at
		}
		switch n := n.(type) {
		case *ast.Heading:
			b.Kind, b.Level, b.Text = Heading, n.Level, plain(d.inline(n, ""))
		case *ast.FencedCodeBlock:
			b.Kind, b.Text = Fence, string(n.Language(d.source))
		case *ast.HTMLBlock:
			b.Kind, b.Text = HTML, string(d.lines(n))
			if n.HasClosure() {
				b.Text += string(n.ClosureLine.Value(d.source))
			}
		case *ast.List:
			b.Kind = List
		}
		line = b.Line
		blocks = append(blocks, b)
	}
	return blocks
}

// lineOf is the line at which a block begins.
func (d *Document) lineOf(n ast.Node) (line int, ok bool) {
	number := func(offset int) int { return 1 + bytes.Count(d.source[:offset], []byte("\n")) }
	if f, isFence := n.(*ast.FencedCodeBlock); isFence {
		if f.Info != nil {
			return number(f.Info.Segment.Start), true
		}
		if f.Lines().Len() > 0 {
			return number(f.Lines().At(0).Start) - 1, true
		}
		return 0, false
	}
	for n != nil && n.Type() == ast.TypeBlock {
		if n.Lines() != nil && n.Lines().Len() > 0 {
			return number(n.Lines().At(0).Start), true
		}
		n = n.FirstChild()
	}
	return 0, false
}

func (d *Document) lines(n ast.Node) []byte {
	var b []byte
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		b = append(b, seg.Value(d.source)...)
	}
	return b
}

// Render renders one block, in lines that each have their end. Comments and
// other HTML come out empty.
func (b Block) Render(st Style) string {
	p := printer{doc: b.doc, color: st.Color}
	p.block(b.node, st.width())
	return strings.Join(p.out, "")
}

// printer renders blocks into lines.
type printer struct {
	doc   *Document
	color bool
	out   []string
}

func (p *printer) line(s string) {
	p.out = append(p.out, strings.TrimRight(s, " ")+"\n")
}

// block renders n in so many columns.
func (p *printer) block(n ast.Node, width int) {
	switch n := n.(type) {
	case *ast.Heading:
		p.heading(n, width)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		for line := range strings.Lines(string(p.doc.lines(n))) {
			line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    ")
			p.line("    " + match.Visible(line))
		}
	case *ast.Blockquote:
		p.inside(n, width, p.paint(dim, "│")+" ", p.paint(dim, "│")+" ", 2)
	case *ast.List:
		p.list(n, width)
	case *extast.Table:
		p.table(n, width)
	case *ast.ThematicBreak:
		p.line(p.paint(dim, strings.Repeat("─", width)))
	case *ast.HTMLBlock:
	default:
		if n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeBlock {
			p.children(n, width, false)
			return
		}
		for _, line := range wrap(p.doc.inline(n, ""), width) {
			p.line(line.paint(p.color))
		}
	}
}

// children renders the blocks in n. In a tight list nothing stands between them.
func (p *printer) children(n ast.Node, width int, tight bool) {
	first := true
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		before := len(p.out)
		if !first && !tight {
			p.line("")
		}
		mark := len(p.out)
		p.block(c, width)
		if len(p.out) == mark {
			p.out = p.out[:before]
			continue
		}
		first = false
	}
}

// inside renders the blocks in n behind a lead, which stands before the first
// line; before the others stands rest, as wide.
func (p *printer) inside(n ast.Node, width int, lead, rest string, columns int) {
	tight := false
	if list, ok := n.Parent().(*ast.List); ok {
		tight = list.IsTight
	}
	sub := printer{doc: p.doc, color: p.color}
	sub.children(n, max(width-columns, 10), tight)
	if len(sub.out) == 0 {
		sub.out = []string{"\n"}
	}
	for i, line := range sub.out {
		if i == 0 {
			p.line(lead + strings.TrimSuffix(line, "\n"))
		} else {
			p.line(rest + strings.TrimSuffix(line, "\n"))
		}
	}
}

func (p *printer) heading(n *ast.Heading, width int) {
	lines := wrap(p.doc.inline(n, bold), width)
	for _, line := range lines {
		p.line(line.paint(p.color))
	}
	if !p.color && len(lines) > 0 && n.Level <= 2 {
		p.line(strings.Repeat([]string{"=", "-"}[n.Level-1], lines[len(lines)-1].width))
	}
}

func (p *printer) list(n *ast.List, width int) {
	number := n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		lead := "- "
		if n.IsOrdered() {
			lead = strconv.Itoa(number) + ". "
			number++
		}
		if item != n.FirstChild() && !n.IsTight {
			p.line("")
		}
		p.inside(item, width, lead, strings.Repeat(" ", len(lead)), len(lead))
	}
}
