package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// target is a statement that break or continue may leave.
type target struct {
	label    string // of the program
	node     ast.Stmt
	name     string // label in the result
	loop     bool
	used     bool
	boundary bool // the body of a range over a function begins here
}

func (f *fn) block(list []ast.Stmt) {
	for _, s := range list {
		f.stmt(s, "")
	}
}

func (f *fn) stmt(s ast.Stmt, label string) {
	f.begin(s.Pos())
	f.copies = nil
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.ExprStmt:
		f.exprStmt(s.X)
	case *ast.SendStmt:
		late := f.late(s.Chan)
		elem := under(late.typ).(*types.Chan).Elem()
		x := f.lateTo(s.Value, elem)
		ch := f.atomic(f.open(f.settled(late)))
		v := f.operandOf(x, elem, s.Value.Pos())
		f.at(s.Pos())
		f.line("%s <- %s", ch.text, v)
	case *ast.IncDecStmt:
		op := token.ADD
		if s.Tok == token.DEC {
			op = token.SUB
		}
		t := f.typeOf(s.X)
		f.update(s.X, op, val{text: f.l.typ(t) + "(1)", typ: t, atom: true, fixed: true}, f.lateTarget(s.X, nil), s.TokPos)
	case *ast.AssignStmt:
		f.assign(s)
	case *ast.GoStmt:
		f.goStmt(s)
	case *ast.DeferStmt:
		f.deferStmt(s)
	case *ast.ReturnStmt:
		f.returnStmt(s)
	case *ast.BranchStmt:
		f.branch(s)
	case *ast.BlockStmt:
		f.scoped(label, s, func() { f.block(s.List) })
	case *ast.IfStmt:
		f.scoped(label, s, func() { f.ifStmt(s) })
	case *ast.SwitchStmt:
		f.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		f.typeSwitch(s, label)
	case *ast.SelectStmt:
		f.selectStmt(s, label)
	case *ast.ForStmt:
		f.forStmt(s, label)
	case *ast.RangeStmt:
		f.rangeStmt(s, label)
	case *ast.LabeledStmt:
		f.labeled(s)
	case *ast.DeclStmt:
		f.declStmt(s)
	default:
		f.l.refuse(s.Pos(), fmt.Sprintf("execute %T", s), "it otherwise")
	}
}

func (f *fn) exprStmt(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		f.discard = true
		f.call(e)
		f.discard = false
	default:
		f.effect(e)
	}
}

// labeled emits a label that goto may name; break and continue have labels of
// their own.
func (f *fn) labeled(s *ast.LabeledStmt) {
	if f.l.gotos(f.l.c.info.Defs[s.Label]) {
		f.raw("L_%s:", s.Label.Name)
		f.raw("rt.Nothing()")
	}
	f.stmt(s.Stmt, s.Label.Name)
}

// gotos says whether a goto names the label.
func (l *lowerer) gotos(label types.Object) bool {
	if l.gotoLabels == nil {
		l.gotoLabels = map[types.Object]bool{}
		ast.Inspect(l.c.file, func(n ast.Node) bool {
			if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO {
				l.gotoLabels[l.c.info.Uses[b.Label]] = true
			}
			return true
		})
	}
	return l.gotoLabels[label]
}

// scoped emits a block or if statement, out of which a break leads only by its
// label.
func (f *fn) scoped(label string, node ast.Stmt, body func()) {
	if label == "" {
		body()
		return
	}
	f.breakable(label, node, body)
}

// breakable emits a statement out of which a break leads as a loop that runs
// once: Yaegi ignores a break that ends a case (fault 3).
func (f *fn) breakable(label string, node ast.Stmt, body func()) {
	t := &target{label: label, node: node, name: f.fresh("L")}
	f.targets = append(f.targets, t)
	outer := f.b
	f.b = *newBuffer()
	body()
	inner := f.b
	f.b = outer
	f.targets = f.targets[:len(f.targets)-1]
	if !t.used {
		f.b.Write(inner.Bytes())
		return
	}
	f.raw("%s:", t.name)
	f.raw("for {")
	f.b.Write(inner.Bytes())
	f.raw("break %s\n}", t.name)
}

