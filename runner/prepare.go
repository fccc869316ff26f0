package runner

import (
	"errors"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"example/workbook/internal/book"
	"example/workbook/runner/interp"
	"example/workbook/runner/lower"
	"example/workbook/runner/lower/export"
)

// prepared is a program that the interpreter can execute.
type prepared struct {
	request  *interp.Request
	warnings book.Problems
	keep     func() // keeps it for the next time; nil if it is kept
}

// prepare checks p and turns it into what the interpreter gets, with what is
// worth a note, or takes that from the shelf. A run that is not nil says why there
// is nothing to interpret.
func (r *Runner) prepare(p *Program) (made prepared, refused *Run, err error) {
	program, s := p.forLower(), newShelf(r.Prepared)
	result := s.find(program)
	if result == nil {
		result, err = lower.Prepare(program)
		made.keep = func() { s.keep(program, result) }
	}
	if err == nil {
		made.request = &interp.Request{File: p.File, Line: p.Line, Col: p.Col, Source: result.Source, Original: p.Source}
		made.warnings = result.Warnings
		return made, nil, nil
	}
	var problems book.Problems
	if !errors.As(err, &problems) {
		return made, nil, err
	}
	return made, &Run{
		Engine: Yaegi, End: Rejected, ExitCode: -1, Problems: problems,
		Refused: p.mayCompile(),
	}, nil
}

// mayCompile reports whether the compiler may accept a program that cannot be
// interpreted: nothing is wrong with it, or nobody here can tell because it
// imports what the interpreter does not have.
func (p *Program) mayCompile() bool {
	file, err := parser.ParseFile(token.NewFileSet(), "", p.Source, parser.ImportsOnly)
	if err != nil {
		return false
	}
	for _, spec := range file.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil && !export.Has(name) {
			return true
		}
	}
	return lower.Check(p.forLower()) == nil
}

// checkOnly is a run of a program that is only to compile.
func (p *Program) checkOnly() (*Run, error) {
	run := &Run{Engine: Yaegi, End: Compiled}
	if err := lower.Check(p.forLower()); err != nil {
		if !errors.As(err, &run.Problems) {
			return nil, err
		}
		run.End, run.ExitCode, run.Refused = Rejected, -1, p.mayCompile()
	}
	return run, nil
}

// withHints adds to the compiler's messages the hints that the checker in front
// of the interpreter gives with the same messages.
func (p *Program) withHints(problems book.Problems) book.Problems {
	var own book.Problems
	if !errors.As(lower.Check(p.forLower()), &own) {
		return problems
	}
	words := map[book.Pos]string{}
	for _, q := range own {
		words[q.Pos] = q.Msg
	}
	for i, q := range problems {
		first, _, _ := strings.Cut(q.Msg, "\n")
		if msg := words[q.Pos]; strings.HasPrefix(msg, first) {
			problems[i].Msg = msg
		}
	}
	return problems
}

func (p *Program) forLower() lower.Program {
	return lower.Program{Name: p.Name, File: p.File, Line: p.Line, Col: p.Col, Source: p.Source}
}
