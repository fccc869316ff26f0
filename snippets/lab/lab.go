// Package lab is what the snippets of the workbook share: sockets on this
// machine, threads with names, and the kernel's own word on what a thread does.
// What it reports is read from the kernel: from /proc, with getrusage(2) or with
// poll(2). Only [ProbeIdle] measures times as well.
//
// A snippet waits for a fact, such as "the kernel says that this thread sleeps
// in accept4", see [Await]. Only the probes let time pass: they look every 10 ms
// whether anything can still happen.
package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Check ends the program when err is not nil. It prints the line of the
// snippet at which the call failed and what the kernel said.
func Check(err error) {
	if err != nil {
		fail("%s", explain(err))
	}
}

// explain adds the name of an error number, such as EINVAL, to its text.
func explain(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return fmt.Sprintf("%v (%s)", err, unix.ErrnoName(errno))
	}
	return err.Error()
}

// fail reports a problem at the snippet's line and ends the program. Run by an
// interpreter, the snippet has no frame on Go's stack; a panic makes the
// interpreter name the line instead.
func fail(format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	file, line := caller()
	if file == "" {
		panic(msg)
	}
	fmt.Fprintf(os.Stderr, "%s:%d: %s\n", file, line, msg)
	os.Exit(1)
}

// caller is the line that called into this package, or "" when the caller is
// not compiled code.
func caller() (file string, line int) {
	pc := make([]uintptr, 16)
	frames := runtime.CallersFrames(pc[:runtime.Callers(2, pc)])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "reflect.") {
			return "", 0
		}
		if !strings.HasPrefix(frame.Function, "example/workbook/snippets/lab.") {
			return short(frame.File), frame.Line
		}
		if !more {
			return "", 0
		}
	}
}

// short is file as seen from the current folder, where it lies below it.
func short(file string) string {
	dir, err := os.Getwd()
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil || strings.HasPrefix(rel, "..") {
		return file
	}
	return rel
}
