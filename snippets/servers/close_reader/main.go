// A descriptor is closed while a thread sleeps in read on it.
package main

import (
	"fmt"

	"golang.org/x/sys/unix"

	"example/workbook/snippets/lab"
)

// --8<-- [start:reader]

var conn int // the server's end of a connection

func read() {
	n, err := unix.Read(conn, make([]byte, 16))
	fmt.Println("reader: read returned", n, err)
}

// --8<-- [end:reader]

var listener int

func accept() {
	fd, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	fmt.Println("acceptor: accept returned", fd, err)
}

func main() {
	fd, port := lab.Listen(16)
	listener = fd
	// --8<-- [start:close]

	client := lab.Dial(port)
	conn = lab.Accept(listener)
	reader := lab.Thread("reader", read)
	lab.Await(reader, "read")
	lab.Check(unix.Close(conn))
	_, err := unix.FcntlInt(uintptr(conn), unix.F_GETFD, 0)
	fmt.Println("main: closed it, now the descriptor is a", err)
	lab.Await(reader, "read")
	fmt.Println("main: and the reader sleeps in read")
	_, err = unix.Write(client, []byte("surprise"))
	lab.Check(err)
	reader.Wait()
	// --8<-- [end:close]

	// --8<-- [start:shutdown]

	lab.Dial(port)
	conn = lab.Accept(listener)
	reader = lab.Thread("reader", read)
	lab.Await(reader, "read")
	fmt.Println("main: shutdown of the connection")
	lab.Check(unix.Shutdown(conn, unix.SHUT_RD))
	reader.Wait()

	acceptor := lab.Thread("acceptor", accept)
	lab.Await(acceptor, "accept4")
	fmt.Println("main: shutdown of the listener")
	lab.Check(unix.Shutdown(listener, unix.SHUT_RD))
	acceptor.Wait()
	// --8<-- [end:shutdown]
}
