package ahead

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate"
	"example/workbook/runner/supervisor"
)

// Interpreter is a process that waits for its request, under a supervisor that
// has carried out Order or is about to.
type Interpreter struct {
	Folder  Folder
	Order   *supervisor.Order
	PID     int    // of the supervisor
	Control int    // our end of its socket
	Streams [2]int // read ends of the program's stdout and stderr
	Gate    int    // our end of the socket at which the interpreter waits
}

// started receives the interpreter that is started ahead, if one is, and is closed.
var started = begin()

func begin() <-chan *Interpreter {
	c := make(chan *Interpreter, 1)
	if !expected(os.Args) {
		close(c)
		return c
	}
	go func() {
		defer close(c)
		if i, err := start(); err == nil { // else the run will say why
			c <- i
		}
	}()
	return c
}

// expected reports whether this is a command that interprets something, going by
// its looks.
func expected(args []string) bool {
	if len(args) < 2 || args[1] != "run" {
		return false
	}
	for i, a := range args {
		if a == "--engine=go" || a == "go" && args[i-1] == "--engine" {
			return false
		}
	}
	return true
}

// Take gives, once, the interpreter that was started ahead, or nil. The caller must
// end it or see to its end.
func Take() *Interpreter { return <-started }

// End ends an interpreter that no run came for.
func (i *Interpreter) End() {
	for _, fd := range []int{i.Control, i.Gate, i.Streams[0], i.Streams[1]} {
		if fd >= 0 {
			unix.Close(fd) // which the supervisor takes for our death
		}
	}
	for {
		if _, err := unix.Wait4(i.PID, nil, 0, nil); err != unix.EINTR {
			return
		}
	}
}

// start starts an interpreter as a run does that is asked for nothing special.
func start() (*Interpreter, error) {
	f, err := NewFolder()
	if err != nil {
		return nil, err
	}
	box := Box(Level, f, DiskLimit)
	i := &Interpreter{Folder: f, Streams: [2]int{-1, -1}, Gate: -1, Order: &supervisor.Order{
		Box: box, Path: "/proc/self/exe", Args: []string{"workbook", AwaitArg}, Env: append(f.Environment(), Environment()...), Dir: f.Work(),
		Memory: MemoryLimit, FileSize: MaxFileSize, MaxProcesses: MaxProcesses, Threads: MaxThreads + MaxProcesses,
		Remove: string(f),
	}}
	if Cgo {
		i.Order.Stack = SmallStack
	}
	if i.PID, i.Control, err = supervisor.Start("/proc/self/exe", &box); err != nil {
		return nil, err
	}
	var theirs *os.File
	if i.Gate, theirs, err = Gate(); err == nil {
		i.Streams, err = supervisor.Give(i.Control, i.Order, int(theirs.Fd()))
		theirs.Close()
	}
	if err != nil {
		i.End()
		return nil, err
	}
	return i, nil
}

// Box is what a run of that level has instead of the machine, with room for so
// many bytes of files.
func Box(level isolate.Level, f Folder, disk int64) isolate.Box {
	b := isolate.Box{
		Level: level, Disk: disk, Files: MaxFolderFiles,
		Temp: filepath.Dir(string(f)), Dir: string(f), Folders: f.All()[1:],
	}
	b.Nobody = b.CanBeNobody()
	return b
}

// Gate makes the socket at which an interpreter waits for its request: our end, and
// its own.
func Gate() (ours int, theirs *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, nil, os.NewSyscallError("socketpair", err)
	}
	return pair[0], os.NewFile(uintptr(pair[1]), "gate"), nil
}
