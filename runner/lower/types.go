package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"example/workbook/runner/lower/rt"
)

// The types of a lowered program are those of its values alone: structs,
// pointers, slices, maps, channels, functions and compiled types. A named type
// of the program is spelled as its underlying type (a struct as a struct
// without methods), so that Yaegi never has to know a method or an interface
// of the program (faults 19 to 27). What the name meant is kept by package rt.

// subst replaces the type parameters of the generic function that is being
// instantiated.
func (f *fn) subst(t types.Type) types.Type {
	if len(f.tmap) == 0 || t == nil {
		return t
	}
	return f.l.subst(t, f.tmap)
}

func (l *lowerer) subst(t types.Type, m map[*types.TypeParam]types.Type) types.Type {
	switch t := t.(type) {
	case *types.Alias:
		return l.subst(types.Unalias(t), m)
	case *types.TypeParam:
		if r := m[t]; r != nil {
			return r
		}
		return t
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			if r := l.localInstance(t, m); r != nil {
				return r
			}
			return t
		}
		args := make([]types.Type, t.TypeArgs().Len())
		for i := range args {
			args[i] = l.subst(t.TypeArgs().At(i), m)
		}
		r, err := types.Instantiate(l.context, t.Origin(), args, false)
		if err != nil {
			return t
		}
		return r
	case *types.Pointer:
		return types.NewPointer(l.subst(t.Elem(), m))
	case *types.Slice:
		return types.NewSlice(l.subst(t.Elem(), m))
	case *types.Array:
		return types.NewArray(l.subst(t.Elem(), m), t.Len())
	case *types.Map:
		return types.NewMap(l.subst(t.Key(), m), l.subst(t.Elem(), m))
	case *types.Chan:
		return types.NewChan(t.Dir(), l.subst(t.Elem(), m))
	case *types.Tuple:
		if t == nil {
			return t
		}
		return l.substTuple(t, m)
	case *types.Signature:
		return types.NewSignatureType(nil, nil, nil, l.substTuple(t.Params(), m), l.substTuple(t.Results(), m), t.Variadic())
	case *types.Struct:
		fields := make([]*types.Var, t.NumFields())
		tags := make([]string, t.NumFields())
		for i := range fields {
			v := t.Field(i)
			fields[i] = types.NewField(v.Pos(), v.Pkg(), v.Name(), l.subst(v.Type(), m), v.Embedded())
			tags[i] = t.Tag(i)
		}
		return types.NewStruct(fields, tags)
	case *types.Interface:
		methods := make([]*types.Func, t.NumExplicitMethods())
		for i := range methods {
			v := t.ExplicitMethod(i)
			methods[i] = types.NewFunc(v.Pos(), v.Pkg(), v.Name(), l.subst(v.Signature(), m).(*types.Signature))
		}
		embedded := make([]types.Type, t.NumEmbeddeds())
		for i := range embedded {
			embedded[i] = l.subst(t.EmbeddedType(i), m)
		}
		return types.NewInterfaceType(methods, embedded).Complete()
	case *types.Union:
		return t
	}
	return t
}

func (l *lowerer) substTuple(t *types.Tuple, m map[*types.TypeParam]types.Type) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		v := t.At(i)
		vars[i] = types.NewParam(v.Pos(), v.Pkg(), v.Name(), l.subst(v.Type(), m))
	}
	return types.NewTuple(vars...)
}

// own says whether a package's source is part of the lowered program.
func (l *lowerer) own(p *types.Package) bool {
	return p != nil && (p == l.c.pkg || l.prelude.packages[p])
}

// mapped replaces a generic type of a compiled package, of which no compiled
// instance exists, by the one in the prelude.
func (l *lowerer) mapped(n *types.Named) *types.Named {
	pkg := n.Obj().Pkg()
	if pkg == nil || l.own(pkg) || n.TypeArgs().Len() == 0 {
		return n
	}
	obj := l.prelude.lookup(l, pkg.Path(), n.Obj().Name())
	if obj == nil {
		return n
	}
	args := make([]types.Type, n.TypeArgs().Len())
	for i := range args {
		args[i] = n.TypeArgs().At(i)
	}
	r, err := types.Instantiate(l.context, obj.Type(), args, false)
	if err != nil {
		return n
	}
	return r.(*types.Named)
}

