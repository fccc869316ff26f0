package markdown

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Element is an HTML element around blocks, with the attributes of the node.
type Element struct {
	ast.BaseBlock
	Name string
}

// KindElement is the kind of an Element.
var KindElement = ast.NewNodeKind("Element")

// Kind implements [ast.Node].
func (*Element) Kind() ast.NodeKind { return KindElement }

// Dump implements [ast.Node].
func (n *Element) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// blockTypes are the notes that pymdownx.blocks knows by itself.
func blockTypes() []string {
	return []string{"note", "attention", "caution", "danger", "error", "tip", "hint", "warning"}
}

// slashParser reads the generic blocks of pymdownx: /// note | Title, options in
// lines below that are indented by four, and all up to a line with as many
// slashes.
type slashParser struct{ Features }

// slashState is what is known of a block that is open.
type slashState struct {
	slashes int
	options bool // lines with options may follow
}

var openSlashes = parser.NewContextKey()

var (
	slashOpening = regexp.MustCompile(`^(/{3,})[ \t]*([\w-]+)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*\r?\n?$`)
	slashOption  = regexp.MustCompile(`^ {4}[ \t]*([\w-]+):[ \t]*(.*?)[ \t]*\r?\n?$`)
	elementName  = regexp.MustCompile(`^(\w[\w-]*)((?:[.#][\w-]+)*)(?:\[.*\])?$`)
)

// Trigger implements [parser.BlockParser].
func (*slashParser) Trigger() []byte { return []byte{'/'} }

// Open implements [parser.BlockParser].
func (p *slashParser) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, seg := r.PeekLine()
	at := pc.BlockOffset()
	m := slashOpening.FindSubmatchIndex(line[at:])
	if m == nil || tooDeep(pc) {
		return nil, parser.NoChildren
	}
	name := string(line[at+m[4] : at+m[5]])
	var title text.Segment
	if m[6] >= 0 {
		start := seg.Start - seg.Padding + at
		title = text.NewSegment(start+m[6], start+m[7])
	}
	n := p.node(name, title, r.Source())
	if n == nil {
		return nil, parser.NoChildren
	}
	states, _ := pc.Get(openSlashes).(map[ast.Node]*slashState)
	if states == nil {
		states = map[ast.Node]*slashState{}
		pc.Set(openSlashes, states)
	}
	states[n] = &slashState{m[3] - m[2], true}
	r.AdvanceToEOL()
	return n, parser.HasChildren
}

// node is the block that a name stands for; nil for a name that is not known.
func (p *slashParser) node(name string, title text.Segment, src []byte) ast.Node {
	switch {
	case name == "tab" && p.SlashTabs && !title.IsEmpty():
		n := &Tab{}
		n.AppendChild(n, newTitle(title, ""))
		return n
	case name == "details" && p.SlashDetails:
		n := &Admonition{Folded: true}
		n.AppendChild(n, newTitle(title, "Details"))
		return n
	case name == "admonition" && p.SlashNotes:
		n := &Admonition{Class: "note"}
		n.AppendChild(n, newTitle(title, "Note"))
		return n
	case p.SlashNotes && slices.Contains(append(blockTypes(), p.SlashTypes...), name):
		n := &Admonition{Class: name}
		n.AppendChild(n, newTitle(title, capital(strings.ReplaceAll(name, "-", " "))))
		return n
	case name == "html" && p.SlashHTML:
		return newElement(string(title.Value(src)))
	case p.SlashCaptions && (name == "caption" || name == "figure-caption" || name == "table-caption"),
		p.SlashDefinitions && name == "define":
		return newElement("div." + name)
	}
	return nil
}

// newElement reads div.class#id. Elements whose text is no Markdown are none.
func newElement(selector string) ast.Node {
	m := elementName.FindStringSubmatch(selector)
	if m == nil || slices.Contains([]string{"pre", "script", "style", "textarea", "iframe", "object"}, m[1]) {
		return nil
	}
	n := &Element{Name: m[1]}
	var classes []string
	for rest := m[2]; rest != ""; {
		end := strings.IndexAny(rest[1:], ".#") + 1
		if end == 0 {
			end = len(rest)
		}
		if rest[0] == '#' {
			n.SetAttributeString("id", []byte(rest[1:end]))
		} else {
			classes = append(classes, rest[1:end])
		}
		rest = rest[end:]
	}
	if len(classes) > 0 {
		n.SetAttributeString("class", []byte(strings.Join(classes, " ")))
	}
	return n
}

// Continue implements [parser.BlockParser].
func (*slashParser) Continue(node ast.Node, r text.Reader, pc parser.Context) parser.State {
	states, _ := pc.Get(openSlashes).(map[ast.Node]*slashState)
	state := states[node]
	line, _ := r.PeekLine()
	if state.options {
		if m := slashOption.FindSubmatch(line); m != nil {
			setOption(node, string(m[1]), strings.Trim(string(m[2]), `"'`))
			r.AdvanceToEOL()
			return parser.Continue | parser.NoChildren
		}
		state.options = false
	}
	trimmed := bytes.TrimSpace(line)
	if len(trimmed) != state.slashes || len(bytes.Trim(trimmed, "/")) > 0 {
		return parser.Continue | parser.HasChildren
	}
	open := pc.OpenedBlocks()
	if _, code := open[len(open)-1].Node.(*ast.FencedCodeBlock); code {
		return parser.Continue | parser.HasChildren
	}
	r.AdvanceToEOL()
	return parser.Close
}

func setOption(node ast.Node, key, value string) {
	yes := strings.EqualFold(value, "true") || strings.EqualFold(value, "yes")
	switch n := node.(type) {
	case *Admonition:
		switch key {
		case "type":
			n.Class = strings.ToLower(value)
		case "open":
			n.Open = yes
		}
	case *Tab:
		if key == "new" {
			n.First = yes
		}
	}
}

// Close implements [parser.BlockParser].
func (*slashParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements [parser.BlockParser].
func (*slashParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements [parser.BlockParser].
func (*slashParser) CanAcceptIndentedLine() bool { return false }
