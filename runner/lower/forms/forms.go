// Package forms lists the forms in which values of the program stand in interfaces
// whose methods compiled code calls. Package lower chooses one for each type of a
// program, and package rt has a type for each of them, which gen writes.
//
// A form has the methods that compiled code asks for and that the type has: one more
// would make io.Copy, say, call a method that is not there.
package forms

import (
	"slices"
	"strings"
	"sync"
)

// Form is a set of methods with a name that package rt knows.
type Form struct {
	Name    string
	Methods []string // each with its signature as package reflect shows it
	ByHand  bool     // its type is not written by gen
}

// group is a form, or all forms of types that have some methods and may have others.
type group struct {
	name    string // of the form with methods alone
	methods []string
	byHand  bool

	more string // begins the names of the other forms
	may  []part
}

// part is what a type may have, and the part of the name that says so.
type part struct{ name, method string }

// with is the set of those methods.
func with(methods ...string) []string { return methods }

// and is the set of methods of a and those that follow.
func and(a []string, methods ...string) []string { return append(slices.Clip(a), methods...) }

// All returns the forms. No two have the same name or the same methods.
var All = sync.OnceValue(func() []Form {
	var all []Form
	there := map[string]bool{}
	add := func(f Form) {
		if set := Set(f.Methods); !there[set] {
			there[set] = true
			all = append(all, f)
		}
	}
	for _, g := range groups {
		if g.name != "" || g.more == "" {
			add(Form{g.name, g.methods, g.byHand})
		}
		for n := 1; n < 1<<len(g.may); n++ { // each bit is one part
			f := Form{Name: g.more, Methods: g.methods}
			for i, p := range g.may {
				if n&(1<<i) != 0 {
					f.Name += p.name
					f.Methods = and(f.Methods, p.method)
				}
			}
			add(f)
		}
	}
	return all
})

// Set is the same for the same methods in any order.
func Set(methods []string) string { return strings.Join(slices.Sorted(slices.Values(methods)), ";") }
