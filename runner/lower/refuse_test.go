package lower_test

import (
	"strings"
	"testing"

	"example/workbook/runner/lower"
)

// What shows only while a program runs is refused then, by name: the program ends
// where it would print something wrong, and cannot recover.
func TestRefusesWhileRunning(t *testing.T) {
	for _, test := range []struct{ name, imports, body, want string }{
		{"keys of several types", `"fmt"`, `fmt.Println(map[any]int{A(3): 1, B(1): 2})`, "print a map whose keys are of several types of the program"},
		{"keys of own and other types", `"fmt"`, `fmt.Println([]any{map[any]int{A(3): 1, "b": 2}})`, "print a map whose keys are of several types of the program"},
		{"keys that the program would recover from", `"fmt"`, `defer func() { recover() }(); fmt.Println(map[any]int{A(3): 1, B(1): 2})`, "print a map whose keys are of several types of the program"},
		{"function in a variable", `"fmt"`, `f := M.Own; fmt.Printf("%T %v\n", f, f)`, "show the address of a function"},
		{"two types in a template", `"os"; "text/template"`, `template.Must(template.New("").Parse("{{printf \"%T\" .A}}")).Execute(os.Stdout, S{})`, "tell apart the types of the program in text/template"},
		{"methods in a template", `"os"; "text/template"`, `template.Must(template.New("").Parse("{{.Method}}")).Execute(os.Stdout, M{})`, "show a value of type main.M to text/template"},
		{"own types of methods in a template", `"os"; "text/template"`, `template.Must(template.New("").Parse("{{.Own}}")).Execute(os.Stdout, M{})`, "show a value of type main.M to text/template"},
		{"errors of methods in a template", `"os"; "text/template"`, `template.Must(template.New("").Parse("{{.Add \"1\"}}")).Execute(os.Stdout, M{})`, "name the types in an error of text/template"},
		{"keys like methods in a template", `"os"; "text/template"`, `template.Must(template.New("").Parse("{{.m.Add}}")).Execute(os.Stdout, map[string]any{"m": map[string]int{}, "M": M{}})`, "see that a map has no key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := "package main\n\nimport (" + test.imports + ")\n" + `
type A int
type B int
type S struct {
	A A ` + "`json:\",string\"`" + `
	B B ` + "`json:\",string\"`" + `
}
type M struct{}

func (M) Method() {}
func (m M) Own() M { return m }
func (M) Add(n int) int { return n + 1 }

func main() { ` + test.body + " }\n"
			o := execute(t, lower.Program{Name: test.name, File: "main.go", Source: []byte(source)})
			if o.Exit != 2 || !strings.Contains(o.Stderr, "panic: the interpreter cannot "+test.want) || !strings.Contains(o.Stderr, ": use --engine go\n") {
				t.Errorf("got %s\n%s", o, o.Stderr)
			}
		})
	}
}
