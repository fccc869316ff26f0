package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"
)

// val is a computed expression: text without effects that may stand inside
// another expression.
type val struct {
	text string
	typ  types.Type
	// atom says that text is a constant or a variable, so that it may be
	// repeated at no cost.
	atom bool
	// fixed says that nothing can change what text means: a constant or a
	// temporary variable.
	fixed bool
	// build makes the text once the variables in it may be read, see order.go.
	build func() string
	// literal says that Yaegi would make this composite literal where the
	// variable is that gets it.
	literal bool
}

// built is v with its text.
func (f *fn) built(v val) val {
	if v.build != nil {
		v.text, v.build = v.build(), nil
	}
	return v
}

// settled is v with its text, a literal in a variable.
func (f *fn) settled(v val) val {
	if v.literal {
		return f.hoist(v)
	}
	return f.built(v)
}

func (v val) isNil() bool {
	b, ok := v.typ.(*types.Basic)
	return ok && b.Kind() == types.UntypedNil
}

func (f *fn) typeOf(e ast.Expr) types.Type {
	return f.subst(f.l.c.info.TypeOf(e))
}

func tempVal(name string, t types.Type) val { return val{text: name, typ: t, atom: true, fixed: true} }

// hoist stores v in a temporary variable unless it is fixed already.
func (f *fn) hoist(v val) val {
	if v.fixed || v.isNil() {
		return v
	}
	v = f.built(v)
	v.literal = false
	if isTemp(v.text) {
		return tempVal(v.text, v.typ)
	}
	return tempVal(f.temp(v.text), v.typ)
}

// isTemp says whether text is the name of a temporary variable: those of the
// program have a _ in their names.
func isTemp(text string) bool {
	digits, ok := strings.CutPrefix(text, "t")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// atomic stores v in a temporary variable unless it is a variable.
func (f *fn) atomic(v val) val {
	if v.atom && v.build == nil {
		return v
	}
	return f.hoist(v)
}

// value is e converted to a type, as by an assignment.
func (f *fn) value(e ast.Expr, to types.Type) string {
	v := f.expr(e)
	return f.convert(v.text, v.typ, to, e.Pos())
}

// operand is e converted to a type, as a variable or constant.
func (f *fn) operand(e ast.Expr, to types.Type) string {
	return f.operandOf(f.late(e), to, e.Pos())
}

func (f *fn) operandOf(v val, to types.Type, pos token.Pos) string {
	v = f.settled(v)
	if t := f.convert(v.text, v.typ, to, pos); t != v.text || v.atom {
		return t
	}
	return f.hoist(v).text
}

// effect computes e for its effects and panics alone: Yaegi would not even
// look at `_ = a[9]` (fault 29).
func (f *fn) effect(e ast.Expr) {
	v := f.expr(e)
	if !v.atom && !v.isNil() {
		f.temp(v.text)
	}
}

// expr emits what must happen before e and returns the rest as text.
func (f *fn) expr(e ast.Expr) val { return f.settled(f.late(e)) }

// late emits the calls in e alone; build of the result emits the rest, for the
// compiler reads variables after the calls that stand behind them.
func (f *fn) late(e ast.Expr) val {
	v := f.lateExpr(e)
	sign := f.sign(e)
	if v.build == nil || !sign.IsValid() {
		return v
	}
	build := v.build
	v.build = func() string {
		if f.l.sameLine(sign, f.pos) && f.l.sameLine(sign, f.statement) {
			return build()
		}
		// A panic has the line of the operator, not that of the statement.
		pos := f.pos
		f.atSign(e, sign)
		text := f.hoist(val{text: build(), typ: v.typ}).text
		f.at(pos)
		return text
	}
	return v
}

// signOrStart is where the operator of e stands, or e itself.
func (f *fn) signOrStart(e ast.Expr) token.Pos {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.CallExpr:
		return x.Lparen
	case *ast.SliceExpr:
		return x.Lbrack
	}
	if sign := f.sign(e); sign.IsValid() {
		return sign
	}
	return e.Pos()
}

