// What the kernel keeps of a connection after close.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	// --8<-- [start:main]

	listener, port := lab.Listen(16)
	client := lab.Dial(port)
	server := lab.Accept(listener)
	conn := lab.ConnectionOf(client)
	show("connected ", conn)

	lab.Check(unix.Close(client))
	conn.Await("FIN_WAIT2", "CLOSE_WAIT")
	show("one close ", conn)

	lab.Check(unix.Close(server))
	conn.Await("TIME_WAIT", "none")
	show("two closes", conn)
	// --8<-- [end:main]
}

// --8<-- [start:show]

// show prints what the kernel keeps of both ends of the connection.
func show(when string, conn lab.Connection) {
	near := conn.Near()
	far := conn.Far()
	fmt.Println(when+": client's end", near.State, " owned by a socket:", near.Inode != "0")
	fmt.Println(when+": server's end", far.State, " owned by a socket:", far.Inode != "0")
}

// --8<-- [end:show]