// typ spells the erased type of t.
func (l *lowerer) typ(t types.Type) string {
	if s, ok := l.typText.At(t).(string); ok {
		return s
	}
	s := l.spell(t)
	l.typText.Set(t, s)
	return s
}

func (l *lowerer) spell(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.UnsafePointer:
			l.use("unsafe", "unsafe")
			return "unsafe.Pointer"
		case types.Uint8:
			return "uint8"
		case types.Int32:
			return "int32"
		case types.UntypedNil:
			return "rt.Any"
		}
		return types.Default(t).(*types.Basic).Name()
	case *types.Named:
		return l.spellNamed(t)
	case *types.Pointer:
		if l.cut(t.Elem()) {
			l.use("unsafe", "unsafe")
			return "unsafe.Pointer"
		}
		return "*" + l.typ(t.Elem())
	case *types.Slice:
		return "[]" + l.typ(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + l.typ(t.Elem())
	case *types.Map:
		if st, ok := t.Key().Underlying().(*types.Struct); ok {
			for i := range st.NumFields() {
				if st.Field(i).Name() == "_" {
					l.refuse(token.NoPos, "use a struct with blank fields as the key of a map", "a struct without them")
				}
			}
		}
		return "map[" + l.typ(t.Key()) + "]" + l.typ(t.Elem())
	case *types.Chan:
		elem := l.typ(t.Elem())
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- " + elem
		case types.RecvOnly:
			return "<-chan " + elem
		}
		if strings.HasPrefix(elem, "<-") {
			elem = "(" + elem + ")"
		}
		return "chan " + elem
	case *types.Signature:
		return "func" + l.signature(t)
	case *types.Struct:
		if t.NumFields() == 0 {
			return "struct{}"
		}
		return l.structName(t, t)
	case *types.Interface:
		return "rt.Any"
	case *types.Tuple:
		return l.tuple(t)
	}
	l.refuse(token.NoPos, fmt.Sprintf("use the type %s", t), fmt.Sprintf("the type itself in place of its name %s", t))
	return "rt.Any"
}

func (l *lowerer) spellNamed(t *types.Named) string {
	t = l.mapped(t)
	obj := t.Obj()
	switch {
	case obj.Pkg() == nil:
		return "rt.Error" // error; comparable has no values
	case !l.own(obj.Pkg()):
		if t.TypeArgs().Len() > 0 {
			if _, ok := t.Underlying().(*types.Signature); ok {
				return l.typ(t.Underlying()) // iter.Seq
			}
			l.refuse(token.NoPos, "use "+types.TypeString(t, packageName), "it without the generic type")
			return "rt.Any"
		}
		if name := hiddenTypes[obj.Pkg().Path()+"."+obj.Name()]; name != "" {
			return "rt." + name
		}
		if !obj.Exported() {
			l.refuse(token.NoPos, "name the type "+types.TypeString(t, packageName), "it without a variable of that type")
		}
		if s := reflectedName(t); s != "" && l.reflects {
			return s
		}
		return l.qualified(obj)
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		return "rt.Any"
	case *types.Struct:
		if u.NumFields() == 0 {
			return "struct{}"
		}
		if f := l.foreign(t); f != nil {
			return l.typ(f)
		}
		return l.structName(t, u)
	default:
		if l.recursive(t) {
			return "rt.Any"
		}
		return l.typ(u)
	}
}

// hiddenTypes are types that have no name outside of their packages, of variables that
// programs use: package rt gives them one.
var hiddenTypes = map[string]string{
	"net/http.contextKey":          "HTTPContextKey",
	"net/http.noBody":              "HTTPNoBody",
	"encoding/binary.littleEndian": "LittleEndian",
	"encoding/binary.bigEndian":    "BigEndian",
	"encoding/binary.nativeEndian": "NativeEndian",
}

// nameable says whether a type has a name in the result, unlike those that are hidden
// in a compiled package.
func (l *lowerer) nameable(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return l.nameable(p.Elem())
	}
	n, ok := types.Unalias(t).(*types.Named)
	return !ok || n.Obj().Exported() || n.Obj().Pkg() == nil || l.own(n.Obj().Pkg()) || hiddenTypes[n.Obj().Pkg().Path()+"."+n.Obj().Name()] != ""
}

