// A server that hangs up on a client that says nothing.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:serve]

var listener int

// serve serves one connection, and gives it 50 ms for each thing it says.
func serve() {
	conn := lab.Accept(listener)
	limit := unix.Timeval{Usec: 50_000} // microseconds
	lab.Check(unix.SetsockoptTimeval(conn, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit))
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		if err == unix.EINTR { // the next section
			continue
		}
		if err == unix.EAGAIN {
			fmt.Println("server: 50 ms of silence, I hang up")
			break
		}
		lab.Check(err)
		if n == 0 { // the client has closed
			break
		}
		fmt.Printf("server: read %q\n", buf[:n])
	}
	lab.Check(unix.Close(conn))
}

// --8<-- [end:serve]

func main() {
	// --8<-- [start:client]

	fd, port := lab.Listen(16)
	listener = fd
	client := lab.Dial(port)
	_, err := unix.Write(client, []byte("hello"))
	lab.Check(err)
	server := lab.Thread("server", serve)

	n, err := unix.Read(client, make([]byte, 1)) // the client says nothing more
	fmt.Println("client: read returned", n, err)
	server.Wait()
	// --8<-- [end:client]
}
