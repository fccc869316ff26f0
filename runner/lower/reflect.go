package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"example/workbook/runner/lower/rt"
)

// Reflection sees the values that stand for those of the program. So a program that
// reflects on types of its own gets other functions of package reflect, those of package
// rt, which know the types; and rt.ReflectValue in place of reflect.Value. What rt does
// not have is refused, as are values that other packages would take or give.

// reflections are the functions of package reflect that rt has.
var reflections = map[string]string{
	"TypeOf": "rt.ReflectTypeOf", "TypeFor": "rt.ReflectTypeFor", "ValueOf": "rt.ReflectValueOf", "Indirect": "rt.ReflectIndirect",
	"Zero": "rt.ReflectZero", "New": "rt.ReflectNew", "PointerTo": "rt.ReflectPointerTo", "PtrTo": "rt.ReflectPointerTo",
	"DeepEqual": "reflect.DeepEqual", "VisibleFields": "reflect.VisibleFields",
}

// reflectedTypes are the types of package reflect that a program may name that reflects
// on types of its own, with what stands for them.
var reflectedTypes = map[string]reflect.Type{
	"Value": reflect.TypeFor[rt.ReflectValue](), "MapIter": reflect.TypeFor[rt.ReflectMapIter](),
	"Type": nil, "StructField": nil, "StructTag": nil, "Kind": nil, "Method": nil, "ValueError": nil, "ChanDir": nil,
}

// reflectedMethods are the functions of rt for methods of reflect.Type that take
// another: a compiled type does not know those of the program.
var reflectedMethods = map[string]string{
	"(reflect.Type).Implements":    "rt.ReflectImplements",
	"(reflect.Type).AssignableTo":  "rt.ReflectAssignableTo",
	"(reflect.Type).ConvertibleTo": "rt.ReflectConvertibleTo",
}

// reflectsOwn says whether the program reflects on types of its own, or on values of
// which only the execution tells the type.
func (l *lowerer) reflectsOwn() (own bool) {
	known := map[*ast.Ident]bool{}
	ast.Inspect(l.c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if s, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && len(n.Args) == 1 {
				t := l.c.info.TypeOf(n.Args[0])
				known[s.Sel] = l.native(t) && !types.IsInterface(t)
			}
		case *ast.Ident:
			if f, ok := l.c.info.Uses[n].(*types.Func); ok {
				switch f.FullName() {
				case "reflect.TypeOf", "reflect.ValueOf", "reflect.TypeFor":
					own = own || !known[n]
				}
			}
		}
		return true
	})
	return own
}

// refuseReflection refuses what rt does not have of package reflect.
func (l *lowerer) refuseReflection() {
	ast.Inspect(l.c.file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if m, ok := l.c.info.Defs[id].(*types.Func); ok && m.Signature().Recv() != nil && types.IsInterface(m.Signature().Recv().Type()) {
			if method := "(reflect.Type)." + m.Name(); reflectedMethods[method] != "" {
				l.refuse(id.Pos(), "call "+method+" by way of another interface", "reflect.Type")
			}
		}
		obj := l.c.info.Uses[id]
		if obj == nil || l.own(obj.Pkg()) || obj.Pkg() == nil {
			return true
		}
		if obj.Pkg().Path() != "reflect" {
			if mentionsReflected(obj.Type()) {
				l.refuseReflected(id.Pos(), obj)
			}
			return true
		}
		switch obj := obj.(type) {
		case *types.TypeName:
			_, ok = reflectedTypes[obj.Name()]
		case *types.Func:
			ok = reflections[obj.Name()] != ""
			if recv := obj.Signature().Recv(); recv != nil {
				ok = hasReflected(namedOf(recv.Type()).Obj().Name(), obj.Name())
			}
		case *types.Var:
			ok = !mentionsReflected(obj.Type())
		}
		if !ok {
			l.refuseReflected(id.Pos(), obj)
		}
		return true
	})
}

func (l *lowerer) refuseReflected(pos token.Pos, obj types.Object) {
	name := obj.Name()
	switch obj := obj.(type) {
	case *types.Func:
		name = obj.FullName()
	case *types.TypeName:
		name = obj.Pkg().Name() + "." + name
	case *types.Var:
		name = "the field " + name
	}
	l.refuse(pos, "use "+name+" where the program reflects on its own types", "code for each of the types")
}

// hasReflected says whether what stands for a type of package reflect has the method.
func hasReflected(name, method string) bool {
	t := reflectedTypes[name]
	if t == nil {
		return true
	}
	_, ok := reflect.PointerTo(t).MethodByName(method)
	return ok && method != "Format"
}

// mentionsReflected says whether t is, or is made of, a type for which another stands.
func mentionsReflected(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return reflectedName(t) != ""
	case *types.Pointer, *types.Slice, *types.Array, *types.Map, *types.Chan, *types.Signature:
		for _, p := range parts(t) {
			if mentionsReflected(p) {
				return true
			}
		}
	case *types.Tuple:
		for v := range t.Variables() {
			if mentionsReflected(v.Type()) {
				return true
			}
		}
	}
	return false
}

// reflectedName is the name of the type that stands for one of package reflect, or "".
func reflectedName(t *types.Named) string {
	if t.Obj().Pkg() == nil || t.Obj().Pkg().Path() != "reflect" {
		return ""
	}
	if r := reflectedTypes[t.Obj().Name()]; r != nil {
		return r.String()
	}
	return ""
}

// reflection is the callee for a function of package reflect on types of the program.
func (f *fn) reflection(obj *types.Func, targs []types.Type) *callee {
	l := f.l
	text := reflections[obj.Name()]
	switch {
	case text == "":
		text = "rt.Missing" // refused already
	case text[:3] != "rt.":
		text = l.qualified(obj)
	}
	c := &callee{text: text, sig: obj.Signature(), compiled: true, obj: obj}
	if len(targs) > 0 {
		c.sig = l.instantiate(c.sig, targs)
		c.first = []string{l.desc(targs[0]), f.temp("new(" + l.typ(targs[0]) + ")")}
		c.firstTypes = []string{"*rt.Type", "*" + l.typ(targs[0])}
	}
	return c
}
