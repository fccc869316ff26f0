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

// pass sends fd through a pair of connected sockets and returns the number that
// comes out at the other end.
func pass(fd int) int {
	// TODO: this opens the file once more. Send fd instead, with Socketpair,
	// UnixRights and Sendmsg, and receive it with Recvmsg,
	// ParseSocketControlMessage and ParseUnixRights.
	again, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	lab.Check(err)
	return again
}
