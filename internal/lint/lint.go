// Package lint finds Markdown that means one thing to CommonMark, as GitHub and
// this program read it, and another to Python-Markdown, as MkDocs does; and
// notations of MkDocs that GitHub shows as they are written. A book without such
// places looks the same everywhere.
package lint

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"example/workbook/internal/book"
)

// Check returns what the Markdown file called name says differently to the two
// readers, with how to write it for both. The extensions are those that
// mkdocs.yml asks Python-Markdown for; nil means all.
func Check(name string, source []byte, extensions *Extensions) book.Problems {
	c := &checker{name: name, source: withoutFrontMatter(source), on: extensions}
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.TaskList, extension.Footnote))
	doc := md.Parser().Parse(text.NewReader(c.source))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			c.look(n)
		}
		return ast.WalkContinue, nil
	})
	slices.SortStableFunc(c.found, func(a, b book.Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Col - b.Col
	})
	return slices.CompactFunc(c.found, func(a, b book.Problem) bool { return a == b })
}

// checker reads one file.
type checker struct {
	name   string
	source []byte
	on     *Extensions
	found  book.Problems
}

// withoutFrontMatter blanks the YAML that a file begins with: everything keeps
// its place.
func withoutFrontMatter(source []byte) []byte {
	if !bytes.HasPrefix(source, []byte("---\n")) {
		return source
	}
	end := bytes.Index(source[3:], []byte("\n---\n"))
	if end < 0 {
		return source
	}
	blank := bytes.Clone(source)
	for i := range blank[:3+end+5] {
		if blank[i] != '\n' {
			blank[i] = ' '
		}
	}
	return blank
}