// loop emits a loop whose head is head; body emits what is inside. The head has the
// place that f is at now, not where the body ends.
func (f *fn) loop(t *target, head string, body func()) {
	pos := f.pos
	t.loop = true
	t.name = f.fresh("L")
	f.targets = append(f.targets, t)
	outer := f.b
	f.b = *newBuffer()
	body()
	inner := f.b
	f.b = outer
	f.targets = f.targets[:len(f.targets)-1]
	if t.used {
		f.raw("%s:", t.name)
	}
	f.directive(&f.b, pos)
	f.raw("%s {", head)
	f.b.Write(inner.Bytes())
	f.raw("}")
}

func (f *fn) branch(s *ast.BranchStmt) {
	switch s.Tok {
	case token.GOTO:
		f.jump(f.l.c.info.Uses[s.Label])
		return
	case token.FALLTHROUGH:
		return // switchStmt
	}
	label := ""
	if s.Label != nil {
		label = s.Label.Name
	}
	f.exit(s.Tok, label)
}

// jump emits goto.
func (f *fn) jump(label types.Object) {
	if it := f.iter; it != nil && (label.Pos() < it.body.Pos() || label.Pos() >= it.body.End()) {
		f.leaveIteration(it.code(iterationExit{tok: token.GOTO, label: label.Name(), to: label}))
		return
	}
	f.line("goto L_%s", label.Name())
}

// exit emits break or continue.
func (f *fn) exit(tok token.Token, label string) {
	for i := len(f.targets) - 1; i >= 0; i-- {
		t := f.targets[i]
		if t.boundary {
			if label == "" || t.label == label {
				// The loop is the range over a function itself.
				if tok == token.CONTINUE {
					f.leaveTrue()
				} else {
					f.leaveIteration("-1")
				}
				return
			}
			continue
		}
		if label != "" && t.label != label || label == "" && (tok == token.CONTINUE && !t.loop || !t.loop && !breaks(t.node)) {
			continue
		}
		t.used = true
		f.line("%s %s", tok, t.name)
		return
	}
	if f.iter != nil {
		code := f.iter.code(iterationExit{tok: tok, label: label})
		f.leaveIteration(code)
		return
	}
	f.l.refuse(f.pos, tok.String()+" here", "it otherwise")
}

// breaks says whether a break without a label leaves the statement.
func breaks(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.ForStmt, *ast.RangeStmt:
		return true
	}
	return false
}

func (f *fn) ifStmt(s *ast.IfStmt) {
	if s.Init != nil {
		f.stmt(s.Init, "")
	}
	c := f.cond(s.Cond)
	f.at(s.Pos())
	f.line("if %s {", c)
	f.block(s.Body.List)
	if s.Else != nil {
		f.raw("} else {")
		f.stmt(s.Else, "")
	}
	f.raw("}")
}

// cond is a condition as a variable or one comparison: Yaegi takes others
// wrongly.
func (f *fn) cond(e ast.Expr) string {
	return f.condText(f.built(f.late(e)))
}

func (f *fn) condText(v val) string {
	if v.atom {
		if v.text == "true" || v.text == "false" {
			n := f.fresh("c")
			f.line("var %s bool\n%s = %s", n, n, v.text)
			return n
		}
		if isIdent(v.text) {
			return v.text
		}
		return f.temp(v.text)
	}
	if strings.HasPrefix(v.text, "(") && strings.HasSuffix(v.text, ")") && !strings.HasPrefix(v.text, "(*") {
		return v.text[1 : len(v.text)-1]
	}
	if isTemp(v.text) {
		return v.text
	}
	return f.temp(v.text)
}

// declStmt emits local variables; constants and types need nothing.
func (f *fn) declStmt(s *ast.DeclStmt) {
	g := s.Decl.(*ast.GenDecl)
	switch g.Tok {
	case token.VAR:
		for _, spec := range g.Specs {
			f.varSpec(spec.(*ast.ValueSpec))
		}
	}
}