// foreign is the compiled struct type on which the program defines t, if that has
// fields of which only its package knows: no struct of ours could stand for it.
func (l *lowerer) foreign(t *types.Named) types.Type {
	u := t.Underlying().(*types.Struct)
	hidden := false
	for v := range u.Fields() {
		hidden = hidden || !v.Exported() && !l.own(v.Pkg())
	}
	if !hidden {
		return nil
	}
	for l.own(t.Obj().Pkg()) {
		next, ok := types.Unalias(l.definedOn(t.Obj())).(*types.Named)
		if !ok {
			return nil
		}
		t = next
	}
	return t
}

// definedOn is the type behind the name of obj in its declaration.
func (l *lowerer) definedOn(obj *types.TypeName) (t types.Type) {
	ast.Inspect(l.c.file, func(n ast.Node) bool {
		if s, ok := n.(*ast.TypeSpec); ok && s.Name.Pos() == obj.Pos() { // see localGeneric
			t = l.c.info.TypeOf(s.Type)
		}
		return t == nil
	})
	return t
}

// recursive says whether a named type that is no struct contains itself
// without a struct or interface between (type state func(*m) state). Such a
// type has no erased spelling; its values are held as rt.Any (fault 25).
func (l *lowerer) recursive(t *types.Named) bool {
	if !l.own(t.Obj().Pkg()) {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Struct, *types.Interface, *types.Basic:
		return false
	}
	if r, ok := l.recursion.At(t).(bool); ok {
		return r
	}
	seen := map[*types.Named]bool{}
	var contains func(u types.Type) bool
	contains = func(u types.Type) bool {
		switch u := types.Unalias(u).(type) {
		case *types.Named:
			u = l.mapped(u)
			if types.Identical(u, t) {
				return true
			}
			if !l.own(u.Obj().Pkg()) || seen[u] {
				return false
			}
			seen[u] = true
			switch w := u.Underlying().(type) {
			case *types.Struct, *types.Interface, *types.Basic:
				return false
			default:
				return contains(w)
			}
		case *types.Struct:
			return false
		default:
			return slices.ContainsFunc(parts(u), contains)
		}
	}
	r := contains(t.Underlying())
	l.recursion.Set(t, r)
	return r
}

// parts are the types that an unnamed type is made of.
func parts(t types.Type) (list []types.Type) {
	switch t := t.(type) {
	case *types.Pointer:
		list = append(list, t.Elem())
	case *types.Slice:
		list = append(list, t.Elem())
	case *types.Array:
		list = append(list, t.Elem())
	case *types.Chan:
		list = append(list, t.Elem())
	case *types.Map:
		list = append(list, t.Key(), t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			list = append(list, v.Type())
		}
	case *types.Signature:
		list = append(parts(t.Params()), parts(t.Results())...)
	case *types.Struct:
		for v := range t.Fields() {
			list = append(list, v.Type())
		}
	}
	return list
}

// cut says whether pointers to t are held as unsafe.Pointer: t is one of
// several structs that contain each other, or contains functions that take it, of
// which Yaegi makes types that do not fit together.
func (l *lowerer) cut(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	n = l.mapped(n)
	if _, ok := n.Underlying().(*types.Struct); !ok || !l.own(n.Obj().Pkg()) {
		return false
	}
	if c, ok := l.cuts.At(n).(bool); ok {
		return c
	}
	cut := l.takesItself(n)
	for _, u := range l.reach(n) {
		if u != n && !types.Identical(u, n) {
			for _, v := range l.reach(u) {
				if types.Identical(v, n) {
					cut = true
				}
			}
		}
	}
	l.cuts.Set(n, cut)
	return cut
}

// takesItself says whether the struct t contains, at any depth and behind any
// pointer, a function with a parameter or result that contains t.
func (l *lowerer) takesItself(t *types.Named) bool {
	var seen, seenInFunc typeutil.Map
	var visit func(u types.Type, inFunc bool) bool
	visit = func(u types.Type, inFunc bool) bool {
		been := &seen
		if inFunc {
			been = &seenInFunc
		}
		if been.At(u) != nil || been.Len() > 1000 {
			return false
		}
		been.Set(u, true)
		switch u := types.Unalias(u).(type) {
		case *types.Named:
			u = l.mapped(u)
			switch {
			case inFunc && types.Identical(u, t):
				return true
			case !l.own(u.Obj().Pkg()) || types.IsInterface(u):
				return false
			}
			return visit(u.Underlying(), inFunc)
		default:
			_, ok := u.(*types.Signature)
			return slices.ContainsFunc(parts(u), func(p types.Type) bool { return visit(p, inFunc || ok) })
		}
	}
	return visit(t.Underlying(), false)
}

