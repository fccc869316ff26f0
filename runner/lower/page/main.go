// Page writes the appendix on the interpreter from the cases of package lower
// and from the list of packages.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"example/workbook/runner/lower/export"
)

//go:generate go run . -o ../../../chapters/appendix-interpreter.md

func main() {
	out := flag.String("o", "", "the file to write")
	flag.Parse()
	text, err := page("../testdata")
	if err == nil {
		err = os.WriteFile(*out, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// counts is how many programs the cases hold, by what becomes of them.
type counts struct{ agree, rejected, refused int }

// page returns the text of the appendix; cases is the folder of the cases.
func page(cases string) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(cases, "*", "*.txtar"))
	if err != nil {
		return nil, err
	}
	var n counts
	refusals := map[string]string{} // what to write, by what is refused
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			return nil, err
		}
		for _, f := range archive.Files {
			switch kind := f.Name[strings.LastIndex(f.Name, ".")+1:]; kind {
			case "out", "exit":
				n.agree++
			case "rejected":
				n.rejected++
			case "refused":
				n.refused++
				for line := range strings.Lines(string(f.Data)) {
					_, text, ok := strings.Cut(line, "the interpreter cannot ")
					what, text, ok2 := strings.Cut(text, " correctly: write ")
					write, _, ok3 := strings.Cut(text, ", or use --engine go")
					if ok && ok2 && ok3 {
						refusals[what] = write
					}
				}
			}
		}
	}
	if n.agree == 0 || len(refusals) == 0 {
		return nil, fmt.Errorf("%s has no cases", cases)
	}

	var b bytes.Buffer
	fmt.Fprintf(&b, `# What the interpreter does and does not do

<!-- Written by go generate ./runner/lower/page: change the cases, not this page. -->

When no Go toolchain is at hand, the workbook interprets a snippet. This page says how far you can trust that.

Each snippet is checked first, as the compiler checks it. What Go rejects is rejected at the same line, in the same words. Then the
snippet is rewritten into a small part of Go that the interpreter computes rightly. What cannot be rewritten is refused: the message
names the line and says what to write instead.

With `+"`--engine go`"+` a snippet is compiled. Where a toolchain is found, a snippet that the interpreter refuses is compiled in any case.

## How it is tested

The tests hold %d small programs with what the compiler makes of them.

| programs | what becomes of them |
| ---: | --- |
| %d | print what the compiled program prints and end with the same status |
| %d | are rejected by Go, and by the interpreter at the same line with the same message |
| %d | are refused by the interpreter |

Random programs are compared as well, compiled against interpreted.

## What is refused

| the interpreter cannot | write |
| --- | --- |
`, n.agree+n.rejected+n.refused, n.agree, n.rejected, n.refused)
	for _, what := range slices.Sorted(maps.Keys(refusals)) {
		fmt.Fprintf(&b, "| %s | %s |\n", cell(what), cell(refusals[what]))
	}
	b.WriteString(`
Some things show only while a program runs, and are refused then:

- a value with a method ` + "`String`" + `, ` + "`Error`" + ` or ` + "`Format`" + ` that a template looks into, or with unexported fields of the names in it;
- a method that a template calls, with parameters or results that are of types of the program, or interfaces;
- a pointer to a struct whose fields of interface types a template looks into, where it calls methods of the pointer, or where the struct holds itself;
- a variable with a function in it, given to ` + "`fmt`" + `, which prints its address: all functions have one here;
- a map printed by ` + "`fmt`" + ` whose keys are of several types, one of them of the program: their order is the linker's;
- ` + "`%T`" + ` and its like in a template, a function of the program called by one, and what ` + "`html/template`" + ` makes JSON of, where types look the same to the template;
- an error of ` + "`encoding/json`" + `, ` + "`text/template`" + ` or ` + "`html/template`" + ` that names a type of the program, where the interpreter does not know the name;
- some methods of a ` + "`reflect.Type`" + ` of the program, such as ` + "`AssignableTo`" + ` or ` + "`NumIn`" + `, and ` + "`Set`" + ` with a value of another type than that of the variable.

## What differs

- An interpreted loop takes 10 to 300 times as long as a compiled one. Waiting and system calls take as long.
- Memory and stacks are those of the interpreter. ` + "`runtime.Stack`" + ` shows more frames than the program has.
- Data races show more often. There is no race detector.
- The stack of a panic that nobody recovers: its message and the exit status are Go's. The lines and names are those of the source. The
  compiler puts small functions into their callers, moves checks of nil pointers and leaves out what it knows beforehand, and then names
  another line there, or another name for a function literal.
- When a goroutine panics, the others may still run for a moment, and print. Here this moment can be longer.
- Of several syntax errors the first is shown, with the number of the others.

## Packages

A snippet may import these packages, and ` + "`unsafe`" + `:

`)
	for _, path := range export.Packages() {
		fmt.Fprintf(&b, "- `%s`\n", path)
	}
	return b.Bytes(), nil
}

// cell makes text fit for a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "<", "&lt;").Replace(text)
}
