package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode/utf8"
)

// call emits a call and returns its results in temporaries, one statement a
// call: Yaegi mixes up results that are used in place (faults 14, 15).
func (f *fn) call(e *ast.CallExpr) []val {
	info := f.l.c.info
	fun := ast.Unparen(e.Fun)
	if tv := info.Types[fun]; tv.IsType() {
		f.discard = false
		return []val{f.conversion(e)}
	} else if tv.IsBuiltin() {
		f.discard = false
		return f.builtin(e)
	}
	if vals := f.errorsCall(e); vals != nil {
		f.discard = false
		return vals
	}
	discard := f.discard
	f.discard = false
	c, args := f.prepare(e)
	f.atSign(e, e.Lparen)
	f.stored(c, c.text, joinArgs(args))
	if f.logsHeld(c, e, args) {
		return nil
	}
	args = f.logged(c, e, args)
	args = f.routed(c, e, args)
	args = f.textVar(c, args)
	adapt := f.templated(c, args)
	if adapt == nil {
		adapt = f.encoding(c, e, args)
	}
	if adapt == nil {
		adapt = f.scanning(c, e, args)
	}
	if discard && adapt == nil {
		f.line("%s(%s)", c.text, joinArgs(f.guarded(c, args)))
		return nil
	}
	vals := f.callResults(c.text+"("+joinArgs(f.guarded(c, args))+")", c.sig)
	if adapt != nil {
		adapt(vals)
	}
	return vals
}

// prepare computes the callee and the arguments of a call.
func (f *fn) prepare(e *ast.CallExpr) (*callee, []arg) {
	fun := ast.Unparen(e.Fun)
	f.devirtualized(e)
	before := len(f.copies)
	late := f.lateCallee(fun)
	sig, _ := f.typeOf(fun).Underlying().(*types.Signature)
	vals := f.lateArgs(e, sig)
	c := late()
	f.called(c, before)
	return c, c.args(f, e, vals)
}

// callResults emits a call and names its results.
func (f *fn) callResults(call string, sig *types.Signature) []val {
	n := sig.Results().Len()
	if n == 0 {
		f.line("%s", call)
		return nil
	}
	vals := make([]val, n)
	names := make([]string, n)
	for i := range vals {
		names[i] = fmt.Sprintf("t%d", f.l.number())
		vals[i] = tempVal(names[i], sig.Results().At(i).Type())
	}
	f.line("%s := %s", strings.Join(names, ", "), call)
	return vals
}

// callee is what a call calls.
type callee struct {
	text  string
	sig   *types.Signature
	first []string // arguments in front of the written ones
	// firstTypes are their erased types.
	firstTypes []string
	compiled   bool
	obj        *types.Func
	takes      bool // takes the panic for its recover as first argument
	value      bool // a function value
	direct     bool // a method of a pointer in an interface, called without that
	recv       types.Type
}

// arg is an argument as text, and its erased type.
type arg struct {
	text, typ string
	spread    bool
	whole     string // the interface value out of which text was taken, if it was
}

func joinArgs(args []arg) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = a.text
		if a.spread {
			parts[i] += "..."
		}
	}
	return strings.Join(parts, ", ")
}

func (c *callee) args(f *fn, e *ast.CallExpr, vals []val) []arg {
	var args []arg
	for i, v := range vals {
		vals[i] = f.settled(v)
	}
	if c.takes {
		args = append(args, arg{text: "nilPanic", typ: "*rt.Panic"})
	}
	for i, a := range c.first {
		args = append(args, arg{text: a, typ: c.firstTypes[i]})
	}
	if c.compiled {
		return append(args, f.compiledArgs(c, e, vals)...)
	}
	return append(args, f.ownArgs(c.sig, e, vals)...)
}

// guarded are the arguments of a call of the program's own code.
func (f *fn) guarded(c *callee, args []arg) []arg {
	if c.compiled {
		return args
	}
	list := make([]arg, len(args))
	for i, a := range args {
		list[i] = arg{text: f.hideZero(a.text, a.typ), typ: a.typ, spread: a.spread}
	}
	return list
}

// hideZero spells the argument x of an erased type for a call, and showZero
// gives the parameter its value back: Yaegi does not copy an argument that
// reflection takes for zero, such as a negative zero or a struct with one.
func (f *fn) hideZero(x, typ string) string {
	if strings.HasPrefix(x, typ+"(") && !strings.HasPrefix(typ, "[") {
		return x // a constant
	}
	zeros := f.l.floats("", typ)
	if len(zeros) == 0 {
		return x
	}
	n, p := f.temp(x), f.fresh("p")
	f.raw("if %s%s == 0 {", n, strings.Join(zeros, " == 0 {\nif "+n))
	f.raw("%s := new(%s)\n*%s = %s\nrt.HideZero(%s)\n%s = *%s", p, typ, p, n, p, n, p)
	f.raw("%s", strings.Repeat("}\n", len(zeros)))
	return n
}

func (f *fn) showZero(x, typ string) {
	if zeros := f.l.floats("", typ); len(zeros) > 0 {
		p := f.fresh("p")
		f.raw("if %s%s != %s%s {", x, zeros[0], x, zeros[0])
		f.raw("%s := new(%s)\n*%s = %s\nrt.ShowZero(%s)\n%s = *%s\n}", p, typ, p, x, p, x, p)
	}
}

// floats lists the selectors of the floating-point numbers in a value of an
// erased type; of those in an array, that of the first alone.
func (l *lowerer) floats(path, typ string) (selectors []string) {
	switch typ {
	case "float64", "float32", "complex128", "complex64":
		return []string{path}
	}
	if length, elem, ok := strings.Cut(typ, "]"); ok && typ[0] == '[' && length != "[" && length != "[0" {
		if in := l.floats(path+"[0]", elem); len(in) > 0 {
			return in[:1]
		}
		return nil
	}
	for _, p := range l.fields[typ] {
		selectors = append(selectors, l.floats(path+"."+p.name, p.typ)...)
	}
	return selectors
}