// reach lists the structs of the program that t contains, at any depth and
// behind any pointer.
func (l *lowerer) reach(t *types.Named) []*types.Named {
	if r, ok := l.reached.At(t).([]*types.Named); ok {
		return r
	}
	list := l.contained(t, func(*types.Pointer) bool { return true })
	l.reached.Set(t, list)
	return list
}

// knotted says whether t and another struct contain each other even if
// pointers are cut: by slices, maps, channels or functions.
func (l *lowerer) knotted(t *types.Named) bool {
	uncut := func(p *types.Pointer) bool { return !l.cut(p.Elem()) }
	for _, u := range l.contained(t, uncut) {
		if types.Identical(u, t) {
			continue
		}
		for _, v := range l.contained(u, uncut) {
			if types.Identical(v, t) {
				return true
			}
		}
	}
	return false
}

// contained lists the structs of the program in t; follow says through which
// pointers.
func (l *lowerer) contained(t *types.Named, follow func(*types.Pointer) bool) []*types.Named {
	var list []*types.Named
	var seen typeutil.Map
	var visit func(u types.Type)
	visit = func(u types.Type) {
		if seen.At(u) != nil || seen.Len() > 1000 {
			return
		}
		seen.Set(u, true)
		switch u := types.Unalias(u).(type) {
		case *types.Named:
			u = l.mapped(u)
			if !l.own(u.Obj().Pkg()) || types.IsInterface(u) {
				return
			}
			if _, ok := u.Underlying().(*types.Struct); ok {
				list = append(list, u)
			}
			visit(u.Underlying())
		case *types.Pointer:
			if follow(u) {
				visit(u.Elem())
			}
		default:
			for _, p := range parts(u) {
				visit(p)
			}
		}
	}
	visit(t.Underlying())
	return list
}

// cutPointer says whether values of t are pointers that are held as
// unsafe.Pointer.
func (l *lowerer) cutPointer(t types.Type) bool {
	p, ok := t.Underlying().(*types.Pointer)
	return ok && l.cut(p.Elem())
}

// pointer gives a pointer its own type back, to follow it.
func (f *fn) pointer(v val) val {
	v = f.atomic(f.open(v))
	if !f.l.cutPointer(v.typ) {
		return v
	}
	if a := f.typed[v.text]; a != "" {
		return tempVal(a, v.typ)
	}
	elem := v.typ.Underlying().(*types.Pointer).Elem()
	return tempVal(f.temp("(*"+f.l.typ(elem)+")("+v.text+")"), v.typ)
}

// pointed is the value of type t for a pointer that was just made.
func (f *fn) pointed(text string, t types.Type) string {
	if !f.l.cutPointer(t) {
		return text
	}
	return f.temp("unsafe.Pointer(" + text + ")")
}

// opaque says whether values of t are held as rt.Any though t is no interface.
func (l *lowerer) opaque(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && l.recursive(n)
}

func (l *lowerer) signature(t *types.Signature) string {
	return l.tuple(t.Params()) + l.results(t.Results())
}

func (l *lowerer) results(t *types.Tuple) string {
	switch t.Len() {
	case 0:
		return ""
	case 1:
		return " " + l.typ(t.At(0).Type())
	}
	return " " + l.tuple(t)
}

