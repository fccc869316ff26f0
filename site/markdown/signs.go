package markdown

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/yuin/goldmark-emoji/definition"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Sign is an emoji or an icon that is written as a name between colons.
type Sign struct {
	ast.BaseInline
	Name   string
	Emoji  string // "" for an icon, which pages have none of
	Offset int    // in the source
}

// Formula is mathematics, which stays as it is written.
type Formula struct {
	ast.BaseInline
	Segment text.Segment
}

// FormulaBlock is mathematics in lines of its own.
type FormulaBlock struct{ ast.BaseBlock }

// Kinds of signs and formulas.
var (
	KindSign         = ast.NewNodeKind("Sign")
	KindFormula      = ast.NewNodeKind("Formula")
	KindFormulaBlock = ast.NewNodeKind("FormulaBlock")
)

// Kind implements [ast.Node].
func (*Sign) Kind() ast.NodeKind { return KindSign }

// Kind implements [ast.Node].
func (*Formula) Kind() ast.NodeKind { return KindFormula }

// Kind implements [ast.Node].
func (*FormulaBlock) Kind() ast.NodeKind { return KindFormulaBlock }

// Dump implements [ast.Node].
func (n *Sign) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *Formula) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *FormulaBlock) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// IsRaw implements [ast.Node]: there is no Markdown in it.
func (*FormulaBlock) IsRaw() bool { return true }

// Label is what a reader sees of a sign: the emoji; nothing for an icon beside
// words, and its name for one that stands alone.
func (n *Sign) Label(src []byte) string {
	if n.Emoji != "" {
		return n.Emoji
	}
	for c := n.Parent().FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *Sign:
		case *ast.Text:
			if len(bytes.TrimSpace(c.Segment.Value(src))) > 0 {
				return ""
			}
		default:
			return ""
		}
	}
	words := strings.Split(n.Name, "-")[1:]                // material-check, without the set of icons
	words = slices.DeleteFunc(words, func(w string) bool { // fontawesome-solid-xmark, octicons-check-16
		return w == "solid" || w == "regular" || w == "brands" || strings.Trim(w, "0123456789") == ""
	})
	return strings.Join(words, " ")
}

// emojis are those of GitHub, which pymdownx.emoji knows by the same names.
var emojis = sync.OnceValue(func() definition.Emojis { return definition.Github() })

// signParser reads :smile: and :material-check:.
type signParser struct{}

// Trigger implements [parser.InlineParser].
func (signParser) Trigger() []byte { return []byte{':'} }

// Parse implements [parser.InlineParser].
func (signParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, seg := block.PeekLine()
	end := 1
	for end < len(line) && (isWordByte(line[end]) && line[end] < 0x80 || line[end] == '-' || line[end] == '+') {
		end++
	}
	if end == 1 || end >= len(line) || line[end] != ':' {
		return nil
	}
	n := &Sign{Name: string(line[1:end]), Offset: seg.Start}
	switch set, _, _ := strings.Cut(n.Name, "-"); set {
	case "material", "octicons", "fontawesome", "simple":
	default:
		e, ok := emojis().Get(n.Name)
		if !ok || !e.IsUnicode() {
			return nil
		}
		n.Emoji = string(e.Unicode)
	}
	block.Advance(end + 1)
	return n
}

// codeLanguageTransformer takes the language out of `#!go x := 1`.
type codeLanguageTransformer struct{}

var codeLanguage = regexp.MustCompile(`^(?:#!|:::)[\w#.+-]+ +`)

// Transform implements [parser.ASTTransformer].
func (codeLanguageTransformer) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	src := r.Source()
	if !bytes.Contains(src, []byte("`#!")) && !bytes.Contains(src, []byte("`:::")) {
		return
	}
	_ = ast.Walk(doc, func(n ast.Node, in bool) (ast.WalkStatus, error) {
		if code, ok := n.(*ast.CodeSpan); ok && in {
			if t, ok := code.FirstChild().(*ast.Text); ok {
				if m := codeLanguage.FindIndex(t.Segment.Value(src)); m != nil {
					t.Segment = t.Segment.WithStart(t.Segment.Start + m[1])
				}
			}
		}
		return ast.WalkContinue, nil
	})
}

// criticParser reads changes and remarks: {++added++}, {--taken out--},
// {~~this~>that~~}, {==marked==} and {>>remark<<}.
type criticParser struct{}

// Trigger implements [parser.InlineParser].
func (criticParser) Trigger() []byte { return []byte{'{'} }

