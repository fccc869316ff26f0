package lower

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// target notes a compiled interface to which a value of the program goes, or
// that the program asks for: package rt must have a form of the values that
// satisfies it.
func (l *lowerer) target(t types.Type) {
	if l.targets.At(t) == nil {
		l.targets.Set(t, true)
		l.targetList = append(l.targetList, t)
	}
}

// assert emits x.(T).
func (f *fn) assert(e *ast.TypeAssertExpr) val {
	x := f.late(e.X)
	t := f.typeOf(e.Type)
	d := f.l.desc(t)
	if types.IsInterface(t) && f.l.compiledTarget(t) {
		f.l.target(t)
	}
	v := val{typ: t, build: func() string {
		x := f.settled(x)
		f.atSign(e, e.X.End())
		p := f.temp("new(" + f.l.typ(t) + ")")
		f.line("rt.Assert(%s, %s, %s, %q)", x.text, d, p, reflectString(x.typ))
		return f.temp("*" + p)
	}}
	if direct(t) {
		return v
	}
	return f.hoist(v)
}

func (f *fn) assertOK(x val, t types.Type, pos token.Pos) (val, string) {
	d := f.l.desc(t)
	if types.IsInterface(t) && f.l.compiledTarget(t) {
		f.l.target(t)
	}
	f.at(pos)
	p := f.temp("new(" + f.l.typ(t) + ")")
	ok := f.temp(fmt.Sprintf("rt.As(%s, %s, %s)", x.text, d, p))
	return tempVal(f.temp("*"+p), t), ok
}

// dispatcher is the function that calls a method of an interface of the
// program: it knows all types of the program that have it.
type dispatcher struct {
	name   string
	method *types.Func
	sig    *types.Signature
	passes bool // its first parameter is the panic that the method may recover from
	cases  []dispatchCase
	seen   int // how many of lowerer.dynamic it has looked at
}

type dispatchCase struct {
	typ types.Type
	fn  string
}

// dynamicCall is the callee for a method of an interface value.
func (f *fn) dynamicCall(v val, m *types.Func, sig *types.Signature) *callee {
	l := f.l
	if l.compiledTarget(v.typ) {
		l.target(v.typ)
		f.line("if %s == nil {\nrt.Bind(nilAny)\n}", v.text)
		if text := reflectedMethods[m.FullName()]; l.reflects && text != "" {
			return &callee{text: text, sig: sig, first: []string{v.text}, firstTypes: []string{l.typ(v.typ)}, compiled: true, obj: m, recv: v.typ}
		}
		return &callee{text: v.text + "." + m.Name(), sig: sig, compiled: true, obj: m, recv: v.typ}
	}
	d := l.dispatcher(m, sig, false)
	return &callee{text: d.name, sig: d.sig, first: []string{v.text}, firstTypes: []string{"rt.Any"}, obj: m}
}

// dispatcher is the one for the methods that are called m and have the signature sig.
func (l *lowerer) dispatcher(m *types.Func, sig *types.Signature, passes bool) *dispatcher {
	plain := withoutReceiver(sig)
	key := methodKey(m) + reflectSignature(plain)
	if passes {
		key += " passes"
	}
	d := l.dispatchers[key]
	if d == nil {
		d = &dispatcher{name: fmt.Sprintf("call_%s_%d", m.Name(), l.number()), method: m, sig: plain, passes: passes}
		l.dispatchers[key] = d
		l.dispatchOrder = append(l.dispatchOrder, d)
	}
	return d
}

