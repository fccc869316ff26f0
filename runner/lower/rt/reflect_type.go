package rt

import (
	"go/token"
	"reflect"
	"slices"
	"strings"
)

// ownType is a type of the program for package reflect: that of the values which stand
// for those of the program, with what the program declares of it. Package reflect
// itself would take it for the former, so that no function of it may get one.
type ownType struct {
	reflect.Type
	t *Type
}

// own is what the program sees of a reflect.Type that stands for t.
func own(r reflect.Type, t *Type) reflect.Type {
	switch {
	case t.kind == "native":
		return r
	case t.kind == "interface" && t.compiled != nil:
		return t.compiled
	case t.kind == "interface" && !t.named && len(t.set) == 0:
		return reflect.TypeFor[any]()
	case t.opaque != nil:
		r = t.opaque
	}
	return ownType{r, t}
}

// ReflectTypeOf is reflect.TypeOf.
func ReflectTypeOf(x any) reflect.Type {
	if x == nil {
		return nil
	}
	return ReflectValueOf(x).Type()
}

// ReflectTypeFor is reflect.TypeFor for the type t; p points to a value that stands for
// one of it.
func ReflectTypeFor(t *Type, p any) reflect.Type { return own(reflect.TypeOf(p).Elem(), t) }

func (o ownType) described() described { return described{o.t, o.Type} }

// typeName is what %T prints of any reflect.Type.
func (o ownType) typeName() string { return "*reflect.rtype" }

// String is the name that the program gives the type.
func (o ownType) String() string { return o.t.name }

// Name is the name without the package.
func (o ownType) Name() string { return shortName(o.t) }

// Kind is that of the type in the program.
func (o ownType) Kind() reflect.Kind {
	switch o.t.kind {
	case "interface":
		return reflect.Interface
	case "unsafe":
		return reflect.UnsafePointer
	}
	return o.described().kind()
}

// PkgPath is main. Named types of the prelude are of other packages.
func (o ownType) PkgPath() string {
	if !o.t.named {
		return ""
	}
	if !strings.HasPrefix(o.t.name, "main.") {
		o.giveUp("PkgPath")
	}
	return "main"
}

// Elem is the type of elements, or of what pointers point to.
func (o ownType) Elem() reflect.Type {
	switch o.t.kind {
	case "ptr":
		d := o.described().pointee()
		return own(d.r, d.t)
	case "slice", "array":
		return own(o.Type.Elem(), o.t.elems[0])
	case "map":
		return own(o.Type.Elem(), o.t.elems[1])
	case "chan":
		o.giveUp("Elem")
	}
	panic("reflect: Elem of invalid type " + o.t.name)
}

// Key is the type of the keys of a map.
func (o ownType) Key() reflect.Type {
	if o.t.kind != "map" {
		panic("reflect: Key of non-map type " + o.t.name)
	}
	return own(o.Type.Key(), o.t.elems[0])
}

// NumField is how many fields a struct has.
func (o ownType) NumField() int {
	o.structure("NumField")
	return len(o.t.fields)
}

func (o ownType) structure(method string) {
	if o.t.kind != "struct" {
		panic("reflect: " + method + " of non-struct type " + o.t.name)
	}
}

// HiddenTag is the key of the whole tag of a field that is not exported, in the tag
// that hides the field from compiled code.
const HiddenTag = "program"

// Field is field i of a struct.
func (o ownType) Field(i int) reflect.StructField {
	o.structure("Field")
	if i < 0 || i >= len(o.t.fields) {
		panic("reflect: Field index out of bounds")
	}
	if slices.ContainsFunc(o.t.elems[:i], holdsOpaque) {
		o.giveUp("Field")
	}
	f := o.Type.Field(i)
	f.Name, f.Anonymous = o.t.fields[i], o.t.embedded[i]
	f.Type = own(f.Type, o.t.elems[i])
	if !token.IsExported(f.Name) && f.PkgPath == "" {
		f.PkgPath = "main"
		if !f.Anonymous {
			f.Tag = reflect.StructTag(f.Tag.Get(HiddenTag))
		}
	}
	return f
}

// holdsOpaque says whether values of t have another size than in a compiled program.
func holdsOpaque(t *Type) bool {
	return t.opaque != nil || (t.kind == "struct" || t.kind == "array") && slices.ContainsFunc(t.elems, holdsOpaque)
}

// FieldByIndex is the field that index leads to, through embedded ones.
func (o ownType) FieldByIndex(index []int) (f reflect.StructField) {
	t := reflect.Type(o)
	for i, x := range index {
		if i > 0 && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
			t = t.Elem()
		}
		f = t.Field(x)
		t = f.Type
	}
	return f
}

// FieldByName is the field of that name, maybe one of an embedded field.
func (o ownType) FieldByName(name string) (reflect.StructField, bool) {
	return o.FieldByNameFunc(func(s string) bool { return s == name })
}

