package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"
)

// The capacity that append gives a slice, and a conversion from a string, is not
// always that of the heap: since Go 1.26 the compiler lets the first append to an
// empty slice, and such a conversion, use up to 32 bytes of the stack where the slice
// does not escape, and hands on what the stack holds in steps of its own. Yaegi has
// them on the heap. Package lower does what the compiler does where that is certain,
// and else refuses to tell the capacity.

// stackBytes is how many bytes of the stack the compiler lends a slice.
const stackBytes = 32

// capacities is what a program does with its slices, as far as their capacity depends
// on it.
type capacities struct {
	info   *types.Info
	decl   map[*types.Func]*ast.FuncDecl
	uses   map[*types.Var]*sliceUses
	values map[*types.Var][]ast.Expr // what variables and fields get; nil where it is their zero value
	risks  map[*types.Var]bool       // being looked at, or known
	looked map[ast.Expr]bool         // being looked at
	lent   lent
	sizes  types.Sizes
}

// sliceUses are the uses of a variable that holds a slice.
type sliceUses struct {
	function ast.Node        // that declares it
	depth    int             // how many loops are around its declaration in it
	held     bool            // a field that is appended to in a struct that a variable holds
	captured bool            // by a function literal
	moved    bool            // assigned to something, returned, or given to a function that may keep it
	printed  bool            // goes to package fmt or log as a whole: then it escapes
	passed   []*types.Var    // parameters that it is the argument for, twice in a loop
	parts    []*types.Var    // local variables that get a part of it
	appends  []*ast.CallExpr // to itself, of single elements
	weight   int             // how many appends to itself there are, more for those in loops
}

// lent are the appends to variables that stand on the stack for certain: the compiler
// gives them that many elements there.
type lent map[*ast.CallExpr]int64

// capacity refuses what asks for a capacity that only the compiler knows, and finds
// out where it is known.
func (l *lowerer) capacity() {
	asked := l.asksCapacity()
	if len(asked) == 0 {
		return
	}
	c := &capacities{
		info: l.c.info, decl: l.decl, uses: map[*types.Var]*sliceUses{}, values: map[*types.Var][]ast.Expr{},
		lent: lent{}, looked: map[ast.Expr]bool{}, risks: map[*types.Var]bool{}, sizes: types.SizesFor("gc", goarch),
	}
	ast.PreorderStack(l.c.file, nil, func(n ast.Node, stack []ast.Node) bool {
		c.note(n, stack)
		return true
	})
	l.lent = c.lent
	for _, x := range asked {
		if what := c.risk(x); what != "" {
			l.refuse(x.Pos(), "tell the capacity of what "+what, "make([]T, 0, n), which says it, or len")
		}
	}
}

// asksCapacity lists the slices of which the program asks for the capacity, and the
// buffers.
func (l *lowerer) asksCapacity() (list []ast.Expr) {
	ast.Inspect(l.c.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "cap" && l.c.info.Types[call.Fun].IsBuiltin() {
			if _, ok := coreType(l.c.info.TypeOf(call.Args[0])).(*types.Slice); ok {
				list = append(list, call.Args[0])
			}
		}
		f := typeutil.StaticCallee(l.c.info, call)
		if s, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && f != nil &&
			(f.FullName() == "(*bytes.Buffer).Cap" || f.FullName() == "(*bytes.Buffer).Available") {
			list = append(list, s.X)
		}
		return true
	})
	return list
}

// variable is the variable that e names, or nil.
func (c *capacities) variable(e ast.Expr) *types.Var {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, _ := c.info.ObjectOf(e).(*types.Var)
		return v
	case *ast.SelectorExpr:
		v, _ := c.info.ObjectOf(e.Sel).(*types.Var)
		return v
	}
	return nil
}

// of is what is known of the variable v.
func (c *capacities) of(v *types.Var) *sliceUses {
	if c.uses[v] == nil {
		c.uses[v] = &sliceUses{}
	}
	return c.uses[v]
}

