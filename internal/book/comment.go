package book

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"strings"
	"unicode"
)

// outputComment is the // Output: comment of a program, by the rules of the
// examples of package testing: the last comment in main. Lines and columns count
// from 0.
//
// There may be several, of one line each: they are what is printed, one after the
// other. (Package testing would compare the last alone.)
type outputComment struct {
	spots      []spot  // at least one
	inline     bool    // the output begins on the line of the spot
	first, end int     // lines that hold the output of the only spot
	begins     []point // where each line of the output begins
	text       string
	unordered  bool
}

// spot is a // Output: in a program.
type spot struct {
	line    int
	code    int // column behind the code on that line; 0: there is none
	slashes int // column of the //
	head    int // column behind "Output:"
}

type point struct{ line, col int }

// each tells whether each spot has one line of the output: there are several, or
// code stands in front of the only one.
func (c *outputComment) each() bool { return len(c.spots) > 1 || c.spots[0].code > 0 }

// findOutputComment returns nil when the program has no output comment. wrong
// says what keeps one from being used.
func findOutputComment(program string) (c *outputComment, wrong string) {
	if !mentionsOutput(program) {
		return nil, ""
	}
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", program, parser.ParseComments|parser.SkipObjectResolution)
	if file == nil {
		return nil, ""
	}
	lines := strings.Split(program, "\n")
	c = &outputComment{}
	var last *ast.CommentGroup
	block, long := false, false
	for _, last = range mainComments(file) {
		first := last.List[0]
		head, unordered, ok := outputHead(first.Text)
		if !ok {
			continue
		}
		at := fset.PositionFor(first.Slash, false)
		s := spot{line: at.Line - 1, slashes: at.Column - 1}
		s.code = len(strings.TrimRight(lines[s.line][:s.slashes], " \t\r"))
		s.head = s.slashes + head
		c.spots = append(c.spots, s)
		c.unordered = c.unordered || unordered
		block = block || strings.HasPrefix(first.Text, "/*")
		long = long || len(last.List) > 1
	}
	if last == nil {
		return nil, ""
	}
	if _, _, ok := outputHead(last.List[0].Text); !ok {
		return nil, ""
	}
	switch n := len(c.spots); {
	case block:
		return c, "write the expected output in // comments, not between /* and */"
	case n > 1 && (c.unordered || long):
		c.spots = c.spots[n-1:]
		return c, "put all of the output into one comment at the end of main"
	case c.each():
		c.readEach(lines)
	default:
		c.read(lines, len(last.List))
	}
	return c, ""
}

// mentionsOutput tells whether it is worth to parse the program.
func mentionsOutput(program string) bool {
	for rest := program; ; {
		i := strings.Index(rest, ":")
		if i < 0 {
			return false
		}
		if i >= len("output") && strings.EqualFold(rest[i-len("output"):i], "output") {
			return true
		}
		rest = rest[i+1:]
	}
}

// mainComments returns the comments in the body of main.
func mainComments(file *ast.File) (groups []*ast.CommentGroup) {
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Name.Name != "main" || fn.Body == nil {
			continue
		}
		for _, group := range file.Comments {
			if group.Pos() > fn.Body.Lbrace && group.End() <= fn.Body.Rbrace {
				groups = append(groups, group)
			}
		}
		return groups
	}
	return nil
}

// outputHead finds "Output:" or "Unordered output:" at the beginning of a
// comment and returns the offset behind it.
func outputHead(comment string) (end int, unordered, ok bool) {
	s := strings.TrimLeft(comment[2:], " \t\n")
	if rest, found := cutFold(s, "unordered "); found {
		s, unordered = rest, true
	}
	s, ok = cutFold(s, "output:")
	return len(comment) - len(s), unordered, ok
}

// cutFold is strings.CutPrefix for ASCII prefixes in any case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// read takes the output from the n lines of the comment. Blanks and blank lines
// at its beginning and end do not count, as in examples of package testing.
func (c *outputComment) read(lines []string, n int) {
	at := c.spots[0]
	c.first, c.end = at.line+1, at.line+n
	if strings.TrimSpace(lines[at.line][at.head:]) != "" {
		c.inline, c.first = true, at.line
	}
	blank := func(i int) bool { return strings.TrimSpace(commentText(lines[i])) == "" }
	for c.first < c.end && !c.inline && blank(c.first) {
		c.first++
	}
	for c.end > c.first && c.end > at.line+1 && blank(c.end-1) {
		c.end--
	}
	var b strings.Builder
	for i := c.first; i < c.end; i++ {
		text := commentText(lines[i])
		if i == at.line {
			text = lines[i][at.head:]
		}
		if i == c.first {
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
		}
		c.begins = append(c.begins, point{i, len(lines[i]) - len(text)})
		if i == c.end-1 {
			text = strings.TrimRightFunc(text, unicode.IsSpace)
		}
		b.WriteString(text + "\n")
	}
	c.text = b.String()
}

// readEach takes a line of the output from each comment. One that has no text says
// that nothing is printed there.
func (c *outputComment) readEach(lines []string) {
	for _, at := range c.spots {
		line := lines[at.line][at.head:]
		text := strings.TrimLeftFunc(line, unicode.IsSpace)
		if text == "" {
			continue
		}
		c.begins = append(c.begins, point{at.line, at.head + len(line) - len(text)})
		c.text += strings.TrimRightFunc(text, unicode.IsSpace) + "\n"
	}
}

// commentText is a line of a // comment without the slashes and one blank.
func commentText(line string) string {
	_, text, _ := strings.Cut(line, "//")
	return strings.TrimPrefix(text, " ")
}

// synopsis is the first sentence of the comment above the package clause.
func synopsis(program []byte) string {
	file, _ := parser.ParseFile(token.NewFileSet(), "", program, parser.PackageClauseOnly|parser.ParseComments)
	if file == nil || file.Doc == nil {
		return ""
	}
	return new(doc.Package).Synopsis(file.Doc.Text())
}
