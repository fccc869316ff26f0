package runner

import (
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"strconv"
	"strings"
	"unicode"

	"example/workbook/internal/book"
)

// precheck finds what no engine runs and the compiler has no good words for: a
// fragment, another package, cgo.
func (p *Program) precheck() book.Problems {
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, "", p.Source, parser.ImportsOnly)
	place := func(pos token.Pos) book.Pos {
		at := fset.PositionFor(pos, false)
		return p.place(max(p.Line, 1)+at.Line-1, at.Column)
	}
	if file == nil || file.Name == nil || file.Name.Name == "" {
		if p.fragment() {
			return book.Problems{{Pos: p.place(max(p.Line, 1), 1), Msg: "no whole program, it has no package clause: begin it with package main" + p.orSkip("a fragment")}}
		}
		return nil // the compiler says why
	}
	if name := file.Name.Name; name != "main" && name != "_" {
		return book.Problems{{Pos: place(file.Name.Pos()), Msg: fmt.Sprintf("a file of package %s is no program: begin it with package main%s", name, p.orSkip("of package "+name))}}
	}
	var problems book.Problems
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		switch {
		case err != nil: // the compiler says why
		case name == "C":
			problems = append(problems, book.Problem{Pos: place(spec.Path.Pos()), Msg: `import "C" needs a C compiler, which snippets do without: call the kernel with golang.org/x/sys/unix`})
		case strings.ContainsFunc(name, noPath):
			problems = append(problems, book.Problem{Pos: place(spec.Path.Pos()), Msg: fmt.Sprintf("no package can have the import path %q: write the path of one%s", name, p.orSkip("a template"))})
		}
	}
	return problems
}

// noPath tells whether the specification keeps a character out of import paths.
func noPath(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune("!\"#$%&'()*,:;<=>?[\\]^`{|}\uFFFD", r)
}

// orSkip is the other way out of a chapter's problem: to say that it is meant so.
// A Go file has no fence to say that above.
func (p *Program) orSkip(why string) string {
	if path.Ext(p.File) == ".go" {
		return ""
	}
	return fmt.Sprintf(", or say above it why it is not run: <!-- workbook: skip=%q -->", why)
}

// fragment reports whether the program begins with something else than a
// package clause.
func (p *Program) fragment() bool {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(p.Source)), p.Source, nil, 0)
	_, first, _ := s.Scan()
	return first != token.PACKAGE
}
