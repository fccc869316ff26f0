// One client stays. What becomes of the second?
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

var (
	listener int
	port     int
)

// serve is the accept loop of this chapter: one client at a time.
func serve() {
	for {
		conn := lab.Accept(listener)
		echo(conn)
		lab.Check(unix.Close(conn))
	}
}

// echo sends back what it reads, until the client closes.
func echo(conn int) {
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		lab.Check(err)
		if n == 0 {
			return
		}
		_, err = unix.Write(conn, buf[:n])
		lab.Check(err)
	}
}

func main() {
	fd, number := lab.Listen(16)
	listener = fd
	port = number
	server := lab.Thread("server", serve)

	first := lab.Dial(port)
	_, err := unix.Write(first, []byte("hello"))
	lab.Check(err)
	buf := make([]byte, 64)
	n, err := unix.Read(first, buf)
	lab.Check(err)
	fmt.Println("first client : read returned", n)

	// TODO: in which call does the server sleep now? Let the kernel confirm it.
	_ = server

	// TODO: a second client, on a thread of its own, connects, writes and reads.
	// It prints what each call returned. Main prints in which call it hangs.
	fmt.Println("first client : closes")
	lab.Check(unix.Close(first))
}
