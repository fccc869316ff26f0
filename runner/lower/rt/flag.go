package rt

import (
	"encoding"
	"flag"
	"fmt"
	"reflect"
	"unsafe"
)

// TextVar is the method TextVar of a FlagSet. Package flag sets the variable by
// reflection, and would find the form of a pointer in place of that.
func TextVar(s *flag.FlagSet, p encoding.TextUnmarshaler, name string, value encoding.TextMarshaler, usage string) {
	v, ok := p.(valuer)
	if !ok {
		s.TextVar(p, name, value, usage)
		return
	}
	if v.val().t.kind != "ptr" {
		panic("variable value type must be a pointer")
	}
	dst, t := pointee(v.val()), v.val().t.elems[0]
	src, from := reflect.ValueOf(value), TypeName(value)
	if w, ok := value.(valuer); ok {
		src, from = reflect.ValueOf(w.val().x), w.val().t.name
		if w.val().t.kind == "ptr" {
			src, from = pointee(w.val()), w.val().t.elems[0].name
		}
	}
	if from != t.name || !src.CanConvert(dst.Type()) {
		panic(fmt.Sprintf("default type does not match variable type: %s != %s", from, t.name))
	}
	dst.Set(src.Convert(dst.Type()))
	s.Var(flagText{p}, name, usage)
}

// pointee is the variable that a pointer of the program points to.
func pointee(v V) reflect.Value {
	if v.t.elem != nil {
		return reflect.NewAt(v.t.elem, v.x.(unsafe.Pointer)).Elem()
	}
	return reflect.ValueOf(v.x).Elem()
}

// flagText is the flag.Value that package flag makes of a variable.
type flagText struct{ p encoding.TextUnmarshaler }

func (v flagText) Set(s string) error { return v.p.UnmarshalText([]byte(s)) }
func (v flagText) Get() any           { return v.p }

func (v flagText) String() string {
	if m, ok := v.p.(encoding.TextMarshaler); ok {
		if b, err := m.MarshalText(); err == nil {
			return string(b)
		}
	}
	return ""
}
