package lower

import (
	"bytes"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example/workbook/internal/book"
)

// The go command checks programs with another copy of go/types, which is not
// to be had as a package. Where the two differ in words or places, this file
// makes the difference good.

// commandWords says a message as the go command does where go/types has other
// words, with the places that it names in the program's file.
func (c *checked) commandWords(e types.Error) string {
	msg := e.Msg
	switch {
	case strings.HasPrefix(msg, "label "):
		msg = strings.Replace(msg, "declared and not used", "defined and not used", 1)
		msg = strings.Replace(msg, " not declared", " not defined", 1)
		if label, ok := strings.CutSuffix(msg, " already declared"); ok {
			msg = label + " already defined at " + c.firstLabel(e.Pos, strings.TrimPrefix(label, "label "))
		}
	case strings.HasSuffix(msg, " jumps into block"):
		msg += " starting at " + c.blockOf(e.Pos, strings.TrimPrefix(strings.TrimSuffix(msg, " jumps into block"), "goto "))
	case msg == "use of .(type) outside type switch":
		msg = "invalid syntax tree: " + msg
	case msg == "break not in for, switch, or select statement":
		msg = "break is not in a loop, switch, or select"
	case msg == "continue not in for statement":
		msg = "continue is not in a loop"
	default:
		for _, word := range []string{"break", "continue"} {
			label, ok := strings.CutPrefix(msg, "invalid "+word+" label ")
			if ok && !c.hasLabel(label) {
				msg = word + " label not defined: " + label
			}
		}
		if before, line, ok := strings.Cut(msg, " jumps over variable declaration at line "); ok {
			if name, at := c.declaredAt(line); name != "" {
				msg = before + " jumps over declaration of " + name + " at " + at
			}
		}
	}
	msg = c.literals(c.shadowing(e.Pos, msg))
	return ownPlace.ReplaceAllStringFunc(msg, func(place string) string {
		m := ownPlace.FindStringSubmatch(place)
		line, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		return c.at(token.Position{Line: line, Column: col}).String()
	})
}

var ownPlace = regexp.MustCompile(`\b` + regexp.QuoteMeta(sourceName) + `:(\d+):(\d+)`)

// misplacedLabels finds a break or continue out of a statement whose label was
// defined before: to the compiler, the label is that of the first one alone.
func (c *checked) misplacedLabels() (problems book.Problems) {
	first := map[types.Object]*ast.LabeledStmt{}
	ast.PreorderStack(c.file, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			if l := c.info.Defs[n.Label]; l != nil {
				first[l] = n
			}
		case *ast.BranchStmt:
			if n.Label == nil || n.Tok == token.GOTO {
				return true
			}
			at := innermost(stack, n.Label.Name)
			f := first[c.info.Uses[n.Label]]
			if at != nil && f != nil && at != f && !slices.Contains(stack, ast.Node(f)) {
				problems = append(problems, book.Problem{Pos: c.place(n.Label.Pos()), Msg: "invalid " + n.Tok.String() + " label " + n.Label.Name})
			}
		}
		return true
	})
	return problems
}

// innermost is the last statement of stack with that label.
func innermost(stack []ast.Node, label string) *ast.LabeledStmt {
	for _, n := range slices.Backward(stack) {
		if s, ok := n.(*ast.LabeledStmt); ok && s.Label.Name == label {
			return s
		}
	}
	return nil
}

func (c *checked) hasLabel(name string) bool {
	found := false
	ast.Inspect(c.file, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok && l.Label.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// declaredAt is the first variable that a statement at a line declares, and
// where the go command says that it is.
func (c *checked) declaredAt(line string) (name, at string) {
	ast.Inspect(c.file, func(n ast.Node) bool {
		pos := token.NoPos
		var id ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				pos, id = n.TokPos, n.Lhs[0]
			}
		case *ast.ValueSpec:
			pos, id = n.Pos(), n.Names[0]
		}
		if p := c.fset.Position(pos); id != nil && name == "" && strconv.Itoa(p.Line) == line {
			name, at = id.(*ast.Ident).Name, sourceName+":"+line+":"+strconv.Itoa(p.Column)
		}
		return true
	})
	return name, at
}

