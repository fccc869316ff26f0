// Package fuzz makes random programs of the kind that snippets are, which
// end, print what they compute, and print the same in every run: compiled and
// interpreted, they must agree.
package fuzz

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Generate returns the program of a seed.
func Generate(seed uint64) []byte {
	g := &generator{r: rand.New(rand.NewPCG(seed, seed^0x9e3779b97f4a7c15))}
	return g.program()
}

type variable struct {
	name, typ string
	constant  bool // must not be assigned to
}

type function struct {
	name    string
	params  []string
	results []string
}

type generator struct {
	r      *rand.Rand
	b      bytes.Buffer
	n      int
	depth  int
	scopes [][]variable
	funcs  []function
	loops  []string // labels of the loops around, of this function
	result []string // of the function around
	inner  int      // function literals around
	budget int
}

var numeric = []string{"int", "int8", "uint8", "int32", "uint32", "int64", "uint64", "uint16"}

var all = append([]string{"float64", "string", "bool", "[]int", "map[string]int", "[3]int", "S", "*S", "P", "any", "Shape", "func(int) int", "error", "[]S", "N", "[]string"}, numeric...)

func (g *generator) pick(list ...string) string { return list[g.r.IntN(len(list))] }
func (g *generator) chance(n int) bool          { return g.r.IntN(n) == 0 }

func (g *generator) typ() string {
	if g.chance(3) {
		return "int"
	}
	return all[g.r.IntN(len(all))]
}

func (g *generator) name(base string) string {
	g.n++
	return fmt.Sprintf("%s%d", base, g.n)
}

func (g *generator) line(format string, args ...any) {
	fmt.Fprintf(&g.b, format+"\n", args...)
}

func (g *generator) push() { g.scopes = append(g.scopes, nil) }
func (g *generator) pop()  { g.scopes = g.scopes[:len(g.scopes)-1] }

func (g *generator) add(name, typ string) {
	g.scopes[len(g.scopes)-1] = append(g.scopes[len(g.scopes)-1], variable{name: name, typ: typ})
}

func (g *generator) addConstant(name, typ string) {
	g.scopes[len(g.scopes)-1] = append(g.scopes[len(g.scopes)-1], variable{name, typ, true})
}

// vars lists the variables of a type in scope.
func (g *generator) vars(typ string, assignable bool) []string {
	var list []string
	for _, s := range g.scopes {
		for _, v := range s {
			if v.typ == typ && !(assignable && v.constant) {
				list = append(list, v.name)
			}
		}
	}
	return list
}

const prologue = `package main

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
)

type N int

func (n N) String() string { return fmt.Sprintf("N%d", int(n)) }

type Shape interface {
	Area() int
	Grow(d int)
}

type S struct {
	A int
	B string
	c *S
	L []int
}

func (s S) Area() int   { return s.A*2 + len(s.B) }
func (s *S) Grow(d int) { s.A += d; s.B += "g" }
func (s S) With(n int) S {
	s.A = n
	return s
}

type P struct {
	S
	X, Y int
}

func (p P) Sum() int { return p.X + p.Y + p.Area() }

type Q struct{ v int }

func (q *Q) Area() int  { return q.v }
func (q *Q) Grow(d int) { q.v -= d }

type E struct{ code int }

func (e E) Error() string { return fmt.Sprint("E", e.code) }

var errBase = errors.New("base")

func pair[A, B any](a A, b B) (A, B) { return a, b }

func apply[T any](list []T, f func(T) T) []T {
	var out []T
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

// k hides a constant from the compiler, which would fold it.
func k[T any](v T) T { return v }

func try(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panic:", r)
		}
	}()
	f()
}

func at(s []int, i int) int {
	if len(s) == 0 {
		return -1
	}
	if i < 0 {
		i = -i
	}
	return s[uint(i)%uint(len(s))]
}

func keys(m map[string]int) string {
	var list []string
	for k, v := range m {
		list = append(list, fmt.Sprint(k, "=", v))
	}
	sort.Strings(list)
	return strings.Join(list, ",")
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case func(int) int:
		if v == nil {
			return "nofunc"
		}
		return fmt.Sprint("func ", v(2))
	case *S:
		if v == nil {
			return "no S"
		}
		return fmt.Sprintf("&%d%q%d", v.A, v.B, len(v.L))
	case Shape:
		return fmt.Sprint("shape ", v.Area())
	case map[string]int:
		return keys(v)
	case S:
		return fmt.Sprintf("%d%q%v%d", v.A, v.B, v.L, v.Area())
	case []S:
		s := fmt.Sprint(len(v))
		for _, x := range v {
			s += "/" + show(x)
		}
		return s
	case P:
		return fmt.Sprintf("%s %d %d", show(v.S), v.X, v.Sum())
	case string, bool:
		return fmt.Sprintf("%v", v)
	case error:
		return "error " + v.Error()
	case float64:
		return fmt.Sprintf("%.4g", v)
	}
	return fmt.Sprint(v)
}

var total int
var mu sync.Mutex

// kept sees variables when the functions that have them are left.
var kept []func() string

func keep(see func() string) {
	if len(kept) < 40 {
		kept = append(kept, see)
	}
}

`

// more is the part of the prologue that further needs.
const more = `
// Box is generic, with methods of both kinds.
type Box[T any] struct {
	v    T
	list []T
	n    int
}

func (b *Box[T]) Put(v T) *Box[T] {
	b.list = append(b.list, b.v)
	b.v = v
	b.n++
	return b
}

func (b Box[T]) Get() T { return b.v }

func (b Box[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		defer func() { total++ }()
		for i, v := range b.list {
			if !yield(i, v) {
				return
			}
		}
	}
}

// W embeds a pointer, an interface and a generic type.
type W struct {
	*S
	Shape
	Box[int]
	name string
}

func (w W) Label() string { return w.name + fmt.Sprint(w.n) }

type Labeled interface {
	Label() string
}

type K struct {
	a int8
	b string
}

func fold[T, A any](list []T, a A, f func(A, T) A) A {
	for _, v := range list {
		a = f(a, v)
	}
	return a
}

func sumOf[T ~int | ~uint8 | ~float64](list ...T) (s T) {
	for _, v := range list {
		s += v
	}
	return
}

// filter is an iterator on an iterator.
func filter(seq iter.Seq[int], ok func(int) bool) iter.Seq[int] {
	return func(yield func(int) bool) {
		for v := range seq {
			if ok(v) && !yield(v) {
				return
			}
		}
	}
}

// guarded runs f, and says in its named results what came of it.
func guarded(n int, f func(int) int) (out int, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = -n, fmt.Errorf("caught %v", r)
			return
		}
		out++
	}()
	return f(n), nil
}

`

