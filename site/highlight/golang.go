package highlight

import (
	"go/scanner"
	"go/token"
)

// predeclared is the class of a predeclared identifier of Go.
func predeclared(name string) byte {
	switch name {
	case "true", "false", "nil", "iota":
		return Number
	case "bool", "byte", "rune", "string", "error", "any", "comparable",
		"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
		"float32", "float64", "complex64", "complex128":
		return Type
	case "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min",
		"new", "panic", "print", "println", "real", "recover":
		return Builtin
	}
	return Plain
}

// scanGo writes Go code, also a part of a program or one that does not compile:
// what the scanner cannot read stays as it is.
func scanGo(w *writer, src []byte) {
	file := token.NewFileSet().AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, func(token.Position, string) {}, scanner.ScanComments)
	done := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		at := file.Offset(pos)
		class, length := classOf(tok, lit, src, at)
		if class == Plain {
			continue
		}
		end := min(at+length, len(src))
		w.token(Plain, src[done:at])
		w.token(class, src[at:end])
		done = end
	}
	w.token(Plain, src[done:])
}

// classOf is the class of a token and its length in src, where a literal may be
// longer than the scanner says: it drops carriage returns. Numbers are seen without a
// colour, and there are many.
func classOf(tok token.Token, lit string, src []byte, at int) (byte, int) {
	switch {
	case tok == token.COMMENT:
		return Comment, len(lit)
	case tok == token.STRING || tok == token.CHAR:
		return String, len(lit)
	case tok.IsKeyword():
		return Keyword, len(lit)
	case tok == token.IDENT:
		class := predeclared(lit)
		if end := at + len(lit); class == Plain && end < len(src) && src[end] == '(' {
			class = Function
		}
		return class, len(lit)
	}
	return Plain, 0
}
