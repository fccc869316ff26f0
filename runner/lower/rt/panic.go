package rt

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// Panic is a panic on its way through the deferred calls of a function. One
// that began in a deferred call while another was under way is raised again as
// a *Panic, so that it keeps the link to that.
type Panic struct {
	value      any
	recovered  bool
	repanicked bool   // the one that began in its deferred calls has the same value
	link       *Panic // in whose deferred calls it began
	returned   Place  // where the function was left whose deferred call it began in
}

// Place is a line and a column of the program, zero for none.
type Place struct{ Line, Col int }

// Returned is where the function was left without a panic whose deferred call the
// first panic of the chain began in. It is none if another panic was under way.
func (p *Panic) Returned() Place { return p.returned }

// NewPanic is a panic with a value, and no other under way.
func NewPanic(value any) *Panic { return &Panic{value: value} }

// Repanicked is a panic with a value that compiled code has recovered and raised again.
func Repanicked(value any) *Panic {
	return &Panic{value: value, link: &Panic{value: value, recovered: true, repanicked: true}}
}

// Value is what panic was called with.
func (p *Panic) Value() any { return p.value }

// Link is the panic in whose deferred calls p began, or nil.
func (p *Panic) Link() *Panic { return p.link }

// AskedByYaegi reports whether Yaegi would call code of the program for the
// text of v, an error: it looks at the text in each function that a panic
// leaves. Inside a *Panic it does not see that v is an error.
func AskedByYaegi(v any) bool {
	if own, ok := v.(valuer); ok {
		return own.val().t.set["Error() string"]
	}
	if _, ok := v.(error); ok && IsNil(v) {
		return true // its method may panic
	}
	switch e := v.(type) {
	case interface{ Unwrap() error }:
		return AskedByYaegi(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), func(err error) bool { return AskedByYaegi(err) })
	}
	return false
}

// Format shows the value to compiled code that recovers.
func (p *Panic) Format(s fmt.State, verb rune) { fmt.Fprintf(s, fmt.FormatString(s, verb), p.value) }

// Texts are what Go prints behind "panic: " of p and of those that it is
// linked to, the first one first. In the end somebody may have recovered p and
// raised it again.
func (p *Panic) Texts(text func(any) string, repanicked bool) (texts []string) {
	if p.link != nil && p.link.repanicked {
		return p.link.Texts(text, false)
	}
	s := ""
	if !IsExit(p.value) {
		s = text(p.value) // of the last one first: the method that makes it may panic
	}
	if p.link != nil {
		texts = p.link.Texts(text, false)
	}
	if IsExit(p.value) {
		return texts
	}
	switch {
	case p.recovered && p.repanicked || repanicked:
		s += " [recovered, repanicked]"
	case p.recovered:
		s += " [recovered]"
	}
	return append(texts, s)
}

// caught is the panic whose value is v. It began in a deferred call while
// outer was under way, if that is not nil.
func caught(v any, outer *Panic) *Panic {
	p, ok := v.(*Panic)
	switch {
	case !ok:
		p = NewPanic(v)
	case p.link == nil:
		p = NewPanic(p.value) // compiled code, such as sync.OnceFunc, may raise one several times
	}
	if outer == nil {
		return p
	}
	first := p
	for first.link != nil {
		first = first.link
	}
	first.link = outer
	outer.repanicked = same(outer.value, first.value)
	return p
}

// same reports whether the interfaces a and b would hold the same value in the same
// place in a compiled program.
func same(a, b any) bool {
	if Identical(a, b) {
		return true
	}
	v, own := a.(valuer)
	w, own2 := b.(valuer)
	if own != own2 {
		return false
	}
	if own && v.val().t != w.val().t {
		return false
	}
	if isConstant(a) != isConstant(b) && !oneByte(a) {
		return false
	}
	x, y := Raw(a), Raw(b)
	return Identical(x, y) || sharedText(x) != "" && sharedText(x) == sharedText(y) || shared(x) && x == y
}

// sharedText is the text of an error of the run-time system that has one place for
// all of them, "" for others.
func sharedText(x any) string {
	e, ok := x.(runtime.Error)
	if !ok || strings.Contains(e.Error(), "comparable type ") || strings.Contains(e.Error(), "hashable type ") {
		return ""
	}
	switch TypeName(x) {
	case "runtime.errorString", "runtime.plainError":
		return e.Error()
	}
	return ""
}

