package rt

import (
	"reflect"
	"runtime"
	"sync"
	"unsafe"
	"weak"
)

// uniques has the variable that stands for each value that package unique was given, as
// long as the program has a handle of it.
var uniques sync.Map // uniqueValue to weak.Pointer[byte]

// uniqueValue is a value, and the type of a pointer to the variable that holds it.
type uniqueValue struct{ pointer, value any }

// Unique stores in what dst points to the pointer that stands for a value: p, which
// points to the value, if it is the first of its type.
func Unique(value, p, dst any) {
	if value != nil {
		hash(value)
	}
	t := any(TypeOf(p))
	if TypeOf(p) == nil {
		t = reflect.TypeOf(p)
	}
	variable := (*byte)(apart(reflect.ValueOf(Raw(p))).UnsafePointer()) // whatever its type is
	handle := pointer(Raw(dst))
	*handle = unsafe.Pointer(variable)
	key := uniqueValue{t, value}
	if key != key {
		return // a NaN in it is like no other
	}
	own := weak.Make(variable)
	for {
		known, there := uniques.LoadOrStore(key, own)
		if !there {
			break
		}
		if other := known.(weak.Pointer[byte]).Value(); other != nil {
			*handle = unsafe.Pointer(other)
			return
		}
		if uniques.CompareAndSwap(key, known, own) {
			break // the program has forgotten the other one
		}
	}
	runtime.AddCleanup(variable, func(e entry) { uniques.CompareAndDelete(e.key, e.variable) }, entry{key, own})
}

// entry is one of uniques.
type entry struct {
	key      uniqueValue
	variable weak.Pointer[byte]
}

// apart is p, or a pointer to a variable with the same value that has a block of the
// allocator for itself. Small ones share blocks, and the key would keep its variable.
func apart(p reflect.Value) reflect.Value {
	const shared = 16 // bytes: smaller objects share blocks, see runtime.AddCleanup
	t := p.Type().Elem()
	if t.Size() == 0 || t.Size() >= shared {
		return p
	}
	block := reflect.New(reflect.ArrayOf(shared, t)).Elem()
	block.Index(0).Set(p.Elem())
	return block.Index(0).Addr()
}
