// connect with a time limit.
package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// dial connects to port and returns a descriptor. It gives up after limit.
func dial(port int, limit time.Duration) (int, error) {
	fd := lab.Socket()
	lab.Check(unix.SetNonblock(fd, true))
	err := unix.Connect(fd, lab.Address(port))
	if err == unix.EINPROGRESS {
		err = nil // TODO: it has only begun
	}
	return fd, err
}

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
