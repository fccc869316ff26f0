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
	remote := local // TODO: the address of the other side
	fmt.Println("local :", text(local))
	fmt.Println("remote:", text(remote))

	found := 0
	state := ""
	for _, row := range lab.Rows(port) {
		// TODO: more lines fit than are meant.
		if row.Local == text(local) {
			found++
			state = row.State
		}
	}
	fmt.Println("lines that fit:", found)
	fmt.Println("state:", state)
}

// text is an address as the table shows it: 127.0.0.1:8080.
func text(name unix.Sockaddr) string {
	return fmt.Sprintf("127.0.0.1:%d", lab.PortOf(name))
}
