package runner

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

const hello = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\") }\n"

func both(t *testing.T, f func(t *testing.T, e Engine)) {
	for _, e := range []Engine{Yaegi, Go} {
		t.Run(string(e), func(t *testing.T) { f(t, e) })
	}
}

func mustRun(t *testing.T, r *Runner, p Program, e Engine) *Run {
	t.Helper()
	run, err := r.Run(context.Background(), p, e)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// The zero Runner and a Program that has a source only must do.
func TestZeroValues(t *testing.T) {
	both(t, func(t *testing.T, e Engine) {
		run := mustRun(t, &Runner{}, Program{Source: []byte(hello)}, e)
		if run.End != Exited || run.Stdout() != "hello\n" || run.Engine != e {
			t.Errorf("%s%s", summary(run), run.Stdout())
		}
	})
}

// A program in a fence that is indented has its columns in the chapter.
func TestIndentedProgram(t *testing.T) {
	src := "package main\n\nfunc main() {\n\tvar unused int\n}\n"
	p := Program{File: "notes/x y.md", Line: 40, Col: 5, Source: []byte(src)}
	both(t, func(t *testing.T, e Engine) {
		run := mustRun(t, newRunner(t), p, e)
		if got := run.Problems.Error(); run.End != Rejected || !strings.HasPrefix(got, "notes/x y.md:43:10: declared and not used: unused") {
			t.Errorf("%v: %s", run.End, got)
		}
	})
}

// A message names other places of the program as the reader has them, and not
// those in the file that the compiler has read.
func TestPlacesInMessages(t *testing.T) {
	src := `package main

type T int

func (T) m() {}
func (T) m() {}

func f[P any]() {}

func main() {
	f()
	goto L
	x := 1
L:
	_ = x
L:
	switch x {
	case 1:
	case 1:
	}
}

var f int
`
	want := `notes/x y.md:45:14: method T.m already declared at notes/x y.md:44:14
notes/x y.md:50:7: in call to f, cannot infer P (declared at notes/x y.md:47:12)
notes/x y.md:51:11: goto L jumps over declaration of x at notes/x y.md:52:8
notes/x y.md:55:5: label L already defined at notes/x y.md:53:5
notes/x y.md:58:11: duplicate case 1 (constant of type int) in expression switch
	notes/x y.md:57:11: previous case
notes/x y.md:62:9: f redeclared in this block
	notes/x y.md:47:10: other declaration of f`
	p := Program{File: "notes/x y.md", Line: 40, Col: 5, Source: []byte(src)}
	both(t, func(t *testing.T, e Engine) {
		run := mustRun(t, newRunner(t), p, e)
		if got := run.Problems.Error(); run.End != Rejected || got != want {
			t.Errorf("%v: got\n%s\nwant\n%s", run.End, got, want)
		}
	})
}

// File names that are no place below the book are kept in messages.
func TestFileNames(t *testing.T) {
	src := "package main\n\nfunc main() {\n\tpanic(1)\n}\n"
	for _, name := range []string{"../README.md", "/home/reader/notes.md", "a b/c:1.md", "", "snippets/x/main.go"} {
		both(t, func(t *testing.T, e Engine) {
			run := mustRun(t, newRunner(t), Program{File: name, Line: 7, Source: []byte(src)}, e)
			if run.End != Panicked || len(run.Problems) != 1 || run.Problems[0].File != name || run.Problems[0].Line != 10 {
				t.Errorf("%q: %v %+v\n%s", name, run.End, run.Problems, run.Stderr())
			}
		})
	}
}

func TestUnknownEngine(t *testing.T) {
	_, err := newRunner(t).Run(context.Background(), Program{Source: []byte(hello)}, "gcc")
	if err == nil || !strings.Contains(err.Error(), `engine "gcc"`) {
		t.Error(err)
	}
}

// Tee sees both streams while the program runs.
func TestTee(t *testing.T) {
	src := `package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	fmt.Println("out")
	io.WriteString(os.Stderr, "err\n")
	for { // until it is stopped, which happens when both have been seen
	}
}
`
	both(t, func(t *testing.T, e Engine) {
		ctx, cancel := context.WithCancelCause(context.Background())
		seen := errors.New("seen")
		var got [2]bytes.Buffer
		r := newRunner(t)
		r.Timeout, r.Tee = time.Hour, func(c Chunk) {
			got[c.Stream].Write(c.Data)
			if got[Stdout].String() == "out\n" && got[Stderr].String() == "err\n" {
				cancel(seen)
			}
		}
		if _, err := r.Run(ctx, Program{Source: []byte(src)}, e); !errors.Is(err, seen) {
			t.Error(err)
		}
	})
}

// The end of the context ends the whole tree at once, and says why.
func TestCancel(t *testing.T) {
	both(t, func(t *testing.T, e Engine) {
		nothingLeft := watchFolder(t)
		ctx, cancel := context.WithCancelCause(context.Background())
		why := errors.New("interrupted")
		r := newRunner(t)
		r.Timeout, r.Tee = time.Hour, func(c Chunk) {
			if bytes.Contains(c.Data, []byte("up")) {
				cancel(why)
			}
		}
		src := strings.Replace(daemon, "ENDING", "time.Sleep(time.Hour)", 1)
		if _, err := r.Run(ctx, Program{Source: []byte(src)}, e); !errors.Is(err, why) {
			t.Error(err)
		}
		nothingLeft()
		if _, err := r.Run(ctx, Program{Source: []byte(src)}, e); !errors.Is(err, why) {
			t.Errorf("an ended context: %v", err)
		}
		nothingLeft()
	})
}

// daemon leaves processes in other sessions, and says when they are there.
const daemon = `package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	for _, n := range []string{"a", "b", "c"} {
		c := exec.Command("/bin/sh", "-c", "trap '' HUP TERM INT; (setsid sh -c 'trap \"\" HUP TERM INT; : > $TMPDIR/'"+n+"'; exec sleep 3600' &); exit 0")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := c.Run(); err != nil {
			fmt.Println(err)
		}
		for {
			if _, err := os.Stat(os.TempDir() + "/" + n); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	fmt.Println("up")
	ENDING
}
`

// Output that is dropped does not stay in memory.
func TestFloodStaysSmall(t *testing.T) {
	const limit = 1 << 20
	rec := newRecorder(limit, nil)
	block := bytes.Repeat([]byte("0123456789abcde\n"), 4096)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 1 << 30 / len(block) {
		rec.add(Stdout, block)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2*limit {
		t.Errorf("1 GiB of output takes %d bytes, the limit is %d", grown, limit)
	}
	if total := int64(after.TotalAlloc) - int64(before.TotalAlloc); total > 8*limit {
		t.Errorf("1 GiB of output allocates %d bytes", total)
	}
	if !rec.flooded() || rec.total() != 1<<30 {
		t.Errorf("%d bytes, flooded %v", rec.total(), rec.flooded())
	}
}

// A run takes the child that was started for it, the next one starts its own. A
// child that nobody needs goes away with its folder.
func TestWarm(t *testing.T) {
	nothingLeft := watchFolder(t)
	r := newRunner(t)
	r.Warm()
	for range 2 {
		if run := mustRun(t, r, Program{Source: []byte(hello)}, Yaegi); run.Stdout() != "hello\n" {
			t.Errorf("%s%s", summary(run), run.Stdout())
		}
	}
	nothingLeft()
	r.Warm()
	r.Close()
	nothingLeft()
	r.Warm()
	if run := mustRun(t, r, Program{Source: []byte("package main\n\nfunc main() { x }\n")}, Yaegi); run.End != Rejected {
		t.Error(run.End)
	}
	r.Close()
	nothingLeft()
}

// Runs may overlap. Each has its own folder, output and end.
func TestConcurrentRuns(t *testing.T) {
	nothingLeft := watchFolder(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			src := strings.Replace(hello, "hello", strings.Repeat("x", i), 1)
			run, err := newRunner(t).Run(context.Background(), Program{Source: []byte(src)}, Yaegi)
			if err != nil || run.Stdout() != strings.Repeat("x", i)+"\n" {
				t.Error(i, run, err)
			}
		})
	}
	wg.Wait()
	nothingLeft()
}

