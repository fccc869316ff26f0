package markdown

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// nodeRenderer renders what this package adds, and what a page needs otherwise
// than goldmark writes it: tables and code that can be scrolled by keyboard,
// aligned cells without a style attribute, checkboxes with a name, headings
// with a link to themselves.
type nodeRenderer struct{ compact bool }

// RegisterFuncs implements [renderer.NodeRenderer].
func (r nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(KindAdmonition, renderAdmonition)
	reg.Register(KindTitle, renderTitle)
	reg.Register(KindTabs, elements("div", `class="tabs"`))
	reg.Register(KindTab, elements("div", `class="tab"`))
	reg.Register(KindFixed, renderFixed)
	reg.Register(KindTag, renderTag)
	reg.Register(KindSpan, renderSpan)
	reg.Register(KindKeyCombination, renderKeys)
	reg.Register(KindAbbreviation, renderAbbreviation)
	reg.Register(KindSign, renderSign)
	reg.Register(KindFormula, renderFormula)
	reg.Register(KindFormulaBlock, renderFormulaBlock)
	reg.Register(KindElement, renderElement)

	if r.compact {
		reg.Register(ast.KindText, renderCompact)
	}
	reg.Register(ast.KindHeading, renderHeading)
	reg.Register(ast.KindHTMLBlock, renderHTMLBlock)
	reg.Register(ast.KindCodeBlock, renderCodeBlock)
	reg.Register(ast.KindCodeSpan, renderCodeSpan)
	reg.Register(ast.KindEmphasis, renderEmphasis)
	reg.Register(east.KindTable, renderTable)
	reg.Register(east.KindTableCell, renderCell)
	reg.Register(east.KindTaskCheckBox, renderCheckBox)
}

// renderCompact writes text for Features.Compact. Only attributes need quotation
// marks as entities. The lines of a text end anywhere, which is news to a compressor
// each time, where a blank between two words is what it expects.
func renderCompact(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if !in {
		return ast.WalkContinue, nil
	}
	n := node.(*ast.Text)
	value := n.Segment.Value(src)
	if n.IsRaw() {
		html.DefaultWriter.RawWrite(w, value)
		return ast.WalkContinue, nil
	}
	last := byte(' ')
	if len(value) > 0 {
		last = value[len(value)-1]
	}
	for {
		i := bytes.IndexByte(value, '"')
		if i < 0 || i > 0 && value[i-1] == '\\' {
			break
		}
		html.DefaultWriter.Write(w, value[:i])
		_ = w.WriteByte('"')
		value = value[i+1:]
	}
	html.DefaultWriter.Write(w, value)
	switch {
	case n.HardLineBreak():
		write(w, "<br>\n")
	case n.SoftLineBreak() && last < utf8.RuneSelf:
		_ = w.WriteByte(' ')
	case n.SoftLineBreak(): // a browser knows where a language has no blanks
		_ = w.WriteByte('\n')
	}
	return ast.WalkContinue, nil
}

type renderFunc = renderer.NodeRendererFunc

// elements renders a node as an element around its children.
func elements(name, attributes string) renderFunc {
	return func(w util.BufWriter, _ []byte, _ ast.Node, in bool) (ast.WalkStatus, error) {
		if in {
			write(w, "<", name, " ", attributes, ">\n")
		} else {
			write(w, "</", name, ">\n")
		}
		return ast.WalkContinue, nil
	}
}

// write ignores errors, which the writer keeps until it is flushed.
func write(w util.BufWriter, parts ...string) {
	for _, p := range parts {
		_, _ = w.WriteString(p)
	}
}

func escape(s string) string { return string(util.EscapeHTML([]byte(s))) }

func renderAdmonition(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	n := node.(*Admonition)
	class := escape(strings.TrimSpace("admonition " + n.Class))
	switch {
	case in && n.Folded && n.Open:
		write(w, `<details class="`, class, `" open>`, "\n")
	case in && n.Folded:
		write(w, `<details class="`, class, `">`, "\n")
	case in:
		write(w, `<div class="`, class, `">`, "\n")
	case n.Folded:
		write(w, "</details>\n")
	default:
		write(w, "</div>\n")
	}
	return ast.WalkContinue, nil
}

