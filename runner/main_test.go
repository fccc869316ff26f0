package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example/workbook/runner/ahead"
	"example/workbook/runner/isolate"
)

// runnerArg makes the test binary a command that runs the program in the file
// os.Args[2] with the engine os.Args[3], at the isolation os.Args[4] if there is
// one, and prints its output as it comes.
const runnerArg = "test-runner"

func TestMain(m *testing.M) {
	ChildMain()
	if len(os.Args) >= 4 && os.Args[1] == runnerArg {
		level, err := isolate.Parse(strings.Join(os.Args[4:], ""))
		if err != nil {
			panic(err)
		}
		os.Exit(runFile(os.Args[2], Engine(os.Args[3]), level))
	}
	if len(os.Args) == 3 && os.Args[1] == "run" {
		os.Exit(takeAhead(os.Args[2]))
	}
	status := m.Run()
	if binaryDir != "" {
		os.RemoveAll(binaryDir)
	}
	os.Exit(status)
}

func runFile(file string, e Engine, level isolate.Level) int {
	r := &Runner{Isolation: level, Tee: func(c Chunk) { os.Stdout.Write(c.Data) }}
	if e == Yaegi {
		r.Warm()
	}
	src, err := os.ReadFile(file)
	if err == nil {
		_, err = r.Run(context.Background(), Program{Name: file, File: "main.go", Source: src}, e)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// binary is the test binary. If that has C code (as with -race), it is one that has
// not: its interpreter sees deadlocks. If it lies where only this user finds it, as go
// test's do, it is a copy that runs at full isolation can use, too.
var binary = sync.OnceValues(func() (string, error) {
	self, err := os.Executable()
	if err != nil || !ahead.Cgo && anyoneFinds(self) {
		return self, err
	}
	if binaryDir, err = os.MkdirTemp("", "workbook-test-"); err != nil {
		return "", err
	}
	file := filepath.Join(binaryDir, "runner.test")
	if ahead.Cgo {
		cmd := exec.Command("go", "test", "-c", "-o", file, ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
	} else {
		data, err := os.ReadFile(self)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(file, data, 0o755); err != nil {
			return "", err
		}
	}
	return file, os.Chmod(binaryDir, 0o755)
})

// binaryDir is the folder of a binary that was made for the tests.
var binaryDir string

// anyoneFinds reports whether all folders above a file let every user through.
func anyoneFinds(file string) bool {
	for dir := filepath.Dir(file); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// newRunner returns a runner whose children are binary.
func newRunner(t testing.TB) *Runner {
	t.Helper()
	file, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return &Runner{Executable: file}
}
