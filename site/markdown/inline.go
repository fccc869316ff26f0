package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Kind names what a Span does to the text in it.
type Kind string

// The kinds of spans, each the name of its HTML element.
const (
	Marked       Kind = "mark"
	Superscript  Kind = "sup"
	Subscript    Kind = "sub"
	InsertedText Kind = "ins"
	DeletedText  Kind = "del"
)

// Span is text between marks such as ==.
type Span struct {
	ast.BaseInline
	Element Kind
}

// KeyCombination is keys to be pressed together.
type KeyCombination struct {
	ast.BaseInline
	Names []string
}

// Abbreviation is a word with its long form.
type Abbreviation struct {
	ast.BaseInline
	Word, Long string
}

// Kinds of the inlines of this package.
var (
	KindSpan           = ast.NewNodeKind("Span")
	KindKeyCombination = ast.NewNodeKind("KeyCombination")
	KindAbbreviation   = ast.NewNodeKind("Abbreviation")
)

// Kind implements [ast.Node].
func (*Span) Kind() ast.NodeKind { return KindSpan }

// Kind implements [ast.Node].
func (*KeyCombination) Kind() ast.NodeKind { return KindKeyCombination }

// Kind implements [ast.Node].
func (*Abbreviation) Kind() ast.NodeKind { return KindAbbreviation }

// Dump implements [ast.Node].
func (n *Span) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *KeyCombination) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// Dump implements [ast.Node].
func (n *Abbreviation) Dump(src []byte, level int) { ast.DumpHelper(n, src, level, nil, nil) }

// pairParser reads text between one or two of a mark. The kinds are those for
// each number of marks; an empty one means none.
type pairParser struct {
	mark  byte
	kinds [3]Kind
}

// Trigger implements [parser.InlineParser].
func (p pairParser) Trigger() []byte { return []byte{p.mark} }

// Parse implements [parser.InlineParser].
func (p pairParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	if before == rune(p.mark) { // inside a run that was read, or is too long
		return nil
	}
	line, seg := block.PeekLine()
	least := 2
	if p.kinds[1] != "" {
		least = 1
	}
	node := parser.ScanDelimiter(line, before, least, p)
	if node == nil || node.OriginalLength > 2 {
		return nil
	}
	node.Segment = seg.WithStop(seg.Start + node.OriginalLength)
	block.Advance(node.OriginalLength)
	pc.PushDelimiter(node)
	return node
}

// IsDelimiter implements [parser.DelimiterProcessor].
func (p pairParser) IsDelimiter(b byte) bool { return b == p.mark }

// CanOpenCloser implements [parser.DelimiterProcessor].
func (p pairParser) CanOpenCloser(open, end *parser.Delimiter) bool {
	return open.Char == end.Char && open.OriginalLength == end.OriginalLength
}

// OnMatch implements [parser.DelimiterProcessor].
func (p pairParser) OnMatch(marks int) ast.Node {
	kind := p.kinds[min(marks, 2)]
	if kind == "" {
		kind = p.kinds[2]
	}
	return &Span{Element: kind}
}

// keysParser reads ++ctrl+c++.
type keysParser struct{}

// Trigger implements [parser.InlineParser].
func (keysParser) Trigger() []byte { return []byte{'+'} }

// Parse implements [parser.InlineParser].
func (keysParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("++")) {
		return nil
	}
	end := bytes.Index(line[2:], []byte("++"))
	if end <= 0 {
		return nil
	}
	n := &KeyCombination{}
	for name := range strings.SplitSeq(string(line[2:2+end]), "+") {
		label := keyLabel(name)
		if label == "" {
			return nil
		}
		n.Names = append(n.Names, label)
	}
	block.Advance(end + 4)
	return n
}

// keyLabel is how a key is called on a page.
func keyLabel(name string) string {
	if quoted := strings.Trim(name, `"`); len(quoted) == len(name)-2 {
		return quoted
	}
	if !isClass(name) || name == "" {
		return ""
	}
	switch name {
	case "ctrl", "control":
		return "Ctrl"
	case "cmd", "command":
		return "Cmd"
	case "esc", "escape":
		return "Esc"
	case "del", "delete":
		return "Del"
	case "arrow-up", "up":
		return "↑"
	case "arrow-down", "down":
		return "↓"
	case "arrow-left", "left":
		return "←"
	case "arrow-right", "right":
		return "→"
	}
	words := strings.Split(name, "-")
	for i, w := range words {
		if w != "" {
			words[i] = capital(w)
		}
	}
	return strings.Join(words, " ")
}