// sign is where the operator of e stands, if e may panic by itself.
func (f *fn) sign(e ast.Expr) token.Pos {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.QUO, token.REM, token.SHL, token.SHR:
			return e.OpPos
		case token.EQL, token.NEQ:
			switch f.typeOf(e.X).Underlying().(type) {
			case *types.Interface, *types.Struct, *types.Array:
				return e.OpPos
			}
		}
	case *ast.IndexExpr:
		return e.Lbrack
	case *ast.StarExpr:
		return e.Star
	case *ast.SelectorExpr:
		if s := f.l.c.info.Selections[e]; s != nil && s.Kind() == types.FieldVal && s.Indirect() {
			return e.X.End() // the dot
		}
	}
	return token.NoPos
}

func (f *fn) lateExpr(e ast.Expr) val {
	tv := f.l.c.info.Types[e]
	if tv.Value != nil {
		t := f.subst(tv.Type)
		if !types.IsInterface(t) {
			return val{text: f.constant(tv.Value, t, e.Pos()), typ: t, atom: true, fixed: true}
		}
		t = types.Default(constantType(tv.Value))
		return val{text: f.constant(tv.Value, t, e.Pos()), typ: t, atom: true, fixed: true}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return f.late(e.X)
	case *ast.Ident:
		return f.ident(e)
	case *ast.FuncLit:
		return tempVal(f.temp(f.closure(e)), f.typeOf(e))
	case *ast.CompositeLit:
		return f.composite(e)
	case *ast.SelectorExpr:
		return f.selector(e)
	case *ast.IndexExpr:
		return f.index(e)
	case *ast.IndexListExpr:
		return f.functionValue(e)
	case *ast.SliceExpr:
		return f.slice(e)
	case *ast.StarExpr:
		x := f.late(e.X)
		return val{typ: f.typeOf(e), build: func() string {
			return "(*" + f.pointer(f.built(x)).text + ")"
		}}
	case *ast.UnaryExpr:
		if c, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok && e.Op == token.AND {
			return f.pointerTo(f.composite(c))
		}
		return f.unary(e)
	case *ast.BinaryExpr:
		return f.binary(e)
	case *ast.CallExpr:
		if to := f.typeOf(e.Fun); f.l.c.info.Types[e.Fun].IsType() && types.IsInterface(to) {
			v := f.lateTo(e.Args[0], to)
			return val{typ: to, build: func() string {
				v := f.settled(v)
				return f.convert(v.text, v.typ, to, e.Pos())
			}}
		}
		vals := f.call(e)
		if len(vals) == 1 {
			return vals[0]
		}
		return val{text: "nilAny", typ: types.NewTuple(), atom: true, fixed: true}
	case *ast.TypeAssertExpr:
		return f.assert(e)
	}
	f.l.refuse(e.Pos(), fmt.Sprintf("execute %T", e), "it otherwise")
	return val{text: "nilAny", typ: f.typeOf(e), atom: true, fixed: true}
}

func constantType(v constant.Value) types.Type {
	switch v.Kind() {
	case constant.Bool:
		return types.Typ[types.Bool]
	case constant.String:
		return types.Typ[types.String]
	case constant.Int:
		return types.Typ[types.Int]
	case constant.Float:
		return types.Typ[types.Float64]
	}
	return types.Typ[types.Complex128]
}

// constant spells a constant of a type: the type checker computed it, Yaegi
// has nothing to fold.
func (f *fn) constant(v constant.Value, t types.Type, pos token.Pos) string {
	if f.l.opaque(t) {
		f.l.refuse(pos, "use a constant of "+reflectString(t), "a struct type")
	}
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		f.l.refuse(pos, "convert a constant to "+reflectString(t), "a variable of the constant's type")
		return "0"
	}
	if basic.Info()&types.IsUntyped != 0 {
		basic = types.Default(basic).(*types.Basic)
		t = basic
	}
	name := f.l.typ(t)
	wrap := func(text, plain string) string {
		if name == plain {
			return text
		}
		return name + "(" + text + ")"
	}
	info := basic.Info()
	switch {
	case info&types.IsBoolean != 0:
		return wrap(strconv.FormatBool(constant.BoolVal(v)), "bool")
	case info&types.IsString != 0:
		return wrap(strconv.Quote(constant.StringVal(v)), "string")
	case info&types.IsInteger != 0:
		v = constant.ToInt(v)
		text := v.ExactString()
		if name == "int" && strings.HasPrefix(text, "-") {
			return "int(" + text + ")"
		}
		return wrap(text, "int")
	case info&types.IsFloat != 0:
		return wrap(floatText(v, basic), "")
	case info&types.IsComplex != 0:
		v = constant.ToComplex(v)
		part := types.Typ[types.Float64]
		if basic.Kind() == types.Complex64 {
			part = types.Typ[types.Float32]
		}
		// complex of two float32 is a complex128 to Yaegi.
		fn := "complex"
		if name == "complex64" {
			fn = "rt.Complex64"
		}
		return f.temp(fmt.Sprintf("%s(float64(%s), float64(%s))", fn, floatText(constant.Real(v), part), floatText(constant.Imag(v), part)))
	case basic.Kind() == types.UnsafePointer:
		return "unsafe.Pointer(uintptr(" + v.ExactString() + "))"
	}
	return "0"
}