func (l *lowerer) tuple(t *types.Tuple) string {
	parts := make([]string, t.Len())
	for i := range parts {
		parts[i] = l.typ(t.At(i).Type())
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// structName is the name of the method-less struct that stands for t, a named
// or unnamed struct type.
func (l *lowerer) structName(t types.Type, u *types.Struct) string {
	if s, ok := l.structs.At(t).(string); ok {
		return s
	}
	name := fmt.Sprintf("T%d", l.structs.Len()+1)
	if n, ok := t.(*types.Named); ok {
		name += "_" + n.Obj().Name()
	}
	l.structs.Set(t, name)
	if n, ok := t.(*types.Named); ok && l.cut(n) && l.knotted(n) {
		l.refuse(n.Obj().Pos(), "hold structs that contain each other by slices, maps or functions, such as "+n.Obj().Name()+",", "pointers to them in these")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "type %s struct {\n", name)
	for i := range u.NumFields() {
		v := u.Field(i)
		fmt.Fprintf(&b, "\t%s %s", fieldName(u, i), l.typ(v.Type()))
		l.fields[name] = append(l.fields[name], capture{fieldName(u, i), l.typ(v.Type())})
		tag := u.Tag(i)
		if !v.Exported() && !v.Embedded() {
			hidden := `json:"-" xml:"-"` // compiled code must not see what it could not see
			if tag != "" {
				hidden += " " + rt.HiddenTag + ":" + strconv.Quote(tag) // but package rt must
			}
			tag = hidden
		}
		if tag != "" {
			b.WriteString(" " + strconv.Quote(tag))
		}
		b.WriteString("\n")
	}
	b.WriteString("}\n\n")
	l.decls.WriteString(b.String())
	return name
}

// fieldName is the name of field i in the struct that stands for u. Yaegi
// would export an unexported name by an X in front, which may be taken.
func fieldName(u *types.Struct, i int) string {
	v := u.Field(i)
	switch {
	case v.Name() == "_":
		return fmt.Sprintf("Blank%d", i)
	case v.Exported():
		return v.Name()
	}
	return "U_" + v.Name()
}

func packageName(p *types.Package) string { return p.Name() }

// reflectString spells t as package reflect does.
func reflectString(t types.Type) string { return reflected.typ(t) }

func reflectSignature(t *types.Signature) string { return reflected.signature(t) }

// spelling is how types are spelled: as package reflect does, or as the compiler does
// in type arguments. There a package is its path, local types have numbers, and more.
type spelling bool

const (
	reflected spelling = false
	linked    spelling = true
)

func (s spelling) typ(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.Uint8:
			return "uint8"
		case types.Int32:
			return "int32"
		case types.UnsafePointer:
			return "unsafe.Pointer"
		case types.UntypedNil:
			return "nil"
		}
		return types.Default(t).(*types.Basic).Name()
	case *types.Named:
		return s.named(t)
	case *types.Pointer:
		return "*" + s.typ(t.Elem())
	case *types.Slice:
		return "[]" + s.typ(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), s.typ(t.Elem()))
	case *types.Map:
		return "map[" + s.typ(t.Key()) + "]" + s.typ(t.Elem())
	case *types.Chan:
		return s.channel(t)
	case *types.Signature:
		return "func" + s.signature(t)
	case *types.Struct:
		if t.NumFields() == 0 {
			return "struct {}"
		}
		parts := make([]string, t.NumFields())
		for i := range parts {
			parts[i] = s.field(t, i)
		}
		return "struct { " + strings.Join(parts, "; ") + " }"
	case *types.Interface:
		if t.NumMethods() == 0 {
			return "interface {}"
		}
		parts := make([]string, t.NumMethods())
		for i := range parts {
			m := t.Method(i)
			parts[i] = m.Name() + s.signature(m.Signature())
			if !m.Exported() {
				parts[i] = s.pkg(m.Pkg()) + "." + parts[i]
			}
		}
		return "interface { " + strings.Join(parts, "; ") + " }"
	}
	return t.String()
}

func (s spelling) named(t *types.Named) string {
	name := t.Obj().Name()
	if p := t.Obj().Pkg(); p != nil {
		name = s.pkg(p) + "." + name
	}
	if n := t.TypeArgs().Len(); n > 0 {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = linked.typ(t.TypeArgs().At(i))
		}
		name += "[" + strings.Join(parts, ",") + "]"
	}
	if n := localNumber(t.Obj()); s == linked && n > 0 {
		name += "·" + strconv.Itoa(n)
	}
	return name
}

func (s spelling) pkg(p *types.Package) string {
	if s == reflected {
		return p.Name()
	}
	dir, base := path.Split(p.Path())
	return dir + strings.ReplaceAll(base, ".", "%2e")
}

