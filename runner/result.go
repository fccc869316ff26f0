package runner

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"example/workbook/internal/book"
	"example/workbook/internal/evidence"
	"example/workbook/runner/ahead"
	"example/workbook/runner/supervisor"
)

// The most that is shown of the report of the runtime.
const (
	maxReport = 40 // lines
	maxFrames = 10 // of one goroutine
)

// newRun turns the end of a process into the end of a program. examine takes
// the report of the Go runtime apart, if stderr ends with one.
func (p *Program) newRun(e Engine, cmd *command, out *outcome, examine func(stderr string) (autopsy, bool)) *Run {
	run := &Run{
		Engine: e, Output: out.output, Dropped: out.dropped, gap: out.gap,
		Duration: out.duration, CPU: out.cpu, calls: out.calls,
		Isolation: out.level,
		Limits:    cmd.limits(out), asked: p.Timeout,
	}
	run.ExitCode = -1
	switch {
	case !out.exited || out.status.Signaled():
		run.End, run.Signal = Signaled, syscall.SIGKILL
		if out.exited {
			run.Signal = out.status.Signal()
		}
	default:
		run.ExitCode = out.status.ExitStatus()
	}
	if run.ExitCode == 2 || out.timedOut || out.flooded {
		if a, ok := examine(run.Stderr()); ok {
			run.crashed(a)
		}
	}
	switch {
	case (out.timedOut || out.flooded) && endedByRuntime(run.fatal):
		// The runtime was still writing down the goroutines.
		run.ExitCode, run.Signal = 2, 0
	case out.timedOut:
		run.stopped(TimedOut)
	case out.flooded:
		run.stopped(TooMuchOutput)
	case out.crowd:
		run.stopped(TooManyProcesses)
	}
	// The runtime itself does not survive everywhere that it gets no memory. It has
	// less than the limit in RAM then: it asks for 64 MiB of heap at a time, half of
	// a limit of 128 MiB, and has not touched all of what it got.
	if strings.HasPrefix(run.fatal, "SIG") && run.End == Panicked && cmd.memory > 0 {
		enough := cmd.memory * 3 / 8
		if onSystemStack(run.Stderr()) {
			enough = cmd.memory / 8
		}
		if out.memory > enough {
			run.End = OutOfMemory
		}
	}
	if run.End == Panicked || run.End == OutOfMemory {
		run.Goroutines = run.Goroutines[:min(len(run.Goroutines), 1)] // the others do not matter
	}
	run.locate(p)
	run.cleanOutput()
	run.note(p, out)
	return run
}

// onSystemStack tells whether a crash report says that the fault was on the stack
// of the runtime itself, which calls its functions for memory there.
func onSystemStack(stderr string) bool {
	_, stacks, _ := strings.Cut(stderr, "\n\ngoroutine ")
	return strings.HasPrefix(stacks, "0 ")
}

// endedByRuntime tells whether the text of a crash report is one that a program
// neither causes by a panic, which it may print and go on, nor the runner by
// SIGQUIT.
func endedByRuntime(text string) bool {
	for _, cause := range causes {
		if strings.HasPrefix(text, cause) {
			return cause != "panic: " && cause != "SIGQUIT: quit"
		}
	}
	return false
}

