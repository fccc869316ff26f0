package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// maxWork bounds what marks may cost goldmark in one text. It looks behind a
// bracket or a back-quote for the one that closes, to the end of the paragraph,
// and for what a star could close among all marks before it. One mark counts as
// the marks of its paragraph before it and a quarter of the bytes behind it. This is
// room for a paragraph of 1,000 links, or fifty of 200, and takes about a second.
const maxWork = 50 << 20

// work is what the marks have cost so far.
type work struct {
	sum    int
	parent ast.Node // the block that is read
	marks  int      // of it
	end    int      // its offset
	full   int      // offset of the mark that was too much
	is     bool     // there is one
}

var workKey = parser.NewContextKey()

// TooMuch returns the offset from which on the text of its paragraph was left as
// it is written, for marks had taken too long by then. A context is that of one
// text.
func TooMuch(pc parser.Context) (offset int, ok bool) {
	w, _ := pc.Get(workKey).(*work)
	if w == nil {
		return 0, false
	}
	return w.full, w.is
}

// limiter stands before all parsers of inlines and counts marks. Beyond maxWork it
// takes the rest of a paragraph as text.
type limiter struct{}

// Trigger implements [parser.InlineParser].
func (limiter) Trigger() []byte { return []byte("*_[]!<`~=^+{$\\:'\"") }

// Parse implements [parser.InlineParser].
func (limiter) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	w, _ := pc.Get(workKey).(*work)
	if w == nil {
		w = &work{}
		pc.Set(workKey, w)
	}
	if w.parent != parent {
		lines := parent.Lines()
		w.parent, w.marks, w.end = parent, 0, lines.At(lines.Len()-1).Stop
	}
	_, seg := block.Position()
	w.marks++
	w.sum += w.marks + (w.end-seg.Start)/4
	if w.sum <= maxWork {
		return nil
	}
	if !w.is {
		w.full, w.is = seg.Start, true
	}
	var last *ast.Text
	for line, seg := block.PeekLine(); line != nil; line, seg = block.PeekLine() {
		if last != nil {
			last.SetSoftLineBreak(true)
			parent.AppendChild(parent, last)
		}
		last = ast.NewTextSegment(seg.TrimRightSpace(block.Source()))
		block.AdvanceLine()
	}
	return last
}

// maxNesting is how many blocks may be open around one of ours. Each looks at every
// line in it.
const maxNesting = 32

func tooDeep(pc parser.Context) bool { return len(pc.OpenedBlocks()) >= maxNesting }
