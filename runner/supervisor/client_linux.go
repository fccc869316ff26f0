package supervisor

import (
	"encoding/json"
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate"
)

// Start starts a supervisor: the binary exe in the namespaces of a box. It returns
// its process id and the descriptor of our end of its socket, where it waits for an
// order. That the system refuses the namespaces is a *isolate.Refusal.
func Start(exe string, box *isolate.Box) (pid, control int, err error) {
	pid, control, err = box.How().Supervisor(exe)
	var no *os.PathError
	if errors.As(err, &no) && no.Op == "exec" && box.Level.Private() {
		return 0, -1, &isolate.Refusal{Step: "user namespace", Err: no.Err}
	}
	return pid, control, err
}

// Give gives a supervisor its order, with more for the program from its descriptor
// 3 on. It returns the read ends of pipes that are the program's stdout and stderr.
func Give(control int, o *Order, more ...int) (streams [2]int, err error) {
	streams = [2]int{-1, -1}
	var fds []int
	defer func() {
		for _, fd := range fds[:min(len(fds), len(streams))] {
			unix.Close(fd)
		}
	}()
	for s := range streams {
		var p [2]int
		if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
			return streams, os.NewSyscallError("pipe", err)
		}
		streams[s] = p[0]
		fds = append(fds, p[1])
		if err := unix.SetNonblock(p[0], true); err != nil {
			return streams, os.NewSyscallError("fcntl", err)
		}
	}
	fds = append(fds, more...)
	msg, err := json.Marshal(o)
	if err != nil {
		return streams, err
	}
	err = unix.Sendmsg(control, msg, unix.UnixRights(fds...), nil, unix.MSG_NOSIGNAL)
	return streams, os.NewSyscallError("sendmsg", err)
}

// Keep orders a supervisor only to remove a folder if this process dies.
func Keep(control int, folder string) error {
	msg, err := json.Marshal(Order{Keep: true, Remove: folder})
	if err != nil {
		return err
	}
	return os.NewSyscallError("send", unix.Send(control, msg, unix.MSG_NOSIGNAL))
}
