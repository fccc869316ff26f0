package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/testscript"

	"example/workbook/internal/cli"
	"example/workbook/runner"
)

// embedded is the book inside the program of the tests.
var embedded = fstest.MapFS{
	"mkdocs.yml":           {Data: []byte("site_name: Embedded\ndocs_dir: chapters\n")},
	"chapters/01-hello.md": {Data: []byte("# Hello\n\n```go\n" + hello + "```\n\n```output\nhello\n```\n")},
	"chapters/02-forks.md": {Data: []byte("# Forks\n\n<!-- workbook: name=same needs=processes -->\n\n```go\n" + forks + "```\n\n<!-- workbook: name=other needs=processes -->\n\n```go\n" + forks + "```\n\n" +
		"<!-- workbook: exercise=forks/kept needs=processes -->\n\n## Start it, kept\n\n```output\n<nil>\n```\n\n" +
		"<!-- workbook: exercise=forks/changed needs=processes -->\n\n## Start it, changed\n\n```output\n<nil>\n```\n")},
	"snippets/forks/kept/starter/main.go":     {Data: []byte("package main\n\nfunc main() {}\n")},
	"snippets/forks/kept/solution/main.go":    {Data: []byte(forks)},
	"snippets/forks/changed/starter/main.go":  {Data: []byte("package main\n\nfunc main() {}\n")},
	"snippets/forks/changed/solution/main.go": {Data: []byte(forks)},
	"go.mod": {Data: []byte("module example/workbook\n\ngo 1.26\n")},
}

// forks is a program that starts another one.
const forks = `package main

import (
	"fmt"
	"os/exec"
)

func main() { fmt.Println(exec.Command("/bin/sh", "-c", "exit 0").Run()) }
`

const hello = `package main

import "fmt"

func main() { fmt.Println("hello") }
`

func TestMain(m *testing.M) {
	runner.ChildMain()
	testscript.Main(m, map[string]func(){
		"workbook": func() {
			os.Exit(cli.Run(os.Args[1:], cli.Env{Embedded: embedded, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
		},
	})
}

// Each file of testdata is one behaviour of the command; its first comment says
// what must hold.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// Scripts that empty PATH name the command by its file.
			file, err := exec.LookPath("workbook")
			if err != nil {
				return err
			}
			env.Setenv("WORKBOOK", file)
			env.Setenv("WORKBOOK_STATE", filepath.Join(env.WorkDir, ".state"))
			env.Setenv("GORACE", os.Getenv("GORACE")) // of the race detector
			// The go command of a script uses the caches of the machine.
			for name, value := range goEnv() {
				env.Setenv(name, value)
			}
			return nil
		},
	})
}

// goEnv is what the go command tells its children, asked once.
var goEnv = sync.OnceValue(func() map[string]string {
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	values := map[string]string{}
	if err != nil {
		return values
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		if line != "" {
			values[names[i]] = line
		}
	}
	return values
})
