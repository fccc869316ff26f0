package lower

import (
	"cmp"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	vet "golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/printf"

	"example/workbook/internal/book"
)

// warnings are what three passes of go vet find: formats that do not fit
// their arguments, copies of locks, contexts that are never cancelled. A
// program with warnings is executed all the same.
func (c *checked) warnings() (found book.Problems) {
	// The passes have faults of their own: delete(f()), where f has two results,
	// makes printf panic. A pass that gives up warns of nothing.
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	type key struct {
		obj  types.Object
		fact reflect.Type
	}
	facts := map[key]vet.Fact{}
	results := map[*vet.Analyzer]any{}
	for _, a := range []*vet.Analyzer{inspect.Analyzer, ctrlflow.Analyzer, printf.Analyzer, copylock.Analyzer, lostcancel.Analyzer} {
		pass := &vet.Pass{
			Analyzer:   a,
			Fset:       c.fset,
			Files:      []*ast.File{c.file},
			Pkg:        c.pkg,
			TypesInfo:  c.info,
			TypesSizes: types.SizesFor("gc", goarch),
			ResultOf:   results,
			Report: func(d vet.Diagnostic) {
				found = append(found, book.Problem{Pos: c.place(d.Pos), Msg: c.movedLine(d.Message)})
			},
			ImportObjectFact: func(obj types.Object, fact vet.Fact) bool {
				f, ok := facts[key{obj, reflect.TypeOf(fact)}]
				if ok {
					reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(f).Elem())
				}
				return ok
			},
			ExportObjectFact: func(obj types.Object, fact vet.Fact) {
				facts[key{obj, reflect.TypeOf(fact)}] = fact
			},
			ImportPackageFact: func(*types.Package, vet.Fact) bool { return false },
			ExportPackageFact: func(vet.Fact) {},
			AllPackageFacts:   func() []vet.PackageFact { return nil },
			AllObjectFacts:    func() []vet.ObjectFact { return nil },
		}
		result, err := a.Run(pass)
		if err != nil {
			return nil
		}
		results[a] = result
	}
	slices.SortStableFunc(found, func(a, b book.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return found
}

// movedLine makes the line that lostcancel names at the end of a message one of
// the program's file.
func (c *checked) movedLine(msg string) string {
	const words = " defined on line "
	before, number, ok := strings.Cut(msg, words)
	if n, err := strconv.Atoi(number); ok && err == nil {
		return before + words + strconv.Itoa(max(c.Line, 1)+n-1)
	}
	return msg
}
