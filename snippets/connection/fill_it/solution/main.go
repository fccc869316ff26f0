// How many clients fit into the queue of a listener?
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:fill]

// fill connects as many clients as a listener with this backlog has room for,
// and returns the port and how many that are. It never calls accept.
func fill(backlog int) (int, int) {
	listener, port := lab.Listen(backlog)
	for i := 1; i <= backlog+1; i++ {
		lab.Dial(port)
		for lab.RowOf(listener).Unread < i {
		}
	}
	return port, lab.RowOf(listener).Unread
}

// --8<-- [end:fill]

// --8<-- [start:late]

// late is the state of a client's socket that finds the queue at port full.
func late(port int) string {
	client := lab.Socket()
	connect := func() { _ = unix.Connect(client, lab.Address(port)) }
	lab.Await(lab.Thread("late", connect), "connect")
	return lab.RowOf(client).State
}

// --8<-- [end:late]

func main() {
	for _, backlog := range []int{0, 1, 5} {
		port, held := fill(backlog)
		fmt.Println("backlog", backlog, "holds", held, "- one more is in state", late(port))
	}
}