// shared reports whether the compiler has one place for all values like x that are
// not constants: those with one byte, small numbers and empty strings.
func shared(x any) bool {
	switch v := soleComponent(reflect.ValueOf(x)); v.Kind() {
	case reflect.String:
		return v.Len() == 0
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64:
		return 0 <= v.Int() && v.Int() < 1<<8
	case reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return v.Uint() < 1<<8
	case reflect.Float32, reflect.Float64:
		return v.Float() == 0 && !math.Signbit(v.Float())
	}
	return oneByte(x)
}

// soleComponent is the only value in v, if v is a struct or an array with one.
func soleComponent(v reflect.Value) reflect.Value {
	for {
		switch {
		case v.Kind() == reflect.Struct && v.NumField() == 1:
			v = v.Field(0)
		case v.Kind() == reflect.Array && v.Len() == 1:
			v = v.Index(0)
		default:
			return v
		}
	}
}

// oneByte reports whether x is a number or a boolean of one byte.
func oneByte(x any) bool {
	switch soleComponent(reflect.ValueOf(Raw(x))).Kind() {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return true
	}
	return false
}

// Identical reports whether two interfaces hold the same value in the same
// place.
func Identical(a, b any) bool {
	return *(*[2]unsafe.Pointer)(unsafe.Pointer(&a)) == *(*[2]unsafe.Pointer)(unsafe.Pointer(&b))
}

var constants sync.Map // of themselves

// Constant is x, a constant, in one place however often it is asked for: the
// compiler puts equal constants into one place.
func Constant(x any) any {
	x, _ = constants.LoadOrStore(x, x)
	return x
}

func isConstant(x any) bool {
	if x == nil || uncomparable(x) != "" {
		return false
	}
	c, ok := constants.Load(x)
	return ok && Identical(c, x)
}

// exit is the value of the panic that is runtime.Goexit: nobody can recover it.
type exit struct{}

// Goexit is runtime.Goexit. It must not run the deferred calls of the runtime,
// among them those of Defers, as its own: what they call may panic.
func Goexit() { panic(exit{}) }

// IsExit says whether v is the value with which Goexit panics. Package interp
// ends the goroutine when it has left the last function of the program.
func IsExit(v any) bool { return v == exit{} }

// GoNil starts a goroutine at a function without parameters and results that is nil:
// the run-time system ends the process. With some, the goroutine panics.
func GoNil() {
	var f func()
	go f()
}

// Defers are the deferred calls of one execution of a function.
type Defers struct {
	list      []func(*Panic)
	at        Place // where the function is left
	recovered Place // where it is left after a deferred call has recovered
	held      bool  // the deferred calls run because of a panic: see unsettled
}

// Ends notes where the function ends, and where it is left after a recovery.
func (d *Defers) Ends(line, col, recoveredLine, recoveredCol int) {
	d.at, d.recovered = Place{line, col}, Place{recoveredLine, recoveredCol}
}

// At notes where the function is about to be left.
func (d *Defers) At(line, col int) { d.at = Place{line, col} }

// Push defers a call.
func (d *Defers) Push(f func(*Panic)) { d.list = append(d.list, f) }

// Run executes the body of a function and then its deferred calls.
func (d *Defers) Run(body func()) {
	defer d.release() // a panic that leaves the function is on the stack by then
	p := d.guard(func(*Panic) { body() }, nil, nil)
	var exiting *Panic
	var returned Place // where the function was left that the panic began after
	for {
		if p != nil && IsExit(p.value) {
			p, exiting = nil, p
		}
		if p == nil {
			d.release()
		}
		if len(d.list) == 0 {
			break
		}
		f := d.list[len(d.list)-1]
		d.list = d.list[:len(d.list)-1]
		outer := cmp.Or(p, exiting)
		next := d.guard(f, p, outer)
		switch {
		case next != nil && outer == nil:
			p, returned = next, d.at
		case next != nil:
			p = next
		case p != nil && p.recovered:
			p, returned = nil, Place{}
			d.at = d.recovered
		}
	}
	switch {
	case p != nil:
		unsettled.raised.Store(true)
		p.returned = returned
		if p.link != nil || returned != (Place{}) {
			panic(p)
		}
		panic(p.value)
	case exiting != nil:
		panic(exit{})
	}
}

// guard calls f and returns the panic that ended it, which began while outer
// was under way.
func (d *Defers) guard(f func(*Panic), p, outer *Panic) (raised *Panic) {
	done := false
	defer func() {
		if done {
			return
		}
		if v := recover(); v != nil {
			d.hold()
			raised = caught(v, outer)
			return
		}
		// runtime.Goexit of compiled code: the deferred calls run, and the
		// goroutine ends.
		for len(d.list) > 0 {
			f := d.list[len(d.list)-1]
			d.list = d.list[:len(d.list)-1]
			f(nil)
		}
	}()
	f(p)
	done = true
	return nil
}

