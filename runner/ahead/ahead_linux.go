package ahead

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"example/workbook/runner/ahead/early"
	"example/workbook/runner/isolate"
	"example/workbook/runner/isolate/enter"
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

// started is the interpreter that is started ahead, if one is and nobody has taken
// it.
var started = begin()

func begin() *atomic.Pointer[Interpreter] {
	var p atomic.Pointer[Interpreter]
	if s := early.Take(); s != nil {
		p.Store(order(s))
	}
	return &p
}

// Take gives, once, the interpreter that was started ahead, or nil. The caller must
// end it or see to its end.
func Take() *Interpreter { return started.Swap(nil) }

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

// order has a supervisor start an interpreter as a run does that is asked for
// nothing special. It returns nil where that fails: the run will say why.
func order(s *early.Supervisor) *Interpreter {
	i := &Interpreter{PID: s.PID, Control: s.Control, Streams: [2]int{-1, -1}, Gate: -1}
	if i.give(s.How) != nil {
		i.End()
		return nil
	}
	return i
}

func (i *Interpreter) give(how enter.How) error {
	f, err := NewFolder()
	if err != nil {
		return err
	}
	i.Folder = f
	i.Order = &supervisor.Order{
		Box: Box(Level, f, DiskLimit), Path: "/proc/self/exe", Args: []string{"workbook", AwaitArg},
		Env: append(f.Environment(), Environment()...), Dir: f.Work(),
		Memory: MemoryLimit, FileSize: MaxFileSize, MaxProcesses: MaxProcesses, Threads: MaxThreads + MaxProcesses,
		Remove: string(f),
	}
	if Cgo {
		i.Order.Stack = SmallStack
	}
	if i.Order.Box.How() != how {
		return errors.New("the supervisor has other namespaces")
	}
	gate, theirs, err := Gate()
	if err != nil {
		return err
	}
	defer theirs.Close()
	i.Gate = gate
	i.Streams, err = supervisor.Give(i.Control, i.Order, int(theirs.Fd()))
	return err
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
