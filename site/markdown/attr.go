package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// attributeTransformer reads attribute lists: {: #id .class key="value" }, the
// colon may be left out. One behind a link, an image, code or emphasis belongs
// to that; one at the end of a heading, or alone in the last line of a
// paragraph, belongs to the block.
type attributeTransformer struct{}

// Transform implements [parser.ASTTransformer].
func (attributeTransformer) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	src := r.Source()
	if !bytes.Contains(src, []byte("{")) {
		return
	}
	var texts []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, in bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && in && bytes.IndexByte(t.Segment.Value(src), '{') >= 0 {
			texts = append(texts, t)
		}
		return ast.WalkContinue, nil
	})
	for _, t := range texts {
		if t.Parent() != nil {
			attributeText(t, src)
		}
	}
}

func attributeText(t *ast.Text, src []byte) {
	value := t.Segment.Value(src)
	if prev := t.PreviousSibling(); prev != nil && takesAttributes(prev) && value[0] == '{' {
		if attrs, length := parseAttributes(src[t.Segment.Start:]); length > 0 {
			setAttributes(prev, attrs)
			cut(t, t.Segment.Start, t.Segment.Start+length)
			return
		}
	}
	at := bytes.LastIndexByte(value, '{')
	start := t.Segment.Start + at
	attrs, length := parseAttributes(src[start:])
	if length == 0 || !lastInBlock(t, src, start+length) {
		return
	}
	block := t.Parent()
	alone := at == 0 && (t.PreviousSibling() == nil || breaksLine(t.PreviousSibling()))
	switch block.(type) {
	case *ast.Heading:
	case *ast.Paragraph, *ast.TextBlock:
		if !alone {
			return
		}
	default:
		return
	}
	prev := t.PreviousSibling()
	cut(t, start, start+length)
	if p, ok := prev.(*ast.Text); ok && alone {
		p.SetSoftLineBreak(false)
	}
	if last, ok := block.LastChild().(*ast.Text); ok && !alone {
		last.Segment = last.Segment.TrimRightSpace(src)
	}
	if _, ok := block.(*ast.TextBlock); ok { // the only block of a list item
		block = block.Parent()
	}
	setAttributes(block, attrs)
}

// attributeParser keeps an attribute list in one piece, for what stands in it is no
// Markdown: a value such as "_blank" would begin an emphasis.
type attributeParser struct{}

// Trigger implements [parser.InlineParser].
func (attributeParser) Trigger() []byte { return []byte{'{'} }

// Parse implements [parser.InlineParser].
func (attributeParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, seg := block.PeekLine()
	_, length := parseAttributes(line)
	if length == 0 || !strings.ContainsRune(")]`*_>~=^:", before) && len(bytes.TrimSpace(line[length:])) > 0 {
		return nil
	}
	block.Advance(length)
	return ast.NewTextSegment(seg.WithStop(seg.Start + length))
}

func takesAttributes(n ast.Node) bool {
	switch n.(type) {
	case *ast.Link, *ast.Image, *ast.CodeSpan, *ast.Emphasis, *ast.AutoLink, *Span, *Sign:
		return true
	}
	return false
}

func breaksLine(n ast.Node) bool {
	t, ok := n.(*ast.Text)
	return ok && (t.SoftLineBreak() || t.HardLineBreak())
}

// lastInBlock tells whether nothing but blanks follows the offset end in the
// line and in the block of t.
func lastInBlock(t *ast.Text, src []byte, end int) bool {
	for n := t.NextSibling(); n != nil; n = n.NextSibling() {
		other, ok := n.(*ast.Text)
		if !ok || other.Segment.Stop > end {
			return false
		}
	}
	return t.Segment.Stop >= end && len(bytes.TrimSpace(src[end:t.Segment.Stop])) == 0 || t.Segment.Stop < end
}