func (r *Run) note(p *Program, out *outcome) {
	if out.strays > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("left %s behind, stopped", evidence.Counted(out.strays, "process", "processes")))
	}
	if out.escaped {
		r.Notes = append(r.Notes, "not all of its processes could be stopped")
	}
	// The kernel does not tell that it refused a descriptor or a file's growth;
	// the program does, in Go's words, if it fails because of that.
	said := ""
	if r.End != Exited || r.ExitCode != 0 {
		said = r.Stdout() + r.Stderr()
	}
	switch {
	case out.full:
		r.Notes = append(r.Notes, fmt.Sprintf("filled its disk: a run may have %s in %d files; to give it more: --limit disk=%s", size(r.Limits.Disk), ahead.MaxFolderFiles, flagSize(2*r.Limits.Disk)))
	case strings.Contains(said, "file too large"):
		r.Notes = append(r.Notes, fmt.Sprintf("met the limit of one file, %s; to give it more: --limit disk=%s", size(r.Limits.File), flagSize(2*r.Limits.File)))
	}
	if r.Limits.Files > 0 && strings.Contains(said, "too many open files") {
		r.Notes = append(r.Notes, fmt.Sprintf("had no descriptor left: a process may have %d; to give it more: %s", r.Limits.Files, r.moreFiles()))
	}
	if p.NoProcesses && refusedProcess().MatchString(r.Stdout()+r.Stderr()) {
		r.Notes = append(r.Notes, "may start no processes: a chapter asks for them with needs=processes above the fence, for a Go file --limit processes=100 does")
	}
	if out.unwatched {
		r.Notes = append(r.Notes, "killed the process that watches over it")
	}
}

// refusedProcess is what package os says of a process that the program may not
// start.
var refusedProcess = lazyRegexp(`fork/exec .*: operation not permitted`)

// moreFiles says how to raise the limit of descriptors.
func (r *Run) moreFiles() string {
	if most := mostFiles(); r.Limits.Files >= most {
		return "ulimit -Hn, as root"
	}
	return fmt.Sprintf("--limit files=%d", 2*r.Limits.Files)
}

// stopped makes r a run that was ended from outside. How its process went down
// then says nothing about the program.
func (r *Run) stopped(end End) {
	r.End, r.ExitCode, r.Signal = end, -1, 0
}

// autopsy is what the report of the runtime says about the program.
type autopsy struct {
	own        string // what the program itself had written to stderr before
	text       string // panic: ..., fatal error: ... or SIGQUIT: quit
	goroutines []Goroutine
}

// crashed takes over what the Go runtime said at the end.
func (r *Run) crashed(a autopsy) {
	r.own, r.fatal, r.End, r.Goroutines = &a.own, a.text, endOf(a.text), a.goroutines
}

// examine is for compiled programs. Their stacks name the file of p.
func (p *Program) examine(stderr string) (autopsy, bool) {
	c, ok := parseCrash(stderr)
	a := autopsy{own: c.own, text: c.text}
	for _, g := range c.goroutines {
		calls, called := g.inFile(p.fileToken())
		if len(calls) == 0 && g.state == "running" && g.number == 1 {
			// The signal came to another thread, or in the middle of a switch of
			// goroutines, where the stack cannot be read.
			if line, function := p.emptyLoop(); line > 0 {
				calls = []call{{function: strings.TrimSuffix(function, "()"), line: line}}
			}
		}
		if len(calls) == 0 {
			continue
		}
		a.goroutines = append(a.goroutines, Goroutine{Number: g.number, State: g.state, Call: called, Trace: p.trace(calls)})
	}
	return a, ok
}

func (p *Program) trace(calls []call) []Frame {
	var trace []Frame
	for _, c := range calls[:min(len(calls), maxFrames)] {
		line := c.line
		if line < max(p.Line, 1) {
			// The compiler gives the jump of an empty endless loop the line
			// before the first one.
			line, _ = p.emptyLoop()
		}
		name := c.function + "()"
		if c.arguments {
			name = c.function + "(...)"
		}
		trace = append(trace, Frame{p.place(line, 0), name})
	}
	return trace
}

// emptyLoop returns the line in File of the only loop that does nothing for
// ever, and the call of the function around it; 0 if there is none.
func (p *Program) emptyLoop() (line int, function string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", p.Source, parser.SkipObjectResolution)
	if err != nil {
		return 0, ""
	}
	found := 0
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if loop, ok := n.(*ast.ForStmt); ok && loop.Cond == nil && len(loop.Body.List) == 0 {
				found++
				line = max(p.Line, 1) + fset.PositionFor(loop.Pos(), false).Line - 1
				function = "main." + f.Name.Name + "()"
			}
			return true
		})
	}
	if found != 1 {
		return 0, ""
	}
	return line, function
}

