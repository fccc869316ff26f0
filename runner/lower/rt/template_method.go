package rt

import (
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
)

// TemplateMethod says that templates may call a method of t: it has parameters and
// results of compiled types.
func TemplateMethod(t *Type, name string) {
	templateNames[name] = true
	if t.shown == nil {
		t.shown = map[string]bool{}
	}
	t.shown[name] = true
}

// templateNames are the methods of all types that templates may call, and the fields
// that structs promote.
var templateNames = map[string]bool{}

// methodCall is the function of templates that calls a method of the program. The
// interpreter's types have no methods that reflection could find.
const methodCall = "_method"

// template is t, or a copy of it in which what may be a method of the program is a call
// of methodCall.
func (n *names) template(t *template.Template) *template.Template {
	if t == nil || len(n.methods) == 0 {
		return t
	}
	c, err := t.Clone()
	if err != nil {
		n.refuse("call methods in")
	}
	c.Funcs(template.FuncMap{methodCall: n.pkg.caller(reflect.ValueOf(c))})
	for _, t := range c.Templates() {
		if t.Tree != nil {
			t.Tree = t.Tree.Copy()
			n.rewriteList(t.Root)
		}
	}
	return c
}

func (n *names) rewriteList(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.ActionNode:
			n.rewritePipe(node.Pipe)
			if n.pkg == htmlTemplates {
				printedBy(node.Pipe)
			}
		case *parse.TemplateNode:
			n.rewritePipe(node.Pipe)
		case *parse.IfNode:
			n.rewriteBranch(&node.BranchNode)
		case *parse.RangeNode:
			n.rewriteBranch(&node.BranchNode)
		case *parse.WithNode:
			n.rewriteBranch(&node.BranchNode)
		}
	}
}

func (n *names) rewriteBranch(b *parse.BranchNode) {
	n.rewritePipe(b.Pipe)
	n.rewriteList(b.List)
	n.rewriteList(b.ElseList)
}

func (n *names) rewritePipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		for i, arg := range c.Args[1:] {
			c.Args[i+1] = n.operand(arg)
		}
		start, fields, ok := path(c.Args[0])
		if last := len(fields) - 1; ok && last >= 0 && n.methods[fields[last]] {
			if start != nil {
				start = n.operandOf(start)
			}
			c.Args = append(call(start, fields, c.Args[1:]), c.Args[1:]...)
			continue
		}
		c.Args[0] = n.operand(c.Args[0])
	}
}

// operand is a node that stands as an argument, or at the head of a command.
func (n *names) operand(node parse.Node) parse.Node {
	if p, ok := node.(*parse.PipeNode); ok {
		n.rewritePipe(p)
		return p
	}
	start, fields, ok := path(node)
	if !ok {
		return node
	}
	if start != nil {
		start = n.operandOf(start)
	}
	if !slices.ContainsFunc(fields, func(name string) bool { return n.methods[name] }) {
		return node // which knows its place
	}
	return chain(n.walk(start, fields))
}

// operandOf is operand for what is in front of the points of a chain.
func (n *names) operandOf(start parse.Node) parse.Node {
	if p, ok := start.(*parse.PipeNode); ok {
		n.rewritePipe(p)
	}
	return start
}

// path takes a node apart: what it starts at, which is nil for the point alone, and the
// names behind points.
func path(node parse.Node) (start parse.Node, fields []string, ok bool) {
	switch node := node.(type) {
	case *parse.FieldNode:
		return nil, node.Ident, true
	case *parse.VariableNode:
		v := *node
		v.Ident = node.Ident[:1:1]
		return &v, node.Ident[1:], true
	case *parse.ChainNode:
		return node.Node, node.Field, true
	}
	return nil, nil, false
}

// walk follows the names up to the last that may be a method, and returns the rest.
func (n *names) walk(start parse.Node, fields []string) (at parse.Node, rest []string) {
	for i, name := range slices.Backward(fields) {
		if n.methods[name] {
			command := &parse.CommandNode{NodeType: parse.NodeCommand, Args: call(start, fields[:i+1], nil)}
			return &parse.PipeNode{NodeType: parse.NodePipe, Cmds: []*parse.CommandNode{command}}, fields[i+1:]
		}
	}
	return start, fields
}

// chain is the reverse of path.
func chain(start parse.Node, fields []string) parse.Node {
	v, isVariable := start.(*parse.VariableNode)
	switch {
	case start == nil && len(fields) == 0:
		return &parse.DotNode{NodeType: parse.NodeDot}
	case start == nil:
		return &parse.FieldNode{NodeType: parse.NodeField, Ident: fields}
	case len(fields) == 0:
		return start
	case isVariable:
		return &parse.VariableNode{NodeType: parse.NodeVariable, Pos: v.Pos, Ident: slices.Concat(v.Ident, fields)}
	}
	return &parse.ChainNode{NodeType: parse.NodeChain, Node: start, Field: fields}
}