// callee finds what fun is and computes its receiver.
func (f *fn) callee(fun ast.Expr) *callee { return f.lateCallee(fun)() }

// lateCallee emits the calls in fun; the result emits the rest.
func (f *fn) lateCallee(fun ast.Expr) func() *callee {
	l := f.l
	now := func(c *callee) func() *callee { return func() *callee { return c } }
	info := l.c.info
	switch x := fun.(type) {
	case *ast.Ident:
		if obj, ok := info.Uses[x].(*types.Func); ok {
			return now(f.named(x, obj))
		}
	case *ast.IndexExpr:
		if id, obj := f.genericFunc(x.X); obj != nil {
			return now(f.named(id, obj))
		}
	case *ast.IndexListExpr:
		if id, obj := f.genericFunc(x.X); obj != nil {
			return now(f.named(id, obj))
		}
	case *ast.SelectorExpr:
		s := info.Selections[x]
		if s == nil {
			if obj, ok := info.Uses[x.Sel].(*types.Func); ok {
				return now(f.named(x.Sel, obj))
			}
			break
		}
		if s.Kind() == types.MethodVal {
			late := f.method(x)
			if !f.direct(x) {
				return late
			}
			return func() *callee {
				c := late()
				f.line("rt.NilReceiver(%s)", c.first[0])
				return c
			}
		}
		if s.Kind() == types.MethodExpr {
			if c := f.methodExprCallee(x); c != nil {
				return now(c)
			}
			break
		}
	case *ast.FuncLit:
		return now(f.lifted(x))
	}
	v := f.late(fun)
	return func() *callee {
		v := f.open(f.settled(v))
		if !isIdent(v.text) {
			v = f.hoist(v)
		}
		sig := v.typ.Underlying().(*types.Signature)
		_, named := types.Unalias(v.typ).(*types.Named)
		return &callee{text: v.text, sig: sig, value: true, compiled: named && l.native(v.typ) && sig.Variadic()}
	}
}

func (f *fn) genericFunc(e ast.Expr) (*ast.Ident, *types.Func) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj, _ := f.l.c.info.Uses[e].(*types.Func)
		return e, obj
	case *ast.SelectorExpr:
		if f.l.c.info.Selections[e] == nil {
			obj, _ := f.l.c.info.Uses[e.Sel].(*types.Func)
			return e.Sel, obj
		}
	}
	return nil, nil
}

// named is the callee for a named function.
func (f *fn) named(id *ast.Ident, obj *types.Func) *callee {
	l := f.l
	var targs []types.Type
	if inst, ok := l.c.info.Instances[id]; ok {
		for t := range inst.TypeArgs.Types() {
			targs = append(targs, f.subst(t))
		}
	}
	return f.static(obj, targs, id.Pos())
}

// goexit is runtime.Goexit. A function of the program must call it.
const goexit = "rt.Goexit"

func (f *fn) static(obj *types.Func, targs []types.Type, pos token.Pos) *callee {
	l := f.l
	sig := obj.Signature()
	if l.reflects && obj.Pkg() != nil && obj.Pkg().Path() == "reflect" {
		return f.reflection(obj, targs)
	}
	if !l.own(obj.Pkg()) {
		if sig.TypeParams().Len() == 0 {
			l.checkCompiled(obj, pos)
			if obj.FullName() == "runtime.Goexit" {
				return &callee{text: goexit, sig: sig, compiled: true, obj: obj}
			}
			return &callee{text: l.qualified(obj), sig: sig, compiled: true, obj: obj}
		}
		p, ok := l.prelude.lookup(l, obj.Pkg().Path(), obj.Name()).(*types.Func)
		if !ok {
			write := "it without that function"
			if path := obj.Pkg().Path(); path == "slices" || path == "maps" {
				write = "a loop instead"
			}
			l.refuse(pos, "call "+obj.Pkg().Name()+"."+obj.Name(), write)
			return &callee{text: "rt.Missing", sig: l.instantiate(sig, targs), obj: obj}
		}
		obj, sig = p, p.Signature()
	}
	if len(targs) > 0 {
		sig = l.instantiate(sig, targs)
	}
	if d := l.decl[obj.Origin()]; d != nil && d.Body == nil {
		return &callee{text: "rt." + obj.Name(), sig: sig, obj: obj, compiled: true}
	}
	i := l.instance(obj, targs)
	return &callee{text: i.name, sig: sig, obj: obj, takes: i.panic}
}

func (l *lowerer) instantiate(sig *types.Signature, targs []types.Type) *types.Signature {
	m := map[*types.TypeParam]types.Type{}
	for i := range sig.TypeParams().Len() {
		if i < len(targs) {
			m[sig.TypeParams().At(i)] = targs[i]
		}
	}
	return types.NewSignatureType(nil, nil, nil, l.substTuple(sig.Params(), m), l.substTuple(sig.Results(), m), sig.Variadic())
}

// method is the callee for x.M.
func (f *fn) method(e *ast.SelectorExpr) func() *callee { return f.methodAt(e, e.Sel.Pos()) }

// methodAt is method; of a nil interface the panic is at pos.
func (f *fn) methodAt(e *ast.SelectorExpr, pos token.Pos) func() *callee {
	l := f.l
	s := l.c.info.Selections[e]
	t := f.typeOf(e.X)
	obj, index, _ := types.LookupFieldOrMethod(t, true, s.Obj().Pkg(), e.Sel.Name)
	m, ok := obj.(*types.Func)
	if !ok {
		l.refuse(e.Pos(), "call "+e.Sel.Name, "it otherwise")
		return func() *callee {
			return &callee{text: "rt.Missing", sig: types.NewSignatureType(nil, nil, nil, nil, nil, false)}
		}
	}
	path := index[:len(index)-1]
	var recv func() val
	_, wantPointer := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
	if len(path) > 0 && !isPointer(t) {
		recv = f.lateInPlace(e.X, false)
	} else {
		v := val{}
		if wantPointer && len(path) == 0 && !isPointer(t) && !types.IsInterface(t) {
			v = f.lateAddress(e.X)
		} else {
			v = f.late(e.X)
		}
		recv = func() val { return f.settled(v) }
	}
	return func() *callee {
		x := recv()
		if dot := e.X.End(); isPointer(x.typ) && !wantPointer && !l.sameLine(f.pos, dot) {
			x = f.atomic(x)
			f.at(dot) // where the pointer is followed
		}
		return f.methodOn(x, m, index, pos)
	}
}