// locate makes the one problem of a program that the runtime ended.
func (r *Run) locate(p *Program) {
	switch r.End {
	case Panicked, Deadlocked, OutOfMemory:
	default:
		return
	}
	at := book.Pos{File: p.File}
	if len(r.Goroutines) > 0 {
		at = r.Goroutines[0].Trace[0].Pos
	}
	first, _, _ := strings.Cut(r.fatal, "\n")
	r.Problems = book.Problems{{Pos: at, Msg: first}}
}

// endOf classifies the text of a crash report.
func endOf(text string) End {
	fatal, ok := strings.CutPrefix(text, "fatal error: ")
	switch {
	case !ok:
		return Panicked
	case strings.Contains(fatal, "deadlock!"):
		return Deadlocked
	case strings.Contains(fatal, "out of memory"), strings.Contains(fatal, "cannot allocate memory"):
		return OutOfMemory
	}
	return Panicked
}

// Describe says in one plain sentence how the run ended and, where there is
// something to say, what to do about it.
func (r *Run) Describe() (what, hint string) {
	switch r.End {
	case Exited:
		if r.ExitCode == 0 {
			return "ran to its end", ""
		}
		return fmt.Sprintf("ended with exit status %d", r.ExitCode), "if it should, write exit=" + fmt.Sprint(r.ExitCode) + " in the workbook comment above it, or an error fence below it"
	case Rejected:
		if r.Refused {
			return "cannot be interpreted rightly", "write it as the message says, or use --engine go"
		}
		return fmt.Sprintf("does not compile: %s", evidence.Counted(len(r.Problems), "problem", "problems")), ""
	case Panicked:
		return r.describeFatal()
	case Deadlocked:
		if strings.Contains(r.fatal, "Goexit") {
			return "deadlocked: main called runtime.Goexit, and no other goroutine is left", ""
		}
		what := "deadlocked: all goroutines wait for each other, none can go on"
		return what + r.whereBlocked(), "something must send, close, unlock or finish what they wait for"
	case Signaled:
		return fmt.Sprintf("was ended by signal %d (%v)", int(r.Signal), r.Signal), ""
	case TimedOut:
		what := fmt.Sprintf("was stopped after %v, its time limit", r.Limits.Time)
		if r.Engine == Yaegi && ahead.Cgo && r.allWait() {
			return what + r.whereBlocked(), "this looks like a deadlock: a workbook that is built with CGO_ENABLED=0 can tell"
		}
		if r.Limits.Time < r.asked {
			return what + r.whereBlocked(), fmt.Sprintf("it asks for %v: grant that with --limit time=%v", r.asked, r.asked)
		}
		end := "let it end by itself"
		if r.waits() {
			end = "find out what should have woken it"
		}
		return what + r.whereBlocked(), fmt.Sprintf("%s, or write a longer timeout= in the workbook comment above it; to try: --limit time=%v", end, 2*r.Limits.Time)
	case TooMuchOutput:
		return fmt.Sprintf("was stopped because it printed more than %s", size(floodFactor*r.Limits.Output)), "print less: the first and the last " + size(r.Limits.Output/2) + " of each stream are kept; to keep more: --limit output=" + flagSize(2*r.Limits.Output)
	case OutOfMemory:
		return fmt.Sprintf("ran out of memory: a run may use %s", size(r.Limits.Memory)), "to give it more: --limit memory=" + flagSize(2*r.Limits.Memory)
	case TooManyProcesses:
		return fmt.Sprintf("was stopped because it started more than %d processes, or nearly all threads that this machine can have", r.Limits.Processes), fmt.Sprintf("to give it more: --limit processes=%d", 2*r.Limits.Processes)
	case Compiled:
		return "compiles", ""
	}
	return r.End.String(), ""
}

