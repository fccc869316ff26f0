package rt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"
	"weak"

	html "html/template"
)

// TextExecute is the method value t.Execute.
func TextExecute(t *template.Template) func(io.Writer, any) error {
	return func(w io.Writer, x any) error {
		n := namesIn(t)
		return n.failed(n.template(t).Execute(w, n.plain(x)))
	}
}

// TextExecuteTemplate is the method value t.ExecuteTemplate.
func TextExecuteTemplate(t *template.Template) func(io.Writer, string, any) error {
	return func(w io.Writer, name string, x any) error {
		n := namesIn(t)
		return n.failed(n.template(t).ExecuteTemplate(w, name, n.plain(x)))
	}
}

// HTMLExecute is the method value t.Execute.
func HTMLExecute(t *html.Template) func(io.Writer, any) error {
	return func(w io.Writer, x any) error {
		n := namesInHTML(t)
		return n.failed(t.Execute(w, n.plain(x)))
	}
}

// HTMLExecuteTemplate is the method value t.ExecuteTemplate.
func HTMLExecuteTemplate(t *html.Template) func(io.Writer, string, any) error {
	return func(w io.Writer, name string, x any) error {
		n := namesInHTML(t)
		return n.failed(t.ExecuteTemplate(w, name, n.plain(x)))
	}
}

// executor is the method of that name of a template, if the method executes it.
func executor(t any, name string) any {
	switch t := t.(type) {
	case *template.Template:
		switch name {
		case "Execute":
			return TextExecute(t)
		case "ExecuteTemplate":
			return TextExecuteTemplate(t)
		}
	case *html.Template:
		switch name {
		case "Execute":
			return HTMLExecute(t)
		case "ExecuteTemplate":
			return HTMLExecuteTemplate(t)
		}
	}
	return nil
}

// failed refuses to give the program an error that may name a type of it, or what this
// package made of the template.
func (n *names) failed(err error) error {
	if !errors.As(err, new(template.ExecError)) {
		return err // of the writer, or found before the template was executed
	}
	text := err.Error()
	shown.Lock()
	bad := strings.Contains(text, methodCall) || strings.Contains(text, valueCall) || hasWord(text, "rt")
	for r := range shown.types {
		bad = bad || hasWord(text, r.String())
	}
	for words := range shown.misnamed {
		bad = bad || hasWord(text, words)
	}
	shown.Unlock()
	if bad {
		n.refuse("name the types in an error of")
	}
	return err
}

// hasWord says whether text has the name of a type that is not a part of a longer word.
func hasWord(text, name string) bool {
	part := func(s string) bool { return s != "" && strings.Trim(s, wordBytes) == "" }
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return false
		}
		end := i + len(name)
		if !part(text[max(i-1, 0):i]) && !part(text[end:min(end+1, len(text))]) {
			return true
		}
		text = text[end:]
	}
}

const wordBytes = "_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// namesIn are the names in t and in the templates that it may call.
func namesIn(t *template.Template) *names {
	var trees []*parse.Tree
	if t != nil {
		for _, t := range t.Templates() {
			trees = append(trees, t.Tree)
		}
	}
	return newNames(textTemplates, trees)
}

// page is a set of templates of package html/template that was executed. The package
// rewrites them then, and lets nobody add to them or copy them. So they are made ready
// once, in their place, for values of all types.
type page struct {
	ready sync.Once
	names *names
}

// pages has the pages by the pointers to their name spaces. It keeps none that the program
// has forgotten.
var pages sync.Map // weak.Pointer[byte] to *page

