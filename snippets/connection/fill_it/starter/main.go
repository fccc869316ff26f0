// How many clients fit into the queue of a listener?
package main

import (
	"fmt"

	"example/workbook/snippets/lab"
)

// fill connects as many clients as a listener with this backlog has room for,
// and returns how many that are. It never calls accept.
func fill(backlog int) int {
	listener, port := lab.Listen(backlog)
	for i := 1; i <= backlog; i++ { // TODO: is this all?
		lab.Dial(port)
		for lab.RowOf(listener).Unread < i {
		}
	}
	return lab.RowOf(listener).Unread
}

func main() {
	for _, backlog := range []int{0, 1, 5} {
		held := fill(backlog)
		// TODO: let one more client try, on a thread of its own, and print the
		// state of its socket while it sleeps in connect.
		fmt.Println("backlog", backlog, "holds", held, "- one more is in state", "?")
	}
}