// direct says whether the compiler calls a method with a value receiver of a
// pointer in an interface directly.
func (f *fn) direct(e *ast.SelectorExpr) bool {
	p, ok := f.l.a.known(e.X).(*types.Pointer)
	if !ok || f.l.compiledTarget(f.typeOf(e.X)) {
		return false
	}
	m := f.l.c.info.Selections[e].Obj()
	return types.NewMethodSet(p.Elem()).Lookup(m.Pkg(), m.Name()) != nil
}

// methodOn is the callee for a method of v.
func (f *fn) methodOn(v val, m *types.Func, index []int, pos token.Pos) *callee {
	l := f.l
	sig := m.Signature()
	recv := sig.Recv().Type()
	path := index[:len(index)-1]
	_, wantPointer := types.Unalias(recv).(*types.Pointer)
	path = l.ownPath(v.typ, path)
	if len(path) > 0 {
		if !v.atom && !plain(v.text) {
			v = f.hoist(v)
		}
		v = f.walk(v, path)
		if wantPointer && !isPointer(v.typ) && !types.IsInterface(v.typ) {
			pt := types.NewPointer(v.typ)
			v = tempVal(f.pointed(f.temp("&"+v.text), pt), pt)
		}
	}
	if types.IsInterface(v.typ) {
		v = f.hoist(v)
		f.at(pos)
		return f.dynamicCall(v, m, sig)
	}
	n := namedOf(recv)
	n0 := namedOf(v.typ)
	if n0 != nil {
		if mm := l.mapped(n0); mm != n0 || l.prelude.packages[n0.Obj().Pkg()] && !l.own(n.Obj().Pkg()) {
			// A compiled generic type: its method in the prelude. What a function of
			// the prelude returns is of its type already.
			o, _, _ := types.LookupFieldOrMethod(types.NewPointer(mm), true, mm.Obj().Pkg(), m.Name())
			if pm, ok := o.(*types.Func); ok {
				m, sig, n, n0 = pm, pm.Signature(), mm, mm
			} else {
				l.refuse(pos, "call the method "+m.Name(), "it otherwise")
			}
		}
	}
	if !l.own(n.Obj().Pkg()) {
		l.checkCompiled(m, pos)
		if !isIdent(v.text) {
			v = f.hoist(v)
		}
		return &callee{text: v.text + "." + m.Name(), sig: sig, compiled: true, obj: m, recv: v.typ}
	}
	if !wantPointer && isPointer(v.typ) {
		v = f.hoist(val{text: "*" + f.pointer(v).text, typ: v.typ.Underlying().(*types.Pointer).Elem()})
	}
	var targs []types.Type
	if n0 != nil {
		for a := range n0.TypeArgs().Types() {
			targs = append(targs, a)
		}
	}
	i := l.instance(m, targs)
	m0 := map[*types.TypeParam]types.Type{}
	for j := range m.Origin().Signature().RecvTypeParams().Len() {
		m0[m.Origin().Signature().RecvTypeParams().At(j)] = targs[j]
	}
	return &callee{text: i.name, sig: l.subst(m.Origin().Signature(), m0).(*types.Signature), first: []string{f.atomic(v).text}, firstTypes: []string{l.typ(v.typ)}, obj: m, takes: i.panic, recv: v.typ}
}

// ownPath is the front of a path of embedded fields that ends at the first compiled
// type. That type has the method as well, and may hide the fields that lead on from it:
// Yaegi calls no pointer method of a field that it must not see.
func (l *lowerer) ownPath(t types.Type, path []int) []int {
	for i, x := range path {
		if n := namedOf(t); n != nil && !l.own(n.Obj().Pkg()) {
			return path[:i]
		}
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		t = t.Underlying().(*types.Struct).Field(x).Type()
	}
	return path
}

// ownArgs converts the arguments of a call of a function of the program. A
// variadic parameter is a slice there.
func (f *fn) ownArgs(sig *types.Signature, e *ast.CallExpr, vals []val) []arg {
	params := sig.Params()
	fixed := params.Len()
	if sig.Variadic() {
		fixed--
	}
	var args []arg
	add := func(v val, t types.Type) {
		text := f.arg(v, t, e)
		args = append(args, arg{text: text, typ: f.l.typ(t)})
	}
	for i := range min(fixed, len(vals)) {
		add(vals[i], params.At(i).Type())
	}
	if sig.Variadic() {
		st := params.At(fixed).Type()
		switch {
		case e.Ellipsis.IsValid():
			add(vals[fixed], st)
		case len(vals) == fixed:
			args = append(args, arg{text: f.zero(st), typ: f.l.typ(st)})
		default:
			elem := st.Underlying().(*types.Slice).Elem()
			var parts []string
			for _, v := range vals[fixed:] {
				// In a composite literal Yaegi takes *p next to an operator for a type.
				parts = append(parts, f.atomic(val{text: f.arg(v, elem, e), typ: elem, atom: v.atom}).text)
			}
			args = append(args, arg{text: f.temp(f.l.typ(st) + "{" + strings.Join(parts, ", ") + "}"), typ: f.l.typ(st)})
		}
	}
	return args
}

