package rt

import (
	"fmt"
	"go/token"
	"reflect"
	"runtime"
	"slices"
	"strings"
)

// ReflectValue is reflect.Value in programs that reflect on types of their own. What
// has no method here is refused by package lower.
type ReflectValue struct {
	v reflect.Value
	t *Type // nil for a compiled type
	// hidden says that the value was reached through a field that is not exported,
	// embedded that it is such a field itself, and an embedded one.
	hidden, embedded bool
}

// ReflectValueOf is reflect.ValueOf.
func ReflectValueOf(x any) ReflectValue {
	if v, ok := x.(valuer); ok {
		return ReflectValue{v: v.val().t.full(reflect.ValueOf(v.val().x)), t: v.val().t}
	}
	if named, ok := x.(interface{ typeName() string }); ok {
		giveUp("reflect on a value of type " + named.typeName())
	}
	return ReflectValue{v: reflect.ValueOf(x)}
}

// ReflectIndirect is reflect.Indirect.
func ReflectIndirect(r ReflectValue) ReflectValue {
	if r.Kind() != reflect.Pointer {
		return r
	}
	return r.Elem()
}

// ReflectZero is reflect.Zero.
func ReflectZero(t reflect.Type) ReflectValue {
	o, ok := t.(ownType)
	switch {
	case t == nil:
		panic("reflect: Zero(nil)")
	case !ok:
		return ReflectValue{v: reflect.Zero(t)}
	case o.t.opaque != nil:
		o.giveUp("Zero")
	}
	return ReflectValue{v: reflect.Zero(o.Type), t: o.t}
}

// ReflectNew is reflect.New.
func ReflectNew(t reflect.Type) ReflectValue {
	o, ok := t.(ownType)
	if !ok {
		return ReflectValue{v: reflect.New(t)}
	}
	if o.t.opaque != nil {
		o.giveUp("New")
	}
	return ReflectValue{v: reflect.New(o.Type).Elem(), t: o.t}.Addr()
}

// ReflectPointerTo is reflect.PointerTo.
func ReflectPointerTo(t reflect.Type) reflect.Type {
	if _, ok := t.(ownType); !ok {
		return reflect.PointerTo(t)
	}
	return ReflectNew(t).Type()
}

// part is v, a part of r of type t.
func (r ReflectValue) part(v reflect.Value, t *Type) ReflectValue {
	p := ReflectValue{v: t.full(v), t: t, hidden: r.hidden || r.embedded}
	if _, ok := own(v.Type(), t).(ownType); !ok {
		p.t = nil
	}
	return p
}

// must panics as package reflect does if the kind of r does not fit a method.
func (r ReflectValue) must(method string, kinds ...reflect.Kind) {
	if !slices.Contains(kinds, r.Kind()) {
		panic(&reflect.ValueError{Method: "reflect.Value." + method, Kind: r.Kind()})
	}
}

// mayChange panics as package reflect does if no method may change r.
func (r ReflectValue) mayChange(method string) {
	if r.hidden || r.embedded {
		panic("reflect: reflect.Value." + method + " using value obtained using unexported field")
	}
}

// IsValid says whether r is a value.
func (r ReflectValue) IsValid() bool { return r.v.IsValid() }

// Kind is that of the type in the program.
func (r ReflectValue) Kind() reflect.Kind {
	if r.t == nil {
		return r.v.Kind()
	}
	return r.Type().Kind()
}

// Type is the type in the program.
func (r ReflectValue) Type() reflect.Type {
	if r.t == nil {
		return r.v.Type()
	}
	return own(r.v.Type(), r.t)
}

// CanInterface says whether Interface does not panic.
func (r ReflectValue) CanInterface() bool { return r.v.CanInterface() && !r.hidden && !r.embedded }