// ending emits statements of which text is the last.
func (g *generator) ending(text string) {
	g.push()
	g.block(2)
	g.line("%s", text)
	g.pop()
}

// further is a statement of a kind that statement has not.
func (g *generator) further() {
	switch g.r.IntN(23) {
	case 0:
		t := g.pick("int", "string", "S", "[]int", "N", "any", "*S")
		b := g.name("box")
		g.line("%s := &Box[%s]{v: %s}", b, t, g.expr(t, 2))
		g.line("%s.Put(%s).Put(%s)", b, g.expr(t, 1), g.expr(t, 2))
		i, v := g.name("i"), g.name("v")
		g.line("for %s, %s := range %s.All() {", i, v, b)
		g.push()
		g.add(v, t)
		g.addConstant(i, "int")
		g.ending("_ = " + v)
		g.line("if %s == %d {\n%s\n}", i, g.r.IntN(2), g.pick("break", "continue"))
		g.line("fmt.Println(%s, show(%s))", i, v)
		g.pop()
		g.line("}")
		n := g.name("get")
		g.line("%s := %s.Get()\n_ = %s", n, b, n)
		g.add(n, t)
	case 1:
		w := g.name("w")
		g.line("%s := W{S: &S{A: %s, B: %s}, Shape: %s, Box: Box[int]{v: %s}, name: %s}", w,
			g.expr("int", 1), g.expr("string", 1), g.expr("Shape", 1), g.expr("int", 1), g.expr("string", 1))
		g.line("%s.Put(%s)", w, g.expr("int", 1))
		g.line("%s.A += %s", w, g.expr("int", 1))
		g.line("%s.Shape.Grow(%s)", w, g.expr("int", 0))
		g.line("var l%s Labeled = %s", w, g.pick(w, "&"+w))
		g.line("%s.name += \"!\"", w)
		g.line("fmt.Println(%s.Get(), %s.A, %s.B, %s.Shape.Area(), %s.S.Area(), l%s.Label(), %s.Label())", w, w, w, w, w, w, w)
	case 2:
		m := g.name("mv")
		g.line("%s := %s.%s", m, g.expr("S", 1), g.pick("Area", "With(2).Area"))
		g.line("fmt.Println(%s(), (*S).Area(&S{A: %s}), S.With(%s, %s).A, P.Sum(%s))", m, g.expr("int", 1), g.expr("S", 1), g.expr("int", 1), g.expr("P", 1))
	case 3:
		// A pipeline: one sends, one works, this one receives in order.
		a, b := g.name("src"), g.name("dst")
		k := g.name("k")
		g.line("%s, %s := make(chan int%s), make(chan int)", a, b, g.pick("", ", 2"))
		g.line("%s := %s", k, g.expr("int", 1))
		g.line("go func() {\ndefer close(%s)\nfor i := range %d {\n%s <- i * 3\n}\n}()", a, 2+g.r.IntN(3), a)
		g.line("go func(k int) {\nfor v := range %s {\n%s <- v + k\n}\nclose(%s)\n}(%s)", a, b, b, k)
		v := g.name("v")
		g.line("for %s := range %s {", v, b)
		g.push()
		g.add(v, "int")
		g.ending("total += " + v + " % 5")
		g.pop()
		g.line("}")
	case 4:
		c, s := g.name("cs"), g.name("sel")
		g.line("%s, %s := make(chan int, 2), 0", c, s)
		g.line("for i := 0; i < 4; i++ {\nselect {\ncase %s <- i + %s:\n%s++\ndefault:\nv := <-%s\n%s += v & 15\nif v&1 == 0 {\nbreak\n}\n%s += 100\n}\n}", c, g.expr("int", 1), s, c, s, s)
		g.line("_ = %s", s)
		g.add(s, "int")
	case 5:
		v, e := g.name("gv"), g.name("ge")
		p := g.name("z")
		g.line("%s, %s := guarded(%s, func(%s int) int {", v, e, g.expr("int", 1), p)
		g.literalBody(func() {
			g.add(p, "int")
			g.block(2)
			g.line("return %s", g.pick(
				p+" / ("+g.expr("int", 1)+" - "+g.expr("int", 0)+")",
				"[]int{1, 2}["+g.expr("int", 1)+" & 3]",
				g.expr("*S", 1)+".A",
				g.expr("any", 1)+".(int)",
				g.expr("int", 2)))
		})
		g.line("})\n_, _ = %s, %s", v, e)
		g.add(v, "int")
		g.add(e, "error")
	case 6:
		v := g.name("v")
		g.line("for %s := range filter(count(%d), func(n int) bool { return n%%2 == %s & 1 }) {", v, 3+g.r.IntN(4), g.expr("int", 1))
		g.push()
		g.add(v, "int")
		g.block(2)
		g.line("if %s > %d {\n%s\n}", v, g.r.IntN(4), g.pick("break", "continue", v+"++"))
		g.line("total += %s", v)
		g.pop()
		g.line("}")
	case 7:
		if g.result != nil && g.inner == 0 {
			// Out of the function from inside of an iterator.
			v := g.name("v")
			g.line("for %s := range count(%d) {", v, 2+g.r.IntN(3))
			g.push()
			g.add(v, "int")
			g.line("defer fmt.Println(\"left\", %s)", v)
			g.line("if %s == %d && %s {", v, g.r.IntN(3), g.expr("bool", 1))
			g.ret()
			g.line("}")
			g.pop()
			g.line("}")
			return
		}
		g.line("total += sumOf(%s, %s)", g.expr("int", 1), g.expr("int", 2))
	case 8:
		m := g.name("ms")
		g.line("%s := map[K]S{{1, \"x\"}: %s, {b: %s}: %s}", m, g.expr("S", 1), g.expr("string", 1), g.expr("S", 1))
		g.line("%s[K{int8(%s), \"y\"}] = %s", m, g.expr("int", 1), g.expr("S", 1))
		g.line("delete(%s, K{b: %s})", m, g.expr("string", 1))
		g.line("fmt.Println(len(%s), %s[K{1, \"x\"}].A, show(%s[K{a: %s}]))", m, m, m, g.expr("int8", 1))
	case 9:
		a := g.name("arr")
		g.line("%s := [2][2]S{{%s, {}}, {1: %s}}", a, g.expr("S", 1), g.expr("S", 1))
		b := g.name("arr")
		g.line("%s := %s", b, a)
		g.line("%s[%s&1][1].A += %s", a, g.expr("int", 1), g.expr("int", 1))
		g.line("for i, row := range %s {\n%s[i][0].B = %s\nfmt.Println(i, row[0].B, row[1].A, %s[i][1].A, len(%s))\n}", a, a, g.expr("string", 1), b, a)
	case 10:
		s := g.name("sl")
		g.line("%s := append([]int(nil), %s...)", s, g.expr("[]int", 2))
		g.line("slices.Sort(%s)", s)
		t := g.name("sl")
		g.line("%s := %s[:len(%s)/2:len(%s)]", t, s, s, s)
		g.line("%s = append(%s, %s)", t, t, g.expr("int", 1))
		g.line("copy(%s[len(%s)/3:], %s)", s, s, t)
		g.line("fmt.Println(%s, %s, cap(%s) >= len(%s), slices.Contains(%s, %s), slices.Index(%s, %s))", s, t, t, t, s, g.expr("int", 0), t, g.expr("int", 0))
		g.add(t, "[]int")
	case 11:
		b := g.name("sb")
		g.line("var %s strings.Builder", b)
		g.line("for i, r := range %s + \"é\" {\nif r == 'a' {\ncontinue\n}\n%s.WriteRune(r + rune(%s&1))\n%s.WriteString(fmt.Sprint(i))\n}", g.expr("string", 2), b, g.expr("int", 1), b)
		n := g.name("str")
		g.line("%s := %s.String()\n_ = %s", n, b, n)
		g.add(n, "string")
	case 12:
		r := g.name("rs")
		g.line("%s := []rune(%s + \"xé\")", r, g.expr("string", 2))
		g.line("%s[0], %s[len(%s)-1] = %s[len(%s)-1], %s[0]", r, r, r, r, r, r)
		g.line("fmt.Println(string(%s), len(%s), []byte(string(%s[:1])))", r, r, r)
	case 13:
		t := g.pick("int", "string", "S", "K", "[]int", "N", "map[string]int", "P")
		if t == "K" {
			g.line("fmt.Printf(\"%%v %%+v %%T\\n\", K{1, %s}, K{a: %s}, K{})", g.expr("string", 1), g.expr("int8", 1))
			return
		}
		x := g.expr(t, 2)
		g.line("fmt.Printf(\"%%T %%v\\n\", %s, show(%s))", x, g.expr(t, 1))
	case 14:
		x := g.name("fl")
		g.line("%s := float32(%s) / 3 + float32(%s)", x, g.expr("float64", 1), g.expr("uint8", 1))
		g.line("fmt.Println(%s, int32(%s) %% 100, %s > 1.5)", x, x, x)
	case 15:
		f := g.name("rec")
		g.line("var %s func(n int, s string) string", f)
		g.line("%s = func(n int, s string) string {\nif n <= 0 {\nreturn s\n}\ntotal += n\nreturn %s(n-1, s+%s)\n}", f, f, g.expr("string", 1))
		g.line("fmt.Println(len(%s(%d, %s)))", f, 1+g.r.IntN(4), g.expr("string", 1))
	case 16:
		g.line("fmt.Println(fold(%s, %s, func(a string, n int) string { return a + fmt.Sprint(n) }), fold(%s, %s, func(a int, s S) int { return a + s.Area() }))",
			g.expr("[]int", 2), g.expr("string", 1), g.expr("[]S", 1), g.expr("int", 1))
	case 17:
		v := g.name("sh")
		list := g.vars("int", false)
		if len(list) == 0 {
			list = []string{"total"}
		}
		o := g.pick(list...)
		g.line("if %s := %s; %s > %s {", o, g.expr("int", 1), o, g.expr("int", 0))
		g.line("%s := %s * 2\n%s += %s\ntotal += %s", v, o, o, v, o)
		g.line("}")
	case 18:
		l := g.name("Sw")
		g.line("%s:\nswitch n := %s & 7; {", l, g.expr("int", 2))
		g.line("case n > 5:\nfor i := range n {\nif i == 2 {\nbreak %s\n}\ntotal += i\n}\nfallthrough", l)
		g.line("case n < 2:")
		g.scoped(1)
		g.line("case n == 3, %s:", g.expr("bool", 1))
		g.scoped(1)
		g.line("default:\ntotal -= n\n}")
	case 19:
		n, l := g.name("n"), g.name("G")
		g.line("%s := 0\n%s:\n%s++", n, l, n)
		g.line("{\nx := %s\nf := func() int { x += %s; return x }\ntotal += f() & 7\n}", g.expr("int", 1), n)
		g.line("if %s < %d {\ngoto %s\n}", n, 1+g.r.IntN(3), l)
	case 20:
		a, b := g.name("pp"), g.name("pp")
		g.line("%s := &[]S{%s, {A: 1}}", a, g.expr("S", 1))
		g.line("%s := &(*%s)[1].A", b, a)
		g.line("*%s += %s\n(*%s)[0], (*%s)[1] = (*%s)[1], (*%s)[0]", b, g.expr("int", 1), a, a, a, a)
		g.line("*%s = append(*%s, S{A: *%s})\n*%s++", a, a, b, b)
		g.line("fmt.Println(show((*%s)[0]), show((*%s)[1]), len(*%s), *%s)", a, a, a, b)
	case 21:
		g.line("func(list ...any) {\nfor i, x := range list {\ndefer func() { fmt.Println(\"d\", i, show(x)) }()\n}\n}(%s, %s)", g.expr(g.typ(), 1), g.expr(g.typ(), 1))
	case 22:
		g.keep()
	}
}