// add reports what stands at an offset.
func (c *checker) add(offset int, format string, args ...any) {
	start := c.lineStart(offset)
	pos := book.Pos{File: c.name, Line: 1 + bytes.Count(c.source[:start], []byte("\n")), Col: 1 + offset - start}
	c.found = append(c.found, book.Problem{Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

func (c *checker) lineStart(offset int) int {
	return 1 + bytes.LastIndexByte(c.source[:min(offset, len(c.source))], '\n')
}

// lineAt is the line around an offset.
func (c *checker) lineAt(offset int) []byte {
	rest := c.source[c.lineStart(offset):]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

func (c *checker) look(n ast.Node) {
	switch n := n.(type) {
	case *ast.List:
		c.list(n)
	case *ast.ListItem:
		c.item(n)
	case *east.Table:
		c.table(n)
	case *ast.Blockquote:
		c.quote(n)
	case *ast.Heading:
		c.heading(n)
	case *ast.FencedCodeBlock:
		c.fence(n)
	case *ast.Paragraph:
		c.paragraph(n)
	case *ast.HTMLBlock:
		c.html(n)
	case *ast.Text:
		c.text(n)
	case *east.TaskCheckBox:
		c.needs(start(n.Parent()), "a list of tasks", "pymdownx.tasklist")
	case *east.FootnoteLink:
		c.needs(n.Pos(), "a footnote", "footnotes")
	}
}

// needs reports a notation that Python-Markdown knows only with an extension.
func (c *checker) needs(offset int, what, extension string) {
	if !c.on.has(extension) {
		c.add(offset, "%s is plain text to MkDocs here: add %s to markdown_extensions in mkdocs.yml", what, extension)
	}
}

// start is where a node begins: the first text in it, or where the parser saw
// it open.
func start(n ast.Node) int {
	if n == nil {
		return 0
	}
	if fence, ok := n.(*ast.FencedCodeBlock); ok && fence.Info != nil {
		return fence.Info.Segment.Start
	}
	if n.Pos() > 0 {
		return n.Pos()
	}
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	if n.FirstChild() != nil {
		return start(n.FirstChild())
	}
	return max(n.Pos(), 0)
}

// follows tells whether a block stands directly below the text of a paragraph,
// without a line between them.
func (c *checker) follows(n ast.Node) bool {
	if _, ok := n.PreviousSibling().(*ast.Paragraph); !ok {
		return false
	}
	at := c.lineStart(start(n))
	if at < 2 {
		return false
	}
	before := bytes.TrimLeft(c.lineAt(at-1), " \t>")
	return len(before) > 0
}

func (c *checker) list(n *ast.List) {
	at := start(n)
	if _, nested := n.Parent().(*ast.ListItem); !nested && c.follows(n) {
		c.add(at, "a list directly below a line of text is part of that text to MkDocs: put an empty line above it")
	}
	if n.IsOrdered() && n.Start != 1 {
		c.add(at, "a list that begins with %d begins with 1 to MkDocs: begin it with 1, or write the numbers as text", n.Start)
	}
	if n.Marker == ')' {
		c.add(at, "numbers with ) make no list to MkDocs: write 1. and so on")
	}
	if _, ok := n.PreviousSibling().(*ast.List); ok {
		c.add(at, "two lists, one after the other, are one list to MkDocs: put a sentence or <!-- --> between them")
	}
}

// item holds that what belongs to an item is indented by four for each level.
func (c *checker) item(n *ast.ListItem) {
	depth := 0
	for up := ast.Node(n); up != nil; up = up.Parent() {
		if _, ok := up.(*ast.ListItem); ok {
			depth++
		}
	}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		at := start(child)
		if c.lineStart(at) == c.lineStart(start(n)) || child.PreviousSibling() == nil {
			continue
		}
		if _, ok := child.(*ast.CodeBlock); ok {
			continue
		}
		line := c.lineAt(at)
		bare := bytes.TrimLeft(quoteMarks.ReplaceAll(line, nil), " \t")
		indent := len(expand(quoteMarks.ReplaceAll(line, nil))) - len(bare)
		if indent < 4*depth {
			c.add(c.lineStart(at)+len(line)-len(bare), "what belongs to a list item is indented by %d here, and by less than %d it does not belong to it to MkDocs: indent it by %d", indent, 4*depth, 4*depth)
		}
	}
}

var quoteMarks = regexp.MustCompile(`^(?: {0,3}> ?)+`)

// expand puts spaces for the tabs that a line begins with.
func expand(line []byte) string {
	var b strings.Builder
	for i, ch := range line {
		switch ch {
		case '\t':
			b.WriteString(strings.Repeat(" ", 4-b.Len()%4))
		case ' ':
			b.WriteByte(' ')
		default:
			b.Write(line[i:])
			return b.String()
		}
	}
	return b.String()
}

// pipeInCode is where a code span with a | in it begins, or -1.
func pipeInCode(line []byte) int {
	for at := 0; at < len(line); {
		if line[at] != '`' {
			at++
			continue
		}
		ticks := len(line[at:]) - len(bytes.TrimLeft(line[at:], "`"))
		end := bytes.Index(line[at+ticks:], line[at:at+ticks])
		if end < 0 {
			return -1
		}
		if bytes.ContainsRune(line[at+ticks:at+ticks+end], '|') {
			return at
		}
		at += 2*ticks + end
	}
	return -1
}

func (c *checker) table(n *east.Table) {
	at := start(n)
	if c.follows(n) {
		c.add(at, "a table directly below a line of text is part of that text to MkDocs: put an empty line above it")
	}
	seen := map[int]bool{}
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		first := start(row)
		for cell := row.FirstChild(); cell != nil && first <= 0; cell = cell.NextSibling() {
			first = start(cell)
		}
		line := c.lineStart(first)
		if seen[line] {
			continue
		}
		seen[line] = true
		if at := pipeInCode(c.lineAt(first)); at >= 0 {
			c.add(line+at, "a | in code ends a cell to one reader and not to the other: write <code>&#124;</code>, or move it out of the table")
		}
	}
}

func (c *checker) quote(n *ast.Blockquote) {
	at := start(n)
	if bytes.Contains(c.lineAt(at), []byte("[!")) && alert.Match(c.lineAt(at)) {
		c.add(at, "a note in GitHub's notation is a quotation to MkDocs: write !!! note with the extension admonition, or **Note.** and a sentence")
	}
	if _, ok := n.PreviousSibling().(*ast.Blockquote); ok {
		c.add(at, "two quotations, one after the other, are one to MkDocs: put <!-- --> on a line of its own between them, or join them with a line >")
	}
}

var alert = regexp.MustCompile(`^\s*>\s*\[!\w+\]\s*$`)

func (c *checker) heading(n *ast.Heading) {
	at := start(n)
	line := c.lineAt(at)
	_, inRoot := n.Parent().(*ast.Document)
	if trimmed := bytes.TrimLeft(line, " "); inRoot && len(trimmed) < len(line) && bytes.HasPrefix(trimmed, []byte("#")) {
		c.add(c.lineStart(at), "a heading that is indented is text to MkDocs: take the spaces before # away")
	}
	if n.Lines().Len() > 0 {
		last := n.Lines().At(n.Lines().Len() - 1)
		c.notation(headingAttributes, last.Start, bytes.TrimRight(last.Value(c.source), "\n"))
	}
	if n.Lines().Len() > 1 {
		c.add(at, "only the last line of this heading is the heading to MkDocs: write it in one line, with #")
	}
}

var (
	plainInfo  = regexp.MustCompile(`^[\w+#./-]*$`)
	markedInfo = regexp.MustCompile(`^[\w+#./-]+ +hl_lines=(?:"[^"]*"|'[^']*')$`)
	titledInfo = regexp.MustCompile(`^[\w+#./-]+(?: +(?:title|hl_lines|linenums)=(?:"[^"]*"|'[^']*'))+$`)
	braceInfo  = regexp.MustCompile(`^\{[^}]*\}$`)
)

func (c *checker) fence(n *ast.FencedCodeBlock) {
	at := start(n)
	if n.Info == nil && n.Lines().Len() > 0 && n.Pos() <= 0 {
		at = max(0, c.lineStart(n.Lines().At(0).Start)-1)
	}
	info := ""
	if n.Info != nil {
		info = strings.TrimSpace(string(n.Info.Segment.Value(c.source)))
	}
	super := c.on.has("pymdownx.superfences")
	switch {
	case plainInfo.MatchString(info), braceInfo.MatchString(info), markedInfo.MatchString(info):
	case titledInfo.MatchString(info):
		if !super {
			c.needs(at, "a fence with more than a language", "pymdownx.superfences")
		}
	default:
		c.add(at, "a fence that is opened with %q is no fence to MkDocs: write the language alone, or {.%s .class key=\"value\"}", info, strings.FieldsFunc(info+" text", notWord)[0])
	}
	if line := c.lineAt(at); !super && len(line) > 0 && (line[0] == ' ' || line[0] == '\t' || line[0] == '>' || line[0] == '-' || line[0] == '*') {
		c.needs(c.lineStart(at), "a fence in a list, in a quotation or after spaces", "pymdownx.superfences")
	}
}

func notWord(r rune) bool { return r == ' ' || r == ',' || r == ':' || r == '=' }

var gluedHeading = regexp.MustCompile(`^#{1,6}[^#\s!]`)

func (c *checker) paragraph(n *ast.Paragraph) {
	c.lines(n)
	for _, seg := range n.Lines().Sliced(0, n.Lines().Len()) {
		if gluedHeading.Match(seg.Value(c.source)) {
			c.add(seg.Start, "a line that begins with # is a heading to MkDocs, also without a space: put a space behind #, or write \\#")
		}
	}
}

var (
	openBlock = regexp.MustCompile(`(?i)^\s*<(details|div|section|aside|figure|article)\b([^>]*)>`)
	sameLine  = regexp.MustCompile(`(?i)^\s*<details\b[^>]*\bmarkdown\b[^>]*>[ \t]*<summary`)
)

// html finds elements whose content is Markdown to CommonMark, because there is
// an empty line behind the tag, and text to Python-Markdown.
func (c *checker) html(n *ast.HTMLBlock) {
	if n.Lines().Len() == 0 {
		return
	}
	first, last := n.Lines().At(0), n.Lines().At(n.Lines().Len()-1)
	block := c.source[first.Start:last.Stop]
	if sameLine.Match(block) {
		c.add(first.Start, "a summary behind <details> becomes a paragraph to MkDocs: put <summary> on a line of its own")
	}
	m := openBlock.FindSubmatch(block)
	if m == nil || bytes.Contains(m[2], []byte("markdown")) || bytes.Contains(bytes.ToLower(block), []byte("</"+strings.ToLower(string(m[1])))) {
		return
	}
	for next := n.NextSibling(); next != nil; next = next.NextSibling() {
		if h, ok := next.(*ast.HTMLBlock); !ok {
			c.add(first.Start, "Markdown in <%s> is text to MkDocs: write <%s markdown>, with the extension md_in_html", m[1], m[1])
			return
		} else if h.Lines().Len() > 0 && bytes.HasPrefix(c.lineAt(h.Lines().At(0).Start), []byte("</")) {
			return
		}
	}
}

// attributeValue ends where the value of an attribute of a tag begins.
var attributeValue = regexp.MustCompile(`\w=["']?$`)

var (
	bareAddress = regexp.MustCompile(`\b(?:https?://|www\.)[\w.-]+[^\s<>]*`)
	spacedLink  = regexp.MustCompile(`\]\(((?:[\w.~%/-]+|https?://[^\s()<>"'#]+) [^()<>"'\n,]*)\)`)
	struck      = regexp.MustCompile(`~~[^~\n]+~~`)
	single      = regexp.MustCompile(`(?:^|[^~])(~[^~\s]+~)(?:$|[^~])`)
	escaped     = regexp.MustCompile("\\\\[\"$%&',/:;<=?@^|~]")
)

func (c *checker) text(n *ast.Text) {
	at, line := n.Segment.Start, n.Segment.Value(c.source)
	if n.HardLineBreak() {
		if end := n.Segment.Stop; end < len(c.source) && c.source[end] == '\\' {
			c.add(end, "a backslash at the end of a line is printed by MkDocs: write two spaces there, or <br>")
		}
	}
	for up := n.Parent(); up != nil; up = up.Parent() {
		switch up.(type) {
		case *ast.CodeSpan:
			if n.PreviousSibling() == nil {
				c.notation(codeNotation, at, line)
			}
			return
		case *ast.Link, *ast.Image, *ast.AutoLink:
			c.escapes(at, line)
			return
		}
	}
	c.escapes(at, line)
	c.inText(n, at, line)
	c.addresses(at, line)
	if m := struck.FindIndex(line); m != nil {
		if !c.on.has("pymdownx.tilde") {
			c.add(at+m[0], "~~ strikes nothing through with MkDocs here: write <del>, or add pymdownx.tilde to markdown_extensions in mkdocs.yml")
		}
	} else if m := single.FindSubmatchIndex(line); m != nil {
		c.add(at+m[2], "a single ~ strikes through on GitHub and lowers the text, or does nothing, with MkDocs: write <sub> or <del>")
	}
}

// addresses finds those that only one of the readers makes a link of. In a text
// that was to be a link or a tag, that is not what is wrong with an address.
func (c *checker) addresses(at int, line []byte) {
	if m := spacedLink.FindSubmatchIndex(line); m != nil {
		c.add(at+m[2], "a link with a space in its address is text on GitHub: write %%20 for the space")
	}
	if c.on.has("pymdownx.magiclink") {
		return
	}
	for _, m := range bareAddress.FindAllIndex(line, -1) {
		before := c.source[c.lineStart(at) : at+m[0]]
		if bytes.HasSuffix(before, []byte("](")) || attributeValue.Match(before) {
			continue
		}
		address := strings.TrimRight(string(line[m[0]:m[1]]), ".,;:!?)\"'")
		if strings.HasPrefix(address, "www.") {
			address = "http://" + address
		}
		c.add(at+m[0], "an address is no link to MkDocs: write <%s>", address)
	}
}

// escapes finds a backslash before a character that Python-Markdown does not
// know as one that can be escaped.
func (c *checker) escapes(at int, line []byte) {
	if m := escaped.FindIndex(line); m != nil {
		ch := line[m[1]-1]
		c.add(at+m[0], "a backslash before %c is printed by MkDocs: write &#%d; or %c alone", ch, ch, ch)
	}
}
