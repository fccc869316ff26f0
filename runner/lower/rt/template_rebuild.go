package rt

import (
	"reflect"
	"sync"
)

// rebuilder copies values in which it changes what is held in interfaces: elements of
// containers, and fields of the names in has. held returns what comes instead, and whether
// that is something else.
type rebuilder struct {
	has  func(string) bool
	held func(b *rebuilder, x any) (any, bool)
	path []uintptr // the pointers and maps that it is inside of
	// cyclic says that one of them holds itself: the copy would lead back to the value.
	cyclic bool
}

// everyName is for a rebuilder that changes all fields.
func everyName(string) bool { return true }

// rebuilt is v, or a copy where there is something to change.
func (b *rebuilder) rebuilt(v reflect.Value) (copied reflect.Value, changed bool) {
	if !v.IsValid() || !mayHold(v.Type()) {
		return v, false
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer, reflect.Map:
		if v.IsNil() {
			return v, false
		}
	}
	if v.Kind() == reflect.Interface {
		return b.inInterface(v)
	}
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Map {
		for _, p := range b.path {
			if p == v.Pointer() {
				b.cyclic = true
				return v, false
			}
		}
		b.path = append(b.path, v.Pointer())
		defer func() { b.path = b.path[:len(b.path)-1] }()
	}
	put := func(set func(reflect.Value), part reflect.Value) {
		part, other := b.rebuilt(part)
		if other {
			set(part)
		}
		changed = changed || other
	}
	switch v.Kind() {
	case reflect.Pointer:
		copied = reflect.New(v.Type().Elem())
		copied.Elem().Set(v.Elem())
		put(copied.Elem().Set, v.Elem())
	case reflect.Struct:
		copied = reflect.New(v.Type()).Elem()
		copied.Set(v)
		b.fields(copied, put)
	case reflect.Slice:
		copied = reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(copied, v)
		for i := range v.Len() {
			put(copied.Index(i).Set, v.Index(i))
		}
	case reflect.Array:
		copied = reflect.New(v.Type()).Elem()
		copied.Set(v)
		for i := range v.Len() {
			put(copied.Index(i).Set, v.Index(i))
		}
	case reflect.Map:
		copied = reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			copied.SetMapIndex(it.Key(), it.Value())
			put(func(part reflect.Value) { copied.SetMapIndex(it.Key(), part) }, it.Value())
		}
	}
	if !changed {
		return v, false
	}
	if b.cyclic {
		giveUp("show a value that holds itself, and interfaces, to a template")
	}
	return copied, true
}

// fields puts what comes instead of the fields of s into it.
func (b *rebuilder) fields(s reflect.Value, put func(set func(reflect.Value), part reflect.Value)) {
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if f.Type.Kind() != reflect.Struct && f.Type.Kind() != reflect.Pointer && !(f.IsExported() && b.has(f.Name)) {
			continue // a struct may be embedded: its fields are to be seen without its name
		}
		part := reflect.NewAt(f.Type, s.Field(i).Addr().UnsafePointer()).Elem()
		put(part.Set, part)
	}
}

func (b *rebuilder) inInterface(v reflect.Value) (copied reflect.Value, changed bool) {
	if v.NumMethod() > 0 {
		leave(v)
		return v, false
	}
	x, changed := b.held(b, v.Interface())
	if !changed {
		return v, false
	}
	copied = reflect.New(v.Type()).Elem()
	if r := reflect.ValueOf(x); r.IsValid() {
		copied.Set(r)
	}
	return copied, true
}

// leave leaves the value of an interface with methods as it is, which a template can call
// and print. It has to be true for a template, as all structs are.
func leave(v reflect.Value) {
	x, own := v.Interface().(valuer)
	if !own {
		return
	}
	in := reflect.ValueOf(x.val().x)
	empty := !in.IsValid() || in.Kind() != reflect.Struct && in.IsZero()
	if in.Kind() == reflect.Slice || in.Kind() == reflect.Map {
		empty = in.Len() == 0
	}
	if empty {
		giveUp("show a value of type " + x.val().t.name + " to a template")
	}
	noteMisnamed("type " + v.Type().String())
}

// holding has what mayHold found, by the type.
var holding sync.Map

// mayHold says whether values of the program may be held in interfaces that are parts of
// a value of type r: a compiled struct belongs to its package.
func mayHold(r reflect.Type) bool {
	if is, known := holding.Load(r); known {
		return is.(bool)
	}
	is := holds(r, map[reflect.Type]bool{})
	holding.Store(r, is)
	return is
}

func holds(r reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[r] {
		return false
	}
	seen[r] = true
	switch r.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer:
		return r.Name() == "" && r.Elem().Kind() == reflect.Struct && holds(r.Elem(), seen)
	case reflect.Struct:
		for i := range r.NumField() {
			if r.Name() == "" && holds(r.Field(i).Type, seen) {
				return true
			}
		}
	case reflect.Slice, reflect.Array, reflect.Map:
		return (r.Name() == "" || r.NumMethod() == 0) && holds(r.Elem(), seen)
	}
	return false
}
