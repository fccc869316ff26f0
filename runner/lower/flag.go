package lower

import (
	"go/ast"
	"strings"
)

// textVar lets package rt make the variable of a call of TextVar a flag: package flag
// looks for a pointer in what it gets, and would find the form of a value.
func (f *fn) textVar(c *callee, args []arg) []arg {
	set := ""
	switch {
	case !c.compiled || c.obj == nil:
		return args
	case c.obj.FullName() == "flag.TextVar":
		// The program may have assigned to it, see foreign.
		set = "*" + f.temp("&"+strings.TrimSuffix(c.text, c.obj.Name())+"CommandLine")
	case c.obj.FullName() == "(*flag.FlagSet).TextVar":
		set = c.pointer()
	default:
		return args
	}
	c.text = "rt.TextVar"
	return append([]arg{{text: f.temp(set), typ: "*flag.FlagSet"}}, args...)
}

// checkValue refuses a compiled function as a value that is right only where it is
// called, see textVar.
func (l *lowerer) checkValue(c *callee, e ast.Expr) {
	if c.compiled && c.obj != nil && c.obj.Name() == "TextVar" && c.obj.Pkg() != nil && c.obj.Pkg().Path() == "flag" {
		l.refuse(e.Pos(), "use "+c.name()+" as a value", "a function literal that calls it")
	}
}