func (f *fn) arg(v val, to types.Type, e *ast.CallExpr) string {
	t := f.convert(v.text, v.typ, to, e.Pos())
	if t == v.text && !v.atom {
		if b, ok := v.typ.Underlying().(*types.Basic); !ok || b.Info()&types.IsBoolean != 0 {
			return f.hoist(v).text
		}
	}
	return t
}

// argVals computes the arguments.
func (f *fn) argVals(e *ast.CallExpr) []val {
	vals := f.lateArgs(e, nil)
	for i, v := range vals {
		vals[i] = f.settled(v)
	}
	return vals
}

// lateArgs emits the calls in the arguments in order.
func (f *fn) lateArgs(e *ast.CallExpr, sig *types.Signature) []val {
	if len(e.Args) == 1 {
		if c, ok := ast.Unparen(e.Args[0]).(*ast.CallExpr); ok {
			if t, ok := f.l.c.info.TypeOf(c).(*types.Tuple); ok && t.Len() > 1 {
				return f.call(c)
			}
		}
	}
	vals := make([]val, len(e.Args))
	for i, a := range e.Args {
		vals[i] = f.lateTo(a, paramType(sig, i, e.Ellipsis.IsValid()))
	}
	return vals
}

// paramType is the type of the parameter for argument i.
func paramType(sig *types.Signature, i int, spread bool) types.Type {
	if sig == nil {
		return nil // a builtin
	}
	n := sig.Params().Len()
	switch {
	case sig.Variadic() && i >= n-1 && !spread:
		if s, ok := sig.Params().At(n - 1).Type().Underlying().(*types.Slice); ok {
			return s.Elem()
		}
		return nil
	case i < n:
		return sig.Params().At(i).Type()
	}
	return nil
}

// laterEffects says whether an expression calls or receives.
func (f *fn) laterEffects(es []ast.Expr) bool {
	found := false
	for _, e := range es {
		ast.Inspect(e, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				tv := f.l.c.info.Types[n.Fun]
				if !tv.IsType() && !tv.IsBuiltin() {
					found = true
				}
			case *ast.UnaryExpr:
				if n.Op == token.ARROW {
					found = true
				}
			}
			return !found
		})
	}
	return found
}

// compiledArgs converts the arguments of a call of compiled code.
func (f *fn) compiledArgs(c *callee, e *ast.CallExpr, vals []val) []arg {
	l := f.l
	params := c.sig.Params()
	n := params.Len()
	var args []arg
	h := l.handling(c)
	for i, v := range vals {
		var t types.Type
		spread := false
		switch {
		case c.sig.Variadic() && i >= n-1:
			st := params.At(n - 1).Type()
			if e.Ellipsis.IsValid() {
				t, spread = st, true
			} else if s, ok := st.Underlying().(*types.Slice); ok {
				t = s.Elem()
			} else {
				t = types.Typ[types.Uint8]
			}
		default:
			t = params.At(i).Type()
		}
		if _, ok := v.typ.Underlying().(*types.Signature); ok && !v.isNil() && f.showsAddress(e, i, h, c) {
			x := e.Args[min(i, len(e.Args)-1)]
			if l.declares(x) {
				l.refuse(x.Pos(), "show the address of a function", "its name as a string")
			}
			if _, unnamed := types.Unalias(v.typ).(*types.Signature); unnamed || l.native(v.typ) {
				v = f.atomic(v)
				f.line("rt.HasNoAddress(%s)", v.text)
			}
		}
		a := f.compiledArg(v, t, h, e, c)
		if spread {
			if h.prints(c) {
				a.text = f.temp("rt.HeldArgs(" + a.text + ")")
			}
			switch {
			case h.print:
				a.text = f.temp("rt.PrintArgs(" + a.text + ")")
			case h.raw && c.obj.Pkg().Path() == "fmt": // fmt.Scan and its like
				a.whole = a.text
				a.text = f.temp("rt.RawArgs(" + a.text + ")")
			}
			a.spread = true
		}
		args = append(args, a)
	}
	if h.format >= 0 && len(args) > h.format && f.needsFormat(e, h.format) {
		return f.formatArgs(args, h.format, c.obj.FullName() == "fmt.Errorf")
	}
	return args
}

// declares says whether x is a function of the program, and no variable that may be nil.
func (l *lowerer) declares(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		_, ok := l.c.info.Uses[x].(*types.Func)
		return ok
	case *ast.SelectorExpr:
		_, ok := l.c.info.Uses[x.Sel].(*types.Func)
		return ok
	}
	return false
}

// showsAddress says whether the call of c shows the address of its argument at, which is
// a function: the interpreter gives all functions one.
func (f *fn) showsAddress(e *ast.CallExpr, at int, h handling, c *callee) bool {
	if c.obj != nil && c.obj.FullName() == "reflect.ValueOf" {
		for _, obj := range f.l.c.info.Uses {
			if m, ok := obj.(*types.Func); ok && (m.FullName() == "(reflect.Value).Pointer" || m.FullName() == "(reflect.Value).UnsafePointer") {
				return true
			}
		}
		return false
	}
	if !h.prints(c) || h.format < 0 || len(e.Args) <= h.format {
		return h.prints(c)
	}
	format := f.l.c.info.Types[e.Args[h.format]].Value
	return format == nil || verbOf(constant.StringVal(format), at-h.format-1) != 'T'
}

// verbOf returns the verb of a format that prints its argument at, or 0 if there is none
// or one must count to know.
func verbOf(format string, at int) byte {
	format = strings.ReplaceAll(format, "%%", "")
	for ; at >= 0; at-- {
		_, rest, _ := strings.Cut(format, "%")
		format = strings.TrimLeft(rest, "+-# 0123456789.")
		if format == "" || format[0] == '*' || format[0] == '[' {
			return 0
		}
	}
	return format[0]
}