// A compiled program may import the module that its chapter stands in, and
// nothing is written there.
func TestModuleOfTheReader(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/greet\n\ngo 1.24\n")
	write("greet.go", "package greet\n\nimport \"example.com/greet/internal/word\"\n\nfunc Hello() string { return word.Hello }\n\nfunc Fail() { panic(\"from greet\") }\n")
	write("internal/word/word.go", "package word\n\nconst Hello = \"hello from the module\"\n")
	before := tree(t, root)

	r := withRoot(t, root)
	p := Program{File: "README.md", Line: 12, Source: []byte(`package main

import (
	"fmt"

	"example.com/greet"
	"example.com/greet/internal/word"
)

func main() {
	fmt.Println(greet.Hello(), len(word.Hello))
	greet.Fail()
}
`)}
	run := mustRun(t, r, p, Go)
	want := "panic: from greet\n\ngoroutine 1 [running]:\ngreet.Fail(...)\nmain.main()\n\tREADME.md:23\n"
	if run.End != Panicked || run.Stdout() != "hello from the module 21\n" || run.Stderr() != want {
		t.Errorf("%s%s%s", summary(run), run.Stdout(), run.Stderr())
	}

	p.Source = []byte("package main\n\nimport \"example.com/greet/none\"\n\nfunc main() { none.F() }\n")
	run = mustRun(t, r, p, Go)
	if got := run.Problems.Error(); run.End != Rejected || !strings.HasPrefix(got, "README.md:14:8: ") {
		t.Errorf("%v: %s", run.End, got)
	}

	unchanged := func() {
		t.Helper()
		if after := tree(t, root); after != before {
			t.Errorf("the module has changed: %s\nwas %s", after, before)
		}
	}
	unchanged()
	write("greet.go", "package greet\n\nfunc Hello() string { return 1 }\n")
	before = tree(t, root)
	p.Source = []byte("package main\n\nimport \"example.com/greet\"\n\nfunc main() { greet.Hello() }\n")
	run = mustRun(t, r, p, Go)
	if got := run.Problems.Error(); run.End != Rejected || !strings.HasPrefix(got, "greet.go:3:30: cannot use 1") {
		t.Errorf("%v: %s", run.End, got)
	}
	unchanged()

	write("go.mod", "module example.com/greet\n\ngo 9.99\n")
	if _, err := r.Run(context.Background(), p, Go); err == nil || !strings.Contains(err.Error(), "9.99") {
		t.Errorf("a module for a later Go: %v", err)
	}
}

