package rt

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// jsonTarget is a value into which package encoding/json decodes.
type jsonTarget struct {
	p       place
	text    []byte // of json.Unmarshal
	decoder any    // or the json.Decoder
}

// JSONInto is x, which is of type t if that is not nil, for package encoding/json to
// decode into: with the methods of the program, and with its embedded fields. The
// package decodes text; or decoder does, a json.Decoder, where that is not nil.
func JSONInto(t *Type, x any, text []byte, decoder any) any {
	return &jsonTarget{placeOf(t, x), text, decoder}
}

// JSONUnmarshal is json.Unmarshal as a function value.
func JSONUnmarshal(text []byte, x any) error {
	return json.Unmarshal(text, JSONInto(nil, x, text, nil))
}

// JSONDecode is the method value d.Decode.
func JSONDecode(d *json.Decoder) func(any) error {
	return func(x any) error { return d.Decode(JSONInto(nil, x, nil, d)) }
}

// UnmarshalJSON decodes text, which is valid.
func (j *jsonTarget) UnmarshalJSON(text []byte) error {
	d := jsonDecoder{text: text}
	whole := j.text
	if j.decoder != nil {
		d.useNumber = setting(j.decoder, "d", "useNumber")
		d.strict = setting(j.decoder, "d", "disallowUnknownFields")
		d.base = reflect.ValueOf(j.decoder).Elem().FieldByName("d").FieldByName("data").Len() - len(text)
	} else {
		d.base = len(whole) - len(bytes.TrimLeft(whole, " \t\r\n"))
	}
	switch {
	case !j.p.v.IsValid():
		return &json.InvalidUnmarshalError{}
	case j.p.kind() != reflect.Pointer:
		return &json.InvalidUnmarshalError{Type: j.p.typ()}
	case j.p.v.IsNil():
		r := j.p.v.Type()
		if j.p.t.elem != nil {
			r = reflect.PointerTo(j.p.t.elem)
		}
		return &json.InvalidUnmarshalError{Type: own(r, j.p.t)}
	}
	if err := d.value(j.p); err != nil {
		return d.located(err)
	}
	return d.err
}

// jsonDecoder decodes as package encoding/json does. An error of a method ends the
// decoding; the first one of the others is kept, and the rest is decoded.
type jsonDecoder struct {
	text      []byte
	at        int // in text
	base      int // of text, in what the program gave
	useNumber bool
	strict    bool // unknown fields are errors
	err       error
	strct     *Type    // the innermost struct
	path      []string // of fields
}

// located tells an error in which field it came up.
func (d *jsonDecoder) located(err error) error {
	u, ok := err.(*json.UnmarshalTypeError)
	if !ok || d.strct == nil && len(d.path) == 0 {
		return err
	}
	u.Struct = ""
	if d.strct != nil {
		u.Struct = shortName(d.strct)
	}
	path := d.path
	if u.Field != "" {
		path = append(path[:len(path):len(path)], u.Field)
	}
	u.Field = strings.Join(path, ".")
	return u
}

func (d *jsonDecoder) save(err error) {
	if d.err == nil {
		d.err = d.located(err)
	}
}

// misfit saves that a value, which ends or begins before end, does not fit the place p.
func (d *jsonDecoder) misfit(value string, p place, end int) {
	d.save(&json.UnmarshalTypeError{Value: value, Type: p.typ(), Offset: int64(d.base + end)})
}

func (d *jsonDecoder) space() {
	for d.at < len(d.text) && strings.IndexByte(" \t\r\n", d.text[d.at]) >= 0 {
		d.at++
	}
}

