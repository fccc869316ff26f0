package lower_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"example/workbook/internal/book"
	"example/workbook/runner/interp"
	"example/workbook/runner/lower"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == interp.ChildArg {
		interp.Main()
	}
	os.Exit(m.Run())
}

// outcome is what became of a program under the interpreter.
type outcome struct {
	problems book.Problems // rejected or refused
	refused  bool
	exit     int
	stdout   string
	stderr   string
	broken   string // the interpreter did not take the lowered text
}

func (o outcome) String() string {
	switch {
	case o.refused:
		return "refused: " + o.problems.Error()
	case o.problems != nil:
		return "rejected: " + o.problems.Error()
	case o.broken != "":
		return "broken: " + o.broken
	}
	return fmt.Sprintf("exit %d\n%s", o.exit, o.stdout)
}

// limit is how long a program may run before it counts as hanging.
const limit = 60 * time.Second

// execute lowers and interprets a program.
func execute(t testing.TB, p lower.Program, env ...string) outcome {
	t.Helper()
	prepared, err := lower.Prepare(p)
	if err != nil {
		var problems book.Problems
		if !errors.As(err, &problems) {
			t.Fatalf("%s: %v", p.Name, err)
		}
		return outcome{problems: problems, refused: lower.Check(p) == nil}
	}
	r := &interp.Request{File: p.File, Line: p.Line, Col: p.Col, Source: prepared.Source, Original: p.Source}
	mem, err := r.Memory()
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, os.Args[0], interp.ChildArg)
	cmd.Env = append(append(os.Environ(), interp.Environ()...), env...)
	cmd.ExtraFiles = []*os.File{mem}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Dir = t.TempDir()
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	o := outcome{exit: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	reports, err := interp.Reports(mem)
	if err != nil {
		t.Fatal(err)
	}
	for _, report := range reports {
		if report.Kind == interp.Broken || report.Kind == interp.Rejected {
			o.broken = fmt.Sprint(report.Text(), " ", report.Problems)
		}
	}
	return o
}

// A case is a program and what the compiler made of it: exit and stdout, or
// rejected with the compiler's messages, or refused with the interpreter's.
func load(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	return files
}

// The interpreter makes of each program what the compiler makes of it, or it
// refuses. Which programs it refuses is part of the case, so that a change
// shows.
func TestAgrees(t *testing.T) {
	short(t)
	var paths []string
	for _, folder := range []string{"parity", "cases"} {
		list, err := filepath.Glob(filepath.Join("testdata", folder, "*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, list...)
	}
	if len(paths) < 232 {
		t.Fatalf("%d cases", len(paths))
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			want := load(t, path)
			o := execute(t, lower.Program{Name: path, File: "main.go", Source: []byte(want["main.go"])})
			if messages, ok := want["rejected"]; ok {
				compareProblems(t, o, messages, false)
				return
			}
			if messages, ok := want["refused"]; ok {
				compareProblems(t, o, messages, true)
				return
			}
			exit, err := strconv.Atoi(strings.TrimSpace(want["exit"]))
			if err != nil {
				t.Fatal(err)
			}
			if o.problems != nil || o.broken != "" || o.exit != exit || o.stdout != want["stdout"] {
				t.Errorf("got %s\n%s\nwant exit %d\n%s", o, o.stderr, exit, want["stdout"])
			}
			if lines, ok := want["stderr"]; ok {
				for line := range strings.Lines(lines) {
					if !strings.Contains(o.stderr, strings.TrimSpace(line)) {
						t.Errorf("stderr lacks %q:\n%s", line, o.stderr)
					}
				}
			}
		})
	}
}

// compareProblems compares the problems with those of the case, of which each
// line is line:column: and the beginning of the message. A case without
// columns, "prog.go:7:2: ...", is the compiler's own text.
func compareProblems(t *testing.T, o outcome, want string, refused bool) {
	t.Helper()
	if o.problems == nil || o.refused != refused {
		t.Errorf("got %s\nwant %s", o, want)
		return
	}
	var lines []string
	for line := range strings.Lines(want) {
		more := strings.HasPrefix(line, "\t")
		line = strings.TrimSpace(line)
		if line == "" || more || strings.HasSuffix(line, "too many errors") {
			continue
		}
		lines = append(lines, line)
	}
	for i, line := range lines {
		if i >= len(o.problems) {
			t.Errorf("no message for %q", line)
			continue
		}
		p := o.problems[i]
		got := fmt.Sprintf("%d:%d: %s", p.Line, p.Col, p.Msg)
		if _, rest, ok := strings.Cut(line, ".go:"); ok {
			line = rest
		}
		if !strings.HasPrefix(got, line) {
			t.Errorf("got  %s\nwant %s", got, line)
		}
	}
	if refused && len(o.problems) != len(lines) {
		t.Errorf("got %s\nwant %s", o, want)
	}
}

// short skips a test that runs hundreds of programs. CI runs the short tests
// with the race detector, which would judge these programs and not the workbook.
func short(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs many programs")
	}
}
