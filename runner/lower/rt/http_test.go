package rt

import (
	"net/http"
	"runtime"
	"testing"
	"weak"
)

// The places of routes go with their mux. Those of a mux in use stay.
func TestForgottenMuxesAreForgotten(t *testing.T) {
	known := func() (n int) {
		routes.Range(func(any, any) bool { n++; return true })
		return n
	}
	kept := http.NewServeMux()
	defer runtime.KeepAlive(kept)
	routes.Delete(weak.Make(http.DefaultServeMux)) // where the test runs again
	before := known()
	HTTPHandle(kept, "main.go:1", "/", http.NotFoundHandler())
	register(http.DefaultServeMux, "main.go:2", "/", func() {}) // a variable of a package, which is never collected
	const more = 100
	for range more {
		HTTPHandle(http.NewServeMux(), "main.go:3", "/", http.NotFoundHandler())
	}
	for range more { // each collection runs the cleanups of what the one before found
		if known() <= before+2 {
			return
		}
		runtime.GC()
		runtime.Gosched()
	}
	t.Errorf("still %d of %d muxes are known", known(), more)
}