// complete brings dispatchers and method tables up to date with the types
// found so far; it says whether anything new came up.
func (l *lowerer) complete() bool {
	work := len(l.queue) > 0
	for _, d := range l.dispatchOrder {
		for d.seen < len(l.dynamic) {
			t := l.dynamic[d.seen]
			d.seen++
			work = true
			obj, index, _ := types.LookupFieldOrMethod(t, false, d.method.Pkg(), d.method.Name())
			m, ok := obj.(*types.Func)
			if !ok || !l.sameSignature(t, m, index, d.sig) {
				continue
			}
			d.cases = append(d.cases, dispatchCase{t, l.methodForm(t, m.Name(), m.Pkg(), d.passes)})
		}
	}
	if work {
		return true
	}
	// A table is made for all targets: once more when there is a new one.
	known := len(l.dynamic) + len(l.targetList) + len(l.dispatchOrder) + l.wrapped.Len()
	if l.tabled == known {
		return false
	}
	l.tabled = known
	l.methods.Reset()
	for i := 0; i < len(l.dynamic); i++ {
		l.methodTable(l.dynamic[i])
	}
	return true
}

func (l *lowerer) sameSignature(t types.Type, m *types.Func, index []int, sig *types.Signature) bool {
	sel := types.NewMethodSet(t).Lookup(m.Pkg(), m.Name())
	if sel == nil {
		return false
	}
	s := sel.Type().(*types.Signature)
	return types.Identical(types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic()), sig)
}

// runtimeMethods are the methods that package rt calls by their names.
var runtimeMethods = map[string]string{
	"Error": "() string", "String": "() string", "GoString": "() string", "Format": "(fmt.State, int32)",
	"Unwrap": "", "Is": "(error) bool", "As": "(interface {}) bool", "Timeout": "() bool", "Temporary": "() bool",
	"MarshalJSON": "() ([]uint8, error)", "MarshalText": "() ([]uint8, error)", "UnmarshalJSON": "([]uint8) error",
	"UnmarshalText": "([]uint8) error", "IsZero": "() bool", "LogValue": "() slog.Value",
}

// methodTable tells rt the methods of a type: their signatures, and the
// functions of those that compiled code may call.
func (l *lowerer) methodTable(t types.Type) {
	set := types.NewMethodSet(t)
	d := l.desc(t)
	form, formMethods := l.form(t)
	var sigs strings.Builder
	templates := l.usesTemplates()
	for i := range set.Len() {
		m := set.At(i).Obj().(*types.Func)
		sig := set.At(i).Type().(*types.Signature)
		text := reflectSignature(sig)
		fmt.Fprintf(&sigs, "%s%s\n", methodKey(m), text)
		want, special := runtimeMethods[m.Name()]
		shown := templates && l.shown(m, sig)
		if shown {
			fmt.Fprintf(&l.methods, "\trt.TemplateMethod(%s, %q)\n", d, m.Name())
		}
		if !shown && !(special && (want == "" || want == text)) && !l.methodForTarget(t, m.Name()) && !slices.Contains(formMethods, m.Name()+text) {
			continue
		}
		fmt.Fprintf(&l.methods, "\trt.Method(%s, %q, %s)\n", d, m.Name(), l.methodFunc(t, m.Name(), m.Pkg()))
	}
	fmt.Fprintf(&l.methods, "\trt.MethodSet(%s, %q, %q)\n", d, sigs.String(), form)
}

// methodForTarget says whether a compiled interface that t goes to has a method of that name.
func (l *lowerer) methodForTarget(t types.Type, name string) bool {
	for _, target := range l.targetList {
		i := target.Underlying().(*types.Interface)
		if !types.Implements(t, i) {
			continue
		}
		for m := range i.Methods() {
			if m.Name() == name {
				return true
			}
		}
	}
	return false
}

// methodFunc is the name of a function whose first parameter is exactly t and
// that calls the method, promoted or not.
func (l *lowerer) methodFunc(t types.Type, name string, pkg *types.Package) string {
	return l.methodForm(t, name, pkg, false)
}