func (g *generator) program() []byte {
	g.b.WriteString(prologue)
	g.b.WriteString(more)
	g.push()
	g.add("total", "int")
	for range 2 + g.r.IntN(4) {
		g.function()
	}
	g.line("func main() {")
	g.result = nil
	g.budget = 40
	g.push()
	g.block(8 + g.r.IntN(8))
	g.dump()
	g.pop()
	g.line("for i, see := range kept {\ntry(\"kept\", func() { fmt.Println(i, see()) })\n}")
	g.line("fmt.Println(total, show(any(nil)))")
	g.line("_, _, _ = errBase, strings.ToUpper, slices.Sort[[]int]")
	g.line("}")
	return g.b.Bytes()
}

func (g *generator) function() {
	f := function{name: g.name("f")}
	g.push()
	var params []string
	for range g.r.IntN(4) {
		t := g.typ()
		n := g.name("p")
		f.params = append(f.params, t)
		params = append(params, n+" "+t)
		g.add(n, t)
	}
	named := g.chance(3)
	var results []string
	for range 1 + g.r.IntN(2) {
		t := g.typ()
		f.results = append(f.results, t)
		if named {
			n := g.name("r")
			results = append(results, n+" "+t)
			g.add(n, t)
		} else {
			results = append(results, t)
		}
	}
	g.line("func %s(%s) (%s) {", f.name, strings.Join(params, ", "), strings.Join(results, ", "))
	g.result = f.results
	g.budget = 12
	if named && g.chance(2) {
		g.line("defer func() {")
		g.inner++
		loops := g.loops
		g.loops = nil
		g.result = nil
		g.push()
		g.block(2)
		g.pop()
		g.loops = loops
		g.inner--
		g.result = f.results
		g.line("}()")
	}
	g.push()
	if named && g.chance(2) {
		g.keep()
	}
	g.block(3 + g.r.IntN(4))
	g.ret()
	g.pop()
	g.line("}\n")
	g.pop()
	g.funcs = append(g.funcs, f)
}

