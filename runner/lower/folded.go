package lower

import (
	"go/ast"
	"go/types"
)

// Two panics with one value are shown as one if the interfaces point to the same
// place. The compiler has one place for each constant. A variable that is declared with one and does not change
// is a constant to it, too.

// panicsConstant says whether the compiler makes the interface of a panic with e
// from a constant.
func (f *fn) panicsConstant(e ast.Expr) bool {
	if f.isConstant(e) || types.Comparable(f.typeOf(e)) && f.staticLiteral(e) {
		return true
	}
	_, ok := f.typeOf(e).Underlying().(*types.Basic)
	return ok && f.folded(e)
}

// staticLiteral says whether e is a literal of a struct or an array that has
// constants alone (isStaticCompositeLiteral of cmd/compile).
func (f *fn) staticLiteral(e ast.Expr) bool {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return f.isConstant(e) || f.l.c.info.Types[e].IsNil()
	}
	for i, element := range lit.Elts {
		var t types.Type // of the element in the literal
		key, value := "", element
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				key = id.Name
			}
			value = kv.Value
		}
		switch u := f.typeOf(lit).Underlying().(type) {
		case *types.Array:
			t = u.Elem()
		case *types.Struct:
			if key == "" {
				t = u.Field(i).Type()
			}
			for v := range u.Fields() {
				if v.Name() == key {
					t = v.Type()
				}
			}
		default:
			return false
		}
		if !f.staticLiteral(value) || types.IsInterface(t) && !f.l.c.info.Types[value].IsNil() {
			return false
		}
	}
	return true
}

// folded says whether e is a constant to the compiler.
func (f *fn) folded(e ast.Expr) bool {
	e = ast.Unparen(e)
	if f.isConstant(e) {
		return true
	}
	switch e := e.(type) {
	case *ast.Ident:
		v, ok := f.l.c.info.ObjectOf(e).(*types.Var)
		if !ok || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() || f.l.a.changed[v] || f.l.a.address[v] {
			return false
		}
		first := f.l.a.initial[v]
		return first != nil && f.folded(first)
	case *ast.CallExpr:
		return f.l.c.info.Types[e.Fun].IsType() && f.folded(e.Args[0]) && integerOrSame(f.typeOf(e.Args[0]), f.typeOf(e))
	}
	return false
}

// integerOrSame says whether a conversion is one of integers or changes the name
// of the type alone.
func integerOrSame(from, to types.Type) bool {
	a, ok := from.Underlying().(*types.Basic)
	b, ok2 := to.Underlying().(*types.Basic)
	return ok && ok2 && (a.Info()&types.IsInteger != 0 && b.Info()&types.IsInteger != 0 || a.Kind() == b.Kind())
}
