// Package isolate keeps a run apart from the machine it runs on.
//
// How far that goes depends on what the system allows an ordinary user, which no
// setting tells for sure: [Box.Seal] does what a level asks for, and a [Refusal]
// says what the system did not let it do.
package isolate

import (
	"fmt"
	"runtime"
	"strings"
)

// Level is how far a run is kept apart, from the strongest to none.
type Level int

// The levels. Each lacks something that the one before it has.
const (
	// Full is a run with its own user, network, process, mount, IPC and host
	// name namespaces, a root folder in memory, Landlock and a filter of system
	// calls.
	Full Level = iota + 1
	// FullNoPID is Full without processes of its own: it sees those of the
	// machine.
	FullNoPID
	// Basic is Landlock and the filter. The run has the network of the machine. On
	// macOS it is the system's sandbox, and of the network loopback.
	Basic
	// Minimal is the filter.
	Minimal
	// Off is a run with limits only.
	Off
)

var names = [...]string{"auto", "full", "full-nopid", "basic", "minimal", "off"}

// String is the name by which a level is demanded.
func (l Level) String() string { return names[l] }

// Name is String, but "" for the zero level.
func (l Level) Name() string {
	if l == 0 {
		return ""
	}
	return l.String()
}

// Names lists the names of the levels, from the strongest to none.
func Names() []string { return append([]string(nil), names[1:]...) }

// Parse returns the level of that name, or 0 for "auto" and "".
func Parse(name string) (Level, error) {
	if name == "" {
		return 0, nil
	}
	for l, n := range names {
		if n == name {
			return Level(l), nil
		}
	}
	return 0, fmt.Errorf("isolation %q: there are %s", name, strings.Join(names[:], ", "))
}

// Private reports whether a run at this level has namespaces: its own network,
// its own files in memory, and the rights of root over them if it asks.
func (l Level) Private() bool { return l == Full || l == FullNoPID }

// Describe says what a level keeps apart, for the reader of one line.
func (l Level) Describe() string {
	switch l {
	case Full:
		return "private network, files and processes"
	case FullNoPID:
		return "private network and files; snippets can see the processes of this machine"
	case Basic:
		if runtime.GOOS == "darwin" {
			return "snippets can reach this machine only; of your files they can read and write none"
		}
		return "snippets can reach your network; of your files they can read those of the system and write none"
	case Minimal:
		return "snippets can reach your network and the files of this user; some system calls are refused"
	case Off:
		return "snippets can do what this user can"
	}
	return "the best that this system allows"
}

// Refusal is what a system did not let a run do to isolate itself.
type Refusal struct {
	Step string // what was tried, such as "user namespace"
	Err  error
}

func (r *Refusal) Error() string { return r.Step + ": " + r.Err.Error() }

func (r *Refusal) Unwrap() error { return r.Err }

// Box is what a run gets instead of the machine.
type Box struct {
	Level Level
	// Superuser lets the program be root: in its own namespaces where it has
	// them, as root of the machine otherwise, if this process is.
	Superuser bool
	// Nobody makes the program the user without rights; see CanBeNobody.
	Nobody bool
	// Temp is a folder for temporary files and Dir the folder of the run in it.
	// With Private, both are in memory, and Folders are made below Dir.
	Temp, Dir string
	Folders   []string
	Disk      int64 // bytes that fit into Temp with Private
	Files     int64 // number of files that fit into it
}
