package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// captures lists what a function literal takes along.
func (f *fn) captures(node ast.Node) []capture {
	var caps []capture
	for _, v := range f.l.freeVars(node) {
		caps = append(caps, capture{f.l.name(v), f.storage(v)})
	}
	return caps
}

func (f *fn) litVars(e *ast.FuncLit) ([]*types.Var, *types.Signature) {
	sig := f.l.c.info.TypeOf(e).(*types.Signature)
	var params []*types.Var
	for p := range sig.Params().Variables() {
		params = append(params, p)
	}
	return params, sig
}

// closure emits a function literal as a value and returns the call that makes
// it.
func (f *fn) closure(e *ast.FuncLit) string {
	caps := f.captures(e)
	if f.l.a.recovers[e] {
		c := f.lifted(e)
		f.at(e.Pos())
		return f.forward(c, caps, c.sig)
	}
	g := f.l.fn(f, nil)
	params, sig := f.litVars(e)
	text := g.function(e, nil, params, sig.Results(), e.Body, false)
	typ := f.l.typ(f.subst(sig))
	f.at(e.Pos())
	return f.maker(caps, typ, "func"+text, g)
}

// lifted emits a function literal that is called, started or deferred where
// it stands as a function of its own: what it captures are parameters.
func (f *fn) lifted(e *ast.FuncLit) *callee {
	g := f.l.fn(f, nil)
	params, sig := f.litVars(e)
	caps := f.captures(e)
	takes := f.l.a.recovers[e]
	text := g.function(e, caps, params, sig.Results(), e.Body, takes)
	name := f.fresh("fn")
	g.directive(&f.l.funcs, e.Pos())
	fmt.Fprintf(&f.l.funcs, "func %s%s {\n%s}\n\n", name, text, g.b.String())
	c := &callee{text: name, sig: f.subst(sig).(*types.Signature), takes: takes}
	for _, p := range caps {
		c.first = append(c.first, p.name)
		c.firstTypes = append(c.firstTypes, p.typ)
	}
	return c
}

// goStmt starts a goroutine at a named function with evaluated arguments:
// Yaegi starts another closure than the one written (fault 1), and evaluates
// arguments late (fault 5).
func (f *fn) goStmt(s *ast.GoStmt) {
	c, args := f.callParts(s.Call, false)
	f.at(s.Pos())
	if c == nil {
		return
	}
	if !c.compiled && !c.value {
		f.line("go %s(%s)", c.text, joinArgs(f.guarded(c, args)))
		return
	}
	if c.bare() {
		f.line("if %s == nil {\nrt.GoNil()\n}", c.text)
	}
	name, caps := f.thunk(c, args)
	var names []string
	for _, p := range caps {
		names = append(names, f.hideZero(p.name, p.typ))
	}
	f.line("go %s(%s)", name, strings.Join(names, ", "))
}

// callParts evaluates the callee and the arguments of a call for go and
// defer, builtins included. What is deferred may recover.
func (f *fn) callParts(e *ast.CallExpr, deferred bool) (*callee, []arg) {
	fun := ast.Unparen(e.Fun)
	if tv := f.l.c.info.Types[fun]; tv.IsBuiltin() || tv.IsType() {
		return f.builtinParts(e)
	}
	late := f.laterCallee(fun)
	sig, _ := f.typeOf(fun).Underlying().(*types.Signature)
	vals := f.lateArgs(e, sig)
	c := late()
	f.at(f.statement)
	if strings.HasPrefix(c.text, "call_") {
		f.line("rt.Bind(%s)", c.first[0])
	} else if c.recv != nil && types.IsInterface(c.recv) {
		name, _, _ := strings.Cut(c.text, ".")
		f.line("rt.Bind(%s)", name)
	}
	if deferred {
		c = f.passing(c)
	}
	args := c.args(f, e, vals)
	for i := range args {
		if !fixedText(args[i].text) {
			args[i].text = f.temp(args[i].text)
		}
	}
	return c, args
}

