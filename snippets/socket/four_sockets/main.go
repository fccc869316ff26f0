// A listener and three accepted sockets in the kernel's table.
package main

import (
	"fmt"

	"example/workbook/snippets/lab"
)

func main() {
	// --8<-- [start:main]

	listener, port := lab.Listen(16)
	sockets := []int{listener}
	for len(sockets) < 4 {
		lab.Dial(port) // a client, kept open
		sockets = append(sockets, lab.Accept(listener))
	}
	lab.Mark("L1")

	local := map[string]bool{}
	remote := map[string]bool{}
	for _, fd := range sockets {
		row := lab.RowOf(fd) // the line of /proc/net/tcp with this socket's inode
		local[row.Local] = true
		remote[row.Remote] = true
		fmt.Printf("%-11s local %s  remote %s\n", row.State, row.Local, row.Remote)
	}
	fmt.Println("sockets:", len(sockets))
	fmt.Println("different local addresses:", len(local))
	fmt.Println("different remote addresses:", len(remote))
	// --8<-- [end:main]
}