func floatText(v constant.Value, t *types.Basic) string {
	x, _ := constant.Float64Val(constant.ToFloat(v))
	bits := 64
	if t.Kind() == types.Float32 {
		y, _ := constant.Float32Val(constant.ToFloat(v))
		x, bits = float64(y), 32
	}
	s := strconv.FormatFloat(x, 'g', -1, bits)
	if math.Trunc(x) == x && !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

func (f *fn) ident(e *ast.Ident) val {
	obj := f.l.c.info.ObjectOf(e)
	switch obj := obj.(type) {
	case *types.Nil:
		return val{text: "nil", typ: types.Typ[types.UntypedNil], atom: true, fixed: true}
	case *types.Var:
		v := val{text: f.variable(obj), typ: f.subst(obj.Type()), atom: true}
		v.fixed = !f.l.a.boxed[obj] && !f.l.a.changed[obj] && obj.Parent() != nil && obj.Pkg() != nil && obj.Parent() != obj.Pkg().Scope()
		return v
	case *types.Func:
		return f.functionValue(e)
	}
	f.l.refuse(e.Pos(), "use "+e.Name, "it otherwise")
	return val{text: "nilAny", typ: f.typeOf(e), atom: true, fixed: true}
}

// open gives the underlying value of an opaque one.
func (f *fn) open(v val) val {
	if !f.l.opaque(v.typ) {
		return v
	}
	u := v.typ.Underlying()
	p := f.temp("new(" + f.l.typ(u) + ")")
	f.line("rt.Get(%s, %s)", v.text, p)
	return tempVal(f.temp("*"+p), u)
}

// zero is the zero value of a type as text.
func (f *fn) zero(t types.Type) string {
	text := f.l.typ(t)
	switch text {
	case "rt.Any":
		return "nilAny"
	case "rt.Error":
		return "nilErr"
	}
	n := f.fresh("z")
	f.line("var %s %s", n, text)
	return n
}

// convert is an assignment conversion, and any other that is to an interface.
func (f *fn) convert(text string, from, to types.Type, pos token.Pos) string {
	l := f.l
	if b, ok := from.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		if l.opaque(to) {
			return "nilAny"
		}
		return f.zero(to)
	}
	if types.IsInterface(to) {
		return f.toInterface(text, from, to, pos)
	}
	if types.IsInterface(from) || types.Identical(from, to) {
		return text
	}
	switch fo, to2 := l.opaque(from), l.opaque(to); {
	case fo && !to2:
		return f.open(val{text: text, typ: from}).text
	case to2 && !fo:
		return f.temp("rt.Of(" + text + ")")
	case fo:
		return text
	}
	a, b := l.typ(from), l.typ(to)
	if a == b {
		return text
	}
	return f.temp("(" + b + ")(" + text + ")")
}

// toInterface makes an interface value: the value itself, or one of rt that
// also knows its type (faults 19 to 24).
func (f *fn) toInterface(text string, from, to types.Type, pos token.Pos) string {
	l := f.l
	target := l.typ(to)
	if types.IsInterface(from) {
		source := l.typ(from)
		switch {
		case source == target:
			return text
		case target == "rt.Any":
			return f.temp("rt.Of(" + text + ")")
		}
		l.target(to)
		p := f.temp("new(" + target + ")")
		f.line("rt.Get(%s, %s)", text, p)
		return f.temp("*" + p)
	}
	if l.native(from) {
		switch target {
		case "rt.Any":
			return f.temp("rt.Of(" + text + ")")
		case "rt.Error":
			return f.temp("rt.Err(" + text + ")")
		}
		p := f.temp("new(" + target + ")")
		f.line("rt.Get(rt.Of(%s), %s)", text, p)
		return f.temp("*" + p)
	}
	d := l.desc(from)
	l.wrapped.Set(from, true)
	if l.compiledTarget(to) {
		l.target(to)
	}
	switch target {
	case "rt.Any":
		return f.temp(fmt.Sprintf("rt.Wrap(%s, %s)", d, text))
	case "rt.Error":
		return f.temp(fmt.Sprintf("rt.WrapErr(%s, %s)", d, text))
	}
	w := f.temp(fmt.Sprintf("rt.Wrap(%s, %s)", d, text))
	p := f.temp("new(" + target + ")")
	f.line("rt.Get(%s, %s)", w, p)
	return f.temp("*" + p)
}

