package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"
)

// A variable of Yaegi lives in a slot of a frame that closures share, that
// goroutines share, and that a statement may replace (faults 6 to 10 of
// the study). So what more than one function sees lives behind a pointer,
// made anew whenever the declaration is executed.

// analysis is what lowering must know of the variables of one file before it
// emits anything.
type analysis struct {
	info     *types.Info
	boxed    map[types.Object]bool // lives behind a pointer
	recovers map[ast.Node]bool     // FuncDecl or FuncLit that calls recover itself
	// recoveringValues says that there may be function values that call recover.
	recoveringValues bool
	defers           map[ast.Node]bool     // FuncDecl or FuncLit with a defer of its own
	called           map[*ast.FuncLit]bool // called, started or deferred where they stand
	captured         map[types.Object]bool
	changed          map[types.Object]bool
	altered          map[types.Object]bool // changed by a function literal in its scope
	address          map[types.Object]bool
	// concrete has the types of what is assigned to local variables of interface
	// types, nil for one that is not known.
	concrete map[types.Object][]types.Type
	initial  map[types.Object]ast.Expr // the values that variables are declared with, one by one
	declared map[types.Object]bool     // local variables whose first value is among those of concrete
	turn     map[*ast.CallExpr]bool    // calls of len and cap in statements that call something else
	quiet    map[*types.Func]bool      // see quietness
	// foreign has the variables of compiled packages that the program may change.
	foreign map[*types.Var]bool
}

func analyze(info *types.Info, files ...*ast.File) *analysis {
	a := &analysis{
		info:     info,
		boxed:    map[types.Object]bool{},
		recovers: map[ast.Node]bool{},
		defers:   map[ast.Node]bool{},
		called:   map[*ast.FuncLit]bool{},
		captured: map[types.Object]bool{},
		changed:  map[types.Object]bool{},
		altered:  map[types.Object]bool{},
		address:  map[types.Object]bool{},
		concrete: map[types.Object][]types.Type{},
		initial:  map[types.Object]ast.Expr{},
		declared: map[types.Object]bool{},
		turn:     map[*ast.CallExpr]bool{},
		quiet:    quietness(info, files),
		foreign:  map[*types.Var]bool{},
	}
	for _, f := range files {
		a.file(f)
		a.turns(f)
	}
	for n := range a.recovers {
		lit, ok := n.(*ast.FuncLit)
		a.recoveringValues = a.recoveringValues || !ok || !a.called[lit]
	}
	for v := range a.captured {
		if a.changed[v] || floats(v.Type(), 0) {
			a.boxed[v] = true
		}
	}
	for v := range a.address {
		a.boxed[v] = true
	}
	return a
}

// quietness finds the functions and methods that execute no function literal:
// they call nothing but each other. Such a call changes no variable that only
// function literals change.
func quietness(info *types.Info, files []*ast.File) map[*types.Func]bool {
	quiet := map[*types.Func]bool{}
	calls := map[*types.Func][]*types.Func{}
	for _, f := range files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Body == nil {
				continue
			}
			this, ok := info.Defs[d.Name].(*types.Func)
			if !ok {
				continue
			}
			quiet[this] = true
			ast.Inspect(d.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if tv := info.Types[n.Fun]; !tv.IsType() && !tv.IsBuiltin() {
						calls[this] = append(calls[this], typeutil.StaticCallee(info, n)) // nil where only the execution tells
					}
				case *ast.RangeStmt:
					if _, ok := coreType(info.TypeOf(n.X)).(*types.Signature); ok {
						calls[this] = append(calls[this], nil)
					}
				}
				return true
			})
		}
	}
	for again := true; again; {
		again = false
		for this := range quiet {
			if slices.ContainsFunc(calls[this], func(f *types.Func) bool { return f == nil || !quiet[f.Origin()] }) {
				delete(quiet, this)
				again = true
			}
		}
	}
	return quiet
}

// signature is that of a FuncDecl or FuncLit.
func (a *analysis) signature(function ast.Node) *types.Signature {
	switch n := function.(type) {
	case *ast.FuncDecl:
		return a.info.Defs[n.Name].Type().(*types.Signature)
	case *ast.FuncLit:
		return a.info.TypeOf(n).Underlying().(*types.Signature)
	}
	panic(fmt.Sprintf("%T is no function", function))
}

