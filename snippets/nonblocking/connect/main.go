// connect that does not wait: to a listener, to nobody, to a full queue.
package main

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:try]

// try starts a connection and tells what becomes of it.
func try(name string, port int) int {
	fd := lab.Socket()
	lab.Check(unix.SetNonblock(fd, true))
	fmt.Println(name+": connect returned:", unix.Connect(fd, lab.Address(port)))
	return fd
}

// verdict is what became of a connection that connect has started.
func verdict(fd int) error {
	number, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	lab.Check(err)
	if number != 0 {
		return syscall.Errno(number)
	}
	return nil
}

// --8<-- [end:try]

func main() {
	// --8<-- [start:done]

	_, port := lab.Listen(16)
	fd := try("listener", port)
	waitWritable(fd)
	fmt.Println("listener: verdict:", verdict(fd))

	gone, port := lab.Listen(16)
	lab.Check(unix.Close(gone)) // nobody listens here now
	fd = try("nobody  ", port)
	waitWritable(fd)
	fmt.Println("nobody  : verdict:", verdict(fd))
	// --8<-- [end:done]

	// --8<-- [start:full]

	full, port := lab.Listen(0)
	lab.Dial(port) // takes the only place
	for lab.RowOf(full).Unread < 1 {
	}
	fd = try("full    ", port)
	fmt.Println("full    : writable:", writable(fd, 0), " state:", lab.RowOf(fd).State)
	fmt.Println("full    : connect again:", unix.Connect(fd, lab.Address(port)))
	// --8<-- [end:full]
}

// --8<-- [start:writable]

// writable waits until a write to fd would not wait, at most for a time in
// milliseconds; -1 is for ever, 0 only looks.
func writable(fd, limit int) bool {
	set := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		n, err := unix.Poll(set, limit)
		if err == unix.EINTR { // Go interrupts its threads with signals
			continue
		}
		lab.Check(err)
		return n > 0
	}
}

// --8<-- [end:writable]

func waitWritable(fd int) { writable(fd, -1) }