func (f *fn) varSpec(s *ast.ValueSpec) {
	f.begin(s.Pos())
	info := f.l.c.info
	switch {
	case len(s.Values) == 0:
		for _, id := range s.Names {
			if id.Name != "_" {
				f.declareZero(info.Defs[id])
			}
		}
	case len(s.Values) == len(s.Names):
		texts := make([]string, len(s.Names))
		vals := make([]val, len(s.Names))
		for i, id := range s.Names {
			if id.Name == "_" {
				f.effect(s.Values[i])
				continue
			}
			vals[i] = f.lateTo(s.Values[i], f.subst(info.Defs[id].Type()))
		}
		for i, id := range s.Names {
			if id.Name == "_" {
				continue
			}
			t := f.subst(info.Defs[id].Type())
			vals[i] = f.settled(vals[i])
			texts[i] = f.convert(vals[i].text, vals[i].typ, t, s.Pos())
			if len(s.Names) > 1 {
				texts[i] = f.hoist(val{text: texts[i], typ: t}).text
			}
		}
		for i, id := range s.Names {
			if id.Name != "_" {
				f.declare(info.Defs[id], texts[i])
			}
		}
	default:
		vals := f.multi(s.Values[0], len(s.Names))
		for i, id := range s.Names {
			if id.Name != "_" {
				f.declare(info.Defs[id], f.convert(vals[i].text, vals[i].typ, f.subst(info.Defs[id].Type()), s.Pos()))
			}
		}
	}
}

func isBlank(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == "_"
}

func (f *fn) assign(s *ast.AssignStmt) {
	info := f.l.c.info
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		op := assignOps[s.Tok]
		late := f.lateTarget(s.Lhs[0], nil)
		v := f.late(s.Rhs[0])
		if op == token.SHL || op == token.SHR {
			f.shiftAssign(s, op, v, late)
			return
		}
		f.update(s.Lhs[0], op, v, late, s.TokPos)
		return
	}
	if len(s.Lhs) != len(s.Rhs) {
		// Yaegi zeroes or keeps other variables (faults 4, 9, 11).
		var late []func() place
		for _, e := range s.Lhs {
			late = append(late, f.lateFixedTarget(e, info.Defs))
		}
		vals := f.multi(s.Rhs[0], len(s.Lhs))
		f.at(s.Pos())
		for i, p := range fixed(late) {
			f.atStore(s.Lhs[i], s.TokPos)
			f.store(p, vals[i])
		}
		return
	}
	if len(s.Lhs) == 1 {
		lhs, rhs := s.Lhs[0], s.Rhs[0]
		if isBlank(lhs) {
			f.effect(rhs)
			return
		}
		late := f.lateTarget(lhs, info.Defs)
		t := f.lhsType(lhs, info.Defs)
		var v val
		if f.moves(rhs, t) && !f.l.sameLine(f.follow(rhs).sign, s.TokPos) {
			v = f.lateExpr(ast.Unparen(rhs))
			f.at(s.TokPos)
			v = f.hoist(v)
		} else {
			v = f.settled(f.lateTo(rhs, t))
		}
		f.at(s.Pos())
		// The index is checked when it is assigned, after the right side.
		if !v.fixed && !isName(lhs) {
			v = f.hoistFor(v, t)
		}
		p := late()
		f.atStore(lhs, s.TokPos)
		f.store(p, v)
		return
	}
	var late []func() place
	for _, e := range s.Lhs {
		late = append(late, f.lateFixedTarget(e, info.Defs))
	}
	vals := make([]val, len(s.Rhs))
	for i, e := range s.Rhs {
		vals[i] = f.lateTo(e, f.lhsType(s.Lhs[i], info.Defs))
	}
	// Variables are read after all calls, as the compiler does.
	places := fixed(late)
	for i, v := range vals {
		vals[i] = f.hoist(v)
	}
	f.at(s.Pos())
	for i, p := range places {
		if p.blank {
			if !vals[i].atom && !vals[i].isNil() {
				f.temp(vals[i].text)
			}
			continue
		}
		f.atStore(s.Lhs[i], s.TokPos)
		f.store(p, vals[i])
	}
}