// Parse implements [parser.InlineParser].
func (criticParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, seg := block.PeekLine()
	if len(line) < 6 {
		return nil
	}
	open := string(line[1:3])
	end := bytes.Index(line[3:], []byte(strings.ReplaceAll(open, ">>", "<<")+"}"))
	if end < 0 {
		return nil
	}
	inner := text.NewSegment(seg.Start+3, seg.Start+3+end)
	span := func(kind Kind, seg text.Segment) *Span {
		s := &Span{Element: kind}
		s.AppendChild(s, ast.NewTextSegment(seg))
		return s
	}
	var n *Span
	switch open {
	case "++":
		n = span(InsertedText, inner)
	case "--":
		n = span(DeletedText, inner)
	case "==":
		n = span(Marked, inner)
	case ">>":
		n = span("span", inner)
		n.SetAttributeString("class", []byte("remark"))
	case "~~":
		arrow := bytes.Index(line[3:3+end], []byte("~>"))
		if arrow < 0 {
			return nil
		}
		n = &Span{Element: "span"}
		n.AppendChild(n, span(DeletedText, text.NewSegment(inner.Start, inner.Start+arrow)))
		n.AppendChild(n, span(InsertedText, text.NewSegment(inner.Start+arrow+2, inner.Stop)))
	default:
		return nil
	}
	block.Advance(end + 6)
	return n
}

// formulaParser reads $x$, $$x$$ and \(x\) inside a line, and \[x\] that is all of
// a paragraph: inside a line that is text in brackets.
type formulaParser struct{}

// Trigger implements [parser.InlineParser].
func (formulaParser) Trigger() []byte { return []byte{'$', '\\'} }

// Parse implements [parser.InlineParser].
func (formulaParser) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, seg := block.PeekLine()
	length := formulaLength(line)
	if length == 0 || bytes.HasPrefix(line, []byte(`\[`)) && !isWhole(parent, seg.Start, len(bytes.TrimSpace(line)) == length) {
		return nil
	}
	block.Advance(length)
	return &Formula{Segment: text.NewSegment(seg.Start, seg.Start+length)}
}

// isWhole tells whether what begins at an offset and ends with its line is all of a
// paragraph.
func isWhole(parent ast.Node, start int, toEnd bool) bool {
	lines := parent.Lines()
	return parent.Kind() == ast.KindParagraph && lines.Len() == 1 && lines.At(0).Start == start && toEnd
}

func formulaLength(line []byte) int {
	for _, marks := range [][2]string{{"$$", "$$"}, {`\(`, `\)`}, {`\[`, `\]`}} {
		if bytes.HasPrefix(line, []byte(marks[0])) {
			if end := bytes.Index(line[2:], []byte(marks[1])); end > 0 {
				return end + 4
			}
			return 0
		}
	}
	if line[0] != '$' || len(line) < 3 || isBlankByte(line[1]) {
		return 0
	}
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '$': // "$5 and $6" are prices
			if isBlankByte(line[i-1]) {
				return 0
			}
			return i + 1
		}
	}
	return 0
}

func isBlankByte(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// formulaBlockParser reads $$ and \[ on lines of their own, with all up to the
// line that ends them.
type formulaBlockParser struct{}

// Trigger implements [parser.BlockParser].
func (formulaBlockParser) Trigger() []byte { return []byte{'$', '\\'} }

// Open implements [parser.BlockParser].
func (formulaBlockParser) Open(_ ast.Node, r text.Reader, _ parser.Context) (ast.Node, parser.State) {
	line, seg := r.PeekLine()
	switch string(bytes.TrimSpace(line)) {
	case "$$", `\[`:
	default:
		return nil, parser.NoChildren
	}
	n := &FormulaBlock{}
	n.Lines().Append(seg)
	r.AdvanceToEOL()
	return n, parser.NoChildren
}

// Continue implements [parser.BlockParser].
func (formulaBlockParser) Continue(node ast.Node, r text.Reader, _ parser.Context) parser.State {
	lines := node.Lines()
	if lines.Len() > 1 {
		last := lines.At(lines.Len() - 1)
		if end := string(bytes.TrimSpace(last.Value(r.Source()))); end == "$$" || end == `\]` {
			return parser.Close
		}
	}
	_, seg := r.PeekLine()
	lines.Append(seg)
	r.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

// Close implements [parser.BlockParser].
func (formulaBlockParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements [parser.BlockParser].
func (formulaBlockParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements [parser.BlockParser].
func (formulaBlockParser) CanAcceptIndentedLine() bool { return false }