// formatArgs lets rt rewrite a format and its arguments: %T of a value whose
// type only rt knows. wraps says that it is the format of an error.
func (f *fn) formatArgs(args []arg, at int, wraps bool) []arg {
	rest := args[at+1:]
	var list string
	if len(rest) == 1 && rest[0].spread {
		list = rest[0].text
	} else {
		parts := make([]string, len(rest))
		for i, a := range rest {
			parts[i] = f.temp("rt.Of(" + a.text + ")")
		}
		list = f.temp("[]rt.Any{" + strings.Join(parts, ", ") + "}")
	}
	fm, ar := f.fresh("t"), f.fresh("t")
	f.line("%s, %s := rt.Format(%t, %s, %s)", fm, ar, wraps, args[at].text, list)
	return append(append([]arg{}, args[:at]...), arg{text: fm, typ: "string"}, arg{text: ar, typ: "[]rt.Any", spread: true})
}

func (f *fn) needsFormat(e *ast.CallExpr, at int) bool {
	if at >= len(e.Args) {
		return false
	}
	v := f.l.c.info.Types[e.Args[at]].Value
	if v == nil {
		return true
	}
	// Of what is left over, the type is printed.
	s := constant.StringVal(v)
	verbs := strings.Count(strings.ReplaceAll(s, "%%", ""), "%")
	return strings.ContainsAny(s, "Tpw*") || e.Ellipsis.IsValid() || verbs < len(e.Args)-at-1
}

// compiledArg converts one argument for compiled code.
func (f *fn) compiledArg(v val, t types.Type, h handling, e *ast.CallExpr, c *callee) arg {
	l := f.l
	if i, ok := t.Underlying().(*types.Interface); ok && i.NumMethods() == 0 && !v.isNil() {
		return f.anyArg(v, h, e, c)
	}
	text := f.convert(v.text, v.typ, t, e.Pos())
	if text == v.text && !v.atom {
		text = f.hoist(val{text: text, typ: t}).text
	}
	return arg{text: text, typ: l.typ(t)}
}

func (f *fn) anyArg(v val, h handling, e *ast.CallExpr, c *callee) arg {
	l := f.l
	switch {
	case h.raw:
		l.checkRaw(v.typ, e, c)
		if types.IsInterface(v.typ) {
			v = f.atomic(v)
			return arg{text: f.temp("rt.Raw(" + v.text + ")"), typ: "rt.Any", whole: v.text}
		}
		return arg{text: f.hoist(v).text, typ: l.typ(v.typ)}
	case l.native(v.typ) && !types.IsInterface(v.typ):
		v = f.atomic(v)
		if h.prints(c) && holdsInterface(v.typ, map[types.Type]bool{}) {
			return arg{text: f.temp("rt.Held(" + v.text + ")"), typ: "rt.Any"}
		}
		if !l.nameable(v.typ) {
			return arg{text: f.temp("rt.Of(" + v.text + ")"), typ: "rt.Any"}
		}
		return arg{text: v.text, typ: l.typ(v.typ)}
	}
	if !h.wrapped {
		l.refuse(e.Pos(), "pass a value of type "+reflectString(v.typ)+" to "+c.name(), "a value of a basic type")
	}
	text := f.toInterface(v.text, v.typ, anyType, e.Pos())
	if h.prints(c) && l.c.listsInterfaces() && holdsInterface(v.typ, map[types.Type]bool{}) {
		text = f.temp("rt.Held(" + text + ")")
	}
	if h.print {
		if b, ok := v.typ.Underlying().(*types.Basic); types.IsInterface(v.typ) || ok && b.Info()&types.IsString != 0 {
			text = f.temp("rt.PrintArg(" + text + ")")
		}
	}
	return arg{text: text, typ: "rt.Any"}
}

func (c *callee) name() string {
	if c.obj == nil {
		return "a compiled function"
	}
	return c.obj.Pkg().Name() + "." + c.obj.Name()
}

// conversion emits T(x).
func (f *fn) conversion(e *ast.CallExpr) val {
	to := f.typeOf(e)
	x := f.late(e.Args[0])
	v := val{typ: to, build: func() string { return f.converted(e, f.settled(x), to) }}
	if b, ok := x.typ.Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
		if s, ok := to.Underlying().(*types.Slice); ok {
			v = f.hoist(v)
			if c := f.l.c.info.Types[e.Args[0]].Value; c != nil {
				// The compiler makes an array of a constant: no capacity is left.
				n := lengthIn(constant.StringVal(c), s.Elem())
				v.text = f.temp(fmt.Sprintf("%s[:%d:%d]", v.text, n, n))
			}
			return v
		}
	}
	if x.fixed {
		text := f.built(v).text
		return val{text: text, typ: to, atom: true, fixed: true}
	}
	return v
}

// lengthIn is how many elements a string becomes: bytes, or runes.
func lengthIn(s string, elem types.Type) int {
	if b, ok := elem.Underlying().(*types.Basic); ok && b.Kind() == types.Int32 {
		return utf8.RuneCountInString(s)
	}
	return len(s)
}

