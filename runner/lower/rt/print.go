package rt

import (
	"cmp"
	"fmt"
	"go/token"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Format prints the value as package fmt prints a compiled one of that type.
func (v V) Format(s fmt.State, verb rune) {
	if r := reflect.ValueOf(v.x); r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8 && verb == 'v' && slogText() {
		giveUp("let log/slog see that " + v.t.name + " is a slice of bytes")
	}
	p := printer{s: &state{State: s}, verb: verb}
	if p.methods(v.t, v.x) {
		return
	}
	p.value(reflect.ValueOf(v.x), v.t, 0, true)
}

// state is what a printer writes to. After a method has panicked, package fmt
// prints the rest of the value as if width and precision, where given, were 0.
type state struct {
	fmt.State
	panicked bool
}

// Width is that of the verb.
func (s *state) Width() (n int, ok bool) {
	n, ok = s.State.Width()
	return s.unless(n), ok
}

// Precision is that of the verb.
func (s *state) Precision() (n int, ok bool) {
	n, ok = s.State.Precision()
	return s.unless(n), ok
}

func (s *state) unless(n int) int {
	if s.panicked {
		return 0
	}
	return n
}

// printer follows package fmt's printValue; the sentences of the language
// that it must speak are those of fmt's documentation.
type printer struct {
	s    fmt.State
	verb rune
	mute bool // no method is called: the verb fits no value
	flat bool // the flags + and # are those of numbers, not of the verb v
}

func (p printer) write(s string) { io.WriteString(p.s, s) }
func (p printer) sharp() bool    { return p.verb == 'v' && !p.flat && p.s.Flag('#') }
func (p printer) plus() bool     { return p.verb == 'v' && !p.flat && p.s.Flag('+') }

// methods prints by a method of the program, if there is one for the verb.
func (p printer) methods(t *Type, x any) (done bool) {
	v := V{t, x}
	name := ""
	switch {
	case p.mute:
	case t.set["Format(fmt.State, int32)"]:
		name = "Format"
	case p.sharp():
		if t.set["GoString() string"] {
			name = "GoString"
		}
	case strings.ContainsRune("vsxXq", p.verb):
		if t.set["Error() string"] {
			name = "Error"
		} else if t.set["String() string"] {
			name = "String"
		}
	}
	if name == "" {
		return false
	}
	done = true
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if rv := reflect.ValueOf(x); (rv.Kind() == reflect.Pointer || rv.Kind() == reflect.UnsafePointer) && rv.IsNil() {
			p.write("<nil>")
			return
		}
		p.write("%!" + string(p.verb) + "(PANIC=" + name + " method: ")
		fmt.Fprint(p.s, r)
		p.write(")")
		p.s.(*state).panicked = true
	}()
	if name == "Format" {
		v.call(name, p.s, p.verb)
		return
	}
	text := v.call(name)[0].String()
	if name == "GoString" {
		p.write(text)
		return
	}
	fmt.Fprintf(p.s, fmt.FormatString(p.s, p.verb), text)
	return
}

// value prints v of type t. open says that fmt could call its methods: it
// cannot for what it reaches through an unexported field.
func (p printer) value(v reflect.Value, t *Type, depth int, open bool) {
	v = t.full(v)
	if depth > 0 && open && v.IsValid() && t.kind != "interface" && t.kind != "native" && p.methods(t, v.Interface()) {
		return
	}
	switch t.kind {
	case "native":
		p.native(v.Interface(), depth, open)
	case "struct":
		p.structure(v, t, depth, open)
	case "ptr":
		p.ptr(v, t, depth, open)
	case "slice", "array":
		p.list(v, t, depth, open)
	case "map":
		p.mapping(v, t, depth, open)
	case "interface":
		p.inner(v, t, depth, open)
	case "func", "chan", "unsafe":
		p.pointer(v, t, depth)
	default:
		p.leaf(v.Interface(), t)
	}
}

