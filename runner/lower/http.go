package lower

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// Package net/http looks for the line of a call that registers a route on the stack,
// where the interpreter is, and shows it where two routes are in conflict. Package rt
// registers, and is told the line.

// routed lets package rt register a route for the call e of c, and tells it the place.
func (f *fn) routed(c *callee, e *ast.CallExpr, args []arg) []arg {
	if !c.compiled || c.obj == nil {
		return args
	}
	mux := ""
	switch c.obj.FullName() {
	case "net/http.Handle", "net/http.HandleFunc":
		// The program may have assigned to it, see foreign.
		mux = "*" + f.temp("&"+strings.TrimSuffix(c.text, c.obj.Name())+"DefaultServeMux")
	case "(*net/http.ServeMux).Handle", "(*net/http.ServeMux).HandleFunc":
		mux = c.pointer()
	default:
		return args
	}
	c.text = "rt.HTTP" + c.obj.Name()
	return append([]arg{
		{text: f.temp(mux), typ: "*http.ServeMux"},
		{text: strconv.Quote(f.l.logPlace(e)), typ: "string"},
	}, args...)
}

// pointer is a pointer to the compiled value whose method c is.
func (c *callee) pointer() string {
	recv := strings.TrimSuffix(c.text, "."+c.obj.Name())
	if _, ok := c.recv.Underlying().(*types.Pointer); !ok {
		return "&" + recv
	}
	return recv
}