// methodForm is methodFunc, or the form of it that passes on a panic, its first
// argument.
func (l *lowerer) methodForm(t types.Type, name string, pkg *types.Package, passes bool) string {
	key := l.typeKey(t) + "." + name
	if passes {
		key += " passes"
	}
	if n := l.wrappers[key]; n != "" {
		return n
	}
	obj, index, _ := types.LookupFieldOrMethod(t, false, pkg, name)
	m := obj.(*types.Func)
	n := fmt.Sprintf("w_%s_%d", name, l.number())
	l.wrappers[key] = n
	f := l.fn(nil, nil)
	f.pos = token.NoPos
	pos := l.pos
	if p, ok := t.(*types.Pointer); ok && len(index) == 1 && !isPointer(m.Signature().Recv().Type()) {
		if n, ok := types.Unalias(p.Elem()).(*types.Named); ok && l.own(n.Obj().Pkg()) {
			f.raw("if x == nil {\nrt.NilValue(%q, %q)\n}", reflectString(n)+"."+name, "*"+n.Obj().Name())
		}
	}
	sel := types.NewMethodSet(t).Lookup(pkg, name)
	sig := sel.Type().(*types.Signature)
	c := f.methodOn(tempVal("x", t), m, index, token.NoPos)
	l.pos = pos
	if l.lines && logsCall(m) {
		l.refuse(pos, "log the line of a call", "the call of a *log.Logger")
	}
	params, panic := []string{"x " + l.typ(t)}, "nilPanic"
	if passes {
		c, panic = f.passing(c), "pn"
		params = append([]string{"pn *rt.Panic"}, params...)
	}
	args := append([]string{}, c.first...)
	if c.takes {
		args = append([]string{panic}, args...)
	}
	for i := range sig.Params().Len() {
		a := fmt.Sprintf("a%d", i)
		params = append(params, a+" "+l.typ(sig.Params().At(i).Type()))
		if c.compiled && sig.Variadic() && i == sig.Params().Len()-1 {
			a += "..."
		}
		args = append(args, a)
	}
	f.stored(c, c.text, strings.Join(args, ", "))
	f.byRuntime(c)
	vals := f.callResults(c.text+"("+strings.Join(args, ", ")+")", sig)
	if len(vals) > 0 {
		names := make([]string, len(vals))
		for i, v := range vals {
			names[i] = v.text
		}
		f.line("return %s", strings.Join(names, ", "))
	}
	l.funcs.WriteString(l.everywhere(fmt.Sprintf("func %s(%s)%s {\n%s}\n", n, strings.Join(params, ", "), l.results(sig.Results()), f.b.String())))
	return n
}

func (l *lowerer) emitDispatchers() {
	for _, d := range l.dispatchOrder {
		f := l.fn(nil, nil)
		params, front := []string{"x rt.Any"}, "v"
		if d.passes {
			params, front = append([]string{"pn *rt.Panic"}, params...), "pn, v"
		}
		var args []string
		for i := range d.sig.Params().Len() {
			a := fmt.Sprintf("a%d", i)
			params = append(params, a+" "+l.typ(d.sig.Params().At(i).Type()))
			args = append(args, a)
		}
		n := d.sig.Results().Len()
		f.raw("k := rt.TypeOf(x)")
		for _, c := range d.cases {
			f.raw("if k == %s {", l.desc(c.typ))
			f.raw("p := new(%s)\nrt.Load(x, p)\nv := *p", l.typ(c.typ))
			f.returnCall(c.fn+"("+strings.Join(append([]string{front}, args...), ", ")+")", n)
			f.raw("}")
		}
		// A compiled value in an interface of the program.
		var outs, rets []string
		for i := range n {
			f.raw("q%d := new(%s)", i, l.typ(d.sig.Results().At(i).Type()))
			outs = append(outs, fmt.Sprintf("rt.Of(q%d)", i))
			rets = append(rets, fmt.Sprintf("*q%d", i))
		}
		f.raw("outs := []rt.Any{%s}", strings.Join(tempList(f, outs), ", "))
		var ins []string
		for _, a := range args {
			ins = append(ins, "rt.Of("+a+")")
		}
		f.raw("ins := []rt.Any{%s}", strings.Join(tempList(f, ins), ", "))
		f.raw("rt.Invoke(x, %q, %t, ins, outs)", d.method.Name(), d.sig.Variadic())
		if n > 0 {
			f.raw("return %s", strings.Join(tempList(f, rets), ", "))
		}
		l.funcs.WriteString(l.everywhere(fmt.Sprintf("func %s(%s)%s {\n%s}\n", d.name, strings.Join(params, ", "), l.results(d.sig.Results()), f.b.String())))
	}
}

