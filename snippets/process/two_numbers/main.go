// A flag is set through one descriptor and looked up through three.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:flags]

// show prints a flag of the open file description behind fd, and one of fd itself.
func show(name string, fd int) {
	status, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	lab.Check(err)
	own, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	lab.Check(err)
	nonblock := status&unix.O_NONBLOCK != 0
	cloexec := own&unix.FD_CLOEXEC != 0
	fmt.Printf("%-6s O_NONBLOCK %-5v  FD_CLOEXEC %v\n", name, nonblock, cloexec)
}

// --8<-- [end:flags]

// --8<-- [start:main]

func main() {
	pipe := make([]int, 2)
	lab.Check(unix.Pipe2(pipe, unix.O_CLOEXEC))
	fd := pipe[0]
	twin, err := unix.Dup(fd)
	lab.Check(err)
	again, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)

	lab.Check(unix.SetNonblock(twin, true)) // through the twin only
	show("fd", fd)
	show("twin", twin)
	show("again", again)
}

// --8<-- [end:main]
