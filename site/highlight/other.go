package highlight

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/alecthomas/chroma/v2"
)

// lexers are those that were asked for. Each is made at its first use: chroma's
// package of lexers reads all 280 when a program starts, which takes 6.5 ms, and
// this program starts for every run of a snippet.
var lexers sync.Map // of string to chroma.Lexer

// lexerOf is the lexer of a language, nil for one that is not known.
func lexerOf(lang string) chroma.Lexer {
	lang = strings.ToLower(lang)
	if l, ok := lexers.Load(lang); ok {
		return l.(chroma.Lexer)
	}
	lexer := define(lang)
	if lexer == nil {
		return nil
	}
	l, _ := lexers.LoadOrStore(lang, lexer)
	return l.(chroma.Lexer)
}

// Known tells whether code in the language is coloured.
func Known(lang string) bool { return lang == "go" || lang == "golang" || lexerOf(lang) != nil }

func scanOther(w *writer, lang string, code []byte) {
	lexer := lexerOf(lang)
	if lexer == nil {
		w.token(Plain, code)
		return
	}
	// Without options chroma makes line feeds of carriage returns.
	tokens, err := lexer.Tokenise(&chroma.TokeniseOptions{State: "root"}, string(code))
	if err != nil {
		w.token(Plain, code)
		return
	}
	for t := tokens(); t != chroma.EOF; t = tokens() {
		length := prefix(code, utf8.RuneCountInString(t.Value))
		w.token(classOfType(t.Type), code[:length])
		code = code[length:]
	}
	w.token(Plain, code)
}

// prefix is the length of the first n characters of code. A byte that is not
// UTF-8 is one: chroma has U+FFFD, which is longer, in its place.
func prefix(code []byte, n int) int {
	length := 0
	for ; n > 0 && length < len(code); n-- {
		_, size := utf8.DecodeRune(code[length:])
		length += size
	}
	return length
}

func classOfType(t chroma.TokenType) byte {
	switch {
	case t.InCategory(chroma.Comment):
		return Comment
	case t == chroma.KeywordType:
		return Type
	case t == chroma.KeywordConstant:
		return Number
	case t.InCategory(chroma.Keyword):
		return Keyword
	case t.InSubCategory(chroma.LiteralString):
		return String
	case t.InSubCategory(chroma.LiteralNumber):
		return Number
	case t == chroma.GenericPrompt:
		return Prompt
	case t == chroma.GenericInserted:
		return Inserted
	case t == chroma.GenericDeleted:
		return Deleted
	case t == chroma.GenericHeading || t == chroma.GenericSubheading:
		return Keyword
	case t.InSubCategory(chroma.NameBuiltin):
		return Builtin
	case t.InSubCategory(chroma.NameFunction):
		return Function
	case t == chroma.NameTag || t == chroma.NameAttribute || t == chroma.NameProperty:
		return Name
	}
	return Plain
}