// literals spells function literals in a message as the go command does.
func (c *checked) literals(msg string) string {
	if !strings.Contains(msg, " literal)") {
		return msg
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok {
			body := " {…}"
			if len(lit.Body.List) == 0 {
				body = " {}"
			}
			msg = strings.ReplaceAll(msg, types.ExprString(lit), types.ExprString(lit.Type)+body)
		}
		return true
	})
	return msg
}

// shadowing spells in a message a type parameter that has the name of a type of
// the language as the go command does.
func (c *checked) shadowing(pos token.Pos, msg string) string {
	return parameterName.ReplaceAllStringFunc(msg, func(s string) string {
		name := strings.TrimSuffix(s, "/* type parameter */")
		if at := c.parameter(pos, name); at.IsValid() {
			return name + " /* with " + name + " declared at " + c.ownPlace(at) + " */"
		}
		return s
	})
}

var parameterName = regexp.MustCompile(`\w+/\* type parameter \*/`)

// parameter is where the declaration around pos has a type parameter of a name.
func (c *checked) parameter(pos token.Pos, name string) (at token.Pos) {
	for _, d := range c.file.Decls {
		if pos < d.Pos() || d.End() <= pos {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			var list *ast.FieldList
			switch n := n.(type) {
			case *ast.FuncType:
				list = n.TypeParams
			case *ast.TypeSpec:
				list = n.TypeParams
			}
			if list != nil {
				for _, f := range list.List {
					for _, id := range f.Names {
						if id.Name == name && !at.IsValid() {
							at = id.Pos()
						}
					}
				}
			}
			return true
		})
	}
	return at
}

// bodyAround is the body of the innermost function around pos: labels are those
// of one function.
func (c *checked) bodyAround(pos token.Pos) ast.Node {
	var body ast.Node = c.file
	ast.Inspect(c.file, func(n ast.Node) bool {
		var b *ast.BlockStmt
		switch n := n.(type) {
		case *ast.FuncDecl:
			b = n.Body
		case *ast.FuncLit:
			b = n.Body
		}
		if b != nil && b.Pos() <= pos && pos < b.End() {
			body = b
		}
		return true
	})
	return body
}

// firstLabel is the place of the first label of a name in the function around pos.
func (c *checked) firstLabel(pos token.Pos, name string) string {
	at := ""
	ast.Inspect(c.bodyAround(pos), func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok && l.Label.Name == name && at == "" {
			at = c.ownPlace(l.Pos())
		}
		_, inner := n.(*ast.FuncLit)
		return !inner
	})
	return at
}

// blockOf is the place of the block in which a label of the function around pos
// stands.
func (c *checked) blockOf(pos token.Pos, name string) string {
	at := ""
	var stack []ast.Node
	ast.Inspect(c.bodyAround(pos), func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		if _, inner := n.(*ast.FuncLit); inner {
			return false
		}
		if l, ok := n.(*ast.LabeledStmt); ok && l.Label.Name == name {
			for i := len(stack) - 1; i >= 0 && at == ""; i-- {
				switch stack[i].(type) {
				case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
					at = c.ownPlace(stack[i].Pos())
				}
			}
		}
		stack = append(stack, n)
		return true
	})
	return at
}

// ownPlace names a place as the messages of go/types do.
func (c *checked) ownPlace(pos token.Pos) string { return c.fset.Position(pos).String() }