func fixed(late []func() place) []place {
	places := make([]place, len(late))
	for i, p := range late {
		places[i] = p()
	}
	return places
}

// hoistFor keeps an untyped constant's type right while it waits.
func (f *fn) hoistFor(v val, t types.Type) val {
	if v.isNil() || v.fixed {
		return v
	}
	return f.hoist(v)
}

func isName(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.Ident)
	return ok
}

func (f *fn) lhsType(e ast.Expr, defs map[*ast.Ident]types.Object) types.Type {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		if o := f.l.c.info.ObjectOf(id); o != nil {
			return f.subst(o.Type())
		}
	}
	return f.typeOf(e)
}

var assignOps = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL,
	token.QUO_ASSIGN: token.QUO, token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND,
	token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR, token.SHL_ASSIGN: token.SHL,
	token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

// place is where an assignment stores.
type place struct {
	text   string
	typ    types.Type
	define types.Object
	blank  bool
}

// lateTarget emits the calls in the left side of an assignment; the result
// computes where it stores.
func (f *fn) lateTarget(e ast.Expr, defs map[*ast.Ident]types.Object) func() place {
	return f.targetOf(e, defs, false)
}

// lateFixedTarget is lateTarget for one of several left sides: what it means
// does not change any more, and what may panic happens when it is assigned to.
func (f *fn) lateFixedTarget(e ast.Expr, defs map[*ast.Ident]types.Object) func() place {
	return f.targetOf(e, defs, true)
}

func (f *fn) targetOf(e ast.Expr, defs map[*ast.Ident]types.Object, fixed bool) func() place {
	e = ast.Unparen(e)
	now := func(p place) func() place { return func() place { return p } }
	if id, ok := e.(*ast.Ident); ok {
		if id.Name == "_" {
			return now(place{blank: true})
		}
		if obj := defs[id]; obj != nil {
			return now(place{define: obj, typ: f.subst(obj.Type())})
		}
		v := f.l.c.info.ObjectOf(id).(*types.Var)
		return now(place{text: f.variable(v), typ: f.subst(v.Type())})
	}
	if x, ok := e.(*ast.IndexExpr); ok {
		if m, ok := under(f.typeOf(x.X)).(*types.Map); ok {
			late := f.late(x.X)
			key := f.lateKey(x.Index, m)
			return func() place {
				base := f.hoist(f.open(f.settled(late)))
				k := key()
				f.atSign(x, x.Lbrack)
				if !isNumber(k) && !strings.HasPrefix(k, "\"") {
					k = f.hoist(val{text: k, typ: m.Key()}).text
				}
				f.enterable(k, base.text, m)
				return place{text: base.text + "[" + k + "]", typ: m.Elem()}
			}
		}
	}
	late := f.latePlace(e, fixed)
	return func() place { return place{text: late().text, typ: f.typeOf(e)} }
}

func (f *fn) store(p place, v val) {
	if p.blank {
		if !v.atom && !v.isNil() {
			f.temp(v.text)
		}
		return
	}
	text := f.convert(v.text, v.typ, p.typ, f.pos)
	if p.define != nil {
		f.declare(p.define, text)
		return
	}
	f.line("%s = %s", p.text, text)
}