// laterCallee is lateCallee for go and defer: where the compiler calls a method
// without the interface, it follows a nil pointer in that in the call, not before.
func (f *fn) laterCallee(fun ast.Expr) func() *callee {
	x, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return f.lateCallee(fun)
	}
	if s := f.l.c.info.Selections[x]; s == nil || s.Kind() != types.MethodVal {
		return f.lateCallee(fun)
	}
	late := f.methodAt(x, f.statement) // the panic has the line of the statement
	if !f.direct(x) {
		return late
	}
	return func() *callee {
		c := late()
		c.direct = true
		return c
	}
}

// fixedText says that text is a temporary: t and a number.
func fixedText(s string) bool {
	return len(s) > 1 && s[0] == 't' && s[1] >= '0' && s[1] <= '9' || s == "nilPanic"
}

// builtinParts makes a function of a builtin call.
func (f *fn) builtinParts(e *ast.CallExpr) (*callee, []arg) {
	name := ""
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		name = id.Name
	}
	c := &callee{sig: types.NewSignatureType(nil, nil, nil, nil, nil, false), value: true}
	var args []arg
	add := func(e ast.Expr, t types.Type) {
		if t == nil {
			t = f.typeOf(e)
		}
		args = append(args, arg{text: f.temp(f.value(e, t)), typ: f.l.typ(t)})
	}
	switch name {
	case "close":
		add(e.Args[0], nil)
		c.text = "close"
	case "panic":
		add(e.Args[0], anyType)
		if f.panicsConstant(e.Args[0]) {
			args[0].text = f.temp("rt.Constant(" + args[0].text + ")")
		}
		c.text = "rt.Throw"
	case "delete":
		add(e.Args[0], nil)
		add(e.Args[1], f.typeOf(e.Args[0]).Underlying().(*types.Map).Key())
		c.text = "delete"
	case "print", "println":
		for _, a := range e.Args {
			add(a, anyType)
		}
		c.text = "rt.Print"
		if name == "println" {
			c.text = "rt.Println"
		}
	case "recover":
		c.text = "rt.Nothing"
		if f.defers != "" && f.panic != "" {
			c.text = "rt.RecoverOuter"
			c.takes = true
			args = append(args, arg{text: "nilPanic", typ: "*rt.Panic"}, arg{text: f.panic, typ: "*rt.Panic"})
		}
	default:
		f.l.refuse(e.Pos(), "start or defer "+name, "a function literal around it")
		c.text = "rt.Nothing"
	}
	return c, args
}

// bare says whether c is a function value without parameters and results: a goroutine
// begins in it, not in a function that calls it.
func (c *callee) bare() bool {
	return c.variable() && c.sig.Params().Len()+c.sig.Results().Len() == 0
}

// variable says whether c is a function value, and no builtin that looks like one.
func (c *callee) variable() bool {
	return c.value && isIdent(c.text) && c.text != "close" && c.text != "delete"
}

// thunk is a function whose parameters are all that a call needs.
func (f *fn) thunk(c *callee, args []arg) (string, []capture) {
	var caps []capture
	text := c.text
	switch {
	case strings.HasPrefix(text, "rt."), text == "close", text == "delete":
	case c.recv != nil && c.compiled:
		name, method, _ := strings.Cut(text, ".")
		n := f.temp(name)
		caps = append(caps, capture{n, f.l.typ(c.recv)})
		text = n + "." + method
	case c.value:
		n := text
		if !fixedText(n) {
			n = f.temp(n)
		}
		caps = append(caps, capture{n, f.l.typ(c.sig)})
		text = n
	}
	for _, a := range args {
		if isIdent(a.text) && a.text != "nilPanic" {
			caps = append(caps, capture{a.text, a.typ})
		}
	}
	name := f.fresh("th")
	var params []string
	g := f.l.fn(f, nil)
	if c.bare() {
		g.pos = token.NoPos
	}
	for _, p := range caps {
		params = append(params, p.name+" "+p.typ)
		g.showZero(p.name, p.typ)
	}
	g.stored(c, text, joinArgs(args))
	g.line("%s(%s)", text, joinArgs(g.guarded(c, args)))
	if c.bare() {
		g.conceal()
	}
	fmt.Fprintf(&f.l.funcs, "func %s(%s) {\n%s}\n\n", name, strings.Join(params, ", "), g.b.String())
	return name, caps
}

