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
	removeBinary()
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

// binary is the test binary, or, if that has C code (as with -race), one that
// has not: its interpreter sees deadlocks.
var binary = sync.OnceValues(func() (string, error) {
	if !ahead.Cgo {
		return os.Executable()
	}
	dir, err := os.MkdirTemp("", "workbook-test-")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "runner.test")
	cmd := exec.Command("go", "test", "-c", "-o", file, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return file, os.Chmod(dir, 0o755)
})

func removeBinary() {
	if file, err := binary(); err == nil && ahead.Cgo {
		os.RemoveAll(filepath.Dir(file))
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
