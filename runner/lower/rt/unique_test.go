package rt

import (
	"math"
	"runtime"
	"testing"
)

// handleOf is a handle that the program makes of a value.
func handleOf[T any](value T) (h *T) {
	p := new(T)
	*p = value
	Unique(value, p, &h)
	return h
}

// Values go with their last handle. Those with a handle stay.
func TestForgottenHandlesAreForgotten(t *testing.T) {
	known := func() (n int) {
		uniques.Range(func(any, any) bool { n++; return true })
		return n
	}
	type value struct {
		name string
		n    int
	}
	before := known()
	kept := handleOf(value{"kept", 0})
	const more = 100
	for i := range more {
		handleOf(value{"forgotten", i})
		handleOf(int64(1000 + i)) // small objects without pointers share blocks of the allocator
		handleOf(int32(1000 + i))
		handleOf(struct{}{})
		handleOf(math.NaN())
	}
	for range more { // each collection runs the cleanups of what the one before found
		if known() <= before+2 {
			break
		}
		runtime.GC()
		runtime.Gosched()
	}
	if n := known() - before; n > 2 { // and struct{}{}, which has one place for ever
		t.Errorf("still %d of %d values are known", n, 3*more+2)
	}
	if again := handleOf(value{"kept", 0}); again != kept || *again != (value{"kept", 0}) {
		t.Error("a value with a handle has got another one")
	}
	if again := handleOf(value{"forgotten", 1}); again == kept || *again != (value{"forgotten", 1}) {
		t.Error("a value that was forgotten has got a wrong handle")
	}
	if h := handleOf(byte(3)); handleOf(byte(3)) != h || *h != 3 {
		t.Error("a small value has got two handles")
	}
	runtime.KeepAlive(kept)
}