// deferStmt pushes a closure with the evaluated callee and arguments (fault
// 5). It takes the panic, so that only a function that is deferred itself can
// recover.
func (f *fn) deferStmt(s *ast.DeferStmt) {
	c, args := f.callParts(s.Call, true)
	f.at(s.Pos())
	if c == nil {
		return
	}
	var caps []capture
	text := c.text
	pn := f.fresh("pn")
	front := 0
	if c.takes && len(args) > 0 {
		args[0] = arg{text: pn, typ: "*rt.Panic"}
		front = 1
	}
	switch {
	case strings.HasPrefix(text, "rt."), text == "close", text == "delete":
	case c.recv != nil && c.compiled:
		name, method, _ := strings.Cut(text, ".")
		n := f.temp(name)
		caps = append(caps, capture{n, f.l.typ(c.recv)})
		text = n + "." + method
	case c.value:
		n := f.temp(text)
		caps = append(caps, capture{n, f.l.typ(c.sig)})
		text = n
	}
	for _, a := range args {
		if isIdent(a.text) && a.text != pn && a.text != "nilPanic" {
			caps = append(caps, capture{a.text, a.typ})
		}
	}
	g := f.l.fn(f, nil)
	g.stored(c, text, joinArgs(args))
	if c.direct {
		g.line("rt.NilReceiver(%s)", args[front].text)
	}
	switch {
	case text == "rt.Throw":
		text = f.wrapper(s.Call, args, text+"("+joinArgs(args)+")")
	case c.value && c.sig.Params().Len()+c.sig.Results().Len() > 0:
		g.line("if %s == nil {\n%s()\n}", text, f.wrapper(s.Call, nil, "rt.Bind(nilAny)"))
	}
	g.deferredCall(c, text, pn, args)
	mk := f.maker(dedupe(caps), "func(*rt.Panic)", "func("+pn+" *rt.Panic)", g)
	t := f.temp(mk)
	f.line("%s.Push(%s)", f.defers, t)
}

// deferredCall emits the call of c. A function value that calls recover is called in the
// form that takes the panic.
func (f *fn) deferredCall(c *callee, text, panic string, args []arg) {
	args = f.guarded(c, args)
	call := "(" + joinArgs(args) + ")"
	if !f.l.a.recoveringValues || !c.variable() || c.compiled {
		f.line("%s%s", text, call)
		return
	}
	p := f.temp("new(" + f.l.recoveringType(c.sig) + ")")
	ok := f.temp(fmt.Sprintf("rt.Recovers(%s, %s)", text, p))
	form := f.fresh("t")
	args = append([]arg{{text: panic, typ: "*rt.Panic"}}, args...)
	f.line("if %s {\n%s := *%s\n%s(%s)\n} else {\n%s%s\n}", ok, form, p, form, joinArgs(args), text, call)
}

// wrapper is a function that stands for the one that the compiler makes of a
// deferred call with operands: stacks show it where it panics itself. Its place
// is the parenthesis of the call, see package interp.
func (f *fn) wrapper(e *ast.CallExpr, args []arg, text string) string {
	name := f.fresh("wr")
	g := f.l.fn(f, nil)
	g.at(e.Lparen)
	g.line("%s", text)
	var params []string
	for _, a := range args {
		params = append(params, a.text+" "+a.typ)
	}
	fmt.Fprintf(&f.l.funcs, "func %s(%s) {\n%s}\n\n", name, strings.Join(params, ", "), g.b.String())
	return name
}

func dedupe(caps []capture) []capture {
	var list []capture
	seen := map[string]bool{}
	for _, c := range caps {
		if !seen[c.name] {
			seen[c.name] = true
			list = append(list, c)
		}
	}
	return list
}
