package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func newBuffer() *bytes.Buffer { return &bytes.Buffer{} }

// rangeStmt emits each kind of range as a loop of its own, with variables
// made anew in each iteration (faults 6, 8, 9, 18).
func (f *fn) rangeStmt(s *ast.RangeStmt, label string) {
	x := f.open(f.lateInPlace(s.X, false)())
	t := &target{label: label, node: s}
	switch u := x.typ.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			f.rangeString(s, x, t)
		} else {
			f.rangeInt(s, x, t)
		}
	case *types.Slice:
		f.rangeSlice(s, x, "", t)
	case *types.Array:
		if s.Value != nil && !isBlank(s.Value) {
			// The range is over a copy, made where a pointer to the array is followed.
			f.atSign(s.X, f.follow(s.X).sign)
			x = f.hoist(x)
			f.at(s.Pos())
		} else if f.laterEffects([]ast.Expr{s.X}) {
			f.hoist(x) // an array of which only the length matters, but not what its calls do
		}
		f.rangeSlice(s, x, fmt.Sprint(u.Len()), t)
	case *types.Pointer:
		x = f.hoist(x)
		n := u.Elem().Underlying().(*types.Array).Len()
		f.rangeSlice(s, val{text: "(*" + x.text + ")", typ: u.Elem(), atom: true, fixed: true}, fmt.Sprint(n), t)
	case *types.Map:
		f.rangeMap(s, x, u, t)
	case *types.Chan:
		f.rangeChan(s, x, u, t)
	case *types.Signature:
		f.rangeFunc(s, x, u, label)
	default:
		f.l.refuse(s.Pos(), "range over "+reflectString(x.typ), "a loop with an index")
	}
}

// bind gives key and value of one iteration to the variables of the program.
func (f *fn) bind(s *ast.RangeStmt, vals ...val) {
	var places []place
	for i, e := range []ast.Expr{s.Key, s.Value} {
		switch {
		case e == nil || isBlank(e) || i >= len(vals):
			places = append(places, place{blank: true})
		case s.Tok == token.DEFINE:
			obj := f.l.c.info.Defs[e.(*ast.Ident)]
			places = append(places, place{define: obj, typ: f.subst(obj.Type())})
		default:
			places = append(places, f.lateFixedTarget(e, nil)())
		}
	}
	for i, p := range places {
		if !p.blank {
			if e := []ast.Expr{s.Key, s.Value}[i]; s.Tok != token.DEFINE {
				f.atStore(e, s.TokPos)
			}
			f.store(p, vals[i])
		}
	}
}

func wants(e ast.Expr) bool { return e != nil && !isBlank(e) }

func (f *fn) rangeInt(s *ast.RangeStmt, x val, t *target) {
	kt := x.typ
	if b, ok := kt.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		kt = types.Typ[types.Int]
		if s.Key != nil && !isBlank(s.Key) {
			kt = f.lhsType(s.Key, nil)
		}
	}
	name := f.l.typ(kt)
	n := f.fresh("n")
	f.line("%s := %s(%s)", n, name, f.atomic(x).text)
	i := f.fresh("i")
	f.line("%s := %s(0)", i, name)
	f.loop(t, fmt.Sprintf("for ; %s < %s; %s = %s + 1", i, n, i, i), func() {
		f.bind(s, val{text: i, typ: kt, atom: true})
		f.block(s.Body.List)
	})
}

func (f *fn) rangeSlice(s *ast.RangeStmt, x val, n string, t *target) {
	if n == "" {
		x = f.hoist(x)
		n = f.temp("len(" + x.text + ")")
	}
	i := f.fresh("i")
	f.line("%s := 0", i)
	var elem types.Type
	switch u := x.typ.Underlying().(type) {
	case *types.Slice:
		elem = u.Elem()
	case *types.Array:
		elem = u.Elem()
	}
	f.loop(t, fmt.Sprintf("for ; %s < %s; %s++", i, n, i), func() {
		vals := []val{{text: i, typ: types.Typ[types.Int], atom: true}}
		if wants(s.Value) {
			vals = append(vals, val{text: x.text + "[" + i + "]", typ: elem})
		}
		f.bind(s, vals...)
		f.block(s.Body.List)
	})
}

// rangeString decodes by itself: Yaegi's offsets go wrong behind invalid
// UTF-8.
func (f *fn) rangeString(s *ast.RangeStmt, x val, t *target) {
	x = f.hoist(x)
	n := f.temp("len(" + x.text + ")")
	next, k, v, b := f.fresh("i"), f.fresh("k"), f.fresh("v"), f.fresh("b")
	f.line("%s := 0\n%s := 0", next, k)
	f.loop(t, fmt.Sprintf("for %s < %s", next, n), func() {
		f.line("%s = %s", k, next)
		f.line("%s := int32(0)\n%s := %s[%s]", v, b, x.text, k)
		f.line("if %s < 128 {\n%s = int32(%s)\n%s = %s + 1\n} else {", b, v, b, next, next)
		w := f.fresh("w")
		r := f.fresh("r")
		f.line("%s, %s := rt.DecodeRune(%s, %s)\n%s = %s\n%s = %s + %s\n}", r, w, x.text, k, v, r, next, next, w)
		f.bind(s, val{text: k, typ: types.Typ[types.Int], atom: true}, val{text: v, typ: types.Typ[types.Rune], atom: true})
		f.block(s.Body.List)
	})
}

func (f *fn) rangeMap(s *ast.RangeStmt, x val, u *types.Map, t *target) {
	x = f.hoist(x)
	k, v := f.fresh("k"), f.fresh("v")
	f.loop(t, fmt.Sprintf("for %s, %s := range %s", k, v, x.text), func() {
		f.bind(s, val{text: k, typ: u.Key(), atom: true}, val{text: v, typ: u.Elem(), atom: true})
		f.block(s.Body.List)
	})
}

