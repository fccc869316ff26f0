package interp

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
	yaegiunsafe "github.com/traefik/yaegi/stdlib/unsafe"

	"example/workbook/runner/ahead"
	"example/workbook/runner/interp/symbols"
	"example/workbook/runner/lower/rt"
)

// Main is the child: it interprets the program that the parent asks for and
// exits. It never returns. The first statement of main must call it, when
// os.Args[1] is ChildArg.
func Main() {
	// In a compiled program the main goroutine begins on the main thread.
	runtime.LockOSThread()
	if !onMainThread() {
		// It was moved away before we came here. Begin again.
		_ = syscall.Exec("/proc/self/exe", os.Args, os.Environ())
	}
	c, err := openRequest()
	if err != nil {
		fmt.Fprintln(os.Stderr, "workbook: interpreter:", err)
		os.Exit(3)
	}
	c.run()
}

// child is the state of the process that interprets a snippet.
type child struct {
	request Request
	traces  *traces
	dying   atomic.Uintptr // the key of the goroutine whose panic ends the process

	mu      sync.Mutex
	written *uint64 // length of the reports, in the memory of the parent
	reports []byte  // room for reports

	// The main goroutine of a program that is recorded, or ties goroutines to
	// threads, never leaves the main thread: the thread called main in a recording
	// is that of function main, and init may tie that to it.
	ready <-chan struct{} // closed when a program that is recorded may begin
	ties  bool            // the program may tie goroutines to threads

	loop *uint64 // place of the loop whose body began last, in the same memory
}

