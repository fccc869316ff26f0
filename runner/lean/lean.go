// Package lean keeps the child processes of a run from initialising packages of
// the command that they do not use.
//
// They are this binary again, and a Go binary initialises all its packages before
// function main. Half the time of that goes to the regular expressions of the
// Markdown parser, the tables of the highlighter and the analyses of vet. The
// linker gives each package that has something to initialise a task, which says
// whether that is done (type initTask in runtime/proc.go). This package imports
// next to nothing, so it has its turn before those, and marks their tasks as done.
//
// A binary without one of these packages has a variable here that nobody reads. A
// test sees to it that no child imports them, and that they are left out.
package lean

import (
	"os"
	_ "unsafe" // for linkname
)

// task is the beginning of the runtime's initTask.
type task struct {
	state uint32 // 0: to be done, 1: begun, 2: done
	count uint32 // functions, which follow
}

//go:linkname chroma github.com/alecthomas/chroma/v2..inittask
var chroma task

//go:linkname regexp2 github.com/dlclark/regexp2/v2..inittask
var regexp2 task

//go:linkname regexp2Syntax github.com/dlclark/regexp2/v2/syntax..inittask
var regexp2Syntax task

//go:linkname goldmark github.com/yuin/goldmark..inittask
var goldmark task

//go:linkname goldmarkAST github.com/yuin/goldmark/ast..inittask
var goldmarkAST task

//go:linkname goldmarkExtension github.com/yuin/goldmark/extension..inittask
var goldmarkExtension task

//go:linkname goldmarkExtensionAST github.com/yuin/goldmark/extension/ast..inittask
var goldmarkExtensionAST task

//go:linkname goldmarkParser github.com/yuin/goldmark/parser..inittask
var goldmarkParser task

//go:linkname goldmarkHTML github.com/yuin/goldmark/renderer/html..inittask
var goldmarkHTML task

//go:linkname goldmarkUtil github.com/yuin/goldmark/util..inittask
var goldmarkUtil task

//go:linkname yaml go.yaml.in/yaml/v3..inittask
var yaml task

//go:linkname normal golang.org/x/text/unicode/norm..inittask
var normal task

//go:linkname lostcancel golang.org/x/tools/go/analysis/passes/lostcancel..inittask
var lostcancel task

//go:linkname printf golang.org/x/tools/go/analysis/passes/printf..inittask
var printf task

//go:linkname edge golang.org/x/tools/go/ast/edge..inittask
var edge task

//go:linkname stdlib golang.org/x/tools/internal/stdlib..inittask
var stdlib task

//go:linkname udiff github.com/aymanbagabas/go-udiff..inittask
var udiff task

//go:linkname minifyCSS github.com/tdewolff/minify/v2/css..inittask
var minifyCSS task

//go:linkname minifyJS github.com/tdewolff/minify/v2/js..inittask
var minifyJS task

//go:linkname parseJS github.com/tdewolff/parse/v2/js..inittask
var parseJS task

//go:linkname html golang.org/x/net/html..inittask
var html task

//go:linkname site example/workbook/site..inittask
var site task

//go:linkname siteMarkdown example/workbook/site/markdown..inittask
var siteMarkdown task

//go:linkname lower example/workbook/runner/lower..inittask
var lower task

//go:linkname lint example/workbook/internal/lint..inittask
var lint task

//go:linkname trace example/workbook/runner/trace..inittask
var trace task

// The first arguments of children. Their packages import this one.
const (
	Supervise = "supervise-run"
	Await     = "await-request"
	Interpret = "interpret-snippet"
	Alone     = "execute-alone"
)

// Environment is what children need of variables beside their own. The Go runtime
// reads them before any code of ours runs.
//
// Without containermaxprocs=0 it keeps two cgroup files open, and the first
// descriptor of a snippet would be 5.
func Environment() []string { return append([]string{"GODEBUG=containermaxprocs=0"}, detector...) }

var _ = skip()

func skip() bool {
	if len(os.Args) < 2 {
		return false
	}
	switch os.Args[1] {
	case Supervise, Await, Interpret, Alone:
		for _, t := range [...]*task{
			&chroma, &regexp2, &regexp2Syntax, &goldmark, &goldmarkAST, &goldmarkExtension, &goldmarkExtensionAST, &goldmarkParser,
			&goldmarkHTML, &goldmarkUtil, &yaml, &normal, &lostcancel, &printf, &edge, &stdlib, &lint, &trace,
			&udiff, &minifyCSS, &minifyJS, &parseJS, &html, &site, &siteMarkdown, &lower,
		} {
			t.state = 2
		}
		return true
	}
	return false
}
