package rt

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// jsonValue is a value that goes to package encoding/json.
type jsonValue struct {
	p          place
	escapeHTML bool
}

// JSONOf is x, which is of type t if that is not nil, for package encoding/json to
// encode: with the methods of the program, and with its embedded fields. encoder is
// the json.Encoder, or nil for json.Marshal.
func JSONOf(t *Type, x any, encoder any) any {
	return jsonValue{placeOf(t, x), encoder == nil || setting(encoder, "escapeHTML")}
}

// MarshalJSON is the encoded value.
func (j jsonValue) MarshalJSON() ([]byte, error) {
	e := jsonEncoder{escapeHTML: j.escapeHTML}
	err := e.value(j.p, false)
	return e.b.Bytes(), err
}

// JSONEncoded is the error that the program gets after it encoded a JSONOf.
func JSONEncoded(err error) error {
	if m, ok := err.(*json.MarshalerError); ok && m.Type == reflect.TypeFor[jsonValue]() {
		return m.Err
	}
	return err
}

// JSONMarshal is json.Marshal as a function value.
func JSONMarshal(x any) ([]byte, error) {
	b, err := json.Marshal(JSONOf(nil, x, nil))
	return b, JSONEncoded(err)
}

// JSONMarshalIndent is json.MarshalIndent as a function value.
func JSONMarshalIndent(x any, prefix, indent string) ([]byte, error) {
	b, err := json.MarshalIndent(JSONOf(nil, x, nil), prefix, indent)
	return b, JSONEncoded(err)
}

// JSONEncode is the method value e.Encode.
func JSONEncode(e *json.Encoder) func(any) error {
	return func(x any) error { return JSONEncoded(e.Encode(JSONOf(nil, x, e))) }
}

// jsonEncoder encodes as package encoding/json does.
type jsonEncoder struct {
	b          bytes.Buffer
	escapeHTML bool // what becomes a string in a string is escaped twice
	depth      int
	seen       map[any]bool // pointers, from the depth on at which they are noted
}

// cycleDepth is the depth of pointers, slices and maps from which on cycles are
// looked for, in the package as well.
const cycleDepth = 1000

// value encodes a value; quoted says that its field's tag has the option string.
func (e *jsonEncoder) value(p place, quoted bool) error {
	if !p.v.IsValid() {
		e.b.WriteString("null")
		return nil
	}
	if done, err := e.method(p); done {
		return err
	}
	p.v = p.t.full(p.v)
	if p.native() {
		return e.leaf(p, quoted)
	}
	switch p.kind() {
	case reflect.Interface:
		if p.v.IsNil() {
			e.b.WriteString("null")
			return nil
		}
		return e.value(p.held(), quoted)
	case reflect.Pointer:
		return e.nested(p, p.v.Interface(), func() error { return e.value(p.deref(), quoted) })
	case reflect.Struct:
		return e.structure(p)
	case reflect.Map:
		return e.mapping(p)
	case reflect.Slice:
		elem := described{p.t, p.v.Type()}.inside(0, p.v.Type().Elem())
		if elem.kind() == reflect.Uint8 && !elem.pointerHas(marshalJSON) && !elem.pointerHas(marshalText) && !p.v.IsNil() {
			return e.text(base64.StdEncoding.EncodeToString(p.v.Bytes()))
		}
		return e.nested(p, [2]any{p.v.UnsafePointer(), p.v.Len()}, func() error { return e.list(p) })
	case reflect.Array:
		return e.list(p)
	default:
		return e.leaf(p, quoted)
	}
}

// nested encodes what is behind a pointer, slice or map, if it is not nil.
func (e *jsonEncoder) nested(p place, id any, encode func() error) error {
	if p.v.IsNil() {
		e.b.WriteString("null")
		return nil
	}
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > cycleDepth {
		if e.seen[id] {
			return &json.UnsupportedValueError{Value: p.v, Str: "encountered a cycle via " + p.t.name}
		}
		if e.seen == nil {
			e.seen = map[any]bool{}
		}
		e.seen[id] = true
		defer delete(e.seen, id)
	}
	return encode()
}

// method encodes a value by its method, if it has one.
func (e *jsonEncoder) method(p place) (done bool, err error) {
	d := described{p.t, p.v.Type()}
	for _, method := range []string{marshalJSON, marshalText} {
		addr := false
		switch {
		case d.has(method):
		case p.kind() != reflect.Pointer && p.v.CanAddr() && d.pointerHas(method):
			if p.t.opaque != nil {
				giveUp("call " + method + " of " + p.t.name)
			}
			addr = true
		default:
			continue
		}
		if !addr && (p.kind() == reflect.Pointer || p.kind() == reflect.Interface) && p.v.IsNil() {
			e.b.WriteString("null")
			return true, nil
		}
		text, err := marshalBy(p.receiver(addr), method)
		switch {
		case err != nil:
		case method == marshalText:
			return true, e.text(string(text))
		default:
			var compact bytes.Buffer
			if err = json.Compact(&compact, text); err == nil {
				e.b.Write(compact.Bytes())
			}
		}
		if err != nil {
			err = marshalerError(p.typ(), method, err)
		}
		return true, err
	}
	return false, nil
}

// marshalBy calls a method of a value.
func marshalBy(x any, method string) ([]byte, error) {
	if v, ok := x.(valuer); ok {
		name, _, _ := strings.Cut(method, "(")
		r := v.val().call(name)
		return r[0].Bytes(), to[error](r[1])
	}
	if method == marshalJSON {
		return x.(json.Marshaler).MarshalJSON()
	}
	return x.(encoding.TextMarshaler).MarshalText()
}

