// A client connects and sends, and the server has not called accept.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	// --8<-- [start:client]

	listener, port := lab.Listen(16)
	client := lab.Socket()
	err := unix.Connect(client, lab.Address(port))
	fmt.Println("connect returned:", err)
	n, err := unix.Write(client, []byte("hello"))
	fmt.Println("write returned:", n, err)
	// --8<-- [end:client]

	// --8<-- [start:look]

	conn := lab.ConnectionOf(client)
	for conn.Far().Unread == 0 { // the bytes are on their way
	}
	show("before accept", conn)
	lab.Mark("L1")
	server := lab.Accept(listener)
	show("after accept ", conn)
	lab.Mark("L2")
	// --8<-- [end:look]

	// --8<-- [start:read]

	buf := make([]byte, 16)
	n, err = unix.Read(server, buf)
	lab.Check(err)
	fmt.Printf("read returned %q\n", buf[:n])
	fmt.Println("client:", lab.RowOf(client).Local, "to", lab.RowOf(client).Remote)
	fmt.Println("server:", lab.RowOf(server).Local, "to", lab.RowOf(server).Remote)
	// --8<-- [end:read]
}

// --8<-- [start:show]

// show prints what the kernel keeps of both ends of the connection.
func show(when string, conn lab.Connection) {
	near := conn.Near()
	far := conn.Far()
	owned := far.Inode != "0"
	fmt.Println(when+": client's end", near.State, " owned by a socket:", near.Inode != "0")
	fmt.Println(when+": server's end", far.State, " owned by a socket:", owned, " unread:", far.Unread)
}

// --8<-- [end:show]
