package lower

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"example/workbook/internal/book"
)

// lowerer emits one program.
type lowerer struct {
	c       *checked
	a       *analysis
	prelude *prelude
	context *types.Context

	problems book.Problems
	pos      token.Pos // of the statement at hand, for refusals

	imports map[string]string // import path to the name in the result
	taken   map[string]bool   // names of imports

	decls, vars, funcs           bytes.Buffer
	typeInit, typeLink, methods  bytes.Buffer
	typText, structs, recursion  typeutil.Map
	descs, usedIn, cuts, reached typeutil.Map
	dynamic                      []types.Type // described types with methods
	dispatchers                  map[string]*dispatcher
	dispatchOrder                []*dispatcher
	wrapped                      typeutil.Map // types of which values go to interfaces
	targets                      typeutil.Map // compiled interfaces that dynamic types must satisfy
	targetList                   []types.Type

	decl       map[*types.Func]*ast.FuncDecl
	local      map[*types.TypeName]*types.TypeParamList // see localTypes
	generic    map[*types.Named]*types.Named            // see localGeneric
	instances  map[string]*instance
	queue      []*instance
	wrappers   map[string]string
	names      map[types.Object]string
	fields     map[string][]capture // of the structs in the result
	count      int
	tabled     int // how much was known when the method tables were made
	gotoLabels map[types.Object]bool
	lent       lent
	reflects   bool // the program reflects on types of its own
	lines      bool // the program may ask package log for the lines of calls
}

// lower emits a checked program as the core that Yaegi executes rightly.
func lower(c *checked) (prepared *Prepared, err error) {
	l := newLowerer(c)
	// What no rewriting below foresaw is refused as well.
	defer func() {
		if r := recover(); r != nil {
			l.refuse(l.pos, fmt.Sprintf("rewrite this (%v)", r), "it otherwise")
			prepared, err = nil, l.sorted()
		}
	}()
	return l.lower()
}

func newLowerer(c *checked) *lowerer {
	return &lowerer{
		c:           c,
		context:     types.NewContext(),
		imports:     map[string]string{},
		taken:       map[string]bool{},
		dispatchers: map[string]*dispatcher{},
		decl:        map[*types.Func]*ast.FuncDecl{},
		generic:     map[*types.Named]*types.Named{},
		instances:   map[string]*instance{},
		wrappers:    map[string]string{},
		names:       map[types.Object]string{},
		fields:      map[string][]capture{},
	}
}

// sorted are the problems in the order of the lines.
func (l *lowerer) sorted() book.Problems {
	slices.SortStableFunc(l.problems, func(a, b book.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(l.problems)
}

func (l *lowerer) lower() (*Prepared, error) {
	c := l.c
	files := []*ast.File{c.file}
	l.prelude = loadPrelude(c)
	files = append(files, l.prelude.files...)
	l.a = analyze(c.info, files...)
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				if obj, ok := c.info.Defs[d.Name].(*types.Func); ok {
					l.decl[obj] = d
				}
			}
		}
	}
	l.local = l.localTypes()
	l.reflects = l.reflectsOwn()
	l.use("example/workbook/runner/lower/rt", "rt")
	l.unsupported()
	l.capacity()
	main := l.program()
	if len(l.problems) > 0 {
		return nil, l.sorted()
	}
	var b bytes.Buffer
	// Yaegi finds imports by the name of the file: it is one file throughout.
	fmt.Fprintf(&b, "//line %s:%d:1\npackage main\n\nimport (\n", c.File, max(c.Line, 1))
	for _, path := range slices.Sorted(maps.Keys(l.imports)) {
		fmt.Fprintf(&b, "\t%s %q\n", l.imports[path], path)
	}
	b.WriteString(")\n\n")
	b.Write(l.decls.Bytes())
	b.Write(l.vars.Bytes())
	own := l.outside()
	b.WriteString("\n" + own + "func initTypes() {\n")
	b.Write(l.typeInit.Bytes())
	b.Write(l.typeLink.Bytes())
	b.Write(l.methods.Bytes())
	b.WriteString("}\n\n")
	b.WriteString(main)
	b.Write(l.funcs.Bytes())
	b.WriteString(own + "func end() {}\n")
	return &Prepared{Source: b.Bytes(), Imports: slices.Sorted(maps.Keys(l.imports))}, nil
}