// call is the head of a command that calls a method, the last of the names, which lead
// there from a value whose type may tell theirs. Behind them stand the numbers of the
// arguments that are constants, which take the type of the parameter.
func call(from parse.Node, names []string, args []parse.Node) []parse.Node {
	name := strings.Join(names, ".")
	for i, arg := range args {
		if _, ok := arg.(*parse.NumberNode); ok {
			name += " " + strconv.Itoa(i)
		}
	}
	return []parse.Node{
		parse.NewIdentifier(methodCall),
		chain(from, nil),
		&parse.StringNode{NodeType: parse.NodeString, Quoted: strconv.Quote(name), Text: name},
	}
}

// methodCaller finds the fields and methods of a name as text/template does. Whoever
// executes the template refuses all errors, so they need not have the words of the package.
type methodCaller struct {
	pkg templates
	t   reflect.Value // the *template.Template of package text/template
}

func (p templates) caller(t reflect.Value) func(reflect.Value, string, ...reflect.Value) (reflect.Value, error) {
	return methodCaller{p, t}.call
}

// missing is what stands for the element of a map that has none of a key.
func (c methodCaller) missing(m reflect.Value) (reflect.Value, error) {
	switch c.t.Elem().FieldByName("common").Elem().FieldByName("option").FieldByName("missingKey").Int() {
	case 0: // missingkey=default
		return reflect.Value{}, nil
	case 1: // missingkey=zero
		return reflect.Zero(m.Type().Elem()), nil
	}
	return reflect.Value{}, fmt.Errorf("no entry for a key")
}

func (c methodCaller) call(recv reflect.Value, path string, args ...reflect.Value) (reflect.Value, error) {
	words := strings.Fields(path)
	names, constants := strings.Split(words[0], "."), words[1:]
	var t *Type // of recv, nil if that is not known
	var err error
	for _, name := range names[:len(names)-1] {
		if recv, t, err = c.step(recv, t, name, nil, nil); err != nil {
			return recv, err
		}
	}
	v, _, err := c.step(recv, t, names[len(names)-1], args, constants)
	return v, err
}

// step is what a name leads to, and its type in the program, or nil.
func (c methodCaller) step(recv reflect.Value, t *Type, name string, args []reflect.Value, constants []string) (reflect.Value, *Type, error) {
	for recv.IsValid() && (recv.Kind() == reflect.Pointer || recv.Kind() == reflect.Interface) && !recv.IsNil() {
		if t != nil && t.kind == "ptr" && recv.Kind() == reflect.Pointer {
			t = t.elems[0]
		} else {
			t = nil
		}
		recv = recv.Elem()
	}
	if !recv.IsValid() || recv.Kind() == reflect.Interface {
		return recv, nil, fmt.Errorf("no value")
	}
	m, t := c.methodOf(recv, t, name)
	if !m.IsValid() {
		return c.fieldOf(recv, t, name, len(args) > 0)
	}
	v, err := callMethod(m, args, constants)
	return v, &Type{kind: "native"}, err // see TemplateMethod
}

func callMethod(m reflect.Value, args []reflect.Value, constants []string) (reflect.Value, error) {
	if m.Type().NumIn() != len(args) || m.Type().IsVariadic() {
		return m, fmt.Errorf("wrong number of arguments")
	}
	for i, a := range args {
		arg, ok := argument(a, m.Type().In(i), slices.Contains(constants, strconv.Itoa(i)))
		if !ok {
			return m, fmt.Errorf("wrong type")
		}
		args[i] = arg
	}
	results := m.Call(args)
	if len(results) > 1 && !results[1].IsNil() {
		return m, fmt.Errorf("the method failed")
	}
	return results[0], nil
}

// argument is a as a parameter of type t. A number that stands in the template takes
// that type if nothing is lost by it.
func argument(a reflect.Value, t reflect.Type, constant bool) (arg reflect.Value, ok bool) {
	switch {
	case !a.IsValid():
		return a, false
	case a.Type().AssignableTo(t):
		return a, true
	case !constant || t.Kind() == reflect.String || !a.CanConvert(t):
		return a, false
	}
	arg = a.Convert(t)
	return arg, arg.CanConvert(a.Type()) && arg.Convert(a.Type()).Equal(a)
}

