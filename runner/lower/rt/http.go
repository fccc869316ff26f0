package rt

import (
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"weak"
)

// routes has for each ServeMux of the program the places of its routes. It keeps
// no mux that the program has forgotten.
var routes sync.Map // weak.Pointer[http.ServeMux] to *sync.Map of pattern to place

// HTTPHandle is the method Handle of a ServeMux, called at a place of the program.
func HTTPHandle(m *http.ServeMux, at, pattern string, h http.Handler) {
	register(m, at, pattern, func() { m.Handle(pattern, h) })
}

// HTTPHandleFunc is HTTPHandle for HandleFunc.
func HTTPHandleFunc(m *http.ServeMux, at, pattern string, h func(http.ResponseWriter, *http.Request)) {
	register(m, at, pattern, func() { m.HandleFunc(pattern, h) })
}

func register(m *http.ServeMux, at, pattern string, do func()) {
	if r := recovered(do); r != nil {
		panic(placed(m, at, r))
	}
	placesOf(m).Store(pattern, at)
}

// placesOf is where the routes of m were registered.
func placesOf(m *http.ServeMux) *sync.Map {
	key := weak.Make(m)
	places, known := routes.LoadOrStore(key, new(sync.Map))
	if !known {
		runtime.AddCleanup(m, func(key weak.Pointer[http.ServeMux]) { routes.Delete(key) }, key)
	}
	return places.(*sync.Map)
}

// recovered is what f panics with, nil if it returns.
func recovered(f func()) (r any) {
	defer func() { r = recover() }()
	f()
	return nil
}

// conflict is what package net/http says of two routes in conflict: it found both
// places in the interpreter.
var conflict = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^pattern (".*") \(registered at [^\n]*?\) conflicts with pattern (".*") \(registered at [^\n]*?\):\n`)
})

// placed is r, and if that says that two routes are in conflict, with their places.
func placed(m *http.ServeMux, at string, r any) any {
	err, ok := r.(error)
	if !ok {
		return r
	}
	text := err.Error()
	part := conflict().FindStringSubmatch(text)
	if part == nil {
		return r
	}
	pattern, _ := strconv.Unquote(part[2])
	before, ok := placesOf(m).Load(pattern)
	if !ok {
		before = "a place that the interpreter does not know"
	}
	text = text[len(part[0]):]
	return fmt.Errorf("pattern %s (registered at %s) conflicts with pattern %s (registered at %s):\n%s", part[1], at, part[2], before, text)
}
