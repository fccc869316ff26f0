package rt

import (
	"errors"
	"reflect"
	"strings"
)

// known is the type and the value in x, which is of type t, or of that which it
// holds where t is nil. A compiled type that may hold values of the program has no
// description: it is nil.
func known(t *Type, x any) (*Type, any) {
	if v, ok := x.(valuer); ok && t == nil {
		return v.val().t, v.val().x
	}
	return t, x
}

// BinaryError makes the type in an error of encoding/binary that of the program. It
// came up with the value x, which is of type t; t is nil if that is not known before
// the program runs.
func BinaryError(t *Type, x any, err error) error {
	t, x = known(t, x)
	if err == nil || t == nil || x == nil {
		return err
	}
	if text, ok := strings.CutSuffix(err.Error(), " type "+reflect.TypeOf(x).String()); ok {
		return errors.New(text + " type " + t.name)
	}
	return err
}

// RawArgs is Raw for a list.
func RawArgs(list []any) []any { return each(list, Raw) }

// ScanError makes the type in an error of fmt.Scan and its like that of the program.
// They have scanned n of the arguments, of which list has the values, or the types.
func ScanError(err error, n int, list []any) error {
	if err == nil || n >= len(list) || list[n] == nil {
		return err
	}
	t, ok := list[n].(*Type)
	if !ok {
		t, _ = known(nil, list[n])
	}
	if t == nil {
		return err
	}
	for _, problem := range []string{"can't scan type: ", "type not a pointer: "} {
		if strings.HasPrefix(err.Error(), problem) {
			return errors.New(problem + t.name)
		}
	}
	return err
}

// shortName is what reflect.Type.Name would be.
func shortName(t *Type) string {
	if !t.named {
		return ""
	}
	return t.name[strings.IndexByte(t.name, '.')+1:]
}

// described is a type with what reflection knows of it: the tags.
type described struct {
	t *Type
	r reflect.Type
}

// inside is the type of a part of a value.
func (d described) inside(i int, r reflect.Type) described {
	if i < 0 || i >= len(d.t.elems) {
		// Of a compiled type.
		return described{&Type{name: r.String(), kind: "native"}, r}
	}
	return described{d.t.elems[i], r}
}