// commandPos is where the go command reports an error that go/types reports at
// another place.
func (c *checked) commandPos(e types.Error) token.Pos {
	pos := e.Pos
	has := func(parts ...string) bool {
		for _, p := range parts {
			if !strings.Contains(e.Msg, p) {
				return false
			}
		}
		return true
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			last := n.Rparen
			if len(n.Args) > 0 {
				last = n.Args[len(n.Args)-1].Pos()
			}
			inside := n.Pos() <= e.Pos && e.Pos <= n.Rparen
			switch {
			case n.Rparen == e.Pos && has("not enough arguments in call"):
				pos = last
				if len(n.Args) == 0 {
					pos = n.Pos()
				}
			case inside && has("invalid operation: ", " arguments for ", "(expected "),
				n.Rparen == e.Pos && has("missing argument in conversion to"),
				inside && has("invalid use of ... with built-in"):
				pos = n.Pos()
			case last == e.Pos && has("cannot use ... in call to non-variadic"),
				n.Ellipsis == e.Pos && has("cannot use ... in call to non-variadic"):
				pos = n.Pos()
			case n.Pos() == e.Pos && (has("cannot infer") || has(" does not satisfy ")):
				pos = n.Lparen
			}
		case *ast.IndexExpr:
			if n.Pos() == e.Pos && strings.HasPrefix(e.Msg, "cannot index ") {
				pos = n.Lbrack
			}
		case *ast.ArrayType:
			if strings.HasPrefix(e.Msg, "invalid use of [...] array") && n.Pos() <= e.Pos && e.Pos < n.End() {
				pos = n.Pos()
			}
		case *ast.FuncDecl:
			if has("method has multiple receivers") && n.Pos() <= e.Pos && e.Pos < n.Name.Pos() {
				pos = n.Name.Pos()
			}
		case *ast.FuncType:
			if n.Func.IsValid() && n.Func == e.Pos && has("(type) is not an expression") {
				pos = n.Params.Pos()
			}
		case *ast.SendStmt:
			if n.Arrow == e.Pos {
				pos = n.Pos()
			}
		case *ast.CommClause:
			if s, ok := n.Comm.(*ast.ExprStmt); ok && has("select case must be") && n.Pos() <= e.Pos && e.Pos <= s.End() {
				switch x := s.X.(type) {
				case *ast.BinaryExpr:
					pos = x.OpPos
				case *ast.CallExpr:
					pos = x.Lparen
				}
			}
		}
		return true
	})
	return pos
}

// restrictions are what the compiler rejects and go/types does not: misplaced
// directives, functions without a body, large elements of channels, anonymous interfaces that refer
// to themselves.
func (c *checked) restrictions() (problems book.Problems) {
	add := func(pos token.Pos, msg string) {
		problems = append(problems, book.Problem{Pos: c.place(pos), Msg: msg})
	}
	linked := false // a function without a body may be that of another package
	for d := range c.directives() {
		linked = linked || d.verb == "linkname"
		if wrong, _ := c.misplaced(d); wrong {
			add(d.pos, "misplaced compiler directive")
		}
	}
	cyclic := map[*types.Interface]bool{}
	var variable ast.Node // the declaration at hand
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body == nil && !linked {
				add(n.Name.Pos(), "missing function body")
			}
		case *ast.AssignStmt, *ast.ValueSpec:
			variable = n
		case *ast.ChanType:
			pos := n.Pos()
			if variable != nil && variable.Pos() <= pos && pos < variable.End() {
				pos = variable.Pos()
			}
			t, ok := c.info.TypeOf(n).(*types.Chan)
			if ok && c.info.Types[n.Value].IsType() && !parametric(t.Elem()) && sizes.Sizeof(t.Elem()) > 1<<16-1 {
				add(pos, "channel element type too large (>64kB)")
			}
		case *ast.InterfaceType:
			if t, ok := c.info.TypeOf(n).(*types.Interface); ok && methodsReach(t, cyclic) {
				add(n.Pos(), "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)")
				clear(cyclic)
			}
			return false
		}
		return true
	})
	return problems
}

// functionDirective lists directives that stand in front of a function and do
// not change what it does.
var functionDirective = map[string]bool{"noinline": true, "nosplit": true, "norace": true, "nocheckptr": true}

// directiveOfRuntime matches directives that change what a program does, or
// that the compiler takes from the run-time system alone.
var directiveOfRuntime = regexp.MustCompile(`^(linkname|embed|cgo_\w+|noescape|nointerface|systemstack|nowritebarrier(rec)?|yeswritebarrierrec|uintptr\w+|registerparams|wasm\w+)$`)

type directive struct {
	verb string
	pos  token.Pos // of its name
}