// FieldByNameFunc is the field whose name satisfies match.
func (o ownType) FieldByNameFunc(match func(string) bool) (found reflect.StructField, ok bool) {
	o.structure("FieldByName")
	for _, f := range reflect.VisibleFields(o) {
		switch {
		case !match(f.Name):
		case !ok || len(f.Index) < len(found.Index):
			found, ok = f, true
		case len(f.Index) == len(found.Index):
			o.giveUp("FieldByNameFunc")
		}
	}
	return found, ok
}

// methods are the lines of the methods that reflection shows, sorted.
func (o ownType) methods() (list []string) {
	for m := range o.t.set {
		if o.t.kind == "interface" || token.IsExported(m[:1]) && !strings.Contains(strings.SplitN(m, "(", 2)[0], ".") {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(plainName(a), plainName(b)) })
	return list
}

// NumMethod is how many methods reflection shows.
func (o ownType) NumMethod() int { return len(o.methods()) }

// Method is one of them. Its function is missing: package lower refuses the name.
func (o ownType) Method(i int) reflect.Method {
	list := o.methods()
	if i < 0 || i >= len(list) {
		panic("reflect: Method index out of range")
	}
	line := list[i]
	name, rest, _ := strings.Cut(line, "(")
	if o.t.kind == "interface" {
		if plainName(line) != name {
			o.giveUp("Method")
		}
		return reflect.Method{Name: name, Type: ownType{nil, &Type{name: "func(" + rest, kind: "func"}}, Index: i}
	}
	receiver := o.t.name
	if !strings.HasPrefix(rest, ")") {
		receiver += ", "
	}
	return reflect.Method{Name: name, Type: ownType{nil, &Type{name: "func(" + receiver + rest, kind: "func"}}, Index: i}
}

// MethodByName is the method of that name.
func (o ownType) MethodByName(name string) (reflect.Method, bool) {
	for i, line := range o.methods() {
		if plainName(line) == name {
			return o.Method(i), true
		}
	}
	return reflect.Method{}, false
}

// Implements says whether the type has the methods of an interface.
func (o ownType) Implements(u reflect.Type) bool {
	switch {
	case u == nil:
		panic("reflect: nil type passed to Type.Implements")
	case u.Kind() != reflect.Interface:
		panic("reflect: non-interface type passed to Type.Implements")
	}
	i, ok := u.(ownType)
	if !ok {
		i.t = &Type{kind: "interface", compiled: u}
	}
	return missing(V{t: o.t}, i.t) == ""
}

// ReflectImplements is the method Implements of t, which may be a compiled type where u
// is an interface of the program.
func ReflectImplements(t, u reflect.Type) bool {
	i, ok := u.(ownType)
	if _, own := t.(ownType); own || !ok || i.t.kind != "interface" {
		return t.Implements(u)
	}
	for line := range i.t.set {
		name, rest, _ := strings.Cut(line, "(")
		m, ok := t.MethodByName(name)
		if !ok {
			return false
		}
		has := m.Type
		if t.Kind() != reflect.Interface {
			has = reflect.Zero(t).MethodByName(name).Type() // without the receiver
		}
		if has.String() != "func("+rest {
			return false
		}
	}
	return true
}

// ReflectAssignableTo is the method AssignableTo of t.
func ReflectAssignableTo(t, u reflect.Type) bool {
	if o, ok := u.(ownType); ok {
		o.giveUp("AssignableTo")
	}
	return t.AssignableTo(u)
}

// ReflectConvertibleTo is the method ConvertibleTo of t.
func ReflectConvertibleTo(t, u reflect.Type) bool {
	if o, ok := u.(ownType); ok {
		o.giveUp("ConvertibleTo")
	}
	return t.ConvertibleTo(u)
}

// Comparable says whether values of the type can be compared.
func (o ownType) Comparable() bool {
	if o.t.kind == "interface" {
		return true
	}
	if holdsOpaque(o.t) {
		o.giveUp("Comparable")
	}
	return o.Type.Comparable()
}

// Size is how many bytes a value has.
func (o ownType) Size() uintptr {
	if holdsOpaque(o.t) {
		o.giveUp("Size")
	}
	return o.Type.Size()
}

// What follows is not done.

// AssignableTo is not done.
func (o ownType) AssignableTo(reflect.Type) bool { o.giveUp("AssignableTo"); return false }

// ConvertibleTo is not done.
func (o ownType) ConvertibleTo(reflect.Type) bool { o.giveUp("ConvertibleTo"); return false }

// IsVariadic is not done.
func (o ownType) IsVariadic() bool { o.giveUp("IsVariadic"); return false }

// NumIn is not done.
func (o ownType) NumIn() int { o.giveUp("NumIn"); return 0 }

// NumOut is not done.
func (o ownType) NumOut() int { o.giveUp("NumOut"); return 0 }

// In is not done.
func (o ownType) In(int) reflect.Type { o.giveUp("In"); return nil }

// Out is not done.
func (o ownType) Out(int) reflect.Type { o.giveUp("Out"); return nil }

func (o ownType) giveUp(method string) {
	giveUp("call the method " + method + " of the reflect.Type of " + o.t.name)
}
