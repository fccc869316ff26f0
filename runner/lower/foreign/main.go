// Foreign runs programs that others wrote, compiled and interpreted, and
// prints how many agree, are refused and differ, and which:
//
//	go run ./runner/lower/foreign gobyexample tour test
//
// gobyexample is Go by Example, tour is A Tour of Go, gopl the programs of The Go
// Programming Language, learngo, ultimatego and training are courses, test is the
// folder test of the Go distribution. They are cloned into the folder of -dir if they
// are not there: none of them belongs into this repository. A Go file or a folder
// of Go files may be named instead of a suite. What it runs reaches no network and
// writes no files but its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"example/workbook/runner/lower"
	"example/workbook/runner/lower/compare"
)

// suite is a collection of programs.
type suite struct {
	clone  string // where to get it
	folder string // in the clone, where its programs are
}

var suites = map[string]suite{
	"gobyexample": {"https://github.com/mmcgrana/gobyexample", "examples"},
	"tour":        {"https://github.com/golang/website", "_content/tour"},
	"gopl":        {"https://github.com/adonovan/gopl.io", "."},
	"learngo":     {"https://github.com/inancgumus/learngo", "."},
	"ultimatego":  {"https://github.com/hoanhan101/ultimate-go", "."},
	"training":    {"https://github.com/GoesToEleven/GolangTraining", "."},
}

// The results, in the order of the table.
const (
	agrees   = "agree"
	rejects  = "rejected" // by Go and by the interpreter, at the same lines
	refuses  = "refused"
	varies   = "vary" // the order of the lines, or the compiled program from run to run
	skipped  = "skipped"
	overtime = "too slow"
	differs  = "differ"
)

var results = []string{agrees, rejects, refuses, varies, skipped, overtime, differs}

func main() {
	compare.Child()
	dir := flag.String("dir", filepath.Join(os.TempDir(), "foreign"), "the folder of the clones")
	wait := flag.Duration("wait", 20*time.Second, "how long a compiled program may take; an interpreted one may take three times as long")
	here := flag.Bool("here", false, "run the programs with all rights that you have")
	flag.Parse()
	lists := make([][]string, flag.NArg())
	for i, name := range flag.Args() {
		var err error
		if lists[i], err = programs(*dir, name); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			os.Exit(1)
		}
	}
	if !*here {
		if err := apart(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	failed := false
	for i, name := range flag.Args() {
		failed = report(name, lists[i], *wait) || failed
	}
	if failed {
		os.Exit(1)
	}
}

// programs lists the Go files of a suite, which it gets if it is not there.
func programs(dir, name string) ([]string, error) {
	root := name
	if name == "test" {
		root = filepath.Join(build.Default.GOROOT, "test")
	} else if s, ok := suites[name]; ok {
		clone := filepath.Join(dir, name)
		if _, err := os.Stat(clone); errors.Is(err, fs.ErrNotExist) {
			if out, err := exec.Command("git", "clone", "--quiet", "--depth=1", s.clone, clone).CombinedOutput(); err != nil {
				return nil, fmt.Errorf("git clone %s: %w: %s: clone it by hand", s.clone, err, out)
			}
		}
		root = filepath.Join(clone, filepath.FromSlash(s.folder))
	}
	var paths []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}

// report prints the table of a suite and says whether anything differs.
func report(name string, paths []string, wait time.Duration) bool {
	type line struct{ path, result, why string }
	lines := make([]line, len(paths))
	var wg sync.WaitGroup
	free := make(chan bool, runtime.GOMAXPROCS(0))
	for i, path := range paths {
		free <- true
		wg.Go(func() {
			result, why := judge(path, wait)
			lines[i] = line{path, result, why}
			<-free
		})
	}
	wg.Wait()
	fmt.Printf("%s: %d files\n", name, len(paths))
	for _, result := range results {
		n := 0
		for _, l := range lines {
			if l.result == result {
				n++
			}
		}
		fmt.Printf("%6d %s\n", n, result)
		for _, l := range lines {
			if l.result == result && result != agrees && result != rejects {
				fmt.Printf("         %s: %s\n", l.path, strings.ReplaceAll(strings.TrimSpace(l.why), "\n", "\n             "))
			}
		}
	}
	return slices.ContainsFunc(lines, func(l line) bool { return l.result == differs })
}

// judge compiles and interprets one program.
func judge(path string, wait time.Duration) (result, why string) {
	source, err := os.ReadFile(path)
	if err != nil {
		return skipped, err.Error()
	}
	text := string(source)
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.HasPrefix(first, "// errorcheck") && !strings.Contains(first, "-"):
		return judgeRejected(commandOf(text))
	case strings.HasPrefix(first, "// ") && strings.Contains(path, build.Default.GOROOT) && strings.TrimSpace(first) != "// run":
		return skipped, "not a program to run: " + first
	case !strings.Contains(text, "\nfunc main()"):
		return skipped, "no program"
	}
	dir, err := os.MkdirTemp("", "foreign")
	if err != nil {
		return skipped, err.Error()
	}
	defer os.RemoveAll(dir)
	binary, err := compare.Build(dir, source)
	var rejected *compare.Error
	switch {
	case errors.As(err, &rejected) && !strings.Contains(err.Error(), "could not import") && !strings.Contains(err.Error(), "go:embed"):
		return judgeRejected(text)
	case err != nil:
		return skipped, "does not compile alone: " + err.Error()
	}
	work := func(name string) string {
		w := filepath.Join(dir, name)
		_ = os.Mkdir(w, 0o755)
		return w
	}
	compiled := func(name string) compare.Outcome {
		ctx, cancel := context.WithTimeout(context.Background(), wait)
		defer cancel()
		o, err := compare.Compiled(ctx, work(name), binary)
		if err != nil {
			o.Broken = err.Error()
		}
		return o
	}
	want := compiled("compiled")
	if want.Late {
		return skipped, "does not end"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*wait)
	defer cancel()
	got, err := compare.Interpret(ctx, work("interpreted"), lower.Program{File: "main.go", Source: source})
	switch {
	case err != nil:
		return differs, err.Error()
	case got.Refused || got.Problems != nil && strings.Contains(got.Problems.Error(), "is not available to snippets"):
		return refuses, got.Problems.Error()
	case got.Same(want):
		return agrees, ""
	case got.Late && strings.HasPrefix(want.Stdout, got.Stdout):
		return overtime, ""
	case got.Exit == want.Exit && got.Problems == nil && sorted(got.Stdout) == sorted(want.Stdout):
		return varies, "the order"
	}
	for i := range 4 {
		if !compiled(fmt.Sprint("compiled", i)).Same(want) {
			return varies, "from run to run"
		}
	}
	return differs, fmt.Sprintf("compiled: %s\ninterpreted: %s\n%s", short(want.String()), short(got.String()), short(got.Stderr))
}

