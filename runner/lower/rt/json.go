package rt

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Package encoding/json finds methods and embedded fields by reflection, which sees
// neither in the types of a lowered program. For values that have them, this file and
// json_encode.go and json_decode.go walk through the value as the package does, with
// the types of the program beside, and leave to the package what is compiled: texts,
// streams and indentation, and the values of compiled types.

// The methods that package encoding/json looks for, as they stand in Type.set.
const (
	marshalJSON   = "MarshalJSON() ([]uint8, error)"
	marshalText   = "MarshalText() ([]uint8, error)"
	unmarshalJSON = "UnmarshalJSON([]uint8) error"
	unmarshalText = "UnmarshalText([]uint8) error"
	isZero        = "IsZero() bool"
)

// interfaceOf is the compiled interface with a method.
func interfaceOf(method string) reflect.Type {
	switch method {
	case marshalJSON:
		return reflect.TypeFor[json.Marshaler]()
	case marshalText:
		return reflect.TypeFor[encoding.TextMarshaler]()
	case unmarshalJSON:
		return reflect.TypeFor[json.Unmarshaler]()
	case unmarshalText:
		return reflect.TypeFor[encoding.TextUnmarshaler]()
	}
	return reflect.TypeFor[interface{ IsZero() bool }]()
}

// place is a value, or a part of one, and its type in the program.
type place struct {
	v reflect.Value
	t *Type
}

// placeOf is the place of x, which is of type t, or of the type that it has where t
// is nil.
func placeOf(t *Type, x any) place {
	t, x = known(t, x)
	if x == nil && t == nil {
		return place{}
	}
	if t == nil {
		return place{reflect.ValueOf(x), compiledType(reflect.TypeOf(x))}
	}
	return place{t.full(reflect.ValueOf(x)), t}.opened()
}

// compiledType describes a compiled type.
func compiledType(r reflect.Type) *Type {
	if r.Kind() == reflect.Pointer && r.Name() == "" {
		if e := compiledType(r.Elem()); e.kind != "native" {
			return &Type{name: r.String(), kind: "ptr", elems: []*Type{e}}
		}
	}
	if t := holder(r); t != nil {
		return t
	}
	return &Type{name: r.String(), kind: "native", compiled: r}
}

// opened is the place with a description of its parts, where values of the program
// may be in the interfaces of a compiled type.
func (p place) opened() place {
	if p.t.kind == "native" {
		p.t = compiledType(p.v.Type())
	}
	return p
}

// typ is the type as the program sees it.
func (p place) typ() reflect.Type { return own(p.v.Type(), p.t) }

func (p place) native() bool { return p.t.kind == "native" }

// kind is that of the type in the program.
func (p place) kind() reflect.Kind { return described{p.t, p.v.Type()}.kind() }

func (d described) kind() reflect.Kind {
	switch {
	case d.t.opaque != nil:
		return d.t.opaque.Kind()
	case d.t.kind == "ptr":
		return reflect.Pointer
	}
	return d.r.Kind()
}

// pointee is the type that a pointer points to.
func (d described) pointee() described {
	if d.t.elem != nil {
		return described{d.t.elems[0], d.t.elem}
	}
	return described{d.inside(0, d.r.Elem()).t, d.r.Elem()}
}

// deref is what a pointer points to.
func (p place) deref() place {
	d := described{p.t, p.v.Type()}.pointee()
	if p.t.elem != nil {
		return place{reflect.NewAt(p.t.elem, p.v.UnsafePointer()).Elem(), d.t}.opened()
	}
	return place{p.v.Elem(), d.t}.opened()
}

// part is a part of the value: its element or key i, of which it has the type at
// place at.
func (p place) part(v reflect.Value, at int) place {
	d := described{p.t, p.v.Type()}.inside(at, v.Type())
	return place{v, d.t}.opened()
}

// held is what an interface that is not nil holds.
func (p place) held() place {
	x := p.v.Interface()
	if w, ok := x.(valuer); ok {
		return placeOf(w.val().t, w.val().x)
	}
	return place{p.v.Elem(), compiledType(p.v.Elem().Type())}
}

// empty says whether p is an interface without methods.
func (p place) empty() bool {
	return p.kind() == reflect.Interface && len(p.t.set) == 0 && (p.t.compiled == nil || p.t.compiled.NumMethod() == 0)
}

// has says whether values of the type have a method.
func (d described) has(method string) bool {
	if d.t.kind == "native" || d.t.kind == "interface" && d.t.compiled != nil {
		return d.r.Implements(interfaceOf(method))
	}
	return d.t.set[method]
}

// pointerHas says whether pointers to values of the type have a method.
func (d described) pointerHas(method string) bool {
	if d.t.kind == "native" {
		return reflect.PointerTo(d.r).Implements(interfaceOf(method))
	}
	p := d.t.pointer.Load()
	return p != nil && p.set[method]
}

// receiver is the value as the receiver of a method which it, or with addr its
// address, has.
func (p place) receiver(addr bool) any {
	switch {
	case p.native() && addr:
		return p.v.Addr().Interface()
	case p.native():
		return p.v.Interface()
	case p.t.kind == "interface":
		return p.v.Interface()
	case !addr:
		return V{p.t, p.v.Interface()}
	}
	pointer := p.t.pointer.Load()
	if pointer.elem != nil {
		return V{pointer, p.v.Addr().UnsafePointer()}
	}
	return V{pointer, p.v.Addr().Interface()}
}

