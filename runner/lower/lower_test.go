package lower_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"example/workbook/runner/lower"
	"example/workbook/runner/lower/compare"
)

func TestMain(m *testing.M) {
	compare.Child()
	os.Exit(m.Run())
}

// limit is how long a program may run before it counts as hanging.
const limit = 60 * time.Second

// execute lowers and interprets a program.
func execute(t testing.TB, p lower.Program, env ...string) compare.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	o, err := compare.Interpret(ctx, t.TempDir(), p, env...)
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
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
			if o.Problems != nil || o.Broken != "" || o.Exit != exit || o.Stdout != want["stdout"] {
				t.Errorf("got %s\n%s\nwant exit %d\n%s", o, o.Stderr, exit, want["stdout"])
			}
			if lines, ok := want["stderr"]; ok {
				for line := range strings.Lines(lines) {
					if !strings.Contains(o.Stderr, strings.TrimSpace(line)) {
						t.Errorf("stderr lacks %q:\n%s", line, o.Stderr)
					}
				}
			}
		})
	}
}

// compareProblems compares the problems with those of the case, of which each
// line is line:column: and the beginning of the message. A case without
// columns, "prog.go:7:2: ...", is the compiler's own text.
func compareProblems(t *testing.T, o compare.Outcome, want string, refused bool) {
	t.Helper()
	if o.Problems == nil || o.Refused != refused {
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
	// Behind an error of the syntax nothing else is told.
	for i, p := range o.Problems {
		if strings.Contains(p.Msg, "syntax error") || strings.Contains(p.Msg, "may follow from it") {
			lines = lines[:min(i+1, len(lines))]
		}
	}
	for i, line := range lines {
		if i >= len(o.Problems) {
			t.Errorf("no message for %q", line)
			continue
		}
		p := o.Problems[i]
		got := fmt.Sprintf("%d:%d: %s", p.Line, p.Col, p.Msg)
		if _, rest, ok := strings.Cut(line, ".go:"); ok {
			line = rest
		}
		if !strings.HasPrefix(got, line) {
			t.Errorf("got  %s\nwant %s", got, line)
		}
	}
	if refused && len(o.Problems) != len(lines) {
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