// openRequest reads the request from its descriptor and closes that. It uses
// raw system calls: package os would create the runtime's epoll descriptor,
// and the first descriptor of the snippet would not be 3.
func openRequest() (*child, error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(RequestFD, &st); err != nil {
		return nil, fmt.Errorf("no request at descriptor %d: %w", RequestFD, err)
	}
	mem, err := syscall.Mmap(RequestFD, 0, int(st.Size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("request at descriptor %d: %w", RequestFD, err)
	}
	syscall.Close(RequestFD)
	if len(mem) < headerSize || string(mem[:8]) != magic {
		return nil, fmt.Errorf("descriptor %d holds no request", RequestFD)
	}
	size := int(binary.LittleEndian.Uint64(mem[8:]))
	if size < 0 || headerSize+size > len(mem) {
		return nil, fmt.Errorf("request of %d bytes in memory of %d", size, len(mem))
	}
	c := &child{
		written: (*uint64)(unsafe.Pointer(&mem[16])),
		reports: mem[headerSize+size : min(headerSize+size+reportsSize, len(mem))],
		loop:    (*uint64)(unsafe.Pointer(&mem[24])),
	}
	if err := json.Unmarshal(mem[headerSize:headerSize+size], &c.request); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if c.request.Recorded {
		c.ready = useRecording(mem)
	}
	return c, nil
}

// maxValue is how many bytes of the value of a panic are reported.
const maxValue = 64 << 10

// report leaves r for the parent.
func (c *child) report(r Report) {
	if len(r.Value) > maxValue {
		r.Value = r.Value[:maxValue] + "..."
	}
	line, err := json.Marshal(r)
	if err != nil {
		return
	}
	line = append(line, '\n')
	c.mu.Lock()
	defer c.mu.Unlock()
	n := atomic.LoadUint64(c.written)
	if n > uint64(len(c.reports)) {
		return
	}
	if copy(c.reports[n:], line) == len(line) {
		atomic.StoreUint64(c.written, n+uint64(len(line)))
	}
}

// broken reports that the child does not work, and exits.
func (c *child) broken(format string, args ...any) {
	r := Report{Kind: Broken, Value: fmt.Sprintf(format, args...)}
	c.report(r)
	fmt.Fprintln(os.Stderr, "workbook: interpreter:", r.Value)
	os.Exit(3)
}

// rejected reports why the program does not compile, and exits.
func (c *child) rejected(problems ...Problem) {
	if c.request.Original != nil {
		// Package lower has checked the program: it is right.
		c.report(Report{Kind: Broken, Problems: problems, Value: "cannot compile the program"})
		fmt.Fprintf(os.Stderr, "workbook: %s: the interpreter cannot compile this: %s\n", problems[0].Position, problems[0].Msg)
		os.Exit(3)
	}
	c.report(Report{Kind: Rejected, Problems: problems})
	for _, p := range problems {
		fmt.Fprintf(os.Stderr, "%s: %s\n", p.Position, p.Msg)
	}
	os.Exit(1)
}

func (c *child) run() {
	req := &c.request
	debug.SetMaxStack(cmp.Or(req.MaxStack, 128<<20))
	os.Args = req.Args
	if len(os.Args) == 0 {
		os.Args = []string{"snippet"}
	}
	for _, e := range ahead.Environment() {
		name, _, _ := strings.Cut(e, "=")
		os.Unsetenv(name)
	}
	// Package testing, or the host binary, may have flags of its own there.
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	flag.CommandLine.Usage = func() { flag.Usage() }

	c.traces = newTraces(c.die)
	in := yaegi.New(yaegi.Options{
		Unrestricted: true,
		Stdin:        os.Stdin,
		Stdout:       os.Stderr, // only the builtins print and println write there
		Stderr:       c.traces,
	})
	file := c.parse(in)
	if unknown := c.use(in, file); unknown != nil {
		c.rejected(unknown...)
	}
	program := c.compile(in, file)

	if c.ready != nil {
		<-c.ready
	}
	if c.ready == nil && !c.ties {
		runtime.UnlockOSThread()
	}
	if _, err := in.Execute(program); err != nil {
		c.failed(err)
	}
	rt.Settle()
	if c.dying.Load() != 0 {
		select {} // the goroutine that panicked ends the process
	}
	os.Exit(0)
}

// failed ends the process when Yaegi gives a program up.
func (c *child) failed(err error) {
	// Yaegi does not tell traces about http.ErrAbortHandler.
	if t := c.traces.under[goroutineKey()]; t != nil && t.value == any(http.ErrAbortHandler) {
		c.die(t)
	}
	c.broken("cannot execute the program: %v", err)
}

// parse returns the syntax tree of the program.
func (c *child) parse(in *yaegi.Interpreter) *ast.File {
	req := &c.request
	name, line, col := req.File, req.Line, req.Col
	if req.Original != nil {
		// The text has //line directives of its own, whose names the scanner takes
		// as relative to the folder of the file.
		name, line, col = filepath.Base(name), 1, 1
	}
	file, err := parse(in.FileSet(), name, line, col, req.Source, parser.DeclarationErrors)
	if err == nil {
		return file
	}
	list, ok := err.(scanner.ErrorList)
	if !ok {
		c.broken("%v", err)
	}
	var problems []Problem
	for _, e := range list {
		problems = append(problems, Problem{Position{e.Pos.Filename, e.Pos.Line, e.Pos.Column}, e.Msg})
	}
	c.rejected(problems...)
	return nil
}

// compile turns the syntax tree into a program that Yaegi can execute, and
// puts it under watch.
func (c *child) compile(in *yaegi.Interpreter, file *ast.File) *yaegi.Program {
	defer func() {
		if r := recover(); r != nil {
			c.broken("cannot compile the program: %v", r)
		}
	}()
	program, err := in.CompileAST(file)
	if err != nil {
		c.rejected(problem(err))
	}
	watch(in, program, c.request.Original != nil, c.traces, c.loop)
	return program
}

// problem takes a message of Yaegi apart: file:line:col: text.
func problem(err error) Problem {
	text := err.Error()
	fields := strings.SplitN(text, ":", 4)
	if len(fields) == 4 {
		line, err1 := strconv.Atoi(fields[1])
		col, err2 := strconv.Atoi(fields[2])
		if err1 == nil && err2 == nil {
			return Problem{Position{fields[0], line, col}, strings.TrimSpace(fields[3])}
		}
	}
	return Problem{Msg: text}
}

// rtPath is the import path of the compiled part of lowered programs.
const rtPath = "example/workbook/runner/lower/rt"

// labPath is the import path of the book's own package, which ties goroutines to
// threads.
const labPath = "example/workbook/snippets/lab"

// use gives the interpreter the symbols that the program names. It returns the
// imports of packages that are not there.
func (c *child) use(in *yaegi.Interpreter, file *ast.File) (unknown []Problem) {
	t := tables{}
	imported := map[string]symbols.Package{} // by name in the file
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		switch path {
		case "unsafe":
			_ = in.Use(yaegiunsafe.Symbols)
			continue
		case rtPath:
			t[rtPath+"/rt"] = rt.Symbols()
			continue
		}
		p, ok := symbols.Lookup(path)
		if !ok {
			at := in.FileSet().Position(spec.Path.Pos())
			unknown = append(unknown, Problem{
				Position{at.Filename, at.Line, at.Column},
				fmt.Sprintf("package %s is not in the interpreter: use another, or --engine go", path),
			})
			continue
		}
		t.add(p)
		for _, w := range p.Wrappers() {
			t.add(w.Package, w.Name)
		}
		name := p.Name
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "." {
			t.add(p, p.Names()...)
		}
		c.ties = c.ties || path == labPath || path == "runtime" && name == "."
		imported[name] = p
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				if p, ok := imported[x.Name]; ok {
					t.add(p, sel.Sel.Name)
					c.ties = c.ties || p.Path == "runtime" && sel.Sel.Name == "LockOSThread"
				}
			}
		}
		return true
	})
	_ = in.Use(yaegi.Exports(t))
	return unknown
}

// tables are the symbols for Yaegi.
type tables yaegi.Exports

// add adds a package and those of its symbols that are named.
func (t tables) add(p symbols.Package, names ...string) {
	k := key(p)
	if t[k] == nil {
		t[k] = map[string]reflect.Value{}
	}
	for _, name := range names {
		v := p.Value(name)
		if p.Path == "golang.org/x/sys/unix" {
			v = recorded(name, v)
		}
		if v.IsValid() {
			t[k][name] = v
		}
	}
}

// key returns the name under which Yaegi takes a package. The leading dot
// hides fmt from it: it would replace os.Exit, log.Fatal and the standard
// streams by its own.
func key(p symbols.Package) string {
	if p.Path == "fmt" {
		return "./fmt/fmt"
	}
	return p.Path + "/" + p.Name
}
