package lower

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// A panic that begins in a deferred call shows the function that deferred it
// where that was left: at a return statement or at its end. Package rt is told
// the place.

// leftAt emits a call of a method of rt.Defers that notes places.
func (f *fn) leftAt(method string, places ...token.Pos) {
	var args []string
	for _, pos := range places {
		if !f.l.inProgram(pos) {
			return
		}
		p := f.l.c.place(pos)
		args = append(args, strconv.Itoa(p.Line), strconv.Itoa(p.Col))
	}
	f.line("%s.%s(%s)", f.defers, method, strings.Join(args, ", "))
}

// leftAfterRecovery is the place that the function has when a deferred call has
// recovered from a panic and further ones run: the last instruction of it. That
// is a call of panic, which the compiler lays behind all else, or what stands last.
func leftAfterRecovery(body *ast.BlockStmt) token.Pos {
	if !openCoded(body) {
		return body.Rbrace
	}
	pos := body.Rbrace
	if n := len(body.List); n > 0 {
		if s, ok := body.List[n-1].(*ast.ReturnStmt); ok {
			pos = s.Pos()
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			return false
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "panic" {
				pos = n.Pos()
			}
		}
		return true
	})
	return pos
}

// openCoded says whether the compiler makes each return statement of a function
// run the deferred calls. If it does not, all of them run at the end of the
// function. (See OpenCodedDeferDisallowed in cmd/compile.)
func openCoded(body *ast.BlockStmt) bool {
	const maxDefers, maxProduct = 8, 15
	defers, returns := 0, 0
	repeated := false
	loops := 0
	var visit func(n ast.Node) bool
	inLoop := func(b *ast.BlockStmt) {
		loops++
		ast.Inspect(b, visit)
		loops--
	}
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			inLoop(n.Body)
			return false
		case *ast.RangeStmt:
			inLoop(n.Body)
			return false
		case *ast.LabeledStmt:
			repeated = repeated || jumpsBack(body, n)
		case *ast.DeferStmt:
			defers++
			repeated = repeated || loops > 0
			return false
		case *ast.ReturnStmt:
			returns++
		}
		return true
	}
	ast.Inspect(body, visit)
	return !repeated && defers <= maxDefers && defers*returns <= maxProduct
}

// jumpsBack says whether a goto behind label leads to it.
func jumpsBack(body *ast.BlockStmt, label *ast.LabeledStmt) (back bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO && b.Label.Name == label.Label.Name && b.Pos() > label.Pos() {
			back = true
		}
		return true
	})
	return back
}
