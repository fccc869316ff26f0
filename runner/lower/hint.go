package lower

import (
	"runtime"
	"strings"
)

const goVersion = "go1.26"

const goarch = runtime.GOARCH

// NoMain is what the go command says of a package main without a function main,
// and what to do about it.
const NoMain = `function main is undeclared in the main package (add it, or say above the fence why it is not run: <!-- workbook: skip="declarations" -->)`

// hints maps the beginning or a part of a message of the compiler to what a
// learner should do. The compiler's words come first, always.
var hints = []struct{ part, hint string }{
	{" defined and not used", "delete it, or name it in a break, continue or goto"},
	{"declared and not used", "use it, delete it, or assign it to _"},
	{"imported and not used", "delete the import"},
	{"missing return", "every way through the function must end in a return statement"},
	{"assignment mismatch", "the number of values on both sides must be the same"},
	{"is not available to snippets", "run it with --engine go, or use another package"},
	{"non-boolean condition", "compare it with something"},
	{"no new variables on left side of :=", "assign with ="},
	{"does not implement", "give the type the method with exactly that signature"},
	{"undefined: ", "declare it or import its package; names are case-sensitive"},
	{"cannot use _ as value", "the blank identifier cannot be read"},
	{"mismatched types", "convert one of the two"},
	{"is not used", "assign the value, or delete the expression"},
}

// withHint adds the hint for a message of the compiler, if there is one.
func withHint(msg string) string {
	for _, h := range hints {
		if strings.Contains(msg, h.part) {
			first, rest, more := strings.Cut(msg, "\n")
			if more {
				return first + " (" + h.hint + ")\n" + rest
			}
			return msg + " (" + h.hint + ")"
		}
	}
	return msg
}
