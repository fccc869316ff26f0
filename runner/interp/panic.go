package interp

import (
	"bytes"
	"fmt"
	"go/token"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"example/workbook/runner/lower/rt"
)

// traces follows panics through interpreted functions, those of each
// goroutine by itself.
//
// Yaegi recovers a panic at the end of every interpreted function, runs the
// deferred calls, and raises it again. So on the way a panic meets, in turn, a
// step (leave) and the end of its function (Write), until somebody recovers
// from it or the last function ends.
type traces struct {
	fatal func(t *trace) // ends the process

	mu    sync.Mutex
	under map[uintptr]*trace // by goroutineKey; those that ended stay
	roles map[uintptr]role   // of functions, by program counter
}

func newTraces(fatal func(t *trace)) *traces {
	return &traces{fatal: fatal, under: map[uintptr]*trace{}, roles: map[uintptr]role{}}
}

// trace is a panic on its way.
type trace struct {
	goroutine uintptr // its goroutineKey
	value     any
	chain     *rt.Panic // where it began while others were under way
	fault     bool      // the interpreter is at fault, not the program
	frames    []Position
	elided    int
	returned  rt.Place // where the function was left that raises it again
	joined    int      // how many of those in chain have their frames among these

	left  int    // interpreted functions that it has not left yet
	saved bool   // compiled code below all of these will recover
	prev  *trace // that was under way when this one began in a deferred call
	last  *trace // that began before this one, under way or not
}

// current returns the trace that has met a step or the end of a function with
// left functions still to go.
func (t *traces) current(left func() int) *trace {
	g := goroutineKey()
	tr := t.under[g]
	if tr == nil || tr.prev == nil {
		return tr
	}
	// Some panic began while another was under way. That may be over.
	for n := left(); tr != nil && tr.left != n; {
		tr = tr.prev
	}
	t.under[g] = tr
	return tr
}

// begin notes a panic where it starts, or where the deferred calls of a lowered
// function are over and it is raised again.
func (t *traces) begin(s *site, tr *trace, again bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.under) > maxTraces {
		// Goroutines that are long gone, most likely.
		clear(t.under)
	}
	var ending int
	tr.left, ending, tr.saved = t.levels(4)
	old := t.under[tr.goroutine]
	if ending > 0 {
		tr.prev = old
	}
	tr.last = old
	t.under[tr.goroutine] = tr
	old.forget(keptTraces)
	if tr.joined > 0 { // compiled code has recovered from the panic and raised it again
		if first := old.of(tr.value, tr.left); first != nil {
			tr.frames, tr.elided, tr.fault = slices.Clone(first.frames), first.elided, first.fault
		}
	}
	if !again {
		tr.add(s)
		return
	}
	if old = old.of(tr.value, tr.left); old == nil {
		return
	}
	defer tr.leftAt(tr.returned)
	tr.frames, tr.elided, tr.fault, tr.prev, tr.last, tr.joined = old.frames, old.elided, old.fault, old.prev, old.last, old.joined
	// Below the function that was deferred are those through which the panic
	// went that had it called.
	n := 0
	for p := tr.chain; p != nil; p, n = p.Link(), n+1 {
		if n <= tr.joined {
			continue
		}
		if old = old.last.of(p.Value(), tr.left); old == nil {
			return
		}
		if len(tr.frames) > 0 {
			tr.frames = tr.frames[:len(tr.frames)-1] // the call of the deferred function
		}
		for _, f := range old.frames {
			tr.addPosition(f)
		}
		tr.elided += old.elided
		tr.joined += 1 + old.joined
	}
}

// leftAt puts the place where a function was left for that of the deferred call
// which the panic began in.
func (t *trace) leftAt(place rt.Place) {
	if n := len(t.frames); n > 0 && place.Line > 0 {
		t.frames[n-1] = Position{Line: place.Line, Col: place.Col}
	}
}

// last returns the trace that began last on a goroutine.
func (t *traces) last(goroutine uintptr) *trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.under[goroutine]
}

// of returns the last trace that began as t or before it, of a panic with a
// value that has so many functions to leave, or else more.
func (t *trace) of(value any, left int) *trace {
	var more *trace
	for ; t != nil; t = t.last {
		switch {
		case !rt.Identical(t.value, value) || t.left < left:
		case t.left == left:
			return t
		case more == nil:
			more = t
		}
	}
	return more
}

// maxTraces is how many goroutines are followed; the record of one that ended
// is taken over by another.
const maxTraces = 10_000

// keptTraces is how many panics of a goroutine are remembered, in case that
// one of them is raised again.
const keptTraces = 8

// forget cuts the traces off that began before the last n.
func (t *trace) forget(n int) {
	for ; t != nil; t, n = t.last, n-1 {
		if n == 0 {
			t.last = nil
		}
	}
}

// keptFrames is how many frames of a panic are kept from each end, as in Go.
const keptFrames = 50

