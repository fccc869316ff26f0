package interp

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"example/workbook/runner/lean"
)

// ChildArg is the first argument of a process that must call Main before
// anything else: the own binary, started again to interpret one snippet.
const ChildArg = lean.Interpret

// RequestFD is the descriptor at which a child finds its request: the first
// of exec.Cmd.ExtraFiles. The child closes it before the snippet starts.
const RequestFD = 3

// Request is what the parent asks of a child: one program to interpret.
type Request struct {
	// Args is os.Args of the snippet. Without it, os.Args has one element,
	// "snippet".
	Args []string `json:",omitempty"`
	// File is the name that positions carry, Line and Col (both from 1; 0
	// means 1) the place in File at which the program begins. All its lines
	// begin at Col: a fence in a list is indented.
	File      string
	Line, Col int `json:",omitempty"`
	// Source is what to execute: package main.
	Source []byte
	// Original is the program as it stands in File, if Source was made from it
	// by package lower. Then the positions of Source are those of its //line
	// directives, and functions in frames are named after Original.
	Original []byte `json:",omitempty"`
	// MaxStack is how many bytes the stack of one goroutine may take; 0 means
	// 128 MiB.
	MaxStack int `json:",omitempty"`
	// Recorded says that the file of the request also holds the memory of a
	// recording (package record), which the parent has prepared there at
	// RecordingOffset.
	Recorded bool `json:",omitempty"`
}

// RecordingOffset is where the recording begins in the file mem of a Request.
func RecordingOffset(mem *os.File) (int64, error) {
	info, err := mem.Stat()
	if err != nil {
		return 0, err
	}
	const page = 64 << 10 // the largest that a machine has
	return (info.Size() + page - 1) / page * page, nil
}

// Kind says what a Report reports.
type Kind string

const (
	// Rejected: the program does not compile. Problems says why. Exit status
	// of the child: 1.
	Rejected Kind = "rejected"
	// Panicked: a panic of the snippet ended the process with status 2. Value
	// and Frames describe it; stderr shows the same in Go's own form.
	Panicked Kind = "panicked"
	// Looping: the one frame is that of the loop whose body began last, on
	// any goroutine. It is the last report, and there if there was a loop. It
	// is of interest when the child had to be stopped: a stack of the runtime
	// does not show where a goroutine computes without calling anything.
	Looping Kind = "looping"
	// Broken: the child did not work. It cannot read its request, or the
	// interpreter cannot compile or execute what Go can. Value says what,
	// Problems or Frames where, if that is known. Exit status: 3.
	Broken Kind = "broken"
)

// Report is what a child tells its parent beside the output of the snippet.
// A child that is killed, exits by os.Exit or ends in a fatal error of the
// runtime (deadlock, concurrent map writes) leaves no report.
type Report struct {
	Kind     Kind
	Problems []Problem `json:",omitempty"`
	// Value is the text that Go prints after "panic: ", or after "fatal error: ".
	Value string `json:",omitempty"`
	// Fatal: it is that of a fatal error, raised by a panic while the text of a
	// panic was made.
	Fatal bool `json:",omitempty"`
	// Goroutine is the number of the goroutine; the main one has number 1.
	Goroutine int `json:",omitempty"`
	// Frames are the calls of interpreted functions, the innermost first, up
	// to 50 from each end.
	Frames []Frame `json:",omitempty"`
	// Elided is how many frames are left out after the first 50.
	Elided int `json:",omitempty"`
}

// Cause is how the text of a panic begins.
func (r *Report) Cause() string {
	if r.Fatal {
		return "fatal error: " + r.Value
	}
	return "panic: " + r.Value
}

// Text returns a panic as Go prints it when nobody recovers, without the line
// on the signal, which is taken out of what a compiled program prints as well.
func (r *Report) Text() string {
	var b strings.Builder
	// Go indents the lines of a value, so that none looks like a stack.
	fmt.Fprintf(&b, "%s\n", strings.ReplaceAll(r.Cause(), "\n", "\n\t"))
	gap := 0
	if r.Elided > 0 {
		gap = keptFrames
	}
	writeStack(&b, r.Goroutine, "running", r.Frames, gap)
	return b.String()
}