// directives lists the comments that are meant for the compiler.
func (c *checked) directives() iter.Seq[directive] {
	return func(yield func(directive) bool) {
		for _, group := range c.file.Comments {
			for _, comment := range group.List {
				text, ok := strings.CutPrefix(comment.Text, "//go:")
				verb, _, _ := strings.Cut(text, " ")
				if ok && !yield(directive{verb, comment.Pos() + 2}) {
					return
				}
			}
		}
	}
}

// misplaced says whether the compiler rejects a directive where it stands, and
// whether its parser does so already.
func (c *checked) misplaced(d directive) (wrong, parsed bool) {
	build := d.verb == "build"
	if !build && !functionDirective[d.verb] || build && d.pos < c.file.Package {
		return false, false
	}
	before := c.Source[:c.fset.PositionFor(d.pos, false).Offset-len("//")]
	if len(bytes.TrimSpace(before[bytes.LastIndexByte(before, '\n')+1:])) > 0 {
		return true, true // not on a line of its own
	}
	for _, decl := range c.file.Decls {
		if d.pos < decl.Pos() {
			_, ok := decl.(*ast.FuncDecl)
			return !ok || build, false
		}
		if d.pos < decl.End() {
			return true, true
		}
	}
	return true, true
}

// methodsReach says whether a method of an interface leads back to an anonymous
// interface that is open.
func methodsReach(t *types.Interface, open map[*types.Interface]bool) bool {
	for m := range t.Methods() {
		if reaches(m.Signature(), open) {
			return true
		}
	}
	return false
}

// reaches says whether a type leads to an anonymous interface that is open.
// Named types are never part of such a circle.
func reaches(t types.Type, open map[*types.Interface]bool) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return reaches(t.Elem(), open)
	case *types.Array:
		return reaches(t.Elem(), open)
	case *types.Slice:
		return reaches(t.Elem(), open)
	case *types.Chan:
		return reaches(t.Elem(), open)
	case *types.Map:
		return reaches(t.Key(), open) || reaches(t.Elem(), open)
	case *types.Struct:
		for v := range t.Fields() {
			if reaches(v.Type(), open) {
				return true
			}
		}
	case *types.Signature:
		return reaches(t.Params(), open) || reaches(t.Results(), open)
	case *types.Tuple:
		for v := range t.Variables() {
			if reaches(v.Type(), open) {
				return true
			}
		}
	case *types.Interface:
		if t.NumExplicitMethods() == 0 && t.NumEmbeddeds() == 0 {
			return false
		}
		if at, ok := open[t]; ok {
			return at
		}
		open[t] = true
		if methodsReach(t, open) {
			return true
		}
		open[t] = false
	}
	return false
}

// commaAfter is where the first comma behind an expression stands.
func (c *checked) commaAfter(x ast.Expr) token.Position {
	end := c.fset.Position(x.End())
	for _, l := range c.lexemes() {
		if l.tok == token.COMMA && l.pos.Offset >= end.Offset {
			return l.pos
		}
	}
	return end
}

// unparsed is what the parser of the compiler rejects and go/parser does not.
func (c *checked) unparsed() (problems book.Problems) {
	ast.Inspect(c.file, func(n ast.Node) bool {
		if f, ok := n.(*ast.ForStmt); ok {
			if a, ok := f.Post.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
				problems = append(problems, book.Problem{Pos: c.place(a.TokPos), Msg: "syntax error: cannot declare in post statement of for loop"})
			}
		}
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) > 1 && a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
			problems = append(problems, book.Problem{Pos: c.place(a.TokPos),
				Msg: "syntax error: unexpected " + a.Tok.String() + ", expected := or = or comma"})
		} else if ok && len(a.Rhs) > 1 && a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
			pos := c.commaAfter(a.Rhs[0])
			problems = append(problems, book.Problem{Pos: c.at(pos), Msg: "syntax error: unexpected comma at end of statement"})
		}
		return true
	})
	if len(problems) > 0 {
		return problems[:1]
	}
	for d := range c.directives() {
		if wrong, parsed := c.misplaced(d); wrong && parsed {
			problems = append(problems, book.Problem{Pos: c.place(d.pos), Msg: "misplaced compiler directive"})
		}
	}
	return problems
}
