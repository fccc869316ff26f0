package fuzz

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Order returns the program of a seed that is about the order of evaluation:
// each statement reads variables next to calls that change them. Where the
// specification leaves the order open, the compiler's is the one that counts.
func Order(seed uint64) []byte {
	g := &orderer{generator: generator{r: rand.New(rand.NewPCG(seed, seed^0x6a09e667f3bcc908))}}
	g.b.WriteString(orderPrologue)
	const functions = 6
	for i := range functions {
		g.line("func main%d() {", i)
		g.line("%s", orderLocals)
		for range 8 {
			g.line("try(func() {")
			g.orderStatement()
			g.line("})")
			g.line("fmt.Println(li, ls, lt.a, lt.b, lt.l, la, ll, lm, lf, *lp, state())")
		}
		g.line("}\n")
	}
	g.line("func main() {")
	for i := range functions {
		g.line("main%d()", i)
	}
	g.line("}")
	return g.b.Bytes()
}

type orderer struct{ generator }

const orderPrologue = `package main

import "fmt"

type T struct {
	a int
	b string
	l []int
}

func (t T) Val(n int) int   { return t.a + n }
func (t *T) Ptr(n int) int  { t.a += n; return t.a }
func (t T) Self() T         { t.a++; return t }
func (t T) String() string  { return fmt.Sprint("T", t.a, t.b, t.l) }

type C struct {
	x int
	y [2]int
}

type D struct{ v int }

type I interface{ Val(int) int }

func (d D) Val(n int) int { return d.v * n }

var (
	gi = 1
	gs = "s"
	gf = 1.5
	gt = T{2, "t", []int{1, 2, 3}}
	ga = [3]int{4, 5, 6}
	gl = []int{7, 8, 9}
	gm = map[string]int{"s": 1, "k": 2}
	gp = &gt
	gx any = 3
	gc = C{1, [2]int{2, 3}}
	gd = D{5}
	gv I = gd
	g8 uint8 = 200
	k3, k2, kk = 3, 2.5, "k"
	k7 uint8 = 7
	gn = map[C]int{{1, [2]int{2, 3}}: 6}
	gq = []T{{1, "q", nil}, {2, "r", nil}}
)

func state() string {
	return fmt.Sprint(gi, gs, gf, gt, ga, gl, gm["s"], gm["k"], len(gm), gx, gc, gd, gv, g8, len(gn), gq)
}

func change(k int) {
	switch k & 15 {
	case 0:
		gi++
	case 1:
		gs = "k"
	case 2:
		gt.a += 3
	case 3:
		gt = T{gi, gs, []int{gi}}
	case 4:
		ga[gi&1]++
	case 5:
		gl = []int{gi, 20, 21}
	case 6:
		gl[0]++
	case 7:
		gm[gs] += 10
	case 8:
		gp = &T{gi, "p", nil}
	case 9:
		gx = gs
	case 10:
		gc.x++
		gc.y[1]++
	case 11:
		gd.v++
		gv = gt
	case 12:
		g8 += 77
		gf++
	case 13:
		gn[gc] = gi
	case 14:
		gq = append(gq[:1], T{gi, "n", nil})
	case 15:
		gi, gs = 2, "s"
		gx = gi
	}
}

//go:noinline
func fi(k int) int { change(k); return k & 1 }
func fs(k int) string { change(k); if k&1 == 0 { return "s" }; return "k" }
func ff(k int) float64 { change(k); return float64(k) }
//go:noinline
func ft(k int) T { change(k); return T{k, "f", nil} }
func fp(k int) *T { change(k); return &T{k, "fp", nil} }
func fl(k int) []int { change(k); return []int{k, 1} }
//go:noinline
func fx(k int) any { change(k); return k }
func fc(k int) C { change(k); return C{k, [2]int{}} }
func fb(k int) bool { change(k); return k&2 == 0 }
func fm(k int) map[string]int { change(k); return map[string]int{"s": k} }
func fa(k int) [3]int { change(k); return [3]int{k, k, k} }
func fv(k int) I { change(k); return D{k} }
func two(k int) (int, string) { change(k); return k, gs }

func sum(list ...int) (n int) {
	for i, v := range list {
		n += (i + 1) * v
	}
	return n
}

//go:noinline
func three(a int, s string, x any) string { return fmt.Sprint(a, s, x) }

func pass[V any](v V) V { return v }

func try(f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("panic:", r)
		}
	}()
	f()
}

`