// Recover is the builtin, in a function that was deferred with p.
func Recover(p *Panic) any {
	if p == nil || p.recovered {
		return nil
	}
	p.recovered = true
	return p.value
}

// recovering has the second forms of function values that call recover.
var recovering sync.Map // weak.Pointer[byte] of the value to the form

// Recovering notes that the function value f calls recover, and has a second form whose
// first parameter is the panic that it may recover from.
func Recovering(f, form any) {
	p := closureOf(f)
	w := weak.Make(p)
	recovering.Store(w, form)
	runtime.AddCleanup(p, func(w weak.Pointer[byte]) { recovering.Delete(w) }, w)
}

// Recovers says whether the function value f calls recover, and stores its second form
// in what p points to.
func Recovers(f, p any) bool {
	if reflect.ValueOf(f).Pointer() != interpreted {
		return false
	}
	form, ok := recovering.Load(weak.Make(closureOf(f)))
	if ok {
		reflect.ValueOf(p).Elem().Set(reflect.ValueOf(form))
	}
	return ok
}

// interpreted is where the code of each function value of the interpreter begins.
var interpreted = reflect.MakeFunc(reflect.TypeFor[func()](), nil).Pointer()

// closureOf is what the function value f points to, which tells it from others.
func closureOf(f any) *byte {
	v := reflect.ValueOf(f)
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return *(**byte)(p.UnsafePointer())
}

// RecoverOuter is `defer recover()`: when the function that defers it ends
// without a panic of its own, it recovers the panic that called the function.
func RecoverOuter(own, outer *Panic) {
	if own == nil {
		Recover(outer)
	}
}

// PanicValue is the value with which panic(x) panics.
func PanicValue(x any) any {
	if x == nil {
		return new(runtime.PanicNilError)
	}
	return x
}

// Throw is the builtin panic.
func Throw(x any) { panic(PanicValue(x)) }

// PanicText is what Go prints behind "panic: " for a panic with value v.
func PanicText(v any) string {
	switch x := v.(type) {
	case valuer:
		return x.val().panicText(v)
	case nil:
		return "nil"
	case error:
		return x.Error()
	case fmt.Stringer:
		return x.String()
	}
	return basicText(v, reflect.TypeOf(v).String())
}

func (v V) panicText(x any) string {
	if v.t.set["Error() string"] {
		return v.call("Error")[0].String()
	}
	if v.t.set["String() string"] {
		return v.call("String")[0].String()
	}
	if v.t.kind == "basic" {
		text := basicQuoted(v.x)
		if strings.HasPrefix(text, "(") { // a complex number
			return v.t.name + text
		}
		return fmt.Sprintf("%s(%s)", v.t.name, text)
	}
	return fmt.Sprintf("(%s) {...}", v.t.name)
}

func basicQuoted(x any) string {
	if s, ok := x.(string); ok {
		return `"` + s + `"` // as it is
	}
	return basicText(x, "")
}

// basicText prints as the run-time system does.
func basicText(v any, name string) string {
	x := reflect.ValueOf(v)
	switch x.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr, reflect.String:
		text := fmt.Sprint(v)
		if x.Type().PkgPath() != "" {
			if x.Kind() == reflect.String {
				text = `"` + text + `"`
			}
			return fmt.Sprintf("%s(%s)", x.Type(), text)
		}
		return text
	case reflect.Float32:
		return strconv.FormatFloat(x.Float(), 'g', -1, 32)
	case reflect.Float64:
		return floatText(x.Float())
	case reflect.Complex64, reflect.Complex128:
		c := x.Complex()
		im := floatText(imag(c))
		if im[0] != '-' && im[0] != '+' {
			im = "+" + im
		}
		return "(" + floatText(real(c)) + im + "i)"
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map, reflect.UnsafePointer:
		return fmt.Sprintf("(%s) %#x", name, x.Pointer())
	}
	return fmt.Sprintf("(%s) {...}", name)
}

// floatText is how print prints a float.
func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "+Inf"
	case math.IsInf(f, -1):
		return "-Inf"
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// Print is the builtin print.
func Print(args ...any) {
	for _, a := range args {
		printOne(a)
	}
}

// Println is the builtin println.
func Println(args ...any) {
	for i, a := range args {
		if i > 0 {
			print(" ")
		}
		printOne(a)
	}
	print("\n")
}

