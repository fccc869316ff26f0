package terminal

import (
	"strings"

	"github.com/rivo/uniseg"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"

	"example/workbook/internal/match"
)

// The SGR parameters of ECMA-48 that we use.
const (
	bold   = "1"
	dim    = "2"
	italic = "3"
	strike = "9"
	cyan   = "36"
)

// span is text in one style; sgr is "" for the terminal's own.
type span struct {
	text, sgr string
}

func (p *printer) paint(sgr, text string) string { return span{text, sgr}.paint(p.color) }

func (s span) paint(color bool) string {
	if !color || s.sgr == "" {
		return s.text
	}
	return "\x1b[" + s.sgr + "m" + s.text + "\x1b[m"
}

// plain is the text of spans.
func plain(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}

// inline returns the text in a block, or in an inline node, in the style sgr
// unless it has one of its own.
func (d *Document) inline(n ast.Node, sgr string) []span {
	var spans []span
	struck := false
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		style := sgr
		if struck {
			style = join(sgr, strike)
		}
		switch c := c.(type) {
		case *ast.Text:
			v := c.Segment.Value(d.source)
			v = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(v)))
			spans = append(spans, span{visible(v), style})
			if c.SoftLineBreak() || c.HardLineBreak() {
				spans = append(spans, span{" ", style})
			}
		case *ast.String:
			spans = append(spans, span{visible(c.Value), style})
		case *ast.CodeSpan:
			spans = append(spans, span{visible(d.code(c)), join(style, cyan)})
		case *ast.Emphasis:
			spans = append(spans, d.inline(c, join(style, []string{italic, bold}[min(c.Level, 2)-1]))...)
		case *ast.AutoLink:
			spans = append(spans, span{visible(c.Label(d.source)), style})
		case *ast.Link:
			spans = append(spans, d.inline(c, style)...)
			if to := string(c.Destination); strings.Contains(to, "://") {
				spans = append(spans, span{" <" + visible(to) + ">", join(style, dim)})
			}
		case *ast.RawHTML:
			// What is struck out is wrong: that must be seen in plain text, too.
			tag := strings.ToLower(string(c.Segments.Value(d.source)))
			if strings.HasPrefix(tag, "<del") {
				struck = true
				spans = append(spans, span{"[wrong: ", dim})
			} else if strings.HasPrefix(tag, "</del") {
				struck = false
				spans = append(spans, span{"]", dim})
			}
		default:
			spans = append(spans, d.inline(c, style)...)
		}
	}
	return spans
}

// visible is text that a terminal shows and does not obey, with blanks for tabs.
func visible[T string | []byte](text T) string {
	return match.Visible(strings.ReplaceAll(string(text), "\t", " "))
}

// code is the text of a code span, in one line.
func (d *Document) code(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(d.source))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ";" + b
}

// row is one line of styled text.
type row struct {
	spans []span
	width int // columns
}

func (r row) paint(color bool) string {
	var b strings.Builder
	for _, s := range r.spans {
		b.WriteString(s.paint(color))
	}
	return b.String()
}

// wrap breaks text at blanks into rows of up to width columns. A word that is
// wider has a row of its own.
func wrap(spans []span, width int) []row {
	var rows []row
	var line, word row
	blank := span{text: " "}
	flush := func() {
		if len(word.spans) == 0 {
			return
		}
		if line.width > 0 && line.width+1+word.width > width {
			rows = append(rows, line)
			line = row{}
		}
		if line.width > 0 {
			line.spans = append(line.spans, blank)
			line.width++
		}
		line.spans = append(line.spans, word.spans...)
		line.width += word.width
		word = row{}
	}
	for _, s := range spans {
		for i, part := range strings.Split(s.text, " ") {
			if i > 0 {
				flush()
				blank = span{" ", s.sgr}
			}
			if part != "" {
				word.spans = append(word.spans, span{part, s.sgr})
				word.width += uniseg.StringWidth(part)
			}
		}
	}
	flush()
	if line.width > 0 {
		rows = append(rows, line)
	}
	return rows
}
