package interp

import (
	"go/constant"
	"math"
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"example/workbook/runner/lower/rt"
)

// translate returns what Go raises where Yaegi or package reflect raised r in
// the step of s. It is a fault of the interpreter if Go would have raised
// nothing.
func (s *site) translate(r any, frame unsafe.Pointer) (v any, fault bool) {
	if e, ok := r.(runtime.Error); ok {
		if e.Error() == "runtime: allocation size out of range" {
			return s.tooLarge(frame), false
		}
		return r, false
	}
	switch r := r.(type) {
	case *reflect.ValueError:
		if r.Kind == reflect.Invalid {
			return nilDereference(), false
		}
		return r, true
	case string:
		return s.translateText(r, frame)
	case error:
		if reflect.TypeOf(r).String() == "*interp.cfgError" {
			if _, text, ok := strings.Cut(r.Error(), ": interface conversion: "); ok {
				return runtimeError("interface conversion: " + text), false
			}
			return r, true
		}
	}
	return r, false
}

func (s *site) translateText(r string, frame unsafe.Pointer) (v any, fault bool) {
	switch r {
	case "reflect: slice index out of range", "reflect: array index out of range", "reflect: string index out of range":
		c := s.children()
		if s.kind() != "indexExpr" || len(c) < 2 {
			return runtimeError("index out of range"), false
		}
		x := indirect(c[0].value(frame))
		return indexError(c[1].value(frame), x.Len()), false
	case "reflect.Value.Slice: slice index out of bounds", "reflect.Value.Slice: string slice index out of bounds",
		"reflect.Value.Slice3: slice index out of bounds":
		return s.sliceError(frame), false
	case "reflect.Value.Call: call of nil function", "reflect: indirection through nil pointer to embedded struct":
		return nilDereference(), false
	case "reflect.MakeSlice: negative len", "reflect.MakeSlice: len out of range":
		return runtimeError("makeslice: len out of range"), false
	case "reflect.MakeSlice: negative cap", "reflect.MakeSlice: len > cap", "reflect.MakeSlice: cap out of range":
		return runtimeError("makeslice: cap out of range"), false
	case "reflect.Value.Grow: slice overflow":
		return runtimeError("growslice: len out of range"), false
	case "reflect.MakeChan: negative buffer size":
		return runtimeError("makechan: size out of range"), false
	}
	if rest, ok := strings.CutPrefix(r, "reflect: cannot convert slice with length "); ok {
		n, m, _ := strings.Cut(rest, " to ")
		m = m[strings.LastIndex(m, " ")+1:]
		return runtimeError("cannot convert slice with length " + n + " to array or pointer to array with length " + m), false
	}
	return r, strings.HasPrefix(r, "reflect: ") || strings.HasPrefix(r, "reflect.")
}

// sliceError returns what Go raises for the slice expression of s.
func (s *site) sliceError(frame unsafe.Pointer) error {
	c := s.children()
	if s.kind() != "sliceExpr" || len(c) == 0 {
		return runtimeError("slice bounds out of range")
	}
	x := indirect(c[0].value(frame))
	var bounds []reflect.Value
	if s.action() == "slice0" {
		bounds = append(bounds, reflect.ValueOf(0))
	}
	for _, b := range c[1:] {
		bounds = append(bounds, b.value(frame))
	}
	if len(bounds) == 1 {
		bounds = append(bounds, reflect.ValueOf(x.Len()))
	}
	n := x.Len()
	var b byte
	switch i, j := bounds[0], bounds[1]; {
	case len(bounds) == 3:
		return slice3Error(x, bounds)
	case x.Kind() == reflect.Slice:
		list := make([]struct{}, n, x.Cap())
		switch {
		case huge(j):
			return caught(func() { _ = list[:j.Uint()] })
		case huge(i):
			return caught(func() { _ = list[i.Uint():integer(j)] })
		}
		return caught(func() { _ = list[integer(i):integer(j)] })
	default:
		text := unsafe.String(&b, n)
		switch {
		case huge(j):
			return caught(func() { _ = text[:j.Uint()] })
		case huge(i):
			return caught(func() { _ = text[i.Uint():integer(j)] })
		}
		return caught(func() { _ = text[integer(i):integer(j)] })
	}
}

// slice3Error is sliceError for three bounds.
func slice3Error(x reflect.Value, bounds []reflect.Value) error {
	c := x.Len()
	if x.Kind() == reflect.Slice {
		c = x.Cap()
	}
	list := make([]struct{}, x.Len(), c)
	i, j, k := bounds[0], bounds[1], bounds[2]
	switch {
	case huge(k):
		return caught(func() { _ = list[0:0:k.Uint()] })
	case huge(j):
		return caught(func() { _ = list[0:j.Uint():integer(k)] })
	case huge(i):
		return caught(func() { _ = list[i.Uint():integer(j):integer(k)] })
	}
	return caught(func() { _ = list[integer(i):integer(j):integer(k)] })
}

// huge reports whether v is greater than any int.
func huge(v reflect.Value) bool { return v.CanUint() && v.Uint() > math.MaxInt }

// tooLarge returns what Go raises for a call of make for a slice that no
// memory can hold.
func (s *site) tooLarge(frame unsafe.Pointer) error {
	if c := s.children(); len(c) > 3 && integer(c[2].value(frame)) < 1<<47 {
		return runtimeError("makeslice: cap out of range")
	}
	return runtimeError("makeslice: len out of range")
}

// indexError returns what Go raises for the element i of n.
func indexError(i reflect.Value, n int) error {
	if huge(i) {
		return caught(func() { _ = make([]struct{}, n)[i.Uint()] })
	}
	return caught(func() { _ = make([]struct{}, n)[integer(i)] })
}

// nilDereference returns what Go raises when a nil pointer is followed.
func nilDereference() error {
	var p *int
	return caught(func() { *p = 1 })
}

// caught returns the run-time error with which f panics.
func caught(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return runtimeError("none")
}

// runtimeError is a run-time error of Go that cannot be provoked in general.
func runtimeError(text string) error {
	if !strings.HasPrefix(text, "interface conversion: ") && !strings.HasPrefix(text, "makechan: ") {
		text = "runtime error: " + text
	}
	return rt.RuntimeError(text)
}

func indirect(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Pointer {
		return v.Elem()
	}
	return v
}

// integer returns the value of an index.
func integer(v reflect.Value) int {
	switch {
	case v.CanInt():
		return int(v.Int())
	case v.CanUint():
		return int(v.Uint())
	}
	if c, ok := v.Interface().(constant.Value); ok {
		i, _ := constant.Int64Val(constant.ToInt(c))
		return int(i)
	}
	return 0
}
