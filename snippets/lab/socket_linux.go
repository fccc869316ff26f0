package lab

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	recorded "example/workbook/runner/record/unix" // the calls of unix, each also written down
)

// Address is port on this machine, 127.0.0.1. Port 0 lets the kernel choose.
func Address(port int) *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
}

// Socket makes a TCP socket: no address yet, and no connection.
func Socket() int {
	fd, err := recorded.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	Check(err)
	return fd
}

// Listen makes a TCP socket that listens on 127.0.0.1, and tells the port that
// the kernel chose.
func Listen(backlog int) (fd, port int) {
	fd = Socket()
	Check(recorded.Bind(fd, Address(0)))
	Check(recorded.Listen(fd, backlog))
	return fd, Port(fd)
}

// Dial makes a TCP socket and connects it to port on this machine. It returns
// when the connection stands, which does not need an accept on the other side.
func Dial(port int) int {
	fd := Socket()
	Check(recorded.Connect(fd, Address(port)))
	return fd
}

// Accept takes a connection from the queue of a listening socket, and waits
// for one where the queue is empty.
func Accept(listener int) int {
	fd, _, err := recorded.Accept4(listener, unix.SOCK_CLOEXEC)
	Check(err)
	return fd
}

// Port is the local port of a socket.
func Port(fd int) int {
	name, err := unix.Getsockname(fd)
	Check(err)
	return PortOf(name)
}

// PortOf is the port in an IPv4 socket address.
func PortOf(name unix.Sockaddr) int {
	return name.(*unix.SockaddrInet4).Port
}

// WaitReadable returns the first of the descriptors on which a read or an
// accept would not have to wait. Until there is one, it waits in poll(2), which
// takes nothing from a descriptor.
func WaitReadable(fds ...int) int {
	var set []unix.PollFd
	for _, fd := range fds {
		set = append(set, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
	}
	for {
		_, err := recorded.Poll(set, -1)
		if err == unix.EINTR { // Go interrupts its threads with signals
			continue
		}
		Check(err)
		for _, p := range set {
			if p.Revents != 0 {
				return int(p.Fd)
			}
		}
	}
}

// Unread is the number of bytes that have arrived at a socket or pipe, lie in
// a buffer of the kernel and were not read yet.
func Unread(fd int) int {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	Check(err)
	return n
}

// Inode is the number under which the kernel lists the socket behind fd, the
// one that /proc/self/fd shows as "socket:[12345]".
func Inode(fd int) string {
	link, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	Check(err)
	return strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]")
}