// update emits x op= y and x++. The operator stands at sign.
func (f *fn) update(x ast.Expr, op token.Token, y val, late func() place, sign token.Pos) {
	t := f.typeOf(x)
	p := late()
	v := f.settled(y)
	v = val{text: f.convert(v.text, v.typ, t, x.Pos()), typ: t, atom: v.atom}
	if !f.l.sameLine(x.Pos(), sign) {
		f.atUpdate(x, op, sign)
		read := tempVal(f.temp(p.text), t)
		f.at(sign)
		n := f.temp(f.arith(op, read, v, t).text)
		f.atStore(x, sign)
		f.line("%s = %s", p.text, n)
		return
	}
	f.at(x.Pos())
	if ix, ok := ast.Unparen(x).(*ast.IndexExpr); ok {
		if _, ok := under(f.typeOf(ix.X)).(*types.Map); ok {
			n := f.temp(f.arith(op, tempVal(f.temp(p.text), t), v, t).text)
			f.line("%s = %s", p.text, n)
			return
		}
	}
	// Yaegi has no ++ for uintptr.
	if b, ok := t.Underlying().(*types.Basic); isIdent(p.text) && ok && b.Kind() != types.Uintptr {
		switch {
		case b.Info()&types.IsInteger != 0 && strings.HasSuffix(v.text, "(1)") && op == token.ADD:
			f.line("%s++", p.text)
			return
		case b.Info()&types.IsInteger != 0 && strings.HasSuffix(v.text, "(1)") && op == token.SUB:
			f.line("%s--", p.text)
			return
		}
	}
	if p.text[0] == '*' {
		p.text = "(" + p.text + ")"
	}
	text := f.arith(op, val{text: p.text, typ: t, atom: true}, v, t).text
	if strings.HasPrefix(text, "(") {
		text = text[1 : len(text)-1]
	}
	if p.text[0] == '(' {
		text = f.temp(text)
	}
	f.line("%s = %s", p.text, text)
}

func (f *fn) shiftAssign(s *ast.AssignStmt, op token.Token, y val, late func() place) {
	t := f.typeOf(s.Lhs[0])
	p := late()
	y = f.settled(y)
	f.atUpdate(s.Lhs[0], op, s.TokPos)
	read := tempVal(f.temp(p.text), t)
	f.atSign(s.Lhs[0], s.TokPos)
	v := f.shiftBy(op, read, y, s.Rhs[0], t)
	f.line("%s = %s", p.text, f.temp(v.text))
}

func (f *fn) returnStmt(s *ast.ReturnStmt) {
	n := len(f.results)
	stored := slices.ContainsFunc(f.results, f.sees)
	var texts []string
	switch {
	case len(s.Results) == 0:
		if f.boxes {
			for _, r := range f.results {
				if r.obj != nil && f.iter != nil && r.name != f.l.name(r.obj) {
					f.line("*%s = %s", r.name, f.variable(r.obj))
				}
			}
			f.leaveFunction()
			return
		}
		for _, r := range f.results {
			if r.obj != nil {
				texts = append(texts, f.temp(f.variable(r.obj)))
			} else {
				texts = append(texts, f.zero(r.typ))
			}
		}
	case len(s.Results) == n:
		vals := make([]val, n)
		for i, e := range s.Results {
			vals[i] = f.lateTo(e, f.results[i].typ)
		}
		for i, e := range s.Results {
			v := f.settled(vals[i])
			t := f.convert(v.text, v.typ, f.results[i].typ, e.Pos())
			if n > 1 || f.boxes || stored || t == v.text && !v.atom {
				t = f.hoist(val{text: t, typ: f.results[i].typ, atom: v.atom, fixed: v.fixed && t == v.text}).text
			}
			texts = append(texts, t)
		}
	default:
		for i, v := range f.multi(s.Results[0], n) {
			t := f.convert(v.text, v.typ, f.results[i].typ, s.Pos())
			if stored {
				t = f.temp(t)
			}
			texts = append(texts, t)
		}
	}
	f.at(s.Pos())
	for i, r := range f.results {
		if f.boxes {
			f.line("*%s = %s", r.name, texts[i])
		}
		if f.sees(r) && len(s.Results) > 0 && !(f.boxes && r.name == f.l.name(r.obj)) {
			f.line("%s = %s", f.variable(r.obj), texts[i])
		}
	}
	if f.boxes {
		f.leaveFunction()
		return
	}
	if n == 0 {
		f.line("return")
		return
	}
	f.line("return %s", strings.Join(texts, ", "))
}

// sees says whether a function literal or a pointer may see a result when its
// function has returned.
func (f *fn) sees(r result) bool { return r.obj != nil && f.l.a.boxed[r.obj] }