func (f *fn) converted(e *ast.CallExpr, v val, to types.Type) string {
	l := f.l
	f.at(e.Pos())
	if _, ok := v.typ.Underlying().(*types.Slice); ok && !l.sameLine(e.Pos(), e.Args[0].End()) {
		f.at(f.signOrStart(e.Args[0])) // a slice that is too short for an array
	}
	if c := f.l.c.info.Types[e.Args[0]].Value; c != nil {
		// In a generic function a constant becomes one of the type argument.
		if b, ok := to.Underlying().(*types.Basic); ok && b.Info()&types.IsNumeric != 0 && c.Kind() != constant.String {
			return f.constant(c, to, e.Pos())
		}
	}
	if v.isNil() || types.IsInterface(to) {
		return f.convert(v.text, v.typ, to, e.Pos())
	}
	if l.opaque(v.typ) && l.opaque(to) {
		return v.text
	}
	v = f.open(v)
	target := l.typ(to)
	if l.opaque(to) {
		target = l.typ(to.Underlying())
	}
	from := l.typ(v.typ)
	b, isBasic := v.typ.Underlying().(*types.Basic)
	switch {
	case from == target:
	case isBasic && b.Kind() == types.UnsafePointer, target == "unsafe.Pointer":
		l.use("unsafe", "unsafe")
		v = tempVal(f.temp("("+target+")("+f.atomic(v).text+")"), to)
	case isBasic && wideInteger(b) && kindOf(to) == types.Float32:
		// Yaegi goes by way of float64, and so rounds twice.
		fn, wide := "Float32OfInt", "int64"
		if b.Info()&types.IsUnsigned != 0 {
			fn, wide = "Float32OfUint", "uint64"
		}
		n := f.temp(wide + "(" + f.atomic(v).text + ")")
		v = tempVal(f.temp(target+"("+f.temp("rt."+fn+"("+n+")")+")"), to)
	case isBasic && b.Info()&types.IsFloat != 0 && narrowInteger(kindOf(to)):
		// Yaegi goes by way of int64, the compiler by way of int32, and Yaegi by way
		// of uint64 where the compiler takes int64: a number that is too large
		// becomes another one.
		fn := "Int32OfFloat"
		if kindOf(to) == types.Uint32 {
			fn = "Uint32OfFloat"
		}
		n := f.temp("float64(" + f.atomic(v).text + ")")
		v = tempVal(f.temp(target+"("+f.temp("rt."+fn+"("+n+")")+")"), to)
	case isBasic && b.Info()&types.IsString != 0 || isBasic && b.Info()&types.IsNumeric != 0:
		v = tempVal(f.temp(target+"("+f.atomic(v).text+")"), to)
	default:
		v = tempVal(f.temp("("+target+")("+f.atomic(v).text+")"), to)
	}
	if l.opaque(to) {
		return f.temp("rt.Of(" + v.text + ")")
	}
	return v.text
}

// wideInteger says whether b has integers that float64 does not have.
func wideInteger(b *types.Basic) bool {
	switch b.Kind() {
	case types.Int, types.Int64, types.Uint, types.Uint64, types.Uintptr:
		return true
	}
	return false
}

// narrowInteger says whether integers of kind k have up to 32 bits.
func narrowInteger(k types.BasicKind) bool {
	switch k {
	case types.Int8, types.Int16, types.Int32, types.Uint8, types.Uint16, types.Uint32:
		return true
	}
	return false
}

// kindOf is the kind of a basic type, and types.Invalid of another one.
func kindOf(t types.Type) types.BasicKind {
	if b, ok := t.Underlying().(*types.Basic); ok {
		return b.Kind()
	}
	return types.Invalid
}

