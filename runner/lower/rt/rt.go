// Package rt is the compiled support of lowered programs: what the
// interpreter cannot do rightly, done by Go itself. Only text that package
// lower wrote calls it.
//
// A value of a type of the program lives in an interface as a V, which knows
// the type; values of compiled types live there as they are.
package rt

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"

	html "html/template"
)

// Type describes a type of the program, or a compiled one.
type Type struct {
	name     string // as package reflect would spell it
	kind     string // native basic ptr slice array map chan func struct interface unsafe
	named    bool
	elems    []*Type
	fields   []string
	embedded []bool       // by the field
	compiled reflect.Type // of native types and compiled interfaces
	methods  map[string]reflect.Value
	set      map[string]bool // lines of name and signature
	shown    map[string]bool // the methods that templates may call
	form     form
	variadic bool                 // of functions that a template could call
	elem     reflect.Type         // of pointers that are held as unsafe.Pointer
	opaque   reflect.Type         // of what is held as any inside other values
	pointer  atomic.Pointer[Type] // the description of *T, where there is one
	json     atomic.Pointer[[]jsonField]
}

// String is the type's name as Go prints it.
func (t *Type) String() string { return t.name }

var natives sync.Map // reflect.Type to *Type

// Native describes a compiled type; p is a pointer to a value of it.
func Native(name string, p any) *Type {
	t := &Type{name: name, kind: "native", compiled: reflect.TypeOf(p).Elem()}
	natives.Store(t.compiled, t)
	return t
}

// Field describes the type of field i of a compiled struct, to which p points.
func Field(name string, p any, i int) *Type {
	return &Type{name: name, kind: "native", compiled: reflect.TypeOf(p).Elem().Field(i).Type}
}

// Interface describes a compiled interface type.
func Interface(name string, p any) *Type {
	return &Type{name: name, kind: "interface", compiled: reflect.TypeOf(p).Elem()}
}

// New describes a type of the program.
func New(name, kind string, named bool) *Type {
	return &Type{name: name, kind: kind, named: named, methods: map[string]reflect.Value{}}
}

// Link completes a description: extra has the names of fields, with a +
// where they are embedded, or the methods of an interface, or says that a function is
// variadic.
func Link(t *Type, extra string, elems ...*Type) {
	t.elems = elems
	switch t.kind {
	case "struct":
		if strings.HasPrefix(extra, "+") || strings.Contains(extra, " +") {
			embedding = append(embedding, t)
		}
		t.fields = strings.Fields(extra)
		for i, name := range t.fields {
			name, embedded := strings.CutPrefix(name, "+")
			t.fields[i], t.embedded = name, append(t.embedded, embedded)
		}
	case "interface":
		t.set = lines(extra)
	case "func":
		t.variadic = extra != ""
	case "ptr":
		elems[0].pointer.Store(t)
	}
}

// embedding are the structs with embedded fields.
var embedding []*Type

func lines(s string) map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(s) {
		set[strings.TrimSuffix(line, "\n")] = true
	}
	return set
}

// Pointed says that pointers of type t are held as unsafe.Pointer to the type
// to which p points.
func Pointed(t *Type, p any) { t.elem = reflect.TypeOf(p).Elem() }

// Opaque says that values of type t are held as any inside other values: as
// what p points to, or nil.
func Opaque(t *Type, p any) { t.opaque = reflect.TypeOf(p).Elem() }

// full is the value v of type t as what it is held as, though it be nil.
func (t *Type) full(v reflect.Value) reflect.Value {
	if t.opaque == nil {
		return v
	}
	if v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return reflect.Zero(t.opaque)
	}
	return v
}

// Method gives a type a method: fn's first parameter is the receiver.
func Method(t *Type, name string, fn any) {
	if t.methods == nil {
		t.methods = map[string]reflect.Value{}
	}
	t.methods[name] = reflect.ValueOf(fn)
}

// MethodSet tells the method set of a type, and the compiled form that its
// values take in interfaces.
func MethodSet(t *Type, set, formName string) {
	t.set = lines(set)
	t.form = formOf(formName)
	if strings.HasPrefix(formName, "flag") {
		flagTypes = append(flagTypes, t)
	}
}

// V is a value of a type of the program in an interface.
type V struct {
	t *Type
	x any
}

func (v V) val() V { return v }

type valuer interface{ val() V }