// structure prints a struct, of which fmt can call methods of exported fields if it is
// open.
func (p printer) structure(v reflect.Value, t *Type, depth int, open bool) {
	if p.sharp() {
		p.write(t.name)
	}
	p.write("{")
	v = addressable(v)
	for i, name := range t.fields {
		if i > 0 {
			p.write(p.separator())
		}
		if p.plus() || p.sharp() {
			p.write(name + ":")
		}
		f, ft := readable(v.Field(i)), t.elems[i]
		exported := token.IsExported(name)
		if !exported && open && t.embedded[i] && ft.kind == "struct" {
			// What it embeds is hidden, but not the exported fields of that.
			p.structure(f, ft, depth+1, true)
			continue
		}
		p.value(f, ft, depth+1, open && exported)
	}
	p.write("}")
}

// addressable is a copy of a struct where a compiled package hides fields of it, which
// are those of a type that the program defined on one of its types.
func addressable(v reflect.Value) reflect.Value {
	for i := range v.NumField() {
		if v.Field(i).CanInterface() {
			continue
		}
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		return c
	}
	return v
}

// readable is the field of an addressable struct, with which one can do what can be
// done with a field that is not hidden.
func readable(f reflect.Value) reflect.Value {
	if f.CanInterface() {
		return f
	}
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}

func (p printer) separator() string {
	if p.sharp() {
		return ", "
	}
	return " "
}

// leaf prints a basic value.
func (p printer) leaf(x any, t *Type) {
	if p.flat {
		p.write(p.misfitted(x))
		return
	}
	text := fmt.Sprintf(fmt.FormatString(p.s, p.verb), x)
	bad := "%!" + string(p.verb) + "(" + reflect.TypeOf(x).String() + "="
	if rest, ok := strings.CutPrefix(text, bad); ok {
		text = "%!" + string(p.verb) + "(" + t.name + "=" + rest
	}
	p.write(text)
}

// misfitted is x as it stands in what fmt says of a verb that does not fit: by the
// verb v, with flags that are not those of %+v and %#v.
func (p printer) misfitted(x any) string {
	text := fmt.Sprintf(fmt.FormatString(p.s, 'p'), struct{ x any }{x})
	text = strings.TrimPrefix(text, "%!p(struct { x interface {} }={")
	return strings.TrimSuffix(text, "})")
}

// native lets fmt print a compiled value, at the depth at which it is.
func (p printer) native(x any, depth int, open bool) {
	format := fmt.FormatString(p.s, p.verb)
	if depth == 0 {
		fmt.Fprintf(p.s, format, x)
		return
	}
	if t := holder(reflect.TypeOf(x)); t != nil && (!open || holdsOwn(reflect.ValueOf(x), 0)) {
		p.value(reflect.ValueOf(x), t, depth, open)
		return
	}
	if p.flat {
		p.write(p.misfitted(x))
		return
	}
	var text string
	if open {
		text = fmt.Sprintf(format, struct{ X any }{x})
	} else {
		text = fmt.Sprintf(format, struct{ x any }{x})
	}
	switch {
	case p.sharp():
		_, text, _ = strings.Cut(text, "{")
		_, text, _ = strings.Cut(text, ":")
	case p.plus():
		_, text, _ = strings.Cut(text, ":")
	default:
		text = strings.TrimPrefix(text, "{")
	}
	p.write(strings.TrimSuffix(text, "}"))
}

func (p printer) ptr(v reflect.Value, t *Type, depth int, open bool) {
	if v.Kind() == reflect.UnsafePointer {
		v = reflect.NewAt(t.elem, v.UnsafePointer())
	}
	if depth == 0 && !v.IsNil() {
		switch t.elems[0].kind {
		case "struct", "slice", "array", "map":
			p.write("&")
			p.value(v.Elem(), t.elems[0], depth+1, open)
			return
		}
	}
	p.pointer(v, t, depth)
}

func (p printer) pointer(v reflect.Value, t *Type, depth int) {
	u := v.Pointer()
	switch {
	case p.sharp():
		p.write("(" + t.name + ")(")
		if u == 0 {
			p.write("nil")
		} else {
			p.write("0x" + strconv.FormatUint(uint64(u), 16))
		}
		p.write(")")
	case p.flat:
		p.write(p.misfitted(v.Interface()))
	case p.verb == 'v' && u == 0:
		f := padded(p.s)
		if p.s.Flag('0') && !p.s.Flag('-') {
			f = "%0" + f[1:]
		}
		fmt.Fprintf(p.s, f, "<nil>")
	case p.verb == 'v':
		fmt.Fprintf(p.s, padded(p.s), "0x"+strconv.FormatUint(uint64(u), 16))
	default:
		p.leaf(v.Interface(), t)
	}
}

