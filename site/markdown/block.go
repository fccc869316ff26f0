package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Admonition is a set-off note. Its first child is its [Title], unless the
// writer wants none.
type Admonition struct {
	ast.BaseBlock
	Class  string // note, warning, ...; further words are classes, too
	Folded bool   // a reader opens it
	Open   bool   // ... and finds it open
}

// Title is the first line of an Admonition or a Tab.
type Title struct {
	ast.BaseBlock
	Default string // shown where the writer gave none
}

// Tab is one of several blocks of which a reader sees one.
type Tab struct {
	ast.BaseBlock
	First bool // it begins a set of its own
}

// Tabs is a set of them.
type Tabs struct{ ast.BaseBlock }

// Fixed is HTML that is ready to be written.
type Fixed struct {
	ast.BaseBlock
	HTML []byte
}

// Kinds of the blocks of this package.
var (
	KindAdmonition = ast.NewNodeKind("Admonition")
	KindTitle      = ast.NewNodeKind("Title")
	KindTab        = ast.NewNodeKind("Tab")
	KindTabs       = ast.NewNodeKind("Tabs")
	KindFixed      = ast.NewNodeKind("Fixed")
	KindTag        = ast.NewNodeKind("Tag")
)

// Kind implements [ast.Node].
func (*Admonition) Kind() ast.NodeKind { return KindAdmonition }

// Kind implements [ast.Node].
func (*Title) Kind() ast.NodeKind { return KindTitle }

// Kind implements [ast.Node].
func (*Tab) Kind() ast.NodeKind { return KindTab }

// Kind implements [ast.Node].
func (*Tabs) Kind() ast.NodeKind { return KindTabs }

// Kind implements [ast.Node].
func (*Fixed) Kind() ast.NodeKind { return KindFixed }

// Dump implements [ast.Node].
func (n *Admonition) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *Title) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *Tab) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *Tabs) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *Fixed) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// IsRaw implements [ast.Node]: there is no Markdown in it.
func (*Fixed) IsRaw() bool { return true }

// newTitle makes a title of a piece of a line, or without one of a text.
func newTitle(seg text.Segment, fallback string) *Title {
	if seg.IsEmpty() {
		return &Title{Default: fallback}
	}
	t := &Title{}
	t.Lines().Append(seg)
	return t
}

// quoted cuts a text in quotation marks off the end of a line. ok is false where
// something else stands there.
func quoted(line []byte, seg text.Segment) (rest []byte, title text.Segment, has, ok bool) {
	line = bytes.TrimRight(line, " \t\r\n")
	open := bytes.IndexByte(line, '"')
	if open < 0 {
		return line, text.Segment{}, false, true
	}
	end := len(line) - 1
	if line[end] != '"' || end == open {
		return line, text.Segment{}, false, false
	}
	start := seg.Start - seg.Padding
	return line[:open], text.NewSegment(start+open+1, start+end), true, true
}

// admonitionParser reads !!! and ??? with what is indented below.
type admonitionParser struct{ Features }

// Trigger implements [parser.BlockParser].
func (*admonitionParser) Trigger() []byte { return []byte{'!', '?'} }

// Open implements [parser.BlockParser].
func (p *admonitionParser) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := r.PeekLine()
	at := pc.BlockOffset()
	marks := line[at:]
	n := &Admonition{}
	switch {
	case p.Admonitions && bytes.HasPrefix(marks, []byte("!!!")):
	case p.Details && bytes.HasPrefix(marks, []byte("???")):
		n.Folded = true
	default:
		return nil, parser.NoChildren
	}
	behind := at + 3
	if n.Folded && behind < len(line) && line[behind] == '+' {
		n.Open = true
		behind++
	}
	class, title, has, ok := quoted(line, seg)
	if !ok || behind > len(class) || tooDeep(pc) {
		return nil, parser.NoChildren
	}
	words := strings.Fields(string(class[behind:]))
	for _, word := range words {
		if !isClass(word) {
			return nil, parser.NoChildren
		}
	}
	if len(words) == 0 && !(n.Folded && has) {
		return nil, parser.NoChildren
	}
	n.Class = strings.ToLower(strings.Join(words, " "))
	switch {
	case !has:
		n.AppendChild(n, newTitle(title, capital(words[0])))
	case !title.IsEmpty():
		n.AppendChild(n, newTitle(title, ""))
	case n.Folded: // a reader needs something to click on
		n.AppendChild(n, newTitle(title, "Details"))
	}
	r.AdvanceToEOL()
	return n, parser.HasChildren
}