// raw passes over the value at hand and returns its text.
func (d *jsonDecoder) raw() []byte {
	start, depth := d.at, 0
	for {
		switch d.text[d.at] {
		case '{', '[':
			depth++
			d.at++
		case '}', ']':
			depth--
			d.at++
		case '"':
			d.at++
			for d.text[d.at] != '"' {
				if d.text[d.at] == '\\' {
					d.at++
				}
				d.at++
			}
			d.at++
		case ',', ':', ' ', '\t', '\r', '\n':
			d.at++
		default:
			for d.at < len(d.text) && strings.IndexByte("{}[]\",: \t\r\n", d.text[d.at]) < 0 {
				d.at++
			}
		}
		if depth == 0 {
			return d.text[start:d.at:d.at]
		}
	}
}

// value decodes the value at hand into a place.
func (d *jsonDecoder) value(p place) error {
	d.space()
	switch d.text[d.at] {
	case '[':
		return d.composite(p, "array", d.array)
	case '{':
		return d.composite(p, "object", d.object)
	}
	return d.literal(d.raw(), p, false)
}

// composite decodes an array or an object, by fill if not by a method.
func (d *jsonDecoder) composite(p place, what string, fill func(place) error) error {
	end := d.at + 1
	method, call, q := indirect(p, false)
	switch {
	case method == unmarshalJSON:
		return call(d.raw())
	case method == unmarshalText:
		d.misfit(what, p, end)
		d.raw()
		return nil
	case q.empty(), q.native():
		return d.compiled(q)
	}
	if q.t.opaque == nil {
		return fill(q)
	}
	inner := place{reflect.New(q.t.opaque).Elem(), q.t}
	inner.v.Set(q.t.full(q.v))
	err := fill(inner)
	q.v.Set(inner.v)
	return err
}

// compiled lets the package decode the value at hand into one of a compiled type.
func (d *jsonDecoder) compiled(p place) error {
	start := d.at
	dec := json.NewDecoder(bytes.NewReader(d.raw()))
	if d.useNumber {
		dec.UseNumber()
	}
	if d.strict {
		dec.DisallowUnknownFields()
	}
	into := p.v
	if p.kind() == reflect.Interface {
		into = reflect.New(p.v.Type()).Elem() // what it holds is of no use to the package
	}
	err := dec.Decode(into.Addr().Interface())
	if p.kind() == reflect.Interface {
		p.v.Set(into)
	}
	u, ok := err.(*json.UnmarshalTypeError)
	if ok {
		u.Offset += int64(d.base + start)
		if strct := u.Struct; d.err == nil {
			d.save(u)
			if strct != "" {
				u.Struct = strct
			}
		}
		return nil
	}
	var corrupt base64.CorruptInputError
	if err != nil && (errors.As(err, &corrupt) || strings.HasPrefix(err.Error(), "json: ")) {
		d.save(err)
		return nil
	}
	return err
}

// indirect follows pointers, which it makes where there are none, as far as to a
// value with a method to decode itself, or to one that is no pointer. null says that
// null is decoded, which ends at a pointer that can be set.
func indirect(p place, null bool) (method string, call func([]byte) error, q place) {
	for {
		kind := p.kind()
		if kind == reflect.Pointer && p.t.opaque != nil {
			giveUp("decode JSON into a value of type " + p.t.name)
		}
		if kind != reflect.Pointer && p.v.CanAddr() && (p.t.named || p.native() && p.v.Type().Name() != "") {
			if method, call := p.unmarshaler(true, null); method != "" {
				return method, call, p
			}
		}
		if kind == reflect.Interface && !p.v.IsNil() {
			e := p.held()
			if e.kind() == reflect.Pointer && !e.v.IsNil() && (!null || e.deref().kind() == reflect.Pointer) {
				p = e
				continue
			}
		}
		if kind != reflect.Pointer || null && p.v.CanSet() {
			return "", nil, p
		}
		if !p.v.IsNil() {
			if e := p.deref(); e.kind() == reflect.Interface && !e.v.IsNil() && e.v.Elem().Equal(p.v) {
				return "", nil, e
			}
		}
		if p.v.IsNil() {
			p.allocate()
		}
		if method, call := p.unmarshaler(false, null); method != "" {
			return method, call, p
		}
		p = p.deref()
	}
}