// leaveFunction returns after the results are stored.
func (f *fn) leaveFunction() {
	if f.iter != nil {
		f.leaveIteration("1")
		return
	}
	if f.opens {
		f.leftAt("At", f.pos)
	}
	f.line("return")
}

func (f *fn) switchStmt(s *ast.SwitchStmt, label string) {
	if s.Init != nil {
		f.stmt(s.Init, "")
	}
	var tag val
	if s.Tag != nil {
		tag = f.expr(s.Tag)
		if t := types.Default(tag.typ); t != tag.typ {
			tag.typ = t
		}
		if !tag.isNil() {
			tag = f.hoist(tag)
		}
	}
	clauses := s.Body.List
	clause := map[ast.Expr]*ast.CaseClause{}
	for _, c := range clauses {
		c := c.(*ast.CaseClause)
		for _, e := range c.List {
			clause[e] = c
		}
	}
	match := func(e ast.Expr) string {
		f.at(e.Pos())
		v := f.expr(e)
		if s.Tag == nil && !types.IsInterface(v.typ) {
			return f.condText(v)
		}
		if s.Tag == nil {
			tag = val{text: "true", typ: types.Typ[types.Bool], atom: true, fixed: true}
		}
		v = f.settled(v)
		if c := clause[e]; !f.l.sameLine(c.Pos(), e.Pos()) {
			f.at(c.Pos()) // a comparison that panics has the line of the clause
		}
		return f.condText(f.equal(token.EQL, tag, v, types.Typ[types.Bool], e.Pos()))
	}
	f.breakable(label, s, func() {
		if hasFallthrough(clauses) {
			f.switchByNumber(clauses, match)
			return
		}
		f.chain(clauses, match)
	})
}

func hasFallthrough(clauses []ast.Stmt) bool {
	for _, c := range clauses {
		body := c.(*ast.CaseClause).Body
		if len(body) > 0 {
			if b, ok := body[len(body)-1].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
				return true
			}
		}
	}
	return false
}

// chain emits the clauses of a switch as a chain of conditions (faults 12,
// 13), the default last.
func (f *fn) chain(clauses []ast.Stmt, match func(ast.Expr) string) {
	depth := 0
	var def *ast.CaseClause
	for _, c := range clauses {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			def = c
			continue
		}
		n := f.anyOf(c.List, match)
		f.at(c.Pos())
		f.line("if %s {", n)
		f.block(c.Body)
		f.raw("} else {")
		depth++
	}
	if def != nil {
		f.block(def.Body)
	}
	f.raw("%s", strings.Repeat("}\n", depth))
}

// anyOf tests the expressions of a case one by one.
func (f *fn) anyOf(list []ast.Expr, match func(ast.Expr) string) string {
	if len(list) == 1 {
		return match(list[0])
	}
	n := f.fresh("c")
	m := match(list[0])
	f.line("%s := %s", n, m)
	for _, e := range list[1:] {
		f.raw("if %s {\n} else {", n)
		m := match(e)
		f.line("%s = %s", n, m)
	}
	f.raw("%s", strings.Repeat("}\n", len(list)-1))
	return n
}

// switchByNumber finds the clause first and runs bodies after that, so that
// one can fall through to the next.
func (f *fn) switchByNumber(clauses []ast.Stmt, match func(ast.Expr) string) {
	k := f.fresh("k")
	f.line("%s := int(-1)", k)
	depth := 0
	def := -1
	for i, c := range clauses {
		c := c.(*ast.CaseClause)
		if c.List == nil {
			def = i
			continue
		}
		n := f.anyOf(c.List, match)
		f.line("if %s {\n%s = %d\n} else {", n, k, i)
		depth++
	}
	if def >= 0 {
		f.line("%s = %d", k, def)
	}
	f.raw("%s", strings.Repeat("}\n", depth))
	for i, c := range clauses {
		c := c.(*ast.CaseClause)
		f.line("if %s == %d {", k, i)
		f.block(c.Body)
		if n := len(c.Body); n > 0 {
			if b, ok := c.Body[n-1].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
				f.line("%s = %d", k, i+1)
			}
		}
		f.raw("}")
	}
}