// compiledTarget says whether compiled code may call methods of t.
func (l *lowerer) compiledTarget(t types.Type) bool {
	return l.typ(t) != "rt.Any"
}

func (f *fn) unary(e *ast.UnaryExpr) val {
	t := f.typeOf(e)
	switch e.Op {
	case token.AND:
		return f.lateAddress(e.X)
	case token.ARROW:
		ch := f.atomic(f.open(f.expr(e.X)))
		f.at(e.Pos())
		return tempVal(f.temp("<-"+ch.text), t)
	}
	x := f.late(e.X)
	switch {
	case e.Op == token.ADD:
		return x
	case e.Op == token.NOT:
		// Yaegi loses the ! of a condition in parentheses.
		return val{typ: t, build: func() string {
			return f.temp("!" + f.atomic(x).text)
		}}
	}
	return val{typ: t, build: func() string {
		return "(" + e.Op.String() + f.atomic(x).text + ")"
	}}
}

// lateAddress is &e, but reads variables late.
func (f *fn) lateAddress(e ast.Expr) val {
	e = ast.Unparen(e)
	t := types.NewPointer(f.typeOf(e))
	switch e := e.(type) {
	case *ast.CompositeLit:
		return f.pointerTo(f.composite(e))
	case *ast.Ident:
		if v, ok := f.l.c.info.ObjectOf(e).(*types.Var); ok && f.l.a.boxed[v] {
			return val{text: f.pointed(f.l.name(v), t), typ: t, atom: true}
		}
	case *ast.StarExpr:
		x := f.late(e.X)
		return val{typ: t, build: func() string {
			p := f.atomic(x)
			f.at(e.Pos())
			f.line("if %s == nil {\nrt.Bind(nilAny)\n}", p.text)
			return p.text
		}}
	}
	place := f.latePlace(e, false)
	return val{typ: t, build: func() string {
		v := place().text
		if s, ok := strings.CutPrefix(v, "(*"); ok && isIdent(strings.TrimSuffix(s, ")")) {
			return f.pointed(strings.TrimSuffix(s, ")"), t)
		}
		f.at(e.Pos())
		return f.pointed(f.temp("&"+v), t)
	}}
}

func isIdent(s string) bool { return token.IsIdentifier(s) }

// dot selects a field of a value whose text may be (*p).
func dot(text, field string) string {
	if s, ok := strings.CutPrefix(text, "(*"); ok && strings.HasSuffix(s, ")") && isIdent(s[:len(s)-1]) {
		text = s[:len(s)-1]
	}
	return text + "." + field
}

// walk follows fields of v by their indexes.
func (f *fn) walk(v val, index []int) val {
	for _, i := range index {
		v = f.open(v)
		t := v.typ
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
			if f.l.cut(t) {
				v = f.pointer(v)
			}
			if !isIdent(v.text) && strings.HasPrefix(v.text, "(") {
				v = f.hoist(v)
			}
		}
		st := t.Underlying().(*types.Struct)
		if n, ok := types.Unalias(t).(*types.Named); ok && !f.l.own(n.Obj().Pkg()) && f.l.mapped(n) == n {
			v = val{text: dot(v.text, st.Field(i).Name()), typ: st.Field(i).Type()}
		} else {
			v = val{text: dot(v.text, fieldName(st, i)), typ: st.Field(i).Type()}
		}
	}
	return v
}