func isClass(word string) bool {
	return strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}

func capital(word string) string { return strings.ToUpper(word[:1]) + strings.ToLower(word[1:]) }

// Continue implements [parser.BlockParser].
func (*admonitionParser) Continue(_ ast.Node, r text.Reader, _ parser.Context) parser.State {
	return continueIndented(r)
}

// continueIndented goes on while lines are blank or indented by four columns.
func continueIndented(r text.Reader) parser.State {
	line, _ := r.PeekLine()
	if util.IsBlank(line) {
		return parser.Continue | parser.HasChildren
	}
	pos, padding := util.IndentPosition(line, r.LineOffset(), 4)
	if pos < 0 {
		return parser.Close
	}
	r.AdvanceAndSetPadding(pos, padding)
	return parser.Continue | parser.HasChildren
}

// Close implements [parser.BlockParser].
func (*admonitionParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements [parser.BlockParser].
func (*admonitionParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements [parser.BlockParser].
func (*admonitionParser) CanAcceptIndentedLine() bool { return false }

// tabParser reads === "Title" with what is indented below.
type tabParser struct{}

// Trigger implements [parser.BlockParser].
func (tabParser) Trigger() []byte { return []byte{'='} }

// Open implements [parser.BlockParser].
func (tabParser) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := r.PeekLine()
	marks, title, has, ok := quoted(line, seg)
	at := pc.BlockOffset()
	if !ok || !has || title.IsEmpty() || at > len(marks) || tooDeep(pc) {
		return nil, parser.NoChildren
	}
	n := &Tab{}
	switch mark := string(bytes.TrimSpace(marks[at:])); mark {
	case "===", "===+":
	case "===!":
		n.First = true
	default:
		return nil, parser.NoChildren
	}
	n.AppendChild(n, newTitle(title, ""))
	r.AdvanceToEOL()
	return n, parser.HasChildren
}

// Continue implements [parser.BlockParser].
func (tabParser) Continue(_ ast.Node, r text.Reader, _ parser.Context) parser.State {
	return continueIndented(r)
}

// Close implements [parser.BlockParser].
func (tabParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements [parser.BlockParser].
func (tabParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements [parser.BlockParser].
func (tabParser) CanAcceptIndentedLine() bool { return false }

// tabTransformer puts neighbouring tabs into one set.
type tabTransformer struct{}

// Transform implements [parser.ASTTransformer].
func (tabTransformer) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	var first []*Tab
	_ = ast.Walk(doc, func(n ast.Node, in bool) (ast.WalkStatus, error) {
		if t, ok := n.(*Tab); ok && in {
			if prev, ok := t.PreviousSibling().(*Tab); !ok || prev == nil || t.First {
				first = append(first, t)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, t := range first {
		set := &Tabs{}
		parent := t.Parent()
		parent.InsertBefore(parent, t, set)
		for next := ast.Node(t); next != nil; {
			tab, ok := next.(*Tab)
			if !ok || tab != t && tab.First {
				break
			}
			next = tab.NextSibling()
			set.AppendChild(set, tab)
		}
	}
}

// alertTransformer makes admonitions of GitHub's alerts: quotes that begin with
// [!NOTE] alone on a line.
type alertTransformer struct{}

// Transform implements [parser.ASTTransformer].
func (alertTransformer) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	src := r.Source()
	if !bytes.Contains(src, []byte("[!")) {
		return
	}
	var found []*ast.Blockquote
	_ = ast.Walk(doc, func(n ast.Node, in bool) (ast.WalkStatus, error) {
		if q, ok := n.(*ast.Blockquote); ok && in {
			found = append(found, q)
		}
		return ast.WalkContinue, nil
	})
	for _, q := range found {
		p, ok := q.FirstChild().(*ast.Paragraph)
		if !ok || p.Lines().Len() == 0 {
			continue
		}
		first := p.Lines().At(0)
		class := alertClass(string(bytes.TrimSpace(first.Value(src))))
		if class == "" {
			continue
		}
		n := &Admonition{Class: class}
		n.AppendChild(n, newTitle(text.Segment{}, capital(class)))
		for c := p.FirstChild(); c != nil; { // what stands in the first line
			next := c.NextSibling()
			if t, ok := c.(*ast.Text); ok && t.Segment.Start < first.Stop {
				p.RemoveChild(p, c)
			}
			c = next
		}
		if p.FirstChild() == nil {
			q.RemoveChild(q, p)
		}
		for c := q.FirstChild(); c != nil; {
			next := c.NextSibling()
			n.AppendChild(n, c)
			c = next
		}
		q.Parent().ReplaceChild(q.Parent(), q, n)
	}
}

func alertClass(line string) string {
	switch strings.ToUpper(line) {
	case "[!NOTE]", "[!TIP]", "[!IMPORTANT]", "[!WARNING]", "[!CAUTION]":
		return strings.ToLower(strings.Trim(line, "[!]"))
	}
	return ""
}

// tag is a line with one HTML tag, inside which Markdown goes on.
type tag struct{ ast.BaseBlock }

// Kind implements [ast.Node].
func (*tag) Kind() ast.NodeKind { return KindTag }

// Dump implements [ast.Node].
func (n *tag) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// IsRaw implements [ast.Node].
func (*tag) IsRaw() bool { return true }

// tagParser reads <div markdown> and </div> as lines of their own, so that the
// lines between them are Markdown also without blank lines around them.
type tagParser struct{}

// Trigger implements [parser.BlockParser].
func (tagParser) Trigger() []byte { return []byte{'<'} }

// openTags counts the elements with a markdown attribute that are open.
var openTags = parser.NewContextKey()

// Open implements [parser.BlockParser].
func (tagParser) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := r.PeekLine()
	t := bytes.TrimSpace(line)
	if len(t) < 3 || t[len(t)-1] != '>' || bytes.IndexByte(t, '>') != len(t)-1 {
		return nil, parser.NoChildren
	}
	depth, _ := pc.Get(openTags).(int)
	switch {
	case t[1] == '/':
		if depth == 0 {
			return nil, parser.NoChildren
		}
		depth--
	case hasMarkdownAttribute(t):
		depth++
	default:
		return nil, parser.NoChildren
	}
	pc.Set(openTags, depth)
	n := &tag{}
	n.Lines().Append(seg)
	r.AdvanceToEOL()
	return n, parser.NoChildren
}

// Continue implements [parser.BlockParser].
func (tagParser) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }

// Close implements [parser.BlockParser].
func (tagParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements [parser.BlockParser].
func (tagParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements [parser.BlockParser].
func (tagParser) CanAcceptIndentedLine() bool { return false }

// markdownAttribute returns where the attribute markdown of a tag begins and
// ends, with the blank before it.
func markdownAttribute(tag []byte) (from, to int, ok bool) {
	for at := 0; ; {
		i := bytes.Index(tag[at:], []byte("markdown"))
		if i < 0 {
			return 0, 0, false
		}
		from = at + i
		to = from + len("markdown")
		at = to
		if from == 0 || !util.IsSpace(tag[from-1]) || to >= len(tag) {
			continue
		}
		if tag[to] == '=' {
			rest := tag[to+1:]
			switch {
			case len(rest) > 0 && (rest[0] == '"' || rest[0] == '\''):
				end := bytes.IndexByte(rest[1:], rest[0])
				if end < 0 {
					return 0, 0, false
				}
				to += 1 + end + 2
			default:
				to += 1 + bytes.IndexAny(append(rest[:len(rest):len(rest)], '>'), " \t>/")
			}
		}
		if to < len(tag) && (util.IsSpace(tag[to]) || tag[to] == '>' || tag[to] == '/') {
			return from - 1, to, true
		}
	}
}

func hasMarkdownAttribute(tag []byte) bool {
	_, _, ok := markdownAttribute(tag)
	return ok
}