// floats says whether a value of t may hold a floating-point number outside of
// any pointer: Yaegi would lose the sign of a zero on its way into a closure.
func floats(t types.Type, depth int) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok || depth > 20 {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Array:
		return floats(u.Elem(), depth+1)
	case *types.Struct:
		for v := range u.Fields() {
			if floats(v.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}

// region is a part of the source that becomes a function of its own.
type region struct{ from, to token.Pos }

func (a *analysis) file(f *ast.File) {
	var regions []region // of the nodes around
	change := func(e ast.Expr) {
		if v := a.change(e); v != nil && len(regions) > 0 {
			if r := regions[len(regions)-1]; v.Pos() < r.from || v.Pos() >= r.to {
				a.altered[v] = true
			}
		}
	}
	var functions []ast.Node
	var stack []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			switch top := top.(type) {
			case *ast.FuncLit:
				regions = regions[:len(regions)-1]
				functions = functions[:len(functions)-1]
			case *ast.FuncDecl:
				functions = functions[:len(functions)-1]
			case *ast.RangeStmt:
				if a.overFunc(top) {
					regions = regions[:len(regions)-1]
				}
			}
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncLit:
			regions = append(regions, region{n.Pos(), n.End()})
			functions = append(functions, n)
		case *ast.FuncDecl:
			functions = append(functions, n)
		case *ast.RangeStmt:
			if a.overFunc(n) {
				// The body becomes the function that the iterator calls.
				regions = append(regions, region{n.Body.Pos(), n.Body.End()})
				if n.Tok == token.ASSIGN {
					for _, e := range []ast.Expr{n.Key, n.Value} {
						if v := a.root(e); v != nil {
							a.captured[v] = true
						}
					}
				}
			}
			if n.Tok == token.ASSIGN {
				for _, e := range []ast.Expr{n.Key, n.Value} {
					change(e)
					if id, ok := ast.Unparen(e).(*ast.Ident); ok {
						a.assigned(id, nil, 0)
					}
				}
			}
		case *ast.Ident:
			if v, ok := a.info.Uses[n].(*types.Var); ok && !v.IsField() {
				for _, r := range regions {
					if r.from <= n.Pos() && n.Pos() < r.to && (v.Pos() < r.from || v.Pos() >= r.to) && v.Parent() != nil && v.Parent() != v.Pkg().Scope() {
						a.captured[v] = true
					}
				}
			}
		case *ast.ReturnStmt:
			if len(n.Results) > 0 {
				for v := range a.signature(functions[len(functions)-1]).Results().Variables() {
					a.changed[v] = true // if it has a name, a function literal sees what is returned
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				a.declared[a.info.Defs[id]] = true
				if len(n.Values) == len(n.Names) {
					a.initial[a.info.Defs[id]] = n.Values[i]
				}
				if len(n.Values) > 0 {
					a.assigned(id, n.Values, i)
				}
			}
		case *ast.AssignStmt:
			for i, e := range n.Lhs {
				if id, ok := ast.Unparen(e).(*ast.Ident); ok {
					if o := a.info.Defs[id]; o != nil {
						a.declared[o] = true
						if len(n.Lhs) == len(n.Rhs) {
							a.initial[o] = n.Rhs[i]
						}
					}
					a.assigned(id, n.Rhs, i)
				}
			}
			for _, e := range n.Lhs {
				change(e)
			}
		case *ast.IncDecStmt:
			change(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				a.changeForeign(n.X)
				if v := a.root(n.X); v != nil {
					a.address[v] = true
				}
			}
		case *ast.SliceExpr:
			if _, ok := under(a.info.TypeOf(n.X)).(*types.Array); ok {
				if v := a.root(n.X); v != nil {
					a.address[v] = true
				}
			}
		case *ast.SelectorExpr:
			a.methodAddress(n)
		case *ast.CallExpr:
			if lit, ok := ast.Unparen(n.Fun).(*ast.FuncLit); ok {
				a.called[lit] = true
			}
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && len(functions) > 0 {
				if b, ok := a.info.Uses[id].(*types.Builtin); ok && b.Name() == "recover" {
					a.recovers[functions[len(functions)-1]] = true
				}
			}
		case *ast.DeferStmt:
			if len(functions) > 0 {
				a.defers[functions[len(functions)-1]] = true
			}
		}
		return true
	})
}

// turns notes the calls of len and cap that have a call or receive operation
// next to them: the compiler executes them in their turn, as functions, whereas
// it reads variables late.
func (a *analysis) turns(f *ast.File) {
	var visit func(n ast.Node)
	visit = func(n ast.Node) {
		var measures []*ast.CallExpr
		effects := false
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.BlockStmt, *ast.FuncLit, *ast.CaseClause, *ast.CommClause:
				if m != n {
					visit(m)
					return false
				}
			case ast.Stmt, ast.Spec:
				if _, ok := n.(*ast.BlockStmt); m != n && (ok || isClause(n)) {
					visit(m)
					return false
				}
			case *ast.UnaryExpr:
				effects = effects || m.Op == token.ARROW
			case *ast.CallExpr:
				tv := a.info.Types[m.Fun]
				id, ok := ast.Unparen(m.Fun).(*ast.Ident)
				switch {
				case ok && tv.IsBuiltin() && (id.Name == "len" || id.Name == "cap"):
					measures = append(measures, m)
				case !tv.IsType() && !tv.IsBuiltin():
					effects = true
				}
			}
			return true
		})
		for _, m := range measures {
			a.turn[m] = effects
		}
	}
	visit(f)
}