// jsonField is a field that package encoding/json sees in a struct, maybe through
// embedded fields.
type jsonField struct {
	name                        string
	index                       []int
	tagged                      bool
	omitEmpty, omitZero, quoted bool
}

// jsonLevel is a struct whose fields are to be found, and where it is embedded.
type jsonLevel struct {
	d     described
	index []int
}

// jsonFields are the fields of a struct, found by the rules of the language that
// package encoding/json amends for tags. They are found once for a type.
func (d described) jsonFields() []jsonField {
	if known := d.t.json.Load(); known != nil {
		return *known
	}
	fields := d.findFields()
	d.t.json.Store(&fields)
	return fields
}

func (d described) findFields() []jsonField {
	var fields []jsonField
	var count map[any]int
	visited := map[any]bool{}
	next := []jsonLevel{{d: d}}
	for len(next) > 0 {
		current, nextCount := next, map[any]int{}
		next = nil
		for _, level := range current {
			if visited[level.d.identity()] {
				continue
			}
			visited[level.d.identity()] = true
			for i := range level.d.r.NumField() {
				f, embedded, ok := level.d.jsonField(i)
				if !ok {
					continue
				}
				f.index = append(slices.Clone(level.index), i)
				if embedded.t != nil {
					nextCount[embedded.identity()]++
					if nextCount[embedded.identity()] == 1 {
						next = append(next, jsonLevel{embedded, f.index})
					}
					continue
				}
				fields = append(fields, f)
				if count[level.d.identity()] > 1 {
					fields = append(fields, f) // they annihilate each other
				}
			}
		}
		count = nextCount
	}
	return dominant(fields)
}

// identity tells types apart that have one description.
func (d described) identity() any {
	if d.t.kind == "native" {
		return d.r
	}
	return d.t
}

// jsonField is field i of a struct, if the package sees it. An embedded struct whose
// fields it sees instead is returned, too.
func (d described) jsonField(i int) (f jsonField, embedded described, ok bool) {
	sf := d.r.Field(i)
	name, anonymous := sf.Name, sf.Anonymous
	if d.t.kind != "native" {
		name, anonymous = d.t.fields[i], d.t.embedded[i]
	}
	at := d.inside(i, sf.Type)
	if at.kind() == reflect.Pointer && !at.t.named {
		at = at.pointee()
	}
	if !exported(name) && (!anonymous || at.kind() != reflect.Struct) {
		return f, embedded, false
	}
	tag := sf.Tag.Get("json")
	if tag == "-" {
		return f, embedded, false
	}
	var list string
	f.name, list, _ = strings.Cut(tag, ",")
	options := strings.Split(list, ",")
	if strings.ContainsFunc(f.name, badInTag) {
		f.name = ""
	}
	f.tagged = f.name != ""
	if !f.tagged && anonymous && at.kind() == reflect.Struct {
		return f, at, true
	}
	if !f.tagged {
		f.name = name
	}
	f.omitEmpty = slices.Contains(options, "omitempty")
	f.omitZero = slices.Contains(options, "omitzero")
	f.quoted = slices.Contains(options, "string") && quotable(at.kind())
	return f, embedded, true
}

// exported says whether a name is exported.
func exported(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r)
}

func badInTag(r rune) bool {
	return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// quotable says whether the option string in a tag counts for values of a kind.
func quotable(k reflect.Kind) bool {
	return k == reflect.Bool || k == reflect.String || isInt(k) || isUint(k) || k == reflect.Float32 || k == reflect.Float64
}

func isInt(k reflect.Kind) bool  { return k >= reflect.Int && k <= reflect.Int64 }
func isUint(k reflect.Kind) bool { return k >= reflect.Uint && k <= reflect.Uintptr }

// dominant drops the fields that others hide, and sorts the rest as they stand in
// the struct.
func dominant(fields []jsonField) []jsonField {
	byName := map[string][]jsonField{}
	for _, f := range fields {
		byName[f.name] = append(byName[f.name], f)
	}
	var list []jsonField
	for _, same := range byName {
		rank := func(f jsonField) int {
			if f.tagged {
				return 2 * len(f.index)
			}
			return 2*len(f.index) + 1
		}
		slices.SortStableFunc(same, func(a, b jsonField) int { return rank(a) - rank(b) })
		if len(same) == 1 || rank(same[0]) != rank(same[1]) {
			list = append(list, same[0])
		}
	}
	slices.SortFunc(list, func(a, b jsonField) int { return slices.Compare(a.index, b.index) })
	return list
}

// marshalerError is the error of a method of a value of type t. Only the package can
// say that it is not MarshalJSON.
func marshalerError(t reflect.Type, method string, err error) error {
	if method == marshalJSON {
		return &json.MarshalerError{Type: t, Err: err}
	}
	var m *json.MarshalerError
	_, failed := json.Marshal(failingText{})
	errors.As(failed, &m)
	m.Type, m.Err = t, err
	return m
}

type failingText struct{}

// MarshalText fails.
func (failingText) MarshalText() ([]byte, error) { return nil, errors.ErrUnsupported }

// setting says whether a field of package encoding/json's decoder or encoder is set;
// the path leads to it.
func setting(x any, path ...string) bool {
	v := reflect.ValueOf(x).Elem()
	for _, name := range path {
		v = v.FieldByName(name)
	}
	if !v.IsValid() {
		giveUp("read the settings of encoding/json")
	}
	return v.Bool()
}
