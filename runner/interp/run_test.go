package interp

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"

	"example/workbook/runner/ahead"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildArg {
		Main()
	}
	os.Exit(m.Run())
}

// result is what became of a child.
type result struct {
	stdout, stderr string
	exit           int
	reports        []Report
}

// start starts a child with a request.
func start(t testing.TB, r *Request, stdout, stderr io.Writer) (*exec.Cmd, *os.File) {
	t.Helper()
	mem, err := r.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mem.Close() })
	cmd := exec.Command(os.Args[0], ChildArg)
	cmd.Env = append(ahead.Environment(), "PATH="+os.Getenv("PATH"))
	cmd.ExtraFiles = []*os.File{mem}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, mem
}

func run(t testing.TB, r *Request) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd, mem := start(t, r, &stdout, &stderr)
	return finish(t, cmd, mem, &stdout, &stderr)
}

// finish waits for the end of a child.
func finish(t testing.TB, cmd *exec.Cmd, mem *os.File, stdout, stderr *bytes.Buffer) result {
	t.Helper()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	reports, err := Reports(mem)
	if err != nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode(), reports}
}

const asleep = "fatal error: all goroutines are asleep - deadlock!"

// runAsleep is run for a program that prints a line and then waits for ever.
// With cgo the runtime does not notice, and has to be asked.
func runAsleep(t testing.TB, r *Request) result {
	t.Helper()
	for {
		out, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		cmd, mem := start(t, r, w, &stderr)
		w.Close()
		stdout.ReadFrom(io.LimitReader(out, 1))
		if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
			t.Fatal(err)
		}
		stdout.ReadFrom(out)
		out.Close()
		res := finish(t, cmd, mem, &stdout, &stderr)
		waits := true
		_, gs := r.Dump(stderr.Bytes())
		for _, g := range gs {
			waits = waits && regexp.MustCompile(`^(chan|select|sync)`).MatchString(g.State)
		}
		if waits {
			res.stderr = strings.Replace(res.stderr, "SIGQUIT: quit", asleep, 1)
			return res
		}
		// It was asked before it waited.
	}
}

// A case is a program, the place where it stands in chapter.md or file, and what must
// come of it: stdout, stderr (after Dump), exit status, reports.
func TestPrograms(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for _, f := range archive.Files {
				want[f.Name] = string(f.Data)
			}
			r := &Request{File: cmp.Or(strings.TrimSpace(want["file"]), "chapter.md"), Line: 101, Source: []byte(want["main.go"])}
			if s := want["original"]; s != "" {
				r.Original = []byte(s)
			}
			if s := want["col"]; s != "" {
				if r.Col, err = strconv.Atoi(strings.TrimSpace(s)); err != nil {
					t.Fatal(err)
				}
			}
			execute := run
			if withCgo && strings.HasPrefix(want["stderr"], asleep) {
				execute = runAsleep
			}
			res := execute(t, r)
			stderr, _ := r.Dump([]byte(res.stderr))
			got := map[string]string{
				"stdout":  res.stdout,
				"stderr":  varying().ReplaceAllString(string(stderr), "${1}N"),
				"exit":    fmt.Sprintln(res.exit),
				"reports": show(res.reports),
			}
			if want["exit"] == "" {
				want["exit"] = "0\n"
			}
			for name, text := range got {
				if text != want[name] {
					t.Errorf("%s is\n%s\nwant\n%s", name, text, want[name])
				}
			}
		})
	}
}

// varying matches numbers that differ between runs: of goroutines other than
// main, and addresses.
func varying() *regexp.Regexp {
	return regexp.MustCompile(`(goroutine |0x)(?:[2-9]|[0-9a-f]{2,})\b`)
}