// methodOf is a method of a compiled type, or of one of the program: known if that is not
// nil, or what the value may be of. It returns the type, too.
func (c methodCaller) methodOf(recv reflect.Value, known *Type, name string) (m reflect.Value, t *Type) {
	ptr := recv
	if recv.Kind() != reflect.Pointer && recv.CanAddr() {
		ptr = recv.Addr()
	}
	if m := ptr.MethodByName(name); m.IsValid() {
		return m, nil
	}
	if !recv.CanInterface() {
		return m, nil
	}
	var list []any
	if known != nil {
		list = []any{Wrap(known, recv.Interface())}
	} else {
		list = meanings(recv.Interface())
	}
	v, own := list[0].(valuer)
	if len(list) > 1 && slices.ContainsFunc(list, func(x any) bool { return mayHave(x, name) }) {
		c.pkg.refuse("tell apart the types of the program in")
	}
	if !own || len(list) > 1 {
		return m, nil
	}
	t = v.val().t
	on := v.val()
	p := t.pointer.Load()
	onPointer := !t.shown[name] && p != nil && ptr.Kind() == reflect.Pointer && ptr != recv
	if onPointer {
		on = V{p, ptr.Interface()}
	}
	if !on.t.shown[name] {
		return m, t
	}
	b := &rebuilder{has: everyName, held: c.pkg.meant}
	if r, changed := b.rebuilt(reflect.ValueOf(on.x)); changed {
		if onPointer { // to a copy
			c.pkg.refuse("call methods of a pointer to a struct that holds interfaces in")
		}
		on.x = r.Interface()
	}
	f := on.t.methods[name]
	in, out := slices.Collect(f.Type().Ins()), slices.Collect(f.Type().Outs())
	return reflect.MakeFunc(reflect.FuncOf(in[1:], out, false), func(args []reflect.Value) []reflect.Value {
		plain := make([]any, len(args))
		for i, a := range args {
			plain[i] = a.Interface()
		}
		return on.call(name, plain...)
	}), t
}

// mayHave says whether x is of a type of the program that has a method of that name, or
// a promoted field.
func mayHave(x any, name string) bool {
	v, own := x.(valuer)
	if !own {
		return false
	}
	t := v.val().t
	p := t.pointer.Load()
	return t.shown[name] || p != nil && p.shown[name] || slices.Contains(t.embedded, true) && !slices.Contains(t.fields, name)
}

// fieldOf is a field of a struct, or an element of a map, and its type in the program; t is
// the type that the program gives recv. Both may be nil.
func (c methodCaller) fieldOf(recv reflect.Value, t *Type, name string, hasArgs bool) (reflect.Value, *Type, error) {
	switch {
	case hasArgs:
	case recv.Kind() == reflect.Struct:
		if f, ok := recv.Type().FieldByName(name); ok && f.IsExported() {
			v, err := recv.FieldByIndexErr(f.Index)
			if t == nil || t.kind != "struct" {
				return v, nil, err
			}
			return v, t.elems[f.Index[0]], err
		}
		if t != nil {
			return promoted(recv, t, name)
		}
	case recv.Kind() == reflect.Map && recv.Type().Key().Kind() == reflect.String:
		if x := recv.MapIndex(reflect.ValueOf(name).Convert(recv.Type().Key())); x.IsValid() {
			if t == nil || t.kind != "map" {
				return x, nil, nil
			}
			return x, t.elems[1], nil
		}
		v, err := c.missing(recv)
		return v, nil, err
	}
	return recv, nil, fmt.Errorf("no field or method %s", name)
}

// promoted is a field of a struct that v of type t embeds, which the interpreter's types
// do not: they have a field with the name of its type.
func promoted(v reflect.Value, t *Type, name string) (reflect.Value, *Type, error) {
	if !v.CanAddr() {
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		v = p.Elem()
	}
	type part struct {
		v reflect.Value
		t *Type
	}
	for level := []part{{v, t}}; len(level) > 0; {
		var found []part
		var next []part
		for _, s := range level {
			for i, f := range s.t.fields {
				// The name of the embedded type may be unexported: its fields need not be.
				field := reflect.NewAt(s.v.Field(i).Type(), s.v.Field(i).Addr().UnsafePointer()).Elem()
				if f == name && s.t != t {
					found = append(found, part{field, s.t.elems[i]})
				}
				in := part{field, s.t.elems[i]}
				if in.t.kind == "ptr" && field.Kind() == reflect.Pointer && !field.IsNil() {
					in = part{field.Elem(), in.t.elems[0]}
				}
				if s.t.embedded[i] && in.t.kind == "struct" {
					next = append(next, in)
				}
			}
		}
		if len(found) == 1 {
			return found[0].v, found[0].t, nil
		}
		if len(found) > 1 {
			break
		}
		level = next
	}
	return v, nil, fmt.Errorf("no field or method %s", name)
}

// promotes says whether a struct of the program has an exported field of that name by
// one that it embeds.
func promotes(name string) bool {
	seen := map[*Type]bool{}
	var in func(t *Type) bool
	in = func(t *Type) bool {
		if seen[t] {
			return false
		}
		seen[t] = true
		for i, e := range t.elems {
			if t.kind != "struct" || !t.embedded[i] {
				continue
			}
			if e.kind == "ptr" {
				e = e.elems[0]
			}
			if slices.Contains(e.fields, name) || in(e) {
				return true
			}
		}
		return false
	}
	return token.IsExported(name) && slices.ContainsFunc(embedding, in)
}