func isClause(n ast.Node) bool {
	switch n.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

func (a *analysis) overFunc(n *ast.RangeStmt) bool {
	t := a.info.TypeOf(n.X)
	if t == nil {
		return false
	}
	_, ok := coreType(t).(*types.Signature)
	return ok
}

// assigned notes the type of what is assigned to the variable i of a statement.
func (a *analysis) assigned(id *ast.Ident, values []ast.Expr, i int) {
	v, ok := a.info.ObjectOf(id).(*types.Var)
	if !ok || !types.IsInterface(v.Type()) {
		return
	}
	var t types.Type
	if i < len(values) && (len(values) > 1 || i == 0) {
		x := ast.Unparen(values[i])
		if c, ok := x.(*ast.CallExpr); ok && len(c.Args) == 1 && a.info.Types[c.Fun].IsType() {
			x = c.Args[0]
		}
		if t = a.info.TypeOf(x); t != nil && types.IsInterface(t) || a.info.Types[x].IsNil() {
			t = nil
		}
	}
	a.concrete[v] = append(a.concrete[v], t)
}

// known is the type of all values that are assigned to the variable e of an
// interface type, if the compiler knows it too and calls its methods directly.
func (a *analysis) known(e ast.Expr) types.Type {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	o := a.info.ObjectOf(id)
	list := a.concrete[o]
	if len(list) == 0 || !a.declared[o] || a.boxed[o] || o.Parent() == o.Pkg().Scope() {
		return nil
	}
	for _, t := range list {
		if t == nil || !types.Identical(t, list[0]) {
			return nil
		}
	}
	return list[0]
}

// change notes that the variable at the root of e changes after its
// declaration.
func (a *analysis) change(e ast.Expr) types.Object {
	if e == nil {
		return nil
	}
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && a.info.Defs[id] != nil {
		return nil // declared by this statement
	}
	a.changeForeign(e)
	v := a.root(e)
	if v != nil {
		a.changed[v] = true
	}
	return v
}

// changeForeign notes that the program may change e, if that is a variable of a
// compiled package or in one.
func (a *analysis) changeForeign(e ast.Expr) {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			if a.info.Selections[x] == nil {
				if v, ok := a.info.Uses[x.Sel].(*types.Var); ok {
					a.foreign[v] = true
				}
				return
			}
			e = x.X
		default:
			return
		}
	}
}

// methodAddress notes a call or value of a method with a pointer receiver on
// a variable, which takes its address.
func (a *analysis) methodAddress(n *ast.SelectorExpr) {
	s := a.info.Selections[n]
	if s == nil || s.Kind() != types.MethodVal {
		return
	}
	f, ok := s.Obj().(*types.Func)
	if !ok {
		return
	}
	recv := f.Signature().Recv()
	if recv == nil {
		return
	}
	if _, ok := types.Unalias(recv.Type()).(*types.Pointer); !ok {
		return
	}
	// Walk the embedded path: behind a pointer nothing of the variable is taken.
	t := s.Recv()
	if isPointer(t) {
		return
	}
	index := s.Index()
	for _, i := range index[:len(index)-1] {
		st, ok := under(t).(*types.Struct)
		if !ok {
			return
		}
		t = st.Field(i).Type()
		if isPointer(t) {
			return
		}
	}
	if v := a.root(n.X); v != nil {
		a.address[v] = true
	}
}

// root is the variable of which e names the whole or a part that lives inside
// it (a field, an element of an array), or nil.
func (a *analysis) root(e ast.Expr) types.Object {
	if e == nil {
		return nil
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := a.info.ObjectOf(e).(*types.Var); ok {
			return v
		}
	case *ast.SelectorExpr:
		s := a.info.Selections[e]
		if s == nil {
			if v, ok := a.info.Uses[e.Sel].(*types.Var); ok && v.Pkg() != nil && !v.IsField() {
				return nil // variable of another package
			}
			return nil
		}
		t := s.Recv()
		if isPointer(t) {
			return nil
		}
		index := s.Index()
		for _, i := range index[:len(index)-1] {
			st, ok := under(t).(*types.Struct)
			if !ok {
				return nil
			}
			t = st.Field(i).Type()
			if isPointer(t) {
				return nil
			}
		}
		return a.root(e.X)
	case *ast.IndexExpr:
		if _, ok := under(a.info.TypeOf(e.X)).(*types.Array); ok {
			return a.root(e.X)
		}
	}
	return nil
}

func isPointer(t types.Type) bool {
	_, ok := under(t).(*types.Pointer)
	return ok
}

// under is the underlying type of t; for a type parameter the one that its
// type set shares.
func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return coreType(t)
	}
	return t.Underlying()
}

// coreType is the one underlying type of the types in the set of a type
// parameter, or the underlying type of any other type.
func coreType(t types.Type) types.Type {
	p, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	iface, ok := p.Constraint().Underlying().(*types.Interface)
	if !ok {
		return p.Constraint().Underlying()
	}
	for i := range iface.NumEmbeddeds() {
		switch e := iface.EmbeddedType(i).(type) {
		case *types.Union:
			return e.Term(0).Type().Underlying()
		default:
			if _, ok := e.Underlying().(*types.Interface); !ok {
				return e.Underlying()
			}
		}
	}
	return iface
}
