package runner

import (
	"go/parser"
	"go/token"
	"strconv"
)

// recordable are the packages whose calls are recorded.
var recordable = []string{"golang.org/x/sys/unix", "example/workbook/snippets/lab"}

// records reports whether the system calls of p are recorded.
func (r *Runner) records(p *Program) bool {
	if r.NoEvidence || p.NoEvidence || p.NoRun || !canRecord {
		return false
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", p.Source, parser.ImportsOnly)
	if err != nil {
		return false
	}
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		for _, path := range recordable {
			if name == path {
				return true
			}
		}
	}
	return false
}
