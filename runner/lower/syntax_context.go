package lower

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// The compiler says what it was reading when it met a token that it did not
// want. What that was is told here by the tokens before it: go/parser has no
// tree for what it does not understand.

// opener is the index of the innermost bracket that is open behind the tokens,
// or -1.
func opener(list []lexeme) int {
	open := 0
	for i := len(list) - 1; i >= 0; i-- {
		switch list[i].tok {
		case token.RBRACE, token.RPAREN, token.RBRACK:
			open++
		case token.LBRACE, token.LPAREN, token.LBRACK:
			if open == 0 {
				return i
			}
			open--
		}
	}
	return -1
}

// outside is the list without what stands between brackets that are closed, from
// the last bracket that is open.
func outside(list []lexeme) []lexeme {
	var kept []lexeme
	open := 0
	for _, l := range list[opener(list)+1:] {
		switch l.tok {
		case token.LBRACE, token.LPAREN, token.LBRACK:
			open++
		}
		if open == 0 {
			kept = append(kept, l)
		}
		switch l.tok {
		case token.RBRACE, token.RPAREN, token.RBRACK:
			if open--; open == 0 {
				kept = append(kept, l)
			}
		}
	}
	return kept
}

// construct is what the compiler calls the list that the tokens end in, and
// what may be missing there; both are empty elsewhere, as in a block.
func construct(list []lexeme) (name, missing string) {
	at := opener(list)
	if at < 1 {
		return "", ""
	}
	before := list[at-1]
	switch {
	case before.tok == token.STRUCT:
		return "struct type", "semicolon or newline or }"
	case before.tok == token.INTERFACE:
		return "interface type", "semicolon or newline or }"
	case list[at].tok == token.LPAREN && declares(before.tok):
		return "grouped declaration", "semicolon or newline or )"
	case list[at].tok == token.LPAREN && endsOperand(before.tok):
		return "argument list", "comma or )"
	case list[at].tok == token.LBRACE && endsOperand(before.tok) && before.tok != token.RPAREN && !inHeader(list[:at]) && !beginsBody(list, at) && !sequence(list):
		return "composite literal", "comma or }"
	case list[at].tok == token.LBRACE && (before.tok == token.LBRACE || before.tok == token.COMMA || before.tok == token.COLON):
		// An element can be a literal without a type.
		if name, missing = construct(list[:at]); name == "composite literal" {
			return name, missing
		}
	}
	return "", ""
}

// beginsBody says whether a function's body begins with the brace at at: before it
// comes the type of a result.
func beginsBody(list []lexeme, at int) bool {
	for i := at - 1; i >= 0; i-- {
		switch list[i].tok {
		case token.IDENT, token.PERIOD, token.MUL, token.LBRACK, token.RBRACK, token.INT, token.MAP, token.CHAN, token.ARROW:
		default:
			return list[i].tok == token.RPAREN
		}
	}
	return false
}

// closesLiteral says whether the brace at at closes a composite literal of a type
// such as []T, which can stand in a header as it is.
func closesLiteral(list []lexeme, at int) bool {
	open := opener(list[:at])
	if open < 1 || at+1 < len(list) && list[at+1].name() == "newline" {
		return false
	}
	if list[open-1].tok == token.RBRACE {
		fields := opener(list[:open-1])
		return fields > 0 && list[fields-1].tok == token.STRUCT
	}
	for i := open - 1; i > 0 && list[open-1].tok == token.IDENT; i-- {
		switch list[i].tok {
		case token.IDENT, token.PERIOD, token.MUL:
		default:
			return list[i].tok == token.RBRACK
		}
	}
	return false
}

// sequence says whether a statement or an assignment stands before the end of the
// tokens in the innermost brackets, which no composite literal has.
func sequence(list []lexeme) bool {
	for _, l := range outside(list) {
		if l.tok == token.SEMICOLON || l.tok == token.ASSIGN || l.tok == token.DEFINE {
			return true
		}
	}
	return false
}

// declares says whether a declaration that can have a group begins with the token.
func declares(tok token.Token) bool {
	return tok == token.VAR || tok == token.CONST || tok == token.TYPE || tok == token.IMPORT
}

