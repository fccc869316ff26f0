package rt

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
)

// jsonError is an error of package encoding/json that names a type as the
// program does.
type jsonError struct {
	err  error // of the package
	text string
}

// Error is the text with the name.
func (e jsonError) Error() string { return e.text }

func (e jsonError) typeName() string { return reflect.TypeOf(e.err).String() }

// As gives the error of the package.
func (e jsonError) As(target any) bool { return errors.As(e.err, target) }

// ownType is the type of the program that reflection sees as another.
type ownType struct {
	reflect.Type
	t *Type
}

// String is the name that the program gives the type.
func (o ownType) String() string { return o.t.name }

// Name is the name without the package.
func (o ownType) Name() string { return shortName(o.t) }

// own is what the program sees of a reflect.Type that stands for t.
func own(r reflect.Type, t *Type) reflect.Type {
	if t.kind == "native" {
		return r
	}
	return ownType{r, t}
}

// known is the type and the value in x, which is of type t, or of that which it
// holds where t is nil. A compiled type that may hold values of the program has no
// description: it is nil.
func known(t *Type, x any) (*Type, any) {
	if v, ok := x.(valuer); ok && t == nil {
		return v.val().t, v.val().x
	}
	return t, x
}

// BinaryError is JSONError for encoding/binary, whose errors name the type of the
// whole value.
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

// RawArgs is Raw for the elements of a list.
func RawArgs(list []any) []any {
	raw := make([]any, len(list))
	for i, x := range list {
		raw[i] = Raw(x)
	}
	return raw
}

// ScanError is JSONError for fmt.Scan and its like, which have scanned n of the
// arguments. Of these list has the values, or the types of the program.
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

// JSONError makes the types in an error of encoding/json those of the program.
// It came up with the value x, which is of type t; t is nil if that is not
// known before the program runs.
func JSONError(t *Type, x any, err error) error {
	t, x = known(t, x)
	if own, ok := err.(*json.MarshalerError); ok && own.Type.Implements(reflect.TypeFor[valuer]()) {
		return own.Err // of a value in an interface, which has encoded itself
	}
	var m *json.MarshalerError
	var u *json.UnsupportedTypeError
	if v, ok := err.(*json.UnsupportedTypeError); ok && t == nil && v.Type.Kind() != reflect.Struct {
		return err // of a compiled type: one of the program would be in a MarshalerError
	}
	if errors.As(err, &m) || errors.As(err, &u) {
		panic(unnamedJSON)
	}
	if e, ok := err.(*json.InvalidUnmarshalError); ok && t != nil && e.Type != nil {
		text := strings.Replace(e.Error(), e.Type.String(), t.name, 1)
		e.Type = own(e.Type, t)
		return jsonError{e, text}
	}
	e, ok := err.(*json.UnmarshalTypeError)
	if !ok {
		return quotedError(t, x, err)
	}
	if t == nil {
		panic(unnamedJSON)
	}
	at := described{t, reflect.TypeOf(x)}
	strct := ""
	if e.Field != "" {
		for name := range strings.SplitSeq(e.Field, ".") {
			at = at.elem(reflect.Struct)
			if at.t.kind != "struct" {
				continue // a key of a map
			}
			strct = shortName(at.t)
			at = at.field(name)
		}
	}
	if key := at.key(e.Type.Kind()); key.t != nil && (isKey(e.Value) || at.elem(e.Type.Kind()).r.Kind() != e.Type.Kind()) {
		at = key
	} else {
		at = at.elem(e.Type.Kind())
	}
	if at.r.Kind() != e.Type.Kind() {
		panic(unnamedJSON) // it is in an interface
	}
	e.Struct, e.Type = strct, own(e.Type, at.t)
	text := "json: cannot unmarshal " + e.Value + " into Go value of type " + at.t.name
	if e.Field != "" {
		text = "json: cannot unmarshal " + e.Value + " into Go struct field " + strct + "." + e.Field + " of type " + at.t.name
	}
	return jsonError{e, text}
}

const unnamedJSON = "the interpreter cannot name the types in an error of encoding/json: use --engine go"

// quotedError is JSONError for an error about the option string in a tag. It does
// not say which field it is about.
func quotedError(t *Type, x any, err error) error {
	if err == nil || !strings.HasPrefix(err.Error(), "json: invalid use of ,string struct tag, ") {
		return err
	}
	if t == nil {
		panic(unnamedJSON)
	}
	at := strings.LastIndex(err.Error(), " into ") + len(" into ")
	names := map[string]bool{}
	described{t, reflect.TypeOf(x)}.quoted(err.Error()[at:], names, map[*Type]bool{})
	if len(names) != 1 {
		panic(unnamedJSON)
	}
	for name := range names {
		err = jsonError{err, err.Error()[:at] + name}
	}
	return err
}

