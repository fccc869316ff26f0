package rt

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"text/template"
)

// shown are the types of the program that templates were given values of, by the
// types that templates see instead.
var shown struct {
	sync.Mutex
	types map[reflect.Type][]*Type
}

// show adds t and its parts, of which templates see r.
func show(t *Type, r reflect.Type) {
	shown.Lock()
	defer shown.Unlock()
	if shown.types == nil {
		shown.types = map[reflect.Type][]*Type{}
	}
	described{t, r}.show()
}

func (d described) show() {
	if d.t.kind == "native" || slices.Contains(shown.types[d.r], d.t) {
		return
	}
	shown.types[d.r] = append(shown.types[d.r], d.t)
	switch d.r.Kind() {
	case reflect.Map:
		d.inside(0, d.r.Key()).show()
		d.inside(1, d.r.Elem()).show()
	case reflect.Pointer, reflect.Slice, reflect.Array:
		d.inside(0, d.r.Elem()).show()
	case reflect.Struct:
		for i := range d.r.NumField() {
			d.inside(i, d.r.Field(i).Type).show()
		}
	}
}

// meanings are what the value x in a template may be: of types of the program, or of
// the type that the template sees.
func meanings(x any) []any {
	if x == nil {
		return []any{nil}
	}
	shown.Lock()
	defer shown.Unlock()
	r := reflect.TypeOf(x)
	var list []any
	for _, t := range shown.types[r] {
		list = append(list, Wrap(t, x))
	}
	if len(list) == 0 || !strings.Contains(r.String(), "struct {") {
		list = append(list, x)
	}
	return list
}

// mixed is a panic where a template would have to tell types of the program apart.
const mixed = "the interpreter cannot tell apart the types of the program in text/template: use --engine go"

// printf is the function of templates of that name: it names types of the program.
func printf(format string, args ...any) string {
	choices := make([][]any, len(args))
	first := make([]any, len(args))
	for i, x := range args {
		choices[i] = meanings(x)
		first[i] = choices[i][0]
	}
	print := func(args []any) string {
		format, args := Format(false, format, args)
		return fmt.Sprintf(format, args...)
	}
	text := print(first)
	for i, list := range choices {
		for _, x := range list[1:] {
			other := slices.Clone(first)
			other[i] = x
			if print(other) != text {
				panic(mixed)
			}
		}
	}
	return text
}

// Template gives a new template the functions that must know the types of the program.
func Template(t *template.Template) {
	if t != nil {
		t.Funcs(template.FuncMap{"printf": printf})
	}
}

// ZeroTemplate does that for one that the program has made without a function of the
// package.
func ZeroTemplate(t *template.Template) {
	if t != nil && reflect.ValueOf(t).Elem().FieldByName("common").IsNil() {
		Template(t)
	}
}

// Funcs is m with functions of the program as text/template can call them: it knows no
// values of package rt, and they know none that are without.
func Funcs(m template.FuncMap) template.FuncMap {
	funcs := template.FuncMap{}
	for name, f := range m {
		funcs[name] = templateFunc(f)
	}
	return funcs
}

// templateFunc is what a template calls for f.
func templateFunc(f any) any {
	variadic := false
	if v, ok := f.(valuer); ok && v.val().t.kind == "func" {
		variadic, f = v.val().t.variadic, v.val().x
		if !variadic {
			return f
		}
	}
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() {
		return f
	}
	t := v.Type()
	var in, out []reflect.Type
	for i := range t.NumIn() {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	if !variadic && !slices.ContainsFunc(slices.Concat(in, out), holdsAny) {
		return f
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, variadic || t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		for i, a := range args {
			args[i] = meant(a)
		}
		call := v.Call
		if t.IsVariadic() {
			call = v.CallSlice
		}
		results := call(args)
		for i, r := range results {
			if holdsAny(r.Type()) && !r.IsNil() {
				x, _ := Plain(r.Interface())
				results[i] = reflect.New(r.Type()).Elem()
				results[i].Set(reflect.ValueOf(x))
			}
		}
		return results
	}).Interface()
}

// holdsAny says whether a parameter or result of type t may hold values of the program.
func holdsAny(t reflect.Type) bool {
	return t == anyType || t.Kind() == reflect.Slice && t.Elem() == anyType
}

var anyType = reflect.TypeFor[any]()

// meant is an argument that a template gives, or its elements, as the program knows it.
func meant(v reflect.Value) reflect.Value {
	switch {
	case v.Type() == anyType && !v.IsNil():
		list := meanings(v.Interface())
		if len(list) > 1 {
			panic(mixed)
		}
		m := reflect.New(anyType).Elem()
		m.Set(reflect.ValueOf(list[0]))
		return m
	case v.Kind() == reflect.Slice && v.Type().Elem() == anyType && !v.IsNil():
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			list.Index(i).Set(meant(v.Index(i)))
		}
		return list
	}
	return v
}