// builtin emits a call of a predeclared function.
func (f *fn) builtin(e *ast.CallExpr) []val {
	l := f.l
	name := ""
	switch x := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		name = x.Name
		if obj := l.c.info.Uses[x]; obj != nil {
			name = obj.Name()
		}
	case *ast.SelectorExpr:
		name = "unsafe." + x.Sel.Name
	}
	t := f.typeOf(e)
	one := func(text string) []val {
		f.at(e.Pos())
		return []val{tempVal(f.temp(text), t)}
	}
	var args []val
	switch name {
	case "len", "cap", "copy", "clear", "close", "complex", "real", "imag",
		"unsafe.Add", "unsafe.String", "unsafe.StringData", "unsafe.Slice", "unsafe.SliceData":
		args = f.argVals(e)
	}
	arg := func(i int) val { return f.atomic(f.open(args[i])) }
	switch name {
	case "len", "cap":
		x := arg(0)
		if p, ok := x.typ.Underlying().(*types.Pointer); ok {
			return []val{{text: strconv.FormatInt(p.Elem().Underlying().(*types.Array).Len(), 10), typ: t, atom: true, fixed: true}}
		}
		if a, ok := x.typ.Underlying().(*types.Array); ok {
			return []val{{text: strconv.FormatInt(a.Len(), 10), typ: t, atom: true, fixed: true}}
		}
		v := val{text: name + "(" + x.text + ")", typ: t}
		if f.l.a.turn[e] {
			v = f.hoist(v)
		}
		return []val{v}
	case "append":
		return []val{f.appendCall(e, t)}
	case "copy":
		a, b := arg(0), arg(1)
		if bb, ok := b.typ.Underlying().(*types.Basic); ok && bb.Info()&types.IsString != 0 {
			b = tempVal(f.temp("[]uint8("+b.text+")"), nil)
		}
		return one("copy(" + a.text + ", " + b.text + ")")
	case "clear":
		x := arg(0)
		switch u := x.typ.Underlying().(type) {
		case *types.Map:
			f.line("rt.ClearMap(%s)", x.text)
		case *types.Slice:
			_ = u
			f.line("rt.ClearSlice(%s)", x.text)
		}
		return nil
	case "close":
		x := arg(0)
		f.at(e.Pos())
		f.line("close(%s)", x.text)
		return nil
	case "delete":
		if f.spreads(e) {
			args = f.argVals(e)
			m := arg(0)
			k := f.convert(args[1].text, args[1].typ, m.typ.Underlying().(*types.Map).Key(), e.Pos())
			f.at(e.Pos())
			f.findable(k, m.text, m.typ.Underlying().(*types.Map))
			f.line("delete(%s, %s)", m.text, k)
			return nil
		}
		late := f.late(e.Args[0])
		key := f.lateKey(e.Args[1], late.typ.Underlying().(*types.Map))
		m := f.atomic(f.open(f.settled(late)))
		k := key()
		f.at(e.Pos())
		f.findable(k, m.text, m.typ.Underlying().(*types.Map))
		f.line("delete(%s, %s)", m.text, k)
		return nil
	case "make":
		return []val{f.makeCall(e, t)}
	case "new":
		if tv := l.c.info.Types[e.Args[0]]; !tv.IsType() { // new(expr) of Go 1.26
			el := t.Underlying().(*types.Pointer).Elem()
			x := f.value(e.Args[0], el)
			p := f.temp("new(" + l.typ(el) + ")")
			f.line("*%s = %s", p, x)
			return []val{tempVal(f.pointed(p, t), t)}
		}
		f.at(e.Pos())
		return []val{tempVal(f.pointed(f.temp("new("+l.typ(t.Underlying().(*types.Pointer).Elem())+")"), t), t)}
	case "min", "max":
		vals := make([]val, len(e.Args))
		for i, a := range e.Args {
			vals[i] = f.late(a)
		}
		operands := make([]string, len(vals))
		for i, v := range vals {
			v = f.settled(v)
			operands[i] = f.convert(v.text, v.typ, t, e.Args[i].Pos())
			if operands[i] == v.text {
				operands[i] = f.atomic(v).text
			}
		}
		n := f.fresh("m")
		f.line("%s := %s", n, operands[0])
		op := "<"
		if name == "max" {
			op = ">"
		}
		for _, y := range operands[1:] {
			if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsFloat != 0 {
				// Yaegi has neither, and a comparison misses NaN and the zeros.
				fn := "MinFloat"
				if name == "max" {
					fn = "MaxFloat"
				}
				f.line("%s = %s(rt.%s(float64(%s), float64(%s)))", n, l.typ(t), fn, n, y)
				continue
			}
			f.line("if %s %s %s {\n%s = %s\n}", y, op, n, n, y)
		}
		return []val{tempVal(n, t)}
	case "panic":
		x := f.operand(e.Args[0], anyType)
		if f.panicsConstant(e.Args[0]) {
			x = f.temp("rt.Constant(" + x + ")")
		}
		f.at(e.Pos())
		f.line("panic(rt.PanicValue(%s))", x)
		return nil
	case "recover":
		if f.panic == "" {
			l.refuse(e.Pos(), "recover here", "recover in a function literal that is deferred directly")
			return []val{tempVal("nilAny", t)}
		}
		return one("rt.Recover(" + f.panic + ")")
	case "print", "println":
		var parts []string
		for _, x := range f.argVals(e) {
			parts = append(parts, f.convert(x.text, x.typ, anyType, e.Pos()))
		}
		up := "Print"
		if name == "println" {
			up = "Println"
		}
		f.line("rt.%s(%s)", up, strings.Join(parts, ", "))
		return nil
	case "complex":
		a, b := arg(0), arg(1)
		if name := l.typ(t); name != "complex128" {
			return one(name + "(" + f.temp("complex(float64("+a.text+"), float64("+b.text+"))") + ")")
		}
		return one("complex(" + a.text + ", " + b.text + ")")
	case "real", "imag":
		return one(name + "(" + arg(0).text + ")")
	case "unsafe.Sizeof":
		return one(fmt.Sprintf("rt.Size(%d)", types.SizesFor("gc", goarch).Sizeof(f.typeOf(e.Args[0]))))
	case "unsafe.Alignof":
		return one(fmt.Sprintf("rt.Size(%d)", types.SizesFor("gc", goarch).Alignof(f.typeOf(e.Args[0]))))
	case "unsafe.Add":
		l.use("unsafe", "unsafe")
		a, b := arg(0), arg(1)
		return one(fmt.Sprintf("unsafe.Pointer(rt.UnsafeAdd(%s, int(%s)))", a.text, b.text))
	case "unsafe.String":
		a, b := arg(0), arg(1)
		return one(fmt.Sprintf("rt.UnsafeString(%s, int(%s))", a.text, b.text))
	case "unsafe.StringData":
		return one(fmt.Sprintf("rt.UnsafeStringData(%s)", arg(0).text))
	case "unsafe.Slice":
		a, b := arg(0), arg(1)
		p := f.temp("new(" + l.typ(t) + ")")
		f.line("rt.UnsafeSlice(%s, int(%s), %s)", a.text, b.text, p)
		return one("*" + p)
	case "unsafe.SliceData":
		a := arg(0)
		p := f.temp("new(" + l.typ(t) + ")")
		f.line("rt.UnsafeSliceData(%s, %s)", a.text, p)
		return one("*" + p)
	}
	l.refuse(e.Pos(), "call "+name, "it otherwise")
	return []val{tempVal("nilAny", t)}
}

func (f *fn) appendCall(e *ast.CallExpr, t types.Type) val {
	l := f.l
	elem := under(t).(*types.Slice).Elem()
	vals := make([]val, len(e.Args))
	if f.spreads(e) {
		vals = f.argVals(e)
	} else {
		for i, a := range e.Args {
			if i == 0 || e.Ellipsis.IsValid() {
				vals[i] = f.late(a)
			} else {
				vals[i] = f.lateTo(a, elem)
			}
		}
		for i, v := range vals {
			vals[i] = f.settled(v)
		}
	}
	st := t
	if l.opaque(t) {
		st = t.Underlying()
	}
	s := f.convert(vals[0].text, vals[0].typ, st, e.Pos())
	if !vals[0].atom && s == vals[0].text {
		s = f.temp(s)
	}
	done := func(text string) val {
		if l.opaque(t) {
			text = f.temp("rt.Of(" + text + ")")
		}
		return tempVal(text, t)
	}
	if e.Ellipsis.IsValid() {
		x := f.atomic(f.open(vals[1]))
		if x.isNil() {
			return done(f.temp(s))
		}
		if b, ok := x.typ.Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			x = tempVal(f.temp("[]uint8("+x.text+")"), nil)
		}
		f.at(e.Pos())
		return done(f.temp("append(" + s + ", " + x.text + "...)"))
	}
	parts := []string{s}
	for _, v := range vals[1:] {
		p := f.convert(v.text, v.typ, elem, e.Pos())
		if p == v.text && !v.atom {
			p = f.temp(p)
		}
		parts = append(parts, p)
	}
	f.at(e.Pos())
	if len(parts) == 1 {
		return done(f.temp(s))
	}
	if n := l.lent[e]; int64(len(parts)-1) <= n {
		// The stack has room for n elements, see capacity.
		f.line("if len(%s) == 0 && cap(%s) < %d {\n%s = make(%s, 0, %d)\n}", s, s, len(parts)-1, s, l.typ(t), n)
	}
	if len(parts) > 2 {
		list := f.temp(l.typ(types.NewSlice(elem)) + "{" + strings.Join(parts[1:], ", ") + "}")
		return done(f.temp("append(" + s + ", " + list + "...)"))
	}
	return done(f.temp("append(" + strings.Join(parts, ", ") + ")"))
}

