// Package runner executes Go programs, each in a process of its own, and checks
// what they print.
//
// A program is a snippet of a book: any Go program in one file. An engine
// executes it: [Yaegi], the interpreter in this binary, or [Go], the toolchain
// of the machine. Either way the program gets an empty folder, a small
// environment, a time limit, a memory limit and an output limit, and nothing
// that it started is left when its run is over: not a child, not a daemon that
// left its session, also not when this process is killed in the middle.
package runner

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/runner/isolate"
)

// Engine names what executes a program.
type Engine string

const (
	// Yaegi is the interpreter inside this binary. It needs no toolchain.
	Yaegi Engine = "yaegi"
	// Go compiles with the go command found in PATH.
	Go Engine = "go"
)

// Program is one Go program, a single file of package main.
type Program struct {
	Name string // what the run is called in messages, such as socket/accept_loop
	File string // file that positions name, with slashes: a chapter or a Go file
	// Line and Col say where Source stands in File, both from 1; 0 means 1. A
	// Col above 1 is the indentation that each line of Source has in File.
	Line, Col int
	Source    []byte
	Timeout   time.Duration // limit of this program; zero means that of the Runner
	NoRun     bool          // compile it only
	// NoEvidence says that the program measures itself: its system calls are not
	// recorded, which would take time.
	NoEvidence bool
	// Superuser lets the program be root: of its own namespaces where runs have
	// them, of the machine otherwise, if this process is.
	Superuser bool
	// NoProcesses keeps the program from starting processes.
	NoProcesses bool
}

// Of returns the program of a snippet.
func Of(s *book.Snippet) Program {
	return Program{
		Name: s.ID, File: s.File, Line: s.Pos.Line, Col: s.Indent + 1,
		Source: s.Source, Timeout: s.Timeout, NoRun: s.NoRun, NoEvidence: s.NoEvidence, Superuser: slices.Contains(s.Needs, "root"),
		NoProcesses: !slices.Contains(s.Needs, "processes"),
	}
}

// place is a position in File, from a line of File and a column of Source, both
// from 1. Unknown ones are 0 and stay so.
func (p *Program) place(line, col int) book.Pos {
	if col > 0 {
		col += max(p.Col, 1) - 1
	}
	return book.Pos{File: p.File, Line: line, Col: col}
}

// inSource turns a position in File around: line and column of Source.
func (p *Program) inSource(pos book.Pos) (line, col int) {
	if pos.Line > 0 {
		line = pos.Line - max(p.Line, 1) + 1
	}
	if pos.Col > 0 {
		col = pos.Col - max(p.Col, 1) + 1
	}
	return line, col
}

// Defaults of the fields of Runner, and limits that nothing sets.
const (
	defaultTimeout     = 10 * time.Second
	maxTimeout         = time.Minute
	defaultOutputLimit = 1 << 20

	// A run is ended when it printed so many times what is kept.
	floodFactor = 16
)

// Runner holds the settings of runs. The zero value works. Runs may overlap.
type Runner struct {
	// Timeout is how long a program may take that sets no limit of its own,
	// by the wall clock. Zero means 10 s. Compiling does not count.
	Timeout time.Duration
	// TimeLimit is the most that a program gets that sets a limit of its own.
	// Zero means a minute.
	TimeLimit time.Duration
	// OutputLimit is how many bytes are kept of each of the two output
	// streams, half of it from the beginning and half from the end. Zero means
	// 1 MiB. A program that prints 16 times as much is stopped.
	OutputLimit int64
	// MemoryLimit bounds the private memory of each process of a run, in bytes
	// (RLIMIT_DATA of setrlimit(2); Linux only). Zero means 1 GiB.
	MemoryLimit int64
	// ProcessLimit bounds the processes of a run. Zero means 1000.
	ProcessLimit int
	// FileLimit bounds the open descriptors of each process of a run. Zero means
	// as many as the system allows.
	FileLimit int
	// DiskLimit bounds the files of a run, in bytes, where runs have their files
	// in memory, and each file elsewhere. Zero means 64 MiB.
	DiskLimit int64
	// Isolation is how far runs must be kept apart from the machine. Zero means
	// as far as the system allows; see Isolated.
	Isolation isolate.Level
	// Root is a folder with go.mod. Compiled programs are built as if they lay
	// in that module and may import its packages; nothing is written there.
	Root string
	// Module holds go.mod, go.sum and the packages below snippets/lab. Compiled
	// programs are built in a copy of it when Root is empty. Without either
	// they have the standard library.
	Module fs.FS
	// Executable is this program's own binary, whose main function begins with
	// ChildMain. Empty means os.Executable.
	Executable string
	// Prepared is a folder for programs that were checked and made ready for the
	// interpreter, so that an unchanged one need not be again. It need not be
	// there. Empty means that none are kept.
	Prepared string
	// NoEvidence says that nothing is recorded of any program.
	NoEvidence bool
	// Tee, if set, is called with each piece of output when it arrives, during
	// the run, also with what is not kept, and with all that the Go runtime
	// writes. It must not keep Data.
	Tee func(Chunk)

	quit   time.Duration   // zero means quitGrace
	warm   <-chan *child   // what Warm has started
	warmed <-chan struct{} // closed when it has
	box    findings        // about isolation
}

func (r *Runner) timeout(p *Program) time.Duration {
	switch {
	case p.Timeout > 0 && r.TimeLimit > 0:
		return min(p.Timeout, r.TimeLimit)
	case p.Timeout > 0:
		return min(p.Timeout, maxTimeout)
	case r.Timeout > 0:
		return r.Timeout
	}
	return defaultTimeout
}

