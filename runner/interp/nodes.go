package interp

import (
	"fmt"
	"go/token"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// Yaegi turns a program into a graph of nodes. A node has a generator, gen,
// which makes its step, exec: a function that does the work of the node on a
// frame and returns the step to do next. Yaegi tells nobody which step is
// under way. So a panic has no place in the source, a blocked goroutine
// neither, and the text of a panic is that of package reflect.
//
// Between compiling and executing, watch puts a step of ours around those that
// may panic, call or block. The fields of nodes are not exported; their
// offsets are found by name, and watch refuses to work if one is missing.

// step is Yaegi's bltn: what a node does to a frame.
type step func(frame unsafe.Pointer) step

// layout holds the offsets of the fields that are read or set here.
type layout struct {
	node struct {
		child, start, gen, exec, pos, kind, action, findex, level, sym, rval, ident uintptr
	}
	symbol struct{ node, index, global uintptr }
	frame  struct{ root, anc, data uintptr }

	kinds, actions *names
}

// names are Yaegi's names for the values of a type of its own, a number with a
// String method.
type names struct {
	typ   reflect.Type
	known [256]string
}

// of returns the name of the number at p.
func (n *names) of(p unsafe.Pointer) string {
	i := *(*uint)(p)
	if i >= uint(len(n.known)) {
		return ""
	}
	if n.known[i] == "" {
		n.known[i] = reflect.NewAt(n.typ, p).Elem().Interface().(fmt.Stringer).String()
	}
	return n.known[i]
}

// offset returns where the field called name lies in struct type t.
func offset(t reflect.Type, name string, kind reflect.Kind) uintptr {
	f, ok := t.FieldByName(name)
	if !ok || f.Type.Kind() != kind {
		panic(fmt.Sprintf("yaegi's %s has no field %s of kind %s: interp is made for v0.16.1", t, name, kind))
	}
	return f.Offset
}

// layoutOf reads the layout from the type of a compiled program.
func layoutOf(root reflect.Type) *layout {
	l := &layout{}
	n := root.Elem()
	l.node.child = offset(n, "child", reflect.Slice)
	l.node.start = offset(n, "start", reflect.Pointer)
	l.node.gen = offset(n, "gen", reflect.Func)
	l.node.exec = offset(n, "exec", reflect.Func)
	l.node.pos = offset(n, "pos", reflect.Int)
	l.node.kind = offset(n, "kind", reflect.Uint)
	l.node.action = offset(n, "action", reflect.Uint)
	l.node.findex = offset(n, "findex", reflect.Int)
	l.node.level = offset(n, "level", reflect.Int)
	l.node.sym = offset(n, "sym", reflect.Pointer)
	l.node.rval = offset(n, "rval", reflect.Struct)
	l.node.ident = offset(n, "ident", reflect.String)
	kind, _ := n.FieldByName("kind")
	action, _ := n.FieldByName("action")
	l.kinds, l.actions = &names{typ: kind.Type}, &names{typ: action.Type}

	sym, _ := n.FieldByName("sym")
	s := sym.Type.Elem()
	l.symbol.node = offset(s, "node", reflect.Pointer)
	l.symbol.index = offset(s, "index", reflect.Int)
	l.symbol.global = offset(s, "global", reflect.Bool)

	exec, _ := n.FieldByName("exec")
	f := exec.Type.In(0).Elem()
	l.frame.root = offset(f, "root", reflect.Pointer)
	l.frame.anc = offset(f, "anc", reflect.Pointer)
	l.frame.data = offset(f, "data", reflect.Slice)
	return l
}

// field returns the field at an offset of the value at p.
func field[T any](p unsafe.Pointer, offset uintptr) *T { return (*T)(unsafe.Add(p, offset)) }

// node is a node of Yaegi's graph.
type node struct {
	*layout
	p unsafe.Pointer
}

func (n node) children() []node {
	ps := *field[[]unsafe.Pointer](n.p, n.layout.node.child)
	nodes := make([]node, len(ps))
	for i, p := range ps {
		nodes[i] = node{n.layout, p}
	}
	return nodes
}

// hasChild reports whether the node has a child i of a kind.
func (n node) hasChild(kind string, i int) bool {
	c := n.children()
	return i < len(c) && c[i].kind() == kind
}

// kind returns Yaegi's name for the kind of syntax, such as callExpr.
func (n node) kind() string { return n.kinds.of(unsafe.Add(n.p, n.layout.node.kind)) }

// action returns Yaegi's name for what the node does, such as + or call.
func (n node) action() string { return n.actions.of(unsafe.Add(n.p, n.layout.node.action)) }

// value returns the value of the node in a frame: that of its variable or
// temporary, or its constant. It is invalid if the node has none.
func (n node) value(frame unsafe.Pointer) reflect.Value {
	if v := *field[reflect.Value](n.p, n.layout.node.rval); v.IsValid() {
		return v
	}
	level, index := *field[int](n.p, n.layout.node.level), *field[int](n.p, n.layout.node.findex)
	if sym := *field[unsafe.Pointer](n.p, n.layout.node.sym); sym != nil {
		index = *field[int](sym, n.symbol.index)
		if def := *field[unsafe.Pointer](sym, n.symbol.node); index < 0 && def != nil && def != n.p {
			return node{n.layout, def}.value(frame)
		}
		if *field[bool](sym, n.symbol.global) {
			level = -1
		}
	}
	if level < 0 {
		frame = *field[unsafe.Pointer](frame, n.frame.root)
	}
	for ; level > 0; level-- {
		frame = *field[unsafe.Pointer](frame, n.frame.anc)
	}
	data := *field[[]reflect.Value](frame, n.frame.data)
	if index < 0 || index >= len(data) {
		return reflect.Value{}
	}
	return data[index]
}

// site is a node under watch.
type site struct {
	node
	traces    *traces
	exec      step
	line, col uintptr
}

// watch puts steps of ours around those of a compiled program. It must come
// before the program is executed for the first time. The place of the loop
// whose body began last is kept in loop, as place packs it. Function main of a
// lowered program is not the snippet's: it has no places.
func watch(in *yaegi.Interpreter, program *yaegi.Program, lowered bool, t *traces, loop *uint64) {
	root := reflect.ValueOf(program).Elem().FieldByName("root")
	w := &watcher{
		in: in, lowered: lowered, traces: t, loop: loop,
		seen: map[unsafe.Pointer]bool{}, bodies: map[unsafe.Pointer]uint64{},
	}
	w.walk(node{layoutOf(root.Type()), root.UnsafePointer()})
}

type watcher struct {
	in      *yaegi.Interpreter
	lowered bool
	traces  *traces
	loop    *uint64
	nowhere bool // inside a function that has no places
	seen    map[unsafe.Pointer]bool
	bodies  map[unsafe.Pointer]uint64 // places of loops, by first node of the body
}

// place packs a line and a column.
func place(line, col int) uint64 { return uint64(line)<<32 | uint64(uint32(col)) }

// placed unpacks them.
func placed(p uint64) (line, col int) { return int(p >> 32), int(uint32(p)) }

func (w *watcher) walk(n node) {
	if w.seen[n.p] {
		return
	}
	w.seen[n.p] = true
	children, kind := n.children(), n.kind()
	outside := w.nowhere
	if kind == "funcDecl" {
		w.nowhere = w.lowered && *field[string](children[1].p, n.layout.node.ident) == "main"
	}
	_ = n.action() // now both names are known, and no goroutine will change them
	if len(children) > 0 && strings.HasPrefix(kind, "for") {
		body := children[len(children)-1].p
		if start := *field[unsafe.Pointer](body, n.layout.node.start); start != nil {
			pos := w.position(n)
			w.bodies[start] = place(pos.Line, pos.Column)
		}
	}
	if gen := field[func(unsafe.Pointer)](n.p, n.layout.node.gen); *gen != nil {
		// The steps of function literals have been made while compiling, and
		// their successors are bound in them. Have all of them made again.
		*field[step](n.p, n.layout.node.exec) = nil
		if how := attention(n, *gen); how != none {
			*gen = w.around(n, how, *gen)
		}
		if loop, ok := w.bodies[n.p]; ok {
			*gen = w.mark(n, loop, *gen)
		}
	}
	for _, c := range children {
		w.walk(c)
	}
	w.nowhere = outside
}

func (w *watcher) position(n node) token.Position {
	if w.nowhere {
		return token.Position{}
	}
	pos, fset := *field[token.Pos](n.p, n.layout.node.pos), w.in.FileSet()
	if file := fset.File(pos); w.lowered && file != nil {
		// A line of a lowered program has one place, that of its //line directive. Columns
		// in it say nothing, and may lie outside of the function that it is in.
		pos = file.LineStart(file.PositionFor(pos, false).Line)
	}
	return fset.Position(pos)
}

// mark returns a generator that makes the step of gen and notes in front of it
// that the body of a loop begins.
func (w *watcher) mark(n node, loop uint64, gen func(unsafe.Pointer)) func(unsafe.Pointer) {
	return func(p unsafe.Pointer) {
		gen(p)
		at := field[step](p, n.layout.node.exec)
		exec := *at
		*at = func(frame unsafe.Pointer) step {
			atomic.StoreUint64(w.loop, loop)
			return exec(frame)
		}
	}
}

// around returns a generator that makes the step of gen and ours around it.
func (w *watcher) around(n node, how int, gen func(unsafe.Pointer)) func(unsafe.Pointer) {
	pos := w.position(n)
	s := &site{node: n, traces: w.traces, line: uintptr(pos.Line), col: uintptr(pos.Column)}
	return func(p unsafe.Pointer) {
		gen(p)
		exec := field[step](p, n.layout.node.exec)
		s := *s // a generator may run again
		s.exec = *exec
		switch {
		case s.exec == nil:
		case how == calls:
			*exec = func(frame unsafe.Pointer) step {
				return at([2]uintptr{s.line, s.col}, &s, frame)
			}
		case how == derefs:
			*exec = func(frame unsafe.Pointer) step { return deref(&s, frame) }
		case how == shifts:
			count := n.children()[1]
			*exec = func(frame unsafe.Pointer) step { return shift(&s, count, frame) }
		default:
			*exec = func(frame unsafe.Pointer) step { return guard(&s, frame) }
		}
	}
}

// How much attention a node needs.
const (
	none   = iota
	panics // may panic
	derefs // panics when it should, or leaves an invalid value
	shifts // panics when it should, or does not mind
	calls  // may call or block, so that a stack must show it
)

// attention tells what can happen in the step that gen makes for n. Steps of
// which loops and arithmetic consist get none: a step of ours costs as much as
// they do.
func attention(n node, gen func(unsafe.Pointer)) int {
	name := runtime.FuncForPC(reflect.ValueOf(gen).Pointer()).Name()
	switch strings.TrimPrefix(name, yaegiPath) {
	case "call", "callBin", "send", "recv", "recv2", "rangeChan", "_select":
		return calls
	case "deref":
		return derefs
	case "shl", "shr", "shlAssign", "shrAssign":
		return shifts
	case "nop", "empty", "branch", "getFunc", "not", "land", "lor",
		"add", "sub", "mul", "and", "or", "xor", "andNot", "neg", "pos", "bitNot",
		"lower", "lowerEqual", "greater", "greaterEqual", "isNotNil":
		return none
	case "assign", "inc", "dec", "addAssign", "subAssign", "mulAssign", "andAssign", "orAssign", "xorAssign", "andNotAssign":
		if n.kind() != "defineStmt" && n.hasChild("identExpr", 0) {
			return none // a variable, not an element or what a pointer points to
		}
	case "equal", "notEqual":
		if n.hasChild("basicLit", 0) || n.hasChild("basicLit", 1) {
			return none // no interfaces, which may hold what cannot be compared
		}
	}
	return panics
}

// at does the step of s. It is a function of its own, and pos an array, so
// that a stack of the Go runtime shows where in the source the goroutine is:
// an array is passed in memory, where the runtime finds it for certain.
//
//go:noinline
func at(pos [2]uintptr, s *site, frame unsafe.Pointer) step {
	done := false
	defer s.leave(&done, frame)
	next := s.exec(frame)
	done = true
	return next
}

// guard does the step of s, which neither calls nor blocks.
func guard(s *site, frame unsafe.Pointer) step {
	done := false
	defer s.leave(&done, frame)
	next := s.exec(frame)
	done = true
	return next
}

// deref does the step of s, which follows a pointer. Yaegi follows a nil
// pointer to an invalid value and panics when that is used, or never.
func deref(s *site, frame unsafe.Pointer) step {
	done := false
	defer s.leave(&done, frame)
	next := s.exec(frame)
	if !s.value(frame).IsValid() {
		panic(nilDereference())
	}
	done = true
	return next
}

// shift does the step of s, which shifts by count.
func shift(s *site, count node, frame unsafe.Pointer) step {
	done := false
	defer s.leave(&done, frame)
	if n := count.value(frame); n.CanInt() && n.Int() < 0 {
		shiftBy(int(n.Int()))
	}
	next := s.exec(frame)
	done = true
	return next
}

// shiftBy panics as Go does if n is negative.
func shiftBy(n int) int { return 1 << n }