// spreads says whether the arguments of a call are the results of another.
func (f *fn) spreads(e *ast.CallExpr) bool {
	if len(e.Args) != 1 {
		return false
	}
	t, ok := f.l.c.info.TypeOf(e.Args[0]).(*types.Tuple)
	return ok && t.Len() > 1
}

func (f *fn) makeCall(e *ast.CallExpr, t types.Type) val {
	l := f.l
	text := l.typ(t)
	if l.opaque(t) {
		text = l.typ(t.Underlying())
	}
	parts := []string{text}
	var late []val
	for _, a := range e.Args[1:] {
		late = append(late, f.late(a))
	}
	for _, x := range late {
		x = f.atomic(x)
		xt := x.text
		if b, ok := x.typ.Underlying().(*types.Basic); ok && b.Kind() != types.Int && b.Info()&types.IsUntyped == 0 {
			xt = f.temp("int(" + xt + ")")
		}
		parts = append(parts, xt)
	}
	f.atSign(e, e.Lparen)
	if _, ok := under(t).(*types.Map); ok && len(parts) > 1 {
		parts = parts[:1]
	}
	if c, ok := under(t).(*types.Chan); ok && c.Dir() != types.SendRecv {
		parts[0] = l.typ(types.NewChan(types.SendRecv, c.Elem()))
		n := f.temp("make(" + strings.Join(parts, ", ") + ")")
		return tempVal(f.temp("("+text+")("+n+")"), t)
	}
	n := f.temp("make(" + strings.Join(parts, ", ") + ")")
	if l.opaque(t) {
		n = f.temp("rt.Of(" + n + ")")
	}
	return tempVal(n, t)
}

// multi computes an expression with n results: a call, or a form with ok.
func (f *fn) multi(e ast.Expr, n int) []val {
	e = ast.Unparen(e)
	boolean := types.Typ[types.Bool]
	switch e := e.(type) {
	case *ast.CallExpr:
		return f.call(e)
	case *ast.IndexExpr:
		// Yaegi leaves the old value for a missing key (fault 11).
		late := f.late(e.X)
		m := late.typ.Underlying().(*types.Map)
		key := f.lateKey(e.Index, m)
		x := f.atomic(f.open(f.settled(late)))
		k := key()
		f.at(e.Pos())
		f.findable(k, x.text, m)
		ok := f.fresh("t")
		f.line("_, %s := %s[%s]", ok, x.text, k)
		v := f.temp(x.text + "[" + k + "]")
		return []val{tempVal(v, m.Elem()), tempVal(ok, boolean)}
	case *ast.UnaryExpr:
		ch := f.atomic(f.open(f.expr(e.X)))
		f.at(e.Pos())
		v, ok := f.fresh("t"), f.fresh("t")
		f.line("%s, %s := <-%s", v, ok, ch.text)
		return []val{tempVal(v, ch.typ.Underlying().(*types.Chan).Elem()), tempVal(ok, boolean)}
	case *ast.TypeAssertExpr:
		x := f.expr(e.X)
		t := f.typeOf(e.Type)
		v, ok := f.assertOK(x, t, e.Pos())
		return []val{v, tempVal(ok, boolean)}
	}
	f.l.refuse(e.Pos(), "assign these values", "one assignment a statement")
	vals := make([]val, n)
	for i := range vals {
		vals[i] = tempVal("nilAny", anyType)
	}
	return vals
}

// errorsCall emits errors.Is and errors.As, which must know the types of the
// program (fault 20).
func (f *fn) errorsCall(e *ast.CallExpr) []val {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	obj, ok := f.l.c.info.Uses[sel.Sel].(*types.Func)
	if !ok || obj.Pkg() == nil || obj.Pkg().Path() != "errors" || len(e.Args) != 2 {
		return nil
	}
	errorType := types.Universe.Lookup("error").Type()
	boolean := types.Typ[types.Bool]
	switch obj.Name() {
	case "Is":
		x, y := f.lateTo(e.Args[0], errorType), f.lateTo(e.Args[1], errorType)
		a, b := f.operandOf(x, errorType, e.Pos()), f.operandOf(y, errorType, e.Pos())
		f.at(e.Pos())
		return []val{tempVal(f.temp("rt.ErrorsIs("+a+", "+b+")"), boolean)}
	case "As":
		p, ok := under(f.typeOf(e.Args[1])).(*types.Pointer)
		if !ok {
			f.l.refuse(e.Pos(), "call errors.As with an interface as target", "a pointer to a variable of the wanted type")
			return []val{tempVal("false", boolean)}
		}
		if types.IsInterface(p.Elem()) && f.l.compiledTarget(p.Elem()) {
			f.l.target(p.Elem())
		}
		x, y := f.lateTo(e.Args[0], errorType), f.late(e.Args[1])
		a, b := f.operandOf(x, errorType, e.Pos()), f.operandOf(y, y.typ, e.Pos())
		wanted := "nilType"
		if types.IsInterface(p.Elem()) || types.AssignableTo(p.Elem(), errorType) {
			f.l.desc(types.NewPointer(p.Elem()))
			wanted = f.l.desc(p.Elem())
		}
		f.at(e.Pos())
		return []val{tempVal(f.temp("rt.ErrorsAs("+a+", "+b+", "+wanted+")"), boolean)}
	}
	return nil
}
