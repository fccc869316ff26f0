package interp

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strconv"
)

// parse returns the syntax tree of src, whose first byte stands at line and
// col of file, and whose other lines begin at col too: they are indented as
// far in file. Errors carry these positions.
func parse(fset *token.FileSet, file string, line, col int, src []byte, mode parser.Mode) (*ast.File, error) {
	line, col = max(line, 1), max(col, 1)
	tree, err := parser.ParseFile(fset, file, src, mode|parser.SkipObjectResolution)
	var f *token.File
	fset.Iterate(func(last *token.File) bool { f = last; return true })
	if f == nil || line == 1 && col == 1 {
		return tree, err
	}
	for i, start := range f.Lines() {
		f.AddLineColumnInfo(start, file, line+i, col)
		if col == 1 {
			break
		}
	}
	if list, ok := err.(scanner.ErrorList); ok {
		for _, e := range list {
			e.Pos = f.Position(f.Pos(min(e.Pos.Offset, f.Size())))
		}
	}
	return tree, err
}

// functions are the functions of a file, named as Go names them in a stack.
type functions []function

type function struct {
	name       string // with the parentheses of a call
	start, end token.Position
}

// functions finds the functions of the program.
func (r *Request) functions() functions {
	src := r.Original
	if src == nil {
		src = r.Source
	}
	fset := token.NewFileSet()
	tree, _ := parse(fset, r.File, r.Line, r.Col, src, 0)
	if tree == nil {
		return nil
	}
	giving := map[string]bool{} // functions with results
	for _, decl := range tree.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil {
			giving[fn.Name.Name] = fn.Type.Results.NumFields() > 0
		}
	}
	var fs functions
	var literals func(n ast.Node, outer, prefix string, count int) int
	literals = func(n ast.Node, outer, prefix string, count int) int {
		wrapped := 0
		ast.Inspect(n, func(n ast.Node) bool {
			switch s := n.(type) {
			case *ast.GoStmt:
				if wraps(s.Call, giving) {
					wrapped++
				}
			case *ast.DeferStmt:
				if wraps(s.Call, giving) {
					wrapped++
					fs = append(fs, wrapper(fset, s.Call, outer+".deferwrap"+strconv.Itoa(wrapped)))
				}
			}
			lit, ok := n.(*ast.FuncLit)
			if !ok {
				return true
			}
			count++
			name := outer + prefix + strconv.Itoa(count)
			fs = append(fs, function{name + call(nil, lit.Type), fset.Position(lit.Pos()), fset.Position(lit.End())})
			literals(lit.Body, name, ".", 0)
			return false
		})
		return count
	}
	inits, initial := 0, 0 // init functions, and literals in initial values
	for _, decl := range tree.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			fs = append(fs, function{"main.init()", fset.Position(decl.Pos()), fset.Position(decl.End())})
			initial = literals(decl, "main.init", ".func", initial)
			continue
		}
		name := "main." + receiver(fn) + fn.Name.Name
		switch {
		case fn.Recv == nil && fn.Name.Name == "init":
			name += "." + strconv.Itoa(inits)
			inits++
		case fn.Type.TypeParams.NumFields() > 0:
			name += "[...]"
		}
		fs = append(fs, function{name + call(fn.Recv, fn.Type), fset.Position(fn.Pos()), fset.Position(fn.End())})
		if fn.Body != nil {
			literals(fn.Body, name, ".func", 0)
		}
	}
	return fs
}

// wraps tells whether the compiler makes a function of a deferred call: of each
// with operands or results.
func wraps(e *ast.CallExpr, giving map[string]bool) bool {
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.FuncLit:
		return fun.Type.Params.NumFields()+fun.Type.Results.NumFields() > 0
	case *ast.Ident:
		return len(e.Args) > 0 || giving[fun.Name] || fun.Name == "recover"
	}
	return true
}

// wrapper is the function that the compiler makes of a deferred call. The place
// of its parenthesis stands for it, see package lower.
func wrapper(fset *token.FileSet, e *ast.CallExpr, name string) function {
	start, end := fset.Position(e.Lparen), fset.Position(e.Lparen)
	start.Column--
	end.Column++
	return function{name + "()", start, end}
}

// receiver returns what stands before the name of a method: T. or (*T).
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	t, pointer := fn.Recv.List[0].Type, false
	for {
		switch x := t.(type) {
		case *ast.ParenExpr:
			t = x.X
		case *ast.StarExpr:
			t, pointer = x.X, true
		case *ast.IndexExpr:
			return typeName(x.X, pointer, "[...]")
		case *ast.IndexListExpr:
			return typeName(x.X, pointer, "[...]")
		default:
			return typeName(t, pointer, "")
		}
	}
}

func typeName(t ast.Expr, pointer bool, params string) string {
	id, ok := t.(*ast.Ident)
	switch {
	case !ok:
		return ""
	case pointer:
		return "(*" + id.Name + params + ")."
	}
	return id.Name + params + "."
}

// call returns how Go writes the arguments of a call that it does not know.
// The receiver is one of them.
func call(recv *ast.FieldList, t *ast.FuncType) string {
	if recv.NumFields()+t.Params.NumFields() == 0 {
		return "()"
	}
	return "(...)"
}

// frame returns the frame of the innermost function at a position. It is not
// ok outside of all declarations: package lower adds functions of its own.
func (fs functions) frame(p Position) (f Frame, ok bool) {
	for _, fn := range fs { // inner functions come after outer ones
		if fn.holds(p) {
			f, ok = Frame{p, fn.name}, true
		}
	}
	return f, ok
}

// holds reports whether p is inside the function. The place where a function
// literal begins is that of a call of it, too.
func (f *function) holds(p Position) bool {
	if p.Line < f.start.Line || p.Line > f.end.Line {
		return false
	}
	if p.Col == 0 {
		return true
	}
	return !(p.Line == f.start.Line && p.Col <= f.start.Column) && !(p.Line == f.end.Line && p.Col >= f.end.Column)
}
