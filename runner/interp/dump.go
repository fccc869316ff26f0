package interp

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// Goroutine is a goroutine of a child as the Go runtime has shown it.
type Goroutine struct {
	Number int
	// State is why it did not run, in the runtime's words: chan receive,
	// select, sync.Mutex.Lock, IO wait, syscall, sleep, running.
	State string
	// Frames are the calls of interpreted functions, the innermost first. A
	// goroutine of compiled code has none.
	Frames []Frame
	// Gap is after how many frames the runtime has left some out; 0 if none.
	Gap int
}

// Dump finds the stacks that the Go runtime wrote to stderr at a fatal error,
// such as a deadlock, or on SIGQUIT, which show the interpreter. It returns
// stderr with the stacks of the snippet in their place, and what they say. It
// returns stderr as it is, and nil, if there are none.
func (r *Request) Dump(stderr []byte) ([]byte, []Goroutine) {
	start := dumpStart(stderr)
	if start < 0 {
		return stderr, nil
	}
	var gs []Goroutine
	fs, lines := r.functions(), newDumpLines()
	for block := range bytes.SplitSeq(stderr[start:], []byte("\n\n")) {
		if g, ok := r.goroutine(string(block), fs, lines); ok {
			gs = append(gs, g)
		}
	}
	if gs == nil {
		return stderr, nil
	}
	head, _, _ := bytes.Cut(stderr[start:], []byte("\n"))
	var b strings.Builder
	b.Write(stderr[:start])
	b.Write(head)
	b.WriteByte('\n')
	for _, g := range gs {
		if g.Frames != nil {
			writeStack(&b, g.Number, g.State, g.Frames, g.Gap)
		}
	}
	return []byte(b.String()), gs
}

// dumpStart returns where the last message of the runtime begins that stacks
// follow, or -1.
func dumpStart(stderr []byte) int {
	start := -1
	for _, mark := range []string{"fatal error: ", "SIGQUIT: quit", "panic: "} {
		i := bytes.LastIndex(stderr, []byte("\n"+mark)) + 1
		if i == 0 && !bytes.HasPrefix(stderr, []byte(mark)) {
			continue
		}
		if mark == "panic: " && !bytes.Contains(stderr[i:], []byte(yaegiPath)) {
			continue // it is clean already
		}
		start = max(start, i)
	}
	return start
}

func (r *Request) goroutine(block string, fs functions, lines *dumpLines) (Goroutine, bool) {
	first, rest, _ := strings.Cut(block, "\n")
	head := lines.goroutine.FindStringSubmatch(first)
	if head == nil || head[1] == "0" || lines.system.MatchString(rest) {
		return Goroutine{}, false
	}
	g := Goroutine{State: head[2]}
	g.Number, _ = strconv.Atoi(head[1])
	artificial := false
	for line := range strings.SplitSeq(rest, "\n") {
		m := lines.at.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, defersPath):
			// The next frame calls the body of a lowered function.
			artificial = true
		case m != nil && artificial:
			artificial = false
		case m != nil:
			line, _ := strconv.ParseUint(m[1], 0, 32)
			col, _ := strconv.ParseUint(m[2], 0, 32)
			if f, ok := fs.frame(Position{r.File, int(line), int(col)}); ok {
				g.Frames = append(g.Frames, f)
			}
		case lines.elided.MatchString(line):
			g.Gap = len(g.Frames)
		}
	}
	return g, true
}

// dumpLines match lines of a stack.
type dumpLines struct{ goroutine, system, at, elided *regexp.Regexp }

func newDumpLines() *dumpLines {
	return &dumpLines{
		goroutine: regexp.MustCompile(`^goroutine (\d+)[^\[]* \[(.*)\]:$`),
		// Of the runtime itself, which shows it on SIGQUIT.
		system: regexp.MustCompile(`(?m)^created by (runtime|os/signal)\.`),
		// A call of function at, with its position.
		at:     regexp.MustCompile(`^[\w./-]*/interp\.at\(\{(0x[0-9a-f]+), (0x[0-9a-f]+)\}`),
		elided: regexp.MustCompile(`^\.\.\.\d+ frames elided`),
	}
}
