package interp

import "testing"

// A goroutine that panics and recovers for ever takes no more and more memory.
func TestTracesAreForgotten(t *testing.T) {
	tr := newTraces(nil)
	for range 100 {
		tr.begin(&site{}, &trace{}, false)
	}
	n := 0
	for last := tr.under[0]; last != nil; last = last.last {
		n++
	}
	if n < 2 || n > keptTraces+2 {
		t.Errorf("%d traces are kept, want about %d", n, keptTraces)
	}
	for g := range uintptr(3 * maxTraces) {
		tr.begin(&site{}, &trace{goroutine: g}, false)
	}
	if len(tr.under) > maxTraces+1 {
		t.Errorf("traces of %d goroutines are kept", len(tr.under))
	}
}
