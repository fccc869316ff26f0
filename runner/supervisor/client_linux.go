package supervisor

import (
	"encoding/json"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"example/workbook/runner/isolate"
)

// Start starts a supervisor: the binary exe in the namespaces of a box. It returns
// its process id and the descriptor of our end of its socket, where it waits for an
// order. That the system refuses the namespaces is a *isolate.Refusal.
func Start(exe string, box *isolate.Box) (pid, control int, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, -1, os.NewSyscallError("socketpair", err)
	}
	defer unix.Close(pair[1])
	null, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		unix.Close(pair[0])
		return 0, -1, &os.PathError{Op: "open", Path: os.DevNull, Err: err}
	}
	defer unix.Close(null)
	nothing := uintptr(null)
	// Package os would start one process more, to find out what it may do with
	// this one.
	pid, err = syscall.ForkExec(exe, []string{"workbook", Arg}, &syscall.ProcAttr{
		Dir: "/", Env: []string{"GODEBUG=containermaxprocs=0"},
		Files: []uintptr{nothing, nothing, nothing, uintptr(pair[1])},
		Sys:   box.SysProcAttr(),
	})
	if err != nil {
		unix.Close(pair[0])
		if box.Level.Private() {
			return 0, -1, &isolate.Refusal{Step: "user namespace", Err: err}
		}
		return 0, -1, &os.PathError{Op: "exec", Path: exe, Err: err}
	}
	return pid, pair[0], nil
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