func (t *trace) add(s *site) {
	t.addPosition(Position{Line: int(s.line), Col: int(s.col)})
}

func (t *trace) addPosition(p Position) {
	if len(t.frames) == 2*keptFrames {
		copy(t.frames[keptFrames:], t.frames[keptFrames+1:])
		t.frames = t.frames[:2*keptFrames-1]
		t.elided++
	}
	t.frames = append(t.frames, p)
}

// leave is called when a step ends. If it ends by a panic, the place is noted,
// and where the panic begins, its value is made what Go would have raised.
func (s *site) leave(done *bool, frame unsafe.Pointer) {
	if *done {
		return
	}
	if t := s.traces; t.passing() {
		t.mu.Lock()
		defer t.mu.Unlock()
		left := func() int { n, _, _ := t.levels(4); return n }
		if tr := t.current(left); tr != nil {
			tr.add(s)
		}
		return
	}
	r := recover()
	if r == nil {
		return // runtime.Goexit
	}
	tr := &trace{goroutine: goroutineKey(), value: plain(r)}
	if p, ok := r.(*rt.Panic); ok {
		tr.value, tr.chain, tr.returned = p.Value(), p, p.Returned()
		if p.Link() == nil && !rt.AskedByYaegi(tr.value) {
			tr.chain = nil // it was there for the place alone
		}
	} else if rt.AskedByYaegi(tr.value) {
		tr.chain = rt.NewPanic(tr.value)
	}
	by, called := raisedBy()
	again := strings.HasPrefix(by, defersPath)
	switch {
	case again, called, by == yaegiPath+"_panic.func1", by == rtPath+".Throw", by == rtPath+".Goexit":
		// The program's own panic, or that of a function of package reflect that it calls.
	case strings.HasPrefix(by, yaegiPath), strings.HasPrefix(by, rtPath+"."):
		tr.value, tr.fault = s.translate(tr.value, frame)
	case strings.HasPrefix(by, oncePath) && (tr.chain == nil || tr.chain.Link() == nil):
		tr.chain = rt.Repanicked(tr.value)
		tr.joined = 1
	}
	s.traces.begin(s, tr, again)
	if tr.chain != nil && !tr.saved {
		panic(tr.chain)
	}
	panic(tr.value)
}

// defersPath begins the names of the functions that run the deferred calls of
// a lowered function. They recover from a panic and raise it again.
const defersPath = rtPath + ".(*Defers)."

const yaegiPath = "github.com/traefik/yaegi/interp."

// oncePath begins the names of the functions in which sync.OnceFunc recovers from the
// panic of the function that it calls, and raises it again.
const oncePath = "sync.OnceFunc.func1.1"

// passing reports whether the panic that runs the caller's caller, a deferred
// function, was raised again by Yaegi on its way through an interpreted
// function. It was noted before then.
func (t *traces) passing() bool {
	var pcs [2]uintptr
	if runtime.Callers(3, pcs[:]) < 2 {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// Otherwise it is new, or runtime.Goexit.
	return t.role(pcs[0]) == raises && t.role(pcs[1]) == ends
}

// raisedBy returns the name of the function that raised the panic that runs
// the caller's caller, a deferred function. The runtime and package reflect do
// not count: they were called. Called says that the program itself called a
// function of package reflect, which Yaegi does with reflect.Value.Call, or one of
// package rt that stands for it.
func raisedBy() (name string, called bool) {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	inner := "" // the name of the function that this one called
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		switch own := f.Function[strings.LastIndexByte(f.Function, '.')+1:]; {
		case strings.HasPrefix(f.Function, "runtime."):
		case strings.HasPrefix(f.Function, "reflect."):
			called = called || f.Function == "reflect.Value.call" && token.IsExported(inner)
			inner = own
		default:
			for _, standIn := range []string{".Reflect", ".ownType.", ".(*ReflectMapIter)."} {
				called = called || strings.HasPrefix(f.Function, rtPath+standIn)
			}
			return f.Function, called
		}
	}
	return "", called
}

// goroutine returns the number of the goroutine that runs.
func goroutine() int {
	var buf [32]byte
	b, _ := bytes.CutPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	b, _, _ = bytes.Cut(b, []byte(" "))
	n, _ := strconv.Atoi(string(b))
	return n
}

// Write is called by Yaegi while a panic leaves an interpreted function, with
// a message that is not needed here. When that function was the first on its
// goroutine, nobody can recover any more.
func (t *traces) Write(message []byte) (int, error) {
	if tr := t.ended(); tr != nil {
		if rt.IsExit(tr.value) {
			runtime.Goexit()
		}
		t.fatal(tr)
	}
	return len(message), nil
}