// Interface is the value as an interface value.
func (r ReflectValue) Interface() any {
	if r.hidden || r.embedded {
		panic("reflect.Value.Interface: cannot return value obtained from unexported field or method")
	}
	x := r.v.Interface()
	if r.t == nil || r.t.kind == "interface" {
		return x
	}
	return Wrap(r.t, x)
}

// Elem is what an interface holds or a pointer points to.
func (r ReflectValue) Elem() ReflectValue {
	r.must("Elem", reflect.Interface, reflect.Pointer)
	e := ReflectValue{}
	switch {
	case r.v.IsNil():
		return e
	case r.Kind() == reflect.Interface:
		if _, ok := reflect.Zero(r.v.Elem().Type()).Interface().(valuer); ok && !r.v.CanInterface() {
			giveUp("reflect on the values in a compiled type")
		}
		e = ReflectValue{v: r.v.Elem()}
		if r.v.CanInterface() {
			e = ReflectValueOf(r.v.Interface())
		}
		e.hidden = r.hidden || r.embedded
		return e
	case r.t == nil:
		e = ReflectValue{v: r.v.Elem()}
	case r.t.elem != nil:
		e = r.part(reflect.NewAt(r.t.elem, r.v.UnsafePointer()).Elem(), r.t.elems[0])
	default:
		e = r.part(r.v.Elem(), r.t.elems[0])
	}
	// What an embedded pointer points to is as an embedded struct: its fields may be set.
	e.hidden, e.embedded = r.hidden, r.embedded
	return e
}

// NumField is how many fields a struct has.
func (r ReflectValue) NumField() int {
	r.must("NumField", reflect.Struct)
	return r.v.NumField()
}

// Field is field i of a struct.
func (r ReflectValue) Field(i int) ReflectValue {
	r.must("Field", reflect.Struct)
	if r.t == nil {
		return ReflectValue{v: r.v.Field(i), hidden: r.hidden}
	}
	p := r.part(r.v.Field(i), r.t.elems[i])
	p.hidden = r.hidden
	if !token.IsExported(r.t.fields[i]) {
		p.embedded = r.t.embedded[i]
		p.hidden = p.hidden || !p.embedded
	}
	return p
}

// FieldByName is the field of that name, maybe one of an embedded field.
func (r ReflectValue) FieldByName(name string) ReflectValue {
	r.must("FieldByName", reflect.Struct)
	f, ok := r.Type().FieldByName(name)
	if !ok {
		return ReflectValue{}
	}
	return r.FieldByIndex(f.Index)
}

// FieldByIndex is the field that index leads to, through embedded ones.
func (r ReflectValue) FieldByIndex(index []int) ReflectValue {
	r.must("FieldByIndex", reflect.Struct)
	for i, x := range index {
		if i > 0 && r.Kind() == reflect.Pointer && r.Type().Elem().Kind() == reflect.Struct {
			if r.IsNil() {
				panic("reflect: indirection through nil pointer to embedded struct")
			}
			r = r.Elem()
		}
		r = r.Field(x)
	}
	return r
}

// NumMethod is how many methods reflection shows.
func (r ReflectValue) NumMethod() int {
	if !r.IsValid() {
		panic(&reflect.ValueError{Method: "reflect.Value.NumMethod"})
	}
	return r.Type().NumMethod()
}

// IsNil says whether the value is nil.
func (r ReflectValue) IsNil() bool { return r.v.IsNil() }

// IsZero says whether the value is the zero value.
func (r ReflectValue) IsZero() bool {
	if r.t != nil && holdsOpaque(r.t) {
		giveUp("call the method IsZero of a reflect.Value of " + r.t.name)
	}
	return r.v.IsZero()
}

// Len is the length.
func (r ReflectValue) Len() int { return r.v.Len() }

// Cap is the capacity.
func (r ReflectValue) Cap() int { return r.v.Cap() }