// show writes reports as the cases do.
func show(reports []Report) string {
	var b strings.Builder
	for _, r := range reports {
		if r.Kind == Looping {
			continue // see TestLooping
		}
		fmt.Fprintf(&b, "%s", r.Kind)
		if r.Goroutine > 0 {
			who := "another goroutine"
			if r.Goroutine == 1 {
				who = "main goroutine"
			}
			fmt.Fprintf(&b, ", %s", who)
		}
		fmt.Fprintf(&b, ": %s\n", r.Value)
		for _, p := range r.Problems {
			fmt.Fprintf(&b, "\t%s: %s\n", p.Position, p.Msg)
		}
		for _, f := range r.Frames {
			fmt.Fprintf(&b, "\t%s %s\n", f.Position, f.Func)
		}
	}
	return b.String()
}

// The other side of the contract: what a snippet finds in its process.
func TestProcess(t *testing.T) {
	res := run(t, &Request{File: "p.go", Args: []string{"p", "-v"}, Source: []byte(`package main

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

func main() {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	fmt.Println("first descriptor:", fd, err)
	fmt.Println("main thread:", unix.Gettid() == unix.Getpid())
	fmt.Println("goroutines:", runtime.NumGoroutine())
	fmt.Println("arguments:", os.Args)
	fmt.Println("GODEBUG:", os.Getenv("GODEBUG"), len(os.Environ()))
}
`)})
	want := `first descriptor: 3 <nil>
main thread: true
goroutines: 1
arguments: [p -v]
GODEBUG:  1
`
	if res.stdout != want || res.stderr != "" || res.exit != 0 {
		t.Errorf("stdout\n%s\nwant\n%s\nstderr %q, exit status %d", res.stdout, want, res.stderr, res.exit)
	}
}

// One of many panics ends the process, and only that one is shown.
func TestManyPanics(t *testing.T) {
	res := run(t, &Request{File: "p.go", Source: []byte(`package main

func work(c chan int) {
	<-c
	panic("enough")
}

func main() {
	c := make(chan int)
	for i := 0; i < 100; i++ {
		go work(c)
	}
	close(c)
	work(c)
}
`)})
	var panics int
	for _, r := range res.reports {
		if r.Kind == Panicked {
			panics++
		}
	}
	if panics != 1 || strings.Count(res.stderr, "panic: ") != 1 || res.exit != 2 {
		t.Errorf("%d reports, exit status %d, stderr\n%s", panics, res.exit, res.stderr)
	}
}

// The value of a panic is reported in part if it is larger than the room for
// reports, and shown in full.
func TestLargeValue(t *testing.T) {
	res := run(t, &Request{File: "p.go", Source: []byte(`package main

import "strings"

func main() {
	panic(strings.Repeat("x", 3<<20))
}
`)})
	if len(res.reports) != 1 || res.reports[0].Value != strings.Repeat("x", maxValue)+"..." {
		t.Errorf("%d reports", len(res.reports))
	}
	if len(res.stderr) < 3<<20 {
		t.Errorf("%d bytes on stderr", len(res.stderr))
	}
}

// A stack that grows without end is a fatal error; what its ends have in
// common with the snippet is shown.
func TestStackOverflow(t *testing.T) {
	r := &Request{File: "p.go", MaxStack: 1 << 20, Source: []byte("package main\n\n" +
		"func f(n int) int {\n\treturn f(n+1) + 1\n}\n\nfunc main() {\n\tf(0)\n}\n")}
	res := run(t, r)
	stderr, gs := r.Dump([]byte(res.stderr))
	if res.exit != 2 || len(gs) != 1 || len(gs[0].Frames) < 3 || gs[0].Gap == 0 {
		t.Fatalf("exit status %d, goroutines %v, stderr\n%s", res.exit, gs, stderr)
	}
	for i, f := range gs[0].Frames {
		want := "main.f(...) p.go:4"
		if i == len(gs[0].Frames)-1 {
			want = "main.main() p.go:8"
		}
		if got := fmt.Sprintf("%s %s:%d", f.Func, f.File, f.Line); got != want {
			t.Errorf("frame %d is %s, want %s", i, got, want)
		}
	}
	if !strings.HasPrefix(string(stderr), "runtime: goroutine stack exceeds 1048576-byte limit\n") ||
		!strings.Contains(string(stderr), "\nfatal error: stack overflow\n\ngoroutine 1 [running]:\nmain.f(...)\n") ||
		!strings.Contains(string(stderr), "\n...additional frames elided...\n") {
		t.Errorf("stderr is\n%s", stderr)
	}
}