// ended notes that the panic under way on this goroutine has left a function.
// It returns the panic if nobody can recover from it any more.
func (t *traces) ended() *trace {
	t.mu.Lock()
	defer t.mu.Unlock()
	// This function has not ended yet, but counts as such.
	left := func() int { n, _, _ := t.levels(5); return n + 1 }
	tr := t.current(left)
	if tr == nil {
		return nil
	}
	if tr.left--; tr.left > 0 || tr.saved && !rt.IsExit(tr.value) {
		return nil
	}
	return tr
}

// levels counts the interpreted functions on the stack that are under way and
// those that are ending. saved tells whether compiled code below them recovers
// from panics.
func (t *traces) levels(skip int) (running, ending int, saved bool) {
	pcs := make([]uintptr, 256)
	for ; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		for _, pc := range pcs[:n] {
			switch t.role(pc) {
			case executes:
				running++
				saved = false
			case ends:
				running--
				ending++
			case saves:
				saved = true
			}
		}
		if n < len(pcs) {
			return running, ending, saved
		}
	}
}

// role is what a function on the stack does in a panic.
type role uint8

const (
	nothing  role = 1 + iota
	executes      // Yaegi executes an interpreted function
	ends          // the interpreted function ends
	raises        // the runtime raises a panic
	saves         // the server of net/http recovers from every panic
)

// role returns the role of the function at a program counter. None of those
// that have one is ever inlined.
func (t *traces) role(pc uintptr) role {
	r := t.roles[pc]
	if r != 0 {
		return r
	}
	r = nothing
	if f := runtime.FuncForPC(pc - 1); f != nil {
		switch name := f.Name(); {
		case name == yaegiPath+"runCfg":
			r = executes
		case name == yaegiPath+"runCfg.func1":
			r = ends
		case name == "runtime.gopanic":
			r = raises
		case strings.HasPrefix(name, "net/http.(*conn)."):
			r = saves
		}
	}
	t.roles[pc] = r
	return r
}

// plain returns the value of a panic. Yaegi panics with a reflect.Value that
// holds it.
func plain(r any) any {
	if v, ok := r.(reflect.Value); ok && v.IsValid() && v.CanInterface() {
		return v.Interface()
	}
	return r
}

// die ends the process as Go does after an uncaught panic.
func (c *child) die(t *trace) {
	if !c.dying.CompareAndSwap(0, t.goroutine) {
		if c.dying.Load() == t.goroutine {
			return // a method of the value, called below, panics itself
		}
		select {} // another goroutine was faster
	}
	req := &c.request
	fs := req.functions()
	r := Report{Kind: Panicked, Goroutine: goroutine(), Elided: t.elided}
	r.Value, r.Fatal = t.text()
	frames := t.frames
	if inner := c.traces.last(t.goroutine); r.Fatal && inner != nil && inner != t {
		frames = slices.Concat(inner.frames, frames) // the method that panicked was called on top
	}
	for _, p := range frames {
		p.File = req.File
		if f, ok := fs.frame(p); ok {
			r.Frames = append(r.Frames, f)
		}
	}
	text, status := r.Text(), 2
	if t.fault {
		where := Position{File: req.File}
		if len(r.Frames) > 0 {
			where = r.Frames[0].Position
		}
		r.Kind = Broken
		text, status = fmt.Sprintf("workbook: %s: the interpreter cannot execute this: %s\n", where, r.Value), 3
	}
	c.report(r)
	// The variable os.Stderr belongs to the snippet.
	for b := []byte(text); len(b) > 0; {
		n, err := syscall.Write(2, b)
		if err != nil && err != syscall.EINTR && err != syscall.EAGAIN {
			break
		}
		b = b[max(n, 0):]
	}
	os.Exit(status)
}

// text is what Go prints after the first "panic: ", or after "fatal error: " where
// a method that should give the text of a value panics itself.
func (t *trace) text() (text string, fatal bool) {
	if t.fault {
		return fmt.Sprint(t.value), false
	}
	defer func() {
		r := recover()
		if p, ok := r.(*rt.Panic); ok {
			r = p.Value()
		}
		switch r := plain(r).(type) {
		case nil:
		case string:
			text, fatal = "panic while printing panic value: "+r, true
		default:
			text, fatal = "panic while printing panic value: type "+rt.TypeName(r), true
		}
	}()
	// Go's own code below, which calls what a WaitGroup starts, recovers and
	// panics with the same value.
	again := onStack("sync.(*WaitGroup).Go.func1")
	chain := t.chain
	if chain == nil {
		chain = rt.NewPanic(t.value)
	}
	return strings.Join(chain.Texts(panicText, again), "\npanic: "), false
}

// onStack reports whether a function is on the stack.
func onStack(name string) bool {
	pcs := make([]uintptr, 1000)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for more := true; more; {
		var f runtime.Frame
		if f, more = frames.Next(); f.Function == name {
			return true
		}
	}
	return false
}

// panicText returns what Go prints after "panic: " for a value.
func panicText(v any) string {
	if e, ok := v.(*reflect.ValueError); ok {
		return e.Error()
	}
	return rt.PanicText(v)
}