// sorted is text with its words sorted.
func sorted(text string) string {
	words := strings.Fields(text)
	slices.Sort(words)
	return strings.Join(words, " ")
}

func short(s string) string {
	const most = 600
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// commandOf makes a command of a package that the compiler is to reject.
func commandOf(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "package ") {
			lines[i] = "package main"
			break
		}
	}
	text = strings.Join(lines, "\n")
	if !strings.Contains(text, "func main(") {
		text += "\nfunc main() {}\n"
	}
	return text
}

// judgeRejected compares the lines at which the compiler and the interpreter
// reject a program.
func judgeRejected(source string) (result, why string) {
	dir, err := os.MkdirTemp("", "foreign")
	if err != nil {
		return skipped, err.Error()
	}
	defer os.RemoveAll(dir)
	_, err = compare.Build(dir, []byte(source))
	var rejected *compare.Error
	switch {
	case err == nil:
		return skipped, "compiles as a command"
	case !errors.As(err, &rejected):
		return skipped, err.Error()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	got, err := compare.Interpret(ctx, dir, lower.Program{File: "main.go", Source: []byte(source)})
	if err != nil {
		return differs, err.Error()
	}
	if got.Problems == nil || got.Refused {
		return differs, "the compiler says: " + short(rejected.Messages) + "\ninterpreted: " + short(got.String())
	}
	var want, have []string
	for line := range strings.Lines(rejected.Messages) {
		if rest, ok := strings.CutPrefix(line, "main.go:"); ok {
			number, _, _ := strings.Cut(rest, ":")
			want = append(want, number)
		}
	}
	for _, p := range got.Problems {
		have = append(have, fmt.Sprint(p.Line))
	}
	want, have = slices.Compact(want), slices.Compact(have)
	first := got.Problems[0].Msg
	if (strings.Contains(first, "syntax error") || strings.Contains(first, "may follow from it")) && len(want) > 0 && want[0] == have[0] || slices.Equal(want, have) {
		return rejects, ""
	}
	return differs, fmt.Sprintf("rejected at lines %v, by the interpreter at %v\nthe compiler says: %s\nthe interpreter: %s", want, have, short(rejected.Messages), short(got.Problems.Error()))
}
