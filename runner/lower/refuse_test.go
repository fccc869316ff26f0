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
		{"types in an error of a template", `"os"; "text/template"`, `template.Must(template.New("").Parse("{{.B}}")).Execute(os.Stdout, K{})`, "name the types in an error of text/template"},
		{"a value that holds itself in a template", `"os"; "text/template"`, `k := &K{}; k.A = k; template.Must(template.New("").Parse("{{.A}}")).Execute(os.Stdout, map[string]any{"k": k})`, "show a value that holds itself, and interfaces, to a template"},
		{"methods of a copy in a template", `"os"; "text/template"`, `template.Must(template.New("").Parse("{{.A}}{{.Set}}")).Execute(os.Stdout, &K{A: K{}})`, "call methods of a pointer to a struct that holds interfaces in text/template"},
		{"types in an error of an HTML template", `"os"; "html/template"`, `template.Must(template.New("").Parse("{{.B}}")).Execute(os.Stdout, K{})`, "name the types in an error of html/template"},
		{"methods in an HTML template", `"os"; "html/template"`, `template.Must(template.New("").Parse("{{.Method}}")).Execute(os.Stdout, M{})`, "show a value of type main.M to html/template"},
		{"two types in a script", `"os"; "html/template"`, `template.Must(template.New("").Parse("<script>{{.}}</script>")).Execute(os.Stdout, J(1))`, "tell apart the types of the program in html/template"},
		{"an error in a script", `"os"; "html/template"`, `template.Must(template.New("").Parse("<script>{{.}}</script>")).Execute(os.Stdout, K{A: func() {}})`, "name the types in an error of html/template"},
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
type K struct{ A any }
type J int

func (M) Method() {}
func (k *K) Set() int { return 1 }
func (J) MarshalText() ([]byte, error) { return nil, nil }
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