// note takes down what the node n does with slices; stack is what n stands in.
func (c *capacities) note(n ast.Node, stack []ast.Node) {
	switch n := n.(type) {
	case *ast.Ident:
		if v, ok := c.info.ObjectOf(n).(*types.Var); ok && isSlice(v.Type()) {
			c.use(n, v, stack)
		}
	case *ast.AssignStmt:
		for i, x := range n.Lhs {
			if v := c.variable(x); v != nil && len(n.Lhs) == len(n.Rhs) {
				c.values[v] = append(c.values[v], n.Rhs[i])
			} else if v != nil {
				c.values[v] = append(c.values[v], n.Rhs[0])
			}
		}
	case *ast.ValueSpec:
		for i, id := range n.Names {
			v := c.variable(id)
			switch {
			case v == nil:
			case len(n.Values) == 0:
				c.values[v] = append(c.values[v], nil)
			case len(n.Values) == len(n.Names):
				c.values[v] = append(c.values[v], n.Values[i])
			default:
				c.values[v] = append(c.values[v], n.Values[0])
			}
		}
	case *ast.FuncType:
		if n.Results != nil {
			for _, field := range n.Results.List {
				for _, id := range field.Names {
					if v := c.variable(id); v != nil {
						c.values[v] = append(c.values[v], nil)
						c.of(v).moved = true
					}
				}
			}
		}
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok {
			if v, ok := c.info.ObjectOf(id).(*types.Var); ok && v.IsField() {
				c.values[v] = append(c.values[v], n.Value)
			}
		}
	case *ast.CallExpr:
		f := typeutil.StaticCallee(c.info, n)
		if f == nil || c.decl[f.Origin()] == nil {
			return
		}
		if e, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && f.Origin().Signature().Recv() != nil {
			recv := f.Origin().Signature().Recv()
			c.values[recv] = append(c.values[recv], e.X)
		}
		for i, a := range n.Args {
			if p := parameter(f.Origin(), i); p != nil {
				c.values[p] = append(c.values[p], a)
			}
		}
	}
}

// parameter is the one of f that gets argument i as a whole.
func parameter(f *types.Func, i int) *types.Var {
	sig := f.Signature()
	if n := sig.Params().Len(); i >= n || sig.Variadic() && i >= n-1 {
		return nil
	}
	return sig.Params().At(i)
}

func isSlice(t types.Type) bool {
	_, ok := coreType(t).(*types.Slice)
	return ok
}

// use takes down one use of the variable v, which may be a field.
func (c *capacities) use(id *ast.Ident, v *types.Var, stack []ast.Node) {
	u := c.of(v)
	function, depth := around(stack)
	if c.info.Defs[id] != nil {
		u.function, u.depth = function, depth
		return
	}
	if u.function != nil && function != u.function {
		u.captured = true
	}
	e := ast.Expr(id)
	for len(stack) > 0 {
		outer := stack[len(stack)-1]
		switch o := outer.(type) {
		case *ast.ParenExpr:
			e = o
		case *ast.SelectorExpr:
			if o.Sel != e {
				c.method(u, o, depth)
				return
			}
			e = o
		case *ast.SliceExpr:
			if o.X != e {
				return
			}
			e = o
		default:
			c.user(u, v, e, stack, depth)
			return
		}
		stack = stack[:len(stack)-1]
	}
}

// user takes down what the end of stack does with the slice e of the variable v.
func (c *capacities) user(u *sliceUses, v *types.Var, e ast.Expr, stack []ast.Node, depth int) {
	outer := func(i int) ast.Node { return stack[max(len(stack)-1-i, 0)] }
	switch n := outer(0).(type) {
	case *ast.IndexExpr:
		if unary, ok := outer(1).(*ast.UnaryExpr); ok && unary.Op == token.AND {
			u.moved = true
		}
	case *ast.RangeStmt, *ast.BinaryExpr:
	case *ast.AssignStmt:
		c.assigned(u, v, n, e)
	case *ast.CallExpr:
		a, ok := outer(1).(*ast.AssignStmt)
		if c.isBuiltin(n, "append") && n.Args[0] == e && ok && len(a.Lhs) == 1 && c.variable(a.Lhs[0]) == v {
			u.held = u.held || v.IsField() && !c.behindPointer(e)
			if !n.Ellipsis.IsValid() {
				u.appends = append(u.appends, n)
			}
			u.weight += 1 + max(depth-u.depth, 0)
			return
		}
		c.argument(u, n, e, depth)
	default:
		u.moved = true
	}
}