func (f *fn) selector(e *ast.SelectorExpr) val {
	info := f.l.c.info
	s := info.Selections[e]
	if s == nil {
		obj := info.Uses[e.Sel]
		switch obj := obj.(type) {
		case *types.Func:
			return f.functionValue(e)
		case *types.Var:
			if f.l.own(obj.Pkg()) {
				return f.ident(e.Sel)
			}
			return f.foreign(obj)
		}
		f.l.refuse(e.Pos(), "use "+e.Sel.Name, "it otherwise")
		return val{text: "nilAny", typ: f.typeOf(e), atom: true, fixed: true}
	}
	switch s.Kind() {
	case types.MethodExpr:
		return f.methodExpr(e, s)
	case types.MethodVal:
		return f.methodValue(e)
	}
	x := f.late(e.X)
	_, index, _ := types.LookupFieldOrMethod(x.typ, true, s.Obj().Pkg(), e.Sel.Name)
	return val{typ: f.typeOf(e), build: func() string {
		x := f.settled(x)
		if !x.atom && !plain(x.text) {
			x = f.hoist(x)
		}
		return f.walk(x, index).text
	}}
}

// foreign is a variable of a compiled package. Of one that is no interface Yaegi takes
// the value that it has before the program runs, so that one that may change is read
// where it is.
func (f *fn) foreign(v *types.Var) val {
	name := f.l.qualified(v)
	if !f.l.a.foreign[v] {
		return val{text: name, typ: v.Type(), atom: true}
	}
	return val{typ: v.Type(), build: func() string { return "(*" + f.temp("&"+name) + ")" }}
}

// plain says whether text is a chain of fields, elements and pointers,
// to which a further selector may be added.
func plain(text string) bool { return !strings.ContainsAny(text, " +-/&^!") }

func (f *fn) index(e *ast.IndexExpr) val {
	if tv := f.l.c.info.Types[e.X]; tv.IsValue() {
		if _, ok := tv.Type.Underlying().(*types.Signature); ok {
			return f.functionValue(e) // f[int]
		}
	}
	x := f.late(e.X)
	t := f.typeOf(e)
	if m, ok := x.typ.Underlying().(*types.Map); ok {
		k := f.lateKey(e.Index, m)
		return val{typ: t, build: func() string {
			x := f.atomic(f.open(f.built(x)))
			k := k()
			f.at(e.Pos())
			f.findable(k, x.text, m)
			return f.temp(x.text + "[" + k + "]")
		}}
	}
	i := f.late(e.Index)
	return val{typ: t, build: func() string {
		x := f.open(f.settled(x))
		return f.element(x, f.built(i))
	}}
}

// element spells x[i]. The child makes the panics of Yaegi those of Go.
func (f *fn) element(x, i val) string {
	base := x
	if p, ok := x.typ.Underlying().(*types.Pointer); ok {
		x = f.atomic(x)
		base = val{text: "(*" + x.text + ")", typ: p.Elem(), atom: true}
	} else if !x.atom {
		if _, ok := x.typ.Underlying().(*types.Array); !ok || !plain(x.text) {
			base = f.hoist(x)
		}
	}
	if !i.atom {
		i = f.hoist(i)
	}
	return base.text + "[" + i.text + "]"
}

func (f *fn) slice(e *ast.SliceExpr) val {
	var x val
	array, isArray := f.typeOf(e.X).Underlying().(*types.Array)
	if isArray {
		x = f.lateAddress(e.X)
	} else {
		x = f.late(e.X)
	}
	bounds := [3]val{}
	for i, b := range []ast.Expr{e.Low, e.High, e.Max} {
		if b != nil {
			// A variable is read late, everything else now.
			bounds[i] = f.atomic(f.late(b))
		}
	}
	part := func(v val) string {
		if v.typ == nil {
			return ""
		}
		if b, ok := v.typ.Underlying().(*types.Basic); ok {
			switch b.Kind() {
			case types.Int, types.UntypedInt, types.Uint, types.Uint64, types.Uintptr:
				// As it is: the text of a panic shows it.
			default:
				return f.temp("int(" + v.text + ")")
			}
		}
		return v.text
	}
	x = f.atomic(f.open(f.built(x)))
	text, length := x.text, int64(-1) // of an array
	switch u := x.typ.Underlying().(type) {
	case *types.Pointer:
		if !isArray {
			array = u.Elem().Underlying().(*types.Array)
		}
		text, length = "(*"+x.text+")", array.Len()
	}
	low, high, maxi := part(bounds[0]), part(bounds[1]), part(bounds[2])
	f.atSign(e, e.Lbrack)
	s := low + ":" + high
	if maxi != "" {
		s += ":" + maxi
		if length >= 0 && f.l.c.info.Types[e.Max].Value == nil {
			// Yaegi calls the length of an array its capacity.
			f.line("rt.ArrayMax(%s, %d)", maxi, length)
		}
	}
	t := f.typeOf(e)
	return tempVal(f.temp(text+"["+s+"]"), t)
}