func printOne(a any) {
	if v, ok := a.(valuer); ok {
		a = v.val().x
		if t := v.val().t.opaque; a == nil && t != nil {
			a = reflect.Zero(t).Interface()
		}
	}
	if a == nil {
		print("(0x0,0x0)")
		return
	}
	x := reflect.ValueOf(a)
	switch x.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map, reflect.UnsafePointer:
		print(fmt.Sprintf("%#x", x.Pointer()))
	case reflect.String:
		print(x.String())
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		print(basicText(a, ""))
	default:
		print(basicPlain(x))
	}
}

func basicPlain(x reflect.Value) string {
	switch x.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(x.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(x.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(x.Uint(), 10)
	case reflect.Slice:
		return fmt.Sprintf("[%d/%d]%#x", x.Len(), x.Cap(), x.Pointer())
	}
	return fmt.Sprint(x)
}

// Shift panics as a shift by a negative count does.
func Shift() { panic(runtimeError("runtime error: negative shift amount")) }

// NilValue panics as a method with a value receiver does that is called by
// an interface that holds a nil pointer.
func NilValue(method, pointer string) {
	panic(runtimeError("value method " + method + " called using nil " + pointer + " pointer"))
}

// NilReceiver panics as a method with a value receiver does that the compiler
// calls without the interface.
func NilReceiver(x any) {
	if v, ok := x.(valuer); ok {
		switch p := reflect.ValueOf(v.val().x); p.Kind() {
		case reflect.Pointer, reflect.UnsafePointer:
			if p.IsNil() {
				panic(nilError)
			}
		}
	}
}

// Yaegi does not pass on what reflection takes for zero, so a value in which
// all is zero but the sign of one goes as one in which each floating-point
// number is a NaN of this package's own.
const (
	hiddenNegative64 = 0x7ff8_5eed_0000_0001
	hiddenPositive64 = 0x7ff8_5eed_0000_0002
	hiddenNegative32 = 0x7fc5_eed1
	hiddenPositive32 = 0x7fc5_eed2
)

// HideZero hides the value that p points to if it has a negative zero in it.
func HideZero(p any) {
	if v := reflect.ValueOf(p).Elem(); v.IsZero() && negative(v) {
		floats(v, func(f float64) float64 {
			if math.Signbit(f) {
				return math.Float64frombits(hiddenNegative64)
			}
			return math.Float64frombits(hiddenPositive64)
		}, func(f float32) float32 {
			if math.Signbit(float64(f)) {
				return math.Float32frombits(hiddenNegative32)
			}
			return math.Float32frombits(hiddenPositive32)
		})
	}
}

// ShowZero undoes HideZero.
func ShowZero(p any) {
	floats(reflect.ValueOf(p).Elem(), func(f float64) float64 {
		switch math.Float64bits(f) {
		case hiddenNegative64:
			return math.Copysign(0, -1)
		case hiddenPositive64:
			return 0
		}
		return f
	}, func(f float32) float32 {
		switch math.Float32bits(f) {
		case hiddenNegative32:
			return float32(math.Copysign(0, -1))
		case hiddenPositive32:
			return 0
		}
		return f
	})
}

// floats replaces the floating-point numbers in v.
func floats(v reflect.Value, f64 func(float64) float64, f32 func(float32) float32) {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		// A field of a compiled struct may be one that cannot be set.
		switch p := v.Addr().UnsafePointer(); v.Kind() {
		case reflect.Float32:
			x := (*float32)(p)
			*x = f32(*x)
		case reflect.Float64:
			x := (*float64)(p)
			*x = f64(*x)
		case reflect.Complex64:
			x := (*[2]float32)(p)
			x[0], x[1] = f32(x[0]), f32(x[1])
		case reflect.Complex128:
			x := (*[2]float64)(p)
			x[0], x[1] = f64(x[0]), f64(x[1])
		}
	case reflect.Array:
		for i := range v.Len() {
			floats(v.Index(i), f64, f32)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			floats(v.Field(i), f64, f32)
		}
	}
}

func negative(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return math.Signbit(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return math.Signbit(real(v.Complex())) || math.Signbit(imag(v.Complex()))
	case reflect.Array:
		for i := range v.Len() {
			if negative(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if negative(v.Field(i)) {
				return true
			}
		}
	}
	return false
}

// Size is a size that the interpreter must not fold.
func Size(n int) uintptr { return uintptr(n) }

// Missing stands for what was refused.
func Missing(...any) {}

// Nothing does nothing.
func Nothing() {}
