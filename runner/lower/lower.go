// Package lower stands in front of the interpreter: it checks a program as the
// compiler does, and rewrites it into the small part of Go that Yaegi executes
// rightly, or refuses it by name.
//
// Yaegi 0.16.1 computes many ordinary things wrongly and in silence: closures
// see the variables of another iteration, one select statement mixes up the
// channels of two goroutines, interfaces compare and print wrongly. Mending
// one fault at a time leaves the next one; so a program is taken apart into a
// core in which the faults cannot happen:
//
//   - no closure shares a variable with a frame: a variable that a closure
//     changes lives behind a pointer, and a closure is made by a function of
//     its own whose parameters are what it captures;
//   - no statement computes more than one thing whose order matters;
//   - no methods, no interfaces of the program: dynamic types are kept by
//     package rt, which is compiled;
//   - no switch, select, defer, recover, generics, range over functions.
//
// Positions survive: each statement of the result stands under a //line
// directive with the line and column of the statement that it came from.
package lower

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/runner/lower/export"
)

// Program is the source of one snippet.
type Program struct {
	Name string
	// File is what messages call the file, Line the line of File at which
	// Source begins, Col the column at which each of its lines begins; 0
	// means 1.
	File      string
	Line, Col int
	Source    []byte
}

// Prepared is a program that the interpreter can execute.
type Prepared struct {
	// Source is Go text for the interpreter. It imports only packages that
	// the program uses, and example/workbook/runner/lower/rt.
	Source []byte
	// Imports lists the packages that Source imports, sorted.
	Imports []string
	// Warnings are what go vet finds in the program that most likely does not
	// do what was meant, in the order of the lines.
	Warnings book.Problems
}

// Prepare checks a program and lowers it. The error is book.Problems: what Go
// rejects, in Go's words, or else what the interpreter cannot do rightly.
func Prepare(p Program) (*Prepared, error) {
	c, problems := check(p)
	if len(problems) > 0 {
		return nil, problems
	}
	prepared, err := lower(c)
	if err != nil {
		return nil, err
	}
	prepared.Warnings = c.warnings()
	return prepared, nil
}

// Check reports what Go would reject in a program, as Prepare does, and
// nothing that only the interpreter cannot do.
func Check(p Program) error {
	if _, problems := check(p); len(problems) > 0 {
		return problems
	}
	return nil
}

// checked is a program that Go accepts.
type checked struct {
	Program
	fset     *token.FileSet
	file     *ast.File
	pkg      *types.Package
	info     *types.Info
	importer *export.Importer
	names    map[string]string // see misspelt
}

// sourceName is the name of the program in its own token.FileSet.
const sourceName = "main.go"

// place is where pos of the program stands in its file.
func (c *checked) place(pos token.Pos) book.Pos {
	return c.at(c.fset.PositionFor(pos, false))
}

func (c *checked) at(p token.Position) book.Pos {
	return book.Pos{File: c.File, Line: max(c.Line, 1) + p.Line - 1, Col: max(c.Col, 1) + p.Column - 1}
}

func check(p Program) (*checked, book.Problems) {
	c := &checked{Program: p, fset: token.NewFileSet()}
	file, err := parser.ParseFile(c.fset, sourceName, p.Source, parser.SkipObjectResolution|parser.AllErrors|parser.ParseComments)
	var problems book.Problems
	if err != nil {
		if file, problems = c.readOn(); file == nil {
			return nil, c.syntaxErrors(err, problems)
		}
	}
	lexical := len(problems) > 0
	c.file = file
	if more := c.unparsed(); len(more) > 0 {
		return nil, append(problems, more...)
	}
	if file.Name.Name != "main" {
		return nil, book.Problems{{Pos: c.place(file.Name.Pos()),
			Msg: fmt.Sprintf("package %s is not a command: write package main", file.Name.Name)}}
	}
	c.importer = export.Shared()
	c.info = newInfo()
	var lost []string // paths of packages that cannot be loaded
	conf := types.Config{
		GoVersion: goVersion,
		Importer:  c.importer,
		Sizes:     types.SizesFor("gc", goarch),
		Error: func(err error) {
			var e types.Error
			if !errors.As(err, &e) {
				problems = append(problems, book.Problem{Pos: c.place(file.Pos()), Msg: err.Error()})
				return
			}
			if n := len(problems); n > 0 && e.Msg != "" && e.Msg[0] == '\t' {
				// The second part of the message before, such as "other declaration of x".
				if strings.Contains(problems[n-1].Msg, " already defined at ") {
					return // the message says where
				}
				problems[n-1].Msg += fmt.Sprintf("\n\t%s: %s", c.place(e.Pos), strings.TrimSpace(e.Msg))
				return
			}
			if lexical && c.follows(e.Msg) {
				return
			}
			if path, ok := strings.CutPrefix(e.Msg, "could not import "); ok {
				path, _, _ = strings.Cut(path, " ")
				lost = append(lost, path)
			}
			if name, ok := strings.CutPrefix(e.Msg, "undefined: "); ok && slices.ContainsFunc(lost, func(path string) bool { return strings.Contains(path, name) }) {
				return // it is what that package is called, see chi/v5 and yaml.v3
			}
			problems = append(problems, book.Problem{Pos: c.place(c.commandPos(e)), Msg: c.spelt(withHint(c.commandWords(e)))})
		},
	}
	c.pkg, _ = conf.Check("main", c.fset, []*ast.File{file}, c.info)
	if len(problems) == 0 && c.pkg.Scope().Lookup("main") == nil {
		problems = append(problems, book.Problem{Pos: c.place(file.Name.Pos()), Msg: NoMain})
	}
	if len(problems) == 0 {
		problems = c.restrictions()
	}
	problems = append(problems, c.misplacedLabels()...)
	slices.SortStableFunc(problems, func(a, b book.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	// The go command says the same of one line once.
	return c, slices.CompactFunc(withoutUsedLabels(problems), func(p, q book.Problem) bool {
		return p.Line == q.Line && p.Msg == q.Msg
	})
}

// withoutUsedLabels drops what the go command does not say: that a label is not
// used, where a break or continue names it wrongly.
func withoutUsedLabels(problems book.Problems) book.Problems {
	return slices.DeleteFunc(problems, func(p book.Problem) bool {
		label, ok := strings.CutPrefix(p.Msg, "label ")
		label, _, ok2 := strings.Cut(label, " defined and not used")
		return ok && ok2 && slices.ContainsFunc(problems, func(q book.Problem) bool {
			return q.Msg == "invalid break label "+label || q.Msg == "invalid continue label "+label
		})
	})
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Instances:  map[*ast.Ident]types.Instance{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Implicits:  map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}

// syntaxErrors are the errors of go/parser as the compiler says them; read are those of
// the tokens and the first of the others, if they could be told apart.
func (c *checked) syntaxErrors(err error, read book.Problems) book.Problems {
	if len(read) > 0 {
		slices.SortStableFunc(read, func(a, b book.Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
		})
		return read
	}
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return book.Problems{{Pos: book.Pos{File: c.File, Line: max(c.Line, 1)}, Msg: err.Error()}}
	}
	if !slices.ContainsFunc(list, func(e *scanner.Error) bool { return !alone(e.Msg) }) {
		var problems book.Problems
		for _, e := range list {
			pos, msg := c.syntaxError(e)
			problems = append(problems, book.Problem{Pos: c.at(pos), Msg: msg})
		}
		return problems
	}
	pos, msg := c.syntaxProblem(list)
	return book.Problems{{Pos: c.at(pos), Msg: msg}}
}