func (f *fn) binary(e *ast.BinaryExpr) val {
	t := f.typeOf(e)
	switch e.Op {
	case token.LAND, token.LOR:
		return f.logical(e, t)
	case token.SHL, token.SHR:
		return f.shift(e, t)
	case token.EQL, token.NEQ:
		return f.equality(e, t)
	}
	x := f.late(e.X)
	y := f.late(e.Y)
	return val{typ: t, build: func() string {
		x := f.built(x)
		return f.arith(e.Op, x, f.built(y), t).text
	}}
}

func (f *fn) arith(op token.Token, x, y val, t types.Type) val {
	return val{text: "(" + x.text + " " + op.String() + " " + y.text + ")", typ: t}
}

// logical takes && and || apart: Yaegi's jumps go wrong in several of their
// combinations.
func (f *fn) logical(e *ast.BinaryExpr, t types.Type) val {
	x := f.expr(e.X)
	n := f.fresh("c")
	f.at(e.Pos())
	f.line("%s := %s", n, x.text)
	if e.Op == token.LAND {
		f.line("if %s {", n)
	} else {
		f.line("if %s {\n} else {", n)
	}
	y := f.expr(e.Y)
	f.line("%s = %s", n, y.text)
	f.raw("}")
	return tempVal(n, t)
}

// shift is late where its operands may be: the compiler reads them after the
// calls that stand behind it.
func (f *fn) shift(e *ast.BinaryExpr, t types.Type) val {
	x, y := f.late(e.X), f.late(e.Y)
	return val{typ: t, build: func() string {
		x := f.built(x)
		return f.shiftBy(e.Op, x, f.built(y), e.Y, t).text
	}}
}

func (f *fn) shiftBy(op token.Token, x, y val, count ast.Expr, t types.Type) val {
	y = f.atomic(y)
	text := y.text
	if c := f.l.c.info.Types[count].Value; c != nil {
		text = "uint(" + constant.ToInt(c).ExactString() + ")"
	} else {
		b := y.typ.Underlying().(*types.Basic)
		if b.Info()&types.IsUnsigned == 0 {
			f.line("if %s < 0 {\nrt.Shift()\n}", text)
		}
		text = f.temp("uint(" + text + ")")
	}
	if !strings.HasPrefix(x.text, "(") && !x.atom {
		x = f.hoist(x)
	}
	xt := x.text
	if b, ok := x.typ.Underlying().(*types.Basic); ok && x.fixed && b.Info()&types.IsUntyped != 0 || isNumber(xt) {
		xt = f.temp(f.l.typ(t) + "(" + xt + ")")
	}
	return val{text: "(" + xt + " " + op.String() + " " + text + ")", typ: t}
}

func isNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func (f *fn) equality(e *ast.BinaryExpr, t types.Type) val {
	x, y := f.compared(e.X, e.Y), f.compared(e.Y, e.X)
	return val{typ: t, build: func() string {
		x := f.settled(x)
		return f.equal(e.Op, x, f.settled(y), t, e.Pos()).text
	}}
}

// compared is an operand of a comparison with another one.
func (f *fn) compared(e, with ast.Expr) val {
	if types.IsInterface(f.typeOf(with)) {
		return f.lateTo(e, f.typeOf(with))
	}
	v := f.late(e)
	switch v.typ.Underlying().(type) {
	case *types.Struct, *types.Array:
		return f.copyOf(e, v)
	}
	return v
}

