package rt

import "reflect"

// Bared is a value whose interfaces hold pointers of the program as they are.
type Bared struct {
	x    any
	held map[any]any // what an interface held, by the bare pointer
	undo []func()
}

// Bare lets package encoding/json follow the pointers of the program in the
// interfaces of x, into which it decodes: it takes away what this package put around
// them, until Dress.
func Bare(x any) *Bared {
	b := &Bared{x: Raw(x), held: map[any]any{}}
	walkPointers(reflect.ValueOf(b.x), map[any]bool{}, func(v reflect.Value) {
		w, ok := v.Interface().(valuer)
		if !ok || !v.CanSet() {
			return
		}
		p := reflect.ValueOf(w.val().x)
		if p.Kind() == reflect.UnsafePointer {
			p = reflect.NewAt(w.val().t.elem, p.UnsafePointer())
		}
		if p.Kind() != reflect.Pointer || p.IsNil() {
			return
		}
		if fills(w.val().t, map[*Type]bool{}) {
			panic("the interpreter cannot let encoding/json fill an interface with methods in a value of type " + w.val().t.name + ": use --engine go")
		}
		held := v.Elem()
		b.held[p.Interface()] = held.Interface()
		b.undo = append(b.undo, func() { b.dress(v) })
		v.Set(p)
	})
	return b
}

// Dress puts back what Bare took away, also in the copies that were made since.
func (b *Bared) Dress() {
	walkPointers(reflect.ValueOf(b.x), map[any]bool{}, b.dress)
	for _, undo := range b.undo {
		undo()
	}
}

func (b *Bared) dress(v reflect.Value) {
	if v.IsNil() || v.Elem().Kind() != reflect.Pointer {
		return
	}
	if held, ok := b.held[v.Interface()]; ok {
		v.Set(reflect.ValueOf(held))
	}
}

// walkPointers calls visit for each interface in v to which package encoding/json
// comes before it makes anything new, and follows the pointer that is there then.
func walkPointers(v reflect.Value, seen map[any]bool, visit func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		visit(v)
		if v.Elem().Kind() == reflect.Pointer {
			walkPointers(v.Elem(), seen, visit)
		}
	case reflect.Pointer:
		if v.IsNil() || !v.CanInterface() || seen[v.Interface()] {
			return
		}
		seen[v.Interface()] = true
		walkPointers(v.Elem(), seen, visit)
	case reflect.Slice, reflect.Array:
		switch v.Type().Elem().Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Array, reflect.Struct:
			for i := range v.Len() {
				walkPointers(v.Index(i), seen, visit)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				walkPointers(v.Field(i), seen, visit)
			}
		}
	}
}

// fills says whether a value of type t has an interface with methods.
func fills(t *Type, seen map[*Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if t.kind == "interface" {
		return len(t.set) > 0 || t.compiled != nil && t.compiled.NumMethod() > 0
	}
	for _, e := range t.elems {
		if fills(e, seen) {
			return true
		}
	}
	return false
}
