package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A type that is declared in a generic function is another one in each instance of it.
// The type checker knows one only, so a generic type is made of it: it has type
// parameters like those of the function. Its instances bear the names that the
// compiler gives: main.pair[int].

// localTypes finds the types that are declared in generic functions and methods, with
// the type parameters of these.
func (l *lowerer) localTypes() map[*types.TypeName]*types.TypeParamList {
	local := map[*types.TypeName]*types.TypeParamList{}
	for f, d := range l.decl {
		params := f.Signature().TypeParams()
		if f.Signature().Recv() != nil {
			params = f.Signature().RecvTypeParams()
		}
		if params.Len() == 0 || d.Body == nil {
			continue
		}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSpec); ok {
				if t, ok := l.c.info.Defs[s.Name].(*types.TypeName); ok && !t.IsAlias() {
					local[t] = params
				}
			}
			return true
		})
	}
	return local
}

// localInstance is the instance for the type arguments m of a type that is declared in
// a generic function, nil for any other type.
func (l *lowerer) localInstance(t *types.Named, m map[*types.TypeParam]types.Type) types.Type {
	params := l.local[t.Obj()]
	if params == nil {
		return nil
	}
	args := make([]types.Type, params.Len())
	for i := range args {
		args[i] = l.subst(params.At(i), m)
	}
	r, err := types.Instantiate(l.context, l.localGeneric(t, params), args, false)
	if err != nil {
		return nil
	}
	return r
}

// localGeneric is the generic type that is made of t.
func (l *lowerer) localGeneric(t *types.Named, params *types.TypeParamList) *types.Named {
	if g := l.generic[t]; g != nil {
		return g
	}
	obj := t.Obj()
	g := types.NewNamed(types.NewTypeName(obj.Pos(), obj.Pkg(), obj.Name(), nil), nil, nil)
	l.generic[t] = g // t may contain itself
	own := make([]*types.TypeParam, params.Len())
	m := map[*types.TypeParam]types.Type{}
	for i := range own {
		p := params.At(i).Obj()
		own[i] = types.NewTypeParam(types.NewTypeName(token.NoPos, p.Pkg(), p.Name(), nil), anyType)
		m[params.At(i)] = own[i]
	}
	g.SetTypeParams(own)
	g.SetUnderlying(l.subst(t.Underlying(), m))
	return g
}