// String calls the method of the program. Only values whose type has it are
// asked.
func (v V) String() string {
	if _, ok := v.t.methods["String"]; ok {
		return v.call("String")[0].String()
	}
	if calledBy("context.stringify", "context.contextName") { // they show the type of a value without that method
		return v.t.name
	}
	return fmt.Sprint(v)
}

// calledBy says whether a function of those names called the caller.
func calledBy(names ...string) bool {
	var pcs [2]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	f, _ := frames.Next()
	return slices.Contains(names, f.Function)
}

// GoString calls the method of the program. Only values whose type has it are
// asked, for fmt calls Format.
func (v V) GoString() string { return v.call("GoString")[0].String() }

// MarshalJSON is what package encoding/json makes of the value.
func (v V) MarshalJSON() ([]byte, error) {
	if v.t.set["Error() string"] && !v.t.set[marshalJSON] && slogs() == itself {
		return slogString(v.call("Error")[0].String()), nil // package log/slog looks for MarshalJSON first
	}
	b, err := jsonValue{p: placeOf(v.t, v.x)}.MarshalJSON()
	if err == nil {
		return b, nil
	}
	switch slogs() {
	case itself: // it writes the error where the value would stand, and would name V
		return slogString("!ERROR:" + err.Error()), nil
	case inside:
		giveUp("log a value that cannot be JSON inside another one")
	}
	return b, err
}

// call calls a method of the program.
func (v V) call(name string, args ...any) []reflect.Value {
	m, ok := v.t.methods[name]
	if !ok {
		panic(fmt.Sprintf("internal error: %s has no method %s", v.t.name, name))
	}
	in := make([]reflect.Value, 1, len(args)+1)
	in[0] = reflect.ValueOf(v.x)
	if v.x == nil {
		in[0] = reflect.Zero(m.Type().In(0))
	}
	for i, a := range args {
		t := m.Type().In(i + 1)
		if a == nil {
			in = append(in, reflect.Zero(t))
			continue
		}
		in = append(in, reflect.ValueOf(a))
	}
	return m.Call(in)
}

// Of is x as an interface value.
func Of(x any) any { return x }

// Err is a compiled error value as an error.
func Err(x any) error { return x.(error) }

// Wrap is a value of type t as an interface value.
func Wrap(t *Type, x any) any {
	if t.kind == "native" {
		return x
	}
	v := V{t, x}
	if t.form == nil {
		return v
	}
	return t.form(v)
}

// WrapErr is Wrap for a type that is an error.
func WrapErr(t *Type, x any) error { return Wrap(t, x).(error) }

// Get stores x in what p points to.
func Get(x any, p any) { set(p, x) }

// Load stores the value of the program that x holds in what p points to.
func Load(x any, p any) {
	if v, ok := x.(valuer); ok {
		set(p, v.val().x)
		return
	}
	set(p, x)
}

func set(p, x any) {
	dst := reflect.ValueOf(p).Elem()
	if x == nil {
		dst.SetZero()
		return
	}
	v := reflect.ValueOf(x)
	if !v.Type().AssignableTo(dst.Type()) && v.CanConvert(dst.Type()) {
		v = v.Convert(dst.Type())
	}
	dst.Set(v)
}

// TypeOf is the type of the program of the value in x; nil for compiled
// values, and a panic for a nil interface.
func TypeOf(x any) *Type {
	if x == nil {
		panic(nilError)
	}
	if v, ok := x.(valuer); ok {
		return v.val().t
	}
	return nil
}

// Raw is the value in x without what rt put around it.
func Raw(x any) any {
	if v, ok := x.(valuer); ok {
		return v.val().x
	}
	return x
}

// IsNil says whether an opaque value is nil.
func IsNil(x any) bool {
	if x == nil {
		return true
	}
	switch v := reflect.ValueOf(x); v.Kind() {
	case reflect.Func, reflect.Slice, reflect.Map, reflect.Pointer, reflect.Chan:
		return v.IsNil()
	}
	return false
}

// TypeName is the name of the type of x as the program knows it. x is not nil.
func TypeName(x any) string {
	if v, ok := x.(valuer); ok {
		return v.val().t.name
	}
	if e, ok := x.(interface{ typeName() string }); ok {
		return e.typeName()
	}
	return reflect.TypeOf(x).String()
}