func tempList(f *fn, list []string) []string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = f.temp(t)
	}
	return names
}

func (f *fn) returnCall(call string, n int) {
	if n == 0 {
		f.raw("%s\nreturn", call)
		return
	}
	names := make([]string, n)
	for i := range names {
		names[i] = f.fresh("t")
	}
	f.raw("%s := %s\nreturn %s", strings.Join(names, ", "), call, strings.Join(names, ", "))
}

// functionValue is a named function as a value: a closure that calls it.
func (f *fn) functionValue(e ast.Expr) val {
	l := f.l
	t := f.typeOf(e)
	c := f.callee(ast.Unparen(e))
	l.valueLogs(c, e)
	l.checkValue(c, e)
	if c.compiled && c.obj != nil && !c.sig.Variadic() && c.text != goexit {
		if coder := rtValues[c.obj.FullName()]; coder != "" {
			c.text = coder
		}
		return tempVal(f.temp(c.text), t)
	}
	return tempVal(f.temp(f.forward(c, nil, c.sig)), t)
}

// forward is a function value with the signature sig that calls c; caps is what it
// must take along. One that calls recover has a second form, see rt.Recovering.
func (f *fn) forward(c *callee, caps []capture, sig *types.Signature) string {
	value := f.forwarder(c, caps, sig, "")
	if !c.takes {
		return value
	}
	value = f.temp(value)
	f.line("rt.Recovering(%s, %s)", value, f.temp(f.forwarder(c, caps, sig, f.fresh("pn"))))
	return value
}

// forwarder makes the closure for forward. Its first parameter is the panic that c may
// recover from, if that has a name.
func (f *fn) forwarder(c *callee, caps []capture, sig *types.Signature, panic string) string {
	l := f.l
	g := l.fn(f, nil)
	g.pos = token.NoPos
	args := append([]string{}, c.first...)
	if c.takes {
		args = append([]string{cmp.Or(panic, "nilPanic")}, args...)
	}
	var params []string
	typ := "func" + l.signature(sig)
	if panic != "" {
		params = append(params, panic+" *rt.Panic")
		typ = l.recoveringType(sig)
	}
	for i := range sig.Params().Len() {
		a := f.fresh("a")
		params = append(params, a+" "+l.typ(sig.Params().At(i).Type()))
		if c.compiled && sig.Variadic() && i == sig.Params().Len()-1 {
			a += "..."
		}
		args = append(args, a)
	}
	g.stored(c, c.text, strings.Join(args, ", "))
	vals := g.callResults(c.text+"("+strings.Join(args, ", ")+")", sig)
	if len(vals) > 0 {
		names := make([]string, len(vals))
		for i, v := range vals {
			names[i] = v.text
		}
		g.line("return %s", strings.Join(names, ", "))
	}
	g.conceal()
	head := "func(" + strings.Join(params, ", ") + ")" + l.results(sig.Results())
	return f.maker(caps, typ, head, g)
}

// conceal takes what f has emitted without a position out of the stacks that show the
// program: no function of it is there in a compiled one.
func (f *fn) conceal() {
	text := f.l.everywhere(f.b.String())
	f.b.Reset()
	f.b.WriteString(text)
}