// assigned takes down that a statement assigns the slice e, that of v or a part of it.
func (c *capacities) assigned(u *sliceUses, v *types.Var, n *ast.AssignStmt, e ast.Expr) {
	i := slices.Index(n.Rhs, e)
	if i < 0 {
		return
	}
	w := c.variable(n.Lhs[min(i, len(n.Lhs)-1)])
	_, part := e.(*ast.SliceExpr)
	switch {
	case w == v && len(n.Lhs) == 1:
	case w != nil && part && !w.IsField() && w.Parent() != w.Pkg().Scope():
		u.parts = append(u.parts, w)
	default:
		u.moved = true
	}
}

// behindPointer says whether the field e is that of a struct on the heap: what is
// stored behind a pointer, in a slice or in a map escapes.
func (c *capacities) behindPointer(e ast.Expr) bool {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			if s := c.info.Selections[x]; s == nil || s.Indirect() || isPointer(s.Recv()) {
				return true
			}
			e = x.X
		case *ast.Ident:
			v := c.variable(x)
			return v != nil && v.Parent() == v.Pkg().Scope()
		default:
			return true
		}
	}
}

// method takes down that a method of a slice is used.
func (c *capacities) method(u *sliceUses, e *ast.SelectorExpr, depth int) {
	f, ok := c.info.Uses[e.Sel].(*types.Func)
	if !ok || c.decl[f.Origin()] == nil || isPointer(f.Signature().Recv().Type()) {
		u.moved = true
		return
	}
	u.pass(f.Origin().Signature().Recv(), depth)
}

// argument takes down that the slice e is an argument of a call.
func (c *capacities) argument(u *sliceUses, call *ast.CallExpr, e ast.Expr, depth int) {
	for _, name := range []string{"len", "cap", "copy", "clear", "print", "println"} {
		if c.isBuiltin(call, name) {
			return
		}
	}
	i := slices.Index(call.Args, e)
	if i == 1 && c.isBuiltin(call, "append") && call.Ellipsis.IsValid() {
		return
	}
	f := typeutil.StaticCallee(c.info, call)
	if i < 0 || f == nil || f.Pkg() == nil {
		u.moved = true
		return
	}
	if path := f.Pkg().Path(); path == "fmt" || path == "log" {
		sig := f.Signature()
		u.printed = u.printed || sig.Variadic() && i >= sig.Params().Len()-1 && !call.Ellipsis.IsValid()
		u.moved = u.moved || !u.printed
		return
	}
	p := parameter(f.Origin(), i)
	if c.decl[f.Origin()] == nil || p == nil {
		u.moved = true
		return
	}
	u.pass(p, depth)
}

// pass takes down that the slice is the argument for the parameter p.
func (u *sliceUses) pass(p *types.Var, depth int) {
	u.passed = append(u.passed, p)
	if depth > u.depth {
		u.passed = append(u.passed, p)
	}
}

func (c *capacities) isBuiltin(call *ast.CallExpr, name string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && id.Name == name && c.info.Types[call.Fun].IsBuiltin()
}

// around is the function that the end of stack stands in, and how many loops there.
func around(stack []ast.Node) (function ast.Node, depth int) {
	for i := len(stack) - 1; i >= 0; i-- {
		switch stack[i].(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return stack[i], depth
		case *ast.ForStmt, *ast.RangeStmt:
			depth++
		}
	}
	return nil, depth
}