// The interpreter does not know the module: the program is for another engine.
func TestRefused(t *testing.T) {
	p := Program{File: "README.md", Source: []byte("package main\n\nimport \"example.com/greet\"\n\nfunc main() { greet.Hello() }\n")}
	if run := mustRun(t, newRunner(t), p, Yaegi); run.End != Rejected || !run.Refused {
		t.Errorf("%v, refused %v: %v", run.End, run.Refused, run.Problems)
	}
	p.Source = []byte("package main\n\nfunc main() { x }\n")
	if run := mustRun(t, newRunner(t), p, Yaegi); run.End != Rejected || run.Refused {
		t.Errorf("%v, refused %v: %v", run.End, run.Refused, run.Problems)
	}
}

// A program that is only to compile is not run.
func TestNoRun(t *testing.T) {
	both(t, func(t *testing.T, e Engine) {
		run := mustRun(t, newRunner(t), Program{NoRun: true, Source: []byte(hello)}, e)
		if run.End != Compiled || len(run.Output) > 0 {
			t.Errorf("%v %v", run.End, run.Problems)
		}
		run = mustRun(t, newRunner(t), Program{NoRun: true, Source: []byte("package main\n\nfunc main() { x }\n")}, e)
		if run.End != Rejected {
			t.Errorf("%v", run.End)
		}
	})
}

// The module that comes with the binary need not be on disk.
func TestModuleInBinary(t *testing.T) {
	module := fstest.MapFS{
		"go.mod":                  {Data: []byte("module example/workbook\n\ngo 1.24\n")},
		"snippets/lab/lab.go":     {Data: []byte("package lab\n\nconst Name = \"lab\"\n")},
		"snippets/lab/sub/sub.go": {Data: []byte("package sub\n\nconst Name = \"sub\"\n")},
		"snippets/a/main.go":      {Data: []byte("package main\n\nfunc main() { broken }\n")},
		"runner/runner.go":        {Data: []byte("package runner\n")},
	}
	src := "package main\n\nimport (\n\t\"fmt\"\n\t\"example/workbook/snippets/lab\"\n\t\"example/workbook/snippets/lab/sub\"\n)\n\nfunc main() { fmt.Println(lab.Name, sub.Name) }\n"
	run := mustRun(t, withModule(t, module), Program{Source: []byte(src)}, Go)
	if run.Stdout() != "lab sub\n" {
		t.Errorf("%s%s", summary(run), run.Stdout())
	}
}

func withModule(t *testing.T, module fs.FS) *Runner {
	r := newRunner(t)
	r.Module = module
	return r
}

func withRoot(t *testing.T, root string) *Runner {
	r := newRunner(t)
	r.Root = root
	return r
}

// A module that is used by a workspace is built in it, another one is not.
func TestWorkspace(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("GOWORK", "")
	for name, text := range map[string]string{
		"go.work":   "go 1.24\n\nuse (\n\t./a // one\n\t./b\n)\n",
		"a/go.mod":  "module a\n\ngo 1.24\n\nrequire b v0.0.0\n",
		"b/go.mod":  "module b\n\ngo 1.24\n",
		"b/b.go":    "package b\n\nconst Name = \"b\"\n",
		"c/go.mod":  "module c\n\ngo 1.24\n",
		"c/d/empty": "",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for root, want := range map[string]string{"a": "go.work", "b": "go.work", "c": "off", "": "off"} {
		got := workspace(filepath.Join(dir, root))
		if got != want && got != filepath.Join(dir, want) {
			t.Errorf("%q is built in workspace %q", root, got)
		}
	}
	src := "package main\n\nimport (\n\t\"b\"\n\t\"fmt\"\n)\n\nfunc main() { fmt.Println(b.Name) }\n"
	run := mustRun(t, withRoot(t, filepath.Join(dir, "a")), Program{Source: []byte(src)}, Go)
	if run.Stdout() != "b\n" {
		t.Errorf("%s%s", summary(run), run.Stdout())
	}
}

// tree lists names, sizes and times below dir.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b.WriteString(name + " " + info.ModTime().String() + "\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
