// A server that has patience with a client, but not for ever.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var listener int

// serve answers "ok" to what each read returns (here: one line). TODO: hang up on
// a client that takes more than 100 ms for its next line.
func serve() {
	conn := lab.Accept(listener)
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		lab.Check(err)
		if n == 0 {
			break
		}
		_, err = unix.Write(conn, []byte("ok"))
		lab.Check(err)
	}
	lab.Check(unix.Close(conn))
}

func main() {
	fd, port := lab.Listen(16)
	listener = fd
	client := lab.Dial(port)
	_, err := unix.Write(client, []byte("first line\n"))
	lab.Check(err)
	server := lab.Thread("server", serve)
	buf := make([]byte, 64)
	n, err := unix.Read(client, buf)
	fmt.Printf("client read %q, error: %v\n", buf[:n], err)

	// The client says nothing more. It gives the server two seconds.
	patience := unix.Timeval{Sec: 2}
	lab.Check(unix.SetsockoptTimeval(client, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience))
	for {
		n, err = unix.Read(client, buf)
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		fmt.Println("client was not hung up on; server:", server.Syscall().Name)
		return
	}
	fmt.Printf("client read %q, error: %v\n", buf[:n], err)
	server.Wait()
}