// keep lets a closure or a pointer see a variable of the innermost scope that has
// any, until the program ends.
func (g *generator) keep() {
	for i := len(g.scopes) - 1; i > 0; i-- {
		scope := g.scopes[i]
		if len(scope) == 0 {
			continue
		}
		v := scope[g.r.IntN(len(scope))]
		switch {
		case v.typ == "int" && !v.constant && g.chance(2):
			g.line("keep(func() string {\n%s += 3\nreturn show(%s)\n})", v.name, v.name)
		case g.chance(2):
			n := g.name("ptr")
			g.line("%s := &%s\nkeep(func() string { return show(*%s) })", n, v.name, n)
		default:
			g.line("keep(func() string { return show(%s) })", v.name)
		}
		return
	}
}

func (g *generator) ret() {
	var parts []string
	for _, t := range g.result {
		parts = append(parts, g.expr(t, 2))
	}
	g.line("return %s", strings.Join(parts, ", "))
}

func (g *generator) block(n int) {
	g.depth++
	for range n {
		if g.budget <= 0 {
			break
		}
		g.budget--
		g.statement()
	}
	g.depth--
}

// dump prints the variables of the innermost scope.
func (g *generator) dump() {
	for _, v := range g.scopes[len(g.scopes)-1] {
		g.line("fmt.Println(%q, show(%s))", v.name, v.name)
	}
}

func (g *generator) scoped(n int) {
	g.push()
	g.block(n)
	g.dump()
	g.pop()
}