// namesInHTML is namesIn for a template of package html/template that is going to be
// executed: it has become one that calls methods of the program.
func namesInHTML(t *html.Template) *names {
	if t == nil {
		return newNames(htmlTemplates, nil)
	}
	space := (*byte)(reflect.ValueOf(t).Elem().FieldByName("nameSpace").UnsafePointer())
	if space == nil {
		return newNames(htmlTemplates, nil)
	}
	key := weak.Make(space)
	x, known := pages.LoadOrStore(key, new(page))
	if !known {
		runtime.AddCleanup(space, func(key weak.Pointer[byte]) { pages.Delete(key) }, key)
	}
	p := x.(*page)
	p.ready.Do(func() { p.names = prepareHTML(t) })
	return p.names
}

func prepareHTML(t *html.Template) *names {
	var trees []*parse.Tree
	for _, t := range t.Templates() {
		trees = append(trees, t.Tree)
	}
	n := newNames(htmlTemplates, trees)
	t.Funcs(html.FuncMap{
		methodCall: n.pkg.caller(reflect.ValueOf(t).Elem().FieldByName("text")),
		valueCall:  printable,
	})
	for _, tree := range trees {
		if tree != nil {
			n.rewriteList(tree.Root)
		}
	}
	return n
}

// valueCall is the function of templates of package html/template that a value goes
// through before it is printed. What is printed in a script becomes JSON there.
const valueCall = "_value"

// printedBy lets what a pipeline prints go through valueCall.
func printedBy(p *parse.PipeNode) {
	if len(p.Decl) > 0 || len(p.Cmds) == 0 {
		return
	}
	if id, ok := p.Cmds[len(p.Cmds)-1].Args[0].(*parse.IdentifierNode); ok && (id.Ident == "html" || id.Ident == "urlquery") {
		return // the package wants it last, and it makes a string
	}
	p.Cmds = append(p.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: p.Pos, Args: []parse.Node{parse.NewIdentifier(valueCall).SetPos(p.Pos)}})
}

// printable is x as package html/template prints it rightly.
func printable(x any) any {
	if x == nil || !ofProgram(x) {
		return x
	}
	return printed{x}
}

// ofProgram says whether x may be of a type of the program, or hold a value of one.
func ofProgram(x any) bool {
	for _, m := range meanings(x) {
		if _, ok := m.(valuer); ok {
			return true
		}
	}
	b := &rebuilder{has: everyName, held: func(_ *rebuilder, held any) (any, bool) { return held, ofProgram(held) }}
	_, own := b.rebuilt(reflect.ValueOf(x))
	return own
}

// printed is a value in a template that may be of a type of the program.
type printed struct{ x any }

// String is the text of the value. Its type has no method that says otherwise, see
// plainType.
func (p printed) String() string {
	v := reflect.ValueOf(p.x)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	return fmt.Sprint(v.Interface())
}

// MarshalJSON is the value in a script.
func (p printed) MarshalJSON() ([]byte, error) {
	b := &rebuilder{has: everyName, held: func(_ *rebuilder, held any) (any, bool) {
		if _, own := held.(valuer); own || !ofProgram(held) {
			return held, false
		}
		return printed{held}, true
	}}
	x, _ := b.rebuilt(reflect.ValueOf(p.x))
	var text []byte
	for i, m := range meanings(x.Interface()) {
		b, err := JSONMarshal(inScript(m))
		if err != nil {
			htmlTemplates.refuse("name the types in an error of")
		}
		if i > 0 && string(b) != string(text) {
			htmlTemplates.refuse("tell apart the types of the program in")
		}
		text = b
	}
	return text, nil
}

var _ json.Marshaler = printed{}

// inScript is what package html/template makes JSON of, for a value: what a pointer without
// a method MarshalJSON points to, and the text of a value with a method String.
func inScript(x any) any {
	v, own := x.(valuer)
	if !own {
		return x
	}
	p := placeOf(v.val().t, v.val().x)
	for p.kind() == reflect.Pointer && !p.t.set[marshalJSON] && !p.v.IsNil() {
		p = p.deref()
	}
	if p.t.set["String() string"] && !p.t.set[marshalJSON] {
		return p.receiver(false).(V).String()
	}
	return x
}