// writeStack writes the stack of a goroutine as Go does. If gap is not zero,
// calls are missing after so many.
func writeStack(b *strings.Builder, number int, state string, frames []Frame, gap int) {
	fmt.Fprintf(b, "\ngoroutine %d [%s]:\n", number, state)
	for i, f := range frames {
		if gap > 0 && i == gap {
			b.WriteString("...additional frames elided...\n")
		}
		fmt.Fprintf(b, "%s\n\t%s:%d\n", f.Func, f.File, f.Line)
	}
}

// Problem is one reason why a program was rejected, in Go's words.
type Problem struct {
	Position
	Msg string
}

// Frame is a call of an interpreted function that was under way.
type Frame struct {
	Position
	// Func is the call as Go prints it: main.inner(...), main.main.func1().
	Func string
}

// Position is a place in the file that the request (or a //line directive)
// names. Line and Col count from 1; 0 means unknown.
type Position struct {
	File      string
	Line, Col int `json:",omitempty"`
}

// String returns file:line:col without the unknown parts.
func (p Position) String() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
		if p.Col > 0 {
			s += ":" + strconv.Itoa(p.Col)
		}
	}
	return s
}

// Parent and child share one anonymous file. The parent writes the request
// into it and hands it down; the child maps it, closes the descriptor and
// leaves its reports in the mapping. So a running snippet finds no descriptor
// of ours, and a report that was written survives any death of the child.
//
//	0   magic, 8 bytes
//	8   length of the request
//	16  length of the reports written so far
//	24  place of the loop whose body began last: line in the upper half, column
//	32  request, JSON
//	    reports, one JSON object a line
//	    recording of the system calls, if the request says so, at the end
//
// Numbers are 8 bytes, little endian.
const (
	magic       = "workbk\x001"
	headerSize  = 32
	reportsSize = 1 << 20 // room for reports; pages that stay empty cost nothing
	maxRequest  = 64 << 20
)

// Memory returns a file without a name that holds the request and has room
// for reports. The parent hands it to the child as the first of
// exec.Cmd.ExtraFiles, reads the reports when the child has ended, and closes
// it.
func (r *Request) Memory() (*os.File, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if len(body) > maxRequest {
		return nil, fmt.Errorf("program of %d bytes: more than the interpreter takes (%d)", len(r.Source), maxRequest)
	}
	f, err := anonymousFile()
	if err != nil {
		return nil, err
	}
	head := make([]byte, headerSize, headerSize+len(body))
	copy(head, magic)
	binary.LittleEndian.PutUint64(head[8:], uint64(len(body)))
	if _, err := f.WriteAt(append(head, body...), 0); err != nil {
		f.Close()
		return nil, err
	}
	if err := f.Truncate(int64(headerSize + len(body) + reportsSize)); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Reports returns what a child has reported into the file of
// [Request.Memory] so far, in order. What a snippet may have scribbled there
// is left out.
func Reports(f *os.File) ([]Report, error) {
	head := make([]byte, headerSize)
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint64(head[8:])
	written := binary.LittleEndian.Uint64(head[16:])
	if string(head[:8]) != magic || size > maxRequest || written > reportsSize {
		return nil, nil
	}
	lines, err := io.ReadAll(io.NewSectionReader(f, int64(headerSize+size), int64(written)))
	if err != nil {
		return nil, err
	}
	var reports []Report
	for line := range bytes.Lines(lines) {
		var r Report
		if json.Unmarshal(line, &r) == nil {
			reports = append(reports, r)
		}
	}
	if line, col := placed(binary.LittleEndian.Uint64(head[24:])); line > 0 {
		var r Request
		if b, err := io.ReadAll(io.NewSectionReader(f, headerSize, int64(size))); err != nil || json.Unmarshal(b, &r) != nil {
			return reports, err
		}
		if frame, ok := r.functions().frame(Position{r.File, line, col}); ok {
			reports = append(reports, Report{Kind: Looping, Frames: []Frame{frame}})
		}
	}
	return reports, nil
}
