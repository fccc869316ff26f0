// A socket tells its addresses, and the kernel's table has them too.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	listener, port := lab.Listen(16)
	lab.Dial(port)
	conn := lab.Accept(listener)

	local, err := unix.Getsockname(conn)
	lab.Check(err)
	// --8<-- [start:remote]

	remote, err := unix.Getpeername(conn)
	lab.Check(err)
	// --8<-- [end:remote]
	fmt.Println("local :", text(local))
	fmt.Println("remote:", text(remote))

	found := 0
	state := ""
	for _, row := range lab.Rows(port) {
		// --8<-- [start:find]

		if row.Local == text(local) && row.Remote == text(remote) {
			found++
			state = row.State
		}
		// --8<-- [end:find]
	}
	fmt.Println("lines that fit:", found)
	fmt.Println("state:", state)
}

// text is an address as the table shows it: 127.0.0.1:8080.
func text(name unix.Sockaddr) string {
	return fmt.Sprintf("127.0.0.1:%d", lab.PortOf(name))
}