func (g *generator) statement() {
	if g.depth > 4 {
		g.line("total += %s", g.expr("int", 1))
		return
	}
	if g.chance(3) {
		g.further()
		return
	}
	switch g.r.IntN(30) {
	case 0, 1, 2, 3:
		t := g.typ()
		n := g.name("v")
		switch {
		case g.chance(4):
			g.line("var %s %s", n, t)
		case g.chance(3):
			g.line("var %s %s = %s", n, t, g.expr(t, 3))
		default:
			g.line("%s := %s(%s)", n, paren(t), g.expr(t, 3))
		}
		g.line("_ = %s", n)
		g.add(n, t)
	case 4, 5, 6:
		g.assign()
	case 7:
		t := g.typ()
		list := g.vars(t, true)
		if len(list) < 2 {
			g.assign()
			return
		}
		a, b := g.pick(list...), g.pick(list...)
		if a == b {
			g.line("%s = %s", a, g.expr(t, 2))
			return
		}
		g.line("%s, %s = %s, %s", a, b, g.expr(t, 2), g.expr(t, 2))
	case 8, 9:
		g.line("if %s {", g.expr("bool", 3))
		g.scoped(2)
		if g.chance(2) {
			g.line("} else if %s {", g.expr("bool", 2))
			g.scoped(2)
		}
		if g.chance(2) {
			g.line("} else {")
			g.scoped(2)
		}
		g.line("}")
	case 10, 11:
		g.forLoop()
	case 12, 13:
		g.rangeLoop()
	case 14:
		g.switchStmt()
	case 15:
		g.typeSwitch()
	case 16:
		g.closures()
	case 17:
		g.goroutines()
	case 18:
		n := g.name("m")
		g.line("%s, ok%s := %s[%s]", n, n, g.expr("map[string]int", 1), g.expr("string", 1))
		g.line("_, _ = %s, ok%s", n, n)
		g.add(n, "int")
		g.add("ok"+n, "bool")
	case 19:
		n := g.name("a")
		t := g.pick("int", "string", "S", "*S", "Shape", "error", "N", "[]int")
		g.line("%s, ok%s := %s.(%s)", n, n, g.expr("any", 2), t)
		if t == "error" || t == "Shape" {
			// Go 1.26 leaves something in a, after a, ok := any(b).(error): then error(nil) == a is false.
			g.line("if !ok%s { %s = nil }", n, n)
		}
		g.line("_, _ = %s, ok%s", n, n)
		g.add(n, t)
		g.add("ok"+n, "bool")
	case 20:
		g.line("try(%q, func() {", g.name("try"))
		g.literalBody(func() {
			g.block(2)
			switch g.r.IntN(7) {
			case 0:
				g.line("total += %s[%s]", g.expr("[]int", 1), g.expr("int", 1))
			case 1:
				g.line("total /= %s - %s", g.expr("int", 1), g.expr("int", 1))
			case 2:
				g.line("total += %s.A", g.expr("*S", 1))
			case 3:
				g.line("total += %s.(int)", g.expr("any", 1))
			case 4:
				g.line("panic(%s)", g.pick(`"boom"`, "E{4}", `fmt.Errorf("w %w", errBase)`, "N(3)"))
			case 5:
				g.line("total += len(%s[k(%s):])", g.expr("string", 1), g.expr("int", 1))
			case 6:
				g.line("%s[%s] = 1", g.pick("map[string]int(nil)", "map[string]int{}"), g.expr("string", 1))
			}
		})
		g.line("})")
	case 21:
		if g.result != nil && g.inner == 0 && g.chance(2) {
			g.line("if %s {", g.expr("bool", 2))
			g.ret()
			g.line("}")
			return
		}
		g.line("defer fmt.Println(\"deferred\", %s, show(%s))", g.expr("int", 2), g.expr(g.typ(), 1))
	case 22:
		if len(g.loops) > 0 {
			g.line("if %s {\n%s %s\n}", g.expr("bool", 2), g.pick("break", "continue"), g.loops[g.r.IntN(len(g.loops))])
			return
		}
		g.assign()
	case 23:
		if len(g.funcs) > 0 {
			f := g.funcs[g.r.IntN(len(g.funcs))]
			var names []string
			for range f.results {
				names = append(names, g.name("c"))
			}
			g.line("%s := %s", strings.Join(names, ", "), g.callTo(f))
			for i, n := range names {
				g.line("_ = %s", n)
				g.add(n, f.results[i])
			}
			return
		}
		g.assign()
	case 24:
		a, b := g.name("g"), g.name("g")
		t, u := g.typ(), g.typ()
		g.line("%s, %s := pair[%s, %s](%s, %s)", a, b, t, u, g.expr(t, 2), g.expr(u, 2))
		g.line("_, _ = %s, %s", a, b)
		g.add(a, t)
		g.add(b, u)
	case 25:
		g.line("fmt.Println(%s, show(%s))", g.expr(g.pick("int", "string", "bool", "N", "[]int", "uint8"), 3), g.expr(g.typ(), 2))
	case 26:
		if list := g.vars("S", true); len(list) > 0 {
			v := g.pick(list...)
			g.line("%s.%s", v, g.pick("Grow("+g.expr("int", 1)+")", "A++", "B += "+g.expr("string", 1), "L = append("+v+".L, "+g.expr("int", 1)+")"))
			return
		}
		g.assign()
	case 27:
		if list := g.vars("*S", true); len(list) > 0 {
			v := g.pick(list...)
			g.line("if %s != nil {\n%s.%s\n}", v, v, g.pick("Grow("+g.expr("int", 1)+")", "A = "+g.expr("int", 1), "c = "+g.expr("*S", 1), "L = "+g.expr("[]int", 1)))
			return
		}
		g.assign()
	case 28:
		g.line("{")
		g.scoped(3)
		g.line("}")
	default:
		if list := g.vars("int", true); len(list) > 0 {
			v := g.pick(list...)
			n := g.name("ptr")
			g.line("%s := &%s\n*%s %s %s", n, v, n, g.pick("+=", "=", "-=", "^="), g.expr("int", 2))
			return
		}
		g.assign()
	}
}

func paren(t string) string {
	if strings.HasPrefix(t, "*") || strings.HasPrefix(t, "func") {
		return "(" + t + ")"
	}
	return t
}

func (g *generator) assign() {
	t := g.typ()
	list := g.vars(t, true)
	if len(list) == 0 {
		g.line("total += %s", g.expr("int", 2))
		return
	}
	v := g.pick(list...)
	switch {
	case t == "map[string]int":
		g.line("if %s != nil {\n%s[%s] %s %s\n}", v, v, g.expr("string", 1), g.pick("=", "+=", "-="), g.expr("int", 2))
	case t == "[3]int":
		g.line("%s[%d] = %s", v, g.r.IntN(3), g.expr("int", 2))
	case isNumeric(t) && g.chance(2):
		g.line("%s %s %s", v, g.pick("+=", "-=", "*=", "^=", "|=", "&="), g.expr(t, 2))
	case isNumeric(t) && g.chance(3):
		g.line("%s%s", v, g.pick("++", "--", " <<= 1", " >>= 1"))
	case t == "[]int" && g.chance(2):
		g.line("if len(%s) > 1 {\n%s[0], %s[1] = %s[1], %s\n}", v, v, v, v, g.expr("int", 1))
	default:
		g.line("%s = %s", v, g.expr(t, 3))
	}
}

func isNumeric(t string) bool {
	for _, n := range numeric {
		if n == t {
			return true
		}
	}
	return false
}

// literalBody emits the body of a function literal.
func (g *generator) literalBody(body func()) {
	loops, result := g.loops, g.result
	g.loops, g.result = nil, nil
	g.inner++
	g.push()
	body()
	g.pop()
	g.inner--
	g.loops, g.result = loops, result
}

