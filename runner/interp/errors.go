package interp

import (
	"go/constant"
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

// translate returns what Go raises where Yaegi or package reflect raised r in
// the step of s. It is a fault of the interpreter if Go would have raised
// nothing.
func (s *site) translate(r any, frame unsafe.Pointer) (v any, fault bool) {
	if _, ok := r.(runtime.Error); ok {
		return r, false
	}
	switch r := r.(type) {
	case *reflect.ValueError:
		if r.Kind == reflect.Invalid && !s.traces.reflects {
			return nilDereference(), false
		}
		return r, !s.traces.reflects
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
		return indexError(integer(c[1].value(frame)), x.Len()), false
	case "reflect.Value.Slice: slice index out of bounds", "reflect.Value.Slice: string slice index out of bounds",
		"reflect.Value.Slice3: slice index out of bounds":
		return s.sliceError(frame), false
	case "reflect.Value.Call: call of nil function", "reflect: indirection through nil pointer to embedded struct":
		return nilDereference(), false
	case "reflect.MakeSlice: negative len", "reflect.MakeSlice: len out of range":
		return runtimeError("makeslice: len out of range"), false
	case "reflect.MakeSlice: negative cap", "reflect.MakeSlice: len > cap", "reflect.MakeSlice: cap out of range":
		return runtimeError("makeslice: cap out of range"), false
	case "reflect.MakeChan: negative buffer size":
		return runtimeError("makechan: size out of range"), false
	}
	if rest, ok := strings.CutPrefix(r, "reflect: cannot convert slice with length "); ok {
		n, m, _ := strings.Cut(rest, " to ")
		m = m[strings.LastIndex(m, " ")+1:]
		return runtimeError("cannot convert slice with length " + n + " to array or pointer to array with length " + m), false
	}
	if strings.HasPrefix(r, "reflect: ") || strings.HasPrefix(r, "reflect.") {
		// A program may well call package reflect wrongly by itself.
		return r, !s.traces.reflects
	}
	return r, false
}

// sliceError returns what Go raises for the slice expression of s.
func (s *site) sliceError(frame unsafe.Pointer) error {
	c := s.children()
	if s.kind() != "sliceExpr" || len(c) == 0 {
		return runtimeError("slice bounds out of range")
	}
	x := indirect(c[0].value(frame))
	var bounds []int
	if s.action() == "slice0" {
		bounds = append(bounds, 0)
	}
	for _, b := range c[1:] {
		bounds = append(bounds, integer(b.value(frame)))
	}
	if len(bounds) == 1 {
		bounds = append(bounds, x.Len())
	}
	switch {
	case x.Kind() == reflect.Slice && len(bounds) == 2:
		return caught(func() { _ = make([]struct{}, x.Len(), x.Cap())[bounds[0]:bounds[1]] })
	case x.Kind() == reflect.Slice:
		return caught(func() { _ = make([]struct{}, x.Len(), x.Cap())[bounds[0]:bounds[1]:bounds[2]] })
	case len(bounds) == 3:
		return caught(func() { _ = make([]struct{}, x.Len())[bounds[0]:bounds[1]:bounds[2]] })
	}
	var b byte
	text := unsafe.String(&b, x.Len())
	return caught(func() { _ = text[bounds[0]:bounds[1]] })
}

// indexError returns what Go raises for the element i of n.
func indexError(i, n int) error {
	return caught(func() { _ = make([]struct{}, n)[i] })
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
type runtimeError string

func (e runtimeError) Error() string {
	if strings.HasPrefix(string(e), "interface conversion: ") {
		return string(e)
	}
	return "runtime error: " + string(e)
}

// RuntimeError makes e a [runtime.Error].
func (runtimeError) RuntimeError() {}

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