// refuse notes something that the interpreter cannot do rightly.
func (l *lowerer) refuse(pos token.Pos, what, write string) {
	if !l.inProgram(pos) {
		pos = l.pos
	}
	if !pos.IsValid() {
		pos = l.c.file.Package
	}
	l.problems = append(l.problems, book.Problem{Pos: l.c.place(pos),
		Msg: fmt.Sprintf("the interpreter cannot %s correctly: write %s, or use --engine go", what, write)})
}

// use imports a package into the result and returns its name there.
func (l *lowerer) use(path, name string) string {
	if n := l.imports[path]; n != "" {
		return n
	}
	n := name
	for i := 2; l.taken[n]; i++ {
		n = name + strconv.Itoa(i)
	}
	l.taken[n] = true
	l.imports[path] = n
	return n
}

// qualified is the spelling of an object of a compiled package.
func (l *lowerer) qualified(obj types.Object) string {
	p := obj.Pkg()
	return l.use(p.Path(), p.Name()) + "." + obj.Name()
}

func (l *lowerer) number() int {
	l.count++
	return l.count
}

// name is the name of a variable of the program in the result. No two have
// the same: nothing shadows anything.
func (l *lowerer) name(obj types.Object) string {
	if n := l.names[obj]; n != "" {
		return n
	}
	base := obj.Name()
	if base == "_" || base == "" {
		base = "blank"
	}
	n := fmt.Sprintf("%s_%d", base, l.number())
	l.names[obj] = n
	return n
}

// program emits everything and returns the main function.
func (l *lowerer) program() string {
	for _, name := range []string{"nilAny rt.Any", "nilErr rt.Error", "nilPanic *rt.Panic", "nilType *rt.Type"} {
		fmt.Fprintf(&l.vars, "var %s\n", name)
	}
	l.globals(l.c.pkg)
	l.templateTypes()
	init := l.fn(nil, nil)
	for _, i := range l.c.info.InitOrder {
		init.initializer(i)
	}
	main := l.fn(nil, nil)
	for _, d := range l.c.file.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == "init" {
			obj := l.c.info.Defs[d.Name].(*types.Func)
			main.start(l.instance(obj, nil))
		}
	}
	main.start(l.instance(l.c.pkg.Scope().Lookup("main").(*types.Func), nil))
	for {
		for len(l.queue) > 0 {
			i := l.queue[0]
			l.queue = l.queue[1:]
			l.emitInstance(i)
		}
		if !l.complete() {
			break
		}
	}
	l.emitDispatchers()
	own := l.outside()
	return own + "func initVars() {\n" + init.b.String() + own + "}\n\nfunc main() {\n\tinitTypes()\n\tinitVars()\n" + main.b.String() + "}\n\n"
}

// outside is the directive in front of functions that no line of the program
// stands for: the place of its package clause, outside of all declarations.
func (l *lowerer) outside() string {
	p := l.c.place(l.c.file.Package)
	return fmt.Sprintf("//line %s:%d:1\n", p.File, p.Line)
}

// everywhere puts the directive in front of each line of text.
func (l *lowerer) everywhere(text string) string {
	own := l.outside()
	return own + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+own) + "\n"
}

// start calls main or an init function.
func (f *fn) start(i *instance) {
	if i.panic {
		f.line("%s(nilPanic)", i.name)
		return
	}
	f.line("%s()", i.name)
}

