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

	// TODO: without calling accept, find out how many connections wait, and in
	// which state the server's end of each is.
	fmt.Println("connections waiting:", 0)
	for i := range conns {
		fmt.Println("server's end of connection", i+1, "is", "?")
	}

	// TODO: now accept them, and print what each client sent, and how many
	// bytes the read after it returns.
	for i := range conns {
		server := lab.Accept(listener)
		fmt.Printf("connection %d: read %q, then %d\n", i+1, "", server)
	}
}
