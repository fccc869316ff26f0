package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A statement that stores may stand on several lines. The compiler checks a
// pointer for nil where that is followed, but it leaves the check out if the
// store itself faults, and the store has the line of the operator of the
// statement. The functions here say which line it is. (See nilcheckelim2 in
// cmd/compile.)

// followed is how an expression follows a pointer to the place that it names.
type followed struct {
	sign   token.Pos // of what follows it; none if nothing does
	star   bool      // it is the star of *p, with nothing behind
	slice  bool      // it is the index of a slice or a map
	offset bool      // the place is not the first in what the pointer points to
	index  token.Pos // the bracket of an index, not a constant, behind it
}

// follow finds the pointer that is followed last in e.
func (f *fn) follow(e ast.Expr) (p followed) {
	for behind := false; ; behind = true {
		switch x := ast.Unparen(e).(type) {
		case *ast.StarExpr:
			p.sign, p.star = x.Star, !behind
			return p
		case *ast.IndexExpr:
			_, isArray := under(f.typeOf(x.X)).(*types.Array)
			if !isArray && !isPointer(f.typeOf(x.X)) {
				p.sign, p.slice = x.Lbrack, true
				return p
			}
			switch {
			case f.isConstant(x.Index):
				p.offset = p.offset || f.l.c.info.Types[x.Index].Value.ExactString() != "0"
			case !p.index.IsValid():
				p.index = x.Lbrack
			}
			if !isArray {
				p.sign = x.Lbrack
				return p
			}
			e = x.X
		case *ast.SelectorExpr:
			s := f.l.c.info.Selections[x]
			if s == nil || s.Kind() != types.FieldVal {
				return p
			}
			p.offset = p.offset || fieldOffset(f.typeOf(x.X), s.Index())
			if s.Indirect() {
				p.sign = x.X.End() // the dot
				return p
			}
			e = x.X
		default:
			return p
		}
	}
}

func (f *fn) isConstant(e ast.Expr) bool { return f.l.c.info.Types[e].Value != nil }

// fieldOffset says whether a field is not the first in what the last pointer
// on the way to it points to.
func fieldOffset(t types.Type, index []int) (offset bool) {
	for _, i := range index {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t, offset = p.Elem(), false
		}
		u, ok := t.Underlying().(*types.Struct)
		if !ok || i >= u.NumFields() {
			return offset
		}
		offset = offset || i > 0
		t = u.Field(i).Type()
	}
	return offset
}

// atStore is at for the store into e by a statement whose operator stands at
// sign.
func (f *fn) atStore(e ast.Expr, sign token.Pos) {
	p := f.follow(e)
	if p.sign.IsValid() && !f.storeFaults(p, f.typeOf(e)) {
		sign = p.sign
	}
	if p.index.IsValid() {
		sign = p.index
	}
	f.atSign(e, sign)
}

// storeFaults says whether the store of a value of t is what faults, not a
// check in front of it. There is one in front of an index, of a pointer,
// which the write barrier is between, and of what is copied as memory to a
// place with an offset.
func (f *fn) storeFaults(p followed, t types.Type) bool {
	switch {
	case p.slice || p.index.IsValid():
		return false
	case p.star:
		return true
	case !registers(t):
		return !p.offset
	}
	return !allPointers(t)
}

// moves says whether an assignment of e copies memory from the place that a
// pointer points to: the copy faults, not the check for nil.
func (f *fn) moves(e ast.Expr, t types.Type) bool {
	p := f.follow(e)
	return p.sign.IsValid() && !p.slice && !p.index.IsValid() && !p.offset && !types.IsInterface(t) && !registers(t)
}

// allPointers says whether each word of a value of t is a pointer that can be
// stored only with the write barrier.
func allPointers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return true
	case *types.Array:
		return u.Len() > 0 && allPointers(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			if !allPointers(v.Type()) {
				return false
			}
		}
		return u.NumFields() > 0
	}
	return false
}

// atUpdate is at for what `e op= y` reads: the instruction that reads may be
// the one that stores.
func (f *fn) atUpdate(e ast.Expr, op token.Token, sign token.Pos) {
	p := f.follow(e)
	if !p.sign.IsValid() {
		f.atSign(e, sign)
		return
	}
	if !f.updatesMemory(op, f.typeOf(e)) || p.slice || p.index.IsValid() {
		sign = p.sign
	}
	if p.index.IsValid() {
		sign = p.index
	}
	f.atSign(e, sign)
}

// updatesMemory says whether the machine has an instruction for op= whose
// operand is in memory.
func (f *fn) updatesMemory(op token.Token, t types.Type) bool {
	const least = 4 // bytes
	b, ok := t.Underlying().(*types.Basic)
	if goarch != "amd64" || !ok || b.Info()&types.IsInteger == 0 || sizes.Sizeof(t) < least {
		return false
	}
	switch op {
	case token.ADD, token.SUB, token.AND, token.OR, token.XOR, token.AND_NOT:
		return true
	}
	return false
}