func (f *fn) equal(op token.Token, x, y val, t types.Type, pos token.Pos) val {
	if x.isNil() {
		x, y = y, x
	}
	if b, ok := x.typ.Underlying().(*types.Basic); !ok || b.Info()&types.IsBoolean != 0 {
		x = f.atomic(x)
	}
	if b, ok := y.typ.Underlying().(*types.Basic); !y.isNil() && (!ok || b.Info()&types.IsBoolean != 0) {
		y = f.atomic(y)
	}
	if y.isNil() {
		if x.isNil() {
			return val{text: "true", typ: t, atom: true, fixed: true}
		}
		if f.l.opaque(x.typ) {
			n := f.temp("rt.IsNil(" + x.text + ")")
			if op == token.NEQ {
				n = f.temp("!" + n)
			}
			return tempVal(n, t)
		}
		return val{text: "(" + x.text + " " + op.String() + " nil)", typ: t}
	}
	xi, yi := types.IsInterface(x.typ), types.IsInterface(y.typ)
	if xi || yi {
		// Yaegi never finds pointers or structs in interfaces equal (fault 19).
		a, b := x.text, y.text
		if !xi {
			a = f.toInterface(a, x.typ, anyType, pos)
		}
		if !yi {
			b = f.toInterface(b, y.typ, anyType, pos)
		}
		n := f.temp(fmt.Sprintf("rt.Equal(%s, %s)", a, b))
		if op == token.NEQ {
			n = f.temp("!" + n)
		}
		return tempVal(n, t)
	}
	_, isStruct := x.typ.Underlying().(*types.Struct)
	_, isArray := x.typ.Underlying().(*types.Array)
	if isStruct || isArray || f.l.opaque(x.typ) && f.l.opaque(y.typ) {
		d := f.l.desc(x.typ)
		n := f.temp(fmt.Sprintf("rt.Equal(rt.Wrap(%s, %s), rt.Wrap(%s, %s))", d, x.text, d, y.text))
		if op == token.NEQ {
			n = f.temp("!" + n)
		}
		return tempVal(n, t)
	}
	if a, b := f.l.typ(x.typ), f.l.typ(y.typ); a != b {
		// Channels of different directions.
		if c, ok := x.typ.Underlying().(*types.Chan); ok && c.Dir() == types.SendRecv {
			x = tempVal(f.temp("("+b+")("+x.text+")"), y.typ)
		} else if ok {
			y = tempVal(f.temp("("+a+")("+y.text+")"), x.typ)
		}
	}
	return val{text: "(" + x.text + " " + op.String() + " " + y.text + ")", typ: t}
}

var anyType = types.Universe.Lookup("any").Type()

// composite emits a composite literal.
func (f *fn) composite(e *ast.CompositeLit) val {
	t := f.typeOf(e)
	return f.compositeOf(e, t)
}

func (f *fn) compositeOf(e *ast.CompositeLit, t types.Type) val {
	l := f.l
	if p, ok := t.Underlying().(*types.Pointer); ok {
		// &T elided inside another literal.
		v := f.pointerTo(f.compositeOf(e, p.Elem()))
		v.typ = t
		return v
	}
	text := l.typ(t)
	u := t.Underlying()
	if l.opaque(t) {
		text = l.typ(u)
	}
	v := func() val {
		switch u := u.(type) {
		case *types.Struct:
			return f.structLit(e, t, u, text)
		case *types.Map:
			n := f.temp(text + "{}")
			for _, el := range e.Elts {
				kv := el.(*ast.KeyValueExpr)
				kt := f.literalElement(kv.Key, u.Key())
				xt := f.literalElement(kv.Value, u.Elem())
				if slowKey(u) && !f.addressable(kv.Key) {
					kt.v = f.hoist(kt.v)
				}
				x := f.temp(f.settle(xt))
				k := f.temp(f.settle(kt))
				f.atSign(e, e.Lbrace) // not the key's
				f.enterable(k, n, u)
				f.line("%s[%s] = %s", n, k, x)
			}
			return tempVal(n, t)
		case *types.Slice:
			return f.sequence(e, u.Elem(), text, -1)
		case *types.Array:
			return f.sequence(e, u.Elem(), text, u.Len())
		}
		l.refuse(e.Pos(), "make a literal of "+reflectString(t), "it otherwise")
		return val{text: "nilAny"}
	}()
	v.typ = t
	if l.opaque(t) {
		v = tempVal(f.temp("rt.Of("+f.hoist(v).text+")"), t)
	}
	return v
}

// pointerTo is a pointer to a literal.
func (f *fn) pointerTo(v val) val {
	t := types.NewPointer(v.typ)
	return val{typ: t, literal: true, build: func() string {
		v := f.hoist(v)
		p := f.temp("new(" + f.l.typ(v.typ) + ")")
		f.line("*%s = %s", p, v.text)
		return f.pointed(p, t)
	}}
}

// element is an element of a literal before it is converted to its type t.
type element struct {
	v   val
	t   types.Type
	pos token.Pos
}

