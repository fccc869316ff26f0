package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// A method that calls recover takes the panic as its first argument. What lies
// between it and a deferred call (the function that finds the method of an interface,
// the one that calls a promoted method) has a second form that hands the panic over.
// A program in which no method of that name calls recover needs none.
//
// A function value cannot have one parameter more than its type says. One that calls
// recover has a second form, of which package rt knows; a deferred call asks for it.

// recovering says whether a method of the program with that name calls recover.
func (l *lowerer) recovering(name string) bool {
	for f, d := range l.decl {
		if d.Recv != nil && f.Name() == name && l.a.recovers[d] {
			return true
		}
	}
	return false
}

// mayRecover says whether the method m of a type may be one that calls recover: of an
// interface, any that has its name and signature.
func (l *lowerer) mayRecover(m *types.Func) bool {
	if d := l.decl[m.Origin()]; d != nil {
		return l.a.recovers[d]
	}
	if recv := m.Signature().Recv(); recv == nil || !types.IsInterface(recv.Type()) {
		return false
	}
	for f, d := range l.decl {
		if d.Recv != nil && f.Name() == m.Name() && l.a.recovers[d] && mayBe(f.Signature(), m.Signature()) {
			return true
		}
	}
	return false
}

// mayBe says whether a method with the signature a may have the signature b: that of
// a generic type has it for some type arguments, perhaps.
func mayBe(a, b *types.Signature) bool {
	return a.RecvTypeParams().Len() > 0 || types.Identical(withoutReceiver(a), withoutReceiver(b))
}

func withoutReceiver(s *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
}

// passing is c in the form that hands a panic over, if it is a method of an interface
// and some method of that name calls recover.
func (f *fn) passing(c *callee) *callee {
	if c.obj == nil || c.takes || c.value || !f.l.recovering(c.obj.Name()) {
		return c
	}
	recv := c.obj.Signature().Recv()
	if recv == nil || !types.IsInterface(recv.Type()) {
		return c
	}
	x := strings.Join(c.first, "")
	if c.compiled {
		v, _, _ := strings.Cut(c.text, ".")
		x = f.temp("rt.Of(" + v + ")")
	}
	d := f.l.dispatcher(c.obj, c.sig, true)
	return &callee{text: d.name, sig: d.sig, first: []string{x}, firstTypes: []string{"rt.Any"}, obj: c.obj, takes: true, direct: c.direct}
}

// methodExprCallee is the callee for T.M that is called, deferred or started where it
// stands, nil where it is like any other function value. Only a method that calls
// recover needs one.
func (f *fn) methodExprCallee(e *ast.SelectorExpr) *callee {
	l := f.l
	recv := f.subst(l.c.info.Selections[e].Recv())
	obj, _, _ := types.LookupFieldOrMethod(recv, false, l.c.info.Selections[e].Obj().Pkg(), e.Sel.Name)
	m, ok := obj.(*types.Func)
	if !ok || !l.mayRecover(m) {
		return nil
	}
	sig := f.typeOf(e).Underlying().(*types.Signature)
	return &callee{text: l.methodForm(recv, m.Name(), m.Pkg(), true), sig: sig, takes: true}
}

// recoveringType is the type of the second form of function values with the signature
// sig, see rt.Recovering.
func (l *lowerer) recoveringType(sig *types.Signature) string {
	params := []string{"*rt.Panic"}
	for p := range sig.Params().Variables() {
		params = append(params, l.typ(p.Type()))
	}
	return "func(" + strings.Join(params, ", ") + ")" + l.results(sig.Results())
}