func (g *generator) loop(body func()) {
	label := g.name("L")
	start := g.b.Len()
	g.loops = append(g.loops, label)
	g.push()
	body()
	g.pop()
	g.loops = g.loops[:len(g.loops)-1]
	text := string(g.b.Bytes()[start:])
	if strings.Contains(text, "break "+label+"\n") || strings.Contains(text, "continue "+label+"\n") {
		// The label stands directly in front of the loop.
		before, loop, _ := strings.Cut(text, "for ")
		g.b.Truncate(start)
		g.line("%s%s:\nfor %s", before, label, loop)
	}
}

func (g *generator) forLoop() {
	g.loop(func() {
		i := g.name("i")
		switch g.r.IntN(4) {
		case 0:
			j := g.name("j")
			g.line("for %s, %s := 0, %d; %s < %s; %s, %s = %s+1, %s-1 {", i, j, 2+g.r.IntN(4), i, j, i, j, i, j)
			g.addConstant(j, "int")
			g.line("_ = %s", j)
		case 1:
			g.line("%s := 0", i)
			g.line("for %s < %d && %s {\n%s++", i, 1+g.r.IntN(4), g.expr("bool", 1), i)
		default:
			g.line("for %s := 0; %s < %d; %s++ {", i, i, 1+g.r.IntN(4), i)
		}
		g.line("_ = %s", i)
		g.addConstant(i, "int")
		g.scoped(2)
		g.line("}")
	})
}

func (g *generator) rangeLoop() {
	g.loop(func() {
		k, v := g.name("k"), g.name("e")
		switch g.r.IntN(7) {
		case 0:
			g.line("for %s := range %d {\n_ = %s", k, 1+g.r.IntN(4), k)
			g.add(k, "int")
		case 1:
			g.line("for %s, %s := range %s {\n_, _ = %s, %s", k, v, g.expr("[]int", 2), k, v)
			g.add(k, "int")
			g.add(v, "int")
		case 2:
			g.line("for %s, %s := range %s {\n_, _ = %s, %s", k, v, g.expr("string", 2), k, v)
			g.add(k, "int")
			g.add(v, "int32")
		case 3:
			g.line("for %s, %s := range %s {\n_, _ = %s, %s", k, v, g.expr("[]S", 2), k, v)
			g.add(k, "int")
			g.add(v, "S")
		case 4:
			g.line("for %s := range count(%d) {\n_ = %s", k, 1+g.r.IntN(4), k)
			g.add(k, "int")
		case 5:
			g.line("for %s, %s := range %s {\n_, _ = %s, %s", k, v, g.expr("[3]int", 2), k, v)
			g.add(k, "int")
			g.add(v, "int")
		case 6:
			c := g.name("ch")
			g.line("%s := make(chan int, 4)", c)
			for range g.r.IntN(4) {
				g.line("%s <- %s", c, g.expr("int", 1))
			}
			g.line("close(%s)", c)
			g.line("for %s := range %s {\n_ = %s", k, c, k)
			g.add(k, "int")
		}
		g.scoped(2)
		g.line("}")
	})
}

func (g *generator) switchStmt() {
	switch g.r.IntN(3) {
	case 0:
		t := g.pick("int", "uint8", "int64")
		g.line("switch %s {", g.expr(t, 2))
		base := g.r.IntN(3)
		for i := range 2 + g.r.IntN(2) {
			g.line("case %d, %d:", base+2*i, base+2*i+1)
			g.scoped(2)
			if g.chance(4) {
				g.line("fallthrough")
			}
		}
		g.line("default:")
		g.scoped(1)
	case 1:
		g.line("switch {")
		for range 1 + g.r.IntN(3) {
			g.line("case %s, %s:", g.expr("bool", 2), g.expr("bool", 2))
			g.scoped(2)
			if g.chance(4) {
				g.line("if %s {\nbreak\n}\ntotal++", g.expr("bool", 1))
			}
		}
		if g.chance(2) {
			g.line("default:")
			g.scoped(1)
		}
	case 2:
		g.line("switch x := %s; x {", g.expr("any", 2))
		g.line("case %s:", g.expr("int", 1))
		g.scoped(1)
		g.line("case %s, nil:", g.expr("string", 1))
		g.scoped(1)
		g.line("case S{}.Area():\ntotal += 3")
		g.line("default:")
		g.scoped(1)
	}
	g.line("}")
}

func (g *generator) typeSwitch() {
	x := g.name("x")
	g.line("switch %s := %s.(type) {", x, g.expr("any", 2))
	for _, t := range []string{"int", "string", "*S", "Shape", "error", "N"} {
		if g.chance(2) {
			continue
		}
		g.line("case %s:\n_ = %s", t, x)
		g.push()
		g.add(x, t)
		g.block(1)
		g.line("fmt.Println(%q, show(%s))", t, x)
		g.pop()
	}
	g.line("case nil, bool:\nfmt.Println(\"nil or bool\", %s)", x)
	g.line("default:\nfmt.Println(\"other\", show(%s))", x)
	g.line("}")
}

// closures collects closures in a loop and calls them after it.
func (g *generator) closures() {
	fs := g.name("fs")
	g.line("var %s []func(int) int", fs)
	i := g.name("i")
	switch g.r.IntN(3) {
	case 0:
		g.line("for %s := 0; %s < 3; %s++ {", i, i, i)
	case 1:
		g.line("for %s := range 3 {", i)
	case 2:
		g.line("for _, %s := range %s {", i, g.expr("[]int", 1))
	}
	g.push()
	g.line("_ = %s", i)
	g.add(i, "int")
	k := g.name("k")
	g.line("%s := %s", k, g.expr("int", 2))
	g.add(k, "int")
	p := g.name("p")
	g.line("%s = append(%s, func(%s int) int {", fs, fs, p)
	g.literalBody(func() {
		g.add(p, "int")
		g.line("%s %s %s", k, g.pick("+=", "-=", "^="), p)
		g.block(1)
		g.line("return %s + %s", k, g.expr("int", 2))
	})
	g.line("})")
	if g.chance(2) {
		g.line("%s++", k)
	}
	g.pop()
	g.line("}")
	g.line("for n, f := range %s {\nfmt.Println(n, f(n), f(1))\n}", fs)
}