func (s spelling) channel(t *types.Chan) string {
	switch t.Dir() {
	case types.SendOnly:
		return "chan<- " + s.typ(t.Elem())
	case types.RecvOnly:
		return "<-chan " + s.typ(t.Elem())
	}
	e := s.typ(t.Elem())
	if strings.HasPrefix(e, "<-") {
		e = "(" + e + ")"
	}
	return "chan " + e
}

// field is field i of the struct t.
func (s spelling) field(t *types.Struct, i int) string {
	v := t.Field(i)
	text := s.typ(v.Type())
	name := v.Name()
	if s == linked && !v.Exported() {
		name = s.pkg(v.Pkg()) + "." + name
	}
	switch {
	case !v.Embedded():
		text = name + " " + text
	case s == linked && !s.isCalled(v.Type(), v.Name()):
		text = name + " = " + text
	}
	if tag := t.Tag(i); tag != "" {
		text += " " + strconv.Quote(tag)
	}
	return text
}

// isCalled says whether the embedded type t has the name of the field, as far as the
// compiler sees it.
func (s spelling) isCalled(t types.Type, name string) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.TypeArgs().Len() == 0 && localNumber(n.Obj()) == 0
}

func (s spelling) signature(t *types.Signature) string {
	list := func(t *types.Tuple, variadic bool) string {
		parts := make([]string, t.Len())
		for i := range parts {
			typ := t.At(i).Type()
			if e, ok := typ.(*types.Slice); ok && variadic && i == len(parts)-1 {
				parts[i] = "..." + s.typ(e.Elem())
			} else {
				parts[i] = s.typ(typ)
			}
		}
		return strings.Join(parts, ", ")
	}
	text := "(" + list(t.Params(), t.Variadic()) + ")"
	switch t.Results().Len() {
	case 0:
		return text
	case 1:
		return text + " " + list(t.Results(), false)
	}
	return text + " (" + list(t.Results(), false) + ")"
}

// localNumber is the number that the compiler gives a type that is declared in a
// function: it counts all of these in the package. Others have 0.
func localNumber(t *types.TypeName) int {
	if t.Pkg() == nil || t.Parent() == t.Pkg().Scope() || t.Pkg().Scope().Innermost(t.Pos()) == nil {
		return 0
	}
	return 1 + localTypes(t.Pkg().Scope(), t.Pos(), t.Pkg().Scope())
}

// localTypes counts the types that are declared in a scope in front of pos, but for
// those of the whole package.
func localTypes(s *types.Scope, pos token.Pos, whole *types.Scope) (n int) {
	for _, name := range s.Names() {
		t, ok := s.Lookup(name).(*types.TypeName)
		if !ok || s == whole || t.IsAlias() || t.Pos() >= pos {
			continue
		}
		if _, ok := t.Type().(*types.TypeParam); !ok {
			n++
		}
	}
	for c := range s.Children() {
		n += localTypes(c, pos, whole)
	}
	return n
}

// native says whether reflection shows t in a lowered program as in a
// compiled one, so that an interface may hold its values as they are.
func (l *lowerer) native(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return true
	case *types.Named:
		if l.own(t.Obj().Pkg()) || l.mapped(t) != t {
			return false
		}
		for i := range t.TypeArgs().Len() {
			return i < 0 // iter.Seq and its like are spelled as functions
		}
		return true
	case *types.Pointer:
		return l.native(t.Elem())
	case *types.Slice:
		return l.native(t.Elem())
	case *types.Array:
		return l.native(t.Elem())
	case *types.Map:
		return l.native(t.Key()) && l.native(t.Elem())
	case *types.Chan:
		return l.native(t.Elem())
	case *types.Signature:
		if t.Variadic() {
			return false
		}
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for i := range tuple.Len() {
				if !l.native(tuple.At(i).Type()) {
					return false
				}
			}
		}
		return true
	case *types.Struct:
		return t.NumFields() == 0
	case *types.Interface:
		return t.NumMethods() == 0
	}
	return false
}