// leaf lets the package encode a value.
func (e *jsonEncoder) leaf(p place, quoted bool) error {
	switch p.kind() {
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return &json.UnsupportedTypeError{Type: p.typ()}
	}
	x := p.v.Interface()
	if p.v.CanAddr() {
		x = p.v.Addr().Interface() // methods of pointers count
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(quoted && e.escapeHTML)
	if err := enc.Encode(x); err != nil {
		return compiledError(err)
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	switch {
	case !quoted:
		e.b.Write(text)
	case p.kind() == reflect.String && text[0] == '"':
		return e.text(string(text))
	default:
		e.b.WriteString(`"` + string(text) + `"`)
	}
	return nil
}

// compiledError is an error of the package about a value of a compiled type, which
// may hold values of the program.
func compiledError(err error) error {
	m, ok := err.(*json.MarshalerError)
	if ok && m.Type.Implements(reflect.TypeFor[valuer]()) {
		return m.Err
	}
	return err
}

// text encodes a string.
func (e *jsonEncoder) text(s string) error {
	enc := json.NewEncoder(&e.b)
	enc.SetEscapeHTML(false) // the encoder that asks escapes, if it is to
	err := enc.Encode(s)
	e.b.Truncate(e.b.Len() - len("\n"))
	return err
}

func (e *jsonEncoder) list(p place) error {
	e.b.WriteByte('[')
	for i := range p.v.Len() {
		if i > 0 {
			e.b.WriteByte(',')
		}
		if err := e.value(p.part(p.v.Index(i), 0), false); err != nil {
			return err
		}
	}
	e.b.WriteByte(']')
	return nil
}

func (e *jsonEncoder) structure(p place) error {
	e.b.WriteByte('{')
	first := true
	for _, f := range (described{p.t, p.v.Type()}).jsonFields() {
		at, ok := p.field(f.index)
		if !ok || f.omitEmpty && at.isEmpty() || f.omitZero && at.isZero() {
			continue
		}
		if !first {
			e.b.WriteByte(',')
		}
		first = false
		e.b.WriteString(`"` + f.name + `":`)
		if err := e.value(at, f.quoted); err != nil {
			return err
		}
	}
	e.b.WriteByte('}')
	return nil
}

// field is a field of a struct, if no embedded pointer before it is nil.
func (p place) field(index []int) (place, bool) {
	for _, i := range index {
		if p.kind() == reflect.Pointer {
			if p.v.IsNil() {
				return p, false
			}
			p = p.deref()
		}
		p = p.part(p.v.Field(i), i)
	}
	return p, true
}

// isEmpty says whether the option omitempty leaves a value out.
func (p place) isEmpty() bool {
	switch p.kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return p.t.full(p.v).Len() == 0
	case reflect.Struct:
		return false
	}
	return p.v.IsZero()
}

// isZero says whether the option omitzero leaves a value out.
func (p place) isZero() bool {
	d := described{p.t, p.v.Type()}
	if k := p.kind(); (k == reflect.Pointer || k == reflect.Interface) && p.v.IsNil() {
		return true
	}
	switch {
	case d.has(isZero):
		if k := p.kind(); k == reflect.Interface {
			if q := p.held(); q.kind() == reflect.Pointer && q.v.IsNil() {
				return true
			}
		}
		return zeroBy(p.receiver(false))
	case p.kind() != reflect.Pointer && d.pointerHas(isZero):
		boxed := reflect.New(p.v.Type()).Elem()
		boxed.Set(p.v)
		return zeroBy(place{boxed, p.t}.receiver(true))
	}
	return p.t.full(p.v).IsZero()
}

// zeroBy calls the method IsZero of a value.
func zeroBy(x any) bool {
	if v, ok := x.(valuer); ok {
		return v.val().call("IsZero")[0].Bool()
	}
	return x.(interface{ IsZero() bool }).IsZero()
}

func (e *jsonEncoder) mapping(p place) error {
	key := described{p.t, p.v.Type()}.inside(0, p.v.Type().Key())
	if k := key.kind(); k != reflect.String && !isInt(k) && !isUint(k) && !key.has(marshalText) {
		return &json.UnsupportedTypeError{Type: p.typ()}
	}
	return e.nested(p, p.v.UnsafePointer(), func() error { return e.entries(p) })
}

// entries encodes the keys and elements of a map in the order of the keys' texts.
func (e *jsonEncoder) entries(p place) error {
	type entry struct {
		key  string
		elem reflect.Value
	}
	var list []entry
	for it := p.v.MapRange(); it.Next(); {
		key, err := keyText(p.part(it.Key(), 0))
		if err != nil {
			return fmt.Errorf("json: encoding error for type %q: %q", p.t.name, err.Error())
		}
		list = append(list, entry{key, it.Value()})
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	e.b.WriteByte('{')
	for i, l := range list {
		if i > 0 {
			e.b.WriteByte(',')
		}
		if err := e.text(l.key); err != nil {
			return err
		}
		e.b.WriteByte(':')
		if err := e.value(p.part(l.elem, 1), false); err != nil {
			return err
		}
	}
	e.b.WriteByte('}')
	return nil
}

// keyText is the text of a key of a map.
func keyText(p place) (string, error) {
	k := p.kind()
	switch {
	case k == reflect.String:
		return p.v.String(), nil
	case described{p.t, p.v.Type()}.has(marshalText):
		if k == reflect.Pointer && p.v.IsNil() {
			return "", nil
		}
		text, err := marshalBy(p.receiver(false), marshalText)
		return string(text), err
	case isInt(k):
		return strconv.FormatInt(p.v.Int(), 10), nil
	default:
		return strconv.FormatUint(p.v.Uint(), 10), nil
	}
}