// settle converts an element once all elements are computed: only then does
// the compiler read variables. Yaegi takes some expressions in literals for
// types: those go to variables.
func (f *fn) settle(e element) string {
	e.v = f.built(e.v)
	text := f.convert(e.v.text, e.v.typ, e.t, e.pos)
	if text != e.v.text || e.v.atom {
		return text
	}
	if _, isStruct := e.t.Underlying().(*types.Struct); isStruct && strings.HasSuffix(text, "}") || plain(text) && !strings.Contains(text, "(") {
		return text
	}
	return f.temp(text)
}

// literalElement is an element of a literal, whose type may be elided.
func (f *fn) literalElement(e ast.Expr, t types.Type) element {
	if c, ok := e.(*ast.CompositeLit); ok {
		return element{f.compositeOf(c, f.typeOf(c)), t, e.Pos()}
	}
	return element{f.lateTo(e, t), t, e.Pos()}
}

func (f *fn) structLit(e *ast.CompositeLit, t types.Type, u *types.Struct, text string) val {
	compiled := false
	if n, ok := types.Unalias(t).(*types.Named); ok && !f.l.own(n.Obj().Pkg()) && f.l.mapped(n) == n {
		compiled = true
	}
	var elements []element
	var names []string
	for i, el := range e.Elts {
		index := i
		value := el
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			value = kv.Value
			for j := range u.NumFields() {
				if u.Field(j).Name() == kv.Key.(*ast.Ident).Name {
					index = j
				}
			}
		}
		name := fieldName(u, index)
		if compiled {
			name = u.Field(index).Name()
		}
		if u.Field(index).Name() == "_" {
			name = "" // computed and thrown away: such a field stays zero
		}
		names = append(names, name)
		elements = append(elements, f.literalElement(value, u.Field(index).Type()))
	}
	return val{typ: t, literal: true, build: func() string {
		var parts []string
		for i, el := range elements {
			text := f.settle(el)
			if names[i] == "" {
				if !isIdent(text) {
					f.temp(text)
				}
				continue
			}
			parts = append(parts, names[i]+": "+text)
		}
		f.at(e.Pos())
		text += "{" + strings.Join(parts, ", ") + "}"
		if compiled {
			return f.temp(text)
		}
		return text
	}}
}

func (f *fn) sequence(e *ast.CompositeLit, elem types.Type, text string, length int64) val {
	keyed := false
	var next, size int64
	type item struct {
		at int64
		e  ast.Expr
	}
	var items []item
	for _, el := range e.Elts {
		value := el
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			keyed = true
			value = kv.Value
			next, _ = constant.Int64Val(constant.ToInt(f.l.c.info.Types[kv.Key].Value))
		}
		items = append(items, item{next, value})
		next++
		size = max(size, next)
	}
	if !keyed && (length < 0 || length == size) {
		var elements []element
		for _, it := range items {
			elements = append(elements, f.literalElement(it.e, elem))
		}
		return val{literal: true, build: func() string {
			var parts []string
			for _, el := range elements {
				parts = append(parts, f.settle(el))
			}
			f.at(e.Pos())
			return text + "{" + strings.Join(parts, ", ") + "}"
		}}
	}
	elements := make([]element, len(items))
	for i, it := range items {
		elements[i] = f.literalElement(it.e, elem)
	}
	return val{literal: true, build: func() string {
		var n string
		if length < 0 {
			n = f.temp(fmt.Sprintf("make(%s, %d)", text, size))
		} else {
			n = f.fresh("a")
			f.line("var %s %s", n, text)
		}
		for i, it := range items {
			f.line("%s[%d] = %s", n, it.at, f.settle(elements[i]))
		}
		return n
	}}
}

// findable checks a key that is looked up in m, where it may hold a value
// that no map can have as key.
func (f *fn) findable(k, m string, t *types.Map) {
	if f.holds(t.Key()) && k != "nilAny" && k != "nilErr" {
		f.line("rt.Find(len(%s), %s)", m, k)
	}
}

// enterable is findable for a key that is written.
func (f *fn) enterable(k, m string, t *types.Map) {
	if f.holds(t.Key()) && k != "nilAny" && k != "nilErr" {
		f.line("rt.Enter(%s == nil, %s)", m, k)
	}
}

// holds says whether a value of t has an interface in it.
func (f *fn) holds(t types.Type) bool {
	switch u := f.subst(t).Underlying().(type) {
	case *types.Interface:
		return true
	case *types.Array:
		return f.holds(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			if f.holds(v.Type()) {
				return true
			}
		}
	}
	return false
}
