package rt

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"
	"unicode/utf8"
	"unsafe"
)

// Select executes a select statement. args has three values a case: the
// channel, true for a send, and the value to send or the pointer to which the
// received value goes. It returns the case, -1 for default, and whether a
// value was received.
func Select(def bool, args ...any) (int, bool) {
	cases := make([]reflect.SelectCase, 0, len(args)/3+1)
	for i := 0; i < len(args); i += 3 {
		ch := reflect.ValueOf(args[i])
		c := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: ch}
		if args[i+1].(bool) {
			c.Dir = reflect.SelectSend
			elem := ch.Type().Elem()
			if x := args[i+2]; x == nil {
				c.Send = reflect.Zero(elem)
			} else {
				c.Send = reflect.ValueOf(x)
			}
		}
		cases = append(cases, c)
	}
	if def {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	i, v, ok := reflect.Select(cases)
	if def && i == len(cases)-1 {
		return -1, false
	}
	if cases[i].Dir == reflect.SelectRecv {
		reflect.ValueOf(args[3*i+2]).Elem().Set(v)
	}
	return i, ok
}

// Block is select {}.
func Block() { select {} }

// ClearMap is clear of a map.
func ClearMap(m any) { reflect.ValueOf(m).Clear() }

// ClearSlice is clear of a slice.
func ClearSlice(s any) { reflect.ValueOf(s).Clear() }

// DecodeRune decodes the rune at s[i].
func DecodeRune(s string, i int) (rune, int) { return utf8.DecodeRuneInString(s[i:]) }

// ErrorsIs is errors.Is.
func ErrorsIs(err, target error) bool {
	if err == nil || target == nil {
		return err == target
	}
	comparable := reflect.TypeOf(target).Comparable()
	if v, ok := target.(valuer); ok {
		comparable = v.val().x == nil || reflect.TypeOf(v.val().x).Comparable()
	}
	return walk(err, func(e error) bool {
		if comparable && sameType(e, target) && Equal(e, target) {
			return true
		}
		if x, ok := e.(interface{ Is(error) bool }); ok {
			return x.Is(target)
		}
		return false
	})
}

func sameType(a, b error) bool {
	v, ok := a.(valuer)
	w, ok2 := b.(valuer)
	if ok && ok2 {
		return v.val().t == w.val().t
	}
	return ok == ok2
}

// ErrorsAs is errors.As; t is the type of what target points to, nil where that is
// neither an interface nor an error.
func ErrorsAs(err error, target any, t *Type) bool {
	if err == nil {
		return false
	}
	if target == nil || reflect.ValueOf(target).IsNil() {
		panic("errors: target must be a non-nil pointer")
	}
	if t == nil {
		panic("errors: *target must be interface or implement error")
	}
	return walk(err, func(e error) bool {
		if As(e, t, target) {
			return true
		}
		x, ok := e.(interface{ As(any) bool })
		if !ok {
			return false
		}
		if t.compiled != nil { // a pointer to a compiled type is one as well
			return x.As(target)
		}
		_, own := e.(valuer)
		return own && x.As(Wrap(pointerTo(t, target), target))
	})
}

// pointerTo describes a pointer to t for an As method of the program.
func pointerTo(t *Type, target any) *Type {
	if p := t.pointer.Load(); p != nil {
		return p
	}
	return &Type{name: "*" + t.name, kind: "ptr", elems: []*Type{t}}
}