func renderTitle(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	open, end := `<p class="admonition-title">`, "</p>\n"
	switch parent := node.Parent().(type) {
	case *Tab:
		open = `<p class="tab-title">`
	case *Admonition:
		if parent.Folded {
			open, end = "<summary>", "</summary>\n"
		}
	}
	if in {
		write(w, open, escape(node.(*Title).Default))
	} else {
		write(w, end)
	}
	return ast.WalkContinue, nil
}

func renderFixed(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		_, _ = w.Write(node.(*Fixed).HTML)
	}
	return ast.WalkSkipChildren, nil
}

func renderTag(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		seg := node.Lines().At(0)
		_, _ = w.Write(withoutMarkdown(seg.Value(src)))
	}
	return ast.WalkContinue, nil
}

// withoutMarkdown removes the attributes that ask for Markdown inside.
func withoutMarkdown(line []byte) []byte {
	for {
		from, to, ok := markdownAttribute(line)
		if !ok {
			return line
		}
		line = append(bytes.Clone(line[:from]), line[to:]...)
	}
}

func renderHTMLBlock(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	n := node.(*ast.HTMLBlock)
	if !in {
		if n.HasClosure() {
			_, _ = w.Write(n.ClosureLine.Value(src))
		}
		return ast.WalkContinue, nil
	}
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		line := seg.Value(src)
		if n.HTMLBlockType >= ast.HTMLBlockType6 && bytes.Contains(line, []byte("markdown")) {
			line = withoutMarkdown(line)
		}
		_, _ = w.Write(line)
	}
	return ast.WalkContinue, nil
}

func renderSpan(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	n := node.(*Span)
	if in {
		write(w, "<", string(n.Element))
		html.RenderAttributes(w, n, html.GlobalAttributeFilter)
		write(w, ">")
	} else {
		write(w, "</", string(n.Element), ">")
	}
	return ast.WalkContinue, nil
}

func renderKeys(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		for i, name := range node.(*KeyCombination).Names {
			if i > 0 {
				write(w, "+")
			}
			write(w, "<kbd>", escape(name), "</kbd>")
		}
	}
	return ast.WalkContinue, nil
}

func renderAbbreviation(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		n := node.(*Abbreviation)
		write(w, `<abbr title="`, escape(n.Long), `">`, escape(n.Word), "</abbr>")
	}
	return ast.WalkContinue, nil
}

func renderSign(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		write(w, escape(node.(*Sign).Label(src)))
	}
	return ast.WalkContinue, nil
}

func renderFormula(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		write(w, `<span class="math">`, escape(string(node.(*Formula).Segment.Value(src))), "</span>")
	}
	return ast.WalkContinue, nil
}

func renderFormulaBlock(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		write(w, `<pre class="math" tabindex="0">`)
		for i := range node.Lines().Len() {
			seg := node.Lines().At(i)
			write(w, escape(string(seg.Value(src))))
		}
		write(w, "</pre>\n")
	}
	return ast.WalkSkipChildren, nil
}

func renderElement(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	n := node.(*Element)
	if in {
		write(w, "<", n.Name)
		html.RenderAttributes(w, n, html.GlobalAttributeFilter)
		write(w, ">\n")
	} else {
		write(w, "</", n.Name, ">\n")
	}
	return ast.WalkContinue, nil
}

func renderHeading(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	n := node.(*ast.Heading)
	level := "0123456"[n.Level : n.Level+1]
	if in {
		write(w, "<h", level)
		html.RenderAttributes(w, n, html.HeadingAttributeFilter)
		write(w, ">")
		return ast.WalkContinue, nil
	}
	if id, ok := n.AttributeString("id"); ok && n.Level > 1 {
		if id, ok := id.([]byte); ok {
			write(w, ` <a class="pl" href="#`, escape(string(id)), `" aria-label="Link to this section">#</a>`)
		}
	}
	write(w, "</h", level, ">\n")
	return ast.WalkContinue, nil
}

func renderCodeBlock(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if !in {
		write(w, "</code></pre>\n")
		return ast.WalkContinue, nil
	}
	write(w, `<pre tabindex="0"><code>`)
	for i := range node.Lines().Len() {
		seg := node.Lines().At(i)
		html.DefaultWriter.RawWrite(w, seg.Value(src))
	}
	return ast.WalkContinue, nil
}