// onHeap says whether what v holds escapes for certain, so that no part of it was ever
// on the stack.
func (c *capacities) onHeap(v *types.Var) bool { return c.escapes(v, map[*types.Var]bool{}) }

func (c *capacities) escapes(v *types.Var, seen map[*types.Var]bool) bool {
	u := c.of(v)
	if u.printed || v.Parent() == v.Pkg().Scope() {
		return true
	}
	if seen[v] {
		return false
	}
	seen[v] = true
	if slices.ContainsFunc(u.parts, func(w *types.Var) bool { return c.escapes(w, seen) }) {
		return true
	}
	// One call of a function that is inlined would be an assignment, in front of
	// which the compiler takes the slice from the stack to the heap.
	n := 0
	for _, p := range u.passed {
		if c.escapes(p, seen) {
			n++
		}
	}
	return n > 1 || n == 1 && u.weight < 2
}

// onStack says whether the first append to v, if that is empty, gets it the stack for
// certain.
func (c *capacities) onStack(v *types.Var) bool {
	u := c.of(v)
	f, ok := u.function.(*ast.FuncDecl)
	if !ok || v.IsField() || len(u.appends) == 0 || c.kept(v, map[*types.Var]bool{}) || !c.lendable(v.Type()) {
		return false
	}
	if u.depth > 0 || !c.standsAlone(f) {
		return false
	}
	// Once it has elements, it must keep them: the stack is lent once.
	others := 0
	for _, x := range c.values[v] {
		if c.appendsTo(x, v) {
			continue
		}
		if others++; others > 1 || c.risk(x) != "" {
			return false
		}
	}
	return c.empty(v)
}

// standsAlone says whether a function is never inlined, so that its variables are made
// anew in each call: main, or one that prints, which costs the compiler too much.
func (c *capacities) standsAlone(d *ast.FuncDecl) bool {
	f, ok := c.info.Defs[d.Name].(*types.Func)
	if !ok || d.Body == nil || f.Signature().TypeParams().Len() > 0 || f.Signature().RecvTypeParams().Len() > 0 {
		return false
	}
	alone := f.Name() == "main" && d.Recv == nil
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if g := typeutil.StaticCallee(c.info, call); g != nil {
				switch g.FullName() {
				case "fmt.Print", "fmt.Println", "fmt.Printf":
					alone = true
				}
			}
		}
		_, literal := n.(*ast.FuncLit)
		return !alone && !literal
	})
	return alone
}

// kept says whether anything may keep the slice that v holds.
func (c *capacities) kept(v *types.Var, seen map[*types.Var]bool) bool {
	u := c.of(v)
	if seen[v] {
		return false
	}
	seen[v] = true
	return u.captured || u.moved || u.printed || slices.ContainsFunc(u.parts, func(w *types.Var) bool { return c.kept(w, seen) }) || slices.ContainsFunc(u.passed, func(p *types.Var) bool {
		return len(c.of(p).appends) > 0 || c.kept(p, seen)
	})
}

// appendsTo says whether x is append(v, ...).
func (c *capacities) appendsTo(x ast.Expr, v *types.Var) bool {
	call, ok := x.(*ast.CallExpr)
	return ok && c.isBuiltin(call, "append") && c.variable(call.Args[0]) == v
}

// elements is how many elements of a slice of type t the stack has room for.
func (c *capacities) elements(t types.Type) int64 {
	if !c.sized(t) {
		return stackBytes
	}
	return stackBytes / c.sizes.Sizeof(coreType(t).(*types.Slice).Elem())
}

// sized says whether the elements of a slice type have a size: those of a type
// parameter have that of its argument.
func (c *capacities) sized(t types.Type) bool {
	return !parametric(coreType(t).(*types.Slice).Elem())
}

