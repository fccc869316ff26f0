package runner

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// crash is what the Go runtime writes to stderr when it ends a program, taken
// apart.
type crash struct {
	own        string // what the program itself had written before
	text       string // panic: ... or fatal error: ..., without addresses and goroutines
	goroutines []goroutine
}

// goroutine is a stack of a crash report.
type goroutine struct {
	number int
	state  string // chan receive
	calls  []call // innermost first
	maker  *call  // where the go statement was
}

type call struct {
	function  string
	arguments bool
	file      string
	line      int
}

// The expressions are compiled when they are needed: this binary is started
// three times for each run, and each start counts.
var (
	goroutineLine = lazyRegexp(`^goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\]:$`)
	placeLine     = lazyRegexp(`^\t(.+):(\d+)(?: \+0x[0-9a-f]+)?(?: fp=.*)?$`)
)

func lazyRegexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// causes begin the text of a crash report.
var causes = []string{"panic: ", "fatal error: ", "SIGQUIT: quit", "SIGSEGV: segmentation violation", "SIGBUS: bus error", cgoThread}

// cgoThread is what the runtime of a binary that is built with cgo says where it
// gets no thread. It calls abort then.
const cgoThread = "runtime/cgo: pthread_create failed"

// BeginsReport tells whether a line of stderr begins as the report does that the Go
// runtime writes when it ends a program. Of a part of a line that could still
// become one, only maybe is true.
func BeginsReport(line string) (yes, maybe bool) {
	for _, cause := range causes {
		if strings.HasPrefix(line, cause) {
			return true, true
		}
		maybe = maybe || strings.HasPrefix(cause, line)
	}
	return false, maybe
}

// parseCrash takes apart the stderr of a program that the runtime ended. Without
// a crash report, ok is false.
func parseCrash(stderr string) (c crash, ok bool) {
	lines := strings.Split(stderr, "\n")
	dump := firstGoroutine(lines)
	if dump < 0 {
		return parseBareCrash(lines)
	}
	start, at := lastCause(lines[:dump])
	if start < 0 {
		return crash{}, false
	}
	c.own, c.text = splitReport(lines, start, at, dump)
	c.goroutines = parseGoroutines(lines[dump:])
	return c, true
}

// parseBareCrash is for a runtime that was told to show no goroutines. There the
// report is the end of stderr.
func parseBareCrash(lines []string) (c crash, ok bool) {
	end := len(lines)
	for end > 0 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	start, at := lastCause(lines[:end])
	if start < 0 {
		return crash{}, false
	}
	c.own, c.text = splitReport(lines, start, at, end)
	return c, true
}

// firstGoroutine returns the index of the first line that belongs to a dump of
// stacks, or -1.
func firstGoroutine(lines []string) int {
	for i, l := range lines {
		if l == "runtime stack:" || strings.HasPrefix(l, "goroutine ") && goroutineLine().MatchString(l) {
			return i
		}
	}
	return -1
}

// lastCause finds where the text of the report begins. lines end where the
// stacks begin. The text is one line, and further ones that begin with a tab, a
// bracket or the address of an instruction. It may stand behind a line that the program left unfinished.
func lastCause(lines []string) (line, column int) {
	i := len(lines) - 1
	for i > 0 && (lines[i] == "" || lines[i][0] == '\t' || lines[i][0] == '[' || aboutSignal(lines[i])) {
		i--
	}
	if i < 0 {
		return -1, 0
	}
	column = -1
	for _, c := range causes {
		if strings.HasPrefix(lines[i], c) {
			return i, 0
		}
		column = max(column, strings.LastIndex(lines[i], c))
	}
	if column < 0 {
		return -1, 0
	}
	return i, column
}

// aboutSignal tells whether a line behind the cause is about the signal that
// came with it.
func aboutSignal(line string) bool {
	return strings.HasPrefix(line, "PC=0x") || line == "SIGABRT: abort"
}

// splitReport separates what stands before line start, column at, from the text
// between there and line end.
func splitReport(lines []string, start, at, end int) (own, text string) {
	before := append(lines[:start:start], lines[start][:at])
	if at == 0 {
		// Lines of the runtime about the fatal error that follows.
		for n := start; n > 0 && strings.HasPrefix(lines[n-1], "runtime: "); n-- {
			before = append(lines[:n-1:n-1], "")
		}
	}
	var kept []string
	for i, l := range append([]string{lines[start][at:]}, lines[start+1:end]...) {
		if i > 0 && (strings.HasPrefix(l, "[signal ") || aboutSignal(l) || strings.HasPrefix(l, "runtime: ")) {
			continue
		}
		kept = append(kept, l)
	}
	return strings.Join(before, "\n"), strings.TrimRight(strings.Join(kept, "\n"), "\n")
}

func parseGoroutines(lines []string) []goroutine {
	var all []goroutine
	for i, l := range lines {
		if m := goroutineLine().FindStringSubmatch(l); m != nil {
			number, _ := strconv.Atoi(m[1])
			// What follows a comma is how long, or "locked to thread".
			state, _, _ := strings.Cut(m[2], ", ")
			all = append(all, goroutine{number: number, state: state})
			continue
		}
		m := placeLine().FindStringSubmatch(l)
		if m == nil || i == 0 || len(all) == 0 {
			continue
		}
		line, _ := strconv.Atoi(m[2])
		g := &all[len(all)-1]
		name := lines[i-1]
		if maker, ok := strings.CutPrefix(name, "created by "); ok {
			maker, _, _ = strings.Cut(maker, " in goroutine ")
			g.maker = &call{function: maker, file: m[1], line: line}
			continue
		}
		c := call{function: name, file: m[1], line: line}
		// The arguments hold no parenthesis.
		if at := strings.LastIndexByte(name, '('); at > 0 {
			c.function, c.arguments = name[:at], name[at:] != "()"
		}
		g.calls = append(g.calls, c)
	}
	return all
}

// inFile returns the calls of g whose code is in file, and the name of what the
// innermost of them called. A goroutine that is in none of them but was started
// there is where it was started.
func (g *goroutine) inFile(file string) (calls []call, called string) {
	for _, c := range g.calls {
		if c.file == file {
			calls = append(calls, c)
		}
	}
	if len(calls) == 0 && g.maker != nil && g.maker.file == file {
		calls = append(calls, *g.maker)
	}
	return calls, g.called(file)
}

// called is the function that the code in file had called when it was stopped:
// the last before it that is not inside the runtime.
func (g *goroutine) called(file string) string {
	name := ""
	for _, c := range g.calls {
		if c.file == file {
			break
		}
		if short := shortFunction(c.function); short != "" {
			name = short
		}
	}
	return name
}

// shortFunction returns the name of a function as a program writes it:
// unix.Accept for golang.org/x/sys/unix.Accept, and also for its recorded form.
// What is inside the runtime and the interpreter says nothing to a reader.
func shortFunction(name string) string {
	if i := strings.Index(name, "/record/unix."); i >= 0 {
		return name[i+len("/record/"):]
	}
	for _, inner := range []string{"runtime.", "runtime/", "internal/", "reflect.", "panic", "github.com/traefik/yaegi/", "example/workbook/runner", "main."} {
		if strings.HasPrefix(name, inner) {
			return ""
		}
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}