const orderLocals = `	li, ls, lf := 1, "s", 0.5
	lt := T{1, "l", []int{1, 2}}
	la := [3]int{1, 2, 3}
	ll := []int{4, 5, 6}
	lm := map[string]int{"s": 5}
	lp := &lt
	alter := func(k int) {
		switch k & 7 {
		case 0:
			li++
		case 1:
			ls += "k"
		case 2:
			lt.a += 5
		case 3:
			la[li&1] += 2
		case 4:
			ll = []int{li, 30, 31}
		case 5:
			lm[ls] = li
		case 6:
			lt = T{li, ls, nil}
			lp = &lt
		case 7:
			li, ls = 0, "s"
			lf++
		}
	}
	ci := func(k int) int { alter(k); return k & 1 }
	cs := func(k int) string { alter(k); return ls[:1] }
	ct := func(k int) T { alter(k); return T{k, "c", nil} }
	_, _, _ = ci, cs, ct`

func (g *orderer) k() int { return g.r.IntN(16) }

// call is a call of a function that changes something.
func (g *orderer) call(name string) string {
	if g.chance(6) {
		return fmt.Sprintf("%s(%s)", name, g.order("int", 1))
	}
	return fmt.Sprintf("%s(%d)", name, g.k())
}

var orderTypes = []string{"int", "string", "float64", "T", "C", "[]int", "any", "*T", "bool", "[3]int", "map[string]int", "uint8", "I", "D"}

