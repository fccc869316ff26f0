package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// Package log looks for the line of a call on the stack, where the interpreter is. In
// a program that may ask for lines, package rt logs, and is told the line.

// The flags of package log that ask for lines.
const (
	longFile  = 1 << 3
	shortFile = 1 << 4
)

// logsLines says whether the program may ask package log for the lines of calls: it
// sets flags that are not known, or are known to ask for them.
func (l *lowerer) logsLines() bool {
	found := false
	safe := map[*ast.Ident]bool{}
	ast.Inspect(l.c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f := typeutil.StaticCallee(l.c.info, n); f != nil && setsLogFlags(f) && len(n.Args) > 0 {
				flags := l.c.info.Types[n.Args[len(n.Args)-1]].Value
				if flags == nil {
					break
				}
				if v, ok := constant.Int64Val(flags); ok && v&(longFile|shortFile) == 0 {
					safe[calledName(n)] = true
				}
			}
		case *ast.Ident:
			f, ok := l.c.info.Uses[n].(*types.Func)
			found = found || ok && setsLogFlags(f) && !safe[n]
		}
		return true
	})
	return found
}

// setsLogFlags says whether the last parameter of f is flags of package log.
func setsLogFlags(f *types.Func) bool {
	return slices.Contains([]string{"log.SetFlags", "(*log.Logger).SetFlags", "log.New"}, f.FullName())
}

// calledName is the identifier that names what a call calls, nil if none does.
func calledName(e *ast.CallExpr) *ast.Ident {
	switch fun := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		return fun
	case *ast.SelectorExpr:
		return fun.Sel
	}
	return nil
}

// logsCall says whether f logs, with the line of its call if that is asked for.
func logsCall(f *types.Func) bool {
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "log" {
		return false
	}
	name := f.Name()
	return name == "Output" || strings.HasPrefix(name, "Print") || strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic")
}

// refuseLines refuses what would log other lines than those of a compiled program.
func (l *lowerer) refuseLines(n ast.Node) {
	const what = "log the line of a call"
	call := func(e *ast.CallExpr) {
		if f := typeutil.StaticCallee(l.c.info, e); logsCall(f) {
			l.refuse(e.Pos(), what, "a function literal around it")
		}
	}
	switch n := n.(type) {
	case *ast.GoStmt:
		call(n.Call)
	case *ast.DeferStmt:
		call(n.Call)
	case *ast.CallExpr:
		f := typeutil.StaticCallee(l.c.info, n)
		if logsCall(f) && f.Name() == "Output" {
			depth := l.c.info.Types[n.Args[0]].Value
			if depth == nil || depth.ExactString() != "1" {
				l.refuse(n.Pos(), what, "the depth 1")
			}
		}
		if f == nil || l.own(f.Pkg()) {
			return
		}
		for v := range f.Signature().Params().Variables() {
			if isLogger(v.Type()) {
				l.refuse(n.Pos(), what, "the line in the message")
			}
		}
	case *ast.Ident:
		v, ok := l.c.info.Uses[n].(*types.Var)
		if ok && v.IsField() && !l.own(v.Pkg()) && isLogger(v.Type()) {
			l.refuse(n.Pos(), what, "the line in the message") // compiled code logs with it
		}
	}
}

// isLogger says whether t is *log.Logger.
func isLogger(t types.Type) bool {
	return types.TypeString(t, nil) == "*log.Logger"
}

// valueLogs refuses a function that logs as a value: who calls it is not known.
func (l *lowerer) valueLogs(c *callee, e ast.Expr) {
	if l.lines && logsCall(c.obj) {
		l.refuse(e.Pos(), "log the line of a call", "a function literal that calls "+c.name())
	}
}

// logged lets package rt log for the call e of c, and tells it the place.
func (f *fn) logged(c *callee, e *ast.CallExpr, args []arg) []arg {
	if !f.l.lines || !c.compiled || !logsCall(c.obj) {
		return args
	}
	name := c.obj.Name()
	logger := strings.TrimSuffix(c.text, "."+name)
	switch {
	case c.recv == nil:
		logger += ".Default()"
	case !isLogger(c.recv):
		f.l.refuse(e.Pos(), "log the line of a call", "a pointer to the logger")
	}
	first := []arg{{text: f.temp(logger), typ: "*log.Logger"}, {text: strconv.Quote(f.l.logPlace(e)), typ: "string"}}
	switch {
	case name == "Output":
		c.text = "rt.LogOutput"
		return append(first, args[1:]...)
	case strings.HasSuffix(name, "f"):
		c.text = "rt.Logf"
	default:
		c.text = "rt.Log"
	}
	return append(append(first, arg{text: strconv.Quote(name), typ: "string"}), args...)
}

// logsHeld emits the call e of a method of an interface, which has the name and the
// parameters of one of *log.Logger: if the interface holds one, package rt logs.
func (f *fn) logsHeld(c *callee, e *ast.CallExpr, args []arg) bool {
	if !f.l.lines || !strings.HasPrefix(c.text, "call_") || c.obj.Name() == "Output" {
		return false
	}
	m, _, _ := types.LookupFieldOrMethod(f.l.logger(), true, nil, c.obj.Name())
	method, ok := m.(*types.Func)
	if !ok || !logsCall(method) || reflectSignature(method.Signature()) != reflectSignature(c.sig) {
		return false
	}
	format := `""`
	if strings.HasSuffix(method.Name(), "f") {
		format = args[1].text
	}
	held := f.temp(fmt.Sprintf("rt.LogHeld(%s, %q, %q, %s, %s)", args[0].text, f.l.logPlace(e), method.Name(), format, args[len(args)-1].text))
	f.line("if !%s {\n%s(%s)\n}", held, c.text, joinArgs(f.guarded(c, args)))
	return true
}

// logger is the type *log.Logger. The program imports its package.
func (l *lowerer) logger() types.Type {
	for _, p := range l.c.pkg.Imports() {
		if p.Path() == "log" {
			return types.NewPointer(p.Scope().Lookup("Logger").Type())
		}
	}
	return types.Typ[types.Invalid]
}

// logPlace is the place of a call as package log writes it: that of its parenthesis,
// and after a directive line the one which that gives.
func (l *lowerer) logPlace(e *ast.CallExpr) string {
	place := l.c.place(e.Lparen)
	file, line := place.File, place.Line
	given, plain := l.c.fset.PositionFor(e.Lparen, true), l.c.fset.PositionFor(e.Lparen, false)
	if given.Filename != plain.Filename || given.Line != plain.Line {
		file, line = given.Filename, given.Line
	}
	return fmt.Sprintf("%s:%d", path.Base(file), line)
}