// Where a program computes without end can be told when it has been stopped.
func TestLooping(t *testing.T) {
	r := &Request{File: "p.go", Source: []byte(`package main

import "fmt"

func spin(n int) {
	for {
		n++
	}
}

func main() {
	for i := 0; i < 3; i++ {
		fmt.Println(i)
	}
	go func() {
		for i := 0; ; i++ {
			if i%2 == 1 {
				i++
			}
		}
	}()
	spin(0)
}
`)}
	seen := map[string]bool{}
	for !seen["p.go:6:2 main.spin(...)"] || !seen["p.go:16:3 main.main.func1()"] {
		out, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd, mem := start(t, r, w, nil)
		w.Close()
		// Three lines, and then there is only the rest.
		if _, err := io.ReadFull(out, make([]byte, len("0\n1\n2\n"))); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			reports, err := Reports(mem)
			if err != nil || len(reports) != 1 || reports[0].Kind != Looping {
				t.Fatal(reports, err)
			}
			f := reports[0].Frames[0]
			seen[f.Position.String()+" "+f.Func] = true
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		out.Close()
	}
	delete(seen, "p.go:12:2 main.main()") // before the others
	if len(seen) != 2 {
		t.Error(seen)
	}
}

func TestNoRequest(t *testing.T) {
	cmd := exec.Command(os.Args[0], ChildArg)
	cmd.Env = ahead.Environment()
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 3 || !strings.Contains(string(out), "no request at descriptor 3") {
		t.Errorf("exit status %d, output %q", cmd.ProcessState.ExitCode(), out)
	}
}

// A snippet can write to memory, but not lead the parent astray.
func TestScribbledReports(t *testing.T) {
	r := &Request{File: "p.go", Source: []byte("package main")}
	mem, err := r.Memory()
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	if reports, err := Reports(mem); len(reports) != 0 || err != nil {
		t.Errorf("a new request has reports %v, %v", reports, err)
	}
	for _, offset := range []int64{0, 8, 16} {
		if _, err := mem.WriteAt([]byte("\xff\xff\xff\xff\xff\xff\xff\xff"), offset); err != nil {
			t.Fatal(err)
		}
		if reports, err := Reports(mem); len(reports) != 0 || err != nil {
			t.Errorf("after bytes at %d: %v, %v", offset, reports, err)
		}
	}
}

// BenchmarkFirstByte measures from starting the child to the first byte of
// its output.
func BenchmarkFirstByte(b *testing.B) {
	for name, imports := range map[string]string{
		"fmt":      "",
		"fmt+unix": "\t\"golang.org/x/sys/unix\"\n",
		"fmt+http": "\t\"net/http\"\n",
	} {
		b.Run(name, func(b *testing.B) {
			use := map[string]string{"fmt": "1", "fmt+unix": "unix.Getpid()", "fmt+http": "http.MethodGet"}[name]
			src := "package main\n\nimport (\n\t\"fmt\"\n" + imports + ")\n\nfunc main() {\n\tfmt.Println(\"hello\", " + use + ")\n}\n"
			for b.Loop() {
				stdout, w, err := os.Pipe()
				if err != nil {
					b.Fatal(err)
				}
				cmd, _ := start(b, &Request{File: "p.go", Source: []byte(src)}, w, nil)
				w.Close()
				if _, err := stdout.Read(make([]byte, 1)); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				stdout.Close()
				if err := cmd.Wait(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}