// As is the type assertion with ok; p points to the result.
func As(x any, t *Type, p any) bool {
	if x == nil {
		return false
	}
	if t.kind == "interface" {
		if missing(x, t) != "" {
			return false
		}
		set(p, x)
		return true
	}
	if v, ok := x.(valuer); ok {
		if v.val().t != t {
			return false
		}
		set(p, v.val().x)
		return true
	}
	if t.kind != "native" || reflect.TypeOf(x) != t.compiled {
		return false
	}
	reflect.ValueOf(p).Elem().Set(reflect.ValueOf(x))
	return true
}

// missing is a method that the value in x lacks for an interface type.
func missing(x any, t *Type) string {
	v, own := x.(valuer)
	if t.compiled != nil {
		if !own {
			return missingCompiled(reflect.TypeOf(x), t.compiled)
		}
		for i := range t.compiled.NumMethod() {
			m := t.compiled.Method(i)
			if !v.val().t.set[m.Name+strings.TrimPrefix(m.Type.String(), "func")] {
				return m.Name
			}
		}
		return ""
	}
	for _, m := range slices.SortedFunc(maps.Keys(t.set), func(a, b string) int { return cmp.Compare(plainName(a), plainName(b)) }) {
		name, _, _ := strings.Cut(m, "(")
		plain := plainName(m)
		if own {
			if !v.val().t.set[m] {
				return plain
			}
			continue
		}
		f := reflect.ValueOf(x).MethodByName(name)
		if !f.IsValid() || f.Type().String() != "func"+strings.TrimPrefix(m, name) {
			return plain
		}
	}
	return ""
}

// plainName is the name in a line of Type.set, without the package.
func plainName(m string) string {
	name, _, _ := strings.Cut(m, "(")
	return name[strings.LastIndexByte(name, '.')+1:]
}

func missingCompiled(t, i reflect.Type) string {
	if t.Implements(i) {
		return ""
	}
	for k := range i.NumMethod() {
		if _, ok := t.MethodByName(i.Method(k).Name); !ok {
			return i.Method(k).Name
		}
	}
	return "?"
}

// Assert is the type assertion that panics; from is the static type of x.
func Assert(x any, t *Type, p any, from string) {
	if As(x, t, p) {
		return
	}
	switch {
	case x == nil && t.kind == "interface":
		panic(runtimeError("interface conversion: interface is nil, not " + t.name))
	case x == nil:
		panic(runtimeError("interface conversion: " + from + " is nil, not " + t.name))
	case t.kind == "interface":
		panic(runtimeError("interface conversion: " + TypeName(x) + " is not " + t.name + ": missing method " + missing(x, t)))
	}
	scopes := ""
	if TypeName(x) == t.name {
		scopes = " (types from different scopes)"
	}
	panic(runtimeError("interface conversion: " + from + " is " + TypeName(x) + ", not " + t.name + scopes))
}

// Equal is a == b for interface values.
func Equal(a, b any) bool {
	defer nameUncomparable(a)
	v, ok := a.(valuer)
	w, ok2 := b.(valuer)
	if !ok || !ok2 {
		return ok == ok2 && a == b
	}
	x, y := v.val(), w.val()
	if x.t != y.t {
		return false
	}
	if !x.comparable() {
		panic(runtimeError("runtime error: comparing uncomparable type " + x.t.name))
	}
	if x.t.kind == "struct" && slices.Contains(x.t.fields, "_") {
		// Blank fields do not count.
		a, b := reflect.ValueOf(x.x), reflect.ValueOf(y.x)
		for i, name := range x.t.fields {
			if name != "_" && !a.Field(i).Equal(b.Field(i)) {
				return false
			}
		}
		return true
	}
	if x.t.opaque != nil && IsNil(x.x) && IsNil(y.x) {
		return true
	}
	return x.x == y.x
}

func (v V) comparable() bool {
	r := v.t.full(reflect.ValueOf(v.x))
	return !r.IsValid() || r.Type().Comparable()
}

// Find panics if x cannot be a key of a map with n keys that is read. The
// run-time system hashes no key for an empty map, and has another text there.
func Find(n int, x any) {
	if n > 0 {
		hash(x)
	} else if t := uncomparable(x); t != "" {
		panic(runtimeError("hash of unhashable type: " + t))
	}
}

// Enter panics if x cannot be a key of a map that is written. In a nil map
// nothing can be written: that comes first.
func Enter(isNil bool, x any) {
	if isNil {
		panic(runtimeError("assignment to entry in nil map"))
	}
	hash(x)
}

