package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"example/workbook/internal/match"
	"example/workbook/runner/isolate"
)

// minute is how long a test lets the Go runtime write down goroutines: a busy
// machine takes its time.
const minute = time.Minute

// testCase is a file of testdata: a sentence that says what must hold, the
// program, and what becomes of it under each engine.
type testCase struct {
	name    string
	engines []Engine
	runner  *Runner
	program Program
	want    map[string]string // patterns: want, stdout, stderr
}

func readCase(t *testing.T, file string) *testCase {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := &testCase{
		name:    strings.TrimSuffix(filepath.Base(file), ".txtar"),
		engines: []Engine{Yaegi, Go},
		runner:  newRunner(t),
		program: Program{Name: "case", File: "chapters/07-case.md", Line: 101},
		want:    map[string]string{},
	}
	c.runner.Module, c.runner.quit = os.DirFS(".."), minute
	for _, f := range ar.Files {
		switch f.Name {
		case "main.go":
			c.program.Source = f.Data
		case "engines":
			c.engines = nil
			for _, e := range strings.Fields(string(f.Data)) {
				c.engines = append(c.engines, Engine(e))
			}
		case "options":
			c.options(t, string(f.Data))
		case "want", "stdout", "stderr":
			c.want[f.Name] = string(f.Data)
		default:
			t.Fatalf("%s: what is %s?", file, f.Name)
		}
	}
	return c
}

func (c *testCase) options(t *testing.T, text string) {
	t.Helper()
	for _, o := range strings.Fields(text) {
		name, value, _ := strings.Cut(o, "=")
		var err error
		switch name {
		case "timeout":
			c.program.Timeout, err = time.ParseDuration(value)
		case "quit":
			c.runner.quit, err = time.ParseDuration(value)
		case "memory":
			c.runner.MemoryLimit, err = strconv.ParseInt(strings.TrimSuffix(value, "MiB"), 10, 64)
			c.runner.MemoryLimit <<= 20
		case "isolation":
			c.runner.Isolation, err = isolate.Parse(value)
		case "processes":
			c.runner.ProcessLimit, err = strconv.Atoi(value)
		default:
			t.Fatalf("option %q", o)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// summary is a run without its streams, in the form of the want sections.
func summary(run *Run) string {
	if run.End == Rejected {
		return "rejected\n" + run.Problems.Error() + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%v, exit status %d", run.End, run.ExitCode)
	if run.Signal != 0 {
		fmt.Fprintf(&b, ", signal %d", run.Signal)
	}
	what, _ := run.withoutColumns().Describe()
	fmt.Fprintf(&b, "\nit %s\n", what)
	for _, p := range run.withoutColumns().Problems {
		fmt.Fprintln(&b, p.Error())
	}
	for _, n := range run.Notes {
		fmt.Fprintln(&b, "note:", n)
	}
	for s, n := range run.Dropped {
		if n > 0 {
			fmt.Fprintln(&b, "dropped", Stream(s))
		}
	}
	return b.String()
}

// withoutColumns is r as a compiled program has it: only the interpreter knows
// the columns of a panic.
func (r *Run) withoutColumns() *Run {
	c := *r
	if r.End == Rejected {
		return r
	}
	c.Problems = append(c.Problems[:0:0], c.Problems...)
	for i := range c.Problems {
		c.Problems[i].Col = 0
	}
	c.Goroutines = append(c.Goroutines[:0:0], c.Goroutines...)
	for i, g := range c.Goroutines {
		c.Goroutines[i].Trace = append(g.Trace[:0:0], g.Trace...)
		for j := range c.Goroutines[i].Trace {
			c.Goroutines[i].Trace[j].Pos.Col = 0
		}
	}
	return &c
}

func (c *testCase) check(t *testing.T, run *Run) {
	t.Helper()
	got := map[string]string{"want": summary(run), "stdout": run.Stdout(), "stderr": run.Stderr()}
	for _, section := range []string{"want", "stdout", "stderr"} {
		if !matches(t, c.want[section], got[section]) {
			text := got[section]
			if len(text) > 5000 {
				text = text[:5000] + "..."
			}
			t.Errorf("engine %s: %s is\n%s\nwant\n%s", run.Engine, section, text, c.want[section])
		}
	}
}

func matches(t *testing.T, want, got string) bool {
	t.Helper()
	pattern, err := match.Compile(want, match.Exact)
	if err != nil {
		t.Fatal(err)
	}
	return pattern.Match(got).OK
}

func (c *testCase) run(t *testing.T, e Engine) {
	t.Helper()
	run, err := c.runner.Run(context.Background(), c.program, e)
	if err != nil {
		t.Fatalf("engine %s: %v", e, err)
	}
	t.Logf("engine %s: %v after %v, limit %v", e, run.End, run.Duration, run.Limits.Time)
	c.check(t, run)
	if t.Failed() {
		t.Logf("stderr:\n%s", run.Stderr())
	}
}

func cases(t *testing.T, folder string) []*testCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	var all []*testCase
	for _, f := range files {
		all = append(all, readCase(t, f))
	}
	return all
}

// runCases runs each case in folder under each engine. What a run leaves behind
// on disk or as a process fails its case.
func runCases(t *testing.T, folder string) {
	if runtime.GOOS != "linux" {
		t.Skip("the cases use system calls of Linux")
	}
	for _, c := range cases(t, folder) {
		for _, e := range c.engines {
			t.Run(c.name+"/"+string(e), func(t *testing.T) {
				if _, err := exec.LookPath("go"); e == Go && err != nil {
					t.Skip("no go command")
				}
				nothingLeft := watchFolder(t)
				c.run(t, e)
				nothingLeft()
				nextRun(t)
				nothingLeft()
			})
		}
	}
}

func TestEnds(t *testing.T)     { runCases(t, "ends") }
func TestRejected(t *testing.T) { runCases(t, "rejected") }

func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("the programs take all that they are allowed to take")
	}
	runCases(t, "faults")
}

// nextRun runs a program that must not notice what ran before.
func nextRun(t *testing.T) {
	t.Helper()
	src := "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() { fmt.Println(len(os.Args)); fmt.Fprintln(os.Stderr, \"err\") }\n"
	run, err := newRunner(t).Run(context.Background(), Program{Source: []byte(src), File: "next.go"}, Yaegi)
	if err != nil {
		t.Fatal(err)
	}
	if run.End != Exited || run.ExitCode != 0 || run.Stdout() != "1\n" || run.Stderr() != "err\n" || len(run.Notes) > 0 {
		t.Errorf("the next run: %s%s%s", summary(run), run.Stdout(), run.Stderr())
	}
}

// watchFolder gives runs a folder of their own for temporary files. The
// function that it returns reports what is still there: files, and processes
// that carry the folder in their environment or stand below this process.
func watchFolder(t *testing.T) (nothingLeft func()) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	return func() {
		t.Helper()
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			t.Errorf("left behind: %s", e.Name())
		}
		for _, p := range leftProcesses(dir) {
			t.Errorf("left behind: %s", p)
		}
	}
}