// quoted adds the names of the types of the fields in d whose tag has the option
// string, and which reflection calls name.
func (d described) quoted(name string, names map[string]bool, seen map[*Type]bool) {
	if seen[d.t] && d.t.kind != "native" {
		return
	}
	seen[d.t] = true
	switch d.r.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		d.inside(len(d.t.elems)-1, d.r.Elem()).quoted(name, names, seen)
	case reflect.Struct:
		for i := range d.r.NumField() {
			f := d.inside(i, d.r.Field(i).Type)
			if _, options, _ := strings.Cut(d.r.Field(i).Tag.Get("json"), ","); slices.Contains(strings.Split(options, ","), "string") {
				g := f
				for g.r.Kind() == reflect.Pointer && g.r.String() != name {
					g = g.inside(0, g.r.Elem())
				}
				if g.r.String() == name {
					names[g.t.name] = true
				}
			}
			f.quoted(name, names, seen)
		}
	}
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

// elem follows pointers, slices, arrays and maps to a type of a kind.
func (d described) elem(kind reflect.Kind) described {
	for d.r.Kind() != kind {
		switch d.r.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		default:
			return d
		}
		d = d.inside(len(d.t.elems)-1, d.r.Elem())
	}
	return d
}

// key follows pointers, slices, arrays and maps to a map with keys of a kind,
// and is the type of these.
func (d described) key(kind reflect.Kind) described {
	for {
		switch d.r.Kind() {
		case reflect.Map:
			if d.r.Key().Kind() == kind {
				return d.inside(0, d.r.Key())
			}
		case reflect.Pointer, reflect.Slice, reflect.Array:
		default:
			return described{}
		}
		d = d.inside(len(d.t.elems)-1, d.r.Elem())
	}
}

// isKey says whether an error is about the key of a map: a value that is a
// number has the text of one.
func isKey(value string) bool {
	number, ok := strings.CutPrefix(value, "number ")
	return ok && !json.Valid([]byte(number))
}

// inside is the type of a part of a value.
func (d described) inside(i int, r reflect.Type) described {
	if i < 0 || i >= len(d.t.elems) {
		// Of a compiled type.
		return described{&Type{name: r.String(), kind: "native"}, r}
	}
	return described{d.t.elems[i], r}
}

func (d described) field(name string) described {
	for _, exact := range []bool{true, false} {
		for i := range d.r.NumField() {
			f := d.r.Field(i)
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if tag == "" {
				tag = f.Name
			}
			if tag == name || !exact && strings.EqualFold(tag, name) {
				return d.inside(i, f.Type)
			}
		}
	}
	return d
}

// Plain is x for package text/template, which looks into values by reflection:
// without what this package put around values of the program. It says whether
// there were any. A value whose methods a template would see is refused.
func Plain(x any) (plain any, own bool) {
	if v, ok := x.(valuer); ok {
		plainType(v.val().t, map[*Type]bool{})
		if v.val().x != nil {
			show(v.val().t, reflect.TypeOf(v.val().x))
		}
		plain, _ = Plain(v.val().x)
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
			own = plainInto(list.Index(i).Set, r.Index(i)) || own
		}
		return list.Interface(), own
	}
	m := reflect.MakeMap(r.Type())
	for _, k := range r.MapKeys() {
		own = plainInto(func(v reflect.Value) { m.SetMapIndex(k, v) }, r.MapIndex(k)) || own
	}
	return m.Interface(), own
}

func plainInto(set func(reflect.Value), v reflect.Value) bool {
	if v.IsNil() {
		set(v)
		return false
	}
	x, own := Plain(v.Interface())
	set(reflect.ValueOf(x))
	return own
}

// plainType refuses a type of the program that a template would see otherwise
// than it is.
func plainType(t *Type, seen map[*Type]bool) {
	if seen[t] || t.kind == "native" {
		return
	}
	seen[t] = true
	bad := t.kind == "interface" || t.kind == "func" || t.kind == "chan" || t.opaque != nil || len(t.methods) > 0
	for m := range t.set {
		bad = bad || m != ""
	}
	for _, f := range t.fields {
		bad = bad || f[0] < 'A' || f[0] > 'Z'
	}
	if bad {
		panic("the interpreter cannot show a value of type " + t.name + " to text/template: use --engine go")
	}
	if p := t.pointer.Load(); p != nil {
		plainType(p, seen)
	}
	for _, e := range t.elems {
		plainType(e, seen)
	}
}

// TemplateError refuses to give the program an error that may name a type of
// it.
func TemplateError(own bool, err error) error {
	if err != nil && strings.Contains(err.Error(), mixed) {
		panic(mixed) // package template recovered it
	}
	if own && err != nil {
		panic("the interpreter cannot name the types in an error of text/template: use --engine go")
	}
	return err
}