// allocate lets a pointer point to a new zero value.
func (p place) allocate() {
	if p.t.elem != nil {
		p.v.SetPointer(reflect.New(p.t.elem).UnsafePointer())
		return
	}
	p.v.Set(reflect.New(p.v.Type().Elem()))
}

// unmarshaler is the method by which a value, or with addr its address, decodes
// itself, if it has one.
func (p place) unmarshaler(addr, null bool) (method string, call func([]byte) error) {
	d := described{p.t, p.v.Type()}
	for _, method := range []string{unmarshalJSON, unmarshalText} {
		if method == unmarshalText && null || !addr && !d.has(method) || addr && !d.pointerHas(method) {
			continue
		}
		if p.t.opaque != nil {
			giveUp("call " + method + " of " + p.t.name)
		}
		x := p.receiver(addr)
		return method, func(text []byte) error {
			switch x := x.(type) {
			case valuer:
				name, _, _ := strings.Cut(method, "(")
				return to[error](x.val().call(name, text)[0])
			case json.Unmarshaler:
				if method == unmarshalJSON {
					return x.UnmarshalJSON(text)
				}
			}
			return x.(encoding.TextUnmarshaler).UnmarshalText(text)
		}
	}
	return "", nil
}

func (d *jsonDecoder) array(p place) error {
	kind := p.kind()
	if kind != reflect.Slice && kind != reflect.Array {
		d.misfit("array", p, d.at+1)
		d.raw()
		return nil
	}
	i := 0
	for d.next(']') {
		if kind == reflect.Slice {
			if i >= p.v.Cap() {
				p.v.Grow(1)
			}
			if i >= p.v.Len() {
				p.v.SetLen(i + 1)
			}
		}
		if i < p.v.Len() {
			if err := d.value(p.part(p.v.Index(i), 0)); err != nil {
				return err
			}
		} else {
			d.raw()
		}
		i++
	}
	switch {
	case kind == reflect.Slice && i == 0:
		p.v.Set(reflect.MakeSlice(p.v.Type(), 0, 0))
	case kind == reflect.Slice:
		p.v.SetLen(i)
	default:
		for ; i < p.v.Len(); i++ {
			p.v.Index(i).SetZero()
		}
	}
	return nil
}

// next passes over what stands before the next part of an array or object, which end
// closes, and says whether there is one.
func (d *jsonDecoder) next(end byte) bool {
	d.space()
	if c := d.text[d.at]; c == '[' && end == ']' || c == '{' && end == '}' || c == ',' {
		d.at++
		d.space()
	}
	if d.text[d.at] == end {
		d.at++
		return false
	}
	return true
}

func (d *jsonDecoder) object(p place) error {
	switch p.kind() {
	case reflect.Map:
		return d.mapping(p)
	case reflect.Struct:
		return d.structure(p)
	}
	d.misfit("object", p, d.at+1)
	d.raw()
	return nil
}

// key reads the key of a member, and passes over the colon.
func (d *jsonDecoder) key() (item []byte, key string) {
	item = d.raw()
	d.space()
	d.at++
	d.space()
	return item, unquoted(item)
}

// unquoted is the value of a string.
func unquoted(item []byte) string {
	var s string
	if err := json.Unmarshal(item, &s); err != nil {
		panic(err) // it is valid
	}
	return s
}

func (d *jsonDecoder) structure(p place) error {
	strct, depth := d.strct, len(d.path)
	fields := described{p.t, p.v.Type()}.jsonFields()
	for d.next('}') {
		_, key := d.key()
		f := fieldFor(fields, key)
		if f == nil {
			if d.strict {
				d.save(fmt.Errorf("json: unknown field %q", key))
			}
			d.raw()
		} else if err := d.field(p, f); err != nil {
			return err
		}
		d.strct, d.path = strct, d.path[:depth]
	}
	return nil
}

