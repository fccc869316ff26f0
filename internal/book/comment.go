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
// examples of package testing: the last comment in main. Lines count from 0.
type outputComment struct {
	line, slashes int   // of the program, where the // in front of Output: stands
	code          int   // column behind the code on that line; 0: there is none
	head          int   // column behind "Output:"
	inline        bool  // the output begins on that line
	first, end    int   // lines that hold the output
	cols          []int // where the output begins on each of them
	text          string
	unordered     bool
}

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
	group := lastComment(file)
	if group == nil {
		return nil, ""
	}
	head, unordered, ok := outputHead(group.List[0].Text)
	if !ok {
		return nil, ""
	}
	start := fset.PositionFor(group.Pos(), false)
	c = &outputComment{line: start.Line - 1, slashes: start.Column - 1, unordered: unordered}
	lines := strings.Split(program, "\n")
	if strings.HasPrefix(group.List[0].Text, "/*") {
		return c, "write the expected output in // comments, not between /* and */"
	}
	c.code = len(strings.TrimRight(lines[c.line][:c.slashes], " \t"))
	if c.code > 0 && outputComments(file) > 1 {
		return c, "put all of the output into one comment at the end of main, for it is compared as a whole"
	}
	c.head = c.slashes + head
	c.read(lines, len(group.List))
	return c, ""
}

// outputComments counts the comments of a program that begin as one with the
// expected output does.
func outputComments(file *ast.File) (n int) {
	for _, group := range file.Comments {
		if _, _, ok := outputHead(group.List[0].Text); ok {
			n++
		}
	}
	return n
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

// lastComment returns the last comment in the body of main.
func lastComment(file *ast.File) *ast.CommentGroup {
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Name.Name != "main" || fn.Body == nil {
			continue
		}
		var last *ast.CommentGroup
		for _, group := range file.Comments {
			if group.Pos() > fn.Body.Lbrace && group.End() <= fn.Body.Rbrace {
				last = group
			}
		}
		return last
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
	c.first, c.end = c.line+1, c.line+n
	if strings.TrimSpace(lines[c.line][c.head:]) != "" {
		c.inline, c.first = true, c.line
	}
	blank := func(i int) bool { return strings.TrimSpace(commentText(lines[i])) == "" }
	for c.first < c.end && !c.inline && blank(c.first) {
		c.first++
	}
	for c.end > c.first && c.end > c.line+1 && blank(c.end-1) {
		c.end--
	}
	var b strings.Builder
	for i := c.first; i < c.end; i++ {
		text := commentText(lines[i])
		if i == c.line {
			text = lines[i][c.head:]
		}
		if i == c.first {
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
		}
		c.cols = append(c.cols, len(lines[i])-len(text))
		if i == c.end-1 {
			text = strings.TrimRightFunc(text, unicode.IsSpace)
		}
		b.WriteString(text + "\n")
	}
	c.text = b.String()
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
