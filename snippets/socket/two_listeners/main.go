// Two listening sockets ask for the same address.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const clients = 64

// --8<-- [start:listen]

// listen makes a listening socket that allows others on its address.
func listen(port int) int {
	fd := lab.Socket()
	lab.Check(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1))
	lab.Check(unix.Bind(fd, lab.Address(port)))
	lab.Check(unix.Listen(fd, clients))
	return fd
}

// --8<-- [end:listen]

func main() {
	// --8<-- [start:main]

	first := listen(0)
	second := listen(lab.Port(first))
	fmt.Println("same address:", lab.RowOf(first).Local == lab.RowOf(second).Local)

	took := map[int]int{}
	for i := 0; i < clients; i++ {
		lab.Dial(lab.Port(first))
		listener := lab.WaitReadable(first, second)
		lab.Accept(listener)
		took[listener]++
	}
	fmt.Println("connections:", took[first]+took[second])
	fmt.Println("both had some:", took[first] > 0 && took[second] > 0)
	fmt.Println("first :", took[first])
	fmt.Println("second:", took[second])
	// --8<-- [end:main]
}
