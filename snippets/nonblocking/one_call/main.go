// A socket without O_NONBLOCK, and calls that do not wait, or not for long.
package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	buf := make([]byte, 8)
	// --8<-- [start:call]

	_, _, err = unix.Recvfrom(pair[0], buf, unix.MSG_DONTWAIT)
	fmt.Println("MSG_DONTWAIT:", err)
	// --8<-- [end:call]

	// --8<-- [start:limit]

	limit := unix.Timeval{Usec: 50_000} // microseconds: 50 ms
	lab.Check(unix.SetsockoptTimeval(pair[0], unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit))
	start := time.Now()
	for {
		_, err = unix.Read(pair[0], buf)
		if err != unix.EINTR { // Go interrupts its threads with signals
			break
		}
	}
	fmt.Println("SO_RCVTIMEO :", err)
	fmt.Println("after at least 50 ms:", time.Since(start) >= 50*time.Millisecond)
	// --8<-- [end:limit]

	// --8<-- [start:flags]

	flags, err := unix.FcntlInt(uintptr(pair[0]), unix.F_GETFL, 0)
	lab.Check(err)
	fmt.Println("the description has O_NONBLOCK:", flags&unix.O_NONBLOCK != 0)
	// --8<-- [end:flags]
}
