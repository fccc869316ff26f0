package rt

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"

	html "html/template"
)

// templates is the path of one of the packages text/template and html/template, which
// follow the same rules here: html/template executes its templates by the other one.
type templates string

const (
	textTemplates templates = "text/template"
	htmlTemplates templates = "html/template"
)

// refuse ends the program: the interpreter cannot do something with the package.
func (p templates) refuse(what string) { giveUp(what + " " + string(p)) }

// shown are the types of the program that templates were given values of, by the
// types that templates see instead.
var shown struct {
	sync.Mutex
	types map[reflect.Type][]*Type
	// misnamed are words of errors that come up only with values of the program.
	misnamed map[string]bool
}

func noteMisnamed(words string) {
	shown.Lock()
	defer shown.Unlock()
	if shown.misnamed == nil {
		shown.misnamed = map[string]bool{}
	}
	shown.misnamed[words] = true
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
func (p templates) printf(format string, args ...any) string {
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
				p.refuse("tell apart the types of the program in")
			}
		}
	}
	return text
}

// Template gives a new template, of one of the packages, the functions that must know the
// types of the program.
func Template(t any) {
	switch t := t.(type) {
	case *template.Template:
		if t != nil {
			t.Funcs(template.FuncMap{"printf": textTemplates.printf})
		}
	case *html.Template:
		if t != nil {
			t.Funcs(html.FuncMap{"printf": htmlTemplates.printf})
		}
	}
}

// ZeroTemplate does that for one that the program has made without a function of the
// package.
func ZeroTemplate(t *template.Template) {
	if t != nil && reflect.ValueOf(t).Elem().FieldByName("common").IsNil() {
		Template(t)
	}
}

// Funcs is m with functions of the program as package path can call them: it knows no
// values of package rt, and they know none that are without.
func Funcs(path string, m template.FuncMap) template.FuncMap {
	funcs := template.FuncMap{}
	for name, f := range m {
		funcs[name] = templates(path).function(f)
	}
	return funcs
}

// function is what a template calls for f.
func (p templates) function(f any) any {
	variadic := false
	var result *Type // of the program, or nil
	if v, ok := f.(valuer); ok && v.val().t.kind == "func" {
		variadic, f = v.val().t.variadic, v.val().x
		if elems := v.val().t.elems; len(elems) > 0 && elems[0].kind != "native" && elems[0].kind != "interface" {
			result = elems[0]
		}
	}
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() {
		return f
	}
	t := v.Type()
	in, out := slices.Collect(t.Ins()), slices.Collect(t.Outs())
	if !variadic && result == nil && !slices.ContainsFunc(slices.Concat(in, out), mayHold) {
		return f
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, variadic || t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		for i, a := range args {
			args[i], _ = (&rebuilder{has: everyName, held: p.meant}).rebuilt(a)
		}
		call := v.Call
		if t.IsVariadic() {
			call = v.CallSlice
		}
		results := call(args)
		if n := p.seen(); len(results) > 0 {
			if result != nil {
				results[0] = reflect.ValueOf(n.plain(V{result, results[0].Interface()}))
			} else {
				results[0], _ = (&rebuilder{has: n.has, held: n.plainPart}).rebuilt(results[0])
			}
		}
		return results
	}).Interface()
}

// meant is what a template gives to a function in an interface as the program knows it.
func (p templates) meant(b *rebuilder, x any) (any, bool) {
	list := meanings(x)
	if len(list) > 1 {
		p.refuse("tell apart the types of the program in")
	}
	if _, own := list[0].(valuer); own {
		return list[0], true
	}
	v, changed := b.rebuilt(reflect.ValueOf(x))
	if !changed {
		return x, false
	}
	return v.Interface(), true
}

// behind are the names behind points in all templates that were executed.
var behind struct {
	sync.Mutex
	names map[string]bool
}

// seen are the names that a template which calls a function may have.
func (p templates) seen() *names {
	behind.Lock()
	defer behind.Unlock()
	return &names{pkg: p, behind: maps.Clone(behind.names)}
}

// newNames are the names in a template and those that it may call.
func newNames(p templates, trees []*parse.Tree) *names {
	n := &names{pkg: p, behind: map[string]bool{}, methods: map[string]bool{}}
	for _, t := range trees {
		if t != nil {
			n.add(t.Root)
		}
	}
	behind.Lock()
	defer behind.Unlock()
	if behind.names == nil {
		behind.names = map[string]bool{}
	}
	maps.Copy(behind.names, n.behind)
	for name := range n.behind {
		n.methods[name] = templateNames[name] || promotes(name)
	}
	maps.DeleteFunc(n.methods, func(_ string, is bool) bool { return !is })
	return n
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