// parametric says whether the size of t may depend on a type parameter.
func parametric(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			if parametric(a) {
				return true
			}
		}
		switch u := t.Underlying().(type) {
		case *types.Array, *types.Struct:
			return parametric(u) // of a type that is declared in a generic function
		}
	case *types.Array, *types.Struct:
		return slices.ContainsFunc(parts(t), parametric)
	}
	return false
}

// lendable says whether the compiler lends slices of type t the stack.
func (c *capacities) lendable(t types.Type) bool {
	s, ok := coreType(t).(*types.Slice)
	if !ok {
		return false
	}
	if !c.sized(t) {
		return true
	}
	n := c.sizes.Sizeof(s.Elem())
	return 0 < n && n <= stackBytes
}

// empty says whether v may have no elements, and no room for those that come, when
// something is appended to it.
func (c *capacities) empty(v *types.Var) bool {
	if v.IsField() {
		return true
	}
	most := 1
	for _, e := range c.of(v).appends {
		most = max(most, len(e.Args)-1)
	}
	known := false
	for _, x := range c.values[v] {
		if c.appendsTo(x, v) {
			continue
		}
		known = true
		if c.emptyValue(x, most) {
			return true
		}
	}
	return !known
}

// roomy says whether v has room for n elements from the start, so that what is appended
// to it has no room on the stack.
func (c *capacities) roomy(v *types.Var, n int64) bool {
	known := false
	for _, x := range c.values[v] {
		if c.appendsTo(x, v) {
			continue
		}
		known = true
		switch x := ast.Unparen(x).(type) {
		case *ast.CompositeLit:
			if int64(len(x.Elts)) < n {
				return false
			}
		case *ast.CallExpr:
			if !c.isBuiltin(x, "make") {
				return false
			}
			room := c.info.Types[x.Args[len(x.Args)-1]].Value
			if k, exact := constant.Int64Val(constant.ToInt(orZero(room))); !exact || k < n {
				return false
			}
		default:
			return false
		}
	}
	return known
}

// orZero is a constant, or 0 if it is none.
func orZero(v constant.Value) constant.Value {
	if v == nil {
		return constant.MakeInt64(0)
	}
	return v
}

// emptyValue is empty for the value x to which n elements are appended.
func (c *capacities) emptyValue(x ast.Expr, n int) bool {
	x = ast.Unparen(x)
	if x == nil || c.info.Types[x].IsNil() || c.looked[x] {
		return !c.looked[x]
	}
	c.looked[x] = true
	defer delete(c.looked, x)
	switch x := x.(type) {
	case *ast.CompositeLit:
		return len(x.Elts) == 0
	case *ast.Ident:
		v := c.variable(x)
		return v == nil || c.empty(v)
	case *ast.SliceExpr:
		if x.Slice3 {
			from, to := c.constant(x.Low), c.constant(x.Max)
			return n > 1 || from < 0 || to <= from
		}
		return n > 1 || c.emptyValue(x.X, n)
	case *ast.CallExpr:
		return c.emptyResult(x, n)
	}
	return true
}

// constant is the value of the bound x of a slice expression, 0 if there is none, or -1.
func (c *capacities) constant(x ast.Expr) int64 {
	if x == nil {
		return 0
	}
	if v := c.info.Types[x].Value; v != nil {
		k, _ := constant.Int64Val(constant.ToInt(v))
		return k
	}
	return -1
}

func (c *capacities) emptyResult(x *ast.CallExpr, n int) bool {
	switch f := typeutil.StaticCallee(c.info, x); {
	case c.info.Types[x.Fun].IsType():
		if v := c.info.Types[x.Args[0]].Value; v != nil {
			return v.Kind() == constant.String && constant.StringVal(v) == ""
		}
		return isSlice(c.info.TypeOf(x.Args[0])) && c.emptyValue(x.Args[0], n)
	case c.isBuiltin(x, "make"):
		room := c.info.Types[x.Args[len(x.Args)-1]].Value
		if room == nil {
			return n > 1 && len(x.Args) > 2
		}
		k, exact := constant.Int64Val(constant.ToInt(room))
		return !exact || k == 0 || len(x.Args) > 2 && k < int64(n)
	case c.isBuiltin(x, "append"):
		return false
	case f != nil && c.decl[f.Origin()] != nil && c.decl[f.Origin()].Body != nil:
		empty := false
		ast.Inspect(c.decl[f.Origin()].Body, func(m ast.Node) bool {
			if r, ok := m.(*ast.ReturnStmt); ok {
				empty = empty || len(r.Results) != 1 || c.emptyValue(r.Results[0], n)
			}
			return !empty
		})
		return empty
	}
	return true
}