// endsOperand says whether an operand can end with the token, so that a bracket
// behind it belongs to it.
func endsOperand(tok token.Token) bool {
	return tok == token.IDENT || tok == token.STRING || tok == token.RPAREN || tok == token.RBRACK || tok == token.RBRACE
}

// clause is a header of an if, for, switch or select statement.
type clause struct {
	keyword    token.Token
	start      int // of its last part in the list
	semicolons int // before that
	ranges     bool
	pending    bool // more than one expression has come, and no assignment of them
}

// header is the clause that the tokens end in, if they do.
func header(list []lexeme) (h clause, ok bool) {
	h.start = len(list)
	open := 0
	for i := len(list) - 1; i >= 0; i-- {
		switch tok := list[i].tok; tok {
		case token.RBRACE:
			if open == 0 && !closesLiteral(list, i) {
				return h, false // of the statement before
			}
			open++
		case token.RPAREN, token.RBRACK:
			open++
		case token.LBRACE, token.LPAREN, token.LBRACK:
			if open--; open < 0 {
				return h, false
			}
		case token.SEMICOLON:
			if open == 0 {
				if h.semicolons == 0 {
					h.start = i + 1
				}
				h.semicolons++
			}
		case token.RANGE:
			h.ranges = h.ranges || open == 0
		case token.IF, token.FOR, token.SWITCH, token.SELECT:
			if open == 0 {
				if h.semicolons == 0 {
					h.start = i + 1
				}
				h.keyword = tok
				h.pending = pending(outside(list[h.start:]))
				return h, true
			}
		}
	}
	return h, false
}

// pending says whether the tokens outside of brackets are those of a list of
// expressions, and no assignment.
func pending(list []lexeme) bool {
	comma := false
	for _, l := range list {
		switch l.tok {
		case token.COMMA:
			comma = true
		case token.ASSIGN, token.DEFINE:
			return false
		}
	}
	return comma
}

// pendingStatement says whether the tokens end in such a list that begins a
// statement.
func pendingStatement(list []lexeme) bool {
	rest := outside(list)
	for i := len(rest) - 1; i >= 0; i-- {
		if rest[i].tok == token.SEMICOLON || rest[i].tok == token.COLON {
			rest = rest[i+1:]
			break
		}
	}
	return len(rest) > 0 && !rest[0].tok.IsKeyword() && pending(rest)
}

func inHeader(list []lexeme) bool {
	_, ok := header(list)
	return ok
}

// wants is what the compiler misses in the header, where something stands that
// does not belong there.
func (h clause) wants() string {
	switch {
	case h.keyword == token.SELECT:
		return ""
	case h.ranges:
	case h.pending:
		return "expected := or = or comma"
	case h.semicolons == 0:
		return "expected {" // it takes what it has read for the condition
	case h.semicolons == 1 && h.keyword == token.FOR:
		return "expected semicolon or newline"
	}
	if h.keyword == token.SWITCH {
		return ""
	}
	return "expected { after " + h.keyword.String() + " clause"
}

// notInHeader is the message on a token that does not belong into a header.
func (h clause) notInHeader(found lexeme) string {
	if want := h.wants(); want != "" {
		return "syntax error: unexpected " + found.name() + ", " + want
	}
	return "syntax error: missing { after " + h.keyword.String() + " clause"
}

// declaration is the part of a declaration behind its keyword that the tokens
// end in, or else nothing.
func declaration(list []lexeme) (keyword token.Token, rest []lexeme) {
	at := opener(list)
	grouped := at > 0 && list[at].tok == token.LPAREN && declares(list[at-1].tok)
	rest = outside(list)
	for i := len(rest) - 1; i >= 0; i-- {
		if rest[i].tok == token.SEMICOLON {
			rest = rest[i+1:]
			break
		}
	}
	switch {
	case grouped:
		return list[at-1].tok, rest
	case len(rest) > 0 && declares(rest[0].tok):
		return rest[0].tok, rest[1:]
	}
	return token.ILLEGAL, nil
}

// assigned says whether a value has come in the declaration.
func assigned(declaration []lexeme) bool {
	for _, l := range declaration {
		if l.tok == token.ASSIGN || l.tok == token.DEFINE {
			return true
		}
	}
	return false
}

