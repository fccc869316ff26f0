// A listener whose queue is full.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

const backlog = 1

// --8<-- [start:client]

var (
	port int
	late int // the socket of the client that comes last
)

func connect() {
	lab.Check(unix.Connect(late, lab.Address(port)))
}

// --8<-- [end:client]

func main() {
	// --8<-- [start:main]

	listener, free := lab.Listen(backlog)
	port = free
	for i := 1; i <= 2; i++ {
		client := lab.Dial(port)
		for lab.RowOf(listener).Unread < i { // the handshake's last segment is on its way
		}
		fmt.Println("client", i, "is connected, server's end:", lab.ConnectionOf(client).Far().State)
	}

	late = lab.Socket()
	client := lab.Thread("client 3", connect)
	lab.Await(client, "connect")
	fmt.Println("client 3 sleeps in connect, its end:", lab.RowOf(late).State)
	fmt.Println("connections that wait for accept:", lab.RowOf(listener).Unread)
	// --8<-- [end:main]
}