// risk says why only the compiler knows the capacity of x: what gave it; or "".
func (c *capacities) risk(x ast.Expr) string {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		if v := c.variable(x); v != nil {
			return c.variableRisk(v)
		}
	case *ast.SliceExpr:
		return c.risk(x.X)
	case *ast.UnaryExpr:
		return c.risk(x.X)
	case *ast.CallExpr:
		return c.callRisk(x)
	}
	return ""
}

const (
	byAppend     = "append made of an empty slice"
	byConversion = "is made of a string"
)

func (c *capacities) callRisk(x *ast.CallExpr) string {
	f := typeutil.StaticCallee(c.info, x)
	switch {
	case c.info.Types[x.Fun].IsType():
		from := c.info.TypeOf(x.Args[0])
		if b, ok := from.Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			if c.info.Types[x.Args[0]].Value != nil {
				return ""
			}
			return byConversion
		}
		return c.risk(x.Args[0])
	case c.isBuiltin(x, "append"):
		if r := c.risk(x.Args[0]); r != "" || x.Ellipsis.IsValid() || len(x.Args) == 1 || !c.lendable(c.info.TypeOf(x)) {
			return r
		}
		if v := c.variable(x.Args[0]); v != nil && !c.onHeap(v) && c.empty(v) || c.emptyValue(x.Args[0], len(x.Args)-1) {
			return byAppend
		}
	case f == nil || f.Pkg() == nil:
	case f.FullName() == "bytes.NewBufferString":
		return byConversion
	case f.FullName() == "bytes.NewBuffer":
		return c.risk(x.Args[0])
	case f.Pkg().Path() == "slices" && slices.Contains([]string{"Collect", "AppendSeq", "Sorted", "SortedFunc", "SortedStableFunc"}, f.Name()):
		return f.Name() + " made"
	case c.decl[f.Origin()] != nil && f.Pkg() == c.info.ObjectOf(c.decl[f.Origin()].Name).Pkg():
		return c.resultRisk(c.decl[f.Origin()])
	}
	return ""
}

// resultRisk is the risk of what a function of the program returns.
func (c *capacities) resultRisk(d *ast.FuncDecl) (risk string) {
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, x := range n.Results {
				if isSlice(c.info.TypeOf(x)) && risk == "" {
					risk = c.risk(x)
				}
			}
		}
		return true
	})
	return risk
}

// variableRisk is the risk of what v holds.
func (c *capacities) variableRisk(v *types.Var) string {
	if c.risks[v] {
		return ""
	}
	c.risks[v] = true
	defer delete(c.risks, v)
	u := c.of(v)
	slice := isSlice(v.Type())
	if slice && c.onHeap(v) {
		return ""
	}
	if slice && c.onStack(v) {
		c.lent[u.appends[0]] = c.elements(v.Type())
		return ""
	}
	if slice && len(u.appends) > 0 && c.lendable(v.Type()) && !v.IsField() {
		// What was lent the stack is moved to the heap when it is assigned.
		if u.moved && u.weight > 1 && !c.roomy(v, c.elements(v.Type())) || c.empty(v) {
			return byAppend
		}
	}
	if slice && u.held && c.lendable(v.Type()) {
		return byAppend
	}
	for _, x := range c.values[v] {
		if x == nil || v.IsField() && c.appendsTo(x, v) {
			continue
		}
		if r := c.risk(x); r != "" {
			return r
		}
	}
	return ""
}