// goroutines starts some that put results where nobody else puts any.
func (g *generator) goroutines() {
	wg, out := g.name("wg"), g.name("out")
	g.line("var %s sync.WaitGroup\n%s := make([]string, 4)", wg, out)
	i := g.name("i")
	g.line("for %s := range 4 {\n%s.Add(1)", i, wg)
	k := g.name("k")
	g.line("%s := %s + %s", k, i, g.expr("int", 1))
	if g.chance(2) {
		g.line("go func() {\ndefer %s.Done()\n%s += %s\n%s[%s] = fmt.Sprint(%s, %s)\n}()", wg, k, i, out, i, i, k)
	} else {
		g.line("go func(a, b int) {\n%s[a] = fmt.Sprint(a, b, %s)\n%s.Done()\n}(%s, %s)", out, k, wg, i, k)
	}
	g.line("}\n%s.Wait()\nfmt.Println(%s)", wg, out)
	if g.chance(2) {
		a, b := g.name("ca"), g.name("cb")
		g.line("%s, %s := make(chan int, 1), make(chan string, 1)", a, b)
		g.line("%s <- %s", a, g.expr("int", 1))
		g.line("for range 2 {\nselect {\ncase v, ok := <-%s:\nfmt.Println(\"a\", v, ok)\ncase s := <-%s:\nfmt.Println(\"b\", s)\ndefault:\nfmt.Println(\"none\")\n}\n}", a, b)
	}
}

func (g *generator) callTo(f function) string {
	var args []string
	for _, t := range f.params {
		args = append(args, g.expr(t, 1))
	}
	return f.name + "(" + strings.Join(args, ", ") + ")"
}

// expr is a random expression of a type. A composite literal stands in
// parentheses, so that it may stand everywhere.
func (g *generator) expr(t string, depth int) string {
	x := g.expression(t, depth)
	if strings.HasSuffix(x, "}") {
		return "(" + x + ")"
	}
	return x
}

func (g *generator) expression(t string, depth int) string {
	if depth <= 0 || g.chance(4) {
		if list := g.vars(t, false); len(list) > 0 && !g.chance(4) {
			return g.pick(list...)
		}
		return g.literal(t)
	}
	if len(g.funcs) > 0 && g.chance(8) {
		for _, f := range g.funcs {
			if len(f.results) == 1 && f.results[0] == t {
				return g.callTo(f)
			}
		}
	}
	if g.chance(12) {
		return "func() " + t + " {\nreturn " + g.expr(t, depth-1) + "\n}()"
	}
	d := depth - 1
	switch {
	case isNumeric(t):
		return g.number(t, d)
	}
	switch t {
	case "float64":
		return g.pick(
			"("+g.expr(t, d)+" "+g.pick("+", "-", "*")+" "+g.expr(t, d)+")",
			"float64("+g.expr("int32", d)+")",
			"("+g.expr(t, d)+" / 4)")
	case "string":
		return g.pick(
			"("+g.expr(t, d)+" + "+g.expr(t, d)+")",
			"fmt.Sprint("+g.expr("int", d)+", "+g.expr("bool", d)+", "+g.expr("N", d)+")",
			"strings.ToUpper("+g.expr(t, d)+")",
			"string("+g.expr("[]string", 0)+"[0][:1])",
			g.expr("S", d)+".B",
			"show("+g.expr("any", d)+")",
			"("+g.expr("N", d)+").String()",
			"fmt.Sprintf(\"%v|%d\", "+g.expr("N", d)+", "+g.expr("int", d)+")")
	case "bool":
		return g.boolean(d)
	case "[]int":
		return g.pick(
			"append("+g.expr(t, d)+", "+g.expr("int", d)+")",
			"append([]int{"+g.expr("int", d)+"}, "+g.expr(t, d)+"...)",
			"[]int{"+g.expr("int", d)+", "+g.expr("int", d)+", "+g.expr("int", d)+"}",
			"apply("+g.expr(t, d)+", "+g.expr("func(int) int", d)+")",
			g.expr("S", d)+".L")
	case "[]string":
		return "[]string{" + g.expr("string", d) + " + \"z\", " + g.expr("string", d) + "}"
	case "map[string]int":
		return "map[string]int{" + fmt.Sprintf("%q: ", g.pick("a", "b", "zz")) + g.expr("int", d) + ", \"q\": " + g.expr("int", d) + "}"
	case "[3]int":
		return "[3]int{" + g.expr("int", d) + ", 2: " + g.expr("int", d) + "}"
	case "S":
		return g.pick(
			"S{A: "+g.expr("int", d)+", B: "+g.expr("string", d)+"}",
			g.expr(t, d)+".With("+g.expr("int", d)+")",
			g.expr("P", d)+".S",
			"S{L: "+g.expr("[]int", d)+"}")
	case "*S":
		return g.pick("&S{A: "+g.expr("int", d)+", c: "+g.expr("*S", d)+"}", "new(S)", "&S{B: "+g.expr("string", d)+"}")
	case "P":
		return "P{S: " + g.expr("S", d) + ", X: " + g.expr("int", d) + "}"
	case "[]S":
		return g.pick("[]S{"+g.expr("S", d)+", {A: "+g.expr("int", d)+"}}", "append("+g.expr(t, d)+", "+g.expr("S", d)+")")
	case "any":
		return "any(" + g.expr(g.pick("int", "string", "bool", "S", "*S", "N", "[]int", "error", "Shape", "uint8", "P"), d) + ")"
	case "Shape":
		return g.pick("Shape(&S{A: "+g.expr("int", d)+"})", "Shape(&Q{"+g.expr("int", d)+"})")
	case "error":
		return g.pick("error(E{"+g.expr("int", d)+"})", "errBase", "fmt.Errorf(\"w %d: %w\", "+g.expr("int", d)+", "+g.pick("errBase", "E{7}")+")", "error(nil)")
	case "N":
		return g.pick("N("+g.expr("int", d)+")", "("+g.expr(t, d)+" + 1)", "-"+g.expr("N", 0))
	case "func(int) int":
		return g.functionValue(d)
	}
	return g.literal(t)
}

