// Package symbols holds the compiled packages that a snippet may import under
// the interpreter. A symbol costs nothing until it is asked for: there are no
// maps to build at start, only code that finds one symbol by its name.
package symbols

import (
	"go/constant"
	"go/token"
	"reflect"
	"strings"
)

// Package is one package and its symbols. The zero Package has none.
type Package struct {
	Path, Name string

	value     func(name string) any
	values    string // names that value knows
	constants string // untyped constants in order, one a line: name, kind, literal
	wrappers  string // what Wrappers returns: path.name
}

// Lookup returns the package at an import path.
func Lookup(path string) (Package, bool) {
	p := lookup(path)
	return p, p.Path != ""
}

// Paths returns the import paths of all packages.
func Paths() []string { return strings.Fields(paths) }

// variable is how a table returns a variable: by its address.
type variable struct{ ptr any }

// Value returns the symbol called name in the form that Yaegi expects:
// functions and typed constants as they are, variables addressable, untyped
// constants as constant.Value, a type as its nil pointer. The Value is
// invalid if there is no such symbol.
func (p Package) Value(name string) reflect.Value {
	switch v := p.value(name).(type) {
	case nil:
		return p.constant(name)
	case variable:
		return reflect.ValueOf(v.ptr).Elem()
	default:
		return reflect.ValueOf(v)
	}
}

// constant returns the untyped constant called name.
func (p Package) constant(name string) reflect.Value {
	line := p.line(name)
	if line == "" {
		return reflect.Value{}
	}
	var tok token.Token
	switch line[0] {
	case 'i':
		tok = token.INT
	case 'f':
		tok = token.FLOAT
	case 's':
		tok = token.STRING
	case 'c':
		tok = token.CHAR
	}
	return reflect.ValueOf(constant.MakeFromLiteral(line[1:], tok, 0))
}

// line returns what stands behind a name in the table of constants. The table
// of x/sys/unix is so large that reading all of it takes longer than to start
// a program.
func (p Package) line(name string) string {
	table := p.constants
	for table != "" {
		// The line in the middle.
		begin := strings.LastIndexByte(table[:len(table)/2], '\n') + 1
		end := begin + strings.IndexByte(table[begin:], '\n')
		other, rest, _ := strings.Cut(table[begin:end], " ")
		switch strings.Compare(name, other) {
		case 0:
			return rest
		case -1:
			table = table[:begin]
		default:
			table = table[end+1:]
		}
	}
	return ""
}

// Names returns the names of all symbols of the package.
func (p Package) Names() []string {
	names := strings.Fields(p.values)
	for line := range strings.Lines(p.constants) {
		name, _, _ := strings.Cut(line, " ")
		names = append(names, name)
	}
	return names
}

// Wrapper is a type that lets compiled code call the methods of interpreted
// values through an interface type of a package.
type Wrapper struct {
	Package Package
	Name    string // in Package
}

// Wrappers returns the wrappers for all interface types that a program may
// meet which imports p, also those of other packages.
func (p Package) Wrappers() []Wrapper {
	var all []Wrapper
	for w := range strings.FieldsSeq(p.wrappers) {
		dot := strings.LastIndex(w, "._")
		if q, ok := Lookup(w[:dot]); ok {
			all = append(all, Wrapper{q, w[dot+1:]})
		}
	}
	return all
}