// globals declares the package variables.
func (l *lowerer) globals(p *types.Package) {
	for _, name := range p.Scope().Names() {
		if v, ok := p.Scope().Lookup(name).(*types.Var); ok {
			l.pos = v.Pos()
			l.global(v)
		}
	}
}

func (l *lowerer) global(v *types.Var) {
	t := l.typ(v.Type())
	if l.a.boxed[v] {
		fmt.Fprintf(&l.vars, "var %s = new(%s)\n", l.name(v), t)
		return
	}
	fmt.Fprintf(&l.vars, "var %s %s\n", l.name(v), t)
}

// initializer emits the initialisation of package variables, in the order
// that the type checker found.
func (f *fn) initializer(i *types.Initializer) {
	f.begin(i.Rhs.Pos())
	if len(i.Lhs) == 1 {
		v := i.Lhs[0]
		if v.Name() == "_" {
			f.effect(i.Rhs)
			return
		}
		f.line("%s = %s", f.variable(v), f.value(i.Rhs, v.Type()))
		return
	}
	vals := f.multi(i.Rhs, len(i.Lhs))
	for j, v := range i.Lhs {
		if v.Name() != "_" {
			f.line("%s = %s", f.variable(v), f.convert(vals[j].text, vals[j].typ, v.Type(), i.Rhs.Pos()))
		}
	}
}

// instance is a function or method with its type arguments.
type instance struct {
	name  string
	obj   *types.Func
	decl  *ast.FuncDecl
	tmap  map[*types.TypeParam]types.Type
	panic bool // its first parameter is the panic that its recover may take
}

// instance requests the emission of a function of the program.
func (l *lowerer) instance(obj *types.Func, targs []types.Type) *instance {
	obj = obj.Origin()
	key := fmt.Sprintf("%p", obj)
	for _, t := range targs {
		key += "," + l.typeKey(t)
	}
	if i := l.instances[key]; i != nil {
		return i
	}
	d := l.decl[obj]
	base := obj.Name()
	sig := obj.Signature()
	var params *types.TypeParamList
	if sig.Recv() != nil {
		params = sig.RecvTypeParams()
		if n := namedOf(sig.Recv().Type()); n != nil {
			base = n.Obj().Name() + "_" + base
		}
	} else {
		params = sig.TypeParams()
	}
	i := &instance{name: fmt.Sprintf("%s_%d", base, l.number()), obj: obj, decl: d, tmap: map[*types.TypeParam]types.Type{}}
	for j := range params.Len() {
		if j < len(targs) {
			i.tmap[params.At(j)] = targs[j]
		}
	}
	l.instances[key] = i
	if d == nil {
		l.refuse(token.NoPos, "call "+obj.Name(), "it otherwise")
		return i
	}
	i.panic = l.a.recovers[d]
	if len(l.instances) > 2000 {
		l.refuse(d.Pos(), "instantiate generics without end", "it without generic recursion")
		return i
	}
	l.queue = append(l.queue, i)
	return i
}

// typeKey tells types apart exactly.
func (l *lowerer) typeKey(t types.Type) string {
	if k, ok := l.usedIn.At(t).(string); ok {
		return k
	}
	k := strconv.Itoa(l.usedIn.Len())
	l.usedIn.Set(t, k)
	return k
}

func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// emitInstance emits one function.
func (l *lowerer) emitInstance(i *instance) {
	if i.decl.Body == nil {
		return // supplied by rt
	}
	f := l.fn(nil, i.tmap)
	sig := i.obj.Signature()
	var params []*types.Var
	if r := sig.Recv(); r != nil {
		params = append(params, r)
	}
	for p := range sig.Params().Variables() {
		params = append(params, p)
	}
	l.pos = i.decl.Pos()
	list := f.function(i.decl, nil, params, sig.Results(), i.decl.Body, i.panic)
	text := fmt.Sprintf("func %s%s {\n%s}\n\n", i.name, list, f.b.String())
	if !l.inProgram(i.decl.Pos()) {
		text = l.everywhere(text) // of the prelude
	}
	f.directive(&l.funcs, i.decl.Pos())
	l.funcs.WriteString(text)
}

