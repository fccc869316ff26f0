// Three clients have come and gone before the server accepts the first.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

func main() {
	listener, port := lab.Listen(16)
	var conns []lab.Connection
	for _, text := range []string{"one", "three", "fifteen"} {
		client := lab.Dial(port)
		conns = append(conns, lab.ConnectionOf(client))
		_, err := unix.Write(client, []byte(text))
		lab.Check(err)
		lab.Check(unix.Close(client))
	}

	// --8<-- [start:look]

	for _, conn := range conns {
		conn.Await("FIN_WAIT2", "CLOSE_WAIT") // what the client sent has arrived, and its end of file
	}
	fmt.Println("connections waiting:", lab.RowOf(listener).Unread)
	for i, conn := range conns {
		fmt.Println("server's end of connection", i+1, "is", conn.Far().State)
	}
	// --8<-- [end:look]

	// --8<-- [start:read]

	for i := range conns {
		server := lab.Accept(listener)
		buf := make([]byte, 64)
		n, err := unix.Read(server, buf)
		lab.Check(err)
		end, err := unix.Read(server, buf[n:])
		lab.Check(err)
		fmt.Printf("connection %d: read %q, then %d\n", i+1, buf[:n], end)
	}
	// --8<-- [end:read]
}