// order is an expression of a type.
func (g *orderer) order(t string, d int) string {
	if d > 0 && g.chance(5) {
		return "pass(" + g.order(t, d-1) + ")"
	}
	leaf := d <= 0
	switch t {
	case "int":
		if leaf {
			return g.pick("gi", "li", "gt.a", "lt.a", "ga[1]", "la[1]", "gl[0]", "ll[0]", "gp.a", "lp.a", `gm["s"]`, "gc.x", "gc.y[1]", "k3", "gd.v", "gq[1].a", "len(gl)", "ga[gi&1]", "(*gp).a", "gq[gi&1].a")
		}
		switch g.r.IntN(26) {
		case 0, 1, 2:
			return g.call("fi")
		case 3:
			return g.call("ci")
		case 4, 5, 6:
			return "(" + g.order("int", d-1) + g.pick(" + ", " * ", " - ", " & ", " ^ ") + g.order("int", d-1) + ")"
		case 7:
			return g.pick("gl", "ga", "ll", "la", "([]int{"+g.order("int", d-1)+", 1, 2})", "fl(3)", "fa(2)", "gt.l", "([3]int{"+g.order("int", d-1)+"})") + "[" + g.order("int", d-1) + "&1]"
		case 8:
			return g.order("map[string]int", d-1) + "[" + g.order("string", d-1) + "]"
		case 9:
			return g.order("T", d-1) + ".a"
		case 10:
			return g.order("*T", d-1) + ".a"
		case 11:
			return g.order("T", d-1) + ".Val(" + g.order("int", d-1) + ")"
		case 12:
			return g.order("*T", d-1) + ".Ptr(" + g.order("int", d-1) + ")"
		case 13:
			return "len(" + g.order(g.pick("[]int", "string", "map[string]int", "[3]int"), d-1) + ")"
		case 14:
			return "sum(" + g.order("int", d-1) + ", " + g.order("int", d-1) + ", " + g.order("int", d-1) + ")"
		case 15:
			return g.pick("min", "max") + "(" + g.order("int", d-1) + ", " + g.order("int", d-1) + ")"
		case 16:
			return "int(" + g.order(g.pick("float64", "uint8"), d-1) + ")"
		case 17:
			return "(-" + g.order("int", d-1) + ")"
		case 18:
			return g.order("I", d-1) + ".Val(" + g.order("int", d-1) + ")"
		case 19:
			return "(" + g.order("int", d-1) + g.pick(" / ", " % ") + g.order("int", d-1) + ")"
		case 20:
			return "(" + g.order("int", d-1) + g.pick(" << ", " >> ") + "(" + g.order("int", d-1) + " & 3))"
		case 21:
			return g.order("any", d-1) + ".(int)"
		case 22:
			return g.order("C", d-1) + ".y[" + g.order("int", d-1) + "&1]"
		case 23:
			return "func() int { change(" + fmt.Sprint(g.k()) + "); return " + g.order("int", d-1) + " }()"
		case 24:
			return "gn[" + g.order("C", d-1) + "]"
		case 25:
			return "(*" + g.order("*T", d-1) + ").a"
		}
	case "string":
		if leaf {
			return g.pick("gs", "ls", "gt.b", "lt.b", "gp.b", "kk", "gq[0].b")
		}
		switch g.r.IntN(10) {
		case 0, 1:
			return g.call("fs")
		case 2:
			return g.call("cs")
		case 3, 4:
			return "(" + g.order("string", d-1) + " + " + g.order("string", d-1) + ")"
		case 5:
			return g.order("T", d-1) + ".b"
		case 6:
			return "three(" + g.order("int", d-1) + ", " + g.order("string", d-1) + ", " + g.order(g.pick(orderTypes...), d-1) + ")"
		case 7:
			return g.order("string", d-1) + "[" + g.order("int", d-1) + "&1:]"
		case 8:
			return "string([]byte{" + g.order("uint8", d-1) + "&63 | 64})"
		case 9:
			return "fmt.Sprint(" + g.order(g.pick(orderTypes...), d-1) + ", " + g.order(g.pick(orderTypes...), d-1) + ")"
		}
	case "float64":
		if leaf {
			return g.pick("gf", "lf", "k2")
		}
		switch g.r.IntN(4) {
		case 0:
			return g.call("ff")
		case 1, 2:
			return "(" + g.order("float64", d-1) + g.pick(" + ", " * ", " - ") + g.order("float64", d-1) + ")"
		}
		return "float64(" + g.order("int", d-1) + ")"
	case "uint8":
		if leaf {
			return g.pick("g8", "k7")
		}
		if g.chance(2) {
			return "(" + g.order("uint8", d-1) + g.pick(" + ", " ^ ", " * ") + g.order("uint8", d-1) + ")"
		}
		return "uint8(" + g.order("int", d-1) + ")"
	case "T":
		if leaf {
			return g.pick("gt", "lt", "(*gp)", "gq[1]")
		}
		switch g.r.IntN(7) {
		case 0, 1:
			return g.call("ft")
		case 2:
			return g.call("ct")
		case 3, 4:
			return "(T{" + g.order("int", d-1) + ", " + g.order("string", d-1) + ", " + g.order("[]int", d-1) + "})"
		case 5:
			return "(*" + g.order("*T", d-1) + ")"
		case 6:
			return g.order("T", d-1) + ".Self()"
		}
	case "C":
		if leaf {
			return "gc"
		}
		if g.chance(2) {
			return g.call("fc")
		}
		return "(C{" + g.order("int", d-1) + ", [2]int{" + g.order("int", d-1) + ", gi}})"
	case "D":
		if leaf {
			return "gd"
		}
		return "(D{" + g.order("int", d-1) + "})"
	case "I":
		if leaf {
			return g.pick("gv", "I(gd)", "I(gt)")
		}
		if g.chance(2) {
			return g.call("fv")
		}
		return "I(" + g.order(g.pick("D", "T", "*T"), d-1) + ")"
	case "[]int":
		if leaf {
			return g.pick("gl", "ll", "gt.l", "lt.l")
		}
		switch g.r.IntN(6) {
		case 0, 1:
			return g.call("fl")
		case 2, 3:
			return "([]int{" + g.order("int", d-1) + ", " + g.order("int", d-1) + "})"
		case 4:
			return "append(" + g.order("[]int", d-1) + ", " + g.order("int", d-1) + ")"
		case 5:
			return g.order("[]int", d-1) + "[:" + g.order("int", d-1) + "&1]"
		}
	case "[3]int":
		if leaf {
			return g.pick("ga", "la")
		}
		if g.chance(2) {
			return g.call("fa")
		}
		return "([3]int{" + g.order("int", d-1) + ", " + g.order("int", d-1) + ", " + g.order("int", d-1) + "})"
	case "any":
		if leaf {
			return g.pick("gx", "any(gi)", "any(gs)", "any(gt.a)")
		}
		if g.chance(3) {
			return g.call("fx")
		}
		return "any(" + g.order(g.pick(orderTypes...), d-1) + ")"
	case "*T":
		if leaf {
			return g.pick("gp", "lp", "(&gt)", "(&gq[gi&1])")
		}
		switch g.r.IntN(4) {
		case 0, 1:
			return g.call("fp")
		case 2:
			return "(&T{" + g.order("int", d-1) + ", gs, nil})"
		}
		return g.pick("(&gq["+g.order("int", d-1)+"&1])", "(&lt)")
	case "bool":
		if leaf {
			return g.pick("(gi > 1)", `(ls == "s")`, "(gx == any(li))")
		}
		switch g.r.IntN(7) {
		case 0:
			return g.call("fb")
		case 1:
			return "(" + g.order("int", d-1) + g.pick(" < ", " == ", " >= ", " != ") + g.order("int", d-1) + ")"
		case 2:
			return "(" + g.order("string", d-1) + g.pick(" < ", " == ", " != ") + g.order("string", d-1) + ")"
		case 3:
			return "(" + g.order("bool", d-1) + g.pick(" && ", " || ") + g.order("bool", d-1) + ")"
		case 4:
			t := g.pick("C", "D", "[3]int", "any", "*T", "I")
			return "(" + g.order(t, d-1) + g.pick(" == ", " != ") + g.order(t, d-1) + ")"
		case 5:
			return "!" + g.order("bool", d-1)
		case 6:
			return "(" + g.order("any", d-1) + " == " + "any(" + g.order(g.pick("int", "string", "C"), d-1) + "))"
		}
	case "map[string]int":
		if leaf {
			return g.pick("gm", "lm")
		}
		if g.chance(2) {
			return g.call("fm")
		}
		return "(map[string]int{" + g.order("string", d-1) + ": " + g.order("int", d-1) + ", \"z\" + " + g.order("string", d-1) + ": " + g.order("int", d-1) + "})"
	}
	return "0"
}