// inProgram says whether pos is in the program, and not in the prelude.
func (l *lowerer) inProgram(pos token.Pos) bool {
	if !pos.IsValid() {
		return false
	}
	file := l.c.fset.File(pos)
	return file != nil && file.Name() == sourceName
}

// directive gives the next line the place of pos in the snippet.
func (f *fn) directive(b *bytes.Buffer, pos token.Pos) {
	if !f.l.inProgram(pos) {
		return
	}
	p := f.l.c.place(pos)
	b.WriteString("//line ")
	b.WriteString(p.File)
	b.WriteByte(':')
	b.WriteString(strconv.Itoa(p.Line))
	b.WriteByte(':')
	b.WriteString(strconv.Itoa(p.Col))
	b.WriteByte('\n')
}

// fn is a function that is being emitted.
type fn struct {
	l         *lowerer
	tmap      map[*types.TypeParam]types.Type
	b         bytes.Buffer
	pos       token.Pos
	statement token.Pos // of the statement at hand

	results []result
	// boxes says that results are pointers and return stores into them: the
	// body runs under rt.Defers.Run, or it is that of a range over a function.
	boxes   bool
	defers  string // the rt.Defers of the function, "" when it has none
	opens   bool   // each return runs the deferred calls, see openCoded
	panic   string // the panic that recover takes, "" when it takes none
	targets []*target
	iter    *iteration // of the range over a function whose body this is
	outer   *fn
	// typed has the typed form of parameters that are cut pointers.
	typed   map[string]string
	discard bool // nobody wants the results of the next call
	// copies are the places of variables that the compiler may read before or
	// after the next call.
	copies []token.Pos
}

type result struct {
	name string
	typ  types.Type
	obj  *types.Var // when the result has a name
}

func (l *lowerer) fn(outer *fn, tmap map[*types.TypeParam]types.Type) *fn {
	f := &fn{l: l, tmap: tmap, outer: outer}
	if outer != nil {
		f.tmap = outer.tmap
		f.pos = outer.pos
	}
	return f
}

// begin is at for a statement.
func (f *fn) begin(pos token.Pos) {
	f.at(pos)
	f.statement = pos
}

// at sets the position of the statements that follow.
func (f *fn) at(pos token.Pos) {
	if pos.IsValid() {
		f.pos = pos
		if f.l.inProgram(pos) {
			f.l.pos = pos
		}
	}
}

// line emits one statement. Each line of it has the same place.
func (f *fn) line(format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		f.directive(&f.b, f.pos)
		f.b.WriteString(line)
		f.b.WriteByte('\n')
	}
}

// atSign is at for an expression whose operator stands at sign: what goes wrong
// in it has the line of the operator.
func (f *fn) atSign(e ast.Expr, sign token.Pos) {
	if f.l.sameLine(e.Pos(), sign) {
		sign = e.Pos()
	}
	f.at(sign)
}

func (l *lowerer) sameLine(a, b token.Pos) bool {
	if !a.IsValid() || !b.IsValid() {
		return a == b
	}
	return l.c.fset.PositionFor(a, false).Line == l.c.fset.PositionFor(b, false).Line
}

// raw emits text that needs no position.
func (f *fn) raw(format string, args ...any) {
	fmt.Fprintf(&f.b, format, args...)
	f.b.WriteByte('\n')
}

// temp stores a computed value in a variable that nothing else changes.
func (f *fn) temp(text string) string {
	n := fmt.Sprintf("t%d", f.l.number())
	f.line("%s := %s", n, text)
	return n
}

func (f *fn) fresh(base string) string { return fmt.Sprintf("%s%d", base, f.l.number()) }