// Index is element i.
func (r ReflectValue) Index(i int) ReflectValue {
	e := r.v.Index(i)
	if r.t == nil || r.Kind() == reflect.String {
		return ReflectValue{v: e, hidden: r.hidden || r.embedded}
	}
	return r.part(e, r.t.elems[0])
}

// MapKeys are the keys, in no order.
func (r ReflectValue) MapKeys() []ReflectValue {
	list := []ReflectValue{}
	for _, k := range r.v.MapKeys() {
		list = append(list, r.entry(k, 0))
	}
	return list
}

// ReflectMapIter is reflect.MapIter.
type ReflectMapIter struct {
	m  ReflectValue
	it *reflect.MapIter
}

// MapRange goes through a map.
func (r ReflectValue) MapRange() *ReflectMapIter {
	r.must("MapRange", reflect.Map)
	return &ReflectMapIter{r, r.v.MapRange()}
}

// Next goes on to the next entry.
func (i *ReflectMapIter) Next() bool { return i.it.Next() }

// Key is the key of the entry.
func (i *ReflectMapIter) Key() ReflectValue { return i.m.entry(i.it.Key(), 0) }

// Value is the value of the entry.
func (i *ReflectMapIter) Value() ReflectValue { return i.m.entry(i.it.Value(), 1) }

// entry is v, a key (0) or value (1) of a map.
func (r ReflectValue) entry(v reflect.Value, at int) ReflectValue {
	if r.t == nil {
		return ReflectValue{v: v, hidden: r.hidden || r.embedded}
	}
	return r.part(v, r.t.elems[at])
}

// MapIndex is the value for a key.
func (r ReflectValue) MapIndex(key ReflectValue) ReflectValue {
	r.must("MapIndex", reflect.Map)
	v := r.v.MapIndex(key.assignable(r.v.Type().Key(), r.Type().Key()))
	if !v.IsValid() {
		return ReflectValue{}
	}
	p := r.entry(v, 1)
	p.hidden = p.hidden || key.hidden || key.embedded
	return p
}

// SetMapIndex enters a value for a key, or deletes the key.
func (r ReflectValue) SetMapIndex(key, value ReflectValue) {
	r.must("SetMapIndex", reflect.Map)
	r.mayChange("SetMapIndex")
	k := key.assignable(r.v.Type().Key(), r.Type().Key())
	if !value.IsValid() {
		r.v.SetMapIndex(k, reflect.Value{})
		return
	}
	r.v.SetMapIndex(k, value.assignable(r.v.Type().Elem(), r.Type().Elem()))
}

// assignable is the value as one that stands for one of type t, as which the
// interpreter has the type held.
func (r ReflectValue) assignable(held, t reflect.Type) reflect.Value {
	switch {
	case !r.IsValid():
		giveUp("assign the zero reflect.Value")
	case t.Kind() == reflect.Interface:
		if o, ok := r.Type().(ownType); ok && !o.Implements(t) || !ok && !r.v.Type().AssignableTo(held) {
			giveUp("assign a " + r.Type().String() + " to a " + t.String() + " by reflection")
		}
		x := reflect.New(held).Elem()
		set(x.Addr().Interface(), r.Interface())
		return x
	case r.Type() != t:
		if _, ok := t.(ownType); ok || r.t != nil {
			giveUp("assign a " + r.Type().String() + " to a " + t.String() + " by reflection")
		}
	}
	return r.v
}

// CanAddr says whether the value has an address.
func (r ReflectValue) CanAddr() bool { return r.v.CanAddr() }

// CanSet says whether the value can be changed.
func (r ReflectValue) CanSet() bool { return r.v.CanSet() && !r.hidden && !r.embedded }

// Addr is a pointer to the value.
func (r ReflectValue) Addr() ReflectValue {
	if r.t == nil {
		p := r
		p.v = r.v.Addr()
		return p
	}
	t := r.t.pointer.Load()
	if t == nil {
		giveUp("make a pointer to a " + r.t.name + " by reflection")
	}
	p := r
	p.v, p.t = r.v.Addr(), t
	if t.elem != nil {
		p.v = reflect.ValueOf(r.v.Addr().UnsafePointer())
	}
	return p
}

