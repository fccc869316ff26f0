// Workbook is a literate, interactive tutorial on blocking and non-blocking I/O,
// and the tool that keeps the Go code in any Markdown true: see README.md.
package main

import (
	"embed"
	"os"

	"example/workbook/internal/cli"
	"example/workbook/runner"
)

// The book, and what a scratch module needs to compile its snippets.
//
//go:embed mkdocs.yml chapters snippets go.mod go.sum
var files embed.FS

func main() {
	runner.ChildMain()
	status := cli.Run(os.Args[1:], cli.Env{
		Embedded: files,
		Stdin:    os.Stdin,
		Stdout:   os.Stdout,
		Stderr:   os.Stderr,
	})
	runner.Leave()
	os.Exit(status)
}