// fieldFor is the field for a key, nil if there is none.
func fieldFor(fields []jsonField, key string) *jsonField {
	for i := range fields {
		if fields[i].name == key {
			return &fields[i]
		}
	}
	for i := range fields {
		if strings.EqualFold(fields[i].name, key) {
			return &fields[i]
		}
	}
	return nil
}

// field decodes the value of a member into the field f of the struct p.
func (d *jsonDecoder) field(p place, f *jsonField) error {
	outer := p.t
	for i, at := range f.index {
		if p.kind() == reflect.Pointer {
			if p.v.IsNil() {
				e := described{p.t, p.v.Type()}.pointee()
				if !p.v.CanSet() || e.t.kind != "native" && !exported(shortName(e.t)) {
					d.save(fmt.Errorf("json: cannot set embedded pointer to unexported struct: %v", e.t.name))
					d.strct, d.path = outer, append(d.path, f.name)
					d.raw()
					return nil
				}
				p.allocate()
			}
			p = p.deref()
		}
		if i < len(f.index)-1 {
			name := p.v.Type().Field(at).Name
			if !p.native() {
				name = p.t.fields[at]
			}
			d.path = append(d.path, name)
		}
		p = p.part(p.v.Field(at), at)
	}
	d.strct, d.path = outer, append(d.path, f.name)
	if !f.quoted {
		return d.value(p)
	}
	switch item := d.raw(); item[0] {
	case 'n':
		return d.literal(item, p, false)
	case '"':
		return d.literal([]byte(unquoted(item)), p, true)
	}
	d.save(fmt.Errorf("json: invalid use of ,string struct tag, trying to unmarshal unquoted value into %v", p.t.name))
	return nil
}

func (d *jsonDecoder) mapping(p place) error {
	key := described{p.t, p.v.Type()}.inside(0, p.v.Type().Key())
	if k := key.kind(); k != reflect.String && !isInt(k) && !isUint(k) && !key.pointerHas(unmarshalText) {
		d.misfit("object", p, d.at+1)
		d.raw()
		return nil
	}
	if p.v.IsNil() {
		p.v.Set(reflect.MakeMap(p.v.Type()))
	}
	elem := reflect.New(p.v.Type().Elem()).Elem()
	for d.next('}') {
		start := d.at
		item, text := d.key()
		elem.SetZero()
		if err := d.value(p.part(elem, 1)); err != nil {
			return err
		}
		k := p.part(reflect.New(p.v.Type().Key()).Elem(), 0)
		ok := true
		if key.pointerHas(unmarshalText) {
			if err := d.literal(item, k, true); err != nil {
				return err
			}
		} else if k.kind() == reflect.String {
			k.v.SetString(text)
		} else if ok = k.number(text); !ok {
			d.misfit("number "+text, k, start+1)
		}
		if ok {
			p.v.SetMapIndex(k.v, elem)
		}
	}
	return nil
}

// number stores a number, if it fits.
func (p place) number(text string) bool {
	switch k := p.v.Kind(); {
	case isInt(k):
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || p.v.OverflowInt(n) {
			return false
		}
		p.v.SetInt(n)
	case isUint(k):
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || p.v.OverflowUint(n) {
			return false
		}
		p.v.SetUint(n)
	default:
		n, err := strconv.ParseFloat(text, p.v.Type().Bits())
		if err != nil || p.v.OverflowFloat(n) {
			return false
		}
		p.v.SetFloat(n)
	}
	return true
}

// literal stores the literal item, behind which the decoder stands. quoted says that
// it stood in a string, where it may be anything.
func (d *jsonDecoder) literal(item []byte, p place, quoted bool) error {
	if len(item) == 0 {
		d.save(misquoted(item, p))
		return nil
	}
	method, call, q := indirect(p, item[0] == 'n')
	if method == unmarshalJSON {
		return call(item)
	}
	isString := item[0] == '"'
	switch {
	case isString && !json.Valid(item):
		return misquoted(item, p)
	case method == unmarshalText && isString:
		return call([]byte(unquoted(item)))
	case method == unmarshalText && quoted:
		d.save(misquoted(item, p))
		return nil
	case method == unmarshalText:
		d.misfit(kindOfLiteral(item), p, d.at)
		return nil
	}
	switch kindOfLiteral(item) {
	case "null":
		d.null(item, q, quoted)
	case "bool":
		d.boolean(item, q, quoted)
	case "string":
		return d.str(item, q)
	default:
		return d.numeral(item, q, quoted)
	}
	return nil
}

