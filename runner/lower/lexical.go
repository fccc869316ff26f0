package lower

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example/workbook/internal/book"
)

// The compiler reads on behind what is no token: it takes a literal that is wrong for
// one whose value it does not know, passes over a character that it does not know, and
// takes one outside of ASCII for a letter. If nothing else breaks the grammar it says
// what is wrong with the types, too. The package go/parser gives up on characters.

// letters stand for the characters that the compiler takes for letters, by their bytes.
var letters = map[int]rune{2: 'ĸ', 3: 'ꀀ', 4: '𐐀'}

// readOn reads the program as the compiler does if tokens of it are none. The file is
// nil where go/parser is not past it, and the problems then are all there is.
func (c *checked) readOn() (file *ast.File, problems book.Problems) {
	wrong := c.notTokens()
	for _, e := range wrong {
		pos, msg, ok := c.lexical(e)
		if list := c.lexemes(); !ok || importing(list[:indexOf(list, e)]) {
			return nil, nil
		}
		problems = append(problems, book.Problem{Pos: c.at(pos), Msg: msg})
	}
	if len(wrong) == 0 {
		return nil, nil
	}
	source := c.Source
	c.Source = readable(source, wrong)
	c.names = c.misspelt(source)
	file, err := parser.ParseFile(c.fset, sourceName, c.Source, parser.SkipObjectResolution|parser.AllErrors|parser.ParseComments)
	var list scanner.ErrorList
	errors.As(err, &list)
	list = slices.DeleteFunc(list, func(e *scanner.Error) bool {
		// The end of the program comes too early behind what is not ended.
		return strings.TrimSpace(string(source[min(e.Pos.Offset, len(source)):])) == "" || slices.ContainsFunc(wrong, func(w *scanner.Error) bool {
			return w.Pos.Offset == e.Pos.Offset && w.Msg == e.Msg
		})
	})
	if len(list) == 0 && len(file.Decls) > 0 {
		return file, problems
	}
	if len(list) > 0 {
		pos, msg := c.syntaxProblem(list)
		problems = append(problems, book.Problem{Pos: c.at(pos), Msg: msg})
	}
	c.Source, c.names = source, nil
	return nil, problems
}

// notTokens are the errors of the scanner.
func (c *checked) notTokens() (list scanner.ErrorList) {
	file := token.NewFileSet().AddFile(sourceName, -1, len(c.Source))
	var s scanner.Scanner
	s.Init(file, c.Source, func(pos token.Position, msg string) { list.Add(pos, msg) }, 0)
	for {
		if _, tok, _ := s.Scan(); tok == token.EOF {
			return list
		}
	}
}

// readable is the source with a space or a letter for each character that is wrong
// outside of literals.
func readable(source []byte, wrong scanner.ErrorList) []byte {
	source = slices.Clone(source)
	for _, e := range wrong {
		if strings.HasSuffix(e.Msg, " in escape sequence") || !strings.HasPrefix(e.Msg, "illegal character ") && !strings.HasPrefix(e.Msg, "curly quotation mark ") {
			continue
		}
		at := e.Pos.Offset
		if char, n := utf8.DecodeRune(source[at:]); char < utf8.RuneSelf {
			source[at] = ' '
		} else if l := letters[n]; !unicode.IsLetter(char) && l != 0 {
			utf8.EncodeRune(source[at:at+n], l)
		}
	}
	return source
}

// misspelt are the names with letters that stand for other characters, and what they
// are in the source.
func (c *checked) misspelt(source []byte) map[string]string {
	names := map[string]string{}
	for _, l := range c.lexemes() {
		if text := string(source[l.pos.Offset:min(l.pos.Offset+len(l.lit), len(source))]); l.tok == token.IDENT && text != l.lit {
			names[l.lit] = text
		}
	}
	return names
}

// follows says whether an error of go/types is about what is no token, and what the
// compiler does not say behind that.
func (c *checked) follows(msg string) bool {
	name, undefined := strings.CutPrefix(msg, "undefined: ")
	return strings.HasPrefix(msg, "malformed constant: ") || undefined && c.names[name[strings.LastIndexByte(name, '.')+1:]] != ""
}

// spelt is a message with the names as they are in the source.
func (c *checked) spelt(msg string) string {
	for name, text := range c.names {
		msg = strings.ReplaceAll(msg, name, text)
	}
	return msg
}
