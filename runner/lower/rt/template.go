package rt

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"
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
				giveUp("tell apart the types of the program in text/template")
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
				x, _ := plainFor(nil, r.Interface())
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
			giveUp("tell apart the types of the program in text/template")
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

// namesIn are the names behind points in t and in the templates that it may call.
func namesIn(t *template.Template) *names {
	used := &names{behind: map[string]bool{}}
	if t == nil {
		return used
	}
	for _, t := range t.Templates() {
		if t.Tree != nil {
			used.add(t.Root)
		}
	}
	return used
}

// add adds the names in n.
func (used *names) add(n parse.Node) {
	branch := func(b *parse.BranchNode) {
		used.add(b.Pipe)
		used.add(b.List)
		if b.ElseList != nil {
			used.add(b.ElseList)
		}
	}
	var list []string
	switch n := n.(type) {
	case *parse.ListNode:
		for _, n := range n.Nodes {
			used.add(n)
		}
	case *parse.ActionNode:
		used.add(n.Pipe)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			used.add(n.Pipe)
		}
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, n := range c.Args {
				used.add(n)
			}
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.FieldNode:
		list = n.Ident
	case *parse.VariableNode:
		list = n.Ident[1:]
	case *parse.ChainNode:
		used.add(n.Node)
		list = n.Field
	}
	for _, name := range list {
		used.behind[name] = true
	}
}