// Set changes the value.
func (r ReflectValue) Set(x ReflectValue) {
	r.mayChange("Set")
	if !r.IsValid() {
		panic(&reflect.ValueError{Method: "reflect.Value.Set"})
	}
	if !r.v.CanSet() {
		panic("reflect: reflect.Value.Set using unaddressable value")
	}
	x.mayChange("Set")
	if r.t != nil && r.t.opaque != nil {
		giveUp("set a " + r.t.name + " by reflection")
	}
	r.v.Set(x.assignable(r.v.Type(), r.Type()))
}

// SetBool changes the value.
func (r ReflectValue) SetBool(x bool) { r.mayChange("SetBool"); r.v.SetBool(x) }

// SetInt changes the value.
func (r ReflectValue) SetInt(x int64) { r.mayChange("SetInt"); r.v.SetInt(x) }

// SetUint changes the value.
func (r ReflectValue) SetUint(x uint64) { r.mayChange("SetUint"); r.v.SetUint(x) }

// SetFloat changes the value.
func (r ReflectValue) SetFloat(x float64) { r.mayChange("SetFloat"); r.v.SetFloat(x) }

// SetString changes the value.
func (r ReflectValue) SetString(x string) { r.mayChange("SetString"); r.v.SetString(x) }

// Bool is the value.
func (r ReflectValue) Bool() bool { return r.v.Bool() }

// Int is the value.
func (r ReflectValue) Int() int64 { return r.v.Int() }

// Uint is the value.
func (r ReflectValue) Uint() uint64 { return r.v.Uint() }

// Float is the value.
func (r ReflectValue) Float() float64 { return r.v.Float() }

// Complex is the value.
func (r ReflectValue) Complex() complex128 { return r.v.Complex() }

// CanInt says whether Int does not panic.
func (r ReflectValue) CanInt() bool { return r.v.CanInt() }

// CanUint says whether Uint does not panic.
func (r ReflectValue) CanUint() bool { return r.v.CanUint() }

// CanFloat says whether Float does not panic.
func (r ReflectValue) CanFloat() bool { return r.v.CanFloat() }

// String is a string, or the type of another value.
func (r ReflectValue) String() string {
	if r.t == nil || r.Kind() == reflect.String {
		return r.v.String()
	}
	return "<" + r.t.name + " Value>"
}

// typeName is what %T prints.
func (r ReflectValue) typeName() string { return "reflect.Value" }

// Format prints the value as package fmt prints what a reflect.Value holds.
func (r ReflectValue) Format(s fmt.State, verb rune) {
	format := fmt.FormatString(s, verb)
	switch {
	case !r.IsValid():
		fmt.Fprintf(s, format, r.v)
	case printedInside():
		fmt.Fprintf(s, format, r.String()) // there it is a value with a method String
	case r.CanInterface():
		fmt.Fprintf(s, format, r.Interface())
	default:
		if r.t != nil {
			printer{s: &state{State: s}, verb: verb}.value(r.v, r.t, 0, false)
			return
		}
		fmt.Fprintf(s, format, hiddenField(r.v))
	}
}

// hiddenField is v as a field that is not exported.
func hiddenField(v reflect.Value) reflect.Value {
	if !v.CanInterface() {
		return v
	}
	t := reflect.StructOf([]reflect.StructField{{Name: "x", PkgPath: "main", Type: v.Type()}})
	f := reflect.New(t).Elem().Field(0)
	readable(f).Set(v)
	return f
}

// printedInside says whether package fmt calls Format for a part of an operand.
func printedInside() bool {
	var pcs [3]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, ".printValue") {
			return true
		}
		if !more || strings.HasSuffix(f.Function, ".printArg") {
			return false
		}
	}
}