// misquoted is the error about what stands in a string because of the option string.
func misquoted(item []byte, p place) error {
	return fmt.Errorf("json: invalid use of ,string struct tag, trying to unmarshal %q into %v", item, p.t.name)
}

func kindOfLiteral(item []byte) string {
	switch item[0] {
	case 'n':
		return "null"
	case 't', 'f':
		return "bool"
	case '"':
		return "string"
	}
	return "number"
}

func (d *jsonDecoder) null(item []byte, p place, quoted bool) {
	if quoted && string(item) != "null" {
		d.save(misquoted(item, p))
		return
	}
	switch p.kind() {
	case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice:
		p.v.SetZero()
	}
}

func (d *jsonDecoder) boolean(item []byte, p place, quoted bool) {
	switch {
	case quoted && string(item) != "true" && string(item) != "false":
		d.save(misquoted(item, p))
	case p.kind() == reflect.Bool:
		p.v.SetBool(item[0] == 't')
	case p.empty():
		p.v.Set(reflect.ValueOf(item[0] == 't'))
	case quoted && p.kind() != reflect.Interface:
		d.save(misquoted(item, p))
	default:
		d.misfit("bool", p, d.at)
	}
}

func (d *jsonDecoder) str(item []byte, p place) error {
	s := unquoted(item)
	switch {
	case p.v.Type() == reflect.TypeFor[json.Number]() && !isNumber(s):
		return fmt.Errorf("json: invalid number literal, trying to unmarshal %q into Number", item)
	case p.kind() == reflect.String:
		p.v.SetString(s)
	case p.empty():
		p.v.Set(reflect.ValueOf(s))
	case p.t.opaque == nil && p.kind() == reflect.Slice && p.v.Type().Elem().Kind() == reflect.Uint8:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			d.save(err)
			return nil
		}
		p.v.SetBytes(b)
	default:
		d.misfit("string", p, d.at)
	}
	return nil
}

// isNumber says whether s is a number in JSON, without spaces.
func isNumber(s string) bool {
	return s != "" && strings.IndexByte("-0123456789", s[0]) >= 0 && strings.TrimSpace(s) == s && json.Valid([]byte(s))
}

func (d *jsonDecoder) numeral(item []byte, p place, quoted bool) error {
	if strings.IndexByte("-0123456789", item[0]) < 0 {
		return misquoted(item, p) // else it would not have been valid
	}
	k := p.kind()
	switch {
	case isInt(k), isUint(k), k == reflect.Float32, k == reflect.Float64:
		if !p.number(string(item)) {
			d.misfit("number "+string(item), p, d.at)
		}
	case p.v.Type() == reflect.TypeFor[json.Number]():
		p.v.SetString(string(item))
	case k == reflect.Interface:
		d.anyNumber(item, p)
	case quoted:
		return misquoted(item, p)
	default:
		d.misfit("number", p, d.at)
	}
	return nil
}

// anyNumber stores a number in an interface.
func (d *jsonDecoder) anyNumber(item []byte, p place) {
	var n any = json.Number(item)
	if !d.useNumber {
		f, err := strconv.ParseFloat(string(item), 64)
		if err != nil {
			d.misfit("number "+string(item), placeOf(nil, f), d.at)
			return
		}
		n = f
	}
	if !p.empty() {
		d.misfit("number", p, d.at)
		return
	}
	p.v.Set(reflect.ValueOf(n))
}