func (f *fn) typeSwitch(s *ast.TypeSwitchStmt, label string) {
	if s.Init != nil {
		f.stmt(s.Init, "")
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
	}
	v := f.hoist(f.expr(x))
	f.breakable(label, s, func() {
		depth := 0
		var def *ast.CaseClause
		for _, c := range s.Body.List {
			c := c.(*ast.CaseClause)
			if c.List == nil {
				def = c
				continue
			}
			f.typeCase(c, v)
			depth++
		}
		if def != nil {
			if obj := f.l.c.info.Implicits[def]; obj != nil {
				f.declare(obj, v.text)
			}
			f.block(def.Body)
		}
		f.raw("%s", strings.Repeat("}\n", depth))
	})
}

func (f *fn) typeCase(c *ast.CaseClause, v val) {
	obj := f.l.c.info.Implicits[c]
	f.at(c.Pos())
	if len(c.List) == 1 && !f.isNilExpr(c.List[0]) {
		t := f.typeOf(c.List[0])
		x, ok := f.assertOK(v, t, c.Pos())
		f.line("if %s {", ok)
		if obj != nil {
			f.declare(obj, x.text)
		}
	} else {
		n := f.anyOf(c.List, func(e ast.Expr) string {
			if f.isNilExpr(e) {
				return v.text + " == nil"
			}
			_, ok := f.assertOK(v, f.typeOf(e), c.Pos())
			return ok
		})
		f.line("if %s {", n)
		if obj != nil {
			f.declare(obj, v.text)
		}
	}
	f.block(c.Body)
	f.raw("} else {")
}

func (f *fn) isNilExpr(e ast.Expr) bool {
	return f.l.c.info.Types[e].IsNil()
}

// selectStmt lets compiled code select: Yaegi shares the cases of a statement
// between goroutines (fault 2).
func (f *fn) selectStmt(s *ast.SelectStmt, label string) {
	if len(s.Body.List) == 0 {
		f.line("rt.Block()")
		return
	}
	info := f.l.c.info
	def, sent := false, ""
	var args []string
	type clause struct {
		c    *ast.CommClause
		recv string
		elem types.Type
		lhs  []ast.Expr
		tok  token.Token
	}
	var clauses []clause
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		cl := clause{c: c}
		f.at(c.Pos())
		switch m := c.Comm.(type) {
		case nil:
			def = true
		case *ast.SendStmt:
			ch := f.hoist(f.open(f.expr(m.Chan)))
			elem := under(ch.typ).(*types.Chan).Elem()
			sent = f.operand(m.Value, elem)
			args = append(args, ch.text, "true", f.temp("rt.Of("+sent+")"))
		default:
			var e ast.Expr
			switch m := m.(type) {
			case *ast.ExprStmt:
				e = m.X
			case *ast.AssignStmt:
				e, cl.lhs, cl.tok = m.Rhs[0], m.Lhs, m.Tok
			}
			ch := f.hoist(f.open(f.expr(ast.Unparen(e).(*ast.UnaryExpr).X)))
			cl.elem = under(ch.typ).(*types.Chan).Elem()
			cl.recv = f.temp("new(" + f.l.typ(cl.elem) + ")")
			args = append(args, ch.text, "false", cl.recv)
		}
		clauses = append(clauses, cl)
	}
	f.at(s.Pos())
	k, ok := f.fresh("k"), f.fresh("t")
	alone := len(args) == 3
	for _, cl := range clauses {
		if alone && cl.c.Comm != nil {
			f.at(cl.c.Pos()) // it is no select to the compiler
		}
	}
	switch {
	case alone && !def && args[1] == "true":
		f.line("%s <- %s", args[0], sent)
		f.line("%s, %s := 0, false", k, ok)
	case alone && !def:
		v := f.fresh("t")
		f.line("%s, %s := <-%s", v, ok, args[0])
		f.line("*%s = %s", args[2], v)
		f.line("%s := 0", k)
	default:
		f.line("%s, %s := rt.Select(%t, %s)", k, ok, def, strings.Join(args, ", "))
	}
	if len(args) == 0 {
		f.b.Truncate(strings.LastIndex(strings.TrimRight(f.b.String(), "\n"), "\n") + 1)
		f.raw("%s, %s := rt.Select(true)", k, ok)
	}
	f.breakable(label, s, func() {
		n, depth := 0, 0
		for _, cl := range clauses {
			number := -1
			if cl.c.Comm != nil {
				number = n
				n++
			}
			f.at(cl.c.Pos())
			f.line("if %s == %d {", k, number)
			if cl.recv != "" && len(cl.lhs) > 0 {
				vals := []val{{text: "*" + cl.recv, typ: cl.elem}, tempVal(ok, types.Typ[types.Bool])}
				for i, e := range cl.lhs {
					if isBlank(e) {
						continue
					}
					p := f.lateTarget(e, info.Defs)()
					v := vals[i]
					if i == 0 {
						v = f.hoist(v)
					}
					f.store(p, v)
				}
			}
			f.block(cl.c.Body)
			f.raw("} else {")
			depth++
		}
		f.raw("%s", strings.Repeat("}\n", depth))
	})
}

