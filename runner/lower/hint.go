package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

const goVersion = "go1.26"

const goarch = runtime.GOARCH

// hints maps the beginning or a part of a message of the compiler to what a
// learner should do. The compiler's words come first, always.
var hints = []struct{ part, hint string }{
	{"label ", "delete it, or name it in a break, continue or goto"},
	{"declared and not used", "use it, delete it, or assign it to _"},
	{"imported and not used", "delete the import"},
	{"missing return", "every way through the function must end in a return statement"},
	{"assignment mismatch", "the number of values on both sides must be the same"},
	{"is not available to snippets", "run it with --engine go, or use another package"},
	{"non-boolean condition", "compare it with something"},
	{"no new variables on left side of :=", "assign with ="},
	{"does not implement", "give the type the method with exactly that signature"},
	{"undefined: ", "declare it or import its package; names are case-sensitive"},
	{"cannot use _ as value", "the blank identifier cannot be read"},
	{"mismatched types", "convert one of the two"},
	{"is not used", "assign the value, or delete the expression"},
}

// withHint adds the hint for a message of the compiler, if there is one.
func withHint(msg string) string {
	for _, h := range hints {
		if strings.Contains(msg, h.part) {
			first, rest, more := strings.Cut(msg, "\n")
			if more {
				return first + " (" + h.hint + ")\n" + rest
			}
			return msg + " (" + h.hint + ")"
		}
	}
	return msg
}

// commandWords says a message as the go command does where go/types has other
// words, with the places that it names in the program's file.
func (c *checked) commandWords(e types.Error) string {
	msg := e.Msg
	switch {
	case strings.HasPrefix(msg, "label "):
		msg = strings.Replace(msg, "declared and not used", "defined and not used", 1)
	case msg == "break not in for, switch, or select statement":
		msg = "break is not in a loop, switch, or select"
	case msg == "continue not in for statement":
		msg = "continue is not in a loop"
	default:
		for _, word := range []string{"break", "continue"} {
			label, ok := strings.CutPrefix(msg, "invalid "+word+" label ")
			if ok && !c.hasLabel(label) {
				msg = word + " label not defined: " + label
			}
		}
		if before, line, ok := strings.Cut(msg, " jumps over variable declaration at line "); ok {
			if name, at := c.declaredAt(line); name != "" {
				msg = before + " jumps over declaration of " + name + " at " + at
			}
		}
	}
	return ownPlace.ReplaceAllStringFunc(msg, func(place string) string {
		m := ownPlace.FindStringSubmatch(place)
		line, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		return c.at(token.Position{Line: line, Column: col}).String()
	})
}

var ownPlace = regexp.MustCompile(`\b` + regexp.QuoteMeta(sourceName) + `:(\d+):(\d+)`)

func (c *checked) hasLabel(name string) bool {
	found := false
	ast.Inspect(c.file, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok && l.Label.Name == name {
			found = true
		}
		return !found
	})
	return found
}

// declaredAt is the first variable that a statement at a line declares, and
// where the go command says that it is.
func (c *checked) declaredAt(line string) (name, at string) {
	ast.Inspect(c.file, func(n ast.Node) bool {
		pos := token.NoPos
		var id ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				pos, id = n.TokPos, n.Lhs[0]
			}
		case *ast.ValueSpec:
			pos, id = n.Pos(), n.Names[0]
		}
		if p := c.fset.Position(pos); id != nil && name == "" && strconv.Itoa(p.Line) == line {
			name, at = id.(*ast.Ident).Name, sourceName+":"+line+":"+strconv.Itoa(p.Column)
		}
		return true
	})
	return name, at
}

// commandSyntax says a syntax error in the words of the go command, as far as
// they can be told from those of go/parser.
func commandSyntax(msg string) string {
	switch msg {
	case "can only use ... with final parameter", "expression in defer must be function call", "expression in go must be function call":
		return msg
	}
	if found, ok := strings.CutPrefix(msg, "expected operand, found "); ok {
		return "syntax error: unexpected " + strings.Trim(found, "'") + ", expected expression"
	}
	return "syntax error: " + msg
}
