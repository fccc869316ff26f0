// A server that has patience with a client, but not for ever.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var listener int

// --8<-- [start:serve]

// serve answers "ok" to what each read returns (here: one line). Its client may
// take 100 ms for that.
func serve() {
	conn := lab.Accept(listener)
	limit := unix.Timeval{Usec: 100_000} // microseconds
	lab.Check(unix.SetsockoptTimeval(conn, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit))
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		if err == unix.EINTR { // a read with a limit does not go on after a signal
			continue
		}
		if err == unix.EAGAIN || err == nil && n == 0 {
			break
		}
		lab.Check(err)
		_, err = unix.Write(conn, []byte("ok"))
		lab.Check(err)
	}
	lab.Check(unix.Close(conn))
}

// --8<-- [end:serve]

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