func renderCodeSpan(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if !in {
		write(w, "</code>")
		return ast.WalkContinue, nil
	}
	write(w, "<code")
	html.RenderAttributes(w, node, html.CodeAttributeFilter)
	write(w, ">")
	raw := func(text []byte) { html.DefaultWriter.RawWrite(w, text) }
	for c := node.FirstChild(); c != nil; c = c.NextSibling() {
		segment := c.(*ast.Text).Segment
		line, ends := bytes.CutSuffix(segment.Value(src), []byte("\n"))
		EachOption(line, raw, func(option []byte) {
			write(w, optionStart)
			raw(option)
			write(w, optionEnd)
		})
		if ends {
			write(w, " ")
		}
	}
	return ast.WalkSkipChildren, nil
}

func renderEmphasis(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	n := node.(*ast.Emphasis)
	name := "em"
	if n.Level == 2 {
		name = "strong"
	}
	if in {
		write(w, "<", name)
		html.RenderAttributes(w, n, html.EmphasisAttributeFilter)
		write(w, ">")
	} else {
		write(w, "</", name, ">")
	}
	return ast.WalkContinue, nil
}

func renderTable(w util.BufWriter, src []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if in {
		labelCells(node, src)
		write(w, `<div class="tw" tabindex="0" role="group" aria-label="Table"><table`)
		html.RenderAttributes(w, node, html.GlobalAttributeFilter)
		write(w, ">\n")
	} else {
		write(w, "</table></div>\n")
	}
	return ast.WalkContinue, nil
}

// manyColumns are too many for a phone, and longestLabel is what it has room for
// beside the text of a cell.
const manyColumns, longestLabel = 8, 24

// labelCells gives the cells of a table of many columns what stands at the head of
// theirs, so that a page may show each row as a list. The first cell names its row.
func labelCells(table ast.Node, src []byte) {
	head := table.FirstChild()
	if head == nil || head.ChildCount() < manyColumns {
		return
	}
	var labels []string
	for c := head.FirstChild(); c != nil; c = c.NextSibling() {
		label := Text(c, src)
		if len(label) > longestLabel {
			return
		}
		labels = append(labels, label)
	}
	for row := head.NextSibling(); row != nil; row = row.NextSibling() {
		i := 0
		for c := row.FirstChild(); c != nil && i < len(labels); c = c.NextSibling() {
			if i > 0 && labels[i] != "" && c.HasChildren() {
				c.SetAttributeString("data-h", []byte(labels[i]))
			}
			i++
		}
	}
}

func renderCell(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	n := node.(*east.TableCell)
	name := "td"
	if n.Parent().Kind() == east.KindTableHeader {
		name = "th"
		if n.ChildCount() == 0 { // the head of no column: a screen reader would look for its text
			if in {
				write(w, `<td class="empty"></td>`, "\n")
			}
			return ast.WalkSkipChildren, nil
		}
	}
	if !in {
		write(w, "</", name, ">\n")
		return ast.WalkContinue, nil
	}
	write(w, "<", name)
	if name == "th" {
		write(w, ` scope="col"`)
	}
	switch n.Alignment {
	case east.AlignRight:
		write(w, ` class="ar"`)
	case east.AlignCenter:
		write(w, ` class="ac"`)
	case east.AlignLeft:
		write(w, ` class="al"`)
	}
	if label, ok := n.AttributeString("data-h"); ok {
		if label, ok := label.([]byte); ok {
			write(w, ` data-h="`, escape(string(label)), `"`)
		}
	}
	write(w, ">")
	return ast.WalkContinue, nil
}

func renderCheckBox(w util.BufWriter, _ []byte, node ast.Node, in bool) (ast.WalkStatus, error) {
	if !in {
		return ast.WalkContinue, nil
	}
	if node.(*east.TaskCheckBox).IsChecked {
		write(w, `<input type="checkbox" disabled checked aria-label="done"> `)
	} else {
		write(w, `<input type="checkbox" disabled aria-label="to do"> `)
	}
	return ast.WalkContinue, nil
}