func (r *Run) describeFatal() (what, hint string) {
	first, _, _ := strings.Cut(r.fatal, "\n")
	switch {
	case strings.HasPrefix(first, "fatal error: stack overflow"):
		return "overflowed its stack" + r.where(), "a function calls itself without end"
	case strings.HasPrefix(first, "fatal error: concurrent map"):
		return "used a map from two goroutines at the same time, one of them writing" + r.where(), "guard the map with a sync.Mutex"
	case strings.HasPrefix(first, "fatal error: newosproc"), strings.HasPrefix(first, cgoThread):
		if r.Limits.Threads > 0 {
			return fmt.Sprintf("got no further thread%s: a run may have %d", r.where(), r.Limits.Threads), fmt.Sprintf("to give it more: --limit processes=%d", r.Limits.Threads)
		}
		return "got no further thread from the system" + r.where(), "this user or this machine may have no more of them: see ulimit -u"
	case first == "":
		return "panicked", ""
	case first == "panic: ":
		return "panicked" + r.where() + ", with an empty text", ""
	case strings.HasPrefix(first, "panic: "):
		return "panicked" + r.where() + ": " + strings.TrimPrefix(first, "panic: "), ""
	}
	return "was ended by the Go runtime" + r.where() + ": " + first, ""
}

// where is the innermost place of the program, as the end of a sentence.
func (r *Run) where() string {
	if len(r.Goroutines) == 0 {
		return ""
	}
	return " at " + r.Goroutines[0].Trace[0].Pos.String()
}

// allWait reports whether all goroutines wait for one another, as far as their
// states tell: a timer may still wake them.
func (r *Run) allWait() bool {
	for _, g := range r.Goroutines {
		word, _, _ := strings.Cut(g.State, " ")
		if word != "chan" && word != "select" && !strings.HasPrefix(word, "sync.") {
			return false
		}
	}
	return len(r.Goroutines) > 0
}

// waits reports whether no goroutine computed when the run was stopped.
func (r *Run) waits() bool {
	return len(r.Goroutines) > 0 && !slices.ContainsFunc(r.Goroutines, func(g Goroutine) bool { return g.State == "running" || g.State == "runnable" })
}

// whereBlocked says where main's goroutine was, or what the kernel knows.
func (r *Run) whereBlocked() string {
	if len(r.Goroutines) == 0 {
		if r.calls != "" {
			return ": " + r.calls
		}
		return ""
	}
	g := r.Goroutines[0]
	for _, other := range r.Goroutines {
		if other.Number == 1 {
			g = other
		}
	}
	s := fmt.Sprintf(": goroutine %d was at %v", g.Number, g.Trace[0].Pos)
	if g.Call != "" {
		s += " in " + g.Call
	}
	return s + " [" + g.State + "]"
}

// Explain is Describe as text, the hint on a line of its own.
func (r *Run) Explain() string {
	what, hint := r.Describe()
	if hint == "" {
		return what
	}
	return what + "\nhint: " + hint
}

// Printed returns what the program itself wrote to stderr, without what the Go
// runtime wrote there at the end.
func (r *Run) Printed() string {
	if r.own != nil {
		return *r.own
	}
	return r.Stderr()
}

// cleanOutput replaces the report of the runtime at the end of stderr by what
// concerns the program.
func (r *Run) cleanOutput() {
	if r.own == nil {
		return
	}
	rest := len(*r.own)
	kept := r.Output[:0]
	for i, c := range r.Output {
		if c.Stream == Stderr {
			if r.Dropped[Stderr] > 0 && i == r.gap[Stderr] {
				rest = max(rest-len(gapLine(r.Dropped[Stderr])), 0)
			}
			c.Data = c.Data[:min(rest, len(c.Data))]
			rest -= len(c.Data)
		}
		if len(c.Data) == 0 {
			for s := range r.gap {
				if r.gap[s] > len(kept) {
					r.gap[s]--
				}
			}
			continue
		}
		kept = append(kept, c)
	}
	r.Output = kept
	if r.gap[Stderr] >= len(kept) {
		r.Dropped[Stderr], r.gap[Stderr] = 0, -1 // it was the report that was too long
	}
	text := strings.Join(r.report(), "\n")
	if text != "" {
		if own := *r.own; own != "" && !strings.HasSuffix(own, "\n") {
			text = "\n" + text
		}
		r.Output = append(r.Output, Chunk{Stderr, []byte(text + "\n")})
	}
}

