package lower

import (
	"fmt"
	"go/scanner"
	"go/token"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lexeme is a token of the source.
type lexeme struct {
	pos token.Position
	tok token.Token
	lit string
}

// lexemes are the tokens of the source.
func (c *checked) lexemes() []lexeme {
	fset := token.NewFileSet()
	file := fset.AddFile(sourceName, -1, len(c.Source))
	var s scanner.Scanner
	s.Init(file, c.Source, func(token.Position, string) {}, 0)
	var list []lexeme
	for {
		pos, tok, lit := s.Scan()
		list = append(list, lexeme{fset.Position(pos), tok, lit})
		if tok == token.EOF {
			return list
		}
	}
}

// indexOf is the index of the first token that does not stand before the error.
func indexOf(list []lexeme, e *scanner.Error) int {
	at := 0
	for at < len(list)-1 && list[at].pos.Offset < e.Pos.Offset {
		at++
	}
	return at
}

// name is what the compiler calls the token.
func (l lexeme) name() string {
	switch {
	case l.tok == token.IDENT:
		return "name " + l.lit
	case l.tok.IsLiteral():
		return "literal " + l.lit
	case l.tok.IsKeyword():
		return "keyword " + l.tok.String()
	case l.tok == token.EOF:
		return "EOF"
	case l.tok == token.SEMICOLON && l.lit == "\n":
		return "newline"
	case l.tok == token.SEMICOLON:
		return "semicolon"
	case l.tok == token.COMMA:
		return "comma"
	}
	return l.tok.String()
}

// syntaxError is an error of go/parser in the words of the compiler, as far as
// they can be told, and where the compiler sees it.
func (c *checked) syntaxError(e *scanner.Error) (token.Position, string) {
	list := c.lexemes()
	at := indexOf(list, e)
	if strings.HasPrefix(e.Msg, "expected 'package'") || importing(list[:at]) {
		return e.Pos, e.Msg // what the go command says before it compiles
	}
	if want, _, ok := strings.Cut(strings.TrimPrefix(e.Msg, "expected "), ", found "); ok && strings.HasPrefix(e.Msg, "expected ") {
		return c.expected(e, list, at, strings.Trim(want, "'"))
	}
	if pos, msg, ok := c.lexical(e); ok {
		return pos, msg
	}
	if strings.HasSuffix(e.Msg, " in type argument list") {
		return e.Pos, "syntax error: unexpected " + list[at].name() + ", expected ]"
	}
	if rest, ok := strings.CutPrefix(e.Msg, "missing ',' before newline in "); ok {
		return e.Pos, "syntax error: unexpected newline in " + rest + "; possibly missing comma or " + closing(list[:at])
	}
	if rest, ok := strings.CutPrefix(e.Msg, "missing ',' in "); ok {
		return e.Pos, "syntax error: unexpected " + list[at].name() + " in " + rest + "; possibly missing comma or " + closing(list[:at])
	}
	switch e.Msg {
	case "expression in defer must be function call", "expression in go must be function call",
		"expression in defer must not be parenthesized", "expression in go must not be parenthesized":
		// The compiler names the beginning of the expression, not its end.
		for i := at - 1; i >= 0; i-- {
			if l := list[i]; l.tok == token.DEFER || l.tok == token.GO {
				return list[i+1].pos, e.Msg
			}
		}
	case "middle index required in 3-index slice", "final index required in 3-index slice":
		pos := e.Pos
		pos.Column++
		return pos, e.Msg
	case "expected 1 expression":
		end := expressionsEnd(list, at)
		return list[end].pos, "syntax error: unexpected " + list[end].name() + ", expected := or = or comma"
	case "illegal label declaration":
		return e.Pos, notEnded(list, at)
	case "expected type argument list":
		return e.Pos, "syntax error: unexpected " + list[at].name() + ", " + e.Msg
	case "can only use ... with final parameter":
		return e.Pos, e.Msg
	case "expected at most 2 expressions":
		return e.Pos, "range clause permits at most two iteration variables"
	}
	return e.Pos, "syntax error: " + strings.Replace(e.Msg, "expecting ", "expected ", 1)
}

// expected is a message on a token that was not the wanted one.
func (c *checked) expected(e *scanner.Error, list []lexeme, at int, want string) (token.Position, string) {
	found := list[at]
	unexpected := "syntax error: unexpected " + found.name()
	if found.tok == token.EOF || found.tok == token.SEMICOLON && at == len(list)-2 {
		lines := strings.Count(string(c.Source), "\n")
		end := token.Position{Line: lines + 1, Column: len(c.Source) - strings.LastIndexByte(string(c.Source), '\n')}
		return end, "syntax error: unexpected EOF, expected }"
	}
	switch want {
	case ";", "==":
		return e.Pos, notEnded(list, at)
	case ":":
		if start := comm(list[:at]); start >= 0 && found.tok == token.COMMA {
			return list[start].pos, "select case must be send or receive (possibly with assignment)"
		}
	case "operand":
		if pos, msg, ok := declaredInHeader(list, at); ok {
			return pos, msg
		}
		return e.Pos, notOperand(list, at)
	case "statement":
		if at > 2 && list[at-1].tok == token.COLON && list[at-2].tok == token.IDENT && endsStatement(list[at-3].tok) {
			return list[at-1].pos, "syntax error: missing statement after label"
		}
		return e.Pos, notStatement(list, at)
	case "if statement or block":
		return e.Pos, "syntax error: else must be followed by if or statement block"
	case ")", "]", "}":
		if rest := notClosed(list, at); rest != "" {
			return e.Pos, unexpected + rest
		}
	case "type":
		return e.Pos, notType(list, at)
	case "declaration":
		if at > 0 && list[at-1].tok != token.SEMICOLON {
			return e.Pos, unexpected + " after top level declaration"
		}
		return e.Pos, "syntax error: non-declaration statement outside function body"
	case "IDENT":
		if at > 0 && list[at-1].tok == token.FUNC {
			return e.Pos, unexpected + ", expected name or (" // of the receiver
		}
		return e.Pos, unexpected + ", expected name"
	case "selector or type assertion":
		return e.Pos, unexpected + ", expected name or ("
	case "{":
		if pos, msg, ok := declaredInHeader(list, at); ok {
			return pos, msg
		}
		if h, ok := header(list[:at]); ok {
			return e.Pos, h.notInHeader(found)
		}
		for i := at - 1; i >= 0 && list[i].tok != token.STRUCT && list[i].tok != token.INTERFACE; i-- {
			if list[i].tok == token.FUNC {
				return e.Pos, "syntax error: unexpected semicolon or newline before {"
			}
		}
	case "boolean expression", "boolean or range expression", "switch expression":
		if pos, msg, ok := c.notCondition(list, at); ok {
			return pos, msg
		}
	}
	if token.IsKeyword(want) {
		want = "keyword " + want
	}
	return e.Pos, unexpected + ", expected " + want
}

// closing is the bracket that closes the innermost one that is open.
func closing(list []lexeme) string {
	if open := opener(list); open >= 0 {
		switch list[open].tok {
		case token.LBRACE:
			return "}"
		case token.LBRACK:
			return "]"
		}
	}
	return ")"
}

// notClosed ends the message on a token that stands in place of a closing bracket,
// where the compiler does not miss that alone.
func notClosed(list []lexeme, at int) string {
	open := opener(list[:at])
	if open < 1 {
		return ""
	}
	empty := open == at-1
	switch list[open].tok {
	case token.LPAREN:
		if before := list[open-1].tok; empty && list[at].tok.IsKeyword() && before != token.FUNC && !endsOperand(before) {
			return ", expected expression"
		}
	case token.LBRACK:
		if empty {
			return ", expected expression"
		}
		if _, first := inIndex(list[:at]); first {
			return ", expected comma, : or ]"
		}
	case token.LBRACE:
		name, missing := construct(list[:at])
		switch {
		case name != "" && !endsStatement(list[at-1].tok):
			return " in " + name + "; possibly missing " + missing
		case name == "struct type":
			return ", expected field name or embedded type"
		case inSwitch(list[:at]):
			return ", expected case or default or }"
		}
	}
	return ""
}

// notStatement is the message on a token that begins no statement.
func notStatement(list []lexeme, at int) string {
	if at > 0 && (list[at-1].tok == token.RBRACE || !endsStatement(list[at-1].tok)) {
		return notEnded(list, at) // the statement before
	}
	if inSwitch(list[:at]) {
		return "syntax error: unexpected " + list[at].name() + ", expected case or default or }"
	}
	return "syntax error: unexpected " + list[at].name() + ", expected }"
}

// declaredInHeader is the message on a var at the beginning of a header.
func declaredInHeader(list []lexeme, at int) (token.Position, string, bool) {
	h, ok := header(list[:at])
	if !ok || list[at].tok != token.VAR || h.start != at || h.semicolons > 0 {
		return token.Position{}, "", false
	}
	return list[at+1].pos, "syntax error: var declaration not allowed in " + h.keyword.String() + " initializer", true
}

// endsStatement says whether a statement or field can begin behind the token.
func endsStatement(tok token.Token) bool {
	return tok == token.SEMICOLON || tok == token.LBRACE || tok == token.RBRACE || tok == token.COLON
}

// notEnded is the message on a token that stands where something ought to end.
func notEnded(list []lexeme, at int) string {
	unexpected := "syntax error: unexpected " + list[at].name()
	if name, missing := construct(list[:at]); name != "" {
		return unexpected + " in " + name + "; possibly missing " + missing
	}
	if list[at].tok == token.DEFINE {
		if keyword, rest := declaration(list[:at]); (keyword == token.VAR || keyword == token.CONST) && !assigned(rest) {
			return unexpected + ", expected ="
		}
	}
	if h, ok := header(list[:at]); ok {
		return h.notInHeader(list[at])
	}
	if at > 0 {
		switch before := list[at-1].tok; {
		case before == token.INC, before == token.DEC: // they end a statement
		case before.IsOperator() && before < token.LPAREN, before == token.DEFINE:
			return unexpected + ", expected expression"
		}
	}
	if inCase(list[:at]) {
		return unexpected + ", expected :"
	}
	if _, first := inIndex(list[:at]); first {
		return unexpected + ", expected comma, : or ]"
	}
	if pendingStatement(list[:at]) {
		return unexpected + ", expected := or = or comma"
	}
	if depth(list[:at]) == 0 {
		return unexpected + " after top level declaration"
	}
	return unexpected + " at end of statement"
}

// expressionsEnd is the index of what ends a list of expressions that begins at at.
func expressionsEnd(list []lexeme, at int) int {
	open := 0
	for i := at; i < len(list)-1; i++ {
		switch list[i].tok {
		case token.LPAREN, token.LBRACK:
			open++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			open--
		case token.LBRACE:
			if open == 0 && inHeader(list[:i]) {
				return i
			}
			open++
		case token.SEMICOLON:
			if open == 0 {
				return i
			}
		}
		if open < 0 {
			return i
		}
	}
	return len(list) - 1
}

// notOperand is the message on a token that begins no operand.
func notOperand(list []lexeme, at int) string {
	unexpected := "syntax error: unexpected " + list[at].name()
	if h, ok := header(list[:at]); ok && h.keyword == token.FOR && h.semicolons == 1 && h.start == at && list[at].tok == token.LBRACE {
		return unexpected + ", expected for loop condition"
	}
	if index, _ := inIndex(list[:at]); index && list[at].tok == token.RBRACK && list[at-1].tok == token.LBRACK {
		return unexpected + ", expected operand"
	}
	return unexpected + ", expected expression"
}

// notType is the message on a token that begins no type.
func notType(list []lexeme, at int) string {
	unexpected := "syntax error: unexpected " + list[at].name()
	if at > 0 && list[at-1].tok == token.CHAN {
		return "syntax error: missing channel element type"
	}
	if keyword, _ := declaration(list[:at]); keyword != token.ILLEGAL && list[at].tok == token.DEFINE {
		return unexpected + ", expected ="
	}
	if needsType(list[:at]) {
		return unexpected + " in type declaration"
	}
	if index, first := inIndex(list[:at]); index && !first && list[at].tok.IsLiteral() {
		return unexpected + ", expected ]"
	}
	return unexpected + ", expected type"
}

// notCondition is the message on a statement in a header, from at, where only an
// expression can stand.
func (c *checked) notCondition(list []lexeme, at int) (token.Position, string, bool) {
	for end := at; end < len(list); end++ {
		if list[end].tok != token.LBRACE {
			continue
		}
		words, operator := simpleStatement(list[at:end+1], c.Source)
		return list[at+operator].pos, "syntax error: cannot use " + words + " as value", true
	}
	return token.Position{}, "", false
}

// comm is the index of what stands behind the case of a select statement that the
// tokens end in, or -1.
func comm(list []lexeme) int {
	at := opener(list)
	if at < 1 || list[at-1].tok != token.SELECT {
		return -1
	}
	for i := len(list) - 1; i > at; i-- {
		if list[i].tok == token.CASE {
			return i + 1
		}
	}
	return -1
}

// depth is how many braces and parentheses are open behind the tokens.
func depth(list []lexeme) int {
	n := 0
	for _, l := range list {
		switch l.tok {
		case token.LBRACE, token.LPAREN:
			n++
		case token.RBRACE, token.RPAREN:
			n--
		}
	}
	return n
}

// lexical is a message on a token that is none.
func (c *checked) lexical(e *scanner.Error) (token.Position, string, bool) {
	if pos, msg, ok := c.escape(e); ok {
		return pos, msg, true
	}
	if e.Msg == "unknown escape sequence" {
		return e.Pos, "unknown escape", true
	}
	for _, part := range []string{"invalid digit ", "'_' must separate", "has no digits", "escape", "comment not terminated", "invalid radix point", "missing import path"} {
		if strings.Contains(e.Msg, part) {
			return e.Pos, e.Msg, true
		}
	}
	text := string(c.Source[e.Pos.Offset:])
	if char, _ := utf8.DecodeRuneInString(text); strings.HasPrefix(e.Msg, "illegal character ") || strings.HasPrefix(e.Msg, "curly quotation mark ") {
		msg := fmt.Sprintf("invalid character %#U", char)
		if char >= utf8.RuneSelf {
			msg += " in identifier" // to the compiler only that can have other than ASCII
		}
		return e.Pos, msg, true
	}
	switch e.Msg {
	case "illegal rune literal":
		if strings.HasPrefix(text, "''") {
			pos := e.Pos
			pos.Column++
			return pos, "empty rune literal or unescaped '", true
		}
		return e.Pos, "more than one character in rune literal", true
	case "string literal not terminated":
		line, _, _ := strings.Cut(text, "\n")
		pos := e.Pos
		pos.Column += len(line)
		return pos, "newline in string", true
	case "raw string literal not terminated":
		return e.Pos, "string not terminated", true
	case "rune literal not terminated":
		line, _, _ := strings.Cut(text, "\n")
		pos := e.Pos
		pos.Column += len(line)
		return pos, "newline in rune literal", true
	}
	return token.Position{}, "", false
}

// escape is a message on an escape sequence of a literal.
func (c *checked) escape(e *scanner.Error) (token.Position, string, bool) {
	text := string(c.Source[e.Pos.Offset:])
	pos := e.Pos
	switch {
	case e.Msg == "escape sequence is invalid Unicode code point":
		// The compiler names the place behind the sequence.
		base, digits := 8, 3
		switch text[0] {
		case 'x':
			base, digits = 16, 2
		case 'u':
			base, digits = 16, 4
		case 'U':
			base, digits = 16, 8
		}
		if base == 16 {
			text = text[1:]
			pos.Column++
		}
		value, _ := strconv.ParseUint(text[:min(digits, len(text))], base, 32)
		pos.Column += digits
		if base == 8 {
			return pos, fmt.Sprintf("octal escape value %d > 255", value), true
		}
		return pos, fmt.Sprintf("escape is invalid Unicode code point %#U", rune(value)), true
	case strings.HasPrefix(e.Msg, "illegal character ") && strings.HasSuffix(e.Msg, " in escape sequence"):
		base := "octal"
		before := string(c.Source[:e.Pos.Offset])
		if i := strings.LastIndexByte(before, '\\'); i >= 0 && strings.ContainsAny(before[i+1:], "xuU") {
			base = "hexadecimal"
		}
		char, _ := utf8.DecodeRuneInString(text)
		return pos, fmt.Sprintf("invalid character %q in %s escape", char, base), true
	}
	return token.Position{}, "", false
}

// alone says whether no other errors follow from a syntax error: the parser
// knows where it is.
func alone(msg string) bool {
	switch msg {
	case "can only use ... with final parameter", "expression in defer must be function call", "expression in go must be function call",
		"expression in defer must not be parenthesized", "expression in go must not be parenthesized":
		return true
	}
	return false
}

// syntaxProblem is the first of the errors of go/parser. Behind it the parser
// has lost its way: one parenthesis that is missing makes dozens of others,
// which only hide it.
func (c *checked) syntaxProblem(list scanner.ErrorList) (token.Position, string) {
	first := list[0]
	for _, e := range list {
		if afterSyntax(first.Msg) && !afterSyntax(e.Msg) {
			first = e
		}
	}
	end := c.extent(first)
	for _, e := range list {
		same := e.Pos.Offset == first.Pos.Offset
		inside := first.Pos.Offset < e.Pos.Offset && e.Pos.Offset <= end
		if same && c.saysMore(e, first) || inside && within(e, first) {
			first = e
		}
	}
	pos, msg := c.syntaxError(first)
	if more := len(list) - 1; more > 0 {
		msg += fmt.Sprintf(" (and %d more that may follow from it)", more)
	}
	return pos, msg
}

// saysMore says whether e says more than first, which is for the same token.
func (c *checked) saysMore(e, first *scanner.Error) bool {
	// The parser finds the token before the scanner says why it is none.
	if _, _, ok := c.lexical(e); ok {
		return true
	}
	// What a statement needs comes before what ends it.
	return (strings.HasPrefix(first.Msg, "expected ';'") || strings.HasPrefix(first.Msg, "expected '{'")) &&
		(strings.HasPrefix(e.Msg, "expected type") || strings.HasPrefix(e.Msg, "expected operand"))
}

// afterSyntax says whether the message is one of the type checker of the compiler,
// which has its say after all syntax errors.
func afterSyntax(msg string) bool {
	switch msg {
	case "expected at most 2 expressions", "expression in defer must be function call", "expression in go must be function call":
		return true
	}
	return false
}

// extent is the offset where ends what e finds fault with as a whole, at its
// beginning.
func (c *checked) extent(e *scanner.Error) int {
	if e.Msg != "expected 1 expression" {
		text := string(c.Source[e.Pos.Offset:])
		if end := strings.IndexAny(text, "{\n"); end >= 0 {
			text = text[:end] // before the block or the next line
		}
		return e.Pos.Offset + len(text)
	}
	list := c.lexemes()
	return list[expressionsEnd(list, indexOf(list, e))].pos.Offset
}

// within says whether e, about a token of what first finds fault with as a whole,
// is what the compiler says first.
func within(e, first *scanner.Error) bool {
	switch {
	case first.Msg == "expected 1 expression", strings.HasSuffix(first.Msg, " must not be parenthesized"):
		return true
	case strings.Contains(first.Msg, " expression, found "):
		return strings.HasPrefix(e.Msg, "expected '{'") || e.Msg == "illegal label declaration"
	}
	return false
}