func (f *fn) forStmt(s *ast.ForStmt, label string) {
	if s.Init != nil {
		f.stmt(s.Init, "")
	}
	t := &target{label: label, node: s}
	var perIteration []types.Object
	if a, ok := s.Init.(*ast.AssignStmt); ok && a.Tok == token.DEFINE {
		for _, e := range a.Lhs {
			if id, ok := e.(*ast.Ident); ok {
				if obj := f.l.c.info.Defs[id]; obj != nil && f.l.a.boxed[obj] {
					perIteration = append(perIteration, obj)
				}
			}
		}
	}
	f.begin(s.Pos())
	// A condition or post statement that is one operation stays in the head.
	condHead, condPre := f.try(func() string {
		if s.Cond == nil {
			return ""
		}
		return f.cond(s.Cond)
	})
	postHead, post := f.try(func() string {
		if s.Post != nil {
			f.stmt(s.Post, "")
		}
		return ""
	})
	_ = postHead
	postLines := strings.Split(strings.TrimSpace(post), "\n")
	simplePost := len(postLines) <= 2 && !strings.Contains(postLines[len(postLines)-1], ":=")
	if len(perIteration) == 0 && condPre == "" && simplePost {
		head := "for"
		switch {
		case s.Post != nil && !f.l.sameLine(s.Pos(), s.Post.Pos()):
			head = fmt.Sprintf("for ; %s;\n%s", condHead, strings.TrimSpace(post)) // with its own place
		case s.Post != nil:
			head = fmt.Sprintf("for ; %s; %s", condHead, postLines[len(postLines)-1])
		case s.Cond != nil:
			head = "for " + condHead
		}
		f.loop(t, head, func() { f.block(s.Body.List) })
		return
	}
	first := ""
	if s.Post != nil || len(perIteration) > 0 {
		first = f.fresh("first")
		f.line("%s := true", first)
	}
	f.loop(t, "for", func() {
		if first != "" {
			f.raw("if %s {\n%s = false\n} else {", first, first)
			for _, v := range perIteration {
				// Each iteration has its own variable (faults 6, 7).
				n := f.l.name(v)
				c := f.temp("new(" + f.l.typ(f.subst(v.Type())) + ")")
				f.line("*%s = *%s\n%s = %s", c, n, n, c)
			}
			if s.Post != nil {
				f.stmt(s.Post, "")
			}
			f.raw("}")
		}
		if s.Cond != nil {
			f.begin(s.Cond.Pos())
			c := f.cond(s.Cond)
			f.line("if %s {\n} else {\nbreak %s\n}", c, t.name)
			t.used = true
		}
		f.block(s.Body.List)
	})
}

// try emits into the void and returns what came out.
func (f *fn) try(emit func() string) (text, before string) {
	outer := f.b
	pos := f.pos
	f.b = *newBuffer()
	text = emit()
	before = f.b.String()
	f.b = outer
	f.pos = pos
	return text, before
}