// needsType says whether the tokens end where a declared type begins.
func needsType(list []lexeme) bool {
	keyword, rest := declaration(list)
	if keyword != token.TYPE || len(rest) == 0 {
		return false
	}
	switch rest[len(rest)-1].tok {
	case token.ASSIGN:
		return true
	case token.IDENT:
		return len(rest) == 1
	}
	return len(rest) == 2 && rest[1].tok == token.RBRACK // of the type parameters
}

// importing says whether the tokens end in a group of imports, or where a path
// begins.
func importing(list []lexeme) bool {
	if len(list) > 0 && list[len(list)-1].tok == token.IMPORT {
		return true
	}
	at := opener(list)
	return at > 0 && list[at-1].tok == token.IMPORT
}

// inSwitch says whether the innermost open brace is that of a switch or select
// statement.
func inSwitch(list []lexeme) bool {
	at := opener(list)
	if at < 1 || list[at].tok != token.LBRACE {
		return false
	}
	h, ok := header(list[:at])
	return ok && (h.keyword == token.SWITCH || h.keyword == token.SELECT)
}

// inCase says whether the tokens end between a case of a switch or select
// statement and its colon.
func inCase(list []lexeme) bool {
	rest := outside(list)
	for i := len(rest) - 1; i >= 0 && rest[i].tok != token.COLON && rest[i].tok != token.SEMICOLON; i-- {
		if rest[i].tok == token.CASE || rest[i].tok == token.DEFAULT {
			return true
		}
	}
	return false
}

// inIndex says whether the tokens end in the brackets of an index, and behind
// the first expression there.
func inIndex(list []lexeme) (index, first bool) {
	at := opener(list)
	if at < 1 || list[at].tok != token.LBRACK || !endsOperand(list[at-1].tok) || typed(list[:at]) {
		return false, false
	}
	for _, l := range outside(list) {
		if l.tok == token.COMMA || l.tok == token.COLON {
			return true, false
		}
	}
	return true, true
}

// typed says whether the tokens end with what is declared, so that its type comes.
func typed(list []lexeme) bool {
	if name, _ := construct(list); name == "struct type" {
		return true
	}
	keyword, rest := declaration(list)
	return keyword != token.ILLEGAL && !assigned(rest)
}

// simpleStatement is a statement in the words of the compiler, which spaces it
// anew, and the index of its operator in the list.
func simpleStatement(list []lexeme, source []byte) (words string, operator int) {
	words = strings.TrimSpace(string(source[list[0].pos.Offset:list[len(list)-1].pos.Offset]))
	body := parseStatement(words)
	for i, l := range list {
		switch l.tok {
		case token.ASSIGN, token.DEFINE, token.ARROW, token.INC, token.DEC,
			token.ADD_ASSIGN, token.SUB_ASSIGN, token.MUL_ASSIGN, token.QUO_ASSIGN, token.REM_ASSIGN,
			token.AND_ASSIGN, token.OR_ASSIGN, token.XOR_ASSIGN, token.SHL_ASSIGN, token.SHR_ASSIGN, token.AND_NOT_ASSIGN:
			operator = i
		default:
			continue
		}
		break
	}
	if a, ok := body.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
		return "assignment " + sides(a.Lhs) + " = " + sides(a.Rhs), operator
	} else if ok && len(a.Lhs) == 1 && len(a.Rhs) == 1 {
		return types.ExprString(a.Lhs[0]) + " " + a.Tok.String() + " " + types.ExprString(a.Rhs[0]), operator
	}
	return words, operator
}

// parseStatement is the tree of a statement that stands alone, or nil.
func parseStatement(text string) ast.Stmt {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() { "+text+" }", parser.SkipObjectResolution)
	if err != nil || len(file.Decls) == 0 {
		return nil
	}
	f, ok := file.Decls[0].(*ast.FuncDecl)
	if !ok || f.Body == nil || len(f.Body.List) != 1 {
		return nil
	}
	return f.Body.List[0]
}

// sides is one side of an assignment. The compiler puts an operation there into
// parentheses, so that the = between them is seen.
func sides(list []ast.Expr) string {
	var words []string
	for _, x := range list {
		s := types.ExprString(x)
		if _, ok := x.(*ast.BinaryExpr); ok && len(list) == 1 {
			s = "(" + s + ")"
		}
		words = append(words, s)
	}
	return strings.Join(words, ", ")
}