func (g *generator) functionValue(d int) string {
	switch g.r.IntN(3) {
	case 0:
		return "func(a int) int { return a*" + fmt.Sprint(1+g.r.IntN(5)) + " }"
	case 1:
		p := g.name("z")
		outer := g.expr("int", d)
		return "func(" + p + " int) int {\nreturn " + p + " + " + outer + "\n}"
	}
	return "func() func(int) int {\nn := " + g.expr("int", d) + "\nreturn func(d int) int {\nn += d\nreturn n\n}\n}()"
}

func (g *generator) number(t string, d int) string {
	list := []string{
		"(" + g.expr(t, d) + " " + g.pick("+", "-", "*", "&", "|", "^", "&^") + " " + g.expr(t, d) + ")",
		"(" + g.expr(t, d) + " " + g.pick("/", "%") + " (" + g.expr(t, d) + " | 1))",
		"(" + g.expr(t, d) + " " + g.pick("<<", ">>") + " " + fmt.Sprint(g.r.IntN(9)) + ")",
		"(" + g.expr(t, d) + " << (" + g.expr("uint8", d) + " & 7))",
		"^" + g.expr(t, 0),
		t + "(" + g.expr(numeric[g.r.IntN(len(numeric))], d) + ")",
		g.pick("min", "max") + "(" + g.expr(t, d) + ", " + g.expr(t, d) + ")",
	}
	if t == "int" {
		list = append(list,
			"len("+g.expr(g.pick("[]int", "string", "map[string]int", "[3]int", "[]S"), d)+")",
			"at("+g.expr("[]int", d)+", "+g.expr("int", d)+")",
			g.expr("map[string]int", d)+"[\"a\"]",
			g.expr("[3]int", 0)+"["+fmt.Sprint(g.r.IntN(3))+"]",
			g.expr("S", d)+".Area()",
			g.expr("P", d)+".Sum()",
			g.expr("Shape", d)+".Area()",
			g.expr("P", d)+".A",
			"int("+g.expr("N", d)+")")
		if v := g.vars("func(int) int", false); len(v) > 0 {
			f := g.pick(v...)
			list = append(list, "func() int {\nif "+f+" == nil {\nreturn 0\n}\nreturn "+f+"("+g.expr("int", d)+")\n}()")
		}
	}
	return g.pick(list...)
}

func (g *generator) boolean(d int) string {
	t := g.pick("int", "uint8", "string", "float64", "int64", "N")
	u := g.pick("S0", "any", "*S", "bool", "[3]int", "error", "Shape")
	equal := "(" + g.expr("bool", d) + " == " + g.expr("bool", d) + ")"
	if u != "S0" {
		equal = "(" + g.expr(u, 0) + " " + g.pick("==", "!=") + " " + g.expr(u, 0) + ")"
		if u == "any" {
			equal = "(" + g.expr(u, 0) + " == any(" + g.expr("int", d) + "))"
		}
	}
	return g.pick(
		"("+g.expr(t, d)+" "+g.pick("<", "<=", ">", ">=", "==", "!=")+" "+g.expr(t, d)+")",
		"("+g.expr("bool", d)+" && "+g.expr("bool", d)+")",
		"("+g.expr("bool", d)+" || "+g.expr("bool", d)+")",
		"!"+g.expr("bool", d),
		"!("+g.expr("bool", d)+" && !"+g.expr("bool", d)+")",
		equal,
		"("+g.expr(g.pick("*S", "error", "[]int", "map[string]int"), d)+" != nil)",
		"errors.Is("+g.expr("error", d)+", errBase)",
		"strings.Contains("+g.expr("string", d)+", \"a\")")
}

func (g *generator) literal(t string) string {
	n := g.r.IntN(7)
	switch t {
	case "int", "int8", "int32", "int64":
		return "k[" + t + "](" + fmt.Sprint(n*n-5) + ")"
	case "uint8", "uint32", "uint64", "uint16":
		return "k[" + t + "](" + fmt.Sprint(n*30) + ")"
	case "float64":
		return "k[float64](" + fmt.Sprint(n) + ".5)"
	case "string":
		return g.pick(`"a"`, `"bé"`, `"xyz"`, `""`, `"zz"`)
	case "bool":
		return g.pick("(total > 3)", "(total%2 == 0)", "k(true)", "k(false)")
	case "[]int":
		return g.pick("[]int{1, 2, 3}", "[]int(nil)", "[]int{5}", "make([]int, 2, 5)")
	case "[]string":
		return `[]string{"one", "two"}`
	case "map[string]int":
		return g.pick(`map[string]int{"a": 1}`, `map[string]int{}`, `map[string]int(nil)`)
	case "[3]int":
		return "[3]int{1, 2, 3}"
	case "S":
		return g.pick(`S{1, "s", nil, nil}`, "S{}", `S{A: 4, L: []int{1}}`)
	case "*S":
		return g.pick("(*S)(nil)", "&S{A: 2}", "new(S)")
	case "P":
		return `P{S{A: 1}, 2, 3}`
	case "[]S":
		return "[]S{{A: 1}, {A: 2}}"
	case "any":
		return g.pick("any(nil)", "any(1)", `any("a")`, "any(S{})", "any(N(2))", "any(&S{A: 1})", "any(E{2})")
	case "Shape":
		return g.pick("Shape(&S{A: 1})", "Shape(&Q{2})")
	case "error":
		return g.pick("error(nil)", "errBase", "error(E{1})")
	case "N":
		return fmt.Sprintf("k[N](%d)", n)
	case "func(int) int":
		return "func(a int) int { return a + 1 }"
	}
	return "nil"
}