// padded is the format of a string with the width of s.
func padded(s fmt.State) string {
	f := "%"
	if s.Flag('-') {
		f += "-"
	}
	if w, ok := s.Width(); ok {
		f += strconv.Itoa(w)
	}
	return f + "s"
}

func (p printer) list(v reflect.Value, t *Type, depth int, open bool) {
	elem := t.elems[0]
	bytes := v.Type().Elem().Kind() == reflect.Uint8
	switch p.verb {
	case 's', 'q', 'x', 'X':
		if bytes {
			x := v
			if v.Kind() == reflect.Array {
				x = reflect.MakeSlice(reflect.SliceOf(v.Type().Elem()), v.Len(), v.Len())
				reflect.Copy(x, v)
			}
			fmt.Fprintf(p.s, fmt.FormatString(p.s, p.verb), x.Bytes())
			return
		}
	}
	open1, close1 := "[", "]"
	if p.sharp() {
		p.write(t.name)
		if t.kind == "slice" && v.IsNil() {
			p.write("(nil)")
			return
		}
		open1, close1 = "{", "}"
	}
	p.write(open1)
	for i := range v.Len() {
		if i > 0 {
			p.write(p.separator())
		}
		p.value(v.Index(i), elem, depth+1, open)
	}
	p.write(close1)
}

func (p printer) mapping(v reflect.Value, t *Type, depth int, open bool) {
	open1, close1 := "map[", "]"
	if p.sharp() {
		p.write(t.name)
		if v.IsNil() {
			p.write("(nil)")
			return
		}
		open1, close1 = "{", "}"
	}
	p.write(open1)
	// A key that holds NaN is not found again: each stands with its element.
	type entry struct{ key, elem reflect.Value }
	entries := make([]entry, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		entries = append(entries, entry{it.Key(), it.Value()})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return compareKeys(a.key, b.key) })
	for i, e := range entries {
		if i > 0 {
			p.write(p.separator())
		}
		p.value(e.key, t.elems[0], depth+1, open)
		p.write(":")
		p.value(e.elem, t.elems[1], depth+1, open)
	}
	p.write(close1)
}

