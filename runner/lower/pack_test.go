package lower_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"example/workbook/runner/lower"
)

// The programs of a pack are small, one idea each. What the compiler makes of
// them is recorded behind each, see the tool record.
func TestPacks(t *testing.T) {
	short(t)
	paths, err := filepath.Glob("testdata/packs/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	programs := 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(archive.Comment) == 0 {
			t.Errorf("%s does not say what must hold", path)
		}
		results := map[string]string{}
		for _, f := range archive.Files {
			results[f.Name] = string(f.Data)
		}
		for _, f := range archive.Files {
			name, ok := strings.CutSuffix(f.Name, ".go")
			if !ok {
				continue
			}
			programs++
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+name, func(t *testing.T) {
				t.Parallel()
				p := lower.Program{Name: name, File: "main.go", Source: f.Data}
				o := execute(t, p)
				if messages, ok := results[name+".rejected"]; ok {
					compareProblems(t, o, messages, false)
					return
				}
				if messages, ok := results[name+".refused"]; ok {
					compareProblems(t, o, messages, true)
					return
				}
				want, ok := results[name+".out"]
				if !ok {
					t.Fatal("no result is recorded: run the tool record")
				}
				got := o.Stdout
				if o.Exit != 0 {
					got += fmt.Sprintf("exit status %d\n", o.Exit)
				}
				if o.Problems != nil || o.Broken != "" || got != want {
					t.Errorf("got %s\n%s\nwant %s", o, o.Stderr, want)
				}
				compareWarnings(t, p, results[name+".warnings"])
			})
		}
	}
	if programs < 750 {
		t.Errorf("%d programs", programs)
	}
}

// compareWarnings compares the warnings for a program with what go vet says.
func compareWarnings(t *testing.T, p lower.Program, want string) {
	t.Helper()
	prepared, err := lower.Prepare(p)
	if err != nil {
		return
	}
	var b strings.Builder
	for _, w := range prepared.Warnings {
		fmt.Fprintln(&b, w.Error())
	}
	if got := b.String(); got != want {
		t.Errorf("warnings:\n%swant:\n%s", got, want)
	}
}

// A warning is at the line of the program's file, and names lines of it.
func TestWarningsMoved(t *testing.T) {
	source := `package main

import (
	"context"
	"fmt"
)

func run() {
	ctx, cancel := context.WithCancel(context.Background())
	if ctx.Err() != nil {
		return
	}
	cancel()
	fmt.Printf("%d\n", "three")
}

func main() { run() }
`
	prepared, err := lower.Prepare(lower.Program{File: "ch.md", Line: 101, Col: 5, Source: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	want := `ch.md:109:6: the cancel function is not used on all paths (possible context leak)
ch.md:111:7: this return statement may be reached without using the cancel var defined on line 109
ch.md:114:18: fmt.Printf format %d has arg "three" of wrong type string`
	if got := prepared.Warnings.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