// function emits the body of a function into f and returns its signature.
func (f *fn) function(node ast.Node, caps []capture, params []*types.Var, results *types.Tuple, body *ast.BlockStmt, takesPanic bool) string {
	l := f.l
	f.at(body.Pos())
	var list []string
	if takesPanic {
		f.panic = f.fresh("pn")
		list = append(list, f.panic+" *rt.Panic")
	}
	for _, c := range caps {
		list = append(list, c.name+" "+c.typ)
	}
	hasDefer := l.a.defers[node]
	type param struct {
		v    *types.Var
		name string
		typ  string
	}
	var prologue []param
	for _, p := range params {
		t := l.typ(f.subst(p.Type()))
		if p.Name() == "" || p.Name() == "_" {
			list = append(list, f.fresh("unused")+" "+t)
			continue
		}
		n := l.name(p)
		if l.a.boxed[p] || hasDefer && l.a.changed[p] {
			prologue = append(prologue, param{p, n + "p", t})
			n += "p"
		}
		list = append(list, n+" "+t)
	}
	text := "(" + strings.Join(list, ", ") + ")"
	for _, p := range list {
		name, typ, _ := strings.Cut(p, " ")
		f.showZero(name, typ)
	}
	var rets []string
	for i := range results.Len() {
		v := results.At(i)
		r := result{typ: f.subst(v.Type())}
		if v.Name() != "" && v.Name() != "_" {
			r.obj = v
		}
		f.results = append(f.results, r)
		rets = append(rets, l.typ(r.typ))
	}
	switch len(rets) {
	case 0:
	case 1:
		text += " " + rets[0]
	default:
		text += " (" + strings.Join(rets, ", ") + ")"
	}
	if hasDefer {
		f.deferring(node, params, body)
		return text
	}
	for _, p := range prologue {
		f.declare(p.v, p.name)
	}
	for _, p := range params {
		t := f.subst(p.Type())
		if p.Name() != "" && p.Name() != "_" && !l.a.boxed[p] && !l.a.changed[p] && l.cutPointer(t) {
			n := l.name(p)
			if f.typed == nil {
				f.typed = map[string]string{}
			}
			f.typed[n] = f.pointer(val{text: n, typ: t, atom: true}).text
		}
	}
	for _, r := range f.results {
		// Yaegi does not zero named results (fault 16): they are variables.
		if r.obj != nil {
			f.declareZero(r.obj)
		}
	}
	f.block(body.List)
	f.fall(body)
	return text
}

// fall ends a function whose body may end without return.
func (f *fn) fall(body *ast.BlockStmt) {
	if len(f.results) > 0 && !f.boxes {
		// Go's rules make sure that this is never reached, but the lowered
		// form of a terminating statement may not look terminating.
		f.raw("panic(\"unreachable\")")
	}
}

// deferring emits a function with defer statements: package rt runs its body
// and its deferred calls, with their arguments as they were at the statement
// (fault 5), and with recover.
func (f *fn) deferring(node ast.Node, params []*types.Var, body *ast.BlockStmt) {
	l := f.l
	f.defers = f.fresh("df")
	f.line("%s := new(rt.Defers)", f.defers)
	f.leftAt("Ends", body.Rbrace, leftAfterRecovery(body))
	var caps []capture
	caps = append(caps, capture{f.defers, "*rt.Defers"})
	if f.panic != "" {
		caps = append(caps, capture{f.panic, "*rt.Panic"})
	}
	inner := l.fn(f, nil)
	inner.boxes = true
	inner.defers = f.defers
	inner.opens = openCoded(body)
	inner.panic = f.panic
	inner.iter = f.iter
	for _, c := range f.l.freeVars(node) {
		caps = append(caps, capture{l.name(c), f.storage(c)})
	}
	for _, p := range params {
		if p.Name() == "" || p.Name() == "_" {
			continue
		}
		t := l.typ(f.subst(p.Type()))
		n := l.name(p)
		if l.a.boxed[p] || l.a.changed[p] {
			caps = append(caps, capture{n + "p", t})
			inner.declare(p, n+"p")
		} else {
			caps = append(caps, capture{n, t})
		}
	}
	for i := range f.results {
		r := &f.results[i]
		t := l.typ(r.typ)
		r.name = f.fresh("r")
		if r.obj != nil {
			r.name = l.name(r.obj)
			l.a.boxed[r.obj] = true
		}
		f.line("%s := new(%s)", r.name, t)
		caps = append(caps, capture{r.name, "*" + t})
	}
	inner.results = f.results
	inner.block(body.List)
	mk := f.maker(caps, "func()", "func()", inner)
	run := f.temp(mk)
	f.at(body.Pos())
	f.line("%s.Run(%s)", f.defers, run)
	if len(f.results) > 0 {
		var rets []string
		for _, r := range f.results {
			rets = append(rets, f.temp("*"+r.name))
		}
		f.line("return %s", strings.Join(rets, ", "))
	}
}

