// connect with a time limit.
package main

import (
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:dial]

// dial connects to port and returns a descriptor. It gives up after limit.
func dial(port int, limit time.Duration) (int, error) {
	fd := lab.Socket()
	lab.Check(unix.SetNonblock(fd, true))
	err := unix.Connect(fd, lab.Address(port))
	if err == nil {
		return fd, nil
	}
	if err == unix.EINPROGRESS {
		err = verdict(fd, limit)
	}
	if err != nil {
		lab.Check(unix.Close(fd)) // ends the attempt
		return -1, err
	}
	return fd, nil
}

// verdict waits for the end of the attempt that fd has begun.
func verdict(fd int, limit time.Duration) error {
	start := time.Now()
	set := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		left := limit - time.Since(start)
		if left < 0 {
			return unix.ETIMEDOUT
		}
		n, err := unix.Poll(set, int(left.Milliseconds())+1)
		if err == unix.EINTR || err == nil && n == 0 {
			continue
		}
		lab.Check(err)
		number, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		lab.Check(err)
		if number != 0 {
			return syscall.Errno(number)
		}
		return nil
	}
}

// --8<-- [end:dial]

func main() {
	_, open := lab.Listen(16)
	gone, nobody := lab.Listen(16)
	lab.Check(unix.Close(gone))
	listener, full := lab.Listen(0)
	lab.Dial(full) // takes the only place
	for lab.RowOf(listener).Unread < 1 {
	}

	fd, err := dial(open, 5*time.Second)
	fmt.Println("listener  :", err)
	_, err = unix.Write(fd, []byte("x"))
	fmt.Println("a write   :", err)
	_, err = dial(nobody, 5*time.Second)
	fmt.Println("nobody    :", err)
	start := time.Now()
	_, err = dial(full, 100*time.Millisecond)
	fmt.Println("full queue:", err)
	fmt.Println("after at least 100 ms:", time.Since(start) >= 100*time.Millisecond)
}
