package rt

import (
	"go/token"
	"reflect"
	"strings"
)

// names are those that a template has behind its points.
type names struct {
	pkg     templates
	behind  map[string]bool
	methods map[string]bool // those of them that are methods of the program, or promoted fields
}

// has says whether the template has the name.
func (n *names) has(name string) bool { return n.behind[name] }

// refuse ends the program: the interpreter cannot do something with the package.
func (n *names) refuse(what string) { n.pkg.refuse(what) }

// plain is x for the template, which looks into values by reflection: without what
// this package put around values of the program.
func (n *names) plain(x any) any {
	plain, _ := n.plainPart(&rebuilder{has: n.has, held: n.plainPart}, x)
	return plain
}

// plainPart says as well whether it took anything away.
func (n *names) plainPart(b *rebuilder, x any) (plain any, changed bool) {
	v, own := x.(valuer)
	if !own {
		r, changed := b.rebuilt(reflect.ValueOf(x))
		if !changed {
			return x, false
		}
		return r.Interface(), true
	}
	t := v.val().t
	n.plainType(t, map[*Type]bool{})
	x = v.val().x
	if x == nil {
		return nil, true
	}
	r, _ := b.rebuilt(reflect.ValueOf(x))
	show(t, r.Type())
	return r.Interface(), true
}

// plainType refuses a type of the program that a template with these names would see
// otherwise than it is.
func (used *names) plainType(t *Type, seen map[*Type]bool) {
	if seen[t] || t.kind == "native" {
		return
	}
	seen[t] = true
	if t.kind == "interface" {
		return // what it holds tells its own type
	}
	bad := t.kind == "func" || t.kind == "chan" || t.opaque != nil
	for m := range t.set {
		name, _, _ := strings.Cut(m, "(")
		if used.has(name) && t.shown[name] && !prints[name] {
			continue
		}
		bad = bad || name != "" && (used.has(name) || prints[name])
	}
	for _, f := range t.fields {
		bad = bad || !token.IsExported(f) && used.has(f)
	}
	if bad {
		used.refuse("show a value of type " + t.name + " to")
	}
	if p := t.pointer.Load(); p != nil {
		used.plainType(p, seen)
	}
	for _, e := range t.elems {
		used.plainType(e, seen)
	}
}

// prints are the methods that a template calls to print a value.
var prints = map[string]bool{"Error": true, "String": true, "Format": true, "GoString": true}