// report is the report of the runtime, cut to what concerns the program.
func (r *Run) report() []string {
	var lines []string
	if r.End != TimedOut { // then it would be the SIGQUIT that is ours
		lines = strings.Split(r.fatal, "\n")
	}
	for _, g := range grouped(r.Goroutines) {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		who := fmt.Sprintf("goroutine %d", g.Number)
		if g.more > 0 {
			who += fmt.Sprintf(" and %d more", g.more)
		}
		lines = append(lines, fmt.Sprintf("%s [%s]:", who, g.State))
		if g.Call != "" {
			lines = append(lines, g.Call+"(...)")
		}
		for _, f := range g.Trace {
			f.Pos.Col = 0 // as Go prints it
			lines = append(lines, f.Call, fmt.Sprintf("\t%v", f.Pos))
		}
	}
	if more := len(lines) - maxReport; more > 0 {
		lines = append(lines[:maxReport-1], fmt.Sprintf("(%d lines more)", more+1))
	}
	return lines
}

// group is goroutines that are at the same place in the same state.
type group struct {
	Goroutine
	more int
}

func grouped(all []Goroutine) []*group {
	var groups []*group
	seen := map[string]*group{}
	for _, g := range all {
		key := fmt.Sprint(g.State, g.Call, g.Trace)
		if seen[key] != nil {
			seen[key].more++
			continue
		}
		seen[key] = &group{Goroutine: g}
		groups = append(groups, seen[key])
	}
	return groups
}

// failure is what an error fence is compared with: why the program did not end
// well, the same for both engines where they can agree. It is empty when the
// program ended with exit status 0.
//
//	6:2: declared and not used: x     rejected: line and column in the program
//	panic: boom                       panic or fatal error, without goroutines
//	exit status 3                     after what the program wrote to stderr
//	signal: killed
//
// withStderr says whether what the program wrote to stderr comes first.
func (r *Run) failure(p *Program, withStderr bool) string {
	var b strings.Builder
	if withStderr && r.End != Rejected {
		b.WriteString(r.Printed())
		if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
	}
	switch r.End {
	case Exited:
		if r.ExitCode == 0 {
			return ""
		}
		fmt.Fprintf(&b, "exit status %d\n", r.ExitCode)
	case Rejected:
		for _, q := range r.Problems {
			pos := q.Pos
			if pos.File == p.File && pos.Line > 0 {
				line, col := p.inSource(pos)
				pos = book.Pos{Line: line, Col: col}
			}
			fmt.Fprintf(&b, "%v: %s\n", pos, q.Msg)
		}
	case OutOfMemory:
		b.WriteString("fatal error: out of memory\n") // Go has several ways to say it
	case Panicked, Deadlocked:
		b.WriteString(r.fatal + "\n")
	case Signaled:
		fmt.Fprintf(&b, "signal: %v\n", r.Signal)
	default:
		what, _ := r.Describe()
		b.WriteString(what + "\n")
	}
	return b.String()
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return evidence.Counted(int(n), "byte", "bytes")
}

// flagSize writes a number of bytes as --limit reads it.
func flagSize(n int64) string {
	if n%(1<<10) != 0 {
		return strconv.FormatInt(n, 10)
	}
	return strings.ReplaceAll(size(n), " ", "")
}

// clean removes the folder of a run and notes it if that cannot be done.
func (r *Run) clean(f ahead.Folder) {
	if err := supervisor.RemoveAll(string(f)); err != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("its folder could not be removed: %v", err))
	}
}