// methodValue is x.M: the receiver is computed and copied with it (fault 5).
func (f *fn) methodValue(e *ast.SelectorExpr) val {
	dot := e.X.End()
	if f.l.sameLine(dot, e.Sel.Pos()) {
		dot = e.Sel.Pos()
	}
	late := f.methodAt(e, dot)
	t := f.typeOf(e)
	return val{typ: t, build: func() string {
		pos := f.pos
		text := f.bound(e, late(), t).text
		f.at(pos)
		return text
	}}
}

func (f *fn) bound(e *ast.SelectorExpr, c *callee, t types.Type) val {
	l := f.l
	sig := t.Underlying().(*types.Signature)
	var caps []capture
	l.valueLogs(c, e)
	l.checkValue(c, e)
	c = f.passing(c)
	if c.compiled && len(c.first) > 0 {
		l.refuse(e.Sel.Pos(), "take "+c.obj.FullName()+" as a value where the program reflects on its own types", "a function that calls it")
	}
	if c.compiled {
		name, _, _ := strings.Cut(c.text, ".")
		if coder := rtValues[c.obj.FullName()]; coder != "" {
			return tempVal(f.temp(coder+"("+name+")"), t)
		}
		caps = append(caps, capture{name, l.typ(c.recv)})
		fixed := f.temp(name)
		caps[0] = capture{fixed, l.typ(c.recv)}
		c.text = fixed + strings.TrimPrefix(c.text, name)
		if types.IsInterface(c.recv) {
			f.bindable(e, fixed)
		}
	} else {
		recv := f.temp(c.first[0])
		if strings.HasPrefix(c.text, "call_") {
			f.bindable(e, recv)
		}
		caps = append(caps, capture{recv, c.firstTypes[0]})
		c.first = []string{recv}
	}
	return tempVal(f.temp(f.forward(c, caps, sig)), t)
}

// bindable panics if the interface whose method e selects is nil. The panic has
// the line of the dot.
func (f *fn) bindable(e *ast.SelectorExpr, recv string) {
	pos := f.pos
	f.atSign(e, e.X.End())
	f.line("rt.Bind(%s)", recv)
	f.at(pos)
}

// methodExpr is T.M: a function whose first parameter is the receiver
// (fault 26).
func (f *fn) methodExpr(e *ast.SelectorExpr, s *types.Selection) val {
	l := f.l
	t := f.typeOf(e)
	recv := f.subst(s.Recv())
	sig := t.Underlying().(*types.Signature)
	obj, _, _ := types.LookupFieldOrMethod(recv, false, s.Obj().Pkg(), e.Sel.Name)
	m := obj.(*types.Func)
	if c := f.methodExprCallee(e); c != nil {
		return tempVal(f.temp(f.forward(c, nil, sig)), t)
	}
	if types.IsInterface(recv) {
		g := l.fn(f, nil)
		c := g.dynamicCall(tempVal("x", recv), m, m.Signature())
		name := f.fresh("w_")
		var params, args []string
		params = append(params, "x "+l.typ(recv))
		args = append(args, c.first...)
		for i := range m.Signature().Params().Len() {
			params = append(params, fmt.Sprintf("a%d %s", i, l.typ(m.Signature().Params().At(i).Type())))
			args = append(args, fmt.Sprintf("a%d", i))
		}
		vals := g.callResults(c.text+"("+strings.Join(args, ", ")+")", m.Signature())
		if len(vals) > 0 {
			names := make([]string, len(vals))
			for i, v := range vals {
				names[i] = v.text
			}
			g.line("return %s", strings.Join(names, ", "))
		}
		l.funcs.WriteString(l.everywhere(fmt.Sprintf("func %s(%s)%s {\n%s}\n", name, strings.Join(params, ", "), l.results(m.Signature().Results()), g.b.String())))
		return tempVal(f.temp(f.forward(&callee{text: name, sig: sig}, nil, sig)), t)
	}
	name := l.methodFunc(recv, e.Sel.Name, s.Obj().Pkg())
	return tempVal(f.temp(f.forward(&callee{text: name, sig: sig}, nil, sig)), t)
}