var abbreviations = parser.NewContextKey()

// abbreviationParser takes the lines *[WORD]: long form out of paragraphs.
type abbreviationParser struct{}

// Transform implements [parser.ParagraphTransformer].
func (abbreviationParser) Transform(p *ast.Paragraph, r text.Reader, pc parser.Context) {
	var kept []text.Segment
	lines := p.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		word, long, ok := abbreviation(string(seg.Value(r.Source())))
		if !ok {
			kept = append(kept, seg)
			continue
		}
		known, _ := pc.Get(abbreviations).(map[string]string)
		if known == nil {
			known = map[string]string{}
			pc.Set(abbreviations, known)
		}
		known[word] = long
	}
	if len(kept) == lines.Len() {
		return
	}
	if len(kept) == 0 {
		p.Parent().RemoveChild(p.Parent(), p)
		return
	}
	rest := text.NewSegments()
	rest.AppendAll(kept)
	p.SetLines(rest)
}

// maxAbbreviation is how many bytes an abbreviation may have. At every word that
// many are compared at most, and longer ones are none.
const maxAbbreviation = 64

func abbreviation(line string) (word, long string, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "*[")
	if !ok {
		return "", "", false
	}
	word, long, ok = strings.Cut(rest, "]:")
	return word, strings.TrimSpace(long), ok && word != "" && len(word) <= maxAbbreviation && !strings.ContainsAny(word, "[]")
}

// abbreviationMarker marks the words wherever they stand.
type abbreviationMarker struct{}

// Transform implements [parser.ASTTransformer].
func (abbreviationMarker) Transform(doc *ast.Document, r text.Reader, pc parser.Context) {
	known, _ := pc.Get(abbreviations).(map[string]string)
	if len(known) == 0 {
		return
	}
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, in bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.AutoLink:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if in {
				texts = append(texts, n)
			}
		}
		return ast.WalkContinue, nil
	})
	words := newTrie(known)
	for _, t := range texts {
		markAbbreviations(t, r.Source(), words, known)
	}
}

func markAbbreviations(t *ast.Text, src []byte, words trie, known map[string]string) {
	parent := t.Parent()
	value, start, done := t.Segment.Value(src), t.Segment.Start, 0
	for at := 0; at < len(value); at++ {
		if at > done && isWordByte(value[at-1]) {
			continue
		}
		length := words.longest(value[at:])
		if length == 0 {
			continue
		}
		if at > done {
			parent.InsertBefore(parent, t, ast.NewTextSegment(text.NewSegment(start+done, start+at)))
		}
		word := string(value[at : at+length])
		parent.InsertBefore(parent, t, &Abbreviation{Word: word, Long: known[word]})
		done = at + length
		at = done - 1
	}
	if done > 0 {
		t.Segment = text.NewSegment(start+done, t.Segment.Stop)
	}
}

// trie holds words byte by byte. The key is the number of a node, that of the root
// being 0, and the byte that leads from it to the next.
type trie struct {
	next map[uint32]uint32
	ends map[uint32]bool // nodes at which a word ends
}

func newTrie(words map[string]string) trie {
	t := trie{map[uint32]uint32{}, map[uint32]bool{}}
	for w := range words {
		node := uint32(0)
		for _, c := range []byte(w) {
			key := node<<8 | uint32(c)
			if t.next[key] == 0 {
				t.next[key] = uint32(len(t.next) + 1)
			}
			node = t.next[key]
		}
		t.ends[node] = true
	}
	return t
}

// longest is the length of the longest word that text begins with and that ends
// where a word does, or 0.
func (t trie) longest(text []byte) int {
	node, length := uint32(0), 0
	for i, c := range text {
		if node = t.next[node<<8|uint32(c)]; node == 0 {
			break
		}
		if t.ends[node] && (i+1 == len(text) || !isWordByte(text[i+1])) {
			length = i + 1
		}
	}
	return length
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}
