package runner

import (
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"

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
			return book.Problems{{Pos: p.place(max(p.Line, 1), 1), Msg: `no whole program, it has no package clause: begin it with package main, or say above it why it is not run: <!-- workbook: skip="a fragment" -->`}}
		}
		return nil // the compiler says why
	}
	if name := file.Name.Name; name != "main" && name != "_" {
		return book.Problems{{Pos: place(file.Name.Pos()), Msg: fmt.Sprintf("package %s is not a command: write package main", name)}}
	}
	var problems book.Problems
	for _, spec := range file.Imports {
		if spec.Path.Value == `"C"` {
			problems = append(problems, book.Problem{Pos: place(spec.Path.Pos()), Msg: `import "C" needs a C compiler, which snippets do without: call the kernel with golang.org/x/sys/unix`})
		}
	}
	return problems
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