// Run executes p once. A program that does not compile, fails or has to be
// stopped is a result, not an error. The error says that the machine could not
// run anything, or that ctx ended; then the whole tree of processes is gone
// before Run returns, as it always is.
func (r *Runner) Run(ctx context.Context, p Program, e Engine) (*Run, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if problems := p.precheck(); problems != nil {
		return &Run{Engine: e, End: Rejected, ExitCode: -1, Problems: problems, NoProgram: true}, nil
	}
	switch e {
	case Yaegi:
		return r.interpret(ctx, &p)
	case Go:
		return r.compile(ctx, &p)
	}
	return nil, fmt.Errorf("engine %q: there are %q and %q", e, Yaegi, Go)
}

// Run is what became of one execution of a program.
type Run struct {
	Engine   Engine
	End      End
	ExitCode int            // exit status of the program; -1 if a signal ended it
	Signal   syscall.Signal // that ended it, if one did
	// Output is what was kept of both streams, in the order in which it
	// arrived. See Chunk for how good that order is. The report that the Go
	// runtime writes to stderr when it ends a program is cut to what concerns
	// the program, 40 lines at most.
	Output []Chunk
	// Dropped counts the bytes of Stdout and Stderr that were not kept.
	Dropped [2]int64
	// Evidence is what was recorded of its system calls, nil if nothing was.
	Evidence *evidence.Trace
	// Problems are the reasons of the compiler, or the one panic or fatal error
	// that ended the program, at the innermost line of the program.
	Problems book.Problems
	// Goroutines says where the program was when the Go runtime ended it: after
	// a panic or a fatal error the goroutine that caused it, after Deadlocked
	// and TimedOut all that are in a function of the program, as far as that
	// could be found out.
	Goroutines []Goroutine
	// Refused is set when the interpreter does not accept a program that the
	// compiler may well accept. End is then Rejected.
	Refused bool
	// NoProgram is set when one look shows that no engine runs it: a fragment, a
	// file of another package. End is then Rejected.
	NoProgram bool
	// Notes say what the reader should know beside the result, such as that
	// the program left processes behind.
	Notes     []string
	Duration  time.Duration // from the start of the program to its end
	CPU       time.Duration // used by the program, user and system
	Limits    Limits        // that were in force
	Isolation isolate.Level // of the run; zero when there was none

	asked time.Duration // time limit that the program sets for itself
	own   *string       // what the program wrote to stderr, if the runtime wrote there too
	fatal string        // text of the panic or fatal error, without goroutines
	gap   [2]int        // index in Output of the first chunk behind what was dropped
	calls string        // kernel's word on the threads at the time limit
}

// Limits are the limits that a run had.
type Limits struct {
	Time           time.Duration
	Output, Memory int64 // bytes
	Processes      int
	Threads        int   // of all processes together; 0: those that this user may have
	Files          int   // descriptors of each process
	File           int64 // bytes of each file
	Disk           int64 // bytes of all its files; 0: those that the disk has
}

// Goroutine is a goroutine of a program that the runtime ended.
type Goroutine struct {
	Number int    // 1 is that of main
	State  string // in Go's words: running, chan receive, IO wait
	Call   string // what the innermost function of the program had called, such as unix.Accept; may be empty
	Trace  []Frame
}

// Frame is a call of a function of the program.
type Frame struct {
	Pos  book.Pos // where the function was
	Call string   // as Go prints it: main.main(), main.inner(...)
}

// End says how a run ended.
type End int

// The ends of a run.
const (
	Exited           End = iota // main returned or called os.Exit
	Rejected                    // it did not compile
	Panicked                    // an unrecovered panic or a fatal error of the runtime
	Deadlocked                  // all goroutines were asleep
	Signaled                    // a signal ended it
	TimedOut                    // stopped at the time limit
	TooMuchOutput               // stopped because it printed far more than is kept
	OutOfMemory                 // it hit the memory limit
	TooManyProcesses            // stopped because it started too many processes
	Compiled                    // not rejected, and not to be run
)

func (e End) String() string {
	return [...]string{"exited", "rejected", "panicked", "deadlocked", "signaled",
		"timed out", "too much output", "out of memory", "too many processes", "compiled"}[e]
}

// Stream is one of the two output streams of a program.
type Stream int

// The streams, as indices of Run.Dropped.
const (
	Stdout Stream = iota
	Stderr
)

func (s Stream) String() string { return [...]string{"stdout", "stderr"}[s] }

// Chunk is a piece of output.
//
// The streams are two pipes, read by one reader that wakes as soon as either
// has something. Pieces that were written further apart than it takes to wake
// up, some 50 µs on an idle machine, are in their true order. Where both pipes
// hold something at once the kernel does not tell which came first; stdout is
// then taken first, because the usual case is a message on stderr after the
// output that led to it.
type Chunk struct {
	Stream Stream
	Data   []byte
}

// Stdout returns what was kept of the standard output. A line in brackets
// stands where something was dropped.
func (r *Run) Stdout() string { return r.text(Stdout) }

// Stderr returns what was kept of the standard error, with the report of the Go
// runtime as Output has it.
func (r *Run) Stderr() string { return r.text(Stderr) }

// fileToken is the name that tools see for p.File: the same where it is a
// relative path inside the book, its last element otherwise.
func (p *Program) fileToken() string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' {
			return '_'
		}
		return r
	}, p.File)
	if fs.ValidPath(name) && name != "." {
		return name
	}
	if base := path.Base(name); base != "." && base != "/" && base != ".." {
		return base
	}
	return "snippet.go"
}