// cut takes the bytes from from up to to out of t and the texts behind it.
func cut(t *ast.Text, from, to int) {
	parent := t.Parent()
	for n := ast.Node(t); n != nil; {
		next := n.NextSibling()
		text, ok := n.(*ast.Text)
		if !ok || text.Segment.Start >= to {
			break
		}
		seg := text.Segment
		switch {
		case seg.Start >= from && seg.Stop <= to && !text.SoftLineBreak():
			parent.RemoveChild(parent, n)
		case seg.Start >= from:
			text.Segment = seg.WithStart(min(to, seg.Stop))
		default:
			text.Segment = seg.WithStop(from)
		}
		n = next
	}
}

func setAttributes(n ast.Node, attrs parser.Attributes) {
	for _, a := range attrs {
		if value, ok := a.Value.([]byte); ok {
			a.Value = util.UnescapePunctuations(value)
		}
		if string(a.Name) == "class" {
			if old, ok := n.AttributeString("class"); ok {
				if have, ok := old.([]byte); ok {
					a.Value = append(append(bytes.Clone(have), ' '), a.Value.([]byte)...)
				}
			}
		}
		n.SetAttribute(a.Name, a.Value)
	}
}

// parseAttributes reads a list at the beginning of src, up to the end of its
// line. The length is 0 where there is none.
func parseAttributes(src []byte) (parser.Attributes, int) {
	if end := bytes.IndexByte(src, '\n'); end >= 0 {
		src = src[:end]
	}
	if len(src) < 3 || src[0] != '{' {
		return nil, 0
	}
	var attrs parser.Attributes
	at := 1
	if src[at] == ':' {
		at++
	}
	for {
		for at < len(src) && util.IsSpace(src[at]) {
			at++
		}
		if at >= len(src) {
			return nil, 0
		}
		if src[at] == '}' {
			if len(attrs) == 0 {
				return nil, 0
			}
			return attrs, at + 1
		}
		a, length := parseAttribute(src[at:])
		if length == 0 {
			return nil, 0
		}
		attrs = appendAttribute(attrs, a)
		at += length
	}
}

// appendAttribute adds a, a class to the classes that there are.
func appendAttribute(attrs parser.Attributes, a parser.Attribute) parser.Attributes {
	for i := range attrs {
		if string(a.Name) == "class" && string(attrs[i].Name) == "class" {
			attrs[i].Value = append(append(attrs[i].Value.([]byte), ' '), a.Value.([]byte)...)
			return attrs
		}
	}
	return append(attrs, a)
}

func parseAttribute(src []byte) (parser.Attribute, int) {
	word := func(from int) int {
		for from < len(src) && (isWordByte(src[from]) || bytes.IndexByte([]byte("-:./%"), src[from]) >= 0) {
			from++
		}
		return from
	}
	if src[0] == '#' || src[0] == '.' {
		end := 1
		for end < len(src) && !util.IsSpace(src[end]) && bytes.IndexByte([]byte("=}{\"'<>"), src[end]) < 0 {
			end++
		}
		if end == 1 {
			return parser.Attribute{}, 0
		}
		name := "class"
		if src[0] == '#' {
			name = "id"
		}
		return parser.Attribute{Name: []byte(name), Value: bytes.Clone(src[1:end])}, end
	}
	end := word(0)
	if end == 0 {
		return parser.Attribute{}, 0
	}
	name := bytes.Clone(src[:end])
	if end >= len(src) || src[end] != '=' {
		return parser.Attribute{Name: name, Value: name}, end
	}
	end++
	if end < len(src) && (src[end] == '"' || src[end] == '\'') {
		stop := bytes.IndexByte(src[end+1:], src[end])
		if stop < 0 {
			return parser.Attribute{}, 0
		}
		return parser.Attribute{Name: name, Value: bytes.Clone(src[end+1 : end+1+stop])}, end + stop + 2
	}
	stop := word(end)
	return parser.Attribute{Name: name, Value: bytes.Clone(src[end:stop])}, stop
}
