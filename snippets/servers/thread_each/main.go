// A server that gives each connection a thread.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:server]

var (
	listener int
	started  = make(chan *lab.Task) // the thread of each new connection
)

// serve accepts connections, and starts a thread for each.
func serve() {
	for {
		conn := lab.Accept(listener)
		started <- lab.Thread("connection", func() { echo(conn) })
	}
}

// echo serves one connection to its end.
func echo(conn int) {
	buf := make([]byte, 64)
	for {
		n, err := unix.Read(conn, buf)
		lab.Check(err)
		if n == 0 {
			lab.Check(unix.Close(conn))
			return
		}
		_, err = unix.Write(conn, buf[:n])
		lab.Check(err)
	}
}

// --8<-- [end:server]

func main() {
	// --8<-- [start:clients]

	fd, port := lab.Listen(16)
	listener = fd
	acceptor := lab.Thread("acceptor", serve)

	first := lab.Dial(port) // connects, and says nothing
	one := <-started
	second := lab.Dial(port)
	two := <-started
	fmt.Println("second client got back:", ask(second, "hello"))
	// --8<-- [end:clients]

	// --8<-- [start:look]

	lab.Await(acceptor, "accept4")
	lab.Await(one, "read")
	lab.Await(two, "read")
	fmt.Println("acceptor     :", acceptor.State(), "in", acceptor.Syscall().Name)
	fmt.Println("first thread :", one.State(), "in", one.Syscall().Name)
	fmt.Println("second thread:", two.State(), "in", two.Syscall().Name)
	fmt.Println("first client got back:", ask(first, "I am still here"))
	lab.Check(unix.Close(first))
	one.Wait()
	fmt.Println("first client has closed, and its thread has ended")
	// --8<-- [end:look]
}

// ask sends text and returns the answer.
func ask(fd int, text string) string {
	_, err := unix.Write(fd, []byte(text))
	lab.Check(err)
	buf := make([]byte, 64)
	n, err := unix.Read(fd, buf)
	lab.Check(err)
	return string(buf[:n])
}
