package lower

import (
	"fmt"
	"go/scanner"
	"go/token"
	"strings"
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
	at := 0
	for at < len(list)-1 && list[at].pos.Offset < e.Pos.Offset {
		at++
	}
	if strings.HasPrefix(e.Msg, "expected 'package'") {
		return e.Pos, e.Msg // what the go command says before it compiles
	}
	if want, _, ok := strings.Cut(strings.TrimPrefix(e.Msg, "expected "), ", found "); ok && strings.HasPrefix(e.Msg, "expected ") {
		return c.expected(e, list, at, strings.Trim(want, "'"))
	}
	if pos, msg, ok := c.lexical(e, list[at]); ok {
		return pos, msg
	}
	list0 := func(rest string) string {
		closing := ")"
		if strings.Contains(rest, "composite") {
			closing = "}"
		}
		return rest + "; possibly missing comma or " + closing
	}
	if rest, ok := strings.CutPrefix(e.Msg, "missing ',' before newline in "); ok {
		return e.Pos, "syntax error: unexpected newline in " + list0(rest)
	}
	if rest, ok := strings.CutPrefix(e.Msg, "missing ',' in "); ok {
		return e.Pos, "syntax error: unexpected " + list[at].name() + " in " + list0(rest)
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
		if strings.HasPrefix(e.Msg, "middle") {
			pos.Column++
		}
		return pos, e.Msg
	case "can only use ... with final parameter":
		return e.Pos, e.Msg
	case "expected at most 2 expressions":
		return e.Pos, "range clause permits at most two iteration variables"
	}
	return e.Pos, "syntax error: " + e.Msg
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
		if found.tok == token.COMMA && inStruct(list[:at]) {
			return e.Pos, unexpected + " in struct type; possibly missing semicolon or newline or }"
		}
		if at > 0 && list[at-1].tok.IsOperator() && list[at-1].tok < token.LPAREN || at > 0 && list[at-1].tok == token.DEFINE {
			return e.Pos, unexpected + ", expected expression"
		}
		if depth(list[:at]) == 0 {
			return e.Pos, unexpected + " after top level declaration"
		}
		return e.Pos, unexpected + " at end of statement"
	case "operand":
		return e.Pos, unexpected + ", expected expression"
	case "statement":
		if at > 1 && list[at-1].tok == token.COLON && list[at-2].tok == token.IDENT {
			return list[at-1].pos, "syntax error: missing statement after label"
		}
		if inSwitch(list[:at]) {
			return e.Pos, unexpected + ", expected case or default or }"
		}
		return e.Pos, unexpected + ", expected }"
	case "}":
		if inSwitch(list[:at]) {
			return e.Pos, unexpected + ", expected case or default or }"
		}
	case "type":
		if at > 0 && list[at-1].tok == token.CHAN {
			return e.Pos, "syntax error: missing channel element type"
		}
		if found.tok == token.DEFINE {
			return e.Pos, unexpected + ", expected ="
		}
	case "declaration":
		return e.Pos, "syntax error: non-declaration statement outside function body"
	case "IDENT":
		return e.Pos, unexpected + ", expected name"
	case "selector or type assertion":
		return e.Pos, unexpected + ", expected name or ("
	case "{":
		for i := at - 1; i >= 0; i-- {
			switch tok := list[i].tok; tok {
			case token.IF, token.FOR, token.SWITCH, token.SELECT:
				return e.Pos, unexpected + ", expected { after " + tok.String() + " clause"
			case token.FUNC:
				return e.Pos, "syntax error: unexpected semicolon or newline before {"
			}
		}
	case "boolean expression":
		for i := at; i < len(list); i++ {
			switch list[i].tok {
			case token.ASSIGN:
				text, _, _ := strings.Cut(string(c.Source[e.Pos.Offset:]), "{")
				return list[i].pos, "syntax error: cannot use assignment " + strings.TrimSpace(text) + " as value"
			case token.DEFINE:
				text, _, _ := strings.Cut(string(c.Source[e.Pos.Offset:]), "{")
				return list[i].pos, "syntax error: cannot use " + strings.TrimSpace(text) + " as value"
			case token.LBRACE:
				return e.Pos, "syntax error: " + e.Msg
			}
		}
	}
	return e.Pos, unexpected + ", expected " + want
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

// inSwitch says whether the innermost open brace is that of a switch or select
// statement, and no case has come.
func inSwitch(list []lexeme) bool {
	if len(list) == 0 || list[len(list)-1].tok != token.LBRACE {
		return false
	}
	for i := len(list) - 2; i > 0; i-- {
		switch list[i].tok {
		case token.SWITCH, token.SELECT:
			return true
		case token.SEMICOLON, token.LBRACE, token.RBRACE:
			return false
		}
	}
	return false
}

// inStruct says whether the innermost open brace is that of a struct.
func inStruct(list []lexeme) bool {
	n := 0
	for i := len(list) - 1; i > 0; i-- {
		switch list[i].tok {
		case token.RBRACE:
			n++
		case token.LBRACE:
			if n == 0 {
				return list[i-1].tok == token.STRUCT
			}
			n--
		}
	}
	return false
}

// lexical is a message on a token that is none.
func (c *checked) lexical(e *scanner.Error, l lexeme) (token.Position, string, bool) {
	for _, part := range []string{"invalid digit ", "'_' must separate", "has no digits", "escape", "comment not terminated", "invalid radix point", "missing import path"} {
		if strings.Contains(e.Msg, part) {
			return e.Pos, e.Msg, true
		}
	}
	if char, ok := strings.CutPrefix(e.Msg, "illegal character "); ok {
		return e.Pos, "invalid character " + char, true
	}
	text := string(c.Source[e.Pos.Offset:])
	switch e.Msg {
	case "illegal rune literal":
		if strings.HasPrefix(text, "''") {
			return e.Pos, "empty rune literal or unescaped '", true
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
		// These are what the type checker of the compiler says, after all syntax errors.
		if first.Msg == "expected at most 2 expressions" && e.Msg != first.Msg {
			first = e
		}
	}
	for _, e := range list {
		// The parser finds the token before the scanner says why it is none.
		if e.Pos.Offset == first.Pos.Offset && strings.HasPrefix(e.Msg, "illegal character") {
			first = e
		}
	}
	pos, msg := c.syntaxError(first)
	if more := len(list) - 1; more > 0 {
		msg += fmt.Sprintf(" (and %d more that may follow from it)", more)
	}
	return pos, msg
}