// desc is the name of the variable that holds rt's description of t.
func (l *lowerer) desc(t types.Type) string {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		t = l.mapped(n)
	}
	if s, ok := l.descs.At(t).(string); ok {
		return s
	}
	name := fmt.Sprintf("ty%d", l.descs.Len()+1)
	l.descs.Set(t, name)
	fmt.Fprintf(&l.vars, "var %s *rt.Type\n", name)
	str := strconv.Quote(reflectString(t))
	if l.native(t) && !types.IsInterface(t) {
		fmt.Fprintf(&l.typeInit, "\t%s = rt.Native(%s, new(%s))\n", name, str, l.typ(t))
		return name
	}
	named := false
	if _, ok := types.Unalias(t).(*types.Named); ok {
		named = true
	}
	kind, elems, extra := "", []types.Type(nil), ""
	switch u := t.Underlying().(type) {
	case *types.Basic:
		kind = "basic"
		if u.Kind() == types.UnsafePointer {
			kind = "unsafe"
		}
	case *types.Pointer:
		kind, elems = "ptr", []types.Type{u.Elem()}
	case *types.Slice:
		kind, elems = "slice", []types.Type{u.Elem()}
	case *types.Array:
		kind, elems = "array", []types.Type{u.Elem()}
	case *types.Map:
		kind, elems = "map", []types.Type{u.Key(), u.Elem()}
	case *types.Chan:
		kind = "chan"
	case *types.Signature:
		kind = "func"
		if plain := types.NewSignatureType(nil, nil, nil, u.Params(), u.Results(), false); u.Variadic() && l.native(plain) {
			extra = "variadic"
		}
		if l.usesTemplates() { // they look into what functions return
			for v := range u.Results().Variables() {
				elems = append(elems, v.Type())
			}
		}
	case *types.Struct:
		kind = "struct"
		for i := range u.NumFields() {
			elems = append(elems, u.Field(i).Type())
			if u.Field(i).Embedded() {
				extra += "+"
			}
			extra += u.Field(i).Name() + " "
		}
	case *types.Interface:
		kind = "interface"
		for i := range u.NumMethods() {
			m := u.Method(i)
			extra += methodKey(m) + reflectSignature(m.Signature()) + "\n"
		}
	}
	if types.IsInterface(t) && l.typ(t) != "rt.Any" {
		fmt.Fprintf(&l.typeInit, "\t%s = rt.Interface(%s, new(%s))\n", name, str, l.typ(t))
	} else {
		fmt.Fprintf(&l.typeInit, "\t%s = rt.New(%s, %q, %t)\n", name, str, kind, named)
	}
	if l.opaque(t) {
		fmt.Fprintf(&l.typeInit, "\trt.Opaque(%s, new(%s))\n", name, l.typ(t.Underlying()))
	}
	parts := []string{name, strconv.Quote(extra)}
	for i, e := range elems {
		if d := l.hiddenField(t, i); d != "" {
			parts = append(parts, d)
			continue
		}
		parts = append(parts, l.desc(e))
	}
	if l.cutPointer(t) {
		fmt.Fprintf(&l.typeInit, "\trt.Pointed(%s, new(%s))\n", name, l.typ(t.Underlying().(*types.Pointer).Elem()))
	}
	fmt.Fprintf(&l.typeLink, "\trt.Link(%s)\n", strings.Join(parts, ", "))
	if !types.IsInterface(t) && types.NewMethodSet(t).Len() > 0 {
		l.dynamic = append(l.dynamic, t)
	}
	if _, ok := t.(*types.Named); l.marshalsPointer(t) || l.reflects && ok && !types.IsInterface(t) {
		l.desc(types.NewPointer(t))
	}
	return name
}

// hiddenField is the description of field i of a struct type that is defined on a
// compiled one with hidden fields, or "": the types of these may have no name here.
func (l *lowerer) hiddenField(t types.Type, i int) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !l.own(n.Obj().Pkg()) {
		return ""
	}
	u, ok := n.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	on := l.foreign(n)
	if on == nil {
		return ""
	}
	name := fmt.Sprintf("ty%dField%d", l.descs.Len(), i)
	fmt.Fprintf(&l.vars, "var %s *rt.Type\n", name)
	fmt.Fprintf(&l.typeInit, "\t%s = rt.Field(%q, new(%s), %d)\n", name, reflectString(u.Field(i).Type()), l.typ(on), i)
	return name
}

// methodKey is the name of a method; one that is not exported belongs to its
// package.
func methodKey(m *types.Func) string {
	if m.Exported() {
		return m.Name()
	}
	return m.Pkg().Path() + "." + m.Name()
}