// capture is a variable that a closure takes along.
type capture struct{ name, typ string }

// maker emits the function that makes a closure from what it captures, and
// returns the call of it. The closure's frame hangs on a frame of the maker
// that nobody else has (faults 1, 6, 8, 9, 10).
func (f *fn) maker(caps []capture, typ, head string, body *fn) string {
	l := f.l
	name := f.fresh("mk")
	var params, args []string
	shown := l.fn(nil, nil)
	for _, c := range caps {
		params = append(params, c.name+" "+c.typ)
		args = append(args, f.hideZero(c.name, c.typ))
		shown.showZero(c.name, c.typ)
	}
	l.funcs.WriteString(l.everywhere(fmt.Sprintf("func %s(%s) %s {\n%s", name, strings.Join(params, ", "), typ, shown.b.String())))
	body.directive(&l.funcs, f.pos)
	fmt.Fprintf(&l.funcs, "\treturn %s {\n%s\t}\n}\n\n", head, body.b.String())
	return fmt.Sprintf("%s(%s)", name, strings.Join(args, ", "))
}

// freeVars lists the local variables that node uses and that are declared
// outside of it, in the order of their first use.
func (l *lowerer) freeVars(node ast.Node) []types.Object {
	from, to := node.Pos(), node.End()
	var list []types.Object
	seen := map[types.Object]bool{}
	ast.Inspect(node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := l.c.info.Uses[id].(*types.Var)
		if !ok || v.IsField() || seen[v] || v.Parent() == nil || v.Pkg() == nil || v.Parent() == v.Pkg().Scope() {
			return true
		}
		if v.Pos() >= from && v.Pos() < to {
			return true
		}
		seen[v] = true
		list = append(list, v)
		return true
	})
	return list
}

// storage is the type of the variable that holds v.
func (f *fn) storage(v types.Object) string {
	t := f.l.typ(f.subst(v.Type()))
	if f.l.a.boxed[v] {
		return "*" + t
	}
	return t
}

// variable spells the use of a variable, as a value or on the left side.
func (f *fn) variable(v types.Object) string {
	n := f.l.name(v)
	if f.l.a.boxed[v] {
		return "(*" + n + ")"
	}
	return n
}

// declare makes the variable v with the value text.
func (f *fn) declare(v types.Object, text string) {
	n := f.l.name(v)
	if f.l.a.boxed[v] {
		f.line("%s := new(%s)", n, f.l.typ(f.subst(v.Type())))
		f.line("*%s = %s", n, text)
		return
	}
	f.line("%s := %s", n, text)
}

func (f *fn) declareZero(v types.Object) {
	n := f.l.name(v)
	t := f.subst(v.Type())
	if f.l.a.boxed[v] {
		f.line("%s := new(%s)", n, f.l.typ(t))
		return
	}
	f.line("var %s %s", n, f.l.typ(t))
}