func (f *fn) rangeChan(s *ast.RangeStmt, x val, u *types.Chan, t *target) {
	x = f.hoist(x)
	f.loop(t, "for", func() {
		v, ok := f.fresh("t"), f.fresh("t")
		f.line("%s, %s := <-%s", v, ok, x.text)
		f.line("if %s {\n} else {\nbreak %s\n}", ok, t.name)
		t.used = true
		f.bind(s, tempVal(v, u.Elem()))
		f.block(s.Body.List)
	})
}

// iteration is the body of a range over a function while it is a function of
// its own: how it is left is told to the function around by a number.
type iteration struct {
	body  *ast.BlockStmt
	state string
	// phase points to what an iterator that goes on when it must not is told,
	// see rt.Iterate.
	phase string
	exits []iterationExit
}

// The phases of a range over a function.
const (
	phaseReady   = "0" // the iterator may call the body
	phaseBody    = "1" // the body runs, or has panicked
	phaseDone    = "2" // the body has left the loop
	phaseOutside = "3" // the iterator has returned
)

type iterationExit struct {
	tok   token.Token
	label string
	to    types.Object // the label of a goto
}

// code is the number for a way out that leads past the loop.
func (it *iteration) code(exit iterationExit) string {
	for i, e := range it.exits {
		if e == exit {
			return fmt.Sprint(i + 2)
		}
	}
	it.exits = append(it.exits, exit)
	return fmt.Sprint(len(it.exits) + 1)
}

func (f *fn) leaveIteration(code string) {
	f.line("*%s = %s\n*%s = %s\nreturn false", f.iter.state, code, f.iter.phase, phaseDone)
}

func (f *fn) leaveTrue() { f.line("*%s = %s\nreturn true", f.iter.phase, phaseReady) }

func (f *fn) rangeFunc(s *ast.RangeStmt, x val, u *types.Signature, label string) {
	l := f.l
	x = f.hoist(x)
	state, phase := f.temp("new(int)"), f.temp("new(int)")
	g := l.fn(f, nil)
	g.iter = &iteration{body: s.Body, state: state, phase: phase}
	g.boxes = true
	g.defers = f.defers
	g.panic = f.panic
	g.targets = []*target{{label: label, node: s, loop: true, boundary: true}}
	caps := []capture{{state, "*int"}, {phase, "*int"}}
	if f.defers != "" {
		caps = append(caps, capture{f.defers, "*rt.Defers"})
	}
	if f.panic != "" {
		caps = append(caps, capture{f.panic, "*rt.Panic"})
	}
	if f.iter != nil {
		caps = append(caps, capture{f.iter.state, "*int"}, capture{f.iter.phase, "*int"})
	}
	// Results are stored behind pointers.
	g.results = append([]result{}, f.results...)
	for i := range g.results {
		r := &g.results[i]
		t := l.typ(r.typ)
		if !f.boxes {
			r.name = f.temp("new(" + t + ")")
		}
		caps = append(caps, capture{r.name, "*" + t})
		if r.obj != nil && r.name != l.name(r.obj) {
			caps = append(caps, capture{l.name(r.obj), f.storage(r.obj)})
		}
	}
	caps = append(caps, f.captures(s.Body)...)
	if s.Tok == token.ASSIGN {
		for _, e := range []ast.Expr{s.Key, s.Value} {
			if e != nil {
				caps = append(caps, f.captures(e)...)
			}
		}
	}
	yield := u.Params().At(0).Type().Underlying().(*types.Signature)
	var params []string
	var vals []val
	for i := range yield.Params().Len() {
		p := f.fresh("y")
		pt := yield.Params().At(i).Type()
		params = append(params, p+" "+l.typ(pt))
		vals = append(vals, val{text: p, typ: pt, atom: true})
	}
	now := g.temp("*" + phase)
	// The phase is set in front of the panic: the next call is one behind a panic.
	g.line("*%s = %s\nif %s > %s {\nrt.Iterate(%s)\n}", phase, phaseBody, now, phaseReady, now)
	g.bind(s, vals...)
	g.block(s.Body.List)
	g.leaveTrue()
	own := map[string]bool{}
	for _, e := range []ast.Expr{s.Key, s.Value} {
		if id, ok := e.(*ast.Ident); ok && s.Tok == token.DEFINE && l.c.info.Defs[id] != nil {
			own[l.name(l.c.info.Defs[id])] = true
		}
	}
	var list []capture
	for _, c := range dedupe(caps) {
		if !own[c.name] {
			list = append(list, c)
		}
	}
	head := "func(" + strings.Join(params, ", ") + ") bool"
	body := f.temp(f.maker(list, "func"+l.signature(yield), head, g))
	f.at(s.Pos())
	f.line("%s(%s)", x.text, body)
	end := f.temp("*" + phase)
	f.line("if %s == %s {\nrt.Iterate(-1)\n}\n*%s = %s", end, phaseBody, phase, phaseOutside)
	// How was it left?
	code := f.temp("*" + state)
	f.line("if %s == 1 {", code)
	switch {
	case f.boxes:
		f.at(s.Body.Rbrace)
		f.leaveFunction()
		f.at(s.Pos())
	case len(f.results) == 0:
		f.line("return")
	default:
		var rets []string
		for _, r := range g.results {
			rets = append(rets, f.temp("*"+r.name))
		}
		f.line("return %s", strings.Join(rets, ", "))
	}
	f.raw("}")
	for i, e := range g.iter.exits {
		f.line("if %s == %d {", code, i+2)
		if e.tok == token.GOTO {
			f.jump(e.to)
		} else {
			f.exit(e.tok, e.label)
		}
		f.raw("}")
	}
}
