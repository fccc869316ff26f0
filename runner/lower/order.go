package lower

import (
	"go/ast"
	"go/types"
)

// Where the specification leaves the order of evaluation open, a program is to
// do what the compiler makes of it. The compiler (walk/order.go of cmd/compile)
// takes the calls and a few other operations out of a statement, from left to
// right, and computes the rest after all of them: in x + f() the variable x is
// read after the call. So an expression is emitted in two steps. The first,
// called late, emits what the compiler takes out; the second, val.build, emits
// the rest.
//
// Taken out are calls, receive operations, && and ||, slices, append, most
// other builtins, conversions of strings to slices, assertions of types that
// are no pointers, the elements of maps in literals, and copies of what has no
// address where the run-time system wants one, see copied.

// lateTo is late for a value that goes to a variable of type t.
func (f *fn) lateTo(e ast.Expr, t types.Type) val {
	v := f.late(e)
	if t == nil || !types.IsInterface(t) || types.IsInterface(v.typ) || v.fixed || v.isNil() {
		return v
	}
	if copied(v.typ) {
		return f.copyOf(e, v)
	}
	return v
}

// copyOf copies v now, unless it has an address. A local variable that the
// compiler keeps in registers has none; whether it can do that depends on what
// it inlines, so that a call behind that could change the variable is refused.
func (f *fn) copyOf(e ast.Expr, v val) val {
	if !f.addressable(e) {
		return f.hoist(v)
	}
	a := f.l.a
	if o := a.root(e); o != nil && a.altered[o] && !a.address[o] && registers(f.subst(o.Type())) {
		f.copies = append(f.copies, e.Pos())
	}
	return v
}

// called refuses the copies that the call at hand may come too early or too
// late for: those of expressions in front of the call, of which there are n.
func (f *fn) called(c *callee, n int) {
	if !c.compiled && n > 0 && !(c.obj != nil && f.l.a.quiet[c.obj.Origin()]) {
		for _, pos := range f.copies[:n] {
			f.l.refuse(pos, "read this variable in front of a call that may change it", "the call first, in a statement of its own")
		}
		n = 0
	}
	f.copies = f.copies[:n]
}

// devirtualized refuses a call of a method of a variable that its arguments
// may change, if the compiler may know the type in it: it copies it then.
func (f *fn) devirtualized(e *ast.CallExpr) {
	s, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok || f.l.c.info.Selections[s] == nil || !types.IsInterface(f.typeOf(s.X)) || !f.laterEffects(e.Args) {
		return
	}
	if o := f.l.a.root(s.X); o != nil && f.l.a.altered[o] && o.Pkg() != nil && o.Parent() != o.Pkg().Scope() {
		f.l.refuse(s.X.Pos(), "call a method of a variable that the arguments may change", "the arguments first, in a statement of their own")
	}
}

// registers says whether the compiler may keep a variable of type t in
// registers (ssa.CanSSA).
func registers(t types.Type) bool {
	const words, fields = 4, 4
	if sizes.Sizeof(t) > words*sizes.Sizeof(types.Typ[types.Uintptr]) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Array:
		return u.Len() == 0 || u.Len() == 1 && registers(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			if u.NumFields() > fields || !registers(v.Type()) {
				return false
			}
		}
	}
	return true
}

var sizes = types.SizesFor("gc", goarch)

// copied says whether the compiler makes an interface value of a value of t by
// the address of the value (dataWordFuncName of cmd/compile).
func copied(t types.Type) bool {
	if !pointers(t) {
		switch size := sizes.Sizeof(t); size {
		case 2, 4, 8:
			return sizes.Alignof(t) != size
		}
		return true
	}
	switch u := soleComponent(t).Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString == 0
	case *types.Slice:
		return false
	}
	return true
}

// soleComponent is the type of the only value in a value of t.
func soleComponent(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if u.NumFields() == 1 {
			return soleComponent(u.Field(0).Type())
		}
	case *types.Array:
		if u.Len() == 1 {
			return soleComponent(u.Elem())
		}
	}
	return t
}

// pointers says whether a value of t has a pointer in it.
func pointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
	case *types.Array:
		return u.Len() > 0 && pointers(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			if pointers(v.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// direct says whether an interface holds a value of t as the pointer it is.
func direct(t types.Type) bool {
	switch u := soleComponent(t).Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	}
	return false
}

// addressable says whether e has an address (ir.IsAddressable).
func (f *fn) addressable(e ast.Expr) bool {
	info := f.l.c.info
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		_, ok := info.ObjectOf(e).(*types.Var)
		return ok
	case *ast.StarExpr:
		return true
	case *ast.IndexExpr:
		switch f.typeOf(e.X).Underlying().(type) {
		case *types.Array:
			return f.addressable(e.X)
		case *types.Slice, *types.Pointer:
			return true
		}
	case *ast.SelectorExpr:
		s := info.Selections[e]
		if s == nil {
			_, ok := info.Uses[e.Sel].(*types.Var)
			return ok
		}
		if s.Kind() != types.FieldVal {
			return false
		}
		t := f.typeOf(e.X)
		for _, i := range s.Index() {
			if _, ok := t.Underlying().(*types.Pointer); ok {
				return true
			}
			u, ok := t.Underlying().(*types.Struct)
			if !ok || i >= u.NumFields() {
				return false
			}
			t = u.Field(i).Type()
		}
		return f.addressable(e.X)
	}
	return false
}