// target is the left side of an assignment, and its type.
func (g *orderer) target() (text, t string) {
	switch g.r.IntN(16) {
	case 0:
		return g.pick("gi", "li", "gt.a", "lt.a", "gp.a", "lp.a", "gc.x"), "int"
	case 1, 2:
		return g.pick("gl", "ga", "ll", "la") + "[" + g.order("int", 1) + "&1]", "int"
	case 3:
		return g.pick("gm", "lm") + "[" + g.order("string", 1) + "]", "int"
	case 4:
		return g.pick("gs", "ls", "gt.b", "lp.b"), "string"
	case 5:
		return g.pick("gt", "lt", "*gp", "*lp"), "T"
	case 6:
		return "gq[" + g.order("int", 1) + "&1]", "T"
	case 7:
		return "gq[" + g.order("int", 1) + "&1].a", "int"
	case 8:
		return "gx", "any"
	case 9:
		return g.order("*T", 1) + ".a", "int"
	case 10:
		return g.pick("gl", "ll"), "[]int"
	case 11:
		return "gn[" + g.order("C", 1) + "]", "int"
	case 12:
		return "gc.y[" + g.order("int", 1) + "&1]", "int"
	case 13:
		return g.order("[]int", 1) + "[0]", "int"
	case 14:
		return g.order("map[string]int", 1) + "[" + g.order("string", 1) + "]", "int"
	}
	return "(*" + g.order("*T", 1) + ").a", "int"
}

func (g *orderer) list(n, d int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = g.order(g.pick(orderTypes...), d)
	}
	return strings.Join(parts, ", ")
}

func (g *orderer) orderStatement() {
	switch g.r.IntN(20) {
	case 0, 1, 2, 3:
		g.line("fmt.Println(%s)", g.list(2+g.r.IntN(3), 2))
	case 4, 5, 6:
		l, t := g.target()
		g.line("%s = %s", l, g.order(t, 2))
	case 7, 8:
		l, t := g.target()
		if t != "int" && t != "string" {
			g.line("%s = %s", l, g.order(t, 3))
			return
		}
		op := "+="
		if t == "int" {
			op = g.pick("+=", "-=", "*=", "^=", "/=")
		}
		g.line("%s %s %s", l, op, g.order(t, 2))
	case 9, 10:
		a, t := g.target()
		b, u := g.target()
		g.line("%s, %s = %s, %s", a, b, g.order(t, 2), g.order(u, 2))
	case 11:
		t, u := g.pick(orderTypes...), g.pick(orderTypes...)
		g.line("a, b := %s(%s), %s(%s)\nfmt.Println(a, b)", paren(t), g.order(t, 2), paren(u), g.order(u, 2))
	case 12:
		t, u := g.pick(orderTypes...), g.pick(orderTypes...)
		g.line("a, b := func() (%s, %s) { return %s, %s }()\nfmt.Println(a, b)", t, u, g.order(t, 2), g.order(u, 2))
	case 13:
		g.line("if x := %s; %s {\nfmt.Println(\"yes\", x)\n}", g.order("int", 2), g.order("bool", 2))
	case 14:
		g.line("switch %s {\ncase %s:\nfmt.Println(1)\ncase %s, %s:\nfmt.Println(2)\ndefault:\nfmt.Println(3)\n}", g.order("int", 2), g.order("int", 1), g.order("int", 1), g.order("int", 1))
	case 15:
		g.line("ch := make(chan any, 4)\nch <- %s\nfmt.Println(<-ch)", g.order(g.pick(orderTypes...), 2))
	case 16:
		g.line("defer fmt.Println(\"deferred\", %s)\nchange(%d)", g.list(2, 2), g.k())
	case 17:
		g.line("m := %s.Val\nchange(%d)\nfmt.Println(m(%s))", g.order(g.pick("T", "I", "*T"), 1), g.k(), g.order("int", 1))
	case 18:
		a, t := g.target()
		b, u := g.target()
		if t == "int" && u == "string" {
			g.line("%s, %s = two(%s)", a, b, g.order("int", 1))
			return
		}
		g.line("%s++\n%s = %s", g.pick("gl", "ga", "ll", "la")+"["+g.order("int", 2)+"&1]", b, g.order(u, 2))
	case 19:
		g.line("for i, v := range %s {\nfmt.Println(i, v, %s)\n}", g.order(g.pick("[]int", "[3]int"), 2), g.list(1, 1))
	}
}