// compareKeys is the order in which fmt prints the keys of a map.
func compareKeys(a, b reflect.Value) int {
	for a.Kind() == reflect.Interface && b.Kind() == reflect.Interface {
		if a.IsNil() || b.IsNil() {
			switch {
			case a.IsNil() && b.IsNil():
				return 0
			case a.IsNil():
				return -1
			}
			return 1
		}
		a, b = reflect.ValueOf(Raw(a.Interface())), reflect.ValueOf(Raw(b.Interface()))
	}
	if a.Kind() != b.Kind() {
		return cmp.Compare(a.Kind(), b.Kind())
	}
	switch a.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return cmp.Compare(a.Uint(), b.Uint())
	case reflect.Float32, reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case reflect.Complex64, reflect.Complex128:
		x, y := a.Complex(), b.Complex()
		return cmp.Or(cmp.Compare(real(x), real(y)), cmp.Compare(imag(x), imag(y)))
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Bool:
		switch {
		case a.Bool() == b.Bool():
			return 0
		case a.Bool():
			return 1
		}
		return -1
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return cmp.Compare(a.Pointer(), b.Pointer())
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compareKeys(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	case reflect.Array:
		for i := range a.Len() {
			if c := compareKeys(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
	}
	return 0
}

// inner prints what an interface inside another value holds.
func (p printer) inner(v reflect.Value, t *Type, depth int, open bool) {
	var x any
	if v.IsValid() && !(v.Kind() == reflect.Interface && v.IsNil()) {
		x = v.Interface()
	}
	if x == nil {
		if p.sharp() {
			p.write(t.name + "(nil)")
		} else {
			p.write("<nil>") // whatever the width
		}
		return
	}
	if w, ok := x.(valuer); ok {
		p.value(reflect.ValueOf(w.val().x), w.val().t, depth+1, open)
		return
	}
	p.native(x, depth+1, open)
}

// PrintArg is an operand of fmt.Print, which puts spaces between operands
// unless one is a string.
func PrintArg(x any) any {
	if v, ok := x.(valuer); ok && reflect.ValueOf(v.val().x).Kind() == reflect.String {
		return fmt.Sprint(x)
	}
	return x
}

// PrintArgs is PrintArg for a list.
func PrintArgs(list []any) []any { return each(list, PrintArg) }

// Held is x for package fmt. A compiled list or map with values of the program in it
// is printed by this package: fmt would print each of them as if it stood alone, and
// follow a pointer.
func Held(x any) any {
	if x == nil {
		return nil
	}
	if v, ok := x.(valuer); ok {
		holdsOwn(reflect.ValueOf(v.val().x), 0)
		return x
	}
	if t := holder(reflect.TypeOf(x)); t != nil && holdsOwn(reflect.ValueOf(x), 0) {
		return V{t, x}
	}
	return x
}

// HeldArgs is Held for a list.
func HeldArgs(list []any) []any { return each(list, Held) }

// each is a list of what f makes of the elements of another.
func each(list []any, f func(any) any) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

// holdsOwn says whether there are values of the program in v. It refuses maps which
// fmt prints in an order that only the linker knows.
func holdsOwn(v reflect.Value, depth int) (own bool) {
	const deepest = 50 // a list may hold itself
	if depth > deepest {
		return false
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() || !v.CanInterface() {
			return false
		}
		if w, ok := v.Interface().(valuer); ok {
			holdsOwn(reflect.ValueOf(w.val().x), depth+1)
			return true
		}
		return holdsOwn(v.Elem(), depth+1)
	case reflect.Pointer:
		return depth == 0 && !v.IsNil() && holdsOwn(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			own = holdsOwn(v.Field(i), depth+1) || own
		}
	case reflect.Slice, reflect.Array:
		switch v.Type().Elem().Kind() {
		case reflect.Interface, reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
			for i := range v.Len() {
				own = holdsOwn(v.Index(i), depth+1) || own
			}
		}
	case reflect.Map:
		var first any
		for it := v.MapRange(); it.Next(); {
			k := it.Key()
			own = holdsOwn(k, depth+1) || own
			own = holdsOwn(it.Value(), depth+1) || own
			if k.Kind() != reflect.Interface || k.IsNil() || !k.CanInterface() {
				continue
			}
			if first == nil {
				first = k.Interface()
			} else if keysOfTwoTypes(first, k.Interface()) {
				giveUp("print a map whose keys are of several types of the program in Go's order")
			}
		}
	}
	return own
}

// keysOfTwoTypes says whether a and b are of two types, one of them of the program.
func keysOfTwoTypes(a, b any) bool {
	v, ok := a.(valuer)
	w, ok2 := b.(valuer)
	return ok != ok2 || ok && v.val().t != w.val().t
}

// holder describes a compiled type that may hold values of the program in
// interfaces; nil for others.
func holder(t reflect.Type) *Type {
	if t.PkgPath() != "" && t.Kind() != reflect.Interface && t.NumMethod() > 0 {
		return nil // fmt may call them
	}
	switch t.Kind() {
	case reflect.Interface:
		return &Type{name: t.String(), kind: "interface", compiled: t}
	case reflect.Slice, reflect.Array:
		if e := holder(t.Elem()); e != nil {
			kind := "slice"
			if t.Kind() == reflect.Array {
				kind = "array"
			}
			return &Type{name: t.String(), kind: kind, elems: []*Type{e}}
		}
	case reflect.Map:
		k, e := holder(t.Key()), holder(t.Elem())
		if k == nil && e == nil {
			return nil
		}
		if k == nil {
			k = &Type{name: t.Key().String(), kind: "native", compiled: t.Key()}
		}
		if e == nil {
			e = &Type{name: t.Elem().String(), kind: "native", compiled: t.Elem()}
		}
		return &Type{name: t.String(), kind: "map", elems: []*Type{k, e}}
	}
	return nil
}
