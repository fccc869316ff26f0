package rt

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
)

//go:generate go run ./gen

// A form is how a value of the program stands in an interface whose methods
// compiled code calls: with those methods, and no others. Package forms lists them.
type form func(V) any

// byHand are the forms with methods that do more than call those of the program.
var byHand = map[string]form{
	"logValuer":        func(v V) any { return vLogValuer{v} },
	"roundTripper":     func(v V) any { return vRoundTripper{v} },
	"roundTripperIdle": func(v V) any { return vRoundTripperIdle{vRoundTripper{v}} },
	"flagValue":        func(v V) any { return flagForm(v, 0) },
	"flagGetter":       func(v V) any { return flagForm(v, gets) },
	"flagBool":         func(v V) any { return flagForm(v, isBool) },
	"flagBoolGetter":   func(v V) any { return flagForm(v, gets|isBool) },
}

// formOf is the form with that name, nil if there is none.
func formOf(name string) form {
	if f := byHand[name]; f != nil {
		return f
	}
	return generated(name)
}

// to is a result of a method of the program.
func to[T any](v interface{ Interface() any }) T {
	x, _ := v.Interface().(T)
	return x
}

// out1 is the result of a method of the program that has one, as out2 to out4 are those
// of one with more.
func out1[A any](r []reflect.Value) A { return to[A](r[0]) }

func out2[A, B any](r []reflect.Value) (A, B) { return to[A](r[0]), to[B](r[1]) }

func out3[A, B, C any](r []reflect.Value) (A, B, C) { return to[A](r[0]), to[B](r[1]), to[C](r[2]) }

func out4[A, B, C, D any](r []reflect.Value) (A, B, C, D) {
	return to[A](r[0]), to[B](r[1]), to[C](r[2]), to[D](r[3])
}

type vLogValuer struct{ V }

func (v vLogValuer) LogValue() slog.Value {
	defer func() {
		if recover() != nil {
			giveUp("show the stack of a LogValue that panics") // package log/slog would
		}
	}()
	x := to[slog.Value](v.call("LogValue")[0])
	if !calledBy("log/slog.Value.Resolve") {
		return x
	}
	// Package log/slog calls it so many times, and then names the type of the first
	// value: it would name that of the form.
	for range maxLogValues - 1 {
		if x.Kind() != slog.KindLogValuer {
			return x
		}
		x = x.LogValuer().LogValue()
	}
	return slog.AnyValue(fmt.Errorf("LogValue called too many times on Value of type %s", v.t.name))
}

// maxLogValues is the constant of that name of package log/slog.
const maxLogValues = 100

type vRoundTripper struct{ V }

// RoundTrip calls the method of the program. Package net/http would name the type of
// the form.
func (v vRoundTripper) RoundTrip(a0 *http.Request) (*http.Response, error) {
	r := v.call("RoundTrip", a0)
	res, err := to[*http.Response](r[0]), to[error](r[1])
	if res == nil && err == nil {
		err = fmt.Errorf("http: RoundTripper implementation (%s) returned a nil *Response with a nil error", v.t.name)
	}
	return res, err
}

type vRoundTripperIdle struct{ vRoundTripper }

func (v vRoundTripperIdle) CloseIdleConnections() { v.call("CloseIdleConnections") }

// vFlagValue is the form of the Nth type of the program that is a flag.Value. Package
// flag compares a default with the text of the zero value, which it makes by
// reflection: of each type that must be another form.
type vFlagValue[N nth] struct{ V }

func (v vFlagValue[N]) String() string {
	if v.t == nil {
		var n N
		return zeroFlag(flagTypes[n.index()])
	}
	return to[string](v.call("String")[0])
}

func (v vFlagValue[N]) Set(a0 string) error { return to[error](v.call("Set", a0)[0]) }

type nth interface{ index() int }

type (
	nth0 struct{}
	nth1 struct{}
	nth2 struct{}
	nth3 struct{}
	nth4 struct{}
	nth5 struct{}
)

func (nth0) index() int { return 0 }
func (nth1) index() int { return 1 }
func (nth2) index() int { return 2 }
func (nth3) index() int { return 3 }
func (nth4) index() int { return 4 }
func (nth5) index() int { return 5 }

// vFlagGetter is that of a flag.Getter.
type vFlagGetter[N nth] struct{ vFlagValue[N] }

func (v vFlagGetter[N]) Get() any { return to[any](v.call("Get")[0]) }

// vFlagBool is that of one that can stand alone.
type vFlagBool[N nth] struct{ vFlagValue[N] }

func (v vFlagBool[N]) IsBoolFlag() bool { return to[bool](v.call("IsBoolFlag")[0]) }

// vFlagBoolGetter is that of one with both.
type vFlagBoolGetter[N nth] struct{ vFlagBool[N] }

func (v vFlagBoolGetter[N]) Get() any { return to[any](v.call("Get")[0]) }

// flagMethods are what a flag.Value can do that it need not.
type flagMethods int

const (
	gets flagMethods = 1 << iota
	isBool
)

func flagOf[N nth](v V, has flagMethods) any {
	switch x := (vFlagValue[N]{v}); has {
	case gets:
		return vFlagGetter[N]{x}
	case isBool:
		return vFlagBool[N]{x}
	case gets | isBool:
		return vFlagBoolGetter[N]{vFlagBool[N]{x}}
	default:
		return x
	}
}

var flagForms = []func(v V, has flagMethods) any{flagOf[nth0], flagOf[nth1], flagOf[nth2], flagOf[nth3], flagOf[nth4], flagOf[nth5]}

// flagTypes are the types of the program whose form is a vFlagValue.
var flagTypes []*Type

func flagForm(v V, has flagMethods) any {
	n := slices.Index(flagTypes, v.t)
	if n >= len(flagForms) {
		giveUp("tell the default values of flags of so many types apart")
	}
	return flagForms[n](v, has)
}

// zeroFlag is the text of the zero value of t.
func zeroFlag(t *Type) string {
	defer func() {
		if recover() != nil {
			giveUp("name the type of a flag whose zero value has no text")
		}
	}()
	return V{t, t.zero()}.String()
}

// zero is the zero value of a type with a method String, or a pointer to that
// of the type that it points to.
func (t *Type) zero() any {
	switch in := t.methods["String"].Type().In(0); in.Kind() {
	case reflect.Pointer:
		return reflect.New(in.Elem()).Interface()
	case reflect.UnsafePointer:
		return reflect.New(t.elem).UnsafePointer()
	default:
		return reflect.Zero(in).Interface()
	}
}