func hash(x any) {
	if t := uncomparable(x); t != "" {
		panic(runtimeError("runtime error: hash of unhashable type " + t))
	}
}

// nameUncomparable is deferred: in the panic of a comparison with x it names
// the type of the program, of which the run-time system does not know.
func nameUncomparable(x any) {
	r := recover()
	if r == nil {
		return
	}
	if t := uncomparable(x); t != "" {
		panic(runtimeError("runtime error: comparing uncomparable type " + t))
	}
	panic(r)
}

// uncomparable is the name of the first type in x whose values cannot be
// compared, "" if there is none.
func uncomparable(x any) string {
	if x == nil {
		return ""
	}
	r := reflect.ValueOf(x)
	if v, ok := x.(valuer); ok {
		if !v.val().comparable() {
			return v.val().t.name
		}
		r = v.val().t.full(reflect.ValueOf(v.val().x))
	} else if !r.Type().Comparable() {
		return r.Type().String()
	}
	return uncomparableIn(r)
}

// uncomparableIn is uncomparable for what the interfaces in v hold.
func uncomparableIn(v reflect.Value) string {
	n, part := 0, v.Index
	switch v.Kind() {
	case reflect.Interface:
		if v.CanInterface() {
			return uncomparable(v.Interface())
		}
	case reflect.Struct:
		n, part = v.NumField(), v.Field
	case reflect.Array:
		switch v.Type().Elem().Kind() {
		case reflect.Interface, reflect.Struct, reflect.Array:
			n = v.Len()
		}
	}
	for i := range n {
		if t := uncomparableIn(part(i)); t != "" {
			return t
		}
	}
	return ""
}

// Bind panics where a method value of a nil interface would.
func Bind(x any) {
	if x == nil {
		panic(nilError)
	}
}

// Invoke calls a method of a compiled value; outs are pointers to the results.
func Invoke(x any, name string, variadic bool, ins, outs []any) {
	f := reflect.ValueOf(x).MethodByName(name)
	switch x := x.(type) {
	case *json.Encoder:
		if name == "Encode" {
			f = reflect.ValueOf(JSONEncode(x))
		}
	case *json.Decoder:
		if name == "Decode" {
			f = reflect.ValueOf(JSONDecode(x))
		}
	case *template.Template, *html.Template:
		if execute := executor(x, name); execute != nil {
			f = reflect.ValueOf(execute)
		}
	case *log.Logger:
		if x.Flags()&(log.Lshortfile|log.Llongfile) != 0 && logs(name) {
			giveUp("log the line of a call")
		}
	}
	in := make([]reflect.Value, len(ins))
	for i, a := range ins {
		t := f.Type().In(i)
		if a == nil {
			in[i] = reflect.Zero(t)
		} else {
			in[i] = reflect.ValueOf(a)
			if !in[i].Type().AssignableTo(t) && in[i].CanConvert(t) {
				in[i] = in[i].Convert(t)
			}
		}
	}
	var out []reflect.Value
	if variadic {
		out = f.CallSlice(in)
	} else {
		out = f.Call(in)
	}
	for i, o := range out {
		reflect.ValueOf(outs[i]).Elem().Set(o)
	}
}

// RuntimeError is an error of the run-time system with that text.
func RuntimeError(text string) error { return runtimeError(text) }

// runtimeError is an error of the run-time system.
type runtimeError string

// Error is the text that Go's run-time system would use.
func (e runtimeError) Error() string { return string(e) }

// typeName is the name of the type that the run-time system would use.
func (e runtimeError) typeName() string {
	switch {
	case strings.HasPrefix(string(e), "interface conversion: "):
		return "*runtime.TypeAssertionError"
	case strings.HasPrefix(string(e), "runtime error: cannot convert slice "), strings.HasPrefix(string(e), "runtime error: slice bounds "):
		return "runtime.boundsError"
	case strings.HasPrefix(string(e), "runtime error: "):
		return "runtime.errorString"
	case strings.HasPrefix(string(e), "hash of unhashable type: "):
		return "maps.unhashableTypeError"
	}
	return "runtime.plainError"
}

// RuntimeError makes it a runtime.Error.
func (e runtimeError) RuntimeError() {}

var _ runtime.Error = runtimeError("")

const nilError = runtimeError("runtime error: invalid memory address or nil pointer dereference")
