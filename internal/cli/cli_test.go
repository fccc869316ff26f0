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
	"go.mod":               {Data: []byte("module example/workbook\n\ngo 1.26\n")},
}

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