func walk(err error, f func(error) bool) bool {
	for err != nil {
		if f(err) {
			return true
		}
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			err = x.Unwrap()
		case interface{ Unwrap() []error }:
			for _, e := range x.Unwrap() {
				if e != nil && walk(e, f) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

// Unwrap is errors.Unwrap.
func Unwrap(err error) error { return errors.Unwrap(err) }

// SortFunc returns the order in which slices.SortFunc would put n elements.
// It sorts with Go's own algorithm, so that equal elements come out as there.
func SortFunc(n int, compare func(i, j int) int) []int {
	order := identity(n)
	slices.SortFunc(order, compare)
	return order
}

// SortStable is SortFunc for slices.SortStableFunc.
func SortStable(n int, compare func(i, j int) int) []int {
	order := identity(n)
	slices.SortStableFunc(order, compare)
	return order
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// pointer is the word of which p is the address.
func pointer(p any) *unsafe.Pointer { return (*unsafe.Pointer)(reflect.ValueOf(p).UnsafePointer()) }

// PointerLoad loads the pointer at addr into the one at dst.
func PointerLoad(addr, dst any) { *pointer(dst) = atomic.LoadPointer(pointer(addr)) }

// PointerStore stores v, a pointer, at addr.
func PointerStore(addr, v any) {
	atomic.StorePointer(pointer(addr), reflect.ValueOf(v).UnsafePointer())
}

// PointerSwap stores v at addr and the old pointer at dst.
func PointerSwap(addr, v, dst any) {
	*pointer(dst) = atomic.SwapPointer(pointer(addr), reflect.ValueOf(v).UnsafePointer())
}

// PointerCompareAndSwap replaces the pointer old at addr.
func PointerCompareAndSwap(addr, old, v any) bool {
	return atomic.CompareAndSwapPointer(pointer(addr), reflect.ValueOf(old).UnsafePointer(), reflect.ValueOf(v).UnsafePointer())
}

// Stored panics as a method of atomic.Value does that gets a value of another type
// than that which it holds, where both are of the program.
func Stored(method string, held any, args ...any) {
	does := map[string]string{"Store": "store", "Swap": "swap", "CompareAndSwap": "compare and swap"}[method]
	value := args[len(args)-1]
	if value != nil && method == "CompareAndSwap" && differ(args[0], value) {
		panic("sync/atomic: compare and swap of inconsistently typed values")
	}
	if value != nil && differ(held, value) {
		panic("sync/atomic: " + does + " of inconsistently typed value into Value")
	}
}

// differ says whether a and b are of two types of the program.
func differ(a, b any) bool {
	v, ok := a.(valuer)
	w, ok2 := b.(valuer)
	return ok && ok2 && v.val().t != w.val().t
}

// UnsafeAdd is unsafe.Add.
func UnsafeAdd(p unsafe.Pointer, n int) unsafe.Pointer { return unsafe.Add(p, n) }

// UnsafeString is unsafe.String.
func UnsafeString(p *byte, n int) string { return unsafe.String(p, n) }

// UnsafeStringData is unsafe.StringData.
func UnsafeStringData(s string) *byte { return unsafe.StringData(s) }

// UnsafeSlice is unsafe.Slice; dst points to the result.
func UnsafeSlice(p any, n int, dst any) {
	v := reflect.ValueOf(dst).Elem()
	r := reflect.ValueOf(p)
	size := r.Type().Elem().Size()
	if n < 0 || size > 0 && uintptr(n) > -uintptr(r.UnsafePointer())/size && r.Pointer() != 0 || size > 0 && uintptr(n) > 1<<48/size {
		panic(runtimeError("runtime error: unsafe.Slice: len out of range"))
	}
	if reflect.ValueOf(p).IsNil() && n > 0 {
		panic(runtimeError("runtime error: unsafe.Slice: ptr is nil and len is not zero"))
	}
	if reflect.ValueOf(p).IsNil() && n == 0 {
		v.SetZero()
		return
	}
	*(*header)(v.Addr().UnsafePointer()) = header{reflect.ValueOf(p).UnsafePointer(), n, n}
}

// UnsafeSliceData is unsafe.SliceData; dst points to the result.
func UnsafeSliceData(s any, dst any) { *pointer(dst) = reflect.ValueOf(s).UnsafePointer() }

// header is the layout of a slice.
type header struct {
	p      unsafe.Pointer
	length int
	limit  int
}

// Complex64 is a constant of that type.
func Complex64(re, im float64) complex64 { return complex(float32(re), float32(im)) }

// Float32OfInt converts n and rounds once.
func Float32OfInt(n int64) float32 { return float32(n) }

// Float32OfUint converts n and rounds once.
func Float32OfUint(n uint64) float32 { return float32(n) }

// Int32OfFloat converts x. What becomes of one that is too large is left to the machine.
func Int32OfFloat(x float64) int32 { return int32(x) }

// Uint32OfFloat converts x, as Int32OfFloat does.
func Uint32OfFloat(x float64) uint32 { return uint32(x) }

// MinFloat is min of two numbers. It is NaN if one of them is, other than math.Min with
// an infinity.
func MinFloat(x, y float64) float64 { return min(x, y) }

// MaxFloat is max of two numbers, as MinFloat is min.
func MaxFloat(x, y float64) float64 { return max(x, y) }

// Iterate panics for an iterator that calls the body of a loop when it must
// not: while it runs or after it panicked, after it left the loop, after the
// iterator returned; or that returns (-1) though the body panicked.
func Iterate(phase int) {
	switch phase {
	case 1:
		panic(runtimeError("runtime error: range function continued iteration after loop body panic"))
	case 2:
		panic(runtimeError("runtime error: range function continued iteration after function for loop body returned false"))
	case 3:
		panic(runtimeError("runtime error: range function continued iteration after whole loop exit"))
	}
	panic(runtimeError("runtime error: range function recovered a loop body panic and did not resume panicking"))
}

// ArrayMax panics if the third index m of a slice of an array is more than
// the array's length.
func ArrayMax(m any, length int) {
	v := reflect.ValueOf(m)
	if v.CanUint() && v.Uint() <= uint64(length) || v.CanInt() && 0 <= v.Int() && v.Int() <= int64(length) {
		return
	}
	if v.CanInt() && v.Int() < 0 {
		panic(runtimeError(fmt.Sprintf("runtime error: slice bounds out of range [::%d]", m)))
	}
	panic(runtimeError(fmt.Sprintf("runtime error: slice bounds out of range [::%d] with length %d", m, length)))
}

// HasNoAddress gives up where f is not nil.
func HasNoAddress(f any) {
	if !reflect.ValueOf(f).IsNil() {
		giveUp("show the address of a function")
	}
}

// giveUp ends the program with what the interpreter cannot do, and where that was. A
// panic would not do: the program, or compiled code that it called, may recover.
func giveUp(what string) {
	stack := make([]byte, 1<<16)
	stack = stack[:runtime.Stack(stack, false)]
	// The variable os.Stderr belongs to the program.
	syscall.Write(2, fmt.Appendf(nil, "panic: the interpreter cannot %s: use --engine go\n\n%s", what, stack))
	os.Exit(2)
}
