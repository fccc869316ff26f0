package terminal

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// narrowest is how few columns a column of a table is squeezed into.
const narrowest = 8

// table renders a table with its columns as wide as the text asks for; where
// they do not fit, the widest give way and their cells break.
func (p *printer) table(n ast.Node, width int) {
	var cells [][][]span
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var line [][]span
		style := ""
		if r == n.FirstChild() {
			style = bold
		}
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			line = append(line, p.doc.inline(c, style))
		}
		cells = append(cells, line)
	}
	widths := columns(cells, width)
	for i, line := range cells {
		p.tableRow(line, widths)
		if i == 0 {
			var rule []string
			for _, w := range widths {
				rule = append(rule, strings.Repeat("─", w))
			}
			p.line(p.paint(dim, strings.Join(rule, "  ")))
		}
	}
}

// columns returns the widths of the columns, two blanks apart in width columns.
func columns(cells [][][]span, width int) []int {
	var widths []int
	for _, line := range cells {
		for i, cell := range line {
			for len(widths) <= i {
				widths = append(widths, 1)
			}
			for _, r := range wrap(cell, 1<<20) {
				widths[i] = max(widths[i], r.width)
			}
		}
	}
	for {
		total, widest := 2*(len(widths)-1), 0
		for i, w := range widths {
			total += w
			if w > widths[widest] {
				widest = i
			}
		}
		if total <= width || len(widths) == 0 || widths[widest] <= narrowest {
			return widths
		}
		widths[widest]--
	}
}

func (p *printer) tableRow(line [][]span, widths []int) {
	var wrapped [][]row
	height := 0
	for i, cell := range line {
		rows := wrap(cell, widths[i])
		wrapped = append(wrapped, rows)
		height = max(height, len(rows))
	}
	for at := range height {
		var b strings.Builder
		for i, rows := range wrapped {
			width := 0
			if at < len(rows) {
				b.WriteString(rows[at].paint(p.color))
				width = rows[at].width
			}
			if i < len(wrapped)-1 {
				b.WriteString(strings.Repeat(" ", max(widths[i]-width, 0)+2))
			}
		}
		p.line(b.String())
	}
}
