// A descriptor goes through a socket. What comes out?
package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	file, err := os.CreateTemp("", "two")
	lab.Check(err)
	defer os.Remove(file.Name())
	lab.Check(os.WriteFile(file.Name(), []byte("hello world\n"), 0o600))
	fd := int(file.Fd())

	out := pass(fd)
	fmt.Println("another number:", out != fd)
	buf := make([]byte, 5)
	n, err := unix.Read(out, buf)
	lab.Check(err)
	fmt.Println("read through the number that came out:", n)
	fmt.Println("position of the number that came out :", position(out))
	fmt.Println("position of the number that went in  :", position(fd))
}

// position is the offset at which the next read through fd begins.
func position(fd int) int64 {
	offset, err := unix.Seek(fd, 0, unix.SEEK_CUR)
	lab.Check(err)
	return offset
}

// --8<-- [start:pass]

// pass sends fd through a pair of connected sockets and returns the number that
// comes out at the other end.
func pass(fd int) int {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	lab.Check(unix.Sendmsg(pair[0], []byte("x"), unix.UnixRights(fd), nil, 0))

	data := make([]byte, 1)
	control := make([]byte, unix.CmsgSpace(4)) // room for one descriptor
	_, n, _, _, err := unix.Recvmsg(pair[1], data, control, unix.MSG_CMSG_CLOEXEC)
	lab.Check(err)
	messages, err := unix.ParseSocketControlMessage(control[:n])
	lab.Check(err)
	fds, err := unix.ParseUnixRights(&messages[0])
	lab.Check(err)
	return fds[0]
}

// --8<-- [end:pass]
