// A write of one megabyte to a peer that does not read.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:blocking]

var (
	big  = make([]byte, 1<<20)
	pair = make([]int, 2) // two connected sockets
)

// write writes all of big in blocking mode.
func write() {
	n, err := unix.Write(pair[0], big)
	fmt.Println("blocking    : write returned all:", n == len(big), err)
}

// --8<-- [end:blocking]

func main() {
	made, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	lab.Check(err)
	pair[0] = made[0]
	pair[1] = made[1]
	// --8<-- [start:short]

	lab.Check(unix.SetNonblock(pair[0], true))
	n, err := unix.Write(pair[0], big)
	fmt.Println("non-blocking: first write took all:", n == len(big), " took nothing:", n <= 0, err)
	fmt.Println("non-blocking: unread at the other end, what it took:", lab.Unread(pair[1]) == n)
	_, err = unix.Write(pair[0], big[n:])
	fmt.Println("non-blocking: second write:", err)
	// --8<-- [end:short]

	// --8<-- [start:long]

	lab.Check(unix.SetNonblock(pair[0], false))
	writer := lab.Thread("writer", write)
	lab.Await(writer, "write")
	fmt.Println("blocking    : the writer sleeps in write")
	buf := make([]byte, 64<<10)
	for left := n + len(big); left > 0; { // now the peer reads
		got, err := unix.Read(pair[1], buf)
		lab.Check(err)
		left -= got
	}
	writer.Wait()
	// --8<-- [end:long]
}