// slowKey says whether the run-time system gets the keys of a map by their
// addresses (mapfast of cmd/compile).
func slowKey(m *types.Map) bool {
	const maxElem = 128 // bytes, abi.MapMaxElemBytes
	if sizes.Sizeof(m.Elem()) > maxElem {
		return true
	}
	if b, ok := m.Key().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
		return false
	}
	size := sizes.Sizeof(m.Key())
	return size != 4 && size != 8 || !memory(m.Key())
}

// memory says whether two values of t are equal when their bytes are.
func memory(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsFloat|types.IsComplex|types.IsString) == 0
	case *types.Interface:
		return false
	case *types.Array:
		return memory(u.Elem())
	case *types.Struct:
		var size int64
		for v := range u.Fields() {
			if v.Name() == "_" || !memory(v.Type()) {
				return false
			}
			size += sizes.Sizeof(v.Type())
		}
		return size == sizes.Sizeof(t)
	}
	return true
}

// lateKey is the key of a map as a variable or constant.
func (f *fn) lateKey(e ast.Expr, m *types.Map) func() string {
	k := f.lateTo(e, m.Key())
	if slowKey(m) && (!f.addressable(e) || !types.Identical(m.Key(), k.typ)) {
		k = f.settled(k)
		text := f.convert(k.text, k.typ, m.Key(), e.Pos())
		k = f.hoist(val{text: text, typ: m.Key(), atom: k.atom && text == k.text, fixed: k.fixed && text == k.text})
	} else if slowKey(m) {
		f.copyOf(e, k)
	}
	return func() string {
		k := f.settled(k)
		if t := f.convert(k.text, k.typ, m.Key(), e.Pos()); t != k.text || k.atom {
			return t
		}
		return f.hoist(k).text
	}
}

// latePlace emits the calls in e; the result spells it as the left side of an
// assignment or the operand of &. A fixed place stays the same when variables
// are assigned to.
func (f *fn) latePlace(e ast.Expr, fixed bool) func() val {
	e = ast.Unparen(e)
	t := f.typeOf(e)
	hold := func(v val) val {
		if fixed {
			return f.hoist(v)
		}
		return v
	}
	switch e := e.(type) {
	case *ast.Ident:
		if v, ok := f.l.c.info.ObjectOf(e).(*types.Var); ok {
			return func() val { return val{text: f.variable(v), typ: f.subst(v.Type()), atom: true} }
		}
	case *ast.StarExpr:
		x := f.late(e.X)
		return func() val { return val{text: "(*" + hold(f.pointer(f.built(x))).text + ")", typ: t} }
	case *ast.IndexExpr:
		var base func() val
		switch f.typeOf(e.X).Underlying().(type) {
		case *types.Map:
			v := f.late(e)
			return func() val { return f.atomic(v) }
		case *types.Array:
			base = f.lateInPlace(e.X, fixed)
		default:
			x := f.late(e.X)
			base = func() val { return hold(f.open(f.settled(x))) }
		}
		i := f.late(e.Index)
		return func() val {
			x := f.open(base())
			if sign := f.follow(e.X).sign; sign.IsValid() && !f.isConstant(e.Index) && !f.l.sameLine(sign, e.Lbrack) {
				// A nil pointer in front of the index has a line of its own.
				pos := f.pos
				f.at(sign)
				x.text = "(*" + f.temp("&"+x.text) + ")"
				f.at(pos)
			}
			return val{text: f.element(x, hold(f.built(i))), typ: t}
		}
	case *ast.SelectorExpr:
		s := f.l.c.info.Selections[e]
		if s == nil {
			if v, ok := f.l.c.info.Uses[e.Sel].(*types.Var); ok && !f.l.own(v.Pkg()) {
				// Yaegi cannot assign to a variable of a compiled package.
				return func() val { return val{text: "(*" + f.temp("&"+f.l.qualified(v)) + ")", typ: t} }
			}
			return func() val { return f.selector(e) }
		}
		var base func() val
		if isPointer(f.typeOf(e.X)) {
			x := f.late(e.X)
			base = func() val { return hold(f.settled(x)) }
		} else {
			base = f.lateInPlace(e.X, fixed)
		}
		return func() val {
			x := base()
			if !x.atom && !plain(x.text) {
				x = f.hoist(x)
			}
			_, index, _ := types.LookupFieldOrMethod(x.typ, true, s.Obj().Pkg(), e.Sel.Name)
			return f.walk(x, index)
		}
	}
	v := f.late(e)
	return func() val { return f.atomic(v) }
}

// lateInPlace is late, but an array or struct keeps its place.
func (f *fn) lateInPlace(e ast.Expr, fixed bool) func() val {
	switch f.typeOf(e).Underlying().(type) {
	case *types.Array, *types.Struct:
		switch x := ast.Unparen(e).(type) {
		case *ast.IndexExpr:
			if _, ok := f.typeOf(x.X).Underlying().(*types.Map); !ok {
				return f.latePlace(x, fixed)
			}
		case *ast.SelectorExpr, *ast.StarExpr:
			return f.latePlace(x, fixed)
		}
	}
	v := f.late(e)
	return func() val { return f.settled(v) }
}
