package rt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
)

// Log is the method name of a logger, called at a place of the program.
func Log(l *log.Logger, at, name string, args ...any) {
	logAs(l, at, name, func() string {
		if strings.HasSuffix(name, "ln") {
			return fmt.Sprintln(args...)
		}
		return fmt.Sprint(args...)
	})
}

// Logf is Log for Printf, Fatalf and Panicf.
func Logf(l *log.Logger, at, name, format string, args ...any) {
	logAs(l, at, name, func() string { return fmt.Sprintf(format, args...) })
}

// LogHeld is Log or Logf for the logger that x holds; false if it holds none.
func LogHeld(x any, at, name, format string, args []any) bool {
	l, ok := x.(*log.Logger)
	if !ok {
		return false
	}
	args = HeldArgs(args)
	switch {
	case strings.HasSuffix(name, "f"):
		format, args = Format(false, format, args)
		Logf(l, at, name, format, args...)
	case strings.HasSuffix(name, "ln"):
		Log(l, at, name, args...)
	default:
		Log(l, at, name, PrintArgs(args)...)
	}
	return true
}

func logAs(l *log.Logger, at, name string, message func() string) {
	s := ""
	panics := strings.HasPrefix(name, "Panic")
	if panics || l.Writer() != io.Discard {
		s = message()
	}
	LogOutput(l, at, s)
	switch {
	case panics:
		panic(s)
	case strings.HasPrefix(name, "Fatal"):
		os.Exit(1)
	}
}

// logging has a mutex for each logger that logs places, so that no two of its
// messages are written at once.
var logging sync.Map // *log.Logger to *sync.Mutex

// LogOutput is the method Output of a logger. The place stands in front of what
// package log would have behind it.
func LogOutput(l *log.Logger, at, s string) error {
	const lines = log.Lshortfile | log.Llongfile
	flags, prefix := l.Flags(), l.Prefix()
	switch {
	case flags&lines == 0:
		return l.Output(1, s)
	case flags&log.Lshortfile == 0:
		giveUp("log the path of the program")
	}
	if flags&log.Lmsgprefix != 0 {
		prefix, s = "", prefix+s
	}
	mu, _ := logging.LoadOrStore(l, new(sync.Mutex))
	mu.(*sync.Mutex).Lock()
	defer mu.(*sync.Mutex).Unlock()
	return log.New(l.Writer(), prefix, flags&^(lines|log.Lmsgprefix)).Output(1, at+": "+s)
}

// logs says whether a method of a logger logs the line of its call.
func logs(method string) bool {
	for _, prefix := range []string{"Print", "Fatal", "Panic", "Output"} {
		if strings.HasPrefix(method, prefix) {
			return true
		}
	}
	return false
}

// What package log/slog makes of a V: nothing, an attribute, or a part of one.
const (
	nothing = iota
	itself
	inside
)

// slogs says for what package log/slog has MarshalJSON of a V called, which calls slogs.
func slogs() int {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	const whole = 5 // functions between MarshalJSON and package log/slog, if nothing is around the value
	for depth, more := 0, true; more; depth++ {
		var f runtime.Frame
		if f, more = frames.Next(); f.Function == "log/slog.appendJSONMarshal" {
			if depth > whole {
				return inside
			}
			return itself
		}
	}
	return nothing
}

// slogText says whether package log/slog has Format of a V called, which calls slogText,
// for the text of an attribute. It quotes slices of bytes, before it looks for their
// methods.
func slogText() bool {
	between := []string{"fmt.(*pp).handleMethods", "fmt.(*pp).printArg", "fmt.(*pp).doPrintf", "fmt.Sprintf", "log/slog.appendTextValue"}
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for _, name := range between {
		if f, _ := frames.Next(); f.Function != name {
			return false
		}
	}
	return true
}

// slogString is a string as package log/slog writes it into JSON.
func slogString(s string) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.Encode(s)
	return slogEscapes().ReplaceAllFunc(text.Bytes(), func(escape []byte) []byte {
		switch escape[1] {
		case 'b':
			return []byte(`\u0008`)
		case 'f':
			return []byte(`\u000c`)
		}
		return escape
	})
}

var slogEscapes = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\\.`) })
