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

// --8<-- [start:second]

// talk is the second client.
func talk() {
	conn := lab.Dial(port)
	fmt.Println("second client: connect returned")
	n, err := unix.Write(conn, []byte("hello"))
	lab.Check(err)
	fmt.Println("second client: write returned", n)
	buf := make([]byte, 64)
	n, err = unix.Read(conn, buf)
	lab.Check(err)
	fmt.Println("second client: read returned", n)
}

// --8<-- [end:second]

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

	// --8<-- [start:watch]

	lab.Await(server, "read")
	fmt.Println("server sleeps in:", server.Syscall().Name)
	second := lab.Thread("second", talk)
	lab.Await(second, "read")
	fmt.Println("second client sleeps in:", second.Syscall().Name)
	// --8<-- [end:watch]
	fmt.Println("first client : closes")
	lab.Check(unix.Close(first))
	second.Wait()
}
