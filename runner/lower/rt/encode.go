package rt

import (
	"errors"
	"go/token"
	"reflect"
	"strings"
	"text/template"
)

// known is the type and the value in x, which is of type t, or of that which it
// holds where t is nil. A compiled type that may hold values of the program has no
// description: it is nil.
func known(t *Type, x any) (*Type, any) {
	if v, ok := x.(valuer); ok && t == nil {
		return v.val().t, v.val().x
	}
	return t, x
}

// BinaryError makes the type in an error of encoding/binary that of the program. It
// came up with the value x, which is of type t; t is nil if that is not known before
// the program runs.
func BinaryError(t *Type, x any, err error) error {
	t, x = known(t, x)
	if err == nil || t == nil || x == nil {
		return err
	}
	if text, ok := strings.CutSuffix(err.Error(), " type "+reflect.TypeOf(x).String()); ok {
		return errors.New(text + " type " + t.name)
	}
	return err
}

// RawArgs is Raw for a list.
func RawArgs(list []any) []any { return each(list, Raw) }

// ScanError makes the type in an error of fmt.Scan and its like that of the program.
// They have scanned n of the arguments, of which list has the values, or the types.
func ScanError(err error, n int, list []any) error {
	if err == nil || n >= len(list) || list[n] == nil {
		return err
	}
	t, ok := list[n].(*Type)
	if !ok {
		t, _ = known(nil, list[n])
	}
	if t == nil {
		return err
	}
	for _, problem := range []string{"can't scan type: ", "type not a pointer: "} {
		if strings.HasPrefix(err.Error(), problem) {
			return errors.New(problem + t.name)
		}
	}
	return err
}

// shortName is what reflect.Type.Name would be.
func shortName(t *Type) string {
	if !t.named {
		return ""
	}
	return t.name[strings.IndexByte(t.name, '.')+1:]
}

// described is a type with what reflection knows of it: the tags.
type described struct {
	t *Type
	r reflect.Type
}

// inside is the type of a part of a value.
func (d described) inside(i int, r reflect.Type) described {
	if i < 0 || i >= len(d.t.elems) {
		// Of a compiled type.
		return described{&Type{name: r.String(), kind: "native"}, r}
	}
	return described{d.t.elems[i], r}
}

// Plain is x for package text/template, which looks into values by reflection:
// without what this package put around values of the program. It says whether
// there were any. A value of which t would see methods is refused, unless the
// template that is to be executed in place of t can call them.
func Plain(t *template.Template, x any) (plain any, own bool, instead *template.Template) {
	used := namesIn(t)
	plain, own = plainFor(used, x)
	return plain, own, used.template(t)
}

// names are those that a template has behind its points; nil are all names.
type names struct {
	behind  map[string]bool
	methods map[string]bool // those of them that are methods of the program, or promoted fields
}

func (n *names) has(name string) bool { return n == nil || n.behind[name] }

func plainFor(used *names, x any) (plain any, own bool) {
	if v, ok := x.(valuer); ok {
		used.plainType(v.val().t, map[*Type]bool{})
		if v.val().x != nil {
			show(v.val().t, reflect.TypeOf(v.val().x))
		}
		plain, _ = plainFor(used, v.val().x)
		return plain, true
	}
	r := reflect.ValueOf(x)
	switch r.Kind() {
	case reflect.Slice, reflect.Map:
		if r.IsNil() || r.Type().Elem().Kind() != reflect.Interface {
			return x, false
		}
	default:
		return x, false
	}
	if r.Kind() == reflect.Slice {
		list := reflect.MakeSlice(r.Type(), r.Len(), r.Len())
		for i := range r.Len() {
			own = plainInto(used, list.Index(i).Set, r.Index(i)) || own
		}
		return list.Interface(), own
	}
	m := reflect.MakeMap(r.Type())
	for it := r.MapRange(); it.Next(); {
		k := it.Key()
		own = plainInto(used, func(v reflect.Value) { m.SetMapIndex(k, v) }, it.Value()) || own
	}
	return m.Interface(), own
}

func plainInto(used *names, set func(reflect.Value), v reflect.Value) bool {
	if v.IsNil() {
		set(v)
		return false
	}
	x, own := plainFor(used, v.Interface())
	set(reflect.ValueOf(x))
	return own
}

// plainType refuses a type of the program that a template with these names would see
// otherwise than it is.
func (used *names) plainType(t *Type, seen map[*Type]bool) {
	if seen[t] || t.kind == "native" {
		return
	}
	seen[t] = true
	bad := t.kind == "interface" || t.kind == "func" || t.kind == "chan" || t.opaque != nil
	for m := range t.set {
		name, _, _ := strings.Cut(m, "(")
		if used != nil && used.has(name) && t.shown[name] && !prints[name] {
			used.note(name)
			continue
		}
		bad = bad || name != "" && (used.has(name) || prints[name])
	}
	for _, f := range t.fields {
		bad = bad || !token.IsExported(f) && used.has(f)
	}
	used.notePromoted(t, map[*Type]bool{})
	if bad {
		giveUp("show a value of type " + t.name + " to text/template")
	}
	if p := t.pointer.Load(); p != nil {
		used.plainType(p, seen)
	}
	for i, e := range t.elems {
		if t.kind == "struct" && e.kind == "interface" && token.IsExported(t.fields[i]) && !used.has(t.fields[i]) {
			continue // at most printed, which what it holds does itself
		}
		used.plainType(e, seen)
	}
}

// prints are the methods that a template calls to print a value.
var prints = map[string]bool{"Error": true, "String": true, "Format": true, "GoString": true}

// TemplateError refuses to give the program an error that may name a type of
// it.
func TemplateError(own bool, err error) error {
	if own && err != nil {
		giveUp("name the types in an error of text/template")
	}
	return err
}
